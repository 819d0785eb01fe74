"""One fact is one finding: what several checks find is said once, and names the rules of all of them."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner

import ipmo
from ipmo.cli import main
from ipmo.installation import new_registry
from ipmo.model import Condition, Gate, GateDecision, Portfolio, Project, Waiver
from ipmo.plugin import Check, CheckContext, Finding, GateRule, Methodology, Profile, Severity, hookimpl

CITY = Path(__file__).parents[2] / "examples" / "city.yaml"
TWO = [Condition(id="K1", text="agree", due="2026-02-02"), Condition(id="K2", text="sign", due="2026-02-03")]


def overdue(context: CheckContext) -> list[Finding]:
    """What the core finds as well, in words of its own: only the first condition of each gate."""
    gates = [(f"{p.id}/{g.id}", g.decision) for p in context.portfolio.projects for g in p.gates]
    late = [(gate, decision.conditions[0].id) for gate, decision in gates if decision is not None and decision.conditions]
    return [
        Finding(code="house/late", item=gate, part=part, message=f"{part} is late, and we pay for it", hint="pay", severity=Severity.ERROR)
        for gate, part in late
    ]


HOUSE = Methodology(
    name="house",
    title="House",
    source="s",
    checks=[Check(code="house/late", rule="H-1", title="Nothing is late", source="s", run=overdue, same_as=["ipmo/condition-overdue"])],
    gates=[GateRule(name="G", title="Ready?", source="s", checks=["house/late"])],
    profiles=[Profile(name="lax", title="anything goes", source="s", without=["house/late"])],
)


def portfolio(**more: Any) -> Portfolio:
    decision = GateDecision(outcome="conditional go", date="2026-01-05", conditions=TWO)
    fields: dict[str, Any] = {
        "id": "x",
        "start": "2026-01-05",
        "status_date": "2026-03-02",
        "methodologies": {"project": "house"},
        "projects": [Project(id="P", gates=[Gate(id="G", decision=decision)])],
        **more,
    }
    return Portfolio(**fields)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    made = new_registry(strict=True)
    made.add(types.SimpleNamespace(ipmo_methodologies=hookimpl(lambda: [HOUSE])), name="house")
    monkeypatch.setattr("ipmo.desk.installed", lambda: made)


def late(pf: Portfolio) -> list[Finding]:
    return [f for f in ipmo.check(pf) if {"ipmo/condition-overdue", "house/late"} & set(f.codes)]


def test_a_fact_that_two_checks_find_keeps_its_code_and_stands_in_the_words_of_the_check_that_knew_of_both() -> None:
    first, second = late(portfolio())
    assert (first.code, first.codes) == ("ipmo/condition-overdue", ("ipmo/condition-overdue", "house/late"))
    assert first.rules == ("GOV-R02", "H-1")
    assert (first.message, first.hint, first.severity) == ("K1 is late, and we pay for it", "pay", Severity.ERROR)
    assert (second.codes, second.rules, second.part) == (("ipmo/condition-overdue",), ("GOV-R02",), "K2"), (
        "another condition is another fact"
    )
    assert str(first).endswith("[ipmo/condition-overdue, house/late]")


def test_it_is_found_under_either_code_and_method_and_counted_once() -> None:
    found = ipmo.check(portfolio())
    assert found.of("house/late") == found.of("house/") == found.of("ipmo/condition-overdue")[:1]
    assert len(found.of("ipmo/condition-overdue")) == 2
    assert [row["rules"] for row in found.table().rows() if row["code"] == "ipmo/condition-overdue"] == ["GOV-R02, H-1", "GOV-R02"]


def test_a_gate_hears_of_its_check_whatever_code_the_fact_bears() -> None:
    (gate,) = ipmo.gates(portfolio())
    assert [f.message for f in gate.failing] == ["K1 is late, and we pay for it"]


def test_what_a_profile_switches_off_leaves_the_other_rule_as_it_was() -> None:
    first, second = late(portfolio(methodologies={"project": "house/lax"}))
    assert [f.codes for f in (first, second)] == [("ipmo/condition-overdue",)] * 2
    assert first.message.startswith("condition 'K1' of gate 'P/G' was due 2026-02-02")


@pytest.mark.parametrize("rule", ["H-1", "house/late"])
def test_a_waiver_of_one_rule_excuses_that_rule_only(rule: str) -> None:
    leave = Waiver(rule=rule, item="P", reason="a pilot", expires="2026-06-30")
    found = late(portfolio(waivers=[leave]))
    assert sorted((f.code, f.severity.value, f.waived) for f in found) == [
        ("house/late", "info", "a pilot"),
        ("ipmo/condition-overdue", "warning", ""),
        ("ipmo/condition-overdue", "warning", ""),
    ]


def test_waivers_of_all_its_rules_excuse_the_fact_once() -> None:
    leaves = [Waiver(rule=rule, item="P", reason="a pilot", expires="2026-06-30") for rule in ("H-1", "GOV-R02")]
    first, second = late(portfolio(waivers=leaves))
    assert (first.severity, first.codes) == (Severity.INFO, ("ipmo/condition-overdue", "house/late"))
    assert first.message == "K1 is late, and we pay for it; waived until 2026-06-30: a pilot"
    assert second.severity is Severity.INFO
    assert not ipmo.check(portfolio(waivers=leaves)).of("ipmo/waiver")


def test_without_the_other_check_it_stands_under_its_own_code() -> None:
    met = [attrs.evolve(one, met="2026-02-01") for one in TWO]
    decision = GateDecision(outcome="conditional go", date="2026-01-05", conditions=met)
    (alone,) = late(portfolio(projects=[Project(id="P", gates=[Gate(id="G", decision=decision)])]))
    assert (alone.code, alone.rules) == ("house/late", ("H-1",))


def test_every_code_of_the_core_can_be_waived_and_a_theme_is_none() -> None:
    pf = portfolio(projects=[Project(id="P", tasks=[ipmo.Task(id="a")])])
    leave = Waiver(rule="ipmo/no-duration", item="P", reason="not planned yet", expires="2026-06-30")
    found = ipmo.check(pf.evolve(waivers=[leave]))
    assert [f.waived for f in found.of("ipmo/no-duration")] == ["not planned yet"]
    assert not found.of("ipmo/waiver")
    for name, close in (
        ("ipmo/model", ""),
        ("ipmo/exceptions", "close: 'ipmo/exception'"),
        ("ipmo/contracts", "`ipmo plugins NAME` lists them"),
    ):
        (said,) = ipmo.check(pf.evolve(waivers=[attrs.evolve(leave, rule=name)])).of("ipmo/waiver")
        assert f"the waiver of 'P' from '{name}': no installed method has a rule or check of that name" in said.message
        assert close in said.hint


def test_what_reading_finds_can_be_waived_too(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(
        "ipmo: 1\nportfolio: {id: x, start: 2026-01-05, status_date: 2026-01-05}\nwaivers:\n"
        "  - {item: B1, rule: ipmo/baseline-missing, reason: lost, expires: 2026-06-30}\n"
        "baselines: [{id: B1, date: 2026-01-05, file: gone.json}]\n"
    )
    found = ipmo.check(tmp_path / "x.yaml")
    assert [(f.severity, f.waived) for f in found.of("ipmo/baseline-missing")] == [(Severity.INFO, "lost")]
    assert not found.of("ipmo/waiver")


def test_the_example_says_each_fact_once_on_the_command_line_and_in_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A condition past its day, a tolerance without an issue and a late decision: one finding each with the code of both checks."""
    monkeypatch.undo()
    found = ipmo.check(CITY)
    for own, method in (("condition-overdue", "conditions"), ("exception", "escalated"), ("decision-overdue", "late-decision")):
        both = [f for f in found if {f"ipmo/{own}", f"mop/{method}"} <= set(f.codes)]
        assert both, own
        assert not [f for f in found if f.code == f"mop/{method}" and (f.item, f.part) in {(b.item, b.part) for b in both}]
    text = CliRunner().invoke(main, ["check", str(CITY)]).output
    assert "[ipmo/condition-overdue, mop/conditions]" in text
    page = ipmo.report(CITY, tmp_path / "r.html").read_text(encoding="utf-8")
    assert "The same facts break: An overdue condition turns a conditional go into a hold" in page
