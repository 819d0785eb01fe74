"""An estimate from throughput history: when the work is done, how much is done by a date, and how often that held."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

import attrs

from ipmo import Span
from ipmo.model import Estimate, Fixed
from ipmo.model.estimating import as_estimate, as_time, to_plain
from ipmo.plugin import UnitError

__all__ = ["HORIZON", "MOST_ITEMS", "AgileForecast", "parse_forecast"]

HORIZON = 5000
"""Periods after which work that hardly moves has no forecast any more."""
STEPS = 20
"""Points of equal chance that stand for an uncertain factor."""
MOST_ITEMS = 50_000
"""More items than that are no backlog but a mistake."""


@functools.lru_cache(maxsize=64)
def _at_least(throughput: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[tuple[float, ...], ...]:
    """P(at least n items in k periods) for k = 0, 1, ... and each wanted n: exact, by convolution of the observed periods.

    It ends when the last is all but certain, or at the horizon.
    """
    import numpy as np

    chance = sorted((finished, count / len(throughput)) for finished, count in Counter(throughput).items())
    most = max(wanted)
    below = np.zeros(max(most, 1))  # probability of each number of finished items below the most that is wanted
    below[0] = 1.0 if most > 0 else 0.0
    rows = [tuple(1.0 if n <= 0 else 0.0 for n in wanted)]
    if max(throughput) * HORIZON < min(wanted):  # not within the horizon, and never where nothing moves
        return tuple(rows)
    while len(rows) < HORIZON:
        later = np.zeros_like(below)
        for finished, p in chance:
            if finished < len(below):
                later[finished:] += p * below[: len(below) - finished]
        below = later
        reached = np.cumsum(below)
        rows.append(tuple(1.0 if n <= 0 else max(0.0, 1.0 - float(reached[n - 1])) for n in wanted))
        if min(rows[-1]) >= 1 - 1e-9:
            break
    return tuple(rows)


def _whole_numbers(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(values)


def _factor(value: Any) -> Estimate:
    if isinstance(value, Estimate):
        return value
    if isinstance(value, bool):  # `growth: yes` is no doubling
        raise UnitError(f"{value} is no number; write for example 1.2")
    return Fixed(value) if isinstance(value, int | float) else as_estimate(value, float)


def _points(factor: Estimate) -> tuple[float, ...]:
    """Values of equal chance that stand for a factor; one where it is fixed."""
    low, high = factor.quantile(0.001), factor.quantile(0.999)
    if low is None or high is None or low == high:
        return (float(factor.central()),)  # type: ignore[arg-type]
    return tuple(float(factor.quantile((n + 0.5) / STEPS)) for n in range(STEPS))  # type: ignore[arg-type]


@attrs.frozen(kw_only=True)
class AgileForecast(Estimate):
    """The time until the remaining items are done, from the throughput of past periods, zeros included.

    Whole periods are drawn from the history as they were, independently; the answer is exact, by convolution (no draws).
    Where items split when work begins on them, or scope grows, the work is `remaining_items * split * (1 + growth)`, rounded
    up; an uncertain factor stands as twenty values of equal chance.

    Args:
        remaining_items: items left, at least 0.
        throughput: items finished in each recent period, oldest first.
        per: the length of a period.
        counted_on: when the items were counted.
        split: how many items one item becomes, 1 or more; a number or an estimate.
        growth: share of scope that will be added, 0 or more; a number or an estimate.

    Source: Vacanti, When Will It Be Done? (2020); Magennis, Forecasting and Simulating Software Development Projects (2011).

    >>> AgileForecast(remaining_items=100, throughput=[1, 3, 5, 3, 7, 8, 0, 5, 3, 1, 8, 2], per=Span(1, "w")).central()
    Span(amount=Decimal('26'), unit='w')
    """

    kind: ClassVar[str] = "agile"
    remaining_items: int
    throughput: tuple[int, ...] = attrs.field(converter=_whole_numbers)
    per: Span
    counted_on: date | None = None
    split: Estimate = attrs.field(default=Fixed(1), converter=_factor)
    growth: Estimate = attrs.field(default=Fixed(0), converter=_factor)

    def __attrs_post_init__(self) -> None:
        if self.remaining_items < 0 or not self.throughput or min(self.throughput) < 0:
            raise UnitError("a throughput forecast needs at least one period and no negative numbers")
        for name, least in (("split", 1.0), ("growth", 0.0)):
            lowest = getattr(self, name).quantile(0.0)
            if lowest is None or float(lowest) < least:
                raise UnitError(
                    f"{name} is at least {least:g}: {'items do not merge' if name == 'split' else 'write 0.2 for a fifth more'}"
                )
        if max(self._work) > MOST_ITEMS:
            raise UnitError(f"{max(self._work):,} items are more than a forecast takes ({MOST_ITEMS:,})")

    @functools.cached_property
    def _work(self) -> dict[int, float]:
        """How many items it may turn out to be, and how likely."""
        parts = [
            max(0, math.ceil(self.remaining_items * split * (1 + growth) - 1e-9))
            for split in _points(self.split)
            for growth in _points(self.growth)
        ]
        return {items: count / len(parts) for items, count in sorted(Counter(parts).items())}

    @functools.cached_property
    def _table(self) -> tuple[float, ...]:
        """P(all done within k periods), k = 0, 1, ..."""
        rows = _at_least(self.throughput, tuple(self._work))
        shares = tuple(self._work.values())
        return tuple(math.fsum(p * share for p, share in zip(row, shares, strict=True)) for row in rows)

    @property
    def rule(self) -> str:
        """`p50`."""
        return "p50"

    def central(self) -> Span | None:
        """The number of periods in which the work is done with a chance of one half; None when nothing ever moves."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> Span | None:
        """The least number of periods in which the work is done with that probability."""
        wanted = min(share, 1 - 1e-9)
        for periods, done in enumerate(self._table):
            if done >= wanted - 1e-12:
                return Span(periods * self.per.amount, self.per.unit)
        return None

    def steps(self) -> tuple[tuple[float, Span], ...]:
        """Each number of periods with the chance that the work is done within it; the last below 1 where it may never end."""
        return tuple((done, Span(periods * self.per.amount, self.per.unit)) for periods, done in enumerate(self._table))

    def chance(self, periods: int) -> float:
        """P(all done within that many periods)."""
        return self._table[min(max(periods, 0), len(self._table) - 1)]

    def how_many(self, periods: int, share: float) -> int:
        """The most items that are done within some periods with that probability: the lower tail, so more certain is fewer.

        >>> f = AgileForecast(remaining_items=0, throughput=[1, 3, 5, 3, 7, 8, 0, 5, 3, 1, 8, 2], per=Span(1, "w"))
        >>> [f.how_many(10, p) for p in (0.5, 0.7, 0.85, 0.95)]
        [38, 34, 30, 25]
        """
        import numpy as np

        if periods <= 0 or not 0 < share <= 1:
            if 0 < share <= 1:
                return 0
            raise UnitError(f"{share} is no share; write 0.85 for P85")
        sums = np.array([1.0])
        one = np.zeros(max(self.throughput) + 1)
        for finished in self.throughput:
            one[finished] += 1 / len(self.throughput)
        for _ in range(periods):
            sums = np.convolve(sums, one)
        more = np.cumsum(sums[::-1])[::-1]  # P(at least n)
        return int(np.flatnonzero(more >= share - 1e-12)[-1])

    def plain(self) -> dict[str, Any]:
        """As files write it."""
        out: dict[str, Any] = {"remaining_items": self.remaining_items, "throughput": list(self.throughput), "per": str(self.per)}
        if self.counted_on is not None:
            out["counted_on"] = self.counted_on.isoformat()
        for name, usual in (("split", 1), ("growth", 0)):
            factor: Estimate = getattr(self, name)
            if factor != Fixed(usual):
                out[name] = to_plain(factor)
        return out


