"""A link across a border is a contract: who gives, who receives, by when each counts on it, and what is amiss with it.

Source: GAO, Schedule Assessment Guide, extended to portfolios: hand-overs between schedules are matched pairs with one
agreed date (SCH-R15).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import attrs

from ipmo.analysis.dates.schedule import Schedule, as_day, day_text
from ipmo.errors import listed
from ipmo.findings import Finding, Severity
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import EXTERNAL
from ipmo.model.work import Link, Project
from ipmo.units import minutes, moment

__all__ = ["Contract", "contract", "contract_facts", "contracts", "link_name"]

STALE = 60
"""Days after which what is known of something outside the portfolio is old."""
SOURCE = "GAO Schedule Assessment Guide (2015), best practice 5, and ipmo domain reference SCH-R15"


def link_name(link: Link) -> str:
    """Its id, or `source -> target`."""
    return link.id or f"{link.source} -> {link.target}"


@attrs.frozen(kw_only=True)
class Contract:
    """The terms of one hand-over. Differences are in elapsed days, positive where there is room.

    Args:
        id: of the link, or `source -> target`.
        source, target: full ids of what is handed over and of what waits for it.
        giver, receiver: their projects; the name of what lies outside with `external:`.
        giver_owner, receiver_owner: who answers for each side.
        status: of the contract, None when none is stated.
        expected: when the schedule hands over; the date known of something outside.
        promised: when the giver promises it.
        needed: when the receiver needs it.
        used: when the schedule of the receiver uses it.
        giver_room: promised less expected: what the giver holds back; negative when it cannot keep its word.
        between: needed less promised: time that nobody owns; negative when it is promised too late.
        receiver_room: used less needed: what the receiver holds back.
        age: days since something outside was last asked about, at the status date; None where it is inside or never dated.
        amiss: what is wrong with it, worst first, in words; empty when nothing is.
    """

    id: str
    source: str
    target: str
    giver: str
    receiver: str
    giver_owner: str | None = None
    receiver_owner: str | None = None
    status: str | None = None
    expected: datetime | None = None
    promised: datetime | None = None
    needed: datetime | None = None
    used: datetime | None = None
    giver_room: float | None = None
    between: float | None = None
    receiver_room: float | None = None
    age: int | None = None
    amiss: tuple[str, ...] = ()

    @property
    def broken(self) -> bool:
        """The dates contradict one another."""
        return any(room is not None and room < 0 for room in (self.giver_room, self.between)) or (
            self.promised is None and self.expected is not None and self.needed is not None and self.expected > self.needed
        )


def _instant(when: Any) -> datetime | None:
    return None if when is None else moment(minutes(when, end=True))


def _room(later: datetime | None, earlier: datetime | None) -> float | None:
    return None if later is None or earlier is None else (later - earlier).total_seconds() / 86400


def _days(room: float) -> str:
    text = f"{abs(room):,.1f}".removesuffix(".0")
    return f"{text} day{'' if text == '1' else 's'}"


def contract(portfolio: Portfolio, s: Schedule, link: Link) -> Contract:
    """The contract of one link.

    Args:
        portfolio: the portfolio.
        s: its schedule.
        link: one of its links.
    """
    ends = [portfolio.resolve(end) or end for end in (link.source, link.target)]
    sides = [end if end.startswith(EXTERNAL) else portfolio.project_of(end) for end in ends]
    outside = [end.startswith(EXTERNAL) for end in ends]
    dates = [(None, None) if out else s.dates(end.partition("@")[0]) for end, out in zip(ends, outside, strict=True)]
    expected = _instant(link.date) if outside[0] else dates[0][1] if link.type[0] == "F" else dates[0][0]
    used = _instant(link.date) if outside[1] else dates[1][1] if link.type[1] == "F" else dates[1][0]
    promised, needed = _instant(link.promised), _instant(link.needed)
    age = None
    if any(outside) and portfolio.status_date is not None and link.as_of is not None:
        age = (as_day(portfolio.status_date) - as_day(link.as_of)).days
    rooms = {
        "giver_room": _room(promised, expected),
        "between": _room(needed, promised),
        "receiver_room": _room(used, needed),
    }
    return Contract(
        id=link_name(link),
        source=ends[0],
        target=ends[1],
        giver=sides[0],
        receiver=sides[1],
        giver_owner=link.giver_owner,
        receiver_owner=link.receiver_owner,
        status=link.status,
        expected=expected,
        promised=promised,
        needed=needed,
        used=used,
        age=age,
        amiss=tuple(_amiss(s, link, ends[0], expected, promised, needed, any(outside), age)),
        **rooms,
    )


def _amiss(
    s: Schedule,
    link: Link,
    source: str,
    expected: datetime | None,
    promised: datetime | None,
    needed: datetime | None,
    outside: bool,
    age: int | None,
) -> Iterator[str]:
    """What is wrong, worst first."""
    if promised is not None and needed is not None and promised > needed:
        yield f"promised {_days(_room(promised, needed) or 0)} after it is needed"
    if expected is not None and promised is not None and expected > promised:
        yield f"expected {_days(_room(expected, promised) or 0)} after it is promised"
    if expected is not None and needed is not None and expected > needed and (promised is None or promised <= needed):
        yield f"expected {_days(_room(expected, needed) or 0)} after it is needed"
    if (
        link.status == "delivered"
        and not outside
        and source in s.nodes
        and s[source].early_finish is not None
        and s[source].total_float is not None
    ):
        yield "said to be delivered, but its source is open"
    if link.status == "disputed":
        yield "disputed"
    elif link.status in (None, "proposed"):
        yield "not agreed"
    if promised is None and not outside:
        yield "no promised date"
    if needed is None:
        yield "no needed date"
    if link.giver_owner is None:
        yield "nobody owns the giving"
    if link.receiver_owner is None:
        yield "nobody owns the receiving"
    if outside and link.date is None:
        yield "no date for what lies outside"
    elif outside and age is None:
        yield "nobody says how old its date is"
    elif outside and age is not None and age > STALE:
        yield f"its date is {age} days old"


def contracts(portfolio: Portfolio, s: Schedule) -> Iterator[Contract]:
    """The contracts of all links that move dates and cross a project's border, in file order; those between whole projects left out."""
    projects = {project.id for project in portfolio.projects}
    for link in portfolio.links:
        if link.kind != "schedule" or link.status == "cancelled" or link.source in projects or link.target in projects:
            continue
        ends = [
            end if end.startswith(EXTERNAL) else portfolio.project_of(portfolio.resolve(end) or end) for end in (link.source, link.target)
        ]
        if ends[0] != ends[1]:
            yield contract(portfolio, s, link)


