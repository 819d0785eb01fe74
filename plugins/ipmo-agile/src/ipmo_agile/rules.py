"""The rules AGL-R01 to R10, as in the domain reference, 3.4."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import ipmo
from ipmo.model import Portfolio, Project, Task, reference
from ipmo.plugin import Check, CheckContext, Finding, Severity, UnitError, counted
from ipmo_agile.fields import GUIDE, AgileFields, WorkItem, bearers, day_of, fields_of, forecasts
from ipmo_agile.flow import flow
from ipmo_agile.guardrails import guardrails_kept
from ipmo_agile.increments import increments_kept
from ipmo_agile.kanban import epics_in_hand
from ipmo_agile.priority import CAVEAT, wsjf
from ipmo_agile.promised import percentile

__all__ = ["CHECKS"]

PERIODS = 8
"""How many recent periods a forecast should rest on (AGL-R02)."""
OLD = 60
"""Days after which items should be counted again."""
ENOUGH = 8
"""Finished items below which a backlog says nothing of its flow."""
SCALE = (1, 2, 3, 5, 8, 13, 20, 21, 40, 100)
"""Relative scores in use: a modified Fibonacci row."""
LEAN = "SAFe 6.0, lean portfolio management; our own words"


def _finding(slug: str, item: str, message: str, hint: str = "", severity: Severity = Severity.WARNING) -> Finding:
    return Finding(code=f"agile/{slug}", item=item, message=message, hint=hint, severity=severity)


def _today(context: CheckContext) -> date | None:
    status = context.portfolio.status_date
    return None if status is None else day_of(status)


def _covered(context: CheckContext) -> Iterable[tuple[str, object, AgileFields]]:
    for full_id, noun, fields in bearers(context.portfolio):
        if context.covers(full_id):
            yield full_id, noun, fields


def _units(context: CheckContext) -> Iterable[Finding]:
    """AGL-R01: points are a team's own: they are never summed or compared across teams."""
    for full_id, _, fields in _covered(context):
        teams = {team.id: team for team in fields.teams}
        in_points = {team.id for team in fields.teams if team.unit == "points"}
        sized = {item.team or fields.team for item in fields.backlog if item.points is not None}
        if fields.scope is not None and fields.scope.unit == "points":
            counted = sized | {i.team for i in fields.iterations if i.team in in_points}
            if len(counted) > 1:
                message = f"the scope of {full_id!r} sums points of {len(counted)} teams: {', '.join(sorted(counted))}"
                yield _finding("team-units", full_id, message, "count items, or state a scope for each team", Severity.ERROR)
        for iteration in fields.iterations:
            if teams and iteration.team not in teams:
                message = f"iteration {iteration.id!r} of {full_id!r} is of the unknown team {iteration.team!r}"
                yield _finding("team-units", full_id, message, f"known: {', '.join(sorted(teams))}", Severity.ERROR)


def _evidence(context: CheckContext) -> Iterable[Finding]:
    """AGL-R02: enough recent periods, no break in the middle of them, no period out of all proportion, counted lately."""
    today = _today(context)
    for full_id, _, forecast in forecasts(context.portfolio):
        if not context.covers(full_id):
            continue
        periods = forecast.throughput
        if len(periods) < PERIODS:
            message = f"the forecast of {full_id!r} rests on {counted(len(periods), 'period')}; it needs {PERIODS}"
            yield _finding("evidence", full_id, message, "add earlier periods, zeros included")
        if _regime_change(periods):
            half = len(periods) // 2
            before, since = statistics.mean(periods[:half]), statistics.mean(periods[half:])
            message = f"throughput of {full_id!r} changed: {before:.1f} a period before, {since:.1f} since"
            yield _finding("evidence", full_id, message, "forecast from the periods since the change")
        if len(periods) >= PERIODS:
            usual = sorted(periods)[-2]
            if max(periods) >= 20 and max(periods) > 5 * max(usual, 1):
                message = (
                    f"one period of {full_id!r} holds {counted(max(periods), 'item')}, the next best {usual}: a bulk closure, not work"
                )
                yield _finding("evidence", full_id, message, "count without it: ipmo_agile.without_bulk")
        if forecast.counted_on is not None and today is not None and (today - forecast.counted_on).days > OLD:
            ago = (today - forecast.counted_on).days
            message = f"the items of {full_id!r} were counted on {forecast.counted_on}, {counted(ago, 'day')} before the status date"
            yield _finding("evidence", full_id, message, "count again")


