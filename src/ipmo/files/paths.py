"""Verbs on what a file holds take the file's path too: one decorator, that type checkers and `help` see through."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Mapping
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar

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
        only: the one class of what they take, where there is only one.
    """

    def __init__(self, read: Callable[[Path], object], what: str = "a portfolio or the path of its file", only: type = object) -> None:
        self.read, self.what, self.only = read, what, only

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

        @functools.wraps(verb)
        def reading(*given: object, **named: object) -> Answer:
            first = [self.taken(value, verb.__name__) for value in given[:count]]
            for key, value in named.items():
                if key in names:
                    named[key] = self.taken(value, verb.__name__)
                elif key in optional and value is not None:
                    named[key] = self.taken(value, f"{verb.__name__}({key}=)")
            return verb(*first, *given[count:], **named)

        reading.__module__ = "ipmo"  # where people find it, and pickle too
        reading.__signature__ = _with_paths(signature, [*names, *optional])  # type: ignore[attr-defined]
        return reading

    def taken(self, value: object, verb: str) -> object:
        """What a verb is given, read where it is a path.

        Raises:
            TypeError: it is neither.
        """
        if isinstance(value, str | os.PathLike):
            return self.read(value)
        if isinstance(value, Mapping):
            raise TypeError(f"{verb} takes {self.what}, not plain data; read it first by ipmo.from_dict")
        if value is None or isinstance(value, int | float | bytes) or not isinstance(value, self.only):
            raise TypeError(f"{verb} takes {self.what}; got {value!r:.60}")
        return value


def _with_paths(signature: inspect.Signature, names: list[str]) -> inspect.Signature:
    parameters: Mapping[str, inspect.Parameter] = signature.parameters
    return signature.replace(
        parameters=[
            one.replace(annotation=f"{one.annotation} | str | os.PathLike[str]") if name in names else one
            for name, one in parameters.items()
        ]
    )
