"""Risks that can happen in a window only: expected values by hand, and each sample by a rule that looks at its dates alone."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest

import ipmo
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import run
from ipmo.units import DAY, minutes

SAMPLES, P = 20_000, 0.4
BASE = minutes(date(2027, 1, 4))
EVER = {"starts": "2026-01-01", "ends": "2029-01-01"}
NEVER = {"starts": "2028-06-01", "ends": "2028-07-01"}
JUST = {"starts": "2027-01-19", "ends": "2027-01-20"}
"""From the fifteenth to the seventeenth midnight after the start."""


def plan(window: dict[str, str], impact: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Work of ten days that begins up to twenty days after 4 January 2027, all alike; a risk that delays it by five and costs 100."""
    tasks = [
        {"id": "wait", "duration": {"low": "0 ed", "high": "20 ed", "shape": "uniform"}},
        {"id": "work", "duration": "10 ed", "after": "wait", "budget": "1000 GBP"},
        {"id": "open", "milestone": True, "after": "work"},
    ]
    struck = {"target": "p/work", "delay": "5 ed", "cost": "100 GBP"} if impact is None else impact
    risk = {"id": "r", "before": {"probability": P, "impacts": [struck]}} | window
    portfolio = {"id": "x", "start": "2027-01-04", "money": {"currency": "GBP"}}
    return {"ipmo": 1, "portfolio": portfolio, "projects": [{"id": "p", "tasks": tasks, "risks": [risk]}]} | more


def simulated(data: dict[str, Any], **options: Any) -> Any:
    return ipmo.simulate(ipmo.from_dict(data), samples=SAMPLES, seed=5, **options)


def near(found: float, share: float, amount: float = 1) -> bool:
    return abs(found - share * amount) <= 4 * amount * math.sqrt(share * (1 - share) / SAMPLES) + 1e-9


@pytest.mark.parametrize(
    ("window", "share"),
    [
        (EVER, P),
        (NEVER, 0.0),
        (JUST, P * 12 / 20),  # it runs in the window where it begins on day 5 to 17
        ({"starts": "2027-01-19"}, P * 15 / 20),  # where it ends after day 15
        ({"ends": "2027-01-20"}, P * 17 / 20),  # where it begins before day 17
    ],
)
def test_a_risk_strikes_what_runs_in_its_window(window: dict[str, str], share: float) -> None:
    q = simulated(plan(window))
    begin = np.asarray(q.finish("p/wait").instants)
    lasts = (np.asarray(q.finish("p/work").instants) - begin) / DAY
    assert set(lasts.tolist()) <= {10.0, 15.0}
    struck = lasts == 15
    assert near(float(struck.mean()), share)
    assert near(float(q.cost("p").mean.amount) - 1000, share, 100)
    first = minutes(date.fromisoformat(window.get("starts", "2026-01-01")))
    last = minutes(date.fromisoformat(window.get("ends", "2029-01-01")), end=True)
    assert not (struck & ((begin >= last) | (begin + 10 * DAY <= first))).any()


def test_without_a_window_nothing_is_otherwise() -> None:
    """The same draws: a window that is always open is no window."""
    one, other = simulated(plan(EVER)), simulated(plan({}))
    assert (one.finish("x").instants == other.finish("x").instants).all()
    assert (one.cost("x").minor == other.cost("x").minor).all()
    assert one.criticality() == other.criticality()


@pytest.mark.parametrize(("window", "share"), [(JUST, P * 2 / 20), (EVER, P), (NEVER, 0.0)])
def test_what_has_no_length_comes_later_in_the_window(window: dict[str, str], share: float) -> None:
    """The milestone comes ten days after a start up to day 20: in the window where that start is day 5 to 7."""
    q = simulated(plan(window, {"target": "p/open", "delay": "5 ed"}))
    later = np.asarray(q.finish("p/open").instants) - np.asarray(q.finish("p/work").instants)
    assert set(later.tolist()) <= {0, 5 * DAY}
    assert near(float((later > 0).mean()), share)


