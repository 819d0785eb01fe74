"""How far everything can slip before the nearest commitment fails, and which one that is.

What somebody stated bounds the work that it is about; a pass backward from all of these dates gives the latest start of
every position at which each commitment downstream still holds.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ipmo.analysis.dates.by_day import last_start
from ipmo.analysis.dates.committed import Stated
from ipmo.analysis.dates.statements import Statements
from ipmo.network.kernels.columns import FAR, Dates
from ipmo.network.parts import LateBound
from ipmo.network.passes import Passes
from ipmo.network.positions import as_array
from ipmo.network.readings import Labels
from ipmo.network.states import LIVE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]

__all__ = ["Nearest"]


class Nearest:
    """The nearest commitment of every position.

    Args:
        passes: the passes over the network.
        statements: what is stated.
    """

    def __init__(self, passes: Passes, statements: Statements) -> None:
        self._passes, self._statements = passes, statements

    @functools.cached_property
    def _bounds(self) -> list[tuple[int, LateBound]]:
        """Every bound of open work with the number of what states it."""
        return list(self._bounds_of(enumerate(self._by_name)))

    def _bounds_of(self, some: Iterable[tuple[int, Stated]]) -> Iterator[tuple[int, LateBound]]:
        net, blank = self._passes.network, set(self._passes.without_duration)
        return (
            (
                number,
                LateBound(node, one.date if one.at_finish or one.kind != "hand-over" else last_start(net, node, one.date), one.at_finish),
            )
            for number, one in some
            if one.at_finish or len(one.nodes) == 1  # the start of a summary is that of its first part
            for node in one.nodes
            if net.state[node] in LIVE and node not in blank
        )

    @functools.cached_property
    def _by_name(self) -> list[Stated]:
        """In the order in which one of several equally near is named: that of a whole project first, then by name."""
        return sorted(self._statements.all, key=lambda one: (one.kind != "project", one.name))

    @functools.cached_property
    def _starts(self) -> list[tuple[int, LateBound]]:
        """Of what is stated about a start: the bound, with the number of what states it."""
        return list(self._bounds_of(pair for pair in enumerate(self._by_name) if not pair[1].at_finish))

    @functools.cached_property
    def _finishes(self) -> tuple[Array, Array, Array]:
        """Of open work that is stated to be finished by a date, as columns: positions, these dates, and the numbers of what states them."""
        import numpy as np

        some = [(number, one) for number, one in enumerate(self._by_name) if one.at_finish]
        counts = [len(one.nodes) for _, one in some]
        nodes = np.fromiter(itertools.chain.from_iterable(one.nodes for _, one in some), np.int64, sum(counts))
        places = self._passes.places_of_open_work[nodes]
        kept = places >= 0
        instants, numbers = (
            np.repeat(np.array(column, np.int64), counts)[kept] for column in ([one.date for _, one in some], [n for n, _ in some])
        )
        return places[kept], instants, numbers

    @functools.cached_property
    def _of_projects(self) -> Mapping[str, tuple[int, int]]:
        """(place, date) of the projects of which all open work is stated to be finished by a date, by id; a bar is one piece of work."""
        net = self._passes.network
        place = {net.projects[number]: number for number in net.stated_finishes}
        some = (one for one in self._statements.others if one.kind == "project" and one.item in place)
        return {one.item: (place[one.item], one.date) for one in some}

    @property
    def _asked(self) -> tuple[Array, Array]:
        """Of open work that is stated to be finished by a date: positions, and these dates; whoever states it, but for whole projects."""
        import numpy as np

        given = self._statements.hand_overs
        nodes, dates, ends = given.columns
        single = (nodes >= 0) & (ends != 0)
        whole = self._of_projects
        some = [
            one
            for one in (*given.apart.values(), *self._statements.others)
            if one.at_finish and not (one.kind == "project" and one.item in whole)
        ]
        counts = [len(one.nodes) for one in some]
        more = np.fromiter(itertools.chain.from_iterable(one.nodes for one in some), np.int64, sum(counts))
        nodes = np.concatenate([nodes[single], more])
        dates = np.concatenate([dates[single], np.repeat(np.array([one.date for one in some], np.int64), counts)])
        places = self._passes.places_of_open_work[nodes]
        return places[places >= 0], dates[places >= 0]

    @functools.cached_property
    def late(self) -> Dates:
        """The latest start of every position at which each commitment downstream still holds; FAR where none lies there."""
        passes, pos = self._passes, self._passes.positions.pos
        if passes.network.arrays:
            import numpy as np

            column = np.full(passes.network.n, FAR, np.int64)
            if self._of_projects:
                limits, places = np.full(len(passes.network.projects) + 1, FAR, np.int64), passes.places_of_open_work
                for place, instant in self._of_projects.values():
                    limits[place] = instant
                work = np.flatnonzero(places >= 0)
                column[places[work]] = limits[passes.network.owners[work]]
            np.minimum.at(column, *self._asked)
            given = self._statements.hand_overs
            some = [self._statements.hand_over(place) for place, ends in enumerate(given.at_finish) if not ends]
            some += [one for one in self._statements.others if not one.at_finish]
            return passes.late_under(column, [bound for _, bound in self._bounds_of(enumerate(some))])
        finishes = [FAR] * passes.network.n
        starts: list[LateBound] = []
        for _, bound in self._bounds:
            if bound.at_finish:
                place = int(pos[bound.node])
                finishes[place] = min(finishes[place], bound.instant)
            else:
                starts.append(bound)
        return passes.late_under(finishes, starts)

    @functools.cached_property
    def _numbers(self) -> Sequence[int]:
        """What fails first of what is stated, by name, when each position slips, without compiled kernels."""
        return self._passes.bounding(self.late, self._bounds, len(self._by_name))

    @functools.cached_property
    def labels(self) -> Labels:
        """The commitment that fails first when each position slips, -1 where none lies downstream; of a network with compiled kernels."""
        import numpy as np

        none = len(self._by_name)
        first = self._passes.readings.bounding(self.late, self._starts, none, self._finishes)
        reached = (first < none) & (as_array(self.late.x) < FAR // 2)
        return Labels(np.where(reached, first, -1), [one.name for one in self._by_name])

    def bound(self, place: int) -> int | None:
        """The latest start of a position, on its own clock; None where no commitment lies downstream."""
        late = int(self.late.x[place])
        return late if late < FAR // 2 else None

    def name(self, place: int) -> str | None:
        """The commitment that fails first when a position slips; None where none lies downstream."""
        if self.bound(place) is None:
            return None
        number = int(self.labels.codes[place] if self._passes.network.compiled else self._numbers[place])
        return self._by_name[number].name if 0 <= number < len(self._by_name) else None
