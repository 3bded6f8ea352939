"""A kit file as a workbook: title, how to fill it in, headings, drop-down lists and limits, the same bytes every time."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from journeylib.kit.plan import OPEN_KINDS, SEVERAL, Column, KitFile, Sheet
from journeylib.wording import Words
from journeylib.workbook import fixed_bytes

#: Where the headings stand: under the title, the note and a blank line.
HEADER_ROW = 4
#: How many lines have lists and limits.
_N_LINES = 1000
_WIDE, _NARROW = 44, 17


def workbook_bytes(file: KitFile, words: Words) -> bytes:
    """The file's workbook; its last sheet, hidden, holds the words of the drop-down lists."""
    book = Workbook()
    book.remove(book.active)
    lists = _Lists(words.say("kit.lists"))
    for sheet in file.sheets:
        _write(book.create_sheet(sheet.title), sheet, lists, words)
    lists.write(book)
    return fixed_bytes(book)


class _Lists:
    """The hidden sheet: one column for each different list."""

    def __init__(self, title: str):
        self.title, self.columns = title, []

    def formula(self, choices: tuple[str, ...]) -> str:
        if choices not in self.columns:
            self.columns.append(choices)
        letter = get_column_letter(self.columns.index(choices) + 1)
        return f"'{self.title}'!${letter}$1:${letter}${len(choices)}"

    def write(self, book: Workbook) -> None:
        if self.columns:
            page = book.create_sheet(self.title)
            page.sheet_state = "hidden"
            for number, choices in enumerate(self.columns, start=1):
                for row, choice in enumerate(choices, start=1):
                    _put(page, row, number, choice)


def _write(page, sheet: Sheet, lists: _Lists, words: Words) -> None:
    _put(page, 1, 1, sheet.title).font = Font(bold=True, size=14)
    _put(page, 2, 1, sheet.note)
    for number, column in enumerate(sheet.columns, start=1):
        cell = _put(page, HEADER_ROW, number, column.header)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E6EBF5")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        page.column_dimensions[get_column_letter(number)].width = _WIDE if column.is_wide else _NARROW
        _limit(page, number, column, lists, words)
    for row, values in enumerate(sheet.start, start=HEADER_ROW + 1):
        for number, value in enumerate(values, start=1):
            _put(page, row, number, value).alignment = Alignment(wrap_text=True, vertical="top")
    page.freeze_panes = page.cell(HEADER_ROW + 1, 1)


def _put(page, row, number, value):
    """A cell with the value as it stands: what begins with `=` is text, never a formula."""
    cell = page.cell(row, number, value)
    if cell.data_type == "f":
        cell.data_type = "s"
    return cell


def _limit(page, number, column: Column, lists: _Lists, words: Words) -> None:
    rule = _rule(column, lists, words)
    if rule is not None:
        letter = get_column_letter(number)
        rule.promptTitle = column.header[:32]
        page.add_data_validation(rule)
        rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{HEADER_ROW + _N_LINES}")
        if column.kind == "date":
            for row in range(HEADER_ROW + 1, HEADER_ROW + 101):
                page.cell(row, number).number_format = "yyyy-mm-dd"


def _rule(column: Column, lists: _Lists, words: Words) -> DataValidation | None:
    """What a cell of the column may hold, with a hint; a suggestion warns and does not refuse."""
    if column.choices:
        is_free = column.kind in OPEN_KINDS | SEVERAL
        hint = words.say("kit.hints.several" if column.kind in SEVERAL else "kit.hints.suggestion" if is_free else "kit.hints.choice")
        return _shown(DataValidation("list", formula1=lists.formula(column.choices), allow_blank=True), hint, refuses=not is_free)
    if column.kind == "date":
        return _shown(DataValidation("date", operator="greaterThan", formula1="32874", allow_blank=True), words.say("kit.hints.date"))
    if column.kind == "number":
        return _shown(DataValidation("decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True), words.say("kit.hints.number"))
    if column.scale:
        lo, hi = column.scale
        rule = DataValidation("whole", operator="between", formula1=str(lo), formula2=str(hi), allow_blank=True)
        return _shown(rule, words.say("kit.hints.scale", lo=lo, hi=hi))
    return None


def _shown(rule, hint, refuses=True):
    rule.showInputMessage, rule.prompt = True, hint
    rule.showErrorMessage, rule.error, rule.errorStyle = refuses, hint, "stop"
    return rule
