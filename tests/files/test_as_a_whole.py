"""What is written is old or new as a whole: after a crash, beside other writers, over links, and nothing else is touched."""

from __future__ import annotations

import itertools
import json
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import ipmo
from ipmo import atomic
from ipmo.cli import main
from ipmo.errors import FileError, ModelError, OptionError
from ipmo.files.names import file_names
from ipmo.tables import Column, Table


def portfolio(*ids: str, name: str = "", day: str = "2026-01-31") -> ipmo.Portfolio:
    tasks = [{"id": "t", "name": name, "duration": "1 d"}]
    return ipmo.Portfolio(id="P", start="2026-01-05", status_date=day, projects=[{"id": id, "tasks": tasks} for id in ids])


def names_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


# ------------------------------------------------------------------------------------------- nothing else is touched


def test_files_that_no_portfolio_listed_stay(tmp_path: Path) -> None:
    (tmp_path / "projects").mkdir()
    (tmp_path / "projects" / "notes.yaml").write_text("mine: true\n")
    ipmo.write(portfolio("A", "B"), tmp_path)
    ipmo.write(portfolio("A"), tmp_path)
    assert names_in(tmp_path) == {"portfolio.yaml", "projects/A.yaml", "projects/notes.yaml"}
    again = ipmo.read(tmp_path)
    assert [project.id for project in again.projects] == ["A"]
    assert [finding.code for finding in again.source.findings] == ["ipmo/unlisted-file"]


def test_a_folder_whose_old_portfolio_listed_nothing_keeps_all_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "projects").mkdir()
    (tmp_path / "portfolio.yaml").write_text("ipmo: 1\nportfolio: {id: P}\n")
    (tmp_path / "projects" / "old.yaml").write_text("id: old\n")
    ipmo.write(portfolio("A"), tmp_path)
    assert names_in(tmp_path) == {"portfolio.yaml", "projects/A.yaml", "projects/old.yaml"}


def test_no_project_comes_back_over_an_empty_portfolio(tmp_path: Path) -> None:
    ipmo.write(portfolio("A", "B"), tmp_path)
    ipmo.write(portfolio(), tmp_path)
    assert names_in(tmp_path) == {"portfolio.yaml"}
    assert ipmo.read(tmp_path).projects == ()


