"""What methods do to a portfolio: tailoring, waivers, gates, decision rights, sections, another method's words."""

from __future__ import annotations

import types
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest

import ipmo
from ipmo.errors import FileError, ModelError, UnknownItemError
from ipmo.installation import new_registry
from ipmo.methods.registry import Registry
from ipmo.model import (
    Condition,
    DecisionBody,
    Estimate,
    FrozenMap,
    Gate,
    GateDecision,
    Money,
    MoneySettings,
    Person,
    Portfolio,
    Programme,
    Project,
    Span,
    Task,
    Waiver,
    doc,
)
from ipmo.model.reading import structured
from ipmo.plugin import (
    Check,
    CheckContext,
    DecisionRight,
    Extension,
    Finding,
    GateRule,
    Methodology,
    Profile,
    Role,
    Section,
    Stage,
    hookimpl,
)
from ipmo.tables import Column, Table


def named(slug: str, rule: str) -> Check:
    def run(context: CheckContext) -> list[Finding]:
        pf = context.portfolio
        return [Finding(code=f"m/{slug}", item=p.id, message=f"{p.id} {slug}") for p in pf.projects if context.covers(p.id)]

    return Check(code=f"m/{slug}", rule=rule, title=slug, source="s", run=run)


def tasks(context: CheckContext) -> list[Finding]:
    pf = context.portfolio
    full = [f"{p.id}/{t.id}" for p in pf.projects for t in p.tasks]
    return [Finding(code="m/tasks", item=name, message=name) for name in full if context.covers(name)]


M = Methodology(
    name="m",
    title="M",
    source="s",
    applies_to=("portfolio", "project"),
    vocabulary={"project": "venture", "gate": "checkpoint", "risk": "peril"},
    stages=[Stage(name="dream", phase="concept"), Stage(name="make", phase="delivery"), Stage(name="mend", phase="delivery"), "party"],
    gates=[
        GateRule(name="go-live", title="May it go live?", source="s", after="make", checks=["m/heavy"], evidence=["test-report"]),
    ],
    roles=[Role(name="captain", title="Captain", source="s")],
    decision_rights=[DecisionRight(name="fund", title="Releases money", source="s", held_by="board")],
    profiles=[
        Profile(name="light", title="small and harmless", source="our office", without=["m/heavy"], up_to="100 k GBP", criticality=["low"]),
        Profile(name="none-heavy", title="by name only", source="our office", without=["m/heavy"]),
    ],
    checks=[
        named("heavy", "M-1"),
        named("simple", "M-2"),
        Check(code="m/tasks", rule="M-3", title="tasks", source="s", run=tasks),
    ],
    sections=[Section(name="ventures", title="Ventures", source="s", show=lambda context: ["# Inside", "Some words.", table()])],
)
N = Methodology(
    name="n",
    title="N",
    source="s",
    vocabulary={"project": "endeavour", "risk": "hazard"},
    stages=[Stage(name="build", phase="delivery"), Stage(name="think", phase="concept"), Stage(name="ponder", phase="concept")],
)


def table() -> Table:
    return Table([Column("venture", "str", ["P"]), Column("days_left", "float", [2.5], "d"), Column("state", "str", ["amber"])])


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    made = new_registry(strict=True)
    made.add(types.SimpleNamespace(ipmo_methodologies=hookimpl(lambda: [M, N])), name="m")
    monkeypatch.setattr("ipmo.desk.installed", lambda: made)
    return made


def portfolio(**more: Any) -> Portfolio:
    fields: dict[str, Any] = {
        "id": "x",
        "start": "2026-01-05",
        "status_date": "2026-06-30",
        "money": MoneySettings(currency="GBP"),
        "methodologies": {"project": "m"},
        "programmes": [Programme(id="T")],
        "projects": [
            Project(id="P", budget="100 k GBP", attributes={"criticality": "low"}, tasks=[Task(id="a", duration="5 d")]),
            Project(id="Q", budget="101 k GBP", attributes={"criticality": "low"}, programme="T"),
            Project(id="R", attributes={"criticality": "low"}),
        ],
        **more,
    }
    return Portfolio(**fields)


def heard(pf: Portfolio, code: str) -> list[str]:
    return [f.item for f in ipmo.check(pf) if f.code == code]