def test_one_delay_may_push_work_into_the_window_of_another_risk() -> None:
    """The first risk, in 0.4 of the samples, holds work up until day 15, where the second strikes what follows it."""
    tasks = [{"id": "a", "duration": "10 ed"}, {"id": "b", "duration": "4 ed", "after": "a"}]
    risks = [
        {"id": "first", "starts": "2027-01-05", "before": {"probability": P, "impacts": [{"target": "p/a", "delay": "5 ed"}]}},
        {"id": "second", "starts": "2027-01-19", "before": {"probability": 0.5, "impacts": [{"target": "p/b", "delay": "7 ed"}]}},
    ]
    q = simulated(plan({}, projects=[{"id": "p", "tasks": tasks, "risks": risks}]))
    ends = ((np.asarray(q.finish("p/b").instants) - BASE) / DAY).tolist()
    for day, share in ((14, 0.6), (19, P * 0.5), (26, P * 0.5), (21, 0.0)):
        assert near(ends.count(float(day)) / SAMPLES, share), day


def test_costs_of_a_project_are_spent_where_it_runs_in_the_window() -> None:
    """The project runs from its first day until its work ends, on day 10 to 30: past day 25 in a quarter of the samples."""
    q = simulated(plan({"starts": "2027-01-29"}, {"cost": "100 GBP"}))
    assert near(float(q.cost("p").mean.amount) - 1000, P / 4, 100)


def test_windows_that_cannot_be_held_are_told() -> None:
    late = plan(JUST)
    late["projects"][0]["tasks"][1]["constraints"] = {"as_late_as_possible": True}
    triggered = late | {"projects": [late["projects"][0] | {"risks": [plan({"triggered_by": "wait"})["projects"][0]["risks"][0]]}]}
    gains = plan(JUST)
    gains["projects"][0]["risks"][0]["opportunity"] = True
    for data, told in ((plan(JUST), 0), (late, 1), (triggered, 1), (gains, 0)):
        q = ipmo.simulate(ipmo.from_dict(data), samples=64)
        assert [one.item for one in q.findings if one.code == "ipmo/window-not-simulated"] == ["p/r"] * told


# ------------------------------------------------------------------------------------------------ opportunities


