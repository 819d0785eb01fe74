"""Project packages of OC4IDS 0.9 read as a portfolio: what a portfolio has no place for is a finding each, with how often and where.

Source: Open Contracting for Infrastructure Data Standards, https://standard.open-contracting.org/infrastructure/0.9/en/.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote

import attrs

from ipmo.errors import FileError, ModelError, Problem, UnitError
from ipmo.files.documents import Document, parse, text_of
from ipmo.files.foreign import Intake, RowError
from ipmo.findings import Severity
from ipmo.model.benefits import Benefit, Contribution, Enabler, Objective
from ipmo.model.estimates import Fixed
from ipmo.model.money import Budget, BudgetLine, MoneySettings, as_budget
from ipmo.model.people import Person, Stakeholder
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import ID
from ipmo.model.work import Link, Project, Task
from ipmo.standards.oc4ids_words import (
    AS_OF,
    AT_THE_END,
    DELIVERY,
    FINAL,
    MILESTONE_STATUS,
    NOT_STATED,
    PACKAGE,
    PERIODS,
    STATES,
    TEXTS,
    TITLES,
    UNSAID,
    URN,
    delivery,
    when_in,
)
from ipmo.standards.parts import Part, Place
from ipmo.units import Money, When, as_day
from ipmo.words import counted

__all__ = ["read_oc4ids"]

T = TypeVar("T")


def read_oc4ids(path: Path, name: str) -> Portfolio:
    """A portfolio from an OC4IDS project package.

    Args:
        path: the file.
        name: the file as the user named it.

    Raises:
        FileError: it is no JSON, no package, or no project of it can be read.
    """
    document = parse(text_of(path, name), name, is_json=True, exact=True)
    if not isinstance(document.data, dict) or not isinstance(document.data.get("projects"), list):
        raise FileError(name, "it is no OC4IDS project package: it has no list `projects`")
    reader = _Reader(document, name)
    try:
        return reader.portfolio(str(path))
    except ModelError as error:
        raise FileError(name, [attrs.evolve(problem, file=name, line=reader.line_of(problem)) for problem in error.problems]) from None


class _Reader:
    def __init__(self, document: Document, name: str) -> None:
        self.document, self.name = document, name
        self.intake = Intake(name, "oc4ids")
        self.top: set[str] = set()
        self.ids: dict[str, str] = {}  # of projects, by their OC4IDS id
        self.authorities: dict[str, Person] = {}
        self.parties: dict[str, tuple[Stakeholder, list[str]]] = {}  # by OC4IDS id: who, and the roles
        self.objectives: dict[str, Objective] = {}
        self.contributions: list[Contribution] = []
        self.benefits: list[Benefit] = []
        self.links: list[Link] = []
        self.currencies: Counter[str] = Counter()
        self.zoned = self.without_status = 0
        self.published: When | None = None
        self.noted: dict[str, str] = {}  # of one project, when its metrics were observed
        self.seen: set[str] = set()
        self.at: dict[Place, int] = {}  # the line of each project
        self.lines: list[int] = []  # the line of each project that was read, in their order

    def line_of(self, problem: Problem) -> int:
        """The line of the project that a problem is about; 0 where it is about none."""
        number = problem.path[1] if problem.path[:1] == ("projects",) and len(problem.path) > 1 else None
        return self.lines[number] if isinstance(number, int) and number < len(self.lines) else 0

    def portfolio(self, path: str) -> Portfolio:
        package = Part(self.document.data)
        attributes = {kept: found for key, kept in PACKAGE.items() if (found := package.text(key))}
        own_id = unquote(attributes.get("uri", "").removeprefix(URN)) if attributes.get("uri", "").startswith(URN) else ""
        if ID.fullmatch(own_id):
            del attributes["uri"]
        else:
            own_id = Path(self.name).name.removesuffix(".json")
        published = self.published = self._when(package, "publishedDate")
        package.text("version")
        publisher = package.part("publisher")
        if publisher is not None and (found := publisher.text("name")):
            attributes["publisher"] = found
        bodies = package.parts("projects")
        found_at = self.document.locate([Problem(message="", path=body.place) for body in bodies]) if bodies else []
        self.at = {body.place: problem.line for body, problem in zip(bodies, found_at, strict=True)}
        for body in bodies:
            if isinstance(own := body.data.get("id"), str) and own and own not in self.ids:
                self.ids[own] = self.intake.fit(own, self.top, "project")
                self.top.add(self.ids[own])
        projects = [project for body in bodies if (project := self._project(body)) is not None]
        self._report(package)
        if not projects:
            raise FileError(self.name, self.intake.problems("it holds no project that can be read"))
        made = {project.id for project in projects}
        money = MoneySettings(currency=self.currencies.most_common(1)[0][0]) if self.currencies else None
        own_id = self.intake.fit(own_id or "package", (), "package")
        return Portfolio(
            id=own_id if own_id not in self.top else f"{own_id[:190]}~package",
            name=attributes.get("publisher", ""),
            status_date=published,
            money=money,
            attributes=attributes,
            projects=projects,
            people=tuple(self.authorities.values()),
            stakeholders=tuple(who for who, _ in self.parties.values()),
            objectives=tuple(self.objectives.values()),
            contributions=[one for one in self.contributions if one.source in made],
            benefits=self.benefits,
            links=[link for link in self.links if link.target in made and (link.source in made or ":" in link.source)],
            source=self.intake.finish(
                path, {self.ids[own]: self.at[body.place] for body in bodies if (own := body.data.get("id")) in self.ids}
            ),
        )

    # ------------------------------------------------------------------------------------------- projects

    def _project(self, body: Part) -> Project | None:
        own = body.text("id")
        what = f"project {own!r}" if own else f"project {body.place[-1]} of the package"
        found: list[Project] = []
        with self.intake.row(what, self.at[body.place]):
            if not own:
                raise RowError("it has no id")
            if own not in self.ids:
                raise RowError("its id is none that an item can bear")
            if own in self.seen:
                raise RowError("another project of the package has the same id")
            self.seen.add(own)
            found.append(self._read(body, self.ids[own]))
            self.lines.append(self.at[body.place])
        return found[0] if found else None

    def _read(self, body: Part, own: str) -> Project:
        self.noted = {}
        status = self._status(body)
        start, finish = self._period(body.part("period"))
        completion = body.part("completion")
        ended = None if completion is None else self._when(completion, "endDate", end=True)
        sectors = body.texts("sector")
        final = None if completion is None else self._value(completion, "finalValue")
        if final is not None:
            actual: Budget | None = as_budget(final)
            if ended is None and STATES.get(status) != "closed":
                self.noted[AS_OF["financialProgress"]] = AT_THE_END
        else:
            actual = self._actual(body)
            if actual is not None and (ended is not None or STATES.get(status) == "closed"):  # what was spent so far is no final value
                usual = NOT_STATED if self.published is None else f"../{self.published.isoformat()}"
                self.noted.setdefault(AS_OF["financialProgress"], usual)
        forecast, progress = self._forecast(body), self._progress(body)
        attributes = self._attributes(body, completion, status)
        tasks = self._milestones(body)
        if tasks and start is not None and finish is not None and ended is None:
            tasks.insert(0, delivery(start, finish))
        project = Project(
            id=own,
            name=body.text("title"),
            category=sectors[0] if sectors else "",
            state=STATES.get(status, "active"),
            owner=self._authority(body),
            start=start,
            finish=finish,
            actual_finish=ended,
            budget=self._budget(body),
            actual=actual,
            forecast=forecast,
            progress=progress,
            attributes=attributes,
            tasks=tasks,
        )
        self._stakeholders(body, own)
        self._benefits(body, own)
        self._policies(body, own)
        self._related(body, own)
        return project

    def _status(self, body: Part) -> str:
        """The status; one that is none of the standard's, and none at all, are said: the project is taken for active."""
        status = body.text("status")
        if status and status not in STATES:
            body.read.append(((*body.place, "status"), f"{status[:40]!r} is no status of OC4IDS: the project is taken for active"))
        elif not status:
            self.without_status += 1
        return status

    def _attributes(self, body: Part, completion: Part | None, status: str) -> dict[str, str]:
        found = {key: text for key in TEXTS if (text := body.text(key))}
        if status not in STATES:
            found[UNSAID] = status or NOT_STATED
        found |= self.noted
        if status in STATES and status not in ("identification", "preparation", "implementation", "maintenance", "cancelled"):
            found["status"] = status
        if len(sectors := body.texts("sector")) > 1:
            found["sector"] = "; ".join(sectors)
        for key, kept in PERIODS.items():
            if (inner := body.part(key)) is not None:
                since, until = self._period(inner)
                if since is None or until is None:
                    body.give_back(key)
                else:
                    found[kept] = f"{since.isoformat()}/{until.isoformat()}"
        for key, kept in FINAL.items():
            if completion is not None and (text := completion.text(key)):
                found[kept] = text
        budget = body.part("budget")
        if budget is not None:
            if text := budget.text("description"):
                found["budget description"] = text
            for key, kept in (("requestDate", "budget requested"), ("approvalDate", "budget approved")):
                if (when := self._when(budget, key)) is not None:
                    found[kept] = when.isoformat()
        for number, one in enumerate(body.parts("identifiers")):
            if not number and "id" in one:
                found["identifier"] = one.text("id")
                if scheme := one.text("scheme"):
                    found["identifier scheme"] = scheme
        for one in body.parts("additionalClassifications"):
            key = f"classification {one.data.get('scheme')}"
            if "id" in one and "scheme" in one and key not in found and one.text("id") and one.text("scheme"):
                found[key] = one.text("id")
            else:
                one.give_back()
        places = [text for one in body.parts("locations") if (text := one.text("description"))]
        if places and not any("; " in place for place in places):
            found["locations"] = "; ".join(places)
        else:
            body.give_back("locations")
        measured = body.parts("costMeasurements")
        if len(measured) == 1 and (costing := measured[0].part("lifeCycleCosting")) is not None:
            if (value := costing.money("value")) is not None:
                found["life-cycle cost"] = f"{value.amount:f} {value.currency}"
        return found

    def _milestones(self, body: Part) -> list[Task]:
        tasks: list[Task] = []
        taken: set[str] = {DELIVERY}
        for one in body.parts("milestones"):
            due, met = self._when(one, "dueDate", end=True), self._when(one, "dateMet", end=True)
            attributes = {key: text for key in ("description", "code") if (text := one.text(key))}
            status = one.text("status")
            if status not in MILESTONE_STATUS:
                one.give_back("status")
                attributes["status"] = NOT_STATED
            elif status not in ("met", "scheduled") or (status == "met") != (met is not None):
                attributes["status"] = status
            if (value := one.money("value")) is not None:
                attributes["payment"] = f"{value.amount:f} {value.currency}"
            own = self.intake.fit(one.text("id"), taken, "milestone")
            taken.add(own)
            tasks.append(
                Task(
                    id=own,
                    name=one.text("title"),
                    milestone=True,
                    category=one.text("type"),
                    deadline=due,
                    finish_not_before=due if met is None else None,
                    actual_finish=met,
                    attributes=attributes,
                )
            )
        return tasks

    # ---------------------------------------------------------------------------------------------- money

    def _value(self, part: Part, key: str, *, credit: bool = False) -> Money | None:
        """An amount; one below zero is left out, and named, where it is no credit among others."""
        value = part.money(key)
        if value is not None and value.amount < 0 and not credit:
            part.wrong.append(((*part.place, key), f"{key!r} is below zero: {value}"))
            part.give_back(key)
            return None
        if value is not None:
            self.currencies[value.currency] += 1
        return value

    def _budget(self, body: Part) -> Budget | None:
        """The budget: its lines where they sum to the amount, else the amount."""
        budget = body.part("budget")
        if budget is None:
            return None
        amount = self._value(budget, "amount")
        groups = budget.parts("budgetBreakdowns") if "budgetBreakdowns" in budget else [budget]
        if len(groups) == 1:
            lines = [self._line_of(one, number) for number, one in enumerate(groups[0].parts("budgetBreakdown"), 1)]
            known = [line for line in lines if line is not None]
            sums = {line.amount.value.currency for line in known if isinstance(line.amount, Fixed) and isinstance(line.amount.value, Money)}
            if (
                known
                and len(known) == len(lines)
                and (len(sums) > 1 or _sum(known) >= 0)
                and (amount is None or (sums == {amount.currency} and _sum(known) == amount.amount))
            ):
                return Budget(known)
        budget.give_back("budgetBreakdowns", "budgetBreakdown")
        return None if amount is None else as_budget(amount)

    def _line_of(self, one: Part, number: int) -> BudgetLine | None:
        amount = self._value(one, "amount", credit=True)
        _counted(one, number)
        since, until = self._period(one.part("period"))
        if amount is None:
            return None
        try:
            return BudgetLine(amount=Fixed(amount), since=since, until=until, note=one.text("description"))
        except (ModelError, UnitError):
            return None

    def _actual(self, body: Part) -> Budget | None:
        """What was spent so far: the last value of the metric of financial progress."""
        value = self._last(body, "metrics", "financialProgress", lambda one: self._value(one, "value"))
        return None if value is None else as_budget(value)

    def _forecast(self, body: Part) -> Budget | None:
        value = self._last(body, "forecasts", "costAtCompletion", lambda one: self._value(one, "value"))
        return None if value is None else as_budget(value)

    def _progress(self, body: Part) -> float | None:
        """How much of the work is done: the last percentage of the metric of physical progress."""

        def share(one: Part) -> float | None:
            unit = one.part("unit")
            words = {unit.text("name").lower(), unit.text("id")} if unit is not None else set()
            if unit is not None:
                unit.text("scheme")
            measure = one.number("measure") if words & {"percent", "%", "per cent", "P1"} else None
            return float(measure / 100) if measure is not None and 0 <= measure <= 100 else None

        return self._last(body, "metrics", "physicalProgress", share)

    def _note(self, metric: str, observation: Part) -> None:
        """Keeps the period of an observation as an attribute, where it is not the day of publication alone."""
        told = "/".join(when.isoformat() if when is not None else ".." for when in self._period(observation.part("period")))
        usual = f"../{self.published.isoformat()}" if self.published is not None and metric != "costAtCompletion" else "../.."
        if told != usual:
            self.noted[AS_OF[metric]] = told if told != "../.." else NOT_STATED

    def _last(self, body: Part, key: str, metric: str, read: Callable[[Part], T | None]) -> T | None:
        """What is read of the latest observation of a metric; everything else of it has no home."""
        for one in body.parts(key):
            if one.data.get("id") != metric or not (observed := one.parts("observations")):
                continue
            latest = max(range(len(observed)), key=lambda n: (_end_of(observed[n]), n))
            found = read(observed[latest])
            if found is None:
                observed[latest].give_back()
                continue
            one.text("id")
            if one.data.get("title") == TITLES[metric]:
                one.text("title")
            _counted(observed[latest], 1)
            self._note(metric, observed[latest])
            return found
        return None

    # --------------------------------------------------------------------------------------- people, purpose

    def _authority(self, body: Part) -> str | None:
        part = body.part("publicAuthority")
        own = "" if part is None else part.text("id") or part.text("name")
        if part is None or not own:
            return None
        if own not in self.authorities:
            made = self.intake.fit(own, self.top, "authority")
            self.top.add(made)
            self.authorities[own] = Person(id=made, name=part.text("name"), kind="role", roles=("publicAuthority",))
        elif self.authorities[own].name == part.data.get("name", ""):
            part.text("name")
        return self.authorities[own].id

    def _stakeholders(self, body: Part, project: str) -> None:
        for one in body.parts("parties"):
            own, roles = one.text("id"), one.texts("roles")
            if own in self.authorities:
                if one.data.get("name") == self.authorities[own].name:
                    one.text("name")
                if set(roles) != {"publicAuthority"}:
                    one.give_back("roles")
                continue
            if own in self.parties:
                who, before = self.parties[own]
                if (who.name, before) == (one.data.get("name", ""), roles):
                    one.text("name")
                    self.parties[own] = (_joined(who, project), before)
                else:
                    one.give_back()
                continue
            made = self.intake.fit(own or str(one.data.get("name") or ""), self.top, "party")
            self.top.add(made)
            who = Stakeholder(id=made, name=one.text("name"), items=(project,), note="; ".join(roles))
            self.parties[own or made] = (who, roles)

    def _benefits(self, body: Part, project: str) -> None:
        for number, one in enumerate(body.parts("benefits"), 1):
            people = one.parts("beneficiaries")
            name, description = one.text("title"), one.text("description")
            population = people[0].text("description") if people else ""
            if not (name or description or population):
                continue  # it says nothing that a benefit has
            own = self.intake.fit(f"{project[:150]} benefit {number}", self.top, "benefit")
            self.top.add(own)
            enabled = (Enabler(source=project),)
            self.benefits.append(Benefit(id=own, name=name, description=description, population=population, enabled_by=enabled))

    def _policies(self, body: Part, project: str) -> None:
        part = body.part("policyAlignment")
        for code in dict.fromkeys(part.texts("policies")) if part is not None else ():
            if code not in self.objectives:
                made = self.intake.fit(code, self.top, "policy")
                self.top.add(made)
                self.objectives[code] = Objective(id=made, name=code)
            self.contributions.append(Contribution(source=project, target=self.objectives[code].id))

    def _related(self, body: Part, project: str) -> None:
        for number, one in enumerate(body.parts("relatedProjects"), 1):
            meant = one.text("identifier")
            if not meant or self.ids.get(meant) == project:
                if meant:
                    one.wrong.append((one.place, f"project {meant!r} is related to itself"))
                one.give_back()
                continue
            source = self.ids.get(meant) or f"external:{self.intake.fit(meant, (), 'project')}"
            if any((link.source, link.target) == (source, project) for link in self.links):
                one.give_back()  # related in a second way: a link stands once
                continue
            _counted(one, number)
            kept = {key: text for key in ("scheme", "relationship", "uri") if (text := one.text(key))}
            self.links.append(Link(source=source, target=project, kind="informs", note=one.text("title"), attributes=kept))

    # ------------------------------------------------------------------------------------------ the report

    def _when(self, part: Part, key: str, *, end: bool = False) -> When | None:
        """A date; one that cannot be read is left out, and named."""
        text = part.text(key)
        if not text:
            return None
        try:
            found = when_in(text, end=end)
        except UnitError as error:
            part.wrong.append(((*part.place, key), str(error)))
            part.give_back(key)
            return None
        self.zoned += text.strip()[-6:-5] in ("+", "-") and not text.strip().endswith(("+00:00", "-00:00"))
        return found

    def _period(self, period: Part | None) -> tuple[When | None, When | None]:
        """Both ends of a period; an end that lies before the start is left out, and named."""
        if period is None:
            return None, None
        start, end = self._when(period, "startDate"), self._when(period, "endDate", end=True)
        if start is not None and end is not None:
            if as_day(end) < as_day(start):
                period.wrong.append(((*period.place, "endDate"), f"endDate {as_day(end)} lies before startDate {as_day(start)}"))
                period.give_back("endDate")
                return start, None
            _derived(period, start, end)
        return start, end

    def _report(self, package: Part) -> None:
        left: dict[str, Counter[str]] = {}
        first: dict[str, Place] = {}
        for place in package.left():
            keys = [key for key in place if isinstance(key, str)]
            own = keys[1:] if keys[0] == "projects" and len(keys) > 1 else keys
            left.setdefault(own[0], Counter())[".".join(own[1:])] += 1
            first.setdefault(own[0], place)
        faults = [(place, f"{sentence}; it is left out") for place, sentence in package.faults()]
        faults += package.understood()
        problems = [Problem(message="", path=place) for place in (*first.values(), *(place for place, _ in faults))]
        lines = [problem.line for problem in self.document.locate(problems)] if problems else []
        for (field, inside), line in zip(left.items(), lines, strict=False):
            shown = ", ".join(f"{field}.{key} ({count})" if key else f"{field} ({count})" for key, count in inside.items())
            self.intake.note("no-place", f"a portfolio has no place for {shown}", severity=Severity.INFO, line=line)
        for (_, sentence), line in zip(faults, lines[len(left) :], strict=True):
            self.intake.note("value", sentence, line=line)
        if self.without_status:
            self.intake.note(
                "status",
                f"{counted(self.without_status, 'project')} without a status: taken for active",
                severity=Severity.INFO,
            )
        if self.zoned:
            self.intake.note(
                "zone",
                f"{counted(self.zoned, 'date')} with an offset from UTC: the plan keeps the time on the clock",
                severity=Severity.INFO,
            )


def _joined(who: Stakeholder, project: str) -> Stakeholder:
    return attrs.evolve(who, items=(*who.items, project))


def _derived(period: Part, since: When, until: When) -> None:
    """Takes a duration that follows from the two dates, which says nothing new."""
    if period.data.get("durationInDays") == (as_day(until) - as_day(since)).days:
        period.number("durationInDays")


def _counted(one: Part, number: int) -> None:
    """Takes an id that is only the number of its object within the list: it is counted anew when it is written."""
    if one.data.get("id") == str(number):
        one.text("id")


def _end_of(observation: Part) -> str:
    period = observation.data.get("period")
    found = period.get("endDate") if isinstance(period, dict) else None
    return found if isinstance(found, str) else ""


def _sum(lines: Sequence[BudgetLine]) -> Decimal:
    return sum(
        (line.amount.value.amount for line in lines if isinstance(line.amount, Fixed) and isinstance(line.amount.value, Money)), Decimal(0)
    )
