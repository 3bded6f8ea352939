"""Where everything on the one-page map stands: practice E, to the millimetre."""

from __future__ import annotations

from dataclasses import dataclass, field

from journeylib.figures.svg import points

SHEET_WIDTH, SHEET_HEIGHT, MARGIN = 420.0, 297.0, 9.0
LABEL_WIDTH = 43.0
INTERACTION_HEIGHT = 4.4
#: Width of the chevron of a stage outside the scope, and of all of them together at most.
OUTSIDE_WIDTH, ALL_OUTSIDE_WIDTH = 15.0, 60.0
PAD = 2.0
#: Heights of the rows as shares of the area under the head (practice E; the sum is 100).
ROW_SHARES = {
    "stage": 6.3, "go_on": 11.7, "time": 3.9, "emotion": 20.3, "needs": 9.1, "actions": 7.9, "channels": 5.6, "touchpoints": 7.9,
    "our_activities": 7.3, "gaps": 8.6, "improvement": 7.3, "evidence": 4.1,
}  # fmt: skip
#: What a row takes where nothing was measured and it holds words alone.
WORDS_ONLY_SHARES = {"go_on": 8.0, "emotion": 9.0}
#: The first row below the line of interaction.
FIRST_COMPANY_ROW = "our_activities"

TITLE, STAGE, NUMBER, BODY, NOTE = points(15), points(10.5), points(11), points(8.5), points(7)
LEADING = 1.24


@dataclass(frozen=True)
class Box:
    """A rectangle on the sheet, in millimetres."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> float:
        return self.left + self.width / 2

    @property
    def room(self) -> tuple[float, float]:
        """Left and right limits of text, inside the padding."""
        return self.left + PAD, self.right - PAD

    def part(self, *, left=0.0, top=0.0, right=0.0, bottom=0.0) -> Box:
        """The box with so much taken off each side."""
        return Box(self.left + left, self.top + top, self.width - left - right, self.height - top - bottom)


@dataclass(frozen=True)
class Layout:
    """Columns and rows of one map; stages outside the scope have a chevron before or after the columns, and no column."""

    n_stages: int
    top: float
    bottom: float
    shares: dict[str, float] = field(default_factory=lambda: ROW_SHARES)
    is_draft: bool = False
    n_before: int = 0
    n_after: int = 0

    @property
    def outside_width(self) -> float:
        """Of one stage outside the scope."""
        return min(OUTSIDE_WIDTH, ALL_OUTSIDE_WIDTH / max(self.n_before + self.n_after, 1))

    @property
    def left(self) -> float:
        """Where the first column begins."""
        return MARGIN + LABEL_WIDTH + self.n_before * self.outside_width

    @property
    def right(self) -> float:
        """Where the last column ends."""
        return SHEET_WIDTH - MARGIN - self.n_after * self.outside_width

    @property
    def column_width(self) -> float:
        return (self.right - self.left) / self.n_stages

    @property
    def body(self) -> float:
        """Text size of a cell: smaller where columns are narrow."""
        if self.is_draft and self.column_width >= 55:
            return points(9.5)
        return points(8.5 if self.column_width >= 55 else 7.5 if self.column_width >= 40 else 6.8)

    @property
    def note(self) -> float:
        return min(NOTE, self.body)

    def row(self, row: str) -> tuple[float, float]:
        """Top and height of a row."""
        has_line = FIRST_COMPANY_ROW in self.shares
        area = self.bottom - self.top - INTERACTION_HEIGHT * has_line
        names, whole = list(self.shares), sum(self.shares.values())
        above = sum(self.shares[name] for name in names[: names.index(row)])
        shift = INTERACTION_HEIGHT if has_line and names.index(row) >= names.index(FIRST_COMPANY_ROW) else 0.0
        return self.top + area * above / whole + shift, area * self.shares[row] / whole

    def cell(self, row: str, position: int) -> Box:
        top, height = self.row(row)
        return Box(self.left + position * self.column_width, top, self.column_width, height)

    def outside(self, place: int) -> Box:
        """The chevron of the place-th stage outside the scope, those before the columns first."""
        top, height = self.row("stage")
        left = MARGIN + LABEL_WIDTH + place * self.outside_width if place < self.n_before else self.right + (place - self.n_before) * self.outside_width
        return Box(left, top, self.outside_width, height)

    def label(self, row: str) -> Box:
        top, height = self.row(row)
        return Box(MARGIN, top, LABEL_WIDTH, height)


def outside_of(model) -> dict[str, int]:
    """How many stages of a model lie before the scope, and how many after it: `n_before`, `n_after` of a `Layout`."""
    inside = [i for i, stage in enumerate(model.stages) if stage.in_scope]
    return {"n_before": inside[0], "n_after": len(model.stages) - 1 - inside[-1]} if inside else {}
