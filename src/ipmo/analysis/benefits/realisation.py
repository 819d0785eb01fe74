"""Benefits: what they are worth, when they come, and what their slip costs.

A benefit's date comes from the schedule: when what enables it moves, its profile moves.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import get_args

import attrs

from ipmo.analysis.benefits.by_period import by_period
from ipmo.analysis.benefits.pictures import Kind, benefits_drawn
from ipmo.analysis.benefits.present import PresentValues, Worths, later_losses, minor_units
from ipmo.analysis.benefits.profiles import Profile, Valued, first_day_of, profile, step_later, still_to_come, yearly
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.amounts import Amounts, Priced, Unrated, cents, rounded
from ipmo.analysis.money.finance import discount_schedule
from ipmo.analysis.money.made_rows import MadeRows
from ipmo.errors import IpmoError, MissingRateError, UnitError, one_of
from ipmo.figures.svg import Figure
from ipmo.memory import remember
from ipmo.model.benefits import Benefit
from ipmo.model.portfolio import Portfolio
from ipmo.model.reference import DiscountSchedule
from ipmo.network.losses import losses
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.units import NO_CURRENCY, Money, Span, as_day, as_span, as_when, first_day, minor_digits

__all__ = ["BenefitValue", "Benefits", "benefits", "share_benefits"]


@attrs.frozen(kw_only=True)
class BenefitValue(Shown):
    """One benefit: planned, forecast and actual.

    Args:
        id: of the benefit.
        name: title.
        owner: who realises it.
        planned_start: start in the plan; None when no plan says one.
        start: start by the schedule; None when it is not known.
        actual: realised so far, None when nothing was measured.
        planned_npv: present value of the plan, in the portfolio's currency.
        npv: present value of the forecast.
        planned_to_date: what the plan has until the date of the figures.
        base: price base, empty when unknown.
        part: how much of it still comes, between 0 and 1: what is due to stopped or cancelled work does not.
        reason: why a figure is not known.
        never: by today's plan it never comes, as what it needs was stopped; what only waits may still come.
        noun: the benefit.
        full: exact value of a year (or of what comes once) as planned, times its probability; None where none is known.
        yearly: the part of that which still comes.
        valued: present values at the day of the figures; None where no discount rate is stated.
        at: that day.
        currency: of all figures.
    """

    id: str
    name: str = ""
    owner: str | None = None
    planned_start: date | None = None
    start: date | None = None
    actual: Money | None = None
    planned_npv: Money | None = None
    npv: Money | None = None
    planned_to_date: Money | None = None
    base: str = ""
    part: float = 1.0
    reason: str = ""
    never: bool = False
    noun: Benefit = attrs.field(repr=False)
    full: Fraction | None = attrs.field(default=None, repr=False)
    yearly: Fraction | None = attrs.field(default=None, repr=False)
    valued: Valued | None = attrs.field(default=None, repr=False, eq=False)
    at: date = attrs.field(repr=False)
    currency: str = attrs.field(repr=False)

    @functools.cached_property
    def planned(self) -> Profile | None:
        """What it brings from the planned start on, times its probability; None where that is not known."""
        return None if self.planned_start is None or self.full is None else profile(self.noun, self.planned_start, self.full)

    @functools.cached_property
    def forecast(self) -> Profile | None:
        """What it brings from the forecast start on, times its probability; None where that is not known."""
        return None if self.start is None or self.yearly is None else profile(self.noun, self.start, self.yearly)

    @property
    def worth(self) -> float | None:
        """The present value of the forecast, not rounded; None where it is not known."""
        if self.valued is None or self.start is None or self.yearly is None:
            return None
        return self.valued.worth(self.noun, self.start, self.yearly)

    @property
    def slip(self) -> int | None:
        """Days that the forecast start lies after the planned one."""
        if self.start is None or self.planned_start is None:
            return None
        return (self.start - self.planned_start).days

    @property
    def loss(self) -> Money | None:
        """What the slip costs, and what never comes: NPV(0) - NPV(delay); negative when it comes earlier. None when a half is not known."""
        if self.never:
            return self.planned_npv
        if self.npv is None or self.planned_npv is None:
            return None
        return Money(self.planned_npv.amount - self.npv.amount, self.currency)

    @property
    def realisation(self) -> float | None:
        """Realised by planned to the date; None where nothing was planned until then or nothing is measured."""
        if self.actual is None or self.planned_to_date is None or not self.planned_to_date.amount:
            return None
        return float(self.actual.amount / self.planned_to_date.amount)

    def loss_if(self, delay: Span | str | int) -> Money | None:
        """What a further delay would cost: NPV of the forecast less NPV of the forecast that much later.

        Args:
            delay: days, elapsed time or a calendar step (`30`, `"4 ew"`, `"1 year"`).

        Raises:
            UnitError: the delay is working time: a benefit lives on calendar time.
        """
        if self.start is None or self.yearly is None or self.valued is None or self.npv is None:
            return None
        if isinstance(delay, int):
            later = self.start + timedelta(days=delay)
        else:
            span = as_span(delay)
            if span.dimension == "working":
                raise UnitError(f"{span} is working time; say a benefit's delay in elapsed days (10 ed) or months")
            later = (
                step_later(self.start, span.months) if span.dimension == "step" else self.start + timedelta(minutes=span.elapsed_minutes)
            )
        before, after = self.worth, self.valued.worth(self.noun, later, self.yearly)
        return None if before is None or after is None else cents(before - after, self.currency)


class Benefits(Rows[str, BenefitValue]):
    """The answer of `benefits`, indexed by id."""

    def __init__(self, columns: _Columns, rows: Mapping[str, BenefitValue]) -> None:
        super().__init__(rows, f"the benefits of portfolio {columns.portfolio.id!r}")
        self.portfolio, self.discount, self.as_of, self.figures = columns.portfolio, columns.discount, columns.as_of, columns

    @property
    def currency(self) -> str:
        """Of all figures; empty where there is no benefit."""
        return self.figures.currency if len(self) else ""

    @property
    def present_amounts(self) -> Mapping[str, float]:
        """`present` as numbers in its currency."""
        return self.figures.present_amounts

    @property
    def present(self) -> Mapping[str, Money]:
        """The present value of each benefit that has one: what `npv` of its row says."""
        return self.figures.present

    @property
    def compared(self) -> tuple[str, ...]:
        """The benefits whose plan and forecast both have a present value, or that never come: those of which `loss` is known."""
        return self.figures.compared

    @property
    def coming(self) -> Mapping[str, float]:
        """Of the same, the present value of what is still to come from the day of the figures on, not rounded."""
        return self.figures.coming

    @property
    def parts(self) -> Mapping[str, float]:
        """How much of each benefit still comes, between 0 and 1."""
        return self.figures.parts

    def losses(self, benefits: Sequence[str], later: Sequence[int]) -> list[int | None]:
        """What it costs that some benefits come some days later, in minor units: what `loss_if` of each row says, many at a time."""
        places = self.figures.places
        return self.figures.losses([places[name] for name in benefits], later)

    def _sum(self, value: Callable[[BenefitValue], Money | None]) -> Money | None:
        whole = Priced({})
        for row in self.rows:
            if (found := value(row)) is not None:
                whole = whole + Priced.of(Fraction(found.amount), row.base, row.id)
        return rounded(whole.only("benefits")[1], self.rows[0].currency) if whole.entries else None

    @property
    def npv(self) -> Money | None:
        """Net present value of all forecast benefits, dis-benefits taken off; what is unknown is not in it: see `known`.

        Raises:
            UnitError: two known price bases would be mixed.
        """
        return self._sum(lambda row: row.npv)

    def one_base(self) -> None:
        """Refuses present values in two price bases.

        Raises:
            UnitError: two known price bases would be mixed.
        """
        if self.figures.bases_mixed:
            _ = self.npv

    @property
    def planned_npv(self) -> Money | None:
        """Net present value of all planned benefits."""
        return self._sum(lambda row: row.planned_npv)

    @property
    def loss(self) -> Money | None:
        """What all slips cost together, and what never comes, of those benefits whose plan and forecast are known."""
        return self._sum(lambda row: row.loss)

    @property
    def unrated(self) -> tuple[str, ...]:
        """What has no exchange rate, and which: it is unknown, and sums are of the rest."""
        return tuple(why for amounts in (self.figures.amounts, self.figures.measured) for why in amounts.missing.values())

    @property
    def known(self) -> int:
        """How many benefits have a forecast value."""
        return sum(1 for row in self.rows if row.npv is not None)

    def explain(self, benefit: str) -> str:
        """When a benefit starts, what it is worth and what its delay costs, in a sentence.

        Raises:
            UnknownItemError: there is no such benefit.
        """
        row = self[benefit]
        planned = f"planned from {row.planned_start or 'no stated day'}"
        if row.never:
            lost = "" if row.loss is None else f", all of {row.loss:,} lost"
            return f"{row.id}: {planned}, never comes{lost}: {row.reason or 'all work that it is due to was stopped'}"
        parts = [planned, f"forecast from {row.start or 'an unknown day'}"]
        parts += [f"present value {row.npv:,}"] if row.npv is not None else []
        parts += [f"{1 - row.part:.4g} of it was due to stopped work and never comes"] if 0 < row.part < 1 else []
        parts += (
            [f"{'its delay costs' if row.part == 1 else 'that and its delay cost'} {row.loss:,}"]
            if row.loss is not None and row.loss.amount > 0
            else []
        )
        parts += [f"not known because {row.reason}"] if row.reason else []
        return f"{row.id}: {', '.join(parts)}"

    def table(self) -> Table:
        """One row a benefit: id, name, owner, planned_start, start, slip, planned_npv, npv, loss, planned_to_date, actual,
        realisation, base, reason.
        """
        rows = self.rows
        currency = rows[0].currency if rows else ""

        def money(name: str) -> Column:
            return Column(name, "float", [None if (v := getattr(r, name)) is None else float(v.amount) for r in rows], currency)

        return Table(
            [
                *(Column(name, "str", [getattr(r, name) for r in rows]) for name in ("id", "name", "owner")),
                *(Column(name, "date", [getattr(r, name) for r in rows]) for name in ("planned_start", "start")),
                Column("slip", "int", [r.slip for r in rows], "days"),
                *map(money, ("planned_npv", "npv", "loss", "planned_to_date", "actual")),
                Column("realisation", "float", [r.realisation for r in rows]),
                Column("base", "str", [r.base for r in rows]),
                Column("reason", "str", [r.reason for r in rows]),
            ]
        )

    def by_period(self, every: str = "year", benefit: str | None = None) -> Table:
        """Planned, forecast and actual by period: period, start, planned, forecast, actual.

        Args:
            every: month, quarter, year or financial year.
            benefit: one benefit; all together when left out.

        Raises:
            UnknownItemError: there is no such period or benefit.
        """
        rows = self.rows if benefit is None else (self[benefit],)
        return by_period(rows, self.portfolio, self.as_of, every)

    def plot(self, kind: Kind = "curve", *, every: str = "year") -> Figure:
        """A picture of the benefits: shown in notebooks, saved as SVG, HTML or PNG with `.save(path)`.

        Args:
            kind: `curve`, running sums of what was planned, is forecast and is realised; `columns`, by period; or `map`, from projects to objectives.
            every: length of a period.

        Raises:
            OptionError: there is no such kind.
            ModelError: no benefit has a known value; for the map, there is no benefit.
        """
        return benefits_drawn(self, kind, every)

    def __repr__(self) -> str:
        worth = self.npv
        return f"<Benefits: NPV {'unknown' if worth is None else f'{worth:,}'}, {self.known} of {len(self)} known>"


def benefits(
    portfolio: Portfolio,
    *,
    baseline: Portfolio | None = None,
    discount: DiscountSchedule | float | str | None = None,
    as_of: date | str | None = None,
    unrated: Unrated = "unknown",
) -> Benefits:
    """Every benefit: planned, forecast and actual, in time and in money.

    Source: HM Treasury, The Green Book (discounting); MSP, benefit profiles. Values are times the probability.

    Args:
        portfolio: the portfolio.
        baseline: the plan that planned starts are taken from; else each benefit's own `planned_start`.
        discount: a rate, a schedule or its name; the portfolio's own when left out. Without any, present values are unknown.
        as_of: the day of the present values, and up to which things are realised; the status date when left out, else the portfolio's start, else the day that
            its first work starts.
        unrated: what becomes of values without an exchange rate, as for `roll_up`.

    Raises:
        ScheduleError: nothing says when the portfolio starts.
        UnknownItemError: there is no discount schedule of that name.
        MissingRateError: a value is in another currency and has no exchange rate, and that is to be refused.
        OptionError: `unrated` is something else.
    """
    one_of("unrated", unrated, get_args(Unrated))
    rates: DiscountSchedule | None
    if discount is None and not (portfolio.money is not None and portfolio.money.discount):
        rates = None
    else:
        rates = discount_schedule(discount, portfolio)
    stated = as_when(as_of) if as_of is not None else portfolio.status_date or portfolio.start
    if stated is not None:
        day = as_day(stated)
    else:
        day = schedule(portfolio, on_cycle="cut").first_day if portfolio.benefits else date.max
    try:
        if baseline is None and discount is None and as_of is None:  # what status, attribution and the rules all ask
            return remember(portfolio, "benefits", lambda: _found(_Columns(portfolio, None, rates, day)))
        return _found(_Columns(portfolio, baseline, rates, day))
    except MissingRateError:
        if unrated == "refuse":
            raise
        return _found(_Columns(portfolio, baseline, rates, day, unrated))


def share_benefits(copy: Portfolio, portfolio: Portfolio) -> None:
    """What benefits of a portfolio are worth is taken over by a changed copy, but for those that start on another day or come in another part.

    Args:
        copy: the copy; only projects are other in it.
        portfolio: what it was made from.
    """
    if copy.money is None:  # the currency is then that of the work
        return
    try:
        known = benefits(portfolio, unrated="refuse").figures
        remember(copy, "benefits", lambda: _found(_Columns(copy, None, known.discount, known.as_of, known=known)))
    except IpmoError:  # what is not known is found out, and said, where it is asked
        return


def _found(rows: _Columns) -> Benefits:
    return Benefits(rows, MadeRows(rows.all_places, rows.row))


class _Columns:
    """What benefits are worth and when they start, as columns; what else is said of one is found when it is looked at."""

    valued: Valued | None
    worths: Worths
    planned_worths: Worths
    present_values: PresentValues | None
    actuals: dict[str, Money | None]

    def __init__(
        self,
        portfolio: Portfolio,
        baseline: Portfolio | None,
        discount: DiscountSchedule | None,
        as_of: date,
        unrated: Unrated = "refuse",
        known: _Columns | None = None,
    ) -> None:
        self.portfolio, self.baseline, self.discount, self.as_of = portfolio, baseline, discount, as_of
        self.amounts, self.measured = (Amounts(portfolio, as_of, what, unrated=unrated) for what in ("value", "actual"))
        self.valued = known.valued if known is not None else None if discount is None else Valued(discount, as_of)
        self._benefits = portfolio.benefits
        self.starts, self._reasons = self._begun()
        self.never = self._lost()
        if known is None:
            self.planned_days = [self._plan(benefit) for benefit in self._benefits]
            amounts = [self._amount(benefit) for benefit in self._benefits]
            self.full, self.bases = [amount for amount, _ in amounts], [base for _, base in amounts]
        else:
            self.planned_days, self.full, self.bases = known.planned_days, known.full, known.bases
        parts = self._parts
        self._part = [parts.get(benefit.id, 1.0) for benefit in self._benefits]
        self.yearly: list[Fraction | None] = list(self.full)
        for place, part in enumerate(self._part):
            if (amount := self.full[place]) is not None and part < 1:
                self.yearly[place] = amount * Fraction(str(part))
            if part <= 0 and self.starts[place] is not None:
                self.starts[place], self._reasons[place] = None, "all work that it is due to was stopped"
                self.never.add(place)
        if known is not None and known.present_values is not None and known.yearly == self.yearly:
            self.present_values, self.planned_worths, self.actuals = known.present_values, known.planned_worths, known.actuals
            self.worths = Worths(self.present_values, self.starts, known.worths)
            return
        self.present_values = self._valuing(self.starts, self.yearly)
        self.worths = Worths(self.present_values, self.starts)
        self.planned_worths = Worths(self._valuing(self.planned_days, self.full), self.planned_days)
        self.actuals = {benefit.id: self._actual(benefit) for benefit in self._benefits if benefit.actual is not None}

    @functools.cached_property
    def now(self) -> Schedule:
        """The schedule, loops cut."""
        return schedule(self.portfolio, on_cycle="cut")

    @functools.cached_property
    def then(self) -> Schedule | None:
        """The schedule of the plan."""
        return None if self.baseline is None else schedule(self.baseline, on_cycle="cut")

    def _start(self, found: Schedule, benefit: str) -> tuple[date | None, str]:
        if benefit not in found:
            return None, "nothing enables it"
        begins = found.begins(benefit)
        if begins is not None:
            return first_day(begins), ""
        item = found[benefit]
        if item.undated or item.early_start is None or item.lower_bound:
            return None, item.undated or "what enables it has no date"
        return first_day(item.early_start), ""

    def _begun(self) -> tuple[list[date | None], list[str]]:
        """The first day of each benefit, and why it is not known."""
        starts: list[date | None] = []
        reasons: list[str] = []
        instants = self.now.beginnings([benefit.id for benefit in self._benefits]) if self._benefits else ()
        for benefit, instant in zip(self._benefits, instants, strict=True):
            start, reason = (first_day_of(instant), "") if instant is not None else self._start(self.now, benefit.id)
            if start is None and benefit.planned_start is not None and reason == "nothing enables it":
                start = as_day(benefit.planned_start)
            if start is not None and self.now.passes.at_best is not None:  # it may come sooner than late
                row = self.now.commitments.one(benefit.id, caused=False)
                start, reason = (None, row.reason) if row is not None and row.standing == "unknown" else (start, reason)
            starts.append(start)
            reasons.append(reason)
        return starts, reasons

    def _lost(self) -> set[int]:
        """The places of the benefits that never come."""
        named, found = self.now.passes.named, self.now.network.holds
        holds = [found.get(named.get(benefit.id, -1)) for benefit in self._benefits] if found else []
        return {place for place, hold in enumerate(holds) if hold is not None and hold.never and self.starts[place] is None}

    def _plan(self, benefit: Benefit) -> date | None:
        """Its first day in the plan."""
        planned = as_day(benefit.planned_start) if benefit.planned_start is not None else None
        if self.then is not None and benefit.id in self.then:
            planned = self._start(self.then, benefit.id)[0] or planned
        return planned

    def _amount(self, benefit: Benefit) -> tuple[Fraction | None, str]:
        """(what a year, or all that comes once, is worth times its probability, the price base of that)."""
        value = benefit.value
        found = None
        if value is not None:
            found = self.amounts.lump(benefit.id, value if isinstance(value, Money) else yearly(value))
        if found is None:
            return None, ""
        amount, base = found
        return (amount if benefit.probability is None else amount * Fraction(str(benefit.probability))), base

    def _valuing(self, days: Sequence[date | None], amounts: Sequence[Fraction | None]) -> PresentValues | None:
        """What values the benefits from some days on; None where nothing can be valued."""
        known = any(day is not None and amount is not None for day, amount in zip(days, amounts, strict=True))
        return None if self.valued is None or not known else PresentValues(self.valued, self._benefits, amounts)

    @functools.cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each benefit."""
        return {benefit.id: place for place, benefit in enumerate(self._benefits)}

    def all_places(self) -> Mapping[str, int]:
        """The same, as a method: rows that are made when they are looked at go through a pool of processes with it."""
        return self.places

    @property
    def bases_mixed(self) -> bool:
        """Present values are in more than one known price base."""
        return len({base for base, worth in zip(self.bases, self.worths, strict=True) if base and worth is not None}) > 1

    @property
    def parts(self) -> Mapping[str, float]:
        """How much of each benefit still comes."""
        return dict(zip(self.places, self._part, strict=True))

    def row(self, place: int) -> BenefitValue:
        """One benefit's figures."""
        benefit, start, planned_start = self._benefits[place], self.starts[place], self.planned_days[place]
        full, yearly, reason = self.full[place], self.yearly[place], self._reasons[place]
        worth, planned_worth = self.worths[place], self.planned_worths[place]
        if not reason or start is not None:
            reason = self._reason(benefit, start, yearly, worth)
        planned = None if planned_start is None or full is None else profile(benefit, planned_start, full)
        return BenefitValue(
            id=benefit.id, name=benefit.name, owner=benefit.owner, planned_start=planned_start, start=start,
            actual=self.actuals.get(benefit.id),
            planned_npv=None if planned_worth is None else cents(planned_worth, self.currency),
            npv=None if worth is None else cents(worth, self.currency),
            planned_to_date=None if planned is None else rounded(planned.by(self.as_of), self.currency),
            base=self.bases[place], part=self._part[place], reason=reason, never=place in self.never, noun=benefit, full=full, yearly=yearly, valued=self.valued,
            at=self.as_of, currency=self.currency,
        )  # fmt: skip

    @functools.cached_property
    def present_amounts(self) -> Mapping[str, float]:
        """`present` as numbers in its currency."""
        known = {name: worth for name, worth in zip(self.places, self.worths, strict=True) if worth is not None}
        whole = 10 ** minor_digits(self.currency) if known else 1
        return {name: minor / whole for name, minor in zip(known, minor_units(list(known.values()), self.currency), strict=True)}

    @functools.cached_property
    def present(self) -> Mapping[str, Money]:
        """The present value of each benefit that has one."""
        return {name: cents(worth, self.currency) for name, worth in zip(self.places, self.worths, strict=True) if worth is not None}

    @property
    def compared(self) -> tuple[str, ...]:
        """The benefits of which both present values are known, or that never come."""
        planned = [place for place, worth in enumerate(self.planned_worths) if worth is not None]
        return tuple(self._benefits[place].id for place in planned if place in self.never or self.worths[place] is not None)

    @functools.cached_property
    def coming(self) -> Mapping[str, float]:
        """Of the same, what is still to come from the day of the figures on, not rounded."""
        out = {}
        for benefit, worth, start, place in zip(self._benefits, self.worths, self.starts, range(len(self._benefits)), strict=True):
            if worth is not None and start is not None:
                left = worth if start >= self.as_of else still_to_come(benefit, start, self.yearly[place], self.valued, self.as_of)
                out[benefit.id] = left
        return out

    def losses(self, places: Sequence[int], later: Sequence[int]) -> list[int | None]:
        """What it costs that some benefits come some days later, in minor units, as `BenefitValue.loss_if` says it of one."""
        return later_losses(self.worths, self.present_values, places, later, self.currency)

    def _actual(self, benefit: Benefit) -> Money | None:
        """What has come of it so far; None where nothing was measured, or a rate is missing."""
        if benefit.actual is None:
            return None
        lines = self.measured.lines(benefit.id, benefit.actual)
        if lines is None:
            return None
        seen = [a.value for a in lines if a.line.since is None or as_day(a.line.since) <= self.as_of]
        return rounded(sum(seen, Fraction(0)), self.currency)

    @functools.cached_property
    def _parts(self) -> Mapping[str, float]:
        """How much of each benefit still comes, where shares of some are due to work that was stopped."""
        pf = self.portfolio
        if not pf.contributions or not (any(p.stopped for p in pf.projects)):
            return {}
        return losses(pf).base

    def _reason(self, benefit: Benefit, start: date | None, yearly: Fraction | None, worth: float | None) -> str:
        if yearly is None:
            return self.amounts.missing.get(benefit.id, "no value is stated")
        if start is None:
            return "its start is not known"
        if worth is None and (self.valued is not None or profile(benefit, start, yearly) is None):
            return "no life is stated: lasts: or until:"
        return self.measured.missing.get(benefit.id, "") if self.discount is not None else "no discount rate is stated"

    @functools.cached_property
    def currency(self) -> str:
        """Of all figures."""
        try:
            return self.amounts.currency
        except IpmoError:
            for benefit in self.portfolio.benefits:
                if benefit.value is not None:
                    money = benefit.value if isinstance(benefit.value, Money) else benefit.value.money
                    return money.currency
            return NO_CURRENCY
