"""The drawings as they were reviewed, stroke by stroke (`drawn/*.svg`, made for a browser), and what holds for every drawing.

`IPMO_WRITE_SAID=1` writes the files anew; look at each in a browser before it is kept.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.figures.svg import Figure
from ipmo.model import DecisionBody, Office, Portfolio, Programme, Project, Service, Waiver
from ipmo_p3o import OfficeModel, coverage, coverage_map, office_map

DRAWN = Path(__file__).parent / "drawn"
BOARD = DecisionBody(id="board", name="The board", level="portfolio", authority="20 M GBP")
LONG = "Office of change and delivery"
assert len(LONG) == 29


def town(*offices: Office, bodies: tuple[DecisionBody, ...] = (BOARD,), **more: Any) -> Portfolio:
    return Portfolio(id="town", start="2026-01-05", programmes=[Programme(id="T")], offices=offices, bodies=bodies, **more)


def hub(name: str, up: Any = "board", **more: Any) -> Office:
    return Office(id=name, reports_to=up, **{"type": "hub", "permanent": True, **more})


LAYERS = town(
    Office(id="main", name=LONG[:24], type="portfolio", permanent=True, reports_to="board"),
    Office(id="second", name=LONG[:25], type="portfolio", permanent=True, reports_to=["board", "main"]),
    Office(id="spoke", type="programme", host="T", reports_to="second"),
    Office(id="deep", type="project", permanent=False, host="a-project-of-9-digits", reports_to=["low", "spoke"]),
    Office(id="alone", type="hub", permanent=True),
    Office(id="zeal", type="hub", permanent=True, reports_to="main"),
    Office(id="able", type="hub", permanent=True, reports_to="second"),
    bodies=(BOARD, DecisionBody(id="low", level="programme", reports_to="board"), DecisionBody(id="stray", level="project")),
    projects=[Project(id="a-project-of-9-digits")],
)
CIRCLE = town(
    Office(id="a", reports_to="b", type="hub"),
    Office(id="b", name=LONG, reports_to="a", type="centre of excellence", permanent=True, host="T"),
    Office(id="c", type="hub"),
    Office(id="h", name=f"{LONG}s", type="portfolio", reports_to="board"),
    Office(id="i", name=f"{LONG} now", type="programme", host="T", reports_to="h"),
    Office(id="j", type="project", host="T", reports_to=["h", "i", "low"]),
    Office(id="k", type="project", host="T", reports_to="i"),
    bodies=(
        BOARD,
        DecisionBody(id="low", level="programme", reports_to="board", authority="1 M GBP"),
        DecisionBody(id="stray", level="project"),
    ),
)
SERVED = town(
    Office(id="main", type="portfolio", permanent=True, reports_to="board", services=["planning", "risk"]),
    Office(id="spoke", type="programme", host="T", reports_to="main", services=["reporting"]),
    Office(id="other", type="programme", host="T", reports_to="main", services=["Reporting", "a way of counting"]),
    services=[
        Service(id="quality", mode="mandatory", level="project"),
        Service(id="finance", mode="mandatory", level="project"),
        Service(id="unasked", provider=None, owner=None),
        Service(id="waived-only", kind="secretariat", mode="mandatory", consumers=["free"]),
        Service(id="seventeen-letters", mode="mandatory", consumers=["one"]),
        Service(id="eighteen-letters-x", provider="main"),
    ],
    waivers=[
        Waiver(item="free", service="secretariat", reason="a pilot", expires="2030-01-01"),
        Waiver(item="one", service="finance", reason="a pilot", expires="2030-01-01"),
        Waiver(item="alpha", service="finance", reason="a pilot", expires="2030-01-01"),
        Waiver(item="alpha", service="quality", reason="a pilot", expires="2030-01-01"),
    ],
    projects=[
        Project(id="alpha"),
        Project(id="free"),
        Project(id="one", programme="T"),
        Project(id="a-project-whose-id-is-far-too-long", programme="T"),
    ],
)


def drawn(figure: Figure | None) -> str:
    assert figure is not None
    return re.sub(r"(?<=>)(?=<)", "\n", figure.to_svg())


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("layers", lambda: office_map(LAYERS)),
        ("circle", lambda: office_map(CIRCLE)),
        ("services", lambda: coverage_map(coverage(SERVED))),
    ],
)
def test_a_drawing_is_the_one_that_was_reviewed(name: str, draw: Callable[[], Figure | None]) -> None:
    path, found = DRAWN / f"{name}.svg", drawn(draw())
    if os.environ.get("IPMO_WRITE_SAID") == "1":
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8"), "the drawing changed: look at it, then write the file with IPMO_WRITE_SAID=1"


# ------------------------------------------------------------------------------------------------ what holds for every drawing


def numbers(tag: str, *names: str) -> list[float]:
    return [float(re.search(rf' {name}="([^"]+)"', tag)[1]) for name in names]  # type: ignore[index]


def boxes(svg: str) -> list[list[float]]:
    """(left, top, right, bottom) of every box."""
    found = [numbers(tag, "x", "y", "width", "height") for tag in re.findall(r"<rect[^>]*>", svg)]
    return [[x, y, x + wide, y + high] for x, y, wide, high in found]


def frame(svg: str) -> tuple[float, float]:
    return tuple(map(float, re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', svg).groups()))  # type: ignore[union-attr, return-value]


WIDE = town(*(hub(f"h{n}", "h0" if n else "board") for n in range(8)))
FULL_ROW = town(*(hub(f"h{n}", "h0" if n else "board") for n in range(7)))
MANY = town(*(hub(f"o{n:02}", f"o{(n - 1) // 3:02}" if n else "board") for n in range(59)))


@pytest.mark.parametrize("pf", [LAYERS, CIRCLE, WIDE, FULL_ROW, MANY], ids=["layers", "circle", "wide", "full row", "many"])
def test_boxes_of_the_office_map_lie_apart_and_inside_the_frame(pf: Portfolio) -> None:
    svg = drawn(office_map(pf))
    right, bottom = frame(svg)
    found = boxes(svg)
    assert len(found) == len(pf.offices) + len(pf.bodies)
    for x, y, x2, y2 in found:
        assert 0 <= x < x2 <= right
        assert 0 <= y < y2 <= bottom
    for one, other in itertools.combinations(found, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@pytest.mark.parametrize("pf", [LAYERS, CIRCLE], ids=["layers", "circle"])
def test_every_line_of_the_office_map_runs_from_the_edge_of_a_box_to_that_of_another(pf: Portfolio) -> None:
    svg = drawn(office_map(pf))
    found = boxes(svg)

    def touches(x: float, y: float) -> bool:
        return any(
            (left <= x <= right and min(abs(y - top), abs(y - low)) <= 1) or (top <= y <= low and min(abs(x - left), abs(x - right)) <= 1)
            for left, top, right, low in found
        )

    lines = re.findall(r'<path d="([^"]+)" class="edge"', svg)
    assert lines
    for line in lines:
        x, y, *steps = (float(n) for n in re.findall(r"[0-9.]+", line))
        turns = re.findall(r"[VH]", line)
        assert touches(x, y)
        for turn, value in zip(turns, steps, strict=True):
            x, y = (x, value) if turn == "V" else (value, y)
        assert touches(x, y)


def test_six_boxes_a_row_are_drawn_in_layers_and_seven_line_by_line() -> None:
    assert len({top for _, top, *_ in boxes(drawn(office_map(FULL_ROW)))}) == 3, "the board, its office, six below it"
    assert len({top for _, top, *_ in boxes(drawn(office_map(WIDE)))}) == 9, "a line for each"


def test_sixty_boxes_are_drawn_and_sixty_one_are_not() -> None:
    assert len(boxes(drawn(office_map(MANY)))) == 60
    assert office_map(town(*MANY.offices, hub("one-more"))) is None
    assert office_map(town()) is None, "a board without an office makes no map"


def test_services_are_drawn_in_squares_that_fit_forty_rows_and_thirty_six_columns() -> None:
    def served(services: int, projects: int) -> str:
        main = Office(id="main", type="portfolio", permanent=True, reports_to="board", services=[f"s{n:02}" for n in range(services)])
        return drawn(coverage_map(coverage(town(main, projects=[Project(id=f"p{n:02}") for n in range(projects)]))))

    def grid(svg: str) -> tuple[int, int, float]:
        found = boxes(svg)
        assert all(left >= 200 and right <= 1160 for left, _, right, _ in found)
        assert all(top >= 96 and low <= frame(svg)[1] - 34 for _, top, _, low in found)
        for one, other in itertools.combinations(found[:80], 2):
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        return len({top for _, top, *_ in found}), len({left for left, *_ in found}), found[0][2] - found[0][0]

    assert grid(served(2, 39)) == (40, 2, 34), "the portfolio has a row of its own"
    assert grid(served(2, 40)) == (40, 2, 34)
    assert grid(served(36, 1)) == (2, 36, 25)
    assert grid(served(37, 1)) == (2, 36, 25)
    assert grid(served(27, 1)) == (2, 27, 34)
    assert grid(served(28, 1)) == (2, 28, 32)


def test_what_has_most_gaps_stands_first_then_what_is_given_twice() -> None:
    svg = drawn(coverage_map(coverage(SERVED)))
    assert re.findall(r'<text x="10"[^>]*>\n<title>\n?([^<]+)', svg) == [
        "a-project-whose-id-is-far-too-long",
        "one",
        "free",
        "T",
        "town",
        "alpha",
    ]


def test_an_answer_draws_itself_and_says_where_there_is_nothing_to_draw() -> None:
    served = town(Office(id="hub", name="Hub", services=("risk",)), projects=[Project(id="p", name="Depot")])
    assert drawn(coverage(served).plot()).count(">Depot<") == 1
    assert drawn(OfficeModel(LAYERS).plot()) == drawn(office_map(LAYERS))
    for answer in (OfficeModel(town()), coverage(town(projects=[Project(id="p")]))):
        with pytest.raises(ipmo.ModelError):
            answer.plot()
        assert "<svg" not in answer._repr_html_()


def test_nothing_is_drawn_where_no_service_is_asked_or_given() -> None:
    assert coverage_map(coverage(town(projects=[Project(id="p")]))) is None
    assert coverage_map(coverage(town(projects=[Project(id="p")], services=[Service(id="risk")]))) is None


def test_a_picture_opens_in_a_browser_and_is_named_for_readers() -> None:
    picture = office_map(LAYERS)
    assert picture is not None
    assert picture.to_svg().startswith('<svg viewBox="0 0 1160 ')
    assert ".p3o-map rect{" in picture.css
    heat = coverage_map(coverage(SERVED))
    assert heat is not None
    assert ".p3o-heat rect{" in heat.css
