"""A duration, a cost or a scope is an estimate: one central value for the schedule, quantiles for the simulation.

Bounds are absolute, or percentiles by name (`p10`, `p90`): the two are different numbers and never mixed silently.
Quantities are time spans, money, effort or plain numbers; one estimate keeps one unit throughout.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist
from typing import ClassVar

import attrs

from ipmo.errors import UnitError
from ipmo.model.beta import beta_quantile
from ipmo.model.fields import PlainData, as_tuple
from ipmo.model.reference import ReferenceClass
from ipmo.units import Effort, Money, Span, as_share

__all__ = [
    "Discrete",
    "Empirical",
    "Estimate",
    "Fixed",
    "LogNormal",
    "Normal",
    "OpaqueEstimate",
    "Pert",
    "Quantity",
    "Referenced",
    "Shaped",
    "Triangular",
    "Unbounded",
    "UncertainLag",
    "Uniform",
]

Quantity = Span | Money | Effort | float | Decimal

CENTRALS = ("likely", "mean", "p50")
WITH_UNIT = (Span, Money, Effort)


def number(quantity: Quantity) -> float:
    """The bare number of a quantity, in its own unit."""
    return float(quantity.amount) if isinstance(quantity, WITH_UNIT) else float(quantity)


def like(quantity: Quantity, value: float) -> Quantity:
    """A quantity of the same unit with another number, to nine decimals."""
    if isinstance(quantity, WITH_UNIT):
        return attrs.evolve(quantity, amount=Decimal(format(value, ".9f")).normalize())
    return value


def _unit(quantity: Quantity) -> str:
    if isinstance(quantity, Money):
        return quantity.currency
    return quantity.unit if isinstance(quantity, Span | Effort) else "number"


def _same_unit(values: tuple[Quantity, ...]) -> None:
    units = sorted({_unit(value) for value in values})
    if len(units) > 1:
        raise UnitError(f"one estimate mixes the units {' and '.join(units)}; write all its values in one unit")


class Estimate(ABC):
    """What every estimate answers. Both answers are pure; `quantile` never falls as its share rises."""

    __slots__ = ()
    kind: ClassVar[str] = ""

    @abstractmethod
    def central(self) -> Quantity | None:
        """The one value that the schedule and the totals use; None when it is not known."""

    @property
    @abstractmethod
    def rule(self) -> str:
        """Which value `central` is: `fixed`, `likely`, `mean`, `p50`."""

    @abstractmethod
    def quantile(self, share: float) -> Quantity | None:
        """The value that is not passed with that probability (0 to 1)."""

    def mean(self) -> Quantity | None:
        """What it comes to on average; None when it is not known. Without a formula of its own, the mean of a thousand quantiles."""
        steps = [self.quantile((2 * n + 1) / 2000) for n in range(1000)]
        known = [number(step) for step in steps if step is not None]
        one = next((step for step in steps if step is not None), None)
        return None if one is None else like(one, math.fsum(known) / len(known))

    def steps(self) -> tuple[tuple[float, Quantity], ...] | None:
        """Its values with the probability that each is not passed, both rising; None where it has no few values.

        Kinds that adapters declare may say it, and are drawn from it at once instead of value by value.
        """
        return None

    def plain(self) -> PlainData:
        """The data under the kind's name in files; kinds that adapters declare must say it."""
        raise UnitError(f"{type(self).__name__} does not say how it is written: give it a method plain()")


@attrs.frozen
class Fixed(Estimate):
    """A single value, known."""

    kind: ClassVar[str] = "fixed"
    value: Quantity

    def central(self) -> Quantity:
        """The value."""
        return self.value

    @property
    def rule(self) -> str:
        """`fixed`."""
        return "fixed"

    def quantile(self, share: float) -> Quantity:
        """The value, at any share."""
        return self.value

    def mean(self) -> Quantity:
        """The value."""
        return self.value


