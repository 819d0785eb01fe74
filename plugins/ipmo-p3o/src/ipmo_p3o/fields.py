"""What the method adds to portfolios, offices and projects: blueprint, value of an office, hand-over at its end, tiers of control."""

from __future__ import annotations

import math
from datetime import date

import attrs

from ipmo import Money, Span
from ipmo.model import FrozenMap, Office, Portfolio, doc
from ipmo.plugin import Shown, UnitError

__all__ = [
    "FIGURES",
    "MODELS",
    "PERSPECTIVES",
    "SECTIONS",
    "BlueprintElement",
    "Control",
    "Improvement",
    "MaturityScore",
    "Measured",
    "P3OFields",
    "ValueKpi",
    "answerable",
    "fields_of",
    "is_temporary",
]

TEMPORARY = ("programme", "project")
"""Types of offices that end with what they serve."""

SECTIONS = ("processes", "organisation", "technology", "information")
"""The sections of a blueprint (MSP; P3O, the permanent model's Define)."""

MODELS = ("portfolio", "programme", "project")
PERSPECTIVES = (
    "organisational governance",
    "management control",
    "benefits management",
    "financial management",
    "stakeholder engagement",
    "risk management",
    "resource management",
)
"""The seven perspectives, as public summaries of P3M3 name them."""


FIGURES = {
    "decision-latency": "days from the day a question was put to its decision, in the middle",
    "decision-evidence": "decisions that rest on evidence",
    "conditions-in-time": "conditions of gates that were met by their day",
    "report-age": "days since a running project was last reported on, in the middle",
    "early-stops": "planned and not spent on initiatives that were stopped",
    "lesson-reuse": "lessons that were used",
    "benefits-realised": "benefits realised of what was planned until now, in the middle",
    "standard-adoption": "projects that follow the current version of each standard, or have a waiver",
}
"""What the value of an office may be computed as: name to title."""


@attrs.frozen(kw_only=True)
class Measured(Shown):
    """A value on a day.

    Args:
        date: when it was measured.
        value: in the unit of its KPI.
    """

    date: date
    value: float


@attrs.frozen(kw_only=True)
class ValueKpi(Shown):
    """What an office is worth to those it serves, as something that is measured.

    Args:
        id: its name in the office.
        name: what is measured.
        unit: of its values, free text.
        baseline: the value before.
        target: the value aimed at.
        owner: id of who answers for it.
        every: how often it is measured.
        measured: the values, in any order.
        figure: what it is computed as, on every status date, instead of being typed.
    """

    id: str
    name: str = ""
    figure: str = attrs.field(default="", metadata=doc("what it is computed as", choices=("", *FIGURES)))
    unit: str = ""
    baseline: float | None = None
    target: float | None = None
    owner: str = attrs.field(default="", metadata=doc("who answers for it", refers="owner"))
    every: Span | None = None
    measured: tuple[Measured, ...] = ()


@attrs.frozen(kw_only=True)
class BlueprintElement(Shown):
    """One thing of the office model that is to become another.

    Args:
        id: its name in the blueprint.
        section: processes, organisation, technology or information.
        name: what it is about.
        as_is, to_be: how it is, and how it should be; where both are the same there is no gap.
        weight: how much it counts among the gaps.
        done: the share of the gap that is closed so far.
        closed: the day on which all of it was.
        due: the day by which it should be.
        owner: id of who answers for it.
        evidence: where one sees that it is closed.
        after: ids of elements that must be closed first.
        effort: person-days that closing it takes.
        benefit: what closing it brings, in words.
    """

    id: str
    section: str = attrs.field(metadata=doc("section", choices=SECTIONS))
    name: str = ""
    as_is: str = ""
    to_be: str = ""
    weight: float = 1.0
    done: float = attrs.field(default=0.0, metadata={"unit": "share"})
    closed: date | None = None
    due: date | None = None
    owner: str = attrs.field(default="", metadata=doc("who answers for it", refers="owner"))
    evidence: str = ""
    after: tuple[str, ...] = ()
    effort: float | None = None
    benefit: str = ""

    def __attrs_post_init__(self) -> None:
        if not 0 < self.weight < math.inf:
            raise UnitError(f"element {self.id!r} has weight {self.weight:g}; a weight is above 0, and finite")
        if not 0 <= self.done <= 1:
            raise UnitError(f"element {self.id!r} is done by {self.done:g}; a share lies between 0 and 100 %")
        if self.effort is not None and not 0 <= self.effort < math.inf:
            raise UnitError(f"element {self.id!r} takes {self.effort:g} person-days; write a number from 0 up")

    @property
    def gap(self) -> bool:
        """Whether there is anything to change."""
        return self.as_is.strip() != self.to_be.strip() or not self.to_be.strip()

    def closed_by(self, today: date | None) -> float:
        """The share of the gap that is closed on a day; without a day, of all that was ever closed."""
        return 1.0 if self.closed is not None and (today is None or self.closed <= today) else self.done


@attrs.frozen(kw_only=True)
class Control(Shown):
    """How closely initiatives of a tier are looked at.

    Args:
        tier: its name; a project says its own with `tier:`, else by its attribute `tier` or `criticality`.
        gates_least, gates_most: how many gates it has.
        reports_least: it is reported on at least as often as this.
        reports_most: it is reported on no more often than this.
    """

    tier: str
    gates_least: int = 0
    gates_most: int | None = None
    reports_least: Span | None = None
    reports_most: Span | None = None

    def __attrs_post_init__(self) -> None:
        if self.gates_most is not None and self.gates_most < self.gates_least:
            raise UnitError(
                f"tier {self.tier!r} has {self.gates_least} gates at least and {self.gates_most} at most; write no more at least than at most"
            )


