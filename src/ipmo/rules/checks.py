"""The checks that run on every portfolio, under whatever method: the model, the schedule, money, promises, status."""

from __future__ import annotations

from collections.abc import Iterable

from ipmo.analysis.control.status import status
from ipmo.analysis.dates.quality import SOURCE as DCMA
from ipmo.analysis.dates.quality import quality_facts
from ipmo.analysis.dependencies.handovers import SOURCE as AGREEMENTS
from ipmo.findings import Finding
from ipmo.methods.contract import Check, CheckContext
from ipmo.rules.benefits import benefit_facts
from ipmo.rules.dependencies import agreement_facts, cross_link_facts
from ipmo.rules.schedules import due_facts, model_facts, schedule_facts
from ipmo.rules.watermelons import watermelons

__all__ = ["CHECKS"]


def _budget_facts(context: CheckContext) -> Iterable[Finding]:
    found: list[Finding] = []
    if context.portfolio.money is not None:
        for measure in ("budget", "actual", "forecast"):
            found += context.roll_up(measure).findings
    return found


def _exceptions(context: CheckContext) -> Iterable[Finding]:
    pf = context.portfolio
    stated = [pf.tolerance, *(p.tolerance for p in pf.programmes), *(p.tolerance for p in pf.projects)]
    of_tasks = any(task.tolerance for p in pf.projects for task in p.tasks)
    if not of_tasks and not any(stated):
        return
    for breach in status(pf, baseline=context.baseline, tasks=of_tasks).breaches:
        told = f"tell {breach.escalate_to}" if breach.escalate_to else "name a body that decides: organisation: bodies:"
        if breach.escalate_to and not breach.covered:
            told += ", whose authority is not known to cover it"
        whole = breach.level == "portfolio"
        message = f"{breach.aspect} of {'the portfolio' if whole else repr(breach.item)}: {breach.text}"
        yield Finding(code="ipmo/exception", item="" if whole else breach.item, message=message, hint=told)


CHECKS: tuple[Check, ...] = (
    Check(
        code="ipmo/model",
        title="The plan has no gaps and contradicts nothing",
        source="ipmo",
        run=lambda context: model_facts(context.portfolio),
    ),
    Check(
        code="ipmo/schedule",
        title="The schedule keeps its promises and its logic",
        source="ipmo",
        run=lambda context: schedule_facts(context.portfolio, context.schedule),
    ),
    Check(
        code="ipmo/quality",
        title="The schedule is well made: the 14 points, loose ends",
        source=DCMA,
        run=lambda context: quality_facts(context.portfolio, context.schedule),
    ),
    Check(
        code="ipmo/interface-agreements",
        rule="SCH-R15",
        title="What one project hands to another is agreed: dates, owners, and who holds the margin between them",
        source=AGREEMENTS,
        run=lambda context: agreement_facts(context.portfolio, context.schedule),
    ),
    Check(
        code="ipmo/cross-links",
        rule="SCH-R16",
        title="Links across projects that drive, or nearly do, are known",
        source="GAO Schedule Assessment Guide (2015), best practices 2 and 6; Devaux, drag of a link",
        run=lambda context: cross_link_facts(context.portfolio),
    ),
    Check(code="ipmo/due", title="Nothing is past its day", source="ipmo", run=lambda context: due_facts(context.portfolio)),
    Check(
        code="ipmo/benefits",
        title="Benefits lead somewhere, belong to somebody and are counted once",
        source="MSP benefit profiles and maps; HM Treasury, The Green Book",
        run=lambda context: benefit_facts(context.portfolio),
    ),
    Check(
        code="ipmo/watermelons",
        rule="GOV-R07",
        title="Reported status is borne out by the figures",
        source="UK delivery confidence practice; PRINCE2 7, tolerances",
        run=lambda context: watermelons(context.portfolio, context.schedule, context.history),
    ),
    Check(
        code="ipmo/exceptions",
        rule="GOV-R04",
        title="What is forecast to exceed its tolerance is escalated",
        source="PRINCE2 7, management by exception",
        run=_exceptions,
    ),
    Check(code="ipmo/totals", title="Stated totals agree with their parts", source="ipmo", run=_budget_facts),
)
"""The checks that run on every portfolio. Their findings carry finer codes, all beginning with `ipmo/`."""
