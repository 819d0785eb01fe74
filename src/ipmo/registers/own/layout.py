"""What the tables of a portfolio hold when it lies in a workbook or in a folder of CSV or Parquet: columns, and tables of what nests.

Everything is found from the model's fields. A noun within a noun has columns of its own (`constraints.start_on`); a list of nouns
within a noun has a table of its own (`project_status`), whose first columns name what it belongs to; attributes have a column each.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import attrs

from ipmo.model.contents import Contents
from ipmo.model.earning import Earning
from ipmo.model.estimates import Estimate
from ipmo.model.fields import Noun
from ipmo.model.money import Budget, BudgetLine, Spread
from ipmo.model.plain import HEADER, INNER, ORGANISATION
from ipmo.model.shape import Shape, shape
from ipmo.model.work import Project
from ipmo.units import Effort, Money, Rate, Span, When
from ipmo.words import class_word

__all__ = ["Child", "Column", "Field", "Kind", "Layout", "Path", "layout", "names", "title", "words"]

Path = tuple[str, ...]
Kind = Literal[
    "text", "choice", "texts", "numbers", "number", "whole", "share", "flag", "day", "when", "money", "length", "any", "json", "links"
]
"""What the cells of a column are; `length` is a quantity with its unit, `any` what a mapping or a text may be, `json` what nests,
`links` predecessors as people type them."""

NUMBERS: Mapping[type, Kind] = {int: "whole", float: "number", Decimal: "number", bool: "flag", date: "day"}
BOUNDS = ("low", "likely", "high", "p10", "p90", "estimate")
"""Parts of an estimate that are quantities; each is a column where one states it."""
TOLD: Mapping[str, Kind] = {"shape": "text", "central": "text", "reference": "text", "certainty": "share"}
"""The other parts of an estimate."""
FIGURES: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "impacts": ("impacts", "assessed", {"before": "before", "after": "after"}),
    "enabled_by": ("enablers", "need", {"enabled_by": "all of", "any_of": "any of"}),
    "any_of": ("enablers", "need", {"enabled_by": "all of", "any_of": "any of"}),
}
"""Lists of one noun that share a table: its name, the column that tells them apart, and what it says for each."""
RENAMED = {"after": "links"}


@attrs.frozen
class Column:
    """One column.

    Args:
        path: the keys that lead to its value, as files have them.
        kind: what its cells are.
        help: what the field says.
        choices: the only texts allowed.
        refers: what kind of thing its text names.
        end: a date in it is the end of its day.
        needed: no row does without it.
        seldom: only tables that state it have it.
    """

    path: Path
    kind: Kind
    help: str = ""
    choices: tuple[str, ...] = ()
    refers: str = ""
    end: bool = False
    needed: bool = False
    seldom: bool = False


@attrs.frozen
class Field:
    """A field that may be a mapping, by the path that leads to it.

    Args:
        form: `noun` with fields, `map` from any text to texts, numbers or data, `bounds` of an estimate.
        kind: what the values of a map are, or the quantities of an estimate.
    """

    form: Literal["noun", "map", "bounds"]
    kind: Kind = "text"


@attrs.frozen
class Child:
    """A list of nouns within a noun: rows of a table of its own.

    Args:
        table: the name of that table.
        path: the keys that lead to the list.
        which: the column that tells apart the lists which share the table; empty where it has one only.
        label: what that column says for this list.
    """

    table: str
    path: Path
    which: str = ""
    label: str = ""


@attrs.frozen
class Layout:
    """One table.

    Args:
        name: in a folder, the name of its file.
        cls: the class of the nouns in it.
        keys: its first columns, which name what a row belongs to.
        columns: by path, in order.
        fields: fields that may be mappings, by path.
        children: lists that have tables of their own, by path.
        parent: the table of what its rows belong to; empty for a table of its own.
    """

    name: str
    cls: type[Noun]
    keys: tuple[str, ...]
    columns: Mapping[Path, Column]
    fields: Mapping[Path, Field]
    children: Mapping[Path, Child]
    parent: str = ""


def words(path: Path) -> str:
    """A path as the heading of a column for people: `Constraints: start on`."""
    first, *rest = (part.replace("_", " ") for part in path)
    first = first.upper() if first in ("rag", "sla") else first[:1].upper() + first[1:]
    return ": ".join([first, *rest])


def title(name: str) -> str:
    """The name of a table as people read it: `Project status`."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def names() -> tuple[str, ...]:
    """The names of all tables, in order: those of nouns as `Portfolio.tables` has them, each with those of what nests in it."""
    return tuple(_layouts())


def layout(name: str) -> Layout:
    """The table of that name."""
    return _layouts()[name]


# ------------------------------------------------------------------------------------------------------- how


@functools.cache
def _layouts() -> Mapping[str, Layout]:
    found: dict[str, Layout] = {}
    for name, cls, keys in _nouns():
        made = _made(name, cls, keys)
        found[name] = made
        own = () if name == "portfolio" else (*keys, _singular(name, cls))
        for child in made.children.values():
            if child.table not in found:
                inner = _class_at(cls, child.path)
                which = (child.which,) if child.which else ()
                found[child.table] = attrs.evolve(_made(child.table, inner, (*own, *which), nested=True), parent=name)
    return found


