"""Loops that settle every date of an overlay after a change; see `kernels.cones` and `ipmo.network.overlay`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ipmo.network.kernels.columns import FAR, TO_END, TO_TARGET, Dates, Links, Log, Nodes, Tables
from ipmo.network.kernels.cones import Bounds, cone_backward, cone_forward
from ipmo.network.kernels.order import Hung, Order, reorder
from ipmo.network.kernels.passes import finish_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

    Rows: TypeAlias = NDArray[np.int64] | list[list[int]]


class Members(NamedTuple):
    """The positions of each group: from `first[g]` to `first[g + 1]` in `members`."""

    first: Ints
    members: Ints


def settle_ends(
    log: Log,
    moved: int,
    changed: int,
    old_length: int,
    group: Ints,
    members: Members,
    nodes: Nodes,
    cal: Tables,
    early: Dates,
    ends: Ints,
    stale: Ints,
) -> None:
    """The last finish of each group after some positions moved; `stale` (zeros) is left as zeros.

    Args:
        log: what moved and where it was.
        moved: how many they are.
        changed: a position whose duration is another, -1 for none.
        old_length: what its duration was.
        group: the group of each position, -1 for none.
        members: the positions of each group.
        nodes: all positions.
        cal: the clocks.
        early: early dates as they are now.
        ends: the last finishes, which are brought up to date.
        stale: room for a flag a group.
    """
    clk, dur, x, edge = nodes.clk, nodes.dur, early.x, early.edge
    log_node, log_x, log_edge, first, inside = log.node, log.x, log.edge, members.first, members.members
    alone = changed
    for i in range(moved + 1):
        if i < moved:
            v = log_node[i]
            if v == changed:
                alone = -1
            was_x = log_x[i]
            was_edge = log_edge[i]
        else:
            if alone < 0:
                break
            v = alone  # its finish moved, its start did not
            was_x = x[v]
            was_edge = edge[v]
        g = group[v]
        if g < 0:
            continue
        length = old_length if v == changed else dur[v]
        now = finish_of(cal, clk[v], x[v] + dur[v], edge[v])
        was = finish_of(cal, clk[v], was_x + length, was_edge)
        if now >= ends[g]:
            ends[g] = now
            stale[g] = 0
        elif was == ends[g]:
            stale[g] = 1
    for i in range(moved + 1):
        if i == moved and alone < 0:
            break
        g = group[log_node[i]] if i < moved else group[alone]
        if g >= 0 and stale[g]:
            stale[g] = 0
            best = -FAR
            for j in range(first[g], first[g + 1]):
                v = inside[j]
                t = finish_of(cal, clk[v], x[v] + dur[v], edge[v])
                if t > best:
                    best = t
            ends[g] = best


def wake(bits: Ints, rank: Ints, nodes: Ints, first: int, last: int) -> tuple[int, int]:
    """Lets some nodes wait; the lowest and the highest of their places in the order, beyond all and -1 when there are none."""
    low, high = len(rank), -1
    for i in range(first, last):
        r = rank[nodes[i]]
        bits[r // 32] |= 1 << (r % 32)
        if r > high:
            high = r
        if r < low:
            low = r
    return low, high


def late_wakes(
    kind: int,
    bits: Ints,
    backward: Ints,
    relative: int,
    by_group: int,
    rank: Ints,
    members: Members,
    log: Log,
    moved: int,
    own: Ints,
    before: Ints,
    ends: Ints,
    rounded: int,
) -> int:
    """Lets wait what a pass back must look at first; the highest place, -1 for none.

    Args:
        kind: `TO_END` or `TO_TARGET`, what the late dates lead to.
        bits: the places that wait.
        backward: the nodes that the change touches.
        relative: 1 where late dates to the end are kept as differences from it.
        by_group: 1 where late dates lead to the end of the own group instead of that of all.
        rank: the place of each node.
        members: the positions of each group.
        log: what moved forward.
        moved: how many they are.
        own: 1 for those whose own early date bounds their late date.
        before: the ends of groups before the change.
        ends: the ends of groups now, and last that of all.
        rounded: 1 where late dates are rounded to shifts, never to before the early date of what is in time.
    """
    _, last = wake(bits, rank, backward, 0, len(backward))
    every = len(ends) - 1
    if kind == TO_END and not by_group:
        if not relative and before[every] != ends[every]:
            for r in range(len(rank)):
                bits[r // 32] |= 1 << (r % 32)
            last = len(rank) - 1
    else:
        for g in range(every):
            if before[g] != ends[g]:
                _, high = wake(bits, rank, members.members, members.first[g], members.first[g + 1])
                if high > last:
                    last = high
    if kind == TO_TARGET or rounded:
        for i in range(moved):
            v = log.node[i]
            if rounded or own[v]:
                r = rank[v]
                bits[r // 32] |= 1 << (r % 32)
                if r > last:
                    last = r
    return last


NODE_ROWS = (
    "at", "rank", "first_in", "first_out", "clk", "dur", "mark", "high", "pin", "low", "floors", "x", "edge", "group", "own", "nobody",
    "fixed", "fixed_room", "aim_fixed", "aim_fixed_room", "late", "room", "aim", "aim_room", "late_group", "aim_group",
    "log", "log_x", "log_edge", "log_1", "late_log", "room_log", "log_2", "aim_log", "aim_room_log", "seen", "ahead", "behind",
    "not_before",
)  # fmt: skip
"""What an overlay keeps of each node, in the rows of one table; the functions below say what belongs together."""
LINK_ROWS = ("src", "dst", "w", "mode", "typ", "lagclk", "lag", "next_in", "next_out")
"""What it keeps of each link."""
GROUP_ROWS = ("ends", "stale", "done", "before", "whole", "aims")
"""What it keeps of each project, and in the last column of all together."""


def order_in(nodes: Rows) -> Order:
    """The order of nodes in an overlay's table."""
    return Order(nodes[0], nodes[1])


