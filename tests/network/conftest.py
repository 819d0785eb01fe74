"""Ways of running the engine, for its tests."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest

import ipmo.network

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
