"""Two portfolios side by side, two months or a plan and a change of it: what moved, by how much, who is hit, through which path.

What projects state is compared as it stands; what follows from it (dates, floats, the critical path, benefits, status,
exceptions) is computed on both sides, each part when it is first asked for.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ipmo.analysis.benefits.realisation import benefits
from ipmo.analysis.change.applying import applied
from ipmo.analysis.change.branches import branches
from ipmo.analysis.change.stated import Moved, Stated, place_of, stated
from ipmo.analysis.control.status import StatusView, status
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.dependencies.targets import Target, Targets, targets
from ipmo.analysis.money.rollup import roll_up
from ipmo.errors import IpmoError
from ipmo.model.changes import Change, as_changes
from ipmo.model.governance import RAG
from ipmo.model.portfolio import Portfolio
from ipmo.network.clocks import FAR
from ipmo.tables import Column, Table
from ipmo.units import Money, day_text, moment

__all__ = ["Comparison", "compare", "ends_of", "what_if"]

ORDER = (
    "exception",
    "status",
    "benefit value",
    "date",
    "total budget",
    "total forecast",
    "total funding",
    "float",
    "critical path",
)
"""What matters first: promises to people, then money, then time, then what is left of room."""
LEVELS = ("portfolio", "programme", "project", "gate", "deadline", "benefit")


class Comparison:
    """The answer of `compare` and `what_if`: false when nothing that matters is other than it was.

    Args:
        before: the earlier one, or the plan as it is.
        after: the later one; None where changes make it when it is first asked for.
        changes: what was asked; none when two portfolios are compared.
        moved: targets that move and to when, where an overlay found them already.
    """

    def __init__(
        self,
        before: Portfolio,
        after: Portfolio | None = None,
        *,
        changes: Sequence[Change] = (),
        moved: Mapping[int, int] | None = None,
    ) -> None:
        self.before, self.changes = before, tuple(changes)
        self._after, self._moved = after, moved

    def _look(self, after: Portfolio) -> None:
        """Finds the dates that move in a changed portfolio, and lets it go."""
        one, other = _schedule(self.before), _schedule(after)
        if one is not None and other is not None:
            self.__dict__["dates"] = _sorted(_dates(targets(one), targets(other), self.before, after))

    @property
    def after(self) -> Portfolio:
        """The other portfolio; a changed one is made anew each time unless somebody holds it, so that branches cost no memory."""
        if self._after is not None:
            return self._after
        return applied(self.before, self.changes)

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
        found = self.moved if what in ("start", "finish", "budget", "forecast", "state") or what.startswith("confidence") else self.effects
        return tuple(m for m in found if m.what == what or (what == "confidence" and m.what.startswith("confidence")))

    # ------------------------------------------------------------------------------- as computed

    @functools.cached_property
    def effects(self) -> tuple[Moved, ...]:
        """What follows, what matters most first: exceptions, status, benefits, dates, money, floats, the critical path."""
        told = {m.item for m in self.moved if m.what in ("start", "finish")} | {*self.entrants, *self.leavers}
        dates = [m for m in self.dates if m.kind != "project" or m.item not in told]  # what a project states says it already
        found = [*self.exceptions, *self.status, *self.benefits, *dates, *self.money, *self.floats, *self.critical]
        if self._after is None:  # a branch keeps what moved, not what it was found with
            for name in ("_pair", "_statuses", "stated"):
                self.__dict__.pop(name, None)
        return tuple(sorted(found, key=lambda m: (ORDER.index(m.what), _level(m), -abs(m.change or 0), m.item)))

    @functools.cached_property
    def _pair(self) -> tuple[Schedule | None, Schedule | None, Portfolio]:
        """Both schedules, None where nothing says when a portfolio starts, and the later portfolio that they belong to."""
        after = self.after
        return _schedule(self.before), _schedule(after), after

    @functools.cached_property
    def dates(self) -> tuple[Moved, ...]:
        """Finishes of portfolio, programmes and projects, gates, deadlines and benefits that move: the most days first."""
        if self._moved is not None:
            rows = branches(self.before).targets
            return _sorted(_dated(rows, t, date, rows[t]) for t, date in self._moved.items())
        one, other, after = self._pair
        if one is None or other is None:
            return ()
        return _sorted(_dates(targets(one), targets(other), self.before, after))

    @functools.cached_property
    def floats(self) -> tuple[Moved, ...]:
        """Projects whose least float to a promise is another."""
        one, other, _ = self._pair
        if one is None or other is None:
            return ()
        least = [_least_floats(s) for s in (one, other)]
        return tuple(
            Moved(
                item=name,
                name=_title(self.before, name),
                what="float",
                before=f"{was:,.4g} d",
                after=f"{now:,.4g} d",
                change=now - was,
                unit="d",
            )
            for name, was in least[0].items()
            if (now := least[1].get(name, was)) != was
        )

    @functools.cached_property
    def critical(self) -> tuple[Moved, ...]:
        """The critical path, when items joined or left it."""
        one, other, _ = self._pair
        if one is None or other is None or not (one.network.m or other.network.m):
            return ()
        was, now = (s.critical_path() for s in (one, other))
        joined, left = [i for i in now if i not in set(was)], [i for i in was if i not in set(now)]
        if not joined and not left:
            return ()
        parts = [f"{word}: {_few(names)}" for word, names in (("joined", joined), ("left", left)) if names]
        return (
            Moved(
                item=self.before.id,
                kind="portfolio",
                name=self.before.name,
                what="critical path",
                before=f"{len(was)} items",
                after=f"{len(now)} items",
                change=float(len(now) - len(was)),
                note="; ".join(parts),
            ),
        )

    @functools.cached_property
    def money(self) -> tuple[Moved, ...]:
        """The totals of budget, forecast and funding, where they are known on both sides and differ."""
        out = []
        for measure in ("budget", "forecast", "funding"):
            was, now = (_total(pf, measure) for pf in (self.before, self._pair[2]))
            if measure == "funding" and now is not None and was is None:
                was = Money(now.amount - now.amount, now.currency)  # nothing was granted yet
            if was is None or now is None or was.currency != now.currency or was == now:
                continue
            out.append(_amount(self.before, f"total {measure}", was, now))
        return tuple(out)

    @functools.cached_property
    def benefits(self) -> tuple[Moved, ...]:
        """Benefits whose present value is another, and their sum; the most money first."""
        try:
            was, now = benefits(self.before), benefits(self._pair[2])
        except IpmoError:
            return ()
        out: list[Moved] = []
        for row in was.rows:
            if row.npv is None:
                continue
            other = now[row.id] if row.id in now else None
            if other is None or other.npv is None:
                reason = "it is no longer planned" if other is None else other.reason
                out.append(_benefit(row.id, row.name, row.npv, None, reason))
            elif other.npv != row.npv:
                out.append(_benefit(row.id, row.name, row.npv, other.npv, ""))
        out += [_benefit(row.id, row.name, None, row.npv, "") for row in now.rows if row.id not in was and row.npv is not None]
        out.sort(key=lambda m: (-abs(m.change or 0), m.item))
        change = sum(m.change or 0 for m in out)
        if len(out) > 1:
            total = Moved(
                item=self.before.id, kind="portfolio", name=self.before.name, what="benefit value", before="", after="",
                change=round(change, 2), unit=out[0].unit, note="all benefits together",
            )  # fmt: skip
            out.insert(0, total)
        return tuple(out)

    @functools.cached_property
    def _statuses(self) -> tuple[StatusView | None, StatusView | None]:
        return _status(self.before), _status(self._pair[2])

    @functools.cached_property
    def status(self) -> tuple[Moved, ...]:
        """Items whose computed status is another; worse is positive."""
        one, other = self._statuses
        if one is None or other is None:
            return ()
        out = []
        for row in one.items():
            if row.level == "task" or row.item not in other or other[row.item].computed == row.computed:
                continue
            was, now = row.computed, other[row.item].computed
            change = float(RAG.index(now) - RAG.index(was)) if was in RAG and now in RAG else None
            out.append(
                Moved(
                    item=row.item,
                    kind=row.level,
                    name=row.name,
                    what="status",
                    before=was or "not known",
                    after=now or "not known",
                    change=change,
                    unit="steps" if change is not None else "",
                )
            )
        return tuple(out)

    @functools.cached_property
    def exceptions(self) -> tuple[Moved, ...]:
        """Tolerances that are newly exceeded, or no longer."""
        one, other = self._statuses
        if one is None or other is None:
            return ()
        was, now = ({(b.item, b.aspect): b for b in view.breaches} for view in (one, other))
        out = []
        for key in [*now, *(k for k in was if k not in now)]:
            if key in was and key in now:
                continue
            breach = now.get(key) or was[key]
            within = f"{breach.aspect} within tolerance"
            out.append(
                Moved(
                    item=breach.item,
                    kind=breach.level,
                    name=_title(self.before, breach.item),
                    what="exception",
                    before=within if key in now else breach.text,
                    after=breach.text if key in now else within,
                    note=f"tell {breach.escalate_to}" if breach.escalate_to and key in now else "",
                )
            )
        return tuple(out)

    # ----------------------------------------------------------------------------------- reading it

    @property
    def hit(self) -> tuple[str, ...]:
        """Projects that feel it beyond those that were changed: a date of theirs moves."""
        changed = {c.partition("/")[0].partition("@")[0] for c in self._touched}
        names = dict.fromkeys(m.project for m in self.dates if m.kind in ("project", "gate", "deadline"))
        return tuple(name for name in names if name not in changed)

    @property
    def _touched(self) -> list[str]:
        """Items that changes name."""
        found = []
        for change in self.changes:
            found += [getattr(change, name) for name in ("target", "source") if getattr(change, name, None)]
        return found

    def path(self, item: str) -> tuple[str, ...]:
        """The driving path by which a changed item moves a target: from the changed item to the target, in order of dates.

        Args:
            item: a target: a project, programme, gate, what has a deadline, a benefit.

        Returns:
            Empty when no changed item lies on the path that sets its date, before or after.
        """
        one, other, _ = self._pair
        for s in (other, one):
            if s is None:
                continue
            places = targets(s).place
            name = item if item in places else f"{item}@finish"
            if name not in places:
                continue
            ends = ends_of(s, targets(s), places[name])
            path = [
                s.network.ids[int(s.passes.positions.order[v])]
                for v in sorted(s.passes.driving_to(ends), key=lambda v: (s.passes.lists.finish[v], v))
            ]
            for full_id in path:
                if full_id in self._touched or full_id.partition("/")[0] in self._touched:
                    return tuple(_leading(s, full_id, ends))
        return ()

    def items(self) -> Table:
        """One row an item whose dates or float to a promise are other: id, kind, start and finish before and after, days, floats.

        `days` is how much later it finishes, in elapsed days; the most first.
        """
        one, other, _ = self._pair
        rows: list[tuple[Any, ...]] = []
        if one is not None and other is not None:
            for row in one.rows:
                now = other[row.id] if row.id in other else None
                if now is None:
                    rows.append((row.id, row.kind, row.start, None, row.finish, None, None, row.target_float, None))
                    continue
                old = (row.start, row.finish, row.target_float)
                new = (now.start, now.finish, now.target_float)
                if old != new:
                    days = None if row.finish is None or now.finish is None else (now.finish - row.finish).total_seconds() / 86400
                    rows.append((row.id, row.kind, old[0], new[0], old[1], new[1], days, old[2], new[2]))
        rows.sort(key=lambda r: (r[6] is None, -abs(r[6] or 0), r[0]))
        names = ("id", "kind", "start_before", "start_after", "finish_before", "finish_after", "days", "float_before", "float_after")
        kinds = ("str", "str", *["datetime"] * 4, "float", "float", "float")
        units = ("",) * 6 + ("ed", "d", "d")
        return Table([Column(n, k, [r[i] for r in rows], u) for i, (n, k, u) in enumerate(zip(names, kinds, units, strict=True))])

    def __bool__(self) -> bool:
        return bool(self.dates or self.entrants or self.leavers or self.moved or self.effects)

    def counts(self) -> Table:
        """One row a kind of change that projects state: what, count, up (later, dearer, worse), down, unknown."""
        kinds = sorted({*self.unknown, *(m.what for m in self.moved)}, key=place_of)
        rows: list[tuple[str, int, int | None, int | None, int]] = [
            ("entrants", len(self.entrants), None, None, 0),
            ("leavers", len(self.leavers), None, None, 0),
        ]
        for kind in kinds:
            found = [m for m in self.moved if m.what == kind]
            up = sum(1 for m in found if m.change is not None and m.change > 0)
            down = sum(1 for m in found if m.change is not None and m.change < 0)
            rows.append((kind, len(found), up, down, self.unknown.get(kind, 0)))
        names = ("what", "count", "up", "down", "unknown")
        return Table([Column(name, "str" if name == "what" else "int", [row[place] for row in rows]) for place, name in enumerate(names)])

    def table(self) -> Table:
        """One row a change: item, kind, name, what, before, after, change, unit, share, through, note.

        Entrants and leavers first, then what follows by what matters, then what projects state. `through` is the driving
        path from what was changed to a date that moves.
        """
        came = [Moved(item=p, name="", what="entrant", before="", after="in") for p in self.entrants]
        went = [Moved(item=p, name="", what="leaver", before="in", after="") for p in self.leavers]
        rows = [*came, *went, *self.effects, *self.moved]
        texts = ("item", "kind", "name", "what", "before", "after")
        columns = [Column(n, "str", [getattr(r, n) for r in rows]) for n in texts]
        columns += [Column("change", "float", [r.change for r in rows]), Column("unit", "str", [r.unit for r in rows])]
        columns.append(Column("share", "float", [r.share for r in rows]))
        ways = [" -> ".join(self.path(r.item)) if r.what == "date" and self.changes and r.after else "" for r in rows]
        columns.append(Column("through", "str", [way or None for way in ways]))
        return Table([*columns, Column("note", "str", [r.note for r in rows])])

    def __str__(self) -> str:
        if self.changes:
            return "\n".join([_capital("; ".join(map(str, self.changes))) + ":", *(f"  {line}" for line in self._lines())])
        kinds = Counter("confidence" if m.what.startswith("confidence") else m.what for m in self.moved)
        parts = [f"{len(self.entrants)} came", f"{len(self.leavers)} went"] + [f"{n} changed {kind}" for kind, n in kinds.items()]
        return f"{len(self.stayed)} projects in both; {', '.join(parts)}"

    def _lines(self) -> Iterator[str]:
        """What follows, as people read it."""
        shown = 0
        for word, names in (("comes", self.entrants), ("goes", self.leavers)):
            if names:
                yield f"{word}: {_few(names)}"
                shown += 1
        for m in self.effects:
            if m.what == "critical path":
                yield f"critical path: {m.note}"
            elif m.what in ("exception", "status"):
                yield f"{m.what} of {m.item}: {m.before} to {m.after}" + (f"; {m.note}" if m.note else "")
            elif m.change is None:
                yield f"{m.what} of {m.item}: {m.before or 'nothing'} to {m.after or 'nothing'}" + (f"; {m.note}" if m.note else "")
            else:
                size = f"{m.change:+,.2f}"
                size = size if "value" in m.what or "total" in m.what else size.rstrip("0").rstrip(".")
                words = f" ({m.before} to {m.after})" if m.before and m.after else f" ({m.note})" if m.note else ""
                yield f"{m.what} of {m.item}: {size} {m.unit}{words}"
            shown += 1
        if not shown:
            yield "nothing that matters moves"

    def __repr__(self) -> str:
        return f"<Comparison: {'; '.join(map(str, self.changes)) or str(self)}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def compare(before: Portfolio, after: Portfolio) -> Comparison:
    """What changed between two months, two years, or a plan and another.

    Dates and money are those the projects state (roll-ups where their tasks say them). Confidence is compared per
    assessor on the shorter of two scales; a conversion is counted and said, because it loses. What follows from the
    changes (dates of targets, floats, benefits, status, exceptions) stands in `.effects`.

    Args:
        before: the earlier one.
        after: the later one; money is in its currency.
    """
    return Comparison(before, after)


def what_if(portfolio: Portfolio, *changes: Change | Mapping[str, Any]) -> Comparison:
    """What would follow from some changes: dates, floats, the critical path, cost, benefits, gates, status, exceptions.

    The portfolio stays as it is; the changes are applied in their order, all or none. Each answer is a branch of the one
    portfolio and holds little more than what moved.

    Args:
        portfolio: the portfolio.
        changes: changes, or mappings as files write them.

    Raises:
        UnknownItemError: a change names nothing.
        ModelError: a change asks for what cannot be; nothing is applied.
        CycleError: a link would close a loop; it is named.
        UnitError: something is no change, a delay is money, a duration is negative.

    >>> import ipmo.examples
    >>> from ipmo.model import Delay
    >>> what_if(ipmo.examples.load("handover"), Delay("rails/lay", "2 d")).dates[0].change
    2.0
    """
    asked = as_changes(changes)
    moved = branches(portfolio).moved(asked) if _schedule(portfolio) is not None else None
    found = Comparison(portfolio, changes=asked, moved=moved)
    if moved is None:  # the changed portfolio is made once now, so that what cannot be is refused, and not kept
        found._look(applied(portfolio, asked))
    return found


# ------------------------------------------------------------------------------------------------ parts


def _level(m: Moved) -> int:
    return LEVELS.index(m.kind) if m.kind in LEVELS else len(LEVELS)


def _sorted(found: Any) -> tuple[Moved, ...]:
    return tuple(sorted(found, key=lambda m: (-abs(m.change or 0), _level(m), m.item)))


def _schedule(pf: Portfolio) -> Schedule | None:
    try:
        return schedule(pf, on_cycle="cut")
    except IpmoError:
        return None


def _dates(one: Targets, other: Targets, before: Portfolio, after: Portfolio) -> Iterator[Moved]:
    for t, row in enumerate(one):
        place = other.place.get(row.name)
        if place is not None:
            if other.date(place) != one.date(t):
                yield _dated(one, t, other.date(place), row)
            continue
        yield Moved(
            item=row.item,
            kind=row.kind,
            name=_title(before, row.item),
            what="date",
            before=_shown(one.date(t)),
            after="",
            note=_why_gone(other.schedule, after, row),
        )
    for t, row in enumerate(other):
        if row.name not in one.place:
            yield Moved(
                item=row.item, kind=row.kind, name=_title(after, row.item), what="date", before="", after=_shown(other.date(t)), note="new"
            )


def _dated(rows: Targets, t: int, date: int, row: Target) -> Moved:
    return Moved(
        item=row.item,
        kind=row.kind,
        name=_title(rows.portfolio, row.item),
        what="date",
        before=_shown(rows.date(t)),
        after=_shown(date),
        change=rows.days(t, rows.date(t), date),
        unit="ed" if row.kind == "benefit" else "d",
    )


def _why_gone(s: Schedule, after: Portfolio, row: Target) -> str:
    noun = after.items.get(row.item)
    if noun is None and row.item != after.id:
        return "it is gone"
    state = getattr(noun, "state", "")
    if state in ("cancelled", "closed"):
        return state
    if row.item in s and s[row.item].undated:
        return s[row.item].undated
    return "no open work of it has a date"


def _shown(instant: int) -> str:
    when: datetime = moment(instant)
    day = day_text(when, finish=True)
    return day if when.hour == when.minute == 0 else f"{day} {when:%H:%M}"


def _title(pf: Portfolio, item: str) -> str:
    return pf.name if item == pf.id else getattr(pf.items.get(item), "name", "") or ""


def _least_floats(s: Schedule) -> dict[str, float]:
    """The least target float of the open work of each project, in working days."""
    aim, x, net = s.passes.late_starts.to_target, s.passes.early_starts, s.network
    out: dict[str, float] = {}
    for owner, nodes in s.passes.open_work.items():
        places = [int(s.passes.positions.pos[v]) for v in nodes]
        found = [(int(aim[p]) - int(x[p]), p) for p in places if aim[p] < FAR // 2]
        if found:
            slack, p = min(found)
            out[net.projects[owner]] = s.passes.days(p, int(x[p]), int(x[p]) + slack)
    return out


def _total(pf: Portfolio, measure: str) -> Money | None:
    try:
        found: Money | None = roll_up(pf, measure).total.value
    except IpmoError:
        return None
    return found


def _amount(pf: Portfolio, what: str, was: Money, now: Money) -> Moved:
    change = now.amount - was.amount
    return Moved(
        item=pf.id,
        kind="portfolio",
        name=pf.name,
        what=what,
        before=f"{was:,}",
        after=f"{now:,}",
        change=float(change),
        unit=now.currency,
        share=float(change / was.amount) if was.amount else None,
    )


def _benefit(item: str, name: str, was: Money | None, now: Money | None, note: str) -> Moved:
    amounts = [0 if one is None else one.amount for one in (was, now)]
    known = was or now
    assert known is not None
    return Moved(
        item=item,
        kind="benefit",
        name=name,
        what="benefit value",
        before="" if was is None else f"{was:,}",
        after="" if now is None else f"{now:,}",
        change=float(amounts[1] - amounts[0]),
        unit=known.currency,
        note=note,
    )


def _status(pf: Portfolio) -> StatusView | None:
    try:
        return status(pf)
    except IpmoError:
        return None


def ends_of(s: Schedule, rows: Targets, t: int) -> list[int]:
    """The positions that set the date of a target."""
    aim, date, finish = rows.reach.aims[t], rows.date(t), s.passes.lists.finish
    places = [int(v) for v in aim.places]
    for g in aim.projects:
        places += [int(v) for v in rows.reach.open_work[g]]
    return [v for v in places if finish[v] == date]


def _leading(s: Schedule, full_id: str, ends: Sequence[int]) -> list[str]:
    """The items on driving links from one to some positions, one way of them, in order."""
    start, aims = int(s.passes.positions.pos[s.passes.nodes[full_id]]), set(ends)
    inside = s.passes.driving_to(ends)
    path, here = [start], start
    q = s.passes.lists
    while here not in aims:
        onward = [v for k, v in s.passes.links_out[here] if v in inside and s.passes.drives[k]]
        if not onward:
            break
        here = min(onward)
        path.append(here)
    return [s.network.ids[q.order[v]] for v in path]


def _few(names: Sequence[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
