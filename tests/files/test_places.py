"""Where items stand in their files: kept from the first reading, and the same as a second one finds."""

from __future__ import annotations

import pickle
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.files import places as module
from ipmo.files.places import places
from ipmo.testing.strategies import portfolios

TEXT = """\
ipmo: 1
portfolio:
  id: x
projects:
- id: p
  tasks:
  - id: a
  - {id: b}
  gates:
  - id: g
people:
- id: ann
"""


def read(path: Path, text: str) -> ipmo.Portfolio:
    path.write_text(text, encoding="utf-8")
    return ipmo.read(path)


def test_places_of_a_worked_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pf = read(tmp_path / "x.yaml", TEXT)
    monkeypatch.setattr(module, "parse", None)  # a second reading would end in an error
    name = str(tmp_path / "x.yaml")
    wanted = {"x": (3, 3), "p": (5, 3), "p/a": (7, 5), "p/b": (8, 5), "p/g": (10, 5), "ann": (12, 3), "p/a@finish": (7, 5)}
    assert places(pf, [*wanted, "nobody", "p/nobody", "external:z", ""]) == {item: (name, *place) for item, place in wanted.items()}
    assert places(pickle.loads(pickle.dumps(pf)), ["p/b"]) == {"p/b": (name, 8, 5)}


def test_a_file_that_was_written_into_says_where_things_stand_now(tmp_path: Path) -> None:
    pf = read(tmp_path / "x.yaml", TEXT)
    (tmp_path / "x.yaml").write_text("# moved\n\n" + TEXT, encoding="utf-8")
    assert places(pf, ["p/a", "ann"]) == {"p/a": (str(tmp_path / "x.yaml"), 9, 5), "ann": (str(tmp_path / "x.yaml"), 14, 3)}
    (tmp_path / "x.yaml").unlink()
    assert places(pf, ["p/a"]) == {}


def test_a_file_that_is_one_long_line_has_its_columns(tmp_path: Path) -> None:
    before = f"projects: [{{id: p, attributes: {{a: {'x' * 600_000}, b: {'x' * 600_000}}}, tasks: ["
    pf = read(tmp_path / "x.yaml", f"ipmo: 1\nportfolio: {{id: x}}\n{before}{{id: a}}]}}]\n")
    assert len(before) > 2**20
    assert places(pf, ["p/a"]) == {"p/a": (str(tmp_path / "x.yaml"), 3, len(before) + 1)}


@settings(max_examples=40, deadline=None)
@given(portfolios(tied=True), st.sampled_from(("x.yaml", "folder/", "x.json")))
def test_what_is_kept_is_what_a_second_reading_finds(tmp_path_factory: pytest.TempPathFactory, pf: ipmo.Portfolio, name: str) -> None:
    path = f"{tmp_path_factory.mktemp('places')}/{name}"
    ipmo.write(pf, path)
    found = ipmo.read(path)
    assert bool(found.source.marks) == (name != "x.json")
    again = found.evolve(source=attrs.evolve(found.source, marks=()))
    items = [found.id, *found.items]
    assert places(found, items) == places(again, items)
    assert set(places(found, items)) == set(items)
