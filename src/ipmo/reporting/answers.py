"""What the engine says about one portfolio, each thing computed once, and the few figures that several panels need."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from ipmo.analysis.benefits.attribution import Attribution, attribute
from ipmo.analysis.benefits.line_of_sight import LineOfSight, line_of_sight
from ipmo.analysis.benefits.realisation import Benefits, benefits
from ipmo.analysis.change.comparison import Comparison, compare
from ipmo.analysis.change.decisions import DecisionQueue, Due, decisions_due
from ipmo.analysis.change.stated import latest_confidence, variances
from ipmo.analysis.control.exposure import RiskExposures, risk_exposure
from ipmo.analysis.control.raid_log import RaidLog, raid_log
from ipmo.analysis.control.status import StatusView, status
from ipmo.analysis.dates.commitments import Commitments
from ipmo.analysis.dates.items import ScheduledItem
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.dates.several import commitment_floats
from ipmo.analysis.dependencies.critical import CriticalLink, CriticalLinks, critical_links
from ipmo.analysis.dependencies.interfaces import InterfaceView
from ipmo.analysis.dependencies.portfolio_map import PortfolioMap
from ipmo.analysis.dependencies.single_points import SinglePoints, single_points
from ipmo.analysis.money.earned_value import EarnedValue, earned_value
from ipmo.analysis.money.periods import Every
from ipmo.analysis.money.phasing import TimePhased, time_phase
from ipmo.analysis.money.rollup import RollUp, roll_up
from ipmo.analysis.resources.capacity import CapacityView, capacity
from ipmo.analysis.resources.supplies import UsedUp, used_up
from ipmo.analysis.risk.distributions import random
from ipmo.analysis.risk.joint import simulate
from ipmo.analysis.risk.simulation import Simulation
from ipmo.analysis.risk.uncertain import Way, way_of_sampling
from ipmo.errors import IpmoError, ScheduleError
from ipmo.findings import Finding, Findings, Severity
from ipmo.model.estimates import Estimate
from ipmo.model.governance import Confidence, StatusReport
from ipmo.model.held import risks_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.unseen import kinds_of_work
from ipmo.model.work import Project
from ipmo.tables import Table
from ipmo.units import Money, as_day, moment
from ipmo.words import counted

__all__ = ["Answers", "waiting_text"]

MONEY = ("budget", "actual", "forecast")
PHASED = (*MONEY, "funding")
MOST_PERIODS = 40
SAMPLES = 2048
"""Of the report's own simulation: the standard error of a chance is at most 1.1 %."""
SIMULATED: dict[Way, int] = {"at once": 5_000, "one by one": 2_500, "compiled": 500}
"""Items up to which the report simulates by itself."""
FEW = 256
"""Its samples where they are not dated at once: the standard error of a chance is at most 3.1 %."""
SINGLY: dict[Way, str] = {
    "at once": "",
    "one by one": "work as late as possible makes each sample a plan of its own; ",
    "compiled": "work by hand, until an expected finish, or under way without a status date, makes each sample a plan of its own; ",
}
"""Why they are not."""
WORDS = {"actual": "actual cost"}
T = TypeVar("T")


def _too_large(way: Way) -> str:
    return (
        f"{SINGLY[way]}more than {SIMULATED[way]:,} {'such ' if SINGLY[way] else ''}items are not simulated for a page; run ipmo simulate"
    )


def waiting_text(queue: Iterable[Due]) -> str:
    """How many decisions and conditions wait: somebody decides on a gate, and meets a condition."""
    rows = list(queue)
    conditions = sum(row.kind == "condition" for row in rows)
    kinds = ((len(rows) - conditions, "decision"), (conditions, "condition"))
    return " and ".join(counted(count, word) for count, word in kinds if count)


