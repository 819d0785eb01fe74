"""Money, effort and carbon summed over the tree in one pass on columns: what `combining` answers item by item.

Every amount is exact. A figure, with its working, is made when it is asked for.
"""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from ipmo.analysis.money.amounts import Priced, certain_lump
from ipmo.analysis.money.combining import STATED, Combining
from ipmo.analysis.money.exact import ExactColumn, exact_column
from ipmo.analysis.money.explanation import RolledUpValue
from ipmo.analysis.money.made_rows import MadeRows, Parts
from ipmo.analysis.money.measures import MEASURES, days_of, efforts_of
from ipmo.analysis.money.work_tree import WorkTree, tree_of_project, work_tree
from ipmo.errors import IpmoError
from ipmo.findings import Finding
from ipmo.model.calendars import STANDARD
from ipmo.model.carbon import Carbon
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.units import Money

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["SUMMED", "SummedRows", "Sums", "sums"]

SUMMED = tuple(MEASURES[name] for name in ("budget", "actual", "forecast", "effort", "carbon", "carbon_forecast", "carbon_actual"))
"""The measures that are summed on columns: money, effort and carbon that an item states for itself and all that it holds."""
EFFORT = MEASURES["effort"]
Exact = Priced | Fraction
"""What is carried: money by price base, person-days and tonnes of carbon as they are."""


@attrs.frozen(eq=False)
class _Stated:
    """What items state: exact amounts by price base, and how they came about.

    Args:
        amounts: by base, the position of each and its amount.
        notes: rates used, and why something is not known.
        refused: positions whose own total is stated and cannot be counted.
        given: positions that state something.
    """

    amounts: Mapping[str, Mapping[int, Decimal | Fraction]]
    notes: Mapping[int, str]
    refused: list[int]
    given: Sequence[int]


