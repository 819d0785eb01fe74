"""How well a schedule is made: the points of the DCMA, loose ends, work out of sequence, what projects hand over."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from datetime import date

import attrs

from ipmo.analysis.dates import several
from ipmo.analysis.dates.assessed import Assessed, OnDemand
from ipmo.analysis.dates.beginnings import day_at
from ipmo.analysis.dates.by_day import gives_at_finish, last_instant
from ipmo.analysis.dates.dcma import SOURCE, Point, bei, cpli, hiding, points
from ipmo.analysis.dates.doubts import end_not_known
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.errors import UnknownItemError, close_matches, listed
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import EXTERNAL, item_of
from ipmo.tables import Answer, Column, Table

__all__ = ["SOURCE", "Dangling", "HandOver", "Point", "ScheduleQuality", "bei", "cpli", "dangling", "schedule_quality", "where_delays_end"]


@attrs.frozen(kw_only=True)
class Dangling:
    """Work with a loose end: nothing says when it may start, or nothing waits for its finish."""

    id: str
    start: bool
    finish: bool


@attrs.frozen(kw_only=True)
class HandOver:
    """What one project gives to another: a pair of dates that both must mean the same by.

    Args:
        source, target: giver and receiver.
        type: of the link.
        expected: when the giver's schedule hands over (ISO day), empty when it has no date; "not known, at least" a day where only that is known.
        committed, needed: what the contract says (ISO day), empty when it says nothing.
        agreed: both are stated and the commitment is no later than the need.
        kept: the schedule hands over no later than needed (or committed); None where that is not known.
    """

    source: str
    target: str
    type: str
    expected: str
    committed: str
    needed: str
    agreed: bool | None
    kept: bool | None


@attrs.frozen(repr=False)
class ScheduleQuality(Answer[int, Point]):
    """The answer of `schedule_quality`: the points in order, counted, indexed by number from 1 to 14.

    Args:
        points: two of the points come in more than one variant.
        dangling: unfinished work with a loose end.
        out_of_sequence: (source, target, type) of links that work did not wait for.
        hand_overs: links between projects with what was committed and needed.
    """

    points: tuple[Point, ...]
    _dangling: Sequence[Dangling] = attrs.field(alias="dangling", eq=tuple)
    out_of_sequence: tuple[tuple[str, str, str], ...]
    _hand_overs: Sequence[HandOver] = attrs.field(alias="hand_overs", eq=tuple)

    @property
    def dangling(self) -> tuple[Dangling, ...]:
        """Unfinished work with a loose end."""
        return tuple(self._dangling)

    @property
    def hand_overs(self) -> tuple[HandOver, ...]:
        """Links between projects with what was committed and needed."""
        return tuple(self._hand_overs)

    @property
    def ids(self) -> tuple[int, ...]:
        """The numbers of the points, in order; one that comes in two variants stands twice."""
        return tuple(point.number for point in self.points)

    def __iter__(self) -> Iterator[Point]:
        return iter(self.points)

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, number: int) -> Point:
        """The first variant of a point, by its number from 1 to 14.

        Raises:
            UnknownItemError: there is no such point.
        """
        found = next((point for point in self.points if point.number == number), None)
        if found is None:
            raise UnknownItemError(str(number), [], "the points 1 to 14")
        return found

    def table(self) -> Table:
        """One row a point: number, name, variant, value, limit, passed, counted, of, needs."""
        p = self.points
        return Table(
            [
                Column("number", "int", [x.number for x in p]),
                Column("name", "str", [x.name for x in p]),
                Column("variant", "str", [x.variant for x in p]),
                Column("value", "float", [x.value for x in p]),
                Column("limit", "float", [x.limit for x in p]),
                Column("passed", "bool", [x.passed for x in p]),
                Column("counted", "int", [x.sizes[0] for x in p]),
                Column("of", "int", [x.sizes[1] for x in p]),
                Column("needs", "str", [x.needs or None for x in p]),
            ]
        )

    def explain(self, number: int) -> str:
        """How a point came out: its formula, its value, and what it counted.

        Raises:
            UnknownItemError: there is no such point.
        """
        point = self[number]
        return f"{point}\n{point.formula}\ncounted {point.counted}: {listed(point.numerator) or 'none'}"

    def __repr__(self) -> str:
        passed = sum(point.passed is True for point in self.points)
        failed = [str(point.number) for point in self.points if point.passed is False]
        return f"<ScheduleQuality: {passed} points pass, {len(failed)} fail{': ' + ', '.join(failed) if failed else ''}>"


def schedule_quality(portfolio: Portfolio, *, project: str | None = None, of: Schedule | None = None) -> ScheduleQuality:
    """The 14 points of the DCMA over a portfolio or one of its projects, and the lists behind them.

    Args:
        portfolio: the portfolio.
        project: only the work of this project (and the links into it).
        of: its schedule, where one has been made; else it is made, loops cut.

    Raises:
        UnknownItemError: there is no such project.
        ScheduleError: nothing says when the portfolio starts.
    """
    ids = [p.id for p in portfolio.projects]
    if project is not None and project not in ids:
        raise UnknownItemError(project, close_matches(project, ids), "the projects")
    assessed = Assessed(portfolio, schedule(portfolio, on_cycle="cut") if of is None else of, project)
    net, hand_overs = assessed.network, _HandOvers(assessed)
    return ScheduleQuality(
        points=points(assessed),
        dangling=dangling(assessed),
        out_of_sequence=tuple((net.ids[u], net.ids[v], kind) for u, v, kind in net.out_of_sequence),
        hand_overs=OnDemand(hand_overs.row, [*hand_overs.numbers()]),
    )


def where_delays_end(portfolio: Portfolio) -> tuple[Sequence[Dangling], Point, Point]:
    """What `schedule_quality` says of loose ends, leads and hard constraints, without what the other points take.

    Raises:
        ScheduleError: nothing says when the portfolio starts.
    """
    assessed = Assessed(portfolio, schedule(portfolio, on_cycle="cut"), None)
    return dangling(assessed), *hiding(assessed)


def dangling(a: Assessed) -> Sequence[Dangling]:
    """Unfinished work with a loose end."""
    import numpy as np

    net, nodes = a.network, a.unfinished_nodes
    begun = np.zeros(net.n, bool)
    begun[list(net.starts)] = True
    start, finish = ~a.ends.held[nodes] & ~begun[nodes], ~a.ends.given[nodes]

    def loose(row: int) -> Dangling:
        return Dangling(id=net.ids[int(nodes[row])], start=bool(start[row]), finish=bool(finish[row]))

    return OnDemand(loose, (start | finish).nonzero()[0])


class _HandOvers:
    """What projects give to each other, and by when: by the schedule, and as it is stated."""

    def __init__(self, assessed: Assessed) -> None:
        self.portfolio, self.schedule, self.project = assessed.portfolio, assessed.schedule, assessed.project

    def numbers(self) -> Iterator[int]:
        """The places of the links that hand over."""
        pf = self.portfolio
        projects = {project.id for project in pf.projects}
        for number, link in enumerate(pf.links):
            if link.kind != "schedule":
                continue
            if link.promised is None and link.needed is None and (link.source in projects or link.target in projects):
                continue  # those move no date, and hand over only what is stated
            giver, receiver = pf.project_of(link.source), pf.project_of(link.target)
            if not giver or giver == receiver or link.target.startswith(EXTERNAL):
                continue
            if self.project is None or self.project in (giver, receiver):
                yield number

    @functools.cached_property
    def _given(self) -> dict[str, tuple[tuple[int | None, int | None], tuple[date | None, date | None]]]:
        """Start and finish of what hands over by a link and takes some time, as instants and as days: read off together."""
        named = self.schedule.passes.named
        nodes = {name: node for name in {link.source for link in self.portfolio.links} if (node := named.get(name)) is not None}
        found = zip(nodes, *several.instants(self.schedule, list(nodes.values())), strict=True)
        return {
            name: ((begin, end), (day_at(begin, finish=False), day_at(end, finish=True)))
            for name, begin, end in found
            if begin is not None and end is not None and begin < end
        }

    def row(self, number: int) -> HandOver:
        """What one link says."""
        link, s, known = self.portfolio.links[number], self.schedule, self._given
        source = item_of(link.source)
        at_finish = gives_at_finish(self.portfolio, link)
        instants, days = known[source] if source in known else (s.instants(source), s.days(source))
        expected, said = instants[at_finish], days[at_finish]
        committed, needed = (None if when is None else last_instant(when, at_finish=at_finish) for when in (link.promised, link.needed))
        due = needed if needed is not None else committed
        doubt = at_finish and expected is not None and bool(s.doubt(source))
        late = expected is not None and due is not None and expected > due
        return HandOver(
            source=link.source,
            target=link.target,
            type=link.type,
            expected=end_not_known(str(said or "")) if doubt else str(said or ""),
            committed="" if link.promised is None else str(link.promised)[:10],
            needed="" if link.needed is None else str(link.needed)[:10],
            agreed=None if committed is None and needed is None else committed is not None and needed is not None and committed <= needed,
            kept=None if expected is None or due is None or (doubt and not late) else not late,
        )
