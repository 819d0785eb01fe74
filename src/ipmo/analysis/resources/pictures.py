"""Pictures of people and machines: loads by period, framed where a commitment is missed by them, and the work that levelling moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from ipmo.analysis.dates.schedule import Schedule
from ipmo.analysis.money.periods import Period
from ipmo.analysis.resources.moves import LevelledItem
from ipmo.errors import ModelError
from ipmo.figures.load_map import LoadCell, load_map
from ipmo.figures.svg import Figure
from ipmo.figures.timeline import Bar, timeline
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project
from ipmo.units import as_day
from ipmo.words import counted

__all__ = ["biting", "drawn_loads", "drawn_moves"]

ROWS, PERIODS = 25, 40
"""Resources and periods that are drawn at most."""
MOVES = 30
"""Items of a levelled plan that are drawn at most."""


class OneLoad(Protocol):
    """What is needed of one resource in one period."""

    @property
    def name(self) -> str: ...
    @property
    def period(self) -> Period: ...
    @property
    def demand(self) -> Fraction: ...
    @property
    def capacity(self) -> Fraction | None: ...
    @property
    def over(self) -> Fraction: ...
    @property
    def days_over(self) -> int: ...
    @property
    def load(self) -> float | None: ...


def biting(loads: Sequence[OneLoad], portfolio: Portfolio, s: Schedule) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """By resource and period, where more is needed than there is: the work that needs it then and can miss a commitment by it.

    Work counts that has fewer working days of float to a stated commitment than the days on which the resource is short: put off by them it misses one.

    Args:
        loads: by resource.
        portfolio: whose they are.
        s: its schedule.
    """
    over = [load for load in loads if load.over > 0]
    wanted = {load.name for load in over}
    spans: dict[str, list[tuple[str, int, int]]] = {}
    for project in portfolio.projects:
        for task in project.tasks:
            if task.finished or not any(one.resource in wanted for one in task.assignments):
                continue
            full_id = f"{project.id}/{task.id}"
            first, last = s.instants(full_id) if full_id in s else (None, None)
            if first is not None and last is not None:
                for name in {one.resource for one in task.assignments} & wanted:
                    spans.setdefault(name, []).append((full_id, first, last))
    floats: dict[str, float | None] = {}
    out: dict[tuple[str, str], tuple[str, ...]] = {}
    for load in over:
        begin, end = load.period.minutes
        short = []
        for full_id, first, last in spans.get(load.name, ()):
            if first < end and last > begin:
                if full_id not in floats:
                    floats[full_id] = s[full_id].commitment_float
                spare = floats[full_id]
                if spare is not None and spare < load.days_over:
                    short.append(full_id)
        if short:
            out[load.name, load.period.name] = tuple(short)
    return out


def drawn_loads(
    loads: Sequence[OneLoad], portfolio: Portfolio, bites: Mapping[tuple[str, str], Sequence[str]], every: str, names: Mapping[str, str]
) -> Figure:
    """A heat map of loads: what holds the most back on top, by the share of its demand that is beyond what there is, as `CapacityView.ranked`.

    Args:
        loads: by name and period.
        portfolio: for the status date.
        bites: by name and period, what can miss a commitment.
        every: month, quarter, year or financial year.
        names: titles by name.
    """
    periods = sorted({load.period for load in loads})
    today = as_day(portfolio.status_date) if portfolio.status_date is not None else None
    first = max((place for place, one in enumerate(periods) if today is not None and one.start <= today), default=0)
    shown = periods[first : first + PERIODS]
    by: dict[str, dict[str, OneLoad]] = {}
    for load in loads:
        by.setdefault(load.name, {})[load.period.name] = load
    over = {name: sum((load.over for load in mine.values()), Fraction(0)) for name, mine in by.items()}
    demand = {name: sum((load.demand for load in mine.values()), Fraction(0)) for name, mine in by.items()}
    order = sorted(by, key=lambda name: (-(over[name] / demand[name] if demand[name] else 0), -demand[name], name))
    rows = [(names.get(name, name), [_cell(by[name].get(one.name), bites) for one in shown], _said(by[name], every)) for name in order]
    left = [f"{len(order) - ROWS} more resources"] if len(order) > ROWS else []
    left += [f"{len(periods) - len(shown)} more {every}s"] if len(periods) > len(shown) else []
    note = "Percent of what there is; red: on some day not enough"
    note += "; framed: a commitment can be missed by it" if bites else ""
    note += f". Not drawn: {' and '.join(left)}" if left else ""
    place = None
    if today is not None and shown and shown[0].start <= today < shown[-1].end:
        at = next(n for n, one in enumerate(shown) if one.start <= today < one.end)
        place = at + (today - shown[at].start).days / (shown[at].end - shown[at].start).days
    return load_map(rows[:ROWS], [one.name for one in shown], today=place, title=f"Demand against capacity by {every}", note=note)


def _cell(load: OneLoad | None, bites: Mapping[tuple[str, str], Sequence[str]]) -> LoadCell | None:
    if load is None or not load.demand:
        return None
    short = bites.get((load.name, load.period.name), ())
    about = f"{load.name}, {load.period.name}: {float(load.demand):,.4g} pd needed of "
    about += "an unknown capacity" if load.capacity is None else f"{float(load.capacity):,.4g} pd"
    about += f", {float(load.over):,.4g} pd too much on {load.days_over} days" if load.over else ""
    about += f"; can miss a commitment: {', '.join(short[:5])}" if short else ""
    return LoadCell(load=load.load, over=load.over > 0, bites=bool(short), about=about)


def _said(mine: Mapping[str, OneLoad], every: str) -> str:
    over = sum((load.over for load in mine.values()), Fraction(0))
    if not over:
        return "capacity not known" if any(load.capacity is None for load in mine.values()) else "enough"
    return f"{float(over):,.3g} pd too much in {counted(sum(load.over > 0 for load in mine.values()), every)}"


def drawn_moves(items: Iterable[LevelledItem], portfolio: Portfolio) -> Figure:
    """Where levelling puts work, over where its links alone had it, with how much later it is done and what it waits for.

    Args:
        items: of the levelled plan.
        portfolio: as it was.

    Raises:
        ModelError: no open work takes people or machines.
    """
    nouns = portfolio.items
    work = [item for item in items if not isinstance(nouns.get(item.id), Project)]
    if not work:
        raise ModelError("no open work takes people or machines, so levelling moves nothing that could be drawn")
    moved = [item for item in work if (item.start, item.finish) != (item.start_before, item.finish_before)]
    chosen = sorted(moved or work, key=lambda item: (-abs(item.moved), item.id))[:MOVES]
    bars = [_move(item, nouns) for item in sorted(chosen, key=lambda item: (item.start, item.finish, item.id))]
    title = f"Work that levelling moves, {len(chosen)} of {counted(len(moved), 'item')}" if moved else "Levelling moves nothing"
    today = None if portfolio.status_date is None else as_day(portfolio.status_date)
    return timeline(bars, today=today, title=title)


def _move(item: LevelledItem, nouns: Mapping[str, object]) -> Bar:
    was = item.start_before, item.finish_before
    days = f"{item.moved:+,.3g} d".replace("-", "−") if item.moved else ""
    waits = f"waits for {item.waits.resource}" if item.waits is not None else item.because
    later = "or later" if item.doubt else ""
    note = ", ".join(part for part in (days, later, waits if was != (item.start, item.finish) else "") if part)
    return Bar(
        label=getattr(nouns.get(item.id), "name", "") or item.id,
        start=item.start,
        finish=item.finish,
        note=note if item.fits else f"{note}, does not fit".lstrip(", "),
        late=not item.fits,
        ghost=None if was == (item.start, item.finish) else was,
    )
