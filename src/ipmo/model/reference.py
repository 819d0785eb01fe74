"""Dated, editioned reference data: discount rates, optimism bias, reference classes, rating scales.

None of these is a constant of nature: each says who published it, in which edition, and from when it holds. A portfolio
may bring its own; those that ship are found by name in `DISCOUNTS`, `OPTIMISM` and `REFERENCE_CLASSES`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date

import attrs
from attrs.converters import optional

from ipmo.errors import ModelError, UnitError
from ipmo.model.fields import Noun, as_nouns, doc
from ipmo.model.reading import Reading, named, noun_of, reads
from ipmo.units import as_date, as_number, as_share

__all__ = [
    "DISCOUNTS",
    "OPTIMISM",
    "RATINGS",
    "REFERENCE_CLASSES",
    "DiscountBand",
    "DiscountSchedule",
    "OptimismBias",
    "RatingScale",
    "ReferenceClass",
    "Uplift",
]


def _rate(value: float | str) -> float:
    """A yearly rate: `0.035`, `"3.5 %"`; it may be negative, never -100 % or less."""
    if isinstance(value, str) and value.rstrip().endswith("%"):
        rate = float(as_number(value.rstrip()[:-1].rstrip())) / 100
    else:
        rate = float(as_number(value))
    if rate <= -1:
        raise UnitError(f"a discount rate must be above -100 % (got {value})")
    return rate


def _growth(value: float | str) -> float:
    """A relative increase: `0.4` or `"40 %"`; more than 100 % is possible."""
    return _rate(value)


def _years(value: float | str) -> int:
    years = as_number(value)
    if years != int(years) or years < 0:
        raise UnitError(f"{value!r} is not a number of years")
    return int(years)


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class DiscountBand(Noun):
    """A rate that holds up to a year after the base date."""

    until: int | None = attrs.field(
        default=None, converter=optional(_years), metadata=doc("last year it holds, counted from the base date; no end when left out")
    )
    rate: float = attrs.field(converter=_rate, metadata=doc("discount rate", unit="per year"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class DiscountSchedule(Noun):
    """Discount rates by year, with their edition.

    >>> round(DISCOUNTS["green-book-2022"].factor(31), 4)
    0.3459
    """

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    edition: str = attrs.field(default="", metadata=doc("of the guide"))
    origin: str = attrs.field(default="", metadata=doc("who published it", key="source"))
    since: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("first day it holds", key="from"))
    terms: str = attrs.field(default="real", metadata=doc("for flows with or without inflation", choices=("real", "nominal")))
    bands: tuple[DiscountBand, ...] = attrs.field(converter=as_nouns, metadata=doc("rates, the nearest years first"))

    @bands.validator
    def _rising(self, _: object, bands: tuple[DiscountBand, ...]) -> None:
        last = 0
        if not bands:
            raise ModelError.of("bands", f"discount schedule {self.id!r} has no rate")
        for place, band in enumerate(bands):
            if band.until is None and place < len(bands) - 1:
                raise ModelError.of("bands", f"only the last band of {self.id!r} may have no end")
            if band.until is not None and band.until <= last:
                raise ModelError.of("bands", f"the bands of {self.id!r} must rise (got {band.until} after {last})")
            last = band.until if band.until is not None else last

    def factor(self, years: float) -> float:
        """What one unit after that many years is worth at the base date: the product of (1 + r)^-1 year by year.

        Args:
            years: whole or part years after the base date; before it (negative) the first rate compounds.

        Raises:
            UnitError: the schedule ends before that.
        """
        exponent, done = 0.0, 0.0
        if years < 0:
            return math.exp(-years * math.log1p(self.bands[0].rate))
        for band in self.bands:
            end = math.inf if band.until is None else float(band.until)
            part = min(years, end) - done
            exponent += part * math.log1p(band.rate)
            done += part
            if years <= end:
                return math.exp(-exponent)
        raise UnitError(f"discount schedule {self.id!r} ends after {self.bands[-1].until} years; year {years:g} lies beyond it")


def flat_rate(rate: float | str) -> DiscountSchedule:
    """One rate for ever.

    >>> round(flat_rate("10 %").factor(1), 4)
    0.9091
    """
    value = _rate(rate)
    return DiscountSchedule(id=f"{value:.6g}", name=f"{value:.4g} a year", bands=[DiscountBand(rate=value)])


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Uplift(Noun):
    """By how much estimates of a class were exceeded, at a certainty."""

    certainty: float = attrs.field(converter=as_share, metadata=doc("share of past projects that stayed within it", unit="share"))
    uplift: float = attrs.field(converter=_growth, metadata=doc("on top of the estimate", unit="of the estimate"))


def _by_certainty(rows: Iterable[Uplift]) -> tuple[Uplift, ...]:
    return tuple(sorted(rows, key=lambda row: row.certainty))


def _ratios(values: Iterable[float | str]) -> tuple[float, ...]:
    found = tuple(sorted(float(as_number(value)) for value in values))
    if found and found[0] < 0:
        raise UnitError(f"a ratio of actual to estimate must not be negative (got {found[0]:g})")
    return found


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class ReferenceClass(Noun):
    """What became of estimates of one kind of work: published uplifts, or own ratios of actual to estimate.

    >>> rail = REFERENCE_CLASSES["rail-2004"]
    >>> round(255 * (1 + rail.uplift(0.8)), 2)
    400.35
    """

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    category: str = attrs.field(default="", metadata=doc("of the work it was taken from"))
    figure: str = attrs.field(default="cost", metadata=doc("which estimates", key="of", choices=("cost", "duration")))
    edition: str = attrs.field(default="", metadata=doc("of the publication, or the snapshots it was taken from"))
    origin: str = attrs.field(default="", metadata=doc("who published it", key="source"))
    date: date | None = attrs.field(default=None, converter=optional(as_date), metadata=doc("when it was taken"))
    uplifts: tuple[Uplift, ...] = attrs.field(default=(), converter=_by_certainty, metadata=doc("published uplifts by certainty"))
    ratios: tuple[float, ...] = attrs.field(
        default=(), converter=_ratios, metadata=doc("actual to estimate of each finished piece of work")
    )

    def __attrs_post_init__(self) -> None:
        if bool(self.uplifts) == bool(self.ratios):
            raise ModelError.of("ratios", f"reference class {self.id!r} needs either uplifts or ratios")
        if any(a.uplift > b.uplift for a, b in zip(self.uplifts, self.uplifts[1:], strict=False)):
            raise ModelError.of("uplifts", f"the uplifts of {self.id!r} must not fall as the certainty rises")

    def uplift(self, certainty: float) -> float:
        """The uplift at a certainty: between two published ones by a straight line; of ratios, their quantile.

        Source: Flyvbjerg, reference-class forecasting. A certainty outside the published ones is refused.

        Raises:
            UnitError: the class says nothing about that certainty.
        """
        certainty = as_share(certainty)
        if self.ratios:
            place = max(math.ceil(certainty * len(self.ratios) - 1e-9), 1) - 1
            return self.ratios[place] - 1
        first, last = self.uplifts[0], self.uplifts[-1]
        if not first.certainty <= certainty <= last.certainty:
            raise UnitError(
                f"reference class {self.id!r} knows certainties from {first.certainty:.0%} to {last.certainty:.0%} (got {certainty:.0%})"
            )
        for low, high in zip(self.uplifts, self.uplifts[1:], strict=False):
            if certainty <= high.certainty:
                part = (certainty - low.certainty) / (high.certainty - low.certainty)
                return low.uplift + part * (high.uplift - low.uplift)
        return last.uplift


def _class_of(value: object, reading: Reading) -> ReferenceClass:
    """A reference class; estimates that are read later may name it."""
    found = noun_of(ReferenceClass, value, reading)
    reading.keep_class(found.id, found)
    return found


reads(ReferenceClass, lambda _: _class_of)


@attrs.frozen(kw_only=True)
class OptimismBias:
    """Upper and lower starting values of one kind of project, shares of the estimate.

    Args:
        works_duration: (upper, lower); None where the guide has none.
        capex: (upper, lower).
    """

    kind: str
    works_duration: tuple[float, float] | None
    capex: tuple[float, float]
    source: str = "Mott MacDonald, Review of Large Public Procurement in the UK (2002); HM Treasury supplementary guidance"


def _optimism(kind: str, works: tuple[float, float] | None, capex: tuple[float, float]) -> OptimismBias:
    def shares(pair: tuple[float, float]) -> tuple[float, float]:
        return pair[0] / 100, pair[1] / 100

    return OptimismBias(kind=kind, works_duration=shares(works) if works else None, capex=shares(capex))


OPTIMISM: Mapping[str, OptimismBias] = {
    row.kind: row
    for row in (
        _optimism("non-standard buildings", (39, 2), (51, 4)),
        _optimism("standard buildings", (4, 1), (24, 2)),
        _optimism("non-standard civil engineering", (25, 3), (66, 6)),
        _optimism("standard civil engineering", (20, 1), (44, 3)),
        _optimism("equipment/development", (54, 10), (200, 10)),
        _optimism("outsourcing", None, (41, 0)),
    )
}
"""Optimism-bias guideline values of 2002 by kind of project; of outsourcing the second pair is operating cost."""


def _bands(*rows: tuple[int, float]) -> tuple[DiscountBand, ...]:
    return tuple(DiscountBand(until=until, rate=rate) for until, rate in rows)


def _long_run(*percents: float) -> tuple[DiscountBand, ...]:
    """The six bands of the Treasury's long-term rates: to years 30, 75, 125, 200, 300, and from then on."""
    ends = (30, 75, 125, 200, 300, None)
    return tuple(DiscountBand(until=end, rate=round(percent / 100, 6)) for end, percent in zip(ends, percents, strict=True))


