"""What the samples say of one thing: its dates, its money, its value, and dates and money together.

A percentile P is the least value of the samples that at least P % of them do not pass; a share is counted, and its standard error is
sqrt(p (1 - p) / n). Source: order statistics; AACE 57R-09 reports the same figures.
"""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import attrs
import numpy as np

from ipmo.analysis.risk.precision import deviation, of_share, percentile, place, sectioned
from ipmo.errors import OptionError, UnitError
from ipmo.options import checked
from ipmo.units import DAY, Money, as_money, as_when, first_day, minutes, moment, said_day

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Dates", "Joint", "Pair", "Sums", "day_of", "percent"]

UNSIZED = "work that this rests on has no duration"
"""Why dates are lower bounds."""
BAND = 1.959964
"""Standard errors on each side of a 95 % interval."""


def percent(option: str, given: float) -> float:
    """A percentile above 0 and below 100, as a share.

    Raises:
        OptionError: it is none.

    >>> percent("percent", 80)
    0.8
    """
    if not 0 < given < 100:
        raise OptionError(option, given, takes="a number above 0 and below 100, such as 80")
    return given / 100


def day_of(instant: float, *, begins: bool) -> date:
    """The day that people say of an instant, in minutes since 0001-01-01: of a finish the day that ends, of a start the first whole one."""
    when = moment(round(instant))
    found = first_day(when) if begins else said_day(when, finish=True)
    assert found is not None
    return found


def _band(count: int, share: float) -> tuple[int, int]:
    """The places between which the true percentile lies in 95 of 100 such simulations, about."""
    width = BAND * math.sqrt(count * share * (1 - share))
    return max(math.floor(share * count - width), 1) - 1, min(math.ceil(share * count + width) + 1, count) - 1


