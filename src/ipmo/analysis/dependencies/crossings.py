"""Links that cross a boundary, as columns: their floats, whether they drive, what they hold back, what a slip of each moves."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

import attrs

from ipmo.analysis.dates.by_day import last_start
from ipmo.analysis.dates.commitments import Stated
from ipmo.analysis.dates.committed import Commitment, Standing
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.dependencies.handovers import link_name, side_of
from ipmo.analysis.dependencies.targets import Targets, programmes_of, targets
from ipmo.errors import UnitError
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Constraints, Link, Task
from ipmo.network.clocks import FAR, clocks_of
from ipmo.network.links import outside_date
from ipmo.network.positions import as_array
from ipmo.network.reach import Moving
from ipmo.network.states import LIVE, State
from ipmo.units import Span, When, as_span, minutes, moment

__all__ = ["BOUNDARIES", "FAR", "Boundary", "ClosedLink", "Crossings", "ProjectDependency", "as_slip"]

Boundary = Literal["project", "programme", "portfolio"]
BOUNDARIES: tuple[Boundary, ...] = ("project", "programme", "portfolio")
"""Each includes those after it: what crosses the portfolio's boundary crosses the others too."""
STANDINGS: tuple[Standing | Literal[""], ...] = ("missed", "overdue", "unknown", "kept", "")
FEW = 50
"""Links whose drag is found one by one."""


@attrs.frozen(kw_only=True)
class ProjectDependency:
    """A link between whole projects: where it attaches is not known; it moves no date and enters no float.

    Args:
        gap: days from the giver's finish to the receiver's start, elapsed; negative when it starts before.
        standing: how its own promised or needed date stands; empty where none is stated.
        late: days by which that is missed, negative where it comes before; None where that is not known.
    """

    id: str
    source: str
    target: str
    kind: str
    giver_finish: datetime | None
    receiver_start: datetime | None
    gap: float | None
    standing: Standing | Literal[""] = ""
    late: float | None = None


@attrs.frozen(kw_only=True)
class ClosedLink:
    """A link of which one end is done, undated or gone: it holds nothing back any more, or nothing can be said."""

    number: int
    id: str
    source: str
    target: str
    giver: str
    receiver: str
    boundary: str
    why: str
    undated: bool


