"""Money as pictures: by period in columns and as running sums, and earned value beside its plan."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from ipmo.analysis.money.earned_item import EarnedItem
from ipmo.analysis.money.periods import Period, PeriodRule
from ipmo.errors import ModelError, one_of
from ipmo.figures.axes import amount_text, scaled
from ipmo.figures.columns import Series, columns
from ipmo.figures.cumulative import Dot, Running, cumulative
from ipmo.figures.svg import Figure
from ipmo.tables import Table
from ipmo.units import When, as_day

__all__ = ["Kind", "capital_list", "earned_picture", "lone", "money_picture", "place_of"]

Kind = Literal["curve", "columns"]
STYLES: Mapping[str, str] = {"budget": "outline", "actual": "done", "forecast": "plan", "funding": "line"}
RUNNING: Mapping[str, str] = {"budget": "promise", "funding": "funding", "actual": "done", "forecast": "ahead"}

FAR = 3
"""How many times as long as planned work may last for its end to be drawn."""


def place_of(day: date | None, starts: Sequence[date], ends: date) -> float | None:
    """Where a day lies among periods, counted from the first one's start; None where it lies outside."""
    if day is None or not starts or not starts[0] <= day < ends:
        return None
    bounds = [*starts, ends]
    place = max(n for n, start in enumerate(starts) if start <= day)
    return place + (day - bounds[place]).days / (bounds[place + 1] - bounds[place]).days


def money_picture(
    kind: Kind,
    table: Table,
    periods: Sequence[Period],
    *,
    currency: str,
    every: str,
    today: date | None,
    names: Mapping[str, str],
    earned: float | None = None,
) -> Figure:
    """Money by period, as columns side by side or as running sums.

    Args:
        kind: `curve` or `columns`.
        table: of `TimePhased`.
        periods: of the same.
        currency: of the amounts.
        every: length of a period.
        today: the status date.
        names: what measures are called.
        earned: what is earned by the status date, for the curve.

    Raises:
        ModelError: nothing of it is known.
    """
    one_of("kind", kind, ("curve", "columns"))
    shown = [name for name in STYLES if name in table.columns]
    if not shown or not periods:
        raise ModelError("no money has a date to draw")
    at = place_of(today, [period.start for period in periods], periods[-1].end)
    called = [names.get(name, name) for name in shown]
    most = max(
        (abs(float(v)) for name in shown for v in (*table[name], *table[f"{name}_so_far"]) if isinstance(v, int | float)), default=0.0
    )
    if kind == "columns":
        most = max((abs(float(v)) for name in shown for v in table[name] if isinstance(v, int | float)), default=0.0)
    size, word = scaled(most)
    unit = " ".join(part for part in (word, currency) if part)
    labels = [period.name for period in periods]
    if kind == "columns":
        series = [
            Series(name=label, values=[_over(v, size) for v in table[name]], style=STYLES[name])
            for name, label in zip(shown, called, strict=True)
        ]
        return columns(labels, series, unit=unit, today=at, title=f"{capital_list(called)} by {every}")
    passed = at if at is not None else float(len(periods)) if today is not None and today >= periods[-1].end else None
    shown = [name for name in shown if not lone(table, name)] or shown
    called = [names.get(name, name) for name in shown]
    lines = [_running(name, label, table[f"{name}_so_far"], size, passed) for name, label in zip(shown, called, strict=True)]
    dots = [_earned(earned, passed, table, size, currency)] if earned is not None and passed is not None else []
    title = f"{capital_list(called)}, running sums"
    return cumulative(labels, [line for line in lines if line.points], dots=dots, unit=unit, today=at, title=title)


def lone(table: Table, name: str) -> bool:
    """Whether a measure is a forecast of one period among several: that is an amount and no curve.

    Args:
        table: of `TimePhased`.
        name: of the measure.
    """
    return name == "forecast" and len(table) > 1 and sum(bool(value) for value in table[name]) == 1


def capital_list(words: Sequence[str]) -> str:
    """Words in a sentence that begins with a capital.

    >>> capital_list(["budget", "actual cost", "forecast"])
    'Budget, actual cost and forecast'
    """
    text = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return text[:1].upper() + text[1:]


def _over(value: object, size: float) -> float | None:
    return float(value) / size if isinstance(value, int | float) else None


def _running(name: str, label: str, sums: Sequence[object], size: float, passed: float | None) -> Running:
    """A running sum; what is spent ends at the status date; what is forecast begins there and ends where no more is forecast."""
    points = [(0.0, 0.0)]
    points += [(place + 1.0, value) for place, one in enumerate(sums) if (value := _over(one, size)) is not None]
    while name == "forecast" and len(points) > 2 and points[-1][1] == points[-2][1]:
        points.pop()
    if passed is not None and name in ("actual", "forecast") and len(points) > 1:
        level = _level(points, passed) if name == "forecast" else points[-1][1]
        before, after = [p for p in points if p[0] < passed], [p for p in points if p[0] > passed]
        points = [*before, (passed, level)] if name == "actual" else [(passed, level), *after]
    said = amount_text(points[-1][1] * size) if len(points) > 1 else ""
    return Running(name=label, points=points if len(points) > 1 else [], style=RUNNING[name], said=said)


