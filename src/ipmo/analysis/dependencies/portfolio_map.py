"""The map of a portfolio: the hand-overs that matter most, what each project brings about, and what would be lost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

import attrs

from ipmo.analysis.benefits.cost_of_delay import CostOfDelay
from ipmo.analysis.dates.colours import stated_colours
from ipmo.analysis.dates.committed import broken_in
from ipmo.analysis.dates.schedule import Schedule
from ipmo.analysis.dependencies.handed_over import HandedOver, HandOvers
from ipmo.analysis.dependencies.linked import CriticalLink
from ipmo.figures.axes import amount_text
from ipmo.figures.portfolio_map import Arc, Flow, Node, Others
from ipmo.figures.portfolio_map import portfolio_map as drawn
from ipmo.figures.svg import Figure
from ipmo.model.benefits import Outcome
from ipmo.model.benefits_map import Way
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.network.graph import partitioned
from ipmo.network.losses import losses
from ipmo.tables import Column, Table
from ipmo.units import Money, Span
from ipmo.words import agree, counted

__all__ = ["MapRow", "PortfolioMap", "portfolio_map"]

Day = date
PROJECTS, HANDED, EFFECTS, AIMS = 16, 8, 12, 8
"""At most so many projects with a box, hand-overs, benefits and objectives: what is beyond is counted."""
RECEIVERS = 3
"""Receivers of one item to which an arc leads where there are many: the most critical ones."""
MAKERS = 4
"""Boxes kept for projects without which most is lost, whether or not they hand over."""
GROUPS = 24


class Links(Protocol):
    """Links across projects, with what a slip of each costs."""

    portfolio: Portfolio
    schedule: Schedule
    slip: Span

    @property
    def hand_overs(self) -> HandOvers:
        """What is handed over, the most critical first."""

    @property
    def stakes(self) -> CostOfDelay:
        """What delays cost."""

    def loss(self, link: CriticalLink, /) -> Money | None:
        """What a slip of a link costs."""


@attrs.frozen(kw_only=True)
class MapRow:
    """One way on the map.

    Args:
        kind: `hand-over`, `benefit` (a project brings it about) or `objective` (a benefit, an outcome or a project serves it).
        source, target: full ids; for a hand-over projects, `external:NAME` for what lies outside.
        item: what is handed over; empty for the others.
        rank: of a hand-over, 1 for the one that matters most; None for the others.
        loss: of a hand-over, what a slip costs; of the others, the value that is lost without it; None where that is not known.
        float: of a hand-over, working days that it can slip before a commitment is missed; None where none depends on it.
        drives: it sets the date of what receives it.
        date: when it is handed over, or when the benefit starts.
        day: the day that people say of that.
    """

    kind: str
    source: str
    target: str
    item: str = ""
    rank: int | None = None
    loss: float | None = None
    float: float | None = None
    drives: bool = False
    date: datetime | None = None
    day: Day | None = None


@attrs.frozen(kw_only=True)
class PortfolioMap:
    """The answer of `CriticalLinks.map`.

    Args:
        portfolio: the portfolio.
        rows: what is drawn, hand-overs first.
        projects: full ids of the projects that have a box, givers above receivers as far as can be.
        others: (group, projects without a box).
        effects, objectives: ids of benefits (and outcomes that serve an objective directly) and of objectives that are drawn.
        lost: present value that is lost without each project, in the currency of the portfolio.
        notes, said: second lines of boxes and the amounts at their ends, by id.
        late: ids of what misses a commitment, or has one that is overdue, or starts later than planned.
        currency: of the amounts; empty where none is known.
        slip: how much later a hand-over comes, for what that costs.
        beyond: what is not drawn, in words.
    """

    portfolio: Portfolio = attrs.field(repr=False)
    rows: tuple[MapRow, ...]
    projects: tuple[str, ...]
    others: tuple[tuple[str, tuple[str, ...]], ...]
    effects: tuple[str, ...]
    objectives: tuple[str, ...]
    lost: Mapping[str, float]
    notes: Mapping[str, str] = attrs.field(repr=False)
    said: Mapping[str, str] = attrs.field(repr=False)
    late: frozenset[str]
    currency: str
    slip: str
    beyond: str

    def __len__(self) -> int:
        return len(self.rows)

    def table(self) -> Table:
        """One row a way: kind, source, target, item, rank, loss, float, drives, date."""
        rows = self.rows
        return Table(
            [
                *(Column(name, "str", [getattr(row, name) for row in rows]) for name in ("kind", "source", "target", "item")),
                Column("rank", "int", [row.rank for row in rows]),
                Column("loss", "float", [row.loss for row in rows], self.currency),
                Column("float", "float", [row.float for row in rows], "d"),
                Column("drives", "bool", [row.drives for row in rows]),
                Column("date", "date", [row.day for row in rows]),
            ]
        )

    def plot(self) -> Figure:
        """The map drawn: shown in notebooks, saved as SVG, HTML or PNG with `.save(path)`."""
        colours = stated_colours(self.portfolio)
        name = self._name
        most = max(self.lost.values(), default=0.0)

        def nodes(ids: Sequence[str]) -> list[Node]:
            return [
                Node(
                    id=one,
                    name=name(one),
                    note=self.notes.get(one, ""),
                    said=self.said.get(one, ""),
                    colour=colours.get(one),
                    late=one in self.late,
                    weight=self.lost.get(one, 0.0) / most if most else 0.0,
                )
                for one in ids
            ]

        arcs, flows = self._drawn(most)
        outcomes = any(isinstance(self.portfolio.items.get(one), Outcome) for one in self.effects)
        money = f", {self.currency}" if self.said else ""
        columns = [(f"projects{f'; lost without each{money}' if money else ''}", nodes(self.projects))]
        columns += [(f"benefits{' and outcomes' if outcomes else ''}{f'; worth{money}' if money else ''}", nodes(self.effects))]
        columns += [("objectives", nodes(self.objectives))]
        others = [Others(name=name(group) or "no group", colours=[colours.get(one) for one in ids]) for group, ids in self.others]
        return drawn(
            columns,
            arcs,
            flows,
            others,
            heading=f"hand-overs{f'; lost by {self.slip} later{money}' if any(row.loss for row in self.rows if row.rank) else ''}",
            beyond=self.beyond,
            title=f"Map of {self.portfolio.name or self.portfolio.id}",
        )

    def _drawn(self, most: float) -> tuple[list[Arc], list[Flow]]:
        handed = [row for row in self.rows if row.kind == "hand-over"]
        dearest = max((row.loss or 0.0 for row in handed), default=0.0)
        arcs = [
            Arc(
                source=row.source,
                target=row.target,
                rank=row.rank or 0,
                name=self._name(row.item),
                note=self._handed(row),
                weight=(row.loss or 0.0) / dearest if dearest else 0.0,
                drives=row.drives,
                missed=row.float is not None and row.float < 0,
            )
            for row in handed
        ]
        flows = [
            Flow(
                source=row.source,
                target=row.target,
                weight=(row.loss or 0.0) / most if most else 0.0,
                note=f"{self._name(row.source)} to {self._name(row.target)}"
                + (f": {amount_text(row.loss, self.currency)} lost without it" if row.loss else ""),
                late=row.target in self.late,
            )
            for row in self.rows
            if row.kind != "hand-over"
        ]
        return arcs, flows

    def _handed(self, row: MapRow) -> str:
        """When, how far a commitment is from being missed, and what a slip costs."""
        parts = [] if row.day is None else [str(row.day)]
        if row.float is not None:
            parts.append(f"{-row.float:,.4g} d too late" if row.float < 0 else f"{row.float:,.4g} d float" if row.float else "no float")
        if row.loss:
            parts.append(amount_text(row.loss))
        return "; ".join(parts)

    def _name(self, item: str) -> str:
        meant = reference(item)
        if meant.external:
            return item.partition(":")[2] or item
        return getattr(self.portfolio.items.get(meant.item), "name", "") or meant.item

    def _repr_html_(self) -> str:
        return self.plot()._repr_html_()


def portfolio_map(
    links: Links, *, projects: int = PROJECTS, hand_overs: int = HANDED, groups: Mapping[str, str] | None = None
) -> PortfolioMap:
    """The map of the portfolio of some links.

    Args:
        links: its links across projects.
        projects: how many projects have a box at most.
        hand_overs: how many hand-overs are drawn at most.
        groups: project to the name or id of its group, for those without a box; by programme when left out.
    """
    return _Map(links, projects, hand_overs, groups).run()


class _Map:
    """Chooses what is drawn."""

    def __init__(self, links: Links, most: int, handed: int, groups: Mapping[str, str] | None) -> None:
        self.links, self.portfolio, self.schedule = links, links.portfolio, links.schedule
        self.most, self.groups = most, groups
        self.worth = {name: float(amount) for name, amount in links.stakes.worth.items()}
        self.found = losses(self.portfolio)
        self.map = self.found.map
        self.lost = {name: max(amount, 0.0) for name, amount in self.found.lost_of(self.worth).items()}
        self.broken = broken_in(self.schedule.commitments)
        self.given: list[HandedOver] = [row for row in links.hand_overs if not row.calendar_date][:handed]

    def run(self) -> PortfolioMap:
        pf = self.portfolio
        few = len(pf.projects) <= self.most
        handed = [row for one in self.given for row in itertools.islice(self._handed(one), None if few else RECEIVERS)]
        effects = self._effects()
        brought = {effect: self._work(effect) for effect in effects}
        shown = self._shown(handed, brought)
        inside = set(shown)
        kept = {effect for effect in effects if brought[effect] & inside} | {effect for effect in effects if not brought[effect]}
        effects = [effect for effect in effects if effect in kept][:EFFECTS]
        aims = [one.id for one in pf.objectives][:AIMS]
        rows = [row for row in handed if row.source in inside and row.target in inside]
        order = self._ordered(shown, rows)
        place = {name: float(n) for n, name in enumerate(order)}
        ways = list(self._ways(effects, aims, brought, place))
        effects = _level(effects, ways, place)
        aims = _level(aims, ways, {**place, **{name: float(n) for n, name in enumerate(effects)}})
        late = self.broken.keys() & inside
        rows_of = self.links.stakes.benefits
        notes, said = {name: self._note(name) for name in order}, {name: self._said(self.lost.get(name)) for name in order}
        for effect in effects:
            row = rows_of[effect] if rows_of is not None and effect in rows_of else None
            if row is not None:
                slip = row.slip or 0
                notes[effect] = (f"from {row.start}" if row.start else "start not known") + (f", {slip} d later" if slip > 0 else "")
                said[effect] = self._said(self.worth.get(effect))
                late |= {effect} if slip > 0 else set()
        others = self._others(inside)
        return PortfolioMap(
            portfolio=pf,
            rows=(*rows, *ways),
            projects=tuple(order),
            others=others,
            effects=tuple(effects),
            objectives=tuple(aims),
            lost={**self.lost, **self.worth},
            notes=notes,
            said={name: text for name, text in said.items() if text},
            late=frozenset(late),
            currency=self.links.stakes.currency,
            slip=str(self.links.slip),
            beyond=self._beyond(others, len(self._effects()) - len(effects), len(pf.objectives) - len(aims)),
        )

    def _handed(self, one: HandedOver) -> Iterator[MapRow]:
        """A row a receiver."""
        taken = set[str]()
        for link in one.links:
            if link.receiver not in taken and link.receiver != one.giver:
                taken.add(link.receiver)
                loss = self.links.loss(link)
                yield MapRow(
                    kind="hand-over",
                    source=one.giver,
                    target=link.receiver,
                    item=one.item,
                    rank=one.rank,
                    loss=None if loss is None else float(loss.amount),
                    float=link.commitment_float,
                    drives=link.driving,
                    date=one.given,
                    day=one.given_date,
                )

    def _effects(self) -> list[str]:
        """Benefits, those of most worth first, and outcomes that serve an objective directly."""
        pf = self.portfolio
        direct = {way.source for one in pf.objectives for way in self.map.into.get(one.id, ())}
        names = [one.id for one in pf.benefits] + [one.id for one in pf.outcomes if one.id in direct]
        return sorted(names, key=lambda name: (-self.worth.get(name, 0.0), names.index(name)) if len(names) <= 1000 else (0.0, 0))

    def _work(self, effect: str) -> set[str]:
        """The projects and programmes whose work leads to an effect, by way of outcomes that are not drawn."""
        found, seen, stack = set[str](), {effect}, [effect]
        while stack:
            for way in self.map.into.get(stack.pop(), ()):
                name = self.map.initiative(way.source)
                if name:
                    found.add(name)
                elif way.source not in seen and isinstance(self.portfolio.items.get(way.source), Outcome):
                    seen.add(way.source)
                    stack.append(way.source)
        return found

    def _shown(self, handed: Sequence[MapRow], brought: Mapping[str, set[str]]) -> list[str]:
        """What has a box: both ends of hand-overs, then what most is lost without, then what is latest and largest."""
        touched: dict[str, None] = {}
        for row in handed:
            more = [name for name in (row.source, row.target) if name not in touched]
            if len(touched) + len(more) <= max(self.most - MAKERS * (len(self.portfolio.projects) > self.most), 2):
                touched.update(dict.fromkeys(more))
        live = [p.id for p in self.portfolio.projects if p.counted_as not in ("cancelled",)]
        missed = {one.project or one.item for one in self.schedule.commitments.missed}
        makers = {name for names in brought.values() for name in names}
        rest = sorted(
            (name for name in dict.fromkeys([*live, *sorted(makers)]) if name not in touched),
            key=lambda name: (name not in makers, -self.lost.get(name, 0.0), name not in missed, name),
        )
        plain = len(live) > self.most and not makers
        return [*touched, *([] if plain else rest)][: self.most]

    def _ordered(self, shown: Sequence[str], rows: Sequence[MapRow]) -> list[str]:
        """Givers above receivers as far as can be; what neither gives nor receives last, as it was chosen."""
        weights: dict[tuple[str, str], float] = {}
        for row in rows:
            weights[row.source, row.target] = weights.get((row.source, row.target), 0.0) + 1
        linked = {name for pair in weights for name in pair}
        first = [name for block in partitioned([name for name in shown if name in linked], weights) for name in block]
        return [*first, *(name for name in shown if name not in linked)]

    def _ways(
        self, effects: Sequence[str], aims: Sequence[str], brought: Mapping[str, set[str]], place: Mapping[str, float]
    ) -> Iterator[MapRow]:
        lost = {name: self.found.without(name) for name in place}
        starts = {effect: self.schedule.begins(effect) if effect in self.schedule.passes.named else None for effect in effects}
        days = {effect: None if when is None else self.schedule.days(effect)[0] for effect, when in starts.items()}
        for effect in effects:
            for name in sorted(brought[effect] & place.keys(), key=place.__getitem__):
                share = lost[name].get(effect)
                value = None if effect not in self.worth else self.worth[effect] * (share or 0.0)
                yield MapRow(kind="benefit", source=name, target=effect, loss=value, date=starts[effect], day=days[effect])
        for aim in aims:
            for way in self.map.into.get(aim, ()):
                source = way.source if way.source in effects else self.map.initiative(way.source)
                if source in effects or source in place:
                    yield MapRow(kind="objective", source=source, target=aim, loss=self._served(way))

    def _served(self, way: Way) -> float | None:
        value = self.worth.get(way.source)
        return None if value is None else value * (1.0 if way.share is None else way.share)

    def _note(self, name: str) -> str:
        if reference(name).external:
            return "outside"
        finish = self.schedule.days(name)[1] if name in self.portfolio.items else None
        later = " or later" if finish is not None and self.schedule.doubt(name) else ""
        text = f"to {finish}{later}" if finish is not None else "no dates"
        return f"{text}; {self.broken[name]}" if name in self.broken else text

    def _said(self, amount: float | None) -> str:
        return amount_text(amount) if amount else ""

    def _others(self, inside: set[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        by: dict[str, list[str]] = {}
        for project in self.portfolio.projects:
            if project.id not in inside and project.counted_as != "cancelled":
                group = self.groups.get(project.id, "") if self.groups is not None else project.programme or ""
                by.setdefault(group, []).append(project.id)
        names = sorted(by, key=lambda name: (name == "", name))
        if len(names) > GROUPS:
            largest = sorted(names, key=lambda name: (-len(by[name]), name))
            kept, rest = largest[: GROUPS - 1], largest[GROUPS - 1 :]
            by = {**{name: by[name] for name in sorted(kept)}, "all other groups": [one for name in rest for one in by[name]]}
            names = list(by)
        return tuple((name, tuple(by[name])) for name in names)

    @staticmethod
    def _beyond(others: Sequence[tuple[str, Sequence[str]]], effects: int, aims: int) -> str:
        count = sum(len(ids) for _, ids in others)
        left = [counted(effects, "benefit")] if effects > 0 else []
        left += [counted(aims, "objective")] if aims > 0 else []
        text = f"{counted(count, 'more project')}, {agree(count, 'a sign', 'a sign each')}" if count else ""
        return text + (f"{'; ' if text else ''}{' and '.join(left)} more not drawn" if left else "")


def _level(names: Sequence[str], ways: Sequence[MapRow], place: Mapping[str, float]) -> list[str]:
    """Names in the order of what leads to them, so that few ways cross."""
    heights: dict[str, list[float]] = {}
    for way in ways:
        if way.target in names and way.source in place:
            heights.setdefault(way.target, []).append(place[way.source])
    middle = {name: sum(found) / len(found) for name, found in heights.items()}
    return sorted(names, key=lambda name: (name not in middle, middle.get(name, 0.0), names.index(name)))
