"""No check tells a number of fewer than k customers, whatever it looks at."""

from journeylib.gaps import CHECKS, OF_CUSTOMERS, _nothing_of_few
from journeylib.gaps.engine import Gap

LOOP = Gap("G12", "found", "found_loop", "decision", value=0.5, lo=0.2, hi=0.8, n=4, threshold=0.2, unit="share", details={"k": 2})


def test_an_answer_that_rests_on_fewer_than_k_customers_tells_no_number_of_them():
    told = _nothing_of_few(LOOP, 5)
    assert (told.status, told.sentence, told.gap_id) == ("uncertain", "gaps.common.too_few", LOOP.gap_id)
    assert (told.value, told.lo, told.hi, told.n, told.details) == (None, None, None, None, {})
    assert _nothing_of_few(LOOP, 4) is LOOP


def test_four_content_items_are_no_secret():
    items = Gap("G16", "found", value=1.0, n=4, unit="count")
    assert items.check not in OF_CUSTOMERS
    assert _nothing_of_few(items, 5) is items


def test_checks_of_customers_are_checks():
    assert set(OF_CUSTOMERS) <= set(CHECKS)
