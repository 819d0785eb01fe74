"""Samples in numpy alone, where every link is one number: the same figures as `sampling`, in a fraction of the steps.

Lengths are drawn for many estimates at once; their sums are whole numbers in float64, each checked to have room in its 53 bits, so that
none is rounded. Each position takes two steps a link over one table of finishes in 32 bits, without rows of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self

import numpy as np

from ipmo.analysis.risk.distributions import beta_of, beta_table, from_table, rule_of, triangular
from ipmo.analysis.risk.driving import Numbered
from ipmo.analysis.risk.fast import MOST, drawn_inside, within
from ipmo.model.estimates import Pert
from ipmo.network.kernels.columns import FF, FS
from ipmo.network.states import EFFECTS, LIVE
from ipmo.network.streams import GROUP, TOGETHER, stream, uniforms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.analysis.risk.fast import Dated
    from ipmo.analysis.risk.setup import Setup
    from ipmo.analysis.risk.uncertain import Piece

    Row = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Short = NDArray[np.int32]
    Yes = NDArray[np.bool_]

__all__ = ["ByRows"]

LEAST = -(1 << 30)
"""What nothing bounds, in 32 bits."""
EXACT = 2.0**53
"""Whole numbers below it are exact in float64."""
PAYS = 500_000
"""Nodes times samples from which on looking at the whole network first pays."""


class ByRows:
    """The samples of a setup by rows of numpy.

    Args:
        setup: what is simulated.
        pieces: its uncertain work, in order of ids.
        inside: the work whose lengths are drawn here.
    """

    def __init__(self, setup: Setup, pieces: Sequence[Piece], inside: frozenset[str]) -> None:
        self.setup, self.pieces, self.inside = setup, pieces, inside
        self._sampled = setup.structures.of(())
        nodes, pos = setup.structures.base.passes.nodes, self._sampled.pos
        self._at = [pos[nodes[piece.full_id]] for piece in pieces]
        own = [(v, piece) for v, piece in zip(self._at, pieces, strict=True) if piece.full_id in inside]
        self._given = [(v, piece.full_id) for v, piece in zip(self._at, pieces, strict=True) if piece.full_id not in inside]
        straight = [(v, piece) for v, piece in own if not isinstance(piece.estimate, Pert)]
        curved = [(v, piece) for v, piece in own if isinstance(piece.estimate, Pert)]
        self._drawn = [*straight, *curved]
        self._straight = len(straight)
        self._streams = [stream(setup.seed, piece.full_id, "length") for _, piece in self._drawn]
        self._rules = [rule_of(one.estimate, setup.pert) if isinstance(one.estimate, Pert) else setup.pert for _, one in self._drawn]
        corners = [piece.corners for _, piece in self._drawn]
        self._corners = np.array([one for one in corners if one is not None], np.float64).reshape(len(self._drawn), 4)
        self._unit = np.array([[piece.unit, piece.left] for _, piece in self._drawn], np.float64).reshape(len(self._drawn), 2)

    @classmethod
    def of(cls, setup: Setup, pieces: Sequence[Piece], wanted: bool | None) -> Self | None:
        """The rows of a setup; None where they are not wanted, are too few to pay, or the network is not of that kind.

        Args:
            setup: what is simulated.
            pieces: its uncertain work.
            wanted: wanted or not; where it pays when left out.
        """
        net = setup.structures.base.network
        few = wanted is None and net.n * setup.samples < PAYS
        if wanted is False or few or not net.additive or net.unknown or net.caps:
            return None
        inside = drawn_inside(setup, pieces)
        return cls(setup, pieces, inside) if inside is not None and within(setup, pieces, inside) else None

    # ------------------------------------------------------------------------------------------ lengths

    def _lengths(self, first: int, last: int, size: int) -> tuple[Short, Floats]:
        """The minutes of the work that is drawn here, a row each; and their sums, and those of their squares."""
        out = np.empty((len(self._drawn), size), np.int32)
        sums = np.zeros((len(self._drawn), 2))
        for group in range(first, last):
            begin = (group - first) * GROUP
            count = min(GROUP, size - begin)
            for some in range(0, len(self._drawn), TOGETHER):
                rows = slice(some, min(some + TOGETHER, len(self._drawn)))
                u = uniforms(self._streams[rows], group)
                straight = max(min(self._straight - some, len(u)), 0)
                if straight:
                    triangular(self._corners[some : some + straight], u[:straight])
                for row in range(straight, len(u)):
                    low, likely, high, even = self._corners[some + row].tolist()
                    u[row] = low + (high - low) * from_table(
                        u[row], beta_table(*beta_of((low, likely, high, even), self._rules[some + row]))
                    )
                unit, left = self._unit[rows, :1], self._unit[rows, 1:]
                np.rint(np.multiply(u, unit, out=u), out=u)
                if (left != 1).any():
                    np.rint(np.multiply(u, left, out=u), out=u)
                counted = u[:, :count]
                sums[rows, 0] += counted.sum(axis=1)
                sums[rows, 1] += np.einsum("ij,ij->i", counted, counted)
                out[rows, begin : begin + count] = counted
        return out, sums

    # ------------------------------------------------------------------------------------------ dates

    def dated(self, first: int, last: int, size: int, lengths: Mapping[str, Row]) -> Dated | None:
        """Dates, criticality, driving links, ends after the base and sums of lengths, of groups of samples; None where it cannot say.

        Args:
            first, last: the groups.
            size: how many of their samples count.
            lengths: of the work that is not drawn here.
        """
        sampled, net = self._sampled, self._sampled.network
        given = {v: lengths[name] for v, name in self._given}
        if any(int(row.min()) <= 0 or int(row.max()) >= MOST for row in given.values()):
            return None
        drawn, sums = self._lengths(first, last, size)
        rows: dict[int, Short] = {v: row.astype(np.int32) for v, row in given.items()}
        rows |= {v: drawn[place] for place, (v, _) in enumerate(self._drawn)}
        finish, starts = self._forward(rows, size)
        ends = self._ends(finish)
        end = functools.reduce(np.maximum, ends.values(), np.full(size, -1, np.int64))
        critical, driving = self._critical(finish, starts, rows, ends, end)
        dates = np.empty((len(self.setup.dated), size), np.int64)
        for place, kept in enumerate(self.setup.dated):
            row = np.full(size, kept.done, np.int64)
            if kept.projects is not None:
                for project in kept.projects:
                    np.maximum(row, ends[project], out=row)
            for node in kept.nodes if kept.projects is None else ():
                v = sampled.pos[node]
                begins = kept.begins and node not in net.points
                np.maximum(row, self._date(finish, starts, v, begins), out=row)
            for node in kept.spans:
                spanned = sampled.spanned(node, functools.partial(self._date, finish, starts))
                np.maximum(row, spanned, out=row)
                end = np.maximum(end, spanned)  # nothing is critical by a level of effort, but it may end last
            dates[place] = row
        after = end - net.base
        summed = self._sums(drawn, sums, given, after)
        if summed is None:
            return None
        return dates, critical, driving, after, summed

    def _date(self, finish: Short, starts: Mapping[int, Short], v: int, begins: bool) -> Row:
        """The finishes of a position as instants, or its starts."""
        clk = self._sampled.clk[v]
        return self._sampled.starts(v, starts[v] + self._bases[clk]) if begins else self._instants(clk, finish[v])

    def _instants(self, clk: int, worked: Short) -> Row:
        """Finishes of a clock as instants."""
        return self._sampled.clocks.finish_at(clk, worked + self._bases[clk])

    @functools.cached_property
    def _bases(self) -> dict[int, np.int64]:
        """The minutes that each clock has worked up to the base: dates in 32 bits count from there."""
        net = self._sampled.network
        return {clk: np.int64(net.clock(clk).work(net.base)) for clk in set(self._sampled.clk)}

    def _forward(self, rows: Mapping[int, Short], size: int) -> tuple[Short, dict[int, Short]]:
        """Finishes, and the starts that somebody asks for."""
        n, start = self._sampled.network.n, np.empty(size, np.int32)
        table = np.empty((n, size), np.int32)
        finish, durations = list(table), self._sampled.dur
        starts: dict[int, Short] = {}
        maximum, add, asked = np.maximum, np.add, self._started
        for v, (srcs, low, floor) in enumerate(self._plan):
            own: Short | int = rows[v] if v in rows else durations[v]
            wanted = self._pushed(v, finish, starts, own) if srcs is None else [finish[u] for u in srcs]
            best = start
            if len(wanted) == 2:
                maximum(wanted[0], wanted[1], out=start)
            elif len(wanted) == 1:
                best = wanted[0]
            elif not wanted:
                start.fill(LEAST)
            else:
                functools.reduce(lambda one, other: maximum(one, other, out=start), wanted)
            if low is not None:
                best = maximum(best, low, out=start)
            if floor is not None:
                best = maximum(best, floor - own, out=start)
            add(best, own, out=finish[v])
            if v in asked:
                starts[v] = best.copy() if best is start else best
        return table, starts

    @functools.cached_property
    def _plan(self) -> list[tuple[list[int] | None, int | None, int | None]]:
        """For each position what it waits for the finish of (None where other links bind it too), and first day and finish, where they bind."""
        s = self._sampled
        base = [int(self._bases[clk]) for clk in s.clk]
        out: list[tuple[list[int] | None, int | None, int | None]] = []
        for v in range(s.network.n):
            links = range(s.ptr[v], s.ptr[v + 1])
            plain = all(s.typ[k] == FS and not s.lag[k] for k in links)
            floor = max(s.floors[v][0] - base[v], LEAST) if v in s.floors else None
            low = max(s.low[v] - base[v], LEAST) if s.held[v] or floor is not None or not len(links) else None
            out.append(([s.src[k] for k in links] if plain else None, low, floor))
        return out

    def _pushed(self, v: int, finish: Sequence[Short], starts: Mapping[int, Short], own: Short | int) -> list[Short]:
        """The starts that the links of a position ask for."""
        s = self._sampled
        out: list[Short] = []
        for k in range(s.ptr[v], s.ptr[v + 1]):
            row = finish[s.src[k]] if s.typ[k] in (FS, FF) else starts[s.src[k]]
            if s.lag[k]:
                row = row + np.int32(s.lag[k])
            out.append(row - own if s.typ[k] >= FF else row)
        return out

    @functools.cached_property
    def _started(self) -> frozenset[int]:
        """The positions whose starts somebody asks for."""
        sampled = self._sampled
        given = {u for u, typ in zip(sampled.src, sampled.typ, strict=True) if typ not in (FS, FF)}
        spans = {node for kept in self.setup.dated for node in kept.spans}
        given |= {v for node in spans for v, begins in sampled.linked(node) if begins}
        return frozenset(given | {sampled.pos[node] for kept in self.setup.dated if kept.begins for node in kept.nodes})

    def _ends(self, finish: Short) -> dict[int, Row]:
        """The end of each project."""
        out: dict[int, Row] = {}
        for (project, clk), inside in self._ending.items():
            row = self._instants(clk, functools.reduce(np.maximum, (finish[v] for v in inside)))
            out[project] = np.maximum(out[project], row) if project in out else row
        return out

    def _critical(
        self, table: Short, starts: Mapping[int, Short], rows: Mapping[int, Short], ends: Mapping[int, Row], end: Row
    ) -> tuple[Row, dict[int, int]]:
        """How often each node, and each link of the file, lies on a driving path to the end: what is critical nowhere costs nothing."""
        sampled, net = self._sampled, self._sampled.network
        finish = list(table)
        own_end = net.dialect is not None and net.dialect.float_to == "project"
        found: list[Yes | None] = [None] * net.n
        for (project, clk), inside in self._ending.items():
            wanted = ends[project] if own_end and project >= 0 else end
            last = functools.reduce(np.maximum, (finish[v] for v in inside))
            last = np.where(self._instants(clk, last) == wanted, last, LEAST - 1)
            for v in inside:
                yes = finish[v] == last
                found[v] = yes if yes.any() else None
        counts, driving, numbered = np.zeros(net.n, np.int64), dict[int, int](), Numbered(net)
        for v in range(net.n - 1, -1, -1):
            row = found[v]
            if row is None or not (many := int(np.count_nonzero(row))):
                continue
            counts[sampled.order[v]] += many
            srcs, low, floor = self._plan[v]
            own: Short | int = rows[v] if v in rows else sampled.dur[v]
            asked = self._pushed(v, finish, starts, own) if srcs is None else [finish[u] for u in srcs]
            alone = len(asked) == 1 and low is None and floor is None
            start = None if alone or not asked else finish[v] - own
            for k, one in enumerate(asked, sampled.ptr[v]):
                u, both = sampled.src[k], row if start is None else row & (one == start)
                before = found[u]
                found[u] = both if before is None else before | both
                if (number := numbered.of(net, sampled.links[k])) is not None:
                    driving[number] = driving.get(number, 0) + int(np.count_nonzero(both))
        return counts, driving

    @functools.cached_property
    def _ending(self) -> dict[tuple[int, int], list[int]]:
        """By project and clock the positions of open work that may be its last: nothing that takes time follows them in it."""
        sampled, net = self._sampled, self._sampled.network
        out: dict[tuple[int, int], list[int]] = {}
        uncertain = set(self._at)
        by_place: dict[int, list[tuple[int, int]]] = {}
        for k, (u, v) in enumerate(zip(sampled.src, sampled.heads, strict=True)):
            by_place.setdefault(u, []).append((k, v))
        for v, node in enumerate(sampled.order):
            if net.state[node] not in LIVE or net.kinds[node] in EFFECTS:
                continue
            key = int(net.project[node]), int(sampled.clk[v])
            before = any(
                sampled.typ[k] == FS
                and (sampled.lag[k] > 0 or (sampled.lag[k] == 0 and (w in uncertain or sampled.dur[w] > 0)))
                and (int(net.project[sampled.order[w]]), int(sampled.clk[w])) == key
                and net.state[sampled.order[w]] in LIVE
                and net.kinds[sampled.order[w]] not in EFFECTS
                for k, w in by_place.get(v, ())
            )
            if not before:
                out.setdefault(key, []).append(v)
        return out

    def _sums(self, drawn: Short, sums: Floats, given: Mapping[int, Row], after: Row) -> Row | None:
        """The sums of the lengths of all uncertain work, of their squares and of their products with the end; None where they are not exact."""
        least, most = int(after.min(initial=0)), int(after.max(initial=0))
        longest = max(int(drawn.max(initial=0)), max((int(row.max()) for row in given.values()), default=0))
        if max(-least, most, longest) ** 2 * max(len(after), 1) >= EXACT:
            return None
        place = {v: number for number, (v, _) in enumerate(self._drawn)}
        ends = after.astype(np.float64)
        products = [drawn[some : some + TOGETHER].astype(np.float64) @ ends for some in range(0, len(drawn), TOGETHER)]
        own = np.column_stack([sums, np.concatenate(products) if products else np.empty(0)])
        out = np.empty((len(self.pieces), 3), np.int64)
        for number, v in enumerate(self._at):
            if v in place:
                out[number] = own[place[v]]
            else:
                row = given[v]
                out[number] = int(row.sum()), int(row @ row), int(row @ after)
        return out
