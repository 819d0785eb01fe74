"""The pass over samples says of each sample what the engine says of a network with those durations."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import ipmo
from ipmo.analysis.dates.schedule import network
from ipmo.model import Calendar
from ipmo.network.clocks import Clock, Clocks
from ipmo.network.day_tables import day_tables
from ipmo.network.kernels import clocks as kernels
from ipmo.network.kernels.columns import FAR, FF
from ipmo.network.kernels.days import to_ends, to_instants, to_work
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.network.positions import plain_list
from ipmo.network.sampled import Cap, Lost, SampledDates, SampledPass
from ipmo.network.sampled_fast import LONGEST, LOWEST, CompiledPass, fits
from ipmo.network.states import EFFECTS, LIVE, Mode
from ipmo.network.streams import GROUP, Stream, stream, uniforms
from ipmo.network.vectorised import RowClocks
from ipmo.testing.strategies import calendars, dialects, portfolios
from ipmo.units import minutes

from .conftest import CALENDARS, DAY, additive, bound, changed, dense

Row = NDArray[np.int64]


@settings(max_examples=60)
@given(calendars(), st.lists(st.integers(-2_000_000, 1_200_000_000), min_size=1, max_size=30), st.integers(-40, 40))
def test_rows_of_instants_are_looked_up_like_single_ones(calendar: ipmo.Calendar, instants: list[int], months: int) -> None:
    clocks = Clocks([calendar])
    rows = RowClocks(clocks.packed)
    many = np.array(instants, np.int64)
    for number in {0, clocks.clock(calendar)}:
        assert rows.work(number, many).tolist() == [kernels.work(clocks.packed, number, t) for t in instants]
        worked = rows.work(number, many)
        for w in (worked, worked - 1, worked + 1, many // 3):
            assert rows.start_at(number, w).tolist() == [kernels.start_at(clocks.packed, number, int(t)) for t in w]
            assert rows.finish_at(number, w).tolist() == [kernels.finish_at(clocks.packed, number, int(t)) for t in w]
    inside = np.abs(many) + 10_000_000
    assert rows.add_months(inside, months).tolist() == [kernels.add_months(int(t), months) for t in inside]


EDGES: dict[str, dict[str, Any]] = {
    "days": {"week": "mon-fri", "hours": "09:00-17:00"},
    "halves": {"week": "mon-fri", "hours": "08:00-12:00, 13:00-17:00", "holidays": [DAY + timedelta(days=2)]},
    "around": {"week": "mon-sun", "hours": "00:00-24:00"},
    "midnight": {"week": "mon, wed", "hours": "16:00-24:00"},
    "nights": {"week": "mon-sun", "hours": "22:00-06:00"},
    "closed": {"week": "mon-fri", "hours": "09:00-17:00", "exceptions": [{"from": DAY + timedelta(days=7), "to": "9999-12-31", "hours": "none"}]},
    "opens": {"week": "mon-fri", "hours": "09:00-17:00", "exceptions": [{"from": "0001-01-02", "to": DAY, "hours": "none"}]},
    "pause": {"week": "mon-fri", "hours": "09:00-17:00", "exceptions": [{"from": DAY + timedelta(days=3), "to": DAY + timedelta(days=50), "hours": "none"}]},
}  # fmt: skip


@pytest.mark.parametrize("name", EDGES)
def test_rows_of_instants_on_the_edges_of_shifts_weeks_and_exceptions(name: str) -> None:
    """Each instant beside one at which something begins or ends, alone and together; and where a calendar works no more, or not yet."""
    others = [Calendar(id=f"other {number}", **one) for number, one in enumerate(EDGES.values())]
    clocks = Clocks([*others, Calendar(id="own", **EDGES[name])])
    number = clocks.clock(Calendar(id="own", **EDGES[name]))
    rows, cal = RowClocks(clocks.packed), clocks.packed
    first = minutes(DAY)
    near = [
        first + 1440 * day + 60 * hour + more
        for day in (-3, -1, 0, 1, 2, 3, 6, 7, 51)
        for hour in (0, 6, 9, 12, 17, 22)
        for more in (-1, 0, 1)
    ]
    instants = np.array(near, np.int64)
    worked = rows.work(number, instants)
    assert worked.tolist() == [kernels.work(cal, number, t) for t in near]
    asked = np.unique(np.concatenate([worked + more for more in (-480, -1, 0, 1, 480)]))
    far = np.array([FAR, FAR // 2, FAR // 2 - 1, 1 - FAR // 2, -FAR // 2, -FAR], np.int64)
    whole = [asked, *asked[:, None], far, np.concatenate([asked, far])]
    for row in whole:
        assert rows.start_at(number, row).tolist() == [kernels.start_at(cal, number, int(w)) for w in row]
        assert rows.finish_at(number, row).tolist() == [kernels.finish_at(cal, number, int(w)) for w in row]


def test_a_calendar_that_never_works_is_looked_up_too() -> None:
    clocks = Clocks(
        [Calendar(id="none", week="mon-fri", hours="09:00-17:00", exceptions=[{"from": "0001-01-01", "to": "9999-12-31", "hours": "none"}])]
    )
    rows, cal = RowClocks(clocks.packed), clocks.packed
    near = np.array([0, minutes(DAY), minutes(DAY) + 900], np.int64)
    assert rows.work(1, near).tolist() == [kernels.work(cal, 1, int(t)) for t in near]
    for worked in (np.array([-1, 0, 1, 480], np.int64), np.array([FAR], np.int64)):
        assert rows.start_at(1, worked).tolist() == [kernels.start_at(cal, 1, int(w)) for w in worked]


# ------------------------------------------------------------------------------------------------ samples against networks


def column(rows: Sequence[Any], sample: int) -> list[int]:
    """One sample of rows that have one number or one a sample."""
    return [int(row[sample if len(row) > 1 else 0]) for row in rows]


def ending(passes: Passes, own: bool) -> dict[int, bool]:
    """Which work ends its project, or the network."""
    net, q = passes.network, passes.lists
    work = [v for v, node in enumerate(q.order) if net.state[node] in LIVE and net.kinds[node] not in EFFECTS]
    return {
        v: q.finish[v] == (passes.project_ends[net.project[q.order[v]]] if own and net.project[q.order[v]] >= 0 else passes.end)
        for v in work
    }


def same_as_networks(net: Network, lengths: Mapping[int, Row], shifts: Mapping[int, Row], samples: int) -> SampledDates:
    """Holds every sample against the network with its lengths, some starts so much later than all else lets them.

    Args:
        net: the network.
        lengths, shifts: by position.
        samples: how many there are.
    """
    sampled = SampledPass(net)
    found = sampled.forward(lengths, shifts)
    own = net.dialect is not None and net.dialect.float_to == "project"
    lasts: dict[int, list[bool]] = {}
    critical = []
    for sample in range(samples):
        minutes_of = {sampled.order[v]: int(row[sample]) for v, row in lengths.items()}
        later = {v: int(row[sample]) for v, row in shifts.items()}
        low: dict[int, int] = {}
        for v in sorted(shifts):
            start = int(changed(net, minutes_of, low).early().x[v])
            low[sampled.order[v]] = start + later[v]
        one = changed(net, minutes_of, low)
        passes, early = Passes(one, put_off=False), one.early()
        assert column(found.x, sample) == [int(x) for x in early.x]
        assert column(found.edge, sample) == [int(x) for x in early.edge]
        assert column(found.finish, sample) == [int(x) for x in passes.finishes]
        assert column(found.length, sample) == [int(x) for x in passes.positions.dur]
        starts = [one.clock(sampled.clk[v]).start(int(x)) for v, x in enumerate(early.x)]
        assert column([sampled.starts(v, row) for v, row in enumerate(found.x)], sample) == starts
        q = passes.lists
        drives = [passes.push(k, v, q.x[q.src[k]]) + later.get(v, 0) == q.x[v] for v in range(one.n) for k in range(q.ptr[v], q.ptr[v + 1])]
        assert column(found.drives, sample) == drives
        if not later:
            assert drives == passes.drives
        for v, last in ending(passes, own).items():
            lasts.setdefault(v, []).append(last)
        critical.append([v in passes.critical for v in range(one.n)])
    on_path = sampled.critical(found, {v: np.array(row) for v, row in lasts.items()})
    if not shifts:
        assert [column(on_path, sample) for sample in range(samples)] == critical
    return found


def drawn(net: Network, r: random.Random, samples: int) -> dict[int, Row]:
    """Lengths of about half of the work: a row each, from a minute to three times its own."""
    work = [v for v, node in enumerate(net.positions.order) if net.dur[node] and net.state[node] in LIVE and int(node) not in net.hammocks]
    return {v: np.array([r.randint(1, 3 * int(net.dur[net.positions.order[v]])) for _ in range(samples)]) for v in work if r.random() < 0.5}


@settings(max_examples=20, deadline=None)
@given(portfolios(tied=True), dialects(), st.randoms(use_true_random=False))
def test_every_sample_has_the_dates_of_a_network_with_its_lengths(pf: ipmo.Portfolio, dialect: ipmo.Dialect, r: random.Random) -> None:
    try:
        net = network(pf, dialect=dialect)
    except ipmo.ScheduleError:
        return
    by_hand = any(high == net.low[node] for node, high in net.high.items() if node in net.caps)
    if net.has_loop or not net.n or by_hand:
        return
    same_as_networks(net, {}, {}, 1)
    same_as_networks(net, drawn(net, r, 3), {}, 3)


@pytest.mark.parametrize("seed", range(30))
def test_dense_networks_on_calendars_sample_by_sample(seed: int) -> None:
    net, r = dense(seed, 14), random.Random(seed)
    same_as_networks(net, drawn(net, r, 4), {}, 4)


@pytest.mark.parametrize("seed", range(20))
def test_what_starts_later_than_all_lets_it(seed: int) -> None:
    """Some samples by nothing, some by minutes; a finish that waited for the next shift does so only where nothing moved it."""
    net, r = dense(seed, 12), random.Random(seed)
    shifts = {v: np.array([0, 60, 480, 700]) for v in r.sample(range(net.n), 4)}
    same_as_networks(net, drawn(net, r, 4), shifts, 4)


class Away:
    """Days that each sample loses on one calendar: in sample n what the calendar of that sample does not work.

    Args:
        whole: the clock of a position.
        left: the clock with fewer days, of each sample.
    """

    def __init__(self, whole: Clock, left: Sequence[Clock]) -> None:
        self.whole, self.left = whole, left

    def _each(self, rows: Row, ask: Callable[[Clock, int], int]) -> Row:
        return np.array(
            [self.whole.work(ask(left, int(x))) for left, x in zip(self.left, np.broadcast_to(rows, len(self.left)), strict=True)]
        )

    def resumed(self, x: Row) -> Row:
        return self._each(x, lambda left, x: left.start(left.work(self.whole.start(x))))

    def ended(self, x: Row, length: Row) -> Row:
        lengths = iter(np.broadcast_to(length, len(self.left)).tolist())
        return self._each(x, lambda left, x: left.finish(left.work(self.whole.start(x)) + next(lengths)))

    def begun(self, finish: Row, length: Row) -> Row:
        lengths = iter(np.broadcast_to(length, len(self.left)).tolist())
        return self._each(finish, lambda left, x: left.start(left.work(self.whole.finish(x)) - next(lengths)))


def elapsed(net: Network) -> Network:
    """The network with its lags counted around the clock."""
    mode = [int(Mode.CALENDARS) if lag else int(one) for lag, one in zip(net.lag, net.mode, strict=True)]
    return attrs.evolve(net, mode=mode, lagclk=[0] * net.m)


def in_time(net: Network, lengths: Mapping[int, int], wanted: Mapping[int, int]) -> tuple[Network, dict[int, int]]:
    """The network in which some links ask for no more than an instant each, and the starts that these let go at.

    Args:
        net: the network.
        lengths: by node.
        wanted: by place of the link, the instant of the start or finish that it asks for at most.
    """
    q = Passes(net, put_off=False).lists
    heads = [v for v in range(net.n) for _ in range(q.ptr[v], q.ptr[v + 1])]
    low, lag, let_go = {}, [int(x) for x in net.lag], {}
    floors = {node: (floor, node in net.floor_edges) for node, floor in net.finish_floor.items()}
    for k in sorted(wanted):
        v, node = heads[k], q.order[heads[k]]
        one = attrs.evolve(bounded_by(changed(net, lengths, low), floors), lag=lag)
        passes, clock = Passes(one, put_off=False), one.running_clock(node)
        most = clock.work(wanted[k]) - (passes.lists.dur[v] if q.typ[k] >= FF else 0)
        waits = q.typ[k] >= FF and clock.waits(wanted[k])
        if passes.asked(k, v) >= (most, waits):
            let_go[k] = most
            if q.typ[k] >= FF:
                floors[node] = max(floors.get(node, (-FAR, False)), (clock.work(wanted[k]), waits))
            else:
                low[node] = max(most, int(one.low[node]))
            lag[q.perm[k]] = -(10**7)  # as good as gone
    return attrs.evolve(bounded_by(changed(net, lengths, low), floors), lag=lag), let_go


def bounded_by(net: Network, floors: Mapping[int, tuple[int, bool]]) -> Network:
    """The network with least finishes, some of which fall into a break."""
    least = {node: floor for node, (floor, _) in floors.items()}
    return attrs.evolve(net, finish_floor=least, floor_edges={node for node, (_, waits) in floors.items() if waits})


@pytest.mark.parametrize("seed", [*range(24), 56, 215, 350, 413])
def test_lost_days_are_holidays_and_links_in_time_ask_for_no_more(seed: int) -> None:
    """By instants, against networks whose calendars have the lost days of a sample as holidays and in which such links are bounds."""
    r = random.Random(seed)
    samples, lags = 3, (0, 0, 600, -300)
    net = bound(elapsed(dense(seed, 12, lags=lags)), random.Random(seed)) if seed % 3 else elapsed(dense(seed, 12, lags=lags))
    sampled = SampledPass(net)
    off = [[DAY + timedelta(days=n) for n in range(sample, 40) if r.random() < 0.3] for sample in range(samples)]
    # lost by the first two calendars; what is on wall-clock time or works by night loses nothing
    others = [[attrs.evolve(one, holidays=days) if one.id != "nights" else one for one in CALENDARS] for days in off]
    nets = [elapsed(dense(seed, 12, calendars=one, lags=lags)) for one in others]
    if seed % 3:
        nets = [bound(one, random.Random(seed)) for one in nets]
    lost: dict[int, Lost] = {
        v: Away(net.clock(clk), [one.clock(int(one.clk[node])) for one in nets])
        for v, (node, clk) in enumerate(zip(sampled.order, sampled.clk, strict=True))
        if clk and net.clock(clk).calendar.id != "nights"
    }
    lengths = drawn(net, r, samples)
    heads = [v for v in range(net.n) for _ in range(sampled.ptr[v], sampled.ptr[v + 1])]
    wanted = {k: net.base + 60 * r.randint(0, 200) for k in range(net.m) if r.random() < 0.3}
    clocks = {k: net.clock(sampled.clk[heads[k]]) for k in wanted}
    capped = {k: Cap(clocks[k].work(at), sampled.typ[k] >= FF and clocks[k].waits(at)) for k, at in wanted.items()}
    found = sampled.forward(lengths, {}, capped, lost)
    for sample, one in enumerate(nets):
        minutes_of = {sampled.order[v]: int(row[sample]) for v, row in lengths.items()}
        other, let_go = in_time(one, minutes_of, wanted)
        passes = Passes(other, put_off=False)
        q = passes.lists
        assert q.order == sampled.order
        starts = column([sampled.starts(v, row) for v, row in enumerate(found.x)], sample)
        assert starts == [other.clock(q.clk[v]).start(q.x[v]) for v in range(net.n)]
        assert column(found.finish, sample) == q.finish
        drives = [let_go[k] == q.x[heads[k]] if k in let_go else yes for k, yes in enumerate(passes.drives)]
        assert column(found.drives, sample) == drives


# ------------------------------------------------------------------------------------------------ by kernels, group by group


ESTIMATES: tuple[tuple[float, ...], ...] = (
    # least, likely and greatest value, 1 where all between are alike, minutes in a unit, the share that is left
    (2.0, 3.0, 7.0, 0.0, 480.0, 1.0),
    (2.0, 2.0, 3.0, 0.0, 60.0, 0.75),
    (0.5, 0.5, 2.5, 1.0, 480.0, 1.0),
    (10.0, 20.0, 20.0, 1.0, 1.0, 0.3),
)


def by_hand(estimate: Sequence[float], u: float) -> int:
    """The quantile of an estimate in whole minutes, by its definition."""
    low, likely, high, alike, unit, left = estimate
    if alike:
        value = low + u * (high - low)
    elif u * (high - low) <= likely - low:
        value = low + ((high - low) * (likely - low) * u) ** 0.5
    else:
        value = high - ((high - low) * (high - likely) * (1 - u)) ** 0.5
    return round(round(value * unit) * left)


@pytest.fixture
def as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels run as they stand; that they say the same compiled is held in the room of risk."""
    monkeypatch.setattr("ipmo.network.sampled_fast.kernel", lambda function: function)


