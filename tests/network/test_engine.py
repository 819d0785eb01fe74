"""The engine: all ways of running it give the same integers, shapes that break others, loops."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dates.schedule import schedule
from ipmo.errors import CycleError, ScheduleError
from ipmo.model import After, Benefit, Calendar, Link, Portfolio, Project, Task
from ipmo.network import network as engine
from ipmo.network.compiled import available
from ipmo.network.graph import graph
from ipmo.network.network import Network
from ipmo.network.parts import Cut
from ipmo.network.positions import plain
from ipmo.testing.strategies import portfolios
from ipmo.units import minutes

from .conftest import as_large


def random_columns(n: int, seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    target = np.repeat(np.arange(1, n), 2)
    source = target - 1 - (rng.integers(0, 30, len(target)) % target)
    shuffle = rng.permutation(n)  # ids are not in topological order
    return {
        "ids": [f"t{i}" for i in range(n)],
        "duration": rng.integers(0, 5000, n),
        "source": shuffle[source],
        "target": shuffle[target],
        "type": rng.choice(4, len(target), p=[0.7, 0.1, 0.1, 0.1]),
        "lag": rng.integers(-300, 900, len(target)),
        "project": rng.integers(0, 7, n),
        "projects": [f"p{i}" for i in range(7)],
        "start": 1000,
    }


def answers(network: Network) -> list[Any]:
    s = schedule(network)
    whole, aim = s.passes.late_starts
    order = plain(s.passes.positions.order)
    rows = sorted(zip(order, plain(s.passes.early_starts), plain(whole), plain(aim), plain(s.passes.finishes), strict=True))
    return [rows, s.passes.end, plain(s.passes.project_ends), sum(plain(s.passes.link_floats))]


@pytest.mark.parametrize("seed", range(4))
def test_lists_numpy_and_numba_give_identical_integers(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = random_columns(3000, seed)
    plain = answers(Network.from_columns(**columns))
    monkeypatch.setattr(engine, "SMALL", 1)
    levels = Network.from_columns(**columns)
    levels.__dict__["compiled"] = False
    assert levels.arrays
    assert answers(levels) == plain
    if available():
        fast = Network.from_columns(**columns)
        assert fast.compiled
        assert answers(fast) == plain
    as_large(monkeypatch)
    uncompiled = Network.from_columns(**columns)
    assert uncompiled.compiled
    assert answers(uncompiled) == plain


@settings(max_examples=15)
@given(portfolios(tied=True))
def test_calendars_compiled_and_plain_give_identical_schedules(pf: Portfolio) -> None:
    plain = schedule(pf).table()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "SMALL", 0)
        again = pf.evolve(name="again")
        s = schedule(again)
        assert s.network.compiled == available()
        assert s.table() == plain


def brute(columns: dict[str, Any]) -> tuple[list[int], int]:
    """Early starts by relaxing every link until nothing moves: Bellman and Ford, no order, no kernels."""
    n = len(columns["ids"])
    x = [columns["start"]] * n
    d, changed = columns["duration"], True
    while changed:
        changed = False
        for u, v, t, lag in zip(columns["source"], columns["target"], columns["type"], columns["lag"], strict=True):
            give = x[u] + (d[u] if t in (0, 2) else 0) + lag - (d[v] if t in (2, 3) else 0)
            if give > x[v]:
                x[v], changed = give, True
    return [int(v) for v in x], int(max(a + b for a, b in zip(x, d, strict=True)))


@pytest.mark.parametrize("seed", range(3))
def test_early_starts_agree_with_relaxation_to_a_fixed_point(seed: int) -> None:
    columns = random_columns(200, seed + 10)
    s = schedule(Network.from_columns(**columns))
    x, end = brute(columns)
    order = plain(s.passes.positions.order)
    assert dict(zip(order, plain(s.passes.early_starts), strict=True)) == dict(enumerate(x))
    assert s.passes.end == end


@pytest.mark.parametrize("seed", range(3))
def test_floats_drag_and_target_agree_with_their_definitions(seed: int) -> None:
    """Float: the greatest slip that leaves the end unmoved, by slipping; drag: the end with and without the work."""
    columns = random_columns(40, seed + 20)
    s = schedule(Network.from_columns(**columns))
    _, end = brute(columns)
    for node, name in enumerate(columns["ids"]):
        item = s[name]
        total = round((item.total_float or 0) * 1440)
        pos = s.passes.positions.pos[node]
        for slip, moves in ((total, False), (total + 1, True)):
            held = dict(
                columns,
                ids=[*columns["ids"], "hold"],
                duration=[*columns["duration"], s.passes.early_starts[pos] - columns["start"] + slip],
                source=[*columns["source"], len(columns["ids"])],
                target=[*columns["target"], node],
                type=[*columns["type"], 0],
                lag=[*columns["lag"], 0],
                project=[*columns["project"], 0],
            )
            x, _ = brute(held)
            tasks_end = max(a + b for a, b in zip(x[:-1], columns["duration"], strict=True))
            assert (tasks_end > end) == moves, (name, slip)
        if item.critical:
            without = dict(columns, duration=[0 if i == node else d for i, d in enumerate(columns["duration"])])
            assert round((item.drag or 0) * 1440) == end - brute(without)[1], name


def test_longest_path_agrees_with_networkx_on_a_finish_to_start_network() -> None:
    columns = random_columns(500, 3) | {"type": np.zeros(998, int), "lag": np.zeros(998, int)}
    g: Any = nx.DiGraph()
    for u, v in zip(columns["source"], columns["target"], strict=True):
        g.add_edge(u, v, weight=columns["duration"][u])
    sink = [(v, "end", columns["duration"][v]) for v in range(500)]
    g.add_weighted_edges_from(sink)
    s = schedule(Network.from_columns(**columns))
    assert s.passes.end == 1000 + nx.dag_longest_path_length(g)


def test_a_chain_and_a_wide_graph_of_a_million_hold() -> None:
    n = 1_000_000
    chain = Network.from_columns([""] * n, np.ones(n), np.arange(n - 1), np.arange(1, n))
    s = schedule(chain)
    assert s.passes.end == n
    assert (np.asarray(s.passes.late_starts.to_end) == np.asarray(s.passes.early_starts)).all()
    rng, per = np.random.default_rng(3), 333_333
    target = np.repeat(np.arange(per, 3 * per), 2)
    source = (target // per - 1) * per + rng.integers(0, per, len(target))
    wide = schedule(Network.from_columns([""] * (3 * per), rng.integers(1, 9999, 3 * per), source, target))
    x, w = np.asarray(wide.passes.early_starts), wide.passes.positions.w
    heads = np.repeat(np.arange(3 * per), np.diff(wide.passes.positions.ptr))
    assert (x[heads] >= x[wide.passes.positions.src] + w).all()
    assert (np.asarray(wide.passes.late_starts.to_end) >= x).all()


def test_bad_columns_are_refused() -> None:
    for bad in ({"source": [5]}, {"target": [-1]}, {"type": [4]}, {"duration": [1, -1]}, {"lag": [0, 0]}):
        columns = {"ids": ["a", "b"], "duration": [1, 1], "source": [0], "target": [1], **bad}
        with pytest.raises(ScheduleError, match="column"):
            Network.from_columns(**columns)


LOOPED = [
    Project(id="tram", tasks=[Task(id="A", duration="1 d"), Task(id="D", duration="1 d", after="A")]),
    Project(
        id="depot",
        tasks=[Task(id="B", duration="2 d", deadline="2026-02-01"), Task(id="C", duration="1 d", after=[After(source="B", type="SS")])],
    ),
]
LOOP_LINKS = [Link(source="tram/A", target="depot/B"), Link(source="depot/C", target="tram/A")]


def test_a_loop_is_named_with_types_and_boundaries_whatever_the_order_of_the_file() -> None:
    texts = set()
    for projects in (LOOPED, LOOPED[::-1]):
        for links in (LOOP_LINKS, LOOP_LINKS[::-1]):
            with pytest.raises(CycleError) as caught:
                ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=projects, links=links))
            texts.add(str(caught.value))
    assert texts == {
        "these links form a cycle: 'depot/B' -SS-> 'depot/C' -FS-> 'tram/A' -FS-> 'depot/B'; it crosses the boundary of projects "
        "'depot', 'tram'; remove one of them, or pass on_cycle='cut'"
    }


def test_cutting_goes_on_says_what_it_cut_and_does_not_depend_on_order() -> None:
    tables = []
    for projects in (LOOPED, LOOPED[::-1]):
        pf = Portfolio(id="x", start="2026-01-05", projects=projects, links=LOOP_LINKS)
        s = ipmo.schedule(pf, on_cycle="cut")
        assert s.cuts == (("depot/C", "tram/A", "FS"),)  # across projects before inside one
        tables.append(sorted(map(str, s.table().rows())))
        assert "ipmo/loop-cut" in {f.code for f in ipmo.check(pf)}
    assert tables[0] == tables[1]


def test_the_graph_is_a_real_networkx_graph_that_can_be_asked_anything() -> None:
    import ipmo.examples

    g = graph(ipmo.examples.load("handover"))
    assert isinstance(g, nx.MultiDiGraph)
    assert nx.is_directed_acyclic_graph(g)
    assert nx.has_path(g, "rails/survey", "fleet/service")
    assert g.edges["rails/lay", "power/cable", 0]["type"] == "SS"
    assert g.nodes["rails/lay"]["item"].name == "Lay rails"


def test_a_long_loop_is_told_by_its_first_and_last_items_and_kept_whole() -> None:
    size = 3000
    tasks = [Task(id=f"t{n}", duration="1 d", after=[f"t{(n + 1) % size}"]) for n in range(size)]
    with pytest.raises(CycleError) as caught:
        schedule(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)]))
    assert len(caught.value.cycle) == size
    assert len(str(caught.value)) < 700
    assert "(2980 more) ->" in str(caught.value)
    assert str(CycleError([f"t{n}" for n in range(20)], ["FS"] * 20)).count("-FS->") == 20


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=15))
def test_cutting_always_leaves_a_network_without_loops(pairs: list[tuple[int, int]]) -> None:
    pairs = sorted({(a, b) for a, b in pairs if a != b})
    net = Network(
        ids=[f"t{i}" for i in range(7)],
        project=[0] * 7,
        projects=("p",),
        dur=[1] * 7,
        low=[0] * 7,
        src=[a for a, _ in pairs],
        dst=[b for _, b in pairs],
        typ=[0] * len(pairs),
        lag=[0] * len(pairs),
    )
    if net.has_loop:
        error = net.loop()
        steps = set(zip(error.cycle, (*error.cycle[1:], error.cycle[0]), strict=True))
        assert steps <= {(f"t{a}", f"t{b}") for a, b in pairs}
        net = net.cut([None] * 7)
    assert not net.has_loop


@pytest.mark.parametrize("order", [("weekend", "friday"), ("friday", "weekend")])
def test_of_two_links_that_ask_alike_one_into_a_break_lets_the_finish_wait_whichever_comes_first(order: tuple[str, str]) -> None:
    """Both givers ask for all of the week's work; the one that works on Saturday lets the finish lie on Monday morning."""
    calendars = [Calendar(id="six", week="mon-sat", hours="09:00-17:00")]
    givers = {"weekend": Task(id="weekend", duration="6 d", calendar="six"), "friday": Task(id="friday", duration="5 d")}
    after = [After(source=name, type="FF") for name in order]
    tasks = [*givers.values(), Task(id="t", duration="3 d", after=after)]
    s = schedule(Portfolio(id="x", start="2026-01-05", calendars=calendars, projects=[Project(id="P", tasks=tasks)]))
    assert (s["P/t"].early_start, s["P/t"].early_finish) == (datetime(2026, 1, 7, 9), datetime(2026, 1, 12, 9))


