"""Whether a schedule has the dates that the tool which wrote the file stored, and where it does not, why: row by row.

The check of a reader and of a dialect by the file itself: every row that differs has a cause by name, its own or that of
a row which it follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from ipmo.analysis.dates.items import ScheduledItem
from ipmo.analysis.dates.schedule import Schedule
from ipmo.model.portfolio import Portfolio
from ipmo.model.stored import StoredDates
from ipmo.network.states import LIVE, State
from ipmo.units import minutes
from ipmo.words import agree

__all__ = ["Difference", "Reproduced", "reproduced"]

EARLY = ("early_start", "early_finish")
SHOWN = ("start", "finish")
"""When the tool has work begin and end, as late as possible and levelled where it is: all that some files store."""
LATE = ("late_start", "late_finish")
FLOATS = ("total_float", "free_float")


class Difference(NamedTuple):
    """A row whose dates are not those of the file.

    Args:
        item: its full id.
        columns: those that differ.
        kind: the class of the difference, in words.
        message: what the file says, what the schedule says, and why.
        root: the cause is its own, and not that of a row which it follows.
    """

    item: str
    columns: tuple[str, ...]
    kind: str
    message: str
    root: bool


class Reproduced(NamedTuple):
    """How many rows of a file have the dates that the tool stored.

    Args:
        compared: rows of work that is not finished, with stored dates.
        early: rows whose early dates agree; each number is of the rows that store such a date.
        late: rows whose late dates agree.
        floats: rows whose floats agree.
        finished: rows of finished work, which are not compared: their dates are facts.
        differences: one a row that differs.
        shown: rows whose start and finish agree: when the tool has them begin and end, as late as possible and levelled where it is.
        undated: rows of work that is not finished for which the file stores no date that was computed.
        stored: how many rows store early dates, start and finish, late dates, floats.
    """

    compared: int
    early: int
    late: int
    floats: int
    finished: int
    differences: tuple[Difference, ...]
    shown: int = 0
    undated: int = 0
    stored: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def exact(self) -> int:
        """Rows that agree in every column."""
        return self.compared - len(self.differences)

    @property
    def kinds(self) -> Mapping[str, int]:
        """How many rows differ, by the class of the difference."""
        return dict(Counter(one.kind for one in self.differences).most_common())

    def __str__(self) -> str:
        finished = f"; {self.finished} finished {agree(self.finished, 'row is', 'rows are')} not counted" if self.finished else ""
        if not self.compared:
            return f"dates reproduced: the file stores none of unfinished work{finished}"
        names = ("early dates", "start and finish", "late dates", "floats")
        agreeing = (self.early, self.shown, self.late, self.floats)
        parts = ", ".join(
            f"{name} {number}" + ("" if rows == self.compared else f" of {rows}")
            for name, number, rows in zip(names, agreeing, self.stored, strict=True)
            if rows
        )
        text = f"dates reproduced: {self.exact} of {self.compared} ({parts}){finished}"
        if self.undated:
            text += f"; for {self.undated} the file stores no date that was computed"
        return text + "".join(f"; {kind}: {count}" for kind, count in self.kinds.items())


def reproduced(portfolio: Portfolio, schedule: Schedule) -> Reproduced:
    """The dates of a schedule beside those that the file stored which its portfolio was read from.

    Args:
        portfolio: as it was read.
        schedule: of it, in its own dialect.
    """
    return _Comparison(portfolio, schedule).result()


class _Row(NamedTuple):
    """What the file says of an item, what the schedule says, and the columns that differ."""

    stored: StoredDates
    item: ScheduledItem
    early: tuple[str, ...]
    late: tuple[str, ...]
    floats: tuple[str, ...]
    moved: tuple[str, ...] = ()
    """Of start and finish, where the file stores early dates beside them."""

    @property
    def differs(self) -> tuple[str, ...]:
        return (*self.early, *self.moved, *self.late, *self.floats)

    @property
    def told(self) -> tuple[datetime | None, datetime | None]:
        """When the file has it begin and end: by its early dates, where it stores them."""
        first, last = _first(self.stored)
        return getattr(self.stored, first), getattr(self.stored, last)


class _Comparison:
    def __init__(self, portfolio: Portfolio, schedule: Schedule) -> None:
        self.portfolio, self.schedule = portfolio, schedule
        self.source, self.net, self.passes = portfolio.source, schedule.network, schedule.passes
        self.nodes = self.passes.nodes
        self.rows = dict(self._rows())
        self.noted: dict[int | str, str] = {}
        for finding in self.source.findings:
            for key in (finding.item, finding.line):
                if key:
                    self.noted.setdefault(key, f"{finding.message} [{finding.code}]")

    def _rows(self) -> Iterator[tuple[str, _Row]]:
        for full_id, stored in self.source.stored.items():
            if stored.finished or full_id not in self.schedule or self._typed(full_id, stored):
                continue
            item = self.schedule[full_id]
            hours = self._hours(full_id)
            early, shown, late = (
                tuple(c for c in columns if getattr(stored, c) is not None and getattr(stored, c) != getattr(item, c))
                for columns in (EARLY, SHOWN, LATE)
            )
            floats = tuple(c for c in FLOATS if not _same(getattr(stored, c), getattr(item, c), hours))
            alone = _first(stored) is SHOWN
            yield full_id, _Row(stored, item, shown if alone else early, late, floats, () if alone else shown)

    def _typed(self, full_id: str, stored: StoredDates) -> bool:
        """Whether a planned start is one that no schedule gave: nobody works then."""
        if not stored.planned or stored.start is None or full_id not in self.nodes:
            return False
        clock, at = self.net.running_clock(self.nodes[full_id]), minutes(stored.start)
        return clock.start(clock.work(at)) != at

    def result(self) -> Reproduced:
        kept = {name: row for name, row in self.rows.items() if _dated(row.stored)}
        missing = [name for name, s in self.source.stored.items() if not s.finished and _dated(s) and name not in self.schedule]
        differ = {name: row for name, row in kept.items() if row.differs}
        found: list[Difference] = []
        if differ:
            before, behind = self._sources()
            found = [self._difference(name, row, before, behind) for name, row in differ.items()]
        found += [
            Difference(name, _first(self.source.stored[name]), "not scheduled", f"{name!r} has no dates here", True) for name in missing
        ]
        says = [
            [row for row in kept.values() if any(getattr(row.stored, c) is not None for c in columns)]
            for columns in (EARLY, SHOWN, LATE, FLOATS)
        ]
        early, shown, late, floats = (
            sum(not set(columns) & set(row.differs) for row in rows)
            for columns, rows in zip((EARLY, SHOWN, LATE, FLOATS), says, strict=True)
        )
        return Reproduced(
            compared=len(kept) + len(missing),
            early=early,
            late=late,
            floats=floats,
            finished=sum(s.finished for s in self.source.stored.values()),
            differences=tuple(found),
            shown=shown,
            undated=sum(not stored.finished for stored in self.source.stored.values()) - len(kept) - len(missing),
            stored=(len(says[0]), len(says[1]), len(says[2]), len(says[3])),
        )

    # ----------------------------------------------------------------------------------------- what rows follow

    def _sources(self) -> tuple[dict[int, str], dict[int, str]]:
        """For each position a row that differs and stands before it, by early dates, or behind it, by late ones."""
        q, names = self.passes.lists, self.net.ids
        before: dict[int, str] = {}
        own: dict[int, str] = {}
        for v in range(self.net.n):
            name = names[q.order[v]]
            found = [(k, q.src[k]) for k in range(q.ptr[v], q.ptr[v + 1]) if q.src[k] in own]
            if found:
                driving = [u for k, u in found if self.passes.push(k, v, q.x[u]) >= q.x[v]]
                before[v] = own[driving[0] if driving else found[0][1]]
            if name in self.rows and self.rows[name].early:
                own[v] = name
            elif name not in self.source.stored and v in before:
                own[v] = before[v]
        behind: dict[int, str] = {}
        own = {}
        for v in range(self.net.n - 1, -1, -1):
            name = names[q.order[v]]
            if name in self.rows and (self.rows[name].late or self.rows[name].early):
                own[v] = name
            elif name not in self.source.stored and v in behind:
                own[v] = behind[v]
            if v in own:
                for k in range(q.ptr[v], q.ptr[v + 1]):
                    behind.setdefault(q.src[k], own[v])
        return before, behind

    # ------------------------------------------------------------------------------------------------- causes

    def _difference(self, name: str, row: _Row, before: Mapping[int, str], behind: Mapping[int, str]) -> Difference:
        columns = row.differs
        if row.early:
            kind, why = self._early(name, row, before)
        elif row.moved:
            kind, why = self._known(name, row, late=True) or (MOVED, "its early dates agree, and the file delays it otherwise")
        else:
            kind, why = self._late(name, row, behind)
        column = columns[0]
        says, here = _shown(getattr(row.stored, column)), _shown(getattr(row.item, column), self._hours(name))
        message = f"{name!r}: {column.replace('_', ' ')} {says} in the file, {here} here: {why}"
        return Difference(name, columns, kind, message, kind not in (FOLLOWS, PRECEDES, SPANS))

    def _hours(self, name: str) -> float:
        """How many hours a day of its floats has."""
        return self.portfolio.calendar_for(name).day_minutes / 60

    def _known(self, name: str, row: _Row, *, late: bool) -> tuple[str, str] | None:
        """What reading found about this row."""
        cause = row.stored.cause or (row.stored.late_cause if late else "")
        if cause:
            return KNOWN, cause
        noted = self.noted.get(name) or self.noted.get(self.source.lines.get(name, -1))
        return (KNOWN, noted) if noted else None

    def _early(self, name: str, row: _Row, before: Mapping[int, str]) -> tuple[str, str]:
        """Why the early dates of a row differ: a class, and a clause."""
        node = self.nodes.get(name)
        if (known := self._known(name, row, late=False)) is not None:
            return known
        if node is None:
            return SPANS, "it spans rows whose dates differ"
        if self.net.state[node] == State.SPANNED:
            return SPANS, "it lasts as long as what it is linked to, and the file's dates of that lead to other ends"
        place = self.passes.positions.pos[node]
        if place in before:
            return FOLLOWS, f"it follows {before[place]!r}, whose dates differ"
        item, (first, last) = row.item, row.told
        if node in self.passes.without_duration or item.early_start is None:
            return UNDATED, item.undated or "it has no duration"
        clock, length = self.net.running_clock(node), int(self.net.dur[node])
        if first is not None and last is not None:
            spanned = clock.between(minutes(first), minutes(last))
            if (
                spanned != length
                and self.net.state[node] in LIVE
                and (row.item.start == row.item.early_start or self.net.state[node] == State.NORMAL)
            ):
                dates = "early dates" if _first(row.stored) is EARLY else "dates"
                return EDITED, (
                    f"the file's {dates} span {spanned / 60:g} h of its calendar, {length / 60:g} h of work are left: "
                    "its work or its calendar was changed after the file was scheduled"
                )
        told, here = (getattr(one, row.early[0]) for one in (row.stored, item))
        if first is not None and self.portfolio.status_date is not None and minutes(first) < self.net.base and told < (here or told):
            return BEFORE, "the file has it before the data date: the file was not scheduled after that date was set"
        if here is not None and clock.work(minutes(told)) == clock.work(minutes(here)):
            return BREAK, "the same working time, on the other side of a break of its calendar"
        if here is not None and told > here:
            return LATER, "the file has it later than its links, its constraints and the data date ask for"
        drivers = [f"{one.item!r} ({one.type})" for one in self.schedule.driving(name)]
        return EARLIER, f"the file has it earlier than {' and '.join(drivers) or 'its own bounds'} let it start"

    def _late(self, name: str, row: _Row, behind: Mapping[int, str]) -> tuple[str, str]:
        """Why the late dates or the floats of a row differ: a class, and a clause."""
        if (known := self._known(name, row, late=True)) is not None:
            return known
        node = self.nodes.get(name)
        if node is None or self.net.state[node] == State.SPANNED:
            return SPANS, "it lasts as long as what it is linked to, and the file's late dates of that lead to other ends"
        place = int(self.passes.positions.pos[node])
        if place in behind:
            return PRECEDES, f"{behind[place]!r} comes after it, whose dates differ"
        if row.late:
            stored, item = row.stored.late_finish, row.item.late_finish
            tight = stored is not None and item is not None and stored < item
            end = "earlier" if tight else "later"
            return (TIGHTER if tight else LOOSER), f"the file has its late finish {end} than what follows it and the finish to keep allow"
        return FLOAT, "its dates agree, and its float is not the working time between them on its calendar"


KNOWN = "found on reading"
FOLLOWS = "follows a row that differs"
PRECEDES = "comes before a row that differs"
SPANS = "spans rows that differ"
UNDATED = "has no date here"
EDITED = "changed after the file was scheduled"
BREAK = "the same working time"
LATER = "later in the file than anything asks for"
EARLIER = "earlier in the file than its logic allows"
BEFORE = "before the data date in the file"
MOVED = "starts otherwise, early dates agree"
TIGHTER = "late dates earlier in the file"
LOOSER = "late dates later in the file"
FLOAT = "float differs, dates agree"


def _first(stored: StoredDates) -> tuple[str, str]:
    """The columns that say when work begins and ends: its early dates, else those that the tool shows."""
    return SHOWN if stored.early_start is None and stored.early_finish is None else EARLY


def _dated(stored: StoredDates) -> bool:
    return any(getattr(stored, column) is not None for column in (*EARLY, *SHOWN, *LATE))


def _same(stored: float | None, days: float | None, hours: float) -> bool:
    """Whether a stored float in hours is that of the schedule in days, to the minute."""
    if stored is None:
        return True
    return days is not None and abs(stored - days * hours) < 1 / 60


def _shown(value: datetime | float | None, hours: float = 1) -> str:
    """A date, or a float in units of so many hours, as people read it."""
    if value is None:
        return "none"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else f"{value * hours:g} h"