def prepared(net: Network, r: random.Random) -> tuple[SampledPass, CompiledPass, dict[int, tuple[Sequence[float], Stream]], list[int]]:
    """The pass by rows, the pass by kernels, the estimates that this draws, and the positions whose lengths it is given."""
    sampled = SampledPass(net)
    places = r.sample(range(net.n), 6)
    drawn = {v: (estimate, stream(3, f"t{v}", "length")) for v, estimate in zip(places[:4], ESTIMATES, strict=True)}
    return sampled, CompiledPass(sampled, drawn, places[4:], everything(net)), drawn, places[4:]


def everything(net: Network) -> list[tuple[int, bool]]:
    """All starts and all finishes."""
    return [(v, starts) for v in range(net.n) for starts in (False, True)]


@pytest.mark.usefixtures("as_it_stands")
@pytest.mark.parametrize("seed", range(8))
def test_kernels_say_what_rows_say_group_by_group(seed: int) -> None:
    net, r = additive(seed), random.Random(seed)
    assert net.additive and net.m and fits(net, {})
    sampled, compiled, drawn, given = prepared(net, r)
    base = np.array([net.clock(number).work(net.base) for number in range(3)])[np.array(sampled.clk)]
    work = [v for v, node in enumerate(sampled.order) if net.state[node] in LIVE and net.kinds[node] not in EFFECTS]
    owners = [(int(net.project[sampled.order[v]]), sampled.clk[v]) for v in work]
    assert compiled.owners == list(dict.fromkeys(owners))
    assert compiled.bases.tolist() == [net.clock(number).work(net.base) for number in range(3)]
    for group, size in ((0, GROUP), (2, 300)):
        rows = np.array([[r.randint(1, 3000) for _ in range(GROUP)] for _ in given], np.int32)
        lengths = {v: rows[number].astype(np.int64) for number, v in enumerate(given)}
        for v, (estimate, one) in drawn.items():
            lengths[v] = np.array([by_hand(estimate, u) for u in uniforms([one], group)[0]])
        found = sampled.forward(lengths, {})
        with np.errstate(over="ignore"):  # words of 64 bits wrap around
            dates = compiled.forward(group, rows)
        start, finish = (np.array([one(v) for v in range(net.n)]) for one in (dates.start, dates.finish))
        ends = dates.ends.copy()
        for v in range(net.n):
            assert np.array_equal(start[v], np.broadcast_to(found.x[v] - base[v], GROUP))
            assert np.array_equal(finish[v], np.broadcast_to(found.x[v] + found.length[v] - base[v], GROUP))
        for number, owner in enumerate(compiled.owners):
            assert np.array_equal(ends[number], finish[[v for v, one in zip(work, owners, strict=True) if one == owner]].max(axis=0))
        # what ends its project is critical, and what drives that
        last = {v: finish[v] == ends[compiled.owners.index(owner)] for v, owner in zip(work, owners, strict=True)}
        end = ends.max(axis=0)
        on_path = np.array([np.broadcast_to(row, GROUP)[:size] for row in sampled.critical(found, last)])
        sums = np.zeros((len(drawn), 3), np.int64)
        with np.errstate(over="ignore"):
            dates = compiled.forward(group, rows, size, sums)
        counts, driving, _ = compiled.critical(dates, size, ends, end, (*(np.zeros(one, np.int64) for one in (net.n, net.m)), sums))
        assert counts.tolist() == on_path.sum(axis=1).tolist()
        heads = [v for v in range(net.n) for _ in range(sampled.ptr[v], sampled.ptr[v + 1])]
        both = [on_path[v] & np.broadcast_to(found.drives[k], GROUP)[:size] for k, v in enumerate(heads)]
        assert driving.tolist() == [int(row.sum()) for row in both]
        length = (finish - start)[list(drawn), :size].astype(np.int64)
        assert sums.tolist() == np.stack([length.sum(1), (length**2).sum(1), (length * end[:size]).sum(1)], axis=1).tolist()


