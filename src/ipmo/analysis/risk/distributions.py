"""What uncertain estimates come to in a sample: the quantile functions of every kind of estimate, for rows of draws at once.

A row of draws u between 0 and 1 becomes a row of values: what `Estimate.quantile` says of each, kind by kind in closed form, the
beta distribution from a table of its own. Kinds that methodologies declare are asked value by value.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

import numpy as np

from ipmo.errors import UnitError
from ipmo.model.estimates import Discrete, Empirical, Estimate, Fixed, LogNormal, Normal, Pert, Triangular, Uniform, number
from ipmo.network.kernels.draws import LEVELS, PIECES, STEPS, TAIL, ZOOM
from ipmo.network.streams import GROUP, TOGETHER, Stream, uniforms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mixed = tuple[list[int], Callable[[Floats], Floats]]

__all__ = [
    "BOUNDED",
    "Draws",
    "PertRule",
    "beta_of",
    "beta_table",
    "corners_of",
    "deviation",
    "endless",
    "from_table",
    "normal_quantile",
    "quantiles",
    "random",
    "rule_of",
    "triangular",
]

PertRule = Literal["beta", "classic"]
"""Which distribution a PERT estimate is: beta with 1 + 4 (m - a) / (b - a), or the beta whose deviation is a sixth of the range.

Both have the mean (a + 4 m + b) / 6. Source: Malcolm et al. (1959) state the mean and the sixth; Vose, Risk Analysis, the beta.
"""
BOUNDED = (Triangular, Uniform, Pert)
"""Kinds between two bounds."""
ALL = 1 - 1e-9
"""A probability that counts as certain."""
CELLS = 2048
"""Cells of the distribution function that a table of a beta distribution is made from."""
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(3)


def random(estimate: Estimate | None) -> bool:
    """Whether an estimate comes to more than one value.

    >>> random(Fixed(3.0)), random(Triangular(1.0, 2.0, 3.0)), random(Uniform(2.0, 2.0))
    (False, True, False)
    """
    if estimate is None or isinstance(estimate, Fixed):
        return False
    if isinstance(estimate, BOUNDED):  # their bounds say it without a quantile, which takes a beta distribution a millisecond
        low, _, high, _ = corners_of(estimate)
        return low != high
    stairs = estimate.steps()
    if stairs:
        return len({number(value) for share, value in stairs if share > 0}) > 1 or stairs[-1][0] < ALL
    least, most = estimate.quantile(0.0005), estimate.quantile(0.9995)
    return least is not None and most is not None and number(least) != number(most)


def endless(estimate: Estimate) -> float:
    """The probability that it has no value at all: work that may never end, at the pace of its history."""
    stairs = estimate.steps()
    return 1 - stairs[-1][0] if stairs and stairs[-1][0] < ALL else 0.0


def normal_quantile(u: Floats) -> Floats:
    """The standard normal quantile. Source: Wichura, Algorithm AS 241 (1988), PPND16: about 16 digits.

    >>> [round(float(z), 6) for z in normal_quantile(np.array([0.1, 0.5, 0.999]))]
    [-1.281552, 0.0, 3.090232]
    """
    q = u - 0.5
    r = 0.180625 - q * q
    middle = q * _ratio(r, A, B)
    tail = np.sqrt(-np.log(np.where(q < 0, u, 1 - u)))
    near, far = _ratio(tail - 1.6, C, D), _ratio(tail - 5, E, F)
    outside = np.where(tail <= 5, near, far)
    return np.where(np.abs(q) <= 0.425, middle, np.where(q < 0, -outside, outside))


def _ratio(r: Floats, above: Sequence[float], below: Sequence[float]) -> Floats:
    """One polynomial by another, coefficients from the highest power down."""
    over, under = np.zeros_like(r), np.zeros_like(r)
    for one, other in zip(above, below, strict=True):
        over, under = over * r + one, under * r + other
    out: Floats = over / under
    return out


A = (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4, 1.3731693765509461125e4,
     1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0)  # fmt: skip
B = (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4, 5.3941960214247511077e3,
     6.8718700749205790830e2, 4.2313330701600911252e1, 1.0)  # fmt: skip
C = (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
     3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0)  # fmt: skip
D = (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0)  # fmt: skip
E = (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0)  # fmt: skip
F = (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0)  # fmt: skip


@functools.lru_cache(maxsize=16_384)
def beta_table(alpha: float, beta: float) -> Floats:
    """Quantiles of a beta distribution on 0 to 1, for interpolation: within 2e-5 of the true ones, and never falling by more than the last bit.

    A row has the three coefficients of a parabola in one piece of the shares, see `kernels.draws.draw_beta`: 512 pieces from 0 to 1, then the
    tail below and that above, both magnified again and again, for they are steep. Each parabola goes through the values at the ends and in
    the middle of its piece. Those come from the distribution function at 2,049 points: the density is summed over x = sin^2 t, which is
    smooth at both ends, by three points of Gauss and Legendre in each cell of t.
    """
    edges = np.linspace(0.0, math.pi / 2, CELLS + 1)
    half = math.pi / 4 / CELLS
    t = edges[:-1, None] + half * (1 + POINTS)
    cells = (np.sin(t) ** (2 * alpha - 1) * np.cos(t) ** (2 * beta - 1)) @ WEIGHTS
    shares = np.concatenate([[0.0], np.cumsum(cells)])
    shares, values = shares / shares[-1], np.sin(edges) ** 2
    sizes = [TAIL / ZOOM**level for level in range(LEVELS)]
    middle, ends = np.arange(2 * PIECES + 1) / (2 * PIECES), np.arange(2 * STEPS + 1) / (2 * STEPS)
    asked = [middle, *(ends * size for size in sizes), *(1 - ends * size for size in sizes)]
    return np.concatenate([_parabolas(np.interp(u, shares, values)) for u in asked])


def _parabolas(values: Floats) -> Floats:
    """The coefficients of parabolas through the first, second and third value, the third, fourth and fifth, and so on."""
    first, middle, last = values[:-1:2], values[1::2], values[2::2]
    return np.stack([first, 4 * middle - 3 * first - last, 2 * (first + last) - 4 * middle], axis=1)


def from_table(u: Floats, table: Floats) -> Floats:
    """Values of a table, in steps that compiled kernels take alike; see `kernels.draws.draw_beta`."""
    part, first = u * PIECES, np.zeros(len(u), np.int64)
    above = u > 1 - TAIL
    tails = np.flatnonzero((u < TAIL) | above)
    if len(tails):
        high = above[tails]
        scaled, row = np.where(high, 1.0 - u[tails], u[tails]) / TAIL, np.where(high, PIECES + LEVELS * STEPS, PIECES)
        for _ in range(LEVELS - 1):
            more = scaled < 1 / ZOOM
            scaled, row = np.where(more, scaled * ZOOM, scaled), np.where(more, row + STEPS, row)
        part[tails], first[tails] = scaled * STEPS, row
    piece = part.astype(np.int64)
    part = part - piece
    found = table[first + piece]
    out: Floats = (found[:, 2] * part + found[:, 1]) * part + found[:, 0]
    return out


def beta_of(corners: tuple[float, float, float, float], rule: PertRule) -> tuple[float, float]:
    """The two parameters of a PERT estimate's beta distribution, by its corners."""
    low, likely, high, _ = corners
    mode = (likely - low) / (high - low)
    if rule == "beta":
        return 1 + 4 * mode, 5 - 4 * mode
    mean = (4 * mode + 1) / 6
    whole = mean * (1 - mean) * 36 - 1
    return mean * whole, (1 - mean) * whole


