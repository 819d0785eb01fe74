"""The pass forward over a group of samples at once, the draws in it, and which of them are critical.

A row has a number for each sample of a group. Lengths that nothing but their own estimate changes are drawn where they are needed, so that
they never leave the cache. Rows are 32 bits wide: minutes of work after a beginning that all share. A row is kept no longer than somebody asks
for it; which links drive their targets is kept as bits, so that what is critical is found without any dates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.clocks import add_months
from ipmo.network.kernels.columns import EARLY_AT_WORK, FF, FINISHES, FS, MONTHS, ONE_IS_ENOUGH, PLAIN, SF, SS, STARTS_SHIFT
from ipmo.network.kernels.days import DayTables, to_ends, to_instants, to_work
from ipmo.network.kernels.draws import draw_beta, draw_lengths

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints32 = NDArray[np.int32]
    Ints64 = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bits = NDArray[np.uint8]


class SampledLinks(NamedTuple):
    """Links by target position.

    Args:
        ptr: where the links into each position begin, and their number at the end; int64.
        src: source positions; int64.
        typ: types; int64.
        lag: minutes, or calendar months; int32.
        mode: how each is counted; int64.
        lagclk: the clock that its lag is counted on; int64.
    """

    ptr: Ints64
    src: Ints64
    typ: Ints64
    lag: Ints32
    mode: Ints64
    lagclk: Ints64


class SampledWork(NamedTuple):
    """What each position lasts, and what bounds it; one number a position but where rows are said.

    Args:
        low: the earliest start.
        floor: the least finish, -2^30 for none.
        floor_edge: 1 where that lies in a break.
        high: the latest early start, 2^30 for none.
        high_end: the latest early finish that caps the start by the length, 2^30 for none.
        high_least: what that cap is not below.
        mark: what is special of it.
        clk: its clock.
        dur: its length, where nothing changes it.
        kind: 0 for that length, 1 for one that is drawn here, 2 for one of the rows given.
        row: which estimate, or which row.
        estimates: a row an estimate: least, likely and greatest value, 1 where all between are alike, minutes in a unit, the share left.
        streams: a row an estimate: two words of the key, two of the counter.
        table: by estimate, which table says its distribution, -1 for none.
        tables: a table: a row of three coefficients a piece of the shares; see `draws.draw_beta`.
        group: which end a position counts for, -1 for none; one whose finish may lie in a break counts in wall-clock time.
        finish: the row of dates that takes its finish; int64.
        start: the row of dates that takes its start, -1 where nobody asks for it.
        edge: the row of edges that says where its finish lies in a break, -1 where it never does.
    """

    low: Ints32
    floor: Ints32
    floor_edge: Ints64
    high: Ints32
    high_end: Ints32
    high_least: Ints32
    mark: Ints64
    clk: Ints64
    dur: Ints32
    kind: Ints64
    row: Ints64
    estimates: Floats
    streams: Ints64
    table: Ints64
    tables: Floats
    group: Ints64
    finish: Ints64
    start: Ints64
    edge: Ints64


class SampledRoom(NamedTuple):
    """Room for the rows of one group of samples.

    Args:
        words: a row of random words.
        values: a row of values from 0 to 1; float64.
        d: a row of lengths.
        x: a row of starts.
        late: a row of edges.
        t, back: rows of instants; int64.
        asked: a row a link into the position that has most of them: the starts that links ask for.
        asked_late: their edges.
        dates: rows of starts and finishes.
        edges: rows of edges.
        drawn: the lengths that are drawn here, a row each.
        given: the lengths that were made elsewhere, a row each.
        drives: a row of bits a link: whether it drives its target; bit b of number j is sample j + b times their number.
        critical: the same a position: whether it is critical.
        touched: 1 for each position that may be critical.
        ends: a row a group of positions: its last finish.
    """

    words: Ints32
    values: Floats
    d: Ints32
    x: Ints32
    late: Bits
    t: Ints64
    back: Ints64
    asked: Ints32
    asked_late: Bits
    dates: Ints32
    edges: Bits
    drawn: Ints32
    given: Ints32
    drives: Bits
    critical: Bits
    touched: Bits
    ends: Ints32


def later_of(x: Ints32, dates: Ints32, r: int) -> None:
    """The later of two rows of starts, or of finishes; the second is row r of many."""
    for s in range(len(x)):
        x[s] = max(x[s], dates[r, s])


def latest_of_both(x: Ints32, late: Bits, asked: Ints32, asked_late: Bits) -> None:
    """The later of two rows of starts, with its edge; of equal ones an edge of either."""
    for s in range(len(x)):
        one = asked_late[s]
        if asked[s] > x[s]:
            late[s] = one
        elif asked[s] == x[s]:
            late[s] = late[s] | one
        x[s] = max(x[s], asked[s])


def mark_alike(x: Ints32, dates: Ints32, r: int, bits: Bits, k: int) -> None:
    """Bits of where a row of starts is row r of many: where a link drives; they are row k of the bits."""
    q = bits.shape[1]
    for j in range(q):
        found = 1 if dates[r, j] == x[j] else 0
        found |= 2 if dates[r, j + q] == x[j + q] else 0
        found |= 4 if dates[r, j + 2 * q] == x[j + 2 * q] else 0
        found |= 8 if dates[r, j + 3 * q] == x[j + 3 * q] else 0
        found |= 16 if dates[r, j + 4 * q] == x[j + 4 * q] else 0
        found |= 32 if dates[r, j + 5 * q] == x[j + 5 * q] else 0
        found |= 64 if dates[r, j + 6 * q] == x[j + 6 * q] else 0
        found |= 128 if dates[r, j + 7 * q] == x[j + 7 * q] else 0
        bits[k, j] = found


def ask_through_clocks(
    days: DayTables, links: SampledLinks, work: SampledWork, k: int, v: int, d: Ints32, j: int, room: SampledRoom
) -> None:
    """The starts that a link through the calendars asks for, and whether the finish then lies in a break; see `kernels.links.push`.

    Args:
        days: the clocks.
        links, work: the network.
        k: the link.
        v: its target.
        d: how long that lasts.
        j: the row of `asked` that takes the starts.
        room: the rows.
    """
    u = links.src[k]
    typ = links.typ[k]
    lag = int(links.lag[k])
    lagclk = links.lagclk[k]
    own = work.clk[v]
    t, back, asked, asked_late = room.t, room.back, room.asked, room.asked_late
    starts = typ == SS
    if typ == SF:
        starts = True
    instants_of(days, work.clk[u], work.start[u] if starts else work.finish[u], -2 if starts else work.edge[u], room.dates, room.edges, t)
    if links.mode[k] == MONTHS:
        for s in range(len(t)):
            t[s] = add_months(t[s], lag)
    elif lag != 0:
        to_work(days, lagclk, t)
        for s in range(len(t)):
            t[s] = t[s] + lag
        if lag > 0:
            to_ends(days, lagclk, t)
        else:
            to_instants(days, lagclk, t)
    for s in range(len(t)):
        back[s] = t[s]
    to_work(days, own, t)
    for s in range(len(t)):
        asked[j, s] = t[s]
        asked_late[j, s] = 0
    if typ >= FF:
        if own != 0:
            to_ends(days, own, t)
            for s in range(len(t)):
                asked_late[j, s] = 1 if back[s] > t[s] else 0
        for s in range(len(t)):
            asked[j, s] = asked[j, s] - d[s]


def instants_of(days: DayTables, clock: int, row: int, edge: int, dates: Ints32, edges: Bits, out: Ints64) -> None:
    """The instants of a row of finishes, or of starts.

    Args:
        days: the clocks.
        clock: the row's.
        row: which row of dates it is.
        edge: the row of edges that says where a finish lies where the next shift begins, -1 for none; -2 for a start.
        dates: minutes worked since the base.
        edges: see `SampledRoom`.
        out: takes the instants, as many as it has room for.
    """
    for s in range(len(out)):
        out[s] = dates[row, s]
    if edge == -2:
        to_instants(days, clock, out)
    elif edge < 0 or clock == 0:
        to_ends(days, clock, out)
    else:
        for s in range(len(out)):
            out[s] = out[s] - (1 - int(edges[edge, s]))
        to_instants(days, clock, out)
        for s in range(len(out)):
            out[s] = out[s] + (1 - int(edges[edge, s]))


def ask_by_number(links: SampledLinks, work: SampledWork, k: int, d: Ints32, j: int, room: SampledRoom) -> None:
    """The starts that a link of one number asks for, and whether the finish then lies in a break as its source's does."""
    u = links.src[k]
    typ = links.typ[k]
    lag = links.lag[k]
    row = work.finish[u] if typ == FS or typ == FF else work.start[u]  # noqa: SIM109 - compiled code compares faster
    if typ >= FF:
        for s in range(len(d)):
            room.asked[j, s] = room.dates[row, s] + lag - d[s]
    else:
        for s in range(len(d)):
            room.asked[j, s] = room.dates[row, s] + lag
    edge = work.edge[u]
    if links.mode[k] == FINISHES and edge >= 0:
        for s in range(len(d)):
            room.asked_late[j, s] = room.edges[edge, s]
    else:
        for s in range(len(d)):
            room.asked_late[j, s] = 0


