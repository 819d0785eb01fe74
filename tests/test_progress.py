"""Long work says how far it has come, to who asks and to nobody else."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import ipmo
import ipmo.examples
from ipmo.progress import step, steps, watched

Said = list[tuple[str, int, int]]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("progress") / "library.yaml"
    ipmo.write(ipmo.examples.load("library"), path)
    return path


def told(said: Said, *phases: str) -> None:
    """Each phase once, in order, from its beginning to its end, never backwards and never beyond."""
    assert list(dict.fromkeys(what for what, _, _ in said)) == list(phases)
    for phase in phases:
        mine = [(done, total) for what, done, total in said if what == phase]
        assert mine[0][0] == 0
        assert mine[-1][0] == mine[-1][1] > 0
        assert mine == sorted(mine)
        assert len({total for _, total in mine}) == 1


def test_each_verb_says_its_phases_from_beginning_to_end(plan: Path, tmp_path: Path) -> None:
    said: Said = []

    def watch(what: str, done: int, total: int) -> None:
        said.append((what, done, total))

    pf = ipmo.read(plan, progress=watch)
    told(said, "reading", "building")
    said.clear()
    found = ipmo.check(plan, progress=watch)
    told(said, "reading", "building", "checking")
    assert pf == ipmo.read(plan)
    assert found == ipmo.check(plan)
    said.clear()
    ipmo.report(plan, tmp_path / "watched.html", progress=watch)
    told(said, "reading", "building", "checking", "simulating", "reporting")
    ipmo.report(plan, tmp_path / "silent.html")
    assert (tmp_path / "watched.html").read_text() == (tmp_path / "silent.html").read_text()


def test_a_folder_says_its_files(tmp_path: Path) -> None:
    ipmo.write(ipmo.examples.load("handover"), f"{tmp_path}/city/")
    said: Said = []
    ipmo.read(tmp_path / "city", progress=lambda *one: said.append(one))
    told(said, "reading", "reading files", "building")


def test_long_texts_say_it_on_the_way(tmp_path: Path) -> None:
    tasks = "".join(f"      - {{id: t{number}, duration: 1 d}}\n" for number in range(10_000))
    path = tmp_path / "long.yaml"
    path.write_text(f"ipmo: 1\nportfolio: {{id: x, start: 2026-01-05}}\nprojects:\n  - id: P\n    tasks:\n{tasks}")
    said: Said = []
    ipmo.read(path, progress=lambda *one: said.append(one))
    assert sum(what == "reading" for what, _, _ in said) >= 4
    told(said, "reading", "building")


def test_what_a_watcher_raises_ends_the_work(plan: Path) -> None:
    class Stopped(Exception):  # noqa: N818 - no error of anybody's
        pass

    def stop(what: str, done: int, total: int) -> None:
        if what == "checking":
            raise Stopped

    with pytest.raises(Stopped):
        ipmo.check(plan, progress=stop)
    said: Said = []
    with watched(None):
        step("alone", 0, 1)
    assert list(steps("spelling", "ab", 2)) == ["a", "b"]
    assert not said


def test_verbs_inside_a_verb_say_it_to_who_asked_and_nobody_afterwards(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said: Said = []
    with watched(lambda *one: said.append(one)):
        ipmo.read(plan)
        with watched(None), watched(False):
            step("inner", 0, 1)
    assert said[-1] == ("inner", 0, 1)
    count = len(said)
    ipmo.read(plan)
    assert len(said) == count
    ipmo.check(plan, progress=True)  # standard error is no terminal here
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("verb", ["check", "read"])
def test_the_command_line_shows_a_bar_on_a_terminal_and_is_silent_in_pipes(verb: str, plan: Path) -> None:
    command = [sys.executable, "-m", "ipmo", verb, str(plan), "--json"]
    piped = subprocess.run(command, capture_output=True, text=True, check=False)
    assert piped.stderr == ""
    json.loads(piped.stdout)
    primary, secondary = pty.openpty()
    shown = subprocess.run(command, stdout=subprocess.PIPE, stderr=secondary, text=True, check=False)
    os.close(secondary)
    drawn = os.read(primary, 1 << 16).decode()
    os.close(primary)
    assert "reading" in drawn
    assert "100%" in drawn
    assert shown.stdout == piped.stdout  # the answer is the same, and nothing of the bar is in it