def rule_of(estimate: Pert, rule: PertRule) -> PertRule:
    """By which rule a PERT estimate is drawn: one whose percentiles are stated by the rule that their bounds are found with, so that they are those percentiles."""
    return "beta" if estimate.percentiles else rule


def quantiles(estimate: Estimate, u: Floats, pert: PertRule = "beta") -> Floats:
    """The values of an estimate that draws stand for, in its own unit.

    Args:
        estimate: of any kind but one whose adapter is missing.
        u: draws above 0 and below 1.
        pert: which distribution a PERT estimate is.

    Raises:
        UnitError: it is of a kind whose adapter is not installed.
    """
    match estimate:
        case Triangular() | Uniform():
            row: Floats = _straight(np.array([corners_of(estimate)]), u[None, :])[0]
            return row
        case Pert():
            corners = corners_of(estimate)
            low, _, high, _ = corners
            return (
                np.full_like(u, low)
                if low == high
                else low + (high - low) * from_table(u, beta_table(*beta_of(corners, rule_of(estimate, pert))))
            )
        case Fixed():
            return np.full_like(u, number(estimate.value))
        case LogNormal():
            ends = math.log(number(estimate.p10)), math.log(number(estimate.p90))
            return np.exp(sum(ends) / 2 + normal_quantile(u) * (ends[1] - ends[0]) / 2 / NormalDist().inv_cdf(0.9))
        case Normal():
            return (number(estimate.p10) + number(estimate.p90)) / 2 + normal_quantile(u) * estimate.deviation
        case Discrete():
            pairs = sorted((number(v), w) for v, w in zip(estimate.values, estimate.weights, strict=True) if w > 0)
            reached = np.cumsum([weight for _, weight in pairs])
            return np.array([value for value, _ in pairs])[np.minimum(np.searchsorted(reached, u - 1e-12), len(pairs) - 1)]
        case Empirical():
            ordered = np.sort(np.array([number(one) for one in estimate.samples]))
            return ordered[np.clip(np.ceil(u * len(ordered) - 1e-9).astype(np.int64), 1, len(ordered)) - 1]
    stairs = estimate.steps()
    if stairs and stairs[-1][0] >= ALL:
        reached = np.maximum.accumulate(np.array([share for share, _ in stairs]))
        return np.array([number(value) for _, value in stairs])[np.searchsorted(reached, np.minimum(u, ALL) - 1e-12)]
    found = [estimate.quantile(share) for share in u.tolist()]
    if any(one is None for one in found):
        raise UnitError(f"{estimate.kind} estimate {estimate}: its value is unknown; install the plugin that declares it")
    return np.array([number(one) for one in found if one is not None])