@attrs.frozen(kw_only=True, eq=False)
class Dates:
    """The finish of an item in every sample, or the start of an outcome or a benefit.

    Args:
        id: the item.
        instants: minutes since 0001-01-01, in the order of the samples; int64, read-only.
        begins: it is a start: the first whole day counts.
        planned: the instant of the schedule as it stands; None where it has none.
        committed: the date that somebody relies on; None where nobody stated one.
        at_least: it is, or waits for, work without a duration, or work of it has no date: its dates are lower bounds, and nothing says how
            sure they are.
        mornings: midnights at which it begins a day, if it falls on them: a status date or a not-before holds it there. Any other
            midnight ends the day before.
        doubt: why its end is not known: work of it has no date, because it waits for what does not come; empty where all of it has one.
        never: by today's plan it never ends, for some of that was stopped: no sample keeps any day.
        planned_start: what it is committed to is the first day of a benefit, before which all that it needs is there.
    """

    id: str
    instants: NDArray[np.int64] = attrs.field(repr=False)
    begins: bool = False
    planned: int | None = None
    committed: date | None = None
    at_least: bool = False
    mornings: frozenset[int] = frozenset()
    doubt: str = ""
    never: bool = False
    planned_start: bool = False
    _ordered: NDArray[np.int64] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_ordered", np.sort(self.instants))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dates):
            return NotImplemented
        mine, others = (attrs.astuple(one, filter=lambda field, _: field.name not in ("instants", "_ordered")) for one in (self, other))
        return mine == others and bool(np.array_equal(self.instants, other.instants))

    __hash__ = None  # type: ignore[assignment]

    @property
    def samples(self) -> tuple[datetime, ...]:
        """The dates, in the order of the samples."""
        return tuple(moment(int(one)) for one in self.instants)

    def day(self, instant: float) -> date:
        """The day that people say of an instant of it."""
        return day_of(instant, begins=self.begins or instant in self.mornings)

    @property
    def planned_day(self) -> date | None:
        """The day of the schedule as it stands."""
        return None if self.planned is None else self.day(self.planned)

    @checked
    def p(self, percent: float) -> date:
        """The date that it is on or before with that probability, in per cent; with `at_least`, that or later.

        Raises:
            OptionError: it is not above 0 and below 100.
        """
        return self.day(self.instant(percent))

    def instant(self, percent: float) -> int:
        """`p` in minutes since 0001-01-01: of a probability in per cent, such as 80."""
        return int(self._ordered[place(len(self._ordered), _share(percent))])

    @checked
    def p_range(self, percent: float) -> tuple[date, date]:
        """Dates between which the true percentile lies, at 95 % confidence: what more samples would narrow.

        Raises:
            OptionError: it is not above 0 and below 100.
        """
        low, high = _band(len(self._ordered), _share(percent))
        return self.day(int(self._ordered[low])), self.day(int(self._ordered[high]))

    @checked
    def by(self, date: date | str) -> float | None:
        """The probability, 0 to 1, that it is on or before a day; None where its dates are lower bounds, 0 where even those, or all, are later.

        Raises:
            UnitError: that is no date.
        """
        return self.chance(self.instants <= self.last(date))

    def chance(self, good: NDArray[np.bool_]) -> float | None:
        """The share of good samples, which are good at most where dates are lower bounds; None where that says nothing."""
        if self.never:
            return 0.0
        found = float(np.count_nonzero(good) / len(good))
        return None if self.unsure and found else found

    @property
    def unsure(self) -> bool:
        """Its end is not known: it is later than these dates, or may be."""
        return bool(self.doubt) or self.at_least

    @property
    def not_known(self) -> str:
        """Why its end is not known; empty where it is."""
        return self.doubt or (UNSIZED if self.at_least else "")

    def last(self, day: date | str) -> int:
        """The last instant that is on or before a day."""
        last = minutes(as_when(day), end=not self.begins)
        return last - (last in self.mornings)

    @checked
    def by_error(self, date: date | str) -> float | None:
        """The standard error of `by`; None where that is not known."""
        found = self.by(date)
        return None if found is None else of_share(found, len(self.instants))

    @property
    def mean(self) -> datetime:
        """The mean."""
        first = int(self._ordered[0])
        return moment(round(first + float((self.instants - first).mean())))

    @property
    def mean_day(self) -> date:
        """The day of the mean."""
        return self.day(minutes(self.mean))

    @property
    def mean_error(self) -> float:
        """The standard error of the mean, in days."""
        return self.sd / math.sqrt(len(self.instants))

    @property
    def sd_error(self) -> float | None:
        """The standard error of the deviation, in days; None of fewer than a hundred samples."""
        found = sectioned(deviation, self.instants)
        return None if found is None else found / DAY

    @checked
    def p_error(self, percent: float) -> float | None:
        """The standard error of `p`, in days; None of fewer than a hundred samples.

        Raises:
            OptionError: it is not above 0 and below 100.
        """
        share = _share(percent)
        found = sectioned(lambda row: percentile(row, share), self.instants)
        return None if found is None else found / DAY

    @property
    def sd(self) -> float:
        """The standard deviation, in days of 24 hours."""
        return deviation(self.instants) / DAY

    @property
    def sure(self) -> float | None:
        """The probability that it keeps its commitment; None where nobody stated one, or as in `by`."""
        return None if self.due is None else self.chance(self.instants <= self.due)

    @property
    def due(self) -> int | None:
        """The last instant that keeps its commitment, in minutes since 0001-01-01; None where nobody stated one.

        The latest start of a benefit is kept until the end of its day, its planned start until that day begins, as `schedule` has it.
        """
        if self.committed is None:
            return None
        return minutes(as_when(self.committed), end=True) if self.begins and not self.planned_start else self.last(self.committed)

    @property
    def on_plan(self) -> float | None:
        """The probability that it is no later than the schedule says; None where that says nothing, or a lower bound."""
        if self.planned is None or self.unsure:
            return None
        return float(np.count_nonzero(self.instants <= self.planned) / len(self.instants))

    @property
    def contingency(self) -> float | None:
        """Days between the date of the schedule and P80: what to add so that four of five come in time; None where its end is not known."""
        return None if self.planned is None or self.unsure else (self.instant(80) - self.planned) / DAY


def _share(given: float) -> float:
    return percent("percent", given)


