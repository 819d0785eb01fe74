"""Who gives to whom: the links between projects as a matrix, a network, a give and get register, and who waits for whom.

A view of whole projects counts links; what really reaches what is said by the links themselves, from item to item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import attrs

from ipmo.analysis.dates.schedule import OnCycle
from ipmo.analysis.dependencies.critical import CriticalLink, CriticalLinks, critical_links, given_day
from ipmo.analysis.dependencies.crossings import Boundary
from ipmo.analysis.dependencies.pairs import Pair
from ipmo.errors import UnknownItemError, close_matches, one_of
from ipmo.figures.interfaces import Interface
from ipmo.figures.interfaces import interfaces as drawn_network
from ipmo.figures.matrix import matrix as drawn_matrix
from ipmo.figures.svg import Figure
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.network.graph import neighbours, partitioned, weighted
from ipmo.tables import Answer, Column, Table, row_at
from ipmo.units import said_day
from ipmo.words import counted

if TYPE_CHECKING:
    import networkx

__all__ = ["InterfaceView", "Matrix", "Pair", "interfaces"]
WHERE = "the pairs of projects that hand over"

MOST = 80
"""Projects up to which a network is drawn: more are a hairball."""
SQUARE = 120
"""Projects up to which the matrix is drawn whole."""
Measured = Literal["links", "driving", "drag", "value", "loss"]
MEASURES: tuple[Measured, ...] = ("links", "driving", "drag", "value", "loss")


@attrs.frozen(kw_only=True)
class Matrix:
    """A dependency structure matrix: receivers are rows, givers columns.

    Args:
        measure: links, driving, drag, value or loss.
        order: projects, partitioned: what leads on lies below the diagonal.
        blocks: that order in blocks; projects of one block wait for one another.
        cells: (giver, receiver) to the measure.
        labels: titles.
        unit: of the measure.
    """

    measure: str
    order: tuple[str, ...]
    blocks: tuple[tuple[str, ...], ...]
    cells: Mapping[tuple[str, str], float]
    labels: Mapping[str, str]
    unit: str = ""

    @property
    def feedback(self) -> tuple[tuple[str, str], ...]:
        """(giver, receiver) of what leads back: it lies above the diagonal."""
        place = {name: n for n, name in enumerate(self.order)}
        return tuple(pair for pair in self.cells if place[pair[0]] > place[pair[1]])

    def table(self) -> Table:
        """One row a receiver, one column a giver, in the order of the matrix; empty where nothing is given."""
        columns = [Column("receiver", "str", self.order)]
        columns += [Column(g, "float", [self.cells.get((g, r)) for r in self.order], self.unit) for g in self.order]
        return Table(columns)

    @property
    def figure(self) -> Figure:
        """The matrix drawn; feedback in red, blocks that wait for one another outlined; of many projects the 120 with most."""
        order = self.order
        if len(order) > SQUARE:  # those that give and receive most; all stand in the table
            weight = dict.fromkeys(order, 0.0)
            for (giver, receiver), amount in self.cells.items():
                weight[giver] += abs(amount)
                weight[receiver] += abs(amount)
            kept = set(sorted(order, key=lambda name: (-weight[name], name))[:SQUARE])
            order = tuple(name for name in order if name in kept)
        inside = set(order)
        cells = {pair: amount for pair, amount in self.cells.items() if inside.issuperset(pair)}
        words = {"links": "links", "driving": "driving links", "drag": "days held back", "value": "value", "loss": "loss"}
        texts = {pair: _short(amount) for pair, amount in cells.items()}
        title = f"Who gives to whom: {words[self.measure]}"
        if len(order) < len(self.order):
            title += f", the {len(order)} of {len(self.order)} projects with most"
        blocks = [[name for name in block if name in inside] for block in self.blocks]
        return drawn_matrix(order, cells, blocks=blocks, labels=self.labels, texts=texts, title=title)

    def _repr_html_(self) -> str:
        return self.figure._repr_html_()


class InterfaceView(Answer[tuple[str, str], Pair]):
    """The answer of `interfaces`: pairs of projects, and the ways to look at them."""

    def __init__(self, links: CriticalLinks) -> None:
        self.links, self.portfolio = links, links.portfolio
        self.names = {p.id: p.name or p.id for p in self.portfolio.projects}

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Every giver and receiver of open work: least float first."""
        return self.links.pairs

    def table(self) -> Table:
        """One row a pair: giver, receiver, links, driving, float, drag, value, loss."""
        rows, currency = self.pairs, self.links.stakes.currency
        return Table(
            [
                Column("giver", "str", [p.giver for p in rows]),
                Column("receiver", "str", [p.receiver for p in rows]),
                Column("links", "int", [len(p.links) for p in rows]),
                Column("driving", "int", [p.driving for p in rows]),
                Column("float", "float", [p.float for p in rows], "d"),
                Column("drag", "float", [p.drag for p in rows], "d"),
                Column("value", "float", [p.value for p in rows], currency),
                Column("loss", "float", [p.loss for p in rows], currency),
            ]
        )

    def matrix(self, measure: Measured = "links") -> Matrix:
        """The dependency structure matrix over the projects that give or receive.

        Source: Steward, The design structure system (1981), partitioning; what stands outside the portfolio is left out.

        Args:
            measure: `links`, `driving`, `drag` (days), `value` or `loss` (money).

        Raises:
            OptionError: there is no such measure.
        """
        one_of("measure", measure, MEASURES)
        inside = [p for p in self.pairs if not reference(p.giver).external]
        blocks = partitioned(
            sorted({n for p in inside for n in (p.giver, p.receiver)}), {(p.giver, p.receiver): len(p.links) for p in inside}
        )
        amounts: dict[tuple[str, str], float] = {}
        for p in inside:
            amount = float(len(p.links)) if measure == "links" else getattr(p, measure)
            if amount:
                amounts[p.giver, p.receiver] = float(amount)
        unit = {"drag": "d", "value": self.links.stakes.currency, "loss": self.links.stakes.currency}.get(measure, "")
        order = tuple(name for block in blocks for name in block)
        return Matrix(measure=measure, order=order, blocks=tuple(map(tuple, blocks)), cells=amounts, labels=self.names, unit=unit)

    def graph(self) -> networkx.DiGraph[str]:
        """A networkx DiGraph of projects; edges with `links`, `driving`, `float`, `drag`, `value`, `loss`."""
        nodes = {name: {"name": self.names.get(name, name)} for p in self.pairs for name in (p.giver, p.receiver)}
        edges = {
            (p.giver, p.receiver): {
                "links": len(p.links), "driving": p.driving, "float": p.float, "drag": p.drag, "value": p.value, "loss": p.loss,
            }
            for p in self.pairs
        }  # fmt: skip
        return weighted(nodes, edges)

    def register(self, project: str | None = None) -> Table:
        """The give and get register: project, role (gives or gets), partner, id, what, by, committed, needed, float, driving, issues.

        Args:
            project: one project; all when left out.

        Raises:
            UnknownItemError: there is no such project.
        """
        self._known(project)
        rows = []
        for link in self.links:
            for mine, role, partner, what in (
                (link.giver, "gives", link.receiver, link.source),
                (link.receiver, "gets", link.giver, link.source),
            ):
                if (project is None or mine == project) and not reference(mine).external:
                    rows.append((mine, role, partner, what, link))
        far = max((k.given for *_, k in rows if k.given is not None), default=None)
        rows.sort(key=lambda r: (r[0], r[1] != "gives", r[4].given or far or 0, r[4].id))
        kinds = {"project": 0, "role": 1, "partner": 2, "what": 3}
        columns = [Column(name, "str", [r[place] for r in rows]) for name, place in kinds.items()]
        columns.insert(3, Column("id", "str", [r[4].id for r in rows]))
        columns += [
            Column(name, "datetime", [getattr(r[4], field) for r in rows])
            for name, field in (("by", "given"), ("committed", "committed"), ("needed", "needed"))
        ]
        columns.append(Column("float", "float", [r[4].target_float for r in rows], "d"))
        columns.append(Column("driving", "bool", [r[4].driving for r in rows]))
        columns.append(Column("issues", "str", ["; ".join(r[4].agreement.issues) or None for r in rows]))
        columns.append(Column("by_date", "date", [given_day(self.links.schedule, r[4]) for r in rows]))
        for name in ("committed", "needed"):
            columns.append(Column(f"{name}_date", "date", [said_day(getattr(r[4], name), finish=True) for r in rows]))
        return Table(columns)

    def waits(self, project: str) -> Table:
        """Who waits for whom: partner, direction (`waits for it` or `it waits for`), links, by, float, steps, through.

        Downstream are the projects that a slip of what this one gives can really move; upstream those whose slips can move
        this one. `steps` is 1 for direct partners; `through` the link that leads there with the least float.

        Args:
            project: its id.

        Raises:
            UnknownItemError: there is no such project.
        """
        self._known(project)
        rows: list[tuple[str, str, int, datetime | None, float, int, str]] = []
        finish = f"{project}@finish"
        for direction in ("waits for it", "it waits for"):
            gives = direction == "waits for it"
            best: dict[str, tuple[float, CriticalLink]] = {}
            direct: dict[str, int] = {}
            for link, target, slack in self.links.floats_to(
                givers={project} if gives else None, targets=None if gives else {finish}, kind="project"
            ):
                name = target.removesuffix("@finish") if gives else link.giver
                if name != project and (name not in best or slack < best[name][0]):
                    best[name] = (slack, link)
            for pair in self.pairs:
                if (pair.giver if gives else pair.receiver) == project:
                    direct[pair.receiver if gives else pair.giver] = len(pair.links)
            for name, (slack, link) in best.items():
                rows.append((name, direction, direct.get(name, 0), link.given, slack, 1 if name in direct else 2, link.id))
        rows.sort(key=lambda r: (r[1] != "waits for it", r[5], r[4], r[0]))
        names = ("partner", "direction", "links", "by", "float", "steps", "through")
        kinds = ("str", "str", "int", "datetime", "float", "int", "str")
        return Table(
            [Column(n, k, [r[i] for r in rows], "d" if n == "float" else "") for i, (n, k) in enumerate(zip(names, kinds, strict=True))]
        )

    def figure(self, around: str | None = None, depth: int = 1) -> Figure:
        """The interface network drawn; above 80 projects the matrix instead, because nobody reads a hairball.

        Args:
            around: one project: its neighbourhood alone.
            depth: how many links away.

        Raises:
            UnknownItemError: there is no such project.
        """
        self._known(around)
        inside = [p for p in self.pairs if not reference(p.giver).external]
        if around is not None:
            kept = neighbours([(p.giver, p.receiver) for p in inside], around, depth)
            inside = [p for p in inside if p.giver in kept and p.receiver in kept]
        names = sorted({n for p in inside for n in (p.giver, p.receiver)} | ({around} if around else set()))
        if len(names) > MOST:
            return self.matrix().figure
        blocks = partitioned(names, {(p.giver, p.receiver): len(p.links) for p in inside})
        place = {name: n for n, name in enumerate(name for block in blocks for name in block)}
        forward = [p for p in inside if place[p.giver] < place[p.receiver]]
        layers = _layers(sorted(names, key=place.__getitem__), [(p.giver, p.receiver) for p in forward])
        late = {k.giver for k in self.links if k.commitment_float is not None and k.commitment_float < 0}
        edges = [
            Interface(
                giver=p.giver, receiver=p.receiver, links=len(p.links), driving=p.driving, back=place[p.giver] > place[p.receiver],
                note=f"{counted(len(p.links), 'link')}, {p.driving} driving"
                + (f", {p.float:,.4g} d left" if p.float is not None else ""),
            )
            for p in inside
        ]  # fmt: skip
        counts = {n: (sum(p.giver == n for p in inside), sum(p.receiver == n for p in inside)) for n in names}
        notes = {n: f"gives to {gives}, gets from {gets}" for n, (gives, gets) in counts.items()}
        title = f"Interfaces around {self.names.get(around, around)}" if around else "Interfaces between projects"
        return drawn_network(layers, edges, labels=self.names, notes=notes, late=sorted(late), centre=around or "", title=title)

    def plot(self, kind: Literal["network", "matrix"] = "network") -> Figure:
        """A picture of who gives to whom: shown in notebooks, saved as SVG, HTML or PNG with `.save(path)`.

        Args:
            kind: `network`, boxes and arrows (above 80 projects the matrix instead); or `matrix`, the dependency structure matrix.

        Raises:
            OptionError: there is no such kind.
        """
        one_of("kind", kind, ("network", "matrix"))
        return self.figure() if kind == "network" else self.matrix().figure

    def _known(self, project: str | None) -> None:
        if project is not None and project not in self.names:
            raise UnknownItemError(project, close_matches(project, self.names), f"the projects of portfolio {self.portfolio.id!r}")

    @property
    def ids(self) -> tuple[tuple[str, str], ...]:
        """Giver and receiver of each pair, by least float."""
        return tuple((pair.giver, pair.receiver) for pair in self.pairs)

    def __iter__(self) -> Iterator[Pair]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __contains__(self, key: object) -> bool:
        return key in self.ids or any(pair.id == key for pair in self.pairs)

    def __getitem__(self, key: int | str | tuple[str, str]) -> Pair:
        """By least float from 0, by (giver, receiver), or by `giver -> receiver`.

        Raises:
            UnknownItemError: the one gives nothing to the other.
        """
        if isinstance(key, int):
            return row_at(self.pairs, key, WHERE)
        name = " -> ".join(map(str, key)) if isinstance(key, tuple) else key
        for pair in self.pairs:
            if pair.id == name:
                return pair
        raise UnknownItemError(name, close_matches(name, [pair.id for pair in self.pairs]), WHERE)

    def explain(self, key: int | str | tuple[str, str]) -> str:
        """What one project gives to another: each link with its reason, the most critical first."""
        pair = self[key]
        return "\n".join(
            [
                f"{pair.id}: {counted(len(pair.links), 'link')}, {pair.driving} driving",
                *(f"  {name}: {self.links[name].reason}" for name in pair.links),
            ]
        )

    @property
    def drawn_unasked(self) -> bool:
        """Where it is a network: a matrix of many projects takes long."""
        return len({name for pair in self.pairs for name in (pair.giver, pair.receiver)}) <= MOST

    def __repr__(self) -> str:
        projects = {n for p in self.pairs for n in (p.giver, p.receiver)}
        return f"<InterfaceView: {counted(len(self), 'pair')} among {counted(len(projects), 'project')}>"


