"""What-if changes as values: what a change request would do to the portfolio, or a question that somebody asks.

They say what is wanted and nothing of how: `ipmo.what_if` applies them, all or none, and says what follows. Each reads as
a sentence, and is written in a file as one mapping, `{delay: {target: tram/design, by: 10 d}}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, cast

import attrs
from attrs.converters import optional

from ipmo.errors import ModelError, UnitError
from ipmo.model.benefits import Benefit, Objective, Outcome
from ipmo.model.estimates import Estimate
from ipmo.model.estimating import as_estimate, as_time, to_plain
from ipmo.model.fields import Noun, as_nouns, doc, text
from ipmo.model.governance import LINK_TYPES, Gate
from ipmo.model.people import Assignment, Resource
from ipmo.model.reading import IN_PYTHON, Reading, named, noun_of, problems_in, reads
from ipmo.model.risks import Risk
from ipmo.model.shape import keys_of
from ipmo.model.splitting import Interruption
from ipmo.model.work import Link, Programme, Project, Task
from ipmo.units import Money, Span, When, as_date, as_money, as_share, as_span, as_when

__all__ = [
    "Add",
    "AddLink",
    "AsSoonAsPossible",
    "Change",
    "ChangeRequest",
    "Delay",
    "Fund",
    "Interrupt",
    "MoveBudget",
    "Pause",
    "Remove",
    "RemoveLink",
    "Restaff",
    "SetBudget",
    "SetDate",
    "SetDuration",
    "SetEstimate",
    "SetLag",
    "SetProbability",
    "Stop",
    "as_change",
    "as_changes",
    "parts_of",
]

NO_LAG = Span(0, "d")
NOUNS: Mapping[str, type[Noun]] = {
    cls.__name__.lower(): cls for cls in (Task, Gate, Risk, Project, Programme, Benefit, Outcome, Objective, Link, Resource)
}
"""What `add` adds, by the key that holds its fields."""


def _link_type(value: object) -> str:
    """One of the four types of links.

    Raises:
        UnitError: it is none.
    """
    if isinstance(value, str) and value in LINK_TYPES:
        return str(value)
    raise UnitError(f"{value!r:.60} is not a type of link; write one of {', '.join(LINK_TYPES)}")


def _estimated(value: object) -> str:
    """What an estimate can be of.

    Raises:
        UnitError: it is none of them.
    """
    if isinstance(value, str) and value in ("duration", "remaining", "budget"):
        return str(value)
    raise UnitError(f"{value!r:.60} is no estimate of an item; write duration, remaining or budget")


def _added_noun(value: object) -> object:
    """A noun that can be added.

    Raises:
        UnitError: it is none.
    """
    if isinstance(value, tuple(NOUNS.values())):
        return value
    raise UnitError(f"{value!r:.60} cannot be added; give one of {', '.join(cls.__name__ for cls in NOUNS.values())}")


def _length(value: object) -> Span:
    """A delay: time, not money.

    Raises:
        UnitError: it is money, or no length of time.
    """
    if isinstance(value, Money):
        raise UnitError(f"a delay is a length of time, not money (got {value}); write for example 10 d")
    try:
        return as_span(cast("Span | str", value))
    except UnitError as error:
        try:
            as_money(cast("Money | str", value))
        except UnitError:
            raise error from None
        raise UnitError(f"a delay is a length of time, not money (got {value!r:.60}); write for example 10 d") from None


def _not_negative(_: object, field: attrs.Attribute[Estimate], estimate: Estimate) -> None:
    """An estimate of time is nowhere negative.

    Raises:
        ModelError: it is.
    """
    least = estimate.quantile(0.0)
    if isinstance(least, Span) and least.amount < 0:
        raise ModelError.of(field.name, f"a duration of {_words(estimate)} is negative")


def _estimate(value: object) -> Estimate:
    """An estimate of time, or of money where the text says so."""
    try:
        return as_time(value)
    except UnitError as error:
        try:
            return as_estimate(value, as_money)
        except UnitError:
            raise error from None


def _positive(value: object) -> Money:
    amount = as_money(cast("Money | str", value))
    if amount.amount < 0:
        raise UnitError(f"{amount} is negative; turn the direction round")
    return amount


@attrs.frozen(field_transformer=named)
class Delay:
    """An item starts later; work in progress ends later; a project moves its unfinished first tasks."""

    target: str = attrs.field(converter=text)
    by: Span = attrs.field(converter=_length)

    def __str__(self) -> str:
        if self.by.amount < 0:
            return f"bring {self.target} forward by {Span(-self.by.amount, self.by.unit)}"
        return f"delay {self.target} by {self.by}"


@attrs.frozen(field_transformer=named)
class SetDuration:
    """A task takes another time."""

    target: str = attrs.field(converter=text)
    to: Estimate = attrs.field(converter=as_time, validator=_not_negative)

    def __str__(self) -> str:
        return f"let {self.target} take {_words(self.to)}"


@attrs.frozen(field_transformer=named)
class Restaff:
    """A task is done by others, or by more or fewer of them, in another time; its other ways are off."""

    target: str = attrs.field(converter=text)
    to: Estimate = attrs.field(converter=as_time, validator=_not_negative, metadata=doc("how long it takes", unit="time"))
    assignments: tuple[Assignment, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("who does it"))

    def __str__(self) -> str:
        who = " and ".join(f"{one.units:g} of {one.resource}" for one in self.assignments)
        return f"let {self.target} be done{f' by {who}' if who else ''} in {_words(self.to)}"


@attrs.frozen(field_transformer=named)
class Interrupt:
    """A task rests in these times and in no others: its people are free for other work, and it goes on afterwards."""

    target: str = attrs.field(converter=text)
    to: tuple[Interruption, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("when it rests", one_or_many=True))

    def __str__(self) -> str:
        when = " and ".join(f"from {_day(one.since)} to {_day(one.until)}" for one in self.to)
        return f"let {self.target} rest {when}" if when else f"let {self.target} go on without interruptions"


@attrs.frozen(field_transformer=named)
class AsSoonAsPossible:
    """A task that was as late as possible starts as soon as its links let it."""

    target: str = attrs.field(converter=text)

    def __str__(self) -> str:
        return f"let {self.target} start as soon as possible"


@attrs.frozen(field_transformer=named)
class SetEstimate:
    """An estimate is replaced: the `duration` or what is `remaining` of a task, the `budget` of an item."""

    target: str = attrs.field(converter=text)
    to: Estimate = attrs.field(converter=_estimate, validator=_not_negative, metadata=doc("what it is now", unit="time or money"))
    field: str = attrs.field(default="duration", converter=_estimated)

    def __str__(self) -> str:
        return f"estimate the {self.field} of {self.target} at {_words(self.to)}"


@attrs.frozen(field_transformer=named)
class SetDate:
    """A date of an item is set, or taken away with `None`: not_before, deadline, need_by, start, finish, promised ..."""

    target: str = attrs.field(converter=text)
    field: str = attrs.field(converter=text)
    to: When | None = attrs.field(converter=optional(as_when))

    def __str__(self) -> str:
        if self.to is None:
            return f"take the {self.field} of {self.target} away"
        return f"set the {self.field} of {self.target} to {_day(self.to)}"


@attrs.frozen(field_transformer=named)
class SetBudget:
    """An item gets another budget."""

    target: str = attrs.field(converter=text)
    to: Money = attrs.field(converter=as_money)

    def __str__(self) -> str:
        return f"set the budget of {self.target} to {self.to}"


@attrs.frozen(field_transformer=named)
class MoveBudget:
    """Money goes from the budget of one item to that of another."""

    source: str = attrs.field(converter=text, metadata={"key": "from"})
    target: str = attrs.field(converter=text, metadata={"key": "to"})
    amount: Money = attrs.field(converter=_positive)

    def __str__(self) -> str:
        return f"move {self.amount} of budget from {self.source} to {self.target}"


@attrs.frozen(field_transformer=named)
class Fund:
    """Money is granted to a project, a programme or the portfolio, on top of what it has; a proposed project is approved."""

    target: str = attrs.field(converter=text)
    amount: Money = attrs.field(converter=_positive)

    def __str__(self) -> str:
        return f"grant {self.amount} to {self.target}"


@attrs.frozen(field_transformer=named)
class SetProbability:
    """A risk, a benefit, an assumption or a shared cause becomes more or less likely."""

    target: str = attrs.field(converter=text)
    to: float = attrs.field(converter=as_share)

    def __str__(self) -> str:
        return f"set the probability of {self.target} to {100 * self.to:g} %"


@attrs.frozen(field_transformer=named)
class Stop:
    """A project or programme ends here: its unfinished work leaves the plan, and what depends on that work with it."""

    target: str = attrs.field(converter=text)

    def __str__(self) -> str:
        return f"stop {self.target}"


@attrs.frozen(field_transformer=named)
class Pause:
    """A project or programme waits: its unfinished work, and what depends on it, has no dates until somebody takes it up again."""

    target: str = attrs.field(converter=text)

    def __str__(self) -> str:
        return f"pause {self.target}"


@attrs.frozen(field_transformer=named)
class Add:
    """A new item: a task, gate or risk of a project, or what stands at the top."""

    item: Any = attrs.field(converter=_added_noun)
    to: str | None = attrs.field(default=None, converter=optional(text))

    @property
    def kind(self) -> str:
        """What it is: task, gate, risk, project, benefit ..."""
        return type(self.item).__name__.lower()

    def __str__(self) -> str:
        where = f" to {self.to}" if self.to else ""
        return f"add {self.kind} {self.item.id}{where}"


@attrs.frozen(field_transformer=named)
class Remove:
    """An item goes, with the links to and from it."""

    target: str = attrs.field(converter=text)

    def __str__(self) -> str:
        return f"remove {self.target}"


@attrs.frozen(field_transformer=named)
class AddLink:
    """A new link."""

    source: str = attrs.field(converter=text, metadata={"key": "from"})
    target: str = attrs.field(converter=text, metadata={"key": "to"})
    type: str = attrs.field(default="FS", converter=_link_type)
    lag: Span = attrs.field(default=NO_LAG, converter=as_span)

    def __str__(self) -> str:
        return f"link {self.source} to {self.target} ({self.type}{_lag(self.lag)})"


@attrs.frozen(field_transformer=named)
class RemoveLink:
    """A link falls away."""

    source: str = attrs.field(converter=text, metadata={"key": "from"})
    target: str = attrs.field(converter=text, metadata={"key": "to"})
    type: str = attrs.field(default="FS", converter=_link_type)

    def __str__(self) -> str:
        return f"take away the link from {self.source} to {self.target} ({self.type})"


@attrs.frozen(field_transformer=named)
class SetLag:
    """A link waits for another time; negative for a lead."""

    source: str = attrs.field(converter=text, metadata={"key": "from"})
    target: str = attrs.field(converter=text, metadata={"key": "to"})
    to: Span = attrs.field(converter=as_span, metadata={"key": "lag"})
    type: str = attrs.field(default="FS", converter=_link_type)

    def __str__(self) -> str:
        return f"set the lag from {self.source} to {self.target} ({self.type}) to {self.to}"


Change = (
    Delay
    | SetDuration
    | Restaff
    | Interrupt
    | AsSoonAsPossible
    | SetEstimate
    | SetDate
    | SetBudget
    | MoveBudget
    | Fund
    | SetProbability
    | Stop
    | Pause
    | Add
    | Remove
    | AddLink
    | RemoveLink
    | SetLag
)

NAMES: Mapping[str, type] = {
    "delay": Delay,
    "set_duration": SetDuration,
    "restaff": Restaff,
    "interrupt": Interrupt,
    "as_soon_as_possible": AsSoonAsPossible,
    "set_estimate": SetEstimate,
    "set_date": SetDate,
    "set_budget": SetBudget,
    "move_budget": MoveBudget,
    "fund": Fund,
    "set_probability": SetProbability,
    "stop": Stop,
    "pause": Pause,
    "add": Add,
    "remove": Remove,
    "add_link": AddLink,
    "remove_link": RemoveLink,
    "set_lag": SetLag,
}
BARE = ("stop", "pause", "remove", "as_soon_as_possible")
"""Changes that may name their target alone: `{stop: airport}`."""


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


def as_change(value: object, reading: Reading = IN_PYTHON) -> Change:
    """`{set_duration: {target: tram/build, to: 130 d}}` or a change as a change.

    Raises:
        ModelError: it is no change, or what it says is wrong: each problem with its path.
    """
    if isinstance(value, Change):
        return value
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in NAMES:
        raise ModelError(f"{value!r:.200} is not a change; write one of {', '.join(NAMES)} with its fields")
    name, data = next(iter(value.items()))
    if isinstance(data, str) and name in BARE:
        data = {"target": data}
    if name == "add":
        return _added(data, reading)
    fields = keys_of(NAMES[name])
    if not isinstance(data, Mapping):
        raise ModelError(f"{name} needs fields: {', '.join(fields)}")
    if unknown := [str(key) for key in data if str(key) not in fields]:
        raise ModelError(f"{name} has no field {unknown[0]!r}; it has {', '.join(sorted(fields))}")
    if missing := [key for key, one in fields.items() if one.required and key not in data]:
        raise ModelError(f"{name} needs {' and '.join(missing)}")
    try:
        return cast(Change, NAMES[name](**{fields[str(key)].name: one for key, one in data.items()}))
    except ModelError as error:
        raise error.at(name) from None


def as_changes(values: Iterable[object]) -> tuple[Change, ...]:
    """Several changes, each as `as_change` takes it.

    Raises:
        ModelError: one is no change; its place among them is said.
    """
    out = []
    for place, value in enumerate(values):
        try:
            out.append(as_change(value))
        except ModelError as error:
            raise error.at(place) from None
    return tuple(out)


def _added(data: object, reading: Reading) -> Add:
    """`{task: {...}, to: tram}`: the fields of an item as files write them."""
    kinds = [key for key in data if key in NOUNS] if isinstance(data, Mapping) else []
    if not isinstance(data, Mapping) or len(kinds) != 1 or set(data) - {kinds[0], "to"}:
        raise ModelError(f"add needs one of {', '.join(NOUNS)} with its fields, and `to:` with the project of a task, gate or risk")
    try:
        noun = noun_of(NOUNS[kinds[0]], data[kinds[0]], reading)
    except (UnitError, ModelError) as error:
        raise ModelError(problems_in(error, "add", kinds[0])) from None
    try:
        return Add(noun, data.get("to"))
    except ModelError as error:
        raise error.at("add") from None


def parts_of(change: Change) -> tuple[str, dict[str, object] | str]:
    """The name of a change in files, and its fields as they are, by their names in files; what it names alone where it may."""
    name = next(key for key, cls in NAMES.items() if cls is type(change))
    if isinstance(change, Add):
        return name, {change.kind: change.item, **({} if change.to is None else {"to": change.to})}
    values = {key: (one, getattr(change, one.name)) for key, one in keys_of(type(change)).items()}
    stated = {key: value for key, (one, value) in values.items() if one.required or value != one.default}
    return name, str(stated["target"]) if name in BARE else stated


reads(Change, lambda _: as_change, *NAMES.values())


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class ChangeRequest(Noun):
    """A what-if change that waits for a decision."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    item: str | None = attrs.field(default=None, metadata=doc("what it is about", refers="item"))
    effect: tuple[Change, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("what it would change", one_or_many=True))
    state: str = attrs.field(
        default="raised", metadata=doc("where it stands", choices=("raised", "approved", "rejected", "done", "withdrawn"))
    )
    raised: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("when"))
    owner: str | None = attrs.field(default=None, metadata=doc("who asks", refers="owner"))
    cost: Money | None = attrs.field(default=None, converter=optional(as_money), metadata=doc("of the change", unit="money"))
