"""Loops that follow what a link between groups sets off, from entry to exit and on to other groups; see `kernels.interfaces`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.clocks import work
from ipmo.network.kernels.columns import FAR, FINISHES, PLAIN, Links, Nodes, Tables
from ipmo.network.kernels.interfaces import Between, Faces, Places, Ways
from ipmo.network.kernels.links import given, given_by

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints


class Asked(NamedTuple):
    """Dates of a contracted network.

    Args:
        y: the start that each entry is asked for.
        x: the start of each exit.
        end: the last finish of each group on its clock.
    """

    y: Ints
    x: Ints
    end: Ints


class Held(NamedTuple):
    """Dates that hold without what is handed in.

    Args:
        start: the start of the position of each entry as it is.
        base: the start of each exit by its own bounds and links inside its group.
        base_end: the last finish of each group by these.
    """

    start: Ints
    base: Ints
    base_end: Ints


class Room(NamedTuple):
    """Room to work in.

    Args:
        bits: zeros, a word for 32 places.
        touched: room for as many numbers as there are groups, entries and exits.
        seen: zeros, one a group.
    """

    bits: Ints
    touched: Ints
    seen: Ints


class Moves(NamedTuple):
    """What moved.

    Args:
        counts: takes how many rows were done, fewer than all when the rest is too short, and how many movements there are.
        row: takes the row of each.
        what: takes the exit or -1 - the group.
        value: takes its new start or end.
    """

    counts: Ints
    row: Ints
    what: Ints
    value: Ints


def handed_on(cal: Tables, links: Links, nodes: Nodes, k: int, v: int, x: int) -> int:
    """The start of v that a link between groups asks for when its source starts at x."""
    if links.mode[k] == PLAIN or links.mode[k] == FINISHES:
        return x + links.w[k]
    return work(cal, nodes.clk[v], given_by(cal, links, nodes, k, x, 0))


def asked_without(gone: int, e: int, links: Links, nodes: Nodes, cal: Tables, faces: Faces, between: Between, x: Ints) -> int:
    """The start that an entry is asked for by all links into it but one; x holds the starts of exits."""
    src, w, mode, typ, lagclk, lag = links.src, links.w, links.mode, links.typ, links.lagclk, links.lag
    clk, dur, exit_of, links_in, dst = nodes.clk, nodes.dur, faces.exit_of, between.links_in, between.dst
    asked = -FAR
    for i in range(between.into[e], between.into[e + 1]):
        k = links_in[i]
        if k != gone:
            u = src[k]
            t = x[exit_of[u]]
            if mode[k] == PLAIN or mode[k] == FINISHES:
                t += w[k]
            else:
                t = work(cal, clk[dst[k]], given(cal, clk[u], t, dur[u], typ[k], mode[k], lagclk[k], lag[k], 0))
            if t > asked:
                asked = t
    return asked


def first_marked(bits: Ints, word: int) -> int:
    """The first place that is marked in a word, which is marked no more."""
    r, left = word * 32, bits[word]
    while left & 1 == 0:
        left >>= 1
        r += 1
    bits[word] &= ~(1 << (r % 32))
    return r


def emptied(bits: Ints, word: int) -> None:
    """Marks nothing from a word on."""
    for place in range(word, len(bits)):
        bits[place] = 0


def start_of_exit(o: int, base: Ints, ways: Ways, y: Ints) -> int:
    """The start of an exit by its own bounds and by what its group's entries are asked for."""
    best, entries, back = base[o], ways.entries, ways.back
    for i in range(ways.by_exit[o], ways.by_exit[o + 1]):
        t = y[entries[i]] + back[i]
        if t > best:
            best = t
    return best


