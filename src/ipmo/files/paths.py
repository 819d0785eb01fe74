"""Verbs on what a file holds take the file's path too: one decorator, that type checkers and `help` see through."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Mapping
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar, cast

from ipmo.errors import OptionError
from ipmo.options import Options
from ipmo.progress import Progress, watched

__all__ = ["Path", "Taking"]

P = ParamSpec("P")
First = TypeVar("First")
Second = TypeVar("Second")
Answer = TypeVar("Answer")

Path: TypeAlias = str | os.PathLike[str]
"""Where a file or folder is."""


class Taking:
    """Makes verbs take a path where they take what is read from it.

    Args:
        read: what reads a path.
        what: what the verbs take, in words.
    """

    def __init__(self, read: Callable[[Path], object], what: str = "a portfolio or the path of its file") -> None:
        self.read, self.what = read, what

    def __call__(self, verb: Callable[Concatenate[First, P], Answer]) -> Callable[Concatenate[First | Path, P], Answer]:
        """The verb, taking a path as its first argument too, and as the baseline that it compares with."""
        return self._reading(verb, 1)

    def two(self, verb: Callable[Concatenate[First, Second, P], Answer]) -> Callable[Concatenate[First | Path, Second | Path, P], Answer]:
        """The verb, taking paths as its first two arguments too."""
        return self._reading(verb, 2)

    def _reading(self, verb: Callable[..., Answer], count: int) -> Callable[..., Answer]:
        signature = inspect.signature(verb)
        names = list(signature.parameters)[:count]
        optional = [name for name, one in signature.parameters.items() if name == "baseline" and "Portfolio" in str(one.annotation)]

        options = Options(verb, say=dict.fromkeys([*names, *optional], self.what))

        @functools.wraps(verb)
        def reading(*given: object, **named: object) -> Answer:
            watch = named.get("progress")
            with watched(cast(Progress, watch) if callable(watch) or watch is True else None):
                first = [self.taken(value, name) for name, value in zip(names, given, strict=False)]
                for key, value in named.items():
                    if key in names or (key in optional and value is not None):
                        named[key] = self.taken(value, key)
            places, others = options.held((*first, *given[count:]), named)
            return verb(*places, **others)

        reading.__module__ = "ipmo"  # where people find it, and pickle too
        reading.__signature__ = _with_paths(signature, [*names, *optional])  # type: ignore[attr-defined]
        return reading

    def taken(self, value: object, name: str) -> object:
        """What an argument is given, read where it is a path.

        Raises:
            OptionError: it is plain data, or empty.
        """
        if isinstance(value, str) and not value.strip():
            raise OptionError(name, value, takes=self.what)
        if isinstance(value, str | os.PathLike):
            return self.read(value)
        if isinstance(value, Mapping):
            raise OptionError(name, value, takes=f"{self.what}, not plain data; read it first by ipmo.from_dict")
        return value


def _with_paths(signature: inspect.Signature, names: list[str]) -> inspect.Signature:
    parameters: Mapping[str, inspect.Parameter] = signature.parameters
    return signature.replace(
        parameters=[
            one.replace(annotation=f"{one.annotation} | str | os.PathLike[str]") if name in names else one
            for name, one in parameters.items()
        ]
    )
