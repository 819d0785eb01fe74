"""Whether a schedule is fit to be simulated: what makes the figures wrong, or only good for finding out what is wrong.

Source: AACE 57R-09 and GAO Schedule Assessment Guide, best practice 8: open ends, hard constraints and leads hide risk from the logic;
estimates that are too narrow, and causes that are taken as independent, make a total look too sure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from ipmo.analysis.dates.quality import where_delays_end
from ipmo.analysis.dates.reproduced import EARLY, SHOWN, reproduced
from ipmo.analysis.dates.schedule import Schedule
from ipmo.analysis.risk.causes import Shared
from ipmo.analysis.risk.distributions import deviation
from ipmo.analysis.risk.uncertain import Piece
from ipmo.analysis.risk.waiting import Waiting
from ipmo.errors import listed
from ipmo.findings import Finding, Severity
from ipmo.model.estimates import Estimate, Referenced, number
from ipmo.model.portfolio import Portfolio
from ipmo.network.states import LIVE
from ipmo.words import agree, counted

__all__ = ["Grade", "grade", "readiness"]

Grade = Literal["ready", "diagnostic", "refused"]
"""Fit to decide by; only to find out what is wrong with the plan; no answer to how sure anything is."""
NARROW = 0.03
"""Deviation by most likely value below which an estimate of work is hardly true: some 10 % from the least to the greatest value."""
LOOSE = 0.05
"""The share of open ends from which on they matter; as the DCMA has it."""
MANY = 10
"""Uncertain pieces of work from which on independence makes a total look far too sure."""
NAMED = 3
"""Of projects without an end, for which the reason is said."""
RULE = "RSK-R08"
POINTS = (("leads", "leads"), ("hard-constraints", "hard constraints"))
"""Points of the DCMA that say whether a delay arrives where it would: a code, and what they count."""


def readiness(
    portfolio: Portfolio,
    found: Schedule,
    work: Sequence[Piece],
    drivers: Sequence[Shared],
    causes: Sequence[object],
    lags: Sequence[Waiting] = (),
    money: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """What stands between a portfolio and a simulation that can be believed, the worst first.

    Args:
        portfolio: the portfolio.
        found: its schedule.
        work: its open work.
        drivers: shared drivers.
        causes: what else makes the dates of samples differ: risks that delay, branches, calendars that lose days, estimated lags.
        lags: the lags that are estimated.
        money: what makes costs and values differ, and no date.
    """
    moving = [*(one for one in drivers if one.driver.affects == "duration" and one.tasks), *causes]
    out = [*_impossible(found), *_certain(work, moving, money), *_logic(portfolio, found), *_estimates(work, drivers, lags)]
    out += [*_stated_dates(portfolio, found), *_not_reproduced(portfolio, found)]
    return tuple(sorted(out, key=lambda one: one.severity.rank))


def grade(findings: Sequence[Finding]) -> Grade:
    """Errors refuse, warnings make it diagnostic."""
    kinds = {one.severity for one in findings}
    return "refused" if Severity.ERROR in kinds else "diagnostic" if Severity.WARNING in kinds else "ready"


def _finding(code: str, severity: Severity, message: str, hint: str, item: str = "") -> Finding:
    return Finding(code=f"ipmo/{code}", rule=RULE, item=item, severity=severity, message=message, hint=hint)


def _certain(work: Sequence[Piece], moving: Sequence[object], money: Sequence[str]) -> Iterator[Finding]:
    """That nothing is uncertain, or no date is."""
    if moving or any(piece.uncertain for piece in work):
        return
    if money:
        yield _finding(
            "dates-certain",
            Severity.WARNING if work else Severity.INFO,
            f"no open work has an uncertain estimate, and nothing else moves a date: every sample has the same dates, and only costs and values differ ({listed(money)})",
            "estimate work as {low, likely, high} where its dates matter",
        )
    else:
        yield _finding(
            "nothing-uncertain",
            Severity.ERROR,
            "no open work has an uncertain estimate, and there is no driver and no risk that can be counted: all samples are the same",
            "estimate work as {low, likely, high}, or record risks with probability and impacts",
        )


def _impossible(found: Schedule) -> Iterator[Finding]:
    """What leaves nothing to be sure of."""
    if found.cuts:
        said = ", ".join(f"{one[0]} to {one[1]}" for one in found.cuts[:3])
        yield _finding(
            "loop-cut",
            Severity.ERROR,
            f"links form loops; to simulate at all, {counted(len(found.cuts), 'link')} went: {said}",
            "break the loops",
        )
    unknown = sorted(found.network.ids[node] for node in found.passes.without_duration)
    if unknown:
        yield _finding(
            "no-duration",
            Severity.WARNING,
            f"{counted(len(unknown), 'piece')} of open work {agree(len(unknown), 'has', 'have')} no duration, and what follows is too early: {listed(unknown)}",
            "estimate it",
        )
    yield from _without_end(found)


def _without_end(found: Schedule) -> Iterator[Finding]:
    """Projects that do not end, or of which nothing says when: work of them waits for what does not come."""
    doubts = found.commitments.doubts
    held = [name for name in found.network.projects if doubts and doubts.blocked(name)]
    if held:
        yield _finding(
            "end-not-known",
            Severity.WARNING,
            f"when {listed(held)} {agree(len(held), 'ends', 'end')} is not known, and no sample says it: {'; '.join(map(doubts.held, held[:NAMED]))}",
            "let go on what it waits for, take the link away, or hand over from elsewhere",
            held[0],
        )


def _logic(portfolio: Portfolio, found: Schedule) -> Iterator[Finding]:
    """What hides risk from the network: open ends, and what the points of the DCMA count."""
    dangling, *hiding = where_delays_end(portfolio)
    last: dict[str, tuple[str, str]] = {}
    loose = [one.id for one in dangling if one.finish]
    for name in loose:  # a project ends somewhere: its last open end is none
        project, when = portfolio.project_of(name), str(found.dates(name)[1] or "")
        last[project] = max(last.get(project, ("", "")), (when, name))
    ends = [name for name in loose if last[portfolio.project_of(name)][1] != name]
    if ends:
        yield _finding(
            "open-ends",
            Severity.WARNING if len(ends) > LOOSE * max(len(found.passes.nodes), 1) else Severity.INFO,
            f"nothing waits for {counted(len(ends), 'piece')} of open work ({listed(ends)}): its delays arrive nowhere",
            "link it to what needs it",
        )
    for point, (code, words) in zip(hiding, POINTS, strict=True):
        if point.numerator:
            named = listed(point.numerator)
            yield _finding(
                code,
                Severity.WARNING if point.passed is False else Severity.INFO,
                f"{words}: {len(point.numerator)} of {len(point.denominator)} ({named}): delays do not arrive where they would",
                "link the work, and let the logic say its dates",
            )


def _stated_dates(portfolio: Portfolio, found: Schedule) -> Iterator[Finding]:
    """Open work whose dates are stated and not computed: whatever comes late before it, no sample moves them."""
    net = found.network
    held = []
    for node, name in enumerate(net.ids):
        tied = getattr(portfolio.items.get(name), "constraints", None)
        if tied is None or net.state[node] not in LIVE:
            continue
        if node in net.expected or tied.by_hand_start is not None or tied.by_hand_finish is not None:
            held.append(name)
    if held:
        yield _finding(
            "dates-stated",
            Severity.WARNING,
            f"the dates of {counted(len(held), 'piece')} of open work are stated, by hand or as an expected finish, and no delay moves them: {listed(held)}; what follows looks surer than it is",
            "let the logic say its dates, and state a deadline where a day matters",
            held[0],
        )


def _not_reproduced(portfolio: Portfolio, found: Schedule) -> Iterator[Finding]:
    """That a file stores other dates of its work than this schedule has: samples are of another plan than the one that people know."""
    if not portfolio.source.stored:
        return
    held = reproduced(portfolio, found)
    other = [one.item for one in held.differences if set(one.columns) & {*EARLY, *SHOWN}]
    if other:
        yield _finding(
            "dates-not-reproduced",
            Severity.WARNING if len(other) > LOOSE * held.compared else Severity.INFO,
            f"{len(other)} of {counted(held.compared, 'piece')} of open work {agree(len(other), 'has', 'have')} other dates here than the file stores ({listed(other)}): samples are of another plan",
            "ipmo check lists each with its cause",
        )


def _estimates(work: Sequence[Piece], drivers: Sequence[Shared], lags: Sequence[Waiting]) -> Iterator[Finding]:
    """Estimates too narrow to be true, work without any range, and causes that are taken as independent."""
    uncertain = [piece for piece in work if piece.uncertain]
    floored = [piece.full_id for piece in uncertain if isinstance(piece.estimate, Referenced) and _floored(piece.estimate)]
    if floored:
        yield _finding(
            "early-side-not-known",
            Severity.INFO,
            f"the reference class of {counted(len(floored), 'estimate')} ({listed(floored)}) says nothing below its least certainty: all those samples lie on one value, so that means and early percentiles are too late",
            "read P50 and later percentiles, or estimate as {low, likely, high}",
        )
    narrow = [piece.full_id for piece in uncertain if _narrow(piece.estimate, piece.corners)]
    narrow += [lag.name for lag in lags if _narrow(lag.estimate)]
    if narrow:
        yield _finding(
            "estimates-too-narrow",
            Severity.WARNING,
            f"{counted(len(narrow), 'estimate')} {agree(len(narrow), 'is')} too narrow to be true: {listed(narrow)}",
            "state bounds that one in ten passes, and write them as p10 and p90",
        )
    if uncertain and 2 * len(uncertain) < len(work):
        yield _finding(
            "few-estimates",
            Severity.WARNING,
            f"only {len(uncertain)} of {counted(len(work), 'piece')} of open work {agree(len(uncertain), 'has', 'have')} a range; the rest counts as certain",
            "estimate the rest as {low, likely, high}",
        )
    shared = {name for one in drivers for name in one.tasks}
    alone = [piece for piece in uncertain if piece.full_id not in shared]
    if len(alone) >= MANY:
        yield _finding(
            "independence-assumed",
            Severity.WARNING,
            f"{counted(len(alone), 'uncertain piece')} of work {agree(len(alone), 'shares', 'share')} no cause: taken as independent, they even out",
            "record what they share under drivers:",
        )


def _floored(estimate: Referenced) -> bool:
    """Whether a tenth of the samples, and the half, lie on the same least value."""
    return estimate.quantile(0.1) == estimate.quantile(0.5)


def _narrow(estimate: Estimate, corners: tuple[float, float, float, float] | None = None) -> bool:
    central = estimate.central()
    return central is not None and deviation(estimate, corners=corners) < NARROW * abs(number(central))
