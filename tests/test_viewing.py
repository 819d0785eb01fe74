"""What the command line shows of a table: which rows, in which order, how it fits a terminal; and portfolios by standard input."""

from __future__ import annotations

import io
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.cli import main
from ipmo.cli.shell import ROOMS, TableVerb, ending_of
from ipmo.cli.viewing import View, on_terminal, plain, wrapped
from ipmo.tables import Column, Table

CITY = Path(__file__).resolve().parent.parent / "examples" / "city.yaml"
ROWS = Table(
    [
        Column("item", "str", ["P/a", "Q", "P", "PQ/a", "Q/b"]),
        Column("days", "float", [3.0, None, -1.0, 3.0, 2.0], "d"),
        Column("why", "str", ["", "waits for P/a", "", "late", None]),
    ]
)


def run(*arguments: str, given: bytes | None = None) -> tuple[int, str]:
    found = CliRunner().invoke(main, arguments, input=given)
    return found.exit_code, found.output


def test_rows_of_a_project_are_those_that_name_it_or_something_in_it() -> None:
    assert View(project="P").of(ROWS)["item"] == ("P/a", "P")
    assert View(project="Q").of(ROWS)["item"] == ("Q", "Q/b")
    with pytest.raises(ipmo.ModelError, match="leave out --project"):
        View(project="P").of(ROWS.select("days"))


def test_rows_are_sorted_unknown_last_either_way_and_cut_short_after_that() -> None:
    assert View(sort="days").of(ROWS)["item"] == ("P", "Q/b", "P/a", "PQ/a", "Q")
    assert View(sort="-days", top=3).of(ROWS)["item"] == ("P/a", "PQ/a", "Q/b")
    with pytest.raises(ipmo.OptionError, match="write one of 'item', 'days', 'why'"):
        View(sort="day").of(ROWS)


@given(st.lists(st.none() | st.integers(-5, 5)), st.booleans())
def test_a_table_is_sorted_as_a_stable_sort_of_its_rows(values: list[int | None], descending: bool) -> None:
    table = Table([Column("place", "int", range(len(values))), Column("value", "int", values)])
    known = sorted((one for one in enumerate(values) if one[1] is not None), key=lambda one: one[1] or 0, reverse=descending)
    unknown = [one for one in enumerate(values) if one[1] is None]
    assert [(row["place"], row["value"]) for row in table.sort("value", descending=descending).rows()] == [*known, *unknown]
    groups = table.group("value")
    assert {value: list(rows["place"]) for value, rows in groups.items()} == {
        value: [place for place, other in enumerate(values) if other == value] for value in dict.fromkeys(values)
    }


def test_rows_are_kept_by_values_by_truth_or_by_what_is_said_of_each() -> None:
    assert ROWS.where(days=3.0)["item"] == ("P/a", "PQ/a")
    assert ROWS.where(days=None)["item"] == ("Q",)
    assert ROWS.where(lambda row: row["why"])["item"] == ("Q", "PQ/a")
    assert ROWS.where([True, False, True, True, True], days=3.0)["item"] == ("P/a", "PQ/a")
    with pytest.raises(ipmo.ModelError, match="2 truth values for 5 rows"):
        ROWS.where([True, False])


words = st.text("abc ", max_size=60)


@given(st.lists(st.tuples(words, st.floats(-1e6, 1e6), words), min_size=1, max_size=4), st.integers(50, 140))
def test_on_a_terminal_no_line_is_wider_and_every_word_and_number_is_there(rows: list[tuple[str, float, str]], width: int) -> None:
    kinds = ("str", "float", "str")
    table = Table(Column(f"{name}_of_{kind}", kind, cells) for name, kind, cells in zip("xyz", kinds, zip(*rows, strict=True), strict=True))
    stream = io.StringIO()
    on_terminal(table, table.columns, stream, width)
    lines = stream.getvalue().splitlines()
    assert all(len(line) <= width for line in lines)
    shown = "".join(lines).replace(" ", "")
    for row in rows:
        assert all(letter in shown for letter in (row[0] + row[2]).replace(" ", ""))
        number = plain(Table([Column("y", "float", [row[1]])]), ("y",))[1]
        assert number in stream.getvalue()