@pytest.mark.usefixtures("as_it_stands")
def test_a_pass_that_was_sent_elsewhere_or_runs_on_other_threads_says_the_same() -> None:
    net = additive(1)
    _, compiled, _, given = prepared(net, random.Random(1))
    rows = np.ones((len(given), GROUP), np.int32)

    def once(group: int) -> list[list[int]]:
        with np.errstate(over="ignore"):
            return [compiled.forward(group, rows).start(v).tolist() for v in range(net.n)]

    def both(group: int) -> tuple[list[list[int]], bool]:
        with np.errstate(over="ignore"):
            first = compiled.forward(group, rows)
            return [first.start(v).tolist() for v in range(net.n)], first.room.dates is compiled.forward(group, rows).room.dates

    alone = [once(group) for group in range(2)]
    sent = pickle.loads(pickle.dumps(compiled))
    with np.errstate(over="ignore"):
        assert [[sent.forward(group, rows).start(v).tolist() for v in range(net.n)] for group in range(2)] == alone
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(both, range(2))) == [(one, True) for one in alone]


def test_a_network_fits_where_32_bits_hold_every_sum() -> None:
    half = LONGEST // 2

    def chain(*lengths: int, lag: int = 0, kind: int = 0) -> Network:
        n = len(lengths)
        return Network.from_columns(
            [f"t{v}" for v in range(n)], lengths, range(n - 1), range(1, n), type=[kind] * (n - 1), lag=[lag] * (n - 1)
        )

    assert fits(chain(), {})
    assert fits(chain(LONGEST - 1), {})
    assert not fits(chain(LONGEST), {})
    assert fits(chain(half, half - 1), {})
    assert not fits(chain(half, half), {})
    assert fits(chain(1, 2, lag=-(LONGEST - 1), kind=1), {})
    assert not fits(chain(1, 2, lag=-LONGEST, kind=1), {})
    assert not fits(chain(1, 2, 3, lag=-half, kind=1), {})
    assert not fits(chain(1, 2), {1: LONGEST - 1})
    assert fits(chain(1, 2), {1: LONGEST - 2})
    assert fits(chain(LONGEST, 2), {0: 5})


