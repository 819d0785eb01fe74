"""The pass over samples says of each sample what the engine says of a network with those durations."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dates.schedule import network
from ipmo.network.clocks import Clocks
from ipmo.network.kernels import clocks as kernels
from ipmo.network.passes import Passes
from ipmo.network.sampled import SampledPass
from ipmo.network.vectorised import RowClocks
from ipmo.testing.strategies import calendars, dialects, portfolios


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


@settings(max_examples=40, deadline=None)
@given(portfolios(tied=True), dialects())
def test_a_pass_with_the_networks_own_durations_gives_its_own_dates(pf: ipmo.Portfolio, dialect: ipmo.Dialect) -> None:
    try:
        net = network(pf, dialect=dialect)
    except ipmo.ScheduleError:
        return
    if net.has_loop or not net.n:
        return
    passes = Passes(net, put_off=False)
    found = SampledPass(net).forward({}, {})
    early = net.early()
    assert [int(row[0]) for row in found.x] == [int(one) for one in early.x]
    assert [int(row[0]) for row in found.edge] == [int(one) for one in early.edge]
    if not net.latest:
        assert [int(row[0]) for row in found.finish] == [int(one) for one in passes.finishes]
        assert [bool(row.all()) for row in found.drives] == passes.drives
