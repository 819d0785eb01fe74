"""When a project, a programme or the portfolio ends is not known where work of it has no date, or only a lower bound: why, and since when.

What has dates says nothing of when all is done: a receiver of 50 days that waits for what does not come, beside a task of 5 days,
does not end in 5 days. Everything that says a finish of more than one piece of work asks here.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Programme
from ipmo.network.passes import Passes
from ipmo.network.states import State

__all__ = ["Doubts", "end_not_known"]

BESIDE = ("helper", "start")
"""Kinds of node that the network puts beside work and that say nothing of its end."""


def end_not_known(day: str) -> str:
    """What is said of an end that is not known, in words: the day on which the last work with a date ends, where any has one."""
    return f"not known, at least {day}" if day else "not known"


class Doubts:
    """Of what the end is not known, and why.

    Args:
        passes: the passes over a network.
        portfolio: what it was compiled from; None where it was made from columns.
    """

    def __init__(self, passes: Passes, portfolio: Portfolio | None) -> None:
        self._passes, self._portfolio = passes, portfolio

    def __bool__(self) -> bool:
        """Whether any work has no date, or only a lower bound."""
        return bool(self._nodes)

    def concern(self, item: str) -> bool:
        """Whether the end of an item is not known."""
        return bool(self._of(item))

    def of(self, item: str) -> str:
        """Why the date on which an item, a summary, a project, a programme or the portfolio ends is not known; empty where it is known."""
        nodes = self._of(item)
        return self.never(item) or self._why(nodes[0]) if nodes else ""

    def work(self, item: str) -> frozenset[str]:
        """The work of an item because of which its end is not known, by full id."""
        return frozenset(map(self._passes.network.ids.__getitem__, self._of(item)))

    def blocked(self, item: str) -> frozenset[str]:
        """That of it which has no date at all, because it waits for what does not come."""
        holds, ids = self._passes.network.holds, self._passes.network.ids
        return frozenset(ids[node] for node in self._of(item) if node in holds)

    def undated_work(self, item: str) -> bool:
        """Whether some of that is work that takes time, and not gates or milestones alone."""
        kinds = self._passes.network.kinds
        return any(kinds[node] == "task" and node in self._passes.network.holds for node in self._of(item))

    def held(self, item: str) -> str:
        """Why some of it has no date at all; empty where all has one."""
        return self.of(item) if self.blocked(item) else ""

    def never(self, item: str) -> str:
        """Why an item never ends by today's plan: work of it waits for what was stopped; empty where that is not so."""
        holds = self._passes.network.holds
        return next((self._why(node) for node in self._of(item) if node in holds and holds[node].never), "")

    def since(self, item: str, other: Doubts) -> str:
        """Why the end of an item is not known here although the same work elsewhere has dates; empty where it is as well known as there.

        Args:
            item: the item.
            other: the doubts of the other schedule.
        """
        nodes = self._of(item)
        if not nodes:
            return ""
        known, ids = other.work(item), self._passes.network.ids
        return next((self._why(node) for node in nodes if ids[node] not in known), "")

    def _of(self, item: str) -> Sequence[int]:
        """The open work of an item that has no date or only a lower bound, by id."""
        if not self._nodes:
            return ()
        named, pf = reference(item).item if "@" in item else item, self._portfolio
        if pf is not None and named in ("", pf.id):
            return self._all
        if (found := self._projects.get(named)) is not None:
            return found
        own = self._passes.named.get(named)
        if own is not None:
            return (own,) if own in self._nodes else ()
        above = None if pf is None else pf.items.get(named)
        if isinstance(above, Programme):
            assert pf is not None
            inner = [node for project in hierarchy(pf).projects(above) for node in self._projects.get(project.id, ())]
            return sorted(inner, key=self._first)
        return self._summaries.get(named, ())

    def _first(self, node: int) -> tuple[bool, bool, bool, str]:
        """In which order they are named: work and gates before ends of wholes, what is held itself before what follows it, work before gates, by id."""
        net = self._passes.network
        hold, kind = net.holds.get(node), net.kinds[node]
        return kind == "finish", hold is not None and hold.reason.startswith("follows"), kind == "gate", net.ids[node]

    def _why(self, node: int) -> str:
        net = self._passes.network
        node = self._passes.unclear_spans.get(node, node)
        hold = net.holds.get(node)
        if hold is not None and node in net.finishes:  # a gate that was decided and lets nothing go on
            return f"{net.ids[node]}: {hold.reason}"
        if hold is not None:
            return f"{net.ids[node]} has no date, {hold.reason}" if hold.reason else f"{net.ids[node]} has no date"
        return self._passes.unclear_before(self._passes.lists.pos[node])[1]

    @functools.cached_property
    def _nodes(self) -> AbstractSet[int]:
        """Open work that waits for what does not come, work whose dates are lower bounds, and what spans these; what a closed project left undone is not open."""
        net, passes = self._passes.network, self._passes
        closed = (
            {place for place, one in enumerate(self._portfolio.projects) if one.state == "closed"} if self._portfolio and net.holds else ()
        )
        dark = (v for v in net.holds if net.state[v] is State.UNDATED and net.kinds[v] not in BESIDE and net.project[v] not in closed)
        return frozenset((*dark, *(int(passes.lists.order[place]) for place in passes.lower_bounded), *passes.unclear_spans))

    @functools.cached_property
    def _all(self) -> Sequence[int]:
        """What belongs to the end of everything: the work of all projects, and gates of none; benefits and outcomes are no work."""
        net = self._passes.network
        return [node for node in self._sorted if net.project[node] >= 0 or net.kinds[node] == "gate"]

    @functools.cached_property
    def _sorted(self) -> Sequence[int]:
        return sorted(self._nodes, key=self._first)

    @functools.cached_property
    def _projects(self) -> Mapping[str, Sequence[int]]:
        net, out = self._passes.network, dict[str, list[int]]()
        for node in self._sorted:
            if (owner := int(net.project[node])) >= 0:
                out.setdefault(net.projects[owner], []).append(node)
        return out

    @functools.cached_property
    def _summaries(self) -> Mapping[str, Sequence[int]]:
        net, out = self._passes.network, dict[str, Sequence[int]]()
        for (project, name), leaves in net.summaries.items():
            end = self._passes.named.get(f"{project}/{name}@finish", -1)  # a link to its finish alone may hold it
            ends = net.ends.get(f"{project}/{name}", ())
            if found := [node for node in dict.fromkeys((*leaves, end, *ends)) if node in self._nodes]:
                out[f"{project}/{name}"] = sorted(found, key=self._first)
        return out
