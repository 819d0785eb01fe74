"""When everything happens, how far it can slip, and what it slips into.

Forward and backward passes over the whole portfolio at once. Float is *to a target*: `total_float` to the end of the
whole network, `project_float` to the item's own project's finish, `target_float` to whatever target moves first,
`commitment_float` to the nearest of those whose date somebody stated.
"""

from __future__ import annotations

import functools
import html
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple, get_args, overload

import attrs

from ipmo.analysis.dates import columns, paths, typed
from ipmo.analysis.dates.commitments import Commitments
from ipmo.analysis.dates.doubts import end_not_known
from ipmo.analysis.dates.held import held_by
from ipmo.analysis.dates.items import Items, ScheduledItem
from ipmo.analysis.dates.paths import SHOWN_KINDS, FloatPath
from ipmo.analysis.dates.pictures import Sampled, timeline_of
from ipmo.errors import ModelError, UnknownItemError, at_least, one_of
from ipmo.figures.svg import Figure
from ipmo.memory import remember
from ipmo.model.dialects import DIALECTS, Dialect
from ipmo.model.held import in_no_project
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import Reference, reference
from ipmo.model.unseen import ids_of_work
from ipmo.network.assemble import compile_portfolio
from ipmo.network.network import Network
from ipmo.network.parts import Cut
from ipmo.network.passes import Passes
from ipmo.network.positions import as_array, plain_list
from ipmo.network.states import LIVE, TYPE_NAMES, State
from ipmo.network.sure_ways import with_sure_ways
from ipmo.options import checked
from ipmo.tables import FIRST, Answer, Column, Table, row_at
from ipmo.units import DAY, as_when, minutes, moment, said_day
from ipmo.words import counted

__all__ = ["Driver", "OnCycle", "Schedule", "network", "schedule"]
AT_A_GLANCE = 10_000
"""Nodes from which on a notebook shows dates alone."""
FEW = 30
"""Projects whose finish is read off one by one."""
IN_COLUMNS = 1_000
"""Nodes from which a table filled in columns takes less time than one made item by item."""

OnCycle = Literal["error", "cut"]
"""What becomes of links that form a loop."""


def network(portfolio: Portfolio, *, dialect: str | Dialect | None = None) -> Network:
    """The portfolio compiled into columns and links; kept with the portfolio.

    Args:
        portfolio: the portfolio.
        dialect: `ipmo`, `msproject`, `p6` or a Dialect; the portfolio's own when left out.

    Raises:
        OptionError: the dialect is not known.
        ScheduleError: nothing says when the portfolio starts.
    """
    if dialect is None:
        dialect = portfolio.dialect
    if not isinstance(dialect, Dialect):
        one_of("dialect", dialect, DIALECTS)
        dialect = DIALECTS[dialect]
    return compile_portfolio(portfolio, dialect)


def schedule(
    portfolio: Portfolio | Network,
    *,
    dialect: str | Dialect | None = None,
    on_cycle: OnCycle = "error",
    back_from: date | str | None = None,
) -> Schedule:
    """Early and late dates, floats, the critical path and drag of everything in a portfolio.

    Args:
        portfolio: a portfolio, or a compiled network.
        dialect: conventions that tools differ on; the portfolio's own when left out.
        on_cycle: `error` raises on a loop, `cut` takes a link out of each loop and says so in `.cuts`: one across projects before one
            inside, and of these the one whose source's known date lies furthest after its target's.
        back_from: schedules back from this finish: `start` and `finish` of every item are then its late dates, and total float
            is what is left between them and the early dates; negative where the time does not suffice.

    Raises:
        CycleError: links form a loop; it names them in order.
        OptionError: the dialect, or `on_cycle`, is not known.
        ScheduleError: nothing says when the portfolio starts, or a date lies past the year 9999.

    >>> import ipmo.examples
    >>> s = schedule(ipmo.examples.load("extension"))
    >>> s["house/walls"].total_float
    0.0
    """
    one_of("on_cycle", on_cycle, get_args(OnCycle))
    instant = minutes(as_when(back_from), end=True) if back_from is not None else None
    if isinstance(portfolio, Network):
        return Schedule(Passes(portfolio, instant))
    compiled = network(portfolio, dialect=dialect)

    def make() -> Schedule:
        if compiled.has_loop and on_cycle == "error":
            raise compiled.loop()
        settled = with_sure_ways(compiled.cut(_KnownDates(portfolio, compiled))) if compiled.has_loop else compiled
        if settled.expected:
            settled = settled.as_expected()
        return Schedule(Passes(settled, instant), portfolio)

    way = on_cycle if compiled.has_loop else "error"  # without loops there is nothing to cut: one schedule serves both
    key = ("schedule", way, instant, *attrs.astuple(compiled.dialect or DIALECTS["ipmo"], recurse=False))
    return remember(portfolio, key, make)


