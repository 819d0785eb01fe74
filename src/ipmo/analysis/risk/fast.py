"""Samples by compiled kernels, where nothing moves what has no length: the same figures, sooner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np

from ipmo.analysis.risk.distributions import beta_of, beta_table, rule_of
from ipmo.analysis.risk.driving import Numbered
from ipmo.model.estimates import Pert
from ipmo.network.compiled import available
from ipmo.network.sampled_fast import LONGEST, CompiledPass, GroupDates, fits
from ipmo.network.streams import GROUP, stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.analysis.risk.setup import Setup
    from ipmo.analysis.risk.uncertain import Piece

    Row = NDArray[np.int64]

__all__ = ["MOST", "Dated", "Fast", "drawn_inside", "within"]

Dated: TypeAlias = "tuple[Row, Row, dict[int, int], Row, Row]"
"""Dates, criticality, driving links, ends after the base, sums of lengths."""
PAYS = 2_000_000
"""Nodes times samples from which on compiling pays: rows of numpy take a second for less."""
TABLES = 2048
"""Tables of beta distributions in the kernels at most, 72 KB each: each ratio of a PERT estimate's three values has its own."""
MOST = 1 << 22
"""Minutes of a length that is made elsewhere, at most: eight years of work."""


class Fast:
    """The samples of a setup by compiled kernels.

    Args:
        setup: what is simulated.
        pieces: its uncertain work, in order of ids.
        inside: the work whose lengths the kernels draw.
    """

    def __init__(self, setup: Setup, pieces: Sequence[Piece], inside: frozenset[str]) -> None:
        self.setup, self.pieces, self.inside = setup, pieces, inside
        self.sampled = setup.structures.of(())
        nodes, pos = setup.structures.base.passes.nodes, self.sampled.pos
        self._at = [pos[nodes[piece.full_id]] for piece in pieces]
        own = [(place, piece) for place, piece in zip(self._at, pieces, strict=True) if piece.full_id in inside]
        drawn = {
            place: ((*piece.corners, piece.unit, piece.left), stream(setup.seed, piece.full_id, "length"))
            for place, piece in own
            if piece.corners is not None
        }
        tables = {
            place: beta_table(*beta_of(piece.corners, rule_of(piece.estimate, setup.pert)))
            for place, piece in own
            if piece.corners is not None and isinstance(piece.estimate, Pert)
        }
        self._order = np.array(self.sampled.order, np.int64)
        self._numbered = Numbered(self.sampled.network)
        self._given = [piece.full_id for piece in pieces if piece.full_id not in inside]
        points = self.sampled.network.points
        self._asked = [
            (pos[node], kept.begins and node not in points) for kept in setup.dated if kept.projects is None for node in kept.nodes
        ]
        """The position of each node of what is kept by nodes, with whether its start counts; after these of what levels of effort span."""
        spans = {node for kept in setup.dated for node in kept.spans}
        linked = {pair for node in spans for pair in self.sampled.linked(node)}
        self._linked = {pair: row for row, pair in enumerate(sorted(linked), len(self._asked))}
        self._asked += self._linked
        self._kernels = CompiledPass(self.sampled, drawn, [pos[nodes[name]] for name in self._given], self._asked, tables)
        place = {v: number for number, v in enumerate(drawn)}
        self._drawn = np.array([place.get(v, -1) for v in self._at], np.int64)
        """The row of each piece of work among those that are drawn here, -1 for one that is given."""

    @property
    def room(self) -> int:
        """Bytes of the rows that a thread needs."""
        return self._kernels.room

    @classmethod
    def of(cls, setup: Setup, pieces: Sequence[Piece], compiled: bool | None) -> Self | None:
        """The kernels for a setup; None where it is too small to pay, or the network is not of that kind.

        Args:
            setup: what is simulated.
            pieces: its uncertain work.
            compiled: wanted or not; where it pays when left out.
        """
        net = setup.structures.base.network
        if compiled is False or not available() or (compiled is None and net.n * setup.samples < PAYS):
            return None
        inside = drawn_inside(setup, pieces)
        if inside is None:
            return None
        return cls(setup, pieces, inside) if within(setup, pieces, inside) else None

    def dated(self, first: int, last: int, size: int, lengths: Mapping[str, Row]) -> Dated | None:
        """Dates, criticality, driving links, ends after the base and sums of lengths, of groups of samples; None where it cannot say.

        Args:
            first, last: the groups.
            size: how many of their samples count.
            lengths: of the work that is not drawn here.
        """
        given = np.array([lengths[name] for name in self._given], np.int64).reshape(len(self._given), size)
        if given.size and (int(given.min()) <= 0 or int(given.max()) >= MOST):
            return None
        net, kernels = self.sampled.network, self._kernels
        dates = np.empty((len(self.setup.dated), size), np.int64)
        critical, driving = np.zeros(net.n, np.int64), np.zeros(net.m, np.int64)
        after = np.empty(size, np.int64)
        sums = np.zeros((len(self.inside), 3), np.int64)
        for group in range(first, last):
            begin = (group - first) * GROUP
            count = min(GROUP, size - begin)
            rows = np.ones((len(self._given), GROUP), np.int32)
            rows[:, :count] = given[:, begin : begin + count]
            found = kernels.forward(group, rows, count, sums)
            end, latest = self._ends(found)
            spanned = self._keep(found, end, dates[:, begin : begin + count])
            late = np.max(list(end.values()), axis=0) - net.base if end else np.full(GROUP, -1 - net.base)
            late[:count] = np.maximum(late[:count], spanned - net.base)  # nothing is critical by a level of effort, but it may end last
            after[begin : begin + count] = late[:count]
            if int(late[:count].max()) >= 2**31:
                return None
            kernels.critical(found, count, latest, late.astype(np.int32), (critical, driving, sums))
        if int(after.max()) ** 2 * size >= 2**63:  # no length is longer than the way to the end: their squares have room in 64 bits
            return None
        by_node = np.zeros(net.n, np.int64)
        by_node[self._order] = critical
        driven = np.flatnonzero(driving).tolist()
        called = ((self._numbered.of(net, self.sampled.links[k]), int(driving[k])) for k in driven)
        numbered = {number: count for number, count in called if number is not None}
        return dates, by_node, numbered, after, self._sums(sums, given, after)

    def _sums(self, drawn: Row, given: Row, after: Row) -> Row:
        """The sums of the lengths of all uncertain work, of their squares and of their products with the end."""
        out = np.empty((len(self.pieces), 3), np.int64)
        own = self._drawn
        out[own >= 0] = drawn[own[own >= 0]]
        out[own < 0] = np.stack([given.sum(axis=1), (given * given).sum(axis=1), given @ after], axis=1)
        return out

    def _ends(self, found: GroupDates) -> tuple[dict[int, Row], NDArray[np.int32]]:
        """The end of each project as instants, and the finish, on each clock, that lies on a critical path."""
        net, owners = self.sampled.network, self._kernels.owners
        instants = found.last()
        end: dict[int, Row] = {}
        for (project, _), row in zip(owners, instants, strict=True):
            end[project] = np.maximum(end[project], row) if project in end else row
        own = net.dialect is not None and net.dialect.float_to == "project"
        whole = np.max(list(end.values()), axis=0) if end else None
        latest = np.full_like(found.ends, -(1 << 31))
        for place, (project, _) in enumerate(owners):
            wanted = end[project] if own and project >= 0 else whole
            latest[place] = np.where(instants[place] == wanted, found.ends[place], -(1 << 31))
        return end, latest

    def _keep(self, found: GroupDates, end: Mapping[int, Row], out: Row) -> Row:
        """The dates of what is kept; the end of the last level of effort is returned, -1 where there is none."""
        count = out.shape[1]
        last = np.full(count, -1, np.int64)
        dated = found.instants(self._asked, count)
        row = 0
        for place, kept in enumerate(self.setup.dated):
            out[place] = kept.done
            if kept.projects is not None:
                for project in kept.projects:
                    np.maximum(out[place], end[project][:count], out=out[place])
            else:
                for _ in kept.nodes:
                    np.maximum(out[place], dated[row], out=out[place])
                    row += 1
            for node in kept.spans:
                ends = self.sampled.spanned(node, lambda v, begins: dated[self._linked[v, begins]])
                np.maximum(out[place], ends, out=out[place])
                np.maximum(last, ends, out=last)
        return last


