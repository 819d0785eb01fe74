"""The JSON schema that editors use is the model, no more and no less."""

from __future__ import annotations

import json
import re
from pathlib import Path

import attrs
import jsonschema
import pytest
from hypothesis import given, settings

import ipmo
import ipmo.examples
import ipmo.model as model
from ipmo.files.documents import parse
from ipmo.files.schema import json_schema
from ipmo.model.fields import natural
from ipmo.model.plain import HEADER, ORGANISATION
from ipmo.model.shape import shape
from ipmo.testing.strategies import portfolios

SCHEMA = json_schema()
VALID = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_is_a_valid_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_everything_that_is_referred_to_is_defined() -> None:
    named = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(SCHEMA)))
    assert named
    assert named <= set(SCHEMA["$defs"])
    lags = [SCHEMA["$defs"]["Link"], *(SCHEMA["$defs"][name]["anyOf"][1] for name in ("After", "Enabler"))]
    assert all({"$ref": "#/$defs/TimeEstimate"} in one["properties"]["lag"]["anyOf"] for one in lags)


def test_every_noun_has_exactly_its_fields() -> None:
    nouns = {n: c for n in model.__all__ if isinstance(c := getattr(model, n), type) and issubclass(c, model.Noun)}
    for name, cls in nouns.items():
        if name in ("Noun", "Budget", "Portfolio", "Spread"):
            continue
        part = SCHEMA["$defs"][name]
        part = part["anyOf"][1] if name in ("After", "Carbon", "Enabler", "Dialect", "Earning", "Splitting") else part
        assert set(part["properties"]) == {one.key for one in shape(cls)}, name
        required = {one.key for one in shape(cls) if one.required}
        assert set(part.get("required", ())) == required, name
        assert part["additionalProperties"] is False
    fields = {field.name for field in attrs.fields(model.Portfolio)} - {"source"}
    top = SCHEMA["properties"]
    assert set(top["portfolio"]["properties"]) == set(HEADER)
    assert set(top["organisation"]["properties"]) == set(ORGANISATION)
    assert set(top) - {"ipmo", "snapshot", "portfolio", "organisation", "project", "programme"} == fields - set(HEADER) - set(ORGANISATION)


@settings(max_examples=40)
@given(portfolios(tied=True))
def test_every_portfolio_that_is_written_satisfies_it(pf: model.Portfolio) -> None:
    errors = list(VALID.iter_errors(ipmo.to_dict(pf)))
    assert not errors, errors[0].message


@pytest.mark.data
def test_the_sample_satisfies_it(data: Path) -> None:
    text = (data.parent / "sample-portfolio.yaml").read_text(encoding="utf-8")
    errors = list(VALID.iter_errors(natural(parse(text, "sample").data)))
    assert not errors, errors[0].message


@pytest.mark.parametrize(
    "break_it",
    [
        lambda d: d.update(ipmo=2),
        lambda d: d["projects"][0].update(buget="1 GBP"),
        lambda d: d["projects"][0].update(state="alive"),
        lambda d: d["projects"][0]["tasks"][0].update(duration="10 x"),
        lambda d: d["projects"][0].pop("id"),
        lambda d: d.update(anything=1),
        lambda d: d["projects"][0].update(budget="12"),
        lambda d: d["projects"][0]["tasks"][0].update(progress=1.5),
    ],
)
def test_what_the_reader_refuses_editors_mark_too(break_it: object) -> None:
    document = ipmo.to_dict(ipmo.examples.load("extension"))
    break_it(document)  # type: ignore[operator]
    assert list(VALID.iter_errors(document))
    with pytest.raises(ipmo.ModelError):
        ipmo.from_dict(document)


@pytest.mark.parametrize(("how", "right"), [("low", True), ("medium", True), ("high", True), ("hugh", False), (5, False), ("", False)])
def test_an_alignment_is_one_of_three_words_for_an_editor_as_for_the_reader(how: object, right: bool) -> None:
    data = {
        "ipmo": 1,
        "portfolio": {"id": "p"},
        "objectives": [{"id": "growth", "name": "Growth"}],
        "projects": [{"id": "tram", "alignment": {"growth": how}}],
    }
    assert VALID.is_valid(data) is right
    try:
        ipmo.from_dict(data)
        read = True
    except ipmo.ModelError:
        read = False
    assert read is right
