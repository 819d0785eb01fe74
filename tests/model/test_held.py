"""Gates and risks of programmes and of the portfolio: every answer that lists or counts those of projects has them too, with whose they are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import attrs
import pytest
import xlsxwriter
import yaml
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.change.applying import applied
from ipmo.analysis.change.differences import carried_over, differences
from ipmo.changes import Add, Remove, SetProbability
from ipmo.model import Gate, Risk
from ipmo.model.held import gates_by_owner, gates_of, risks_of
from ipmo.registers.mapping import ColumnMapping, Mapping, SheetMapping

TEXT = """
ipmo: 1
portfolio: {id: city, start: 2026-01-05, status_date: 2026-02-02, money: {currency: GBP}}
people: [{id: sro, name: Ann}, {id: cro, name: Bo}]
organisation: {bodies: [{id: board, authority: 5 M GBP}]}
programmes:
  - {id: change, name: Change}
  - {id: transit, name: Transit, owner: sro, programme: change}
projects:
  - id: tram
    programme: transit
    state: active
    budget: 3 M GBP
    tasks: [{id: design, duration: 20 d}, {id: build, duration: 40 d, after: design}]
    gates: [{id: g2, after: design}]
    risks: [{id: ground, name: Ground, owner: sro, before: {probability: 0.5, impacts: {cost: 100 k GBP}}}]
  - {id: depot, state: active, tasks: [{id: hall, duration: 30 d}]}
links: [{from: transit-0, to: tram/build}]
gates:
  - {id: transit-0, name: Strategic assessment, programme: transit, after: tram/design, body: board, need_by: 2026-03-02, criteria: [case]}
  - {id: yearly, not_before: 2026-06-01}
risks:
  - {id: strike, item: transit, owner: sro, ends: 2026-01-20, before: {probability: 0.2, impacts: {cost: 1 M GBP}}}
  - {id: heat, item: transit, before: {probability: 0.5, impacts: [{cost: 200 k GBP}, {delay: 10 d, target: tram/build}]}}
  - {id: rates, owner: cro, before: {probability: 0.1, impacts: {cost: 2 M GBP}}}
  - {id: damp, item: depot/hall, owner: cro, before: {probability: 0.5, impacts: {cost: 10 k GBP}}}
