"""The rules of governance, GOV-R01 to R10, as in the domain reference, 4.6: gates, conditions, tolerances, who answers, who may decide.

GOV-R07 (reported against computed status) holds under every method and is what the core checks `ipmo/watermelon-...` ask; breaches themselves
are found by `ipmo/exception`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import ipmo
from ipmo import Money
from ipmo.model import Gate, GateDecision, Portfolio, Programme, Project, Task, Tolerance
from ipmo.model.hierarchy import hierarchy
from ipmo.plugin import CheckContext, Finding, IpmoError, Severity, counted
from ipmo_mop.catalogue import GATES, OPEN, SELECTED
from ipmo_mop.wording import day_of, finding, in_currency

__all__ = ["accountable", "authority", "conditions", "escalated", "late_decisions", "rebaselined", "sequence", "tolerances"]

ASPECTS = ("time", "cost", "benefits", "quality", "scope", "sustainability", "risk")
"""What a tolerance is about (PRINCE2, 7th edition)."""
GO = ("go", "conditional go")
ESCALATE = 14
"""Days within which a breach is escalated (GOV-R04)."""
REBASELINES = 2
"""More new baselines than that after the first are said (GOV-R10)."""


def _current(gate: Gate, today: date | None) -> str | None:
    """What a decision amounts to today: a conditional go with an overdue condition is a hold."""
    if gate.decision is None:
        return None
    return "hold" if gate.decision.outcome == "conditional go" and _overdue(gate.decision, today) else gate.decision.outcome


def _overdue(decision: GateDecision, today: date | None) -> list[str]:
    if today is None:
        return []
    return [c.id for c in decision.conditions if c.met is None and c.due is not None and day_of(c.due) < today]


def sequence(context: CheckContext) -> Iterable[Finding]:
    """GOV-R01: gates are decided in order, and no work begins behind a gate that has no current go."""
    pf = context.portfolio
    today = None if pf.status_date is None else day_of(pf.status_date)
    order = {name.casefold(): n for n, rule in enumerate(GATES) for name in (rule.name, f"g{rule.name}", f"gate {rule.name}", rule.title)}
    for project in pf.projects:
        if not project.gates or not context.covers(project.id):
            continue
        numbered = [(n, g) for g in project.gates if (n := _number(g, order)) is not None]
        for n, gate in numbered:
            for m, earlier in numbered:
                if m < n and gate.decision is not None and gate.decision.outcome in GO:
                    if earlier.decision is None or day_of(earlier.decision.date) > day_of(gate.decision.date):
                        when = "is not decided" if earlier.decision is None else f"was decided later, on {day_of(earlier.decision.date)}"
                        message = (
                            f"gate {gate.id!r} of {project.id!r} got {gate.decision.outcome!r}, and gate {earlier.id!r} before it {when}"
                        )
                        yield finding("gate-sequence", f"{project.id}/{gate.id}", message, "decide the gates in order", Severity.ERROR)
        closed = {g.id for g in project.gates if _current(g, today) not in GO}
        if not closed:
            continue
        after: dict[str, list[str]] = {}
        nouns: tuple[Task | Gate, ...] = (*project.tasks, *project.gates)
        for noun in nouns:
            for link in noun.after:
                if link.type in ("FS", "SS"):
                    after.setdefault(link.source.rsplit("/", 1)[-1], []).append(noun.id)
        begun = {task.id for task in project.tasks if not task.milestone and (task.started or task.actual is not None)}
        for gate in project.gates:
            if gate.id not in closed:
                continue
            behind, waiting = {gate.id}, [gate.id]
            while waiting:
                for name in after.get(waiting.pop(), ()):
                    if name not in behind:
                        behind.add(name)
                        waiting.append(name)
            early = sorted(behind & begun)
            if early:
                state = _current(gate, today)
                what = "has no decision" if state is None else f"stands at {state!r}"
                message = f"{', '.join(map(repr, early))} of {project.id!r} began or cost money behind gate {gate.id!r}, which {what}"
                yield finding("gate-sequence", f"{project.id}/{gate.id}", message, "stop the work, or decide the gate", Severity.ERROR)


def _number(gate: Gate, order: dict[str, int]) -> int | None:
    for text in (gate.attributes.get("gate", ""), gate.id, gate.name):
        if text.casefold() in order:
            return order[text.casefold()]
    return None


def conditions(context: CheckContext) -> Iterable[Finding]:
    """GOV-R02: an overdue condition turns a conditional go into a hold."""
    pf = context.portfolio
    if pf.status_date is None:
        return
    for project in pf.projects:
        if not context.covers(project.id):
            continue
        for gate in project.gates:
            if gate.decision is not None and gate.decision.outcome == "conditional go":
                for name in _overdue(gate.decision, day_of(pf.status_date)):
                    condition = next(c for c in gate.decision.conditions if c.id == name)
                    full_id = f"{project.id}/{gate.id}"
                    text = f": {condition.text}" if condition.text else ""
                    message = f"condition {name!r} of gate {full_id!r} was due {condition.due} and is not met, so its go is a hold{text}"
                    hint = f"let {condition.owner} meet it" if condition.owner else "name an owner, and meet it"
                    yield finding("conditions", full_id, message, hint, Severity.ERROR, part=name)


def escalated(context: CheckContext) -> Iterable[Finding]:
    """GOV-R04: a forecast breach has an open issue about it within a fortnight; those without one are listed.

    Since when is read from the history; a breach that no earlier month has is new.
    """
    pf = context.portfolio
    nouns: tuple[Any, ...] = (pf, *pf.programmes, *pf.projects)
    if not any(noun.tolerance is not None for noun in nouns):
        return
    raised = {pf.project_of(issue.item) or issue.item for issue in pf.issues if issue.item and issue.closed is None}
    raised |= {issue.item for issue in pf.issues if issue.item and issue.closed is None}
    today = None if pf.status_date is None else day_of(pf.status_date)
    for breach in ipmo.status(pf, baseline=context.baseline).breaches:
        whole = breach.level == "portfolio"
        if breach.item in raised or not (whole or context.covers(breach.item)):
            continue
        since = today
        for month in reversed(context.history):
            if month.status_date is None or not any(
                (b.item, b.aspect) == (breach.item, breach.aspect) for b in ipmo.status(month).breaches
            ):
                break
            since = day_of(month.status_date)
        days = (today - since).days if today is not None and since is not None else 0
        if context.history and days < ESCALATE:
            continue
        known = f", forecast for {counted(days, 'day')}" if days else ""
        message = f"{breach.aspect} of {'the portfolio' if whole else repr(breach.item)}: {breach.text}{known}; no open issue says so"
        hint = f"raise an issue, and tell {breach.escalate_to}" if breach.escalate_to else "raise an issue, and name a board that decides"
        if breach.escalate_to and not breach.covered:
            hint += ", whose authority is not known to cover it"
        yield finding("escalated", "" if whole else breach.item, message, hint, part=breach.aspect)


def tolerances(context: CheckContext) -> Iterable[Finding]:
    """GOV-R03: an initiative in delivery has tolerances for every aspect, and none is wider than that of what holds it."""
    pf = context.portfolio
    budgets = context.roll_up("budget") if pf.money is not None else None
    for project in pf.projects:
        if project.state not in ("active", "paused") or not context.covers(project.id):
            continue
        own = project.tolerance
        if own is None:
            yield finding("tolerances", project.id, f"project {project.id!r} is {project.state} and has no tolerance", "write tolerance:")
            continue
        lacking = [aspect for aspect in ASPECTS if getattr(own, aspect) in (None, "")]
        if lacking:
            message = f"project {project.id!r} has no tolerance for {', '.join(lacking)}"
            yield finding("tolerances", project.id, message, "state each, or say why it has none", Severity.INFO)
        holding: list[Programme | Portfolio] = [*hierarchy(pf).programmes_of(project.id), pf]
        above = next((one for one in holding if one.tolerance is not None), pf)
        if above.tolerance is not None:
            yield from _nested(pf, project, own, above, above.tolerance, budgets)


def _nested(
    pf: Portfolio, project: Project, own: Tolerance, above: Programme | Portfolio, limit: Tolerance, budgets: ipmo.RollUp | None
) -> Iterator[Finding]:
    wider = []
    if own.time is not None and limit.time is not None and own.time.unit == limit.time.unit and own.time.amount > limit.time.amount:
        wider.append(f"time {own.time} against {limit.time}")
    if own.cost is not None and limit.cost is not None and budgets is not None:
        inside = budgets[project.id].value if project.id in budgets else None
        whole = budgets.total.value if isinstance(above, Portfolio) else budgets[above.id].value if above.id in budgets else None
        if (
            isinstance(inside, Money)
            and isinstance(whole, Money)
            and own.cost * float(inside.amount) > limit.cost * float(whole.amount) + 1e-9
        ):
            wider.append(f"cost {own.cost:.4g} of {inside} against {limit.cost:.4g} of {whole}")
    mine, theirs = in_currency(pf, own.risk), in_currency(pf, limit.risk)
    if mine is not None and theirs is not None and mine > theirs:
        wider.append(f"risk {own.risk} against {limit.risk}")
    if wider:
        message = f"tolerance of project {project.id!r} is wider than that of {above.id!r}: {'; '.join(wider)}"
        yield finding("tolerances", project.id, message, "narrow it, or widen the one above")


def accountable(context: CheckContext) -> Iterable[Finding]:
    """GOV-R05: exactly one person answers for each initiative, and nobody decides a gate on their own work."""
    pf = context.portfolio
    bodies = {body.id for body in pf.bodies}
    nouns: tuple[Programme | Project, ...] = (*pf.programmes, *(p for p in pf.projects if p.state in OPEN))
    for one in nouns:
        if not context.covers(one.id):
            continue
        kind = "project" if isinstance(one, Project) else "programme"
        if one.owner is None:
            yield finding("accountable", one.id, f"nobody answers for {kind} {one.id!r}", "write owner: one person")
        elif one.owner in bodies:
            message = f"{kind} {one.id!r} is answered for by board {one.owner!r}; a board decides, one person answers"
            yield finding("accountable", one.id, message, "write owner: one person")
        for gate in one.gates if isinstance(one, Project) else ():
            if gate.decision is not None and gate.decision.decided_by is not None and gate.decision.decided_by == one.owner:
                message = f"{one.owner!r} answers for {one.id!r} and decided its gate {gate.id!r}"
                yield finding("accountable", f"{one.id}/{gate.id}", message, "let somebody else decide", Severity.ERROR)


def late_decisions(context: CheckContext) -> Iterable[Finding]:
    """GOV-R08: decisions past the day they are needed, and what a day of waiting burns."""
    pf = context.portfolio
    if pf.status_date is None or not (pf.decisions or any(p.gates for p in pf.projects)):
        return
    today = day_of(pf.status_date)
    for due in ipmo.decisions_due(pf, on_cycle="cut"):
        if due.by is None or due.kind == "condition" or not (due.kind == "decision" or context.covers(due.item)):
            continue  # an unmet condition is said by GOV-R02
        needed = (due.by - timedelta(minutes=1)).date()  # by the end of a day is before the next one begins
        if needed >= today:
            continue
        costs = f"; each day more costs {due.day_costs}" if due.day_costs is not None else ""
        fails = f"; {due.at_risk} fails first" if due.at_risk else ""
        asked = f": {due.name}" if due.kind == "decision" and due.name else ""
        message = f"{due.kind} {due.item!r} was needed by {needed}, {counted((today - needed).days, 'day')} ago{asked}{fails}{costs}"
        yield finding("late-decision", due.item, message, f"ask {due.who}" if due.who else "name who decides")


def authority(context: CheckContext) -> Iterable[Finding]:
    """GOV-R09: nobody releases more than the authority that was delegated."""
    pf = context.portfolio
    bodies = {body.id: body for body in pf.bodies}
    for project in pf.projects:
        if not context.covers(project.id):
            continue
        for gate in project.gates:
            decision = gate.decision
            if decision is None or decision.outcome not in GO or decision.funding is None or decision.decided_by not in bodies:
                continue
            body = bodies[decision.decided_by]
            released, limit = in_currency(pf, decision.funding), in_currency(pf, body.authority)
            if released is not None and limit is not None and released > limit:
                able = ipmo.approver(pf, decision.funding)
                hint = f"{able.body.id} may" if able.body is not None else f"{able.reason}; raise it above the portfolio"
                message = f"gate {gate.id!r} of {project.id!r} released {decision.funding}; {body.id!r} may release {body.authority}"
                yield finding("authority", f"{project.id}/{gate.id}", message, hint, Severity.ERROR)


def rebaselined(context: CheckContext) -> Iterable[Finding]:
    """GOV-R10: how often the plan was set anew, and how far it has come from the first one."""
    pf = context.portfolio
    plans = sorted(pf.baselines, key=lambda one: (day_of(one.date), one.id))
    if len(plans) > REBASELINES + 1:
        message = (
            f"the plan was baselined {len(plans)} times since {day_of(plans[0].date)}; the last reason: {plans[-1].reason or 'none given'}"
        )
        yield finding("rebaselined", plans[-1].id, message, f"compare with the first, {plans[0].id!r}, not only with the last")
    if not any(one.file for one in plans) or pf.source is None or not pf.source.path:
        return
    try:
        first = ipmo.baseline(pf, next(one.id for one in plans if one.file))
        then, now = ipmo.schedule(first, on_cycle="cut"), context.schedule
    except IpmoError as error:
        yield finding("rebaselined", "", f"the first baseline cannot be read: {error}", severity=Severity.INFO)
        return
    known = {p.id for p in first.projects}
    for project in pf.projects:
        if project.state not in SELECTED or project.id not in known or not context.covers(project.id):
            continue
        planned, expected = then.days(project.id)[1], now.days(project.id)[1]
        if planned is not None and expected is not None and len(plans) > 1 and expected > planned:
            days = (expected - planned).days
            message = f"project {project.id!r} finishes {expected}, {days} days after its first baseline said ({planned})"
            yield finding("rebaselined", project.id, message, severity=Severity.INFO)