def bound_below(work: SampledWork, v: int, d: Ints32, room: SampledRoom) -> None:
    """The starts of a position before any link."""
    low = work.low[v]
    x = room.x
    for s in range(len(x)):
        x[s] = low
    if work.edge[v] >= 0:
        for s in range(len(x)):
            room.late[s] = 0
    floor = work.floor[v]
    if floor > -1073741824:
        for s in range(len(x)):
            x[s] = max(x[s], floor - d[s])
        if work.floor_edge[v] == 1 and work.edge[v] >= 0:
            for s in range(len(x)):
                room.late[s] = int(x[s] == floor - d[s])


def bound_above(work: SampledWork, v: int, d: Ints32, room: SampledRoom) -> None:
    """No start is later than a constraint allows; what it holds back does not wait for a shift."""
    start = work.high[v]
    finish = work.high_end[v]
    least = work.high_least[v]
    if start == 1073741824 and finish == 1073741824:
        return
    for s in range(len(d)):
        high = max(min(start, finish - d[s]), least)
        if room.x[s] > high:
            room.x[s] = high
            room.late[s] = 0


def any_of(work: SampledWork, links: SampledLinks, v: int, room: SampledRoom) -> None:
    """The starts of a position for which one of several givers is enough: the least that is asked for."""
    first = links.ptr[v]
    count = links.ptr[v + 1] - first
    for s in range(len(room.x) if count > 0 else 0):
        least = room.asked[0, s]
        for j in range(1, count):
            least = min(least, room.asked[j, s])
        room.x[s] = max(room.x[s], least)


