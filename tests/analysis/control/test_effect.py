"""What a lesson changed: worked numbers, the interval against its definition, how often it holds the truth, and what is said against it."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.control.effect import Z, effect_of, shift
from ipmo.analysis.control.history import History
from ipmo.errors import ModelError, OptionError, UnknownItemError
from ipmo.model import Calendar, Lesson, Portfolio, Project, Task

sides = st.dictionaries(
    st.sampled_from("ab"), st.lists(st.sampled_from([0.5, 0.9, 1.0, 1.3, 2.0, 4.0]), min_size=1, max_size=7), min_size=1
)


@given(sides, sides)
def test_the_estimate_and_its_interval_are_those_of_the_rank_sum(applied: dict[str, list[float]], others: dict[str, list[float]]) -> None:
    found = shift(applied, others)
    pairs = [math.log(one) - math.log(other) for group in applied for one in applied[group] for other in others.get(group, ())]
    if not pairs:
        assert found is None
        return
    assert found is not None
    centre, low, high = found
    assert sum(one < math.log(centre) - 1e-9 for one in pairs) <= len(pairs) / 2 >= sum(one > math.log(centre) + 1e-9 for one in pairs)
    spread = math.sqrt(sum(len(applied[g]) * len(others.get(g, ())) * (len(applied[g]) + len(others.get(g, ())) + 1) / 12 for g in applied))

    def held(move: float) -> bool:
        """Whether a shift is not rejected: so many pairs lie above it as chance lets them."""
        return abs(sum(one > move for one in pairs) - len(pairs) / 2) <= Z * spread

    if low is None or high is None:
        assert (low, high) == (None, None)
        assert len(pairs) / 2 < Z * spread
        return
    for inside in [low * 1.000001, high * 0.999999, centre] if low < high else []:
        if low < inside < high:
            assert held(math.log(inside))
    assert not held(math.log(low) - 1e-6) or not held(math.log(low) - 10)
    assert not held(math.log(high) + 10)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    draw, kept, runs = random.Random(3), 0, 600
    for _ in range(runs):
        level = {group: draw.gauss(0, 1) for group in "abc"}
        applied = {g: [math.exp(level[g] + math.log(0.8) + draw.gauss(0, 0.4)) for _ in range(draw.randrange(3, 12))] for g in "abc"}
        others = {g: [math.exp(level[g] + draw.gauss(0, 0.4)) for _ in range(draw.randrange(3, 12))] for g in "abc"}
        found = shift(applied, others)
        assert found is not None
        kept += found[1] is not None and found[2] is not None and found[1] <= 0.8 <= found[2]
    assert 0.95 - 3 * math.sqrt(0.05 * 0.95 / runs) <= kept / runs <= 0.95 + 3 * math.sqrt(0.05 * 0.95 / runs)


ALWAYS = Calendar(id="c", week="mon-sun", hours="00:00-24:00")


def task(id: str, began: date, estimate: int, took: int, done: bool, category: str = "it") -> Task:
    fields: dict[str, Any] = {"id": id, "duration": f"{estimate * 24 * 60} min", "category": category, "budget": "100 GBP"}
    if done:
        fields |= {"actual_start": began, "actual_finish": began + timedelta(days=took - 1), "actual": f"{took * 10} GBP"}
    return Task(**fields)


def office(
    with_it: list[int], without: list[int], *, before: tuple[list[int], list[int]] = ([], []), estimate: int = 10, **more: Any
) -> History:
    """Two snapshots, of before any work and of the end: P applied a lesson from 1 July 2025 on, Q did not."""
    late, early = date(2025, 7, 1), date(2025, 1, 6)
    months = []
    for done in (False, True):
        projects = []
        for id, after, first, size in (("P", with_it, before[0], estimate), ("Q", without, before[1], 10)):
            tasks = [task(f"a{n}", late, size, took, done) for n, took in enumerate(after)]
            tasks += [task(f"b{n}", early, 10, took, done) for n, took in enumerate(first)]
            projects.append(Project(id=id, tasks=tasks))
        if more.get("alone") and done is not None:
            projects[0] = Project(id="P", tasks=[*projects[0].tasks, task("other", late, 10, 9, done, "rail")])
        if more.get("open") and done:
            projects[1] = Project(id="Q", tasks=[*projects[1].tasks, Task(id="slow", duration="9 d", actual_start=late)])
        elif more.get("open"):
            projects[1] = Project(id="Q", tasks=[*projects[1].tasks, Task(id="slow", duration="9 d")])
        lesson = Lesson(id="L", text="Ask first", applied_in=["P"] if done else [], date=more.get("date", "2025-07-01"))
        months.append(Portfolio(id="x", start="2025-01-06", status_date=date(2025, 12, 31) if done else date(2025, 1, 5), calendar="c",
                                calendars=[ALWAYS], projects=projects, lessons=[lesson], money={"currency": "GBP"}))  # type: ignore[arg-type] # fmt: skip
    return History.of(*months)


def test_worked_numbers() -> None:
    months = office([8, 8, 9, 10, 8, 8], [10, 12, 11, 10, 13, 10])
    found = effect_of(months, "L")
    row = found["after"]
    assert (row.applied, row.others, row.alone) == (6, 6, 0)
    expected = shift({"it": [0.8, 0.8, 0.9, 1.0, 0.8, 0.8]}, {"it": [1.0, 1.2, 1.1, 1.0, 1.3, 1.0]})
    assert expected is not None
    assert (row.factor, row.low, row.high) == pytest.approx(expected, rel=1e-4)
    assert row.clear
    assert found["before"].factor is None
    assert found.explain().splitlines()[0].startswith("after: actual by estimate -2")
    assert "nobody drew lots" in found.caveats[0]
    assert "too little of their work of before" in found.caveats[1]
    assert (found.since, found.what, found.ids) == (date(2025, 7, 1), "L", ("after", "before"))
    assert repr(found).startswith("<Effect of L on duration: after: actual by estimate -2")
    assert found.table().columns == ("when", "factor", "low", "high", "applied", "others", "alone")
    assert effect_of(months, "L", figure="cost")["after"].factor == pytest.approx(row.factor, rel=1e-4)
    assert effect_of(months, ["P"], since="2025-07-01")["after"] == row


def test_a_difference_that_was_there_before_is_said_and_set_against() -> None:
    months = office([8] * 8, [10] * 8, before=([8, 8, 8, 8, 8, 8, 8, 8], [10] * 8))
    found = effect_of(months, "L")
    assert found["before"].factor == pytest.approx(found["after"].factor)
    assert "they differed before already (-20%): set against that, +0% is left" in found.explain()


def test_what_else_may_explain_it_is_said() -> None:
    found = effect_of(office([80] * 6, [10] * 6, estimate=100, alone=True, open=True), "L")
    text = found.explain()
    assert "their work is of another size: 10 times the estimate of the others" in text
    assert "1 piece of their work is left out: nothing else in the same group to compare with" in text
    assert "open of what began since 0% with it, 14% without" in text


def test_too_little_says_nothing_and_what_is_not_there_is_refused() -> None:
    found = effect_of(office([8] * 4, [10] * 9), "L")
    assert found["after"].text == "after: too little finished work to say anything (4 with it and 9 without; at least 5 each)"
    assert not found["after"].clear
    months = office([8] * 6, [10] * 6)
    with pytest.raises(UnknownItemError, match="'M' is not in the lessons of portfolio 'x'"):
        effect_of(months, "M")
    with pytest.raises(UnknownItemError):
        effect_of(months, ["R"])
    with pytest.raises(ModelError, match="nothing says since when P is applied; write since="):
        effect_of(months, ["P"])
    with pytest.raises(OptionError):
        effect_of(months, "L", figure="scope")  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="has no snapshot"):
        effect_of(History([]), "L")
    assert effect_of(office([8] * 6, [10] * 6, date=None), "L").since == date(2025, 12, 31)  # the first snapshot that has it applied


def test_the_folder_of_the_snapshots_does_as_well(tmp_path: Path) -> None:
    months = office([8, 8, 9, 10, 8, 8], [10, 12, 11, 10, 13, 10])
    for n, month in enumerate(months.portfolios):
        ipmo.snapshot(month, tmp_path / f"{n}.json")
    assert ipmo.effect_of(tmp_path, "L").table() == effect_of(months, "L").table()
