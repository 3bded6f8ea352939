"""Raw rows as canonical rows, by a declared format."""
