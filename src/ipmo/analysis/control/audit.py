"""Who changed what, when: the audit trail of a portfolio."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time

import attrs

from ipmo.analysis.control.intervals import Intervals
from ipmo.analysis.control.stated_fields import LIFE, shown_value, stated
from ipmo.model.fields import PlainMap
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.words import counted

__all__ = ["AuditEntry", "AuditTrail", "by_months", "differences"]


@attrs.frozen(kw_only=True)
class AuditEntry(Shown):
    """One thing that somebody changed.

    Args:
        when: the instant of the commit in UTC; of a snapshot its day.
        who: the author of the commit, or who wrote the snapshot; empty where nobody is named.
        kind: the list that the item stands in; `file` or `snapshot` where a whole file came, went or changed.
        item: full id, or the file.
        field: `id` where the item came or went.
        before: what it was; None where nothing was.
        after: what it is; None where nothing is any more.
        reason: the first line of the commit's message, or why the snapshot was written.
        source: the commit, or the snapshot.
    """

    when: datetime
    who: str
    kind: str
    item: str
    field: str
    before: str | None
    after: str | None
    reason: str
    source: str

    @property
    def text(self) -> str:
        """The whole in a sentence."""
        who = self.who or "somebody"
        if self.field == LIFE:
            what = f"{'took out' if self.after is None else 'added'} {self.item}"
        else:
            what = f"changed {self.field} of {self.item} from {_said(self.before)} to {_said(self.after)}"
        why = f": {self.reason}" if self.reason else ""
        return f"{self.when:%Y-%m-%d} {who} {what} ({self.source}{why})"


def _said(value: str | None) -> str:
    return "nothing" if value is None else repr(value[:60])


class AuditTrail(Rows[int, AuditEntry]):
    """The answer of `audit_trail`: what was changed, the oldest first, by place.

    Args:
        entries: in order of time.
        source: `git`, or `snapshots`.
    """

    def __init__(self, entries: Sequence[AuditEntry], source: str) -> None:
        super().__init__(dict(enumerate(entries)), "this audit trail")
        self.source = source

    def of(self, item: str) -> AuditTrail:
        """What was changed of an item, and of what is in it."""
        return AuditTrail([one for one in self.rows if one.item == item or one.item.startswith(f"{item}/")], self.source)

    @property
    def people(self) -> dict[str, int]:
        """How much each person changed, those who changed most first; empty text for nobody who is named."""
        counts: dict[str, int] = {}
        for one in self.rows:
            counts[one.who] = counts.get(one.who, 0) + 1
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def explain(self, place: int) -> str:
        """One entry as a sentence.

        Raises:
            UnknownItemError: there is none at that place.
        """
        return self[place].text

    def table(self) -> Table:
        """One row an entry: when, who, kind, item, field, before, after, reason, source."""
        names = ("who", "kind", "item", "field", "before", "after", "reason", "source")
        columns = [Column(name, "str", [getattr(one, name) for one in self.rows]) for name in names]
        return Table([Column("when", "datetime", [one.when for one in self.rows]), *columns])

    def __repr__(self) -> str:
        people = [name for name in self.people if name]
        return f"<AuditTrail from {self.source}: {counted(len(self), 'change')} by {counted(len(people), 'person')}>"


def differences(before: PlainMap, after: PlainMap) -> Iterator[tuple[str, str, str, str | None, str | None]]:
    """(kind, item, field, before, after) of what two documents state otherwise; of what came or went, and all in it, one row."""
    was, now = stated(before), stated(after)
    apart = {key for key in {**was, **now} if key not in was or key not in now}
    for kind, item in sorted({**was, **now}):
        if (kind, item) in apart:
            if "/" not in item or ("projects", item.partition("/")[0]) not in apart:
                gone = (kind, item) not in now
                yield kind, item, LIFE, item if gone else None, None if gone else item
            continue
        old, new = was[kind, item], now[kind, item]
        for field in sorted({**old, **new}):
            if old.get(field) != new.get(field):
                yield kind, item, field, shown_value(old.get(field)), shown_value(new.get(field))


def by_months(intervals: Intervals) -> AuditTrail:
    """The trail that snapshots give by themselves: what changed from one to the next, by whoever wrote the later one."""
    months = {month.day: month for month in intervals.months}
    entries = [
        AuditEntry(
            when=datetime.combine(row.date, time()), who=months[row.date].by, kind=row.kind, item=row.item, field=row.field,
            before=row.before, after=row.after, reason=months[row.date].reason, source=months[row.date].name,
        )
        for row in intervals.changes()
    ]  # fmt: skip
    return AuditTrail(entries, "snapshots")
