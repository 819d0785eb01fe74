"""A row of status never contradicts itself, and nothing is green while it is not known when its work ends."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.changes import Delay
from ipmo.model import Portfolio
from ipmo.model.governance import RAG

from .test_made_status import judged


def made(projects: list[dict[str, Any]], **rest: Any) -> Portfolio:
    header = {"id": "pf", "start": "2026-01-01", "status_date": "2026-06-01", "calendar": "continuous", "money": {"currency": "GBP"}}
    return ipmo.from_dict({"ipmo": 1, "portfolio": header | rest.pop("header", {}), "projects": projects, **rest})


def project(name: str, days: int = 30, **rest: Any) -> dict[str, Any]:
    task = {"id": "x", "duration": f"{days} d", **rest.pop("task", {})}
    return {"id": name, "state": "active", "tasks": [task], **rest}


LATE: dict[str, Any] = {"finish": "2026-06-20", "tolerance": {"time": "30 d"}, "programme": "g"}
"""30 days from 1 June end on the 30th: 10 days late, within a tolerance of 30."""


def test_a_whole_without_a_tolerance_is_within_what_its_parts_tolerate() -> None:
    """Nobody set a limit for the programme or the portfolio: that its part may be 30 days late says what of its own date is tolerated."""
    view = ipmo.status(made([project("a", **LATE), project("b", 20, **LATE)], programmes=[{"id": "g"}]))
    assert {row.item: row.computed for row in view.rows} == {"pf": "amber", "g": "amber", "a": "amber", "b": "green"}
    told = "time: finishes 2026-06-30, committed to 2026-06-20, 10 days beyond the commitment, within what its parts tolerate; children: a is amber"
    assert view["g"].why == told
    assert not view.breaches


def test_without_any_tolerance_late_is_red_on_every_level() -> None:
    plain = {"finish": "2026-06-20", "programme": "g"}
    view = ipmo.status(made([project("a", **plain)], programmes=[{"id": "g"}]))
    assert {row.item: row.computed for row in view.rows} == {"pf": "red", "g": "red", "a": "red"}


def test_a_stated_tolerance_above_holds_for_a_programme_whatever_its_parts_tolerate() -> None:
    """The portfolio tolerates 5 days, the programme is 10 late; its part may be 30 late."""
    pf = made([project("a", **LATE)], programmes=[{"id": "g"}], header={"tolerance": {"time": "5 d"}})
    view = ipmo.status(pf)
    assert {row.item: row.computed for row in view.rows} == {"pf": "red", "g": "red", "a": "amber"}
    assert view["g"].why == "time: finishes 2026-06-30, committed to 2026-06-20, 5 days beyond tolerance"
    assert [one.item for one in view.breaches] == ["pf"]  # who set it hears of it


def test_with_a_tolerance_of_the_programme_it_is_amber_as_its_part_is() -> None:
    view = ipmo.status(
        made([project("a", **LATE)], programmes=[{"id": "g", "tolerance": {"time": "30 d"}}], header={"tolerance": {"time": "10 d"}})
    )
    assert (view["g"].computed, view["pf"].computed) == ("amber", "amber")


def test_a_budget_of_the_programme_counts_where_its_parts_have_none() -> None:
    """1 M for the programme, 3 M forecast by a project of which nobody says what it may cost: over budget without any tolerance is red."""
    part = project("a", programme="g", task={"forecast": "3 M GBP"}, finish="2026-12-31", tolerance={"time": "5 d"})
    view = ipmo.status(made([part], programmes=[{"id": "g", "budget": "1 M GBP"}]))
    assert (view["a"].computed, view["g"].computed, view["pf"].computed) == ("green", "red", "red")
    assert view["g"].why.startswith("cost: ")


def test_what_its_parts_tolerate_is_a_bound_where_another_part_is_not_known() -> None:
    unknown = project("u", programme="g", tolerance={"cost": "5 %"})
    view = ipmo.status(made([project("a", **LATE), unknown], programmes=[{"id": "g"}]))
    assert (view["u"].computed, view["g"].computed, view["g"].at_least) == (None, None, "amber")
    assert "within what its parts tolerate" in view["g"].why


def test_lost_benefits_make_a_whole_without_tolerance_amber_at_least() -> None:
    """Nothing else of the portfolio has a figure; what it loses is amber, and its part of unknown cost leaves it not known."""
    money = {"money": {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026, "terms": "real"}}}
    view = ipmo.status(
        made(
            [project("a", tolerance={"benefits": "90 %"}), project("u", tolerance={"cost": "5 %"})],
            header=money,
            discounts=[{"id": "zero", "bands": [{"rate": 0}]}],
            benefits=[{"id": "b", "enabled_by": "a/x", "value": "1 M GBP per year", "until": "2030-12-31", "planned_start": "2026-06-10"}],
        )
    )
    assert (view["a"].computed, view["pf"].computed, view["pf"].at_least) == ("amber", None, "amber")


@settings(deadline=None, max_examples=60)
@given(st.data(), st.booleans())
def test_no_row_is_better_than_an_aspect_that_it_shows_and_its_reason_names_the_worst(data: st.DataObject, tied: bool) -> None:
    for row in ipmo.status(data.draw(judged(tied=tied)), tasks=True).rows:
        known = [aspect for aspect in row.aspects if aspect.rag is not None]
        worst = max((RAG.index(aspect.rag) for aspect in known if aspect.rag is not None), default=-1)
        said = -1 if row.at_least is None else RAG.index(row.at_least)
        if worst > 0:
            assert said >= worst, row
            assert any(aspect.name in row.why and RAG.index(aspect.rag or "green") == worst for aspect in known) or said > worst, row
        assert row.computed is None or row.computed == row.at_least


@settings(deadline=None, max_examples=40)
@given(st.data(), st.integers(1, 40))
def test_what_if_says_the_colours_that_two_statuses_say(data: st.DataObject, days: int) -> None:
    pf = data.draw(judged(tied=False))
    tasks = [f"{one.id}/{task.id}" for one in pf.projects for task in one.tasks if one.state == "active" and not task.finished]
    if not tasks:
        return
    change = Delay(data.draw(st.sampled_from(tasks)), f"{days} d")
    try:
        found = ipmo.what_if(pf, change)
    except ipmo.IpmoError:
        return
    one, other = ipmo.status(pf).computed, ipmo.status(found.after).computed
    assert {row.item for row in found.status} == {name for name in one if name in other and one[name] != other[name]}


# ------------------------------------------------------------------------------------------------ ends that are not known

LAPSED = {
    "id": "G",
    "body": "board",
    "decision": {
        "outcome": "conditional go",
        "date": "2026-01-10",
        "decided_by": "board",
        "conditions": [{"id": "c", "due": "2026-02-28"}],
    },
}
HELD = {"id": "G", "body": "board", "decision": {"outcome": "hold", "date": "2026-01-10", "decided_by": "board"}}


def behind(gate: dict[str, Any], **rest: Any) -> Portfolio:
    """Work behind a gate that brings a benefit which another project brings too; nothing is committed to."""
    gold = {"id": "gold", "state": "active", "gates": [gate], "tasks": [{"id": "x", "duration": "10 d", "after": "G", **rest}]}
    money = {"money": {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026, "terms": "real"}}}
    return made(
        [gold, project("silver")],
        header=money,
        organisation={"bodies": [{"id": "board"}]},
        discounts=[{"id": "zero", "bands": [{"rate": 0}]}],
        outcomes=[{"id": "way", "any_of": ["gold/x", "silver/x"]}],
        benefits=[{"id": "b", "enabled_by": "way", "value": "8 M GBP", "planned_start": "2026-07-15"}],
    )


@pytest.mark.parametrize("gate", [LAPSED, HELD])
def test_a_project_wholly_behind_a_gate_that_holds_is_not_green_from_its_benefits(gate: dict[str, Any]) -> None:
    view = ipmo.status(behind(gate))
    gold = view["gold"]
    assert (gold.computed, gold.at_least, gold.colour) == (None, "green", "not known")
    assert [(one.name, one.rag) for one in gold.aspects] == [("time", None), ("benefits", "green")]
    assert "not known when it finishes: gold/" in gold.why
    assert (view["silver"].computed, view["pf"].computed, view["pf"].colour) == ("green", None, "not known")


def test_once_the_gate_is_open_all_are_green() -> None:
    go = {**HELD, "decision": {**HELD["decision"], "outcome": "go"}}
    assert {row.computed for row in ipmo.status(behind(go)).rows} == {"green"}


def test_what_is_red_stays_red_behind_a_gate() -> None:
    view = ipmo.status(behind(HELD, budget="1 M GBP", forecast="3 M GBP"))
    assert (view["gold"].computed, view["pf"].computed) == ("red", "red")


def test_a_row_of_a_register_without_work_is_judged_by_its_cost() -> None:
    """Nothing of it is planned and nothing of it waits: nobody asks when it ends."""
    bare = {"id": "p", "state": "active", "budget": "9 M GBP", "forecast": "9 M GBP"}
    assert ipmo.status(made([bare]))["p"].computed == "green"
    assert ipmo.status(made([{**bare, "state": "paused"}]))["p"].computed is None
    assert ipmo.status(made([{**bare, "tasks": [{"id": "x"}]}]))["p"].computed is None


@settings(deadline=None, max_examples=60)
@given(st.data(), st.booleans())
def test_no_project_with_work_is_green_where_the_schedule_does_not_know_its_end(data: st.DataObject, tied: bool) -> None:
    pf = data.draw(judged(tied=tied))
    s, view = ipmo.schedule(pf), ipmo.status(pf)
    for one in pf.projects:
        if one.id in view and (one.tasks or one.gates) and s.doubt(one.id):
            assert view[one.id].computed != "green", view[one.id]


def test_a_deadline_that_is_kept_makes_no_project_green_the_end_of_which_nobody_knows() -> None:
    """Found by a random draw: one task keeps its deadline, the other has no duration."""
    kept = {"id": "t2", "duration": "1 d", "deadline": "2026-01-05"}
    for other, colour in (({"id": "t1", "duration": "1 d"}, "green"), ({"id": "t1"}, None)):
        pf = ipmo.from_dict(
            {
                "ipmo": 1,
                "portfolio": {"id": "x", "start": "2026-01-05", "status_date": "2026-01-05"},
                "projects": [{"id": "p", "state": "active", "tasks": [other, kept]}],
            }
        )
        assert ipmo.status(pf)["p"].computed == colour


def test_a_baseline_that_did_not_know_when_a_project_ends_commits_to_no_date() -> None:
    """Its second task had no duration then; today it takes ten days, five of which lie after what had a date in the baseline."""

    def plan(**second: str) -> ipmo.Portfolio:
        tasks = [{"id": "a", "duration": "5 d"}, {"id": "b", **second}]
        head = {"id": "x", "start": "2026-01-05", "status_date": "2026-01-05"}
        return ipmo.from_dict({"ipmo": 1, "portfolio": head, "projects": [{"id": "p", "state": "active", "tasks": tasks}]})

    now, told = plan(duration="10 d"), {}
    for name, before in (("known", plan(duration="5 d")), ("not known", plan())):
        told[name] = [(one.name, one.rag) for one in ipmo.status(now, baseline=before)["p"].aspects]
    assert told == {"known": [("time", "red")], "not known": []}
