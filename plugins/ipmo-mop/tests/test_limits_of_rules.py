"""Limits of the rules of the portfolio cycles, each worked out by hand."""

from __future__ import annotations

import copy
from typing import Any

import attrs
import pytest

import ipmo
from ipmo import Money
from ipmo.model import (
    Benefit,
    BudgetLine,
    Condition,
    DecisionBody,
    Gate,
    GateDecision,
    MoneySettings,
    Person,
    Portfolio,
    Programme,
    Project,
    Task,
    Tolerance,
)
from ipmo.plugin import CheckContext, Finding
from ipmo_mop import MOP, Criterion, MopFields

CHECKS = {check.code.removeprefix("mop/"): check for check in MOP.checks}


def said(code: str, pf: Portfolio) -> list[Finding]:
    return list(CHECKS[code].run(CheckContext(portfolio=pf)))


def messages(code: str, pf: Portfolio) -> list[str]:
    return [finding.message for finding in said(code, pf)]


def portfolio(*projects: Project, **more: Any) -> Portfolio:
    settings = {"money": MoneySettings(currency="GBP", discount="0"), "status_date": "2026-01-01", **more}
    return Portfolio(id="x", start="2026-01-01", calendar="continuous", projects=projects, **settings)


# ------------------------------------------------------------------------------------------------ MOP-R12


def worth(cost: int, other: int | None = None, **more: Any) -> Portfolio:
    """A running project with 400 to come for what it costs, beside a proposal with 300 to come."""
    work = [Task(id="a", duration="5 d")]
    projects = [Project(id="P", budget=f"{cost} GBP", tasks=work, **more)]
    benefits = [Benefit(id="b", enabled_by=["P/a"], value="400 GBP per year", lasts="1 year")]
    if other is not None:
        projects.append(Project(id="Q", state="proposed", budget=f"{other} GBP", tasks=work))
        benefits.append(Benefit(id="c", enabled_by=["Q/a"], value="300 GBP per year", lasts="1 year"))
    return portfolio(*projects, benefits=benefits)


def ratios(pf: Portfolio) -> list[float]:
    return [round(row.ratio, 6) for row in ipmo.worth_going_on(pf) if row.ratio is not None]


def test_work_is_named_when_it_brings_less_than_it_costs_and_not_when_it_brings_as_much() -> None:
    assert ratios(worth(400)) == [1.0]
    assert said("stop-list", worth(400)) == []
    assert said("stop-list", worth(250)) == [], "1.6 for each unit"
    (told,) = said("stop-list", worth(500))
    assert (told.item, told.severity.value, told.hint) == ("P", "warning", "stop it, or say what else it is for")
    assert told.message.startswith("project 'P' has 0.80 of benefit to come for each unit of money still to be spent: less than it costs")
    assert said("stop-list", worth(500, extensions={"mop": MopFields(mandatory=True)})) == [], "it must be done"
    for state, named in (("approved", True), ("active", True), ("proposed", False), ("closed", False)):
        assert bool(said("stop-list", worth(500, state=state))) is named, state


def test_work_that_stands_in_for_other_work_is_not_stopped_together_with_it() -> None:
    """Either of them brings the 400 by itself, and each costs 500: stopping one loses nothing, stopping both all of it."""
    work = [Task(id="a", duration="5 d")]
    rows = [Project(id=name, budget="500 GBP", tasks=work) for name in ("P", "Q")]
    either = Benefit(id="b", any_of=["P/a", "Q/a"], value="400 GBP per year", lasts="1 year")
    told = said("stop-list", portfolio(*rows, benefits=[either]))
    assert [(f.item, f.hint) for f in told] == [
        (name, "keep one of those that stand in for one another, stop the others, or say what else they are for") for name in ("P", "Q")
    ]