class _KnownDates(Sequence[int | None]):
    """The date that each node states: actual finish or start, deadline, constraint; looked up when it is asked for."""

    def __init__(self, portfolio: Portfolio, compiled: Network) -> None:
        self._portfolio, self._ids = portfolio, compiled.ids

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, place: int) -> int | None: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[int | None]: ...
    def __getitem__(self, place: int | slice) -> int | Sequence[int | None] | None:
        """The date of a node."""
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        item = self._portfolio.items.get(reference(self._ids[place]).item)
        for name in ("actual_finish", "actual_start", "deadline", "need_by", "finish_not_before", "not_before", "finish", "start"):
            when: date | None = getattr(item, name, None)
            if when is not None:
                return minutes(when, end=name in ("actual_finish", "deadline", "need_by", "finish_not_before", "finish"))
        return None


class Driver(NamedTuple):
    """What leaves an item no earlier start: a predecessor, and the type of the link."""

    item: str
    type: str


class Schedule(Answer[str, ScheduledItem]):
    """The answer of `schedule`: a `ScheduledItem` by full id, in file order.

    Its rows are every task, milestone, summary, gate, project without tasks, outcome and benefit; `in` and `[]` take the ids of
    projects with tasks too, and `[]` the start and the finish of a summary or a project: `s["tram@finish"]`.

    Args:
        passes: the passes over its network, for what goes on from its numbers.
        portfolio: what it is about; None where the network was made from columns.
    """

    def __init__(self, passes: Passes, portfolio: Portfolio | None = None) -> None:
        self.passes, self.portfolio = passes, portfolio
        self._items = Items(passes, portfolio)
        self._made = self._items.made

    @property
    def network(self) -> Network:
        """The compiled network that it was computed on."""
        return self.passes.network

    @property
    def cuts(self) -> tuple[Cut, ...]:
        """The links that were taken out to break loops."""
        return self.passes.network.cuts

    @property
    def commitments(self) -> Commitments:
        """Every open commitment: deadlines, hand-overs, gates, finishes, planned starts; whether the forecast keeps it, and why not."""
        return self._items.commitments

    def plot(self, simulated: Sampled | None = None) -> Figure:
        """The timeline: a bar a project, with baseline, commitments and what is late; saved as SVG, HTML or PNG with `.save(path)`.

        Args:
            simulated: `ipmo.simulate(pf)`: how often each project is critical, by the most critical piece of its open work, stands beside its name.

        Raises:
            ModelError: there is no project.
        """
        if self.portfolio is None:
            raise ModelError("this schedule was made from columns, without its portfolio, so there is nothing to draw")
        return timeline_of(self, self.portfolio, simulated)

    # ------------------------------------------------------------------------------------------- items

    @property
    def ids(self) -> tuple[str, ...]:
        """The full ids of the items, in order."""
        return tuple(self._shown)

    def __iter__(self) -> Iterator[ScheduledItem]:
        return map(self._items.__getitem__, self._shown)

    def __len__(self) -> int:
        return len(self._shown)

    def __contains__(self, full_id: object) -> bool:
        return full_id in self._items

    def __getitem__(self, full_id: str | int) -> ScheduledItem:
        """The dates and floats of an item: a task, milestone, summary, gate, project or benefit, by its full id; or at a place from 0.

        Raises:
            UnknownItemError: there is none; the closest three are named.
        """
        if isinstance(full_id, int):
            return self._items[row_at(self._shown, full_id, "this schedule")]
        try:
            found = self._made.get(full_id)  # most items are asked for again
        except TypeError:  # what cannot be hashed is no id
            raise UnknownItemError(full_id, (), "this schedule") from None
        return self._items[full_id] if found is None else found

    @property
    def rows(self) -> tuple[ScheduledItem, ...]:
        """The items, in order."""
        return tuple(map(self._items.__getitem__, self._shown))

    @property
    def _shown(self) -> Sequence[str]:
        return self._rows_shown[0]

    @functools.cached_property
    def _rows_shown(self) -> tuple[Sequence[str], bool]:
        """The ids of the rows, and whether they are all that the file has that can have dates, in its order."""
        net = self.network
        if self.portfolio is None:
            return net.ids, False
        gone, kinds = State.GONE, frozenset(SHOWN_KINDS)
        visible = [name for name, kind, state in zip(net.ids, net.kinds, net.state, strict=True) if kind in kinds and state is not gone]
        if not net.summaries and visible == typed.in_file_order(self.portfolio):
            return visible, True
        shown = {*visible, *(f"{project}/{name}" for project, name in net.summaries)}
        out = []
        for project in self.portfolio.projects:
            inner = [*ids_of_work(project), *(gate.id for gate in project.gates)]
            names = [project.id, *(f"{project.id}/{name}" for name in inner)]
            out += [name for name in names if name in shown]
        pf = self.portfolio
        return out + [one.id for one in in_no_project(pf) if one.id in shown], False

    def dates(self, full_id: str) -> tuple[datetime | None, datetime | None]:
        """Start and finish of an item without its floats: what roll-ups need; None, None for what is no item."""
        return self._items.dates(full_id)

    def instants(self, full_id: str) -> tuple[int | None, int | None]:
        """`dates` as the engine counts them: in minutes."""
        return self._items.instants(full_id)

    def ends(self, full_id: str) -> datetime | None:
        """The finish of an item alone, as `dates` has it."""
        return self._items.ends(full_id)

    def end_of_project(self, full_id: str) -> int | None:
        """`ends` in minutes, of a project of a large network of which all is open work with dates, read off its columns; None of anything else."""
        if full_id in self.passes.named:
            return None
        if len(self._ends) < FEW and "_ends_of_projects" not in self.__dict__:
            if full_id not in self._ends:
                place = self.passes.places_of_projects.get(full_id, -1)
                turned = self.passes.back_from is not None or self.passes.dialect.direction == "back"
                self._ends[full_id] = None if turned else self.passes.end_of_whole(place)
            return self._ends[full_id]
        return self._ends_of_projects.get(full_id)

    @functools.cached_property
    def _ends(self) -> dict[str, int | None]:
        """`end_of_project` of the first few that are asked for; those of more are read off at once."""
        return {}

    @functools.cached_property
    def _ends_of_projects(self) -> Mapping[str, int]:
        passes, names = self.passes, self.network.projects
        if passes.back_from is not None or passes.dialect.direction == "back":
            return {}
        return {names[place]: end for place, end in passes.ends_of_wholes.items()}

    def begins(self, effect: str) -> datetime | None:
        """When an outcome or benefit begins, without its floats; None where that is not known in full: `[]` then says why."""
        net, passes = self.network, self.passes
        node = passes.named[effect]
        place = int(passes.positions.pos[node])
        if net.state[node] not in LIVE or node in passes.without_duration or place in passes.lower_bounded or node in net.points:
            return None
        return moment(net.running_clock(node).start(int(passes.early_starts[place])))

    def beginnings(self, effects: Sequence[str]) -> list[int | None]:
        """`begins` of many as instants, in one sweep; None also for what is not in the schedule."""
        net, passes = self.network, self.passes
        named, state, blank, bounded, points = passes.named, net.state, passes.without_duration, passes.lower_bounded, net.points
        nodes = [-1 if node is None or state[node] not in LIVE else node for node in map(named.get, effects)]
        pos, x = passes.positions.pos, passes.early_starts
        places = plain_list(as_array(pos)[nodes]) if net.arrays and nodes else [int(pos[node]) for node in nodes]
        begins = plain_list(as_array(x)[places]) if net.arrays and nodes else [int(x[place]) for place in places]
        out: list[int | None] = []
        for node, place, begin in zip(nodes, places, begins, strict=True):
            if node < 0 or node in blank or node in points or place in bounded:
                out.append(None)
            else:  # on wall-clock time, as nearly all effects are, a count of minutes is an instant
                out.append(begin if net.clk is None or not net.clk[node] else int(net.running_clock(node).start(begin)))
        return out

    def total_float(self, full_id: str) -> float | None:
        """The total float of a task, milestone, gate or benefit without its other figures; None where it has none."""
        return self._items.total_float(self.passes.named[full_id])

    def days(self, full_id: str) -> tuple[date | None, date | None]:
        """The days that people say of an item's start and finish: an end of day belongs to its day, a decision is dated by its day."""
        return self._items.days(full_id)

    def day_of(self, name: str, when: datetime | None, *, finish: bool = True) -> date | None:
        """The day that people say of an instant of an item: of its own finish (or start) as `days` says it.

        Args:
            name: its full id; its start and finish, `tram@finish`, are those of the whole.
            when: the instant.
            finish: it is read as a finish, so that midnight belongs to the day before.
        """
        item = reference(name).item
        end = self.end_of_project(item) if finish else None
        if when is not None and when == (self.dates(item)[finish] if end is None else moment(end)):
            return self.days(item)[finish]
        return said_day(when, finish=finish)

    def doubt(self, full_id: str = "") -> str:
        """Why the end of an item, a summary, a project, a programme or the portfolio is not known; empty where it is known.

        Some of its work has no date or no duration: `dates` and `finish` have the last finish that is known, and it ends then or later.

        Args:
            full_id: its id; the whole portfolio when left out.
        """
        return self.commitments.doubts.of(full_id)

    def begins_day(self, name: str, instant: int) -> bool:
        """Whether an instant of an item, in minutes, is its finish and the beginning of the day that people say of it."""
        when = moment(instant)
        return not instant % DAY and self.day_of(name, when) == when.date()

    def finish_text(self, full_id: str) -> str:
        """The finish of an item as people read it; empty when it has none."""
        return str(self.days(full_id)[1] or "")

    @property
    def first_day(self) -> date:
        """The day from which what is left is planned: the status date, else the portfolio's start, else that of the first work."""
        return moment(self.network.base).date()

    @property
    def finish(self) -> datetime | None:
        """When the last open work that has a date ends (all may end later: see `doubt`); None when all is done, or when nothing has a date at all."""
        end, unsized = self.passes.last_end, self.passes.without_duration
        blank = not end or (unsized and end <= self.network.base)  # nothing says when anything starts, or how long any of it lasts
        return None if blank or not end else moment(end)

    @property
    def end_day(self) -> date | None:
        """The day of `finish`, as people say it."""
        when = self.finish
        return None if when is None else said_day(when, finish=not self.commitments.from_morning(range(self.network.n), minutes(when)))

    @property
    def end_text(self) -> str:
        """The day on which the last open work ends, as text.

        `not known, at least` that day where some work has no date or no duration, `reached` when all is done, `unknown` when no open
        work has a date, `none` when there is no work.
        """
        if self.finish is not None:
            return end_not_known(str(self.end_day)) if self.doubt() else str(self.end_day)
        if not self.network.n:
            return "none"
        return "reached" if self.network.finishes and State.UNDATED not in self.network.state else "unknown"

    # ------------------------------------------------------------------------------------------- tables

    def table(self) -> Table:
        """One row an item: dates, floats and drag in working days of the item's calendar.

        Dates are exact instants (`start`, `finish`, `early_start` ...: an end of day is midnight, when the next one begins), and
        beside them the days that people say of them (`start_date`, `finish_date`, `early_start_date` ...: it belongs to its day).
        Where `lower_bound` is true the dates are these or later, or unknown: the item or something before it has no duration.
        """
        return self._table

    @functools.cached_property
    def _table(self) -> Table:
        if self.network.compiled or self.network.n >= IN_COLUMNS:
            return typed.table(self._items, *self._rows_shown, columns.MAIN)
        return columns.table(self.rows)

    def floats(self) -> Table:
        """Every float of every item, in working days of its calendar: what `table` gives, and how it is made up.

        `interfering_float` is total less free float; `independent_float` is the slip left when all that comes before is
        as late and all that follows as early as it can be; `start_float` and `finish_float` differ where an item spans
        others.
        """
        return columns.floats(self.rows)

    def links(self) -> Table:
        """One row a link between items of the network: its float, whether it drives, and its drag.

        Columns: `source`, `target`, `type`, `link_float` (the slip of the source that leaves this link alone without
        effect on its target, in working days of the source's calendar), `drives` (the target starts exactly when this link
        lets it), `drag` (the end of the network less the end without the link, in working days of the target's calendar;
        0 for those that no critical path uses).
        """
        return columns.links(self._items)

    def overview(self) -> Table:
        """The table as people read it: dates as text, a finish at midnight on the day before, times only where they say something."""
        return columns.overview(self.rows)

    @checked
    def near_critical(self, bands: Sequence[float] = (0, 5, 10, 20)) -> Table:
        """Items by how little total float they have: one row an item within the widest band, least float first.

        Args:
            bands: upper bounds of total float in working days, ascending.

        Returns:
            Columns `id`, `total_float`, `band` (the bound it keeps).
        """
        return columns.near_critical(self.rows, bands)

    # ------------------------------------------------------------------------------------------- paths

    @checked
    def critical_path(self, target: str | None = None) -> tuple[str, ...]:
        """The items on the driving path to the end of the network, or to a target, in order of their dates.

        Args:
            target: `P2@finish`, `tram/G3`, `tram/open`, a benefit; the end of the network when left out.

        Raises:
            UnknownItemError: there is no such target; the closest are named.
        """
        return paths.critical_path(self.passes, target)

    @checked
    def float_paths(self, count: int = 5, target: str | None = None) -> tuple[FloatPath, ...]:
        """The most critical paths to an item, the driving one first; no item stands in two of them.

        Args:
            count: how many at most.
            target: the item they lead to; of a summary or a project, what ends last in it, or begins first for `P@start`; what ends
                last of all when left out.

        Raises:
            UnknownItemError: there is no such item in the schedule.
        """
        at_least("count", count, 1, "a whole number")
        if target is not None and target not in self.passes.nodes and reference(target).item in self._items.parts:
            part = self._deciding(target, "start" if reference(target).end == "start" else "finish")
            return () if part is None else paths.float_paths(self.passes, count, part)
        return paths.float_paths(self.passes, count, target)

    @checked
    def driving(self, full_id: str) -> tuple[Driver, ...]:
        """What drives an item: the predecessors that leave it no earlier start, by id.

        A summary, a project or its start is driven by what drives the part that begins first; its finish (`P@finish`) by the part that
        ends last.

        Raises:
            UnknownItemError: there is no such item in the schedule.
        """
        passes, net, q = self.passes, self.network, self.passes.lists
        node = passes.named.get(full_id) if isinstance(full_id, str) else None
        if node is None:
            self[full_id]  # or there is no such item
            ends = reference(full_id).end == "finish"
            part = self._deciding(full_id, "finish" if ends else "start")
            if part is None:
                return ()
            return (Driver(part, "FF"),) if ends else self.driving(part)
        if net.state[node] not in LIVE:
            return ()
        return tuple(sorted(self._drivers(q.pos[node])))

    def _deciding(self, full_id: str, end: Literal["start", "finish"]) -> str | None:
        """The part of a summary or a project that sets an end of it, the first by id; None where no part has a date."""
        net = self.network
        parts = self._items.parts.get(reference(full_id).item, ())
        at = [(self._items.instants(net.ids[v])[end == "finish"], net.ids[v]) for v in parts if net.ids[v] in self.passes.nodes]
        dated = [(when if end == "start" else -when, name) for when, name in at if when is not None]
        return min(dated)[1] if dated else None

    def _drivers(self, place: int, end: str = "") -> Iterator[Driver]:
        """What drives a position; what the network puts beside work is seen through: a link through it leads to the `end` of what stands behind."""
        net, q = self.network, self.passes.lists
        for k in range(q.ptr[place], q.ptr[place + 1]):
            giver = q.src[k]
            if not self.passes.drives[k]:
                continue
            if q.order[giver] in net.stands_for:
                yield from self._drivers(giver, end or TYPE_NAMES[q.typ[k]][1])
            else:
                kind = TYPE_NAMES[q.typ[k]]
                yield Driver(net.ids[q.order[giver]], kind[0] + (end or kind[1]))

    # ------------------------------------------------------------------------------------------- why

    @checked
    def explain(self, full_id: str) -> str:
        """Why an item is when it is: the driving chain back to a date that nothing drives.

        Raises:
            UnknownItemError: there is no such item.
        """
        item = self[full_id]
        if item.undated and item.early_finish is None:
            return f"{full_id} has no date: {item.undated}"
        if full_id not in self.passes.nodes:
            return self._explain_whole(reference(full_id))
        lines: list[str] = []
        seen: set[str] = set()
        current: str | None = full_id
        while current is not None and current not in seen and len(lines) < 50:
            seen.add(current)
            here = self[current]
            drivers = self.driving(current)
            if drivers:
                why = f"driven by {drivers[0].item} ({drivers[0].type})"
                if len(drivers) > 1:
                    why += f" and {len(drivers) - 1} more"
            else:
                why = self._reason(current)
            point = here.kind in ("milestone", "gate", "outcome", "benefit")
            span = here.finish_text if point else " to ".join(filter(None, (here.start_text, here.finish_text)))
            lines.append(f"{current}: {span or f'no date ({here.undated})'}, {why}")
            current = drivers[0].item if drivers else None
        return "\n".join(lines)

    def _explain_whole(self, named: Reference) -> str:
        """Why a summary or a project starts or finishes when it does: with which of its parts that is open."""
        net, whole = self.network, self[named.item]
        parts = [self._items.of(v, with_drag=False) for v in self._items.parts[named.item] if net.state[v] in LIVE]
        if named.end == "start":
            first = min(parts, key=lambda i: (i.early_start or datetime.max, i.id), default=None)
            if first is None or first.early_start != whole.early_start:
                return f"{named} was on {whole.start_text}"
            return f"{named} is on {whole.start_text}, with {first.id}\n{self.explain(first.id)}"
        last = max(parts, key=lambda i: (i.early_finish or datetime.min, i.id), default=None)
        if last is None:
            return f"{named} finished {whole.finish_text}"
        return f"{named} finishes {whole.finish_text}, with {last.id}\n{self.explain(last.id)}"

    def _reason(self, full_id: str) -> str:
        """What holds an item back that no predecessor drives."""
        net, q = self.network, self.passes.lists
        node = self.passes.nodes[full_id]
        if net.state[node] == State.FINISHED:
            return "actual date"
        if net.state[node] == State.STARTED:
            return "under way; its remaining work starts at the status date"
        if q.x[q.pos[node]] > net.running_clock(node).work(net.base):
            return held_by(self.portfolio, self.passes, node).clause
        known = self.portfolio is not None and self.portfolio.data_date == net.base
        return "nothing holds it back but the status date" if known else "nothing holds it back but the start of the portfolio"

    def __repr__(self) -> str:
        return f"<Schedule: {counted(self.network.n, 'item')}, finish {self.end_text}, {len(self.critical_path())} critical>"

    def first(self, count: int = 10) -> Table:
        """The first items as people read them: `overview` up to so many rows, the others are not made."""
        return columns.overview([self[name] for name in self.ids[:count]])

    def _repr_html_(self) -> str:
        """In a notebook; of a large network without floats, for which all of it is gone through backwards."""
        if self.network.n < AT_A_GLANCE:
            return super()._repr_html_()
        path, ids = set(self.critical_path()), self.ids[:FIRST]
        dates = [self.dates(name) for name in ids]
        names = [getattr(self.portfolio.items.get(name), "name", "") if self.portfolio is not None else "" for name in ids]
        some = Table(
            [
                Column("id", "str", ids),
                Column("name", "str", names),
                Column("start", "date", [said_day(start) for start, _ in dates]),
                Column("finish", "date", [said_day(finish, finish=True) for _, finish in dates]),
                Column("critical", "bool", [name in path for name in ids]),
            ]
        )
        return f"<p>{html.escape(repr(self)[1:-1])}</p>{some._repr_html_()}<p>{len(self):,} rows in all; .table() has their floats</p>"
