"""The samples: each is one schedule with the lengths, events and money that its draws stand for; computed block by block.

A block depends on nothing but the portfolio, the seed and its number, and what is summed over blocks is whole numbers: however the
samples are cut into blocks, on however many threads, the figures are the same.
"""

from __future__ import annotations

import functools
from collections.abc import Container, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ipmo.analysis.risk.by_rows import ByRows
from ipmo.analysis.risk.causes import Event, Shared
from ipmo.analysis.risk.distributions import Draws
from ipmo.analysis.risk.driving import Numbered
from ipmo.analysis.risk.exact import of_products, sums_of
from ipmo.analysis.risk.fast import Fast
from ipmo.analysis.risk.forks import taken
from ipmo.analysis.risk.in_time import capped
from ipmo.analysis.risk.lost_days import LostTime, Some
from ipmo.analysis.risk.setup import Setup, dates_of
from ipmo.analysis.risk.sharing import cores, on_threads, shared_out
from ipmo.analysis.risk.sketches import Sketches
from ipmo.analysis.risk.spending import Spending
from ipmo.analysis.risk.uncertain import Piece, patterns
from ipmo.analysis.risk.waiting import places_of
from ipmo.analysis.risk.windows import Moved, Part, Windows, role_of, runs, struck_in
from ipmo.errors import ModelError, UnitError
from ipmo.model.estimates import Estimate, OpaqueEstimate, Uniform
from ipmo.network.kernels.columns import ONE_IS_ENOUGH
from ipmo.network.network import Network
from ipmo.network.sampled import NO_EDGE, Cap, SampledDates, SampledPass
from ipmo.network.states import EFFECTS, LIVE
from ipmo.network.streams import GROUP, stream
from ipmo.progress import step
from ipmo.units import DAY, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.analysis.risk.distributions import Floats

    Row = NDArray[np.int64]
    Yes = NDArray[np.bool_]

__all__ = ["Batch", "Samples", "groups_in_batch", "run", "spans_of"]

NEVER = -(1 << 62)
"""Minutes that nobody works."""
TOO_LONG = 10_000 * 366 * DAY
"""Minutes of more years than there are dates."""
CERTAIN = Uniform(0.0, 1.0)
"""What a bare draw between 0 and 1 is."""
ROOM = 4_000_000
"""Numbers of one column in a batch of samples, about."""
THREADS_ROOM = 1 << 30
"""Bytes that the rows of all threads may take."""


class Batch(NamedTuple):
    """Some samples in order.

    Args:
        dates: the instants of what is kept, one row an item.
        costs: minor units that each bearer costs, one row a bearer in order of ids, then those of each owner's risks, then of what is spared.
        comes: what part of each benefit comes that may not come as planned, nothing where it does not come at all.
        critical: in how many samples each node lies on a driving path to the end.
        driving: in how many samples each link that somebody wrote lies on one, as `Numbered` calls it; none of links that never hold anything back.
        lengths: sums over samples of each uncertain piece's minutes, their squares, and their products with the end,
            exact however large they are.
        ends: the sum of the ends, those of levels of effort too, and of their squares, after the base.
        below: how often the draws of a piece of work were below zero, and counted as nothing.
        rest: of the dates that are not kept, in minutes after the base; of a batch that `run` gives of those before it too.
    """

    dates: Row
    costs: Row
    comes: Floats
    critical: Row
    driving: Mapping[int, int]
    lengths: Row
    ends: tuple[int, int]
    below: Row
    rest: Sketches | None = None


