"""AGL-R10 where the forecast is not the promised item's own: each date worked out by hand.

Ten items at none or two a week, each as likely: five weeks of two are needed, so that P(done in n weeks) = P(at least five of n):
9 weeks 0.500, 10 weeks 0.623, 11 weeks 0.726, 12 weeks 0.806, 13 weeks 0.867, 14 weeks 0.910. From Monday 5 January 2026 nine
weeks end on Friday 6 March, 11 on 20 March, 12 on 27 March, 13 on 3 April.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest

import ipmo
from ipmo.model import Benefit, Gate, Link, Portfolio, Project, Task
from ipmo.plugin import CheckContext, Finding
from ipmo_agile import AGILE, AgileForecast

START = date(2026, 1, 5)
(RULE,) = (check for check in AGILE.checks if check.code == "agile/percentile")
TEAM = AgileForecast(remaining_items=10, throughput=[0, 2] * 4, per=ipmo.Span(1, "w"))


def said(pf: Portfolio, **context: Any) -> list[Finding]:
    return list(RULE.run(CheckContext(portfolio=pf, **context)))


def texts(pf: Portfolio) -> list[str]:
    return [f"{one.item}: {one.message} -> {one.hint}" for one in said(pf)]


def portfolio(*tasks: Task, links: tuple[Link, ...] = (), others: tuple[Project, ...] = (), **project: Any) -> Portfolio:
    build = Task(id="build", duration=TEAM)
    return Portfolio(id="x", start=START, links=links, projects=[Project(id="P", tasks=[build, *tasks], **project), *others])


def live(**fields: Any) -> Task:
    return Task(id="live", milestone=True, after=["build"], **fields)


USER = (Project(id="Q", tasks=[Task(id="use", duration="5 d")]),)


# ------------------------------------------------------------------------------------- a milestone behind the team's work


def test_a_deadline_of_a_milestone_behind_a_forecast_rests_on_it() -> None:
    assert texts(portfolio(live(deadline="2026-03-06"))) == [
        "P/live: the deadline 2026-03-06 of 'P/live' rests on the forecast of 'P/build' and names no percentile -> write attributes: "
        "{percentile: P85}; at P85 it is there on 2026-04-03"
    ]


@pytest.mark.parametrize(
    ("percentile", "deadline", "message"),
    [
        ("P50", "2026-03-06", "the deadline 2026-03-06 of 'P/live' is a P50 of the forecast of 'P/build': as likely missed as kept"),
        ("30 %", "2026-12-01", "the deadline 2026-12-01 of 'P/live' is a P30 of the forecast of 'P/build': more likely missed than kept"),
        (
            "P80",
            "2026-03-19",
            "the deadline 2026-03-19 of 'P/live' says P80 of the forecast of 'P/build', and lies before its P70, 2026-03-20",
        ),
        ("P80", "2026-03-20", ""),  # eleven weeks: ten points below
        ("P80", "2026-03-27", ""),
        (
            "soon",
            "2026-03-27",
            "the deadline 2026-03-27 of 'P/live' rests on the forecast of 'P/build' and names 'soon', which is no percentile",
        ),
    ],
)
def test_it_is_judged_by_the_date_on_which_the_milestone_comes_at_that_percentile(percentile: str, deadline: str, message: str) -> None:
    pf = portfolio(live(deadline=deadline, attributes={"percentile": percentile}))
    assert [one.message for one in said(pf)] == ([message] if message else [])


def test_ordinary_work_between_the_two_moves_the_date_that_is_told() -> None:
    test = Task(id="test", duration="2 w", after=["build"])
    end = Task(id="end", milestone=True, after=["test"], deadline="2026-03-31", attributes={"percentile": "P85"})
    (found,) = said(portfolio(test, end))
    # P75 is twelve weeks, as is P80; two more end on 10 April; at P85 thirteen and two: 17 April
    assert found.message == "the deadline 2026-03-31 of 'P/end' says P85 of the forecast of 'P/build', and lies before its P75, 2026-04-10"
    assert found.hint == "commit to 2026-04-17, or say the percentile that the date has"


# ------------------------------------------------------------------------------------- hand-overs and whole projects


@pytest.mark.parametrize(
    ("source", "item", "of"),
    [
        ("P/build@finish", "P/build", "the work takes 13 w"),
        ("P/live", "P/live", "it is there on 2026-04-03"),
        ("P", "P", "it is there on 2026-04-03"),
    ],
)
def test_a_promised_hand_over_rests_on_the_forecast_wherever_it_is_attached(source: str, item: str, of: str) -> None:
    link = Link(id="L", source=source, target="Q/use", promised="2026-03-06")
    (found,) = said(portfolio(live(), links=(link,), others=USER))
    whose = "" if item == "P/build" else f" of {item!r}"
    assert found.item == "L"
    assert found.message == f"the commitment 2026-03-06 of link 'L'{whose} rests on the forecast of 'P/build' and names no percentile"
    assert found.hint.endswith(f"at P85 {of}")


def test_a_stated_finish_of_a_project_rests_on_the_forecast_that_sets_its_end() -> None:
    (found,) = said(portfolio(finish="2026-03-06", attributes={"percentile": "P50"}))
    assert found.message == "the stated finish 2026-03-06 of 'P' is a P50 of the forecast of 'P/build': as likely missed as kept"
    longer = Task(id="longer", duration="40 w")  # the end does not move with the team
    assert said(portfolio(longer, finish="2026-03-06")) == []


def test_a_promise_of_another_project_rests_on_the_forecast_of_the_team_that_it_waits_for() -> None:
    opens = Project(id="R", methodology="mop", tasks=[Task(id="open", milestone=True, deadline="2026-03-06")])
    pf = portfolio(live(), links=(Link(id="L", source="P/live", target="R/open"),), others=(opens,))
    assert [(one.item, "of 'P/build'" in one.message) for one in said(pf)] == [("P/build", True)], "it is the team's forecast"
    assert said(pf, scope=frozenset({"P"})) == said(pf)
    assert said(pf, scope=frozenset({"R"})) == []


@pytest.mark.parametrize("deep", [False, True], ids=["a summary", "a summary of summaries"])
def test_a_deadline_of_a_summary_rests_on_the_forecast_of_the_work_under_it_that_ends_last(deep: bool) -> None:
    top = Task(id="top", deadline="2026-03-06")
    middle = Task(id="middle", parent="top" if deep else None)
    quick = Task(id="quick", parent="top", duration="5 d")
    build = Task(id="build", parent="middle" if deep else "top", duration=TEAM)
    under = (middle, Task(id="beside", parent="middle", duration="5 d")) if deep else ()
    pf = Portfolio(id="x", start=START, projects=[Project(id="P", tasks=[top, *under, quick, build])])
    assert texts(pf) == [
        "P/top: the deadline 2026-03-06 of 'P/top' rests on the forecast of 'P/build' and names no percentile -> write attributes: "
        "{percentile: P85}; at P85 it is there on 2026-04-03"
    ]
    assert said(pf.evolve("P/quick", duration="40 w")) == []


@pytest.mark.parametrize("source", ["P", "P/build", "P/build@start", "P@start"])
def test_a_promise_that_work_begins_rests_on_no_forecast_of_that_work(source: str) -> None:
    link = Link(id="L", source=source, target="Q/use", type="FS" if "@" in source else "SS", promised="2026-01-05")
    assert said(portfolio(links=(link,), others=USER)) == []


def test_a_promise_that_work_begins_rests_on_the_forecast_that_it_waits_for() -> None:
    test = Task(id="test", duration=TEAM, after=["build"])
    link = Link(id="L", source="P/test", target="Q/use", type="SS", promised="2026-03-09")
    (found,) = said(portfolio(test, links=(link,), others=USER))
    # thirteen weeks end on Friday 3 April: the Monday after is the 6th
    assert found.message == "the commitment 2026-03-09 of link 'L' of 'P/test' rests on the forecast of 'P/build' and names no percentile"
    assert found.hint == "write attributes: {percentile: P85}; at P85 it is there on 2026-04-06"
    kept = attrs.evolve(link, promised="2026-03-30", attributes={"percentile": "P80"})
    assert said(portfolio(test, links=(kept,), others=USER)) == []
    early = attrs.evolve(kept, promised="2026-03-20")
    (found,) = said(portfolio(test, links=(early,), others=USER))
    assert found.message.endswith("of 'P/test' says P80 of the forecast of 'P/build', and lies before its P70, 2026-03-23")


def test_a_milestone_is_one_instant_whichever_end_of_it_is_promised() -> None:
    link = Link(id="L", source="P/live", target="Q/use", type="SS", promised="2026-03-06")
    (found,) = said(portfolio(live(), links=(link,), others=USER))
    assert found.hint.endswith("at P85 it is there on 2026-04-03")


# ------------------------------------------------------------------------------------- what rests on no forecast


def test_what_the_forecast_does_not_move_rests_on_nothing() -> None:
    free = Task(id="free", milestone=True, deadline="2026-03-06")
    held = live(not_before="2026-12-01", deadline="2026-12-01")  # P85 is long past by then
    assert said(portfolio(free, held)) == []
    needed = Link(id="L", source="P/build", target="Q/use", needed="2026-03-06")  # the receiver's wish is no promise
    assert said(portfolio(links=(needed,), others=USER)) == []
    for over in ("cancelled", "delivered"):  # withdrawn, or kept already
        link = Link(id="L", source="P/build", target="Q/use", promised="2026-03-06", status=over)
        assert said(portfolio(links=(link,), others=USER)) == []
    agreed = Link(id="L", source="P/build", target="Q/use", promised="2026-03-06", status="agreed")
    assert len(said(portfolio(links=(agreed,), others=USER))) == 1


@pytest.mark.parametrize(
    "over", [{"state": "closed"}, {"state": "cancelled"}, {"gates": [Gate(id="g", decision={"outcome": "kill", "date": START})]}]
)
def test_what_is_over_promises_nothing(over: dict[str, Any]) -> None:
    assert said(portfolio(live(deadline="2026-03-06"), finish="2026-03-06", **over)) == []


def test_percentiles_of_two_forecasts_in_a_row_are_not_added_up() -> None:
    again = Task(id="again", duration=TEAM, after=["build"])
    late = Task(id="end", milestone=True, after=["again"], deadline="2026-03-06")
    (found,) = said(portfolio(again, late))
    assert found.message == "the deadline 2026-03-06 of 'P/end' rests on the forecasts of 'P/build', 'P/again' and names no percentile"
    assert found.hint.endswith("`ipmo simulate` says how sure a date is that rests on several")
    named = Task(id="end", milestone=True, after=["again"], deadline="2026-03-06", attributes={"percentile": "P85"})
    assert said(portfolio(again, named)) == []


def test_work_that_never_gets_done_at_that_share_names_no_day() -> None:
    slow = AgileForecast(remaining_items=5000, throughput=[0] * 9 + [1], per=ipmo.Span(1, "w"))
    pf = portfolio().evolve("P/build", duration=slow)
    assert slow.quantile(0.85) is None
    pf = pf.evolve(projects=[pf["P"], Project(id="R", tasks=[Task(id="open", milestone=True, deadline="2026-03-06")])])
    pf = pf.evolve(links=[Link(id="L", source="P/build", target="R/open")])
    (found,) = said(pf)
    assert found.hint == "write attributes: {percentile: P85}; at P85 it is there on no day that can be said"


def test_a_benefit_that_waits_is_no_promise_of_the_team() -> None:
    pf = portfolio(live()).evolve(benefits=[Benefit(id="b", enabled_by=["P/live"], planned_start="2026-03-06")])
    assert said(pf) == []


@pytest.mark.parametrize(
    ("need_by", "percentile", "message"),
    [
        ("2026-03-06", None, "the day 2026-03-06 by which 'P/g' is needed rests on the forecast of 'P/build' and names no percentile"),
        (
            "2026-03-06",
            "P50",
            "the day 2026-03-06 by which 'P/g' is needed is a P50 of the forecast of 'P/build': as likely missed as kept",
        ),
        (
            "2026-03-19",
            "P80",
            "the day 2026-03-19 by which 'P/g' is needed says P80 of the forecast of 'P/build', and lies before its P70, 2026-03-20",
        ),
        ("2026-03-27", "P80", ""),
    ],
)
def test_the_day_by_which_a_gate_is_needed_rests_on_the_forecast_before_it(need_by: str, percentile: str | None, message: str) -> None:
    """Nine weeks are P50, eleven P70, twelve P80."""
    said_so = {"attributes": {"percentile": percentile}} if percentile else {}
    gate = Gate(id="g", after=["build"], need_by=need_by, **said_so)
    pf = portfolio(gates=[gate])
    assert [one.message for one in said(pf)] == ([message] if message else [])
    decided = attrs.evolve(gate, decision={"outcome": "go", "date": START})
    assert said(pf.evolve("P", gates=[decided])) == []


def test_a_gate_of_the_portfolio_that_waits_for_a_team_rests_on_its_forecast() -> None:
    pf = portfolio(live()).evolve(gates=[Gate(id="top", need_by="2026-03-06")], links=[Link(source="P/live", target="top")])
    (found,) = said(pf)
    assert found.message == "the day 2026-03-06 by which 'top' is needed rests on the forecast of 'P/build' and names no percentile"
