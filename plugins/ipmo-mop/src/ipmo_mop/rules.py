"""The rules of the portfolio cycles, MOP-R01 to R14, and of governance, GOV-R01 to R10, as in the domain reference, 2.5 and 4.6.

GOV-R07 (reported against computed status) holds under every method and is what the core checks `ipmo/watermelon-...` ask; breaches themselves
are found by `ipmo/exception`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import ipmo
from ipmo import Money
from ipmo.model import Gate, GateDecision, Portfolio, Programme, Project, Task, Tolerance
from ipmo.model.hierarchy import hierarchy
from ipmo.plugin import Check, CheckContext, Finding, IpmoError, Severity, UnitError, counted
from ipmo_mop.catalogue import GATES, GATEWAY, GUIDE, MSP, OPEN, SELECTED, fields_of
from ipmo_mop.scoring import criteria_of
from ipmo_mop.selection import project_costs

__all__ = ["CHECKS"]

ASPECTS = ("time", "cost", "benefits", "quality", "scope", "sustainability", "risk")
"""What a tolerance is about (PRINCE2, 7th edition)."""
GO = ("go", "conditional go")
ESCALATE = 14
"""Days within which a breach is escalated (GOV-R04)."""
REBASELINES = 2
"""More new baselines than that after the first are said (GOV-R10)."""


def _finding(slug: str, item: str, message: str, hint: str = "", severity: Severity = Severity.WARNING, part: str = "") -> Finding:
    return Finding(code=f"mop/{slug}", item=item, part=part, message=message, hint=hint, severity=severity)


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


def _money(pf: Portfolio, amount: Money | None) -> Fraction | None:
    """An amount in the portfolio's currency; None when it is not known."""
    if amount is None:
        return None
    if pf.money is None or pf.money.currency == amount.currency:
        return Fraction(amount.amount)
    day = pf.status_date or pf.start
    try:
        return None if day is None else pf.exchange_rates.convert(amount, day)
    except IpmoError:
        return None


# ------------------------------------------------------------------------------------------------ the definition cycle


def _sight(context: CheckContext) -> Iterable[Finding]:
    """MOP-R01: every initiative serves an objective, every objective is served, shares are at most 1 into one target."""
    pf = context.portfolio
    serves = _objectives_by_project(pf)
    if not pf.objectives:
        message = "the portfolio states no objective, so no initiative can be traced to one"
        yield _finding("line-of-sight", "", message, "declare objectives:")
    else:
        for project in pf.projects:
            if project.state in OPEN and context.covers(project.id) and not serves.get(project.id):
                message = f"project {project.id!r} serves no objective"
                yield _finding("line-of-sight", project.id, message, "write alignment:, or say which benefit it enables")
    served = {objective for project, found in serves.items() if pf[project].state in OPEN for objective in found}
    for objective in pf.objectives:
        if objective.id not in served:
            yield _finding("line-of-sight", objective.id, f"objective {objective.id!r} is served by no initiative")
    shares: dict[str, float] = {}
    for contribution in pf.contributions:
        shares[contribution.target] = shares.get(contribution.target, 0.0) + (contribution.share or 0.0)
    for target, share in sorted(shares.items()):
        if share > 1 + 1e-9:
            message = f"contributions claim {share:.0%} of {target!r}"
            yield _finding("line-of-sight", target, message, "shares into one target sum to at most 100 %", Severity.ERROR, part="shares")


