"""Level of effort in a simulation: it lasts as long as what it is linked to, in each sample, and what it lies in ends no sooner."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ipmo
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Samples
from ipmo.network.compiled import available


def office(**more: Any) -> ipmo.Portfolio:
    """`p` has an office of 30 days from its first start on; that of `r` lasts until `q`, which is uncertain, has ended; `s` is an office alone."""
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05"},
            "projects": [
                {
                    "id": "p",
                    "tasks": [
                        {"id": "a", "duration": {"low": "3 d", "likely": "5 d", "high": "12 d"}},
                        {"id": "h", "hammock": True, "after": [{"from": "a", "type": "SS"}], "duration": "30 d"},
                    ],
                },
                {"id": "q", "tasks": [{"id": "b", "duration": {"low": "30 d", "likely": "40 d", "high": "60 d"}}]},
                {
                    "id": "r",
                    "tasks": [{"id": "c", "duration": "1 d"}, {"id": "h", "hammock": True, "after": [{"from": "c", "type": "SS"}]}],
                },
                {"id": "s", "tasks": [{"id": "h", "hammock": True}]},
            ],
            "links": [
                {"from": "q/b", "to": "r/h", "type": "FF"},
                {"from": "q/b", "to": "s/h", "type": "SS"},
                {"from": "q/b", "to": "s/h", "type": "FF", "lag": "10 ed"},
            ],
            **more,
        }
    )


def test_a_project_ends_no_sooner_than_its_level_of_effort_in_each_sample() -> None:
    """30 working days from Monday, 5 January on are over on Friday, 13 February, whatever the uncertain task does."""
    pf = office()
    found = ipmo.simulate(pf, samples=300)
    ends = {name: found.finish(name).samples for name in found.ids}
    assert {str(end)[:10] for end in ends["p"]} == {"2026-02-13"} == {str(end)[:10] for end in ends["p/h"]}
    assert ends["r"] == ends["r/h"] == ends["q"] and len(set(ends["q"])) > 10
    assert [(late - end).days for late, end in zip(ends["s"], ends["q"], strict=True)] == [10] * 300
    assert ends["x"] == ends["s"]
    planned = ipmo.schedule(pf)
    assert all(found.finish(name).planned == planned.instants(name)[1] for name in "pqrs")


@pytest.mark.parametrize(
    "fast",
    [{"compiled": False, "plain": True}, pytest.param({"compiled": True}, marks=pytest.mark.skipif(not available(), reason="no numba"))],
)
def test_kernels_and_plain_rows_say_the_same_of_level_of_effort(fast: dict[str, bool]) -> None:
    plan = Plan(office(), 700, 1, "before", None, "beta", ())
    quick = Samples(plan.setup, **fast)
    assert quick.plain or quick.compiled
    found, other = quick.batch(0, 2), Samples(plan.setup, compiled=False).batch(0, 2)
    assert np.array_equal(found.dates, other.dates) and np.array_equal(found.lengths, other.lengths) and found.ends == other.ends


@pytest.mark.parametrize("late", [False, True])
def test_what_the_end_goes_with_goes_with_the_level_of_effort_that_ends_last(late: bool) -> None:
    """An office lasts until 60 days after `a`, and ends last in every sample; the other work `b` ends months before it.

    With work as late as possible each sample is a schedule of its own.
    """
    wide = {"low": "5 ed", "likely": "20 ed", "high": "60 ed"}
    tasks: list[dict[str, Any]] = [
        {"id": "a", "duration": wide},
        {"id": "h", "hammock": True, "after": [{"from": "a", "type": "SS"}, {"from": "a", "type": "FF", "lag": "60 ed"}]},
        {"id": "b", "duration": {"low": "40 ed", "likely": "50 ed", "high": "64 ed"}},
        {"id": "c", "duration": {"low": "1 ed", "likely": "2 ed", "high": "3 ed"}},
    ]
    if late:
        tasks[3] |= {"constraints": {"as_late_as_possible": True}}
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": [{"id": "p", "tasks": tasks}]})
    q = ipmo.simulate(pf, samples=200 if late else 2000)
    end, own = (np.asarray(q.finish(name).instants, float) for name in ("x", "p/a"))
    assert np.array_equal(end, own + 60 * 1440)
    rows = {row["id"]: row for row in q.criticality().rows()}
    assert rows["p/a"]["cruciality"] == pytest.approx(1) and float(str(rows["p/b"]["cruciality"])) < 0.2
    lengths = float(str(rows["p/a"]["length_sd"]))
    assert lengths == pytest.approx(end.std(ddof=1) / 1440, rel=1e-3)
    assert rows["p/a"]["ssi"] == pytest.approx(rows["p/a"]["criticality"], rel=1e-6)  # its deviation is that of the end


def test_what_a_hand_over_costs_by_being_late_it_costs_through_the_level_of_effort_that_waits_for_it() -> None:
    """The office of `q` lasts until 100 days after `b`, so that each day by which `b` is late is one of `q`, though other work of `q` ends after `b`."""

    def costs(*beside: dict[str, Any]) -> float:
        projects = [
            {"id": "g", "tasks": [{"id": "t", "duration": {"low": "5 d", "likely": "5 d", "high": "45 d"}}]},
            {"id": "q", "tasks": [{"id": "b", "duration": "5 d"}, *beside]},
        ]
        pf = ipmo.from_dict(
            {"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": projects, "links": [{"from": "g/t", "to": "q/b"}]}
        )
        (row,) = (row for row in ipmo.simulate(pf, samples=200).hand_overs().rows() if row["target"] == "q/b")
        return float(str(row["days"]))

    hammock = {"id": "h", "hammock": True, "after": [{"from": "b", "type": "FF", "lag": "100 ed"}, {"from": "b", "type": "SS"}]}
    alone = costs()
    assert alone > 5
    assert costs({"id": "z", "duration": "40 d"}) < alone  # the other work hides most of it
    assert costs({"id": "z", "duration": "40 d"}, hammock) == alone


def test_level_of_effort_is_one_of_the_ways_on_which_a_project_ends() -> None:
    """The office of `p` takes 30 days, its task 3 to 60 days: either is the last in some samples, and `s` is an office alone."""
    data = ipmo.to_dict(office())
    data["projects"][0]["tasks"][0]["duration"] = {"low": "3 d", "likely": "30 d", "high": "60 d"}  # type: ignore[index]
    rows = {row["id"]: row for row in ipmo.simulate(ipmo.from_dict(data), samples=300).merges().rows()}
    assert rows["p"]["paths"] == 2 and rows["p"]["latest"] in ("p/a", "p/h")