@pytest.mark.parametrize(
    ("more", "severity", "hint", "ending"),
    [
        ({}, "warning", "stop it, or say what else it is for", "less than it costs"),
        ({"exit_cost": "50 GBP"}, "warning", "stop it, or say what else it is for", "50 GBP more than is lost"),
        ({"exit_cost": "100 GBP"}, "info", "going on is the lesser loss: look for a cheaper way out", "as much as is lost"),
        ({"exit_cost": "150 GBP"}, "info", "going on is the lesser loss: look for a cheaper way out", "50 GBP less than is lost"),
        (
            {"tasks": [Task(id="a", duration="5 d", actual_start="2025-12-20", remaining="3 d")]},
            "info",
            "write what it has cost so far (actual:) before you stop it",
            "what 'P/a' cost so far is not recorded (actual:)",
        ),
    ],
)
def test_what_to_do_with_work_that_brings_less_than_it_costs(more: dict[str, Any], severity: str, hint: str, ending: str) -> None:
    (told,) = said("stop-list", worth(500).evolve("P", **more))
    assert (told.item, told.part, told.severity.value, told.hint) == ("P", "", severity, hint)
    unsaid = severity == "info" and "tasks" in more
    assert f"has {'at least ' if unsaid else ''}0.80 of benefit to come for each unit of money still to be spent: " in told.message
    assert ("whether that is less than it costs is not known" in told.message) is unsaid
    assert told.message.endswith(ending)


def test_gates_out_of_order_and_work_after_a_kill_are_told_with_what_to_do() -> None:
    go, kill = {"outcome": "go", "date": "2026-01-05"}, {"outcome": "kill", "date": "2026-01-05"}
    work = [Task(id="b", duration="5 d", actual_start="2026-01-06"), Task(id="a", duration="5 d", actual_start="2026-01-06")]
    (late,) = said("gate-sequence", portfolio(Project(id="P", gates=[Gate(id="1"), Gate(id="2", decision=go)])))
    assert (late.item, late.part, late.severity.value, late.hint) == ("P/2", "", "error", "decide the gates in order")
    (after,) = said("gate-sequence", portfolio(Project(id="P", tasks=work, gates=[Gate(id="G", decision=kill)])))
    assert (after.item, after.part, after.severity.value, after.hint) == ("P/G", "kill", "error", "stop the work, or decide the gate anew")
    assert after.message == "'a', 'b' of 'P' began after gate 'G' had stopped the project on 2026-01-05"
    same_day = portfolio(Project(id="P", tasks=[attrs.evolve(work[0], actual_start="2026-01-05")], gates=[Gate(id="G", decision=kill)]))
    assert said("gate-sequence", same_day) == [], "on the day of the kill"
    twice = [Gate(id="later", decision={**kill, "date": "2026-03-01"}), Gate(id="G", decision=kill)]
    (first,) = messages("gate-sequence", portfolio(Project(id="P", tasks=work[:1], gates=twice)))
    assert first == "'b' of 'P' began after gate 'G' had stopped the project on 2026-01-05", "the first of two in time"


def test_more_granted_or_spent_than_released_is_told_with_what_to_do() -> None:
    (told,) = said("funding", granted("11 GBP", release(10, "2026-02-01"), status="2026-03-01"))
    assert (told.item, told.part, told.severity.value, told.hint) == ("P", "", "error", "hold the gate that releases the rest")
    (told,) = said("funding", granted(None, release(10, "2026-02-01"), status="2026-03-01", actual="11 GBP"))
    assert (told.item, told.part, told.severity.value) == ("P", "spent", "error")
    assert told.hint == "stop the spending, or decide the gate that releases it"
    assert told.message == "project 'P' has spent 11; its gates released 10"


def test_work_is_compared_with_a_proposal_that_brings_more_for_its_money() -> None:
    assert ratios(worth(250, 150)) == [1.6, 2.0]
    (told,) = said("stop-list", worth(250, 150))
    assert (told.item, told.severity.value, told.hint) == ("P", "warning", "compare the two at its next gate")
    assert told.message == (
        "project 'P' has 1.60 of benefit to come for each unit of money still to be spent; 'Q', which is not funded, has 2.00"
    )
    assert said("stop-list", worth(200, 150)) == [], "both bring two"
    assert said("stop-list", worth(160, 150)) == [], "the proposal brings less"


def test_work_to_be_stopped_is_named_at_its_open_gate() -> None:
    gates = [Gate(id="G1", decision={"outcome": "go", "date": "2025-12-01"}), Gate(id="G2"), Gate(id="G3")]
    assert [f.item for f in said("stop-list", worth(500, gates=gates))] == ["P/G2"]


