"""The rules of governance, GOV-R01 to R10, as in the domain reference, 4.6: gates, conditions, tolerances, who answers, who may decide.

GOV-R07 (reported against computed status) holds under every method and is what the core checks `ipmo/watermelon-...` ask; breaches themselves
are found by `ipmo/exception`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import ipmo
from ipmo import Money
from ipmo.model import Assumption, Gate, Portfolio, Programme, Project
from ipmo.model.held import Held, gates_by_owner, gates_of
from ipmo.plugin import CheckContext, Finding, IpmoError, Severity, counted
from ipmo_mop.breaches import about
from ipmo_mop.catalogue import OPEN, SELECTED
from ipmo_mop.envelopes import length
from ipmo_mop.limits import Limits
from ipmo_mop.wording import day_of, finding, in_currency

__all__ = ["accountable", "assumptions", "authority", "conditions", "escalated", "late_decisions", "rebaselined", "tolerances"]

ASPECTS = ("time", "cost", "benefits", "quality", "scope", "sustainability", "risk")
"""What a tolerance is about (PRINCE2, 7th edition)."""
GO = ("go", "conditional go")
ESCALATE = 14
"""Days within which a breach is escalated (GOV-R04)."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
REBASELINES = 2
"""More new baselines than that after the first are said (GOV-R10)."""


def conditions(context: CheckContext) -> Iterable[Finding]:
    """GOV-R02: an overdue condition turns a conditional go into a hold."""
    pf = context.portfolio
    if pf.status_date is None:
        return
    for one in gates_of(pf):
        decision = None if one.ended or not context.covers(one.where) else one.noun.decision
        if decision is not None and decision.outcome == "conditional go":
            for condition in decision.overdue(day_of(pf.status_date)):
                name = condition.id
                text = f": {condition.text}" if condition.text else ""
                message = f"condition {name!r} of gate {one.id!r} was due {condition.due} and is not met, so its go is a hold{text}"
                hint = f"let {condition.owner} meet it" if condition.owner else "name an owner, and meet it"
                yield finding("conditions", one.id, message, hint, Severity.ERROR, part=name)


def escalated(context: CheckContext) -> Iterable[Finding]:
    """GOV-R04: a forecast breach has an open issue about it within a fortnight; those without one are listed.

    An issue is about a breach when it is about the item, or a part of it, and names the breach: its aspect, or that a tolerance is exceeded.
    Since when is read from the history; a breach that no earlier month has is new.
    """
    pf = context.portfolio
    nouns: tuple[Any, ...] = (pf, *pf.programmes, *pf.projects)
    if not any(noun.tolerance is not None for noun in nouns):
        return
    today = None if pf.status_date is None else day_of(pf.status_date)
    for breach in ipmo.status(pf, baseline=context.baseline).breaches:
        whole = breach.level == "portfolio"
        if not (whole or context.covers(breach.item)) or any(about(pf, issue, breach.item, breach.aspect) for issue in pf.issues):
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


def assumptions(context: CheckContext) -> Iterable[Finding]:
    """GOV-R06: what rests on an assumption that proved false is decided anew: decisions of the register, and of gates.

    A decision rests on what it names as an assumption or as evidence, and on what is assumed of it (`item:`).
    """
    pf = context.portfolio
    false = {one.id: one for one in pf.assumptions if one.state == "false"}
    if not false:
        return
    for decision in pf.decisions:
        rests = [*decision.assumptions, *decision.evidence, *(one.id for one in false.values() if one.item == decision.id)]
        for name in dict.fromkeys(name for name in rests if name in false):
            if decision.state == "withdrawn" or not _covered(context, decision.item):
                continue
            taken = decision.state == "decided"
            what = f"was decided{f' on {decision.decided}' if decision.decided else ''}" if taken else "is to be decided"
            message = f"decision {decision.id!r} {what} on assumption {name!r}, which is false{_said(false[name])}"
            yield finding("assumptions", decision.id, message, "decide it anew" if taken else "ask the question anew", part=name)
    for held in gates_of(pf):
        gate = held.noun
        if gate.decision is None or gate.decision.outcome not in GO or not context.covers(held.where):
            continue
        about = (one.id for one in false.values() if one.item == held.id)
        for name in dict.fromkeys(name for name in (*gate.decision.evidence, *gate.evidence.values(), *about) if name in false):
            message = f"gate {gate.id!r} of {held.owner!r} got {gate.decision.outcome!r} on assumption {name!r}, which is false{_said(false[name])}"
            yield finding("assumptions", held.id, message, "decide the gate anew", part=name)


