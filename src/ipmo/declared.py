"""What methodologies add to the model: kinds of estimates and extensions of items, by name.

The model reads both from plain data and knows no methodology. The front door hands down where they are found; whoever
builds a portfolio in Python then gets the same classes as a reader of a file.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

__all__ = ["Declared", "Parser", "declared", "offer", "provide", "verb"]


class Parser(Protocol):
    """What a methodology declares for a kind of estimate or an extension."""

    @property
    def parse(self) -> Callable[[Any], Any]:
        """Plain data to a value."""


class Declared(NamedTuple):
    """Kinds of estimates and extensions, by the name that files call them."""

    estimates: Mapping[str, Parser] = MappingProxyType({})
    extensions: Mapping[str, Parser] = MappingProxyType({})


NOTHING = Declared()
_providers: list[Callable[[], Declared]] = []
_finders: list[Callable[[str], Callable[..., object]]] = []
_asking = threading.local()


def provide(source: Callable[[], Declared]) -> None:
    """Says where the declarations are found; asked only when plain data name an extension or an unknown kind of estimate."""
    _providers[:] = [source]


def declared() -> Declared:
    """What is declared; nothing while the plugins that declare it are being loaded themselves."""
    if not _providers or getattr(_asking, "now", False):
        return NOTHING
    _asking.now = True
    try:
        return _providers[0]()
    finally:
        _asking.now = False


def offer(find: Callable[[str], Callable[..., object]]) -> None:
    """Says where the verbs of the front door are found that a portfolio has as methods: it knows none of them."""
    _finders[:] = [find]


def verb(name: str) -> Callable[..., object]:
    """A verb of the front door, for a method of the portfolio that is short for it."""
    return _finders[0](name)
