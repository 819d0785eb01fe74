"""Demand by confidence: what open work needs of each resource in each period, sample by sample, against what there is of it then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ipmo.analysis.money.periods import Period, PeriodRule, WeekRule, period_rule
from ipmo.analysis.money.timing import Timing
from ipmo.analysis.money.work_tree import LEFT_OUT
from ipmo.analysis.resources.capacity import Cut, capacity
from ipmo.analysis.resources.demand import share_left
from ipmo.analysis.risk.precision import of_share
from ipmo.analysis.risk.sampling import Samples, spans_of
from ipmo.analysis.risk.setup import Setup
from ipmo.network.states import LIVE
from ipmo.network.streams import GROUP
from ipmo.tables import Column, Table
from ipmo.units import minutes, moment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.analysis.risk.windows import Part
    from ipmo.network.sampled import SampledDates

    Floats = NDArray[np.float64]

__all__ = ["demand_table"]

STEPS = 200
"""Points between which a spread over time is read as a straight line."""


class _Ask(NamedTuple):
    """What an assignment needs: so many units, or an effort that lies over the time of its work.

    Args:
        resource: id.
        node: of the work.
        units: how many of it; 0 where an effort is stated.
        effort: minutes that are still to do; None where units are stated.
        per_day: minutes of a day of the resource's calendar.
        spread: how the effort lies over the time, at so many points.
    """

    resource: str
    node: int
    units: float
    effort: float | None
    per_day: int
    spread: Floats


def demand_table(setup: Setup, every: Cut, percents: Sequence[float]) -> Table:
    """A row for each resource and period in which something is needed in some sample.

    Args:
        setup: what is simulated.
        every: how time is cut.
        percents: the percentiles of the demand, 0 to 100.
    """
    pf = setup.structures.portfolio
    rule: PeriodRule | WeekRule = WeekRule() if every == "week" else period_rule(pf, every)
    asks, found = _asks(setup), dict[tuple[str, Period], "Floats"]()
    for first, last in spans_of(setup):
        for part, dates in Samples(setup, compiled=False).dated(first, last):
            _add(setup, part, dates, asks, rule, first * GROUP, found)
    order = {one.id: place for place, one in enumerate(pf.resources)}
    keys = sorted(found, key=lambda key: (order[key[0]], key[1]))
    planned, there = _planned(setup, every, [period for _, period in keys])
    names = [f"p{percent:g}" for percent in percents]
    capacities = [there.get((name, period.start)) for name, period in keys]
    short = [None if most is None else float((found[key] > most + 1e-9).mean()) for key, most in zip(keys, capacities, strict=True)]
    return Table(
        [
            Column("name", "str", [name for name, _ in keys]),
            Column("period", "str", [period.name for _, period in keys]),
            Column("start", "date", [period.start for _, period in keys]),
            Column("planned", "float", [planned.get((name, period.start), 0.0) for name, period in keys], "pd"),
            Column("mean", "float", [float(found[key].mean()) for key in keys], "pd"),
            *(
                Column(name, "float", [float(np.quantile(found[key], percent / 100, method="inverted_cdf")) for key in keys], "pd")
                for name, percent in zip(names, percents, strict=True)
            ),
            Column("capacity", "float", capacities, "pd"),
            Column("short", "float", short),
            Column("short_error", "float", [None if share is None else of_share(share, setup.samples) for share in short]),
        ]
    )


def _asks(setup: Setup) -> list[_Ask]:
    """What open, dated work needs of each resource that is not used up."""
    pf, base = setup.structures.portfolio, setup.structures.base
    timing, net = Timing(pf, base), base.network
    resources = {one.id: one for one in pf.resources}
    points = [Fraction(step, STEPS) for step in range(STEPS + 1)]
    curves: dict[object, Floats] = {}
    out = []
    for project in pf.projects:
        for task in project.tasks if project.counted_as not in LEFT_OUT else ():
            full_id = f"{project.id}/{task.id}"
            node = net.named.get(full_id)
            if not task.assignments or node is None or net.state[node] not in LIVE or node in base.passes.without_duration:
                continue
            own, spread = pf.calendar_for(full_id), timing.spread(full_id)
            curve = spread.curve, spread.shares
            if curve not in curves:
                curves[curve] = np.array([float(spread.share(point)) for point in points])
            for one in task.assignments:
                resource = resources[one.resource]
                per_day = pf.calendar_table[resource.calendar or pf.calendar or "standard"].day_minutes
                effort = None
                if one.effort is not None:
                    effort = float(Fraction(one.effort.amount) * own.effort_minutes[one.effort.unit] * share_left(timing, full_id, task))
                if not resource.used_up:
                    out.append(_Ask(resource.id, node, float(one.units), effort, per_day, curves[curve]))
    return out


def _add(
    setup: Setup,
    part: Part,
    dates: SampledDates,
    asks: Sequence[_Ask],
    rule: PeriodRule | WeekRule,
    since: int,
    into: dict[tuple[str, Period], Floats],
) -> None:
    """Adds what is needed in some samples."""
    sampled, columns, points = part.sampled, part.columns + since, np.linspace(0.0, 1.0, STEPS + 1)
    for ask in asks:
        v = sampled.pos[ask.node]
        x, length = dates.x[v], np.maximum(dates.length[v], 0)
        worked = part.lengths[v] if v in part.lengths else length
        if not length.any():
            continue
        clock, share = sampled.network.clock(sampled.clk[v]), np.zeros(1)
        ends = moment(int(dates.finish[v].max())).date()
        for period in rule.between(moment(int(sampled.starts(v, x).min())).date(), ends):
            done = np.clip(clock.work(minutes(period.end)) - x, 0, length) / np.maximum(length, 1)
            if ask.effort is not None:
                need = ask.effort * (np.interp(done, points, ask.spread) - np.interp(share, points, ask.spread))
            else:
                need = ask.units * worked * (done - share)
            share = done
            row = into.setdefault((ask.resource, period), np.zeros(setup.samples))
            row[columns] += need / ask.per_day


def _planned(
    setup: Setup, every: Cut, periods: Sequence[Period]
) -> tuple[Mapping[tuple[str, date], float], Mapping[tuple[str, date], float]]:
    """What the plan needs of each resource in each period, and what there is of it, by id and first day."""
    pf = setup.structures.portfolio
    if not periods:
        return {}, {}
    rule: PeriodRule | WeekRule = WeekRule() if every == "week" else period_rule(pf, every)
    base = setup.structures.base.network.base
    begin = rule.of(moment(pf.data_date if pf.data_date is not None else base).date()).start
    many = sum(1 for _ in rule.between(begin, max(period.start for period in periods)))
    loads = capacity(pf, every=every, periods=max(many, 1))
    planned = {(load.name, load.period.start): float(load.demand) for load in loads}
    return planned, {(load.name, load.period.start): float(load.capacity) for load in loads if load.capacity is not None}
