"""What lies downstream of each link, what that is worth, and what it costs when the giver is late."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from decimal import Decimal

from ipmo.analysis.benefits.cost_of_delay import CostOfDelay, cost_of_delay
from ipmo.analysis.dependencies.crossings import FAR, Crossings
from ipmo.network.reach import Moving
from ipmo.units import Money, Span, minor_digits

__all__ = ["Downstream"]

DIGITS = bytes.maketrans(b"01", b"\x00\x01")
"""Digits of a binary number as false and true."""


class Downstream:
    """Answers by row of some crossings, each found for all links together when it is first asked for.

    Args:
        crossings: the links.
    """

    def __init__(self, crossings: Crossings) -> None:
        self.crossings = crossings
        self.stakes: CostOfDelay = cost_of_delay(crossings.portfolio, crossings.schedule)
        """What delays cost in this portfolio."""
        self._known: dict[int, tuple[str, ...]] = {}

    @functools.cached_property
    def inside(self) -> list[int]:
        """Rows of links between items of the portfolio."""
        return [row for row, place in enumerate(self.crossings.places) if place >= 0]

    @functools.cached_property
    def bits(self) -> list[int]:
        """Of each link: the targets that it leads to, as bits of a number."""
        found = self.crossings
        out = [0] * len(found.open)
        if self.inside and len(found.targets):
            reached = found.reach.downstream([found.places[row] for row in self.inside])
            for row, bits in zip(self.inside, reached, strict=True):
                out[row] = bits
        return out

    @functools.cached_property
    def _masks(self) -> Mapping[str, int]:
        """The targets of each kind as bits, and by its id each project's finish."""
        masks = dict.fromkeys(("project", "benefit"), 0)
        targets = self.crossings.targets
        for t, (kind, name) in enumerate(zip(targets.kinds, targets.names, strict=True)):
            if kind in masks:
                masks[kind] |= 1 << t
            if kind == "project":
                masks[name] = 1 << t
        return masks

    def _projects(self, row: int) -> int:
        masks = self._masks
        return self.bits[row] & masks["project"] & ~masks.get(f"{self.crossings.givers[row]}@finish", 0)

    def _benefits(self, row: int) -> int:
        return self.bits[row] & self._masks["benefit"]

    @functools.cached_property
    def counts(self) -> tuple[list[int], list[int]]:
        """Of each link: how many projects beyond its giver, and how many benefits, it leads to."""
        masks, givers = self._masks, self.crossings.givers
        projects, benefits = masks["project"], masks["benefit"]
        own = {giver: masks.get(f"{giver}@finish", 0) for giver in set(givers)}
        return (
            [(bits & projects).bit_count() - (bits & own[giver] != 0) for bits, giver in zip(self.bits, givers, strict=True)],
            [(bits & benefits).bit_count() for bits in self.bits],
        )

    def projects(self, row: int) -> tuple[str, ...]:
        """The projects beyond its giver that a link leads to."""
        return self._named(self._projects(row))

    def benefits(self, row: int) -> tuple[str, ...]:
        """The benefits that a link leads to."""
        return self._named(self._benefits(row))

    @functools.cached_property
    def _items(self) -> list[str]:
        return self.crossings.targets.items

    def _named(self, bits: int) -> tuple[str, ...]:
        found = self._known.get(bits)  # links into one item lead to the same
        if found is None:
            found = self._known[bits] = tuple(itertools.compress(self._items, f"{bits:b}"[::-1].encode().translate(DIGITS)))
        return found

    @functools.cached_property
    def worths(self) -> tuple[list[float], list[int], list[int]]:
        """Of each link: the value of the benefits that it leads to, how many of them have one, and the least float to one that has."""
        found, count = self.crossings, len(self.crossings.open)
        worth = self.stakes.worth
        pairs = list(zip(found.targets.kinds, found.targets.items, strict=True))
        valued = [t for t, (kind, item) in enumerate(pairs) if kind == "benefit" and item in worth]
        slack = [FAR] * count
        if not valued or not self.inside:
            return [0.0] * count, [0] * count, slack
        for row, least in zip(self.inside, found.reach.least([found.places[row] for row in self.inside], valued), strict=True):
            slack[row] = least
        values = [float(worth.get(item, 0)) if kind == "benefit" else 0.0 for kind, item in pairs]
        mask = sum(1 << t for t in valued)
        return found.reach.sums(self.bits, values), [(bits & mask).bit_count() for bits in self.bits], slack

    def worth_of(self, bits: Sequence[int]) -> list[float | None]:
        """The value of the benefits in each set of targets, each benefit once, summed exactly; None where no benefit has one.

        Args:
            bits: sets as bits of a number, as in `bits`.
        """
        worth, targets, digits = self.stakes.worth, self.crossings.targets, minor_digits(self.stakes.currency)
        if not worth:
            return [None] * len(bits)
        pairs = zip(targets.kinds, targets.items, strict=True)
        values = [float(worth[item].scaleb(digits)) if kind == "benefit" and item in worth else 0.0 for kind, item in pairs]
        return [amount / 10**digits for amount in self.crossings.reach.sums(bits, values)]

    def value(self, row: int) -> Money | None:
        """Present value of all benefits that a link leads to; None where none is known."""
        if not self.worths[1][row]:
            return None
        return Money(Decimal(round(self.worths[0][row] * 100)).scaleb(-2), self.stakes.currency)

    def loss_float(self, row: int) -> float | None:
        """Working days that the source can slip before the first benefit of known worth is delayed; None without one."""
        slack = self.worths[2][row]
        return self.crossings.days_of(row, slack) if slack < FAR // 2 else None

    @functools.cached_property
    def _moving(self) -> tuple[Moving, Mapping[int, Mapping[int, int]]]:
        return self.crossings.moving(self.crossings.slip)

    @functools.cached_property
    def _bounds(self) -> tuple[int, ...]:
        """Where what each link moves begins among all that is moved, and the end."""
        import numpy as np

        return tuple(np.searchsorted(self._moving[0].row, np.arange(len(self.crossings.open) + 1)).tolist())

    def moved(self, row: int) -> Mapping[int, int]:
        """The targets that move, and to when, when a link slips by the slip of the answer."""
        columns, others = self._moving
        if row in others:
            return others[row]
        part = slice(self._bounds[row], self._bounds[row + 1])
        return dict(zip(columns.target[part].tolist(), columns.date[part].tolist(), strict=True))

    @functools.cached_property
    def minor_losses(self) -> list[int | None]:
        """`losses` in minor units of their currency."""
        import numpy as np

        count = len(self.crossings.open)
        if not self.stakes.priced:
            return [None] * count
        (rows, targets, dates), others = self._moving
        aims = self.crossings.targets
        kept = np.flatnonzero(np.array([kind == "benefit" for kind in aims.kinds], bool)[targets])
        rows, targets, dates = rows[kept], targets[kept], dates[kept]
        before = np.array(aims.reach.dates, np.int64)[targets]
        amounts, known = self.stakes.delays(aims.items, targets, before, dates)
        sums, some = np.zeros(count, np.int64), np.zeros(count, bool)
        np.add.at(sums, rows[known], amounts[known])
        some[rows[known]] = True
        if self.stakes.valued:  # what moves nothing that has a price costs nothing
            some[:] = True
        out: list[int | None] = [amount if sure else None for amount, sure in zip(sums.tolist(), some.tolist(), strict=True)]
        for row in range(count) if self.stakes.rated else others:
            if row in others:
                out[row] = self._minor(self.loss(row, others[row], self.crossings.slip))
            elif (waiting := self._waiting(row, self.crossings.slip)) is not None:
                out[row] = (out[row] or 0) + (self._minor(waiting) or 0)
        return out

    def _minor(self, amount: Decimal | None) -> int | None:
        return None if amount is None else int(amount.scaleb(minor_digits(self.stakes.currency)))

    @functools.cached_property
    def losses(self) -> list[Decimal | None]:
        """Of each link, what that slip costs; nothing is moved where nothing has a known price."""
        digits = minor_digits(self.stakes.currency)
        return [None if amount is None else Decimal(amount).scaleb(-digits) for amount in self.minor_losses]

    def loss(self, row: int, moved: Mapping[int, int], slip: Span) -> Decimal | None:
        """What a slip costs that moves some targets: benefits that come later, people who wait. None where nothing is known."""
        targets = self.crossings.targets
        found = []
        for t, date in moved.items():
            if targets[t].kind == "benefit":
                loss = self.stakes.delayed(targets[t].item, targets.date(t), date)
                if loss is not None:
                    found.append(loss)
        waiting = self._waiting(row, slip)
        if waiting is not None:
            found.append(waiting)
        if found:
            return sum(found, Decimal(0))
        return Decimal(0) if self.stakes.worth else None

    def loss_of(self, rows: Sequence[int]) -> Decimal | None:
        """What the slip of the answer costs when one source is late for several links; each benefit moves as far as the worst of them moves it."""
        if len(rows) == 1 or not self.stakes.priced:
            return self.losses[rows[0]]
        together: dict[int, int] = {}
        for row in rows:
            for t, date in self.moved(row).items():
                together[t] = max(date, together.get(t, date))
        found = [self.loss(rows[0], together, self.crossings.slip)]
        found += [self._waiting(row, self.crossings.slip) for row in rows[1:]]
        known = [amount for amount in found if amount is not None]
        return sum(known, Decimal(0)) if known else None

    def _waiting(self, row: int, slip: Span) -> Decimal | None:
        """What the people of the receiving task cost while it waits."""
        found = self.crossings
        if found.places[row] < 0:
            return None
        item = found.target_id(row)
        if not getattr(found.portfolio.items.get(item), "assignments", ()):
            return None
        days = found.waits(row, slip)
        return self.stakes.waiting(item, days) if days else None
