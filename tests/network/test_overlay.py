"""What-if by overlay: after any change every date equals that of the changed network computed anew; undo gives back what was."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.errors import CycleError, ScheduleError, UnknownItemError
from ipmo.model import DIALECTS, Portfolio, Project, Task
from ipmo.network import network as engine
from ipmo.network.kernels.columns import FAR
from ipmo.network.network import Network
from ipmo.network.overlay import Overlay
from ipmo.network.passes import Passes
from ipmo.network.states import EFFECTS, NUMBERS, LinkType, Mode, State
from ipmo.testing.strategies import portfolios

from .conftest import as_large, tied

PAUSED = """
ipmo: 1
portfolio: {id: p, start: 2026-01-05}
projects:
  - {id: live, tasks: [{id: work, duration: 5 d}]}
  - id: held
    state: paused
    tasks: [{id: spec, duration: 2 d}, {id: signed, milestone: true, after: spec, deadline: 2026-01-06}]
"""


def made(seed: int, n: int = 40) -> dict[str, Any]:
    r = random.Random(seed)
    pairs = sorted({(i, j) for j in range(1, n) for i in r.sample(range(j), min(j, r.randint(0, 2)))})
    return {
        "ids": [f"t{i}" for i in range(n)],
        "duration": [r.randint(0, 9) for _ in range(n)],
        "source": [i for i, _ in pairs],
        "target": [j for _, j in pairs],
        "type": [r.choice((0, 0, 0, 1, 2, 3)) for _ in pairs],
        "lag": [r.choice((0, 0, 2, -3)) for _ in pairs],
        "project": [i * 4 // n for i in range(n)],
        "projects": ["a", "b", "c", "d"],
        "start": 100,
    }


def anew(data: dict[str, Any]) -> dict[str, Any]:
    """Every date of the changed network, computed from nothing."""
    s = schedule(Network.from_columns(**data))
    pos = [int(v) for v in s.passes.positions.pos]
    pick = lambda column: [int(column[v]) for v in pos]  # noqa: E731
    late = [s.passes.late_starts[kind] for kind in (0, 1)]
    return {"early": pick(s.passes.early_starts), "late": pick(late[0]), "aim": pick(late[1]), "end": s.passes.end}


@pytest.mark.parametrize("way", ["lists", "compiled", "arrays"])
@pytest.mark.parametrize("seed", range(12))
def test_after_any_change_all_dates_are_those_computed_anew_and_undo_gives_them_back(
    seed: int, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "arrays":
        as_large(monkeypatch)
    monkeypatch.setattr(engine, "SMALL", 20_000 if way == "lists" else 0)
    data = made(seed)
    overlay = Overlay(schedule(Network.from_columns(**data)).passes)
    first = {**overlay.columns(), "end": overlay.end}
    assert first == anew(data)
    r = random.Random(seed + 100)
    n = len(data["ids"])
    history = [data]
    removed: set[int] = set()
    for _ in range(60):
        data = {name: list(value) if isinstance(value, list) else value for name, value in history[-1].items()}
        kind = r.choice(("duration", "duration", "lag", "link", "cut"))
        if kind == "duration":
            v = r.randrange(n)
            data["duration"][v] = r.randint(0, 15)
            overlay.set_duration(v, data["duration"][v])
        elif kind == "lag":
            k = r.choice([k for k in range(len(data["source"])) if k not in removed])
            data["lag"][k] = r.randint(-3, 9)
            overlay.set_lag(k, data["lag"][k])
        elif kind == "cut":
            k = r.choice([k for k in range(len(data["source"])) if k not in removed])
            overlay.remove_link(k)
            removed.add(k)
            data["lag"][k] = -(10**9)  # as good as gone
            data["type"][k] = 1
        else:
            u, v = r.sample(range(n), 2)
            kind_of = r.choice(("FS", "SS", "FF", "SF"))
            data["source"].append(u)
            data["target"].append(v)
            data["type"].append(("FS", "SS", "FF", "SF").index(kind_of))
            data["lag"].append(2)
            live = {k: [x for j, x in enumerate(data[k]) if j not in removed] for k in ("source", "target", "type", "lag")}
            if Network.from_columns(**{**data, **live}).has_loop:
                with pytest.raises(CycleError):
                    overlay.add_link(u, v, kind_of, 2)
                assert {**overlay.columns(), "end": overlay.end} == anew({**history[-1], **_live(history[-1], removed)})
                continue
            assert overlay.add_link(u, v, kind_of, 2) == len(data["source"]) - 1
        history.append(data)
        assert {**overlay.columns(), "end": overlay.end} == anew({**data, **_live(data, removed)}), kind
    for _ in range(len(history) - 1):
        assert overlay.undo()
    assert not overlay.undo()
    assert {**overlay.columns(), "end": overlay.end} == first


def _live(data: dict[str, Any], removed: set[int]) -> dict[str, Any]:
    return {k: [x for j, x in enumerate(data[k]) if j not in removed] for k in ("source", "target", "type", "lag")}


@settings(max_examples=40, deadline=None)
@given(portfolios(tied=True), st.data())
def test_on_calendars_with_gates_and_commitments_too(pf: Portfolio, data: st.DataObject) -> None:
    s = ipmo.schedule(pf)
    net = s.network
    if net.anyone or not net.n or net.latest or net.expected:
        return
    overlay = Overlay(s.passes)
    before = overlay.columns()
    for _ in range(3):
        v = data.draw(st.integers(0, net.n - 1))
        if v in net.high:
            with pytest.raises(ScheduleError, match="overrides the logic"):
                overlay.set_duration(v, 1)
            continue
        if net.state[v] not in (0, 1) or net.kinds[v] in (*EFFECTS, "start", "finish", "gate", "milestone"):
            continue
        minutes = data.draw(st.integers(0, 5000))
        overlay.set_duration(v, minutes)
        changed = attrs.evolve(net, dur=overlay.durations())
        t = Schedule(Passes(changed), pf)
        pos = [int(q) for q in t.passes.positions.pos]
        assert overlay.columns()["early"] == [int(t.passes.early_starts[q]) for q in pos]
        assert [overlay.finish(v) for v in range(net.n)] == [int(t.passes.finishes[q]) for q in pos]
        assert overlay.end == t.passes.end
        assert overlay.columns()["late"] == [
            int(t.passes.late_starts.to_end[q]) if t.passes.late_starts.to_end[q] < FAR // 2 else FAR for q in pos
        ]
        assert overlay.columns()["aim"] == [
            int(t.passes.late_starts.to_target[q]) if t.passes.late_starts.to_target[q] < FAR // 2 else FAR for q in pos
        ]
    while overlay.undo():
        pass
    assert overlay.columns() == before


def test_no_change_touches_nothing_and_a_small_one_little() -> None:
    data = made(3)
    overlay = Overlay(schedule(Network.from_columns(**data)).passes)
    assert overlay.set_duration("t5", data["duration"][5]) == 0
    assert overlay.set_lag(0, data["lag"][0]) == 0


def test_progress_is_one_change_and_answers_are_by_name() -> None:
    data = made(4)
    overlay = Overlay(schedule(Network.from_columns(**data)).passes)
    before = overlay.columns()
    overlay.set_progress("t7", 1)
    assert overlay.finish("t7") == overlay.start("t7") + 1
    assert overlay.undo()
    assert not overlay.undo()
    assert overlay.columns() == before
    assert overlay.total_float("t7") == before["late"][7] - before["early"][7]
    assert overlay.target_float("t7") == before["aim"][7] - before["early"][7]
    assert overlay.project_end("a") == max(before["early"][i] + data["duration"][i] for i in range(10))


def test_what_cannot_be_is_refused() -> None:
    overlay = Overlay(schedule(Network.from_columns(["a", "b", "c"], [1, 2, 3], [0, 1], [1, 2])).passes)
    with pytest.raises(CycleError, match="'a' -FS-> 'b' -FS-> 'c' -SS-> 'a'"):
        overlay.add_link("c", "a", "SS")
    with pytest.raises(ScheduleError, match="negative"):
        overlay.set_duration("a", -1)
    with pytest.raises(UnknownItemError):
        overlay.set_duration("d", 1)
    with pytest.raises(ScheduleError, match="no link 9"):
        overlay.set_lag(9, 1)
    with pytest.raises(ScheduleError, match="to itself"):
        overlay.add_link("a", "a")
    with pytest.raises(ScheduleError, match="not one of FS"):
        overlay.add_link("a", "c", "XX")
    overlay.remove_link(1)
    with pytest.raises(ScheduleError, match="no link 1"):
        overlay.remove_link(1)
    overlay.add_link("c", "a")
    assert overlay.start("a") == 3


@pytest.mark.parametrize("n", [24_000, 10_001])
def test_where_too_much_moves_a_whole_pass_gives_the_same_and_can_be_undone(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if n < engine.SMALL:  # by kernels that nobody compiled
        as_large(monkeypatch)
    r = random.Random(1)
    data = {
        "ids": [f"t{i}" for i in range(n)],
        "duration": [r.randint(1, 9) for _ in range(n)],
        "source": [max(0, i - r.randint(1, 5)) for i in range(1, n)],
        "target": list(range(1, n)),
        "project": [i * 20 // n for i in range(n)],
        "projects": [f"p{i}" for i in range(20)],
    }
    overlay = Overlay(schedule(Network.from_columns(**data)).passes)
    first = {**overlay.columns(), "end": overlay.end}
    for v in (0, 5, n // 2, n - 3) if n > engine.SMALL else (5, n - 3):
        changed = {**data, "duration": list(data["duration"])}
        changed["duration"][v] += 50
        overlay.set_duration(v, changed["duration"][v])
        assert {**overlay.columns(), "end": overlay.end} == anew(changed)
        overlay.undo()
        assert {**overlay.columns(), "end": overlay.end} == first


def test_the_deadline_of_paused_work_binds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(PAUSED)
    s = ipmo.schedule(ipmo.read(path), dialect="msproject")
    overlay = Overlay(s.passes)
    before = overlay.columns()
    held = s.network.ids.index("held/signed")
    assert before["late"][held] == FAR
    overlay.set_duration("live/work", 480 * 9)
    assert overlay.columns()["late"][held] == overlay.columns()["aim"][held] == FAR
    overlay.set_duration("held/signed", 0)
    assert overlay.columns()["late"][held] == FAR
    while overlay.undo():
        pass
    assert overlay.columns() == before


def lowered(s: Schedule, bounds: dict[int, int]) -> Schedule:
    """The schedule of a network whose nodes start no earlier than given, on their own clocks."""
    net = s.network
    low = [max(bounds[v], int(x)) if v in bounds and v not in net.finish_floor else int(x) for v, x in enumerate(net.low)]
    for v in bounds.keys() & net.finish_floor.keys():
        low[v] = bounds[v]
    return Schedule(Passes(attrs.evolve(net, low=low)), s.portfolio)


BOUND = """
ipmo: 1
portfolio: {id: p, start: 2026-01-05}
projects:
  - id: a
    tasks:
      - {id: held, duration: 3 d, finish_not_before: 2026-01-17}
      - {id: next, duration: 2 d, after: held}
      - {id: free, duration: 4 d}
      - {id: ends, duration: 1 d, after: {from: free, type: FF, lag: 1 d}}
  - {id: b, tasks: [{id: use, duration: 5 d}]}