class Samples:
    """All draws of a setup, and what follows from them, for any run of samples.

    Args:
        setup: what is simulated.
        compiled: by compiled kernels where the network lets them; where it is large enough to pay when left out.
        plain: without kernels, by rows of plain networks, alike; those know batches only.
    """

    def __init__(self, setup: Setup, *, compiled: bool | None = None, plain: bool | None = False) -> None:
        self.setup = setup
        structures, seed = setup.structures, setup.seed
        self.pieces = [structures.pieces[name] for name in sorted(structures.pieces)]
        self._fast: Fast | ByRows | None = Fast.of(setup, self.pieces, compiled) or ByRows.of(setup, self.pieces, plain)
        inside = self._fast.inside if self._fast is not None else frozenset[str]()
        self._outside = [(place, piece) for place, piece in enumerate(self.pieces) if piece.full_id not in inside]
        """The work whose lengths are made here, by its place."""
        mixed = setup.together.names if setup.together is not None else ()
        self._wanted: list[tuple[str, str, Estimate]] = []
        self._row: dict[tuple[str, str], int] = {}
        for piece in self.pieces:
            if piece.full_id not in inside and (piece.full_id not in setup.certain or piece.full_id in mixed) and piece.uncertain:
                self._want(piece.full_id, "length", piece.estimate)
        for name, lag in structures.lags.items():
            self._want(name, "lag", lag.estimate)
        for one in setup.shared:
            assert one.driver.factor is not None
            self._want(one.driver.id, "factor", one.driver.factor)
            if one.driver.probability < 1:
                self._want(one.driver.id, "at work", CERTAIN)
        for event in setup.events:
            self._want(event.full_id, "happens", CERTAIN)
            for delayed in event.delays:
                self._want(event.full_id, delayed.role, delayed.estimate)
            for _, money, role in event.costs:
                self._want(event.full_id, role, money)
        for fork in setup.forks:
            self._want(fork.id, "way", CERTAIN)
        for bearer in setup.costs.bearers.values():
            for line in bearer.lines:
                self._refuse_unknown(bearer.full_id, line.role, line.estimate)  # they are drawn with what they cost, some at a time
        for benefit in setup.likely:
            self._want(benefit, "comes", CERTAIN)
            if benefit in setup.factors:
                self._want(benefit, "factor", setup.factors[benefit])
        together = None if setup.together is None else ([self._row[name, "length"] for name in mixed], setup.together.mixed)
        wanted = [(stream(seed, name, role), estimate) for name, role, estimate in self._wanted]
        self._draws = Draws(wanted, setup.pert, together)

    @property
    def compiled(self) -> bool:
        """Compiled kernels make its dates."""
        return isinstance(self._fast, Fast)

    @property
    def plain(self) -> bool:
        """Rows of a plain network make its dates."""
        return isinstance(self._fast, ByRows)

    def threads(self, batches: int) -> int:
        """How many threads compute so many batches soonest: of numpy's short steps one holds up the others."""
        return max(1, min(cores(), batches, THREADS_ROOM // max(self._fast.room, 1))) if isinstance(self._fast, Fast) else 1

    def _want(self, name: str, role: str, estimate: Estimate) -> None:
        self._refuse_unknown(name, role, estimate)
        self._row[name, role] = len(self._wanted)
        self._wanted.append((name, role, estimate))

    @staticmethod
    def _refuse_unknown(name: str, role: str, estimate: Estimate) -> None:
        if isinstance(estimate, OpaqueEstimate):
            said = f"the {role} of {name!r} is an estimate of kind {estimate.name!r}, and no adapter that is installed knows it"
            raise ModelError(f"{said}; install the adapter that declares it, or estimate it otherwise")

    # ------------------------------------------------------------------------------------------ draws

    def batch(self, first: int, last: int) -> Batch:
        """Groups of samples from one to another (not in it)."""
        setup = self.setup
        drawn, happens, factors = self._drawn(first, last)
        size = drawn.shape[1]
        on_way = self._taken(drawn)
        lengths, below = self._lengths(drawn, happens, factors, on_way)
        if self._fast is not None:
            found = self._fast.dated(first, last, size, lengths)
            if found is None:  # work that comes to nothing, or lasts too long
                return Samples(setup, compiled=False).batch(first, last)
            dates, critical, driving, after, sums = found
        else:
            moved = self._moved(drawn, happens)
            (dates, critical, driving, ends), lasting, spent = self._dated(lengths, moved, self._lost(first, last), size)
            happens = {**happens, **spent}
            after = ends - setup.structures.base.network.base
            sums = sums_of(list(lengths.values()), after)
            lengths = {**lengths, **lasting}
        kept = len(setup.kept)
        rest = Sketches.of(dates[kept:] - setup.structures.base.network.base) if setup.sketched else None
        return Batch(
            dates=dates if rest is None else dates[:kept].copy(),
            rest=rest,
            costs=self._spending.rows(range(first, last), drawn, happens, factors, lengths, on_way),
            comes=self._comes(drawn, factors),
            critical=critical,
            driving=driving,
            lengths=sums,
            ends=(int(after.sum()), of_products(after, after)),
            below=below,
        )

    def _comes(self, drawn: Floats, factors: Mapping[str, Floats]) -> Floats:
        """What part of each benefit comes, in order of those that may not come as planned."""
        out = np.ones((len(self.setup.likely), drawn.shape[1]))
        for row, (name, share) in zip(out, self.setup.likely.items(), strict=True):
            row[drawn[self._row[name, "comes"]] >= share] = 0.0
            if name in self.setup.factors:
                row *= drawn[self._row[name, "factor"]]
            for one in self.setup.shared:
                if one.driver.affects == "value" and name in one.tasks:
                    row *= factors[one.driver.id]
        return out

    def lengths(self, first: int, last: int) -> tuple[dict[str, Row], dict[str, Row]]:
        """The minutes of uncertain work in groups of samples, and by how many nodes start later: what makes a sample a plan."""
        drawn, happens, factors = self._drawn(first, last)
        return self._lengths(drawn, happens, factors, self._taken(drawn))[0], self._later(drawn, happens)

    def lags(self, first: int, last: int) -> dict[str, list[Span]]:
        """The lags that are estimated in groups of samples, by the names of their links."""
        lags = self.setup.structures.lags
        return {name: lags[name].spans(values) for name, values in self._values(self._drawn(first, last)[0]).items()}

    def _values(self, drawn: Floats) -> dict[str, Floats]:
        """What the estimates of lags come to, in their own units."""
        certain = self.setup.certain
        return {
            name: np.full(drawn.shape[1], float(one.lag.amount)) if name in certain else drawn[self._row[name, "lag"]]
            for name, one in self.setup.structures.lags.items()
        }

    def lost_days(self, first: int, last: int, sample: int) -> dict[str, tuple[date, ...]]:
        """The days that each calendar loses in one sample of groups of samples, as far as they matter first."""
        return {name: one.days(sample) for name, one in self._lost(first, last).items()}

    def _taken(self, drawn: Floats) -> dict[str, Yes]:
        """In which samples the work and costs of branches are on a way that is taken."""
        return taken(self.setup.forks, {fork.id: drawn[self._row[fork.id, "way"]] for fork in self.setup.forks})

    def _lost(self, first: int, last: int) -> dict[str, LostTime]:
        """The days that calendars lose in groups of samples, by their ids."""
        net, blocks = self.setup.structures.base.network, range(first, last)
        clocks = {name: net.clock(number) for name, number in self._losing(net).items()}
        lost = self.setup.lost
        return {name: LostTime(lost[name], clock, net.base, blocks, self.setup.seed, self.setup.pert) for name, clock in clocks.items()}

    def _losing(self, network: Network) -> dict[str, int]:
        """The number of the clock of each calendar that loses days, in a network."""
        clocks = network.clocks
        return {} if clocks is None else {name: clocks.clock(one) for name, one in self.setup.lost.items()}

    def _drawn(self, first: int, last: int) -> tuple[Floats, dict[str, Yes], dict[str, Floats]]:
        """All draws of groups of samples, which risks happen, and what drivers multiply by."""
        size = min(last * GROUP, self.setup.samples) - first * GROUP
        values = [self._draws.values(group) for group in range(first, last)]
        drawn = (values[0] if len(values) == 1 else np.concatenate(values, axis=1))[:, :size]  # of many rows one group, in room for one
        happens = {event.full_id: drawn[self._row[event.full_id, "happens"]] < event.probability for event in self.setup.events}
        done = self._taken(drawn)  # a trigger on a way that is not taken never comes
        happens |= {one.full_id: happens[one.full_id] & done[one.after] for one in self.setup.events if one.after in done}
        return drawn, happens, {one.driver.id: self._factor(one, drawn) for one in self.setup.shared}

    def _factor(self, one: Shared, drawn: Floats) -> Floats:
        """What a driver multiplies by; 1 where it is not at work."""
        factor: Floats = drawn[self._row[one.driver.id, "factor"]]
        if one.driver.probability >= 1:
            return factor
        found: Floats = np.where(drawn[self._row[one.driver.id, "at work"]] < one.driver.probability, factor, 1.0)
        return found

    def _lengths(
        self, drawn: Floats, happens: Mapping[str, Yes], factors: Mapping[str, Floats], on_way: Mapping[str, Yes]
    ) -> tuple[dict[str, Row], Row]:
        """The minutes of each uncertain piece of work, and how often a draw was below zero."""
        at_work: dict[str, list[Floats]] = {}
        for one in self.setup.shared:
            for name in one.tasks if one.driver.affects == "duration" else ():
                at_work.setdefault(name, []).append(factors[one.driver.id])
        lost: dict[str, Floats] = {}
        for event in self.setup.events:
            for delayed in () if event.windowed else event.delays:
                for name, unit in delayed.longer:
                    lost[name] = lost.get(name, 0.0) + self._delay(drawn, happens, event, delayed.role, unit)
        out: dict[str, Row] = {}
        below = np.zeros(len(self.pieces), np.int64)
        for place, piece in self._outside:
            found = self._length(drawn, piece, at_work.get(piece.full_id, ()))
            if piece.full_id in lost:
                found = found + lost[piece.full_id]
            if not bool((found < TOO_LONG).all()):
                raise UnitError(
                    f"{piece.full_id!r} takes more than ten thousand years in a sample; narrow its estimate, or what makes it longer"
                )
            below[place] = np.count_nonzero(found < 0)
            whole = np.maximum(found, 0).astype(np.int64)
            out[piece.full_id] = np.where(on_way[piece.full_id], whole, 0) if piece.full_id in on_way else whole
        return out, below

    def _length(self, drawn: Floats, piece: Piece, factors: Sequence[Floats]) -> Floats:
        """The minutes of one piece of work before the events."""
        row = None if piece.full_id in self.setup.certain else self._row.get((piece.full_id, "length"))
        if row is None and not factors:
            return np.full(drawn.shape[1], float(piece.minutes))
        central = piece.estimate.central()
        values = drawn[row] if row is not None else np.full(drawn.shape[1], float(getattr(central, "amount", 0)))
        for factor in factors:
            values = values * factor
        return piece.lengths(values)

    def _delay(self, drawn: Floats, happens: Mapping[str, Yes], event: Event, role: str, unit: float) -> Floats:
        """Minutes that an impact costs, whole ones; less than nothing for an opportunity."""
        minutes = np.rint(drawn[self._row[event.full_id, role]] * unit)
        return np.where(happens[event.full_id], event.sign * minutes, 0.0)

    def _later(self, drawn: Floats, happens: Mapping[str, Yes], struck: Container[str] = ()) -> dict[str, Row]:
        """Minutes by which nodes start later: opportunities take away from what threats delay, and no more, but for what is struck in a window too."""
        out: dict[str, Row] = {}
        for event in self.setup.events:
            for delayed in () if event.windowed else event.delays:
                for name, unit in delayed.later:
                    lost = self._delay(drawn, happens, event, delayed.role, unit).astype(np.int64)
                    out[name] = out.get(name, 0) + lost
        return {name: row if name in struck else np.maximum(row, 0) for name, row in out.items()}

    def _moved(self, drawn: Floats, happens: Mapping[str, Yes]) -> Moved:
        """What moves samples beside the lengths of work."""
        strikes, waiting = self._windows.strikes(functools.partial(self._delay, drawn, happens))
        moved = Moved({}, self._values(drawn), strikes, waiting, happens)
        return moved._replace(later=self._later(drawn, happens, moved.names))

    @functools.cached_property
    def _windows(self) -> Windows:
        """When risks can happen."""
        return Windows(self.setup.events, self.setup.structures.base.network, self._nodes)

    # ------------------------------------------------------------------------------------------ dates

    def _dated(
        self, lengths: dict[str, Row], moved: Moved, lost: Mapping[str, LostTime], size: int
    ) -> tuple[tuple[Row, Row, dict[int, int], Row], dict[str, Row], dict[str, Yes]]:
        """The dates of what is kept, how often each node and link is critical, and the end of each sample.

        Beside them how long work with lost days lasts, and where risks with a window cost something; struck work is made longer in `lengths`.
        """
        structures = self.setup.structures
        dates = np.full((len(self.setup.dated), size), -1, np.int64)
        critical = np.zeros(structures.base.network.n, np.int64)
        driving: dict[int, int] = {}
        ends = np.zeros(size, np.int64)
        lasting: dict[str, Row] = {}
        spent: dict[str, Yes] = {}
        if structures.one_by_one:
            waits = {name: structures.lags[name].spans(row) for name, row in moved.values.items()}
            for sample in range(size):
                lags = {name: spans[sample] for name, spans in waits.items()}
                self._one(sample, lengths, (moved.later, lags), (dates, critical, driving, ends))
            return (dates, critical, driving, ends), lasting, spent
        for part in self._parts(lengths, moved, lost, size):
            found, windows = self._windows.dated(part)
            self._many(part, found, (dates, critical, driving, ends))
            net = part.sampled.network
            for v in part.lost:
                node = part.sampled.order[v]
                if node not in net.points and (v in part.lengths or part.sampled.dur[v]):
                    lasting.setdefault(net.ids[node], np.zeros(size, np.int64))[part.columns] = found.length[v]
            for v, (longer, _) in found.struck.items():
                if net.ids[part.sampled.order[v]] in lengths:
                    lengths[net.ids[part.sampled.order[v]]][part.columns] = longer
            for event in self._windows.events:
                for item, _, role in event.costs:
                    row = spent.setdefault(role_of(event, role), moved.happens[event.full_id].copy())
                    row[part.columns] &= runs(event, item, part.sampled, found, windows[event.full_id])
        return (dates, critical, driving, ends), lasting, spent

    def _parts(self, lengths: Mapping[str, Row], moved: Moved, lost: Mapping[str, LostTime], size: int) -> Iterator[Part]:
        """The samples of a batch by the work that comes to nothing in them."""
        nodes, lags = self._nodes, self.setup.structures.lags
        waits = {name: lags[name].minutes(values).astype(np.int64) for name, values in moved.values.items()}
        for nothing, columns in patterns(lengths, size):
            sampled = self.setup.structures.of(nothing)
            pos, net = sampled.pos, sampled.network
            places = {name: pos[nodes[name]] for name in moved.names if name not in nothing}
            times = {number: Some(lost[name], columns) for name, number in self._losing(net).items()}
            yield Part(
                sampled=sampled,
                columns=columns,
                lengths={pos[nodes[name]]: row[columns] for name, row in lengths.items() if name not in nothing},
                shifts={pos[nodes[name]]: row[columns] for name, row in moved.later.items()},
                lost={v: times[clk] for v, clk in enumerate(sampled.clk) if clk in times and net.state[sampled.order[v]] in LIVE},
                lags={k: waits[name][columns] for k, name in places_of(lags, sampled).items()} if waits else {},
                strikes=struck_in(moved.strikes, columns, places),
                waiting={event: struck_in(some, columns, places) for event, some in moved.waiting.items()},
                worked=frozenset(name for name in lengths if name not in nothing),
            )

    def _many(self, part: Part, found: SampledDates, out: tuple[Row, Row, dict[int, int], Row]) -> None:
        """Some samples of one structure, by one pass over rows."""
        dates, critical, driving, ends = out
        sampled, columns, net = part.sampled, part.columns, part.sampled.network
        for place in range(len(self.setup.dated)):
            dates[place, columns] = dates_of(self.setup.dated[place], sampled, found)
        end, set_by = self._ends(sampled, found)
        for node in {node for kept in self.setup.dated for node in kept.spans}:
            end = np.maximum(end, sampled.spanned(node, lambda v, begins: sampled.starts(v, found.x[v]) if begins else found.finish[v]))
        ends[columns] = end
        many = len(columns)
        on_path = sampled.critical(found, set_by)
        for v, node in enumerate(sampled.order[: len(on_path)]):
            yes = on_path[v]
            if node < len(critical) and (net.ids[node] not in self._forked or net.ids[node] in part.worked):
                critical[node] += int(np.count_nonzero(yes)) * (many if len(yes) == 1 else 1)
        heads = sampled.heads
        for k, link in enumerate(sampled.links):
            number = self._numbered.of(net, link)
            if number is not None:
                if not (sampled.mark[heads[k]] & ONE_IS_ENOUGH) and not found.drives[k].any():
                    continue
                both = on_path[heads[k]] & found.drives[k]
                driving[number] = driving.get(number, 0) + int(both.sum()) * (many if len(both) == 1 else 1)

    @staticmethod
    def _ends(sampled: SampledPass, found: SampledDates) -> tuple[Row, dict[int, NDArray[np.bool_]]]:
        """The end of each sample, and in which samples each position lies at the end of the whole, or of its project where that counts.

        Work that never ends in a break is compared by the minutes worked, on one clock: its instants are made for the last of it only.
        """
        net = sampled.network
        own = net.dialect is not None and net.dialect.float_to == "project"
        places: dict[tuple[int, int], list[int]] = {}
        for v, node in enumerate(sampled.order):
            if net.state[node] in LIVE and net.kinds[node] not in EFFECTS:
                clock = sampled.clk[v] if found.finish.plain(v) else -1
                places.setdefault((net.project[node] if own else -1, clock), []).append(v)
        worked: dict[tuple[int, int], Row] = {}
        groups: dict[int, Row] = {}
        for (owner, clock), inside in places.items():
            row = functools.reduce(np.maximum, (found.finish[v] if clock < 0 else found.finish.worked(v) for v in inside))
            worked[owner, clock] = row
            instants = row if clock < 0 else sampled.instants(inside[0], row, NO_EDGE)
            groups[owner] = np.maximum(groups.get(owner, -1), instants)
        end = functools.reduce(np.maximum, groups.values(), np.array([-1], np.int64))
        set_by: dict[int, Yes] = {}
        for (owner, clock), inside in places.items():
            wanted = groups[owner] if owner >= 0 else end
            if clock < 0:
                set_by |= {v: found.finish[v] == wanted for v in inside}
                continue
            last = worked[owner, clock]
            last = np.where(sampled.instants(inside[0], last, NO_EDGE) == wanted, last, NEVER)
            set_by |= {v: found.finish.worked(v) == last for v in inside}
        return end, set_by

    def dated(self, first: int, last: int) -> Iterator[tuple[Part, SampledDates]]:
        """The dates of all positions in groups of samples, from one to another (not in it), by which work comes to nothing in them."""
        drawn, happens, factors = self._drawn(first, last)
        lengths, _ = self._lengths(drawn, happens, factors, self._taken(drawn))
        for part in self._parts(lengths, self._moved(drawn, happens), self._lost(first, last), drawn.shape[1]):
            found, _ = self._windows.dated(part)
            longer = {v: length for v, (length, _) in found.struck.items()}
            shifts = {v: later for v, (_, later) in found.struck.items()}
            yield part._replace(lengths={**part.lengths, **longer}, shifts={**part.shifts, **shifts}), found

    def in_time(self, first: int, last: int, wanted: Sequence[int]) -> Iterator[tuple[int, Row, dict[int, Row]]]:
        """What is dated otherwise in groups of samples where single links hand over no later than the schedule says.

        Each of them is (link, columns, rows): a link of the file by its place, some of the samples, and in those the dates of what
        is kept and moves, by its place among what is kept. Only what the link leads to is dated again.

        Args:
            first, last: groups of samples from one to another (not in it).
            wanted: links of the file, by their places.
        """
        for part, found in self.dated(first, last):
            sampled = part.sampled
            keeps: dict[int, list[int]] = {}
            for place, kept in enumerate(self.setup.dated):
                for node in kept.nodes:
                    keeps.setdefault(sampled.pos[node], []).append(place)
                for v, _ in (pair for node in kept.spans for pair in sampled.linked(node)):
                    keeps.setdefault(v, []).append(place)
            own: dict[int, dict[int, Cap]] = {}
            for k, cap in capped(self.setup.structures.base.passes, sampled, frozenset(wanted)).items():
                own.setdefault(sampled.network.numbers[sampled.links[k]], {})[k] = cap
            for number in wanted:
                if number not in own:
                    continue
                moved = sampled.moved(found, part.lengths, part.shifts, own[number], part.lost)
                places = {place for v in moved for place in keeps.get(v, ())}
                if places:
                    yield number, part.columns, {place: dates_of(self.setup.dated[place], sampled, found, moved) for place in places}

    def _one(
        self,
        sample: int,
        lengths: Mapping[str, Row],
        moved: tuple[Mapping[str, Row], Mapping[str, Span]],
        out: tuple[Row, Row, dict[int, int], Row],
    ) -> None:
        """One sample, as the schedule that it is."""
        dates, critical, driving, ends = out
        structures = self.setup.structures
        base = structures.base.network
        minutes = {name: int(row[sample]) for name, row in lengths.items()}
        later = {name: int(row[sample]) for name, row in moved[0].items() if row[sample]}
        passes = structures.dated(minutes, later, moved[1])
        net, q = passes.network, passes.lists
        for place, kept in enumerate(self.setup.dated):
            last = kept.done
            for node in kept.nodes:
                v = q.pos[node]
                last = max(last, net.running_clock(node).start(q.x[v]) if kept.begins and node not in net.points else q.finish[v])
            dates[place, sample] = max([last, *(passes.hammocks_early[node][1] or -1 for node in kept.spans)])
        ends[sample] = passes.last_end or base.base
        drives = passes.drives
        for v in passes.critical:
            if q.order[v] < len(critical) and (net.ids[q.order[v]] not in self._forked or minutes[net.ids[q.order[v]]]):
                critical[q.order[v]] += 1
            for k in range(q.ptr[v], q.ptr[v + 1]):
                number = self._numbered.of(net, q.perm[k]) if drives[k] else None
                if number is not None:
                    driving[number] = driving.get(number, 0) + 1

    @functools.cached_property
    def _numbered(self) -> Numbered:
        """What links are called."""
        return Numbered(self.setup.structures.base.network)

    @functools.cached_property
    def _forked(self) -> frozenset[str]:
        """Work that is done on some ways only."""
        return frozenset(name for fork in self.setup.forks for way in fork.ways for name in way.tasks)

    @property
    def _nodes(self) -> Mapping[str, int]:
        """The node of each item."""
        return self.setup.structures.base.passes.nodes

    # ------------------------------------------------------------------------------------------ money

    @functools.cached_property
    def _spending(self) -> Spending:
        """What the costs of a batch are made of."""
        return Spending(self.setup, self._row)


def groups_in_batch(setup: Setup) -> int:
    """Groups of samples in a batch: as many as the size of the network lets it."""
    return max(1, min(8, ROOM // (GROUP * max(setup.structures.base.network.n, 1))))


def spans_of(setup: Setup, batch: int | None = None) -> list[tuple[int, int]]:
    """Groups of samples of each batch, from one to another (not in it); as many as the size of the network lets it where nothing is said."""
    groups = -(-setup.samples // GROUP)
    size = batch or groups_in_batch(setup)
    return [(first, min(first + size, groups)) for first in range(0, groups, size)]


def run(setup: Setup, executor: Executor | None = None, batch: int | None = None, *, compiled: bool | None = None) -> Iterator[Batch]:
    """All samples in order, batch by batch.

    Args:
        setup: what is simulated.
        executor: what computes batches; when left out, threads where compiled kernels do it, one a core, else this thread.
        batch: groups of samples in a batch; as many as the size of the network lets it.
        compiled: by compiled kernels where the network lets them; where it is large enough to pay when left out.
    """
    spans = spans_of(setup, batch)
    whole = Samples(setup, compiled=compiled, plain=None)
    with nullcontext(executor) if executor is not None else on_threads(whole.threads(len(spans))) as pool:
        found = map(whole.batch, *zip(*spans, strict=True)) if pool is None else shared_out(whole, spans, pool)
        rest: Sketches | None = None
        for done, one in enumerate(found):
            step("simulating", done, len(spans))
            if one.rest is not None:  # one for all: what many batches hold would be no little room
                rest = one.rest if rest is None else rest.with_more(one.rest)
            yield one._replace(rest=rest)
    step("simulating", len(spans), len(spans))
