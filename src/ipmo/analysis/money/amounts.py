"""Money made exact: each line in the portfolio's currency at its own date, unrounded, with its price base and its source."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Literal

import attrs

from ipmo.errors import MissingRateError, ModelError, UnitError
from ipmo.model.benefits import Benefit
from ipmo.model.estimates import Fixed, Quantity, exact
from ipmo.model.money import Budget, BudgetLine, Spread
from ipmo.model.portfolio import Portfolio
from ipmo.model.unseen import kinds_of_work
from ipmo.model.work import Programme, Project, Task
from ipmo.units import ExchangeRates, Money, as_day, minor_digits

__all__ = ["Amount", "Amounts", "Priced", "Unrated", "cents", "certain_lump", "in_minor_units", "rounded"]

Unrated = Literal["refuse", "unknown"]
"""What becomes of money without an exchange rate: the question is refused, or that money counts as unknown."""

EVEN = Spread()
INT64 = 2**63
CERTAIN = 1e20
"""Below this, a decimal of 28 digits holds an amount to its minor unit."""


class Priced:
    """Exact money by price base: it adds within a base and never across.

    An unknown base is a base of its own. Each entry remembers one item that brought it, so that an error can name both.
    """

    __slots__ = ("entries",)
    entries: Mapping[str, tuple[Fraction, str]]

    def __init__(self, entries: Mapping[str, tuple[Fraction, str]]) -> None:
        self.entries = entries

    @classmethod
    def of(cls, amount: Fraction, base: str = "", item: str = "") -> Priced:
        """One amount in one base."""
        return cls({base: (amount, item)})

    def __add__(self, other: Priced) -> Priced:
        out = dict(self.entries)
        for base, (amount, item) in other.entries.items():
            if base in out:
                before, named = out[base]
                out[base] = before + amount, min(named, item)
            else:
                out[base] = amount, item
        return Priced(out)

    def __mul__(self, factor: Fraction) -> Priced:
        return Priced({base: (amount * factor, item) for base, (amount, item) in self.entries.items()})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Priced):
            return NotImplemented
        return {b: a for b, (a, _) in self.entries.items()} == {b: a for b, (a, _) in other.entries.items()}

    __hash__ = None  # type: ignore[assignment]

    def __lt__(self, other: Priced) -> bool:
        return self.only()[1] < other.only()[1]

    def __gt__(self, other: Priced) -> bool:
        return self.only()[1] > other.only()[1]

    def __repr__(self) -> str:
        return f"Priced({', '.join(f'{base or chr(63)}: {amount}' for base, (amount, _) in sorted(self.entries.items()))})"

    @property
    def bases(self) -> tuple[str, ...]:
        """The known bases, in order."""
        return tuple(sorted(base for base in self.entries if base))

    def only(self, what: str = "money") -> tuple[str, Fraction]:
        """(base, amount) of the one known base; the unknown one when there is no other.

        Raises:
            UnitError: two known bases are mixed.
        """
        known = self.bases
        if len(known) > 1:
            one, other = known[:2]
            raise UnitError(
                f"{what} of {self.entries[one][1]!r} is in {one} prices, that of {self.entries[other][1]!r} in {other} prices; they do not"
                " add: bring them to one base, or roll up by='price_base'"
            ).about(self.entries[one][1], self.entries[other][1])
        base = known[0] if known else ""
        return base, self.entries[base][0]

    @property
    def apart(self) -> Fraction | None:
        """What is in unknown prices beside a known base; None when there is none."""
        return self.entries[""][0] if "" in self.entries and self.bases else None


@attrs.frozen(kw_only=True)
class Amount:
    """One line, converted.

    Args:
        value: in the portfolio's currency, exact.
        base: price base, empty when unknown.
        line: the line it came from.
        note: the rate used, with its date and source; the rule of an estimate.
    """

    value: Fraction
    base: str
    line: BudgetLine
    note: str = ""


class Amounts:
    """Budgets of a portfolio as exact amounts in its currency.

    Args:
        portfolio: the portfolio.
        as_of: lumps convert at this date.
        what: what is converted, for messages: `budget`, `actual`, ...
        unrated: what becomes of money without an exchange rate.
        confidence: the percentile that uncertain lines count at, 0 to 1; their central value when left out.
    """

    def __init__(
        self, portfolio: Portfolio, as_of: date, what: str, *, unrated: Unrated = "refuse", confidence: float | None = None
    ) -> None:
        self.portfolio, self.as_of, self.what, self.unrated, self.confidence = portfolio, as_of, what, unrated, confidence
        self.missing: dict[str, str] = {}
        self._fractions: dict[Decimal, Fraction] = {}  # amounts that were asked for

    @functools.cached_property
    def rates(self) -> ExchangeRates:
        """Exchange rates into the portfolio's currency; where it states none, the one currency that is used.

        Raises:
            ModelError: no currency is stated or used.
        """
        if self.portfolio.money is not None:
            return self.portfolio.exchange_rates
        for currency in self._used():
            return ExchangeRates(currency)
        raise ModelError(f"portfolio {self.portfolio.id!r} states no currency; add portfolio: money: {{currency: GBP}}")

    def _used(self) -> Iterator[str]:
        pf = self.portfolio
        for noun in (pf, *pf.programmes, *pf.projects, *(t for p in pf.projects for t in kinds_of_work(p)), *pf.benefits):
            for name in ("budget", "actual", "forecast", "funding", "exit_cost"):
                budget: Budget | None = getattr(noun, name, None)
                for line in budget.lines if budget is not None else ():
                    central = line.amount.central() if line.amount is not None else None
                    if isinstance(central, Money):
                        yield central.currency

    @property
    def currency(self) -> str:
        """The currency of all amounts."""
        return self.rates.base

    def lines(self, full_id: str, budget: Budget | Money) -> list[Amount] | None:
        """The lines of an item's money; None when one of them is unknown. `missing` says of which item a rate is missing, and which.

        Raises:
            MissingRateError: a line is in another currency and there is no rate on its date, and that is to be refused.
        """
        if isinstance(budget, Money):
            budget = Budget((BudgetLine(amount=Fixed(budget)),))
        out = []
        for line in budget.lines:
            amount = self._amount(line)
            if not isinstance(amount, Money):
                return None
            found = self._rated(full_id, line, amount)
            if found is None:
                return None
            out.append(found)
        return out

    def lump(self, full_id: str, money: Money) -> tuple[Fraction, str] | None:
        """(exact amount, price base) of a sum of money at `as_of`; None where its rate is missing: `missing` says which.

        Raises:
            MissingRateError: there is no rate, and that is to be refused.
        """
        if money.currency == self.currency:
            amount = self._fractions.get(money.amount)
            if amount is None:
                amount = self._fractions[money.amount] = exact(money)
            return amount, self.base_of(full_id)
        lines = self.lines(full_id, money)
        return None if lines is None else (lines[0].value, lines[0].base)

    def known_lines(self, full_id: str, budget: Budget) -> list[Amount]:
        """Those lines of an item's money that are known."""
        found = []
        for line in budget.lines:
            amount = self._amount(line)
            one = self._rated(full_id, line, amount) if isinstance(amount, Money) else None
            if one is not None:
                found.append(one)
        return found

    def _amount(self, line: BudgetLine) -> Quantity | None:
        """What a line counts with."""
        if line.amount is None:
            return None
        return line.amount.central() if self.confidence is None else line.amount.quantile(self.confidence)

    def _rated(self, full_id: str, line: BudgetLine, amount: Money) -> Amount | None:
        """One line; None where its exchange rate is missing and that counts as unknown."""
        try:
            return self._line(full_id, line, amount)
        except MissingRateError as error:
            if self.unrated == "refuse":
                raise
            self.missing[full_id] = str(error)
            return None

    def _line(self, full_id: str, line: BudgetLine, amount: Money) -> Amount:
        on = as_day(line.since) if line.since is not None else self.as_of
        try:
            rate, dated = self.rates.rate(amount.currency, on)
        except MissingRateError as error:
            other = next((name for name in self._in_currency() if name != full_id), None)
            beside = f", that of {other!r} is in {self.rates.base}" if other else ""
            raise MissingRateError(f"{self.what} of {full_id!r} is {amount}{beside}: {error}").about(full_id, other) from None
        notes = []
        if amount.currency != self.rates.base:
            source = self.rates.sources.get(dated, "")
            notes.append(f"{amount} at {rate} of {dated}{f', {source}' if source else ''}")
        if line.amount is not None and line.amount.rule != "fixed":
            notes.append(line.amount.rule if self.confidence is None else f"P{100 * self.confidence:.4g}")
        return Amount(value=exact(amount) * Fraction(rate), base=self.base_of(full_id, line), line=line, note="; ".join(notes))

    def _in_currency(self) -> Iterator[str]:
        """Items whose money is already in the portfolio's currency."""
        pf = self.portfolio
        nouns: list[tuple[str, Programme | Project | Task]] = [*((p.id, p) for p in pf.programmes), *((p.id, p) for p in pf.projects)]
        nouns += [(f"{p.id}/{t.id}", t) for p in pf.projects for t in p.tasks]
        for name, noun in nouns:
            budget = getattr(noun, self.what, None)
            for line in budget.lines if isinstance(budget, Budget) else ():
                central = line.amount.central() if line.amount is not None else None
                if isinstance(central, Money) and central.currency == self.rates.base:
                    yield name

    def base_of(self, full_id: str, line: BudgetLine | None = None) -> str:
        """The price base of an item's money: the line's, the item's, its project's, the portfolio's; empty when unknown."""
        if line is not None and line.price_base is not None:
            return str(line.price_base)
        items = self.portfolio.items
        noun = items.get(full_id)
        base = getattr(noun, "price_base", None)
        if base is None and type(noun) is not Benefit:  # which lies in no project
            base = getattr(items.get(self.portfolio.project_of(full_id)), "price_base", None)
        return self._settled_base if base is None else str(base)

    @functools.cached_property
    def _settled_base(self) -> str:
        """The price base of the portfolio; empty when none is stated."""
        settings = self.portfolio.money
        return str(settings.price_base) if settings is not None and settings.price_base is not None else ""


