"""Change requests assessed: each change does what it says, and what cannot be applied says why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.change.applying import applied
from ipmo.analysis.change.impact import assess_impact
from ipmo.changes import AddLink, Delay, RemoveLink, SetBudget, SetDuration, Stop
from ipmo.errors import IpmoError
from ipmo.model import Calendar, ChangeRequest, Money, MoneySettings, Portfolio, Programme, Project, Task
from ipmo.testing.strategies import portfolios


def two(**fields: Any) -> Portfolio:
    return Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-01-05",
        calendar="c",
        calendars=[Calendar(id="c", week="mon-fri", hours="09:00-17:00")],
        money=MoneySettings(currency="GBP"),
        programmes=[Programme(id="T")],
        projects=[
            Project(id="A", programme="T", budget="10 GBP", tasks=[Task(id="a", duration="5 d"), Task(id="b", duration="5 d", after="a"), Task(id="done", duration="1 d", actual_start="2025-12-01", actual_finish="2025-12-01")]),
            Project(id="B", programme="T", tasks=[Task(id="c", duration="2 d"), Task(id="going", duration="4 d", actual_start="2026-01-02", progress="50 %", remaining="2 d")]),
        ],
        **fields,
    )  # fmt: skip


def finish(pf: Portfolio, item: str) -> str:
    return ipmo.schedule(pf)[item].finish_text


@pytest.mark.parametrize(
    ("change", "item", "before", "after"),
    [
        (SetDuration("A/a", "10 d"), "A", "2026-01-16", "2026-01-23"),
        (SetDuration("B/going", "7 d"), "B/going", "2026-01-06", "2026-01-09"),
        (SetDuration("B/going", "1 d"), "B/going", "2026-01-06", "2026-01-04"),  # nothing is left: it ends as the status date begins
        (Delay("A/a", "2 d"), "A", "2026-01-16", "2026-01-20"),
        (Delay("A/a", "1 ed"), "A/a", "2026-01-09", "2026-01-12"),
        (Delay("A", "5 d"), "A", "2026-01-16", "2026-01-23"),
        (Delay("B/going", "3 d"), "B/going", "2026-01-06", "2026-01-09"),
        (AddLink("A/b", "B/c"), "B/c", "2026-01-06", "2026-01-20"),
        (RemoveLink("A/a", "A/b"), "A", "2026-01-16", "2026-01-09"),
    ],
)
def test_a_change_moves_what_it_says(change: Any, item: str, before: str, after: str) -> None:
    assert finish(two(), item) == before
    assert finish(applied(two(), [change]), item) == after


def test_stopping_leaves_the_totals_and_a_budget_is_set() -> None:
    assert ipmo.roll_up(applied(two(), [Stop("A")]), "budget").total.left_out == ("A (cancelled)",)
    assert {p.state for p in applied(two(), [Stop("T")]).projects} == {"cancelled"}
    assert str(ipmo.roll_up(applied(two(), [SetBudget("A", "12 GBP")]), "budget")["A"].value) == "12 GBP"
    linked = applied(two(), [AddLink("A/b", "B/c"), RemoveLink("A/b", "B/c")])
    assert linked == two()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (Delay("A/done", "1 d"), "'A/done' is finished and cannot be delayed"),
        (SetDuration("A/done", "9 d"), "is finished; its duration does not change"),
        (SetDuration("A", "9 d"), "'A' is a project; only a task can be changed so"),
        (RemoveLink("A/b", "B/c"), "there is no link 'A/b' -FS-> 'B/c'"),
        (AddLink("A/b", "B/zz"), "'B/zz' is no task"),
        (Stop("A/a"), "'A/a' is a task; only a project or programme can be stopped"),
    ],
)
def test_what_cannot_be_applied_says_why(change: Any, message: str) -> None:
    with pytest.raises(IpmoError, match=message):
        applied(two(), [change])


def test_open_change_requests_are_assessed_by_what_they_would_do() -> None:
    changes = [
        ChangeRequest(id="c1", effect=[SetDuration("A/a", "10 d"), SetBudget("A", "12 GBP")], state="raised"),
        ChangeRequest(id="c2", effect=[Delay("A/done", "1 d")], state="raised"),
        ChangeRequest(id="c3", effect=[SetDuration("A/a", "9 d")], state="rejected"),
        ChangeRequest(id="c4", effect=[SetDuration("A/b", "5 d")], cost="3 GBP"),
    ]
    found = assess_impact(two(changes=changes))
    table = found.table()
    assert table["change"] == ("c1", "c2", "c4")
    assert (table["project"], table["days"]) == (("A", None, None), (7.0, None, None))
    assert table["budget"] == (2.0, None, 3.0)
    assert table["text"] == (
        "c1: A +7 days, budget +2 GBP",
        "c2: cannot delay A/done by 1 d: 'A/done' is finished and cannot be delayed",
        "c4: budget +3 GBP",
    )
    assert [impact.change for impact in found] == ["c1", "c2", "c4"]
    assert (found["c4"].budget, found[1].error[:12]) == (found[2].budget, "cannot delay")
    assert found.explain("c1") == "c1: A +7 days, budget +2 GBP"
    assert len(assess_impact(two(changes=changes), states=["rejected"])) == 1
    assert len(assess_impact(two())) == 0
    with pytest.raises(ipmo.OptionError, match="states='open' is not known; write one of 'raised', 'approved', "):
        assess_impact(two(), states=["open"])  # type: ignore[list-item]
    with pytest.raises(ipmo.UnknownItemError, match="'c3' is not in the change requests assessed"):
        found["c3"]


@pytest.mark.parametrize(("target", "said"), [("a/t", "because of a/t (its start was put off to"), ("a/u", "its start was put off to")])
def test_what_a_delay_misses_is_said_to_come_of_the_delay(target: str, said: str) -> None:
    tasks = [Task(id="t", duration="5 d"), Task(id="u", duration="5 d", after="t", deadline="2026-01-20")]
    pf = Portfolio(id="p", start="2026-01-05", status_date="2026-01-05", projects=[Project(id="a", tasks=tasks)])
    assert said in str(ipmo.what_if(pf, Delay(target, "10 d")))


def from_scratch(pf: Portfolio, effect: list[Any]) -> dict[str, float]:
    """The projects whose finish moves, by two schedules that know nothing of one another, and the days."""
    other = ipmo.from_dict(ipmo.to_dict(applied(pf, effect)))
    was, now = (ipmo.schedule(one, on_cycle="cut") for one in (pf, other))
    out = {}
    for project in pf.projects:
        if other[project.id].counted_as == "cancelled":  # type: ignore[union-attr]
            continue
        if now.doubt(project.id) != was.doubt(project.id):
            continue
        old, new = was.dates(project.id)[1], now.dates(project.id)[1]
        if old is not None and new is not None and old != new:
            out[project.id] = (new - old).total_seconds() / 86400
    return out


@settings(max_examples=100, deadline=None)
@given(portfolios(), st.data())
def test_what_a_request_moves_is_what_two_schedules_say(pf: Portfolio, data: st.DataObject) -> None:
    projects = [project.id for project in pf.projects]
    tasks = [f"{project.id}/{task.id}" for project in pf.projects for task in project.tasks]
    if not tasks:
        return
    change = data.draw(
        st.one_of(
            st.builds(Delay, st.sampled_from([*projects, *tasks]), st.sampled_from(["3 d", "11 ed"])),
            st.builds(SetDuration, st.sampled_from(tasks), st.sampled_from(["1 d", "30 d"])),
            st.builds(Stop, st.sampled_from(projects)),
        )
    )
    asked = pf.evolve(changes=[ChangeRequest(id="asked", effect=[change])])
    (found,) = assess_impact(asked, on_cycle="cut")
    if found.error:
        with pytest.raises(IpmoError):
            applied(pf, [change])
        return
    assert dict(found.moved) == pytest.approx(from_scratch(pf, [change]))


def test_many_requests_are_assessed_as_each_alone() -> None:
    """Plain delays are tried on the dates that are there, the others scheduled; and one leaves nothing behind for the next."""
    effects = [
        Delay("A/a", "2 d"),
        SetBudget("A", "12 GBP"),
        Stop("B"),
        Delay("A", "1 d"),
        AddLink("A/b", "B/c"),
        SetDuration("A/b", "1 d"),
    ]
    requests = [ChangeRequest(id=f"c{place}", effect=[effect]) for place, effect in enumerate(effects)]
    together = assess_impact(two(changes=requests))
    assert [row.moved for row in together] == [assess_impact(two(changes=[one]))[0].moved for one in requests]
    assert [row.budget for row in together] == [assess_impact(two(changes=[one]))[0].budget for one in requests]
    assert together["c1"].budget == Money(2, "GBP")
