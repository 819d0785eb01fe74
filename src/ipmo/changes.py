"""What-if changes: what `ipmo.what_if` applies, change requests hold, and `ipmo.read_changes` reads.

>>> import ipmo
>>> ipmo.what_if(ipmo.examples.load("handover"), Delay("rails/lay", "2 d")).dates[0].change
2.0
"""

from ipmo.model.changes import (
    Add,
    AddLink,
    AsSoonAsPossible,
    Change,
    Delay,
    Fund,
    Interrupt,
    MoveBudget,
    Pause,
    Remove,
    RemoveLink,
    Restaff,
    SetBudget,
    SetDate,
    SetDuration,
    SetEstimate,
    SetLag,
    SetProbability,
    Stop,
)

__all__ = [
    "Add",
    "AddLink",
    "AsSoonAsPossible",
    "Change",
    "Delay",
    "Fund",
    "Interrupt",
    "MoveBudget",
    "Pause",
    "Remove",
    "RemoveLink",
    "Restaff",
    "SetBudget",
    "SetDate",
    "SetDuration",
    "SetEstimate",
    "SetLag",
    "SetProbability",
    "Stop",
]
