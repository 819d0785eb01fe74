"""Who changed what, when: from git field by field, else from snapshots; and nothing that a repository names is run."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

import ipmo
from ipmo.analysis.control.audit import differences
from ipmo.errors import FileError, OptionError, UnknownItemError

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
PLAN = """\
ipmo: 1
portfolio: {id: x, start: 2026-01-05}
projects:
  - id: P
    budget: 10 M GBP
    tasks:
      - {id: a, duration: 5 d, progress: 50 %}
      - {id: b, duration: 3 d, after: a}
"""


def git(folder: Path, *words: str, who: str = "Ada", when: str = "2026-03-02T10:00:00+02:00") -> str:
    named = {
        f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", who), ("EMAIL", "a@b"), ("DATE", when))
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", "-c", "init.defaultBranch=main", "-c", "commit.gpgSign=false", *words]
    return subprocess.run(command, cwd=folder, env={**kept, **named}, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A repository in which Ada wrote a plan and Ben made a task longer."""
    where = tmp_path / "office"
    where.mkdir()
    git(where, "init", "-q")
    (where / "plan.yaml").write_text(PLAN, encoding="utf-8")
    git(where, "add", ".")
    git(where, "commit", "-qm", "First plan")
    (where / "plan.yaml").write_text(PLAN.replace("5 d", "8 d").replace("50 %", "0.5"), encoding="utf-8")
    git(where, "commit", "-qam", "Longer, by the supplier's word", who="Ben", when="2026-04-01T23:30:00-05:00")
    return where


def said(trail: ipmo.AuditTrail) -> list[tuple[str, str, str, str | None, str | None]]:
    return [(one.who, one.item, one.field, one.before, one.after) for one in trail]


@needs_git
def test_each_field_that_a_commit_changed_is_an_entry_with_who_when_and_why(office: Path) -> None:
    trail = ipmo.audit_trail(office / "plan.yaml")
    assert said(trail) == [("Ada", "plan.yaml", "id", None, "plan.yaml"), ("Ben", "P/a", "duration", "5 d", "8 d")]  # 50 % is 0.5
    last = trail[-1]
    assert (last.when, last.kind, last.reason) == (datetime(2026, 4, 2, 4, 30), "tasks", "Longer, by the supplier's word")
    assert last.source == f"commit {git(office, 'rev-parse', 'HEAD')[:10]}"
    assert trail.explain(1) == f"2026-04-02 Ben changed duration of P/a from '5 d' to '8 d' ({last.source}: Longer, by the supplier's word)"
    assert (repr(trail), trail.people) == ("<AuditTrail from git: 2 changes by 2 people>", {"Ada": 1, "Ben": 1})
    assert trail.of("P").rows == (last,)
    assert trail.table().columns == ("when", "who", "kind", "item", "field", "before", "after", "reason", "source")
    assert pickle.loads(pickle.dumps(trail)) == trail
    with pytest.raises(UnknownItemError):
        _ = trail[2]


@needs_git
def test_what_comes_and_goes_is_one_entry_and_merges_count_once(office: Path) -> None:
    git(office, "checkout", "-qb", "side")
    text = (office / "plan.yaml").read_text(encoding="utf-8")
    (office / "plan.yaml").write_text(text + "  - id: Q\n    tasks: [{id: c, duration: 1 d}]\n", encoding="utf-8")
    git(office, "commit", "-qam", "A project more", who="Cai", when="2026-04-03T10:00:00+00:00")
    git(office, "checkout", "-q", "main")
    (office / "other.txt").write_text("not of the plan", encoding="utf-8")
    git(office, "add", ".")
    git(office, "commit", "-qm", "Something else", when="2026-04-04T10:00:00+00:00")
    git(office, "merge", "-q", "--no-ff", "-m", "Merge: a project more", "side", when="2026-04-05T10:00:00+00:00")
    (office / "plan.yaml").write_text(PLAN.replace("5 d", "8 d"), encoding="utf-8")
    git(office, "commit", "-qam", "Out again", who="Ben", when="2026-04-06T10:00:00+00:00")
    assert said(ipmo.audit_trail(office / "plan.yaml"))[2:] == [("Ada", "Q", "id", None, "Q"), ("Ben", "Q", "id", "Q", None)]


