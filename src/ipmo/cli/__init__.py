"""The command line: `ipmo read|map|check|schedule|links|what-if|roll-up|status|gates|ask|translate|...|report|convert|template|schema|plugins|doctor`.

It asks what anybody may ask: the verbs of the front door. Exit 0 good; 1 when `check` has a finding of severity error or a verb
cannot answer; 2 wrong use. Errors go to stderr and name the file. `--json` prints one valid object with `rows` and `findings`, even
on failure.
"""

from ipmo.cli import (
    asking,
    benefits,
    change,
    control,
    dates,
    dependencies,
    doctor,
    methods,
    money,
    portfolio,
    report,
    resources,
    risk,
    spreadsheets,
)
from ipmo.cli.shell import main

__all__ = [
    "asking",
    "benefits",
    "change",
    "control",
    "dates",
    "dependencies",
    "doctor",
    "main",
    "methods",
    "money",
    "portfolio",
    "report",
    "resources",
    "risk",
    "spreadsheets",
]
