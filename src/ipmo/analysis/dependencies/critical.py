"""The few links across borders that hold the portfolio back: how far each can slip, what it hits, what that costs, and why.

A link crosses the border of a project, a programme or the portfolio. What it reaches is followed from item to item
through the one network of all projects: a graph of whole projects would invent cascades.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs

from ipmo.analysis.benefits.cost_of_delay import Stakes, stakes
from ipmo.analysis.dates.schedule import day_text, schedule
from ipmo.analysis.dependencies.crossings import BORDERS, Crossings, as_slip, dated
from ipmo.analysis.dependencies.handovers import Contract, contract
from ipmo.errors import ScheduleError, UnknownItemError, close_matches, listed
from ipmo.findings import Finding, Severity
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Link
from ipmo.network.clocks import FAR
from ipmo.tables import Column, Table
from ipmo.units import Money, Span, minutes, moment

__all__ = ["CriticalLink", "CriticalLinks", "Reached", "critical_links", "cross_link_facts"]

RULES = ("float", "drag", "loss", "value")
SHOWN = 10
"""Links that are a finding each; the rest is counted."""


@attrs.frozen(kw_only=True)
class Reached:
    """One target that a link leads to.

    Args:
        target: its name: `P@finish`, a gate, what has a deadline, a benefit.
        kind: portfolio, programme, project, gate, deadline or benefit.
        date: when it is as things stand.
        drag: days that it would come earlier without the link, on its own calendar.
        float: how far the source can slip before this link moves it; working days of the source. Every day more does.
    """

    target: str
    kind: str
    date: datetime
    drag: float
    float: float


@attrs.frozen(kw_only=True)
class CriticalLink:
    """One link across a border.

    Args:
        rank: 1 for the link that matters most.
        id: its id, or `source -> target`.
        source: full id of what is handed over.
        target: full id of what waits for it.
        type: FS, SS, FF or SF.
        lag: as stated.
        border: the widest border that it crosses: project, programme or portfolio.
        giver: the project that gives; `external:NAME` for what lies outside.
        receiver: the project that receives.
        link_float: how far the source can slip before this link alone moves its target; working days of the source (of the
            target where the source lies outside).
        target_float: how far it can slip through this link before a promise downstream is missed; working days.
        at_risk: that promise.
        driving: the target is where it is because of this link.
        near: its link float is no more than what was asked for as near (5 days).
        drag: days that the target which it holds back most would come earlier without the link, on the target's calendar;
            0 for links that do not drive.
        drag_on: that target.
        given: when the source gives.
        taken: when the target takes.
        needed: when the receiver needs it, as stated.
        promised: when the giver promised it, as stated.
        status: of the contract.
    """

    rank: int
    id: str
    source: str
    target: str
    type: str
    lag: str
    border: str
    giver: str
    receiver: str
    link_float: float | None
    target_float: float | None
    at_risk: str | None
    driving: bool
    near: bool
    drag: float | None
    drag_on: str | None
    given: datetime | None
    taken: datetime | None
    needed: datetime | None
    promised: datetime | None
    status: str | None
    _all: CriticalLinks = attrs.field(repr=False, eq=False)
    _row: int = attrs.field(repr=False, eq=False)

    @property
    def reason(self) -> str:
        """One sentence that says why it ranks here."""
        return self._all._reason(self)

    @property
    def reach(self) -> tuple[Reached, ...]:
        """Every target that it leads to, with the float to each: the least float first."""
        return self._all._reached(self._row)

    @property
    def contract(self) -> Contract:
        """Who gives and receives, by when, and what is amiss."""
        return self._all._contract(self._row)

    @property
    def downstream_projects(self) -> tuple[str, ...]:
        """Projects that what is handed over leads into, beyond the giver."""
        return self._all._downstream(self._row, "project", self.giver)

    @property
    def downstream_benefits(self) -> tuple[str, ...]:
        """Benefits that it leads to."""
        return self._all._downstream(self._row, "benefit", "")

    @property
    def value(self) -> Money | None:
        """Present value of all benefits that it leads to; None where none is known."""
        return self._all._value_of(self._row)

    @property
    def loss_float(self) -> float | None:
        """How far the source can slip before the first benefit of known worth is delayed; working days. None without one."""
        return self._all._loss_floats[self._row]

    def hits(self, slip: Span | str | None = None) -> Mapping[str, float]:
        """The targets that a slip really moves, and by how many days of each one's own calendar.

        Args:
            slip: how much later the source gives; that of the whole answer (10 days) when left out.
        """
        return self._all._hits(self._row, slip)

    def loss(self, slip: Span | str | None = None) -> Money | None:
        """What a slip costs: benefits that come later, and people of the receiving task who wait. None where nothing is known.

        Args:
            slip: as in `hits`.
        """
        return self._all._loss_at(self._row, slip)

    def curve(self, slips: Iterable[Span | str] = ("5 d", "10 d", "20 d", "40 d", "60 d")) -> Table:
        """The value at stake as the slip grows: slip (working days), loss, benefits, projects, gates that move."""
        return self._all._curve(self._row, slips)


KINDS: Mapping[str, str] = {
    "rank": "int",
    "id": "str",
    "source": "str",
    "target": "str",
    "type": "str",
    "lag": "str",
    "border": "str",
    "giver": "str",
    "receiver": "str",
    "link_float": "float",
    "target_float": "float",
    "at_risk": "str",
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
    "promised": "datetime",
    "status": "str",
    "amiss": "str",
    "reason": "str",
}
"""The columns of `CriticalLinks.table`, and their kinds."""


class CriticalLinks:
    """The answer of `critical_links`: ranked, with a table; links between whole projects apart in `.coarse`.

    Rows are made when they are looked at; what they say of all targets is found for all links together.
    """

    def __init__(self, finder: Crossings, rank_by: str | Callable[[CriticalLink], Any]) -> None:
        self._finder = finder
        self.portfolio, self.schedule = finder.portfolio, finder.s
        self.border, self.near, self.slip = finder.border, finder.near, finder.slip
        self.cuts: tuple[tuple[str, str, str], ...] = finder.s.cuts
        """(source, target, type) of links that were cut to break loops."""
        self.coarse = finder.coarse
        self.unscheduled = tuple(one.id for one in finder.closed if one.undated)
        self._made: dict[int, CriticalLink] = {}
        self._reaches: dict[int, tuple[Reached, ...]] = {}
        self._order = self._ranked(rank_by)

    def _ranked(self, rank_by: str | Callable[[CriticalLink], Any]) -> list[int]:
        f = self._finder
        count = len(f.open)
        if callable(rank_by):
            return sorted(range(count), key=lambda row: rank_by(self._link(row, 0)))
        if rank_by not in RULES:
            raise ScheduleError(f"rank_by={rank_by!r} is not known; write one of {', '.join(RULES)}, or give a function of a link")
        drags, (projects, benefits) = f.worst_drags, self._counts
        tie: list[Any] = [
            (
                f.target_float[row] is None,
                f.target_float[row] or 0.0,
                not f.driving[row],
                -projects[row],
                -benefits[row],
                -(drags[row][0] or 0.0),
                f.names[row],
            )
            for row in range(count)
        ]
        if rank_by == "drag":
            first: list[Any] = [-(drags[row][0] or 0.0) for row in range(count)]
        elif rank_by == "loss":
            first = [-(amount or Decimal(0)) for amount in self._losses]
        elif rank_by == "value":
            first = [-amount for amount in self._worths[0]]
        else:
            first = [0] * count
        return sorted(range(count), key=lambda row: (first[row], tie[row]))

    # ------------------------------------------------------------------------------------------ rows

    @property
    def links(self) -> tuple[CriticalLink, ...]:
        """All of them by rank; those that hold nothing back any more stand last."""
        return tuple(self[place] for place in range(len(self)))

    def __iter__(self) -> Iterator[CriticalLink]:
        return (self[place] for place in range(len(self)))

    def __len__(self) -> int:
        return len(self._order) + len(self._finder.closed)

    def __getitem__(self, key: int | str) -> CriticalLink:
        """By rank from 0, or by id.

        Raises:
            UnknownItemError: there is no such link across projects.
        """
        if isinstance(key, int):
            place = range(len(self))[key]
            if place not in self._made:
                row = self._order[place] if place < len(self._order) else place
                self._made[place] = self._link(row, place + 1)
            return self._made[place]
        if key not in self._places:
            raise UnknownItemError(key, close_matches(key, self._places), "the links across projects")
        return self[self._places[key]]

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        f = self._finder
        names = [f.names[row] for row in self._order] + [one.id for one in f.closed]
        return {name: place for place, name in reversed(list(enumerate(names)))}

    def _link(self, row: int, rank: int) -> CriticalLink:
        """One row as people read it."""
        f = self._finder
        pf, s = f.portfolio, f.s
        if row >= len(f.open):
            one = f.closed[row - len(f.open)]
            found = contract(pf, s, pf.links[one.number])
            noun = pf.links[one.number]
            return CriticalLink(
                rank=rank, id=one.id, source=one.source, target=one.target, type=noun.type, lag=str(noun.lag or ""), border=one.border,
                giver=one.giver, receiver=one.receiver, link_float=None, target_float=None, at_risk=None, driving=False, near=False,
                drag=None, drag_on=None, given=found.expected, taken=found.used, needed=found.needed, promised=found.promised,
                status=noun.status, all=self, row=row,
            )  # fmt: skip
        noun = pf.links[f.open[row]]
        net, order, v = s.network, s._p["order"], f.heads[row]
        target = net.ids[int(order[v])]
        if f.places[row] >= 0:
            u = int(order[f._sources[row]])
            source = net.ids[u]
            dates = s._item_dates(u)
            given = dates[1] if noun.type[0] == "F" else dates[0]
        else:
            source = noun.source
            given = moment(minutes(noun.date, end=noun.type[0] == "F"))  # type: ignore[arg-type]
        dates = s._item_dates(int(order[v]))
        spare = f.target_float[row]
        drag, on = f.worst_drags[row]
        return CriticalLink(
            rank=rank, id=f.names[row], source=source, target=target, type=noun.type, lag=str(noun.lag or ""), border=f.crossed[row],
            giver=f.givers[row], receiver=f.receivers[row], link_float=f.link_float[row], target_float=spare,
            at_risk=s._target_names[v] if spare is not None else None, driving=f.driving[row],
            near=f.link_float[row] <= f.near, drag=drag, drag_on=on, given=given,
            taken=dates[1] if noun.type[1] == "F" else dates[0], needed=dated(noun.needed), promised=dated(noun.promised),
            status=noun.status, all=self, row=row,
        )  # fmt: skip

    def _link_of(self, row: int) -> Link:
        f = self._finder
        return self.portfolio.links[f.open[row] if row < len(f.open) else f.closed[row - len(f.open)].number]

    # ---------------------------------------------------------------------- what is asked of all together

    @functools.cached_property
    def _inside(self) -> list[int]:
        """Rows of links between items of the portfolio."""
        return [row for row, place in enumerate(self._finder.places) if place >= 0]

    @functools.cached_property
    def _bits(self) -> list[int]:
        """Of each link: the targets that it leads to, as bits of a number."""
        f = self._finder
        out = [0] * len(f.open)
        if self._inside and len(f.targets):
            found = f.reach.downstream([f.places[row] for row in self._inside])
            for row, bits in zip(self._inside, found, strict=True):
                out[row] = bits
        return out

    @functools.cached_property
    def _counts(self) -> tuple[list[int], list[int]]:
        """Of each link: how many projects beyond its giver, and how many benefits, it leads to."""
        f = self._finder
        masks = {kind: sum(1 << t for t, row in enumerate(f.targets) if row.kind == kind) for kind in ("project", "benefit")}
        own = {row.item: 1 << t for t, row in enumerate(f.targets) if row.kind == "project"}
        projects = [(bits & masks["project"] & ~own.get(f.givers[row], 0)).bit_count() for row, bits in enumerate(self._bits)]
        return projects, [(bits & masks["benefit"]).bit_count() for bits in self._bits]

    @functools.cached_property
    def _worths(self) -> tuple[list[float], list[int], list[int]]:
        """Of each link: the value of the benefits that it leads to, how many of them have one, and the least float to one that has."""
        f, count = self._finder, len(self._finder.open)
        worth = self.stakes.worth
        valued = [t for t, row in enumerate(f.targets) if row.kind == "benefit" and row.item in worth]
        slack = [FAR] * count
        if not valued or not self._inside:
            return [0.0] * count, [0] * count, slack
        for row, least in zip(self._inside, f.reach.least([f.places[row] for row in self._inside], valued), strict=True):
            slack[row] = least
        values = [float(worth.get(row.item, 0)) if row.kind == "benefit" else 0.0 for row in f.targets]
        mask = sum(1 << t for t in valued)
        return f.reach.sums(self._bits, values), [(bits & mask).bit_count() for bits in self._bits], slack

    @functools.cached_property
    def stakes(self) -> Stakes:
        """What delays cost in this portfolio."""
        return stakes(self.portfolio, self.schedule)

    @functools.cached_property
    def _loss_floats(self) -> list[float | None]:
        f = self._finder
        out: list[float | None] = []
        for row, slack in enumerate(self._worths[2]):
            out.append(f.days_of(row, slack) if slack < FAR // 2 else None)
        return out + [None] * len(f.closed)

    @functools.cached_property
    def _slipped(self) -> list[Mapping[int, int]]:
        """What moves when each link slips by the slip of this answer."""
        return self._finder.slipped(range(len(self._finder.open)), self.slip)

    @functools.cached_property
    def _losses(self) -> list[Decimal | None]:
        return [self._loss_of(row, moved, self.slip) for row, moved in enumerate(self._slipped)]

    def _loss_of(self, row: int, moved: Mapping[int, int], slip: Span) -> Decimal | None:
        f, found = self._finder, []
        for t, date in moved.items():
            if f.targets[t].kind == "benefit":
                loss = self.stakes.delayed(f.targets[t].item, f.targets.date(t), date)
                if loss is not None:
                    found.append(loss)
        waiting = f.waiting(row, slip, self.stakes)
        if waiting is not None:
            found.append(waiting)
        if found:
            return sum(found, Decimal(0))
        return Decimal(0) if self.stakes.worth else None

    def _value_of(self, row: int) -> Money | None:
        if row >= len(self._finder.open) or not self._worths[1][row]:
            return None
        return Money(Decimal(round(self._worths[0][row] * 100)).scaleb(-2), self.stakes.currency)

    # -------------------------------------------------------------------------- what one link is asked

    def _moved(self, row: int, slip: Span | str | None) -> tuple[Mapping[int, int], Span]:
        if row >= len(self._finder.open):
            return {}, self.slip
        if slip is None:
            return self._slipped[row], self.slip
        span = as_slip(slip)
        return self._finder.slipped([row], span)[0], span

    def _hits(self, row: int, slip: Span | str | None) -> Mapping[str, float]:
        rows = self._finder.targets
        moved, _ = self._moved(row, slip)
        return {rows[t].name: rows.days(t, rows.date(t), date) for t, date in sorted(moved.items())}

    def _loss_at(self, row: int, slip: Span | str | None) -> Money | None:
        if row >= len(self._finder.open):
            return None
        if slip is None:
            amount = self._losses[row]
        else:
            amount = self._loss_of(row, *self._moved(row, slip))
        return None if amount is None else Money(amount, self.stakes.currency)

    def _curve(self, row: int, slips: Iterable[Span | str]) -> Table:
        spans = [as_slip(slip) for slip in slips]
        rows = self._finder.targets
        moved = [self._moved(row, span)[0] for span in spans]
        losses = [self._loss_at(row, span) for span in spans]

        def count(kind: str) -> list[int]:
            return [sum(rows[t].kind == kind for t in found) for found in moved]

        return Table(
            [
                Column("slip", "str", [str(span) for span in spans]),
                Column("loss", "float", [None if loss is None else float(loss.amount) for loss in losses], self.stakes.currency),
                Column("benefits", "int", count("benefit")),
                Column("projects", "int", count("project")),
                Column("gates", "int", count("gate")),
            ]
        )

    def _reached(self, row: int) -> tuple[Reached, ...]:
        found = self._reaches.get(row)
        if found is None:
            found = self._reaches[row] = self._reach_of(row)
        return found

    def _reach_of(self, row: int) -> tuple[Reached, ...]:
        f = self._finder
        if row >= len(f.open) or f.places[row] < 0:
            return ()
        drags = f.drags[row]
        floats = f.targets.reach.floats([f.places[row]])[0]
        found = []
        for t, target in enumerate(f.targets):
            slack = int(floats[t])
            if slack < FAR // 2 and f.targets.date(t) > -FAR // 2:
                found.append((f.days_of(row, slack), t, target))
        found.sort(key=lambda entry: (entry[0], entry[1]))
        return tuple(
            Reached(target=one.name, kind=one.kind, date=f.targets.moment(t), float=slack, drag=drags.get(t, 0.0))
            for slack, t, one in found
        )

    def _downstream(self, row: int, kind: str, without: str) -> tuple[str, ...]:
        if row >= len(self._finder.open):
            return ()
        bits = self._bits[row]
        rows = self._finder.targets
        return tuple(one.item for t, one in enumerate(rows) if one.kind == kind and bits >> t & 1 and one.item != without)

    def _contract(self, row: int) -> Contract:
        return contract(self.portfolio, self.schedule, self._link_of(row))

    def _reason(self, link: CriticalLink) -> str:
        f = self._finder
        if link._row >= len(f.open):
            return f.closed[link._row - len(f.open)].why
        return _sentence(link, self._counts[0][link._row], self._counts[1][link._row])

    # ---------------------------------------------------------------------------------------- tables

    def table(self) -> Table:
        """One row a link, most critical first; floats in working days of the source, drag in days of its target's calendar.

        `value` is the present value of all benefits downstream, `loss` what the slip of this answer (10 days) costs,
        `loss_float` the working days left before the first loss, `amiss` what is wrong with the contract.
        """
        rows = list(self)
        (projects, benefits), losses, count = self._counts, self._losses, len(self._finder.open)
        single: dict[str, Callable[[CriticalLink], Any]] = {
            "downstream_projects": lambda k: projects[k._row] if k._row < count else 0,
            "downstream_benefits": lambda k: benefits[k._row] if k._row < count else 0,
            "value": lambda k: float(k.value.amount) if k.value is not None else None,
            "loss": lambda k: float(amount) if k._row < count and (amount := losses[k._row]) is not None else None,
            "amiss": lambda k: "; ".join(k.contract.amiss) or None,
        }
        units = {"value": self.stakes.currency, "loss": self.stakes.currency}
        columns = []
        for name, kind in KINDS.items():
            values = [single[name](k) if name in single else getattr(k, name) for k in rows]
            columns.append(Column(name, kind, values, units.get(name, "d" if kind == "float" else "")))
        return Table(columns)

    def reach_table(self, links: Sequence[str] | None = None) -> Table:
        """One row a link and a target that it leads to: id, target, kind, date, float, drag.

        Args:
            links: ids of the links asked for; all when left out.
        """
        chosen = [self[name] for name in links] if links is not None else [self[place] for place in range(len(self._order))]
        rows = [(k.id, r) for k in chosen for r in k.reach]
        return Table(
            [
                Column("id", "str", [name for name, _ in rows]),
                Column("target", "str", [r.target for _, r in rows]),
                Column("kind", "str", [r.kind for _, r in rows]),
                Column("date", "datetime", [r.date for _, r in rows]),
                Column("float", "float", [r.float for _, r in rows], "d"),
                Column("drag", "float", [r.drag for _, r in rows], "d"),
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
        f = self._finder
        place_of = {row: place for place, row in enumerate(self._order)}
        rows = [row for row in range(len(f.open)) if f.places[row] >= 0 and (givers is None or f.givers[row] in givers)]
        aims = [t for t, one in enumerate(f.targets) if (targets is None or one.name in targets) and (kind is None or one.kind == kind)]
        if not rows or not aims:
            return
        for begin, block in f.reach.blocks([f.places[row] for row in rows], aims):
            for place, column in zip(*(block < FAR // 2).nonzero(), strict=True):
                row = rows[int(place)]
                slack = f.days_of(row, int(block[place, column]))
                yield self[place_of[row]], f.targets[aims[begin + int(column)]].name, slack

    def contracts(self) -> Table:
        """One row a link: the hand-over, its owners, its dates, who holds which room (elapsed days), and what is amiss."""
        found = [k.contract for k in self]
        text = ("id", "source", "target", "giver", "receiver", "giver_owner", "receiver_owner", "status")
        columns = [Column(name, "str", [getattr(c, name) for c in found]) for name in text]
        columns += [Column(name, "datetime", [getattr(c, name) for c in found]) for name in ("expected", "promised", "needed", "used")]
        columns += [Column(name, "float", [getattr(c, name) for c in found], "ed") for name in ("giver_room", "between", "receiver_room")]
        columns.append(Column("age", "int", [c.age for c in found], "ed"))
        return Table([*columns, Column("amiss", "str", ["; ".join(c.amiss) or None for c in found])])

    def givers(self) -> Table:
        """How much hangs on each giver: giver, links, driving, receivers, benefits, value, share.

        `benefits` are those that any of its links leads to, each once; `value` is their present value, `share` that by the
        value of all benefits of known worth.
        """
        f = self._finder
        worth = self.stakes.worth
        total = sum(worth.values(), Decimal(0))
        chosen = [t for t, row in enumerate(f.targets) if row.kind == "benefit"]
        rows = [row for row in range(len(f.open)) if f.places[row] >= 0]
        found: dict[str, set[int]] = {name: set() for name in f.givers}
        if rows and chosen:
            for row, bits in zip(rows, f.reach.downstream([f.places[row] for row in rows]), strict=True):
                found[f.givers[row]] |= {t for t in chosen if bits >> t & 1}
        values = {g: sum((worth.get(f.targets[t].item, Decimal(0)) for t in hit), Decimal(0)) for g, hit in found.items()}
        names = sorted(found, key=lambda g: (-values[g], -len(found[g]), g))
        mine = {g: [row for row in range(len(f.open)) if f.givers[row] == g] for g in names}
        return Table(
            [
                Column("giver", "str", names),
                Column("links", "int", [len(mine[g]) for g in names]),
                Column("driving", "int", [sum(f.driving[row] for row in mine[g]) for g in names]),
                Column("receivers", "int", [len({f.receivers[row] for row in mine[g]}) for g in names]),
                Column("benefits", "int", [len(found[g]) for g in names]),
                Column("value", "float", [float(values[g]) if worth else None for g in names], self.stakes.currency),
                Column("share", "float", [float(values[g] / total) if total else None for g in names]),
            ]
        )

    def coarse_table(self) -> Table:
        """One row a link between whole projects: giver's finish, receiver's start, the gap in elapsed days."""
        kinds = {"id": "str", "source": "str", "target": "str", "kind": "str"}
        kinds |= {"giver_finish": "datetime", "receiver_start": "datetime", "gap": "float"}
        return Table(
            Column(name, kind, [getattr(link, name) for link in self.coarse], "ed" if kind == "float" else "")
            for name, kind in kinds.items()
        )

    def __repr__(self) -> str:
        text = f"<CriticalLinks: {len(self)} across {'projects' if self.border == 'project' else f'the border of a {self.border}'}"
        return f"{text}, {sum(map(bool, self._finder.driving))} driving>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def critical_links(
    portfolio: Portfolio,
    *,
    border: str = "project",
    slip: Span | str = "10 d",
    near: float = 5.0,
    rank_by: str | Callable[[CriticalLink], Any] = "float",
    on_cycle: str = "error",
) -> CriticalLinks:
    """Every link that crosses a border, the one that matters most first.

    Ranked by `float`: links of open work by how little float they leave to a promise, then driving ones first, then by how
    many projects and benefits lie downstream, then by the most days that one holds a target back, then by id.

    Args:
        portfolio: the portfolio.
        border: `project` for links between projects, those to and from outside included; `programme` for those between
            programmes (or without one); `portfolio` for those to and from outside only.
        slip: how much later the source gives, for `loss` and `hits`; working time of the source, or elapsed time.
        near: working days of link float up to which a link counts as near driving.
        rank_by: `float`, `drag`, `loss` or `value` (most first, ties by float), or a function from a link to what is sorted by.
        on_cycle: as in `schedule`; what was cut stands in `.cuts`.

    Raises:
        CycleError: links form a loop.
        ScheduleError: there is no such border or rule.
        UnitError: the slip is no length of time, or negative.

    >>> import ipmo.examples
    >>> critical_links(ipmo.examples.load("handover"))[0].id
    'rails-power'
    """
    if border not in BORDERS:
        raise ScheduleError(f"border={border!r} is not known; write one of {', '.join(BORDERS)}")
    s = schedule(portfolio, on_cycle=on_cycle)
    return CriticalLinks(Crossings(portfolio, s, border, near, as_slip(slip)), rank_by)


def cross_link_facts(portfolio: Portfolio) -> Iterator[Finding]:
    """SCH-R16: links across projects that drive and hold a target back, and those that are near to it."""
    links = critical_links(portfolio, on_cycle="cut")
    f = links._finder
    holding = [row for row in links._order if (f.worst_drags[row][0] or 0) > 0]
    for row in holding[:SHOWN]:
        days, on = f.worst_drags[row]
        yield Finding(
            code="ipmo/cross-link",
            item=f.names[row] if f.names[row] in portfolio.items else f.receivers[row],
            message=f"link {f.names[row]!r} across projects drives; without it {on!r} would come {days:,.4g} days earlier",
            hint="agree the hand-over's date with both owners, and watch it every week",
            rule="SCH-R16",
            severity=Severity.INFO,
        )
    if len(holding) > SHOWN:
        yield Finding(
            code="ipmo/cross-link",
            message=f"{len(holding) - SHOWN} more links across projects drive and hold something back",
            hint="see ipmo links",
            rule="SCH-R16",
            severity=Severity.INFO,
        )
    held = set(holding)
    close = [f.names[row] for row in links._order if row not in held and f.link_float[row] <= links.near]
    if close:
        yield Finding(
            code="ipmo/cross-link-near",
            message=f"{_count(len(close), 'more link')} across projects {'is' if len(close) == 1 else 'are'} within {links.near:g} days of driving: {listed(close)}",
            hint="see ipmo links",
            rule="SCH-R16",
            severity=Severity.INFO,
        )


def _sentence(link: CriticalLink, projects: int, benefits: int) -> str:
    """Whether it drives, what it puts at risk by how much, how long it holds what back, what lies behind it, what is amiss."""
    if link.driving:
        first = f"{link.source} sets the date of {link.target}"
    else:
        first = f"{link.source} can slip {_number(link.link_float or 0)} before it moves {link.target}"
    spare, risk = link.target_float, link.at_risk
    if spare is None or risk is None:
        second = "no promise lies downstream"
    elif spare < 0:
        second = f"{risk} is already missed by {_number(-spare)} along this path"
    elif spare == 0:
        second = f"any slip moves {risk}"
    else:
        second = f"{_number(spare)} are left before {risk} moves"
    text = f"{first}; {second}"
    if link.drag and link.drag_on:
        text += f"; without it {link.drag_on} would come {_number(link.drag).replace('working ', '')} earlier"
    behind = [_count(n, word) for n, word in ((projects, "project"), (benefits, "benefit")) if n]
    if behind:
        text += f"; {' and '.join(behind)} downstream"
    for word, when in (("needed by", link.needed), ("promised for", link.promised)):
        if when is not None and link.given is not None and link.given > when:
            text += f"; {word} {day_text(when, finish=True)}, expected {day_text(link.given, finish=True)}"
    return text


def _number(days: float) -> str:
    text = f"{days:,.1f}".removesuffix(".0")
    return f"{text} working day{'' if text == '1' else 's'}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
