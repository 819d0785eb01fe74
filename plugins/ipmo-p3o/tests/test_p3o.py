"""Compatible with P3O: it passes the conformance kit, and its rules and figures say what they should."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest

import ipmo
from ipmo.model import (
    Benefit,
    Confidence,
    DataFlow,
    DecisionBody,
    Gate,
    GateDecision,
    Lesson,
    MoneySettings,
    Office,
    Person,
    Portfolio,
    Programme,
    Project,
    Risk,
    Service,
    Standard,
    StatusReport,
    Task,
    Tolerance,
    Waiver,
)
from ipmo.plugin import CheckContext
from ipmo.testing.conformance import MethodologyConformance
from ipmo_p3o import (
    P3O,
    BlueprintElement,
    Control,
    Improvement,
    MaturityScore,
    Measured,
    P3OFields,
    ValueKpi,
    coverage,
    reporting_paths,
)

BOARD = DecisionBody(id="board", level="portfolio", authority="20 M GBP")
HUB = Office(
    id="hub",
    type="portfolio",
    permanent=True,
    reports_to="board",
    sponsor="boss",
    services=["reporting"],
    extensions={"p3o": P3OFields(funding_line="core")},
)


def office(**more: Any) -> Office:
    return Office(
        **{"id": "spoke", "type": "programme", "permanent": False, "host": "T", "ends": "2026-06-30", "reports_to": "hub", **more}
    )


def project(**more: Any) -> Project:
    return Project(**{"id": "P", "programme": "T", "owner": "lead", "tasks": [Task(id="a", duration="20 d")], **more})


def portfolio(*offices: Office, bodies: tuple[DecisionBody, ...] = (BOARD,), **more: Any) -> Portfolio:
    clerk = Person(id="clerk", office="spoke" if any(one.id == "spoke" for one in offices) else None)
    fields = {
        "projects": [project()],
        "people": (Person(id="boss"), Person(id="lead"), clerk),
        "money": MoneySettings(currency="GBP"),
        **more,
    }
    return Portfolio(id="x", start="2026-01-05", programmes=[Programme(id="T")], offices=offices, bodies=bodies, **fields)


def p3o(**fields: Any) -> dict[str, Any]:
    return {"extensions": {"p3o": P3OFields(**fields)}}


def blueprint_of(*elements: BlueprintElement) -> dict[str, Any]:
    rest = [
        BlueprintElement(id=name, section=name, as_is="x", to_be="x") for name in ("processes", "organisation", "technology", "information")
    ]
    return p3o(blueprint=(*elements, *rest))


def scored(**changed: Any) -> dict[str, Any]:
    return p3o(maturity=(attrs.evolve(SCORE, **changed),))


def tiered(**more: Any) -> Project:
    return project(**p3o(tier="gold"), **more)


def flow(source: str, target: str, every: str | None = "1 month", cut_off: str = "", field: str = "cost", system: str = "") -> DataFlow:
    return DataFlow(field=field, source=source, target=target, every=every, cut_off=cut_off, source_system=system)


CLEAN = portfolio(HUB, office())
RISK = Service(id="risk", mode="mandatory", level="project", provider="hub")
ASSURED = project(gates=[Gate(id="G1", body="board")])
LATE = project(tolerance=Tolerance(cost=0.05), budget="100 GBP", forecast="200 GBP", status_date="2026-02-02")
LEARNED = Lesson(id="L1", source="P", text="survey first", applied_in=["P"])
CHIEF = (Person(id="boss"), Person(id="lead"), Person(id="chief", office="hub", roles=["head"]))
WORTH = ValueKpi(
    id="k", baseline=30, target=10, owner="boss", every=ipmo.Span(1, "month"), measured=(Measured(date=date(2026, 5, 1), value=20),)
)
MEASURED = attrs.evolve(HUB, extensions={"p3o": P3OFields(funding_line="core", kpis=(WORTH,))})


def serving(most: float) -> Office:
    return attrs.evolve(HUB, extensions={"p3o": P3OFields(funding_line="core", serves_most=most)})


GAP = BlueprintElement(
    id="one-ledger", section="information", as_is="40 sheets", to_be="one ledger", due=date(2026, 6, 30), owner="boss", weight=3
)
SCORE = MaturityScore(model="project", perspective="organisational governance", level=2, evidence=("minutes",), assessed=date(2025, 6, 1))
DONE = Improvement(id="standard-cases", owner="boss", done=date(2026, 5, 1), measure="cases sent back", before=9, after=2)
TIERS = (Control(tier="gold", gates_least=1, gates_most=2),)
FOLLOWS = project(extensions={"p3o": P3OFields(standards={"s": "3"})})
HERE = Path(__file__).parent
IN_NAME_ONLY = portfolio(
    bodies=(DecisionBody(id="team", level="project"),),
    tolerance=Tolerance(cost=0.1),
    services=[Service(id="risk", mode="mandatory"), Service(id="change", owner="boss"), Service(id="a-word")],
    projects=[project(state="approved", extensions={"p3o": P3OFields(standards={"zz": "1"})}, tolerance=Tolerance(cost=0.1))],
    extensions={"p3o": P3OFields(virtual=True)},
)
WITHOUT_A_BOARD = portfolio(
    Office(id="desk", type="hub", permanent=False, host="T", ends="2026-01-30"),
    bodies=(),
    tolerance=Tolerance(cost=0.1),
    status_date="2026-01-12",
    projects=[project(budget="100 GBP", forecast="200 GBP", tolerance=Tolerance(cost=0.1))],
)
OVERSPENT = portfolio(
    HUB,
    tolerance=Tolerance(cost=0.1),
    status_date="2026-01-12",
    projects=[project(budget="100 GBP", forecast="200 GBP", tolerance=Tolerance(cost=0.1))],
    bodies=(
        DecisionBody(id="board", level="portfolio", reports_to="circle", authority="1 GBP"),
        DecisionBody(id="circle", level="portfolio", reports_to="board"),
    ),
    flows=[flow("hub", "board", every=None)],
)


class TestP3O(MethodologyConformance):
    methodology = P3O
    entry_point = "p3o"
    said = HERE / "said.txt"
    shown = {
        "the city of the examples": ipmo.read(Path(__file__).parents[3] / "examples" / "city.yaml"),
        "a town where every rule is broken": ipmo.read(HERE / "disorder.yaml"),
        "an office in name only": IN_NAME_ONLY,
        "no board": WITHOUT_A_BOARD,
        "overspent, and boards that report in a circle": OVERSPENT,
        "no office": Portfolio(id="x", start="2026-01-05"),
    }
    examples = {
        "p3o/one-apex": (CLEAN, portfolio(HUB, Office(id="other", type="portfolio", reports_to="board"))),
        "p3o/office-forest": (CLEAN, portfolio(HUB, Office(id="a", reports_to="b"), Office(id="b", reports_to="a"))),
        "p3o/temporary-office": (CLEAN, portfolio(HUB, office(host=None))),
        "p3o/permanent-office": (CLEAN, portfolio(HUB, Office(id="coe", type="centre of excellence"))),
        "p3o/service-gap": (
            portfolio(HUB, office(), services=[RISK]),
            portfolio(HUB, services=[Service(id="risk", mode="mandatory")]),
        ),
        "p3o/service-overlap": (CLEAN, portfolio(HUB, office(services=["risk"]), office(id="s2", services=["risk"]))),
        "p3o/independence": (
            portfolio(HUB, office(), projects=[ASSURED]),
            portfolio(
                HUB,
                office(),
                projects=[project(gates=[Gate(id="G1", decision=GateDecision(outcome="go", date="2026-02-01", decided_by="lead"))])],
            ),
        ),
        "p3o/one-source": (
            portfolio(HUB, office(), flows=[flow("spoke", "hub", system="ledger")]),
            portfolio(HUB, office(), flows=[flow("spoke", "hub", system="ledger"), flow("hub", "board", system="a sheet")]),
        ),
        "p3o/reach-the-top": (CLEAN, portfolio(Office(id="hub", type="portfolio", permanent=True))),
        "p3o/escalation": (
            portfolio(HUB, office(), projects=[LATE]),
            portfolio(HUB, office(), projects=[LATE], bodies=(DecisionBody(id="board", level="portfolio", authority="1 GBP"),)),
        ),
        "p3o/cadence": (
            portfolio(
                HUB,
                office(),
                flows=[flow("spoke", "hub", cut_off="5 d before period end"), flow("hub", "board", cut_off="2 d before period end")],
            ),
            portfolio(
                HUB,
                office(),
                flows=[flow("spoke", "hub", cut_off="1 d before period end"), flow("hub", "board", cut_off="2 d before period end")],
            ),
        ),
        "p3o/standards": (
            portfolio(HUB, projects=[FOLLOWS], standards=[Standard(id="s", version="3")]),
            portfolio(HUB, projects=[FOLLOWS], standards=[Standard(id="s", version="4")]),
        ),
        "p3o/learning": (
            portfolio(HUB, projects=[project(state="closed")], lessons=[LEARNED]),
            portfolio(HUB, projects=[project(state="closed")]),
        ),
        "p3o/roles": (portfolio(HUB, people=CHIEF), portfolio(HUB)),
        "p3o/blueprint": (
            portfolio(HUB, status_date="2026-06-30", **blueprint_of(GAP)),
            portfolio(HUB, status_date="2026-07-01", **blueprint_of(GAP)),
        ),
        "p3o/office-load": (portfolio(serving(3)), portfolio(serving(2))),
        "p3o/value": (portfolio(MEASURED, status_date="2026-06-01"), portfolio(MEASURED, status_date="2026-06-02")),
        "p3o/office-closing": (
            portfolio(HUB, office(ends="2026-06-01"), status_date="2026-05-31"),
            portfolio(HUB, office(ends="2026-06-01"), status_date="2026-06-01"),
        ),
        "p3o/proportion": (
            portfolio(HUB, projects=[tiered(gates=[Gate(id="G1")])], **p3o(controls=TIERS)),
            portfolio(HUB, projects=[tiered()], **p3o(controls=TIERS)),
        ),
        "p3o/maturity-evidence": (portfolio(HUB, **p3o(maturity=(SCORE,))), portfolio(HUB, **scored(evidence=(" ",)))),
        "p3o/maturity-score": (portfolio(HUB, **p3o(maturity=(SCORE,))), portfolio(HUB, **scored(level=3))),
        "p3o/maturity-target": (portfolio(HUB, **p3o(maturity=(SCORE,))), portfolio(HUB, **scored(target=3))),
        "p3o/improvement": (
            portfolio(HUB, **p3o(improvements=(DONE,))),
            portfolio(HUB, **p3o(improvements=(attrs.evolve(DONE, after=None),))),
        ),
        "p3o/reassess": (
            portfolio(HUB, status_date="2026-06-01", **p3o(maturity=(SCORE,))),
            portfolio(HUB, status_date="2026-06-02", **p3o(maturity=(SCORE,))),
        ),
        "p3o/neutral-office": (CLEAN, portfolio(HUB, office(), projects=[project(risks=[Risk(id="R1", owner="clerk")])])),
    }
    extensions = {
        "p3o": {
            "virtual": True,
            "grace": "90 ed",
            "role_profile": "govs-002",
            "most_roles": 2,
            "blueprint": [
                {
                    "id": "b",
                    "section": "technology",
                    "as_is": "sheets",
                    "to_be": "a system",
                    "weight": 2,
                    "done": "50 %",
                    "due": "2026-06-30",
                }
            ],
            "controls": [{"tier": "gold", "gates_least": 1, "gates_most": 6, "reports_least": "1 month", "reports_most": "1 w"}],
            "maturity": [
                {
                    "model": "project",
                    "perspective": "risk management",
                    "level": 2,
                    "target": 3,
                    "why": "two losses last year",
                    "evidence": ["register"],
                    "assessed": "2026-03-02",
                    "by": "audit",
                }
            ],
            "reassess": "6 months",
            "improvements": [{"id": "i", "owner": "ann", "due": "2026-06-30", "measure": "late risks", "before": 9, "after": 3}],
            "funding_line": "core",
            "cost": "400 k GBP",
            "kpis": [
                {
                    "id": "k",
                    "baseline": 3,
                    "target": 1,
                    "every": "3 months",
                    "measured": [{"date": "2026-03-31", "value": 2}],
                    "owner": "ann",
                }
            ],
            "handed_over": {"records": "ann"},
            "standards": {"risk": "3"},
            "cites": ["L1"],
            "tier": "gold",
        }
    }


def heard(code: str, pf: Portfolio) -> list[str]:
    check = next(c for c in P3O.checks if c.code == code)
    return [f.message for f in check.run(CheckContext(portfolio=pf))]


# ------------------------------------------------------------------------------------------------ rules


def test_r01_wants_one_office_at_the_top_or_an_owner_for_each_service() -> None:
    assert heard("p3o/one-apex", portfolio()) == ["no portfolio office stands at the top"]
    virtual = {"extensions": {"p3o": P3OFields(virtual=True)}}
    assert not heard("p3o/one-apex", portfolio(**virtual))
    alone = Service(id="risk", mode="mandatory")
    assert heard("p3o/one-apex", portfolio(services=[alone], **virtual)) == ["the office is virtual, and nobody answers for service 'risk'"]
    owned = Service(id="risk", mode="mandatory", owner="boss")
    assert not heard("p3o/one-apex", portfolio(services=[owned], **virtual))
    assert not heard("p3o/service-gap", portfolio(services=[owned], **virtual))


def test_r02_finds_circles_two_hubs_and_spokes_without_a_hub() -> None:
    assert heard("p3o/office-forest", portfolio(Office(id="a", reports_to="b"), Office(id="b", reports_to="a"))) == [
        "offices report in a circle: a -> b -> a"
    ]
    two = portfolio(HUB, Office(id="h2", permanent=True), office(reports_to=["hub", "h2"]))
    assert "reports to 2 offices" in heard("p3o/office-forest", two)[0]
    assert "has no office above it" in heard("p3o/office-forest", portfolio(HUB, office(reports_to="board")))[0]


def test_r03_compares_the_end_with_the_hosts_scheduled_finish() -> None:
    assert not heard("p3o/temporary-office", portfolio(HUB, office(ends="2027-01-30")))
    late = heard("p3o/temporary-office", portfolio(HUB, office(ends="2027-02-02")))
    assert "more than 365 days after its host 'T' finishes (2026-01-30)" in late[0]
    short = portfolio(HUB, office(ends="2026-06-30"), extensions={"p3o": P3OFields(grace=ipmo.Span(90, "ed"))})
    assert "more than 90 days" in heard("p3o/temporary-office", short)[0]
    assert "has no end" in heard("p3o/temporary-office", portfolio(HUB, office(ends=None)))[0]
    unknown = portfolio(HUB, office()).evolve("P/a", duration=None)
    assert "cannot be said" in heard("p3o/temporary-office", unknown)[0]


def test_r05_counts_what_is_mandatory_and_r06_what_is_given_twice() -> None:
    nobody = portfolio(HUB, office(), services=[Service(id="risk", mode="mandatory", level="project"), Service(id="coaching")])
    assert heard("p3o/service-gap", nobody) == [
        "service 'coaching' is given by no one",
        "service 'risk' is given by no one",
        "nobody gives the mandatory service 'risk' to 'P'",
    ]
    waiver = Waiver(service="risk", item="P", reason="a pilot", expires="2026-12-31")
    assert not coverage(portfolio(HUB, services=[Service(id="risk", mode="mandatory", level="project")], waivers=[waiver])).gaps
    old = Waiver(service="risk", item="P", reason="a pilot", expires="2026-01-06")
    expired = portfolio(HUB, services=[Service(id="risk", mode="mandatory", level="project")], waivers=[old], status_date="2026-02-02")
    assert [(cell.item, cell.service) for cell in coverage(expired).gaps] == [("P", "risk")]
    closed = portfolio(HUB, office(ends="2026-01-31", services=["risk"]), services=[Service(id="risk", mode="mandatory", level="project")])
    assert coverage(closed)["P", "risk"].providers == ("spoke",)
    assert coverage(closed.evolve("x", status_date="2026-02-02"))["P", "risk"].gap, "a closed office gives nothing"
    both = [
        Service(id="r1", kind="risk", provider="hub", consumers=["P"]),
        Service(id="r2", kind="Risk management", provider="spoke", consumers=["T"]),
    ]
    assert heard("p3o/service-overlap", portfolio(HUB, office(), services=both)) == ["'P' gets service 'risk' from hub and spoke"]
    both[0] = Service(id="r1", kind="risk", provider="hub", consumers=["P"], split="hub: money; spoke: the rest")
    assert not heard("p3o/service-overlap", portfolio(HUB, office(), services=both))


def test_a_service_comes_from_the_closest_office_of_the_line() -> None:
    found = coverage(portfolio(HUB, office(services=["reporting"])))
    assert found["P", "reporting"].providers == ("spoke",)
    assert found["x", "reporting"].providers == ("hub",)
    assert found.share is None
    assert found["P", "reporting"].state == "given"


def test_r07_keeps_deciders_assessors_and_assurers_out_of_delivery() -> None:
    own = portfolio(HUB, office(), projects=[project(confidence=[Confidence(date="2026-01-30", assessor="clerk", rating="amber")])])
    assert heard("p3o/independence", own) == ["the confidence in 'P' is assessed by 'clerk', who delivers it"]
    inside = DecisionBody(id="team", members=["lead", "clerk"])
    packed = portfolio(HUB, office(), bodies=(BOARD, inside), projects=[project(gates=[Gate(id="G", body="team")])])
    assert "all of whose members deliver it" in heard("p3o/independence", packed)[0]
    mixed = DecisionBody(id="team", members=["lead", "boss"])
    assert not heard(
        "p3o/independence", portfolio(HUB, office(), bodies=(BOARD, mixed), projects=[project(gates=[Gate(id="G", body="team")])])
    )
    assured = portfolio(HUB, office(), services=[Service(id="assurance", provider="spoke")])
    assert heard("p3o/independence", assured) == ["'P' is assured by office 'spoke', which belongs to its delivery"]
    assert not heard("p3o/independence", portfolio(HUB, office(), services=[Service(id="assurance", provider="hub")]))


def test_r08_shows_reports_that_contradict_each_other() -> None:
    two = [StatusReport(date="2026-02-02", rag="green", by="lead"), StatusReport(date="2026-02-02", rag="red", by="clerk")]
    found = heard("p3o/one-source", portfolio(HUB, office(), projects=[project(status=two)]))
    assert found == ["reports on 'P' of 2026-02-02 contradict each other: green by lead, red by clerk"]


def test_r09_follows_offices_and_bodies_to_the_top() -> None:
    assert "ends at P -> spoke -> hub" in heard("p3o/reach-the-top", portfolio(Office(id="hub", permanent=True), office()))[0]
    low = (DecisionBody(id="board", level="programme"),)
    assert "ends at programme level" in heard("p3o/reach-the-top", portfolio(HUB, office(), bodies=low))[0]
    chain = (DecisionBody(id="board", level="programme", reports_to="top"), DecisionBody(id="top", level="portfolio"))
    assert not heard("p3o/reach-the-top", portfolio(HUB, office(), bodies=chain))
    assert "no board" in heard("p3o/reach-the-top", portfolio(bodies=()))[0]
    table = reporting_paths(portfolio(HUB, office(), bodies=chain))
    assert next(iter(table.rows())) == {
        "initiative": "P",
        "path": "spoke → hub → board → top",
        "steps": 4,
        "reaches_the_top": True,
        "ends_at": "top",
    }


def test_r11_follows_a_breach_up_to_the_board() -> None:
    stray = (BOARD, DecisionBody(id="committee", level="programme", authority="5 M GBP"))
    assert "ends at 'committee', below the portfolio's board" in heard("p3o/escalation", portfolio(HUB, projects=[LATE], bodies=stray))[0]
    only_low = (DecisionBody(id="board", level="project"),)
    whole = portfolio(HUB, tolerance=Tolerance(cost=0.1), bodies=only_low)
    assert heard("p3o/escalation", whole) == ["the portfolio has a tolerance, and no board of its level or above hears of a breach"]
    assert not heard("p3o/escalation", portfolio(bodies=()))


def test_r13_takes_the_version_or_a_waiver() -> None:
    standard = [Standard(id="s", version="4", applies_to="project")]
    assert (
        "follows version 3 of standard 's'; version 4 is current"
        in heard("p3o/standards", portfolio(HUB, projects=[FOLLOWS], standards=standard))[0]
    )
    assert "does not say which version" in heard("p3o/standards", portfolio(HUB, standards=standard))[0]
    let = [Waiver(standard="s", item="T", reason="a pilot", expires="2026-12-31")]
    assert not heard("p3o/standards", portfolio(HUB, standards=standard, waivers=let))
    stray = project(extensions={"p3o": P3OFields(standards={"zz": "1"})})
    assert heard("p3o/standards", portfolio(HUB, projects=[stray])) == ["project 'P' follows the unknown standard 'zz'"]


def test_r14_closes_the_loop_of_lessons() -> None:
    new = project(id="N", programme=None, state="proposed")
    lonely = Lesson(id="L2", source="P", text="t")
    found = heard("p3o/learning", portfolio(HUB, projects=[project(), new], lessons=[lonely]))
    assert found == ["project 'N' is proposed and cites no lesson", "lesson 'L2' has been used nowhere"]
    cites = project(id="N", programme=None, state="proposed", extensions={"p3o": P3OFields(cites=("L2", "L9"))})
    assert heard("p3o/learning", portfolio(HUB, projects=[project(), cites], lessons=[lonely])) == [
        "project 'N' cites the unknown lesson 'L9'"
    ]


def test_r17_leaves_ownership_with_the_line() -> None:
    pf = portfolio(HUB, office(), projects=[project(owner="spoke")], benefits=[Benefit(id="b", owner="clerk", enabled_by="P/a")])
    assert heard("p3o/neutral-office", pf) == [
        "project 'P' is owned by office 'spoke', which supports it",
        "benefit 'b' is owned by 'clerk' of office 'spoke', which supports it",
    ]


def test_wrong_data_is_located(tmp_path: Any) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(
        "ipmo: 1\nportfolio: {id: x, start: 2026-01-05}\norganisation:\n  services:\n    - {id: risk, provider: nowhere}\n"
        "  offices:\n    - {id: hub, extensions: {p3o: {fundingline: core}}}\n"
    )
    with pytest.raises(ipmo.IpmoError) as caught:
        ipmo.read(path)
    assert "x.yaml:5" in str(caught.value)
    assert "'nowhere'" in str(caught.value)
    path.write_text(path.read_text().replace("nowhere", "hub"))
    with pytest.raises(ipmo.IpmoError) as caught:
        ipmo.read(path)
    assert "x.yaml:7" in str(caught.value)
    assert "did you mean 'funding_line'?" in str(caught.value)


# ------------------------------------------------------------------------------------------------ what was missed


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"type": "hub", "reports_to": "hub"}, []),
        ({"type": "hub", "reports_to": "board"}, []),
        ({"type": "hub"}, ["permanent hub office 'north' reports to nobody"]),
        ({"type": "programme", "permanent": True}, ["permanent programme office 'north' reports to nobody"]),
        ({"type": "centre of excellence"}, []),  # often of the corporate services, which are not in the plan
    ],
)
def test_r02_lets_no_permanent_hub_report_to_nobody(more: dict[str, Any], said: list[str]) -> None:
    assert heard("p3o/office-forest", portfolio(HUB, Office(id="north", **more))) == said


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ("2026-01-30", []),
        ("2027-01-30", []),
        ("2026-01-29", ["temporary office 'spoke' ends 2026-01-29, 1 day before its host 'P' finishes (2026-01-30)"]),
        ("2026-01-12T12:00", ["temporary office 'spoke' ends 2026-01-12, 18 days before its host 'P' finishes (2026-01-30)"]),
        ("2027-01-31", ["temporary office 'spoke' ends 2027-01-31, more than 365 days after its host 'P' finishes (2026-01-30)"]),
    ],
)
@pytest.mark.parametrize("calendar", ["standard", "continuous"])
def test_r03_wants_an_office_to_last_as_long_as_its_host(ends: str, said: list[str], calendar: str) -> None:
    """The host ends on 30 January: at 17:00 of the usual week, at the end of the day around the clock."""
    length = "20 d" if calendar == "standard" else "26 d"
    hosted = project(calendar=calendar, tasks=[Task(id="a", duration=length)])
    assert heard("p3o/temporary-office", portfolio(HUB, office(host="P", ends=ends), projects=[hosted])) == said


KILLED = Gate(id="G", decision=GateDecision(outcome="kill", date="2026-02-01", decided_by="board"))


@pytest.mark.parametrize(
    ("host", "ends", "said"),
    [
        ({"state": "cancelled"}, "2026-06-01", []),  # it has ended
        ({"state": "cancelled"}, "2026-06-02", ["temporary office 'spoke' goes on until 2026-06-02, though its host 'P' was cancelled"]),
        (
            {"state": "cancelled"},
            "2027-06-02",
            ["temporary office 'spoke' ends 2027-06-02, more than 365 days after its host 'P' was stopped"],
        ),
        ({"gates": [KILLED]}, "2027-02-01", []),  # the year for records
        (
            {"gates": [KILLED]},
            "2027-02-02",
            ["temporary office 'spoke' ends 2027-02-02, more than 365 days after its host 'P' was stopped on 2026-02-01"],
        ),
    ],
)
@pytest.mark.parametrize("of", ["P", "T"])
def test_r03_wants_an_office_to_end_where_its_host_was_stopped(of: str, host: dict[str, Any], ends: str, said: list[str]) -> None:
    """A programme was stopped where all its projects were."""
    hosted = project(tasks=[Task(id="a", duration="20 d")], **{"programme": "T", **host})
    pf = portfolio(HUB, office(host=of, ends=ends), projects=[hosted], status_date="2026-06-01")
    assert heard("p3o/temporary-office", pf) == [text.replace("'P'", f"'{of}'") for text in said]


def report(date: str, rag: str, by: str | None) -> StatusReport:
    return StatusReport(date=date, rag=rag, by=by)


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        ([report("2026-03-01", "red", "lead"), report("2026-03-05", "red", "boss")], []),
        ([report("2026-03-01", "red", "lead"), report("2026-03-05", "green", "lead")], []),  # the same person sees it otherwise now
        ([report("2026-03-01", "red", "lead"), report("2026-04-05", "green", "boss")], []),  # of another month
        ([report("2026-03-01", "red", "lead"), report("2026-03-05", "green", "boss"), report("2026-03-06", "green", "lead")], []),
        (
            [report("2026-03-01", "red", "lead"), report("2026-03-05", "green", "boss")],
            ["reports on 'P' contradict each other: red by lead on 2026-03-01, green by boss on 2026-03-05"],
        ),
        (
            [report("2026-03-05", "green", "boss"), report("2026-02-20", "green", "lead"), report("2026-03-01", "amber", "lead")],
            ["reports on 'P' contradict each other: amber by lead on 2026-03-01, green by boss on 2026-03-05"],
        ),
        (
            [report("2026-03-01", "red", "lead"), report("2026-03-01", "green", "boss")],
            ["reports on 'P' of 2026-03-01 contradict each other: green by boss, red by lead"],
        ),
    ],
)
def test_r08_hears_reports_that_contradict_each_other_days_apart(reports: list[StatusReport], said: list[str]) -> None:
    assert heard("p3o/one-source", portfolio(HUB, projects=[project(status=reports)])) == said


@pytest.mark.parametrize(
    ("state", "lessons", "said"),
    [
        ("cancelled", [LEARNED], []),
        ("cancelled", [], ["project 'P' is cancelled and left no lesson"]),
        ("cancelled", [Lesson(id="L2", source="Q", applied_in=["Q"])], ["project 'P' is cancelled and left no lesson"]),
        ("active", [], []),
    ],
)
def test_r14_asks_cancelled_work_for_its_lessons(state: str, lessons: list[Lesson], said: list[str]) -> None:
    pf = portfolio(HUB, projects=[project(state=state), Project(id="Q", tasks=[Task(id="b", duration="1 d")])], lessons=lessons)
    assert heard("p3o/learning", pf) == said


def test_r14_asks_what_a_gate_killed_for_its_lessons_too() -> None:
    killed = project(gates=[Gate(id="G", decision={"outcome": "kill", "date": "2026-02-01"})])
    assert heard("p3o/learning", portfolio(HUB, projects=[killed])) == ["project 'P' is cancelled and left no lesson"]
    assert heard("p3o/learning", portfolio(HUB, projects=[killed], lessons=[LEARNED])) == []