def test_a_profile_is_chosen_by_size_and_criticality_and_its_silence_is_told(registry: Registry) -> None:
    """A budget equal to the limit is within it, an unknown one is never small."""
    pf = portfolio()
    assert heard(pf, "m/heavy") == ["Q", "R"]
    assert heard(pf, "m/simple") == ["P", "Q", "R"]
    told = ipmo.check(pf).of("ipmo/tailored")
    assert [f.message for f in told] == ["profile 'light' of method 'm' (small and harmless) silences m/heavy for 'P'"]
    assert heard(pf.evolve("P", attributes={"criticality": "high"}), "m/heavy") == ["P", "Q", "R"]
    in_euro = pf.evolve(money=MoneySettings(currency="EUR"), rates=[ipmo.model.RateRow(since=date(2026, 1, 1), per={"GBP": "1.2"})])
    assert heard(in_euro, "m/heavy") == ["Q", "R"]


def test_a_profile_is_named_for_a_scope_or_for_one_item(registry: Registry) -> None:
    assert heard(portfolio(methodologies={"project": "m/none-heavy"}), "m/heavy") == []
    assert heard(portfolio().evolve("R", methodology="m/none-heavy"), "m/heavy") == ["Q"]
    assert heard(portfolio(methodologies={"portfolio": "m/none-heavy"}), "m/heavy") == []
    wrong = ipmo.check(portfolio().evolve("R", methodology="m/lite")).of("ipmo/methodology")
    assert [(f.item, f.message, f.hint) for f in wrong] == [
        ("R", "method 'm' has no profile 'lite', so nothing is tailored", "its profiles are: light, none-heavy")
    ]


def test_a_task_under_another_method_is_left_out_of_its_projects(registry: Registry) -> None:
    pf = portfolio()
    assert heard(pf, "m/tasks") == ["P/a"]
    assert heard(pf.evolve("P/a", methodology="plain"), "m/tasks") == []
    alone = portfolio(methodologies={}).evolve("P/a", methodology="m")
    assert heard(alone, "m/tasks") == ["P/a"]
    assert heard(alone, "m/simple") == []


def test_nothing_is_inherited_across_scopes(registry: Registry) -> None:
    """A method of programmes says nothing about the projects inside them."""
    assert heard(portfolio(methodologies={"programme": "m"}), "m/simple") == []
    assert heard(portfolio(methodologies={"portfolio": "m"}), "m/simple") == ["P", "Q", "R"]


def test_a_waiver_with_reason_and_expiry_turns_a_finding_into_information(registry: Registry) -> None:
    people = [Person(id="ann")]
    leave = Waiver(rule="M-2", item="T", reason="a pilot", expires="2026-06-30", granted_by="ann")
    pf = portfolio(people=people, waivers=[leave])
    found = {f.item: f for f in ipmo.check(pf) if f.code == "m/simple"}
    assert found["Q"].severity.value == "info"
    assert found["Q"].message == "Q simple; waived by ann until 2026-06-30: a pilot"
    assert found["P"].severity.value == "warning"
    assert not ipmo.check(pf).of("ipmo/waiver")
    for worse, said in (
        ({"expires": "2026-06-29"}, "ran out on 2026-06-29"),
        ({"expires": None}, "has no expiry, so it does not hold"),
        ({"reason": " "}, "gives no reason, so it does not hold"),
    ):
        again = pf.evolve(waivers=[attrs.evolve(leave, **worse)])
        assert all(f.severity.value == "warning" for f in ipmo.check(again) if f.code == "m/simple")
        assert said in ipmo.check(again).of("ipmo/waiver")[0].message
    unknown = pf.evolve(waivers=[attrs.evolve(leave, rule="M-9")])
    assert "no installed method has a rule" in ipmo.check(unknown).of("ipmo/waiver")[0].message


def gate(**more: Any) -> Gate:
    return Gate(id="G", attributes={"gate": "go-live"}, criteria=["trained"], **more)


def test_a_gate_says_what_it_lacks_and_who_may_decide_it(registry: Registry) -> None:
    bodies = [
        DecisionBody(id="team", level="project", authority="50 k GBP"),
        DecisionBody(id="board", level="portfolio", authority="1 M GBP"),
    ]
    pf = portfolio(bodies=bodies).evolve("Q", gates=[gate(), Gate(id="other")])
    found = ipmo.gates(pf)
    row = found["Q/G"]
    assert (row.method, row.missing, [f.code for f in row.failing], row.ready) == ("m", ("test-report", "trained"), ["m/heavy"], False)
    assert (row.body, row.covered, row.stake) == ("board", True, Money("101000", "GBP"))
    assert row.why == "lacks test-report, trained; Q heavy"
    assert found["Q/other"].why == "ready to be decided; no method knows it, so only its own criteria count"
    good = pf.evolve("Q", gates=[gate(evidence={"test-report": "t.pdf", "trained": "list"})], methodology="m/none-heavy")
    assert ipmo.gates(good)["Q/G"].why == "ready to be decided"
    beyond = good.evolve("Q", gates=[gate(evidence={"test-report": "t.pdf", "trained": "list"}, body="team")])
    assert ipmo.gates(beyond)["Q/G"].why == "team may not release 101 k GBP"
    assert found.table().columns == (
        "gate", "of", "name", "method", "outcome", "decided", "ready", "missing", "failing", "conditions", "overdue", "stake", "released", "body",
        "covered", "held", "why",
    )  # fmt: skip
    with pytest.raises(UnknownItemError, match="close: 'Q/G'"):
        found["Q/H"]