def _covered(context: CheckContext, item: str | None) -> bool:
    """Whether what a decision is about is under the method; a decision that says nothing is the portfolio's."""
    project = "" if item is None else context.portfolio.project_of(item)
    return not project or context.covers(project)


def _said(one: Assumption) -> str:
    return f": {one.text}" if one.text else ""


def tolerances(context: CheckContext) -> Iterable[Finding]:
    """GOV-R03: an initiative in delivery has tolerances for every aspect, and none is wider than that of what holds it, nor are they together.

    Times are compared in the time that they last, whatever their units; shares of cost, benefits and carbon as the amounts that they are.
    Those and amounts of risk are held against the limit above one by one and, of all that something holds, in sum (a benefit that needs
    several is lost once); times do not add up. Of each aspect the nearest limit above counts.
    """
    pf = context.portfolio
    limits = Limits(context)
    for project in pf.projects:
        if project.counted_as not in ("active", "paused") or not context.covers(project.id):
            continue
        own = project.tolerance
        if own is None:
            yield finding(
                "tolerances", project.id, f"project {project.id!r} is {project.counted_as} and has no tolerance", "write tolerance:"
            )
            continue
        measured = {"sustainability": own.carbon}  # carbon is how sustainability is measured
        lacking = [aspect for aspect in ASPECTS if getattr(own, aspect) in (None, "") and measured.get(aspect) is None]
        if lacking:
            message = f"project {project.id!r} has no tolerance for {', '.join(lacking)}"
            yield finding("tolerances", project.id, message, "state each, or say why it has none", Severity.INFO)
        yield from limits.nested("project", project.id, project)
        for task in project.tasks:
            if task.tolerance is not None and not task.finished:
                yield from limits.nested("task", f"{project.id}/{task.id}", task)
    for programme in pf.programmes:
        if programme.tolerance is not None and context.covers(programme.id):
            yield from limits.nested("programme", programme.id, programme)
    yield from limits.sums()


def accountable(context: CheckContext) -> Iterable[Finding]:
    """GOV-R05: exactly one person answers for each initiative, and nobody decides a gate on their own work."""
    pf = context.portfolio
    bodies = {body.id: body for body in pf.bodies}
    nouns: tuple[Programme | Project, ...] = (*pf.programmes, *(p for p in pf.projects if p.counted_as in OPEN))
    gates = gates_by_owner(pf)
    for one in nouns:
        if not context.covers(one.id):
            continue
        kind = "project" if isinstance(one, Project) else "programme"
        if one.owner is None:
            yield finding("accountable", one.id, f"nobody answers for {kind} {one.id!r}", "write owner: one person")
        elif one.owner in bodies:
            message = f"{kind} {one.id!r} is answered for by board {one.owner!r}; a board decides, one person answers"
            yield finding("accountable", one.id, message, "write owner: one person")
        for held in gates.get(one.id, ()):
            gate = held.noun
            if gate.decision is None:
                continue
            who = gate.decision.decided_by or gate.body
            alone = bodies[who].members if who in bodies else ()
            if who is not None and (who == one.owner or alone == (one.owner,)):
                message = f"{one.owner!r} answers for {one.id!r} and decided its gate {gate.id!r}"
                message += f", alone on board {who!r}" if who != one.owner else ""
                yield finding("accountable", held.id, message, "let somebody else decide", Severity.ERROR)


