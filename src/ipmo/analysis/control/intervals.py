"""What every field was in every month: as of a day, over time, in total, and what changed."""

from __future__ import annotations

import bisect
import calendar
import functools
import itertools
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Context, Decimal, Inexact, localcontext

import attrs

from ipmo.analysis.control.interval_store import Frozen, stored, written
from ipmo.analysis.control.pictures import trend_picture
from ipmo.analysis.control.stated_fields import LIFE, as_value, shown_value
from ipmo.errors import ModelError, UnitError, UnknownItemError, close_matches
from ipmo.figures.svg import Figure
from ipmo.model.fields import PlainData, PlainMap
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table, row_at
from ipmo.units import as_day, as_money, as_when
from ipmo.words import counted

__all__ = ["FieldChange", "FieldChanges", "FieldInterval", "FieldTotal", "FieldTotals", "FieldTrend", "Intervals", "last_day", "month_at"]

MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
DIGITS = 400
"""Of a sum: more than any amounts have between the largest and the smallest of their digits, so that nothing is rounded."""


def last_day(when: date | str) -> date:
    """A day; of a month such as `2025-03` its last one.

    Raises:
        UnitError: it is neither.

    >>> last_day("2024-02"), last_day("2024-02-03")
    (datetime.date(2024, 2, 29), datetime.date(2024, 2, 3))
    """
    found = MONTH.fullmatch(when) if isinstance(when, str) else None
    if found is None:
        try:
            return as_day(as_when(when))
        except UnitError as error:
            raise UnitError(
                str(error).replace("write YYYY-MM-DD or YYYY-MM-DDTHH:MM", "write YYYY-MM-DD, or YYYY-MM for a month")
            ) from None
    year, month = int(found[1]), int(found[2])
    if not (year and 1 <= month <= 12):
        raise UnitError(f"{when!r} is no month; write YYYY-MM, for example 2025-03")
    return date(year, month, calendar.monthrange(year, month)[1])


def month_at(days: Sequence[date], when: date | str) -> int:
    """The place of the latest of some days that is not after a day, or after the end of a month.

    Raises:
        UnitError: it is neither a day nor a month.
        UnknownItemError: all of them are later.
    """
    place = bisect.bisect_right(days, last_day(when)) - 1
    if place < 0:
        first = f"; the first snapshot is of {days[0]}" if days else ""
        raise UnknownItemError(str(when), (), f"this history: nothing is known of then{first}")
    return place


@attrs.frozen(kw_only=True)
class FieldInterval(Shown):
    """What a field was for a time.

    Args:
        since: the first month that states it.
        until: the first month that does not any more; None where the last one still does.
        value: as people read it.
        months: how many snapshots state it.
    """

    since: date
    until: date | None
    value: str
    months: int


class FieldTrend(Rows[date, FieldInterval]):
    """What one field of one item was over time: a row each time it changed, found by its first month."""

    def __init__(self, rows: Sequence[FieldInterval], item: str, field: str) -> None:
        super().__init__({row.since: row for row in rows}, f"the changes of {field} of {item}")
        self.item, self.field = item, field

    def at(self, when: date | str) -> str | None:
        """What it was on a day, or at the end of a month; None where nothing was stated.

        Raises:
            UnitError: it is neither a day nor a month.
        """
        day = last_day(when)
        return next((row.value for row in self.rows if row.since <= day and (row.until is None or day < row.until)), None)

    def explain(self, since: date | str | int) -> str:
        """One row as a sentence.

        Raises:
            UnknownItemError: nothing changed then.
        """
        row = row_at(self.rows, since, f"the changes of {self.field}") if isinstance(since, int) else self[_day_or_none(since)]
        until = "and still is" if row.until is None else f"until before {row.until}"
        return f"{row.since}: {self.field} of {self.item} is {row.value} {until}, in {counted(row.months, 'snapshot')}"

    def table(self) -> Table:
        """One row an interval: since, until, value, months."""
        return Table(
            [
                Column("since", "date", [row.since for row in self.rows]),
                Column("until", "date", [row.until for row in self.rows]),
                Column("value", "str", [row.value for row in self.rows]),
                Column("months", "int", [row.months for row in self.rows]),
            ]
        )

    def __repr__(self) -> str:
        last = f", last {self.rows[-1].value!r:.60}" if len(self) else ""
        return f"<FieldTrend of {self.field} of {self.item!r}: {counted(len(self), 'value')}{last}>"


