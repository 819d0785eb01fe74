"""What is possible in many projects is found of all of them at once: about the rest there may be something to say, one by one."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from ipmo.model.estimates import Fixed
from ipmo.model.fields import PlainData
from ipmo.model.items import INSIDE
from ipmo.model.money import Budget
from ipmo.model.references import ID
from ipmo.model.work import Project
from ipmo.units import Money, minutes

__all__ = ["are_ids", "holding", "in_order", "is_plain", "telling", "with_odd_budgets"]

HELD: Final[Callable[[Project], tuple[PlainData, ...]]] = operator.attrgetter(*INSIDE)
SAID: Final[Callable[[Project], tuple[PlainData, ...]]] = operator.attrgetter("alignment", "actual_start", "requires", *INSIDE)
DATES: Final[Callable[[Project], tuple[PlainData, ...]]] = operator.attrgetter("start", "finish")
MONEY: Final = ("budget", "forecast", "funding", "exit_cost")
BUDGETS: Final[Callable[[Project], tuple[Budget | None, ...]]] = operator.attrgetter(*MONEY)


def are_ids(names: Sequence[str], *, apart: bool = False) -> bool:
    """Whether all are ids and none stands twice, where that can be seen at once.

    Args:
        names: what may be ids.
        apart: it is known that none stands twice.

    >>> are_ids(["tram", "tram2"]), are_ids(["tram", "tram"]), are_ids(["a/b"])
    (True, False, False)
    """
    joined = "".join(names)
    if not joined.isprintable() or any(sign in joined for sign in "/:@") or "" in names:  # what can be printed holds no space but one
        return False
    spaced = [name for name in names if " " in name] if " " in joined else []
    return all(map(ID.fullmatch, spaced)) and (apart or len(set(names)) == len(names)) and max(map(len, names), default=0) <= 200


def holding(projects: Iterable[tuple[int, Project]]) -> list[tuple[int, Project]]:
    """Of (place, project) those with anything in them."""
    numbered = list(projects)
    held = _any_of(INSIDE, [one for _, one in numbered])
    return [(place, one) for place, one in numbered if any(HELD(one))] if held else []


def _different(field: str, projects: Sequence[Project]) -> dict[int, PlainData]:
    """The different objects that a field holds, by identity: nearly always a few, whatever has to be asked of each."""
    values = list(map(operator.attrgetter(field), projects))
    return dict(zip(map(id, values), values, strict=True))


def _any_of(fields: Iterable[str], projects: Sequence[Project]) -> bool:
    """Whether any of some fields holds anything in any project."""
    return any(any(map(operator.attrgetter(field), projects)) for field in fields)


def telling(projects: Sequence[Project]) -> list[tuple[int, Project]]:
    """(place, project) of those that hold anything, say how they serve, require others, have begun, or end before they start."""
    pairs = set(map(DATES, projects))
    quiet = {dates for dates in pairs if in_order(*dates)}
    aligned = any(_different("alignment", projects).values())
    if len(quiet) == len(pairs) and not aligned and not _any_of(("actual_start", "requires", *INSIDE), projects):
        return []
    return [(place, one) for place, one in enumerate(projects) if any(SAID(one)) or DATES(one) not in quiet]


def in_order(start: PlainData, finish: PlainData) -> bool:
    """Whether something may last from a date to another: one of them is not stated, or the second is not the earlier."""
    return start is None or finish is None or minutes(finish, end=True) >= minutes(start)


def with_odd_budgets(projects: Iterable[tuple[int, Project]]) -> list[tuple[int, Project]]:
    """Of (place, project) those with a budget that is more than one amount, or below zero."""
    numbered = list(projects)
    odd: set[int] = set()
    for field in MONEY:
        found = _different(field, [project for _, project in numbered])
        odd.update(one for one, budget in found.items() if not is_plain(budget))
    return [(place, one) for place, one in numbered if any(id(budget) in odd for budget in BUDGETS(one))] if odd else []


def is_plain(budget: Budget | None) -> bool:
    """There is none, or it is one amount that is not negative: most are, and need no look."""
    if budget is None:
        return True
    first, *rest = budget.lines or (None,)
    amount = None if first is None or first.since is not None or first.until is not None else first.amount
    return not rest and type(amount) is Fixed and isinstance(amount.value, Money) and amount.value.amount >= 0
