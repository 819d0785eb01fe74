"""A column that names the currency of each row: bare amounts beside it are in it, and what contradicts it is refused by its cell."""

import itertools
from decimal import Decimal

import pytest

import ipmo
from ipmo.registers.mapping import ColumnMapping, Mapping, SheetMapping, read_mapping, write_mapping
from ipmo.registers.opening.sheets import Sheet
from ipmo.registers.proposing.proposal import propose

HEAD = "Project ID,Project name,Budget,Actual cost,Currency"


def csv(path, *rows):
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def amounts(pf):
    return {
        one.id: tuple(None if money is None else str(money.lines[0].amount.value) for money in (one.budget, one.actual))
        for one in pf.projects
    }


def refused(pf):
    return {
        finding.message.partition(":")[0].partition(" is ")[0]: finding.message
        for finding in pf.source.findings
        if finding.code == "register/cell-refused"
    }


MAPPING = Mapping(
    sheets=[
        SheetMapping(
            register="projects",
            columns=[
                ColumnMapping(header=one, field=field)
                for one, field in (
                    ("Project ID", "id"),
                    ("Project name", "name"),
                    ("Budget", "budget"),
                    ("Actual cost", "actual"),
                    ("Currency", "currency"),
                )
            ],
        )
    ]
)


def test_bare_amounts_are_in_the_currency_of_their_row(tmp_path):
    file = csv(tmp_path / "p.csv", HEAD, "A,Tram,5,3,GBP", "B,Depot,5,3,eur", "C,Bus,5,$3,CAD", "D,Ferry,12k,3 EUR,€", "E,Lift,,7,SEK")
    for pf in (ipmo.read(file), ipmo.read(file, mapping=MAPPING)):
        assert amounts(pf) == {
            "A": ("5 GBP", "3 GBP"),
            "B": ("5 EUR", "3 EUR"),
            "C": ("5 CAD", "3 CAD"),
            "D": ("12 k EUR", "3 EUR"),
            "E": (None, "7 SEK"),
        }
        assert not refused(pf)
        assert sum(pf.source.cells.values()) == 25
        assert "Currency" not in pf.projects[0].attributes


MARKS = {"GBP": ("GBP", "£"), "EUR": ("EUR", "€"), "CAD": ("CAD", "$", "C$"), "": ("",)}


@pytest.mark.parametrize(("row", "cell", "column"), list(itertools.product(MARKS, MARKS, ("", "GBP", "EUR"))))
def test_what_marks_an_amount_must_agree_with_its_row(tmp_path, row, cell, column):
    """Every pair of marks, with and without a currency of the column; what two marks say differently is read by neither."""
    mapping = MAPPING if not column else _stating(column)
    for mark, said in itertools.product(MARKS[cell], MARKS[row]):
        if mark == "$" and row != "CAD":
            continue  # whose dollars it is, only the row could say
        if said == "$":
            continue
        pf = ipmo.read(csv(tmp_path / "p.csv", HEAD, f"A,Tram,{mark}5,,{said}"), mapping=mapping)
        marks = {one for one in (row, cell or column) if one}
        want = f"5 {next(iter(marks))}" if len(marks) == 1 else None
        assert amounts(pf)["A"][0] == want, (mark, said)
        assert bool(refused(pf)) is (want is None)
        if len(marks) > 1:
            (message,) = refused(pf).values()
            assert "row 2, column C" in message and row in message


def _stating(currency):
    (sheet,) = MAPPING.sheets
    columns = [
        ColumnMapping(header=one.header, field=one.field, currency=currency if one.field == "budget" else "") for one in sheet.columns
    ]
    return Mapping(sheets=[SheetMapping(register="projects", columns=columns)])


def test_a_row_whose_currency_cannot_be_read_keeps_the_amounts_that_say_theirs(tmp_path):
    file = csv(tmp_path / "p.csv", HEAD, "A,Tram,£5,3,Zorkmid", "B,Depot,5,3,TBC", "C,Bus,5,3,")
    pf = ipmo.read(file, mapping=MAPPING)
    assert amounts(pf) == {"A": ("5 GBP", None), "B": (None, None), "C": (None, None)}
    assert any("'Zorkmid' is no currency" in text for text in refused(pf).values())
    whole = Mapping(sheets=MAPPING.sheets, currency="USD")  # what bare amounts are in, says the file: where the row says nothing
    pf = ipmo.read(file, mapping=whole)
    assert amounts(pf) == {"A": ("5 GBP", None), "B": ("5 USD", "3 USD"), "C": ("5 USD", "3 USD")}


def test_how_numbers_are_written_is_said_by_the_whole_column(tmp_path):
    """Not by the rows of one currency: 1.250 is a thousand and more where 2.500,50 stands in another row."""
    file = csv(tmp_path / "p.csv", HEAD, 'A,Tram,"2.500,50",,EUR', "B,Depot,1.250,,GBP", "C,Bus,1.250,,EUR")
    pf = ipmo.read(file, mapping=MAPPING)
    assert {own: found[0] for own, found in amounts(pf).items()} == {"A": "2500.5 EUR", "B": "1.25 k GBP", "C": "1.25 k EUR"}


