"""When everything happens, how far it can slip, and what it slips into.

Forward and backward passes over the whole portfolio at once. Float is *to a target*: `total_float` to the end of the
whole network, `project_float` to the item's own project's finish, `target_float` to the nearest promise of any kind.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import attrs

from ipmo.errors import ScheduleError, UnknownItemError, close_matches
from ipmo.memory import remember
from ipmo.model.dialects import DIALECTS, Dialect
from ipmo.model.portfolio import Portfolio
from ipmo.network.assemble import compile_portfolio
from ipmo.network.clocks import FAR
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.network.states import LIVE, TYPE_NAMES, State
from ipmo.tables import Column, Table
from ipmo.units import MAX_INSTANT, as_when, minutes, moment

__all__ = ["FloatPath", "Schedule", "ScheduledItem", "day_text", "network", "schedule"]

SHOWN_KINDS = ("task", "milestone", "gate", "project", "outcome", "benefit", "summary")


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
    if dialect is None:
        return compile_portfolio(portfolio, portfolio.dialect)
    if dialect not in DIALECTS:
        raise ScheduleError(f"{dialect!r} is not a dialect; write one of {', '.join(DIALECTS)}")
    return compile_portfolio(portfolio, DIALECTS[dialect])


def schedule(
    portfolio: Portfolio | Network,
    *,
    dialect: str | Dialect | None = None,
    on_cycle: str = "error",
    back_from: date | str | None = None,
) -> Schedule:
    """Early and late dates, floats, the critical path and drag of everything in a portfolio.

    Args:
        portfolio: a portfolio, or a compiled network.
        dialect: conventions that tools differ on; the portfolio's own when left out.
        on_cycle: `error` raises on a loop, `cut` takes the worst link out of each loop and says so in `.cuts`.
        back_from: schedules back from this finish: `start` and `finish` of every item are then its late dates, and total float
            is what is left between them and the early dates; negative where the time does not suffice.

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
    instant = minutes(as_when(back_from), end=True) if back_from is not None else None
    if isinstance(portfolio, Network):
        return Schedule(None, portfolio, instant)
    compiled = network(portfolio, dialect=dialect)
    key = ("schedule", on_cycle, instant, *attrs.astuple(compiled.dialect or DIALECTS["ipmo"]))

    def make() -> Schedule:
        settled = compiled
        if settled.has_loop:
            if on_cycle == "error":
                raise settled.loop()
            settled = settled.cut(_known_dates(portfolio, settled))
        if settled.expected:
            settled = settled.as_expected()
        return Schedule(portfolio, settled, instant)

    return remember(portfolio, key, make)


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
        critical: it lies on a driving path to the end of the whole network; in dialects that go by float, its total float is at
            most the threshold.
        critical_for: the targets to which it lies on a driving path.
        drag: the time that it adds to the end of the network (Devaux); None when it is not critical.
        undated: why it has no dates; empty when it has.
        bound: its dates are lower bounds: something before it has no duration.
        rule: which value of its duration was used: fixed, likely, mean, p50; empty for what has none.
        side: whether its date is read as a finish (midnight belongs to the day before).
        start: the actual start, else the early start.
        finish: the actual finish, else the early finish.
        start_float: late start less early start; differs from `finish_float` only for what spans other items.
        finish_float: late finish less early finish.
        interfering_float: total float less free float: slip that moves a successor but not the end.
        independent_float: slip that is left when what comes before is as late, and what follows as early, as it can be.
        longest_path: it lies on a driving path to the end: of the network, or of its project where the dialect measures float to that.
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
    rule: str = ""
    side: str = "finish"
    start: datetime | None = None
    finish: datetime | None = None
    start_float: float | None = None
    finish_float: float | None = None
    interfering_float: float | None = None
    independent_float: float | None = None
    longest_path: bool | None = None

    @property
    def start_text(self) -> str:
        """The start's date as people read it."""
        begin, end = self.start or self.early_start, self.finish or self.early_finish
        return day_text(begin, finish=begin == end and self.side == "finish")

    @property
    def finish_text(self) -> str:
        """The finish's date as people read it."""
        return day_text(self.finish or self.early_finish, finish=self.side == "finish")


