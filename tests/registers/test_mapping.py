"""Mappings: a small value, and the YAML that a person edits."""

from datetime import date

import pytest
from click.testing import CliRunner

import ipmo
from ipmo.cli import main
from ipmo.errors import FileError
from ipmo.registers.mapping import ColumnMapping, Mapping, SheetMapping, read_mapping, to_text, write_mapping

EVERYTHING = Mapping(
    id="gmpp",
    name="Yes: the GMPP",
    encoding="cp1252",
    delimiter="\t",
    currency="GBP",
    multiplier="M",
    dates="day first",
    decimal="point",
    financial_year="apr",
    status_date=date(2022, 3, 31),
    unknown=("Exempt under Section 43", "no"),
    doubt="the currency is a guess",
    sheets=(
        SheetMapping(
            sheet="Top 10: risks",
            register="risks",
            header=(2, 3),
            transposed=True,
            rest="ignore",
            project="tram",
            new_projects=True,
            last=90,
            doubt="rows 1 and 4 may be the header too",
            columns=(
                ColumnMapping(header="Ref #", field="id"),
                ColumnMapping(header="Date", at="D", field="raised", dates="month first"),
                ColumnMapping(header="", at="XFD", field="attribute", attribute="spare: one"),
                ColumnMapping(header="Prob. (1-5)", field="probability", scale={"1": "10 %", "5": "90 %"}, doubt="is 5 the highest?\nor 1"),
                ColumnMapping(header="null", field="ignore"),
                ColumnMapping(header="Impact £", field="impact_cost", currency="GBP", multiplier="", unknown=("?",), decimal="comma"),
            ),
        ),
        SheetMapping(sheet="", register="projects", columns=(ColumnMapping(header="Cost 2026/27", field="budget", period="2026-27"),)),
    ),
)