def test_a_loop_is_cut_across_projects_before_inside_one() -> None:
    """Whatever the dates say: the plan of a project is its own, the agreement between two is looked at again."""
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        projects=[
            Project(
                id="A",
                tasks=[
                    Task(id="a", duration="1 d", deadline="2026-01-09", after=[After(source="b")]),
                    Task(id="b", duration="1 d", deadline="2026-12-31"),
                ],
            ),
            Project(id="B", tasks=[Task(id="t", duration="1 d")]),
        ],
        links=[Link(source="A/a", target="B/t"), Link(source="B/t", target="A/b")],
    )
    assert [tuple(cut) for cut in ipmo.schedule(pf, on_cycle="cut").cuts] == [("A/a", "B/t", "FS")]
    inside = pf.evolve(links=()).evolve("A/b", after=[After(source="a")])
    assert [tuple(cut) for cut in ipmo.schedule(inside, on_cycle="cut").cuts] == [("A/b", "A/a", "FS")], "inside, the dates say which"


def test_a_project_without_tasks_lasts_to_the_end_of_its_last_day() -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        projects=[
            Project(id="bar", start="2026-01-05", finish="2026-01-09"),
            Project(id="done", start="2026-01-05", finish="2026-01-07", state="closed"),
            Project(id="began", actual_start="2026-01-06", start="2026-01-05", finish="2026-01-09"),
        ],
    )
    s = ipmo.schedule(pf)
    assert [tuple(map(str, s.dates(name))) for name in ("bar", "done", "began")] == [
        ("2026-01-05 00:00:00", "2026-01-10 00:00:00"),
        ("2026-01-05 00:00:00", "2026-01-08 00:00:00"),
        ("2026-01-06 00:00:00", "2026-01-10 00:00:00"),
    ]


