"""Raw files as frames of cells: bytes, text, lines, sheets, nested records."""
