"""A portfolio as flat rows: each value in a column of its own, lists of nouns in tables of their own, nothing lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeAlias

import attrs

from ipmo.errors import UnitError
from ipmo.model.fields import PlainData, PlainMap
from ipmo.model.plain import HEADER, INNER, to_plain_portfolio
from ipmo.model.portfolio import Portfolio
from ipmo.model.shape import shape
from ipmo.registers.own.layout import Column, Kind, Layout, Path, layout, names
from ipmo.units import Money, as_money, plain

__all__ = ["CURRENCY", "JSON", "PER", "TIME", "FlatTable", "Value", "flat_tables", "joined", "split"]

Value: TypeAlias = "str | int | float | bool | date | datetime"
"""What a cell holds."""
CURRENCY, PER, TIME, JSON = "currency", "per", "time", "json"
"""Columns beside another: the currency of its amounts, what they are per, the time of its days, and what has no column at all."""
SCALARS = (str, int, float, bool)


@attrs.frozen
class FlatTable:
    """The rows of one table.

    Args:
        layout: what there can be in it.
        columns: those that its rows state, in order; the first ones name what a row belongs to.
        rows: values by path.
    """

    layout: Layout
    columns: tuple[Column, ...]
    rows: tuple[Mapping[Path, Value], ...]


class _Table:
    """A table while it is filled."""

    def __init__(self, table: Layout, whole: bool) -> None:
        self.layout = table
        self.apart = whole
        """Every time of day stands beside its day, so that the days are a column of days."""
        self.rows: list[dict[Path, Value]] = []
        self.extra: dict[Path, Column] = {}

    def done(self, *, whole: bool) -> FlatTable:
        """The table; with all of its columns but the seldom ones, or those that a row states."""
        stated = {path for row in self.rows for path in row}
        keys = [Column((key,), "text", needed=True) for key in self.layout.keys]
        columns: list[Column] = list(keys)
        extra = dict(self.extra)
        for path, column in self.layout.columns.items():
            if path in stated or (whole and not column.seldom) or column.needed:
                columns.append(column)
            beside = (CURRENCY, PER) if column.kind == "money" else (TIME,) if column.kind == "when" else ()
            for part in (*beside, JSON):
                found = extra.pop((*path, part), None)
                if found is not None:
                    columns.append(found)
                elif whole and part == CURRENCY and not column.seldom:
                    columns.append(Column((*path, part), "text", "currency of the amount, ISO 4217"))
        return FlatTable(self.layout, (*columns, *extra.values()), tuple(self.rows))


def flat_tables(portfolio: Portfolio, *, whole: bool = False) -> dict[str, FlatTable]:
    """The tables of a portfolio by name.

    Args:
        portfolio: the portfolio.
        whole: all tables with all their columns, filled or not, as a data model that is refreshed every month needs them;
            else those that have rows, with the columns that a row states.
    """
    document = to_plain_portfolio(portfolio)
    tables = {name: _Table(layout(name), whole) for name in names()}
    _row(tables, "portfolio", document["portfolio"], {})
    for key, nouns in {**document, **document.get("organisation", {})}.items():
        if key in ("ipmo", "portfolio", "organisation"):
            continue
        for noun in nouns:
            keys: dict[Path, Value] = {("project",): ""} if key in INNER else {}  # of a programme or the portfolio: a blank cell
            _row(tables, key, {k: v for k, v in noun.items() if k not in INNER} if key == "projects" else noun, keys)
            for group in INNER if key == "projects" else ():
                for inner in noun.get(group, ()):
                    _row(tables, group, inner, {("project",): noun["id"]})
    assert set(document["portfolio"]) <= set(HEADER)
    return {name: table.done(whole=whole) for name, table in tables.items() if whole or table.rows or name == "portfolio"}


def _row(tables: Mapping[str, _Table], name: str, noun: PlainMap, keys: dict[Path, Value]) -> None:
    """One noun as a row of its table, and what nests in it as rows of theirs."""
    table = tables[name]
    row: dict[Path, Value] = dict(keys)
    table.rows.append(row)
    children = table.layout.children
    below: dict[Path, Value] = dict(keys)
    if name != "portfolio" and children:
        child = layout(next(iter(children.values())).table)
        below[(child.keys[len(keys)],)] = noun["id"]

    def put(path: Path, value: PlainData) -> None:
        field, column, child = table.layout.fields.get(path), table.layout.columns.get(path), children.get(path)
        if child is not None and isinstance(value, dict) and field is None:
            value = [value]  # one where there may be many
        if child is not None and isinstance(value, str) and column is None:
            value = [value]
        if child is not None and isinstance(value, list) and value:
            inner = tables[child.table].layout
            alone = next((one.key for one in shape(inner.cls) if one.name == inner.cls.alone), "")
            for one in value:
                which: dict[Path, Value] = {(child.which,): child.label} if child.which else {}
                _row(tables, child.table, {alone: one} if isinstance(one, str) else one, {**below, **which})
        elif isinstance(value, dict) and value and field is not None and _fits(field.form, path, value, table.layout):
            for key, inside in value.items():
                if field.form == "map":
                    _mapped(table, row, (*path, key), field.kind, inside)
                else:
                    put((*path, key), inside)
        elif isinstance(value, str) and field is not None and field.form == "noun" and column is None:
            _json(table, row, path, value)
        elif isinstance(value, dict | list):
            if column is None or not isinstance(value, list) or not _listed(row, column, value):
                _json(table, row, path, value)
        elif column is not None:
            _cell(table, row, column, value)
        else:
            _json(table, row, path, value)

    for key, value in noun.items():
        put((key,), value)


def _fits(form: str, path: Path, value: PlainMap, table: Layout) -> bool:
    """Whether each part of a mapping has a column."""
    if form == "map":
        return all(_plain_key(key) for key in value) and len({key.casefold() for key in value}) == len(value)
    for key, inside in value.items():
        inner = (*path, key)
        if inner not in table.columns and inner not in table.fields and inner not in table.children:
            return False
        if form == "bounds" and isinstance(inside, dict | list):
            return False
        if isinstance(inside, list) and inner not in table.columns and inner not in table.children:
            return False
    return form != "bounds" or len({_currency_of(one) for key, one in value.items() if _is_money(one)}) <= 1


def _plain_key(key: str) -> bool:
    """A text that can be the heading of a column."""
    said = re.sub(r"[_.:]", " ", key).casefold().split()  # as headings are told apart
    beside = not said or said[-1] in (CURRENCY, PER, TIME, JSON)  # what a column beside another is called
    return key.isprintable() and key == " ".join(key.split()) and 0 < len(key) <= 100 and not beside


def _mapped(table: _Table, row: dict[Path, Value], path: Path, kind: Kind, value: PlainData) -> None:
    if kind == "json":
        row[path] = _text(value)
    elif isinstance(value, str) and not _seen(value):
        row[(*path, JSON)] = _text(value)
        path = (*path, JSON)
        kind = "json"
    else:
        row[path] = value
    table.extra.setdefault(path, Column(path, kind))


def _seen(text: str) -> bool:
    """Whether people see all of a text in a cell: a blank one says nothing, and space at its ends is lost when it is typed again."""
    return bool(text) and text == text.strip()


def _json(table: _Table, row: dict[Path, Value], path: Path, value: PlainData) -> None:
    path = (*path, JSON)
    row[path] = _text(value)
    table.extra.setdefault(path, Column(path, "json"))


def _text(value: PlainData) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _listed(row: dict[Path, Value], column: Column, value: list[PlainData]) -> bool:
    """A list as one text, where its values say unmistakably what they are."""
    if column.kind == "numbers" and all(isinstance(one, int | float) for one in value) and value:
        row[column.path] = "; ".join(map(repr, value))
        return True
    if column.kind == "texts" and all(isinstance(one, str) for one in value) and (text := joined(value)):
        row[column.path] = text
        return True
    return False


def joined(values: Iterable[str]) -> str:
    """Texts in one cell, `a; b`; empty where that could be read as others."""
    text = "; ".join(found := list(values))
    return text if split(text) == found else ""


def split(text: str) -> list[str]:
    """The texts of one cell, `a; b`."""
    return [part.strip() for part in text.split(";") if part.strip()]


def _cell(table: _Table, row: dict[Path, Value], column: Column, value: PlainData) -> None:
    path = column.path
    if isinstance(value, str) and not _seen(value):
        _json(table, row, path, value)
        return
    if isinstance(value, str) and column.kind == "texts":  # one where there may be many
        if not _listed(row, column, [value]):
            _json(table, row, path, value)
        return
    if column.kind == "numbers" and not isinstance(value, str):
        _listed(row, column, [value])
    elif column.kind in ("day", "when") and isinstance(value, str):
        row[path] = found = _date(value)
        if isinstance(found, datetime) and (table.apart or found.time() == time()):  # midnight is not the day: a deadline is at its end
            row[path], row[(*path, TIME)] = found.date(), f"{found:%H:%M}"
            table.extra.setdefault((*path, TIME), Column((*path, TIME), "text", "time of day, where it is not the whole day"))
    elif column.kind == "money" and isinstance(value, str):
        amount, _, per = value.partition(" per ")
        money = _money(amount)
        if money is None:
            row[path] = value
            return
        base = path[:-1] if path[-1] in ("low", "likely", "high", "p10", "p90", "estimate") else path
        row[path] = _number(money.amount)
        for part, text in ((CURRENCY, money.currency), (PER, per)):
            if text:
                row[(*base, part)] = text
                table.extra.setdefault((*base, part), Column((*base, part), "text"))
    elif isinstance(value, SCALARS):
        row[path] = value
    else:
        _json(table, row, path, value)


def _date(value: str) -> Value:
    found = datetime.fromisoformat(value)
    return found.date() if len(value) == 10 else found


def _is_money(value: object) -> bool:
    return isinstance(value, str) and _money(value) is not None


def _currency_of(value: str) -> str:
    """The currency of an amount; empty where it is none."""
    money = _money(value)
    return "" if money is None else money.currency


def _money(value: str) -> Money | None:
    try:
        return as_money(value)
    except UnitError:
        return None


def _number(amount: Decimal) -> Value:
    """An amount as the number that it is; as its digits where no number of a computer is exactly it."""
    exact = Decimal(repr(float(amount))) == amount
    if amount == amount.to_integral_value():
        return int(amount) if exact else plain(amount)
    return float(amount) if exact else plain(amount)
