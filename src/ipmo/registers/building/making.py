"""Tables to a portfolio: every row a noun, in its project, with its references found; what cannot be is refused with its place."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from collections.abc import Mapping as AnyMapping
from datetime import date
from typing import Any, Final

import attrs

from ipmo.errors import FileError, ModelError, UnitError, listed
from ipmo.files.foreign import Intake
from ipmo.findings import Severity
from ipmo.model.benefits import Contribution, Enabler
from ipmo.model.estimates import Fixed
from ipmo.model.fields import FrozenMap, LaterMap
from ipmo.model.governance import After
from ipmo.model.money import Budget, BudgetLine
from ipmo.model.portfolio import Portfolio
from ipmo.model.shape import keys_of
from ipmo.model.work import Link
from ipmo.registers.building.draft import Draft, Record
from ipmo.registers.building.filled import Filled, attributes_of, projects_later
from ipmo.registers.building.groups import GROUPS, assignment
from ipmo.registers.building.logs import raid_tables
from ipmo.registers.building.naming import GivenUpError
from ipmo.registers.building.periods import Periods
from ipmo.registers.building.rows import Column, Table
from ipmo.registers.cells.outcomes import BLANK, Blank, CellError, Refused, Told, Unknown
from ipmo.registers.fields import RegisterField, RegisterKind
from ipmo.registers.mapping import Mapping
from ipmo.registers.opening.sheets import Sheet
from ipmo.units import Money, as_day
from ipmo.words import agree, counted

__all__ = ["build"]

ABOVE: Final = {"gates": "programme", "risks": "item"}
"""What says whose a gate or a risk is that belongs to no project."""
MISSING: Final = frozenset((Blank, Unknown, Refused))
ENDS: Final = frozenset(("from", "to"))
"""Fields of a register of dependencies that name what it leads from and to."""
NAMING: Final = ENDS | {"project"}
"""Fields whose cells name projects, also those that nothing lists."""


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
    if len(by_name) < len(sheets):
        twice = next(sheet.name for sheet in sheets if by_name[sheet.name] is not sheet)
        raise FileError(intake.name, f"two of its sheets are called {twice!r}; give each a name of its own, and save it again")
    tables = []
    for one in mapping.sheets:
        sheet = (
            sheets[0]
            if not one.sheet and len(sheets) == 1
            else by_name.get(one.sheet) or (sheets[0] if len(sheets) == 1 and sheets[0].is_text else None)
        )
        if sheet is None:
            raise FileError(intake.name, f"there is no sheet {one.sheet!r}; there is {listed(by_name, 20)}; correct sheet: in the mapping")
        if not sheet.rows:
            raise FileError(intake.name, "there is no table in it")
        tables += raid_tables(Table.of(sheet, one, mapping, intake))
    return _Building(tables, mapping, intake).portfolio()


@attrs.frozen
class _Made:
    """A noun inside a row, and the cells of it that are refused, by the places of their columns."""

    value: Any
    refused: Sequence[tuple[int, str]]


class _Part:
    """A column that says a part of a noun inside a row."""

    def __init__(self, column: Column, draft: _Building, table: Table, *, shared: bool = False) -> None:
        assert column.field is not None
        self.column, self.field, self.draft, self.table = column, column.field, draft, table
        self.key = column.field.path[-1]
        self.scoped = column.field.refers in ("item", "node", "task")
        """What it names depends on the project of its row."""
        self.shared = shared
        """It says the day of what several people say."""

    def read(self, value: Any, owner: str) -> Any:
        """What a cell of it says.

        Raises:
            CellError: it names nothing that there is.
        """
        field = self.field
        if field.path[0] == "assignments":
            return tuple(assignment(text, lambda name: self.draft.names.find(name, "resource")) for text in value)
        if field.cell == "reference":
            return self.draft.found(value, field, owner, self.table)
        if field.cell == "references":
            return tuple(dict.fromkeys(self.draft.found(text, field, owner, self.table) for text in value))
        return value


OWN: Final[dict[str, Callable[[Any], Any]]] = {
    "contributions": lambda targets: targets,
    "enabled_by": lambda sources: tuple(Enabler(source=source) for source in sources),
    "assignments": lambda assignments: assignments,
}
"""What one column alone says of the nouns inside a row, or of what a row contributes to."""


class _Building(Draft):
    """The rows of tables made records of the draft; a list of projects alone stays columns while nothing is wrong with it."""

    @functools.cached_property
    def periods(self) -> Periods:
        """What the columns of money by period say."""
        return Periods(self.intake, self.year_starts)

    filled: Filled | None = None
    """What the rows of a list of projects say, that stands alone in its file."""

    def portfolio(self) -> Portfolio:
        """The portfolio, with all that is refused said."""
        for table in self.tables:
            self._name_rows(table)
        self.names.given_up = {name for table in self.tables for name in table.given_up}
        for table in self.tables:
            self._without_given_up(table)
        for table in self.tables:
            self._fill(table)
        later = self._later()
        return self.checked() if later is None else later

    def _without_given_up(self, table: Table) -> None:
        """Leaves out dependencies of work that was given up, row by row: predecessors in a cell go with it alike."""
        ends = [one for one in table.columns if one.name in ENDS and one.field is not None and one.field.cell == "reference"]
        if not ends or not self.names.given_up:
            return
        owners, ids = self.owners[id(table)], self.ids[id(table)]
        gone = {
            place
            for place, owner in enumerate(owners)
            if any(self._names_given_up(one.outcomes[place], owner, _space(table.kind)) for one in ends)
        }
        if gone:
            self._say_given_up(table, [table.rows[place] for place in sorted(gone)], "dependency")
            kept = [place for place in range(len(table.rows)) if place not in gone]
            table.keep(kept)
            self.owners[id(table)] = [owners[place] for place in kept]
            self.ids[id(table)] = [ids[place] for place in kept]

    def _say_given_up(self, table: Table, rows: Sequence[int], what: str) -> None:
        """Says how many dependencies of work that was given up go with it; nothing where there are none."""
        if rows:
            self.intake.note(
                "given-up",
                f"{counted(len(rows), what)} of {table.called} {agree(len(rows), 'names', 'name')} work that was given up, beginning with"
                f" {table.place(rows[0])}: left out with it, so nothing waits for that",
                line=table.line(rows[0]),
            )

    def _names_given_up(self, text: object, owner: str, space: str) -> bool:
        try:
            if isinstance(text, str):
                self.names.find(text, "node", owner, space)
        except GivenUpError:
            return True
        except CellError:
            return False  # said where it is read
        return False

    def _later(self) -> Portfolio | None:
        """The portfolio with projects that are made when somebody looks at them; None where they have to be made now."""
        if self.filled is None:
            return None
        if "projects" not in self.names.made:
            self._made_up()
            lists = {name: [*self._nouns(records, name)] for name, records in self.records.items()}
            if (made := projects_later(self.filled, {**self._head(), **lists}, self._source)) is not None:
                return made
            self.records.clear()
        filled, self.filled = self.filled, None
        self._records(filled, {})
        return None

    def _lines(self) -> AnyMapping[str, int]:
        return super()._lines() if self.filled is None else LaterMap(self.filled.lines)

    # ------------------------------------------------------------------------------------------- ids

    def _name_rows(self, table: Table) -> None:
        """Gives every row its project and its id."""
        kind = table.kind
        ids, owners = [], []
        id_texts, names = _texts(table, "id"), _texts(table, *(("name", "question") if "question" in kind.fields else ("name", "text")))
        projects, column = _texts(table, "project"), table.column("project")
        beside = _texts(table, ABOVE[kind.goes]) if kind.goes in ABOVE else []
        named, needed = "id" in kind.fields, [(field, table.column(name)) for name, field in kind.fields.items() if field.needed]
        at_top = named and not kind.inner and kind.name not in ("portfolio", "links", "costs")
        if at_top and id_texts and not table.refused_rows and all(map(_has_no_gap, (column for _, column in needed))):
            if self.names.added(_space(kind), id_texts, names):  # as nearly all registers are
                self.ids[id(table)], self.owners[id(table)] = [*id_texts], [""] * len(table.rows)
                return
        for position, row in enumerate(table.rows):
            owner = made = ""
            try:
                if row not in table.refused_rows:
                    if kind.inner or kind.name == "costs":
                        owner = self._owner(table, projects[position] if projects else "", column, beside[position] if beside else "")
                        if not owner and projects and projects[position]:
                            self.above[id(table), position] = self.names.find(projects[position], "programme")
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

    def _owner(self, table: Table, text: str, column: Column | None, beside: str) -> str:
        """The project of a row; empty of a gate or a risk of a programme, or of what its own column says that it is of."""
        if table.kind.goes not in ABOVE:
            return self._project(table, text, column)
        if not text and beside and not table.mapping.project:
            return ""
        try:
            return self._project(table, text, column)
        except CellError:
            if not text or not self.names.has("programmes"):  # a name that nothing lists is no new programme
                raise
            try:
                self.names.find(text, "programme")
            except CellError:
                pass
            else:
                return ""
            raise

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
        return self._new_project(text)

    def _new_project(self, text: str) -> str:
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
        keys = keys_of(table.kind.noun)
        names: list[str] = []
        columns: list[Sequence[Any]] = []
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
            elif column.field.cell == "budget" and column.mapping.is_part:
                periods.setdefault(column.name, []).append(column)
            elif shape is not None:
                names.append(shape.name)
                columns.append(self._column(table, column, shape.default))
        attributes = [column for column in table.columns if column.attribute] if "attributes" in keys else []
        self._without_room(table, keys)
        days: Sequence[date | None] = columns[names.index("status_date")] if "status_date" in names else ()
        inside = list(self._inside(table, grouped, days).items()) if grouped else []
        plain = not any(column.field is not None and column.field.cell == "data" for column in table.columns)
        filled = Filled(table, self.ids[id(table)], names, columns, attributes, inside, plain)
        if len(self.tables) == 1 and table.kind.name == "projects" and not periods and all(name != "contributions" for name, _ in inside):
            self.filled = filled
        else:
            self._records(filled, periods)

    def _records(self, filled: Filled, periods: dict[str, list[Column]]) -> None:
        """The rows of a table as records, each on its way to a noun."""
        table, names, columns, inside = filled.table, filled.names, filled.columns, filled.inside
        attributes = attributes_of(filled.attributes)
        target = self.records.setdefault(table.kind.goes or table.kind.name, [])
        fixed, ids, owners = dict(table.kind.fixed), filled.ids, self.owners[id(table)]
        for position, (row, found) in enumerate(
            zip(table.rows, zip(*columns, strict=True) if columns else [()] * len(table.rows), strict=True)
        ):
            if row in table.refused_rows:
                continue
            values = dict(zip(names, found, strict=True))
            if fixed:
                values |= fixed
            if own := ids[position]:
                values["id"] = own
            if attributes and (told := attributes[position]):
                values["attributes"] = FrozenMap(told)
            for name, said in inside:
                if said[position] is None:
                    continue
                if name == "contributions":
                    self.contributions += [Contribution(source=own, target=one) for one in said[position]]
                else:
                    values[name] = said[position]
            if periods:
                self.periods.split(table, values, periods, position)
            record = Record(table, row, table.kind.noun, values, filled.plain)
            if (programme := self.above.get((id(table), position))) is not None:
                values[ABOVE[table.kind.goes]] = values.get(ABOVE[table.kind.goes]) or programme
            if table.kind.inner and owners[position]:
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
                f"{counted(len(told), 'column')} of {table.kind.title} {agree(len(told), 'is', 'are')} left out, as these hold no attributes: {listed(told, 12)}",
                "map them to fields, or to ignore",
                severity=Severity.INFO,
            )

    def _column(self, table: Table, column: Column, default: Any) -> Sequence[Any]:
        """The values of a column as fields of nouns take them; its default where there is none."""
        field = column.field
        assert field is not None
        convert: Callable[[Any, str], Any] | None = None
        if field.cell == "reference":
            convert = lambda text, owner: self.found(text, field, owner, table)  # noqa: E731
        elif field.cell == "references":
            convert = lambda texts, owner: tuple(dict.fromkeys(self.found(text, field, owner, table) for text in texts))  # noqa: E731
        elif field.cell == "budget":
            convert = lambda money, _: _lump(money)  # noqa: E731
        elif field.cell == "links":
            waited: list[int] = []
            found = [self._links_of(table, column, position, waited) for position in range(len(table.rows))]
            self._say_given_up(table, waited, "predecessor")
            return found
        if convert is None:
            if isinstance(column.outcomes, Told) or MISSING.isdisjoint({*map(type, column.outcomes)}):
                return column.outcomes
            return [default if value.__class__ in MISSING else value for value in column.outcomes]
        inner, cache = field.refers in ("item", "node", "task"), {}
        if isinstance(column.outcomes, Told) and not inner and not table.refused_rows:
            with contextlib.suppress(CellError):
                return column.outcomes.each(lambda value: convert(value, ""))
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

    def found(self, text: str, field: RegisterField, owner: str, table: Table) -> str:
        """The id that a reference names, as a field of its kind takes it; a project that nothing lists is made where the mapping says so."""
        refers = field.refers
        try:
            found = self.names.find(text, refers, owner, _space(table.kind))
        except CellError:
            of_projects = field.name in NAMING or (table.kind.name == "changes" and field.name == "item")
            if not table.mapping.new_projects or not of_projects:
                raise
            found = self._new_project(text)
        return found.removeprefix(f"{owner}/") if refers == "task" and owner else found

    def _links_of(self, table: Table, column: Column, position: int, waited: list[int]) -> tuple[After, ...]:
        """Predecessors: those of the own project stay with the item, others are links of the portfolio."""
        value, row = column.outcomes[position], table.rows[position]
        if value.__class__ in MISSING or row in table.refused_rows or not isinstance(value, tuple):
            return ()
        owner, kept = self.owners[id(table)][position], []
        for one in value:
            try:
                full = self.names.find(one.source, "node", owner, _space(table.kind))
            except GivenUpError:
                waited.append(row)
                continue
            except CellError as error:
                table.refuse_cell(row, column, str(error))
                continue
            if full.startswith(f"{owner}/"):
                kept.append(attrs.evolve(one, source=full.removeprefix(f"{owner}/")))
            else:
                self.links.append(Link(source=full, target=f"{owner}/{self.ids[id(table)][position]}", type=one.type, lag=one.lag))
        return tuple({(one.source, one.type): one for one in kept}.values())

    def _inside(self, table: Table, grouped: Sequence[Column], days: Sequence[date | None]) -> dict[str, Sequence[Any]]:
        """The nouns inside each row that several columns say together: each combination of their cells is read once.

        Args:
            table: the table.
            grouped: the columns.
            days: the status date of each row; empty where no column says it.

        Returns:
            By the name of the field, the value of each row, None where it has none.
        """
        parts: dict[tuple[str, str], list[Column]] = {}
        for column in grouped:
            assert column.field is not None
            parts.setdefault((column.field.path[0], column.mapping.assessor), []).append(column)
        out: dict[str, Sequence[Any]] = {}
        several: dict[str, list[Any]] = {}
        for (group, assessor), columns in parts.items():
            beside = [one for one in parts.get((group, ""), ()) if assessor and one.field is not None and one.field.path[-1] == "date"]
            told = [*(_Part(column, self, table, shared=True) for column in beside), *(_Part(column, self, table) for column in columns)]
            scoped = any(part.scoped for part in told)
            alone, name = group in OWN, group if group in OWN else keys_of(table.kind.noun)[group].name
            if not (scoped or days or table.refused_rows) and sum(other == group for other, _ in parts) == 1:
                out[name] = self._at_once(table, group, assessor, told, len(beside))
                continue
            values = out[name] = several.setdefault(name, [None] * len(table.rows))
            known: dict[object, _Made] = {}
            said = zip(*(part.column.outcomes for part in told), strict=True)
            for position, (row, cells, owner) in enumerate(zip(table.rows, said, self.owners[id(table)], strict=True)):
                if MISSING.issuperset(map(type, cells[len(beside) :])) or row in table.refused_rows:
                    continue
                day = days[position] if days else None
                key = (cells, day, owner if scoped else "")
                made = known.get(key)
                if made is None:
                    made = known[key] = self._group(group, assessor, told, cells, day, owner)
                for place, reason in made.refused:
                    table.refuse_cell(row, told[place].column, reason)
                    if told[place].column.name == "project":
                        table.refuse_row(row, reason)
                if made.value is None:
                    continue
                if alone:
                    values[position] = made.value
                else:
                    values[position] = (*(values[position] or ()), *made.value) if isinstance(made.value, tuple) else made.value
        return out

    def _at_once(self, table: Table, group: str, assessor: str, told: Sequence[_Part], beside: int) -> Told:
        """The nouns inside rows where nothing but these cells says them: each combination is read once, and refused of all rows that have it."""
        said = list(zip(*(part.column.outcomes for part in told), strict=True))
        made: dict[tuple[Any, ...], Any] = {}
        refused: dict[tuple[Any, ...], _Made] = {}
        for cells in dict.fromkeys(said):
            found = None if MISSING.issuperset(map(type, cells[beside:])) else self._group(group, assessor, told, cells, None, "")
            made[cells] = None if found is None else found.value
            if found is not None and found.refused:
                refused[cells] = found
        rows_of: dict[tuple[Any, ...], list[int]] = {cells: [] for cells in refused}
        for row, cells in zip(table.rows, said, strict=True) if refused else ():
            if cells in rows_of:
                rows_of[cells].append(row)
        for cells, found in refused.items():
            rows = rows_of[cells]
            for place, reason in found.refused:
                table.refuse_cells(rows, told[place].column, reason)
                if told[place].column.name == "project":
                    for row in rows:
                        table.refuse_row(row, reason)
        return Told(said, made)

    def _group(self, group: str, assessor: str, told: Sequence[_Part], cells: Sequence[Any], day: date | None, owner: str) -> _Made:
        """The noun inside a row that several columns make, and which of their cells are refused."""
        refused, found = [], {}
        for place, (part, cell) in enumerate(zip(told, cells, strict=True)):
            if cell.__class__ in MISSING:
                continue
            try:
                found[part.key] = part.read(cell, owner)
            except CellError as error:
                refused.append((place, str(error)))
        if not found:
            return _Made(None, refused)
        try:
            if assessor and group == "status":
                found["by"] = self.names.find(assessor, "owner")
            elif assessor:
                found["assessor"] = assessor
            if group in OWN:
                return _Made(OWN[group](found[group]), refused)
            return _Made(GROUPS[group](found, self.mapping.status_date if day is None else as_day(day)), refused)
        except (CellError, ModelError, UnitError) as error:
            present = [place for place, part in enumerate(told) if not part.shared and cells[place].__class__ not in MISSING]
            return _Made(None, [*refused, *((place, str(error)) for place in present)])

    def _costs(self, table: Table) -> None:
        """Rows of money by project and period, as lines of the project's budget, actual or forecast."""
        self._without_room(table, {})
        kinds = table.column("kind")
        for position, row in enumerate(table.rows):
            if row in table.refused_rows:
                continue
            told: dict[str, Any] = {
                column.name: column.outcomes[position]
                for column in table.columns
                if column.name and column.outcomes[position].__class__ not in MISSING
            }
            if kinds is not None and "kind" not in told:  # counted as budget it would be money twice
                said = kinds.outcomes[position]
                table.refuse_row(row, f"it does not say which money it is{f': {said.reason}' if isinstance(said, Refused) else ''}")
                continue
            try:
                said_of = self.periods.of_row(table, told, position)
            except (CellError, ModelError, UnitError) as error:
                table.refuse_row(row, str(error))
                continue
            of_project = self.lines.setdefault(self.owners[id(table)][position], {})
            for kind, lines in said_of.items():
                of_project.setdefault(kind, []).extend(lines)


