"""Why the change is made: objectives, outcomes, benefits and the shares that connect them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

import attrs
from attrs.converters import optional

from ipmo.model.estimates import Estimate
from ipmo.model.estimating import as_factor, as_lag
from ipmo.model.fields import EMPTY, Extensions, FrozenMap, Noun, as_extensions, as_map, as_noun, as_nouns, doc, text, texts
from ipmo.model.money import Budget, PriceBase, as_budget
from ipmo.model.reading import named
from ipmo.units import Money, Rate, Span, When, as_date, as_money, as_number, as_rate, as_share, as_span, as_when

__all__ = ["Benefit", "Contribution", "Enabler", "Objective", "Outcome"]


def _worth(value: Rate | Money | str) -> Rate | Money:
    if isinstance(value, Rate | Money):
        return value
    return as_rate(value) if isinstance(value, str) and (" per " in value or "/" in value) else as_money(value)


def _shares(values: Iterable[float | str]) -> tuple[float, ...]:
    return tuple(map(as_share, values))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Objective(Noun):
    """What the organisation wants to achieve, and how one sees that it has: objective and key result in one.

    What its benefits and outcomes bring by the target date is forecast by `ipmo.attainment`.
    """

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    weight: float | None = attrs.field(
        default=None, converter=optional(as_share), metadata=doc("importance among the objectives", unit="share")
    )
    owner: str | None = attrs.field(default=None, metadata=doc("who answers for it", refers="owner"))
    measure: str = attrs.field(default="", metadata=doc("what is measured: its key result"))
    unit: str = attrs.field(default="", metadata=doc("unit of the measure"))
    baseline: float | None = attrs.field(default=None, converter=optional(as_number), metadata=doc("value before"))
    target: float | None = attrs.field(default=None, converter=optional(as_number), metadata=doc("value aimed at"))
    target_date: date | None = attrs.field(
        default=None, converter=optional(as_date), metadata=doc("end of the period in which it is to be reached")
    )
    actual: float | None = attrs.field(default=None, converter=optional(as_number), metadata=doc("value as measured last"))
    measured: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("when that was"))
    attributes: FrozenMap[str, str] = attrs.field(default=EMPTY, converter=as_map, metadata=doc("free text to group by"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Enabler(Noun):
    """What must be there before an outcome or benefit can start, and how long adoption takes after it."""

    alone: ClassVar[str] = "source"
    source: str = attrs.field(metadata=doc("task, milestone, gate, project, outcome or benefit", key="from", refers="node"))
    lag: Span | None = attrs.field(
        default=None,
        converter=as_lag,
        metadata=doc("adoption time, or an estimate of it", unit="time", source="Piney, Earned Benefit"),
    )


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Outcome(Noun):
    """What is different once the outputs are used; outputs and capabilities may stand between it and the work."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    kind: str = attrs.field(
        default="outcome",
        metadata=doc("where it lies on the map", source="MSP", choices=("output", "capability", "business change", "outcome")),
    )
    owner: str | None = attrs.field(default=None, metadata=doc("who answers for it", refers="owner"))
    enabled_by: tuple[Enabler, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("all of these are needed", one_or_many=True))
    any_of: tuple[Enabler, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("one of these is enough", one_or_many=True))
    attributes: FrozenMap[str, str] = attrs.field(default=EMPTY, converter=as_map, metadata=doc("free text to group by"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Benefit(Noun):
    """A measurable improvement with an owner, or a dis-benefit. Fields follow the MSP benefit profile."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    description: str = attrs.field(default="", metadata=doc("what gets better, for whom"))
    disbenefit: bool = attrs.field(default=False, metadata=doc("it makes something worse: counted with a minus sign"))
    cashable: bool | None = attrs.field(default=None, metadata=doc("it releases money from a budget"))
    category: str = attrs.field(default="", metadata=doc("free name, for example efficiency"))
    belongs_to: str | None = attrs.field(
        default=None, metadata=doc("the portfolio, a programme, or `business`: never one project, which ends too soon")
    )
    owner: str | None = attrs.field(default=None, metadata=doc("who realises it; alive after closure", refers="owner"))
    enabled_by: tuple[Enabler, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("all of these are needed", one_or_many=True))
    any_of: tuple[Enabler, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("one of these is enough", one_or_many=True))
    outcome: str | None = attrs.field(default=None, metadata=doc("the outcome it comes from", refers="outcome"))
    value: Rate | Money | None = attrs.field(
        default=None, converter=optional(_worth), metadata=doc("what it is worth", unit="money or money per time")
    )
    lasts: Span | None = attrs.field(
        default=None, converter=optional(as_span), metadata=doc("its life, which moves with its start", unit="time")
    )
    until: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("a fixed end, whenever it starts", end=True))
    ramp: tuple[float, ...] = attrs.field(default=(), converter=_shares, metadata=doc("share of the value by year", unit="share"))
    probability: float | None = attrs.field(default=None, converter=optional(as_share), metadata=doc("that it comes at all", unit="share"))
    factor: Estimate | None = attrs.field(
        default=None,
        converter=optional(as_factor),
        metadata=doc("how much of its value may come: the simulation multiplies by it, other figures do not", unit="number"),
    )
    price_base: PriceBase | None = attrs.field(
        default=None, converter=optional(as_noun), metadata=doc("in whose prices; else the portfolio's")
    )
    measure: str = attrs.field(default="", metadata=doc("what is measured"))
    unit: str = attrs.field(default="", metadata=doc("unit of the measure"))
    population: str = attrs.field(default="", metadata=doc("free name of whom or what it is measured on"))
    baseline: float | None = attrs.field(default=None, converter=optional(as_number), metadata=doc("value before"))
    baseline_date: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("when that was measured"))
    target: float | None = attrs.field(default=None, converter=optional(as_number), metadata=doc("value aimed at"))
    target_date: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("when it should be reached"))
    need_by: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("latest acceptable start", end=True))
    planned_start: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("start in the approved plan"))
    booked: bool | None = attrs.field(default=None, metadata=doc("taken out of a budget or into a target"))
    actual: Budget | None = attrs.field(default=None, converter=optional(as_budget), metadata=doc("realised so far", unit="money"))
    method: str = attrs.field(default="", metadata=doc("how and how often it is measured"))
    risks: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("risks to it", refers="item"))
    attributes: FrozenMap[str, str] = attrs.field(default=EMPTY, converter=as_map, metadata=doc("free text to group by"))
    extensions: Extensions = attrs.field(default=EMPTY, converter=as_extensions, metadata=doc("what methodologies add"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Contribution(Noun):
    """The share of the target's value that is due to the source; at most 1 into one target."""

    source: str = attrs.field(converter=text, metadata=doc("outcome, benefit or project", key="from", refers="item"))
    target: str = attrs.field(converter=text, metadata=doc("objective, outcome or benefit", key="to", refers="item"))
    share: float | None = attrs.field(default=None, converter=optional(as_share), metadata=doc("of the target's value", unit="share"))
