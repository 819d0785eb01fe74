"""The rules of the portfolio cycles, MOP-R01 to R14, as in the domain reference, 2.5, and the list of all checks."""

from __future__ import annotations

from collections.abc import Iterable

import ipmo
from ipmo.plugin import Check, CheckContext, Finding, IpmoError, Severity, UnitError, beside, counted
from ipmo_mop import governance
from ipmo_mop.carbon import carbon_envelopes
from ipmo_mop.cases import booked_once, comparable
from ipmo_mop.catalogue import GATEWAY, GUIDE, MSP, OPEN, SELECTED, fields_of
from ipmo_mop.concentration import concentrated
from ipmo_mop.contracts import contracts_in_order
from ipmo_mop.demands import changes_in_time, roles_in_time
from ipmo_mop.envelopes import envelopes
from ipmo_mop.intake import intake_in_time
from ipmo_mop.pipeline import started_and_finished
from ipmo_mop.questions import questions
from ipmo_mop.releases import funding
from ipmo_mop.scoring import criteria_of
from ipmo_mop.sequence import sequence
from ipmo_mop.tranches import funded
from ipmo_mop.wording import finding

__all__ = ["CHECKS"]


# ------------------------------------------------------------------------------------------------ the definition cycle


def _sight(context: CheckContext) -> Iterable[Finding]:
    """MOP-R01: every initiative serves an objective, every objective is served, shares are at most 1 into one target."""
    pf = context.portfolio
    sight = ipmo.line_of_sight(pf, include=("proposed",))
    serves = {row.id: set(row) for row in sight}
    if not pf.objectives:
        message = "the portfolio states no objective, so no initiative can be traced to one"
        yield finding("line-of-sight", "", message, "declare objectives:")
    else:
        for project in pf.projects:
            if project.counted_as in OPEN and context.covers(project.id) and not serves.get(project.id):
                message = f"project {project.id!r} serves no objective"
                yield finding("line-of-sight", project.id, message, "write alignment:, or say which benefit it enables")
    served = {objective for project, found in serves.items() if pf[project].counted_as in OPEN for objective in found}
    for objective in pf.objectives:
        if objective.id not in served:
            yield finding("line-of-sight", objective.id, f"objective {objective.id!r} is served by no initiative")
    shares: dict[str, float] = {}
    for contribution in pf.contributions:
        shares[contribution.target] = shares.get(contribution.target, 0.0) + (contribution.share or 0.0)
    for target, share in sorted(shares.items()):
        if share > 1 + 1e-9:
            message = f"contributions claim {beside(share, 1, 0, percent=True)} of {target!r}"
            yield finding("line-of-sight", target, message, "shares into one target sum to at most 100 %", Severity.ERROR, part="shares")


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
            yield finding("criteria", "", message, "change weight: of one of them", Severity.ERROR)
    for project in pf.projects:
        if project.counted_as not in OPEN or not context.covers(project.id):
            continue
        given = fields_of(project).scores
        if stated.categories and project.category not in stated.categories:
            message = (
                f"project {project.id!r} has {'no category' if not project.category else f'the unknown category {project.category!r}'}"
            )
            yield finding("criteria", project.id, message, f"write one of {', '.join(stated.categories)}")
        used = {c.id: c for c in criteria_of(pf, project.category)}
        for name in sorted(set(given) - set(used)):
            what = "a criterion of another category" if name in {c.id for c in stated.criteria} else "an unknown criterion"
            yield finding(
                "criteria", project.id, f"project {project.id!r} is scored on {name!r}, {what}", f"it has {', '.join(used) or 'none'}"
            )
        lacking = [name for name in used if name not in given]
        if given and lacking:
            yield finding(
                "criteria", project.id, f"project {project.id!r} is not scored on {', '.join(lacking)}", "score it on every criterion"
            )
        for name in sorted(set(given) & set(used)):
            try:
                used[name].points(given[name])
            except UnitError as error:
                yield finding("criteria", project.id, f"score of project {project.id!r}: {error}", severity=Severity.ERROR)


