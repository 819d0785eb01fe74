"""What drives a date or a cost: each cause taken out in turn, on the same draws, and the best of them in order.

Taking causes out one by one says what each adds to a percentile; what two add together is neither sum nor maximum, so that the order in which
they are best taken out is found step by step. Source: Hulett, removal of risk drivers; NASA PM Challenge 2010; GAO.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import attrs
import numpy as np

from ipmo.analysis.risk.precision import of_mean, percentile, sectioned
from ipmo.analysis.risk.sampling import run
from ipmo.analysis.risk.setup import Kept, Setup
from ipmo.analysis.risk.spending import cost_rows
from ipmo.progress import unwatched
from ipmo.units import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.int64]

__all__ = ["Cause", "Figures", "HandedOver", "Removed", "Responded", "Seen", "causes", "in_order", "one_by_one", "without"]


@attrs.frozen(kw_only=True)
class Cause:
    """What can be taken out of a simulation.

    Args:
        id: of the driver, the risk, the calendar or the task.
        kind: driver, risk, calendar (the days that it loses), lag or estimate.
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
        errors: the standard errors of the three, in that order; None of too few samples.
    """

    cause: Cause
    days: float
    mean: float
    cost: int
    errors: tuple[float | None, float, float | None]


@attrs.frozen(kw_only=True)
class Responded:
    """What a response to a risk changes, on the same draws with and without it.

    Args:
        risk: the risk.
        response: what is done about it.
        before, after: the probability of the risk, without and with it.
        days: how much earlier a percentile of an item's finish is with it.
        saved: what the portfolio costs less on average, the response not counted, in minor units; None where a cost of the risk is not counted.
        spent: what the response costs, alike; None where nobody knows.
        gained: what benefits are worth more on average, alike.
        days_error: the standard error of `days`; None of too few samples.
        net_error: the standard error of `net`; None without one.
    """

    risk: str
    response: str
    before: float
    after: float
    days: float
    saved: float | None
    spent: int | None
    gained: float
    days_error: float | None
    net_error: float | None

    @property
    def net(self) -> float | None:
        """What it saves and gains, less what it costs; None where one of them is not known."""
        return None if self.saved is None or self.spent is None else self.saved + self.gained - self.spent


@attrs.frozen(kw_only=True)
class HandedOver:
    """What it costs that a link across projects may hand over late, on the same draws with it late and in time.

    Args:
        source, target, type: of the link.
        late: the share of samples in which the giver finishes, or where its start is handed over starts, later than the schedule says.
        missed: the share in which it is later than it was promised, or than the receiver needs it; None where nobody stated when.
        days: how much later the receiving project ends because of it, on average.
        end_days: how much later the portfolio ends because of it, on average.
        lost: what benefits are worth less because of it, on average, in minor units.
        errors: the standard errors of `days`, `end_days` and `lost`.
    """

    source: str
    target: str
    type: str
    late: float | None
    missed: float | None
    days: float
    end_days: float
    lost: float
    errors: tuple[float, float, float]


def causes(setup: Setup, estimates: Iterable[str]) -> list[Cause]:
    """Everything that can be taken out: drivers, risks, days that calendars lose, and the estimates of some tasks."""
    uncertain = [name for name in estimates if name in setup.structures.pieces and setup.structures.pieces[name].uncertain]
    return [
        *(Cause(id=one.driver.id, kind="driver") for one in setup.shared if one.driver.affects != "value"),
        *(Cause(id=event.full_id, kind="risk") for event in setup.events),
        *(Cause(id=name, kind="calendar") for name in setup.lost),
        *(Cause(id=name, kind="lag") for name in setup.structures.lags),
        *(Cause(id=name, kind="estimate") for name in uncertain),
    ]


def without(setup: Setup, gone: Iterable[Cause]) -> Setup:
    """The same setup without some causes; all other draws stay as they are."""
    names = {(one.kind, one.id) for one in gone}
    return attrs.evolve(
        setup,
        shared=tuple(one for one in setup.shared if ("driver", one.driver.id) not in names),
        events=tuple(event for event in setup.events if ("risk", event.full_id) not in names),
        certain=frozenset(name for kind, name in names if kind in ("estimate", "lag")),
        lost={name: one for name, one in setup.lost.items() if ("calendar", name) not in names},
    )


class Seen(NamedTuple):
    """What the samples say of one item.

    Args:
        finish: its finish, sample by sample.
        cost: its cost in minor units alike; None where no cost is known.
    """

    finish: Row
    cost: Row | None


class Figures:
    """The finish and the cost of one item, with all causes and without some, on the same draws.

    Args:
        setup: what is simulated.
        kept: the item.
        owner: whose cost: an item of `Costs.made_of`, or one that risks cost something.
        percent: the percentile that causes are weighed by.
    """

    def __init__(self, setup: Setup, kept: Kept, owner: str, percent: float) -> None:
        self._setup, self._kept, self._owner, self._share = setup, kept, owner, percent / 100
        self._base = self.seen(())

    def seen(self, gone: Iterable[Cause]) -> Seen:
        """All samples without some causes."""
        setup = attrs.evolve(without(self._setup, gone), kept=(self._kept,))
        with unwatched():
            batches = list(run(setup))
        dates = np.concatenate([one.dates[0] for one in batches])
        rows = cost_rows(setup, self._owner)
        return Seen(dates, np.concatenate([one.costs for one in batches], axis=1)[rows].sum(axis=0) if rows else None)

    def removed(self, gone: Sequence[Cause]) -> Removed:
        """What is otherwise without some causes; the last of them names the row."""
        base, found = self._base, self.seen(gone)
        moved = found.finish - base.finish
        cost, cost_error = 0, None
        if base.cost is not None and found.cost is not None:
            cost = round(self._apart(found.cost, base.cost))
            cost_error = sectioned(self._apart, found.cost, base.cost)
        late = sectioned(self._apart, found.finish, base.finish)
        return Removed(
            cause=gone[-1],
            days=self._apart(found.finish, base.finish) / DAY,
            mean=float(moved.mean()) / DAY,
            cost=cost,
            errors=(None if late is None else late / DAY, of_mean(moved) / DAY, cost_error),
        )

    def _apart(self, one: Row, other: Row) -> float:
        """How far the percentiles of two rows are apart."""
        return percentile(one, self._share) - percentile(other, self._share)


def one_by_one(figures: Figures, found: Iterable[Cause]) -> list[Removed]:
    """Each cause taken out alone, what gains most first."""
    return sorted((figures.removed([cause]) for cause in found), key=_gain)


def in_order(figures: Figures, found: Iterable[Cause], count: int) -> list[Removed]:
    """The causes that are best taken out one after the other; each with what all so far gain together."""
    left, gone, out = list(found), list[Cause](), list[Removed]()
    while left and len(out) < count:
        best = min((figures.removed([*gone, cause]) for cause in left), key=_gain)
        out.append(best)
        gone.append(best.cause)
        left.remove(best.cause)
    return out


def _gain(one: Removed) -> tuple[float, int, float, str]:
    return one.days, one.cost, one.mean, one.cause.id
