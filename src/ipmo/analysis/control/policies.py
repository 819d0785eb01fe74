"""How children make a parent's colour: policies, values that the user chooses.

Worst child, majority, counts of reds, weights of budgets, the child that finishes last, or figures recomputed at each
level against its tolerance (the default).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

import attrs

from ipmo.model.governance import RAG

__all__ = [
    "BY_WORST",
    "POLICIES",
    "UNWEIGHTED",
    "BudgetWeighted",
    "Child",
    "DrivingChild",
    "Majority",
    "Policy",
    "PolicyName",
    "ThresholdCount",
    "ToleranceBased",
    "WorstChild",
    "at_least",
    "worst_of",
]

PolicyName = Literal["worst child", "majority", "threshold count", "budget-weighted", "driving child", "tolerance"]


@attrs.frozen(kw_only=True)
class Child:
    """What a policy sees of a child.

    Args:
        item: full id.
        rag: its colour; None when it is not known.
        budget: its weight in money; None when it is not known.
        finish: when it finishes.
        at_least: the best colour that a child without one can turn out to have.
        later: it may finish later than that: some of its work has no date or no duration.
    """

    item: str
    rag: str | None
    budget: float | None = None
    finish: datetime | None = None
    at_least: str | None = None
    later: bool = False

    def as_if(self, colour: str) -> Child:
        """This child with that colour where it has none, or with the one that it has at least where that is worse."""
        if self.rag is not None:
            return self
        rag = max(colour, self.at_least or colour, key=RAG.index)
        return Child(item=self.item, rag=rag, budget=self.budget, finish=self.finish, at_least=self.at_least, later=self.later)


@runtime_checkable
class Policy(Protocol):
    """How children make a parent's colour."""

    @property
    def name(self) -> str:
        """What it is called."""

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """(colour, why); None when nothing is known, or when what is unknown could change it."""


def _known(children: Sequence[Child]) -> list[Child]:
    return [child for child in children if child.rag is not None]


def not_known(best: str) -> str:
    """What to say of a colour that what is unknown can only make worse: green at least says nothing."""
    return "not known" if best == RAG[0] else f"not known, at least {best}"


def at_least(policy: Policy, children: Sequence[Child]) -> str | None:
    """The best colour that a policy gives, whatever the unknown children turn out to be; None when it gives none."""
    return min(_outcomes(policy, children), key=RAG.index, default=None)


def _outcomes(policy: Policy, children: Sequence[Child]) -> set[str]:
    """The colours that come out when all unknown children are green, all amber, all red."""
    if all(child.rag is None and child.at_least is None for child in children):
        return set()
    found = {policy.combine([child.as_if(colour) for child in children])[0] for colour in RAG}
    return {colour for colour in found if colour is not None}


def _judged(policy: Policy, children: Sequence[Child], why: str) -> tuple[str | None, str]:
    """The colour of children of which some are unknown: the one that comes out whatever they are, else none."""
    outcomes = _outcomes(policy, children)
    if len(outcomes) == 1:
        return outcomes.pop(), why
    return None, f"{not_known(min(outcomes, key=RAG.index))}: {why}" if outcomes else why


def _unknown_note(children: Sequence[Child]) -> str:
    return _unknown(sum(1 for child in children if child.rag is None), len(children))


def _unknown(missing: int, many: int) -> str:
    return f"; {missing} of {many} unknown" if missing else ""


def worst_of(names: Sequence[str], colours: Sequence[str | None], floors: Sequence[str | None]) -> tuple[str | None, str, str | None]:
    """What the worst child makes of its parent.

    Args:
        names: the ids of the children.
        colours: the colour of each; None where it is not known.
        floors: the best colour that each can turn out to have where it is not; None where nothing says.

    Returns:
        Its colour, None where it is not known, why, and the best colour that it can turn out to have.
    """
    counts = Counter(colours)
    worst = next((colour for colour in reversed(RAG) if counts[colour]), None)
    bounds = {worst, *(floor for colour, floor in zip(colours, floors, strict=True) if colour is None)} if counts[None] else {worst}
    least = max((colour for colour in bounds if colour is not None), key=RAG.index, default=None)
    if worst is None:
        return None, "no child has a colour", least
    whose = min(name for name, colour in zip(names, colours, strict=True) if colour == worst)
    why = f"{whose} is {worst}{_unknown(counts[None], len(colours))}"
    if not counts[None] or least == RAG[-1]:
        return least, why, least
    return None, f"{not_known(least or worst)}: {why}", least


