"""Guardrails of lean budgets: where money lies, what value streams have, which large epics were decided on, and whether business owners take part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction

import attrs

import ipmo
from ipmo import Money
from ipmo.model import Portfolio, Project, Task
from ipmo.model.hierarchy import hierarchy
from ipmo.plugin import CheckContext, Column, Finding, Severity, Shown, ShownAnswer, Table, UnknownItemError, agree, close_matches, counted
from ipmo_agile.fields import Goal, Guardrails, bearers, converted, day_of, fields_of

__all__ = ["GuardrailRow", "GuardrailView", "guardrails", "guardrails_kept"]

KINDS = ("horizon", "type of work", "budget", "epic", "owners")
"""What is held: shares of horizons and of types of work, budgets of value streams, epics above the threshold, what business owners valued."""


@attrs.frozen(kw_only=True)
class GuardrailRow(Shown):
    """One thing that a guardrail holds.

    Args:
        where: the programme that states it; empty for the portfolio.
        kind: one of `KINDS`.
        name: the horizon, type of work, value stream or epic; of owners what they did.
        agreed: the share, or the amount in the portfolio's currency; None where nothing can be held against it.
        found: the share, or the planned cost.
        kept: None where it cannot be said.
        text: what breaks it, or why it cannot be said; empty where it is kept.
        items: projects that are part of it; where it cannot be said, those that are the reason.
    """

    where: str
    kind: str
    name: str
    agreed: Fraction | float | None
    found: Fraction | float | None
    kept: bool | None
    text: str = ""
    items: tuple[str, ...] = ()


class GuardrailView(ShownAnswer):
    """The answer of `guardrails`: one row for each horizon, type of work, budget of a value stream, epic above the threshold, and for owners."""

    def __init__(self, rows: tuple[GuardrailRow, ...], currency: str) -> None:
        self.rows, self.currency = rows, currency

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[GuardrailRow]:
        return iter(self.rows)

    def __getitem__(self, name: str) -> GuardrailRow:
        for row in self.rows:
            if row.name == name:
                return row
        raise UnknownItemError(name, close_matches(name, [row.name for row in self.rows]), "the guardrails")

    @property
    def broken(self) -> tuple[GuardrailRow, ...]:
        """Those that are not kept."""
        return tuple(row for row in self.rows if row.kept is False)

    def table(self) -> Table:
        """One row each: where, guardrail, name, agreed and found (shares), agreed_money and found_money, kept, what is wrong."""
        rows = self.rows

        def column(name: str, value: str, *, money: bool) -> Column:
            values = [getattr(row, value) if (row.kind in ("budget", "epic")) is money else None for row in rows]
            return Column(name, "float", [None if one is None else float(one) for one in values], self.currency if money else "share")

        return Table(
            [
                Column("where", "str", [row.where or None for row in rows]),
                Column("guardrail", "str", [row.kind for row in rows]),
                Column("name", "str", [row.name for row in rows]),
                column("agreed", "agreed", money=False),
                column("found", "found", money=False),
                column("agreed_money", "agreed", money=True),
                column("found_money", "found", money=True),
                Column("kept", "bool", [row.kept for row in rows]),
                Column("said", "str", [row.text or None for row in rows]),
            ]
        )

    def explain(self, name: str) -> str:
        """One of them in a sentence."""
        row = self[name]
        return row.text or f"{row.kind} {row.name!r} is as agreed"

    def __repr__(self) -> str:
        blind = sum(row.kept is None for row in self.rows)
        rest = f", {blind} cannot be said" if blind else ""
        return f"<GuardrailView: {len(self.broken)} of {counted(len(self.rows), 'guardrail')} {agree(len(self.broken), 'is', 'are')} broken{rest}>"


def guardrails(portfolio: Portfolio) -> GuardrailView:
    """What guardrails of the portfolio and its programmes hold, and what is kept of it.

    Shares of horizons and of types of work are of the budgets of open and proposed projects that state one. A value stream is a programme or project with
    a budget of its own, which its planned cost, proposals included, must not exceed. An epic above the threshold needs a go at a gate or a decision in
    the register. Business owners take part where they valued the goals of increments: before those begin what is planned, after they end what came.

    Source: the four guardrails of lean budgets, SAFe 6.0, in public summaries; our own words.
    """
    today = None if portfolio.status_date is None else day_of(portfolio.status_date)
    stated = [("", fields_of(portfolio).guardrails)] + [(p.id, fields_of(p).guardrails) for p in portfolio.programmes]
    rails = [(where, rail) for where, rail in stated if rail is not None]
    rows: list[GuardrailRow] = []
    if rails and portfolio.money is not None:
        budgets = ipmo.roll_up(portfolio, "budget", include=("proposed",))
        for where, rail in rails:
            held = hierarchy(portfolio).projects(portfolio.items[where] if where else portfolio)
            inside = [p for p in held if p.counted_as not in ("closed", "cancelled")]
            worth = {p.id: Fraction(v.amount) for p in inside if p.id in budgets and isinstance(v := budgets[p.id].value, Money)}
            rows += _split(where, rail, inside, worth)
            rows += _streams(portfolio, where, rail, budgets)
            rows += _epics(portfolio, where, rail, inside, budgets, today)
    stating = {where for where, _ in rails}
    for where, _ in rails:  # said once, of the outermost that states guardrails
        above = {"", *(programme.id for programme in hierarchy(portfolio).programmes_of(where))} - {where} if where else set()
        if not above & stating:
            rows += _owners(portfolio, where, today)
    return GuardrailView(tuple(rows), portfolio.money.currency if portfolio.money is not None else "")


def _split(where: str, rail: Guardrails, inside: list[Project], worth: Mapping[str, Fraction]) -> Iterator[GuardrailRow]:
    for what, wanted in (("horizon", rail.horizons), ("type of work", rail.work)):
        if not wanted:
            continue
        stated = {p.id: fields_of(p) for p in inside if p.id in worth}
        known = {name: f.horizon if what == "horizon" else f.work_type for name, f in stated.items()}
        total = sum((worth[n] for n, label in known.items() if label), Fraction(0))
        nameless = sorted(n for n, label in known.items() if not label)
        if nameless:
            text = f"{counted(len(nameless), 'project')} {agree(len(nameless), 'states', 'state')} no {what}: {', '.join(nameless[:5])}"
            yield GuardrailRow(where=where, kind=what, name="", agreed=None, found=None, kept=None, text=text, items=tuple(nameless))
        for label in sorted(set(wanted) | {label for label in known.values() if label}):
            items = tuple(n for n, own in known.items() if own == label)
            share = float(sum((worth[n] for n in items), Fraction(0)) / total) if total else None
            target = wanted.get(label, 0.0)
            kept = None if share is None else abs(share - target) <= rail.within + 1e-9
            text = "no budget is known" if share is None else ""
            if kept is False:
                text = f"{what} {label!r} has {share:.0%} of the budgets; {target:.0%} is agreed, give or take {rail.within:.0%}"
            yield GuardrailRow(where=where, kind=what, name=label, agreed=target, found=share, kept=kept, text=text, items=items)


def _streams(pf: Portfolio, where: str, rail: Guardrails, budgets: ipmo.RollUp) -> Iterator[GuardrailRow]:
    for stream, money in rail.budgets.items():
        limit = converted(pf, money)
        amount, whole = budgets.amount(stream) if stream in budgets else (None, False)
        kept = None if limit is None or amount is None else False if amount > limit else True if whole else None
        if stream not in pf:
            text = f"the unknown value stream {stream!r} has a budget"
        elif limit is None:
            text = f"the budget of {stream!r}, {money}, is compared with nothing: no rate turns it into the portfolio's currency"
        elif kept is False and amount is not None:
            text = f"value stream {stream!r} is planned at {float(amount):,.0f}, {float(amount - limit):,.0f} above its budget of {money}"
        else:
            text = "" if kept else f"what {stream!r} is planned to cost is not known in full"
        yield GuardrailRow(where=where, kind="budget", name=stream, agreed=limit, found=amount, kept=kept, text=text, items=(stream,))


def _epics(
    pf: Portfolio, where: str, rail: Guardrails, inside: list[Project], budgets: ipmo.RollUp, today: date | None
) -> Iterator[GuardrailRow]:
    if rail.epic_threshold is None:
        return
    limit = converted(pf, rail.epic_threshold)
    if limit is None:
        currency = pf.money.currency if pf.money is not None else "any"
        text = f"the threshold of {rail.epic_threshold} is compared with nothing: no rate turns it into {currency}"
        yield GuardrailRow(where=where, kind="epic", name="", agreed=None, found=None, kept=None, text=text)
        return
    decided = {d.item for d in pf.decisions if d.state == "decided"}
    for project in inside:
        nouns: list[tuple[str, Project | Task]] = [(project.id, project), *((f"{project.id}/{t.id}", t) for t in project.tasks)]
        gated = any(g.standing(today) in ("go", "conditional go") for g in project.gates)
        for full_id, noun in nouns:
            if not noun.extensions or fields_of(noun).epic is None or full_id not in budgets:
                continue
            value = budgets[full_id].value
            if not isinstance(value, Money) or value.amount <= limit:
                continue
            kept = gated or full_id in decided
            text = "" if kept else f"epic {full_id!r} costs {value}, above the threshold of {rail.epic_threshold}, and nobody decided on it"
            cost = Fraction(value.amount)
            yield GuardrailRow(where=where, kind="epic", name=full_id, agreed=limit, found=cost, kept=kept, text=text, items=(project.id,))


def _owners(pf: Portfolio, where: str, today: date | None) -> Iterator[GuardrailRow]:
    """Goals of increments that began, valued before, and of those that are over, valued after; none where no increment has begun."""
    tree = hierarchy(pf)
    begun: list[Goal] = []
    over: list[Goal] = []
    for full_id, noun, fields in bearers(pf):
        if isinstance(noun, Task) or (where and full_id != where and where not in {p.id for p in tree.programmes_of(full_id)}):
            continue
        for one in fields.increments:
            if today is not None and one.start <= today:
                begun += one.goals
                over += one.goals if one.finish < today else ()
    for name, goals, valued in (
        ("planned value", begun, [goal for goal in begun if goal.planned is not None]),
        ("value that came", over, [goal for goal in over if goal.actual is not None]),
    ):
        if goals:
            share = len(valued) / len(goals)
            open_ = tuple(goal.id for goal in goals if goal not in valued)
            text = (
                ""
                if share == 1
                else f"{len(open_)} of {counted(len(goals), 'goal')} {agree(len(open_), 'has', 'have')} no {name} by business owners: {', '.join(open_[:5])}"
            )
            yield GuardrailRow(where=where, kind="owners", name=name, agreed=1.0, found=share, kept=share == 1, text=text)


HINTS: Mapping[str, str] = {
    "horizon": "move money, or agree on other shares",
    "type of work": "move money, or agree on other shares",
    "budget": "fund the value stream from another one on the record, or take work out of it",
    "epic": "decide it at a gate or in the register of decisions",
    "owners": "have the business owners value goals when the increment is planned, and again when it is over",
}


def guardrails_kept(context: CheckContext) -> Iterable[Finding]:
    """AGL-R05: money lies over horizons, types of work and value streams as agreed, large epics were decided on, and business owners take part."""
    view = guardrails(context.portfolio)
    for row in view:
        if row.kept or (row.where and not context.covers(row.where)):
            continue
        about = row.name if row.kind == "epic" and row.name else row.where
        if row.kind == "epic" and row.name and not context.covers(row.name):
            continue
        blind = row.kept is None
        if blind and (row.text == "no budget is known" or not row.text):
            continue
        severity = Severity.ERROR if row.kind == "epic" and row.kept is False else Severity.INFO if blind else Severity.WARNING
        hint = HINTS[row.kind]
        if blind:
            hint = "" if row.kind in ("horizon", "type of work") else "state it in the portfolio's currency, or add a rate under rates:"
            severity = Severity.WARNING if row.kind == "epic" else severity
        if row.kind == "budget" and blind:
            hint = "say what its work costs, and name programmes or projects that there are"
        part = f"{row.kind} {row.name}" if row.kind in ("budget", "owners") else ""
        yield Finding(code="agile/guardrails", item=about, message=row.text, hint=hint, severity=severity, part=part)
