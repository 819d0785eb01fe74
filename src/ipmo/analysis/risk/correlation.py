"""Rank correlations of estimates that are stated: how draws of some work go together, each with its own distribution unchanged.

Draws become normal, are mixed, and become draws again (a Gaussian copula), so that no estimate is another one than before. A rank correlation
r is a normal correlation of 2 sin(pi r / 6). Correlations that cannot hold together are brought to the nearest that can, and that is said.
Source: Iman and Conover (1982); Rebonato and Jaeckel (1999) for the repair. Shared causes are better recorded as drivers.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import attrs
import numpy as np

from ipmo.analysis.risk.distributions import normal_quantile
from ipmo.errors import ModelError, OptionError
from ipmo.findings import Finding, Severity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Correlated", "correlated"]

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
    matrix = np.eye(len(names))
    for (one, other), rank in pairs.items():
        i, j = names.index(one), names.index(other)
        matrix[i, j] = matrix[j, i] = 2 * math.sin(math.pi * rank / 6)
    values, vectors = np.linalg.eigh(matrix)
    factor = vectors * np.sqrt(np.maximum(values, 0.0))
    factor = factor / np.sqrt((factor * factor).sum(axis=1, keepdims=True))
    findings = []
    if values.min() < -1e-9:
        repaired = factor @ factor.T
        change = float(np.abs(repaired - matrix).max())
        message = f"the correlations of {len(names)} pieces of work cannot hold together; they were brought to the nearest that can, at most {change:.2f} away"
        findings.append(
            Finding(code="ipmo/correlations-repaired", severity=Severity.WARNING, message=message, hint="record shared causes as drivers")
        )
    return Correlated(names=names, factor=factor), findings
