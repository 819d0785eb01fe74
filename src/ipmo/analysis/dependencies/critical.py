"""The few links across boundaries that hold the portfolio back: how far each can slip, what it hits, what that costs, and why.

A link crosses the boundary of a project, a programme or the portfolio. What it reaches is followed from item to item
through the one network of all projects: a graph of whole projects would invent cascades.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from ipmo.analysis.benefits.cost_of_delay import CostOfDelay
from ipmo.analysis.dates.schedule import OnCycle, Schedule, schedule
from ipmo.analysis.dependencies.crossings import BOUNDARIES, FAR, Boundary, Crossings, as_slip
from ipmo.analysis.dependencies.downstream import Downstream
from ipmo.analysis.dependencies.handed_over import HandOvers
from ipmo.analysis.dependencies.handovers import agreement
from ipmo.analysis.dependencies.linked import CriticalLink, Reached
from ipmo.analysis.dependencies.pairs import Pair, pairs_of
from ipmo.analysis.dependencies.portfolio_map import PortfolioMap, portfolio_map
from ipmo.analysis.dependencies.ranking import RULES, RankBy, ranked
from ipmo.errors import UnknownItemError, at_least, close_matches, one_of
from ipmo.figures.svg import Figure
from ipmo.memory import remember
from ipmo.model.portfolio import Portfolio
from ipmo.tables import Answer, Column, Table, among, row_at
from ipmo.units import Money, Span, said_day

__all__ = ["RULES", "CriticalLink", "CriticalLinks", "Reached", "critical_links"]
WHERE = "the links across projects"
SMALL = 1_000
"""Items of a plan up to which a notebook draws its map by itself."""


class Sortable(Protocol):
    """What links can be sorted by."""

    def __lt__(self, other: Any, /) -> bool: ...


KINDS: Mapping[str, str] = {
    "rank": "int",
    "id": "str",
    "source": "str",
    "target": "str",
    "type": "str",
    "lag": "str",
    "boundary": "str",
    "giver": "str",
    "receiver": "str",
    "link_float": "float",
    "target_float": "float",
    "nearest": "str",
    "commitment_float": "float",
    "at_risk": "str",
    "calendar_date": "bool",
    "driving": "bool",
    "near": "bool",
    "drag": "float",
    "drag_on": "str",
    "downstream_projects": "int",
    "downstream_benefits": "int",
    "value": "float",
    "loss": "float",
    "loss_float": "float",
    "given": "datetime",
    "taken": "datetime",
    "needed": "datetime",
    "committed": "datetime",
    "status": "str",
    "issues": "str",
    "reason": "str",
    **dict.fromkeys(("given_date", "taken_date", "needed_date", "committed_date"), "date"),
}
"""The columns of `CriticalLinks.table`, and their kinds."""


class CriticalLinks(Answer[str, CriticalLink]):
    """The answer of `critical_links`: ranked; links between whole projects apart in `.project_dependencies`.

    A link is made when it is looked at; what it says of all targets is found for all links together.
    """

    def __init__(self, crossings: Crossings, rank_by: str | Callable[[CriticalLink], Sortable]) -> None:
        self._crossings, self._downstream = crossings, Downstream(crossings)
        self.portfolio, self.schedule = crossings.portfolio, crossings.schedule
        self.boundary, self.near, self.slip = crossings.boundary, crossings.near, crossings.slip
        self.cuts = crossings.schedule.cuts
        """(source, target, type) of links that were cut to break loops."""
        self.project_dependencies = crossings.project_dependencies
        self.unscheduled = tuple(one.id for one in crossings.closed if one.undated)
        self._made: dict[int, CriticalLink] = {}
        self._by_float = rank_by == "float"
        if callable(rank_by):
            rows = range(len(crossings.open))
            self._order = sorted(rows, key=lambda row: rank_by(self._link(row, 0)))
        else:
            self._order = ranked(self._downstream, rank_by)

    # ------------------------------------------------------------------------------------------ rows

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the links, ranked."""
        return tuple(self._names)

    def __iter__(self) -> Iterator[CriticalLink]:
        return (self[place] for place in range(len(self)))

    def __len__(self) -> int:
        return len(self._order) + len(self._crossings.closed)

    def __getitem__(self, key: int | str) -> CriticalLink:
        """By rank from 0, or by id; those that hold nothing back any more stand last.

        Raises:
            UnknownItemError: there is no such link across projects.
        """
        place = row_at(range(len(self)), key, WHERE) if isinstance(key, int) else self._place(key)
        if place not in self._made:
            row = self._order[place] if place < len(self._order) else place
            self._made[place] = self._link(row, place + 1)
        return self._made[place]

    def _place(self, name: str) -> int:
        if not among(name, self._places):
            raise UnknownItemError(name, close_matches(name, self._places), WHERE)
        return self._places[name]

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in reversed(list(enumerate(self._names)))}

    @property
    def _names(self) -> list[str]:
        found = self._crossings
        return [found.names[row] for row in self._order] + [one.id for one in found.closed]

    def _row(self, link: CriticalLink | int | str) -> int | None:
        """The row of a link; None for those that hold nothing back any more."""
        if isinstance(link, CriticalLink):
            place = self._same(link)
        else:
            place = range(len(self))[link] if isinstance(link, int) else self._place(link)
        return self._order[place] if place < len(self._order) else None

    def _same(self, link: CriticalLink) -> int:
        """The place of a row of this answer, or of what is the same link in another; several links of one pair have one id."""
        if self._made.get(link.rank - 1) is link:
            return link.rank - 1
        first = self._place(link.id)
        alike = (place for place, name in enumerate(self._names) if name == link.id)
        return next((place for place in alike if self[place].type == link.type), first)

    def _link(self, row: int, rank: int) -> CriticalLink:
        """One row as people read it."""
        found, behind = self._crossings, self._downstream
        if row >= len(found.open):
            one = found.closed[row - len(found.open)]
            noun = self.portfolio.links[one.number]
            terms = agreement(self.portfolio, self.schedule, noun)
            return CriticalLink(
                rank=rank, id=one.id, source=one.source, target=one.target, type=noun.type, lag=str(noun.lag or ""),
                boundary=one.boundary, giver=one.giver, receiver=one.receiver, given=terms.expected, taken=terms.used, agreement=terms,
                settled=one.why,
            )  # fmt: skip
        noun = self.portfolio.links[found.open[row]]
        given, taken = dates = found.dates(row)
        own = found.places[row] >= 0 and "@" not in noun.source + noun.target  # items that bear these dates themselves
        drag, on = found.worst_drag(row)
        return CriticalLink(
            rank=rank, id=found.names[row], source=found.source_id(row), target=found.target_id(row), type=noun.type,
            lag=str(noun.lag or ""), boundary=found.crossed[row], giver=found.givers[row], receiver=found.receivers[row],
            link_float=None if row in found.outward else found.link_float[row], target_float=found.target_float[row], nearest=found.nearest(row),
            commitment_float=found.commitment_float[row], at_risk=found.at_risk(row), missed=found.missed(row),
            calendar_date=found.calendar_dates[row], driving=found.driving[row],
            near=found.link_float[row] <= self.near, drag=drag, drag_on=on, given=given, taken=taken,
            downstream_projects=behind.projects(row), downstream_benefits=behind.benefits(row), value=behind.value(row),
            loss_float=behind.loss_float(row), agreement=agreement(self.portfolio, self.schedule, noun, dates if own and None not in dates else None),
        )  # fmt: skip

    @property
    def holding(self) -> tuple[int, ...]:
        """The places, from 0, of links that drive and hold something back; no link is made for it."""
        holds = self._crossings.holds
        return tuple(place for place, row in enumerate(self._order) if holds[row])

    @property
    def nearly(self) -> tuple[str, ...]:
        """The ids of links that hold nothing back and are within `near` days of driving, in their order."""
        found = self._crossings
        return tuple(found.names[row] for row in self._order if not found.holds[row] and found.link_float[row] <= self.near)

    @functools.cached_property
    def hand_overs(self) -> HandOvers:
        """What is handed over across the boundary by open work, one row an item with its receivers, in the order of the links; see `HandOvers`."""
        return HandOvers(self, self._order, self._downstream, by_float=self._by_float)

    @functools.cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """What one project gives to another by open work, the links between them taken together: least float first."""
        return pairs_of(self._order, self._downstream)

    # --------------------------------------------------------------------------------- what one link does

    @property
    def stakes(self) -> CostOfDelay:
        """What delays cost in this portfolio."""
        return self._downstream.stakes

    def reach(self, link: CriticalLink | int | str) -> tuple[Reached, ...]:
        """Every target that a link leads to, with the float to each: the least float first.

        Args:
            link: one of these, its rank from 0, or its id.
        """
        row, found = self._row(link), self._crossings
        if row is None or found.places[row] < 0:
            return ()
        targets, drags = found.targets, found.drags(row)
        floats = found.reach.floats([found.places[row]])[0]
        rows = []
        for t, target in enumerate(targets):
            slack = int(floats[t])
            if slack < FAR // 2 and targets.date(t) > -FAR // 2:
                rows.append((found.days_of(row, slack), t, target))
        rows.sort(key=lambda entry: (entry[0], entry[1]))
        return tuple(
            Reached(
                target=one.name,
                kind=one.kind,
                date=targets.moment(t),
                forecast=one.name not in self._stated_names,
                float=slack,
                drag=drags.get(t, 0.0),
            )
            for slack, t, one in rows
        )

    @functools.cached_property
    def _stated_names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.schedule.commitments.stated)

    def _moved(self, row: int, slip: Span | str | None) -> tuple[Mapping[int, int], Span]:
        if slip is None:
            return self._downstream.moved(row), self.slip
        span = as_slip(slip)
        return self._crossings.slipped([row], span)[0], span

    def hits(self, link: CriticalLink | int | str, slip: Span | str | None = None) -> Mapping[str, float]:
        """The targets that a slip of a link really moves, and by how many days of each one's own calendar.

        Args:
            link: as in `reach`.
            slip: how much later the source gives; that of the whole answer (10 days) when left out.
        """
        row, targets = self._row(link), self._crossings.targets
        if row is None:
            return {}
        moved, _ = self._moved(row, slip)
        return {targets[t].name: targets.days(t, targets.date(t), date) for t, date in sorted(moved.items())}

    def loss(self, link: CriticalLink | int | str, slip: Span | str | None = None) -> Money | None:
        """What a slip costs: benefits that come later, and people of the receiving task who wait. None where nothing is known.

        Args:
            link: as in `reach`.
            slip: as in `hits`.
        """
        row = self._row(link)
        if row is None:
            return None
        amount = self._downstream.losses[row] if slip is None else self._downstream.loss(row, *self._moved(row, slip))
        return None if amount is None else Money(amount, self.stakes.currency)

    def curve(self, link: CriticalLink | int | str, slips: Iterable[Span | str] = ("5 d", "10 d", "20 d", "40 d", "60 d")) -> Table:
        """The value at stake as the slip of a link grows: slip (working days), loss, benefits, projects, gates that move."""
        spans = [as_slip(slip) for slip in slips]
        row, targets = self._row(link), self._crossings.targets
        moved = [{} if row is None else self._moved(row, span)[0] for span in spans]
        losses = [self.loss(link, span) for span in spans]

        def count(kind: str) -> list[int]:
            return [sum(targets[t].kind == kind for t in found) for found in moved]

        return Table(
            [
                Column("slip", "str", [str(span) for span in spans]),
                Column("loss", "float", [None if loss is None else float(loss.amount) for loss in losses], self.stakes.currency),
                Column("benefits", "int", count("benefit")),
                Column("projects", "int", count("project")),
                Column("gates", "int", count("gate")),
            ]
        )

    def explain(self, link: CriticalLink | int | str) -> str:
        """Why a link ranks where it does, what its slip costs, and what its agreement lacks.

        Args:
            link: as in `reach`.
        """
        one = link if isinstance(link, CriticalLink) else self[link]
        loss = self.loss(one)
        lines = [f"{one.rank}. {one.source} -{one.type}-> {one.target}: {one.reason}"]
        lines += [f"  {self.slip} later costs {loss:,}"] if loss is not None and loss.amount else []
        lines += [f"  {issue}" for issue in one.agreement.issues]
        return "\n".join(lines)

    # --------------------------------------------------------------------------------------- pictures

    def map(self, *, projects: int = 16, hand_overs: int = 8, groups: Mapping[str, str] | None = None) -> PortfolioMap:
        """The map of the portfolio: these hand-overs, and what the projects bring about, drawn by `.plot()`, in rows by `.table()`.

        Args:
            projects: how many projects have a box at most; the others are small signs.
            hand_overs: how many hand-overs are drawn at most: those that matter most.
            groups: project to the name or id of its group, for those without a box; by programme when left out.
        """
        return portfolio_map(self, projects=projects, hand_overs=hand_overs, groups=groups)

    @property
    def drawn_unasked(self) -> bool:
        """Of a small plan: for the map it is asked of every project what is lost without it."""
        return self.schedule.network.n <= SMALL

    def plot(self) -> Figure:
        """The map of the portfolio: shown in notebooks, saved as SVG, HTML or PNG with `.save(path)`."""
        return self.map().plot()

    # ---------------------------------------------------------------------------------------- tables

    def first(self, count: int = 10) -> Table:
        """The first links with their ends, their float and why they stand there; what each leads to is not found."""
        rows = list(itertools.islice(self, count))
        return Table(
            [
                Column("rank", "int", [row.rank for row in rows]),
                Column("source", "str", [row.source for row in rows]),
                Column("type", "str", [row.type for row in rows]),
                Column("target", "str", [row.target for row in rows]),
                Column("reason", "str", [row.reason for row in rows]),
            ]
        )

    def table(self) -> Table:
        """One row a link, most critical first; floats in working days of the source, drag in days of its target's calendar.

        `value` is the present value of all benefits downstream, `loss` what the slip of this answer (10 days) costs,
        `loss_float` the working days left before the first loss, `issues` what is wrong with the agreement.
        """
        links = list(self)
        losses = [self._downstream.losses[row] for row in self._order]
        special: dict[str, list[object]] = {
            "downstream_projects": [len(k.downstream_projects) for k in links],
            "downstream_benefits": [len(k.downstream_benefits) for k in links],
            "value": [None if k.value is None else float(k.value.amount) for k in links],
            "loss": [*(None if amount is None else float(amount) for amount in losses), *(None for _ in self._crossings.closed)],
            "issues": ["; ".join(k.agreement.issues) or None for k in links],
            "given_date": [given_day(self.schedule, k) for k in links],
            "taken_date": [self.schedule.day_of(k.target, k.taken, finish=k.type[1] == "F") for k in links],
            "needed_date": [said_day(k.needed, finish=True) for k in links],
            "committed_date": [said_day(k.committed, finish=True) for k in links],
        }
        units = {"value": self.stakes.currency, "loss": self.stakes.currency}
        return Table(
            Column(name, kind, special.get(name) or [getattr(k, name) for k in links], units.get(name, "d" if kind == "float" else ""))
            for name, kind in KINDS.items()
        )

    def reach_table(self, links: Sequence[str] | None = None) -> Table:
        """One row a link and a target that it leads to: id, target, kind, date, forecast, float, drag, day (of the date).

        Args:
            links: ids of some links; all when left out.
        """
        chosen: Iterable[CriticalLink] = self if links is None else [self[name] for name in links]
        rows = [(k.id, r) for k in chosen for r in self.reach(k)]
        return Table(
            [
                Column("id", "str", [name for name, _ in rows]),
                Column("target", "str", [r.target for _, r in rows]),
                Column("kind", "str", [r.kind for _, r in rows]),
                Column("date", "datetime", [r.date for _, r in rows]),
                Column("forecast", "bool", [r.forecast for _, r in rows]),
                Column("float", "float", [r.float for _, r in rows], "d"),
                Column("drag", "float", [r.drag for _, r in rows], "d"),
                Column("day", "date", [said_day(r.date, finish=True) for _, r in rows]),
            ]
        )

    def floats_to(
        self, *, givers: Collection[str] | None = None, targets: Collection[str] | None = None, kind: str | None = None
    ) -> Iterator[tuple[CriticalLink, str, float]]:
        """(link, target, float) of links of some givers to some targets: what `reach` says of each, found for all together.

        Args:
            givers: projects that give; all when left out.
            targets: names of targets; all when left out.
            kind: only targets of this kind.
        """
        found = self._crossings
        place_of = {row: place for place, row in enumerate(self._order)}
        rows = [row for row in self._downstream.inside if givers is None or found.givers[row] in givers]
        aims = [t for t, one in enumerate(found.targets) if (targets is None or one.name in targets) and (kind is None or one.kind == kind)]
        if not rows or not aims:
            return
        for begin, block in found.reach.blocks([found.places[row] for row in rows], aims):
            for place, column in zip(*(block < FAR // 2).nonzero(), strict=True):
                row = rows[int(place)]
                slack = found.days_of(row, int(block[place, column]))
                yield self[place_of[row]], found.targets[aims[begin + int(column)]].name, slack

    def agreements(self) -> Table:
        """One row a link: the hand-over, its owners, its dates, who holds which margin (elapsed days), and its issues."""
        found = [k.agreement for k in self]
        text = ("id", "source", "target", "giver", "receiver", "giver_owner", "receiver_owner", "status")
        columns = [Column(name, "str", [getattr(c, name) for c in found]) for name in text]
        columns += [Column(name, "datetime", [getattr(c, name) for c in found]) for name in ("expected", "committed", "needed", "used")]
        margins = ("giver_margin", "between", "receiver_margin")
        columns += [Column(name, "float", [getattr(c, name) for c in found], "ed") for name in margins]
        columns.append(Column("age", "int", [c.age for c in found], "ed"))
        columns.append(Column("issues", "str", ["; ".join(c.issues) or None for c in found]))
        columns.append(Column("expected_date", "date", [given_day(self.schedule, k) for k in self]))
        return Table(
            [
                *columns,
                *(Column(f"{n}_date", "date", [said_day(getattr(c, n), finish=True) for c in found]) for n in ("committed", "needed")),
            ]
        )

    def givers(self) -> Table:
        """How much depends on each giver: giver, links, driving, receivers, benefits, value, share.

        `benefits` are those that any of its links leads to, each once; `value` is their present value, `share` that by the
        value of all benefits of known worth.
        """
        found, worth = self._crossings, self.stakes.worth
        total = sum(worth.values(), Decimal(0))
        mine: dict[str, list[int]] = {}
        behind: dict[str, set[str]] = {}
        for row, giver in enumerate(found.givers):
            mine.setdefault(giver, []).append(row)
            behind.setdefault(giver, set()).update(self._downstream.benefits(row))
        values = {giver: sum((worth.get(one, Decimal(0)) for one in benefits), Decimal(0)) for giver, benefits in behind.items()}
        names = sorted(behind, key=lambda giver: (-values[giver], -len(behind[giver]), giver))
        return Table(
            [
                Column("giver", "str", names),
                Column("links", "int", [len(mine[g]) for g in names]),
                Column("driving", "int", [sum(found.driving[row] for row in mine[g]) for g in names]),
                Column("receivers", "int", [len({found.receivers[row] for row in mine[g]}) for g in names]),
                Column("benefits", "int", [len(behind[g]) for g in names]),
                Column("value", "float", [float(values[g]) if worth else None for g in names], self.stakes.currency),
                Column("share", "float", [float(values[g] / total) if total else None for g in names]),
            ]
        )

    def project_dependency_table(self) -> Table:
        """One row a link between whole projects: giver's finish, receiver's start, the gap in elapsed days."""
        kinds = {"id": "str", "source": "str", "target": "str", "kind": "str"}
        kinds |= {"giver_finish": "datetime", "receiver_start": "datetime", "gap": "float"}
        return Table(
            Column(name, kind, [getattr(one, name) for one in self.project_dependencies], "ed" if kind == "float" else "")
            for name, kind in kinds.items()
        )

    def __repr__(self) -> str:
        across = "projects" if self.boundary == "project" else f"the boundary of a {self.boundary}"
        return f"<CriticalLinks: {len(self)} across {across}, {sum(map(bool, self._crossings.driving))} driving>"


def given_day(s: Schedule, link: CriticalLink) -> date | None:
    """The day on which a link hands over, as people say it."""
    return s.day_of(link.source, link.given, finish=link.type[0] == "F")


def critical_links(
    portfolio: Portfolio,
    *,
    boundary: Boundary = "project",
    slip: Span | str = "10 d",
    near: float = 5.0,
    rank_by: RankBy | Callable[[CriticalLink], Sortable] = "float",
    on_cycle: OnCycle = "error",
) -> CriticalLinks:
    """Every link that crosses a boundary, the one that matters most first.

    Ranked by `float`, by what a director loses: commitments at risk first, the least float to a stated one on top; then what a
    slip loses; then the nearest hand-over. A link that leads to no commitment comes after all that do, and what only marks a
    date in the calendar after what is work. `hand_overs` has one row a handed-over item with its receivers.

    Args:
        portfolio: the portfolio.
        boundary: `project` for links between projects, those to and from outside included; `programme` for those between
            programmes (or without one); `portfolio` for those to and from outside only.
        slip: how much later the source gives, for `loss` and `hits`; working time of the source, or elapsed time.
        near: working days of link float up to which a link counts as near driving.
        rank_by: `float`, `drag`, `loss` or `value` (most first, ties by float); `expected loss`, what benefits lose on average by its
            lateness, then the days that the portfolio and the receiver end later, on 2,000 samples of `simulate` with seed 1 as its
            `hand_overs()` says them; or a function from a link to what is sorted by.
        on_cycle: as in `schedule`; what was cut stands in `.cuts`.

    Raises:
        CycleError: links form a loop.
        OptionError: there is no such boundary or rule.
        UnitError: the slip is no length of time, or negative.
        ModelError: ranked by expected loss, nothing is uncertain, or each sample is a schedule of its own.

    >>> import ipmo.examples
    >>> critical_links(ipmo.examples.load("handover"))[0].id
    'rails-power'
    """
    one_of("boundary", boundary, BOUNDARIES)
    at_least("near", near, 0, "a number of working days")
    length = as_slip(slip)

    def make() -> CriticalLinks:
        return CriticalLinks(Crossings(portfolio, schedule(portfolio, on_cycle=on_cycle), boundary, near, length), rank_by)

    if not isinstance(rank_by, str):
        return make()
    return remember(portfolio, ("critical links", boundary, length, near, rank_by, on_cycle), make)