def interfaces(portfolio: Portfolio, *, boundary: Boundary = "project", on_cycle: OnCycle = "error") -> InterfaceView:
    """The links between projects by pair, to be looked at as a matrix, a network, a register, or from one project.

    Args:
        portfolio: the portfolio.
        boundary: as in `critical_links`.
        on_cycle: as in `schedule`.

    Raises:
        CycleError: links form a loop.
        OptionError: there is no such boundary.
    """
    return InterfaceView(critical_links(portfolio, boundary=boundary, on_cycle=on_cycle))


def _layers(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Each name one layer after the last that gives to it; inside a layer near those that it is joined to."""
    level = dict.fromkeys(names, 0)
    for name in names:  # givers come before receivers
        for giver, receiver in edges:
            if giver == name:
                level[receiver] = max(level[receiver], level[name] + 1)
    gives = {giver for giver, _ in edges}
    for name in reversed(names):  # what only gives moves next to the first that takes it
        if name in gives and not any(receiver == name for _, receiver in edges):
            level[name] = min(level[receiver] for giver, receiver in edges if giver == name) - 1
    layers: list[list[str]] = [[] for _ in range(max(level.values(), default=0) + 1)]
    for name in names:
        layers[level[name]].append(name)
    for _ in range(4):
        for layer in (*layers, *layers[::-1]):
            at = {name: place for one in layers for place, name in enumerate(one)}
            joined = {n: [at[b if a == n else a] for a, b in edges if n in (a, b)] for n in layer}
            layer.sort(key=lambda n: (sum(joined[n]) / len(joined[n]) if joined[n] else at[n], n))
    return layers


def _short(amount: float) -> str:
    for size, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if abs(amount) >= size:
            return f"{amount / size:.3g}{letter}"
    return f"{amount:.3g}"
