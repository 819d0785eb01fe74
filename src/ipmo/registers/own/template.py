"""A workbook that people fill in: tables with drop-down lists, limits on dates and shares, and what each field says as a comment.

What is filled in is read back by `ipmo.read` without a mapping: it is a workbook of ipmo's own with empty tables.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final

from ipmo.atomic import write_atomically
from ipmo.errors import ModelError
from ipmo.methods.contract import SCOPES, Methodology
from ipmo.registers.opening.lettered import letters
from ipmo.registers.opening.sheets import ABOUT, MARK
from ipmo.registers.own.flat import CURRENCY
from ipmo.registers.own.layout import Column, Layout, Path, layout, title, words
from ipmo.registers.own.workbook_out import Styles, new_workbook, note, printed

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.worksheet import Worksheet

__all__ = ["ROWS", "write_template"]

ROWS: Final = 500
"""Rows of each sheet that have drop-down lists and limits; a table grows by itself when more are typed below it."""
FIRST, LAST = date(1980, 1, 1), date(2149, 12, 31)
"""What the dates of a portfolio lie between; a year typed with two digits does not."""
MOST_LIST = 255
"""Characters of the choices that a validation of Excel holds itself; longer ones are listed on a sheet."""
PORTFOLIO: Final = ("id", "name", "start", "status_date", "money.currency", "money.financial_year", "note")
SHEETS: Final[Mapping[str, str]] = {
    "people": "id name kind",
    "bodies": "id name level authority",
    "objectives": "id name weight owner",
    "programmes": "id name programme owner budget",
    "projects": "id name programme category state owner start finish actual_start actual_finish progress budget actual forecast",
    "project_status": "date rag by note",
    "tasks": "id name parent after milestone duration actual_start actual_finish progress deadline budget actual owner",
    "gates": "id name after body need_by decision.outcome decision.date decision.decided_by programme",
    "links": "id from to type lag giver_owner receiver_owner needed promised status note",
    "risks": "id name cause effect category opportunity owner before.probability response trigger raised reviewed state item",
    "risk_impacts": "target delay cost",
    "issues": "id name item severity owner raised due closed note",
    "assumptions": "id text item probability owner review state",
    "decisions": "id question item body options need_by state decided outcome",
    "outcomes": "id name kind owner enabled_by",
    "benefits": "id name description disbenefit cashable owner enabled_by outcome value value.per lasts until need_by measure unit baseline target",
    "contributions": "from to share",
    "resources": "id name unit calendar category",
    "project_money": "amount from until class note",
    "lessons": "id from text tags date",
}
"""The sheets of the template and their columns; any other field of the model may be added as a column of its own."""
REFERRED: Final[Mapping[str, str]] = {
    "programme": "programmes",
    "project": "projects",
    "person": "people",
    "body": "bodies",
    "objective": "objectives",
    "outcome": "outcomes",
    "resource": "resources",
}
"""Fields that name one row of another sheet: it must be there."""
OFFERED: Final[Mapping[str, str]] = {
    "owner": "people",
    "task": "tasks",
    "risk": "risks",
    "item": "projects",
    "contributions.from": "benefits",
    "contributions.to": "objectives",
}
"""Fields that may name a row of one of several sheets, or of one project: the likeliest are offered, none is demanded."""
LISTS: Final = "Lists"
STEPS: Final = (
    "1. Portfolio: give an Id, a Start and the Currency; the status date is the day that the figures are of.",
    "2. Projects: one row each, with an Id (a short name without slash or colon), and a Start and a Finish or tasks of its own.",
    "3. Tasks, if you plan here: their Project, an Id, a Duration (10 d, 6 h, 3 w) and what they come After (a; b FS+2 d).",
    "4. Links: what one project waits for from another, as project/task or project.",
    "5. Everything else as you need it: sheets without rows are left out.",
    "A heading in bold must be filled in. Arrows open lists; comments on the headings say what belongs there.",
    "Money without a currency is in the portfolio's. Shares are percentages. Dates are dates, not text.",
    "Columns that you add become attributes; any other field of the model may be added by its name.",
    "Then: ipmo check plan.xlsx, ipmo report plan.xlsx",
)


def write_template(path: FilePath, methods: Sequence[Methodology] = ()) -> None:
    """One workbook to fill in; a crash leaves the old file.

    Args:
        path: the file.
        methods: those that the portfolio follows: they are filled in, and their gates and roles offered in lists.

    Raises:
        FileError: it cannot be written.
        ModelError: two of the methods ask for the same scope.
        MissingExtraError: the extra `excel` is not installed.
    """
    scopes = _scopes(methods)
    into = io.BytesIO()
    book = new_workbook(into)
    made = _Template(book, methods)
    made.about(scopes)
    made.portfolio(scopes)
    for name, columns in SHEETS.items():
        chosen = ["methodology"] if name in ("programmes", "projects") and made.methods else []
        made.sheet(layout(name), [*columns.split(), *chosen])
    made.lists()
    book.worksheets()[1].activate()
    book.close()
    write_atomically(path, into.getvalue())


def _scopes(methods: Sequence[Methodology]) -> dict[str, str]:
    """Which method holds for the portfolio and which for its offices; the others are chosen programme by programme, project by project."""
    out: dict[str, str] = {}
    for method in methods:
        free = [scope for scope in SCOPES[:2] if scope in method.applies_to and scope not in out]
        if free:
            out[free[0]] = method.name
        elif not {"programme", "project"} & set(method.applies_to):
            taken = " and ".join(out.values())
            raise ModelError(f"{method.name!r} holds for {' or '.join(method.applies_to)}; {taken} is chosen for that already")
    return out


class _Template:
    """The workbook while it is made."""

    def __init__(self, book: xlsxwriter.Workbook, methods: Sequence[Methodology]) -> None:
        self.book = book
        self.styles = Styles(book)
        self.long: list[tuple[str, Sequence[str]]] = []
        self.methods = [method.name for method in methods if {"programme", "project"} & set(method.applies_to)]
        self.gates = [gate.name for method in methods for gate in method.gates]
        self.bold = self.styles.named("bold", bold=True)
        self.plain = self.styles.named("plain", bold=False)
        self.wrapped = self.styles.named("wrapped", text_wrap=True, valign="top")

    def about(self, scopes: Mapping[str, str]) -> None:
        """The first sheet: what to do."""
        sheet = self.book.add_worksheet(ABOUT)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 100)
        sheet.write_string(0, 0, MARK, self.bold)
        sheet.write_number(0, 1, 1, self.styles.named("left", align="left"))
        for row, line in enumerate(STEPS, 2):
            sheet.write_string(row, 0, line)
        row = len(STEPS) + 3
        for scope, name in scopes.items():
            sheet.write_string(row, 0, f"Method of the {scope}: {name}")
            row += 1
        for name, columns in (("portfolio", " ".join(PORTFOLIO)), *SHEETS.items()):
            row += 1
            sheet.write_string(row, 0, title(name), self.bold)
            fields = columns.split()
            sheet.write_string(row, 1, ", ".join(words(tuple(one.split("."))) for one in fields), self.wrapped)

    def portfolio(self, scopes: Mapping[str, str]) -> None:
        """The sheet of the portfolio itself: a field a row."""
        sheet = self.book.add_worksheet(title("portfolio"))
        known = layout("portfolio")
        columns = [known.columns[tuple(one.split("."))] for one in PORTFOLIO]
        for place, (width, text) in enumerate(((30, "Field"), (40, "Value"), (90, "What it says"))):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, text, self.bold)
        for row, column in enumerate(columns, 1):
            needed = column.path == ("id",)
            sheet.write_string(row, 0, words(column.path), self.bold if needed else self.plain)
            sheet.write_string(row, 2, note(column))
            sheet.write_blank(row, 1, None, self._style(column) or self.styles.named("left", align="left"))
            self._limit(sheet, known, column, (row, 1, row, 1))
        for row, (scope, name) in enumerate(scopes.items(), len(columns) + 1):
            sheet.write_string(row, 0, f"Methodologies: {scope}")
            sheet.write_string(row, 1, name)
            sheet.write_string(row, 2, f"The method that holds for the {scope}.")
        sheet.freeze_panes(1, 1)

    def sheet(self, known: Layout, fields: Sequence[str]) -> None:
        """One table with nothing in it."""
        sheet = self.book.add_worksheet(title(known.name))
        columns = [Column((key,), "text", f"the {key} that the row belongs to", needed=True) for key in known.keys]
        columns += [self._column(known, tuple(one.split("."))) for one in fields]
        heads = [{"header": words(column.path), "header_format": self.bold if column.needed else self.plain} for column in columns]
        told = {"name": known.name, "columns": heads, "style": "Table Style Light 9"}
        sheet.add_table(0, 0, 20, len(columns) - 1, told)
        sheet.freeze_panes(1, len(known.keys) + (columns[len(known.keys)].path == ("id",)))
        printed(sheet)
        for place, column in enumerate(columns):
            wide = 36 if column.path[-1] in ("name", "note", "text", "cause", "effect", "question", "description") else 14
            sheet.set_column(place, place, max(wide, len(words(column.path)) + 4), self._style(column))
            sheet.write_comment(0, place, note(column), {"x_scale": 1.6, "visible": False})
            self._limit(sheet, known, column, (1, place, ROWS, place))

    def _column(self, known: Layout, path: Path) -> Column:
        if path in known.columns:
            return known.columns[path]
        if path[-1] == "per":
            return Column(path, "text", "what the amount is per; empty for one amount", choices=("year", "month", "week", "d"))
        told = {"after": "what it comes after", "enabled_by": "the work, outputs or outcomes that bring it about"}
        return Column(path, "links", told[path[0]], refers="node")

    def _style(self, column: Column) -> Any:
        formats = {"day": "yyyy-mm-dd", "when": "yyyy-mm-dd", "share": "0%", "money": "#,##0"}
        if column.kind in formats:
            return self.styles(formats[column.kind])
        return self.styles("@") if column.kind in ("text", "choice", "length", "links", "texts") and not column.choices else None

    def _limit(self, sheet: Worksheet, known: Layout, column: Column, cells: tuple[int, int, int, int]) -> None:
        """What may be typed in the cells of a column."""
        rule = self._rule(known, column, cells)
        if rule is not None:
            sheet.data_validation(*cells, {"ignore_blank": True, "error_title": words(column.path)[:32], **rule})

    def _rule(self, known: Layout, column: Column, cells: tuple[int, int, int, int]) -> dict[str, Any] | None:
        which = known.keys[-1] if known.keys else ""
        labels = self._labels(known) if column.path == (which,) else ()
        key = column.path[0] if column.path[0] in known.keys else ""
        refers = key or column.refers
        choices = ("TRUE", "FALSE") if column.kind == "flag" else column.choices or labels
        if choices:
            return {
                "validate": "list",
                "source": self._choices(".".join((known.name, *column.path)), choices),
                "error_message": "Pick one.",
            }
        if column.path == ("methodology",):
            return {"validate": "list", "source": self._choices("methods", self.methods), "error_message": "Pick one."}
        if column.path == ("name",) and known.name == "gates" and self.gates:
            return {"validate": "list", "source": self._choices("gates.name", self.gates), "error_type": "information"}
        if refers in REFERRED and not (refers == "body" and known.name == "bodies"):
            rule = {"validate": "list", "source": _ids(REFERRED[refers])}
            return {**rule, "error_message": f"There is no such row on the sheet {title(REFERRED[refers])}; list it there first."}
        offered = OFFERED.get(f"{known.name}.{column.path[0]}") or OFFERED.get(refers)
        if offered is not None:
            return {"validate": "list", "source": _ids(offered), "show_error": False}
        if column.kind in ("day", "when"):
            told = f"Type a date from {FIRST.year} to {LAST.year}."
            return {"validate": "date", "criteria": "between", "minimum": FIRST, "maximum": LAST, "error_message": told}
        if column.kind == "share":
            return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1, "error_message": "Type 0 % to 100 %."}
        if column.kind in ("money", "number"):
            told = "Type a number; another currency goes into a column of its own."
            return {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15, "error_message": told}
        if column.path == ("id",) and known.name != "portfolio":
            return _unique(cells, range(len(known.keys)))
        if column.path[-1] in (CURRENCY,) and column.path[0] == "money":
            return {"validate": "length", "criteria": "==", "value": 3, "error_message": "Three letters of ISO 4217, such as GBP."}
        return None

    def _labels(self, known: Layout) -> tuple[str, ...]:
        """What the column says that tells apart lists in one table."""
        if not known.parent:
            return ()
        lists = [child for child in layout(known.parent).children.values() if child.table == known.name and child.which]
        return tuple(child.label for child in lists)

    def _choices(self, name: str, choices: Sequence[str]) -> list[str] | str:
        """Choices in the validation itself, or, where they are too long for it, on a sheet."""
        if len(",".join(choices)) <= MOST_LIST and not any("," in one for one in choices):
            return list(choices)
        known = [listed for listed, _ in self.long]
        if name not in known:
            self.long.append((name, choices))
            known.append(name)
        at = letters(known.index(name))
        return f"={LISTS}!${at}$2:${at}${len(choices) + 1}"

    def lists(self) -> None:
        """The choices that are too long for a validation."""
        if not self.long:
            return
        sheet = self.book.add_worksheet(LISTS)
        for place, (name, choices) in enumerate(self.long):
            for row, text in enumerate((name, *choices)):
                sheet.write_string(row, place, text)
        sheet.hide()


def _ids(name: str) -> str:
    """The ids that are on a sheet, as a list offers them: as many as are filled in."""
    known, columns = layout(name), SHEETS[name].split()
    at = letters(len(known.keys) + columns.index("id"))
    sheet = f"'{title(name)}'"
    return f"=OFFSET({sheet}!${at}$2,0,0,MAX(1,COUNTA({sheet}!${at}$2:${at}${ROWS + 1})),1)"


def _unique(cells: tuple[int, int, int, int], keys: Sequence[int]) -> dict[str, Any]:
    """An id stands once in its column, of what lies in a project once in that project."""
    row, place = cells[0] + 1, cells[1]
    parts = [f"${letters(one)}${row}:${letters(one)}${ROWS + 1},${letters(one)}{row}" for one in (*keys, place)]
    parts = [f'{part}&""' for part in parts[:-1]] + parts[-1:]  # of no project: a blank cell counts as one
    formula = f"=COUNTIFS({','.join(parts)})=1"
    return {"validate": "custom", "value": formula, "error_message": "This Id is used already."}
