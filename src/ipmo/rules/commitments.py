"""Whether commitments are kept: what will be missed because of what, and apart from that what is overdue and has no forecast."""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import datetime

from ipmo.analysis.dates.commitments import Commitment
from ipmo.analysis.dependencies.handovers import link_name
from ipmo.findings import Finding
from ipmo.methods.contract import CheckContext
from ipmo.model.benefits import Benefit
from ipmo.model.later import size_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Project
from ipmo.rules.themes import Theme, fact
from ipmo.units import DAY, minutes

__all__ = ["COMMITMENT_CHECKS"]


def _find(context: CheckContext) -> Iterator[Finding]:
    """Deadlines, hand-overs, need-by dates of gates, stated finishes and latest starts of benefits that are broken."""
    portfolio, s = context.portfolio, context.schedule
    across, dead = _across(portfolio), {link_name(portfolio.links[number]) for number, *_ in s.network.unmet if number >= 0}
    for one in s.commitments.broken:
        if _said_elsewhere(portfolio, one, across, dead):
            continue
        item = one.name.removesuffix("@finish")
        expected = one.expected_text
        if one.kind in ("deadline", "gate") and one.expected is not None:
            expected = s.finish_text(one.item) or expected  # a milestone at the beginning of a day says that day
        whose = f"project {item!r} should finish by" if one.kind == "project" else f"{item!r} is {_word(one)}"
        if one.standing == "overdue":
            why = "" if one.because == one.item else f": {one.reason}"
            whose = whose.replace(" is ", " was ", 1).replace("should finish", "should have finished", 1)
            message = f"{whose} {one.stated_text} and has no forecast but the status date{why}"
            yield fact("commitment-overdue", _item(portfolio, one, item), message, "say when it will come, or that it is done")
        elif one.expected is None:
            yield fact("commitment-missed", _item(portfolio, one, item), f"{whose} {one.stated_text}: {one.reason}")
        else:
            forecast = f"the schedule says {expected}" if one.forecast.startswith("expected") else one.forecast
            message = f"{whose} {one.stated_text}, {forecast}: {one.late} late, {one.reason}"
            yield fact("commitment-missed", _item(portfolio, one, item), message, _meant(portfolio, one))


def _meant(portfolio: Portfolio, one: Commitment) -> str:
    """What to do about a midnight that Python code stated, where the end of the day that begins there would be kept: rows of frames say days so."""
    when = one.date
    if portfolio.source.path or one.begins or one.expected is None or not isinstance(when, datetime) or minutes(when) % DAY:
        return ""
    noun = portfolio.items.get(one.item)
    stated = [getattr(noun, name, None) for name in ("deadline", "finish", "need_by")]
    if when not in stated or minutes(one.expected) > minutes(when.date(), end=True):
        return ""
    return f"{when:%Y-%m-%d %H:%M} is the instant with which that day begins: give a day, `.date()`, if its end is meant"


def _word(one: Commitment) -> str:
    return {"gate": "needed by", "deadline": "due"}.get(one.kind, one.word)


def _item(portfolio: Portfolio, one: Commitment, item: str) -> str:
    """What the finding is about: of a hand-over its link where it has an id, else its giver."""
    return item if item in portfolio.items else reference(one.item).item


def _said_elsewhere(portfolio: Portfolio, one: Commitment, across: Set[str], dead: Set[str]) -> bool:
    """Constraints, hand-overs across projects, those whose giver was stopped, planned starts and projects that nobody closed have checks of their own."""
    if one.kind == "hand-over":
        return one.standing == "missed" and one.name in (across if one.expected is not None else dead)
    noun = portfolio.items.get(one.item)
    if isinstance(noun, Benefit):
        return noun.need_by is None or (one.expected is not None and minutes(one.expected) <= minutes(noun.need_by, end=True))
    if isinstance(noun, Project) and one.standing == "overdue" and not size_of(noun, "tasks"):
        return noun.counted_as == "active" and noun.actual_finish is None
    return one.kind == "constraint"


def _across(portfolio: Portfolio) -> frozenset[str]:
    """The hand-overs from one project to another, and to and from outside, by name; not those of whole projects, of which no other check speaks."""
    out = set()
    for link in portfolio.links:
        if link.promised is not None or link.needed is not None:
            ends = [reference(portfolio.resolve(end) or end) for end in (link.source, link.target)]
            if any(isinstance(portfolio.items.get(end), Project) for end in (link.source, link.target)):
                continue
            if any(end.external for end in ends) or ends[0].top != ends[1].top:
                out.add(link_name(link))
    return frozenset(out)


_COMMITMENTS = Theme(_find, "ipmo, critical path over all projects; GAO Schedule Assessment Guide (2015)")

COMMITMENT_CHECKS = (
    _COMMITMENTS.check("commitment-missed", "Commitments are kept by the forecast", "Commitments that the forecast does not keep"),
    _COMMITMENTS.check(
        "commitment-overdue",
        "What is past its day is done or has a forecast",
        "Commitments that are overdue and have no forecast but the status date",
    ),
)
