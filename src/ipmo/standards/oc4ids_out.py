"""A portfolio as an OC4IDS 0.9 project package: what the standard has no place for is named, and so is what it asks for and lacks.

Source: Open Contracting for Infrastructure Data Standards, https://standard.open-contracting.org/infrastructure/0.9/en/.
"""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from ipmo.atomic import write_atomically
from ipmo.errors import FileError, UnitError
from ipmo.files.foreign import unescaped
from ipmo.files.no_room import NoRoom
from ipmo.model.benefits import Benefit
from ipmo.model.estimates import Estimate, Fixed
from ipmo.model.fields import FrozenMap, PlainMap
from ipmo.model.money import Budget
from ipmo.model.people import Person
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import item_of
from ipmo.model.work import Link, Project, Task
from ipmo.standards.oc4ids_words import (
    AS_OF,
    AT_THE_END,
    CURRENCIES,
    FINAL,
    MILESTONE_STATUS,
    NOT_STATED,
    PACKAGE,
    PERIODS,
    STATES,
    STATUS,
    TEXTS,
    TITLES,
    TYPES,
    UNSAID,
    URN,
    day_out,
    delivery,
)
from ipmo.units import Money, When, as_day, as_money, as_when

__all__ = ["write_oc4ids"]

MARK = uuid.uuid4().hex
"""What no text of a portfolio holds: the mark of amounts with more digits than a float has, until the package is written."""
EXACT = re.compile(rf'"{MARK}(-?[0-9.]+)"')
PERCENT = {"name": "percent", "id": "P1", "scheme": "UNCEFACT"}


def write_oc4ids(portfolio: Portfolio, path: Path) -> None:
    """One project package; a crash leaves the old file.

    Warns:
        FormatWarning: what the standard has no place for, and what was made up because the standard asks for it.

    Raises:
        FileError: it has no project, or the file cannot be written.
    """
    if not portfolio.projects:
        raise FileError(str(path), "an OC4IDS package holds at least one project; this portfolio has none")
    made = _Writer(portfolio)
    text = json.dumps(made.package(), indent=2, ensure_ascii=False)
    write_atomically(path, EXACT.sub(r"\1", text) + "\n")
    made.lost.warn(path)


