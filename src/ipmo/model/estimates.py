"""A duration, a cost or a scope is an estimate: one central value for the schedule, quantiles for the simulation.

Bounds are absolute, or percentiles by name (`p10`, `p90`): the two are different numbers and never mixed silently.
Quantities are time spans, money, effort or plain numbers; one estimate keeps one unit throughout.
"""

from __future__ import annotations

import functools
import math
from abc import ABC, abstractmethod
from collections import ChainMap
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist
from typing import Any, ClassVar, TypeVar, cast

import attrs

from ipmo.declared import Parser
from ipmo.errors import UnitError, close_matches
from ipmo.model.beta import beta_quantile
from ipmo.model.fields import FrozenMap, as_tuple, natural, said, text
from ipmo.model.reading import Read, Reading, reads
from ipmo.model.reference import REFERENCE_CLASSES, ReferenceClass
from ipmo.model.shape import Shape
from ipmo.units import Effort, Money, Span, as_money, as_number, as_share, as_span

__all__ = [
    "Discrete",
    "Empirical",
    "Estimate",
    "Fixed",
    "LogNormal",
    "OpaqueEstimate",
    "Pert",
    "Quantity",
    "Referenced",
    "Triangular",
    "Uniform",
    "as_cost",
    "as_estimate",
    "as_factor",
    "as_time",
]

Quantity = Span | Money | Effort | float | Decimal
T = TypeVar("T")

CENTRALS = ("likely", "mean", "p50")


def number(quantity: Quantity) -> float:
    """The bare number of a quantity, in its own unit."""
    return float(quantity.amount) if isinstance(quantity, Span | Money | Effort) else float(quantity)


def like(quantity: Quantity, value: float) -> Quantity:
    """A quantity of the same unit with another number, to nine decimals."""
    if isinstance(quantity, Span | Money | Effort):
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

    def plain(self) -> Any:
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


@attrs.frozen
class _Shaped(Estimate):
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
            return like(self.likely, self._mean(*self._bounds()))
        return self.quantile(0.5) if self.centre == "p50" else self.likely

    def quantile(self, share: float) -> Quantity:
        """The inverse of the distribution function."""
        low, high = self._bounds()
        likely = number(self.likely)
        return like(self.likely, low if high == low else self._inverse(low, likely, high, share))

    def _bounds(self) -> tuple[float, float]:
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
class Triangular(_Shaped):
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
class Pert(_Shaped):
    """Beta-PERT: alpha = 1 + 4 (likely - low) / (high - low). Mean (low + 4 likely + high) / 6."""

    kind: ClassVar[str] = "pert"

    def _inverse(self, low: float, likely: float, high: float, share: float) -> float:
        alpha = 1 + 4 * (likely - low) / (high - low)
        return low + (high - low) * beta_quantile(alpha, 6 - alpha, share)

    def _mean(self, low: float, high: float) -> float:
        return (low + 4 * number(self.likely) + high) / 6


@attrs.frozen
class Uniform(Estimate):
    """Anything between `low` and `high`, all alike."""

    kind: ClassVar[str] = "uniform"
    low: Quantity
    high: Quantity

    def __attrs_post_init__(self) -> None:
        _same_unit((self.low, self.high))
        if number(self.low) > number(self.high):
            raise UnitError(f"low must not be above high (got {self.low}, {self.high})")

    @property
    def rule(self) -> str:
        """`p50`."""
        return "p50"

    def central(self) -> Quantity:
        """The middle."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> Quantity:
        """Low + share (high - low)."""
        low, high = number(self.low), number(self.high)
        return like(self.low, low + share * (high - low))


@attrs.frozen
class LogNormal(Estimate):
    """Lognormal through its 10th and 90th percentile, both above zero."""

    kind: ClassVar[str] = "lognormal"
    p10: Quantity
    p90: Quantity

    def __attrs_post_init__(self) -> None:
        _same_unit((self.p10, self.p90))
        if not 0 < number(self.p10) <= number(self.p90):
            raise UnitError(f"a lognormal estimate needs 0 < p10 <= p90 (got {self.p10}, {self.p90})")

    @property
    def rule(self) -> str:
        """`p50`."""
        return "p50"

    def central(self) -> Quantity:
        """The median."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> Quantity:
        """exp(mu + sigma z)."""
        if share <= 0:
            return like(self.p10, 0.0)
        low, high = math.log(number(self.p10)), math.log(number(self.p90))
        z = NormalDist().inv_cdf(min(share, 1 - 1e-12))
        return like(self.p10, math.exp((low + high) / 2 + z * (high - low) / 2 / NormalDist().inv_cdf(0.9)))