FIELDS = ("remaining_items", "throughput", "per", "counted_on", "split", "growth")


def parse_forecast(data: Any) -> AgileForecast:
    """The estimate that a file states.

    Raises:
        UnitError: a field is missing, unknown or wrong.
    """
    if not isinstance(data, Mapping):
        raise UnitError("an agile estimate needs remaining_items, throughput and per")
    for key in data:
        if key not in FIELDS:
            raise UnitError(f"an agile estimate has no field {key!r}; it has {', '.join(sorted(FIELDS))}")
    for key in ("remaining_items", "throughput", "per"):
        if key not in data:
            raise UnitError(f"an agile estimate needs {key}")
    throughput = data["throughput"]
    if not isinstance(throughput, list | tuple):
        raise UnitError("throughput must be a list of whole numbers, one a period")
    counted = data.get("counted_on")
    return AgileForecast(
        remaining_items=_whole(data["remaining_items"]),
        throughput=[_whole(value) for value in throughput],
        per=_span(data["per"]),
        counted_on=None if counted is None else _date(counted),
        split=_number("split", data.get("split", 1)),
        growth=_number("growth", data.get("growth", 0)),
    )


def _number(name: str, value: Any) -> Estimate:
    try:
        return _factor(value)
    except (TypeError, ValueError, UnitError):
        raise UnitError(f"{name}: {value!r} is no number; write for example 1.2 or {{low: 1, likely: 1.2, high: 1.5}}") from None


def _span(value: Any) -> Span:
    estimate = as_time(str(value))
    central = estimate.central()
    if not isinstance(central, Span) or central.amount <= 0:
        raise UnitError(f"{value!r} is not the length of a period; write for example 1 w")
    return central


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise UnitError(f"{value!r} is not a date; write YYYY-MM-DD") from None


def _whole(value: Any) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise UnitError(f"{text[:40]!r} is not a whole number of items, 0 or more")
    return int(text)
