"""The dashboard holds the portfolio against a named baseline: worked by hand, and it moves with what moved alone."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

import ipmo
from ipmo import Portfolio
from ipmo.model import Baseline, Decision, DecisionBody, Gate, GateDecision, MoneySettings, Objective, Person, Project, Risk, Task
from ipmo_mop import VIEWS, dashboard

PLAN = Portfolio(
    id="x",
    start="2026-01-05",
    status_date="2026-01-05",
    calendar="continuous",
    money=MoneySettings(currency="GBP"),
    people=[Person(id="ann")],
    bodies=[DecisionBody(id="board")],
    projects=[
        Project(
            id="a",
            owner="ann",
            state="active",
            finish="2026-01-20",
            budget="100 GBP",
            tasks=[Task(id="t", duration="10 d")],
            gates=[Gate(id="1")],
        ),
        Project(id="b", owner="ann", state="active", budget="50 GBP", tasks=[Task(id="t", duration="5 d")], risks=[Risk(id="r")]),
    ],
)
NOW = PLAN.evolve("a/t", duration="20 d").evolve("a", budget="120 GBP").evolve("b", owner=None)
NOW = NOW.evolve("b", risks=[Risk(id="r", state="closed"), Risk(id="s"), Risk(id="u")])
NOW = NOW.evolve("a", gates=[Gate(id="1", decision=GateDecision(outcome="go", date="2026-01-05", decided_by="board"))])
NOW = NOW.evolve("x", decisions=[Decision(id="D", question="?", blocks=["a"], body="board")])


def test_worked_by_hand() -> None:
    found = dashboard(NOW, PLAN)
    told = {row.figure: (row.planned, row.now, row.change) for row in found}
    assert told["finish of the portfolio"] == (date(2026, 1, 14), date(2026, 1, 24), 10)
    assert told["commitments missed"] == (0, 1, 1)
    assert told["initiatives that finish later"] == (0, 1, 1)
    assert told["budget"] == (150, 170, 20)
    assert told["spent"] == (None, None, None)
    assert found["spent"].items == ("not known: a/t", "not known: b/t"), "why it is blank"
    assert told["forecast at completion"] == (150, 170, 20), "the budget, where no forecast is stated"
    assert told["open risks"] == (1, 2, 1)
    assert told["initiatives nobody answers for"] == (0, 1, 1)
    assert told["gates decided"] == (0, 1, 1)
    assert told["decisions too late for a commitment"] == (0, 1, 1)
    assert told["present value of benefits"] == (None, None, None)
    assert (found["initiatives that finish later"].items, found["commitments missed"].items) == (("a",), ("a@finish",))
    assert found["open risks"].items == ("b/s", "b/u")
    assert {row.view for row in found} == set(VIEWS)
    assert [row.figure for row in found.view("risk management")] == ["open risks"]
    assert found.table()["planned"][0] == "2026-01-14"
    assert found.table()["change"][0] == 10
    assert pickle.loads(pickle.dumps(found)).rows == found.rows
    with pytest.raises(ipmo.UnknownItemError):
        found.view("nothing")


def test_against_itself_nothing_moves() -> None:
    assert not any(row.change for row in dashboard(NOW, NOW))
    assert repr(dashboard(PLAN, PLAN)).endswith("0 moved>")


def test_a_baseline_is_named_and_what_there_is_none_of_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    plan = PLAN.evolve("x", methodologies={"portfolio": "mop"}, objectives=[Objective(id="o")])
    ipmo.write(plan, path)
    ipmo.snapshot(path, baseline="B1", reason="outline case", by="board")
    frozen = ipmo.read(path)
    named = Baseline(id="B1", date="2026-01-05", file="baselines/B1.json", approved_by="board")
    ipmo.write(frozen.evolve("a/t", duration="20 d").evolve("x", baselines=[named]), path)
    pf = ipmo.read(path)
    assert dashboard(pf, "B1")["finish of the portfolio"].change == 10
    assert repr(dashboard(pf, "B1")).startswith("<Dashboard against B1: ")
    assert repr(dashboard(pf)).startswith("<Dashboard against the latest baseline: ")
    with pytest.raises(ipmo.UnknownItemError):
        dashboard(pf, "B7")
    ipmo.report(pf, tmp_path / "x.html")
    assert "Dashboard against the latest baseline" in (tmp_path / "x.html").read_text(encoding="utf-8")
