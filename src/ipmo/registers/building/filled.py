"""The values of a table's rows as columns, and projects of them that are made when somebody looks at projects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

import attrs

from ipmo.errors import ModelError
from ipmo.model.at_once import in_order, is_plain
from ipmo.model.contents import Source
from ipmo.model.fields import FrozenMap, PlainData
from ipmo.model.later import leave
from ipmo.model.making import maker
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project
from ipmo.registers.building.rows import Column, Table
from ipmo.registers.cells.outcomes import Told
from ipmo.units import When, minutes

__all__ = ["Filled", "attributes_of", "projects_later"]

SAFE: Final = frozenset(("name", "category", "state", "progress", "status_date"))
"""Fields of projects whose values, once read, fit together with whatever stands beside them."""
SPANS: Final = (("start", "finish"), ("actual_start", "actual_finish"))
"""Fields of which the second must not lie before the first."""
MONEY: Final = frozenset(("budget", "actual", "forecast", "funding", "exit_cost"))
MOST: Final = 2_000
"""Projects that are made to see whether all can be, at most: with more different values all are made."""


@attrs.define(eq=False)
class Filled:
    """What the rows of a table say, column by column.

    Args:
        table: the table.
        ids: the id of each row; empty where it has none.
        names: fields, as the class of the rows calls them.
        columns: their values, one a row.
        attributes: the columns of attributes.
        inside: nouns inside each row that several columns say together, by field; None where a row has none.
        plain: the values are values of the model.
    """

    table: Table
    ids: Sequence[str]
    names: list[str]
    columns: list[Sequence[object]]
    attributes: list[Column]
    inside: list[tuple[str, Sequence[Any]]]
    plain: bool

    def nouns(self) -> tuple[Any, ...]:
        """The nouns of the rows, as values that were read."""
        noun: type = self.table.kind.noun
        make, names, made = maker(noun), ["id", *self.names], []
        attributes = attributes_of(self.attributes)
        for place, found in enumerate(zip(self.ids, *self.columns, strict=True)):
            values = dict(zip(names, found, strict=True))
            if attributes and attributes[place]:
                values["attributes"] = FrozenMap(attributes[place])
            for name, said in self.inside:
                if said[place] is not None:
                    values[name] = said[place]
            made.append(make(values))
        return tuple(made)

    def lines(self) -> dict[str, int]:
        """The line of each row by its id; of a turned sheet none."""
        table = self.table
        return {} if table.mapping.transposed else dict(zip(self.ids, map(table.sheet.line, table.rows), strict=True))


def attributes_of(columns: Sequence[Column]) -> list[dict[str, str]]:
    """The attributes of each row, what is blank left out."""
    if not columns:
        return []
    names = [column.attribute for column in columns]
    rows = zip(*(column.outcomes for column in columns), strict=True)
    if all({*map(type, column.outcomes)} == {str} for column in columns):
        return [dict(zip(names, row, strict=True)) for row in rows]
    return [
        {
            name: value if isinstance(value, str) else f"{value:.15g}"
            for name, value in zip(names, row, strict=True)
            if isinstance(value, str | int | float)
        }
        for row in rows
    ]


def projects_later(filled: Filled, head: Mapping[str, PlainData], source: Callable[[], Source]) -> Portfolio | None:
    """A portfolio whose projects are made when somebody looks at them; None where they have to be made to say what is wrong with one.

    What each project must be by itself is looked at as columns; every different value that names something, or is a noun, stands in one of a few
    projects that are made for that.

    Args:
        filled: what the rows say.
        head: everything else of the portfolio.
        source: says where it was read from, once it is known that it can be.
    """
    table = filled.table
    if table.kind.noun is not Project or table.refused_rows or not filled.plain or not filled.ids or "" in filled.ids:
        return None
    by_name = dict(zip(filled.names, filled.columns, strict=True))
    if len(by_name) < len(filled.names) or not all(_in_order(by_name.get(first), by_name.get(last)) for first, last in SPANS):
        return None
    looked_at: dict[str, list[object]] = {}
    for name, values in (*by_name.items(), *filled.inside):
        if name in SAFE or any(name in span for span in SPANS):
            continue
        different = _different(values)
        if name in MONEY:
            if not all(map(is_plain, different)):
                return None
        elif len(different) > MOST:
            return None
        else:
            looked_at[name] = [one for one in different if one is not None or name in by_name]
    try:
        Portfolio(**{**head, "projects": _samples(filled.ids, looked_at)})
        made = Portfolio(**head, source=source())
    except ModelError:
        return None
    return leave(made, {"projects": (len(table.rows), filled.nouns)}, anew=True)


def _different(values: Sequence[object]) -> list[Any]:
    """The different values of a column, some perhaps more than once."""
    return list(values.different()) if isinstance(values, Told) else list({id(value): value for value in values}.values())


def _samples(ids: Sequence[str], values: Mapping[str, Sequence[object]]) -> list[Project]:
    """As few projects as hold every one of some values of each field."""
    count = max(map(len, values.values()), default=0)
    return [
        maker(Project)({"id": ids[place], **{name: found[place % len(found)] for name, found in values.items() if found}})
        for place in range(count)
    ]


def _in_order(first: Sequence[object] | None, last: Sequence[object] | None) -> bool:
    """Whether no row says that something ends before it begins."""
    if first is None or last is None:
        return True
    if isinstance(first, Told) and isinstance(last, Told) and first.said is not None and last.said is not None:
        begins, ends = ([cast(When, date) for date in dates.different()] for dates in (first, last))
        if max(map(minutes, begins)) <= min(map(minutes, ends)):  # all begin before any ends
            return True
        pairs = set(zip(first.cells, last.cells, strict=True))
        return all(in_order(first.said[begun], last.said[ended]) for begun, ended in pairs)
    return all(in_order(*dates) for dates in set(zip(first, last, strict=True)))