def hung_in(nodes: Rows, links: Rows) -> Hung:
    """The lists that links hang in, in an overlay's tables."""
    return Hung(nodes[2], links[7], nodes[3], links[8], links[0], links[1])


def links_in(nodes: Rows, links: Rows) -> Links:
    """The links in an overlay's tables."""
    return Links(nodes[2], links[0], links[2], links[3], links[4], links[5], links[6])


def nodes_in(nodes: Rows) -> Nodes:
    """The nodes in an overlay's table."""
    return Nodes(nodes[4], nodes[5], nodes[6], nodes[7], nodes[8])


def low_in(nodes: Rows) -> Dates:
    """The lower bounds of starts in an overlay's table."""
    return Dates(nodes[9], nodes[10])


def early_in(nodes: Rows) -> Dates:
    """The early dates in an overlay's table."""
    return Dates(nodes[11], nodes[12])


def early_log_in(nodes: Rows) -> Log:
    """The log of early dates in an overlay's table."""
    return Log(nodes[26], nodes[27], nodes[28])


def hang_all(m: int, nodes: Rows, links: Rows) -> None:
    """Hangs the first m links into the lists of those into and out of each node, in their order."""
    hung = hung_in(nodes, links)
    for v in range(len(hung.first_in)):
        hung.first_in[v] = -1
        hung.first_out[v] = -1
    for i in range(m):
        k = m - 1 - i
        u, v = hung.src[k], hung.dst[k]
        hung.next_in[k] = hung.first_in[v]
        hung.first_in[v] = k
        hung.next_out[k] = hung.first_out[u]
        hung.first_out[u] = k


def make_room(u: int, v: int, nodes: Rows, links: Rows, stamp: int) -> int:
    """Makes room for a link from u to v in the order of an overlay; see `kernels.order.reorder`."""
    return reorder(u, v, order_in(nodes), hung_in(nodes, links), nodes[35], stamp, nodes[36], nodes[37])


