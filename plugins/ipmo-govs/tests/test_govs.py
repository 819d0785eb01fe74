"""UK government project delivery passes the conformance kit; each rule has one clean and two offending portfolios."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.methods.contract import CheckContext
from ipmo.testing.conformance import MethodologyConformance
from ipmo_govs import GOVS, BusinessCase, GovsFields, Review, assurance, roles

PORTFOLIO = {"senior_officer": "cpdo", "portfolio_director": "dir", "portfolio_manager": "pm0"}
PROJECT: dict[str, Any] = {
    "manager": "pm1",
    "business_case": {"stage": "OBC", "approved": "2026-01-20"},
    "reviews": [{"name": "gate 2", "line": 3, "due": "2026-06-01", "by": "nista"}],
}
PAPERS = {"justified": "a", "affordable": "b", "deliverable": "c"}
GO = {"outcome": "go", "date": "2026-01-25"}


def made(
    portfolio: dict[str, Any] | None = None, project: dict[str, Any] | None = None, gate: dict[str, Any] | None = None, **more: Any
) -> ipmo.Portfolio:
    """A portfolio that keeps every rule, with what is to differ."""
    govs = {**PROJECT, **(project or {})}
    first = {"id": "g2", "decision": GO, "evidence": PAPERS, "after": "build", **(gate or {})}
    work = {
        "id": "rail", "programme": "transport", "owner": "sro1", "state": "active", "tasks": [{"id": "build", "duration": "20 d", "owner": "crew"}],
        "gates": [first], "extensions": {"govs": {key: value for key, value in govs.items() if value is not None}},
    }  # fmt: skip
    work |= {key: more.pop(key) for key in ("owner", "state", "gates", "confidence") if key in more}
    data: dict[str, Any] = {
        "ipmo": 1,
        "portfolio": {"id": "dept", "start": "2026-01-05", "status_date": "2026-02-02", "methodologies": {"portfolio": "govs"},
                      "extensions": {"govs": PORTFOLIO if portfolio is None else portfolio}},
        "people": [{"id": name} for name in ("cpdo", "dir", "pm0", "pm1", "pm2", "sro1", "sro2", "crew", "nista")],
        "organisation": {"bodies": [{"id": "board"}]},
        "programmes": [{"id": "transport", "owner": "sro2", "extensions": {"govs": {"manager": "pm2", "reviews": [{"name": "yearly", "line": 2}]}}}],
        "projects": [work],
        "gates": [{"id": "t0", "programme": "transport", "attributes": {"gate": "0"}, "need_by": "2026-09-01"}],
        "baselines": [{"id": "B1", "date": "2026-01-05", "file": "b.json"}],
        **more,
    }  # fmt: skip
    return ipmo.from_dict(data)


CLEAN = made()
FIVE = {"date": "2024-03-31", "assessor": "IPA", "scale": "dca-5", "rating": "amber-red"}
RED = {"date": "2026-01-20", "assessor": "NISTA", "rating": "red"}
OFFENDING: dict[str, list[ipmo.Portfolio]] = {
    "senior-officer": [made(portfolio={"portfolio_director": "dir", "portfolio_manager": "pm0"}), made(portfolio={})],
    "portfolio-roles": [made(portfolio={"senior_officer": "cpdo", "portfolio_manager": "pm0"}), made(portfolio={"senior_officer": "cpdo"})],
    "manager": [made(project={"manager": None}), made(programmes=[{"id": "transport", "owner": "sro2"}])],
    "sro": [made(owner="board"), made(project={"manager": "sro1"})],
    "life-cycle": [made(gates=[]), made(project={"reviews": None})],
    "gate-question": [made(gate={"evidence": {"justified": "a"}}), made(gate={"evidence": {**PAPERS, "affordable": " "}})],
    "business-case": [made(project={"business_case": None}), made(project={"business_case": {"stage": "SOC", "approved": "2025-06-01"}})],
    "portfolio-plan": [made(baselines=[]), made(baselines=[], gates=[])],
    "gate-zero": [
        ipmo.from_dict({**ipmo.to_dict(CLEAN), "gates": []}),
        ipmo.from_dict({**ipmo.to_dict(CLEAN), "gates": [{"id": "t0", "programme": "transport", "attributes": {"gate": "0"}, "decision": GO, "evidence": PAPERS}]}),
    ],
    "assurance-plan": [
        made(project={"reviews": [{"name": "gate 2", "line": 1, "due": "2026-01-10"}]}),
        made(project={"major": True, "reviews": [{"name": "health", "line": 2, "by": "crew", "due": "2026-03-01"}]}),
    ],
    "ratings": [made(confidence=[FIVE]), made(confidence=[{**FIVE, "assessor": "nista", "date": "2025-05-01"}])],
    "red": [
        made(confidence=[RED]),
        made(confidence=[RED], issues=[{"id": "old", "item": "rail", "raised": "2025-12-01"}]),
    ],
}  # fmt: skip


class TestGovS(MethodologyConformance):
    methodology = GOVS
    entry_point = "govs"
    examples = {f"govs/{slug}": (CLEAN, found[0]) for slug, found in OFFENDING.items()}
    extensions = {"govs": {**PROJECT, "major": True}}
    relative = dict.fromkeys(
        ("govs/senior-officer", "govs/portfolio-roles", "govs/portfolio-plan"),
        "they ask about the portfolio, which is under the method or not",
    )


@pytest.mark.parametrize(("slug", "place"), [(slug, place) for slug, found in OFFENDING.items() for place in range(len(found))])
def test_each_rule_is_heard_on_both(slug: str, place: int) -> None:
    check = next(one for one in GOVS.checks if one.code == f"govs/{slug}")
    assert list(check.run(CheckContext(portfolio=OFFENDING[slug][place])))
    assert not list(check.run(CheckContext(portfolio=CLEAN)))


def said(slug: str, pf: ipmo.Portfolio) -> list[str]:
    check = next(one for one in GOVS.checks if one.code == f"govs/{slug}")
    return [one.message for one in check.run(CheckContext(portfolio=pf))]


def test_the_case_before_each_gate() -> None:
    """Strategic outline before gate 1, outline before 2, full before 3: approved by the day of the decision."""
    on_time = {"stage": "FBC", "approved": "2026-01-24"}
    assert not said("business-case", made(project={"business_case": on_time}, gate={"attributes": {"gate": "3"}}))
    late = {"stage": "FBC", "approved": "2026-01-26"}
    assert (
        "stands at FBC approved on 2026-01-26"
        in said("business-case", made(project={"business_case": late}, gate={"attributes": {"gate": "3"}}))[0]
    )
    assert not said(
        "business-case", made(project={"business_case": late})
    )  # gate 2 asks for the outline case, which came before the full one
    draft = {"stage": "OBC"}
    assert "not approved" in said("business-case", made(project={"business_case": draft}))[0]


def test_red_is_answered_by_what_was_raised_since() -> None:
    answered = made(confidence=[RED], issues=[{"id": "plan", "item": "rail/build", "raised": "2026-01-20"}])
    assert not said("red", answered)
    assert not said("red", made(confidence=[RED, {**RED, "date": "2026-01-30", "rating": "amber"}]))


def test_a_local_project_is_asked_less() -> None:
    pf = ipmo.from_dict({**ipmo.to_dict(OFFENDING["red"][0])})
    light = pf.evolve(methodologies={"portfolio": "govs/local"})
    assert "govs/red" in {one.code for one in ipmo.check(pf)}
    assert "govs/red" not in {one.code for one in ipmo.check(light)}


def test_who_holds_what_and_how_it_is_assured() -> None:
    rows = list(roles(made(project={"manager": None})).rows())
    assert [(row["item"], row["role"]) for row in rows if row["person"] == "nobody"] == [("rail", "project manager")]
    assert {row["clause"] for row in rows} == {"4.4.4", "5.2", "6.2", None}
    (row,) = assurance(made(confidence=[RED])).rows()
    assert (row["case"], row["third"], row["rating"], str(row["next_review"])) == ("OBC", 1, "red", "2026-06-01")


def test_gates_ask_for_the_case_and_keep_it_in_another_method() -> None:
    view = ipmo.gates(CLEAN)["rail/g2"]
    assert view.method == ""
    assert ipmo.gates(made(gate={"attributes": {"gate": "2"}}))["rail/g2"].missing == ("outline-business-case",)
    stage = CLEAN.evolve("rail", attributes={"stage": "options"})
    moved = ipmo.translate(stage, to="mop")
    assert moved.portfolio["rail"].attributes["stage"] in ("balance", "plan")
    back = ipmo.translate(moved.portfolio, to="govs")
    assert back.portfolio["rail"].attributes["stage"] in ("options", "full-case")
    assert not [loss for loss in moved.losses if loss.kind == "gate"]
    assert ipmo.translate(stage, to="teal-book").target == "govs"


@pytest.mark.parametrize(
    "bad",
    [{"business_case": {"stage": "XBC"}}, {"reviews": [{"name": "x", "line": 4}]}, {"reviews": [{"name": "x", "line": 1, "due": "soon"}]}],
)
def test_what_it_keeps_is_checked(bad: dict[str, Any]) -> None:
    with pytest.raises(ipmo.ModelError):
        made(project=bad)


def test_roles_follow_their_people_into_the_whole() -> None:
    """Fields of an extension that say what they refer to are renamed with what they name."""
    whole = ipmo.merge(ipmo.Portfolio(id="hmg", start="2026-01-05"), [CLEAN]).portfolio
    assert whole["dept.rail"].extensions["govs"].manager == "dept.pm1"
    assert whole["dept.transport"].extensions["govs"] == GovsFields(manager="dept.pm2", reviews=(Review(name="yearly", line=2),))
    assert whole["dept.rail"].extensions["govs"].business_case == BusinessCase(stage="OBC", approved="2026-01-20")