def _objectives_by_project(pf: Portfolio) -> dict[str, set[str]]:
    """Objectives that each project serves: by alignment, or through benefits and outcomes that its work leads to."""
    objectives = {objective.id for objective in pf.objectives}
    onward: dict[str, set[str]] = {}
    for contribution in pf.contributions:
        onward.setdefault(contribution.source, set()).add(contribution.target)
    for benefit in pf.benefits:
        if benefit.outcome:
            onward.setdefault(benefit.id, set()).add(benefit.outcome)
    found: dict[str, set[str]] = {project.id: set(project.alignment) & objectives for project in pf.projects}
    if not objectives or not onward:
        return found
    before = ipmo.leads_to(pf, [*found, *(benefit.id for benefit in pf.benefits)])
    for benefit in pf.benefits:
        seen, waiting = {benefit.id}, [benefit.id]
        while waiting:
            for further in onward.get(waiting.pop(), ()):
                if further not in seen:
                    seen.add(further)
                    waiting.append(further)
        for project in before[benefit.id] & found.keys():
            found[project] |= seen & objectives
    return found


def _criteria(context: CheckContext) -> Iterable[Finding]:
    """MOP-R02: each project has a category, is scored on the criteria of that category, and on their scales."""
    pf = context.portfolio
    stated = fields_of(pf)
    for category in (None, *sorted({c for criterion in stated.criteria for c in criterion.categories})):
        chosen = criteria_of(pf, category)
        total = sum(c.weight for c in chosen)
        if chosen and abs(total - 1) > 1e-9 and not (category is None and any(c.categories for c in stated.criteria)):
            what = "the criteria" if category is None else f"the criteria of category {category!r}"
            message = f"the weights of {what} sum to {total:.4g}, not to 100 %: {', '.join(f'{c.id} {c.weight:.4g}' for c in chosen)}"
            yield _finding("criteria", "", message, "change weight: of one of them", Severity.ERROR)
    for project in pf.projects:
        if project.state not in OPEN or not context.covers(project.id):
            continue
        given = fields_of(project).scores
        if stated.categories and project.category not in stated.categories:
            message = (
                f"project {project.id!r} has {'no category' if not project.category else f'the unknown category {project.category!r}'}"
            )
            yield _finding("criteria", project.id, message, f"write one of {', '.join(stated.categories)}")
        used = {c.id: c for c in criteria_of(pf, project.category)}
        for name in sorted(set(given) - set(used)):
            what = "a criterion of another category" if name in {c.id for c in stated.criteria} else "an unknown criterion"
            yield _finding(
                "criteria", project.id, f"project {project.id!r} is scored on {name!r}, {what}", f"it has {', '.join(used) or 'none'}"
            )
        lacking = [name for name in used if name not in given]
        if given and lacking:
            yield _finding(
                "criteria", project.id, f"project {project.id!r} is not scored on {', '.join(lacking)}", "score it on every criterion"
            )
        for name in sorted(set(given) & set(used)):
            try:
                used[name].points(given[name])
            except UnitError as error:
                yield _finding("criteria", project.id, f"score of project {project.id!r}: {error}", severity=Severity.ERROR)


def _envelopes(context: CheckContext) -> Iterable[Finding]:
    """MOP-R04: the budgets of a period stay within its envelope, at the chosen confidence and not at the base estimate.

    Above P50 the uncertain part of each lump budget is added as if all went badly together: the sum of quantiles is the
    quantile of the sum when they move as one, and an upper bound for other shares above the middle.
    """
    pf = context.portfolio
    stated = fields_of(pf)
    if not stated.envelopes or pf.money is None:
        return
    roll = ipmo.roll_up(pf, "budget", by=stated.every)
    spent = {figure.item: figure.value for figure in roll.groups}
    more: dict[str, Fraction] = {}
    if stated.confidence is not None:
        for project in pf.projects:
            if project.state in SELECTED:
                for period, extra in _uncertain(pf, project, stated.confidence, stated.every):
                    more[period] = more.get(period, Fraction(0)) + extra
    musts = [p for p in pf.projects if p.state in OPEN and fields_of(p).mandatory]
    costs = [project_costs(pf, p.id, stated.every) or {} for p in musts]
    at = "" if stated.confidence is None else f" at P{100 * stated.confidence:.4g}"
    for period, envelope in stated.envelopes.items():
        value, most = spent.get(period), _money(pf, envelope)
        if most is None:
            yield _finding("envelope", "", f"the envelope of {period} is in {envelope.currency}, which has no exchange rate", "add rates:")
            continue
        must = sum((cost.get(period, Fraction(0)) for cost in costs), Fraction(0))
        if must > most:
            names = ", ".join(p.id for p, cost in zip(musts, costs, strict=True) if cost.get(period))
            message = f"what must be done in {period} ({names}) costs {float(must):,.0f}; its envelope is {float(most):,.0f}: no selection is feasible"
            yield _finding("envelope", "", message, "raise the envelope, move work, or ask what is mandatory", Severity.ERROR)
            continue
        total = (Fraction(value.amount) if isinstance(value, Money) else Fraction(0)) + more.get(period, Fraction(0))
        if total > most:
            unit = pf.money.currency
            message = f"budgets of {period}{at} are {float(total):,.0f} {unit}, {float(total - most):,.0f} above the envelope of {float(most):,.0f}"
            yield _finding("envelope", "", message, "select less, move work, or raise the envelope", Severity.ERROR)
    if any(name.startswith("(") for name in spent):
        message = "budgets without a date, or not known, are in no period, so the envelopes do not count them"
        yield _finding("envelope", "", message, severity=Severity.INFO)