@pytest.mark.parametrize("more", [{"caps": {1: (900, 900, 0)}}, {"floor_edges": {1}, "finish_floor": {1: 7}}, {"anyone": {1}}, {"mode": [1]}])  # fmt: skip
def test_what_is_more_than_links_of_one_number_fits_too(more: dict[str, Any]) -> None:
    net = Network.from_columns(["a", "b"], [1, 2], [0], [1])
    assert fits(attrs.evolve(net, **more), {})
    assert not fits(attrs.evolve(net, **more), {1: LONGEST})


def test_work_of_unknown_length_does_not_fit() -> None:
    net = Network.from_columns(["a", "b"], [1, 2], [0], [1])
    assert fits(net, {})
    assert not fits(attrs.evolve(net, unknown=[1]), {})


def test_work_that_a_sparse_calendar_stretches_beyond_32_bits_does_not_fit() -> None:
    hour = Calendar(id="hour", week="mon", hours="09:00-09:01")
    net = Network.from_columns(["a", "b"], [1, 60_000], [0], [1], start=minutes(DAY), calendar=[0, 1], calendars=[CALENDARS[0], hour])
    assert not net.additive and fits(net, {})
    assert not fits(net, {1: 120_000})  # weeks of one minute each


def everything_bounds(seed: int) -> Network:
    """Work on three calendars with links of all types, lags of months, bounds on both ends, and work that one of several givers lets go."""
    r = random.Random(seed)
    net = bound(dense(seed), r)
    points = sorted(v for v in range(net.n) if not net.dur[v])
    months = [3 if r.random() < 0.1 else int(lag) for lag in net.lag]
    mode = [int(Mode.MONTHS) if lag == 3 else int(one) for lag, one in zip(months, plain_list(net.mode), strict=True)]
    lag = [1 if one == Mode.MONTHS else months for one, months in zip(mode, months, strict=True)]
    return attrs.evolve(
        net, anyone=set(r.sample(range(net.n), 3)), mode=mode, lag=lag, points={v: r.choice(("start", "finish")) for v in points}
    )


