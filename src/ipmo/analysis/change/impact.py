"""Changes applied to a portfolio, and what they would do: change requests assessed by the what-if that they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal, get_args

import attrs

from ipmo.analysis.change.applying import applied
from ipmo.analysis.change.branches import branches
from ipmo.analysis.change.effects import scheduled
from ipmo.analysis.change.standing import moved_nodes, perhaps_other
from ipmo.analysis.dates.schedule import OnCycle, Schedule, schedule
from ipmo.analysis.money.rollup import roll_up
from ipmo.analysis.money.work_tree import share_work, silent_change
from ipmo.errors import IpmoError, UnknownItemError, close_matches, one_of
from ipmo.model.changes import Change
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
            moved, alike = _tried(before, request.effect), True
            if moved is None:
                then = scheduled(after, portfolio) or schedule(after, on_cycle="cut")
                touched = perhaps_other(before, then, moved_nodes(before, then))
                moved, alike = _moved(before, then, touched), touched is not None
            out.append(attrs.evolve(empty, moved=moved, budget=_dearer(portfolio, after, request.cost, alike=alike)))
        except IpmoError as error:
            out.append(attrs.evolve(empty, error=str(error).splitlines()[0]))
    return ImpactAssessment(portfolio, out)


def _tried(before: Schedule, effect: Sequence[Change]) -> tuple[tuple[str, float], ...] | None:
    """What `_moved` finds, tried on the dates that are there; None where that takes a schedule of the changed portfolio."""
    if before.portfolio is None or before.commitments.doubts:
        return None
    tried = branches(before.portfolio)
    moved = tried.moved(effect)
    if moved is None:
        return None
    rows, targets = [], tried.targets
    for place, new in moved.items():
        if targets.kinds[place] == "project":
            old = before.end_of_project(targets.items[place])
            if old is None:
                return None  # some of it is done, or is no plain work
            rows.append((targets.items[place], (new - old) / DAY))
    return _most_first(rows)


def _most_first(rows: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(rows, key=lambda row: (-abs(row[1]), row[0])))


def _end(s: Schedule, project: str) -> int | None:
    end = s.end_of_project(project)
    return s.instants(project)[1] if end is None else end


def _moved(before: Schedule, after: Schedule, touched: frozenset[str] | None) -> tuple[tuple[str, float], ...]:
    """The projects whose finish moves, and by how many days: looked for among those that may be other, where that is known."""
    rows, other = [], after.portfolio
    assert before.portfolio is not None
    assert other is not None
    then, now = before.commitments.doubts, after.commitments.doubts
    for project in before.portfolio.projects:
        if touched is not None and project.id not in touched:
            continue
        if project.id not in other.items or other[project.id].counted_as == "cancelled":
            continue
        if now.since(project.id, then) or then.since(project.id, now):
            continue  # some of it waits for what does not come: the rest does not say when it ends
        old, new = _end(before, project.id), _end(after, project.id)
        if old is not None and new is not None and old != new:
            rows.append((project.id, (new - old) / DAY))
    return _most_first(rows)


def _dearer(one: Portfolio, other: Portfolio, cost: Money | None, *, alike: bool) -> Money | None:
    """How much the portfolio's budget moves, else what the request says that it costs.

    Args:
        one: the portfolio.
        other: it with the request.
        cost: what the request says.
        alike: nothing but projects is other, and the same ones are there.
    """
    share_work(other, one)
    same = alike and silent_change(one, other, "budget")  # what states no budget moves none
    try:
        rolls = [roll_up(pf, "budget") for pf in ((one,) if same else (one, other))]
    except IpmoError:
        return cost
    before, after = rolls[0].total.value, rolls[-1].total.value
    if before is None or after is None or rolls[0].unrated != rolls[-1].unrated:
        return cost
    moved = Money(after.amount - before.amount, after.currency)
    return cost if not moved.amount and cost is not None else moved
