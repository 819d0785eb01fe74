"""Merge bias at joins: against exact answers, and against every combination of lengths scheduled from scratch."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest

import ipmo
from ipmo.units import DAY, minutes

SAMPLES = 20_000


def rows(q: ipmo.Simulation) -> dict[str, dict[str, Any]]:
    return {str(row["id"]): dict(row) for row in q.merges().rows()}


@pytest.mark.parametrize(("paths", "bias"), [(2, 314 / 3 - 100), (3, 7.0), (4, 13_669 / 126 - 100)])
def test_o26_paths_that_are_alike_are_later_together(paths: int, bias: float) -> None:
    length = {"low": "80 ed", "likely": "100 ed", "high": "120 ed"}
    tasks: list[dict[str, Any]] = [{"id": f"t{n}", "duration": length} for n in range(paths)]
    tasks.append({"id": "join", "milestone": True, "after": [f"t{n}" for n in range(paths)]})
    q = ipmo.simulate(
        ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "all", "start": "2026-01-05"}, "projects": [{"id": "p", "tasks": tasks}]}),
        samples=SAMPLES,
    )
    found = rows(q)["p/join"]
    # of paths that are alike the latest on average is one of them by chance: less by some deviations of their means
    assert abs(found["days"] - bias) <= 4 * found["days_error"] + 20 / math.sqrt(6 * SAMPLES) * 2
    assert found["paths"] == paths
    assert found["decides"] == pytest.approx(1 / paths, abs=4 * math.sqrt(0.25 / SAMPLES))
    assert found["kind"] == "milestone"
    assert rows(q)["p"]["days"] == 0  # the milestone is the last in every sample
    assert rows(q)["p"]["decides"] == 1


NETWORK: dict[str, Any] = {
    "ipmo": 1,
    "portfolio": {"id": "all", "start": "2026-01-05"},
    "calendars": [{"id": "night", "week": "mon-sat", "hours": "20:00-24:00", "day": "4 h"}],
    "projects": [
        {
            "id": "p",
            "tasks": [
                {"id": "a", "duration": "3 d"},
                {"id": "b", "duration": "3 d", "calendar": "night"},
                {"id": "c", "duration": "4 d", "not_before": "2026-01-12",
                 "after": [{"from": "a", "lag": "2 ed"}, {"from": "b", "type": "SS", "lag": "1 d"}, {"from": "b", "type": "FF"}]},
            ],
        },
        {"id": "q", "tasks": [{"id": "d", "duration": "8 d"}, {"id": "e", "duration": "1 d", "after": "d"}]},
    ],
    "links": [{"from": "p/a", "to": "q/e", "type": "FF", "lag": "6 d"}],
}  # fmt: skip
VALUES = {"p/a": ((1, 9), (0.7, 0.3)), "p/b": ((2, 12), (0.5, 0.5)), "q/d": ((5, 11), (0.4, 0.6))}


def changed(lengths: dict[str, object], cut: tuple[str, ...] = ()) -> ipmo.Portfolio:
    """The network with other lengths, and without what some work waits for."""
    projects = [
        project
        | {
            "tasks": [
                task
                | {"duration": lengths.get(f"{project['id']}/{task['id']}", task["duration"])}
                | {"after": [one for one in after if str(one["from"] if isinstance(one, dict) else one) not in cut] if isinstance(after := task.get("after", []), list) else ([after] if after not in cut else [])}
                for task in project["tasks"]
            ]
        }
        for project in NETWORK["projects"]
    ]  # fmt: skip
    links = [link for link in NETWORK["links"] if link["from"] not in cut]
    return ipmo.from_dict(NETWORK | {"projects": projects, "links": links})


def exact(item: str, paths: dict[str, tuple[str, ...]], *, ends: bool) -> float:
    """The mean of the latest path less the latest of their means, by all combinations; each path is the schedule without the others."""
    sums = dict.fromkeys(("", *paths), 0.0)
    for chosen in itertools.product(range(2), repeat=len(VALUES)):
        share = math.prod(weights[n] for n, (_, weights) in zip(chosen, VALUES.values(), strict=True))
        lengths: dict[str, object] = {name: f"{values[n]} d" for n, (name, (values, _)) in zip(chosen, VALUES.items(), strict=True)}
        for path, cut in {"": (), **paths}.items():
            s = ipmo.schedule(changed(lengths, cut))
            when = s[path].finish if ends and path else s.finish if ends else s[item].start
            assert when is not None
            sums[path] += share * minutes(when) / DAY
    return sums[""] - max(sums[path] for path in paths)


@pytest.fixture(scope="module")
def q() -> ipmo.Simulation:
    kinds = {name: {"values": [f"{one} d" for one in values], "weights": list(weights)} for name, (values, weights) in VALUES.items()}
    return ipmo.simulate(changed(dict(kinds)), samples=SAMPLES)


def test_joins_of_links_of_every_type_on_two_calendars_by_enumeration(q: ipmo.Simulation) -> None:
    """c waits for a by an elapsed lag, for b in two ways, and for a day in any case; a path alone is the schedule without the others."""
    found = rows(q)["p/c"]
    expected = exact("p/c", {"a": ("b",), "b": ("a",)}, ends=False)
    assert found["days"] == pytest.approx(expected, abs=4 * found["days_error"])
    assert found["paths"] == 2


def test_the_portfolio_is_a_join_of_its_projects(q: ipmo.Simulation) -> None:
    found = rows(q)["all"]
    expected = exact("all", {"p": (), "q": ()}, ends=True)
    assert expected > 0.5
    assert found["days"] == pytest.approx(expected, abs=4 * found["days_error"])
    assert (found["kind"], found["paths"]) == ("portfolio", 2)


def test_a_path_that_always_decides_makes_no_bias_and_the_worst_comes_first(q: ipmo.Simulation) -> None:
    table = q.merges()
    assert list(table["days"]) == sorted(table["days"], reverse=True)
    sure = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "all", "start": "2026-01-05"},
            "projects": [
                {
                    "id": "p",
                    "tasks": [
                        {"id": "a", "duration": {"low": "1 d", "likely": "2 d", "high": "3 d"}},
                        {"id": "b", "duration": {"low": "4 d", "likely": "5 d", "high": "6 d"}},
                        {"id": "c", "duration": "1 d", "after": ["a", "b"]},
                    ],
                }
            ],
        }
    )
    assert len(ipmo.simulate(sure, samples=500).merges()) == 0


def test_one_of_several_that_is_enough_is_no_join() -> None:
    tasks = [{"id": name, "duration": {"low": "1 d", "likely": "5 d", "high": "9 d"}} for name in "ab"]
    plan = {"ipmo": 1, "portfolio": {"id": "all", "start": "2026-01-05"}, "projects": [{"id": "p", "tasks": tasks}]}
    either = ipmo.simulate(ipmo.from_dict(plan | {"outcomes": [{"id": "o", "any_of": ["p/a", "p/b"]}]}), samples=500)
    both = ipmo.simulate(ipmo.from_dict(plan | {"outcomes": [{"id": "o", "enabled_by": ["p/a", "p/b"]}]}), samples=500)
    assert "o" not in rows(either)
    assert rows(both)["o"]["days"] > 0


def test_lags_that_are_estimated_meet_as_paths_do() -> None:
    """Lags of 0 to 12 and of 3 to 9 days, all alike: six days each on average, and the later of them 12 less the area under both chances.

    That area is the integral of x / 12 (x - 3) / 6 from 3 to 9 and of x / 12 from 9 to 12: 7 / 4 and 21 / 8, so that the bias is 13 / 8.
    """
    tasks: list[dict[str, Any]] = [{"id": name, "duration": "4 ed"} for name in "ab"]
    after = [
        {"from": name, "lag": {"low": f"{low} ed", "high": f"{high} ed", "shape": "uniform"}}
        for name, low, high in (("a", 0, 12), ("b", 3, 9))
    ]
    tasks.append({"id": "c", "milestone": True, "after": after})
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "all", "start": "2026-01-05"}, "projects": [{"id": "p", "tasks": tasks}]})
    found = rows(ipmo.simulate(pf, samples=SAMPLES))["p/c"]
    # which of them is the latest on average is chance, as above
    assert abs(found["days"] - 13 / 8) <= 4 * found["days_error"] + 12 / math.sqrt(12 * SAMPLES) * 2
    assert found["paths"] == 2


def test_where_each_sample_is_a_schedule_of_its_own_it_is_refused() -> None:
    task = {"id": "a", "duration": {"low": "1 d", "likely": "2 d", "high": "3 d"}, "constraints": {"as_late_as_possible": True}}
    plan = {
        "ipmo": 1,
        "portfolio": {"id": "all", "start": "2026-01-05"},
        "projects": [{"id": "p", "tasks": [task, {"id": "b", "duration": "5 d", "after": "a"}]}],
    }
    with pytest.raises(ipmo.ModelError, match="merge bias is not computed where each sample is a schedule of its own"):
        ipmo.simulate(ipmo.from_dict(plan), samples=50).merges()