def test_columns_that_do_not_fit_follow_below_with_the_first_one_again() -> None:
    wide = Table([Column("item", "str", ["a", "b"]), *(Column(f"figure_{n}", "float", [n + 0.5, 1e9]) for n in range(8))])
    stream = io.StringIO()
    on_terminal(wide, wide.columns, stream, 60)
    text = stream.getvalue()
    assert text.count("item") == 3
    assert all(f"{n}.5" in text for n in range(8))
    assert "\x1b" not in text, "a file is no terminal"


def test_ratings_and_negative_numbers_have_colours_and_shares_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    table = Table(
        [
            Column("item", "str", ["a\x1b[2J"]),
            Column("rag", "str", ["red"]),
            Column("share", "float", [0.5]),
            Column("days", "float", [-2.0]),
        ]
    )
    stream = io.StringIO()
    on_terminal(table, table.columns, stream, 80)
    text = stream.getvalue()
    assert "\x1b[31mred" in text
    assert "\x1b[31m" in text.partition("-2")[0].rpartition("0.5")[2]
    assert "0.5 █████░░░░░" in text
    assert "\x1b[2J" not in text


def table_verbs() -> list[str]:
    return [name for name, verb in main.commands.items() if isinstance(verb, TableVerb)]


@pytest.mark.parametrize("name", table_verbs())
def test_every_verb_with_a_table_can_pick_order_and_cut_its_rows(name: str) -> None:
    options = {option for one in main.commands[name].get_params(click.Context(main.commands[name])) for option in one.opts}
    assert {"--project", "--sort", "--top", "--json"} <= options


def test_what_is_picked_holds_for_json_too() -> None:
    code, text = run("schedule", str(CITY), "--project", "tram", "--sort", "-total_float", "--top", "2", "--json")
    assert code == 0
    assert [row["id"] for row in json.loads(text)["rows"]] == ["tram/track", "tram/design"]
    code, text = run("status", str(CITY), "--project", "tram")
    assert (code, "ticketing" in text.replace("ticketing is red", "")) == (0, False)
    code, text = run("status", str(CITY), "--project", "airport")
    assert "nothing here is about 'airport'" in text  # it is proposed, and has no status
    code, text = run("check", str(CITY), "--project", "depot", "--top", "1")
    assert text.splitlines()[-1].startswith("8 findings, 4 of them errors")
    assert (code, len(text.splitlines())) == (1, 2)
    code, text = run("schedule", str(CITY), "--sort", "floats")
    assert (code, "'floats'" in text, "total_float" in text) == (1, True, True)


OF_ONE = [name for name in table_verbs() if main.commands[name].params[0].metavar == "PORTFOLIO"]


@pytest.mark.parametrize("name", OF_ONE)
def test_a_project_that_is_none_is_an_error_with_the_name_that_is_close(name: str) -> None:
    for more in ((), ("--json",)):
        what = ("--stop", "airport") if name == "scenarios" else ()
        code, text = run(name, str(CITY), "--project", "tramm", *what, *more)
        assert code == 1, text
        assert "'tram'" in text or "leave out --project" in text


def test_hand_overs_gates_and_decisions_of_one_project() -> None:
    code, text = run("links", str(CITY), "--project", "depot")
    assert (code, "depot/supply" in text, "ticketing" in text) == (0, True, False)
    code, text = run("links", str(CITY), "--project", "depot", "--json")
    assert {row["id"] for row in json.loads(text)["rows"]} == {
        one.id for one in ipmo.critical_links(CITY) if "depot" in (one.giver, one.receiver)
    }
    code, text = run("links", str(CITY), "--sort", "-link_float")
    assert text.splitlines()[1].split()[0] == "2"
    code, text = run("gates", str(CITY), "--project", "depot")
    assert [line.split()[0] for line in text.splitlines()] == ["depot/2"]
    code, text = run("gates", str(CITY), "--top", "1", "--json")
    assert len(json.loads(text)["rows"]) == 1
    code, text = run("decisions", str(CITY), "--project", "tram", "--top", "1")
    assert text.startswith("2026-11-20  condition tram/2")
    code, text = run("decisions", str(CITY), "--project", "ticketing")
    assert text == "nothing here is about 'ticketing'\n"
    code, text = run("check", str(CITY), "--project", "tramm")
    assert (code, "close: 'tram'" in text) == (1, True)


