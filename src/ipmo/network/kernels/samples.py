"""The pass forward over a group of samples at once, the draws in it, and which of them are critical: for links of one number.

A row has a number for each sample of a group. Lengths that nothing but their own estimate changes are drawn where they are needed, so that
they never leave the cache. Rows are 32 bits wide: minutes of work after a beginning that all share.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.columns import FF, FS
from ipmo.network.kernels.draws import fill_uniforms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints32 = NDArray[np.int32]
    Ints64 = NDArray[np.int64]
    Floats = NDArray[np.float64]


class SampledLinks(NamedTuple):
    """Links of one number, by target position.

    Args:
        ptr: where the links into each position begin, and their number at the end; int64.
        src: source positions; int64.
        typ: types; int64.
        lag: minutes; int32.
    """

    ptr: Ints64
    src: Ints64
    typ: Ints64
    lag: Ints32


class SampledWork(NamedTuple):
    """What each position lasts, and what it may not start or finish before; one number a position but where rows are said.

    Args:
        low: the earliest start.
        floor: the least finish.
        dur: its length, where nothing changes it.
        kind: 0 for that length, 1 for one that is drawn here, 2 for one of the rows given.
        row: which estimate, or which row.
        estimates: a row an estimate: least, likely and greatest value, 1 where all between are alike, minutes in a unit, the share left.
        streams: a row an estimate: two words of the key, two of the counter.
        rows: lengths that were made elsewhere, a row each; int32.
        group: which end a position counts for, -1 for none.
    """

    low: Ints32
    floor: Ints32
    dur: Ints32
    kind: Ints64
    row: Ints64
    estimates: Floats
    streams: Ints64
    rows: Ints32
    group: Ints64


def draw_lengths(estimate: Floats, stream: Ints64, counter: int, u: Floats, out: Ints32) -> None:
    """Lengths of one triangular or uniform estimate for successive samples, in whole minutes rounded half to even.

    Args:
        estimate: a row of `SampledWork.estimates`.
        stream: a row of `SampledWork.streams`.
        counter: of the first sample.
        u: room for the draws.
        out: takes the lengths.
    """
    fill_uniforms(u, out, stream[0], stream[1], stream[2], stream[3], counter)
    low = estimate[0]
    likely = estimate[1]
    high = estimate[2]
    unit = estimate[4]
    left = estimate[5]
    width = high - low
    first = likely - low
    second = high - likely
    if estimate[3] == 1.0:
        for s in range(len(u)):
            u[s] = low + u[s] * width
    else:
        for s in range(len(u)):
            x = u[s]
            part = x * width
            below = part <= first
            root = math.sqrt(part * first if below else (1.0 - x) * width * second)
            u[s] = low + root if below else high - root
    if left == 1.0:
        for s in range(len(u)):  # adding 1.5 * 2^52 rounds half to even
            out[s] = (u[s] * unit + 6755399441055744.0) - 6755399441055744.0
    else:
        for s in range(len(u)):
            whole = (u[s] * unit + 6755399441055744.0) - 6755399441055744.0
            out[s] = (whole * left + 6755399441055744.0) - 6755399441055744.0


def sample_forward(
    links: SampledLinks, work: SampledWork, counter: int, u: Floats, d: Ints32, asked: Ints32, start: Ints32, finish: Ints32, ends: Ints32
) -> None:
    """Starts and finishes of all positions in one group of samples, and the last finish of each group of positions.

    Args:
        links: the links.
        work: lengths and bounds.
        counter: of the first sample of the group.
        u, d, asked: room for a row each.
        start, finish: take the dates, a row a position.
        ends: a row a group of positions; holds lower bounds on entry.
    """
    size = len(u)
    for v in range(len(work.low)):
        kind = work.kind[v]
        if kind == 1:
            draw_lengths(work.estimates[work.row[v]], work.streams[work.row[v]], counter, u, d)
        elif kind == 2:
            r = work.row[v]
            for s in range(size):
                d[s] = work.rows[r, s]
        else:
            for s in range(size):
                d[s] = work.dur[v]
        for s in range(size):
            start[v, s] = work.low[v]
        if work.floor[v] > -1073741824:
            for s in range(size):
                asked[s] = work.floor[v] - d[s]
            for s in range(size):
                start[v, s] = max(start[v, s], asked[s])
        for k in range(links.ptr[v], links.ptr[v + 1]):
            p = links.src[k]
            typ = links.typ[k]
            lag = links.lag[k]
            if typ == FS and lag == 0:
                for s in range(size):
                    start[v, s] = max(start[v, s], finish[p, s])
                continue
            if typ == FS or typ == FF:  # noqa: SIM109 - compiled code compares faster than it looks into a tuple
                for s in range(size):
                    asked[s] = finish[p, s] + lag
            else:
                for s in range(size):
                    asked[s] = start[p, s] + lag
            if typ >= FF:
                for s in range(size):
                    asked[s] = asked[s] - d[s]
            for s in range(size):
                start[v, s] = max(start[v, s], asked[s])
        for s in range(size):
            finish[v, s] = start[v, s] + d[s]
        g = work.group[v]
        if g >= 0:
            for s in range(size):
                ends[g, s] = max(ends[g, s], finish[v, s])


def sample_critical(
    links: SampledLinks,
    group: Ints64,
    size: int,
    start: Ints32,
    finish: Ints32,
    ends: Ints32,
    end: Ints32,
    asked: Ints32,
    critical: NDArray[np.uint8],
    counts: Ints64,
    driving: Ints64,
    sums: Ints64,
) -> None:
    """In how many samples each position, and each link, lies on a driving path to an end.

    Args:
        links: the links.
        group: which end a position counts for, -1 for none.
        size: how many samples of the group count.
        start, finish: the dates, a row a position.
        ends: the finish that each group of positions would end at, a row each.
        end: the end of each sample, in minutes.
        asked: room for a row.
        critical: room for a row a position.
        counts: by position; added to.
        driving: by place of the link; added to.
        sums: by position: of lengths, their squares, their products with the end; added to.
    """
    for v in range(len(group)):
        g = group[v]
        if g >= 0:
            for s in range(size):
                critical[v, s] = finish[v, s] == ends[g, s]
        else:
            for s in range(size):
                critical[v, s] = 0
    for v in range(len(group) - 1, -1, -1):
        count = 0
        for s in range(size):
            count += int(critical[v, s])  # where nothing is compiled, numbers of few bits overflow
        counts[v] += count
        one = 0
        two = 0
        both = 0
        for s in range(size):
            length = int(finish[v, s] - start[v, s])
            one += length
            two += length * length
            both += length * int(end[s])
        sums[v, 0] += one
        sums[v, 1] += two
        sums[v, 2] += both
        if count == 0:
            continue
        for k in range(links.ptr[v], links.ptr[v + 1]):
            p = links.src[k]
            typ = links.typ[k]
            lag = links.lag[k]
            if typ == FS or typ == FF:  # noqa: SIM109 - compiled code compares faster than it looks into a tuple
                for s in range(size):
                    asked[s] = finish[p, s] + lag
            else:
                for s in range(size):
                    asked[s] = start[p, s] + lag
            found = 0
            if typ >= FF:
                for s in range(size):
                    drives = critical[v, s] & (asked[s] == finish[v, s])
                    found += int(drives)
                    critical[p, s] |= drives
            else:
                for s in range(size):
                    drives = critical[v, s] & (asked[s] == start[v, s])
                    found += int(drives)
                    critical[p, s] |= drives
            driving[k] += found
