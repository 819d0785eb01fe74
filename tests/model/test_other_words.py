"""Words of other tools: each leads to a field that is there, and what is written for it reads."""

from __future__ import annotations

import attrs
import pytest
import yaml

import ipmo
import ipmo.model
from ipmo.model.fields import Noun
from ipmo.model.other_words import UNDER, WORDS, meant
from ipmo.model.shape import keys_of

CLASSES = [
    cls for name in ipmo.model.__all__ if isinstance(cls := getattr(ipmo.model, name), type) and issubclass(cls, Noun) and attrs.has(cls)
]
FIELDS = {key for cls in CLASSES for key in keys_of(cls)}


def test_every_word_leads_to_fields_that_there_are() -> None:
    for word, fields in WORDS.items():
        assert set(fields) <= FIELDS, word
        assert fields[0] != word or len(fields) > 1, word


@pytest.mark.parametrize(
    ("noun", "word", "hint"),
    [
        ({"tasks": [{"id": "t", "depends_on": "s"}]}, "depends_on", "write after:"),
        ({"tasks": [{"id": "t", "start": "2026-02-02"}]}, "start", "write not_before:"),
        ({"tasks": [{"id": "t", "Percent Complete": 30}]}, "Percent Complete", "write progress:"),
        ({"tasks": [{"id": "t", "due-date": "2026-02-02"}]}, "due-date", "write deadline:"),
        ({"risks": [{"id": "r", "probability": 0.3}]}, "probability", "write before: {probability: 30 %}"),
        ({"manager": "ann"}, "manager", "write owner:"),
        ({"end_date": "2026-02-02"}, "end_date", "write finish:"),
        ({"buget": "4 M GBP"}, "buget", "did you mean 'budget'?"),
    ],
)
def test_an_unknown_field_of_a_project_is_answered_in_our_words(noun: dict[str, object], word: str, hint: str) -> None:
    with pytest.raises(ipmo.ModelError) as caught:
        ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x"}, "projects": [{"id": "P", **noun}]})
    (problem,) = caught.value.problems
    assert (problem.path[-1], problem.hint) == (word, hint)


def test_a_word_that_no_field_takes_is_left_to_likeness() -> None:
    assert meant("depends_on", ["id", "name"]) == ""
    assert meant("nonsense", FIELDS) == ""
    assert meant("start", ["start", "not_before"]) == "write not_before:"


def test_what_is_written_for_a_field_that_takes_more_reads() -> None:
    for (_, field), text in UNDER.items():
        part = yaml.safe_load(text.replace(f"{field}: ", "", 1))
        inside = {"risks": [{"id": "r", field: part}]} if field == "before" else {field: part}
        beside = {"resources": [{"id": "ann", field: part}]} if field == "capacity" else {"projects": [{"id": "P", **inside}]}
        assert ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x"}, **beside})
