"""A portfolio as plain data: mappings, lists, text and numbers, laid out as files are."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Container, Iterator, Mapping
from datetime import date, datetime, time
from typing import cast

import attrs

from ipmo.errors import ModelError, Problem
from ipmo.model.changes import NAMES, Change, parts_of
from ipmo.model.contents import Contents
from ipmo.model.estimates import Estimate, UncertainLag
from ipmo.model.estimating import to_plain
from ipmo.model.fields import Noun, PlainData, PlainMap, Short
from ipmo.model.money import Budget
from ipmo.model.shape import shape
from ipmo.model.unseen import written_work
from ipmo.model.values import CONVERTER, writes
from ipmo.model.work import Project
from ipmo.tables import Column, Table

__all__ = [
    "HEADER",
    "ORGANISATION",
    "VERSION",
    "canonical_json",
    "change_to_plain",
    "from_table_rows",
    "in_tables",
    "plain_noun",
    "plain_row",
    "plain_value",
    "tables",
    "to_plain_portfolio",
]

VERSION = 1
"""The version of the file format."""
HEADER = (
    "id",
    "name",
    "start",
    "status_date",
    "calendar",
    "dialect",
    "methodologies",
    "money",
    "funding",
    "tolerance",
    "note",
    "attributes",
    "extensions",
)
"""Fields of the portfolio that stand under `portfolio:`."""
ORGANISATION = ("bodies", "offices", "services", "flows")
"""Fields that stand under `organisation:`."""


@functools.cache
def _fields(cls: type) -> tuple[tuple[str, str, object, bool], ...]:
    """(name, key, default, may be one value) of every field that files carry."""
    return tuple((one.name, one.key, one.default, one.one_or_many) for one in shape(cls) if one.in_files)


@functools.cache
def _beside(cls: type[Noun]) -> tuple[tuple[str, object], ...]:
    """The fields, with their defaults, that a noun must leave out to be written as a text alone; none for a class of which none may be."""
    return tuple((one.name, one.default) for one in shape(cls) if one.name != cls.alone) if cls.alone else ()


def plain_value(value: object) -> PlainData:
    """One value as files write it."""
    return CONVERTER.unstructure(value)


def _budget(budget: Budget) -> PlainData:
    return plain_value(budget.to_plain()) if budget.is_lump else [plain_noun(line) for line in budget.lines]


def _whole_noun(noun: object) -> PlainData:
    """A noun as a text alone where one may stand for it, else as a mapping."""
    if (
        isinstance(noun, Noun)
        and (beside := _beside(cast(type, noun.__class__)))
        and getattr(noun, noun.alone) is not None
        and all((value := getattr(noun, name)) is default or value == default for name, default in beside)
    ):
        return plain_value(getattr(noun, noun.alone))
    return plain_noun(noun)


CONVERTER.register_unstructure_hook_func(attrs.has, _whole_noun)
writes(Short, lambda value: plain_value(value.to_plain()))
writes(Budget, _budget)
writes(Estimate, to_plain)
writes(UncertainLag, lambda lag: to_plain(lag.estimate))
for _change in NAMES.values():
    writes(_change, lambda change: change_to_plain(change))


def plain_noun(noun: object, without: Container[str] = ()) -> PlainMap:
    """A noun as a mapping without what is unknown or default.

    Args:
        noun: the noun.
        without: fields that are left out, and not looked at.
    """
    out: PlainMap = {}
    for name, key, default, single in _fields(cast(type, noun.__class__)):
        if name in without:
            continue
        if name == "tasks" and isinstance(noun, Project) and (rows := written_work(noun)) is not None:
            out[key] = rows
            continue
        value = getattr(noun, name)
        if value is None or value is default or value == default:
            continue
        data = value if value.__class__ is str else plain_value(value)
        out[key] = data[0] if single and len(data) == 1 and not isinstance(data[0], list) else data
    return out


def change_to_plain(change: Change) -> PlainMap:
    """The change as files write it; `as_change` reads it."""
    name, parts = parts_of(change)
    return {name: parts if isinstance(parts, str) else {key: _full(inner) for key, inner in parts.items()}}


def _full(value: object) -> PlainData:
    """A noun as a mapping even where it could be a text alone; anything else as files write it."""
    return plain_noun(value) if isinstance(value, Noun) else plain_value(value)


def to_plain_portfolio(portfolio: Contents) -> PlainMap:
    """The whole portfolio, laid out as a file: `ipmo`, `portfolio`, lists of nouns, `organisation`."""
    return _laid_out(plain_noun(portfolio))


def _laid_out(flat: PlainMap) -> PlainMap:
    header = {key: flat.pop(key) for key in HEADER if key in flat}
    organisation = {key: flat.pop(key) for key in ORGANISATION if key in flat}
    document: PlainMap = {"ipmo": VERSION, "portfolio": header, **flat}
    if organisation:
        document["organisation"] = organisation
    return document


def canonical_json(portfolio: Contents) -> Iterator[str]:
    """`to_plain_portfolio` as JSON, keys in order and without spaces, in pieces: one project is laid out at a time."""
    document = _laid_out(plain_noun(portfolio, ("projects",)))
    if portfolio.projects:
        document["projects"] = []
    for place, key in enumerate(sorted(document)):
        yield f"{',' if place else '{'}{_dumped(key)}:"
        if key == "projects":
            for number, project in enumerate(portfolio.projects):
                yield f"{',' if number else '['}{_dumped(plain_value(project))}"
            yield "]"
        else:
            yield _dumped(document[key])
    yield "}"


def _dumped(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


# ------------------------------------------------------------------------------------------------- tables

MIDNIGHT = time()
PathKey = tuple[str | int, ...]
INNER = ("tasks", "gates", "risks")
"""Nouns of projects; their tables have a first column `project`, blank for what stands in none: gates and risks of programmes and the portfolio."""


def tables(portfolio: Contents) -> dict[str, Table]:
    """One table for each kind of noun, columns named as in files; what nests is JSON text.

    A field that no row states has no column. `ipmo.from_tables` is the inverse.
    """
    document = to_plain_portfolio(portfolio)
    rows: dict[str, list[PlainMap]] = {"portfolio": [document["portfolio"]]}
    for name, value in {**document, **document.get("organisation", {})}.items():
        if name in ("ipmo", "portfolio", "organisation"):
            continue
        rows[name] = list(value)
    for group in INNER:
        inner = [{"project": project["id"], **noun} for project in rows.get("projects", ()) for noun in project.get(group, ())]
        if inner:
            rows[group] = [*inner, *rows.get(group, ())]
    rows["projects"] = [{k: v for k, v in project.items() if k not in INNER} for project in rows.get("projects", ())]
    return {name: _table(found, HEADER if name == "portfolio" else ()) for name, found in rows.items() if found}


def _table(rows: list[PlainMap], first: tuple[str, ...]) -> Table:
    names = dict.fromkeys([*[n for n in first if any(n in row for row in rows)], *(key for row in rows for key in row)])
    columns = []
    for name in names:
        values = [row.get(name) for row in rows]
        present = [v for v in values if v is not None]
        if all(isinstance(v, bool) for v in present):
            columns.append(Column(name, "bool", values))
        elif all(isinstance(v, int) and not isinstance(v, bool) for v in present):
            columns.append(Column(name, "int", values))
        elif all(isinstance(v, int | float) and not isinstance(v, bool) for v in present):
            columns.append(Column(name, "float", [None if v is None else float(v) for v in values]))
        else:
            columns.append(
                Column(name, "str", [v if v is None or isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in values])
            )
    return Table(columns)


def from_table_rows(rows: Mapping[str, list[PlainMap]]) -> PlainMap:
    """Rows of tables laid out as `tables` gives them, as plain data laid out as a file."""
    out: PlainMap = {"ipmo": VERSION}
    plain_rows = {name: [plain_row(row) for row in found] for name, found in rows.items()}
    header = plain_rows.pop("portfolio", [])
    if len(header) > 1:
        raise ModelError.of("portfolio", f"the table has {len(header)} rows; it has one, for the portfolio itself")
    out["portfolio"] = header[0] if header else {"id": "portfolio"}
    inner = {group: plain_rows.pop(group, []) for group in INNER}
    projects: dict[str, PlainMap] = {}
    for place, project in enumerate(plain_rows.get("projects", [])):
        if projects.setdefault(str(project.get("id")), project) is not project:
            raise ModelError(Problem(message=f"project {project.get('id')!r:.60} stands twice in the table", path=("projects", place)))
    for group, found in inner.items():
        for place, row in enumerate(found):
            if row.get("project", "") == "" and group != "tasks":
                row.pop("project", None)
                plain_rows.setdefault(group, []).append(row)
                continue
            if row.get("project", "") == "":
                raise ModelError(Problem(message="the row names no project; fill in its column 'project'", path=(group, place)))
            owner = str(row.pop("project"))
            project = projects.setdefault(owner, {"id": owner})
            if not isinstance(project.setdefault(group, []), list):
                raise ModelError(Problem(message=f"expected a list of {group}", path=("projects", list(projects).index(owner), group)))
            project[group].append(row)
    if projects:
        plain_rows["projects"] = list(projects.values())
    organisation = {name: plain_rows.pop(name) for name in ORGANISATION if name in plain_rows}
    if organisation:
        out["organisation"] = organisation
    return {**out, **plain_rows}


def in_tables(rows: Mapping[str, list[PlainMap]]) -> Callable[[PathKey], PathKey]:
    """Where a path in what `from_table_rows` gives lies in its tables: the table, the row from 0, the column.

    Args:
        rows: the rows of each table.
    """
    owners = dict.fromkeys(str(row.get("id")) for row in rows.get("projects", ()))
    inside: dict[tuple[str, str], list[int]] = {}
    written: dict[tuple[str, str], int] = {}
    """How many stand with their project, as JSON text: those come first."""
    apart: dict[str, list[int]] = {}
    """The rows of each table that are of no project."""
    for group in INNER:
        beside = {str(row.get("id")): plain_row({group: row[group]}).get(group) for row in rows.get("projects", ()) if group in row}
        written |= {(group, owner): len(nested) for owner, nested in beside.items() if isinstance(nested, list)}
        for place, row in enumerate(rows.get(group, ())):
            if plain_row(row).get("project", "") == "" and group != "tasks":
                apart.setdefault(group, []).append(place)
                continue
            owner = str(row.get("project"))
            owners.setdefault(owner)
            inside.setdefault((group, owner), []).append(place)
    names = list(owners)

    def place_of(path: PathKey) -> PathKey:
        first, *rest = path or ("",)
        if first == "organisation":
            return tuple(rest)
        if first == "portfolio" and rest:
            return ("portfolio", 0, *rest)
        if first == "projects" and len(rest) > 2 and isinstance(rest[0], int) and rest[1] in INNER and isinstance(rest[2], int):
            found = (str(rest[1]), names[rest[0]])
            before = written.get(found, 0)
            return path if rest[2] < before else (found[0], inside[found][rest[2] - before], *rest[3:])
        if first in apart and rest and isinstance(rest[0], int):
            return (first, apart[first][rest[0]], *rest[1:])
        return path

    return place_of


def plain_row(row: Mapping[str, PlainData]) -> PlainMap:
    """A row of a frame as files have it: without what is unknown, JSON text as what it says."""
    out = {}
    for key, value in row.items():
        if value is None or type(value).__name__ in ("NAType", "NaTType") or value != value:  # how frames say unknown
            continue
        if isinstance(value, str) and value[:1] in ("[", "{"):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):  # no JSON, or nested beyond all measure: a text
                pass
        elif hasattr(value, "item") and not isinstance(value, str):  # a numpy scalar out of a frame
            value = value.item()
        if isinstance(value, float) and abs(value) < 1e15 and value == int(value):
            value = int(value)
        elif isinstance(value, datetime):  # frames and workbooks have no other type for a day than its midnight
            value = value.date().isoformat() if value.time() == MIDNIGHT and value.tzinfo is None else value.isoformat(timespec="minutes")
        elif isinstance(value, date):
            value = value.isoformat()
        out[str(key)] = value
    return out
