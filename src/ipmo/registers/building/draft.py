"""The draft of a portfolio: records of rows, and the portfolio that they make, with what the model refuses left out and said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import Any, Final

import attrs

from ipmo.errors import FileError, ModelError, UnitError, listed
from ipmo.files.foreign import Intake, escaped
from ipmo.findings import Severity
from ipmo.model.benefits import Contribution, Objective
from ipmo.model.contents import Source
from ipmo.model.fields import EMPTY
from ipmo.model.making import maker
from ipmo.model.money import Budget, BudgetLine
from ipmo.model.people import DecisionBody, Office, Person, Resource
from ipmo.model.plain import HEADER
from ipmo.model.portfolio import Portfolio
from ipmo.model.risks import Driver
from ipmo.model.shape import keys_of
from ipmo.model.work import Link, Programme, Project
from ipmo.registers.building.naming import Names
from ipmo.registers.building.rows import Table
from ipmo.registers.cells.days import MONTH_NAMES
from ipmo.registers.cells.reading import usual_year
from ipmo.registers.fields import CATALOGUE
from ipmo.registers.mapping import Mapping
from ipmo.words import counted

__all__ = ["Draft", "Record"]

NOUNS: Final[dict[str, type]] = {
    "people": Person, "bodies": DecisionBody, "offices": Office, "programmes": Programme, "resources": Resource, "objectives": Objective,
    "drivers": Driver, "projects": Project,
}  # fmt: skip
"""What a name that nothing lists is made, by register."""
CELLS: Final = ("understood", "unknown", "blank", "refused", "ignored")
"""What can become of a cell."""
ROUNDS = 40
"""How often what the model refuses is left out before the file is given up."""


@attrs.define(eq=False)
class Record:
    """One row on its way to a noun.

    Args:
        table: where it stands; None for what is made of a name only.
        row: its row there.
        noun_class: the class that it becomes.
        values: of its fields, by their names in Python.
    """

    table: Table | None
    row: int
    noun_class: type
    values: dict[str, Any]
    plain: bool = True
    """Its values are values of the model; else some are plain data, which the class reads."""
    made: Any = None

    def noun(self) -> Any:
        """The noun.

        Raises:
            ModelError: it cannot be.
        """
        if self.made is None:
            self.made = maker(self.noun_class)(self.values) if self.plain else self.noun_class(**self.values)
        return self.made


class Draft:
    """A portfolio on its way.

    Args:
        tables: the sheets, read.
        mapping: what they mean.
        intake: the reading; it says what was refused.
    """

    def __init__(self, tables: list[Table], mapping: Mapping, intake: Intake) -> None:
        self.tables = sorted(tables, key=lambda table: table.kind.inner or table.kind.goes == "")
        self.tables.sort(key=lambda table: table.kind.name != "projects")
        self.mapping, self.intake, self.names = mapping, intake, Names(intake)
        self.records: dict[str, list[Record]] = {}
        self.inner: dict[str, dict[str, list[Record]]] = {}
        """Records of what belongs to projects, by project and field."""
        self.lines: dict[str, dict[str, list[BudgetLine]]] = {}
        self.links: list[Link] = []
        self.contributions: list[Contribution] = []
        self.header: dict[str, Any] = {}
        self.ids: dict[int, list[str]] = {}
        self.owners: dict[int, list[str]] = {}
        self.above: dict[tuple[int, int], str] = {}
        """The programme of gates and risks that belong to no project, by table and position."""
        self.year_starts = MONTH_NAMES.get(mapping.financial_year, 0) or usual_year(mapping.currency)

    def _source(self) -> Source:
        """What was understood, refused and noticed, if the portfolio is made as it now stands."""
        said = Intake(self.intake.name, self.intake.format)
        said.findings = list(self.intake.findings)
        counts: Counter[str] = Counter()
        for table in self.tables:
            counts += table.report(said)
        self._notes(said)
        return attrs.evolve(said.finish(said.name, self._lines()), cells={name: counts[name] for name in CELLS})

    def _made_up(self) -> None:
        """Nouns for names that nothing lists, and links of whole projects that state no type."""
        for register, made in self.names.made.items():
            records = [
                Record(None, 0, NOUNS[register], {"id": name, "name": title if title != name else ""}) for name, title in made.items()
            ]
            self.records.setdefault(register, []).extend(records)
        projects = {record.values["id"]: record for record in self.records.get("projects", ())}
        for record in self.records.get("links", ()):
            values = record.values
            if values.get("source") in projects and values.get("target") in projects and record.table is not None:
                if record.table.column("type") is None and record.table.column("kind") is None and record.table.column("lag") is None:
                    values["kind"] = "informs"
        for owner, kinds in self.lines.items():
            for kind, lines in kinds.items():
                held = projects[owner].values.get(kind)
                projects[owner].values[kind] = Budget((*(held.lines if held is not None else ()), *lines))

    def checked(self) -> Portfolio:
        """The portfolio, with all that is refused said; a cell that the model refuses is left out, or its row, and all others stay."""
        self._made_up()
        for _ in range(ROUNDS):
            lists: dict[str, Any] = {name: [*self._nouns(records, name)] for name, records in self.records.items() if name != "portfolio"}
            lists["links"] = [*lists.get("links", []), *self.links]
            lists["contributions"] = [*lists.get("contributions", []), *self.contributions]
            try:
                return Portfolio(**self._head(), **{name: found for name, found in lists.items() if found}, source=self._source())
            except ModelError as error:
                if not sum([self._blame(problem.path, problem.message) for problem in error.problems]):
                    raise FileError(self.intake.name, error.problems) from None
        raise FileError(self.intake.name, self.intake.problems("so much of it cannot be that nothing is made of it; correct the mapping"))

    def _nouns(self, records: list[Record], name: str) -> Iterator[Any]:
        for record in list(records):
            try:
                if name == "projects" and (inside := self.inner.get(record.values["id"])) is not None:
                    nouns = {group: tuple(self._nouns(rows, group)) for group, rows in inside.items()}
                    record.values |= nouns
                    record.made = None
                yield record.noun()
            except (ModelError, UnitError) as error:
                if record.table is not None:
                    record.table.refuse_row(record.row, str(error))
                records.remove(record)

    def _head(self) -> dict[str, Any]:
        """What stands at the top of the portfolio."""
        stem = escaped(Path(self.intake.name).stem) or "portfolio"
        head: dict[str, Any] = {"id": self.mapping.id or stem, "name": self.mapping.name}
        if self.mapping.currency:
            months = [name for name, number in MONTH_NAMES.items() if number == self.year_starts]
            head["money"] = {"currency": self.mapping.currency, **({"financial_year": months[0]} if months else {})}
        if self.mapping.status_date is not None:
            head["status_date"] = self.mapping.status_date
        for record in self.records.get("portfolio", ()):
            head |= {name: value for name, value in record.values.items() if name in HEADER and value not in (None, "", (), EMPTY)}
        while head["id"] in self.names.taken.get("", ()):
            head["id"] = f"{head['id']} portfolio"
        return head

    def _blame(self, path: Sequence[str | int], message: str) -> bool:
        """Leaves out what a problem of the model is about: the cell where one stated it, else the row."""
        records, steps = self.records.get(str(path[0]), []) if path else [], list(path[1:])
        if not steps or not isinstance(steps[0], int) or steps[0] >= len(records):
            return self._blame_link(path)
        record, steps = records[steps[0]], steps[1:]
        if record.noun_class is Project and len(steps) > 1 and isinstance(steps[1], int) and record.values["id"] in self.inner:
            inside = self.inner[record.values["id"]].get(str(steps[0]), [])
            if steps[1] < len(inside):
                records, record, steps = inside, inside[steps[1]], steps[2:]
        if record.table is None:
            return False
        shape = keys_of(record.noun_class).get(str(steps[0])) if steps else None
        columns = [
            c
            for c in record.table.columns
            if c.field is not None and not c.attribute and shape is not None and c.field.path[0] == shape.key
        ]
        if shape is None or shape.required or shape.key == "id" or not columns:
            record.table.refuse_row(record.row, message)
            records.remove(record)
            return True
        for column in columns:
            record.table.refuse_cell(record.row, column, message)
        record.values[shape.name] = shape.default
        record.made = None
        return True

    def _blame_link(self, path: Sequence[str | int]) -> bool:
        """A link made of a predecessor in another project is left out."""
        if len(path) > 1 and path[0] in ("links", "contributions") and isinstance(path[1], int):
            added: list[Any] = self.links if path[0] == "links" else self.contributions
            place = path[1] - len(self.records.get(str(path[0]), ()))
            if 0 <= place < len(added):
                del added[place]
                return True
        return False

    def _lines(self) -> AnyMapping[str, int]:
        """The line of each item, by full id."""
        lines: dict[str, int] = {}
        for records in self.records.values():
            _lines_of(records, "", lines)
        for owner, groups in self.inner.items():
            for records in groups.values():
                _lines_of(records, f"{owner}/", lines)
        return lines

    def _notes(self, said: Intake) -> None:
        """What was made of names, and what got another id."""
        for register, made in self.names.made.items():
            said.note(
                "made-of-name",
                f"{counted(len(made), 'entry')} of {CATALOGUE[register].title} made of names that no sheet lists: {listed(made)}",
                severity=Severity.WARNING if register == "projects" else Severity.INFO,
            )
        if alike := self.names.alike:
            first = ", ".join(f"{one!a} and {other!a}" for one, other in alike[:5])
            more = f" and {len(alike) - 5} more" if len(alike) > 5 else ""
            said.note(
                "alike-ids",
                f"ids that differ only by case or by characters that nobody sees, kept apart: {first}{more}",
                "where they mean the same, write them the same",
                severity=Severity.WARNING,
            )
        if renamed := self.names.renamed:
            first = ", ".join(f"{old!r} is {new!r}" for old, new in list(renamed.items())[:5])
            said.note(
                "same-id", f"{counted(len(renamed), 'id')} that another register bears too, kept apart: {first}", severity=Severity.INFO
            )


def _lines_of(records: Sequence[Record], front: str, lines: dict[str, int]) -> None:
    """Adds the line of each record that stands in a file, by full id; of a column of a turned sheet, none."""
    for record in records:
        table, own = record.table, record.values.get("id")
        if table is not None and own and not table.mapping.transposed:
            lines[front + own] = table.sheet.line(record.row)
