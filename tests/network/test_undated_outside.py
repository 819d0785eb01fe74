"""What waits for something outside of which nobody says when it comes has lower bounds: as behind work without a duration."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.changes import Stop
from ipmo.model import Benefit, Gate, Link, Portfolio, Project, Task

NOBODY = "waits for external:e, and nobody says when that comes"


def plan(*links: Link, **more: Any) -> Portfolio:
    """a/x, then a/y; s with s/z lies in a; b/x alone; each project is to finish by 1 May."""
    tasks = [Task(id="x", duration="5 d"), Task(id="y", duration="5 d", after="x"), Task(id="s"), Task(id="z", duration="2 d", parent="s")]
    projects = [
        Project(id="a", finish="2026-05-01", tasks=tasks),
        Project(id="b", finish="2026-05-01", tasks=[Task(id="x", duration="5 d")]),
    ]
    setting = {"start": "2026-01-01", "status_date": "2026-03-02", "calendar": "continuous", "money": {"currency": "GBP"}}
    return Portfolio(id="pf", **{**setting, "projects": projects, "links": links, **more})


def bounded(pf: Portfolio) -> set[str]:
    s = ipmo.schedule(pf)
    return {item.id for item in s if item.lower_bound} - {"a/s"}


@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
@pytest.mark.parametrize(
    ("target", "found"),
    [("a/x", {"a/x", "a/y"}), ("a/y", {"a/y"}), ("a/z", {"a/z"}), ("a", {"a/x", "a/y", "a/z"}), ("b", {"b/x"}), ("b/x", {"b/x"})],
)
def test_what_waits_and_what_follows_it_comes_at_the_earliest_then(target: str, found: set[str], kind: str) -> None:
    pf = plan(Link(id="L", source="external:e", target=target, type=kind))
    assert bounded(pf) == found
    s, status = ipmo.schedule(pf), ipmo.status(pf)
    waits = target.partition("/")[0]
    assert NOBODY in s.doubt(waits)
    assert NOBODY in s.doubt()
    for project in ("a", "b"):
        row = s.commitments[project]
        assert (row.standing, status[project].computed) == (("unknown", None) if project == waits else ("kept", "green"))
    assert s.commitments[waits].because == "external:e"
    assert NOBODY in s.commitments[waits].reason
    assert status["pf"].computed is None


@pytest.mark.parametrize("more", [{"date": "2026-03-04"}, {"status": "delivered"}, {"kind": "information"}])
def test_what_is_dated_or_delivered_is_as_it_was(more: dict[str, Any]) -> None:
    pf = plan(Link(source="external:e", target="a/x", **more))
    assert bounded(pf) == set()
    assert ipmo.status(pf)["pf"].computed == "green"


@pytest.mark.parametrize(("kind", "inside"), [("FS", {"a/z"}), ("FF", set[str]())])
def test_of_a_summary_the_start_holds_its_work_and_the_finish_its_end(kind: str, inside: set[str]) -> None:
    pf = plan(Link(source="external:e", target="a/s", type=kind))
    s = ipmo.schedule(pf)
    assert bounded(pf) == inside
    assert "external:e" in s.doubt("a/s")
    assert "external:e" in s.doubt("a")
    assert (s.commitments["a"].standing, ipmo.status(pf)["a"].computed) == ("unknown", None)


@pytest.mark.parametrize("outside", [{}, {"date": "2026-04-01"}])
def test_of_a_summary_under_way_it_holds_the_rest(outside: dict[str, Any]) -> None:
    begun = [
        Task(id="s"),
        Task(id="x", duration="9 d", parent="s", actual_start="2026-03-01", progress="50 %"),
        Task(id="y", duration="2 d", parent="s"),
    ]
    pf = plan(Link(source="external:e", target="a/s", **outside), projects=[Project(id="a", finish="2026-05-01", tasks=begun)])
    assert bounded(pf) == (set() if outside else {"a/y"})
    assert str(ipmo.schedule(pf)["a/y"].early_start)[:10] == ("2026-04-02" if outside else "2026-03-02")


def test_late_already_it_is_missed_by_at_least_so_much_and_work_that_is_done_waits_for_nothing() -> None:
    late = plan(
        Link(source="external:e", target="a/x"), projects=[Project(id="a", finish="2026-03-04", tasks=[Task(id="x", duration="5 d")])]
    )
    row = ipmo.schedule(late).commitments["a"]
    assert (row.standing, row.days, row.at_least) == ("missed", 2, True)
    done = Task(id="x", duration="5 d", actual_start="2026-02-01", actual_finish="2026-02-06")
    pf = plan(Link(source="external:e", target="a/x"), projects=[Project(id="a", tasks=[done, Task(id="y", duration="1 d", after="x")])])
    assert bounded(pf) == set()


def test_benefits_gates_and_simulations_say_so_too() -> None:
    pf = plan(
        Link(source="external:e", target="B"),
        Link(source="external:e", target="a/G"),
        projects=[
            Project(id="a", tasks=[Task(id="x", duration={"low": "3 d", "likely": "5 d", "high": "9 d"})], gates=[Gate(id="G", need_by="2026-05-01")]),
            Project(id="b", tasks=[Task(id="x", duration="5 d")]),
        ],
        benefits=[Benefit(id="B", enabled_by=["b/x"], value="1 M GBP", planned_start="2026-06-01")],
    )  # fmt: skip
    s = ipmo.schedule(pf)
    assert {row.name: row.standing for row in s.commitments} == {"a/G": "unknown", "B": "unknown"}
    assert s.begins("B") is None
    assert s.doubt("b") == ""
    simulated = ipmo.simulate(pf, samples=50, seed=1)
    assert simulated["a/G"].dates.at_least
    assert not simulated["a/x"].dates.at_least


def test_a_stop_moves_no_colour_up() -> None:
    pf = plan(Link(source="external:e", target="a/y"))
    assert ipmo.status(ipmo.what_if(pf, Stop("b")).after)["a"].computed is None


@given(st.data())
def test_it_is_as_a_giver_without_a_duration(data: st.DataObject) -> None:
    """Of random plans, a link from outside bounds what one from work without a duration bounds."""
    names = [f"t{i}" for i in range(5)]
    tasks = [
        Task(
            id=name,
            duration=f"{data.draw(st.integers(0, 4))} d",
            milestone=False,
            after=[{"from": one, "type": data.draw(st.sampled_from(["FS", "SS", "FF"]))} for one in names[:place] if data.draw(st.booleans())],
            deadline=f"2026-03-{data.draw(st.integers(3, 28)):02}",
        )
        for place, name in enumerate(names)
    ]  # fmt: skip
    waits = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(["S", "F"])), min_size=1, max_size=3, unique=True))
    projects = [Project(id="p", tasks=tasks), Project(id="e", tasks=[Task(id="z")])]
    inside = plan(*(Link(source="e/z", target=f"p/{name}", type=f"F{end}") for name, end in waits), projects=projects)
    outside = plan(*(Link(source="external:e", target=f"p/{name}", type=f"F{end}") for name, end in waits), projects=projects[:1])
    assert bounded(outside) == bounded(inside) - {"e/z"}
    rows = [{r.name: (r.standing, r.days, r.at_least) for r in ipmo.schedule(pf).commitments} for pf in (outside, inside)]
    assert rows[0] == rows[1]
