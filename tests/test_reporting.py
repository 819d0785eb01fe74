"""What the report is made of: it stands for every portfolio, its drawings are to scale, its blocks say what they are given."""

from __future__ import annotations

import html
import itertools
import re
from pathlib import Path
from xml.etree import ElementTree

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

import ipmo
import ipmo.examples
from ipmo.desk import installed
from ipmo.figures.axes import nice_step
from ipmo.figures.columns import Series, columns
from ipmo.figures.svg import Figure
from ipmo.model import Confidence, MoneySettings, Portfolio, Programme, Project, Task
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Cell, Grid, Heading, Paragraph, Scale
from ipmo.reporting.html import PANELS, render
from ipmo.reporting.methods import panel
from ipmo.reporting.tiles import tiles
from ipmo.tables import Column, Table
from ipmo.testing.strategies import portfolios

HOUSE = Path(ipmo.__file__).parent
CODE = re.compile(r'(?:\bfact\(\s*"|"ipmo/)([a-z0-9-]+)"')
"""The code of a finding where the core makes it."""


@settings(max_examples=60, deadline=None)
@given(portfolios(), st.none() | portfolios())
def test_every_portfolio_has_a_report(pf: Portfolio, before: Portfolio | None) -> None:
    text = render(pf, ipmo.check(pf), before=before)
    assert text.startswith("<!doctype html>") or text.lstrip().startswith("<!doctype html>")
    assert "<script" not in text
    labels = re.findall(r'aria-label="([^"]*)"', text)
    assert len(labels) == len(set(labels))  # no two regions of one name


def assessed(projects: int, assessors: int) -> Portfolio:
    """Projects, each with the confidence of one of some assessors."""
    ratings = ("green", "amber", "red")
    return Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-02-02",
        programmes=[Programme(id="T")],
        projects=[
            Project(
                id=f"P{number}",
                programme="T" if number % 2 else None,
                confidence=[
                    Confidence(date="2026-01-09", assessor=f"someone {number % assessors}", scale="dca-3", rating=ratings[number % 3])
                ],
            )
            for number in range(projects)
        ],
    )


def test_many_assessors_share_a_column_and_the_page_grows_no_faster_than_the_projects() -> None:
    cells = []
    for size in (50, 100, 200):
        pf = assessed(size, size)
        before = assessed(size, size)
        text = render(pf, ipmo.check(pf), before=before)
        cells.append(text.count("<td") + text.count("<th"))
    assert cells[2] - cells[1] <= 2.1 * (cells[1] - cells[0])
    shown = [f"someone {number}" for number in range(200)]
    assert all(f">{name}<" in text or f"{name}</" in text for name in shown)  # the latest of each project still says whose it is
    assert "latest confidence" in text
    assert "Shown are 6 of 200 assessors" in text


def test_few_assessors_have_a_column_each() -> None:
    text = render(pf := assessed(12, 3), ipmo.check(pf))
    assert [f"confidence, someone {number}" in text for number in range(4)] == [True, True, True, False]
    assert "latest confidence" not in text
    assert "assessors: those" not in text


def performance(*tasks: Task) -> list[dict[str, str]]:
    """The tiles on cost and schedule performance."""
    money = MoneySettings(currency="GBP")
    pf = Portfolio(id="x", start="2026-01-01", status_date="2026-02-01", money=money, projects=[Project(id="P", tasks=tasks)])
    return [tile for tile in tiles(Answers(pf, ipmo.check(pf))) if "performance" in tile["label"]]


def test_no_index_of_cost_or_schedule_without_a_baseline_and_no_green_on_a_part() -> None:
    done = {"actual_start": "2026-01-05", "actual_finish": "2026-01-30", "actual": "90 GBP"}
    loose = Task(id="a", budget="100 GBP", duration="20 d", **done)
    planned = Task(id="b", budget="100 GBP", duration="20 d", baseline_start="2026-01-05", baseline_finish="2026-01-30", **done)
    blank = Task(id="c", budget="100 GBP", duration="20 d", baseline_start="2026-01-05", baseline_finish="2026-01-30", progress="50 %")
    assert performance(loose) == []  # planned where the schedule has it now: it cannot be late
    (tile,) = performance(planned)
    assert (tile["value"], tile["kind"]) == ("1.11 / 1.00", "good")
    (tile,) = performance(planned, loose)
    assert (tile["kind"], tile["note"]) == ("", "2 of 2 packages known, 1 of them without a baseline")
    (tile,) = performance(planned, blank)
    # of b alone 100 earned of 90 spent; of both 150 earned of 200 planned
    assert (tile["kind"], tile["value"], tile["note"]) == ("bad", "1.11 / 0.75", "1 of 2 packages known, 1 more without actual cost")
    (tile,) = performance(planned, attrs.evolve(blank, progress=1.0))
    assert (tile["kind"], tile["value"]) == ("", "1.11 / 1.00")


