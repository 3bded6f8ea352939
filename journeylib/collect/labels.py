"""Who a row is about: identity labels `space:value`, and which labels stand in one row."""

from __future__ import annotations

import pandas as pd


def identity_labels(fields, who, source, setting) -> list[pd.Series]:
    """One series of identity labels a declared id field, in the format's order; `setting` (customer_space …) may rename a plain space."""
    return [label(fields[key], str(source.set.get(setting, space)) if space in ("customer", "account") else space)
            for key, space in who.items() if key in fields]  # fmt: skip


def label(values: pd.Series, space: str) -> pd.Series:
    """Identity labels of ids: `space:value`; what looks like an e-mail address is one, in small letters."""
    codes, distinct = pd.factorize(values)
    made = []
    for value in map(str, distinct):
        is_email = "@" in value or space == "email"
        plain = " ".join(value.split())
        made.append(f"email:{plain.casefold()}" if is_email else f"{space}:{plain.casefold() if space == 'account' else plain}")
    return pd.Series(pd.array([*made, None], dtype="str").take(codes), index=values.index)


def first_filled(labels, index) -> pd.Series:
    """The first label a row has."""
    first = pd.Series(None, index=index, dtype="str")
    for candidate in labels:
        first = first.where(first.notna(), candidate)
    return first


def label_links(labels) -> pd.DataFrame:
    """Every distinct pair (label, other label) of one row; a label alone is linked to itself, so that it is known."""
    pairs = [pd.DataFrame({"a": one.dropna().unique(), "b": one.dropna().unique()}) for one in labels]
    for i, one in enumerate(labels):
        for other in labels[i + 1 :]:
            both = pd.DataFrame({"a": one, "b": other}).dropna().drop_duplicates()
            pairs.append(both)
    return pd.concat(pairs, ignore_index=True) if pairs else pd.DataFrame({"a": pd.Series(dtype="str"), "b": pd.Series(dtype="str")})
