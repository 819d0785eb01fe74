"""Rows over columns, each made when somebody looks at it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar, overload

__all__ = ["MadeRows", "Parts"]

T = TypeVar("T")


class MadeRows(Mapping[str, T], Generic[T]):
    """Rows by id, each made once, when somebody looks at it.

    >>> rows = MadeRows(lambda: {"a": 0, "b": 1}, lambda position: f"row {position}")
    >>> list(rows), rows["b"], "c" in rows
    (['a', 'b'], 'row 1', False)

    Args:
        places: tells the position of every id, in order, once.
        make: the row of a position.
        find: tells the position of one id, None for none, where that is possible without the positions of all.
    """

    def __init__(
        self, places: Callable[[], Mapping[str, int]], make: Callable[[int], T], find: Callable[[object], int | None] | None = None
    ) -> None:
        self._tell, self._make, self._find = places, make, find
        self._made: dict[int, T] = {}

    def at(self, position: int) -> T:
        """The row of a position."""
        if position not in self._made:
            return self._made.setdefault(position, self._make(position))
        return self._made[position]

    @functools.cached_property
    def places(self) -> Mapping[str, int]:
        """The position of every id, in order."""
        return self._tell()

    def _position(self, key: object) -> int | None:
        if self._find is not None and "places" not in self.__dict__:
            return self._find(key)
        return self.places.get(key)  # type: ignore[call-overload,no-any-return]

    def __getitem__(self, key: str) -> T:
        position = self._position(key)
        if position is None:
            raise KeyError(key)
        return self.at(position)

    def __contains__(self, key: object) -> bool:
        return self._position(key) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


class Parts(Sequence[T], Generic[T]):
    """Rows that another row is made of, made when they are looked at.

    Args:
        rows: the rows.
        positions: which of them.
        noted: some of them, or of what they are made of, may have a note.
    """

    __slots__ = ("_positions", "_rows", "noted")

    def __init__(self, rows: MadeRows[T], positions: Sequence[int], *, noted: bool = True) -> None:
        self._rows, self._positions, self.noted = rows, positions, noted

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...

    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        if isinstance(place, slice):
            return tuple(map(self._rows.at, self._positions[place]))
        return self._rows.at(self._positions[place])

    def __iter__(self) -> Iterator[T]:
        return map(self._rows.at, self._positions)
