"""MOP-R14: money is granted and spent up to what the gates have released, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

import ipmo
from ipmo import Money
from ipmo.model import Budget, Gate, Portfolio, Project
from ipmo.model.held import gates_of
from ipmo.model.hierarchy import subtasks
from ipmo.plugin import CheckContext, Finding, IpmoError, Severity
from ipmo_mop.wording import day_of, finding, in_currency

__all__ = ["funding"]

GO = ("go", "conditional go")
Dated = Sequence[tuple[date | None, Fraction]]
"""Amounts with the day from which they count; None for what counts at once."""


def funding(context: CheckContext) -> Iterable[Finding]:
    """MOP-R14: what is granted to a project, and what it has spent, is no more than its gates have released.

    A go whose condition is overdue releases nothing more, nor does one behind a gate that holds, in whatever project; what was spent before
    stands. One after a kill releases nothing, as one that was given while a gate before it held. Dated
    lines, of a project and of its tasks, are compared on their day with what was released by then: a grant on its first day, spending over
    some time on its last; a grant that lies after the status date is a plan. Without an exchange rate nothing is compared, and that is said.
    """
    pf = context.portfolio
    today = None if pf.status_date is None else day_of(pf.status_date)
    bound = _bound(context, today)
    for project in pf.projects:
        if not context.covers(project.id):
            continue
        released = _released(pf, project, today, bound)
        if released is None:
            continue
        if any(one.amount is None for one in released):
            message = f"whether project {project.id!r} has more than its gates released cannot be said, because an exchange rate is missing"
            yield finding("funding", project.id, message, "add rates:", Severity.INFO)
            continue
        last = max((one.since for one in released), default=None)
        said = _over([*_lines(pf, project.funding)], released, today or last)
        if said is not None:
            day, granted, allowed = said
            on = f" by {day}" if day is not None else ""
            message = f"project {project.id!r} has {float(granted):,.0f} of funding{on}; its gates released {float(allowed):,.0f}"
            yield finding("funding", project.id, message, "hold the gate that releases the rest", Severity.ERROR)
        dated, figure = [*_spent(pf, project, today)], _figure(context, project)
        total = [(today, in_currency(pf, figure) or Fraction(0))] if figure is not None else []
        said = _over(dated, released, today or last) or _over(total, released, today or last, dated)
        if said is not None:
            day, gone, allowed = said
            on = f" by {day}" if day is not None else ""
            message = f"project {project.id!r} has spent {float(gone):,.0f}{on}; its gates released {float(allowed):,.0f}"
            yield finding(
                "funding", project.id, message, "stop the spending, or decide the gate that releases it", Severity.ERROR, part="spent"
            )


def _figure(context: CheckContext, project: Project) -> Money | None:
    """What a project has spent in all; None where it is not known, as without an exchange rate."""
    if context.portfolio.money is None:
        return None
    try:
        spent = context.roll_up("actual")
    except IpmoError:
        spent = ipmo.roll_up(context.portfolio, "actual", unrated="unknown")
    value = spent[project.id].value if project.id in spent else None
    return value if isinstance(value, Money) else None


class _Release(NamedTuple):
    """What a gate released: from a day on, and up to when, where its go holds no longer; None where no exchange rate is known."""

    since: date
    amount: Fraction | None
    until: date | None


def _bound(context: CheckContext, today: date | None) -> Mapping[str, date]:
    """Gates that stand behind one that holds, with the day since which that does: on hold, sent back, stopped, or its go has lapsed."""
    pf, out = context.portfolio, dict[str, date]()
    if not any(one.noun.decision is not None and one.noun.standing(today) not in GO for one in gates_of(pf)):
        return out
    try:
        plan = context.schedule
    except IpmoError:  # nothing says when anything starts
        return out
    for node, hold in plan.network.holds.items():
        first = pf.items.get(hold.item)
        if (
            plan.network.kinds[node] != "gate"
            or not isinstance(first, Gate)
            or first.decision is None
            or plan.network.ids[node] == hold.item
        ):
            continue
        due = [day_of(one.due) for one in first.decision.overdue(today) if one.due is not None]
        out[plan.network.ids[node]] = min(due) if due and first.decision.outcome == "conditional go" else day_of(first.decision.date)
    return out


def _released(pf: Portfolio, project: Project, today: date | None, bound: Mapping[str, date]) -> Sequence[_Release] | None:
    """What gates released, each from the day of its decision; None where no gate says an amount."""
    decided = [
        (g.decision, bound.get(f"{project.id}/{g.id}")) for g in project.gates if g.decision is not None and g.decision.funding is not None
    ]
    if not decided:
        return None
    kills = [day_of(g.decision.date) for g in project.gates if g.decision is not None and g.decision.outcome == "kill"]
    found = []
    for decision, held in decided:
        if decision.outcome not in GO or any(day_of(decision.date) >= kill for kill in kills) or (held and held <= day_of(decision.date)):
            continue
        lapses = [day_of(c.due) for c in decision.overdue(today) if c.due is not None]
        until = min([*lapses, *([held] if held else [])], default=None)
        found.append(_Release(day_of(decision.date), in_currency(pf, decision.funding), until))
    return found


def _lines(pf: Portfolio, budget: Budget | None, last: bool = False) -> Iterator[tuple[date | None, Fraction]]:
    """The known amounts of a budget by their days: the first of each line, or the last, by which it is all there."""
    for line in budget.lines if budget is not None else ():
        middle = line.amount.central() if line.amount is not None else None
        amount = in_currency(pf, middle) if isinstance(middle, Money) else None
        when = line.until if last and line.until is not None else line.since
        if amount is not None:
            yield None if when is None else day_of(when), amount


def _spent(pf: Portfolio, project: Project, today: date | None) -> Iterator[tuple[date | None, Fraction]]:
    """Lines of actual cost: of the project, or of its parts where it states none; what a whole states stands for its parts."""
    if project.actual is not None:
        yield from _lines(pf, project.actual, last=True)
        return
    under = subtasks(project)
    parts = [*under.get(None, ())]
    while parts:
        part = parts.pop()
        yield from ((day or today, amount) for day, amount in _lines(pf, part.actual, last=True))
        if part.actual is None:
            parts.extend(under.get(part.id, ()))


def _over(
    amounts: Dated, released: Sequence[_Release], until: date | None, known: Dated | None = None
) -> tuple[date | None, Fraction, Fraction] | None:
    """The first day on which more was granted than released, with both; None where there is none.

    Args:
        amounts: what was granted or spent.
        released: what gates released.
        until: the last day that counts.
        known: when some of it was spent, where the amounts do not say so.
    """
    lines = sorted(amounts, key=lambda line: line[0] or date.min)
    for day in dict.fromkeys(day for day, _ in lines if day is None or until is None or day <= until):
        granted = sum((amount for when, amount in lines if when is None or (day is not None and when <= day)), Fraction(0))
        allowed = _allowed(released, day, lines if known is None else known)
        if granted > allowed:
            return day, granted, allowed
    return None


def _allowed(released: Sequence[_Release], day: date | None, lines: Dated) -> Fraction:
    """What was released by a day; of what has lapsed by then only what was used before that."""
    count = [one for one in released if day is None or one.since <= day]
    stands = [one for one in count if one.until is None or (day is not None and day <= one.until)]
    allowed = sum((one.amount or Fraction(0) for one in stands), Fraction(0))
    for lapsed in sorted((one for one in count if one not in stands and one.until is not None), key=lambda one: one.until or date.max):
        used = sum(
            (amount for when, amount in lines if when is not None and lapsed.until is not None and when <= lapsed.until), Fraction(0)
        )
        allowed += min(lapsed.amount or Fraction(0), max(used - allowed, Fraction(0)))
    return allowed
