"""What a set of projects is worth as columns and rows of a mixed-integer programme, and the cuts that make it exact.

A project is a column of 0 or 1, and what comes with projects a column between 0 and 1: at most the least of what it needs, at most
the sum of its alternatives (Glover and Woolsey, 1974; McCormick, 1976, for shares of what itself comes in part). Where that
bound is loose at the selection that was found, the true level there is a cut: no smaller set brings more of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ipmo.plugin import Brought, SetValue

__all__ = ["Programme", "Row"]

FAR = float("inf")
CLOSE = 1e-7
"""A level this much off its bound is off."""

Row = tuple[dict[int, float], float, float]
"""(weight by column, least, most)."""


class Programme:
    """Columns, worth and rows of a selection.

    Args:
        names: the candidates, its first columns.
        values: what each is worth.
        gains: what sets of them bring, instead of these values.
    """

    def __init__(self, names: Sequence[str], values: Sequence[float], gains: SetValue | None) -> None:
        self.names, self.gains = names, gains
        self.place = {name: number for number, name in enumerate(names)}
        self.worth: list[float] = list(values)
        self.rows: list[Row] = []
        self.constant = 0.0
        """What is taken off: it comes anyway."""
        if gains is None:
            return
        self.worth = [0.0] * len(names)
        self.above, self.below = _wanted(gains)
        for part in gains.parts:
            self.place[part.id] = self._column(part.value)
        self.constant = sum(part.value * gains.nothing[part.id] for part in gains.parts)
        for part in gains.parts:
            self._part(part, part.id in self.above, part.id in self.below)

    def _column(self, worth: float = 0.0) -> int:
        self.worth.append(worth)
        return len(self.worth) - 1

    def _row(self, weights: Mapping[int, float], low: float, high: float) -> None:
        self.rows.append((dict(weights), low, high))

    def _least(self, column: int, of: Sequence[int], above: bool, below: bool) -> None:
        """A column is the least of others: at most each, and at least what 0 and 1 of them leave."""
        if above:
            for other in of:
                self._row({column: 1.0, other: -1.0}, -FAR, 0.0)
        if below:
            self._row({column: 1.0, **dict.fromkeys(of, -1.0)}, 1.0 - len(of), FAR)

    def _all(self, names: Sequence[str], above: bool, below: bool) -> int:
        """The column of some that are all needed."""
        if len(names) == 1:
            return self.place[names[0]]
        column = self._column()
        self._least(column, [self.place[name] for name in names], above, below)
        return column

    def _part(self, part: Brought, above: bool, below: bool) -> None:
        column = self.place[part.id]
        least = self._column() if part.shares or part.rest < 1 else column
        either = [self._all(some, above, below) for some in part.any_of]
        needed = [self.place[name] for name in part.all_of]
        if above:
            self._least(least, needed, above, below=False)
            if either:
                self._row({least: 1.0, **dict.fromkeys(either, -1.0)}, -FAR, 0.0)
        if below:
            for more in [[one] for one in either] or [[]]:
                self._least(least, list(dict.fromkeys([*needed, *more])), above=False, below=True)
        if least == column:
            return
        total = {column: 1.0, least: -part.rest}
        for share, some in part.shares:
            both = self._column()
            self._least(both, list(dict.fromkeys([least, self._all(some, above, below)])), above, below)
            total[both] = -share
        self._row(total, 0.0, 0.0)

    def cuts(self, chosen: frozenset[str], found: Sequence[float]) -> list[Row]:
        """Rows that the levels which the solver gave a selection break, and its true levels keep; none where the two agree."""
        if self.gains is None:
            return []
        level, out = self.gains.levels(chosen), list[Row]()
        for part in self.gains.parts:
            column, true = self.place[part.id], level[part.id]
            behind = [name for name in self.gains.behind(part.id) if name in self.place]
            if part.id in self.above and found[column] > true + CLOSE:  # more only with one more project
                out.append(({column: 1.0, **{self.place[name]: -1.0 for name in behind if name not in chosen}}, -FAR, true))
            if part.id in self.below and found[column] < true - CLOSE:  # less only without one of these
                some = [self.place[name] for name in behind if name in chosen]
                out.append(({column: 1.0, **dict.fromkeys(some, -1.0)}, true - len(some), FAR))
        return out


def _wanted(gains: SetValue) -> tuple[set[str], set[str]]:
    """(parts of which more is worth more, by themselves or what they lead to, parts of which less is)."""
    found = []
    for sign in (1, -1):
        some, waiting = set[str](), [part.id for part in gains.parts if sign * part.value > 0]
        while waiting:
            name = waiting.pop()
            if name in gains.place and name not in some:
                some.add(name)
                waiting += gains.parts[gains.place[name]].needs
        found.append(some)
    return found[0], found[1]
