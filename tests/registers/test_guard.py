"""Hostile and doubtful workbooks: refused with a sentence before they are opened, or read with their values and a warning."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

import ipmo
from ipmo.errors import FileError
from ipmo.registers.opening import guard
from ipmo.registers.opening.guard import inspected

PORTFOLIO = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "pf", "start": "2026-01-05"}, "projects": [{"id": "a", "name": "A"}]})


def book(folder: Path) -> Path:
    ipmo.write(PORTFOLIO, folder / "plan.xlsx")
    return folder / "plan.xlsx"


def remade(path: Path, **parts: bytes | None) -> Path:
    """The workbook with parts of its archive changed or added; `__` stands for a slash, a trailing `_X` for the ending."""
    named = {name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): raw for name, raw in parts.items()}
    with zipfile.ZipFile(path) as old:
        held = {one: old.read(one) for one in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, raw in {**held, **named}.items():
            if raw is not None:
                new.writestr(name, raw)
    return path


def part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def refused(path: Path) -> str:
    with pytest.raises(FileError) as error:
        ipmo.read(path)
    return str(error.value)


def codes(path: Path) -> dict[str, str]:
    return {finding.code: str(finding) for finding in ipmo.read(path).source.findings}


def with_value(path: Path) -> Path:
    """A formula with the value that a spreadsheet program computed, in the name of the project: `<f>` beside `<v>`."""
    sheet = "xl/worksheets/sheet3.xml"
    raw = part(path, sheet)
    start = raw.index(b'<c r="B2"')
    end = raw.index(b"</c>", start) + 4
    raw = raw[:start] + b'<c r="B2" t="str"><f>"Air" &amp; "port"</f><v>Airport</v></c>' + raw[end:]
    workbook = part(path, "xl/workbook.xml").replace(b' fullCalcOnLoad="1"', b"")
    return remade(path, xl__worksheets__sheet3_xml=raw, xl__workbook_xml=workbook)


def test_an_ordinary_workbook_is_read_without_a_word(tmp_path: Path) -> None:
    assert ipmo.read(book(tmp_path)).source.findings == ()


def test_a_formula_counts_with_its_computed_value_and_that_is_said(tmp_path: Path) -> None:
    path = with_value(book(tmp_path))
    assert ipmo.read(path)["a"].name == "Airport"
    assert "1 formula on Projects (1): the value that was computed last is taken" in codes(path)["ipmo/formula-values"]


def test_a_formula_that_nothing_computed_is_refused_by_its_cell(tmp_path: Path) -> None:
    path = book(tmp_path)
    made = openpyxl.load_workbook(path)
    made["Projects"]["B2"] = '="Air" & "port"'
    made.save(path)
    assert "Projects!B2: a formula that was not computed by a spreadsheet program; open the workbook in one, and save it" in refused(path)
    path = with_value(book(tmp_path))
    raw = part(path, "xl/worksheets/sheet3.xml").replace(b' t="str"><f>', b"><f>").replace(b"<v>Airport</v>", b"<v></v>")
    assert "Projects!B2: a formula that has no computed value" in refused(remade(path, xl__worksheets__sheet3_xml=raw))


def test_values_that_a_library_wrote_beside_its_formulas_are_not_believed() -> None:
    into = io.BytesIO()
    made = xlsxwriter.Workbook(into, {"in_memory": True})
    made.add_worksheet("Costs").write_formula("A1", "=1+1")  # it writes the value 0 and asks to be computed again
    made.close()
    seen = inspected(into.getvalue(), "x.xlsx")
    assert seen.failed == {
        "Costs": {(0, 0): "a formula that was not computed by a spreadsheet program; open the workbook in one, and save it"}
    }
    assert seen.notes == (), "none of its values is taken"


def test_values_that_a_program_gave_with_its_formulas_are_taken_and_said() -> None:
    into = io.BytesIO()
    made = xlsxwriter.Workbook(into, {"in_memory": True})
    made.add_worksheet("Costs").write_formula("A1", "=1+1", None, 2)
    made.close()
    assert (
        "the value that was computed last is taken, and the file asks to be computed again"
        in inspected(into.getvalue(), "x.xlsx").notes[0].message
    )


def test_macros_and_links_to_other_files_are_said_and_neither_run_nor_followed(tmp_path: Path) -> None:
    path = remade(book(tmp_path), xl__vbaProject_bin=b"not a macro", xl__externalLinks__externalLink1_xml=b"<externalLink/>")
    found = codes(path)
    assert set(found) == {"ipmo/macros", "ipmo/external-links"}
    assert ipmo.read(path) == PORTFOLIO


def test_cells_merged_over_several_rows_are_said(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        for name, ranges in (("Plan", ["A2:A3", "B2:C2", *(f"D{n}:D{n + 1}" for n in range(2, 14, 2))]), ("Other", ["A1:C1"])):
            sheet = made.add_worksheet(name)
            for one in ranges:
                sheet.merge_range(one, "x")
    (found,) = inspected(path.read_bytes(), "a.xlsx").notes
    assert found.code == "ipmo/merged-cells"
    assert found.message == (
        "Plan: cells are merged over several rows: A2:A3, D2:D3, D4:D5, D6:D7, D8:D9 and 2 more"
        "; below the headings a name or a date holds for each of these rows, an amount counts in the first"
    )


def test_entities_are_refused(tmp_path: Path) -> None:
    raw = b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "aaaa">]><sst>&a;</sst>'
    for coded in (raw, raw.decode().encode("utf-16")):
        assert "declares entities" in refused(remade(book(tmp_path), xl__sharedStrings_xml=coded))


def test_what_swells_is_refused_by_its_declared_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = remade(book(tmp_path), xl__media__big_xml=b" " * 200_000)
    monkeypatch.setattr(guard, "RATIO_FROM", 100_000)
    monkeypatch.setattr(guard, "RATIO", 100)
    assert "xl/media/big.xml swells to 0 MB" in refused(path)
    monkeypatch.setattr(guard, "MOST_BYTES", 1 << 16)
    assert "at most 0 MB are read" in refused(path)
    monkeypatch.setattr(guard, "MOST_PARTS", 3)
    assert "parts; a workbook has some tens" in refused(path)


def test_a_size_that_is_a_lie_is_refused(tmp_path: Path) -> None:
    path = remade(book(tmp_path), xl__media__big_xml=b" " * 5_000)
    raw = bytearray(path.read_bytes())
    true, false = struct.pack("<L", 5_000), struct.pack("<L", 50)
    assert raw.count(true) >= 2
    path.write_bytes(bytes(raw).replace(true, false))
    assert "this is no whole workbook" in refused(path)


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = book(tmp_path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    assert "two parts of one name" in refused(path)


def test_a_locked_workbook_and_one_that_is_cut_off_say_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 100)
    assert "locked with a password" in refused(path)
    whole = book(tmp_path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "no whole workbook" in refused(path)


def test_another_archive_with_the_ending_of_a_workbook_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "letter.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert "workbook" in refused(path)


def test_the_name_of_a_sheet_is_said_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("R&D <2026> Pat's").write_formula("A1", "=1+1")
    with pytest.raises(FileError, match="'R&D <2026> Pat''s'!A1 is a formula that was not computed"):
        ipmo.read(path)


def test_a_sheet_in_utf_16_is_looked_through_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Costs")
        sheet.write_formula("A1", "=1+1", None, 2)
        sheet.write_formula("B2", "=1/0", None, "#DIV/0!")
    raw = part(path, "xl/worksheets/sheet1.xml").decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    seen = inspected(remade(path, xl__worksheets__sheet1_xml=raw.encode("utf-16")).read_bytes(), "a.xlsx")
    assert [note.code for note in seen.notes] == ["ipmo/formula-values"]
    assert seen.failed == {"Costs": {(1, 1): "#DIV/0!"}}
    uncomputed = raw.replace("<v>2</v>", "")
    again = remade(path, xl__worksheets__sheet1_xml=uncomputed.encode("utf-16-be").join([b"\xfe\xff", b""])).read_bytes()
    assert "a formula that was not computed" in inspected(again, "a.xlsx").failed["Costs"][0, 0]


def test_a_sheet_in_another_encoding_is_refused_by_its_name_and_not_read_as_blank(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as made:
        for name in ("Projects", "Risks"):
            made.add_worksheet(name).write_row(0, 0, ["Project ID", "Project name"])
            made.get_worksheet_by_name(name).write_row(1, 0, ["P1", "Tram"])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for part in old.namelist():
            raw = old.read(part)
            if part == "xl/worksheets/sheet2.xml":
                raw = raw.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
            new.writestr(part, raw)
    with pytest.raises(FileError, match="sheet Risks is not in UTF-8, in which sheets are read; save the workbook again"):
        ipmo.read(tmp_path / "b.xlsx")
