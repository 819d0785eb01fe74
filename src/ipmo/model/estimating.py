"""Estimates from plain data and back: one quantity, bounds, percentiles, samples, or a kind that a methodology declares."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar, cast

import attrs

from ipmo.declared import Parser
from ipmo.errors import ModelError, UnitError, close_matches
from ipmo.model.estimates import (
    Discrete,
    Empirical,
    Estimate,
    Fixed,
    LogNormal,
    Normal,
    OpaqueEstimate,
    Pert,
    Quantity,
    Referenced,
    Shaped,
    Triangular,
    Unbounded,
    UncertainLag,
    Uniform,
)
from ipmo.model.fields import FrozenMap, Parse, PlainData, plain_data, said, text
from ipmo.model.reading import Read, Reading, reads, reads_with
from ipmo.model.reference import REFERENCE_CLASSES, ReferenceClass
from ipmo.model.shape import Shape
from ipmo.units import Effort, Money, Span, as_effort, as_money, as_number, as_share, as_span

__all__ = ["as_cost", "as_estimate", "as_factor", "as_lag", "as_time", "estimate_of", "to_plain"]

T = TypeVar("T")
SHAPES: Mapping[str, type[Shaped]] = FrozenMap({"triangular": Triangular, "pert": Pert})
"""Distributions between two bounds, by the word of files."""
UNBOUNDED: Mapping[str, type[Unbounded]] = FrozenMap({"lognormal": LogNormal, "normal": Normal})
"""Distributions through two percentiles."""


def as_estimate(
    value: object,
    quantity: Parse[Quantity],
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
        return _kept(value)
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
    if shape in UNBOUNDED and bounds == {"p10", "p90"} and "central" not in keys:
        return UNBOUNDED[shape](part("p10"), part("p90"))
    if shape in SHAPES and bounds in ({"low", "likely", "high"}, {"p10", "likely", "p90"}):
        low, high = ("p10", "p90") if "p10" in keys else ("low", "high")
        return SHAPES[shape](part(low), part("likely"), part(high), low == "p10", centre)
    if len(keys) == 1 and not keys & {"low", "likely", "high", "p10", "p90", "shape", "central", "values", "weights"}:
        key, data = next(iter(value.items()))
        declared = kinds.get(text(key))
        return OpaqueEstimate(text(key), data) if declared is None else _located(declared.parse, data, text(key))
    shapes = (*SHAPES, "uniform", *UNBOUNDED)
    if shape not in shapes:
        raise UnitError(f"shape {shape!r} is not one of {', '.join(shapes)}").at("shape")
    wanted = {
        "uniform": "low and high",
        "lognormal": "p10 and p90 (it has no absolute bounds)",
        "normal": "p10 and p90 (it has no bounds)",
    }.get(shape, "low, likely and high, or p10, likely and p90")
    raise UnitError(f"a {shape} estimate needs {wanted} (got {', '.join(sorted(map(str, keys))) or 'nothing'})")


def as_time(value: object) -> Estimate:
    """An estimate of working or elapsed time."""
    return as_estimate(value, as_span)


def as_lag(value: object) -> Span | None:
    """A waiting time, or an estimate of one; None is none.

    Raises:
        UnitError: it is neither, or an estimate of months, which have no fixed length.
    """
    if isinstance(value, Estimate | Mapping):
        estimate = as_time(value)
        if isinstance(estimate, Fixed):
            return as_span(cast(Span, estimate.value))
        central = estimate.central()
        if not isinstance(central, Span) or central.dimension == "step":
            said_as = "of a kind of estimate" if central is None else f"of {central}"
            raise UnitError(
                f"a lag {said_as} cannot be drawn; write for example {{low: 5 d, likely: 10 d, high: 20 d}}, working or elapsed"
            )
        return UncertainLag(central.amount, central.unit, estimate=estimate)
    return value if value is None or isinstance(value, UncertainLag) else as_span(cast("Span | str", value))


def as_cost(value: object) -> Estimate:
    """An estimate of money."""
    return as_estimate(value, as_money)


def as_factor(value: object) -> Estimate:
    """An estimate of a plain number."""
    return as_estimate(value, as_number)


@functools.lru_cache(maxsize=65_536)
def _fixed(value: str, quantity: Parse[Quantity]) -> Fixed:
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


QUANTITIES: Mapping[str, Parse[Quantity]] = {
    "": as_span,
    "time": as_span,
    "money": as_money,
    "number": as_number,
    "time or money": _time_or_money,
}
"""What reads the values of an estimate, by the unit of its field."""
CLASSES: Mapping[str, tuple[type, ...]] = {"": (Span,), "time": (Span,), "money": (Money,), "time or money": (Span, Money)}
"""What they then are; plain numbers for any other unit."""
KEPT: Mapping[type, Parse[object]] = {Span: as_span, Money: as_money, Effort: as_effort}
"""What refuses quantities that no file holds."""
BUILT_IN = frozenset((Fixed, Triangular, Pert, Uniform, LogNormal, Normal, Discrete, Empirical, Referenced))


def _values(estimate: Estimate) -> tuple[object, ...]:
    """What an estimate of a built-in kind is made of."""
    if type(estimate) is Fixed:
        return (estimate.value,)
    return attrs.astuple(cast(Any, estimate), recurse=False) if type(estimate) in BUILT_IN else ()


def _kept(estimate: Estimate) -> Estimate:
    """An estimate of quantities that files hold.

    Raises:
        UnitError: one is longer.
    """
    for value in _values(estimate):
        for one in value if isinstance(value, tuple) else (value,):
            if (quantity := KEPT.get(type(one))) is not None:
                quantity(one)
    return estimate


def _of_unit(estimate: Estimate, unit: str) -> Estimate:
    """An estimate of what its field is measured in; of a kind that a methodology declares, that methodology knows.

    Raises:
        UnitError: it is of something else.
    """
    values: tuple[Any, ...] = _values(_kept(estimate))
    first = values[0][0] if values and isinstance(values[0], tuple) else values[0] if values else None
    if first is not None and not isinstance(first, CLASSES.get(unit, (float, int, Decimal))):
        raise UnitError(f"an estimate of {first} is none of {unit or 'time'}")
    return estimate


def estimate_of(value: object, unit: str, reading: Reading) -> Estimate:
    """An estimate from what a field of a noun is given, in a reading that knows which kinds and reference classes there are.

    Args:
        value: as `as_estimate` takes it.
        unit: what the field is measured in: time, money, number.
        reading: where it is read.

    Raises:
        UnitError: it is no such estimate.
    """
    quantity = QUANTITIES.get(unit, as_number)
    if isinstance(value, list | tuple):
        raise UnitError(f"expected one value or a mapping such as {{low, likely, high}}; got {said(value)}")
    if isinstance(value, Estimate):
        return _of_unit(value, unit)
    if not isinstance(value, Mapping):
        return as_estimate(value, quantity)
    found = as_estimate(value, quantity, references={**REFERENCE_CLASSES, **reading.references})
    if not isinstance(found, OpaqueEstimate):
        return found
    data, kind = _located(plain_data, found.data, found.name), reading.declared.estimates.get(found.name)
    if kind is not None:
        made: Estimate = _located(kind.parse, data, found.name)
        return made
    message = f"no installed plugin declares the estimate {found.name!r}"
    reading.note("ipmo/unknown-estimate", message, "its value is unknown; it is kept as it stands")
    return OpaqueEstimate(found.name, data)


def _reader(one: Shape) -> Read:
    """How a field of estimates is read: one quantity as text, as most are, at once."""
    unit, quantity = one.unit, QUANTITIES.get(one.unit, as_number)

    def read(value: object, reading: Reading) -> object:
        return _fixed(value, quantity) if type(value) is str else estimate_of(value, unit, reading)

    return read


reads(Estimate, _reader)


def _lag(value: object, reading: Reading) -> Span | None:
    """A waiting time, or an estimate of one, also of a kind that a methodology declares and by the reference classes of the file."""
    return as_lag(estimate_of(value, "time", reading) if isinstance(value, Mapping) else value)


reads_with(as_lag, _lag)


def to_plain(estimate: Estimate) -> PlainData:
    """The estimate as files write it; the inverse of `as_estimate` for the built-in kinds."""

    def out(quantity: Quantity) -> str | float:
        if isinstance(quantity, Decimal):
            return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)
        return str(quantity) if isinstance(quantity, Span | Money | Effort) else quantity

    if isinstance(estimate, Fixed):
        return out(estimate.value)
    if isinstance(estimate, Shaped):
        low, high = ("p10", "p90") if estimate.percentiles else ("low", "high")
        data = {low: out(estimate.low), "likely": out(estimate.likely), high: out(estimate.high)}
        if estimate.kind != "triangular":
            data["shape"] = estimate.kind
        if estimate.centre != "likely":
            data["central"] = estimate.centre
        return data
    if isinstance(estimate, Uniform):
        return {"low": out(estimate.low), "high": out(estimate.high), "shape": "uniform"}
    if isinstance(estimate, Unbounded):
        return {"p10": out(estimate.p10), "p90": out(estimate.p90), "shape": estimate.kind}
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


def _located(parse: Parse[T], value: object, *path: str | int) -> T:
    try:
        return parse(value)
    except (UnitError, ModelError) as error:
        raise error.at(*path) from None


def _parts(parse: Parse[T], value: Mapping[str, object], key: str) -> list[T]:
    """Each value of a list, with its place in what is wrong."""
    values = value[key]
    if not isinstance(values, list | tuple):
        raise UnitError(f"expected a list; got {said(values)}").at(key)
    return [_located(parse, one, key, place) for place, one in enumerate(values)]