def gained(window: dict[str, str], impact: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    data = plan(window | {"opportunity": True}, impact)  # type: ignore[dict-item]
    data["projects"][0]["risks"] += others
    return data


@pytest.mark.parametrize(
    ("window", "share"), [(EVER, P), (NEVER, 0.0), (JUST, P * 12 / 20), ({"starts": "2027-01-19"}, P * 15 / 20), ({"ends": "2027-01-20"}, P * 17 / 20)]
)  # fmt: skip
def test_an_opportunity_helps_what_runs_in_its_window(window: dict[str, str], share: float) -> None:
    """As a threat of the same window strikes: work that would run in it, dated without it, takes half the time and costs 100 less."""
    q = simulated(gained(window, {"target": "p/work", "delay": "5 ed", "cost": "100 GBP"}))
    lasts = (np.asarray(q.finish("p/work").instants) - np.asarray(q.finish("p/wait").instants)) / DAY
    assert set(lasts.tolist()) <= {10.0, 5.0}
    assert near(float((lasts == 5).mean()), share)
    spent = simulated(plan({}))
    assert q.cost("p").planned == spent.cost("p").planned


def test_what_an_opportunity_gains_leaves_a_minute_of_the_work() -> None:
    q = simulated(gained(EVER, {"target": "p/work", "delay": "30 ed"}))
    lasts = np.asarray(q.finish("p/work").instants) - np.asarray(q.finish("p/wait").instants)
    assert set(lasts.tolist()) == {10 * DAY, 1}


def test_what_has_no_length_is_helped_as_far_as_it_is_delayed() -> None:
    """A delay of five days, in half of the samples and at any time, and three days gained in the window, where it would come without both."""
    threat = {"id": "t", "before": {"probability": 0.5, "impacts": [{"target": "p/open", "delay": "5 ed"}]}}
    q = simulated(gained(EVER, {"target": "p/open", "delay": "3 ed"}, threat))
    later = (np.asarray(q.finish("p/open").instants) - np.asarray(q.finish("p/work").instants)) / DAY
    assert set(later.tolist()) == {0.0, 2.0, 5.0}
    for days, share in ((0, 0.5), (2, 0.5 * P), (5, 0.5 * (1 - P))):
        assert near(float((later == days).mean()), share)


# ------------------------------------------------------------------------------------------------------ triggers


@pytest.mark.parametrize(
    ("window", "share"),
    [
        ({"triggered_by": "wait"}, P),  # it comes when the work begins
        ({"triggered_by": "open"}, 0.0),  # when the work has ended
        ({"triggered_by": "wait", "ends": "2027-01-13"}, P / 2),  # on day 10 at the latest
        ({"triggered_by": "wait", "starts": "2027-01-20"}, P * 14 / 20),  # the work, of ten days, still runs on day 16
        ({"triggered_by": "p", "within": "1 ed"}, 0.0),
    ],
)
def test_a_risk_waits_for_its_trigger_as_it_comes_in_the_sample(window: dict[str, str], share: float) -> None:
    q = simulated(plan(window))
    begin = np.asarray(q.finish("p/wait").instants)
    lasts = (np.asarray(q.finish("p/work").instants) - begin) / DAY
    assert set(lasts.tolist()) <= {10.0, 15.0}
    assert near(float((lasts == 15).mean()), share)


def also(task: dict[str, Any], risk: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The plan with one more piece of work, which the risk delays by five days and which costs 100 then."""
    data = plan({}, {"target": f"p/{task['id']}", "delay": "5 ed", "cost": "100 GBP"}) | more
    data["projects"][0]["tasks"].append(task)
    data["projects"][0]["risks"][0] |= risk
    return data


def test_a_window_closes_some_time_after_its_trigger() -> None:
    """Work from day 25 to 29: reached by a window of ten days that opens up to day 20 where it opens after day 15."""
    fixed = {"id": "fixed", "duration": "4 ed", "not_before": "2027-01-29"}
    q = simulated(also(fixed, {"triggered_by": "wait", "within": "10 ed"}))
    begin, ends = (np.asarray(q.finish(item).instants) - BASE for item in ("p/wait", "p/fixed"))
    assert set((ends / DAY).tolist()) == {29.0, 34.0}
    assert near(float((ends > 29 * DAY).mean()), P * 5 / 20)
    assert not ((ends > 29 * DAY) & (begin + 10 * DAY <= 25 * DAY)).any()
    assert near(float(q.cost("p").mean.amount) - 1000, P * 5 / 20, 100)


def test_working_time_after_a_trigger_counts_on_its_calendar() -> None:
    """Five working days after Monday 4 January, on which the gate opens, end on Monday 11: a day before the work of Tuesday begins."""
    for within, share in (("5 d", 0.0), ("6 d", 1.0), ("1 w", 0.0), ("1 month", 1.0)):
        fixed = {"id": "fixed", "duration": "2 d", "not_before": "2027-01-12"}
        data = also(
            fixed,
            {"triggered_by": "p/G", "within": within, "before": {"probability": 1, "impacts": [{"target": "p/fixed", "delay": "3 d"}]}},
        )
        data["projects"][0]["tasks"].append({"id": "first", "duration": "1 d"})
        data["projects"][0]["gates"] = [{"id": "G", "after": "first"}]
        found = simulated(data).finish("p/fixed")
        assert (str(found.p(1)), str(found.p(99))) == (("2027-01-18",) * 2 if share else ("2027-01-13",) * 2), within


def test_a_trigger_on_a_way_that_is_not_taken_never_comes() -> None:
    fixed = {"id": "fixed", "duration": "4 ed", "not_before": "2027-03-01"}
    fork = {"id": "f", "ways": [{"probability": 0.25, "items": ["p/wait"]}]}
    q = simulated(also(fixed, {"triggered_by": "wait"}, branches=[fork]))
    base = minutes(date(2027, 3, 5))
    late = np.asarray(q.finish("p/fixed").instants) > base
    assert near(float(late.mean()), P * 0.25)
    assert not (late & (np.asarray(q.finish("p/wait").instants) == BASE)).any()
    assert near(float(q.cost("p").mean.amount) - 1000, P * 0.25, 100)


def test_a_trigger_is_dated_with_what_other_risks_do_to_it() -> None:
    """a, then b, to day 15, or to day 25 where the first risk strikes; the second, for three days after b, reaches work of days 20 to 30 then."""
    tasks = [
        {"id": "a", "duration": "10 ed"},
        {"id": "b", "duration": "5 ed", "after": "a"},
        {"id": "c", "duration": "10 ed", "not_before": "2027-01-24"},
    ]
    risks = [  # the later one stands first
        {
            "id": "second",
            "triggered_by": "b",
            "within": "3 ed",
            "before": {"probability": 0.5, "impacts": [{"target": "p/c", "delay": "4 ed"}]},
        },
        {"id": "first", "triggered_by": "a", "before": {"probability": P, "impacts": [{"target": "p/b", "delay": "10 ed"}]}},
    ]
    q = simulated(plan({}, projects=[{"id": "p", "tasks": tasks, "risks": risks}]))
    struck, late = (np.asarray(q.finish(item).instants) > BASE + day * DAY for item, day in (("p/b", 15), ("p/c", 30)))
    assert near(float(struck.mean()), P)
    assert near(float(late.mean()), P * 0.5)
    assert not (late & ~struck).any()
    found = {str(row["cause"]): float(row["mean_days"]) for row in q.drivers("p/c").rows()}
    assert near(found["p/first"], P * 0.5, 4)  # without it the second never reaches that work
    assert near(found["p/second"], P * 0.5, 4)


def test_what_comes_right_after_a_trigger_lies_in_its_window() -> None:
    """A milestone at the very instant of the gate that it follows; the work that the gate follows has ended."""
    data = plan({"triggered_by": "p/G"}, {"target": "p/open", "delay": "5 ed"})
    data["projects"][0]["gates"] = [{"id": "G", "after": "work"}]
    data["projects"][0]["tasks"][2]["after"] = "G"
    q = simulated(data)
    assert near(float((np.asarray(q.finish("p/open").instants) > np.asarray(q.finish("p/work").instants)).mean()), P)


def decided(outcome: str, within: str, day: str = "2027-01-08") -> Any:
    data = plan({"triggered_by": "p/G", "within": within})
    data["portfolio"]["status_date"] = "2027-01-09"
    data["projects"][0]["tasks"].insert(0, {"id": "first", "duration": "1 ed", "actual_start": "2027-01-04", "actual_finish": "2027-01-05"})
    data["projects"][0]["gates"] = [{"id": "G", "after": "first", "decision": {"outcome": outcome, "date": day}}]
    return simulated(data)


def test_a_trigger_that_has_come_opens_the_window_on_its_day() -> None:
    """The gate opened on Friday 8 January; work begins up to 20 days after the status date."""
    lasts = [
        np.asarray(q.finish("p/work").instants) - np.asarray(q.finish("p/wait").instants)
        for q in (decided("go", "11 ed"), decided("go", "90 ed"))
    ]
    assert near(float((lasts[0] == 15 * DAY).mean()), P / 2)  # until ten days after the status date
    assert near(float((lasts[1] == 15 * DAY).mean()), P)


@pytest.mark.parametrize(("outcome", "within", "why"), [("hold", "9 ed", "has no date"), ("go", "1 emin", "its window has closed by now")])
def test_a_trigger_that_never_comes_or_is_long_past_lets_nothing_happen(outcome: str, within: str, why: str) -> None:
    q = decided(outcome, within, "2027-01-06")
    assert [one.item for one in q.findings if one.code == "ipmo/risk-not-simulated" and why in one.message] == ["p/r"]
    lasts = np.asarray(q.finish("p/work").instants) - np.asarray(q.finish("p/wait").instants)
    assert set(lasts.tolist()) == {10 * DAY}


@pytest.mark.parametrize(
    ("risk", "said"),
    [
        ({"triggered_by": "ghost"}, "triggered_by 'ghost' is no item"),
        ({"within": "5 d"}, "Name what it is triggered by"),
        ({"triggered_by": "wait", "within": "0 d"}, "a risk can happen for some time after its trigger"),
    ],
)
def test_a_trigger_that_is_none_is_refused(risk: dict[str, str], said: str) -> None:
    with pytest.raises(ipmo.ModelError, match=said):
        ipmo.from_dict(plan(risk))


def test_the_same_samples_however_they_are_cut_and_taken_out() -> None:
    for window in (JUST, {"triggered_by": "wait", "within": "12 ed"}):
        setup = Plan(ipmo.from_dict(plan(window)), 2000, 5, "before", None, "beta", ()).setup
        for name in ("dates", "costs"):
            parts = [np.concatenate([getattr(one, name) for one in run(setup, batch=size)], axis=1) for size in (1, 3)]
            assert (parts[0] == parts[1]).all()
    q = simulated(plan(JUST))
    days = {str(row["cause"]): float(row["mean_days"]) for row in q.drivers("p/work").rows()}
    assert near(days["p/r"], P * 12 / 20, 5)
