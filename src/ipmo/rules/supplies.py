"""Whether there is enough of what the plan needs: what it uses up, and people and machines that no levelling can find."""

from __future__ import annotations

from collections.abc import Iterator

from ipmo.analysis.resources.demand import Conflict, Shortage
from ipmo.analysis.resources.supplies import used_up
from ipmo.analysis.resources.unmet import unmet
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import CheckContext
from ipmo.model.portfolio import Portfolio
from ipmo.model.unseen import kinds_of_work
from ipmo.rules.themes import Theme, fact
from ipmo.words import counted

__all__ = ["SUPPLY_CHECKS"]

HINTS = {
    "nobody": "write capacity: of it, or skills: of those who can do it",
    "no skill": "give more of those who have it, or ask for less at once",
    "too much": "ask for less at once over a longer time, or get more of it",
    "never fits": "let the work be split, give it a resource_calendar:, or get the resource for longer",
}
"""What to do about a demand that is never met, by kind of shortage."""


def _find(context: CheckContext) -> Iterator[Finding]:
    """What the plan uses up, and what it asks of people and machines, beyond what there ever is."""
    portfolio = context.portfolio
    if not portfolio.resources:
        return
    for one in used_up(portfolio) if any(one.used_up for one in portfolio.resources) else ():
        if one.over:
            enough = one.there is not None and one.least <= one.there
            hint = "ipmo.level chooses ways that take less" if enough else "get more of it, or write modes: that take less"
            yield fact("used-up", one.resource, str(one), hint, Severity.WARNING if enough else Severity.ERROR)
    if not _somebody_is_asked_for(portfolio):
        return
    found = unmet(portfolio, context.schedule)
    stated = any(one.capacity for one in portfolio.resources)
    if not stated and found.shortages:
        what = counted(len(found.shortages), "resource")
        text = f"work needs {what}, first {found.shortages[0].resource}, and nobody says how much there is of any"
        yield fact("capacity-not-stated", "", text, "write capacity: of resources; until then nothing limits the work", Severity.INFO)
        return
    yield from map(_short, found.shortages)
    said = [(one.resource, set(one.items)) for one in found.shortages]
    for conflict in found.conflicts:
        told = any(conflict.resource == name and items.issuperset(conflict.items) for name, items in said)
        if not conflict.in_all and not told:  # what is used up, and what is short alone, has been said
            yield _conflict(conflict)


def _somebody_is_asked_for(portfolio: Portfolio) -> bool:
    return any(task.assignments or task.modes for project in portfolio.projects for task in kinds_of_work(project))


def _short(shortage: Shortage) -> Finding:
    first = f", first on {shortage.day}" if shortage.day and shortage.day not in shortage.text else ""
    if shortage.kind == "not stated":
        hint = "write capacity: of it, or skills: of those who can do it; until then it limits nothing"
        return fact("capacity-not-stated", shortage.items[0], f"{shortage.text}{first}", hint, part=shortage.resource)
    if shortage.kind == "frozen":
        hint = "give more of it then, or let some of the work stop or move"
        return fact("frozen-overload", shortage.items[0], shortage.text, hint, part=f"{shortage.resource} {shortage.day}")
    return fact(
        "demand-never-met", shortage.items[0], f"{shortage.text}{first}", HINTS[shortage.kind], Severity.ERROR, part=shortage.resource
    )


def _conflict(conflict: Conflict) -> Finding:
    if conflict.because == "capacity":
        hint = "give more of it, or for longer, or take one of these out"
        return fact("no-plan-fits", conflict.items[0], str(conflict), hint, Severity.ERROR, part=conflict.resource)
    hint = "give more of it then, move one of these commitments, or accept that it is missed"
    return fact("commitments-conflict", conflict.items[0], str(conflict), hint, part=conflict.resource)


_SUPPLIES = Theme(_find, "ipmo, conventions of the model")

SUPPLY_CHECKS = (
    _SUPPLIES.check("used-up", "The plan uses up no more of a resource than there ever is", "More used up than there is"),
    _SUPPLIES.check("demand-never-met", "Somebody can meet every demand for people and machines", "Demands that are never met"),
    _SUPPLIES.check("capacity-not-stated", "How much there is of each resource that is needed is said", "Resources without a capacity"),
    _SUPPLIES.check(
        "frozen-overload",
        "Work that has begun or is tied to a date needs no more than there is",
        "Overloads that no levelling can take away",
    ),
    _SUPPLIES.check("no-plan-fits", "A plan exists that fits every capacity", "Demands that no plan fits"),
    _SUPPLIES.check("commitments-conflict", "Capacity lets every commitment be kept", "Commitments that capacity does not let be kept"),
)
