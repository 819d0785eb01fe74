"""What follows from a change of a portfolio, computed on both sides: commitments, dates, floats, money, benefits, status, exceptions."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import attrs

from ipmo.analysis.benefits.realisation import benefits, share_benefits
from ipmo.analysis.change.freed import Freed, freed_between
from ipmo.analysis.change.standing import moved_nodes, pairs, perhaps_other
from ipmo.analysis.change.stated import Moved
from ipmo.analysis.change.worth import worth_moved
from ipmo.analysis.control.status import Between, status_between
from ipmo.analysis.dates.commitments import Commitment
from ipmo.analysis.dates.doubts import end_not_known
from ipmo.analysis.dates.held import not_before
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.dependencies.targets import KINDS, Target, Targets, targets
from ipmo.analysis.money.rollup import roll_up
from ipmo.analysis.money.work_tree import share_work, silent_change
from ipmo.errors import IpmoError
from ipmo.model.governance import RAG
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme
from ipmo.network.assemble import compile_copy
from ipmo.network.clocks import FAR
from ipmo.network.positions import as_array
from ipmo.network.states import State
from ipmo.units import Money, as_day, day_text, first_day, moment
from ipmo.words import agree, counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Known = NDArray[np.bool_]

__all__ = ["Sides", "by_weight", "few", "moved_targets", "scheduled"]

ORDER = (
    "commitment",
    "exception",
    "status",
    "benefit value",
    "money freed",
    "people freed",
    "date",
    "total budget",
    "total forecast",
    "total funding",
    "float",
    "critical path",
)
"""What matters first: commitments to people, then money, then time, then what margin is left."""


def scheduled(portfolio: Portfolio, origin: Portfolio | None = None) -> Schedule | None:
    """The schedule of a portfolio, loops cut; None where it has none: nothing says when it starts.

    Args:
        portfolio: the portfolio.
        origin: what it is a changed copy of, where it is one: projects that both share are compiled once.
    """
    try:
        if origin is not None and origin.dialect == portfolio.dialect:
            compile_copy(portfolio, origin, portfolio.dialect)
        return schedule(portfolio, on_cycle="cut")
    except IpmoError:
        return None


def by_weight(found: Iterable[Moved]) -> tuple[Moved, ...]:
    """What matters most first, and of one kind the largest."""
    rows = list(found)
    first = [m for m in rows if m.what == "commitment"]  # in their own order: newly missed first
    rest = [m for m in rows if m.what != "commitment"]
    return (*first, *sorted(rest, key=lambda m: (ORDER.index(m.what), _level(m), -abs(m.change or 0), m.item)))


def moved_targets(rows: Targets, moved: Iterable[tuple[int, int]]) -> tuple[Moved, ...]:
    """Targets that move to other dates, the most days first.

    Args:
        rows: the targets as they were.
        moved: (place, date) of each.
    """
    return _largest(_dated(rows, t, date) for t, date in moved)


class Sides:
    """Both sides of a comparison, each figure found when it is first read.

    Args:
        before: the earlier portfolio, or the plan as it is.
        after: the later one.
    """

    def __init__(self, before: Portfolio, after: Portfolio) -> None:
        self.before, self.after = before, after
        share_work(after, before)

    @functools.cached_property
    def schedules(self) -> tuple[Schedule, Schedule] | None:
        """Both schedules; None where a portfolio has none."""
        one, other = scheduled(self.before), scheduled(self.after, self.before)
        return None if one is None or other is None else (one, other)

    @functools.cached_property
    def _moved(self) -> NDArray[np.bool_] | None:
        """The nodes that may have another state, start or finish."""
        return None if self.schedules is None else moved_nodes(*self.schedules)

    @functools.cached_property
    def _touched(self) -> frozenset[str] | None:
        """The projects that are other, or of which a date or a hand-over may be; None where more is other. What is stated of others is taken over."""
        if self.schedules is None:
            return None
        one, other = self.schedules
        found = perhaps_other(one, other, self._moved)
        if found is not None and self.before.links is self.after.links:
            other.commitments.take_over(one.commitments, found)
        if found is not None:
            share_benefits(self.after, self.before)
        return found

    @functools.cached_property
    def _statuses(self) -> Between | None:
        """What of the status of both is other; None where that cannot be said."""
        try:
            return status_between(self.before, self.after, self._touched)
        except IpmoError:
            return None

    def dates(self) -> tuple[Moved, ...]:
        """Finishes of portfolio, programmes and projects, gates, deadlines and benefits that move: the most days first."""
        if self.schedules is None:
            return ()
        among = self._among
        return _largest(self._dates(*(targets(s) if among is None else Targets(s, among) for s in self.schedules)))

    @functools.cached_property
    def _among(self) -> NDArray[np.bool_] | None:
        """The nodes that may be other, and all of the projects that are touched; None where more is other."""
        if self.schedules is None or self._moved is None or self._touched is None:
            return None
        import numpy as np

        net = self.schedules[0].network
        within = np.array([*(name in self._touched for name in net.projects), False])
        found: NDArray[np.bool_] = self._moved | within[net.owners]
        return found

    def _dates(self, one: Targets, other: Targets) -> Iterator[Moved]:
        was, now, places = one.reach.dates, other.reach.dates, other.place
        unsure = one.schedule.commitments.doubts, other.schedule.commitments.doubts
        doubts = any(unsure)
        for t, name in enumerate(one.names):
            place = places.get(name)
            if place is None:
                row = one[t]
                note = _why_gone(other.schedule, self.after, row)
                day = _shown(one, row, one.date(t))
                yield _date_of(self.before, row, before=end_not_known(day) if unsure[0].work(row.item) else day, note=note)
            elif doubts and any(side.concern(one.items[t]) for side in unsure) and (moved := _unclear(one, t, other, place)) is not None:
                yield from moved
            elif now[place] != was[t]:
                yield _dated(one, t, other.date(place), other)
        for name in places.keys() - one.place.keys():
            row = other[t := places[name]]
            day = _shown(other, row, other.date(t))
            known = row.item in self.before.items or row.item == self.before.id
            note = _undated(one.schedule, row) if known else "new"
            yield _date_of(self.after, row, after=end_not_known(day) if unsure[1].work(row.item) else day, note=note)

    def _new_doubt(self, project: str) -> str:
        """Why nobody knows any longer when a project ends: work of it waits for what does not come; empty where that is known, or was not known before."""
        if self.schedules is None:
            return ""
        was, now = (s.commitments.doubts for s in self.schedules)
        return now.since(project, was) if now else ""

    def commitments(self) -> tuple[Moved, ...]:
        """Commitments that are newly missed, hand-overs first, then those that are missed by more or less, or kept again."""
        if self.schedules is None:
            return ()
        found, _ = [], self._touched
        for pair in pairs(*self.schedules, self._moved):
            if not _other(*pair.rows(caused=False)):  # what a commitment is missed because of is asked where it is told
                continue
            was, now = pair.rows()
            now = now and _put_off(now, self.before, self.after)
            told = _told(was, now, self.after)
            rank = (bool(was is not None and was.broken), now is None or not now.broken, (now or was).kind != "hand-over")  # type: ignore[union-attr]
            found.append((rank, -(told.change or 0.0), pair.name, told))
        return tuple(told for *_, told in sorted(found, key=lambda entry: entry[:3]))

    def floats(self) -> tuple[Moved, ...]:
        """Projects whose least float to a commitment is another."""
        if self.schedules is None:
            return ()
        one, other = self.schedules
        _ = self._touched
        exact = one.passes.dialect.exact_late and other.passes.dialect.exact_late  # days of a float are then counted without its work
        shared = one.network.same_clocks(other.network) and (exact or one.network.dur is other.network.dur)
        some = _other_floats(one, other) if shared and self._moved is not None and one.network.arrays and other.network.arrays else None
        was, now = (_least_floats(s, some) for s in self.schedules)
        out = []
        for name, least in was.items():
            most = now.get(name)
            if most is None or (shared and least[1:] == most[1:]):
                continue
            days, left = _days_of(one, least), _days_of(other, most)
            if left != days and not self._new_doubt(name):  # what waits for what does not come has no float to speak of
                out.append(
                    Moved(
                        item=name, name=_title(self.before, name), what="float", before=f"{days:,.4g} d", after=f"{left:,.4g} d",
                        change=left - days, unit="d",
                    )
                )  # fmt: skip
        return tuple(out)

    def critical(self) -> tuple[Moved, ...]:
        """The critical path, when items joined or left it."""
        if self.schedules is None or not any(s.network.m for s in self.schedules):
            return ()
        was, now = (s.critical_path() for s in self.schedules)
        known, stay = set(was), set(now)
        joined, left = [i for i in now if i not in known], [i for i in was if i not in stay]
        if not joined and not left:
            return ()
        parts = [f"{word}: {few(names)}" for word, names in (("joined", joined), ("left", left)) if names]
        return (
            self._whole("critical path", before=counted(len(was), "item"), after=counted(len(now), "item"), change=float(len(now) - len(was)), note="; ".join(parts)),
        )  # fmt: skip

    def _whole(
        self,
        what: str,
        *,
        before: str = "",
        after: str = "",
        change: float | None,
        unit: str = "",
        share: float | None = None,
        note: str = "",
    ) -> Moved:
        """Something of the whole portfolio."""
        return Moved(
            item=self.before.id, kind="portfolio", name=self.before.name, what=what, before=before, after=after, change=change, unit=unit,
            share=share, note=note,
        )  # fmt: skip

    def money(self) -> tuple[Moved, ...]:
        """The totals of budget, forecast and funding, where they are known on both sides and differ; of amounts without an exchange rate, that."""
        out = []
        granted = any(map(_grants, (self.before, self.after)))
        for measure in ("budget", "forecast", *(("funding",) if granted else ())):
            if measure != "funding" and self._touched is not None and silent_change(self.before, self.after, measure):
                continue
            (was, lacks), (now, lacking) = (_total(portfolio, measure) for portfolio in (self.before, self.after))
            if measure == "funding" and now is not None and was is None:
                was = Money(now.amount - now.amount, now.currency)  # nothing was granted yet
            if was is None or now is None or was.currency != now.currency or (was == now and lacks == lacking):
                continue
            change = float(now.amount - was.amount) if lacks == lacking else None  # what is missing on both sides moves nothing
            share = change / float(was.amount) if change is not None and was.amount and not lacks else None
            unrated = f"{counted(len({*lacks, *lacking}), 'amount')} without an exchange rate left out" if lacks or lacking else ""
            before, after = (f"{'at least ' if few else ''}{money:,}" for money, few in ((was, lacks), (now, lacking)))
            note = "; ".join(filter(None, (self._left_out, unrated)))
            out.append(
                self._whole(f"total {measure}", before=before, after=after, change=change, unit=now.currency, share=share, note=note)
            )
        return tuple(out)

    @functools.cached_property
    def _left_out(self) -> str:
        """What totals count no more because it was stopped, and what was spent on it."""
        try:
            was, now = roll_up(self.before, "actual"), roll_up(self.after, "actual")
        except IpmoError:
            return ""
        gone = [name.partition(" ")[0] for name in now.total.left_out if name not in was.total.left_out]
        if not gone:
            return ""
        values = [(name, was[name].value) for name in gone if name in was]
        spent = [f"{value:,} on {name}" for name, value in values if isinstance(value, Money) and value.amount]
        return f"totals leave out {few(gone)}{f'; {few(spent)} stays spent and is not saved' if spent else ''}"

    def freed(self) -> Freed:
        """What stops or pauses, and what that frees."""
        return freed_between(self.before, self.after, self._waiting())

    def _waiting(self) -> list[str]:
        """Projects of which more work has no dates than before."""
        if self.schedules is None:
            return []
        counts: list[Counter[str]] = []
        for s in self.schedules:
            net = s.network
            waiting = (net.states == int(State.UNDATED)).nonzero()[0].tolist() if net.arrays else range(net.n)
            counts.append(Counter(net.projects[net.project[v]] for v in waiting if net.state[v] == State.UNDATED and net.project[v] >= 0))
        return [project.id for project in self.after.projects if counts[1][project.id] > counts[0][project.id]]

    def benefits(self) -> tuple[Moved, ...]:
        """Benefits whose present value is another, and their sum; the most money first."""
        try:
            _ = self._touched
            was, now = (benefits(one, unrated="unknown") for one in (self.before, self.after))
        except IpmoError:
            return ()
        out = sorted(worth_moved(was, now, self.schedules), key=lambda m: (-abs(m.change or 0), m.item))
        if len(out) > 1:
            change = round(sum(m.change or 0 for m in out), 2)
            out.insert(0, self._whole("benefit value", change=change, unit=out[0].unit, note="all benefits together"))
        return tuple(out)

    def status(self) -> tuple[Moved, ...]:
        """Items whose computed status is another; worse is positive."""
        if self._statuses is None:
            return ()
        out = []
        for row in self._statuses.colours:
            change = float(RAG.index(row.now) - RAG.index(row.was)) if row.was in RAG and row.now in RAG else None
            out.append(
                Moved(
                    item=row.item, kind=row.level, name=row.name, what="status", before=row.was or "not known", after=row.now or "not known",
                    change=change, unit="steps" if change is not None else "",
                )
            )  # fmt: skip
        return tuple(out)

    def exceptions(self) -> tuple[Moved, ...]:
        """Tolerances that are newly exceeded, or no longer."""
        if self._statuses is None:
            return ()
        was, now = ({(b.item, b.aspect): b for b in some} for some in self._statuses.breaches)
        out = []
        for key in [*now, *(k for k in was if k not in now)]:
            if key in was and key in now:
                continue
            breach = now.get(key) or was[key]
            other = self._statuses.stands[key not in now](*key)  # what stands in its place on the other side
            note = f"tell {breach.escalate_to}" if breach.escalate_to and key in now else ""
            if key not in now and not other:
                note = _why_ended(self.after, breach.item)
            out.append(
                Moved(
                    item=breach.item, kind=breach.level, name=_title(self.before, breach.item), what="exception",
                    before=other or "nothing" if key in now else breach.text, after=breach.text if key in now else other or "nothing", note=note,
                )
            )  # fmt: skip
        return tuple(out)


# ------------------------------------------------------------------------------------------------ parts


def _level(m: Moved) -> int:
    return KINDS.index(m.kind) if m.kind in KINDS else len(KINDS)


def _largest(found: Iterable[Moved]) -> tuple[Moved, ...]:
    return tuple(sorted(found, key=lambda m: (-abs(m.change or 0), _level(m), m.item)))


def _date_of(portfolio: Portfolio, row: Target, *, before: str = "", after: str = "", change: float | None = None, note: str = "") -> Moved:
    unit = "" if change is None else "ed" if row.kind == "benefit" else "d"
    return Moved(
        item=row.item, kind=row.kind, name=_title(portfolio, row.item), what="date", before=before, after=after, change=change, unit=unit,
        note=note,
    )  # fmt: skip


def _dated(rows: Targets, t: int, date: int, after: Targets | None = None) -> Moved:
    """A target that has another date, on the schedule after the change where there is one; where that is not known because of the same work before and after, what of it has dates moved."""
    was, row, doubts = rows.date(t), rows[t], rows.schedule.commitments.doubts
    doubt = doubts.of(row.item) if doubts else ""
    then, day = _shown(rows, row, was), _shown(after or rows, row, date)
    if doubt:
        then, day = end_not_known(then), end_not_known(day)
    return _date_of(
        rows.portfolio, row, before=then, after=day, change=rows.days(t, was, date), note=f"these days or later: {doubt}" if doubt else ""
    )


def _unclear(one: Targets, t: int, other: Targets, place: int) -> Sequence[Moved] | None:
    """What is said of a target whose date is not known on one side or on both; None where it is known on both."""
    row, was, now = one[t], one.schedule.commitments.doubts, other.schedule.commitments.doubts
    if not was.work(row.item) and not now.work(row.item):
        return None
    then, day = _shown(one, row, one.date(t)), _shown(other, row, other.date(place))
    if new := now.since(row.item, was):
        return [
            _date_of(one.portfolio, row, before=end_not_known(then) if was.work(row.item) else then, note=f"{end_not_known(day)}: {new}")
        ]
    if old := was.since(row.item, now):
        if not (still := now.of(row.item)):
            return [_date_of(one.portfolio, row, after=day, note=f"{end_not_known(then)} before: {old}")]
        return [_date_of(one.portfolio, row, before=end_not_known(then), after=end_not_known(day), note=still)] if then != day else ()
    if one.date(t) == other.date(place):
        return ()
    return [_dated(one, t, other.date(place), other)]


def _stands(row: Commitment | None) -> str:
    """How a commitment stands, in words."""
    if row is None:
        return "not stated"
    return {"kept": "kept", "overdue": "overdue", "unknown": "not known"}.get(row.standing) or f"missed by {row.late}".removesuffix(" by ")


def _put_off(row: Commitment, before: Portfolio, after: Portfolio) -> Commitment:
    """A commitment that fails because of work whose start was put off says so: that date is new, not one that was always there."""
    was, now = (getattr(side.items.get(row.because), "not_before", None) for side in (before, after))
    if now is None or was == now or row.because not in before.items:
        return row
    held, told = not_before(now), f"its start was put off to {as_day(now)}"
    return attrs.evolve(row, reason=row.reason.replace(held.sentence, told).replace(held.clause, told))


def _other(was: Commitment | None, now: Commitment | None) -> bool:
    """Whether a commitment stands otherwise than before, and that is to be said."""
    if (was is None or not was.broken) and (now is None or not now.broken):
        known = [row is not None and row.standing == "unknown" for row in (was, now)]
        if now is None or known[0] or not known[1]:
            return False  # kept, met or dropped in time
    if was is not None and now is not None and (was.standing, was.days) == (now.standing, now.days):
        return False
    return was is None or now is None or not was.standing == now.standing == "overdue"  # it grows older with the status date


def _told(was: Commitment | None, now: Commitment | None, after: Portfolio) -> Moved:
    """What is to be said of one commitment that stands otherwise than before."""
    row = now or was
    assert row is not None
    if now is None:
        noun = after.items.get(row.item)
        met = noun is None or bool(getattr(noun, "finished", False)) or getattr(noun, "state", "") == "closed"
        note = f"{row.item}: {row.word} {row.stated_text}, {_stands(row)} before, {'done or gone' if met else 'no longer stated'}"
    else:
        note = now.text + (f"; {_stands(was)} before" if was is not None and was.broken else "")
        if was is not None and was.date != now.date:
            note += f"; it was stated for {was.stated_text} before"
    days = None if was is None or now is None or was.days is None or now.days is None else now.days - was.days
    kind = row.kind if row.kind in KINDS else "deadline" if row.kind == "constraint" else row.kind
    return Moved(
        item=row.item, kind=kind, name=_title(after, row.item), what="commitment", before=_stands(was), after=_stands(now), change=days,
        unit="" if days is None else "ed", note=note,
    )  # fmt: skip


def _why_ended(after: Portfolio, item: str) -> str:
    """Why what had an exception has none any more: the state that it counts as, or that it is not there."""
    return str(getattr(after.items.get(item), "counted_as", "it is gone"))


def _why_gone(s: Schedule, after: Portfolio, row: Target) -> str:
    noun = after.items.get(row.item)
    if noun is None and row.item != after.id:
        return "it is gone"
    state = str(getattr(noun, "state", ""))
    if state in ("cancelled", "closed"):
        return state
    if row.item in s and s[row.item].undated:
        return s[row.item].undated
    inner = hierarchy(after).projects(noun) if isinstance(noun, Programme) else after.projects if row.item == after.id else ()
    if inner and all(project.stopped for project in inner):
        return f"{few([project.id for project in inner])} {agree(len(inner), 'is', 'are')} stopped"
    return "no open work of it has a date"


def _undated(s: Schedule, row: Target) -> str:
    """Why an item that has a date now had none before."""
    why = s[row.item].undated if row.item in s else ""
    return f"it had no date before{f': {why}' if why else ''}"


def _shown(rows: Targets, row: Target, instant: int) -> str:
    """The date of a target in words: the day as its schedule says it."""
    when = moment(instant)
    if row.kind == "benefit":  # it starts on the first whole day
        return str(first_day(when))
    if when.hour or when.minute:
        return f"{day_text(when, finish=True)} {when:%H:%M}"
    if row.kind in ("portfolio", "programme"):
        return day_text(when, finish=not rows.begins_day(rows.place[row.name], instant))
    return str(rows.schedule.day_of(row.item, when))


def _title(portfolio: Portfolio, item: str) -> str:
    return portfolio.name if item == portfolio.id else getattr(portfolio.items.get(item), "name", "") or ""


class _Least(NamedTuple):
    """Of a project the open work of least float to a commitment: its position and node, its start, and the latest that keeps the commitment."""

    place: int
    node: int
    start: int
    latest: int


def _least_floats(s: Schedule, some: Known | None = None) -> dict[str, _Least]:
    """Where the open work of each project has the least float to a commitment; of several pieces alike the first node.

    Args:
        s: the schedule.
        some: by place, the projects that are asked for; all when left out.
    """
    aim, x, net = s.commitments.late.x, s.passes.early_starts, s.network
    if net.arrays:
        return dict(_least_in_columns(s, some))
    out: dict[str, _Least] = {}
    pos = s.passes.positions.pos
    for owner, nodes in s.passes.open_work.items():
        places = [(int(pos[v]), v) for v in nodes]
        found = [(int(aim[p]) - int(x[p]), v, p) for p, v in places if aim[p] < FAR // 2]
        if found:
            _, v, p = min(found)
            out[net.projects[owner]] = _Least(p, v, int(x[p]), int(aim[p]))
    return out


def _other_floats(one: Schedule, other: Schedule) -> Known:
    """By place, the projects of whose work something has another float to a commitment: both networks have the same nodes."""
    import numpy as np

    columns = []
    for s in (one, other):
        pos, aim = as_array(s.passes.positions.pos), as_array(s.commitments.late.x)
        known = s.passes.live & (aim < FAR // 2)
        columns.append((np.where(known, aim, FAR)[pos], np.where(known, as_array(s.passes.early_starts), FAR)[pos]))
    (aims, starts), (later, begins) = columns
    owners = one.network.owners[(aims != later) | (starts != begins)]
    found: Known = np.zeros(len(one.network.projects), bool)
    found[owners[owners >= 0]] = True
    return found


def _least_in_columns(s: Schedule, some: Known | None) -> Iterator[tuple[str, _Least]]:
    """The same from the columns of a large network, project by project in the order of its open work."""
    import numpy as np

    net, passes = s.network, s.passes
    aim, x = as_array(s.commitments.late.x), as_array(passes.early_starts)
    groups = as_array(passes.groups)
    wanted = np.append(np.ones(len(net.projects), bool) if some is None else some, False)
    places = np.flatnonzero(passes.live & wanted[groups] & (aim < FAR // 2))
    owner, slack = groups[places], (aim - x)[places]
    lowest = np.full(len(net.projects), FAR, np.int64)
    np.minimum.at(lowest, owner, slack)
    places = places[slack == lowest[owner]]
    places = places[np.argsort(as_array(passes.positions.order)[places], kind="stable")]  # of those alike the first node
    owner, first = np.unique(groups[places], return_index=True)
    places = places[first]
    columns = (owner, places, as_array(passes.positions.order)[places], x[places], aim[places])
    for name, *least in zip(*(column.tolist() for column in columns), strict=True):
        yield net.projects[name], _Least(*least)


def _days_of(s: Schedule, least: _Least) -> float:
    return s.passes.days(least.place, least.start, least.latest)


def _grants(portfolio: Portfolio) -> bool:
    """Whether anybody states money that is granted."""
    granted = (portfolio.funding, *(one.funding for one in portfolio.programmes), *(one.funding for one in portfolio.projects))
    return any(money is not None for money in granted)


def _total(portfolio: Portfolio, measure: str) -> tuple[Money | None, tuple[str, ...]]:
    """(what is known of a total, what of it has no exchange rate)."""
    try:
        roll = roll_up(portfolio, measure)
        return (roll.total.money, roll.unrated) if roll.states else (None, ())
    except IpmoError:
        return None, ()


def few(names: Sequence[str], most: int = 5) -> str:
    """The first of some names, and how many more."""
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
