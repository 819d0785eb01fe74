"""Whether decisions are taken and commitments met by their day, and what is forecast to exceed its tolerance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ipmo.analysis.control.status import status
from ipmo.errors import listed
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import CheckContext
from ipmo.model.held import gates_of
from ipmo.model.hierarchy import hierarchy
from ipmo.model.later import size_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.unseen import kinds_of_work
from ipmo.model.work import Project
from ipmo.rules.themes import Theme, fact
from ipmo.units import When, as_day
from ipmo.words import agree

__all__ = ["GOVERNANCE_CHECKS"]


def _overdue(context: CheckContext) -> Iterator[Finding]:
    """What is past its day at the status date."""
    portfolio = context.portfolio
    if portfolio.status_date is None:
        return
    today = as_day(portfolio.status_date)
    for decision in portfolio.decisions:
        if decision.state == "open" and _past(decision.need_by, today):
            yield fact(
                "decision-overdue",
                decision.id,
                f"decision {decision.id!r} was needed by {decision.need_by}{f': {decision.question}' if decision.question else ''}",
                "decide it or move the date",
            )
    for one in gates_of(portfolio):
        decided = None if one.ended else one.noun.decision
        for condition in decided.overdue(today) if decided is not None else ():
            what = f": {condition.text}" if condition.text else ""
            yield fact(
                "condition-overdue",
                one.id,
                f"condition {condition.id!r} of gate {one.id!r} was due {condition.due} and is not met{what}",
                "a conditional go with an overdue condition is a hold",
                part=condition.id,
            )
    for project in portfolio.projects:
        yield from _of_project(project, today)
    yield from _registers(portfolio, today)


def _of_project(project: Project, today: date) -> Iterator[Finding]:
    if not size_of(project, "tasks") and project.counted_as == "active" and project.actual_finish is None and _past(project.finish, today):
        yield fact(
            "project-overdue",
            project.id,
            f"project {project.id!r} should have finished {project.finish} and is still active",
            "close it or forecast its finish",
        )


def _registers(portfolio: Portfolio, today: date) -> Iterator[Finding]:
    for issue in portfolio.issues:
        if issue.closed is None and _past(issue.due, today):
            yield fact("issue-overdue", issue.id, f"issue {issue.id!r} was due {issue.due}{f': {issue.name}' if issue.name else ''}")
    for assumption in portfolio.assumptions:
        if assumption.state == "open" and _past(assumption.review, today):
            message = f"assumption {assumption.id!r} was to be reviewed by {assumption.review}"
            yield fact("review-overdue", assumption.id, message, severity=Severity.INFO)


def _still_running(context: CheckContext) -> Iterator[Finding]:
    """Projects that a gate stopped and whose state says that they go on."""
    for project in context.portfolio.projects:
        if not project.stopped or project.state in ("cancelled", "closed"):
            continue
        kills = [g for g in project.gates if g.decision is not None and g.decision.outcome == "kill"]
        gate, day = min(((g.id, g.decision.date) for g in kills if g.decision is not None), key=lambda kill: (as_day(kill[1]), kill[0]))
        yield fact(
            "stopped-but-open",
            project.id,
            f"project {project.id!r} was stopped at gate {gate!r} on {day}, and its state is {project.state!r}: it counts as cancelled, in no total",
            "write state: cancelled, or decide the gate anew",
        )
    yield from _under_a_kill(context.portfolio)


def _under_a_kill(portfolio: Portfolio) -> Iterator[Finding]:
    """Programmes that a gate of their own stopped, and projects in them that go on: each is cancelled by itself."""
    tree = hierarchy(portfolio)
    for one in gates_of(portfolio):
        decision = one.noun.decision
        if one.project is not None or decision is None or decision.outcome != "kill":
            continue
        within = portfolio[one.owner]
        running = [project.id for project in tree.projects(within) if not project.stopped and project.state != "closed"]
        if running:
            what = "the portfolio" if one.level == "portfolio" else f"programme {one.owner!r}"
            yield fact(
                "stopped-but-open",
                "" if one.level == "portfolio" else one.owner,
                f"{what} was stopped at gate {one.id!r} on {decision.date}, and {listed(running)} {agree(len(running), 'goes', 'go')} on",
                "cancel each of them (state: cancelled), hand it to another programme, or decide the gate anew",
            )


def _past(when: When | None, today: date) -> bool:
    return when is not None and as_day(when) < today


def _exceptions(context: CheckContext) -> Iterator[Finding]:
    """What is forecast to exceed a tolerance, and whom it goes to."""
    portfolio = context.portfolio
    stated = [portfolio.tolerance, *(p.tolerance for p in portfolio.programmes), *(p.tolerance for p in portfolio.projects)]
    of_tasks = any(task.tolerance for p in portfolio.projects for task in kinds_of_work(p))
    if not of_tasks and not any(stated):
        return
    for breach in status(portfolio, baseline=context.baseline, tasks=of_tasks).breaches:
        hint = f"tell {breach.escalate_to}" if breach.escalate_to else "name a board that decides: organisation: bodies:"
        if breach.escalate_to and not breach.covered:
            hint += ", whose authority is not known to cover it"
        whole = breach.level == "portfolio"
        message = f"{breach.aspect} of {'the portfolio' if whole else repr(breach.item)}: {breach.text}"
        yield fact("exception", "" if whole else breach.item, message, hint, part=breach.aspect)


_DUE = Theme(_overdue, "ipmo, after PRINCE2 7 and MSP, decision and issue registers")
_STANDING = Theme(_still_running, "Cooper, Stage-Gate: what a gate kills ends; ipmo, states of projects")
_EXCEPTIONS = Theme(_exceptions, "PRINCE2 7, management by exception")

GOVERNANCE_CHECKS = (
    _DUE.check("decision-overdue", "Decisions are taken by the day they are needed", "Decisions past their day", rule="GOV-R08"),
    _DUE.check("condition-overdue", "Conditions of a gate are met by their day", "Conditions of gates past their day", rule="GOV-R02"),
    _DUE.check("project-overdue", "A project is closed, or its finish forecast, by its day", "Projects past their finish"),
    _DUE.check("issue-overdue", "Issues are settled by their day", "Issues past their day"),
    _DUE.check("review-overdue", "Assumptions are reviewed by their day", "Assumptions past their review"),
    _STANDING.check("stopped-but-open", "What a gate stopped is cancelled", "Projects that a gate stopped and that are not cancelled"),
    _EXCEPTIONS.check(
        "exception",
        "What is forecast to exceed its tolerance is escalated",
        "Tolerances that are forecast to be exceeded",
        rule="GOV-R04",
    ),
)