def contract_facts(portfolio: Portfolio, s: Schedule) -> Iterator[Finding]:
    """SCH-R15: hand-overs are matched pairs; who holds which room, and what is amiss.

    Dates that contradict one another are a finding each; what is missing is counted.
    """
    missing: dict[str, list[str]] = {}
    for one in contracts(portfolio, s):
        if _over(portfolio, one):
            continue
        if one.broken:
            dates = [("expected", one.expected), ("promised", one.promised), ("needed", one.needed)]
            said = ", ".join(f"{word} {day_text(when, finish=True)}" for word, when in dates if when is not None)
            yield Finding(
                code="ipmo/hand-over",
                item=one.id if one.id in portfolio.items else one.target,
                message=f"{one.source!r} hands over to {one.target!r}: {one.amiss[0]} ({said}){_whose(one)}",
                hint="agree on one date, and write it as needed: and promised: on the link",
                rule="SCH-R15",
            )
        for word in one.amiss:
            if not any(c.isdigit() for c in word):
                missing.setdefault(word, []).append(one.id)
    for word, names in missing.items():
        yield Finding(
            code="ipmo/contract",
            message=f"{len(names)} hand-over{'' if len(names) == 1 else 's'} across projects: {word}: {listed(names)}",
            hint="write giver_owner:, receiver_owner:, needed:, promised: and status: on the links that matter most",
            rule="SCH-R15",
            severity=Severity.INFO,
        )


def _over(portfolio: Portfolio, one: Contract) -> bool:
    """Both sides are done, or the receiver is."""
    noun = portfolio.items.get(one.target.partition("@")[0])
    return bool(getattr(noun, "finished", False)) or (isinstance(noun, Project) and noun.state in ("closed", "cancelled"))


def _whose(one: Contract) -> str:
    rooms = [(one.giver_room, one.giver_owner or one.giver), (one.receiver_room, one.receiver_owner or one.receiver)]
    held = [f"{owner} holds {_days(room)}" for room, owner in rooms if room is not None and room > 0]
    return f"; {', '.join(held)}" if held else ""