_TREASURY = "HM Treasury, The Green Book, annex 6: social time preference rate"
_LONG_RUN = "HM Treasury, The Green Book (February 2026), long-term discount rates; tabled by the Department for Transport, 16 April 2026"
_SINCE = date(2026, 2, 1)

DISCOUNTS: Mapping[str, DiscountSchedule] = {
    one.id: one
    for one in (
        DiscountSchedule(
            id="green-book-2022",
            name="Green Book, standard",
            edition="2022",
            origin=_TREASURY,
            bands=_bands((30, 0.035), (75, 0.03), (125, 0.025)),
        ),
        DiscountSchedule(
            id="green-book-2022-health",
            name="Green Book, effects on health and life, first 30 years",
            edition="2022",
            origin=_TREASURY,
            bands=_bands((30, 0.015)),
        ),
        *(
            DiscountSchedule(id=id, name=name, edition="2026", origin=_LONG_RUN, since=_SINCE, bands=_long_run(*percents))
            for id, name, percents in (
                ("green-book-2026", "Green Book, standard", (3.5, 3.0, 2.5, 2.0, 1.5, 1.0)),
                ("green-book-2026-health", "Green Book, effects on health and life", (1.5, 1.29, 1.07, 0.86, 0.64, 0.43)),
                (
                    "green-book-2026-sensitivity",
                    "Green Book, sensitivity test beyond 50 years, no pure time preference",
                    (3.0, 2.57, 2.14, 1.71, 1.29, 0.86),
                ),
            )
        ),
    )
}
"""Discount schedules that ship, by id."""


