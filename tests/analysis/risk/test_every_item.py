"""What a simulation says of items that it has no samples of: done, left out for want of room, handed over by what was stopped."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.analysis.risk.pictures import responses
from ipmo.model.portfolio import Portfolio
from ipmo.tables import Column, Table

WIDE = {"low": "10 d", "likely": "12 d", "high": "20 d"}


def plan(projects: list[dict[str, Any]], **more: Any) -> Portfolio:
    own = {"id": "all", "start": "2026-01-05", "money": {"currency": "GBP"}} | more.pop("portfolio", {})
    return ipmo.from_dict({"ipmo": 1, "portfolio": own, "projects": projects} | more)


def begun() -> Portfolio:
    tasks = [
        {"id": "done", "duration": "2 d", "actual_start": "2026-01-05", "actual_finish": "2026-01-06", "deadline": "2026-01-05"},
        {"id": "a", "duration": WIDE, "after": "done"},
    ]
    gate = {"id": "D", "after": "done", "decision": {"outcome": "go", "date": "2026-01-07"}, "need_by": "2026-01-09"}
    return plan([{"id": "p", "tasks": tasks, "gates": [gate]}], portfolio={"status_date": "2026-01-08"})


def test_what_is_done_finishes_on_its_day_for_sure() -> None:
    q = ipmo.simulate(begun(), samples=100)
    s = ipmo.schedule(begun())
    done, decided = q.finish("p/done"), q.finish("p/D")
    assert done.p(1) == done.p(99) == done.planned_day == date(2026, 1, 6) == s["p/done"].finish_date
    assert decided.p(50) == date(2026, 1, 7) == s["p/D"].finish_date
    assert (done.by("2026-01-05"), done.by("2026-01-06"), done.sure) == (0, 1, 0)
    assert (decided.by("2026-01-06"), decided.by("2026-01-07"), decided.sure) == (0, 1, 1)
    assert q.explain("p/done") == "p/done: is done, on 2026-01-06; its commitment of 2026-01-05 was missed"
    assert "p/done" not in q
    with pytest.raises(ipmo.UnknownItemError):
        q.finish("p/x")


def test_dates_that_were_left_out_for_want_of_room_are_said_to_be_left_out() -> None:
    tasks = [{"id": f"t{n}", "duration": WIDE, **({"after": f"t{n - 1}"} if n else {})} for n in range(20)]
    tasks[3]["budget"] = "1 k GBP"
    pf = plan([{"id": "p", "tasks": tasks}])
    q = ipmo.simulate(pf, samples=200, memory=0.02)
    for item in ("p/t5", "p/t3"):
        for asked in (q.finish, q.sketch, q.drivers, q.joint, lambda name: q.plot("curve", name)):
            with pytest.raises(ipmo.ModelError, match=r"left out.*keep=\['" + item):
                asked(item)
    assert "costs" in q.explain("p/t3")
    with pytest.raises(ipmo.ModelError, match="left out"):
        q.explain("p/t5")
    assert ipmo.simulate(pf, samples=200, memory=0.02, keep=["p/t5"]).finish("p/t5").sd > 0


@pytest.mark.parametrize("name", ["q.npz", "q.json", "q"])
def test_a_simulation_is_saved_and_read_back_equal_in_either_form(tmp_path: Path, name: str) -> None:
    q = ipmo.simulate(begun(), samples=100)
    ipmo.save_simulation(q, tmp_path / name)
    again = ipmo.load_simulation(tmp_path / name)
    assert again == q
    assert again.finish("p/done") == q.finish("p/done")
    raw = (tmp_path / name).read_bytes()
    assert raw[:1] == (b"{" if name.endswith("json") else b"P")
    if name.endswith("json"):
        (tmp_path / name).write_bytes(raw.replace(b'"format"', b'"other"'))
        with pytest.raises(ipmo.FileError, match="no simulation that ipmo wrote"):
            ipmo.load_simulation(tmp_path / name)


def test_another_form_of_a_saved_simulation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ipmo.FileError, match=r"as \.npz.*or as \.json"):
        ipmo.save_simulation(ipmo.simulate(begun(), samples=10), tmp_path / "q.csv")
    assert not list(tmp_path.iterdir())


def crossing(state: str) -> Portfolio:
    giver = {
        "id": "x",
        "state": state,
        "tasks": [{"id": "t", "duration": WIDE}, {"id": "d", "actual_start": "2026-01-05", "actual_finish": "2026-01-05"}],
    }
    others = [
        {"id": "w", "tasks": [{"id": "t", "duration": WIDE}, {"id": "v", "duration": WIDE}]},
        {"id": "z", "tasks": [{"id": "t", "duration": WIDE}]},
    ]
    ends = [("x/t", "w/t"), ("w/t", "z/t"), ("x/d", "w/v")]
    links = [{"from": source, "to": target, **({"needed": "2026-02-01"} if source == "x/t" else {})} for source, target in ends]
    return plan([giver, *others], links=links)


@pytest.mark.parametrize(("state", "late", "said"), [("cancelled", 1.0, "was stopped"), ("paused", None, "is paused")])
def test_hand_overs_of_what_was_stopped_or_is_paused_stand_first_and_say_why(state: str, late: float | None, said: str) -> None:
    rows = list(ipmo.simulate(crossing(state), samples=100).hand_overs().rows())
    assert [(row["source"], row["target"], row["late"]) for row in rows] == [("w/t", "z/t", late), ("x/t", "w/t", late)]
    assert [row["missed"] for row in rows] == [None, late]
    assert all(row["days"] is row["end_days"] is row["lost"] is None for row in rows)
    assert said in rows[1]["not_known"]
    alive = list(ipmo.simulate(crossing("active"), samples=100).hand_overs().rows())
    assert {row["not_known"] for row in alive} == {""}
    assert len(alive) == 2
    assert ipmo.critical_links(crossing(state), rank_by="expected loss") is not None


def test_a_refused_simulation_says_so_before_its_figures() -> None:
    tasks = [{"id": "a", "duration": WIDE, "after": "b"}, {"id": "b", "duration": WIDE, "after": "a"}]
    q = ipmo.simulate(plan([{"id": "p", "tasks": tasks}]), samples=50)
    assert q.explain("p").startswith("p: REFUSED, its figures answer nothing: links form loops")
    assert q.explain("p").endswith("; refused")
    assert "P80" not in repr(q)


def test_a_share_of_all_samples_is_not_said_to_be_exact() -> None:
    q = ipmo.simulate(plan([{"id": "p", "tasks": [{"id": "a", "duration": WIDE, "deadline": "2027-01-05"}]}]), samples=1000)
    assert "100.0% sure (all of 1,000 samples: at most 0.3% off)" in q.explain("p/a")


def test_a_response_that_costs_more_than_it_saves_looks_bad() -> None:
    def drawn(net: float) -> str:
        words = [Column("risk", "str", ["r"]), Column("response", "str", ["reduce"])]
        return responses(Table([*words, *(Column(name, "float", [net]) for name in ("net", "net_error", "days", "spent"))])).to_svg()

    assert 'class="bar worse"' in drawn(-140.0)
    assert 'class="bar less"' not in drawn(-140.0)
    assert 'class="bar"' in drawn(140.0)


def test_a_reference_class_without_early_uplifts_says_that_the_early_side_is_not_known() -> None:
    def codes(length: object) -> set[str]:
        return {one.code for one in ipmo.simulate(plan([{"id": "p", "tasks": [{"id": "a", "duration": length}]}]), samples=50).findings}

    assert "ipmo/early-side-not-known" in codes({"estimate": "100 ed", "reference": "rail-2004"})
    assert "ipmo/early-side-not-known" not in codes(WIDE)
