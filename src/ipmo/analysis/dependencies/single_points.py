"""Single points of failure: items without which a benefit, a gate or an objective fails.

An item fails with all that it needs, or with all of several of which one would be enough: what is lost is what the one
network of needs says with and without it. Whatever is done cannot fail any more.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import attrs

from ipmo.analysis.benefits.cost_of_delay import cost_of_delay
from ipmo.analysis.dates.schedule import OnCycle, Schedule, schedule
from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.portfolio import Portfolio
from ipmo.network.needs import without
from ipmo.network.positions import plain
from ipmo.network.states import LIVE, State
from ipmo.tables import Column, Table
from ipmo.units import Money
from ipmo.words import agree, counted

__all__ = ["SinglePoint", "SinglePoints", "single_points"]

WORK = ("task", "milestone", "gate", "project")
FAR = 1 << 59


@attrs.frozen(kw_only=True)
class SinglePoint:
    """An item without which something fails.

    Args:
        item: full id.
        project: the project that it belongs to.
        benefits: ids of the benefits that fail without it.
        objectives: ids of the objectives that nothing known serves any more without it.
        gates: full ids of the open gates that cannot be held without it, itself left out.
        value: present value of those benefits, of those whose worth is known; None where none is.
        float: working days that it can slip before a commitment moves; None where it leads to none, or has no date.
        likelihood: of the likeliest open threat to its project, between 0 and 1; None where none is stated.
        critical: it has no float to the nearest of its commitments.
        reason: one sentence.
    """

    item: str
    project: str
    benefits: tuple[str, ...]
    objectives: tuple[str, ...]
    gates: tuple[str, ...]
    value: Money | None
    likelihood: float | None
    critical: bool
    reason: str
    float: float | None


class SinglePoints:
    """The answer of `single_points`, each row made when it is read: most is lost first, then least float, then likeliest."""

    def __init__(self, portfolio: Portfolio, s: Schedule) -> None:
        self.portfolio, self._schedule = portfolio, s
        net, self._found = s.network, without(portfolio)
        place, dead = self._found.web.place, self._found.dead
        self._worth = cost_of_delay(portfolio, s)
        named = [*(b.id for b in portfolio.benefits), *(o.id for o in portfolio.objectives)]
        gates = [net.ids[v] for v, kind in enumerate(net.kinds) if kind == "gate" and net.state[v] is not State.FINISHED]
        self._effects = [name for name in (*named, *gates) if place[name] not in dead]
        self._knocked = self._found.knock_outs([place[name] for name in self._effects])
        benefits = {b.id for b in portfolio.benefits}
        self._kinds = ["benefit" if e in benefits else "gate" if "/" in e else "objective" for e in self._effects]
        self._places = self._ranked()
        self._place = {net.ids[v]: row for row, v in enumerate(self._places)}

    def _ranked(self) -> list[int]:
        """The nodes without which something else fails, in order."""
        net, s = self._schedule.network, self._schedule
        worth = [float(self._worth.worth.get(e, 0)) for e in self._effects]
        counts = [[float(kind in some) for kind in self._kinds] for some in (("benefit", "objective"), ("gate",))]
        value, many, gates = (plain_floats(self._knocked.sums(column)) for column in (worth, *counts))
        pos, aim, x = (plain(column) for column in (s.passes.positions.pos, s.passes.late_starts.to_target, s.passes.early_starts))
        own = {self._found.web.place[e] for e, kind in zip(self._effects, self._kinds, strict=True) if kind == "gate"}
        chances = self._chances
        rows = []
        for v, kind in enumerate(net.kinds):
            if kind not in WORK or not (many[v] or gates[v] > (v in own)):
                continue
            p = pos[v]
            slack = aim[p] - x[p] if net.state[v] in LIVE and aim[p] < FAR else FAR
            rows.append((-round(value[v], 2), -many[v], (v in own) - gates[v], slack, -chances.get(net.project[v], 0.0), v))
        rows.sort()
        return [row[-1] for row in rows]

    @functools.cached_property
    def _chances(self) -> Mapping[int, float]:
        """Of each project, by its place, the probability of its likeliest open threat."""
        out: dict[int, float] = {}
        for place, project in enumerate(self.portfolio.projects):
            some = [r.before.probability for r in project.risks if r.state == "open" and not r.opportunity and r.before is not None]
            known = [float(chance) for chance in some if chance is not None]
            if known:
                out[place] = max(known)
        return out

    def _row(self, v: int) -> SinglePoint:
        net, s, item = self._schedule.network, self._schedule, self._schedule.network.ids[v]
        lost: dict[str, list[str]] = {"benefit": [], "objective": [], "gate": []}
        for t in self._knocked.of(v):
            if self._effects[t] != item:
                lost[self._kinds[t]].append(self._effects[t])
        amounts = [self._worth.worth[b] for b in lost["benefit"] if b in self._worth.worth]
        value = Money(sum(amounts, Decimal(0)), self._worth.currency) if amounts else None
        p = int(s.passes.positions.pos[v])
        aim, start = int(s.passes.late_starts.to_target[p]), int(s.passes.early_starts[p])
        dated = net.state[v] in LIVE and aim < FAR
        tight = dated and aim <= start
        return SinglePoint(
            item=item,
            project=self.portfolio.project_of(item),
            benefits=tuple(lost["benefit"]),
            objectives=tuple(lost["objective"]),
            gates=tuple(lost["gate"]),
            value=value,
            float=s.passes.days(p, start, aim) if dated else None,
            likelihood=self._chances.get(net.project[v]),
            critical=tight,
            reason=_sentence(item, lost, value, tight),
        )

    def __iter__(self) -> Iterator[SinglePoint]:
        return map(self._row, self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, key: int | str) -> SinglePoint:
        """By place from 0, or by item.

        Raises:
            UnknownItemError: nothing fails without that item alone.
        """
        if isinstance(key, int):
            return self._row(self._places[key])
        if key in self._place:
            return self._row(self._places[self._place[key]])
        raise UnknownItemError(key, close_matches(key, self._place), "the single points of failure")

    def explain(self, key: int | str) -> str:
        """Why an item is a single point of failure, and all that the first of what fails needs, in order."""
        row = self[key]
        first = (*row.benefits, *row.objectives, *row.gates)[0]
        return f"{row.reason}\n  {' -> '.join(self.of(first))}"

    def _points(self, t: int) -> list[int]:
        net, mine = self._schedule.network, self._found.web.place[self._effects[t]]
        return [v for v in self._knocked.points(t) if v == mine or (v < net.n and net.kinds[v] in WORK)]

    def of(self, effect: str) -> tuple[str, ...]:
        """The items without which a benefit, an objective or a gate fails, in the order in which they come; itself last.

        Raises:
            UnknownItemError: it is no benefit, objective or open gate that is still to come.
        """
        if effect not in self._effects:
            raise UnknownItemError(
                effect, close_matches(effect, self._effects), "the benefits, objectives and gates that are still to come"
            )
        mine, pos = self._found.web.place[effect], plain(self._schedule.passes.positions.pos)
        nodes = [v for v in self._points(self._effects.index(effect)) if v != mine]
        found = sorted(nodes, key=lambda v: pos[v])
        return (*(self._found.web.ids[v] for v in found), effect)

    def table(self) -> Table:
        """One row an item: item, project, benefits, objectives and gates (how many), value, float, likelihood, critical, reason."""
        rows = list(self)
        return Table(
            [
                Column("item", "str", [row.item for row in rows]),
                Column("project", "str", [row.project for row in rows]),
                Column("benefits", "int", [len(row.benefits) for row in rows]),
                Column("objectives", "int", [len(row.objectives) for row in rows]),
                Column("gates", "int", [len(row.gates) for row in rows]),
                Column("value", "float", [None if row.value is None else float(row.value.amount) for row in rows], self._worth.currency),
                Column("float", "float", [row.float for row in rows], "days"),
                Column("likelihood", "float", [row.likelihood for row in rows]),
                Column("critical", "bool", [row.critical for row in rows]),
                Column("reason", "str", [row.reason for row in rows]),
            ]
        )

    def __repr__(self) -> str:
        return f"<SinglePoints: {counted(len(self), 'item')}, for {counted(len(self._effects), 'benefit, objective or gate', 'benefits, objectives and gates')}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def plain_floats(column: Sequence[float]) -> list[float]:
    """A column as a plain list, whatever made it."""
    return list(map(float, column))


def single_points(portfolio: Portfolio, *, on_cycle: OnCycle = "error") -> SinglePoints:
    """Every item of open work without which some benefit, objective or open gate fails.

    Ranked by what is lost (present value, then how many benefits and objectives, then gates), then by the least float, then
    by the likeliest open threat to its project, where one is stated.

    Args:
        portfolio: the portfolio.
        on_cycle: as in `schedule`.

    Raises:
        CycleError: links form a loop.
    """
    return SinglePoints(portfolio, schedule(portfolio, on_cycle=on_cycle))


def _sentence(item: str, lost: Mapping[str, Sequence[str]], value: Money | None, tight: bool) -> str:
    parts = [counted(len(names), kind) for kind, names in lost.items() if names]
    if lost["benefit"] and value is not None:
        parts[0] += f" worth {value}"
    said = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    many = sum(map(len, lost.values()))
    text = f"without {item} {said} {agree(many, 'fails', 'fail')}"
    return f"{text}; it has no float left" if tight else text