def _uncertain(pf: Portfolio, project: Project, share: float, every: str) -> Iterator[tuple[str, Fraction]]:
    """What a project's budget has more at that confidence than in the middle, by period in proportion to its own phasing."""
    extra = Fraction(0)
    for budget in (project.budget, *(task.budget for task in project.tasks)):
        for line in budget.lines if budget is not None else ():
            if line.amount is None:
                continue
            middle, high = line.amount.central(), line.amount.quantile(share)
            if isinstance(middle, Money) and isinstance(high, Money) and middle != high:
                extra += (_money(pf, high) or Fraction(0)) - (_money(pf, middle) or Fraction(0))
    if not extra:
        return
    groups = [g for g in ipmo.roll_up(pf, "budget", by=every, within=project.id).groups if isinstance(g.value, Money)]
    whole = sum((Fraction(g.value.amount) for g in groups), Fraction(0))
    for group in groups:
        if whole:
            yield group.item, extra * Fraction(group.value.amount) / whole


def _closure(context: CheckContext) -> Iterable[Finding]:
    """MOP-R06: no selected initiative depends on one that is not selected, or on one that ends after it should begin."""
    pf = context.portfolio
    projects = {project.id: project for project in pf.projects}
    for group in fields_of(pf).groups:
        for name in sorted(set(group.members) - set(projects)):
            yield _finding("selection-closed", "", f"group {group.id!r} has the unknown project {name!r}", severity=Severity.ERROR)
    for project in pf.projects:
        for name in sorted(set(fields_of(project).excludes) - (set(projects) - {project.id})):
            what = "itself" if name == project.id else f"the unknown project {name!r}"
            yield _finding("selection-closed", project.id, f"project {project.id!r} excludes {what}", "correct excludes:", Severity.ERROR)
    needs: dict[tuple[str, str], str] = {}
    for project in pf.projects:
        for required in project.requires:
            needs[project.id, required] = "requires it"
    for link in pf.links:
        giver, receiver = (pf.project_of(pf.resolve(end) or "") for end in (link.source, link.target))
        if giver and receiver and giver != receiver and link.kind == "schedule":
            needs.setdefault((receiver, giver), f"waits for {link.source!r}")
    for (receiver, giver), why in sorted(needs.items()):
        if projects[receiver].state not in SELECTED or not context.covers(receiver):
            continue
        if projects[giver].state not in (*SELECTED, "closed"):
            message = f"project {receiver!r} is {projects[receiver].state} and {why}, but {giver!r} is {projects[giver].state}"
            yield _finding("selection-closed", receiver, message, "select both or neither", Severity.ERROR)
        elif why == "requires it":
            begin, end = context.schedule.dates(receiver)[0], context.schedule.dates(giver)[1]
            if begin is not None and end is not None and end > begin:
                message = f"project {receiver!r} starts {begin.date()} and requires {giver!r}, which finishes {end.date()}"
                yield _finding("selection-closed", receiver, message, "link the items that wait, or move one of them")