def _regime_change(periods: tuple[int, ...]) -> bool:
    """The halves differ by more than three standard errors (Welch); never said of fewer than eight periods."""
    if len(periods) < PERIODS:
        return False
    half = len(periods) // 2
    before, since = periods[:half], periods[half:]
    error = (statistics.variance(before) / len(before) + statistics.variance(since) / len(since)) ** 0.5
    gap = abs(statistics.mean(before) - statistics.mean(since))
    return gap > 3 * error if error else gap > 0


def _scope(context: CheckContext) -> Iterable[Finding]:
    """AGL-R03: what earns value by units declares its scope, which scope is 100 %, and how scope may change."""
    for project in context.portfolio.projects:
        if not context.covers(project.id):
            continue
        nouns: list[tuple[str, Project | Task]] = [(project.id, project), *((f"{project.id}/{t.id}", t) for t in project.tasks)]
        for full_id, noun in nouns:
            counted = noun.earning is not None and noun.earning.rule == "units"
            scope = fields_of(noun).scope if noun.extensions else None
            if scope is None:
                if counted:
                    message = f"{full_id!r} earns value by units and declares no scope"
                    yield _finding(
                        "scope-base", full_id, message, "write extensions: {agile: {scope: {initial:, current:, base:, policy:}}}"
                    )
                continue
            lacks = [word for word, there in (("base", scope.base), ("policy", scope.policy)) if not there]
            if lacks:
                message = f"the scope of {full_id!r} states no {' and no '.join(lacks)}"
                yield _finding(
                    "scope-base", full_id, message, "say whether the initial or the current scope is 100 %, and how it may change"
                )
            if counted and noun.earning is not None and scope.base:
                base = scope.initial if scope.base == "initial" else scope.current
                if noun.earning.total is not None and noun.earning.total != base:
                    message = f"{full_id!r} earns by {noun.earning.total:g} units, and its {scope.base} scope is {base:g}"
                    yield _finding("scope-base", full_id, message, "let the two agree", Severity.ERROR)
                elif noun.earning.done is not None and noun.earning.done != scope.done:
                    message = f"{full_id!r} earns by {noun.earning.done:g} units that are done, and of its scope {scope.done:g} are"
                    yield _finding("scope-base", full_id, message, "let the two agree", Severity.ERROR)
            elif noun.earning is not None and not counted and scope.base:
                message = f"{full_id!r} declares a scope base and earns by {noun.earning.rule}: the scope earns nothing"
                yield _finding("scope-base", full_id, message, "leave out earning:, or count units", Severity.ERROR)
            if scope.current > 1.1 * scope.initial:
                share = scope.done / scope.initial, scope.done / scope.current
                message = (
                    f"the scope of {full_id!r} grew by {scope.current / scope.initial - 1:.0%}:"
                    f" {share[0]:.0%} of the initial scope is done, {share[1]:.0%} of the current one"
                )
                yield _finding("scope-base", full_id, message, "show both", Severity.INFO)


def _flow(context: CheckContext) -> Iterable[Finding]:
    """AGL-R04: where Little's law would be used, its conditions hold; open work does not grow old, and no team has too much of it."""
    today = _today(context)
    for full_id, _, fields in _covered(context):
        started = [item for item in fields.backlog if item.started is not None]
        yield from _flowing(full_id, started, today)
        limits = {team.id: team.wip_limit for team in fields.teams if team.wip_limit is not None}
        open_now = Counter(item.team or fields.team for item in started if item.finished is None and item.dropped is None)
        for team, limit in sorted(limits.items()):
            if open_now[team] > limit:
                message = f"team {team!r} of {full_id!r} works on {counted(open_now[team], 'item')}; its limit is {limit}"
                yield _finding("flow", full_id, message, "finish what is open before starting more")


