"""The house as a picture and as a list: its layers and rooms, as the import contracts and the modules themselves have them.

python docs/pictures/make_house.py           # writes docs/pictures/house.svg and docs/rooms.md
"""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

from ipmo.figures.svg import Figure, tag

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PYPROJECT = ROOT / "pyproject.toml"
ROOMS = HERE.parent / "rooms.md"

JOBS = {
    "__main__": "python -m ipmo",
    "cli": "the command line",
    "testing": "a kit for plugin authors",
    "examples": "four small portfolios",
    "plugin": "what plugins are made of",
    "changes": "what-if changes",
    "verbs": "take a portfolio or a path",
    "desk": "reads, writes, checks, reports: asks the installed plugins and hands on what they know",
    "installation": "ipmo and its plugins put together",
    "files": "formats in and out",
    "registers": "spreadsheets in and out",
    "standards": "public data standards",
    "reporting": "answers laid out as a page",
    "rules": "ipmo's own checks, one rule each",
    "methods": "what a method declares; which one holds for what; gates; translation",
    "analysis": "answers",
    "change": "what if, what changed and why, what must be decided by when",
    "dependencies": "links, interfaces, single points",
    "control": "status, authority, RAID log, months",
    "resources": "capacity",
    "benefits": "value, attribution, line of sight, cost of delay",
    "money": "roll-ups, periods, earned value, appraisal",
    "dates": "schedule, floats, schedule quality",
    "shapley": "a movement or a value shared out fairly",
    "risk": "simulation, drivers, responses",
    "network": "the engine: compiled, passes, drag, reach",
    "figures": "pictures as SVG",
    "model": "the nouns: portfolio, programme, project, task, gate, risk, benefit, board",
    "findings": "what somebody should look at",
    "memory": "what was computed once",
    "options": "what each option takes",
    "notebooks": "rows as notebooks show them",
    "pages": "a page in a notebook",
    "progress": "how far work has come",
    "tables": "what every table is",
    "cells": "columns in buffers",
    "digits": "how long numbers may be",
    "units": "time, money, effort",
    "emissions": "carbon dioxide equivalent",
    "declared": "what plugins add to the format",
    "atomic": "files old or new as a whole",
    "errors": "what is raised",
    "version": "said once",
    "words": "singular and plural",
    "spelling": "names like a word",
}
"""What each room is for, in the words that fit into its box."""

WIDE, LEFT, GAP, ROW, PAD = 940, 20, 8, 46, 10
CSS = """
.house text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.house .job{font-size:11px;fill:var(--quiet)}.house .name{font-weight:600}
.house rect{fill:var(--paper);stroke:var(--line)}.house .layer{fill:var(--band);stroke:none}.house .wing{stroke:var(--plan);stroke-dasharray:5 4}
"""


def layers(container: str) -> list[list[str]]:
    """The layers of a room, from the top down, each with the rooms that stand side by side in it."""
    contracts = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    found = next(one["layers"] for one in contracts if container in one.get("containers", ()))
    return [[room.strip(" ()") for room in layer.split("|")] for layer in found]


def box(name: str, x: float, y: float, width: float, height: float = ROW - GAP) -> list[object]:
    """A room with its job."""
    text = [tag("text", name, x=x + PAD, y=y + 16, class_="name"), tag("text", JOBS[name], x=x + PAD, y=y + 31, class_="job")]
    return [tag("rect", x=x, y=y, width=round(width, 1), height=height, rx=4), *text]


def row(rooms: list[str], x: float, y: float, width: float) -> list[object]:
    """Rooms side by side, as wide as their words need."""
    needs = [max(len(JOBS[room]) * 5.9, len(room) * 8.2) + 2 * PAD for room in rooms]
    spare = (width - GAP * (len(rooms) - 1) - sum(needs)) / len(rooms)
    parts: list[object] = []
    for room, need in zip(rooms, needs, strict=True):
        parts += box(room, round(x, 1), y, need + spare)
        x += need + spare + GAP
    return parts


def house() -> Figure:
    """All of it: higher layers may import lower ones, and no other way."""
    parts: list[object] = []
    y, inner = 34.0, WIDE - 2 * LEFT
    parts.append(
        tag("text", "Higher layers import lower ones; data walks file, portfolio, network, answer, report.", x=LEFT, y=20, class_="job")
    )
    doors = (
        "p3o, mop, agile, yours: come in by ipmo, ipmo.plugin, ipmo.changes, ipmo.model, ipmo.figures and ipmo.testing, and know no other"
    )
    parts.append(tag("rect", x=LEFT, y=y, width=inner, height=ROW - GAP, rx=4, class_="wing"))
    parts.append(tag("text", "plugins", x=LEFT + PAD, y=y + 16, class_="name"))
    parts.append(tag("text", doors, x=LEFT + PAD, y=y + 31, class_="job"))
    y += ROW
    for rooms in layers("ipmo"):
        if rooms == ["analysis"]:
            storeys = layers("ipmo.analysis")
            height = ROW * len(storeys) + 26
            parts.append(tag("rect", x=LEFT, y=y, width=inner, height=height, rx=6, class_="layer"))
            parts.append(tag("text", "analysis", x=LEFT + PAD, y=y + 17, class_="name"))
            parts.append(tag("text", "from a portfolio to a frozen answer that explains itself", x=LEFT + 80, y=y + 17, class_="job"))
            for place, storey in enumerate(storeys):
                parts += row(storey, LEFT + PAD, y + 26 + place * ROW, inner - 2 * PAD)
            y += height + GAP
        else:
            parts += row(rooms, LEFT, y, inner)
            y += ROW
    height = y + 4
    title = tag("title", "The rooms of ipmo by layer", id="house-t")
    svg = tag(
        "svg",
        title,
        *parts,
        viewBox=f"0 0 {WIDE} {height:.0f}",
        role="img",
        aria_labelledby="house-t",
        class_="house",
    )
    return Figure(svg=svg, css=CSS)


def job(module: Path) -> str:
    """The first sentence of a module."""
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def listing() -> str:
    """Every module, room by room, with the sentence that it says of itself."""
    source = ROOT / "src" / "ipmo"
    lines = ["# Rooms", "", "Every module with its first sentence; `python docs/pictures/make_house.py` writes this page.", ""]
    folders = sorted({path.parent for path in source.rglob("*.py")}, key=lambda folder: folder.relative_to(source).parts)
    for folder in folders:
        name = ".".join(("ipmo", *folder.relative_to(source).parts))
        lines += [f"## {name}", "", job(folder / "__init__.py"), ""]
        modules = [path for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]
        lines += [f"* `{path.stem}`: {job(path)}" for path in modules]
        lines += [""] if modules else []
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    house().save(HERE / "house.svg")
    ROOMS.write_text(listing(), encoding="utf-8")