def corners_of(estimate: Triangular | Uniform | Pert) -> tuple[float, float, float, float]:
    """Least, most likely and greatest value, and 1 where all between are alike."""
    if isinstance(estimate, Uniform):
        return number(estimate.low), number(estimate.low), number(estimate.high), 1.0
    if not estimate.percentiles:
        return number(estimate.low), number(estimate.likely), number(estimate.high), 0.0
    low, high = estimate.bounds
    return low, number(estimate.likely), high, 0.0


def triangular(corners: Floats, u: Floats) -> None:
    """Turns draws into values of triangular and uniform estimates, one a row, in place."""
    low, likely, high, even = (corners[:, place : place + 1] for place in range(4))
    flat = np.flatnonzero(even[:, 0] == 1)
    width, below, above = high - low, likely - low, high - likely
    part = u * width
    evenly = low[flat] + part[flat]
    first = (part <= below).astype(np.float64)  # 1 or 0: to multiply by it takes a fraction of what choosing takes, and is exact
    second = 1 - first
    np.subtract(1, u, out=u)
    np.multiply(u, width, out=u)
    np.multiply(u, above, out=u)
    np.multiply(u, second, out=u)
    np.multiply(part, below, out=part)
    np.multiply(part, first, out=part)
    np.sqrt(np.add(u, part, out=u), out=u)
    np.multiply(u, np.subtract(first, second, out=part), out=u)
    np.add(u, np.multiply(first, low, out=first), out=u)
    np.add(u, np.multiply(second, high, out=second), out=u)
    u[flat] = evenly


def _straight(corners: Floats, u: Floats) -> Floats:
    """The values of triangular and uniform estimates, one a row."""
    out = u.copy()
    triangular(corners, out)
    return out


def deviation(estimate: Estimate, pert: PertRule = "beta", corners: tuple[float, float, float, float] | None = None) -> float:
    """The standard deviation of an estimate, in its own unit; of kinds without a formula from ten thousand quantiles.

    Args:
        estimate: the estimate.
        pert: which distribution a PERT estimate is.
        corners: what `corners_of` says of it, where that is known.

    Source: triangular (a^2 + m^2 + b^2 - am - ab - mb) / 18; PERT by the rule, beta or a sixth of the range.

    >>> round(deviation(Pert(2.0, 4.0, 12.0)) ** 2, 4), round(deviation(Pert(2.0, 4.0, 12.0), "classic") ** 2, 4)
    (3.0, 2.7778)
    """
    if corners is None and isinstance(estimate, BOUNDED):
        corners = corners_of(estimate)
    a, m, b, _ = corners or (0.0, 0.0, 0.0, 0.0)
    match estimate:
        case Triangular():
            return math.sqrt((a * a + m * m + b * b - a * m - a * b - m * b) / 18)
        case Uniform():
            return (b - a) / math.sqrt(12)
        case Pert() if a < b:
            alpha, beta = beta_of((a, m, b, 0.0), rule_of(estimate, pert))
            return (b - a) * math.sqrt(alpha * beta / (alpha + beta + 1)) / (alpha + beta)
        case Normal():
            return estimate.deviation
    return float(np.std(quantiles(estimate, (np.arange(10_000) + 0.5) / 10_000, pert)))


class Draws:
    """What some estimates come to, block by block of `GROUP` samples.

    Args:
        wanted: the stream of each estimate, and the estimate.
        pert: which distribution PERT estimates are.
        mixed: the places of estimates whose draws go together, and what makes them do so.
    """

    def __init__(self, wanted: Sequence[tuple[Stream, Estimate]], pert: PertRule = "beta", mixed: Mixed | None = None) -> None:
        self._mixed = mixed
        self._streams = [one for one, _ in wanted]
        self._estimates = [estimate for _, estimate in wanted]
        self._pert = pert
        straight = [(place, one) for place, one in enumerate(self._estimates) if isinstance(one, Triangular | Uniform)]
        self._straight = np.array([place for place, _ in straight], np.int64)
        self._corners = np.array([corners_of(one) for _, one in straight]).reshape(len(straight), 4)
        taken = {place for place, _ in straight}
        self._others = [place for place in range(len(wanted)) if place not in taken]

    def values(self, block: int, *, compiled: bool = False) -> Floats:
        """The values of a block, one row an estimate, each in its own unit."""
        out = np.empty((len(self._streams), GROUP))
        for first in range(0, len(out), TOGETHER):  # so few rows stay in the cache, and take room once
            rows = slice(first, first + TOGETHER)
            out[rows] = uniforms(self._streams[rows], block, compiled=compiled)
        if self._mixed is not None:
            places, mix = self._mixed
            out[places] = mix(out[places])
        for first in range(0, len(self._straight), TOGETHER):
            some = self._straight[first : first + TOGETHER]
            out[some] = _straight(self._corners[first : first + TOGETHER], out[some])
        for place in self._others:
            out[place] = quantiles(self._estimates[place], out[place], self._pert)
        return out