class _Writer:
    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.lost = NoRoom("OC4IDS")
        self.people = {person.id: person for person in portfolio.people}
        self.benefits: dict[str, list[Benefit]] = {}
        self.policies: dict[str, list[str]] = {}
        self.related: dict[str, list[Link]] = {}
        self.used: set[str] = set()
        self.currencies: set[str] = set()
        self.codes = {one.id: one.name for one in portfolio.objectives if one.name and re.fullmatch(rf"{re.escape(one.name)}~\d+", one.id)}
        """Policies whose code another item bore already when they were read."""
        self._sort()

    def package(self) -> PlainMap:
        portfolio = self.portfolio
        attributes = portfolio.attributes
        out: PlainMap = {"version": "0.9", "uri": attributes.get("uri", "")}
        if not _is_uri(out["uri"]):
            out["uri"] = f"{URN}{quote(portfolio.id, safe='')}"
            self.lost.lose("package without the address (`uri`) that it asks for, so one is made of the portfolio's id")
        else:
            self.lost.lose("id of the portfolio beside its `uri`")
        if portfolio.status_date is not None:
            out["publishedDate"] = day_out(portfolio.status_date)
        else:
            out["publishedDate"] = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}Z"
            self.lost.lose(
                "given date of publication (`publishedDate`), which it asks for: the time of writing, as there is no status date"
            )
        publisher = attributes.get("publisher") or portfolio.name
        if not publisher:
            publisher = portfolio.id
            self.lost.lose("package without the publisher that it asks for, so it is the portfolio's id")
        out["publisher"] = {"name": publisher}
        for key, kept in PACKAGE.items():
            if key != "uri" and (text := attributes.get(kept, "")):
                if _is_uri(text):
                    out[key] = text
                else:
                    self.lost.lose(f"attributes {kept!r} that are no web address")
        self._other(attributes, {"publisher", *PACKAGE.values()}, "the portfolio")
        out["projects"] = [self._project(project) for project in portfolio.projects]
        self._rest()
        return out

    # --------------------------------------------------------------------------------------------- projects

    def _project(self, project: Project) -> PlainMap:
        own = project.attributes
        status = own.get("status", "")
        if STATES.get(status) != project.state or status == "completed":
            if status == "completed" and project.state == "closed":
                self.lost.lose("statuses 'completed', which is deprecated: written as maintenance")
            status = STATUS[project.state]
        if project.state == "paused":
            self.lost.lose("states 'paused', written as implementation")
        out: PlainMap = {"id": unescaped(project.id)}
        out |= {key: own[key] for key in TEXTS if own.get(key) and key not in ("type", "updated")}
        if own.get("type"):
            if own["type"] in TYPES:
                out["type"] = own["type"]
            else:
                self.lost.lose("attributes 'type' that are none of its project types")
        if own.get("updated"):
            self._dated(out, "updated", own["updated"], "updated")
        if own.get("identifier"):
            out["identifiers"] = [_filled(id=own["identifier"], scheme=own.get("identifier scheme", ""))]
        if project.name:
            out["title"] = project.name
        if (unsaid := own.get(UNSAID)) and project.state == "active":  # nobody said so: it was taken for active when it was read
            if unsaid != NOT_STATED:
                self.lost.lose("statuses that are none of its own, left out")
        else:
            out["status"] = status
        if period := _period(project.start, project.finish):
            out["period"] = period
        for key, kept in PERIODS.items():
            if kept in own:
                self._interval(out, key, own[kept], kept)
        sectors = own.get("sector", "").split("; ") if own.get("sector") else []
        if project.category and project.category not in sectors[:1]:
            sectors = [project.category, *sectors]
        if sectors := list(dict.fromkeys(filter(None, sectors))):
            out["sector"] = sectors
        kinds = {key.removeprefix("classification "): text for key, text in own.items() if key.startswith("classification ") and text}
        if kinds := {scheme: text for scheme, text in kinds.items() if scheme}:
            out["additionalClassifications"] = [{"scheme": scheme, "id": text} for scheme, text in kinds.items()]
        if own.get("locations"):
            places = filter(None, own["locations"].split("; "))
            out["locations"] = [{"id": str(n), "description": place} for n, place in enumerate(places, 1)]
        self._money(project, out)
        self._people(project, out)
        self._tasks(project, out)
        self._purpose(project, out)
        kept_here = {"type", "status", "sector", "identifier", "locations", "life-cycle cost", *TEXTS, *PERIODS.values(), *FINAL.values()}
        kept_here |= {"budget description", "budget requested", "budget approved", *(f"classification {scheme}" for scheme in kinds)}
        kept_here |= {AS_OF["financialProgress"]} if "finalValue" in out.get("completion", {}) else set()
        kept_here |= {UNSAID, *(AS_OF[one["id"]] for one in (*out.get("metrics", ()), *out.get("forecasts", ())))}
        kept_here |= {"identifier scheme"} if own.get("identifier") else set()
        self._other(own, kept_here, "projects")
        fields = {"id", "name", "category", "state", "start", "finish", "actual_finish", "attributes", "tasks", "owner"}
        self.lost.beside(project, fields | {"budget", "actual", "forecast", "progress", "alignment"}, "projects")
        return out

    def _dated(self, out: PlainMap, key: str, text: str, called: str) -> None:
        try:
            out[key] = day_out(as_when(text.removesuffix("Z")))
        except UnitError:
            self.lost.lose(f"attributes {called!r} that are no date")

    def _interval(self, out: PlainMap, key: str, text: str, called: str) -> None:
        since, _, until = text.partition("/")
        try:
            out[key] = _period(as_when(since), as_when(until))
        except UnitError:
            self.lost.lose(f"attributes {called!r} that are no interval such as 2026-01-01/2026-12-31")

    def _other(self, attributes: FrozenMap[str, str], kept: set[str], of: str) -> None:
        for key, text in attributes.items():
            if text and key not in kept:
                self.lost.lose(f"attributes {key!r} of {of}")

    # ------------------------------------------------------------------------------------------------ money

    def _money(self, project: Project, out: PlainMap) -> None:
        own = project.attributes
        budget: PlainMap = {}
        if own.get("budget description"):
            budget["description"] = own["budget description"]
        if (amount := self._total(project.budget, "budgets")) is not None:
            budget["amount"] = amount
        for key, kept in (("requestDate", "budget requested"), ("approvalDate", "budget approved")):
            if own.get(kept):
                self._dated(budget, key, own[kept], kept)
        if project.budget is not None and not project.budget.is_lump and (lines := self._lines(project.budget)):
            budget["budgetBreakdowns"] = [{"id": "1", "budgetBreakdown": lines}]
        if budget:
            out["budget"] = budget
        if own.get("life-cycle cost"):
            try:
                value = self._value(Fixed(as_money(own["life-cycle cost"])), "life-cycle costs")
            except UnitError:
                self.lost.lose("attributes 'life-cycle cost' that are no money")
            else:
                if value is not None:
                    out["costMeasurements"] = [{"id": "1", "lifeCycleCosting": {"value": value}}]
        metrics = []
        if project.progress is not None:
            percent = float(Decimal(repr(float(project.progress))) * 100)
            seen = self._observed(
                project, "physicalProgress", measure=int(percent) if percent.is_integer() else percent, unit=dict(PERCENT)
            )
            metrics.append({"id": "physicalProgress", "title": TITLES["physicalProgress"], "observations": [seen]})
        completion: PlainMap = {key: own[kept] for key, kept in FINAL.items() if own.get(kept)}
        if project.actual_finish is not None:
            completion["endDate"] = day_out(project.actual_finish, end=True)
        actual = self._total(project.actual, "actual costs")
        observed = own.get(AS_OF["financialProgress"], "")
        over = project.actual_finish is not None or project.state == "closed"
        final = observed == AT_THE_END or (over and not observed)
        if actual is not None and final:
            completion["finalValue"] = actual
        elif actual is not None:
            seen = self._observed(project, "financialProgress", value=actual)
            metrics.append({"id": "financialProgress", "title": TITLES["financialProgress"], "observations": [seen]})
        if project.actual is not None and not project.actual.is_lump:
            self.lost.lose("dated lines of actual costs, written as their sum", len(project.actual.lines))
        if (forecast := self._total(project.forecast, "forecast costs")) is not None:
            seen = self._observed(project, "costAtCompletion", value=forecast)
            out["forecasts"] = [{"id": "costAtCompletion", "title": TITLES["costAtCompletion"], "observations": [seen]}]
        if project.forecast is not None and not project.forecast.is_lump:
            self.lost.lose("dated lines of forecast costs, written as their sum", len(project.forecast.lines))
        if metrics:
            out["metrics"] = metrics
        if completion:
            out["completion"] = completion

    def _observed(self, project: Project, metric: str, **what: object) -> PlainMap:
        """An observation, as of what its attribute says, else of progress as of the status date."""
        seen: PlainMap = {"id": "1", **what}
        told = project.attributes.get(AS_OF[metric], "")
        if not told:
            if self.portfolio.status_date is not None and metric != "costAtCompletion":
                seen["period"] = {"endDate": day_out(self.portfolio.status_date)}
        elif told != NOT_STATED:
            since, _, until = told.partition("/")
            try:
                period = _period(*(None if when == ".." else as_when(when) for when in (since, until)))
            except UnitError:
                self.lost.lose(f"attributes {AS_OF[metric]!r} that are no interval such as 2026-01-01/2026-12-31")
            else:
                seen |= {"period": period} if period else {}
        return seen

    def _value(self, estimate: Estimate | None, of: str) -> PlainMap | None:
        """An amount; what is unknown, a range, or in a currency that is not on the closed list is counted."""
        if estimate is None:
            self.lost.lose(f"unknown amounts of {of}")
        elif not isinstance(estimate, Fixed) or not isinstance(estimate.value, Money):
            self.lost.lose(f"ranges of {of}")
        elif estimate.value.currency not in CURRENCIES:
            self.lost.lose(f"amounts of {of} in {estimate.value.currency}, which is not on its list of currencies")
        else:
            if of not in ("payments", "life-cycle costs"):
                self.currencies.add(estimate.value.currency)
            return {"amount": _json(estimate.value.amount), "currency": estimate.value.currency}
        return None

    def _total(self, budget: Budget | None, of: str) -> PlainMap | None:
        """The sum of a budget; None where a part of it is not known as one amount in the one currency."""
        if budget is None:
            return None
        values = [self._value(line.amount, of) for line in budget.lines]
        known = [line.amount.value for line in budget.lines if isinstance(line.amount, Fixed) and isinstance(line.amount.value, Money)]
        if len({money.currency for money in known}) > 1:
            self.lost.lose(f"sums of {of} in several currencies")
            return None
        if None in values or not known:
            return None
        return {"amount": _json(sum((money.amount for money in known), Decimal(0))), "currency": known[0].currency}

    def _lines(self, budget: Budget) -> list[PlainMap]:
        out = []
        for number, line in enumerate(budget.lines, 1):
            value = self._value(line.amount, "lines of budgets")
            made = _filled(id=str(number), description=line.note, amount=value, period=_period(line.since, line.until))
            self.lost.beside(line, {"amount", "since", "until", "note"}, "lines of budgets")
            out.append(made)
        return out

    # ------------------------------------------------------------------------------------- people and tasks

    def _people(self, project: Project, out: PlainMap) -> None:
        parties: list[PlainMap] = []
        if project.owner is not None:
            person = self.people.get(project.owner)
            ident = _filled(id=unescaped(project.owner), name=person.name if person is not None else "")
            out["publicAuthority"] = ident
            parties.append({**ident, "roles": ["publicAuthority"]})
            if person is not None and person.id not in self.used:
                self.used.add(person.id)
                self._person(person)
        for who in self.portfolio.stakeholders:
            if project.id in who.items:
                roles = list(dict.fromkeys(filter(None, who.note.split("; "))))
                parties.append(_filled(id=unescaped(who.id), name=who.name, roles=roles))
                if who.id not in self.used:
                    self.used.add(who.id)
                    self.lost.beside(who, {"id", "name", "items", "note"}, "stakeholders")
        if parties:
            out["parties"] = parties

    def _person(self, person: Person) -> None:
        if person.kind == "person":
            self.lost.lose("owners who are people, written as public authorities")
        if set(person.roles) - {"publicAuthority"}:
            self.lost.lose("roles of owners", len(set(person.roles) - {"publicAuthority"}))
        self.lost.beside(person, {"id", "name", "kind", "roles"}, "owners")

    def _tasks(self, project: Project, out: PlainMap) -> None:
        milestones = []
        for task in project.tasks:
            if task == delivery(project.start, project.finish):
                continue  # it stands for the period of its project, which is written anyway
            if task.milestone:
                milestones.append(self._milestone(task))
            else:
                self.lost.lose("tasks")
        if milestones:
            out["milestones"] = milestones

    def _milestone(self, task: Task) -> PlainMap:
        own = task.attributes
        out = _filled(id=unescaped(task.id), title=task.name, type=task.category, description=own.get("description"), code=own.get("code"))
        due = task.deadline if task.deadline is not None else task.baseline_finish
        if due is not None:
            out["dueDate"] = day_out(due, end=True)
        if task.actual_finish is not None:
            out["dateMet"] = day_out(task.actual_finish, end=True)
        status = own.get("status", "")
        if status != NOT_STATED:
            out["status"] = status if status in MILESTONE_STATUS else "met" if task.finished else "scheduled"
        if own.get("payment"):
            try:
                value = self._value(Fixed(as_money(own["payment"])), "payments")
            except UnitError:
                self.lost.lose("attributes 'payment' that are no money")
            else:
                out |= {} if value is None else {"value": value}
        self._other(own, {"description", "code", "status", "payment"}, "milestones")
        kept = {"id", "name", "category", "milestone", "deadline", "actual_finish", "attributes"}
        if task.deadline is None:
            kept.add("baseline_finish")
        if task.finish_not_before == task.deadline:
            kept.add("finish_not_before")
        self.lost.beside(task, kept, "milestones")
        return out

    # ------------------------------------------------------------------------------- what projects are for

    def _sort(self) -> None:
        """Benefits, policies and related projects, by the project that they are written with."""
        portfolio = self.portfolio
        for benefit in portfolio.benefits:
            enablers = (*benefit.enabled_by, *benefit.any_of)
            projects = dict.fromkeys(portfolio.project_of(item_of(one.source)) for one in enablers)
            for project in filter(None, projects):
                self.benefits.setdefault(project, []).append(benefit)
            if benefit.any_of or any(one.lag is not None or one.source not in projects for one in enablers):
                self.lost.lose("ways in which a benefit is enabled, written as by its project")
            if len(projects) > 1:
                self.lost.lose("benefits of several projects, written with each of them")
            if not any(projects):
                self.lost.lose("benefits that no project enables")
        objectives = {one.id for one in portfolio.objectives}
        projects_of = {project.id for project in portfolio.projects}
        for one in portfolio.contributions:
            if one.source in projects_of and one.target in objectives:
                self.policies.setdefault(one.source, []).append(one.target)
                if one.share is not None:
                    self.lost.lose("shares of contributions")
            else:
                self.lost.lose("contributions other than of a project to an objective")
        for link in portfolio.links:
            whole = link.source in projects_of or link.source.startswith("external:")
            if link.kind == "informs" and link.target in projects_of and whole:
                self.related.setdefault(link.target, []).append(link)
            else:
                self.lost.lose("links")

    def _purpose(self, project: Project, out: PlainMap) -> None:
        if project.alignment:
            self.lost.lose("degrees of alignment", len(project.alignment))
        codes = dict.fromkeys((*self.policies.get(project.id, ()), *project.alignment))
        if codes:
            out["policyAlignment"] = {"policies": [self.codes.get(code) or unescaped(code) for code in codes]}
        benefits = []
        for benefit in self.benefits.get(project.id, ()):
            made = _filled(title=benefit.name, description=benefit.description)
            if benefit.population:
                made["beneficiaries"] = [{"description": benefit.population}]
            if not made:
                made["title"] = unescaped(benefit.id)
            if made not in benefits:
                benefits.append(made)
            else:
                self.lost.lose("benefits that bear the same title as another of their project")
            self.lost.beside(benefit, {"id", "name", "description", "population", "enabled_by", "any_of"}, "benefits")
        if benefits:
            out["benefits"] = benefits
        related = []
        for number, link in enumerate(self.related.get(project.id, ()), 1):
            own = link.attributes
            ident = unescaped(link.source.removeprefix("external:"))
            made = _filled(
                id=str(number), scheme=own.get("scheme"), identifier=ident, relationship=own.get("relationship"), title=link.note
            )
            if _is_uri(own.get("uri", "")):
                made["uri"] = own["uri"]
            self._other(own, {"scheme", "relationship", *(("uri",) if "uri" in made else ())}, "links to related projects")
            self.lost.beside(link, {"source", "target", "kind", "note", "attributes"}, "links to related projects")
            related.append(made)
        if related:
            out["relatedProjects"] = related

    def _rest(self) -> None:
        """What of the portfolio has no place in a package at all."""
        portfolio = self.portfolio
        named = {one for codes in self.policies.values() for one in codes} | {one for p in portfolio.projects for one in p.alignment}
        for objective in portfolio.objectives:
            if objective.id not in named:
                self.lost.lose("objectives that no project serves")
            else:
                self.lost.beside(objective, {"id", "name"}, "objectives")
                if objective.name not in ("", unescaped(objective.id)) and objective.id not in self.codes:
                    self.lost.lose("names of objectives")
        for what, nouns in (("people who own no project", portfolio.people), ("stakeholders of no project", portfolio.stakeholders)):
            if unused := sum(one.id not in self.used for one in nouns):
                self.lost.lose(what, unused)
        kept = {"id", "name", "status_date", "attributes", "projects", "people", "stakeholders", "objectives", "contributions", "benefits"}
        if portfolio.name and portfolio.attributes.get("publisher", portfolio.name) != portfolio.name:
            self.lost.lose("name of the portfolio beside its publisher")
        if portfolio.money is not None:
            if self.currencies != {portfolio.money.currency}:
                self.lost.lose("currency of the portfolio")
            self.lost.beside(portfolio.money, {"currency"}, "money of the portfolio")
        self.lost.beside(portfolio, {*kept, "links", "source", "money"}, "the portfolio")


def _period(since: When | None, until: When | None) -> PlainMap:
    """A period; empty where neither end is known. Its duration follows from both."""
    out: PlainMap = {}
    if since is not None:
        out["startDate"] = day_out(since)
    if until is not None:
        out["endDate"] = day_out(until, end=True)
    if since is not None and until is not None:
        out["durationInDays"] = (as_day(until) - as_day(since)).days
    return out


def _filled(**values: object) -> PlainMap:
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}


def _json(amount: Decimal) -> int | float | str:
    """An amount as a number of JSON; as a marked text, which becomes one, where a float would lose digits of it."""
    if amount == amount.to_integral_value():
        return int(amount)
    near = float(amount)
    return near if Decimal(repr(near)) == amount else f"{MARK}{amount:f}"


def _is_uri(text: str) -> bool:
    """Whether a text is an address with a scheme and no space."""
    scheme, colon, rest = text.partition(":")
    return bool(colon and rest and scheme.isascii() and scheme[:1].isalpha() and not any(c.isspace() or c in '<>"{}|\\^`' for c in text))
