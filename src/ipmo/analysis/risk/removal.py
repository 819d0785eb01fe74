"""What drives a date or a cost: each cause taken out in turn, on the same draws, and the best of them in order.

Taking causes out one by one says what each adds to a percentile; what two add together is neither sum nor maximum, so that the order in which
they are best taken out is found step by step. Source: Hulett, removal of risk drivers; NASA PM Challenge 2010; GAO.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import attrs
import numpy as np

from ipmo.analysis.risk.distributions import deviation, random
from ipmo.analysis.risk.forks import Fork
from ipmo.analysis.risk.precision import of_mean, of_share, percentile, sectioned
from ipmo.analysis.risk.sampling import Samples, run, spans_of
from ipmo.analysis.risk.setup import Kept, Setup
from ipmo.analysis.risk.spending import cost_rows
from ipmo.model.estimates import Estimate, Fixed
from ipmo.network.streams import GROUP
from ipmo.progress import unwatched
from ipmo.tables import Column, Table
from ipmo.units import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.analysis.risk.distributions import Floats
    from ipmo.network.network import Network

    Row = NDArray[np.int64]

__all__ = [
    "COST",
    "UNDATED",
    "By",
    "Cause",
    "Figures",
    "HandedOver",
    "Removed",
    "Responded",
    "Worth",
    "causes",
    "driver_table",
    "in_order",
    "one_by_one",
    "without",
]

By = Literal["finish", "cost", "value"]
"""What causes are weighed by."""
RANKED = 20_000_000
"""Lengths that are drawn to find with which work a finish goes, about: of many pieces the first samples say it."""
COST, COMES, FACTOR = "cost estimate", "benefit probability", "benefit factor"
"""Kinds of causes that move no date."""
UNDATED = frozenset((COST, COMES, FACTOR))
"""All of them."""


@attrs.frozen(kw_only=True)
class Cause:
    """What can be taken out of a simulation.

    Args:
        id: of the driver, the risk, the calendar or the task.
        kind: driver, risk, branch, calendar (the days that it loses), lag, estimate (of time), cost estimate, benefit probability (that it comes) or
            benefit factor.
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
        value: the percentile of what it is worth, the low one that four of five samples pass where the others are P80, alike; 0 where that is not known.
        errors: the standard errors of the four, in that order; None of too few samples.
    """

    cause: Cause
    days: float
    mean: float
    cost: int
    value: int
    errors: tuple[float | None, float, float | None, float | None]


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
        days: how much later the receiving project ends because of it, on average; None, as what follows, where nobody knows.
        end_days: how much later the portfolio ends because of it, on average.
        lost: what benefits are worth less because of it, on average, in minor units.
        errors: the standard errors of `days`, `end_days` and `lost`.
        not_known: why nothing says what its lateness costs.
        whole: it names a project as a whole, and moves no date: it stands last.
    """

    source: str
    target: str
    type: str
    late: float | None
    missed: float | None
    days: float | None = None
    end_days: float | None = None
    lost: float | None = None
    errors: tuple[float | None, float | None, float | None] = (None, None, None)
    not_known: str = ""
    whole: bool = False

    @property
    def worst_first(self) -> tuple[int, float, float, float, float, str, str]:
        """Before others stands what never comes, then what nobody knows of, then what loses most; last what links whole projects."""
        late = -(self.late or 0.0) if self.not_known else 0.0
        return (
            2 if self.whole else not self.not_known,
            late,
            -(self.lost or 0.0),
            -(self.end_days or 0.0),
            -(self.days or 0.0),
            self.source,
            self.target,
        )


def causes(setup: Setup, figures: Figures) -> list[Cause]:
    """Everything that can be taken out: drivers, risks, branches, days that calendars lose, lags, the estimates of some work and costs, and what benefits come to."""
    return [
        *(
            Cause(id=one.driver.id, kind="driver")
            for one in setup.shared
            if one.driver.affects != "value" or figures.valued.intersection(one.tasks)
        ),
        *(Cause(id=event.full_id, kind="risk") for event in setup.events),
        *(Cause(id=fork.id, kind="branch") for fork in setup.forks if max(_shares(fork)) < 1),
        *(Cause(id=name, kind="calendar") for name in setup.lost),
        *(Cause(id=name, kind="lag") for name in setup.structures.lags),
        *(Cause(id=name, kind="estimate") for name in figures.estimates),
        *(Cause(id=name, kind=COST) for name in figures.costs),
        *(Cause(id=name, kind=COMES) for name, share in setup.likely.items() if name in figures.valued and share < 1),
        *(Cause(id=name, kind=FACTOR) for name, factor in setup.factors.items() if name in figures.valued and random(factor)),
    ]


