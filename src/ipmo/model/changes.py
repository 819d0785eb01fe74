"""What-if changes as values: what a change request would do to the portfolio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from ipmo.errors import UnitError
from ipmo.model.estimates import Estimate, as_time, to_plain
from ipmo.model.fields import text
from ipmo.units import Money, Span, as_money, as_span

__all__ = ["AddLink", "Change", "Delay", "RemoveLink", "SetBudget", "SetDuration", "Stop", "as_change"]


@attrs.frozen
class Delay:
    """An item starts later; work in progress ends later; a project moves its unfinished first tasks."""

    target: str = attrs.field(converter=text)
    by: Span = attrs.field(converter=as_span)


@attrs.frozen
class SetDuration:
    """A task takes another time."""

    target: str = attrs.field(converter=text)
    to: Estimate = attrs.field(converter=as_time)


@attrs.frozen
class SetBudget:
    """An item gets another budget."""

    target: str = attrs.field(converter=text)
    to: Money = attrs.field(converter=as_money)


@attrs.frozen
class Stop:
    """A project or programme ends here: its unfinished work leaves the plan."""

    target: str = attrs.field(converter=text)


@attrs.frozen
class AddLink:
    """A new link."""

    source: str = attrs.field(converter=text)
    target: str = attrs.field(converter=text)
    type: str = attrs.field(default="FS", validator=attrs.validators.in_(("FS", "SS", "FF", "SF")))
    lag: Span = attrs.field(default=Span(0, "d"), converter=as_span)


@attrs.frozen
class RemoveLink:
    """A link falls away."""

    source: str = attrs.field(converter=text)
    target: str = attrs.field(converter=text)
    type: str = attrs.field(default="FS", validator=attrs.validators.in_(("FS", "SS", "FF", "SF")))


Change = Delay | SetDuration | SetBudget | Stop | AddLink | RemoveLink

NAMES: Mapping[str, type[Any]] = {
    "delay": Delay,
    "set_duration": SetDuration,
    "set_budget": SetBudget,
    "stop": Stop,
    "add_link": AddLink,
    "remove_link": RemoveLink,
}
KEYS = {"from": "source", "to": "target"}  # of the link changes only


def as_change(value: Any) -> Change:
    """`{set_duration: {target: tram/build, to: 130 d}}` or a change as a change.

    Raises:
        UnitError: it is no change.
    """
    if isinstance(value, Change):
        return value
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in NAMES:
        raise UnitError(f"{value!r} is not a change; write one of {', '.join(NAMES)} with its fields")
    name, data = next(iter(value.items()))
    if isinstance(data, str) and name == "stop":
        data = {"target": data}
    if not isinstance(data, Mapping):
        raise UnitError(f"{name} needs fields: {', '.join(f.name for f in attrs.fields(NAMES[name]))}")
    renamed = {(KEYS.get(str(key), str(key)) if name.endswith("_link") else str(key)): v for key, v in data.items()}
    known = {field.name for field in attrs.fields(NAMES[name])}
    if unknown := set(renamed) - known:
        raise UnitError(f"{name} has no field {sorted(unknown)[0]!r}; it has {', '.join(sorted(known))}")
    try:
        change: Change = NAMES[name](**renamed)
    except (TypeError, ValueError) as error:
        raise UnitError(f"{name}: {error}") from None
    return change


def change_to_plain(change: Change) -> Any:
    """The change as files write it; the inverse of `as_change`."""
    name = next(key for key, cls in NAMES.items() if cls is type(change))
    back = {v: k for k, v in KEYS.items()} if name.endswith("_link") else {}
    data = {}
    for field in attrs.fields(type(change)):
        value = getattr(change, field.name)
        if value == field.default:
            continue
        plain = to_plain(value) if isinstance(value, Estimate) else value if isinstance(value, str) else str(value)
        data[back.get(field.name, field.name)] = plain
    return {name: data}
