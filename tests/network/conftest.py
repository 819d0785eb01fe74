"""Ways of running the engine, and networks to run it on, for its tests."""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

import ipmo.network
from ipmo.model import Calendar
from ipmo.network.network import Network
from ipmo.units import minutes

LIMITS = ("SMALL", "LARGE", "COMPILE")
"""From how many nodes, links or steps on a module does what only large networks need."""


def as_large(patch: pytest.MonkeyPatch) -> None:
    """Networks of any size take the ways of large ones: their columns are arrays, and the kernels that are else compiled run as they stand."""

    def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
        return function

    for found in pkgutil.iter_modules(ipmo.network.__path__, "ipmo.network."):
        module = importlib.import_module(found.name)
        if found.name != "ipmo.network.compiled":
            for name in (*LIMITS, "available", "kernel"):
                if hasattr(module, name):
                    value = 0 if name in LIMITS else kernel if name == "kernel" else lambda: True
                    patch.setattr(module, name, value)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """What only large networks do is done by small ones, and by kernels that nobody compiled; see `as_large`."""
    as_large(monkeypatch)


CALENDARS = (
    Calendar(id="days", week="mon-fri", hours="09:00-17:00"),
    Calendar(id="six", week="mon-sat", hours="08:00-12:00, 13:00-16:00"),
    Calendar(id="nights", week="mon-fri", hours="22:00-06:00"),
)


def dense(seed: int, n: int = 18, calendars: Sequence[Calendar] = CALENDARS, lags: Sequence[int] = (0, 0, 0, 60, 480, -240)) -> Network:
    """Work on three calendars, links of all types forth and back between three projects, many of them from finish to finish."""
    r = random.Random(seed)
    pairs = sorted({(i, j) for j in range(1, n) for i in r.sample(range(j), min(j, r.randint(0, 3)))})
    return Network.from_columns(
        [f"t{v}" for v in range(n)], [r.choice((0, 240, 420, 480, 960, 1440)) for _ in range(n)],
        [u for u, _ in pairs], [v for _, v in pairs], type=[r.choice((0, 1, 2, 2, 2, 3)) for _ in pairs],
        lag=[r.choice(lags) for _ in pairs], project=[r.randrange(3) for _ in range(n)], projects=["a", "b", "c"],
        start=minutes(date(2026, 1, 5)), calendar=[r.randrange(3) for _ in range(n)], calendars=calendars,
    )  # fmt: skip
