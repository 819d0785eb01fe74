"""The UK programme and project data standard: each clause with a portfolio that meets it and one that does not, and the export."""

from __future__ import annotations

import csv
import json
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

import ipmo
from ipmo.cli.shell import main
from ipmo.errors import FormatWarning, OptionError
from ipmo.files.no_room import single
from ipmo.model import Benefit, Issue, Person, Portfolio, Programme, Project, Task
from ipmo.standards.entities import ENTITIES, records
from ipmo.standards.uk_project_data import CLAUSES, standings
from ipmo.testing.nouns import wide_portfolios

COMMON: dict[str, object] = {"money": {"currency": "GBP"}, "start": "2026-01-05"}


def portfolio(**fields: object) -> Portfolio:
    return Portfolio(id="P", **{**COMMON, **fields})  # type: ignore[arg-type]


def project(**fields: object) -> Portfolio:
    return portfolio(projects=[Project(id="A", **{"name": "Bridge", **fields})])  # type: ignore[arg-type]


RISK = {"id": "R", "name": "flood", "before": {"probability": 0.1, "impacts": [{"cost": "2 M GBP"}]}}
CASES = {
    "3.1": (project(), project(name=""), "missing"),
    "3.2": (project(risks=[RISK]), project(risks=[{**RISK, "name": ""}]), "missing"),
    "3.3": (portfolio(issues=[Issue(id="I", name="late")]), portfolio(issues=[Issue(id="I")]), "missing"),
    "3.4": (portfolio(benefits=[Benefit(id="B", name="time")]), portfolio(benefits=[Benefit(id="B")]), "missing"),
    "3.5": (
        project(tasks=[Task(id="m", name="open", milestone=True)]),
        project(tasks=[Task(id="m", milestone=True)], gates=[{"id": "g", "name": "go"}]),
        "missing",
    ),
    "3.6": (project(budget="1 M GBP"), project(budget=[{"from": "2026-04-01", "amount": "1 M GBP"}, {"from": "2027-04-01"}]), "missing"),
    "3.7": (portfolio(people=[Person(id="ann", name="Ann")]), portfolio(people=[Person(id="ann")]), "missing"),
    "3-date": (project(finish="2026-12-31"), project(finish="2026-12-31T17:00"), "wrong format"),
    "3-numeric": (
        project(budget="1 M GBP", risks=[RISK]),
        project(budget={"low": "1 M GBP", "likely": "2 M GBP", "high": "4 M GBP"}),
        "wrong format",
    ),
    "5-dates": (project(start="2026-02-01", finish="2026-02-01"), project(start="2026-02-02", finish="2026-02-01"), "wrong format"),
    "5-positive": (
        portfolio(benefits=[Benefit(id="B", name="time", value="0 GBP")]),
        portfolio(benefits=[Benefit(id="B", name="time", value="-1 M GBP per year")]),
        "wrong format",
    ),
}
UNSEEN = {"3-category", "3-frequency", "4", "5-other"}


def test_every_clause_that_is_looked_at_has_both_portfolios_and_the_rest_is_said_to_be_unseen() -> None:
    assert {clause.number for clause in CLAUSES if clause.look is not None} == set(CASES)
    assert {clause.number for clause in CLAUSES if clause.look is None} == UNSEEN
    assert [entity.name for entity in ENTITIES] == ["project features", "risk", "issue", "benefit", "milestone", "cost", "people"]
    assert all(clause.seen for clause in CLAUSES)


@pytest.mark.parametrize("number", CASES)
def test_a_clean_and_an_offending_portfolio(number: str) -> None:
    clean, offending, fault = CASES[number]
    good = {one.clause.number: one for one in standings(clean)}
    assert good[number].standing == "met"
    assert {one.standing for one in good.values()} <= {"met", "no data", "text not seen"}
    bad = {one.clause.number: one for one in standings(offending)}
    assert bad[number].standing == fault
    assert len(bad[number].found) == 1
    found = [f for f in ipmo.check(offending, standard="uk-project-data") if f.code == f"uk-project-data/{number}"]
    assert sorted(f.severity.value for f in found) == ["warning", "warning"], "one for the clause, one for the record"
    others = [f for f in ipmo.check(clean, standard="uk-project-data") if f.severity.value != "info"]
    assert others == []


def test_a_clause_without_records_has_no_data_and_one_without_text_is_not_met() -> None:
    found = {f.rule + f.code: f for f in ipmo.check(portfolio(), standard="uk-project-data")}
    assert len(found) == len(CLAUSES)
    said = {f.code.partition("/")[2]: f.message for f in found.values()}
    assert "no record, so nothing to hold against it" in said["3.1"]
    assert "text not seen" in said["4"] and "text not seen" in said["3-category"]
    assert not any(": met" in message for message in said.values())
    with pytest.raises(OptionError, match="uk-project-data"):
        ipmo.check(portfolio(), standard="prince3")


