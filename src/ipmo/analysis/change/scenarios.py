"""Several what-ifs side by side: one row a scenario, the plan as it is first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

import attrs

from ipmo.analysis.benefits.realisation import benefits
from ipmo.analysis.change.applying import applied
from ipmo.analysis.dates.doubts import end_not_known
from ipmo.analysis.dates.schedule import OnCycle, Schedule, schedule
from ipmo.analysis.money.rollup import roll_up
from ipmo.errors import IpmoError, OptionError
from ipmo.model.changes import Change, as_changes
from ipmo.model.portfolio import Portfolio
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.units import Money, said_day
from ipmo.words import agree, counted

__all__ = ["AS_PLANNED", "Scenario", "Scenarios", "scenarios"]

AS_PLANNED = "as planned"
"""The name of the plan as it is."""
DAY = 86_400
NAMED = 3
"""Commitments that a sentence names."""


@attrs.frozen(kw_only=True)
class Scenario(Shown):
    """What would be so in one scenario.

    Args:
        id: its name.
        changes: what is changed, a sentence each; none for the plan as it is.
        finish: when the last work ends; None where nothing has dates, and where that is not known.
        doubt: why it is not known when the last work ends: some has no date or no duration; empty where it is known.
        at_least: when the last work that has a date ends, where `doubt` says why that is not the end.
        last_day: the day that people say of `finish` or `at_least`.
        days: elapsed days later than planned; None where either is not known. Where both are not known because of the same work, of
            what has dates.
        kept: commitments that the forecast keeps.
        missed: commitments that it misses, overdue ones too.
        unknown: commitments of which nobody knows.
        breaks: those that it misses, or leaves without a date, although the plan as it is keeps them, and those that it misses
            although the plan as it is leaves them without a date.
        mends: those that it keeps although the plan as it is does not.
        budget: the portfolio's; None where it is not known.
        npv: present value of the benefits; None where it is not known.
        refused: why it cannot be tried; empty where it can.
    """

    id: str
    changes: tuple[str, ...] = ()
    finish: datetime | None = None
    days: float | None = None
    kept: int = 0
    missed: int = 0
    unknown: int = 0
    breaks: tuple[str, ...] = ()
    mends: tuple[str, ...] = ()
    budget: Money | None = None
    npv: Money | None = None
    refused: str = ""
    doubt: str = ""
    at_least: datetime | None = None
    last_day: date | None = None

    @property
    def finish_date(self) -> date | None:
        """The day on which the last work ends; None where that is not known."""
        return None if self.finish is None else self.last_day or said_day(self.finish, finish=True)

    @property
    def at_least_date(self) -> date | None:
        """The day on which the last work that has a date ends, where that is not the end."""
        return None if self.at_least is None else self.last_day or said_day(self.at_least, finish=True)

    def __str__(self) -> str:
        if self.refused:
            return f"{self.id}: cannot be tried: {self.refused}"
        parts = [f"ends {self.finish_date}" if self.finish is not None else "has no end"]
        if self.doubt and self.at_least is not None:
            parts = [f"when it ends is {end_not_known(str(self.at_least_date))}"]
        if self.days:
            parts[0] += f" ({self.days:+,.0f} d)"
        for names, word in ((self.breaks, "breaks"), (self.mends, "keeps again")):
            if names:
                parts.append(f"{word} {', '.join(names[:NAMED])}{f' and {len(names) - NAMED} more' if len(names) > NAMED else ''}")
        if self.doubt:
            parts.append(self.doubt)
        parts.append(f"{counted(self.missed, 'commitment')} {agree(self.missed, 'is', 'are')} missed")
        if self.unknown:
            parts.append(f"{self.unknown} {agree(self.unknown, 'has', 'have')} no forecast")
        if self.npv is not None:
            parts.append(f"benefits are worth {self.npv}")
        return f"{self.id}: {', '.join(parts)}"


class Scenarios(Rows[str, Scenario]):
    """The answer of `scenarios`: one row a scenario, the plan as it is first."""

    def explain(self, id: str) -> str:
        """A scenario in a sentence, its changes below it.

        Raises:
            UnknownItemError: there is no such scenario.
        """
        row = self[id]
        return "\n".join([str(row), *(f"  {change}" for change in row.changes)])

    def table(self) -> Table:
        """One row a scenario: scenario, finish, days, kept, missed, unknown, breaks, mends, budget, npv, changes, refused, at_least, doubt."""
        rows = self.rows
        currency = next((m.currency for row in rows for m in (row.budget, row.npv) if m is not None), "")
        return Table(
            [
                Column("scenario", "str", [row.id for row in rows]),
                Column("finish", "date", [row.finish_date for row in rows]),
                Column("days", "float", [row.days for row in rows], "ed"),
                Column("kept", "int", [None if row.refused else row.kept for row in rows]),
                Column("missed", "int", [None if row.refused else row.missed for row in rows]),
                Column("unknown", "int", [None if row.refused else row.unknown for row in rows]),
                Column("breaks", "str", [", ".join(row.breaks) for row in rows]),
                Column("mends", "str", [", ".join(row.mends) for row in rows]),
                Column("budget", "float", [_amount(row.budget) for row in rows], currency),
                Column("npv", "float", [_amount(row.npv) for row in rows], currency),
                Column("changes", "str", ["; ".join(row.changes) for row in rows]),
                Column("refused", "str", [row.refused for row in rows]),
                Column("at_least", "date", [row.at_least_date for row in rows]),
                Column("doubt", "str", [row.doubt for row in rows]),
            ]
        )

    def __repr__(self) -> str:
        tried = len(self) - 1
        refused = sum(bool(row.refused) for row in self)
        more = f", {refused} cannot be tried" if refused else ""
        worst = max(self.rows, key=lambda row: len(row.breaks))
        named = f", {worst.id} breaks the most: {counted(len(worst.breaks), 'commitment')}" if worst.breaks else ""
        return f"<Scenarios: {counted(tried, 'scenario')} beside the plan{more}{named}>"


def scenarios(
    portfolio: Portfolio,
    tried: Mapping[str, Iterable[Change | Mapping[str, object]]],
    *,
    on_cycle: OnCycle = "error",
) -> Scenarios:
    """Several what-ifs side by side: when all ends, which commitments break, what it costs, what the benefits are worth.

    Args:
        portfolio: the plan; it stays as it is.
        tried: the changes of each scenario by its name: nouns of `ipmo.changes`, or as files have them.
        on_cycle: as in `schedule`; a scenario that closes a loop cannot be tried, whatever this says.

    Raises:
        CycleError: links of the plan form a loop.
        ModelError: something is no change; its place among them is said. What is one and cannot be applied is said in its row.
        OptionError: a scenario has no name, or that of the plan as it is.
        ScheduleError: nothing says when the portfolio starts.

    >>> import ipmo.examples
    >>> from ipmo.changes import Delay
    >>> found = scenarios(ipmo.examples.load("commitment"), {"course later": [Delay("training/course", "10 d")]})
    >>> print(str(found["course later"]).partition(", desk/G0")[0])
    course later: when it ends is not known, at least 2026-03-20 (+14 d)
    """
    if bad := [name for name in tried if not name.strip() or name == AS_PLANNED]:
        raise OptionError("tried", bad[0], takes=f"a name for each scenario, other than {AS_PLANNED!r}")
    base = schedule(portfolio, on_cycle=on_cycle)
    plan = _row(AS_PLANNED, portfolio, base, base)
    rows = {AS_PLANNED: plan}
    for name, values in tried.items():
        changes = as_changes(_changes_of(name, values))
        said = tuple(str(change) for change in changes)
        try:
            after = applied(portfolio, changes)
            rows[name] = _row(
                name, after, schedule(after, on_cycle="cut" if on_cycle == "cut" and base.network.has_loop else "error"), base, said
            )
        except IpmoError as error:
            rows[name] = Scenario(id=name, changes=said, refused=str(error).splitlines()[0])
    return Scenarios(rows, "these scenarios")


def _changes_of(name: str, values: object) -> Iterable[object]:
    if isinstance(values, Change):
        return (values,)
    if isinstance(values, Mapping | str) or not isinstance(values, Iterable):
        raise OptionError("tried", values, takes=f"a list of changes for {name!r}")
    return values


def _standings(s: Schedule) -> dict[str, str]:
    return {row.name: "missed" if row.broken else row.standing for row in s.commitments}


def _row(name: str, pf: Portfolio, s: Schedule, base: Schedule, changes: tuple[str, ...] = ()) -> Scenario:
    was, now = _standings(base), _standings(s)
    counts = list(now.values())
    one, other = base.commitments.doubts, s.commitments.doubts
    unlike = s.finish is None or base.finish is None or one.work("") != other.work("")
    late = None if unlike or s.finish is None or base.finish is None else (s.finish - base.finish).total_seconds() / DAY
    doubt = s.doubt()
    return Scenario(
        id=name,
        changes=changes,
        finish=None if doubt else s.finish,
        doubt=doubt,
        at_least=s.finish if doubt else None,
        last_day=s.end_day,
        days=late,
        kept=counts.count("kept"),
        missed=counts.count("missed"),
        unknown=counts.count("unknown"),
        breaks=tuple(one for one, standing in now.items() if _worse(was.get(one), standing)),
        mends=tuple(one for one, standing in now.items() if standing == "kept" and was.get(one, "kept") != "kept"),
        budget=_known(pf, "budget"),
        npv=_worth(pf, s),
    )


def _worse(was: str | None, now: str) -> bool:
    """Whether a commitment stands worse than in the plan: kept no more, or missed where nothing was known."""
    return (was == "kept" and now != "kept") or (was == "unknown" and now == "missed")


def _known(pf: Portfolio, measure: str) -> Money | None:
    try:
        rolled = roll_up(pf, measure)
    except IpmoError:  # price bases differ
        return None
    return rolled.total.money if not rolled.unrated else None  # a sum that lacks an exchange rate is not the whole


def _worth(pf: Portfolio, s: Schedule) -> Money | None:
    try:
        found = benefits(pf) if pf.benefits and s.finish is not None else None
        return None if found is None or found.unrated else found.npv
    except IpmoError:
        return None


def _amount(money: Money | None) -> float | None:
    return None if money is None else float(money.amount)
