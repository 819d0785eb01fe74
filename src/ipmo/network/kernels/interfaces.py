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
        first: where the members of each group begin (groups + 1).
        member: positions by group, ascending.
        local: the place of each position among the members of its group.
    """

    inner: Ints
    ending: Ints
    first: Ints
    member: Ints
    local: Ints


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


def inner_tails(g: int, sums: Sums, dur: Ints, groups: Groups, faces: Faces, room: Ints, tail: Ints) -> None:
    """The longest way from each entry of a group to its last finish."""
    ptr, src, w, inner, local = sums.ptr, sums.src, sums.w, groups.inner, groups.local
    for i in range(groups.first[g], groups.first[g + 1]):
        v = groups.member[i]
        room[local[v]] = dur[v] if groups.ending[v] else -FAR
    for i in range(groups.first[g + 1] - 1, groups.first[g] - 1, -1):
        v = groups.member[i]
        best = room[local[v]]
        if best > -FAR // 2:
            for k in range(ptr[v], ptr[v + 1]):
                if inner[k]:
                    u = local[src[k]]
                    if w[k] + best > room[u]:
                        room[u] = w[k] + best
        if faces.entry_of[v] >= 0:
            tail[faces.entry_of[v]] = best


def inner_ways(sums: Sums, dur: Ints, groups: Groups, faces: Faces, width: int, room: Ints, leads: Ints, pairs: Pairs) -> int:
    """The longest way from each entry to each exit of its group, and to the group's last finish; how many pairs there are.

    Args:
        sums: all links.
        dur: durations.
        groups: the members of groups.
        faces: entries and exits.
        width: how many exits are looked at together.
        room: room for `width` numbers for each member of the largest group.
        leads: room for one number for each.
        pairs: takes the ways.
    """
    ptr, src, w, inner = sums.ptr, sums.src, sums.w, groups.inner
    first, member, local, first_exit = groups.first, groups.member, groups.local, faces.first_exit
    found = 0
    for g in range(len(first) - 1):
        if faces.first_entry[g + 1] == faces.first_entry[g]:
            continue
        inner_tails(g, sums, dur, groups, faces, room, pairs.tail)
        low, high = first[g], first[g + 1]
        begin = first_exit[g]
        while begin < first_exit[g + 1]:
            count = min(width, first_exit[g + 1] - begin)
            for i in range((high - low) * width):
                room[i] = -FAR
            for i in range(high - low):
                leads[i] = 0
            last = low
            for q in range(begin, begin + count):
                place = local[faces.exits[q]]
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
                e = faces.entry_of[v]
                if e >= 0:
                    for j in range(count):
                        if room[row + j] > -FAR // 2:
                            pairs.entry[found] = e
                            pairs.exit[found] = begin + j
                            pairs.way[found] = room[row + j]
                            found += 1
            begin += count
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
