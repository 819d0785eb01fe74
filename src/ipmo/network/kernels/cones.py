"""Loops that bring dates up to date after a change: only what moves is looked at. See `kernels` and `overlay`.

Nodes are numbered as positions of the network that the overlay stands on; `rank[v]` is their place in the order as it is
now, `at[r]` the node at a place. Links hang in lists: `first_in[v]` and `next_in[k]`, `first_out[v]` and `next_out[k]`, -1 at
their ends. `bits` holds the ranks that wait, 32 a word; logs take what was before.
"""

from __future__ import annotations

from typing import Any

from ipmo.network.kernels.passes import FAR, edged, finish_at, given, latest_of, roomy, start_at, taken, work


def cone_forward(
    bits: Any,
    first: Any,
    budget: Any,
    at: Any,
    rank: Any,
    first_in: Any,
    next_in: Any,
    first_out: Any,
    next_out: Any,
    src: Any,
    dst: Any,
    w: Any,
    mode: Any,
    typ: Any,
    lagclk: Any,
    lag: Any,
    cal: Any,
    clk: Any,
    dur: Any,
    mark: Any,
    high: Any,
    low: Any,
    floors: Any,
    x: Any,
    edge: Any,
    log: Any,
    log_x: Any,
    log_edge: Any,
) -> Any:
    """Early starts of what waits and of what that moves, in order; how many moved, or -1 - that many past the budget."""
    moved = 0
    seen = 0
    word = first // 32
    words = len(bits)
    while word < words:
        if bits[word] == 0:
            word += 1
            continue
        r = word * 32
        left = bits[word]
        while left & 1 == 0:
            left >>= 1
            r += 1
        bits[word] &= ~(1 << (r % 32))
        v = at[r]
        seen += 1
        best = low[v]
        late = floors[v]
        least = FAR
        k = first_in[v]
        while k >= 0:
            u = src[k]
            m = mode[k]
            e = 0
            if m == 0:
                y = x[u] + w[k]
            elif m == 3:
                y = x[u] + w[k]
                e = edge[u]
            else:
                t = given(cal, clk, dur, u, typ[k], m, lagclk[k], lag[k], x[u], edge[u])
                y = work(cal, clk[v], t)
                if typ[k] >= 2:
                    e = edged(cal, clk[v], t)
                    y -= dur[v]
            if mark[v] & 1:
                if y < least:
                    least = y
            elif y > best:
                best = y
                late = e
            elif y == best and e > late:
                late = e
            k = next_in[k]
        if mark[v] & 1 and least != FAR and least > best:
            best = least
        if best > high[v]:
            best = high[v]
            late = 0
        if mark[v] & 8:
            late = 0
        if mark[v] & 2:
            late = 1
        if best != x[v] or late != edge[v]:
            log[moved] = v
            log_x[moved] = x[v]
            log_edge[moved] = edge[v]
            moved += 1
            x[v] = best
            edge[v] = late
            k = first_out[v]
            while k >= 0:
                q = rank[dst[k]]
                bits[q // 32] |= 1 << (q % 32)
                k = next_out[k]
        if seen > budget:
            return -1 - moved
    return moved


def cone_backward(
    bits: Any,
    last: Any,
    budget: Any,
    at: Any,
    rank: Any,
    first_in: Any,
    next_in: Any,
    first_out: Any,
    next_out: Any,
    src: Any,
    dst: Any,
    w: Any,
    mode: Any,
    typ: Any,
    lagclk: Any,
    lag: Any,
    cal: Any,
    clk: Any,
    dur: Any,
    pin: Any,
    mark: Any,
    fixed: Any,
    fixed_room: Any,
    own: Any,
    group: Any,
    ends: Any,
    x: Any,
    y: Any,
    room: Any,
    log: Any,
    log_y: Any,
    log_room: Any,
) -> Any:
    """Late starts of what waits and of what that moves, last first; how many moved, or -1 - that many past the budget.

    The bound of a position is the least of `fixed` (dates that nothing moves), its own early start where `own` is 1, and
    what its group of `ends` allows (-FAR: no group).
    """
    moved = 0
    seen = 0
    word = last // 32
    while word >= 0:
        if bits[word] == 0:
            word -= 1
            continue
        r = word * 32 + 31
        while bits[word] >> (r % 32) & 1 == 0:
            r -= 1
        bits[word] &= ~(1 << (r % 32))
        v = at[r]
        seen += 1
        best = fixed[v]
        wait = fixed_room[v]
        if own[v] and x[v] < best:
            best = x[v]
            wait = 1
        if group[v] >= 0 and ends[group[v]] < FAR // 2:
            t = ends[group[v]]
            z = work(cal, clk[v], t) - dur[v]
            e = roomy(cal, clk[v], t)
            if z < best:
                best = z
                wait = e
            elif z == best and e < wait:
                wait = e
        k = first_out[v]
        while k >= 0:
            h = dst[k]
            if y[h] < FAR // 2:
                m = mode[k]
                e = 1
                if m == 0:
                    z = y[h] - w[k]
                elif m == 3:
                    z = y[h] - w[k]
                    e = room[h]
                else:
                    t = taken(cal, clk, dur, h, typ[k], m, lagclk[k], lag[k], y[h], room[h])
                    z = latest_of(cal, clk, dur, v, typ[k], m, t)
                    if typ[k] == 0 or typ[k] == 2:
                        e = roomy(cal, clk[v], t)
                if z < best:
                    best = z
                    wait = e
                elif z == best and e < wait:
                    wait = e
            k = next_out[k]
        if pin[v] != FAR:
            best = pin[v]
            wait = 1
        if mark[v] & 4:
            wait = 0
        if best != y[v] or wait != room[v]:
            log[moved] = v
            log_y[moved] = y[v]
            log_room[moved] = room[v]
            moved += 1
            y[v] = best
            room[v] = wait
            k = first_in[v]
            while k >= 0:
                q = rank[src[k]]
                bits[q // 32] |= 1 << (q % 32)
                k = next_in[k]
        if seen > budget:
            return -1 - moved
    return moved


def reorder(
    u: Any,
    v: Any,
    at: Any,
    rank: Any,
    first_in: Any,
    next_in: Any,
    first_out: Any,
    next_out: Any,
    src: Any,
    dst: Any,
    seen: Any,
    stamp: Any,
    ahead: Any,
    behind: Any,
) -> Any:
    """Makes room for a link from u to v in the order (Pearce and Kelly 2006); -1 when it would close a loop.

    Args:
        seen: stamps of earlier calls; `stamp` is a new one.
        ahead, behind: room for as many nodes as there are.

    Returns:
        How many nodes changed places: they stand in `behind` and `ahead`.
    """
    low = rank[v]
    high = rank[u]
    if high < low:
        return 0
    ahead[0] = v
    seen[v] = stamp
    found = 1
    place = 0
    while place < found:  # what v reaches within the stretch
        k = first_out[ahead[place]]
        place += 1
        while k >= 0:
            h = dst[k]
            if h == u:
                return -1
            if seen[h] != stamp and rank[h] < high:
                seen[h] = stamp
                ahead[found] = h
                found += 1
            k = next_out[k]
    behind[0] = u
    seen[u] = stamp
    back = 1
    place = 0
    while place < back:  # what reaches u within the stretch
        k = first_in[behind[place]]
        place += 1
        while k >= 0:
            h = src[k]
            if seen[h] != stamp and rank[h] > low:
                seen[h] = stamp
                behind[back] = h
                back += 1
            k = next_in[k]
    ranks = [0] * (found + back)
    keys = [0] * back
    for i in range(back):
        keys[i] = rank[behind[i]]
        ranks[i] = rank[behind[i]]
    for i in range(found):
        ranks[back + i] = rank[ahead[i]]
    ranks.sort()
    keys.sort()
    moved = [0] * (found + back)
    for i in range(back):
        moved[i] = at[keys[i]]
    later = [0] * found
    for i in range(found):
        later[i] = rank[ahead[i]]
    later.sort()
    for i in range(found):
        moved[back + i] = at[later[i]]
    for i in range(found + back):
        at[ranks[i]] = moved[i]
        rank[moved[i]] = ranks[i]
    return found + back


def settle_ends(
    log: Any,
    log_x: Any,
    log_edge: Any,
    moved: Any,
    changed: Any,
    old_length: Any,
    group: Any,
    member_ptr: Any,
    members: Any,
    cal: Any,
    clk: Any,
    dur: Any,
    x: Any,
    edge: Any,
    ends: Any,
    stale: Any,
) -> Any:
    """The last finish of each group after some positions moved; `stale` (zeros) is left as zeros.

    Args:
        log, log_x, log_edge, moved: what moved and where it was.
        changed, old_length: a position whose duration is another, and what it was; -1 for none.
    """
    alone = changed
    for i in range(moved + 1):
        if i < moved:
            v = log[i]
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
        now = start_at(cal, clk[v], x[v] + dur[v]) if edge[v] else finish_at(cal, clk[v], x[v] + dur[v])
        was = start_at(cal, clk[v], was_x + length) if was_edge else finish_at(cal, clk[v], was_x + length)
        if now >= ends[g]:
            ends[g] = now
            stale[g] = 0
        elif was == ends[g]:
            stale[g] = 1
    for i in range(moved + 1):
        if i == moved and alone < 0:
            break
        g = group[log[i]] if i < moved else group[alone]
        if g >= 0 and stale[g]:
            stale[g] = 0
            best = -FAR
            for j in range(member_ptr[g], member_ptr[g + 1]):
                v = members[j]
                t = start_at(cal, clk[v], x[v] + dur[v]) if edge[v] else finish_at(cal, clk[v], x[v] + dur[v])
                if t > best:
                    best = t
            ends[g] = best


def put_members(bits: Any, rank: Any, member_ptr: Any, members: Any, g: Any) -> Any:
    """Lets every member of a group wait; the highest of their ranks."""
    last = -1
    for j in range(member_ptr[g], member_ptr[g + 1]):
        r = rank[members[j]]
        bits[r // 32] |= 1 << (r % 32)
        if r > last:
            last = r
    return last


def settle(
    bits: Any,
    forward: Any,
    backward: Any,
    budget: Any,
    nodes: Any,
    links: Any,
    groups: Any,
    member_ptr: Any,
    members: Any,
    cal: Any,
    changed: Any,
    old_length: Any,
    relative: Any,
    by_group: Any,
    counts: Any,
) -> Any:
    """Every date after a change: early dates, ends of groups, late dates to the end and to the nearest target.

    Args:
        forward, backward: the nodes that the change touches; `backward` may be empty.
        budget: how many nodes each pass may look at.
        nodes, links, groups: the overlay's columns, a row each; see `overlay.NODE_ROWS` and the two that follow it.
        changed, old_length: a node whose duration is another, and what it was; -1 for none.
        relative: 1 where late dates to the end are kept as differences from it.
        by_group: 1 where late dates lead to the end of the own group instead of that of all.
        counts: takes how many nodes each pass moved; a pass over its budget leaves -1 less than that, and those after it 0.

    Returns:
        The first pass that went over its budget (0, 1, 2), else 3.
    """
    at, rank, first_in, first_out, clk, dur = nodes[0], nodes[1], nodes[2], nodes[3], nodes[4], nodes[5]
    mark, high, pin, low, floors, x, edge = nodes[6], nodes[7], nodes[8], nodes[9], nodes[10], nodes[11], nodes[12]
    group, own, nobody = nodes[13], nodes[14], nodes[15]
    src, dst, w, mode, typ, lagclk, lag = links[0], links[1], links[2], links[3], links[4], links[5], links[6]
    next_in, next_out = links[7], links[8]
    ends, stale, done, before, whole, aims = groups[0], groups[1], groups[2], groups[3], groups[4], groups[5]
    last_group = len(ends) - 1  # that of all
    log, log_x, log_edge = nodes[26], nodes[27], nodes[28]
    for i in range(3):
        counts[i] = 0
    first = len(x)
    for i in range(len(forward)):
        r = rank[forward[i]]
        bits[r // 32] |= 1 << (r % 32)
        if r < first:
            first = r
    moved = cone_forward(
        bits, first, budget, at, rank, first_in, next_in, first_out, next_out, src, dst, w, mode, typ, lagclk, lag, cal, clk, dur,
        mark, high, low, floors, x, edge, log, log_x, log_edge,
    )  # fmt: skip
    counts[0] = moved
    if moved < 0:
        return 0
    for g in range(last_group + 1):
        before[g] = ends[g]
    settle_ends(log, log_x, log_edge, moved, changed, old_length, group, member_ptr, members, cal, clk, dur, x, edge, ends, stale)
    end = -FAR
    for g in range(last_group):
        if ends[g] > end:
            end = ends[g]
        aims[g] = ends[g] if ends[g] > done[g] else done[g]
        whole[g] = aims[g]
    ends[last_group] = end
    whole[last_group] = 0 if relative else end
    for kind in range(2):
        last = -1
        for i in range(len(backward)):
            r = rank[backward[i]]
            bits[r // 32] |= 1 << (r % 32)
            if r > last:
                last = r
        if kind == 0 and not by_group:
            if not relative and before[last_group] != end:
                for r in range(len(x)):
                    bits[r // 32] |= 1 << (r % 32)
                last = len(x) - 1
        else:
            for g in range(last_group):
                if before[g] != ends[g]:
                    r = put_members(bits, rank, member_ptr, members, g)
                    if r > last:
                        last = r
        if kind == 1:
            for i in range(moved):
                v = log[i]
                if own[v]:
                    r = rank[v]
                    bits[r // 32] |= 1 << (r % 32)
                    if r > last:
                        last = r
        if last < 0:
            continue
        if kind == 0:
            counts[1] = cone_backward(
                bits, last, budget, at, rank, first_in, next_in, first_out, next_out, src, dst, w, mode, typ, lagclk, lag, cal, clk,
                dur, pin, mark, nodes[16], nodes[17], nobody, nodes[24], whole, x, nodes[20], nodes[21], nodes[29], nodes[30], nodes[31],
            )  # fmt: skip
            if counts[1] < 0:
                return 1
        else:
            counts[2] = cone_backward(
                bits, last, budget, at, rank, first_in, next_in, first_out, next_out, src, dst, w, mode, typ, lagclk, lag, cal, clk,
                dur, pin, mark, nodes[18], nodes[19], own, nodes[25], aims, x, nodes[22], nodes[23], nodes[32], nodes[33], nodes[34],
            )  # fmt: skip
            if counts[2] < 0:
                return 2
    return 3


def slips_one_by_one(
    first_seed: Any, seeds: Any, lows: Any, bits: Any, nodes: Any, links: Any, cal: Any, ends: Any, aimed: Any, late_group: Any, seen: Any,
    counts: Any, log_row: Any, log_what: Any, log_value: Any,
) -> Any:  # fmt: skip
    """What moves when some nodes start later: for many slips, each on its own; everything is put back after each.

    Args:
        first_seed: where the seeds of each slip begin (slips + 1).
        seeds, lows: nodes, and the starts before which they may not start.
        nodes, links: the overlay's columns; see `overlay.NODE_ROWS` and the two that follow it.
        ends: the last finish of each group as an instant.
        aimed: 1 for nodes whose own finish is asked for.
        late_group: the last finish of each group in a slip; room, 1 a group. `seen`: zeros, 1 a group.
        counts: takes how many slips were done, fewer than all when the logs are too short, and how many movements there are.
        log_row, log_what, log_value: take what moved: the slip, the node or -1 - the group, and its new finish as an instant.
    """
    at, rank, first_in, first_out, clk, dur = nodes[0], nodes[1], nodes[2], nodes[3], nodes[4], nodes[5]
    mark, high, low, floors, x, edge, group = nodes[6], nodes[7], nodes[9], nodes[10], nodes[11], nodes[12], nodes[13]
    src, dst, w, mode, typ, lagclk, lag = links[0], links[1], links[2], links[3], links[4], links[5], links[6]
    next_in, next_out = links[7], links[8]
    log, log_x, log_edge = nodes[26], nodes[27], nodes[28]
    groups = len(late_group)
    logged = 0
    for row in range(len(first_seed) - 1):
        first = len(x)
        for i in range(first_seed[row], first_seed[row + 1]):
            v = seeds[i]
            r = rank[v]
            bits[r // 32] |= 1 << (r % 32)
            if r < first:
                first = r
        if first == len(x):
            continue
        kept = [0] * 0
        kept_floor = [0] * 0
        for i in range(first_seed[row], first_seed[row + 1]):
            v = seeds[i]
            kept.append(low[v])
            kept_floor.append(floors[v])
            if lows[i] > low[v]:
                low[v] = lows[i]
                floors[v] = 0
        moved = cone_forward(
            bits, first, 2 * len(x), at, rank, first_in, next_in, first_out, next_out, src, dst, w, mode, typ, lagclk, lag, cal, clk, dur,
            mark, high, low, floors, x, edge, log, log_x, log_edge,
        )  # fmt: skip
        short = logged + moved + groups > len(log_row)
        for i in range(moved):
            v = log[i]
            g = group[v]
            if not short and (g >= 0 or aimed[v]):
                t = start_at(cal, clk[v], x[v] + dur[v]) if edge[v] else finish_at(cal, clk[v], x[v] + dur[v])
                if g >= 0 and t > ends[g] and (seen[g] == 0 or t > late_group[g]):
                    seen[g] = 1
                    late_group[g] = t
                if aimed[v]:
                    log_row[logged] = row
                    log_what[logged] = v
                    log_value[logged] = t
                    logged += 1
        for i in range(moved):
            v = log[i]
            g = group[v]
            if g >= 0 and seen[g]:
                seen[g] = 0
                log_row[logged] = row
                log_what[logged] = -1 - g
                log_value[logged] = late_group[g]
                logged += 1
            x[v] = log_x[i]
            edge[v] = log_edge[i]
        for i in range(len(kept) - 1, -1, -1):
            low[seeds[first_seed[row] + i]] = kept[i]
            floors[seeds[first_seed[row] + i]] = kept_floor[i]
        if short:
            counts[0] = row
            counts[1] = logged
            return
    counts[0] = len(first_seed) - 1
    counts[1] = logged
