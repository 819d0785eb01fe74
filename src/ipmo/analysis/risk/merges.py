"""Merge bias: where several paths join, the latest of them counts, so that the join is later than each alone says.

At each join the mean of the latest path is held against the latest of their means, sample by sample, so that both are of the same draws. A first day of
the work itself holds for each path alike.
Source: MacCrimmon and Ryavec, An analytical study of the PERT assumptions (1964); GAO Schedule Assessment Guide.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ipmo.analysis.risk.sampling import Samples, spans_of
from ipmo.analysis.risk.setup import Kept, Setup
from ipmo.network.kernels.columns import FAR, ONE_IS_ENOUGH
from ipmo.network.states import State
from ipmo.tables import Column, Table
from ipmo.units import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.analysis.risk.windows import Part
    from ipmo.network.sampled import SampledDates

    Row = NDArray[np.int64]

__all__ = ["Merge", "merge_table", "merges"]


class Merge(NamedTuple):
    """What a join is late by because several paths meet there.

    Args:
        id: the item.
        name: its title.
        kind: task, milestone, gate, outcome, benefit, project, programme or portfolio.
        paths: how many of what meets there is the last in some sample.
        latest: which of them is the latest on average.
        decides: the share of samples in which that one is the last.
        days: how much later the last of all is than that one, on average, in days of 24 hours.
        error: its standard error.
    """

    id: str
    name: str
    kind: str
    paths: int
    latest: str
    decides: float
    days: float
    error: float


class _Path:
    """By how much the last of all paths is later than one of them."""

    def __init__(self) -> None:
        self.sum, self.squares, self.last = 0, 0.0, 0

    def add(self, behind: Row, many: int) -> None:
        """Some samples more; one number stands for all of them."""
        times = many if len(behind) == 1 else 1
        self.sum += times * int(behind.sum())
        self.squares += times * float(np.square(behind.astype(np.float64)).sum())
        self.last += times * int(np.count_nonzero(behind == 0))


def merges(setup: Setup, kinds: Mapping[str, str], wholes: Sequence[Kept]) -> list[Merge]:
    """The joins of a network and of its wholes, what is late by most first.

    Args:
        setup: what is simulated.
        kinds: of all items.
        wholes: projects, which end with the last of their work, and what is made of projects, which ends with the last of those.
    """
    found: dict[str, dict[str, _Path]] = {}
    samples = Samples(setup, compiled=False)
    for first, last in spans_of(setup):
        for part, dates in samples.dated(first, last):
            _joins(setup, part, dates, found)
            _ends(setup, part, dates, wholes, found)
    items = setup.structures.portfolio.items
    out = []
    for name, paths in found.items():
        noun = items.get(name, setup.structures.portfolio)
        out.append(_merge(name, noun.name, kinds.get(name, ""), paths, setup.samples))
    return sorted((one for one in out if one.paths > 1), key=lambda one: (-one.days, one.id))


def _joins(setup: Setup, part: Part, dates: SampledDates, into: dict[str, dict[str, _Path]]) -> None:
    """Adds what every start waits for in some samples."""
    sampled, net = part.sampled, part.sampled.network
    for v, node in enumerate(sampled.order):
        count = sampled.ptr[v + 1] - sampled.ptr[v]
        name = net.ids[node]
        if (
            count < 2
            or sampled.mark[v] & ONE_IS_ENOUGH
            or net.state[node] is not State.NORMAL
            or name not in setup.structures.portfolio.items
        ):
            continue
        asked = sampled.asked(v, dates, part.lengths, part.lost)
        first = sampled.starts(v, np.array([max(sampled.low[v], -FAR // 2)], np.int64))
        rows: dict[str, Row] = {}
        for k, row in zip(range(sampled.ptr[v], sampled.ptr[v + 1]), asked, strict=True):
            source = net.ids[sampled.order[sampled.src[k]]]
            rows[source] = np.maximum(rows.get(source, first), row)
        _add(into.setdefault(name, {}), rows, len(part.columns))


def _ends(setup: Setup, part: Part, dates: SampledDates, wholes: Sequence[Kept], into: dict[str, dict[str, _Path]]) -> None:
    """Adds what projects, programmes and the portfolio end with in some samples."""
    sampled = part.sampled
    net = setup.structures.base.network
    last: dict[int, Row] = {}
    projects = set(net.projects)

    def instants(v: int, begins: bool) -> Row:
        return sampled.starts(v, dates.x[v]) if begins else dates.finish[v]

    for kept in wholes:
        if kept.full_id in projects:
            rows = {net.ids[node]: dates.finish[sampled.pos[node]] for node in kept.nodes}
            rows |= {net.ids[node]: sampled.spanned(node, instants) for node in kept.spans}
            last[int(net.project[(kept.nodes or kept.spans)[0]])] = _latest(rows)
            _add(into.setdefault(kept.full_id, {}), rows, len(part.columns))
    for kept in wholes:
        if kept.full_id not in projects:
            places = dict.fromkeys((*(kept.projects or ()), *(int(net.project[node]) for node in kept.spans)))
            inside = {net.projects[place]: last[place] for place in places if place in last}
            if inside:
                _add(into.setdefault(kept.full_id, {}), inside, len(part.columns))


def _latest(rows: dict[str, Row]) -> Row:
    out = np.full(1, -FAR, np.int64)
    for row in rows.values():
        out = np.maximum(out, row)
    return out


def _add(paths: dict[str, _Path], rows: dict[str, Row], many: int) -> None:
    latest = _latest(rows)
    for name, row in rows.items():
        paths.setdefault(name, _Path()).add(latest - row, many)


def merge_table(found: Sequence[Merge]) -> Table:
    """A row a join."""
    return Table(
        [
            *(Column(name, "str", [getattr(one, name) for one in found]) for name in ("id", "name", "kind")),
            Column("paths", "int", [one.paths for one in found]),
            Column("latest", "str", [one.latest for one in found]),
            Column("decides", "float", [one.decides for one in found]),
            Column("days", "float", [one.days for one in found], "days"),
            Column("days_error", "float", [one.error for one in found], "days"),
        ]
    )


def _merge(name: str, title: str, kind: str, paths: dict[str, _Path], samples: int) -> Merge:
    latest = min(paths, key=lambda path: (paths[path].sum, path))
    one = paths[latest]
    mean = one.sum / samples
    spread = max(one.squares - one.sum * mean, 0.0)
    return Merge(
        id=name,
        name=title,
        kind=kind,
        paths=sum(1 for path in paths.values() if path.last),
        latest=latest,
        decides=one.last / samples,
        days=mean / DAY,
        error=math.sqrt(spread / (samples - 1) / samples) / DAY,
    )
