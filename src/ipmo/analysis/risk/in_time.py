"""What links that hand over in time ask of their receivers."""

from __future__ import annotations

from ipmo.network.passes import Passes
from ipmo.network.sampled import Cap, SampledPass
from ipmo.network.states import TO_FINISH

__all__ = ["capped"]


def capped(passes: Passes, sampled: SampledPass, wanted: frozenset[int]) -> dict[int, Cap]:
    """What links that hand over in time ask for at most, by their place: what they ask for in the schedule."""
    base, q = passes.network, passes.lists
    asked: dict[int, tuple[Cap, int]] = {}
    for v in range(base.n):
        for k in range(q.ptr[v], q.ptr[v + 1]):
            number = base.numbers.get(q.perm[k], -1)
            if number in wanted:
                start, waits = passes.asked(k, v)
                asked[number] = Cap(start + (q.dur[v] if q.typ[k] in TO_FINISH else 0), waits), q.clk[v]
    out: dict[int, Cap] = {}
    for v in range(sampled.network.n):
        for k in range(sampled.ptr[v], sampled.ptr[v + 1]):
            number = sampled.network.numbers.get(sampled.links[k], -1)
            if number in asked:
                cap, given = asked[number]  # work that comes to nothing may lie on another clock
                if given == sampled.clk[v]:
                    out[k] = cap
                    continue
                clock, own = base.clock(given), sampled.network.clock(sampled.clk[v])
                instant = clock.finish(cap.at) if sampled.typ[k] in TO_FINISH and not cap.waits else clock.start(cap.at)
                out[k] = Cap(own.work(instant), sampled.typ[k] in TO_FINISH and own.waits(instant))
    return out