def _class(id: str, name: str, uplifts: tuple[int, ...]) -> ReferenceClass:
    return ReferenceClass(
        id=id,
        name=name,
        category=name.lower(),
        edition="2004",
        origin="Flyvbjerg and COWI for the UK Department for Transport, Procedures for Dealing with Optimism Bias in Transport Planning",
        uplifts=[Uplift(certainty=c / 100, uplift=u / 100) for c, u in zip((50, 60, 70, 80, 90), uplifts, strict=True)],
    )


REFERENCE_CLASSES: Mapping[str, ReferenceClass] = {
    one.id: one
    for one in (
        _class("roads-2004", "Roads", (15, 24, 27, 32, 45)),
        _class("rail-2004", "Rail", (40, 45, 51, 57, 68)),
        _class("fixed-links-2004", "Fixed links", (23, 26, 34, 55, 83)),
    )
}
"""Capital-cost reference classes that ship, by id."""


@attrs.frozen(kw_only=True)
class RatingScale:
    """An ordered scale of ratings with its edition.

    Args:
        name: what files call it.
        ratings: best first.
        edition: of whoever uses it.
        source: who uses it.
        to: how a rating reads on a shorter scale, by that scale's name. Going there loses information.
    """

    name: str
    ratings: tuple[str, ...]
    edition: str = ""
    source: str = ""
    to: Mapping[str, Mapping[str, str]] = attrs.field(factory=dict, repr=False)

    def convert(self, rating: str, scale: RatingScale) -> tuple[str, bool]:
        """(rating on the other scale, whether something was lost).

        Raises:
            UnitError: the rating is not on this scale, or nothing says how it reads on the other.
        """
        if rating not in self.ratings:
            raise UnitError(f"{rating!r} is not one of {', '.join(self.ratings)} ({self.name})")
        if scale.name == self.name:
            return rating, False
        mapping = self.to.get(scale.name)
        if mapping is None:
            raise UnitError(f"nothing says how {self.name} reads on {scale.name}; it must be assessed anew")
        found = mapping[rating]
        return found, sum(1 for other in mapping.values() if other == found) > 1


RATINGS: Mapping[str, RatingScale] = {
    scale.name: scale
    for scale in (
        RatingScale(
            name="dca-3",
            ratings=("green", "amber", "red"),
            edition="2021",
            source="Infrastructure and Projects Authority, delivery confidence from 2021",
        ),
        RatingScale(
            name="dca-5",
            ratings=("green", "amber-green", "amber", "amber-red", "red"),
            edition="2011",
            source="Infrastructure and Projects Authority, delivery confidence until 2021",
            to={"dca-3": {"green": "green", "amber-green": "amber", "amber": "amber", "amber-red": "amber", "red": "red"}},
        ),
    )
}
"""Confidence scales by name. From five to three: what lay between green and red became amber; that loses and is always said."""