def _flowing(full_id: str, started: list[WorkItem], today: date | None) -> Iterable[Finding]:
    """What the recent half of a history says of open work; nothing of one that is too short to say anything."""
    if sum(item.finished is not None for item in started) < ENOUGH:
        return
    try:
        found = flow(started, end=today + timedelta(days=1) if today is not None else None)
    except UnitError:  # all of it lies after the status date
        return
    half = found.start + (found.end - found.start) / 2
    recent = flow(started, start=half, end=found.end)
    if recent.ageing:
        oldest = ", ".join(f"{name} ({age} d)" for name, age in recent.oldest[:3])
        message = (
            f"open work of {full_id!r} grows old: {recent.age_start:.3g} days on average at {half}, {recent.age_end:.3g} now; {oldest}"
        )
        yield _finding("flow", full_id, message, "finish what is open before starting more")
    elif recent.violations:
        message = f"Little's law does not hold for {full_id!r} since {half}: {'; '.join(recent.violations)}"
        yield _finding("flow", full_id, message, "do not derive one of WIP, cycle time and throughput from the others", Severity.INFO)


def _epics(context: CheckContext) -> Iterable[Finding]:
    """AGL-R06: an epic says what it believes, the least that tests it, what is looked at first, and when it is stopped or turned."""
    today = _today(context)
    for full_id, noun, fields in _covered(context):
        epic = fields.epic
        if epic is None or getattr(noun, "finished", False) or getattr(noun, "counted_as", "active") in ("closed", "cancelled"):
            continue
        lacks = [
            word
            for word, there in (
                ("hypothesis", epic.hypothesis),
                ("MVP", epic.mvp),
                ("leading indicator", epic.leading_indicator),
                ("date to pivot or stop", epic.pivot_by),
            )
            if not there
        ]
        if lacks:
            yield _finding(
                "epic", full_id, f"epic {full_id!r} has no {', no '.join(lacks)}", "write them under extensions: {agile: {epic: ...}}"
            )
        if epic.pivot_by is not None and today is not None and epic.pivot_by < today:
            message = f"epic {full_id!r} was to be stopped or turned by {epic.pivot_by}; it goes on"
            yield _finding("epic", full_id, message, "decide, looking only at what is still to be spent and to be gained")


def _order(context: CheckContext) -> Iterable[Finding]:
    """AGL-R09: scores are relative in each column (a 1 is in each), ties are broken, and dependencies are named."""
    pf = context.portfolio
    groups: dict[str, list[tuple[str, AgileFields]]] = {}
    for full_id, noun, fields in _covered(context):
        if fields.wsjf is not None:
            above = reference(full_id).project if isinstance(noun, Task) else getattr(noun, "programme", None) or ""
            groups.setdefault(above, []).append((full_id, fields))
    waits = ipmo.leads_to(pf, [name for rows in groups.values() for name, _ in rows]) if groups else {}
    for above, rows in groups.items():
        rows.sort(key=lambda row: row[0])
        where, what = above or rows[0][0], f"of {above!r}" if above else "of the portfolio"
        for column in ("value", "urgency", "risk", "size"):
            values = [getattr(f.wsjf, column) for _, f in rows]
            if len(rows) > 1 and min(values) != 1:
                message = (
                    f"no item {what} scores 1 in {column!r} (the least is {min(values):g}), so the scores are not relative to one another"
                )
                yield _finding("order", where, message, "give the smallest a 1 and the others against it")
            odd = sorted({v for v in values if v not in SCALE})
            if odd:
                message = f"scores in {column!r} {what} are not of the row 1, 2, 3, 5, 8, 13, 20: {', '.join(f'{v:g}' for v in odd)}"
                yield _finding("order", where, message, severity=Severity.INFO)
        ranked: dict[float, list[tuple[str, int | None]]] = {}
        for name, f in rows:
            assert f.wsjf is not None
            ranked.setdefault(wsjf(f.wsjf), []).append((name, f.wsjf.tie))
        for score, equals in sorted(ranked.items()):
            ties = [tie for _, tie in equals]
            if len(equals) > 1 and (None in ties or len(set(ties)) < len(ties)):
                message = f"{', '.join(name for name, _ in equals)} have the same score of {score:.3g}, and nothing says which comes first"
                yield _finding("order", where, message, "write tie: 1, 2, ... under wsjf:")
        if len(rows) > 1:
            for name, _ in rows:
                before = sorted(waits[name] & {other for other, _ in rows})
                if before:
                    yield _finding("order", name, f"{name!r} waits for {', '.join(before)}, whatever its score", CAVEAT, Severity.INFO)