@needs_git
def test_files_of_a_folder_snapshots_and_what_cannot_be_read_are_followed_too(office: Path) -> None:
    folder = office / "programme"
    ipmo.write(ipmo.read(office / "plan.yaml"), f"{folder}/")
    ipmo.snapshot(ipmo.read(folder).evolve(status_date="2026-04-30"), folder / "history" / "2026-04.json")
    git(office, "add", ".")
    git(office, "commit", "-qm", "As a folder", when="2026-05-01T10:00:00+00:00")
    (part,) = (folder / "projects").iterdir()
    part.write_text(part.read_text(encoding="utf-8").replace("8 d", "9 d"), encoding="utf-8")
    month = folder / "history" / "2026-04.json"
    month.write_text(month.read_text(encoding="utf-8").replace("8 d", "7 d"), encoding="utf-8")
    git(office, "commit", "-qam", "Two changes", when="2026-05-02T10:00:00+00:00")
    root = (folder / "portfolio.yaml").read_text(encoding="utf-8")
    (folder / "portfolio.yaml").write_text(f"{root}\n: [", encoding="utf-8")
    git(office, "commit", "-qam", "Broken", when="2026-05-03T10:00:00+00:00")
    found = [(one.kind, one.item, one.field, one.after) for one in ipmo.audit_trail(folder) if one.reason != "As a folder"]
    assert ("tasks", "P/a", "duration", "9 d") in found
    assert [row[:3] for row in found if row[0] in ("snapshot", "file")] == [
        ("snapshot", "programme/history/2026-04.json", "content"), ("file", "programme/portfolio.yaml", "content"),
    ]  # fmt: skip
    assert [one.item for one in ipmo.audit_trail(folder / "history")] == ["programme/history/2026-04.json"] * 2


@needs_git
def test_names_and_messages_may_hold_anything(office: Path) -> None:
    odd = office / "plän \N{SNOWMAN} :(top).yaml"
    odd.write_text(PLAN, encoding="utf-8")
    git(office, "add", ".")
    git(office, "commit", "-qm", "Grüße\x01\x02 :100644 100644", who="Ö \N{SNOWMAN}")
    odd.write_text(PLAN.replace("10 M", "11 M"), encoding="utf-8")
    git(office, "commit", "-qam", "-- \x1e", who="Ö \N{SNOWMAN}")
    trail = ipmo.audit_trail(odd)
    assert said(trail) == [("Ö \N{SNOWMAN}", odd.name, "id", None, odd.name), ("Ö \N{SNOWMAN}", "P", "budget", "10 M GBP", "11 M GBP")]
    assert trail[0].reason.startswith("Grüße")


@needs_git
@pytest.mark.skipif(os.name != "posix", reason="the programs are shell scripts")
def test_nothing_that_a_repository_names_is_run(office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap, ran = tmp_path / "trap", tmp_path / "ran"
    trap.write_text(f'#!/bin/sh\necho "$0 $@" >> {ran}\nexit 1\n', encoding="utf-8")
    trap.chmod(0o755)
    hooks = office / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-index-change", "fsmonitor-watchman", "post-checkout", "reference-transaction", "pre-auto-gc"):
        shutil.copy(trap, hooks / name)
    for key in (
        "core.pager", "pager.log", "diff.external", "diff.trap.textconv", "diff.trap.command", "core.fsmonitor", "gpg.program", "filter.trap.smudge",
        "filter.trap.clean", "core.sshCommand", "core.askPass", "core.editor", "core.gitProxy", "alias.log", "alias.cat-file", "credential.helper",
        "uploadpack.packObjectsHook", "core.alternateRefsCommand",
    ):  # fmt: skip
        git(office, "config", key, str(trap))
    for key, value in (
        ("log.showSignature", "true"), ("extensions.partialClone", "origin"), ("remote.origin.promisor", "true"), ("remote.origin.uploadpack", str(trap)),
        ("remote.origin.url", f"ext::{trap}"), ("protocol.allow", "always"), ("core.hooksPath", str(hooks)), ("log.showRoot", "false"),
    ):  # fmt: skip
        git(office, "config", key, value)
    (office / ".gitattributes").write_text("*.yaml diff=trap filter=trap\n", encoding="utf-8")
    (office / ".git" / "info" / "attributes").write_text("*.yaml diff=trap filter=trap\n", encoding="utf-8")
    blob = git(office, "rev-parse", "HEAD~1:plan.yaml").strip()
    ran.unlink(missing_ok=True)
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(trap))
    monkeypatch.setenv("GIT_PAGER", str(trap))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    trail = ipmo.audit_trail(office / "plan.yaml")
    assert said(trail)[-1] == ("Ben", "P/a", "duration", "5 d", "8 d")
    for kept in (
        office / ".git" / "objects" / blob[:2]
    ).iterdir():  # a content that is missing would be fetched by a program of the repository
        kept.chmod(0o600)
        kept.unlink()
    assert [one.field for one in ipmo.audit_trail(office / "plan.yaml")] == ["id", "content"]
    monkeypatch.setenv("PATH", f"{office}{os.pathsep}")
    shutil.copy(trap, office / "git")
    ipmo.snapshot(ipmo.read(office / "plan.yaml").evolve(status_date="2026-04-30"), office / "history" / "2026-04.json")
    assert ipmo.audit_trail(office / "plan.yaml").source == "snapshots"  # a git that lies beside the plan is none
    assert not ran.exists()
    monkeypatch.undo()
    subprocess.run(["git", "log", "-p", "--ext-diff"], cwd=office, capture_output=True, check=False)
    assert ran.exists()  # the trap works: git alone walks into it


