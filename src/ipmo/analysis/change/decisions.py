"""What must be decided by when: gates, open decisions and unmet conditions, in order of need, with what waiting costs.

The latest date of a decision is that on which everything downstream still keeps its promise: its late finish to the nearest
target. What a day costs after that comes from the benefits that would then be late.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs

from ipmo.analysis.benefits.cost_of_delay import cost_of_delay
from ipmo.analysis.change.applying import first_tasks
from ipmo.analysis.change.branches import Branches, branches
from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.governance import Gate
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.network.clocks import FAR
from ipmo.network.states import LIVE
from ipmo.tables import Column, Table
from ipmo.units import Money, day_text, minutes, moment

__all__ = ["DecisionQueue", "Due", "decisions_due"]

DAY = 1440


@attrs.frozen(kw_only=True)
class Due:
    """Something to be decided.

    Args:
        kind: gate, decision or condition.
        item: full id of the gate or decision; of a condition, that of its gate.
        name: the question, the gate's title, what the condition asks for.
        who: the body or the owner; None when nobody is named.
        latest: the last moment at which everything downstream still keeps its promises; None where nothing dated waits.
        stated: when it is needed by, or due, as stated.
        expected: when the schedule comes to it, for gates.
        float: working days (portfolio's calendar) from now, or from when the schedule comes to it, until `latest`; negative when too late.
        at_risk: the promise that fails first.
        day_costs: what one more elapsed day costs after `latest`; None where no benefit of known worth waits.
        waits: ids of what waits for it.
        reason: one sentence.
    """

    kind: str
    item: str
    name: str
    who: str | None
    latest: datetime | None
    stated: datetime | None
    expected: datetime | None
    float: float | None
    at_risk: str | None
    day_costs: Money | None
    waits: tuple[str, ...]
    reason: str

    @property
    def by(self) -> datetime | None:
        """The earlier of the latest date and the stated one."""
        return min((when for when in (self.latest, self.stated) if when is not None), default=None)


class DecisionQueue:
    """The answer of `decisions_due`: the one needed first stands first; those without any date last."""

    def __init__(self, portfolio: Portfolio, rows: Sequence[Due]) -> None:
        self.portfolio, self.rows = portfolio, tuple(rows)

    def __iter__(self) -> Iterator[Due]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, key: int | str) -> Due:
        """By place from 0, or by item.

        Raises:
            UnknownItemError: nothing about that item is to be decided.
        """
        if isinstance(key, int):
            return self.rows[key]
        for row in self.rows:
            if row.item == key:
                return row
        raise UnknownItemError(key, close_matches(key, [row.item for row in self.rows]), "what is to be decided")

    def table(self) -> Table:
        """One row a decision: kind, item, name, who, by, latest, stated, expected, float, at_risk, day_costs, waits, reason."""
        currency = next((row.day_costs.currency for row in self.rows if row.day_costs is not None), "")
        texts = ("kind", "item", "name", "who")
        columns = [Column(n, "str", [getattr(r, n) for r in self.rows]) for n in texts]
        columns += [Column(n, "datetime", [getattr(r, n) for r in self.rows]) for n in ("by", "latest", "stated", "expected")]
        columns.append(Column("float", "float", [r.float for r in self.rows], "d"))
        columns.append(Column("at_risk", "str", [r.at_risk for r in self.rows]))
        costs = [None if r.day_costs is None else float(r.day_costs.amount) for r in self.rows]
        columns.append(Column("day_costs", "float", costs, currency))
        columns.append(Column("waits", "str", [", ".join(r.waits) or None for r in self.rows]))
        return Table([*columns, Column("reason", "str", [r.reason for r in self.rows])])

    def __repr__(self) -> str:
        late = sum(row.float is not None and row.float < 0 for row in self.rows)
        return f"<DecisionQueue: {len(self)} to be decided, {late} too late for a promise>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def decisions_due(portfolio: Portfolio) -> DecisionQueue:
    """Every open gate, open decision and unmet condition, with the latest date on which nothing downstream is late.

    A gate is a node of the schedule. A decision holds back what it `blocks`; a condition of a conditional go holds back what
    follows its gate and has not begun. Loops are cut.

    Args:
        portfolio: the portfolio.

    Raises:
        ScheduleError: nothing says when the portfolio starts.
    """
    return DecisionQueue(portfolio, _Finder(portfolio).run())


class _Finder:
    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.branches: Branches = branches(portfolio)
        self.s = self.branches.schedule
        self.net = self.s.network
        self.stakes = cost_of_delay(portfolio, self.s)
        self.clock = self.branches.targets.clock_of(portfolio.id)

    def run(self) -> list[Due]:
        pf = self.portfolio
        rows: list[Due] = []
        for project in pf.projects:
            if project.state in ("closed", "cancelled"):
                continue
            for gate in project.gates:
                full_id = f"{project.id}/{gate.id}"
                if gate.open:
                    rows.append(self._gate(full_id, gate))
                elif gate.decision is not None and gate.decision.outcome in ("go", "conditional go"):
                    followers = self._followers(project, gate.id)
                    for condition in gate.decision.conditions:
                        if condition.met is None:
                            name = condition.text or condition.id
                            rows.append(self._waiting("condition", full_id, name, condition.owner, condition.due, followers))
        for decision in pf.decisions:
            if decision.state == "open":
                blocked = [name for item in decision.blocks for name in self._blocked(pf.resolve(item) or item)]
                rows.append(self._waiting("decision", decision.id, decision.question, decision.body, decision.need_by, blocked))
        far = datetime.max
        return sorted(rows, key=lambda r: (r.by or far, r.float is None, r.float or 0.0, r.kind, r.item))

    def _gate(self, full_id: str, gate: Gate) -> Due:
        node = self.s.passes.nodes.get(full_id)
        stated = None if gate.need_by is None else moment(minutes(gate.need_by, end=True))
        name = gate.name or gate.id
        if node is None or self.net.state[node] not in LIVE or node in self.s.passes.without_duration:
            why = self.s[full_id].undated if full_id in self.s else ""
            return self._row("gate", full_id, name, gate.body, None, stated, None, None, None, None, (), why)
        place = int(self.s.passes.positions.pos[node])
        after = tuple(dict.fromkeys(self.net.ids[int(self.s.passes.positions.order[v])] for _, v in self.s.passes.links_out[place]))
        latest, risk = self._latest(place)
        expected = moment(int(self.s.passes.finishes[place]))
        slack = None if latest is None else self._days(minutes(expected), minutes(latest))
        return self._row("gate", full_id, name, gate.body, latest, stated, expected, slack, risk, self._day_costs([place]), after, "")

    def _waiting(self, kind: str, item: str, name: str, who: str | None, due: Any, waits: Sequence[str]) -> Due:
        """A decision or condition: as late as the first of what waits for it may start."""
        stated = None if due is None else moment(minutes(due, end=True))
        nodes = [self.s.passes.nodes[w] for w in waits if w in self.s.passes.nodes]
        places = [
            int(self.s.passes.positions.pos[v]) for v in nodes if self.net.state[v] in LIVE and v not in self.s.passes.without_duration
        ]
        if not places:
            why = "nothing dated waits for it"
            return self._row(kind, item, name, who, None, stated, None, None, None, None, tuple(waits), why)
        found = [(when, risk) for when, risk in map(self._latest, places) if when is not None]
        latest, risk = min(found, key=lambda pair: pair[0], default=(None, None))
        now = self.portfolio.data_date if self.portfolio.data_date is not None else self.net.base
        slack = None if latest is None else self._days(now, minutes(latest))
        return self._row(kind, item, name, who, latest, stated, None, slack, risk, self._day_costs(places), tuple(waits), "")

    def _row(
        self,
        kind: str,
        item: str,
        name: str,
        who: str | None,
        latest: datetime | None,
        stated: datetime | None,
        expected: datetime | None,
        slack: float | None,
        risk: str | None,
        cost: Money | None,
        waits: tuple[str, ...],
        why: str,
    ) -> Due:
        reason = why or _sentence(kind, latest, stated, slack, risk, cost, who)
        return Due(
            kind=kind, item=item, name=name, who=who, latest=latest, stated=stated, expected=expected, float=slack, at_risk=risk,
            day_costs=cost, waits=waits, reason=reason,
        )  # fmt: skip

    def _latest(self, place: int) -> tuple[datetime | None, str | None]:
        """The latest start of a position that keeps every promise downstream, and the promise that bounds it."""
        late = int(self.s.passes.late_starts.to_target[place])
        if late >= FAR // 2:
            return None, None
        clock = self.net.running_clock(self.s.passes.lists.order[place])
        instant = clock.start(late)
        if int(self.s.passes.positions.dur[place]) == 0:  # a point: its date is read as a finish
            instant = clock.finish(late)
        return moment(max(instant, 0)), self.s.passes.target_names[place]

    def _days(self, begin: int, end: int) -> float:
        """Working days between two instants, on the portfolio's calendar."""
        return self.net.clock(self.clock).days(begin, end)

    def _day_costs(self, places: Sequence[int]) -> Money | None:
        """What one more elapsed day costs once the float of some positions is used up: benefits that are then a day later."""
        if self.branches.overlay is None or not self.stakes.worth:
            return None
        x, late = self.s.passes.early_starts, self.s.passes.late_starts.to_target
        lows = []
        for extra in (0, DAY):
            step = []
            for place in places:
                clock = self.net.running_clock(self.s.passes.lists.order[place])
                begin = max(int(late[place]) if late[place] < FAR // 2 else int(x[place]), int(x[place]))
                at = clock.start(begin) + extra
                step.append(max(clock.work(at), int(x[place])))
            lows.append(step)
        seeds = list(places)
        first = [0, len(seeds), 2 * len(seeds)]
        before, after = self.branches.cones(first, seeds * 2, lows[0] + lows[1])
        aims, cost, known = self.branches.targets, Decimal(0), False
        for t, date in after.items():
            if aims[t].kind == "benefit":
                loss = self.stakes.delayed(aims[t].item, aims.date(t), date)
                spent = self.stakes.delayed(aims[t].item, aims.date(t), before.get(t, aims.date(t)))
                if loss is not None and spent is not None:
                    cost, known = cost + loss - spent, True
        return Money(cost, self.stakes.currency) if known else None

    def _followers(self, project: Project, gate: str) -> list[str]:
        """What follows a gate in its project and has not begun."""
        out = []
        nouns: list[Task | Gate] = [*project.tasks, *project.gates]
        for noun in nouns:
            begun = getattr(noun, "started", False) or (isinstance(noun, Gate) and not noun.open)
            if not begun and any(after.source == gate for after in noun.after):
                out.append(f"{project.id}/{noun.id}")
        return out

    def _blocked(self, item: str) -> list[str]:
        """What of an item would begin first: its first tasks; of a programme, those of its projects."""
        noun = self.portfolio.items.get(item.partition("@")[0])
        if isinstance(noun, Project):
            return [f"{noun.id}/{name}" for name in first_tasks(noun)] if noun.tasks else [noun.id]
        if isinstance(noun, Programme):
            return [name for p in hierarchy(self.portfolio).projects(noun) for name in self._blocked(p.id)]
        return [item]


def _sentence(
    kind: str,
    latest: datetime | None,
    stated: datetime | None,
    slack: float | None,
    risk: str | None,
    cost: Money | None,
    who: str | None,
) -> str:
    whom = who or "nobody named"
    verb = {"gate": "decides", "decision": "decides", "condition": "meets it"}[kind]
    if latest is None or slack is None:
        text = f"{whom} {verb}; no promise waits for it"
    elif slack < 0:
        text = f"{abs(slack):,.4g} working days too late for {risk}: needed by {day_text(latest, finish=True)}; {whom} {verb}"
    else:
        text = f"{whom} {verb} by {day_text(latest, finish=True)}, in {slack:,.4g} working days, or {risk} is late"
    if stated is not None and (latest is None or stated < latest):
        text += f"; asked for by {day_text(stated, finish=True)}"
    if cost is not None and cost.amount > 0:
        text += f"; each day after that costs {cost}"
    return text