# ------------------------------------------------------------------------------------------------ MOP-R14


def granted(funding: Any, *decisions: GateDecision | None, status: str | None = None, **more: Any) -> Portfolio:
    gates = [Gate(id=f"G{n}", decision=decision) for n, decision in enumerate(decisions)]
    return portfolio(Project(id="P", funding=funding, gates=gates, tasks=[Task(id="a", duration="5 d")], **more), status_date=status)


def release(amount: int, day: str, outcome: str = "go", **more: Any) -> GateDecision:
    return GateDecision(outcome=outcome, date=day, funding=Money(amount, "GBP"), **more)


def lines(*rows: tuple[str, int]) -> list[BudgetLine]:
    return [BudgetLine(amount=f"{amount} GBP", since=day) for day, amount in rows]  # type: ignore[arg-type]


def test_without_a_status_date_grants_count_up_to_the_last_release() -> None:
    """What lies after the last gate that released money is a plan."""
    first, second = release(10, "2026-02-01"), release(5, "2026-05-01")
    assert messages("funding", granted(lines(("2026-02-01", 10), ("2026-05-01", 5), ("2026-08-01", 90)), first, second)) == []
    assert messages("funding", granted(lines(("2026-02-01", 10), ("2026-04-30", 5)), first, second)) == [
        "project 'P' has 15 of funding by 2026-04-30; its gates released 10"
    ]
    assert messages("funding", granted(lines(("2026-02-01", 10), ("2026-05-01", 6)), first, second)) == [
        "project 'P' has 16 of funding by 2026-05-01; its gates released 15"
    ]
    assert messages("funding", granted(lines(("2026-01-31", 1)), first, second)) == [
        "project 'P' has 1 of funding by 2026-01-31; its gates released 0"
    ]


def test_with_a_status_date_grants_count_up_to_that_day() -> None:
    plan = lines(("2026-02-01", 10), ("2026-06-01", 1))
    assert messages("funding", granted(plan, release(10, "2026-02-01"), status="2026-05-31")) == []
    assert messages("funding", granted(plan, release(10, "2026-02-01"), status="2026-06-01")) == [
        "project 'P' has 11 of funding by 2026-06-01; its gates released 10"
    ]


def test_only_a_go_with_an_amount_releases_money() -> None:
    assert messages("funding", granted("9 GBP")) == [], "no gate says an amount"
    assert messages("funding", granted("9 GBP", GateDecision(outcome="go", date="2026-02-01"))) == []
    for outcome, allowed in (("go", 10), ("conditional go", 10), ("hold", 0), ("recycle", 0), ("kill", 0)):
        told = messages("funding", granted("11 GBP", release(10, "2026-02-01", outcome)))
        assert told == [f"project 'P' has 11 of funding; its gates released {allowed}"], outcome
    lapsed = release(10, "2026-02-01", "conditional go", conditions=[Condition(id="c", due="2026-03-01")])
    used = {"actual": lines(("2026-02-10", 4))}
    assert messages("funding", granted(None, lapsed, status="2026-06-01", **used)) == [], "spent before it lapsed"
    late = {"actual": lines(("2026-02-10", 4), ("2026-03-02", 1))}
    assert messages("funding", granted(None, lapsed, status="2026-06-01", **late)) == [
        "project 'P' has spent 5 by 2026-03-02; its gates released 4"
    ]
    assert messages("funding", granted(None, lapsed, status="2026-02-28", **used)) == []


# ------------------------------------------------------------------------------------------------ GOV-R03


def tolerated(own: Tolerance, whole: Tolerance, *, at: str = "portfolio", budget: str | None = "100 GBP") -> list[str]:
    """What is said of project P of 100 beside another of 200, each with its tolerance; limits of the whole, or of their programme."""
    programmes = [Programme(id="T", tolerance=whole if at == "programme" else None)]
    projects = [
        Project(id="P", programme="T", budget=budget, tolerance=own, tasks=[Task(id="a", duration="5 d")]),
        Project(id="Q", programme="T" if at == "portfolio" else None, budget="200 GBP", tasks=[Task(id="a", duration="5 d")]),
    ]
    pf = portfolio(*projects, programmes=programmes, tolerance=whole if at == "portfolio" else None)
    return [message for message in messages("tolerances", pf) if "is wider than" in message]