def _day_or_none(when: date | str) -> date:
    try:
        return as_day(as_when(when))
    except UnitError:
        return date.min  # no month of any history


@attrs.frozen(kw_only=True)
class FieldTotal(Shown):
    """The sum of a field over all items in one month.

    Args:
        date: of the snapshot.
        value: the sum, exact; None where no item states an amount.
        known: items that state one.
        total: items that are there.
        change: against the month before.
    """

    date: date
    value: Decimal | None
    known: int
    total: int
    change: Decimal | None


class FieldTotals(Rows[date, FieldTotal]):
    """The sum of a field over a portfolio, month by month, found by the date of the snapshot."""

    def __init__(self, rows: Sequence[FieldTotal], field: str, unit: str) -> None:
        super().__init__({row.date: row for row in rows}, f"the totals of {field}")
        self.field, self.unit = field, unit

    def explain(self, day: date | str | int) -> str:
        """One month as a sentence.

        Raises:
            UnknownItemError: there is no snapshot of that date.
        """
        row = row_at(self.rows, day, f"the totals of {self.field}") if isinstance(day, int) else self[_day_or_none(day)]
        value = "not known" if row.value is None else f"{row.value:,f} {self.unit}".rstrip()
        return f"{row.date}: {self.field} is {value}, stated by {row.known} of {counted(row.total, 'item')}"

    def table(self) -> Table:
        """One row a month: date, value, known, total, change."""
        rows = self.rows
        return Table(
            [
                Column("date", "date", [row.date for row in rows]),
                Column("value", "float", [None if row.value is None else float(row.value) for row in rows], self.unit),
                Column("known", "int", [row.known for row in rows]),
                Column("total", "int", [row.total for row in rows]),
                Column("change", "float", [None if row.change is None else float(row.change) for row in rows], self.unit),
            ]
        )

    def plot(self) -> Figure:
        """The line over the months.

        Raises:
            ModelError: no month states it.
        """
        table = self.table()
        texts = Column("text", "str", [None if v is None else str(v) for v in table["value"]])
        shown = Table([Column("date", "date", table["date"]), Column("value", "float", table["value"]), texts])
        return trend_picture(shown, self.field, self.unit)

    def __repr__(self) -> str:
        known = [row for row in self.rows if row.value is not None]
        span = f": {known[0].value:,f} to {known[-1].value:,f} {self.unit}".rstrip() if known else ""
        return f"<FieldTotals of {self.field}, {counted(len(self), 'month')}{span}>"


@attrs.frozen(kw_only=True)
class FieldChange(Shown):
    """One field that is other than a month before.

    Args:
        date: of the first snapshot that says so.
        kind: the list that the item stands in.
        item: full id.
        field: `id` where the item came or went.
        before: what it was; None where nothing was stated.
        after: what it is; None where nothing is any more.
    """

    date: date
    kind: str
    item: str
    field: str
    before: str | None
    after: str | None


class FieldChanges(Rows[tuple[date, str, str, str], FieldChange]):
    """What changed from snapshot to snapshot, in order of time: found by date, kind, item and field."""

    def __init__(self, rows: Sequence[FieldChange]) -> None:
        super().__init__({(row.date, row.kind, row.item, row.field): row for row in rows}, "these changes")

    def table(self) -> Table:
        """One row a change: date, kind, item, field, before, after."""
        names = ("kind", "item", "field", "before", "after")
        return Table(
            [
                Column("date", "date", [row.date for row in self.rows]),
                *(Column(name, "str", [getattr(row, name) for row in self.rows]) for name in names),
            ]
        )

    def __repr__(self) -> str:
        return f"<FieldChanges: {counted(len(self), 'change')}>"


