"""The share of work done on columns is that of the item-by-item way: to the last digit, with what is known and what is left out."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

import ipmo
from ipmo.analysis.money.amounts import Amounts
from ipmo.analysis.money.combining import Combining
from ipmo.analysis.money.shares import PROGRESS, shares
from ipmo.model import Calendar, Portfolio, Programme, Project, Task
from ipmo.testing.strategies import portfolios

DAY = date(2026, 2, 2)


def engine(pf: Portfolio, include: frozenset[str] = frozenset()) -> Combining:
    return Combining(pf, PROGRESS, Amounts(pf, DAY, "progress"), include)


def begun(rng: random.Random) -> dict[str, Any]:
    """How far work is: not begun, begun, partly, with what remains of it, done; and how long it takes, which may be unknown."""
    found: dict[str, Any] = {"duration": rng.choice((None, "3 d", "0 d", "7 h", "2 w", {"low": "1 d", "likely": "2 d", "high": "9 d"}))}
    how = rng.random()
    if how < 0.3:
        found["progress"] = rng.choice((0, 0.25, 1 / 3, 0.1234567, 1))
        if rng.random() < 0.5:
            found["actual_start"] = "2026-01-06"
    elif how < 0.5:
        found |= {"actual_start": "2026-01-06", "remaining": rng.choice(("1 d", "30 d", None))}
    elif how < 0.6:
        found |= {"actual_start": "2026-01-06", "actual_finish": "2026-01-09"}
    return found


def plan(seed: int) -> Portfolio:
    """Programmes, projects without tasks or with milestones only, summaries in summaries, calendars, and states that do not count."""
    rng = random.Random(seed)
    projects = []
    for p in range(rng.randint(0, 6)):
        tasks: list[Task] = []
        for t in range(rng.randint(0, 7)):
            over = [one.id for one in tasks if not one.milestone]
            parent = rng.choice(over) if over and rng.random() < 0.4 else None
            if rng.random() < 0.2:
                tasks.append(Task(id=f"t{t}", parent=parent, milestone=True))
                continue
            calendar = "short" if rng.random() < 0.2 else None
            tasks.append(Task(id=f"t{t}", parent=parent, calendar=calendar, **begun(rng)))
        summaries = {one.parent for one in tasks}
        tasks = [ipmo.model.Task(id=t.id, name=f"{t.id}, above", parent=t.parent) if t.id in summaries else t for t in tasks]
        more: dict[str, Any] = {"progress": rng.choice((0, 0.4)), "start": "2026-01-05"} if not tasks and rng.random() < 0.6 else {}
        projects.append(
            Project(
                id=f"p{p}", programme=rng.choice((None, "g", "h")), state=rng.choice(("active", "active", "proposed")), tasks=tasks, **more,
                calendar=rng.choice((None, "short")),
            )
        )  # fmt: skip
    programmes = [Programme(id="g"), Programme(id="h", programme="g")]
    calendars = [Calendar(id="short", week="mon-thu", hours="09:00-13:00")]
    return Portfolio(id="x", start="2026-01-05", status_date=DAY, projects=projects, programmes=programmes, calendars=calendars)


def equal(pf: Portfolio, include: frozenset[str] = frozenset()) -> int:
    """Both ways on a portfolio; how many figures are known."""
    columns = shares(engine(pf, include))
    assert columns is not None
    found, expected = columns.rows, engine(pf, include).tree()
    assert set(found) == set(expected)
    for item, one in expected.items():
        assert found[item] == one, item
        assert tuple(found[item].parts) == tuple(one.parts)
    assert str(ipmo.roll_up(pf, "progress", include=include).total) == str(expected[pf.id])
    return sum(one.known for one in expected.values())


@pytest.mark.parametrize("include", [frozenset[str](), frozenset({"proposed"})])
def test_random_work_is_as_far_as_its_parts_say(include: frozenset[str]) -> None:
    assert sum(equal(plan(seed), include) for seed in range(60)) > 300


@settings(max_examples=60, deadline=None)
@given(portfolios(tied=True))
def test_any_portfolio_is_as_far_as_its_parts_say(pf: Portfolio) -> None:
    equal(pf)


def test_a_third_of_three_days_and_all_of_one_is_half_of_four() -> None:
    tasks = [
        Task(id="a", duration="3 d", progress=1 / 3),
        Task(id="b", duration="1 d", actual_start="2026-01-05", actual_finish="2026-01-05"),
    ]
    total = ipmo.roll_up(Portfolio(id="x", start="2026-01-05", projects=[Project(id="p", tasks=tasks)]), "progress").total
    assert (round(total.value, 9), total.known, total.total) == (0.5, 2, 2)  # type: ignore[arg-type, call-overload]
