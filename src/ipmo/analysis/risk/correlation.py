"""Rank correlations of estimates that are stated: how draws of some work go together, each with its own distribution unchanged.

Draws become normal, are mixed, and become draws again (a Gaussian copula), so that no estimate is another one than before. A rank correlation
r is a normal correlation of 2 sin(pi r / 6). Pairs that nobody states are independent; where the stated ones cannot hold so, the others follow
from them. Correlations that cannot hold together are brought to the nearest that can, and either is said. Source: Iman and Conover (1982); Higham,
Computing the nearest correlation matrix (2002), alternating projections. Shared causes are better recorded as drivers.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

import attrs
import numpy as np

from ipmo.analysis.risk.distributions import normal_quantile
from ipmo.errors import ModelError, OptionError
from ipmo.findings import Finding, Severity
from ipmo.words import agree, counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Correlated", "correlated"]

Yes: TypeAlias = "NDArray[np.bool_]"
CHANGED = 0.005
"""By how much a rank correlation is another one."""
CLOSE = 1e-6
"""How far a matrix may be from what it is to be, and holds."""
STEPS, WORK = 2000, 4_000_000_000
"""Projections at most: so many, and fewer of large matrices, a step of which takes the cube of their size."""
LEAST = 2.0**-33
"""The least draw there is."""


@attrs.frozen(kw_only=True, eq=False)
class Correlated:
    """Work whose draws go together.

    Args:
        names: the work, in order of ids.
        factor: a matrix whose product with its transpose is their normal correlation.
    """

    names: tuple[str, ...]
    factor: Floats

    def mixed(self, u: Floats) -> Floats:
        """Draws of that work, one row each, as draws that go together; the same whatever is computed beside them."""
        z = normal_quantile(u)
        out = np.empty_like(u)
        for row, weights in enumerate(self.factor):
            whole = np.zeros(u.shape[1])
            for weight, one in zip(weights.tolist(), z, strict=True):
                whole = whole + weight * one
            out[row] = [0.5 * math.erfc(-value / math.sqrt(2)) for value in whole.tolist()]
        return np.clip(out, LEAST, 1 - LEAST)


def correlated(stated: Mapping[tuple[str, str], float], uncertain: Collection[str]) -> tuple[Correlated | None, list[Finding]]:
    """Work that goes together by stated rank correlations, and what had to be repaired.

    Args:
        stated: pairs of work, each with its rank correlation.
        uncertain: the work with an uncertain estimate.

    Raises:
        OptionError: a correlation is below -1 or above 1, or is not of two.
        ModelError: one is of work without an uncertain estimate, or a pair is stated twice in two ways.
    """
    pairs: dict[tuple[str, str], float] = {}
    for pair, rank in stated.items():
        if len(pair) != 2 or pair[0] == pair[1]:
            raise OptionError(
                "correlations", pair, takes="a mapping of pairs of two tasks, such as ('tram/track', 'depot/build'), to a number"
            )
        one, other = sorted(pair)
        said = f"the correlation of {one!r} and {other!r}"
        if not -1 <= rank <= 1:
            raise OptionError("correlations", rank, takes=f"a number from -1 to 1 for {said}")
        for name in (one, other):
            if name not in uncertain:
                raise ModelError(f"{said} is stated, and {name!r} is no open work with an uncertain estimate")
        if pairs.setdefault((one, other), float(rank)) != rank:
            raise ModelError(f"{said} is stated twice: {pairs[one, other]:g} and {rank:g}")
    if not pairs:
        return None, []
    names = tuple(sorted({name for pair in pairs for name in pair}))
    matrix, stated_at = np.eye(len(names)), np.eye(len(names), dtype=bool)
    place = {name: number for number, name in enumerate(names)}
    for (one, other), rank in pairs.items():
        i, j = place[one], place[other]
        matrix[i, j] = matrix[j, i] = 2 * math.sin(math.pi * rank / 6)
        stated_at[i, j] = stated_at[j, i] = True
    held: Floats = matrix
    if np.linalg.eigvalsh(matrix).min() < -1e-9:
        whole = _completed(matrix, stated_at)
        held = _nearest(matrix, stated_at) if whole is None else whole
    values, vectors = np.linalg.eigh(held)
    factor = vectors * np.sqrt(np.maximum(values, 0.0))
    factor = factor / np.sqrt((factor * factor).sum(axis=1, keepdims=True))
    return Correlated(names=names, factor=factor), [] if held is matrix else list(_said(names, pairs, factor @ factor.T))


def _psd(matrix: Floats) -> Floats:
    """The nearest matrix without a negative eigenvalue."""
    values, vectors = np.linalg.eigh(matrix)
    found: Floats = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return found


def _steps(matrix: Floats) -> int:
    return max(60, min(STEPS, WORK // len(matrix) ** 3))


def _completed(matrix: Floats, stated: Yes) -> Floats | None:
    """Correlations that hold together with all that are stated, the others as near to none as they can be; None where there are none such.

    Source: Dykstra's alternating projections, between what is stated and what holds together.
    """
    found, carried = matrix, np.zeros_like(matrix)
    for _ in range(_steps(matrix)):
        holds = _psd(found - carried)
        carried = holds - (found - carried)
        found = np.where(stated, matrix, holds)
        if float(np.abs(found - holds).max()) < CLOSE:
            return found
    return None


def _nearest(matrix: Floats, stated: Yes) -> Floats:
    """The nearest correlations that hold together: least squares over the stated pairs, the others as these leave them."""
    wanted, left = matrix, _steps(matrix)
    while left > 0:
        found, carried = wanted, np.zeros_like(matrix)
        while left > 0:
            left -= 1
            holds = _psd(found - carried)
            carried = holds - (found - carried)
            before, found = found, holds.copy()
            np.fill_diagonal(found, 1.0)
            if float(np.abs(found - before).max()) < CLOSE:
                break
        again = np.where(stated, matrix, found)
        if float(np.abs(again - wanted).max()) < CLOSE:
            break
        wanted = again
    return found


def _said(names: tuple[str, ...], pairs: Mapping[tuple[str, str], float], held: Floats) -> Iterator[Finding]:
    """What became of stated correlations, and of pairs that nobody stated, as ranks."""
    ranks = 6 / math.pi * np.arcsin(np.clip(held, -1.0, 1.0) / 2)
    place = {name: number for number, name in enumerate(names)}

    def rank(pair: tuple[str, str]) -> float:
        return float(ranks[place[pair[0]], place[pair[1]]])

    away = {pair: abs(rank(pair) - stated) for pair, stated in pairs.items()}
    worst = max(away, key=lambda pair: away[pair])
    if away[worst] >= CHANGED:
        message = f"the correlations of {len(names)} pieces of work cannot hold together; they were brought to the nearest that can, at most {away[worst]:.2f} away: {worst[0]!r} and {worst[1]!r} have {rank(worst):.2f} instead of {pairs[worst]:.2f}"
        yield Finding(code="ipmo/correlations-repaired", severity=Severity.WARNING, message=message, hint="record shared causes as drivers")
    follow = [pair for pair in itertools.combinations(names, 2) if pair not in pairs and abs(rank(pair)) >= CHANGED]
    if follow:
        most = max(follow, key=lambda pair: abs(rank(pair)))
        message = f"{counted(len(follow), 'pair')} of work that nobody stated a correlation of {agree(len(follow), 'has', 'have')} one that follows from those stated: {most[0]!r} and {most[1]!r} {rank(most):.2f}"
        hint = "state what is known of them, or record shared causes as drivers"
        yield Finding(code="ipmo/correlations-completed", severity=Severity.INFO, message=message, hint=hint)
