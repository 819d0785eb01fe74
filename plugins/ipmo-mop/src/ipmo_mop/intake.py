"""Demand intake: ideas on their way to a proposal, how long they wait, which wait too long, and how many become one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

import attrs

from ipmo.model import Portfolio
from ipmo.plugin import (
    CheckContext,
    Column,
    Finding,
    Severity,
    Shown,
    ShownAnswer,
    Table,
    UnitError,
    UnknownItemError,
    agree,
    close_matches,
    counted,
)
from ipmo_mop.catalogue import fields_of
from ipmo_mop.fields import Idea
from ipmo_mop.pipeline import elapsed_days
from ipmo_mop.wording import day_of, finding

__all__ = ["Demand", "IdeaRow", "intake", "intake_in_time"]


@attrs.frozen(kw_only=True)
class IdeaRow(Shown):
    """An idea and how long it has waited.

    Args:
        id: of the idea.
        name: its title.
        state: waiting, or what was decided.
        raised: the day on which it came in.
        days: from that day to its decision, to the day that is looked at where it waits; None where nothing says since when.
        late: it waits, or waited, longer than agreed; None where that cannot be said.
        became: the project that it became.
    """

    id: str
    name: str
    state: str
    raised: date | None
    days: int | None
    late: bool | None
    became: str = ""


class Demand(ShownAnswer):
    """The answer of `intake`: the ideas, those that wait longest first.

    Args:
        rows: the ideas.
        as_of: the day that is looked at.
        limit: how many days an idea may wait; None where nothing is agreed.
    """

    def __init__(self, rows: tuple[IdeaRow, ...], as_of: date, limit: float | None) -> None:
        self.rows, self.as_of, self.limit = rows, as_of, limit

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[IdeaRow]:
        return iter(self.rows)

    def __getitem__(self, idea: str) -> IdeaRow:
        for row in self.rows:
            if row.id == idea:
                return row
        raise UnknownItemError(idea, close_matches(idea, [row.id for row in self.rows]), "the ideas")

    @property
    def waiting(self) -> tuple[IdeaRow, ...]:
        """Ideas that nothing was decided on, the longest first."""
        return tuple(row for row in self.rows if row.state == "waiting")

    @property
    def over(self) -> tuple[IdeaRow, ...]:
        """Ideas that wait longer than agreed."""
        return tuple(row for row in self.waiting if row.late)

    @property
    def conversion(self) -> float | None:
        """Ideas that became a proposal by those that were decided on; None where none was. What still waits is in neither."""
        decided = [row for row in self.rows if row.state != "waiting"]
        return sum(row.state == "proposal" for row in decided) / len(decided) if decided else None

    def wait(self, share: float = 0.5) -> int | None:
        """Days within which that share of ideas is decided on; None where so many have not been yet.

        Ideas that still wait count with the time that they have waited (product-limit estimate: Kaplan and Meier, 1958), so that leaving the
        hard ones undecided makes it no better.

        Args:
            share: above 0, and at most 1.

        Raises:
            UnitError: it is no such share.
        """
        if not 0 < share <= 1:
            raise UnitError(f"share is {share:g}; write a number above 0, and at most 1")
        known = [(row.days, row.state != "waiting") for row in self.rows if row.days is not None]
        left = Fraction(1)
        for day in sorted({days for days, decided in known if decided}):
            at_risk = sum(days >= day for days, _ in known)
            left *= 1 - Fraction(sum(days == day and decided for days, decided in known), at_risk)
            if 1 - left >= Fraction(str(share)):
                return day
        return None

    def explain(self, idea: str) -> str:
        """One idea in a sentence.

        Raises:
            UnknownItemError: there is no such idea.
        """
        row = self[idea]
        since = "nobody says since when" if row.raised is None else f"raised {row.raised}"
        days = "" if row.days is None else f", {counted(row.days, 'day')} {'so far' if row.state == 'waiting' else 'to its decision'}"
        limit = f"; {self.limit:g} days are agreed" if row.late and self.limit is not None else ""
        return f"{row.id}: {row.state}{f' {row.became}' if row.became else ''}, {since}{days}{limit}"

    def table(self) -> Table:
        """One row an idea: idea, name, state, raised, days, late, became."""
        return Table(
            [
                Column("idea", "str", [row.id for row in self.rows]),
                Column("name", "str", [row.name for row in self.rows]),
                Column("state", "str", [row.state for row in self.rows]),
                Column("raised", "date", [row.raised for row in self.rows]),
                Column("days", "int", [row.days for row in self.rows], "days"),
                Column("late", "bool", [row.late for row in self.rows]),
                Column("became", "str", [row.became or None for row in self.rows]),
            ]
        )

    @property
    def text(self) -> str:
        """All of it in a few sentences."""
        wait, conversion = self.wait(), self.conversion
        said = [
            f"{counted(len(self.waiting), 'idea')} {agree(len(self.waiting), 'waits', 'wait')}, {len(self.over)} longer than agreed"
            if self.limit is not None
            else f"{counted(len(self.waiting), 'idea')} {agree(len(self.waiting), 'waits', 'wait')}"
        ]
        if conversion is not None:
            decided = len(self.rows) - len(self.waiting)
            said.append(f"{conversion:.0%} of {counted(decided, 'decided idea')} became a proposal")
        said.append("less than half are decided yet" if wait is None else f"half are decided within {counted(wait, 'day')}")
        return "; ".join(said)

    def __repr__(self) -> str:
        return f"<Demand as of {self.as_of}: {self.text}>"


def intake(portfolio: Portfolio, *, as_of: date | None = None) -> Demand:
    """The ideas of a portfolio on a day: how long each waits, which wait too long, and how many become a proposal.

    Ideas stand under `extensions: {mop: {ideas: [...]}}`; what was raised after the day is left out, what was decided after it still waits.

    Args:
        portfolio: the portfolio.
        as_of: the day; the status date when left out.

    Raises:
        UnitError: no day is given and the portfolio has no status date.
    """
    when = as_of if as_of is not None else portfolio.status_date
    if when is None:
        raise UnitError(f"portfolio {portfolio.id!r} has no status date; pass as_of=")
    today, stated = day_of(when), fields_of(portfolio)
    limit = None if stated.idea_limit is None else elapsed_days(stated.idea_limit)
    rows = [_row(one, today, limit) for one in stated.ideas if one.raised is None or one.raised <= today]
    rows.sort(key=lambda row: (row.state != "waiting", -(row.days if row.days is not None else -1), row.id))
    return Demand(tuple(rows), today, limit)


def _row(one: Idea, today: date, limit: float | None) -> IdeaRow:
    decided = one.decided is not None and one.decided <= today
    end = one.decided if decided and one.decided is not None else today
    days = None if one.raised is None else (end - one.raised).days
    late = None if limit is None or days is None else days > limit
    return IdeaRow(
        id=one.id,
        name=one.name,
        state=one.outcome if decided else "waiting",
        raised=one.raised,
        days=days,
        late=late,
        became=one.became if decided else "",
    )


def intake_in_time(context: CheckContext) -> Iterable[Finding]:
    """Ideas are decided within the time agreed, and one that became a proposal names its project."""
    pf = context.portfolio
    stated = fields_of(pf)
    if not stated.ideas or pf.status_date is None:
        return
    found, projects = intake(pf), {project.id for project in pf.projects}
    for row in found.waiting:
        if row.late:
            message = f"idea {row.id!r} has waited for {counted(row.days or 0, 'day')}; {stated.idea_limit} at most are agreed"
            yield finding("intake", "", message, "make it a proposal, or turn it down and say why", part=row.id)
        elif row.days is None:
            yield finding("intake", "", f"nobody says when idea {row.id!r} was raised", "write raised:", Severity.INFO, part=row.id)
    for row in found:
        if row.state == "proposal" and row.became not in projects:
            what = f"the unknown project {row.became!r}" if row.became else "no project"
            yield finding("intake", "", f"idea {row.id!r} became a proposal, and names {what}", "write became:", part=row.id)