@attrs.frozen
class WorstChild:
    """The worst colour below. Its flaw: one red paints everything, and people stop reporting red."""

    name: str = attrs.field(default="worst child", init=False)

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """The worst known colour, and whose it is."""
        columns = ([child.item for child in children], [child.rag for child in children], [child.at_least for child in children])
        return worst_of(*columns)[:2]


@attrs.frozen
class Majority:
    """The commonest colour, the worse of two as common. Its flaw: status improves with altitude."""

    name: str = attrs.field(default="majority", init=False)

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """The commonest known colour."""
        known = [child.rag for child in _known(children)]
        if not known:
            return None, "no child has a colour"
        best = max(RAG, key=lambda rag: (known.count(rag), RAG.index(rag)))
        why = f"{known.count(best)} of {len(known)} are {best}{_unknown_note(children)}"
        return (best, why) if len(known) == len(children) else _judged(self, children, why)


@attrs.frozen(kw_only=True)
class ThresholdCount:
    """Red from so many reds, amber from one red or so many ambers. Its flaw: it depends on how many there are.

    Args:
        red: so many red children make red.
        amber: so many amber children make amber.
    """

    red: int = 2
    amber: int = 1
    name: str = attrs.field(default="threshold count", init=False)

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """The colour by counts."""
        known = [child.rag for child in _known(children)]
        if not known:
            return None, "no child has a colour"
        reds, ambers = known.count("red"), known.count("amber")
        rag = "red" if reds >= self.red else "amber" if reds or ambers >= self.amber else "green"
        why = f"{reds} red and {ambers} amber of {len(known)}{_unknown_note(children)}"
        return (rag, why) if len(known) == len(children) else _judged(self, children, why)


@attrs.frozen(kw_only=True)
class BudgetWeighted:
    """The mean of 0, 1, 2 for green, amber, red, weighted by budget. Its flaw: a big project hides a small critical one.

    Args:
        amber: mean from which it is amber.
        red: mean from which it is red.
    """

    amber: float = 0.5
    red: float = 1.5
    name: str = attrs.field(default="budget-weighted", init=False)

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """The colour of the weighted mean; of children without a colour or a budget only where they cannot change it."""
        known = [child for child in _known(children) if child.budget]
        whole = sum(child.budget or 0.0 for child in known)
        if not whole:
            return None, "no child has a colour and a budget"
        mean = sum(RAG.index(child.rag or "green") * (child.budget or 0.0) for child in known) / whole
        left = [child for child in children if child.rag is None or child.budget is None]
        why = f"weighted mean {mean:.2f}" + (f"; {len(left)} of {len(children)} without colour or budget" if left else "")
        if any(child.rag is None for child in left):
            return _judged(self, children, why)
        means = [mean, *(float(RAG.index(child.rag or "green")) for child in left)]  # a weight that is not known may be any
        best, worst = self._colour(min(means)), self._colour(max(means))
        return (best, why) if best == worst else (None, f"{not_known(best)}: {why}")

    def _colour(self, mean: float) -> str:
        return "red" if mean >= self.red else "amber" if mean >= self.amber else "green"


@attrs.frozen
class DrivingChild:
    """The colour of the child that finishes last: the one that drives the parent's date."""

    name: str = attrs.field(default="driving child", init=False)

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """The colour of the last to finish; of several, the worst. Where that may be another, the colour that comes out whichever it is."""
        dated = [child for child in children if child.finish is not None]
        if not dated:
            return None, "no child has a finish"
        last = max(child.finish for child in dated if child.finish is not None)
        driving = [child for child in dated if child.finish == last]
        rag, why = WorstChild().combine(driving)
        unsure = [child for child in children if child.later and child not in driving]
        if rag and any(child.rag != rag for child in unsure):
            return None, f"it is not known which child finishes last: {unsure[0].item} has work without a date"
        return rag, f"{why}, and finishes last" if rag else f"{driving[0].item} finishes last and has no colour"


@attrs.frozen
class ToleranceBased:
    """Recomputed at every level from that level's own figures against its tolerance; the worst child where it has none."""

    name: str = attrs.field(default="tolerance", init=False)

    def combine(self, children: Sequence[Child]) -> tuple[str | None, str]:
        """Where a level has no figures of its own."""
        return WorstChild().combine(children)


UNWEIGHTED = (ToleranceBased, WorstChild, Majority, ThresholdCount)
"""Policies that look at neither the budget of a child nor when it finishes."""
BY_WORST = (ToleranceBased, WorstChild)
"""Policies that are `worst_of`."""
POLICIES: Mapping[str, Policy] = {
    policy.name: policy for policy in (WorstChild(), Majority(), ThresholdCount(), BudgetWeighted(), DrivingChild(), ToleranceBased())
}
"""Policies by name, with their usual thresholds."""
