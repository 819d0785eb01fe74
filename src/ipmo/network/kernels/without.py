"""Loops that find what fails without each item: sets of targets as bits of numbers, spread against the links. See `ipmo.network.without`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints


def spread_bits(ptr: Ints, src: Ints, words: int, bits: Ints) -> None:
    """Gives every position the bits of all that it leads to, in one sweep from the last position to the first.

    Args:
        ptr: where the links into each position begin; positions are in topological order.
        src: the source position of each link.
        words: numbers a position.
        bits: the bits that each position has of its own (positions * words); takes those that it leads to as well.
    """
    for v in range(len(ptr) - 2, -1, -1):
        own = v * words
        some = 0
        for j in range(words):
            some |= bits[own + j]
        if some == 0:
            continue
        for k in range(ptr[v], ptr[v + 1]):
            to = src[k] * words
            for j in range(words):
                bits[to + j] |= bits[own + j]


def spread_settling(
    ptr: Ints, src: Ints, words: int, bits: Ints, first: int, second: int, done: int, count: int, more: Ints, other: Ints, own: Ints
) -> None:
    """`spread_bits`, and what fails where every way to one for which one would be enough fails, in the same sweep.

    Positions are in topological order of the ways too, so that what fails with a head is known when all ways to it fail.
    What has been handed back is marked, so that each position settles only the heads whose last way it takes.

    Args:
        ptr: where the links into each position begin, ways left out.
        src: the source position of each link.
        words: numbers a position.
        bits: the bits that each position has of its own (positions * words); takes those that it leads to as well.
        first: the word in which the bits begin that say that the first way to a head fails; one bit a head.
        second: the same of the second way; of the first again where there is only one.
        done: the same of marks, all zero on entry.
        count: words of each of the three.
        more: where the bits of further ways to each head begin in `other` (heads + 1).
        other: the bits that say that a further way fails.
        own: the position of each head.
    """
    one = bits[0] * 0 + 1  # of the width of the bits
    for v in range(len(ptr) - 2, -1, -1):
        row = v * words
        some = 0
        for j in range(words):
            some |= bits[row + j]
        if some == 0:
            continue
        changed = True
        while changed:
            changed = False
            for j in range(count):
                left = bits[row + first + j] & bits[row + second + j] & ~bits[row + done + j]
                if left == 0:
                    continue
                for b in range(64):
                    if (left >> b) & 1 == 0:
                        continue
                    head = 64 * j + b
                    whole = True
                    for i in range(more[head], more[head + 1]):
                        if (bits[row + other[i] // 64] >> (other[i] % 64)) & 1 == 0:
                            whole = False
                            break
                    if not whole:
                        continue
                    for w in range(words):
                        bits[row + w] |= bits[own[head] * words + w]
                    bits[row + done + j] |= left & (one << b)
                    changed = True
        for k in range(ptr[v], ptr[v + 1]):
            to = src[k] * words
            for j in range(words):
                bits[to + j] |= bits[row + j]


def links_across(ptr: Ints, src: Ints, part: Ints, tails: Ints, heads: Ints) -> int:
    """The links between parts, in order; how many they are.

    Args:
        ptr: where the links into each position begin.
        src: the source position of each link.
        part: the part that each position lies in.
        tails: takes where each of them leaves; room for every link.
        heads: takes where each leads to; room for every link.
    """
    count = 0
    for v in range(len(ptr) - 1):
        for k in range(ptr[v], ptr[v + 1]):
            if part[src[k]] != part[v]:
                tails[count] = src[k]
                heads[count] = v
                count += 1
    return count


def spread_within(ptr: Ints, src: Ints, part: Ints, offset: Ints, width: Ints, bits: Ints) -> None:
    """Gives every position the bits of the ports of its own part that it leads to without leaving the part.

    Args:
        ptr: where the links into each position begin; positions are in topological order.
        src: the source position of each link.
        part: the part that each position lies in.
        offset: where the numbers of each position begin in `bits`.
        width: how many numbers each has, the same in all of a part.
        bits: the bit of its own of each port; takes those that each position leads to.
    """
    for v in range(len(ptr) - 2, -1, -1):
        own = offset[v]
        for j in range(width[v]):
            word = bits[own + j]
            if word != 0:
                for k in range(ptr[v], ptr[v + 1]):
                    if part[src[k]] == part[v]:
                        bits[offset[src[k]] + j] |= word


def add_ports(v: int, part: Ints, offset: Ints, width: Ints, bits: Ints, first: Ints, words: int, rows: Ints, into: Ints, at: int) -> None:
    """Adds the rows of all ports that a position leads to within its part to a row.

    Args:
        v: the position.
        part: the part that each position lies in.
        offset: where the numbers of each position begin in `bits`.
        width: how many numbers each has.
        bits: the ports of its part that each leads to.
        first: the number of the first port of each part.
        words: numbers a row.
        rows: the row of each port.
        into: where the row lies that is added to; `rows` itself, too.
        at: where it begins there.
    """
    for j in range(width[v]):
        word = bits[offset[v] + j]
        if word == 0:
            continue
        for b in range(64):
            if (word >> b) & 1 != 0:
                port = (first[part[v]] + 64 * j + b) * words
                for w in range(words):
                    if rows[port + w] != 0:
                        into[at + w] |= rows[port + w]


def spread_ports(
    order: Ints, begin: Ints, heads: Ints, part: Ints, offset: Ints, width: Ints, bits: Ints, first: Ints, words: int, rows: Ints
) -> None:
    """Gives every port the bits of all that it leads to, by links between parts and what these lead to within them.

    Args:
        order: the ports, those that others lead to first.
        begin: where the links of each port out of its part begin in `heads`.
        heads: the position that each leads to.
        part: the part that each position lies in.
        offset: where the numbers of each position begin in `bits`.
        width: how many numbers each has.
        bits: the ports of its part that each position leads to.
        first: the number of the first port of each part.
        words: numbers a row.
        rows: the bits that each port has of its own; takes those of all that it leads to.
    """
    for port in order:
        for k in range(begin[port], begin[port + 1]):
            add_ports(heads[k], part, offset, width, bits, first, words, rows, rows, port * words)


def rows_of_ports(nodes: Ints, part: Ints, offset: Ints, width: Ints, bits: Ints, first: Ints, words: int, rows: Ints, out: Ints) -> None:
    """The rows of some positions: those of all ports that each leads to within its part; nothing of negative ones."""
    for i in range(len(nodes)):
        if nodes[i] >= 0:
            add_ports(nodes[i], part, offset, width, bits, first, words, rows, out, i * words)


def settle_either(words: int, first: int, count: int, ptr: Ints, other: Ints, gain: Ints, bits: Ints) -> None:
    """Gives every row what fails with those of which one of several would have been enough, where it takes all of them away.

    For webs with loops through such ways, which no order of positions can follow.

    Args:
        words: numbers a row.
        first: the bit that says that the first way to number 0 of them fails; those of the others follow.
        count: how many there are.
        ptr: where the bits of the other ways to each begin in `other` (count + 1).
        other: the bits that say that another way fails.
        gain: the bits that fail with each (count * words).
        bits: the rows; changed.
    """
    for row in range(len(bits) // words):
        begin = row * words
        changed = True
        while changed:
            changed = False
            for j in range(first // 64, (first + count - 1) // 64 + 1):
                if bits[begin + j] == 0:
                    continue
                for b in range(max(64 * j, first), min(64 * j + 64, first + count)):
                    if (bits[begin + j] >> (b - 64 * j)) & 1 == 0:
                        continue
                    h = b - first
                    whole = True
                    for i in range(ptr[h], ptr[h + 1]):
                        if (bits[begin + other[i] // 64] >> (other[i] % 64)) & 1 == 0:
                            whole = False
                            break
                    if not whole:
                        continue
                    for w in range(words):
                        more = bits[begin + w] | gain[h * words + w]
                        if more != bits[begin + w]:
                            bits[begin + w] = more
                            changed = True


def fail_from(ptr: Ints, heads: Ints, ways: Ints, waiting: Ints, count: int, out: Ints) -> None:
    """Follows what fails from some nodes on.

    Args:
        ptr: where the links out of each node begin.
        heads: the node that each leads to.
        ways: how many links to each node must have failed before it does; changed.
        waiting: the nodes that fail first; room (n).
        count: how many these are.
        out: 1 for what fails, and for these on entry.
    """
    while count > 0:
        count -= 1
        v = waiting[count]
        for k in range(ptr[v], ptr[v + 1]):
            u = heads[k]
            ways[u] -= 1
            if ways[u] == 0 and out[u] == 0:
                out[u] = 1
                waiting[count] = u
                count += 1


def sums_of_bits(words: int, some: int, many: int, bits: Ints, table: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """The sums of several values for each bit that the first numbers of a row have, from sums for every byte (some * 8 * 256 * many)."""
    for v in range(len(out) // many):
        for j in range(some):
            word = bits[v * words + j]
            if word == 0:
                continue
            for byte in range(8):
                some_bits = (word >> (8 * byte)) & 255
                if some_bits != 0:
                    row = ((j * 8 + byte) * 256 + some_bits) * many
                    for k in range(many):
                        out[v * many + k] += table[row + k]


def beyond_parts(words: int, count: int, bits: Ints, own: Ints, begins: Ints, inside: Ints, out: Ints) -> None:
    """Whether a whole has bits that none of its parts has.

    Args:
        words: numbers a row.
        count: how many bits are looked at, from the first.
        bits: the rows.
        own: the row of each whole, negative for none.
        begins: where the parts of each whole begin in `inside`.
        inside: the rows of parts, negative for none.
        out: takes 1 for those that have more.
    """
    one = bits[0] * 0 + 1  # of the width of the bits
    for w in range(len(own)):
        if own[w] < 0:
            continue
        for j in range((count + 63) // 64):
            rest = bits[own[w] * words + j]
            if 64 * (j + 1) > count:  # the word has bits of something else
                for place in range(count - 64 * j, 64):
                    rest &= ~(one << place)
            k = begins[w]
            while rest != 0 and k < begins[w + 1]:
                if inside[k] >= 0:
                    rest &= ~bits[inside[k] * words + j]
                k += 1
            if rest != 0:
                out[w] = 1
                break


def strong(ptr: Ints, src: Ints, group: Ints, low: Ints, number: Ints, stack: Ints, walk: Ints, at: Ints) -> int:
    """The strongly connected groups of a graph, numbered so that each comes after all that leads to it.

    Source: R. Tarjan, Depth-first search and linear graph algorithms (1972), without recursion. Walking links backwards, a
    group is complete when all that leads to it is, so that groups are numbered in topological order.

    Args:
        ptr: where the links into each node begin.
        src: the source node of each link.
        group: takes the group of each node; -1 (n) on entry.
        low: room (n).
        number: zeros (n).
        stack: room (n).
        walk: room (n).
        at: room (n).

    Returns:
        How many groups there are.
    """
    count = 0
    seen = 0
    top = 0
    for root in range(len(ptr) - 1):
        if number[root] != 0:
            continue
        depth = 0
        walk[0] = root
        seen += 1
        number[root] = seen
        low[root] = seen
        at[root] = ptr[root]
        stack[top] = root
        top += 1
        while depth >= 0:
            v = walk[depth]
            if at[v] < ptr[v + 1]:
                u = src[at[v]]
                at[v] += 1
                if number[u] == 0:
                    seen += 1
                    number[u] = seen
                    low[u] = seen
                    at[u] = ptr[u]
                    stack[top] = u
                    top += 1
                    depth += 1
                    walk[depth] = u
                elif group[u] < 0 and number[u] < low[v]:
                    low[v] = number[u]
                continue
            if low[v] == number[v]:
                while True:
                    top -= 1
                    u = stack[top]
                    group[u] = count
                    if u == v:
                        break
                count += 1
            depth -= 1
            if depth >= 0 and low[v] < low[walk[depth]]:
                low[walk[depth]] = low[v]
    return count
