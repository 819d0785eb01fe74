"""The columns that earned value is summed of: what is known of each work package, by its place in the order of the tree."""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from ipmo.analysis.money.amounts import Priced
from ipmo.analysis.money.exact import Running
from ipmo.analysis.money.periods import wall_clock
from ipmo.analysis.money.plain_packages import COSTED, PlainPackages
from ipmo.analysis.money.plan_curves import SHAPES, Pieces
from ipmo.analysis.money.timing import Piece
from ipmo.analysis.money.work_packages import UNKNOWN, Package, WorkPackages

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PackageColumns", "between"]


class PackageColumns:
    """What is known of the work packages, by their place in the order of the tree; nothing stands where nothing is known.

    Args:
        packages: the work packages one by one.
    """

    def __init__(self, packages: WorkPackages) -> None:
        self.size = 0
        self.plain = PlainPackages(packages)
        self.given: dict[str, dict[int, Fraction]] = {
            name: {} for name in ("budget", "bac", "pv", "ev", "ac", "effort", "effort_value", "effort_ac", "removed")
        }
        self.seen: dict[int, int] = {}
        self.ended: dict[int, int | None] = {}
        self.floating: list[int] = []
        self.plan: dict[int, Sequence[Piece]] = {}
        self.bases: dict[int, Mapping[str, str]] = {}
        self.uncosted: list[int] = []
        self.named: set[str] = set()

    def add(self, package: Package) -> None:
        """One package more."""
        place = self.size
        self.size += 1
        if package is UNKNOWN:
            return
        given = self.given
        if package.budget is not None:
            given["budget"][place] = package.budget
        if package.bac is not None:
            given["bac"][place], given["pv"][place], given["ev"][place] = package.bac, package.pv, package.ev
            self.ended[place] = package.ended
            self.plan[place] = package.plan
            if package.ac is None:
                self.uncosted.append(place)
        if package.ac is not None:
            given["ac"][place] = package.ac
        if package.effort is not None:
            given["effort"][place], given["effort_value"][place] = package.effort
        if package.effort_ac is not None:
            given["effort_ac"][place] = package.effort_ac
        if package.seen is not None:
            self.seen[place] = package.seen
        if package.floating:
            self.floating.append(place)
        if package.bases:
            self.bases[place] = package.bases
            self.named.update(package.bases)

    @functools.cached_property
    def running(self) -> Mapping[str, Running]:
        """What can be summed over any range."""
        plain = self.plain.figures
        found: dict[str, Running] = {}
        for name, amounts in self.given.items():
            more, column = plain.apart.get(name, {}), plain.columns.get(name)
            found[name] = Running({**amounts, **more} if more else amounts, column, plain.ratios.get(name))
        for name, costed in COSTED.items():
            if not self.uncosted_at:
                found[costed] = found[name]
                continue
            amounts = {place: amount for place, amount in self.given[name].items() if place in self.given["ac"]}
            of = costed if plain.uncosted else name  # all plain ones have one
            found[costed] = Running({**amounts, **plain.apart.get(of, {})}, plain.columns.get(of), plain.ratios.get(of))
        return found

    @functools.cached_property
    def seen_at(self) -> Sequence[int]:
        """The packages whose plan and progress are known, and level of effort."""
        return _in_order(self.seen, self.plain.figures.known)

    def instants_seen(self) -> NDArray[np.int64]:
        """The instants that the packages of `seen_at` are seen from, in order."""
        import numpy as np

        if not self.seen:
            return self.plain.seen
        return np.array([self.seen_from(place) for place in self.seen_at], np.int64)

    def instants_ended(self) -> NDArray[np.int64]:
        """When the packages with a plan that is counted ended, in order; -1 where they have not, or nobody says when."""
        import numpy as np

        places = self.planned_at
        found = np.full(len(places), -1, np.int64)
        said = {**self.plain.figures.ended, **self.ended}
        stated = {place: instant for place, instant in said.items() if instant is not None}
        if stated and len(places):
            at = np.array(places, np.int64)
            where = np.array(list(stated), np.int64)
            rows = np.minimum(np.searchsorted(at, where), len(at) - 1)
            here = at[rows] == where
            found[rows[here]] = np.array(list(stated.values()), np.int64)[here]
        return found

    @functools.cached_property
    def planned_at(self) -> Sequence[int]:
        """The packages with a plan that is counted."""
        return _in_order(self.plan, self.plain.figures.known)

    @functools.cached_property
    def floating_at(self) -> Sequence[int]:
        """The packages without approved dates."""
        return _in_order(self.floating, self.plain.figures.floating)

    def pieces(self, place: int) -> Sequence[Piece]:
        """The pieces of the plan of a package."""
        found = self.plan.get(place)
        return [self.plain.piece(place)] if found is None else found

    def seen_from(self, place: int) -> int:
        """The instant that a package is seen from."""
        found = self.seen.get(place)
        return self.plain.seen_from(place) if found is None else found

    def ended_at(self, place: int) -> int | None:
        """When a package ended, of finished work."""
        return self.ended[place] if place in self.ended else self.plain.figures.ended.get(place)

    @functools.cached_property
    def uncosted_at(self) -> Sequence[int]:
        """The packages of `planned_at` of which the actual cost is not known: they are in no figure that needs one."""
        return _in_order(self.uncosted, self.plain.figures.uncosted)

    @functools.cached_property
    def plans(self) -> tuple[NDArray[np.int64], Pieces]:
        """(place, plan) of every piece that is counted, in order; the clock is -1 of what no column says."""
        import numpy as np

        places, pieces = self.plain.planned
        rows = [(place, *_columns(piece)) for place, several in self.plan.items() for piece in several]
        if not rows:
            return places, pieces
        more = list(zip(*rows, strict=True))
        every = np.concatenate((places, np.array(more[0], np.int64)))
        order = np.argsort(every, kind="stable")
        both = zip(attrs.astuple(pieces, recurse=False), more[1:], strict=True)
        return every[order], Pieces(*(np.concatenate((column, np.array(some, column.dtype)))[order] for column, some in both))

    def one_base(self, first: int, end: int) -> None:
        """Refuses a range in several known price bases.

        Raises:
            UnitError: money of two price bases would be mixed.
        """
        if len(self.named) > 1:
            found: dict[str, str] = {}
            for place in between(list(self.bases), first, end):
                found = {**self.bases[place], **found}
            if len(found) > 1:
                Priced({base: (Fraction(0), item) for base, item in found.items()}).only("money")


def between(places: Sequence[int], first: int, end: int) -> Sequence[int]:
    """Those of some places, in order, that lie from one on and before another."""
    return places[bisect_left(places, first) : bisect_left(places, end)]


def _columns(piece: Piece) -> tuple[int, int, int, int, float]:
    """First and last instant, clock, shape and worth of a piece."""
    one = piece.stretch
    if one is None:
        return 0, 0, -1, 0, float(piece.value)
    clock = 0 if one.worked is wall_clock else getattr(getattr(one.worked, "__self__", None), "number", -1)
    named = one.spread.curve in SHAPES
    return one.since, one.until, clock if named else -1, SHAPES.index(one.spread.curve) if named else 0, float(piece.value)


def _in_order(places: Iterable[int], more: Sequence[int]) -> Sequence[int]:
    """Places, and more of them, in order."""
    places = list(places)
    return sorted([*places, *more]) if more and places else more or places
