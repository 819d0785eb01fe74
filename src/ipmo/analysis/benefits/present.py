"""Present values of many benefits at once, as columns: bit for bit what is said of each one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, overload

from ipmo.analysis.benefits.profiles import Valued
from ipmo.analysis.money.amounts import cents
from ipmo.model.benefits import Benefit
from ipmo.units import Money, minor_digits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]

__all__ = ["PresentValues", "Worths", "later_losses", "minor_units"]

EPOCH = 719_163
"""The ordinal of 1 January 1970, from which numpy counts."""
LAST = date.max.toordinal() - 2 * 366
SURE = float(1 << 51)
"""Below it the halves between whole numbers are told apart."""
APART = -1
"""Years of a benefit that is asked one by one."""


class PresentValues:
    """Present values of benefits whose first days move: a yearly value over whole years, or what comes once, many at a time.

    Ramps, fixed ends, parts of years, and days before that of the values are asked one by one.

    Args:
        valued: the rates, and the day of the values.
        benefits: the benefits.
        yearly: of each a year's value at 100 %, or the whole of what comes once; None where that is not known.
    """

    def __init__(self, valued: Valued, benefits: Sequence[Benefit], yearly: Sequence[Fraction | None]) -> None:
        import numpy as np

        self.valued, self._benefits, self._yearly = valued, benefits, yearly
        self._years: Array = np.array([_years_of(one) for one in benefits], np.int64)
        amounts = (
            math.nan if value is None else -float(value) if one.disbenefit else float(value)
            for one, value in zip(benefits, yearly, strict=True)
        )
        self._amounts: NDArray[np.float64] = np.fromiter(amounts, np.float64, len(benefits))

    def worths(self, places: Array, days: Array) -> list[float | None]:
        """The present value of some benefits from some days on; None where an amount or a life is not known.

        Args:
            places: which benefits, int64 (n).
            days: the first day of each, as an ordinal, int64 (n).
        """
        import numpy as np

        out: list[float | None] = [None] * len(places)
        years = self._years[places]
        known = ~np.isnan(self._amounts[places])
        together = known & (years != APART) & (days >= self.valued.base.toordinal()) & (days + 366 * (years + 1) < LAST)
        rows = np.flatnonzero(together)
        if len(rows):
            counts = years[rows]
            each = np.repeat(np.arange(len(rows)), counts)
            later = np.arange(len(each)) - np.repeat(np.cumsum(counts) - counts, counts)
            between = self._years_from_base(days[rows][each], later)
            flows = (self._amounts[places[rows]][each] * np.array(self.valued.factors(between.tolist()), np.float64)).tolist()
            begin = 0
            for row, count in zip(rows.tolist(), counts.tolist(), strict=True):
                out[row] = math.fsum(flows[begin : begin + count])
                begin += count
        for row in np.flatnonzero(known & ~together).tolist():
            place, amount = int(places[row]), self._yearly[int(places[row])]
            assert amount is not None
            out[row] = self.valued.worth(self._benefits[place], date.fromordinal(int(days[row])), amount)
        return out

    def fill(self, out: list[float | None], days: Sequence[date | None], places: Iterable[int]) -> None:
        """The present value of some benefits from their first days on, put where they stand; None where something of it is not known.

        Args:
            out: what each benefit is worth; filled.
            days: the first day of each.
            places: which benefits.
        """
        import numpy as np

        known: list[tuple[int, int]] = []
        for place in places:
            day = days[place]
            out[place] = None
            if day is not None and self._yearly[place] is not None:
                known.append((place, day.toordinal()))
        if known:
            rows, ordinals = np.array(known, np.int64).T
            for (place, _), worth in zip(known, self.worths(rows, ordinals), strict=True):
                out[place] = worth

    def _years_from_base(self, days: Array, later: Array) -> NDArray[np.float64]:
        """Years from the day of the values to some days so many years later: whole anniversaries, and the rest by days of that year."""
        import numpy as np

        base = self.valued.base
        stamps = (days - EPOCH).astype("M8[D]")
        months = stamps.astype("M8[M]").astype(np.int64)
        of_month = (stamps - stamps.astype("M8[M]")).astype(np.int64)
        year: Array = months // 12 + 1970 + later
        ordinal = _on(year, months % 12, np.where((months % 12 == 1) & (of_month == 28) & ~_leap(year), 27, of_month))
        month, day = np.int64(base.month - 1), np.int64(base.day - 1)  # 29 February is 1 March in years without it, which follows by itself
        year = year - (_on(year, month, day) > ordinal).astype(np.int64)
        before, after = _on(year, month, day), _on(year + 1, month, day)
        found: NDArray[np.float64] = np.asarray(year - base.year, np.float64) + (ordinal - before) / (after - before)
        return found


def minor_units(amounts: Sequence[float], currency: str) -> list[int]:
    """Computed amounts in whole minor units, each rounded once as `cents` rounds it: where that is close, by `cents` itself."""
    import numpy as np

    digits = minor_digits(currency)
    scaled = np.array(amounts, np.float64) * float(10**digits)
    whole = np.rint(scaled)
    found: list[int] = np.where(np.abs(whole) < SURE, whole, 0).astype(np.int64).tolist()
    close = np.abs(np.abs(scaled - whole) - 0.5) <= 1e-15 * np.abs(scaled) + 1e-9
    for place in np.flatnonzero(close | ~(np.abs(scaled) < SURE)).tolist():
        found[place] = cents(amounts[place], currency).minor
    return found


def _years_of(benefit: Benefit) -> int:
    """The whole years that a benefit lasts, 1 for what comes once: both are worth the same at their beginning."""
    if isinstance(benefit.value, Money):
        return 1
    lasts = benefit.lasts
    if benefit.until is not None or benefit.ramp or lasts is None or lasts.unit != "year" or lasts.amount != int(lasts.amount):
        return APART
    return max(int(lasts.amount), 0)


def _on(year: Array, month: Array | np.int64, day: Array | np.int64) -> Array:
    """The ordinal of a day of a month of a year, both counted from 0; days beyond its end run on into the next month."""
    import numpy as np

    first: Array = ((year - 1970) * 12 + month).astype("M8[M]").astype("M8[D]").astype(np.int64)
    return first + EPOCH + day


def _leap(year: Array) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return found


class Worths(Sequence["float | None"]):
    """The present value of each benefit from its first day on, found when it is looked at; None where something of it is not known.

    Args:
        values: what values them; None where nothing can be.
        days: the first day of each.
        like: those of a portfolio with the same benefits and amounts: what starts on the same day there is worth the same.
    """

    def __init__(self, values: PresentValues | None, days: Sequence[date | None], like: Worths | None = None) -> None:
        self._values, self.days, self.like = values, days, like
        self._some: dict[int, float | None] = {}
        self._found: list[float | None] | None = None
        if like is not None and like.like is not None:
            like.all()  # so that no copy of a copy leads back further than one

    def all(self) -> list[float | None]:
        """Of every benefit."""
        if self._found is None:
            like, count = self.like, len(self.days)
            out: list[float | None] = [None] * count if like is None else list(like.all())
            self._fill(out, range(count) if like is None else self._others(like))
            self._found, self.like = out, None
        return self._found

    def look_at(self, places: Sequence[int]) -> None:
        """Some benefits are asked next: they are valued together."""
        if self._found is None:
            out: list[float | None] = [None] * len(self.days)
            self._fill(out, places)
            self._some.update((place, out[place]) for place in places)

    def _fill(self, out: list[float | None], places: Iterable[int]) -> None:
        if self._values is not None:
            self._values.fill(out, self.days, places)

    def _others(self, like: Worths) -> list[int]:
        return [place for place, (day, was) in enumerate(zip(self.days, like.days, strict=True)) if day != was]

    def others_than(self, like: Worths) -> list[int] | None:
        """The places of the benefits that start on another day than there, of which both are then asked; None where all may be other."""
        if self.like is not like:
            return None
        places = self._others(like)
        self.look_at(places)
        like.look_at(places)
        return places

    def __len__(self) -> int:
        return len(self.days)

    @overload
    def __getitem__(self, place: int) -> float | None: ...
    @overload
    def __getitem__(self, place: slice) -> list[float | None]: ...
    def __getitem__(self, place: int | slice) -> float | list[float | None] | None:
        if isinstance(place, int) and self._found is None and place in self._some:
            return self._some[place]
        return self.all()[place]

    def __iter__(self) -> Iterator[float | None]:
        return iter(self.all())


def later_losses(
    worths: Worths, values: PresentValues | None, places: Sequence[int], later: Sequence[int], currency: str
) -> list[int | None]:
    """What it costs that some benefits come some days later, in minor units; None where it is not known.

    Args:
        worths: the present value of each benefit.
        values: what values them; None where nothing can be.
        places: of the benefits, each as often as it is asked for.
        later: by how many days each comes later.
        currency: of the amounts.
    """
    import numpy as np

    out: list[int | None] = [None] * len(places)
    known = [row for row, place in enumerate(places) if worths[place] is not None]
    if not known or values is None:
        return out
    starts = [worths.days[places[row]] for row in known]
    days = [day.toordinal() + later[row] for day, row in zip(starts, known, strict=True) if day is not None]
    after = values.worths(np.array([places[row] for row in known], np.int64), np.array(days, np.int64))
    before = [worths[places[row]] for row in known]
    pairs = [(row, b - a) for row, b, a in zip(known, before, after, strict=True) if b is not None and a is not None]
    for (row, _), amount in zip(pairs, minor_units([amount for _, amount in pairs], currency), strict=True):
        out[row] = amount
    return out
