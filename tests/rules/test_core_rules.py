"""Watermelons, benefit rules and exceptions: each fires on what it is for, and not beside it."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import ipmo
from ipmo import model as m
from ipmo.findings import Finding, Findings
from ipmo.installation import new_registry
from ipmo.model import (
    Benefit,
    Calendar,
    Contribution,
    DecisionBody,
    Enabler,
    Gate,
    MoneySettings,
    Objective,
    Outcome,
    Person,
    Portfolio,
    PriceBase,
    Programme,
    Project,
    Risk,
    StatusReport,
    Task,
    Tolerance,
)  # fmt: skip


def pilot(day: str = "2026-03-02", rag: str = "green", on: str = "2026-03-01", *tasks: Task, **fields: Any) -> Portfolio:
    return Portfolio(
        id="x",
        start="2026-01-01",
        status_date=day,
        calendar="c",
        calendars=[Calendar(id="c", week="mon-sun", hours="00:00-24:00")],
        money=MoneySettings(currency="GBP"),
        projects=[Project(**{"id": "P", "finish": "2026-06-30", "tasks": tasks or [Task(id="t", duration="10 d")], "status": [StatusReport(date=on, rag=rag)], **fields})],
    )  # fmt: skip


def heard(pf: Portfolio, theme: str, *history: Portfolio) -> list[Finding]:
    """What the core's rules of one theme find, under no method and without any plugin."""
    return [found for found in new_registry().run(pf, history=history) if found.code.startswith(f"ipmo/{theme}-")]


def codes(pf: Portfolio, *history: Portfolio) -> set[str]:
    return {f.code.removeprefix("ipmo/watermelon-") for f in heard(pf, "watermelon", *history)}


def test_a_sound_green_project_is_left_alone_and_one_without_reports_too() -> None:
    assert codes(pilot()) == set()
    assert codes(pilot().evolve("P", status=())) == set()
    assert codes(pilot(finish="2026-03-05", state="closed")) == set()


def test_computed_worse_than_reported_with_its_reason() -> None:
    pf = pilot(finish="2026-03-05")
    found = {f.code: f for f in heard(pf, "watermelon")}
    assert "reports green, its figures say red: time: finishes 2026-03-11" in found["ipmo/watermelon-computed-worse"].message
    assert found["ipmo/watermelon-computed-worse"].rule == "GOV-R07"
    assert "ipmo/watermelon-negative-float" in found
    assert codes(pilot(rag="red", finish="2026-03-05")) == set()


def test_green_by_an_old_report_and_from_green_to_red_at_once() -> None:
    assert codes(pilot(on="2026-01-26")) == set()  # 35 days
    assert codes(pilot(on="2026-01-25")) == {"stale"}
    jumped = pilot(status=[StatusReport(date="2026-02-01", rag="green"), StatusReport(date="2026-03-01", rag="red")])
    assert codes(jumped) == {"green-to-red"}
    warned = [StatusReport(date=f"2026-0{n}-01", rag=rag) for n, rag in ((1, "green"), (2, "amber"), (3, "red"))]
    assert codes(pilot(status=warned)) == set()


def test_green_against_earned_schedule_and_what_is_left_to_earn() -> None:
    plan = {
        "duration": "100 d",
        "baseline_start": "2026-01-01",
        "baseline_finish": "2026-04-10",
        "budget": "100 GBP",
        "actual_start": "2026-01-01",
    }
    behind = Task(id="t", progress="20 %", remaining="50 d", actual="20 GBP", **plan)
    assert codes(pilot("2026-03-02", "green", "2026-03-01", behind)) == {"spi-t"}
    dear = Task(id="t", progress="60 %", remaining="50 d", actual="70 GBP", **plan)
    assert "tcpi" in codes(pilot("2026-03-02", "green", "2026-03-01", dear))


def at(day: str, progress: str, remaining: str) -> Portfolio:
    return pilot(day, "green", day, Task(id="t", duration="100 d", actual_start="2026-01-01", progress=progress, remaining=remaining))


