"""Scoring: weighted criteria on anchored scales, how little weight changes an order, and pairwise comparison (AHP)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from ipmo.model import Portfolio
from ipmo.plugin import Column, Shown, ShownAnswer, Table, UnitError, UnknownItemError, close_matches, counted
from ipmo_mop.catalogue import OPEN, Criterion, fields_of

__all__ = ["AHP", "Scores", "Swap", "ahp", "criteria_of", "scores"]

RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
"""Mean consistency index of random matrices by size (Saaty 1980), as far as it is used here: to ten."""


@attrs.frozen(kw_only=True)
class Swap(Shown):
    """The least change of weights at which two projects change places.

    Args:
        above, below: the pair, as it is ranked now.
        moved: weight that must move, as a share of all weight; None when no weights can bring them level.
        weights: the weights at which they are level; empty when there are none.
    """

    above: str
    below: str
    moved: float | None
    weights: Mapping[str, float]

    @property
    def text(self) -> str:
        """In one sentence."""
        if self.moved is None:
            return f"{self.above} stays above {self.below} under any weights: it is better on every criterion"
        if self.moved < 5e-5:
            return f"{self.above} and {self.below} are level"
        return f"{self.above} and {self.below} change places when {self.moved:.1%} of the weight moves"


class Scores(ShownAnswer):
    """Weighted scores of projects on one set of criteria, best first.

    Args:
        criteria: the set.
        points: project to points of 0 to 100 by criterion.
        missing: project to criteria on which it has no score.
    """

    def __init__(
        self, criteria: Sequence[Criterion], points: Mapping[str, Mapping[str, float]], missing: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.criteria, self.points, self.missing = tuple(criteria), points, missing
        self.weights: Mapping[str, float] = {c.id: c.weight for c in self.criteria}
        self.totals: Mapping[str, float] = {
            name: sum(self.weights[c] * value for c, value in row.items()) for name, row in points.items() if not missing.get(name)
        }
        self.ranking: tuple[str, ...] = tuple(sorted(self.totals, key=lambda name: (-self.totals[name], name)))

    def __getitem__(self, project: str) -> float:
        if project not in self.totals:
            raise UnknownItemError(project, close_matches(project, self.totals), "the projects that are scored on every criterion")
        return self.totals[project]

    def swap(self, one: str, other: str) -> Swap:
        """The least weight that must move for two projects to be level.

        With `d` the difference of their points by criterion, moving weight from criterion a to b closes `d_a - d_b` of the
        gap `w · d`; it moves from where d is largest to where it is smallest until the gap is closed. That is the optimum of
        `min Σ max(v - w, 0)` over weights `v >= 0, Σ v = 1, v · d = 0`: a transport to one sink.
        """
        above, below = sorted((one, other), key=self.ranking.index)
        difference = {c: self.points[above][c] - self.points[below][c] for c in self.weights}
        gap = self[above] - self[below]
        sink = min(difference, key=lambda c: (difference[c], c))
        weights, moved = dict(self.weights), 0.0
        if difference[sink] > 0:
            return Swap(above=above, below=below, moved=None, weights={})
        for criterion in sorted(difference, key=lambda c: (-difference[c], c)):
            closes = difference[criterion] - difference[sink]
            if gap <= 1e-12 or closes <= 0:
                break
            step = min(weights[criterion], gap / closes)
            weights[criterion] -= step
            weights[sink] += step
            moved, gap = moved + step, gap - step * closes
        if gap > 1e-9:  # all weight lies where they are level at best: nothing is left to move
            return Swap(above=above, below=below, moved=None, weights={})
        return Swap(above=above, below=below, moved=moved, weights=weights)

    def swaps(self) -> tuple[Swap, ...]:
        """The swap of each project with the next one below it."""
        return tuple(self.swap(a, b) for a, b in zip(self.ranking, self.ranking[1:], strict=False))

    def table(self) -> Table:
        """rank, project, score, a column a criterion (points), to_swap: weight in % that brings it level with the next one."""
        swaps = {swap.above: swap for swap in self.swaps()}
        columns = [
            Column("rank", "int", list(range(1, len(self.ranking) + 1))),
            Column("project", "str", self.ranking),
            Column("score", "float", [self.totals[name] for name in self.ranking]),
        ]
        columns += [Column(c.id, "float", [self.points[name][c.id] for name in self.ranking]) for c in self.criteria]
        moved = [swaps[name].moved if name in swaps else None for name in self.ranking]
        columns.append(Column("to_swap", "float", [None if m is None else 100 * m for m in moved], "%"))
        return Table(columns)

    def __repr__(self) -> str:
        return f"<Scores: {counted(len(self.ranking), 'project')} on {counted(len(self.criteria), 'criterion', 'criteria')}, {len([m for m in self.missing.values() if m])} incomplete>"


def criteria_of(portfolio: Portfolio, category: str | None = None) -> tuple[Criterion, ...]:
    """The set of criteria of a category: those for all, and those that name it."""
    return tuple(c for c in fields_of(portfolio).criteria if not c.categories or (category is not None and category in c.categories))


def scores(portfolio: Portfolio, category: str | None = None) -> Scores:
    """Weighted scores of the open projects; of one category, on its own set of criteria, when one is named.

    Raises:
        UnitError: there are no criteria, their weights do not sum to 100 %, or a score is not on its scale.
    """
    criteria = criteria_of(portfolio, category)
    if not criteria:
        raise UnitError("there are no criteria; declare portfolio: extensions: {mop: {criteria: [...]}}")
    total = sum(c.weight for c in criteria)
    if abs(total - 1) > 1e-9:
        raise UnitError(f"the weights of {', '.join(c.id for c in criteria)} sum to {total:.4g}, not to 100 %")
    points: dict[str, dict[str, float]] = {}
    missing: dict[str, tuple[str, ...]] = {}
    for project in portfolio.projects:
        if project.counted_as in OPEN and (category is None or project.category == category):
            given = fields_of(project).scores
            points[project.id] = {c.id: c.points(given[c.id]) for c in criteria if c.id in given}
            if lacking := tuple(c.id for c in criteria if c.id not in given):
                missing[project.id] = lacking
    return Scores(criteria, points, missing)


@attrs.frozen(kw_only=True)
class AHP(ShownAnswer):
    """Weights from pairwise comparison.

    Args:
        names: what was compared.
        weights: share by name: the principal eigenvector.
        ratio: consistency ratio; up to 0.10 is accepted. None above ten names.
        doubt: of an inconsistent matrix the comparison farthest from the weights: (one, other, as given, as the weights say).
    """

    names: tuple[str, ...]
    weights: Mapping[str, float]
    ratio: float | None
    doubt: tuple[str, str, float, float] | None

    @property
    def consistent(self) -> bool | None:
        """The ratio is at most 0.10; None when it is not known."""
        return None if self.ratio is None else self.ratio <= 0.10

    def table(self) -> Table:
        """One row a name: name, weight, the heaviest first."""
        order = sorted(self.names, key=lambda name: -self.weights[name])
        return Table([Column("name", "str", order), Column("weight", "float", [self.weights[name] for name in order])])

    def __repr__(self) -> str:
        said = "not known" if self.ratio is None else f"{self.ratio:.2f}, {'consistent' if self.consistent else 'not consistent'}"
        return f"<AHP: {counted(len(self.names), 'weight')}, consistency ratio {said}>"


def ahp(names: Iterable[str], comparisons: Mapping[tuple[str, str], float]) -> AHP:
    """Weights by the principal eigenvector, with the consistency ratio `((λmax - n) / (n - 1)) / RI(n)`.

    Args:
        names: what is compared.
        comparisons: (a, b) to how many times a matters as much as b; each pair once, in either order.

    Raises:
        UnitError: a pair is missing, doubled, or not a positive number.

    Source: Saaty, The Analytic Hierarchy Process (1980).
    """
    import numpy as np

    order = tuple(names)
    place = {name: n for n, name in enumerate(order)}
    matrix = np.eye(len(order))
    for (one, other), value in comparisons.items():
        if one not in place or other not in place or one == other:
            raise UnitError(f"the pair {one!r}, {other!r} is not of two of {', '.join(order)}")
        if not value > 0 or value == float("inf"):
            raise UnitError(f"{one!r} against {other!r} is {value}; write a positive number, a fraction when it matters less")
        if (other, one) in comparisons:
            raise UnitError(f"{one!r} against {other!r} is given twice")
        matrix[place[one], place[other]], matrix[place[other], place[one]] = value, 1 / value
    for n, one in enumerate(order):
        for other in order[n + 1 :]:
            if (one, other) not in comparisons and (other, one) not in comparisons:
                raise UnitError(f"{one!r} is not compared with {other!r}")
    if not order:
        raise UnitError("there is nothing to compare")
    values, vectors = np.linalg.eig(matrix)
    top = int(np.argmax(values.real))
    vector = np.abs(vectors[:, top].real)
    weights = vector / vector.sum()
    size = len(order)
    ratio: float | None = 0.0
    if size > 2:
        index = max(0.0, (float(values[top].real) - size) / (size - 1))
        ratio = index / RANDOM_INDEX[size] if size < len(RANDOM_INDEX) else None
    doubt = None
    if ratio is not None and ratio > 0.10:
        # of three, all pairs are equally far: the one that says most is named, not the one that rounding puts first
        far = {
            (a, b): (round(abs(float(np.log(v * weights[place[b]] / weights[place[a]]))), 9), abs(float(np.log(v))))
            for (a, b), v in comparisons.items()
        }
        a, b = max(far, key=far.__getitem__)
        v = comparisons[a, b]
        doubt = (a, b, v, float(weights[place[a]] / weights[place[b]]))
    return AHP(names=order, weights={n: float(w) for n, w in zip(order, weights, strict=True)}, ratio=ratio, doubt=doubt)