@pytest.mark.usefixtures("as_it_stands")
@pytest.mark.parametrize("seed", range(16))
def test_kernels_say_what_rows_say_of_all_calendars_and_bounds(seed: int) -> None:
    net, r = everything_bounds(seed), random.Random(seed)
    assert not net.additive and fits(net, dict.fromkeys(range(net.n), 3000))
    sampled = SampledPass(net)
    given = [v for v in range(net.n) if sampled.dur[v]]
    compiled = CompiledPass(sampled, {}, given, everything(net))
    rows = np.array([[r.randint(1, 3000) for _ in range(GROUP)] for _ in given], np.int32)
    found = sampled.forward({v: rows[number].astype(np.int64) for number, v in enumerate(given)}, {})
    dates = compiled.forward(0, rows)
    everywhere = [np.broadcast_to(row, GROUP) for row in found.finish]
    starts = [np.broadcast_to(sampled.starts(v, row), GROUP) for v, row in enumerate(found.x)]
    assert dates.instants([(v, False) for v in range(net.n)], GROUP).tolist() == [row.tolist() for row in everywhere]
    assert dates.instants([(v, True) for v in range(net.n)], GROUP).tolist() == [row.tolist() for row in starts]
    work = [v for v, node in enumerate(sampled.order) if net.state[node] in LIVE and net.kinds[node] not in EFFECTS]
    end = np.array([everywhere[v] for v in work]).max(axis=0)
    ends = dates.last()
    assert ends.max(axis=0).tolist() == end.tolist()
    last = np.where(ends == end, dates.ends, -(1 << 31))
    counts, driving, _ = compiled.critical(dates, 300, last, np.zeros(GROUP, np.int32))
    on_path = [np.broadcast_to(row, GROUP)[:300] for row in sampled.critical(found, {v: everywhere[v] == end for v in work})]
    assert counts.tolist() == [int(row.sum()) for row in on_path]
    both = [on_path[v] & np.broadcast_to(found.drives[k], GROUP)[:300] for k, v in enumerate(sampled.heads)]
    assert driving.tolist() == [int(row.sum()) for row in both]