@attrs.frozen(kw_only=True)
class MaturityScore(Shown):
    """What somebody scored, on the five levels from awareness (1) to optimised (5).

    Args:
        model: portfolio, programme or project: three models that are never averaged.
        perspective: one of the seven.
        level: the score.
        target: the level aimed at.
        why: what the target is for.
        evidence: where one sees it.
        assessed: when.
        by: who scored: a free name.
    """

    model: str = attrs.field(metadata=doc("model", choices=MODELS))
    perspective: str = attrs.field(metadata=doc("perspective", choices=PERSPECTIVES))
    level: int
    target: int | None = None
    why: str = ""
    evidence: tuple[str, ...] = ()
    assessed: date | None = None
    by: str = ""

    def __attrs_post_init__(self) -> None:
        for name, level in (("level", self.level), ("target", self.target)):
            if level is not None and not 1 <= level <= 5:
                raise UnitError(f"{name} {level} of {self.perspective} lies on no scale; levels go from 1 to 5")


@attrs.frozen(kw_only=True)
class Improvement(Shown):
    """Something that is done to get better, and what it changed.

    Args:
        id: its name.
        name: what is done.
        owner: id of who answers for it.
        due: by when.
        done: when it was.
        measure: what it should change.
        before, after: values of the measure.
    """

    id: str
    name: str = ""
    owner: str = attrs.field(default="", metadata=doc("who answers for it", refers="owner"))
    due: date | None = None
    done: date | None = None
    measure: str = ""
    before: float | None = None
    after: float | None = None


@attrs.frozen(kw_only=True)
class P3OFields(Shown):
    """What the method adds to a portfolio, an office or a project; each field belongs to one of them.

    Args:
        virtual: of a portfolio: no office at its top on purpose, each service is answered for by its owner.
        grace: of a portfolio: how long a temporary office may outlive its host; a year when left out.
        role_profile: of a portfolio: further roles that somebody must hold: `govs-002`.
        most_roles: of a portfolio: the most roles that one person holds; 3 when left out.
        blueprint: of a portfolio: how the office model is, and how it should be.
        controls: of a portfolio: how closely each tier of initiatives is looked at.
        maturity: of a portfolio: what was scored.
        reassess: of a portfolio: how often it is scored again; a year when left out.
        improvements: of a portfolio: what is done to get better.
        funding_line: of an office: where its money comes from.
        cost: of an office: what it costs a year.
        serves_most: of an office: how many services it can give at once, each to an initiative.
        kpis: of an office: what it is worth, as something that is measured.
        handed_over: of a temporary office: records, risks, benefits, lessons to who takes each over when it closes.
        standards: of a project: standard id to the version it follows.
        cites: of a project: lessons that its plan rests on.
        tier: of a project: how closely it is looked at.
    """

    virtual: bool = False
    grace: Span | None = None
    role_profile: str = attrs.field(default="", metadata=doc("further mandatory roles", choices=("", "govs-002")))
    most_roles: int = 3
    blueprint: tuple[BlueprintElement, ...] = ()
    controls: tuple[Control, ...] = ()
    maturity: tuple[MaturityScore, ...] = ()
    reassess: Span | None = None
    improvements: tuple[Improvement, ...] = ()
    funding_line: str = ""
    cost: Money | None = None
    serves_most: float | None = None
    kpis: tuple[ValueKpi, ...] = ()
    handed_over: FrozenMap[str, str] = attrs.field(
        factory=FrozenMap, metadata=doc("who takes each over when it closes", refers="owner", values_refer=True)
    )
    standards: FrozenMap[str, str] = attrs.field(factory=FrozenMap, metadata=doc("the version of each that it follows", refers="standard"))
    cites: tuple[str, ...] = attrs.field(default=(), metadata=doc("lessons that its plan rests on", refers="lesson"))
    tier: str = ""

    def __attrs_post_init__(self) -> None:
        rows = (
            ("element", [one.id for one in self.blueprint]),
            ("tier", [one.tier for one in self.controls]),
            ("KPI", [k.id for k in self.kpis]),
            ("improvement", [one.id for one in self.improvements]),
        )
        for what, names in rows:
            if len(set(names)) < len(names):
                raise UnitError(f"{what} {next(n for n in names if names.count(n) > 1)!r} is given twice")
        if self.serves_most is not None and not 0 <= self.serves_most < math.inf:
            raise UnitError(f"serves_most is {self.serves_most:g}; write a number from 0 up")
        if unknown := sorted(set(self.handed_over) - set(HANDED_OVER)):
            raise UnitError(f"handed_over: {unknown[0]!r} is not one of {', '.join(HANDED_OVER)}")


HANDED_OVER = ("records", "risks", "benefits", "lessons")
"""What a temporary office leaves behind."""
NONE = P3OFields()


def answerable(portfolio: Portfolio) -> frozenset[str]:
    """Ids of those who may answer for something: people, offices, boards."""
    return frozenset((*(p.id for p in portfolio.people), *(o.id for o in portfolio.offices), *(b.id for b in portfolio.bodies)))


def fields_of(noun: object) -> P3OFields:
    """What the method keeps about an item; nothing when it says nothing."""
    found = getattr(noun, "extensions", {}).get("p3o")
    return found if isinstance(found, P3OFields) else NONE


def is_temporary(office: Office) -> bool:
    """It ends with what it serves: stated, else by its type."""
    return office.permanent is False or (office.permanent is None and office.type in TEMPORARY)
