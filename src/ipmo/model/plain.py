"""A portfolio as plain data: mappings, lists, text and numbers, laid out as files are."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import attrs

from ipmo.model.changes import Change, change_to_plain
from ipmo.model.estimates import Estimate, to_plain
from ipmo.model.governance import After
from ipmo.model.integrity import file_key
from ipmo.model.money import Budget
from ipmo.model.work import Portfolio
from ipmo.units import Effort, Money, Rate, Span, plain

__all__ = ["HEADER", "ORGANISATION", "VERSION", "plain_value", "to_plain_portfolio"]

VERSION = 1
"""The version of the file format."""
HEADER = (
    "id", "name", "start", "status_date", "calendar", "dialect", "methodologies", "money", "note", "attributes",
)  # fmt: skip
"""Fields of the portfolio that stand under `portfolio:`."""
ORGANISATION = ("bodies", "offices", "services", "flows")
"""Fields that stand under `organisation:`."""


@functools.cache
def _fields(cls: type) -> tuple[tuple[str, str, Any, bool], ...]:
    """(name, file key, default, may be one value) of every field that files carry."""
    out = []
    for field in attrs.fields(cls):
        if field.name == "source" and cls is Portfolio:
            continue
        default = field.default
        if isinstance(default, attrs.Factory):  # type: ignore[arg-type]
            default = default.factory()  # type: ignore[union-attr]
        out.append((field.name, file_key(field), default, bool(field.metadata.get("one_or_many"))))
    return tuple(out)


def plain_value(value: Any) -> Any:
    """One value as files write it."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value) if Decimal(repr(float(value))) == value else plain(value)
    if isinstance(value, Span | Money | Effort | Rate):
        return str(value)
    if isinstance(value, Estimate):
        return to_plain(value)
    if isinstance(value, After) and value.type == "FS" and value.lag is None:
        return value.source
    if isinstance(value, Budget):
        return value.to_plain() if value.is_lump else [plain_noun(line) for line in value.lines]
    if isinstance(value, Change):
        return change_to_plain(value)
    if isinstance(value, Mapping):
        return {key: plain_value(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        return [plain_value(inner) for inner in value]
    return plain_noun(value)


def plain_noun(noun: Any) -> dict[str, Any]:
    """A noun as a mapping without what is unknown or default."""
    out: dict[str, Any] = {}
    for name, key, default, single in _fields(type(noun)):
        value = getattr(noun, name)
        if value is None or value == default:
            continue
        data = plain_value(value)
        out[key] = data[0] if single and len(data) == 1 and not isinstance(data[0], list) else data
    return out


def to_plain_portfolio(portfolio: Portfolio) -> dict[str, Any]:
    """The whole portfolio, laid out as a file: `ipmo`, `portfolio`, lists of nouns, `organisation`."""
    flat = plain_noun(portfolio)
    header = {key: flat.pop(key) for key in HEADER if key in flat}
    organisation = {key: flat.pop(key) for key in ORGANISATION if key in flat}
    document: dict[str, Any] = {"ipmo": VERSION, "portfolio": header, **flat}
    if organisation:
        document["organisation"] = organisation
    return document
