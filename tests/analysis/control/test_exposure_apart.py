"""Exposure by objective and by when threats can begin to happen, against sums by hand."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo


def risk(name: str, cost: str | None, chance: float = 0.5, after: float | None = None, **more: Any) -> dict[str, Any]:
    """Of 100 at 0.5 the exposure is 50."""
    impact = {"cost": cost} if cost else {"target": "p/t", "delay": "1 d"}
    found = {"id": name, "before": {"probability": chance, "impacts": [impact]}} | more
    return found | ({"after": {"probability": after}} if after is not None else {})


RISKS = [
    risk("old", "100 GBP", starts="2026-01-01", objectives=["A"]),  # it can happen today
    risk("soon", "200 GBP", starts="2026-05-04", objectives=["A", "B"], after=0.1),
    risk("gated", "400 GBP", triggered_by="p/t", objectives=["B"]),  # once the task ends, on 2 July
    risk("later", "1000 GBP", starts="2026-08-01"),
    risk("vague", None, starts="2026-08-15", objectives=["B"]),
    risk("gain", "9 GBP", opportunity=True, starts="2026-05-01"),
]


def plan(*, status: str | None = "2026-03-02", risks: Any = RISKS) -> ipmo.Portfolio:
    header = {"id": "x", "start": "2026-03-02", "money": {"currency": "GBP", "financial_year": "apr"}}
    tasks = [{"id": "t", "duration": "122 ed"}]  # from 2 March to the end of 1 July
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": header | ({"status_date": status} if status else {}),
            "objectives": [{"id": "A"}, {"id": "B"}],
            "projects": [{"id": "p", "tasks": tasks, "risks": risks}],
        }
    )


def rows(table: ipmo.Table, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in table.rows()]


def test_threats_count_in_the_period_in_which_they_can_begin() -> None:
    found = ipmo.risk_exposure(plan())
    table = found.by_period()
    assert rows(table, "period", "threats", "known", "before", "after") == [
        ("2026-Q1", 1, 1, 50.0, 50.0),
        ("2026-Q2", 1, 1, 100.0, 20.0),
        ("2026-Q3", 3, 2, 700.0, 700.0),
    ]
    assert table.unit("before") == "GBP" and str(table["start"][0]) == "2026-01-01"
    assert sum(row[0] for row in rows(table, "before")) == float(found["x"].before)
    assert [row[0] for row in rows(found.by_period("financial year"), "period")] == ["2025/26", "2026/27"]
    later = ipmo.risk_exposure(plan(), as_of="2026-06-01").by_period("month")
    assert rows(later, "period", "before") == [("2026-06", 150.0), ("2026-07", 200.0), ("2026-08", 500.0)]


def test_threats_of_which_nothing_says_when_stand_last() -> None:
    found = ipmo.risk_exposure(plan(status=None, risks=[risk("r", "100 GBP"), risk("s", None, starts="2026-08-15")]))
    assert rows(found.by_period(), "period", "start", "known", "before") == [
        ("2026-Q3", found.by_period()["start"][0], 0, None),
        ("", None, 1, 50.0),
    ]
    with pytest.raises(ipmo.OptionError, match="every='week'"):
        found.by_period("week")  # type: ignore[arg-type]


def test_threats_count_in_full_for_each_objective_that_they_hit() -> None:
    found = ipmo.risk_exposure(plan()).by_objective()
    assert rows(found, "objective", "threats", "known", "before", "after") == [
        ("B", 3, 2, 300.0, 220.0),
        ("A", 2, 2, 150.0, 70.0),
        ("", 1, 1, 500.0, 500.0),
    ]
