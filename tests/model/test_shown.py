"""What nouns say of themselves in a notebook: what they state, in short, escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import attrs
import pytest
from hypothesis import given, settings

import ipmo
from ipmo.model import Portfolio, Project, Risk, Task
from ipmo.model.fields import Noun
from ipmo.testing.strategies import portfolios


def rows(noun: Noun) -> dict[str, str]:
    found = re.findall(r"<tr><th[^>]*>([^<]*)</th><td[^>]*>([^<]*)</td></tr>", noun._repr_html_())
    return {name: html.unescape(text) for name, text in found}


def nouns(value: object) -> Iterator[Noun]:
    if isinstance(value, Noun):
        yield value
        for field in attrs.fields(type(value)):
            yield from nouns(getattr(value, field.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from nouns(one)


def test_a_task_shows_what_it_states_as_people_write_it() -> None:
    task = Task(
        id="t",
        name="Dig <b>",
        duration={"low": "5 d", "likely": "8 d", "high": "20 d"},
        budget="1.4 M GBP",
        after=["a", "b"],
        milestone=False,
    )
    assert task._repr_html_().startswith("<p><strong>Task</strong> Dig &lt;b&gt;</p><table>")
    assert rows(task) == {"id": "t", "after": "a, b", "duration": "low 5 d, likely 8 d, high 20 d", "budget": "1.4 M GBP"}
    risk = Risk(id="r", opportunity=True, before={"probability": "30 %", "impacts": {"cost": "20 k GBP"}}, ends="2026-05-29")
    assert rows(risk) == {"id": "r", "opportunity": "yes", "before": "probability 0.3, impacts 20 k GBP", "ends": "2026-05-29"}


def test_of_many_parts_the_first_are_named_and_the_others_counted() -> None:
    project = Project(id="P", tasks=[Task(id=f"t{number}") for number in range(2_000)])
    assert rows(project) == {"id": "P", "tasks": "t0, t1, t2, t3, t4, t5 and 1,994 more"}


@settings(max_examples=20)
@given(portfolios())
def test_every_noun_shows_itself_in_little_room(pf: Portfolio) -> None:
    for noun in nouns(pf):
        text = noun._repr_html_()
        assert text.startswith("<p><strong>")
        assert len(text) < 20_000
        assert "FrozenMap" not in text
        assert "Decimal(" not in text


@pytest.mark.parametrize("name", ["library", "commitment"])
def test_what_extensions_add_is_shown_too(name: str) -> None:
    for noun in nouns(ipmo.examples.load(name)):
        assert "object at 0x" not in noun._repr_html_()
