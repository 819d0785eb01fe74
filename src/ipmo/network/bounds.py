"""What ties a node beyond its links, as bounds of the passes: constraints, not-befores, the data date, where milestones may lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ipmo.network.kernels import passes as kernels
from ipmo.network.network import EFFECTS
from ipmo.units import minutes

if TYPE_CHECKING:
    from ipmo.network.compile import Builder

__all__ = ["constrain", "floors"]

NORMAL, STARTED = 0, 1


def constrain(b: Builder) -> None:
    """Constraints as bounds of the passes: hard ones fix or cap a start, the others bound late dates."""
    cal, hard = b.clocks.packed, set(b.dialect.hard)
    for node, task in b.constrained:
        tied, clock, length = task.constraints, b.clk[node], b.dur[node]
        assert tied is not None
        if tied.as_late_as_possible:
            b.latest.append(node)
        if b.state[node] not in (NORMAL, STARTED):
            continue
        for name in ("start_on", "start_no_later", "must_start_on", "mandatory_start"):
            when = getattr(tied, name)
            if when is not None and b.state[node] == NORMAL:
                instant = minutes(when)
                start = kernels.work(cal, clock, instant)
                if name != "start_no_later":
                    b.start_bounds.append((node, instant))
                _tie(b, node, start, instant, False, name in hard, name.startswith("m"))
        for name in ("finish_on", "finish_no_later", "must_finish_on", "mandatory_finish"):
            when = getattr(tied, name)
            if when is not None:
                instant = minutes(when, end=True)
                start = kernels.work(cal, clock, instant) - length
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
    cal = b.clocks.packed
    base = b.base
    floor = {clock: kernels.work(cal, clock, base) for clock in set(b.clk)}
    low = [floor[clock] for clock in b.clk]
    clk, state = b.clk, b.state
    if b.bases:
        for node, owner in enumerate(b.project):
            if owner in b.bases:
                low[node] = kernels.work(cal, clk[node], b.bases[owner])
    for node, instant in b.starts.items():
        if state[node] == STARTED and b.data_date is None and b.project[node] not in b.bases:
            low[node] = kernels.work(cal, clk[node], instant) + b.done.get(node, 0)
    unclipped = set()
    if not b.dialect.clip and b.data_date is None:  # a data date binds whatever a lead asks for
        unclipped = {v for v in dst if state[v] == NORMAL and b.project[v] not in b.bases}
    unclipped -= {v for v, kind in zip(dst, typ, strict=True) if kind == 2}  # a link between finishes leads to no earlier start
    for node in unclipped:
        low[node] = -kernels.FAR // 4
    finish_points = {node for node in b.points if state[node] in (NORMAL, STARTED)}
    for node in finish_points:  # such a milestone lies where work could begin, not at the end of the shift before
        if node not in unclipped:
            b.finish_bounds.append((node, b.bases.get(b.project[node], base)))
    for node in {node for node, _ in b.start_bounds if b.kinds[node] in EFFECTS}:
        low[node] = kernels.work(cal, clk[node], 0)  # what finished work has brought about already did not wait for the data date
    for node, instant in b.start_bounds:
        if node in finish_points:
            b.finish_bounds.append((node, instant))
        elif state[node] in (NORMAL, STARTED):
            low[node] = max(low[node], kernels.work(cal, clk[node], instant))
    for node, instant in b.finish_bounds:
        if state[node] in (NORMAL, STARTED):
            floor_finish = kernels.work(cal, clk[node], instant)
            if floor_finish >= b.finish_floor.get(node, floor_finish):
                waits = kernels.edged(cal, clk[node], instant)
                if waits:
                    b.floor_edges.add(node)
                elif floor_finish > b.finish_floor.get(node, floor_finish):
                    b.floor_edges.discard(node)
                b.finish_floor[node] = floor_finish
    return low
