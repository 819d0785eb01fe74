"""A missing exchange rate blanks what needs it, not everything, and every answer says which, how many and what to do.

A and C are in pounds, B in dollars, and there is no rate: B's money is unknown, that of A and C stays, and no sum is shown as whole.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import ipmo
from ipmo.analysis.change.scenarios import scenarios
from ipmo.changes import Stop
from ipmo.cli import main
from ipmo.model import Benefit, Enabler, MoneySettings, Portfolio, Programme, Project, RateRow, Task
from ipmo.units import Money

WORK = {"duration": "20 d", "progress": "50 %", "actual_start": "2026-01-05", "remaining": "10 d"}
NO_RATE = "no rate from USD to GBP on 2026-02-02; add one under rates:"


def pounds(amount: int) -> Money:
    return Money(amount, "GBP")


def mixed() -> Portfolio:
    def work(budget: str, actual: str, forecast: str) -> list[Task]:
        return [Task(id="t", budget=budget, actual=actual, forecast=forecast, **WORK)]  # type: ignore[arg-type]

    return Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-02-02",
        money=MoneySettings(currency="GBP", discount="5 %"),
        projects=[
            Project(id="A", tasks=work("100 GBP", "50 GBP", "100 GBP")),
            Project(id="B", tasks=work("200 USD", "90 USD", "210 USD")),
            Project(id="C", tasks=work("300 GBP", "150 GBP", "310 GBP")),
        ],
        benefits=[
            Benefit(id=f"b{n}", enabled_by=[Enabler(source=f"{p}/t")], value=f"1000 {c}", planned_start="2026-02-01", probability=1.0)
            for n, p, c in ((1, "A", "GBP"), (2, "B", "USD"))
        ],
    )


def test_roll_up_knows_the_rest_and_names_what_is_missing() -> None:
    found = ipmo.roll_up(mixed(), "budget")
    assert [found[name].value for name in ("A", "B", "C", "x")] == [pounds(100), None, pounds(300), pounds(400)]
    assert (found["x"].known, found["x"].total) == (2, 3)
    (why,) = found.unrated
    assert why.startswith("budget of 'B/t' is 200 USD")
    assert why.endswith(NO_RATE)
    assert ipmo.roll_up(mixed(), "budget", by="month").unrated == found.unrated
    assert ipmo.roll_up(mixed(), "finish").unrated == ipmo.roll_up(mixed(), "effort").unrated == ()


def test_earned_value_knows_the_rest() -> None:
    found = ipmo.earned_value(mixed())
    assert (found["A"].bac, found["A"].ev, found["A"].ac) == (pounds(100), pounds(50), pounds(50))
    assert (found["B"].bac, found["B"].ev, found["B"].ac, found["B"].eac) == (None, None, None, None)
    assert (found.total.known, found.total.total, found.total.ev, found.total.eac) == (2, 3, pounds(200), None)
    assert [one.partition(" is ")[0] for one in found.unrated] == [
        "budget of 'B/t'"
    ]  # without a budget it is no package: its actual cost is not asked


def test_money_by_period_and_benefits_know_the_rest() -> None:
    periods = ipmo.time_phase(mixed())
    assert sum(periods.value("actual", one.name) or 0 for one in periods.periods) == 200
    assert len(periods.unrated) == 3
    assert periods.notes()[-1].startswith("3 amounts have no exchange rate, so that what needs them is blank")
    found = ipmo.benefits(mixed())
    assert (found["b1"].npv is not None, found["b2"].npv, found.known) == (True, None, 1)
    assert found.npv == found["b1"].npv
    assert [one.partition(" is ")[0] for one in found.unrated] == ["value of 'b2'"]
    measured = ipmo.benefits(mixed().evolve("b1", actual="5 USD"))
    assert (measured["b1"].npv, measured["b1"].actual) == (found["b1"].npv, None)
    assert measured["b1"].reason.startswith("actual of 'b1' is 5 USD")


@pytest.mark.parametrize("verb", [lambda pf: ipmo.roll_up(pf, "budget", unrated="refuse"), lambda pf: ipmo.earned_value(pf, unrated="refuse"),
                                  lambda pf: ipmo.time_phase(pf, unrated="refuse"), lambda pf: ipmo.benefits(pf, unrated="refuse")])  # fmt: skip
def test_the_strict_way_refuses_whichever_was_asked_first(verb) -> None:  # type: ignore[no-untyped-def]
    pf = mixed()
    for one in (ipmo.roll_up(pf, "budget"), ipmo.earned_value(pf), ipmo.time_phase(pf), ipmo.benefits(pf)):
        assert one.unrated
    with pytest.raises(ipmo.MissingRateError, match="no rate from USD to GBP"):
        verb(pf)
    rated = pf.evolve(rates=[RateRow(since="2025-01-01", per={"USD": "0.5"})])
    assert verb(rated).unrated == ()
    assert ipmo.roll_up(rated, "budget").total.value == pounds(500)


def test_check_says_it_once_for_each_rate() -> None:
    pf = mixed().evolve("A", budget="7 EUR")
    found = {one.message: one.hint for one in ipmo.check(pf) if one.code == "ipmo/no-rate"}
    assert list(found) == [
        "1 amount has no exchange rate from EUR to GBP on 2026-02-02: budget of 'A'; what needs it is not known, and sums are of the rest",
        "4 amounts have no exchange rate from USD to GBP on 2026-02-02: budget of 'B/t', actual of 'B/t', forecast of 'B/t', value of 'b2';"
        " what needs them is not known, and sums are of the rest",
    ]
    assert not [
        one
        for one in ipmo.check(pf.evolve(rates=[RateRow(since="2025-01-01", per={"USD": "0.5", "EUR": 1})]))
        if one.code == "ipmo/no-rate"
    ]


def test_check_names_tolerances_that_nothing_can_be_held_against() -> None:
    """The portfolio, a programme, a project and a task bear risk in dollars; finished, proposed and stopped work is held against nothing."""
    wide: dict[str, Any] = {"tolerance": {"risk": "900 USD"}}
    tasks = [
        Task(id="x", duration="5 d", **wide),
        Task(id="s"),
        Task(id="y", parent="s", duration="5 d", tolerance={"risk": "9 GBP", "cost": "10 %"}),  # type: ignore[arg-type]
        Task(id="done", actual_start="2026-01-01", actual_finish="2026-01-03", **wide),
    ]
    projects = [
        Project(id="a", programme="g", state="active", tasks=tasks, **wide),
        *(Project(id=state, state=state, tasks=[Task(id="x", duration="5 d", **wide)], **wide) for state in ("proposed", "cancelled", "closed")),
    ]  # fmt: skip
    money = MoneySettings(currency="GBP")
    pf = Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-02-02",
        money=money,
        programmes=[Programme(id="g", **wide)],
        projects=projects,
        **wide,
    )
    (found,) = [one for one in ipmo.check(pf) if one.code == "ipmo/no-rate"]
    assert found.message.startswith(
        "4 amounts have no exchange rate from USD to GBP on 2026-02-02: tolerance of 'pf', tolerance of 'g', tolerance of 'a', tolerance of 'a/x';"
    )
    assert not [one for one in ipmo.check(pf.evolve(rates=[RateRow(since="2025-01-01", per={"USD": "0.5"})])) if one.code == "ipmo/no-rate"]


def test_what_changes_is_held_only_against_what_is_known_on_both_sides() -> None:
    """Stopping C takes 300 of 400 pounds away, whatever B costs; stopping B takes away what nobody knows."""
    of_c, of_b = (next(one for one in ipmo.what_if(mixed(), Stop(name)).rows if one.what == "total budget") for name in ("C", "B"))
    assert (of_c.before, of_c.after, of_c.change, of_c.share) == ("at least 400 GBP", "at least 100 GBP", -300.0, None)
    assert of_c.note.endswith("1 amount without an exchange rate left out")
    assert (of_b.before, of_b.after, of_b.change) == ("at least 400 GBP", "400 GBP", None)
    rows = scenarios(mixed(), {"no B": [Stop("B")], "no C": [Stop("C")]})
    assert [(row.id, row.budget) for row in rows] == [("as planned", None), ("no B", pounds(400)), ("no C", None)]


def test_status_worth_and_the_report_go_on(tmp_path: Path) -> None:
    view = ipmo.status(mixed())
    assert next(a.rag for a in view["C"].aspects if a.name == "cost") == "red"
    assert "forecast 210 USD, budget 200 USD" in next(a.text for a in view["B"].aspects if a.name == "cost")  # to compare takes no rate
    assert NO_RATE in next(a.text for a in view["x"].aspects if a.name == "cost")
    worth = ipmo.worth_going_on(mixed())
    assert worth["A"].ratio is not None and worth["B"].ratio is not None
    assert NO_RATE in worth["B"].reason
    out = tmp_path / "r.html"
    ipmo.report(mixed(), out)
    assert "no rate from USD to GBP" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["roll-up", "earned-value", "time-phase", "benefits"])
def test_commands_answer_and_say_what_is_missing(command: str, tmp_path: Path) -> None:
    path = tmp_path / "pf.yaml"
    ipmo.write(mixed(), path)
    told = CliRunner().invoke(main, [command, str(path)])
    assert told.exit_code == 0
    assert "no exchange rate, so that what needs" in told.output
    assert NO_RATE in told.output
    plain = json.loads(CliRunner().invoke(main, [command, str(path), "--json"]).output)
    assert all("no rate from USD to GBP" in one for one in plain["unrated"])
    assert plain["unrated"]
    assert plain["rows"]


def _dollars(**more: Any) -> ipmo.Portfolio:
    """Two projects that cost and bring the same, one of them in dollars; there is no rate."""
    projects = [
        {
            "id": name,
            "tolerance": {"cost": "5 %"},
            "tasks": [
                {"id": "x", "duration": "100 d", "budget": f"1 M {code}", "forecast": f"{forecast} M {code}", "actual": f"100 k {code}"}
            ],
        }
        for name, code, forecast in (("p", "GBP", 3), ("d", "USD", 3), ("mixed", "USD", 1))
    ]
    projects[2]["tasks"].append({"id": "y", "duration": "3 d", "budget": "1 M GBP", "forecast": "9 M GBP"})
    head = {"id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous"}
    money = {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026, "terms": "real"}}
    benefits = [{"id": f"b{n}", "enabled_by": f"{n}/x", "value": f"6 M {code}"} for n, code in (("p", "GBP"), ("d", "USD"))]
    return ipmo.from_dict(
        {
            "ipmo": 1, "portfolio": {**head, "money": money}, "discounts": [{"id": "zero", "bands": [{"rate": 0}]}], "objectives": [{"id": "o"}],
            "projects": projects, "benefits": benefits, "contributions": [{"from": one["id"], "to": "o"} for one in benefits], **more,
        }
    )  # fmt: skip


def test_what_is_all_in_one_currency_compares_without_a_rate() -> None:
    """Thrice the budget is beyond 5 % in any currency; what is in two currencies is still not known, and a sum of both neither."""
    found = {name: next(a for a in ipmo.status(_dollars())[name].aspects if a.name == "cost") for name in ("p", "d", "mixed", "pf")}
    assert [found[name].rag for name in ("p", "d", "mixed", "pf")] == ["red", "red", None, None]
    assert found["d"].text == found["p"].text.replace("GBP", "USD")
    assert found["d"].stake is None and found["p"].stake is not None  # what it is for those who decide takes a rate
    assert {one.item for one in ipmo.status(_dollars()).breaches if one.aspect == "cost"} == {"p", "d"}
    rated = _dollars(rates=[{"from": "2025-01-01", "per": {"USD": 0.5}}])
    assert next(a for a in ipmo.status(rated)["d"].aspects if a.name == "cost").rag == "red"


def test_worth_going_on_of_what_is_all_in_one_currency_takes_no_rate() -> None:
    """6 M by 2.9 M still to be spent is 2.07 in either currency; columns in pounds stay blank for dollars."""
    found = ipmo.worth_going_on(_dollars())
    assert found["d"].ratio == found["p"].ratio == pytest.approx(6 / 2.9)
    assert "USD" in str(found["d"]) and found["mixed"].ratio is None
    table = found.table()
    assert dict(zip(table["project"], table["cost"], strict=True))["d"] is None
