"""What drives a date or a cost: each cause taken out in turn, on the same draws, and the best of them in order.

Taking causes out one by one says what each adds to a percentile; what two add together is neither sum nor maximum, so that the order in which
they are best taken out is found step by step. Source: Hulett, removal of risk drivers; NASA PM Challenge 2010; GAO.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import attrs
import numpy as np

from ipmo.analysis.risk.distributions import random
from ipmo.analysis.risk.sampling import cost_rows, run
from ipmo.analysis.risk.setup import Kept, Setup
from ipmo.progress import unwatched
from ipmo.units import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Cause", "Figures", "HandedOver", "Removed", "Responded", "causes", "in_order", "one_by_one", "without"]


@attrs.frozen(kw_only=True)
class Cause:
    """What can be taken out of a simulation.

    Args:
        id: of the driver, the risk, the calendar or the task.
        kind: driver, risk, calendar (the days that it loses) or estimate.
    """

    id: str
    kind: str


@attrs.frozen(kw_only=True)
class Removed:
    """What a simulation says of one item without some causes.

    Args:
        cause: what was taken out last.
        days: the percentile of its finish, in days later without the causes: negative where they hold it back.
        mean: alike of the mean.
        cost: the percentile of its cost without them, less that with them, in minor units; 0 where no cost is known.
    """

    cause: Cause
    days: float
    mean: float
    cost: int


@attrs.frozen(kw_only=True)
class Responded:
    """What a response to a risk changes, on the same draws with and without it.

    Args:
        risk: the risk.
        response: what is done about it.
        before, after: the probability of the risk, without and with it.
        days: how much earlier a percentile of an item's finish is with it.
        saved: what the portfolio costs less on average, the response not counted, in minor units.
        spent: what the response costs, alike.
        gained: what benefits are worth more on average, alike.
    """

    risk: str
    response: str
    before: float
    after: float
    days: float
    saved: float
    spent: int
    gained: float

    @property
    def net(self) -> float:
        """What it saves and gains, less what it costs."""
        return self.saved + self.gained - self.spent


@attrs.frozen(kw_only=True)
class HandedOver:
    """What it costs that a link across projects may hand over late, on the same draws with it late and in time.

    Args:
        source, target, type: of the link.
        late: the share of samples in which the giver is later than the schedule says.
        missed: the share in which it is later than the receiver needs it; None where nobody stated when.
        days: how much later the receiving project ends because of it, on average.
        end_days: how much later the portfolio ends because of it, on average.
        lost: what benefits are worth less because of it, on average, in minor units.
    """

    source: str
    target: str
    type: str
    late: float | None
    missed: float | None
    days: float
    end_days: float
    lost: float


def causes(setup: Setup, estimates: Iterable[str]) -> list[Cause]:
    """Everything that can be taken out: drivers, risks, days that calendars lose, and the estimates of some tasks."""
    uncertain = [name for name in estimates if name in setup.structures.pieces and random(setup.structures.pieces[name].estimate)]
    return [
        *(Cause(id=one.driver.id, kind="driver") for one in setup.shared),
        *(Cause(id=event.full_id, kind="risk") for event in setup.events),
        *(Cause(id=name, kind="calendar") for name in dict.fromkeys(one.id for one in setup.lost.values())),
        *(Cause(id=name, kind="estimate") for name in uncertain),
    ]


def without(setup: Setup, gone: Iterable[Cause]) -> Setup:
    """The same setup without some causes; all other draws stay as they are."""
    names = {(one.kind, one.id) for one in gone}
    return attrs.evolve(
        setup,
        shared=tuple(one for one in setup.shared if ("driver", one.driver.id) not in names),
        events=tuple(event for event in setup.events if ("risk", event.full_id) not in names),
        certain=frozenset(name for kind, name in names if kind == "estimate"),
        lost={name: one for name, one in setup.lost.items() if ("calendar", one.id) not in names},
    )


class Figures:
    """A percentile and the mean of one item's finish, and a percentile of its cost.

    Args:
        setup: what is simulated.
        kept: the item.
        owner: whose cost: an item of `Costs.made_of`, or one that risks cost something.
        percent: the percentile.
    """

    def __init__(self, setup: Setup, kept: Kept, owner: str, percent: float) -> None:
        self._setup, self._kept, self._owner, self._share = setup, kept, owner, percent / 100

    def of(self, gone: Iterable[Cause]) -> tuple[float, float, int]:
        """Percentile and mean of the finish in days, and of the cost in minor units, without some causes."""
        setup = attrs.evolve(without(self._setup, gone), kept=(self._kept,))
        with unwatched():
            batches = list(run(setup))
        dates = np.concatenate([one.dates[0] for one in batches])
        money = np.concatenate([one.costs for one in batches], axis=1)
        rows = cost_rows(setup, self._owner)
        cost = self._percentile(money[rows].sum(axis=0)) if rows else 0
        first = int(dates.min())
        return self._percentile(dates) / DAY, first / DAY + float((dates - first).mean()) / DAY, cost

    def _percentile(self, row: NDArray[np.int64]) -> int:
        place = min(max(int(np.ceil(self._share * len(row) - 1e-9)), 1), len(row)) - 1
        return int(np.partition(row, place)[place])


def one_by_one(figures: Figures, found: Iterable[Cause]) -> list[Removed]:
    """Each cause taken out alone, what gains most first."""
    base = figures.of(())
    return sorted((_removed(figures, base, (), cause) for cause in found), key=_gain)


def in_order(figures: Figures, found: Iterable[Cause], count: int) -> list[Removed]:
    """The causes that are best taken out one after the other; each with what all so far gain together."""
    base = figures.of(())
    left, gone, out = list(found), list[Cause](), list[Removed]()
    while left and len(out) < count:
        best = min((_removed(figures, base, gone, cause) for cause in left), key=_gain)
        out.append(best)
        gone.append(best.cause)
        left.remove(best.cause)
    return out


def _removed(figures: Figures, base: tuple[float, float, int], gone: Iterable[Cause], cause: Cause) -> Removed:
    found = figures.of((*gone, cause))
    return Removed(cause=cause, days=found[0] - base[0], mean=found[1] - base[1], cost=found[2] - base[2])


def _gain(one: Removed) -> tuple[float, int, float, str]:
    return one.days, one.cost, one.mean, one.cause.id