links: [{from: a/next, to: b/use}]
"""


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize("day", [0, 5, 9, 10, 11, 30])
def test_a_bound_on_a_start_is_that_of_a_network_that_always_had_it(
    day: int, way: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The finish of `held` may not lie before Saturday: it waits until Monday, unless a later start moves it past the weekend."""
    if way == "arrays":
        as_large(monkeypatch)
    (tmp_path / "p.yaml").write_text(BOUND, encoding="utf-8")
    s = ipmo.schedule(ipmo.read(tmp_path / "p.yaml"))
    for item in ("a/held", "a/next", "a/free", "a/ends", "b/use"):
        overlay, node = Overlay(s.passes), s.passes.nodes[item]
        first = overlay.columns()
        low = int(s.network.low[node]) + 480 * day
        overlay.set_start_bound(item, low)
        anew = lowered(s, {node: low}).passes
        pos = [int(v) for v in anew.positions.pos]
        assert overlay.columns()["early"] == [int(anew.early_starts[v]) for v in pos]
        assert overlay.columns()["late"] == [int(anew.late_starts.to_end[v]) for v in pos]
        assert overlay.columns()["aim"] == [int(anew.late_starts.to_target[v]) for v in pos]
        assert [overlay.finish(v) for v in range(len(pos))] == [int(anew.finishes[v]) for v in pos]
        assert [overlay.project_end(name) for name in ("a", "b")] == [int(end) for end in anew.project_ends]
        assert overlay.undo()
        assert overlay.columns() == first