def late_decisions(context: CheckContext) -> Iterable[Finding]:
    """GOV-R08: decisions past the day they are needed, and what a day of waiting burns."""
    pf = context.portfolio
    if pf.status_date is None or not (pf.decisions or gates_of(pf)):
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
    """GOV-R09: nobody releases more than the authority that was delegated: at one gate, or in tranches to one project within a period.

    A person, and a board that states no authority, has none. The period is that of the envelopes: `every:`.
    """
    pf = context.portfolio
    bodies = {body.id: body for body in pf.bodies}
    for owner, gates in gates_by_owner(pf).items():
        within: dict[tuple[str, str], list[tuple[Held[Gate], Fraction]]] = {}
        for held in gates:
            gate, full_id = held.noun, held.id
            decision = gate.decision if context.covers(held.where) else None
            if decision is None or decision.outcome not in GO or decision.funding is None or not decision.funding.amount:
                continue
            who = decision.decided_by or gate.body
            body = bodies.get(who or "")
            said = f"gate {gate.id!r} of {owner!r} released {decision.funding}"
            if who is None:
                yield finding("authority", full_id, f"{said}; nobody is named who decided it", "write decided_by:")
                continue
            if body is None or body.authority is None:
                what = f"board {who!r} states no authority" if body is not None else f"{who!r} is no board that authority was delegated to"
                yield finding("authority", full_id, f"{said}; {what}", _able(pf, decision.funding), Severity.ERROR)
                continue
            released, limit = in_currency(pf, decision.funding), in_currency(pf, body.authority)
            if released is None or limit is None:
                message = f"{said}; whether {who!r} may release it cannot be said, because an exchange rate is missing"
                yield finding("authority", full_id, message, "add rates:", Severity.INFO)
            elif released > limit:
                message = f"{said}; {body.id!r} may release {body.authority}"
                yield finding("authority", full_id, message, _able(pf, decision.funding), Severity.ERROR)
            else:
                within.setdefault((body.id, _period(pf, decision.date)), []).append((held, released))
        for (who, period), tranches in within.items():
            whole, limit = sum((amount for _, amount in tranches), Fraction(0)), in_currency(pf, bodies[who].authority)
            if limit is not None and whole > limit and len(tranches) > 1:
                names = ", ".join(repr(one.noun.id) for one, _ in tranches)
                message = f"gates {names} of {owner!r} released {float(whole):,.0f} together in {period}; {who!r} may release {bodies[who].authority}"
                last = max((one for one, _ in tranches), key=lambda one: day_of(one.noun.decision.date) if one.noun.decision else date.min)
                hint = "let who may release the whole decide it"
                yield finding("authority", last.id, message, hint, Severity.ERROR, part=period)


def _able(pf: Portfolio, amount: Money) -> str:
    """Who may release an amount; how to find out, where a board's authority has no exchange rate."""
    try:
        able = ipmo.approver(pf, amount)
    except IpmoError:
        return "let a board decide whose authority covers it; to hear which, add rates:"
    return f"{able.body.id} may" if able.body is not None else f"{able.reason}; raise it above the portfolio"


def _period(pf: Portfolio, when: date) -> str:
    """The period that a day lies in, by the length of the portfolio's envelopes, whose year is the financial one; tranches in it add up."""
    day, every = day_of(when), length(pf)
    if every == "month":
        return f"{day:%Y-%m}"
    if every == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    first = pf.money.financial_year if every == "financial year" and pf.money is not None else "jan"
    begins = MONTHS.index(first[:3].lower()) + 1
    year = day.year if day.month >= begins else day.year - 1
    return str(year) if begins == 1 else f"{year}/{(year + 1) % 100:02}"


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
        if project.counted_as not in SELECTED or project.id not in known or not context.covers(project.id):
            continue
        planned, expected = then.days(project.id)[1], now.days(project.id)[1]
        if planned is None or then.doubt(project.id) or len(plans) < 2:
            continue
        why = now.doubt(project.id)
        if expected is not None and expected > planned:
            days = (expected - planned).days
            said = f"finishes {expected}{' or later' if why else ''}, {counted(days, 'day')} after its first baseline said ({planned})"
        elif why:
            said = f"was to finish {planned} by its first baseline; when it does is not known: {why}"
        else:
            continue
        yield finding("rebaselined", project.id, f"project {project.id!r} {said}", severity=Severity.INFO)
