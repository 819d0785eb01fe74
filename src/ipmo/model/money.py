"""Money over time: budget, actual and forecast lines, price bases, exchange rates as the file gives them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs
from attrs.converters import optional

from ipmo.errors import ModelError, UnitError
from ipmo.model.estimates import Estimate, Fixed
from ipmo.model.estimating import as_cost, as_estimate, estimate_of, to_plain
from ipmo.model.fields import FrozenMap, Noun, Short, as_noun, as_nouns, as_tuple, doc, said
from ipmo.model.reading import IN_PYTHON, Reading, named, noun_of, nouns_of, reads
from ipmo.units import Money, When, as_date, as_money, as_number, as_share, as_when

__all__ = ["CURVES", "Budget", "BudgetLine", "MoneySettings", "PriceBase", "RateRow", "Spread", "as_budget", "as_spread"]

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _year(value: float | str) -> int:
    year = as_number(value)
    if year != int(year) or not date.min.year <= year <= date.max.year:
        raise UnitError(f"{said(value)} is not a year; write for example 2026")
    return int(year)


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class PriceBase(Noun):
    """In whose prices money is meant."""

    year: int | None = attrs.field(default=None, converter=optional(_year), metadata=doc("year of the prices"))
    terms: str = attrs.field(default="real", metadata=doc("with or without inflation", choices=("real", "nominal")))

    def __str__(self) -> str:
        return f"{self.terms} {self.year}" if self.year is not None else self.terms


def _currency(code: str) -> str:
    return Money(Decimal(0), code).currency


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class MoneySettings(Noun):
    """How the portfolio counts money."""

    currency: str = attrs.field(converter=_currency, metadata=doc("currency of all totals, ISO 4217"))
    price_base: PriceBase | None = attrs.field(default=None, converter=optional(as_noun), metadata=doc("in whose prices money is meant"))
    financial_year: str = attrs.field(default="jan", metadata=doc("first month of the financial year", choices=MONTHS))
    discount: str = attrs.field(default="", metadata=doc("name of the discount schedule, one of `discounts:` or built in"))


def _per(rates: Mapping[str, float | Decimal | str]) -> FrozenMap[str, Decimal]:
    out = {}
    for code, value in rates.items():
        rate = Decimal(str(as_number(value)))
        if rate <= 0:
            raise UnitError(f"the rate of {code} must be above 0 (got {value})").at(code)
        Money(Decimal(0), code)
        out[code] = rate
    return FrozenMap(out)


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class RateRow(Noun):
    """Exchange rates that hold from a date on."""

    since: date = attrs.field(converter=as_date, metadata=doc("first day they hold", key="from"))
    per: FrozenMap[str, Decimal] = attrs.field(converter=_per, metadata=doc("portfolio currency for one unit of each"))
    source: str = attrs.field(default="", metadata=doc("where they come from"))


CURVES = ("even", "front", "back", "s-curve")
"""How an amount lies over its time: evenly; most of it early, falling to nothing; the mirror of that; little at both ends."""


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Spread(Short):
    """How an amount lies over its time: a named curve, or given shares of equal parts of the time.

    In files: `spread: s-curve`, or `spread: [20 %, 50 %, 30 %]`.

    >>> float(as_spread("front").share(Fraction(1, 2))), float(as_spread([0.2, 0.8]).share(Fraction(3, 4)))
    (0.75, 0.6)
    """

    curve: str = attrs.field(default="even", metadata=doc("how it lies over time", choices=(*CURVES, "given")))
    shares: tuple[float, ...] = attrs.field(default=(), converter=as_tuple, metadata=doc("of equal parts of the time", unit="share"))

    def __attrs_post_init__(self) -> None:
        if (self.curve == "given") != bool(self.shares):
            raise ModelError.of("shares", "given shares, and only they, are a list")
        if self.shares and abs(sum(map(_exact, self.shares), Fraction(-1))) > Fraction(1, 10**6):
            raise ModelError.of("shares", f"they must sum to 1 (got {sum(self.shares):g})")

    def share(self, time: Fraction) -> Fraction:
        """The share that has come by a share of the time, both 0 to 1; exact.

        Source: even x; front 1 - (1 - x)^2; back x^2; s-curve 3 x^2 - 2 x^3.
        """
        x = Fraction(0) if time < 0 else Fraction(1) if time > 1 else time
        if self.curve == "front":
            return 1 - (1 - x) ** 2
        if self.curve == "back":
            return x * x
        if self.curve == "s-curve":
            return x * x * (3 - 2 * x)
        if self.curve == "even":
            return x
        exacts = list(map(_exact, self.shares))
        whole = sum(exacts)
        place = x * len(exacts)
        full = int(place)
        part = (place - full) * exacts[full] if full < len(exacts) else Fraction(0)
        return (sum(exacts[:full], Fraction(0)) + part) / whole

    def to_plain(self) -> object:
        """Its name, or the shares."""
        return list(self.shares) if self.shares else self.curve


def _exact(share: float) -> Fraction:
    return Fraction(repr(share)) if isinstance(share, float) else Fraction(share)


def as_spread(value: object) -> Spread:
    """`"s-curve"`, shares, or a Spread as a Spread.

    Raises:
        UnitError: there is no such curve, or the shares do not sum to 1.
    """
    if isinstance(value, Spread):
        return value
    if isinstance(value, list | tuple):
        return Spread(curve="given", shares=tuple(map(as_share, value)))
    if isinstance(value, str) and str(value) in CURVES:
        return Spread(curve=str(value))
    raise UnitError(f"{value!r:.60} is no spread; write one of {', '.join(CURVES)}, or a list of shares that sum to 1")


reads(Spread, lambda _: lambda value, _: as_spread(value), Spread)


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class BudgetLine(Noun):
    """An amount that belongs to a date or a period."""

    amount: Estimate | None = attrs.field(
        default=None, converter=optional(as_cost), metadata=doc("how much; unknown when left out", unit="money")
    )
    since: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("its date, or first day of its period", key="from")
    )
    until: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("last day of its period", end=True))
    kind: str | None = attrs.field(default=None, metadata=doc("capital or running cost", key="class", choices=("capex", "opex")))
    spread: Spread | None = attrs.field(
        default=None, converter=optional(as_spread), metadata=doc("how it lies over its period; else the item's")
    )
    price_base: PriceBase | None = attrs.field(default=None, converter=optional(as_noun), metadata=doc("in whose prices; else the item's"))
    note: str = attrs.field(default="", metadata=doc("what it is for"))


@attrs.frozen(field_transformer=named, unsafe_hash=False)
class Budget(Short):
    """A budget, an actual or a forecast: one lump or dated lines.

    >>> as_budget("14 M GBP").is_lump
    True
    """

    lines: tuple[BudgetLine, ...] = attrs.field(converter=as_nouns, metadata=doc("the lump, or the lines"))

    @property
    def is_lump(self) -> bool:
        """One amount without a date or a class."""
        return len(self.lines) == 1 and self.lines[0].amount is not None and self.lines[0] == BudgetLine(amount=self.lines[0].amount)

    def to_plain(self) -> object:
        """As files write it, for a lump; lines are written by the writer."""
        amount = self.lines[0].amount
        return None if amount is None else to_plain(amount)


def as_budget(value: object, reading: Reading = IN_PYTHON) -> Budget:
    """`"14 M GBP"`, `{low, likely, high}`, dated lines, or a Budget as a Budget.

    Raises:
        UnitError: it is none of these.
        ModelError: lines are wrong.
    """
    if type(value) is Budget:
        return value
    if type(value) is str:
        return _lump(value)
    if isinstance(value, Money):
        return Budget((BudgetLine(amount=Fixed(value)),))
    if isinstance(value, list | tuple):
        if any(not isinstance(line, Mapping | BudgetLine) for line in value):
            wrong = next(place for place, line in enumerate(value) if not isinstance(line, Mapping | BudgetLine))
            example = "{from: 2026-04-01, amount: 3 M GBP, class: capex}"
            raise UnitError(f"{said(value[wrong])} is not a budget line; write {example}").at(wrong)
        return Budget(nouns_of(BudgetLine, value, reading))
    if isinstance(value, BudgetLine) or (isinstance(value, Mapping) and "amount" in value):
        return Budget((noun_of(BudgetLine, value, reading),))
    return Budget((BudgetLine(amount=estimate_of(value, "money", reading)),))


@functools.lru_cache(maxsize=65_536)
def _lump(value: str) -> Budget:
    return Budget((BudgetLine(amount=as_estimate(value, as_money)),))


reads(Budget, lambda _: as_budget, Budget)
