"""Money in a column for each financial year, quarter or month: proposed, read, and doubted where nothing says what it is."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.model.portfolio import Portfolio
from ipmo.registers.mapping import Mapping, from_plain, read_mapping, write_mapping
from ipmo.registers.opening.sheets import Raw, Sheet
from ipmo.registers.proposing.periods import period_named
from ipmo.registers.proposing.proposal import propose


def table(*rows: list[Raw], name: str = "Sheet1") -> Sheet:
    width = max(map(len, rows))
    return Sheet(name=name, rows=[[*row, *[""] * (width - len(row))] for row in rows], file=f"{name}.xlsx")


def fields(mapping: Mapping) -> dict[str, tuple[str, str, str, str]]:
    return {one.header: (one.field, one.period, one.multiplier or "", one.money) for one in mapping.sheets[0].columns}


def read(text: str, folder: Path, **options: object) -> Portfolio:
    path = folder / "money.csv"
    path.write_text(text, encoding="utf-8")
    return ipmo.read(path, **options)  # type: ignore[arg-type]


def lines(pf: Portfolio, name: str, field: str = "budget") -> list[tuple[object, str, object]]:
    (project,) = [one for one in pf.projects if name in (one.id, one.name)]
    budget = getattr(project, field)
    return [(None if one.amount is None else str(one.amount.value), str(one.since), one.kind) for one in budget.lines]


YEARS = {
    "{a}-{b2}": "{a}-{b2}",
    "{a}/{b2}": "{a}-{b2}",
    "{a}/{b}": "{a}-{b2}",
    "{a2}/{b2}": "{a}-{b2}",
    "{a2}-{b2}": "{a}-{b2}",
    "FY{a2}/{b2}": "{a}-{b2}",
    "FY {a}-{b2}": "{a}-{b2}",
    "FY{b2}": "FY{b}",
    "FY{b}": "FY{b}",
    "FY '{b2}": "FY{b}",
    "{a}": "{a}",
}
"""Ways to head a column with a year, and what each names."""
MONEY = {
    "{} budget (£m)": "budget",
    "Budget {} £m": "budget",
    "Planned cost {} (£m)": "budget",
    "Forecast {} (£m)": "forecast",
    "{} forecast spend (£m)": "forecast",
    "Actual {} (£m)": "actual",
    "{} actual expenditure (£m)": "actual",
    "Funding {} (£m)": "funding",
}


@given(first=st.integers(2001, 2060), year=st.sampled_from(sorted(YEARS)), money=st.sampled_from(sorted(MONEY)), count=st.integers(2, 5))
def test_years_and_kinds_of_money_are_found_in_any_spelling(first: int, year: str, money: str, count: int) -> None:
    spelt = [{"a": a, "b": a + 1, "a2": f"{a % 100:02}", "b2": f"{(a + 1) % 100:02}"} for a in range(first, first + count)]
    heads = [money.format(year.format(**one)) for one in spelt]
    mapping = propose(
        [table(["Project ID", "Project name", *heads], ["P1", "Tram", *range(5, 5 + count)], ["P2", "Depot", *range(3, 3 + count)])]
    )
    assert mapping.sheets[0].register == "projects"
    found = fields(mapping)
    assert [found[head] for head in heads] == [(MONEY[money], YEARS[year].format(**one), "M", "") for one in spelt]
    assert not any(one.doubt for one in mapping.sheets[0].columns)


def test_what_names_a_period_and_what_does_not() -> None:
    for text, period in {
        "Q1 2025/26": "Q1 2025/26", "Apr-25": "Apr-25", "April 2025": "April 2025", "2025": "2025", "FY2025-26": "2025-26", "99/00": "", "25/27": "",
        "3/4": "", "12": "", "1850": "", "2150": "", "Phase 1": "", "": "", "2024-25 variance": "", "10-11": "2010-11",
    }.items():  # fmt: skip
        assert period_named(text) == period, text


def test_years_below_a_heading_that_they_share() -> None:
    rows: list[list[Raw]] = [
        ["Project", "Budget (£m)", "", "Forecast (£m)", ""],
        ["", "2024-25", "2025-26", "2024-25", "2025-26"],
        ["Tram", 1, 2, 3, 4],
        ["Depot", 5, 6, 7, 8],
    ]
    mapping = propose([table(*rows)])
    assert mapping.sheets[0].header == (1, 2)
    assert fields(mapping) == {
        "Project": ("name", "", "", ""),
        "Budget (£m) 2024-25": ("budget", "2024-25", "M", ""),
        "Budget (£m) 2025-26": ("budget", "2025-26", "M", ""),
        "Forecast (£m) 2024-25": ("forecast", "2024-25", "M", ""),
        "Forecast (£m) 2025-26": ("forecast", "2025-26", "M", ""),
    }
    numbers = [rows[0], ["", 2024, 2025, 2024, 2025], *rows[2:]]
    assert fields(propose([table(*numbers)]))["Budget (£m) 2025"] == ("budget", "2025", "M", "")
    swapped: list[list[Raw]] = [["Project", "2024-25", "", "2025-26", ""], ["", "Budget", "Actual", "Budget", "Forecast"], *rows[2:]]
    found = fields(propose([table(*swapped)]))
    assert [found[f"2024-25 {word}"][0] for word in ("Budget", "Actual")] == ["budget", "actual"]


def test_amounts_by_year_are_lines_of_their_years(tmp_path: Path) -> None:
    pf = read("Project,Budget 25/26 (£k),Budget 26/27 (£k),Total (£k)\nTram,100,200,400\nDepot,50,,50\n", tmp_path)
    assert lines(pf, "Tram") == [("100 k GBP", "2025-04-01", None), ("200 k GBP", "2026-04-01", None), ("100 k GBP", "None", None)]
    assert lines(pf, "Depot") == [("50 k GBP", "2025-04-01", None)], "the whole is what its years add up to"
    assert str(ipmo.roll_up(pf, "budget").total.value) == "450 k GBP"
    assert [line.until for line in pf.projects[0].budget.lines][:2] == [date(2026, 3, 31), date(2027, 3, 31)]  # type: ignore[union-attr]


def test_the_title_says_what_amounts_count(tmp_path: Path) -> None:
    text = "Capital programme (£000),,,\nScheme,2025/26,2026/27,Total\nTram,1000,2000,3000\nDepot,10,20,30\nTotal,1010,2020,3030\n"
    pf = read(text, tmp_path)
    assert str(ipmo.roll_up(pf, "budget").total.value) == "3.03 M GBP"
    columns = propose([table(*[list(row.split(",")) for row in text.splitlines()])]).sheets[0].columns
    assert all("(£000)" in one.doubt for one in columns if one.multiplier == "k")
    assert [one.field for one in columns] == ["name", "budget", "budget", "budget"]


def test_rows_of_a_kind_of_money_each_are_lines_of_their_project(tmp_path: Path) -> None:
    pf = read(
        "Project,Cost type,2024-25 (£k),2025-26 (£k)\nTram,Budget,100,200\nTram,Forecast,110,\nDepot,Budget,5,6\nDepot,Actual,4,\n",
        tmp_path,
    )
    assert sorted(one.name or one.id for one in pf.projects) == ["Depot", "Tram"]
    assert lines(pf, "Tram") == [("100 k GBP", "2024-04-01", None), ("200 k GBP", "2025-04-01", None)]
    assert lines(pf, "Tram", "forecast") == [("110 k GBP", "2024-04-01", None)]
    assert lines(pf, "Depot", "actual") == [("4 k GBP", "2024-04-01", None)]
    assert pf.source.cells["refused"] == 0


def test_capital_and_running_cost_of_one_year_are_lines_of_their_own(tmp_path: Path) -> None:
    pf = read("Project,Capex 24/25 (£k),Opex 24/25 (£k),Capex 25/26 (£k)\nTram,1,2,3\nDepot,4,5,6\n", tmp_path)
    assert lines(pf, "Tram") == [("1 k GBP", "2024-04-01", "capex"), ("2 k GBP", "2024-04-01", "opex"), ("3 k GBP", "2025-04-01", "capex")]
    alone = propose([table(["Project", "Capex 2024-25 (£k)", "Capex 2025-26 (£k)"], ["Tram", 1, 2], ["Depot", 3, 4])])
    assert all("nothing states the rest" in one.doubt for one in alone.sheets[0].columns[1:])


@pytest.mark.parametrize(
    ("heads", "doubt"),
    [
        (["2024-25", "2025-26"], "nothing says that its numbers are money"),
        (["2024-25 (£m)", "2025-26 (£m)"], "which money it is: budget is assumed"),
        (["Spend 2024-25 (£m)", "Spend 2025-26 (£m)"], "taken for actual money"),
    ],
)
def test_what_nothing_says_of_the_money_is_doubted(heads: list[str], doubt: str) -> None:
    mapping = propose([table(["Project", *heads], ["Tram", 1, 2], ["Depot", 3, 4])])
    assert all(doubt in one.doubt for one in mapping.sheets[0].columns[1:])


@pytest.mark.parametrize(
    "heads",
    [
        ["Score 2024", "Score 2025"],
        ["2024-25 (FTE)", "2025-26 (FTE)"],
        ["RAG 2024", "RAG 2025"],
        ["Budget variance 2024-25", "Budget variance 2025-26"],
        ["Budget to forecast 2024-25", "Budget to forecast 2025-26"],
        ["Emissions 2024 (tCO2)", "Emissions 2025 (tCO2)"],
        ["% spent 2024-25", "% spent 2025-26"],
    ],
)
def test_numbers_of_years_that_are_no_money_stay_attributes(heads: list[str]) -> None:
    mapping = propose([table(["Project ID", "Project name", "Owner", *heads], ["P1", "Tram", "Ann", 1, 2], ["P2", "Depot", "Bo", 3, 4])])
    found = fields(mapping)
    assert {found[head][0] for head in heads} == {"attribute"}


def test_dates_by_year_and_one_year_alone_are_no_money_by_period() -> None:
    dated = propose(
        [table(["Project ID", "Project name", "2024", "2025"], *[[f"P{n}", f"N{n}", datetime(2024, n, 3), "x"] for n in (1, 2, 3)])]
    )
    assert not {fields(dated)[head][0] for head in ("2024", "2025")} & {"budget", "actual", "forecast", "funding"}
    alone = propose([table(["Project ID", "Project name", "Owner", "2024"], ["P1", "Tram", "Ann", 3], ["P2", "Depot", "Bo", 4])])
    assert fields(alone)["2024"][0] == "attribute"


def test_money_of_other_years_counts_in_no_whole() -> None:
    heads: list[Raw] = ["Project", "Forecast 2024-25 (£m)", "Forecast 2025-26 (£m)", "Forecast future years (£m)", "Total forecast (£m)"]
    columns = {one.header: one for one in propose([table(heads, ["Tram", 1, 2, 3, 6], ["Depot", 4, 5, 6, 15])]).sheets[0].columns}
    assert columns["Forecast future years (£m)"].field == "attribute"
    assert "no one period" in columns["Forecast future years (£m)"].doubt
    assert (columns["Total forecast (£m)"].field, columns["Total forecast (£m)"].period) == ("forecast", "")


def test_a_financial_year_that_begins_nobody_knows_when_is_said_and_its_amounts_are_unknown(tmp_path: Path) -> None:
    text = "Project,FY 2025 Budget ($M),FY 2026 Budget ($M)\nTram,100,200\nDepot,300,400\n"
    pf = read(text, tmp_path)
    found = [one for one in pf.source.findings if one.code.endswith("/period")]
    assert len(found) == 2
    assert "financial_year:" in found[0].message
    assert not ipmo.roll_up(pf, "budget").total.known
    assert any("financial_year:" in doubt for doubt in ipmo.propose_mapping(tmp_path / "money.csv").doubts)
    path = tmp_path / "map.yaml"
    write_mapping(ipmo.propose_mapping(tmp_path / "money.csv"), path)
    path.write_text(path.read_text().replace("mapping: 1", "mapping: 1\nfinancial_year: oct"))
    settled = read(text, tmp_path, mapping=path)
    assert lines(settled, "Tram") == [("100 M USD", "2024-10-01", None), ("200 M USD", "2025-10-01", None)]


def test_a_mapping_keeps_periods_and_kinds_of_money(tmp_path: Path) -> None:
    mapping = propose([table(["Project", "Capex 24/25 (£k)", "Opex 24/25 (£k)"], ["Tram", 1, 2], ["Depot", 3, 4])])
    write_mapping(mapping, tmp_path / "map.yaml")
    again = read_mapping(tmp_path / "map.yaml")
    assert [(one.field, one.period, one.money) for one in again.sheets[0].columns[1:]] == [
        ("budget", "2024-25", "capex"),
        ("budget", "2024-25", "opex"),
    ]
    with pytest.raises(ipmo.ModelError, match="capex, opex"):
        from_plain(
            {"mapping": 1, "sheets": [{"register": "projects", "columns": {"A": {"field": "budget", "period": "2024", "money": "both"}}}]}
        )


def test_capital_and_running_cost_without_a_period_are_parts_of_the_whole(tmp_path: Path) -> None:
    pf = read("Project,Capex budget (£m),Opex budget (£m)\nTram,10.5,2.5\nDepot,3,\n", tmp_path)
    assert lines(pf, "Tram") == [("10.5 M GBP", "None", "capex"), ("2.5 M GBP", "None", "opex")]
    assert lines(pf, "Depot") == [("3 M GBP", "None", "capex")]
    assert str(ipmo.roll_up(pf, "budget").total.value) == "16 M GBP"
    whole = read("Project,Capital cost (£m),Revenue cost (£m),Total cost (£m)\nTram,10,2,13\nDepot,3,1,4\n", tmp_path)
    assert lines(whole, "Tram") == [("10 M GBP", "None", "capex"), ("2 M GBP", "None", "opex"), ("1 M GBP", "None", None)]
    assert lines(whole, "Depot") == [("3 M GBP", "None", "capex"), ("1 M GBP", "None", "opex")]


def test_revenue_beside_capital_is_running_cost_with_a_doubt() -> None:
    heads: list[Raw] = ["Scheme", "Capital (£k)", "Revenue (£k)", "Capital spend to date (£k)", "Revenue spend to date (£k)"]
    columns = propose([table(heads, ["A", 1, 2, 3, 4], ["B", 5, 6, 7, 8])]).sheets[0].columns
    money = [("budget", "capex"), ("budget", "opex"), ("actual", "capex"), ("actual", "opex")]
    assert [(one.field, one.money) for one in columns[1:]] == money
    assert all("budget is assumed" in one.doubt for one in columns[1:3])
    assert all("not for income" in columns[place].doubt for place in (2, 4))


def test_capital_alone_income_and_wholes_of_years_are_no_such_parts() -> None:
    alone = propose([table(["Project", "Capital cost (£k)", "Owner"], ["Tram", 1, "Ann"], ["Depot", 3, "Bo"])])
    assert fields(alone)["Capital cost (£k)"] == ("budget", "", "k", "")
    income = propose([table(["Project", "Budget (£k)", "Revenue (£k)"], ["Tram", 1, 2], ["Depot", 3, 4])])
    assert fields(income)["Revenue (£k)"][0] == "attribute"
    heads: list[Raw] = ["Project", "Capex 24/25 (£k)", "Capex 25/26 (£k)", "Opex 24/25 (£k)", "Capex budget (£k)", "Opex budget (£k)"]
    years = propose([table(heads, ["Tram", 1, 2, 3, 3, 3], ["Depot", 3, 4, 5, 7, 5])])
    assert [one.period for one in years.sheets[0].columns if one.money] == ["2024-25", "2025-26", "2024-25"]
    assert [fields(years)[head][0] for head in heads[4:]] == ["attribute", "attribute"]
    assert "capex of all periods" in years.sheets[0].columns[4].doubt


def test_of_one_kind_of_cost_alone_the_rest_is_unknown(tmp_path: Path) -> None:
    mapping = tmp_path / "m.yaml"
    told = "mapping: 1\ncurrency: GBP\nsheets:\n  - register: projects\n    columns: {Project: name, Cost: {field: budget, money: capex}}\n"
    mapping.write_text(told, "utf-8")
    pf = read("Project,Cost\nTram,5\n", tmp_path, mapping=mapping)
    assert lines(pf, "Tram") == [("5 GBP", "None", "capex"), (None, "None", None)]


NAMED, YEARLY = ["Ref", "Scheme", "Service"], ["2026-27", "2027-28", "2028-29", "Total"]
PLANNED, EXPECTED = [3, 4, 5, 12], [2, 4, 7, 13]
BELOW: dict[str, tuple[list[Raw], list[Raw]]] = {
    "the group once": ([*NAMED, "Budget (£m)", "", "", "", "Forecast (£m)", "", "", ""], ["", "", "", *YEARLY, *YEARLY]),
    "the group over each": ([*NAMED, *["Budget (£m)"] * 4, *["Forecast (£m)"] * 4], ["", "", "", *YEARLY, *YEARLY]),
    "years as numbers": ([*NAMED, "Budget (£m)", "", "", "", "Forecast (£m)", "", "", ""], ["", "", "", *[2026, 2027, 2028, "Total"] * 2]),
    "the total first": ([*NAMED, "Budget (£m)", "", "", "", "Forecast (£m)", "", "", ""], ["", "", "", *[YEARLY[-1], *YEARLY[:-1]] * 2]),
}
"""Headers whose other names stand beside the groups, above blank cells."""


@pytest.mark.parametrize("layout", BELOW)
@pytest.mark.parametrize("title", [False, True])
def test_years_below_groups_that_stand_beside_the_other_headings(layout: str, title: bool) -> None:
    upper, lower = BELOW[layout]
    first = "first" in layout
    amounts = [[*row[-1:], *row[:-1]] if first else row for row in (PLANNED, EXPECTED)]
    rows = [upper, lower, ["A1", "Bridge", "Roads", *amounts[0], *amounts[1]], ["A2", "Library", "Leisure", *amounts[1], *amounts[0]]]
    mapping = propose([table(*([["Capital plan"], [""]] if title else []), *rows)])
    (sheet,) = mapping.sheets
    assert sheet.header == ((3, 4) if title else (1, 2))
    assert [one.field for one in sheet.columns] == ["id", "name", "attribute", *["budget"] * 4, *["forecast"] * 4]
    periods = [("2026", "2027", "2028") if "numbers" in layout else tuple(YEARLY[:3])] * 2
    assert [one.period for one in sheet.columns][3:] == [end for some in periods for end in (("", *some) if first else (*some, ""))]


def test_the_whole_of_years_below_a_group_is_what_they_add_up_to(tmp_path: Path) -> None:
    text = "Ref,Scheme,Budget (£m),,,Forecast (£m),,\n,,2026-27,2027-28,Total,2026-27,2027-28,Total\nA1,Bridge,3,4,7,2,6,8\nA2,Library,1,1,2,1,2,3\n"
    pf = read(text, tmp_path)
    assert [str(ipmo.roll_up(pf, kind).total.value) for kind in ("budget", "forecast")] == ["9 M GBP", "11 M GBP"]


def test_parts_of_groups_in_words_are_part_of_the_header_and_rows_are_not() -> None:
    header: list[Raw] = ["Project ID", "Name", "Cost (£m)", "", "Dates", ""]
    parts: list[Raw] = ["", "", "Budget", "Actual", "Start", "Finish"]
    rows: list[list[Raw]] = [["P1", "Tram", 5, 2, "2026-01-05", "2027-01-05"], ["P2", "Depot", 6, 1, "2026-02-05", "2027-02-05"]]
    mapping = propose([table(header, parts, *rows)])
    assert mapping.sheets[0].header == (1, 2)
    assert [one.field for one in mapping.sheets[0].columns] == ["id", "name", "budget", "actual", "start", "finish"]
    plain = propose(
        [table(["Project ID", "Name", "Start", "Finish"], ["", "", "Start", "Finish"], *([*row[:2], *row[4:]] for row in rows))]
    )
    assert plain.sheets[0].header == (1,), "no group stands above it"


def test_amounts_beside_numbers_without_a_heading_are_doubted() -> None:
    rows: list[list[Raw]] = [
        ["Project ID", "Name", "Budget (£m)", "", "", "Owner"],
        ["P1", "Tram", 5, 2, 3, "Kim"],
        ["P2", "Depot", 6, 1, 2, "Lee"],
    ]
    doubts = {one.header: one.doubt for one in propose([table(*rows)]).sheets[0].columns}
    assert doubts["Budget (£m)"] == "D to E beside it hold numbers without a heading: it may be one part of several"
    assert not propose([table(*([*row[:3], row[5]] for row in rows))]).doubts


def test_rows_of_costs_keep_their_period_under_columns_of_a_kind(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("Project ID,Period,Capex £m,Opex £m\nP1,2025/26,1.2,0.1\nP1,2026/27,2.2,0.2\n", encoding="utf-8")
    budget = ipmo.read(path).projects[0].budget
    assert budget is not None
    assert [(str(one.amount.value), one.kind, str(one.since), str(one.until)) for one in budget.lines] == [
        ("1.2 M GBP", "capex", "2025-04-01", "2026-03-31"),
        ("100 k GBP", "opex", "2025-04-01", "2026-03-31"),
        ("2.2 M GBP", "capex", "2026-04-01", "2027-03-31"),
        ("200 k GBP", "opex", "2026-04-01", "2027-03-31"),
    ]


def test_an_amount_of_a_money_that_nobody_knows_is_no_budget(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(
        "Project,Month,Type,Amount £k,Source\nP1,Apr-26,Actual,120,a\nP1,Apr-26,Budget,100,a\nP1,May-26,Accrual,5,b\nP1,May-26,,7,b\n",
        encoding="utf-8",
    )
    pf = ipmo.read(path)
    (project,) = pf.projects
    assert [[(str(one.amount.value), str(one.since)) for one in money.lines] for money in (project.budget, project.actual) if money] == [
        [("100 k GBP", "2026-04-01")],
        [("120 k GBP", "2026-04-01")],
    ]
    said = [str(one) for one in pf.source.findings]
    assert any("row 4 is left out: it does not say which money it is: 'Accrual'" in one for one in said)
    assert any("row 5 is left out: it does not say which money it is" in one for one in said)
    assert any("1 column of costs is left out, as these hold no attributes: 'Source'" in one for one in said)
    assert pf.source.cells["ignored"] == 4


def test_invoices_are_doubted_to_be_the_budget(tmp_path: Path) -> None:
    path = tmp_path / "invoices.csv"
    path.write_text("Invoice,Project,Amount (£),Date,Status\nI-1,P1,12000,14/02/2026,Paid\nI-2,P1,900,03/03/2026,Due\n", encoding="utf-8")
    pf = ipmo.read(path)
    assert any("nothing says which money it is" in str(one) for one in pf.source.findings)
    assert any("2 columns of costs are left out" in str(one) and "'Invoice', 'Status'" in str(one) for one in pf.source.findings)