@attrs.frozen(kw_only=True, eq=False)
class Sums:
    """Money in every sample: what an item costs at completion, or what a benefit is worth.

    Args:
        id: the item.
        minor: minor units of the currency, in the order of the samples; int64, read-only.
        currency: of all of it.
        digits: how many decimal digits a minor unit is.
        planned: minor units in the plan as it stands; None where it has none.
        what: what is counted, in words.
        missing: what is not in it, because nobody knows it: the whole is more, so that no amount is sure to suffice.
        budget: minor units that it may cost; None where nobody stated that.
    """

    id: str
    minor: NDArray[np.int64] = attrs.field(repr=False)
    currency: str
    digits: int
    planned: int | None = None
    what: str = ""
    missing: tuple[str, ...] = ()
    budget: int | None = None
    _ordered: NDArray[np.int64] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_ordered", np.sort(self.minor))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sums):
            return NotImplemented
        mine, others = (attrs.astuple(one, filter=lambda field, _: field.name not in ("minor", "_ordered")) for one in (self, other))
        return mine == others and bool(np.array_equal(self.minor, other.minor))

    __hash__ = None  # type: ignore[assignment]

    def money(self, minor: float) -> Money:
        """Minor units as money."""
        return Money(Decimal(round(minor)).scaleb(-self.digits), self.currency)

    @property
    def samples(self) -> tuple[float, ...]:
        """The amounts in whole units of the currency, in the order of the samples."""
        return tuple((self.minor / 10.0**self.digits).tolist())

    @checked
    def p(self, percent: float) -> Money:
        """The amount that is not passed with that probability, in per cent.

        Raises:
            OptionError: it is not above 0 and below 100.
        """
        return self.money(self.at(percent))

    def at(self, percent: float) -> int:
        """`p` in minor units: of a probability in per cent, such as 80."""
        return int(self._ordered[place(len(self._ordered), _share(percent))])

    @checked
    def p_range(self, percent: float) -> tuple[Money, Money]:
        """Amounts between which the true percentile lies, at 95 % confidence.

        Raises:
            OptionError: it is not above 0 and below 100.
        """
        low, high = _band(len(self._ordered), _share(percent))
        return self.money(int(self._ordered[low])), self.money(int(self._ordered[high]))

    @checked
    def within(self, amount: Money | str) -> float | None:
        """The probability, 0 to 1, that it is at most an amount; None where some of it is not known, 0 where what is known is more in every sample.

        Raises:
            UnitError: that is no amount of the currency.
        """
        return self.chance(self.minor <= self.limit(amount))

    def chance(self, good: NDArray[np.bool_]) -> float | None:
        """The share of good samples, which are good at most where some of it is not known; None where that says nothing."""
        found = float(np.count_nonzero(good) / len(good))
        return None if self.missing and found else found

    def limit(self, amount: Money | str) -> float:
        """An amount in minor units.

        Raises:
            UnitError: it is of another currency.
        """
        found = as_money(amount)
        if found.currency != self.currency:
            raise UnitError(f"{found} is not in {self.currency}, which {self.id!r} is counted in")
        return float(Decimal(found.amount).scaleb(self.digits))

    @checked
    def within_error(self, amount: Money | str) -> float | None:
        """The standard error of `within`; None where that is not known."""
        found = self.within(amount)
        return None if found is None else of_share(found, len(self.minor))

    def known_within(self, amount: Money) -> float:
        """The probability, 0 to 1, that what is known of it is at most an amount, such as that which the plan has for it."""
        return float(np.count_nonzero(self.minor <= self.limit(amount)) / len(self.minor))

    @property
    def mean(self) -> Money:
        """The mean."""
        return self.money(float(self.minor.mean()))

    @property
    def sd(self) -> float:
        """The standard deviation, in whole units of the currency."""
        return deviation(self.minor) / 10.0**self.digits

    @property
    def mean_error(self) -> float:
        """The standard error of the mean, in whole units of the currency."""
        return self.sd / math.sqrt(len(self.minor))

    @property
    def sd_error(self) -> float | None:
        """The standard error of the deviation, in whole units of the currency; None of fewer than a hundred samples."""
        found = sectioned(deviation, self.minor)
        return None if found is None else found / 10.0**self.digits

    @checked
    def p_error(self, percent: float) -> float | None:
        """The standard error of `p`, in whole units of the currency; None of fewer than a hundred samples.

        Raises:
            OptionError: it is not above 0 and below 100.
        """
        share = _share(percent)
        found = sectioned(lambda row: percentile(row, share), self.minor)
        return None if found is None else found / 10.0**self.digits

    @property
    def sure(self) -> float | None:
        """The probability that it keeps its budget; None where nobody stated one, or as in `within`."""
        return None if self.budget is None else self.chance(self.minor <= self.budget)

    @property
    def contingency(self) -> Money | None:
        """P80 less the plan as it stands: what to add so that four of five suffice; None where some of it is not known."""
        return (
            None if self.planned is None or self.missing else self.money(int(self._ordered[place(len(self._ordered), 0.8)]) - self.planned)
        )


