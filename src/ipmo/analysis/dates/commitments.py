"""Commitments: what somebody stated and somebody relies on, whether the forecast keeps it, and what it fails because of.

A deadline, the promised or needed date of a hand-over, a gate's need-by date, a project's stated finish, the start of a
benefit that was planned, a date that a constraint asks for. An item's own forecast is none.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from ipmo.analysis.dates.at_best import Dated, read_off
from ipmo.analysis.dates.by_day import days_after, in_time
from ipmo.analysis.dates.committed import KINDS, PLANNED, Commitment, Found, Kind, LateHandOver, Standing, Stated, in_order
from ipmo.analysis.dates.doubts import Doubts
from ipmo.analysis.dates.going_on import GoingOn
from ipmo.analysis.dates.held import from_outside, held_by
from ipmo.analysis.dates.nearest import Nearest
from ipmo.analysis.dates.statements import Statements
from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.network.kernels.columns import FAR, Dates
from ipmo.network.passes import Passes
from ipmo.network.positions import as_array
from ipmo.network.readings import Labels
from ipmo.network.states import LIVE, State
from ipmo.tables import Answer, Column, Table, among, row_at
from ipmo.units import DAY, day_text, minutes, moment

__all__ = ["KINDS", "Commitment", "Commitments", "Kind", "LateHandOver", "Standing", "Stated"]
WHERE = "the open commitments of this portfolio"
SEVERAL = 16
"""Of so many the standing is read off columns."""


UNCLOSED = "nobody has closed {} or says when it ends"
OTHER, MISSED, UNSURE, KEPT = range(4)
"""How a hand-over stands, as far as columns say: missed, or not; work that is done in time, unless its end is in doubt."""


class Commitments(Answer[str, Commitment]):
    """Every open commitment of a portfolio: broken hand-overs first, then what is missed by most, what is overdue, the rest.

    Args:
        passes: the passes over its network.
        portfolio: the portfolio; None where the network was made from columns.
        dates: start and finish of an item, by full id.
        side: how the date of a node that is a point in time is read: as a finish or as the start of its day.
        going_on: the same were what is paused to go on today.
    """

    def __init__(
        self,
        passes: Passes,
        portfolio: Portfolio | None,
        dates: Dated,
        side: Callable[[int], str],
        going_on: GoingOn | None = None,
    ) -> None:
        self._passes, self._portfolio, self._dates, self._side, self._going_on = passes, portfolio, dates, side, going_on
        self._roots: dict[int, int] = {}
        self._causes: dict[int, tuple[str, str, str]] = {}

    # ------------------------------------------------------------------------------------------- what is stated

    @functools.cached_property
    def stated(self) -> tuple[Stated, ...]:
        """What is stated about open work, in the order of the kinds and of the file."""
        return self.statements.all

    @functools.cached_property
    def statements(self) -> Statements:
        """What is stated, hand-overs as columns."""
        return Statements(self._passes, self._portfolio)

    def take_over(self, known: Commitments, touched: AbstractSet[str]) -> None:
        """What is stated in a portfolio that this one is a changed copy of is not looked for again, where nothing touches some projects.

        Args:
            known: of what it was made from: only projects are other here, and the network has the same nodes.
            touched: the projects that are other, or of whose work something may be.
        """
        if "statements" not in self.__dict__ and self._portfolio is not None:
            self.__dict__["statements"] = known.statements.of_copy(self._passes, self._portfolio, touched)

    def _open(self, node: int) -> bool:
        """It is not done, whether it has dates or not."""
        return self._passes.network.state[node] is not State.FINISHED

    # ------------------------------------------------------------------------------------------------ floats

    @functools.cached_property
    def _nearest(self) -> Nearest:
        return Nearest(self._passes, self.statements)

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
        return in_order(self._row(one) for one in self.stated)

    @functools.cached_property
    def _by_name(self) -> Mapping[str, Stated]:
        return {one.name: one for one in reversed(self.stated)}

    def one(self, name: str, *, caused: bool = True) -> Commitment | None:
        """One commitment by its name, no other row made; None where there is none. With `caused`, also what it is missed because of."""
        found = self._by_name.get(name)
        return None if found is None else self.of(found, caused=caused)

    @functools.cached_property
    def missed_hand_overs(self) -> tuple[Commitment, ...]:
        """The hand-overs among `missed`, in their order; what each is missed because of is not asked."""
        some = (place for place, standing in enumerate(self._sure[0]) if standing not in (OTHER, KEPT))
        return self._missed_of(some)

    def _missed_of(self, places: Iterable[int]) -> tuple[Commitment, ...]:
        found = in_order(self._row(self.statements.hand_over(place), caused=False) for place in places)
        return tuple(row for row in found if row.standing == "missed")

    def worst_hand_over(self, project: str) -> LateHandOver | None:
        """Of what a project hands over too late, on a day that is known, the one that is missed by most; the first of `missed_hand_overs`."""
        some = self._late_hand_overs[0].get(project)
        if some is None:
            return None
        (standing, reached), found = self._sure, self.statements.hand_overs
        most = max(over for over, _ in some)
        alike = [place for over, place in some if over == most]
        if len(alike) == 1 and standing[alike[0]] == MISSED:
            item = self.statements.hand_over(alike[0]).item
            return LateHandOver(item, found.dates[alike[0]], reached[alike[0]])
        row = self._missed_of(alike)[0]
        return LateHandOver(row.item, minutes(row.date), minutes(row.expected or row.date), row.from_morning and not row.begins)

    def told_by_columns(self, place: int, *, kept: bool) -> bool:
        """Whether columns say how a hand-over stands, by its place: missed on a day that is known, so that `worst_hand_over` counts it.

        With `kept`, also in time, so that `tightest_hand_over` counts it.
        """
        sure = self._sure[0][place]
        return sure == MISSED or (kept and sure == KEPT and not self.doubts)

    def tightest_hand_over(self, project: str) -> LateHandOver | None:
        """Of the work that a project hands over in time, as columns say, what leaves least time; of those alike the first."""
        place = self._tightest.get(project)
        if place is None:
            return None
        found = self.statements.hand_overs
        return LateHandOver(self.statements.hand_over(place).item, found.dates[place], self._sure[1][place])

    @functools.cached_property
    def _tightest(self) -> Mapping[str, int]:
        net, (standing, reached), found = self._passes.network, self._sure, self.statements.hand_overs
        owner = net.owners.tolist() if net.arrays else net.project
        out: dict[str, int] = {}
        for place, sure in enumerate(standing):
            if sure == KEPT and (number := owner[found.nodes[place]]) >= 0:
                best = out.setdefault(net.projects[number], place)
                if reached[place] - found.dates[place] > reached[best] - found.dates[best]:
                    out[net.projects[number]] = place
        return out

    @property
    def never_handed_over(self) -> Mapping[str, Commitment]:
        """Of each project that never hands over what it is to, because that waits for what was stopped: the first such hand-over."""
        return self._late_hand_overs[1]

    @functools.cached_property
    def _late_hand_overs(self) -> tuple[Mapping[str, Sequence[tuple[int, int]]], Mapping[str, Commitment]]:
        """Of each project that hands over too late: by how much, in minutes, and the place of the hand-over; of each that never does: which."""
        net, (standing, reached), found = self._passes.network, self._sure, self.statements.hand_overs
        late: dict[str, list[tuple[int, int]]] = {}
        never: dict[str, Commitment] = {}
        for place, sure in enumerate(standing):
            if sure == MISSED and (owner := int(net.project[found.nodes[place]])) >= 0:
                late.setdefault(net.projects[owner], []).append((reached[place] - found.dates[place], place))
            elif sure == UNSURE:
                for row in self._missed_of((place,)):
                    if row.expected is not None:
                        more = DAY * (row.from_morning and not row.begins and not minutes(row.date) % DAY)
                        late.setdefault(row.project, []).append((minutes(row.expected) - minutes(row.date) + more, place))
                    else:
                        never.setdefault(row.project, row)
        return late, never

    @functools.cached_property
    def _sure(self) -> tuple[Sequence[int], Sequence[int]]:
        """(whether each hand-over is missed, when it comes) as far as columns say: of a large network, of one piece of open work with dates."""
        net, passes, found = self._passes.network, self._passes, self.statements.hand_overs
        if not net.arrays or len(found) < SEVERAL or passes.at_best is not None:
            return [UNSURE] * len(found), [-1] * len(found)
        import numpy as np

        node, date, at_finish = found.columns
        place = np.where(node >= 0, passes.places_of_open_work[node], -1)
        reached = as_array(passes.finishes)[place]
        turned = passes.back_from is not None or passes.dialect.direction == "back"
        for one in np.flatnonzero((place >= 0) & (at_finish == 0)).tolist():
            giver = int(node[one])
            if turned or giver in net.points:
                place[one] = -1
            else:
                reached[one] = net.running_clock(giver).start(int(passes.early_starts[place[one]]))
        other = reached + at_finish <= date  # by the very minute it may be next morning
        work = as_array(passes.positions.dur)[place] != 0
        missed = (reached > date) & ((date > self._today) | work) & (work | (reached % DAY != 0))  # a point may begin its day
        return np.where(
            place < 0, UNSURE, np.where(other, np.where(work, KEPT, OTHER), np.where(missed, MISSED, UNSURE))
        ).tolist(), reached.tolist()

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
            if one.link is not None and self._portfolio is not None and (item.external or self._gone(one)):  # what takes it answers for it
                item = reference(self._portfolio.links[one.link].target)
            project = item.top
        return Commitment(
            name=one.name, kind=one.kind, item=one.item, project=project, date=moment(one.date), word=one.word,
            begins=not one.at_finish, **self._found(one, caused),
        )  # fmt: skip

    def _gone(self, one: Stated) -> bool:
        """Whether what it is stated of was stopped, all of it."""
        state = self._passes.network.state
        return bool(one.nodes) and all(state[node] is State.GONE for node in one.nodes)

    def _found(self, one: Stated, caused: bool) -> Found:
        """What is found out about one: the fields of a `Commitment` that nobody stated; not sure to be kept, it may come sooner at best."""
        found = self.found(one, caused)
        if self._at_best is not None and found.get("standing", "kept") != "kept":
            found = self._at_best.found(one, caused)
        return found if self._going_on is None else self._going_on.or_later(found, one.name, caused)

    @functools.cached_property
    def _at_best(self) -> Commitments | None:
        """The same with the ways, where one of several is enough, of which nobody knows when they come."""
        best = self._passes.at_best
        return None if best is None else Commitments(best, self._portfolio, functools.partial(read_off, best, self._dates), self._side)

    def found(self, one: Stated, caused: bool) -> Found:
        """What is found out about one by the dates at which all is there at the latest."""
        if not one.nodes and one.kind == "project":
            return Found(standing="overdue", because=one.item, reason=UNCLOSED.format(one.item))
        if not one.nodes:
            return self._outside(one)
        net = self._passes.network
        if self._gone(one):
            hold = net.holds.get(one.nodes[0])
            why = f": {hold.reason}" if hold is not None and hold.reason else ""
            because = hold.item if hold is not None and hold.item else one.item
            return Found(standing="missed", because=because, reason=f"it never comes{why}")
        dark = list[int]()
        end = self._whole_end(one)
        if end is not None and end <= one.date and not self._passed(one):
            from_morning = self.from_morning(one.nodes, end)
            if in_time(end, one.date, from_morning=from_morning):
                days = days_after(end, one.date, at_finish=True, from_morning=from_morning)
                return Found(expected=moment(end), days=days, from_morning=from_morning)
        if end is not None:
            reached, node = self._last(one.nodes)
        else:
            open_nodes = [node for node in (*one.nodes, *self._held_ends(one)) if self._open(node)]
            dark = [node for node in open_nodes if net.state[node] not in (*LIVE, State.SPANNED) or node in self._passes.without_duration]
            ends = [(self._instant(node, one.at_finish), node) for node in open_nodes if node not in dark]
            known = [(instant, node) for instant, node in ends if instant is not None]
            reached, node = (max(known) if one.at_finish else min(known)) if known else (-FAR, -1)
            never = [node for node in dark if node in net.holds and net.holds[node].never]
            # what has dates is late already, whatever the rest does, unless that never comes: no number of days is true then
            if not known or (dark and reached <= one.date) or (never and one.at_finish):
                if one.at_finish or len(never) == len(open_nodes):  # of several that start, the first counts
                    dark = never or dark
                return self._undated(one, min(dark or open_nodes, key=self._told_first))
        from_morning = self.from_morning(one.nodes, reached)
        limit = one.date
        if one.kind == "constraint" and not one.at_finish and net.state[node] in LIVE:
            clock = net.running_clock(node)
            limit = max(limit, clock.start(clock.work(one.date)))  # a date in a break means the shift after it
        late = self._passed(one) and self._at_data_date(node)
        on_time = reached < one.date or in_time(reached, limit, from_morning=from_morning and one.at_finish)
        days = days_after(reached, one.date, at_finish=one.at_finish, from_morning=from_morning and one.word != PLANNED)
        found = Found(expected=moment(reached), days=days, from_morning=from_morning)
        if on_time and not late:
            unclear = self._unclear(one, limit)
            return found if unclear is None else self._not_known(one, *unclear)
        because, reason = self._why(node, one.item) if caused else ("", "")
        if late and net.ids[node] == one.item and one.kind == "project":  # one without work in the plan
            because, reason = one.item, UNCLOSED.format(one.item)
        if (dark and one.at_finish) or self._unclear(one, reached) is not None:  # what has no duration may take longer still
            found["at_least"] = True
        return {**found, "standing": "overdue" if late else "missed", "because": because, "reason": reason}

    def doubt(self, item: str) -> str:
        """Why the date on which an item, a project, a programme or the portfolio ends is not known or only a lower bound; empty where it is known."""
        return self.doubts.of(item)

    @property
    def in_doubt(self) -> bool:
        """Whether any work has no date, or only a lower bound."""
        return bool(self.doubts)

    @functools.cached_property
    def doubts(self) -> Doubts:
        """Of what the end is not known, and why."""
        return Doubts(self._passes, self._portfolio)

    def _whole_end(self, one: Stated) -> int | None:
        """The finish of a project of which all has dates; None where that cannot be read off at once."""
        place = self._project_places.get(one.item) if one.kind == "project" else None
        if place is None or place in self._dark_projects:
            return None
        return int(self._passes.project_ends[place])

    @functools.cached_property
    def _project_places(self) -> Mapping[str, int]:
        """Projects with a stated finish and open work, by id."""
        net, working = self._passes.network, self._passes.projects_at_work
        return {net.projects[place]: place for place in net.stated_finishes if place in working}

    @functools.cached_property
    def _dark_projects(self) -> frozenset[int]:
        """Projects of which something has no date, or spans other work."""
        net = self._passes.network
        unclear = [*net.holds, *(self._passes.lists.order[v] for v in self._passes.lower_bounded), *net.hammocks]
        return frozenset(int(net.project[node]) for node in unclear)

    def _unclear(self, one: Stated, limit: int) -> tuple[str, str] | None:
        """What has no duration, or no date outside, so that a date in time may yet be late, and why in words; None where it is sure to be kept."""
        net, q, bounded = self._passes.network, self._passes.lists, self._passes.lower_bounded
        if not bounded:
            return None
        doubts = list[int]()
        for node in filter(self._open, one.nodes):
            spans = net.hammocks.get(node, ()) if net.state[node] is State.SPANNED else None
            linked = [node] if spans is None else [link.other for link in spans if link.own_end == ("F" if one.at_finish else "S")]
            places = [q.pos[v] for v in linked if net.state[v] in LIVE and q.pos[v] in bounded]
            if not places and not one.at_finish and (instant := self._instant(node, at_finish=False)) is not None and instant <= limit:
                return None  # of several that start, the first counts
            doubts += places
        return self._passes.unclear_before(min(doubts, key=lambda v: net.ids[q.order[v]])) if doubts else None

    @functools.cached_property
    def _today(self) -> int:
        """The status date as an instant; before everything where none is stated."""
        stated = self._portfolio.data_date if self._portfolio is not None else None
        return -1 if stated is None else stated

    def _passed(self, one: Stated) -> bool:
        """Its date has come: what was due by the end of yesterday is over this morning; what is to start today may still do so."""
        begins = one.word == PLANNED or (one.kind == "constraint" and not one.at_finish)
        return one.date < self._today or (one.date == self._today and not begins)

    def whole_from_morning(self, project: str, reached: int) -> bool:
        """`from_morning` of the open work of a project."""
        return self.from_morning(self._passes.open_work_of(self._passes.places_of_projects[project]), reached)

    def from_morning(self, nodes: Sequence[int], reached: int) -> bool:
        """Whether what reaches an instant, in minutes, last of some nodes is a point in time that is read as the start of its day."""
        if reached % DAY:  # only at midnight there are two days to choose from
            return False
        state, durations, pos = self._passes.network.state, self._passes.positions.dur, self._passes.positions.pos
        for node in self._passes.points_at(nodes, reached):
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

    def _held_ends(self, one: Stated) -> Iterable[int]:
        """The end of a project, of summaries in it, or of a summary, that waits for what does not come although the work does not."""
        held = self._finishes_held if one.at_finish and one.kind in ("project", "deadline", "hand-over") else {}
        return (node for node in held.get(one.item, ()) if node not in one.nodes)

    @functools.cached_property
    def _finishes_held(self) -> Mapping[str, Sequence[int]]:
        """The ends of projects and summaries that have no date, by the whole; of a project also those of its summaries."""
        net, out = self._passes.network, dict[str, list[int]]()
        for node in net.holds:
            if net.kinds[node] == "finish" and net.state[node] is State.UNDATED:
                whole = net.ids[node].removesuffix("@finish")
                for name in {whole, whole.partition("/")[0]}:
                    out.setdefault(name, []).append(node)
        return out

    def _told_first(self, node: int) -> tuple[bool, str]:
        """Of several that have no date the one to name: what is held itself before what follows it, then by id."""
        hold = self._passes.network.holds.get(node)
        return hold is not None and hold.reason.startswith("follows"), self._passes.network.ids[node]

    def _undated(self, one: Stated, node: int) -> Found:
        """What has no date: missed where it waits for what never comes; else overdue once its day has passed, not known before."""
        what, hold = self._passes.network.ids[node], self._passes.network.holds.get(node)
        because = (hold.item if hold is not None else "") or what
        lacks = "has no duration" if node in self._passes.without_duration else "has no date"
        reason = f"{what} {lacks}" if hold is None else f"{what}: {hold.reason}"
        if hold is not None and hold.never:
            return Found(standing="missed", because=because, reason=reason)
        return self._not_known(one, because, reason)

    def _not_known(self, one: Stated, because: str, reason: str) -> Found:
        return Found(standing="overdue" if self._passed(one) else "unknown", because=because, reason=reason)

    def _at_data_date(self, node: int) -> bool:
        """Its date is only the status date: it is a point that may happen at once, and has not."""
        net, p = self._passes.network, self._passes.positions
        point = net.state[node] in LIVE and not p.dur[p.pos[node]]
        return bool(point and self._passes.early_starts[p.pos[node]] <= net.running_clock(node).work(net.base))

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