def _closure(context: CheckContext) -> Iterable[Finding]:
    """MOP-R06: no selected initiative depends on one that is not selected, or on one that ends after it should begin."""
    pf = context.portfolio
    projects = {project.id: project for project in pf.projects}
    for group in fields_of(pf).groups:
        for name in sorted(set(group.members) - set(projects)):
            yield finding("selection-closed", "", f"group {group.id!r} has the unknown project {name!r}", severity=Severity.ERROR)
    for project in pf.projects:
        if not context.covers(project.id):
            continue
        for name in sorted(set(fields_of(project).excludes) - (set(projects) - {project.id})):
            what = "itself" if name == project.id else f"the unknown project {name!r}"
            yield finding("selection-closed", project.id, f"project {project.id!r} excludes {what}", "correct excludes:", Severity.ERROR)
    needs: dict[tuple[str, str], str] = {}
    for project in pf.projects:
        for required in project.requires:
            needs[project.id, required] = "requires it"
    for link in pf.links:
        giver, receiver = (pf.project_of(pf.resolve(end) or "") for end in (link.source, link.target))
        if giver and receiver and giver != receiver and link.kind == "schedule":
            needs.setdefault((receiver, giver), f"waits for {link.source!r}")
    for (receiver, giver), why in sorted(needs.items()):
        if projects[receiver].counted_as not in SELECTED or not context.covers(receiver):
            continue
        if projects[giver].counted_as not in (*SELECTED, "closed"):
            message = f"project {receiver!r} is {projects[receiver].counted_as} and {why}, but {giver!r} is {projects[giver].counted_as}"
            yield finding("selection-closed", receiver, message, "select both or neither", Severity.ERROR)
        elif why == "requires it":
            begin, end = context.schedule.dates(receiver)[0], context.schedule.dates(giver)[1]
            if begin is not None and end is not None and end > begin:
                starts, finishes = context.schedule.days(receiver)[0], context.schedule.days(giver)[1]
                later = " or later" if context.schedule.doubt(giver) else ""
                message = f"project {receiver!r} starts {starts} and requires {giver!r}, which finishes {finishes}{later}"
                yield finding("selection-closed", receiver, message, "link the items that wait, or move one of them")


# ------------------------------------------------------------------------------------------------ the delivery cycle


def _baselined(context: CheckContext) -> Iterable[Finding]:
    """MOP-R10: plans are baselined, and each baseline was approved."""
    pf = context.portfolio
    running = [p.id for p in pf.projects if p.counted_as == "active" and context.covers(p.id)]
    if running and not pf.baselines:
        message = f"{counted(len(running), 'active project')}, and no baseline to compare with"
        yield finding("baseline", "", message, "take a snapshot of the approved plan: ipmo snapshot --baseline ID")
    for one in pf.baselines:
        if one.approved_by is None:
            yield finding("baseline", one.id, f"baseline {one.id!r} was approved by nobody", "write approved_by:")


def _stop(context: CheckContext) -> Iterable[Finding]:
    """MOP-R12: what remaining benefit and remaining cost say of stopping, sunk cost ignored.

    A project is named when its remaining benefit does not cover its remaining cost, or when a proposal that is not funded
    brings more for each unit of money.
    """
    pf = context.portfolio
    if pf.money is None or not pf.benefits:
        return
    try:
        rows = context.worth_going_on.rows
    except IpmoError as error:
        yield finding("stop-list", "", f"no stop list: {error}", severity=Severity.INFO)
        return
    waiting = [(row.ratio, row.project) for row in rows if row.ratio is not None and pf[row.project].state == "proposed"]
    best, which = max(waiting, default=(0.0, ""))
    for row in rows:
        project = pf[row.project]
        if project.counted_as not in SELECTED or not context.covers(project.id) or fields_of(project).mandatory or row.benefit is None:
            continue
        gate = next((f"{project.id}/{gate.id}" for gate in project.gates if gate.open), project.id)
        if row.cost is None:
            message = f"nobody can say whether project {project.id!r} is worth going on with: {row.reason}"
            yield finding("stop-list", gate, message, "say what it will cost in all", Severity.INFO)
        if row.ratio is None:
            continue
        said = f"project {project.id!r} has {'at least ' if row.at_least else ''}{beside(row.ratio, 1)} of benefit to come for each unit of money still to be spent"
        severity = Severity.INFO if row.at_least else Severity.WARNING
        if row.ratio < 1:
            hint = "stop it, or say what else it is for"
            if row.instead:
                hint = "keep one of those that stand in for one another, stop the others, or say what else they are for"
            if row.unrecorded:
                hint = "write what it has cost so far (actual:) before you stop it"
            elif row.unknown:
                hint = f"find out what {', '.join(map(repr, row.unknown))} would bring before you stop it"
            elif not row.pays_to_stop:
                hint, severity = "going on is the lesser loss: look for a cheaper way out", Severity.INFO
            less = "whether that is less than it costs is not known" if row.at_least else "less than it costs"
            message = f"{said}: {less}{f'; {row.stopping}' if row.freed is not None else ''}{row.said}"
            yield finding("stop-list", gate, message, hint, severity)
        elif row.ratio < best:
            message = f"{said}; {which!r}, which is not funded, has {beside(best, row.ratio)}{row.said}"
            yield finding("stop-list", project.id, message, "compare the two at its next gate", severity)