def test_an_overdue_condition_turns_a_conditional_go_into_a_hold(registry: Registry) -> None:
    decision = GateDecision(
        outcome="conditional go",
        date="2026-05-01",
        conditions=[Condition(id="K1", text="tests", due="2026-06-29"), Condition(id="K2", due="2026-06-30")],
    )
    row = ipmo.gates(portfolio().evolve("Q", gates=[gate(decision=decision)]))["Q/G"]
    assert (row.decided, row.outcome, [c.id for c in row.overdue]) == ("conditional go", "hold", ["K1"])
    assert row.why == "decided conditional go, which is a hold: overdue conditions K1 (due 2026-06-29)"


def test_the_lowest_body_with_the_authority_approves() -> None:
    bodies = [
        DecisionBody(id="team", level="project", authority="50 k GBP"),
        DecisionBody(id="rich-team", level="project", authority="90 k GBP"),
        DecisionBody(id="board", level="portfolio", authority="1 M GBP"),
        DecisionBody(id="vague", level="project"),
    ]
    pf = portfolio(bodies=bodies)

    def asked(amount: str, **more: Any) -> str | None:
        body = ipmo.approver(pf, Money(amount, "GBP"), **more).body
        return None if body is None else body.id

    assert asked("50000") == "team"
    assert asked("50001") == "rich-team"
    assert asked("10", level="portfolio") == "board"
    assert asked("1000001") is None


def test_another_methods_words_and_what_was_lost(registry: Registry) -> None:
    pf = portfolio(people=[Person(id="ann", roles=["captain"])])
    for name, stage in (("P", "make"), ("Q", "mend"), ("R", "dream")):
        pf = pf.evolve(name, attributes={"stage": stage})
    pf = pf.evolve("Q", gates=[gate()], methodology="m/light")
    done = ipmo.translate(pf, to="n", scope="project")
    moved = done.portfolio
    assert dict(moved.methodologies) == {"project": "n"}
    assert moved["Q"].methodology is None
    assert [moved[p].attributes["stage"] for p in "PQR"] == ["build", "build", "think"]
    assert tuple((w.noun, w.count, w.before, w.after) for w in done) == (
        ("project", 3, "venture", "endeavour"),
        ("gate", 1, "checkpoint", "gate"),
        ("risk", 0, "peril", "hazard"),
    )
    lost = [(loss.kind, loss.item, loss.was, loss.became) for loss in done.losses]
    assert lost == [
        ("stage", "R", "dream", "think"),
        ("stage", "", "make and mend", ""),
        ("gate", "Q/G", "go-live", ""),
        ("role", "ann", "captain", ""),
        ("rule", "", "M-1", ""),
        ("rule", "", "M-2", ""),
        ("rule", "", "M-3", ""),
        ("word", "", "checkpoint", "gate"),
    ]
    assert pf.digest != moved.digest
    assert ipmo.translate(moved, to="n").losses == ()
    with pytest.raises(ModelError, match="does not apply to the scope 'offices'"):
        ipmo.translate(pf, to="m", scope="offices")
    with pytest.raises(ipmo.OptionError, match="scope='world' is not known; write one of 'portfolio', 'offices', 'programme', 'project'"):
        ipmo.translate(pf, to="m", scope="world")
    with pytest.raises(UnknownItemError, match="installed methodologies"):
        ipmo.translate(pf, to="o")


def test_sections_of_methods_stand_in_the_report(registry: Registry, tmp_path: Path) -> None:
    page = ipmo.report(portfolio(), tmp_path / "r.html").read_text(encoding="utf-8")
    assert '<h2 id="m-ventures">Ventures</h2>' in page
    assert "<h3>Inside</h3>" in page
    assert "days left, d" in page
    assert "▲ amber" in page
    other = ipmo.report(portfolio(methodologies={}), tmp_path / "s.html").read_text(encoding="utf-8")
    assert "Ventures" not in other