def settle(
    bits: Ints,
    forward: Ints,
    backward: Ints,
    budget: int,
    nodes: Rows,
    links: Rows,
    groups: Rows,
    member_first: Ints,
    members: Ints,
    cal: Tables,
    changed: int,
    old_length: int,
    relative: int,
    by_group: int,
    rounded: int,
    counts: Ints,
) -> int:
    """Every date after a change: early dates, ends of groups, late dates to the end and to the nearest target.

    Args:
        bits: the places that wait, 32 a word; zeros.
        forward: the nodes whose early dates the change touches.
        backward: the nodes whose late dates it touches; may be empty.
        budget: how many nodes each pass may look at.
        nodes: the overlay's rows, `NODE_ROWS`.
        links: the overlay's rows, `LINK_ROWS`.
        groups: the overlay's rows, `GROUP_ROWS`.
        member_first: where the members of each group begin.
        members: the members of groups.
        cal: the clocks.
        changed: a node whose duration is another, -1 for none.
        old_length: what its duration was.
        relative: 1 where late dates to the end are kept as differences from it.
        by_group: 1 where late dates lead to the end of the own group instead of that of all.
        rounded: 1 where late dates are rounded to shifts.
        counts: takes how many nodes each pass moved; a pass over its budget leaves -1 less than that, and those after it 0.

    Returns:
        The first pass that went over its budget (0, 1, 2), else 3.
    """
    order, hung, web, work_of = order_in(nodes), hung_in(nodes, links), links_in(nodes, links), nodes_in(nodes)
    inside, early, log = Members(member_first, members), early_in(nodes), early_log_in(nodes)
    ends, stale, done, before, whole, aims = groups[0], groups[1], groups[2], groups[3], groups[4], groups[5]
    every = len(ends) - 1
    for i in range(3):
        counts[i] = 0
    first, _ = wake(bits, order.rank, forward, 0, len(forward))
    moved = cone_forward(bits, first, budget, order, hung, web, work_of, low_in(nodes), cal, early, log)
    counts[0] = moved
    if moved < 0:
        return 0
    for g in range(every + 1):
        before[g] = ends[g]
    settle_ends(log, moved, changed, old_length, nodes[13], inside, work_of, cal, early, ends, stale)
    end = -FAR
    for g in range(every):
        if ends[g] > end:
            end = ends[g]
        aims[g] = ends[g] if ends[g] > done[g] else done[g]
        whole[g] = aims[g]
    ends[every] = end
    whole[every] = 0 if relative else end
    last = late_wakes(TO_END, bits, backward, relative, by_group, order.rank, inside, log, moved, nodes[14], before, ends, rounded)
    if last >= 0:
        bounds = Bounds(nodes[16], nodes[17], nodes[15], nodes[24], whole)
        late, late_log = Dates(nodes[20], nodes[21]), Log(nodes[29], nodes[30], nodes[31])
        counts[1] = cone_backward(bits, last, budget, order, hung, web, work_of, bounds, cal, early, late, late_log)
        if counts[1] < 0:
            return 1
    last = late_wakes(TO_TARGET, bits, backward, relative, by_group, order.rank, inside, log, moved, nodes[14], before, ends, rounded)
    if last >= 0:
        bounds = Bounds(nodes[18], nodes[19], nodes[14], nodes[25], aims)
        late, late_log = Dates(nodes[22], nodes[23]), Log(nodes[32], nodes[33], nodes[34])
        counts[2] = cone_backward(bits, last, budget, order, hung, web, work_of, bounds, cal, early, late, late_log)
        if counts[2] < 0:
            return 2
    return 3


class Seeds(NamedTuple):
    """Nodes that start later, slip by slip.

    Args:
        first: where the nodes of each slip begin (slips + 1).
        nodes: the nodes.
        lows: the starts before which they may not start.
    """

    first: Ints
    nodes: Ints
    lows: Ints


