"""Changes applied to a portfolio, and what they would do: change requests assessed by the what-if that they are."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from ipmo.analysis.change.applying import applied
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.rollup import roll_up
from ipmo.errors import IpmoError
from ipmo.model.portfolio import Portfolio
from ipmo.tables import Column, Table
from ipmo.units import DAY, Money

__all__ = ["Assessment", "assess"]


@attrs.frozen(kw_only=True)
class Assessment:
    """What a change request would do.

    Args:
        change: its id.
        name: its title.
        state: raised, approved, rejected, done or withdrawn.
        moved: (project, days its finish moves), those that move, the most first.
        budget: change of the portfolio's budget; None where it is not known.
        error: why it cannot be applied; empty when it can.
    """

    change: str
    name: str
    state: str
    moved: tuple[tuple[str, float], ...] = ()
    budget: Money | None = None
    error: str = ""

    def __str__(self) -> str:
        if self.error:
            return f"{self.change}: {self.error}" if self.error.startswith("cannot ") else f"{self.change}: cannot be applied: {self.error}"
        parts = [f"{project} {days:+,.1f} days".replace(".0 days", " days") for project, days in self.moved]
        if self.budget is not None and self.budget.amount:
            parts.append(f"budget {'+' if self.budget.amount > 0 else ''}{self.budget}")
        return f"{self.change}: {', '.join(parts) or 'no effect on dates or budget'}"


def assess(portfolio: Portfolio, *, states: Iterable[str] = ("raised",)) -> Table:
    """Every open change request applied on its own: change, name, state, project, days, budget, text, error.

    One row a project whose finish moves; a change that moves none has one row without a project.

    Args:
        portfolio: the portfolio.
        states: which requests: `raised` ones when left out.
    """
    rows: list[tuple[Assessment, str | None, float | None]] = []
    for found in assessments(portfolio, states):
        rows += [(found, project, days) for project, days in found.moved] or [(found, None, None)]
    currency = next((a.budget.currency for a, *_ in rows if a.budget is not None), "")
    return Table(
        [
            Column("change", "str", [a.change for a, *_ in rows]),
            Column("name", "str", [a.name for a, *_ in rows]),
            Column("state", "str", [a.state for a, *_ in rows]),
            Column("project", "str", [project for _, project, _ in rows]),
            Column("days", "float", [days for *_, days in rows], "days"),
            Column("budget", "float", [None if a.budget is None else float(a.budget.amount) for a, *_ in rows], currency),
            Column("text", "str", [str(a) for a, *_ in rows]),
            Column("error", "str", [a.error for a, *_ in rows]),
        ]
    )


def assessments(portfolio: Portfolio, states: Iterable[str] = ("raised",)) -> list[Assessment]:
    """What each change request would do, on its own."""
    wanted = set(states)
    before = schedule(portfolio, on_cycle="cut")
    out = []
    for request in portfolio.changes:
        if request.state not in wanted:
            continue
        empty = Assessment(change=request.id, name=request.name, state=request.state)
        try:
            after = applied(portfolio, request.effect)
            moved, dearer = _moved(portfolio, after, before), _dearer(portfolio, after, request.cost)
            out.append(attrs.evolve(empty, moved=moved, budget=dearer))
        except IpmoError as error:
            out.append(attrs.evolve(empty, error=str(error).splitlines()[0]))
    return out


def _moved(one: Portfolio, other: Portfolio, before: Schedule) -> tuple[tuple[str, float], ...]:
    after = schedule(other, on_cycle="cut")
    rows = []
    for project in one.projects:
        if project.id not in other.items or other.items[project.id].state == "cancelled":
            continue
        old, new = before.dates(project.id)[1], after.dates(project.id)[1]
        if old is not None and new is not None and old != new:
            rows.append((project.id, (new - old).total_seconds() / 60 / DAY))
    return tuple(sorted(rows, key=lambda row: (-abs(row[1]), row[0])))


def _dearer(one: Portfolio, other: Portfolio, cost: Money | None) -> Money | None:
    try:
        before, after = (roll_up(pf, "budget").total.value for pf in (one, other))
    except IpmoError:
        return cost
    if before is None or after is None:
        return cost
    moved = Money(after.amount - before.amount, after.currency)
    return cost if not moved.amount and cost is not None else moved
