"""Simulations as Altair charts, and pictures as dots without a browser: what they hold is what the answers say."""

from __future__ import annotations

import struct
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import ipmo
from ipmo.errors import IpmoError, MissingExtraError, OptionError
from ipmo.figures import png
from ipmo.figures.svg import PALETTE
from ipmo.units import moment

pytest.importorskip("altair")
pytest.importorskip("vl_convert")


@pytest.fixture(scope="module")
def sure() -> ipmo.Simulation:
    plan = {
        "ipmo": 1,
        "portfolio": {"id": "city", "start": "2026-01-05", "money": {"currency": "GBP"}},
        "projects": [
            {
                "id": "tram",
                "finish": "2026-05-29",
                "tasks": [
                    {
                        "id": "design",
                        "duration": {"low": "40 d", "likely": "50 d", "high": "90 d"},
                        "budget": {"low": "1 M GBP", "likely": "1.2 M GBP", "high": "2 M GBP"},
                    },
                    {"id": "track", "after": "design", "duration": {"low": "20 d", "likely": "30 d", "high": "60 d"}},
                ],
                "risks": [
                    {
                        "id": "water",
                        "before": {"probability": 0.3, "impacts": [{"target": "tram/track", "delay": "10 d", "cost": "80 k GBP"}]},
                        "after": {"probability": 0.1},
                        "response": "reduce",
                        "response_cost": "5 k GBP",
                    }
                ],
            }
        ],
    }
    return ipmo.simulate(ipmo.from_dict(plan), samples=500, seed=1)


def layers(sure: ipmo.Simulation, kind: Any, item: str | None = None) -> list[list[dict[str, Any]]]:
    """The rows that each layer of a chart draws."""
    drawn = sure.chart(kind, item).to_dict()
    found = drawn["datasets"]
    views = drawn.get("vconcat", [drawn])
    return [found[(layer.get("data") or view["data"])["name"]] for view in views for layer in view["layer"]]


def at(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp.removesuffix("Z"))


def test_a_curve_holds_the_percentiles_and_what_is_stated(sure: ipmo.Simulation) -> None:
    dates, stated, _, costs, plan, _ = layers(sure, "curve", "tram")
    finish, cost = sure.finish("tram"), sure.cost("tram")
    assert len(dates) == len(costs) == 166  # every third of 500 samples
    for row in dates:
        assert at(row["x"]) == moment(finish.instant(100 * row["chance"]))
        assert row["said"] == str(finish.p(100 * row["chance"]))
    assert [row["x"] for row in costs] == [float(cost.p(100 * row["chance"]).amount) for row in costs]
    assert finish.sure is not None
    assert [row["what"] for row in stated] == [f"schedule {finish.planned_day}", f"committed 2026-05-29: {finish.sure:.0%}"]
    assert [row["bad"] for row in stated] == [False, finish.sure < 0.8]
    assert [row["x"] for row in plan] == [1_200_000]


def test_a_fan_holds_bands_medians_and_commitments(sure: ipmo.Simulation) -> None:
    bands, points = layers(sure, "fan")
    finish = sure.finish("tram")
    mine = {row["samples"]: (row["from"], row["to"]) for row in bands if row["item"] == "tram"}
    assert mine == {
        f"{inside} %": (str(finish.p(low)), str(finish.p(high))) for inside, low, high in ((90, 5, 95), (80, 10, 90), (50, 25, 75))
    }
    said = {row["what"]: row["day"] for row in points if row["item"] == "tram"}
    assert said == {"P50": str(finish.p(50)), "schedule": str(finish.planned_day), "committed": "2026-05-29"}


def test_date_and_cost_causes_and_responses_are_those_of_the_tables(sure: ipmo.Simulation) -> None:
    dots, front, due, plan = layers(sure, "joint", "tram")
    both = sure.joint("tram")
    assert [row["cost"] for row in dots] == list(both.costs.samples)
    assert [at(row["date"]) for row in dots] == list(both.dates.samples)
    assert [(row["day"], row["cost"]) for row in front] == [(str(pair.date), float(pair.cost.amount)) for pair in both.frontier(70)]
    assert (at(due[0]["date"]), plan[0]["cost"]) == (datetime(2026, 5, 30), 1_200_000)
    every = sure.drivers("tram", 80)
    found = every.where(lambda row: row["kind"] != "cost estimate")
    dear, _ = layers(sure, "cost tornado", "tram")
    assert sorted(row["value"] for row in dear) == sorted(every["cost"])
    bars, _ = layers(sure, "tornado", "tram")
    assert [row["value"] for row in bars] == list(found["days"])
    worth = sure.responses("tram", 80)
    bars, _ = layers(sure, "responses", "tram")
    assert [(row["name"], row["value"]) for row in bars] == [("tram/water (reduce)", float(worth["net"][0]))]


def test_charts_are_saved_without_a_browser_or_a_network(sure: ipmo.Simulation, tmp_path: Path) -> None:
    target = tmp_path / "responses.svg"
    sure.chart("responses", "tram").save(str(target))
    assert "water (reduce)" in "".join(ElementTree.parse(target).getroot().itertext())


def test_what_a_chart_needs_is_said(sure: ipmo.Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OptionError, match="fan"):
        sure.chart("pie")  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "altair", None)
    monkeypatch.delitem(sys.modules, "ipmo.analysis.risk.charts")
    monkeypatch.delattr("ipmo.analysis.risk.charts")
    with pytest.raises(MissingExtraError, match=r"a chart to work on needs Altair; try: pip install 'ipmo\[charts\]'"):
        sure.chart("fan")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["fan", "curve", "tornado", "joint", "responses"])
def test_a_theme_that_stays_names_no_colour(sure: ipmo.Simulation, kind: Any, theme: Any) -> None:
    """PowerPoint, Word and Inkscape know no custom properties, and would draw black on black."""
    drawn = sure.plot(kind, "tram").to_svg(theme=theme)
    assert "var(" not in drawn
    assert "prefers-color-scheme" not in drawn
    paper = next(iter(ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}rect")))
    assert paper.get("fill") == PALETTE["paper"][theme == "dark"]


@pytest.mark.parametrize("name", ["var(--evil)", "var(--ink)", "<b>var(--paper)</b>"])
def test_a_name_like_a_colour_stays_a_name(name: str) -> None:
    plan = {
        "ipmo": 1,
        "portfolio": {"id": "x", "start": "2026-01-05"},
        "projects": [{"id": "p", "name": name, "tasks": [{"id": "t", "duration": "5 d"}]}],
    }
    drawn = ipmo.schedule(ipmo.from_dict(plan)).plot().to_svg(theme="dark")
    assert name in "".join(ElementTree.fromstring(drawn).itertext())


def test_a_png_needs_no_browser(sure: ipmo.Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IPMO_CHROMIUM", raising=False)
    monkeypatch.setattr(png.shutil, "which", lambda _: None)
    figure = sure.plot("curve", "tram")
    light, dark = (figure.save(tmp_path / f"{theme}.png", theme=theme).read_bytes() for theme in ("light", "dark"))
    assert struct.unpack(">II", light[16:24]) == tuple(2 * side for side in figure.size)
    assert light != dark
    with pytest.raises(OptionError, match="reader"):
        figure.save(tmp_path / "a.svg", theme="blue")  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(IpmoError, match=r"neither is installed; try: pip install 'ipmo\[charts\]'"):
        figure.to_png()
