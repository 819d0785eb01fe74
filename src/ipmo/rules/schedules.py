"""Facts about a portfolio and its schedule that somebody should look at. Each check is a pure function to findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from ipmo.analysis.dates.schedule import Schedule, as_day, day_text
from ipmo.errors import listed
from ipmo.findings import Finding, Severity
from ipmo.model.governance import Gate
from ipmo.model.hierarchy import summaries
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.network.states import LIVE, State
from ipmo.units import minutes, moment

__all__ = ["due_facts", "model_facts", "schedule_facts"]


def _found(code: str, item: str, message: str, hint: str = "", severity: Severity = Severity.WARNING) -> Finding:
    return Finding(code=f"ipmo/{code}", item=item, message=message, hint=hint, severity=severity)


def model_facts(portfolio: Portfolio) -> Iterator[Finding]:
    """Gaps and contradictions that need no schedule: durations, calendars, progress, actual dates."""
    default = portfolio.calendar is None and any(p.calendar is None and (p.tasks or p.gates) for p in portfolio.projects)
    if default:
        yield _found(
            "default-calendar",
            "",
            "no calendar is stated; the built-in one is used (Monday to Friday, 09:00 to 17:00, 1 d = 8 h)",
            "write portfolio: calendar:",
            Severity.INFO,
        )
    for project in portfolio.projects:
        wholes = summaries(project)
        for task in project.tasks:
            yield from _task_facts(portfolio, project, task, task.id in wholes)
        if not project.tasks and not project.gates and project.state in ("proposed", "approved", "active"):
            missing = [
                name for name in ("start", "finish") if getattr(project, name) is None and getattr(project, f"actual_{name}") is None
            ]
            if missing:
                yield _found(
                    "no-dates",
                    project.id,
                    f"project {project.id!r} has no tasks and no {' and no '.join(missing)}",
                    "its dates are unknown until it has",
                )


def _task_facts(portfolio: Portfolio, project: Project, task: Task, summary: bool) -> Iterator[Finding]:
    full_id = f"{project.id}/{task.id}"
    if summary:
        if task.duration is not None:
            yield _found(
                "summary-duration",
                full_id,
                f"summary {full_id!r} states a duration; its dates come from its tasks",
                "take the duration away",
                Severity.INFO,
            )
        return
    known = task.duration is not None and task.duration.central() is not None
    remaining = task.remaining is not None and task.remaining.central() is not None
    if not task.milestone and not task.finished and not known and not remaining and project.state not in ("closed", "cancelled"):
        yield _found(
            "no-duration",
            full_id,
            f"task {full_id!r} has no duration; its dates are unknown, what follows it has bounds",
            "estimate it: duration: {low, likely, high}",
        )
    if task.progress and not task.started:
        yield _found(
            "progress-without-start",
            full_id,
            f"task {full_id!r} is {task.progress:.0%} done but has no actual start",
            "write actual_start:",
        )
    if task.progress == 1 and not task.finished:
        yield _found("done-without-finish", full_id, f"task {full_id!r} is all done but has no actual finish", "write actual_finish:")
    if portfolio.data_date is not None:
        for name, end in (("actual_start", False), ("actual_finish", False)):
            when = getattr(task, name)
            if when is not None and minutes(when, end=end) > portfolio.data_date:
                yield _found(
                    "actual-in-future",
                    full_id,
                    f"{name} of {full_id!r} is {when}, after the status date {portfolio.status_date}",
                    "correct one of them",
                )


def schedule_facts(portfolio: Portfolio, s: Schedule) -> Iterator[Finding]:
    """What the schedule shows: bounds, work out of sequence, gates decided early or waiting, missed promises, stubs."""
    net = s.network
    for source, target, kind in s.cuts:
        yield _found(
            "loop-cut",
            target,
            f"the link {source!r} -{kind}-> {target!r} closes a loop and was cut to go on",
            "take one link out of the loop",
            Severity.ERROR,
        )
    if s.lower_bounded and net.unknown:
        yield _found(
            "bounds",
            "",
            f"{len(s.lower_bounded)} dates are lower bounds or unknown, because work before them has no duration",
            "floats before that work may be smaller than shown",
            Severity.INFO,
        )
    for u, v, kind in net.out_of_sequence:
        source, full_id = net.ids[u], net.ids[v]
        item = portfolio.items.get(full_id)
        if isinstance(item, Gate) and item.decision is not None:
            yield _found(
                "gate-before-inputs",
                full_id,
                f"gate {full_id!r} was decided on {item.decision.date} before {source!r} was finished",
                "check what the decision rested on",
            )
        elif isinstance(item, Task):
            yield _found(
                "out-of-sequence",
                full_id,
                f"{full_id!r} went ahead of {source!r}, which it should follow ({kind})",
                "correct the actual dates or the link",
                Severity.INFO,
            )
    if net.stubs:
        names = [portfolio.links[n].id or f"{portfolio.links[n].source} -> {portfolio.links[n].target}" for n in net.stubs]
        yield _found(
            "undated-stub",
            "",
            f"{len(names)} links lead out of the plan to something without a date: {listed(names)}",
            "write date: and as_of: on those that matter",
            Severity.INFO,
        )
    if net.coarse:
        names = [portfolio.links[n].id or f"{portfolio.links[n].source} -> {portfolio.links[n].target}" for n in net.coarse]
        yield _found(
            "coarse-link",
            "",
            f"{len(names)} links join whole projects and move no date: {listed(names)}",
            "say which task gives and which receives",
            Severity.INFO,
        )
    yield from _constraints(s)
    yield from _holds(s)
    yield from _promises(portfolio, s)


def _constraints(s: Schedule) -> Iterator[Finding]:
    """Constraints that override the logic, and those that the logic breaks."""
    net, q = s.network, s.lists
    for node, high in net.high.items():
        place = q.pos[node]
        asked = max((s.push(k, place, q.x[q.src[k]]) for k in range(q.ptr[place], q.ptr[place + 1])), default=high)
        if asked > high:
            days = s._days(place, high, asked)
            yield _found(
                "constraint-conflict",
                net.ids[node],
                f"a constraint of {net.ids[node]!r} overrides its predecessors, which ask for a start {days:g} d later",
                "move the date, or make the constraint one that the dialect does not hold for hard",
            )
    for node, instant, at_finish in net.late_bounds:
        place = q.pos[node]
        if net.state[node] not in LIVE or node in s.without_duration:
            continue
        clock = net.running_clock(node)
        reached = q.finish[place] if at_finish else clock.start(q.x[place])
        allowed = clock.start(clock.work(instant))
        if reached > max(instant, allowed if not at_finish else instant):
            what = "finish" if at_finish else "start"
            bound, expected = (day_text(moment(int(t)), finish=at_finish) for t in (instant, reached))
            yield _found(
                "constraint-missed",
                net.ids[node],
                f"{net.ids[node]!r} should {what} no later than {bound}, the schedule says {expected}",
                "float before it is negative",
            )


def _holds(s: Schedule) -> Iterator[Finding]:
    """Undated work, counted by its reason."""
    by_item: dict[str, list[str]] = {}
    reasons: dict[str, str] = {}
    for node, hold in s.network.holds.items():
        if s.network.state[node] == State.UNDATED and s.network.kinds[node] != "helper":
            by_item.setdefault(hold.item, []).append(s.network.ids[node])
            if not hold.reason.startswith("follows"):
                reasons[hold.item] = hold.reason
    for item, names in by_item.items():
        yield _found(
            "undated", item, f"{len(names)} items have no dates, because {reasons.get(item, 'what they follow has none')}: {listed(names)}"
        )


def _promises(portfolio: Portfolio, s: Schedule) -> Iterator[Finding]:
    """Deadlines, gates and promised finishes that the schedule does not keep."""
    net = s.network
    for target in net.targets:
        if target.date is None:
            continue
        places = [s.lists.pos[node] for node in target.nodes if net.state[node] in LIVE and node not in s.without_duration]
        if not places:
            continue
        reached = max(s.lists.finish[place] for place in places)
        if reached > target.date:
            promise = day_text(moment(target.date), finish=True)
            last = max((node for node in target.nodes if net.state[node] in LIVE), key=lambda n: s.lists.finish[s.lists.pos[n]])
            expected = s.finish_text(net.ids[last])
            item = portfolio.items.get(target.name)
            word = "needed by" if isinstance(item, Gate) else "due"
            yield _found("promise-missed", target.name, f"{target.name!r} is {word} {promise}, the schedule says {expected}")
    for place, promise_instant in net.promises.items():
        if s.project_ends[place] > promise_instant:
            name = net.projects[place]
            promise, expected = (day_text(moment(int(t)), finish=True) for t in (promise_instant, s.project_ends[place]))
            yield _found("promise-missed", name, f"project {name!r} should finish by {promise}, the schedule says {expected}")


def due_facts(portfolio: Portfolio) -> Iterator[Finding]:
    """What is past its day at the status date: decisions, conditions, issues, reviews, overdue projects."""
    if portfolio.status_date is None:
        return
    today = as_day(portfolio.status_date)
    for decision in portfolio.decisions:
        if decision.state == "open" and _past(decision.need_by, today):
            yield _found(
                "decision-overdue",
                decision.id,
                f"decision {decision.id!r} was needed by {decision.need_by}: {decision.question}",
                "decide it or move the date",
            )
    for project in portfolio.projects:
        for gate in project.gates:
            for condition in gate.decision.conditions if gate.decision else ():
                if condition.met is None and _past(condition.due, today):
                    full_id = f"{project.id}/{gate.id}"
                    yield _found(
                        "condition-overdue",
                        full_id,
                        f"condition {condition.id!r} of gate {full_id!r} was due {condition.due} and is not met: {condition.text}",
                        "a conditional go with an overdue condition is a hold",
                    )
        if not project.tasks and project.state == "active" and project.actual_finish is None and _past(project.finish, today):
            yield _found(
                "project-overdue",
                project.id,
                f"project {project.id!r} should have finished {project.finish} and is still active",
                "close it or forecast its finish",
            )
    for issue in portfolio.issues:
        if issue.closed is None and _past(issue.due, today):
            yield _found("issue-overdue", issue.id, f"issue {issue.id!r} was due {issue.due}: {issue.name}")
    for assumption in portfolio.assumptions:
        if assumption.state == "open" and _past(assumption.review, today):
            yield _found(
                "review-overdue",
                assumption.id,
                f"assumption {assumption.id!r} was to be reviewed by {assumption.review}",
                severity=Severity.INFO,
            )


def _past(when: Any, today: date) -> bool:
    return when is not None and as_day(when) < today
