"""Whether what projects hand to one another is agreed, and which links across them hold something back."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from ipmo.analysis.dates.commitments import Commitment
from ipmo.analysis.dependencies.critical import critical_links
from ipmo.analysis.dependencies.handovers import SOURCE, InterfaceAgreement, agreements, days_text
from ipmo.errors import listed
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import CheckContext
from ipmo.model.items import alike
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Project
from ipmo.rules.themes import Theme, fact
from ipmo.units import day_text
from ipmo.words import agree, counted, measured

__all__ = ["DEPENDENCY_CHECKS"]

SHOWN = 10
"""Links that are a finding each; the rest is counted."""


def _agreements(context: CheckContext) -> Iterator[Finding]:
    """Hand-overs are matched pairs; who holds which margin, and what is not settled.

    Dates that contradict one another are a finding each; what is missing is counted.
    """
    portfolio, commitments = context.portfolio, context.schedule.commitments
    missing: dict[str, list[str]] = {}
    numbered = functools.cache(lambda issue: any(c.isdigit() for c in issue))
    for one in agreements(portfolio, context.schedule):
        if _over(portfolio, one):
            continue
        issues = one.issues
        promise = commitments[one.id] if one.id in commitments else None
        overdue = promise is not None and promise.standing == "overdue"  # said by ipmo/commitment-overdue
        if one.broken and not overdue and not _given(portfolio, one):
            dates = [("expected", one.expected), ("committed", one.committed), ("needed", one.needed)]
            said = ", ".join(
                f"{word} {day_text(when, finish=not ((one.begins or one.from_morning) and word == 'expected'))}"
                for word, when in dates
                if when is not None
            )
            yield fact(
                "hand-over",
                item=one.id if one.id in portfolio.items else one.target,
                message=f"{one.source!r} hands over to {one.target!r}: {issues[0]} ({said}){_held(one)}{_because(promise)}",
                hint="agree on one date, and write it as needed: and promised: on the link",
            )
        for issue in issues:
            if not numbered(issue):
                missing.setdefault(issue, []).append(one.id)
    for issue, names in missing.items():
        yield fact(
            "interface-agreement",
            item="",
            message=f"{counted(len(names), 'hand-over')} across projects: {issue}: {listed(sorted(names))}",
            hint="write giver_owner:, receiver_owner:, needed:, promised: and status: on the links that matter most",
            severity=Severity.INFO,
        )


def _over(portfolio: Portfolio, one: InterfaceAgreement) -> bool:
    """Both sides are done, or the receiver is; or nobody gives or takes it any more, which ipmo/dead-hand-over says."""
    noun, receiver = alike(portfolio.items, reference(one.target).item), portfolio.items.get(one.receiver)
    gone = isinstance(receiver, Project) and (receiver.stopped or receiver.state == "closed")
    return bool(one.dead) or bool(getattr(noun, "finished", False)) or gone


def _given(portfolio: Portfolio, one: InterfaceAgreement) -> bool:
    """The giver is done: nothing is expected of it any more, whenever it came."""
    return bool(getattr(alike(portfolio.items, reference(one.source).item), "finished", False))


def _because(promise: Commitment | None) -> str:
    """What a broken hand-over is late because of."""
    return f"; {promise.reason}" if promise is not None and promise.broken and promise.because != promise.item else ""


def _held(one: InterfaceAgreement) -> str:
    """Who has time to spare, and how much."""
    margins = [(one.giver_margin, one.giver_owner or one.giver), (one.receiver_margin, one.receiver_owner or one.receiver)]
    held = [f"{owner} holds {days_text(margin)}" for margin, owner in margins if margin is not None and margin > 0]
    return f"; {', '.join(held)}" if held else ""


def _links(context: CheckContext) -> Iterator[Finding]:
    """Links across projects that drive and hold a target back, and those that are near to it."""
    portfolio = context.portfolio
    links = critical_links(portfolio, on_cycle="cut")
    for place in links.holding[:SHOWN]:
        link = links[place]
        yield fact(
            "cross-link",
            item=link.id if link.id in portfolio.items else link.receiver,
            message=f"link {link.id!r} across projects drives; without it {link.drag_on!r} would come {measured(link.drag or 0.0, 'day')} earlier",
            hint="agree the hand-over's date with both owners, and watch it every week",
            severity=Severity.INFO,
        )
    if (rest := len(links.holding) - SHOWN) > 0:
        yield fact(
            "cross-link",
            item="",
            message=f"{counted(rest, 'more link')} across projects {agree(rest, 'drives', 'drive')} and {agree(rest, 'holds', 'hold')} something back",
            hint="see ipmo links",
            severity=Severity.INFO,
        )
    close = links.nearly
    if close:
        count = counted(len(close), "more link")
        yield fact(
            "cross-link-near",
            item="",
            message=f"{count} across projects {agree(len(close), 'is')} within {measured(links.near, 'day')} of driving: {listed(sorted(close))}",
            hint="see ipmo links",
            severity=Severity.INFO,
        )


_AGREEMENTS = Theme(_agreements, SOURCE)
_LINKS = Theme(_links, "GAO Schedule Assessment Guide (2015), best practices 2 and 6; Devaux, drag of a link")

DEPENDENCY_CHECKS = (
    _AGREEMENTS.check("hand-over", "Both sides of a hand-over mean the same date", "Hand-overs that do not meet", rule="SCH-R15"),
    _AGREEMENTS.check(
        "interface-agreement",
        "A hand-over across projects has owners, dates and an agreement",
        "Hand-overs without owners, dates or agreement",
        rule="SCH-R15",
    ),
    _LINKS.check(
        "cross-link", "Links across projects that drive are known", "Links across projects that hold something back", rule="SCH-R16"
    ),
    _LINKS.check(
        "cross-link-near", "Links across projects that nearly drive are known", "Links across projects that nearly drive", rule="SCH-R16"
    ),
)
