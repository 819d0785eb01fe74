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
from ipmo.model import Portfolio
from ipmo.network import network as engine
from ipmo.network.kernels.columns import FAR
from ipmo.network.network import Network
from ipmo.network.overlay import Overlay
from ipmo.network.passes import Passes
from ipmo.network.states import EFFECTS
from ipmo.testing.strategies import portfolios

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


@pytest.mark.parametrize("small", [20_000, 0], ids=["plain", "compiled"])
@pytest.mark.parametrize("seed", range(12))
def test_after_any_change_all_dates_are_those_computed_anew_and_undo_gives_them_back(
    seed: int, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SMALL", small)
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


def test_where_too_much_moves_a_whole_pass_gives_the_same_and_can_be_undone() -> None:
    r = random.Random(1)
    n = 24_000
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
    for v in (0, 5, n // 2, n - 3):
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