"""


def made(text: str) -> ipmo.Portfolio:
    return ipmo.from_dict(yaml.safe_load(text))


@pytest.fixture(scope="module")
def city() -> ipmo.Portfolio:
    return made(TEXT)


def test_whose_they_are(city: ipmo.Portfolio) -> None:
    assert [(one.id, one.owner, one.level) for one in gates_of(city)] == [
        ("tram/g2", "tram", "project"),
        ("transit-0", "transit", "programme"),
        ("yearly", "city", "portfolio"),
    ]
    assert {one.id: (one.owner, one.level) for one in risks_of(city)} == {
        "tram/ground": ("tram", "project"),
        "strike": ("transit", "programme"),
        "heat": ("transit", "programme"),
        "rates": ("city", "portfolio"),
        "damp": ("depot", "project"),
    }


def test_the_register_counts_at_every_level_and_once(city: ipmo.Portfolio) -> None:
    log = ipmo.raid_log(city)
    assert {item: log[item, "risk"].total for item in ("city", "change", "transit", "tram", "depot")} == {
        "city": 5, "change": 3, "transit": 3, "tram": 1, "depot": 1,
    }  # fmt: skip
    assert (log["transit", "risk"].overdue, log["transit", "risk"].unowned) == (1, 1)
    assert log.explain("transit", "risk").splitlines()[-1].strip() == "heat: open, no owner"


def test_exposure_of_a_programme_is_its_own_and_that_of_its_projects(city: ipmo.Portfolio) -> None:
    found = ipmo.risk_exposure(city)
    known = {item: float(found[item].before) for item in found.ids}
    assert known == {"city": 50_000 + 100_000 + 200_000 + 5_000, "change": 150_000, "transit": 150_000, "tram": 50_000, "depot": 5_000}
    assert found["transit"].closed == ("strike",)
    assert [(one.item, one.project) for one in found.threats][:2] == [("rates", "city"), ("heat", "transit")]
    assert found["depot"].silent == ()


def test_a_gate_of_a_programme_waits_for_work_and_work_waits_for_it(city: ipmo.Portfolio) -> None:
    plan = ipmo.schedule(city)
    assert plan["transit-0"].early_finish == plan["tram/design"].early_finish
    assert plan["tram/build"].early_start.date() == dt.date(2026, 3, 2)
    assert plan.commitments["transit-0"].standing == "kept"
    held = city.evolve("transit-0", decision={"outcome": "hold", "date": "2026-02-01"})
    later = ipmo.schedule(held)
    assert later["tram/build"].early_start is None
    assert "gate 'transit-0' was put on hold" in later["tram/build"].undated
    gone = ipmo.schedule(city.evolve("transit-0", decision={"outcome": "go", "date": "2026-03-20"}))
    assert gone["tram/build"].early_start.date() == dt.date(2026, 3, 20)


def test_dates_are_those_of_a_gate_in_a_project_of_its_own(city: ipmo.Portfolio) -> None:
    """An oracle: the same gate in a project that holds nothing else, joined by links."""
    apart = city.evolve(
        gates=[gate for gate in city.gates if gate.id != "transit-0"],
        projects=[*city.projects, {"id": "board-work", "state": "active", "gates": [{"id": "g0", "need_by": "2026-03-02"}]}],
        links=[{"from": "board-work/g0", "to": "tram/build"}, {"from": "tram/design", "to": "board-work/g0"}],
    )
    one, other = ipmo.schedule(city), ipmo.schedule(apart)
    for item, same in (("transit-0", "board-work/g0"), ("tram/build", "tram/build"), ("tram/design", "tram/design"), ("yearly", "yearly")):
        figures = ("early_start", "early_finish", "late_start", "late_finish", "total_float", "commitment_float", "critical")
        assert [getattr(one[item], name) for name in figures] == [getattr(other[same], name) for name in figures], item


def test_what_must_be_decided(city: ipmo.Portfolio) -> None:
    due = {one.item: one for one in ipmo.decisions_due(city)}
    assert due["transit-0"].who == "board" and due["transit-0"].waits == ("tram/build",)
    conditional = {"outcome": "conditional go", "date": "2026-02-01", "conditions": [{"id": "money", "owner": "cro", "due": "2026-02-10"}]}
    rows = [one for one in ipmo.decisions_due(city.evolve("transit-0", decision=conditional)) if one.kind == "condition"]
    assert [(one.item, one.who, one.waits) for one in rows] == [("transit-0", "cro", ("tram/build",))]


def test_gates_are_asked_with_what_is_at_stake_in_the_programme(city: ipmo.Portfolio) -> None:
    row = ipmo.gates(city)["transit-0"]
    assert (row.owner, row.missing, str(row.stake), row.covered) == ("transit", ("case",), "3 M GBP", True)
    assert ipmo.gates(city)["yearly"].owner == "city"


def test_the_simulation_counts_risks_of_programmes_where_they_hit(city: ipmo.Portfolio) -> None:
    q = {row["id"]: row for row in ipmo.simulate(city, samples=2000, seed=1).table().rows()}
    alone = {row["id"]: row for row in ipmo.simulate(city.evolve(risks=[]), samples=2000, seed=1).table().rows()}
    assert q["tram/build"]["on_schedule"] == pytest.approx(0.5, abs=4 * (0.25 / 2000) ** 0.5) and alone["tram/build"]["on_schedule"] == 1
    more = q["city"]["cost_mean"] - alone["city"]["cost_mean"]
    error = 4 * (0.25 * 200e3**2 + 0.09 * 2e6**2 + 0.25 * 10e3**2) ** 0.5 / 2000**0.5
    assert more == pytest.approx(0.5 * 200e3 + 0.1 * 2e6 + 5e3, abs=error)
    assert (q["transit-0"]["kind"], q["city"]["schedule"]) == ("gate", q["yearly"]["schedule"])


def test_checks_look_at_them(city: ipmo.Portfolio) -> None:
    found = {(one.code, one.item) for one in ipmo.check(city)}
    assert ("ipmo/risk-window-closed", "strike") in found and ("ipmo/risk-incomplete", "rates") in found
    lapsed = {"outcome": "conditional go", "date": "2026-01-20", "conditions": [{"id": "money", "due": "2026-01-25"}]}
    assert ("ipmo/condition-overdue", "transit-0") in {
        (one.code, one.item) for one in ipmo.check(city.evolve("transit-0", decision=lapsed))
    }


def test_a_programme_that_a_gate_stopped_has_no_project_that_goes_on(city: ipmo.Portfolio) -> None:
    killed = city.evolve("transit-0", decision={"outcome": "kill", "date": "2026-02-01"})
    (one,) = [f for f in ipmo.check(killed) if f.code == "ipmo/stopped-but-open"]
    assert one.item == "transit" and "'tram' goes on" in one.message
    ended = killed.evolve("tram", state="cancelled")
    assert not [f for f in ipmo.check(ended) if f.code == "ipmo/stopped-but-open"]


@pytest.mark.parametrize("ending", [".yaml", ".json", ".xlsx", "/"])
def test_written_and_read_again(city: ipmo.Portfolio, tmp_path, ending: str) -> None:
    where = f"{tmp_path}/city{ending}"
    ipmo.write(city, where)
    again = ipmo.read(where)
    assert again == city
    assert ipmo.from_tables(city.tables()) == city


def test_a_bad_one_is_named_where_it_stands() -> None:
    wrong = TEXT.replace("programme: transit, after", "programme: tranist, after").replace(
        "after: tram/design, body", "after: tram/desing, body"
    )
    with pytest.raises(ipmo.ModelError) as error:
        made(wrong)
    said = str(error.value)
    assert "gate 'transit-0'" in said and "'tranist' is no programme" in said and "'tram/desing' is no task, gate" in said
    with pytest.raises(ipmo.ModelError, match="write gates of programmes under gates: of the portfolio"):
        made(TEXT.replace("gates: [{id: g2, after: design}]", "gates: [{id: g2, programme: transit}]"))
    rows = {name: table.to_pandas() for name, table in made(TEXT).tables().items()}
    place = list(rows["risks"]["id"]).index("rates")
    rows["risks"].loc[place, "owner"] = "nobody-known"
    with pytest.raises(ipmo.ModelError) as refused:
        ipmo.from_tables(rows)
    assert refused.value.problems[0].path[:2] == ("risks", place)


def test_changes_reach_them(city: ipmo.Portfolio) -> None:
    more = applied(city, [Add(Risk(id="flood", name="Flood"), to="transit"), Add(Gate(id="next")), SetProbability("heat", 0.9)])
    assert more["flood"].item == "transit" and more["next"].programme is None and more["heat"].before.probability == 0.9
    less = applied(more, [Remove("flood"), Remove("transit-0")])
    assert "flood" not in less and "transit-0" not in less and not less.links
    other = differences(city, more)
    assert {item for one in other for item in one.items} >= {"flood", "next", "heat"}
    assert carried_over(city, more, other) == more


def test_the_report_lists_them(city: ipmo.Portfolio, tmp_path) -> None:
    where = tmp_path / "report.html"
    ipmo.report(city, where)
    page = where.read_text(encoding="utf-8")
    assert "heat" in page and "Strategic assessment" in page and "Transit" in page


def test_registers_of_others_name_a_programme_in_the_column_of_projects(tmp_path: Path) -> None:
    """Offices keep one register for programmes and projects."""
    sheets = {
        "programmes": [["Id", "Name"], ["transit", "Transit"]],
        "projects": [["Id", "Name", "Programme"], ["tram", "Tram", "transit"]],
        "risks": [["Id", "Name", "Project", "About"], ["R1", "Strike", "Transit", None], ["R2", "Soil", "tram", None], ["R3", "Rates", None, "transit"], ["R4", "Lost", "no such", None]],
    }  # fmt: skip
    with xlsxwriter.Workbook(tmp_path / "office.xlsx") as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)

    def columns(**fields: str) -> tuple[ColumnMapping, ...]:
        return tuple(ColumnMapping(header=header, field=field) for header, field in fields.items())

    mapping = Mapping(
        sheets=(
            SheetMapping(sheet="programmes", register="programmes", header=(1,), columns=columns(Id="id", Name="name")),
            SheetMapping(sheet="projects", register="projects", header=(1,), columns=columns(Id="id", Name="name", Programme="programme")),
            SheetMapping(
                sheet="risks", register="risks", header=(1,), columns=columns(Id="id", Name="name", Project="project", About="item")
            ),
        )
    )
    pf = ipmo.read(tmp_path / "office.xlsx", mapping=mapping)
    assert [(one.id, one.owner) for one in risks_of(pf)] == [("tram/R2", "tram"), ("R1", "transit"), ("R3", "transit")]
    assert any("'no such'" in one.message for one in pf.source.findings)


@given(st.lists(st.tuples(st.sampled_from(["city", "change", "transit", "tram", "depot"]), st.booleans()), max_size=12))
def test_what_is_below_adds_up(rows: list[tuple[str, bool]]) -> None:
    """Every risk counts once at each level above it, wherever it is written: in its project or at the top."""
    base = made(TEXT).evolve(risks=[], gates=[], links=[])
    base = base.evolve("tram", risks=[])
    cost = {"probability": 0.5, "impacts": {"cost": "2 GBP"}}
    top, inside = [], {"tram": [], "depot": []}
    for number, (owner, at_top) in enumerate(rows):
        one = {"id": f"r{number}", "before": cost}
        if owner in inside and not at_top:
            inside[owner].append(Risk(**one))
        else:
            top.append(Risk(**one, item=None if owner == "city" else owner))
    pf = base.evolve(risks=top, projects=[attrs.evolve(p, risks=inside[p.id]) for p in base.projects])
    above = {"city": {"city"}, "change": {"change", "city"}, "transit": {"transit", "change", "city"}}
    above |= {"tram": {"tram", *above["transit"]}, "depot": {"depot", "city"}}
    found, log = ipmo.risk_exposure(pf), ipmo.raid_log(pf)
    for item in above:
        count = sum(item in above[owner] for owner, _ in rows)
        assert (found[item].before, found[item].recorded, log[item, "risk"].total) == (count, count, count)


def test_gates_by_owner_has_them_all(city: ipmo.Portfolio) -> None:
    assert {owner: [one.id for one in held] for owner, held in gates_by_owner(city).items()} == {
        "tram": ["tram/g2"], "transit": ["transit-0"], "city": ["yearly"],
    }  # fmt: skip
    assert isinstance(gates_of(city)[1].noun, Gate)
