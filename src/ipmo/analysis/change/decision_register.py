"""The register of decisions: how long each has waited, and what those that are late have cost commitments so far, by who decides.

A commitment that the forecast misses is late by so many days. Each of these days of lateness is one that some late decisions, each alone, would have
brought about; they share it evenly. So the days by party add up to the lateness.

Source of the rule: Littlechild and Owen, A simple expression for the Shapley value in a special case (1973): of costs that are a maximum.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Literal, NamedTuple, Protocol

import attrs

from ipmo.analysis.dates.schedule import Schedule
from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.governance import Gate
from ipmo.model.held import Held, gates_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Project, Task
from ipmo.network.clocks import FAR
from ipmo.network.kernels.columns import Dates
from ipmo.network.parts import LateBound
from ipmo.network.states import LIVE
from ipmo.notebooks import Shown
from ipmo.tables import Answer, Column, Table, row_at
from ipmo.units import DAY, as_day, minutes, said_day
from ipmo.words import counted

__all__ = ["NOBODY", "OTHER", "DecisionRegister", "Registered", "Span", "register", "shared"]

OTHER = "(other causes)"
"""What is late because of anything but a late decision."""
NOBODY = "(nobody named)"
"""The party of a decision that nobody is named for."""
WHERE = "the register of decisions"
ZERO = Fraction(0)


class Due(Protocol):
    """What the queue of decisions says of something that is open."""

    @property
    def kind(self) -> str:
        """Gate, decision or condition."""

    @property
    def item(self) -> str:
        """Its id; of a condition that of its gate."""

    @property
    def name(self) -> str:
        """What is asked."""

    @property
    def who(self) -> str | None:
        """Who decides."""

    @property
    def stated(self) -> datetime | None:
        """When it is needed by, as stated."""

    @property
    def by(self) -> datetime | None:
        """When it is needed by, as stated or as commitments ask."""

    @property
    def waits(self) -> tuple[str, ...]:
        """What waits for it."""


class Span(NamedTuple):
    """The lateness of one commitment that one decision alone would have brought about: above `low` days, up to `high`.

    Below `low` it was late before anybody could have decided: the paper came late, or the work before the gate.
    """

    item: str
    low: Fraction
    high: Fraction


def shared(late: Fraction, spans: Sequence[Span]) -> dict[str, Fraction]:
    """A commitment's days of lateness by decision; those that no decision explains, and its share of all where more than decisions hold it, by `OTHER`.

    >>> days = shared(Fraction(19), [Span("D1", Fraction(0), Fraction(19)), Span("D2", Fraction(0), Fraction(10))])
    >>> {item: int(part) for item, part in days.items()}
    {'D1': 14, 'D2': 5}

    Args:
        late: days of lateness, above 0.
        spans: of each decision.
    """
    reached = max((one.high for one in spans), default=ZERO)
    if late - reached >= 1:  # less than a day is what calendars make of it
        spans = [*spans, Span(OTHER, ZERO, late)]
    out: dict[str, Fraction] = {}
    cuts = sorted({ZERO, late, *(min(max(edge, ZERO), late) for one in spans for edge in (one.low, one.high))})
    for low, high in itertools.pairwise(cuts):
        held = [one.item for one in spans if one.low <= low and (one.high >= high or (one.high == reached and late - reached < 1))] or [
            OTHER
        ]
        for item in held:
            out[item] = out.get(item, ZERO) + (high - low) / len(held)
    return out


@attrs.frozen(kw_only=True)
class Registered(Shown):
    """A decision and how long it took, or has waited.

    Args:
        kind: decision, gate or condition.
        item: its id; of a condition that of its gate.
        name: the question, the gate's title, what the condition asks for.
        who: the party: the board or the person that decides; empty where nobody is named.
        state: open or decided.
        raised: the day on which the question was put; of a gate the day on which the last of its inputs was done.
        needed: the day by which it was needed: of an open one the earlier of the day that is stated and the last that keeps every commitment.
        decided: the day on which it was decided.
        waited: days from the day it was raised to its decision, or to the status date; None where nothing says when it was raised.
        late: days after the day it was needed that it was decided, or is still open; 0 in time; None where no day is known.
        costs: commitment to the days of its lateness that are this decision's so far; of open ones alone, for what a past decision cost lies in the past.
    """

    kind: str
    item: str
    name: str
    who: str
    state: Literal["open", "decided"]
    raised: date | None
    needed: date | None
    decided: date | None
    waited: int | None
    late: int | None
    costs: Mapping[str, Fraction] = attrs.field(factory=dict)

    @property
    def most(self) -> tuple[str, Fraction]:
        """The commitment that it has cost most, and the days; nothing where it has cost none."""
        return max(self.costs.items(), key=lambda one: (one[1], one[0]), default=("", ZERO))


class DecisionRegister(Answer[str, Registered]):
    """Every decision of the register, open gate and unmet condition: those that cost most so far first, then the latest, then by id.

    Args:
        rows: them.
        lateness: commitment to the days that it is late, of those that a late decision holds back.
        others: commitment to the days of that which no decision explains.
    """

    def __init__(self, rows: Sequence[Registered], lateness: Mapping[str, Fraction], others: Mapping[str, Fraction]) -> None:
        self._rows = tuple(sorted(rows, key=lambda one: (-one.most[1], -(one.late or 0), one.kind, one.item, one.name)))
        self.lateness, self._others = dict(lateness), dict(others)

    @property
    def ids(self) -> tuple[str, ...]:
        """What is decided about, in order."""
        return tuple(row.item for row in self._rows)

    def __iter__(self) -> Iterator[Registered]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, key: int | str) -> Registered:
        """By place from 0, or by item.

        Raises:
            UnknownItemError: it is in no row.
        """
        if isinstance(key, int):
            return row_at(self._rows, key, WHERE)
        for row in self._rows:
            if row.item == key:
                return row
        raise UnknownItemError(key, close_matches(key, self.ids), WHERE)

    @functools.cached_property
    def parties(self) -> dict[str, dict[str, Fraction]]:
        """Commitment to days by party: the days of each add up to its lateness exactly."""
        out: dict[str, dict[str, Fraction]] = {name: {} for name in self.lateness}
        for row in self._rows:
            for name, days in row.costs.items():
                who = row.who or NOBODY
                out[name][who] = out[name].get(who, ZERO) + days
        for name, days in self._others.items():
            out[name][OTHER] = days
        return out

    @property
    def median_days(self) -> float | None:
        """Days from a question to its decision, in the middle of those that were decided; None where none says both days."""
        days = sorted(row.waited for row in self._rows if row.state == "decided" and row.waited is not None)
        return None if not days else (days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2

    def explain(self, commitment: str) -> str:
        """Whose days a commitment's lateness is made of.

        Raises:
            UnknownItemError: no late decision holds it back.
        """
        if commitment not in self.lateness:
            raise UnknownItemError(commitment, close_matches(commitment, self.lateness), "the commitments that late decisions hold back")
        parts = sorted(self.parties[commitment].items(), key=lambda one: (-one[1], one[0]))
        said = ", ".join(f"{who} {float(days):,.4g}" for who, days in parts)
        return f"{commitment} is {float(self.lateness[commitment]):,.4g} days late: {said}"

    def table(self) -> Table:
        """One row a decision: kind, item, name, who, state, raised, needed, decided, waited, late, costs_most, cost (days)."""
        texts = ("kind", "item", "name", "who", "state")
        return Table(
            [
                *(Column(n, "str", [getattr(row, n) or None for row in self._rows]) for n in texts),
                *(Column(n, "date", [getattr(row, n) for row in self._rows]) for n in ("raised", "needed", "decided")),
                *(Column(n, "int", [getattr(row, n) for row in self._rows], "ed") for n in ("waited", "late")),
                Column("costs_most", "str", [row.most[0] or None for row in self._rows]),
                Column("cost", "float", [float(row.most[1]) for row in self._rows], "ed"),
            ]
        )

    def parties_table(self) -> Table:
        """One row a commitment and party: commitment, late, party, days."""
        rows = [
            (name, who, days)
            for name, parts in self.parties.items()
            for who, days in sorted(parts.items(), key=lambda one: (-one[1], one[0]))
        ]
        return Table(
            [
                Column("commitment", "str", [name for name, _, _ in rows]),
                Column("late", "float", [float(self.lateness[name]) for name, _, _ in rows], "ed"),
                Column("party", "str", [who for _, who, _ in rows]),
                Column("days", "float", [float(days) for _, _, days in rows], "ed"),
            ]
        )

    def __repr__(self) -> str:
        late = sum(bool(row.late) and row.state == "open" for row in self._rows)
        return f"<DecisionRegister: {counted(len(self), 'decision')}, {late} open and late, {counted(len(self.lateness), 'commitment')} held back>"


def register(portfolio: Portfolio, queue: Iterable[Due], plan: Schedule) -> DecisionRegister:
    """The register of a portfolio.

    Args:
        portfolio: the portfolio.
        queue: what is open.
        plan: its schedule.
    """
    today = None if portfolio.status_date is None else as_day(portfolio.status_date)
    gates = {one.id: one for one in gates_of(portfolio)}
    raised = {("decision", one.id): one.raised for one in portfolio.decisions}
    raised |= {("gate", name): _ready(portfolio, one) for name, one in gates.items()}
    open_rows = list(queue)
    lateness, costs, others = _lateness(portfolio, open_rows, raised, plan)
    rows = [
        _row(
            due.kind,
            due.item,
            due.name,
            due.who,
            raised.get((due.kind, due.item)),
            said_day(due.by, finish=True),
            None,
            today,
            costs[place],
        )
        for place, due in enumerate(open_rows)
    ]
    for one in portfolio.decisions:
        if one.state == "decided":
            needed = None if one.need_by is None else as_day(one.need_by)
            rows.append(_row("decision", one.id, one.question, one.decided_by or one.body, one.raised, needed, one.decided, today, {}))
    waiting = {(due.kind, due.item) for due in open_rows}
    for name, held in gates.items():
        gate = held.noun
        if gate.decision is not None and ("gate", name) not in waiting:
            needed = None if gate.need_by is None else as_day(gate.need_by)
            who, day = gate.decision.decided_by or gate.body, as_day(gate.decision.date)
            rows.append(_row("gate", name, gate.name or gate.id, who, raised["gate", name], needed, day, today, {}))
    return DecisionRegister(rows, lateness, others)


def _row(
    kind: str,
    item: str,
    name: str,
    who: str | None,
    raised: date | None,
    needed: date | None,
    decided: date | None,
    today: date | None,
    costs: Mapping[str, Fraction],
) -> Registered:
    """A row; what is decided without a day has neither waited nor come late, as far as anybody knows."""
    until = today if decided is None else decided
    return Registered(
        kind=kind,
        item=item,
        name=name,
        who=who or "",
        state="open" if decided is None else "decided",
        raised=raised,
        needed=needed,
        decided=decided,
        waited=None if raised is None or until is None or until < raised else (until - raised).days,
        late=None if needed is None or until is None else max((until - needed).days, 0),
        costs=costs,
    )


def _ready(portfolio: Portfolio, held: Held[Gate]) -> date | None:
    """The day on which the last of a gate's inputs was done; None where one is not, or there are none."""
    within = "" if held.project is None else held.project.id
    days = []
    for after in held.noun.after:
        name = portfolio.resolve(after.source, within)
        noun = portfolio.items.get("" if name is None else name)
        done = noun.actual_finish if isinstance(noun, Task | Project) else None
        if done is None:
            return None
        days.append(as_day(done))
    return max(days, default=None)


