#!/usr/bin/env bash
# Surprise: python-calamine gives a formula that failed (#DIV/0!, #REF!, #N/A) as the empty text, which is what it gives for a blank cell.
#
# python-calamine 0.9.1 beside openpyxl 3.1.5; the workbook is written by XlsxWriter 3.3.1 with the values that Excel keeps.
# A register of projects with a budget that failed to compute looks like one where nobody has typed a budget yet: no text of the
# error, no exception, nothing by which the two could be told apart. The Rust library below it has a kind of its own for errors.
# What users of this project meet: errors are looked up in the workbook (src/ipmo/registers/opening/guard.py), and the cell is refused
# by its place; held against openpyxl in tests/registers/test_error_cells.py.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q "python-calamine==0.9.1" "openpyxl==3.1.5" "XlsxWriter==3.3.1"
cat >"$work/try.py" <<'PY'
import sys

import openpyxl
import python_calamine
import xlsxwriter

path = sys.argv[1]
with xlsxwriter.Workbook(path) as book:
    sheet = book.add_worksheet("Projects")
    sheet.write_row(0, 0, ["project", "budget"])
    for row, (name, value) in enumerate([("Bridge", 100), ("Depot", "#DIV/0!"), ("School", "#REF!"), ("Library", "#N/A")], start=1):
        sheet.write(row, 0, name)
        sheet.write_formula(row, 1, "=B10/B11", None, value)
    sheet.write(5, 0, "Theatre")
by_calamine = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name("Projects").to_python()
by_openpyxl = openpyxl.load_workbook(path, data_only=True)["Projects"].iter_rows(values_only=True)
for one, other in zip(by_calamine, by_openpyxl):
    print(one[0].ljust(8), repr(one[1]).ljust(9), repr(other[1]))
PY
"$work/venv/bin/python" "$work/try.py" "$work/register.xlsx" | tee "$work/out"
diff - "$work/out" <<'SEEN'
project  'budget'  'budget'
Bridge   100.0     100
Depot    ''        '#DIV/0!'
School   ''        '#REF!'
Library  ''        '#N/A'
Theatre  ''        None
SEEN
echo "as seen on 2026-11-29"
