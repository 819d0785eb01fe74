"""The command line, as a new user meets it, wrong input included."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import ipmo
import ipmo.examples
from ipmo.cli import main
from ipmo.cli.asking import asked_with, questions
from ipmo.cli.shell import clean

ROOT = Path(__file__).resolve().parent.parent
PROMISE = str(ROOT / "src" / "ipmo" / "examples" / "commitment.yaml")
CITY = str(ROOT / "examples" / "city.yaml")
LIBRARY = str(ROOT / "src" / "ipmo" / "examples" / "library.yaml")
HANDOVER = str(ROOT / "src" / "ipmo" / "examples" / "handover.yaml")
RUBIN = str(ROOT / "examples" / "rubin.yaml")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


VERBS = [
    ("read", PROMISE),
    ("check", PROMISE),
    ("schedule", PROMISE),
    ("schedule-quality", PROMISE),
    ("schedule", PROMISE, "--explain", "desk"),
    ("links", HANDOVER),
    ("links", HANDOVER, "--top", "2"),
    ("links", HANDOVER, "--reach", "rails-power"),
    ("links", HANDOVER, "--agreements"),
    ("links", HANDOVER, "--boundary", "programme", "--rank-by", "drag", "--slip", "3 ed"),
    ("interfaces", HANDOVER),
    ("interfaces", HANDOVER, "--matrix", "drag"),
    ("interfaces", HANDOVER, "--register", "power"),
    ("interfaces", HANDOVER, "--waits", "rails"),
    ("single-points", LIBRARY),
    ("single-points", PROMISE, "--of", "savings"),
    ("what-if", HANDOVER, "--delay", "rails/lay", "2 d"),
    ("what-if", HANDOVER, "--delay", "rails/lay", "2 d", "--items"),
    ("what-if", HANDOVER, "--delay", "rails/lay", "2 d", "--duration", "power/test", "5 d", "--why", "fleet"),
    ("what-if", LIBRARY, "--stop", "catalogue"),
    ("attainment", CITY, "--by", "2029-12-31"),
    ("merge", HANDOVER, PROMISE),
    ("merge", HANDOVER, f"desk={PROMISE}", "--interfaces"),
    ("delay-sensitivity", HANDOVER, "--slip", "3 d"),
    ("delay-sensitivity", HANDOVER, "--by", "task"),
    ("decisions", PROMISE),
    ("roll-up", PROMISE),
    ("roll-up", PROMISE, "finish"),
    ("roll-up", PROMISE, "--explain", "desk"),
    ("roll-up", PROMISE, "budget", "--by", "owner"),
    ("roll-up", PROMISE, "budget", "--by", "quarter"),
    ("status", PROMISE),
    ("status", PROMISE, "--policy", "worst child", "--of", "reported"),
    ("raid-log", LIBRARY),
    ("risk-exposure", LIBRARY),
    ("benefits", LIBRARY, "--discount", "3.5%"),
    ("attribution", LIBRARY, "--method", "shapley", "--discount", "3.5%"),
    ("line-of-sight", LIBRARY),
    ("worth-going-on", LIBRARY),
    ("earned-value", PROMISE, "--as-of", "2026-03-01"),
    ("earned-value", LIBRARY, "--level", "project"),
    ("time-phase", LIBRARY, "--every", "quarter"),
    ("time-phase", LIBRARY, "--confidence", "80 %"),
    ("roll-up", LIBRARY, "budget", "--confidence", "0.8"),
    ("capacity", LIBRARY),
    ("level", LIBRARY),
    ("level", LIBRARY, "--explain", "hall/fit-out"),
    ("simulate", CITY, "--samples", "50"),
    ("simulate", CITY, "--samples", "50", "--criticality"),
    ("simulate", CITY, "--samples", "50", "--contingency"),
    ("simulate", CITY, "--samples", "50", "--risks", "none", "--explain", "tram"),
    ("assess-impact", LIBRARY),
    ("compare", LIBRARY, PROMISE),
    ("compare", LIBRARY, PROMISE, "--all"),
    ("plugins",),
    ("plugins", "p3o"),
    ("ask", "assess", CITY),
    ("ask", "p3o/roadmap", CITY, "--sort", "-effort", "--top", "2"),
    ("ask", "compare-offices", CITY, CITY),
    ("ask", "concentration", CITY, "--of", "person"),
    ("ask", "intake", CITY, "--as-of", "2026-06-30"),
    ("ask", "kanban", CITY),
    ("doctor",),
    ("schema",),
]


@pytest.mark.parametrize("arguments", VERBS, ids=" ".join)
def test_every_verb_answers_people_and_machines(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip()
    machine = run(*arguments, "--json")
    assert machine.exit_code == 0
    document = json.loads(machine.stdout)
    assert isinstance(document["rows"], list)
    assert isinstance(document["findings"], list)
    assert document["rows"]


def test_a_hub_that_is_given_a_name_is_told_that_it_takes_none() -> None:
    told = run("merge", f"city={HANDOVER}", PROMISE)
    assert told.exit_code == 2
    assert f"the hub keeps its ids, and has no name; write '{HANDOVER}' for it" in told.output


def plan_of(count: int) -> str:
    """So many programmes and so many tasks that lead on from day to day, in one project."""
    lines = ["ipmo: 1", "portfolio: {id: x, start: 2026-01-05}"]
    lines += ["programmes:", *(f"  - {{id: g{n}}}" for n in range(count))] if count else []
    lines += ["projects:", "  - id: p"]
    lines += (
        ["    tasks:", *(f"      - {{id: t{n}, duration: 1 d{f', after: t{n - 1}' if n else ''}}}" for n in range(count))] if count else []
    )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("count", "read", "ends", "items"),
    [
        (0, "x: 1 project", "1 item is critical", "1 project, 1 item: 0 done, 0 open"),
        (1, "x: 1 programme, 1 project, 1 task", "1 item is critical", "1 project, 1 item: 0 done, 1 open"),
        (2, "x: 2 programmes, 1 project, 2 tasks", "2 items are critical", "1 project, 2 items: 0 done, 2 open"),
    ],
)
def test_singular_and_plural_are_right(tmp_path: Path, count: int, read: str, ends: str, items: str) -> None:
    plan = tmp_path / "p.yaml"
    plan.write_text(plan_of(count), encoding="utf-8")
    assert run("read", str(plan)).stdout.splitlines()[0] == read
    assert run("schedule", str(plan)).stdout.splitlines()[-1].endswith(f"; {ends}")
    out = tmp_path / "p.html"
    assert items in run("report", str(plan), "-o", str(out)).stdout
    subtitle = {0: "1 project; no", 1: "1 project, 1 task or milestone; no", 2: "1 project, 2 tasks and milestones; no"}[count]
    assert subtitle in out.read_text(encoding="utf-8")


def test_rows_are_those_of_the_table_with_exact_dates() -> None:
    import ipmo

    rows = json.loads(run("schedule", PROMISE, "--json").stdout)["rows"]
    table = ipmo.schedule(ipmo.read(PROMISE)).table()
    assert [row["id"] for row in rows] == list(table["id"])
    assert rows[1]["early_finish"] == "2026-02-13T17:00:00"


def test_a_finish_at_midnight_prints_as_the_day_before_and_is_exact_in_json() -> None:
    line = next(line for line in run("schedule", PROMISE).stdout.splitlines() if line.startswith("desk/build"))
    assert line.split()[:3] == ["desk/build", "2026-01-05", "2026-01-30"]
    gate = next(line for line in run("schedule", PROMISE).stdout.splitlines() if line.startswith("desk/G1"))
    assert gate.split()[:3] == ["desk/G1", "2026-02-02", "2026-02-02"]
    rows = json.loads(run("schedule", PROMISE, "--json").stdout)["rows"]
    assert rows[0]["early_finish"] == "2026-01-31T00:00:00"
    on_hold = next(line for line in run("schedule", PROMISE).stdout.splitlines() if line.startswith("training/exam"))
    assert "put on hold" in on_hold


def test_check_exits_with_one_on_an_error_and_zero_on_warnings(tmp_path: Path) -> None:
    assert run("check", PROMISE).exit_code == 0
    loop = tmp_path / "loop.yaml"
    loop.write_text(
        "ipmo: 1\nportfolio: {id: x, start: 2026-01-05}\nprojects:\n  - id: p\n    tasks:\n"
        "      - {id: a, duration: 1 d, after: b}\n      - {id: b, duration: 1 d, after: a}\n"
    )
    result = run("check", str(loop))
    assert result.exit_code == 1
    assert "loop.yaml:6:9: error: these links form a cycle" in result.stdout
    assert run("schedule", str(loop)).exit_code == 1
    assert "remove one of them" in run("schedule", str(loop)).stderr
    assert run("schedule", str(loop), "--on-cycle", "cut").exit_code == 0


def test_a_month_is_frozen_looked_back_on_and_compared(tmp_path: Path) -> None:
    plan = tmp_path / "p.yaml"
    plan.write_text(Path(LIBRARY).read_text(encoding="utf-8"), encoding="utf-8")
    result = run("snapshot", str(plan), "--reason", "month end")
    assert result.stdout.replace("\\", "/") == f"wrote {tmp_path.as_posix()}/history/2026-06.json\n"
    told = run("snapshot", str(plan), "--baseline", "B1").stdout
    assert "name it under baselines: - {id: B1, date: 2026-06-01, file: baselines/B1.json}" in told
    plan.write_text(
        plan.read_text(encoding="utf-8").replace("status_date: 2026-06-01", "status_date: 2026-07-01").replace("200 k GBP", "220 k GBP")
    )
    assert run("snapshot", str(plan), "--json").exit_code == 0
    trend = run("trend", str(tmp_path / "history"), "budget").stdout
    assert trend.splitlines()[1].split()[:2] == ["2026-06-01", "275,000"]
    assert trend.splitlines()[2].split()[-1] == "20,000"
    assert "2 of 2 have not reported" in run("reporting-compliance", str(tmp_path / "history")).stdout
    assert run("check", str(plan), "--history", str(tmp_path / "history")).exit_code == 0
    compared = run("compare", str(tmp_path / "history" / "2026-06.json"), str(plan)).stdout
    assert compared.startswith(
        "catalogue misses its finish by 25 d: to finish by 2026-07-31, expected 2026-08-25, because of catalogue/build"
    )
    assert "2 projects in both; 7 dates move, catalogue by most: +22 d, 1 changed budget" in compared
    assert "0 came" not in compared
    assert run("trend", str(tmp_path / "none"), "budget").exit_code == 1
    assert "there is no such folder" in run("reporting-compliance", str(tmp_path / "none")).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("read", "nowhere.yaml"), "nowhere.yaml: there is no such file"),
        (("roll-up", PROMISE, "cost"), "'budget', 'actual' or 'forecast'"),
        (("schedule", PROMISE, "--explain", "desk/pilt"), "close: 'desk/pilot'"),
        (("roll-up", PROMISE, "budget", "--by", "colour"), "'colour' is not in"),
        (("plugins", "prince"), "'prince' is not in the installed plugins"),
        (("convert", PROMISE, "x.doc"), "names no format"),
        (("roll-up", PROMISE, "--as-of", "soon"), "'soon' is not a date"),
    ],
)
def test_what_cannot_be_answered_exits_with_one_names_the_file_and_is_valid_json(arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert said in result.stderr
    assert not result.stdout
    machine = run(*arguments, "--json")
    assert machine.exit_code == 1
    document = json.loads(machine.stdout)
    assert document["rows"] == []
    assert said.partition("yaml: ")[2] in document["findings"][0]["message"] or said in document["findings"][0]["message"]


@pytest.mark.parametrize(
    "arguments",
    [("frobnicate",), ("read",), ("links", PROMISE, "--top", "0"), ("roll-up", PROMISE, "--level", "galaxy"), ("read", PROMISE, "--bogus")],
)
def test_wrong_use_exits_with_two(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_problems_of_a_file_are_findings_with_positions_in_json(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("ipmo: 1\nportfolio: {id: x}\nprojects:\n  - {id: p, buget: 1 GBP}\n")
    document = json.loads(run("check", str(bad), "--json").stdout)
    assert [(f["line"], f["column"], f["path"]) for f in document["findings"]] == [(4, 20, "projects[0].buget")]


def test_the_report_is_written_with_a_summary_and_convert_goes_both_ways(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "rubin.html"
    result = run("report", RUBIN, "-o", str(out))
    assert result.exit_code == 0
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "388 items: 224 done, 164 open" in result.stdout
    assert "the 5 hand-overs across projects that matter most" in result.stdout
    assert result.stdout.count("sets the date of") == 5
    assert run("convert", RUBIN, str(tmp_path / "r.json")).exit_code == 0
    assert run("convert", str(tmp_path / "r.json"), str(tmp_path / "r.yaml")).exit_code == 0
    assert (tmp_path / "r.yaml").read_bytes() == Path(RUBIN).read_bytes()


def test_control_characters_never_reach_the_terminal(tmp_path: Path) -> None:
    assert clean("a\x1b[31mb\x07\u202e") == "a\\x1b[31mb\\x07\\x202e"
    evil = tmp_path / "evil.json"
    evil.write_text(json.dumps({"ipmo": 1, "portfolio": {"id": "x", "name": "\x1b[2Jgone"}}))
    assert "\x1b" not in run("read", str(evil)).stdout


def test_python_m_ipmo_is_the_same() -> None:
    result = subprocess.run([sys.executable, "-m", "ipmo", "--version"], capture_output=True, text=True, check=True)
    assert "ipmo, version 0.1.0" in result.stdout


def test_report_says_what_changed_since_an_earlier_file(tmp_path: Path) -> None:
    ipmo.write(ipmo.examples.load("library").evolve("catalogue", finish="2026-06-30"), tmp_path / "before.yaml")
    ipmo.write(ipmo.examples.load("library"), tmp_path / "now.yaml")
    arguments = ["report", str(tmp_path / "now.yaml"), "-o", str(tmp_path / "r.html"), "--before", str(tmp_path / "before.yaml")]
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Finish: 1 project, 1 later, 0 earlier" in text
    wrong = run(*arguments[:-1], str(tmp_path / "nobody.yaml"))
    assert wrong.exit_code == 1
    assert "nobody.yaml" in wrong.output


def test_a_what_if_from_a_file_is_told_and_written(tmp_path: Path) -> None:
    file = tmp_path / "changes.yaml"
    file.write_text(
        "ipmo: 1\nchanges:\n  - delay: {target: rails/lay, by: 2 d}\n  - set_duration: {target: power/test, to: 4 d}\n", "utf-8"
    )
    out = tmp_path / "after.yaml"
    done = run("what-if", HANDOVER, "--changes", str(file), "--out", str(out))
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "Delay rails/lay by 2 d; let power/test take 4 d:"
    assert "  date of fleet: +3 d (2026-06-21 to 2026-06-24)" in done.stdout
    told = run("variance", HANDOVER, str(out), "fleet").stdout.splitlines()
    assert told[0].startswith("date of fleet: 2026-06-21 to 2026-06-24, +3 d")
    rows = json.loads(run("what-if", HANDOVER, "--changes", str(file), "--json").stdout)
    assert rows["changes"] == ["delay rails/lay by 2 d", "let power/test take 4 d"]
    svg = tmp_path / "net.svg"
    assert run("interfaces", HANDOVER, "--out", str(svg)).exit_code == 0
    assert svg.read_text("utf-8").startswith("<svg ")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("what-if", HANDOVER), 2, "say what changes"),
        (("what-if", HANDOVER, "--delay", "rails/lya", "2 d"), 1, "'rails/lya' is not in portfolio 'handover'; close: 'rails/lay'"),
        (("what-if", HANDOVER, "--delay", "rails/lay", "2 GBP"), 1, "a delay is a length of time, not money"),
        (("what-if", HANDOVER, "--link", "fleet/service", "rails/survey"), 1, "these links form a cycle"),
        (("what-if", HANDOVER, "--duration", "rails/lay", "-2 d"), 1, "a duration of -2 d is negative"),
        (("links", HANDOVER, "--reach", "rails"), 1, "'rails' is not in the links across projects"),
        (("interfaces", HANDOVER, "--waits", "rial"), 1, "'rial' is not in the projects of portfolio 'handover'"),
        (("delay-sensitivity", HANDOVER, "--slip", "1 month"), 1, "has no length in days"),
        (("variance", HANDOVER, HANDOVER, "flet"), 1, "'flet' is not in portfolio 'handover'; close: 'fleet'"),
        (("ask", "dashbord", CITY), 2, "no installed method answers 'dashbord'; did you mean dashboard"),
        (("ask", "dashboard", CITY, "--against", "B9"), 1, f"{CITY}: 'B9' is not in"),
        (("ask", "lessons", CITY), 2, "Missing argument 'ITEM'"),
        (("ask", "lessons", CITY, "tarm"), 1, "'tarm' is not in portfolio 'city'; close: 'tram'"),
        (("ask", "concentration", CITY, "--of", "weight"), 1, "of is 'weight'; write one of initiative, supplier"),
        (("ask", "intake", CITY, "--as-of", "soon"), 1, "'soon'"),
    ],
)
def test_questions_that_cannot_be_answered_say_why(arguments: tuple[str, ...], code: int, message: str) -> None:
    done = run(*arguments)
    assert done.exit_code == code
    assert message in done.stderr


def test_each_question_of_a_method_is_a_command_with_what_its_function_takes() -> None:
    listed = run("ask").output
    for name, question in questions().items():
        taken = asked_with(question)
        assert name in listed, f"{name} cannot be asked on the command line"
        said = " ".join(run("ask", name, "--help").output.split())
        assert question.title in said
        assert all(f"--{one.name.replace('_', '-')}" in said for one in taken if not one.needed)
    by_path = {name for name, question in questions().items() for one in asked_with(question) if one.kind == "portfolio"}
    assert by_path == {"p3o/compare-offices"}


def test_the_dashboard_is_held_against_a_named_baseline(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    text = Path(CITY).read_text(encoding="utf-8")
    plan.write_text(text, encoding="utf-8")
    frozen = run("snapshot", str(plan), "--baseline", "B2")
    assert frozen.exit_code == 0, frozen.output
    named = text.replace(
        "baselines:\n", "baselines:\n  - {id: B2, date: 2026-11-02, approved_by: investment-board, file: baselines/B2.json}\n"
    )
    plan.write_text(named.replace("    owner: tram-lead\n", "", 1), encoding="utf-8")
    rows = json.loads(run("ask", "dashboard", str(plan), "--against", "B2", "--json").stdout)["rows"]
    (unowned,) = (row for row in rows if row["figure"] == "initiatives nobody answers for")
    assert (unowned["planned"], unowned["now"], unowned["items"]) == ("0", "1", "tram")


def test_findings_that_are_alike_are_counted_after_the_first_few(tmp_path: Path) -> None:
    rows = "".join(f"P{n},Bridge {n},{1000 + n}.50\n" for n in range(40))
    path = tmp_path / "projects.csv"
    path.write_text(f"Project ID,Project name,Budget\n{rows}", encoding="utf-8")
    short, every = run("read", str(path)), run("read", str(path), "--all")
    assert short.exit_code == every.exit_code == 0
    assert "40 projects" in short.stdout
    assert "cells: 80 understood, 0 unknown, 0 blank, 40 refused, 0 ignored" in short.stdout
    assert short.stdout.count("is in no currency") == 3
    assert "... and 37 more like it; --all shows them" in short.stdout
    assert every.stdout.count("is in no currency") == 40
    assert len(json.loads(run("read", str(path), "--json").stdout)["findings"]) >= 40


@pytest.mark.filterwarnings("always::ipmo.FormatWarning")
def test_what_a_file_has_no_room_for_is_said_in_sentences_one_a_line(tmp_path: Path) -> None:
    """Not as a warning of Python with a line of our code."""
    (tmp_path / "x.yaml").write_text(
        "ipmo: 1\nportfolio: {id: x, start: 2026-01-05}\npeople: [{id: Ada}]\nprojects: [{id: P, owner: Ada, tasks: [{id: t, duration: 2 d, owner: Ada}]}]\n"
    )
    done = CliRunner().invoke(main, ["convert", str(tmp_path / "x.yaml"), str(tmp_path / "x.xml")])
    assert done.exit_code == 0 and done.stdout == f"wrote {tmp_path / 'x.xml'}\n"
    head, *rows = done.stderr.splitlines()
    assert head == f"{tmp_path / 'x.xml'}: Microsoft Project has no room for:"
    assert sorted(rows) == ["  fields 'owner' of projects: 1 ('P')", "  fields 'owner' of tasks: 1 ('P/t')", "  people: 1"]
    found = json.loads(CliRunner().invoke(main, ["convert", str(tmp_path / "x.yaml"), str(tmp_path / "x.xml"), "--json"]).stdout)
    assert sorted(one["what"] for one in found["losses"]) == ["fields 'owner' of projects", "fields 'owner' of tasks", "people"]
    assert {one["count"] for one in found["losses"]} == {1}
    assert [one["items"] for one in found["losses"] if one["what"] == "fields 'owner' of tasks"] == [["P/t"]]
    quiet = CliRunner().invoke(main, ["convert", str(tmp_path / "x.yaml"), str(tmp_path / "y.json"), "--json"])
    assert json.loads(quiet.stdout)["losses"] == []
    with pytest.warns(ipmo.FormatWarning) as caught:
        ipmo.write(ipmo.read(tmp_path / "x.yaml"), tmp_path / "x.xml")
    assert caught[0].message.losses == {"people": 1, "fields 'owner' of projects": 1, "fields 'owner' of tasks": 1}  # type: ignore[union-attr]
