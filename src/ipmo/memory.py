"""What was computed once about a portfolio, kept with it: compiled networks, schedules, roll-ups.

```python
found = remember(portfolio, ("schedule", dialect), lambda: Schedule(portfolio))
```

The store belongs to its owner, because most answers hold the portfolio that they are about: it is freed with the portfolio,
is never pickled, copied or compared, and holds at most `LIMIT` answers, of which the one unused for longest goes first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from typing import Final, NamedTuple, Protocol, TypeVar, cast, runtime_checkable

from ipmo.errors import UnknownItemError, close_matches
from ipmo.options import checked
from ipmo.tables import Answer, Column, Table, among, row_at

__all__ = ["LIMIT", "Memory", "Remembered", "Remembering", "forget", "recalled", "remember", "remembered"]
WHERE = "what is remembered"

T = TypeVar("T")
LIMIT: Final = 128
"""How many answers one portfolio keeps: well above what one report asks, so that nothing is made twice in it."""


class Memory:
    """The answers that one owner keeps; read and cleared through `remember`, `remembered` and `forget`."""

    __slots__ = ("_kept", "_lock")

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], object]) -> object:
        """The answer under a key, made where there is none.

        Making happens outside the lock, as one answer is made from others. Two threads may make the same answer at once;
        the first to finish is kept and both get that one.
        """
        kept = self._kept
        with self._lock:
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        made = make()
        with self._lock:
            found = kept.setdefault(key, made)
            kept.move_to_end(key)
            while len(kept) > LIMIT:
                kept.popitem(last=False)
        return found

    def find(self, key: Hashable) -> object:
        """The answer under a key; None where there is none."""
        with self._lock:
            return self._kept.get(key)

    def names(self) -> dict[str, int]:
        """The names of what is kept, with how many of each, least lately used first."""
        out: dict[str, int] = {}
        with self._lock:
            for key in self._kept:
                name = name_of(key)
                out[name] = out.get(name, 0) + 1
        return out

    def clear(self, name: str | None = None) -> int:
        """Drops what is kept under a name, or everything; how many answers that were."""
        with self._lock:
            gone = [key for key in self._kept if name is None or name_of(key) == name]
            for key in gone:
                del self._kept[key]
        return len(gone)


@runtime_checkable
class Remembering(Protocol):
    """What answers can be kept with: a portfolio."""

    @property
    def memory(self) -> Memory:
        """Where its answers are kept."""


def name_of(key: Hashable) -> str:
    """What a key calls its answer: the key itself, or the first part of one in parts."""
    return str(key[0] if isinstance(key, tuple) and key else key)


def remember(owner: Remembering, key: Hashable, make: Callable[[], T]) -> T:
    """The answer kept with an owner under a key; made, and kept, where there is none.

    Args:
        owner: a portfolio.
        key: a name, or a tuple of a name and everything else that the answer depends on.
        make: makes the answer; it must depend on nothing but the owner and the key.
    """
    return cast(T, owner.memory.get(key, make))


def recalled(owner: Remembering, key: Hashable, kind: type[T]) -> T | None:
    """The answer kept with an owner under a key; None where there is none of that kind, and nothing is made.

    Args:
        owner: a portfolio.
        key: as for `remember`.
        kind: of what class the answer is.
    """
    found = owner.memory.find(key)
    return found if isinstance(found, kind) else None


class Kept(NamedTuple):
    """Answers of one kind that are kept.

    Args:
        name: what kind.
        answers: how many.
    """

    name: str
    answers: int


class Remembered(Answer[str, Kept]):
    """What a portfolio keeps: how many answers under each name.

    >>> import ipmo
    >>> portfolio = ipmo.Portfolio(id="x", start="2026-01-05")
    >>> _ = ipmo.schedule(portfolio)
    >>> remembered(portfolio)["schedule"].answers
    1
    """

    def __init__(self, counts: dict[str, int]) -> None:
        self._counts = counts

    @property
    def ids(self) -> tuple[str, ...]:
        """The names, least lately used first."""
        return tuple(self._counts)

    def __iter__(self) -> Iterator[Kept]:
        return (Kept(*entry) for entry in self._counts.items())

    def __len__(self) -> int:
        return len(self._counts)

    def __getitem__(self, name: str | int) -> Kept:
        """The answers of a name, or at a place from 0.

        Raises:
            UnknownItemError: none of that name is kept.
        """
        if isinstance(name, int):
            return row_at(tuple(self), name, WHERE)
        if not among(name, self):
            raise UnknownItemError(name, close_matches(name, self._counts), WHERE)
        return Kept(name, self._counts[name])

    @property
    def total(self) -> int:
        """How many answers in all; at most `LIMIT`."""
        return sum(self._counts.values())

    def table(self) -> Table:
        """One row a name: name, answers."""
        return Table([Column("name", "str", self._counts), Column("answers", "int", self._counts.values())])

    def __repr__(self) -> str:
        parts = ", ".join(f"{name} {count}" for name, count in self._counts.items())
        return f"<Remembered: {parts or 'nothing'}>"


@checked
def remembered(owner: Remembering) -> Remembered:
    """What is kept with a portfolio: the name of each kind of answer and how many there are."""
    return Remembered(owner.memory.names())


@checked
def forget(owner: Remembering, name: str | None = None) -> int:
    """Drops what is kept with a portfolio, so that it is made anew when it is asked for; nothing else changes.

    Args:
        owner: a portfolio.
        name: only answers of that name, as `remembered` gives it.

    Returns:
        How many answers were dropped.
    """
    return owner.memory.clear(name)