@settings(max_examples=60)
@given(calendars(), st.lists(st.integers(-2_000_000, 8_000_000), min_size=1, max_size=30))
def test_tables_of_days_say_what_clocks_say(calendar: ipmo.Calendar, since: list[int]) -> None:
    """Inside the stretch of the tables, on its edges, and outside."""
    clocks = Clocks([calendar])
    number, base = clocks.clock(calendar), minutes(DAY)
    bases = np.array([kernels.work(clocks.packed, c, base) for c in range(2)], np.int64)
    tables = day_tables(clocks.packed, bases, [number], 900)
    edges = [1440 * day + more for day in (-401, -400, -399, 899, 900, 901) for more in (-1, 0, 1)]
    instants = base + np.array([*since, *edges], np.int64)
    worked = np.array([kernels.work(clocks.packed, number, int(t)) for t in instants], np.int64)
    row = instants.copy()
    to_work(tables, number, row)
    assert (row + bases[number]).tolist() == worked.tolist()
    for one in (worked - 1, worked, worked + 1):
        row = one - bases[number]
        to_instants(tables, number, row)
        assert row.tolist() == [kernels.start_at(clocks.packed, number, int(w)) for w in one]
        row = one - bases[number]
        to_ends(tables, number, row)
        assert row.tolist() == [kernels.finish_at(clocks.packed, number, int(w)) for w in one]


