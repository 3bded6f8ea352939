"""Tables of blocks or sources one under the other, a column at a time, so that no more than one column stands there twice."""

from __future__ import annotations

import pandas as pd

from journeylib.collect.frames.distinct import all_missing, code_text, from_codes, is_coded, together, union
from journeylib.collect.frames.memory import give_memory_back


def stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """The frames one under the other, with the columns of any. Coded columns stay coded; the list is emptied as it goes.

    A column of text that is coded in one frame and plain in another becomes coded.
    """
    if not any(is_coded(frame[name]) for frame in frames for name in frame):
        return pd.concat(frames, ignore_index=True)
    if len(frames) == 1:
        return frames.pop().reset_index(drop=True)
    names = list(dict.fromkeys(name for frame in frames for name in frame.columns))
    blocks = [{name: frame[name] for name in frame.columns} for frame in frames]
    lengths = [len(frame) for frame in frames]
    frames.clear()
    given = {}
    for name in names:
        given[name] = _stacked([block.pop(name, None) for block in blocks], lengths)
        give_memory_back()
    return pd.DataFrame(given, copy=False)


def _stacked(parts, lengths):
    first = next(part for part in parts if part is not None)
    if any(is_coded(part) for part in parts if part is not None):
        return from_codes(*union([code_text(part) if part is not None else all_missing(pd.RangeIndex(n)) for part, n in zip(parts, lengths, strict=True)]))
    if first.dtype.kind == "i" and all(part is not None and part.dtype == first.dtype for part in parts):
        return pd.Series(together([part.to_numpy() for part in parts]), copy=False)
    filled = [pd.Series(None, index=range(n), dtype=first.dtype if first.dtype.kind not in "iub" else "object") if part is None else part
              for part, n in zip(parts, lengths, strict=True)]  # fmt: skip
    return pd.concat(filled, ignore_index=True)