def test_a_share_of_a_part_is_held_against_the_share_of_the_whole_in_money() -> None:
    ten = Tolerance(cost=0.1)
    assert tolerated(Tolerance(cost=0.3), ten) == [], "30 of 100 are as much as 30 of 300"
    assert tolerated(Tolerance(cost=0.31), ten) == [
        "tolerance of project 'P' is wider than that of 'x': cost 31% of 100 GBP against 10% of 300 GBP"
    ]
    assert tolerated(Tolerance(cost=0.1), ten, at="programme") == []
    assert tolerated(Tolerance(cost=0.11), ten, at="programme") == [
        "tolerance of project 'P' is wider than that of 'T': cost 11% of 100 GBP against 10% of 100 GBP"
    ]
    assert tolerated(Tolerance(cost=0.1), ten, budget=None) == []
    assert tolerated(Tolerance(cost=0.11), ten, budget=None) == [
        "tolerance of project 'P' is wider than that of 'x': cost 11% against 10% of budgets that are not known"
    ]


@pytest.mark.parametrize(("own", "wider"), [(0.2, False), (0.25, True)])
def test_shares_of_benefits_that_nobody_knows_are_compared_as_shares(own: float, wider: bool) -> None:
    found = tolerated(Tolerance(benefits=own), Tolerance(benefits=0.2))
    assert found == (["tolerance of project 'P' is wider than that of 'x': benefits 25% against 20%"] if wider else [])


@pytest.mark.parametrize(
    ("own", "whole", "wider"),
    [("7 ed", "1 w", False), ("8 ed", "1 w", True), ("1 month", "30 ed", True), ("1 month", "31 ed", False), ("2 d", "2 ed", False), ("3 d", "2 ed", True)],
)  # fmt: skip
def test_times_are_compared_by_the_clock_on_the_wall(own: str, whole: str, wider: bool) -> None:
    found = tolerated(Tolerance(time=own), Tolerance(time=whole))  # type: ignore[arg-type]
    assert found == ([f"tolerance of project 'P' is wider than that of 'x': time {own} against {whole}"] if wider else [])


# ------------------------------------------------------------------------------------------------ what to fund


def section(pf: Portfolio) -> list[object]:
    return list(MOP.sections[0].show(CheckContext(portfolio=pf)))


def scored(envelope: int, **budgets: int) -> Portfolio:
    value = Criterion(id="value", weight=1.0, scale={"low": 1.0, "high": 5.0})
    projects = [
        Project(id=name, state="proposed", budget=[{"amount": f"{cost} GBP", "from": "2026-03-01"}], extensions={"mop": MopFields(scores={"value": "high"})})
        for name, cost in budgets.items()
    ]  # fmt: skip
    fields = MopFields(criteria=(value,), envelopes={"2026": Money(envelope, "GBP")})
    return portfolio(*projects, extensions={"mop": fields})


def test_the_report_says_what_to_fund_and_where_it_is_nothing() -> None:
    assert "The best selection is worth 100 (it is the optimum): A." in section(scored(10, A=10, B=11))
    assert "The best selection is worth 0 (it is the optimum): nothing." in section(scored(9, A=10, B=11))


def test_the_report_claims_no_gap_where_none_is_known_and_no_selection_where_none_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    import ipmo_mop

    pf = scored(10, A=10, B=11)
    known = ipmo_mop.select(pf)
    for change, words in (
        ({"bound": None}, "The best selection is worth 100: A."),
        ({"bound": 112.5}, "The best selection is worth 100 (at most 12.5% could be gained): A."),
        ({"status": "unknown", "value": None, "chosen": None}, "No selection was found in 20 seconds."),
    ):
        found = copy.copy(known)
        found.choice = attrs.evolve(known.choice, **{"status": "feasible", **change})
        monkeypatch.setattr(ipmo_mop, "select", lambda *_, found=found, **__: found)
        assert words in section(pf)


# ------------------------------------------------------------------------------------------------ GOV-R09, and sums of risk


