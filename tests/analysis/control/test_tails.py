"""How heavy a tail is: a worked number, how often the interval holds the truth, and groups that classes are made by."""

from __future__ import annotations

import math
import random
from datetime import date

import pytest

from ipmo.analysis.control.finished_work import finished, reference_classes
from ipmo.analysis.control.history import History
from ipmo.analysis.control.tails import tail_of
from ipmo.model import Gate, Portfolio, Project, Task


def test_a_worked_number() -> None:
    values = [1.0] * 21 + [2.0, 4.0, 4.0, 8.0]  # the root of 25 is five: above 1, but one of the five is 1 itself
    found = tail_of(values)
    assert found is not None
    assert (found.largest, found.over) == (5, 1.0)
    assert found.index == pytest.approx(5 / (math.log(2) + 2 * math.log(4) + math.log(8)))
    assert found.text.endswith(": a mean of them may not exist")
    assert tail_of([1.0] * 19) is None
    assert tail_of([1.0] * 40) is None  # the largest are alike
    assert tail_of([-1.0, 0.0] * 40) is None


def test_the_interval_holds_the_index_of_a_pareto_as_often_as_it_says() -> None:
    draw, kept, runs = random.Random(5), 0, 1500
    for _ in range(runs):
        found = tail_of([draw.paretovariate(1.5) for _ in range(60)])
        assert found is not None
        kept += found.low <= 1.5 <= found.high
    assert abs(kept / runs - 0.95) <= 3 * math.sqrt(0.05 * 0.95 / runs) + 0.005


def months() -> History:
    out = []
    for done in (False, True):
        ended = {"actual_start": date(2026, 2, 2), "actual_finish": date(2026, 2, 6)} if done else {}
        tasks = [
            Task(id="draw", duration="5 d", owner="ann", **ended),  # type: ignore[arg-type]
            Task(id="build", duration="4 d", after="G1", **ended),  # type: ignore[arg-type]
            Task(id="tidy", duration="2 d", **ended),  # type: ignore[arg-type]
        ]
        gates = [Gate(id="G1", after="draw"), Gate(id="G2", after="build")]
        project = Project(id="P", owner="bob", methodology="agile", tasks=tasks, gates=gates)
        people = [{"id": "ann"}, {"id": "bob"}]
        out.append(
            Portfolio(id="x", start="2026-01-05", status_date="2026-03-02" if done else "2026-01-05", people=people, projects=[project])
        )
    return History.of(*out)


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("owner", {"P/draw": "ann", "P/build": "bob", "P/tidy": "bob"}),
        ("method", {"P/draw": "agile", "P/build": "agile", "P/tidy": "agile"}),
        ("stage", {"P/draw": "G1", "P/build": "G2", "P/tidy": "(none)"}),
        ("category", {"P/draw": "(none)", "P/build": "(none)", "P/tidy": "(none)"}),
    ],
)
def test_work_is_grouped_by_who_estimated_method_and_stage(by: str, groups: dict[str, str]) -> None:
    found = {one.item: one.group for one in finished(months(), "duration", by)}
    assert found == groups
    classes = reference_classes(months(), by=by, least=1)
    assert {one.category for one in classes} == set(groups.values())
    assert classes.table().columns[5:] == ("count", "low", "p10", "p50", "p80", "p90", "high", "tail", "tail_low", "tail_high")
    assert classes.table()["tail"] == (None,) * len(classes)