class Crossings:
    """The links that cross a boundary, as columns: by row, in file order."""

    def __init__(self, portfolio: Portfolio, s: Schedule, boundary: Boundary, near: float, slip: Span) -> None:
        self.portfolio, self.schedule, self.boundary, self.near, self.slip = portfolio, s, boundary, near, slip
        self.targets: Targets = targets(s)
        self.reach = self.targets.reach
        self.above = programmes_of(portfolio) if portfolio.programmes else {}
        self.open: list[int] = []  # numbers in portfolio.links
        self.places: list[int] = []  # places in the network; -1 for links from outside
        self.closed: list[ClosedLink] = []
        self.givers: list[str] = []
        self.receivers: list[str] = []
        self.names: list[str] = []
        self.crossed: list[str] = []
        self.heads: list[int] = []  # positions of what takes
        self.bounds: dict[int, int] = {}  # of links from outside: the start that they ask for
        self.outward: set[int] = set()  # rows of links to outside with a date of their own: at what gives, since nothing here takes
        self._collect()
        self.closed.sort(key=self._shown_as)
        self._measure()
        self._commit()

    def _shown_as(self, one: ClosedLink) -> tuple[str, ...]:
        """What links without a rank are sorted by: what people see of them, not where they stand in the file."""
        link = self.portfolio.links[one.number]
        return (one.id, one.source, one.target, link.type, str(link.lag or ""))

    def _crosses(self, giver: str, receiver: str) -> Boundary | Literal[""]:
        """The widest boundary between two projects, empty for none."""
        if giver == receiver:
            return ""
        if reference(giver).external or reference(receiver).external:
            return "portfolio"
        one, other = (self.above.get(name, frozenset()) for name in (giver, receiver))
        return "project" if one and other and (one & other) else "programme"

    def _counts(self, crossed: Boundary | Literal[""]) -> bool:
        return bool(crossed) and BOUNDARIES.index(crossed) >= BOUNDARIES.index(self.boundary)

    def _collect(self) -> None:
        import numpy as np

        pf, s, net = self.portfolio, self.schedule, self.schedule.network
        numbers = list(net.numbers.values())
        place = np.empty(net.m, np.int64)
        place[np.asarray(s.passes.positions.perm, np.int64)] = np.arange(net.m)
        places = place[np.fromiter(net.numbers, np.int64, len(numbers))]
        order = np.asarray(s.passes.positions.order, np.int64)
        tails, heads = self.reach.columns.src[places], self.reach.heads[places]
        givers, takers = order[tails], order[heads]
        columns = (places, givers, takers, net.owners[givers], net.owners[takers], heads)
        at, froms, intos, ones, others, starts = (column.tolist() for column in columns)
        joined = dict(zip(numbers, range(len(numbers)), strict=True))
        wide, crosses = {one for one in BOUNDARIES if self._counts(one)}, functools.cache(self._crosses)
        whole, labels = set(net.project_dependencies), set(net.labels)
        projects = {project.id for project in pf.projects}
        between = sorted({*whole, *(n for n in labels if pf.links[n].source in projects or pf.links[n].target in projects)})
        own = {one.link: one.name for one in s.commitments.stated if one.kind == "hand-over"} if between else {}
        rows = [_between_projects(s, pf.links[n], pf, s.commitments[own[n]] if n in own else None) for n in between]
        self.project_dependencies = tuple(sorted(rows, key=lambda one: (STANDINGS.index(one.standing), -(one.late or 0))))
        unknown = s.passes.without_duration
        for number, link in enumerate(pf.links):
            if number in whole or number in labels:
                continue
            found = joined.get(number)
            if found is not None:
                u, v, one, other = froms[found], intos[found], ones[found], others[found]
                crossed: Boundary | Literal[""] = ""
                if one >= 0 and other >= 0 and one != other:
                    crossed = crosses(net.projects[one], net.projects[other]) if self.above else "programme"
                if crossed not in wide:
                    continue
                if u not in unknown and v not in unknown:
                    self._open(number, link, at[found], net.projects[one], net.projects[other], crossed, starts[found])
                    continue
                self._close(number, link, net.shown(u), net.shown(v), net.projects[one], net.projects[other], crossed)
                continue
            ends = [pf.resolve(end) or end for end in (link.source, link.target)]
            giver, receiver = (side_of(pf, end) for end in ends)
            crossed = self._crosses(giver, receiver)
            if self._counts(crossed):
                self._outside(number, link, ends, giver, receiver, crossed)

    def _open(self, number: int, link: Link, place: int, giver: str, receiver: str, crossed: Boundary | Literal[""], head: int) -> None:
        self.open.append(number)
        self.places.append(place)
        self.givers.append(giver)
        self.receivers.append(receiver)
        self.names.append(link_name(link))
        self.crossed.append(crossed)
        self.heads.append(head)

    def _outside(self, number: int, link: Link, ends: list[str], giver: str, receiver: str, crossed: Boundary | Literal[""]) -> None:
        """A link that is no link of the network: from outside with a date, or with an end that is done."""
        s, net = self.schedule, self.schedule.network
        node = s.passes.named.get(ends[1])
        instant = outside_date(link, self.portfolio.data_date)
        if (
            reference(giver).external
            and instant is not None
            and node is not None
            and net.state[node] in LIVE
            and node not in s.passes.without_duration
        ):
            v = int(s.passes.positions.pos[node])
            clock = net.running_clock(node)
            if link.lag is not None:
                instant = clocks_of(self.portfolio).of(self.portfolio.calendar_for(ends[1])).shift(instant, link.lag)
            self.bounds[len(self.open)] = clock.work(instant) - (int(s.passes.positions.dur[v]) if link.type[1] == "F" else 0)
            self._open(number, link, -1, giver, receiver, crossed, v)
            return
        node = s.passes.named.get(ends[0])
        if node is not None and reference(receiver).external and self._out(link, node):
            self.outward.add(len(self.open))
            self._open(number, link, -1, giver, receiver, crossed, int(s.passes.positions.pos[node]))
            return
        self._close(number, link, ends[0], ends[1], giver, receiver, crossed)

    def _out(self, link: Link, node: int) -> bool:
        """Whether a link to outside is a hand-over to come by a stated date, of an item that has one of its own."""
        s = self.schedule
        stated = link.status != "delivered" and (link.promised is not None or link.needed is not None)
        return stated and s.network.state[node] in LIVE and node not in s.passes.without_duration

    def _close(self, number: int, link: Link, source: str, target: str, giver: str, receiver: str, crossed: Boundary | Literal[""]) -> None:
        s = self.schedule
        given = link.status == "delivered"
        why = next((f"{item}: {s[item].undated}" for item in (source, target)[given:] if item in s and s[item].undated), "")
        begin, end = reference(source), reference(target)
        reason = f"not scheduled: {why}" if why else f"{'it was delivered' if given else 'one end is done'}; it holds nothing back any more"
        if not why and end.external:
            reason = f"leads out of the portfolio to {end.name}"
        elif not why and begin.external and link.date is None and not given:
            reason = f"not scheduled: nobody says when {begin.name} happens"
        elif not why and (source, target, link.type) in set(s.cuts):
            reason = "cut to break a loop: its giver's date lies furthest after its receiver's"
        done = reason.startswith(("one end", "it was delivered", "leads"))
        one = ClosedLink(
            number=number, id=link_name(link), source=source, target=target, giver=giver, receiver=receiver, boundary=crossed, why=reason,
            undated=not done,
        )  # fmt: skip
        self.closed.append(one)

    # --------------------------------------------------------------------------------------- measures

    def _measure(self) -> None:
        """Floats and whether each link drives: of links of one number together, of the others one by one."""
        import numpy as np

        s, reach, net = self.schedule, self.reach, self.schedule.network
        c, late = reach.columns, as_array(s.passes.late_starts.to_target)
        places, heads = np.array(self.places, np.int64), np.array(self.heads, np.int64)
        inside, sources = places >= 0, heads.copy()
        sources[inside] = c.src[places[inside]]
        weights, plain = np.zeros(len(places), np.int64), np.zeros(len(places), bool)
        weights[inside], plain[inside] = c.w[places[inside]], ~reach.calendar_links[places[inside]]
        begins, starts, aims = reach.early_starts[sources], reach.early_starts[heads], late[heads]
        self._nodes: list[int] = c.order[sources].tolist()
        clocks = c.clk[sources].tolist()
        self._nominals: list[int] = clocks if net.nominal is None else as_array(net.nominal)[c.order[sources]].tolist()
        # minutes of a working day of each row's own clock; zero where its days are counted on another
        lengths = {clock: float(net.clock(clock).day_minutes) for clock in set(clocks)}
        self._per_day = [lengths[one] if one == nominal else 0.0 for one, nominal in zip(clocks, self._nominals, strict=True)]
        self._sources: list[int] = sources.tolist()
        self._starts: list[int] = begins.tolist()
        days, bounds = np.array(self._per_day, np.float64), begins + weights
        self._together = plain & (days > 0)
        self._bounds, self._days = bounds, np.where(days > 0, days, 1.0)
        aimed = (aims < FAR // 2).tolist()
        self.driving: list[bool] = (bounds == starts).tolist()
        self.link_float: list[float] = ((starts - bounds) / self._days).tolist()
        spares = ((np.where(aimed, aims, bounds) - bounds) / self._days).tolist()
        self.target_float: list[float | None] = [spare if known else None for spare, known in zip(spares, aimed, strict=True)]
        for row in self.outward:  # nothing here waits for it
            self.driving[row], self.link_float[row], self.target_float[row] = False, math.inf, None
        for row in np.flatnonzero(~self._together).tolist():
            if row in self.outward:
                continue
            k, v, u, begin = self.places[row], self.heads[row], self._sources[row], self._starts[row]
            start, aim = int(starts[row]), int(aims[row]) if aimed[row] else None
            if k < 0:
                bound = self.bounds[row]
                floats = [None if one is None else self._between(v, bound, one, row) for one in (start, aim)]
            else:
                number = bool(plain[row])
                bound = int(bounds[row]) if number else s.passes.push(k, v, begin)
                ends = (None if one is None else begin + one - bound if number else s.passes.pull(k, v, one) for one in (start, aim))
                floats = [None if end is None else self._between(u, begin, end, row) for end in ends]
            self.driving[row] = bound == start
            assert floats[0] is not None
            self.link_float[row], self.target_float[row] = floats[0], floats[1]

    def _commit(self) -> None:
        """How far each source can slip before a commitment is missed: that of the hand-over itself, or one downstream."""
        import numpy as np

        s, late, c = self.schedule, self.schedule.commitments.late, self.reach.columns
        own = {one.link: one for one in s.commitments.stated if one.kind == "hand-over"}
        heads, sources = np.array(self.heads, np.int64), np.array(self._sources, np.int64)
        lates, edges = (as_array(column)[heads] for column in (late.x, late.edge))
        bound = lates < FAR // 2
        bound[list(self.outward)] = False
        spares = ((np.where(bound, lates, self._bounds) - self._bounds) / self._days).tolist()
        self.commitment_float: list[float | None] = [spare if known else None for spare, known in zip(spares, bound.tolist(), strict=True)]
        for row in np.flatnonzero(bound & ~self._together).tolist():
            k, v, latest = self.places[row], self.heads[row], int(lates[row])
            if k >= 0:
                self.commitment_float[row] = self.days_of(row, self.reach.slack(k, latest, int(edges[row])))
            else:
                self.commitment_float[row] = self._between(v, self.bounds[row], latest, row)
        self._own: list[str | None] = [None] * len(self.open)
        worked: dict[tuple[int, int], int] = {}
        clocks, lengths, together = c.clk[sources].tolist(), c.dur[sources].tolist(), self._together.tolist()
        for row, number in enumerate(self.open):
            mine = own.get(number)
            if mine is None:
                continue
            if together[row] and mine.at_finish:
                key = (clocks[row], mine.date)
                if key not in worked:
                    worked[key] = s.network.clock(clocks[row]).work(mine.date)
                left = (worked[key] - lengths[row] - self._starts[row]) / self._per_day[row]
            else:
                left = self._to_stated(self._sources[row], mine, row)
            spare = self.commitment_float[row]
            if spare is None or left <= spare:
                self.commitment_float[row], self._own[row] = left, mine.name

    def _to_stated(self, place: int, stated: Stated, row: int) -> float:
        """Working days until a hand-over comes later than stated."""
        net = self.schedule.network
        if self.places[row] < 0 and row not in self.outward:
            assert stated.expected is not None
            return net.clock(self._nominals[row]).days(stated.expected, stated.date)
        clock, until = net.running_clock(self._nodes[row]), stated.date
        if not stated.at_finish:
            return self._between(place, self._starts[row], clock.work(last_start(net, self._nodes[row], until)), row)
        return self._between(place, self._starts[row], clock.work(until) - int(self.reach.columns.dur[place]), row)

    @functools.cached_property
    def calendar_dates(self) -> list[bool]:
        """Whether what each link hands over only marks a date in the calendar, one that is still to come."""
        net = self.schedule.network
        inside = (row for row, place in enumerate(self.places) if place >= 0 or row in self.outward)
        points = {row: node for row in inside if net.kinds[node := self._nodes[row]] == "milestone"}
        marks = calendar_marks(self.portfolio, {net.ids[node] for node in points.values()}) if points else frozenset()
        out = [False] * len(self.open)
        for row, node in points.items():
            ahead = net.state[node] is State.NORMAL and self._starts[row] > net.running_clock(node).work(net.base)
            out[row] = ahead and net.ids[node] in marks
        return out

    @functools.cached_property
    def given(self) -> list[int]:
        """When each source gives, as an instant."""
        net, links = self.schedule.network, self.portfolio.links
        finishes = self.reach.finishes[self._sources].tolist()
        out = []
        for row, (number, place, finish) in enumerate(zip(self.open, self.places, finishes, strict=True)):
            link = links[number]
            if place < 0 and row not in self.outward:
                out.append(minutes(link.date, end=link.type[0] == "F") if link.date is not None else FAR)
            elif link.type[0] == "F":
                out.append(finish)
            else:
                out.append(net.running_clock(self._nodes[row]).start(self._starts[row]))
        return out

    def _between(self, place: int, early: int, late: int, row: int) -> float:
        """Working days between two starts of a position."""
        return (late - early) / self._per_day[row] if self._per_day[row] else self.schedule.passes.days(place, early, late)

    def days_of(self, row: int, slack: int) -> float:
        """Working days of the source for a slack in minutes of its clock."""
        begin = self._starts[row]
        return self._between(self._sources[row], begin, begin + slack, row)

    @functools.cached_property
    def _held_back(self) -> list[int]:
        """Rows of links that hold something back between items of the portfolio."""
        return [row for row, driving in enumerate(self.driving) if driving and self.places[row] >= 0]

    def drags(self, row: int) -> dict[int, float]:
        """Days on each target that a link holds back; a link that does not drive holds back none."""
        if not self.driving[row]:
            return {}
        moved = self.reach.without([self.places[row]])[0] if self.places[row] >= 0 else self._again(row, None)
        return {t: self.targets.days(t, date, self.targets.date(t)) for t, date in moved.items()}

    @functools.cached_property
    def worst_drags(self) -> list[tuple[float | None, str | None]]:
        """Of each link, the most days on one target, and that target; ties go to the first in order of kind and file."""
        return self._worst_of(range(len(self.open)))

    def worst_drag(self, row: int) -> tuple[float | None, str | None]:
        """`worst_drags` of one link; those of all are found when many are looked at one by one."""
        if "worst_drags" in self.__dict__ or len(self._looked_at) >= FEW:
            return self.worst_drags[row]
        if row not in self._looked_at:
            self._looked_at[row] = self._worst_of([row])[0]
        return self._looked_at[row]

    @functools.cached_property
    def _looked_at(self) -> dict[int, tuple[float | None, str | None]]:
        return {}

    def most_days(self, rows: Sequence[int]) -> list[float]:
        """Of some links, the most days that each holds one target back."""
        found = [self.worst_drags[row] for row in rows] if "worst_drags" in self.__dict__ else self._worst_of(rows)
        return [days or 0.0 for days, _ in found]

    @functools.cached_property
    def holds(self) -> list[bool]:
        """Whether each link holds a target back; by how much is not looked for where it is plain that it does."""
        import numpy as np

        if "worst_drags" in self.__dict__:
            return [bool(days) for days, _ in self.worst_drags]
        inside, out = self._held_back, [False] * len(self.open)
        clocks = np.array(self.targets.clocks, np.int64)
        found = self.reach.holds([self.places[row] for row in inside], clocks).tolist() if inside else []
        unsure = [row for row, said in zip(inside, found, strict=True) if said == 2]
        unsure += [row for row, driving in enumerate(self.driving) if driving and self.places[row] < 0]
        for row, said in zip(inside, found, strict=True):
            out[row] = said == 1
        for row, days in zip(unsure, self.most_days(unsure), strict=True):
            out[row] = days > 0
        return out

    def _worst_of(self, rows: Sequence[int]) -> list[tuple[float | None, str | None]]:
        """`worst_drags` of some links."""
        import numpy as np

        out: list[tuple[float | None, str | None]] = [(0.0, None)] * len(rows)
        inside = [place for place, row in enumerate(rows) if self.driving[row] and self.places[row] >= 0]
        for part in self.reach.moving([self.places[rows[place]] for place in inside]) if inside else ():
            if not len(part.row):
                continue
            days = -self.targets.later(part.target, part.date)
            starts = np.flatnonzero(np.diff(part.row, prepend=-1))  # rows stand in order, and the targets of each
            most = np.maximum.reduceat(days, starts)
            equal = np.flatnonzero(days == np.repeat(most, np.diff(np.r_[starts, len(days)])))
            first = equal[np.searchsorted(equal, starts)]
            for row, worst, t in zip(part.row[starts].tolist(), most.tolist(), part.target[first].tolist(), strict=True):
                if worst > 0:
                    out[inside[row]] = (worst, self.targets.names[t])
        for place, row in enumerate(rows):
            if self.driving[row] and self.places[row] < 0:
                worst_one = max(self.drags(row).items(), key=lambda entry: (entry[1], -entry[0]), default=None)
                if worst_one is not None and worst_one[1] > 0:
                    out[place] = (worst_one[1], self.targets.names[worst_one[0]])
        return out

    def slipped(self, rows: Sequence[int], slip: Span) -> list[Mapping[int, int]]:
        """The targets that move when each of some links slips, and to when."""
        inside = [row for row in rows if self.places[row] >= 0]
        moved = self.reach.slipped([self.places[row] for row in inside], self._slips(inside, slip))
        found: dict[int, Mapping[int, int]] = dict(zip(inside, moved, strict=True))
        for row in rows:
            if row not in found:
                found[row] = self._again(row, slip)
        return [found[row] for row in rows]

    def _slips(self, rows: Sequence[int], slip: Span) -> list[int]:
        """A slip in minutes of the own clock of each source inside the portfolio."""
        lengths: dict[int, int] = {}
        if slip.dimension == "working":
            lengths = {n: self.schedule.network.clock(n).calendar.minutes(slip) for n in {self._nominals[row] for row in rows}}
        return [
            lengths[self._nominals[row]] if lengths and self._per_day[row] else self.slip_minutes(row, slip)  # on another clock
            for row in rows
        ]

    def moving(self, slip: Span) -> tuple[Moving, Mapping[int, Mapping[int, int]]]:
        """`slipped` of all links: of those inside the portfolio as columns, in the order of rows; of the others by row."""
        import numpy as np

        inside = [row for row, place in enumerate(self.places) if place >= 0]
        parts = list(self.reach.moving([self.places[row] for row in inside], self._slips(inside, slip)))
        if not parts:
            parts = [Moving(*(np.zeros(0, np.int64) for _ in range(3)))]
        row, target, date = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(row, kind="stable")
        rows = np.array(inside, np.int64)[row[order]] if inside else row
        return Moving(rows, target[order], date[order]), {row: self._again(row, slip) for row, k in enumerate(self.places) if k < 0}

    def slip_minutes(self, row: int, slip: Span) -> int:
        """A slip in minutes of the source's own clock."""
        net, place, x = self.schedule.network, self._sources[row], self._starts[row]
        clock, nominal = net.running_clock(int(self.schedule.passes.positions.order[place])), net.clock(self._nominals[row])
        if slip.dimension == "working" and nominal is clock:
            return clock.calendar.minutes(slip)
        later = nominal.shift(clock.start(x), slip, at_start=False)
        return max(clock.work(later) - x, 0)

    def _again(self, row: int, slip: Span | None) -> dict[int, int]:
        """What moves without a link from outside, or when that comes later: by scheduling the changed portfolio; nothing by one to outside."""
        if row in self.outward:
            return {}
        pf, number = self.portfolio, self.open[row]
        link = pf.links[number]
        if slip is None:
            rest = [one for place, one in enumerate(pf.links) if place != number]
        else:
            instant = minutes(link.date, end=link.type[0] == "F")  # type: ignore[arg-type]
            receiver = self.target_id(row)
            later = clocks_of(pf).of(pf.calendar_for(receiver)).shift(instant, slip)
            rest = [attrs.evolve(one, date=moment(later)) if place == number else one for place, one in enumerate(pf.links)]
        other = targets(schedule(pf.evolve(links=rest), on_cycle="cut"))
        return {
            t: other.date(other.place[row_.name])
            for t, row_ in enumerate(self.targets)
            if row_.name in other.place and other.date(other.place[row_.name]) != self.targets.date(t)
        }

    def source_id(self, row: int) -> str:
        """The full id of what is handed over."""
        if self.places[row] < 0 and row not in self.outward:
            return self.portfolio.links[self.open[row]].source
        net = self.schedule.network
        return net.shown(int(self.schedule.passes.positions.order[self._sources[row]]))

    def target_id(self, row: int) -> str:
        """The full id of what waits for it; `external:NAME` for what lies outside."""
        if row in self.outward:
            return self.portfolio.links[self.open[row]].target
        return self.schedule.network.shown(int(self.schedule.passes.positions.order[self.heads[row]]))

    def dates(self, row: int) -> tuple[datetime | None, datetime | None]:
        """When the source gives and when the target takes; None for an end of which only a lower bound is known."""
        link, taker = self.portfolio.links[self.open[row]], self.target_id(row)
        if row in self.outward:
            return self._date(self.source_id(row), at_finish=link.type[0] == "F"), None
        if self.places[row] >= 0:
            given = self._date(self.source_id(row), at_finish=link.type[0] == "F")
        else:
            assert link.date is not None
            given = moment(minutes(link.date, end=link.type[0] == "F"))
        return given, self._date(taker, at_finish=link.type[1] == "F")

    def _date(self, item: str, *, at_finish: bool) -> datetime | None:
        return None if at_finish and self.schedule.doubt(item) else self.schedule.dates(item)[at_finish]

    def nearest(self, row: int) -> str | None:
        """The target that moves first when a link slips, stated or forecast; None without one."""
        return None if self.target_float[row] is None else self.schedule.passes.target_names[self.heads[row]]

    def at_risk(self, row: int) -> str | None:
        """The commitment that fails first when a link slips: that of the hand-over itself, or one downstream; None without one."""
        return self._own[row] or (None if row in self.outward else self.schedule.commitments.at_risk(self.heads[row]))

    def missed(self, row: int) -> bool:
        """Whether the commitment at risk is missed already, by this link or by another path."""
        name = self.at_risk(row)
        one = None if name is None else self.schedule.commitments.one(name, caused=False)
        return one is not None and one.standing == "missed"

    def waits(self, row: int, slip: Span) -> float:
        """Working days that the target waits longer when a link slips."""
        k, v = self.places[row], self.heads[row]
        x = int(self.schedule.passes.early_starts[v])
        start = self.schedule.passes.push(k, v, self._starts[row] + self.slip_minutes(row, slip))
        return self.schedule.passes.days(v, x, start) if start > x else 0.0


HOLDING = (
    "start_on", "finish_on", "must_start_on", "must_finish_on", "mandatory_start", "mandatory_finish", "by_hand_start", "by_hand_finish",
)  # fmt: skip
"""Constraints that hold an item on a date."""


def _held(constraints: Constraints | None) -> bool:
    """Whether constraints hold an item on a date."""
    return constraints is not None and any(getattr(constraints, name) is not None for name in HOLDING)


def calendar_marks(portfolio: Portfolio, asked: Iterable[str]) -> frozenset[str]:
    """Those of some items that only mark a date in the calendar: milestones with a fixed date and nothing before them.

    Args:
        portfolio: the portfolio.
        asked: full ids.
    """
    nouns = ((item, portfolio.items.get(item)) for item in asked)
    fixed = {
        item
        for item, noun in nouns
        if isinstance(noun, Task)
        and noun.milestone
        and not (noun.after or noun.duration or noun.assignments)
        and (noun.not_before is not None or noun.finish_not_before is not None or _held(noun.constraints))
    }
    if not fixed:
        return frozenset()
    return frozenset(fixed - {portfolio.resolve(link.target) or link.target for link in portfolio.links if link.kind == "schedule"})


def as_slip(value: Span | str) -> Span:
    """A slip: a length of working or elapsed time, not negative.

    Raises:
        UnitError: it is something else.
    """
    span = as_span(value)
    if span.dimension == "step":
        raise UnitError(f"a slip of {span} has no length in days; write it in d or ed")
    if span.amount < 0:
        raise UnitError(f"a slip of {span} is negative; a slip makes later")
    return span


def _dated(when: When | None) -> datetime | None:
    return None if when is None else moment(minutes(when, end=True))


def _between_projects(s: Schedule, link: Link, portfolio: Portfolio, own: Commitment | None) -> ProjectDependency:
    giver, receiver = portfolio.resolve(link.source) or link.source, portfolio.resolve(link.target) or link.target
    finish = _dated(link.date) if reference(giver).external else None if s.doubt(giver) else s.dates(reference(giver).item)[1]
    start = _dated(link.date) if reference(receiver).external else s.dates(reference(receiver).item)[0]
    return ProjectDependency(
        id=link_name(link), source=giver, target=receiver, kind=link.kind, giver_finish=finish, receiver_start=start,
        gap=None if finish is None or start is None else (start - finish).total_seconds() / 86400,
        standing="" if own is None else own.standing, late=None if own is None else own.days,
    )  # fmt: skip