@attrs.frozen
class Shaped(Estimate):
    """A distribution between two bounds with a most likely value."""

    low: Quantity
    likely: Quantity
    high: Quantity
    percentiles: bool = False
    """The bounds are the 10th and 90th percentile instead of the least and greatest value."""
    centre: str = "likely"

    def __attrs_post_init__(self) -> None:
        _same_unit((self.low, self.likely, self.high))
        low, likely, high = number(self.low), number(self.likely), number(self.high)
        if not low <= likely <= high:
            raise UnitError(f"low, likely and high must rise (got {self.low}, {self.likely}, {self.high})")
        if self.centre not in CENTRALS:
            raise UnitError(f"central {self.centre!r} is not one of {', '.join(CENTRALS)}")

    @property
    def rule(self) -> str:
        """`likely`, or what `central:` says."""
        return self.centre

    def central(self) -> Quantity:
        """The most likely value unless `centre` says mean or p50."""
        if self.centre == "mean":
            return self.mean()
        return self.quantile(0.5) if self.centre == "p50" else self.likely

    def mean(self) -> Quantity:
        """The mean of the distribution, whatever `centre` says."""
        return like(self.likely, self._mean(*self.bounds))

    def quantile(self, share: float) -> Quantity:
        """The inverse of the distribution function."""
        low, high = self.bounds
        likely = number(self.likely)
        return like(self.likely, low if high == low else self._inverse(low, likely, high, share))

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and greatest value; solved from P10 and P90 where those were given."""
        low, likely, high = number(self.low), number(self.likely), number(self.high)
        if not self.percentiles or low == high:
            return low, high
        return self._solved(low, likely, high)

    def _solved(self, low: float, likely: float, high: float) -> tuple[float, float]:
        """The bounds whose P10 and P90 are as given, by Newton's method on both distances from the most likely value."""

        def miss(below: float, above: float) -> tuple[float, float]:
            ends = likely - below, likely, likely + above
            return self._inverse(*ends, 0.1) - low, self._inverse(*ends, 0.9) - high

        width = high - low
        below, above = (likely - low) * 1.8 + 0.05 * width, (high - likely) * 1.8 + 0.05 * width
        for _ in range(60):
            one, two = miss(below, above)
            if abs(one) + abs(two) < 1e-9 * width:
                return likely - below, likely + above
            step = 1e-6 * width
            (a, b), (c, d) = miss(below + step, above), miss(below, above + step)
            j11, j21, j12, j22 = (a - one) / step, (b - two) / step, (c - one) / step, (d - two) / step
            det = j11 * j22 - j12 * j21
            below = max(below - (j22 * one - j12 * two) / det, below / 4)
            above = max(above - (j11 * two - j21 * one) / det, above / 4)
        raise UnitError(
            f"no {self.kind} distribution has P10 {self.low}, most likely {self.likely} and P90 {self.high}; "
            "move the most likely value towards the middle"
        )

    @abstractmethod
    def _inverse(self, low: float, likely: float, high: float, share: float) -> float: ...

    @abstractmethod
    def _mean(self, low: float, high: float) -> float: ...


@attrs.frozen
class Triangular(Shaped):
    """Triangular: `low`, `likely`, `high`. Mean (low + likely + high) / 3.

    >>> Triangular(80.0, 100.0, 120.0).quantile(0.5)
    100.0
    """

    kind: ClassVar[str] = "triangular"

    def _inverse(self, low: float, likely: float, high: float, share: float) -> float:
        width = high - low
        if share * width <= likely - low:
            return low + math.sqrt(share * width * (likely - low))
        return high - math.sqrt((1 - share) * width * (high - likely))

    def _mean(self, low: float, high: float) -> float:
        return (low + number(self.likely) + high) / 3


@attrs.frozen
class Pert(Shaped):
    """Beta-PERT: alpha = 1 + 4 (likely - low) / (high - low). Mean (low + 4 likely + high) / 6."""

    kind: ClassVar[str] = "pert"

    def _inverse(self, low: float, likely: float, high: float, share: float) -> float:
        alpha = 1 + 4 * (likely - low) / (high - low)
        return low + (high - low) * beta_quantile(alpha, 6 - alpha, share)

    def _mean(self, low: float, high: float) -> float:
        return (low + 4 * number(self.likely) + high) / 6


