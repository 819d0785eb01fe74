"""A link across a boundary is an interface agreement: who gives, who receives, by when each counts on it, and its issues.

Source: GAO, Schedule Assessment Guide, extended to portfolios: hand-overs between schedules are matched pairs with one
agreed date (SCH-R15).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import attrs

from ipmo.analysis.dates.by_day import gives_at_finish, last_instant
from ipmo.analysis.dates.schedule import Schedule
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Link, Project
from ipmo.network.links import outside_date
from ipmo.network.states import State
from ipmo.units import When, as_day, minutes, moment, said_day
from ipmo.words import agree, counted

__all__ = ["SOURCE", "InterfaceAgreement", "agreement", "agreements", "days_text", "link_name", "side_of"]

STALE = 60
"""Days after which what is known of something outside the portfolio is old."""
SOURCE = "GAO Schedule Assessment Guide (2015), best practice 5, and ipmo domain reference SCH-R15"


def link_name(link: Link) -> str:
    """Its id, or `source -> target`."""
    return link.id or f"{link.source} -> {link.target}"


@attrs.frozen(kw_only=True)
class InterfaceAgreement:
    """The terms of one hand-over. Margins are in elapsed days, positive where there is time to spare.

    Args:
        id: of the link, or `source -> target`.
        source, target: full ids of what is handed over and of what waits for it.
        giver, receiver: their projects; the name of what lies outside with `external:`.
        giver_owner, receiver_owner: who answers for each side.
        status: as stated, None when none is.
        expected: when the schedule hands over; the date known of something outside. None where it was delivered before that, and where only
            a lower bound is known that breaks no date; one that breaks a date is kept, and it comes then or later.
        committed: when the giver commits to it.
        needed: when the receiver needs it.
        used: when the schedule of the receiver uses it.
        age: days since something outside was last asked about, at the status date; None where it is inside or never dated.
        open: what is handed over, the finish or the start of the source, is still to come by the schedule.
        begins: it hands over by starting, so that midnight belongs to the day that begins.
        dead: why it never comes: its giver was stopped; empty while it may.
        from_morning: what is expected begins its day, so that it is late for what was said for the day before.
        doubt: why it is not known when it is handed over, where only a lower bound is; empty where it is known.
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
    committed: datetime | None = None
    needed: datetime | None = None
    used: datetime | None = None
    age: int | None = None
    open: bool = False
    begins: bool = False
    dead: str = ""
    from_morning: bool = False
    doubt: str = ""

    @property
    def giver_margin(self) -> float | None:
        """Promised less expected: what the giver holds back; negative when it cannot keep its word."""
        margin = _margin(self.committed, self.expected)
        return margin if margin is None or not self.from_morning or self.committed is None or _time_of(self.committed) else margin - 1

    def late_for(self, when: datetime | None) -> bool:
        """Whether it is expected later than a date that was stated for it, where both are known."""
        if self.expected is None or when is None:
            return False
        return self.expected > when or (self.expected == when and self.from_morning)

    @property
    def between(self) -> float | None:
        """Needed less committed: time that nobody owns; negative when it is committed too late."""
        return _margin(self.needed, self.committed)

    @property
    def receiver_margin(self) -> float | None:
        """Used less needed: what the receiver holds back."""
        return _margin(self.used, self.needed)

    @property
    def external(self) -> bool:
        """One side lies outside the portfolio."""
        return reference(self.giver).external or reference(self.receiver).external

    @property
    def broken(self) -> bool:
        """The dates contradict one another."""
        return any(margin is not None and margin < 0 for margin in (self.giver_margin, self.between)) or (
            self.committed is None and self.late_for(self.needed)
        )

    @property
    def issues(self) -> tuple[str, ...]:
        """What is wrong with it, worst first, in words; empty when nothing is. Of what never comes no date is asked for."""
        return (f"never comes: {self.dead}",) if self.dead else (*self._late(), *self._open_points())

    def _late(self) -> Iterator[str]:
        """Dates that contradict one another."""
        expected, committed, needed = self.expected, self.committed, self.needed
        if committed is not None and needed is not None and committed > needed:
            yield f"committed {_after(committed, needed)} it is needed"
        if expected is not None and committed is not None and self.late_for(committed):
            yield f"expected {self._after(expected, committed)} it is committed"
        if expected is not None and needed is not None and self.late_for(needed) and (committed is None or committed <= needed):
            yield f"expected {self._after(expected, needed)} it is needed"

    def _after(self, expected: datetime, stated: datetime) -> str:
        return ("at least " if self.doubt else "") + _after(expected, stated, self.begins, from_morning=self.from_morning)

    def _open_points(self) -> Iterator[str]:
        """What is not agreed, not said, not known, or not owned."""
        if self.doubt:
            yield f"when it comes is not known: {self.doubt}"
        if self.status == "delivered" and not self.external and self.open:
            yield "said to be delivered, but its source is open"
        if self.status == "disputed":
            yield "disputed"
        elif self.status in (None, "proposed"):
            yield "not agreed"
        if self.committed is None and not self.external:
            yield "no committed date"
        if self.needed is None:
            yield "no needed date"
        if self.giver_owner is None:
            yield "nobody owns the giving"
        if self.receiver_owner is None:
            yield "nobody owns the receiving"
        if self.external:
            yield from self._outside()

    def _outside(self) -> Iterator[str]:
        known = self.expected if reference(self.giver).external else self.used
        if known is None and self.status == "delivered":
            return
        if known is None:
            yield "no date for what lies outside"
        elif self.age is None:
            yield "nobody says how old its date is"
        elif self.age > STALE:
            yield f"its date is {counted(self.age, 'day')} old"


