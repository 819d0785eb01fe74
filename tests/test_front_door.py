"""The front door: every verb takes a portfolio or its path, and says so to `help`, to type checkers and to pickle."""

from __future__ import annotations

import inspect
import pickle
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

import ipmo

EXAMPLE = "library"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The example as a file of its own, so that what is written beside it hurts nobody."""
    return Path(shutil.copy(str(files("ipmo.examples") / f"{EXAMPLE}.yaml"), tmp_path / "library.yaml"))


def test_a_verb_that_takes_paths_shows_its_signature_and_docstring() -> None:
    signature = inspect.signature(ipmo.schedule)
    assert list(signature.parameters) == ["portfolio", "dialect", "on_cycle", "back_from"]
    assert signature.parameters["portfolio"].annotation == "Portfolio | Network | str | os.PathLike[str]"
    assert signature.parameters["on_cycle"].default == "error"
    assert inspect.getdoc(ipmo.schedule) == inspect.getdoc(inspect.unwrap(ipmo.schedule)) is not None
    assert pickle.loads(pickle.dumps(ipmo.schedule)) is ipmo.schedule


def test_a_portfolio_may_be_named_and_a_path_too(path: Path) -> None:
    pf = ipmo.read(path)
    assert ipmo.schedule(portfolio=pf).end == ipmo.schedule(portfolio=path).end == ipmo.schedule(str(path)).end  # type: ignore[call-arg]
    assert not ipmo.compare(before=path, after=pf)  # type: ignore[call-arg]
    with pytest.raises(ipmo.FileError, match="no such file"):
        ipmo.status(path.with_name("librery.yaml"))


def test_two_portfolios_may_be_paths(path: Path) -> None:
    pf = ipmo.read(path)
    project = pf.projects[0].id
    assert not ipmo.variance_analysis(path, path, project, what="budget")
    assert ipmo.variance_analysis(ipmo.what_if(path, ipmo.changes.Stop(project)), pf.id, what="budget")
