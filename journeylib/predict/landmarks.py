"""The moments from which a prediction looks ahead, parted by time: it learns on the earlier ones and is put to the test on the later."""

from __future__ import annotations

from dataclasses import dataclass

from journeylib.event_log import DAY_US

#: Days between landmarks: whole weeks, so that all fall on one weekday.
STEP_DAYS = 28
#: Of the landmarks that are left when the horizon has been kept free, the part that is the test.
TEST_PART = 1 / 3


@dataclass(frozen=True)
class Landmarks:
    """Moments in µs since 1970, oldest first. Every outcome of `train` is known before the first of `test`."""

    train: tuple[int, ...]
    test: tuple[int, ...]
    horizon_us: int


def lay_landmarks(first_us: int, end_us: int, horizon_days: float) -> Landmarks | None:
    """Landmarks every 28 days back from the last that can be followed for the horizon; None where the data are too short for two parts.

    The first lies a horizon after the first event, so that there is a past to look at. Between the last of `train` and the first of
    `test` lies at least the horizon: nothing that was learnt from had not yet happened when the test begins.
    """
    horizon = round(horizon_days * DAY_US)
    moments = tuple(range(end_us - horizon, first_us + horizon - 1, -STEP_DAYS * DAY_US))[::-1]
    return part_by_time(moments, horizon)


def part_by_time(moments: tuple[int, ...], horizon_us: int) -> Landmarks | None:
    """The later third as the test, the earlier ones, but those within a horizon of it, to learn from."""
    n_free = -(-horizon_us // (STEP_DAYS * DAY_US)) - 1
    n_test = max(1, round((len(moments) - n_free) * TEST_PART)) if len(moments) > n_free else 0
    test = moments[len(moments) - n_test :]
    train = tuple(at for at in moments if test and at + horizon_us <= test[0])
    return Landmarks(train, test, horizon_us) if train and test else None
