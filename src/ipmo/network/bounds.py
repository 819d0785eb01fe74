"""What ties a node beyond its links, as bounds of the passes: constraints, not-befores, the status date, where milestones may lie."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from ipmo.model.work import Constraints
from ipmo.network.clocks import FAR, Clock
from ipmo.network.drafts import Draft
from ipmo.network.parts import LateBound
from ipmo.network.states import EFFECTS, LIVE, LinkType, State
from ipmo.units import When, minutes

__all__ = ["constrain", "floors", "least_finish"]

InBreak: TypeAlias = tuple[int, tuple[int, int], int]
"""Work that is put where its calendar has a break: the number of its clock, its start and finish, and how many minutes of them are worked."""


def constrain(draft: Draft) -> None:
    """Constraints as bounds of the passes: hard ones fix or cap a start, the others bound late dates."""
    nodes, bounds, hard = draft.nodes, draft.bounds, set(draft.dialect.hard)
    _put(draft)
    for node, task in bounds.constrained:
        tied = task.constraints
        assert tied is not None
        clock, length = draft.clocks[nodes.clk[node]], nodes.dur[node]
        if tied.as_late_as_possible:
            bounds.latest.append(node)
        if nodes.state[node] not in LIVE:
            continue
        for name in ("start_on", "start_no_later", "must_start_on", "mandatory_start"):
            when: When | None = getattr(tied, name)
            if when is not None and nodes.state[node] is State.NORMAL:
                instant = minutes(when)
                if name != "start_no_later":
                    bounds.starts.append((node, instant))
                _hold_to(draft, node, clock.work(instant), instant, False, name in hard, name.startswith("m"))
                if name in hard:
                    _cap(draft, node, clock.work(instant), 0)
        for name in ("finish_on", "finish_no_later", "must_finish_on", "mandatory_finish"):
            when = getattr(tied, name)
            if when is not None:
                instant = minutes(when, end=True)
                if name != "finish_no_later":
                    bounds.finishes.append((node, least_finish(clock, when)))
                _hold_to(draft, node, clock.work(instant) - length, instant, True, name in hard, name.startswith("m"))
                if name in hard:
                    _cap(draft, node, clock.work(instant), 1)


def _cap(draft: Draft, node: int, worked: int, at_finish: int) -> None:
    """Remembers what caps a start or a finish, apart: a finish caps the start by the length, which may be another one."""
    cap = draft.bounds.caps.setdefault(node, [FAR, FAR, -FAR])
    cap[at_finish] = min(cap[at_finish], worked)


def _by_hand(draft: Draft, node: int, tied: Constraints, in_breaks: dict[int, InBreak]) -> None:
    """The dates of work that is scheduled by hand: between them lies its length, on its calendar where they lie in working time."""
    nodes, begun = draft.nodes, draft.nodes.state[node] is State.STARTED
    clock, length = draft.clocks[nodes.clk[node]], nodes.dur[node]
    start = None if tied.by_hand_start is None else minutes(tied.by_hand_start)
    finish = None if tied.by_hand_finish is None else minutes(tied.by_hand_finish, end=True)
    if start is not None and finish is not None:
        finish = max(start, finish)
    if begun and finish is None:
        return  # it goes on from its actual start
    if begun or start is None:
        assert finish is not None
        if clock.finish(clock.work(finish)) == finish and length:
            draft.bounds.by_hand[node] = clock.work(finish) - length
            return
        start = clock.start(clock.work(finish) - length) if length else finish
        start = min(start, finish)
    elif finish is None:
        finish = clock.finish(clock.work(start) + length) if length else start
        finish = max(start, finish)
    worked = clock.between(start, finish)
    if worked and clock.start(clock.work(start)) == start and clock.finish(clock.work(finish)) == finish:
        nodes.dur[node] = worked
    elif start == finish:
        nodes.points.pop(node, None)
        nodes.clk[node], nodes.dur[node], clock = 0, 0, draft.clocks[0]
    else:  # they lie in a break
        in_breaks[node] = (clock.number, (start, finish), min(length or worked or finish - start, finish - start))
    draft.bounds.by_hand[node] = clock.work(start)
    if node in nodes.unknown:
        nodes.unknown.remove(node)


def _put(draft: Draft) -> None:
    """Work that is scheduled by hand lies where it is put; in a break it is worked there, and elsewhere on its calendar."""
    nodes, in_breaks = draft.nodes, dict[int, InBreak]()
    for node, task in draft.bounds.constrained:
        tied = task.constraints
        assert tied is not None
        if nodes.state[node] in LIVE and (tied.by_hand_start is not None or tied.by_hand_finish is not None):
            _by_hand(draft, node, tied, in_breaks)
    if not in_breaks:
        return
    numbers: dict[InBreak, int] = {}
    for one in in_breaks.values():  # what is put alike shares a clock
        numbers.setdefault(one, len(draft.clocks) + len(numbers))
    draft.clocks = draft.clocks.placing(list(numbers))
    for node, one in in_breaks.items():
        clock = draft.clocks[numbers[one]]
        start, finish = (clock.work(instant) for instant in one[1])
        nodes.points.pop(node, None)
        nodes.clk[node], nodes.dur[node] = clock.number, finish - start
        draft.bounds.by_hand[node] = start


def least_finish(clock: Clock, when: When) -> int:
    """The least finish, as an instant, that is not before a day or a time: on a day that is worked, the end of its last shift.

    Args:
        clock: the working clock of what finishes.
        when: a day, or an exact time.
    """
    instant = minutes(when, end=True)
    if isinstance(when, datetime):
        return instant
    last = clock.finish(clock.work(instant))
    return last if last > minutes(when) else instant


def _hold_to(draft: Draft, node: int, start: int, instant: int, at_finish: bool, hard: bool, pinned: bool) -> None:
    bounds = draft.bounds
    if hard:
        bounds.high[node] = min(start, bounds.high.get(node, start))
        if pinned:
            bounds.pin[node] = start
    bounds.late.append(LateBound(node, instant, at_finish))


def floors(draft: Draft, dst: Sequence[int], typ: Sequence[int]) -> list[int]:
    """The earliest start of every node on its own clock, before any link.

    Args:
        draft: what has been compiled so far; its bounds on finishes are settled too.
        dst, typ: target and type of each link, as the portfolio states them.
    """
    nodes, bounds, clocks, base, bases = draft.nodes, draft.bounds, draft.clocks, draft.base, draft.bases
    clk, state = nodes.clk, nodes.state
    at_base = {clock: clocks[clock].work(base) for clock in set(clk)}
    low = [at_base[clock] for clock in clk]
    if bases:
        for node, owner in enumerate(nodes.project):
            if owner in bases:
                low[node] = clocks[clk[node]].work(bases[owner])
    for node, instant in nodes.starts.items():
        if state[node] is State.STARTED and draft.data_date is None and nodes.project[node] not in bases:
            low[node] = clocks[clk[node]].work(instant) + nodes.done.get(node, 0)
    unclipped = _unclipped(draft, dst, typ)
    for node in unclipped:
        low[node] = -FAR // 4
    finish_points = {node for node in nodes.points if state[node] in LIVE}
    for node in finish_points:  # such a milestone lies where work could begin, not at the end of the shift before
        if node not in unclipped:
            bounds.finishes.append((node, bases.get(nodes.project[node], base)))
    for node in {node for node, _ in bounds.starts if nodes.kinds[node] in EFFECTS}:
        low[node] = clocks[clk[node]].work(0)  # what finished work has brought about already did not wait for the status date
    for node, instant in bounds.starts:
        if node in finish_points:
            bounds.finishes.append((node, instant))
        elif state[node] in LIVE:
            low[node] = max(low[node], clocks[clk[node]].work(instant))
    _settle_finishes(draft)
    if draft.dialect.data_date_first and draft.data_date is not None:
        for node, high in bounds.high.items():
            data_date = bases.get(nodes.project[node], base)
            bounds.high[node] = max(high, clocks[clk[node]].work(data_date))
            if node in bounds.caps:
                bounds.caps[node][2] = clocks[clk[node]].work(data_date)
    for node, start in bounds.by_hand.items():  # nothing else moves it, forward or back
        low[node] = bounds.high[node] = start
        bounds.floor.pop(node, None)
        bounds.floor_edges.discard(node)
    return low


def _unclipped(draft: Draft, dst: Sequence[int], typ: Sequence[int]) -> set[int]:
    """Nodes that may lie before the start of all, where the dialect has it so: a lead takes them there, or their own bound does."""
    if draft.dialect.clip or draft.data_date is not None:  # a status date binds whatever a lead asks for
        return set()
    nodes = draft.nodes
    found = {v for v in dst if nodes.state[v] is State.NORMAL and nodes.project[v] not in draft.bases}
    found |= {v for v in draft.bounds.own if nodes.state[v] is State.NORMAL and nodes.project[v] not in draft.bases}
    return found - {v for v, kind in zip(dst, typ, strict=True) if kind == LinkType.FF}  # those lead to no earlier start


def _settle_finishes(draft: Draft) -> None:
    """The least finish of each node, and whether it lies in a break."""
    nodes, bounds = draft.nodes, draft.bounds
    for node, instant in bounds.finishes:
        if nodes.state[node] in LIVE:
            clock = draft.clocks[nodes.clk[node]]
            least = clock.work(instant)
            if least >= bounds.floor.get(node, least):
                if clock.waits(instant):
                    bounds.floor_edges.add(node)
                elif least > bounds.floor.get(node, least):
                    bounds.floor_edges.discard(node)
                bounds.floor[node] = least
