"""Rules that the simulated clients of `make truth` taught the checks: what is no winding path, what few cannot tell, what is not free."""

from __future__ import annotations

import numpy as np
import pytest

from journeylib.measures.friction import friction
from tests.drawing import from_frame
from tests.gaps.material import ask, content
from tests.gaps.test_friction import asked, walks


def used_again(n=120):
    """Customers who buy, use, review and use again a month later."""
    steps = (("a2", "visit", 0), ("a3", "compare", 5), ("a4", "order", 9), ("a7", "use", 15), ("a9", "review", 40), ("a7", "use", 70))
    rows = [(f"{i:04d}", day, atom, step, "won" if step == "order" else None) for i in range(n) for atom, step, day in steps]
    return np.array(rows, dtype=object)


def test_to_use_it_again_after_a_review_is_no_winding_path():
    frame = walks(1).iloc[:0].reindex(range(720)).assign(**dict(zip(("journey", "day", "atom", "touchpoint", "outcome"), used_again().T, strict=True)), initiator="customer", state="won")
    found = ask("G12", friction=friction(*from_frame(frame, until=365), window_days=90))
    assert list(found) == ["G12:awareness", "G12:consideration", "G12:decision"]
    assert {row["status"] for row in found.values()} == {"not_found"}


def test_where_fewer_than_ten_went_on_the_other_signs_do_not_speak_for_the_time():
    walked = walks(100, goes_on=(0.04, 1.0, 1.0), help_at="a6")  # help is known of, and nobody asked for it before use
    assert asked("G10", walked)["G10:awareness"]["status"] == "uncertain"
    assert asked("G10", walks(100, help_at="a6"))["G10:awareness"]["status"] == "not_found"


@pytest.mark.parametrize(("title", "status"), [("Hands-free set-up", "not_found"), ("Sugar-free recipes", "not_found"), ("Free set-up", "found"), ("Gratis-guide", "found")])
def test_a_word_that_ends_in_free_promises_nothing_for_free(title, status):
    assert ask("G16", registers={"content": content(f"content_id | title | gated\n1 | {title} | email")})["G16"]["status"] == status