def certain_lump(money: object, currency: str | None) -> Decimal | None:
    """The amount of one certain lump in the portfolio's currency; None of anything else."""
    if type(money) is not Budget or len(money.lines) != 1:
        return None
    line = money.lines[0]
    estimate = line.amount
    if type(estimate) is not Fixed or line.price_base is not None:
        return None
    value = estimate.value
    return value.amount if type(value) is Money and value.currency == currency else None


def rounded(amount: Fraction, currency: str) -> Money:
    """An exact amount as money: rounded once, half to even, to the currency's minor unit.

    >>> str(rounded(Fraction(1, 8), "GBP"))
    '0.12 GBP'
    """
    digits = minor_digits(currency)
    whole = round(amount * 10**digits)  # Fraction rounds half to even
    return Money(Decimal((int(whole < 0), tuple(map(int, str(abs(whole)))), -digits)), currency)


def cents(amount: float, currency: str) -> Money:
    """A computed amount as money: rounded once, half to even, as `rounded` rounds it.

    >>> str(cents(0.125, "GBP")), cents(2.5, "JPY").amount, cents(-0.001, "GBP").amount
    ('0.12 GBP', Decimal('2'), Decimal('0.00'))
    """
    if not abs(amount) < CERTAIN:
        return rounded(Fraction(amount), currency)
    return Money(Decimal(amount).quantize(_unit(currency), ROUND_HALF_EVEN) + 0, currency)


@functools.lru_cache(maxsize=64)
def _unit(currency: str) -> Decimal:
    """One minor unit."""
    return Decimal(1).scaleb(-minor_digits(currency))


def in_minor_units(amount: Money | Fraction | None, currency: str, item: str) -> int | None:
    """Money as a whole number of minor units that fits an int64 column; None stays None.

    Raises:
        UnitError: it does not fit.
    """
    if amount is None:
        return None
    minor = amount.minor if isinstance(amount, Money) else round(amount * 10 ** minor_digits(currency))
    if not -INT64 <= minor < INT64:
        raise UnitError(f"{item!r}: {amount} does not fit a column of 64-bit minor units; count in a larger currency unit")
    return int(minor)
