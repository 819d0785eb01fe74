"""Which fields move from month to month, which never do, and which stand still where others like them do not: data that nobody looks after."""

from __future__ import annotations

import functools
import itertools
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import attrs

from ipmo.analysis.control.history import History
from ipmo.analysis.control.intervals import Intervals
from ipmo.analysis.control.stated_fields import LIFE, shown_value
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.words import agree, counted

__all__ = ["FieldMovement", "Movement", "StaleField", "movement", "movement_of"]

BEYOND = 0.05
"""How likely it may be that any field at all is called stale though all moves by chance alone: shared out over all that are looked at."""
OVER = ("closed", "cancelled")
"""States of what is done with: nothing need move there."""
DONE = "actual_finish"


@attrs.frozen(kw_only=True)
class FieldMovement(Shown):
    """How a field moves over all items that ever stated it.

    Args:
        kind: the list that the items stand in, such as `projects`.
        field: its name; of reports and assessments (`status`) a new one is a change.
        items: that ever stated it.
        moved: of those, how many ever changed it while they were there.
        steps: from one snapshot to the next, over all those items.
        changes: in how many of those steps it changed.
        last: when it changed last anywhere; None where it never did.
    """

    kind: str
    field: str
    items: int
    moved: int
    steps: int
    changes: int
    last: date | None

    @property
    def never(self) -> int:
        """Items that never changed it."""
        return self.items - self.moved

    @property
    def rate(self) -> float | None:
        """Share of the steps in which it changed; None without any."""
        return self.changes / self.steps if self.steps else None


@attrs.frozen(kw_only=True)
class StaleField(Shown):
    """A field that stands still for longer than chance explains.

    Args:
        kind: the list that the item stands in.
        item: full id.
        field: its name.
        value: what it is; of reports the latest.
        since: the first snapshot of that.
        steps: snapshots since without a change.
        rate: share of the steps in which it changes in the other items.
        chance: that it stands still so long by chance, if it moved as in the others, months alike and apart.
    """

    kind: str
    item: str
    field: str
    value: str
    since: date
    steps: int
    rate: float
    chance: float

    @property
    def text(self) -> str:
        """The whole in a sentence."""
        by_chance = f"1 in {1 / self.chance:,.0f}" if self.chance > 1e-9 else "less than 1 in a billion"
        return (
            f"{self.field} of {self.item} has been {self.value[:60]!r} since {self.since}, {counted(self.steps, 'snapshot')} without a change; "
            f"elsewhere it changes in {self.rate:.0%} of them: so long by chance is {by_chance}"
        )


class Movement(Rows[str, FieldMovement]):
    """The answer of `movement`: how each field moves, by `KIND.FIELD`, those that move most first.

    Args:
        rows: what is said of each.
        stale: fields of items that stand still, the least likely first.
        looked_at: how many fields of open items could have been stale.
        months: snapshots.
    """

    def __init__(self, rows: Sequence[FieldMovement], stale: Sequence[StaleField], looked_at: int, months: int) -> None:
        super().__init__({f"{row.kind}.{row.field}": row for row in rows}, "the fields of this history")
        self.stale, self.looked_at, self.months = tuple(stale), looked_at, months

    @property
    def fixed(self) -> tuple[FieldMovement, ...]:
        """Fields that never changed anywhere, though there was time to."""
        return tuple(row for row in self.rows if row.steps and not row.changes)

    def explain(self, id: str) -> str:
        """How a field moves, in a sentence.

        Raises:
            UnknownItemError: no item ever stated it.
        """
        row = self[id]
        if row.rate is None:
            return f"{id}: stated by {counted(row.items, 'item')}, none of them in two snapshots"
        last = f", last on {row.last}" if row.last else ""
        still = [one for one in self.stale if (one.kind, one.field) == (row.kind, row.field)]
        text = f"{id}: changed in {row.changes} of {counted(row.steps, 'step')} ({row.rate:.0%}){last}; {row.never} of {counted(row.items, 'item')} never changed it"
        return "\n  ".join([text, *(one.text for one in still)])

    def table(self) -> Table:
        """One row a field: kind, field, items, moved, never, steps, changes, rate, last, stale."""
        rows = self.rows
        stale: defaultdict[tuple[str, str], int] = defaultdict(int)
        for one in self.stale:
            stale[one.kind, one.field] += 1
        return Table(
            [
                Column("kind", "str", [row.kind for row in rows]),
                Column("field", "str", [row.field for row in rows]),
                *(Column(name, "int", [getattr(row, name) for row in rows]) for name in ("items", "moved", "never", "steps", "changes")),
                Column("rate", "float", [row.rate for row in rows]),
                Column("last", "date", [row.last for row in rows]),
                Column("stale", "int", [stale[row.kind, row.field] for row in rows]),
            ]
        )

    def stale_table(self) -> Table:
        """One row a field of an item that stands still: kind, item, field, value, since, steps, rate, chance."""
        return Table(
            [
                *(Column(name, "str", [getattr(one, name) for one in self.stale]) for name in ("kind", "item", "field", "value")),
                Column("since", "date", [one.since for one in self.stale]),
                Column("steps", "int", [one.steps for one in self.stale]),
                Column("rate", "float", [one.rate for one in self.stale]),
                Column("chance", "float", [one.chance for one in self.stale]),
            ]
        )

    def __repr__(self) -> str:
        never = len(self.fixed)
        return (
            f"<Movement over {counted(self.months, 'snapshot')}: {counted(len(self), 'field')}, {never} never {agree(never, 'moves', 'move')}, "
            f"{counted(len(self.stale), 'value')} of open items {agree(len(self.stale), 'stands', 'stand')} still beyond chance>"
        )


