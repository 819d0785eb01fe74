"""Rows that sum others up, and notes below a table, are no rows of it: no sum counts twice."""

from __future__ import annotations

from pathlib import Path

import pytest

import ipmo
from ipmo.registers.building.sums import sums_up

PROGRAMME = (
    "Anytown capital programme (£000)\n\n"
    "Scheme ref,Scheme,Directorate,Sponsor,2026-27,2027-28,Total\n"
    'C1,Roof,Communities,A Patel,450,"1,200","1,650"\n'
    "C2,Library,Communities,B Jones,120,80,200\n"
    '{first},570,"1,280","1,850"\n'
    'H1,Roads,Place,C Lee,"2,000","2,000","4,000"\n'
    '{second},"2,000","2,000","4,000"\n'
    '{last},"2,570","3,280","5,850"\n'
)


@pytest.mark.parametrize(
    ("first", "second", "last"),
    [
        (",Subtotal Communities,,", ",Subtotal Place,,", ",Grand total,,"),
        (",Communities sub-total,,", ",Place sub-total,,", ",Total,,"),
        ("Total Communities,,,", "Total Place,,,", "Grand Total programme,,,"),
        (",,Communities total,", ",,Place total,", ",,TOTAL,"),
        (",Total Communities,,", ",Total Place,,", ",Programme total,,"),
    ],
)
def test_a_subtotal_is_no_project(tmp_path: Path, first: str, second: str, last: str) -> None:
    path = tmp_path / "programme.csv"
    path.write_text(PROGRAMME.format(first=first, second=second, last=last), encoding="utf-8")
    pf = ipmo.read(path)
    assert [project.id for project in pf.projects] == ["C1", "C2", "H1"]
    assert str(ipmo.roll_up(pf, "budget").total.value) == "5.85 M GBP"
    assert pf.source.refused == pf.source.cells["refused"] == 0


def test_what_is_called_total_and_has_more_than_amounts_is_a_project(tmp_path: Path) -> None:
    path = tmp_path / "programme.csv"
    path.write_text(
        "Ref,Project name,Sponsor,Budget GBP\nA1,Total Place,Ann,800\n,Total quality,Bo Lind,120\nA3,Totally new,,50\nA4,Subtle totals,Cy,9\n",
        encoding="utf-8",
    )
    assert [project.name for project in ipmo.read(path).projects] == ["Total Place", "Total quality", "Totally new", "Subtle totals"]
    assert not sums_up("Total quality", [], lacks=True)


def test_footnotes_behind_a_blank_row_are_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "programme.csv"
    path.write_text(
        "Ref,Project name,Sponsor,Budget GBP\nA1,Roof,Ann,800\nA2,Library,Bo,120\n\n1 Subject to approval.\n2 Without slippage.\n,(a) In cash\n",
        encoding="utf-8",
    )
    pf = ipmo.read(path)
    assert [project.id for project in pf.projects] == ["A1", "A2"]
    assert pf.source.refused == 0
    assert any("notes below the table are left out" in one.message for one in pf.source.findings)


def test_a_number_behind_a_blank_row_is_no_note(tmp_path: Path) -> None:
    path = tmp_path / "programme.csv"
    path.write_text("Ref,Project name,Sponsor,Budget GBP\nA1,Roof,Ann,800\n\nA2,Library,,\nA3,Hall,Cy,5\n\n", encoding="utf-8")
    assert [project.id for project in ipmo.read(path).projects] == ["A1", "A2", "A3"]
