"""The pictures of the gallery, drawn by the library itself: `python docs/gallery/make_gallery.py`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import ipmo
import ipmo.examples
from ipmo.plugin import Figure

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "examples"


def city() -> ipmo.Portfolio:
    return ipmo.read(EXAMPLES / "city.yaml")


def rubin() -> ipmo.Portfolio:
    return ipmo.read(EXAMPLES / "rubin.yaml")


def library() -> ipmo.Portfolio:
    return ipmo.examples.load("library")


PICTURES: dict[str, tuple[str, Callable[[], Figure]]] = {
    "map": ("The map: projects and the few hand-overs that matter", lambda: ipmo.critical_links(city()).plot()),
    "map-of-a-programme": ("The map of a real programme", lambda: ipmo.critical_links(rubin()).plot()),
    "timeline": ("When everything is", lambda: ipmo.schedule(city()).plot()),
    "money": ("What is planned, spent and earned", lambda: ipmo.time_phase(city()).plot()),
    "benefits": ("Benefits by year", lambda: ipmo.benefits(city()).plot()),
    "benefits-map": ("From projects to objectives", lambda: ipmo.benefits(city()).plot("map")),
    "line-of-sight": ("What serves what, alignment included", lambda: ipmo.line_of_sight(city()).plot()),
    "earned": ("The plan, what is earned and spent, and the estimate at completion", lambda: ipmo.earned_value(city()).plot()),
    "status": ("Reported beside computed, and each aspect", lambda: ipmo.status(city()).plot()),
    "levelled": ("Where levelling puts work", lambda: ipmo.level(library()).plot()),
    "fan": ("How sure finishes are", lambda: ipmo.simulate(city(), samples=1000, seed=1).plot("fan")),
    "curve": ("The chance of each finish", lambda: ipmo.simulate(city(), samples=1000, seed=1).plot("curve", "tram/open")),
    "interfaces": ("Who gives to whom", lambda: ipmo.interfaces(rubin()).plot()),
    "risks": ("Risks by probability and impact", lambda: ipmo.risk_exposure(city()).plot()),
}
"""File name to its caption and what draws it."""


def page() -> str:
    """The page with the line that draws each picture."""
    parts = ['# Gallery\n\nDrawn by ipmo itself: one line each, in a notebook or to a file (`.save("name.svg")`, `.png`, `.html`).\n']
    for name, (caption, draw) in PICTURES.items():
        line = inspect.getsource(draw).strip().partition("lambda: ")[2].rstrip("),") + ")"
        said = line.replace("library()", 'ipmo.examples.load("library")')
        said = said.replace("city()", 'ipmo.read("examples/city.yaml")').replace("rubin()", 'ipmo.read("examples/rubin.yaml")')
        parts.append(f"## {caption}\n\n```python\n{said}\n```\n\n![{caption}]({name}.svg)\n")
    return "\n".join(parts)


def main() -> None:
    for name, (_, draw) in PICTURES.items():
        draw().save(HERE / f"{name}.svg")
    (HERE / "index.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