@attrs.define
class _Seen:
    """One field of one item."""

    steps: set[int]
    value: str = ""
    last: bool = False


def movement(history: History) -> Movement:
    """Which fields move, which never do, and which stand still where others like them move: stale data.

    A field that an item states is compared with how often the same field changes in all other items of its kind: if it moved as they do, it
    would stand still for n snapshots with the chance that Laplace's rule of succession gives, months taken as alike and apart. It is called stale where that is below
    5 % shared out over all fields of open items that are looked at (Bonferroni), so that a history in which all moves by chance
    has one stale field in twenty histories. What a field is for is not known here: a budget that stands still may be right. What is closed, cancelled or finished is not looked at.

    Args:
        history: the snapshots, or their folder.
    """
    return movement_of(history.intervals)


def movement_of(intervals: Intervals) -> Movement:
    """`movement`, of intervals that are at hand."""
    last = len(intervals.dates) - 1
    lives: dict[tuple[str, str], list[tuple[int, int]]] = {}
    seen: dict[tuple[str, str], dict[str, _Seen]] = defaultdict(dict)
    rows = intervals.rows(
        "SELECT kind, items.item, name, since, until, value FROM intervals JOIN items ON items.id = intervals.item "
        "JOIN fields ON fields.id = intervals.field ORDER BY intervals.item, intervals.field, since"
    )
    for (kind, item), some in itertools.groupby(rows, key=lambda row: (str(row[0]), str(row[1]))):
        for _, _, name, since, until, value in some:
            a, b = int(since or 0), min(int(until or 0), last + 1)
            if name == LIFE:
                lives.setdefault((kind, item), []).append((a, b))
                continue
            one = seen[kind, item].setdefault(str(name).partition("[")[0], _Seen(set()))
            one.steps |= {a, b}
            if b > last:
                one.value, one.last = str(value), True
    for key, fields in seen.items():
        ends = {n for span in lives[key] for n in span}
        for one in fields.values():
            one.steps -= ends | {0, last + 1}
    return _said(intervals, lives, seen)


def _said(
    intervals: Intervals, lives: Mapping[tuple[str, str], list[tuple[int, int]]], seen: Mapping[tuple[str, str], Mapping[str, _Seen]]
) -> Movement:
    last = len(intervals.dates) - 1
    steps = {key: sum(b - a - 1 for a, b in spans) for key, spans in lives.items()}
    by_field: dict[tuple[str, str], list[tuple[tuple[str, str], _Seen]]] = defaultdict(list)
    for key, fields in seen.items():
        for name, one in fields.items():
            by_field[key[0], name].append((key, one))
    found, candidates = [], []
    open_ = functools.cache(lambda key: _is_open(key, lives, seen, last))
    for (kind, name), some in by_field.items():
        all_steps, changes = sum(steps[key] for key, _ in some), sum(len(one.steps) for _, one in some)
        when = max((max(one.steps) for _, one in some if one.steps), default=None)
        moved = sum(bool(one.steps) for _, one in some)
        day = None if when is None else intervals.dates[when]
        found.append(FieldMovement(kind=kind, field=name, items=len(some), moved=moved, steps=all_steps, changes=changes, last=day))
        for key, one in some:
            others = all_steps - steps[key]
            if one.last and others and open_(key):
                since = max([*one.steps, lives[key][-1][0]])
                moves = changes - len(one.steps)
                rate = moves / others
                chance = _still(moves, others, last - since)
                candidates.append((chance, StaleField(kind=kind, item=key[1], field=name, value=shown_value(one.value) or "", since=intervals.dates[since], steps=last - since, rate=rate, chance=chance)))  # fmt: skip
    stale = sorted(
        (one for chance, one in candidates if chance * len(candidates) < BEYOND), key=lambda one: (one.chance, one.item, one.field)
    )
    found.sort(key=lambda row: (-(row.rate if row.rate is not None else -math.inf), row.kind, row.field))
    return Movement(found, stale, len(candidates), last + 1)


def _still(changes: int, steps: int, length: int) -> float:
    """The chance that a field stands still for so many steps, if in others like it so many of so many steps were changes.

    Laplace's rule of succession, step after step: a rate that is known from few steps only is not taken for certain.
    """
    return math.prod((steps - changes + 1 + k) / (steps + 2 + k) for k in range(length))


def _is_open(
    key: tuple[str, str],
    lives: Mapping[tuple[str, str], list[tuple[int, int]]],
    seen: Mapping[tuple[str, str], Mapping[str, _Seen]],
    last: int,
) -> bool:
    """Whether an item is there in the last month, and neither it nor the project that it is in is done with."""
    if lives[key][-1][1] <= last:
        return False
    keys = [key, ("projects", key[1].partition("/")[0])] if "/" in key[1] else [key]
    for one in keys:
        fields = seen.get(one, {})
        state, done = fields.get("state"), fields.get(DONE)
        if (done is not None and done.last) or (state is not None and state.last and shown_value(state.value) in OVER):
            return False
    return True
