"""Workbooks whose bytes depend on what stands in them alone, not on the day or machine that wrote them."""

from __future__ import annotations

import io
import re
import zipfile

from openpyxl import Workbook

#: The moment every generated workbook says it was made.
STAMP = (2026, 1, 15, 6, 0, 0)
_STAMP_ISO = b"2026-01-15T06:00:00Z"


def fixed_bytes(book: Workbook) -> bytes:
    """The workbook as a file, every date of its making one fixed moment, stored so that no compressor decides its bytes."""
    written, out = io.BytesIO(), io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for name in sorted(old.namelist()):
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + _STAMP_ISO, part)
            info = zipfile.ZipInfo(name, STAMP)
            info.external_attr = 0o600 << 16
            new.writestr(info, part)
    return out.getvalue()
