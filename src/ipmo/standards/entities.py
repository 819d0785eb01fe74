"""The seven data entities of the UK standard, as records of a portfolio: what each says, and in which of the standard's formats.

The names of the entities are the standard's (clauses 3.1 to 3.7). Its tables of attributes could not be had, so the names of the
attributes are ipmo's own words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import attrs

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.errors import IpmoError
from ipmo.model.estimates import Estimate, Fixed
from ipmo.model.held import gates_of, risks_of
from ipmo.model.money import Budget
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import item_of
from ipmo.model.work import Programme, Project
from ipmo.units import Money, Rate, When

__all__ = ["ENTITIES", "Attribute", "Entity", "Record", "Value", "in_order", "records"]

Value = str | bool | float | When | Decimal | Estimate | None


@attrs.frozen
class Attribute:
    """An attribute of an entity.

    Args:
        name: ipmo's word for it.
        format: `Text`, `Date` or `Numeric`, as the standard's handbook calls them.
        end: of a date: it ends something, so that the day itself belongs to it.
    """

    name: str
    format: str = "Text"
    end: bool = False


@attrs.frozen
class Entity:
    """An entity of the standard.

    Args:
        name: the standard's.
        clause: where its attributes are required.
        attributes: what a record of it says here.
        periods: pairs of attributes of which the first is the start of what the second ends.
        positive: numeric attributes that are amounts.
    """

    name: str
    clause: str
    attributes: tuple[Attribute, ...]
    periods: tuple[tuple[str, str], ...] = ()
    positive: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The file that holds its records."""
        return f"{self.name.replace(' ', '-')}.csv"


@attrs.frozen
class Record:
    """One record: the item that it is made of, and its values by attribute; what is not said is None or empty."""

    item: str
    values: dict[str, Value]


def _text(*names: str) -> tuple[Attribute, ...]:
    return tuple(Attribute(name) for name in names)


def _dates(*names: str) -> tuple[Attribute, ...]:
    return tuple(Attribute(name, "Date", end=True) for name in names)


ENTITIES = (
    Entity(
        "project features",
        "3.1",
        (
            *_text("id", "name", "kind", "part of", "category", "state", "owner", "description"),
            Attribute("start date", "Date"),
            *_dates("end date"),
            Attribute("actual start date", "Date"),
            *_dates("actual end date"),
            Attribute("progress", "Numeric"),
            *_text("delivery confidence"),
        ),
        periods=(("start date", "end date"), ("actual start date", "actual end date")),
    ),
    Entity(
        "risk",
        "3.2",
        (
            *_text("id", "project", "name", "cause", "effect", "category", "kind", "owner", "actionee", "response", "state"),
            Attribute("probability", "Numeric"),
            Attribute("probability after response", "Numeric"),
            Attribute("cost impact", "Numeric"),
            *_text("currency"),
            Attribute("start date", "Date"),
            *_dates("end date", "raised", "reviewed"),
        ),
        periods=(("start date", "end date"), ("raised", "reviewed")),
        positive=("cost impact",),
    ),
    Entity(
        "issue",
        "3.3",
        (*_text("id", "project", "name", "severity", "owner", "note"), *_dates("raised", "due", "closed")),
        periods=(("raised", "closed"), ("raised", "due")),
    ),
    Entity(
        "benefit",
        "3.4",
        (
            *_text("id", "projects", "name", "description", "category", "kind", "owner"),
            Attribute("value", "Numeric"),
            *_text("currency", "per", "measure", "unit"),
            Attribute("baseline", "Numeric"),
            *_dates("baseline date"),
            Attribute("target", "Numeric"),
            *_dates("target date"),
            Attribute("planned start", "Date"),
            *_dates("until"),
        ),
        periods=(("baseline date", "target date"), ("planned start", "until")),
        positive=("value",),
    ),
    Entity(
        "milestone",
        "3.5",
        (*_text("id", "project", "name", "kind", "owner"), *_dates("baseline date", "committed date", "forecast date", "actual date")),
    ),
    Entity(
        "cost",
        "3.6",
        (
            *_text("project", "kind", "class"),
            Attribute("start date", "Date"),
            *_dates("end date"),
            Attribute("amount", "Numeric"),
            *_text("currency", "price base", "note"),
        ),
        periods=(("start date", "end date"),),
        positive=("amount",),
    ),
    Entity("people", "3.7", _text("id", "name", "kind", "permanent", "line", "office", "roles")),
)
"""The entities, in the order of the standard."""


