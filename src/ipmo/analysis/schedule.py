"""When everything happens, how far it can slip, and what it slips into.

Forward and backward passes over the whole portfolio at once. Float is *to a target*: `total_float` to the end of the
whole network, `project_float` to the item's own project's finish, `target_float` to the nearest promise of any kind.
"""

from __future__ import annotations

import functools
import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import attrs

from ipmo.errors import ScheduleError, UnknownItemError, close_matches
from ipmo.model.work import Portfolio
from ipmo.network import kernels
from ipmo.network.compile import DIALECTS, Dialect, compile_portfolio
from ipmo.network.engine import Network
from ipmo.tables import Column, Table
from ipmo.units import DAY, MAX_INSTANT, minutes, moment

__all__ = ["Schedule", "ScheduledItem", "day_text", "network", "schedule"]

NORMAL, STARTED, FINISHED, UNDATED, GONE = range(5)
LIVE = (NORMAL, STARTED)
TYPE_NAMES = ("FS", "SS", "FF", "SF")
FAR = kernels.FAR
SHOWN_KINDS = ("task", "milestone", "gate", "project", "benefit", "summary")


def network(portfolio: Portfolio, *, dialect: str | Dialect | None = None) -> Network:
    """The portfolio compiled into columns and links; kept in the portfolio's memo.

    Args:
        portfolio: the portfolio.
        dialect: `ipmo`, `msproject`, `p6` or a Dialect; the portfolio's own when left out.

    Raises:
        ScheduleError: nothing says when the portfolio starts, or the dialect is not known.
    """
    if isinstance(dialect, Dialect):
        return compile_portfolio(portfolio, dialect)
    name = dialect or portfolio.dialect
    if name not in DIALECTS:
        raise ScheduleError(f"{name!r} is not a dialect; write one of {', '.join(DIALECTS)}")
    return compile_portfolio(portfolio, DIALECTS[name])


def schedule(
    portfolio: Portfolio | Network, *, dialect: str | Dialect | None = None, on_cycle: str = "error"
) -> Schedule:
    """Early and late dates, floats, the critical path and drag of everything in a portfolio.

    Args:
        portfolio: a portfolio, or a compiled network.
        dialect: conventions that tools differ on; the portfolio's own when left out.
        on_cycle: `error` raises on a loop, `cut` takes the worst link out of each loop and says so in `.cuts`.

    Raises:
        CycleError: links form a loop; it names them in order.
        ScheduleError: nothing says when the portfolio starts, or a date lies past the year 9999.

    >>> import ipmo.examples
    >>> s = schedule(ipmo.examples.load("extension"))
    >>> s["house/walls"].total_float
    0.0
    """
    if on_cycle not in ("error", "cut"):
        raise ScheduleError(f"on_cycle={on_cycle!r} is not known; write 'error' or 'cut'")
    if isinstance(portfolio, Network):
        return Schedule(None, portfolio)
    compiled = network(portfolio, dialect=dialect)
    key = ("schedule", compiled.dialect, on_cycle)
    if key not in portfolio.memo:
        if compiled.has_loop:
            if on_cycle == "error":
                raise compiled.loop()
            compiled = compiled.cut(_known_dates(portfolio, compiled))
        portfolio.memo[key] = Schedule(portfolio, compiled)
    found: Schedule = portfolio.memo[key]
    return found


def _known_dates(portfolio: Portfolio, compiled: Network) -> list[int | None]:
    """The date that each node states: actual finish or start, deadline, constraint."""
    out: list[int | None] = []
    for full_id in compiled.ids:
        item = portfolio.items.get(full_id.partition("@")[0])
        known = None
        for name in ("actual_finish", "actual_start", "deadline", "need_by", "finish_not_before", "not_before", "finish", "start"):
            when = getattr(item, name, None)
            if when is not None:
                known = minutes(when, end=name in ("actual_finish", "deadline", "need_by", "finish_not_before", "finish"))
                break
        out.append(known)
    return out


def day_text(when: datetime | None, *, finish: bool = False) -> str:
    """A date as people read it: a finish at midnight belongs to the day before; hours only where they say something.

    >>> day_text(datetime(2026, 3, 2), finish=True), day_text(datetime(2026, 3, 2, 13, 30))
    ('2026-03-01', '2026-03-02')
    """
    if when is None:
        return ""
    if finish and when.hour == when.minute == 0:
        when -= timedelta(minutes=1)
    return when.date().isoformat()


