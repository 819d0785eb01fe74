"""Commitments: what somebody stated and somebody relies on, whether the forecast keeps it, and what it fails because of.

A deadline, the promised or needed date of a hand-over, a gate's need-by date, a project's stated finish, the start of a
benefit that was planned, a date that a constraint asks for. An item's own forecast is none.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from ipmo.analysis.dates.by_day import agreed, at_finish_of, days_after, gives_at_finish
from ipmo.analysis.dates.committed import KINDS, PLANNED, Commitment, Kind, Standing, Stated
from ipmo.analysis.dates.held import from_outside, held_by
from ipmo.analysis.dates.nearest import Nearest
from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.later import size_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Link, Project
from ipmo.network.kernels.columns import FAR, Dates
from ipmo.network.passes import Passes
from ipmo.network.positions import as_array
from ipmo.network.readings import Labels
from ipmo.network.states import LIVE, State
from ipmo.tables import Answer, Column, Table, among, row_at
from ipmo.units import DAY, day_text, minutes, moment

__all__ = ["KINDS", "Commitment", "Commitments", "Kind", "Standing", "Stated"]
WHERE = "the open commitments of this portfolio"
SEVERAL = 16
"""Of so many the standing is read off columns."""


class Found(TypedDict, total=False):
    """What is found out about a commitment: see the fields of the same names."""

    expected: datetime
    days: float
    standing: Standing
    because: str
    reason: str
    from_morning: bool


class Commitments(Answer[str, Commitment]):
    """Every open commitment of a portfolio: broken hand-overs first, then what is missed by most, what is overdue, the rest.

    Args:
        passes: the passes over its network.
        portfolio: the portfolio; None where the network was made from columns.
        dates: start and finish of an item, by full id.
        side: how the date of a node that is a point in time is read: as a finish or as the start of its day.
    """

    def __init__(
        self,
        passes: Passes,
        portfolio: Portfolio | None,
        dates: Callable[[str], tuple[datetime | None, datetime | None]],
        side: Callable[[int], str],
    ) -> None:
        self._passes, self._portfolio, self._dates, self._side = passes, portfolio, dates, side
        self._roots: dict[int, int] = {}
        self._causes: dict[int, tuple[str, str, str]] = {}

    # ------------------------------------------------------------------------------------------- what is stated

    @functools.cached_property
    def stated(self) -> tuple[Stated, ...]:
        """What is stated about open work, in the order of the kinds and of the file."""
        found = [*self._handed_over(), *self._on_items(), *self._finishes(), *self._benefits(), *self._constraints()]
        return tuple(sorted(found, key=lambda one: KINDS.index(one.kind)))

    def _handed_over(self) -> Iterator[Stated]:
        pf = self._portfolio
        if pf is None:
            return
        items, at_work = pf.items, dict[str, bool]()
        for number, link in enumerate(pf.links):
            if (link.promised is None and link.needed is None) or link.kind != "schedule" or link.status in ("cancelled", "delivered"):
                continue
            giver, taker, whole = items.get(link.source), items.get(link.target), link.target.partition("/")[0]
            if isinstance(giver, Project) or isinstance(taker, Project):
                continue  # where it attaches is not known
            if taker is None:
                target = reference(pf.resolve(link.target) or link.target)
                taker, whole = items.get(target.item), target.top
            if whole not in at_work:
                project = items.get(whole)
                at_work[whole] = not (getattr(project, "stopped", False) or getattr(project, "state", "") == "closed")
            if at_work[whole] and not getattr(taker, "finished", False):  # else nobody waits for it any more
                yield from self._of_link(pf, number, link, giver)

    def _of_link(self, pf: Portfolio, number: int, link: Link, giver: object) -> Iterator[Stated]:
        """The earlier of the dates on which the giver said, and the receiver needs, that it is there."""
        name, source = link.id or f"{link.source} -> {link.target}", link.source
        at_finish = at_finish_of(giver, link) if giver is not None else gives_at_finish(pf, link)
        date, word = agreed(link, at_finish=at_finish)
        if giver is None:  # an end of a whole, or something outside
            source = pf.resolve(source) or source
            if source not in pf.items and reference(source).external:
                known = None if link.date is None else minutes(link.date, end=at_finish)
                yield Stated(name, "hand-over", source, date, (), at_finish, word, known, number)
                return
        nodes, state = self._nodes_of(source, at_finish), self._passes.network.state
        for node in nodes:
            if state[node] is not State.FINISHED and (at_finish or state[node] is not State.STARTED):
                yield Stated(name, "hand-over", source, date, nodes, at_finish, word, None, number)
                return

    def _nodes_of(self, source: str, at_finish: bool) -> tuple[int, ...]:
        """What a giver is in the network: its node, that of its end, or what a summary holds."""
        net, known = self._passes.network, self._passes.named
        node = known.get(source)
        if node is None:
            node = known.get(f"{reference(source).item}@{'finish' if at_finish else 'start'}")
        if node is not None:
            return (node,)
        named = reference(source)
        return tuple(net.summaries.get((named.project, named.name), ())) if "/" in named.item else ()

    def _open(self, node: int) -> bool:
        """It is not done, whether it has dates or not."""
        return self._passes.network.state[node] is not State.FINISHED

    def _on_items(self) -> Iterator[Stated]:
        """Deadlines, and need-by dates of gates."""
        net = self._passes.network
        for one in net.commitments:
            if one.date is None or one.at_start or not any(self._open(node) and net.state[node] is not State.GONE for node in one.nodes):
                continue  # done, or cancelled: nobody waits for it
            gate = net.kinds[one.nodes[0]] == "gate" and not one.is_deadline
            yield Stated(one.name, "gate" if gate else "deadline", one.name, one.date, one.nodes, word="needed by" if gate else "due")

    def _finishes(self) -> Iterator[Stated]:
        """Stated finishes of projects; of a bar only where something else than its own statement sets its date."""
        net, passes = self._passes.network, self._passes
        held: dict[int, list[int]] = {}
        for node in net.holds:
            if net.state[node] is State.UNDATED and net.kinds[node] not in ("helper", "start", "finish"):
                held.setdefault(int(net.project[node]), []).append(node)
        for place, instant in net.stated_finishes.items():
            nodes = (*passes.open_work.get(place, ()), *held.get(place, ()))
            if nodes:
                yield Stated(f"{net.projects[place]}@finish", "project", net.projects[place], instant, nodes, word="to finish by")
        for project in self._portfolio.projects if self._portfolio is not None else ():
            bar = passes.named.get(project.id) if not size_of(project, "tasks") and not project.gates else None
            if bar is None or project.finish is None or net.state[bar] not in LIVE:
                continue
            if self._before(int(passes.positions.pos[bar])):
                date = minutes(project.finish, end=True)
                yield Stated(f"{project.id}@finish", "project", project.id, date, (bar,), word="to finish by")

    def _benefits(self) -> Iterator[Stated]:
        """When benefits are to start: the earlier of the planned and of the latest acceptable start."""
        net = self._passes.network
        for one in self._portfolio.benefits if self._portfolio is not None else ():
            asked = ((one.planned_start, False, PLANNED), (one.need_by, True, "needed by"))
            dates = [(minutes(when, end=end), word) for when, end, word in asked if when is not None]
            node = self._passes.named.get(one.id) if dates else None
            if node is not None and net.state[node] is not State.FINISHED:
                date, word = min(dates)
                yield Stated(one.id, "benefit", one.id, date, (node,), word=word)

    def _constraints(self) -> Iterator[Stated]:
        """No later than: on its start, on its finish."""
        net = self._passes.network
        if self._passes.dialect.progress == "actual":
            return  # there they are actual starts of what follows
        for node, instant, at_finish in net.late_bounds:
            if net.state[node] in LIVE:
                word = "to finish no later than" if at_finish else "to start no later than"
                yield Stated(net.ids[node], "constraint", net.ids[node], instant, (node,), at_finish, word)

    # ------------------------------------------------------------------------------------------------ floats

    @functools.cached_property
    def _nearest(self) -> Nearest:
        return Nearest(self._passes, self.stated)

    @property
    def late(self) -> Dates:
        """The latest start of every position at which each commitment downstream still holds; FAR where none lies there."""
        return self._nearest.late

    @property
    def labels(self) -> Labels:
        """The commitment that fails first when each position slips, -1 where none lies downstream; of a network with compiled kernels."""
        return self._nearest.labels

    def bound(self, place: int) -> int | None:
        """The latest start of a position, on its own clock; None where no commitment lies downstream."""
        return self._nearest.bound(place)

    def at_risk(self, place: int) -> str | None:
        """The commitment that fails first when a position slips; None where none lies downstream."""
        return self._nearest.name(place)

    # ------------------------------------------------------------------------------------------------- rows

    @functools.cached_property
    def rows(self) -> tuple[Commitment, ...]:
        """Broken ones first, of these the hand-overs and then what is missed by most; then what is not known, then what is kept."""
        return _in_order(self._row(one) for one in self.stated)

    @functools.cached_property
    def missed_hand_overs(self) -> tuple[Commitment, ...]:
        """The hand-overs among `missed`, in their order; what each is missed because of is not asked."""
        found = _in_order(
            self._row(one, caused=False) for one in self._perhaps_late([one for one in self.stated if one.kind == "hand-over"])
        )
        return tuple(row for row in found if row.standing == "missed")

    def _perhaps_late(self, some: list[Stated]) -> list[Stated]:
        """Those that are not kept for sure: of a large network, what one piece of open work finishes before its date is read off columns."""
        net, passes = self._passes.network, self._passes
        if not net.arrays or len(some) < SEVERAL:
            return some
        import numpy as np

        node = np.array([one.nodes[0] if len(one.nodes) == 1 and one.at_finish else -1 for one in some], np.int64)
        date = np.array([one.date for one in some], np.int64)
        place = np.where(node >= 0, passes.places_of_open_work[node], -1)
        clear = np.ones(net.n, bool)
        clear[list(passes.lower_bounded)] = False
        kept = (place >= 0) & (date > self._today) & (as_array(passes.finishes)[place] < date) & clear[place]
        return list(itertools.compress(some, (~kept).tolist()))

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        return {row.name: place for place, row in reversed(list(enumerate(self.rows)))}

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of the commitments, in order."""
        return tuple(row.name for row in self.rows)

    def __iter__(self) -> Iterator[Commitment]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, name: object) -> bool:
        return among(name, self._places)

    def __getitem__(self, key: int | str) -> Commitment:
        """By place from 0, or by name; a bare project means its finish.

        Raises:
            UnknownItemError: nothing of that name is stated.
        """
        if isinstance(key, int):
            return row_at(self.rows, key, WHERE)
        for name in (key, f"{key}@finish"):
            if among(name, self._places):
                return self.rows[self._places[name]]
        raise UnknownItemError(key, close_matches(key, self._places), WHERE)

    @property
    def broken(self) -> tuple[Commitment, ...]:
        """What the forecast misses and what is overdue, broken hand-overs first."""
        return tuple(row for row in self.rows if row.broken)

    @property
    def missed(self) -> tuple[Commitment, ...]:
        """What will be missed because of something."""
        return tuple(row for row in self.rows if row.standing == "missed")

    @property
    def overdue(self) -> tuple[Commitment, ...]:
        """What is overdue and has no forecast: its date is only the status date."""
        return tuple(row for row in self.rows if row.standing == "overdue")

    def table(self) -> Table:
        """One row a commitment: name, kind, item, project, date, expected, days, standing, because, reason, day, expected_date."""
        rows = self.rows
        columns = [Column(name, "str", [getattr(r, name) for r in rows]) for name in ("name", "kind", "item", "project")]
        columns += [Column(name, "datetime", [getattr(r, name) for r in rows]) for name in ("date", "expected")]
        columns += [Column("days", "float", [r.days for r in rows], "ed"), Column("standing", "str", [r.standing for r in rows])]
        columns += [Column(name, "str", [getattr(r, name) or None for r in rows]) for name in ("because", "reason")]
        columns.append(Column("day", "date", [r.stated_day for r in rows]))
        columns.append(Column("expected_date", "date", [r.expected_day for r in rows]))
        return Table(columns)

    def __repr__(self) -> str:
        return f"<Commitments: {len(self)} open, {len(self.missed)} missed, {len(self.overdue)} overdue>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    # ------------------------------------------------------------------------------------------- one of them

    def of(self, one: Stated, *, caused: bool = True) -> Commitment:
        """How something stated stands; what it is missed because of is found out too, or not."""
        return self._row(one, caused=caused)

    def _row(self, one: Stated, *, caused: bool = True) -> Commitment:
        """How one stands.

        Args:
            one: what is stated.
            caused: what it is missed because of is asked too.
        """
        project = ""
        if one.kind != "benefit":
            item = reference(one.item)
            if item.external and self._portfolio is not None and one.link is not None:  # what takes it answers for it
                item = reference(self._portfolio.links[one.link].target)
            project = item.top
        return Commitment(
            name=one.name, kind=one.kind, item=one.item, project=project, date=moment(one.date), word=one.word,
            begins=not one.at_finish, **self._found(one, caused),
        )  # fmt: skip

    def _found(self, one: Stated, caused: bool) -> Found:
        """What is found out about one: the fields of a `Commitment` that nobody stated."""
        if not one.nodes:
            return self._outside(one)
        net = self._passes.network
        if all(net.state[node] is State.GONE for node in one.nodes):
            hold = net.holds.get(one.nodes[0])
            why = f": {hold.reason}" if hold is not None and hold.reason else ""
            because = hold.item if hold is not None and hold.item else one.item
            return Found(standing="missed", because=because, reason=f"it never comes{why}")
        end = self._whole_end(one)
        if end is not None and end <= one.date and not self._passed(one):
            from_morning = self.from_morning(one.nodes, end)
            if not from_morning or end < one.date:
                return Found(expected=moment(end), days=(end - one.date) / DAY, from_morning=from_morning)
        if end is not None:
            reached, node = self._last(one.nodes)
        else:
            open_nodes = [node for node in one.nodes if self._open(node)]
            dark = [node for node in open_nodes if net.state[node] not in (*LIVE, State.SPANNED) or node in self._blank]
            ends = [(self._instant(node, one.at_finish), node) for node in open_nodes if node not in dark]
            known = [(instant, node) for instant, node in ends if instant is not None]
            reached, node = (max(known) if one.at_finish else min(known)) if known else (-FAR, -1)
            if not known or (dark and reached <= one.date):  # what has dates is late already, whatever the rest does
                return self._undated(one, (dark or open_nodes)[0])
        from_morning = self.from_morning(one.nodes, reached)
        limit = one.date
        if one.kind == "constraint" and not one.at_finish and net.state[node] in LIVE:
            clock = net.running_clock(node)
            limit = max(limit, clock.start(clock.work(one.date)))  # a date in a break means the shift after it
        late = self._passed(one) and self._at_data_date(node)
        on_time = reached < one.date or (reached <= limit and not (from_morning and one.at_finish))  # by the evening is not next morning
        found = Found(expected=moment(reached), days=days_after(reached, one.date, at_finish=one.at_finish), from_morning=from_morning)
        if on_time and not late:
            unclear = self._unclear(one, limit)
            return found if unclear is None else self._undated(one, unclear)
        because, reason = self._why(node, one.item) if caused else ("", "")
        return {**found, "standing": "overdue" if late else "missed", "because": because, "reason": reason}

    def _whole_end(self, one: Stated) -> int | None:
        """The finish of a project of which all has dates; None where that cannot be read off at once."""
        place = self._project_places.get(one.item) if one.kind == "project" else None
        if place is None or place in self._dark_projects:
            return None
        return int(self._passes.project_ends[place])

    @functools.cached_property
    def _project_places(self) -> Mapping[str, int]:
        """Projects with a stated finish and open work with dates, by id."""
        net = self._passes.network
        return {net.projects[place]: place for place in net.stated_finishes if place in self._passes.open_work}

    @functools.cached_property
    def _dark_projects(self) -> frozenset[int]:
        """Projects of which something has no date, or spans other work."""
        net = self._passes.network
        unclear = [*net.holds, *(self._passes.lists.order[v] for v in self._passes.lower_bounded), *net.hammocks]
        return frozenset(int(net.project[node]) for node in unclear)

    @functools.cached_property
    def _blank(self) -> frozenset[int]:
        return frozenset(self._passes.without_duration)

    def _unclear(self, one: Stated, limit: int) -> int | None:
        """The work without a duration because of which a date in time may yet be late; None where it is sure to be kept."""
        net, q, bounded = self._passes.network, self._passes.lists, self._passes.lower_bounded
        if not bounded:
            return None
        doubts = list[int]()
        for node in filter(self._open, one.nodes):
            linked = [other for other, *_ in net.hammocks.get(node, ())] if net.state[node] is State.SPANNED else [node]
            places = [q.pos[v] for v in linked if net.state[v] in LIVE and q.pos[v] in bounded]
            if not places and not one.at_finish and (instant := self._instant(node, at_finish=False)) is not None and instant <= limit:
                return None  # of several that start, the first counts
            doubts += places
        return self._passes.without_duration_before(min(doubts, key=lambda v: net.ids[q.order[v]])) if doubts else None

    @functools.cached_property
    def _today(self) -> int:
        """The status date as an instant; before everything where none is stated."""
        stated = None if self._portfolio is None else self._portfolio.data_date
        return -1 if stated is None else stated

    def _passed(self, one: Stated) -> bool:
        """Its date has come: what was due by the end of yesterday is over this morning; what is to start today may still do so."""
        begins = one.word == PLANNED or (one.kind == "constraint" and not one.at_finish)
        return one.date < self._today or (one.date == self._today and not begins)

    def from_morning(self, nodes: Sequence[int], reached: int) -> bool:
        """Whether what reaches an instant, in minutes, last of some nodes is a point in time that is read as the start of its day."""
        if reached % DAY:  # only at midnight there are two days to choose from
            return False
        state, durations, pos = self._passes.network.state, self._passes.positions.dur, self._passes.positions.pos
        for node in nodes:
            if state[node] in LIVE and not durations[pos[node]] and self._finish(node) == reached and self._side(node) == "start":
                return True
        return False

    def _finish(self, node: int) -> int:
        """The finish of open work as an instant; a column that is an array is not made a list of for a few."""
        return int(self._passes.finishes[self._passes.positions.pos[node]])

    def _last(self, nodes: Sequence[int]) -> tuple[int, int]:
        """The last finish of open work as an instant, and the node that has it, the last of several."""
        if not self._passes.network.arrays:
            return max((self._finish(node), node) for node in nodes)
        some = as_array(nodes)
        ends = as_array(self._passes.finishes)[as_array(self._passes.positions.pos)[some]]
        reached = int(ends.max())
        return reached, int(some[ends == reached].max())

    def _instant(self, node: int, at_finish: bool) -> int | None:
        net = self._passes.network
        if at_finish and net.state[node] in LIVE:
            return self._finish(node)
        when = self._dates(net.ids[node])[at_finish]
        return None if when is None else minutes(when)

    def _outside(self, one: Stated) -> Found:
        """A hand-over from outside the portfolio: its date is what was heard of it."""
        if one.expected is None:
            standing: Standing = "overdue" if self._passed(one) else "unknown"
            return Found(standing=standing, because=one.item, reason=f"nobody says when {one.item} comes")
        found = Found(expected=moment(one.expected), days=days_after(one.expected, one.date, at_finish=one.at_finish))
        if one.expected > one.date:
            return {**found, "standing": "missed", "because": one.item, "reason": f"because of {one.item}"}
        return found

    def _undated(self, one: Stated, node: int) -> Found:
        """What has no date: overdue once its day has passed, not known before."""
        net = self._passes.network
        hold = net.holds.get(node)
        because = hold.item or net.ids[node] if hold is not None else net.ids[node]
        what = net.ids[node]
        reason = (
            f"{what}: {hold.reason}" if hold is not None else f"{what} has no duration" if node in self._blank else f"{what} has no date"
        )
        return Found(standing="overdue" if self._passed(one) else "unknown", because=because, reason=reason)

    def _at_data_date(self, node: int) -> bool:
        """Its date is only the status date: it is a point that may happen at once, and has not."""
        net, p = self._passes.network, self._passes.positions
        if net.state[node] not in LIVE or p.dur[p.pos[node]]:
            return False
        return bool(self._passes.early_starts[p.pos[node]] <= net.running_clock(node).work(net.base))

    # --------------------------------------------------------------------------------------------- because of

    def _before(self, place: int) -> range:
        """The places of the links into a position."""
        ptr = self._passes.positions.ptr
        return range(int(ptr[place]), int(ptr[place + 1]))

    def _drivers(self, place: int) -> list[int]:
        """The positions that leave a position no earlier start, by id."""
        net, p, drives = self._passes.network, self._passes.positions, self._passes.driving
        before = [int(p.src[k]) for k in self._before(place) if drives[k]]
        return sorted(before, key=lambda u: net.ids[int(p.order[u])]) if len(before) > 1 else before

    def _root(self, place: int) -> int:
        """Where the driving path to a position begins; of several drivers the first by id is followed."""
        way, chains = list[int](), self._passes.readings.chains if self._passes.network.compiled else None
        here = place
        while here not in self._roots:
            way.append(here)
            if chains is not None and chains.begin[here] != here:  # only one way leads there
                here = int(chains.begin[here])
                continue
            before = [] if chains is not None and not chains.several[here] else self._drivers(here)
            if not before:
                self._roots[here] = here
                break
            here = before[0]
        root = self._roots[here]
        for one in way:
            self._roots[one] = root
        return root

    def _why(self, node: int, item: str) -> tuple[str, str]:
        """(what sets the date of a node, that in words); about an item itself, what holds it."""
        net, pos = self._passes.network, self._passes.positions.pos
        if net.state[node] not in LIVE:
            return net.ids[node], "it lasts as long as what it spans"
        root = self._root(int(pos[node]))
        if root not in self._causes:
            self._causes[root] = self._cause(root)
        name, own, because = self._causes[root]
        return name, own if name == item else because

    def _cause(self, root: int) -> tuple[str, str, str]:
        """Of the position at which a driving path begins: its name, what is said of it about itself, and about what waits for it."""
        net, p = self._passes.network, self._passes.positions
        begins = int(p.order[root])
        name = net.shown(begins)
        first = self._passes.named.get(name, begins)  # what the network puts beside an item is that item
        place = int(p.pos[first])
        waits = self._passes.early_starts[place] > net.running_clock(first).work(net.base)
        outside = from_outside(self._passes, first, begins) if waits else ""
        if outside:
            return outside, f"because of {outside}", f"because of {outside}"
        if net.state[first] is State.STARTED:
            own, other = "its own work is under way", "under way"
        elif waits:
            held = held_by(self._portfolio, self._passes, first)
            own, other = held.sentence, held.clause
        elif not p.dur[place]:
            own, other = "nothing says when it will happen", "nothing says when it will happen"
        else:
            own, other = "its own work has not begun", "not begun"
        expected = "" if self._at_data_date(first) else f", expected {self._day_of(first)}"
        return name, own, f"because of {name} ({other}{expected})"

    def _day_of(self, node: int) -> str:
        """The day on which open work ends, in words."""
        end = self._finish(node)
        return day_text(moment(end), finish=not self.from_morning((node,), end))


def _in_order(found: Iterable[Commitment]) -> tuple[Commitment, ...]:
    """Broken ones first, of these the hand-overs and then what is missed by most; then what is not known, then what is kept."""
    order, rows = {"missed": 0, "overdue": 0, "unknown": 1, "kept": 2}, list(found)
    times = Counter((row.name, row.date) for row in rows)

    def key(row: Commitment) -> tuple[object, ...]:
        day = row.stated_day if times[row.name, row.date] > 1 else None  # asked only where nothing else tells two apart
        return (order[row.standing], row.kind != "hand-over", row.standing == "overdue", -(row.days or 0), row.name, row.date, day)

    return tuple(sorted(rows, key=key))