def test_what_the_old_portfolio_listed_outside_of_its_folder_is_not_deleted(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    (inside / "projects").mkdir(parents=True)
    (tmp_path / "other.yaml").write_text("id: other\n")
    (inside / "projects" / "link.yaml").symlink_to(tmp_path / "other.yaml")
    (inside / "portfolio.yaml").write_text(
        "ipmo: 1\nportfolio: {id: P}\nprojects: [../other.yaml, projects/link.yaml, portfolio.yaml, .]\n"
    )
    ipmo.write(portfolio("A"), inside)
    assert names_in(tmp_path) == {"inside/portfolio.yaml", "inside/projects/A.yaml", "inside/projects/link.yaml", "other.yaml"}


@pytest.mark.parametrize("path", ["", " "])
def test_an_empty_path_is_refused(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "portfolio.yaml").write_text("ipmo: 1\nportfolio: {id: P}\n")
    asks: list[Callable[[], object]] = [
        lambda: ipmo.write(portfolio("A"), path),
        lambda: ipmo.read(path),
        lambda: ipmo.report(portfolio("A"), path),
        lambda: ipmo.snapshot(portfolio("A"), path),
    ]
    for ask in asks:
        with pytest.raises((FileError, OptionError), match="path"):
            ask()
    assert names_in(tmp_path) == {"portfolio.yaml"}


# ------------------------------------------------------------------------------------------------------- names


def test_long_ids_and_ids_apart_in_case_only_get_names_of_their_own(tmp_path: Path) -> None:
    ids = ["x" * 200, "x" * 199 + "y", "é" * 120, "Tram", "tram", "TRAM", "con", "COM1.plan", "..", ".hidden", "a b", "%41", "A~b"]
    names = file_names(ids)
    assert len({name.casefold() for name in names}) == len(ids)
    assert all(len(name) < 150 and name[0] != "." and not name.casefold().startswith("con.") for name in names)
    ipmo.write(portfolio(*ids), f"{tmp_path}/pf/")
    assert [project.id for project in ipmo.read(tmp_path / "pf").projects] == ids


def test_names_do_not_move_when_other_projects_come_or_go() -> None:
    assert file_names(["tram", "depot", "line 2"]) == ["tram", "depot", "line 2"]
    assert file_names(["line 2", "x" * 200])[1] == file_names(["x" * 200])[0]


# ----------------------------------------------------------------------------------------------------- crashes


def die_at(step: int, call: Callable[[], None]) -> bool:
    """Whether a process that is killed just before its n-th change of the disk was killed at all."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    left = itertools.count(1)

    def killing(real: Callable[..., object]) -> Callable[..., object]:
        def changed(*given: object, **named: object) -> object:
            if next(left) == step:
                os._exit(9)
            return real(*given, **named)

        return changed

    try:
        for name in ("replace", "unlink", "fsync", "link", "mkdir"):
            setattr(os, name, killing(getattr(os, name)))
        call()
    finally:
        os._exit(0)
    return False


@pytest.mark.parametrize("after", [("A", "B", "D"), (), ("A", "B", "C", "E", "F")])
def test_a_folder_is_old_or_new_wherever_its_writer_is_killed(after: tuple[str, ...], tmp_path: Path) -> None:
    old, new = portfolio("A", "B", "C", name="old"), portfolio(*after, name="new")
    seen = set()
    for step in itertools.count(1):
        folder = tmp_path / str(step)
        ipmo.write(old, f"{folder}/")
        killed = die_at(step, lambda folder=folder: ipmo.write(new, folder))  # type: ignore[misc]
        found = ipmo.read(folder)
        assert found in (old, new), step
        assert found.source.findings == ()
        assert ipmo.read(folder / "portfolio.yaml") == found
        seen.add(found == new)
        third = portfolio("A", "G", name="third")
        ipmo.write(third, folder)
        assert ipmo.read(folder) == third
        assert names_in(folder) == {"portfolio.yaml", "projects/A.yaml", "projects/G.yaml"}, step
        if not killed:
            break
    assert seen == {True, False}
    assert step > 5


def test_a_file_is_old_or_new_wherever_its_writer_is_killed_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    for step in itertools.count(1):
        ipmo.write(portfolio("A"), path)
        killed = die_at(step, lambda: ipmo.write(portfolio("B"), path))
        assert ipmo.read(path) in (portfolio("A"), portfolio("B"))
        ipmo.write(portfolio("C"), path)
        assert names_in(tmp_path) == {"plan.yaml"}
        if not killed:
            break
    assert step > 2


def test_the_part_file_of_a_living_writer_stays(tmp_path: Path) -> None:
    with atomic.replacing(tmp_path / "slow.csv") as out:
        out.write(b"one")
        out.flush()
        ipmo.write(portfolio("A"), tmp_path / "plan.yaml")
        assert len(names_in(tmp_path)) == 2
        out.write(b" two")
    assert (tmp_path / "slow.csv").read_bytes() == b"one two"
    assert names_in(tmp_path) == {"slow.csv", "plan.yaml"}


def test_a_writer_that_fails_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = portfolio("A", "B")
    ipmo.write(old, tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in names_in(tmp_path)}
    calls = itertools.count()
    real = os.fsync

    def full(handle: int) -> None:
        if next(calls) == 1:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="cannot be written: No space left on device"):
        ipmo.write(portfolio("C", "D"), tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in names_in(tmp_path)} == before


def test_writers_at_once_leave_the_portfolio_of_one_of_them(tmp_path: Path) -> None:
    ids = [tuple(f"{letter}{number}" for number in range(6)) for letter in "ABCDEFGH"]
    folder = tmp_path / "pf"
    ipmo.write(portfolio(*ids[0]), f"{folder}/")
    found: list[tuple[str, ...]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            found.append(tuple(project.id for project in ipmo.read(folder).projects))

    reader = threading.Thread(target=read)
    reader.start()
    writers = [threading.Thread(target=ipmo.write, args=(portfolio(*one), folder)) for one in ids]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    reader.join()
    last = tuple(project.id for project in ipmo.read(folder).projects)
    assert last in ids
    assert found
    assert set(found) <= set(ids)
    assert names_in(folder) == {"portfolio.yaml", *(f"projects/{id}.yaml" for id in last)}


@pytest.mark.parametrize(
    "journal",
    [
        {"moves": {"../out.yaml": ".ipmo-aaaa.part"}, "gone": []},
        {"moves": {"link/out.yaml": ".ipmo-aaaa.part"}, "gone": []},
        {"moves": {}, "gone": ["../out.yaml"]},
        {"moves": {}, "gone": ["link/out.yaml"]},
        {"moves": {"portfolio.yaml": "../out.yaml"}, "gone": []},
        {"moves": {"portfolio.yaml": 5}, "gone": []},
        {"moves": ["portfolio.yaml"], "gone": 5},
        {"moves": {}, "gone": ["."]},
        {"moves": {}, "gone": ["projects"]},
        {"moves": {"projects": ".ipmo-aaaa.part"}, "gone": []},
        {"moves": {"a\0b": ".ipmo-aaaa.part"}, "gone": ["a\0b"]},
        [],
    ],
)
def test_a_forged_journal_moves_and_deletes_nothing_outside_of_its_folder(journal: object, tmp_path: Path) -> None:
    folder = tmp_path / "pf"
    ipmo.write(portfolio("A"), f"{folder}/")
    (tmp_path / "out.yaml").write_text("mine")
    (tmp_path / ".ipmo-aaaa.part").write_text("theirs")
    (folder / "link").symlink_to(tmp_path)
    (folder / ".ipmo-write.json").write_text(json.dumps(journal))
    assert ipmo.read(folder) == portfolio("A")
    ipmo.write(portfolio("B"), folder)
    assert ipmo.read(folder) == portfolio("B")
    assert (tmp_path / "out.yaml").read_text() == "mine"
    assert (tmp_path / ".ipmo-aaaa.part").read_text() == "theirs"


def test_a_folder_that_leads_elsewhere_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "pf").mkdir()
    (tmp_path / "pf" / "projects").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileError, match="leads out of the folder; replace the link by a folder"):
        ipmo.write(portfolio("A"), tmp_path / "pf")
    assert names_in(tmp_path) == set()


# ------------------------------------------------------------------------------------------------- modes and links


def test_a_link_stays_a_link_and_rights_stay_as_they_are(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    ipmo.write(portfolio("A"), real)
    real.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to("real.yaml")
    ipmo.write(portfolio("B"), link)
    assert link.is_symlink()
    assert ipmo.read(real) == portfolio("B")
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    dangling = tmp_path / "later.yaml"
    dangling.symlink_to("made.yaml")
    ipmo.write(portfolio("A"), dangling)
    assert dangling.is_symlink()
    assert ipmo.read(tmp_path / "made.yaml") == portfolio("A")


def test_new_files_have_the_rights_of_new_files_and_the_process_keeps_its_mask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "as-usual").write_text("")
    monkeypatch.setattr(os, "umask", lambda mask: pytest.fail("the mask holds for all threads"))
    ipmo.write(portfolio("A"), tmp_path / "plan.yaml")
    ipmo.write(portfolio("A"), f"{tmp_path}/pf/")
    usual = (tmp_path / "as-usual").stat().st_mode
    assert (tmp_path / "plan.yaml").stat().st_mode == (tmp_path / "pf" / "projects" / "A.yaml").stat().st_mode == usual


# ---------------------------------------------------------------------------------------------------- snapshots


def test_of_two_who_freeze_a_month_at_once_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "history" / "2026-01.json"
    start = threading.Barrier(8)
    came: list[str] = []
    refused: list[str] = []

    def freeze(number: int) -> None:
        start.wait()
        try:
            ipmo.snapshot(portfolio(f"P{number}"), path)
            came.append(f"P{number}")
        except FileError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=freeze, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert came == [project.id for project in ipmo.read(path).projects]
    assert len(refused) == 7
    assert all("never overwritten" in said for said in refused)
    assert names_in(tmp_path) == {"history/2026-01.json"}


@pytest.mark.parametrize(("field", "value"), [("date", "2026-02-28"), ("reason", "the board agreed"), ("reason", None), ("by", "me")])
def test_a_forged_stamp_is_seen(field: str, value: str | None, tmp_path: Path) -> None:
    path = ipmo.snapshot(portfolio("A"), tmp_path / "2026-01.json", reason="end of month")
    assert len(ipmo.history(tmp_path)) == 1
    document = json.loads(path.read_text())
    document["snapshot"][field] = value
    path.write_text(json.dumps(document))
    with pytest.raises(FileError, match="changed after it was frozen"):
        ipmo.history(tmp_path)


def test_the_same_month_frozen_again_stays_as_it_is_with_its_first_reason(tmp_path: Path) -> None:
    path = ipmo.snapshot(portfolio("A"), tmp_path / "m.json", reason="end of month")
    before = path.read_bytes()
    assert ipmo.snapshot(portfolio("A"), path, reason="again") == path
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["../x", "..\\x:", "a/b", "/tmp/x", "a\nb"])
def test_a_baseline_has_an_id_and_stays_in_its_folder(name: str, tmp_path: Path) -> None:
    ipmo.write(portfolio("A"), tmp_path / "plan.yaml")
    with pytest.raises(ModelError, match="is no id"):
        ipmo.snapshot(tmp_path / "plan.yaml", baseline=name)
    assert names_in(tmp_path) == {"plan.yaml"}
    assert ipmo.snapshot(tmp_path / "plan.yaml", baseline="..").parent == tmp_path / "baselines"


@pytest.mark.parametrize(
    "stamp", [5, "x", [], {}, {"date": 5, "digest": "x"}, {"date": "2026-01-31", "digest": 5}, {"date": None, "digest": "x"}]
)
def test_a_stamp_of_the_wrong_type_is_no_snapshot(stamp: object, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(json.dumps({**ipmo.to_dict(portfolio("A")), "snapshot": stamp}))
    with pytest.raises(FileError, match="is no snapshot"):
        ipmo.history(tmp_path)


# ------------------------------------------------------------------------------------------------------- tables


def test_a_csv_reads_back_as_it_was_whatever_stands_in_it(tmp_path: Path) -> None:
    import csv

    words = ["plain", "a\rb", "a\nb", "a\r\nb", 'say "x"', "a,b", "", " b "]
    table = Table([Column("=1+1", "str", words), Column("a\rb", "int", range(8))])
    text = table.to_csv(tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == text.encode()
    with (tmp_path / "t.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["'=1+1", "a\rb"]
    assert [row[0] for row in rows[1:]] == words


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_that_cannot_be_written_is_a_file_error_and_leaves_the_old_one(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table([Column("a", "int", [1, 2])])
    write = {"csv": table.to_csv, "parquet": table.to_parquet}[kind]
    with pytest.raises(FileError, match="cannot be written"):
        write(tmp_path)
    path = tmp_path / f"t.{kind}"
    write(path)
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(FileError, match="No space left"):
        write(path)
    assert path.read_bytes() == before
    assert names_in(tmp_path) == {path.name}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with names")
def test_a_pipe_or_a_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    os.symlink(pipe, tmp_path / "link.yaml")
    for path in (pipe, tmp_path / "link.yaml"):
        with pytest.raises(FileError, match="cannot be written: it is no ordinary file; name one"):
            ipmo.write(portfolio("A"), path)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert {path.name for path in tmp_path.iterdir()} == {"pipe.yaml", "link.yaml"}  # and no part of one is left


@pytest.mark.parametrize(
    "verb",
    [["template", "{}.xlsx"], ["map", "{}"], ["map", "{csv}", "-o", "{}"], ["trend", "{}", "actual"], ["convert", "{csv}", "{}.yaml"]],
)
def test_a_name_too_long_for_any_file_ends_in_a_sentence(tmp_path: Path, verb: list[str]) -> None:
    (tmp_path / "a.csv").write_text("Project ID,Project name\nP1,Tram\n", encoding="utf-8")
    args = [one.format("x" * 300, csv=tmp_path / "a.csv") for one in verb]
    done = CliRunner().invoke(main, args)
    assert done.exit_code == 1 and done.exception.__class__ is not OSError, done.output
    assert "File name too long" in done.output or "there is no such" in done.output