def date_specially(days: DayTables, links: SampledLinks, work: SampledWork, v: int, d: Ints32, room: SampledRoom) -> None:
    """The starts of any position, with their edges, and which links drive them."""
    x = room.x
    bound_below(work, v, d, room)
    first = links.ptr[v]
    last = links.ptr[v + 1]
    mark = work.mark[v]
    edge = work.edge[v]
    for k in range(first, last):
        j = k - first
        if links.mode[k] == PLAIN or links.mode[k] == FINISHES:
            ask_by_number(links, work, k, d, j, room)
        else:
            ask_through_clocks(days, links, work, k, v, d, j, room)
        if mark & ONE_IS_ENOUGH:
            continue
        if edge >= 0:
            latest_of_both(x, room.late, room.asked[j], room.asked_late[j])
        else:
            later_of(x, room.asked, j)
    if mark & ONE_IS_ENOUGH:
        any_of(work, links, v, room)
    bound_above(work, v, d, room)
    if edge >= 0:
        for s in range(len(x)):
            late = 0 if mark & EARLY_AT_WORK else int(room.late[s])
            room.edges[edge, s] = 1 if mark & STARTS_SHIFT else late
    for k in range(first, last):
        mark_alike(x, room.asked, k - first, room.drives, k)


def keep_lengths(d: Ints32, size: int, drawn: Ints32, r: int, sums: Ints64) -> None:
    """Keeps a row of lengths as row r of many, and adds those that count, and their squares, to the sums of it."""
    one = 0
    two = 0
    for s in range(size):
        length = int(d[s])
        one += length
        two += length * length
    sums[r, 0] += one
    sums[r, 1] += two
    for s in range(len(d)):
        drawn[r, s] = d[s]


def wall_finishes(days: DayTables, work: SampledWork, v: int, room: SampledRoom, out: Ints32) -> None:
    """The finishes of a position that may lie in breaks, in minutes of wall-clock time since the base."""
    instants_of(days, work.clk[v], work.finish[v], work.edge[v], room.dates, room.edges, room.t)
    for s in range(len(out)):
        out[s] = room.t[s] - days.base[0]


