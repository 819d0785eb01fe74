"""What waits for a project as a whole of whose work nobody knows when it ends has lower bounds, as behind that work itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.model import Benefit, Link, Portfolio, Project, Task


def plan(*links: Link, blank: bool = True, **more: Any) -> Portfolio:
    """a: s with s/x, which may have no duration, and z; b: y, then w; c: v. Each is to finish by 1 May."""
    x = Task(id="x", parent="s") if blank else Task(id="x", parent="s", duration="5 d")
    projects = [
        Project(id="a", finish="2026-05-01", tasks=[Task(id="s"), x, Task(id="z", duration="5 d")]),
        Project(id="b", finish="2026-05-01", tasks=[Task(id="y", duration="5 d"), Task(id="w", duration="5 d", after="y")]),
        Project(id="c", finish="2026-05-01", tasks=[Task(id="v", duration="5 d")]),
    ]
    setting = {"start": "2026-01-01", "status_date": "2026-03-02", "calendar": "continuous", "money": {"currency": "GBP"}}
    return Portfolio(id="pf", **{**setting, "projects": projects, "links": links, **more})


def bounded(pf: Portfolio) -> set[str]:
    return {item.id for item in ipmo.schedule(pf) if item.lower_bound} - {"a/s"}


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        ("a", "b", {"b/y", "b/w"}),
        ("a@finish", "b", {"b/y", "b/w"}),
        ("a/s", "b", {"b/y", "b/w"}),
        ("a/x", "b", {"b/y", "b/w"}),
        ("a", "b/w", {"b/w"}),
        ("a/z", "b", set[str]()),
    ],
)
def test_behind_a_whole_without_a_known_end_dates_are_lower_bounds(source: str, target: str, found: set[str]) -> None:
    pf = plan(Link(source=source, target=target))
    assert bounded(pf) == found | {"a/x"}
    s, status, row = ipmo.schedule(pf), ipmo.status(pf), ipmo.schedule(pf).commitments["b"]
    if found:
        assert (row.standing, row.because, row.reason, row.expected) == ("unknown", "a/x", "a/x has no duration", None)
        assert "a/x has no duration" in s.doubt("b")
        assert s["b/w"].finish is None or s["b/w"].lower_bound
    assert status["b"].computed == (None if found else "green")
    assert (status["c"].computed, status["pf"].computed) == ("green", None)
    assert bounded(plan(Link(source=source, target=target), blank=False)) == set()


@pytest.mark.parametrize("more", [{"status": "delivered"}, {"kind": "information"}, {"type": "SS"}, {"type": "SF"}])
def test_what_is_there_or_is_given_by_the_first_start_is_as_it_was(more: dict[str, Any]) -> None:
    pf = plan(Link(source="a", target="b", **more))
    assert bounded(pf) == {"a/x"}
    assert ipmo.status(pf)["b"].computed == "green"


def test_a_first_start_is_not_known_where_that_of_all_is_not() -> None:
    """c waits for b to start, and all of b waits for a; where one task of b can start, that says by when."""
    first, second = Link(source="a", target="b"), Link(source="b", target="c", type="SS")
    assert bounded(plan(first, second)) == {"a/x", "b/y", "b/w", "c/v"}
    assert bounded(plan(Link(source="a", target="b/w"), second)) == {"a/x", "b/w"}


def test_it_goes_on_from_whole_to_whole_and_round() -> None:
    chain = [Link(source="a", target="b"), Link(source="b", target="c")]
    pf = plan(*chain, Link(source="c", target="b"))
    assert bounded(pf) == {"a/x", "b/y", "b/w", "c/v"}
    assert {row.because for row in ipmo.schedule(pf).commitments} == {"a/x"}


def test_late_by_what_is_known_it_is_missed_by_at_least_so_much() -> None:
    pf = plan(Link(source="a", target="b"))
    late = [Project(id=p.id, finish="2026-03-05" if p.id == "b" else p.finish, tasks=p.tasks) for p in pf.projects]
    row = ipmo.schedule(plan(Link(source="a", target="b"), projects=late)).commitments["b"]
    assert (row.standing, row.at_least, row.days) == ("missed", True, 6.0)  # 2 March and ten days: by the end of 11 March


def test_a_way_that_waits_for_such_a_whole_is_not_sure() -> None:
    """One of b/w and c/v is enough: c/v is sure, so that the benefit starts at the latest with that."""
    benefit = Benefit(id="B", any_of=["b/y", "c/v"], planned_start="2026-04-01", value="1 M GBP")
    pf = plan(Link(source="a", target="b"), benefits=[benefit])
    row = ipmo.schedule(pf).commitments["B"]
    assert (row.standing, str(row.expected)[:10]) == ("kept", "2026-03-07")
    both = plan(Link(source="a", target="b"), Link(source="b", target="c"), benefits=[benefit])
    assert ipmo.schedule(both).commitments["B"].standing == "unknown"


LINKS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=5)


@given(LINKS, st.lists(st.booleans(), min_size=8, max_size=8))
def test_a_link_between_wholes_is_as_unclear_as_one_from_each_of_its_tasks_to_each(links: list[tuple[str, str]], known: list[bool]) -> None:
    ahead = sorted({(one, other) for one, other in links if one < other})
    work = [
        Project(id=p, tasks=[Task(id=f"t{k}", **({"duration": "3 d"} if known[2 * at + k] else {})) for k in (0, 1)])
        for at, p in enumerate("abcd")
    ]
    every = [Link(source=f"{one}/t{i}", target=f"{other}/t{k}") for one, other in ahead for i in (0, 1) for k in (0, 1)]
    wholes = [Link(source=one, target=other) for one, other in ahead]
    assert bounded(plan(*wholes, projects=work)) == bounded(plan(*every, projects=work))
