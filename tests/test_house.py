"""The house itself: what importing touches, the front door, tables, and pages that must stay true."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ipmo
from ipmo.tables import Column, Table

ROOT = Path(__file__).resolve().parent.parent


def modules_after(code: str) -> set[str]:
    """Top-level modules in a fresh process after running some code."""
    out = subprocess.run(
        [sys.executable, "-c", code + "\nimport sys; print(*sorted({m.partition('.')[0] for m in sys.modules}))"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return set(out.stdout.split())


def test_importing_ipmo_touches_attrs_cattrs_and_pluggy_only() -> None:
    third_party = modules_after("import ipmo") & {
        "numpy",
        "networkx",
        "pint",
        "yaml",
        "jinja2",
        "markupsafe",
        "click",
        "narwhals",
        "numba",
        "pandas",
        "polars",
        "pyarrow",
        "hypothesis",
        "attr",
        "cattrs",
        "pluggy",
    }
    assert third_party == {"attr", "cattrs", "pluggy"}


def test_a_first_answer_on_300_tasks_needs_no_heavy_library(tmp_path: Path) -> None:
    lines = ["ipmo: 1", "portfolio: {id: x, start: 2026-01-05}", "projects:"]
    for p in range(3):
        lines += [f"  - id: p{p}", "    tasks:"]
        lines += [f"      - {{id: t{i}, duration: {i % 9 + 1} d{f', after: t{i - 1}' if i else ''}}}" for i in range(100)]
    (tmp_path / "p.yaml").write_text("\n".join(lines))
    loaded = modules_after(f"import ipmo; s = ipmo.schedule(ipmo.read({str(tmp_path / 'p.yaml')!r})); s['p1/t50'].target_float")
    assert not loaded & {"numba", "networkx", "pint", "pandas", "jinja2", "click", "scipy", "numpy"}


def test_the_front_door_lists_what_it_has_and_no_more() -> None:
    for name in ipmo.__all__:
        assert getattr(ipmo, name) is not None
    assert "schedule" in dir(ipmo)
    with pytest.raises(AttributeError, match="has no attribute 'shedule'"):
        _ = ipmo.shedule  # type: ignore[attr-defined]


def test_no_module_in_the_house_bears_the_name_of_a_verb() -> None:
    verbs = {name for name in ipmo.__all__ if name.islower()}
    inside = {path.stem for path in (ROOT / "src" / "ipmo").iterdir() if path.name != "__init__.py"}
    assert not verbs & inside


def test_no_crowded_room_and_no_vague_names() -> None:
    for path in (ROOT / "src").rglob("*.py"):
        assert path.stem not in ("utils", "helpers", "common", "base", "core", "types")
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 1000, path
    assert not list((ROOT / "tests").rglob("__init__.py"))


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_python_block_of_the_pages_runs_in_order(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {"__name__": "page"}
    for place, block in enumerate(blocks(page)):
        if ">>>" in block:
            test = doctest.DocTestParser().get_doctest(block, names, f"{page.name}, block {place}", str(page), 0)
            runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
            runner.run(test, clear_globs=False)
            assert runner.summarize(verbose=False).failed == 0
            names = test.globs
        else:
            exec(compile(block, str(page), "exec", dont_inherit=True), names)


def test_the_readme_session_is_short_and_there_is_one() -> None:
    sessions = [block for block in blocks(ROOT / "README.md") if ">>>" in block]
    assert sessions
    assert sum(line.startswith((">>>", "...")) for line in sessions[0].splitlines()) <= 12


def test_every_shell_line_of_the_readme_runs_in_the_gate() -> None:
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for block in re.findall(r"```(?:sh|console)\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S):
        for line in block.splitlines():
            command = line.split("#")[0].strip()
            if command:
                assert command.removeprefix(".venv/bin/") in gate, command


def test_no_committed_file_names_a_lock_or_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=False, cwd=ROOT).stdout.split("\n")
    assert "uv.lock" not in listed


def test_tables_are_read_by_every_frame_library_with_their_types() -> None:
    import datetime as dt

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    table = Table(
        [
            Column("s", "str", ["a", None]),
            Column("i", "int", [1, None]),
            Column("f", "float", [1.5, None], "d"),
            Column("b", "bool", [True, None]),
            Column("d", "date", [dt.date(2026, 1, 5), None]),
            Column("t", "datetime", [dt.datetime(2026, 1, 5, 9), None]),
        ]
    )
    assert pa.table(table).num_rows == 2
    assert pl.DataFrame(table).height == 2
    assert table.to_polars().schema["d"] == pl.Date
    assert str(table.to_pandas()["i"].dtype) == "Int64"
    assert table.to_pandas()["t"].dt.year[0] == 2026
    assert table.to_arrow().schema.field("f").metadata == {b"unit": b"d"}
    with pytest.raises(Exception):  # noqa: B017, PT011 - never a wrong frame in silence
        pd.DataFrame(table)
    with pytest.raises(TypeError):
        iter(table)  # type: ignore[call-overload]
    assert table.head(1).to_dict() == {
        "s": ["a"],
        "i": [1],
        "f": [1.5],
        "b": [True],
        "d": [dt.date(2026, 1, 5)],
        "t": [dt.datetime(2026, 1, 5, 9)],
    }
    assert '<th scope="col">f (d)</th>' in table._repr_html_()
    with pytest.raises(ipmo.UnknownItemError):
        table["x"]


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    table = Table([Column("x", "str", ["=1+1", "@a", "-1", "+x", "plain", None])])
    assert table.to_csv(tmp_path / "t.csv").splitlines() == ["x", "'=1+1", "'@a", "-1", "'+x", "plain", '""']
    table.to_parquet(tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").read_bytes()[:4] == b"PAR1"
