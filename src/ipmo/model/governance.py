"""Who decided what, by which rules: gates, decisions, tolerances, reports, standards, lessons."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import attrs
from attrs.converters import optional

from ipmo.errors import ModelError
from ipmo.model.estimating import as_lag
from ipmo.model.fields import EMPTY, Extensions, FrozenMap, Noun, as_extensions, as_map, as_noun, as_nouns, doc, texts
from ipmo.model.reading import named
from ipmo.model.reference import RATINGS
from ipmo.units import Money, Span, When, as_date, as_day, as_money, as_share, as_span, as_when

__all__ = [
    "SCALES",
    "After",
    "Condition",
    "Confidence",
    "Decision",
    "Gate",
    "GateDecision",
    "Lesson",
    "Standard",
    "StatusReport",
    "Tolerance",
    "Waiver",
]

Day = date
"""A day, where a field is called `date`."""
GO = ("go", "conditional go")
"""Outcomes that let work go on."""
OUTCOMES = ("go", "conditional go", "hold", "recycle", "kill")
RAG = ("green", "amber", "red")
SCALES = {scale.name: scale.ratings for scale in RATINGS.values()}
"""Confidence scales by name, best rating first; their editions and conversions are in `ipmo.model.reference`."""
LINK_TYPES = ("FS", "SS", "FF", "SF")


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class After(Noun):
    """A link from another item of the same project."""

    alone: ClassVar[str] = "source"
    source: str = attrs.field(metadata=doc("the item that comes first", key="from", refers="node"))
    type: str = attrs.field(default="FS", metadata=doc("finish or start to finish or start", choices=LINK_TYPES))
    lag: Span | None = attrs.field(
        default=None, converter=as_lag, metadata=doc("waiting time, or an estimate of it; negative for a lead", unit="time")
    )


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Condition(Noun):
    """What must still be done after a conditional go."""

    id: str = attrs.field(metadata=doc("id within the gate"))
    text: str = attrs.field(default="", metadata=doc("what must be done"))
    owner: str | None = attrs.field(default=None, metadata=doc("who does it", refers="owner"))
    due: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("by when", end=True))
    met: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("when it was met"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class GateDecision(Noun):
    """What was decided at a gate."""

    outcome: str = attrs.field(metadata=doc("go, conditional go, hold, recycle or kill", source="Cooper", choices=OUTCOMES))
    review: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("next look"))
    date: When = attrs.field(converter=as_when, metadata=doc("when"))
    decided_by: str | None = attrs.field(default=None, metadata=doc("body or person", refers="owner"))
    conditions: tuple[Condition, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("of a conditional go"))
    funding: Money | None = attrs.field(default=None, converter=optional(as_money), metadata=doc("released by it", unit="money"))
    evidence: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("what it rests on"))
    note: str = attrs.field(default="", metadata=doc("remarks, dissent"))

    def overdue(self, today: Day | None) -> tuple[Condition, ...]:
        """The conditions that are not met yet and past their day; none where nothing says what day it is."""
        if today is None:
            return ()
        return tuple(c for c in self.conditions if (c.met is None or c.met > today) and c.due is not None and as_day(c.due) < today)

    def standing(self, today: Day | None) -> str:
        """What it amounts to on a day: a conditional go with an overdue condition has lapsed and is a hold."""
        return "hold" if self.outcome == "conditional go" and self.overdue(today) else self.outcome


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Gate(Noun):
    """A point at which a board decides whether work goes on: of a project, or of a programme or the portfolio.

    Under a project it comes after work of that project. Outside, under `gates:` of the portfolio, it comes after work of any; its calendar
    is the portfolio's, and its own hold keeps from going on what is linked to it.
    """

    id: str = attrs.field(metadata=doc("id within the project, or among all items of the portfolio"))
    name: str = attrs.field(default="", metadata=doc("title"))
    programme: str | None = attrs.field(
        default=None, metadata=doc("outside a project, the programme that it is of; else it is the portfolio's", refers="programme")
    )
    after: tuple[After, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("what must be done before it", one_or_many=True))
    criteria: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("free names of what is looked for"))
    body: str | None = attrs.field(default=None, metadata=doc("who decides", refers="body"))
    need_by: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("the decision is needed by then", end=True))
    not_before: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("not decided earlier than that"))
    decision: GateDecision | None = attrs.field(default=None, converter=optional(as_noun), metadata=doc("what was decided"))
    calendar: str | None = attrs.field(default=None, metadata=doc("else the project's", refers="calendar"))
    evidence: FrozenMap[str, str] = attrs.field(default=EMPTY, converter=as_map, metadata=doc("named evidence and where it is"))
    methodology: str | None = attrs.field(default=None, metadata=doc("overrides the project's"))
    attributes: FrozenMap[str, str] = attrs.field(default=EMPTY, converter=as_map, metadata=doc("free text to group by"))
    extensions: Extensions = attrs.field(default=EMPTY, converter=as_extensions, metadata=doc("what methodologies add"))

    @property
    def open(self) -> bool:
        """Nobody has decided yet, or the stage is to be done again."""
        return self.decision is None or self.decision.outcome == "recycle"

    def standing(self, today: Day | None) -> str | None:
        """What its decision amounts to on a day; None where nobody has decided."""
        return None if self.decision is None else self.decision.standing(today)


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Decision(Noun):
    """An entry of the decision register."""

    id: str = attrs.field(metadata=doc("id"))
    question: str = attrs.field(default="", metadata=doc("what is to be decided"))
    item: str | None = attrs.field(default=None, metadata=doc("what it is about", refers="item"))
    body: str | None = attrs.field(default=None, metadata=doc("who will decide", refers="body"))
    options: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("the choices"))
    blocks: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("what waits for it", one_or_many=True, refers="item"))
    raised: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("when the question was put"))
    need_by: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("needed by then", end=True))
    state: str = attrs.field(default="open", metadata=doc("open or decided", choices=("open", "decided", "withdrawn")))
    decided: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("when"))
    decided_by: str | None = attrs.field(default=None, metadata=doc("who did decide", refers="owner"))
    outcome: str = attrs.field(default="", metadata=doc("the chosen option"))
    assumptions: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("it rests on", refers="item"))
    evidence: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("papers it rests on"))
    reversible: bool | None = attrs.field(default=None, metadata=doc("it can be taken back"))
    review: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("next look"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Tolerance(Noun):
    """How far an item may stray before it is an exception; equal to the limit is within it (PRINCE2 7)."""

    time: Span | None = attrs.field(default=None, converter=optional(as_span), metadata=doc("late by at most", unit="time"))
    cost: float | None = attrs.field(
        default=None, converter=optional(as_share), metadata=doc("over budget by at most", unit="share of the budget")
    )
    benefits: float | None = attrs.field(default=None, converter=optional(as_share), metadata=doc("below target by at most", unit="share"))
    quality: str = attrs.field(default="", metadata=doc("in words"))
    scope: str = attrs.field(default="", metadata=doc("in words"))
    sustainability: str = attrs.field(default="", metadata=doc("in words"))
    risk: Money | None = attrs.field(default=None, converter=optional(as_money), metadata=doc("exposure of at most", unit="money"))
    carbon: float | None = attrs.field(
        default=None, converter=optional(as_share), metadata=doc("over planned carbon by at most", unit="share of what is planned")
    )

    @time.validator
    @risk.validator
    def _not_below_zero(self, field: attrs.Attribute[object], given: Span | Money | None) -> None:
        if given is not None and given.amount < 0:
            raise ModelError.of(field.name, f"{given} is below zero: a tolerance says how far beyond what was agreed is still within it")


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class StatusReport(Noun):
    """What was reported about an item; computed status stands beside it, never over it."""

    date: date = attrs.field(converter=as_date, metadata=doc("of the report"))
    rag: str | None = attrs.field(default=None, metadata=doc("reported colour", choices=RAG))
    by: str | None = attrs.field(default=None, metadata=doc("who reported", refers="owner"))
    note: str = attrs.field(default="", metadata=doc("in words"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Confidence(Noun):
    """An assessor's confidence in delivery, on a named scale; no self-report."""

    date: date = attrs.field(converter=as_date, metadata=doc("of the assessment"))
    assessor: str = attrs.field(metadata=doc("who assessed: a free name"))
    scale: str = attrs.field(default="dca-3", metadata=doc("three or five ratings", source="IPA", choices=tuple(SCALES)))
    rating: str = attrs.field(metadata=doc("a rating of that scale"))
    note: str = attrs.field(default="", metadata=doc("in words"))

    @rating.validator
    def _on_scale(self, _: object, rating: str) -> None:
        if rating not in SCALES[self.scale]:
            raise ModelError.of("rating", f"{rating!r} is not one of {', '.join(SCALES[self.scale])} ({self.scale})")


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Standard(Noun):
    """A rule of the house that items follow or have a waiver from."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    version: str = attrs.field(default="", metadata=doc("current version"))
    applies_to: str = attrs.field(default="", metadata=doc("kind of item"))
    owner: str | None = attrs.field(default=None, metadata=doc("who keeps it", refers="owner"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Waiver(Noun):
    """Leave to depart from a standard, a rule of a method or a mandatory service: one of the three."""

    standard: str | None = attrs.field(default=None, metadata=doc("the standard", refers="standard"))
    rule: str = attrs.field(default="", metadata=doc("id of a rule, for example MOP-R02, or code of its check"))
    service: str = attrs.field(default="", metadata=doc("a mandatory service, by its name in the catalogue"))
    item: str = attrs.field(metadata=doc("who departs from it", refers="item"))
    reason: str = attrs.field(default="", metadata=doc("why"))
    expires: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("until when"))
    granted_by: str | None = attrs.field(default=None, metadata=doc("who gave it", refers="owner"))

    def __attrs_post_init__(self) -> None:
        if sum(map(bool, (self.standard, self.rule, self.service))) != 1:
            raise ModelError("a waiver is from one thing: write standard:, rule: or service:")

    @property
    def of(self) -> str:
        """What it is from."""
        return self.standard or self.rule or self.service

    def holds(self, day: date | None) -> bool:
        """Whether it stands on a day: it has a reason and an expiry that has not gone by. Without a day, whether it ever stood."""
        return bool(self.reason.strip()) and self.expires is not None and (day is None or self.expires >= day)


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Lesson(Noun):
    """What was learned, where, and where it has been used since."""

    id: str = attrs.field(metadata=doc("id"))
    source: str | None = attrs.field(default=None, metadata=doc("the item it was learned on", key="from", refers="item"))
    text: str = attrs.field(default="", metadata=doc("what was learned"))
    category: str = attrs.field(default="", metadata=doc("free name, for example procurement"))
    cause: str = attrs.field(default="", metadata=doc("why it came about"))
    effect: str = attrs.field(default="", metadata=doc("what it led to"))
    advice: str = attrs.field(default="", metadata=doc("what to do another time"))
    tags: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("free names"))
    applied_in: tuple[str, ...] = attrs.field(default=(), converter=texts, metadata=doc("items that used it", refers="item"))
    date: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("when it was noted"))
