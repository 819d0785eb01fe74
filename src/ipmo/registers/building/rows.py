"""One sheet by its mapping: which column states what, which rows are rows of the register, and what became of each cell."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final

import attrs

from ipmo.errors import FileError, Problem, close_matches, listed
from ipmo.files.foreign import Intake
from ipmo.findings import Finding, Severity
from ipmo.registers.building.counted_in import RowsBeside, is_unit, says_units
from ipmo.registers.building.longer import longer_than_headings
from ipmo.registers.building.standing import given_up, is_over, kept_parents, older_reports, says_over
from ipmo.registers.building.stated import settings_of
from ipmo.registers.building.sums import SUMS, may_sum_up, sums_up
from ipmo.registers.cells.merged import filled_down, filled_from
from ipmo.registers.cells.outcomes import BLANK, Blank, CellError, Outcome, Refused, Told, Unknown, folded, unknown_in
from ipmo.registers.cells.outcomes import UNKNOWN as IS_UNKNOWN
from ipmo.registers.cells.outlines import by_levels, by_numbers, plain_number
from ipmo.registers.cells.reading import read_cells
from ipmo.registers.fields import MONEY_CELLS, RegisterField, RegisterKind
from ipmo.registers.mapping import ATTRIBUTE, CURRENCY, IGNORE, OUTLINE, OUTLINE_LEVEL, UNKNOWN, ColumnMapping, Mapping, SheetMapping
from ipmo.registers.opening.header_rows import columns_of, header_of
from ipmo.registers.opening.lettered import letters, number_of
from ipmo.registers.opening.sheets import Raw, Sheet, is_blank, said_cell
from ipmo.units import Money, as_day
from ipmo.words import agree, counted

__all__ = ["Column", "Table"]

FIRST: Final[Callable[[Raw], str]] = operator.itemgetter(slice(1))  # type: ignore[assignment] # of texts
"""The first sign of a text; nothing of an empty one."""
OF_ROWS = RegisterField(name="", cell="currency", help="what other columns of its row are read by, as the currency of amounts", path=("",))
OUTLINES: Final = {
    OUTLINE: RegisterField(name="", cell="text", help="where its row lies, as 1.2.3", path=("",)),
    OUTLINE_LEVEL: RegisterField(name="", cell="whole", help="how deep its row lies", path=("",)),
}
"""What says where rows lie in one another."""
MOST_PLACES = 200
"""Refused cells of one column that have a finding each; of the rest, one finding names the places."""
TEXT = RegisterField(name="attribute", cell="text", help="kept as it stands", path=("attributes",))


@attrs.define(eq=False)
class Column:
    """A column of a table: what it states, and what became of its cells."""

    index: int
    mapping: ColumnMapping
    field: RegisterField | None
    """What it states; None where it is left out."""
    attribute: str = ""
    outcomes: Sequence[Outcome] = attrs.field(factory=list)
    derived: bool = False
    """It has no cells of its own: what it states follows from where others stand."""

    @property
    def name(self) -> str:
        """The field's name; of an attribute, nothing."""
        return self.field.name if self.field is not None and not self.attribute else ""


