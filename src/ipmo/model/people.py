"""Who does the work and who governs it: people, offices, boards, services, flows, resources."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from datetime import date

import attrs
from attrs.converters import optional

from ipmo.errors import ModelError, UnitError
from ipmo.model.fields import EMPTY, Extensions, FrozenMap, Noun, as_extensions, doc, text, texts
from ipmo.model.reading import named
from ipmo.units import Effort, Money, Rate, Span, When, as_date, as_effort, as_money, as_number, as_rate, as_span, as_when

__all__ = [
    "Assignment",
    "Capacity",
    "DataFlow",
    "DecisionBody",
    "Office",
    "Person",
    "Resource",
    "Service",
    "Stakeholder",
]
OFFICE_TYPES = ("portfolio", "hub", "programme", "project", "centre of excellence")
CUT_OFF = re.compile(r"(?:(?P<span>[0-9]{1,15}(?:\.[0-9]{1,15})? ?[a-z]{1,7}) (?P<side>before|after) )?period end", re.ASCII)
"""`period end`, `3 d before period end`, `2 d after period end`."""


def _cut_off(value: object) -> str:
    """An offset from the end of a period, as it stands.

    Raises:
        UnitError: it is none.
    """
    words = text(value)
    if words:
        found = CUT_OFF.fullmatch(words)
        if found is None:
            raise UnitError(f"{words[:60]!r} is no cut-off; write for example 3 d before period end")
        if found["span"] is not None:
            as_span(found["span"])
    return words


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Person(Noun):
    """A person or a role; owners are declared, so that a check can ask who is permanent and who assures whom."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("name or title"))
    kind: str = attrs.field(default="person", metadata=doc("person or role", choices=("person", "role")))
    permanent: bool | None = attrs.field(default=None, metadata=doc("still there when the project has closed"))
    line: str = attrs.field(default="", metadata=doc("free name of the line of the organisation"))
    office: str | None = attrs.field(default=None, metadata=doc("the office they belong to", refers="office"))
    roles: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("free names of roles held"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Stakeholder(Noun):
    """Somebody who is affected or has influence. Kept for the register of stakeholders; nothing reads it now."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("who"))
    items: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("in what", one_or_many=True, refers="item"))
    interest: str | None = attrs.field(default=None, metadata=doc("how much it matters to them", choices=("low", "medium", "high")))
    influence: str | None = attrs.field(default=None, metadata=doc("how much they can do", choices=("low", "medium", "high")))
    attitude: str | None = attrs.field(default=None, metadata=doc("where they stand", choices=("against", "neutral", "for", "unknown")))
    note: str = attrs.field(default="", metadata=doc("remarks"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Service(Noun):
    """Something an office does for others."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    level: str | None = attrs.field(default=None, metadata=doc("whom it serves", choices=("portfolio", "programme", "project")))
    mode: str | None = attrs.field(default=None, metadata=doc("who must take it", choices=("mandatory", "on request", "advisory")))
    kind: str = attrs.field(default="", metadata=doc("what it is in the catalogue; its own id when left out"))
    provider: str | None = attrs.field(default=None, metadata=doc("the office that gives it", refers="office"))
    owner: str | None = attrs.field(default=None, metadata=doc("who answers for it where no office gives it", refers="owner"))
    consumers: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("who takes it", refers="item"))
    sla: str = attrs.field(default="", metadata=doc("what is committed"))
    split: str = attrs.field(default="", metadata=doc("how it is shared with others who give the same"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class DecisionBody(Noun):
    """A board or committee with delegated authority."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    level: str | None = attrs.field(default=None, metadata=doc("of the organisation", choices=("portfolio", "programme", "project")))
    authority: Money | None = attrs.field(default=None, converter=optional(as_money), metadata=doc("may approve up to this", unit="money"))
    reports_to: str | None = attrs.field(default=None, metadata=doc("the board above", refers="body"))
    members: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("who sits on it", refers="person"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Office(Noun):
    """A portfolio, hub, programme or project office, or a centre of excellence (P3O)."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    type: str = attrs.field(default="portfolio", metadata=doc("what it supports", source="P3O", choices=OFFICE_TYPES))
    permanent: bool | None = attrs.field(default=None, metadata=doc("it outlives its initiatives"))
    starts: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("opens"))
    ends: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("closes", end=True))
    host: str | None = attrs.field(default=None, metadata=doc("the initiative that hosts a temporary office", refers="item"))
    reports_to: tuple[str, ...] = attrs.field(
        default=(), converter=texts, metadata=doc("office or board above it", one_or_many=True, refers="office or body")
    )
    sponsor: str | None = attrs.field(default=None, metadata=doc("who pays for it", refers="owner"))
    services: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("what it does; names of the catalogue"))
    methodology: str | None = attrs.field(default=None, metadata=doc("overrides the portfolio's for offices"))
    extensions: Extensions = attrs.field(default=EMPTY, converter=as_extensions, metadata=doc("what methodologies add"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class DataFlow(Noun):
    """A reported field on its way from its source to a reader."""

    field: str = attrs.field(metadata=doc("free name of what flows"))
    source_system: str = attrs.field(default="", metadata=doc("system of record", key="source"))
    source: str = attrs.field(converter=text, metadata=doc("office or board that sends", key="from", refers="office or body"))
    target: str = attrs.field(converter=text, metadata=doc("office or board that receives", key="to", refers="office or body"))
    every: Span | None = attrs.field(default=None, converter=optional(as_span), metadata=doc("cadence", unit="time"))
    cut_off: str = attrs.field(
        default="", converter=_cut_off, metadata=doc("last moment for data of the period, for example `3 d before period end`", unit="time")
    )

    @property
    def lead(self) -> Span | None:
        """How long before the end of its period the data are cut off; negative for after it, None when not stated."""
        found = CUT_OFF.fullmatch(self.cut_off)
        if found is None:
            return None
        if found["span"] is None:
            return Span(0, "d")
        span = as_span(found["span"])
        return span if found["side"] == "before" else Span(-span.amount, span.unit)


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Capacity(Noun):
    """How much of a resource there is from a date on."""

    since: date = attrs.field(converter=as_date, metadata=doc("first day it holds", key="from"))
    value: float = attrs.field(converter=as_number, metadata=doc("units available", unit="units"))

    def __attrs_post_init__(self) -> None:
        if self.value < 0:
            raise ModelError.of("value", f"a capacity is nothing at the least (got {self.value:g})")


def _by_date(rows: Iterable[Capacity]) -> tuple[Capacity, ...]:
    return tuple(sorted(rows, key=lambda row: row.since))


def _productivities(values: Mapping[str, float | str]) -> FrozenMap[str, float]:
    """Productivity by skill.

    Raises:
        UnitError: one is no number, or not above 0.
    """
    found = {text(name): as_number(value) for name, value in values.items()}
    for name, value in found.items():
        if value <= 0:
            raise UnitError(f"productivity of {name[:60]!r} is {value:g}; write a number above 0, 1 for the usual")
    return FrozenMap(found) if found else EMPTY


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Resource(Noun):
    """People of a kind, a team, a machine; or a role or skill, with no capacity of its own, that others have."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    unit: str = attrs.field(default="person", metadata=doc("what one unit is"))
    capacity: tuple[Capacity, ...] = attrs.field(default=(), converter=_by_date, metadata=doc("dated capacity, one row a day"))
    rate: Rate | None = attrs.field(default=None, converter=optional(as_rate), metadata=doc("cost of its effort", unit="money per effort"))
    calendar: str | None = attrs.field(default=None, metadata=doc("when it works", refers="calendar"))
    category: str = attrs.field(default="", metadata=doc("free name"))
    skills: FrozenMap[str, float] = attrs.field(
        default=EMPTY,
        converter=_productivities,
        metadata=doc(
            "roles and skills that it can take the work of, by how productive it is: at 0.5 it takes twice the units", refers="resource"
        ),
    )
    used_up: bool = attrs.field(
        default=False,
        metadata=doc(
            "what work takes of it is gone: its capacity is how much there is in all from then on, `units` how much in all is taken"
        ),
    )

    def __attrs_post_init__(self) -> None:
        for one, other in itertools.pairwise(self.capacity):
            if one.since == other.since:
                raise ModelError.of(
                    "capacity",
                    f"there are two capacities from {one.since} on: {one.value:g} and {other.value:g}; write one, their sum if both are there",
                )
        if self.used_up and self.calendar is not None:
            raise ModelError.of("calendar", "what is used up has no hours; take the calendar away, or used_up:")
        if self.used_up and self.skills:
            raise ModelError.of("skills", "what is used up takes no work; take the skills away, or used_up:")


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Assignment(Noun):
    """A resource at work on a task."""

    resource: str = attrs.field(metadata=doc("which; of a role or skill, whoever has it", refers="resource"))
    units: float = attrs.field(default=1, converter=as_number, metadata=doc("how many of it", unit="units"))
    least: float | None = attrs.field(
        default=None,
        converter=optional(as_number),
        metadata=doc("of effort-driven work the minimum team: so few units do it too, in more time", unit="units"),
    )
    most: float | None = attrs.field(
        default=None,
        converter=optional(as_number),
        metadata=doc("of effort-driven work: so many units do it too, in less time", unit="units"),
    )
    effort: Effort | None = attrs.field(default=None, converter=optional(as_effort), metadata=doc("total work", unit="effort"))

    def __attrs_post_init__(self) -> None:
        if self.units < 0:
            raise ModelError.of("units", f"fewer than no units of {self.resource!r} cannot work (got {self.units:g})")
        if self.effort is not None and self.effort.amount < 0:
            raise ModelError.of("effort", f"the effort of {self.resource!r} is nothing at the least (got {self.effort})")
        if self.least is not None and not 0 < self.least <= self.units:
            raise ModelError.of("least", f"the minimum team is above 0 and at most the {self.units:g} units (got {self.least:g})")
        if self.most is not None and self.most < self.units:
            raise ModelError.of("most", f"the largest team is at least the {self.units:g} units (got {self.most:g})")

    @property
    def ranged(self) -> bool:
        """Levelling may give it other numbers of people."""
        return self.least is not None or self.most is not None
