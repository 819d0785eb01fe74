"""What the end of which is not known, said by answers that read it: a project whose work waits for what was stopped, paused or has no duration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.model import Portfolio
from ipmo.plugin import CheckContext
from ipmo_mop import MOP, balance, change_load, dashboard, tranches
from ipmo_mop.balance import NOT_KNOWN

WAYS: dict[str, tuple[dict[str, Any], str]] = {
    "known": ({"tasks": [{"id": "x", "duration": "1 d"}]}, ""),
    "stopped": ({"state": "cancelled", "tasks": [{"id": "x", "duration": "1 d"}]}, "link 'L' from 'plat/x' never comes"),
    "paused": ({"state": "paused", "tasks": [{"id": "x", "duration": "1 d"}]}, "project 'plat' is paused"),
    "no duration": ({"tasks": [{"id": "x"}]}, "plat/x has no duration"),
}
GATE = {"id": "G", "after": ["k"]}


def plan(way: str, *, tasks: list[dict[str, Any]] | None = None, **app: Any) -> Portfolio:
    """`app` has five days of work and ten more that wait for `plat`, around the clock from 1 January."""
    mine = [{"id": "free", "duration": "5 d"}, {"id": "k", "duration": "10 d"}] if tasks is None else tasks
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous", "money": {"currency": "GBP"}},
            "projects": [{"id": "plat", **WAYS[way][0]}, {"id": "app", "state": "approved", "tasks": mine, **app}],
            "links": [{"id": "L", "from": "plat/x", "to": "app/k"}],
        }
    )  # fmt: skip


def heard(slug: str, pf: Portfolio) -> list[str]:
    check = next(c for c in MOP.checks if c.code == f"mop/{slug}")
    return [f.message for f in check.run(CheckContext(portfolio=pf))]


@pytest.mark.parametrize("way", WAYS)
def test_the_horizon_of_a_project_is_not_known_unless_it_is_beyond_all_of_them(way: str) -> None:
    """Fifteen days are within a year; four thousand beside what never comes are later whatever comes."""
    for free, known, otherwise in (("5 d", "within a year", NOT_KNOWN), ("4000 d", "later", "later")):
        pf = plan(way, tasks=[{"id": "free", "duration": free}, {"id": "k", "duration": "10 d"}])
        (row,) = (row for row in balance(pf).panel("horizon") if "app" in row.projects)
        assert row.group == (known if way == "known" else otherwise)


@pytest.mark.parametrize("way", WAYS)
def test_a_tranche_is_released_on_no_day_where_its_gate_has_an_earliest_one_only(way: str) -> None:
    tasks = [{"id": "free", "duration": "5 d", "budget": "2 GBP"}, {"id": "k", "duration": "10 d", "budget": "20 GBP"}]
    pf = plan(way, tasks=tasks, gates=[GATE], extensions={"mop": {"tranches": [{"id": "t", "amount": "9 GBP", "gate": "G"}]}})
    row = tranches(pf)["app.t"]
    assert (str(row.on) if row.on else None, row.cash is None) == (("2026-01-11", False) if way == "known" else (None, True))
    if way == "no duration":
        assert row.why == "gate app/G (its day is not known, at least 2026-01-10: plat/x has no duration)"


@pytest.mark.parametrize("way", WAYS)
def test_a_whole_goes_live_on_no_day_that_is_only_the_earliest(way: str) -> None:
    tasks = [
        {"id": "s", "attributes": {"goes_live_in": "web"}},
        *({"id": i, "parent": "s", "duration": d} for i, d in (("free", "5 d"), ("k", "10 d"))),
    ]
    (one,) = change_load(plan(way, tasks=tasks))
    assert str(one.day) == ("2026-01-11" if way == "known" else "None")


@pytest.mark.parametrize(
    ("way", "free", "said"),
    [
        ("known", "5 d", []),
        ("known", "30 d", ["project 'app' finishes 2026-01-30, 19 days after its first baseline said (2026-01-11)"]),
        ("no duration", "30 d", ["project 'app' finishes 2026-01-30 or later, 19 days after its first baseline said (2026-01-11)"]),
        ("no duration", "5 d", ["project 'app' was to finish 2026-01-11 by its first baseline; when it does is not known: plat/x has no duration"]),
        ("paused", "5 d", ["project 'app' was to finish 2026-01-11 by its first baseline; when it does is not known: app/k has no date, follows 'plat/x': project 'plat' is paused"]),
    ],
)  # fmt: skip
def test_r10_says_what_the_first_baseline_knew_and_nobody_knows_any_more(way: str, free: str, said: list[str], tmp_path: Path) -> None:
    now = plan(way, tasks=[{"id": "free", "duration": free}, {"id": "k", "duration": "10 d"}])
    path = tmp_path / "p.yaml"
    ipmo.write(plan("known"), path)
    ipmo.snapshot(path, baseline="B1")
    ipmo.snapshot(path, baseline="B2")
    rows = [{"id": f"B{n}", "date": f"2026-01-0{n}", "file": f"baselines/B{n}.json"} for n in (1, 2)]
    ipmo.write(now.evolve("pf", baselines=rows), path)
    assert [one for one in heard("rebaselined", ipmo.read(path)) if one.startswith("project 'app'")] == said


@pytest.mark.parametrize("way", WAYS)
def test_the_dashboard_counts_as_later_what_never_ends_and_not_what_nobody_knows(way: str) -> None:
    row = dashboard(plan(way), plan("known"))["initiatives that finish later"]
    assert row.items == (("app",) if way == "stopped" else ())
    assert dashboard(plan("known"), plan(way))["initiatives that finish later"].items == ()
    assert dashboard(plan(way), plan("known"))["finish of the portfolio"].now is None or way == "known"
    longer = plan(way, tasks=[{"id": "free", "duration": "30 d"}, {"id": "k", "duration": "10 d"}])
    assert dashboard(longer, plan("known"))["initiatives that finish later"].items == ("app",)


@pytest.mark.parametrize("way", WAYS)
def test_r03_what_is_required_finishes_then_or_later(way: str) -> None:
    after = {"id": "use", "state": "approved", "requires": ["app"], "start": "2026-01-02", "finish": "2026-01-20"}
    pf = plan(way)
    pf = pf.evolve(projects=[*pf.projects, ipmo.Project(**after)])
    told = [one for one in heard("selection-closed", pf) if "requires 'app'" in one]
    assert all(("or later" in one) == (way != "known") for one in told)
