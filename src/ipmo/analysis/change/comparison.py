"""Two portfolios side by side, two months or a plan and a change of it: what moved, by how much, who is hit, through which path.

What projects state is compared as it stands; what follows from it (dates, floats, the critical path, benefits, status,
exceptions) is computed on both sides, each part when it is first read.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import overload

from ipmo.analysis.change.applying import applied, refuse_loops
from ipmo.analysis.change.branches import branches
from ipmo.analysis.change.effects import Sides, by_weight, few, moved_targets, scheduled
from ipmo.analysis.change.freed import Freed
from ipmo.analysis.change.paths import driving_path
from ipmo.analysis.change.stated import Moved, Stated, place_of, stated
from ipmo.analysis.dates.items import ScheduledItem
from ipmo.analysis.dates.schedule import OnCycle, Schedule
from ipmo.errors import UnknownItemError, close_matches
from ipmo.memory import remember
from ipmo.model.changes import Change, as_changes
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.tables import Answer, Column, Table, among, row_at
from ipmo.words import agree, counted

__all__ = ["Comparison", "compare", "what_if"]

STATED = ("start", "finish", "budget", "forecast", "state")


class Comparison(Answer[str, Moved]):
    """The answer of `compare` and `what_if`: false when nothing that matters is other than it was.

    Iterated, it gives what changed: who came and went, then what follows by what matters, then what projects state.

    Args:
        before: the earlier one, or the plan as it is.
        after: the later one; None where changes make it when it is first needed.
        changes: what is tried; none when two portfolios are compared.
        dates: the dates that move, where they are known already.
    """

    def __init__(
        self,
        before: Portfolio,
        after: Portfolio | None = None,
        *,
        changes: Sequence[Change] = (),
        dates: tuple[Moved, ...] | None = None,
    ) -> None:
        self.before, self.changes = before, tuple(changes)
        self._after, self._known_dates = after, dates

    @property
    def after(self) -> Portfolio:
        """The other portfolio; of changed ones only the one last asked for is held, so that branches cost no memory."""
        return self._after if self._after is not None else _last_tried(self.before).of(self.changes).after

    # --------------------------------------------------------------------------------- as stated

    @functools.cached_property
    def stated(self) -> Stated:
        """What the projects state otherwise."""
        return stated(self.before, self.after)

    @property
    def entrants(self) -> tuple[str, ...]:
        """Projects that only the later one has."""
        return self.stated.entrants

    @property
    def leavers(self) -> tuple[str, ...]:
        """Projects that only the earlier one has."""
        return self.stated.leavers

    @property
    def stayed(self) -> tuple[str, ...]:
        """Projects that both have."""
        return self.stated.stayed

    @property
    def moved(self) -> tuple[Moved, ...]:
        """What stayed projects state otherwise, in order of kind and size."""
        return self.stated.moved

    @property
    def unknown(self) -> Mapping[str, int]:
        """By kind, how many could not be compared because one side is not known."""
        return self.stated.unknown

    @property
    def notes(self) -> tuple[str, ...]:
        """Conversions between scales."""
        return self.stated.notes

    def of(self, what: str) -> tuple[Moved, ...]:
        """Changes of one kind: start, finish, budget, state, confidence; date, float, benefit value, status, exception."""
        found = self.moved if what in STATED or what.startswith("confidence") else self.effects
        return tuple(m for m in found if m.what == what or (what == "confidence" and m.what.startswith("confidence")))

    # ------------------------------------------------------------------------------- as computed

    @functools.cached_property
    def _sides(self) -> Sides:
        return Sides(self.before, self._after) if self._after is not None else _last_tried(self.before).of(self.changes)

    @functools.cached_property
    def effects(self) -> tuple[Moved, ...]:
        """What follows, what matters most first: commitments newly missed, exceptions, status, benefits, dates, money, floats, the critical path."""
        said = {m.item for m in self.moved if m.what in ("start", "finish")} | {*self.entrants, *self.leavers}
        dates = [m for m in self.dates if m.kind != "project" or m.item not in said]  # what a project states says it already
        found = by_weight(
            [
                *self.commitments,
                *self.exceptions,
                *self.status,
                *self.benefits,
                *self.freed.moved(),
                *dates,
                *self.money,
                *self.floats,
                *self.critical,
            ]
        )
        if self._after is None:  # a branch keeps what moved, not what it was found with
            for name in ("_sides", "stated"):
                self.__dict__.pop(name, None)
        return found

    @functools.cached_property
    def commitments(self) -> tuple[Moved, ...]:
        """Commitments that are newly missed, hand-overs first, then those missed by more or less, or kept again."""
        return self._sides.commitments()

    @functools.cached_property
    def dates(self) -> tuple[Moved, ...]:
        """Finishes of portfolio, programmes and projects, gates, deadlines and benefits that move: the most days first."""
        return self._known_dates if self._known_dates is not None else self._sides.dates()

    @functools.cached_property
    def floats(self) -> tuple[Moved, ...]:
        """Projects whose least float to a commitment is another."""
        return self._sides.floats()

    @functools.cached_property
    def critical(self) -> tuple[Moved, ...]:
        """The critical path, when items joined or left it."""
        return self._sides.critical()

    @functools.cached_property
    def money(self) -> tuple[Moved, ...]:
        """The totals of budget, forecast and funding, where they are known on both sides and differ."""
        return self._sides.money()

    @functools.cached_property
    def benefits(self) -> tuple[Moved, ...]:
        """Benefits whose present value is another, and their sum; the most money first."""
        return self._sides.benefits()

    @functools.cached_property
    def freed(self) -> Freed:
        """What stopping, pausing or removing projects frees: money less what getting out costs, people, and from when on."""
        return self._sides.freed()

    @functools.cached_property
    def status(self) -> tuple[Moved, ...]:
        """Items whose computed status is another; worse is positive."""
        return self._sides.status()

    @functools.cached_property
    def exceptions(self) -> tuple[Moved, ...]:
        """Tolerances that are newly exceeded, or no longer."""
        return self._sides.exceptions()

    # ----------------------------------------------------------------------------------- reading it

    @property
    def rows(self) -> tuple[Moved, ...]:
        """All that changed: entrants and leavers, what follows by what matters, what projects state."""
        came = [Moved(item=p, name="", what="entrant", before="", after="in") for p in self.entrants]
        went = [Moved(item=p, name="", what="leaver", before="in", after="") for p in self.leavers]
        return (*came, *went, *self.effects, *self.moved)

    @property
    def ids(self) -> tuple[str, ...]:
        """The items that changed, in order, each once however much of it did."""
        return tuple(dict.fromkeys(row.item for row in self.rows))

    def __iter__(self) -> Iterator[Moved]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, key: int) -> Moved: ...
    @overload
    def __getitem__(self, key: str) -> tuple[Moved, ...]: ...
    def __getitem__(self, key: int | str) -> Moved | tuple[Moved, ...]:
        """One change by its place from 0; all changes of an item by its id, none where it is as it was.

        Raises:
            UnknownItemError: there is no such item before or after.
        """
        rows = self.rows
        if isinstance(key, int):
            return row_at(rows, key, "the changes")
        found = tuple(m for m in rows if m.item == key)
        known = {self.before.id, *self.before.items, *(m.item for m in rows)}
        if not found and not among(key, known):
            raise UnknownItemError(key, close_matches(key, known), "the portfolios compared")
        return found

    @property
    def hit(self) -> tuple[str, ...]:
        """Projects that feel it beyond those that were changed: a date of theirs moves."""
        changed = {reference(item).top for item in self._changed}
        names = dict.fromkeys(m.project for m in self.dates if m.kind in ("project", "gate", "deadline"))
        return tuple(name for name in names if name not in changed)

    @property
    def _changed(self) -> list[str]:
        """Items that changes name."""
        return [item for change in self.changes for name in ("target", "source") if (item := getattr(change, name, None))]

    def path(self, item: str) -> tuple[str, ...]:
        """The driving path by which a changed item moves a target: from the changed item to the target, in order of dates.

        Args:
            item: a target: a project, programme, gate, what has a deadline, a benefit.

        Returns:
            Empty when no changed item lies on the path that sets its date, before or after.
        """
        if self._sides.schedules is None:
            return ()
        before, after = self._sides.schedules
        return driving_path(after, item, self._changed) or driving_path(before, item, self._changed)

    def explain(self, item: str) -> str:
        """What changed about an item in words, a line each, with the path that moves its date.

        Args:
            item: full id.

        Raises:
            UnknownItemError: there is no such item before or after.
        """
        lines = [_line(m) for m in self[item]] or [f"nothing about {item} is other"]
        way = self.path(item) if self.changes else ()
        return "\n".join([*lines, *([f"through {' -> '.join(way)}"] if way else [])])

    def items(self) -> Table:
        """One row an item whose dates or float to a commitment differ: id, kind, start and finish before and after, days, floats.

        `days` is how much later it finishes, in elapsed days; the most first.
        """
        rows = [] if self._sides.schedules is None else list(_moved_items(*self._sides.schedules))
        rows.sort(key=lambda row: (row[2] is None, -abs(row[2] or 0), row[0].id))
        return Table(
            [
                Column("id", "str", [was.id for was, _, _ in rows]),
                Column("kind", "str", [was.kind for was, _, _ in rows]),
                Column("start_before", "datetime", [was.start for was, _, _ in rows]),
                Column("start_after", "datetime", [now and now.start for _, now, _ in rows]),
                Column("finish_before", "datetime", [was.finish for was, _, _ in rows]),
                Column("finish_after", "datetime", [now and now.finish for _, now, _ in rows]),
                Column("days", "float", [days for _, _, days in rows], "ed"),
                Column("float_before", "float", [was.commitment_float for was, _, _ in rows], "d"),
                Column("float_after", "float", [now and now.commitment_float for _, now, _ in rows], "d"),
                Column("start_date_before", "date", [was.start_date for was, _, _ in rows]),
                Column("start_date_after", "date", [now and now.start_date for _, now, _ in rows]),
                Column("finish_date_before", "date", [was.finish_date for was, _, _ in rows]),
                Column("finish_date_after", "date", [now and now.finish_date for _, now, _ in rows]),
            ]
        )

    def __bool__(self) -> bool:
        return bool(self.dates or self.entrants or self.leavers or self.moved or self.effects)

    def counts(self) -> Table:
        """One row a kind of change that projects state: what, count, up (later, dearer, worse), down, unknown.

        Before them the commitments whose keeping changed, and the dates that move.
        """
        kinds = sorted({*self.unknown, *(m.what for m in self.moved)}, key=place_of)
        rows: list[tuple[str, int, int | None, int | None, int]] = []
        computed = [m for m in self.effects if m.what in ("commitment", "date")]  # what is committed to, and what moves, stand first
        for kind in [*(what for what in ("commitment", "date") if any(m.what == what for m in computed)), *kinds]:
            found = [m for m in (*computed, *self.moved) if m.what == kind]
            up = sum(1 for m in found if m.change is not None and m.change > 0)
            down = sum(1 for m in found if m.change is not None and m.change < 0)
            rows.append((kind, len(found), up, down, self.unknown.get(kind, 0)))
        here = sum(row[0] in ("commitment", "date") for row in rows)
        rows[here:here] = [("entrants", len(self.entrants), None, None, 0), ("leavers", len(self.leavers), None, None, 0)]
        names = ("what", "count", "up", "down", "unknown")
        return Table([Column(name, "str" if name == "what" else "int", [row[place] for row in rows]) for place, name in enumerate(names)])

    def table(self) -> Table:
        """One row a change: item, kind, name, what, before, after, change, unit, share, through, note.

        Entrants and leavers first, then what follows by what matters, then what projects state. `through` is the driving
        path from what was changed to a date that moves.
        """
        rows = self.rows
        texts = ("item", "kind", "name", "what", "before", "after")
        columns = [Column(n, "str", [getattr(r, n) for r in rows]) for n in texts]
        columns += [Column("change", "float", [r.change for r in rows]), Column("unit", "str", [r.unit for r in rows])]
        columns.append(Column("share", "float", [r.share for r in rows]))
        ways = [" -> ".join(self.path(r.item)) if r.what == "date" and self.changes and r.after else "" for r in rows]
        columns.append(Column("through", "str", [way or None for way in ways]))
        return Table([*columns, Column("note", "str", [r.note for r in rows])])

    def __str__(self) -> str:
        if self.changes:
            head = "; ".join(map(str, self.changes))
            return "\n".join([f"{head[:1].upper()}{head[1:]}:", *(f"  {line}" for line in self.lines or ("nothing that matters moves",))])
        kinds = Counter("confidence" if m.what.startswith("confidence") else m.what for m in self.moved)
        parts = [f"{len(self.entrants)} came", f"{len(self.leavers)} went"]
        if not self.entrants and not self.leavers and self.dates:  # what moved says more
            parts = [_most_moved(self.dates)]
        parts += [f"{n} changed {kind}" for kind, n in kinds.items()]
        head = f"{counted(len(self.stayed), 'project')} in both; {', '.join(parts)}"
        return "\n".join([*(_line(m) for m in self.commitments), head])

    @property
    def lines(self) -> tuple[str, ...]:
        """What follows, as people read it, a line each: commitments that are newly missed first."""
        names = (("comes", self.entrants), ("goes", self.leavers))
        told = [_line(m) for m in self.effects]
        count = len(self.commitments)
        return (*told[:count], *(f"{word}: {few(some)}" for word, some in names if some), *told[count:])

    def __repr__(self) -> str:
        return f"<Comparison: {'; '.join(map(str, self.changes)) or str(self)}>"


def _line(m: Moved) -> str:
    """One change as people read it."""
    if m.what in ("commitment", "money freed", "people freed"):
        return m.note
    if m.what == "critical path":
        return f"critical path: {m.note}"
    note = f"; {m.note}" if m.note else ""
    if m.what in ("exception", "status"):
        return f"{m.what} of {m.item}: {m.before} to {m.after}{note}"
    if m.change is None:
        return f"{m.what} of {m.item}: {m.before or 'nothing'} to {m.after or 'nothing'}{note}"
    size = f"{m.change:+,.2f}"
    if "value" not in m.what and "total" not in m.what:
        size = size.rstrip("0").rstrip(".")
    words = f" ({m.before} to {m.after})" if m.before and m.after else f" ({m.note})" if m.note else ""
    if m.what.startswith("total") and m.note:
        words += note
    return f"{m.what} of {m.item}: {size} {m.unit}{words}"


def _most_moved(dates: Sequence[Moved]) -> str:
    """How many dates move, and which by most: a project before the whole that moves with it."""
    known = [m for m in dates if m.change is not None]
    if not known:
        return f"{counted(len(dates), 'date')} came or went"
    whole = ("programme", "portfolio")
    most = next((m for kinds in (("project",), None) for m in known if (m.kind in kinds if kinds else m.kind not in whole)), known[0])
    size = f"{most.change:+,.2f}".rstrip("0").rstrip(".")
    return f"{counted(len(dates), 'date')} {agree(len(dates), 'moves', 'move')}, {most.item} by most: {size} {most.unit}"


def _moved_items(one: Schedule, other: Schedule) -> Iterator[tuple[ScheduledItem, ScheduledItem | None, float | None]]:
    """(as it was, as it is, elapsed days that it finishes later) of items whose dates or float to a commitment differ."""
    for was in one.rows:
        now = other[was.id] if was.id in other else None
        if now is None:
            yield was, None, None
        elif (was.start, was.finish, was.commitment_float) != (now.start, now.finish, now.commitment_float):
            then, doubts = one.commitments.doubts, other.commitments.doubts
            clear = not (then or doubts) or then.work(was.id) == doubts.work(was.id)
            known = clear and was.finish is not None and now.finish is not None
            yield was, now, _elapsed(was.finish, now.finish) if known else None


def _elapsed(begin: datetime | None, end: datetime | None) -> float | None:
    return None if begin is None or end is None else (end - begin).total_seconds() / 86400


def compare(before: Portfolio, after: Portfolio, *, on_cycle: OnCycle = "error") -> Comparison:
    """What changed between two months, two years, or a plan and another.

    Dates and money are those the projects state (roll-ups where their tasks say them). Confidence is compared per
    assessor on the shorter of two scales; a conversion is counted and said, because it loses. What follows from the
    changes (dates of targets, floats, benefits, status, exceptions) stands in `.effects`.

    Args:
        before: the earlier one.
        after: the later one; money is in its currency.
        on_cycle: as in `schedule`.

    Raises:
        CycleError: links form a loop.
    """
    refuse_loops(on_cycle, before, after)
    return Comparison(before, after)


class _LastTried:
    """A portfolio beside what some changes make of it: the changes asked for last, whose answers are mostly asked for next."""

    def __init__(self, portfolio: Portfolio) -> None:
        self._before = portfolio
        self._kept: tuple[tuple[Change, ...], Sides] | None = None

    def of(self, changes: Sequence[Change]) -> Sides:
        """Both sides: as it is, and changed."""
        kept = self._kept
        if kept is None or kept[0] != tuple(changes):
            kept = self._kept = (tuple(changes), Sides(self._before, applied(self._before, changes)))
        return kept[1]


def _last_tried(portfolio: Portfolio) -> _LastTried:
    return remember(portfolio, "last tried", lambda: _LastTried(portfolio))


def what_if(portfolio: Portfolio, *changes: Change | Mapping[str, object], on_cycle: OnCycle = "error") -> Comparison:
    """What would follow from some changes: dates, floats, the critical path, cost, benefits, gates, status, exceptions.

    The portfolio stays as it is; the changes are applied in their order, all or none. Each answer is a branch of the one
    portfolio and holds little more than what moved.

    Args:
        portfolio: the portfolio.
        changes: changes, or mappings as files write them.
        on_cycle: as in `schedule`; a change that would close a loop is refused, whatever this says.

    Raises:
        UnknownItemError: a change names nothing.
        ModelError: a change asks for what cannot be; nothing is applied.
        CycleError: links form a loop, or one would close it; it is named.
        UnitError: something is no change, a delay is money, a duration is negative.

    >>> import ipmo.examples
    >>> from ipmo.model.changes import Delay
    >>> what_if(ipmo.examples.load("handover"), Delay("rails/lay", "2 d")).dates[0].change
    2.0
    """
    refuse_loops(on_cycle, portfolio)
    wanted = as_changes(changes)
    if scheduled(portfolio) is not None:
        tried = branches(portfolio)
        moved = tried.moved(wanted)
        if moved is not None:
            return Comparison(portfolio, changes=wanted, dates=moved_targets(tried.targets, moved.items()))
    # the changed portfolio is made once now, so that what cannot be is refused, and kept until another is asked for
    sides = _last_tried(portfolio).of(wanted)
    return Comparison(portfolio, changes=wanted, dates=None if sides.schedules is None else sides.dates())
