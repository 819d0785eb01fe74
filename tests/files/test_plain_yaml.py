"""YAML read line by line: what it reads is what PyYAML's events say, with the same places; what is wrong or odd is left to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.errors import FileError
from ipmo.files import documents
from ipmo.files.documents import parse
from ipmo.files.plain_yaml import Starts, plain_yaml
from ipmo.files.portfolios import to_yaml
from ipmo.model.fields import Plain
from ipmo.testing.strategies import portfolios

WORKED = """\
# a portfolio
ipmo: 1
portfolio: {id: x, start: 2026-01-05, money: {currency: GBP}}

projects:
- id: p   # the first
  tasks:
    - id: t0
      name: 'It is: "so" # far'
      after: [a, b c]
    - id: 007
      progress: 0.5
      milestone: true
      owner:
      note: ~
"""


def line_by_line(text: str) -> tuple[Any, Starts] | None:
    return plain_yaml(text, lambda flow: by_events(flow))


def by_events(text: str) -> tuple[Any, Starts] | None:
    """The oracle: PyYAML's events; None where they are refused."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "plain_yaml", lambda text, fragment: None)
        try:
            found = parse(text, "x", is_json=False)
        except FileError:
            return None
    return found.data, found.starts


def said(data: Any, starts: Starts) -> Any:
    """Data with the class of every text and the place of every mapping."""
    if isinstance(data, dict):
        return starts[id(data)], [(key, said(value, starts)) for key, value in data.items()]
    if isinstance(data, list):
        return [said(one, starts) for one in data]
    return type(data), data


def test_a_worked_text_is_read_line_by_line() -> None:
    found = line_by_line(WORKED)
    assert found is not None
    data, starts = found
    first, second = data["projects"][0]["tasks"]
    assert data["portfolio"] == {"id": "x", "start": "2026-01-05", "money": {"currency": "GBP"}}
    assert first == {"id": "t0", "name": 'It is: "so" # far', "after": ["a", "b c"]}
    assert second == {"id": "007", "progress": "0.5", "milestone": "true", "owner": None, "note": None}
    assert [type(second[key]) for key in ("id", "progress", "milestone")] == [Plain, Plain, Plain]
    assert type(data["projects"][0]["id"]) is str
    places = [starts[id(one)] for one in (data, data["portfolio"], data["portfolio"]["money"], data["projects"][0], first, second)]
    assert places == [(2, 1), (3, 12), (3, 46), (6, 3), (8, 7), (11, 7)]