class Pair(NamedTuple):
    """A date and an amount that hold together.

    Args:
        date: on or before it,
        cost: and for at most that.
    """

    date: date
    cost: Money


@attrs.frozen(kw_only=True)
class Joint:
    """Dates and money of one item on the same samples.

    Source: joint confidence level, NASA NPD 1000.5; GAO Cost Estimating and Assessment Guide.

    Args:
        dates: its finish.
        costs: what it costs.
    """

    dates: Dates
    costs: Sums

    @checked
    def within(self, date: date | str, amount: Money | str) -> float | None:
        """The probability, 0 to 1, of being on time and within an amount, both; None and 0 as in `Dates.by` and `Sums.within`.

        Raises:
            UnitError: that is no date, or no amount of the currency.
        """
        return self._chance((self.dates.instants <= self.dates.last(date)) & (self.costs.minor <= self.costs.limit(amount)))

    def _chance(self, good: NDArray[np.bool_]) -> float | None:
        found = self.dates.chance(good)
        return found if not found else self.costs.chance(good)

    @property
    def sure(self) -> float | None:
        """The probability that it keeps its commitment and its budget, both; None where one is not stated, or its dates are lower bounds."""
        day, most = self.dates.committed, self.costs.budget
        return None if day is None or most is None or self.dates.sure is None else self.within(day, self.costs.money(most))

    @checked
    def frontier(self, percent: float = 70, points: int = 9) -> tuple[Pair, ...]:
        """Pairs of a date and an amount that are kept together with that probability: an earlier date needs more money.

        There is none where the end, or some of the cost, is not known.

        Args:
            percent: the joint confidence, in per cent.
            points: how many pairs at most.

        Raises:
            OptionError: it is not above 0 and below 100, or there are no points.
        """
        share, count = _share(percent), len(self.costs.minor)
        if points < 1:
            raise OptionError("points", points, takes="a whole number of at least 1")
        if self.dates.unsure or self.costs.missing:
            return ()
        ordered = np.sort(self.dates.instants)
        found: list[Pair] = []
        for step in range(points):
            part = share + (1 - share) * (step + 1) / (points + 1)
            day = self.dates.day(int(ordered[place(count, part)]))
            early = np.sort(self.costs.minor[self.dates.instants <= self.dates.last(day)])  # by the end of the day that is said
            needed = math.ceil(share * count - 1e-9)
            if needed <= len(early):
                pair = Pair(day, self.costs.money(int(early[needed - 1])))
                if not found or (pair.date > found[-1].date and pair.cost.amount < found[-1].cost.amount):
                    found.append(pair)
        return tuple(found)

    @checked
    def within_error(self, date: date | str, amount: Money | str) -> float | None:
        """The standard error of `within`; None where that is not known."""
        found = self.within(date, amount)
        return None if found is None else of_share(found, len(self.costs.minor))

    @property
    def correlation(self) -> float | None:
        """How much cost goes with time: Pearson's correlation; None where one of them never changes, or the end is not known."""
        if self.dates.unsure:
            return None
        times, money = self.dates.instants.astype(np.float64), self.costs.minor.astype(np.float64)
        if times.std() == 0 or money.std() == 0:
            return None
        return float(np.corrcoef(times, money)[0, 1])

    @property
    def correlation_error(self) -> float | None:
        """The standard error of the correlation, (1 - r^2) / sqrt(n - 1); None where there is none. Source: Pearson (1898)."""
        found = self.correlation
        return None if found is None else (1 - found**2) / math.sqrt(len(self.costs.minor) - 1)