class Intervals:
    """What every field of every item was, from which month until which: an index of the snapshots that can be made anew from them.

    Args:
        database: what `written` or `stored` gave.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database, self._lock = database, threading.Lock()
        rows = database.execute("SELECT day, name, content, digest, reason, by FROM months ORDER BY n").fetchall()
        self.months = tuple(Frozen(day=date.fromisoformat(day), name=n, content=c, digest=d, reason=r, by=b) for day, n, c, d, r, b in rows)
        """The snapshots, the oldest first."""
        self.dates = tuple(month.day for month in self.months)

    @classmethod
    def of(cls, documents: Iterable[tuple[Frozen, PlainMap]]) -> Intervals:
        """The intervals of documents in order of their dates."""
        return cls(written(documents))

    def __reduce__(self) -> tuple[object, ...]:
        return _from_bytes, (self.to_bytes(),)

    def to_bytes(self) -> bytes:
        """The index as the bytes of an SQLite file."""
        with self._lock:
            return bytes(self._database.serialize())

    def rows(self, sql: str, given: Sequence[object] = ()) -> list[tuple[int | str | None, ...]]:
        """What a question to the tables `months`, `items`, `fields` and `intervals` finds; nothing can be written.

        Raises:
            sqlite3.Error: it is no such question.
        """
        with self._lock:
            return self._database.execute(sql, given).fetchall()

    def __len__(self) -> int:
        return int(self.rows("SELECT count(*) FROM intervals")[0][0] or 0)

    # ------------------------------------------------------------------------------------------ questions

    def as_of(self, when: date | str, *, kind: str | None = None, item: str | None = None, field: str | None = None) -> Table:
        """What was stated by then: kind, item, field, value, since.

        Args:
            when: a day, or a month such as `2025-03` for its end: the latest snapshot that is not later.
            kind: only the nouns of one list, such as `projects`.
            item: only one item, by full id.
            field: only one field.

        Raises:
            UnitError: it is neither a day nor a month.
            UnknownItemError: all snapshots are later.
        """
        n = month_at(self.dates, when)
        where, given = self._where(kind, item, field)
        rows = self.rows(f"SELECT item, field, value, since FROM intervals WHERE since <= ? AND until > ?{where}", (n, n, *given))
        items, fields, values, since = zip(*rows, strict=True) if rows else ((), (), (), ())
        names = self._items
        return Table(
            [
                Column("kind", "str", [names[id][0] for id in items]),
                Column("item", "str", [names[id][1] for id in items]),
                Column("field", "str", list(map(self._fields.__getitem__, fields))),
                Column("value", "str", list(map(shown_value, values))),
                Column("since", "date", list(map(self.dates.__getitem__, since))),
            ]
        )

    @functools.cached_property
    def _items(self) -> list[tuple[str, str]]:
        """Kind and full id of each item, by its number."""
        return [(str(kind), str(item)) for kind, item in self.rows("SELECT kind, item FROM items ORDER BY id")]

    @functools.cached_property
    def _fields(self) -> list[str]:
        """The names of the fields, by their numbers."""
        return [str(name) for (name,) in self.rows("SELECT name FROM fields ORDER BY id")]

    def _where(self, kind: str | None, item: str | None, field: str | None) -> tuple[str, list[str]]:
        """What a question is narrowed to."""
        wanted = [("item IN (SELECT id FROM items WHERE kind = ?)", kind), ("item IN (SELECT id FROM items WHERE item = ?)", item),
                  ("field = (SELECT id FROM fields WHERE name = ?)", field)]  # fmt: skip
        return "".join(f" AND {sql}" for sql, value in wanted if value is not None), [value for _, value in wanted if value is not None]

    def trend(self, item: str, field: str) -> FieldTrend:
        """What a field of an item was over time.

        Args:
            item: full id.
            field: as `as_of` names it: `forecast`, `attributes.department`, `status[2026-03-31]`.

        Raises:
            UnknownItemError: no month has the item, or it never stated that field.
        """
        found = self.rows(
            "SELECT since, until, value FROM intervals WHERE item IN (SELECT id FROM items WHERE item = ?) "
            "AND field = (SELECT id FROM fields WHERE name = ?) ORDER BY since",
            (item, field),
        )
        if not found:
            names = [str(name) for (name,) in self.rows(
                "SELECT DISTINCT name FROM intervals JOIN fields ON fields.id = field WHERE item IN (SELECT id FROM items WHERE item = ?)", (item,)
            )]  # fmt: skip
            if not names:
                items = [str(one) for (one,) in self.rows("SELECT item FROM items")]
                raise UnknownItemError(item, close_matches(item, items), "any month of this history")
            raise UnknownItemError(field, close_matches(field, names), f"the fields that {item!r} ever stated")
        return FieldTrend([self._interval(int(a or 0), int(b or 0), str(text)) for a, b, text in found], item, field)

    def _interval(self, since: int, until: int, text: str) -> FieldInterval:
        last = min(until, len(self.dates))
        until_day = self.dates[until] if until < len(self.dates) else None
        return FieldInterval(since=self.dates[since], until=until_day, value=shown_value(text) or "", months=last - since)

    def total(self, field: str, *, kind: str = "projects", unit: str | None = None) -> FieldTotals:
        """The sum of a field over all items of one kind, month by month: exact, by its changes.

        Amounts count as they are stated, without conversion; `ipmo.trend` of a measure converts, and knows what lies below an item.

        Args:
            field: such as `forecast`.
            kind: the list that the items stand in.
            unit: the currency, where several are stated; empty for plain numbers.

        Raises:
            UnknownItemError: no item of that kind ever stated it.
            ModelError: amounts in several units are stated, and none is named.
        """
        found = self.rows(
            "SELECT since, until, value FROM intervals JOIN items ON items.id = intervals.item "
            "WHERE field = (SELECT id FROM fields WHERE name = ?) AND kind = ?",
            (field, kind),
        )
        if not found:
            names = [str(name) for (name,) in self.rows("SELECT name FROM fields")]
            raise UnknownItemError(field, close_matches(field, names), f"the fields that any of {kind} ever stated")
        amounts = [(int(a or 0), int(b or 0), *amount) for a, b, text in found if (amount := _amount(as_value(str(text)))) is not None]
        units = sorted({said for *_, said in amounts})
        if unit is None and len(units) > 1:
            raise ModelError(f"{field} is stated in {', '.join(one or 'plain numbers' for one in units)}; say which by unit=")
        chosen = units[0] if unit is None and units else unit or ""
        alive = self._alive(kind)
        steps, counts = [Decimal(0)] * (len(self.dates) + 1), [0] * (len(self.dates) + 1)
        rows: list[FieldTotal] = []
        with localcontext(Context(prec=DIGITS, traps=[Inexact])):
            for since, until, value, said in amounts:
                if said == chosen:
                    steps[since], counts[since] = steps[since] + value, counts[since] + 1
                    if until < len(self.dates):
                        steps[until], counts[until] = steps[until] - value, counts[until] - 1
            running, known = Decimal(0), 0
            for n, day in enumerate(self.dates):
                running, known = running + steps[n], known + counts[n]
                now = running if known else None
                before = rows[-1].value if rows else None
                change = None if now is None or before is None else now - before
                rows.append(FieldTotal(date=day, value=now, known=known, total=alive[n], change=change))
        return FieldTotals(rows, field, chosen)

    def _alive(self, kind: str) -> list[int]:
        """How many items of a kind there are in each month."""
        steps = [0] * (len(self.dates) + 1)
        for since, until in self.rows(
            "SELECT since, until FROM intervals JOIN items ON items.id = intervals.item "
            "WHERE field = (SELECT id FROM fields WHERE name = ?) AND kind = ?",
            (LIFE, kind),
        ):
            steps[int(since or 0)] += 1
            steps[min(int(until or 0), len(self.dates))] -= 1
        return list(itertools.accumulate(steps[:-1]))

    def changes(
        self, *, item: str | None = None, field: str | None = None, since: date | str | None = None, until: date | str | None = None
    ) -> FieldChanges:
        """What changed from each snapshot to the next; of what came or went one row, whatever it stated.

        Args:
            item: only this item and what is in it, by full id.
            field: only one field.
            since: only what changed on this day or later, or in this month or later.
            until: only what changed up to this day, or to the end of this month.

        Raises:
            UnitError: a day is none.
        """
        first = date.min if since is None else last_day(since).replace(day=1) if MONTH.fullmatch(str(since)) else last_day(since)
        last = date.max if until is None else last_day(until)
        found = [row for row in self._changed(item) if first <= row.date <= last and field in (None, row.field)]
        return FieldChanges(sorted(found, key=lambda row: (row.date, row.kind, row.item, row.field)))

    def _changed(self, item: str | None) -> Iterator[FieldChange]:
        where, given = (
            ("", ()) if item is None else (" WHERE items.item = ? OR substr(items.item, 1, ?) = ?", (item, len(item) + 1, f"{item}/"))
        )
        rows = self.rows(
            "SELECT kind, items.item, name, since, until, value FROM intervals JOIN items ON items.id = intervals.item "
            f"JOIN fields ON fields.id = intervals.field{where} ORDER BY intervals.item, intervals.field, since",
            given,
        )
        lives: dict[tuple[object, object], set[int]] = {}
        for kind, full_id, name, a, b, _ in rows:
            if name == LIFE:
                lives.setdefault((kind, full_id), set()).update((int(a or 0), int(b or 0)))
        for (kind, full_id, name), some in itertools.groupby(rows, key=lambda row: row[:3]):
            ends = lives[kind, full_id]
            before: tuple[int, str] | None = None
            made: list[tuple[int, str | None, str | None]] = []
            for *_, a, b, text in some:
                start, end, value = int(a or 0), int(b or 0), str(text)
                if before is not None and before[0] == start:
                    made[-1] = start, before[1], value
                else:
                    made.append((start, None, value))
                made.append((end, value, None))
                before = end, value
            for n, was, now in made:
                if 0 < n < len(self.dates) and (name == LIFE or n not in ends):
                    yield FieldChange(
                        date=self.dates[n],
                        kind=str(kind),
                        item=str(full_id),
                        field=str(name),
                        before=shown_value(was),
                        after=shown_value(now),
                    )

    def table(self) -> Table:
        """Every interval: kind, item, field, value, since, until (None where it still holds), months; `.to_parquet(path)` hands it on."""
        rows = self.rows(
            "SELECT kind, items.item, name, value, since, until FROM intervals JOIN items ON items.id = intervals.item "
            "JOIN fields ON fields.id = intervals.field ORDER BY intervals.item, intervals.field, since"
        )
        last = len(self.dates)
        spans = [(int(row[4] or 0), min(int(row[5] or 0), last)) for row in rows]
        return Table(
            [
                *(Column(name, "str", [str(row[place]) for row in rows]) for place, name in enumerate(("kind", "item", "field"))),
                Column("value", "str", [shown_value(str(row[3])) for row in rows]),
                Column("since", "date", [self.dates[a] for a, _ in spans]),
                Column("until", "date", [self.dates[b] if b < last else None for _, b in spans]),
                Column("months", "int", [b - a for a, b in spans]),
            ]
        )

    def __repr__(self) -> str:
        span = f", {self.dates[0]} to {self.dates[-1]}" if self.dates else ""
        return f"<Intervals: {counted(len(self), 'interval')} of {counted(len(self.dates), 'snapshot')}{span}>"


def _amount(value: PlainData) -> tuple[Decimal, str] | None:
    """An amount and its unit: a number, or money; None of anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value)), ""
    if isinstance(value, str):
        try:
            money = as_money(value)
        except UnitError:
            return None
        return money.amount, money.currency
    return None


def _from_bytes(database: bytes) -> Intervals:
    made = stored(database)
    if made is None:
        raise ModelError("this is no index of snapshots that this version reads; make it anew from them")
    return Intervals(made)
