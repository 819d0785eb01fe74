"""Whether a schedule has the dates that the tool which wrote the file stored, and where it does not, why: row by row.

The check of a reader and of a dialect by the file itself: every row that differs has a cause by name, its own or that of
a row which it follows.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from ipmo.analysis.dates.items import ScheduledItem
from ipmo.analysis.dates.schedule import Schedule
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.stored import StoredDates
from ipmo.model.work import Task
from ipmo.network.clocks import Clock
from ipmo.network.given import ENDS, NOBODY, Elsewhere, Given, Placed, early_elsewhere, late_elsewhere
from ipmo.network.late import LatePass
from ipmo.network.states import LIVE, State
from ipmo.units import Span, minutes, moment
from ipmo.words import agree

__all__ = ["Difference", "Reproduced", "reproduced"]

EARLY = ("early_start", "early_finish")
SHOWN = ("start", "finish")
"""When the tool has work begin and end, as late as possible and levelled where it is: all that some files store."""
LATE = ("late_start", "late_finish")
FLOATS = ("total_float", "free_float")
Dated = tuple[datetime | None, datetime | None]
"""Start and finish, of one kind."""
MOVING = frozenset(
    [
        *("refused", "no-calendar", "calendar-data", "calendar-day", "calendar-exception", "calendar-week", "no-common-time"),
        *("resource-calendars", "constraint", "delay", "external-date", "no-duration", "not-finished", "actual-order", "no-actual"),
        *("placeholder", "inserted-project", "day-order", "task-type", "status", "outside", "short-row", "split", "manual-dates"),
    ]
)
"""What a reader finds that can move dates: links, constraints, calendars, durations, splits, rows left out. Costs, baselines and names move none."""
MOVING_LATE = frozenset(["deadline"])
"""What moves late dates alone."""


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
        summaries: rows that sum up others, with unfinished work in them and a stored start or finish; they are compared apart.
        summaries_differing: one a summary that differs.
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
    summaries: int = 0
    summaries_differing: tuple[Difference, ...] = ()

    @property
    def exact(self) -> int:
        """Rows that agree in every column."""
        return self.compared - len(self.differences)

    @property
    def kinds(self) -> Mapping[str, int]:
        """How many rows differ, by the class of the difference."""
        return dict(Counter(one.kind for one in self.differences).most_common())

    def __str__(self) -> str:
        summaries = f"; summaries {self.summaries - len(self.summaries_differing)} of {self.summaries}" if self.summaries else ""
        finished = f"; {self.finished} finished {agree(self.finished, 'row is', 'rows are')} not counted" if self.finished else ""
        finished = summaries + finished
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
    def told(self) -> Dated:
        """When the file has it begin and end: by its early dates, where it stores them."""
        first, last = _first(self.stored)
        return getattr(self.stored, first), getattr(self.stored, last)

    @property
    def shown(self) -> Dated:
        """When the file has it begin and end."""
        return (self.stored.start, self.stored.finish) if self.moved else self.told


class _Comparison:
    def __init__(self, portfolio: Portfolio, schedule: Schedule) -> None:
        self.portfolio, self.schedule = portfolio, schedule
        self.source, self.net, self.passes = portfolio.source, schedule.network, schedule.passes
        self.nodes = self.passes.nodes
        self.stored = {name: one for name, one in self.source.stored.items() if not one.summary}
        self.rows = dict(self._rows())
        self.noted: dict[int | str, str] = {}
        self.noted_late: dict[int | str, str] = {}
        shared = Counter(self.source.lines.values())
        for finding in self.source.findings:
            slug = finding.code.rpartition("/")[2]
            if slug not in MOVING and slug not in MOVING_LATE:
                continue
            noted = self.noted if slug in MOVING else self.noted_late
            for key in (finding.item, finding.line if shared[finding.line] == 1 else 0):  # all of a file may stand in one line
                if key:
                    noted.setdefault(key, f"{finding.message} [{finding.code}]")

    def _rows(self) -> Iterator[tuple[str, _Row]]:
        for full_id, stored in self.stored.items():
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
        missing = [name for name, s in self.stored.items() if not s.finished and _dated(s) and name not in self.schedule]
        differ = {name: row for name, row in kept.items() if row.differs}
        found: list[Difference] = []
        if differ:
            found = [self._difference(name, row) for name, row in differ.items()]
        for name in missing:
            why = self.stored[name].cause
            said = f"{name!r} has no dates here{f': {why}' if why else ''}"
            found.append(Difference(name, _first(self.stored[name]), "not scheduled", said, True))
        rows_with = [
            [row for row in kept.values() if any(getattr(row.stored, c) is not None for c in columns)]
            for columns in (EARLY, SHOWN, LATE, FLOATS)
        ]
        early, shown, late, floats = (
            sum(not set(columns) & set(row.differs) for row in rows)
            for columns, rows in zip((EARLY, SHOWN, LATE, FLOATS), rows_with, strict=True)
        )
        return Reproduced(
            summaries=len(self._wholes),
            summaries_differing=tuple(one for one in self._wholes if one is not None),
            compared=len(kept) + len(missing),
            early=early,
            late=late,
            floats=floats,
            finished=sum(s.finished for s in self.stored.values()),
            differences=tuple(found),
            shown=shown,
            undated=sum(not stored.finished for stored in self.stored.values()) - len(kept) - len(missing),
            stored=(len(rows_with[0]), len(rows_with[1]), len(rows_with[2]), len(rows_with[3])),
        )

    # ------------------------------------------------------------------------------------------- summaries

    @functools.cached_property
    def _spanned(self) -> Mapping[str, Dated]:
        """From when to when what lies in each summary lasts in the file, by the rows that it stores, else by the schedule."""
        found: dict[str, Dated] = {}
        for (project, task), leaves in self.net.summaries.items():
            dates: list[Dated] = []
            for name in (self.net.ids[v] for v in leaves if self.net.state[v] != State.GONE):
                stored, item = self.stored.get(name, StoredDates()), self.schedule[name]
                dates.append((stored.start or stored.early_start or item.start, stored.finish or stored.early_finish or item.finish))
            starts, ends = ([one for one in column if one is not None] for column in zip(*dates, strict=True)) if dates else ([], [])
            found[f"{project}/{task}"] = min(starts, default=None), max(ends, default=None)
        return found

    @functools.cached_property
    def _wholes(self) -> list[Difference | None]:
        """What differs of each summary with work that is not finished; None where nothing does."""
        done = {name for name, nodes in self._leaves.items() if all(self.net.state[v] == State.FINISHED for v in nodes)}
        some = {name: one for name, one in self.source.stored.items() if one.summary and name not in done and _dated(one)}
        return [self._summary(name, stored, self.schedule[name]) for name, stored in some.items() if name in self.schedule]

    @functools.cached_property
    def _leaves(self) -> Mapping[str, Sequence[int]]:
        return {f"{project}/{task}": nodes for (project, task), nodes in self.net.summaries.items()}

    def _summary(self, name: str, stored: StoredDates, item: ScheduledItem) -> Difference | None:
        """Why the dates of a summary are not those of the file, None where they are."""
        columns = tuple(c for c in SHOWN if getattr(stored, c) is not None and getattr(stored, c) != getattr(item, c))
        if not columns:
            return None
        column, spanned = columns[0], dict(zip(SHOWN, self._spanned.get(name, (None, None)), strict=True))
        differing = [
            one
            for v in self._leaves.get(name, ())
            if (row := self.rows.get(one := self.net.ids[v])) is not None and (row.early or row.moved)
        ]
        if differing and all(getattr(stored, c) == spanned[c] for c in columns):
            kind, why = SPANS, f"it spans {differing[0]!r}, whose dates differ"
        elif stored.cause:
            kind, why = KNOWN, stored.cause
        else:
            first, last = (_shown(spanned[c]) for c in SHOWN)
            kind, why = APART, f"what lies in it lasts from {first} to {last} in the file"
        says, here = _shown(getattr(stored, column)), _shown(getattr(item, column))
        return Difference(name, columns, kind, f"summary {name!r}: {column} {says} in the file, {here} here: {why}", kind != SPANS)

    # ----------------------------------------------------------------------------------------- what rows follow

    @functools.cached_property
    def _early_there(self) -> Elsewhere:
        """Where each position would be if what it follows had the early dates of the file."""
        return early_elsewhere(self.passes, {**dict(self._ends_given()), **dict(self._given(lambda row: row.told if row.early else None))})

    @functools.cached_property
    def _shown_there(self) -> Elsewhere:
        """The same by when the file has work begin and end, where it stores that beside its early dates."""
        return early_elsewhere(self.passes, dict(self._given(lambda row: row.shown if row.early or row.moved else None)))

    @functools.cached_property
    def _late_there(self) -> list[Placed]:
        """Where each position would be, late, if what follows it had the late dates of the file, and the end its early ones."""
        late = self._given(lambda row: (row.stored.late_start, row.stored.late_finish) if row.late else None, LATE)
        return late_elsewhere(self.passes, self._early_there, dict(late))

    def _given(self, dates: Callable[[_Row], Dated | None], columns: tuple[str, str] | None = None) -> Iterator[tuple[int, Given | None]]:
        """The positions of rows with dates of the file: None where they agree; of rows without such dates nothing is known."""
        for name, row in self.rows.items():
            node = self.nodes.get(name)
            if node is None or self.net.state[node] not in LIVE or node in self.passes.without_duration:
                continue
            if all(getattr(row.stored, column) is None for column in columns or _first(row.stored)):
                continue
            found = dates(row)
            if found is None:
                yield int(self.passes.positions.pos[node]), None
                continue
            first, last = (None if one is None else minutes(one) for one in found)
            if self._begun(node):
                first = None
            if first is not None or last is not None:
                yield int(self.passes.positions.pos[node]), Given(first, last)

    def _ends_given(self) -> Iterator[tuple[int, Given]]:
        """The positions of ends of summaries, with dates that the file has for them and not for what lies in them: links leave there."""
        for one in self._wholes:
            if one is not None and one.root:
                stored = self.source.stored[one.item]
                for end, when in (("start", stored.start), ("finish", stored.finish)):
                    node = self.nodes.get(f"{one.item}@{end}")
                    if node is not None and when is not None:
                        yield int(self.passes.positions.pos[node]), Given(minutes(when), minutes(when))

    def _begun(self, node: int) -> bool:
        """Whether work is under way and its start is that of all of it: what is left of it lies before its finish."""
        return self.net.state[node] == State.STARTED and not self.passes.dialect.remaining_dates

    def _placed(self, name: str, there: Sequence[Placed], told: Dated, *, late: bool = False) -> tuple[Placed | None, bool]:
        """Where a row would be if what is linked to it stood as in the file, None where nothing moves it; and whether the file has it there."""
        node = self.nodes[name]
        one = there[int(self.passes.positions.pos[node])]
        if one.because == NOBODY:
            return None, False
        first, last = told
        if late:  # a late date may lie on either side of a break
            clock = self.net.running_clock(node)
            return one, last is not None and clock.work(minutes(last)) == clock.work(one.finish)
        begins = first is None or minutes(first) == (self.net.starts[node] if self._begun(node) else one.start)
        return one, begins and (last is None or minutes(last) == one.finish)

    def _named(self, one: Placed) -> str:
        """The row that moves another."""
        return reference(self.net.shown(self.passes.lists.order[one.because])).item

    # ------------------------------------------------------------------------------------------------- causes

    def _difference(self, name: str, row: _Row) -> Difference:
        columns = row.differs
        if row.early:
            kind, why = self._early(name, row)
        elif row.moved:
            kind, why = self._moved(name, row)
        else:
            kind, why = self._late(name, row)
        column = columns[0]
        says, here = _shown(getattr(row.stored, column)), _shown(getattr(row.item, column), self._hours(name))
        message = f"{name!r}: {column.replace('_', ' ')} {says} in the file, {here} here: {why}"
        return Difference(name, columns, kind, message, kind not in (FOLLOWS, PRECEDES, SPANS, ENDING))

    def _hours(self, name: str) -> float:
        """How many hours a day of its floats has."""
        return self.portfolio.calendar_for(name).day_minutes / 60

    def _known(self, name: str, row: _Row, *, late: bool) -> tuple[str, str] | None:
        """What reading found about this row that can move its dates."""
        cause = row.stored.cause or (row.stored.late_cause if late else "")
        if cause:
            return KNOWN, cause
        line = self.source.lines.get(name, -1)
        noted = self.noted.get(name) or self.noted.get(line)
        if late and not noted:
            noted = self.noted_late.get(name) or self.noted_late.get(line)
        return (KNOWN, noted) if noted else None

    def _early(self, name: str, row: _Row) -> tuple[str, str]:
        """Why the early dates of a row differ: a class, and a clause."""
        node = self.nodes.get(name)
        placed: Placed | None = None
        if node is not None and self.net.state[node] in LIVE:
            placed, there = self._placed(name, self._early_there.placed, row.told)
            if there and placed is not None:
                return FOLLOWS, f"it follows {self._named(placed)!r}, whose dates differ"
        if (known := self._known(name, row, late=False)) is not None:
            return known
        if node is None:
            return SPANS, "it spans rows whose dates differ"
        if self.net.state[node] == State.SPANNED:
            return SPANS, "it lasts as long as what it is linked to, and the file's dates of that lead to other ends"
        if node in self.passes.without_duration or row.item.early_start is None:
            return UNDATED, row.item.undated or "it has no duration"
        return self._own(name, row, node, placed)

    def _own(self, name: str, row: _Row, node: int, placed: Placed | None) -> tuple[str, str]:
        """Why the early dates of a row differ from where what it follows puts it, as that stands in the file."""
        item, (first, last) = row.item, row.told
        clock, length = self.net.running_clock(node), int(self.net.dur[node])
        if self._begun(node):
            if (found := self._under_way(name, row, clock, length)) is not None:
                return found
        elif first is not None and last is not None:
            spanned = clock.between(minutes(first), minutes(last))
            if spanned != length and (row.item.start == row.item.early_start or self.net.state[node] == State.NORMAL):
                dates = "early dates" if _first(row.stored) is EARLY else "dates"
                return EDITED, (
                    f"the file's {dates} span {spanned / 60:g} h of its calendar, {length / 60:g} h of work are left: "
                    "its work or its calendar was changed after the file was scheduled"
                )
        told, here = (getattr(one, row.early[0]) for one in (row.stored, item))
        if placed is not None:
            here = moment(placed.start if row.early[0] in (EARLY[0], SHOWN[0]) else placed.finish)
        if first is not None and self.portfolio.status_date is not None and minutes(first) < self.net.base and told < (here or told):
            return BEFORE, "the file has it before the data date: the file was not scheduled after that date was set"
        beside = f", with {self._named(placed)!r} where the file has it" if placed is not None else ""
        if here is not None and clock.work(minutes(told)) == clock.work(minutes(here)):
            return BREAK, f"the same working time, on the other side of a break of its calendar{beside}"
        if here is not None and told > here:
            return LATER, f"the file has it later than its links, its constraints and the data date ask for{beside}"
        drivers = [f"{one.item!r} ({one.type})" for one in self.schedule.driving(name)]
        if (delay := getattr(self.portfolio.items.get(name), "delay", None)) is not None:
            drivers.append(f"its delay of {delay}")
        return EARLIER, f"the file has it earlier than {' and '.join(drivers) or 'its own bounds'} let it start{beside}"

    def _under_way(self, name: str, row: _Row, clock: Clock, left: int) -> tuple[str, str] | None:
        """Why the dates of all of some work that has begun differ by themselves: its start is a fact, and from there it takes what is done and left."""
        item, (first, last) = row.item, row.told
        columns = _first(row.stored)
        if columns[1] not in row.early and first is not None and item.start is not None:
            return (
                ACTUAL,
                f"it starts at {_shown(item.start)} by its actual start, the file's {columns[0].replace('_', ' ')} is {_shown(first)}",
            )
        task = self.portfolio.items.get(name)
        if (
            last is None
            or item.start is None
            or not isinstance(task, Task)
            or not isinstance(whole := task.length and task.length.central(), Span)
        ):
            return None
        lasts = whole.elapsed_minutes if whole.dimension == "elapsed" else clock.calendar.minutes(whole)
        resumes, done = task.resumes, max(lasts - left, 0)
        spanned = clock.between(minutes(resumes or item.start), minutes(last))
        if spanned == (left if resumes else done + left):
            return None
        since = "when it goes on" if resumes else "its actual start"
        work = f"{left / 60:g} h of work are left" if resumes else f"{done / 60:g} h of work are done and {left / 60:g} h left"
        return EDITED, (
            f"the file has {spanned / 60:g} h of its calendar from {since} to its finish, {work}: "
            "its work or its calendar was changed after the file was scheduled"
        )

    def _moved(self, name: str, row: _Row) -> tuple[str, str]:
        """Why start and finish of a row differ whose early dates agree: a class, and a clause."""
        node = self.nodes.get(name)
        if node is not None and self.net.state[node] in LIVE:
            placed, there = self._placed(name, self._shown_there.placed, row.shown)
            if there and placed is not None:
                return FOLLOWS, f"it follows {self._named(placed)!r}, whose dates differ"
        return self._known(name, row, late=True) or (MOVED, "its early dates agree, and the file delays it otherwise")

    def _late(self, name: str, row: _Row) -> tuple[str, str]:
        """Why the late dates or the floats of a row differ: a class, and a clause."""
        node = self.nodes.get(name)
        placed: Placed | None = None
        if row.late and node is not None and self.net.state[node] in LIVE:
            placed, there = self._placed(name, self._late_there, (row.stored.late_start, row.stored.late_finish), late=True)
            if there and placed is not None:
                if placed.because == ENDS:
                    return ENDING, self._ending(node)
                return PRECEDES, f"{self._named(placed)!r} comes after it, whose dates differ"
        if (known := self._known(name, row, late=True)) is not None:
            return known
        if node is None or self.net.state[node] == State.SPANNED:
            return SPANS, "it lasts as long as what it is linked to, and the file's late dates of that lead to other ends"
        if not row.late:
            return self._float(name, row, node)
        stored, item = row.stored.late_finish, row.item.late_finish
        if placed is not None:
            item = moment(placed.finish)
        tight = stored is not None and item is not None and stored < item
        end, beside = "earlier" if tight else "later", ""
        if placed is not None:
            beside = (
                ", with the end where the file has it"
                if placed.because == ENDS
                else f", with {self._named(placed)!r} where the file has it"
            )
        return (TIGHTER if tight else LOOSER), (
            f"the file has its late finish {end} than what follows it and the finish to keep allow{beside}"
        )

    def _float(self, name: str, row: _Row, node: int) -> tuple[str, str]:
        """Why a float differs although the dates agree: a free float is counted to the early dates of what follows, which may differ."""
        place = int(self.passes.positions.pos[node])
        if "total_float" not in row.floats:
            there = self._free_there
            slip = there.free_starts.get(place)
            days = None if slip is None else there.days(place, there.lists.x[place], slip)
            if _same(row.stored.free_float, days, self._hours(name)):
                moved = [name for _, v in self.passes.links_out[place] if (name := self.net.shown(self.passes.lists.order[v])) in self.rows]
                found = next((name for name in moved if self.rows[name].early), "")
                return (PRECEDES, f"{found!r} comes after it, whose dates differ") if found else (ENDING, self._ending(node))
        return FLOAT, "its dates agree, and its float is not the working time between them on its calendar"

    @functools.cached_property
    def _free_there(self) -> LatePass:
        """Floats with early dates of the file where they differ."""
        return LatePass(self.net, self.passes.back_from, self._early_there.dates)

    def _ending(self, node: int) -> str:
        """What of the end that late dates are counted to differs from the file's."""
        owner = self.net.project[node] if self.passes.dialect.float_to == "project" else -1
        ends: list[tuple[datetime, str]] = []
        for name, row in self.rows.items():
            other = self.nodes.get(name)
            if row.early and other is not None and owner in (-1, self.net.project[other]):
                ends.append((max(one for one in (row.told[1], row.item.early_finish, datetime.min) if one is not None), name))
        what = "the project" if owner >= 0 else "the plan"
        return (
            f"late dates are counted to the end of {what}, where {max(ends)[1]!r} has other dates in the file"
            if ends
            else "the end differs"
        )


KNOWN = "found on reading"
FOLLOWS = "follows a row that differs"
PRECEDES = "comes before a row that differs"
ENDING = "the end differs"
SPANS = "spans rows that differ"
APART = "other dates in the file than what lies in it"
UNDATED = "has no date here"
EDITED = "changed after the file was scheduled"
ACTUAL = "the file's start is not the actual start"
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
