"""Which version of an amount holds in other languages, what the steps of a scale stand for, and mixtures that are doubted."""

from __future__ import annotations

from pathlib import Path

import pytest

import ipmo
from ipmo.registers.mapping import ColumnMapping, Mapping


def proposed(tmp_path: Path, text: str) -> Mapping:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return ipmo.propose_mapping(path)


def columns(mapping: Mapping) -> dict[str, ColumnMapping]:
    return {one.header: one for one in mapping.sheets[0].columns}


@pytest.mark.parametrize(
    ("identity", "name", "first", "later"),
    [
        ("N° projet", "Projet", "Budget initial (k€)", "Budget révisé (k€)"),
        ("N° projet", "Projet", "Budget initial (k€)", "Budget actualisé (k€)"),
        ("Projektnr", "Projekt", "Ursprüngliches Budget (T€)", "Aktuelles Budget (T€)"),
        ("Projectnr", "Project", "Oorspronkelijk budget (k€)", "Herzien budget (k€)"),
        ("Project ID", "Project", "Initial budget (€k)", "Revised budget (€k)"),
    ],
)
def test_the_later_budget_holds_in_every_language(tmp_path: Path, identity: str, name: str, first: str, later: str) -> None:
    """1,500 thousand is the budget, not the 1,200 that it began with."""
    path = tmp_path / "list.csv"
    path.write_text(f"{identity};{name};{first};{later}\nP1;Gare;1200;1500\nP2;Pont;800;800\n", encoding="utf-8")
    found = columns(ipmo.propose_mapping(path))
    assert (found[later].field, found[first].field) == ("budget", "attribute")
    assert str(ipmo.roll_up(ipmo.read(path), "budget").total.value) == "2.3 M EUR"


def test_an_only_budget_is_the_budget_whatever_it_is_called(tmp_path: Path) -> None:
    found = columns(proposed(tmp_path, "N° projet;Projet;Budget initial (k€)\nP1;Gare;1200\nP2;Pont;800\n"))
    assert found["Budget initial (k€)"].field == "budget"


@pytest.mark.parametrize(
    ("head", "cells", "steps"),
    [
        ("Probability (H/M/L)", "HML", {"H": "83 %", "M": "50 %", "L": "17 %"}),
        ("Probability (L/M/H)", "HML", {"H": "83 %", "M": "50 %", "L": "17 %"}),
        ("Likelihood (Low/Medium/High)", ["High", "M", "low"], {"High": "83 %", "M": "50 %", "low": "17 %"}),
        ("Likelihood (1-3)", "132", {"1": "17 %", "2": "50 %", "3": "83 %"}),
        ("Likelihood (1 to 4)", "142", {"1": "13 %", "2": "38 %", "4": "88 %"}),
        ("Likelihood (1-10)", ["7", "10", "2"], {"2": "15 %", "7": "65 %", "10": "95 %"}),
        ("Likelihood (1-5)", "153", {"1": "10 %", "3": "50 %", "5": "90 %"}),
        ("Likelihood", "HML", {"H": "70 %", "M": "50 %", "L": "30 %"}),
    ],
)
def test_a_scale_has_the_steps_that_its_heading_names(tmp_path: Path, head: str, cells: str, steps: dict[str, str]) -> None:
    """The middles of equal steps: of three 1/6, 1/2 and 5/6; of five where nothing says how many."""
    rows = "".join(f"R{place},Risk {place},P,{cell}\n" for place, cell in enumerate(cells))
    found = columns(proposed(tmp_path, f'Risk ID,Risk,Project,"{head}"\n{rows}'))[head]
    assert (found.field, dict(found.scale)) == ("probability", steps)
    assert "equal steps" in found.doubt


def test_whole_numbers_up_to_ten_may_be_scores_and_are_no_percent_in_silence(tmp_path: Path) -> None:
    mapping = proposed(tmp_path, "Risk ID,Risk,Project,Likelihood\nR1,One,P,7\nR2,Two,P,10\nR3,Three,P,2\n")
    found = columns(mapping)["Likelihood"]
    assert found.field == "probability" and not found.unit and "scores" in found.doubt
    risks = ipmo.read(tmp_path / "list.csv").projects[0].risks
    assert len(risks) == 3 and not any(one.before for one in risks)


