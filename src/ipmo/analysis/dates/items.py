"""The dates and floats of one item: what they are, and how they are made from the passes."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, TypedDict, TypeVar

import attrs

from ipmo.analysis.dates.beginnings import Days, Side, begins, day_at, said
from ipmo.analysis.dates.commitments import Commitments
from ipmo.analysis.dates.going_on import GoingOn
from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.estimates import Estimate
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.network.clocks import FAR
from ipmo.network.passes import Passes
from ipmo.network.states import LIVE, State
from ipmo.notebooks import Shown
from ipmo.tables import among
from ipmo.units import MAX_INSTANT, moment

__all__ = ["Items", "ScheduledItem", "Side"]

TargetIs = Literal["commitment", "forecast"]
Ordered = TypeVar("Ordered", int, float, datetime)
NO_SPAN = ((None, None), (None, None))
MANY = 2_000
"""After so many dates that were asked for one by one columns are read as lists."""


@attrs.frozen(kw_only=True)
class ScheduledItem(Shown):
    """The dates and floats of one item. Floats and drag are in working days of the item's calendar.

    Args:
        early_start: first possible start; the actual start of work that has begun.
        early_finish: first possible finish; the actual finish of finished work.
        late_start: last start that delays nothing in the network.
        late_finish: last finish that delays nothing in the network.
        total_float: slip that leaves the end of the whole network unmoved.
        free_float: slip that moves no successor, nor one of a summary that it lies in.
        project_float: slip that leaves its own project's finish unmoved, counting paths that leave and come back.
        target_float: slip that leaves every target downstream unmoved: finishes of projects, gates, deadlines, benefits, whether their
            dates are stated or only forecast; negative when one is already missed.
        target: what `target_float` is measured to: what moves first.
        target_is: `commitment` where the date of the target is stated, `forecast` where it is only the target's own early date.
        commitment_float: slip that leaves every commitment downstream kept, promised and needed dates of hand-overs and planned
            starts of benefits included; negative when one is missed; None where nothing stated lies downstream.
        commitment: the commitment that fails first.
        critical: it lies on a driving path to the end of the whole network; in dialects that go by float, its total float is at
            most the threshold.
        critical_for: the targets to which it lies on a driving path.
        drag: the time that it adds to the end of the network (Devaux); None when it is not critical.
        undated: why it has no dates, or of a gate that was decided, why that lets nothing go on; empty else.
        lower_bound: its dates are these or later, or unknown: it or something before it has no duration.
        upper_bound: its dates are these or sooner: one of several is enough for it, and of another nobody knows when that comes.
        rule: which value of its duration was used: fixed, likely, mean, p50; empty for what has none.
        side: whether its date is read as a finish (midnight belongs to the day before), or as the first whole day of a benefit.
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
    target_is: TargetIs | None = None
    commitment_float: float | None = None
    commitment: str | None = None
    critical: bool | None = None
    critical_for: tuple[str, ...] = ()
    drag: float | None = None
    undated: str = ""
    lower_bound: bool = False
    upper_bound: bool = False
    rule: str = ""
    side: Side = "finish"
    start: datetime | None = None
    finish: datetime | None = None
    start_float: float | None = None
    finish_float: float | None = None
    interfering_float: float | None = None
    independent_float: float | None = None
    longest_path: bool | None = None

    def days(self, which: Literal["", "early", "late"] = "") -> Days:
        """The days that people say of its start and finish: an end of day belongs to its day.

        Args:
            which: of the early or the late dates; else of start and finish.
        """
        begin, end = (getattr(self, f"{which}_{side}" if which else side) for side in ("start", "finish"))
        return said(begin, end, self.side)

    @property
    def start_date(self) -> date | None:
        """The day of its start; None when it has none."""
        return said(self.start or self.early_start, self.finish or self.early_finish, self.side)[0]

    @property
    def finish_date(self) -> date | None:
        """The day of its finish: midnight belongs to the day before, unless it marks the beginning of a day."""
        return said(self.start or self.early_start, self.finish or self.early_finish, self.side)[1]

    @property
    def target_text(self) -> str:
        """The target by name, a forecast as one; empty where there is none."""
        return "" if self.target is None else f"{self.target} (forecast)" if self.target_is == "forecast" else self.target

    @property
    def start_text(self) -> str:
        """The start's date as people read it."""
        return str(self.start_date or "")

    @property
    def finish_text(self) -> str:
        """The finish's date as people read it."""
        return str(self.finish_date or "")


