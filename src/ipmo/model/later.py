"""Fields of nouns that are made when they are first looked at: a million tasks are read as columns, and few of them are ever seen.

A noun whose field was left out is equal to one whose field is there: whoever reads the field gets its value, made once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

from ipmo.model.fields import Noun
from ipmo.model.several import as_several

__all__ = ["LOCK", "Later", "being_made", "is_being_made", "kept_beside", "leave", "left_out", "size_of", "unread"]

T = TypeVar("T", bound="Later")
Maker = tuple[int, Callable[[], tuple[Noun, ...]]]
"""How many nouns a field holds, and what makes them."""
_BEING_MADE: ContextVar[bool] = ContextVar("_BEING_MADE", default=False)
LOCK = threading.RLock()
"""One for all: a field is made by the thread that asks first, and the others wait for it."""


class _Left:
    """What makes the fields that were left out, and what is kept beside the noun."""

    __slots__ = ("beside", "makers")

    def __init__(self, makers: dict[str, Maker], beside: object) -> None:
        self.makers, self.beside = makers, beside


class Later(Noun):
    """A noun of which fields can be left out until somebody looks at them."""

    __slots__ = ("_left",)

    if not TYPE_CHECKING:  # a class with it would have every attribute for a type checker

        def __getattr__(self, name: str) -> object:
            if name != "_left":
                with LOCK:
                    found = _makers(self).get(name)
                    if found is not None:
                        object.__setattr__(self, name, as_several(found[1]()))
                        del _makers(self)[name]
                    if found is not None or name in _slots(type(self)):  # another thread has made it meanwhile
                        return object.__getattribute__(self, name)
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)


def _slots(cls: type) -> frozenset[str]:
    return frozenset(one.name for one in getattr(cls, "__attrs_attrs__", ()))


def _found(cls: type) -> list[str]:
    """The slots of what is computed once: those that are no fields."""
    every = {name for one in cls.__mro__ for name in vars(one).get("__slots__", ())}
    return sorted(every - _slots(cls) - {"_left", "__weakref__"})


def _stored(noun: Later) -> set[str]:
    """The slots of what is computed once in which something stands."""
    filled = set()
    for name in _found(type(noun)):
        try:
            object.__getattribute__(noun, name)
        except AttributeError:
            continue
        filled.add(name)
    return filled


def _makers(noun: Later) -> dict[str, Maker]:
    left: _Left | None = getattr(noun, "_left", None)
    return {} if left is None else left.makers


def leave(noun: T, makers: Mapping[str, Maker], beside: object = None, *, anew: bool = False) -> T:
    """The noun without the values of some of its fields, each of which is made when it is first read.

    Projects that are left out hold no work, gates or risks: whoever leaves them out has seen to that.

    Args:
        noun: a noun that nobody has seen yet.
        makers: what makes the value of each field and how many nouns that are, by the name of the field.
        beside: what is kept with the noun, and answers without those values.
        anew: what was found of the noun while those fields held nothing is forgotten.
    """
    for name in _stored(noun) if anew else ():
        object.__delattr__(noun, name)
    for name in makers:
        object.__delattr__(noun, name)
    object.__setattr__(noun, "_left", _Left(dict(makers), beside))
    return noun


def unread(noun: Later, field: str) -> bool:
    """Whether a field was left out and nobody has looked at it yet."""
    return field in _makers(noun)


@contextmanager
def being_made() -> Iterator[None]:
    """While it lasts, `left_out` says which fields were left out; whoever leaves them out has checked what they hold."""
    token = _BEING_MADE.set(True)
    try:
        yield
    finally:
        _BEING_MADE.reset(token)


def is_being_made() -> bool:
    """Whether fields may be left out that were checked as columns: see `being_made`."""
    return _BEING_MADE.get()


def left_out(noun: Later, field: str) -> bool:
    """Whether a field was left out of a noun that is being made: what it holds was checked as columns, and need not be looked at."""
    return _BEING_MADE.get() and unread(noun, field)


def size_of(noun: Later, field: str) -> int:
    """How many nouns a field holds; they are not looked at."""
    left = _makers(noun).get(field)
    return len(getattr(noun, field)) if left is None else left[0]


def kept_beside(noun: Later) -> object:
    """What was kept with a noun when fields of it were left out; None for others."""
    left: _Left | None = getattr(noun, "_left", None)
    return None if left is None else left.beside
