"""The words of the method: stages, gates, rights, and what the method adds to portfolios and projects."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import attrs

from ipmo import Money, Span
from ipmo.model import Emissions, FrozenMap, doc
from ipmo.plugin import DecisionRight, Extension, GateRule, Role, Shown, Stage, UnitError
from ipmo_mop.fields import Booking, BusinessCase, ChangeLimit, ConcentrationLimit, Contract, Idea, Supplier, Tranche

__all__ = ["FIELDS", "GATES", "GATEWAY", "GUIDE", "RIGHTS", "ROLES", "STAGES", "Criterion", "Group", "MopFields", "fields_of"]

GUIDE = "MoP, definition and delivery cycles; our own words, after public summaries of the 2011 guide"
GATEWAY = "UK assurance gates 0 to 5, after public guidance; our own words"
MSP = "Managing Successful Programmes and PRINCE2, 7th edition; our own words"
PERIODS = {
    "month": (re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])"), "2026-11"),
    "quarter": (re.compile(r"[0-9]{4}-Q[1-4]"), "2026-Q4"),
    "year": (re.compile(r"[0-9]{4}"), "2026"),
    "financial year": (re.compile(r"[0-9]{4}(/[0-9]{2})?"), "2026/27"),
}
"""How periods are named, as `ipmo.time_phase` does."""
OPEN = ("proposed", "approved", "active", "paused")
SELECTED = ("approved", "active", "paused")


@attrs.frozen(kw_only=True)
class Criterion(Shown):
    """What projects are scored on.

    Args:
        id: how scores name it.
        name: its title.
        weight: share of the whole; the weights of one set sum to 1.
        scale: anchor to the number it stands for, so that a word means the same to all.
        categories: it is used for those; for all when left out.
        axis: what it says something of on the bubble chart: how attractive a project is, or how achievable.
    """

    id: str
    name: str = ""
    weight: float = attrs.field(metadata={"unit": "share"})
    scale: FrozenMap[str, float] = attrs.field(factory=FrozenMap)
    categories: tuple[str, ...] = ()
    axis: str = attrs.field(default="attractiveness", metadata=doc("axis of the bubble chart", choices=("attractiveness", "achievability")))

    def __attrs_post_init__(self) -> None:
        if len(set(self.scale.values())) < 2:
            raise UnitError(f"criterion {self.id!r} needs a scale with two anchors at least, for example {{low: 1, high: 5}}")

    def points(self, score: str) -> float:
        """A score as points from 0 (the lowest anchor) to 100 (the highest).

        Raises:
            UnitError: it is neither an anchor nor a number between the lowest and the highest.
        """
        low, high = min(self.scale.values()), max(self.scale.values())
        if score in self.scale:
            value = self.scale[score]
        else:
            try:
                value = float(score)
            except ValueError:
                raise UnitError(f"{score!r} is no anchor of criterion {self.id!r}; it has {', '.join(self.scale)}") from None
            if not low <= value <= high:
                raise UnitError(f"{score} is not on the scale of criterion {self.id!r}, from {low:g} to {high:g}")
        return 100 * (value - low) / (high - low)


@attrs.frozen(kw_only=True)
class Group(Shown):
    """Projects that are chosen between.

    Args:
        id: its name.
        members: ids of projects.
        rule: exactly one of them, or at most one.
    """

    id: str
    members: tuple[str, ...] = attrs.field(metadata=doc("projects", refers="project"))
    rule: str = attrs.field(default="at most one", metadata=doc("how many", choices=("exactly one", "at most one")))


@attrs.frozen(kw_only=True)
class MopFields(Shown):
    """What the method adds to a portfolio or a project; each field belongs to one of them.

    Args:
        criteria: of a portfolio: what projects are scored on.
        categories: of a portfolio: the segments that projects fall into.
        every: of a portfolio: the length of a budget period: month, quarter, year or financial year; a year is the financial year that
            the portfolio states.
        envelopes: of a portfolio: period (`2026`, `2026-Q1`, as `ipmo.time_phase` names it) to the most that may be spent in it.
        carbon_envelopes: of a portfolio: period to the most carbon that may be emitted in it.
        confidence: of a portfolio: the share of outcomes that budgets should cover: 0.5 for P50, 0.8 for P80.
        groups: of a portfolio: projects that are chosen between.
        mandatory: of a project: it must be done, whatever it is worth.
        scores: of a project: criterion to an anchor or a number of its scale.
        excludes: of a project: projects that cannot be done beside it.
        case: of a project: on what terms its business case was made; of a portfolio: on what terms all should be.
        concentration: of a portfolio: how much may lie in few hands.
        most_in_hand: of a portfolio: how many initiatives may be under way at once.
        stage_limits: of a portfolio: stage to how long an initiative may be in it.
        stage_since: of a project: the day on which it came into its stage.
        ideas: of a portfolio: what is asked for, before it is a proposal.
        idea_limit: of a portfolio: how long an idea may wait for a decision.
        budget_lines: of a portfolio: a budget or target of the line to what it holds a year.
        tranches: of a project: the parts that its money is released in.
        booked_in: of a benefit: the budgets and targets that it is booked in.
        change_limits: of a portfolio: how much change each part of the business takes in a period.
        suppliers, contracts: of a portfolio: who outside is paid for work, and what was agreed with them.
    """

    criteria: tuple[Criterion, ...] = ()
    categories: tuple[str, ...] = ()
    every: str = attrs.field(default="year", metadata=doc("period", choices=("month", "quarter", "year", "financial year")))
    envelopes: FrozenMap[str, Money] = attrs.field(factory=FrozenMap)
    carbon_envelopes: FrozenMap[str, Emissions] = attrs.field(factory=FrozenMap)
    confidence: float | None = attrs.field(default=None, metadata={"unit": "share"})
    groups: tuple[Group, ...] = ()
    mandatory: bool = False
    scores: FrozenMap[str, str] = attrs.field(factory=FrozenMap)
    excludes: tuple[str, ...] = attrs.field(default=(), metadata=doc("projects that cannot be done beside it", refers="project"))
    case: BusinessCase | None = None
    concentration: tuple[ConcentrationLimit, ...] = ()
    most_in_hand: int | None = None
    stage_limits: FrozenMap[str, Span] = attrs.field(factory=FrozenMap)
    stage_since: date | None = None
    ideas: tuple[Idea, ...] = ()
    idea_limit: Span | None = None
    budget_lines: FrozenMap[str, Money] = attrs.field(factory=FrozenMap)
    tranches: tuple[Tranche, ...] = ()
    booked_in: tuple[Booking, ...] = ()
    change_limits: tuple[ChangeLimit, ...] = ()
    suppliers: tuple[Supplier, ...] = ()
    contracts: tuple[Contract, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.confidence is not None and not 0 < self.confidence < 1:
            raise UnitError("confidence is a share between 0 and 100 %, for example 80 %")
        for what, names in (
            ("criterion", [c.id for c in self.criteria]),
            ("group", [g.id for g in self.groups]),
            ("idea", [i.id for i in self.ideas]),
            ("tranche", [t.id for t in self.tranches]),
            ("supplier", [s.id for s in self.suppliers]),
            ("contract", [c.id for c in self.contracts]),
        ):
            if len(set(names)) < len(names):
                raise UnitError(f"{what} {next(n for n in names if names.count(n) > 1)!r} is given twice")
        pattern, example = PERIODS[self.every]
        limits: list[tuple[str, Money | Emissions]] = [*self.envelopes.items(), *self.carbon_envelopes.items()]
        for period, limit in limits:
            field, verb = ("envelopes", "spend") if isinstance(limit, Money) else ("carbon_envelopes", "emit")
            if not pattern.fullmatch(period):
                raise UnitError(f"{field}: {period!r} is no {self.every}; write for example {example}")
            if limit.amount < 0:
                raise UnitError(f"{field}: {period} may {verb} {limit}; an envelope is not negative")


FIELDS = Extension(
    name="mop", title="Criteria, envelopes, groups; scores, exclusions, must-dos; cases, bookings, limits", source=GUIDE, parse=MopFields
)
NONE = MopFields()


def fields_of(noun: Any) -> MopFields:
    """What the method keeps about an item; nothing when it says nothing."""
    found = noun.extensions.get("mop")
    return found if isinstance(found, MopFields) else NONE


STAGES = (
    Stage(name="understand", title="Understand", phase="concept"),
    Stage(name="categorise", title="Categorise", phase="concept"),
    Stage(name="prioritise", title="Prioritise", phase="concept"),
    Stage(name="balance", title="Balance", phase="definition"),
    Stage(name="plan", title="Plan", phase="definition"),
    Stage(name="deliver", title="Deliver", phase="delivery"),
    Stage(name="realise", title="Realise benefits", phase="transition"),
)
GATES = (
    GateRule(
        name="0",
        title="Strategic assessment",
        source=GATEWAY,
        after="understand",
        checks=("mop/line-of-sight",),
        evidence=("strategic-case",),
    ),
    GateRule(
        name="1",
        title="Business justification",
        source=GATEWAY,
        after="prioritise",
        checks=("mop/line-of-sight", "mop/criteria"),
        evidence=("outline-case",),
    ),
    GateRule(
        name="2",
        title="Delivery strategy",
        source=GATEWAY,
        after="balance",
        checks=("mop/selection-closed",),
        evidence=("delivery-plan", "procurement-plan"),
    ),
    GateRule(
        name="3",
        title="Investment decision",
        source=GATEWAY,
        after="plan",
        checks=("mop/selection-closed", "mop/funding", "mop/tolerances", "mop/accountable"),
        evidence=("full-case", "funding-agreed", "benefits-baselined"),
    ),
    GateRule(
        name="4",
        title="Readiness for service",
        source=GATEWAY,
        after="deliver",
        checks=("mop/conditions",),
        evidence=("acceptance", "transition-plan"),
    ),
    GateRule(name="5", title="Operations review and benefits realisation", source=GATEWAY, after="realise", evidence=("benefits-review",)),
)
RIGHTS = (
    DecisionRight(name="strategy", title="Approve the portfolio strategy", held_by="Portfolio direction group", source=GUIDE),
    DecisionRight(name="plan", title="Approve the delivery plan and its baseline", held_by="Portfolio direction group", source=GUIDE),
    DecisionRight(name="fund", title="Fund an initiative", held_by="Portfolio direction group", source=GUIDE),
    DecisionRight(name="stop", title="Stop an initiative", held_by="Portfolio direction group", source=GUIDE),
    DecisionRight(name="deliver", title="Run the delivery cycle within the plan", held_by="Portfolio progress group", source=GUIDE),
    DecisionRight(name="change", title="Move money within a programme", level="programme", held_by="Programme board", source=GUIDE),
    DecisionRight(name="stage", title="Authorise a stage within tolerance", level="project", held_by="Project board", source=MSP),
)
ROLES = (
    Role(name="portfolio-director", title="Portfolio (business change) director", source=GUIDE, mandatory=True),
    Role(name="portfolio-manager", title="Portfolio manager", source=GUIDE, mandatory=True),
    Role(name="benefits-manager", title="Portfolio benefits manager", source=GUIDE),
)
