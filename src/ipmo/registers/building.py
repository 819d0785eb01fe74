"""Tables to a portfolio: every row a noun, in its project, with its references found; what cannot be is refused with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import attrs

from ipmo.errors import FileError, ModelError, UnitError, listed
from ipmo.files.foreign import Intake, escaped
from ipmo.findings import Severity
from ipmo.model.benefits import Contribution, Enabler, Objective
from ipmo.model.contents import Source
from ipmo.model.estimates import Fixed
from ipmo.model.fields import EMPTY, FrozenMap
from ipmo.model.governance import After
from ipmo.model.making import maker
from ipmo.model.money import Budget, BudgetLine
from ipmo.model.people import DecisionBody, Office, Person, Resource
from ipmo.model.plain import HEADER
from ipmo.model.portfolio import Portfolio
from ipmo.model.risks import Driver
from ipmo.model.shape import keys_of
from ipmo.model.work import Link, Programme, Project
from ipmo.registers.cells import usual_year
from ipmo.registers.days import MONTH_NAMES, period_of
from ipmo.registers.fields import CATALOGUE, RegisterField, RegisterKind
from ipmo.registers.groups import GROUPS, assignment
from ipmo.registers.logs import raid_tables
from ipmo.registers.mapping import Mapping
from ipmo.registers.naming import Names
from ipmo.registers.outcomes import BLANK, Blank, CellError, Refused, Unknown
from ipmo.registers.rows import Column, Table
from ipmo.registers.sheets import Sheet
from ipmo.units import Money
from ipmo.words import counted

__all__ = ["build"]

MISSING: Final = frozenset((Blank, Unknown, Refused))
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


def build(sheets: Sequence[Sheet], mapping: Mapping, intake: Intake) -> Portfolio:
    """A portfolio of the rows of a file.

    Args:
        sheets: the file's.
        mapping: what they mean.
        intake: the reading; it says what was refused.

    Raises:
        FileError: the mapping does not fit the file, or nothing can be made of it.
    """
    by_name = {sheet.name: sheet for sheet in sheets}
    tables = []
    for one in mapping.sheets:
        sheet = (
            sheets[0]
            if not one.sheet and len(sheets) == 1
            else by_name.get(one.sheet) or (sheets[0] if len(sheets) == 1 and sheets[0].is_text else None)
        )
        if sheet is None:
            raise FileError(intake.name, f"there is no sheet {one.sheet!r}; there is {listed(by_name, 20)}; correct sheet: in the mapping")
        tables += raid_tables(Table.of(sheet, one, mapping, intake))
    return _Building(tables, mapping, intake).portfolio()


def _rest(lines: Sequence[BudgetLine], lump: Budget | None, *, whole: bool, alone: bool) -> tuple[BudgetLine, ...]:
    """What is left of the whole beside the money of periods: the whole counts it already; unknown where it is, or where one period is all.

    Args:
        lines: of the periods.
        lump: what the column of the whole says; None where it says nothing.
        whole: there is such a column.
        alone: the periods are one only.
    """
    if lump is None:
        return (BudgetLine(note="the rest is not stated"),) if whole or alone else ()
    told = [one.amount.value for one in (*lump.lines, *lines) if isinstance(one.amount, Fixed) and isinstance(one.amount.value, Money)]
    if len({one.currency for one in told}) != 1 or len(told) != len(lump.lines) + len(lines):
        return lump.lines
    rest = told[0].amount - sum((one.amount for one in told[1:]), Decimal(0))
    return (BudgetLine(amount=Fixed(Money(rest, told[0].currency)), note="the rest of the whole"),) if rest else ()


class _Building:
    """The portfolio being made."""

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
        self.year_starts = MONTH_NAMES.get(mapping.financial_year, 0) or usual_year(mapping.currency)

    def portfolio(self) -> Portfolio:
        """The portfolio, with all that is refused said."""
        for table in self.tables:
            self._name_rows(table)
        for table in self.tables:
            self._fill(table)
        self._made_up()
        return self._checked()

    def _source(self) -> Source:
        """What was understood, refused and noticed, if the portfolio is made as it now stands."""
        said = Intake(self.intake.name, self.intake.format)
        said.findings = list(self.intake.findings)
        counts: Counter[str] = Counter()
        for table in self.tables:
            counts += table.report(said)
        self._notes(said)
        return attrs.evolve(said.finish(said.name, self._lines()), cells={name: counts[name] for name in CELLS})

    # ------------------------------------------------------------------------------------------- ids

    def _name_rows(self, table: Table) -> None:
        """Gives every row its project and its id."""
        kind = table.kind
        ids, owners = [], []
        id_texts, names = _texts(table, "id"), _texts(table, *(("name", "question") if "question" in kind.fields else ("name", "text")))
        projects, column = _texts(table, "project"), table.column("project")
        named, needed = "id" in kind.fields, [(field, table.column(name)) for name, field in kind.fields.items() if field.needed]
        for position, row in enumerate(table.rows):
            owner = made = ""
            try:
                if row not in table.refused_rows:
                    if kind.inner or kind.name == "costs":
                        owner = self._project(table, projects[position] if projects else "", column)
                    if named and kind.name != "portfolio":
                        stated, name = (id_texts[position] if id_texts else ""), (names[position] if names else "")
                        if not stated and not name and kind.name != "links":
                            raise CellError("it has neither an id nor a name")
                        made = self.names.add(_space(kind), owner, stated, name, row) if stated or kind.name != "links" else ""
                    if needed:
                        _needed(needed, position)
            except CellError as error:
                table.refuse_row(row, str(error))
            ids.append(made)
            owners.append(owner)
        self.ids[id(table)], self.owners[id(table)] = ids, owners

    def _project(self, table: Table, text: str, column: Column | None) -> str:
        """The project of a row."""
        if not text:
            if not table.mapping.project:
                raise CellError("it names no project; map a column to project, or say project: in the mapping of its sheet")
            text = table.mapping.project
        try:
            return self.names.find(text, "project")
        except CellError:
            if not table.mapping.new_projects and text != table.mapping.project:
                raise
        made = self.names.make("projects", text)
        self.names.register("projects").add(text, text, made)
        return made

    # ---------------------------------------------------------------------------------------- values

    def _fill(self, table: Table) -> None:
        """The values of every row."""
        if table.kind.noun is dict:
            if table.kind.name == "costs":
                self._costs(table)
            return
        keys, noun = keys_of(table.kind.noun), table.kind.noun
        names: list[str] = []
        columns: list[list[Any]] = []
        grouped: list[Column] = []
        periods: dict[str, list[Column]] = {}
        for column in table.columns:
            if column.field is None or column.attribute or (column.name in ("id", "project") and column.field.path[0] in ("id", "project")):
                continue
            shape = keys.get(column.field.path[0])
            if len(column.field.path) > 1 or (
                column.field.path[0] in ("contributions", "assignments", "enabled_by") and column.field.cell != "data"
            ):
                grouped.append(column)
            elif column.field.cell == "budget" and column.mapping.period:
                periods.setdefault(column.name, []).append(column)
            elif shape is not None:
                names.append(shape.name)
                columns.append(self._column(table, column, shape.default))
        attributes = _attributes([column for column in table.columns if column.attribute]) if "attributes" in keys else []
        self._without_room(table, keys)
        plain = not any(column.field is not None and column.field.cell == "data" for column in table.columns)
        target = self.records.setdefault(table.kind.goes or table.kind.name, [])
        fixed, ids, owners = dict(table.kind.fixed), self.ids[id(table)], self.owners[id(table)]
        later = bool(grouped or periods)
        for position, (row, found) in enumerate(
            zip(table.rows, zip(*columns, strict=True) if columns else [()] * len(table.rows), strict=True)
        ):
            if row in table.refused_rows:
                continue
            values = dict(zip(names, found, strict=True))
            if fixed:
                values |= fixed
            if ids[position]:
                values["id"] = ids[position]
            if attributes and (told := attributes[position]):
                values["attributes"] = FrozenMap(told)
            record = Record(table, row, noun, values, plain)
            if later:
                self._more(record, grouped, periods, position, owners[position])
            if row in table.refused_rows:
                continue
            if table.kind.inner:
                self.inner.setdefault(owners[position], {}).setdefault(table.kind.goes, []).append(record)
            else:
                target.append(record)

    def _without_room(self, table: Table, keys: Any) -> None:
        """Columns that would be attributes of what has none are left out, and said."""
        if "attributes" in keys:
            return
        lost = [column for column in table.columns if column.attribute]
        told = [column.mapping.header or column.attribute for column in lost if any(outcome is not BLANK for outcome in column.outcomes)]
        for column in lost:
            column.field, column.outcomes = None, []
        if told:
            self.intake.note(
                "column-ignored",
                f"{counted(len(told), 'column')} of {table.kind.title} are left out, as these hold no attributes: {listed(told, 12)}",
                "map them to fields, or to ignore",
                severity=Severity.INFO,
            )

    def _column(self, table: Table, column: Column, default: Any) -> list[Any]:
        """The values of a column as fields of nouns take them; its default where there is none."""
        field = column.field
        assert field is not None
        convert: Callable[[Any, str], Any] | None = None
        if field.cell == "reference":
            convert = lambda text, owner: self._found(text, field.refers, owner, table.kind)  # noqa: E731
        elif field.cell == "references":
            convert = lambda texts, owner: tuple(dict.fromkeys(self._found(text, field.refers, owner, table.kind) for text in texts))  # noqa: E731
        elif field.cell == "budget":
            convert = lambda money, _: _lump(money)  # noqa: E731
        elif field.cell == "links":
            return [self._links_of(table, column, position) for position in range(len(table.rows))]
        if convert is None:
            if MISSING.isdisjoint({*map(type, column.outcomes)}):
                return column.outcomes
            return [default if value.__class__ in MISSING else value for value in column.outcomes]
        inner, cache = field.refers in ("item", "node", "task"), {}
        owners = self.owners[id(table)]
        out: list[Any] = []
        for position, (row, value) in enumerate(zip(table.rows, column.outcomes, strict=True)):
            if value.__class__ in MISSING or row in table.refused_rows:
                out.append(default)
                continue
            owner = owners[position] if inner else ""
            key = (owner, value)
            if key not in cache:
                try:
                    cache[key] = convert(value, owner)
                except CellError as error:
                    cache[key] = Refused(str(error))
            found = cache[key]
            if found.__class__ is Refused:
                table.refuse_cell(row, column, found.reason)
                if field.needed or field.name == "project":
                    table.refuse_row(row, found.reason)
                found = default
            out.append(found)
        return out

    def _found(self, text: str, refers: str, owner: str, kind: RegisterKind) -> str:
        """The id that a reference names, as a field of its kind takes it."""
        found = self.names.find(text, refers, owner, _space(kind))
        return found.removeprefix(f"{owner}/") if refers == "task" and owner else found

    def _links_of(self, table: Table, column: Column, position: int) -> tuple[After, ...]:
        """Predecessors: those of the own project stay with the item, others are links of the portfolio."""
        value, row = column.outcomes[position], table.rows[position]
        if value.__class__ in MISSING or row in table.refused_rows or not isinstance(value, tuple):
            return ()
        owner, kept = self.owners[id(table)][position], []
        for one in value:
            try:
                full = self.names.find(one.source, "node", owner, _space(table.kind))
            except CellError as error:
                table.refuse_cell(row, column, str(error))
                continue
            if full.startswith(f"{owner}/"):
                kept.append(attrs.evolve(one, source=full.removeprefix(f"{owner}/")))
            else:
                self.links.append(Link(source=full, target=f"{owner}/{self.ids[id(table)][position]}", type=one.type, lag=one.lag))
        return tuple({(one.source, one.type): one for one in kept}.values())

    def _more(self, record: Record, grouped: list[Column], periods: dict[str, list[Column]], position: int, owner: str) -> None:
        """What several columns say together: reports, exposures, money by period."""
        table = record.table
        assert table is not None
        for name, columns in periods.items():
            lines = []
            for column in columns:
                money = column.outcomes[position]
                if isinstance(money, Money):
                    period = period_of(column.mapping.period, self.year_starts)
                    lines.append(BudgetLine(amount=Fixed(money), since=period.first, until=period.last))
            if lines:
                whole = any(one.name == name and not one.mapping.period for one in table.columns)
                record.values[name] = Budget((*lines, *_rest(lines, record.values.get(name), whole=whole, alone=len(columns) == 1)))
        parts: dict[str, dict[str, Any]] = {}
        for column in grouped:
            value = column.outcomes[position]
            if value.__class__ in MISSING or column.field is None:
                continue
            try:
                parts.setdefault(column.field.path[0], {})[column.field.path[-1]] = self._part(column, value, record, owner)
            except CellError as error:
                table.refuse_cell(record.row, column, str(error))
                if column.name == "project":
                    table.refuse_row(record.row, str(error))
        for group, told in parts.items():
            try:
                self._group(group, told, record)
            except (CellError, ModelError, UnitError) as error:
                for column in grouped:
                    if column.field is not None and column.field.path[0] == group and column.outcomes[position].__class__ not in MISSING:
                        table.refuse_cell(record.row, column, str(error))

    def _part(self, column: Column, value: Any, record: Record, owner: str) -> Any:
        field = column.field
        assert field is not None
        table = record.table
        assert table is not None
        if field.path[0] == "assignments":
            return tuple(assignment(text, lambda name: self.names.find(name, "resource")) for text in value)
        if field.cell == "reference":
            return self._found(value, field.refers, owner, table.kind)
        if field.cell == "references":
            return tuple(dict.fromkeys(self._found(text, field.refers, owner, table.kind) for text in value))
        return value

    def _group(self, group: str, told: dict[str, Any], record: Record) -> None:
        """The noun inside a row that several columns make."""
        if group == "contributions":
            self.contributions += [Contribution(source=record.values["id"], target=target) for target in told["contributions"]]
        elif group == "enabled_by":
            record.values["enabled_by"] = tuple(Enabler(source=source) for source in told["enabled_by"])
        elif group == "assignments":
            record.values["assignments"] = told["assignments"]
        else:
            name = keys_of(record.noun_class)[group].name
            record.values[name] = GROUPS[group](told, self.mapping.status_date)

    def _costs(self, table: Table) -> None:
        """Rows of money by project and period, as lines of the project's budget, actual or forecast."""
        for position, row in enumerate(table.rows):
            if row in table.refused_rows:
                continue
            told: dict[str, Any] = {
                column.name: column.outcomes[position]
                for column in table.columns
                if column.name and column.outcomes[position].__class__ not in MISSING
            }
            try:
                since, until = told.get("from"), told.get("until")
                if "period" in told:
                    period = period_of(str(told["period"]), self.year_starts)
                    since, until = period.first, period.last
                line = BudgetLine(amount=Fixed(told["amount"]), since=since, until=until, kind=told.get("class"), note=told.get("note", ""))
            except (CellError, ModelError, UnitError) as error:
                table.refuse_row(row, str(error))
                continue
            self.lines.setdefault(self.owners[id(table)][position], {}).setdefault(told.get("kind", "budget"), []).append(line)

    # ------------------------------------------------------------------------------------- portfolio

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

    def _checked(self) -> Portfolio:
        """The portfolio; a cell that the model refuses is left out, or its row, and all others stay."""
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

    def _lines(self) -> dict[str, int]:
        """The line of each item, by full id."""
        lines: dict[str, int] = {}
        for records in self.records.values():
            for record in records:
                if record.table is not None and record.values.get("id"):
                    lines[record.values["id"]] = record.table.line(record.row)
        for owner, groups in self.inner.items():
            for records in groups.values():
                for record in records:
                    if record.table is not None:
                        lines[f"{owner}/{record.values['id']}"] = record.table.line(record.row)
        return {item: line for item, line in lines.items() if line}

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


