"""A simulation made once more with a change, on the same draws: without a cause, with a response, with a hand-over in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import attrs
import numpy as np

from ipmo.analysis.risk.causes import events
from ipmo.analysis.risk.gathering import Gathering
from ipmo.analysis.risk.outcomes import Dates
from ipmo.analysis.risk.precision import of_mean, percentile, sectioned
from ipmo.analysis.risk.removal import Figures, HandedOver, Removed, Responded, causes, in_order, one_by_one
from ipmo.analysis.risk.sampling import cost_rows, run
from ipmo.analysis.risk.setup import Kept, Setup
from ipmo.errors import ModelError
from ipmo.network.states import EFFECTS
from ipmo.progress import unwatched
from ipmo.units import DAY, minutes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.int64]

__all__ = ["Remade"]


class _Figures(NamedTuple):
    """Sample by sample: dates of items, what the portfolio costs and what all benefits are worth, in minor units; and the links that may hold back."""

    dates: Mapping[str, Row]
    cost: Row
    worth: Row
    holding: frozenset[int]

    def later(self, other: _Figures, item: str) -> Row:
        """How much later an item is than in another simulation on the same draws, in minutes."""
        return self.dates[item] - other.dates[item] if item in self.dates else np.zeros_like(self.worth)


class Remade:
    """Makes a simulation once more with a change; each figure is the difference to it, sample by sample.

    Args:
        gathered: the simulation as it was.
    """

    def __init__(self, gathered: Gathering) -> None:
        self._gathered, self._plan, self._setup = gathered, gathered.plan, gathered.setup

    def drivers(self, item: str, percent: float, estimates: Sequence[str], count: int) -> list[Removed]:
        """What each cause adds to a percentile of an item; with a count, the causes that are best taken out in order.

        Raises:
            ModelError: the item has no dates.
        """
        figures = Figures(self._setup, self._kept(item), item, percent)
        found = causes(self._setup, estimates)
        return in_order(figures, found, count) if count else one_by_one(figures, found)

    def responses(self, item: str, percent: float) -> list[Responded]:
        """What each response changes, its cost taken off.

        Raises:
            ModelError: the item has no dates; the simulation is not of risks before their responses.
        """
        kept, plan, setup = self._kept(item), self._plan, self._setup
        if plan.view != "before":
            raise ModelError("responses are valued against risks before them; simulate with risks='before'")
        answered, _ = events(plan.portfolio, plan.targets, "after")
        risks = {f"{project.id}/{risk.id}": risk for project in plan.portfolio.projects for risk in project.risks}
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
                response = after[event.full_id].response
                spent = 0 if response is None else round(setup.costs.minor(response))
                dates = base.dates[item], found.dates[item]
                out.append(
                    Responded(
                        risk=event.full_id,
                        response=risks[event.full_id].response or "",
                        before=event.probability,
                        after=after[event.full_id].probability,
                        days=earlier(*dates),
                        saved=float((base.cost - found.cost).mean()) + spent,
                        spent=spent,
                        gained=float((found.worth - base.worth).mean()),
                        days_error=sectioned(earlier, *dates),
                        net_error=of_mean(base.cost - found.cost + found.worth - base.worth),
                    )
                )
        return sorted(out, key=lambda one: (-one.net, one.risk))

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
        ends = {net.src[place] for place, _ in wanted}
        chosen += [Kept(full_id=net.ids[v], nodes=(v,), done=-1, begins=False) for v in sorted(ends) if net.kinds[v] not in EFFECTS]
        chosen = list({one.full_id: one for one in chosen}.values())
        kept = {one.full_id: one for one in chosen}
        base = self._figures(setup, chosen)
        out = []
        for place, number in wanted:
            link = pf.links[number]
            late = attrs.evolve(setup, in_time=frozenset((number,)))
            found = self._figures(late, chosen) if number in base.holding else base  # what never holds back costs nothing
            name, owner = net.ids[net.src[place]], net.project[net.dst[place]]
            giver = base.dates.get(name)
            planned = None if giver is None else self._plan.planned(kept[name])
            by = None if link.needed is None else minutes(link.needed, end=True)
            days = base.later(found, net.projects[owner] if owner >= 0 else pf.id) / DAY
            end_days = base.later(found, pf.id) / DAY
            lost = found.worth - base.worth
            out.append(
                HandedOver(
                    source=link.source,
                    target=link.target,
                    type=link.type,
                    late=None if giver is None or planned is None else float((giver > planned).mean()),
                    missed=None if by is None or giver is None else float((giver > by).mean()),
                    days=float(days.mean()),
                    end_days=float(end_days.mean()),
                    lost=float(lost.mean()),
                    errors=(of_mean(days), of_mean(end_days), of_mean(lost)),
                )
            )
        return sorted(out, key=lambda one: (-one.lost, -one.end_days, -one.days, one.source, one.target))

    def _kept(self, item: str) -> Kept:
        kept = next((one for one in self._setup.kept if one.full_id == item), None)
        if kept is None:
            raise ModelError(f"{item!r} has no dates in this simulation")
        return kept

    def _across(self, link: int) -> bool:
        """Whether a link of the network leads from one project to another."""
        net = self._plan.schedule.network
        giver, receiver = net.project[net.src[link]], net.project[net.dst[link]]
        return giver != receiver and giver >= 0

    def _figures(self, setup: Setup, kept: Sequence[Kept]) -> _Figures:
        """The samples of another setup: the dates of some items, those of all effects among them, and the money of the portfolio."""
        with unwatched():
            batches = list(run(attrs.evolve(setup, kept=tuple(kept))))
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
            holding=frozenset(number for one in batches for number in one.driving),
        )