class Answers:
    """Everything the panels draw on.

    What cannot be computed is `None`, and its reason stands in `refused` for the page to show.

    Args:
        portfolio: the portfolio.
        findings: what `check` found.
        before: an earlier state of it, for the panel on what changed.
    """

    def __init__(self, portfolio: Portfolio, findings: Findings, before: Portfolio | None = None) -> None:
        self.portfolio, self.findings, self.before = portfolio, findings, before
        self.refused: dict[str, str] = {}
        self._rolls: dict[tuple[str, str | None], RollUp | None] = {}
        self.schedule: Schedule = schedule(portfolio, on_cycle="cut")
        self.links: CriticalLinks = critical_links(portfolio, on_cycle="cut")
        self.live: list[CriticalLink] = [link for link in self.links if not link.settled]
        self.today = as_day(portfolio.status_date) if portfolio.status_date is not None else None
        self.broken: Counter[str] = Counter(
            one.project or one.item for one in self.commitments.broken
        )  # as the timeline and the map count them
        self.currency = portfolio.money.currency if portfolio.money is not None else ""

    def _ask(self, what: str, question: Callable[[], T]) -> T | None:
        try:
            return question()
        except IpmoError as error:
            self.refused.setdefault(what, str(error))
            return None

    # ---------------------------------------------------------------------------------- computed once

    def roll(self, measure: str, by: str | None = None) -> RollUp | None:
        """A roll-up; None when nothing of it is known or it cannot be added."""
        if (measure, by) not in self._rolls:
            self._rolls[measure, by] = self._ask(measure, lambda: roll_up(self.portfolio, measure, by=by, unrated="unknown"))
        roll = self._rolls[measure, by]
        return roll if roll is not None and roll.total.known else None

    @functools.cached_property
    def money(self) -> dict[str, RollUp]:
        """Budget, actual and forecast, as far as they are known."""
        return {name: roll for name in MONEY if (roll := self.roll(name)) is not None}

    @functools.cached_property
    def status(self) -> StatusView | None:
        """Computed status beside reported status."""
        return self._ask("status", lambda: status(self.portfolio))

    @functools.cached_property
    def earned(self) -> EarnedValue | None:
        """Earned value; None when nothing of it is known, planned or earned yet."""
        if self.today is None or not any(
            p.budget is not None or any(t.budget is not None for t in kinds_of_work(p)) for p in self.portfolio.projects
        ):
            return None
        found = self._ask("earned value", lambda: earned_value(self.portfolio, unrated="unknown"))
        return (
            found if found is not None and any(money is not None and money.amount for money in (found.total.pv, found.total.ev)) else None
        )

    @functools.cached_property
    def benefits(self) -> Benefits | None:
        """Benefits; None when there are none."""
        return self._ask("benefits", lambda: benefits(self.portfolio, unrated="unknown")) if self.portfolio.benefits else None

    @functools.cached_property
    def capacity(self) -> CapacityView | None:
        """Demand against capacity by month; None when nobody is assigned."""
        if not any(task.assignments for project in self.portfolio.projects for task in kinds_of_work(project)):
            return None
        found = self._ask("capacity", lambda: capacity(self.portfolio))
        return found if found is not None and len(found) else None

    @functools.cached_property
    def used_up(self) -> tuple[UsedUp, ...]:
        """What the plan takes of each resource that is used up; nothing where it takes none."""
        if not any(one.used_up for one in self.portfolio.resources):
            return ()
        return tuple(one for one in self._ask("what is used up", lambda: used_up(self.portfolio)) or () if one.needed)

    @functools.cached_property
    def raid_log(self) -> RaidLog | None:
        """Risks, assumptions, issues, dependencies, decisions and changes, counted."""
        return self._ask("RAID log", lambda: raid_log(self.portfolio))

    @functools.cached_property
    def exposure(self) -> RiskExposures | None:
        """What open threats cost on average; None where no risk is recorded."""
        if not risks_of(self.portfolio):
            return None
        return self._ask("risk exposure", lambda: risk_exposure(self.portfolio))

    @functools.cached_property
    def simulation(self) -> Simulation | None:
        """One joint simulation; None where nothing is uncertain, where it is refused, or where there is too much for a page."""
        if self.schedule.network.n > SIMULATED["at once"]:
            self.refused.setdefault("simulation", _too_large("at once"))
            return None
        if not self._states_ranges:
            self.refused.setdefault("simulation", "no open work has a range, and no risk or driver has a probability")
            return None
        found = self._ask("simulation", self._simulated)
        if found is not None and found.grade == "refused":
            errors = [one.message for one in found.findings if one.severity is Severity.ERROR]
            self.refused.setdefault("simulation", "; ".join(errors))
        return found if found is not None and found.grade != "refused" else None

    def _simulated(self) -> Simulation:
        way = way_of_sampling(self.portfolio)
        if self.schedule.network.n > SIMULATED[way]:
            raise ScheduleError(_too_large(way))
        found = simulate(self.portfolio, samples=SAMPLES if way == "at once" else FEW, risks="before")
        if found.grade != "refused" and (dates := found[found.portfolio].dates) is not None:
            moment(int(dates.instants.max()))  # where the last date can be said, every other can
        return found

    @property
    def _states_ranges(self) -> bool:
        """Whether anything is stated of which samples could differ."""
        pf = self.portfolio
        if pf.drivers or any(one.noun.before is not None for one in risks_of(pf)):
            return True
        measures = ("duration", "remaining", "budget", "forecast")
        works = (task for project in pf.projects for task in kinds_of_work(project))
        return any(random(estimate) for task in works for name in measures if isinstance(estimate := getattr(task, name, None), Estimate))

    @functools.cached_property
    def phased(self) -> TimePhased | None:
        """Money by period: by month, or by whatever longer period keeps the picture readable; None where nobody states any."""
        if not self._states_money:
            return None
        yearly: Every = "year" if self.portfolio.money is None or self.portfolio.money.financial_year == "jan" else "financial year"
        found: TimePhased | None = None
        dates = [day for project in self.portfolio.projects for day in self.schedule.dates(project.id) if day is not None]
        months = (max(dates) - min(dates)).days / 30 if dates else 0
        lengths: tuple[tuple[Every, int], ...] = (("month", 1), ("quarter", 3))
        for every in [*(name for name, length in lengths if months / length <= MOST_PERIODS), yearly]:
            found = self._ask("money by period", functools.partial(time_phase, self.portfolio, every=every, unrated="unknown"))
            if found is None or len(found.periods) <= MOST_PERIODS:
                break
        return found if found is not None and found.periods else None

    @property
    def _states_money(self) -> bool:
        """Whether anything in the portfolio states a budget, an actual cost, a forecast or funding."""
        pf = self.portfolio
        wholes = [pf, *pf.programmes, *pf.projects]
        if any(getattr(one, name, None) is not None for one in wholes for name in PHASED):
            return True
        works = (task for project in pf.projects for task in kinds_of_work(project))
        return any(task.budget is not None or task.actual is not None or task.forecast is not None for task in works)

    @functools.cached_property
    def spare(self) -> Mapping[str, float | None]:
        """The float to the nearest commitment of each project that is in the schedule."""
        return commitment_floats(self.schedule)

    @functools.cached_property
    def interfaces(self) -> InterfaceView | None:
        """Who gives to whom."""
        return self._ask("interfaces", lambda: InterfaceView(self.links))

    @functools.cached_property
    def map(self) -> PortfolioMap | None:
        """Projects, the few hand-overs that matter, benefits and objectives."""
        grouping = self.grouping
        groups = {project.id: self.group_of(project, grouping) for project in self.portfolio.projects} if grouping else None
        return self._ask("map", lambda: self.links.map(groups=groups))

    @functools.cached_property
    def single_points(self) -> SinglePoints | None:
        """Single points of failure; None where there is neither benefit nor objective."""
        if not self.portfolio.benefits and not self.portfolio.objectives:
            return None
        return self._ask("single points of failure", lambda: single_points(self.portfolio, on_cycle="cut"))

    @functools.cached_property
    def attribution(self) -> Attribution | None:
        """The value of benefits attributed to projects, by flow; None where there is none to attribute."""
        found = self._ask("benefit attribution", lambda: attribute(self.portfolio)) if self.portfolio.benefits else None
        return found if found is not None and found.rows and found.total else None

    @functools.cached_property
    def line_of_sight(self) -> LineOfSight | None:
        """Which project serves which objective; None without objectives."""
        return line_of_sight(self.portfolio) if self.portfolio.objectives else None

    @functools.cached_property
    def variances(self) -> Table:
        """Stated variances of budget and forecast against recomputed ones."""
        return variances(self.portfolio)

    @functools.cached_property
    def queue(self) -> DecisionQueue | None:
        """What must be decided by when."""
        return self._ask("decisions", lambda: decisions_due(self.portfolio, on_cycle="cut"))

    @functools.cached_property
    def changed(self) -> Comparison | None:
        """What is not as it was before; None without an earlier state."""
        before = self.before
        return None if before is None else self._ask("comparison", lambda: compare(before, self.portfolio, on_cycle="cut"))

    @functools.cached_property
    def then(self) -> Answers | None:
        """What the engine says about the earlier state; None without one, or where nothing says when it starts."""
        before = self.before
        return None if before is None else self._ask("earlier state", lambda: Answers(before, Findings()))

    @property
    def since(self) -> str:
        """The day of the earlier state, or its name."""
        before = self.before
        if before is None:
            return ""
        return str(as_day(before.status_date)) if before.status_date is not None else before.name or before.id

    # ------------------------------------------------------------------------------ needed by several

    @functools.cached_property
    def groupings(self) -> tuple[str, ...]:
        """What projects can be grouped by: programmes, attributes that most projects share, category."""
        pf = self.portfolio
        found = ["programme"] if any(project.programme for project in pf.projects) else []
        names = Counter(name for project in pf.projects for name in project.attributes)
        for name, count in names.most_common():
            values = {project.attributes.get(name, "") for project in pf.projects}
            few = 1 < len(values) < max(len(pf.projects) / 2, 3)
            if count > len(pf.projects) / 2 and few and any(any(c.isalpha() for c in value) for value in values):
                found.append(name)
        if len({project.category for project in pf.projects}) > 1:
            found.append("category")
        return tuple(found)

    @property
    def grouping(self) -> str | None:
        """What the status table is grouped by: programmes, else an attribute of the user's, else the category."""
        return self.groupings[0] if self.groupings else None

    def groups(self, grouping: str | None) -> list[tuple[str | None, list[Project]]]:
        """Projects by group, those without one last."""
        if grouping is None:
            return [(None, list(self.portfolio.projects))]
        found: dict[str, list[Project]] = {}
        for project in self.portfolio.projects:
            found.setdefault(self.group_of(project, grouping), []).append(project)
        return [(name, found[name]) for name in sorted(found, key=lambda n: (n == "", n))]

    @staticmethod
    def group_of(project: Project, grouping: str) -> str:
        """The programme, category or attribute of a project; empty where it has none."""
        value = getattr(project, grouping) if grouping in ("programme", "category") else project.attributes.get(grouping)
        return value or ""

    def word(self, measure: str) -> str:
        """What a measure is called here: a portfolio may name it, `attributes: {budget: whole-life cost}`."""
        return self.portfolio.attributes.get(measure) or WORDS.get(measure, measure)

    def name(self, item: str | None) -> str:
        """The title of an item, and of the item whose start or finish is named; its id when it has none."""
        if item == self.portfolio.id and item not in self.portfolio.items:
            return self.portfolio.name or self.portfolio.id
        meant = reference(item).item if item else ""
        return getattr(self.portfolio.items.get(meant), "name", "") or meant

    def around(self, item: str) -> str:
        """The title of the project that an item is part of, and which its own title does not say; empty where there is none, or one project in all."""
        project = self.portfolio.project_of(item) if item and len(self.portfolio.projects) > 1 else ""
        title = self.name(project) if project and project != reference(item).item else ""
        return title if title not in ("", project) and self.name(item) != reference(item).item and title not in self.name(item) else ""

    def placed(self, item: str | None, beside: str = "") -> str:
        """The title of an item and that of its project: many a project has a design, a test and an investment decision.

        Args:
            item: its id.
            beside: another item that the sentence is about; where both are of one project, that is not said again.
        """
        again = bool(item and beside) and self.portfolio.project_of(item or "") == self.portfolio.project_of(beside)
        return self.name(item) if again else f"{self.name(item)} {self.of(item or '')}".rstrip()

    def of(self, item: str) -> str:
        """The project that an item is part of, before what is said of the item; empty where there is none."""
        title = self.around(item)
        return f"of {title} " if title else ""

    def under(self, item: str, title: str | None = None) -> str:
        """What stands below the title of an item: that of its project, and its id; empty where the id is the title."""
        return "; ".join(filter(None, (self.around(item), item))) if (title or self.name(item)) != item else ""

    def named(self, text: str) -> str:
        """A sentence with the titles of items for their ids: where these stand quoted, and where one stands before it and a colon."""
        front, colon, rest = text.partition(": ")
        rest = re.sub(r"'([^'\s]+)'", lambda match: self.title(match[1]) or match[0], rest if colon else text)
        title = self.title(front) if colon else None
        return rest if not colon or (title is not None and title in rest) else f"{title or front}: {rest}"

    def title(self, id: str) -> str | None:
        """What an item is called, its id where it has no title; None where there is no item of that id."""
        return self.name(id) if id == self.portfolio.id or id in self.portfolio.items else None

    def item(self, full_id: str) -> ScheduledItem | None:
        """The dates of an item; None of what is not in the network."""
        return self.schedule[full_id] if full_id in self.schedule else None

    def reported(self, project: Project) -> str | None:
        """The latest reported colour up to the status date."""
        last = self.last_report(project)
        return None if last is None else last.rag

    def last_report(self, project: Project) -> StatusReport | None:
        """The latest report with a colour up to the status date."""
        found = [r for r in project.status if r.rag is not None and (self.today is None or as_day(r.date) <= self.today)]
        return max(found, key=lambda r: r.date, default=None)

    def rating(self, project: Project, assessor: str | None = None) -> str | None:
        """The latest delivery confidence, of one assessor or of whoever came last."""
        found = self._confidence[project.id]
        if assessor is not None:
            return found[assessor].rating if assessor in found else None
        last = self.last_confidence(project)
        return None if last is None else last.rating

    def last_confidence(self, project: Project) -> Confidence | None:
        """The latest assessment of a project by anybody."""
        return max(self._confidence[project.id].values(), key=lambda c: c.date, default=None)

    @functools.cached_property
    def _confidence(self) -> dict[str, dict[str, Confidence]]:
        return {project.id: latest_confidence(project) for project in self.portfolio.projects}

    @functools.cached_property
    def assessors(self) -> Counter[str]:
        """Who assesses delivery confidence here, by name, and how many projects each."""
        return Counter(sorted(name for by in self._confidence.values() for name in by))

    def size(self, project: Project) -> float:
        """The budget of a project as a number to sort by; 0 when it is not known."""
        roll = self.money.get("budget")
        value = roll[project.id].value if roll is not None and project.id in roll else None
        return float(value.amount) if isinstance(value, Money) else 0.0

    @property
    def commitments(self) -> Commitments:
        """What somebody stated and relies on, and whether the forecast keeps it."""
        return self.schedule.commitments

    @functools.cached_property
    def overdue(self) -> frozenset[str]:
        """What has an overdue commitment, by id: a finding that it should have finished says the same again."""
        return frozenset(one.item for one in self.commitments.overdue)

    def ordered(self, code: str) -> list[Finding]:
        """The findings of a code as they stand."""
        return [one for one in self.findings if one.code == code]
