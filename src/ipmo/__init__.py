"""An integrated portfolio office: one model, one dependency graph, answers that explain themselves.

```python
import ipmo

pf = ipmo.read("portfolio.yaml")
ipmo.schedule(pf)["tram/build"].target_float
ipmo.critical_links(pf)[0].reason
```

Names are loaded when they are first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

import attrs as _attrs  # noqa: F401 - the three libraries that importing ipmo may touch
import cattrs as _cattrs  # noqa: F401
import pluggy as _pluggy  # noqa: F401

__version__ = "0.1.0"

_HOMES = {
    "analysis.benefits.attribution": ("Attribution", "attribute"),
    "analysis.benefits.realisation": ("Benefits", "LineOfSight", "benefits", "line_of_sight"),
    "analysis.resources.capacity": ("CapacityView", "capacity"),
    "analysis.change.comparison": ("Comparison", "compare", "what_if"),
    "analysis.change.decisions": ("DecisionQueue", "decisions_due"),
    "analysis.money.earned_value": ("EarnedValue", "earned_value"),
    "analysis.money.explanation": ("Explanation", "Figure"),
    "analysis.dependencies.single_points": ("SinglePoints", "single_points"),
    "analysis.control.history": ("History", "reference_classes", "reporting_compliance"),
    "analysis.dependencies.interfaces": ("InterfaceView", "interfaces"),
    "analysis.change.movement": ("VarianceAnalysis", "variance_analysis"),
    "analysis.money.phasing": ("TimePhased", "time_phase"),
    "analysis.control.raid_log": ("RaidLog", "raid_log"),
    "analysis.change.impact": ("assess",),
    "analysis.change.sensitivity": ("DelaySensitivity", "delay_sensitivity"),
    "analysis.control.status": ("StatusView", "status"),
    "analysis.dependencies.critical": ("CriticalLink", "CriticalLinks", "critical_links"),
    "analysis.money.rollup": ("RollUp",),
    "analysis.dates.schedule": ("Schedule", "ScheduledItem", "schedule"),
    "desk": (
        "baseline",
        "check",
        "snapshot",
        "from_dict",
        "from_tables",
        "gates",
        "history",
        "plugins",
        "read",
        "read_changes",
        "report",
        "roll_up",
        "to_dict",
        "translate",
        "trend",
        "write",
        "write_changes",
    ),
    "errors": (
        "CycleError",
        "FileError",
        "IpmoError",
        "MissingExtraError",
        "MissingRateError",
        "ModelError",
        "OptionError",
        "PluginError",
        "FormatWarning",
        "PluginWarning",
        "Problem",
        "ScheduleError",
        "UnitError",
        "UnknownItemError",
    ),
    "findings": ("Finding", "Findings", "Severity"),
    "memory": ("Remembered", "forget", "remember", "remembered"),
    "analysis.control.authority": ("Approver", "approver"),
    "methods.gates": ("Gates", "GateView"),
    "methods.contract": (
        "Check",
        "CheckContext",
        "DecisionRight",
        "EstimateKind",
        "Extension",
        "Format",
        "GateRule",
        "Methodology",
        "Profile",
        "Role",
        "Section",
        "Stage",
        "hookimpl",
    ),
    "model.changes": (
        "Add",
        "AddLink",
        "Delay",
        "Fund",
        "MoveBudget",
        "Remove",
        "RemoveLink",
        "SetBudget",
        "SetDate",
        "SetDuration",
        "SetEstimate",
        "SetLag",
        "SetProbability",
        "Stop",
    ),
    "model": ("Link", "LinkKind", "Measure", "Money", "Portfolio", "Programme", "Project", "Span", "Task"),
    "network.graph": ("graph", "leads_to"),
    "tables": ("Column", "Table"),
    "methods.translation": ("Translation",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


_ROOMS = ("examples", "model")
"""Sub-packages that need no import of their own."""

__all__ = ["__version__", *sorted(_HOME)]

if TYPE_CHECKING:
    from ipmo import examples as examples
    from ipmo import model as model
    from ipmo.analysis.benefits.attribution import Attribution as Attribution
    from ipmo.analysis.benefits.attribution import attribute as attribute
    from ipmo.analysis.benefits.realisation import Benefits as Benefits
    from ipmo.analysis.benefits.realisation import LineOfSight as LineOfSight
    from ipmo.analysis.benefits.realisation import benefits as benefits
    from ipmo.analysis.benefits.realisation import line_of_sight as line_of_sight
    from ipmo.analysis.change.comparison import Comparison as Comparison
    from ipmo.analysis.change.comparison import compare as compare
    from ipmo.analysis.change.comparison import what_if as what_if
    from ipmo.analysis.change.decisions import DecisionQueue as DecisionQueue
    from ipmo.analysis.change.decisions import decisions_due as decisions_due
    from ipmo.analysis.change.impact import assess as assess
    from ipmo.analysis.change.movement import VarianceAnalysis as VarianceAnalysis
    from ipmo.analysis.change.movement import variance_analysis as variance_analysis
    from ipmo.analysis.change.sensitivity import DelaySensitivity as DelaySensitivity
    from ipmo.analysis.change.sensitivity import delay_sensitivity as delay_sensitivity
    from ipmo.analysis.control.authority import Approver as Approver
    from ipmo.analysis.control.authority import approver as approver
    from ipmo.analysis.control.history import History as History
    from ipmo.analysis.control.history import reference_classes as reference_classes
    from ipmo.analysis.control.history import reporting_compliance as reporting_compliance
    from ipmo.analysis.control.raid_log import RaidLog as RaidLog
    from ipmo.analysis.control.raid_log import raid_log as raid_log
    from ipmo.analysis.control.status import StatusView as StatusView
    from ipmo.analysis.control.status import status as status
    from ipmo.analysis.dates.schedule import Schedule as Schedule
    from ipmo.analysis.dates.schedule import ScheduledItem as ScheduledItem
    from ipmo.analysis.dates.schedule import schedule as schedule
    from ipmo.analysis.dependencies.critical import CriticalLink as CriticalLink
    from ipmo.analysis.dependencies.critical import CriticalLinks as CriticalLinks
    from ipmo.analysis.dependencies.critical import critical_links as critical_links
    from ipmo.analysis.dependencies.interfaces import InterfaceView as InterfaceView
    from ipmo.analysis.dependencies.interfaces import interfaces as interfaces
    from ipmo.analysis.dependencies.single_points import SinglePoints as SinglePoints
    from ipmo.analysis.dependencies.single_points import single_points as single_points
    from ipmo.analysis.money.earned_value import EarnedValue as EarnedValue
    from ipmo.analysis.money.earned_value import earned_value as earned_value
    from ipmo.analysis.money.explanation import Explanation as Explanation
    from ipmo.analysis.money.explanation import Figure as Figure
    from ipmo.analysis.money.phasing import TimePhased as TimePhased
    from ipmo.analysis.money.phasing import time_phase as time_phase
    from ipmo.analysis.money.rollup import RollUp as RollUp
    from ipmo.analysis.resources.capacity import CapacityView as CapacityView
    from ipmo.analysis.resources.capacity import capacity as capacity
    from ipmo.desk import baseline as baseline
    from ipmo.desk import check as check
    from ipmo.desk import from_dict as from_dict
    from ipmo.desk import from_tables as from_tables
    from ipmo.desk import gates as gates
    from ipmo.desk import history as history
    from ipmo.desk import plugins as plugins
    from ipmo.desk import read as read
    from ipmo.desk import read_changes as read_changes
    from ipmo.desk import report as report
    from ipmo.desk import roll_up as roll_up
    from ipmo.desk import snapshot as snapshot
    from ipmo.desk import to_dict as to_dict
    from ipmo.desk import translate as translate
    from ipmo.desk import trend as trend
    from ipmo.desk import write as write
    from ipmo.desk import write_changes as write_changes
    from ipmo.errors import CycleError as CycleError
    from ipmo.errors import FileError as FileError
    from ipmo.errors import FormatWarning as FormatWarning
    from ipmo.errors import IpmoError as IpmoError
    from ipmo.errors import MissingExtraError as MissingExtraError
    from ipmo.errors import MissingRateError as MissingRateError
    from ipmo.errors import ModelError as ModelError
    from ipmo.errors import OptionError as OptionError
    from ipmo.errors import PluginError as PluginError
    from ipmo.errors import PluginWarning as PluginWarning
    from ipmo.errors import Problem as Problem
    from ipmo.errors import ScheduleError as ScheduleError
    from ipmo.errors import UnitError as UnitError
    from ipmo.errors import UnknownItemError as UnknownItemError
    from ipmo.findings import Finding as Finding
    from ipmo.findings import Findings as Findings
    from ipmo.findings import Severity as Severity
    from ipmo.memory import Remembered as Remembered
    from ipmo.memory import forget as forget
    from ipmo.memory import remember as remember
    from ipmo.memory import remembered as remembered
    from ipmo.methods.contract import Check as Check
    from ipmo.methods.contract import CheckContext as CheckContext
    from ipmo.methods.contract import DecisionRight as DecisionRight
    from ipmo.methods.contract import EstimateKind as EstimateKind
    from ipmo.methods.contract import Extension as Extension
    from ipmo.methods.contract import Format as Format
    from ipmo.methods.contract import GateRule as GateRule
    from ipmo.methods.contract import Methodology as Methodology
    from ipmo.methods.contract import Profile as Profile
    from ipmo.methods.contract import Role as Role
    from ipmo.methods.contract import Section as Section
    from ipmo.methods.contract import Stage as Stage
    from ipmo.methods.contract import hookimpl as hookimpl
    from ipmo.methods.gates import Gates as Gates
    from ipmo.methods.gates import GateView as GateView
    from ipmo.methods.translation import Translation as Translation
    from ipmo.model import Link as Link
    from ipmo.model import LinkKind as LinkKind
    from ipmo.model import Measure as Measure
    from ipmo.model import Money as Money
    from ipmo.model import Portfolio as Portfolio
    from ipmo.model import Programme as Programme
    from ipmo.model import Project as Project
    from ipmo.model import Span as Span
    from ipmo.model import Task as Task
    from ipmo.model.changes import Add as Add
    from ipmo.model.changes import AddLink as AddLink
    from ipmo.model.changes import Delay as Delay
    from ipmo.model.changes import Fund as Fund
    from ipmo.model.changes import MoveBudget as MoveBudget
    from ipmo.model.changes import Remove as Remove
    from ipmo.model.changes import RemoveLink as RemoveLink
    from ipmo.model.changes import SetBudget as SetBudget
    from ipmo.model.changes import SetDate as SetDate
    from ipmo.model.changes import SetDuration as SetDuration
    from ipmo.model.changes import SetEstimate as SetEstimate
    from ipmo.model.changes import SetLag as SetLag
    from ipmo.model.changes import SetProbability as SetProbability
    from ipmo.model.changes import Stop as Stop
    from ipmo.network.graph import graph as graph
    from ipmo.network.graph import leads_to as leads_to
    from ipmo.tables import Column as Column
    from ipmo.tables import Table as Table
else:

    def __getattr__(name: str) -> Any:
        """Loads a name of the front door from its home when it is first used."""
        if name in _ROOMS:
            return importlib.import_module(f"ipmo.{name}")
        if name not in _HOME:
            raise AttributeError(f"module 'ipmo' has no attribute {name!r}")
        value = getattr(importlib.import_module(f"ipmo.{_HOME[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return __all__
