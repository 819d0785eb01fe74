"""The table of earned value in columns: exact sums of ranges, every division done once over whole numbers, plans followed together."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from ipmo.analysis.money.amounts import rounded
from ipmo.analysis.money.earned_tree import EarnedTree
from ipmo.analysis.money.exact import EXACT, Sums
from ipmo.analysis.money.indices import Indices
from ipmo.analysis.money.plain_packages import COSTED
from ipmo.analysis.money.plan_curves import PlanCurves, Times
from ipmo.cells import Numbers, Texts
from ipmo.network.clocks import clocks_of
from ipmo.tables import Column, Table
from ipmo.units import minor_digits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Known = NDArray[np.bool_]
    Figure = tuple[Floats, Known]
    """Values, and which of them are known."""

__all__ = ["EarnedColumns"]

SAME = {costed: name for name, costed in COSTED.items()}
"""What is of packages with actual cost, and what that is where all have one."""


class EarnedColumns:
    """Some items of a tree of earned value as columns: to the last digit what each says as a row.

    Args:
        tree: the items.
        positions: which of them, in order.
    """

    def __init__(self, tree: EarnedTree, positions: Sequence[int]) -> None:
        import numpy as np

        self.tree, self.positions = tree, positions
        self.size = len(positions)
        rows = np.array(positions, np.int64)
        self.first, self.end = np.array(tree.first, np.int64)[rows], np.array(tree.end, np.int64)[rows]
        self.row = {position: row for row, position in enumerate(positions) if position in tree.scope}

    def table(self, ids: Sequence[str], every: str) -> Table:
        """The table; see `EarnedValue.table`.

        Args:
            ids: the full id of each item.
            every: the length of periods.
        """
        tree, unit = self.tree, self.tree.currency
        levels, rules = tree.kinds(self.positions)
        money = {name: self._money(name) for name in ("bac", "pv", "ev", "ac")}

        def numbers(name: str, figure: Figure, of: str = "") -> Column:
            return Column(name, "float", Numbers("float", *figure), of)

        def counts(name: str, found: Array) -> Column:
            return Column(name, "int", Numbers("int", found))

        return Table(
            [
                Column("item", "str", ids),
                Column("name", "str", tree.names(self.positions)),
                _texts("level", levels),
                _texts("rule", rules),
                *(numbers(name, figure, unit) for name, figure in money.items()),
                *(numbers(name, getattr(self, name), unit if name in ("cv", "sv") else "") for name in ("cv", "sv", "cpi", "spi")),
                numbers("eac", self._at_completion[0], unit),
                numbers("vac", self._at_completion[1], unit),
                numbers("tcpi", self.tcpi),
                *(numbers(name, figure, "" if name == "spi_t" else every) for name, figure in self._timed().items()),
                numbers("effort", self._rounded(self._sums("effort_value"), self._all), unit),
                counts("known", self._known),
                counts("measured", self._measured),
                counts("total", self.end - self.first),
                counts("floating", self._counted(tree.columns.floating_at)),
                _texts("scope", [tree.scope[p][0] if p in tree.scope else "" for p in self.positions] if tree.scope else [""] * self.size),
            ]
        )

    # ------------------------------------------------------------------------------------------------ sums

    @functools.cached_property
    def _all(self) -> Known:
        import numpy as np

        return np.ones(self.size, bool)

    @functools.cached_property
    def _found(self) -> dict[str, Sums]:
        return {}

    def _sums(self, name: str) -> Sums:
        """The exact sums of a figure of every item."""
        if name in SAME and not self.tree.columns.uncosted_at:
            name = SAME[name]
        if name not in self._found:
            self._found[name] = self.tree.columns.running[name].sums(self.first, self.end)
        return self._found[name]

    def _counted(self, places: Sequence[int]) -> Array:
        """How many of some places each item holds."""
        import numpy as np

        at = np.array(places, np.int64)
        found: Array = np.searchsorted(at, self.end) - np.searchsorted(at, self.first)
        return found

    @functools.cached_property
    def _measured(self) -> Array:
        return self._counted(self.tree.columns.seen_at)

    @functools.cached_property
    def _known(self) -> Array:
        found: Array = self._measured - self._counted(self.tree.columns.uncosted_at)
        return found

    @functools.cached_property
    def _spent(self) -> Known:
        """The items of which an actual cost is in the indices."""
        known: Known = self._sums("ac").known.copy()
        known[list(self.row.values())] = False
        return known

    def _money(self, name: str) -> Figure:
        """A figure in money, as its row says it: what is not known in full shows its own."""
        tree, figure = self.tree, self._sums("budget" if name == "bac" else name)
        found, known = self._rounded(figure, figure.known if name in ("bac", "ac") else self._measured > 0)
        own: dict[int, Fraction | None] = {}
        if name in ("bac", "ac"):
            own = {self.row[p]: pair[name == "ac"] for p, pair in tree.added.items() if p in self.row}
        for row, amount in own.items():
            known[row] = amount is not None
            found[row] = 0.0 if amount is None else float(rounded(amount, tree.currency).amount)
        return found, known

    def _rounded(self, sums: Sums, known: Known) -> Figure:
        """Exact sums in the currency, half to even to its minor unit."""
        import numpy as np

        scale = 10 ** minor_digits(self.tree.currency)
        fits = np.abs(sums.above).astype(float) * scale < EXACT
        whole, rest = np.divmod(np.where(fits, sums.above, 0) * scale, sums.below)
        whole = whole + ((rest > sums.below - rest) | ((rest == sums.below - rest) & (whole % 2 == 1)))
        found = whole / scale
        for row in {*np.flatnonzero(~fits).tolist(), *sums.apart}:
            found[row] = float(rounded(sums.at(row), self.tree.currency).amount)
        return found, known.copy()

    # -------------------------------------------------------------------------------------------- divisions

    def _indices(self, row: int) -> Indices:
        """The formulas of one item, on exact figures of any length."""
        found = self.tree.indices(int(self.first[row]), int(self.end[row]))
        return found if self._spent[row] else attrs.evolve(found, ac=None, costed=None)

    def _settled(self, found: Floats, known: Known, fits: Known, say: Callable[[Indices], float | None]) -> Figure:
        """Values as columns where their figures fit them, by the formulas of one item where they do not."""
        import numpy as np

        for name in ("bac", "pv", "ev", "ac", *SAME):
            fits[list(self._sums(name).apart)] = False
        fits[self._sums("removed").known] = False
        for row in np.flatnonzero(~fits).tolist():
            value = say(self._indices(row))
            known[row], found[row] = value is not None, 0.0 if value is None else value
        return np.where(known, found, 0.0), known

    def _difference(self, one: str, other: str) -> tuple[Array, Array, Known]:
        """(number, denominator, whether both are exact as floats) of one figure less another."""
        import numpy as np

        a, b = self._sums(one), self._sums(other)
        below = np.lcm(a.below, b.below)
        fits = (below > 0) & (below < EXACT)
        below = np.where(fits, below, 1)
        up, down = below // a.below, below // b.below
        fits &= np.abs(a.above.astype(float)) * up + np.abs(b.above.astype(float)) * down < EXACT
        return np.where(fits, a.above * up - b.above * down, 0), below, fits

    @property
    def cv(self) -> Figure:
        """Cost variance EV - AC."""
        above, below, fits = self._difference(COSTED["ev"], "ac")
        return self._settled(above / below, self._spent.copy(), fits, lambda one: one.cv)

    @property
    def sv(self) -> Figure:
        """Schedule variance EV - PV."""
        above, below, fits = self._difference("ev", "pv")
        known = (self._sums("bac").above != 0) | (self._sums("ev").above != 0) | (self._sums("pv").above != 0)
        return self._settled(above / below, known, fits, lambda one: one.sv)

    @property
    def cpi(self) -> Figure:
        """Cost performance index EV / AC."""
        ev, ac = self._sums(COSTED["ev"]), self._sums("ac")
        found, fits = _over([ev.above, ac.below], [ac.above, ev.below])
        return self._settled(found, self._spent & (ac.above != 0), fits, lambda one: one.cpi)

    @property
    def spi(self) -> Figure:
        """Schedule performance index EV / PV."""
        ev, pv = self._sums("ev"), self._sums("pv")
        found, fits = _over([ev.above, pv.below], [pv.above, ev.below])
        return self._settled(found, pv.above != 0, fits, lambda one: one.spi)

    @functools.cached_property
    def _at_completion(self) -> tuple[Figure, Figure]:
        """Estimate at completion BAC / CPI, and BAC less it, of what is known in full."""
        bac, ev, ac = (self._sums(name) for name in ("bac", "ev", "ac"))
        found, fits = _over([bac.above, ac.above, ev.below], [ev.above, bac.below, ac.below])
        eac, known = self._settled(found, self._spent & (ac.above != 0) & (ev.above != 0), fits, lambda one: one.eac())
        known = known & (self._known == self.end - self.first)
        whole, fits = _over([bac.above], [bac.below])
        budget, _ = self._settled(whole, self._all.copy(), fits, lambda one: float(one.bac))
        return (eac, known), (budget - eac, known)

    @property
    def tcpi(self) -> Figure:
        """To-complete performance index (BAC - EV) / (BAC - AC)."""
        above, below, fits = self._difference(COSTED["bac"], COSTED["ev"])
        left, under, fit = self._difference(COSTED["bac"], "ac")
        found, both = _over([above, under], [left, below])
        return self._settled(found, self._spent & (left > 0), fits & fit & both, lambda one: one.tcpi())

    # ----------------------------------------------------------------------------------------- earned schedule

    def _timed(self) -> dict[str, Figure]:
        """Earned schedule by column; see `EarnedSchedule`."""
        import numpy as np

        times = self._times()
        zero = times.at == 0
        index = times.known & ~zero
        spi = np.divide(times.es, times.at, out=np.zeros(self.size), where=index)
        later = index & (spi != 0)
        at_completion = np.divide(times.pd, spi, out=np.zeros(self.size), where=later)
        return {
            "es": (times.es, times.known),
            "at": (times.at, times.known),
            "sv_t": (times.es - times.at, times.known),
            "spi_t": (spi, index),
            "ieac_t": (at_completion, later),
        }

    def _times(self) -> Times:
        """Earned schedule of every item: of plans in columns together, of others one by one."""
        import numpy as np

        columns = self.tree.columns
        places, pieces = columns.plans
        first, end = np.searchsorted(places, self.first), np.searchsorted(places, self.end)
        bac, ev = self._sums("bac"), self._sums("ev")
        planned = (end > first) & _positive(bac) & ~_negative(ev) & (_within(pieces.amount < 0, first, end) == 0)
        alone = planned & (_within(pieces.clock < 0, first, end) > 0)
        rows = np.flatnonzero(planned & ~alone)
        found = Times(np.zeros(self.size, bool), *(np.zeros(self.size) for _ in range(3)))
        if len(rows):
            worth, _ = _over([ev.above], [ev.below])
            for row in ev.apart.keys() | set(np.flatnonzero(np.abs(ev.above) >= EXACT).tolist()):
                worth[row] = float(ev.at(row))
            now, ended = self._seen(rows), self._ended(rows)
            curves = PlanCurves(pieces, clocks_of(self.tree.plan), self.tree.rule)
            some = curves.earned(first[rows], end[rows], worth[rows], now, ended)
            for whole, part in zip((found.known, found.es, found.at, found.pd), (some.known, some.es, some.at, some.pd), strict=True):
                whole[rows] = part
        for row in np.flatnonzero(alone).tolist():
            one = self.tree.made.at(self.positions[row]).schedule
            if one is not None:
                found.known[row], found.es[row], found.at[row], found.pd[row] = True, one.es, one.at, one.pd
        return found

    def _seen(self, rows: Array) -> Array:
        """The last instant that the packages of some items are seen from."""
        import numpy as np

        columns = self.tree.columns
        places, instants = columns.seen_at, columns.instants_seen()
        if (instants == instants[0]).all():
            return np.full(len(rows), instants[0])
        return _largest(np.array(places, np.int64), instants, self.first[rows], self.end[rows])

    def _ended(self, rows: Array) -> Array:
        """When the last of the packages of some items ended; -1 where one has not, or nobody says when."""
        import numpy as np

        columns = self.tree.columns
        at, instants = np.array(columns.planned_at, np.int64), columns.instants_ended()
        first, end = np.searchsorted(at, self.first[rows]), np.searchsorted(at, self.end[rows])
        over = _within(instants < 0, first, end) == 0
        found = np.full(len(rows), -1, np.int64)
        found[over] = _largest(at, instants, self.first[rows][over], self.end[rows][over])
        return found


def _texts(name: str, values: Sequence[str]) -> Column:
    """A column of texts of which many are alike."""
    import numpy as np

    codes = {text: number for number, text in enumerate(dict.fromkeys(values))}
    return Column(name, "str", Texts(np.fromiter(map(codes.__getitem__, values), np.int64, len(values)), list(codes)))


def _over(ups: Sequence[Array], downs: Sequence[Array]) -> Figure:
    """The product of some whole numbers over that of others, and whether both products are exact as floats; 0 over 0."""
    import numpy as np

    above, below = _product(ups), _product(downs)
    fits = (np.abs(above) < EXACT) & (np.abs(below) < EXACT)
    if not fits.all():  # what they have in common goes out of those
        rows = np.flatnonzero(~fits & (below != 0))
        ups, downs = [one[rows] for one in ups], [one[rows] for one in downs]
        for up in range(len(ups)):
            for down in range(len(downs)):
                common = np.maximum(np.gcd(ups[up], downs[down]), 1)
                ups[up], downs[down] = ups[up] // common, downs[down] // common
        above[rows], below[rows] = _product(ups), _product(downs)
        fits = (np.abs(above) < EXACT) & (np.abs(below) < EXACT)
    return np.divide(above, below, out=np.zeros(len(above)), where=below != 0), fits


def _product(columns: Sequence[Array]) -> Floats:
    """The product of whole numbers as floats, exact where it is below 2^53 and so is each."""
    found: Floats = columns[0].astype(float)
    for column in columns[1:]:
        found = found * column.astype(float)
    return found


def _positive(sums: Sums) -> Known:
    found: Known = sums.above > 0
    for row, amount in sums.apart.items():
        found[row] = amount > 0
    return found


def _negative(sums: Sums) -> Known:
    found: Known = sums.above < 0
    for row, amount in sums.apart.items():
        found[row] = amount < 0
    return found


def _within(marked: Known, first: Array, end: Array) -> Array:
    """How many of what is marked lie in each range."""
    import numpy as np

    before = np.concatenate(([0], np.cumsum(marked)))
    found: Array = before[end] - before[first]
    return found


def _largest(places: Array, values: Array, first: Array, end: Array) -> Array:
    """The largest value at the places of each range, none of which is empty."""
    import numpy as np

    bounds = np.stack((np.searchsorted(places, first), np.searchsorted(places, end)), axis=1).reshape(-1)
    found: Array = np.maximum.reduceat(np.append(values, 0), bounds)[::2]
    return found
