"""Where everything on the one-page map stands: practice E, to the millimetre."""

from __future__ import annotations

from dataclasses import dataclass, field

from journeylib.figures.svg import points

SHEET_WIDTH, SHEET_HEIGHT, MARGIN = 420.0, 297.0, 9.0
LABEL_WIDTH = 43.0
INTERACTION_HEIGHT = 4.4
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
    """Columns and rows of one map."""

    n_stages: int
    top: float
    bottom: float
    shares: dict[str, float] = field(default_factory=lambda: ROW_SHARES)
    is_draft: bool = False

    @property
    def column_width(self) -> float:
        return (SHEET_WIDTH - 2 * MARGIN - LABEL_WIDTH) / self.n_stages

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
        return Box(MARGIN + LABEL_WIDTH + position * self.column_width, top, self.column_width, height)

    def label(self, row: str) -> Box:
        top, height = self.row(row)
        return Box(MARGIN, top, LABEL_WIDTH, height)