# ------------------------------------------------------------------------------------------------ the delivery cycle


def _baselined(context: CheckContext) -> Iterable[Finding]:
    """MOP-R10: plans are baselined, and each baseline was approved."""
    pf = context.portfolio
    running = [p.id for p in pf.projects if p.state == "active" and context.covers(p.id)]
    if running and not pf.baselines:
        message = f"{len(running)} active projects, and no baseline to compare with"
        yield _finding("baseline", "", message, "freeze the approved plan: ipmo snapshot")
    for one in pf.baselines:
        if one.approved_by is None:
            yield _finding("baseline", one.id, f"baseline {one.id!r} was approved by nobody", "write approved_by:")


def _stop(context: CheckContext) -> Iterable[Finding]:
    """MOP-R12: what remaining benefit and remaining cost say of stopping, sunk cost ignored.

    A project is named when its remaining benefit does not cover its remaining cost, or when a proposal that is not funded
    brings more for each unit of money.
    """
    pf = context.portfolio
    if pf.money is None or not pf.benefits:
        return
    try:
        due = {row.initiative: row.value for row in ipmo.attribute(pf).rows}
    except IpmoError as error:
        yield _finding("stop-list", "", f"no stop list: {error}", severity=Severity.INFO)
        return
    budget, actual = context.roll_up("budget"), context.roll_up("actual")
    rows = []
    for project in pf.projects:
        value = due.get(project.id)
        spent = actual[project.id].value if project.id in actual else None
        whole = budget[project.id].value if project.id in budget else _lump(pf, project)
        if value is None or whole is None:
            continue
        left = float((_money(pf, whole) or Fraction(0)) - (_money(pf, spent) or Fraction(0)))
        rows.append((project, value, left))
    waiting = [(value / cost, p.id) for p, value, cost in rows if p.state == "proposed" and cost > 0]
    best, which = max(waiting, default=(0.0, ""))
    for project, value, cost in rows:
        if project.state not in SELECTED or not context.covers(project.id) or cost <= 0 or fields_of(project).mandatory:
            continue
        ratio = value / cost
        said = f"project {project.id!r} has {ratio:.2f} of benefit to come for each unit of money still to be spent"
        if ratio < 1:
            gate = next((f"{project.id}/{gate.id}" for gate in project.gates if gate.open), project.id)
            yield _finding("stop-list", gate, f"{said}: less than it costs", "stop it, or say what else it is for")
        elif ratio < best:
            yield _finding(
                "stop-list", project.id, f"{said}; {which!r}, which is not funded, has {best:.2f}", "compare the two at its next gate"
            )


def _lump(pf: Portfolio, project: Project) -> Money | None:
    if project.budget is None or not project.budget.is_lump:
        return None
    amount = project.budget.lines[0].amount
    middle = amount.central() if amount is not None else None
    return middle if isinstance(middle, Money) else None


def _funding(context: CheckContext) -> Iterable[Finding]:
    """MOP-R14: what is released to a project is no more than its gates have released."""
    pf = context.portfolio
    for project in pf.projects:
        if project.funding is None or not project.funding.is_lump or not context.covers(project.id):
            continue
        amount = project.funding.lines[0].amount
        released = _money(pf, amount.central() if amount is not None else None)  # type: ignore[arg-type]
        granted = [(g, g.decision) for g in project.gates if g.decision is not None and g.decision.funding is not None]
        if released is None or not granted:
            continue
        allowed = sum((_money(pf, d.funding) or Fraction(0) for _, d in granted if d.outcome in GO), Fraction(0))
        if released > allowed:
            message = f"project {project.id!r} has {float(released):,.0f} of funding; its gates released {float(allowed):,.0f}"
            yield _finding("funding", project.id, message, "hold the gate that releases the rest", Severity.ERROR)


