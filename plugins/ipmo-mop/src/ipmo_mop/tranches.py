"""Funding in tranches: what is released by gates or days, what is spent above it, how far each tranche lasts, and what it makes possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

import attrs

import ipmo
from ipmo.model import Benefit, Gate, Outcome, Portfolio, Project, Task
from ipmo.plugin import (
    CheckContext,
    Column,
    Finding,
    IpmoError,
    Severity,
    Shown,
    ShownAnswer,
    Table,
    UnknownItemError,
    close_matches,
    counted,
)
from ipmo_mop.catalogue import OPEN, fields_of
from ipmo_mop.envelopes import by_project
from ipmo_mop.fields import Tranche
from ipmo_mop.wording import day_of, finding, in_currency

__all__ = ["FundingPlan", "TrancheRow", "funded", "tranches"]

GO = ("go", "conditional go")
FEW = 6
Cash = Sequence[tuple[date, date, Fraction]]
"""(first day, last day, amount) of months in which money is planned to go."""


@attrs.frozen(kw_only=True)
class TrancheRow(Shown):
    """A tranche of a project's money.

    Args:
        id: `PROJECT.TRANCHE`.
        project: whose.
        amount: in the portfolio's currency; None where no exchange rate is known.
        released: it may be spent.
        on: the day of its release: of the decision, else of the gate as it is scheduled, else as stated; None where nothing dates it.
        by: the gate that releases it, by full id; empty where a day does.
        why: of one that is not released, what it waits for.
        cash: what is planned to be spent from its release to the next one; of the first tranche also what goes before it.
        left: what all money up to this tranche leaves at the end of that time; below zero where it does not suffice.
        until: the last day that the money lasts, where it does not suffice.
        makes: what it makes possible: what stands behind its gate, or begins in its time, and not in that of an earlier one.
        benefits: benefits that need any of that.
    """

    id: str
    project: str
    amount: Fraction | None
    released: bool
    on: date | None
    by: str
    why: str
    cash: Fraction | None
    left: Fraction | None
    until: date | None
    makes: tuple[str, ...]
    benefits: tuple[str, ...]


class FundingPlan(ShownAnswer):
    """The answer of `tranches`: a row a tranche, project by project.

    Args:
        rows: the tranches, in the order in which they are released.
        released: project to the money that is released.
        spent: project to its actual cost; None where it is not known in full.
        unit: the currency.
    """

    def __init__(
        self, rows: tuple[TrancheRow, ...], released: Mapping[str, Fraction], spent: Mapping[str, Fraction | None], unit: str
    ) -> None:
        self.rows, self.released, self.spent, self.unit = rows, dict(released), dict(spent), unit

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[TrancheRow]:
        return iter(self.rows)

    def __getitem__(self, tranche: str) -> TrancheRow:
        for row in self.rows:
            if row.id == tranche:
                return row
        raise UnknownItemError(tranche, close_matches(tranche, [row.id for row in self.rows]), "the tranches")

    @property
    def over(self) -> Mapping[str, Fraction]:
        """Projects that have spent more than was released, with how much more."""
        return {
            name: spent - self.released[name] for name, spent in self.spent.items() if spent is not None and spent > self.released[name]
        }

    def explain(self, tranche: str) -> str:
        """A tranche in a sentence.

        Raises:
            UnknownItemError: there is no such tranche.
        """
        row = self[tranche]
        amount = "an unknown amount" if row.amount is None else f"{float(row.amount):,.10g} {self.unit}".strip()
        how = f"released on {row.on}" if row.released else f"waits for {row.why}{f', {row.on}' if row.on is not None else ''}"
        lasts = "" if row.cash is None else f"; {float(row.cash):,.10g} go in its time"
        short = f", the money ends on {row.until}" if row.until is not None else ""
        makes = f"; makes possible {_listed(row.makes)}" if row.makes else ""
        worth = f", and so {_listed(row.benefits)}" if row.benefits else ""
        return f"{row.id}: {amount}, {how}{lasts}{short}{makes}{worth}"

    def table(self) -> Table:
        """One row a tranche: tranche, amount, released, on, waits_for, cash, left, until, makes, benefits."""

        def money(name: str, values: Iterable[Fraction | None]) -> Column:
            return Column(name, "float", [None if one is None else float(one) for one in values], self.unit)

        return Table(
            [
                Column("tranche", "str", [row.id for row in self.rows]),
                money("amount", [row.amount for row in self.rows]),
                Column("released", "bool", [row.released for row in self.rows]),
                Column("on", "date", [row.on for row in self.rows]),
                Column("waits_for", "str", [row.why or None for row in self.rows]),
                money("cash", [row.cash for row in self.rows]),
                money("left", [row.left for row in self.rows]),
                Column("until", "date", [row.until for row in self.rows]),
                Column("makes", "str", [_listed(row.makes) or None for row in self.rows]),
                Column("benefits", "str", [_listed(row.benefits) or None for row in self.rows]),
            ]
        )

    def __repr__(self) -> str:
        over = f", more spent than released by {', '.join(self.over)}" if self.over else ""
        free = sum(row.released for row in self.rows)
        return f"<FundingPlan: {counted(len(self.rows), 'tranche')} of {counted(len(self.released), 'project')}, {free} released{over}>"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:FEW]) + (f" and {len(names) - FEW} more" if len(names) > FEW else "")


def tranches(portfolio: Portfolio) -> FundingPlan:
    """The money of open projects by the tranches that it is released in (`extensions: {mop: {tranches: [...]}}`).

    A tranche is released by the go of its gate (with the amount that the decision states, else its own) or on a day. Planned spending is the budget
    by month, evenly over the days of each; it is held against all money up to the tranche.

    Args:
        portfolio: the portfolio.

    Raises:
        ScheduleError: nothing says when the portfolio starts.
    """
    return _planned(portfolio, reach=True)


def _planned(portfolio: Portfolio, *, reach: bool) -> FundingPlan:
    """The plan; without what tranches make possible where only money is asked for."""
    today = None if portfolio.status_date is None else day_of(portfolio.status_date)
    rows: list[TrancheRow] = []
    released: dict[str, Fraction] = {}
    some = [one for one in portfolio.projects if one.counted_as in OPEN and fields_of(one).tranches]
    plan = ipmo.schedule(portfolio) if some else None
    roll = ipmo.roll_up(portfolio, "actual", include=("proposed",), unrated="unknown") if some else None
    after = _after(portfolio) if some and reach else None
    cash = _cash(portfolio) if some else {}
    spent: dict[str, Fraction | None] = {}
    for project in some:
        assert plan is not None
        assert roll is not None
        made = _rows(portfolio, project, plan, today, after, cash.get(project.id))
        rows += made
        released[project.id] = sum((row.amount for row in made if row.released and row.amount is not None), Fraction(0))
        spent[project.id] = roll.amount(project.id)[0]
    unit = portfolio.money.currency if portfolio.money is not None else ""
    return FundingPlan(tuple(rows), released, spent, unit)


def _gate(project: Project, name: str) -> Gate | None:
    return next((gate for gate in project.gates if name in (gate.id, f"{project.id}/{gate.id}")), None)


def _release(
    pf: Portfolio, project: Project, one: Tranche, plan: ipmo.Schedule, today: date | None
) -> tuple[Fraction | None, bool, date | None, str, str]:
    """(amount, whether it is released, day, gate, what it waits for) of a tranche."""
    if one.on is not None:
        free = today is not None and one.on <= today
        return in_currency(pf, one.amount), free, one.on, "", "" if free else "its day"
    gate = _gate(project, one.gate)
    if gate is None:
        return in_currency(pf, one.amount), False, None, "", f"the unknown gate {one.gate!r}"
    full, decision = f"{project.id}/{gate.id}", gate.decision
    if decision is not None and gate.standing(today) in GO and (today is None or day_of(decision.date) <= today):
        return in_currency(pf, decision.funding or one.amount), True, day_of(decision.date), full, ""
    when = plan.days(full)[1] if full in plan else None
    held = "" if decision is None else f", which is {gate.standing(today)}"
    if when is not None and plan.doubt(full):  # the earliest day at most
        when, held = None, held or f" (its day is not known, at least {when}: {plan.doubt(full)})"
    return in_currency(pf, one.amount), False, when, full, f"gate {full}{held}"


def _rows(
    pf: Portfolio,
    project: Project,
    plan: ipmo.Schedule,
    today: date | None,
    after: Mapping[str, Sequence[str]] | None,
    cash: Cash | None,
) -> list[TrancheRow]:
    """The tranches of a project, released ones first, then by their days."""
    found = [(one, *_release(pf, project, one, plan, today)) for one in fields_of(project).tranches]
    found.sort(key=lambda row: (not row[2], row[3] or (plan.days(row[4])[1] if row[4] in plan else None) or date.max))
    taken: set[str] = set()
    reached = [frozenset[str]() if after is None else _behind(after, row[4]) for row in found]
    out, money = [], Fraction(0)
    for place, (one, amount, free, on, by, why) in enumerate(found):
        nxt = found[place + 1][3] if place + 1 < len(found) else date.max
        money += amount or Fraction(0)
        later = set().union(*(behind for other, behind in zip(found[place + 1 :], reached[place + 1 :], strict=True) if other[4]))
        opened = () if after is None else _possible(pf, project, plan, by, (on, nxt), reached[place])
        makes = [*one.makes, *(name for name in opened if name not in later)]
        mine = tuple(name for name in dict.fromkeys(makes) if name not in taken)
        taken.update(mine)
        needs = frozenset[str]() if after is None else _behind(after, *mine)
        need = None if cash is None or on is None or nxt is None else _until(cash, nxt)
        before = Fraction(0) if place == 0 or cash is None or on is None else _until(cash, on)
        out.append(
            TrancheRow(
                id=f"{project.id}.{one.id}",
                project=project.id,
                amount=amount,
                released=free,
                on=on,
                by=by,
                why=why,
                cash=None if need is None else need - before,
                left=None if need is None else money - need,
                until=None if need is None or cash is None or need <= money else _lasts(cash, money),
                makes=mine,
                benefits=tuple(one.id for one in pf.benefits if one.id in needs),
            )
        )
    return out


def _cash(pf: Portfolio) -> Mapping[str, Cash | None]:
    """What each project is planned to spend, month by month; None where not all of it is known and dated."""
    found = by_project(pf, "budget", "month")
    lacking = {name for name, months in found.items() if any(month.startswith("(") for month in months)}
    return {
        name: None if name in lacking else [(*_month(month), months[month]) for month in sorted(months)] for name, months in found.items()
    }


def _month(name: str) -> tuple[date, date]:
    """The first and the last day of a month."""
    first = date(int(name[:4]), int(name[5:7]), 1)
    return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _until(cash: Cash, day: date) -> Fraction:
    """What goes before a day begins."""
    total = Fraction(0)
    for first, last, amount in cash:
        if first >= day:
            break
        total += amount if last < day else amount * Fraction((day - first).days, (last - first).days + 1)
    return total


def _lasts(cash: Cash, money: Fraction) -> date | None:
    """The last day by the end of which no more has gone than an amount; None where the first day costs more."""
    gone, found = Fraction(0), None
    for first, last, amount in cash:
        days = (last - first).days + 1
        if gone + amount > money:
            full = int((money - gone) * days / amount)
            return first + timedelta(days=full - 1) if full else found
        gone, found = gone + amount, last
    return found


def _after(pf: Portfolio) -> dict[str, list[str]]:
    """What follows each item: by links that move dates, the benefits map, and the whole that work is part of.

    What holds others is two nodes: its name stands for its end, which its parts lead to, its name with `>` for its beginning, which leads to them.
    """
    out: dict[str, list[str]] = {}
    wholes = {p.id for p in pf.projects} | {f"{p.id}/{t.parent}" for p in pf.projects for t in p.tasks if t.parent is not None}

    def lead(source: str | None, target: str | None) -> None:
        if source is not None and target is not None:
            name = target.partition("@")[0]
            out.setdefault(source.partition("@")[0], []).append(f"{name}>" if name in wholes else name)

    for project in pf.projects:
        nouns: list[Task | Gate] = [*project.tasks, *project.gates]
        for noun in nouns:
            name, parent = f"{project.id}/{noun.id}", getattr(noun, "parent", None)
            above = project.id if parent is None else f"{project.id}/{parent}"
            out.setdefault(name, []).append(above)
            lead(f"{above}>", name)
            for before in noun.after:
                lead(pf.resolve(before.source, project.id), name)
    for link in pf.links:
        if link.kind == "schedule":
            lead(pf.resolve(link.source), pf.resolve(link.target))
    effects: list[Outcome | Benefit] = [*pf.outcomes, *pf.benefits]
    for effect in effects:
        for enabler in (*effect.enabled_by, *effect.any_of):
            lead(pf.resolve(enabler.source), effect.id)
    for benefit in pf.benefits:
        lead(benefit.outcome, benefit.id)
    return out


def _behind(after: Mapping[str, Sequence[str]], *first: str) -> frozenset[str]:
    """All that follows some items, at any distance."""
    seen: set[str] = set()
    waiting = [name for name in first if name]
    while waiting:
        for name in after.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return frozenset(seen)


def _possible(
    pf: Portfolio, project: Project, plan: ipmo.Schedule, by: str, window: tuple[date | None, date | None], behind: frozenset[str]
) -> list[str]:
    """Open tasks of the project behind its gate; of a tranche without one, those that begin in its time, if that is known."""
    names = [f"{project.id}/{task.id}" for task in project.tasks if not task.started]
    if by:
        return [name for name in names if name in behind]
    since, until = window
    if since is None:
        return []
    starts = {name: plan.days(name)[0] for name in names if name in plan}
    dated = {name: day for name, day in starts.items() if day is not None and since <= day and (until is None or day < until)}
    return [name for name in dated if until == date.max or not plan.doubt(name)]  # in the last one begins what begins then or later


def funded(context: CheckContext) -> Iterable[Finding]:
    """Money in tranches: no more is spent than released, and each lasts until the next one."""
    pf = context.portfolio
    if not any(fields_of(project).tranches for project in pf.projects):
        return
    try:
        found = _planned(pf, reach=False)
    except IpmoError as error:
        yield finding("tranches", "", f"nothing can be said of tranches: {error}", severity=Severity.INFO)
        return
    for name, more in found.over.items():
        if context.covers(name):
            gone = found.spent[name] or Fraction(0)
            message = f"project {name!r} has spent {float(gone):,.0f}; its tranches released {float(found.released[name]):,.0f}, {float(more):,.0f} less"
            yield finding("tranches", name, message, "stop the spending, or release the next tranche", Severity.ERROR, part="spent")
    for row in found:
        if not context.covers(row.project):
            continue
        if "unknown gate" in row.why:
            yield finding("tranches", row.project, f"tranche {row.id!r} waits for {row.why}", "correct gate:", Severity.ERROR, part=row.id)
        elif row.left is not None and row.left < 0:
            lasts = f"lasts to {row.until}" if row.until is not None else "does not last a day"
            message = f"the money up to tranche {row.id!r} {lasts}; {float(-row.left):,.0f} more are planned before the next one"
            yield finding("tranches", row.project, message, "release the next one sooner, or spend later", part=row.id)
