"""Kernels compiled by numba where it is installed: cached where a cache can be kept, plain Python where it is not."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

from ipmo.network.kernels import cones as kernels_cones
from ipmo.network.kernels import drag as kernels_drag
from ipmo.network.kernels import passes as kernels
from ipmo.network.kernels import reach as kernels_reach
from ipmo.network.kernels import trees as kernels_trees

__all__ = ["available", "kernel", "plain_kernel"]

MODULES = (kernels, kernels_drag, kernels_cones, kernels_trees, kernels_reach)


def plain_kernel(name: str) -> Callable[..., Any]:
    """The kernel of that name as it stands, for lists."""
    found: Callable[..., Any] = next(getattr(module, name) for module in MODULES if hasattr(module, name))
    return found


@functools.cache
def available() -> bool:
    """Numba can be imported here, and the environment does not say `IPMO_NO_NUMBA=1`."""
    import importlib.util
    import os

    return os.environ.get("IPMO_NO_NUMBA") != "1" and importlib.util.find_spec("numba") is not None


@functools.cache
def kernel(name: str) -> Callable[..., Any]:
    """The kernel of that name, compiled together with those it calls; as it stands where numba is missing.

    The functions of these modules are rebuilt over a namespace of compiled ones, so that the plain module stays as it is.
    """
    return _compiled()[name]


@functools.cache
def _compiled() -> dict[str, Callable[..., Any]]:
    plain = {n: f for module in MODULES for n, f in vars(module).items() if isinstance(f, FunctionType)}
    if not available():
        return dict(plain)
    import numba

    digest = hashlib.sha256("".join(Path(module.__file__ or "").read_text(encoding="utf-8") for module in MODULES).encode()).hexdigest()[
        :12
    ]
    namespace: dict[str, Any] = {"FAR": kernels.FAR, "__name__": kernels.__name__, "__file__": kernels.__file__}
    for name, function in plain.items():
        copy = FunctionType(function.__code__, namespace, name, function.__defaults__)
        copy.__module__ = kernels.__name__
        copy.__qualname__ = f"{name}_{digest}"  # numba's cache sees edits of the function's own file only, and it calls others
        try:
            namespace[name] = numba.njit(copy, nogil=True, cache=True)
        except RuntimeError:  # no folder can be written to: compile anew in each process
            namespace[name] = numba.njit(copy, nogil=True)
    return {name: namespace[name] for name in plain}
