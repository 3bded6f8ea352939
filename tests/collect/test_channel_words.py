"""A channel bears the client's own word where nobody knows it: two spellings are one channel, and an abbreviation keeps its capitals."""

from __future__ import annotations

import pytest

from journeylib.collect.rows.texts import _channel
from journeylib.names import channel_name, touchpoint_name


@pytest.mark.parametrize(("written", "shown"), [("TA/TO", "TA/TO"), ("GDS", "GDS"), ("B2B", "B2B"), ("Luftballong", "Luftballong"), ("LUFTBALLONG", "Luftballong"), ("Egen vagn", "Egen vagn"), ("Telefon", "Telefon")])
def test_an_abbreviation_keeps_its_capitals(written, shown):
    assert channel_name(_channel(written), "nb") == shown


def test_a_booking_is_no_appointment():
    assert [touchpoint_name("booking", language) for language in ("sv", "da", "nb", "en")] == ["Bokning", "Booking", "Booking", "Booking"]
