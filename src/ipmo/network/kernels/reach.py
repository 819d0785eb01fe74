"""Loops over the interfaces of a network: how what is handed in leads to what is handed out. See `kernels` and `reach`.

A network falls into groups of positions whose links to one another are plain numbers; the links between groups are its
interfaces. `entry` numbers the positions that take something from another group, `exit` those that hand something on or
are a target of their own. Between an entry and an exit of a group only the longest way matters: `pair_*` holds it, by
entry and, turned round, by exit.
"""

from __future__ import annotations

from typing import Any

from ipmo.network.kernels.passes import FAR, edged, finish_at, forward_from, given, pull, start_at, work


def inner_forward(ptr: Any, src: Any, w: Any, inner: Any, x: Any) -> Any:
    """Early starts by the links inside groups alone; x holds the lower bounds on entry."""
    for v in range(len(x)):
        best = x[v]
        for k in range(ptr[v], ptr[v + 1]):
            if inner[k]:
                y = x[src[k]] + w[k]
                if y > best:
                    best = y
        x[v] = best


def inner_ways(
    ptr: Any, src: Any, w: Any, inner: Any, dur: Any, ending: Any, first: Any, member: Any, local: Any, entry_of: Any, exit_of: Any,
    first_entry: Any, first_exit: Any, exits: Any, width: Any, room: Any, leads: Any, tail: Any, pair_entry: Any, pair_exit: Any, pair_way: Any,
) -> Any:  # fmt: skip
    """The longest way from each entry to each exit of its group, and to the group's last finish; how many pairs there are.

    Args:
        first: where the members of each group begin in `member` (groups + 1).
        member: positions by group, ascending.
        local: the place of each position among the members of its group.
        entry_of, exit_of: the number of each position as entry and as exit, -1 where it is none.
        first_entry, first_exit: where the entries and exits of each group begin; both are numbered by group.
        exits: the position of each exit.
        width: how many exits are looked at together.
        room: room for `width` numbers for each member of the largest group; `leads` for one.
        tail: takes the way from each entry to the group's last finish, -FAR where none counts.
        pair_entry, pair_exit, pair_way: take the pairs.
    """
    pairs = 0
    none = -FAR
    for g in range(len(first) - 1):
        if first_entry[g + 1] == first_entry[g]:
            continue
        low, high = first[g], first[g + 1]
        for i in range(low, high):
            v = member[i]
            room[local[v]] = dur[v] if ending[v] else none
        for i in range(high - 1, low - 1, -1):
            v = member[i]
            best = room[local[v]]
            if best > none // 2:
                for k in range(ptr[v], ptr[v + 1]):
                    if inner[k]:
                        u = local[src[k]]
                        if w[k] + best > room[u]:
                            room[u] = w[k] + best
            if entry_of[v] >= 0:
                tail[entry_of[v]] = best
        begin = first_exit[g]
        while begin < first_exit[g + 1]:
            count = min(width, first_exit[g + 1] - begin)
            for i in range((high - low) * width):
                room[i] = none
            for i in range(high - low):
                leads[i] = 0
            last = low
            for q in range(begin, begin + count):
                place = local[exits[q]]
                leads[place] = 1
                room[place * width + q - begin] = 0
                if low + place > last:
                    last = low + place
            for i in range(last, low - 1, -1):
                v = member[i]
                row = local[v] * width
                if leads[local[v]] == 0:
                    continue
                for k in range(ptr[v], ptr[v + 1]):
                    if inner[k]:
                        leads[local[src[k]]] = 1
                        other = local[src[k]] * width
                        weight = w[k]
                        for j in range(count):
                            y = room[row + j] + weight
                            if y > room[other + j]:
                                room[other + j] = y
                e = entry_of[v]
                if e >= 0:
                    for j in range(count):
                        if room[row + j] > none // 2:
                            pair_entry[pairs] = e
                            pair_exit[pairs] = begin + j
                            pair_way[pairs] = room[row + j]
                            pairs += 1
            begin += count
    return pairs


def handed_on(cal: Any, clk: Any, dur: Any, w: Any, mode: Any, typ: Any, lagclk: Any, lag: Any, k: Any, u: Any, v: Any, x: Any) -> Any:
    """The start of v that a link between groups asks for when its source starts at x."""
    if mode[k] == 0 or mode[k] == 3:
        return x + w[k]
    return work(cal, clk[v], given(cal, clk, dur, u, typ[k], mode[k], lagclk[k], lag[k], x, 0))


