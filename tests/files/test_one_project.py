"""One project of a portfolio written on its own: its dates stay, and what it got from others comes from outside."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import ipmo
from ipmo.cli import main
from ipmo.files.one_project import one_project
from ipmo.model import Portfolio

CITY = Portfolio(
    id="city",
    start="2026-01-05",
    programmes=[{"id": "big"}],
    projects=[
        {"id": "tram", "programme": "big", "requires": "depot", "tasks": [{"id": "a", "duration": "2 d"}, {"id": "b", "duration": "3 d"}]},
        {"id": "depot", "tasks": [{"id": "x", "duration": "7 d"}]},
        {"id": "bus", "tasks": [{"id": "y", "duration": "1 d"}]},
    ],
    links=[
        {"from": "depot/x", "to": "tram/b", "lag": "1 d"},
        {"from": "tram/a", "to": "tram/b"},
        {"from": "tram/a", "to": "bus/y"},
        {"from": "depot/x", "to": "bus/y"},
    ],
)


def test_what_comes_from_others_comes_from_outside_on_its_day() -> None:
    """Seven working days of x from Monday 5 January end on the 13th; after one more day b starts on the 15th, alone too."""
    alone, lost = one_project(CITY, "tram")
    assert [one.id for one in alone.projects] == ["tram"]
    assert (len(alone.links), dict(lost.counts)) == (
        3,
        {"links from other projects, written as external ones": 1, "links to other projects, which end outside": 1, "programmes": 1},
    )
    whole, own = ipmo.schedule(CITY), ipmo.schedule(alone)
    assert own["tram/b"].start == whole["tram/b"].start
    assert f"{own['tram/b'].start:%d}" == "15"
    with pytest.raises(KeyError):
        one_project(CITY, "tramp")


@pytest.mark.filterwarnings("always::ipmo.FormatWarning")
@pytest.mark.parametrize("ending", [".xml", ".xer", ".pmxml", ".yaml"])
def test_the_command_line_writes_one_project_with_its_dates(ending: str, tmp_path: Path) -> None:
    ipmo.write(CITY, tmp_path / "city.yaml")
    done = CliRunner().invoke(main, ["convert", str(tmp_path / "city.yaml"), str(tmp_path / f"tram{ending}"), "--project", "tram"])
    assert done.exit_code == 0, done.output
    assert "links from other projects, written as external ones" in done.stderr
    back = ipmo.read(tmp_path / f"tram{ending}")
    assert [one.id for one in back.projects] == ["tram"]
    assert ipmo.schedule(back)["tram/b"].start == ipmo.schedule(CITY)["tram/b"].start
    wrong = CliRunner().invoke(main, ["convert", str(tmp_path / "city.yaml"), str(tmp_path / "t.xer"), "--project", "tramp"])
    assert wrong.exit_code != 0
    assert "there is no project 'tramp'" in wrong.output