@attrs.frozen(kw_only=True)
class ScheduledItem:
    """The dates and floats of one item. Floats and drag are in working days of the item's calendar.

    Args:
        early_start: first possible start; the actual start of work that has begun.
        early_finish: first possible finish; the actual finish of finished work.
        late_start: last start that delays nothing in the network.
        late_finish: last finish that delays nothing in the network.
        total_float: slip that leaves the end of the whole network unmoved.
        free_float: slip that moves no successor.
        project_float: slip that leaves its own project's finish unmoved, counting paths that leave and come back.
        target_float: slip that leaves every promise downstream unmoved; negative when one is already missed.
        target: the promise that `target_float` is measured to.
        critical: it lies on a driving path to the end of the whole network.
        critical_for: the targets to which it lies on a driving path.
        drag: the time that it adds to the end of the network (Devaux); None when it is not critical.
        undated: why it has no dates; empty when it has.
        bound: its dates are lower bounds: something before it has no duration.
        side: whether its date is read as a finish (midnight belongs to the day before).
    """

    id: str
    name: str
    kind: str
    project: str
    early_start: datetime | None
    early_finish: datetime | None
    late_start: datetime | None = None
    late_finish: datetime | None = None
    total_float: float | None = None
    free_float: float | None = None
    project_float: float | None = None
    target_float: float | None = None
    target: str | None = None
    critical: bool | None = None
    critical_for: tuple[str, ...] = ()
    drag: float | None = None
    undated: str = ""
    bound: bool = False
    side: str = "finish"

    @property
    def start_text(self) -> str:
        """The start's date as people read it."""
        return day_text(self.early_start, finish=self.early_start == self.early_finish and self.side == "finish")

    @property
    def finish_text(self) -> str:
        """The finish's date as people read it."""
        return day_text(self.early_finish, finish=self.side == "finish")