def _lateness(
    portfolio: Portfolio, rows: Sequence[Due], raised: Mapping[tuple[str, str], date | None], plan: Schedule
) -> tuple[dict[str, Fraction], list[dict[str, Fraction]], dict[str, Fraction]]:
    """(days that each commitment is late which a late decision holds back, of each row its days by commitment, days of other causes)."""
    lateness: dict[str, Fraction] = {}
    costs: list[dict[str, Fraction]] = [{} for _ in rows]
    others: dict[str, Fraction] = {}
    now = portfolio.data_date
    held = [] if now is None else [(place, nodes) for place, due in enumerate(rows) if (nodes := _waiting(due, plan, now))]
    if not held:
        return lateness, costs, others
    net, passes = plan.network, plan.passes
    nothing = [FAR] * net.n
    for stated in plan.commitments.stated:
        found = plan.commitments.of(stated, caused=False)
        if found.standing != "missed" or found.expected is None or not stated.nodes:
            continue
        late = Fraction(minutes(found.expected) - stated.date, DAY)
        under = passes.late_under(nothing, [LateBound(node, stated.date, stated.at_finish) for node in stated.nodes])
        spans = []
        for place, nodes in held:
            since = _since(rows[place], raised)
            found_spans = [one for node in nodes if (one := _span(str(place), node, under, plan, since)) is not None]
            if found_spans:
                spans.append(max(found_spans, key=lambda one: one.high - one.low))
        if not spans or late <= 0:
            continue
        lateness[found.name] = late
        for item, days in shared(late, spans).items():
            if item == OTHER:
                others[found.name] = days
            else:
                costs[int(item)][found.name] = days
    return lateness, costs, others