def _nouns() -> Iterator[tuple[str, type[Noun], tuple[str, ...]]]:
    yield "portfolio", Contents, ()
    fields = {one.key: one for one in shape(Contents)}
    inner = {one.key: one for one in shape(Project)}
    for key, one in fields.items():
        if key in HEADER or not one.in_files or one.kind.noun is None:
            continue
        if key not in (*ORGANISATION, *INNER):
            yield key, one.kind.noun, ()
        if key == "projects":
            for group in INNER:
                noun = inner[group].kind.noun
                assert noun is not None
                yield group, noun, ("project",)
    for key in ORGANISATION:
        noun = fields[key].kind.noun
        assert noun is not None
        yield key, noun, ()


def _singular(name: str, cls: type) -> str:
    """What one noun of a table is called in the names of tables and of columns."""
    return "portfolio" if name == "portfolio" else "discount" if name == "discounts" else class_word(cls).replace(" ", "_")


def _class_at(cls: type, path: Path) -> type[Noun]:
    """The class of the nouns in the list that a path leads to."""
    for part in path:
        one = next(one for one in shape(cls) if one.key == part)
        cls = BudgetLine if one.kind.cls is Budget else one.kind.noun  # type: ignore[assignment]
    return cls


def _made(name: str, cls: type[Noun], keys: tuple[str, ...], *, nested: bool = False) -> Layout:
    columns: dict[Path, Column] = {}
    fields: dict[Path, Field] = {}
    children: dict[Path, Child] = {}
    singular = _singular(name, cls)

    def child(path: Path, table: str) -> None:
        found = FIGURES.get(path[-1])
        if table == "money":
            children[path] = Child(f"{singular}_money", path, "figure", ".".join(path))
        elif found is not None:
            label = next(label for key, label in found[2].items() if key in path)
            children[path] = Child(f"{singular}_{found[0]}", path, found[1], label)
        else:
            children[path] = Child(f"{singular}_{RENAMED.get(table, table)}", path)

    def walk(within: type, above: Path, seldom: bool) -> None:
        for one in shape(within):
            path = (*above, one.key)
            inner = one.kind.noun
            if not one.in_files or (name == "portfolio" and not above and one.key not in HEADER):
                continue
            if name == "projects" and path[0] in INNER:
                continue
            if one.many and inner is not None:
                if not nested:
                    child(path, one.key)
                else:
                    columns[path] = _json(one, path)
            elif one.kind.form == "map":
                kind: Kind = {str: "text", Decimal: "number"}.get(one.kind.inner[0].cls, "json")  # type: ignore[assignment]
                fields[path] = Field("map", kind)
            elif inner is not None:
                fields[path] = Field("noun")
                walk(inner, path, True)
            else:
                columns[path] = _column(one, path, seldom)
                _parts(one, path, columns, fields)
                if one.kind.cls is Budget and not nested:
                    child(path, "money")

    walk(cls, (), False)
    return Layout(name, cls, keys, columns, fields, children)


def _parts(one: Shape, path: Path, columns: dict[Path, Column], fields: dict[Path, Field]) -> None:
    """Columns of what a field may be beside one value: bounds of an estimate, the rule of earning."""
    cls = one.kind.cls
    if cls in (Estimate, Budget):
        kind: Kind = "money" if cls is Budget else {"money": "money", "time": "length"}.get(one.unit, "number")  # type: ignore[assignment]
        fields[path] = Field("bounds", kind)
        for part in BOUNDS:
            columns[*path, part] = Column((*path, part), kind, f"{one.help}: {part}", seldom=True)
        for part, told in TOLD.items():
            columns[*path, part] = Column((*path, part), told, f"{one.help}: {part}", seldom=True)
    elif cls is Earning:
        fields[path] = Field("noun")
        for inner in shape(Earning):
            if not inner.many:
                columns[*path, inner.key] = _column(inner, (*path, inner.key), True)


def _json(one: Shape, path: Path) -> Column:
    return Column((*path, "json"), "json", one.help, seldom=True)


def _column(one: Shape, path: Path, seldom: bool) -> Column:
    return Column(
        path,
        _kind(one),
        one.help,
        choices=one.choices if one.kind.cls is str else (),
        refers=one.refers,
        end=one.end,
        needed=one.required and len(path) == 1,
        seldom=seldom,
    )


def _kind(one: Shape) -> Kind:
    cls: Any = one.kind.one.cls
    if one.many:
        return "texts" if cls in (str, date) else "numbers" if cls is float else "json"
    if one.kind.form == "either":
        return "money" if {inner.cls for inner in one.kind.inner} == {Rate, Money} else "any"
    if cls in (Money, Budget) or (cls is Estimate and one.unit == "money"):
        return "money"
    if cls is Estimate:
        return "length" if one.unit == "time" else "number"
    if cls is Spread:
        return "numbers"
    if cls in (Span, Effort, Rate):
        return "length"
    if cls == When:
        return "when"
    if cls is float and one.unit.startswith("share"):
        return "share"
    if cls in NUMBERS:
        return NUMBERS[cls]
    if cls is str:
        return "choice" if one.choices else "text"
    return "any"
