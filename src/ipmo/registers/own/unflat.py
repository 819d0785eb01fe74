"""Flat rows as a portfolio: what `flat` takes apart put together again, each cell that cannot be right refused by its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import attrs

from ipmo.declared import Declared
from ipmo.errors import ModelError, Problem, close_matches
from ipmo.files.structure import structure
from ipmo.findings import Finding, Severity
from ipmo.model.contents import Source
from ipmo.model.fields import PlainData, PlainMap
from ipmo.model.plain import HEADER, INNER, ORGANISATION, VERSION
from ipmo.model.portfolio import Portfolio
from ipmo.registers.own.cells_in import JOINED_LINK, Amount, RefusedError, Typed, link_of, plain_cell
from ipmo.registers.own.flat import CURRENCY, JSON, PER, TIME
from ipmo.registers.own.layout import Column, Layout, Path, layout, names, title, words

__all__ = ["Rows", "Unflat", "resolve"]

AT_MOST = 500
"""Problems that are collected: nobody reads more."""
LINKS = ("after", "enabled_by", "any_of")
"""Lists of links, which people may also type in one cell: `a; b FS+2 d`."""
REFERS = re.compile(r" is no .+ of portfolio ")
"""A problem of what names something that is not there."""


class Rows(Protocol):
    """A table as it was read."""

    @property
    def name(self) -> str:
        """Its name among the tables."""

    @property
    def heads(self) -> Sequence[str]:
        """The headings of its columns, empty where a column has none."""

    def rows(self) -> Iterable[tuple[int, Sequence[object]]]:
        """Each row with its number; cells, None or an empty text where nothing stands."""

    def place(self, row: int, column: int | None) -> Problem:
        """A problem without a message, at a cell."""


def _at_top_too(known: Layout) -> bool:
    """Whether rows may be of no project: gates and risks, and what belongs to them."""
    while known.parent:
        known = layout(known.parent)
    return known.name in INNER and known.name != "tasks"


def _norm(text: str) -> str:
    return " ".join(re.sub(r"[_.:]", " ", text).split()).casefold()


def resolve(table: Layout, heading: str) -> Column | None:
    """The column that a heading means; one that the table does not know is an attribute, where its nouns have those."""
    wanted = _norm(heading)
    for key in table.keys:
        if _norm(key) == wanted:
            return Column((key,), "text", needed=True)
    if found := table.columns.get(path := _paths(table).get(wanted, ())):
        return found
    if path:
        return Column(path, "json" if path[-1] == JSON else "links" if path in table.children else "text")
    for field_path, field in table.fields.items():
        if field.form != "map":
            continue
        for front in (f"{words(field_path)}: ", f"{'.'.join(field_path)}."):
            if heading.casefold().startswith(front.casefold()) and (key := heading[len(front) :]):
                if key.endswith((": json", ".json")):
                    return Column((*field_path, key[:-6] if key.endswith(": json") else key[:-5], JSON), "json")
                return Column((*field_path, key), field.kind)
    return Column(("attributes", heading), "text") if ("attributes",) in table.fields and heading.casefold() != JSON else None


_PATHS: dict[str, Mapping[str, Path]] = {}


def _paths(table: Layout) -> Mapping[str, Path]:
    """The columns of a table by what their headings come to, with those that may stand beside them."""
    found = _PATHS.get(table.name)
    if found is None:
        made: dict[str, Path] = {}
        for path, column in table.columns.items():
            beside = (CURRENCY, PER) if column.kind == "money" else (TIME,) if column.kind == "when" else ()
            for one in (path, *((*path, part) for part in (*beside, JSON))):
                made.setdefault(_norm(" ".join(one)), one)
        for path in (*table.fields, *table.children):
            made.setdefault(_norm(" ".join((*path, JSON))), (*path, JSON))
            if path in table.children and path not in table.columns and path[-1] in LINKS:
                made.setdefault(_norm(" ".join(path)), path)
        found = _PATHS[table.name] = made
    return found


class Unflat:
    """Puts tables together; `document` is then plain data laid out as a file.

    Args:
        currency: of amounts that name none, where the table of the portfolio does not say it either.
        typed: numbers are numbers in these tables, so that people typed the amounts that are text.
    """

    def __init__(self, currency: str = "", *, typed: bool = False) -> None:
        self.currency = currency
        self.typed = typed
        self.problems: list[Problem] = []
        self.findings: list[Finding] = []
        self.document: PlainMap = {"ipmo": VERSION, "portfolio": {}}
        self.understood = 0
        self._lost: set[tuple[str, ...]] = set()
        """Tables and nouns that were refused: what belongs to them is not complained about too."""
        self._cut: dict[tuple[str, int], set[Path]] = {}
        """What rows that stand without it have lost: all else in them is looked at."""
        self._strays: dict[str, tuple[str | int, ...]] = {}
        """Where projects stand that rows name and no row lists: what lies in them is looked at too."""
        self._owners: dict[tuple[str, ...], PlainMap] = {}
        self._places: dict[tuple[str | int, ...], tuple[Rows, int, Mapping[Path, int]]] = {}
        self._paths: dict[tuple[str, ...], tuple[str | int, ...]] = {}

    def read(self, tables: Iterable[Rows]) -> None:
        """All tables, in the order that what nests needs."""
        by_name = {table.name: table for table in tables}
        for name in names():
            if name in by_name:
                self._table(by_name[name], layout(name))
        self._joined_links()

    def _joined_links(self) -> None:
        """Predecessors as Microsoft Project writes them, `1FS+2d`, where the whole is no id and what stands before is one."""
        known = {key[2] for key in self._owners if len(key) == 3} | {f"{key[1]}/{key[2]}" for key in self._owners if len(key) == 3}
        for key, data in self._owners.items():
            if len(key) != 3 or key[0] not in INNER or not isinstance(links := data.get("after"), list):
                continue
            for place, one in enumerate(links):
                found = JOINED_LINK.fullmatch(one) if isinstance(one, str) and one not in known else None
                if found is not None and found["from"] in known:
                    links[place] = link_of(found)

    def portfolio(self, source: Source, declared: Declared | None) -> Portfolio:
        """The portfolio of all tables.

        Raises:
            ModelError: cells that cannot be right, all of them, each with its place.
        """
        found: Portfolio | None = None
        problems = self.problems
        if not problems or self.document["portfolio"].get("id"):
            try:
                found = structure(self.document, source, declared)
            except ModelError as error:
                problems = problems + [self._located(one) for one in error.problems if not self._follows(one)]
        if found is None or problems:
            raise ModelError(problems)
        return found

    def _follows(self, problem: Problem) -> bool:
        """Whether a problem of the document is there only because of what was refused already."""
        if not self.problems:
            return False
        value, path = _at_path(self.document, problem.path), problem.path
        named = value.get("from") if isinstance(value, dict) else value
        if isinstance(named, str) and named.rpartition("/")[2] in {key[-1] for key in self._lost if len(key) > 1}:
            return True
        if REFERS.search(problem.message) and any(len(key) == 1 for key in self._lost):  # nobody knows what was in that table
            return True
        end = next((end for end in range(len(path), 0, -1) if path[:end] in self._places), 0)
        if not end:
            return path[:2] in self._strays.values()
        table, row, _ = self._places[path[:end]]
        rest = tuple(part for part in path[end:] if not isinstance(part, int))
        gone = value is None or not rest
        return gone and any(one[: len(rest)] == rest[: len(one)] for one in self._cut.get((table.name, row), ()))

    def _located(self, problem: Problem) -> Problem:
        """A problem of the document with the place of the cell that it is about."""
        path = problem.path
        for end in range(len(path), 0, -1):
            if path[:end] not in self._places:
                continue
            table, row, columns = self._places[path[:end]]
            rest = tuple(str(part) for part in path[end:] if not isinstance(part, int))
            for length in range(len(rest), 0, -1):
                if rest[:length] in columns:
                    return self._at(table, row, columns[rest[:length]], problem.message, problem.hint)
            said = f"{'.'.join(rest)}: {problem.message}" if rest else problem.message
            return self._at(table, row, None, said, problem.hint)
        return problem

    def _at(self, table: Rows, row: int, column: int | None, message: str, hint: str = "") -> Problem:
        where = table.place(row, column)
        return attrs.evolve(where, message=f"{where.message}{message}", hint=hint)

    def _refuse(self, table: Rows, row: int, column: int | None, message: str, hint: str = "") -> None:
        if len(self.problems) < AT_MOST:
            self.problems.append(self._at(table, row, column, message, hint))

    # ------------------------------------------------------------------------------------------- tables

    def _table(self, table: Rows, known: Layout) -> None:
        columns: dict[int, Column] = {}
        taken: dict[Path, int] = {}
        head_row = 0
        for place, heading in enumerate(table.heads):
            if not heading:
                continue
            found = resolve(known, heading)
            if found is None:
                near = close_matches(heading, [words(path) for path in known.columns])
                self._note(table, place, f"column {heading!r} is not read: {title(known.name)} have no such field", near)
                continue
            if found.path in taken:
                self._refuse(table, head_row, place, f"the heading {heading!r} stands twice; take one of the columns out")
                continue
            if found.path[0] == "attributes" and (near := close_matches(heading, [words(path) for path in known.columns], 1)):
                self._note(table, place, f"column {heading!r} is read as an attribute", near)
            columns[place] = found
            taken[found.path] = place
        started = False
        for row, cells in table.rows():
            if all(_blank(cell) for cell in cells):
                continue
            if not started:
                started = True
                missing = [words((key,)) for key in (*known.keys, *self._needed(known)) if (key,) not in taken]
                if missing:
                    self._refuse(table, head_row, None, f"there is no column {' and no column '.join(map(repr, missing))}")
                    self._lost.add((known.name,))
                    return
            self._row(table, known, row, cells, columns, taken)

    def _needed(self, known: Layout) -> list[str]:
        if known.name == "portfolio":
            return ["id"]
        return [path[0] for path, column in known.columns.items() if column.needed and len(path) == 1]

    def _note(self, table: Rows, column: int, message: str, near: Iterable[str]) -> None:
        where = table.place(0, column)
        hint = f"close: {', '.join(map(repr, near))}" if near else ""
        self.findings.append(
            Finding(
                code="ipmo/unknown-column", severity=Severity.INFO, message=f"{where.message}{message}", hint=hint, file=where.file, line=1
            )
        )

    def _row(
        self, table: Rows, known: Layout, row: int, cells: Sequence[object], columns: Mapping[int, Column], taken: Mapping[Path, int]
    ) -> None:
        refused: set[Path] = set()
        values: dict[Path, PlainData] = {}
        for place, column in columns.items():
            cell = cells[place] if place < len(cells) else None
            if _blank(cell):
                continue
            try:
                values[column.path] = plain_cell(cell, column, self.typed)
            except RefusedError as error:
                self._refuse(table, row, place, str(error))
                refused.add(column.path)
        keys = [values.pop((key,), None) for key in known.keys]
        for path, said in self._beside(known, values):
            self._refuse(table, row, taken.get(path), said)
            refused.add(path)
            del values[path]
        data: PlainMap = {}
        for path, value in values.items():
            if (wrong := _put(data, path, value)) is not None:
                self._refuse(table, row, taken.get(path), wrong)
                refused.add(path)
        if keys and keys[0] is None and (known.keys[0],) not in refused and _at_top_too(known):  # of a programme or the portfolio
            keys[0] = ""
        lost = [(key,) for key, value in zip(known.keys, keys, strict=True) if value is None]
        if lost and not refused:
            self._refuse(table, row, taken.get(lost[0]), f"the row says nothing under {words(lost[0])!r}")
        if lost or ("id",) in refused:
            self._lost.add((known.name, *map(str, keys), str(data["id"])) if "id" in data else (known.name,))
            return
        if refused:
            self._cut[table.name, row] = refused
        self.understood += 1
        self._placed(table, known, row, taken, data, [str(key) for key in keys])

    def _beside(self, known: Layout, values: dict[Path, PlainData]) -> list[tuple[Path, str]]:
        """Amounts with their currency, days with their time; amounts that can be read in two ways are returned, with why."""
        refused: list[tuple[Path, str]] = []
        for path in list(values):
            column = known.columns.get(path[:-1])
            if column is not None and column.kind == "when" and path[-1] == TIME and path[:-1] in values:
                values[path[:-1]] = f"{str(values[path[:-1]])[:10]} {values.pop(path)}"
        beside = {path: values.pop(path) for path in list(values) if path[-1] in (CURRENCY, PER) and _is_beside(known, path[:-1])}
        for path, value in values.items():
            if isinstance(value, Typed):
                try:
                    values[path] = value.read(str(beside.get((*path, CURRENCY)) or beside.get((*path[:-1], CURRENCY)) or self.currency))
                except RefusedError as error:
                    refused.append((path, str(error)))
            elif isinstance(value, Amount):
                currency = beside.get((*path, CURRENCY)) or beside.get((*path[:-1], CURRENCY)) or self.currency
                per = beside.get((*path, PER))
                values[path] = f"{value} {currency}".rstrip() + (f" per {per}" if per else "")
        return refused

    # ------------------------------------------------------------------------------------------- where it goes

    def _placed(self, table: Rows, known: Layout, row: int, taken: Mapping[Path, int], data: PlainMap, keys: Sequence[str]) -> None:
        """The noun of a row in its place in the document."""
        name = known.name
        if name == "portfolio":
            extra = [key for key in data if key not in HEADER]
            assert not extra
            self.document["portfolio"] = data
            money = data.get("money")
            self.currency = str(money.get("currency", "")) if isinstance(money, dict) else self.currency
            self._places["portfolio",] = (table, row, taken)
            self._owners["portfolio",] = data
            self._paths["portfolio",] = ("portfolio",)
        elif known.parent:
            self._nested(table, known, row, taken, data, keys)
        elif name in INNER and not keys[0]:
            self._keep(table, row, taken, data, self.document.setdefault(name, []), (name,), (name, ""))
        elif name in INNER:
            owner = self._owners.get(("projects", keys[0]))
            if owner is None:
                if {("projects",), ("projects", keys[0])} & self._lost:
                    self._lost.add((name, keys[0], str(data.get("id"))))
                    return
                self._refuse(table, row, taken[known.keys[0],], f"there is no project {keys[0]!r:.80}", self._near("projects", keys[0]))
                self._lost.add((name, keys[0], str(data.get("id"))))
                owner, at = self._stray(keys[0])
            else:
                at = self._paths["projects", keys[0]]
            self._keep(table, row, taken, data, owner.setdefault(name, []), (*at, name), (name, keys[0]))
        else:
            holder = self.document.setdefault("organisation", {}) if name in ORGANISATION else self.document
            at = ("organisation", name) if name in ORGANISATION else (name,)
            self._keep(table, row, taken, data, holder.setdefault(name, []), at, (name,))

    def _stray(self, project: str) -> tuple[PlainMap, tuple[str | int, ...]]:
        """A project that no row lists, and its place."""
        projects = self.document.setdefault("projects", [])
        if project not in self._strays:
            self._strays[project] = ("projects", len(projects))
            projects.append({"id": project})
        at = self._strays[project]
        return projects[at[1]], at

    def _keep(
        self,
        table: Rows,
        row: int,
        taken: Mapping[Path, int],
        data: PlainMap,
        among: list[PlainMap],
        at: tuple[str | int, ...],
        owner: tuple[str, ...],
    ) -> None:
        path = (*at, len(among))
        among.append(data)
        self._places[path] = (table, row, taken)
        key = (*owner, str(data.get("id")))
        if self._owners.setdefault(key, data) is data:
            self._paths[key] = path

    def _nested(self, table: Rows, known: Layout, row: int, taken: Mapping[Path, int], data: PlainMap, keys: Sequence[str]) -> None:
        """A row of what nests: in the list of the noun that it names."""
        parent = layout(known.parent)
        lists = [child for child in parent.children.values() if child.table == known.name]
        label = keys[-1] if lists[0].which else ""
        named = keys[:-1] if lists[0].which else keys
        child = next((one for one in lists if _norm(one.label) == _norm(label)), None)
        if child is None:
            labels = ", ".join(one.label for one in lists)
            self._refuse(table, row, taken[lists[0].which,], f"{label!r:.80} is not one of {labels}")
            return
        owner = self._owners.get((known.parent, *named))
        if owner is None:
            if any(key[0] == known.parent and (len(key) == 1 or key[-1] == named[-1]) for key in self._lost):
                return
            word = known.keys[len(named) - 1]
            inside = f" in project {named[0]!r:.80}" if len(named) > 1 and named[0] else ""
            near = self._near(known.parent, *named)
            self._refuse(table, row, taken[word,], f"there is no {word.replace('_', ' ')} {named[-1]!r:.80}{inside}", near)
            return
        at = self._paths[(known.parent, *named)]
        for part in child.path[:-1]:
            owner = owner.setdefault(part, {})
            at = (*at, part)
        last = child.path[-1]
        among = owner.setdefault(last, [])
        if not isinstance(among, list) or (among and (*at, last, 0) not in self._places):
            where = f"{words((last,))!r} of {title(known.parent)}"
            self._refuse(table, row, None, f"what it belongs to has a value under {where} already; leave one of the two out")
            return
        self._places[(*at, last, len(among))] = (table, row, taken)
        among.append(data)

    def _near(self, *key: str) -> str:
        near = close_matches(key[-1], [owner[-1] for owner in self._owners if owner[:-1] == key[:-1]])
        return f"close: {', '.join(map(repr, near))}" if near else f"list it on {title(key[0])!r}"


def _at_path(data: PlainData, path: Iterable[str | int]) -> PlainData:
    """What stands at a path; None where nothing does."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _is_beside(known: Layout, path: Path) -> bool:
    """Whether a column says what the amounts of another are in."""
    return (path in known.columns and known.columns[path].kind == "money") or (path in known.fields and known.fields[path].kind == "money")


def _blank(cell: object) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _put(data: PlainMap, path: Path, value: PlainData) -> str | None:
    """Sets a value at its path; says what is wrong where another column fills the same place."""
    target = path[:-1] if path[-1] == JSON else path
    holder = data
    for part in target[:-1]:
        inner = holder.setdefault(part, {})
        if not isinstance(inner, dict):
            return f"{words(target[:-1])!r} has a value of its own already; leave one of the two out"
        holder = inner
    there = holder.get(target[-1])
    if isinstance(there, dict) and isinstance(value, dict) and not set(there) & set(value):
        there.update(value)
    elif there is not None:
        return f"{words(target)!r} has parts in other columns; leave one of the two out"
    else:
        holder[target[-1]] = value
    return None