def exported(pf: Portfolio, folder: Path) -> tuple[dict[str, list[dict[str, str]]], str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ipmo.write(pf, folder, format="uk-project-data")
    tables = {}
    for path in folder.glob("*.csv"):
        with path.open(newline="") as stream:
            tables[path.name] = list(csv.DictReader(stream))
    return tables, " ".join(str(one.message) for one in caught if issubclass(one.category, FormatWarning))


def test_the_seven_entities_are_written_with_the_names_of_the_standard(tmp_path: Path) -> None:
    pf = portfolio(
        status_date="2026-02-02",
        programmes=[Programme(id="G", name="Crossings", budget="9 M GBP")],
        people=[Person(id="ann", name="Ann", roles=["SRO"], permanent=True)],
        projects=[
            Project(
                id="A",
                name="=Bridge",
                programme="G",
                owner="ann",
                start="2026-01-05",
                finish="2026-12-31",
                budget=[{"from": "2026-04-01", "until": "2027-03-31", "amount": "3.5 M GBP", "class": "capex"}],
                forecast={"low": "3 M GBP", "likely": "4 M GBP", "high": "6 M GBP"},
                tasks=[
                    Task(id="build", duration="10 d"),
                    Task(id="open", name="Opening", milestone=True, after=["build"], deadline="2026-02-10", baseline_finish="2026-02-03"),
                ],
                gates=[{"id": "g", "name": "Go", "need_by": "2026-01-31T12:00"}],
                risks=[RISK],
                attributes={"region": "north", "description": "over the river"},
            )
        ],
        issues=[Issue(id="I", name="late", item="A", raised="2026-01-10")],
        benefits=[Benefit(id="B", name="time", value="1.2 M GBP per year", enabled_by=["A/open"], cashable=True, lasts="36 months")],
    )
    tables, said = exported(pf, tmp_path / "out")
    assert set(tables) == {
        "project-features.csv",
        "risk.csv",
        "issue.csv",
        "benefit.csv",
        "milestone.csv",
        "cost.csv",
        "people.csv",
        "clauses.csv",
    }
    assert [(row["id"], row["kind"], row["part of"], row["name"]) for row in tables["project-features.csv"]] == [
        ("G", "programme", "", "Crossings"),
        ("A", "project", "G", "'=Bridge"),
    ]
    assert tables["project-features.csv"][1]["description"] == "over the river"
    opening, gate = tables["milestone.csv"]
    assert (opening["baseline date"], opening["committed date"], opening["forecast date"]) == ("2026-02-03", "2026-02-10", "2026-02-13")
    assert (gate["kind"], gate["committed date"]) == ("gate", "2026-01-31")
    assert [(row["project"], row["kind"], row["class"], row["amount"], row["currency"]) for row in tables["cost.csv"]] == [
        ("G", "budget", "", "9000000", "GBP"),
        ("A", "budget", "capex", "3500000", "GBP"),
        ("A", "forecast", "", "", "GBP"),
    ]
    assert (tables["risk.csv"][0]["probability"], tables["risk.csv"][0]["cost impact"]) == ("0.1", "2000000")
    assert (tables["benefit.csv"][0]["projects"], tables["benefit.csv"][0]["value"], tables["benefit.csv"][0]["per"]) == (
        "A",
        "1200000",
        "year",
    )
    assert (tables["issue.csv"][0]["project"], tables["issue.csv"][0]["raised"]) == ("A", "2026-01-10")
    assert tables["people.csv"][0] == {
        "id": "ann",
        "name": "Ann",
        "kind": "person",
        "permanent": "yes",
        "line": "",
        "office": "",
        "roles": "SRO",
    }
    assert {row["standing"] for row in tables["clauses.csv"]} == {"met", "wrong format", "text not seen"}
    for part in (
        "1 task",
        "links of milestones",
        "fields 'lasts' of benefits",
        "attributes 'region' of projects",
        "ranges of 'amount' of cost",
        "times of day of 'committed date' of milestone",
    ):
        assert part in said or single(part) in said, part


def test_records_without_what_tells_them_apart_are_named_on_writing(tmp_path: Path) -> None:
    _, said = exported(
        portfolio(people=[Person(id="ann")], projects=[Project(id="A", name="a", budget=[{"from": "2026-04-01"}])]), tmp_path
    )
    assert "1 record of people without a name" in said
    assert "1 record of cost without a amount" not in said
    assert "1 record of cost without an amount" in said


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(wide_portfolios())
def test_any_portfolio_is_checked_and_written(tmp_path: Path, pf: Portfolio) -> None:
    tables, _ = exported(pf, tmp_path / "out")
    held = records(pf)
    for entity in ENTITIES:
        rows = tables[entity.file]
        assert len(rows) == len(held[entity.name])
        for row in rows:
            for attribute in entity.attributes:
                if attribute.format == "Date" and row[attribute.name]:
                    assert len(row[attribute.name]) == 10 and row[attribute.name][4] == "-"
                if attribute.format == "Numeric" and row[attribute.name]:
                    float(row[attribute.name])
    found = ipmo.check(pf, standard="uk-project-data")
    assert {f.code for f in found} == {clause.code for clause in CLAUSES}
    assert all(f.item == "" or f.item in pf for f in found)


def test_the_command_line(tmp_path: Path) -> None:
    from click.testing import CliRunner

    path = tmp_path / "p.json"
    ipmo.write(project(start="2026-02-02", finish="2026-02-01"), path)
    done = CliRunner().invoke(main, ["check", str(path), "--standard", "uk-project-data", "--json"])
    assert done.exit_code == 0, done.output
    assert any("lies after its end date" in row["message"] for row in json.loads(done.stdout)["rows"])
    done = CliRunner().invoke(main, ["convert", str(path), str(tmp_path / "out"), "--to", "uk-project-data"])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "project-features.csv").is_file()