def _space(kind: RegisterKind) -> str:
    """The register in which a kind's ids are looked up: milestones are tasks."""
    return "tasks" if kind.name == "milestones" else kind.name


def _needed(needed: Sequence[tuple[RegisterField, Column | None]], position: int) -> None:
    """Refuses a row that lacks what it cannot do without."""
    for field, column in needed:
        outcome = column.outcomes[position] if column is not None else BLANK
        if outcome.__class__ in MISSING:
            why = f": {outcome.reason}" if isinstance(outcome, Refused) else ""
            raise CellError(f"it does not say {field.name!r} ({field.help}){why}")


def _texts(table: Table, *names: str) -> list[str]:
    """A column's cells as texts, empty where there is none; no list where no column states it."""
    column = next((found for name in names if (found := table.column(name)) is not None), None)
    if column is None:
        return []
    if {*map(type, column.outcomes)} == {str}:
        return column.outcomes  # type: ignore[return-value]
    return [value if isinstance(value, str) else "" for value in column.outcomes]


def _attributes(columns: Sequence[Column]) -> list[dict[str, str]]:
    """The attributes of each row, what is blank left out."""
    if not columns:
        return []
    names = [column.attribute for column in columns]
    rows = zip(*(column.outcomes for column in columns), strict=True)
    if all({*map(type, column.outcomes)} == {str} for column in columns):
        return [dict(zip(names, row, strict=True)) for row in rows]
    return [{name: value for name, value in zip(names, row, strict=True) if isinstance(value, str)} for row in rows]


def _lump(money: Money) -> Budget:
    return Budget((BudgetLine(amount=Fixed(money)),))