def months(folder: Path) -> Path:
    for day, budget, who in (("2026-01-30", "10 M GBP", "Ada"), ("2026-02-27", "12 M GBP", "Ben"), ("2026-03-31", "12 M GBP", "")):
        pf = ipmo.Portfolio(id="x", start="2026-01-05", status_date=day, projects=[ipmo.Project(id="P", budget=budget)])
        ipmo.snapshot(pf, folder / "history" / f"{day[:7]}.json", by=who, reason="month end")
    ipmo.write(pf, folder / "plan.yaml")
    return folder / "plan.yaml"


def test_without_git_the_snapshots_say_who_wrote_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = months(tmp_path)
    monkeypatch.setenv("PATH", "")
    for path in (plan, tmp_path / "history"):
        trail = ipmo.audit_trail(path)
        assert [
            (str(one.when), one.who, one.item, one.field, one.before, one.after, one.reason, one.source) for one in trail if one.item == "P"
        ] == [("2026-02-27 00:00:00", "Ben", "P", "budget", "10 M GBP", "12 M GBP", "month end", "2026-02.json")]
        assert trail.source == "snapshots"
    assert [one.text for one in ipmo.audit_trail(plan)][-1].startswith("2026-03-31 somebody changed status_date of x from '2026-02-27'")
    with pytest.raises(FileError, match="no git is installed that knows it"):
        ipmo.audit_trail(plan, use="git")


@needs_git
def test_snapshots_may_be_asked_where_there_is_git(office: Path) -> None:
    months(office)
    assert ipmo.audit_trail(office / "plan.yaml").source == "git"
    assert ipmo.audit_trail(office / "plan.yaml", use="snapshots").people == {"Ben": 2, "": 1}


def test_what_cannot_be_answered_is_said(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    with pytest.raises(FileError, match="nobody knows who changed it: it is in no git repository, and has no snapshots"):
        ipmo.audit_trail(tmp_path / "plan.yaml")
    with pytest.raises(FileError, match="there is no such file or folder"):
        ipmo.audit_trail(tmp_path / "none.yaml")
    with pytest.raises(OptionError, match="use='svn' is not known; write one of 'git', 'snapshots'"):
        ipmo.audit_trail(tmp_path / "plan.yaml", use="svn")  # type: ignore[arg-type]


def test_of_a_project_that_comes_its_tasks_are_not_said_again() -> None:
    empty = {"ipmo": 1, "portfolio": {"id": "x"}}
    full = {**empty, "projects": [{"id": "P", "tasks": [{"id": "t"}]}]}
    assert list(differences(empty, full)) == [("projects", "P", "id", None, "P")]
    more = {**empty, "projects": [{"id": "P", "tasks": [{"id": "t"}, {"id": "u"}]}]}
    assert list(differences(full, more)) == [("tasks", "P/u", "id", None, "P/u")]
    assert list(differences(more, full)) == [("tasks", "P/u", "id", "P/u", None)]
    assert list(differences(full, full)) == []
