"""dev.py on machines that lack things: what it runs is recorded, nothing is installed."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / ".stamp")
    module.calls = []

    def record(*command: Any, quiet: bool = False) -> bool:
        module.calls.append([str(part) for part in command])
        return not any(bad in part for part in module.calls[-1] for bad in module.broken)

    module.broken = ()
    monkeypatch.setattr(module, "run", record)
    monkeypatch.setattr(module.shutil, "which", lambda name, path=None: None)
    return module


def without_ensurepip(dev: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def create(path: Path, *, with_pip: bool, clear: bool = False) -> None:
        if with_pip:
            raise subprocess.CalledProcessError(1, "ensurepip")
        (path / "bin").mkdir(parents=True)
        (path / "bin" / "python").touch()

    monkeypatch.setattr(dev.venv, "create", create)


def test_where_venv_has_no_pip_the_machines_pip_brings_one(dev: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    without_ensurepip(dev, monkeypatch)
    assert dev.make_environment(None)
    assert dev.calls[-1][:4] == [sys.executable, "-m", "pip", "--python"]


def test_where_there_is_no_pip_at_all_the_exact_line_is_printed(dev: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    without_ensurepip(dev, monkeypatch)
    dev.broken = ("pip",)
    with pytest.raises(SystemExit, match=rf"apt install python3\.{sys.version_info.minor}-venv"):
        dev.make_environment(None)
    assert not dev.VENV.exists()


@pytest.fixture
def made(dev: Any) -> Any:
    """An environment that exists, with nothing recorded about it."""
    dev.PYTHON.parent.mkdir(parents=True)
    dev.PYTHON.touch()
    return dev


def test_it_installs_once_and_again_only_when_the_project_files_change(made: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made.ensure("test")
    assert any("numba" in part for part in made.calls[-1])
    count = len(made.calls)
    made.ensure("test")
    assert len(made.calls) == count
    changed = tmp_path / "changed.toml"
    changed.write_text("x")
    monkeypatch.setattr(made, "FILES", [*made.FILES, changed])
    made.ensure("test")
    assert len(made.calls) > count


def test_the_demo_installs_what_it_needs_and_no_more(made: Any) -> None:
    made.ensure("demo")
    building, installing = made.calls
    assert building[-2:] == ["hatchling", "editables"]
    assert sorted(part for part in installing[installing.index("-e") :] if part != "-e") == [
        ".",
        "plugins/ipmo-agile",
        "plugins/ipmo-example",
        "plugins/ipmo-govs",
        "plugins/ipmo-mop",
        "plugins/ipmo-p3o",
    ]
    assert installing[-12:] == installing[installing.index("-e") :], "nothing but the packages of this repository"
    assert not any(part.startswith("ipmo") for level in made.LEVELS for part in made.wanted(level)), "none of them from a registry"


def sizes(name: str, found: dict[str, int]) -> None:
    """Bytes of what is installed for a distribution and for all that it needs without extras, by name."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in found:
        return
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return  # needed by another Python or another system
    files = (Path(str(distribution.locate_file(file))) for file in distribution.files or ())
    found[key] = sum(file.stat().st_size for file in files if file.is_file())
    for line in distribution.requires or ():
        if "extra ==" not in line:
            sizes(re.split(r"[^A-Za-z0-9._-]", line)[0], found)


def test_what_the_demo_installs_stays_below_400_megabytes(dev: Any) -> None:
    found: dict[str, int] = {}
    for name in ("ipmo", *dev.PLUGINS, "pip", "hatchling", "editables"):
        sizes(name, found)
    assert {"numpy", "scipy", "attrs", "networkx"} <= set(found), "the walk finds what lies behind"
    assert not {"numba", "sphinx", "playwright", "mpxj", "pandas"} & set(found)
    assert sum(found.values()) < 400e6, {name: f"{size / 1e6:.0f} MB" for name, size in found.items() if size > 5e6}


def test_each_level_holds_the_one_before_and_none_is_taken_back(made: Any) -> None:
    demo, test, tools = (set(made.wanted(level)) for level in ("demo", "test", "tools"))
    assert demo < test < tools
    assert "pytest>=8.2" in test
    assert not any(part.startswith(("sphinx", "mypy", "ruff")) for part in test)
    made.ensure("tools")
    count = len(made.calls)
    for level in ("demo", "test", "tools"):
        made.ensure(level)
    assert len(made.calls) == count
    files, level = made.installed()
    assert level == "tools"
    made.STAMP.write_text(f"{files[::-1]} tools")  # the project files changed since
    made.ensure("demo")
    assert any(part.startswith("sphinx") for call in made.calls[count:] for part in call)
    assert made.installed() == (files, "tools")


def test_a_stamp_without_a_level_is_made_anew(made: Any) -> None:
    made.ensure("demo")
    files, _ = made.installed()
    made.STAMP.write_text(files)  # as it was written before there were levels
    count = len(made.calls)
    made.ensure("demo")
    assert len(made.calls) > count
    assert made.installed() == (files, "demo")


def test_a_missing_numba_wheel_is_one_printed_line_and_uv_is_used_where_it_is(
    made: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    made.broken = ("numba>=",)
    monkeypatch.setattr(made.shutil, "which", lambda name, path=None: "/somewhere/uv")
    made.ensure("test")
    assert capsys.readouterr().out.splitlines()[-1].startswith("numba has no wheel for this Python")
    assert made.calls[0][:3] == ["/somewhere/uv", "pip", "install"]
    assert made.STAMP.exists()


def test_a_failed_installation_is_no_environment(made: Any) -> None:
    made.broken = ("install",)
    with pytest.raises(SystemExit, match="installing failed"):
        made.ensure("demo")
    assert made.installed() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "spread"),
    [
        ([], ["-n", "2"]),
        (["-q", "tests/model"], ["-n", "2"]),
        (["--no-header"], ["-n", "2"]),
        (["-n", "5"], []),
        (["-n0"], []),
        (["--numprocesses=3"], []),
        (["--pdb"], []),
        (["-p", "no:xdist"], []),
    ],
)
def test_the_tests_run_on_all_cores_unless_told_otherwise(
    dev: Any, monkeypatch: pytest.MonkeyPatch, arguments: list[str], spread: list[str]
) -> None:
    monkeypatch.setattr(dev, "cores", lambda: 2)
    assert dev.tests(arguments) == [str(dev.PYTHON), "-m", "pytest", *spread, *arguments]
    monkeypatch.setattr(dev, "cores", lambda: 1)
    assert dev.tests(arguments) == [str(dev.PYTHON), "-m", "pytest", *arguments]


def test_a_command_that_is_not_there_says_what_brings_it(made: Any, capsys: Any) -> None:
    assert made.main(["run", "sphinx-build", "docs", "out"]) == 127
    assert capsys.readouterr().out.splitlines()[-1] == (
        "there is no sphinx-build in the environment; python3 dev.py tools brings the tools for types, style and docs"
    )


def test_wrong_use_explains_itself(dev: Any, capsys: Any) -> None:
    assert dev.main(["frobnicate"]) == 2
    assert "python3 dev.py demo" in capsys.readouterr().out