class Median(Estimate):
    """An estimate without a most likely value: the schedule and the totals use its median, of an even number of samples the lower one."""

    __slots__ = ()

    @property
    def rule(self) -> str:
        """`p50`."""
        return "p50"

    def central(self) -> Quantity:
        """The median."""
        return self.quantile(0.5)

    @abstractmethod
    def quantile(self, share: float) -> Quantity:
        """The value that is not passed with that probability (0 to 1); always known."""


@attrs.frozen
class Uniform(Median):
    """Anything between `low` and `high`, all alike."""

    kind: ClassVar[str] = "uniform"
    low: Quantity
    high: Quantity

    def __attrs_post_init__(self) -> None:
        _same_unit((self.low, self.high))
        if number(self.low) > number(self.high):
            raise UnitError(f"low must not be above high (got {self.low}, {self.high})")

    def mean(self) -> Quantity:
        """The middle."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> Quantity:
        """Low + share (high - low)."""
        low, high = number(self.low), number(self.high)
        return like(self.low, low + share * (high - low))


@attrs.frozen
class Unbounded(Median):
    """A distribution without bounds, through its 10th and 90th percentile."""

    p10: Quantity
    p90: Quantity


@attrs.frozen
class LogNormal(Unbounded):
    """Lognormal through its 10th and 90th percentile, both above zero."""

    kind: ClassVar[str] = "lognormal"

    def __attrs_post_init__(self) -> None:
        _same_unit((self.p10, self.p90))
        if not 0 < number(self.p10) <= number(self.p90):
            raise UnitError(f"a lognormal estimate needs 0 < p10 <= p90 (got {self.p10}, {self.p90})")

    def mean(self) -> Quantity:
        """exp(mu + sigma^2 / 2)."""
        low, high = math.log(number(self.p10)), math.log(number(self.p90))
        sigma = (high - low) / 2 / NormalDist().inv_cdf(0.9)
        return like(self.p10, math.exp((low + high) / 2 + sigma**2 / 2))

    def quantile(self, share: float) -> Quantity:
        """exp(mu + sigma z)."""
        if share <= 0:
            return like(self.p10, 0.0)
        low, high = math.log(number(self.p10)), math.log(number(self.p90))
        z = NormalDist().inv_cdf(min(share, 1 - 1e-12))
        return like(self.p10, math.exp((low + high) / 2 + z * (high - low) / 2 / NormalDist().inv_cdf(0.9)))


@attrs.frozen
class Normal(Unbounded):
    """Normal through its 10th and 90th percentile: its mean is their middle; what falls below zero counts as nothing where it is a time.

    >>> round(Normal(80.0, 120.0).quantile(0.9), 6)
    120.0
    """

    kind: ClassVar[str] = "normal"

    def __attrs_post_init__(self) -> None:
        _same_unit((self.p10, self.p90))
        if number(self.p10) > number(self.p90):
            raise UnitError(f"p10 must not be above p90 (got {self.p10}, {self.p90})")

    def mean(self) -> Quantity:
        """The middle."""
        return self.quantile(0.5)

    @property
    def deviation(self) -> float:
        """The standard deviation, in the unit of its percentiles."""
        return (number(self.p90) - number(self.p10)) / 2 / NormalDist().inv_cdf(0.9)

    def quantile(self, share: float) -> Quantity:
        """mu + sigma z; shares of 0 and 1 count as the nearest that have one."""
        z = NormalDist().inv_cdf(min(max(share, 1e-12), 1 - 1e-12))
        return like(self.p10, (number(self.p10) + number(self.p90)) / 2 + z * self.deviation)


@attrs.frozen
class Discrete(Median):
    """A few values, each with its probability."""

    kind: ClassVar[str] = "discrete"
    values: tuple[Quantity, ...] = attrs.field(converter=as_tuple)
    weights: tuple[float, ...] = attrs.field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        _same_unit(self.values)
        if not self.values or len(self.values) != len(self.weights):
            raise UnitError("a discrete estimate needs as many weights as values, at least one")
        if min(self.weights) < 0 or abs(sum(self.weights) - 1) > 1e-9:
            raise UnitError(f"weights must not be negative and must sum to 1 (got {sum(self.weights):g})")

    def mean(self) -> Quantity:
        """The sum of the values by their probabilities."""
        return like(self.values[0], math.fsum(number(v) * w for v, w in zip(self.values, self.weights, strict=True)))

    def quantile(self, share: float) -> Quantity:
        """The least value whose cumulated probability reaches the share."""
        total = 0.0
        pairs = sorted(zip(self.values, self.weights, strict=True), key=lambda pair: number(pair[0]))
        for value, weight in pairs:
            total += weight
            if total >= share - 1e-12 and weight > 0:
                return value
        return pairs[-1][0]


@attrs.frozen
class Empirical(Median):
    """Observed values, each as likely as the others."""

    kind: ClassVar[str] = "empirical"
    samples: tuple[Quantity, ...] = attrs.field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        if not self.samples:
            raise UnitError("an empirical estimate needs at least one sample")
        _same_unit(self.samples)

    def mean(self) -> Quantity:
        """The mean of the samples."""
        return like(self.samples[0], math.fsum(map(number, self.samples)) / len(self.samples))

    def quantile(self, share: float) -> Quantity:
        """The smallest sample that at least that share of the samples do not pass."""
        ordered = sorted(self.samples, key=number)
        return ordered[min(max(math.ceil(share * len(ordered) - 1e-9), 1), len(ordered)) - 1]


@attrs.frozen(unsafe_hash=False)
class Referenced(Estimate):
    """An estimate raised by what became of others of its class.

    Source: Flyvbjerg, reference-class forecasting: estimate x (1 + uplift at a certainty). Beyond the certainties that the
    class knows, its outermost uplifts hold.

    >>> from ipmo.model.reference import REFERENCE_CLASSES
    >>> from ipmo.units import as_span
    >>> str(Referenced(as_span("100 d"), REFERENCE_CLASSES["rail-2004"], 0.8).central())
    '157 d'
    """

    kind: ClassVar[str] = "referenced"
    __hash__ = None  # type: ignore[assignment]
    base: Quantity
    reference: ReferenceClass
    certainty: float = attrs.field(default=0.5, converter=as_share)

    @property
    def rule(self) -> str:
        """The class and the certainty: `rail-2004 at 80%`."""
        return f"{self.reference.id} at {self.certainty:.0%}"

    def central(self) -> Quantity:
        """The estimate raised to its certainty."""
        return self.quantile(self.certainty)

    def quantile(self, share: float) -> Quantity:
        """The estimate raised to that certainty."""
        known = self.reference.uplifts
        if known:
            share = min(max(share, known[0].certainty), known[-1].certainty)
        return like(self.base, float(exact(self.base)) * (1 + self.reference.uplift(share)))


@attrs.frozen
class OpaqueEstimate(Estimate):
    """An estimate of a kind whose adapter is not installed: kept word for word, its value unknown."""

    kind: ClassVar[str] = "opaque"
    name: str
    data: PlainData

    @property
    def rule(self) -> str:
        """`unknown`."""
        return "unknown"

    def central(self) -> None:
        """Unknown."""

    def quantile(self, share: float) -> None:
        """Unknown."""


@attrs.frozen(order=False)
class UncertainLag(Span):
    """A waiting time that is estimated: in the schedule its central value, in the simulation another one in each sample."""

    estimate: Estimate = attrs.field(kw_only=True)


def stated(estimate: Estimate) -> tuple[Quantity, ...]:
    """The quantities that an estimate of a built-in kind is stated with: bounds, percentiles, values; none of other kinds."""
    if isinstance(estimate, Fixed):
        return (estimate.value,)
    if isinstance(estimate, Shaped):
        return estimate.low, estimate.likely, estimate.high
    if isinstance(estimate, Uniform):
        return estimate.low, estimate.high
    if isinstance(estimate, Unbounded):
        return estimate.p10, estimate.p90
    if isinstance(estimate, Discrete):
        return estimate.values
    if isinstance(estimate, Empirical):
        return estimate.samples
    return (estimate.base,) if isinstance(estimate, Referenced) else ()


def exact(quantity: Quantity) -> Fraction:
    """The bare number of a quantity as an exact fraction."""
    return Fraction(quantity.amount) if isinstance(quantity, Span | Money | Effort) else Fraction(quantity)