def _since(due: Due, raised: Mapping[tuple[str, str], date | None]) -> int:
    """The instant from which on a decision could have been taken: when it was put, when what it needs was there, when a condition was due."""
    if due.kind == "condition":
        return 0 if due.stated is None else minutes(due.stated)
    day = raised.get((due.kind, due.item))
    return 0 if day is None else minutes(day)


def _waiting(due: Due, plan: Schedule, now: int) -> list[int]:
    """The nodes that a decision holds back now: nothing else keeps them from beginning, as far as the schedule knows."""
    net, passes = plan.network, plan.passes
    named = [due.item] if due.kind == "gate" else list(due.waits)
    nodes = []
    for name in named:
        meant = reference(name)
        inside = net.summaries.get((meant.project, meant.name))
        nodes += [v for v in inside if v not in net.starts] if inside is not None else [passes.named[name]] if name in passes.named else []
    out = []
    for node in nodes:
        if net.state[node] in LIVE and node not in passes.without_duration:
            early = int(passes.early_starts[int(passes.positions.pos[node])])
            if early <= net.running_clock(node).work(now):
                out.append(node)
    return out


def _span(item: str, node: int, under: Dates, plan: Schedule, since: int) -> Span | None:
    """The lateness that a decision brings a commitment by holding a node back; None where it brings none."""
    place = int(plan.passes.positions.pos[node])
    latest = int(under.x[place])
    if latest >= FAR // 2:
        return None
    clock, early = plan.network.running_clock(node), int(plan.passes.early_starts[place])
    at = clock.finish if node in plan.network.points else clock.start
    last, begins = at(latest), at(early)
    span = Span(item, max(Fraction(since - last, DAY), ZERO), Fraction(begins - last, DAY))
    return span if span.high > span.low else None
