"""Four small portfolios whose answers are worked out by hand in their files.

`extension`: one project, plain finish-to-start logic, budgets. `handover`: three projects, all four link types, lags and
a lead across projects. `commitment`: benefits, gates, a condition and a decision. `library`: money, earned value, people,
benefits, tolerances and a change request.
"""

from __future__ import annotations

from importlib.resources import as_file, files

from ipmo.desk import read
from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.portfolio import Portfolio

__all__ = ["NAMES", "load"]

NAMES = ("commitment", "extension", "handover", "library")


def load(name: str) -> Portfolio:
    """One of the examples by name.

    Raises:
        UnknownItemError: there is no example of that name.

    >>> load("extension")
    <Portfolio 'extension': 1 project, 6 tasks, 0 links, GBP>
    """
    if name not in NAMES:
        raise UnknownItemError(name, close_matches(name, NAMES), f"the examples {', '.join(NAMES)}")
    with as_file(files(__name__) / f"{name}.yaml") as path:
        return read(path)
