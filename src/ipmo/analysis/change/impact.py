"""Changes applied to a portfolio, and what they would do: change requests assessed by the what-if that they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Literal, get_args

import attrs

from ipmo.analysis.change.applying import applied
from ipmo.analysis.dates.schedule import OnCycle, Schedule, schedule
from ipmo.analysis.money.rollup import roll_up
from ipmo.errors import IpmoError, UnknownItemError, close_matches, one_of
from ipmo.model.portfolio import Portfolio
from ipmo.notebooks import Shown
from ipmo.tables import Answer, Column, Table, row_at
from ipmo.units import DAY, Money
from ipmo.words import counted, measured

__all__ = ["ChangeImpact", "ImpactAssessment", "RequestState", "assess_impact"]
WHERE = "the change requests assessed"

RequestState = Literal["raised", "approved", "rejected", "done", "withdrawn"]
OPEN: tuple[RequestState, ...] = ("raised",)


@attrs.frozen(kw_only=True)
class ChangeImpact(Shown):
    """What one change request would do.

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
        parts = [f"{project} {measured(round(days, 1), 'day', signed=True)}" for project, days in self.moved]
        if self.budget is not None and self.budget.amount:
            parts.append(f"budget {'+' if self.budget.amount > 0 else ''}{self.budget}")
        return f"{self.change}: {', '.join(parts) or 'no effect on dates or budget'}"


class ImpactAssessment(Answer[str, ChangeImpact]):
    """The answer of `assess_impact`: one impact a change request, in the order of the file."""

    def __init__(self, portfolio: Portfolio, impacts: Iterable[ChangeImpact]) -> None:
        self.portfolio, self._impacts = portfolio, tuple(impacts)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the change requests, in order."""
        return tuple(impact.change for impact in self._impacts)

    def __iter__(self) -> Iterator[ChangeImpact]:
        return iter(self._impacts)

    def __len__(self) -> int:
        return len(self._impacts)

    def __getitem__(self, key: int | str) -> ChangeImpact:
        """By place from 0, or by the id of the change request.

        Raises:
            UnknownItemError: no such request was assessed.
        """
        if isinstance(key, int):
            return row_at(self._impacts, key, WHERE)
        for impact in self._impacts:
            if impact.change == key:
                return impact
        raise UnknownItemError(key, close_matches(key, self.ids), WHERE)

    def explain(self, key: int | str) -> str:
        """What one change request would do, in a sentence."""
        return str(self[key])

    def table(self) -> Table:
        """One row a project whose finish moves: change, name, state, project, days, budget, text, error.

        A change that moves none has one row without a project.
        """
        rows: list[tuple[ChangeImpact, str | None, float | None]] = []
        for found in self:
            rows += [(found, project, days) for project, days in found.moved] or [(found, None, None)]
        currency = next((impact.budget.currency for impact in self if impact.budget is not None), "")
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

    def __repr__(self) -> str:
        refused = sum(bool(impact.error) for impact in self)
        return f"<ImpactAssessment: {counted(len(self), 'change request')}, {refused} cannot be applied>"


def assess_impact(portfolio: Portfolio, *, states: Collection[RequestState] = OPEN, on_cycle: OnCycle = "error") -> ImpactAssessment:
    """What each open change request would do to dates and budget, applied on its own.

    Args:
        portfolio: the portfolio.
        states: which requests: `raised` ones when left out.
        on_cycle: as in `schedule`; a request that closes a loop cannot be applied, whatever this says.

    Raises:
        CycleError: links form a loop.
        OptionError: there is no such state.
    """
    for state in states:
        one_of("states", state, get_args(RequestState))
    before = schedule(portfolio, on_cycle=on_cycle)
    out = []
    for request in portfolio.changes:
        if request.state not in states:
            continue
        empty = ChangeImpact(change=request.id, name=request.name, state=request.state)
        try:
            after = applied(portfolio, request.effect)
            moved, dearer = _moved(portfolio, after, before), _dearer(portfolio, after, request.cost)
            out.append(attrs.evolve(empty, moved=moved, budget=dearer))
        except IpmoError as error:
            out.append(attrs.evolve(empty, error=str(error).splitlines()[0]))
    return ImpactAssessment(portfolio, out)


def _moved(one: Portfolio, other: Portfolio, before: Schedule) -> tuple[tuple[str, float], ...]:
    after = schedule(other, on_cycle="cut")
    rows = []
    for project in one.projects:
        if project.id not in other.items or other[project.id].counted_as == "cancelled":
            continue
        old, new = before.dates(project.id)[1], after.dates(project.id)[1]
        then, now = before.commitments.doubts, after.commitments.doubts
        if now.since(project.id, then) or then.since(project.id, now):
            continue  # some of it waits for what does not come: the rest does not say when it ends
        if old is not None and new is not None and old != new:
            rows.append((project.id, (new - old).total_seconds() / 60 / DAY))
    return tuple(sorted(rows, key=lambda row: (-abs(row[1]), row[0])))


def _dearer(one: Portfolio, other: Portfolio, cost: Money | None) -> Money | None:
    try:
        rolls = [roll_up(pf, "budget") for pf in (one, other)]
    except IpmoError:
        return cost
    before, after = (roll.total.value for roll in rolls)
    if before is None or after is None or rolls[0].unrated != rolls[1].unrated:
        return cost
    moved = Money(after.amount - before.amount, after.currency)
    return cost if not moved.amount and cost is not None else moved
