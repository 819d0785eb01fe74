"""Single points of failure: items without which a benefit, a gate or an objective fails.

An item fails with all that it needs, or with all of several of which one would be enough: what is lost is what the one
network of needs says with and without it. Whatever is done cannot fail any more.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from ipmo.analysis.benefits.cost_of_delay import cost_of_delay
from ipmo.analysis.dates.schedule import OnCycle, Schedule, schedule
from ipmo.errors import UnknownItemError, close_matches
from ipmo.model.held import by_project, gates_of
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.network.needs import without
from ipmo.network.network import WORK
from ipmo.network.positions import as_array, plain, plain_list
from ipmo.network.states import LIVE, State
from ipmo.notebooks import Shown
from ipmo.tables import Answer, Column, Table, among, row_at
from ipmo.units import Money
from ipmo.words import agree, counted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["SinglePoint", "SinglePoints", "single_points"]
WHERE = "the single points of failure"

FAR = 1 << 59
Key = tuple[float, float, float, int, float, int]
"""What a node is ranked by (what is lost, effects, gates, room in minutes, likelihood, each so that less comes first), and the node."""


@attrs.frozen(kw_only=True)
class SinglePoint(Shown):
    """An item without which something fails.

    Args:
        item: full id.
        project: the project that it belongs to; empty of a programme.
        benefits: ids of the benefits that fail without it.
        objectives: ids of the objectives that nothing known serves any more without it.
        gates: full ids of the open gates that cannot be held without it, itself left out.
        value: present value of those benefits, of those whose worth is known; None where none is.
        float: working days that it can slip before a target moves, stated or only forecast; None where it leads to none, or has no date.
        likelihood: of the likeliest open threat to its project, between 0 and 1; None where none is stated.
        critical: it has no float to the nearest of these targets.
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