def let_go(
    gone: int,
    e: int,
    asked: int,
    links: Links,
    nodes: Nodes,
    cal: Tables,
    faces: Faces,
    between: Between,
    ways: Ways,
    places: Places,
    held: Held,
    new: Asked,
    room: Room,
    telling: Ints,
    end: Ints,
) -> tuple[int, int]:
    """Spreads what moves when a link lets go of an entry; how many entries and exits were touched, and how many groups.

    The places touched stand at the beginning of `room.touched`, the groups at its end. Where exits and groups are telling, it ends
    with the first of them that moves, and the number of groups is told as one below zero.
    """
    entry_of, group_of_entry, dst = faces.entry_of, faces.group_of_entry, between.dst
    by_entry, exits, place_of_entry, place_of_exit, new_y, new_x = ways.by_entry, ways.exits, places.entry, places.exit, new.y, new.x
    out_of, links_out = between.out_of, between.links_out
    bits, touched, seen, at = room.bits, room.touched, room.seen, places.at
    size, exit_count = len(touched), len(faces.exits)
    told = len(telling) > 0 and telling[exit_count + group_of_entry[e]] > 0 and ends_earlier(e, asked, faces, ways, held, new, end)
    new_y[e] = asked
    touched[0] = place_of_entry[e]
    count = 1
    g = group_of_entry[e]
    seen[g] = 1
    touched[size - 1] = g
    groups = 1
    if told:
        return count, -1 - groups
    word = len(bits)
    for i in range(by_entry[e], by_entry[e + 1]):
        r = place_of_exit[exits[i]]
        bits[r // 32] |= 1 << (r % 32)
        if r // 32 < word:
            word = r // 32
    while word < len(bits):
        if bits[word] == 0:
            word += 1
            continue
        r = first_marked(bits, word)
        if at[r] >= 0:
            e = at[r]
            asked = asked_without(gone, e, links, nodes, cal, faces, between, new_x)
            if asked == new_y[e]:
                continue
            g = group_of_entry[e]
            told = len(telling) > 0 and telling[exit_count + g] > 0 and ends_earlier(e, asked, faces, ways, held, new, end)
            new_y[e] = asked
            if seen[g] == 0:
                seen[g] = 1
                groups += 1
                touched[size - groups] = g
            for i in range(by_entry[e], by_entry[e + 1]):
                s = place_of_exit[exits[i]]
                bits[s // 32] |= 1 << (s % 32)
        else:
            o = -1 - at[r]
            best = start_of_exit(o, held.base, ways, new_y)
            if best == new_x[o]:
                continue
            told = len(telling) > 0 and telling[o] > 0
            new_x[o] = best
            for i in range(out_of[o], out_of[o + 1]):
                s = place_of_entry[entry_of[dst[links_out[i]]]]
                bits[s // 32] |= 1 << (s % 32)
        touched[count] = r
        count += 1
        if told:
            emptied(bits, word)
            return count, -1 - groups
    return count, groups


def ends_earlier(e: int, asked: int, faces: Faces, ways: Ways, held: Held, new: Asked, end: Ints) -> bool:
    """Whether a group ends earlier for sure when an entry is asked for less: others can only be asked for less than they are."""
    g = faces.group_of_entry[e]
    tail, new_y = ways.tail, new.y
    if tail[e] <= -FAR // 2 or new_y[e] + tail[e] != end[g] or held.base_end[g] >= end[g]:
        return False
    if asked + tail[e] >= end[g]:
        return False
    for f in range(faces.first_entry[g], faces.first_entry[g + 1]):
        if f != e and tail[f] > -FAR // 2 and new_y[f] + tail[f] >= end[g]:
            return False
    return True


def interface_holds(
    rows: Ints,
    links: Links,
    nodes: Nodes,
    cal: Tables,
    faces: Faces,
    between: Between,
    ways: Ways,
    places: Places,
    held: Held,
    now: Asked,
    new: Asked,
    room: Room,
    telling: Ints,
    out: Ints,
) -> None:
    """Whether anything moves that is telling when a link between groups lets go: for many links, each on its own.

    Args:
        rows: link places; the rest as in `interface_cones`.
        telling: by exit, then by group, 1 where a target moves whenever that does.
        out: takes 1 where something telling moves, 0 where nothing moves at all, 2 where it has to be looked at in whole.
    """
    src, dst, entry_of, exit_of, start, at = links.src, between.dst, faces.entry_of, faces.exit_of, held.start, places.at
    y, x, new_y, new_x, touched = now.y, now.x, new.y, new.x, room.touched
    for row in range(len(rows)):
        gone = rows[row]
        out[row] = 0
        e = entry_of[dst[gone]]
        if handed_on(cal, links, nodes, gone, dst[gone], x[exit_of[src[gone]]]) < start[e]:
            continue
        asked = asked_without(gone, e, links, nodes, cal, faces, between, x)
        if asked == y[e]:
            continue
        count, groups = let_go(gone, e, asked, links, nodes, cal, faces, between, ways, places, held, new, room, telling, now.end)
        out[row] = 2
        if groups < 0:
            out[row] = 1
            groups = -1 - groups
        for i in range(groups):
            room.seen[touched[len(touched) - 1 - i]] = 0
        for i in range(count):
            r = touched[i]
            if at[r] >= 0:
                new_y[at[r]] = y[at[r]]
            else:
                new_x[-1 - at[r]] = x[-1 - at[r]]


def interface_cones(
    rows: Ints,
    links: Links,
    nodes: Nodes,
    cal: Tables,
    faces: Faces,
    between: Between,
    ways: Ways,
    places: Places,
    held: Held,
    now: Asked,
    new: Asked,
    room: Room,
    nothing: Ints,
    out: Moves,
) -> None:
    """What moves when a link between groups lets go: for many links, each on its own.

    Args:
        rows: link places.
        links: all links.
        nodes: all positions.
        cal: the clocks.
        faces: entries and exits.
        between: links between groups.
        ways: ways inside groups.
        places: the order of entries and exits.
        held: dates without what is handed in.
        now: dates as they are.
        new: copies of y and x.
        room: room to work in.
        nothing: an empty column: each link is followed to the end.
        out: takes what moved.
    """
    src, dst, entry_of, exit_of, start = links.src, between.dst, faces.entry_of, faces.exit_of, held.start
    first_entry, tail, base_end, at, seen = faces.first_entry, ways.tail, held.base_end, places.at, room.seen
    y, x, end, new_y, new_x = now.y, now.x, now.end, new.y, new.x
    touched, log_row, log_what, log_value = room.touched, out.row, out.what, out.value
    logged = 0
    size = len(touched)
    for row in range(len(rows)):
        gone = rows[row]
        e = entry_of[dst[gone]]
        if handed_on(cal, links, nodes, gone, dst[gone], x[exit_of[src[gone]]]) < start[e]:
            continue  # something else sets the start there
        asked = asked_without(gone, e, links, nodes, cal, faces, between, x)
        if asked == y[e]:
            continue
        if logged + len(end) + len(faces.exits) > len(log_row):
            out.counts[0] = row
            out.counts[1] = logged
            return
        count, groups = let_go(gone, e, asked, links, nodes, cal, faces, between, ways, places, held, new, room, nothing, end)
        for i in range(groups):
            g = touched[size - 1 - i]
            seen[g] = 0
            best = base_end[g]
            for f in range(first_entry[g], first_entry[g + 1]):
                if tail[f] > -FAR // 2 and new_y[f] + tail[f] > best:
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
    out.counts[0] = len(rows)
    out.counts[1] = logged


def hand_on_later(
    e: int,
    asked: int,
    links: Links,
    nodes: Nodes,
    cal: Tables,
    faces: Faces,
    between: Between,
    ways: Ways,
    places: Places,
    held: Held,
    new: Asked,
    room: Room,
) -> int:
    """Spreads what moves when an entry is asked for a later start; how many entries and exits were touched."""
    src, w, mode, typ, lagclk, lag = links.src, links.w, links.mode, links.typ, links.lagclk, links.lag
    clk, dur, entry_of, group_of_entry, dst, start = nodes.clk, nodes.dur, faces.entry_of, faces.group_of_entry, between.dst, held.start
    by_entry, exits, lengths, tail, out_of, links_out = ways.by_entry, ways.exits, ways.ways, ways.tail, between.out_of, between.links_out
    place_of_entry, place_of_exit, touched = places.entry, places.exit, room.touched
    bits, at = room.bits, places.at
    new_y, new_x, new_end = new.y, new.x, new.end
    count = 0
    new_y[e] = asked
    r = place_of_entry[e]
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
            for i in range(by_entry[e], by_entry[e + 1]):
                o = exits[i]
                t = begin + lengths[i]
                if t > new_x[o]:
                    new_x[o] = t
                    s = place_of_exit[o]
                    bits[s // 32] |= 1 << (s % 32)
            g = group_of_entry[e]
            if tail[e] > -FAR // 2 and begin + tail[e] > new_end[g]:
                new_end[g] = begin + tail[e]
        else:
            o = -1 - at[r]
            for i in range(out_of[o], out_of[o + 1]):
                k = links_out[i]
                t, u = new_x[o], src[k]
                if mode[k] == PLAIN or mode[k] == FINISHES:
                    t += w[k]
                else:
                    t = work(cal, clk[dst[k]], given(cal, clk[u], t, dur[u], typ[k], mode[k], lagclk[k], lag[k], 0))
                e = entry_of[dst[k]]
                if t > new_y[e] and t > start[e]:
                    new_y[e] = t
                    s = place_of_entry[e]
                    bits[s // 32] |= 1 << (s % 32)
    return count


def interface_slips(
    rows: Ints,
    slips: Ints,
    links: Links,
    nodes: Nodes,
    cal: Tables,
    faces: Faces,
    between: Between,
    ways: Ways,
    places: Places,
    held: Held,
    now: Asked,
    new: Asked,
    room: Room,
    out: Moves,
) -> None:
    """What moves when a link between groups hands on later: for many links, each on its own. A slip makes later only.

    Args:
        rows: link places.
        slips: how much later the source of each starts for this link alone, in minutes of its clock.
        links: the rest as in `interface_cones`.
        nodes: all positions.
        cal: the clocks.
        faces: entries and exits.
        between: links between groups.
        ways: ways inside groups.
        places: the order of entries and exits.
        held: dates without what is handed in.
        now: dates as they are.
        new: copies of them.
        room: room to work in.
        out: takes what moved.
    """
    src, dst, entry_of, exit_of, start = links.src, between.dst, faces.entry_of, faces.exit_of, held.start
    at, group_of_entry = places.at, faces.group_of_entry
    y, x, end, new_y, new_x, new_end = now.y, now.x, now.end, new.y, new.x, new.end
    touched, log_row, log_what, log_value = room.touched, out.row, out.what, out.value
    logged = 0
    for row in range(len(rows)):
        gone = rows[row]
        e = entry_of[dst[gone]]
        begin = x[exit_of[src[gone]]] + slips[row]
        asked = handed_on(cal, links, nodes, gone, dst[gone], begin)
        if asked <= start[e]:
            continue
        if logged + len(end) + len(faces.exits) > len(log_row):
            out.counts[0] = row
            out.counts[1] = logged
            return
        count = hand_on_later(e, asked, links, nodes, cal, faces, between, ways, places, held, new, room)
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
    out.counts[0] = len(rows)
    out.counts[1] = logged