class Schedule:
    """The answer of `schedule`: indexed by full id, with a table, the critical path, and explanations."""

    def __init__(self, portfolio: Portfolio | None, compiled: Network) -> None:
        self.portfolio, self.network = portfolio, compiled
        self.cuts = compiled.cuts
        self._p = compiled._positions
        self._x = compiled.early()
        self._check()

    # -------------------------------------------------------------------------------- whole columns

    def _check(self) -> None:
        if not self.network.n:
            return
        finish = self._finish
        last = max(range(len(finish)), key=finish.__getitem__) if isinstance(finish, list) else int(finish.argmax())
        if finish[last] >= MAX_INSTANT:
            raise ScheduleError(f"{self.network.ids[int(self._p['order'][last])]!r} would end past the year 9999; check its duration and lags")

    @functools.cached_property
    def _finish(self) -> Any:
        """Finish of every position as an instant."""
        net, p, x = self.network, self._p, self._x
        if net.arrays and not net.clk_used:
            return x + p["dur"]
        cal, clk, dur = net.clock_tables, _plain(p["clk"]), _plain(p["dur"])
        return [kernels.finish_at(cal, c, s + d) if c else s + d for c, s, d in zip(clk, _plain(x), dur, strict=True)]

    @functools.cached_property
    def _live(self) -> Any:
        """Positions of open work, as 0 and 1."""
        net, order = self.network, self._p["order"]
        if net.all_live:
            if net.arrays:
                import numpy as np

                return np.ones(net.n, bool)
            return [True] * net.n
        return [net.state[v] in LIVE for v in _plain(order)]

    @functools.cached_property
    def end(self) -> int | None:
        """The end of the whole network as an instant: the last finish of open work; None when all is done."""
        net = self.network
        if net.all_live and net.arrays and not isinstance(self._finish, list):
            return int(self._finish.max()) if net.n else None
        kinds, order = net.kinds, _plain(self._p["order"])
        return max(
            (int(f) for f, live, v in zip(self._finish, self._live, order, strict=True) if live and kinds[v] not in ("benefit", "helper")),
            default=None,
        )  # fmt: skip

    @functools.cached_property
    def _project_end(self) -> Any:
        """The early finish of each project as an instant; -1 for those without dates."""
        net = self.network
        if net.all_live and net.arrays and not isinstance(self._finish, list):
            import numpy as np

            latest = np.full(len(net.projects), -1, np.int64)
            np.maximum.at(latest, self._by_position(net.project), self._finish)
            return latest
        ends = [-1] * len(net.projects)
        for place, v in enumerate(_plain(self._p["order"])):
            owner = net.project[v]
            if owner >= 0 and net.state[v] in LIVE and self._finish[place] > ends[owner]:
                ends[owner] = int(self._finish[place])
        for v, done in net.finishes.items():
            owner = net.project[v]
            if owner >= 0 and net.state[v] == FINISHED:
                ends[owner] = max(ends[owner], done)
        return ends

    def _by_position(self, column: Any) -> Any:
        import numpy as np

        return np.asarray(column, np.int64)[self._p["order"]]

    def _latest_starts(self, instants: Any) -> Any:
        """The latest start of each position that finishes by the instant given for it; FAR stays FAR."""
        net, p = self.network, self._p
        if net.arrays and not net.clk_used:
            return instants - p["dur"]
        cal, clk, dur = net.clock_tables, _plain(p["clk"]), _plain(p["dur"])
        out = [
            t if t >= FAR // 2 else (kernels.work(cal, c, t) if c else t) - d
            for t, c, d in zip(_plain(instants), clk, dur, strict=True)
        ]
        if net.arrays:
            import numpy as np

            return np.array(out, np.int64)
        return out

    @functools.cached_property
    def _caps(self) -> tuple[Any, Any]:
        """The latest starts that each position's own promises allow: to the end of the network, to its targets."""
        net, order = self.network, self._p["order"]
        end = self.end
        deadlines: dict[int, int] = {}
        if net.dialect is not None and net.dialect.deadlines_bound_total_float:
            for target in net.targets:
                item = self.portfolio.items.get(target.name) if self.portfolio else None
                if target.date is not None and getattr(item, "deadline", None) is not None:
                    for node in target.nodes:
                        deadlines[node] = min(target.date, deadlines.get(node, FAR))
        if net.all_live and net.arrays and not isinstance(self._finish, list) and not net.targets and not deadlines:
            import numpy as np

            owners = self._by_position(net.project)
            to_end = np.full(net.n, FAR if end is None else end, np.int64)
            return self._latest_starts(to_end), self._latest_starts(np.where(owners >= 0, self._promised[owners], FAR))
        promised = self._promised
        whole = [FAR] * net.n
        aim = [FAR] * net.n
        bounds: dict[int, int] = defaultdict(lambda: FAR)
        for target in net.targets:
            for node in target.nodes:
                bounds[node] = min(bounds[node], self._target_date(target))
        for place, v in enumerate(_plain(order)):
            if net.state[v] not in LIVE:
                continue
            owner = net.project[v]
            if end is not None and net.kinds[v] not in ("benefit", "helper"):
                whole[place] = min(end, deadlines.get(v, FAR))
            if owner >= 0:
                aim[place] = int(promised[owner])
            if v in bounds:
                aim[place] = min(aim[place], bounds[v])
        if net.arrays:
            import numpy as np

            return self._latest_starts(np.array(whole, np.int64)), self._latest_starts(np.array(aim, np.int64))
        return self._latest_starts(whole), self._latest_starts(aim)

    @functools.cached_property
    def _promised(self) -> Any:
        """The finish that each project is measured against: the stated one, else its own early finish."""
        if not self.network.promises:
            return self._project_end
        out = _plain(self._project_end)
        for place, instant in self.network.promises.items():
            out[place] = instant
        return out

    def _target_date(self, target: Any) -> int:
        if target.date is not None:
            return int(target.date)
        return int(self._finish[self._p["pos"][target.nodes[0]]])

    @functools.cached_property
    def _late(self) -> tuple[Any, Any]:
        """Late starts of every position: to the end of the network, to the nearest target."""
        whole, aim = self._caps
        found: tuple[Any, Any] = self.network.late(whole.copy(), self._x, aim.copy())
        return found

    @functools.cached_property
    def _link_float(self) -> Any:
        return self.network.link_float(self._x)

    @functools.cached_property
    def _lists(self) -> dict[str, list[int]]:
        """The positions' columns as plain lists, for what walks from node to node."""
        return {name: _plain(column) for name, column in self._p.items()} | {"x": _plain(self._x), "finish": _plain(self._finish)}

    def _push(self, k: int, v: int, x: int, dur: list[int] | None = None) -> int:
        """What the link in place k imposes on the start of v when its source starts at x."""
        q = self._lists
        u = q["src"][k]
        if q["mode"][k] == 0:
            if dur is None:
                return x + q["w"][k]
            t = q["typ"][k]
            return x + q["lag"][k] + (dur[u] if t in (0, 2) else 0) - (dur[v] if t >= 2 else 0)
        return int(kernels.push(self.network.clock_tables, q["clk"], dur or q["dur"], u, v, q["typ"][k], q["mode"][k],
                                q["lagclk"][k], q["lag"][k], x))  # fmt: skip

    def _pull(self, k: int, v: int, y: int) -> int:
        q = self._lists
        if q["mode"][k] == 0:
            return y - q["w"][k]
        return int(kernels.pull(self.network.clock_tables, q["clk"], q["dur"], q["src"][k], v, q["typ"][k], q["mode"][k],
                                q["lagclk"][k], q["lag"][k], y))  # fmt: skip

    @functools.cached_property
    def _drives(self) -> list[bool]:
        """For each link in place: its target starts exactly when this link lets it."""
        q = self._lists
        x, ptr, src = q["x"], q["ptr"], q["src"]
        out = [False] * self.network.m
        for v in range(self.network.n):
            for k in range(ptr[v], ptr[v + 1]):
                out[k] = self._push(k, v, x[src[k]]) == x[v]
        return out

    def _driving_back(self, positions: Iterable[int]) -> set[int]:
        """These positions and all from which a driving path leads to them."""
        q, drives = self._lists, self._drives
        seen = set(positions)
        waiting = list(seen)
        while waiting:
            v = waiting.pop()
            for k in range(q["ptr"][v], q["ptr"][v + 1]):
                u = q["src"][k]
                if drives[k] and u not in seen:
                    seen.add(u)
                    waiting.append(u)
        return seen

    @functools.cached_property
    def _critical(self) -> set[int]:
        """Positions on a driving path to the end of the network."""
        net, q = self.network, self._lists
        last = [
            place
            for place, v in enumerate(q["order"])
            if net.state[v] in LIVE and net.kinds[v] not in ("benefit", "helper") and q["finish"][place] == self.end
        ]
        return self._driving_back(last)

    @functools.cached_property
    def _critical_for(self) -> Mapping[int, list[str]]:
        """Targets to which each position lies on a driving path, in name order."""
        found: dict[int, list[str]] = defaultdict(list)
        for name, ends in sorted(self._target_ends().items()):
            for place in self._driving_back(ends):
                found[place].append(name)
        return found

    def _target_ends(self) -> dict[str, list[int]]:
        """The positions that set the date of each target."""
        net, q = self.network, self._lists
        out: dict[str, list[int]] = {}
        for target in net.targets:
            places = [q["pos"][node] for node in target.nodes]
            last = max(q["finish"][place] for place in places)
            out[target.name] = [place for place in places if q["finish"][place] == last]
        for place, v in enumerate(q["order"]):
            owner = net.project[v]
            if owner >= 0 and net.state[v] in LIVE and q["finish"][place] == self._project_end[owner]:
                out.setdefault(f"{net.projects[owner]}@finish", []).append(place)
        return out

    def _own_late(self, owner: int, instant: int) -> dict[int, int]:
        """Late starts under one promise only, a project's finish; over the project and what leaves it and comes back."""
        net, q = self.network, self._lists
        own = [q["pos"][v] for v in self._places_of(owner)]
        if not own:
            return {}
        inside, last = set(own), max(own)
        waiting = list(own)
        while waiting:  # what follows the project and could come back to it
            for v in self._heads[waiting.pop()]:
                if v < last and v not in inside:
                    inside.add(v)
                    waiting.append(v)
        cal = net.clock_tables
        late = dict.fromkeys(inside, FAR)
        for place in own:
            late[place] = int(kernels.work(cal, q["clk"][place], instant)) - q["dur"][place]
        anyone = q["anyone"]
        for v in sorted(inside, reverse=True):
            limit = late[v]
            if limit >= FAR // 2:
                continue
            links = range(q["ptr"][v], q["ptr"][v + 1])
            early = sum(self._push(k, v, q["x"][q["src"][k]]) <= limit for k in links) if anyone[v] else 0
            for k in links:
                u = q["src"][k]
                if u not in inside:
                    continue
                if anyone[v] and early - (self._push(k, v, q["x"][u]) <= limit) > 0:
                    continue
                late[u] = min(late[u], self._pull(k, v, limit))
        return late

    @functools.cached_property
    def _heads(self) -> list[list[int]]:
        q = self._lists
        heads: list[list[int]] = [[] for _ in range(self.network.n)]
        for v in range(self.network.n):
            for k in range(q["ptr"][v], q["ptr"][v + 1]):
                heads[q["src"][k]].append(v)
        return heads

    @functools.cached_property
    def _owned(self) -> Mapping[int, list[int]]:
        owned: dict[int, list[int]] = defaultdict(list)
        for v in range(self.network.n):
            if self.network.project[v] >= 0 and self.network.state[v] in LIVE:
                owned[int(self.network.project[v])].append(v)
        return owned

    def _places_of(self, owner: int) -> list[int]:
        return self._owned.get(owner, [])

    @functools.cached_property
    def _project_late(self) -> dict[int, int]:
        """Late start of every position to its own project's early finish."""
        return self._own_lates(self._project_end)

    def _own_lates(self, ends: Sequence[int]) -> dict[int, int]:
        out: dict[int, int] = {}
        for owner in self._owned:
            late = self._own_late(owner, int(ends[owner]))
            for v in self._places_of(owner):
                out[self._lists["pos"][v]] = late[self._lists["pos"][v]]
        return out

    @functools.cached_property
    def _target_names(self) -> list[str | None]:
        """The target that bounds each position; ties go to the own project's finish, then by id."""
        net, q = self.network, self._lists
        late = _plain(self._late[1])
        ends = [f"{name}@finish" for name in net.projects]
        names = sorted({*ends, *(target.name for target in net.targets)})
        rank = {name: place for place, name in enumerate(names)}
        none = len(names)
        own = [none] * net.n
        cal = net.clock_tables

        def offer(place: int, instant: int, name: str) -> None:
            cap = kernels.work(cal, q["clk"][place], instant) - q["dur"][place]
            if cap == late[place]:
                own[place] = min(own[place], rank[name])

        for target in net.targets:
            for node in target.nodes:
                offer(q["pos"][node], self._target_date(target), target.name)
        for owner, nodes in self._owned.items():
            for v in nodes:
                offer(q["pos"][v], int(self._promised[owner]), ends[owner])
        kernels.name_targets(q["ptr"], q["src"], q["w"], q["mode"], q["typ"], q["lagclk"], q["lag"], cal, q["clk"], q["dur"], late, own)
        project_late = self._own_lates(self._promised) if net.promises else self._project_late
        out: list[str | None] = []
        for place, v in enumerate(q["order"]):
            owner = net.project[v]
            if owner >= 0 and project_late.get(place) == late[place]:
                out.append(ends[owner])
            else:
                out.append(names[own[place]] if own[place] < none else None)
        return out

    @functools.cached_property
    def _free(self) -> dict[int, int]:
        """The start to which each position can slip without moving a successor, own clock."""
        q, floats = self._lists, _plain(self._link_float)
        derived = self.network.derived
        out: dict[int, int] = {}
        for v in range(self.network.n):
            for k in range(q["ptr"][v], q["ptr"][v + 1]):
                if q["perm"][k] in derived:
                    continue
                u = q["src"][k]
                if q["anyone"][v] and self._spared(k, v):
                    continue
                slip = q["x"][u] + floats[k]
                if slip < out.get(u, FAR):
                    out[u] = slip
        cal = self.network.clock_tables
        for place, v in enumerate(q["order"]):
            owner = self.network.project[v]
            if place not in out and owner >= 0 and self.network.state[v] in LIVE:
                out[place] = kernels.work(cal, q["clk"][place], int(self._project_end[owner])) - q["dur"][place]
        return out

    def _spared(self, k: int, v: int) -> bool:
        """Whether another of the givers, of which one is enough, is early enough for v without link k."""
        q = self._lists
        others = (j for j in range(q["ptr"][v], q["ptr"][v + 1]) if j != k)
        return any(self._push(j, v, q["x"][q["src"][j]]) <= q["x"][v] for j in others)

    @functools.cached_property
    def _bounds(self) -> set[int]:
        """Positions whose dates are lower bounds, because something before them has no duration."""
        q = self._lists
        seen = {q["pos"][v] for v in self.network.unknown if self.network.state[v] in LIVE}
        waiting = list(seen)
        while waiting:
            for v in self._heads[waiting.pop()]:
                if v not in seen:
                    seen.add(v)
                    waiting.append(v)
        return seen

    # ------------------------------------------------------------------------------------- what if

    def end_without(self, place: int) -> int | None:
        """The end of the network if the work at that position took no time: by definition, recomputed from there on."""
        q = self._lists
        dur = list(q["dur"])
        dur[place] = 0
        node = q["order"][place]
        floor = self.network.finish_floor.get(node)
        low = self._start_floor(place, node) if floor is not None else q["low"][place]
        if floor is not None:
            low = max(low, floor)
        return self._end_after({place: low}, dur)

    def _start_floor(self, place: int, node: int) -> int:
        """The lower bound of a start without its bound on the finish."""
        low = self.network.low[node]
        return int(low)

    def _end_after(self, changed_low: Mapping[int, int], dur: list[int]) -> int | None:
        """The end of the network when some positions have other bounds or durations; only what moves is looked at."""
        net, q = self.network, self._lists
        x: dict[int, int] = {}
        waiting = list(changed_low)
        heapq.heapify(waiting)
        queued = set(waiting)
        moved: dict[int, int] = {}
        while waiting:
            v = heapq.heappop(waiting)
            best, least = changed_low.get(v, q["low"][v]), FAR
            for k in range(q["ptr"][v], q["ptr"][v + 1]):
                u = q["src"][k]
                y = self._push(k, v, x.get(u, q["x"][u]), dur)
                if q["anyone"][v]:
                    least = min(least, y)
                else:
                    best = max(best, y)
            if q["anyone"][v] and least != FAR:
                best = max(best, least)
            x[v] = best
            if best != q["x"][v] or dur[v] != q["dur"][v]:
                moved[v] = int(kernels.finish_at(net.clock_tables, q["clk"][v], best + dur[v]))
                for head in self._heads[v]:
                    if head not in queued:
                        queued.add(head)
                        heapq.heappush(waiting, head)
        rest = next((f for f, v in self._by_finish if v not in moved), None)
        ends = [f for v, f in moved.items() if net.kinds[q["order"][v]] not in ("benefit", "helper")]
        return max([*ends, *([rest] if rest is not None else [])], default=None)

    @functools.cached_property
    def _by_finish(self) -> list[tuple[int, int]]:
        """(finish, position) of open work, last first."""
        net, q = self.network, self._lists
        return sorted(
            (
                (q["finish"][place], place)
                for place, v in enumerate(q["order"])
                if net.state[v] in LIVE and net.kinds[v] not in ("benefit", "helper")
            ),
            reverse=True,
        )

    # ----------------------------------------------------------------------------------- one item

    def _days(self, place: int, early: int, late: int) -> float:
        """Working days between two starts of a position, by the item's calendar."""
        net = self.network
        node = self._lists["order"][place]
        clock = self._lists["clk"][place]
        if net.nominal is None:
            return (late - early) / DAY
        nominal = net.nominal[node]
        if clock != nominal:
            early, late = (kernels.work(net.clock_tables, nominal, kernels.start_at(net.clock_tables, clock, t)) for t in (early, late))
        return float((late - early) / net.day_minutes(nominal))

    @functools.cached_property
    def _nodes(self) -> Mapping[str, int]:
        return {full_id: v for v, full_id in enumerate(self.network.ids)}

    def __contains__(self, full_id: object) -> bool:
        return full_id in self._nodes or full_id in self._derived

    @functools.cached_property
    def _derived(self) -> Mapping[str, Sequence[int]]:
        """Summaries and projects with tasks: the nodes that make them up."""
        net = self.network
        out: dict[str, Sequence[int]] = {f"{project}/{name}": leaves for (project, name), leaves in net.summaries.items()}
        for place, name in enumerate(net.projects):
            if name not in self._nodes:
                members = net.members.get(place)
                out[name] = members if members is not None else [v for v in range(net.n) if net.project[v] == place]
        return out

    def __getitem__(self, full_id: str) -> ScheduledItem:
        """The dates and floats of an item: a task, milestone, summary, gate, project or benefit.

        Raises:
            UnknownItemError: there is none; the closest three are named.
        """
        if full_id in self._nodes:
            return self._item(self._nodes[full_id])
        if full_id in self._derived:
            return self._derived_item(full_id)
        name, _, end = full_id.partition("@")
        if end in ("start", "finish") and name in self._derived:
            return self._edge_item(name, end)
        raise UnknownItemError(full_id, close_matches(full_id, [*self._nodes, *self._derived]), "this schedule")

    def _title(self, full_id: str) -> str:
        item = self.portfolio.items.get(full_id.partition("@")[0]) if self.portfolio is not None else None
        return getattr(item, "name", "") or ""

    def _item(self, node: int) -> ScheduledItem:
        net, q = self.network, self._lists
        state, kind, full_id = net.state[node], net.kinds[node], net.ids[node]
        owner = net.project[node]
        base: dict[str, Any] = {
            "id": full_id, "name": self._title(full_id), "kind": kind, "project": net.projects[owner] if owner >= 0 else "",
        }  # fmt: skip
        if state == FINISHED:
            return ScheduledItem(**base, early_start=moment(net.starts[node]), early_finish=moment(net.finishes[node]), critical=False)
        begun = net.starts.get(node)
        if state in (UNDATED, GONE):
            reason = net.holds[node].reason if node in net.holds else ""
            return ScheduledItem(**base, early_start=moment(begun) if begun is not None else None, early_finish=None, undated=reason)
        place = q["pos"][node]
        unknown = node in self._unknown
        cal, clk, dur, x = net.clock_tables, q["clk"][place], q["dur"][place], q["x"][place]
        whole, aim = int(self._late[0][place]), int(self._late[1][place])
        start = begun if begun is not None else kernels.start_at(cal, clk, x)
        if unknown:
            return ScheduledItem(**base, early_start=moment(begun) if begun is not None else None, early_finish=None, bound=True,
                                 undated="it has no duration" if begun is None else "")  # fmt: skip
        critical = place in self._critical
        drag: float | None = None
        if critical and self.end is not None:
            without = self.end_without(place) if dur else self.end
            drag = self._drag_days(node, without if without is not None else net.base)
        known = whole < FAR // 2
        return ScheduledItem(
            **base,
            early_start=moment(start),
            early_finish=moment(q["finish"][place]),
            late_start=self._moment(kernels.start_at(cal, clk, whole) if begun is None else begun) if known else None,
            late_finish=self._moment(kernels.finish_at(cal, clk, whole + dur)) if known else None,
            total_float=self._days(place, x, whole) if known else None,
            free_float=self._days(place, x, self._free[place]) if place in self._free else None,
            project_float=self._days(place, x, self._project_late[place]) if place in self._project_late else None,
            target_float=self._days(place, x, aim) if aim < FAR // 2 else None,
            target=self._target_names[place] if aim < FAR // 2 else None,
            critical=critical,
            critical_for=tuple(self._critical_for.get(place, ())),
            drag=drag,
            bound=place in self._bounds,
            side=self._side(node),
        )

    def _side(self, node: int) -> str:
        """Whether a point in time is read as a start or as a finish: as a start when only a not-before holds it there."""
        net, q = self.network, self._lists
        place = q["pos"][node]
        x = q["x"][place]
        if q["clk"][place] or q["dur"][place] or x != net.low[node] or net.finish_floor.get(node) == x:
            return "finish"
        return "finish" if any(self._drives[k] for k in range(q["ptr"][place], q["ptr"][place + 1])) else "start"

    def _moment(self, instant: int) -> datetime | None:
        return moment(instant) if 0 <= instant < MAX_INSTANT else None

    @functools.cached_property
    def _unknown(self) -> frozenset[int]:
        return frozenset(self.network.unknown)

    def _drag_days(self, node: int, without: int) -> float:
        net = self.network
        assert self.end is not None
        if net.nominal is None:
            return (self.end - without) / DAY
        nominal = net.nominal[node]
        worked = [kernels.work(net.clock_tables, nominal, t) for t in (without, self.end)]
        return float((worked[1] - worked[0]) / net.day_minutes(nominal))

    def _derived_item(self, full_id: str) -> ScheduledItem:
        net = self.network
        nodes = [v for v in self._derived[full_id] if net.state[v] != GONE]
        items = [self._item(v) for v in nodes]
        kind = "summary" if "/" in full_id else "project"
        project = full_id.partition("/")[0]
        base: dict[str, Any] = {"id": full_id, "name": self._title(full_id), "kind": kind, "project": project}
        undated = next((item.undated for item in items if item.undated), "")
        if not nodes:
            gone = self._derived[full_id]
            reason = net.holds[gone[0]].reason if gone and gone[0] in net.holds else "nothing in it is planned"
            return ScheduledItem(**base, early_start=None, early_finish=None, undated=reason)
        starts = [item.early_start for item in items if item.early_start is not None]
        ends = [item.early_finish for item in items if item.early_finish is not None]
        open_items = [item for item in items if item.total_float is not None]
        nearest = min((i for i in open_items if i.target_float is not None), key=lambda i: i.target_float or 0.0, default=None)
        late = [item.late_finish for item in open_items if item.late_finish is not None]
        return ScheduledItem(
            **base,
            early_start=min(starts, default=None),
            early_finish=max(ends, default=None),
            late_start=min((i.late_start for i in open_items if i.late_start is not None), default=None),
            late_finish=max(late, default=None),
            total_float=min((i.total_float for i in open_items if i.total_float is not None), default=None),
            project_float=min((i.project_float for i in open_items if i.project_float is not None), default=None),
            target_float=nearest.target_float if nearest else None,
            target=nearest.target if nearest else None,
            critical=any(item.critical for item in items),
            critical_for=tuple(sorted({name for item in items for name in item.critical_for})),
            undated=undated,
            bound=any(item.bound for item in items) or bool(undated),
        )

    def _edge_item(self, name: str, end: str) -> ScheduledItem:
        whole = self._derived_item(name)
        when = whole.early_start if end == "start" else whole.early_finish
        return ScheduledItem(id=f"{name}@{end}", name=whole.name, kind="milestone", project=whole.project, early_start=when,
                             early_finish=when, undated=whole.undated, bound=whole.bound)  # fmt: skip

    def dates(self, full_id: str) -> tuple[datetime | None, datetime | None]:
        """Start and finish of an item without its floats: what roll-ups ask for."""
        net = self.network
        node = self._nodes.get(full_id)
        if node is None:
            nodes = [v for v in self._derived.get(full_id, ()) if net.state[v] != GONE]
            pairs = [self._instants(v) for v in nodes]
            starts = [a for a, _ in pairs if a is not None]
            ends = [b for _, b in pairs if b is not None]
            return (moment(min(starts)) if starts else None, moment(max(ends)) if ends else None)
        return self._item_dates(node)

    def _item_dates(self, node: int) -> tuple[datetime | None, datetime | None]:
        start, end = self._instants(node)
        return (moment(start) if start is not None else None, moment(end) if end is not None else None)

    def _instants(self, node: int) -> tuple[int | None, int | None]:
        net = self.network
        state = net.state[node]
        begun = net.starts.get(node)
        if state == FINISHED:
            return begun, net.finishes[node]
        if state not in LIVE or node in self._unknown:
            return begun, None
        q, place = self._lists, self._lists["pos"][node]
        start = begun if begun is not None else kernels.start_at(net.clock_tables, q["clk"][place], q["x"][place])
        return int(start), q["finish"][place]

    # ----------------------------------------------------------------------------------- answers

    def items(self) -> Iterator[ScheduledItem]:
        """Every task, milestone, summary, gate, project without tasks, and benefit, in file order."""
        for full_id in self._shown:
            yield self[full_id]

    @functools.cached_property
    def _shown(self) -> list[str]:
        net = self.network
        if self.portfolio is None:
            return list(net.ids)
        shown = {net.ids[v] for v in range(net.n) if net.kinds[v] in SHOWN_KINDS and net.state[v] != GONE}
        shown |= {f"{project}/{name}" for project, name in net.summaries}
        out = []
        for project in self.portfolio.projects:
            inner = [*(task.id for task in project.tasks), *(gate.id for gate in project.gates)]
            names = [project.id, *(f"{project.id}/{name}" for name in inner)]
            out += [name for name in names if name in shown]
        return out + [benefit.id for benefit in self.portfolio.benefits if benefit.id in shown]

    def table(self) -> Table:
        """One row an item; dates as datetimes, floats and drag in working days of the item's calendar."""
        rows = list(self.items())
        kinds = {
            "id": "str", "name": "str", "kind": "str", "project": "str", "early_start": "datetime", "early_finish": "datetime",
            "late_start": "datetime", "late_finish": "datetime", "total_float": "float", "free_float": "float",
            "project_float": "float", "target_float": "float", "target": "str", "critical": "bool", "critical_for": "str", "drag": "float",
        }  # fmt: skip
        columns = []
        for name, kind in kinds.items():
            values: list[Any] = [getattr(row, name) for row in rows]
            if name == "critical_for":
                values = [", ".join(value) for value in values]
            columns.append(Column(name, kind, values, "d" if kind == "float" else ""))
        return Table(columns)

    def critical_path(self, target: str | None = None) -> tuple[str, ...]:
        """The items on the driving path to the end of the network, or to a target, in order of their dates.

        Args:
            target: `P2@finish`, `tram/G3`, `tram/open`, a benefit; the end of the network when left out.

        Raises:
            UnknownItemError: there is no such target; the closest are named.
        """
        if target is None:
            places = self._critical
        else:
            ends = self._target_ends()
            if target not in ends and f"{target}@finish" in ends:
                target = f"{target}@finish"
            if target not in ends:
                raise UnknownItemError(target, close_matches(target, ends), "the targets of this schedule")
            places = self._driving_back(ends[target])
        q, net = self._lists, self.network
        ordered = sorted(places, key=lambda v: (q["finish"][v], v))
        return tuple(net.ids[q["order"][v]] for v in ordered if net.kinds[q["order"][v]] in SHOWN_KINDS)

    def finish_text(self, full_id: str) -> str:
        """The finish of an item as people read it; empty when it has none."""
        node = self._nodes.get(full_id)
        end = self.dates(full_id)[1]
        point = node is not None and self.network.state[node] in LIVE and not self._lists["dur"][self._lists["pos"][node]]
        return day_text(end, finish=not (point and node is not None and self._side(node) == "start"))

    def driving(self, full_id: str) -> tuple[tuple[str, str], ...]:
        """(item, link type) of what drives an item: the predecessors that leave it no earlier start."""
        node = self._nodes.get(full_id)
        if node is None:
            raise UnknownItemError(full_id, close_matches(full_id, self._nodes), "this schedule")
        if self.network.state[node] not in LIVE:
            return ()
        q = self._lists
        v = q["pos"][node]
        found = [(self.network.ids[q["order"][q["src"][k]]], TYPE_NAMES[q["typ"][k]])
                 for k in range(q["ptr"][v], q["ptr"][v + 1]) if self._drives[k]]  # fmt: skip
        return tuple(sorted(found))

    def explain(self, full_id: str) -> str:
        """Why an item is when it is: the driving chain back to a date that nothing drives."""
        item = self[full_id]
        if item.undated and item.early_finish is None:
            return f"{full_id} has no date: {item.undated}"
        if full_id not in self._nodes:
            member = max((self._item(v) for v in self._derived[full_id] if self.network.state[v] in LIVE),
                         key=lambda i: (i.early_finish or datetime.min, i.id), default=None)  # fmt: skip
            if member is None:
                return f"{full_id} finished {item.finish_text}"
            return f"{full_id} finishes {item.finish_text}, with {member.id}\n{self.explain(member.id)}"
        lines: list[str] = []
        seen: set[str] = set()
        current: str | None = full_id
        while current is not None and current not in seen and len(lines) < 50:
            seen.add(current)
            here = self[current]
            drivers = self.driving(current)
            if drivers:
                why = f"driven by {drivers[0][0]} ({drivers[0][1]})"
                if len(drivers) > 1:
                    why += f" and {len(drivers) - 1} more"
            else:
                why = self._reason(current)
            span = here.finish_text if here.kind in ("milestone", "gate", "benefit") else f"{here.start_text} to {here.finish_text}"
            lines.append(f"{current}: {span}, {why}")
            current = drivers[0][0] if drivers else None
        return "\n".join(lines)

    def _reason(self, full_id: str) -> str:
        node = self._nodes[full_id]
        net = self.network
        if net.state[node] == FINISHED:
            return "actual date"
        if net.state[node] == STARTED:
            return "under way; its remaining work starts at the data date"
        q, place = self._lists, self._lists["pos"][node]
        base = kernels.work(net.clock_tables, q["clk"][place], net.base)
        if q["x"][place] <= base:
            known = self.portfolio is not None and self.portfolio.data_date == net.base
            return "nothing holds it back but the data date" if known else "nothing holds it back but the start of the portfolio"
        return "held by a date of its own or of finished work"

    @property
    def finish(self) -> datetime | None:
        """When the last open work of the portfolio ends; None when all is done."""
        return moment(self.end) if self.end is not None else None

    def __repr__(self) -> str:
        end = day_text(self.finish, finish=True) if self.finish else "all done"
        return f"<Schedule: {self.network.n} items, finish {end}, {len(self.critical_path())} critical>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def _plain(column: Any) -> Any:
    return column.tolist() if hasattr(column, "tolist") else column


def as_day(value: date | datetime) -> date:
    """The day of a date or of a date with a time."""
    return value.date() if isinstance(value, datetime) else value
