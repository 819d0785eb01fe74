"""Watermelons, green outside and red inside: where the reported status and the figures say different things."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from ipmo.analysis.control.status import ItemStatus, StatusView, status
from ipmo.analysis.dates.schedule import Schedule
from ipmo.analysis.dates.schedule import schedule as schedule_of
from ipmo.analysis.money.earned_value import EarnedValue, earned_value
from ipmo.analysis.money.measures import MEASURES
from ipmo.analysis.money.rollup import LEFT_OUT, roll_up
from ipmo.errors import IpmoError
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import CheckContext
from ipmo.model.held import by_project
from ipmo.model.portfolio import Portfolio
from ipmo.model.unseen import kinds_of_work
from ipmo.model.work import Project, Task
from ipmo.rules.themes import Theme, fact
from ipmo.units import as_day
from ipmo.words import beside, counted, measured

__all__ = ["STATUS_CHECKS"]

STALE = 35
"""Days after which a report no longer says how things are: a month, and a few days to write it."""
STUCK_AT = 0.9
MONTHS = 3
"""Months that the detectors over time need."""
SPI_T, TCPI = 0.9, 1.1


def _find(context: CheckContext) -> Iterator[Finding]:
    """Projects, and programmes, whose reported status the figures do not bear out.

    Now: computed worse than reported; green with negative float; green with an SPI(t) below 0.9 or a TCPI above 1.1; green
    without a report of the last 35 days; from green to red without amber. Over three months, and said when there are fewer:
    stuck at 90 % or more; slipping a month a month; spending without having less to spend; risks that nobody touches. Months
    that do not lie before the status date are not looked at. Of work that is all done only its report is held against its figures, and
    of work that is not yet due nothing is asked before its day.
    """
    portfolio, schedule, history = context.portfolio, context.schedule, context.history
    reported = [p for p in portfolio.projects if p.counted_as not in (*LEFT_OUT, "closed") and any(r.rag for r in p.status)]
    above = [programme for programme in portfolio.programmes if any(r.rag for r in programme.status)]
    if not reported and not above:
        return
    view = status(portfolio)
    for programme in above:
        if programme.id in view:
            yield from _worse("programme", view[programme.id])
    if not reported:
        return
    earned = _earned(portfolio)
    today = as_day(portfolio.status_date) if portfolio.status_date is not None else None
    for project in reported:
        yield from _of(project, view, schedule, earned, today)
    past = [p for p in history if p.status_date is not None and (today is None or as_day(p.status_date) < today)]
    months = [*past, portfolio] if today is not None else []
    if len(months) < MONTHS:
        if history:
            yield fact(
                "watermelon-needs-history",
                "",
                f"what is stuck, slips a month a month or is not touched shows after {MONTHS} months, there are {len(months)}",
                "take a snapshot every month: ipmo snapshot",
                Severity.INFO,
            )
        return
    for project in reported:
        if not _done(project):
            yield from _over_time(project.id, months[-MONTHS:])


def _done(project: Project) -> bool:
    """Whether all its work is finished: nothing that is left can be late, slow or dear."""
    if project.actual_finish is not None or not any(task.finished for task in kinds_of_work(project)):
        return project.actual_finish is not None
    wholes = {task.parent for task in project.tasks}
    return all(task.finished for task in project.tasks if task.id not in wholes)


def _due(project: Project, schedule: Schedule, today: date | None) -> bool:
    """Whether any of its open work has begun, or should begin by a day: before that nothing can be seen of it."""
    wholes = {task.parent for task in project.tasks}
    work: dict[str, Task | Project] = {
        f"{project.id}/{task.id}": task for task in project.tasks if not (task.finished or task.milestone or task.id in wholes)
    }
    if not project.tasks:
        work[project.id] = project
    for full_id, item in work.items():
        held = item.not_before if isinstance(item, Task) else item.start
        start = schedule.days(full_id)[0] or (None if held is None else as_day(held))  # what has no date begins on that day at the earliest
        if item.actual_start is not None or today is None or start is None or start <= today:
            return True
    return False


def _earned(portfolio: Portfolio) -> EarnedValue | None:
    try:
        return earned_value(portfolio)
    except IpmoError:
        return None


def _worse(kind: str, row: ItemStatus) -> Iterator[Finding]:
    """What is reported better than its figures are."""
    if (row.gap or 0) > 0:
        yield fact("watermelon-computed-worse", row.item, f"{kind} {row.item!r} reports {row.reported}, its figures say {row.colour}: {row.why}",
            "ask what the report rests on",
        )  # fmt: skip


def _of(project: Project, view: StatusView, schedule: Schedule, earned: EarnedValue | None, today: date | None) -> Iterator[Finding]:
    row = view[project.id]
    yield from _worse("project", row)
    if _done(project):
        return
    seen = sorted((r for r in project.status if r.rag is not None and (today is None or as_day(r.date) <= today)), key=lambda r: r.date)
    for before, after in itertools.pairwise(seen):
        if before.rag == "green" and after.rag == "red":
            yield fact("watermelon-green-to-red", project.id, f"project {project.id!r} went from green on {before.date} to red on {after.date} without amber",
                "ask why nobody saw it coming",
                Severity.INFO,
            )  # fmt: skip
    if row.reported != "green":
        return
    old = today is not None and row.reported_on is not None and today - row.reported_on > timedelta(days=STALE)
    if old and today is not None and row.reported_on is not None and _due(project, schedule, today):
        yield fact("watermelon-stale", project.id, f"project {project.id!r} is green by a report of {row.reported_on}, {counted((today - row.reported_on).days, 'day')} old",
            "ask for a new report",
        )  # fmt: skip
    item = schedule[project.id] if project.id in schedule else None
    if item is not None and item.commitment_float is not None and item.commitment_float < 0:
        yield fact(
            "watermelon-negative-float",
            project.id,
            f"project {project.id!r} is green with {measured(item.commitment_float, 'day')} of float to {item.commitment}",
            "its commitments downstream are already late",
        )
    if earned is not None and project.id in earned:
        found = earned[project.id]
        if (
            found.measured
            and found.schedule is not None
            and found.schedule.spi_t is not None
            and found.schedule.spi_t < SPI_T
            and found.indices.ev != found.indices.bac  # what is not yet done may finish late
            and not found.floating
        ):
            yield fact("watermelon-spi-t", project.id, f"project {project.id!r} is green with SPI(t) {beside(found.schedule.spi_t, SPI_T)}", f"below {SPI_T} it finishes late"
            )  # fmt: skip
        tcpi = found.indices.tcpi() if found.known else None
        if tcpi is not None and tcpi > TCPI:
            yield fact("watermelon-tcpi", project.id, f"project {project.id!r} is green and must earn {beside(tcpi, TCPI)} for every unit it still spends",
                f"above {TCPI} the budget is out of reach",
            )  # fmt: skip


def _over_time(project: str, months: Sequence[Portfolio]) -> Iterator[Finding]:
    if any(project not in month.items for month in months):
        return
    progress, finishes = [], []
    for month in months:
        try:
            progress.append(roll_up(month, MEASURES["progress"])[project].value)
            finishes.append(roll_up(month, MEASURES["finish"])[project].value)
        except IpmoError:
            return
    stuck = all(value is not None for value in progress) and STUCK_AT <= progress[0] < 1 and max(progress) - min(progress) < 0.005
    if stuck and all(_could_go_on(month, project) for month in months):
        yield fact("watermelon-stuck", project, f"project {project!r} has stood at {beside(progress[-1], 1, 0, percent=True)} for {counted(len(months), 'month')}", "ask what is left to do, in hours"
        )  # fmt: skip
    dates = [as_day(month.status_date) for month in months if month.status_date is not None]
    if all(value is not None for value in finishes):
        slips = [(b - a).total_seconds() / 86400 for a, b in itertools.pairwise(finishes)]
        gone = [(b - a).days for a, b in itertools.pairwise(dates)]
        if all(slip >= 0.9 * days > 0 for slip, days in zip(slips, gone, strict=True)) and all(_could_go_on(m, project) for m in months):
            yield fact(
                "watermelon-bow-wave",
                project,
                f"the finish of project {project!r} has moved {measured(round(sum(slips)), 'day')} in {counted(sum(gone), 'day')}: it is no nearer than {counted(len(slips), 'month')} ago",
                "re-plan it from what is left, not from what was committed to",
            )
    left = [_money(month, "forecast", project) for month in months]
    spent = [_money(month, "actual", project) for month in months]
    if None not in left and None not in spent:
        to_spend = [whole - gone for whole, gone in zip(left, spent, strict=True) if whole is not None and gone is not None]
        rising = all(b > a for a, b in itertools.pairwise(s for s in spent if s is not None))
        if rising and to_spend[-1] >= to_spend[0] > 0:
            yield fact("watermelon-etc", project, f"project {project!r} spends, and what it still has to spend has not fallen in {counted(len(months), 'month')}",
                "estimate what is left from the work, not from the budget",
            )  # fmt: skip
    risks = [tuple(one.noun for one in by_project(month).get(project, ()) if one.noun.state == "open") for month in months]
    if risks[0] and all(found == risks[0] for found in risks):
        yield fact("watermelon-risks", project, f"the {len(risks[0])} open risks of project {project!r} have not changed in {counted(len(months), 'month')}",
            "a register that nobody touches is not used", Severity.INFO,
        )  # fmt: skip


def _could_go_on(month: Portfolio, project: str) -> bool:
    """Whether open work of a project had begun or was due in a month."""
    noun, today = month.items[project], month.status_date
    return not isinstance(noun, Project) or _due(noun, schedule_of(month, on_cycle="cut"), None if today is None else as_day(today))


def _money(month: Portfolio, measure: str, project: str) -> Decimal | None:
    """A figure of a project that is known in full."""
    try:
        figure = roll_up(month, MEASURES[measure])[project]
    except IpmoError:
        return None
    return figure.value.amount if figure.value is not None and figure.known == figure.total else None


_STATUS = Theme(_find, "UK delivery confidence practice; PRINCE2 7, tolerances")

STATUS_CHECKS = tuple(
    _STATUS.check(f"watermelon-{slug}", title, heading, rule="GOV-R07")
    for slug, title, heading in (
        ("computed-worse", "The figures of a project are no worse than its report", "Watermelons: figures worse than the report"),
        ("negative-float", "A green project is not late downstream", "Watermelons: green, but late downstream"),
        ("spi-t", "A green project earns at the planned pace", "Watermelons: green, but earning too slowly"),
        (
            "tcpi",
            "A green project can finish within its budget",
            "Watermelons: green, but what is left must earn more than what was spent did",
        ),
        ("stale", "A green report is of the last month", "Watermelons: green by an old report"),
        ("green-to-red", "A project is amber before it is red", "From green to red without amber"),
        ("stuck", "What is nearly done gets done", "Watermelons: stuck near the end"),
        ("bow-wave", "A finish comes nearer as the months pass", "Watermelons: a month later every month"),
        ("etc", "What is spent leaves less to spend", "Watermelons: spending, with no less to spend"),
        ("risks", "Open risks are looked at and change", "Risk registers that nobody touches"),
        ("needs-history", "What shows over months has three months to look at", "Watermelons that more months would show"),
    )
)