def _level(points: Sequence[tuple[float, float]], at: float) -> float:
    """How high a line is."""
    for (a, low), (b, high) in itertools.pairwise(points):
        if a <= at <= b:
            return low + (high - low) * (at - a) / (b - a)
    return points[-1][1]


def _earned(earned: float, passed: float, table: Table, size: float, currency: str) -> Dot:
    """What is earned, beside what was to be spent by then."""
    kind = ""
    if "budget_so_far" in table.columns:
        points = [(0.0, 0.0), *((n + 1.0, v) for n, one in enumerate(table["budget_so_far"]) if (v := _over(one, size)) is not None)]
        kind = "bad" if earned / size < _level(points, passed) * 0.9 else "good" if earned / size >= _level(points, passed) else ""
    return Dot(x=passed, y=earned / size, label=f"earned {amount_text(earned, currency)}", kind=kind)


def earned_picture(item: EarnedItem, rule: PeriodRule, currency: str, as_of: When) -> Figure:
    """The plan of an item as a running sum, what is earned and spent at the date of the figures, and the estimate at completion.

    The plan and EV are of the work packages whose budget, dates and progress are known. AC and the estimate by CPI are drawn where the actual cost of
    these is known, else said; the estimate lies where earned schedule has the end, and further out than three times the plan it is not drawn.

    Args:
        item: the item.
        rule: the periods of the axis.
        currency: of the amounts.
        as_of: the date of the figures.

    Raises:
        ModelError: no work package of it has a plan.
    """
    planned = item.planned
    if not planned:
        raise ModelError(f"of no work package of {item.item!r} are budget, dates and progress known, so there is no plan to draw")
    begins, bac, now = planned[0][0], planned[-1][1], datetime.combine(as_day(as_of), datetime.min.time())
    timed, cpi = item.schedule, item.indices.cpi
    part = item.measured > item.known  # the actual cost is of other work than what is drawn
    eac = bac / cpi if cpi and not part else None  # of what is drawn: what was removed from the baseline has no plan
    lasts = timed.ieac_t if timed is not None and eac is not None and timed.ieac_t is not None else None
    periods = list(rule.between(as_day(begins), max(as_day(planned[-1][0]), as_day(as_of))))
    first = _place(begins, periods)
    end = None if lasts is None or timed is None or lasts > FAR * timed.pd else first + max(lasts, timed.at)
    while end is not None and len(periods) < end and periods[-1].end < date.max:
        periods.append(rule.of(periods[-1].end))
    at = _place(now, periods)
    size, word = scaled(max(bac, eac or 0.0))
    plan = [(_place(when, periods), value / size) for when, value in planned]
    plan += [(at, bac / size)] if at > plan[-1][0] else []
    lines = [Running(name="planned value", points=plan, style="promise", said=f"BAC {amount_text(bac)}")]
    pv, ev = (None if money is None else float(money.amount) for money in (item.pv, item.ev))
    dots = []
    if ev is not None:
        dots.append(Dot(x=at, y=ev / size, label="EV", kind="bad" if pv is not None and ev < pv else "good"))
    ac = None if item.indices.ac is None else float(item.indices.ac)
    if ac is not None and not part:
        dots.append(Dot(x=at, y=ac / size, label="AC", kind="bad" if ev is not None and ac > ev else "good"))
        if eac is not None and end is not None and end > at:
            lines.append(
                Running(
                    name="forecast by CPI and SPI(t)",
                    points=[(at, ac / size), (end, eac / size)],
                    style="ahead",
                    said=f"EAC {amount_text(eac)}",
                )
            )
    title = f"Earned value of {item.name or item.item}"
    title += f", {item.measured} of {item.total} work packages" if item.measured < item.total else ""
    unit = " ".join(part for part in (word, currency) if part)
    amounts = [f"{name} {amount_text(value)}" for name, value in (("PV", pv), ("EV", ev), ("AC", ac)) if value is not None]
    amounts[-1] += f" (actual cost known of {item.known} of {item.measured})" if part else ""
    ratios = [f"{name} {value:.2f}" for name, value in (("CPI", item.indices.cpi), ("SPI", item.indices.spi)) if value is not None]
    note = "; ".join(", ".join(some) for some in (amounts, ratios) if some)
    return cumulative([period.name for period in periods], lines, dots=dots, unit=unit, today=at, title=title, note=note)


def _place(when: datetime, periods: Sequence[Period]) -> float:
    """Where an instant lies among periods, counted from the first one's start."""
    found = next((n for n, one in enumerate(periods) if as_day(when) < one.end), None)
    if found is None:
        return float(len(periods))
    start, end = (datetime.combine(day, datetime.min.time()) for day in (periods[found].start, periods[found].end))
    return max(found + (when - start) / (end - start), 0.0)
