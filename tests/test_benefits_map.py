"""The benefits map: every arrow of the model is drawn, none behind a box, boxes apart; and the layers below it."""

from __future__ import annotations

import itertools
import pickle
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
import ipmo.examples
from ipmo.errors import ModelError, OptionError
from ipmo.figures.benefits_map import MapNode, MapWay, drawn_map
from ipmo.figures.layers import apart, layered
from ipmo.figures.svg import Figure
from ipmo.model.benefits_map import benefits_map

SVG = "{http://www.w3.org/2000/svg}"


def marked(figure: Figure, kind: str) -> list[ET.Element]:
    return [one for one in ET.fromstring(figure.to_svg()).iter() if kind in one.get("class", "").split()]


def texts(figure: Figure) -> list[str]:
    return [one.text or "" for one in ET.fromstring(figure.to_svg()).iter(f"{SVG}text")]


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12), st.lists(st.floats(1, 30), min_size=12, max_size=12), st.floats(0, 200))
def test_between_two_ends_they_stand_as_near_as_they_can(wanted: list[float], sizes: list[float], spare: float) -> None:
    sizes = sizes[: len(wanted)]
    low = -100.0
    high = low + sum((a + b) / 2 for a, b in itertools.pairwise(sizes)) + spare
    found = apart(wanted, sizes, low, high)
    assert low - 1e-6 <= found[0]
    assert found[-1] <= high + 1e-6
    for (a, b), (one, other) in zip(itertools.pairwise(found), itertools.pairwise(sizes), strict=True):
        assert b - a >= (one + other) / 2 - 1e-6
    best = list(found)
    for _ in range(60):  # no run of them can be moved for less, by whatever it would like and can
        for n in range(len(best)):
            for end in range(n + 1, len(best) + 1):
                step = sum(w - y for w, y in zip(wanted[n:end], best[n:end], strict=True)) / (end - n)
                floor = low - best[0] if n == 0 else best[n - 1] + (sizes[n - 1] + sizes[n]) / 2 - best[n]
                roof = high - best[-1] if end == len(best) else best[end] - (sizes[end - 1] + sizes[end]) / 2 - best[end - 1]
                step = min(max(step, floor), roof)
                best[n:end] = [y + step for y in best[n:end]]
    assert (
        sum((a - b) ** 2 for a, b in zip(found, wanted, strict=True)) <= sum((a - b) ** 2 for a, b in zip(best, wanted, strict=True)) + 1e-3
    )


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12), st.lists(st.floats(1, 30), min_size=12, max_size=12))
def test_boxes_stand_apart_and_as_near_as_they_can(wanted: list[float], sizes: list[float]) -> None:
    sizes = sizes[: len(wanted)]
    found = apart(wanted, sizes)
    for (a, b), (one, other) in zip(itertools.pairwise(found), itertools.pairwise(sizes), strict=True):
        assert b - a >= (one + other) / 2 - 1e-6
    cost = sum((a - b) ** 2 for a, b in zip(found, wanted, strict=True))
    for n in range(len(found)):  # no box and no run of boxes can be moved for less
        for end in range(n + 1, len(found) + 1):
            for step in (-0.5, 0.5):
                moved = [y + step if n <= place < end else y for place, y in enumerate(found)]
                fits = all(
                    b - a >= (p + q) / 2 - 1e-9 for (a, b), (p, q) in zip(itertools.pairwise(moved), itertools.pairwise(sizes), strict=True)
                )
                if fits:
                    assert sum((a - b) ** 2 for a, b in zip(moved, wanted, strict=True)) >= cost - 1e-6


maps = st.integers(0, 2**32 - 1)


def drawn(seed: int) -> tuple[dict[str, int], list[tuple[str, str]]]:
    import random

    chance = random.Random(seed)
    columns = {f"n{n}": chance.randrange(4) for n in range(chance.randrange(1, 25))}
    pairs = [(a, b) for a in columns for b in columns if columns[a] < columns[b] and chance.random() < 0.25]
    return columns, pairs


@given(maps)
def test_no_arrow_passes_behind_a_box(seed: int) -> None:
    columns, pairs = drawn(seed)
    at, routes = layered(columns, pairs, 40, 9)
    for column in set(columns.values()):
        boxes = [at[name] for name, place in columns.items() if place == column]
        assert all(b - a >= 40 - 1e-6 for a, b in itertools.pairwise(sorted(boxes)))
        used = range(min(columns.values()), max(columns.values()))
        for (source, target), heights in routes.items():
            passed = [place for place in used if columns[source] < place < columns[target]]
            assert len(passed) == len(heights)
            for place, height in zip(passed, heights, strict=True):
                if place == column:
                    assert all(abs(height - y) >= 24.5 - 1e-6 for y in boxes)
    assert min(at.values()) >= 20 - 1e-6


