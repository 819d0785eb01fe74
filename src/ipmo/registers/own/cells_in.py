"""Cells of ipmo's own workbooks and folders as plain data for their fields, as files have them or as people type them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal

from ipmo.errors import UnitError
from ipmo.model.fields import PlainData, PlainMap
from ipmo.registers.cells.amounts import Amounts, Numbers, money_said, two_ways
from ipmo.registers.cells.outcomes import CellError
from ipmo.registers.opening.sheet_xml import NoValue
from ipmo.registers.own.flat import TIME, split
from ipmo.registers.own.layout import Column
from ipmo.units import as_money, plain

__all__ = ["JOINED_LINK", "Amount", "RefusedError", "Typed", "link_of", "plain_cell"]

SHORT_LINK = re.compile(r"(?P<from>.+?)[ \t]+(?:(?P<type>FS|SS|FF|SF)\b)?[ \t]*(?P<lag>[+-][ \t]*[0-9].*)?", re.DOTALL)
JOINED_LINK = re.compile(r"(?P<from>.+?)(?P<type>FS|SS|FF|SF)[ \t]*(?P<lag>[+-][ \t]*[0-9].*)?", re.DOTALL)


class RefusedError(ValueError):
    """A cell that says nothing its column can take."""


class Amount(str):
    """An amount that has no currency yet."""

    __slots__ = ()


class Typed(str):
    """An amount that is not written as in files, but perhaps as people type it: `£12.4m`, `5m GBP`, `1,250,000`, `1.250 EUR`."""

    __slots__ = ()

    def read(self, currency: str) -> str:
        """The amount as in files; the text as it stands where it is none.

        Args:
            currency: of an amount that names none.

        Raises:
            RefusedError: it can be read in two ways.
        """
        named = money_said(self)
        whose = named.currency if named is not None and named.currency else currency
        numbers = Numbers.of([self], "", whose)
        if two_ways(self) and not numbers.decimal:
            raise RefusedError(
                f"{str(self)[:60]!r} is thousands or decimals: {whose or 'its currency'} is written either way;"
                " make the cell a number, or write the amount without a separator or with two decimals"
            )
        try:
            money = Amounts(numbers, currency).money(str(self))
        except CellError:
            return str(self)
        return f"{money.amount:f} {money.currency}"


def plain_cell(cell: object, column: Column, typed: bool = False) -> PlainData:
    """A cell as plain data for its field.

    Args:
        cell: of a workbook or a folder.
        column: what it stands under.
        typed: numbers are numbers there, so that an amount that is text was typed by somebody.

    Raises:
        RefusedError: it says nothing that the column can take.
    """
    if isinstance(cell, NoValue):
        raise RefusedError(str(cell))
    if isinstance(cell, float) and cell == int(cell) and abs(cell) < 1e15:
        cell = int(cell)
    if typed and column.kind == "money" and isinstance(cell, str) and two_ways(cell):
        return Typed(cell.strip())
    return CELLS[column.kind](cell, column)


def _text(cell: object, column: Column) -> PlainData:
    if isinstance(cell, bool):
        raise RefusedError(f"expected text; got {'TRUE' if cell else 'FALSE'}; put an apostrophe in front of it to keep it text")
    if isinstance(cell, time) and column.path[-1] == TIME:
        return cell.isoformat("minutes")
    if isinstance(cell, date | time):
        if column.path[0] == "attributes":
            return _iso(cell)
        raise RefusedError(
            f"expected text; got the date {cell}; Excel may have made it of what was typed: write it with an apostrophe in front"
        )
    return cell if isinstance(cell, str) else str(cell)


def _iso(cell: date | time) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    return cell.isoformat()


def _choice(cell: object, column: Column) -> PlainData:
    text = _text(cell, column)
    return next((one for one in column.choices if one.casefold() == str(text).strip().casefold()), text)


def _texts(cell: object, column: Column) -> PlainData:
    if isinstance(cell, date):
        return [_iso(cell)]
    return split(str(_text(cell, column)))


def _numbers(cell: object, column: Column) -> PlainData:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return [cell]
    parts = split(str(_text(cell, column)))
    try:
        return [_figure(part) for part in parts]
    except ValueError:
        return parts if len(parts) > 1 else parts[0]


def _figure(text: str) -> float:
    return float(text.removesuffix("%")) / 100 if text.endswith("%") else float(text)


def _number(cell: object, column: Column) -> PlainData:
    if isinstance(cell, bool | date | time):
        raise RefusedError(f"expected a number; got {cell}")
    return cell.strip() if isinstance(cell, str) else cell


def _flag(cell: object, column: Column) -> PlainData:
    if isinstance(cell, bool):
        return cell
    word = str(cell).strip().casefold()
    if word in ("true", "yes", "y", "x", "1"):
        return True
    if word in ("false", "no", "n", "0"):
        return False
    raise RefusedError(f"{str(cell)[:60]!r} is neither yes nor no")


def _when(cell: object, column: Column) -> PlainData:
    if isinstance(cell, datetime | date):
        return _iso(cell)
    if isinstance(cell, str):
        return cell.strip()
    raise RefusedError(f"expected a date; got {cell}; format the cell as a date, or write 2026-03-31")


def _money(cell: object, column: Column) -> PlainData:
    if isinstance(cell, bool | date | time):
        raise RefusedError(f"expected an amount; got {cell}")
    if isinstance(cell, str):
        text = cell.strip()
        if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?", text):
            return Amount(plain(Decimal(text)))
        try:
            as_money(text)
        except UnitError:
            return Typed(text)
        return text
    return Amount(plain(Decimal(repr(cell))) if isinstance(cell, int | float) and math.isfinite(cell) else repr(cell))


def _share(cell: object, column: Column) -> PlainData:
    found = _number(cell, column)
    if isinstance(found, int | float) and 1 < found <= 100:
        raise RefusedError(f"{found:g} is more than all of it; write {found:g} %, or {found / 100:g}")
    return found


def _length(cell: object, column: Column) -> PlainData:
    if isinstance(cell, str):
        return cell.strip()
    raise RefusedError(f"{cell} has no unit; write 10 d, 6 h, 3 w or 5 pd")


def _any(cell: object, column: Column) -> PlainData:
    return _iso(cell) if isinstance(cell, date | time) else cell


def _json(cell: object, column: Column) -> PlainData:
    try:
        return json.loads(cell) if isinstance(cell, str) else cell
    except ValueError as error:
        raise RefusedError(f"this is no JSON: {error}") from None
    except RecursionError:
        raise RefusedError("this is nested too deep") from None


def _links(cell: object, column: Column) -> PlainData:
    """Predecessors as people type them: `a; b FS+2 d`."""
    out: list[PlainData] = []
    for part in split(str(_text(cell, column))):
        found = SHORT_LINK.fullmatch(part)
        if found is None or not (found["type"] or found["lag"]):
            out.append(part)
        else:
            out.append(link_of(found))
    return out


def link_of(found: re.Match[str]) -> PlainMap:
    """A link as plain data from a match of `SHORT_LINK` or `JOINED_LINK`."""
    lag = re.sub(r"[ \t]+", " ", found["lag"] or "").replace("+ ", "+").replace("- ", "-").removeprefix("+")
    kind = {"type": found["type"]} if found["type"] else {}
    return {"from": found["from"], **kind, **({"lag": lag} if lag else {})}


CELLS: Mapping[str, Callable[[object, Column], PlainData]] = {
    "text": _text,
    "choice": _choice,
    "texts": _texts,
    "numbers": _numbers,
    "number": _number,
    "whole": _number,
    "share": _share,
    "flag": _flag,
    "day": _when,
    "when": _when,
    "money": _money,
    "length": _length,
    "any": _any,
    "json": _json,
    "links": _links,
}
