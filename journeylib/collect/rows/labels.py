"""Who a row is about: identity labels `space:value`, and which labels stand in one row."""

from __future__ import annotations

from functools import reduce

import pandas as pd

from journeylib.collect.frames.distinct import first_of, text_of_each
from journeylib.collect.values.addresses import are_shared


def identity_labels(fields, who, source, setting) -> list[pd.Series]:
    """One series of identity labels a declared id field, in the format's order; `setting` (customer_space …) may rename a plain space."""
    return [label(fields[key], str(source.set.get(setting, space)) if space in ("customer", "account") else space)
            for key, space in who.items() if key in fields]  # fmt: skip


def label(values: pd.Series, space: str) -> pd.Series:
    """Identity labels of ids: `space:value`; what looks like an e-mail address is one, in small letters."""
    return text_of_each(values, ("label", space), lambda cells: _labels(pd.Series(cells), space))


def _labels(cells, space) -> pd.Series:
    is_plain = isinstance(cells.dtype, pd.StringDtype) and space not in ("email", "account")
    made = (f"{space}:" + cells.where(cells.str.fullmatch(r"[A-Za-z0-9_]+").astype(bool))).astype("str") if is_plain else pd.Series(None, index=cells.index, dtype="str")
    others = made.isna().to_numpy()
    made[others] = [_label(str(cell), space) for cell in cells[others]]
    return made


def _label(value, space) -> str:
    is_email = "@" in value or space == "email"
    plain = " ".join(value.split())
    return f"email:{plain.casefold()}" if is_email else f"{space}:{plain.casefold() if space == 'account' else plain}"


def first_filled(labels, index) -> pd.Series:
    """The first label a row has; a mailbox several people share only where the row has nothing else."""
    first = _first(labels, index)
    if len(labels) < 2:
        return first
    is_shared = are_shared(first)
    if not is_shared.any():
        return first
    return first_of(_first([candidate.mask(are_shared(candidate)) for candidate in labels], index), first)


def _first(labels, index):
    return reduce(first_of, labels) if labels else pd.Series(None, index=index, dtype="str")


def label_links(labels) -> pd.DataFrame:
    """Every distinct pair (label, other label) of one row; a label alone is linked to itself, so that it is known."""
    pairs = [pd.DataFrame({"a": known, "b": known}, copy=False) for known in (one.dropna().unique() for one in labels)]
    for i, one in enumerate(labels):
        for other in labels[i + 1 :]:
            both = pd.DataFrame({"a": one, "b": other}).dropna().drop_duplicates()
            pairs.append(both)
    return pd.concat(pairs, ignore_index=True) if pairs else pd.DataFrame({"a": pd.Series(dtype="str"), "b": pd.Series(dtype="str")})
