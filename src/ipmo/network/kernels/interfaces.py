"""Loops over the interfaces of a network: how what is handed in leads to what is handed out. See `ipmo.network.interfaces`.

A network falls into groups of positions whose links to one another are plain numbers; the links between groups are its
interfaces. An entry is a position that takes something from another group, an exit one that hands something on or is a
target of its own. Between an entry and an exit of a group only the longest way matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipmo.network.kernels.columns import FAR, FINISHES, PLAIN, Links, Nodes, Sums, Tables
from ipmo.network.kernels.links import pull

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints


class Faces(NamedTuple):
    """The entries and exits of groups, both numbered by group.

    Args:
        entries: the position of each entry.
        exits: the position of each exit.
        entry_of: the number of each position as entry, -1 where it is none.
        exit_of: the number of each position as exit, -1 where it is none.
        group_of_entry: the group of each entry.
        first_entry: where the entries of each group begin (groups + 1).
        first_exit: where the exits of each group begin (groups + 1).
    """

    entries: Ints
    exits: Ints
    entry_of: Ints
    exit_of: Ints
    group_of_entry: Ints
    first_entry: Ints
    first_exit: Ints


class Groups(NamedTuple):
    """The members of groups.

    Args:
        inner: 1 for links inside a group.
        ending: 1 for positions whose finish counts for their group.
        member: positions by group, ascending.
        place: where each position stands in `member`.
        onward: where the last position stands that a link inside the group leads to from each, -1 where none does.
    """

    inner: Ints
    ending: Ints
    member: Ints
    place: Ints
    onward: Ints


class Pairs(NamedTuple):
    """The longest ways inside groups, as they are found.

    Args:
        tail: takes the way from each entry to the group's last finish, -FAR where none counts.
        entry: takes the entry of each pair.
        exit: takes its exit.
        way: takes the longest way between the two.
    """

    tail: Ints
    entry: Ints
    exit: Ints
    way: Ints


class Between(NamedTuple):
    """The links between groups.

    Args:
        dst: the target position of every link.
        into: where the links into each entry begin in `links_in` (entries + 1).
        links_in: link places by entry.
        out_of: where the links out of each exit begin in `links_out` (exits + 1).
        links_out: link places by exit.
    """

    dst: Ints
    into: Ints
    links_in: Ints
    out_of: Ints
    links_out: Ints


class Ways(NamedTuple):
    """The longest ways from entries to exits of their group, by entry and, turned round, by exit.

    Args:
        by_entry: where the ways from each entry begin (entries + 1).
        exits: the exit of each.
        ways: their lengths.
        by_exit: where the ways to each exit begin (exits + 1).
        entries: the entry of each.
        back: their lengths.
        tail: the way from each entry to the group's last finish, -FAR where none counts.
    """

    by_entry: Ints
    exits: Ints
    ways: Ints
    by_exit: Ints
    entries: Ints
    back: Ints
    tail: Ints


class Places(NamedTuple):
    """One order of entries and exits by position, an entry before an exit in the same place.

    Args:
        entry: the place of each entry.
        exit: the place of each exit.
        at: the entry at each place, or -1 - the exit.
    """

    entry: Ints
    exit: Ints
    at: Ints


def inner_forward(sums: Sums, inner: Ints, x: Ints) -> None:
    """Early starts by the links inside groups alone; x holds the lower bounds on entry."""
    ptr, src, w = sums.ptr, sums.src, sums.w
    for v in range(len(x)):
        best = x[v]
        for k in range(ptr[v], ptr[v + 1]):
            if inner[k]:
                y = x[src[k]] + w[k]
                if y > best:
                    best = y
        x[v] = best


def ways_from(e: int, found: int, sums: Sums, dur: Ints, groups: Groups, faces: Faces, room: Ints, pairs: Pairs) -> int:
    """The longest ways from one entry, up to the last position that it leads to; how many pairs there are then."""
    ptr, src, w, inner = sums.ptr, sums.src, sums.w, groups.inner
    member, onward, ending, exit_of = groups.member, groups.onward, groups.ending, faces.exit_of
    begin = faces.entries[e]
    last = -FAR
    stop = i = groups.place[begin]
    while i <= stop:
        v = member[i]
        i += 1
        best = 0 if v == begin else -FAR
        for k in range(ptr[v], ptr[v + 1]):
            if inner[k] and src[k] >= begin:  # others lie before the entry
                y = room[src[k]] + w[k]
                if y > best:
                    best = y
        room[v] = best
        if best < -FAR // 2:
            continue
        if onward[v] > stop:
            stop = onward[v]
        if exit_of[v] >= 0:
            pairs.entry[found] = e
            pairs.exit[found] = exit_of[v]
            pairs.way[found] = best
            found += 1
        if ending[v] and best + dur[v] > last:
            last = best + dur[v]
    pairs.tail[e] = last
    return found


def ways_from_several(
    first: int, count: int, found: int, sums: Sums, dur: Ints, groups: Groups, faces: Faces, room: Ints, pairs: Pairs
) -> int:
    """`ways_from` for some entries of a group one after the other, a row of numbers for each position."""
    ptr, src, w, inner = sums.ptr, sums.src, sums.w, groups.inner
    member, place, onward, ending = groups.member, groups.place, groups.onward, groups.ending
    entries, exits, entry_of, tail = faces.entries, faces.exits, faces.entry_of, pairs.tail
    begin = entries[first]
    low = i = place[begin]
    stop = place[entries[first + count - 1]]
    while i <= stop:
        v = member[i]
        row = (i - low) * count
        i += 1
        for j in range(row, row + count):
            room[j] = -FAR
        e = entry_of[v]
        if first <= e < first + count:
            room[row + e - first] = 0
        for k in range(ptr[v], ptr[v + 1]):
            if inner[k] and src[k] >= begin:
                other, weight = (place[src[k]] - low) * count, w[k]
                for j in range(count):
                    room[row + j] = max(room[row + j], room[other + j] + weight)
        if onward[v] > stop:
            stop = onward[v]
        if ending[v]:
            for j in range(count):
                tail[first + j] = max(tail[first + j], room[row + j] + dur[v])
    g = faces.group_of_entry[first]
    for j in range(count):
        e = first + j
        if tail[e] < -FAR // 2:
            tail[e] = -FAR
        for q in range(faces.first_exit[g], faces.first_exit[g + 1]):
            at = place[exits[q]]
            if at > stop:
                break
            if at >= low and room[(at - low) * count + j] > -FAR // 2:
                pairs.entry[found] = e
                pairs.exit[found] = q
                pairs.way[found] = room[(at - low) * count + j]
                found += 1
    return found


def inner_ways(sums: Sums, dur: Ints, groups: Groups, faces: Faces, few: int, width: int, room: Ints, pairs: Pairs) -> int:
    """The longest way from each entry to each exit of its group, and to the group's last finish; how many pairs there are.

    Args:
        sums: all links.
        dur: durations.
        groups: the members of groups.
        faces: entries and exits.
        few: entries of a group up to which each is followed alone.
        width: how many are followed together where there are more.
        room: room for a number for each position, and for `width` numbers for each member of the largest group of more entries.
        pairs: takes the ways, by entry and by exit; `tail` is -FAR on entry.
    """
    found = 0
    for g in range(len(faces.first_entry) - 1):
        first, end = faces.first_entry[g], faces.first_entry[g + 1]
        while first < end:
            count = 0
            while count < width and first + count < end and groups.onward[faces.entries[first + count]] >= 0:
                count += 1  # an entry that leads on to nothing is done at once
            if count > few:
                found = ways_from_several(first, count, found, sums, dur, groups, faces, room, pairs)
                first += count
            else:
                for e in range(first, first + max(count, 1)):
                    found = ways_from(e, found, sums, dur, groups, faces, room, pairs)
                first += max(count, 1)
    return found


class Limits(NamedTuple):
    """The latest starts that leave targets where they are, so many numbers a row.

    Args:
        own: of exits by targets of their own, FAR elsewhere.
        last: the latest finish of a group on its clock, FAR where the target is none of its finish.
        exit: takes those of exits.
        entry: takes those of entries.
    """

    own: Ints
    last: Ints
    exit: Ints
    entry: Ints


def interface_limits(
    links: Links, nodes: Nodes, cal: Tables, faces: Faces, between: Between, ways: Ways, places: Places, width: int, limits: Limits
) -> None:
    """The latest start of every exit and entry that leaves each of some targets where it is; beyond FAR // 2 where it leads to none.

    Args:
        links: all links.
        nodes: all positions.
        cal: the clocks.
        faces: entries and exits.
        between: links between groups.
        ways: ways inside groups.
        places: the order of entries and exits.
        width: how many targets.
        limits: the targets' own, and what takes the answer.
    """
    at, dst, w, mode = places.at, between.dst, links.w, links.mode
    of_exit, of_entry = limits.exit, limits.entry
    for r in range(len(at) - 1, -1, -1):
        if at[r] < 0:
            o = -1 - at[r]
            row = o * width
            for j in range(width):
                of_exit[row + j] = limits.own[row + j]
            for i in range(between.out_of[o], between.out_of[o + 1]):
                k = between.links_out[i]
                other = faces.entry_of[dst[k]] * width
                if mode[k] == PLAIN or mode[k] == FINISHES:
                    for j in range(width):
                        of_exit[row + j] = min(of_exit[row + j], of_entry[other + j] - w[k])
                else:
                    for j in range(width):
                        if of_entry[other + j] < FAR // 2:
                            t = pull(cal, links, nodes, k, dst[k], of_entry[other + j], 1)
                            if t < of_exit[row + j]:
                                of_exit[row + j] = t
        else:
            e = at[r]
            row = e * width
            group = faces.group_of_entry[e] * width
            if ways.tail[e] > -FAR // 2:
                for j in range(width):
                    of_entry[row + j] = limits.last[group + j] - ways.tail[e]
            else:
                for j in range(width):
                    of_entry[row + j] = FAR
            for i in range(ways.by_entry[e], ways.by_entry[e + 1]):
                other = ways.exits[i] * width
                way = ways.ways[i]
                for j in range(width):
                    of_entry[row + j] = min(of_entry[row + j], of_exit[other + j] - way)


def interface_bits(
    faces: Faces, between: Between, ways: Ways, places: Places, words: int, of_group: Ints, of_exit: Ints, of_entry: Ints
) -> None:
    """What each exit and entry leads to, as bits, so many words each.

    Args:
        faces: entries and exits.
        between: links between groups.
        ways: ways inside groups.
        places: the order of entries and exits.
        words: how many words.
        of_group: the targets that a group's last finish belongs to (groups * words).
        of_exit: the targets that exits are themselves on entry (exits * words).
        of_entry: takes what entries lead to (entries * words), zeros on entry.
    """
    at = places.at
    for r in range(len(at) - 1, -1, -1):
        if at[r] < 0:
            o = -1 - at[r]
            for i in range(between.out_of[o], between.out_of[o + 1]):
                other = faces.entry_of[between.dst[between.links_out[i]]] * words
                for j in range(words):
                    of_exit[o * words + j] |= of_entry[other + j]
        else:
            e = at[r]
            if ways.tail[e] > -FAR // 2:
                for j in range(words):
                    of_entry[e * words + j] |= of_group[faces.group_of_entry[e] * words + j]
            for i in range(ways.by_entry[e], ways.by_entry[e + 1]):
                other = ways.exits[i] * words
                for j in range(words):
                    of_entry[e * words + j] |= of_exit[other + j]
