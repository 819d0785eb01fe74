"""What rests on work without a duration has dates that are lower bounds: they rule days out, and make nothing sure."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

import ipmo
from ipmo.units import minutes

LENGTH = {"low": "10 d", "likely": "12 d", "high": "20 d"}
SURE, NEVER = "2026-06-01", "2026-01-07"


def plan(size: object = None) -> ipmo.Portfolio:
    """Work of a size of its own stands before the milestone of one project, which another project waits for."""
    middle = {"id": "u", "after": "a"} | ({} if size is None else {"duration": size})
    first = [
        {"id": "a", "duration": LENGTH, "budget": {"low": "8 k GBP", "likely": "9 k GBP", "high": "15 k GBP"}},
        middle | {"budget": "1 k GBP"},
        {"id": "m", "milestone": True, "after": "u", "deadline": SURE},
        {"id": "z", "duration": LENGTH, "budget": "2 k GBP"},
    ]
    second = [{"id": "y", "duration": LENGTH, "budget": "2 k GBP"}]
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "all", "start": "2026-01-05", "money": {"currency": "GBP"}},
            "projects": [{"id": "p", "tasks": first, "finish": SURE}, {"id": "q", "tasks": second}],
            "links": [{"from": "p/m", "to": "q/y"}],
        }
    )


@pytest.fixture(scope="module")
def q() -> ipmo.Simulation:
    return ipmo.simulate(plan(), samples=1000)


@pytest.mark.parametrize("item", ["p/m", "p", "all", "q", "q/y"])
def test_no_chance_is_given_of_a_day_that_the_bounds_do_not_rule_out(q: ipmo.Simulation, item: str) -> None:
    found = q.finish(item)
    assert found.at_least
    assert (found.by(SURE), found.by_error(SURE), found.on_plan, found.contingency) == (None, None, None, None)
    assert (found.by(NEVER), found.by_error(NEVER)) == (0.0, 0.0)  # even the least that may be is later in every sample
    assert q[item].not_known


def test_none_is_given_of_dates_and_money_together(q: ipmo.Simulation) -> None:
    both = q.joint("p")
    assert (both.within(SURE, "1 M GBP"), both.within_error(SURE, "1 M GBP"), both.sure, both.correlation) == (None, None, None, None)
    assert both.within(NEVER, "1 M GBP") == 0
    assert both.within(SURE, "1 k GBP") == 0  # too little in every sample, whenever it ends
    assert both.frontier(70) == ()


def test_tables_leave_the_dates_out_and_say_why(q: ipmo.Simulation) -> None:
    rows: dict[str, dict[str, Any]] = {str(row["id"]): dict(row) for row in q.table().rows()}
    for item in ("p/m", "p", "all", "q", "q/y"):
        assert [rows[item][name] for name in ("schedule", "mean", "p10", "p50", "p80", "p90", "sd", "sure")] == [None] * 8
        assert "no duration" in str(rows[item]["not_known"])
    assert rows["p/z"]["p80"] is not None
    assert not rows["p/z"]["not_known"]
    assert all(row["criticality"] is None for row in q.criticality().rows())
    assert {row["item"]: row["days"] for row in q.contingency().rows()} == {"all": None, "p": None, "q": None}
    assert not {"all", "p", "q"} & {row["id"] for row in q.merges().rows()}


def test_once_all_have_a_duration_all_is_known() -> None:
    known = ipmo.simulate(plan("3 d"), samples=1000)
    assert known.finish("p").by(SURE) == 1
    assert known.joint("p").within(SURE, "1 M GBP") == 1
    assert not any(row["not_known"] for row in known.table().rows())
    assert any(row["criticality"] for row in known.criticality().rows())


def test_a_pair_of_the_frontier_holds_with_just_that_chance() -> None:
    """By the end of the day that is said: of a thousand samples 700 keep each pair, and less money is too little."""
    q = ipmo.simulate(plan("3 d"), samples=1000)
    both = q.joint("p")
    pairs = both.frontier(70)
    assert len(pairs) > 2
    for pair in pairs:
        in_time = np.asarray(q.finish("p").instants) <= minutes(pair.date, end=True)
        least = np.sort(np.asarray(q.cost("p").minor)[in_time])[699]
        assert float(pair.cost.amount) * 100 == least
        assert both.within(pair.date, pair.cost) == 0.7
    assert isinstance(pairs[0].date, date)


def test_ssi_holds_working_time_against_the_end_in_one_unit() -> None:
    """Alone, work decides the end wholly: 1. In a row with as long work around the clock, five days of seven weigh seven fifths of it."""
    alone = {
        "ipmo": 1,
        "portfolio": {"id": "all", "start": "2026-01-05"},
        "projects": [{"id": "p", "tasks": [{"id": "a", "duration": LENGTH}]}],
    }
    [row] = ipmo.simulate(ipmo.from_dict(alone), samples=10_000).criticality().rows()
    assert row["ssi"] == pytest.approx(1, abs=0.03)  # weekends come in whole
    tasks = [{"id": "a", "duration": LENGTH}, {"id": "b", "after": "a", "duration": {"low": "10 ed", "likely": "12 ed", "high": "20 ed"}}]
    pair = alone | {"projects": [{"id": "p", "tasks": tasks}]}
    found = {row["id"]: row["ssi"] for row in ipmo.simulate(ipmo.from_dict(pair), samples=10_000).criticality().rows()}
    assert float(found["p/a"]) / float(found["p/b"]) == pytest.approx(7 / 5, abs=0.04)
    assert float(found["p/a"]) ** 2 + float(found["p/b"]) ** 2 == pytest.approx(1, abs=0.05)  # variances of what is independent add up


def committed_plan() -> ipmo.Portfolio:
    """The same commitment of the day on which the work ends, stated in each way there is; of two the earlier counts."""
    day, later, month = "2026-01-22", "2026-01-23", "2026-03-01"
    tasks = [
        {"id": "a", "duration": LENGTH, "constraints": {"finish_no_later": day}},
        {"id": "both", "duration": "1 d", "after": {"from": "a", "type": "FF"}, "deadline": month, "constraints": {"finish_no_later": day}},
        {"id": "due", "milestone": True, "after": "a", "deadline": day},
    ]
    benefit = {"enabled_by": ["p/a"], "value": "1 k GBP per year", "lasts": "2 years"}
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "all", "start": "2026-01-05", "money": {"currency": "GBP"}},
            "projects": [
                {"id": "p", "tasks": tasks, "gates": [{"id": "G", "after": "a", "need_by": day}]},
                {"id": "q", "tasks": [{"id": "y", "duration": LENGTH}]},
            ],
            "links": [{"from": "p/a", "to": "q/y", "needed": later, "promised": day}],
            "benefits": [
                benefit | {"id": "planned", "planned_start": later},
                benefit | {"id": "latest", "need_by": day},
                benefit | {"id": "first", "planned_start": later, "need_by": month},
            ],
        }
    )


def test_every_commitment_of_the_schedule_has_its_chance() -> None:
    """However it is stated, it is kept in the same samples: those in which the work ends on 22 January."""
    plan = committed_plan()
    q = ipmo.simulate(plan, samples=2000)
    share = q.finish("p/a").by("2026-01-22")
    assert share is not None
    assert 0.2 < share < 0.8
    items = ("p/a", "p/both", "p/due", "p/G", "planned", "latest", "first")
    assert [q.finish(item).sure for item in items] == [share] * 7
    late = float(np.mean(np.asarray(q.finish("p/a").instants) > minutes(date(2026, 1, 22), end=True)))
    [row] = q.hand_overs().rows()
    assert row["missed"] == late == 1 - share
    stated = {one.item for one in ipmo.schedule(plan).commitments if one.kind != "hand-over" and not one.begins}
    assert stated == {row.id for row in q.rows if row.sure is not None}


def test_the_planned_start_of_a_benefit_comes_back_from_a_file(tmp_path: Any) -> None:
    q = ipmo.simulate(committed_plan(), samples=200)
    ipmo.save_simulation(q, tmp_path / "x.npz")
    assert ipmo.load_simulation(tmp_path / "x.npz").finish("planned").sure == q.finish("planned").sure