def _shares(fork: Fork) -> list[float]:
    """The probabilities of the ways of a branch, and last that none is taken."""
    found = [way.probability for way in fork.ways]
    return [*found, 1 - math.fsum(found)]


def _decided(fork: Fork) -> Fork:
    """A branch at which the likeliest way, the first of several, is always taken; or none, where that is likelier."""
    shares = _shares(fork)
    likeliest = shares.index(max(shares))
    return attrs.evolve(fork, ways=tuple(attrs.evolve(way, probability=float(n == likeliest)) for n, way in enumerate(fork.ways)))


def without(setup: Setup, gone: Iterable[Cause]) -> Setup:
    """The same setup without some causes of dates; all other draws stay as they are."""
    names = {(one.kind, one.id) for one in gone}
    return attrs.evolve(
        setup,
        shared=tuple(one for one in setup.shared if ("driver", one.driver.id) not in names),
        events=tuple(event for event in setup.events if ("risk", event.full_id) not in names),
        forks=tuple(_decided(fork) if ("branch", fork.id) in names else fork for fork in setup.forks),
        certain=frozenset(name for kind, name in names if kind in ("estimate", "lag")),
        lost={name: one for name, one in setup.lost.items() if ("calendar", name) not in names},
        likely={name: 1.0 if (COMES, name) in names else share for name, share in setup.likely.items()},
        factors={name: _central(one) if (FACTOR, name) in names else one for name, one in setup.factors.items()},
    )


def _central(estimate: Estimate) -> Estimate:
    """An estimate that always comes to the central value of another one."""
    central = estimate.central()
    return estimate if central is None else Fixed(central)


class _Seen(NamedTuple):
    """What the samples say of one item.

    Args:
        finish: its finish, sample by sample.
        cost: its cost in minor units alike; None where no cost is known.
        spared: how much less it costs where the estimate of a cost is taken out, alike, by what bears it.
        value: what it is worth in minor units alike; None where that is not known.
    """

    finish: Row
    cost: Row | None
    spared: dict[str, Row]
    value: Row | None


class Worth(NamedTuple):
    """What an item is worth.

    Args:
        benefits: those of which that is made.
        value: their value in minor units, sample by sample, by when they begin and what part of them comes; None where that is not known.
    """

    benefits: tuple[str, ...]
    value: Callable[[Mapping[str, Row], Floats], Row | None]