def test_stuck_and_sliding_need_three_months_and_say_so() -> None:
    one, two, three = at("2026-03-02", "95 %", "5 d"), at("2026-04-01", "95 %", "5 d"), at("2026-05-01", "95 %", "5 d")
    assert codes(three, one, two) == {"stuck", "bow-wave"}
    assert codes(two, one) == {"needs-history"}
    assert "there are 2" in next(f.message for f in heard(two, "watermelon", one))
    assert codes(three) == set()
    moving = at("2026-05-01", "97 %", "1 d"), at("2026-03-02", "90 %", "30 d"), at("2026-04-01", "95 %", "10 d")
    assert codes(moving[0], *moving[1:]) == set()


def spending(day: str, actual: str, forecast: str | None, *risks: Risk) -> Portfolio:
    task = Task(
        id="t",
        duration="100 d",
        actual_start="2026-01-01",
        progress=f"{int(day[6]) * 10} %",
        remaining=f"{(7 - int(day[6])) * 25} d",
        actual=actual,
        forecast=forecast,
    )
    return pilot(day, "amber", day, task, risks=risks)


def test_spending_with_no_less_to_spend_and_registers_that_nobody_touches() -> None:
    days = ("2026-03-02", "2026-04-01", "2026-05-01")
    worse = [
        spending(day, *pair) for day, pair in zip(days, [("10 GBP", "100 GBP"), ("20 GBP", "112 GBP"), ("30 GBP", "120 GBP")], strict=True)
    ]
    assert codes(worse[2], *worse[:2]) == {"etc"}
    falling = [
        spending(day, *pair) for day, pair in zip(days, [("10 GBP", "100 GBP"), ("20 GBP", "112 GBP"), ("30 GBP", "119 GBP")], strict=True)
    ]
    assert codes(falling[2], *falling[:2]) == set()
    unknown = [*worse[:2], spending(days[2], "30 GBP", None)]
    assert codes(unknown[2], *unknown[:2]) == set()
    kept, raised = Risk(id="R", name="rain"), Risk(id="S", name="snow")
    idle = [spending(day, "10 GBP", "100 GBP", kept) for day in days]
    assert codes(idle[2], *idle[:2]) == {"risks"}
    alive = [*idle[:2], spending(days[2], "10 GBP", "100 GBP", kept, raised)]
    assert codes(alive[2], *alive[:2]) == set()
    assert codes(*[spending(day, "10 GBP", "100 GBP", attrs.evolve(kept, state="closed")) for day in reversed(days)]) == set()


# ------------------------------------------------------------------------------------------ benefits

GOOD: dict[str, Any] = {
    "id": "be", "owner": "line", "measure": "fares", "unit": "GBP", "baseline": 1, "baseline_date": "2025-01-01", "target": 2, "target_date": "2030-01-01",
    "method": "monthly", "value": "10 GBP per year", "lasts": "5 years", "probability": 0.9, "enabled_by": [Enabler(source="P/t")], "booked": True, "cashable": True,
}  # fmt: skip


def case(benefit: dict[str, Any] | None = None, **fields: Any) -> Portfolio:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-01-05",
        money=MoneySettings(currency="GBP", price_base=PriceBase(year=2026), discount="green-book-2022"),
        people=[Person(id="line", permanent=True), Person(id="pm", permanent=False), Person(id="who")],
        objectives=[Objective(id="o")],
        programmes=[Programme(id="T"), Programme(id="U")],
        projects=[Project(id="P", tasks=[Task(id="t", duration="1 d")])],
        benefits=[Benefit(**{**GOOD, **(benefit or {})})],
        contributions=[Contribution(source="be", target="o", share=0.5)],
    )
    return pf.evolve(**fields)


def rules(pf: Portfolio) -> set[str]:
    return {f"{f.rule} {f.code.removeprefix('ipmo/benefit-')}" for f in heard(pf, "benefit")}


def other(**fields: Any) -> Benefit:
    return Benefit(**{**GOOD, "id": "b2", "measure": "something else", **fields})


LEADS = [Contribution(source="be", target="o", share=0.5), Contribution(source="b2", target="o", share=0.1)]


