"""What may be spent in a period, and what is: budgets at the chosen confidence, forecasts and actual cost against envelopes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

import ipmo
from ipmo.model import Portfolio, Programme
from ipmo.plugin import CheckContext, Finding, IpmoError, Severity, UnitError
from ipmo_mop.catalogue import OPEN, fields_of
from ipmo_mop.wording import finding, in_currency

__all__ = [
    "COUNTED",
    "added",
    "by_project",
    "coming",
    "committed",
    "envelopes",
    "forecast_costs",
    "gone",
    "length",
    "period_of",
    "project_costs",
    "unrated",
]

UNKNOWN = "(unknown)"
"""The group of what nobody knows."""
COUNTED = ("approved", "active", "paused", "closed")
"""States whose money totals count."""


def length(portfolio: Portfolio) -> str:
    """The length of a budget period; a year is the financial year that the portfolio states."""
    every = fields_of(portfolio).every
    first = portfolio.money.financial_year if portfolio.money is not None else "jan"
    return "financial year" if every == "year" and first != "jan" else every


def period_of(portfolio: Portfolio, name: str) -> str:
    """The period that an envelope is for, as `ipmo.time_phase` names it: `2026` is `2026/27` where years begin in April.

    Raises:
        UnitError: it is of two calendar years, and the financial year of the portfolio is the calendar year.
    """
    if length(portfolio) != "financial year":
        return name
    first = portfolio.money.financial_year if portfolio.money is not None else "jan"
    year = int(name[:4])
    if first == "jan" and "/" in name:
        raise UnitError(
            f"the envelope of {name} is of two years, and the financial year begins in January; write money: {{financial_year: apr}}, or {year:04}"
        )
    return f"{year:04}" if first == "jan" else f"{year:04}/{(year + 1) % 100:02}"


def _amounts(roll: ipmo.RollUp) -> dict[str, Fraction]:
    """Exact amounts by period, and by `(undated)` and `(unknown)` what is in none."""
    out = {}
    for figure in roll.groups:
        exact = figure.exact
        out[figure.item] = Fraction(0) if exact is None else exact
    return out


def _rolled(portfolio: Portfolio, measure: str) -> dict[str, Fraction]:
    """A measure by period at the chosen confidence; what has no exchange rate is unknown."""
    roll = ipmo.roll_up(
        portfolio,
        measure,
        by=length(portfolio),
        confidence=fields_of(portfolio).confidence,
        unrated="unknown",
    )
    return _amounts(roll)


def by_project(portfolio: Portfolio, measure: str, every: str, confidence: float | None = None) -> dict[str, dict[str, Fraction]]:
    """What each project states of a measure by period, and by `(undated)` and `(unknown)` what is in none; proposed ones too.

    The portfolio is asked once. Where a programme or the portfolio states a total of its own, which hides its projects, or its prices do not add,
    each project is asked, and those are left out of which nothing can be said.
    """

    heads: list[Portfolio | Programme] = [portfolio, *portfolio.programmes]
    field = "carbon" if measure.startswith("carbon") else measure
    if all(getattr(head, field, None) is None for head in heads) and not any(p.id == portfolio.id for p in portfolio.projects):
        with contextlib.suppress(IpmoError):
            roll = ipmo.roll_up(portfolio, measure, include=("proposed",), confidence=confidence, unrated="unknown")
            return _of_projects(portfolio, roll.amounts_by_period(every))
    out = {}
    for project in portfolio.projects:
        with contextlib.suppress(IpmoError):
            roll = ipmo.roll_up(
                portfolio, measure, by=every, within=project.id, include=("proposed",), confidence=confidence, unrated="unknown"
            )
            out[project.id] = _amounts(roll)
    return out


def _of_projects(portfolio: Portfolio, found: Mapping[str, Mapping[str, Fraction]]) -> dict[str, dict[str, Fraction]]:
    """Amounts of projects from those of what they hold."""
    out: dict[str, dict[str, Fraction]] = {}
    for item, periods in found.items():
        project = item.partition("/")[0]
        known = out.setdefault(project, {})
        for period, amount in periods.items():
            known[period] = known.get(period, Fraction(0)) + amount
    programmes = {one.id for one in portfolio.programmes}
    return {name: known for name, known in out.items() if name not in programmes}


def project_costs(portfolio: Portfolio) -> dict[str, dict[str, Fraction]]:
    """What each project costs by period, at the confidence that the portfolio chose; those are left out whose budget is not wholly known and dated."""
    return known_in_full(portfolio, "budget", fields_of(portfolio).confidence)


def known_in_full(portfolio: Portfolio, measure: str, confidence: float | None = None) -> dict[str, dict[str, Fraction]]:
    """What each project states of a measure by budget period, of those of which all is known and dated; what states 0 is in no period."""
    found = by_project(portfolio, measure, length(portfolio), confidence)
    out = {name: amounts for name, amounts in found.items() if amounts and not any(period.startswith("(") for period in amounts)}
    silent = [project.id for project in portfolio.projects if not found.get(project.id)]
    if silent:
        with contextlib.suppress(IpmoError):
            roll = ipmo.roll_up(portfolio, measure, include=("proposed",), unrated="unknown")
            out |= {name: {} for name in silent if name in roll and (stated := roll.amount(name))[1] and stated[0] == 0}
    return out


def committed(portfolio: Portfolio) -> dict[str, Fraction]:
    """What is counted in each period of projects that are not chosen between: closed ones, and what cancelled ones have spent."""
    costs = project_costs(portfolio)
    closed = [costs.get(p.id, {}) for p in portfolio.projects if p.counted_as in COUNTED and p.counted_as not in OPEN]
    return added([*closed, gone(portfolio)])


def gone(portfolio: Portfolio) -> dict[str, Fraction]:
    """What cancelled projects have spent in each period, where that is known: it stays spent, and what they were still to cost does not come."""
    out = []
    for project in portfolio.projects:
        if project.counted_as == "cancelled" and (project.actual is not None or any(task.actual is not None for task in project.tasks)):
            with contextlib.suppress(IpmoError):
                roll = ipmo.roll_up(portfolio, "actual", by=length(portfolio), within=project.id, include=("cancelled",), unrated="unknown")
                out.append({period: amount for period, amount in _amounts(roll).items() if not period.startswith("(")})
    return added(out)


def added(amounts: Iterable[Mapping[str, Fraction]]) -> dict[str, Fraction]:
    """Amounts by period, summed."""
    out: dict[str, Fraction] = {}
    for one in amounts:
        for period, amount in one.items():
            out[period] = out.get(period, Fraction(0)) + amount
    return out


def unrated(portfolio: Portfolio, measure: str) -> dict[str, str]:
    """Projects of which a stated amount has no exchange rate, so that what they cost is not known, each with why."""
    roll = ipmo.roll_up(portfolio, measure, include=("proposed", "cancelled"), unrated="unknown")
    if not roll.noted:
        return {}
    some = (project.id for project in portfolio.projects if project.id in roll and not roll.amount(project.id)[1])
    return {name: roll[name].reasons[0].partition(";")[0] for name in some if roll[name].reasons}


def at_least(portfolio: Portfolio, some: Iterable[str]) -> dict[str, dict[str, Fraction]]:
    """What is known by period of what some projects are expected to cost, of which a forecast has no exchange rate."""
    found = by_project(portfolio, "at_completion", length(portfolio), fields_of(portfolio).confidence) if some else {}
    return {name: {period: amount for period, amount in found.get(name, {}).items() if not period.startswith("(")} for name in some}


def forecast_costs(portfolio: Portfolio) -> dict[str, dict[str, Fraction]]:
    """What each project is forecast to cost by period, at the confidence that the portfolio chose, where that is wholly known and dated.

    What is forecast to cost nothing is in no period.
    """
    roll = ipmo.roll_up(portfolio, "forecast", include=("proposed",), unrated="unknown")
    if not roll.states:
        return {}
    every, confidence = length(portfolio), fields_of(portfolio).confidence
    found = by_project(portfolio, "forecast", every, confidence)
    if partly := [name for name, one in found.items() if "(unknown)" in one and len(one) > 1]:  # some of its work states a forecast
        whole = by_project(portfolio, "at_completion", every, confidence)
        found |= {name: whole[name] for name in partly if name in whole}
    silent = [project.id for project in portfolio.projects if not found.get(project.id) and project.id in roll]
    nothing: dict[str, dict[str, Fraction]] = {name: {} for name in silent if (stated := roll.amount(name))[1] and stated[0] == 0}
    return nothing | {name: one for name, one in found.items() if one and not any(period.startswith("(") for period in one)}


def coming(portfolio: Portfolio) -> dict[str, Fraction]:
    """What is expected in each period of projects that are not chosen between: the forecast of closed ones, else their budget, and what cancelled ones have spent.

    Of a forecast without an exchange rate it is what is known, and no budget in its place.
    """
    found, budgets = forecast_costs(portfolio) | at_least(portfolio, unrated(portfolio, "forecast")), project_costs(portfolio)
    closed = [p.id for p in portfolio.projects if p.counted_as in COUNTED and p.counted_as not in OPEN]
    return added([*(found.get(name, budgets.get(name, {})) for name in closed), gone(portfolio)])


def _expected(portfolio: Portfolio, spent: Mapping[str, Fraction]) -> tuple[str, dict[str, Fraction]]:
    """(what it is, what projects are expected to cost by period): their forecast where it is known and dated, else their budget, and what cancelled ones have spent.

    Of a forecast without an exchange rate what is known counts, and no budget in its place.

    Args:
        portfolio: the portfolio.
        spent: what cancelled projects have spent.

    Returns:
        Nothing in any period where no forecast is stated and nothing was spent on what is cancelled: budgets then say all.
    """
    found = forecast_costs(portfolio) | at_least(portfolio, unrated(portfolio, "forecast"))
    found = {name: one for name, one in found.items() if portfolio[name].counted_as in COUNTED}
    if not found and not spent:
        return "", {}
    budgets = by_project(portfolio, "budget", length(portfolio), fields_of(portfolio).confidence)
    costs = [found.get(p.id, budgets.get(p.id, {})) for p in portfolio.projects if p.counted_as in COUNTED]
    what = "forecasts, and budgets where there is none," if found else "budgets"
    return f"{what.rstrip(',')}, and what cancelled projects have spent," if spent else what, added([*costs, spent])


def _above(name: str, what: str, total: Fraction, most: Fraction, unit: str) -> str:
    return f"{what} of {name} are {float(total):,.0f} {unit}, {float(total - most):,.0f} above the envelope of {float(most):,.0f}"


def envelopes(context: CheckContext) -> Iterable[Finding]:
    """MOP-R04: what a period costs stays within its envelope: budgets at the chosen confidence, forecasts, and what is spent.

    Each uncertain line counts at that percentile in the periods that it lies in, as if all went badly together: the sum of
    quantiles is the quantile of the sum when they move as one, and an upper bound for other shares above the middle.
    """
    pf = context.portfolio
    stated = fields_of(pf)
    if not stated.envelopes or pf.money is None:
        return
    spent = _rolled(pf, "budget")
    cancelled = gone(pf)
    (what, expected), actual = _expected(pf, cancelled), added([_rolled(pf, "actual"), cancelled])
    musts = [p for p in pf.projects if p.counted_as in OPEN and fields_of(p).mandatory]
    known = project_costs(pf) if musts else {}
    costs = [known.get(p.id, {}) for p in musts]
    for name, envelope in stated.envelopes.items():
        most = in_currency(pf, envelope)
        if most is None:
            yield finding("envelope", "", f"the envelope of {name} is in {envelope.currency}, which has no exchange rate", "add rates:")
            continue
        period = period_of(pf, name)
        must = sum((cost.get(period, Fraction(0)) for cost in costs), Fraction(0))
        lost = cancelled.get(period, Fraction(0))
        if must and must > most - lost:
            names = ", ".join(p.id for p, cost in zip(musts, costs, strict=True) if cost.get(period))
            less = f", of which cancelled projects have spent {float(lost):,.0f}" if lost else ""
            message = f"what must be done in {name} ({names}) costs {float(must):,.0f}; its envelope is {float(most):,.0f}{less}: no selection is feasible"
            yield finding("envelope", "", message, "raise the envelope, move work, or ask what is mandatory", Severity.ERROR)
            continue
        yield from _beyond(pf, name, most, (spent, expected, actual), what, stated.confidence)
    yield from _not_known(pf)
    if any(name.startswith("(") for name in spent):
        message = "budgets without a date, or not known, are in no period, so the envelopes do not count them"
        yield finding("envelope", "", message, severity=Severity.INFO)


def _not_known(pf: Portfolio) -> Iterator[Finding]:
    """Whether envelopes hold is not known where an amount that is stated has no exchange rate."""
    for measure, what in (("budget", "budgets"), ("forecast", "forecasts"), ("actual", "actual costs")):
        states = (*COUNTED, "cancelled") if measure == "actual" else COUNTED
        found = {name: why for name, why in unrated(pf, measure).items() if pf[name].counted_as in states}
        if not found:
            continue
        (name, why), more = next(iter(found.items())), f", and of {len(found) - 1} more" if len(found) > 1 else ""
        message = f"whether {what} stay within the envelopes is not known: {why}{more}"
        yield finding("envelope", name, message, "add rates:", part=f"rate of {measure}")


def _beyond(
    pf: Portfolio, name: str, most: Fraction, found: tuple[Mapping[str, Fraction], ...], what: str, confidence: float | None
) -> Iterator[Finding]:
    """What is above one envelope."""
    period, unit = period_of(pf, name), pf.money.currency if pf.money is not None else ""
    budget, expected, actual = (amounts.get(period, Fraction(0)) for amounts in found)
    at = "" if confidence is None else f" at P{100 * confidence:.4g}"
    if budget > most:
        hint = "select less, move work, or raise the envelope"
        yield finding("envelope", "", _above(f"{name}{at}", "budgets", budget, most, unit), hint, Severity.ERROR)
    if expected > most and not (what.endswith("spent,") and expected == actual):  # what is spent already is said below
        hint = "stop or move work, or raise the envelope"
        yield finding("envelope", "", _above(f"{name}{at}", what, expected, most, unit), hint, Severity.ERROR, part="forecast")
    if actual > most:
        hint = "ask who released it, and raise the envelope or take it from the next one"
        yield finding("envelope", "", _above(name, "actual costs", actual, most, unit), hint, Severity.ERROR, part="actual")
