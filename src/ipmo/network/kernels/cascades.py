"""Loops that follow what a link between groups sets off, from entry to exit and on to other groups; see `kernels.interfaces`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.clocks import work
from ipmo.network.kernels.columns import FAR, FINISHES, PLAIN, Links, Nodes, Tables
from ipmo.network.kernels.interfaces import Between, Faces, Places, Ways
from ipmo.network.kernels.links import given_by

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
    asked = -FAR
    for i in range(between.into[e], between.into[e + 1]):
        k = between.links_in[i]
        if k != gone:
            t = handed_on(cal, links, nodes, k, between.dst[k], x[faces.exit_of[links.src[k]]])
            if t > asked:
                asked = t
    return asked


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
) -> tuple[int, int]:
    """Spreads what moves when a link lets go of an entry; how many entries and exits were touched, and how many groups.

    The places touched stand at the beginning of `room.touched`, the groups at its end.
    """
    bits, touched, seen, at = room.bits, room.touched, room.seen, places.at
    size = len(touched)
    new.y[e] = asked
    touched[0] = places.entry[e]
    count = 1
    g = faces.group_of_entry[e]
    seen[g] = 1
    touched[size - 1] = g
    groups = 1
    word = len(bits)
    for i in range(ways.by_entry[e], ways.by_entry[e + 1]):
        r = places.exit[ways.exits[i]]
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
            asked = asked_without(gone, e, links, nodes, cal, faces, between, new.x)
            if asked == new.y[e]:
                continue
            new.y[e] = asked
            g = faces.group_of_entry[e]
            if seen[g] == 0:
                seen[g] = 1
                groups += 1
                touched[size - groups] = g
            for i in range(ways.by_entry[e], ways.by_entry[e + 1]):
                s = places.exit[ways.exits[i]]
                bits[s // 32] |= 1 << (s % 32)
        else:
            o = -1 - at[r]
            best = held.base[o]
            for i in range(ways.by_exit[o], ways.by_exit[o + 1]):
                t = new.y[ways.entries[i]] + ways.back[i]
                if t > best:
                    best = t
            if best == new.x[o]:
                continue
            new.x[o] = best
            for i in range(between.out_of[o], between.out_of[o + 1]):
                s = places.entry[faces.entry_of[between.dst[between.links_out[i]]]]
                bits[s // 32] |= 1 << (s % 32)
        touched[count] = r
        count += 1
    return count, groups


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
        out: takes what moved.
    """
    touched, log_row, log_what, log_value = room.touched, out.row, out.what, out.value
    logged = 0
    size = len(touched)
    for row in range(len(rows)):
        gone = rows[row]
        e = faces.entry_of[between.dst[gone]]
        if handed_on(cal, links, nodes, gone, between.dst[gone], now.x[faces.exit_of[links.src[gone]]]) < held.start[e]:
            continue  # something else sets the start there
        asked = asked_without(gone, e, links, nodes, cal, faces, between, now.x)
        if asked == now.y[e]:
            continue
        if logged + len(now.end) + len(faces.exits) > len(log_row):
            out.counts[0] = row
            out.counts[1] = logged
            return
        count, groups = let_go(gone, e, asked, links, nodes, cal, faces, between, ways, places, held, new, room)
        for i in range(groups):
            g = touched[size - 1 - i]
            room.seen[g] = 0
            best = held.base_end[g]
            for f in range(faces.first_entry[g], faces.first_entry[g + 1]):
                if ways.tail[f] > -FAR // 2 and new.y[f] + ways.tail[f] > best:
                    best = new.y[f] + ways.tail[f]
            if best != now.end[g]:
                log_row[logged] = row
                log_what[logged] = -1 - g
                log_value[logged] = best
                logged += 1
        for i in range(count):
            r = touched[i]
            if places.at[r] >= 0:
                new.y[places.at[r]] = now.y[places.at[r]]
            else:
                o = -1 - places.at[r]
                if new.x[o] != now.x[o]:
                    log_row[logged] = row
                    log_what[logged] = o
                    log_value[logged] = new.x[o]
                    logged += 1
                new.x[o] = now.x[o]
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
    bits, at = room.bits, places.at
    new_y, new_x, new_end = new.y, new.x, new.end
    count = 0
    new_y[e] = asked
    r = places.entry[e]
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
        room.touched[count] = r
        count += 1
        if at[r] >= 0:
            e = at[r]
            begin = new_y[e]
            for i in range(ways.by_entry[e], ways.by_entry[e + 1]):
                o = ways.exits[i]
                t = begin + ways.ways[i]
                if t > new_x[o]:
                    new_x[o] = t
                    s = places.exit[o]
                    bits[s // 32] |= 1 << (s % 32)
            g = faces.group_of_entry[e]
            if ways.tail[e] > -FAR // 2 and begin + ways.tail[e] > new_end[g]:
                new_end[g] = begin + ways.tail[e]
        else:
            o = -1 - at[r]
            for i in range(between.out_of[o], between.out_of[o + 1]):
                k = between.links_out[i]
                t = handed_on(cal, links, nodes, k, between.dst[k], new_x[o])
                e = faces.entry_of[between.dst[k]]
                if t > new_y[e] and t > held.start[e]:
                    new_y[e] = t
                    s = places.entry[e]
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
    touched, log_row, log_what, log_value = room.touched, out.row, out.what, out.value
    logged = 0
    for row in range(len(rows)):
        gone = rows[row]
        e = faces.entry_of[between.dst[gone]]
        begin = now.x[faces.exit_of[links.src[gone]]] + slips[row]
        asked = handed_on(cal, links, nodes, gone, between.dst[gone], begin)
        if asked <= held.start[e]:
            continue
        if logged + len(now.end) + len(faces.exits) > len(log_row):
            out.counts[0] = row
            out.counts[1] = logged
            return
        count = hand_on_later(e, asked, links, nodes, cal, faces, between, ways, places, held, new, room)
        for i in range(count):
            r = touched[i]
            if places.at[r] >= 0:
                e = places.at[r]
                new.y[e] = now.y[e]
                g = faces.group_of_entry[e]
                if new.end[g] != now.end[g]:
                    log_row[logged] = row
                    log_what[logged] = -1 - g
                    log_value[logged] = new.end[g]
                    logged += 1
                    new.end[g] = now.end[g]
            else:
                o = -1 - places.at[r]
                log_row[logged] = row
                log_what[logged] = o
                log_value[logged] = new.x[o]
                logged += 1
                new.x[o] = now.x[o]
    out.counts[0] = len(rows)
    out.counts[1] = logged