@pytest.mark.parametrize(
    ("pf", "expected"),
    [
        (case(), set()),
        (case(contributions=()), {"BEN-R01 no-objective"}),
        (case({"enabled_by": ()}), {"BEN-R01 no-work"}),
        (case(projects=[Project(id="P", state="proposed", tasks=[Task(id="t", duration="1 d")])]), {"BEN-R01 no-work"}),
        (case(contributions=[Contribution(source="be", target="o", share=0.7), Contribution(source="P", target="o", share=0.4)]), {"BEN-R02 overclaimed"}),
        (case(contributions=[Contribution(source="be", target="o")]), {"BEN-R02 no-share"}),
        (case({"population": "riders"}, contributions=LEADS, benefits=[Benefit(**{**GOOD, "population": "riders"}), other(measure="Fares", population="Riders")]), {"BEN-R02 overlap"}),
        (case(contributions=LEADS, benefits=[Benefit(**{**GOOD, "population": "riders", "until": "2027-01-01"}), other(measure="fares", population="riders", planned_start="2027-01-02", until="2030-01-01")]), set()),
        (case({"baseline": None, "method": ""}), {"BEN-R03 incomplete"}),
        (case({"baseline_date": "2027-01-01"}), {"BEN-R03 late-baseline"}),
        (case(outcomes=[Outcome(id="oc", kind="business change", enabled_by=[Enabler(source="P/t")])], contributions=[*LEADS[:1], Contribution(source="oc", target="be", share=1)]), {"BEN-R04 no-disbenefit"}),
        (case({"owner": "pm"}), {"BEN-R05 owner-leaves"}),
        (case({"owner": "who"}), {"BEN-R05 owner-unknown"}),
        (case({"planned_start": "2025-06-01"}), {"BEN-R06 slipped"}),
        (case({"booked": False}), {"BEN-R07 not-booked"}),
        (case({"probability": None}), {"BEN-R08 unadjusted"}),
        (case(contributions=LEADS, benefits=[Benefit(**{**GOOD, "belongs_to": "T"}), other(measure="fares", belongs_to="U")]), {"BEN-R09 two-programmes"}),
        (case(contributions=LEADS, benefits=[Benefit(**{**GOOD, "category": "Revenue"}), other(measure="fares", category="avoided cost")]), {"BEN-R09 counted-twice"}),
        (case(projects=[Project(id="P", budget="100 GBP", actual="1 GBP", tasks=[Task(id="t", duration="1 d")], gates=[Gate(id="G", after="t")])]), {"BEN-R10 not-worth-it"}),
        (case(projects=[Project(id="P", budget="100 GBP", actual="99 GBP", tasks=[Task(id="t", duration="1 d")], gates=[Gate(id="G", after="t")])]), set()),
    ],
)  # fmt: skip
def test_every_benefit_rule_fires_on_its_own_offence_only(pf: Portfolio, expected: set[str]) -> None:
    assert rules(pf) == expected


def test_a_slipped_benefit_says_what_the_delay_costs_and_a_portfolio_without_any_is_left_alone() -> None:
    (found,) = heard(case({"planned_start": "2025-06-01"}), "benefit")
    assert "is planned from 2025-06-01 and cannot start before 2026-01-06, which costs " in found.message
    assert heard(Portfolio(id="x"), "benefit") == []


def test_exceptions_are_findings_for_whoever_set_a_tolerance() -> None:
    pf = pilot(finish="2026-03-05", tolerance=Tolerance(time="2 ed")).evolve(bodies=[DecisionBody(id="board", authority="5 GBP")])
    found = Findings(ipmo.check(pf)).of("ipmo/exception")
    assert [(f.item, f.rule, f.hint) for f in found] == [("P", "GOV-R04", "tell board, whose authority is not known to cover it")]
    assert not ipmo.check(pilot(finish="2026-03-05")).of("ipmo/exception")
    assert not ipmo.check(pilot(finish="2026-03-05", tolerance=Tolerance(time="10 ed"))).of("ipmo/exception")


DONE = {
    "duration": "100 d",
    "actual_start": "2026-01-01",
    "baseline_start": "2026-01-01",
    "baseline_finish": "2026-01-20",
    "budget": "100 GBP",
}