def within(setup: Setup, pieces: Sequence[Piece], inside: frozenset[str]) -> bool:
    """Whether 32 bits hold all dates, however long the work is that is drawn inside, and all other up to `MOST`."""
    nodes = setup.structures.base.passes.nodes
    most = {nodes[piece.full_id]: _most(piece) if piece.full_id in inside else MOST for piece in pieces}
    return fits(setup.structures.base.network, most)


def drawn_inside(setup: Setup, pieces: Sequence[Piece]) -> frozenset[str] | None:
    """The work whose lengths only its own estimate says; None where something moves what has no length, or each sample is a schedule of its own."""
    later = any(event.windowed or any(delayed.later for delayed in event.delays) for event in setup.events)
    if setup.forks or setup.lost or setup.structures.one_by_one or setup.structures.lags or later:
        return None
    touched = {name for one in setup.shared if one.driver.affects == "duration" for name in one.tasks}
    touched |= {name for event in setup.events for delayed in event.delays for name, _ in delayed.longer}
    touched |= setup.certain | frozenset(setup.together.names if setup.together is not None else ())
    touched |= {name for name, bearer in setup.costs.bearers.items() if bearer.per_minute}
    own = [piece for piece in pieces if piece.full_id not in touched and _plain(piece)]
    tables = {
        beta_of(piece.corners, rule_of(piece.estimate, setup.pert))
        for piece in own
        if isinstance(piece.estimate, Pert) and piece.corners is not None
    }
    return frozenset(piece.full_id for piece in own if len(tables) <= TABLES or not isinstance(piece.estimate, Pert))


def _plain(piece: Piece) -> bool:
    """A triangular, uniform or PERT estimate that never comes to nothing."""
    if piece.corners is None or not piece.uncertain:
        return False
    low, _, high, _ = piece.corners
    return low * piece.unit * piece.left >= 1 and low * piece.unit >= 1 and high * piece.unit < LONGEST


def _most(piece: Piece) -> int:
    """The greatest length of an estimate that is drawn in the kernels, in minutes."""
    return 1 if piece.corners is None else int(piece.corners[2] * piece.unit) + 1
