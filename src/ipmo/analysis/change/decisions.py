"""What must be decided by when: gates, open decisions and unmet conditions, in order of need, with what waiting costs.

The latest date of a decision is that up to which every commitment downstream still holds: what somebody stated, never a
mere forecast. What a day costs after that comes from the benefits that would then be late.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from ipmo.analysis.benefits.cost_of_delay import cost_of_delay
from ipmo.analysis.change.applying import first_tasks, refuse_loops
from ipmo.analysis.change.branches import Branches, branches
from ipmo.analysis.change.decision_register import DecisionRegister, register
from ipmo.analysis.dates.schedule import OnCycle, schedule
from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.governance import GO, Gate
from ipmo.model.held import gates_of
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Programme, Project, Task
from ipmo.network.clocks import FAR
from ipmo.network.holds import held_by
from ipmo.network.states import LIVE
from ipmo.notebooks import Shown
from ipmo.tables import Answer, Column, Table, row_at
from ipmo.units import Money, When, as_day, day_text, minutes, moment, said_day
from ipmo.words import counted, measured

if TYPE_CHECKING:
    from ipmo.network.kernels.columns import Ints

__all__ = ["DecisionQueue", "Due", "decisions_due"]
WHERE = "what is to be decided"
NOTHING = "nothing dated waits for it"

DAY = 1440
Days = float
"""Working days; a row has a field that is called float."""


@attrs.frozen(kw_only=True)
class Due(Shown):
    """Something to be decided.

    Args:
        kind: gate, decision or condition.
        item: full id of the gate or decision; of a condition, that of its gate.
        name: the question, the gate's title, what the condition asks for.
        who: the board or the owner; None when nobody is named.
        latest: the last moment up to which every commitment downstream still holds; None where no commitment waits for it.
        stated: when it is needed by, or due, as stated.
        expected: when the schedule comes to it, for gates; to one on hold, or behind such a one, were that open.
        float: working days left (portfolio's calendar), from the status date until `latest`; negative when that has passed.
        margin: working days from when the schedule comes to it until `latest`, for gates; negative when it comes too late.
        at_risk: the commitment that fails first.
        missed_by: elapsed days by which that commitment is missed whatever is decided in time, because of something else; None where it is kept.
        because: what that is, where known.
        day_costs: what one more elapsed day costs after `latest`, or after `costs_from` where no commitment waits; None where no
            benefit of known worth does.
        costs_from: the moment from which waiting delays a benefit of known worth; None where none waits.
        waits: ids of what waits for it.
        undated: why it has no latest date, where something keeps the schedule from dating it; empty else.
        held: why the schedule has no date for it, or for what waits for it, where a gate holds that: its latest date is that up to which
            every commitment would hold, were that gate passed by then; empty else.
        from_morning: what is expected begins its day: due by the day before, it is late.
        overdue: days by which the earlier of the latest and the stated date lies before the status date; 0 where neither does.
    """

    kind: str
    item: str
    name: str
    who: str | None
    stated: datetime | None
    latest: datetime | None = None
    expected: datetime | None = None
    float: float | None = None
    margin: Days | None = None
    at_risk: str | None = None
    missed_by: Days | None = None
    because: str | None = None
    day_costs: Money | None = None
    costs_from: datetime | None = None
    waits: tuple[str, ...] = ()
    undated: str = ""
    held: str = ""
    from_morning: bool = False
    overdue: int = 0

    @property
    def expected_day(self) -> date | None:
        """The day on which the schedule comes to it."""
        return said_day(self.expected, finish=not self.from_morning)

    @property
    def too_late(self) -> bool:
        """It comes too late for a commitment, or has been waiting too long for one."""
        if self.expected is None or self.latest is None:
            return self.late_by > 0
        return self.late_by > 0 or (self.from_morning and self.expected >= self.latest)

    @property
    def reason(self) -> str:
        """Who decides by when, what is late otherwise, and what a day costs, in one sentence."""
        return self.said(str)

    def said(self, name: Callable[[str], str]) -> str:
        """The reason in names.

        Args:
            name: what an item, a board or a person is called, by its id.
        """
        since = f"overdue since {day_text(self.by, finish=True)}, {counted(self.overdue, 'day')}: " if self.overdue else ""
        return since + (self.undated or _sentence(self, name))

    @property
    def late_by(self) -> Days:
        """Working days that it comes too late for a commitment, or has been waiting too long for one; 0 when it is in time."""
        return max(0.0, -(self.float or 0.0), -(self.margin or 0.0))

    @property
    def by(self) -> datetime | None:
        """The earlier of the latest date and the stated one."""
        return min((when for when in (self.latest, self.stated) if when is not None), default=None)


class DecisionQueue(Answer[str, Due]):
    """The answer of `decisions_due`: the one needed first stands first; those without any date last."""

    def __init__(self, portfolio: Portfolio, rows: Sequence[Due]) -> None:
        self.portfolio, self._rows = portfolio, tuple(rows)

    @property
    def ids(self) -> tuple[str, ...]:
        """What is to be decided about, in order."""
        return tuple(row.item for row in self._rows)

    def __iter__(self) -> Iterator[Due]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, key: int | str) -> Due:
        """By place from 0, or by item.

        Raises:
            UnknownItemError: nothing about that item is to be decided.
        """
        if isinstance(key, int):
            return row_at(self._rows, key, WHERE)
        for row in self._rows:
            if row.item == key:
                return row
        raise UnknownItemError(key, close_matches(key, self.ids), WHERE)

    def explain(self, key: int | str) -> str:
        """Who decides one of them by when, and what happens otherwise."""
        row = self[key]
        return f"{row.name}: {row.reason}"

    def register(self) -> DecisionRegister:
        """The register: how long each decision waited, or waits, and what those that are late have cost commitments so far, by who decides.

        The lateness of a commitment that the forecast misses is shared out day by day: among the decisions that each hold back work which could begin
        now and, held back until now, makes it that late. Days before a decision was put, before a gate's inputs were there, or before a condition was
        due are nobody's who decides. One backward pass a missed commitment.
        """
        return register(self.portfolio, self._rows, schedule(self.portfolio, on_cycle="cut"))

    def table(self) -> Table:
        """One row a decision: kind, item, name, who, by, latest, stated, expected, float, margin, at_risk, day_costs, waits, reason,
        the days of the dates: by_date, latest_date, stated_date, expected_date, and by how many days it is overdue.
        """
        currency = next((row.day_costs.currency for row in self._rows if row.day_costs is not None), "")
        texts = ("kind", "item", "name", "who")
        columns = [Column(n, "str", [getattr(r, n) for r in self._rows]) for n in texts]
        columns += [Column(n, "datetime", [getattr(r, n) for r in self._rows]) for n in ("by", "latest", "stated", "expected")]
        columns += [Column(n, "float", [getattr(r, n) for r in self._rows], "d") for n in ("float", "margin")]
        columns.append(Column("at_risk", "str", [r.at_risk for r in self._rows]))
        costs = [None if r.day_costs is None else float(r.day_costs.amount) for r in self._rows]
        columns.append(Column("day_costs", "float", costs, currency))
        columns.append(Column("waits", "str", [", ".join(r.waits) or None for r in self._rows]))
        columns.append(Column("reason", "str", [r.reason for r in self._rows]))
        for name in ("by", "latest", "stated", "expected"):
            days = [r.expected_day if name == "expected" else said_day(getattr(r, name), finish=True) for r in self._rows]
            columns.append(Column(f"{name}_date", "date", days))
        columns.append(Column("overdue", "int", [r.overdue for r in self._rows], "ed"))
        return Table(columns)

    def __repr__(self) -> str:
        late = sum(row.too_late for row in self._rows)
        past = sum(row.overdue > 0 for row in self._rows)
        overdue = f", {past} overdue" if past else ""
        return f"<DecisionQueue: {counted(len(self), 'decision')} due, {late} too late for a commitment{overdue}>"


def decisions_due(portfolio: Portfolio, *, on_cycle: OnCycle = "error") -> DecisionQueue:
    """Every gate that is open or on hold, open decision and unmet condition, with the latest date on which nothing downstream is late.

    A gate is a node of the schedule. A decision holds back what it `blocks`; a condition of a conditional go holds back what
    follows its gate, in whatever project, and has not begun. One that is overdue, and a gate on hold, hold it back already: their latest
    date is that up to which the commitments behind them would still hold, were the condition met, or the gate passed, then. What is to be
    decided behind them has its own latest date all the same, and says what keeps it from a date of its own.

    Args:
        portfolio: the portfolio.
        on_cycle: as in `schedule`.

    Raises:
        CycleError: links form a loop.
        ScheduleError: nothing says when the portfolio starts.
    """
    refuse_loops(on_cycle, portfolio)
    return DecisionQueue(portfolio, _Finder(portfolio).run())


class _Finder:
    """Looks for what waits for a decision, and for what that decision holds back."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.branches: Branches = branches(portfolio)
        self.s = self.branches.schedule
        self.net = self.s.network
        self.stakes = cost_of_delay(portfolio, self.s)
        self.clock = self.net.clock(self.branches.targets.clock_of(portfolio.id))
        self._held: dict[tuple[str, str], list[int]] = {}
        """The positions that wait for each row, by its kind and item."""
        self.now = portfolio.data_date if portfolio.data_date is not None else self.net.base

    @functools.cached_property
    def unharmed(self) -> Ints:
        """The latest start of every position that delays no benefit of known worth; FAR where none lies downstream."""
        import numpy as np

        passes, net = self.s.passes, self.net
        nodes = [passes.named[one] for one in self.stakes.worth if one in passes.named]
        places = [int(passes.positions.pos[v]) for v in nodes if net.state[v] in LIVE and v not in passes.without_duration]
        finishes: Ints = [FAR] * net.n if not net.arrays else np.full(net.n, FAR, np.int64)
        for place in places:
            finishes[place] = int(passes.finishes[place])
        return passes.late_under(finishes).x

    def run(self) -> list[Due]:
        pf, judge = self.portfolio, self.standing
        rows: list[Due] = []
        today = None if pf.status_date is None else as_day(pf.status_date)
        for one in gates_of(pf):
            if one.ended:
                continue
            full_id, gate = one.id, one.noun
            if gate.open or self._overtaken(full_id, gate):
                row = judge.gate(full_id, gate)
                if gate.decision is not None and gate.decision.outcome == "recycle" and self._own_hold(full_id):
                    row = attrs.evolve(row, expected=None, margin=None, from_morning=False)  # the work that leads to it is not planned
                rows.append(self._with_holds(row, [full_id]))
            elif gate.decision is not None and gate.decision.outcome == "hold":
                rows.append(judge.gate(full_id, gate, since=gate.decision.date))
            elif gate.decision is not None and gate.decision.outcome in ("go", "conditional go"):
                followers = self._followers(one.project, gate.id)
                for condition in gate.decision.conditions:
                    if condition.met is None:
                        name = condition.text or condition.id
                        behind = () if condition.due is None else judge.behind(full_id, condition.due)
                        row = judge.waiting("condition", full_id, name, condition.owner, condition.due, followers, behind)
                        rows.append(row if gate.standing(today) not in GO else self._with_holds(row, followers))
        for decision in pf.decisions:
            if decision.state == "open":
                blocked = [name for item in decision.blocks for name in self._blocked(pf.resolve(item) or item)]
                row = judge.waiting("decision", decision.id, decision.question, decision.body, decision.need_by, blocked)
                rows.append(self._with_holds(row, blocked))
        far = datetime.max
        rows = [_beside_today(judge.with_others(row), today) for row in judge.with_costs(rows)]
        return sorted(rows, key=lambda r: (r.by or far, r.float is None, r.float or 0.0, r.kind, r.item))

    @functools.cached_property
    def standing(self) -> _Finder:
        """The same question where no conditional go has lapsed, and gates on hold, sent back or behind one that was are open: what follows has dates.

        Itself where no gate holds: up to when a decision may wait is asked of every commitment downstream, also of those that a gate holds.
        """
        today = None if self.portfolio.status_date is None else as_day(self.portfolio.status_date)
        holding = {one.id for one in gates_of(self.portfolio) if not one.ended and self._holds(one.id, one.noun, today)}
        if not holding:
            return self

        def stands(gate: Gate, full_id: str) -> Gate:
            if gate.decision is None or full_id not in holding:
                return gate
            if gate.decision.outcome != "conditional go" or full_id in self.overtaken:
                return attrs.evolve(gate, decision=None)
            conditions = [attrs.evolve(one, due=None) for one in gate.decision.conditions]
            return attrs.evolve(gate, decision=attrs.evolve(gate.decision, conditions=conditions))

        pf = self.portfolio
        projects = [attrs.evolve(p, gates=[stands(g, f"{p.id}/{g.id}") for g in p.gates]) if p.gates else p for p in pf.projects]
        return _Finder(pf.evolve(projects=projects, gates=[stands(gate, gate.id) for gate in pf.gates]))

    def _holds(self, full_id: str, gate: Gate, today: date | None) -> bool:
        """It lets nothing go on until somebody decides: on hold, lapsed, sent back without work that leads to it, or behind one that was sent back."""
        return gate.decision is not None and (
            gate.standing(today) == "hold" or (gate.decision.outcome != "kill" and self._own_hold(full_id))
        )

    def _own_hold(self, full_id: str) -> bool:
        """A gate has no date for a reason of its own."""
        node = self.s.passes.named.get(full_id)
        hold = None if node is None else self.net.holds.get(node)
        return hold is not None and hold.item == full_id

    def _with_holds(self, row: Due, waits: Sequence[str]) -> Due:
        """The row with why the schedule has no date for it, or for what waits for it, though its latest date is known."""
        nodes = [node for one in waits for part in self._parts(one) if (node := self.s.passes.named.get(part)) is not None]
        holds = [self.net.holds[node] for node in nodes if node in self.net.holds and self.net.state[node] not in LIVE]
        if not holds:
            return row
        return (
            attrs.evolve(row, undated=f"{row.undated}: {holds[0].reason}")
            if row.undated == NOTHING
            else attrs.evolve(row, held=holds[0].reason)
        )

    @functools.cached_property
    def overtaken(self) -> AbstractSet[str]:
        """The gates that got their go, and are to be decided again as one before them was sent back since."""
        return {one.id for one in gates_of(self.portfolio) if not one.ended and self._overtaken(one.id, one.noun)}

    def behind(self, full_id: str, since: When) -> Sequence[int]:
        """The positions that a gate holds back, or would from the end of a day on: behind other gates and finished work too.

        Work that has begun and is late whatever is decided is none of them.
        """
        node = self.s.passes.named.get(full_id)
        nodes = () if node is None else self._behind(node, minutes(since, end=True))
        begun, undated = self.net.starts, self.s.passes.without_duration
        places = [(node in begun, int(self.s.passes.positions.pos[node])) for node in nodes if node not in undated]
        return [place for under_way, place in places if not under_way or not self._late(place)]

    @functools.cached_property
    def _behind(self) -> Callable[[int, int], Sequence[int]]:
        return held_by(self.net, self.portfolio)

    def _late(self, place: int) -> bool:
        late = self.s.commitments.bound(place)
        return late is not None and late < int(self.s.passes.early_starts[place])

    def _overtaken(self, full_id: str, gate: Gate) -> bool:
        """It got its go, and a gate before it was sent back since: it is to be decided again."""
        today = None if self.portfolio.status_date is None else as_day(self.portfolio.status_date)
        return self._own_hold(full_id) and gate.standing(today) in GO

    def gate(self, full_id: str, gate: Gate, *, since: When | None = None) -> Due:
        """A gate: as late as what follows it allows; with `since`, as one that holds everything behind it from that day on."""
        node = self.s.passes.named.get(full_id)
        row = Due(kind="gate", item=full_id, name=gate.name or gate.id, who=gate.body, stated=_instant(gate.need_by))
        if node is None or self.net.state[node] not in LIVE or node in self.s.passes.without_duration:
            return attrs.evolve(row, undated=self.s[full_id].undated if full_id in self.s else "")
        place = int(self.s.passes.positions.pos[node])
        after = dict.fromkeys(self.net.shown(int(self.s.passes.positions.order[v])) for v in self.s.passes.led_to(place))
        places = [place] if since is None else [place, *self.behind(full_id, since)]
        latest, risk = self._first(places)
        expected = int(self.s.passes.finishes[place])
        morning = self.s.commitments.from_morning((node,), expected)
        due = FAR if gate.need_by is None else minutes(gate.need_by, end=True)
        at_dawn = morning and latest is not None and expected >= minutes(latest)
        late = at_dawn and expected >= due
        margin = None if latest is None else self.clock.days(expected + DAY * late, minutes(latest))  # late by the days that are said
        if at_dawn and not late and latest is not None:
            latest += timedelta(days=1)  # work begins on the day on which it opens: a decision on that very day is in time
        self._held["gate", full_id] = places
        return attrs.evolve(
            row, latest=latest, expected=moment(expected), float=self._left(latest), margin=margin, at_risk=risk,
            costs_from=self._costs_from(places), waits=tuple(after), from_morning=morning,
        )  # fmt: skip

    def with_others(self, row: Due) -> Due:
        """The row with what misses the commitment at risk already, where that is not this decision."""
        one = None if row.at_risk is None or row.late_by else self.s.commitments.one(row.at_risk)
        if one is None or one.standing != "missed" or one.because == row.item:
            return row
        return attrs.evolve(row, missed_by=one.days, because=one.because)

    def _left(self, latest: datetime | None) -> float | None:
        """Working days from the status date."""
        return None if latest is None else self.clock.days(self.now, minutes(latest))

    def waiting(
        self, kind: str, item: str, name: str, who: str | None, due: When | None, waits: Sequence[str], behind: Sequence[int] = ()
    ) -> Due:
        """A decision or condition: as late as the first of what waits for it may start, by ids or as positions."""
        row = Due(kind=kind, item=item, name=name, who=who, stated=_instant(due), waits=tuple(waits))
        waits = [part for one in waits for part in self._parts(one)]
        nodes = [self.s.passes.named[w] for w in waits if w in self.s.passes.named]
        places = [
            int(self.s.passes.positions.pos[v]) for v in nodes if self.net.state[v] in LIVE and v not in self.s.passes.without_duration
        ]
        places = list(dict.fromkeys((*places, *behind)))
        if not places:
            return attrs.evolve(row, undated=NOTHING)
        self._held[kind, item] = places
        latest, risk = self._first(places, None if due is None or kind != "condition" else minutes(due, end=True))
        return attrs.evolve(
            row,
            latest=latest,
            float=self._left(latest),
            at_risk=risk,
            costs_from=self._costs_from(places),
        )

    def _first(self, places: Sequence[int], since: int | None = None) -> tuple[datetime | None, str | None]:
        """The latest moment at which some positions may all start, or go on, and the commitment that fails first after it."""
        found = [(when, risk) for when, risk in (self._latest(place, since) for place in places) if when is not None]
        return min(found, key=lambda pair: pair[0], default=(None, None))

    def _latest(self, place: int, since: int | None = None) -> tuple[datetime | None, str | None]:
        """The latest start of a position up to which every commitment downstream holds, and the one that fails first.

        Args:
            place: the position.
            since: from when on it would be held back: what is under way goes on until then, and may rest for as long as its float.
        """
        late = self.s.commitments.bound(place)
        if late is None:
            return None, None
        node, early = int(self.s.passes.positions.order[place]), int(self.s.passes.early_starts[place])
        if since is not None and node in self.net.starts:
            late += max(self.net.running_clock(node).work(since) - early, 0)
        risk = self.s.commitments.at_risk(place)
        own = risk == self.net.ids[int(self.s.passes.positions.order[place])]
        return self._moment(place, late, as_stated=own), risk

    def _moment(self, place: int, start: int, *, as_stated: bool = False) -> datetime:
        """A start on the clock of a position as a date: not the beginning of a shift, but the end of the one before it.

        Args:
            place: the position.
            start: on its clock.
            as_stated: a point in time that bounds itself keeps the date that was stated.
        """
        clock = self.net.running_clock(int(self.s.passes.positions.order[place]))
        point = int(self.s.passes.positions.dur[place]) == 0
        latest = clock.finish(start) if point else clock.start(start)
        return moment(max(latest if as_stated and point else self.clock.finish(self.clock.work(latest)), 0))

    def _costs_from(self, places: Sequence[int]) -> datetime | None:
        """From when on waiting with some positions delays a benefit of known worth."""
        if not self.stakes.worth:
            return None
        return min((self._moment(place, int(self.unharmed[place])) for place in places if self.unharmed[place] < FAR // 2), default=None)

    def _allowed(self, place: int) -> int:
        """The start of a position after which a day of waiting costs: the last that keeps every commitment, else that loses nothing."""
        late, early = self.s.commitments.bound(place), int(self.s.passes.early_starts[place])
        if late is None and self.unharmed[place] < FAR // 2:
            late = int(self.unharmed[place])
        return early if late is None else max(late, early)

    def with_costs(self, rows: Sequence[Due]) -> list[Due]:
        """The rows with what one more elapsed day costs once the float of what they hold back is used up: benefits that are then a day later.

        All of them at once: each is two slips of its own, to the end of the float and a day beyond.
        """
        if self.branches.ahead is None or not self.stakes.worth or not self._held:
            return list(rows)
        first, seeds, lows = [0], list[int](), list[int]()
        for (kind, _), places in self._held.items():
            ends = [self._end_of_float(place) for place in places]
            if kind != "decision":  # one moment opens the way for all that a gate holds
                ends = [min(ends)] * len(ends)
            for extra in (0, DAY):
                seeds += places
                lows += [self._begun(place, end + extra) for place, end in zip(places, ends, strict=True)]
                first.append(len(seeds))
        moved = iter(self.branches.cones(first, seeds, lows))
        costs = {key: self._cost(before, after) for key, before, after in zip(self._held, moved, moved, strict=True)}
        return [attrs.evolve(row, day_costs=costs.get((row.kind, row.item))) for row in rows]

    def _end_of_float(self, place: int) -> int:
        """The instant up to which a position may wait."""
        return self.net.running_clock(int(self.s.passes.positions.order[place])).start(self._allowed(place))

    def _begun(self, place: int, instant: int) -> int:
        """The start of a position from an instant on, on its own clock."""
        clock = self.net.running_clock(int(self.s.passes.positions.order[place]))
        return max(clock.work(instant), int(self.s.passes.early_starts[place]))

    def _cost(self, before: Mapping[int, int], after: Mapping[int, int]) -> Money | None:
        """What the benefits lose that are later after a slip than after another."""
        aims, cost, known = self.branches.targets, Decimal(0), False
        for t, when in after.items():
            if aims.kinds[t] == "benefit":
                item, now = aims.items[t], aims.date(t)
                loss, spent = self.stakes.delayed(item, now, when), self.stakes.delayed(item, now, before.get(t, now))
                if loss is not None and spent is not None:
                    cost, known = cost + loss - spent, True
        return Money(cost, self.stakes.currency) if known else None

    def _parts(self, item: str) -> list[str]:
        """The work in a summary that has not begun; any other item itself."""
        named, net = reference(item), self.net
        inside = net.summaries.get((named.project, named.name))
        return [item] if inside is None else [net.ids[v] for v in inside if v not in net.starts]

    @functools.cached_property
    def _handed_over(self) -> Mapping[str, list[str]]:
        """What waits for the finish of each item by a link between projects that still holds."""
        pf, out = self.portfolio, dict[str, list[str]]()
        for link in pf.links:
            ends = (pf.reference(link.source), pf.reference(link.target))
            if link.kind == "schedule" and link.status not in ("delivered", "cancelled") and ends[0] is not None and ends[1] is not None:
                out.setdefault(ends[0].item, []).append(ends[1].item)
        return out

    def _followers(self, project: Project | None, gate: str) -> list[str]:
        """What follows a gate, in its project (None of one that stands in none) or outside, and has not begun."""
        out = []
        within = "" if project is None else f"{project.id}/"
        nouns: list[Task | Gate] = [*self.portfolio.gates] if project is None else [*project.tasks, *project.gates]
        for noun in nouns:
            begun = getattr(noun, "started", False) or (isinstance(noun, Gate) and not noun.open)
            if not begun and any(after.source == gate for after in noun.after):
                out.append(f"{within}{noun.id}")
        for item in self._handed_over.get(f"{within}{gate}", ()):
            other = self.portfolio.items.get(item)
            if isinstance(other, Task | Gate) and not (getattr(other, "started", False) or (isinstance(other, Gate) and not other.open)):
                out.append(item)
        return out

    def _blocked(self, item: str) -> list[str]:
        """What of an item would begin first: its first tasks; of a programme, those of its projects."""
        noun = self.portfolio.items.get(reference(item).item)
        if isinstance(noun, Project):
            return [f"{noun.id}/{name}" for name in first_tasks(noun)] if noun.tasks else [noun.id]
        if isinstance(noun, Programme):
            return [name for p in hierarchy(self.portfolio).projects(noun) for name in self._blocked(p.id)]
        return [item]


def _beside_today(row: Due, today: date | None) -> Due:
    """A row with the days by which it is overdue."""
    day = None if today is None else said_day(row.by, finish=True)
    return row if today is None or day is None or day >= today else attrs.evolve(row, overdue=(today - day).days)


def _instant(when: When | None) -> datetime | None:
    return None if when is None else moment(minutes(when, end=True))


def fails(row: Due, risk: str, name: Callable[[str], str]) -> str:
    """What becomes of the commitment at risk after the latest date, in words.

    Args:
        row: a decision with a latest date.
        risk: what the commitment is called.
        name: what an item is called, by its id.
    """
    if row.because is None and row.missed_by is None:
        return f"{risk} is missed"
    by = "" if row.missed_by is None else f" by {measured(row.missed_by, 'day')}"
    why = "" if row.because is None else f" because of {name(row.because)}"
    return f"{risk}, missed already{by}{why}, cannot be kept any more"


def _sentence(row: Due, name: Callable[[str], str]) -> str:
    decides = f"{name(row.who) if row.who else 'nobody named'} {'meets it' if row.kind == 'condition' else 'decides'}"
    risk = name(row.at_risk) if row.at_risk else None
    latest, costs = day_text(row.latest, finish=True), row.day_costs is not None and row.day_costs.amount > 0
    if row.latest is None or row.float is None:
        text = f"{decides}; no commitment waits for it"
    elif row.too_late:
        front = f"{measured(row.late_by, 'working day')} too late" if row.late_by else "too late"
        text = f"{front} for {risk}: needed by {latest}; {decides}"
        if row.float >= 0 and row.expected is not None:
            text += f", and {'it cannot come before' if row.from_morning else 'what comes before it ends on'} {row.expected_day}"
    else:
        text = f"{decides} by {latest}, in {measured(row.float, 'working day')}, or {fails(row, str(risk), name)}"
    if row.stated is not None and (row.latest is None or row.stated < row.latest):
        text += f"; needed by {day_text(row.stated, finish=True)} as stated"
    if costs and row.latest is not None:
        text += f"; each day after that costs {row.day_costs}"
    if costs and row.costs_from is not None and (row.latest is None or row.costs_from < row.latest):
        since = day_text(row.costs_from, finish=True)
        text += f"; waiting loses benefits from {since} on" if row.latest is not None else f"; each day after {since} costs {row.day_costs}"
    return f"{text}; without a date so far: {row.held}" if row.held else text