# ------------------------------------------------------------------------------------------------ governance


def _current(gate: Gate, today: date | None) -> str | None:
    """What a decision amounts to today: a conditional go with an overdue condition is a hold."""
    if gate.decision is None:
        return None
    return "hold" if gate.decision.outcome == "conditional go" and _overdue(gate.decision, today) else gate.decision.outcome


def _overdue(decision: GateDecision, today: date | None) -> list[str]:
    if today is None:
        return []
    return [c.id for c in decision.conditions if c.met is None and c.due is not None and _day(c.due) < today]


def _sequence(context: CheckContext) -> Iterable[Finding]:
    """GOV-R01: gates are decided in order, and no work begins behind a gate that has no current go."""
    pf = context.portfolio
    today = None if pf.status_date is None else _day(pf.status_date)
    order = {name.casefold(): n for n, rule in enumerate(GATES) for name in (rule.name, f"g{rule.name}", f"gate {rule.name}", rule.title)}
    for project in pf.projects:
        if not project.gates or not context.covers(project.id):
            continue
        numbered = [(n, g) for g in project.gates if (n := _number(g, order)) is not None]
        for n, gate in numbered:
            for m, earlier in numbered:
                if m < n and gate.decision is not None and gate.decision.outcome in GO:
                    if earlier.decision is None or _day(earlier.decision.date) > _day(gate.decision.date):
                        when = "is not decided" if earlier.decision is None else f"was decided later, on {_day(earlier.decision.date)}"
                        message = (
                            f"gate {gate.id!r} of {project.id!r} got {gate.decision.outcome!r}, and gate {earlier.id!r} before it {when}"
                        )
                        yield _finding("gate-sequence", f"{project.id}/{gate.id}", message, "decide the gates in order", Severity.ERROR)
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
                yield _finding("gate-sequence", f"{project.id}/{gate.id}", message, "stop the work, or decide the gate", Severity.ERROR)


def _number(gate: Gate, order: dict[str, int]) -> int | None:
    for text in (gate.attributes.get("gate", ""), gate.id, gate.name):
        if text.casefold() in order:
            return order[text.casefold()]
    return None


def _conditions(context: CheckContext) -> Iterable[Finding]:
    """GOV-R02: an overdue condition turns a conditional go into a hold."""
    pf = context.portfolio
    if pf.status_date is None:
        return
    for project in pf.projects:
        if not context.covers(project.id):
            continue
        for gate in project.gates:
            if gate.decision is not None and gate.decision.outcome == "conditional go":
                for name in _overdue(gate.decision, _day(pf.status_date)):
                    condition = next(c for c in gate.decision.conditions if c.id == name)
                    full_id = f"{project.id}/{gate.id}"
                    text = f": {condition.text}" if condition.text else ""
                    message = f"condition {name!r} of gate {full_id!r} was due {condition.due} and is not met, so its go is a hold{text}"
                    hint = f"let {condition.owner} meet it" if condition.owner else "name an owner, and meet it"
                    yield _finding("conditions", full_id, message, hint, Severity.ERROR, part=name)


def _escalated(context: CheckContext) -> Iterable[Finding]:
    """GOV-R04: a forecast breach has an open issue about it within a fortnight; those without one are listed.

    Since when is read from the history; a breach that no earlier month has is new.
    """
    pf = context.portfolio
    nouns: tuple[Any, ...] = (pf, *pf.programmes, *pf.projects)
    if not any(noun.tolerance is not None for noun in nouns):
        return
    raised = {pf.project_of(issue.item) or issue.item for issue in pf.issues if issue.item and issue.closed is None}
    raised |= {issue.item for issue in pf.issues if issue.item and issue.closed is None}
    today = None if pf.status_date is None else _day(pf.status_date)
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
            since = _day(month.status_date)
        days = (today - since).days if today is not None and since is not None else 0
        if context.history and days < ESCALATE:
            continue
        known = f", forecast for {counted(days, 'day')}" if days else ""
        message = f"{breach.aspect} of {'the portfolio' if whole else repr(breach.item)}: {breach.text}{known}; no open issue says so"
        hint = f"raise an issue, and tell {breach.escalate_to}" if breach.escalate_to else "raise an issue, and name a board that decides"
        if breach.escalate_to and not breach.covered:
            hint += ", whose authority is not known to cover it"
        yield _finding("escalated", "" if whole else breach.item, message, hint, part=breach.aspect)