@pytest.mark.parametrize("way", ["lists", "arrays"])
@settings(max_examples=15)
@given(portfolios(tied=True), st.data())
def test_slips_tried_one_after_another_are_those_of_bounds_set_and_taken_back(way: str, pf: Portfolio, data: st.DataObject) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if way == "arrays":
            as_large(patch)
        s = ipmo.schedule(pf)
        net = s.network
        if net.anyone or net.latest or net.expected:
            return
        overlay = Overlay(s.passes)
        work = [int(overlay.place[v]) for v in range(net.n) if net.state[v] in (0, 1) and v not in net.high and v not in net.finish_floor]
        if not work:
            return
        node = [int(v) for v in net.positions.order]
        sets = data.draw(
            st.lists(st.lists(st.tuples(st.sampled_from(work), st.integers(-500, 20_000)), max_size=3), min_size=1, max_size=6)
        )
        aimed = data.draw(st.lists(st.sampled_from(work), max_size=3, unique=True))
        first = [0]
        for some in sets:
            first.append(first[-1] + len(some))
        seeds = [place for some in sets for place, _ in some]
        lows = [overlay.start(node[place]) + more for some in sets for place, more in some]
        before, groups = overlay.columns(), range(len(net.projects))
        found = list(overlay.slips(first, seeds, lows, aimed))
        assert list(Overlay(s.passes, late=False).slips(first, seeds, lows, aimed)) == found
        assert overlay.columns() == before
        assert overlay.changes == []
        for row, one in enumerate(found):
            was = {v: overlay.finish(node[v]) for v in aimed} | {-1 - g: overlay.end_of(g) for g in groups}
            steps = range(first[row], first[row + 1])
            for step in steps:
                overlay.raise_start_bound(seeds[step], lows[step])
            now = {v: overlay.finish(node[v]) for v in aimed} | {-1 - g: overlay.end_of(g) for g in groups}
            assert one == {what: now[what] for what in was if now[what] != was[what]}
            for _ in steps:
                overlay.undo()
        assert overlay.columns() == before


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize("seed", range(4))
def test_slips_name_the_projects_that_they_move(seed: int, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each start alone 5, 20 and 60 later: the finishes of all work that moved, and of the projects, as a network with that bound has them."""
    if way == "arrays":
        as_large(monkeypatch)
    s = schedule(Network.from_columns(**made(seed, 16)))
    net, overlay = s.network, Overlay(s.passes)
    node = [int(v) for v in net.positions.order]
    places = [place for place in range(net.n) for _ in range(3)]
    lows = [int(s.passes.early_starts[place]) + late for place in range(net.n) for late in (5, 20, 60)]
    found = list(overlay.slips(range(len(places) + 1), places, lows, range(net.n)))
    assert len(found) == len(places)
    for place, low, one in zip(places, lows, found, strict=True):
        anew = lowered(s, {node[place]: low}).passes
        finishes = {v: int(anew.finishes[v]) for v in range(net.n) if anew.finishes[v] != s.passes.finishes[v]}
        ends = {-1 - g: int(end) for g, end in enumerate(anew.project_ends) if end != s.passes.project_ends[g]}
        assert one == finishes | ends


@pytest.mark.parametrize("way", ["lists", "arrays"])
def test_a_slip_before_finished_work_of_its_project_moves_no_end(way: str) -> None:
    """What is done finished later than what is open can: the project ends where it did."""
    done = Task(id="done", duration="1 d", actual_start="2026-03-02", actual_finish="2026-03-02")
    pf = Portfolio(
        id="x", start="2026-01-05", calendar="continuous", projects=[Project(id="P", tasks=[done, Task(id="open", duration="2 d")])]
    )
    with pytest.MonkeyPatch.context() as patch:
        if way == "arrays":
            as_large(patch)
        s = ipmo.schedule(pf)
        overlay = Overlay(s.passes)
        place = int(overlay.place[s.network.ids.index("P/open")])
        start, end = overlay.start("P/open"), overlay.end_of(0)
        little, much = overlay.slips([0, 1, 2], [place, place], [start + 1440, start + 100 * 1440], [])
        assert little == {}
        assert list(much) == [-1]
        assert end is not None
        assert much[-1] > end


@pytest.mark.parametrize("field", ["start_no_later", "finish_no_later"])
@pytest.mark.parametrize("follower", ["", "late"])
@pytest.mark.parametrize(
    "when", ["2026-01-09T09:00", "2026-01-09T16:59", "2026-01-09T17:00", "2026-01-10T00:00", "2026-01-12T08:00", "2026-01-12T09:00"]
)
def test_late_bounds_beside_a_weekend_are_those_of_a_network_computed_anew(field: str, follower: str, when: str) -> None:
    """A late start on the edge of a shift, in the break after it and on the next one; what ends with it around the clock may wait for either."""
    tasks = [
        Task(id="first", duration="1 d"),
        Task(id="long", duration="30 d"),
        Task(id="beside", duration="1 d", calendar="continuous"),
        Task(id="bound", duration="2 d", after=["first", {"from": "beside", "type": "FF"}], constraints={field: when}),
        Task(id="late", milestone=True, after="bound", deadline="2026-02-20"),
        Task(id="half", duration="4 h", after="bound", constraints={"finish_no_later": "2026-01-13T17:00"} if follower else None),
    ]
    pf = Portfolio(id="x", start="2026-01-05", calendar="standard", projects=[Project(id="P", tasks=tasks)])
    s = ipmo.schedule(pf)
    net = s.network
    overlay = Overlay(s.passes)
    before = overlay.columns()
    for name, minutes in (("first", 960), ("bound", 0), ("bound", 480), ("bound", 959), ("half", 0), ("first", 0), ("bound", 2400)):
        overlay.set_duration(f"P/{name}", minutes)
        t = Schedule(Passes(attrs.evolve(net, dur=overlay.durations())), pf)
        pos = [int(q) for q in t.passes.positions.pos]
        found, late = overlay.columns(), t.passes.late_starts
        assert found["early"] == [int(t.passes.early_starts[q]) for q in pos]
        for column, expected in (("late", late.to_end), ("aim", late.to_target)):
            assert found[column] == [min(int(expected[q]), FAR) if expected[q] < FAR // 2 else FAR for q in pos], (name, minutes, column)
    while overlay.undo():
        pass
    assert overlay.columns() == before


def test_one_slip_by_itself_is_tried_too_and_of_no_changes_nothing_moved() -> None:
    overlay = Overlay(schedule(Network.from_columns(["a", "b", "c"], [10, 20, 30], [0, 1], [1, 2])).passes)
    c = int(overlay.place[2])
    (late,) = overlay.slips([0, 1], [int(overlay.place[0])], [7], [c])
    assert late[c] == overlay.finish("c") + 7
    (still,) = overlay.slips([0, 1], [int(overlay.place[0])], [0], [c])
    assert c not in still
    assert list(overlay.slips([0], [], [], [c])) == []
    overlay.set_duration("b", 25)
    assert overlay.moved(1).places == {int(overlay.place[1]), c}
    assert overlay.moved(0).places == set()


def test_another_length_leaves_a_bound_on_the_start_that_was_set_before(tmp_path: Path) -> None:
    """Work whose finish is bound too: thirty days on it starts thirty days on, whatever it lasts, until the bound is taken back."""
    (tmp_path / "p.yaml").write_text(BOUND, encoding="utf-8")
    s = ipmo.schedule(ipmo.read(tmp_path / "p.yaml"))
    overlay = Overlay(s.passes)
    first = overlay.start("a/held")
    later = int(s.network.low[s.passes.nodes["a/held"]]) + 480 * 30
    overlay.set_start_bound("a/held", later)
    overlay.set_duration("a/held", 480)
    assert (overlay.start("a/held"), overlay.start("a/next")) == (later, later + 480)
    overlay.undo()
    overlay.undo()
    overlay.set_duration("a/held", 3 * 480)
    assert overlay.start("a/held") == first


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize("dialect", sorted(DIALECTS))
@pytest.mark.parametrize("seed", range(6))
def test_changes_one_after_another_on_calendars_give_what_networks_computed_anew_have(
    seed: int, dialect: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lengths, starts, progress, lags and links of work that is bound in all ways; every date, end and float, and after each step back too."""
    if way == "arrays":
        as_large(monkeypatch)
    r, net = random.Random(seed), tied(seed, dialect)
    overlay = Overlay(Passes(net))
    work = [v for v in range(net.n) if net.state[v] == State.NORMAL]
    bound = [v for v in work if v in net.finish_floor]
    gone: frozenset[int] = frozenset()
    state = {"dur": [int(x) for x in net.dur], "low": [int(x) for x in net.low], "lag": [int(x) for x in net.lag]}
    history = [(state, gone)]

    def held() -> None:
        now, cut = history[-1]
        lag = [-(10**7) if k in cut else x for k, x in enumerate(now["lag"])]  # as good as gone
        waits = [kind == LinkType.FF and not one for kind, one in zip(net.typ, lag, strict=True)]  # two finishes at one instant
        mode = [(Mode.FINISHES if yes else Mode.PLAIN) if one in NUMBERS else int(one) for one, yes in zip(net.mode, waits, strict=True)]
        passes = Passes(attrs.evolve(net, dur=now["dur"], low=now["low"], lag=lag, mode=[int(one) for one in mode]))
        pos = [int(v) for v in passes.positions.pos]
        late = {name: [int(x) if x < FAR // 2 else FAR for x in column] for name, column in passes.late_starts._asdict().items()}
        early = [int(passes.early_starts[v]) for v in pos]
        found = overlay.columns()
        assert found["early"] == early
        assert found["late"] == [late["to_end"][v] for v in pos]
        assert found["aim"] == [late["to_target"][v] for v in pos]
        assert [overlay.start(v) for v in range(net.n)] == early
        assert [overlay.finish(v) for v in range(net.n)] == [int(passes.finishes[v]) for v in pos]
        assert overlay.end == passes.end
        ends = [
            max([int(end), *(when for v, when in net.finishes.items() if net.project[v] == g)]) for g, end in enumerate(passes.project_ends)
        ]
        assert [overlay.project_end(name) for name in net.projects] == ends
        assert overlay.durations() == now["dur"]
        for v in work:
            both = late["to_end"][pos[v]], late["to_target"][pos[v]]
            assert (overlay.total_float(v), overlay.target_float(v)) == tuple(None if x == FAR else x - early[v] for x in both)

    held()
    for _ in range(12):
        now, cut = history[-1]
        new = {name: list(column) for name, column in now.items()}
        v, live = r.choice(work if r.random() < 0.4 else bound), [k for k in range(net.m) if k not in cut]
        kind = r.choice(("duration", "duration", "start", "progress", "lag", "cut") if live else ("duration", "start"))
        if kind == "duration":
            new["dur"][v] = r.choice((0, 60, 480, 3000))
            overlay.set_duration(v, new["dur"][v])
        elif kind == "start":
            new["low"][v] += r.choice((-960, 240, 2000, 6000))
            overlay.set_start_bound(v, new["low"][v])
        elif kind == "progress":
            new["dur"][v], new["low"][v] = 100, net.running_clock(v).work(net.base)
            overlay.set_progress(v, 100)
        elif kind == "lag":
            k = r.choice(live)
            new["lag"][k] = r.choice((-300, 0, 60, 480))
            overlay.set_lag(k, new["lag"][k])
        else:
            k = r.choice(live)
            cut = cut | {k}
            overlay.remove_link(k)
        history.append((new, cut))
        held()
    while len(history) > 1:
        assert overlay.undo()
        history.pop()
        held()
    assert not overlay.undo()