SAME = {
    "booked": ("ipmo/benefit-not-booked",),
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
        ("comparable", "MOP-R03", "Business cases are made on one set of terms", GUIDE, comparable),
        ("envelope", "MOP-R04", "What a period costs stays within its envelope, at the chosen confidence", GUIDE, envelopes),
        ("carbon-envelope", "", "What a period emits stays within its carbon envelope", GUIDE, carbon_envelopes),
        ("role-capacity", "MOP-R05", "Demand stays within capacity, by role and period", GUIDE, roles_in_time),
        ("selection-closed", "MOP-R06", "No selected initiative depends on an unselected or later one", GUIDE, _closure),
        ("booked", "MOP-R07", "A benefit is booked once, with somebody in the line", GUIDE, booked_once),
        ("change-load", "MOP-R08", "No part of the business has more change at once than it can take", GUIDE, changes_in_time),
        ("portfolio-question", "MOP-R09", "At each gate it is decided anew whether the portfolio still wants it", GUIDE, questions),
        ("baseline", "MOP-R10", "Plans are baselined, and each baseline was approved", GUIDE, _baselined),
        ("concentration", "MOP-R11", "Cost and exposure do not lie in too few hands", GUIDE, concentrated),
        ("stop-list", "MOP-R12", "What is still to come is worth what is still to be spent", GUIDE, _stop),
        (
            "pipeline",
            "MOP-R13",
            "No more is begun than is finished, and nothing waits in a stage beyond its time",
            GUIDE,
            started_and_finished,
        ),
        ("tranches", "", "No more is spent than tranches released, and each lasts until the next", GUIDE, funded),
        (
            "contracts",
            "",
            "Contracts are with known suppliers, last until their work is done and pay for what it is planned to cost",
            GUIDE,
            contracts_in_order,
        ),
        ("intake", "", "Ideas are decided in time, and a proposal names the idea that it was", GUIDE, intake_in_time),
        ("funding", "MOP-R14", "No more is granted to a project, and spent by it, than its gates released", GUIDE, funding),
        ("gate-sequence", "GOV-R01", "Gates are decided in order, and no work begins behind a closed one", GATEWAY, sequence),
        ("conditions", "GOV-R02", "An overdue condition turns a conditional go into a hold", GATEWAY, governance.conditions),
        ("escalated", "GOV-R04", "A forecast breach has an open issue within a fortnight", MSP, governance.escalated),
        ("tolerances", "GOV-R03", "Initiatives in delivery have tolerances that nest, one by one and in sum", MSP, governance.tolerances),
        ("accountable", "GOV-R05", "One person answers for each initiative, and nobody gates their own work", MSP, governance.accountable),
        ("assumptions", "GOV-R06", "What was decided on an assumption that proved false is decided anew", GUIDE, governance.assumptions),
        ("late-decision", "GOV-R08", "Decisions are taken by the day they are needed", GUIDE, governance.late_decisions),
        ("authority", "GOV-R09", "Nobody releases more than was delegated", GUIDE, governance.authority),
        ("rebaselined", "GOV-R10", "The plan is compared with the first baseline, not only with the last", GUIDE, governance.rebaselined),
    )
)