@attrs.frozen(kw_only=True)
class FloatPath:
    """A path to an item and the float of its last item to that: 1 is the driving path.

    Args:
        number: its place by float.
        float: slip in working days that leaves the item it leads to where it is.
        items: in order of their dates.
    """

    number: int
    float: float
    items: tuple[str, ...]


class Schedule(Passes):
    """The answer of `schedule`: indexed by full id, with a table, the critical path, and explanations."""

    def __init__(self, portfolio: Portfolio | None, compiled: Network, back_from: int | None = None) -> None:
        super().__init__(compiled, back_from)
        self.portfolio = portfolio
        self.cuts = compiled.cuts

    # ----------------------------------------------------------------------------------- one item

    def _days(self, place: int, early: int, late: int) -> float:
        """Working days between two starts of a position, by the item's calendar."""
        node = self.lists.order[place]
        clock, nominal = self.network.running_clock(node), self.network.clock_of(node)
        if clock is not nominal:
            return nominal.days(clock.start(early), clock.start(late))
        return (late - early) / nominal.day_minutes

    def __contains__(self, full_id: object) -> bool:
        return full_id in self.nodes or full_id in self._derived

    @functools.cached_property
    def _derived(self) -> Mapping[str, Sequence[int]]:
        """Summaries and projects with tasks: the nodes that make them up."""
        net = self.network
        out: dict[str, Sequence[int]] = {f"{project}/{name}": leaves for (project, name), leaves in net.summaries.items()}
        for place, name in enumerate(net.projects):
            if name not in self.nodes:
                members = net.members.get(place)
                out[name] = members if members is not None else [v for v in range(net.n) if net.project[v] == place]
        return out

    def __getitem__(self, full_id: str) -> ScheduledItem:
        """The dates and floats of an item: a task, milestone, summary, gate, project or benefit.

        Raises:
            UnknownItemError: there is none; the closest three are named.
        """
        found = self._made.get(full_id)
        if found is None:
            if full_id in self.nodes:
                found = self._made[full_id] = self._item(self.nodes[full_id])
            elif full_id in self._derived:
                found = self._made[full_id] = self._derived_item(full_id)
        if found is not None:
            return found
        name, _, end = full_id.partition("@")
        if end in ("start", "finish") and name in self._derived:
            return self._edge_item(name, end)
        raise UnknownItemError(full_id, close_matches(full_id, [*self.nodes, *self._derived]), "this schedule")

    def _title(self, full_id: str) -> str:
        item = self.portfolio.items.get(full_id.partition("@")[0]) if self.portfolio is not None else None
        return getattr(item, "name", "") or ""

    @functools.cached_property
    def _made(self) -> dict[str, ScheduledItem]:
        """Items that somebody asked for before."""
        return {}

    def _rule(self, full_id: str) -> str:
        """Which value of the estimate of a task's time the schedule used."""
        item = self.portfolio.items.get(full_id) if self.portfolio is not None else None
        estimate = getattr(item, "remaining", None) or getattr(item, "duration", None)
        return estimate.rule if estimate is not None else ""

    def _item(self, node: int, *, with_drag: bool = True) -> ScheduledItem:
        net, q = self.network, self.lists
        state, kind, full_id = net.state[node], net.kinds[node], net.ids[node]
        owner = net.project[node]
        base: dict[str, Any] = {
            "id": full_id,
            "name": self._title(full_id),
            "kind": kind,
            "project": net.projects[owner] if owner >= 0 else "",
            "rule": self._rule(full_id),
        }
        if state == State.FINISHED:
            first, last = moment(net.starts[node]), moment(net.finishes[node])
            return ScheduledItem(
                **base,
                early_start=first,
                early_finish=last,
                start=first,
                finish=last,
                critical=False,
                longest_path=False,
                side="start" if kind == "gate" else "finish",
            )
        began = moment(net.starts[node]) if node in net.starts else None
        if state in (State.UNDATED, State.GONE):
            reason = net.holds[node].reason if node in net.holds else ""
            return ScheduledItem(**base, early_start=began, early_finish=None, start=began, undated=reason)
        if state == State.SPANNED:
            return self._hammock(node, base)
        if node in self.without_duration:
            undated = "it has no duration" if began is None else ""
            return ScheduledItem(**base, early_start=began, early_finish=None, start=began, bound=True, undated=undated)
        place = q.pos[node]
        dur, x = q.dur[place], q.x[place]
        whole, aim = int(self.late_starts.to_end[place]), int(self.late_starts.to_target[place])
        start, end = self._window(place, x, q.finish[place])
        before = self.unpostponed_dates.get(place, (x, q.finish[place]))
        early, late = self._window(place, *before), self._window(place, whole)
        if began is not None and not self.dialect.remaining_dates:
            early, late = (began, early[1]), (began, late[1])
        if whole < FAR // 2 and (self.back_from is not None or self.dialect.direction == "back"):
            start, end = late
        longest = place in self.critical
        known = whole < FAR // 2
        floats: dict[str, Any] = self._floats(place, x, whole) if known else {}
        critical = longest
        if self.dialect.critical == "float":
            critical = known and floats["total_float"] <= self._threshold(place)
        drag: float | None = None
        if critical and with_drag and self.end is not None:
            without = self.ends_without.get(place, self.end) if dur else self.end
            drag = self._drag_days(node, without if without is not None else net.base)
        return ScheduledItem(
            **base,
            early_start=early[0],
            early_finish=early[1],
            late_start=late[0] if known else None,
            late_finish=late[1] if known else None,
            start=began or start,
            finish=end,
            **floats,
            project_float=self._days(place, x, self.project_late_starts[place]) if place in self.project_late_starts else None,
            target_float=self._days(place, x, aim) if aim < FAR // 2 else None,
            target=self.target_names[place] if aim < FAR // 2 else None,
            critical=critical,
            longest_path=longest,
            critical_for=tuple(self.critical_for.get(place, ())),
            drag=drag,
            bound=place in self.lower_bounded,
            side=self._side(node),
        )

    def _total_float(self, node: int) -> float | None:
        """What `_item` says of its total float, without the rest."""
        net = self.network
        if net.state[node] == State.SPANNED:
            return self._item(node, with_drag=False).total_float
        if net.state[node] not in LIVE or node in self.without_duration:
            return None
        place = self.lists.pos[node]
        whole = int(self.late_starts.to_end[place])
        return self._days(place, self.lists.x[place], whole) if whole < FAR // 2 else None

    def _window(self, place: int, x: int, finish: int | None = None) -> tuple[datetime | None, datetime | None]:
        """The dates of a position that starts at x; of a milestone of a start or of a finish, that date twice."""
        net, q = self.network, self.lists
        clock = net.running_clock(q.order[place])
        point = net.points.get(q.order[place])
        start = clock.start(x)
        if finish is None:
            finish = clock.finish(x + q.dur[place])
            if point is not None and self.late_passes[0][1][place]:
                finish = start  # what follows may begin with the next shift, and so may the milestone lie there
            elif x == q.x[place]:  # what is not late finishes when it does early: at the next shift where it waits for that
                finish = max(finish, q.finish[place]) if self.network.exact else finish
        if point is not None:
            start = finish
        return self._moment(start), self._moment(finish)

    def _floats(self, place: int, x: int, whole: int) -> dict[str, Any]:
        """Total, free, interfering and independent float of a position, in days of its calendar."""
        total = self._days(place, x, whole)
        free = self._days(place, x, self.free_starts[place]) if place in self.free_starts else None
        independent: float | None = None
        if place in self.free_starts:
            independent = max(self._days(place, self.pressed_starts[place], self.free_starts[place]), 0.0)
        return {
            "total_float": total,
            "start_float": total,
            "finish_float": total,
            "free_float": free,
            "interfering_float": None if free is None else total - free,
            "independent_float": independent,
        }

    def _threshold(self, place: int) -> float:
        """The float up to which work is critical, in days of its calendar."""
        span = self.dialect.critical_float
        if not span.amount:
            return 0.0
        clock = self.network.clock_of(self.lists.order[place])
        return clock.calendar.minutes(span) / clock.day_minutes

    def _hammock(self, node: int, base: dict[str, Any]) -> ScheduledItem:
        """Level of effort: it spans what it is linked to, early and late; it drives nothing."""
        early, late = self.hammock_dates.get(node, ((None, None), (None, None)))
        if early[0] is None or early[1] is None:
            return ScheduledItem(**base, early_start=None, early_finish=None, undated="it is linked to nothing that has dates")
        net = self.network
        clock = net.clock_of(node)

        def slip(first: int | None, last: int | None) -> float | None:
            if first is None or last is None or last >= FAR // 2:
                return None
            return clock.days(first, last)

        start, end = slip(early[0], late[0]), slip(early[1], late[1])
        known = [value for value in (start, end) if value is not None]
        total = {"start": start, "finish": end}.get(self.dialect.total_float, min(known, default=None))
        begun = net.starts.get(node)
        return ScheduledItem(
            **base,
            early_start=moment(early[0]),
            early_finish=moment(early[1]),
            late_start=self._moment(late[0]) if late[0] is not None else None,
            late_finish=self._moment(late[1]) if late[1] is not None else None,
            start=moment(begun) if begun is not None else moment(early[0]),
            finish=moment(early[1]),
            total_float=total,
            start_float=start,
            finish_float=end,
            critical=False,
            longest_path=False,
        )

    def _side(self, node: int) -> str:
        """Whether a point in time is read as a start or as a finish: as a start when only a not-before holds it there."""
        net, q = self.network, self.lists
        place = q.pos[node]
        x = q.x[place]
        if q.clk[place] or q.dur[place] or x != net.low[node] or net.finish_floor.get(node) == x:
            return "finish"
        return "finish" if any(self.drives[k] for k in range(q.ptr[place], q.ptr[place + 1])) else "start"

    def _moment(self, instant: int) -> datetime | None:
        return moment(instant) if 0 <= instant < MAX_INSTANT else None

    def _drag_days(self, node: int, without: int) -> float:
        assert self.end is not None
        return self.network.clock_of(node).days(without, self.end)

    def _derived_item(self, full_id: str) -> ScheduledItem:
        net = self.network
        nodes = [v for v in self._derived[full_id] if net.state[v] != State.GONE]
        items = [self._item(v, with_drag=False) for v in nodes]
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
            start=min((i.start for i in items if i.start is not None), default=None),
            finish=max((i.finish for i in items if i.finish is not None), default=None),
            longest_path=any(item.longest_path for item in items),
            start_float=min((i.start_float for i in open_items if i.start_float is not None), default=None),
            finish_float=min((i.finish_float for i in open_items if i.finish_float is not None), default=None),
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
        return ScheduledItem(
            id=f"{name}@{end}",
            name=whole.name,
            kind="milestone",
            project=whole.project,
            early_start=when,
            early_finish=when,
            start=when,
            finish=when,
            undated=whole.undated,
            bound=whole.bound,
        )

    def dates(self, full_id: str) -> tuple[datetime | None, datetime | None]:
        """Start and finish of an item without its floats: what roll-ups ask for."""
        net = self.network
        node = self.nodes.get(full_id)
        if node is None:
            nodes = [v for v in self._derived.get(full_id, ()) if net.state[v] != State.GONE]
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
        if state == State.FINISHED:
            return begun, net.finishes[node]
        if state == State.SPANNED:
            start, end = self.hammock_dates.get(node, ((None, None), (None, None)))[0]
            return (begun if begun is not None else start, end) if start is not None and end is not None else (None, None)
        if state not in LIVE or node in self.without_duration:
            return begun, None
        q, place = self.lists, self.lists.pos[node]
        x, finish = q.x[place], q.finish[place]
        if self.back_from is not None or self.dialect.direction == "back":
            whole = int(self.late_starts.to_end[place])
            if whole < FAR // 2:
                x, finish = whole, net.running_clock(node).finish(whole + q.dur[place])
        start = finish if node in net.points else net.running_clock(node).start(x)
        return (begun if begun is not None else start), int(finish)

    # ----------------------------------------------------------------------------------- answers

    def items(self) -> Iterator[ScheduledItem]:
        """Every task, milestone, summary, gate, project without tasks, outcome and benefit, in file order."""
        for full_id in self._shown:
            yield self[full_id]

    @functools.cached_property
    def _shown(self) -> list[str]:
        net = self.network
        if self.portfolio is None:
            return list(net.ids)
        shown = {net.ids[v] for v in range(net.n) if net.kinds[v] in SHOWN_KINDS and net.state[v] != State.GONE}
        shown |= {f"{project}/{name}" for project, name in net.summaries}
        out = []
        for project in self.portfolio.projects:
            inner = [*(task.id for task in project.tasks), *(gate.id for gate in project.gates)]
            names = [project.id, *(f"{project.id}/{name}" for name in inner)]
            out += [name for name in names if name in shown]
        effects = [*(outcome.id for outcome in self.portfolio.outcomes), *(benefit.id for benefit in self.portfolio.benefits)]
        return out + [name for name in effects if name in shown]

    def table(self) -> Table:
        """One row an item; dates as datetimes, floats and drag in working days of the item's calendar."""
        rows = list(self.items())
        kinds = {
            "id": "str",
            "name": "str",
            "kind": "str",
            "project": "str",
            "early_start": "datetime",
            "early_finish": "datetime",
            "late_start": "datetime",
            "late_finish": "datetime",
            "total_float": "float",
            "free_float": "float",
            "project_float": "float",
            "target_float": "float",
            "target": "str",
            "critical": "bool",
            "critical_for": "str",
            "drag": "float",
            "start": "datetime",
            "finish": "datetime",
        }
        return _columns(rows, kinds)

    def floats(self) -> Table:
        """Every float of every item, in working days of its calendar: what `table` gives, and how it is made up.

        `interfering_float` is total less free float; `independent_float` is the slip left when all that comes before is
        as late and all that follows as early as it can be; `start_float` and `finish_float` differ where an item spans
        others.
        """
        kinds = dict.fromkeys(("id", "project"), "str")
        kinds |= dict.fromkeys(("total_float", "start_float", "finish_float", "free_float"), "float")
        kinds |= dict.fromkeys(("interfering_float", "independent_float", "project_float", "target_float"), "float")
        kinds |= {"target": "str", "critical": "bool", "longest_path": "bool"}
        return _columns([row for row in self.items() if row.total_float is not None], kinds)

    def links(self) -> Table:
        """One row a link between items of the network: its float, whether it drives, and its drag.

        Columns: `source`, `target`, `type`, `link_float` (the slip of the source that leaves this link alone without
        effect on its target, in working days of the source's calendar), `drives` (the target starts exactly when this link
        lets it), `drag` (the end of the network less the end without the link, in working days of the target's calendar;
        0 for those that no critical path uses).
        """
        net, q = self.network, self.lists
        floats = self.link_floats
        rows: dict[str, list[Any]] = {name: [] for name in ("source", "target", "type", "link_float", "drives", "drag")}
        places = {q.perm[k]: (k, v) for v in range(net.n) for k in range(q.ptr[v], q.ptr[v + 1])}
        for number in sorted(places):
            k, v = places[number]
            if number in net.derived:
                continue
            u = q.src[k]
            without = self.link_ends_without.get(k, self.end)
            drag = self._drag_days(q.order[v], without if without is not None else net.base) if self.end is not None else None
            rows["source"].append(net.ids[q.order[u]])
            rows["target"].append(net.ids[q.order[v]])
            rows["type"].append(TYPE_NAMES[net.typ[number]])
            rows["link_float"].append(self._days(u, q.x[u], q.x[u] + int(floats[k])))
            rows["drives"].append(self.drives[k])
            rows["drag"].append(drag)
        kinds = {"link_float": "float", "drag": "float", "drives": "bool"}
        return Table(
            [Column(name, kinds.get(name, "str"), values, "d" if kinds.get(name) == "float" else "") for name, values in rows.items()]
        )

    def overview(self) -> Table:
        """The table as people read it: dates as text, a finish at midnight on the day before, times only where they say something."""
        rows = list(self.items())
        texts = {
            "id": [r.id for r in rows],
            "kind": [r.kind for r in rows],
            "starts": [_clock_text(r.start or r.early_start, r.start_text) for r in rows],
            "finishes": [_clock_text(r.finish or r.early_finish, r.finish_text) for r in rows],
        }
        return Table(
            [
                *(Column(name, "str", values) for name, values in texts.items()),
                Column("total_float", "float", [r.total_float for r in rows], "d"),
                Column("target_float", "float", [r.target_float for r in rows], "d"),
                Column("target", "str", [r.target for r in rows]),
                Column("critical", "bool", [r.critical for r in rows]),
                Column("undated", "str", [r.undated or None for r in rows]),
            ]
        )

    def critical_path(self, target: str | None = None) -> tuple[str, ...]:
        """The items on the driving path to the end of the network, or to a target, in order of their dates.

        Args:
            target: `P2@finish`, `tram/G3`, `tram/open`, a benefit; the end of the network when left out.

        Raises:
            UnknownItemError: there is no such target; the closest are named.
        """
        if target is None:
            places = self.critical
        else:
            ends = self.target_ends()
            if target not in ends and f"{target}@finish" in ends:
                target = f"{target}@finish"
            if target not in ends:
                raise UnknownItemError(target, close_matches(target, ends), "the targets of this schedule")
            places = self.driving_to(ends[target])
        q, net = self.lists, self.network
        ordered = sorted(places, key=lambda v: (q.finish[v], v))
        return tuple(net.ids[q.order[v]] for v in ordered if net.kinds[q.order[v]] in SHOWN_KINDS)

    def float_paths(self, count: int = 5, target: str | None = None) -> tuple[FloatPath, ...]:
        """The most critical paths to an item, the driving one first; no item stands in two of them.

        Args:
            count: how many at most.
            target: the item they lead to; what ends last when left out.

        Raises:
            UnknownItemError: there is no such item in the network.
        """
        net, q = self.network, self.lists
        if target is not None:
            if target not in self.nodes:
                raise UnknownItemError(target, close_matches(target, self.nodes), "this schedule")
            place = q.pos[self.nodes[target]]
        else:
            last = [v for v in range(net.n) if q.finish[v] == self.end and net.state[q.order[v]] in LIVE]
            if not last:
                return ()
            place = last[-1]
        found = self.paths_by_float(place, count, lambda v, late: self._days(v, q.x[v], late))
        out = []
        for number, (slack, places) in enumerate(found, 1):
            names = tuple(net.ids[q.order[v]] for v in places if net.kinds[q.order[v]] in SHOWN_KINDS)
            out.append(FloatPath(number=number, float=slack, items=names))
        return tuple(out)

    def near_critical(self, bands: Sequence[float] = (0, 5, 10, 20)) -> Table:
        """Items by how little total float they have: one row an item within the widest band, least float first.

        Args:
            bands: upper bounds of total float in working days, ascending.

        Returns:
            Columns `id`, `total_float`, `band` (the bound it keeps).
        """
        rows = sorted((row.total_float, row.id) for row in self.items() if row.total_float is not None and row.kind != "summary")
        kept = [(slack, full_id, next(b for b in bands if slack <= b)) for slack, full_id in rows if any(slack <= b for b in bands)]
        return Table(
            [
                Column("id", "str", [full_id for _, full_id, _ in kept]),
                Column("total_float", "float", [slack for slack, _, _ in kept], "d"),
                Column("band", "float", [float(band) for _, _, band in kept], "d"),
            ]
        )

    def finish_text(self, full_id: str) -> str:
        """The finish of an item as people read it; empty when it has none."""
        node = self.nodes.get(full_id)
        end = self.dates(full_id)[1]
        if node is not None and self.network.state[node] == State.FINISHED and self.network.kinds[node] == "gate":
            return day_text(end)  # a decision is dated by its day
        point = node is not None and self.network.state[node] in LIVE and not self.lists.dur[self.lists.pos[node]]
        return day_text(end, finish=not (point and node is not None and self._side(node) == "start"))

    def driving(self, full_id: str) -> tuple[tuple[str, str], ...]:
        """(item, link type) of what drives an item: the predecessors that leave it no earlier start."""
        node = self.nodes.get(full_id)
        if node is None:
            raise UnknownItemError(full_id, close_matches(full_id, self.nodes), "this schedule")
        if self.network.state[node] not in LIVE:
            return ()
        q = self.lists
        v = q.pos[node]
        found = [(self.network.ids[q.order[q.src[k]]], TYPE_NAMES[q.typ[k]]) for k in range(q.ptr[v], q.ptr[v + 1]) if self.drives[k]]
        return tuple(sorted(found))

    def explain(self, full_id: str) -> str:
        """Why an item is when it is: the driving chain back to a date that nothing drives."""
        item = self[full_id]
        if item.undated and item.early_finish is None:
            return f"{full_id} has no date: {item.undated}"
        if full_id not in self.nodes:
            member = max(
                (self._item(v) for v in self._derived[full_id] if self.network.state[v] in LIVE),
                key=lambda i: (i.early_finish or datetime.min, i.id),
                default=None,
            )
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
            span = (
                here.finish_text if here.kind in ("milestone", "gate", "outcome", "benefit") else f"{here.start_text} to {here.finish_text}"
            )
            lines.append(f"{current}: {span}, {why}")
            current = drivers[0][0] if drivers else None
        return "\n".join(lines)

    def _reason(self, full_id: str) -> str:
        node = self.nodes[full_id]
        net = self.network
        if net.state[node] == State.FINISHED:
            return "actual date"
        if net.state[node] == State.STARTED:
            return "under way; its remaining work starts at the data date"
        q, place = self.lists, self.lists.pos[node]
        if q.x[place] <= net.running_clock(node).work(net.base):
            known = self.portfolio is not None and self.portfolio.data_date == net.base
            return "nothing holds it back but the data date" if known else "nothing holds it back but the start of the portfolio"
        return "held by a date of its own or of finished work"

    @property
    def first_day(self) -> date:
        """The day from which what is left is planned: the status date, else the portfolio's start, else that of the first work."""
        return moment(self.network.base).date()

    @property
    def finish(self) -> datetime | None:
        """When the last open work of the portfolio ends; None when all is done."""
        return moment(self.end) if self.end is not None else None

    def __repr__(self) -> str:
        end = day_text(self.finish, finish=True) if self.finish else "all done"
        return f"<Schedule: {self.network.n} items, finish {end}, {len(self.critical_path())} critical>"

    def _repr_html_(self) -> str:
        return self.overview()._repr_html_()


def _columns(rows: Sequence[ScheduledItem], kinds: Mapping[str, str]) -> Table:
    columns = []
    for name, kind in kinds.items():
        values: list[Any] = [getattr(row, name) for row in rows]
        if name == "critical_for":
            values = [", ".join(value) for value in values]
        columns.append(Column(name, kind, values, "d" if kind == "float" else ""))
    return Table(columns)


def _clock_text(when: datetime | None, day: str) -> str:
    return day if when is None or when.hour == when.minute == 0 else f"{day} {when:%H:%M}"


def as_day(value: date | datetime) -> date:
    """The day of a date or of a date with a time."""
    return value.date() if isinstance(value, datetime) else value
