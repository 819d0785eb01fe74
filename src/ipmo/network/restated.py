"""The network of a portfolio some of whose projects are stopped or paused, laid over the compiled one: nothing is compiled anew.

What a stop or a pause changes are states: of the work of those projects, and of what follows it. Links with an end there go, and
so do bounds of what has no dates. Where more than that could change, compiling says it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import attrs

from ipmo.memory import remember
from ipmo.model.dialects import DIALECTS
from ipmo.model.differing import Others, other_projects, same_but
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Project
from ipmo.network.compiled import kernel
from ipmo.network.drafts import Draft, Links, Nodes
from ipmo.network.holds import lacking, spread_from, waiting_for
from ipmo.network.kernels import order as kernels
from ipmo.network.network import STATELESS, Network
from ipmo.network.parts import Hold
from ipmo.network.positions import plain
from ipmo.network.states import EFFECTS, LIVE, State
from ipmo.units import minutes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]
    Known = NDArray[np.bool_]

__all__ = ["restated"]

T = TypeVar("T")
GONE = State.GONE
ENDED = ("cancelled", "paused")
RUNNING = ("proposed", "approved", "active")
HELD = (State.UNDATED, State.GONE)


def restated(copy: Portfolio, portfolio: Portfolio, net: Network) -> Network | None:
    """The network of a copy in which some projects are stopped or paused; None where that takes compiling.

    Args:
        copy: the copy.
        portfolio: what it was made from.
        net: the network of that.
    """
    if not net.large or net.needed is None or net.inside is None or net.dialect is None or net.dialect != DIALECTS["ipmo"]:
        return None
    if net.at_best is not None:  # which of several ways are sure may be other
        return None
    ended = _ended(other_projects(copy, portfolio) or {})
    if not ended or not _plain(net, portfolio, copy, ended):
        return None
    states = list(net.state)
    own = [node for place in ended for node in net.members[place] if states[node] in LIVE]
    holds: dict[int, Hold] = {}
    for place, project in ended.items():
        state, why = _standing(project)
        for node in net.members[place]:
            if states[node] in LIVE:
                states[node], holds[node] = state, why
    assert net.needed is not None
    ends = _ends(portfolio, net)
    followed = {node for node, hold in net.holds.items() if hold.reason.startswith("follows")}
    into_any = ends.entering(net.anyone)
    if any(int(ends.src[link]) in followed for link in into_any):
        return None  # of several reasons the nearest is said, and how near theirs is was not kept
    direct = {node: hold for node, hold in net.holds.items() if node not in followed}
    draft = Draft(copy, net.dialect)
    draft.nodes = Nodes(
        ids=_listed(net.ids), kinds=_listed(net.kinds), project=plain(net.project), state=states, starts=dict(net.starts),
        finishes=dict(net.finishes), holds={**dict(sorted({**direct, **holds}.items())), **net.holds}, local={},
        anyone=set(net.anyone),
    )  # fmt: skip
    draft.links = Links(src=plain(net.needed.src), dst=plain(net.needed.dst), typ=plain(net.needed.typ), numbers=dict(net.needed.numbers))
    spread_from(draft, own, ends.leaving, into_any)
    new = [node for node in draft.nodes.holds if node not in net.holds]
    if followed and any(int(ends.dst[link]) in followed for node in new for link in ends.leaving(node)):
        return None  # of its reasons another may be the nearest now
    if any(_gives_to_a_whole(net, portfolio, node) for node in (new if net.project_dependencies else ())):
        return None
    return _laid_over(net, draft, new, ended) if _tied_by_links(net, new) else None


def _ended(others: Others) -> Mapping[int, Project] | None:
    """The projects that are stopped or paused and nothing else, by place; None where something else is other."""
    for now, was in others.values():
        if now.state not in ENDED or was.state not in RUNNING or was.stopped or not same_but("state", now, was):
            return None
    return {place: now for place, (now, _) in others.items()}


def _plain(net: Network, portfolio: Portfolio, copy: Portfolio, ended: Mapping[int, Project]) -> bool:
    """Whether what the projects hold is plain work and gates, and what has no dates already is so by its own project."""
    needed = net.needed
    assert needed is not None
    if portfolio.start is None or net.hammocks or net.unmet or needed.driveless or needed.begun or net.circular_starts:
        return False
    lacks = lacking(portfolio)
    if lacking(copy) != lacks or waiting_for(copy):
        return False
    still = {place for place, one in enumerate(portfolio.projects) if one.stopped or one.state in ("paused", "closed") or one.id in lacks}
    if any(net.project[node] not in still for node in net.holds) or not still.isdisjoint(ended):
        return False
    if any(_for_itself(net, portfolio, node, hold) for node, hold in net.holds.items()):
        return False
    for number in net.project_dependencies:
        link = portfolio.links[number]
        if any(reference(portfolio.resolve(end) or end).top in {one.id for one in ended.values()} for end in (link.source, link.target)):
            return False
    inside = set(itertools.chain.from_iterable(net.members[place] for place in ended))
    beside = {net.project[node] for node in _outside(net)}
    for place, project in ended.items():
        if place in beside or not (project.tasks or project.gates):
            return False
        if any(
            task.constraints is not None or (task.deadline is not None and (project.id, task.id) in net.summaries) for task in project.tasks
        ):
            return False
    return all(net.state[node] in (*LIVE, State.FINISHED) for node in inside)


def _for_itself(net: Network, portfolio: Portfolio, node: int, hold: Hold) -> bool:
    """Whether a gate has no dates although its project goes on or is closed: its go waits for another gate, of whatever project."""
    return net.kinds[node] == "gate" and hold.item == net.ids[node] and not portfolio.projects[net.project[node]].stopped


def _gives_to_a_whole(net: Network, portfolio: Portfolio, node: int) -> bool:
    """Whether a node, or the project that it lies in, gives to a project as such, or as one."""
    top = portfolio.projects[net.project[node]].id if net.project[node] >= 0 else net.ids[node]
    ends = (portfolio.links[number].source for number in net.project_dependencies)
    return any(reference(portfolio.resolve(end) or end).top == top for end in ends)


def _outside(net: Network) -> Iterable[int]:
    """The nodes that stand in no project themselves: effects, and what was put beside the work of projects."""
    last = 0
    for place in sorted(net.members):
        some = net.members[place]
        if some:
            yield from range(last, some[0])
            last = some[-1] + 1
    yield from range(last, net.n)


def _standing(project: Project) -> tuple[State, Hold]:
    """The state of the open work of a project that is stopped or paused, and why."""
    if project.state == "cancelled":
        return State.GONE, Hold(f"project {project.id!r} is cancelled", project.id)
    return State.UNDATED, Hold(f"project {project.id!r} is paused", project.id)


class _Ends(NamedTuple):
    """The ends of every link as it was found, and the links that leave each node: those from `first[v]` to `first[v + 1]` of `numbers`."""

    src: Array
    dst: Array
    first: Array
    numbers: Array

    def leaving(self, node: int) -> Sequence[int]:
        """The links that leave a node, in order."""
        out: Sequence[int] = self.numbers[self.first[node] : self.first[node + 1]].tolist()
        return out

    def entering(self, some: AbstractSet[int]) -> Sequence[int]:
        """The links that lead to some nodes, in order."""
        import numpy as np

        if not some:
            return ()
        wanted = np.zeros(len(self.first), bool)
        wanted[list(some)] = True
        out: Sequence[int] = np.flatnonzero(wanted[self.dst]).tolist()
        return out


def _ends(portfolio: Portfolio, net: Network) -> _Ends:
    """The links of a network by their sources, found once."""
    return remember(portfolio, ("links by source", id(net)), lambda: _by_source(net))


def _by_source(net: Network) -> _Ends:
    import numpy as np

    src, dst, _ = net.found_links
    first, numbers, heads = np.zeros(net.n + 1, np.int64), np.empty(len(src), np.int64), np.empty(len(src), np.int64)
    kernel(kernels.by_target)(net.n, dst, src, np.arange(net.n), first, numbers, heads)
    return _Ends(src, dst, first, numbers)


def _tied_by_links(net: Network, new: Iterable[int]) -> bool:
    """Whether nothing but links and bounds from below ties what has no dates any more."""
    tied = {*net.high, *net.pin, *net.caps, *net.latest, *net.expected, *(bound.node for bound in net.late_bounds)}
    return tied.isdisjoint(new) and not any(net.kinds[one.node] in EFFECTS for one in net.dated_externals)


def _laid_over(net: Network, draft: Draft, new: Sequence[int], ended: Mapping[int, Project]) -> Network:
    """The network with what has no dates any more."""
    import numpy as np

    nodes = draft.nodes
    lost = np.zeros(net.n, bool)
    lost[list(new)] = True
    src, dst = net.link_ends
    keep = ~(lost[src] | lost[dst])
    place = np.cumsum(keep) - 1
    low = net.array("low").copy()
    for node in new:
        clock, base = net.running_clock(node), draft.base
        project = net.project[node]
        own = draft.portfolio.projects[project].status_date if project >= 0 else None
        low[node] = clock.work(base if own is None else max(draft.start, minutes(own)))
    states = net.states.copy()
    states[list(new)] = [int(nodes.state[node]) for node in new]
    held = {node for at in ended for node in net.members[at] if lost[node] and net.kinds[node] == "gate"}
    dropped = {one for one in net.commitments if one.nodes[0] in held and (one.date is None or nodes.state[one.nodes[0]] is GONE)}
    found = attrs.evolve(
        net,
        state=nodes.state,
        low=low,
        finish_floor={node: floor for node, floor in net.finish_floor.items() if not lost[node]},
        floor_edges={node for node in net.floor_edges if not lost[node]},
        holds=nodes.holds,
        commitments=tuple(one for one in net.commitments if one not in dropped),
        unmet=draft.links.unmet,
        undated_externals=_undated(net, nodes.state),
        out_of_sequence=[one for one in net.out_of_sequence if nodes.state[one.source] is not GONE and not lost[one.target]],
        numbers={int(place[k]): number for k, number in net.numbers.items() if keep[k]},
        derived={int(place[k]) for k in net.derived if keep[k]},
        src=src[keep],
        dst=dst[keep],
        typ=net.array("typ")[keep],
        lag=net.array("lag")[keep],
        mode=None if net.mode is None else net.array("mode")[keep],
        lagclk=None if net.lagclk is None else net.array("lagclk")[keep],
    )
    _ = net.named, net.owners, net.no_effect
    found.take_over(net, STATELESS)
    found.__dict__["states"] = states
    found.share(net, ("dur", "clk", "project"))
    return found


def _undated(net: Network, states: Sequence[State]) -> Sequence[int]:
    """Links to or from something outside without a date, and those to what is gone."""
    needed = net.needed
    assert needed is not None

    def gone(some: Sequence[State]) -> list[int]:
        src, dst, numbers = needed.src, needed.dst, needed.numbers
        return [numbers[k] for k in sorted(numbers) if some[dst[k]] is GONE and some[src[k]] is not GONE]

    before = len(net.undated_externals) - len(gone(net.state))
    return [*net.undated_externals[:before], *gone(states)]


def _listed(column: Sequence[T]) -> list[T]:
    """A column as a list that nobody writes into."""
    return column if isinstance(column, list) else list(column)
