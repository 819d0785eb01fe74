"""Which fields move and which stand still: worked numbers, and what is called stale by chance alone."""

from __future__ import annotations

import math
import random
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.analysis.control.history import History
from ipmo.analysis.control.interval_store import Frozen
from ipmo.analysis.control.intervals import Intervals
from ipmo.analysis.control.movement import movement, movement_of


def day(n: int) -> date:
    return date(2024 + n // 12, n % 12 + 1, 28)


def of(months: list[list[dict[str, Any]]]) -> Intervals:
    return Intervals.of([(Frozen(day=day(n), name=str(n)), {"portfolio": {"id": "x"}, "projects": some}) for n, some in enumerate(months)])


def months(count: int, projects: int, **of_first: Any) -> list[list[dict[str, Any]]]:
    """Forecasts that change every second month; budgets never; the first project's forecast stands still."""
    out = []
    for n in range(count):
        some = [{"id": f"P{i}", "budget": "9 GBP", "forecast": f"{n // 2} GBP"} for i in range(projects)]
        some[0] |= {"forecast": "7 GBP", **of_first}
        out.append(some)
    return out


def test_worked_numbers() -> None:
    found = movement_of(of(months(13, 5)))
    row = found["projects.forecast"]
    assert (row.items, row.moved, row.never, row.steps, row.changes, row.last) == (5, 4, 1, 60, 24, date(2025, 1, 28))
    assert row.rate == 0.4
    assert [one.field for one in found.fixed] == ["budget"]
    (stale,) = found.stale
    assert (stale.item, stale.field, stale.value, stale.since, stale.steps, stale.rate) == (
        "P0",
        "forecast",
        "7 GBP",
        date(2024, 1, 28),
        12,
        0.5,
    )
    expected = Fraction(1)  # of 48 steps of the others 24 were changes: twelve more without one
    for k in range(12):
        expected *= Fraction(24 + 1 + k, 48 + 2 + k)
    assert stale.chance == pytest.approx(float(expected), rel=1e-12)
    assert stale.text == (
        "forecast of P0 has been '7 GBP' since 2024-01-28, 12 snapshots without a change; "
        "elsewhere it changes in 50% of them: so long by chance is 1 in 1,392"
    )
    assert found.explain("projects.forecast") == (
        "projects.forecast: changed in 24 of 60 steps (40%), last on 2025-01-28; 1 of 5 items never changed it\n  " + stale.text
    )
    assert found.explain("projects.budget").endswith("changed in 0 of 60 steps (0%); 5 of 5 items never changed it")
    assert repr(found) == "<Movement over 13 snapshots: 2 fields, 1 never moves, 1 value of open items stands still beyond chance>"
    assert found.looked_at == 10
    assert found.table()["stale"] == (1, 0)
    assert found.stale_table()["chance"] == (stale.chance,)
    assert found.table().columns == ("kind", "field", "items", "moved", "never", "steps", "changes", "rate", "last", "stale")


def test_too_few_months_say_nothing() -> None:
    assert movement_of(of(months(7, 5))).stale == ()  # 1 in 64 shared out over ten fields is no proof
    one = movement_of(of(months(1, 2)))
    assert one.explain("projects.budget") == "projects.budget: stated by 2 items, none of them in two snapshots"
    assert one["projects.budget"].rate is None
    assert len(movement_of(of([]))) == 0


@pytest.mark.parametrize("over", [{"state": "closed"}, {"state": "cancelled"}, {"actual_finish": "2024-01-01"}])
def test_what_is_done_with_is_not_looked_at(over: dict[str, Any]) -> None:
    assert all(one.item != "P0" for one in movement_of(of(months(13, 5, **over))).stale)


def test_tasks_of_a_closed_project_are_done_with_and_what_left_is_gone() -> None:
    history = []
    for n in range(13):
        open_ = [{"id": f"Q{i}", "tasks": [{"id": "t", "remaining": f"{n} d"}]} for i in range(4)]
        closed = {"id": "P", "state": "closed", "tasks": [{"id": "t", "remaining": "3 d"}]}
        going = [{"id": "R", "tasks": [{"id": "t", "remaining": "3 d"}]}] if n < 12 else []
        history.append([*open_, closed, *going])
    found = movement_of(of(history))
    assert found.stale == ()
    assert (found["tasks.remaining"].items, found["tasks.remaining"].moved, found["tasks.remaining"].steps) == (6, 4, 12 * 5 + 11)


def test_a_new_report_is_a_change_of_status() -> None:
    history = []
    for n in range(13):
        said = [{"date": day(m).isoformat(), "rag": "green"} for m in range(n + 1)]
        history.append([{"id": "P", "status": said[:1]}, *({"id": f"Q{i}", "status": said} for i in range(3))])
    (stale,) = movement_of(of(history)).stale
    assert (stale.item, stale.field, stale.rate, stale.chance) == ("P", "status", 1.0, pytest.approx(1 / math.comb(49, 12), rel=1e-9))
    assert "less than 1 in a billion" in stale.text
    assert movement_of(of(history[:3])).stale == ()  # six changes in six steps are no certainty


def test_where_all_moves_by_chance_alone_seldom_any_field_is_called_stale() -> None:
    draw, wrong, histories = random.Random(17), 0, 400
    for _ in range(histories):
        rates = {"forecast": draw.random(), "actual": draw.random()}
        now = [{"id": f"P{i}", "forecast": 0, "actual": 0} for i in range(25)]
        some = []
        for _ in range(18):
            now = [{key: value + (draw.random() < rates[key]) if key in rates else value for key, value in one.items()} for one in now]
            some.append(now)
        wrong += bool(movement_of(of(some)).stale)
    assert wrong <= histories * 0.05 + 3 * (histories * 0.05 * 0.95) ** 0.5  # three standard errors


def test_check_finds_what_stands_still(tmp_path: Path) -> None:
    all_months = [
        ipmo.Portfolio(
            id="x",
            start="2024-01-01",
            status_date=day(n),
            projects=[ipmo.Project(id=f"P{i}", forecast="7 GBP" if not i else f"{n + 1} GBP", budget="99 GBP") for i in range(6)],
        )
        for n in range(10)
    ]
    found = [one for one in ipmo.check(all_months[-1], history=History.of(*all_months[:-1])) if one.code == "ipmo/stale-field"]
    assert [(one.item, one.part) for one in found] == [("P0", "forecast")]
    assert "9 snapshots without a change" in found[0].message
    for too_little in (History.of(*all_months[:2]), History.of(*all_months)):  # two months, or none before the status date but the first
        codes = [one.code for one in ipmo.check(all_months[2], history=too_little)]
        assert "ipmo/stale-field" not in codes
    for month in all_months:
        ipmo.snapshot(month, tmp_path / f"{month.status_date}.json")
    assert ipmo.movement(tmp_path) == movement(History.of(*all_months))
    assert movement(ipmo.history(tmp_path)).stale == movement(History.of(*all_months)).stale