def _tolerances(context: CheckContext) -> Iterable[Finding]:
    """GOV-R03: an initiative in delivery has tolerances for every aspect, and none is wider than that of what holds it."""
    pf = context.portfolio
    budgets = context.roll_up("budget") if pf.money is not None else None
    for project in pf.projects:
        if project.state not in ("active", "paused") or not context.covers(project.id):
            continue
        own = project.tolerance
        if own is None:
            yield _finding("tolerances", project.id, f"project {project.id!r} is {project.state} and has no tolerance", "write tolerance:")
            continue
        lacking = [aspect for aspect in ASPECTS if getattr(own, aspect) in (None, "")]
        if lacking:
            message = f"project {project.id!r} has no tolerance for {', '.join(lacking)}"
            yield _finding("tolerances", project.id, message, "state each, or say why it has none", Severity.INFO)
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
    mine, theirs = _money(pf, own.risk), _money(pf, limit.risk)
    if mine is not None and theirs is not None and mine > theirs:
        wider.append(f"risk {own.risk} against {limit.risk}")
    if wider:
        message = f"tolerance of project {project.id!r} is wider than that of {above.id!r}: {'; '.join(wider)}"
        yield _finding("tolerances", project.id, message, "narrow it, or widen the one above")


def _accountable(context: CheckContext) -> Iterable[Finding]:
    """GOV-R05: exactly one person answers for each initiative, and nobody decides a gate on their own work."""
    pf = context.portfolio
    bodies = {body.id for body in pf.bodies}
    nouns: tuple[Programme | Project, ...] = (*pf.programmes, *(p for p in pf.projects if p.state in OPEN))
    for one in nouns:
        if not context.covers(one.id):
            continue
        kind = "project" if isinstance(one, Project) else "programme"
        if one.owner is None:
            yield _finding("accountable", one.id, f"nobody answers for {kind} {one.id!r}", "write owner: one person")
        elif one.owner in bodies:
            message = f"{kind} {one.id!r} is answered for by board {one.owner!r}; a board decides, one person answers"
            yield _finding("accountable", one.id, message, "write owner: one person")
        for gate in one.gates if isinstance(one, Project) else ():
            if gate.decision is not None and gate.decision.decided_by is not None and gate.decision.decided_by == one.owner:
                message = f"{one.owner!r} answers for {one.id!r} and decided its gate {gate.id!r}"
                yield _finding("accountable", f"{one.id}/{gate.id}", message, "let somebody else decide", Severity.ERROR)


def _late_decisions(context: CheckContext) -> Iterable[Finding]:
    """GOV-R08: decisions past the day they are needed, and what a day of waiting burns."""
    pf = context.portfolio
    if pf.status_date is None or not (pf.decisions or any(p.gates for p in pf.projects)):
        return
    today = _day(pf.status_date)
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
        yield _finding("late-decision", due.item, message, f"ask {due.who}" if due.who else "name who decides")


def _authority(context: CheckContext) -> Iterable[Finding]:
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
            released, limit = _money(pf, decision.funding), _money(pf, body.authority)
            if released is not None and limit is not None and released > limit:
                able = ipmo.approver(pf, decision.funding)
                hint = f"{able.body.id} may" if able.body is not None else f"{able.reason}; raise it above the portfolio"
                message = f"gate {gate.id!r} of {project.id!r} released {decision.funding}; {body.id!r} may release {body.authority}"
                yield _finding("authority", f"{project.id}/{gate.id}", message, hint, Severity.ERROR)