def test_declarations_refuse_what_cannot_be() -> None:
    for bad, said in (
        (lambda: attrs.evolve(M, profiles=[Profile(name="p", title="t", source="s", without=["m/none"])]), "unknown check 'm/none'"),
        (lambda: attrs.evolve(M, gates=[GateRule(name="g", title="t", source="s", after="never")]), "unknown stage 'never'"),
        (lambda: attrs.evolve(N, stages=["a", "a"]), "declares stage 'a' twice"),
    ):
        with pytest.raises(ModelError, match=said):
            bad()
    with pytest.raises(ValueError, match="phase"):
        Stage(name="x", phase="party")


@attrs.frozen(kw_only=True)
class Part:
    weight: int = 1


@attrs.frozen(kw_only=True)
class Everything:
    name: str
    share: float = attrs.field(default=0.5, metadata=doc("", unit="share"))
    number: float = 0.0
    whole: int = 0
    flag: bool = False
    day: date | None = None
    span: Span | None = None
    money: Money | None = None
    time: Estimate | None = None
    factor: Estimate | None = attrs.field(default=None, metadata=doc("", unit="number"))
    colour: str = attrs.field(default="red", metadata=doc("", choices=("red", "blue")))
    source: str = attrs.field(default="", metadata=doc("", key="from"))
    parts: tuple[Part, ...] = ()
    names: tuple[str, ...] = ()
    by_name: FrozenMap[str, float] = attrs.field(factory=FrozenMap)


def test_an_extension_reads_itself_by_its_annotations() -> None:
    data = {
        "name": "n",
        "share": "30 %",
        "number": 1.5,
        "whole": "7",
        "flag": True,
        "day": "2026-03-01",
        "span": "3 d",
        "money": "2 k GBP",
        "time": {"low": "1 d", "likely": "2 d", "high": "4 d"},
        "factor": 1.2,
        "colour": "blue",
        "from": "here",
        "parts": [{"weight": 2}, {}],
        "names": ["a", 7],
        "by_name": {"x": "2"},
    }
    extension = Extension(name="e", title="t", source="s", parse=Everything)
    value = extension.parse(data)
    assert (value.share, value.whole, value.day, value.parts, value.names) == (
        0.3,
        7,
        date(2026, 3, 1),
        (Part(weight=2), Part()),
        ("a", "7"),
    )
    assert extension.parse(ipmo.model.plain.plain_value(value)) == value


@pytest.mark.parametrize(
    ("data", "path", "said"),
    [
        ({}, (), "required field 'name' is missing"),
        ([1], (), "expected a mapping with name"),
        ({"name": "n", "shear": 1}, ("shear",), "unknown field 'shear'; did you mean 'share'"),
        ({"name": "n", "share": 2}, ("share",), "between 0 and 1"),
        ({"name": "n", "parts": [{"weight": "x"}]}, ("parts", 0, "weight"), "'x' is not a whole number"),
        ({"name": "n", "colour": "green"}, ("colour",), "'green' is not one of red, blue"),
        ({"name": "n", "by_name": {"x": "y"}}, ("by_name", "x"), "number"),
        ({"name": "n", "flag": "yes"}, ("flag",), "is not true or false"),
        ({"name": "n", "names": "a"}, ("names",), "expected a list"),
    ],
)
def test_what_an_extension_cannot_read_is_refused_at_its_place(data: Any, path: tuple[Any, ...], said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        structured(Everything, data)
    assert caught.value.problems[0].path == path


def test_a_fault_in_an_extension_has_its_line_and_column(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = new_registry(strict=True)
    method = Methodology(name="e", title="E", source="s", extensions=[Extension(name="e", title="t", source="s", parse=Everything)])
    made.add(types.SimpleNamespace(ipmo_methodologies=hookimpl(lambda: [method])), name="e")
    monkeypatch.setattr("ipmo.desk.installed", lambda: made)
    text = "ipmo: 1\nportfolio: {id: x}\nprojects:\n  - id: P\n    extensions:\n      e:\n        name: n\n        parts:\n          - {weight: many}\n"
    (tmp_path / "p.yaml").write_text(text)
    with pytest.raises(FileError, match=r"p.yaml:9:22: projects\[0\].extensions.e.parts\[0\].weight: 'many' is not a whole number"):
        ipmo.read(tmp_path / "p.yaml")


def test_a_portfolio_has_extensions_too(registry: Registry) -> None:
    pf = portfolio(extensions={"unknown": {"x": 1}})
    assert ipmo.from_dict(ipmo.to_dict(pf)) == pf