@pytest.mark.parametrize("cells", [["50", "0.5", "100%", "1"], ["50%", "0.5", "80", "100%"], ["0.25", "75", "", "50"]])
def test_progress_in_percent_and_in_parts_of_one_is_doubted(tmp_path: Path, cells: list[str]) -> None:
    rows = "".join(f"{place},Project {place},{cell}\n" for place, cell in enumerate(cells))
    mapping = proposed(tmp_path, f"Project ID,Project name,Progress\n{rows}")
    found = columns(mapping)["Progress"]
    assert found.field == "progress" and "parts of 1 and others of 100" in found.doubt
    read = [project.progress for project in ipmo.read(tmp_path / "list.csv").projects]
    assert [one for one, cell in zip(read, cells, strict=True) if cell.endswith("%")] == [
        float(cell[:-1]) / 100 for cell in cells if cell.endswith("%")
    ]
    assert all(not one for one, cell in zip(read, cells, strict=True) if not cell.endswith("%")), "what can be read in two ways is not read"


def test_an_amount_without_a_currency_in_a_row_of_another_country_names_the_row(tmp_path: Path) -> None:
    text = "Project ID,Project name,Budget,Currency,Country\n1,A,100000,EUR,Germany\n2,B,200000,EUR,France\n3,C,400000,,{}\n"
    (said,) = [one for one in proposed(tmp_path, text.format("UK")).doubts if "is not named" in one]
    assert said.endswith("but row 4 is of 'UK', and no row that names one is: fill the currency in")
    (said,) = [one for one in proposed(tmp_path, text.format("France")).doubts if "is not named" in one]
    assert said.endswith("`currency: EUR` is taken")


@pytest.mark.parametrize(
    ("years", "total"),
    [
        ("FY26/27 (£m),FY27/28 (£m),FY28/29 (£m)", "Total (£m)"),
        ("Benefit 2026/27 (£m),Benefit 2027/28 (£m),Benefit 2028/29 (£m)", "Total benefit (£m)"),
        ("Planned benefit (£m) 2026-27,Planned benefit (£m) 2027-28,Planned benefit (£m) 2028-29", "Total planned benefit (£m)"),
    ],
)
def test_a_profile_of_benefits_by_year_is_not_read_as_one_year_and_its_total_is_the_value(tmp_path: Path, years: str, total: str) -> None:
    found = columns(
        proposed(
            tmp_path,
            f"Benefit ID,Benefit,Benefit owner,{years},{total}\nB1,Fewer staff,Ann,0.2,1.1,1.6,2.9\nB2,Faster,Bo,0,0.4,0.9,1.3\n",
        )
    )
    assert [found[head].field for head in list(found)[3:]] == ["attribute", "attribute", "attribute", "value"]
    assert all(found[head].doubt for head in list(found)[3:6])
    values = [one.value for one in ipmo.read(tmp_path / "list.csv").benefits]
    assert list(map(str, values)) == ["2.9 M GBP", "1.3 M GBP"]


def test_remarks_belong_to_the_rating_that_stands_there(tmp_path: Path) -> None:
    text = "Ref,Scheme name,Delivery RAG,Delivery commentary\nE1,Unit,A,Steelwork late\nE2,Scanner,G,Done\n"
    assert columns(proposed(tmp_path, text))["Delivery commentary"].field in ("rag_note", "attribute")


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ("Approved (£k)", "budget"),
        ("Capital approved (£k)", "budget"),
        ("EU contribution (£k)", "funding"),
        ("Grant award (£k)", "funding"),
    ],
)
def test_money_by_what_it_is(tmp_path: Path, head: str, field: str) -> None:
    found = columns(proposed(tmp_path, f"Ref,Scheme name,{head}\nE1,Unit,5200\nE2,Scanner,1800\n"))
    assert found[head].field == field


def test_a_planned_date_beside_an_expected_one_is_the_baseline_of_a_milestone(tmp_path: Path) -> None:
    """Alone it is the date that there is."""
    head = "Project,Milestone ID,Milestone,Planned Date{},Owner\n"
    both = proposed(tmp_path, head.format(",Projected Date") + "ERP,1,Vendor,5/29/26,6/12/26,Jo\nERP,2,Cutover,11/30/26,12/18/26,Li\n")
    assert [columns(both)[name].field for name in ("Planned Date", "Projected Date")] == ["baseline_finish", "date"]
    alone = proposed(tmp_path, head.format("") + "ERP,1,Vendor,5/29/26,Jo\nERP,2,Cutover,11/30/26,Li\n")
    assert columns(alone)["Planned Date"].field == "date"


def test_a_cost_per_day_is_a_rate_and_staff_by_month_is_none(tmp_path: Path) -> None:
    found = columns(
        proposed(
            tmp_path, "Resource,Role,Cost per day (£),Capacity (FTE),Jan-26,Feb-26\nAnn,Engineer,450,1,0.8,1\nBo,Planner,400,0.6,0.6,0.5\n"
        )
    )
    assert [found[name].field for name in ("Cost per day (£)", "Jan-26", "Feb-26")] == ["rate", "attribute", "attribute"]
    assert str(ipmo.read(tmp_path / "list.csv").resources[0].rate) == "450 GBP per pd"
