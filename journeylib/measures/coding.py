"""Whether the quotes were coded well and enough people heard: two coders' agreement and the saturation curve (practice C16)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeylib.measures.stats import z_value
from journeylib.schema import AGREEMENT, SATURATION, check


def coder_agreement(first: pd.Series, second: pd.Series) -> pd.DataFrame:
    """How far two coders agree beyond chance: Cohen's kappa over the quotes both have coded.

    κ = (p_o − p_e) / (1 − p_e), with p_o the share of equal codes and p_e the share expected if each coder kept their
    own shares of codes but dealt them out at random (Cohen 1960). The interval is the large-sample one of Fleiss, Cohen &
    Everitt (1969). κ is missing where both used one and the same code throughout: then chance alone agrees.

    Parameters
    ----------
    first, second : code of each quote, aligned; missing = not coded.

    Returns
    -------
    AGREEMENT, one row; none where no quote has both codes.

    Examples
    --------
    >>> codes = ["price"] * 25 + ["trust"] * 25
    >>> other = ["price"] * 20 + ["trust"] * 5 + ["price"] * 10 + ["trust"] * 15
    >>> round(float(coder_agreement(pd.Series(codes), pd.Series(other))["kappa"].iloc[0]), 3)
    0.4
    """
    first, second = _plain(first), _plain(second)
    both = first.notna() & second.notna()
    if not both.any():
        return check(pd.DataFrame(columns=list(AGREEMENT.columns)), AGREEMENT)
    codes = sorted(set(first[both]) | set(second[both]))
    shares = pd.crosstab(first[both], second[both]).reindex(index=codes, columns=codes, fill_value=0).to_numpy() / both.sum()
    kappa, lo, hi = _kappa(shares, int(both.sum()))
    row = {"n_quotes": int(both.sum()), "n_all": int(first.notna().sum()), "n_codes": len(codes), "agreement": float(np.trace(shares)),
           "kappa": kappa, "lo": lo, "hi": hi}  # fmt: skip
    return check(pd.DataFrame([row]), AGREEMENT)


def _plain(codes: pd.Series) -> pd.Series:
    """Codes without what coders do not mean: case and blanks around."""
    plain = codes.astype("string").str.strip().str.casefold()
    return plain.mask(plain == "")


def _kappa(shares, n) -> tuple[float, float, float]:
    observed, rows, columns = np.trace(shares), shares.sum(axis=1), shares.sum(axis=0)
    expected = float(rows @ columns)
    if np.isclose(expected, 1):
        return np.nan, np.nan, np.nan
    kappa = (observed - expected) / (1 - expected)
    weight = rows[None, :] + columns[:, None]  # p.i of the column coder + pj. of the row coder
    on, off = np.diag(shares), shares - np.diag(np.diag(shares))
    a = (on * (1 - (rows + columns) * (1 - kappa)) ** 2).sum()
    b = (1 - kappa) ** 2 * (off * weight**2).sum()
    c = (kappa - expected * (1 - kappa)) ** 2
    half = z_value() * np.sqrt(max(a + b - c, 0.0) / n) / (1 - expected)
    return float(kappa), float(max(kappa - half, -1)), float(min(kappa + half, 1))


def saturation(voices: pd.DataFrame) -> pd.DataFrame:
    """How many new codes each interview brought, in the order they were made.

    Twelve interviews usually give most codes (Guest, Bunce & Johnson 2006): when the last few bring none, the next is
    not likely to. An interview is one customer's coded quotes; undated ones come last, in the order of the sheet.

    Returns
    -------
    SATURATION, one row an interview; voices without a customer or a code are not counted.
    """
    said = voices[voices["customer_id"].notna() & (voices["kind"] == "stated") & voices["score"].isna()]
    said = said.assign(code=_plain(said["code"]))
    said = said[said["code"].notna()]
    first_said = said.groupby("customer_id", sort=False)["said_at"].min()
    seen: set[str] = set()
    rows = []
    for number, customer in enumerate(first_said.sort_values(kind="stable", na_position="last").index, start=1):
        codes = set(said.loc[said["customer_id"] == customer, "code"])
        rows.append({"interview": number, "customer_id": customer, "n_codes": len(codes), "n_new": len(codes - seen), "n_so_far": len(seen | codes)})
        seen |= codes
    return check(pd.DataFrame(rows, columns=list(SATURATION.columns)), SATURATION)
