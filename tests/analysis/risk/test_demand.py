"""Demand by confidence: what is needed of each resource by period, sample by sample, against plans of single samples and against `capacity`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import ipmo
from ipmo.cli import main


def plan(*tasks: dict[str, Any], **more: Any) -> ipmo.Portfolio:
    people = [{"id": "ann", "capacity": [{"from": "2026-01-01", "value": 1}]}, {"id": "role"}]
    return ipmo.Portfolio(
        **{"id": "x", "start": "2026-03-02", "resources": people, "projects": [{"id": "P", "tasks": list(tasks)}], **more}
    )


def needing(id: str, duration: Any, **more: Any) -> dict[str, Any]:
    return {"id": id, "duration": duration, "assignments": [{"resource": "ann"}], **more}


def test_a_plan_that_is_sure_needs_what_capacity_says() -> None:
    effort = {"resource": "ann", "effort": "4 pd"}
    pf = plan(
        needing("a", "12 d"),
        needing("b", "7 d", after=["a"], spread="front", assignments=[effort]),
        needing("c", "3 d", assignments=[{"resource": "role", "units": 2}]),
    )
    for every in ("week", "month"):
        loads = {(one.name, one.period.name): one for one in ipmo.capacity(pf, every=every)}  # type: ignore[arg-type]
        rows = list(ipmo.simulate(pf, samples=60).demand(every).rows())  # type: ignore[arg-type]
        for row in rows:
            load = loads.get((str(row["name"]), str(row["period"])))
            expected = 0.0 if load is None else float(load.demand)
            assert [row[name] for name in ("planned", "mean", "p50", "p80")] == pytest.approx([expected] * 4, abs=1e-3)
            assert row["capacity"] == (None if load is None or load.capacity is None else pytest.approx(float(load.capacity)))
            assert row["short"] == (None if row["capacity"] is None else float(expected > row["capacity"]))  # type: ignore[operator]
        assert {key for key, one in loads.items() if one.demand} == {(row["name"], row["period"]) for row in rows if row["mean"]}


def test_each_sample_has_its_own_weeks() -> None:
    """Ann's two days come after work of one to nine days: what falls into each week, from the finish in each sample."""
    pf = plan({"id": "a", "duration": {"low": "1 d", "high": "9 d", "shape": "uniform"}}, needing("b", "2 d", after=["a"]))
    q = ipmo.simulate(pf, samples=400)
    weeks: dict[date, list[float]] = {}
    for number, finish in enumerate(q["P/b"].dates.samples):
        worked: dict[date, float] = {}
        left, day = 960.0, finish.date()
        while left > 0:  # back from the finish, nine to five, Monday to Friday
            if day.weekday() < 5:
                end = min(finish, datetime.combine(day, datetime.min.time()) + timedelta(hours=17))
                here = min(max((end - datetime.combine(day, datetime.min.time()) - timedelta(hours=9)).total_seconds() / 60, 0), left)
                monday = day - timedelta(days=day.weekday())
                worked[monday] = worked.get(monday, 0) + here / 480
                left -= here
            day -= timedelta(days=1)
        for monday, days in worked.items():
            weeks.setdefault(monday, [0.0] * 400)[number] = days
    rows = {row["start"]: row for row in q.demand("week", [50, 80, 95]).rows()}
    assert set(rows) == set(weeks)
    for monday, days in weeks.items():
        assert rows[monday]["mean"] == pytest.approx(np.mean(days), abs=1e-3)
        for name, share in (("p50", 0.5), ("p80", 0.8), ("p95", 0.95)):
            assert rows[monday][name] == pytest.approx(np.quantile(days, share, method="inverted_cdf"), abs=1e-3)
    assert sum(float(row["mean"]) for row in rows.values()) == pytest.approx(2)  # type: ignore[arg-type]


def test_units_are_needed_for_as_long_as_work_lasts_and_an_effort_stays() -> None:
    pf = plan(
        needing("a", {"low": "2 d", "high": "10 d", "shape": "uniform"}),
        needing("b", {"low": "2 d", "high": "10 d", "shape": "uniform"}, assignments=[{"resource": "role", "effort": "3 pd"}]),
    )
    q = ipmo.simulate(pf, samples=2000)
    means: dict[object, float] = {}
    for row in q.demand("quarter").rows():
        means[row["name"]] = means.get(row["name"], 0.0) + float(row["mean"])  # type: ignore[arg-type]
    assert means["ann"] == pytest.approx(6, rel=0.05)
    assert means["role"] == pytest.approx(3, abs=1e-6)


def test_how_often_more_is_needed_than_there_is() -> None:
    """Two weeks of work for one, and in half of the samples beside it a third: Ann has five days a week."""
    pf = plan(needing("a", "5 d"), needing("b", {"low": "0 d", "high": "2 d", "shape": "uniform"}, assignments=[{"resource": "ann"}]))
    (first, *_) = ipmo.simulate(pf, samples=300).demand("week").rows()
    assert (first["planned"], first["capacity"], first["short"]) == (6, 5, 1)
    assert first["short_error"] == 0
    assert [row["short"] for row in ipmo.simulate(plan(needing("a", "5 d")), samples=50).demand("week").rows()] == [0]


def test_wrong_options_and_what_cannot_be_are_named() -> None:
    q = ipmo.simulate(plan(needing("a", "5 d")), samples=50)
    with pytest.raises(ipmo.OptionError, match="write numbers from 0 to 100"):
        q.demand(percents=[50, 120])
    with pytest.raises(ipmo.OptionError, match="every"):
        q.demand("fortnight")  # type: ignore[arg-type]
    with pytest.raises(ipmo.ModelError, match="schedule of its own"):
        ipmo.simulate(plan(needing("a", "5 d", constraints={"expected_finish": "2026-03-20"}), dialect="p6"), samples=50).demand()
    assert len(ipmo.simulate(plan({"id": "a", "duration": "5 d"}), samples=50).demand()) == 0


def test_on_the_command_line(tmp_path: Any) -> None:
    ipmo.write(plan(needing("a", {"low": "3 d", "high": "5 d", "shape": "uniform"})), tmp_path / "plan.yaml")
    found = CliRunner().invoke(main, ["simulate", str(tmp_path / "plan.yaml"), "--samples", "50", "--demand", "week"])
    assert found.exit_code == 0, found.output
    assert "2026-W10" in found.output
