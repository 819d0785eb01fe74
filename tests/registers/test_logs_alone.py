"""A log in a file of its own: no list of projects stands beside it, and what its rows say is kept."""

import pytest

import ipmo
from ipmo.units import as_money

RAID = (
    "Ref,Type,Description,Project,Date raised,Owner,Status",
    "R1,Risk,Supplier may fail,Depot,2026-10-03,Bo,Open",
    "I1,Issue,No access to the site,Tram,2026-11-01,Ann,Open",
    "A1,Assumption,The grant is paid in April,Depot,2026-11-15,Ann,Open",
)
LOGS = {
    "raid": RAID,
    "benefits": ("Benefit ID,Benefit,Benefit Owner,Enabling project,Measure", "B1,Fewer car trips,Ann,Tram,trips a day"),
    "links": ("Dependency ID,Giving project,Receiving project,Needed by", "D1,Depot,Tram,2027-03-31"),
    "issues": ("Issue ID,Issue description,Project,Severity,Issue owner", "I1,No access,Tram,High,Ann"),
    "lessons": ("Lesson ID,Lesson learned,Project,Date recorded", "L1,Start earlier,Tram,2026-03-04"),
    "risks": ("Risk ID,Risk description,Project,Likelihood,Risk owner", "R1,Supplier may fail,Depot,Low,Bo"),
}


def written(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("register", LOGS)
def test_projects_that_only_a_log_names_are_made_and_said(register, tmp_path):
    path = written(tmp_path / "log.csv", LOGS[register])
    mapping = ipmo.propose_mapping(path)
    assert mapping.sheets[0].register == register and mapping.sheets[0].new_projects
    assert any("those that it names are made" in doubt for doubt in mapping.doubts)
    pf = ipmo.read(path)
    named = {cell for line in LOGS[register][1:] for cell in line.split(",") if cell in ("Tram", "Depot")}
    assert {project.id for project in pf.projects} == named
    assert pf.source.refused == 0 and pf.source.cells["refused"] == 0
    assert any(finding.code == "register/made-of-name" and "project list" in finding.message for finding in pf.source.findings)


@pytest.mark.parametrize("register", [name for name in LOGS if name not in ("raid", "risks")])
def test_a_row_that_names_no_project_of_the_list_is_an_error_still(register, tmp_path):
    path = written(tmp_path / "log.csv", LOGS[register])
    ipmo.write_mapping(ipmo.propose_mapping(path), tmp_path / "m.yaml")
    strict = (tmp_path / "m.yaml").read_text().replace("new_projects: true", "new_projects: false")
    pf = ipmo.read(path, mapping=written(tmp_path / "m.yaml", [strict]))
    assert not pf.projects and pf.source.refused == len(LOGS[register]) - 1


def test_what_a_log_describes_names_risks_and_issues_and_says_assumptions(tmp_path):
    pf = ipmo.read(written(tmp_path / "raid.csv", RAID))
    assert [risk.name for project in pf.projects for risk in project.risks] == ["Supplier may fail"]
    assert [issue.name for issue in pf.issues] == ["No access to the site"]
    assert [assumption.text for assumption in pf.assumptions] == ["The grant is paid in April"]


def test_lessons_keep_what_happened_why_and_what_to_do(tmp_path):
    lines = (
        "Lesson ID,Date,Project,Category,What happened,Root cause,Impact,Recommendation",
        "L1,2026-03-04,Tram,Procurement,Tender came late,No market warm-up,Six weeks lost,Begin six months before",
    )
    lesson = ipmo.read(written(tmp_path / "lessons.csv", lines)).lessons[0]
    said = (lesson.text, lesson.category, lesson.cause, lesson.effect, lesson.advice, lesson.source)
    assert said == ("Tender came late", "Procurement", "No market warm-up", "Six weeks lost", "Begin six months before", "Tram")


def test_lessons_that_are_recommendations_only_are_their_text(tmp_path):
    lines = ("Lesson ID,Project,Recommendation", "L1,Tram,Begin six months before")
    lesson = ipmo.read(written(tmp_path / "lessons.csv", lines)).lessons[0]
    assert (lesson.text, lesson.advice) == ("Begin six months before", "")


def test_a_german_list_is_read_with_its_dates_its_thousands_and_its_colours(tmp_path):
    lines = (
        "Projekt-Nr.;Projektname;Beginn;Ende;Budget (T€);Ampel",
        "1001;Tram;01.02.2026;31.12.2027;12.500,5;gelb",
        "1002;Depot;15.03.2026;30.06.2027;4.000;grün",
    )
    path = written(tmp_path / "projekte.csv", lines)
    mapping = ipmo.propose_mapping(path)
    assert [one.field for one in mapping.sheets[0].columns] == ["id", "name", "start", "finish", "budget", "rag"]
    ipmo.write_mapping(mapping, tmp_path / "m.yaml")
    (tmp_path / "m.yaml").write_text((tmp_path / "m.yaml").read_text() + "\nstatus_date: 2026-11-01\n")
    pf = ipmo.read(path, mapping=tmp_path / "m.yaml")
    assert ipmo.roll_up(pf, "budget").total.value == as_money("16500500 EUR")
    assert [project.status[0].rag for project in pf.projects] == ["amber", "green"]


def test_when_something_is_due_about_a_risk_is_not_the_last_day_it_can_strike(tmp_path):
    """A risk that must be dealt with by a day may strike after it: with that day as its end, simulations would leave it out from then on."""
    lines = (
        "Ref,Type,Description,Project,Owner,Status,Target date",
        "R1,Risk,Supplier may fail,Depot,Bo,Open,2026-10-03",
        "I1,Issue,No access to the site,Depot,Ann,Open,2026-11-01",
    )
    pf = ipmo.read(written(tmp_path / "raid.csv", lines))
    (risk,) = pf.projects[0].risks
    assert risk.ends is None and risk.attributes["Target date"] == "2026-10-03"
    assert str(pf.issues[0].due) == "2026-11-01"
