"""The index of a folder of snapshots: kept, made anew whenever the text differs, and never believed where it is not this user's own."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

import ipmo
from ipmo.analysis.control.interval_store import APPLICATION
from ipmo.cli import main
from ipmo.errors import FileError, UnitError, UnknownItemError
from ipmo.files import month_index
from ipmo.files.month_index import before_in, cache_folder, months_in, snapshot_at


def plan(day: str, budget: str) -> ipmo.Portfolio:
    return ipmo.Portfolio(id="x", start="2026-01-05", status_date=day, projects=[ipmo.Project(id="P", budget=budget), ipmo.Project(id="Q")])


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Indexes of the smallest folders are kept, in a place of their own."""
    monkeypatch.setenv("IPMO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(month_index, "WORTH", 0)
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    where = tmp_path / "office" / "history"
    for day, budget in (("2026-01-30", "10 M GBP"), ("2026-02-27", "12 M GBP"), ("2026-03-31", "12 M GBP")):
        ipmo.snapshot(plan(day, budget), where / f"{day[:7]}.json")
    return where


def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many snapshots were read from text since."""
    count: list[int] = []
    inner = month_index.stamped
    monkeypatch.setattr(month_index, "stamped", lambda *given, **named: (count.append(1), inner(*given, **named))[1])
    return count


def test_an_index_is_kept_and_answers_without_the_text_being_read_again(cache: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = months_in(folder)
    count = made(monkeypatch)
    again = months_in(folder)
    assert not count
    assert (again.table(), again.months, again.dates) == (first.table(), first.months, first.dates)
    (kept,) = cache.iterdir()
    assert hashlib.sha256(kept.read_bytes()).hexdigest() in kept.name
    if os.name == "posix":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert not [path for path in folder.iterdir() if path.suffix != ".json"]  # nothing is left beside the snapshots
    with sqlite3.connect(kept) as database:  # any tool can look into it
        assert database.execute("PRAGMA application_id").fetchone() == (APPLICATION,)
        assert database.execute("SELECT count(*) FROM months").fetchone() == (3,)


def test_a_text_that_changed_is_seen_even_with_the_times_and_size_of_before(cache: Path, folder: Path) -> None:
    months_in(folder)
    target = folder / "2026-03.json"
    about = target.stat()
    target.unlink()
    ipmo.snapshot(plan("2026-03-31", "13 M GBP"), target)
    assert target.stat().st_size == about.st_size
    os.utime(target, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert months_in(folder).trend("P", "budget").at("2026-03") == "13 M GBP"
    ipmo.snapshot(plan("2026-04-30", "14 M GBP"), folder / "2026-04.json")
    assert months_in(folder).trend("P", "budget").at("2026-04") == "14 M GBP"
    (folder / "2026-01.json").unlink()
    assert len(months_in(folder).dates) == 3
    assert len(list(cache.iterdir())) == 1  # what was replaced is gone


def test_an_index_that_is_broken_cut_off_or_foreign_is_made_anew(cache: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = months_in(folder).table()
    (kept,) = cache.iterdir()
    whole, key = kept.read_bytes(), kept.name.partition("-")[0]
    lying = sqlite3.connect(kept)
    lying.execute("UPDATE intervals SET value = '\"99 M GBP\"' WHERE value LIKE '%M GBP%'")
    lying.commit()
    lying.close()
    changed = kept.read_bytes()
    other = sqlite3.connect(":memory:")
    other.execute("CREATE TABLE months (name TEXT, content TEXT)")
    foreign = bytes(other.serialize())
    for raw in (changed, whole[:-4096], whole[:100], b"", b"no database", foreign):
        for name in (kept.name, f"{key}-{hashlib.sha256(raw).hexdigest()}.sqlite" if raw != changed else kept.name):
            for path in cache.iterdir():
                path.unlink()
            (cache / name).write_bytes(raw)
            count = made(monkeypatch)
            assert months_in(folder).table() == right
            assert len(count) == 3
            monkeypatch.undo()
            monkeypatch.setenv("IPMO_CACHE", str(cache))
            monkeypatch.setattr(month_index, "WORTH", 0)


def test_an_index_of_another_folder_is_not_taken(cache: Path, folder: Path, tmp_path: Path) -> None:
    months_in(folder)
    (kept,) = cache.iterdir()
    elsewhere = tmp_path / "other"
    ipmo.snapshot(plan("2026-01-30", "1 M GBP"), elsewhere / "2026-01.json")
    key = hashlib.sha256(os.fsencode(os.path.realpath(elsewhere))).hexdigest()[:32]
    (cache / f"{key}{kept.name[32:]}").write_bytes(kept.read_bytes())
    assert months_in(elsewhere).trend("P", "budget").at("2026-01") == "1 M GBP"


def test_folders_and_caches_that_cannot_be_written_answer_alike(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(month_index, "WORTH", 0)
    monkeypatch.setenv("IPMO_CACHE", "")
    assert cache_folder() is None
    right = months_in(folder).table()
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder is wanted", encoding="utf-8")
    for place in (blocked, blocked / "below"):
        monkeypatch.setenv("IPMO_CACHE", str(place))
        assert months_in(folder).table() == right
    os.chmod(folder, 0o500)
    try:
        monkeypatch.setenv("IPMO_CACHE", str(tmp_path / "cache"))
        assert months_in(folder).table() == right == months_in(folder).table()
    finally:
        os.chmod(folder, 0o700)


def test_small_folders_keep_nothing_and_old_indexes_go(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPMO_CACHE", str(tmp_path / "cache"))
    months_in(folder)
    assert not (tmp_path / "cache").exists()
    monkeypatch.setattr(month_index, "WORTH", 0)
    monkeypatch.setattr(month_index, "MOST_FILES", 3)
    for n in range(5):
        where = tmp_path / str(n)
        ipmo.snapshot(plan("2026-01-30", f"{n + 1} M GBP"), where / "2026-01.json")
        months_in(where)
        now = time.time() - 100 + n
        for path in (tmp_path / "cache").iterdir():
            os.utime(path, (now, now))
    assert len(list((tmp_path / "cache").iterdir())) == 3


def _ask(given: tuple[str, str]) -> str | None:
    os.environ["IPMO_CACHE"] = given[1]
    month_index.WORTH = 0
    return months_in(Path(given[0])).trend("P", "budget").at("2026-02")


def test_any_number_of_processes_make_and_read_it_at_once(cache: Path, folder: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        assert set(pool.map(_ask, [(str(folder), str(cache))] * 12)) == {"12 M GBP"}
    assert len(list(cache.iterdir())) == 1


def test_the_kept_index_lies_in_the_users_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IPMO_CACHE", raising=False)
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("LOCALAPPDATA", "C:\\Users\\ada\\AppData\\Local")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for platform, wanted in (("linux", "/home/ada/.cache/ipmo"), ("darwin", "/home/ada/Library/Caches/ipmo")):
        monkeypatch.setattr(sys, "platform", platform)
        assert cache_folder() == Path(wanted)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "/fast")
    assert cache_folder() == Path("/fast/ipmo")


def test_a_month_of_a_portfolio_is_found_beside_it(folder: Path) -> None:
    office = folder.parent
    ipmo.write(plan("2026-04-30", "15 M GBP"), office / "portfolio.yaml")
    for path in (office / "portfolio.yaml", office, folder, folder / "2026-01.json"):
        assert snapshot_at(path, "2026-02") == folder / "2026-02.json"
        assert snapshot_at(path, "2026-03-30") == folder / "2026-02.json"
        assert snapshot_at(path, "2030-01").name == "2026-03.json"
    assert ipmo.read(office / "portfolio.yaml", as_of="2026-01")["P"].budget == plan("2026-01-30", "10 M GBP")["P"].budget
    for wrong, error in (("2025-12", UnknownItemError), ("2026-13", UnitError), ("soon", UnitError)):
        with pytest.raises(error):
            ipmo.read(office / "portfolio.yaml", as_of=wrong)
    with pytest.raises(FileError, match="there is no such folder; `ipmo snapshot` makes one"):
        snapshot_at(office.parent / "plan.yaml", "2026-01")
    assert before_in(office / "portfolio.yaml", plan("2026-03-31", "1 GBP").status_date) == folder / "2026-02.json"  # type: ignore[arg-type]
    assert before_in(folder / "2026-02.json", ipmo.read(folder / "2026-02.json").status_date) == folder / "2026-01.json"  # type: ignore[arg-type]
    assert before_in(office.parent / "plan.yaml", ipmo.read(folder / "2026-02.json").status_date) is None  # type: ignore[arg-type]


def test_a_stamp_that_stands_elsewhere_in_the_file_does_not_disturb_the_order(folder: Path) -> None:
    target = folder / "2026-01.json"
    import json

    document = json.loads(target.read_text(encoding="utf-8"))
    stamp = document.pop("snapshot")
    target.write_text(json.dumps({**document, "snapshot": stamp}), encoding="utf-8")
    target.rename(folder / "z.json")
    (folder / "2026-03.json").rename(folder / "a.json")
    found = months_in(folder)
    assert [month.name for month in found.months] == ["z.json", "2026-02.json", "a.json"]
    assert found.trend("P", "budget").rows[0].months == 1


def test_a_report_looks_back_to_the_latest_snapshot_by_itself(folder: Path, tmp_path: Path) -> None:
    office = folder.parent
    ipmo.write(plan("2026-03-31", "15 M GBP"), office / "portfolio.yaml")
    pf = ipmo.read(office / "portfolio.yaml")
    alone = pf.report(before=False).html
    assert pf.report().html == pf.report(before=folder / "2026-02.json").html != alone
    assert "2026-02-27" in pf.report().html
    assert "2026-02-27" not in alone
    assert (
        ipmo.read(office, as_of="2026-02").report().html == ipmo.read(folder / "2026-02.json").report(before=folder / "2026-01.json").html
    )
    text = (folder / "2026-01.json").read_text(encoding="utf-8")
    (folder / "2026-01.json").write_text(text.replace("10 M", "11 M"), encoding="utf-8")
    broken = pf.report().html
    assert "it was changed after it was frozen" in broken
    assert "2026-02-27" not in broken.replace("2026-02-27", "", broken.count("the snapshots beside it"))


def test_the_command_line_answers_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = folder.parent
    monkeypatch.chdir(office)
    ipmo.write(plan("2026-04-30", "15 M GBP"), office / "portfolio.yaml")

    def run(*words: str) -> str:
        return CliRunner().invoke(main, words).output

    assert "10 M GBP" in run("roll-up", "portfolio.yaml", "budget", "--as-of", "2026-01")
    assert "15 M GBP" in run("roll-up", "portfolio.yaml", "budget", "--as-of", "2026-01-31")  # a day is the date of the figures
    assert "from 2026-01-30" in run("report", "portfolio.yaml", "--as-of", "2026-01", "--out", "r.html")
    assert "nothing is known of then; the first snapshot is of 2026-01-30" in run("check", "portfolio.yaml", "--as-of", "2025-12")
    assert "has no snapshots beside it" in run("check", "-", "--as-of", "2026-01")
    assert "--no-before" in run("report", "--help")
    assert "12 M GBP" in run("intervals", "history", "P", "budget")
    assert "10000000" in run("intervals", "history", "--total", "budget").replace(",", "")
    assert "10 M GBP" in run("intervals", "history", "--at", "2026-01", "--json")
    assert "10 M GBP" in run("intervals", "history", "--changes")
    assert "wrote all.csv" in run("intervals", "history", "--out", "all.csv")
    assert "wrote all.parquet" in run("intervals", "history", "--out", "all.parquet")
    csv, parquet = (office / "all.csv").read_text(encoding="utf-8"), ipmo.history(folder).intervals.table()
    assert csv == parquet.to_csv()
    polars = pytest.importorskip("polars")
    assert polars.read_parquet(office / "all.parquet").to_dicts() == list(parquet.rows())
    assert "projects" in run("movement", "history")
    assert "12 M GBP" in run("audit-trail", "portfolio.yaml", "--item", "P", "--use", "snapshots")
