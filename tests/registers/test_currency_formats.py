"""Cells whose number format shows another currency than the rest of their workbook."""

import re
import zipfile

import pytest

import ipmo
from ipmo.registers.opening.currency_formats import currency_of
from ipmo.units import as_money

xlsxwriter = pytest.importorskip("xlsxwriter")


@pytest.mark.parametrize(
    ("code", "currency"),
    [
        ("[$€-407] #,##0.00", "EUR"),
        ("[$€-2] #,##0", "EUR"),
        ('#,##0.00" €"', "EUR"),
        ('"£"0.0,,"m"', "GBP"),
        ("£#,##0;[Red]-£#,##0", "GBP"),
        ("[$CHF] #,##0", "CHF"),
        ("[$$-409]#,##0", "USD"),
        ("[$$-C09]#,##0", "AUD"),
        ('"$"#,##0', "$"),
        ("[$-409]d mmm yyyy", ""),
        ("0.00%", ""),
        ("General", ""),
        ('0" kEURs"', ""),
    ],
)
def test_what_a_format_shows(code, currency):
    assert currency_of(code) == currency


def written(tmp_path, budgets, before=None):
    path = tmp_path / "plan.xlsx"
    book = xlsxwriter.Workbook(path)
    if before is not None:
        book.add_worksheet("Read me").write_string(0, 0, before)
    sheet = book.add_worksheet("Projects")
    sheet.write_row(0, 0, ["Project ID", "Project name", "Budget", "Spent £"])
    for row, (number, code) in enumerate(budgets, 1):
        sheet.write_row(row, 0, [f"P{row}", f"Tram {row}"])
        sheet.write_number(row, 2, number, book.add_format({"num_format": code}))
        sheet.write_number(row, 3, 1000)
    book.close()
    return [one.budget.lines[0].amount.value for one in ipmo.read(path).projects]


def test_a_cell_shown_in_euros_among_pounds_is_in_euros(tmp_path):
    found = written(
        tmp_path,
        [(12_500_000, '"£"#,##0'), (900_000, "[$€-407] #,##0.00"), (1_250.375, "[$€-407] #,##0.00"), (2_500, "£#,##0"), (7, "£#,##0")],
    )
    assert found == [as_money(one) for one in ("12500000 GBP", "900000 EUR", "1250.375 EUR", "2500 GBP", "7 GBP")]


def test_one_currency_and_formats_without_one_leave_numbers_as_they_are(tmp_path):
    assert written(tmp_path, [(5_000, "£#,##0"), (900, "#,##0"), (1.234, "£#,##0.000")]) == [
        as_money(f"{one} GBP") for one in ("5000", "900", "1.234")
    ]


def test_a_sheet_called_read_me_changes_nothing_of_what_formats_show(tmp_path):
    found = written(tmp_path, [(5_000, "£#,##0"), (7, "£#,##0"), (900, "[$€-407] #,##0")], before="How to fill this in")
    assert found == [as_money(one) for one in ("5000 GBP", "7 GBP", "900 EUR")]


def test_a_workbook_that_is_written_shows_each_amount_in_its_own_currency(tmp_path):
    """The limit of exposure of a portfolio in pounds is stated in euros, to more digits than are shown."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "money": {"currency": "GBP"}, "tolerance": {"risk": "37007.0212345678 EUR"}},
            "projects": [{"id": "a", "budget": "5 GBP"}, {"id": "b", "budget": "7.12345678 USD"}],
        }
    )
    ipmo.write(pf, tmp_path / "plan.xlsx")
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as archive:
        styles = archive.read("xl/styles.xml").decode()
    assert [currency_of(code) for code in re.findall(r'formatCode="([^"]*)"', styles) if currency_of(code)] == ["EUR", "GBP", "USD"]
    assert ipmo.read(tmp_path / "plan.xlsx") == pf