def _space(kind: RegisterKind) -> str:
    """The register in which a kind's ids are looked up: milestones are tasks."""
    return "tasks" if kind.name == "milestones" else kind.name


def _needed(needed: Sequence[tuple[RegisterField, Column | None]], position: int) -> None:
    """Refuses a row that lacks what it cannot do without."""
    for field, column in needed:
        outcome = column.outcomes[position] if column is not None else BLANK
        if column is not None and column.mapping.is_part:  # one of several: each is of a period or a kind of its own
            continue
        if outcome.__class__ in MISSING:
            why = f": {outcome.reason}" if isinstance(outcome, Refused) else ""
            raise CellError(f"it does not say {field.name!r} ({field.help}){why}")


def _has_no_gap(column: Column | None) -> bool:
    """Whether a column says something in every row."""
    return column is not None and (isinstance(column.outcomes, Told) or MISSING.isdisjoint({*map(type, column.outcomes)}))


def _texts(table: Table, *names: str) -> Sequence[str]:
    """A column's cells as texts, empty where there is none; no list where no column states it."""
    column = next((found for name in names if (found := table.column(name)) is not None), None)
    if column is None:
        return []
    if isinstance(column.outcomes, Told) and column.outcomes.said is None:
        return column.outcomes.cells
    if {*map(type, column.outcomes)} == {str}:
        return column.outcomes  # type: ignore[return-value]
    return [value if isinstance(value, str) else "" for value in column.outcomes]


def _lump(money: Money) -> Budget:
    return Budget((BudgetLine(amount=Fixed(money)),))