def test_a_mapping_is_written_and_read_back(tmp_path):
    write_mapping(EVERYTHING, tmp_path / "m.yaml", "How ipmo reads gmpp.csv")
    again = read_mapping(tmp_path / "m.yaml")
    plain = to_text(again)
    assert "# ?" not in plain  # doubts are comments: the person who edits takes them out, or leaves them
    assert again.sheets[0].columns[3].scale == {"1": "10 %", "5": "90 %"}
    written = (tmp_path / "m.yaml").read_text(encoding="utf-8")
    assert "# ? is 5 the highest?\n      # ? or 1\n" in written
    assert [line for line in written.splitlines() if not line.lstrip().startswith("#")] == plain.splitlines()[1:]
    assert len(EVERYTHING.doubts) == 3


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("sheets: []\n", "1:1", "no mapping of columns"),
        ("mapping: 2\nsheets: []\n", "1:10", "version"),
        ("mapping: 1\nsheets:\n - register: riks\n", "3:14", "close: 'risks'"),
        ("mapping: 1\nsheets:\n - register: risks\n   columns: {A: nmae}\n", "4:17", "close: 'name'"),
        ("mapping: 1\nsheets:\n - register: risks\n   columns: {A: {field: name, untis: d}}\n", "4:38", "close: 'unit'"),
        ("mapping: 1\nsheets:\n - register: risks\n   columns: {A: name, B: name}\n", "4:26", "as column 'A' does"),
        ("mapping: 1\ncurrency: pounds\nsheets:\n - register: risks\n", "2:11", "not money"),
        ("mapping: 1\ndates: d/m/y\nsheets:\n - register: risks\n", "2:8", "day first"),
        ("mapping: 1\nencoding: klingon\nsheets:\n - register: risks\n", "2:11", "no encoding"),
        ("mapping: 1\nsheets:\n - register: risks\n   header: top\n", "4:12", "is no row"),
        ("mapping: 1\nsheets:\n - columns: {A: name}\n", "3:4", "`register:` says"),
        ("mapping: 1\nsheets:\n - register: risks\n   columns: {A: {field: name, multiplier: 12}}\n", "4:43", "no multiplier"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said_with_its_place(tmp_path, text, place, says):
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_mapping(tmp_path / "m.yaml")
    assert f"m.yaml:{place}" in str(caught.value)
    assert says in str(caught.value)


def test_each_doubt_about_a_file_is_one_of_its_own() -> None:
    sheet = SheetMapping(sheet="Plan", register="projects", doubt="which register it is\nwhere it ends")
    mapping = Mapping(doubt="its encoding\nits currency", sheets=[sheet])
    assert mapping.doubts == ("its encoding", "its currency", "sheet 'Plan': which register it is", "sheet 'Plan': where it ends")


def test_a_mapping_that_is_there_is_not_written_over(tmp_path):
    table, out = tmp_path / "projects.csv", tmp_path / "map.yaml"
    table.write_text("Project ID,Project name\nP1,Tram\nP2,Depot\n")
    assert CliRunner().invoke(main, ["map", str(table), "-o", str(out)]).exit_code == 0
    out.write_text(out.read_text() + "# edited\n")
    again = CliRunner().invoke(main, ["map", str(table), "-o", str(out)])
    assert again.exit_code == 1
    assert "is there already" in again.output
    assert out.read_text().endswith("# edited\n")
    assert CliRunner().invoke(main, ["map", str(table), "-o", str(out), "--force"]).exit_code == 0
    assert not out.read_text().endswith("# edited\n")
    itself = CliRunner().invoke(main, ["map", str(table), "-o", str(table), "--force"])
    assert itself.exit_code == 1
    assert table.read_text().startswith("Project ID")


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"  \n",
        b"# nothing yet\n",
        b"- a\n",
        b"ipmo: 1\nportfolio: {id: x}\n",
        b"{}\n",
        b"PK\x03\x04",
        b"<html>",
        b"\0\1",
        b"a,b\n1,2\n",
    ],
)
def test_what_is_no_mapping_is_answered_with_what_a_mapping_is(tmp_path, held):
    (tmp_path / "m.yaml").write_bytes(held)
    (tmp_path / "a.csv").write_text("Project,Budget\nA,5\n", encoding="utf-8")
    with pytest.raises(FileError) as caught:
        ipmo.read(tmp_path / "a.csv", mapping=tmp_path / "m.yaml")
    said = str(caught.value)
    assert "mapping" in said and "m.yaml" in said and "portfolio starts" not in said and "an ipmo portfolio" not in said
    if not held.startswith((b"PK", b"<", b"\0")):
        assert "says what the columns of a spreadsheet mean" in said and "`ipmo map SPREADSHEET -o FILE` writes one" in said


def test_a_mapping_made_in_python_with_a_field_that_is_none_is_answered(tmp_path):
    (tmp_path / "a.csv").write_text("Project,Budget\nA,5\n", encoding="utf-8")
    mapping = Mapping(sheets=[SheetMapping(register="projects", columns=[ColumnMapping(header="Project", field="name"), ColumnMapping(header="Budget", field="bugdet")])])  # fmt: skip
    with pytest.raises(FileError, match="'bugdet' is no field of register 'projects'; close: 'budget'"):
        ipmo.read(tmp_path / "a.csv", mapping=mapping)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plan.yaml", "ipmo: 1\nportfolio: {id: x}\n"),
        ("plan.json", '{"ipmo": 1, "portfolio": {"id": "x"}}'),
        ("a.json", '{"a": 1}'),
        ("plan.xml", '<?xml version="1.0"?><Project xmlns="http://schemas.microsoft.com/project"/>'),
        ("p.json", '{"publisher": {}, "publishedDate": "2026-01-01", "projects": []}'),
    ],
)
def test_what_is_no_spreadsheet_is_answered_with_what_it_is(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = CliRunner().invoke(main, ["map", str(tmp_path / name)])
    assert found.exit_code == 1 and "sheets:" not in found.output
    assert "it is no spreadsheet but " in found.output and "which says itself what it holds" in " ".join(found.output.split())


def test_text_of_another_ending_is_mapped_as_before(tmp_path):
    (tmp_path / "list.txt").write_text("Project ID,Project name\nP1,Tram\nP2,Depot\n", encoding="utf-8")
    assert [one.field for one in ipmo.propose_mapping(tmp_path / "list.txt").sheets[0].columns] == ["id", "name"]