def test_the_tile_of_computed_colours_counts_what_is_not_known() -> None:
    """Of the city's three projects at work two are red, and one has no figure that says; proposals are not counted."""
    pf = ipmo.read(Path(__file__).parent.parent / "examples" / "city.yaml")
    (tile,) = (one for one in tiles(Answers(pf, ipmo.check(pf))) if one["label"] == "computed status")
    assert tile["value"] == "■ 2 ▲ 0 ● 0"
    assert tile["note"] == "1 project worse than reported; 1 not known"


def test_a_missing_rate_leaves_the_rest_of_the_report_standing() -> None:
    money = MoneySettings(currency="GBP")
    tasks = [Task(id=name, budget=budget, duration="5 d", category=name) for name, budget in (("a", "3 M GBP"), ("b", "5 M EUR"))]
    pf = Portfolio(id="x", start="2026-01-01", status_date="2026-01-01", money=money, projects=[Project(id="P", tasks=tasks)])
    text = render(pf, ipmo.check(pf))
    assert "1 of 2 known" in text
    assert "3 M GBP" in text
    assert "no rate from EUR to GBP" in text


def test_a_section_with_nothing_to_show_is_not_there() -> None:
    text = render(Portfolio(id="x"), ipmo.check(Portfolio(id="x")))
    shown = re.findall(r'<section aria-labelledby="([a-z]+)"', text)
    assert shown == ["decide", "kept", "hurt", "sure", "timeline", "status", "findings", "method"]
    assert len(PANELS) > len(shown)


@settings(deadline=None)
@given(
    st.lists(st.integers(-(10**9), 10**9).map(lambda n: n / 1000), min_size=1, max_size=30),
    st.lists(st.none() | st.floats(0, 1e6), max_size=30),
)
def test_columns_are_to_scale_and_inside_the_picture(first: list[float], second: list[float | None]) -> None:
    size = max(len(first), len(second))
    one = [*first, *[0.0] * (size - len(first))]
    other = [*second, *[None] * (size - len(second))]
    names = [str(n) for n in range(size)]
    figure = columns(names, [Series(name="a", values=one), Series(name="b", values=other, style="line")], title="T")
    root = ElementTree.fromstring(str(figure.svg))
    grid = [line for line in root.iter("line") if line.get("class") == "grid"]
    top, bottom = min(float(g.get("y1", 0)) for g in grid), max(float(g.get("y1", 0)) for g in grid)
    bars = [rect for rect in root.iter("rect") if rect.get("class") == "plan"][1:]  # the first is the legend's
    values = [value for value in one if value]
    assert len(bars) == len(values)
    for bar, value in zip(bars, values, strict=True):
        y, height = float(bar.get("y", 0)), float(bar.get("height", 0))
        assert top - 0.2 <= y
        assert y + height <= bottom + 1
        if abs(value) == max(map(abs, values)) and height > 2:
            scale = height / abs(value)
            assert all(abs(float(b.get("height", 0)) - abs(v) * scale) < 1.1 for b, v in zip(bars, values, strict=True))


@given(st.floats(1e-6, 1e12), st.integers(2, 10))
def test_steps_of_an_axis_are_few_and_round(span: float, count: int) -> None:
    step = nice_step(span, count)
    assert span / step <= count * (1 + 1e-6)
    assert span / step > count / 3
    assert f"{step:e}"[:3] in ("1.0", "2.0", "2.5", "5.0")


def test_a_drawing_says_what_it_shows_to_those_who_cannot_see_it() -> None:
    figure = columns(["2026", "2027"], [Series(name="budget", values=[1, 4])], unit="M GBP", today=0.5, title="Budget by year")
    assert "budget is largest in 2027 with 4.0 M GBP" in figure.svg
    assert "2027, budget: 4.00 M GBP" in figure.svg
    assert figure.to_svg().startswith("<svg")
    with pytest.raises(ValueError, match="style"):
        Series(name="x", values=[], style="shiny")


def test_a_scale_is_one_unit_for_a_whole_column() -> None:
    scale = Scale.of([None, 250, 1_250_000], "EUR")
    assert (scale.unit, scale.text(250), scale.text(None, "·")) == ("M EUR", "0.00", "·")
    assert Scale.of([], "EUR") == Scale(1, "EUR", 0)
    assert Cell(bar=2).picture == Cell(bar=1).picture  # never outside its cell


