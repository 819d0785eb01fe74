"""A schedule as tables: dates and floats of its items, floats of its links, what is near critical."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter

from ipmo.analysis.dates.beginnings import Days, said
from ipmo.analysis.dates.items import Items, ScheduledItem
from ipmo.network.states import TYPE_NAMES
from ipmo.tables import Column, Table

__all__ = ["floats", "links", "near_critical", "overview", "table"]

MAIN = {
    **dict.fromkeys(("id", "name", "kind", "project"), "str"),
    **dict.fromkeys(("early_start", "early_finish", "late_start", "late_finish"), "datetime"),
    **dict.fromkeys(("total_float", "free_float", "project_float", "target_float"), "float"),
    **dict.fromkeys(("target", "target_is"), "str"),
    "commitment_float": "float",
    "commitment": "str",
    "critical": "bool",
    "critical_for": "str",
    "drag": "float",
    **dict.fromkeys(("start", "finish"), "datetime"),
    **dict.fromkeys(("start_date", "finish_date", "early_start_date", "early_finish_date", "late_start_date", "late_finish_date"), "date"),
    "lower_bound": "bool",
}
FLOATS = {
    **dict.fromkeys(("id", "project"), "str"),
    **dict.fromkeys(("total_float", "start_float", "finish_float", "free_float"), "float"),
    **dict.fromkeys(("interfering_float", "independent_float", "project_float", "target_float"), "float"),
    **dict.fromkeys(("target", "target_is"), "str"),
    "commitment_float": "float",
    "commitment": "str",
    "critical": "bool",
    "longest_path": "bool",
}


def table(rows: Iterable[ScheduledItem]) -> Table:
    """One row an item; dates as instants and as the days that people say, floats and drag in working days of the item's calendar."""
    return _columns(list(rows), MAIN)


def floats(rows: Iterable[ScheduledItem]) -> Table:
    """Every float of every item that has one."""
    return _columns([row for row in rows if row.total_float is not None], FLOATS)


def _columns(rows: Sequence[ScheduledItem], kinds: Mapping[str, str]) -> Table:
    columns = []
    days = _days(rows) if "start_date" in kinds else {}
    for name, kind in kinds.items():
        values: Sequence[object] = days[name] if name in days else list(map(attrgetter(name), rows))
        if name == "critical_for":
            values = [", ".join(row.critical_for) for row in rows]
        columns.append(Column(name, kind, values, "d" if kind == "float" else ""))
    return Table(columns)


def _days(rows: Sequence[ScheduledItem]) -> Mapping[str, Sequence[date | None]]:
    """The days that people say of every start and finish, as `ScheduledItem.days` says them; each pair of instants is looked at once."""
    known: dict[tuple[datetime | None, datetime | None, str], Days] = {}
    out: dict[str, Sequence[date | None]] = {}
    for which in ("", "early_", "late_"):
        start, finish = attrgetter(f"{which}start"), attrgetter(f"{which}finish")
        found = []
        for row in rows:
            begin, end = start(row), finish(row)
            if not which:
                begin, end = begin or row.early_start, end or row.early_finish
            key = (begin, end, row.side)
            pair = known.get(key)
            if pair is None:
                pair = known[key] = said(*key)
            found.append(pair)
        out[f"{which}start_date"] = [pair[0] for pair in found]
        out[f"{which}finish_date"] = [pair[1] for pair in found]
    return out


def overview(rows: Sequence[ScheduledItem]) -> Table:
    """Dates as people read them, float to the end, to the nearest target and to the nearest commitment."""
    return Table(
        [
            Column("id", "str", [r.id for r in rows]),
            Column("kind", "str", [r.kind for r in rows]),
            Column("starts", "str", [_clock_text(r, r.start or r.early_start, r.start_text) for r in rows]),
            Column("finishes", "str", [_finishes(r) for r in rows]),
            Column("total_float", "float", [r.total_float for r in rows], "d"),
            Column("target_float", "float", [r.target_float for r in rows], "d"),
            Column("target", "str", [r.target_text or None for r in rows]),
            Column("commitment_float", "float", [r.commitment_float for r in rows], "d"),
            Column("commitment", "str", [r.commitment for r in rows]),
            Column("critical", "bool", [r.critical for r in rows]),
            Column("undated", "str", [r.undated or None for r in rows]),
        ]
    )


def _finishes(row: ScheduledItem) -> str:
    """The finish as text; a lower bound, behind work without a duration, or an upper one, as one; dates that were planned back are none."""
    text = _clock_text(row, row.finish or row.early_finish, row.finish_text)
    bound = "later" if row.lower_bound else "sooner" if row.upper_bound else ""
    return f"{text} or {bound}" if bound and text and row.finish in (None, row.early_finish) else text


def _clock_text(row: ScheduledItem, when: datetime | None, day: str) -> str:
    """A day as text, with the time where that says something: of the first whole day of a benefit it does not."""
    return day if when is None or row.side == "first" or when.hour == when.minute == 0 else f"{day} {when:%H:%M}"


def links(items: Items) -> Table:
    """One row a link between items of the network, by number: its float, whether it drives, its drag."""
    passes, net, q = items.passes, items.network, items.passes.lists
    places = {q.perm[k]: (k, v) for v in range(net.n) for k in range(q.ptr[v], q.ptr[v + 1])}
    shown = [(number, *places[number]) for number in sorted(places) if number not in net.derived]
    sources = [q.src[k] for _, k, _ in shown]
    slacks = [passes.days(u, q.x[u], q.x[u] + int(passes.link_floats[k])) for u, (_, k, _) in zip(sources, shown, strict=True)]
    end = passes.end
    drags = [None if end is None else items.drag_days(q.order[v], passes.link_ends_without.get(k, end)) for _, k, v in shown]
    return Table(
        [
            Column("source", "str", [net.shown(q.order[u]) for u in sources]),
            Column("target", "str", [net.shown(q.order[v]) for _, _, v in shown]),
            Column("type", "str", [TYPE_NAMES[net.typ[number]] for number, _, _ in shown]),
            Column("link_float", "float", slacks, "d"),
            Column("drives", "bool", [passes.drives[k] for _, k, _ in shown]),
            Column("drag", "float", drags, "d"),
        ]
    )


def near_critical(rows: Iterable[ScheduledItem], bands: Sequence[float]) -> Table:
    """Items by how little total float they have: one row an item within the widest band, least float first."""
    ranked = sorted((row.total_float, row.id) for row in rows if row.total_float is not None and row.kind != "summary")
    kept = [(slack, full_id, next(b for b in bands if slack <= b)) for slack, full_id in ranked if any(slack <= b for b in bands)]
    return Table(
        [
            Column("id", "str", [full_id for _, full_id, _ in kept]),
            Column("total_float", "float", [slack for slack, _, _ in kept], "d"),
            Column("band", "float", [float(band) for _, _, band in kept], "d"),
        ]
    )
