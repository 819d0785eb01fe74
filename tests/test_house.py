"""The house itself: what importing touches, the front door, the limits of modules, tables, and pages that must stay true."""

from __future__ import annotations

import ast
import doctest
import functools
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest

import ipmo
from ipmo.tables import Column, Table

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [*sorted((ROOT / "src").rglob("*.py")), *sorted((ROOT / "plugins").glob("*/src/**/*.py"))]
KERNELS = ROOT / "src" / "ipmo" / "network" / "kernels"
PACKAGES = ("ipmo", "ipmo_p3o", "ipmo_mop", "ipmo_agile", "ipmo_govs", "ipmo_example")
MOST_ANY = 150


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


def test_importing_ipmo_touches_nothing_but_what_loads_names_lazily() -> None:
    third_party = modules_after("import ipmo") & {
        "lazy_loader",
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
    assert third_party == {"lazy_loader"}


def test_a_first_answer_on_300_tasks_needs_no_heavy_library(tmp_path: Path) -> None:
    lines = ["ipmo: 1", "portfolio: {id: x, start: 2026-01-05}", "projects:"]
    for p in range(3):
        lines += [f"  - id: p{p}", "    tasks:"]
        lines += [f"      - {{id: t{i}, duration: {i % 9 + 1} d{f', after: t{i - 1}' if i else ''}}}" for i in range(100)]
    (tmp_path / "p.yaml").write_text("\n".join(lines))
    loaded = modules_after(f"import ipmo; s = ipmo.schedule(ipmo.read({str(tmp_path / 'p.yaml')!r})); s['p1/t50'].target_float")
    assert not loaded & {"numba", "networkx", "pint", "pandas", "jinja2", "click", "scipy", "numpy"}


def test_the_command_line_starts_without_a_heavy_library() -> None:
    loaded = modules_after("import ipmo.cli")
    assert not loaded & {"numba", "networkx", "pint", "pandas", "polars", "jinja2", "scipy", "numpy"}


def test_the_front_door_lists_what_it_has_and_no_more() -> None:
    for name in ipmo.__all__:
        assert getattr(ipmo, name) is not None
    assert "schedule" in dir(ipmo)
    with pytest.raises(AttributeError, match="shedule"):
        _ = ipmo.shedule  # type: ignore[attr-defined]


def test_no_module_in_the_house_bears_the_name_of_a_verb() -> None:
    verbs = {name for name in ipmo.__all__ if inspect.isfunction(getattr(ipmo, name))}
    assert {"schedule", "status", "report"} <= verbs
    inside = {path.stem for path in (ROOT / "src" / "ipmo").iterdir() if path.name != "__init__.py"}
    assert not verbs & inside


def place(path: Path) -> str:
    """A module's path as one says it: inside the package for the core, with the package for a plugin."""
    inside = path.relative_to(path.parents[len(path.parts) - path.parts.index("src") - 2])
    return inside.as_posix().removeprefix("ipmo/")


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(node: ast.AST, inside: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function with its name as one writes it, methods and inner ones included."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield inside + child.name, child
            yield from functions(child, f"{inside}{child.name}.")
        elif isinstance(child, ast.ClassDef):
            yield from functions(child, f"{inside}{child.name}.")
        else:
            yield from functions(child, inside)


def anys(node: ast.AST) -> int:
    """How often code says `Any`: as a name or an attribute, in quoted types too. Imports, comments and docstrings do not count."""
    count = 0
    for child in ast.walk(node):
        if (isinstance(child, ast.Name) and child.id == "Any") or (isinstance(child, ast.Attribute) and child.attr == "Any"):
            count += 1
        elif isinstance(child, ast.Constant) and isinstance(child.value, str) and "Any" in child.value and child.value != "Any":
            try:
                count += anys(ast.parse(child.value, mode="eval"))
            except SyntaxError:
                continue  # a sentence
    return count


def test_the_counting_rules_count() -> None:
    code = 'from typing import Any\nx: Any = cast("dict[str, Any]", f)\ndef f(a: "list[Any]") -> typing.Any:\n    "Any text."\n'
    assert anys(ast.parse(code)) == 4
    tree = ast.parse("class A:\n    def b(self):\n        def c(): ...\nif 1:\n    async def d(): ...\n")
    assert [name for name, _ in functions(tree)] == ["A.b", "A.b.c", "d"]
    assert place(ROOT / "src/ipmo/network/tree.py") == "network/tree.py"
    assert place(ROOT / "plugins/ipmo-agile/src/ipmo_agile/jira.py") == "ipmo_agile/jira.py"


def test_no_module_is_longer_than_600_lines() -> None:
    long = {place(path): n for path in SOURCES if (n := len(path.read_text(encoding="utf-8").splitlines())) > 600}
    assert long == {}


def test_no_function_is_longer_than_80_lines() -> None:
    long = {}
    for path in SOURCES:
        for name, node in functions(parsed(path)):
            assert node.end_lineno is not None
            lines = node.end_lineno - node.lineno + 1
            if lines > 80:
                long[f"{place(path)}: {name}"] = lines
    assert long == {}


def imports() -> nx.DiGraph:
    """Which module imports which: inside functions, for type checkers only and by the front door's list of names too."""
    import grimp

    found = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=False, cache_dir=None)
    graph = nx.DiGraph()
    for module in found.modules:
        graph.add_edges_from((module, target) for target in found.find_modules_directly_imported_by(module))
    for stub in (ROOT / "src").rglob("*.pyi"):  # names that a package loads lazily: the import is in its stub
        package = ".".join(stub.relative_to(ROOT / "src").parent.parts)
        for node in ast.walk(ast.parse(stub.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                source = f"{package}{'.' if node.module else ''}{node.module or ''}" if node.level else str(node.module)
                names = [f"{source}.{alias.name}" for alias in node.names]
                graph.add_edges_from((package, name if name in found.modules else source) for name in names)
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    return graph


def test_no_two_modules_import_each_other_even_for_type_checkers_or_inside_functions() -> None:
    circles = [sorted(part) for part in nx.strongly_connected_components(imports()) if len(part) > 1]
    assert circles == []


def test_any_stands_only_where_no_type_is_known() -> None:
    outside = sum(anys(parsed(path)) for path in (ROOT / "src").rglob("*.py") if KERNELS not in path.parents)
    assert outside < MOST_ANY


def test_the_public_functions_of_the_kernels_have_types() -> None:
    told = 0
    for path in KERNELS.glob("*.py"):
        for name, node in functions(parsed(path)):
            if not name.startswith("_"):
                told += sum(anys(part) for part in (node.args, node.returns) if part is not None)
    assert told == 0


CLOCKS = {"standards/oc4ids_out.py": "a package asks for its time of publication: that of writing, said so, where no status date is stated"}


def test_no_answer_asks_what_day_it_is() -> None:
    """Who asks the clock of the machine answers otherwise tomorrow."""
    asking = {
        place(path)
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in ("today", "now", "utcnow") and isinstance(node.value, ast.Name | ast.Attribute)
        if ast.unparse(node.value) in ("date", "datetime", "dt.date", "dt.datetime", "datetime.date", "datetime.datetime")
    }
    assert asking == set(CLOCKS)


def test_no_vague_names_and_no_packages_of_tests() -> None:
    for path in SOURCES:
        assert path.stem not in ("utils", "helpers", "common", "base", "core", "types")
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
    assert ">f (d)</th>" in table._repr_html_()
    with pytest.raises(ipmo.UnknownItemError):
        table["x"]


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    table = Table([Column("x", "str", ["=1+1", "@a", "-1", "+x", "plain", None])])
    assert table.to_csv(tmp_path / "t.csv").splitlines() == ["x", "'=1+1", "'@a", "-1", "'+x", "plain", '""']
    table.to_parquet(tmp_path / "t.parquet")
    assert (tmp_path / "t.parquet").read_bytes()[:4] == b"PAR1"