def test_risks_costs_and_rates_take_it_too(tmp_path):
    costs = csv(tmp_path / "costs.csv", "Project,Period,Amount,Currency", "A,2026-27,5,GBP", "A,2027-28,6,EUR")
    columns = [ColumnMapping(header=one, field=one.lower()) for one in ("Project", "Period", "Amount", "Currency")]
    mapping = Mapping(financial_year="apr", sheets=[SheetMapping(register="costs", new_projects=True, columns=columns)])
    pf = ipmo.read(costs, mapping=mapping)
    assert [str(line.amount.value) for line in pf.projects[0].budget.lines] == ["5 GBP", "6 EUR"]
    rates = csv(tmp_path / "rates.csv", "Resource,Rate,Ccy", "Dev,£320 / day,GBP", "Test,300,EUR", "Ops,£5 / day,EUR")
    columns = [ColumnMapping(header="Resource", field="name"), ColumnMapping(header="Rate", field="rate", per="pd"), ColumnMapping(header="Ccy", field="currency")]  # fmt: skip
    pf = ipmo.read(rates, mapping=Mapping(sheets=[SheetMapping(register="resources", columns=columns)]))
    assert [str(one.rate) if one.rate else None for one in pf.resources] == ["320 GBP per pd", "300 EUR per pd", None]
    raid = csv(tmp_path / "raid.csv", "Type,ID,Description,Response cost,Currency", "Risk,R1,Flood,5,GBP", "Issue,I1,Leak,,GBP")
    columns = [ColumnMapping(header=one, field=field) for one, field in (("Type", "type"), ("ID", "id"), ("Description", "name"), ("Response cost", "response_cost"), ("Currency", "currency"))]  # fmt: skip
    pf = ipmo.read(raid, mapping=Mapping(sheets=[SheetMapping(register="raid", project="P", new_projects=True, columns=columns)]))
    assert str(pf.projects[0].risks[0].response_cost) == "5 GBP"
    assert not [one for one in pf.source.findings if "Currency" in one.message]


@pytest.mark.parametrize("header", ["Currency", "CURRENCY", "Currency code", "Ccy", "Currency (ISO)", "ISO currency", "Budget currency"])
def test_it_is_proposed_by_its_heading_and_its_cells(header):
    sheet = Sheet(name="p", file="p.csv", rows=[["Project ID", "Project name", "Budget", header], ["A", "Tram", "5", "GBP"], ["B", "Bus", "6", "EUR"]], is_text=True)  # fmt: skip
    mapping = propose((sheet,))
    assert [column.field for column in mapping.sheets[0].columns] == ["id", "name", "budget", "currency"]
    assert not any("nothing names the currency" in doubt for doubt in mapping.doubts)
    assert mapping.currency in ("GBP", "EUR")


@pytest.mark.parametrize("cells", [("hard", "soft"), ("5", "6"), ("", ""), ("GBP", "Tram")])
def test_cells_that_are_no_currencies_are_not_proposed_as_such(cells):
    rows = [["Project ID", "Project name", "Budget", "Currency"], *([f"P{n}", f"Name {n}", "5", cell] for n, cell in enumerate(cells))]
    mapping = propose((Sheet(name="p", file="p.csv", rows=rows, is_text=True),))
    assert [column.field for column in mapping.sheets[0].columns][-1] == "attribute"


def test_several_of_them_are_a_doubt_and_blank_ones_beside_amounts_too():
    rows = [["Project ID", "Project name", "Budget", "Budget currency", "Actual cost", "Actual currency"], ["A", "Tram", "5", "GBP", "3", "EUR"], ["B", "Bus", "5", "GBP", "3", "EUR"]]  # fmt: skip
    mapping = propose((Sheet(name="p", file="p.csv", rows=rows, is_text=True),))
    assert "currency" not in [column.field for column in mapping.sheets[0].columns]
    assert any("Budget currency" in doubt and "currency" in doubt for doubt in mapping.doubts)
    rows = [["Project ID", "Project name", "Budget", "Currency"], ["A", "Tram", "5", "GBP"], ["B", "Bus", "6", ""], ["C", "Lift", "", ""]]
    mapping = propose((Sheet(name="p", file="p.csv", rows=rows, is_text=True),))
    assert any("1 amount" in doubt and "GBP" in doubt for doubt in mapping.doubts)


def test_a_heading_that_names_a_currency_is_held_against_the_rows(tmp_path):
    file = csv(tmp_path / "p.csv", "Project ID,Project name,Budget (£m),Currency", "A,Tram,5,GBP", "B,Bus,5,EUR")
    pf = ipmo.read(file)
    assert {own: found[0] for own, found in amounts(pf).items()} == {"A": "5 M GBP", "B": None}
    (message,) = refused(pf).values()
    assert "GBP" in message and "EUR" in message


def test_the_mapping_is_written_and_read_back(tmp_path):
    write_mapping(MAPPING, tmp_path / "m.yaml")
    assert read_mapping(tmp_path / "m.yaml") == MAPPING


def test_what_is_read_of_many_rows_equals_what_each_row_says(tmp_path):
    """Held against a reading of each row alone."""
    codes, numbers = ("GBP", "EUR", "", "CAD"), ("5", "1,250.50", "£7", "€8", "", "TBC", "2 EUR")
    rows = [f'P{n},Name {n},"{number}",,{code}' for n, (code, number) in enumerate(itertools.product(codes, numbers))]
    whole = amounts(ipmo.read(csv(tmp_path / "p.csv", HEAD, *rows), mapping=MAPPING))
    for row in rows:
        alone = amounts(ipmo.read(csv(tmp_path / "one.csv", HEAD, row), mapping=MAPPING))
        assert {own: whole[own] for own in alone} == alone, row
    assert Decimal(whole["P1"][0].split()[0]) == Decimal("1250.5") or whole["P1"][0] == "1250.5 GBP"
