"""Changes tried on the dates that are there: an overlay on the schedule moves what a change moves, and takes it back.

What an overlay cannot follow is left to a schedule of the changed portfolio: one or the other, never a guess.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence

from ipmo.analysis.change.applying import first_tasks, shifted
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.dependencies.targets import Targets, targets
from ipmo.errors import IpmoError, ScheduleError
from ipmo.memory import remember
from ipmo.model.changes import Change, Delay, SetDuration
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.network.aims import Aim
from ipmo.network.overlay import Overlay
from ipmo.network.positions import as_array
from ipmo.network.states import FROM_FINISH
from ipmo.units import DAY, Span, minutes

__all__ = ["Branches", "branches"]

NORMAL = 0
Step = Callable[[Overlay], object]
"""Something done on an overlay."""


class Branches:
    """The dates of one portfolio under changes.

    Args:
        portfolio: the portfolio.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.schedule: Schedule = schedule(portfolio, on_cycle="cut")
        self._firsts: dict[str, list[tuple[str, int, int]] | None] = {}
        self._lengths: dict[tuple[str, Span], int] = {}

    @functools.cached_property
    def targets(self) -> Targets:
        """What a change can move."""
        return targets(self.schedule)

    @functools.cached_property
    def overlay(self) -> Overlay | None:
        """The overlay; None where the network holds what an overlay does not follow."""
        return self._overlay(late=True)

    @functools.cached_property
    def ahead(self) -> Overlay | None:
        """The overlay for slips, which ask for no late dates: that for changes where it is there, else one without."""
        return self.overlay if "overlay" in self.__dict__ else self._overlay(late=False)

    def _overlay(self, *, late: bool) -> Overlay | None:
        net = self.schedule.network
        if net.hammocks or net.plain_mark or net.points or self.schedule.passes.back_from is not None:
            return None
        if net.dialect is not None and (net.dialect.direction == "back" or not net.dialect.clip):
            return None
        try:
            return Overlay(self.schedule.passes, late=late)
        except ScheduleError:
            return None

    # ----------------------------------------------------------------------------------------- changes

    def moved(self, changes: Sequence[Change]) -> Mapping[int, int] | None:
        """The targets that changes move, and to when; None where that takes a schedule of the changed portfolio.

        Only changes of plain open work are followed: anything that could be refused is left to `applied`.
        """
        if self.schedule.network.cuts or not all(isinstance(change, Delay | SetDuration) for change in changes):
            return None  # changed dates may cut a loop elsewhere
        if self.overlay is None:
            return None
        steps: list[Step] = []
        for change in changes:
            found = self._steps(change, first=not steps)
            if found is None:
                return None
            steps += found
        over, done = self.overlay, 0
        try:
            for step in steps:
                step(over)
                done += 1
            return self._read(over, done)
        except IpmoError:
            return None
        finally:
            for _ in range(done):
                over.undo()

    def _steps(self, change: Change, *, first: bool) -> list[Step] | None:
        """What to do on the overlay; None when this change is not followed."""
        if isinstance(change, Delay):
            lows = self._lows(change.target, change.by) if first else None  # it starts from the dates as they are
            if lows is None:
                return None
            return [functools.partial(Overlay.raise_start_bound, place=place, low=low) for place, low in lows]
        if isinstance(change, SetDuration):
            length = self._length(change)
            if length is None:
                return None
            node = self.schedule.passes.named[change.target]
            return [lambda over: over.set_duration(node, length)]
        return None

    def _plain(self, full_id: str) -> int | None:
        """The node of open work that has not begun and that nothing but links and bounds ties."""
        s, net = self.schedule, self.schedule.network
        task = self.portfolio.items.get(full_id)
        node = s.passes.named.get(full_id)
        if not isinstance(task, Task) or node is None or net.state[node] != NORMAL or node in s.passes.without_duration:
            return None
        if task.started or task.constraints is not None or task.finish_not_before is not None or task.hammock:
            return None
        if net.holds and node in net.holds:
            return None
        return node

    def _lows(self, target: str, by: Span) -> list[tuple[int, int]] | None:
        """(position, start) of what a delay holds back; None when it is not plain."""
        if by.amount < 0:
            return None
        if target not in self._firsts:
            self._firsts[target] = self._first(target)
        nodes = self._firsts[target]
        if nodes is None:
            return None
        return [(place, self._later(full_id, node, place, by)) for full_id, node, place in nodes]

    def _first(self, target: str) -> list[tuple[str, int, int]] | None:
        """(id, node, position) of what begins first of an item; None when it is not plain."""
        noun = self.portfolio.items.get(target)
        names = [target]
        if isinstance(noun, Project):
            names = [f"{target}/{name}" for name in first_tasks(noun)]
            if not names:
                return None
        out = []
        for name in names:
            node = self._plain(name)
            if node is None:
                return None
            out.append((name, node, int(self.schedule.passes.positions.pos[node])))
        return out

    def _later(self, full_id: str, node: int, place: int, by: Span) -> int:
        """The start that a delay asks for, on the item's own clock."""
        s, net = self.schedule, self.schedule.network
        x = int(s.passes.early_starts[place])
        if by.dimension == "working" and net.clock_of(node) is net.running_clock(node):
            key = (self.portfolio.calendar_for(full_id).id, by)
            if key not in self._lengths:
                self._lengths[key] = self.portfolio.calendar_for(full_id).minutes(by)
            return x + self._lengths[key]
        start = s.dates(full_id)[0]
        assert start is not None
        return net.running_clock(node).work(minutes(shifted(self.portfolio, full_id, start, by)))

    def _length(self, change: SetDuration) -> int | None:
        """Another duration in minutes of the item's clock; None when it is not plain."""
        node = self._plain(change.target)
        if node is None:
            return None
        net, task = self.schedule.network, self.portfolio.items[change.target]
        to, old = change.to.central(), task.duration.central() if task.duration is not None else None
        if (
            task.milestone
            or not isinstance(to, Span)
            or not isinstance(old, Span)
            or to.dimension != "working"
            or old.dimension != "working"
        ):
            return None
        if not to.amount or not old.amount:  # what takes no time may lie on another clock
            return None
        if task.progress is not None or task.remaining is not None:  # part of it is done, begun or not: less than all is left
            return None
        clock = 0 if net.clk is None else int(net.clk[node])
        calendar = self.portfolio.calendar_for(change.target)
        if net.nominal is not None and int(net.nominal[node]) != clock:
            return None
        return calendar.minutes(to)

    def _read(self, over: Overlay, steps: int) -> dict[int, int] | None:
        """The targets whose date is another than it was; None where only a schedule says on which day a date lies."""
        rows = self.targets
        dates = rows.reach.dates
        moved, groups = over.moved(steps)
        out: dict[int, int] = {}
        by_place, by_project = self._aimed
        for v in moved & by_place.keys() if len(moved) < len(by_place) else by_place.keys() & moved:
            for t in by_place[v]:
                out[t] = 0
        for g in groups:
            for t in by_project.get(g, ()):
                out[t] = 0
        for t in list(out):
            aim = rows.reach.aims[t]
            found = [over.finish(int(self.schedule.passes.positions.order[v])) for v in aim.places]
            found += [end for g in aim.projects if (end := over.end_of(g)) is not None]
            date = max(found)
            if date == dates[t]:
                del out[t]
            elif rows.kinds[t] != "benefit" and not date % DAY and self._may_begin_day(over, aim, date):
                return None  # midnight is said as the day that ends or the one that begins: a schedule of the changed portfolio says which
            else:
                out[t] = date
        return out

    def _may_begin_day(self, over: Overlay, aim: Aim, date: int) -> bool:
        """Whether a point in time that more than the end of work holds is the last of a target, at an instant of the overlay."""
        p, starts, bounds = self.schedule.passes.positions, over.row("x"), over.row("low")
        for v in (*map(int, aim.places), *itertools.chain.from_iterable(self._points.get(g, ()) for g in aim.projects)):
            if p.dur[v] or p.clk[v] or starts[v] != date:
                continue
            holders = range(p.ptr[v], p.ptr[v + 1])
            if starts[v] == bounds[v] or any(not p.dur[p.src[k]] or p.typ[k] not in FROM_FINISH for k in holders):
                return True
        return False

    @functools.cached_property
    def _points(self) -> Mapping[int, list[int]]:
        """The positions of open points in time that lie on no calendar, by the place of their project."""
        net, p = self.schedule.network, self.schedule.passes.positions
        points = (as_array(p.dur) == 0) & (as_array(p.clk) == 0) & self.schedule.passes.live
        out: dict[int, list[int]] = {}
        for v in points.nonzero()[0].tolist():
            out.setdefault(int(net.project[p.order[v]]), []).append(v)
        return out

    @functools.cached_property
    def _aimed(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """Targets by position, and by project."""
        by_place: dict[int, list[int]] = {}
        by_project: dict[int, list[int]] = {}
        for t, aim in enumerate(self.targets.reach.aims):
            for v in aim.places:
                by_place.setdefault(int(v), []).append(t)
            for g in aim.projects:
                by_project.setdefault(int(g), []).append(t)
        return by_place, by_project

    # ------------------------------------------------------------------------------------------- slips

    def slipped(self, names: Sequence[str], slip: Span) -> list[Mapping[int, int] | None]:
        """For each project or task, the targets that move when it slips, and to when; None where that takes a whole schedule."""
        out: list[Mapping[int, int] | None] = [None] * len(names)
        if self.ahead is None:
            return out
        rows, first, seeds, lows = [], [0], [], []
        for row, name in enumerate(names):
            found = self._lows(name, slip)
            if found is None:
                continue
            rows.append(row)
            seeds += [place for place, _ in found]
            lows += [low for _, low in found]
            first.append(len(seeds))
        for row, moved in zip(rows, self.cones(first, seeds, lows), strict=True):
            out[row] = moved
        return out

    def cones(self, first: list[int], seeds: list[int], lows: list[int]) -> list[dict[int, int]]:
        """The targets that move when some positions start no earlier than given, and to when; each set on its own.

        Args:
            first: where the positions of each set begin (sets + 1).
            seeds, lows: positions, and starts on their own clocks.
        """
        over = self.ahead
        assert over is not None
        by_place, by_project = self._aimed
        dates = self.targets.reach.dates
        out: list[dict[int, int]] = []
        for moved in over.slips(first, seeds, lows, list(by_place)):
            news: dict[int, int] = {}
            for what, value in moved.items():  # a slip makes later only: a target is where the latest of its parts has gone
                for t in by_place.get(what, ()) if what >= 0 else by_project.get(-1 - what, ()):
                    if value > dates[t] and value > news.get(t, 0):
                        news[t] = value
            out.append(news)
        return out


def branches(portfolio: Portfolio) -> Branches:
    """The branches of a portfolio, made once."""
    return remember(portfolio, "branches", lambda: Branches(portfolio))
