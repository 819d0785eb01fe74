"""Folders of CSV and Parquet: pinned files and columns, typed, read back equal; no cell that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings

import ipmo
from ipmo.cli import main
from ipmo.errors import FileError
from ipmo.registers.own.flat import flat_tables
from ipmo.testing.nouns import wide_portfolios

FORMATS = ("csv-folder", "parquet-folder")
PINNED = Path(__file__).parent / "tables.txt"
LIBRARY = Path(ipmo.__file__).parent / "examples" / "library.yaml"


def portfolio(**project: object) -> ipmo.Portfolio:
    header = {"id": "pf", "start": "2026-01-05", "money": {"currency": "GBP"}}
    return ipmo.from_dict({"ipmo": 1, "portfolio": header, "projects": [{"id": "a", **project}]})


@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(pf=wide_portfolios())
def test_every_portfolio_is_read_back_equal(pf: ipmo.Portfolio, tmp_path: Path) -> None:
    for form in FORMATS:
        ipmo.write(pf, tmp_path / form, format=form)
        back = ipmo.read(tmp_path / form)
        assert (back, back.source.format) == (pf, form)


@pytest.mark.parametrize(
    "name",
    [
        "json",
        "x.json",
        ".json",
        "x.JSON",
        "x. json",
        "x.currency",
        "x.y",
        "x json",
        "x: json",
        ": json",
        "x : JSON",
        "_json",
        "json:",
        ".",
        "_",
    ],
)
def test_an_attribute_that_is_called_as_a_column_beside_another_is_kept(tmp_path: Path, name: str) -> None:
    tasks = [
        {"id": "a", "attributes": {name: "1"}},
        {"id": "b", "attributes": {"x": " y"}},
        {"id": "c", "attributes": {name: " 1", "x": " y"}},
    ]
    pf = portfolio(tasks=tasks, attributes={name: "1", "x": " y"})
    for form in FORMATS:
        ipmo.write(pf, tmp_path / form, format=form)
        assert ipmo.read(tmp_path / form) == pf
    ipmo.write(pf, tmp_path / "x.xlsx")
    assert ipmo.read(tmp_path / "x.xlsx") == pf


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\u2028", "\x0b", "\x85", '",\r"'])
def test_ends_of_lines_within_a_text_end_no_row(tmp_path: Path, end: str) -> None:
    pf = portfolio(
        name=f"a{end}b", tasks=[{"id": "x", "name": f"dig{end}", "category": f"{end}fill", "attributes": {f"k{end}": f"v{end}"}}]
    )
    for form in FORMATS:
        ipmo.write(pf, tmp_path / form, format=form)
        assert ipmo.read(tmp_path / form) == pf
    with (tmp_path / "csv-folder" / "tasks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert [len(row) for row in rows] == [len(rows[0])] * 2  # as another reader of CSV sees it


def test_the_files_and_their_columns_are_pinned() -> None:
    """What Power BI and DuckDB are pointed at: a name that goes breaks a report. A new field adds a line; nothing else changes one."""
    made = "".join(
        f"{name}: {' '.join('.'.join(column.path) for column in table.columns)}\n"
        for name, table in flat_tables(portfolio(), whole=True).items()
    )
    if os.environ.get("IPMO_WRITE_PINNED"):
        PINNED.write_text(made)
    assert made == PINNED.read_text()


def test_a_folder_has_all_its_files_and_columns_whatever_is_filled_in(tmp_path: Path) -> None:
    ipmo.write(portfolio(), tmp_path / "few", format="csv-folder")
    ipmo.write(ipmo.read(LIBRARY), tmp_path / "many", format="csv-folder")
    few, many = (
        {file.name: file.read_text().partition("\n")[0].split(",") for file in (tmp_path / one).glob("*.csv")} for one in ("few", "many")
    )
    assert set(few) == set(many)
    for name, columns in few.items():
        assert set(columns) <= set(many[name])
    assert "alignment.space" in many["projects.csv"]  # what a portfolio itself names is added


def test_columns_are_typed(tmp_path: Path) -> None:
    pf = portfolio(budget="1.5 M GBP", finish="2026-03-31 17:00", progress="45 %", attributes={"Region": "north"})
    ipmo.write(pf, tmp_path / "p", format="parquet-folder")
    table = pq.read_table(tmp_path / "p" / "projects.parquet")
    types = {name: table.schema.field(name).type for name in ("id", "budget", "budget.currency", "finish", "progress", "finish.time")}
    assert types == {
        "id": pa.string(),
        "budget": pa.float64(),
        "budget.currency": pa.string(),
        "finish": pa.date32(),
        "progress": pa.float64(),
        "finish.time": pa.string(),
    }
    row = table.to_pylist()[0]
    assert (row["budget"], row["budget.currency"], row["finish.time"], row["attributes.Region"]) == (1_500_000.0, "GBP", "17:00", "north")
    empty = pq.read_table(tmp_path / "p" / "tasks.parquet").schema
    assert empty.field("actual_finish").type == pa.date32()


def test_the_description_names_types_choices_and_keys(tmp_path: Path) -> None:
    ipmo.write(ipmo.read(LIBRARY), tmp_path / "p", format="csv-folder")
    about = json.loads((tmp_path / "p" / "datapackage.json").read_text())
    resources = {one["name"]: one for one in about["resources"]}
    projects = {field["name"]: field for field in resources["projects"]["schema"]["fields"]}
    assert projects["finish"]["type"] == "date"
    assert projects["state"]["constraints"]["enum"][0] == "proposed"
    assert resources["tasks"]["schema"]["primaryKey"] == ["project", "id"]
    reference = {"resource": "tasks", "fields": ["project", "id"]}
    assert resources["task_links"]["schema"]["foreignKeys"] == [{"fields": ["project", "task"], "reference": reference}]
    assert {one["path"] for one in about["resources"]} == {file.name for file in (tmp_path / "p").glob("*.csv")}


@pytest.mark.parametrize("text", ["=1+1", "+44 20", "-x", "@home", "'=1", "''-", "'quoted'", "\x09tab"])
def test_no_cell_of_csv_is_taken_for_a_formula(text: str, tmp_path: Path) -> None:
    pf = portfolio(name=text, attributes={"=Region": text})
    ipmo.write(pf, tmp_path / "p", format="csv-folder")
    assert ipmo.read(tmp_path / "p") == pf
    for file in (tmp_path / "p").glob("*.csv"):
        with file.open(newline="") as stream:
            for row in csv.reader(stream):
                assert not [
                    cell for cell in row if cell[:1] in ("=", "+", "@", "\t", "\r") or (cell[:1] == "-" and not cell[1:2].isdigit())
                ]


def test_a_damaged_cell_is_refused_with_its_file_line_and_column(tmp_path: Path) -> None:
    ipmo.write(portfolio(finish="2026-03-31"), tmp_path / "p", format="csv-folder")
    file = tmp_path / "p" / "projects.csv"
    file.write_text(file.read_text().replace("2026-03-31", "soon"))
    column = file.read_text().partition("\n")[0].split(",").index("finish") + 1
    with pytest.raises(FileError, match=rf"projects\.csv:2:{column}: 'soon'"):
        ipmo.read(tmp_path / "p")


def test_a_folder_holds_one_portfolio_and_a_rewrite_leaves_none_of_the_other_kind(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "mine.csv").write_text("a\n")
    for form in (*FORMATS, "csv-folder"):
        ipmo.write(portfolio(name=form), tmp_path / "p", format=form)
        assert ipmo.read(tmp_path / "p")["a"].name == form
        kinds = {file.suffix for file in (tmp_path / "p").iterdir() if file.name != "mine.csv"}
        assert kinds == {f".{form.partition('-')[0]}", ".json"}
    assert (tmp_path / "p" / "mine.csv").exists()


def test_the_command_line_converts_to_a_folder_and_back(tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["convert", str(LIBRARY), str(tmp_path / "out"), "--to", "csv-folder"])
    assert run.exit_code == 0, run.output
    run = CliRunner().invoke(main, ["convert", str(tmp_path / "out"), str(tmp_path / "back.yaml")])
    assert run.exit_code == 0, run.output
    assert ipmo.read(tmp_path / "back.yaml") == ipmo.read(LIBRARY)
