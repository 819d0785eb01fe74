"""Several people rate one row: each rating is read as the one of whom its column names, with what belongs to it."""

from datetime import date

import pytest

import ipmo
from ipmo.errors import FileError
from ipmo.registers.mapping import ColumnMapping, Mapping, SheetMapping, read_mapping, write_mapping
from ipmo.registers.opening.sheets import Sheet
from ipmo.registers.proposing.proposal import propose


def mapping(*columns, **more):
    own = [ColumnMapping(header="ID", field="id"), ColumnMapping(header="Name", field="name")]
    rest = [ColumnMapping(header=header, field=field, assessor=who) for header, field, who in columns]
    return Mapping(sheets=[SheetMapping(register="projects", columns=[*own, *rest])], **more)


def csv(path, *rows):
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_each_rating_is_of_its_assessor(tmp_path):
    file = csv(tmp_path / "p.csv", "ID,Name,IPA,SRO,IPA note,Day,SRO day", "A,Tram,Amber,Green,late,2026-03-31,2026-02-28", "B,Bus,,Red,,2026-03-31,", "C,Lift,Red,N/A,,,2026-01-31", "D,Ferry,purple,Green,,2026-03-31,")  # fmt: skip
    columns = (
        ("IPA", "confidence_rating", "IPA"),
        ("SRO", "confidence_rating", "SRO"),
        ("IPA note", "confidence_note", "IPA"),
        ("Day", "confidence_date", ""),
        ("SRO day", "confidence_date", "SRO"),
    )
    told = mapping(*columns, status_date=date(2026, 12, 31))
    pf = ipmo.read(file, mapping=told)
    found = {one.id: [(rated.assessor, rated.rating, str(rated.date), rated.note) for rated in one.confidence] for one in pf.projects}
    assert found == {
        "A": [("IPA", "amber", "2026-03-31", "late"), ("SRO", "green", "2026-02-28", "")],
        "B": [("SRO", "red", "2026-03-31", "")],
        "C": [("IPA", "red", "2026-12-31", "")],
        "D": [("SRO", "green", "2026-03-31", "")],
    }
    (refused,) = [one.message for one in pf.source.findings if one.code == "register/cell-refused"]
    assert "row 5, column C" in refused
    write_mapping(told, tmp_path / "m.yaml")
    assert read_mapping(tmp_path / "m.yaml") == told


def test_reports_of_several_people_too(tmp_path):
    file = csv(tmp_path / "p.csv", "ID,Name,Owner's RAG,PMO RAG,Day", "A,Tram,Green,Red,2026-03-31")
    columns = (("Owner's RAG", "rag", "Ann"), ("PMO RAG", "rag", "Office"), ("Day", "rag_date", ""))
    (project,) = ipmo.read(file, mapping=mapping(*columns)).projects
    assert [(one.by, one.rag, str(one.date)) for one in project.status] == [("Ann", "green", "2026-03-31"), ("Office", "red", "2026-03-31")]


def test_one_column_each_and_only_of_what_people_say(tmp_path):
    begin = "mapping: 1\nsheets:\n- register: projects\n  columns:\n    ID: id\n"
    for more, says in (
        ("    A: {field: confidence_rating, assessor: X}\n    B: {field: confidence_rating, assessor: X}\n", "as column 'A' does"),
        ("    A: {field: owner, assessor: X}\n", "leave assessor: out"),
    ):
        (tmp_path / "m.yaml").write_text(begin + more, encoding="utf-8")
        with pytest.raises(FileError, match=says):
            read_mapping(tmp_path / "m.yaml")


def test_they_are_proposed_by_whom_the_headings_name():
    heads = ["Project ID", "Project name", "IPA Delivery Confidence Assessment", "SRO Delivery Confidence Assessment"]
    rows = [heads, ["A", "Tram", "Amber", "Green"], ["B", "Bus", "Red", "Amber"]]
    columns = propose((Sheet(name="p", file="p.csv", rows=rows, is_text=True),)).sheets[0].columns
    assert [(one.field, one.assessor) for one in columns[2:]] == [("confidence_rating", "IPA"), ("confidence_rating", "SRO")]
    assert any(one.doubt for one in columns[2:])
    heads[3] = "Previous delivery confidence assessment"
    columns = propose((Sheet(name="p", file="p.csv", rows=rows, is_text=True),)).sheets[0].columns
    assert columns[2].field == "confidence_rating" and columns[3].field == "attribute"