def test_every_kind_of_finding_stands_under_the_heading_of_its_check() -> None:
    """Of the core by its own heading, of a method by the rule in one sentence, and never by a code."""
    registry = installed()
    rooms = [
        path.read_text(encoding="utf-8") for room in ("rules", "methods", "files", "analysis") for path in (HOUSE / room).rglob("*.py")
    ]
    codes = {f"ipmo/{slug}" for text in rooms for slug in CODE.findall(text)}
    assert len(codes) > 55
    assert sorted(codes - set(registry.headings)) == []
    assert all(check.heading for check in registry.checks)
    assert registry.headings["mop/conditions"] == "An overdue condition turns a conditional go into a hold"
    pf = ipmo.examples.load("extension")
    text = html.unescape(render(pf, ipmo.check(pf), headings=registry.headings))
    for code in {finding.code for finding in ipmo.check(pf)}:
        assert f"<summary>{registry.headings[code]}" in text


def test_columns_of_a_method_that_are_read_letter_by_letter_stand_in_capitals() -> None:
    table = Table([Column("item", "str", ["a"]), Column("wsjf", "float", [3.8]), Column("cost_of_delay", "float", [2.0], "GBP")])
    page, _ = panel("work", "Work", (table,))
    (grid,) = page.blocks
    assert [head.title for head in grid.heads] == ["item", "WSJF", "cost of delay, GBP"]


def test_tables_of_a_method_say_titles_and_money_as_the_rest_of_the_page_does() -> None:
    titles = {"tram": "Tram line 3", "depot": "Depot power", "board": "Board", "lead": "lead", "tram/open": "Line opens"}
    table = Table(
        [
            Column("project", "str", ["tram", "depot", "lead"]),
            Column("way", "str", ["lead → board", "nobody", "board, tram"]),
            Column("state", "str", ["tram", "late", None]),  # not all of it are items
            Column("waits_for", "str", ["gate tram/open", None, "tram/none"]),
            Column("budget", "float", [12_200_000, 4_200_000.4, None], "GBP"),
            Column("delay", "float", [45_000, 6_000, None], "GBP/w"),
            Column("of_number", "float", [50, 100 / 3, None], "%"),
            Column("days", "int", [1_234, 2, None], "days"),
            Column("score", "float", [54, 47.5, 45]),
            Column("carbon", "float", [2_790.61, 379, 0], "t"),
        ]
    )
    page, _ = panel("work", "Work", ("# Flow of tram/open", "In all 1,234,567.00 GBP for tram/open.", table), titles.get)
    heading, text, grid = page.blocks
    assert isinstance(heading, Heading) and isinstance(text, Paragraph) and isinstance(grid, Grid)
    assert (heading.text, text.text) == ("Flow of Line opens", "In all 1.235 M GBP for Line opens.")
    assert [(row.name, row.under) for row in grid.rows] == [("Tram line 3", "tram"), ("Depot power", "depot"), ("lead", "")]
    assert [head.title for head in grid.heads][4:8] == ["budget, M GBP", "delay, k GBP/w", "of number", "days"]
    columns = [[row.cells[place].text for row in grid.rows] for place in range(9)]
    assert columns == [
        ["lead → Board", "nobody", "Board, Tram line 3"],
        ["tram", "late", ""],
        ["gate Line opens", "", "tram/none"],
        ["12.20", "4.20", ""],
        ["45.00", "6.00", ""],
        ["50.0 %", "33.3 %", ""],
        ["1,234", "2", ""],
        ["54.0", "47.5", "45.0"],
        ["2,791", "379", "0"],
    ]


def test_a_table_right_after_a_figure_of_a_method_is_not_printed_again() -> None:
    table = Table([Column("item", "str", ["t"])])
    page, _ = panel("work", "Work", (table, Figure(svg=Markup("<svg></svg>"), css=""), table, "words", table))
    assert [block.charted for block in page.blocks if isinstance(block, Grid)] == [False, True, False]


def test_a_portfolio_in_which_nothing_has_a_date_has_a_report_that_says_so() -> None:
    pf = Portfolio(id="r21", projects=[Project(id="P")])
    assert ipmo.schedule(pf).finish is None
    text = re.sub(r"<[^>]+>|\s+", " ", render(pf, ipmo.check(pf)))
    assert re.search(r"last finish +not known +1 item has no duration or no dates", text)


