"""What ties a node beyond its links, as bounds of the passes: constraints, not-befores, the data date, where milestones may lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ipmo.network.clocks import FAR
from ipmo.network.states import EFFECTS, LIVE, LinkType, State
from ipmo.units import minutes

if TYPE_CHECKING:
    from ipmo.network.compile import Builder

__all__ = ["constrain", "floors"]


def constrain(b: Builder) -> None:
    """Constraints as bounds of the passes: hard ones fix or cap a start, the others bound late dates."""
    hard = set(b.dialect.hard)
    for node, task in b.constrained:
        tied, clock, length = task.constraints, b.clocks[b.clk[node]], b.dur[node]
        assert tied is not None
        if tied.as_late_as_possible:
            b.latest.append(node)
        if b.state[node] not in LIVE:
            continue
        for name in ("start_on", "start_no_later", "must_start_on", "mandatory_start"):
            when = getattr(tied, name)
            if when is not None and b.state[node] == State.NORMAL:
                instant = minutes(when)
                start = clock.work(instant)
                if name != "start_no_later":
                    b.start_bounds.append((node, instant))
                _tie(b, node, start, instant, False, name in hard, name.startswith("m"))
        for name in ("finish_on", "finish_no_later", "must_finish_on", "mandatory_finish"):
            when = getattr(tied, name)
            if when is not None:
                instant = minutes(when, end=True)
                start = clock.work(instant) - length
                if name != "finish_no_later":
                    b.finish_bounds.append((node, instant))
                _tie(b, node, start, instant, True, name in hard, name.startswith("m"))


def _tie(b: Builder, node: int, start: int, instant: int, at_finish: bool, hard: bool, pinned: bool) -> None:
    if hard:
        b.high[node] = min(start, b.high.get(node, start))
        if pinned:
            b.pin[node] = start
    b.late_bounds.append((node, instant, at_finish))


def floors(b: Builder, dst: Sequence[int], typ: Sequence[int]) -> list[int]:
    """The earliest start of every node on its own clock, before any link.

    Args:
        b: what has been compiled so far; its bounds on finishes are settled too.
        dst, typ: target and type of each link, as the portfolio states them.
    """
    clocks, base = b.clocks, b.base
    floor = {clock: clocks[clock].work(base) for clock in set(b.clk)}
    low = [floor[clock] for clock in b.clk]
    clk, state = b.clk, b.state
    if b.bases:
        for node, owner in enumerate(b.project):
            if owner in b.bases:
                low[node] = clocks[clk[node]].work(b.bases[owner])
    for node, instant in b.starts.items():
        if state[node] == State.STARTED and b.data_date is None and b.project[node] not in b.bases:
            low[node] = clocks[clk[node]].work(instant) + b.done.get(node, 0)
    unclipped = set()
    if not b.dialect.clip and b.data_date is None:  # a data date binds whatever a lead asks for
        unclipped = {v for v in dst if state[v] == State.NORMAL and b.project[v] not in b.bases}
    unclipped -= {v for v, kind in zip(dst, typ, strict=True) if kind == LinkType.FF}  # a link between finishes leads to no earlier start
    for node in unclipped:
        low[node] = -FAR // 4
    finish_points = {node for node in b.points if state[node] in LIVE}
    for node in finish_points:  # such a milestone lies where work could begin, not at the end of the shift before
        if node not in unclipped:
            b.finish_bounds.append((node, b.bases.get(b.project[node], base)))
    for node in {node for node, _ in b.start_bounds if b.kinds[node] in EFFECTS}:
        low[node] = clocks[clk[node]].work(0)  # what finished work has brought about already did not wait for the data date
    for node, instant in b.start_bounds:
        if node in finish_points:
            b.finish_bounds.append((node, instant))
        elif state[node] in LIVE:
            low[node] = max(low[node], clocks[clk[node]].work(instant))
    for node, instant in b.finish_bounds:
        if state[node] in LIVE:
            clock = clocks[clk[node]]
            floor_finish = clock.work(instant)
            if floor_finish >= b.finish_floor.get(node, floor_finish):
                waits = clock.waits(instant)
                if waits:
                    b.floor_edges.add(node)
                elif floor_finish > b.finish_floor.get(node, floor_finish):
                    b.floor_edges.discard(node)
                b.finish_floor[node] = floor_finish
    return low
