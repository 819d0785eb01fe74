"""What an office is worth, computed from the data instead of typed: decisions, conditions, reports, early stops, lessons, forecasts."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Literal

import attrs

import ipmo
from ipmo import Span
from ipmo.model import Portfolio, Project
from ipmo.model.held import gates_of
from ipmo.plugin import Column, IpmoError, Shown, Table
from ipmo_p3o.fields import FIGURES, fields_of
from ipmo_p3o.offices import OPEN, day_of, office_model
from ipmo_p3o.wording import later

__all__ = ["OfficeFigure", "adopted", "figure", "office_value", "reused"]

HORIZONS = (3, 6, 12)
"""Months before the end at which forecasts are held against it."""
PLANNED = ("proposed",)
"""States that a forecast may have been made in, beside those that roll-ups count."""
YEAR = 365.25
AGES = (("year-1", "in their first year", 0, 1), ("years-2-3", "in their second and third year", 1, 3), ("later", "later", 3, math.inf))
"""By how many years ago the plan had benefits begin."""
NEAR = 46
"""Days by which a snapshot may lie away from its horizon: half of a quarter."""


@attrs.frozen(kw_only=True)
class OfficeFigure(Shown):
    """One figure of the office's value.

    Args:
        name: its name; a KPI of an office may name it (`figure:`).
        title: what it is, in words.
        unit: days, share, or the currency.
        value: the figure; None where nothing can be said.
        count: how many things it rests on.
        names: those that it looks bad for, by name.
    """

    name: str
    title: str
    unit: str
    value: float | None
    count: int
    names: tuple[str, ...] = attrs.field(default=(), repr=False)


def _today(pf: Portfolio) -> date | None:
    return None if pf.status_date is None else day_of(pf.status_date)


def adopted(pf: Portfolio) -> list[tuple[str, bool]]:
    """Every standard in every open project that it is for, and whether its current version is followed, or a waiver stands there or above."""
    today, model = _today(pf), office_model(pf)
    waived = {(w.item, w.standard) for w in pf.waivers if w.standard and w.holds(today)}
    rows = []
    for standard in pf.standards:
        if standard.applies_to not in ("", "project") or not standard.version:
            continue
        for project in pf.projects:
            if project.counted_as in OPEN:
                held = fields_of(project).standards.get(standard.id) == standard.version
                held = held or any((over, standard.id) in waived for over in (*model.over(project.id), pf.id))
                rows.append((f"{standard.id} in {project.id}", held))
    return rows


def reused(pf: Portfolio) -> list[tuple[str, bool]]:
    """Every lesson, and whether it was applied or cited anywhere."""
    cited = {name for project in pf.projects for name in fields_of(project).cites}
    return [(lesson.id, bool(lesson.applied_in) or lesson.id in cited) for lesson in pf.lessons]


def _median(name: str, values: dict[str, float], unit: str) -> OfficeFigure:
    middle = statistics.median(values.values()) if values else None
    above = (key for key, value in values.items() if middle is not None and value > middle)
    return OfficeFigure(name=name, title=FIGURES[name], unit=unit, value=middle, count=len(values), names=tuple(above))


def _share(name: str, rows: Iterable[tuple[str, bool]]) -> OfficeFigure:
    found = list(rows)
    value = sum(good for _, good in found) / len(found) if found else None
    return OfficeFigure(
        name=name, title=FIGURES[name], unit="share", value=value, count=len(found), names=tuple(key for key, good in found if not good)
    )


def _latency(pf: Portfolio) -> OfficeFigure:
    rows = [one for one in pf.decisions if one.state == "decided"]
    days = {d.id: float((d.decided - d.raised).days) for d in rows if d.decided is not None and d.raised is not None}
    return _median("decision-latency", days, "days")


def _evidence(pf: Portfolio) -> OfficeFigure:
    return _share("decision-evidence", ((one.id, any(map(str.strip, one.evidence))) for one in pf.decisions if one.state == "decided"))


def _conditions(pf: Portfolio) -> OfficeFigure:
    """Of conditions whose day has come; one that was met later than its day, or not at all, was not met in time."""
    today = _today(pf)
    rows = []
    for held in gates_of(pf):
        for one in held.noun.decision.conditions if held.noun.decision is not None else ():
            if one.due is not None and today is not None and day_of(one.due) < today:
                rows.append((f"{held.id} {one.id}", one.met is not None and one.met <= day_of(one.due)))
    return _share("conditions-in-time", rows)


def _staleness(pf: Portfolio) -> OfficeFigure:
    today = _today(pf)
    days: dict[str, float] = {}
    for project in pf.projects:
        told = [row.date for row in project.status if today is not None and row.date <= today]
        if project.counted_as == "active" and told and today is not None:
            days[project.id] = float((today - max(told)).days)
    return _median("report-age", days, "days")


def _stops(pf: Portfolio) -> OfficeFigure:
    """What was planned and not spent on initiatives that were stopped; of those whose budget and cost are both known in full."""
    stopped = [project for project in pf.projects if project.counted_as == "cancelled"]
    saved = Fraction(0)
    count = 0
    if stopped:
        budget = ipmo.roll_up(pf, "budget", include=("cancelled",), unrated="unknown")
        actual = ipmo.roll_up(pf, "actual", include=("cancelled",), unrated="unknown")
        for project in stopped:
            (planned, whole), (spent, known) = budget.amount(project.id), actual.amount(project.id)
            if planned is not None and spent is not None and whole and known:
                saved, count = saved + max(Fraction(0), planned - spent), count + 1
    unit = pf.money.currency if pf.money is not None else ""
    return OfficeFigure(
        name="early-stops",
        title=FIGURES["early-stops"],
        unit=unit,
        value=float(saved) if count else None,
        count=count,
        names=tuple(project.id for project in stopped),
    )


def _realised(pf: Portfolio, least: float = 0, most: float = math.inf) -> OfficeFigure:
    """Realised of planned until now, of benefits that were measured; by how many years ago the plan had them begin. Bad for those below their plan."""
    found = ipmo.benefits(pf)
    shares: dict[str, float] = {}
    for row in found:
        if row.realisation is None or row.planned_start is None or row.noun.disbenefit:
            continue
        if least <= (found.as_of - row.planned_start).days / YEAR < most:
            shares[row.id] = row.realisation
    middle = _median("benefits-realised", shares, "share")
    return attrs.evolve(middle, names=tuple(id for id, share in shares.items() if share < 1))


def _by_age(pf: Portfolio) -> list[OfficeFigure]:
    """The same by age: benefits come late and fade, so that one share over all ages hides both."""
    rows = []
    for name, words, least, most in AGES:
        title = f"benefits realised of what was planned until now, {words}"
        try:
            row = _realised(pf, least, most)
        except IpmoError:
            row = OfficeFigure(name="", title="", unit="share", value=None, count=0)
        rows.append(attrs.evolve(row, name=f"benefits-{name}", title=title))
    return rows


FIND: Mapping[str, Callable[[Portfolio], OfficeFigure]] = {
    "decision-latency": _latency,
    "decision-evidence": _evidence,
    "conditions-in-time": _conditions,
    "report-age": _staleness,
    "early-stops": _stops,
    "lesson-reuse": lambda pf: _share("lesson-reuse", reused(pf)),
    "benefits-realised": _realised,
    "standard-adoption": lambda pf: _share("standard-adoption", adopted(pf)),
}


def figure(portfolio: Portfolio, name: str) -> OfficeFigure:
    """One of the figures that a KPI of an office may name; unknown where money of two price bases would be mixed."""
    try:
        return FIND[name](portfolio)
    except IpmoError:
        return OfficeFigure(name=name, title=FIGURES[name], unit="", value=None, count=0)


def office_value(portfolio: Portfolio, history: Sequence[Portfolio] = ()) -> Table:
    """What the office is worth, computed: figure, title, value, unit, count (what it rests on), names (what it looks bad for).

    Benefits realised stand there as a whole and by age, in the first year of their plan, the second and third, and later.
    With a history also how far forecasts lay from what came, three, six and twelve months before the end: of finishes in days, of cost as a
    share, both as the median of absolute errors over projects that are done. A snapshot may lie half a quarter away from its horizon.

    Args:
        portfolio: the portfolio now.
        history: earlier snapshots, in any order; a project that was cancelled in one had no forecast there.
    """
    rows = [figure(portfolio, name) for name in FIND]
    rows += [row for row in _by_age(portfolio) if row.count]
    for months in HORIZONS if history else ():
        rows += _accuracy(portfolio, history, months)
    return Table(
        [
            Column("figure", "str", [r.name for r in rows]),
            Column("title", "str", [r.title for r in rows]),
            Column("value", "float", [r.value for r in rows]),
            Column("unit", "str", [r.unit for r in rows]),
            Column("count", "int", [r.count for r in rows]),
            Column("names", "str", [", ".join(r.names) for r in rows]),
        ]
    )


def _accuracy(portfolio: Portfolio, history: Sequence[Portfolio], months: int) -> list[OfficeFigure]:
    dates: dict[str, float] = {}
    costs: dict[str, float] = {}
    spent = _amounts(portfolio, "actual")
    for project in portfolio.projects:
        end = project.actual_finish
        month = None if end is None or project.counted_as == "cancelled" else _snapshot(history, project, day_of(end), months)
        if month is None or end is None:
            continue
        finishes = ipmo.roll_up(month, "finish", include=PLANNED)
        said = finishes[project.id].day if project.id in finishes else None
        if said is not None:
            dates[project.id] = float(abs((said - day_of(end)).days))
        (came, known), (forecast, whole) = spent(project.id), _amounts(month, "forecast")(project.id)
        if came and known and whole and forecast is not None:
            costs[project.id] = float(abs(forecast - came) / came)
    finish = attrs.evolve(
        _median("report-age", dates, "days"), name=f"finish-{months}-months", title=f"error of the finish, {months} months before it"
    )
    cost = attrs.evolve(
        _median("report-age", costs, "share"), name=f"cost-{months}-months", title=f"error of the cost, {months} months before the end"
    )
    return [finish, cost]


def _amounts(portfolio: Portfolio, measure: Literal["actual", "forecast"]) -> Callable[[str], tuple[Fraction | None, bool]]:
    """(amount, whether it is known in full) by project; nothing where money of two price bases would be mixed, or it is not counted."""
    try:
        roll = ipmo.roll_up(portfolio, measure, include=PLANNED, unrated="unknown")
    except IpmoError:
        return lambda _: (None, False)
    return lambda name: roll.amount(name) if name in roll else (None, False)


def _snapshot(history: Sequence[Portfolio], project: Project, end: date, months: int) -> Portfolio | None:
    """The snapshot nearest to so many months before an end that has the project; None where none lies near."""
    aim = later(end, Span(-months, "month"))
    near = [
        (abs((day_of(month.status_date) - aim).days), place)
        for place, month in enumerate(history)
        if month.status_date is not None and day_of(month.status_date) < end and project.id in month.items
    ]
    away, place = min(near, default=(NEAR + 1, 0))
    return history[place] if away <= NEAR else None