def records(portfolio: Portfolio) -> dict[str, list[Record]]:
    """The records of each entity, by its name; forecasts of milestones are those of the schedule, unknown where there is none."""
    try:
        dates: Schedule | None = schedule(portfolio, on_cycle="cut")
    except IpmoError:
        dates = None
    return {
        "project features": list(_features(portfolio)),
        "risk": list(_risks(portfolio)),
        "issue": list(_issues(portfolio)),
        "benefit": list(_benefits(portfolio)),
        "milestone": list(_milestones(portfolio, dates)),
        "cost": list(_costs(portfolio)),
        "people": list(_people(portfolio)),
    }


def _features(portfolio: Portfolio) -> Iterator[Record]:
    for programme in portfolio.programmes:
        yield Record(programme.id, {**_named(programme, "programme"), "description": programme.attributes.get("description", "")})
    for project in portfolio.projects:
        latest = max(project.confidence, key=lambda one: one.date, default=None)
        yield Record(
            project.id,
            {
                **_named(project, "project"),
                "category": project.category,
                "state": project.state,
                "description": project.attributes.get("description", ""),
                "start date": project.start,
                "end date": project.finish,
                "actual start date": project.actual_start,
                "actual end date": project.actual_finish,
                "progress": project.progress,
                "delivery confidence": "" if latest is None else latest.rating,
            },
        )


def _named(item: Project | Programme, kind: str) -> dict[str, Value]:
    return {"id": item.id, "name": item.name, "kind": kind, "part of": item.programme or "", "owner": item.owner or ""}


def _risks(portfolio: Portfolio) -> Iterator[Record]:
    for one in risks_of(portfolio):
        risk = one.noun
        impacts = [impact.cost for impact in risk.before.impacts if impact.cost is not None] if risk.before is not None else []
        cost, currency = _amount(impacts[0]) if len(impacts) == 1 else (None, "")
        yield Record(
            one.id,
            {
                "id": risk.id,
                "project": "" if one.project is None else one.owner,
                "name": risk.name,
                "cause": risk.cause,
                "effect": risk.effect,
                "category": risk.category,
                "kind": "opportunity" if risk.opportunity else "threat",
                "owner": risk.owner or "",
                "actionee": risk.actionee or "",
                "response": risk.response or "",
                "state": risk.state,
                "probability": None if risk.before is None else risk.before.probability,
                "probability after response": None if risk.after is None else risk.after.probability,
                "cost impact": cost,
                "currency": currency,
                "start date": risk.starts,
                "end date": risk.ends,
                "raised": risk.raised,
                "reviewed": risk.reviewed,
            },
        )


def _issues(portfolio: Portfolio) -> Iterator[Record]:
    for issue in portfolio.issues:
        project = portfolio.project_of(issue.item) if issue.item else ""
        values: dict[str, Value] = {"id": issue.id, "project": project, "name": issue.name, "severity": issue.severity or ""}
        dates: dict[str, Value] = {"raised": issue.raised, "due": issue.due, "closed": issue.closed}
        yield Record(issue.id, {**values, "owner": issue.owner or "", "note": issue.note, **dates})