@pytest.mark.parametrize(
    ("level", "name"),
    [
        *itertools.product(("project", "programme", "portfolio"), ("budget", "actual", "forecast", "funding")),
        *(("task", name) for name in ("budget", "actual", "forecast")),
        ("nothing", ""),
    ],
)
def test_money_by_period_is_asked_for_where_any_is_stated(monkeypatch: pytest.MonkeyPatch, level: str, name: str) -> None:
    """Whoever states it and whatever it is called: what is asked only then is what is found when it is always asked."""
    money = {name: "10 k GBP"}
    task = Task(id="t", duration="10 d", **(money if level == "task" else {}))
    project = Project(id="P", programme="G", tasks=[task], **(money if level == "project" else {}))
    programme = Programme(id="G", **(money if level == "programme" else {}))
    of_whole = money if level == "portfolio" and name == "funding" else {}
    pf = Portfolio(id="x", start="2026-01-05", status_date="2026-01-12", money=MoneySettings(currency="GBP"), programmes=[programme], projects=[project], **of_whole)  # fmt: skip
    findings = ipmo.check(pf)
    found = Answers(pf, findings).phased
    monkeypatch.setattr(Answers, "_states_money", True)
    asked = Answers(pf, findings).phased
    assert (found is None) is (asked is None)
    assert found is None or asked is None or found.rolls.keys() == asked.rolls.keys()
    assert (found is not None) or level in ("nothing", "portfolio") or name in ("actual", "forecast", "funding")


def test_a_name_turns_no_sentence_around() -> None:
    """Right-to-left names stay as they are; the signs that would turn all text after them do not."""
    hostile = "Tram \u202edeyaled\u2066 \u0645\u0634\u0631\u0648\u0639"
    data = {"id": "P", "name": hostile, "finish": "2026-01-09", "tasks": [{"id": "t", "name": hostile, "duration": "20 d"}]}
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05", "status_date": "2026-01-05"}, "projects": [data]})
    page = render(pf, ipmo.check(pf))
    assert "<strong>Tram deyaled \u0645\u0634\u0631\u0648\u0639</strong> to finish by 2026-01-09, expected 2026-01-30" in page.replace(
        '<span class="day">', ""
    ).replace("</span>", "")
    assert not {"\u202e", "\u2066"} & set(page)


def test_ratings_between_two_colours_have_a_sign_and_a_count() -> None:
    """Five levels (IPA until 2021): amber-red counts as such in the picture, the tile and the first answer."""
    ratings = ("red", "amber-red", "amber-red", "amber", "amber-green", "green")
    projects = [
        {
            "id": f"p{k}",
            "attributes": {"department": "DFT"},
            "confidence": [{"assessor": "IPA", "date": "2021-03-01", "rating": rating, "scale": "dca-5"}],
        }
        for k, rating in enumerate(ratings)
    ] + [{"id": "q", "attributes": {"department": "MOD"}}]
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "start": "2021-01-01", "status_date": "2021-03-31"}, "projects": projects})
    page = render(pf, ipmo.check(pf))
    assert "1 project is rated red; 2 are amber-red; 1 has no rating." in page
    assert "latest rating; 2 amber-red, 1 amber-green; 1 project without one" in page
    assert "1 red, 2 amber-red, 1 amber, 1 amber-green, 1 green" in page
    assert "■ red, ◆ amber-red, ▲ amber, ◆ amber-green, ● green, ○ none of these" in page


def test_a_day_stays_whole_at_the_end_of_a_line() -> None:
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "status_date": "2026-01-05"},
            "projects": [{"id": "P", "name": "<b>P</b>", "finish": "2026-01-09", "tasks": [{"id": "t", "duration": "20 d"}]}],
        }
    )
    page = render(pf, ipmo.check(pf))
    assert 'to finish by <span class="day">2026-01-09</span>, expected <span class="day">2026-01-30</span>' in page
    assert "<b>P</b>" not in page


def test_earned_value_leaves_out_columns_without_a_figure_and_names_them() -> None:
    page = render(ipmo.examples.load("commitment"), ())
    section = page[page.index('id="earned"') :].split("</section>")[0]
    heads = re.findall(r"<th scope=\"col\"[^>]*>([^<]*)</th>", section)
    assert heads[-6:] == ["schedule variance", "SPI", "TCPI", "SPI(t)", "packages known", "with actual cost"]
    assert "Nothing here has a figure for CPI, EAC by CPI, VAC." in section
    rows = re.findall(r"<tr.*?</tr>", section, re.DOTALL)
    assert all(row.count("<td") == len(heads) - 1 for row in rows[1:])