KEYS = ("a", "id", "name", "two words", "a-b", "a,b", "x y ", "007", "null", "<<", "'q'", "?", "é")
VALUES = (
    "", " ", "x", "two words", "t0", "1", "-5 d", "+1", ".5", "1e3", "true", "no", "null", "~", "12:30", "a: b", "a:", "a #b", "a#b", "- x", "-",
    "'x'", '"x"', "'it''s'", '"a\\n"', "'x' y", "'x", "[]", "[ ]", "[a, b]", "[a,b]", "[a, ]", "[-1, - b]", "[1, true, null]", "[[a]]", "[a: b]",
    "{}", "{a: b}", "{a: [b, {c: d}]}", "{a: b} c", "[a", "&x", "*x", "!t", "| x", "|", ">", "%", "@", "x ", "x  # y", "[a] # y", "{a: 1} # y", "#", "x\ty",
    "\u00a0", "x\u00a0y", "x\u2028y", "x:\u00a0y", "£5m", "--- x", "...", "? x", ": x", "\U0001f600", "[a]: b", "'k': v", "a, b", "2026-01-05 08:00",
)  # fmt: skip


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Lines that may stand in a text, seldom in such an order that it is no YAML at all."""
    lines: list[str] = []
    indent = 0
    for _ in range(draw(st.integers(1, 8))):
        indent = draw(st.sampled_from((indent, indent, indent, indent + 2, max(indent - 2, 0), 0, 1)))
        dash = draw(st.sampled_from(("", "", "- ", "-  ", "-", "- - ")))
        key = draw(st.sampled_from(KEYS[:4] if draw(st.booleans()) else KEYS))
        colon = draw(st.sampled_from((": ", ": ", ": ", ":  ", ":", " : ", "")))
        value = draw(st.sampled_from(VALUES[:8] if draw(st.booleans()) else VALUES))
        lines.append(" " * indent + dash + (key + colon if colon else "") + value)
        if draw(st.integers(0, 9)) == 0:
            lines.append(draw(st.sampled_from(("", "  ", "# x", "    # x", "---", "...", "%YAML 1.1", "\t"))))
    return draw(st.sampled_from(("\n", "\n", "\n", "\r\n"))).join(lines) + draw(st.sampled_from(("\n", "")))


@st.composite
def blocks(draw: st.DrawFn, indent: int = 0, depth: int = 0) -> list[str]:
    """The lines of a list or a mapping, laid out in one of the ways that people and writers do."""
    lines: list[str] = []
    is_list = draw(st.booleans())
    for number in range(draw(st.integers(1, 4))):
        front = " " * indent + ("- " if is_list else f"{draw(st.sampled_from(KEYS[:4]))}{number}:")
        if depth < 4 and draw(st.booleans()):
            deeper = indent + draw(st.sampled_from((2, 2, 4, 1)))
            if not is_list:
                lines.append(front)
                inner = draw(blocks(deeper, depth + 1))
                outdented = inner[0].lstrip().startswith("- ") and draw(st.booleans())
                lines += [line[deeper - indent :] for line in inner] if outdented else inner
            else:
                inner = draw(blocks(indent + 2, depth + 1))
                lines += inner if inner[0].lstrip().startswith("- ") else [front + inner[0].lstrip(), *inner[1:]]
        else:
            lines.append(front + ("" if is_list else " ") + draw(st.sampled_from(VALUES[2:15] if draw(st.integers(0, 9)) else VALUES)))
        if draw(st.integers(0, 9)) == 0:
            lines.append(draw(st.sampled_from(("", "  ", "# x", "          # x"))))
    return lines


@settings(max_examples=500, deadline=None)
@given(texts() | blocks().map("\n".join) | blocks().map("\n".join))
@example("a:\n- b\n- c: 1\n  d: 2\ne: 3\n")
@example("a:\n  b:\nc: 1\n")
@example("a: x\n  y\n")
@example("a: x\n  b: y\n")
@example("a:\n    b: 1\n  c: 2\n")
@example("- a\n- b: 1\n  b: 2\n")
@example("a: 1\na: 2\n")
@example("a: '\n'\n")
@example("  a: 1\n")
@example("")
def test_what_is_read_is_what_the_events_say(text: str) -> None:
    found = line_by_line(text)
    if found is not None:
        wanted = by_events(text)
        assert wanted is not None, "read although it is refused"
        assert said(*found) == said(*wanted)


@settings(max_examples=60, deadline=None)
@given(portfolios(tied=True))
def test_what_ipmo_writes_is_read_as_the_events_say(pf: ipmo.Portfolio) -> None:
    text = to_yaml(ipmo.to_dict(pf))
    found, wanted = line_by_line(text), by_events(text)
    assert wanted is not None
    assert found is None or said(*found) == said(*wanted)


def test_a_written_portfolio_is_read_line_by_line(tmp_path: Path) -> None:
    """Not only left alone: names in two alphabets, quotes, links in mappings, amounts and dates."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "money": {"currency": "GBP"}},
            "projects": [
                {
                    "id": "p",
                    "name": "Überprüfung: «1»",
                    "tasks": [
                        {"id": "a", "duration": "5 d", "budget": "12.5 k GBP"},
                        {"id": "b", "duration": "2 d", "after": [{"from": "a", "type": "SS", "lag": "-1 d"}], "name": "true"},
                    ],
                }
            ],
        }
    )
    ipmo.write(pf, tmp_path / "x.yaml")
    found = line_by_line((tmp_path / "x.yaml").read_text(encoding="utf-8"))
    assert found is not None
    assert found[0]["projects"][0]["tasks"][1] == {
        "id": "b",
        "name": "true",
        "after": {"from": "a", "type": "SS", "lag": "-1 d"},
        "duration": "2 d",
    }
    assert ipmo.read(tmp_path / "x.yaml") == pf


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).resolve().parents[2] / "src/ipmo/examples").glob("*.yaml")), ids=lambda path: path.stem
)
def test_the_examples_are_read_as_the_events_say(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found, wanted = line_by_line(text), by_events(text)
    assert wanted is not None
    assert found is None or said(*found) == said(*wanted)


def test_many_collections_on_lines_are_left_to_the_parser() -> None:
    """Each of them costs a parser of its own: so many are read as one text."""
    text = "a:\n" + "- {b: [c, {d: e}]}\n" * 200
    assert line_by_line(text) is None
    assert parse(text, "x").data["a"] == [{"b": ["c", {"d": "e"}]}] * 200


@pytest.mark.parametrize("line", ["a: b" + " " * 5000 + "c: d", "a: " + "b" * 5000, "- " + " " * 5000 + "b", "a: 1" + " " * 5000 + "# b"])
def test_long_lines_are_left_to_the_parser(line: str) -> None:
    """What does not match is tried at each space of a line: a line of a million of them would take for ever."""
    assert line_by_line(line) is None
    shorter = line.replace(" " * 4000, "").replace("b" * 4000, "")
    found = line_by_line(shorter)
    assert (None if found is None else found[0]) == (None if ": d" in line else (by_events(shorter) or ("",))[0])
