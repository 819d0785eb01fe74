"""What plugins are made of: the hook marker, what a method declares, what checks report and report sections show.

A new plugin starts with `ipmo plugins new NAME`; `ipmo.testing.conformance` proves it.
"""

from ipmo.analysis.benefits.set_value import Brought, SetValue, set_value
from ipmo.errors import FileError, IpmoError, ModelError, PluginError, Problem, UnitError, UnknownItemError, close_matches
from ipmo.figures.svg import Figure
from ipmo.findings import Finding, Findings, Severity
from ipmo.memory import remember
from ipmo.methods.contract import (
    Check,
    CheckContext,
    DecisionRight,
    EstimateKind,
    Extension,
    Format,
    GateRule,
    Methodology,
    Notice,
    Profile,
    Question,
    Role,
    Section,
    Stage,
    hookimpl,
)
from ipmo.model.measures import Combine, LinkKind, Measure, MeasureContext
from ipmo.model.values import CONVERTER
from ipmo.notebooks import Shown, ShownAnswer
from ipmo.tables import Column, Table
from ipmo.words import agree, beside, counted

__all__ = [
    "CONVERTER",
    "Brought",
    "Check",
    "CheckContext",
    "Column",
    "Combine",
    "DecisionRight",
    "EstimateKind",
    "Extension",
    "Figure",
    "FileError",
    "Finding",
    "Findings",
    "Format",
    "GateRule",
    "IpmoError",
    "LinkKind",
    "Measure",
    "MeasureContext",
    "Methodology",
    "ModelError",
    "Notice",
    "PluginError",
    "Problem",
    "Profile",
    "Question",
    "Role",
    "Section",
    "SetValue",
    "Severity",
    "Shown",
    "ShownAnswer",
    "Stage",
    "Table",
    "UnitError",
    "UnknownItemError",
    "agree",
    "beside",
    "close_matches",
    "counted",
    "hookimpl",
    "remember",
    "set_value",
]
