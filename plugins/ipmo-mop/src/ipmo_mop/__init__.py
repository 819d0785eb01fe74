"""MoP (Management of Portfolios) as an ipmo methodology: a clear line of sight, and a selection that holds together.

Inspired by the guidance; the rule texts are ours. MoP is a trade mark of its owner; nothing here is certified.
"""

from __future__ import annotations

from collections.abc import Iterable

import ipmo
from ipmo import Check, CheckContext, Finding, Methodology, Severity, hookimpl
from ipmo.model import Portfolio

__all__ = ["MOP", "ipmo_methodologies"]

GUIDE = "MoP, definition and delivery cycles; rules as in the ipmo domain reference, 2.5"
OPEN = ("proposed", "approved", "active", "paused")
SELECTED = ("approved", "active", "paused")


def _finding(slug: str, item: str, message: str, hint: str = "", severity: Severity = Severity.WARNING) -> Finding:
    return Finding(code=f"mop/{slug}", item=item, message=message, hint=hint, severity=severity)


def _sight(context: CheckContext) -> Iterable[Finding]:
    """MOP-R01: every initiative serves an objective, every objective is served, shares are at most 1 into one target."""
    pf = context.portfolio
    serves = _objectives_by_project(pf)
    if not pf.objectives:
        yield _finding(
            "line-of-sight", "", "the portfolio states no objective, so no initiative can be traced to one", "declare objectives:"
        )
    else:
        for project in pf.projects:
            if project.state in OPEN and context.covers(project.id) and not serves.get(project.id):
                yield _finding(
                    "line-of-sight",
                    project.id,
                    f"project {project.id!r} serves no objective",
                    "write alignment:, or say which benefit it enables",
                )
    served = {objective for project, found in serves.items() if pf[project].state in OPEN for objective in found}
    for objective in pf.objectives:
        if objective.id not in served:
            yield _finding("line-of-sight", objective.id, f"objective {objective.id!r} is served by no initiative")
    shares: dict[str, float] = {}
    for contribution in pf.contributions:
        shares[contribution.target] = shares.get(contribution.target, 0.0) + (contribution.share or 0.0)
    for target, share in shares.items():
        if share > 1 + 1e-9:
            yield _finding(
                "line-of-sight",
                target,
                f"contributions claim {share:.0%} of {target!r}",
                "shares into one target sum to at most 100 %",
                Severity.ERROR,
            )


def _objectives_by_project(pf: Portfolio) -> dict[str, set[str]]:
    """Objectives that each project serves: by alignment, or through benefits and outcomes that its work leads to."""
    objectives = {objective.id for objective in pf.objectives}
    onward: dict[str, set[str]] = {}
    for contribution in pf.contributions:
        onward.setdefault(contribution.source, set()).add(contribution.target)
    for benefit in pf.benefits:
        if benefit.outcome:
            onward.setdefault(benefit.id, set()).add(benefit.outcome)
    graph = ipmo.graph(pf)
    found: dict[str, set[str]] = {}
    for project in pf.projects:
        waiting = [project.id, *(node for node in graph if node.startswith((f"{project.id}/", f"{project.id}@")))]
        seen = set(waiting)
        while waiting:
            node = waiting.pop()
            ahead = set(graph.successors(node)) if node in graph else set()
            for nxt in ahead | onward.get(node, set()):
                if nxt not in seen:
                    seen.add(nxt)
                    waiting.append(nxt)
        found[project.id] = (seen & objectives) | (set(project.alignment) & objectives)
    return found


def _closure(context: CheckContext) -> Iterable[Finding]:
    """MOP-R06: no selected initiative depends on one that is not selected, or on one that ends after it should begin."""
    pf = context.portfolio
    projects = {project.id: project for project in pf.projects}
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
            yield _finding(
                "selection-closed",
                receiver,
                f"project {receiver!r} is {projects[receiver].state} and {why}, but {giver!r} is {projects[giver].state}",
                "select both or neither",
                Severity.ERROR,
            )
        elif why == "requires it":
            begin, end = context.schedule.dates(receiver)[0], context.schedule.dates(giver)[1]
            if begin is not None and end is not None and end > begin:
                yield _finding(
                    "selection-closed",
                    receiver,
                    f"project {receiver!r} starts {begin.date()} and requires {giver!r}, which finishes {end.date()}",
                    "link the items that wait, or move one of them",
                )


MOP = Methodology(
    name="mop",
    title="MoP: management of portfolios",
    source=GUIDE,
    edition="2011, renamed since",
    aliases=("prince2-mop",),
    applies_to=("portfolio",),
    vocabulary={"project": "initiative", "body": "portfolio direction group"},
    stages=("understand", "categorise", "prioritise", "balance", "plan"),
    checks=(
        Check(
            code="mop/line-of-sight",
            rule="MOP-R01",
            title="A clear line of sight from objectives to work and back",
            source=GUIDE,
            run=_sight,
        ),
        Check(
            code="mop/selection-closed",
            rule="MOP-R06",
            title="No selected initiative depends on an unselected or later one",
            source=GUIDE,
            run=_closure,
        ),
    ),
)


@hookimpl
def ipmo_methodologies() -> Iterable[Methodology]:
    """MoP."""
    return [MOP]