def test_the_help_has_every_verb_once_under_what_it_is_for_with_its_whole_sentence() -> None:
    code, text = run("--help")
    assert code == 0
    lines = text.splitlines()
    said = " ".join(text.split())
    for name, verb in main.commands.items():
        assert sum(line.startswith(f"  {name} ") for line in lines) == 1, name
        assert " ".join(verb.get_short_help_str(1000).split()) in said, name
    assert "Begin with: ipmo report PORTFOLIO --open" in said
    heads = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert len(heads) == len(ROOMS) + 1
    assert all(len(line) <= 80 for line in lines)


@given(
    st.lists(st.text("abc :;", min_size=1, max_size=90), min_size=1, max_size=4),
    st.integers(20, 100),
    st.sampled_from(["", "  ", "  1. ", " 12. ", "2026-01-05  "]),
)
def test_lines_break_between_words_and_lose_none(lines: list[str], width: int, lead: str) -> None:
    text = "\n".join(lead + line for line in lines)
    shown = wrapped(text, width)
    assert shown.split() == text.split() or any(len(word) > width - len(lead) for word in text.split())
    assert all(len(line) <= width for line in shown.split("\n"))
    for line in lines:
        whole = lead + line.strip()
        if len(whole) <= width:
            assert wrapped(whole, width) == whole.rstrip() or not whole.strip()


def test_a_portfolio_comes_by_standard_input_whatever_its_format() -> None:
    pf = ipmo.examples.load("commitment")
    as_json = json.dumps(ipmo.to_dict(pf)).encode()
    for data in (CITY.read_bytes(), as_json, b"\xef\xbb\xbfID,Name,Budget\nP1,Roof,3 M GBP\n", b"ID;Name\nP1;Roof\n"):
        code, text = run("read", "-", given=data)
        assert code == 0, text
    code, text = run("check", "-", given=b"ipmo: 1\nportfolio: {id: x}\nprojects:\n  - {id: P, manager: ann}\n")
    assert (code, text) == (1, "-:4:22: projects[0].manager: unknown field 'manager'; write owner:\n")
    assert run("compare", str(CITY), "-", given=CITY.read_bytes())[0] == 0
    code, text = run("compare", "-", "-", given=b"")
    assert (code, "only one of them can come by standard input" in text) == (2, True)
    code, text = run("check", "-", "--json", given=b"{")
    assert json.loads(text[: text.rindex("}") + 1])["findings"][0]["file"] == "-"


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (b"", ".yaml"),
        (b"# a plan, of sorts\nipmo: 1\n", ".yaml"),
        (b"ipmo: 1\n", ".yaml"),
        (b"--- {ipmo: 1, portfolio: {id: x}}\n", ".yaml"),
        (b"\xef\xbb\xbf  {}", ".json"),
        (b'{ "ipmo": 1}', ".json"),
        (b"{ipmo: 1, portfolio: {id: x}}", ".yaml"),
        (b"[1, 2", ".json"),
        (b"PK\x03\x04", ".xlsx"),
        (b"ERMHDR\t19.12\n", ".xer"),
        (b"<?xml version='1.0'?>", ".xml"),
        (b"Project ID,Name\n", ".csv"),
        (b"ID;Name\n", ".csv"),
        (b"ID\tName\n", ".csv"),
    ],
)
def test_the_contents_say_what_a_file_is(data: bytes, ending: str) -> None:
    assert ending_of(data) == ending
