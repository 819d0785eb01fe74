"""What is handed over across a boundary: one row an item with its receivers, however many links take it up."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Protocol, overload

import attrs

from ipmo.analysis.dependencies.downstream import Downstream
from ipmo.analysis.dependencies.linked import CriticalLink
from ipmo.tables import Column, Table
from ipmo.units import Money
from ipmo.words import counted

__all__ = ["HandOvers", "HandedOver", "table"]


class Links(Protocol):
    """Links in their order."""

    def __getitem__(self, place: int, /) -> CriticalLink: ...


@attrs.frozen(kw_only=True)
class HandedOver:
    """One item that is handed over, with all its receivers.

    Args:
        rank: 1 for the one that matters most: the place of its first link among those of other items.
        item: full id of what is handed over.
        giver: the project that gives; `external:NAME` for what lies outside.
        given: when it is handed over.
        given_date: the day that people say of that.
        links: its links, the one that matters most first.
        calendar_date: it only marks a date in the calendar.
        loss: what a slip costs that delays all its links; None where nothing of it has a known price.
    """

    rank: int
    item: str
    giver: str
    given: datetime | None
    given_date: date | None
    links: tuple[CriticalLink, ...] = attrs.field(repr=False)
    calendar_date: bool = False
    loss: Money | None = None

    @property
    def first(self) -> CriticalLink:
        """The link that matters most."""
        return self.links[0]

    @property
    def receivers(self) -> tuple[str, ...]:
        """The projects that receive it, each once."""
        return tuple(dict.fromkeys(link.receiver for link in self.links))

    @property
    def targets(self) -> tuple[str, ...]:
        """Full ids of what waits for it."""
        return tuple(dict.fromkeys(link.target for link in self.links))

    @property
    def commitment_float(self) -> float | None:
        """Working days that it can slip before a commitment is missed; None where nothing stated depends on it."""
        return self.first.commitment_float

    @property
    def at_risk(self) -> str | None:
        """The commitment that fails first."""
        return self.first.at_risk

    @property
    def reason(self) -> str:
        """Why it ranks here: what its first link says, what it is where it only marks a date, and who else receives it."""
        return self.said(str)

    def said(self, name: Callable[[str], str]) -> str:
        """The reason in names.

        Args:
            name: what an item is called, by its id.
        """
        text = self.first.said(name)
        if self.calendar_date:
            text = f"only marks a date in the calendar; {text}"
        rest = len(self.links) - 1
        return f"{text}; {counted(rest, 'more item waits', 'more items wait')} for it" if rest else text


class HandOvers(Sequence[HandedOver]):
    """What is handed over, in the order of each item's first link; a row is made when it is looked at.

    Args:
        links: the answer, by place.
        order: the rows of its open links.
        downstream: the links as columns, and what lies behind them.
        by_float: of items with the same float to a commitment, that comes first which loses most over all its links.
    """

    def __init__(self, links: Links, order: Sequence[int], downstream: Downstream, *, by_float: bool = False) -> None:
        self._links, self._order, self._downstream = links, order, downstream
        found = downstream.crossings
        groups: dict[tuple[str, str], list[int]] = {}
        for place, row in enumerate(order):
            groups.setdefault((found.source_id(row), found.portfolio.links[found.open[row]].type[0]), []).append(place)
        self._groups = self._by_loss(list(groups.values())) if by_float else list(groups.values())
        self._made: dict[int, HandedOver] = {}

    def _by_loss(self, groups: list[list[int]]) -> list[list[int]]:
        """Of neighbours that differ in nothing that comes before the loss, the dearest first; one link's loss is not that of all it hands over."""
        found = self._downstream.crossings

        def before(group: list[int]) -> tuple[object, ...]:
            row = self._order[group[0]]
            return found.commitment_float[row] is None, found.calendar_dates[row], found.commitment_float[row]

        out: list[list[int]] = []
        for _, alike in itertools.groupby(groups, before):
            some = list(alike)
            if any(len(group) > 1 for group in some) and len(some) > 1:
                some.sort(key=lambda group: -(self._downstream.loss_of([self._order[one] for one in group]) or 0))
            out += some
        return out

    def __len__(self) -> int:
        return len(self._groups)

    @overload
    def __getitem__(self, key: int) -> HandedOver: ...
    @overload
    def __getitem__(self, key: slice) -> tuple[HandedOver, ...]: ...
    def __getitem__(self, key: int | slice) -> HandedOver | tuple[HandedOver, ...]:
        """By place from 0, or several of them."""
        if isinstance(key, slice):
            return tuple(self._row(place) for place in range(len(self))[key])
        return self._row(range(len(self))[key])

    def _row(self, place: int) -> HandedOver:
        if place not in self._made:
            places = self._groups[place]
            first = self._links[places[0]]
            amount = self._downstream.loss_of([self._order[one] for one in places])
            self._made[place] = HandedOver(
                rank=place + 1, item=first.source, giver=first.giver, given=first.given,
                given_date=self._downstream.crossings.schedule.day_of(first.source, first.given, finish=first.type[0] == "F"),
                links=tuple(self._links[one] for one in places),
                calendar_date=first.calendar_date, loss=None if amount is None else Money(amount, self._downstream.stakes.currency),
            )  # fmt: skip
        return self._made[place]

    def __repr__(self) -> str:
        return f"<HandOvers: {counted(len(self), 'item')} handed over by {counted(len(self._order), 'link')}>"


def table(rows: Iterable[HandedOver], currency: str = "") -> Table:
    """One row a handed-over item: rank, item, giver, receivers, targets, given, commitment_float, at_risk, calendar_date, loss, reason, given_date."""
    found = list(rows)
    return Table(
        [
            Column("rank", "int", [one.rank for one in found]),
            Column("item", "str", [one.item for one in found]),
            Column("giver", "str", [one.giver for one in found]),
            Column("receivers", "str", [", ".join(one.receivers) for one in found]),
            Column("targets", "str", [", ".join(one.targets) for one in found]),
            Column("given", "datetime", [one.given for one in found]),
            Column("commitment_float", "float", [one.commitment_float for one in found], "d"),
            Column("at_risk", "str", [one.at_risk for one in found]),
            Column("calendar_date", "bool", [one.calendar_date for one in found]),
            Column("loss", "float", [None if one.loss is None else float(one.loss.amount) for one in found], currency),
            Column("reason", "str", [one.reason for one in found]),
            Column("given_date", "date", [one.given_date for one in found]),
        ]
    )