class SinglePoints(Answer[str, SinglePoint]):
    """The answer of `single_points`, each row made when it is read: most is lost first, then least float, then likeliest."""

    def __init__(self, portfolio: Portfolio, s: Schedule) -> None:
        self.portfolio, self._schedule = portfolio, s
        net, self._found = s.network, without(portfolio)
        place, dead = self._found.web.place, self._found.dead
        self._worth = cost_of_delay(portfolio, s)
        named = [*(b.id for b in portfolio.benefits), *(o.id for o in portfolio.objectives)]
        gates = [one.id for one in gates_of(portfolio) if net.state[place[one.id]] is not State.FINISHED]
        harm = {benefit.id for benefit in portfolio.benefits if benefit.disbenefit}  # that it does not come is no failure
        harm |= _served_by(portfolio, {name for name in (b.id for b in portfolio.benefits) if name in harm or place[name] in dead})
        self._effects = [name for name in (*named, *gates) if place[name] not in dead and name not in harm]
        self._knocked = self._found.leave_one_out([place[name] for name in self._effects])
        benefits, held = {b.id for b in portfolio.benefits}, set(gates)
        self._kinds = ["benefit" if e in benefits else "gate" if e in held else "objective" for e in self._effects]
        self._wholes = self._only_as_wholes()
        self._places = self._ranked()

    @functools.cached_property
    def _place(self) -> Mapping[str, int]:
        """The row of each item."""
        return {self._found.web.ids[v]: row for row, v in enumerate(self._places)}

    def _only_as_wholes(self) -> Mapping[int, tuple[int, Sequence[int]]]:
        """Of summaries, projects and programmes: what fails without the whole and without none of its parts alone, and its nodes.

        A project that others require is one, and a programme all of whose projects would do for a benefit.
        """
        pf, net, place = self.portfolio, self._schedule.network, self._found.web.place
        tree = hierarchy(pf)
        inside = {project.id: net.members.get(number, ()) for number, project in enumerate(pf.projects)}
        wholes: list[tuple[str, Sequence[int]]] = [
            (f"{owner}/{name}", plain_list(leaves)) for (owner, name), leaves in net.summaries.items()
        ]
        wholes.sort(key=lambda whole: len(whole[1]))
        some = [(name, nodes) for name, nodes in inside.items() if not (len(nodes) == 1 and nodes[0] == place[name])]
        wholes += itertools.compress(some, self._knocked.beyond([(place[name], nodes) for name, nodes in some]))
        for programme in sorted(pf.programmes, key=lambda one: -len(tree.programmes_of(one.id))):
            wholes.append((programme.id, [v for p in tree.projects(programme) for v in inside[p.id]]))
        below: dict[str, int] = {}
        out: dict[int, tuple[int, Sequence[int]]] = {}
        for name, nodes in wholes:
            row = self._knocked.row(place[name]) if name in place else 0
            own = row and row & ~(self._knocked.union(nodes) | below.get(name, 0))
            if own:
                out[place[name]] = (own, nodes)
                for above in self._above(name):
                    below[above] = below.get(above, 0) | own
        return out

    def _above(self, name: str) -> Iterator[str]:
        """What holds a summary, a project or a programme, the closest first."""
        pf, owner = self.portfolio, self.portfolio.project_of(name) or name
        noun = pf.items[name]
        while isinstance(noun, Task):
            name = owner if noun.parent is None else f"{owner}/{noun.parent}"
            noun = pf.items[name]
            yield name
        yield from (programme.id for programme in hierarchy(pf).programmes_of(name))

    def _tight(self, nodes: Sequence[int]) -> tuple[int, int] | None:
        """(room to the nearest commitment in minutes, position) of the tightest of some nodes; None where none leads to one."""
        net, passes = self._schedule.network, self._schedule.passes
        pos, aim, x = passes.positions.pos, passes.late_starts.to_target, passes.early_starts
        places = [int(pos[v]) for v in nodes if net.state[v] in LIVE]
        return min(((int(aim[p]) - int(x[p]), p) for p in places if aim[p] < FAR), default=None)

    def _ranked(self) -> list[int]:
        """The nodes without which something else fails, in order."""
        known = self._worth.amounts
        worth = [known.get(e, 0.0) for e in self._effects]
        counts = [[float(kind in some) for kind in self._kinds] for some in (("benefit", "objective"), ("gate",))]
        lost = self._knocked.sums_of([worth, *counts])
        wholes = self._whole_keys(worth, *counts)
        if self._schedule.network.arrays:
            return self._in_order(as_floats(lost[0]), as_floats(lost[1]), as_floats(lost[2]), wholes)
        rows = [*self._keys(*map(plain_floats, lost)), *wholes]
        ids = self._found.web.ids
        rows.sort(key=lambda row: (row[:-1], ids[row[-1]]))
        return [row[-1] for row in rows]

    def _keys(self, value: Sequence[float], many: Sequence[float], gates: Sequence[float]) -> Iterator[Key]:
        """Of every node without which something else fails: what it is ranked by, and the node."""
        net, s = self._schedule.network, self._schedule
        pos, aim, x = (plain(column) for column in (s.passes.positions.pos, s.passes.late_starts.to_target, s.passes.early_starts))
        own = self._gate_nodes
        for v, kind in enumerate(net.kinds):
            if kind not in WORK or not (many[v] or gates[v] > (v in own)):
                continue
            p = pos[v]
            slack = aim[p] - x[p] if net.state[v] in LIVE and aim[p] < FAR else FAR
            yield -round(value[v], 2), -many[v], (v in own) - gates[v], slack, -self._chances.get(net.project[v], 0.0), v

    def _whole_keys(self, worth: Sequence[float], many: Sequence[float], gates: Sequence[float]) -> list[Key]:
        """The same of wholes."""
        rows: list[Key] = []
        for v, (bits, nodes) in self._wholes.items():
            some, tight = _places(bits), self._tight(nodes)
            known = max((self._chances.get(self._schedule.network.project[one], 0.0) for one in nodes), default=0.0)
            lost, effects, held = (math.fsum(column[t] for t in some) for column in (worth, many, gates))
            rows.append((-round(lost, 2), -effects, -held, FAR if tight is None else tight[0], -known, v))
        return rows

    def _in_order(
        self, value: NDArray[np.float64], many: NDArray[np.float64], gates: NDArray[np.float64], wholes: Sequence[Key]
    ) -> list[int]:
        """The same nodes in the same order, on columns: only those that nothing but their id tells apart are looked at one by one."""
        import numpy as np

        net, passes = self._schedule.network, self._schedule.passes
        own = np.zeros(net.n)
        own[list(self._gate_nodes)] = 1.0
        nodes = np.flatnonzero(net.work & ((many[: net.n] > 0) | (gates[: net.n] > own)))
        places = as_array(passes.positions.pos)[nodes]
        aim, x = as_array(passes.late_starts.to_target)[places], as_array(passes.early_starts)[places]
        slack = np.where(passes.live[places] & (aim < FAR), aim - x, FAR)
        likely = np.zeros(len(self.portfolio.projects) + 1)
        likely[list(self._chances)] = list(self._chances.values())
        keys = [-np.rint(value[nodes] * 100), -many[nodes], own[nodes] - gates[nodes], slack, -likely[net.owners[nodes]]]
        if wholes:
            more = list(zip(*wholes, strict=True))
            keys = [np.concatenate([key, given]) for key, given in zip(keys, ([round(v * 100) for v in more[0]], *more[1:5]), strict=True)]
            nodes = np.concatenate([nodes, more[5]])
        keys = [key for key in keys if len(key) and (key != key[0]).any()]  # a column of one value orders nothing
        order = np.lexsort(keys[::-1]) if keys else np.arange(len(nodes))
        changes = np.zeros(len(order), bool)
        for key in keys:
            changes[1:] |= key[order][1:] != key[order][:-1]
        run = np.cumsum(changes)
        alike = np.flatnonzero(np.bincount(run, minlength=1)[run] > 1)
        nodes = nodes[order]
        place = np.empty(int(nodes.max(initial=-1)) + 1, run.dtype)
        place[nodes[alike]] = run[alike]
        by_name = np.fromiter(self._by_name(np.sort(nodes[alike])), np.int64, len(alike))
        narrow = place[by_name].astype(np.uint16) if run[-1:].sum() < 1 << 16 else place[by_name]  # which numpy sorts by digits
        nodes[alike] = by_name[np.argsort(narrow, kind="stable")]
        return plain_list(nodes)

    def _by_name(self, nodes: NDArray[np.int64]) -> Iterator[int]:
        """Some nodes in the order of their ids: project by project, so that few long names are held against one another.

        Args:
            nodes: in the order of the file, so that those of one project lie side by side.
        """
        import numpy as np

        net, ids = self._schedule.network, self._found.web.ids
        owner = np.where(nodes < net.n, net.owners[np.minimum(nodes, net.n - 1)], -1 - nodes)
        bounds = [0, *(np.flatnonzero(np.diff(owner)) + 1).tolist(), len(nodes)] if len(nodes) else []
        plain, groups = plain_list(nodes), dict[str, list[int]]()
        for begin, end in itertools.pairwise(bounds):
            some = plain[begin:end]
            project, slash, _ = ids[some[0]].partition("/")
            groups.setdefault(project + slash, []).extend(some)
        for name in sorted(groups):
            yield from sorted(groups[name], key=ids.__getitem__)

    @functools.cached_property
    def _gate_nodes(self) -> frozenset[int]:
        """The gates among what can fail."""
        return frozenset(self._found.web.place[e] for e, kind in zip(self._effects, self._kinds, strict=True) if kind == "gate")

    @functools.cached_property
    def _chances(self) -> Mapping[int, float]:
        """Of each project, by its place, the probability of its likeliest open threat."""
        out: dict[int, float] = {}
        for place, project in enumerate(self.portfolio.projects):
            risks = (one.noun for one in by_project(self.portfolio).get(project.id, ()))
            some = [r.before.probability for r in risks if r.state == "open" and not r.opportunity and r.before is not None]
            known = [float(chance) for chance in some if chance is not None]
            if known:
                out[place] = max(known)
        return out

    def _row(self, v: int) -> SinglePoint:
        net, s, item = self._schedule.network, self._schedule, self._found.web.ids[v]
        lost: dict[str, list[str]] = {"benefit": [], "objective": [], "gate": []}
        bits, nodes = self._wholes.get(v, (0, (v,)))
        for t in _places(bits) if bits else self._knocked.of(v):
            if self._effects[t] != item:
                lost[self._kinds[t]].append(self._effects[t])
        amounts = [self._worth.worth[b] for b in lost["benefit"] if b in self._worth.worth]
        value = Money(sum(amounts, Decimal(0)), self._worth.currency) if amounts else None
        found = self._tight(nodes)
        tight = found is not None and found[0] <= 0
        left = None
        if found is not None:
            start = int(s.passes.early_starts[found[1]])
            left = s.passes.days(found[1], start, start + found[0])
        chances = [self._chances[owner] for owner in {net.project[one] for one in nodes} if owner in self._chances]
        return SinglePoint(
            item=item,
            project=self.portfolio.project_of(item) or (item if isinstance(self.portfolio.items[item], Project) else ""),
            benefits=tuple(lost["benefit"]),
            objectives=tuple(lost["objective"]),
            gates=tuple(lost["gate"]),
            value=value,
            float=left,
            likelihood=max(chances, default=None),
            critical=tight,
            reason=_sentence(item, lost, value, tight),
        )

    @property
    def ids(self) -> tuple[str, ...]:
        """The items, in order."""
        return tuple(self._found.web.ids[v] for v in self._places)

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
            return self._row(row_at(self._places, key, WHERE))
        if among(key, self._place):
            return self._row(self._places[self._place[key]])
        raise UnknownItemError(key, close_matches(key, self._place), WHERE)

    def explain(self, key: int | str) -> str:
        """Why an item is a single point of failure, and all that the first of what fails needs, in order."""
        row = self[key]
        first = (*row.benefits, *row.objectives, *row.gates)[0]
        return f"{row.reason}\n  {' -> '.join(self.of(first))}"

    def _points(self, t: int) -> list[int]:
        net, mine = self._schedule.network, self._found.web.place[self._effects[t]]
        found = [v for v in self._knocked.points(t) if v == mine or (v < net.n and net.kinds[v] in WORK)]
        return found + [v for v, (bits, _) in self._wholes.items() if bits >> t & 1]

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
        first = {v: min((pos[one] for one in self._wholes[v][1]), default=-1) if v in self._wholes else pos[v] for v in nodes}
        found = sorted(nodes, key=first.__getitem__)
        return (*(self._found.web.ids[v] for v in found), effect)

    def table(self) -> Table:
        """One row an item: item, project, benefits, objectives and gates (how many), value, float, likelihood, critical, reason."""
        return self._table(list(self))

    def first(self, count: int = 10) -> Table:
        """Its table up to so many rows; the others are not made."""
        return self._table(list(itertools.islice(self, count)))

    def _table(self, rows: Sequence[SinglePoint]) -> Table:
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


def _served_by(portfolio: Portfolio, sources: AbstractSet[str]) -> frozenset[str]:
    """The objectives to which nothing but some items contributes."""
    out = dict[str, bool]()
    for one in portfolio.contributions:
        out[one.target] = out.get(one.target, True) and one.source in sources
    return frozenset(name for name, only in out.items() if only)


def _places(bits: int) -> list[int]:
    """The places of the bits of a number that are set."""
    return [place for place in range(bits.bit_length()) if bits >> place & 1]


def as_floats(column: Sequence[float]) -> NDArray[np.float64]:
    """A column as an array."""
    import numpy as np

    return np.asarray(column, np.float64)


def plain_floats(column: Sequence[float]) -> list[float]:
    """A column as a plain list, whatever made it."""
    return list(map(float, column))


def single_points(portfolio: Portfolio, *, on_cycle: OnCycle = "error") -> SinglePoints:
    """Every item of open work without which some benefit, objective or open gate fails.

    A summary, a project or a programme is one where something fails without it as a whole, and without none of its parts alone:
    what other projects require, or what holds all the work of which one would do.

    A disbenefit that does not come is no failure, nor is that of an objective which nothing else serves.

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