@pytest.mark.parametrize(
    ("every", "first", "second", "period"),
    [
        ("month", "2026-03-01", "2026-03-31", "2026-03"),
        ("month", "2026-03-31", "2026-04-01", ""),
        ("quarter", "2026-01-01", "2026-03-31", "2026-Q1"),
        ("quarter", "2026-04-01", "2026-06-30", "2026-Q2"),
        ("quarter", "2026-07-31", "2026-09-01", "2026-Q3"),
        ("quarter", "2026-10-01", "2026-12-31", "2026-Q4"),
        ("quarter", "2026-03-31", "2026-04-01", ""),
        ("year", "2026-04-01", "2027-03-31", "2026/27"),  # as of envelopes, the financial year that the portfolio states
        ("year", "2026-03-31", "2026-04-01", ""),
        ("financial year", "2026-04-01", "2027-03-31", "2026/27"),
        ("financial year", "2026-03-31", "2026-04-01", ""),
    ],
)
def test_tranches_of_one_period_add_up_and_those_of_two_do_not(every: str, first: str, second: str, period: str) -> None:
    gates = [
        Gate(id=f"G{n}", decision=release(3, day, decided_by="board")) for n, day in enumerate((first, second))
    ]  # three each, of the five that the board may release
    pf = portfolio(
        Project(id="P", owner="ann", gates=gates),
        bodies=[DecisionBody(id="board", level="portfolio", authority="5 GBP")],
        people=[Person(id="ann")],
        money=MoneySettings(currency="GBP", financial_year="apr"),
        extensions={"mop": MopFields(every=every)},
    )
    told = [(f.item, f.message) for f in said("authority", pf)]
    words = f"gates 'G0', 'G1' of 'P' released 6 together in {period}; 'board' may release 5 GBP"
    assert told == ([("P/G1", words)] if period else [])


def test_risks_that_fit_one_by_one_and_not_together_are_told_with_what_to_do() -> None:
    def risked(*risks: int, most: int = 5) -> list[Finding]:
        projects = [Project(id=f"P{n}", tolerance=Tolerance(risk=f"{risk} GBP")) for n, risk in enumerate(risks)]  # type: ignore[arg-type]
        pf = portfolio(*projects, tolerance=Tolerance(risk=f"{most} GBP"))  # type: ignore[arg-type]
        return [f for f in said("tolerances", pf) if "may bear sums" in f.message]

    assert risked(2, 3) == []
    (told,) = risked(3, 3)
    assert (told.item, told.hint) == ("", "narrow them, or widen the one above")
    assert told.message == "the risk that 'P0', 'P1' may bear sums to 6; 'x', which holds them, may bear 5 GBP"
    assert risked(6, 1) == [], "one that does not fit is told by itself"


def test_a_sum_of_risk_and_a_limit_of_one_project_are_two_facts_of_the_whole() -> None:
    projects = [Project(id=f"P{n}", tolerance=Tolerance(risk="3 GBP")) for n in range(2)]  # type: ignore[arg-type]
    (told,) = [f for f in said("tolerances", portfolio(*projects, tolerance=Tolerance(risk="5 GBP"))) if "bear sums" in f.message]  # type: ignore[arg-type]
    assert told.part == "risk"


def test_money_by_category_counts_as_unknown_what_no_rate_turns_into_the_currency() -> None:
    pf = portfolio(
        Project(id="A", category="rail", budget="5 GBP"),
        Project(id="B", category="rail", budget="7 EUR"),
        Project(id="C", category="road", state="proposed", budget="2 GBP"),
        extensions={
            "mop": MopFields(criteria=(Criterion(id="v", weight=1.0, scale={"low": 1.0, "high": 5.0}),), categories=("rail", "road"))
        },
    )
    table = section(pf)[-1]
    assert isinstance(table, ipmo.Table)
    rows = {row["category"]: row for row in table.rows()}
    assert (rows["rail"]["budget"], rows["road"]["budget"]) == (5.0, 2.0)
    assert "# Money by category" in section(pf)
    stated = pf.extensions["mop"]
    without = pf.evolve("x", extensions={"mop": attrs.evolve(stated, categories=())})
    assert "# Money by category" not in section(without), "no categories are stated to share it between"