class Slips(NamedTuple):
    """Room for what slips move.

    Args:
        counts: takes how many slips were done, fewer than all when the rest is too short, and how many movements there are.
        row: takes the slip of each movement.
        what: takes the node, or -1 - the group.
        value: takes its new finish as an instant.
    """

    counts: Ints
    row: Ints
    what: Ints
    value: Ints


def seed(bits: Ints, seeds: Seeds, row: int, rank: Ints, low: Dates, kept: Dates) -> int:
    """Lets the seeds of a slip wait and bounds them; `kept` takes the bounds there were. The lowest place, beyond all for none."""
    first, _ = wake(bits, rank, seeds.nodes, seeds.first[row], seeds.first[row + 1])
    for i in range(seeds.first[row], seeds.first[row + 1]):
        v = seeds.nodes[i]
        kept.x[i] = low.x[v]
        kept.edge[i] = low.edge[v]
        if seeds.lows[i] > low.x[v]:
            low.x[v] = seeds.lows[i]
            low.edge[v] = 0
    return first


def slips_one_by_one(
    seeds: Seeds, bits: Ints, nodes: Rows, links: Rows, cal: Tables, ends: Ints, aimed: Ints, late_group: Ints, seen: Ints, kept: Dates,
    out: Slips,
) -> None:  # fmt: skip
    """What moves when some nodes start later: for many slips, each on its own; everything is put back after each.

    Args:
        seeds: what starts later.
        bits: the places that wait; zeros.
        nodes: the overlay's rows, `NODE_ROWS`.
        links: the overlay's rows, `LINK_ROWS`.
        cal: the clocks.
        ends: the last finish of each group as an instant.
        aimed: 1 for nodes whose own finish is asked for.
        late_group: room, 1 a group.
        seen: zeros, 1 a group.
        kept: room for the bounds of seeds, 1 a seed.
        out: takes what moved.
    """
    order, hung, web, work_of = order_in(nodes), hung_in(nodes, links), links_in(nodes, links), nodes_in(nodes)
    low, early, log, group = low_in(nodes), early_in(nodes), early_log_in(nodes), nodes[13]
    log_row, log_what, log_value = out.row, out.what, out.value
    clk, dur, x, edge, log_node, log_x, log_edge = work_of.clk, work_of.dur, early.x, early.edge, log.node, log.x, log.edge
    groups = len(late_group)
    size = len(x)
    logged = 0
    for row in range(len(seeds.first) - 1):
        first = seed(bits, seeds, row, order.rank, low, kept)
        if first == size:
            continue
        moved = cone_forward(bits, first, 2 * size, order, hung, web, work_of, low, cal, early, log)
        short = logged + moved + groups > len(log_row)
        for i in range(moved):
            v = log_node[i]
            g = group[v]
            if not short and (g >= 0 or aimed[v]):
                t = finish_of(cal, clk[v], x[v] + dur[v], edge[v])
                if g >= 0 and t > ends[g] and (seen[g] == 0 or t > late_group[g]):
                    seen[g] = 1
                    late_group[g] = t
                if aimed[v]:
                    log_row[logged] = row
                    log_what[logged] = v
                    log_value[logged] = t
                    logged += 1
        for i in range(moved):
            v = log_node[i]
            g = group[v]
            if g >= 0 and seen[g]:
                seen[g] = 0
                log_row[logged] = row
                log_what[logged] = -1 - g
                log_value[logged] = late_group[g]
                logged += 1
            x[v] = log_x[i]
            edge[v] = log_edge[i]
        for i in range(seeds.first[row + 1] - 1, seeds.first[row] - 1, -1):
            low.x[seeds.nodes[i]] = kept.x[i]
            low.edge[seeds.nodes[i]] = kept.edge[i]
        if short:
            out.counts[0] = row
            out.counts[1] = logged
            return
    out.counts[0] = len(seeds.first) - 1
    out.counts[1] = logged
