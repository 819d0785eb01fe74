"""What is written reads back equal, in every format, for every portfolio."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

import ipmo
import ipmo.examples
from ipmo.errors import FileError
from ipmo.files.documents import parse
from ipmo.files.portfolios import to_json, to_yaml
from ipmo.model import Portfolio
from ipmo.testing.strategies import portfolios


@settings(max_examples=60)
@given(portfolios(tied=True))
def test_any_portfolio_survives_yaml_and_json(pf: Portfolio) -> None:
    from ipmo.files.portfolios import read_plain

    for text in (to_yaml(ipmo.to_dict(pf)), to_json(pf)):
        again = read_plain(parse(text, "x").data)
        assert again == pf
        assert again.digest == pf.digest


@settings(max_examples=25)
@given(portfolios(tied=True))
def test_any_portfolio_survives_a_folder(pf: Portfolio) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ipmo.write(pf, folder + "/")
        assert ipmo.read(folder) == pf


@settings(max_examples=25)
@given(portfolios(tied=True))
def test_any_portfolio_survives_tables(pf: Portfolio) -> None:
    assert ipmo.from_tables(pf.tables()) == pf


@pytest.mark.parametrize("name", ipmo.examples.NAMES)
@pytest.mark.parametrize("frame", ["to_pandas", "to_polars", "to_arrow"])
def test_examples_survive_data_frames(name: str, frame: str) -> None:
    pf = ipmo.examples.load(name)
    assert ipmo.from_tables({kind: getattr(table, frame)() for kind, table in pf.tables().items()}) == pf


@pytest.mark.parametrize(
    "text",
    [
        "007",
        "no",
        "yes",
        "on",
        "1e3",
        "1.50",
        "true",
        "null",
        "~",
        "",
        " a ",
        "a: b",
        "# no",
        "- x",
        "2026-01-05",
        "'q'",
        '"',
        "é漢",
        "0x1F",
        "1_000",
        "<<",
        "=",
        "*a",
        "&a",
        "!t",
        "%",
        "@x",
        "[",
        "{",
        "multi\nline\n",
        "tab\tin",
        "|",
        "?",
    ],
)
def test_awkward_text_keeps_its_form_and_is_text_to_other_yaml_readers(text: str) -> None:
    written = to_yaml({"ipmo": 1, "portfolio": {"id": "x", "name": text}})
    assert ipmo.from_dict(parse(written, "x").data).name == text
    if text not in ("2026-01-05",):  # a date to YAML 1.1, text to YAML 1.2 and to ipmo
        assert yaml.safe_load(written)["portfolio"]["name"] == text


def test_a_written_file_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "plan.yaml"
    ipmo.write(ipmo.examples.load("extension"), path)
    before = path.read_bytes()

    def crash(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(FileError, match="No space left"):
        ipmo.write(ipmo.examples.load("handover"), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["plan.yaml"]


def test_writing_needs_a_format_and_a_folder_drops_projects_that_are_gone(tmp_path: Path) -> None:
    pf = ipmo.examples.load("handover")
    with pytest.raises(FileError, match=r"names no format; use \.yaml or \.json"):
        ipmo.write(pf, tmp_path / "plan.doc")
    ipmo.write(pf, f"{tmp_path}/pf/")
    assert sorted(p.name for p in (tmp_path / "pf" / "projects").iterdir()) == ["fleet.yaml", "power.yaml", "rails.yaml"]
    ipmo.write(Portfolio(id="x", projects=pf.projects[:1]), tmp_path / "pf")
    assert [p.name for p in (tmp_path / "pf" / "projects").iterdir()] == ["rails.yaml"]
    (tmp_path / "pf" / "projects" / "new.yaml").write_text("id: new\n")
    assert "is not listed" in ipmo.read(tmp_path / "pf").source.findings[0].message


def test_a_folder_without_a_list_reads_all_its_projects(tmp_path: Path) -> None:
    (tmp_path / "projects").mkdir()
    (tmp_path / "portfolio.yaml").write_text("ipmo: 1\nportfolio: {id: x}\n")
    (tmp_path / "projects" / "b.yaml").write_text("id: b\n")
    (tmp_path / "projects" / "a.json").write_text('{"id": "a"}')
    assert [p.id for p in ipmo.read(tmp_path).projects] == ["a", "b"]


def test_a_file_with_one_project_or_programme_reads_as_a_portfolio_around_it() -> None:
    one = ipmo.from_dict({"ipmo": 1, "project": {"id": "tram", "name": "Tram", "tasks": [{"id": "a", "duration": "1 d"}]}})
    assert (one.id, one.name, [p.id for p in one.projects]) == ("tram", "Tram", ["tram"])
    many = ipmo.from_dict({"ipmo": 1, "programme": {"id": "transit"}, "projects": [{"id": "tram", "programme": "transit"}]})
    assert (many.id, many["tram"].programme) == ("transit", "transit")


@settings(max_examples=60)
@given(portfolios(tied=True))
def test_the_digest_is_that_of_the_whole_as_canonical_json(pf: Portfolio) -> None:
    """It is found in pieces, one project at a time."""
    for some in (pf, pf.evolve(name="Grün")):
        whole = json.dumps(ipmo.to_dict(some), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert some.digest == hashlib.sha256(whole.encode()).hexdigest()


def test_the_digest_of_a_portfolio_without_projects_is_of_one_without_a_list_of_them() -> None:
    whole = '{"ipmo":1,"portfolio":{"id":"x"}}'
    assert ipmo.Portfolio(id="x").digest == hashlib.sha256(whole.encode()).hexdigest()


def test_the_digest_knows_content_not_order_of_keys() -> None:
    data = ipmo.to_dict(ipmo.examples.load("commitment"))
    shuffled = dict(reversed(data.items()))
    assert ipmo.from_dict(shuffled).digest == ipmo.from_dict(data).digest
    assert ipmo.from_dict(data).evolve("desk/pilot", duration="11 d").digest != ipmo.from_dict(data).digest


def test_the_source_says_what_was_understood_and_takes_no_part_in_equality(tmp_path: Path) -> None:
    pf = ipmo.examples.load("extension")
    ipmo.write(pf, tmp_path / "a.json")
    again = ipmo.read(tmp_path / "a.json")
    assert again == pf
    assert again.source.format == "json"
    assert again.source.understood >= 7
    assert again.source.refused == 0


@settings(max_examples=10, deadline=None)
@given(portfolios())
def test_a_folder_of_parquet_is_the_same_portfolio(pf: Portfolio) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for kind, table in pf.tables().items():
            table.to_polars().write_parquet(f"{folder}/{kind}.parquet")
        assert ipmo.from_tables(folder) == pf
        assert ipmo.from_tables(Path(folder)) == pf


def test_what_is_no_folder_of_parquet_is_said(tmp_path: Path) -> None:
    with pytest.raises(ipmo.FileError, match="there is no such folder"):
        ipmo.from_tables(tmp_path / "nowhere")
    with pytest.raises(ipmo.FileError, match="holds no Parquet file"):
        ipmo.from_tables(tmp_path)
    (tmp_path / "tasks.parquet").write_text("project,id")
    with pytest.raises(ipmo.FileError, match=r"tasks\.parquet: this is no Parquet file"):
        ipmo.from_tables(tmp_path)