def _rebaselined(context: CheckContext) -> Iterable[Finding]:
    """GOV-R10: how often the plan was set anew, and how far it has come from the first one."""
    pf = context.portfolio
    plans = sorted(pf.baselines, key=lambda one: (_day(one.date), one.id))
    if len(plans) > REBASELINES + 1:
        message = (
            f"the plan was baselined {len(plans)} times since {_day(plans[0].date)}; the last reason: {plans[-1].reason or 'none given'}"
        )
        yield _finding("rebaselined", plans[-1].id, message, f"compare with the first, {plans[0].id!r}, not only with the last")
    if not any(one.file for one in plans) or pf.source is None or not pf.source.path:
        return
    try:
        first = ipmo.baseline(pf, next(one.id for one in plans if one.file))
        then, now = ipmo.schedule(first, on_cycle="cut"), context.schedule
    except IpmoError as error:
        yield _finding("rebaselined", "", f"the first baseline cannot be read: {error}", severity=Severity.INFO)
        return
    known = {p.id for p in first.projects}
    for project in pf.projects:
        if project.state not in SELECTED or project.id not in known or not context.covers(project.id):
            continue
        planned, expected = then.dates(project.id)[1], now.dates(project.id)[1]
        if planned is not None and expected is not None and len(plans) > 1 and expected > planned:
            days = (expected - planned).days
            message = f"project {project.id!r} finishes {expected.date()}, {days} days after its first baseline said ({planned.date()})"
            yield _finding("rebaselined", project.id, message, severity=Severity.INFO)


SAME = {
    "line-of-sight": ("ipmo/benefit-overclaimed",),
    "stop-list": ("ipmo/benefit-not-worth-it",),
    "conditions": ("ipmo/condition-overdue",),
    "escalated": ("ipmo/exception",),
    "late-decision": ("ipmo/decision-overdue",),
}
"""Facts that ipmo's own checks find too: they are said once, in the words of the method."""
CHECKS = tuple(
    Check(code=f"mop/{slug}", rule=rule, title=title, source=source, run=run, same_as=SAME.get(slug, ()))
    for slug, rule, title, source, run in (
        ("line-of-sight", "MOP-R01", "A clear line of sight from objectives to work and back", GUIDE, _sight),
        ("criteria", "MOP-R02", "Each project is scored on the criteria of its category, on their scales", GUIDE, _criteria),
        ("envelope", "MOP-R04", "Budgets of a period stay within its envelope, at the chosen confidence", GUIDE, _envelopes),
        ("selection-closed", "MOP-R06", "No selected initiative depends on an unselected or later one", GUIDE, _closure),
        ("baseline", "MOP-R10", "Plans are baselined, and each baseline was approved", GUIDE, _baselined),
        ("stop-list", "MOP-R12", "What is still to come is worth what is still to be spent", GUIDE, _stop),
        ("funding", "MOP-R14", "No more is released to a project than its gates released", GUIDE, _funding),
        ("gate-sequence", "GOV-R01", "Gates are decided in order, and no work begins behind a closed one", GATEWAY, _sequence),
        ("conditions", "GOV-R02", "An overdue condition turns a conditional go into a hold", GATEWAY, _conditions),
        ("escalated", "GOV-R04", "A forecast breach has an open issue within a fortnight", MSP, _escalated),
        ("tolerances", "GOV-R03", "Initiatives in delivery have tolerances that nest", MSP, _tolerances),
        ("accountable", "GOV-R05", "One person answers for each initiative, and nobody gates their own work", MSP, _accountable),
        ("late-decision", "GOV-R08", "Decisions are taken by the day they are needed", GUIDE, _late_decisions),
        ("authority", "GOV-R09", "Nobody releases more than was delegated", GUIDE, _authority),
        ("rebaselined", "GOV-R10", "The plan is compared with the first baseline, not only with the last", GUIDE, _rebaselined),
    )
)