class Figures:
    """The finish and the cost of one item, with all causes and without some, on the same draws.

    Args:
        setup: what is simulated.
        kept: the item.
        owner: whose cost: an item of `Costs.made_of`, or one that risks cost something.
        percent: the percentile that causes are weighed by.
        most: how many estimates of time are tried at most, and as many of costs.
        worth: what the item is worth by benefit, where it is worth something: the benefits of which it is made, and their value in minor units
            by when they begin and what part of them comes.
    """

    def __init__(self, setup: Setup, kept: Kept, owner: str, percent: float, most: int, worth: Worth | None = None) -> None:
        self._worth = worth
        self.valued = frozenset(() if worth is None else worth.benefits)
        """The benefits whose value counts."""
        self._kept, self._owner, self._share = kept, owner, percent / 100
        own = setup.costs.made_of.get(owner, ())
        spread = {name: found for name in own if (found := _spread(setup, name))}
        self.costs = tuple(sorted(spread, key=lambda name: (-spread[name], name))[:most])
        """The costs whose estimates reach farthest."""
        begun = () if worth is None else tuple(one for one in setup.kept if one.begins and one.full_id in self.valued and one is not kept)
        groups = (own, *((name,) for name in self.costs)) if own else ()
        self._setup = attrs.evolve(setup, kept=(kept, *begun), sketched=(), spared=self.costs, priced=tuple(dict.fromkeys(groups)))
        self._last: tuple[frozenset[Cause], _Seen] = frozenset(), self._run(())
        self._base = self._last[1]
        self.estimates = self._deciding(most)
        """The work with whose length the finish goes most, or, of what costs by the time that it takes, the cost."""

    def _run(self, gone: Iterable[Cause]) -> _Seen:
        """All samples without some causes."""
        setup = without(self._setup, gone)
        with unwatched():
            batches = list(run(setup))
        money = np.concatenate([one.costs for one in batches], axis=1)
        rows = cost_rows(setup, self._owner)
        groups = setup.priced or ()
        first = len(money) - len(self.costs)
        spared = {name: money[groups.index((name,))] - money[first + number] for number, name in enumerate(self.costs)}
        finish = np.concatenate([one.dates[0] for one in batches])
        value = None
        if self._worth is not None:
            begun = {one.full_id: np.concatenate([batch.dates[n] for batch in batches]) for n, one in enumerate(setup.kept) if one.begins}
            value = self._worth.value(begun, np.concatenate([one.comes for one in batches], axis=1))
        return _Seen(finish, money[rows].sum(axis=0) if rows else None, spared, value)

    def _seen(self, gone: Sequence[Cause]) -> tuple[Row, Row | None, Row | None]:
        """The finish, the cost and the value without some causes; what moves a cost alone is not simulated anew."""
        moving = frozenset(one for one in gone if one.kind != COST)
        if not moving:
            found = self._base
        else:
            if self._last[0] != moving:
                self._last = moving, self._run(moving)
            found = self._last[1]
        cost = found.cost
        for one in gone:
            if one.kind == COST and cost is not None:
                cost = cost - found.spared[one.id]
        return found.finish, cost, found.value

    def _deciding(self, most: int) -> tuple[str, ...]:
        """Of the uncertain work that leads to the item, that with which its finish goes most, or its cost where time costs money, or its value."""
        pieces = self._setup.structures.pieces
        paid = {name for name in self._setup.costs.made_of.get(self._owner, ()) if self._setup.costs.bearers[name].per_minute}
        net = self._setup.structures.base.network
        leading = frozenset(pieces) if net.latest else frozenset(net.ids[node] for node in _leading(net, self._kept.nodes))
        names = [name for name in sorted(pieces) if pieces[name].uncertain and (name in leading or name in paid)]
        if len(names) <= most:
            return tuple(names)
        samples = Samples(self._setup, compiled=False)
        sums = np.zeros((len(names), 5))
        count = min(self._setup.samples, max(4 * GROUP, RANKED // len(names) // GROUP * GROUP))
        base = self._base
        finish, cost, value = (None if row is None else row[:count] - row[:count].mean() for row in (base.finish, base.cost, base.value))
        assert finish is not None
        for first, last in spans_of(attrs.evolve(self._setup, samples=count)):
            lengths, _ = samples.lengths(first, last)
            at = slice(first * GROUP, min(last * GROUP, count))
            for row, name in zip(sums, names, strict=True):
                own = lengths[name][: at.stop - at.start] - float(pieces[name].minutes)
                priced = 0.0 if cost is None or name not in paid else float(own @ cost[at])
                valued = 0.0 if value is None else float(own @ value[at])
                row += np.array([float(own.sum()), float(own @ own), float(own @ finish[at]), priced, valued])
        spread = np.sqrt(np.maximum(sums[:, 1] - sums[:, 0] ** 2 / count, 1e-9))
        norms = np.array([math.sqrt(float(row @ row)) or 1.0 if row is not None else 1.0 for row in (finish, cost, value)])
        going = (np.abs(sums[:, 2:]) / norms).max(axis=1) / spread
        return tuple(names[place] for place in np.argsort(-going, kind="stable")[:most])

    def removed(self, gone: Sequence[Cause]) -> Removed:
        """What is otherwise without some causes; the last of them names the row."""
        base = self._base
        finish, less, worth = self._seen(gone)
        moved = finish - base.finish
        cost, cost_error, value, value_error = 0, None, 0, None
        if base.value is not None and worth is not None:
            value = round(self._below(worth, base.value))
            value_error = sectioned(self._below, worth, base.value)
        if base.cost is not None and less is not None:
            cost = round(self._apart(less, base.cost))
            cost_error = sectioned(self._apart, less, base.cost)
        late = sectioned(self._apart, finish, base.finish)
        return Removed(
            cause=gone[-1],
            days=self._apart(finish, base.finish) / DAY,
            mean=float(moved.mean()) / DAY,
            cost=cost,
            value=value,
            errors=(None if late is None else late / DAY, of_mean(moved) / DAY, cost_error, value_error),
        )

    def _below(self, one: Row, other: Row) -> float:
        """How far the percentiles of two rows are apart, of what is bad where it is little: P80 is what four of five samples reach or pass."""
        return percentile(one, 1 - self._share) - percentile(other, 1 - self._share)

    def _apart(self, one: Row, other: Row) -> float:
        """How far the percentiles of two rows are apart."""
        return percentile(one, self._share) - percentile(other, self._share)


def _spread(setup: Setup, name: str) -> float:
    """How far the estimates of what something costs reach, in minor units: their deviation together; 0 of what is certain."""
    lines = (line for line in setup.costs.bearers[name].lines if random(line.estimate))
    return math.sqrt(math.fsum((deviation(line.estimate, setup.pert) * line.rate) ** 2 for line in lines))


def _leading(net: Network, nodes: Iterable[int]) -> set[int]:
    """The nodes of a network that lead to some nodes, these among them."""
    before: dict[int, list[int]] = {}
    for source, target in zip(net.src, net.dst, strict=True):
        before.setdefault(int(target), []).append(int(source))
    seen = set(nodes)
    waiting = list(seen)
    while waiting:
        more = [node for node in before.get(waiting.pop(), ()) if node not in seen]
        seen.update(more)
        waiting += more
    return seen


def one_by_one(figures: Figures, found: Iterable[Cause], by: By) -> list[Removed]:
    """Each cause taken out alone, what gains most first."""
    return sorted((figures.removed([cause]) for cause in found), key=lambda one: _gain(one, by))


def in_order(figures: Figures, found: Iterable[Cause], count: int, by: By) -> list[Removed]:
    """The causes that are best taken out one after the other; each with what all so far gain together."""
    left, gone, out = list(found), list[Cause](), list[Removed]()
    while left and len(out) < count:
        best = min((figures.removed([*gone, cause]) for cause in left), key=lambda one: _gain(one, by))
        out.append(best)
        gone.append(best.cause)
        left.remove(best.cause)
    return out


def _gain(one: Removed, by: By) -> tuple[float, float, float, float, str, str]:
    gains = {"finish": float(one.days), "cost": float(one.cost), "value": -float(one.value)}
    first = gains.pop(by)
    second, third = gains.values()
    return first, second, third, one.mean, one.cause.id, one.cause.kind


def driver_table(found: Sequence[Removed], *, dated: bool, priced: bool, valued: bool, digits: int, currency: str) -> Table:
    """What causes add, as a table.

    Args:
        found: the causes, in order.
        dated: when the item ends is known; else its days are blank.
        priced: what it costs is known; else that is blank.
        valued: what it is worth is known; else that is blank.
        digits: of the minor unit of the currency.
        currency: of the portfolio.
    """

    def column(name: str, known: bool, values: Sequence[float | None], unit: str) -> Column:
        return Column(name, "float", values if known else [None] * len(found), unit)

    return Table(
        [
            Column("cause", "str", [one.cause.id for one in found]),
            Column("kind", "str", [one.cause.kind for one in found]),
            column("days", dated, [0.0 - one.days for one in found], "days"),
            column("days_error", dated, [one.errors[0] for one in found], "days"),
            column("mean_days", dated, [0.0 - one.mean for one in found], "days"),
            column("mean_days_error", dated, [one.errors[1] for one in found], "days"),
            column("cost", priced, [0.0 - one.cost / 10.0**digits for one in found], currency),
            column("cost_error", priced, [None if (e := one.errors[2]) is None else e / 10.0**digits for one in found], currency),
            column("value", valued, [one.value / 10.0**digits for one in found], currency),
            column("value_error", valued, [None if (e := one.errors[3]) is None else e / 10.0**digits for one in found], currency),
        ]
    )


def hand_over_table(found: Sequence[HandedOver], *, samples: int, digits: int, currency: str) -> Table:
    """Links across projects by what their lateness costs, as a table.

    Args:
        found: the links, in order.
        samples: how many there are.
        digits: of the minor unit of the currency.
        currency: of the portfolio.
    """

    def column(name: str, values: Iterable[float | None], unit: str = "", by: float = 1.0) -> Column:
        return Column(name, "float", [None if one is None else one / by for one in values], unit)

    def shares(name: str) -> list[Column]:
        values = [getattr(one, name) for one in found]
        return [column(name, values), column(f"{name}_error", [None if one is None else of_share(one, samples) for one in values])]

    return Table(
        [
            *(Column(name, "str", [getattr(one, name) for one in found]) for name in ("source", "target", "type")),
            *shares("late"),
            *shares("missed"),
            column("days", [one.days for one in found], "days"),
            column("days_error", [one.errors[0] for one in found], "days"),
            column("end_days", [one.end_days for one in found], "days"),
            column("end_days_error", [one.errors[1] for one in found], "days"),
            column("lost", [one.lost for one in found], currency, 10.0**digits),
            column("lost_error", [one.errors[2] for one in found], currency, 10.0**digits),
            Column("not_known", "str", [one.not_known for one in found]),
        ]
    )