def interface_cones(
    rows: Any, src: Any, dst: Any, w: Any, mode: Any, typ: Any, lagclk: Any, lag: Any, cal: Any, clk: Any, dur: Any,
    entries: Any, exits: Any, entry_of: Any, exit_of: Any, group_of_entry: Any, first_entry: Any,
    link_ptr: Any, links_in: Any, out_ptr: Any, links_out: Any, ptr_entry: Any, exit_by_entry: Any, ptr_exit: Any, entry_by_exit: Any,
    way_by_exit: Any, tail: Any, base: Any, base_end: Any, rank_entry: Any, rank_exit: Any, at: Any, bits: Any,
    start_entry: Any, y: Any, x: Any, end: Any, new_y: Any, new_x: Any, touched: Any, seen: Any, counts: Any, log_row: Any, log_what: Any, log_value: Any,
) -> Any:  # fmt: skip
    """What moves when a link between groups lets go: for many links, each on its own.

    Args:
        rows: link places.
        start_entry: the start of the position of each entry as it is.
        y, x, end: as it is: what each entry is asked for, the start of each exit, the last finish of each group on its clock.
        new_y, new_x: copies of y and x.
        rank_entry, rank_exit: their places in one order of positions, entries before exits; `at` turns round: the entry
            number, or -1 - the exit number.
        bits: zeros, a word for 32 ranks.
        touched: room for as many numbers as there are groups, entries and exits.
        seen: zeros, one a group.
        log_row, log_what, log_value: take what moved: the row, the exit or -1 - the group, and its new start or end.

        counts: takes how many rows were done, fewer than all when the logs are too short, and how many movements there are.
    """
    logged = 0
    none = -FAR
    groups = len(base_end)
    for row in range(len(rows)):
        gone = rows[row]
        source = src[gone]
        q = exit_of[source]
        e = entry_of[dst[gone]]
        if handed_on(cal, clk, dur, w, mode, typ, lagclk, lag, gone, source, dst[gone], x[q]) < start_entry[e]:
            continue  # something else sets the start there
        asked = none
        for i in range(link_ptr[e], link_ptr[e + 1]):
            k = links_in[i]
            if k != gone:
                t = handed_on(cal, clk, dur, w, mode, typ, lagclk, lag, k, src[k], dst[k], x[exit_of[src[k]]])
                if t > asked:
                    asked = t
        if asked == y[e]:
            continue
        if logged + groups + len(exits) > len(log_row):
            counts[0] = row
            counts[1] = logged
            return
        count = 0
        held = 0  # groups touched, kept at the far end of `touched`
        size = len(touched)
        new_y[e] = asked
        touched[count] = rank_entry[e]
        count += 1
        g = group_of_entry[e]
        seen[g] = 1
        held += 1
        touched[size - held] = g
        word = len(bits)
        for i in range(ptr_entry[e], ptr_entry[e + 1]):
            r = rank_exit[exit_by_entry[i]]
            bits[r // 32] |= 1 << (r % 32)
            if r // 32 < word:
                word = r // 32
        while word < len(bits):
            if bits[word] == 0:
                word += 1
                continue
            r = word * 32
            left = bits[word]
            while left & 1 == 0:
                left >>= 1
                r += 1
            bits[word] &= ~(1 << (r % 32))
            if at[r] >= 0:
                e = at[r]
                asked = none
                for i in range(link_ptr[e], link_ptr[e + 1]):
                    k = links_in[i]
                    if k == gone:
                        continue
                    t = handed_on(cal, clk, dur, w, mode, typ, lagclk, lag, k, src[k], dst[k], new_x[exit_of[src[k]]])
                    if t > asked:
                        asked = t
                if asked == new_y[e]:
                    continue
                new_y[e] = asked
                touched[count] = r
                count += 1
                g = group_of_entry[e]
                if seen[g] == 0:
                    seen[g] = 1
                    held += 1
                    touched[size - held] = g
                for i in range(ptr_entry[e], ptr_entry[e + 1]):
                    s = rank_exit[exit_by_entry[i]]
                    bits[s // 32] |= 1 << (s % 32)
            else:
                o = -1 - at[r]
                best = base[o]
                for i in range(ptr_exit[o], ptr_exit[o + 1]):
                    t = new_y[entry_by_exit[i]] + way_by_exit[i]
                    if t > best:
                        best = t
                if best == new_x[o]:
                    continue
                new_x[o] = best
                touched[count] = r
                count += 1
                for i in range(out_ptr[o], out_ptr[o + 1]):
                    s = rank_entry[entry_of[dst[links_out[i]]]]
                    bits[s // 32] |= 1 << (s % 32)
        for i in range(held):
            g = touched[size - 1 - i]
            seen[g] = 0
            best = base_end[g]
            for f in range(first_entry[g], first_entry[g + 1]):
                if tail[f] > none // 2 and new_y[f] + tail[f] > best:
                    best = new_y[f] + tail[f]
            if best != end[g]:
                log_row[logged] = row
                log_what[logged] = -1 - g
                log_value[logged] = best
                logged += 1
        for i in range(count):
            r = touched[i]
            if at[r] >= 0:
                new_y[at[r]] = y[at[r]]
            else:
                o = -1 - at[r]
                if new_x[o] != x[o]:
                    log_row[logged] = row
                    log_what[logged] = o
                    log_value[logged] = new_x[o]
                    logged += 1
                new_x[o] = x[o]
    counts[0] = len(rows)
    counts[1] = logged


def interface_slips(
    rows: Any, slips: Any, src: Any, dst: Any, w: Any, mode: Any, typ: Any, lagclk: Any, lag: Any, cal: Any, clk: Any, dur: Any,
    entries: Any, exits: Any, entry_of: Any, exit_of: Any, group_of_entry: Any, out_ptr: Any, links_out: Any, ptr_entry: Any,
    exit_by_entry: Any, way_by_entry: Any, tail: Any, rank_entry: Any, rank_exit: Any, at: Any, bits: Any, start_entry: Any, y: Any,
    x: Any, end: Any, new_y: Any, new_x: Any, new_end: Any, touched: Any, counts: Any, log_row: Any, log_what: Any, log_value: Any,
) -> Any:  # fmt: skip
    """What moves when a link between groups hands on later: for many links, each on its own. A slip makes later only.

    Args:
        slips: how much later the source of each starts for this link alone, in minutes of its clock.
        new_end: a copy of `end`; the others as in `interface_cones`.
    """
    logged = 0
    none = -FAR
    groups = len(end)
    for row in range(len(rows)):
        gone = rows[row]
        e = entry_of[dst[gone]]
        asked = handed_on(cal, clk, dur, w, mode, typ, lagclk, lag, gone, src[gone], dst[gone], x[exit_of[src[gone]]] + slips[row])
        if asked <= start_entry[e]:
            continue
        if logged + groups + len(exits) > len(log_row):
            counts[0] = row
            counts[1] = logged
            return
        count = 0
        new_y[e] = asked
        r = rank_entry[e]
        bits[r // 32] |= 1 << (r % 32)
        word = r // 32
        while word < len(bits):
            if bits[word] == 0:
                word += 1
                continue
            r = word * 32
            left = bits[word]
            while left & 1 == 0:
                left >>= 1
                r += 1
            bits[word] &= ~(1 << (r % 32))
            touched[count] = r
            count += 1
            if at[r] >= 0:
                e = at[r]
                begin = new_y[e]
                for i in range(ptr_entry[e], ptr_entry[e + 1]):
                    o = exit_by_entry[i]
                    t = begin + way_by_entry[i]
                    if t > new_x[o]:
                        new_x[o] = t
                        s = rank_exit[o]
                        bits[s // 32] |= 1 << (s % 32)
                g = group_of_entry[e]
                if tail[e] > none // 2 and begin + tail[e] > new_end[g]:
                    new_end[g] = begin + tail[e]
            else:
                o = -1 - at[r]
                for i in range(out_ptr[o], out_ptr[o + 1]):
                    k = links_out[i]
                    t = handed_on(cal, clk, dur, w, mode, typ, lagclk, lag, k, src[k], dst[k], new_x[o])
                    e = entry_of[dst[k]]
                    if t > new_y[e] and t > start_entry[e]:
                        new_y[e] = t
                        s = rank_entry[e]
                        bits[s // 32] |= 1 << (s % 32)
        for i in range(count):
            r = touched[i]
            if at[r] >= 0:
                e = at[r]
                new_y[e] = y[e]
                g = group_of_entry[e]
                if new_end[g] != end[g]:
                    log_row[logged] = row
                    log_what[logged] = -1 - g
                    log_value[logged] = new_end[g]
                    logged += 1
                    new_end[g] = end[g]
            else:
                o = -1 - at[r]
                log_row[logged] = row
                log_what[logged] = o
                log_value[logged] = new_x[o]
                logged += 1
                new_x[o] = x[o]
    counts[0] = len(rows)
    counts[1] = logged


def interface_limits(
    src: Any, dst: Any, w: Any, mode: Any, typ: Any, lagclk: Any, lag: Any, cal: Any, clk: Any, dur: Any, entries: Any, exits: Any,
    entry_of: Any, group_of_entry: Any, out_ptr: Any, links_out: Any, ptr_entry: Any, exit_by_entry: Any, way_by_entry: Any, tail: Any,
    at: Any, width: Any, own: Any, last: Any, limit_exit: Any, limit_entry: Any,
) -> Any:  # fmt: skip
    """The latest start of every exit and entry that leaves each of some targets where it is; beyond FAR // 2 where it leads to none.

    Args:
        width: how many targets.
        own: the latest start of an exit by a target of its own (exits * width), FAR elsewhere.
        last: the latest finish of a group on its clock (groups * width), FAR where the target is none of its finish.
        limit_exit, limit_entry: take the starts (exits * width, entries * width).
    """
    for r in range(len(at) - 1, -1, -1):
        if at[r] < 0:
            o = -1 - at[r]
            row = o * width
            for j in range(width):
                limit_exit[row + j] = own[row + j]
            for i in range(out_ptr[o], out_ptr[o + 1]):
                k = links_out[i]
                other = entry_of[dst[k]] * width
                if mode[k] == 0 or mode[k] == 3:
                    for j in range(width):
                        limit_exit[row + j] = min(limit_exit[row + j], limit_entry[other + j] - w[k])
                else:
                    for j in range(width):
                        if limit_entry[other + j] < FAR // 2:
                            t = pull(cal, clk, dur, src[k], dst[k], typ[k], mode[k], lagclk[k], lag[k], limit_entry[other + j], 1)
                            if t < limit_exit[row + j]:
                                limit_exit[row + j] = t
        else:
            e = at[r]
            row = e * width
            group = group_of_entry[e] * width
            if tail[e] > -FAR // 2:
                for j in range(width):
                    limit_entry[row + j] = last[group + j] - tail[e]
            else:
                for j in range(width):
                    limit_entry[row + j] = FAR
            for i in range(ptr_entry[e], ptr_entry[e + 1]):
                other = exit_by_entry[i] * width
                way = way_by_entry[i]
                for j in range(width):
                    limit_entry[row + j] = min(limit_entry[row + j], limit_exit[other + j] - way)


def interface_bits(
    dst: Any, entry_of: Any, group_of_entry: Any, out_ptr: Any, links_out: Any, ptr_entry: Any, exit_by_entry: Any, tail: Any, at: Any,
    words: Any, of_group: Any, of_exit: Any, of_entry: Any,
) -> Any:  # fmt: skip
    """What each exit and entry leads to, as bits, so many words each.

    Args:
        of_group: the targets that a group's last finish belongs to (groups * words).
        of_exit: the targets that exits are themselves on entry (exits * words).
        of_entry: takes what entries lead to (entries * words), zeros on entry.
    """
    for r in range(len(at) - 1, -1, -1):
        if at[r] < 0:
            o = -1 - at[r]
            for i in range(out_ptr[o], out_ptr[o + 1]):
                other = entry_of[dst[links_out[i]]] * words
                for j in range(words):
                    of_exit[o * words + j] |= of_entry[other + j]
        else:
            e = at[r]
            if tail[e] > -FAR // 2:
                for j in range(words):
                    of_entry[e * words + j] |= of_group[group_of_entry[e] * words + j]
            for i in range(ptr_entry[e], ptr_entry[e + 1]):
                other = exit_by_entry[i] * words
                for j in range(words):
                    of_entry[e * words + j] |= of_exit[other + j]


def dates_after(
    rows: Any, slips: Any, ptr: Any, src: Any, w: Any, mode: Any, typ: Any, lagclk: Any, lag: Any, cal: Any, clk: Any, dur: Any,
    mark: Any, high: Any, low: Any, floors: Any, heads: Any, early: Any, waits: Any, first: Any, places: Any, dates: Any,
    x: Any, edge: Any, out: Any,
) -> Any:  # fmt: skip
    """The date of every target when a link lets go or hands on later, each by a forward pass from its head on.

    Args:
        rows: link places; `heads` the position that each leads to.
        slips: as in `interface_cones`.
        early, waits: early starts and edges as they are.
        first, places: where the positions of each target begin, and they.
        dates: the dates of the targets as they are, as instants.
        x, edge: room for as many positions.
        out: takes the dates (rows * targets).
    """
    n = len(early)
    targets = len(first) - 1
    for row in range(len(rows)):
        gone = rows[row]
        p = heads[row]
        for v in range(p):
            x[v] = early[v]
            edge[v] = waits[v]
        for v in range(p, n):
            x[v] = low[v]
            edge[v] = floors[v]
        kept_mode = mode[gone]
        kept_weight = w[gone]
        source = src[gone]
        if slips[row] < 0:
            mode[gone] = 0
            w[gone] = FAR if mark[p] & 1 and ptr[p + 1] - ptr[p] > 1 else -FAR  # of several that are enough, it is none
        elif kept_mode == 0 or kept_mode == 3:
            w[gone] = kept_weight + slips[row]
        else:  # what a calendar link hands on becomes a bound, or a plain link where one of several is enough
            t = given(
                cal,
                clk,
                dur,
                source,
                typ[gone],
                kept_mode,
                lagclk[gone],
                lag[gone],
                early[source] + slips[row],
                waits[source] if slips[row] == 0 else 0,
            )
            asked = work(cal, clk[p], t)
            waiting = 0
            if typ[gone] >= 2:
                asked -= dur[p]
                waiting = edged(cal, clk[p], t)
            mode[gone] = 0
            if mark[p] & 1:
                w[gone] = asked - early[source]
            else:
                w[gone] = -FAR
                if asked > x[p]:
                    x[p] = asked
                    edge[p] = waiting
                elif asked == x[p] and waiting > edge[p]:
                    edge[p] = waiting
        forward_from(p, ptr, src, w, mode, typ, lagclk, lag, cal, clk, dur, mark, high, x, edge)
        mode[gone] = kept_mode
        w[gone] = kept_weight
        for j in range(targets):
            best = -FAR
            for i in range(first[j], first[j + 1]):
                v = places[i]
                f = start_at(cal, clk[v], x[v] + dur[v]) if edge[v] == 1 else finish_at(cal, clk[v], x[v] + dur[v])
                if f > best:
                    best = f
            out[row * targets + j] = best


def dominators(ptr: Any, src: Any, idom: Any, depth: Any, jump: Any) -> Any:
    """The immediate dominator of each position: the last one that every way to it passes; -1 where there is none.

    A position without links into it begins a way. Ancestors meet by jumps of doubling length, so that a long trunk costs
    no more than its logarithm.

    Source: Cooper, Harvey and Kennedy, A Simple, Fast Dominance Algorithm (2001), of which a graph without loops needs one
    sweep; jumps after Myers, An applicative random-access stack (1983).

    Args:
        idom, depth, jump: room for as many positions; depth is 1 for those without a dominator.
    """
    for v in range(len(ptr) - 1):
        meet = -2
        for k in range(ptr[v], ptr[v + 1]):
            u = src[k]
            if meet == -2:
                meet = u
                continue
            a, b = meet, u
            while a != b and a >= 0 and b >= 0:
                if depth[a] < depth[b]:
                    a, b = b, a
                if depth[a] > depth[b]:
                    a = jump[a] if jump[a] >= 0 and depth[jump[a]] >= depth[b] else idom[a]
                elif jump[a] != jump[b]:
                    a, b = jump[a], jump[b]
                else:
                    a, b = idom[a], idom[b]
            meet = a if a == b else -1
            if meet < 0:
                break
        if meet < 0:
            idom[v] = -1
            depth[v] = 1
            jump[v] = -1
            continue
        idom[v] = meet
        depth[v] = depth[meet] + 1
        far = jump[meet]
        if far >= 0:
            beyond = jump[far]
            first_leap = depth[meet] - depth[far]
            second_leap = depth[far] - (depth[beyond] if beyond >= 0 else 0)
            jump[v] = beyond if first_leap == second_leap else meet
        else:
            jump[v] = meet
