"""dev.py on machines that lack things: what it runs is recorded, nothing is installed."""

from __future__ import annotations

import importlib.util
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
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
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


def test_it_installs_once_and_again_only_when_the_project_files_change(dev: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dev.PYTHON.parent.mkdir(parents=True)
    dev.PYTHON.touch()
    dev.ensure()
    assert any("numba" in part for part in dev.calls[-1])
    count = len(dev.calls)
    dev.ensure()
    assert len(dev.calls) == count
    changed = tmp_path / "changed.toml"
    changed.write_text("x")
    monkeypatch.setattr(dev, "FILES", [*dev.FILES, changed])
    dev.ensure()
    assert len(dev.calls) > count


def test_a_missing_numba_wheel_is_one_printed_line_and_uv_is_used_where_it_is(
    dev: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    dev.PYTHON.parent.mkdir(parents=True)
    dev.PYTHON.touch()
    dev.broken = ("numba>=",)
    monkeypatch.setattr(dev.shutil, "which", lambda name: "/somewhere/uv")
    dev.ensure()
    assert capsys.readouterr().out.splitlines()[-1].startswith("numba has no wheel for this Python")
    assert dev.calls[0][:3] == ["/somewhere/uv", "pip", "install"]
    assert dev.STAMP.exists()


def test_wrong_use_explains_itself(dev: Any, capsys: Any) -> None:
    assert dev.main(["frobnicate"]) == 2
    assert "python3 dev.py demo" in capsys.readouterr().out
