"""The map of a portfolio: what is drawn is what the answers say, nothing is lost, and it stays readable."""

from __future__ import annotations

import pickle
import random
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
import ipmo.examples
from ipmo.figures.signs import ORDER, signs
from ipmo.network.losses import losses

SVG = "{http://www.w3.org/2000/svg}"


def made(count: int, seed: int = 1) -> ipmo.Portfolio:
    """Projects with hand-overs between them, benefits and objectives."""
    draw = random.Random(seed)
    pairs = sorted({tuple(sorted(draw.sample(range(count), 2))) for _ in range(count * 2)}) if count > 1 else []
    data: dict[str, Any] = {
        "ipmo": 1,
        "portfolio": {"id": "big", "name": "Big", "start": "2026-01-05", "status_date": "2026-06-01", "money": {"currency": "GBP"}},
        "programmes": [{"id": f"G{k}", "name": f"Programme {k}"} for k in range(max(count // 20, 1))],
        "projects": [
            {
                "id": f"P{k}",
                "name": f"Project <{k}>",
                "programme": f"G{draw.randrange(max(count // 20, 1))}",
                "status": [{"date": "2026-05-01", "rag": draw.choice(["red", "amber", "green"])}] if draw.random() < 0.8 else [],
                "tasks": [
                    {"id": "a", "duration": f"{draw.randint(10, 60)} d"},
                    {"id": "b", "duration": f"{draw.randint(10, 90)} d", "after": "a"},
                ],
            }
            for k in range(count)
        ],
        "links": [{"from": f"P{a}/a", "to": f"P{b}/b"} | ({"needed": "2026-03-01"} if draw.random() < 0.1 else {}) for a, b in pairs],
        "benefits": [
            {
                "id": f"b{k}",
                "enabled_by": [f"P{draw.randrange(count)}/b"],
                "value": f"{draw.randint(50, 900)} k GBP per year",
                "lasts": "5 years",
            }
            for k in range(max(count // 6, 1))
        ],
        "objectives": [{"id": f"o{k}"} for k in range(3)],
        "contributions": [{"from": f"b{k}", "to": f"o{k % 3}", "share": "10 %"} for k in range(max(count // 6, 1))],
    }
    return ipmo.from_dict(data)


def test_the_map_of_the_city_says_what_its_answers_say() -> None:
    pf = ipmo.read("examples/city.yaml")
    links = ipmo.critical_links(pf)
    found = links.map()
    given = [row for row in found.rows if row.kind == "hand-over"]
    assert [(row.rank, row.source, row.target, row.item) for row in given] == [
        (1, "ticketing", "tram", "ticketing/validators"),
        (2, "depot", "tram", "depot/supply"),
    ]
    for row, over in zip(given, links.hand_overs, strict=True):
        loss = links.loss(over.first)
        assert row.loss == (None if loss is None else float(loss.amount))
        assert row.float == over.commitment_float
    assert [(row.source, row.target) for row in found.rows if row.kind == "benefit"] == [("tram", "fares"), ("ticketing", "no-paper")]
    worth = {name: float(amount) for name, amount in links.stakes.worth.items()}
    known = losses(pf)
    for row in (row for row in found.rows if row.kind == "benefit"):
        assert row.loss == pytest.approx(worth[row.target] * known.without(row.source)[row.target])
    assert found.lost["ticketing"] == pytest.approx(sum(worth.values()))  # both benefits need its validators
    assert found.projects.index("ticketing") < found.projects.index("tram")
    assert len(found.table()) == len(found.rows) == len(found)
    assert pickle.loads(pickle.dumps(found)).rows == found.rows


@pytest.mark.parametrize("count", [1, 5, 40, 200])
def test_every_project_stands_on_it_once_and_it_stays_readable(count: int) -> None:
    pf = made(count)
    found = ipmo.critical_links(pf).map()
    listed = [*found.projects, *(name for _, names in found.others for name in names)]
    assert sorted(listed) == sorted(project.id for project in pf.projects)
    assert len(found.projects) <= 16
    assert {name for row in found.rows for name in (row.source, row.target)} <= {*found.projects, *found.effects, *found.objectives}
    figure = found.plot()
    again = ipmo.critical_links(made(count)).map().plot()
    assert figure.to_svg() == again.to_svg()
    root = ET.fromstring(figure.to_svg())
    width, height = figure.size
    boxes = [one for one in root.iter(f"{SVG}rect") if "box" in one.get("class", "")]
    assert len(boxes) == len(found.projects) + len(found.effects) + len(found.objectives)
    corners = [(float(one.get("x", 0)), float(one.get("y", 0)), float(one.get("width", 0)), float(one.get("height", 0))) for one in boxes]
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in corners)
    for one, (x, y, w, h) in enumerate(corners):
        assert not any(x < a + c and a < x + w and y < b + d and b < y + h for a, b, c, d in corners[one + 1 :])
    hidden = sum(len(names) for _, names in found.others)
    drawn = sum(
        len(re.findall("M", one.get("d", ""))) for one in root.iter(f"{SVG}path") if one.get("class") in ("bad", "warn", "good", "none")
    )
    assert drawn == hidden + sum(project.status != () for project in pf.projects if project.id in found.projects)


@given(st.lists(st.sampled_from([*ORDER, "blue"]), min_size=1, max_size=120), st.integers(14, 400))
def test_a_sign_each_in_lines_that_fit(colours: list[str | None], width: int) -> None:
    drawn, high = signs(colours, 5, 7, width)
    places = [tuple(map(float, pair)) for one in drawn for pair in re.findall(r"M([\d.]+) ([\d.]+)", str(one))]
    assert len(places) == len(colours)
    assert all(5 <= x <= 5 + width and 7 <= y <= 7 + high for x, y in places)


def test_of_very_many_a_sign_stands_for_several() -> None:
    drawn, _ = signs(["red"] * 1001, 0, 0, 900)
    assert str(drawn[0]).count("M") == 334  # 1,001 by 3
    assert "1001 red" in str(drawn[0])


def test_a_portfolio_without_links_and_benefits_has_an_empty_map() -> None:
    found = ipmo.critical_links(ipmo.examples.load("library").evolve(links=[], benefits=[], outcomes=[], contributions=[])).map()
    assert [row.kind for row in found.rows if row.kind != "objective"] == []
    assert ET.fromstring(found.plot().to_svg()).tag == f"{SVG}svg"


def test_what_is_late_stands_whole_in_its_box_and_the_amount_beside_the_name() -> None:
    drawn = ipmo.critical_links(ipmo.read("examples/city.yaml")).map().plot().to_svg()
    assert "to 2027-10-29; 1 missed</text>" in drawn
    assert "19.5 M</text>" in drawn
