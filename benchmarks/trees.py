"""Roll-ups over a tree of a million leaves, six levels deep, seven measures: against plain Python and polars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from ipmo.network import tree as trees
from ipmo.network.tree import Tree, Values

FAN = (10, 10, 10, 10, 10, 10)
"""Children of a node at each level: 1,000,000 leaves, 1,111,111 nodes."""


def forest(seed: int = 7, fans: tuple[int, ...] = FAN) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """(parents, columns, which are known), seeded: 3 % of the leaves are unknown."""
    random = np.random.default_rng(seed)
    parents, level = [np.array([-1])], np.array([0])
    count = 1
    for fan in fans:
        parents.append(np.repeat(level, fan))
        level = np.arange(count, count + len(level) * fan)
        count += len(level)
    n = count
    leaf = np.zeros(n, bool)
    leaf[level] = True
    columns = {
        "budget": random.integers(0, 10**9, n),
        "actual": random.integers(0, 10**9, n),
        "effort": random.integers(0, 10**5, n),
        "start": random.integers(0, 10**6, n),
        "finish": random.integers(0, 10**6, n),
        "status": random.integers(0, 3, n),
        "weight": random.integers(1, 10**4, n),
    }
    columns["progress"] = columns["weight"] * random.integers(0, 100, n)
    return np.concatenate(parents), columns, leaf & (random.random(n) > 0.03)


COMBINES = {"budget": "sum", "actual": "sum", "effort": "sum", "start": "min", "finish": "max", "status": "worst", "progress": "mean"}


def plain_python(parent: list[int], columns: dict[str, list[int]], known: list[bool], leaf: list[bool]) -> dict[str, Any]:
    """One backward pass over lists, as simply as it can be written: the same figures and counts."""
    n = len(parent)
    sums = {
        name: [v if k else 0 for v, k in zip(columns[name], known, strict=True)]
        for name in ("budget", "actual", "effort", "progress", "weight")
    }
    least = [v if k else None for v, k in zip(columns["start"], known, strict=True)]
    most = [v if k else None for v, k in zip(columns["finish"], known, strict=True)]
    worst = [v if k else None for v, k in zip(columns["status"], known, strict=True)]
    counts, totals = [int(k) for k in known], [int(x) for x in leaf]
    budget, actual, effort, progress, weight = sums.values()
    for i in range(n - 1, 0, -1):
        p = parent[i]
        counts[p] += counts[i]
        totals[p] += totals[i]
        budget[p] += budget[i]
        actual[p] += actual[i]
        effort[p] += effort[i]
        progress[p] += progress[i]
        weight[p] += weight[i]
        a = least[i]
        if a is not None and (least[p] is None or a < least[p]):
            least[p] = a
        a = most[i]
        if a is not None and (most[p] is None or a > most[p]):
            most[p] = a
        a = worst[i]
        if a is not None and (worst[p] is None or a > worst[p]):
            worst[p] = a
    return {"budget": budget, "start": least, "finish": most, "status": worst, "progress": progress, "weight": weight, "known": counts}


def with_polars(levels: list[pl.DataFrame]) -> pl.DataFrame:
    """Group-by level by level, the deepest first: the same figures and counts."""
    sums = ("budget", "actual", "effort", "progress", "weight", "known", "total")
    frame = levels[-1]
    for above in reversed(levels[:-1]):
        rolled = frame.group_by("parent").agg(
            *(pl.col(c).sum() for c in sums), pl.col("start").min(), pl.col("finish").max(), pl.col("status").max()
        )
        frame = above.join(rolled, left_on="node", right_on="parent", how="left", maintain_order="left")
    return frame


def rows(turns: Callable[..., tuple[float, float]], bar: Callable[..., None]) -> None:
    """The rows of the table."""
    parent, columns, known = forest()
    n = len(parent)
    leaf = np.ones(n, bool)
    leaf[parent[1:]] = False
    tree = Tree.from_columns(parent)
    values = {
        name: Values(value=columns[name], combine=combine, known=known, weight=columns["weight"] if combine == "mean" else None)
        for name, combine in COMBINES.items()
    }
    lists = {name: column.tolist() for name, column in columns.items()}
    parents, knowns, leaves = parent.tolist(), known.tolist(), leaf.tolist()
    depth = np.zeros(n, int)
    for i in range(1, n):
        depth[i] = depth[parents[i]] + 1
    levels = []
    for d in range(int(depth.max()) + 1):
        here = np.flatnonzero(depth == d)
        frame = {"node": here, "parent": parent[here]}
        if d == depth.max():
            for name, column in columns.items():
                empty = None if name in ("start", "finish", "status") else 0
                frame[name] = pl.Series([v if k else empty for v, k in zip(column[here].tolist(), known[here].tolist(), strict=True)])
            frame["known"], frame["total"] = known[here].astype(int), np.ones(len(here), int)
        levels.append(pl.DataFrame(frame))

    rolled, plain, polars = tree.roll_up(values), plain_python(parents, lists, knowns, leaves), with_polars(levels)
    for name in ("budget", "start", "finish", "status", "progress"):
        bearing = np.flatnonzero(rolled[name].known)
        assert rolled[name].value[bearing].tolist() == [plain[name][i] for i in bearing.tolist()], name
        assert int(rolled[name].value[0]) == polars[name][0], name
    assert rolled["budget"].known.tolist() == plain["known"]

    def compiled() -> None:
        tree.roll_up(values)

    def numpy_only() -> None:
        kept, trees.available = trees.available, lambda: False
        try:
            tree.roll_up(values)
        finally:
            trees.available = kept

    def python() -> None:
        plain_python(parents, lists, knowns, leaves)

    what = "roll-up of 7 measures, 1,000,000 leaves, 6 levels"
    ours, theirs = turns(numpy_only, python)
    bar(f"{what}, numpy", ours, "a plain Python pass", theirs, 5, faster=True)
    ours, theirs = turns(compiled, python)
    bar(f"{what}, fast", ours, "a plain Python pass", theirs, 12, faster=True)
    ours, theirs = turns(compiled, lambda: with_polars(levels))
    bar(f"{what}, fast", ours, "polars group-by level by level", theirs, 1, faster=True)
    ours, theirs = turns(numpy_only, lambda: with_polars(levels))
    bar(f"{what}, numpy", ours, "polars group-by level by level", theirs, None, faster=True)

    bush, sums, known_few = forest(fans=(10, 10, 10))
    small = Tree.from_columns(bush)
    few = small.roll_up({"budget": Values(value=sums["budget"], combine="sum", known=known_few)})

    def explained(one: Tree, figures: Any) -> Callable[[], None]:
        def job() -> None:
            for _ in range(2000):
                one.explain(figures, "budget", 0)

        return job

    ours, theirs = turns(explained(tree, rolled), explained(small, few))
    bar("explain the root (10 parts) of 1,000,000 leaves, 2,000 times", ours, "the same of 1,000 leaves", theirs, 2, faster=False)
