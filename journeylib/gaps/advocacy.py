"""Do satisfied customers bring new ones? Check G19."""

from __future__ import annotations

from journeylib.gaps.engine import Gap, Known, first_in_scope, judge_share, not_checkable, one_rate, out_of_scope

#: Fewer of the promoters than this asked to recommend, and the asking is left to chance.
SMALLEST_ASKED_SHARE = 0.5


def do_customers_recommend(known: Known) -> list[Gap]:
    """G19: next to no new customer came by referral (`thresholds.referred_share`), or promoters are not asked.

    Where no source records who referred whom, the check cannot be made: nothing recorded is not nobody referred.
    """
    stage = first_in_scope(known.model, "a9_advocate")
    if stage is None:
        return out_of_scope("G19")
    return [_referred(known, stage), *_asked(known, stage)]


def _referred(known, stage) -> Gap:
    row = one_rate(known, "referred")
    if row is None:
        return not_checkable("G19", ("referrals",), stage=stage)[0]
    return judge_share(known, Gap("G19", "", stage=stage, evidence="rates: referred"), row, known.limits.referred_share, bad="below")


def _asked(known, stage) -> list[Gap]:
    row = one_rate(known, "promoters_asked")
    if row is None or row["n"] == 0:
        return []
    gap = judge_share(known, Gap("G19", "", stage=stage, part="asked", evidence="rates: promoters_asked"), row,
                      SMALLEST_ASKED_SHARE, bad="below")  # fmt: skip
    return [gap.of_part("asked")]
