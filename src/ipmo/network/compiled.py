"""Kernels compiled by numba where it is installed: cached where a cache can be kept, plain Python where it is not."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any

from ipmo.network import kernels

__all__ = ["available", "kernel"]


@functools.cache
def available() -> bool:
    """Numba can be imported here, and the environment does not say `IPMO_NO_NUMBA=1`."""
    import importlib.util
    import os

    return os.environ.get("IPMO_NO_NUMBA") != "1" and importlib.util.find_spec("numba") is not None


@functools.cache
def kernel(name: str) -> Callable[..., Any]:
    """The kernel of that name, compiled together with those it calls; as it stands where numba is missing.

    The functions of `kernels` are rebuilt over a namespace of compiled ones, so that the plain module stays as it is.
    """
    return _compiled()[name]


@functools.cache
def _compiled() -> dict[str, Callable[..., Any]]:
    plain = {n: f for n, f in vars(kernels).items() if isinstance(f, FunctionType)}
    if not available():
        return dict(plain)
    import numba

    namespace: dict[str, Any] = {"FAR": kernels.FAR, "__name__": kernels.__name__, "__file__": kernels.__file__}
    for name, function in plain.items():
        copy = FunctionType(function.__code__, namespace, name, function.__defaults__)
        copy.__module__, copy.__qualname__ = kernels.__name__, name
        try:
            namespace[name] = numba.njit(copy, nogil=True, cache=True)
        except RuntimeError:  # no folder can be written to: compile anew in each process
            namespace[name] = numba.njit(copy, nogil=True)
    return {name: namespace[name] for name in plain}
