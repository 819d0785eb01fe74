"""Commitments of two schedules side by side: only those that may stand otherwise are looked at."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple

from ipmo.analysis.dates.commitments import Commitment, Commitments, Stated
from ipmo.analysis.dates.schedule import Schedule
from ipmo.model.differing import other_projects
from ipmo.model.references import reference
from ipmo.network.passes import Passes
from ipmo.network.positions import as_array
from ipmo.network.states import LIVE
from ipmo.units import DAY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Known = NDArray[np.bool_]

__all__ = ["Pair", "moved_nodes", "pairs", "perhaps_other", "side_by_side"]


class Pair(NamedTuple):
    """One commitment in two schedules.

    Args:
        name: its name.
        was: how it stands in the earlier one, where it is stated there; what it is missed because of is asked where that is wanted.
        now: how it stands in the later one.
    """

    name: str
    was: Callable[[bool], Commitment | None]
    now: Callable[[bool], Commitment | None]

    def rows(self, *, caused: bool = True) -> tuple[Commitment | None, Commitment | None]:
        """Both rows, with or without what a commitment is missed because of."""
        return self.was(caused), self.now(caused)


def side_by_side(one: Schedule, other: Schedule) -> Iterator[tuple[str, Commitment | None, Commitment | None]]:
    """(name, as it stands in one schedule, as it stands in the other) of commitments; those that stand alike may be left out.

    Args:
        one: the earlier schedule.
        other: the later one.
    """
    return ((pair.name, *pair.rows()) for pair in pairs(one, other, moved_nodes(one, other)))


def pairs(one: Schedule, other: Schedule, moved: Known | None) -> Iterator[Pair]:
    """The commitments of two schedules, each as it stands in both; those that stand alike may be left out.

    Args:
        one: the earlier schedule.
        other: the later one.
        moved: what `moved_nodes` says of them.
    """
    was, now = one.commitments, other.commitments
    if moved is None or not (was.statements.apart and now.statements.apart):
        for name in dict.fromkeys([*(row.name for row in now), *(row.name for row in was)]):
            yield Pair(name, functools.partial(_named, was, name), functools.partial(_named, now, name))
        return
    stirred = set(moved.nonzero()[0].tolist())
    owners = set(one.network.owners[moved].tolist())
    projects = {one.network.projects[place] for place in owners if place >= 0}
    columns = one.portfolio is not None and other.portfolio is not None and one.portfolio.links is other.portfolio.links
    if columns:
        yield from _handed_over(was, now, stirred)
    old, new = ({a.name: a for a in (found.others if columns else found.all)} for found in (was.statements, now.statements))
    for name in dict.fromkeys([*new, *old]):
        a, b = old.get(name), new.get(name)
        if a is not None and a == b and not (a.item in projects if a.kind == "project" else not stirred.isdisjoint(a.nodes)):
            continue
        yield _pair(was, a, now, b)


def _handed_over(was: Commitments, now: Commitments, stirred: AbstractSet[int]) -> Iterator[Pair]:
    """The hand-overs by the same links; of those that stand alike none is made."""
    first, last = was.statements.hand_overs, now.statements.hand_overs
    old, new = ({number: place for place, number in enumerate(found.links)} for found in (first, last))
    for number in sorted(old.keys() | new.keys()):
        a, b = old.get(number), new.get(number)
        if a is not None and b is not None and first.nodes[a] not in stirred and first.entry(a) == last.entry(b):
            if a not in first.apart or stirred.isdisjoint(first.apart[a].nodes):
                continue
        yield _pair(
            was, None if a is None else was.statements.hand_over(a), now, None if b is None else now.statements.hand_over(b)
        )  # fmt: skip


def _pair(was: Commitments, a: Stated | None, now: Commitments, b: Stated | None) -> Pair:
    known = a or b
    assert known is not None
    return Pair(known.name, functools.partial(_standing, was, a), functools.partial(_standing, now, b))


def _named(commitments: Commitments, name: str, caused: bool) -> Commitment | None:
    return commitments[name] if name in commitments else None


def _standing(commitments: Commitments, stated: Stated | None, caused: bool) -> Commitment | None:
    return None if stated is None else commitments.of(stated, caused=caused)


def moved_nodes(one: Schedule, other: Schedule) -> Known | None:
    """The nodes that may have another state, start or finish; None where that takes more than a look at both.

    What spans other work counts as moved, and so do points in time at midnight where what is before them is: that says which day they belong to.
    """
    first, last = one.passes, other.passes
    net, then = first.network, last.network
    apart = net.n != then.n or net.base != then.base or net.projects != then.projects or _turned(first) or _turned(last)
    dates = [None if s.portfolio is None else s.portfolio.data_date for s in (one, other)]
    if apart or first.dialect != last.dialect or dates[0] != dates[1] or not _same_ids(one, other):
        return None
    import numpy as np

    columns = [_columns(passes) for passes in (first, last)]
    moved: Known = np.zeros(net.n, bool)
    for was, now in zip(*columns, strict=True):
        moved |= was != now
    for some, others in ((net.starts, then.starts), (net.finishes, then.finishes)):
        if some or others:
            moved[[node for node, _ in some.items() ^ others.items()]] = True
    for few, more in ((first.without_duration, last.without_duration), (frozenset(net.points), frozenset(then.points))):
        moved[list(few ^ more)] = True
    bounded = [{int(passes.positions.order[place]) for place in passes.lower_bounded} for passes in (first, last)]
    moved[list(bounded[0] ^ bounded[1])] = True
    if net.holds is not then.holds:  # what waited and now never comes has no date on either side
        moved[[node for node, hold in net.holds.items() if hold.never != then.holds.get(node, hold).never]] = True
    moved[[*net.hammocks, *then.hammocks]] = True
    states, lengths, finishes = columns[0][0], columns[0][3], columns[0][2]
    points = np.flatnonzero(((states == LIVE[0]) | (states == LIVE[1])) & (lengths == 0) & (finishes % DAY == 0) & ~moved)
    midnight = [node for node in points.tolist() if net.kinds[node] != "benefit"]
    moved[_perhaps_turned(first, last, moved, midnight) if net.same_clocks(then) else midnight] = True
    return moved


def _perhaps_turned(first: Passes, last: Passes, moved: Known, points: Iterable[int]) -> list[int]:
    """Which of some points in time may be read as the start of a day on one side and as a finish on the other.

    How a point is read says what is linked to it: work, or other points, of which the same may be so.
    """
    before, after = _Before(first), _Before(last)
    known: dict[int, bool] = {}
    for point in points:
        way = [point]
        while way:
            node = way[-1]
            if node in known:
                way.pop()
                continue
            links = before.of(node)
            givers = [link[0] for link in links]
            if any(moved[giver] for giver in givers) or links != after.of(node):
                known[node] = True
            elif waits := [giver for giver in givers if giver not in known and before.point(giver)]:
                way += waits
                continue
            else:
                known[node] = any(known.get(giver, False) for giver in givers)
            way.pop()
    return [point for point in points if known[point]]


class _Before:
    """The links that lead to single nodes."""

    def __init__(self, passes: Passes) -> None:
        self._columns, self._pos = passes.positions, passes.positions.pos

    def of(self, node: int) -> list[tuple[int, ...]]:
        """Of each link to a node: the node that it leaves, and how it bounds, in the order of these."""
        p, at = self._columns, int(self._pos[node])
        parts = (p.typ, p.mode, p.w, p.lag, p.lagclk)
        return sorted(
            (int(p.order[p.src[k]]), *(int(part[k]) for part in parts)) for k in range(int(p.ptr[at]), int(p.ptr[at + 1]))
        )  # fmt: skip

    def point(self, node: int) -> bool:
        """Whether it is a point in time on the wall clock."""
        at = int(self._pos[node])
        return not self._columns.clk[at] and not self._columns.dur[at]


def perhaps_other(one: Schedule, other: Schedule, moved: Known | None) -> frozenset[str] | None:
    """The projects that are other in two portfolios, or of which a date or what becomes of a hand-over may be; None where more is other.

    Args:
        one: the earlier schedule.
        other: the later one.
        moved: what `moved_nodes` says of them.
    """
    before, after = one.portfolio, other.portfolio
    others = None if moved is None or before is None or after is None else other_projects(after, before)
    if others is None or moved is None or before is None:
        return None
    owners = set(one.network.owners[moved].tolist())
    changed = {now.id for now, _ in others.values()}
    giving = {
        reference(link.source).top
        for link in before.links
        if (link.promised is not None or link.needed is not None) and reference(link.target).top in changed
    }
    return frozenset({one.network.projects[place] for place in owners if place >= 0} | changed | giving)


def _turned(passes: Passes) -> bool:
    """Its dates are not the early ones."""
    return passes.back_from is not None or passes.dialect.direction == "back"


def _same_ids(one: Schedule, other: Schedule) -> bool:
    """Whether two networks with as many nodes have the same ones: in projects that both share they are."""
    net, then = one.network, other.network
    if net.ids is then.ids:
        return True
    others = None if one.portfolio is None or other.portfolio is None else other_projects(other.portfolio, one.portfolio)
    if others is None or net.members != then.members:
        return list(net.ids) == list(then.ids)
    some = itertools.chain((~net.work).nonzero()[0].tolist(), *(net.members[place] for place in others))
    return all(net.ids[node] == then.ids[node] for node in some)


def _columns(passes: Passes) -> tuple[NDArray[np.int64], ...]:
    """State, start, finish, duration, clock and lower bound of every node."""
    net, positions = passes.network, passes.positions
    pos = as_array(positions.pos)
    early, ends = as_array(passes.early_starts)[pos], as_array(passes.finishes)[pos]
    return net.states, early, ends, as_array(positions.dur)[pos], as_array(positions.clk)[pos], net.array("low")