def test_work_that_is_all_done_raises_no_alarm() -> None:
    """It took twice its time and its money, and was reported so; nothing that is left can be slow, dear or stuck."""
    done = Task(id="t", actual_finish="2026-02-20", actual="60 GBP", **DONE)
    assert codes(pilot("2026-06-02", "green", "2026-02-20", done)) == set()
    open_still = Task(id="t", progress="30 %", remaining="20 d", actual="60 GBP", **DONE)
    assert codes(pilot("2026-06-02", "green", "2026-02-20", open_still)) >= {"spi-t", "tcpi", "stale"}
    months = [pilot(day, "green", day, done, risks=[Risk(id="R")]) for day in ("2026-03-02", "2026-04-01", "2026-05-01")]
    assert codes(months[2], *months[:2]) == set()
    assert "risks" in codes(
        *(pilot(day, "green", day, open_still, risks=[Risk(id="R")]) for day in ("2026-05-01", "2026-03-02", "2026-04-01"))
    )
    over = attrs.evolve(done, actual="160 GBP")
    assert codes(pilot("2026-06-02", "green", "2026-02-20", over)) == {"computed-worse"}, "what it cost is no better for being done"


def test_work_that_is_not_yet_due_raises_no_alarm() -> None:
    """Nine tenths are done and the rest is planned for autumn: not stuck, not sliding, and no report is due; without that plan it is."""
    first = Task(id="t", duration="90 d", actual_start="2026-01-01", actual_finish="2026-02-20")

    def month(day: str, **rest: Any) -> Portfolio:
        return pilot(day, "green", day, first, Task(id="r", duration="10 d", **rest), finish="2026-12-31")

    days = ("2026-05-01", "2026-03-02", "2026-04-01")
    assert codes(*(month(day, not_before="2026-10-01") for day in days)) == set()
    assert codes(*(month(day) for day in days)) == {"stuck", "bow-wave"}
    assert (
        codes(pilot("2026-06-02", "green", "2026-02-20", Task(id="r", duration="10 d", not_before="2026-10-01"), finish="2026-12-31"))
        == set()
    )
    assert codes(pilot("2026-06-02", "green", "2026-02-20", Task(id="r", duration="10 d"), finish="2026-12-31")) == {"stale"}


def test_what_happened_is_held_against_the_status_date_of_its_own_project() -> None:
    task = m.Task(id="y", duration="3 d", actual_start="2026-03-04", remaining="1 d")
    pf = m.Portfolio(
        id="x", start="2026-01-05", status_date="2026-03-02", calendar="continuous", projects=[m.Project(id="a", tasks=[task])]
    )

    def said(status: str | None) -> list[str]:
        own = pf.evolve(projects=[attrs.evolve(pf.projects[0], status_date=status)])
        return [one.message for one in ipmo.check(own) if one.code == "ipmo/actual-in-future"]

    assert said("2026-03-09") == said("2026-03-04") == []
    assert said(None) == ["actual_start of 'a/y' is 2026-03-04, after the status date 2026-03-02"]
    assert said("2026-03-03") == ["actual_start of 'a/y' is 2026-03-04, after the status date 2026-03-03 of 'a'"]
    late = pf.evolve(status_date="2026-03-09")
    assert not [one for one in ipmo.check(late) if one.code == "ipmo/actual-in-future"]


def test_work_without_dates_is_counted_by_its_own_reason() -> None:
    """`b` requires what is cancelled, `e` waits for a link to it, `d` requires `b`: three reasons, and what follows has that of what it follows."""
    work = m.Task(id="k", duration="10 d")
    projects = [
        m.Project(id="a", state="cancelled", tasks=[m.Task(id="y", duration="5 d")]),
        m.Project(id="b", state="active", requires=["a"], tasks=[work]),
        m.Project(id="d", state="active", requires=["b"], tasks=[work]),
        m.Project(id="e", state="active", tasks=[work, m.Task(id="z", duration="1 d", after="k")]),
    ]
    pf = m.Portfolio(
        id="x", start="2026-01-05", calendar="continuous", projects=projects, links=[m.Link(id="M", source="a/y", target="e/k")]
    )
    assert [one.message for one in ipmo.check(pf) if one.code == "ipmo/undated"] == [
        "1 item has no dates, because project 'b' requires 'a', which is cancelled: 'b/k'",
        "2 items have no dates, because link 'M' from 'a/y' never comes: project 'a' is cancelled: 'e/k', 'e/z'",
        "1 item has no dates, because project 'd' requires 'b', which lacks what it requires: 'd/k'",
    ]
