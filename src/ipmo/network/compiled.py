"""Kernels compiled by numba where it is installed: cached where a cache can be kept, plain Python where it is not."""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import ParamSpec, TypeVar, cast

from ipmo.network import states
from ipmo.network.kernels import (
    alike,
    cascades,
    clocks,
    columns,
    cones,
    days,
    drag,
    draws,
    generation,
    interfaces,
    links,
    order,
    passes,
    pieces,
    pools,
    reach,
    reading,
    samples,
    settling,
    trees,
    without,
)

__all__ = ["available", "kernel", "loaded"]

MODULES = (
    columns,
    clocks,
    links,
    order,
    passes,
    drag,
    cones,
    settling,
    interfaces,
    cascades,
    reach,
    reading,
    trees,
    without,
    draws,
    days,
    samples,
    pools,
    pieces,
    generation,
    alike,
)
SOURCES = (states, *MODULES)
"""What a compiled kernel depends on: numba's own cache sees edits of a function's own file only."""

P = ParamSpec("P")
T = TypeVar("T")


@functools.cache
def available() -> bool:
    """Numba can be imported here, and the environment does not say `IPMO_NO_NUMBA=1`."""
    import importlib.util
    import os

    return os.environ.get("IPMO_NO_NUMBA") != "1" and importlib.util.find_spec("numba") is not None


def loaded(function: Callable[P, T]) -> bool:
    """Whether a kernel has been compiled, or read from the cache, in this process already: then it costs nothing to begin with."""
    return available() and _compiled.cache_info().currsize > 0 and bool(getattr(_compiled()[function.__name__], "signatures", ()))


def kernel(function: Callable[P, T]) -> Callable[P, T]:
    """A kernel compiled together with those it calls; as it stands where numba is missing.

    The functions of these modules are rebuilt over a namespace of compiled ones, so that the plain modules stay as they are.
    """
    return cast(Callable[P, T], _compiled()[function.__name__]) if available() else function


@functools.cache
def _compiled() -> dict[str, object]:
    """All kernels by name, compiled: they call each other by these names."""
    import numba

    text = "".join(Path(module.__file__ or "").read_text(encoding="utf-8") for module in SOURCES)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    namespace: dict[str, object] = {"__name__": passes.__name__, "__file__": passes.__file__}
    plain: dict[str, FunctionType] = {}
    for module in MODULES:
        for name, value in vars(module).items():
            if isinstance(value, FunctionType) and value.__module__ == module.__name__:
                plain[name] = value
            elif value is math or (isinstance(value, int) and name.isupper()) or (isinstance(value, type) and issubclass(value, tuple)):
                namespace[name] = value
    for name, function in plain.items():
        copy = FunctionType(function.__code__, namespace, name, function.__defaults__)
        copy.__module__ = passes.__name__
        copy.__qualname__ = f"{name}_{digest}"
        try:
            namespace[name] = numba.njit(copy, nogil=True, cache=True)
        except RuntimeError:  # no folder can be written to: compile anew in each process
            namespace[name] = numba.njit(copy, nogil=True)
    return namespace
