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
    "analysis.attribution": ("Attribution", "attribute"),
    "analysis.benefits": ("Benefits", "LineOfSight", "benefits", "line_of_sight"),
    "analysis.capacity": ("CapacityView", "capacity"),
    "analysis.comparison": ("Comparison", "compare", "what_if"),
    "analysis.decision_queue": ("DecisionQueue", "decisions_due"),
    "analysis.earned_value": ("EarnedValue", "earned_value"),
    "analysis.explanation": ("Explanation", "Figure"),
    "analysis.failure_points": ("FailurePoints", "single_points"),
    "analysis.history": ("History", "reference_classes", "returns"),
    "analysis.interfaces": ("InterfaceView", "interfaces"),
    "analysis.movement": ("Move", "explain_move"),
    "analysis.phasing": ("Phased", "phase"),
    "analysis.registers": ("Registers", "registers"),
    "analysis.scenarios": ("assess",),
    "analysis.sensitivity": ("SlipTable", "slip_table"),
    "analysis.status": ("StatusView", "status"),
    "analysis.interdependencies": ("CriticalLink", "CriticalLinks", "critical_links"),
    "analysis.rollup": ("RollUp",),
    "analysis.schedule": ("Schedule", "ScheduledItem", "schedule"),
    "desk": (
        "baseline",
        "check",
        "freeze",
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
        "PluginError",
        "FormatWarning",
        "PluginWarning",
        "Problem",
        "ScheduleError",
        "UnitError",
        "UnknownItemError",
    ),
    "findings": ("Finding", "Findings", "Severity"),
    "governance": ("Gates", "GateView", "approver"),
    "methods": (
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
    "translation": ("Translation",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


_ROOMS = ("examples", "model")
"""Sub-packages that need no import of their own."""

__all__ = ["__version__", *sorted(_HOME)]

if TYPE_CHECKING:
    from ipmo import examples as examples
    from ipmo import model as model
    from ipmo.analysis.attribution import Attribution as Attribution
    from ipmo.analysis.attribution import attribute as attribute
    from ipmo.analysis.benefits import Benefits as Benefits
    from ipmo.analysis.benefits import LineOfSight as LineOfSight
    from ipmo.analysis.benefits import benefits as benefits
    from ipmo.analysis.benefits import line_of_sight as line_of_sight
    from ipmo.analysis.capacity import CapacityView as CapacityView
    from ipmo.analysis.capacity import capacity as capacity
    from ipmo.analysis.comparison import Comparison as Comparison
    from ipmo.analysis.comparison import compare as compare
    from ipmo.analysis.comparison import what_if as what_if
    from ipmo.analysis.decision_queue import DecisionQueue as DecisionQueue
    from ipmo.analysis.decision_queue import decisions_due as decisions_due
    from ipmo.analysis.earned_value import EarnedValue as EarnedValue
    from ipmo.analysis.earned_value import earned_value as earned_value
    from ipmo.analysis.explanation import Explanation as Explanation
    from ipmo.analysis.explanation import Figure as Figure
    from ipmo.analysis.failure_points import FailurePoints as FailurePoints
    from ipmo.analysis.failure_points import single_points as single_points
    from ipmo.analysis.history import History as History
    from ipmo.analysis.history import reference_classes as reference_classes
    from ipmo.analysis.history import returns as returns
    from ipmo.analysis.interdependencies import CriticalLink as CriticalLink
    from ipmo.analysis.interdependencies import CriticalLinks as CriticalLinks
    from ipmo.analysis.interdependencies import critical_links as critical_links
    from ipmo.analysis.interfaces import InterfaceView as InterfaceView
    from ipmo.analysis.interfaces import interfaces as interfaces
    from ipmo.analysis.movement import Move as Move
    from ipmo.analysis.movement import explain_move as explain_move
    from ipmo.analysis.phasing import Phased as Phased
    from ipmo.analysis.phasing import phase as phase
    from ipmo.analysis.registers import Registers as Registers
    from ipmo.analysis.registers import registers as registers
    from ipmo.analysis.rollup import RollUp as RollUp
    from ipmo.analysis.scenarios import assess as assess
    from ipmo.analysis.schedule import Schedule as Schedule
    from ipmo.analysis.schedule import ScheduledItem as ScheduledItem
    from ipmo.analysis.schedule import schedule as schedule
    from ipmo.analysis.sensitivity import SlipTable as SlipTable
    from ipmo.analysis.sensitivity import slip_table as slip_table
    from ipmo.analysis.status import StatusView as StatusView
    from ipmo.analysis.status import status as status
    from ipmo.desk import baseline as baseline
    from ipmo.desk import check as check
    from ipmo.desk import freeze as freeze
    from ipmo.desk import from_dict as from_dict
    from ipmo.desk import from_tables as from_tables
    from ipmo.desk import gates as gates
    from ipmo.desk import history as history
    from ipmo.desk import plugins as plugins
    from ipmo.desk import read as read
    from ipmo.desk import read_changes as read_changes
    from ipmo.desk import report as report
    from ipmo.desk import roll_up as roll_up
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
    from ipmo.errors import PluginError as PluginError
    from ipmo.errors import PluginWarning as PluginWarning
    from ipmo.errors import Problem as Problem
    from ipmo.errors import ScheduleError as ScheduleError
    from ipmo.errors import UnitError as UnitError
    from ipmo.errors import UnknownItemError as UnknownItemError
    from ipmo.findings import Finding as Finding
    from ipmo.findings import Findings as Findings
    from ipmo.findings import Severity as Severity
    from ipmo.governance import Gates as Gates
    from ipmo.governance import GateView as GateView
    from ipmo.governance import approver as approver
    from ipmo.methods import Check as Check
    from ipmo.methods import CheckContext as CheckContext
    from ipmo.methods import DecisionRight as DecisionRight
    from ipmo.methods import EstimateKind as EstimateKind
    from ipmo.methods import Extension as Extension
    from ipmo.methods import Format as Format
    from ipmo.methods import GateRule as GateRule
    from ipmo.methods import Methodology as Methodology
    from ipmo.methods import Profile as Profile
    from ipmo.methods import Role as Role
    from ipmo.methods import Section as Section
    from ipmo.methods import Stage as Stage
    from ipmo.methods import hookimpl as hookimpl
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
    from ipmo.translation import Translation as Translation
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