def side_of(portfolio: Portfolio, full_id: str) -> str:
    """The project that one end of a link belongs to; `external:NAME` for what lies outside."""
    return full_id if reference(full_id).external else portfolio.project_of(full_id)


def _instant(when: When | None, at_finish: bool) -> datetime | None:
    return None if when is None else moment(minutes(when, end=at_finish))


def _by(when: When | None, at_finish: bool) -> datetime | None:
    return None if when is None else moment(last_instant(when, at_finish=at_finish))


def _margin(later: datetime | None, earlier: datetime | None) -> float | None:
    return None if later is None or earlier is None else (later - earlier).total_seconds() / 86400


def _time_of(when: datetime) -> bool:
    """It is an instant within a day."""
    return bool(when.hour or when.minute)


def _after(later: datetime, earlier: datetime, begins: bool = False, *, from_morning: bool = False) -> str:
    one, other = said_day(later, finish=not (begins or from_morning)), said_day(earlier, finish=not begins)
    said = (one - other).days if one is not None and other is not None else 0
    return f"{days_text(said or _margin(later, earlier) or 0)} after"  # by the days that are said, a part of one day as such


def days_text(days: float) -> str:
    """A number of days in words, without its sign."""
    text = f"{abs(days):,.1f}".removesuffix(".0")
    return f"{text} {agree(text == '1', 'day')}"


def agreement(
    portfolio: Portfolio, s: Schedule, link: Link, dates: tuple[datetime | None, datetime | None] | None = None
) -> InterfaceAgreement:
    """The agreement behind one link.

    Args:
        portfolio: the portfolio.
        s: its schedule.
        link: one of its links.
        dates: when the schedule hands over and when it uses what is handed over; looked up when left out.
    """
    source, target = (portfolio.resolve(end) or end for end in (link.source, link.target))
    giver, receiver = (side_of(portfolio, end) for end in (source, target))
    at_finish = gives_at_finish(portfolio, link)
    ends = (source, at_finish), (target, link.type[1] == "F")
    expected, used = dates or (
        _instant(link.date, finish) if reference(end).external else s.dates(reference(end).item)[finish] for end, finish in ends
    )
    doubt, doubted = ("" if not finish or reference(end).external else s.doubt(end) for end, finish in ends)
    if doubted:
        used = None
    age = None
    if (reference(source).external or reference(target).external) and portfolio.status_date is not None and link.as_of is not None:
        age = (as_day(portfolio.status_date) - as_day(link.as_of)).days
    waits = _open(s, source, at_finish)
    stale = waits or (reference(source).external and outside_date(link, portfolio.data_date) is None)
    if link.status == "delivered" and stale:
        expected = None  # it was handed over: a date still to come no longer says when
    committed, needed = _by(link.promised, at_finish), _by(link.needed, at_finish)
    asked = at_finish and expected is not None and not reference(source).external
    asked = asked and any(when is not None and expected is not None and expected >= when for when in (committed, needed))
    doubt = doubt if expected is not None else ""
    found = InterfaceAgreement(
        id=link_name(link),
        source=source,
        target=target,
        giver=giver,
        receiver=receiver,
        giver_owner=link.giver_owner,
        receiver_owner=link.receiver_owner,
        status=link.status,
        expected=expected,
        committed=committed,
        needed=needed,
        used=used,
        age=age,
        open=waits,
        begins=not at_finish,
        dead=_dead(portfolio, s, link, source),
        from_morning=asked and expected is not None and s.begins_day(source, minutes(expected)),
        doubt=doubt,
    )
    late = found.late_for(committed) or found.late_for(needed)
    return found if late or not doubt else attrs.evolve(found, expected=None)


def _open(s: Schedule, source: str, at_finish: bool) -> bool:
    """Whether what is handed over at an end of an item is still to come: the item is not done, or has not begun."""
    named = (s.passes.named.get(end) for end in (source, f"{reference(source).item}@{'finish' if at_finish else 'start'}"))
    node = next((one for one in named if one is not None), None)
    if node is None or s.network.state[node] in (State.FINISHED, State.GONE):
        return False
    return at_finish or node not in s.network.starts


def _dead(portfolio: Portfolio, s: Schedule, link: Link, source: str) -> str:
    """Why a hand-over never comes: its giver was stopped before; empty while it may come, or where it was made."""
    project = portfolio.items.get(reference(source).top)
    if link.status == "delivered" or not isinstance(project, Project) or not project.stopped:
        return ""
    for end in (source, f"{reference(source).item}@{'finish' if link.type[0] == 'F' else 'start'}"):
        node = s.passes.named.get(end)
        if node is not None and (s.network.state[node] != State.GONE or (link.type[0] == "S" and node in s.network.starts)):
            return ""
    return f"project {project.id!r} {'is cancelled' if project.state == 'cancelled' else 'was stopped at a gate'}"


def agreements(portfolio: Portfolio, s: Schedule) -> Iterator[InterfaceAgreement]:
    """The agreements of all links that move dates and cross a project's boundary, in file order; not those between whole projects."""
    projects = {project.id for project in portfolio.projects}
    for link in portfolio.links:
        if link.kind != "schedule" or link.status == "cancelled" or link.source in projects or link.target in projects:
            continue
        giver, receiver = (side_of(portfolio, portfolio.resolve(end) or end) for end in (link.source, link.target))
        if giver != receiver:
            yield agreement(portfolio, s, link)
