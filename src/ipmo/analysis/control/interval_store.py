"""Change intervals in SQLite: what each field of each item was, from which month until which; made from text, and from nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import attrs

from ipmo.analysis.control.stated_fields import LIFE, PORTFOLIO, fields_of, inner_lists, lists_of, own_label, plain_text
from ipmo.model.fields import PlainMap

__all__ = ["APPLICATION", "END", "SCHEMA", "Frozen", "fits", "stored", "written"]

APPLICATION = 0x69706D6F
"""What SQLite files of ipmo say they are: "ipmo"."""
SCHEMA = 1
"""The layout of the tables; an index with another one is made anew."""
MAGIC = b"SQLite format 3\0"
END = 1 << 30
"""Until when something holds that holds still."""
TABLES = f"""
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {SCHEMA};
CREATE TABLE months (n INTEGER PRIMARY KEY, day TEXT, name TEXT, content TEXT, digest TEXT, reason TEXT, by TEXT);
CREATE TABLE items (id INTEGER PRIMARY KEY, kind TEXT, item TEXT, UNIQUE (item, kind));
CREATE TABLE fields (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE intervals (item INTEGER, field INTEGER, since INTEGER, until INTEGER, value TEXT,
                        PRIMARY KEY (item, field, since)) WITHOUT ROWID;
"""


@attrs.frozen(kw_only=True)
class Frozen:
    """One snapshot as the index knows it.

    Args:
        day: its status date.
        name: the file, or any name.
        content: SHA-256 of its text; empty of what is in memory.
        digest: what its stamp says.
        reason: why it was written.
        by: who wrote it.
    """

    day: date
    name: str
    content: str = ""
    digest: str = ""
    reason: str = ""
    by: str = ""


class _Writer:
    """Goes through documents month by month and keeps what each field was since when."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], int] = {}
        self.fields: dict[str, int] = {}
        self.rows: list[tuple[int, int, int, int, str]] = []
        self._open: dict[tuple[str, str], dict[str, tuple[int, str]]] = {}
        self._before: dict[str, dict[str, PlainMap]] = {}

    def month(self, n: int, document: PlainMap) -> None:
        own, now = lists_of(document)
        now[PORTFOLIO] = {own_label(own): own}
        for kind in {**self._before, **now}:
            self._step(n, kind, self._before.get(kind, {}), now.get(kind, {}))
        self._before = now

    def _step(self, n: int, kind: str, before: Mapping[str, PlainMap], now: Mapping[str, PlainMap]) -> None:
        for label, was in before.items():
            if label not in now:
                self._inside(n, kind, label, was, {})
                key = kind, label
                for name, (since, text) in self._open.pop(key, {}).items():
                    self._row(key, name, since, n, text)
        for label, noun in now.items():
            known = before.get(label)
            if known is None:
                self._open[kind, label] = {LIFE: (n, plain_text(label))}
                self._change(n, kind, label, {}, noun)
            elif known != noun:  # most nouns are what they were
                self._change(n, kind, label, known, noun)

    def _inside(self, n: int, kind: str, label: str, was: PlainMap, noun: PlainMap) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Steps through what is inside a project; the fields that hold items of their own, before and now."""
        if kind != "projects":
            return (), ()
        before, now = inner_lists(label, was), inner_lists(label, noun)
        for group in {**before, **now}:
            self._step(n, group, before.get(group, {}), now.get(group, {}))
        return tuple(before), tuple(now)

    def _change(self, n: int, kind: str, label: str, was: PlainMap, noun: PlainMap) -> None:
        """What a noun states otherwise than before: of the fields that are as they were nothing is looked at."""
        apart_before, apart = self._inside(n, kind, label, was, noun)
        key = kind, label
        known = self._open.setdefault(key, {})
        other = [name for name in {**was, **noun} if name not in was or name not in noun or was[name] != noun[name]]
        old = fields_of({name: was[name] for name in other if name in was}, apart_before)
        new = fields_of({name: noun[name] for name in other if name in noun}, apart)
        for name, text in old.items():
            if new.get(name) != text and name in known:
                since, _ = known.pop(name)
                self._row(key, name, since, n, text)
        for name, text in new.items():
            if name not in known:
                known[name] = n, text

    def _row(self, key: tuple[str, str], name: str, since: int, until: int, text: str) -> None:
        item = self.items.setdefault(key, len(self.items))
        self.rows.append((item, self.fields.setdefault(name, len(self.fields)), since, until, text))

    def close(self) -> None:
        for key, known in self._open.items():
            for name, (since, text) in known.items():
                self._row(key, name, since, END, text)


def _safe(text: str) -> str:
    """Text that SQLite can hold: half characters are spelled out."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def written(documents: Iterable[tuple[Frozen, PlainMap]]) -> sqlite3.Connection:
    """The intervals of documents in order of their dates, in memory.

    Args:
        documents: each snapshot with its plain data.
    """
    writer, months = _Writer(), []
    for n, (month, document) in enumerate(documents):
        months.append((n, month.day.isoformat(), _safe(month.name), month.content, month.digest, _safe(month.reason), _safe(month.by)))
        writer.month(n, document)
    writer.close()
    made = sqlite3.connect(":memory:", check_same_thread=False)
    made.executescript(TABLES)
    made.executemany("INSERT INTO months VALUES (?, ?, ?, ?, ?, ?, ?)", months)
    items, fields = sorted(writer.items), sorted(writer.fields)  # ids in the order of names: what is read in order of ids needs no sorting
    item_ids = {writer.items[key]: id for id, key in enumerate(items)}
    field_ids = {writer.fields[name]: id for id, name in enumerate(fields)}
    made.executemany("INSERT INTO items VALUES (?, ?, ?)", [(id, _safe(kind), _safe(item)) for id, (kind, item) in enumerate(items)])
    made.executemany("INSERT INTO fields VALUES (?, ?)", [(id, _safe(name)) for id, name in enumerate(fields)])
    rows = sorted((item_ids[item], field_ids[field], *rest) for item, field, *rest in writer.rows)
    made.executemany("INSERT INTO intervals VALUES (?, ?, ?, ?, ?)", rows)
    made.commit()
    made.execute("PRAGMA query_only = 1")
    return made


def stored(database: bytes) -> sqlite3.Connection | None:
    """The intervals in the bytes of an SQLite file; None where they are no index of this layout."""
    if not database.startswith(MAGIC):
        return None
    made = sqlite3.connect(":memory:", check_same_thread=False)
    try:
        made.deserialize(database)
        made.execute("PRAGMA trusted_schema = 0")
        said = made.execute("PRAGMA application_id").fetchone()[0], made.execute("PRAGMA user_version").fetchone()[0]
        if said == (APPLICATION, SCHEMA) and made.execute("PRAGMA quick_check(1)").fetchone() == ("ok",):
            made.execute("PRAGMA query_only = 1")
            return made
    except (sqlite3.Error, AttributeError, OverflowError, TypeError):  # no SQLite file, or a Python whose SQLite reads none from memory
        pass
    made.close()
    return None


def fits(database: sqlite3.Connection, contents: Sequence[tuple[str, str]]) -> bool:
    """Whether an index was made from these texts: (file, SHA-256 of its text), and no other."""
    try:
        found = database.execute("SELECT name, content FROM months").fetchall()
    except sqlite3.Error:
        return False
    return sorted(found) == sorted(contents)
