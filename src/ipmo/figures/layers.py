"""Where boxes in columns stand: in an order in which few arrows cross, and each as near to what it is joined to as its neighbours let it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence

__all__ = ["apart", "layered"]

SWEEPS = 12
"""Times that the columns are put in order, from the left and back."""

Place = str | tuple[int, int]
"""A box by its id, or where an arrow passes a column: (its number, the column)."""


def layered(
    columns: Mapping[str, int], arrows: Sequence[tuple[str, str]], room: float, narrow: float
) -> tuple[dict[str, float], dict[tuple[str, str], list[float]]]:
    """The height of the middle of each box, and for each arrow its heights in the columns that it passes.

    Args:
        columns: box to its column.
        arrows: from one column to a later one.
        room: that a box takes.
        narrow: that a passing arrow takes.

    Source: Sugiyama, Tagawa and Toda, Methods for Visual Understanding of Hierarchical System Structures (1981): barycentres; heights by least
    squares under the order (pool adjacent violators).

    >>> layered({"a": 0, "b": 0, "x": 1, "y": 1}, [("a", "y"), ("b", "x")], 10, 3)[0]
    {'a': 5.0, 'b': 15.0, 'x': 15.0, 'y': 5.0}
    """
    used = set(columns.values())
    layers: dict[int, list[Place]] = {column: [] for column in range(min(used, default=0), max(used, default=-1) + 1)}
    for name, column in columns.items():
        layers[column].append(name)
    joined: dict[Place, list[Place]] = {}
    passing: dict[tuple[str, str], list[Place]] = {}
    for number, (source, target) in enumerate(arrows):
        if (source, target) in passing:
            continue
        chain: list[Place] = [(number, column) for column in layers if columns[source] < column < columns[target]]
        passing[source, target] = chain
        for place, column in zip(chain, (c for c in layers if columns[source] < c < columns[target]), strict=True):
            layers[column].append(place)
        steps: list[Place] = [source, *chain, target]
        for one, other in itertools.pairwise(steps):
            joined.setdefault(one, []).append(other)
            joined.setdefault(other, []).append(one)
    sides = {place: column for column, layer in layers.items() for place in layer}
    _ordered(layers, joined, sides)
    size = {place: room if isinstance(place, str) else narrow for layer in layers.values() for place in layer}
    at: dict[Place, float] = {}
    for layer in layers.values():
        top = 0.0
        for place in layer:
            at[place] = top + size[place] / 2
            top += size[place]
    order = list(layers.values())
    for sweep in range(SWEEPS):
        for layer in order if sweep % 2 else order[::-1]:
            wanted = [sum(at[o] for o in joined[p]) / len(joined[p]) if joined.get(p) else at[p] for p in layer]
            at.update(zip(layer, apart(wanted, [size[p] for p in layer]), strict=True))
    top = min((at[place] - size[place] / 2 for place in at), default=0.0)
    heights = {place: height - top for place, height in at.items()}
    return {name: heights[name] for name in columns}, {arrow: [heights[p] for p in chain] for arrow, chain in passing.items()}


def _ordered(layers: Mapping[int, list[Place]], joined: Mapping[Place, Sequence[Place]], sides: Mapping[Place, int]) -> None:
    """Puts columns in order of the mean place of what each box is joined to on one side; boxes joined to nothing stay where they are."""
    order = list(layers)
    best, fewest = {column: list(layer) for column, layer in layers.items()}, _crossings(layers, joined, sides)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for column in order[1:] if forward else order[-2::-1]:
            rank = {place: n for layer in layers.values() for n, place in enumerate(layer)}
            near = {place: [rank[o] for o in joined.get(place, ()) if (sides[o] < column) == forward] for place in layers[column]}
            mean = {place: (sum(some) / len(some) if some else float(rank[place]), rank[place]) for place, some in near.items()}
            layers[column].sort(key=mean.__getitem__)
        found = _crossings(layers, joined, sides)
        if found < fewest:
            best, fewest = {column: list(layer) for column, layer in layers.items()}, found
    for column, layer in best.items():
        layers[column][:] = layer


def _crossings(layers: Mapping[int, Sequence[Place]], joined: Mapping[Place, Sequence[Place]], sides: Mapping[Place, int]) -> int:
    """How many pairs of arrows cross, counted column by column by the inversions among their ends."""
    rank = {place: n for layer in layers.values() for n, place in enumerate(layer)}
    total = 0
    for column, layer in layers.items():
        ends: list[int] = []
        for place in layer:
            for end in sorted(rank[o] for o in joined.get(place, ()) if sides[o] > column):
                total += sum(one > end for one in ends)
                ends.append(end)
    return total


def apart(wanted: Sequence[float], sizes: Sequence[float], low: float = -math.inf, high: float = math.inf) -> list[float]:
    """Middles in their order, none over another, as near to what is wanted as that lets them be (least squares).

    Args:
        wanted: where each middle would stand if it were alone.
        sizes: how much room each takes.
        low, high: between which the middles stay; of more than there is room for, those at the end lie beyond `high`.

    >>> apart([5, 5, 40], [10, 10, 10])
    [0.0, 10.0, 40.0]
    >>> apart([5, 5, 40], [10, 10, 10], low=3, high=30)
    [3.0, 13.0, 30.0]
    """
    offsets, so_far = [], 0.0
    for n, size in enumerate(sizes):
        so_far += (sizes[n - 1] + size) / 2 if n else 0.0
        offsets.append(so_far)
    blocks: list[tuple[float, int]] = []  # the sum of what is wanted less the offset, and of how many
    for value, offset in zip(wanted, offsets, strict=True):
        blocks.append((value - offset, 1))
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            (a, m), (b, n) = blocks[-2:]
            blocks[-2:] = [(a + b, m + n)]
    most = high - so_far
    out: list[float] = []
    for total, count in blocks:
        level = max(min(total / count, most), low)  # cut to its ends, the answer without ends is the one with them
        out += [level + offsets[len(out) + n] for n in range(count)]
    return out
