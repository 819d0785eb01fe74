"""Status: O-41's one fixture and its answers, tolerances to the minute, exceptions and who must hear of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

import ipmo
from ipmo.analysis.control.policies import BudgetWeighted, Child, DrivingChild, Majority, ThresholdCount, WorstChild
from ipmo.analysis.control.raid_log import raid_log
from ipmo.analysis.control.status import status
from ipmo.errors import OptionError, UnknownItemError
from ipmo.model import (
    Assumption,
    Benefit,
    Calendar,
    Confidence,
    Decision,
    DecisionBody,
    Enabler,
    Exposure,
    Impact,
    Issue,
    Link,
    MoneySettings,
    Portfolio,
    Programme,
    Project,
    RateRow,
    Risk,
    StatusReport,
    Task,
    Tolerance,
)  # fmt: skip
from ipmo.testing.strategies import portfolios


def o41() -> Portfolio:
    colours = zip("abcde", ["green", "green", "green", "amber", "red"], [10, 10, 10, 10, 60], strict=True)
    return Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-02-02",
        money=MoneySettings(currency="GBP"),
        projects=[
            Project(id=name, budget=f"{budget} GBP", status=[StatusReport(date="2026-02-01", rag=rag)]) for name, rag, budget in colours
        ],
    )


@pytest.mark.parametrize(
    ("policy", "rag", "why"),
    [
        (WorstChild(), "red", "e is red"),
        (Majority(), "green", "3 of 5 are green"),
        (BudgetWeighted(), "amber", "weighted mean 1.30"),
        (ThresholdCount(red=2), "amber", "1 red and 1 amber of 5"),
    ],
)
def test_o41_one_fixture_four_answers(policy: Any, rag: str, why: str) -> None:
    found = status(o41(), policy=policy, of="reported")["x"]
    assert found.computed == rag
    assert why in found.why


def test_the_driving_child_is_the_one_that_finishes_last_and_unknown_children_are_said() -> None:
    from datetime import datetime

    early, late = datetime(2026, 1, 1), datetime(2026, 6, 1)
    children = [Child(item="a", rag="red", finish=early), Child(item="b", rag="green", finish=late), Child(item="c", rag=None)]
    assert DrivingChild().combine(children) == ("green", "b is green, and finishes last")
    assert WorstChild().combine(children) == ("red", "a is red; 1 of 3 unknown")
    for policy in (WorstChild(), Majority(), ThresholdCount(), BudgetWeighted(), DrivingChild()):
        assert policy.combine([])[0] is None
    assert Majority().combine([Child(item="a", rag="red"), Child(item="b", rag="green")])[0] == "red"
    reds = [Child(item=name, rag="red") for name in "ab"]
    assert [ThresholdCount(red=n).combine(reds)[0] for n in (2, 3)] == ["red", "amber"]


def dated(finish: str, *, commitment: str = "2026-03-31", tolerance: Any = None, **fields: Any) -> Portfolio:
    return Portfolio(
        id="x",
        start="2026-01-01",
        status_date="2026-01-01",
        calendar="c",
        calendars=[Calendar(id="c", week="mon-fri", hours="09:00-17:00")],
        money=MoneySettings(currency="GBP", discount="5 %"),
        projects=[
            Project(id="P", finish=commitment, tolerance=tolerance, tasks=[Task(id="t", milestone=True, not_before=finish)], **fields)
        ],
    )


@pytest.mark.parametrize(
    ("finish", "rag"),
    [
        ("2026-03-31T17:00", "green"),
        ("2026-04-01T00:00", "amber"),  # the point begins 1 April: a day late for what was to end by 31 March
        ("2026-04-01T09:00", "amber"),
        ("2026-04-02T17:00", "amber"),  # two working days later, to the minute: equal to the limit is within it
        ("2026-04-02T17:01", "red"),
    ],
)
def test_a_forecast_beyond_tolerance_is_red_equal_to_it_is_not(finish: str, rag: str) -> None:
    found = status(dated(finish, tolerance=Tolerance(time="2 d")))
    assert found["P"].computed == rag
    assert bool(found.breaches) == (rag == "red")


def test_tolerances_in_elapsed_time_and_months_and_of_the_programme() -> None:
    assert status(dated("2026-04-01T23:59", tolerance=Tolerance(time="1 ed")))["P"].computed == "amber"
    assert status(dated("2026-04-02T00:00", tolerance=Tolerance(time="1 ed")))["P"].computed == "red"  # it is said as 2 April
    assert status(dated("2026-04-30T17:00", tolerance=Tolerance(time="1 month")))["P"].computed == "amber"
    assert status(dated("2026-05-01T00:00", tolerance=Tolerance(time="1 month")))["P"].computed == "red"
    pf = Portfolio(
        id="y",
        start="2026-01-01",
        programmes=[Programme(id="T", tolerance=Tolerance(time="5 ed"))],
        projects=[Project(id="P", programme="T", finish="2026-03-31", tasks=[Task(id="t", milestone=True, not_before="2026-04-03T12:00")])],
    )
    assert status(pf)["P"].computed == "amber"
    assert status(pf)["T"].computed == "amber"


def test_cost_against_budget_by_forecast_by_cpi_and_by_what_is_spent() -> None:
    def of(**fields: Any) -> Any:
        pf = dated("2026-01-01", tolerance=Tolerance(cost="10 %")).evolve("P", **fields)
        return next(a for a in status(pf)["P"].aspects if a.name == "cost")

    assert of(budget="100 GBP", forecast="100 GBP").rag == "green"
    assert of(budget="100 GBP", forecast="110 GBP").rag == "amber"
    over = of(budget="100 GBP", forecast="110.01 GBP")
    assert (over.rag, over.over) == ("red", "0.01 GBP beyond tolerance")
    assert of(budget="100 GBP", actual="120 GBP").rag == "red"
    assert of(budget="100 GBP").text == "not begun 100 GBP, budget 100 GBP"
    assert of(budget="100 GBP", actual_start="2025-12-01").rag is None
    done = {"duration": "10 d", "baseline_start": "2025-12-01", "baseline_finish": "2025-12-12", "actual_start": "2025-12-01"}
    pf = dated("2026-01-01").evolve("P", tasks=[Task(id="t", budget="100 GBP", actual="80 GBP", progress="50 %", remaining="5 d", **done)])
    cost = next(a for a in status(pf)["P"].aspects if a.name == "cost")
    assert (cost.rag, cost.text.startswith("EAC by CPI 160")) == ("red", True)


def test_benefits_and_risk_against_their_tolerances() -> None:
    pf = dated("2026-03-31", tolerance=Tolerance(benefits="5 %", risk="20 GBP"))
    pf = pf.evolve(benefits=[Benefit(id="be", value="100 GBP", planned_start="2026-01-01", enabled_by=[Enabler(source="P/t")])])
    found = {a.name: a for a in status(pf)["P"].aspects}
    assert found["benefits"].rag == "amber"
    assert (found["risk"].rag, found["risk"].text) == (None, "no risks are recorded; at most 20 GBP is tolerated")
    worse = pf.evolve("P", tolerance=Tolerance(benefits="1 %", risk="20 GBP"), risks=[
        Risk(id="R", before=Exposure(probability=0.5, impacts=[Impact(cost="60 GBP")])),
        Risk(id="S", state="closed", before=Exposure(probability=1.0, impacts=[Impact(cost="60 GBP")])),
        Risk(id="U"),
    ])  # fmt: skip
    found = {a.name: a for a in status(worse)["P"].aspects}
    assert found["benefits"].rag == "red"
    assert (found["risk"].rag, found["risk"].text) == ("red", "exposure at least 30 GBP of at most 20 GBP, 1 risk unknown")


def test_benefits_lost_and_exposure_equal_to_the_tolerance_are_within_it() -> None:
    pf = dated("2027-01-01", tolerance=Tolerance(benefits="20 %", risk="30 GBP")).evolve(
        money=MoneySettings(currency="GBP", discount="25 %"),
        benefits=[Benefit(id="be", value="100 GBP", planned_start="2026-01-01", enabled_by=[Enabler(source="P/t")])],
    )
    pf = pf.evolve("P", risks=[Risk(id="R", before=Exposure(probability=0.5, impacts=[Impact(cost="60 GBP")]))])
    found = {a.name: a for a in status(pf)["P"].aspects}
    assert (found["benefits"].rag, found["benefits"].text) == ("amber", "20 GBP lost of 100 GBP planned, within tolerance")
    assert (found["risk"].rag, found["risk"].text) == ("green", "exposure 30 GBP of at most 30 GBP")


def test_a_breach_goes_to_the_lowest_body_above_whose_authority_covers_it() -> None:
    bodies = [
        DecisionBody(id="board", level="portfolio", authority="1 M GBP"),
        DecisionBody(id="prog", level="programme", authority="50 GBP", reports_to="board"),
        DecisionBody(id="team", level="project", authority="10 M GBP", reports_to="prog"),
    ]
    pf = dated("2026-01-01").evolve(bodies=bodies)

    def told(forecast: str) -> tuple[str | None, str | None, bool]:
        one = status(pf.evolve("P", budget="100 GBP", forecast=forecast, tolerance=Tolerance(cost=0))).breaches[0]
        return one.body, one.escalate_to, one.covered

    assert told("150 GBP") == ("prog", "prog", True)
    assert told("151 GBP") == ("board", "board", True)
    assert told("2 M GBP") == (None, "board", False)
    late = status(dated("2026-05-01", tolerance=Tolerance(time="0 d")).evolve(bodies=bodies))
    assert [(b.item, b.aspect, b.body, b.escalate_to, b.covered) for b in late.breaches] == [("P", "time", None, "board", False)]
    assert late.breaches[0].reason == "what is at stake is not known, so no authority is known to cover it"
    alone = status(dated("2026-05-01", tolerance=Tolerance(time="0 d"))).breaches[0]
    assert (alone.body, alone.escalate_to, alone.reason) == (None, None, "no board of a programme or above is declared")
    assert status(dated("2026-05-01")).breaches == ()  # nobody set a limit
    assert status(dated("2026-05-01"))["P"].computed == "red"
    assert late.exceptions().columns == ("item", "level", "aspect", "text", "stake", "body", "escalate_to", "covered")


def test_authorities_and_limits_in_another_currency_convert_and_need_a_rate() -> None:
    bodies = [
        DecisionBody(id="board", level="portfolio", authority="1 M GBP"),
        DecisionBody(id="prog", level="programme", authority="50 EUR", reports_to="board"),
    ]
    pf = (
        dated("2026-01-01")
        .evolve(bodies=bodies)
        .evolve("P", budget="100 GBP", forecast="140 GBP", tolerance=Tolerance(cost=0, risk="30 EUR"))
    )
    risk = next(a for a in status(pf)["P"].aspects if a.name == "risk")
    assert (risk.rag, risk.withholds) == (None, True)
    assert risk.text == "tolerance of 'P' is 30 EUR: no rate from EUR to GBP on 2026-01-01; add one under rates:"
    told = status(pf).breaches[0]
    assert (told.body, told.escalate_to, told.reason.startswith("authority of 'prog' is 50 EUR")) == (None, "board", True)
    pf = pf.evolve(rates=[RateRow(since="2025-01-01", per={"EUR": "0.5"})])
    assert [(b.body, b.covered) for b in status(pf).breaches] == [("board", True)]  # 50 EUR are 25 GBP
    risky = pf.evolve("P", risks=[Risk(id="R", before=Exposure(probability=0.5, impacts=[Impact(cost="40 GBP")]))])
    assert next(a for a in status(risky)["P"].aspects if a.name == "risk").over == "5 GBP beyond tolerance"


def test_the_portfolio_sets_a_limit_for_itself_and_for_what_states_none() -> None:
    bodies = [
        DecisionBody(id="board", level="portfolio", authority="1 M GBP"),
        DecisionBody(id="prog", level="programme", authority="50 GBP"),
    ]
    pf = dated("2026-01-01").evolve("P", budget="100 GBP", forecast="106 GBP").evolve(bodies=bodies)
    assert next((row.item, row.computed) for row in status(pf).items()) == (pf.id, "red")
    assert status(pf).breaches == ()
    limited = pf.evolve(tolerance=Tolerance(cost="5 %", risk="1 GBP"))
    found = status(limited)
    assert {(b.item, b.aspect, b.body, str(b.stake)) for b in found.breaches} == {
        ("P", "cost", "prog", "6 GBP"),
        (pf.id, "cost", "board", "6 GBP"),
    }
    risk = next(a for a in found["P"].aspects if a.name == "risk")  # no part may bear more than is tolerated of the whole
    assert (risk.rag, risk.text) == (None, f"no risks are recorded; at most 1 GBP for all of {pf.id} is tolerated")
    assert [f.message.partition(":")[0] for f in ipmo.check(limited).of("ipmo/exception")] == ["cost of the portfolio", "cost of 'P'"]
    assert status(pf.evolve(tolerance=Tolerance(cost="6 %"))).breaches == ()
    own = limited.evolve("P", tolerance=Tolerance(cost="20 %"))
    assert [b.item for b in status(own).breaches] == [pf.id]


def test_a_project_is_as_late_as_the_commitment_in_it_that_is_missed_by_most() -> None:
    tasks = [
        Task(id="a", duration="5 d", deadline="2026-02-05"),  # finishes on 6 February
        Task(id="b", name="Ready", milestone=True, after="a", deadline="2026-01-30"),
        Task(id="c", milestone=True, after="a", actual_start="2026-01-20", actual_finish="2026-01-20", deadline="2026-01-10"),
    ]
    pf = Portfolio(id="x", start="2026-02-02", status_date="2026-02-02", projects=[Project(id="P", tasks=tasks)])
    (time,) = status(pf)["P"].aspects
    assert (time.rag, time.text) == ("red", "Ready finishes 2026-02-06, committed to 2026-01-30, 7 days beyond the commitment")
    assert status(pf.evolve("P", finish="2026-01-15"))["P"].aspects[0].text.startswith("finishes 2026-02-06, committed to 2026-01-15")
    assert status(pf.evolve("P", finish="2026-12-31", tolerance=Tolerance(time="10 d")))["P"].computed == "amber"
    assert status(pf.evolve("P/b", deadline=None).evolve("P/a", deadline="2026-02-06"))["P"].computed == "green"


def test_a_date_held_against_itself_tells_nothing() -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-02-02",
        projects=[
            Project(id="bar", start="2026-01-05", finish="2026-06-30"),
            Project(id="weekend", start="2026-01-05", finish="2026-06-28"),  # a Sunday: work ends on Friday
            Project(id="gone", start="2026-01-05", finish="2026-01-30"),
            Project(id="done", start="2026-01-05", finish="2026-01-30", actual_finish="2026-01-20"),
            Project(id="planned", finish="2026-06-30", tasks=[Task(id="t", duration="5 d")]),
        ],
    )
    found = {row.item: (row.computed, row.aspects[0].text) for row in status(pf).items("project")}
    assert found["bar"] == (None, "committed to 2026-06-30; nothing forecasts when it finishes")
    assert found["weekend"][0] is None
    assert found["gone"][0] == "red"
    assert (found["done"][0], found["planned"][0]) == ("green", "green")


def test_computed_stands_beside_reported_never_over_it() -> None:
    pf = dated("2026-05-01", status=[StatusReport(date="2025-12-31", rag="green"), StatusReport(date="2026-02-01", rag="red")], confidence=[
        Confidence(date="2025-06-01", assessor="IPA", rating="red"), Confidence(date="2025-12-01", assessor="IPA", rating="amber")
    ])  # fmt: skip
    row = status(pf)["P"]
    assert (row.reported, row.reported_on, row.computed, row.gap) == ("green", date(2025, 12, 31), "red", 2)
    assert [c.rating for c in row.confidence] == ["amber"]
    assert pf.projects[0].status[0].rag == "green"
    table = status(pf).table()
    assert table.columns == (
        "item",
        "name",
        "level",
        "reported",
        "reported_on",
        "computed",
        "gap",
        "time",
        "cost",
        "benefits",
        "risk",
        "carbon",
        "why",
    )
    for wrong in ({"policy": "worst"}, {"of": "reportd"}):
        with pytest.raises(
            OptionError, match="policy='worst' is not known; write one of 'worst child'|write one of 'computed', 'reported'"
        ):
            status(pf, **wrong)  # type: ignore[arg-type]
    with pytest.raises(UnknownItemError, match="close: 'P'|'Q' is not in this status"):
        _ = status(pf)["Q"]


def test_a_baseline_gives_commitments_where_items_do_not() -> None:
    plan, now = dated("2026-03-01", commitment="2027-01-01"), dated("2026-03-02", commitment="2027-01-01")
    plan, now = (pf.evolve("P", finish=None) for pf in (plan, now))
    assert status(now)["P"].computed is None
    assert status(now, baseline=plan)["P"].computed == "red"
    assert status(plan, baseline=plan)["P"].computed == "green"
    assert "P/t" in status(now, tasks=True)


def test_registers_count_open_overdue_unowned_and_ages_at_every_level() -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-01",
        status_date="2026-03-01",
        programmes=[Programme(id="T")],
        projects=[
            Project(id="A", programme="T", tasks=[Task(id="t", duration="1 d")], risks=[Risk(id="r1", ends="2026-02-01", raised="2026-01-30"), Risk(id="r2", state="closed")]),
            Project(id="B", programme="T", tasks=[Task(id="t", duration="1 d")], risks=[Risk(id="r1", raised="2026-02-27")]),
            Project(id="C", state="cancelled", risks=[Risk(id="r1")]),
        ],
        links=[Link(source="A/t", target="B/t", needed="2026-02-01"), Link(source="A/t", target="B/t", type="SS", status="delivered", needed="2026-02-01")],
        issues=[Issue(id="i1", item="A/t", due="2026-03-01"), Issue(id="i2", item="A", closed="2026-02-01"), Issue(id="i3")],
        assumptions=[Assumption(id="a1", item="B", review="2026-02-28")],
        decisions=[Decision(id="d1", item="T", need_by="2026-02-28")],
    )  # fmt: skip
    found = raid_log(pf)
    risk = found["T", "risk"]
    assert (risk.total, risk.open, risk.overdue, risk.unowned, risk.undated, risk.oldest, risk.mean_age) == (3, 2, 1, 2, 1, 30, 16)
    assert (found["A", "dependency"].total, found["T", "dependency"].total, found["x", "dependency"].overdue) == (2, 2, 1)
    assert [found[i, "issue"].open for i in ("A", "B", "x")] == [1, 0, 2]
    assert found["A", "issue"].overdue == 0  # due on the day is not past it
    assert (found["B", "assumption"].overdue, found["T", "decision"].overdue, found["A", "decision"].total) == (1, 1, 0)
    assert raid_log(pf.evolve(status_date=None))["T", "risk"].overdue is None  # nothing says what day it is
    with pytest.raises(UnknownItemError):
        _ = found["Z", "risk"]


@settings(max_examples=40)
@given(portfolios())
def test_every_portfolio_has_a_status_and_red_ones_say_why(pf: Portfolio) -> None:
    found = status(pf, tasks=True)
    for row in found.items():
        assert row.computed in (None, "green", "amber", "red")
        assert row.computed is None or row.why
    assert len(raid_log(pf).table().columns) == 10
    assert ipmo.schedule(pf) is not None


@pytest.mark.parametrize(
    ("tolerance", "colour", "said"),  # done on Friday 6 February, committed to Friday 30 January: five days of work, seven of the calendar
    [
        ("5 d", "amber", "within tolerance"),
        ("7 ed", "amber", "within tolerance"),
        ("4 d", "red", "1 day beyond tolerance"),
        ("3 ed", "red", "4 days beyond tolerance"),
    ],
)
def test_how_far_a_finish_is_beyond_tolerance_is_said_by_the_days_that_are_said(tolerance: str, colour: str, said: str) -> None:
    pf = Portfolio(
        id="x",
        start="2026-02-02",
        status_date="2026-02-02",
        projects=[Project(id="P", finish="2026-01-30", tolerance=Tolerance(time=tolerance), tasks=[Task(id="a", duration="5 d")])],
    )
    (time,) = status(pf)["P"].aspects
    assert (time.rag, time.text) == (colour, f"finishes 2026-02-06, committed to 2026-01-30, {said}")
    later = pf.evolve("P", finish="2026-02-06T12:00", tolerance=None)
    assert status(later)["P"].aspects[0].text.endswith("5 hours beyond the commitment")


def test_a_project_is_judged_by_the_benefits_that_it_enables_through_others() -> None:
    """A platform that is late delays the app, whose benefit is planned for 1 April: half of its worth is lost, and both are told so."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {
                "id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous",
                "money": {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026, "terms": "real"}},
            },
            "discounts": [{"id": "zero", "bands": [{"rate": 0}]}],
            "projects": [
                {"id": "platform", "tasks": [{"id": "x", "duration": "181 d"}]},
                {"id": "app", "tasks": [{"id": "x", "duration": "30 d"}]},
                {"id": "beside", "tasks": [{"id": "x", "duration": "30 d"}]},
                {"id": "needs", "requires": "beside", "tasks": [{"id": "x", "duration": "30 d"}]},
            ],
            "links": [{"from": "platform/x", "to": "app/x"}],
            "benefits": [
                {"id": "b", "enabled_by": "app/x", "value": "1 M GBP per year", "until": "2026-12-31", "planned_start": "2026-04-01", "probability": "100 %"},
                {"id": "c", "enabled_by": "needs/x", "value": "1 M GBP per year", "until": "2026-12-31", "planned_start": "2026-02-01", "probability": "100 %"},
            ],
        }
    )  # fmt: skip
    found = {
        name: next((a for a in status(pf)[name].aspects if a.name == "benefits"), None) for name in ("platform", "app", "beside", "needs")
    }
    assert found["platform"] == found["app"]
    assert found["platform"] is not None
    assert found["platform"].rag == "amber"
    assert found["beside"] == found["needs"]
    assert found["beside"] is not None