@pytest.mark.parametrize("seed", range(6))
def test_plain_columns_on_calendars_are_the_portfolio_that_says_the_same(seed: int) -> None:
    """Tasks on two calendars, points in time, links of all types with and without lags: the same dates, floats and drag."""
    r = np.random.default_rng(seed)
    calendars = [Calendar(id="days", week="mon-fri", hours="09:00-17:00"), Calendar(id="six", week="mon-sat", hours="07:00-15:00")]
    n = 12
    minutes_of = [int(x) for x in r.choice([0, 240, 480, 960, 1500], n)]
    chosen = [int(x) for x in (r.integers(0, 2, n) if seed else np.zeros(n))]
    pairs = sorted({(int(r.integers(0, j)), j) for j in range(1, n) for _ in range(2)})
    types = [int(x) for x in r.integers(0, 4, len(pairs))]
    lags = [int(x) for x in r.choice([0, 0, 60, 480], len(pairs))]
    base = minutes(datetime(2026, 1, 5))
    s = schedule(
        Network.from_columns(
            [f"P/t{v}" for v in range(n)], minutes_of, [u for u, _ in pairs], [v for _, v in pairs], type=types, lag=lags,
            projects=["P"], start=base, calendar=chosen, calendars=calendars,
        )
    )  # fmt: skip
    tasks = [
        Task(
            id=f"t{v}", milestone=not minutes_of[v], duration=f"{minutes_of[v]} min" if minutes_of[v] else None, calendar=calendars[chosen[v]].id,
            after=[
                After(source=f"t{u}", type=("FS", "SS", "FF", "SF")[kind], lag=f"{lag} min")
                for (u, w), kind, lag in zip(pairs, types, lags, strict=True) if w == v
            ],
        )
        for v in range(n)
    ]  # fmt: skip
    pf = Portfolio(id="x", start="2026-01-05", calendar="days", calendars=calendars, projects=[Project(id="P", tasks=tasks)])
    t = schedule(pf)
    work = [f"P/t{v}" for v in range(n) if minutes_of[v]]
    for item in work:
        one, other = s[item], t[item]
        for name in ("early_start", "early_finish", "late_start", "late_finish", "total_float", "free_float", "critical"):
            assert getattr(one, name) == getattr(other, name), (item, name)
    assert s.finish == t.finish


