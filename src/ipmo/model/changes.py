"""What-if changes as values: what a change request would do to the portfolio, or a question that somebody asks.

They say what is wanted and nothing of how: `ipmo.what_if` applies them, all or none, and says what follows. Each reads as
a sentence, and is written in a file as one mapping, `{delay: {target: tram/design, by: 10 d}}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import attrs
from attrs.converters import optional

from ipmo.errors import UnitError
from ipmo.model.estimates import Estimate, as_estimate, as_time, to_plain
from ipmo.model.fields import text
from ipmo.units import Money, Span, When, as_money, as_share, as_span, as_when

__all__ = [
    "Add",
    "AddLink",
    "Change",
    "Delay",
    "Fund",
    "MoveBudget",
    "Remove",
    "RemoveLink",
    "SetBudget",
    "SetDate",
    "SetDuration",
    "SetEstimate",
    "SetLag",
    "SetProbability",
    "Stop",
    "as_change",
    "as_changes",
]

LINK_TYPES = ("FS", "SS", "FF", "SF")
NO_LAG = Span(0, "d")
_type: Any = attrs.field(default="FS", validator=attrs.validators.in_(LINK_TYPES))


def _length(value: Any) -> Span:
    """A delay: time, not money.

    Raises:
        UnitError: it is money, or no length of time.
    """
    if isinstance(value, Money):
        raise UnitError(f"a delay is a length of time, not money (got {value}); write for example 10 d")
    try:
        return as_span(value)
    except UnitError as error:
        try:
            as_money(value)
        except UnitError:
            raise error from None
        raise UnitError(f"a delay is a length of time, not money (got {value!r}); write for example 10 d") from None


def _time(value: Any) -> Estimate:
    """An estimate of time that is nowhere negative.

    Raises:
        UnitError: it is negative, or no time.
    """
    estimate = as_time(value)
    least = estimate.quantile(0.0)
    if isinstance(least, Span) and least.amount < 0:
        raise UnitError(f"a duration of {value} is negative")
    return estimate


def _estimate(value: Any) -> Estimate:
    """An estimate of time, or of money where the text says so."""
    if isinstance(value, Estimate):
        return value
    try:
        return _time(value)
    except UnitError as error:
        try:
            return as_estimate(value, as_money)
        except UnitError:
            raise error from None


def _positive(value: Any) -> Money:
    amount = as_money(value)
    if amount.amount < 0:
        raise UnitError(f"{amount} is negative; turn the direction round")
    return amount


@attrs.frozen
class Delay:
    """An item starts later; work in progress ends later; a project moves its unfinished first tasks."""

    target: str = attrs.field(converter=text)
    by: Span = attrs.field(converter=_length)

    def __str__(self) -> str:
        if self.by.amount < 0:
            return f"bring {self.target} forward by {Span(-self.by.amount, self.by.unit)}"
        return f"delay {self.target} by {self.by}"


@attrs.frozen
class SetDuration:
    """A task takes another time."""

    target: str = attrs.field(converter=text)
    to: Estimate = attrs.field(converter=_time)

    def __str__(self) -> str:
        return f"let {self.target} take {_words(self.to)}"


@attrs.frozen
class SetEstimate:
    """An estimate is replaced: the `duration` or what is `remaining` of a task, the `budget` of an item."""

    target: str = attrs.field(converter=text)
    to: Estimate = attrs.field(converter=_estimate)
    field: str = attrs.field(default="duration", validator=attrs.validators.in_(("duration", "remaining", "budget")))

    def __str__(self) -> str:
        return f"estimate the {self.field} of {self.target} at {_words(self.to)}"


@attrs.frozen
class SetDate:
    """A date of an item is set, or taken away with `None`: not_before, deadline, need_by, start, finish, promised ..."""

    target: str = attrs.field(converter=text)
    field: str = attrs.field(converter=text)
    to: When | None = attrs.field(converter=optional(as_when))

    def __str__(self) -> str:
        if self.to is None:
            return f"take the {self.field} of {self.target} away"
        return f"set the {self.field} of {self.target} to {_day(self.to)}"


@attrs.frozen
class SetBudget:
    """An item gets another budget."""

    target: str = attrs.field(converter=text)
    to: Money = attrs.field(converter=as_money)

    def __str__(self) -> str:
        return f"set the budget of {self.target} to {self.to}"


@attrs.frozen
class MoveBudget:
    """Money goes from the budget of one item to that of another."""

    source: str = attrs.field(converter=text)
    target: str = attrs.field(converter=text)
    amount: Money = attrs.field(converter=_positive)

    def __str__(self) -> str:
        return f"move {self.amount} of budget from {self.source} to {self.target}"


@attrs.frozen
class Fund:
    """Money is granted to a project, a programme or the portfolio, on top of what it has; a proposed project is approved."""

    target: str = attrs.field(converter=text)
    amount: Money = attrs.field(converter=_positive)

    def __str__(self) -> str:
        return f"grant {self.amount} to {self.target}"


@attrs.frozen
class SetProbability:
    """A risk, a benefit, an assumption or a shared cause becomes more or less likely."""

    target: str = attrs.field(converter=text)
    to: float = attrs.field(converter=as_share)

    def __str__(self) -> str:
        return f"set the probability of {self.target} to {100 * self.to:g} %"


@attrs.frozen
class Stop:
    """A project or programme ends here: its unfinished work leaves the plan, and what hangs on that work with it."""

    target: str = attrs.field(converter=text)

    def __str__(self) -> str:
        return f"stop {self.target}"


@attrs.frozen
class Add:
    """A new item: a task, gate or risk of a project, or what stands at the top."""

    item: Any
    to: str | None = attrs.field(default=None, converter=optional(text))

    @property
    def kind(self) -> str:
        """What it is: task, gate, risk, project, benefit ..."""
        return type(self.item).__name__.lower()

    def __str__(self) -> str:
        where = f" to {self.to}" if self.to else ""
        return f"add {self.kind} {self.item.id}{where}"


@attrs.frozen
class Remove:
    """An item goes, with the links to and from it."""

    target: str = attrs.field(converter=text)

    def __str__(self) -> str:
        return f"remove {self.target}"


@attrs.frozen
class AddLink:
    """A new link."""

    source: str = attrs.field(converter=text)
    target: str = attrs.field(converter=text)
    type: str = _type
    lag: Span = attrs.field(default=NO_LAG, converter=as_span)

    def __str__(self) -> str:
        return f"link {self.source} to {self.target} ({self.type}{_lag(self.lag)})"


@attrs.frozen
class RemoveLink:
    """A link falls away."""

    source: str = attrs.field(converter=text)
    target: str = attrs.field(converter=text)
    type: str = _type

    def __str__(self) -> str:
        return f"take away the link from {self.source} to {self.target} ({self.type})"


@attrs.frozen
class SetLag:
    """A link waits for another time; negative for a lead."""

    source: str = attrs.field(converter=text)
    target: str = attrs.field(converter=text)
    to: Span = attrs.field(converter=as_span)
    type: str = _type

    def __str__(self) -> str:
        return f"set the lag from {self.source} to {self.target} ({self.type}) to {self.to}"


Change = (
    Delay
    | SetDuration
    | SetEstimate
    | SetDate
    | SetBudget
    | MoveBudget
    | Fund
    | SetProbability
    | Stop
    | Add
    | Remove
    | AddLink
    | RemoveLink
    | SetLag
)

NAMES: Mapping[str, type[Any]] = {
    "delay": Delay,
    "set_duration": SetDuration,
    "set_estimate": SetEstimate,
    "set_date": SetDate,
    "set_budget": SetBudget,
    "move_budget": MoveBudget,
    "fund": Fund,
    "set_probability": SetProbability,
    "stop": Stop,
    "add": Add,
    "remove": Remove,
    "add_link": AddLink,
    "remove_link": RemoveLink,
    "set_lag": SetLag,
}
KEYS: Mapping[str, Mapping[str, str]] = {
    "add_link": {"from": "source", "to": "target"},
    "remove_link": {"from": "source", "to": "target"},
    "set_lag": {"from": "source", "to": "target", "lag": "to"},
    "move_budget": {"from": "source", "to": "target"},
}
"""Fields that files call by another name: `from` and `to` where something goes from one item to another."""
BARE = ("stop", "remove")
"""Changes that may name their target alone: `{stop: airport}`."""
NOUNS = ("task", "gate", "risk", "project", "programme", "benefit", "outcome", "objective", "link")
"""What `add` adds, by the key that holds its fields."""


def _words(estimate: Estimate) -> str:
    plain = to_plain(estimate)
    if not isinstance(plain, Mapping):
        return str(plain)
    return ", ".join(f"{key} {value}" for key, value in plain.items())


def _day(when: When) -> str:
    return when.isoformat(sep=" ", timespec="minutes") if isinstance(when, datetime) else when.isoformat()


def _lag(lag: Span) -> str:
    if not lag.amount:
        return ""
    return f" + {lag}" if lag.amount > 0 else f" - {Span(-lag.amount, lag.unit)}"


def as_change(value: Any) -> Change:
    """`{set_duration: {target: tram/build, to: 130 d}}` or a change as a change.

    Raises:
        UnitError: it is no change.
    """
    if isinstance(value, Change):
        return value
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in NAMES:
        raise UnitError(f"{value!r:.200} is not a change; write one of {', '.join(NAMES)} with its fields")
    name, data = next(iter(value.items()))
    if isinstance(data, str) and name in BARE:
        data = {"target": data}
    if name == "add":
        return _added(data)
    keys = KEYS.get(name, {})
    fields = [_file_name(name, f.name) for f in attrs.fields(NAMES[name])]
    if not isinstance(data, Mapping):
        raise UnitError(f"{name} needs fields: {', '.join(fields)}")
    if unknown := [str(key) for key in data if str(key) not in fields]:
        raise UnitError(f"{name} has no field {unknown[0]!r}; it has {', '.join(sorted(fields))}")
    renamed = {keys.get(str(key), str(key)): one for key, one in data.items()}
    required = [f.name for f in attrs.fields(NAMES[name]) if f.default is attrs.NOTHING]
    if missing := [_file_name(name, f) for f in required if f not in renamed]:
        raise UnitError(f"{name} needs {' and '.join(missing)}")
    try:
        change: Change = NAMES[name](**renamed)
    except (TypeError, ValueError) as error:
        raise UnitError(f"{name}: {error}") from None
    return change


def as_changes(values: Iterable[Any]) -> tuple[Change, ...]:
    """Several changes, each as `as_change` takes it.

    Raises:
        UnitError: one is no change; its place among them is said.
    """
    out = []
    for place, value in enumerate(values):
        try:
            out.append(as_change(value))
        except UnitError as error:
            error.path = (place,)  # type: ignore[attr-defined]
            raise
    return tuple(out)


def _added(data: Any) -> Add:
    """`{task: {...}, to: tram}`: fields as files write them where they are single values."""
    kinds = [key for key in data if key in NOUNS] if isinstance(data, Mapping) else []
    if len(kinds) != 1 or set(data) - {kinds[0], "to"}:
        raise UnitError(f"add needs one of {', '.join(NOUNS)} with its fields, and `to:` with the project of a task, gate or risk")
    import ipmo.model as model

    fields = data[kinds[0]]
    cls = getattr(model, kinds[0].capitalize())
    if isinstance(fields, cls):
        return Add(fields, data.get("to"))
    if not isinstance(fields, Mapping):
        raise UnitError(f"add: {kinds[0]} needs its fields as a mapping")
    names = {_noun_key(field): field.name for field in attrs.fields(cls)}
    if unknown := [str(key) for key in fields if key not in names]:
        raise UnitError(f"add: a {kinds[0]} has no field {unknown[0]!r}")
    try:
        return Add(cls(**{names[key]: one for key, one in fields.items()}), data.get("to"))
    except (TypeError, ValueError) as error:
        raise UnitError(f"add: {error}") from None


def _noun_key(field: Any) -> str:
    return str(field.metadata.get("key") or field.name)


def _file_name(name: str, field: str) -> str:
    """What files call a field of a change."""
    return {inner: outer for outer, inner in KEYS.get(name, {}).items()}.get(field, field)


def change_to_plain(change: Change) -> Any:
    """The change as files write it; the inverse of `as_change`."""
    name = next(key for key, cls in NAMES.items() if cls is type(change))
    if isinstance(change, Add):
        from ipmo.model.plain import plain_noun

        inner: dict[str, Any] = {change.kind: plain_noun(change.item)}
        return {name: inner if change.to is None else {**inner, "to": change.to}}
    data = {}
    for field in attrs.fields(type(change)):
        value = getattr(change, field.name)
        if value == field.default:
            continue
        data[_file_name(name, field.name)] = _plain(value)
    if name in BARE:
        return {name: data["target"]}
    return {name: data}


def _plain(value: Any) -> Any:
    if isinstance(value, Estimate):
        return to_plain(value)
    if isinstance(value, date):
        return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()
    return value if value is None or isinstance(value, str | float) else str(value)
