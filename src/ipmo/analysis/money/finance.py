"""Discounting and appraisal: net present value, rates of return, payback, benefit-cost ratio, uplifts.

Every function says its timing by name, because tools differ: `timing="start"` leaves the first flow undiscounted (Green
Book), `timing="end"` discounts it by one period (a spreadsheet's NPV). Flows are plain numbers in one currency and one
price base; a portfolio's own are made by `ipmo.benefits`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, overload

import attrs

from ipmo.errors import UnitError, UnknownItemError, close_matches, one_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.reference import DISCOUNTS, OPTIMISM, DiscountSchedule, ReferenceClass, flat_rate
from ipmo.units import Money, as_share

__all__ = [
    "Bias",
    "bcr",
    "combined_bias",
    "discount_schedule",
    "irr",
    "npv",
    "payback",
    "present_value",
    "uplifted",
    "xirr",
    "xnpv",
    "years_between",
]

Timing = Literal["start", "end"]
TIMINGS = {"start": 0, "end": 1}
Discount = DiscountSchedule | float | str


def discount_schedule(discount: Discount | None, portfolio: Portfolio | None = None) -> DiscountSchedule:
    """The discount schedule meant by a rate, a name, or a portfolio's own setting.

    Args:
        discount: a schedule, a yearly rate (`0.035`, `"3.5 %"`), the name of a schedule, or None for the portfolio's.
        portfolio: where names are looked up first; its `money: discount:` stands in for None.

    Raises:
        UnknownItemError: no schedule bears that name.
        UnitError: neither a schedule nor a portfolio with one was given.
    """
    if isinstance(discount, DiscountSchedule):
        return discount
    if isinstance(discount, int | float) and not isinstance(discount, bool):
        return flat_rate(discount)
    known = {**DISCOUNTS, **({one.id: one for one in portfolio.discounts} if portfolio is not None else {})}
    name = discount if isinstance(discount, str) else None
    if name is None:
        name = portfolio.money.discount if portfolio is not None and portfolio.money is not None else ""
        if not name:
            raise UnitError("no discount rate is stated; pass discount=, or write money: {discount: green-book-2026}")
    if name in known:
        return known[name]
    if name.rstrip().endswith("%") or name.replace(".", "", 1).isdigit():
        return flat_rate(name)
    raise UnknownItemError(name, close_matches(name, known), f"the discount schedules {', '.join(sorted(known))}")


def years_between(base: date, day: date) -> float:
    """Years from one day to another: whole anniversaries, and the rest by days of that year.

    >>> years_between(date(2026, 4, 1), date(2028, 4, 1)), years_between(date(2026, 4, 1), date(2026, 10, 1)) > 0.5
    (2.0, True)
    """
    if day < base:
        return -years_between(day, base)

    def anniversary(years: int) -> date:
        try:
            return base.replace(year=base.year + years)
        except ValueError:  # 29 February
            return date(base.year + years, 3, 1)

    whole = day.year - base.year
    if anniversary(whole) > day:
        whole -= 1
    before, after = anniversary(whole), anniversary(whole + 1)
    return whole + (day - before).days / (after - before).days


def npv(flows: Iterable[float], discount: Discount, *, timing: Timing = "start") -> float:
    """Net present value of one flow a period.

    Source: sum of CF_t / (1 + r)^t. HM Treasury, The Green Book (t = 0 undiscounted); Excel's NPV is `timing="end"`.

    Args:
        flows: costs negative, benefits positive.
        discount: a yearly rate, a schedule or its name.
        timing: `start` or `end` of the first period.

    Raises:
        OptionError: there is no such timing.

    >>> round(npv([-10_000, 3000, 4200, 6800], 0.1, timing="end"), 2), round(npv([-10_000, 3000, 4200, 6800], 0.1), 2)
    (1188.44, 1307.29)
    """
    one_of("timing", timing, TIMINGS)
    schedule, first = discount_schedule(discount), TIMINGS[timing]
    return math.fsum(flow * schedule.factor(t + first) for t, flow in enumerate(flows))


def xnpv(flows: Iterable[tuple[date, float]], rate: float, *, base: date | None = None) -> float:
    """Net present value of dated flows at one rate, by days of a 365-day year (a spreadsheet's XNPV).

    Args:
        flows: (day, amount).
        rate: yearly, above -1.
        base: the day of the value; the first flow's when left out.

    >>> rows = [(date(2008, 1, 1), -10_000), (date(2008, 3, 1), 2750), (date(2008, 10, 30), 4250)]
    >>> round(xnpv([*rows, (date(2009, 2, 15), 3250), (date(2009, 4, 1), 2750)], 0.09), 2)
    2086.65
    """
    rows = list(flows)
    if not rows:
        return 0.0
    start = base if base is not None else rows[0][0]
    grow = math.log1p(rate)
    return math.fsum(amount * math.exp(-(day - start).days / 365 * grow) for day, amount in rows)


def present_value(flows: Iterable[tuple[date, float]], discount: Discount, *, base: date) -> float:
    """Present value of dated flows by a schedule; whole years after the base date are whole years of the schedule.

    Args:
        flows: (day, amount).
        discount: a yearly rate, a schedule or its name.
        base: the day of the value.
    """
    schedule = discount_schedule(discount)
    return math.fsum(amount * schedule.factor(years_between(base, day)) for day, amount in flows)


def irr(flows: Sequence[float]) -> float:
    """Internal rate of return: the rate at which the net present value is zero.

    Raises:
        UnitError: the flows never change sign, or more than one rate fits; then use npv.

    >>> round(irr([-70_000, 12_000, 15_000, 18_000, 21_000, 26_000]), 5)
    0.08663
    """
    return _rate_of(lambda grow: math.fsum(f * math.exp(-t * grow) for t, f in enumerate(flows)), [f for f in flows if f])


def xirr(flows: Iterable[tuple[date, float]]) -> float:
    """Internal rate of return of dated flows, by days of a 365-day year (a spreadsheet's XIRR).

    Raises:
        UnitError: the flows never change sign, or more than one rate fits.
    """
    rows = sorted(flows)
    if not rows:
        raise UnitError("there are no flows: no rate fits")
    start = rows[0][0]
    return _rate_of(
        lambda grow: math.fsum(amount * math.exp(-(day - start).days / 365 * grow) for day, amount in rows), [a for _, a in rows if a]
    )


def _rate_of(value: Callable[[float], float], flows: Sequence[float]) -> float:
    """The one root of a value in log(1 + rate). By Descartes' rule one change of sign has exactly one."""
    changes = sum(1 for a, b in itertools.pairwise(flows) if (a > 0) != (b > 0))
    if not changes:
        raise UnitError("the flows never change sign: no rate brings their value to zero")
    grid = [k / 64 for k in range(-64 * 7, 64 * 7 + 1)]  # rates from -99.9 % to 109,000 %
    values = [value(x) for x in grid]
    roots = []
    for (a, u), (b, v) in itertools.pairwise(zip(grid, values, strict=True)):
        if u == 0:
            roots.append(math.expm1(a))
        elif v != 0 and (u < 0) != (v < 0):
            roots.append(math.expm1(_bisect(value, a, b)))
    if not roots:
        raise UnitError("no rate between -99.9 % and 109,000 % brings the value of the flows to zero")
    if len(roots) > 1:
        listed = ", ".join(f"{root:.4%}" for root in roots)
        raise UnitError(f"the flows change sign {changes} times and {len(roots)} rates fit ({listed}); judge them by npv")
    return roots[0]


def _bisect(value: Callable[[float], float], low: float, high: float) -> float:
    falling = value(low) > 0
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if (value(middle) > 0) == falling:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def payback(flows: Sequence[float], discount: Discount | None = None) -> float | None:
    """Periods until what was spent has come back for good; within a period by a straight line; None if it never does.

    Args:
        flows: one a period, the first at time 0.
        discount: for discounted payback; undiscounted when left out.

    >>> payback([-100, 40, 40, 40])
    2.5
    """
    schedule = None if discount is None else discount_schedule(discount)
    total, totals, worth = 0.0, [], []
    for t, flow in enumerate(flows):
        worth.append(flow if schedule is None else flow * schedule.factor(t))
        total += worth[-1]
        totals.append(total)
    if not totals or totals[-1] < 0:
        return None
    below = [t for t, so_far in enumerate(totals) if so_far < 0]
    if not below:
        return 0.0
    last = below[-1]
    return last + -totals[last] / worth[last + 1]


def bcr(benefits: Iterable[float], costs: Iterable[float], discount: Discount, *, timing: Timing = "start") -> float:
    """Benefit-cost ratio: present value of the benefits by that of the costs, both written positive.

    Raises:
        UnitError: the costs are worth nothing.
    """
    spent = npv(costs, discount, timing=timing)
    if spent <= 0:
        raise UnitError("a benefit-cost ratio needs costs above zero")
    return npv(benefits, discount, timing=timing) / spent


@attrs.frozen(kw_only=True)
class Bias:
    """Optimism bias of a project, as shares of its estimate.

    Args:
        capex: on capital cost.
        works_duration: on the duration of the works; None where the guide has none.
        source: where the starting values come from.
    """

    capex: float
    works_duration: float | None
    source: str


def combined_bias(kinds: Mapping[str, float] | str, mitigation: Iterable[tuple[float, float]] = ()) -> Bias:
    """Optimism bias: starting values weighted by capital cost, less what has been mitigated.

    Source: HM Treasury supplementary guidance on optimism bias; upper x (1 - sum of contribution x mitigation). It must
    not be added to a full risk allowance for the same uncertainty.

    Args:
        kinds: a kind of `OPTIMISM`, or several with their share of the capital cost (together 1).
        mitigation: (share that a factor contributes, share of it that is mitigated).

    Raises:
        UnknownItemError: no such kind.
        UnitError: the shares are more than 1 together, or not 1 where they must be.

    >>> round(combined_bias({"non-standard buildings": 0.3, "standard buildings": 0.7}).capex, 4)
    0.321
    """
    weights = {kinds: 1.0} if isinstance(kinds, str) else dict(kinds)
    for kind in weights:
        if kind not in OPTIMISM:
            raise UnknownItemError(kind, close_matches(kind, OPTIMISM), f"the kinds {', '.join(OPTIMISM)}")
    if not math.isclose(sum(weights.values()), 1, abs_tol=1e-9):
        raise UnitError(f"the shares of the kinds must sum to 1 (got {sum(weights.values()):g})")
    factors = [(as_share(c), as_share(m)) for c, m in mitigation]
    if sum(c for c, _ in factors) > 1 + 1e-9:
        raise UnitError(f"the contributions sum to {sum(c for c, _ in factors):g}; together they are at most 1")
    left = 1 - math.fsum(c * m for c, m in factors)
    works = [(OPTIMISM[kind].works_duration, weight) for kind, weight in weights.items()]
    duration = None
    if all(pair is not None for pair, _ in works):
        duration = left * math.fsum(pair[0] * weight for pair, weight in works if pair is not None)
    capex = left * math.fsum(OPTIMISM[kind].capex[0] * weight for kind, weight in weights.items())
    return Bias(capex=capex, works_duration=duration, source=OPTIMISM[next(iter(weights))].source)


@overload
def uplifted(estimate: Money, reference: ReferenceClass, certainty: float) -> Money: ...


@overload
def uplifted(estimate: float, reference: ReferenceClass, certainty: float) -> float: ...


def uplifted(estimate: Money | float, reference: ReferenceClass, certainty: float) -> Money | float:
    """An estimate raised to a certainty by what became of others of its class.

    Source: Flyvbjerg, reference-class forecasting: estimate x (1 + uplift at that certainty).

    Raises:
        UnitError: the class says nothing about that certainty.
    """
    factor = 1 + reference.uplift(certainty)
    if isinstance(estimate, Money):
        return Money(estimate.amount * Decimal(f"{factor:.12g}"), estimate.currency)
    return estimate * factor
