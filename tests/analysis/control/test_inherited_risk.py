"""What a programme or the portfolio tolerates of exposure holds for what lies in it and states nothing: no part may bear more than the whole."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo


def project(name: str, risks: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"id": name, "programme": "T", "state": "active", "tasks": [{"id": "x", "duration": "10 d"}], "risks": risks, **more}


def risk(cost: str | None, probability: float = 0.5) -> dict[str, Any]:
    impacts = [] if cost is None else [{"target": "x", "cost": cost}]
    return {"id": "R", "before": {"probability": probability, "impacts": impacts}}


def read(*projects: dict[str, Any], **more: Any) -> ipmo.Portfolio:
    header = {"id": "pf", "start": "2026-06-01", "status_date": "2026-06-01", "calendar": "continuous", "money": {"currency": "GBP"}}
    programmes = more.pop("programmes", [{"id": "T", "tolerance": {"risk": "1.5 M GBP"}}])
    return ipmo.from_dict(
        {"ipmo": 1, "portfolio": {**header, **more.pop("portfolio", {})}, "programmes": programmes, "projects": list(projects), **more}
    )


def aspect(pf: ipmo.Portfolio, item: str) -> Any:
    return next((a for a in ipmo.status(pf)[item].aspects if a.name == "risk"), None)


@pytest.mark.parametrize(
    ("cost", "rag", "over"), [("6 M GBP", "red", "1.5 M GBP beyond tolerance"), ("3 M GBP", "green", ""), ("2 M GBP", "green", "")]
)
def test_a_part_that_bears_more_than_the_whole_may_is_red(cost: str, rag: str, over: str) -> None:
    """Half of 6 M is 3 M, 1.5 M more than all of T may bear; half of 3 M is the limit itself."""
    pf = read(project("s", [risk(cost)]))
    found = aspect(pf, "s")
    assert (found.rag, found.over) == (rag, over)
    assert found.text.partition(",")[0].endswith("of at most 1.5 M GBP for all of T")
    assert [b.item for b in ipmo.status(pf).breaches] == (["T", "s"] if over else [])
    assert ipmo.status(pf).computed["s"] == rag


@pytest.mark.parametrize(
    ("risks", "said"),
    [
        ([risk("1 M USD")], "no rate from USD to GBP on 2026-06-01"),
        ([risk(None)], "1 risk unknown"),
        ([], "no risks are recorded; at most 1.5 M GBP for all of T is tolerated"),
    ],
)
def test_what_a_part_bears_is_not_known_where_its_risks_are_not(risks: list[dict[str, Any]], said: str) -> None:
    pf = read(project("q", risks))
    found = aspect(pf, "q")
    assert (found.rag, found.withholds) == (None, True)
    assert said in found.text
    assert ipmo.status(pf).computed["q"] is None


def test_an_own_tolerance_takes_the_place_of_that_above_and_what_is_closed_is_asked_nothing() -> None:
    done = {"id": "x", "actual_start": "2026-05-01", "actual_finish": "2026-05-10"}
    pf = read(
        project("own", [risk("6 M GBP")], tolerance={"time": "5 d"}),
        project("more", [risk("6 M GBP")], tolerance={"risk": "4 M GBP"}),
        project("over", [], state="closed", tasks=[done], actual_finish="2026-05-10"),
    )
    assert (aspect(pf, "own"), aspect(pf, "more").rag, aspect(pf, "over")) == (None, "green", None)


def test_the_portfolio_hands_it_down_through_programmes_and_names_itself() -> None:
    pf = read(project("s", [risk("6 M GBP")]), programmes=[{"id": "T"}], portfolio={"tolerance": {"risk": "1 M GBP"}})
    assert aspect(pf, "s").text == "exposure 3 M GBP of at most 1 M GBP for all of pf, 2 M GBP beyond tolerance" or aspect(pf, "s").over
    assert {name: aspect(pf, name).rag for name in ("pf", "T", "s")} == {"pf": "red", "T": "red", "s": "red"}
    abroad = read(project("s", [risk("6 M GBP")]), programmes=[{"id": "T"}], portfolio={"tolerance": {"risk": "1 M EUR"}})
    assert aspect(abroad, "s").text.startswith("tolerance of 'pf' is 1 M EUR: no rate from EUR to GBP")


def test_what_if_and_the_report_say_the_same() -> None:
    """Without s, T bears 1 M of 1.5 M; the exception of s goes with it."""
    pf = read(project("s", [risk("6 M GBP")]), project("r", [risk("2 M GBP")]))
    assert ipmo.status(pf).computed == {"pf": "red", "T": "red", "s": "red", "r": "green"}
    after = str(ipmo.what_if(pf, ipmo.changes.Stop("s")))
    assert "status of T: red to green" in after
    assert "3 M GBP of at most 1.5 M GBP for all of T" in " ".join(pf.report().html.split())


def test_an_exception_of_what_was_stopped_is_gone_with_it_and_one_that_is_not_known_is_not_within() -> None:
    """2 M against 1 M: stopped, u has no cost that anything could tolerate; without a budget nobody knows."""
    tolerance = {"tolerance": {"cost": "5 %"}}
    tasks = [{"id": "x", "duration": "10 d", "budget": "1 M GBP", "forecast": "2 M GBP"}]
    pf = read({"id": "u", "state": "active", "tasks": tasks, **tolerance}, programmes=[])
    text = "forecast 2 M GBP, budget 1 M GBP, 950 k GBP beyond tolerance"
    assert f"exception of u: {text} to nothing; cancelled" in str(ipmo.what_if(pf, ipmo.changes.Stop("u")))
    for name, change in (("not known", {"budget": None}), ("within tolerance", {"forecast": "1.04 M GBP"})):
        (row,) = ipmo.compare(pf, pf.evolve("u/x", **change)).exceptions
        assert (row.before, row.after) == (text, f"cost {name}")
    (row,) = ipmo.compare(pf.evolve("u", state="cancelled"), pf).exceptions
    assert (row.before, row.after) == ("nothing", text)