def test_the_table_of_plain_columns_ends_whatever_their_size(large: None) -> None:
    """Their kinds and states are one value as often as there are nodes; to walk over them ends."""
    network = Network.from_columns(["a", "b"], [480, 960], [0], [1], calendar=[0, 0], calendars=[Calendar(id="days", week="mon-fri")])
    assert list(network.kinds) == list(reversed(network.kinds)) == ["task", "task"]
    assert list(network.kinds[1:]) == ["task"]
    assert ("task" in network.kinds, "gate" in network.kinds) == (True, False)
    assert [row["id"] for row in schedule(network).table().rows()] == ["a", "b"]


@pytest.mark.parametrize("way", ["lists", "arrays"])
def test_without_some_links_the_others_keep_what_they_stand_for(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places in the file, links that nobody stated, and columns follow the links that stay; what went is named."""
    if way == "arrays":
        as_large(monkeypatch)
    net = Network.from_columns(["a", "b", "c", "d"], [1, 2, 3, 4], [0, 1, 0, 2], [1, 2, 2, 3], type=[0, 1, 2, 3], lag=[5, 6, 7, 8])
    net = attrs.evolve(net, numbers={0: 70, 1: 71, 3: 73}, derived={2, 1}, mode=[0, 1, 2, 3], lagclk=[0, 0, 0, 0])
    left = net.without([1])
    assert (dict(left.numbers), set(left.derived)) == ({0: 70, 2: 73}, {1})
    assert [[int(x) for x in column] for column in (left.src, left.dst, left.typ, left.lag, left.mode, left.lagclk) if column is not None] == [
        [0, 0, 2], [1, 2, 3], [0, 2, 3], [5, 7, 8], [0, 2, 3], [0, 0, 0],
    ]  # fmt: skip
    assert left.cuts == (Cut("b", "c", "SS"),)
    assert net.without([]).m == 4


def test_where_nothing_says_when_anything_starts_nothing_has_dates() -> None:
    """A benefit of a project without work, in a portfolio without a date: with a start it is there then."""
    pf = Portfolio(id="x", projects=[Project(id="P")], benefits=[Benefit(id="b", enabled_by=["P@finish"])])
    s = ipmo.schedule(pf)
    assert s["b"].early_start is None
    assert {hold.reason for hold in s.network.holds.values()} == {"nothing says when anything starts (write portfolio: start:)"}
    assert ipmo.schedule(pf.evolve("x", start="2026-01-05"))["b"].early_start == datetime(2026, 1, 5)
