"""What a new adapter's tests look like: one clean and one offending portfolio for each check."""

from __future__ import annotations

from ipmo.model import Person, Portfolio, Project
from ipmo.testing.conformance import MethodologyConformance
from ipmo_example import HOUSE

CLEAN = Portfolio(id="x", people=[Person(id="ann")], projects=[Project(id="P", owner="ann")])


class TestHouse(MethodologyConformance):
    methodology = HOUSE
    entry_point = "example"
    examples = {"house/owner": (CLEAN, CLEAN.evolve("P", owner=None))}