@attrs.define(eq=False)
class Table:
    """A sheet read by its mapping.

    Args:
        sheet: the sheet, turned where it lists its fields downwards.
        mapping: what it holds.
        kind: the kind of its register.
        columns: its columns.
        rows: the rows of the register, from 0, as they stand in the sheet.
        refused_rows: rows that are left out as a whole, with their reasons.
        refused_cells: by the place of their column, the rows of cells that are left out, with their reasons.
    """

    sheet: Sheet
    mapping: SheetMapping
    kind: RegisterKind
    intake: Intake
    columns: list[Column] = attrs.field(factory=list)
    rows: list[int] = attrs.field(factory=list)
    cells: list[tuple[Raw, ...]] = attrs.field(factory=list, kw_only=True)
    """The cells of each column in the rows that may be rows of the register."""
    ignored_rows: list[int] = attrs.field(factory=list)
    blank_rows: int = 0
    refused_rows: dict[int, str] = attrs.field(factory=dict)
    refused_cells: dict[int, dict[int, str]] = attrs.field(factory=dict)
    given_up: set[str] = attrs.field(factory=set)
    """Ids and names of work that was given up."""

    def place(self, row: int, column: int | None = None) -> str:
        """Where a cell, or a row, stands in the file: of a turned sheet, what is a row here is a column there."""
        if not self.mapping.transposed:
            return self.sheet.place(row, column)
        if column is None:
            return f"{self.sheet.place(0).removesuffix('row 1')}column {letters(row)}"
        return self.sheet.place(column, row)

    def line(self, row: int) -> int:
        """The line of a row in the file; 0 where it is a column there."""
        return 0 if self.mapping.transposed else self.sheet.line(row)

    def column(self, name: str) -> Column | None:
        """The first column that states a field; None where none does."""
        return next((one for one in self.columns if one.name == name), None)

    def refuse_cell(self, row: int, column: Column, reason: str) -> None:
        """Leaves a cell out: its row goes on without it."""
        self.refused_cells.setdefault(column.index, {}).setdefault(row, reason)

    def refuse_cells(self, rows: Sequence[int], column: Column, reason: str) -> None:
        """Leaves the cells of a column out in several rows."""
        self.refused_cells[column.index] = dict.fromkeys(rows, reason) | self.refused_cells.get(column.index, {})

    def refuse_row(self, row: int, reason: str) -> None:
        """Leaves a row out."""
        self.refused_rows.setdefault(row, reason)

    # ------------------------------------------------------------------------------------------ making it

    @classmethod
    def of(cls, sheet: Sheet, mapping: SheetMapping, whole: Mapping, intake: Intake) -> Table:
        """The sheet, read.

        Raises:
            FileError: the mapping does not fit the sheet at all.
        """
        turned = sheet.transposed() if mapping.transposed else columns_of(sheet, mapping.range)
        made = cls(turned, mapping, mapping.kind, intake)
        if max(mapping.header, default=0) > len(turned.rows):
            raise FileError(
                sheet.file,
                f"the mapping says that the header of {made.called} is row {max(mapping.header)}; it has {counted(len(turned.rows), 'row')}",
            )
        made._match(header_of(turned, mapping.header))
        names = {one.index for one in made.columns if one.field is not None and one.field.cell in ("reference", "references")}
        made.sheet = filled_down(turned, max(mapping.header, default=0), names)
        made._choose_rows()
        made._read(whole)
        return made

    @property
    def called(self) -> str:
        """What people call it in a sentence."""
        return "the table" if self.sheet.is_text else f"sheet {self.sheet.name!r}"

    def _match(self, headers: Sequence[str]) -> None:
        """Which column each line of the mapping means."""
        by_header: dict[str, list[int]] = {}
        for index, header in enumerate(headers):
            by_header.setdefault(folded(header), []).append(index)
        taken: dict[int, ColumnMapping] = {}
        problems = []
        for one in self.mapping.columns:
            found = [number_of(one.at) - self.sheet.left] if one.at else by_header.get(folded(one.header), [])
            if one.at and (not 0 <= found[0] < len(headers) or (one.header and folded(headers[found[0]]) != folded(one.header))):
                found = by_header.get(folded(one.header), []) if one.header else []
            if len(found) > 1:
                where = " and ".join(map(self.sheet.letters, found))
                problems.append(
                    f"columns {where} of {self.called} are both headed {one.header!r}; write {one.header} @{self.sheet.letters(found[0])} in the mapping"
                )
            elif not found:
                self._missing(one, headers)
            else:
                taken[found[0]] = one
        if problems:
            raise FileError(self.sheet.file, [Problem(message=text, file=self.sheet.file) for text in problems])
        for index, header in enumerate(headers):
            self.columns.append(self._column(index, header, taken.get(index)))

    def _missing(self, one: ColumnMapping, headers: Sequence[str]) -> None:
        if one.field == IGNORE:
            return
        near = close_matches(one.header, [header for header in headers if header])
        hint = f"close: {listed(near)}" if near else "correct the header in the mapping"
        self.intake.note("column-missing", f"{self.called} has no column {one.header or one.at!r}, which states {one.field}", hint)

    def _column(self, index: int, header: str, mapping: ColumnMapping | None) -> Column:
        if mapping is None:
            field = ATTRIBUTE if self.mapping.rest == "attributes" else IGNORE
            mapping = ColumnMapping(header=header, field=field)
        if mapping.field == IGNORE:
            return Column(index, mapping, None)
        if mapping.field == ATTRIBUTE:
            return Column(
                index, mapping, TEXT, attribute=mapping.attribute or " ".join(header.split()) or f"column {self.sheet.letters(index)}"
            )
        if mapping.field == CURRENCY and CURRENCY not in self.kind.fields:
            return Column(index, mapping, OF_ROWS)
        if mapping.field in OUTLINES and mapping.field not in self.kind.fields and "parent" in self.kind.fields:
            return Column(index, mapping, OUTLINES[mapping.field])
        if mapping.field not in self.kind.fields:
            near = close_matches(mapping.field, list(self.kind.fields))
            close = f"; close: {listed(near)}" if near else ""
            raise FileError(self.sheet.file, f"{mapping.field!r} is no field of register {self.kind.name!r}{close}")
        found = self.kind.fields[mapping.field]
        return Column(index, mapping, found, attribute=found.path[1] if found.path[0] == "attributes" and len(found.path) > 1 else "")

    def _choose_rows(self) -> None:
        """Which rows are rows of the register: not blank ones, headers repeated, totals, headings."""
        rows, first = self.sheet.rows, max(self.mapping.header, default=0)
        last = min(self.mapping.last or len(rows), len(rows))
        head = rows[first - 1] if first else None
        label = self._label()
        mapped = sum(one.field is not None for one in self.columns)
        narrow = mapped <= 2 or any(one.mapping.level for one in self.columns)
        self.cells = list(zip(*rows[first:last], strict=True)) or [()] * len(self.columns)
        begun = first
        for place in self._odd_rows(first, last, 0 if label is None else label, head):
            self.rows += range(begun, place)  # as nearly all are
            self._choose(place, rows[place], label, head, narrow=narrow)
            begun = place + 1
        self.rows += range(begun, last)

    def _odd_rows(self, first: int, last: int, label: int, head: Sequence[Raw] | None) -> list[int]:
        """The rows that may be no rows of the register: without a text that names them or with nothing beside it, that sum up, or repeat the header."""
        rows, width, named = self.sheet.rows, self.sheet.width, self.cells[label] if self.cells else ()
        total = may_sum_up(named)
        if (self.sheet.is_text or set(map(type, named)) == {str}) and (head is None or head[label] not in named):
            begins = set(map(FIRST, named))
            odd = {sign for sign in begins if not sign or sign in SUMS or sign.isspace()}
            if (beside := self._beside(label)) is not None and "" not in self.cells[beside] and total is None:
                return [place for place, text in enumerate(named, first) if text[:1] in odd] if odd else []  # type: ignore[index]
        return [
            place
            for place in range(first, last)
            for row, shown in ((rows[place], rows[place][label]),)
            if (total is not None and total[place - first])
            or not (
                shown.__class__ is str
                and shown != ""
                and shown[:1] not in SUMS
                and row.count("") < width - 1
                and row != head
                and not shown.isspace()
            )
        ]

    def _beside(self, label: int) -> int | None:
        """A column beside the one that names the rows: where it is filled, more than a name stands in each row."""
        return next((one.index for one in self.columns if one.field is not None and one.index != label), None)

    def _choose(self, place: int, row: Sequence[Raw], label: int | None, head: Sequence[Raw] | None, *, narrow: bool) -> None:
        filled = [cell for cell in row if not is_blank(cell)]
        if not filled:
            self.blank_rows += 1
        elif head is not None and row == head:
            self._ignore(place, "repeats the header")
        elif (
            isinstance(filled[0], str)
            and (label is None or is_blank(row[label]) or filled[0] == row[label])
            and sums_up(filled[0], filled[1:], lacks=self._lacks(row))
        ):
            self._ignore(place, f"sums others up: {said_cell(filled[0])}")
        else:
            alone = len(filled) == 1 and not narrow and isinstance(filled[0], str)
            if alone and self._heads(filled[0], row):
                self._ignore(place, f"heads the rows below it: {said_cell(filled[0])}")
                return
            self.rows.append(place)
            if alone:
                self.refuse_row(place, f"only {said_cell(filled[0])} stands in it: a heading or a note")

    def _heads(self, text: Raw, row: Sequence[Raw]) -> bool:
        """Whether a text that stands alone in its row is said by rows of its group too, in another column, or is what a total of them is of."""
        own, at = folded(str(text)), next(index for index, cell in enumerate(row) if not is_blank(cell))
        label = self._label()
        beside = (cell for index, cells in enumerate(self.cells) if index != at for cell in cells)
        sums = (cell for index, cells in enumerate(self.cells) if index in (at, label) for cell in cells)
        return any(isinstance(cell, str) and folded(cell) == own for cell in beside) or any(
            isinstance(cell, str) and cell[:1] in SUMS and folded(cell).endswith(own) and folded(cell) != own for cell in sums
        )

    def _lacks(self, row: Sequence[Raw]) -> bool:
        """Whether a row has no cell in a column that is no money: an id, an owner, a date."""
        return any(is_blank(row[one.index]) for one in self.columns if one.field is not None and one.field.cell not in MONEY_CELLS)

    def _label(self) -> int | None:
        """The column that names the row."""
        names = ("name", "id", "text", "question", "project")
        return next((one.index for name in names for one in self.columns if one.name == name), None)

    def _ignore(self, row: int, why: str) -> None:
        self.ignored_rows.append(row)
        self.intake.note("row-ignored", f"{self.place(row)} {why}; it is left out", line=self.line(row), severity=Severity.INFO)

    def _read(self, whole: Mapping) -> None:
        unknown = (*UNKNOWN, *whole.unknown)
        says = unknown_in(unknown)
        rows = self.sheet.rows
        cells = self.cells
        if len(self.rows) < len(cells[0] if cells else ()):
            cells = list(zip(*map(rows.__getitem__, self.rows), strict=True)) or [()] * len(self.columns)
        cells = [self._or_else(column, cells) for column in self.columns]
        named = units = None
        for column in sorted(self.columns, key=_reading_order):  # what amounts are in is read before them
            if column.field is None:
                continue
            own = column.mapping
            settings = settings_of(own, whole, unknown_in((*unknown, *more)) if (more := (*own.unknown, *column.field.nothing)) else says)
            if (named or units) is not None and column.field.cell in MONEY_CELLS:
                beside = RowsBeside(*(None if one is None else one.outcomes for one in (named, units)))
                column.outcomes = beside.read(cells[column.index], column.field, settings, own)
            else:
                column.outcomes = read_cells(cells[column.index], column.field, settings, texts=self.sheet.is_text)
            for row, cell in zip(self.rows, cells[column.index], strict=True) if settings.doubts else ():
                if cell in settings.doubts:
                    text = f"{self.place(row, column.index)}, column {own.header!r}, is read as it stands: {settings.doubts[cell]}"
                    self.intake.note("amount-size", text, "write it with its own, or multiplier: in the mapping", line=self.line(row))
            named = column if column.field is OF_ROWS else named
            units = column if units is None and says_units(column.mapping, column.outcomes, (one.name for one in self.columns)) else units
        self.cells = []
        placed = {one.index for one in self.columns if one.mapping.at and one.mapping.field != ATTRIBUTE}
        self.refused_rows |= longer_than_headings(self.sheet, self.mapping.header, self.rows, placed)
        self._by_level()
        self._by_outline()
        self._only_latest()
        self._without_given_up()

    def _or_else(self, column: Column, cells: Sequence[tuple[Raw, ...]]) -> tuple[Raw, ...]:
        """The cells of a column, those of the one that its mapping names where they are blank."""
        wanted = folded(column.mapping.where_blank)
        other = next((one.index for one in self.columns if folded(one.mapping.header) == wanted), None) if wanted else None
        if wanted and other is None:
            self.intake.note(
                "column-missing",
                f"{self.called} has no column {column.mapping.where_blank!r}, whose cells were to hold where those of {column.mapping.header!r} are blank",
            )
        return cells[column.index] if other is None else filled_from(cells[column.index], cells[other])

    def _by_outline(self) -> None:
        """Of rows that an outline puts into one another, the column of parents; numbers are ids too, where no column states these."""
        outline = next((one for one in self.columns if one.field in OUTLINES.values()), None)
        if outline is None or self.column("parent") is not None:
            return
        numbered = outline.field is OUTLINES[OUTLINE]
        ids, names, projects = self.column("id"), self.column("name"), self.column("project")
        if ids is None and numbered:
            own: Sequence[Outcome] = [plain_number(one) if isinstance(one, str) else one for one in outline.outcomes]
            self.columns.append(Column(outline.index, outline.mapping, self.kind.fields["id"], outcomes=own, derived=True))
        else:
            own = ids.outcomes if ids is not None else names.outcomes if names is not None else [BLANK] * len(self.rows)
        parts = [one if isinstance(one, str) else "" for one in projects.outcomes] if projects is not None else [""] * len(self.rows)
        found = (by_numbers if numbered else by_levels)(outline.outcomes, own, parts)
        for row, one in zip(self.rows, found, strict=True):
            if isinstance(one, CellError):
                self.refuse_cell(row, outline, str(one))
        parents = [BLANK if isinstance(one, CellError) else one for one in found]
        self.columns.append(Column(outline.index, outline.mapping, self.kind.fields["parent"], outcomes=parents, derived=True))

    def _by_level(self) -> None:
        """Of names that stand in a column for each level, one column of names; each row belongs to the nearest above it of a lower level."""
        levels = sorted((one for one in self.columns if one.mapping.level and one.name == "name"), key=lambda one: one.mapping.level)
        if not levels:
            return
        ids, parents = self.column("id"), self.column("parent")
        names, owners, above = list[Outcome](), list[Outcome](), list[tuple[int, Outcome]]()
        for position, row in enumerate(self.rows):
            filled = [one for one in levels if one.outcomes[position] is not BLANK]
            if len(filled) > 1:
                self.refuse_row(row, f"names stand in {len(filled)} levels of it; write one")
            names.append(filled[0].outcomes[position] if filled else BLANK)
            level = filled[0].mapping.level if filled else 0
            while level and above and above[-1][0] >= level:
                above.pop()
            owners.append(above[-1][1] if level and above else BLANK)
            own = ids.outcomes[position] if ids is not None else names[-1]
            if level and isinstance(own, str) and len(filled) == 1:
                above.append((level, own))
        derived = {"name": names} if parents is not None else {"name": names, "parent": owners}
        for name, outcomes in derived.items():
            self.columns.append(Column(levels[0].index, levels[0].mapping, self.kind.fields[name], outcomes=outcomes, derived=True))
        for one in levels:
            one.field = OF_ROWS  # it has been understood

    def _only_latest(self) -> None:
        """Of a list that has a row for each report of a project, the latest row of each: the others are its history."""
        ids, names, dates = self.column("id"), self.column("name"), self.column("status_date")
        if ids is None or dates is None or self.kind.name != "projects":
            return
        called = [text if isinstance(text, str) else "" for text in names.outcomes] if names is not None else [""] * len(self.rows)
        reported = [as_day(day) if isinstance(day, date) else None for day in dates.outcomes]
        keys, latest, older = older_reports(ids.outcomes, called, reported)
        if not older:
            return
        projects = len({keys[place] for place in older})
        renamed = {
            key[
                0
            ]: f"{key[0]!r} is called {called[latest[key]]!r} in its latest report and {called[place]!r} in {self.place(self.rows[place])}"
            for place in sorted(older, reverse=True)
            if (key := keys[place]) is not None and folded(called[place]) != folded(called[latest[key]])
        }
        left = [row for place, row in enumerate(self.rows) if place in older]
        self.keep([place for place in range(len(self.rows)) if place not in older])
        self.intake.note(
            "row-ignored",
            f"{counted(len(left), 'row')} {agree(len(left), 'is an older report', 'are older reports')} of {counted(projects, 'project')},"
            f" beginning with {self.place(left[0])}: of each, the latest is read",
            line=self.line(left[0]),
            severity=Severity.INFO,
        )
        if renamed:
            self.intake.note(
                "row-ignored",
                f"{counted(len(renamed), 'project')} renamed: {'; '.join(list(renamed.values())[:5])}; the latest name is read",
                "where the two are not the same project, give one of them another id",
                severity=Severity.WARNING,
            )

    def _without_given_up(self) -> None:
        """Leaves out work that was given up: it is neither open nor done, and nothing waits for it."""
        if self.kind.name not in ("tasks", "milestones"):
            return
        said = {column.mapping.header: column.outcomes for column in self.columns if column.attribute}
        finish, parent, actual = self.column("actual_finish"), self.column("parent"), self.column("actual")
        gone = given_up(said, finish.outcomes if finish is not None else ())
        if not gone:
            return
        for name in ("id", "name"):
            if (column := self.column(name)) is not None:
                self.given_up |= {one for place in gone if isinstance(one := column.outcomes[place], str)}
                if parent is not None:
                    parent.outcomes = kept_parents(column.outcomes, parent.outcomes, gone)
        spent = sum(isinstance(actual.outcomes[place], Money) for place in gone) if actual is not None else 0
        rows = [self.rows[place] for place in gone]
        self.keep([place for place in range(len(self.rows)) if place not in gone])
        words = " or ".join(f"{word!r} by {header!r}" for word, header in list(dict.fromkeys(gone.values()))[:3])
        self.intake.note(
            "given-up",
            f"{counted(len(rows), 'row')} of {self.called} {agree(len(rows), 'is', 'are')} {words}, beginning with {self.place(rows[0])}:"
            f" given up, so left out of the plan, neither open nor done"
            + (f"; {counted(spent, 'actual cost')} with {agree(len(rows), 'it', 'them')}" if spent else ""),
            "where the word means something else, map its column to ignore",
            line=self.line(rows[0]),
        )

    def keep(self, places: Sequence[int]) -> None:
        """Leaves out all rows but those at some places."""
        kept = set(places)
        self.ignored_rows += [row for place, row in enumerate(self.rows) if place not in kept]
        self.rows = [self.rows[place] for place in places]
        for column in self.columns:
            column.outcomes = [column.outcomes[place] for place in places] if column.field is not None else column.outcomes

    # ------------------------------------------------------------------------------------------ what is said

    def refused_outcomes(self) -> None:
        """Keeps the cells that were refused when they were read."""
        for column in self.columns:
            if column.outcomes.__class__ is not Told and Refused in set(map(type, column.outcomes)):
                for row, outcome in zip(self.rows, column.outcomes, strict=True):
                    if isinstance(outcome, Refused):
                        self.refuse_cell(row, column, outcome.reason)

    def report(self, intake: Intake) -> Counter[str]:
        """Says what was refused, each row and cell by its place, and counts all cells of the table.

        Args:
            intake: the reading that it is said of.

        Returns:
            How many cells were `understood`, `unknown`, `blank`, `refused` and `ignored`: together, all.
        """
        self.refused_outcomes()
        self.intake = intake
        self._report_rows()
        self._report_done()
        intake.refused += len(self.refused_rows)
        intake.understood += len(self.rows) - len(self.refused_rows)
        self._report_cells()
        return self._counts()

    def _say(self, code: str, message: str, line: int, severity: Severity = Severity.WARNING) -> None:
        """Keeps a finding, however many there are of its kind."""
        self.intake.findings.append(
            Finding(
                code=f"{self.intake.format}/{code}", message=message, severity=severity, file=self.intake.name if line else "", line=line
            )
        )

    def _report_rows(self) -> None:
        refused = sorted(self.refused_rows.items())
        for row, reason in refused[:MOST_PLACES]:
            self._say("row-refused", f"{self.place(row)} is left out: {reason}", self.line(row), Severity.ERROR)
        if rest := [row for row, _ in refused[MOST_PLACES:]]:
            places = ", ".join(self._ranges(rest, None))
            self._say("row-refused", f"{counted(len(rest), 'more row')} left out in the same way: {places}", 0, Severity.ERROR)

    def _report_done(self) -> None:
        """Says which work is finished or given up by its status, and by no date: without one it counts as open."""
        if self.kind.name not in ("tasks", "milestones"):
            return
        seen = set[int](self.refused_rows)
        if (finish := self.column("actual_finish")) is not None:
            seen.update(row for row, said in zip(self.rows, finish.outcomes, strict=True) if isinstance(said, date))
        for column in self.columns:
            if not column.attribute or not says_over(column.mapping.header):
                continue
            said_of = zip(self.rows, column.outcomes, strict=True)
            left = [(row, str(said)) for row, said in said_of if row not in seen and is_over(said, column.mapping.header)]
            seen.update(row for row, _ in left)
            if left:
                words = " or ".join(map(repr, list(dict.fromkeys(said for _, said in left))[:3]))
                self._say(
                    "done-without-date",
                    f"{counted(len(left), 'row')} of {self.called} {agree(len(left), 'is', 'are')} {words} by {column.mapping.header!r} and"
                    f" {agree(len(left), 'states', 'state')} no actual finish, beginning with {self.place(left[0][0])}: without a date"
                    f" {agree(len(left), 'it counts', 'they count')} as open work",
                    self.line(left[0][0]),
                )

    def _report_cells(self) -> None:
        for index, reasons in sorted(self.refused_cells.items()):
            cells = sorted(reasons)  # mostly they stand in order
            if self.refused_rows:
                cells = [row for row in cells if row not in self.refused_rows]
            column = self.columns[index]
            called = f"{column.mapping.header!r} ({column.mapping.field})" if column.mapping.header else column.mapping.field
            for row in cells[:MOST_PLACES]:
                self._say("cell-refused", f"{self.place(row, index)}, column {called}, is left out: {reasons[row]}", self.line(row))
            if len(cells) > MOST_PLACES:
                rest = cells[MOST_PLACES:]
                places = ", ".join(self._ranges(rest, index))
                self._say("cell-refused", f"column {called}: {counted(len(rest), 'more cell')} left out in the same way: {places}", 0)

    def _ranges(self, rows: Sequence[int], column: int | None) -> Iterator[str]:
        """Places of the cells of a column, neighbours as one."""
        first = last = rows[0]
        if rows[-1] - first + 1 == len(rows):  # all of them, as nearly always of so many
            last, rows = rows[-1], rows[:1]
        for row in (*rows[1:], None):
            if row is not None and row == last + 1:
                last = row
                continue
            yield self.place(first, column) + (f" to {self.place(last, column)}" if last > first else "")
            if row is not None:
                first = last = row

    def _refused_of_mixed(self, counts: Counter[str]) -> list[tuple[int, int]]:
        """Counts the refused cells of columns of which each cell was understood when it was read; the others are left."""
        whole = {at for at, column in enumerate(self.columns) if column.outcomes.__class__ is Told}
        known = sum(len(rows) for at, rows in self.refused_cells.items() if at in whole)
        counts["understood"] -= known
        counts["refused"] += known
        return [(row, at) for at, rows in self.refused_cells.items() if at not in whole for row in rows]

    def _counts(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        stated = [column for column in self.columns if not column.derived]
        counts["blank"] = (len(self.rows) + len(self.ignored_rows) + self.blank_rows) * len(stated)
        for column in stated:
            if column.field is None:
                raw = sum(not is_blank(self.sheet.rows[row][column.index]) for row in self.rows)
                counts["ignored"] += raw
                counts["blank"] -= raw
                continue
            if column.outcomes.__class__ is Told:
                counts["understood"] += len(column.outcomes)
                counts["blank"] -= len(column.outcomes)
                continue
            kinds = Counter(map(type, column.outcomes))
            blank, unknown, refused = kinds[Blank], kinds[Unknown], kinds[Refused]
            counts["unknown"] += unknown
            counts["refused"] += refused
            counts["understood"] += len(column.outcomes) - blank - unknown - refused
            counts["blank"] -= len(column.outcomes) - blank
        every = self.refused_cells if self.refused_rows else {}
        cells = [(row, at) for at, rows in every.items() for row in rows] if every else self._refused_of_mixed(counts)
        positions = {row: position for position, row in enumerate(self.rows)} if cells or self.refused_rows else {}
        moved = [(row, self.columns[index]) for row, index in cells if row not in self.refused_rows]
        moved += [(row, column) for row in self.refused_rows for column in stated if column.field is not None]
        for row, column in moved:  # understood when it was read, and refused when its row was made
            kind = _kind_of(column.outcomes[positions[row]])
            if kind in ("understood", "unknown"):
                counts[kind] -= 1
                counts["refused"] += 1
        for row in self.ignored_rows:
            filled = sum(not is_blank(cell) for cell in self.sheet.rows[row])
            counts["ignored"] += filled
            counts["blank"] -= filled
        return counts


def _reading_order(column: Column) -> int:
    """Currencies of rows are read first, then units, then what these are of."""
    return 0 if column.field is OF_ROWS else 1 if is_unit(column.mapping) else 2


def _kind_of(outcome: Outcome) -> str:
    return (
        "blank" if outcome is BLANK else "unknown" if outcome is IS_UNKNOWN else "refused" if outcome.__class__ is Refused else "understood"
    )