def _benefits(portfolio: Portfolio) -> Iterator[Record]:
    for benefit in portfolio.benefits:
        projects = dict.fromkeys(portfolio.project_of(item_of(one.source)) for one in (*benefit.enabled_by, *benefit.any_of))
        money = benefit.value.money if isinstance(benefit.value, Rate) else benefit.value
        kind = "dis-benefit" if benefit.disbenefit else {True: "cashable", False: "non-cashable", None: ""}[benefit.cashable]
        yield Record(
            benefit.id,
            {
                "id": benefit.id,
                "projects": "; ".join(filter(None, projects)),
                "name": benefit.name,
                "description": benefit.description,
                "category": benefit.category,
                "kind": kind,
                "owner": benefit.owner or "",
                "value": None if money is None else money.amount,
                "currency": "" if money is None else money.currency,
                "per": benefit.value.per if isinstance(benefit.value, Rate) else "",
                "measure": benefit.measure,
                "unit": benefit.unit,
                "baseline": benefit.baseline,
                "baseline date": benefit.baseline_date,
                "target": benefit.target,
                "target date": benefit.target_date,
                "planned start": benefit.planned_start,
                "until": benefit.until,
            },
        )


def _milestones(portfolio: Portfolio, dates: Schedule | None) -> Iterator[Record]:
    for project in portfolio.projects:
        for task in project.tasks:
            if task.milestone:
                yield Record(
                    f"{project.id}/{task.id}",
                    {
                        "id": task.id,
                        "project": project.id,
                        "name": task.name,
                        "kind": task.category or "milestone",
                        "owner": task.owner or "",
                        "baseline date": task.baseline_finish,
                        "committed date": task.deadline,
                        "forecast date": _forecast(dates, f"{project.id}/{task.id}"),
                        "actual date": task.actual_finish,
                    },
                )
    for one in gates_of(portfolio):
        gate = one.noun
        yield Record(
            one.id,
            {
                "id": gate.id,
                "project": "" if one.project is None else one.owner,
                "name": gate.name,
                "kind": "gate",
                "owner": gate.body or "",
                "committed date": gate.need_by,
                "forecast date": _forecast(dates, one.id),
                "actual date": None if gate.decision is None else gate.decision.date,
            },
        )


def _forecast(dates: Schedule | None, item: str) -> date | None:
    """The day that the schedule says; unknown where there is no schedule or the item is not in it."""
    if dates is None or item not in dates:
        return None
    return None if dates.doubt(item) else dates.days(item)[1]


def _costs(portfolio: Portfolio) -> Iterator[Record]:
    items: list[Programme | Project] = [*portfolio.programmes, *portfolio.projects]
    for item in items:
        kinds: tuple[tuple[str, Budget | None], ...] = (("budget", item.budget), ("actual", item.actual), ("forecast", item.forecast))
        for kind, budget in kinds:
            for line in () if budget is None else budget.lines:
                amount, currency = _amount(line.amount)
                base = line.price_base or getattr(item, "price_base", None) or (portfolio.money.price_base if portfolio.money else None)
                yield Record(
                    item.id,
                    {
                        "project": item.id,
                        "kind": kind,
                        "class": line.kind or "",
                        "start date": line.since,
                        "end date": line.until,
                        "amount": amount,
                        "currency": currency,
                        "price base": "" if base is None else str(base),
                        "note": line.note,
                    },
                )


def _amount(estimate: Estimate | None) -> tuple[Value, str]:
    """The amount where it is one number, else the estimate itself; with its currency."""
    if estimate is None:
        return None, ""
    central = estimate.central()
    currency = central.currency if isinstance(central, Money) else ""
    if isinstance(estimate, Fixed) and isinstance(central, Money):
        return central.amount, currency
    return estimate, currency


def _people(portfolio: Portfolio) -> Iterator[Record]:
    for person in portfolio.people:
        permanent = {True: "yes", False: "no", None: ""}[person.permanent]
        values: dict[str, Value] = {"id": person.id, "name": person.name, "kind": person.kind, "permanent": permanent}
        yield Record(person.id, {**values, "line": person.line, "office": person.office or "", "roles": "; ".join(person.roles)})


def in_order(since: Value, until: Value) -> bool:
    """Whether a start lies before its end; a day that ends something belongs to it."""
    if not isinstance(since, date) or not isinstance(until, date):
        return True
    first = since if isinstance(since, datetime) else datetime(since.year, since.month, since.day)
    if isinstance(until, datetime):
        return first <= until
    return first.date() <= until
