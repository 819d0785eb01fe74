"""Where one of several is enough and of one nobody knows when it comes, it is there at the latest when a sure one is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dates.schedule import network
from ipmo.changes import Stop
from ipmo.model import Benefit, Link, Portfolio, Project, Task, Tolerance
from ipmo.network.passes import Passes


def plan(start: str = "2026-06-01", *, other: dict[str, Any] | None = None, **more: Any) -> Portfolio:
    """B needs a/t, there on 11 March, or b/t, of which nobody says how long it takes."""
    setting = {
        "start": "2026-01-01",
        "status_date": "2026-03-01",
        "calendar": "continuous",
        "money": {"currency": "GBP", "discount": "green-book-2026"},
        "projects": [
            Project(id="a", tolerance=Tolerance(benefits=0.1), tasks=[Task(id="t", duration="10 d")]),
            Project(id="b", tasks=[Task(id="t", **(other or {}))]),
        ],
        "benefits": [Benefit(id="B", any_of=["a/t", "b/t"], value="1 M GBP", planned_start=start)],
    }
    return Portfolio(id="pf", **{**setting, **more})


def standing(pf: Portfolio, name: str = "B") -> tuple[str, bool]:
    row = ipmo.schedule(pf).commitments[name]
    return row.standing, row.at_least


def test_what_the_sure_way_keeps_is_kept_and_its_value_is_known() -> None:
    pf = plan()
    s, row = ipmo.schedule(pf), ipmo.benefits(pf)["B"]
    assert standing(pf) == ("kept", False)
    assert (str(s["B"].early_start)[:10], s["B"].lower_bound, str(row.start)) == ("2026-03-11", False, "2026-03-11")
    assert row.npv == ipmo.benefits(ipmo.what_if(pf, Stop("b")).after)["B"].npv
    assert ipmo.status(pf)["a"].computed == "green"
    assert "status of a" not in str(ipmo.what_if(pf, Stop("b")))


@pytest.mark.parametrize(("other", "said"), [({}, "2026-03-11 or sooner"), ({"not_before": "2026-03-20"}, "2026-03-11"), ({"duration": "30 d"}, "2026-03-11")])  # fmt: skip
def test_the_schedule_says_that_it_may_come_sooner(other: dict[str, Any], said: str) -> None:
    s = ipmo.schedule(plan(other=other))
    rows = {row["id"]: row["finishes"] for row in s.overview().rows()}
    assert (rows["B"], rows["a/t"]) == (said, "2026-03-10")
    assert [item.id for item in s if item.upper_bound] == (["B"] if "sooner" in said else [])


def test_where_the_sure_way_is_late_it_is_not_known() -> None:
    pf = plan("2026-03-05")
    row = ipmo.schedule(pf).commitments["B"]
    assert (row.standing, row.reason, ipmo.benefits(pf)["B"].npv) == ("unknown", "b/t has no duration", None)
    assert ipmo.status(pf)["a"].computed is None


@pytest.mark.parametrize(("first", "found"), [("2026-03-03", ("unknown", False)), ("2026-03-08", ("missed", True)), ("2026-03-20", ("missed", False))])  # fmt: skip
def test_where_both_are_late_it_is_missed_by_what_the_sooner_is_late_at_least(first: str, found: tuple[str, bool]) -> None:
    """Not before 3 March, b/t may be there by the 5th; not before the 8th it is late by 3 days at least; after the 11th a/t comes first, 6 late."""
    pf = plan("2026-03-05", other={"not_before": first})
    assert standing(pf) == found
    days = ipmo.schedule(pf).commitments["B"].days
    assert days == {"2026-03-03": None, "2026-03-08": 3, "2026-03-20": 6}[first]


def test_without_the_sure_way_it_is_as_the_other_one() -> None:
    pf = ipmo.what_if(plan(), Stop("a")).after
    s = ipmo.schedule(pf)
    assert (standing(pf), s["B"].lower_bound, ipmo.benefits(pf)["B"].start) == (("unknown", False), True, None)
    both = plan(projects=[Project(id="a", tasks=[Task(id="t")]), Project(id="b", tasks=[Task(id="t")])])
    assert (standing(both), ipmo.schedule(both)["B"].lower_bound) == (("unknown", False), True)


def test_behind_something_outside_without_a_date_too_and_what_follows_follows() -> None:
    follows = Project(id="c", finish="2026-03-31", tasks=[Task(id="x", duration="5 d")])
    links = [Link(source="external:e", target="b/t"), Link(source="B", target="c/x")]
    pf = plan(other={"duration": "1 d"})
    pf = pf.evolve(projects=[*pf.projects, follows], links=links)
    assert (standing(pf), standing(pf, "c")) == (("kept", False), ("kept", False))
    assert str(ipmo.schedule(pf)["c/x"].early_finish)[:10] == "2026-03-16"
    late = pf.evolve("c", finish="2026-03-12")
    assert (standing(late, "c")[0], ipmo.schedule(late).commitments["c"].because) == ("unknown", "external:e")


@given(st.data())
def test_it_holds_for_whatever_the_unknown_takes(data: st.DataObject) -> None:
    """Kept is kept, and missed missed, for each length that the unknown ways may turn out to have; not known, one and the other may be."""
    lengths = data.draw(st.lists(st.one_of(st.none(), st.integers(1, 12)), min_size=2, max_size=4))
    begins = [data.draw(st.integers(1, 12)) for _ in lengths]
    then = [data.draw(st.booleans()) for _ in lengths]

    def make(some: list[int | None]) -> Portfolio:
        projects = [
            Project(
                id=f"p{i}",
                tasks=[
                    Task(id="t", duration=None if days is None else f"{days} d", not_before=f"2026-03-{begins[i]:02}"),
                    *([Task(id="u", duration="2 d", after="t")] if then[i] else []),
                ],
            )
            for i, days in enumerate(some)
        ]
        ways = [f"p{i}/{'u' if then[i] else 't'}" for i in range(len(some))]
        return plan("2026-03-15", projects=projects, benefits=[Benefit(id="B", any_of=ways, planned_start="2026-03-15")])

    found, _ = standing(make(lengths))
    outcomes = {standing(make([fill if days is None else days for days in lengths]))[0] for fill in (0, 1, 3, 400)}
    assert outcomes == {found} if found != "unknown" else len(outcomes) == 2


def test_how_soon_it_may_come_follows_work_that_lasts_otherwise_since() -> None:
    """By the plan compiled with that length: what lies before the unknown way takes two days, or nine."""

    def made(days: int) -> Portfolio:
        ways = [Project(id="a", tasks=[Task(id="t", duration="10 d")])]
        ways += [Project(id="b", tasks=[Task(id="s", duration=f"{days} d"), Task(id="t", after="s")])]
        return plan(projects=ways)

    def soonest(passes: Passes) -> int:
        best = passes.at_best
        assert best is not None
        return int(best.lists.x[best.lists.pos[best.named["B"]]])

    short, long = (Passes(network(made(days))) for days in (2, 9))
    changed = Passes(short.network.lasting({short.named["b/s"]: 9 * 1440}))
    assert soonest(short) < soonest(long) == soonest(changed)
