"""Compatible with MoP: it passes the conformance kit, and its rules say what they should."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.model import (
    Assumption,
    Baseline,
    Benefit,
    Condition,
    Contribution,
    Decision,
    DecisionBody,
    Emissions,
    Enabler,
    Gate,
    GateDecision,
    Issue,
    Link,
    MoneySettings,
    Objective,
    Outcome,
    Person,
    Portfolio,
    Programme,
    Project,
    Task,
    Tolerance,
)
from ipmo.plugin import CheckContext, Column, Table
from ipmo.testing.conformance import MethodologyConformance
from ipmo_mop import (
    MOP,
    Booking,
    BusinessCase,
    ChangeLimit,
    ConcentrationLimit,
    Contract,
    Criterion,
    Group,
    Idea,
    MopFields,
    Selection,
    Tranche,
)
from ipmo_mop.wording import named, said

SCALE = {"low": 1.0, "high": 5.0}
VALUE = Criterion(id="value", weight=0.6, scale=SCALE)
EASE = Criterion(id="ease", weight=0.4, scale=SCALE)
BOARD = DecisionBody(id="board", level="portfolio", authority="10 M GBP")
FULL = Tolerance(time="10 d", cost=0.1, benefits=0.1, quality="as agreed", scope="as agreed", sustainability="as agreed", risk="1 M GBP")


def mop(**fields: Any) -> dict[str, Any]:
    return {"extensions": {"mop": MopFields(**fields)}}


def portfolio(**more: Any) -> Portfolio:
    fields: dict[str, Any] = {
        "id": "x",
        "start": "2026-01-05",
        "money": MoneySettings(currency="GBP", discount="0.05"),
        "people": [Person(id="ann"), Person(id="bob")],
        "bodies": [BOARD],
        "objectives": [Objective(id="o")],
        "projects": [
            Project(id="P", owner="ann", alignment={"o": "high"}, tasks=[Task(id="a", duration="5 d")], tolerance=FULL),
            Project(id="Q", owner="bob", alignment={"o": "low"}, tasks=[Task(id="b", duration="5 d")], tolerance=FULL),
        ],
        "links": [Link(source="P/a", target="Q/b")],
        "baselines": [Baseline(id="B1", date="2026-01-05", approved_by="board")],
        **more,
    }
    return Portfolio(**fields)


def booked(*rows: Booking) -> Portfolio:
    benefit = Benefit(id="be", value="100 GBP per year", booked=True, **mop(booked_in=rows))
    return portfolio(people=[Person(id="ann"), Person(id="bob"), Person(id="cat", permanent=True)], benefits=[benefit])


def asked(days: int) -> Portfolio:
    """An idea that has waited for sixty days."""
    return portfolio(status_date="2026-03-02", **mop(ideas=(Idea(id="i", raised=date(2026, 1, 1)),), idea_limit=ipmo.Span(days, "ed")))


def granted(money: int) -> Portfolio:
    """Fifty pounds of planned cost, and a tranche for all of it."""
    parts = (Tranche(id="all", amount=ipmo.Money(money, "GBP"), on=date(2026, 1, 5)),)
    return portfolio(status_date="2026-01-05").evolve("P", tasks=[Task(id="a", duration="5 d", budget="50 GBP")], **mop(tranches=parts))


def emitting(most: int) -> Portfolio:
    """A hundred tonnes in 2026 under an envelope."""
    return portfolio(**mop(carbon_envelopes={"2026": Emissions(most)})).evolve("P", carbon="60 t CO2e").evolve("Q", carbon="40 t CO2e")


def since(day: date) -> dict[str, Any]:
    return mop(stage_since=day)


def with_gates(*gates: Gate, tasks: tuple[Task, ...] = (), **more: Any) -> Portfolio:
    return portfolio(status_date="2026-03-02", **more).evolve("P", gates=gates, tasks=tasks or [Task(id="a", duration="5 d")])


def go(outcome: str = "go", date: str = "2026-01-12", **more: Any) -> GateDecision:
    return GateDecision(outcome=outcome, date=date, **more)


CLEAN = portfolio()
SCORED = portfolio(**mop(criteria=(VALUE, EASE))).evolve("P", **mop(scores={"value": "high", "ease": "low"}))
BUDGETED = portfolio(**mop(envelopes={"2026": ipmo.Money(100, "GBP")})).evolve("P", budget="90 GBP").evolve("Q", budget="5 GBP")
WORTH = portfolio(
    benefits=[Benefit(id="be", enabled_by=[Enabler(source="P/a")], value="100 GBP per year", lasts="5 years")],
    contributions=[Contribution(source="be", target="o", share=1.0)],
).evolve("P", budget="200 GBP")
CASED = (
    portfolio(**mop(case=BusinessCase(horizon=ipmo.Span(120, "month"))))
    .evolve("P", **mop(case=BusinessCase(horizon=ipmo.Span(10, "year"))))
    .evolve("Q", **mop(case=BusinessCase(horizon=ipmo.Span(120, "month"))))
)
NEEDED = portfolio(resources=[{"id": "crew", "capacity": [{"from": "2026-01-01", "value": 1}]}]).evolve(
    "P/a", assignments=[{"resource": "crew", "units": 2}]
)
LIVE = portfolio().evolve("P/a", attributes={"goes_live_in": "shops"}).evolve("Q/b", attributes={"goes_live_in": "shops"})
STAGED = mop(stage_limits=ipmo.model.FrozenMap({"understand": ipmo.Span(90, "ed")}))
GO = with_gates(Gate(id="G1", decision=go()), Gate(id="G2", decision=go(date="2026-02-02")))
BREACHED = portfolio(status_date="2026-02-02").evolve("P", budget="100 GBP", forecast="200 GBP")
HERE = Path(__file__).parent
MUST = BUDGETED.evolve("P", **mop(mandatory=True), budget="120 GBP").evolve(
    "Q", budget=[{"amount": "5 GBP"}, {"amount": "7 GBP", "from": "2027-03-01"}]
)
OVERSPENT = BUDGETED.evolve("P", actual="101 GBP", actual_start="2026-01-05").evolve("x", status_date="2026-02-02")
ROUTES = portfolio(
    id="routes",
    objectives=[Objective(id="o"), Objective(id="p")],
    projects=[
        *(
            Project(
                id=name,
                state="proposed",
                category=category,
                budget=f"{cost} GBP",
                alignment={"o": "high"} if name == "A" else {},
                tasks=[Task(id="t", duration="10 d")],
                **mop(scores={"value": value, "ease": "low"}),
            )
            for name, category, cost, value in (
                ("A", "rail", 6, "5"),
                ("B", "road", 5, "4"),
                ("C", "rail", 5, "4"),
                ("D", "rail", 1, "1.5"),
            )
        ),
        *(Project(id=f"idle{n}", state="approved", tasks=[Task(id="t", duration="1 d")], **mop(mandatory=n == 1)) for n in (1, 2)),
    ],
    links=(),
    **mop(
        criteria=(VALUE, EASE), categories=("rail", "road", "sea"), envelopes={"2026": ipmo.Money(10, "GBP"), "2027": ipmo.Money(3, "GBP")}
    ),
)
CONDITION = Condition(id="K1", text="agree", owner="ann", due="2026-04-01")


class TestMoP(MethodologyConformance):
    methodology = MOP
    entry_point = "mop"
    said = HERE / "said.txt"
    shown = {
        "the city of the examples": ipmo.read(Path(__file__).parents[3] / "examples" / "city.yaml"),
        "a portfolio where every rule is broken": ipmo.read(HERE / "disorder.yaml"),
        "must-dos above the envelope": MUST,
        "more spent than the envelope": OVERSPENT,
        "a proposal that brings more for its money": WORTH.evolve(
            benefits=[*WORTH.benefits, Benefit(id="b2", enabled_by=[Enabler(source="Q/b")], value="100 GBP per year", lasts="5 years")],
            links=(),
        )
        .evolve("Q", state="proposed", budget="50 GBP")
        .evolve("P", gates=[Gate(id="G1", decision=go()), Gate(id="G2")]),
        "a budget that nobody knows": WORTH.evolve("P", budget=None),
        "routes to choose between": ROUTES,
        "nothing stated": Portfolio(id="x", start="2026-01-05", projects=[Project(id="P")]),
    }
    examples = {
        "mop/line-of-sight": (CLEAN, CLEAN.evolve("Q", alignment={})),
        "mop/criteria": (SCORED, SCORED.evolve("P", **mop(scores={"value": "middling", "ease": "low"}))),
        "mop/envelope": (BUDGETED, BUDGETED.evolve("Q", budget="20 GBP")),
        "mop/intake": (asked(60), asked(59)),
        "mop/tranches": (granted(50), granted(49)),
        "mop/carbon-envelope": (emitting(100), emitting(99)),
        "mop/selection-closed": (CLEAN, CLEAN.evolve("P", state="proposed")),
        "mop/baseline": (CLEAN, portfolio(baselines=())),
        "mop/comparable": (
            CASED,
            CASED.evolve("Q", **mop(case=BusinessCase(horizon=ipmo.Span(9, "year")))),
        ),
        "mop/booked": (
            booked(Booking(line="fares", owner="cat", amount=ipmo.Money(100, "GBP"))),
            booked(
                Booking(line="fares", owner="cat", amount=ipmo.Money(60, "GBP")),
                Booking(line="staff", owner="cat", amount=ipmo.Money(41, "GBP")),
            ),
        ),
        "mop/portfolio-question": (
            with_gates(Gate(id="G1", decision=go(evidence=["strategic", "affordable", "best-use"]))),
            with_gates(Gate(id="G1", decision=go(evidence=["strategic", "affordable"]))),
        ),
        "mop/role-capacity": (NEEDED.evolve("crew", capacity=[{"from": "2026-01-01", "value": 2}]), NEEDED),
        "mop/change-load": (
            LIVE.evolve("x", **mop(change_limits=(ChangeLimit(area="shops", most=2),))),
            LIVE.evolve("x", **mop(change_limits=(ChangeLimit(area="shops", most=1),))),
        ),
        "mop/concentration": (
            BUDGETED.evolve("x", **mop(concentration=(ConcentrationLimit(of="initiative", most=0.95),))),
            BUDGETED.evolve("x", **mop(concentration=(ConcentrationLimit(of="initiative", most=0.94),))),
        ),
        "mop/contracts": (
            CLEAN.evolve("x", **mop(contracts=(Contract(id="C1", supplier="acme", items=("P",), ends=date(2026, 1, 9)),))),
            CLEAN.evolve("x", **mop(contracts=(Contract(id="C1", supplier="acme", items=("P",), ends=date(2026, 1, 8)),))),
        ),
        "mop/pipeline": (
            portfolio(status_date="2026-06-01", **STAGED).evolve("P", attributes={"stage": "understand"}, **since(date(2026, 3, 3))),
            portfolio(status_date="2026-06-01", **STAGED).evolve("P", attributes={"stage": "understand"}, **since(date(2026, 3, 2))),
        ),
        "mop/stop-list": (WORTH, WORTH.evolve("P", budget="2000 GBP")),
        "mop/funding": (
            with_gates(Gate(id="G1", decision=go(funding="5 GBP"))).evolve("P", funding="5 GBP"),
            with_gates(Gate(id="G1", decision=go(funding="5 GBP"))).evolve("P", funding="6 GBP"),
        ),
        "mop/gate-sequence": (GO, with_gates(Gate(id="G1"), Gate(id="G2", decision=go()))),
        "mop/conditions": (
            with_gates(Gate(id="G1", decision=go("conditional go", conditions=[CONDITION]))),
            with_gates(Gate(id="G1", decision=go("conditional go", conditions=[CONDITION]))).evolve("x", status_date="2026-04-02"),
        ),
        "mop/escalated": (BREACHED.evolve(issues=[Issue(id="I1", item="P", name="Cost overrun")]), BREACHED),
        "mop/tolerances": (CLEAN, CLEAN.evolve("P", tolerance=None)),
        "mop/accountable": (CLEAN, CLEAN.evolve("P", owner=None)),
        "mop/assumptions": (
            portfolio(assumptions=[Assumption(id="A", state="confirmed")], decisions=[Decision(id="D1", state="decided", assumptions="A")]),
            portfolio(assumptions=[Assumption(id="A", state="false")], decisions=[Decision(id="D1", state="decided", assumptions="A")]),
        ),
        "mop/late-decision": (
            portfolio(decisions=[Decision(id="D1", need_by="2026-04-01")], status_date="2026-03-02"),
            portfolio(decisions=[Decision(id="D1", need_by="2026-02-02", body="board")], status_date="2026-03-02"),
        ),
        "mop/authority": (
            with_gates(Gate(id="G1", decision=go(funding="10 M GBP", decided_by="board"))),
            with_gates(Gate(id="G1", decision=go(funding="11 M GBP", decided_by="board"))),
        ),
        "mop/rebaselined": (
            CLEAN,
            portfolio(baselines=[Baseline(id=f"B{n}", date=f"2026-0{n}-05", approved_by="board") for n in range(1, 5)]),
        ),
    }
    extensions = {
        "mop": {
            "criteria": [{"id": "value", "weight": "60 %", "scale": {"low": 1, "high": 5}, "categories": ["rail"]}],
            "categories": ["rail"],
            "every": "financial year",
            "envelopes": {"2026/27": "10 M GBP"},
            "confidence": "80 %",
            "groups": [{"id": "route", "members": ["P", "Q"], "rule": "exactly one"}],
            "mandatory": True,
            "scores": {"value": "high"},
            "excludes": ["Q"],
            "case": {"discount": "3.5 %", "horizon": "10 years", "optimism": "uplift", "confidence": "80 %"},
            "concentration": [{"of": "supplier", "top": 2, "most": "40 %", "by": "budget"}],
            "suppliers": [{"id": "acme", "name": "Acme Ltd", "group": "Hold"}],
            "contracts": [{"id": "C1", "supplier": "acme", "items": ["P"], "value": "1 M GBP", "paid": "2 k GBP", "ends": "2026-12-31"}],
            "most_in_hand": 12,
            "stage_limits": {"understand": "90 ed"},
            "stage_since": "2026-03-03",
            "budget_lines": {"fares": "2 M GBP"},
            "booked_in": [{"line": "fares", "owner": "ann", "amount": "1 M GBP"}],
        }
    }


def heard(code: str, pf: Portfolio) -> list[str]:
    check = next(c for c in MOP.checks if c.code == code)
    return [f.message for f in check.run(CheckContext(portfolio=pf))]


# ------------------------------------------------------------------------------------------------ the cycles


def test_r01_traces_work_through_benefits_and_outcomes_to_objectives() -> None:
    through = portfolio(
        projects=[Project(id="P", tasks=[Task(id="a", duration="5 d")]), Project(id="Q", tasks=[Task(id="b", duration="5 d")])],
        outcomes=[Outcome(id="oc")],
        benefits=[Benefit(id="be", enabled_by=[Enabler(source="Q/b")], outcome="oc")],
        contributions=[Contribution(source="oc", target="o", share=0.6)],
    )
    assert not heard("mop/line-of-sight", through)  # P reaches the objective through its hand-over to Q
    assert heard("mop/line-of-sight", through.evolve(links=())) == ["project 'P' serves no objective"]
    twice = [Contribution(source="oc", target="o", share=0.6), Contribution(source="be", target="o", share=0.6)]
    assert "claim 120% of 'o'" in heard("mop/line-of-sight", through.evolve(contributions=twice))[0]
    assert heard("mop/line-of-sight", CLEAN.evolve(objectives=[Objective(id="o"), Objective(id="p")])) == [
        "objective 'p' is served by no initiative"
    ]


def test_r02_wants_categories_weights_and_scores_to_fit() -> None:
    uneven = SCORED.evolve("x", **mop(criteria=(VALUE, VALUE.__class__(id="ease", weight=0.3, scale=SCALE))))
    assert heard("mop/criteria", uneven) == ["the weights of the criteria sum to 0.9, not to 100 %: value 0.6, ease 0.3"]
    rail = Criterion(id="rail", weight=0.4, scale=SCALE, categories=("rail",))
    split = SCORED.evolve("x", **mop(criteria=(VALUE, rail), categories=("rail", "road")))
    assert heard("mop/criteria", split.evolve("Q", category="rail", **mop(scores={"value": "low"}))) == [
        "project 'P' has no category",
        "project 'P' is scored on 'ease', an unknown criterion",
        "project 'Q' is not scored on rail",
    ]
    assert "'rail', a criterion of another category" in " ".join(
        heard("mop/criteria", split.evolve("P", category="road", **mop(scores={"value": "low", "rail": "low"})))
    )
    assert heard("mop/criteria", SCORED.evolve("P", **mop(scores={"value": "6", "ease": "low"}))) == [
        "score of project 'P': 6 is not on the scale of criterion 'value', from 1 to 5"
    ]


def test_r04_asks_at_the_chosen_confidence() -> None:
    uncertain = BUDGETED.evolve("x", **mop(envelopes={"2026": ipmo.Money(130, "GBP")})).evolve(
        "P", budget={"low": "80 GBP", "likely": "100 GBP", "high": "150 GBP"}
    )
    assert not heard("mop/envelope", uncertain.evolve("P", budget="100 GBP"))
    surer = uncertain.evolve("x", **mop(envelopes={"2026": ipmo.Money(130, "GBP")}, confidence=0.9))
    assert not heard("mop/envelope", uncertain)
    assert "budgets of 2026 at P90 are" in heard("mop/envelope", surer)[0]


def test_r04_says_when_no_selection_is_feasible() -> None:
    must = BUDGETED.evolve("P", **mop(mandatory=True), budget="120 GBP")
    assert heard("mop/envelope", must) == ["what must be done in 2026 (P) costs 120; its envelope is 100: no selection is feasible"]


def test_r06_wants_the_selection_closed_and_in_time() -> None:
    assert "'P' is cancelled" in heard("mop/selection-closed", CLEAN.evolve("P", state="cancelled"))[0]
    assert not heard("mop/selection-closed", CLEAN.evolve("P", state="closed"))
    assert "requires 'P', which finishes 2026-01-09" in heard("mop/selection-closed", portfolio(links=()).evolve("Q", requires="P"))[0]


def test_r12_ignores_what_is_spent() -> None:
    sunk = WORTH.evolve("P", budget="2000 GBP", actual="1900 GBP")
    assert not heard("mop/stop-list", sunk)
    assert "less than it costs" in heard("mop/stop-list", WORTH.evolve("P", budget="2000 GBP", actual="100 GBP"))[0]
    better = WORTH.evolve(
        benefits=[*WORTH.benefits, Benefit(id="b2", enabled_by=[Enabler(source="Q/b")], value="100 GBP per year", lasts="5 years")]
    )
    better = better.evolve("Q", state="proposed", budget="50 GBP").evolve(links=())
    assert "'Q', which is not funded, has" in heard("mop/stop-list", better)[0]


# ------------------------------------------------------------------------------------------------ governance


def test_gov_r01_finds_work_behind_a_closed_gate() -> None:
    tasks = (Task(id="a", duration="5 d", actual_start="2026-02-02", after="G1"),)
    assert heard("mop/gate-sequence", with_gates(Gate(id="G1"), tasks=tasks)) == [
        "'a' of 'P' began or cost money behind gate 'G1', which has no decision"
    ]
    assert not heard("mop/gate-sequence", with_gates(Gate(id="G1", decision=go()), tasks=tasks))
    assert "stands at 'hold'" in heard("mop/gate-sequence", with_gates(Gate(id="G1", decision=go("hold")), tasks=tasks))[0]
    further = (Task(id="a", duration="5 d", after="G1"), Task(id="b", duration="5 d", after="a", actual="5 GBP"))
    assert heard("mop/gate-sequence", with_gates(Gate(id="G1"), tasks=further))[0].startswith("'b' of 'P' began or cost money behind")
    overdue = go("conditional go", conditions=[Condition(id="K", due="2026-02-02")])
    assert "stands at 'hold'" in heard("mop/gate-sequence", with_gates(Gate(id="G1", decision=overdue), tasks=tasks))[0]
    later = heard("mop/gate-sequence", with_gates(Gate(id="G1", decision=go(date="2026-02-09")), Gate(id="G2", decision=go())))
    assert later == ["gate 'G2' of 'P' got 'go', and gate 'G1' before it was decided later, on 2026-02-09"]


def test_gov_r03_wants_tolerances_to_nest() -> None:
    programme = Programme(id="T", owner="ann", tolerance=Tolerance(time="5 d", cost=0.1, risk="100 GBP"))
    nested = portfolio(
        programmes=[programme], projects=[Project(id="P", owner="ann", programme="T", budget="100 GBP", tolerance=FULL)], links=()
    )
    found = heard("mop/tolerances", nested)
    assert found == ["tolerance of project 'P' is wider than that of 'T': time 10 d against 5 d; risk 1 M GBP against 100 GBP"]
    assert (
        "no tolerance for benefits, quality, scope, sustainability, risk"
        in heard("mop/tolerances", CLEAN.evolve("P", tolerance=Tolerance(time="1 d", cost=0.1)))[0]
    )


def test_gov_r04_gives_a_fortnight_from_the_first_month_with_the_breach() -> None:
    def found(*history: Portfolio) -> list[str]:
        check = next(c for c in MOP.checks if c.code == "mop/escalated")
        return [f.message for f in check.run(CheckContext(portfolio=BREACHED, history=history))]

    calm = portfolio(status_date="2026-01-05").evolve("P", budget="100 GBP", forecast="100 GBP")
    assert not found(calm), "it is new this month"
    (told,) = found(calm, BREACHED.evolve("x", status_date="2026-01-12"))
    assert told.startswith("cost of 'P': ")
    assert told.endswith("forecast for 21 days; no open issue says so")


def test_gov_r05_wants_one_person_and_another_to_decide() -> None:
    assert "answered for by board 'board'" in heard("mop/accountable", CLEAN.evolve("P", owner="board"))[0]
    own = with_gates(Gate(id="G1", decision=go(decided_by="ann")))
    assert heard("mop/accountable", own) == ["'ann' answers for 'P' and decided its gate 'G1'"]


def test_gov_r09_names_who_may() -> None:
    low = DecisionBody(id="low", level="programme", authority="1 M GBP")
    pf = with_gates(Gate(id="G1", decision=go(funding="2 M GBP", decided_by="low")), bodies=[BOARD, low])
    (one,) = next(c for c in MOP.checks if c.code == "mop/authority").run(CheckContext(portfolio=pf))
    assert (one.message, one.hint) == ("gate 'G1' of 'P' released 2 M GBP; 'low' may release 1 M GBP", "board may")


def test_gov_r10_compares_with_the_first_baseline(tmp_path: Any) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        "ipmo: 1\nportfolio: {id: x, start: 2026-01-05, status_date: 2026-01-05}\nprojects:\n  - {id: P, tasks: [{id: a, duration: 5 d}]}\n"
    )
    ipmo.snapshot(path, baseline="B1")
    path.write_text(path.read_text().replace("duration: 5 d", "duration: 15 d"))
    ipmo.snapshot(path, baseline="B2")
    rows = "".join(f"  - {{id: B{n}, date: 2026-01-0{n}, file: baselines/B{n}.json}}\n" for n in (1, 2))
    path.write_text(f"{path.read_text()}baselines:\n{rows}")
    assert heard("mop/rebaselined", ipmo.read(path)) == [
        "project 'P' finishes 2026-01-23, 14 days after its first baseline said (2026-01-09)"
    ]


def test_gates_ask_for_evidence_checks_and_authority() -> None:
    pf = with_gates(
        Gate(id="G3", name="Investment decision", body="board", evidence={"full-case": "paper 7"}), methodologies={"portfolio": "mop"}
    )
    view = ipmo.gates(pf.evolve("P", budget="11 M GBP"))["P/G3"]
    assert (view.method, view.missing, view.covered) == ("mop", ("funding-agreed", "benefits-baselined"), False)
    assert "board may not release 11 M GBP" in view.why


def test_the_report_has_the_section(tmp_path: Any) -> None:
    pf = SCORED.evolve("Q", budget="20 GBP", **mop(scores={"value": "low", "ease": "high"})).evolve("P", budget="90 GBP")
    pf = pf.evolve("x", methodologies={"portfolio": "mop"}, **mop(criteria=(VALUE, EASE), envelopes={"2026": ipmo.Money(100, "GBP")}))
    html = ipmo.report(pf, tmp_path / "r.html").read_text(encoding="utf-8")
    for words in ("Selection: what the portfolio is for", "The best selection is worth 60", "it is the optimum", "change places"):
        assert words in html


def test_wrong_data_is_located(tmp_path: Any) -> None:
    path = tmp_path / "x.yaml"
    scale = "scale: {low: 1, high: 5}"
    for fields, words in (
        (f"criteria: [{{id: a, weight: 0.5, {scale}}}, {{id: a, weight: 0.5, {scale}}}]", "criterion 'a' is given twice"),
        (f"criteria: [{{id: a, weight: -1, {scale}}}]", "must be between 0 and 1"),
        ("criteria: [{id: a, weight: 1, scale: {low: 1}}]", "needs a scale with two anchors at least"),
        ("envelopes: {sometime: 1 GBP}", "'sometime' is no year; write for example 2026"),
        ("every: quarter, envelopes: {2026: 1 GBP}", "'2026' is no quarter; write for example 2026-Q4"),
        ("envelopes: {2026: -1 GBP}", "an envelope is not negative"),
        ("confidence: 1", "confidence is a share between 0 and 100 %"),
        ("groups: [{id: g, members: [P], rule: two}]", "'two' is not one of exactly one, at most one"),
    ):
        path.write_text(f"ipmo: 1\nportfolio:\n  id: x\n  extensions: {{mop: {{{fields}}}}}\n")
        with pytest.raises(ipmo.IpmoError) as caught:
            ipmo.read(path)
        assert words in str(caught.value)
        assert "x.yaml:4" in str(caught.value)


def test_groups_and_exclusions_of_unknown_projects_are_said() -> None:
    pf = portfolio(**mop(groups=(Group(id="g", members=("P", "nope")),))).evolve("Q", **mop(excludes=("Q", "gone")))
    assert heard("mop/selection-closed", pf) == [
        "group 'g' has the unknown project 'nope'",
        "project 'Q' excludes itself",
        "project 'Q' excludes the unknown project 'gone'",
    ]


def first_words(pf: Portfolio) -> str:
    return str(next(iter(MOP.sections[0].show(CheckContext(portfolio=pf)))))


@pytest.mark.parametrize(("idle", "said"), [(8, "i0, i1, i2, i3, i4, i5, i6, i7."), (9, "i0, i1, i2, i3, i4, i5, i6, i7 and 1 more.")])
def test_the_report_names_eight_projects_that_serve_nothing_and_counts_the_rest(idle: int, said: str) -> None:
    pf = portfolio(projects=[Project(id=f"i{n}") for n in range(idle)], links=())
    assert first_words(pf) == f"{idle} projects serve 0 of 1 objective. Served by none: o. Serving none: {said}"


def test_the_line_of_sight_that_the_page_shows_is_not_shown_again() -> None:
    pf = portfolio(objectives=[Objective(id="o")], projects=[Project(id="P", name="Depot")], links=())
    assert list(MOP.sections[0].show(CheckContext(portfolio=pf))) == [
        "1 project serves 0 of 1 objective. Served by none: o. Serving none: Depot."
    ]


def test_sentences_of_the_report_name_what_they_are_about() -> None:
    pf = portfolio(objectives=(), projects=[Project(id="tram", name="Tram line 3"), Project(id="bus")], links=())
    assert named(pf, ["tram", "bus", "gone"]) == "Tram line 3, bus, gone"
    text = "tram requires bus; take tram, not tram-2 or P/tram, trams or tram/t; drop tram"
    assert said(pf, text, ["bus", "tram"]) == (
        "Tram line 3 requires bus; take Tram line 3, not tram-2 or P/tram, trams or tram/t; drop Tram line 3"
    )
    assert said(pf, text, []) == text


@pytest.mark.parametrize(("candidates", "shown"), [(60, True), (61, False)])
def test_the_report_gives_reasons_for_up_to_sixty_candidates(candidates: int, shown: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = Table([Column("project", "str", ["p00"]), Column("why", "str", ["p00 is in"])])
    monkeypatch.setattr(Selection, "table", lambda self: reasons)  # a solve for each of sixty takes a while
    rows = [
        Project(id=f"p{n:02}", state="proposed", budget="1 GBP", tasks=[Task(id="t", duration="1 d")], **mop(scores={"value": "high"}))
        for n in range(candidates)
    ]
    whole = Criterion(id="value", weight=1.0, scale=SCALE)
    pf = portfolio(objectives=(), projects=rows, links=(), **mop(criteria=(whole,), envelopes={"2026": ipmo.Money(2, "GBP")}))
    assert (reasons in list(MOP.sections[0].show(CheckContext(portfolio=pf)))) is shown


def test_money_by_category_counts_proposals_and_says_of_how_many_it_is_not_known() -> None:
    rows = [
        Project(id=name, state=state, category=category, budget=budget)
        for name, state, category, budget in (
            ("A", "proposed", "rail", "6 GBP"),
            ("B", "active", "rail", "5 GBP"),
            ("C", "active", "rail", None),
            ("D", "closed", "rail", "9 GBP"),
            ("E", "proposed", "road", None),
        )
    ]
    pf = portfolio(objectives=(), projects=rows, links=(), **mop(criteria=(VALUE, EASE), categories=("rail", "road", "sea")))
    table = list(MOP.sections[0].show(CheckContext(portfolio=pf)))[-1]
    assert isinstance(table, ipmo.Table)
    assert [tuple(row.values()) for row in table.rows()] == [("rail", 3, 11.0, 1), ("road", 1, None, 1), ("sea", 0, None, 0)]
    assert table.unit("budget") == "GBP"


def test_gov_r09_and_r03_are_asked_also_where_an_exchange_rate_is_missing() -> None:
    low = DecisionBody(id="abroad", level="portfolio", authority="9 USD")
    pf = with_gates(Gate(id="G1", decision=go(funding="11 M GBP", decided_by="board")), bodies=[BOARD, low])
    (one,) = next(c for c in MOP.checks if c.code == "mop/authority").run(CheckContext(portfolio=pf))
    assert one.message == "gate 'G1' of 'P' released 11 M GBP; 'board' may release 10 M GBP"
    assert one.hint == "let a board decide whose authority covers it; to hear which, add rates:"
    wide = portfolio(tolerance=Tolerance(cost=0.05)).evolve("P", budget="5 USD")
    assert "tolerance of project 'P' is wider than that of 'x': cost 10% against 5% of budgets that are not known" in heard(
        "mop/tolerances", wide
    )


def test_the_report_shows_what_to_fund_also_where_only_envelopes_are_stated() -> None:
    bare = portfolio(objectives=(), projects=[Project(id="P", budget="1 GBP")], links=())
    assert list(MOP.sections[0].show(CheckContext(portfolio=bare))) == []
    blocks = list(MOP.sections[0].show(CheckContext(portfolio=bare.evolve("x", **mop(envelopes={"2026": ipmo.Money(2, "GBP")})))))
    assert blocks[0] == "# What to fund"
    scored = list(MOP.sections[0].show(CheckContext(portfolio=bare.evolve("x", **mop(criteria=(VALUE, EASE))))))
    assert scored[0] == "# Scores"


def test_money_by_category_has_no_unit_where_the_portfolio_names_no_currency() -> None:
    pf = Portfolio(
        id="x", start="2026-01-05", projects=[Project(id="P", category="rail")], **mop(criteria=(VALUE, EASE), categories=("rail",))
    )
    table = list(MOP.sections[0].show(CheckContext(portfolio=pf)))[-1]
    assert isinstance(table, ipmo.Table)
    assert table.unit("budget") == ""


def test_gov_r08_says_what_a_day_of_waiting_costs() -> None:
    pf = portfolio(
        status_date="2026-03-02",
        benefits=[
            Benefit(id="be", enabled_by=[Enabler(source="P/a")], value="36525 GBP per year", lasts="2 years", planned_start="2026-02-02")
        ],
        decisions=[Decision(id="D1", question="Buy?", need_by="2026-02-02", blocks=["P/a"], body="board")],
    )
    (due,) = ipmo.decisions_due(pf)
    assert due.day_costs is not None
    assert heard("mop/late-decision", pf) == [
        f"decision 'D1' was needed by 2026-01-23, 38 days ago: Buy?; be fails first; each day more costs {due.day_costs}"
    ]


def test_mop_r14_says_that_a_release_without_an_exchange_rate_cannot_be_compared() -> None:
    pf = with_gates(Gate(id="G1", decision=go(funding="5 USD"))).evolve("P", funding="0.5 GBP")
    assert heard("mop/funding", pf) == [
        "whether project 'P' has more than its gates released cannot be said, because an exchange rate is missing"
    ]