def _commitment(context: CheckContext) -> Iterable[Finding]:
    """AGL-R07: a dependency of a team names who gives, who receives, and a date with its spread; a sprint's name is none."""
    pf: Portfolio = context.portfolio
    spread = {full_id: forecast for full_id, _, forecast in forecasts(pf)}
    for link in pf.links:
        ends = [pf.resolve(end) or end for end in (link.source, link.target)]
        sides = [pf.project_of(end) for end in ends]
        if sides[0] == sides[1] or link.kind != "schedule" or not any(side and context.covers(side) for side in sides):
            continue
        source = pf.items.get(reference(ends[0]).item)
        if getattr(source, "finished", False):
            continue
        lacks = [word for word, owner in (("a giver", link.giver_owner), ("a receiver", link.receiver_owner)) if owner is None]
        if link.promised is None and link.date is None:
            sprint = next((value for key, value in link.attributes.items() if key in ("sprint", "iteration", "pi")), "")
            lacks.append(f"a committed date (the sprint {sprint!r} is no date)" if sprint else "a committed date")
        duration = getattr(source, "remaining", None) or getattr(source, "duration", None)
        fixed = duration is None or duration.quantile(0.2) == duration.quantile(0.8)
        if ends[0] not in spread and fixed and sides[0] and context.covers(sides[0]):
            lacks.append("a spread of that date (a forecast or a range as the giver's duration)")
        if lacks:
            name = link.id or f"{link.source} -> {link.target}"
            message = f"the dependency {name!r} between teams lacks {', '.join(lacks)}"
            hint = "write giver_owner:, receiver_owner:, promised: on the link and an estimate with a range on what is given"
            side = ends[1] if sides[1] and context.covers(sides[1]) else ends[0]
            yield _finding("commitment", link.id or side, message, hint)


CHECKS = tuple(
    Check(code=f"agile/{slug}", rule=rule, title=title, source=source, run=run)
    for slug, rule, title, source, run in (
        ("team-units", "AGL-R01", "Points of a team are never summed or compared across teams", GUIDE, _units),
        ("evidence", "AGL-R02", "A forecast rests on enough recent periods, zeros included", GUIDE, _evidence),
        (
            "scope-base",
            "AGL-R03",
            "What earns by scope declares which scope is 100 %",
            "AgileEVM, Sulaiman et al. (2006); our own words",
            _scope,
        ),
        (
            "flow",
            "AGL-R04",
            "Little's law is used only where it holds, and open work does not grow old",
            "Little (1961); Vacanti (2015)",
            _flow,
        ),
        ("guardrails", "AGL-R05", "Money lies over horizons and work as agreed, and large epics were decided on", LEAN, guardrails_kept),
        ("epic", "AGL-R06", "An epic has a hypothesis, an MVP, a leading indicator and a date to pivot or stop", LEAN, _epics),
        ("commitment", "AGL-R07", "A dependency between teams has a giver, a receiver and a date with its spread", LEAN, _commitment),
        ("epics-in-hand", "AGL-R08", "No more epics are in hand than agreed, and no more are begun than are done", LEAN, epics_in_hand),
        ("order", "AGL-R09", "Scores are relative in each column, ties are broken, dependencies are named", LEAN, _order),
        (
            "increments",
            "",
            "Goals of increments are milestones that the plan keeps, and most of what is promised comes",
            LEAN,
            increments_kept,
        ),
        (
            "percentile",
            "AGL-R10",
            "A committed date names its percentile, which is above P50, and lies where that does",
            GUIDE,
            percentile,
        ),
    )
)
