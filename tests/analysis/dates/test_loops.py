"""Which link of a loop is cut by the dates that its items state, and what is asked of a portfolio with loops."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.model import Gate, Portfolio, Project, Task


def cut(a: dict[str, Any], b: dict[str, Any]) -> tuple[str, str]:
    """The link that is cut of the loop a -> b -> a."""
    tasks = [Task(id="a", duration="1 d", after="b", **a), Task(id="b", duration="1 d", after="a", **b)]
    (one,) = ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)]), on_cycle="cut").cuts
    return one.source.removeprefix("P/"), one.target.removeprefix("P/")


@pytest.mark.parametrize("end", ["deadline", "finish_not_before"])
def test_a_day_by_which_work_ends_lies_after_the_same_day_as_a_start(end: str) -> None:
    assert cut({"not_before": "2026-02-02"}, {end: "2026-02-02"}) == ("b", "a")
    assert cut({end: "2026-02-02"}, {"not_before": "2026-02-02"}) == ("a", "b")
    assert cut({end: "2026-02-02"}, {end: "2026-02-02"}) == ("a", "b"), "of equals the one by id"
    assert cut({"not_before": "2026-02-02"}, {"not_before": "2026-02-02"}) == ("a", "b")
    assert cut({end: "2026-02-02"}, {"not_before": "2026-02-03"}) == ("a", "b"), "midnight is both: the one by id"
    assert cut({"not_before": "2026-02-04"}, {end: "2026-02-02"}) == ("a", "b")
    assert cut({"not_before": "2026-02-02"}, {end: "2026-02-04"}) == ("b", "a")


def test_work_under_way_is_known_by_when_it_began() -> None:
    begun = {"actual_start": "2026-01-06", "deadline": "2026-04-01"}
    assert cut({"not_before": "2026-01-05"}, begun) == ("b", "a")
    assert cut({"not_before": "2026-01-06"}, begun) == ("a", "b"), "the morning of that day, not its end"
    assert cut({"not_before": "2026-01-08"}, begun) == ("a", "b")


def test_of_several_dates_a_deadline_counts_before_a_finish_not_before_and_that_before_a_not_before() -> None:
    """In the middle of the two dates of `a` stands that of `b`: which of them counts says which link goes."""
    middle = {"not_before": "2026-03-02"}
    early, late = "2026-02-02", "2026-04-01"
    for first, second in (("deadline", "finish_not_before"), ("deadline", "not_before"), ("finish_not_before", "not_before")):
        assert cut(middle, {first: late, second: early}) == ("b", "a"), (first, second)
        assert cut(middle, {first: early, second: late}) == ("a", "b"), (first, second)


def test_the_date_by_which_a_gate_is_needed_counts_and_before_that_from_which_it_may_be_decided() -> None:
    def found(**dates: Any) -> tuple[str, str]:
        project = Project(
            id="P", tasks=[Task(id="a", duration="1 d", after="g", not_before="2026-03-02")], gates=[Gate(id="g", after="a", **dates)]
        )
        (one,) = ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[project]), on_cycle="cut").cuts
        return one.source.removeprefix("P/"), one.target.removeprefix("P/")

    assert found(need_by="2026-03-02") == ("g", "a"), "the end of that day"
    assert found(need_by="2026-02-27") == ("a", "g")
    assert found(need_by="2026-02-27", not_before="2026-04-01") == ("a", "g")
    assert found(not_before="2026-04-01") == ("g", "a")


def test_the_quality_of_a_schedule_with_loops_is_that_of_the_one_without_the_links_that_were_cut() -> None:
    tasks = [Task(id="a", duration="1 d", after="b", not_before="2026-02-02"), Task(id="b", duration="1 d", after="a")]
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=[*tasks, Task(id="c", duration="1 d", after="b")])])
    with pytest.raises(ipmo.CycleError):
        ipmo.schedule(pf)
    found = ipmo.schedule_quality(pf)
    assert list(found) == list(ipmo.schedule_quality(pf, of=ipmo.schedule(pf, on_cycle="cut")))
    assert found.dangling