@pytest.mark.usefixtures("large")
def test_a_large_network_fits_alike() -> None:
    net = additive(2)
    assert net.arrays
    assert fits(net, {2: LONGEST - 10**5})
    assert not fits(net, {2: LONGEST})
    assert int(net.dur[2]) < LONGEST


@pytest.mark.usefixtures("as_it_stands")
def test_what_nothing_bounds_is_lowest() -> None:
    """Work that may lie before the start of all, and follows nothing."""
    net = attrs.evolve(Network.from_columns(["a"], [5], [], []), low=[-FAR // 4])
    dates = CompiledPass(SampledPass(net), {}, [], everything(net)).forward(0, np.zeros((0, GROUP), np.int32))
    assert (dates.start(0) == LOWEST).all() and (dates.finish(0) == LOWEST + 5).all()


@pytest.mark.parametrize("seed", range(40))
def test_what_moves_where_links_ask_for_less_is_what_a_whole_pass_moves(seed: int) -> None:
    """Only what those links lead to is dated again; the dates given are as they were afterwards."""
    net, r = dense(seed, 14), random.Random(seed)
    sampled = SampledPass(net)
    lengths = drawn(net, r, 5)
    shifts = {v: np.array([0, 60, 0, 480, 700]) for v in r.sample(range(net.n), 2)}
    base = sampled.forward(lengths, shifts)
    kept = [[row.copy() for row in column] for column in (base.x, base.edge, base.finish, base.length)]
    for k in r.sample(range(len(sampled.heads)), min(6, len(sampled.heads))):
        v = sampled.heads[k]
        at = int(base.x[v].min()) + (int(base.length[v].min()) if sampled.typ[k] >= FF else 0) - r.choice([0, 0, 100, 3000])
        capped = {k: Cap(at, sampled.typ[k] >= FF and r.random() < 0.5)}
        moved = sampled.moved(base, lengths, shifts, capped)
        whole = sampled.forward(lengths, shifts, capped)
        for w in range(net.n):
            x, finish = moved[w] if w in moved else (base.x[w], base.finish[w])
            assert (x == whole.x[w]).all()
            assert (finish == whole.finish[w]).all()
        assert all(
            (one == other).all()
            for column, before in zip((base.x, base.edge, base.finish, base.length), kept, strict=True)
            for one, other in zip(column, before, strict=True)
        )