@attrs.frozen
class Discrete(Estimate):
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

    @property
    def rule(self) -> str:
        """`p50`."""
        return "p50"

    def central(self) -> Quantity:
        """The median."""
        return self.quantile(0.5)

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
class Empirical(Estimate):
    """Observed values, each as likely as the others."""

    kind: ClassVar[str] = "empirical"
    samples: tuple[Quantity, ...] = attrs.field(converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        if not self.samples:
            raise UnitError("an empirical estimate needs at least one sample")
        _same_unit(self.samples)

    @property
    def rule(self) -> str:
        """`p50`."""
        return "p50"

    def central(self) -> Quantity:
        """The median (the lower one of an even number)."""
        return self.quantile(0.5)

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
    data: Any

    @property
    def rule(self) -> str:
        """`unknown`."""
        return "unknown"

    def central(self) -> None:
        """Unknown."""

    def quantile(self, share: float) -> None:
        """Unknown."""


SHAPES: Mapping[str, type[_Shaped]] = FrozenMap({"triangular": Triangular, "pert": Pert})


def as_estimate(
    value: object,
    quantity: Callable[[Any], Quantity],
    kinds: Mapping[str, Parser] = FrozenMap(),
    references: Mapping[str, ReferenceClass] = REFERENCE_CLASSES,
) -> Estimate:
    """A value, a mapping or an estimate as an estimate.

    Args:
        value: one quantity, `{low, likely, high, shape, central}`, `{p10, likely, p90}`, `{values, weights}`,
            `{samples}`, `{estimate, reference, certainty}`, or `{NAME: data}` for a kind that a methodology declares.
        quantity: what parses one quantity.
        kinds: declared kinds by name, each with `.parse(data) -> Estimate`.
        references: reference classes by name.

    Raises:
        UnitError: it is none of these; `.path`, where it has one, leads to the offending part.
    """
    if type(value) is str:
        return _fixed(value, quantity)
    if type(value) is Fixed or isinstance(value, Estimate):
        return value
    if not isinstance(value, Mapping):
        return Fixed(quantity(value))

    def part(key: str) -> Quantity:
        return _located(quantity, value[key], key)

    keys = set(value)
    if keys == {"samples"} and isinstance(value["samples"], list | tuple):
        return Empirical(_parts(quantity, value, "samples"))
    if keys == {"values", "weights"}:
        return Discrete(_parts(quantity, value, "values"), _parts(as_share, value, "weights"))
    if "reference" in keys and keys <= {"estimate", "reference", "certainty"}:
        if "estimate" not in keys:
            raise UnitError("an estimate by reference class needs the estimate that it raises: estimate:")
        name = str(value["reference"])
        if name not in references:
            near = close_matches(name, references)
            hint = f"close: {', '.join(map(repr, near))}" if near else "declare it under reference_classes:"
            raise UnitError(f"there is no reference class {name!r}; {hint}").at("reference")
        share = _located(as_share, value.get("certainty", 0.5), "certainty")
        return Referenced(part("estimate"), references[name], share)
    shape = str(value.get("shape", "triangular"))
    centre = str(value.get("central", "likely"))
    bounds = keys - {"shape", "central"}
    if shape == "uniform" and bounds == {"low", "high"} and "central" not in keys:
        return Uniform(part("low"), part("high"))
    if shape == "lognormal" and bounds == {"p10", "p90"} and "central" not in keys:
        return LogNormal(part("p10"), part("p90"))
    if shape in SHAPES and bounds in ({"low", "likely", "high"}, {"p10", "likely", "p90"}):
        low, high = ("p10", "p90") if "p10" in keys else ("low", "high")
        return SHAPES[shape](part(low), part("likely"), part(high), low == "p10", centre)
    if len(keys) == 1 and not keys & {"low", "likely", "high", "p10", "p90", "shape", "central", "values", "weights"}:
        name = text(next(iter(keys)))
        declared = kinds.get(name)
        return OpaqueEstimate(name, value[name]) if declared is None else _located(declared.parse, value[name], name)
    if shape not in (*SHAPES, "uniform", "lognormal"):
        raise UnitError(f"shape {shape!r} is not one of triangular, pert, uniform, lognormal").at("shape")
    wanted = {"uniform": "low and high", "lognormal": "p10 and p90 (it has no absolute bounds)"}.get(
        shape, "low, likely and high, or p10, likely and p90"
    )
    raise UnitError(f"a {shape} estimate needs {wanted} (got {', '.join(sorted(map(str, keys))) or 'nothing'})")


def as_time(value: object) -> Estimate:
    """An estimate of working or elapsed time."""
    return as_estimate(value, as_span)


def as_cost(value: object) -> Estimate:
    """An estimate of money."""
    return as_estimate(value, as_money)


def as_factor(value: object) -> Estimate:
    """An estimate of a plain number."""
    return as_estimate(value, as_number)


@functools.lru_cache(maxsize=65_536)
def _fixed(value: str, quantity: Callable[[Any], Quantity]) -> Fixed:
    return Fixed(quantity(value))


def _time_or_money(value: object) -> Quantity:
    """A length of time; money where the value is that."""
    try:
        return as_span(cast("Span | str", value))
    except UnitError as error:
        try:
            return as_money(cast("Money | str", value))
        except UnitError:
            raise error from None


QUANTITIES: Mapping[str, Callable[[Any], Quantity]] = {
    "": as_span,
    "time": as_span,
    "money": as_money,
    "number": as_number,
    "time or money": _time_or_money,
}
"""What the values of an estimate are, by the unit of its field."""


def _reader(one: Shape) -> Read:
    quantity = QUANTITIES.get(one.unit, as_number)

    def read(value: object, reading: Reading) -> Estimate:
        if isinstance(value, list | tuple):
            raise UnitError(f"expected one value or a mapping such as {{low, likely, high}}; got {said(value)}")
        if not isinstance(value, Mapping):
            return as_estimate(value, quantity)
        found = as_estimate(value, quantity, references=ChainMap(reading.references, {**REFERENCE_CLASSES}))
        if not isinstance(found, OpaqueEstimate):
            return found
        data, kind = natural(found.data), reading.declared.estimates.get(found.name)
        if kind is not None:
            made: Estimate = _located(kind.parse, data, found.name)
            return made
        message = f"no installed plugin declares the estimate {found.name!r}"
        reading.note("ipmo/unknown-estimate", message, "its value is unknown; it is kept as it stands")
        return OpaqueEstimate(found.name, data)

    return read


reads(Estimate, _reader, Fixed)


def to_plain(estimate: Estimate) -> Any:
    """The estimate as files write it; the inverse of `as_estimate` for the built-in kinds."""

    def out(quantity: Quantity) -> str | float | Decimal:
        return str(quantity) if isinstance(quantity, Span | Money | Effort) else quantity

    if isinstance(estimate, Fixed):
        return out(estimate.value)
    if isinstance(estimate, _Shaped):
        low, high = ("p10", "p90") if estimate.percentiles else ("low", "high")
        data = {low: out(estimate.low), "likely": out(estimate.likely), high: out(estimate.high)}
        if estimate.kind != "triangular":
            data["shape"] = estimate.kind
        if estimate.centre != "likely":
            data["central"] = estimate.centre
        return data
    if isinstance(estimate, Uniform):
        return {"low": out(estimate.low), "high": out(estimate.high), "shape": "uniform"}
    if isinstance(estimate, LogNormal):
        return {"p10": out(estimate.p10), "p90": out(estimate.p90), "shape": "lognormal"}
    if isinstance(estimate, Discrete):
        return {"values": [out(v) for v in estimate.values], "weights": list(estimate.weights)}
    if isinstance(estimate, Empirical):
        return {"samples": [out(v) for v in estimate.samples]}
    if isinstance(estimate, Referenced):
        told = {} if estimate.certainty == 0.5 else {"certainty": estimate.certainty}
        return {"estimate": out(estimate.base), "reference": estimate.reference.id, **told}
    if isinstance(estimate, OpaqueEstimate):
        return {estimate.name: estimate.data}
    return {estimate.kind: estimate.plain()}


def _located(parse: Callable[[Any], T], value: object, *path: str | int) -> T:
    try:
        return parse(value)
    except UnitError as error:
        raise error.at(*path) from None


def _parts(parse: Callable[[Any], T], value: Mapping[str, object], key: str) -> list[T]:
    """Each value of a list, with its place in what is wrong."""
    values = value[key]
    if not isinstance(values, list | tuple):
        raise UnitError(f"expected a list; got {said(values)}").at(key)
    return [_located(parse, one, key, place) for place, one in enumerate(values)]


def exact(quantity: Quantity) -> Fraction:
    """The bare number of a quantity as an exact fraction."""
    return Fraction(quantity.amount) if isinstance(quantity, Span | Money | Effort) else Fraction(quantity)
