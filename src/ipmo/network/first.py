"""Which of the tasks of a project or a summary can be the first to start: what leaves its start leaves the first of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from ipmo.model.work import Task
from ipmo.network.drafts import Draft
from ipmo.network.graph import groups
from ipmo.network.states import TYPES, State

__all__ = ["first_ones"]

FOLLOWS = (TYPES["FS"], TYPES["SS"])
"""Links whose target starts no sooner than their source, unless a lead says otherwise."""


def first_ones(draft: Draft, starts: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """Of each start: the nodes the first of which it is; none where all of them wait for what leaves it.

    A node that waits for another of them never starts before it and is left out; so is one that waits for what leaves the start: it
    can only be later. Where starts wait for each other in a ring of which neither is free, the ways that close it are left out.

    Args:
        draft: the network with all its written links.
        starts: the node of each start, and what it holds.
    """
    links, later = draft.links, _never_first(draft, {node for held in starts.values() for node in held})
    found: dict[int, list[int]] = {}
    for start, held in starts.items():
        inside = set(held)
        found[start] = [node for node in held if not any(u in inside for u in later.get(node, ()))] or list(held)
    ways = [(node, start) for start, held in found.items() for node in held]
    written = list(zip(links.src, links.dst, strict=True))
    group = groups(len(draft.nodes.ids), [*written, *ways])
    looped = [start for start, held in found.items() if any(group[node] == group[start] for node in held)]
    if not looped:
        return found
    after: dict[int, list[int]] = {}
    for u, v in written:
        after.setdefault(u, []).append(v)
    for start in looped:
        seen, waiting = {start}, [start]
        while waiting:
            for v in after.get(waiting.pop(), ()):
                if v not in seen:
                    seen.add(v)
                    waiting.append(v)
        found[start] = [node for node in starts[start] if node not in seen]
        inside = set(found[start])
        found[start] = [node for node in found[start] if not any(u in inside for u in later.get(node, ()))] or found[start]
    ways = [(node, start) for start, held in found.items() for node in held]
    group = groups(len(draft.nodes.ids), [*written, *ways])
    return {start: [node for node in held if group[node] != group[start]] for start, held in found.items()}


def _never_first(draft: Draft, held: AbstractSet[int]) -> dict[int, list[int]]:
    """Of each held node that starts no sooner than others, those: it waits for them, and no constraint pulls it before them."""
    nodes, links, items = draft.nodes, draft.links, draft.portfolio.items
    out: dict[int, list[int]] = {}
    for link, (u, v, kind) in enumerate(zip(links.src, links.dst, links.typ, strict=True)):
        lag = links.lags.get(link)
        if v not in held or kind not in FOLLOWS:
            continue
        if (lag is not None and lag.amount < 0) or not nodes.state[u] is nodes.state[v] is State.NORMAL:
            continue
        task = items.get(nodes.ids[v])
        if u not in nodes.driveless and not (isinstance(task, Task) and task.constraints is not None):
            out.setdefault(v, []).append(u)
    return out
