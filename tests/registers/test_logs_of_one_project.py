"""Logs of one project, in English and not: risks without a project column, issues that are closed nobody knows when, lengths in other languages."""

from __future__ import annotations

from pathlib import Path

import pytest

import ipmo
from ipmo.model import Portfolio


def read(folder: Path, text: str, name: str = "log.csv") -> Portfolio:
    (folder / name).write_text(text, "utf-8")
    return ipmo.read(folder / name)


LOG = """RAID ID,Type,Description,Owner,Probability,Status,Due
R1,Risk,Ground is wet,Ann,4,Open,2026-05-01
I1,Issue,Crane broke,Bo,,Open,2026-05-02
I2,Issue,Gate stuck,Bo,,Closed,2026-05-02
A1,Assumption,Rain stops,Cy,,Open,
"""


def test_a_log_without_a_project_is_that_of_one_project(tmp_path: Path) -> None:
    pf = read(tmp_path, LOG)
    assert [(project.id, [risk.id for risk in project.risks]) for project in pf.projects] == [("log", ["R1"])]
    assert [one.id for one in pf.assumptions] == ["A1"]
    assert any("is made for them" in one.message for one in pf.source.findings)


def test_an_issue_that_is_closed_nobody_knows_when_is_left_out_with_its_row(tmp_path: Path) -> None:
    assert [one.id for one in read(tmp_path, LOG).issues] == ["I1"]
    text = "Issue ID,Issue,Owner,Status,Closed\nI1,Crane,Ann,Open,\nI2,Gate,Ann,Closed,\nI3,Door,Ann,Resolved,2026-02-05\n"
    pf = read(tmp_path, text)
    assert [(one.id, str(one.closed)) for one in pf.issues] == [("I1", "None"), ("I3", "2026-02-05")]
    assert [one.message for one in pf.source.findings if "row 3" in one.message and "nothing says since when" in one.message]


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("Tâche;Début;Durée\nCreuser;05/01/2026;5 j\nPoser;22/01/2026;2 semaines\n", ["5 d", "2 w"]),
        ("Vorgang;Beginn;Dauer\nGraben;05.01.2026;5 Tage\nLegen;22.01.2026;3 Wochen\n", ["5 d", "3 w"]),
        ("Tarea;Fecha de inicio;Duración\nCavar;05/01/2026;5 dias\nPoner;22/01/2026;8 horas\n", ["5 d", "8 h"]),
        ("Taak;Startdatum;Duur\nGraven;05-01-2026;5 dagen\nLeggen;22-01-2026;2 weken\n", ["5 d", "2 w"]),
    ],
)
def test_lengths_in_other_languages(tmp_path: Path, text: str, lengths: list[str]) -> None:
    assert [str(task.duration.central()) for task in read(tmp_path, text).projects[0].tasks if task.duration] == lengths


@pytest.mark.parametrize("head", ["Projekt", "Projet", "Proyecto", "Progetto"])
def test_a_project_in_other_languages(tmp_path: Path, head: str) -> None:
    pf = read(tmp_path, f"{head};Budget (EUR)\nTram;1.250.000,50\nBus;2.000,00\n")
    assert (pf.projects[0].name or pf.projects[0].id, str(ipmo.roll_up(pf, "budget").total.value)) == ("Tram", "1252000.5 EUR")
