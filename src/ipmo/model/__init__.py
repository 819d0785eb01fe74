"""The nouns: what a portfolio of change consists of."""

from ipmo.emissions import Emissions
from ipmo.model.benefits import Benefit, Contribution, Enabler, Objective, Outcome
from ipmo.model.calendars import CONTINUOUS, STANDARD, Calendar, CalendarException, LostDays
from ipmo.model.carbon import Carbon
from ipmo.model.changes import ChangeRequest
from ipmo.model.contents import Baseline, Source
from ipmo.model.dialects import DIALECTS, Dialect
from ipmo.model.earning import Earning, EarningStep
from ipmo.model.estimates import (
    Discrete,
    Empirical,
    Estimate,
    Fixed,
    LogNormal,
    Normal,
    OpaqueEstimate,
    Pert,
    Referenced,
    Triangular,
    UncertainLag,
    Uniform,
)
from ipmo.model.fields import FrozenMap, Noun, doc
from ipmo.model.governance import (
    After,
    Condition,
    Confidence,
    Decision,
    Gate,
    GateDecision,
    Lesson,
    Standard,
    StatusReport,
    Tolerance,
    Waiver,
)
from ipmo.model.measures import Combine, LinkKind, Measure, MeasureContext
from ipmo.model.money import Budget, BudgetLine, MoneySettings, PriceBase, RateRow, Spread
from ipmo.model.people import Assignment, Capacity, DataFlow, DecisionBody, Office, Person, Resource, Service, Stakeholder
from ipmo.model.portfolio import Portfolio
from ipmo.model.reference import DiscountBand, DiscountSchedule, ReferenceClass, Uplift
from ipmo.model.references import Reference, reference
from ipmo.model.risks import Assumption, Branch, Driver, Exposure, Impact, Issue, Risk, Way
from ipmo.model.splitting import Interruption, Splitting
from ipmo.model.work import Constraints, Link, Programme, Project, Task, WorkMode
from ipmo.units import Effort, ExchangeRates, Money, Rate, Span

__all__ = [
    "CONTINUOUS",
    "DIALECTS",
    "STANDARD",
    "After",
    "Assignment",
    "Assumption",
    "Baseline",
    "Benefit",
    "Branch",
    "Budget",
    "BudgetLine",
    "Calendar",
    "CalendarException",
    "Capacity",
    "Carbon",
    "ChangeRequest",
    "Combine",
    "Condition",
    "Confidence",
    "Constraints",
    "Contribution",
    "DataFlow",
    "Decision",
    "DecisionBody",
    "Dialect",
    "DiscountBand",
    "DiscountSchedule",
    "Discrete",
    "Driver",
    "Earning",
    "EarningStep",
    "Effort",
    "Emissions",
    "Empirical",
    "Enabler",
    "Estimate",
    "ExchangeRates",
    "Exposure",
    "Fixed",
    "FrozenMap",
    "Gate",
    "GateDecision",
    "Impact",
    "Interruption",
    "Issue",
    "Lesson",
    "Link",
    "LinkKind",
    "LogNormal",
    "LostDays",
    "Measure",
    "MeasureContext",
    "Money",
    "MoneySettings",
    "Normal",
    "Noun",
    "Objective",
    "Office",
    "OpaqueEstimate",
    "Outcome",
    "Person",
    "Pert",
    "Portfolio",
    "PriceBase",
    "Programme",
    "Project",
    "Rate",
    "RateRow",
    "Reference",
    "ReferenceClass",
    "Referenced",
    "Resource",
    "Risk",
    "Service",
    "Source",
    "Span",
    "Splitting",
    "Spread",
    "Stakeholder",
    "Standard",
    "StatusReport",
    "Task",
    "Tolerance",
    "Triangular",
    "UncertainLag",
    "Uniform",
    "Uplift",
    "Waiver",
    "Way",
    "WorkMode",
    "doc",
    "reference",
]