def sample_forward(
    days: DayTables, links: SampledLinks, work: SampledWork, special: Bits, counter: int, size: int, room: SampledRoom, sums: Ints64
) -> None:
    """Starts and finishes of all positions in one group of samples, and the last finish of each group of positions.

    Args:
        days: the clocks.
        links: the links.
        work: lengths and bounds.
        special: 1 for a position that more than links of one number bounds, 2 for one that may be the last of its group, 3 for both.
        counter: of the first sample of the group.
        size: how many samples of the group count.
        room: the rows; `ends` holds lower bounds on entry.
        sums: by estimate drawn: of lengths and their squares; added to.
    """
    ptr, src, lags, typs = links.ptr, links.src, links.lag, links.typ
    dates, drives, asked, x, d = room.dates, room.drives, room.asked, room.x, room.d
    words, drawn, given, dur, tabled, tables = room.words, room.drawn, room.given, work.dur, work.table, work.tables
    estimates, streams, kinds, rows = work.estimates, work.streams, work.kind, work.row
    finish, start, group, low, floor = work.finish, work.start, work.group, work.low, work.floor
    for v in range(len(low)):
        r = rows[v]
        if kinds[v] == 1:
            if tabled[r] >= 0:
                draw_beta(estimates, streams, tables, tabled[r], r, counter, words, room.values, d)
            else:
                draw_lengths(estimates, streams, r, counter, words, d)
            keep_lengths(d, size, drawn, r, sums)
        elif kinds[v] == 2:
            for s in range(len(d)):
                d[s] = given[r, s]
        else:
            for s in range(len(d)):
                d[s] = dur[v]
        first = ptr[v]
        last = ptr[v + 1]
        if special[v] & 1:
            date_specially(days, links, work, v, d, room)
        else:
            for s in range(len(x)):
                x[s] = low[v]
            if floor[v] > -1073741824:
                for s in range(len(x)):
                    x[s] = max(x[s], floor[v] - d[s])
            for k in range(first, last):
                if typs[k] == FS and lags[k] == 0:
                    later_of(x, dates, finish[src[k]])
                else:
                    ask_by_number(links, work, k, d, k - first, room)
                    later_of(x, asked, k - first)
            for k in range(first, last):
                if typs[k] == FS and lags[k] == 0:
                    mark_alike(x, dates, finish[src[k]], drives, k)
                else:
                    mark_alike(x, asked, k - first, drives, k)
        f = finish[v]
        for s in range(len(x)):
            dates[f, s] = x[s] + d[s]
        if start[v] >= 0:
            b = start[v]
            for s in range(len(x)):
                dates[b, s] = x[s]
        if special[v] & 2:
            if work.edge[v] >= 0 and work.clk[v] != 0:
                wall_finishes(days, work, v, room, x)
            else:
                for s in range(len(x)):
                    x[s] = dates[f, s]
            g = group[v]
            ends = room.ends
            for s in range(len(x)):
                ends[g, s] = max(ends[g, s], x[s])


def row_instants(days: DayTables, clk: Ints64, row: Ints64, edge: Ints64, dates: Ints32, edges: Bits, out: Ints64) -> None:
    """The instants of some rows of finishes, or of starts, a row each; see `instants_of`."""
    for i in range(len(row)):
        instants_of(days, clk[i], row[i], edge[i], dates, edges, out[i])


def sample_products(drawn: Ints32, end: Ints32, size: int, sums: Ints64) -> None:
    """The products of lengths with the end of their sample.

    Args:
        drawn: lengths, a row each.
        end: the end of each sample, in minutes.
        size: how many samples count.
        sums: by row; added to.
    """
    for r in range(len(drawn)):
        both = 0
        for s in range(size):
            both += int(drawn[r, s]) * int(end[s])
        sums[r, 2] += both


def bits_in(bits: Bits, r: int, counts: Bits) -> int:
    """How many bits of a row are set."""
    found = 0
    for j in range(bits.shape[1]):
        found += int(counts[bits[r, j]])
    return found


def sample_critical(
    days: DayTables,
    links: SampledLinks,
    work: SampledWork,
    last: Ints32,
    ending: Bits,
    valid: Bits,
    count_of: Bits,
    room: SampledRoom,
    counts: Ints64,
    driving: Ints64,
) -> None:
    """In how many samples each position, and each link, lies on a driving path to an end.

    Args:
        days: the clocks.
        links: the links.
        work: which rows hold the finishes.
        last: the finish that each group of positions would end at, a row each.
        ending: 1 for each position that may be the last of its group; its finish is still there.
        valid: the bits of those samples that count.
        count_of: how many bits each number of 8 bits has.
        room: the rows, after `sample_forward`.
        counts: by position; added to.
        driving: by place of the link; added to.
    """
    q = len(valid)
    critical, drives, touched, x, ptr, src = room.critical, room.drives, room.touched, room.x, links.ptr, links.src
    for v in range(len(ending)):
        touched[v] = ending[v]
        for j in range(q):
            critical[v, j] = 0
        if ending[v] == 1:
            if work.edge[v] >= 0 and work.clk[v] != 0:
                wall_finishes(days, work, v, room, x)
            else:
                for s in range(len(x)):
                    x[s] = room.dates[work.finish[v], s]
            mark_alike(x, last, work.group[v], critical, v)
            for j in range(q):
                critical[v, j] = critical[v, j] & valid[j]
    for v in range(len(ending) - 1, -1, -1):
        if touched[v] == 0:
            continue
        found = bits_in(critical, v, count_of)
        if found == 0:
            continue
        counts[v] += found
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            any_bit = 0
            for j in range(q):
                both = drives[k, j] & critical[v, j]
                drives[k, j] = both
                critical[u, j] = critical[u, j] | both
                any_bit |= both
            if any_bit != 0:
                touched[u] = 1
                driving[k] += bits_in(drives, k, count_of)