@given(maps)
def test_every_arrow_begins_and_ends_at_its_boxes(seed: int) -> None:
    columns, pairs = drawn(seed)
    nodes = [MapNode(id=name, name=name, column=place) for name, place in columns.items()]
    figure = drawn_map(["a", "b", "c", "d"], nodes, [MapWay(source=a, target=b, note=f"{a}>{b}") for a, b in pairs], title="t")
    boxes = {
        (one.find(f"{SVG}title").text or ""): (
            float(one.get("x", 0)),
            float(one.get("y", 0)),
            float(one.get("width", 0)),
            float(one.get("height", 0)),
        )  # type: ignore[union-attr]
        for one in marked(figure, "box")
    }
    width, height = figure.size
    assert all(x >= 0 and x + wide <= width and y >= 0 and y + high <= height for x, y, wide, high in boxes.values())
    found = {}
    for one in marked(figure, "way"):
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", one.get("d", ""))]
        found[(one.find(f"{SVG}title").text or "")] = numbers[:2], numbers[-2:]  # type: ignore[union-attr]
    assert set(found) == {f"{a}>{b}" for a, b in pairs}
    for a, b in pairs:
        begin, end = found[f"{a}>{b}"]
        x, y, wide, high = boxes[a]
        assert begin == pytest.approx([x + wide, y + high / 2], abs=0.2)
        x, y, wide, high = boxes[b]
        assert end == pytest.approx([x, y + high / 2], abs=0.2)


def test_every_way_of_the_model_is_an_arrow_with_its_days_and_money() -> None:
    pf = ipmo.read("examples/city.yaml")
    figure = ipmo.benefits(pf).plot("map")
    graph = benefits_map(pf)
    arrows = {(graph.initiative(way.source) or way.source, way.target) for ways in graph.into.values() for way in ways}
    assert len(marked(figure, "way")) == len(arrows)
    said = texts(figure)
    assert {"Fares from new riders", "from 2027-10", "Every district within 30 minutes", "benefits, GBP"} <= set(said)
    value = ipmo.benefits(pf)["fares"].npv
    assert value is not None
    assert f"{float(value.amount) / 1e6:.3g} M" in said
    assert any(
        "gives part of Every district within 30 minutes (60%)" in (one.text or "")
        for one in ET.fromstring(figure.to_svg()).iter(f"{SVG}title")
    )


def test_the_line_of_sight_draws_what_serves_what_and_names_what_serves_nothing() -> None:
    pf = ipmo.read("examples/city.yaml").evolve()
    found = ipmo.line_of_sight(pf)
    figure = found.plot()
    assert len(marked(figure, "aligned")) == len({pair for pair in found.aligned if pair[0] in found.projects})
    assert pickle.loads(pickle.dumps(found)).plot().to_svg() == figure.to_svg()
    with pytest.raises(ModelError, match="no benefit and no objective"):
        ipmo.line_of_sight(ipmo.read("examples/rubin.yaml")).plot()
    with pytest.raises(OptionError):
        ipmo.benefits(pf).plot("tree")  # type: ignore[arg-type]


def large(count: int) -> ipmo.Portfolio:
    plain: dict[str, Any] = {
        "ipmo": 1,
        "portfolio": {"id": "big", "start": "2026-01-05", "status_date": "2026-01-05", "money": {"currency": "GBP"}},
        "projects": [{"id": f"P{n}", "tasks": [{"id": "t", "duration": f"{50 + n} d"}]} for n in range(count // 2 + 1)],
        "objectives": [{"id": "aim", "name": "The aim"}, {"id": "lost", "name": "Served by nobody"}],
        "benefits": [
            {"id": f"b{n}", "enabled_by": [f"P{n // 2}/t"], "value": f"{n + 1} k GBP", "planned_start": "2026-02-01"} for n in range(count)
        ],
        "contributions": [{"from": f"b{n}", "to": "aim", "share": 0.5 / count} for n in range(count)],
    }
    return ipmo.from_dict(plain)


def test_of_many_benefits_those_worth_most_are_drawn_and_the_others_counted() -> None:
    figure = ipmo.benefits(large(80)).plot("map")
    told = " ".join(texts(figure))
    assert "20 benefits worth less" in told
    names = {one.text for one in ET.fromstring(figure.to_svg()).iter(f"{SVG}title")}
    assert any((name or "").startswith("b79") for name in names)
    assert not any((name or "") == "b19" or (name or "").startswith("b19;") for name in names)
    assert len(marked(figure, "loose")) == 1  # the objective that nobody serves
    assert len(marked(figure, "late")) > 60  # benefits and the arrows to them
    small = ipmo.benefits(large(5)).plot("map")
    assert any("d late" in text for text in texts(small))
    assert "Not drawn" not in " ".join(texts(small))