@attrs.frozen(eq=False, slots=False)
class Sums:
    """The figures of one measure on the tree.

    Args:
        engine: the roll-up, which makes what people see of a figure.
        tree: the items.
        bases: by price base, the amount of every position, and which have one.
        counted: tells (leaves known, leaves that should be) below each position.
        own: which positions state a total for what they hold.
        notes: rates used, and why something is not known.
        given: positions that state something.
        findings: where stated totals differ from their parts.
    """

    engine: Combining
    tree: WorkTree
    bases: Mapping[str, tuple[ExactColumn, NDArray[np.bool_]]]
    counted: Callable[[], tuple[NDArray[np.int64], NDArray[np.int64]]]
    own: frozenset[int]
    notes: Mapping[int, str]
    given: Sequence[int]
    findings: tuple[Finding, ...]

    @functools.cached_property
    def _counts(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return self.counted()

    @property
    def known(self) -> NDArray[np.int64]:
        """Leaves known below each position."""
        return self._counts[0]

    @property
    def total(self) -> NDArray[np.int64]:
        """Leaves that should be."""
        return self._counts[1]

    @functools.cached_property
    def rows(self) -> SummedRows:
        """The figures by id."""
        return SummedRows(self)

    def amount(self, position: int) -> tuple[Fraction | None, bool]:
        """(exact amount, whether all of it is known, in one price base) of a position, without its figure."""
        carried = self.carried(position)
        if carried is None:
            return None, False
        whole = bool(self.known[position] == self.total[position])
        if isinstance(carried, Fraction):
            return carried, whole
        return carried.only(self.engine.measure.name)[1], whole and carried.apart is None

    def all_places(self) -> Mapping[str, int]:
        """The position of every id."""
        return self.tree.places

    def figure(self, position: int) -> RolledUpValue:
        """The figure of a position, its parts to be made when they are looked at."""
        tree, note = self.tree, self.notes.get(position, "")
        item = tree.id(position)
        below = tree.directly(position)
        if position in self.own:
            note = f"{STATED}; {note}" if note else STATED
        return self.engine.made(
            item,
            tree.level(position),
            self.carried(position),
            (int(self.known[position]), int(self.total[position])),
            name=tree.nouns[position].name,
            note=note,
            parts=Parts(self.rows, below, noted=self._noted(position)) if below else (),
            left_out=tree.left_out_below(position),
        )

    def value(self, position: int) -> tuple[Money | None, bool]:
        """(what its figure shows, whether all of it is known) of a position, without its figure."""
        shown = self.engine.shown(self.carried(position)).value
        return shown if isinstance(shown, Money) else None, bool(self.known[position] >= self.total[position])

    def carried(self, position: int) -> Exact | None:
        """The exact amount of a position; None where nothing is known."""
        item = self.tree.id(position)
        return _carried(self.engine, {base: (amounts.at(position), item) for base, (amounts, has) in self.bases.items() if has[position]})

    def bearing(self, root: int) -> tuple[list[int], list[int]]:
        """The positions that the figure of one is made of in the end: what has no parts, and what states a total of its own.

        Returns:
            (those of which something is stated or said, those of which nothing is), each in order.
        """
        import numpy as np

        end, size = self.tree.end, len(self.tree)
        stops = end == np.arange(size) + 1
        stops[list(self.own)] = True
        if not self.total[0]:
            stops[0] = False  # a portfolio that should state nothing
        said = np.zeros(size, bool)
        said[list(self.given)] = said[list(self.notes)] = True
        has = np.zeros(size, bool)
        for _, one in self.bases.values():
            has |= one
        noted = np.zeros(size, bool)
        noted[list(self.notes)] = True
        stops |= noted & ~has
        places = root + np.flatnonzero(stops[root : int(end[root])])
        behind = np.maximum.accumulate(end[places]) if len(places) else places
        free = np.ones(len(places), bool)
        free[1:] = places[1:] >= behind[:-1]
        places = places[free]
        loud = said[places] | has[places]
        return places[loud].tolist(), places[~loud].tolist()

    def _noted(self, position: int) -> bool:
        """Whether something below a position has a note."""
        return bisect_left(self._noted_at, position + 1) < bisect_left(self._noted_at, int(self.tree.end[position]))

    @functools.cached_property
    def _noted_at(self) -> list[int]:
        return sorted(self.notes)


class SummedRows(MadeRows[RolledUpValue]):
    """The figures of sums by id, each made when somebody looks at it; what is asked of many is read off the columns.

    Args:
        of: the sums.
    """

    def __init__(self, of: Sums) -> None:
        super().__init__(of.all_places, of.figure, of.tree.find)
        self.sums = of

    def place(self, item: str) -> int:
        """The position of an item that has a figure."""
        position = self._position(item)
        assert position is not None
        return position

    def amount(self, item: str) -> tuple[Fraction | None, bool]:
        """(exact amount, whether all of it is known) of an item; (None, False) of what has no figure."""
        position = self._position(item)
        return (None, False) if position is None else self.sums.amount(position)

    def value(self, item: str) -> tuple[Money | None, bool]:
        """(what the figure of an item shows, whether all of it is known); (None, False) of what has no figure."""
        position = self._position(item)
        return (None, False) if position is None else self.sums.value(position)


def _carried(engine: Combining, entries: Mapping[str, tuple[Fraction, str]]) -> Exact | None:
    """Exact amounts by price base as the measure carries them; carbon has none."""
    if not entries:
        return None
    return Priced(entries) if engine.measure.unit == "money" else entries[""][0]


def sums(engine: Combining, project: Project | None = None) -> Sums | None:
    """A core measure of money on columns; None where money is in several known price bases, or an amount cannot be counted.

    The way item by item says then which of them, by the order of the tree.

    Args:
        engine: the roll-up.
        project: the only one that is summed; the whole portfolio when left out.
    """
    tree = work_tree(engine.portfolio, engine.include) if project is None else tree_of_project(engine.portfolio, project)
    try:
        stated = _stated(engine, tree)
    except IpmoError:
        return None
    if sum(1 for base in stated.amounts if base) > 1:
        return None
    return _added(engine, tree, stated)


def _stated(engine: Combining, tree: WorkTree) -> _Stated:
    """What every item states; a lump in the portfolio's own currency is taken as it is, all else by the rules."""
    if engine.measure is EFFORT:
        return _efforts(engine.portfolio, tree)
    pf, money = engine.portfolio, engine.measure.unit == "money"
    found = tree.stating(engine.measure.name if money else "carbon")
    if not found:
        return _Stated({}, {}, [], ())
    amounts: dict[str, dict[int, Decimal | Fraction]] = {}
    lumps: dict[int, Decimal | Fraction] = {}
    notes: dict[int, str] = {}
    others, refused = [], []
    currency = pf.money.currency if pf.money is not None else None
    plain = money and pf.money is not None and pf.money.price_base is None and not any(p.price_base is not None for p in pf.projects)
    for position, noun, stated in found:
        lump = certain_lump(stated, currency) if plain and not isinstance(stated, Carbon) else None
        if lump is None or (isinstance(noun, Task) and (noun.plus_resources or noun.milestone)):
            others.append(position)
        else:
            lumps[position] = lump
    if lumps:
        amounts[""] = lumps
    for position in tree.after_parts(others):
        noun = tree.nouns[position]
        if isinstance(noun, Task) and noun.milestone:
            continue
        own, note = engine.own(tree.id(position), noun)
        if note:
            notes[position] = note
        if isinstance(own, Priced):
            for base, (amount, _) in own.entries.items():
                amounts.setdefault(base, {})[position] = amount
        elif isinstance(own, Fraction):
            amounts.setdefault("", {})[position] = own
        elif note:
            refused.append(position)
    return _Stated(amounts, notes, refused, [position for position, _, _ in found])


def _efforts(portfolio: Portfolio, tree: WorkTree) -> _Stated:
    """The person-days of every task; effort that is written alike on one calendar is counted once."""
    given: list[int] = []
    days: dict[int, Decimal | Fraction] = {}
    known: dict[tuple[Decimal, str, str], Fraction] = {}
    for here, work in tree.works:
        usual = work.project.calendar or portfolio.calendar or STANDARD.id
        for place, task in enumerate(work.said, here + 1):
            if task.effort is None and not task.assignments:
                continue
            given.append(place)
            efforts = None if task.milestone else efforts_of(task)
            if efforts is None:
                continue
            name = task.calendar or usual
            parts = []
            for one in efforts:
                key = one.amount, one.unit, name
                if key not in known:
                    known[key] = days_of(one, portfolio.calendar_table[name])
                parts.append(known[key])
            days[place] = parts[0] if len(parts) == 1 else sum(parts, Fraction(0))
    return _Stated({"": days} if days else {}, {}, [], given)


def _leaves(tree: WorkTree, owns: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """(which positions hold nothing, 1 where one of them is known, 1 where one should be)."""
    import numpy as np

    size = len(tree)
    leaf = tree.end == np.arange(size) + 1
    level, silent = tree.project >= 0, np.zeros(size, bool)
    silent[list(tree.silent)] = True
    return leaf, (leaf & owns).astype(np.int64), (leaf & (level | owns) & ~silent).astype(np.int64)


def _known(known: NDArray[np.int64], total: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return known, total


def _unstated(tree: WorkTree) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Leaves known, none, and leaves that should be, below each position of a tree of which nothing states a figure."""
    import numpy as np

    _, known, total = _leaves(tree, np.zeros(len(tree), bool))
    for layer, above, first in tree.sums:
        total[above] = np.add.reduceat(total[layer], first)
    return known, total


def _added(engine: Combining, tree: WorkTree, stated: _Stated) -> Sums:
    """Leaves into what holds them, layer by layer from the deepest; what states a total of its own counts by that."""
    import numpy as np

    if not stated.amounts and not stated.refused:
        return Sums(engine, tree, {}, functools.partial(_unstated, tree), frozenset(), stated.notes, stated.given, ())
    size = len(tree)
    owns = np.zeros(size, bool)
    bases: dict[str, tuple[ExactColumn, NDArray[np.bool_]]] = {}
    for base, given in stated.amounts.items():
        places, exact = np.fromiter(given, np.int64, len(given)), exact_column(given.values())
        has, numbers = np.zeros(size, bool), np.zeros(size, exact.numbers.dtype)
        has[places], numbers[places] = True, exact.numbers
        owns |= has
        bases[base] = ExactColumn(numbers, exact.below), has
    refused = np.zeros(size, bool)
    refused[stated.refused] = True
    leaf, known, total = _leaves(tree, owns)
    inner_own = owns & ~leaf
    differing: list[tuple[int, Exact | None]] = []
    for layer, above, first in tree.sums:
        own, out = above[inner_own[above]], above[refused[above]]
        parts: list[dict[str, tuple[Fraction, str]]] = [{} for _ in own]
        for base, (amounts, has) in bases.items():
            numbers, stating = amounts.numbers[own], has[own]
            amounts.numbers[above], has[above] = np.add.reduceat(amounts.numbers[layer], first), np.logical_or.reduceat(has[layer], first)
            for place, position in enumerate(own.tolist()):
                if has[position]:
                    parts[place][base] = amounts.at(position), ""
            amounts.numbers[own], has[own] = numbers, stating
            amounts.numbers[out], has[out] = 0, False
        known[above], total[above] = np.add.reduceat(known[layer], first), np.add.reduceat(total[layer], first)
        whole = known[own] == total[own]
        differing += [
            (position, _carried(engine, one))
            for position, one, all_ in zip(own.tolist(), parts, whole.tolist(), strict=True)
            if one and all_
        ]
        known[own] = total[own] = total[out] = 1
        known[out] = 0
    found = Sums(
        engine,
        tree,
        bases,
        functools.partial(_known, known, total),
        frozenset(np.flatnonzero(inner_own).tolist()),
        stated.notes,
        stated.given,
        (),
    )
    return attrs.evolve(found, findings=_findings(found, dict(differing)))


def _findings(found: Sums, summed: Mapping[int, Exact | None]) -> tuple[Finding, ...]:
    """Where a stated total is other than its parts, all of them known; percentiles of parts need not add up to that of the whole."""
    engine, tree = found.engine, found.tree
    if engine.amounts.confidence is not None:
        return ()
    out = []
    for position in tree.after_parts(summed):
        own = found.carried(position)
        if own != summed[position]:
            out.append(engine.differs(tree.id(position), own, summed[position]))
    return tuple(out)
