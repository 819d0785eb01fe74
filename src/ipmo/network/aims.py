"""Targets and their dates: what moves when something slips."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar, TypeVarTuple, cast

from ipmo.network.compiled import available, kernel
from ipmo.network.early import EarlyPass
from ipmo.network.kernels import links as link_kernels
from ipmo.network.kernels.columns import FAR, Dates
from ipmo.network.positions import as_array, as_arrays
from ipmo.network.states import NUMBERS, State

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

__all__ = ["Aim", "Aims"]

COMPILE = 400_000
"""Steps from which the compiler is worth waiting for."""

Ts = TypeVarTuple("Ts")
T = TypeVar("T")


class Aim(NamedTuple):
    """Something that has a date: the last finish of some positions, or of all work of some projects.

    Args:
        name: the target's name.
        places: positions.
        projects: places of projects in the network; its date is then also that of their finished work.
    """

    name: str
    places: tuple[int, ...] = ()
    projects: tuple[int, ...] = ()


class Aims:
    """The targets of one network, with their dates as they are, and its columns as arrays.

    Links are places (sorted by target position), dates instants.

    Args:
        passes: the network with its early dates.
        aims: the targets; those without open work are left out of every answer.
    """

    def __init__(self, passes: EarlyPass, aims: Sequence[Aim]) -> None:
        self.passes, self.network, self.aims = passes, passes.network, tuple(aims)
        self.columns = as_arrays(passes.positions)
        self.early_starts = as_array(passes.early_starts)
        self.early = Dates(self.early_starts, as_array(passes.early_waits))
        self._kept: dict[int, Ints] = {}
        self._lists: dict[int, list[int]] = {}
        self.keep(*self.columns, *self.early)
        for array, column in ((self.columns, passes.positions), (self.early, (passes.early_starts, passes.early_waits))):
            self._lists |= {id(one): other for one, other in zip(array, column, strict=True) if isinstance(other, list)}

    @functools.cached_property
    def finishes(self) -> NDArray[np.int64]:
        """The finish of every position as an instant."""
        return as_array(self.passes.finishes)

    @functools.cached_property
    def heads(self) -> NDArray[np.int64]:
        """The target position of the link in each place."""
        import numpy as np

        return np.repeat(np.arange(self.network.n), np.diff(self.columns.ptr))

    @functools.cached_property
    def calendar_links(self) -> NDArray[np.bool_]:
        """Whether the link in each place goes through calendars."""
        mode = self.columns.mode
        through: NDArray[np.bool_] = (mode != NUMBERS[0]) & (mode != NUMBERS[1])
        return through

    @functools.cached_property
    def owners(self) -> NDArray[np.int64]:
        """The place of the project of each position, -1 for what belongs to none."""
        return self.network.owners[self.columns.order]

    @functools.cached_property
    def open_work(self) -> dict[int, NDArray[np.int64]]:
        """Positions of open work of each project."""
        import numpy as np

        count = len(self.network.projects)
        owner = np.where(self.network.ending == 1, self.owners, -1)
        order = np.argsort((owner + 1).astype(np.uint16) if count < 65_000 else owner, kind="stable")
        first = np.searchsorted(owner[order], np.arange(count + 1))
        return {g: order[first[g] : first[g + 1]] for g in range(count)}

    @functools.cached_property
    def done(self) -> dict[int, int]:
        """The last finish of finished work of each project, as an instant."""
        net = self.network
        out: dict[int, int] = {}
        for v, instant in net.finishes.items():
            owner = int(net.project[v])
            if owner >= 0 and net.state[v] == State.FINISHED:
                out[owner] = max(out.get(owner, -FAR), instant)
        return out

    def done_of(self, aim: Aim) -> int:
        """The last finish of what is done of a target; -FAR where nothing is."""
        return max((self.done.get(g, -FAR) for g in aim.projects), default=-FAR)

    @functools.cached_property
    def dates(self) -> list[int]:
        """The date of each target as it is; -FAR for those without a date."""
        import numpy as np

        ends = np.full(len(self.network.projects), -FAR, np.int64)
        open_work = np.flatnonzero((self.owners >= 0) & (self.network.ending == 1))
        np.maximum.at(ends, self.owners[open_work], self.finishes[open_work])
        for g, instant in self.done.items():
            ends[g] = max(int(ends[g]), instant)
        out = np.full(len(self.aims), -FAR, np.int64)
        for parts, instants in (([aim.places for aim in self.aims], self.finishes), ([aim.projects for aim in self.aims], ends)):
            rows = np.repeat(np.arange(len(parts)), [len(one) for one in parts])
            np.maximum.at(out, rows, instants[np.fromiter(itertools.chain.from_iterable(parts), np.int64, len(rows))])
        found: list[int] = out.tolist()
        return found

    def target_places(self, targets: Sequence[int]) -> tuple[list[int], list[int]]:
        """Where the positions of each target begin, and they."""
        first: list[int] = [0]
        places: list[int] = []
        for t in targets:
            aim = self.aims[t]
            places += aim.places
            for g in aim.projects:
                places += self.open_work[g].tolist()
            first.append(len(places))
        return first, places

    def slack(self, k: int, late: int, room: int) -> int:
        """How far the source of link k can slip when its target may start as late as given; FAR without end.

        Args:
            k: the link's place.
            late: the latest start of its target, on its clock.
            room: 1 where the finish of the target may wait for the beginning of the next shift.
        """
        if late >= FAR // 2:
            return FAR
        begin = int(self.early_starts[self.columns.src[k]])
        if not self.calendar_links[k]:
            return int(late - self.columns.w[k] - begin)
        q = self.passes.lists
        found = link_kernels.pull(self.network.clock_tables, q.links, q.nodes, k, int(self.heads[k]), late, room) - begin
        return 0 if found < 0 and self.passes.still_in_time(k, int(self.heads[k]), late) else found

    def keep(self, *columns: Ints) -> None:
        """Says of arrays that no kernel writes to them: as lists they are made once."""
        self._kept |= {id(one): one for one in columns}

    def run(self, function: Callable[[*Ts], T], steps: int, *arguments: *Ts) -> T:
        """Runs a kernel compiled where so many steps pay for that; arrays among the arguments are filled either way."""
        if (self.network.compiled or steps > COMPILE) and available():
            compiled = cast(Callable[..., T], kernel(function))
            return compiled(*(tuple(map(as_array, a)) if type(a) is tuple else a for a in arguments))  # the clocks
        given: tuple[object, ...] = arguments
        lists = [self._listed(one) for one in given]
        out = cast(Callable[..., T], function)(*lists)
        for one, other in zip(given, lists, strict=True):
            self._put_back(one, other)
        return out

    def _listed(self, value: object) -> object:
        """A value with the arrays in it as lists; tuples with names stay what they are."""
        if isinstance(value, tuple):
            parts = [self._listed(part) for part in value]
            return cast(Callable[..., object], type(value))(*parts) if hasattr(value, "_fields") else tuple(parts)
        if not hasattr(value, "tolist"):
            return value
        found: list[int] | None = self._lists.get(id(value))
        if found is None:
            found = cast("NDArray[np.int64]", value).tolist()
            if id(value) in self._kept:
                self._lists[id(value)] = found
        return found

    def _put_back(self, one: object, other: object) -> None:
        """Puts what a kernel wrote into lists back into the arrays that they were made from."""
        if isinstance(one, tuple) and isinstance(other, tuple):
            for part, was in zip(one, other, strict=True):
                self._put_back(part, was)
        elif hasattr(one, "tolist") and isinstance(other, list) and id(one) not in self._kept:
            cast("NDArray[np.int64]", one)[:] = other