class Naming(TypedDict):
    """What an item is called and where it belongs."""

    id: str
    name: str
    kind: str
    project: str
    rule: str


class Floats(TypedDict, total=False):
    """The floats that an item's own place in the network gives."""

    total_float: float
    start_float: float
    finish_float: float
    free_float: float | None
    interfering_float: float | None
    independent_float: float | None


class Items:
    """Makes items from the passes, one at a time; those that were asked for are kept.

    Args:
        passes: the passes over a network.
        portfolio: what the network was compiled from, for names; None where it was made from columns.
    """

    def __init__(self, passes: Passes, portfolio: Portfolio | None) -> None:
        self.passes, self.network, self.portfolio = passes, passes.network, portfolio
        self.made: dict[str, ScheduledItem] = {}
        """Those that were looked at, by full id."""
        self._beginnings: dict[int, bool] = {}
        self._asked = 0
        self._spans: dict[str, tuple[int | None, int | None]] = {}
        self._backward = passes.back_from is not None or passes.dialect.direction == "back"

    @functools.cached_property
    def parts(self) -> Mapping[str, Sequence[int]]:
        """Summaries and projects with tasks: the nodes that make them up."""
        net, nodes = self.network, self.passes.named
        out: dict[str, Sequence[int]] = {f"{project}/{name}": leaves for (project, name), leaves in net.summaries.items()}
        out |= {name: self.passes.inside(name) for name in net.ends if name in out}
        for place, name in enumerate(net.projects):
            if name not in nodes:
                members = self.passes.inside(name) if name in net.ends else net.members.get(place)
                out[name] = members if members is not None else [v for v in range(net.n) if net.project[v] == place]
        return out

    @functools.cached_property
    def commitments(self) -> Commitments:
        """What is stated, and whether the forecast keeps it."""
        return Commitments(self.passes, self.portfolio, self.dates, self.side, GoingOn(self.passes, self.portfolio, Items))

    @functools.cached_property
    def stated_names(self) -> frozenset[str]:
        """The targets whose date is stated."""
        net = self.network
        names = {one.name for one in net.commitments if one.date is not None} | {net.ids[node] for node, *_ in net.late_bounds}
        return frozenset(names | {f"{net.projects[place]}@finish" for place in net.stated_finishes})

    def __contains__(self, full_id: object) -> bool:
        return among(full_id, self.passes.named) or among(full_id, self.parts)

    def __getitem__(self, full_id: str) -> ScheduledItem:
        """An item by its full id.

        Raises:
            UnknownItemError: there is none; the closest three are named.
        """
        found = self.made.get(full_id)
        if found is not None:
            return found
        node = self.passes.named.get(full_id) if isinstance(full_id, str) else None
        if node is not None:
            found = self.made[full_id] = self.of(node)
            return found
        if full_id in self.parts:
            found = self.made[full_id] = self._whole(full_id)
            return found
        if isinstance(full_id, str):
            named = reference(full_id)
            if named.end and named.item in self.parts:
                return self._edge(named.item, named.end)
        raise UnknownItemError(full_id, close_matches(full_id, [*self.passes.nodes, *self.parts]), "this schedule")

    # ------------------------------------------------------------------------------------------- one node

    def of(self, node: int, *, with_drag: bool = True, named: bool = True) -> ScheduledItem:
        """The item at a node of the network.

        Args:
            node: its number.
            with_drag: its drag too, which takes passes of its own.
            named: what it is called too, and by which rule it is estimated, for which its task is made.
        """
        net = self.network
        state, naming = net.state[node], self._naming(node, named)
        if state == State.FINISHED:
            return _done(naming, moment(net.starts[node]), moment(net.finishes[node]))
        began = moment(net.starts[node]) if node in net.starts else None
        if state in (State.UNDATED, State.GONE):
            reason = net.holds[node].reason if node in net.holds else ""
            ended = moment(net.finishes[node]) if node in net.finishes else None  # a gate that was decided and lets nothing go on
            side: Side = "start" if ended else "finish"
            return ScheduledItem(**naming, early_start=began, early_finish=ended, start=began, finish=ended, undated=reason, side=side)
        if state == State.SPANNED:
            return self._hammock(node, naming)
        if node in self.passes.without_duration:
            undated = "it has no duration" if began is None else ""
            return ScheduledItem(**naming, early_start=began, early_finish=None, start=began, lower_bound=True, undated=undated)
        return self._open(node, naming, began, with_drag)

    def _naming(self, node: int, named: bool) -> Naming:
        net = self.network
        full_id, owner = net.ids[node], net.project[node]
        return {
            "id": full_id,
            "name": self._title(full_id) if named else "",
            "kind": net.kinds[node],
            "project": net.projects[owner] if owner >= 0 else "",
            "rule": self._rule(full_id) if named else "",
        }

    def titles(self, names: Sequence[str]) -> list[str]:
        """The names of items by full id."""
        if self.portfolio is None:
            return [""] * len(names)
        found = map(self.portfolio.items.get, names)
        return [
            self._title(full_id) if item is None else getattr(item, "name", "") or "" for full_id, item in zip(names, found, strict=True)
        ]

    def _title(self, full_id: str) -> str:
        if self.portfolio is None:
            return ""
        items = self.portfolio.items
        return getattr(items.get(full_id) or items.get(reference(full_id).item), "name", "") or ""

    def _rule(self, full_id: str) -> str:
        """Which value of the estimate of a task's time the schedule used."""
        item = self.portfolio.items.get(full_id) if self.portfolio is not None else None
        estimate: Estimate | None = getattr(item, "remaining", None) or getattr(item, "duration", None)
        return estimate.rule if estimate is not None else ""

    def _open(self, node: int, naming: Naming, began: datetime | None, with_drag: bool) -> ScheduledItem:
        """Open work with dates of its own."""
        passes, q, dialect = self.passes, self.passes.lists, self.passes.dialect
        place = q.pos[node]
        dur, x = q.dur[place], q.x[place]
        whole, aim = int(passes.late_starts.to_end[place]), int(passes.late_starts.to_target[place])
        known, aimed = whole < FAR // 2, aim < FAR // 2
        start, end = self._window(place, x, q.finish[place])
        before = passes.unpostponed_dates.get(place)
        early = (start, end) if before is None else self._window(place, *before)
        late = self._window(place, whole) if known else (None, None)
        if began is not None and not dialect.remaining_dates:
            early = (began, early[1])
            late = (began, late[1]) if known else late
        if known and self._backward:
            start, end = late
        longest = place in passes.critical
        floats: Floats = self._floats(place, x, whole) if known else {}
        critical = longest
        if dialect.critical == "float":
            critical = known and floats["total_float"] <= self._threshold(node)
        drag: float | None = None
        if critical and with_drag and passes.end is not None:
            without = passes.ends_without.get(place, passes.end) if dur else passes.end
            drag = self.drag_days(node, without)
        own = passes.project_late_starts.get(place)
        target = passes.target_names[place] if aimed else None
        last = self.commitments.bound(place)
        return ScheduledItem(
            **naming,
            **floats,
            early_start=early[0],
            early_finish=early[1],
            late_start=late[0],
            late_finish=late[1],
            start=began or start,
            finish=end,
            project_float=passes.days(place, x, own) if own is not None else None,
            target_float=passes.days(place, x, aim) if aimed else None,
            target=target,
            target_is=None if target is None else "commitment" if target in self.stated_names else "forecast",
            commitment_float=None if last is None else passes.days(place, x, last),
            commitment=self.commitments.at_risk(place),
            critical=critical,
            longest_path=longest,
            critical_for=tuple(passes.critical_for.get(place, ())),
            drag=drag,
            lower_bound=place in passes.lower_bounded,
            upper_bound=place in passes.upper_bounded,
            side=self.side(node) if (began or start) == end else "finish",
        )

    def total_float(self, node: int) -> float | None:
        """What the item at a node says of its total float, without the rest."""
        if self.network.state[node] == State.SPANNED:
            return self.of(node, with_drag=False).total_float
        if self.network.state[node] not in LIVE or node in self.passes.without_duration:
            return None
        place = self.passes.lists.pos[node]
        whole = int(self.passes.late_starts.to_end[place])
        return self.passes.days(place, self.passes.lists.x[place], whole) if whole < FAR // 2 else None

    def drag_days(self, node: int, without: int | None) -> float:
        """How much earlier the network ends without something, in working days of a node's calendar."""
        assert self.passes.end is not None
        return self.network.clock_of(node).days(self.network.base if without is None else without, self.passes.end)

    def _window(self, place: int, x: int, finish: int | None = None) -> tuple[datetime | None, datetime | None]:
        """The dates of a position that starts at x; of a milestone of a start or of a finish, that date twice."""
        net, q = self.network, self.passes.lists
        node = q.order[place]
        clock, point = net.running_clock(node), node in net.points
        start = clock.start(x)
        if finish is None:
            finish = clock.finish(x + q.dur[place])
            if point and self.passes.late.to_end.edge[place]:
                finish = start  # what follows may begin with the next shift, and so may the milestone lie there
            elif x == q.x[place] and net.exact:  # what is not late finishes when it does early: at the next shift where it waits
                finish = max(finish, q.finish[place])
        return _within_years(finish if point else start), _within_years(finish)

    def _floats(self, place: int, x: int, whole: int) -> Floats:
        """Total, free, interfering and independent float of a position, in days of its calendar."""
        passes = self.passes
        total = passes.days(place, x, whole)
        slip = passes.free_starts.get(place)
        free = independent = None
        if slip is not None:
            free = passes.days(place, x, slip)
            independent = max(passes.days(place, passes.pressed_starts[place], slip), 0.0)
        return {
            "total_float": total,
            "start_float": total,
            "finish_float": total,
            "free_float": free,
            "interfering_float": None if free is None else total - free,
            "independent_float": independent,
        }

    def _threshold(self, node: int) -> float:
        """The float up to which work is critical, in days of its calendar."""
        span = self.passes.dialect.critical_float
        if not span.amount:
            return 0.0
        clock = self.network.clock_of(node)
        return clock.calendar.minutes(span) / clock.day_minutes

    def _hammock(self, node: int, naming: Naming) -> ScheduledItem:
        """Level of effort: it spans what it is linked to, early and late; it drives nothing."""
        early, late = self.passes.hammock_dates.get(node, NO_SPAN)
        if early[0] is None or early[1] is None:
            return ScheduledItem(**naming, early_start=None, early_finish=None, undated="it is linked to nothing that has dates")
        clock = self.network.clock_of(node)

        def slip(first: int, last: int | None) -> float | None:
            return None if last is None or last >= FAR // 2 else clock.days(first, last)

        start, end = slip(early[0], late[0]), slip(early[1], late[1])
        known = [value for value in (start, end) if value is not None]
        total = {"start": start, "finish": end}.get(self.passes.dialect.total_float, min(known, default=None))
        begun = self.network.starts.get(node)
        return ScheduledItem(
            **naming,
            early_start=moment(early[0]),
            early_finish=moment(early[1]),
            late_start=_within_years(late[0]),
            late_finish=_within_years(late[1]),
            start=moment(early[0] if begun is None else begun),
            finish=moment(early[1]),
            total_float=total,
            start_float=start,
            finish_float=end,
            critical=False,
            longest_path=False,
            lower_bound=node in self.passes.unclear_spans,
        )

    def side(self, node: int) -> Side:
        """How a point in time is read: as the start of its day where that is what holds it there, else as a finish; of a benefit as its first day.

        A status date, a not-before, and the start of other work are beginnings of days, and so are points that they hold.
        """
        if self.network.kinds[node] == "benefit":
            return "first"
        return "start" if begins(self.passes, int(self.passes.positions.pos[node]), self._beginnings) else "finish"

    # ------------------------------------------------------------------------------------ summaries, projects

    def _whole(self, full_id: str) -> ScheduledItem:
        """A summary or a project with tasks: from the first to the last of its parts, as critical as the most critical of them."""
        net = self.network
        nodes = [v for v in self.parts[full_id] if net.state[v] != State.GONE]
        items = [self.of(v, with_drag=False, named=False) for v in nodes]
        kind = "summary" if "/" in full_id else "project"
        naming: Naming = {"id": full_id, "name": self._title(full_id), "kind": kind, "project": reference(full_id).top, "rule": ""}
        if not nodes:
            reason = next((net.holds[v].reason for v in self.parts[full_id][:1] if v in net.holds), "nothing in it is planned")
            return ScheduledItem(**naming, early_start=None, early_finish=None, undated=reason)
        undated = next((item.undated for item in items if item.undated and (item.finish is None or item.kind == "gate")), "")
        undated = undated or self.commitments.doubts.held(full_id)  # a link to its finish alone
        ends = _most(i.finish for i in items)
        floating = [item for item in items if item.total_float is not None]
        nearest = min((i for i in floating if i.target_float is not None), key=lambda i: i.target_float or 0.0, default=None)
        first = min((i for i in floating if i.commitment_float is not None), key=lambda i: i.commitment_float or 0.0, default=None)
        return ScheduledItem(
            **naming,
            early_start=_least(i.early_start for i in items),
            early_finish=_most(i.early_finish for i in items),
            start=_least(i.start for i in items),
            finish=ends,
            side="start" if any(i.side == "start" and i.start == i.finish == ends for i in items) else "finish",
            late_start=_least(i.late_start for i in floating),
            late_finish=_most(i.late_finish for i in floating),
            total_float=_least(i.total_float for i in floating),
            start_float=_least(i.start_float for i in floating),
            finish_float=_least(i.finish_float for i in floating),
            project_float=_least(i.project_float for i in floating),
            target_float=nearest.target_float if nearest else None,
            target=nearest.target if nearest else None,
            target_is=nearest.target_is if nearest else None,
            commitment_float=first.commitment_float if first else None,
            commitment=first.commitment if first else None,
            critical=any(item.critical for item in items),
            longest_path=any(item.longest_path for item in items),
            critical_for=tuple(sorted({name for item in items for name in item.critical_for})),
            undated=undated,
            lower_bound=any(item.lower_bound for item in items) or bool(undated),
        )

    def _edge(self, name: str, end: str) -> ScheduledItem:
        """The start or the finish of a summary or a project, as a milestone."""
        whole = self[name]
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
            lower_bound=whole.lower_bound,
            side=whole.side if end == "finish" or whole.start == whole.finish else "start",
        )

    # ------------------------------------------------------------------------------------------- dates only

    def dates(self, full_id: str) -> tuple[datetime | None, datetime | None]:
        """Start and finish of an item without its floats: what roll-ups ask for; None for what has none, and for what is no item."""
        start, end = self.instants(full_id)
        return moment(start) if start is not None else None, moment(end) if end is not None else None

    def instants(self, full_id: str) -> tuple[int | None, int | None]:
        """`dates` in minutes."""
        node = self.passes.named.get(full_id)
        if node is not None:
            return self._instants(node)
        if full_id not in self._spans:
            pairs = [self._instants(v) for v in self.passes.inside(full_id) if self.network.state[v] != State.GONE]
            self._spans[full_id] = _least(a for a, _ in pairs), _most(b for _, b in pairs)
        return self._spans[full_id]

    def ends(self, full_id: str) -> datetime | None:
        """The finish of an item alone, as `dates` has it."""
        node = self.passes.named.get(full_id)
        nodes = (node,) if node is not None else self.passes.inside(full_id)
        end = None if self._backward else self.passes.last_of(nodes)
        if end is None:
            end = _most(self._end(v) for v in nodes if node is not None or self.network.state[v] != State.GONE)
        return moment(end) if end is not None else None

    def days(self, full_id: str) -> Days:
        """The days that people say of an item's start and finish, as `ScheduledItem.days` says them, without its floats."""
        node = self.passes.named.get(full_id)
        nodes = (node,) if node is not None else self.passes.inside(full_id)
        some = nodes if self._backward else self.passes.outermost(nodes)
        pairs = [(v, *self._instants(v)) for v in some if node is not None or self.network.state[v] != State.GONE]
        begin, end = _least(first for _, first, _ in pairs), _most(last for _, _, last in pairs)
        sides = {self._said_side(v) for v, first, last in pairs if first == last == end}
        if "first" in sides:
            return said(None if begin is None else moment(begin), None if end is None else moment(end), "first")
        finish = "start" not in sides
        return day_at(begin, begin == end and finish), day_at(end, finish)

    def _said_side(self, node: int) -> Side:
        """Whether the date of a node is read as a start or as a finish; a decision is dated by its day."""
        state = self.network.state[node]
        if state == State.FINISHED or node in self.network.finishes:
            return {"gate": "start", "benefit": "first"}.get(self.network.kinds[node], "finish")  # type: ignore[return-value]
        return self.side(node) if state in LIVE else "finish"

    def _end(self, node: int) -> int | None:
        if self._backward or self.network.state[node] not in LIVE or node in self.passes.without_duration:
            return self._instants(node)[1]
        return self._early(node)[1]

    def _early(self, node: int) -> tuple[int, int]:
        """Early start and finish of open work; of a large network columns are made lists of when many are asked for."""
        self._asked += 1
        if self._asked > MANY or not self.network.arrays:
            q = self.passes.lists
            place = q.pos[node]
            return q.x[place], q.finish[place]
        place = int(self.passes.positions.pos[node])
        return int(self.passes.early_starts[place]), int(self.passes.finishes[place])

    def _instants(self, node: int) -> tuple[int | None, int | None]:
        net, passes = self.network, self.passes
        state, begun = net.state[node], net.starts.get(node)
        if state == State.FINISHED:
            return begun, net.finishes[node]
        if state == State.SPANNED:
            start, end = passes.hammock_dates.get(node, NO_SPAN)[0]
            return (begun if begun is not None else start, end) if start is not None and end is not None else (None, None)
        if state not in LIVE or node in passes.without_duration:
            return begun, net.finishes.get(node)
        x, finish = self._early(node)
        if self._backward:
            place = int(passes.positions.pos[node])
            whole = int(passes.late_starts.to_end[place])
            if whole < FAR // 2:
                x, finish = whole, net.running_clock(node).finish(whole + int(passes.positions.dur[place]))
        if begun is not None:
            return begun, finish
        return (finish if node in net.points else net.running_clock(node).start(x)), finish


def _done(naming: Naming, first: datetime, last: datetime) -> ScheduledItem:
    """Finished work: its dates are facts."""
    return ScheduledItem(
        **naming,
        early_start=first,
        early_finish=last,
        start=first,
        finish=last,
        critical=False,
        longest_path=False,
        side={"gate": "start", "benefit": "first"}.get(naming["kind"], "finish"),  # type: ignore[arg-type]
    )


def _least(values: Iterable[Ordered | None]) -> Ordered | None:
    return min((value for value in values if value is not None), default=None)


def _most(values: Iterable[Ordered | None]) -> Ordered | None:
    return max((value for value in values if value is not None), default=None)


def _within_years(instant: int | None) -> datetime | None:
    return moment(instant) if instant is not None and 0 <= instant < MAX_INSTANT else None
