"""Work packages that say it all by one certain amount, the share done of it and their dates, as columns of exact numbers.

What more there is to a package (lines, rates, earning rules, estimates, a share found from dates) is looked at one by one, in `work_packages`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from ipmo.analysis.money.exact import ROOM, ExactColumn, Placed, Ratios, fitted, whole_numbers
from ipmo.analysis.money.plan_curves import SHAPES, Pieces
from ipmo.analysis.money.said_columns import Coded, Lumps, alike, coded, many
from ipmo.analysis.money.timing import Piece
from ipmo.analysis.money.work_packages import WorkPackages, as_written, happened
from ipmo.model.money import Spread
from ipmo.model.work import Project, Task
from ipmo.network.clocks import clocks_of
from ipmo.network.positions import as_array
from ipmo.network.states import LIVE
from ipmo.units import When, minutes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.analysis.money.exact import Whole

    Array = NDArray[np.int64]
    Known = NDArray[np.bool_]

__all__ = ["COSTED", "Figures", "PlainPackages"]

SHARES = 10**5
"""Shares are brought to a common denominator up to it; what has another one is multiplied by itself."""
COSTED = {name: f"costed {name}" for name in ("bac", "pv", "ev")}
"""Figures of the packages whose plan and progress are known, and what each is named of those whose actual cost is known too."""
ZERO, ONE = Fraction(0), Fraction(1)
SHAPE = {name: number for number, name in enumerate(SHAPES)}
NONE, OTHER = -2, -1
"""Nothing is said of a spread; it is none of the named curves."""


@attrs.frozen(eq=False)
class Figures:
    """What plain packages plan, have earned and have cost.

    Args:
        columns: by figure, the exact amounts at their places.
        ratios: by figure, what has a denominator of its own.
        apart: by figure, what no column says.
        known: the places of those whose plan and progress are known, in order.
        uncosted: of these, those of which the actual cost is not known.
        floating: of these, those without approved dates.
        ended: when finished ones ended, by place.
    """

    columns: Mapping[str, Placed]
    ratios: Mapping[str, Ratios]
    apart: Mapping[str, Mapping[int, Fraction]]
    known: Sequence[int]
    uncosted: Sequence[int]
    floating: Sequence[int]
    ended: Mapping[int, int]


@attrs.frozen(eq=False)
class _Said:
    """What the tasks of some projects say; n of them.

    Args:
        tasks: the tasks, those of each project in a row.
        owner: the number of each one's project, int64 (n).
        budgets: their budgets; `actuals` their actual costs.
        free: whether nothing was spent, as nothing has begun, bool (n).
        shares: how much of each is done.
        ended: the instant at which it ended, -1 of what did not, int64 (n).
        taken: whether each is a plain package, bool (n).
    """

    tasks: Sequence[Task]
    owner: Array
    budgets: Lumps
    actuals: Lumps
    free: Known
    shares: Coded[Fraction]
    ended: Array
    taken: Known


class PlainPackages:
    """The plain packages of a portfolio that is its own plan: gathered in the order of the tree, then computed at once.

    Args:
        packages: the work packages one by one.
    """

    def __init__(self, packages: WorkPackages) -> None:
        self._packages = packages
        self._possible = packages.plain and packages.plan is packages.portfolio
        self._works: Sequence[tuple[Project, Sequence[Task]]] = ()
        self._said: _Said | None = None
        self._place: dict[str, int] = {}
        """Where the tasks of each project stand among the packages."""
        self._others: dict[str, list[int]] = {}
        self._first: dict[str, int] = {}

    def gather(self, works: Sequence[tuple[Project, Sequence[Task]]]) -> None:
        """Looks at the tasks of all projects at once; `stand` says where those of each one stand.

        Args:
            works: projects and their tasks, milestones left out, in the order of the tree.
        """
        import numpy as np

        works = [(project, tasks) for project, tasks in works if tasks]
        if not works or not self._possible:
            return
        self._works = works
        said = self._said = self._read(many(tasks for _, tasks in works))
        ends = np.cumsum([len(tasks) for _, tasks in works])
        stated = said.budgets.stated.known(lambda one: one is not None)
        for rows, kept in ((np.flatnonzero(stated & ~said.taken), self._others), (np.flatnonzero(said.taken), {})):
            bounds = np.searchsorted(rows, np.concatenate(([0], ends))).tolist()
            for (project, tasks), end, low, high in zip(works, ends.tolist(), bounds, bounds[1:], strict=False):
                if low == high:
                    continue
                begin = end - len(tasks)
                if kept is self._others:
                    kept[project.id] = (rows[low:high] - begin).tolist()
                else:
                    self._first[project.id] = int(rows[low]) - begin

    def _read(self, tasks: Sequence[Task]) -> _Said:
        import numpy as np

        packages = self._packages
        owner = np.repeat(np.arange(len(self._works)), [len(some) for _, some in self._works])
        budgets = Lumps([task.budget for task in tasks], packages.budgets.currency)
        actuals = Lumps([task.actual for task in tasks], packages.actuals.currency)
        taken = budgets.undated()
        for column in ([task.earning for task in tasks], [task.plus_resources for task in tasks], [task.extensions for task in tasks]):
            taken &= ~alike(column).known(_says)
        earning = np.fromiter((project.earning is not None for project, _ in self._works), bool, len(self._works))
        if earning.any():
            taken &= ~earning[owner]
        progress = coded([task.progress for task in tasks])
        starts, finishes = (coded(column) for column in ([t.actual_start for t in tasks], [t.actual_finish for t in tasks]))
        none = actuals.stated.known(lambda one: one is None)
        idle = none & starts.known(_silent) & finishes.known(_silent) & ~progress.known(_says)
        taken &= none | actuals.undated(spent=True)
        over = self._happened(finishes, owner)
        taken &= over | ~progress.known(_silent) | ~self._happened(starts, owner)  # else the share is that of its time
        parts = [as_written(one) if one else ZERO for one in progress.values]
        shares = Coded(np.where(over, len(parts), progress.codes), [*parts, ONE])
        ended = np.where(over, finishes.numbers(lambda one: -1 if one is None else minutes(one, end=True)), -1)
        return _Said(tasks, owner, budgets, actuals, idle, shares, ended, taken)

    @functools.cached_property
    def _seen(self) -> Coded[When]:
        """The date that each project is seen from."""
        packages = self._packages
        return coded([packages.own.get(project.id, packages.as_of) for project, _ in self._works])

    def _happened(self, dates: Coded[When | None], owner: Array) -> Known:
        """Whether each date has come, as its project is seen."""
        import numpy as np

        if all(one is None for one in dates.values):
            return np.zeros(len(owner), bool)
        seen = self._seen
        found: Known = dates.by(seen.codes[owner], lambda when, by: when is not None and happened(when, seen.values[by])).astype(bool)
        return found

    def stand(self, project: Project, place: int) -> tuple[Sequence[int], int | None]:
        """Says where the tasks of a project stand.

        Returns:
            (those that have a budget and are not plain, the first one that is; None for none), by their places in the project's list.
        """
        self._place[project.id] = place
        return self._others.get(project.id, ()), self._first.get(project.id)

    @property
    def possible(self) -> bool:
        """Whether any package can be plain: one plan, one currency without price bases."""
        return self._possible

    # ------------------------------------------------------------------------------------- all at once

    @functools.cached_property
    def _rows(self) -> Array:
        """The rows of the tasks that are plain."""
        import numpy as np

        return np.zeros(0, np.int64) if self._said is None else np.flatnonzero(self._said.taken)

    @functools.cached_property
    def _owners(self) -> Array:
        """The number of each one's project."""
        assert self._said is not None
        found: Array = self._said.owner[self._rows]
        return found

    @functools.cached_property
    def _places(self) -> Array:
        """Where each stands among the packages, in order."""
        import numpy as np

        if self._said is None:
            return self._rows
        lengths = np.array([len(tasks) for _, tasks in self._works], np.int64)
        shift = np.array([self._place[project.id] for project, _ in self._works], np.int64) - (np.cumsum(lengths) - lengths)
        places: Array = self._rows + shift[self._owners]
        return places

    @functools.cached_property
    def _now(self) -> Array:
        """The instant that each is seen from."""
        import numpy as np

        found: Array = np.array([minutes(one) for one in self._seen.values], np.int64)[self._seen.codes[self._owners]]
        return found

    @functools.cached_property
    def figures(self) -> Figures:
        """What all of them plan, have earned and have cost."""
        rows, said = self._rows, self._said
        if said is None or not len(rows):
            return Figures({}, {}, {}, (), (), (), {})
        import numpy as np

        places, now = self._places, self._now
        bac, spent = said.budgets.amounts(rows), said.actuals.amounts(rows)
        since, until, dated, stated = self._spans
        known, costed = dated, dated & ~self._unspent
        after = now > since
        due, begun = known & after & (now >= until), known & after & (now < until)
        planned, apart = self._due(np.flatnonzero(begun), bac, since, until)
        ev, odd, earned = self._earned(bac)

        def placed(some: Known, amounts: ExactColumn) -> Placed:
            return Placed(places[some], ExactColumn(amounts.numbers[some], amounts.below))

        past = ExactColumn(np.where(due, bac.numbers, 0), bac.below)
        columns = {"budget": Placed(places, bac), "ac": placed(costed, spent)}
        ratios: dict[str, Ratios] = {}
        uncosted: list[int] = places[known & ~costed].tolist()
        rest = set(uncosted)
        for some, name in ((known, str), (costed, COSTED.__getitem__))[: 2 if rest else 1]:
            columns |= {name("bac"): placed(some, bac), name("pv"): placed(some & ~begun, past), name("ev"): placed(some & ~odd, ev)}
            ratios |= {
                name("pv"): planned if some is known else planned.some(~np.isin(planned.places, uncosted)),
                name("ev"): earned.some(some[odd]),
            }
        ended = said.ended[rows]
        over = np.flatnonzero(ended >= 0)
        return Figures(
            columns,
            ratios,
            {"pv": apart, COSTED["pv"]: {place: amount for place, amount in apart.items() if place not in rest}},
            places[known].tolist(),
            uncosted,
            places[known & ~stated].tolist(),
            dict(zip(places[over].tolist(), ended[over].tolist(), strict=True)),
        )

    @functools.cached_property
    def _unspent(self) -> Known:
        """Those of which the actual cost is not known."""
        assert self._said is not None
        found: Known = (self._said.actuals.stated.known(lambda one: one is None) & ~self._said.free)[self._rows]
        return found

    def _earned(self, bac: ExactColumn) -> tuple[ExactColumn, Known, Ratios]:
        """What is earned of each budget, which shares have a denominator of their own, and what is earned of these."""
        import numpy as np

        assert self._said is not None
        shares = self._said.shares[self._rows]
        pairs = [share.as_integer_ratio() if share else (0, 1) for share in shares.values]
        below = 1
        for under in sorted({under for _, under in pairs}):
            below = common if (common := math.lcm(below, under)) <= SHARES else below
        times = np.array([above * (below // under) if below % under == 0 else 0 for above, under in pairs], np.int64)
        odd = shares.known(lambda share: below % share.denominator != 0)
        some, budgets = shares.codes[odd], bac.numbers[odd]
        above, under_of = (whole_numbers([pair[place] for pair in pairs])[some] for place in (0, 1))
        earned = Ratios.of(self._places[odd], fitted(budgets, above), fitted(under_of, bac.below))
        return ExactColumn(fitted(bac.numbers, times[shares.codes]), bac.below * below), odd, earned

    def _due(self, begun: Array, bac: ExactColumn, since: Array, until: Array) -> tuple[Ratios, dict[int, Fraction]]:
        """What is due of plans that have begun and not ended: on their own working time, by their curve; by place what no curve says."""
        import numpy as np

        clock, shape = self._lies(begun)
        apart = {int(self._places[row]): self._piece(row).by(int(self._now[row])) for row in begun[clock < 0].tolist()}
        begun, clock, shape = begun[clock >= 0], clock[clock >= 0], shape[clock >= 0]
        gone, whole = np.zeros(len(begun), np.int64), np.zeros(len(begun), np.int64)
        clocks = clocks_of(self._packages.plan)
        for number in np.unique(clock).tolist():
            on = np.flatnonzero(clock == number)
            instants = np.concatenate((since[begun[on]], self._now[begun[on]], until[begun[on]]))
            before, by, end = clocks.worked(number, instants).reshape(3, -1)
            gone[on], whole[on] = by - before, end - before
        gone, whole = np.where(whole > 0, gone, 1), np.maximum(whole, 1)  # what has no working time comes at once
        above, under = _share(gone, whole, shape)
        return Ratios.of(self._places[begun], fitted(bac.numbers[begun], above), fitted(under, bac.below)), apart

    def _lies(self, rows: Array) -> tuple[Array, Array]:
        """The clock and the curve that some of them lie on by; -1 for both where no column says it."""
        import numpy as np

        said, packages = self._said, self._packages
        assert said is not None
        at, owner = self._rows[rows], self._owners[rows]
        tasks = [said.tasks[row] for row in at.tolist()]
        projects = [project for project, _ in self._works]
        clock = coded([task.calendar for task in tasks]).by(owner, lambda name, of: packages.clock(name, projects[of]))
        own = alike([task.spread for task in tasks]).numbers(_curve)
        above = np.fromiter((_curve(project.spread) for project in projects), np.int64, len(projects))[owner]
        line = said.budgets.stated[at].numbers(lambda one: _curve(one.lines[0].spread) if one is not None and one.lines else NONE)
        shape = np.where(line != NONE, line, np.where(own != NONE, own, above))
        shape[shape == NONE] = 0
        rests = alike([task.interruptions for task in tasks]).known(_says)
        odd = rests | (shape == OTHER)
        return np.where(odd, -1, clock), np.where(odd, -1, shape)

    @functools.cached_property
    def _spans(self) -> tuple[Array, Array, Known, Known]:
        """(first instant, last instant, whether it has both, whether they are approved) of each."""
        import numpy as np

        assert self._said is not None
        tasks = self._said.tasks
        starts = coded([task.baseline_start for task in tasks])[self._rows]
        ends = coded([task.baseline_finish for task in tasks])[self._rows]
        since = starts.numbers(lambda one: -1 if one is None else minutes(one))
        until = ends.numbers(lambda one: -1 if one is None else minutes(one, end=True))
        stated = ~(starts.known(_silent) | ends.known(_silent))
        dated, rest = stated.copy(), np.flatnonzero(~stated)
        if len(rest):
            since[rest], until[rest], dated[rest] = self._scheduled(rest)
        return since, until, dated, stated

    def _scheduled(self, of: Array) -> tuple[Array, Array, Known]:
        """Start and finish of some in the schedule, and whether each has both: of open work read off the passes, else one by one."""
        import numpy as np

        assert self._said is not None
        tasks = [self._said.tasks[row] for row in self._rows[of].tolist()]
        owners = [self._works[number][0].id for number in self._owners[of].tolist()]
        s, net = self._packages.schedule, self._packages.schedule.network
        passes, size = s.passes, len(tasks)
        since, until, dated = np.zeros(size, np.int64), np.zeros(size, np.int64), np.ones(size, bool)
        rest: Sequence[int] = range(size)
        if net.compiled and passes.back_from is None and passes.dialect.direction != "back" and net.inside is not None:
            inside = net.inside
            none: Mapping[str, int] = {}
            nodes = np.array([inside.get(owner, none).get(task.id, -1) for task, owner in zip(tasks, owners, strict=True)], np.int64)
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
            first, last = s.instants(f"{owners[row]}/{tasks[row].id}")
            if first is None or last is None:
                dated[row] = False
            else:
                since[row], until[row] = first, last
        return since, until, dated

    @functools.cached_property
    def _known_rows(self) -> Array:
        """The rows of those whose plan and progress are known."""
        import numpy as np

        found: Array = np.searchsorted(self._places, np.array(self.figures.known, np.int64))
        return found

    @functools.cached_property
    def planned(self) -> tuple[Array, Pieces]:
        """(place, plan) of those whose plan and progress are known; the clock is -1 where no column says how it lies."""
        import numpy as np

        rows = self._known_rows
        if not len(rows):
            return rows, Pieces(rows, rows, rows, rows, np.zeros(0))
        clock, shape = self._lies(rows)
        since, until, _, _ = self._spans
        worth = self.figures.columns["bac"].amounts.floats()
        return self._places[rows], Pieces(since[rows], until[rows], clock, np.maximum(shape, 0), worth)

    @functools.cached_property
    def seen(self) -> Array:
        """The instants that those whose plan and progress are known are seen from."""
        if not len(self._known_rows):
            return self._known_rows
        found: Array = self._now[self._known_rows]
        return found

    # ------------------------------------------------------------------------------------- one of them

    @functools.cached_property
    def _row_of(self) -> Mapping[int, int]:
        return {place: row for row, place in enumerate(self._places.tolist())}

    def _budget(self, row: int) -> Fraction:
        assert self._said is not None
        amount = self._said.budgets.amount(int(self._rows[row]))
        assert amount is not None
        return Fraction(amount)

    def _piece(self, row: int) -> Piece:
        assert self._said is not None
        task, project = self._said.tasks[int(self._rows[row])], self._works[int(self._owners[row])][0]
        spread = task.budget.lines[0].spread if task.budget is not None else None
        since, until = (int(one[row]) for one in self._spans[:2])
        return Piece(self._budget(row), self._packages.stretch(f"{project.id}/{task.id}", task, spread, since, until))

    def piece(self, place: int) -> Piece:
        """The plan of the package at a place."""
        return self._piece(self._row_of[place])

    def seen_from(self, place: int) -> int:
        """The instant that the package at a place is seen from."""
        return int(self._now[self._row_of[place]])


def _silent(said: object) -> bool:
    return said is None


def _says(said: object) -> bool:
    return bool(said)


def _curve(spread: Spread | None) -> int:
    """The number of a named curve."""
    return NONE if spread is None else SHAPE.get(spread.curve, OTHER)


def _share(gone: Array, whole: Array, shape: Array) -> tuple[Whole, Whole]:
    """The share that is due when some of all working time has gone, as a whole number over another; see `Spread.share`."""
    import numpy as np

    common = np.gcd(gone, whole)
    x, n = gone // common, whole // common
    if len(n) and 3 * int(n.max()) ** 3 >= ROOM:
        x, n = x.astype(object), n.astype(object)
    front, back, s_curve = (shape == SHAPE[name] for name in ("front", "back", "s-curve"))
    above: Whole = np.where(front, x * (2 * n - x), np.where(back, x * x, np.where(s_curve, x * x * (3 * n - 2 * x), x)))
    under: Whole = np.where(front | back, n * n, np.where(s_curve, n * n * n, n))
    return above, under
