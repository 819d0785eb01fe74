"""A simulation made once more with a change, on the same draws: without a cause, with a response, with a hand-over in time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import attrs
import numpy as np

from ipmo.analysis.resources.capacity import Cut
from ipmo.analysis.risk.causes import Event, events
from ipmo.analysis.risk.demands import demand_table
from ipmo.analysis.risk.gathering import Gathering
from ipmo.analysis.risk.merges import Merge, merges
from ipmo.analysis.risk.outcomes import Dates
from ipmo.analysis.risk.precision import of_mean, percentile, sectioned
from ipmo.analysis.risk.removal import By, Figures, HandedOver, Removed, Responded, Worth, causes, in_order, one_by_one
from ipmo.analysis.risk.sampling import Samples, run, spans_of
from ipmo.analysis.risk.setup import Kept, Setup
from ipmo.analysis.risk.spending import cost_rows, priced_for
from ipmo.errors import ModelError
from ipmo.model.held import risks_of
from ipmo.model.references import reference
from ipmo.model.risks import Risk
from ipmo.network.states import FROM_FINISH, State
from ipmo.network.streams import GROUP
from ipmo.progress import unwatched
from ipmo.tables import Table
from ipmo.units import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.analysis.risk.distributions import Floats

    Row = NDArray[np.int64]

__all__ = ["Remade"]

WORTH = ""
"""What all benefits are worth, beside the ids of items."""


class _Figures(NamedTuple):
    """Sample by sample: dates of items, what the portfolio costs and all benefits are worth, in minor units, how much of them comes; and links that may hold back."""

    dates: Mapping[str, Row]
    cost: Row
    worth: Row
    comes: NDArray[np.float64]
    holding: frozenset[int]


class _Tally:
    """Mean and standard error of differences, most of which are nothing.

    Args:
        count: how many samples there are.
    """

    def __init__(self, count: int) -> None:
        self._count, self._sum, self._squares = count, 0, 0.0

    def add(self, row: Row) -> None:
        """Some of the differences; those not added are 0."""
        self._sum += int(row.sum())
        self._squares += float(np.square(row.astype(np.float64)).sum())

    @property
    def mean(self) -> float:
        """Their mean."""
        return self._sum / self._count

    @property
    def error(self) -> float:
        """The standard error of their mean."""
        spread = max(self._squares - self._sum * (self._sum / self._count), 0.0)
        return math.sqrt(spread / (self._count - 1) / self._count)


class Remade:
    """Makes a simulation once more with a change; each figure is the difference to it, sample by sample.

    Args:
        gathered: the simulation as it was.
    """

    def __init__(self, gathered: Gathering) -> None:
        self._gathered, self._plan = gathered, gathered.plan
        self._setup = attrs.evolve(gathered.setup, sketched=())

    def drivers(self, item: str, percent: float, most: int, count: int, by: By) -> list[Removed]:
        """What each cause adds to a percentile of an item; with a count, the causes that are best taken out in order.

        Raises:
            ModelError: the item has no dates.
        """
        figures = Figures(self._setup, self._kept(item), item, percent, most, self._worth_of(item, by))
        found = causes(self._setup, figures)
        return in_order(figures, found, count, by) if count else one_by_one(figures, found, by)

    def _worth_of(self, item: str, by: By) -> Worth | None:
        """What a benefit is worth, or, where that is what counts, the portfolio; None of others, or where nobody knows."""
        worth, whole = self._plan.worth, by == "value" and item == self._plan.portfolio.id
        names = (item,) if item in worth else tuple(worth) if whole else ()

        def value(begun: Mapping[str, Row], comes: Floats) -> Row | None:
            rows = [self._gathered.worth(name, begun.get(name), comes) for name in names]
            known = [row for row in rows if row is not None]
            return np.sum(known, axis=0, dtype=np.int64) if known else None

        return Worth(names, value) if names else None

    def responses(self, item: str, percent: float) -> list[Responded]:
        """What each response changes, its cost taken off.

        Raises:
            ModelError: the item has no dates; the simulation is not of risks before their responses.
        """
        kept, plan, setup = self._kept(item), self._plan, self._setup
        if plan.view != "before":
            raise ModelError("responses are valued against risks before them; simulate with risks='before'")
        answered, _ = events(plan.portfolio, plan.targets, "after")
        risks = {one.id: one.noun for one in risks_of(plan.portfolio)}
        after = {event.full_id: plan.rated(event, setup.costs) for event in answered if risks[event.full_id].after is not None}
        chosen = [kept, *(one for one in setup.kept if one.begins and one is not kept)]
        base = self._figures(setup, chosen)

        def earlier(one: Row, other: Row) -> float:
            return (percentile(one, percent / 100) - percentile(other, percent / 100)) / DAY

        out = []
        for event in setup.events:
            if event.full_id in after:
                changed = tuple(after[one.full_id] if one is event else one for one in setup.events)
                found = self._figures(attrs.evolve(setup, events=changed), chosen)
                spent, counted = self._spent(risks[event.full_id], after[event.full_id]), self._counted(risks[event.full_id], event, after)
                saved = float((base.cost - found.cost).mean()) + (spent or 0)
                dates = base.dates[item], found.dates[item]
                out.append(
                    Responded(
                        risk=event.full_id,
                        response=risks[event.full_id].response or "",
                        before=event.probability,
                        after=after[event.full_id].probability,
                        days=earlier(*dates),
                        saved=saved if counted else None,
                        spent=spent,
                        gained=float((found.worth - base.worth).mean()),
                        days_error=sectioned(earlier, *dates),
                        net_error=of_mean(base.cost - found.cost + found.worth - base.worth) if counted and spent is not None else None,
                    )
                )
        return sorted(out, key=lambda one: (one.net is None, -(one.net or 0), one.risk))

    def _spent(self, risk: Risk, after: Event) -> int | None:
        """What the response to a risk costs, in minor units; None where nobody states it, or at which rate. To accept one costs nothing."""
        if after.response is not None:
            return round(self._setup.costs.minor(after.response))
        return 0 if risk.response == "accept" and risk.response_cost is None else None

    @staticmethod
    def _counted(risk: Risk, before: Event, after: Mapping[str, Event]) -> bool:
        """Whether all that a risk costs is counted, before its response and after it."""
        was = risk.before.impacts if risk.before is not None else ()
        now = (risk.after.impacts if risk.after is not None else ()) or was
        stated = (sum(one.cost is not None for one in some) for some in (was, now))
        return [len(one.costs) for one in (before, after[before.full_id])] == list(stated)

    def hand_overs(self) -> list[HandedOver]:
        """What each link across projects costs by being late: the same draws with it in time.

        Raises:
            ModelError: each sample is a schedule of its own.
        """
        setup, net, pf = self._setup, self._plan.schedule.network, self._plan.portfolio
        if setup.structures.one_by_one:
            raise ModelError("hand-overs are not valued where each sample is a schedule of its own, as beside work as late as possible")
        wanted = [(place, number) for place, number in net.numbers.items() if self._across(place)]
        projects = {pf.id, *(project.id for project in pf.projects)}
        chosen = [one for one in setup.kept if one.begins or one.full_id in projects]
        given = {place: self._given(place) for place, _ in wanted}
        whole = list(self._whole())
        chosen = list({one.full_id: one for one in (*chosen, *given.values(), *(one for _, one in whole if one is not None))}.values())
        kept = {one.full_id: one for one in chosen}
        base = self._figures(setup, chosen)
        gained = self._gained(base, chosen, sorted({number for _, number in wanted} & base.holding))  # what never holds back costs nothing
        none: dict[str, _Tally] = {}
        out = []
        for place, number in wanted:
            link = pf.links[number]
            name, owner = given[place].full_id, net.project[net.dst[place]]
            giver, planned = base.dates[name], self._plan.planned(kept[name])
            by = self._plan.handed_over_by.get(number)
            nothing, own = _Tally(setup.samples), gained.get(number, none)
            days = own.get(net.projects[owner] if owner >= 0 else pf.id, nothing)
            end_days, lost = own.get(pf.id, nothing), own.get(WORTH, nothing)
            out.append(
                HandedOver(
                    source=link.source,
                    target=link.target,
                    type=link.type,
                    late=None if planned is None else float((giver > planned).mean()),
                    missed=None if by is None else float((giver > by).mean()),
                    days=days.mean / DAY,
                    end_days=end_days.mean / DAY,
                    lost=lost.mean,
                    errors=(days.error / DAY, end_days.error / DAY, lost.error),
                )
            )
        out += [self._between_wholes(number, giver, base) for number, giver in whole]
        return sorted([*out, *self._not_dated()], key=lambda one: one.worst_first)

    def _whole(self) -> Iterator[tuple[int, Kept | None]]:
        """The open links that name a project as a whole, with what they hand over: the finish of their giver, by their type its start; None where that is no one date."""
        dated = {one.full_id: one for one in self._plan.dated()}
        for number in self._plan.schedule.network.project_dependencies:
            link = self._plan.portfolio.links[number]
            if link.kind == "schedule" and link.status not in ("cancelled", "delivered"):
                giver = dated.get(reference(link.source).item)
                yield number, giver if giver is not None and link.type[0] == "F" and not self._gathered.bound(giver) else None

    def _between_wholes(self, number: int, giver: Kept | None, base: _Figures) -> HandedOver:
        """How often a link between whole projects is late; as it moves no date, nothing says what that costs."""
        if (found := self._without_date(number)) is not None:
            return found
        link, by = self._plan.portfolio.links[number], self._plan.handed_over_by.get(number)
        planned = None if giver is None else self._plan.planned(giver)
        late = missed = None
        if giver is not None:
            row = base.dates[giver.full_id]
            late = None if planned is None else float((row > planned).mean())
            missed = None if by is None else float((row > by).mean())
        why = "it names a project as a whole, and moves no date"
        return HandedOver(source=link.source, target=link.target, type=link.type, late=late, missed=missed, not_known=why, whole=True)

    def _not_dated(self) -> Iterator[HandedOver]:
        """The hand-overs that never come, or of which nothing says when, as their giver was stopped, is paused, or waits for such a one itself."""
        net, pf, doubts = self._plan.schedule.network, self._plan.portfolio, self._plan.schedule.commitments.doubts
        counted = {*net.numbers.values(), *net.project_dependencies}
        for number, link in enumerate(pf.links):
            source, target = reference(link.source).item, reference(link.target).item
            giver = pf.project_of(source)
            if number in counted or link.kind != "schedule" or not giver or giver == pf.project_of(target) or not doubts.blocked(target):
                continue
            if (found := self._without_date(number)) is not None:
                yield found

    def _without_date(self, number: int) -> HandedOver | None:
        """A hand-over that never comes, or of which nothing says when; None where its giver has a date."""
        net, pf, doubts = self._plan.schedule.network, self._plan.portfolio, self._plan.schedule.commitments.doubts
        link = pf.links[number]
        source = reference(link.source).item
        nodes = self._plan.parts[source][1] if source in self._plan.parts else ()
        gone = any(net.state[node] is State.GONE for node in nodes)
        why = f"{source} never comes: project {pf.project_of(source) or source!r} was stopped" if gone else doubts.held(source)
        if not why:
            return None
        late = 1.0 if gone or doubts.never(source) else None
        missed = late if number in self._plan.handed_over_by else None
        return HandedOver(source=link.source, target=link.target, type=link.type, late=late, missed=missed, not_known=why)

    def merges(self) -> list[Merge]:
        """The joins, and what each is late by.

        Raises:
            ModelError: each sample is a schedule of its own.
        """
        if self._setup.structures.one_by_one:
            raise ModelError("merge bias is not computed where each sample is a schedule of its own, as beside work as late as possible")
        kinds = {name: kind for name, (kind, _) in self._plan.parts.items()}
        ends = ("project", "programme", "portfolio")
        wholes = [one for one in self._plan.dated() if kinds[one.full_id] in ends and not self._gathered.bound(one)]
        return merges(self._setup, kinds, wholes)

    def demand(self, every: Cut, percents: Sequence[float]) -> Table:
        """What is needed of each resource in each period.

        Raises:
            ModelError: each sample is a schedule of its own.
        """
        if self._setup.structures.one_by_one:
            raise ModelError(
                "demand by confidence is not computed where each sample is a schedule of its own, as beside an expected finish"
            )
        return demand_table(self._setup, every, percents)

    def _gained(self, base: _Figures, chosen: Sequence[Kept], numbers: Sequence[int]) -> dict[int, dict[str, _Tally]]:
        """By how much items are earlier, in minutes, and benefits worth more, where each of some links hands over in time.

        Args:
            base: the simulation as it was.
            chosen: what is kept.
            numbers: links of the file.
        """
        out: dict[int, dict[str, _Tally]] = {number: {} for number in numbers}
        samples = Samples(attrs.evolve(self._setup, kept=tuple(chosen)), compiled=False)
        for first, last in spans_of(self._setup) if numbers else ():
            for number, columns, rows in samples.in_time(first, last, numbers):
                at = columns + first * GROUP
                worth = np.zeros(len(at), np.int64)
                for place, row in rows.items():
                    name = chosen[place].full_id
                    before = base.dates[name][at]
                    if not chosen[place].begins:
                        out[number].setdefault(name, _Tally(self._setup.samples)).add(before - row)
                        continue
                    comes = base.comes[:, at]
                    now = self._gathered.worth(name, np.broadcast_to(row, before.shape), comes)
                    then = self._gathered.worth(name, before, comes)
                    if now is not None and then is not None:
                        worth += now - then
                out[number].setdefault(WORTH, _Tally(self._setup.samples)).add(worth)
        return out

    def _kept(self, item: str) -> Kept:
        kept = next((one for one in self._setup.kept if one.full_id == item), None)
        if kept is None:
            left = item in self._plan.left_out
            why = f": they were left out, for want of room; name it as keep=[{item!r}], or raise memory=" if left else ""
            raise ModelError(f"{item!r} has no dates in this simulation{why}")
        return kept

    def _given(self, link: int) -> Kept:
        """What a link of the network hands over: the finish of its giver, or from its start on the start."""
        net = self._plan.schedule.network
        node = net.src[link]
        begins = net.typ[link] not in FROM_FINISH and node not in net.points
        return Kept(full_id=f"{net.ids[node]}@start" if begins else net.ids[node], nodes=(node,), done=-1, begins=begins)

    def _across(self, link: int) -> bool:
        """Whether a link of the network leads from one project to another."""
        net = self._plan.schedule.network
        giver, receiver = net.project[net.src[link]], net.project[net.dst[link]]
        return giver != receiver and giver >= 0

    def _figures(self, setup: Setup, kept: Sequence[Kept]) -> _Figures:
        """The samples of another setup: the dates of some items, those of all effects among them, and the money of the portfolio."""
        with unwatched():
            setup = priced_for(attrs.evolve(setup, kept=tuple(kept)), [self._plan.portfolio.id])
            batches = list(run(setup))
        dates = np.concatenate([one.dates for one in batches], axis=1)
        comes = np.concatenate([one.comes for one in batches], axis=1)
        money = np.concatenate([one.costs for one in batches], axis=1)
        begun = {one.full_id: Dates(id=one.full_id, instants=dates[n], begins=True) for n, one in enumerate(kept) if one.begins}
        values = self._gathered.values(begun, comes)
        whole = values.get(self._plan.portfolio.id)
        return _Figures(
            dates={one.full_id: dates[n] for n, one in enumerate(kept)},
            cost=money[cost_rows(setup, self._plan.portfolio.id)].sum(axis=0),
            worth=np.zeros(setup.samples, np.int64) if whole is None else whole.minor,
            comes=comes,
            holding=frozenset(number for one in batches for number in one.driving if number >= 0),
        )
