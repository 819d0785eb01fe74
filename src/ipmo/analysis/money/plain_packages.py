"""Work packages that say it all by one certain amount, the share done of it and their dates, as columns of exact numbers.

What more there is to a package (lines, rates, earning rules, estimates, a share found from dates) is looked at one by one, in `work_packages`.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from ipmo.analysis.money.amounts import certain_lump
from ipmo.analysis.money.exact import ExactColumn, Placed, exact_column, fitted
from ipmo.analysis.money.plan_curves import SHAPES, Pieces
from ipmo.analysis.money.timing import Piece
from ipmo.analysis.money.work_packages import WorkPackages, approved, as_written, happened
from ipmo.model.work import Project, Task
from ipmo.network.positions import as_array
from ipmo.network.states import LIVE
from ipmo.units import When, minutes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]
    Known = NDArray[np.bool_]

__all__ = ["Figures", "PlainPackages"]

STATED = operator.attrgetter("budget", "actual", "earning", "extensions", "plus_resources", "progress", "actual_start", "actual_finish")
LIES = operator.attrgetter("calendar", "spread", "budget")
SHARES = 10**5
"""Shares are brought to a common denominator up to it; what has another one is multiplied by itself."""
ZERO, ONE = Fraction(0), Fraction(1)
SHAPE = {name: number for number, name in enumerate(SHAPES)}


@attrs.frozen(eq=False)
class Figures:
    """What plain packages plan, have earned and have cost.

    Args:
        columns: by figure, the exact amounts at their places.
        apart: by figure, what has a denominator of its own.
        known: the places of those that are known in full, in order.
        floating: of these, those without approved dates.
        since: the first instant of each row's plan.
        until: the last one.
        dated: whether it has both.
    """

    columns: Mapping[str, Placed]
    apart: Mapping[str, Mapping[int, Fraction]]
    known: Sequence[int]
    floating: Sequence[int]
    since: Sequence[int]
    until: Sequence[int]
    dated: Sequence[bool]


class PlainPackages:
    """The plain packages of a portfolio that is its own plan: gathered in order, then computed at once.

    Args:
        packages: the work packages one by one.
    """

    def __init__(self, packages: WorkPackages) -> None:
        self._packages = packages
        self._possible = packages.plain and packages.plan is packages.portfolio
        self._currencies = packages.budgets.currency, packages.actuals.currency
        self._seen_of: dict[str, tuple[When, int]] = {}
        self._places: list[int] = []
        self._tasks: list[Task] = []
        self._owners: list[Project] = []
        self._budgets: list[Decimal] = []
        self._spent: list[Decimal | None] = []
        self._shares: list[Fraction] = []
        self._seen: list[int] = []
        self.ended: dict[int, int] = {}
        """When finished packages ended."""

    def take(self, place: int, task: Task, project: Project) -> bool:
        """Takes a task where it is plain; whether it did.

        Raises:
            ScheduleError: nothing says when the portfolio starts.
        """
        if not self._possible or project.earning is not None:
            return False
        budget, actual, earning, extensions, resources, progress, start, finish = STATED(task)
        if earning is not None or resources or extensions:
            return False
        packages = self._packages
        lump = certain_lump(budget, self._currencies[0])
        if lump is None or (line := budget.lines[0]).since is not None or line.until is not None:
            return False
        spent: Decimal | None = None
        if actual is not None:
            spent = certain_lump(actual, self._currencies[1])
            if spent is None or actual.lines[0].since is not None:
                return False
        elif start is None and finish is None and not progress:
            spent = Decimal(0)
        if project.id not in self._seen_of:
            own = packages.own.get(project.id, packages.as_of)
            self._seen_of[project.id] = own, minutes(own)
        seen, now = self._seen_of[project.id]
        share = ZERO
        if finish is not None and happened(finish, seen):
            share, self.ended[place] = ONE, minutes(finish, end=True)
        elif progress is not None:
            share = as_written(progress) if progress else ZERO
        elif start is not None and happened(start, seen):
            return False  # the share is that of its time
        if not self._places:
            _ = packages.schedule  # refused where the first package is
        self._places.append(place)
        self._tasks.append(task)
        self._owners.append(project)
        self._budgets.append(lump)
        self._spent.append(spent)
        self._shares.append(share)
        self._seen.append(now)
        return True

    # ------------------------------------------------------------------------------------- all at once

    @functools.cached_property
    def figures(self) -> Figures:
        """What all of them plan, have earned and have cost."""
        if not self._places:
            return Figures({}, {}, (), (), (), (), ())
        import numpy as np

        places, now = np.array(self._places, np.int64), np.array(self._seen, np.int64)
        bac = exact_column(self._budgets)
        since, until, dated, stated = self._spans()
        spent = _sparse(self._spent)
        known = dated & np.array([one is not None for one in self._spent], bool)
        due, begun = known & (now > since) & (now >= until), known & (now > since) & (now < until)
        apart: dict[str, dict[int, Fraction]] = {"pv": {}, "ev": {}}
        for row in np.flatnonzero(begun).tolist():
            apart["pv"][self._places[row]] = self._piece(row, int(since[row]), int(until[row])).by(int(now[row]))
        ev, odd = self._earned(bac)
        for row in np.flatnonzero(odd & known).tolist():
            apart["ev"][self._places[row]] = bac.at(row) * self._shares[row]

        def placed(rows: Known, amounts: ExactColumn) -> Placed:
            return Placed(places[rows], ExactColumn(amounts.numbers[rows], amounts.below))

        columns = {
            "budget": Placed(places, bac),
            "bac": placed(known, bac),
            "pv": placed(known & ~begun, ExactColumn(np.where(due, bac.numbers, 0), bac.below)),
            "ev": placed(known & ~odd, ev),
            "ac": placed(known, spent),
        }
        floating = places[known & ~stated].tolist()
        return Figures(columns, apart, places[known].tolist(), floating, since.tolist(), until.tolist(), dated.tolist())

    def _earned(self, bac: ExactColumn) -> tuple[ExactColumn, Known]:
        """What is earned of each budget, and which shares have a denominator of their own."""
        import numpy as np

        pairs = [share.as_integer_ratio() if share else (0, 1) for share in self._shares]
        below = 1
        for under in sorted({under for _, under in pairs}):
            below = common if (common := math.lcm(below, under)) <= SHARES else below
        shares = np.array([above * (below // under) if below % under == 0 else 0 for above, under in pairs], np.int64)
        odd = np.array([below % under != 0 for _, under in pairs], bool)
        return ExactColumn(fitted(bac.numbers, shares), bac.below * below), odd

    def _spans(self) -> tuple[Array, Array, Known, Known]:
        """(first instant, last instant, whether it has both, whether they are approved) of each."""
        import numpy as np

        since, until, dated = self._scheduled()
        stated = np.zeros(len(self._tasks), bool)
        for row, task in enumerate(self._tasks):
            if task.baseline_start is not None and (both := approved(task)) is not None:
                since[row], until[row] = minutes(both[0]), minutes(both[1], end=True)
                dated[row] = stated[row] = True
        return since, until, dated, stated

    def _scheduled(self) -> tuple[Array, Array, Known]:
        """Start and finish of each in the schedule, and whether it has both: of open work read off the passes, else one by one."""
        import numpy as np

        s, net = self._packages.schedule, self._packages.schedule.network
        passes, size = s.passes, len(self._tasks)
        since, until, dated = np.zeros(size, np.int64), np.zeros(size, np.int64), np.ones(size, bool)
        rest: Sequence[int] = range(size)
        if net.compiled and passes.back_from is None and passes.dialect.direction != "back" and net.inside is not None:
            inside = net.inside
            none: Mapping[str, int] = {}
            nodes = np.array(
                [inside.get(project.id, none).get(task.id, -1) for task, project in zip(self._tasks, self._owners, strict=True)], np.int64
            )
            special = np.zeros(net.n + 1, bool)
            special[-1] = True
            for some in (passes.without_duration, net.starts):
                special[list(some)] = True
            states = net.states[nodes]
            plain = ~special[nodes] & ((states == LIVE[0]) | (states == LIVE[1]))
            rows = np.flatnonzero(plain)
            places = as_array(passes.positions.pos)[nodes[rows]]
            start, finish = passes.readings.window(as_array(passes.early_starts), as_array(passes.finishes))
            since[rows], until[rows] = start[places], finish[places]
            rest = np.flatnonzero(~plain).tolist()
        for row in rest:
            first, last = s.instants(f"{self._owners[row].id}/{self._tasks[row].id}")
            if first is None or last is None:
                dated[row] = False
            else:
                since[row], until[row] = first, last
        return since, until, dated

    @functools.cached_property
    def planned(self) -> tuple[Array, Pieces]:
        """(place, plan) of those that are known in full; the clock is -1 where the spread is none of the named curves."""
        import numpy as np

        places = np.array(self.figures.known, np.int64)
        if not len(places):
            return places, Pieces(places, places, places, places, np.zeros(0))
        rows = np.searchsorted(np.array(self._places, np.int64), places)
        numbers: dict[tuple[str | None, str], int] = {}
        clock, shape = [], []
        for (calendar, own, budget), project in zip(map(LIES, self._tasks), self._owners, strict=True):
            where = calendar, project.id
            if where not in numbers:
                numbers[where] = self._packages.clock(calendar, project)
            spread = budget.lines[0].spread or own or project.spread
            curve = 0 if spread is None else SHAPE.get(spread.curve, -1)
            clock.append(numbers[where] if curve >= 0 else -1)
            shape.append(curve)
        since, until, on, by = (np.array(one, np.int64)[rows] for one in (self.figures.since, self.figures.until, clock, shape))
        return places, Pieces(since, until, on, np.maximum(by, 0), self.figures.columns["bac"].amounts.floats())

    @functools.cached_property
    def seen(self) -> Array:
        """The instants that those that are known in full are seen from."""
        import numpy as np

        rows = np.searchsorted(np.array(self._places, np.int64), np.array(self.figures.known, np.int64))
        found: Array = np.array(self._seen, np.int64)[rows]
        return found

    @property
    def places_shown(self) -> Iterator[int]:
        """The places of those that have dates, and of which the actual cost is not known."""
        dated = self.figures.dated
        return (place for row, place in enumerate(self._places) if self._spent[row] is None and dated[row])

    # ------------------------------------------------------------------------------------- one of them

    @functools.cached_property
    def _rows(self) -> Mapping[int, int]:
        return {place: row for row, place in enumerate(self._places)}

    def _piece(self, row: int, since: int, until: int) -> Piece:
        task, project = self._tasks[row], self._owners[row]
        spread = task.budget.lines[0].spread if task.budget is not None else None
        return Piece(Fraction(self._budgets[row]), self._packages.stretch(f"{project.id}/{task.id}", task, spread, since, until))

    def piece(self, place: int) -> Piece:
        """The plan of the package at a place."""
        row = self._rows[place]
        return self._piece(row, self.figures.since[row], self.figures.until[row])

    def seen_from(self, place: int) -> int:
        """The instant that the package at a place is seen from."""
        return self._seen[self._rows[place]]

    def shown(self, place: int) -> tuple[Fraction, Fraction] | None:
        """(PV, EV) of the package at a place, where it is plain, has dates, and its actual cost is not known."""
        row = self._rows.get(place)
        if row is None or self._spent[row] is not None or not self.figures.dated[row]:
            return None
        return self.piece(place).by(self._seen[row]), Fraction(self._budgets[row]) * self._shares[row]


def _sparse(values: Sequence[Decimal | None]) -> ExactColumn:
    """Amounts of which most are nothing, over their least common denominator."""
    import numpy as np

    rows = [row for row, value in enumerate(values) if value]
    some = exact_column([value for value in values if value])
    numbers = np.zeros(len(values), some.numbers.dtype)
    numbers[rows] = some.numbers
    return ExactColumn(numbers, some.below)
