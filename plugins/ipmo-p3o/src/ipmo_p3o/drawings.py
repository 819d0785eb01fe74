"""Pictures of the office model: the office map, and the heat map of services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from ipmo.figures.svg import Figure, tag, wrapped
from ipmo.model import DecisionBody, Office
from ipmo.plugin import counted
from ipmo_p3o.catalogue import CATALOGUE
from ipmo_p3o.fields import is_temporary

__all__ = ["Covered", "Offices", "Served", "coverage_map", "offices_drawn"]

WIDTH = 1160
BOX, HIGH, GAP, ROW = 172, 46, 14, 86
LETTER, LINE = 6.2, 14
"""What a letter of a title takes, and how much higher boxes are where one takes two lines."""
UNNAMED: Mapping[str, str] = MappingProxyType({})
MOST = 60
"""More boxes than that make no picture: the table of reporting lines says it then."""

MAP_CSS = """
.p3o-map text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.p3o-map .small{fill:var(--quiet);font-size:10.5px}.p3o-map .level{fill:var(--quiet);font-size:11px}
.p3o-map rect{fill:var(--paper);stroke:var(--ink);stroke-width:1.2}.p3o-map .body{fill:var(--band);stroke:var(--plan);stroke-width:2}
.p3o-map .temporary{stroke-dasharray:6 4}.p3o-map .initiative{fill:none;stroke:var(--line)}
.p3o-map .edge{fill:none;stroke:var(--done);stroke-width:1.4}.p3o-map .serves{stroke:var(--line)}
.p3o-map .dead{stroke:var(--bad);stroke-width:2}.p3o-map .lost{stroke:var(--bad);stroke-width:2}.p3o-map .note{fill:var(--bad);font-size:11px}
"""
HEAT_CSS = """
.p3o-heat text{font:11.5px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.p3o-heat .small{fill:var(--quiet);font-size:11px}.p3o-heat rect{stroke:var(--line);fill:none}
.p3o-heat .given{fill:var(--good);fill-opacity:.22}.p3o-heat .gap{fill:var(--bad)}.p3o-heat .overlap{fill:var(--warn);fill-opacity:.35}
.p3o-heat .waived{fill:var(--band)}.p3o-heat .sign{text-anchor:middle;font-weight:600}.p3o-heat .sign.on{fill:var(--paper)}
"""
SIGNS = {"given": "✓", "gap": "✗", "overlap": "2", "waived": "w", "": ""}


class Offices(Protocol):
    """Offices and boards, and who reports to whom."""

    @property
    def offices(self) -> Mapping[str, Office]:
        """Offices by id."""

    @property
    def bodies(self) -> Mapping[str, DecisionBody]:
        """Boards by id."""

    @property
    def tops(self) -> tuple[str, ...]:
        """Boards at which lines end."""

    def ups(self, name: str, /) -> tuple[str, ...]:
        """What stands directly above one."""


class Served(Protocol):
    """One service for one initiative."""

    @property
    def state(self) -> str:
        """gap, overlap, given, waived or empty."""

    @property
    def providers(self) -> tuple[str, ...]:
        """Who gives it."""

    @property
    def gap(self) -> bool:
        """Mandatory and given by nobody."""

    @property
    def overlap(self) -> bool:
        """Given by several without a split."""


class Covered(Protocol):
    """Services by initiative."""

    @property
    def initiatives(self) -> tuple[str, ...]:
        """Their ids."""

    @property
    def services(self) -> tuple[str, ...]:
        """Their names in the catalogue."""

    @property
    def gaps(self) -> Sequence[Served]:
        """What nobody gives."""

    @property
    def overlaps(self) -> Sequence[Served]:
        """What several give."""

    def __getitem__(self, key: tuple[str, str], /) -> Served: ...


def _short(text: str, most: int = 24) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _levels(model: Offices) -> dict[str, int]:
    """How many steps each office and board is below the top, at most; circles end where they close."""
    names = [*model.bodies, *model.offices]
    depth = dict.fromkeys(names, 0)
    for _ in names:
        moved = False
        for name in names:
            wanted = max((depth[up] + 1 for up in model.ups(name)), default=0)
            if wanted > depth[name] and wanted < len(names):
                depth[name], moved = wanted, True
        if not moved:
            break
    return depth


def offices_drawn(model: Offices) -> Figure | None:
    """Bodies and offices in layers under the board; None when there are too many, or none: see `office_map`."""
    if not model.offices or len(model.offices) + len(model.bodies) > MOST:
        return None
    depth = _levels(model)
    layers: dict[int, list[str]] = {}
    for name, level in depth.items():
        layers.setdefault(level, []).append(name)
    if max(map(len, layers.values())) > (WIDTH + GAP) // (BOX + GAP) or _circling(model):
        return _outline(model)
    order: dict[str, float] = {}
    rows: list[list[str]] = []
    for level in sorted(layers):
        names = sorted(layers[level], key=lambda name: (min((order[up] for up in model.ups(name) if up in order), default=0.0), name))
        rows.append(names)
        order |= {name: place / max(len(names), 1) for place, name in enumerate(names)}
    titles = {name: wrapped(_said(model, name)[0], BOX - 20, LETTER) for name in depth}
    more = LINE if any(second for _, second in titles.values()) else 0
    high, step = HIGH + more, ROW + more
    at: dict[str, tuple[float, float]] = {}
    for row, names in enumerate(rows):
        left = (WIDTH - len(names) * (BOX + GAP) + GAP) / 2
        for place, name in enumerate(names):
            at[name] = (left + place * (BOX + GAP), 10 + row * step)
    counts = f"{counted(len(model.bodies), 'board')}, {counted(len(model.offices), 'office')}, {sum(map(is_temporary, model.offices.values()))} of them temporary"
    parts: list[Any] = [tag("title", "Office map", id="p3o-t"), tag("desc", f"{counts}. The same facts stand in the table.", id="p3o-d")]
    for name, (x, y) in at.items():
        for up in model.ups(name):
            xu, yu = at[up]
            middle = y - (ROW - HIGH) / 2
            parts.append(tag("path", d=f"M{x + BOX / 2:.0f} {y:.0f}V{middle:.0f}H{xu + BOX / 2:.0f}V{yu + high:.0f}", class_="edge"))
        if not model.ups(name) and name not in model.tops:
            parts.append(tag("path", d=f"M{x + BOX / 2:.0f} {y:.0f}v-10m-9 0h18", class_="edge dead"))
    for name, (x, y) in at.items():
        shown, small, kind = _said(model, name)
        parts.append(tag("rect", tag("title", f"{shown}: {small}"), x=f"{x:.0f}", y=f"{y:.0f}", width=BOX, height=high, rx=4, class_=kind))
        lines = [line for line in titles[name] if line]
        parts += [tag("text", line, x=f"{x + 10:.0f}", y=f"{y + 19 + LINE * place:.0f}") for place, line in enumerate(lines)]
        parts.append(tag("text", _short(small, 28), x=f"{x + 10:.0f}", y=f"{y + 21 + LINE * len(lines):.0f}", class_="small"))
    height = 10 + len(rows) * step - (ROW - HIGH) + 10
    svg = tag("svg", *parts, viewBox=f"0 0 {WIDTH} {height}", role="img", aria_labelledby="p3o-t p3o-d", class_="p3o-map")
    return Figure(svg=svg, css=MAP_CSS)


def _said(model: Offices, name: str) -> tuple[str, str, str]:
    """(title, what it is, class) of an office or board."""
    if name in model.offices:
        office = model.offices[name]
        small = office.type + (f" · {office.host}" if office.host else "")
        return office.name or name, small, "office temporary" if is_temporary(office) else "office"
    body = model.bodies[name]
    return body.name or name, f"board · {body.authority}" if body.authority is not None else "board", "body"


def _circling(model: Offices) -> bool:
    """Some report in a circle, so that there are no layers."""
    return len(_tree(model)[1]) > 0


def _tree(model: Offices) -> tuple[list[tuple[str, int]], list[str]]:
    """(name, depth) from the tops down, each below the first that it reports to; then those that report in circles."""
    below: dict[str, list[str]] = {}
    for name in (*model.bodies, *model.offices):
        for up in model.ups(name)[:1]:
            below.setdefault(up, []).append(name)
    roots = [name for name in (*model.bodies, *model.offices) if not model.ups(name)]
    roots.sort(key=lambda name: (name not in model.tops, name))
    found: list[tuple[str, int]] = []
    waiting = [(name, 0) for name in reversed(roots)]
    while waiting:
        name, level = waiting.pop()
        found.append((name, level))
        waiting += [(child, level + 1) for child in sorted(below.get(name, ()), reverse=True)]
    known = {name for name, _ in found}
    return found, [name for name in (*model.bodies, *model.offices) if name not in known]


def _outline(model: Offices) -> Figure:
    """One line an office, indented below what it reports to; what ends nowhere or goes in a circle says so."""
    rows, circling = _tree(model)
    counts = f"{counted(len(model.bodies), 'board')} and {counted(len(model.offices), 'office')}, each below what it reports to"
    parts: list[Any] = [tag("title", "Office map", id="p3o-t"), tag("desc", f"{counts}. The same facts stand in the table.", id="p3o-d")]
    at: dict[str, tuple[int, int]] = {}
    for place, (name, level) in enumerate([*rows, *((name, 0) for name in circling)]):
        x, y = 10 + 34 * level, 8 + place * 30
        at[name] = (x, y)
        shown, small, kind = _said(model, name)
        ups, note = model.ups(name), ""
        if name in circling:
            note = f"in a circle: reports to {', '.join(ups)}"
        elif not ups and name not in model.tops:
            note = "reports to nobody who decides"
        elif ups:
            xu, yu = at[ups[0]]
            parts.append(tag("path", d=f"M{xu + 12} {yu + 24}V{y + 12}H{x}", class_="edge"))
            note = f"reports to {', '.join(ups[1:])} too" if len(ups) > 1 else ""
        parts.append(
            tag("rect", tag("title", f"{shown}: {small}"), x=x, y=y, width=330, height=24, rx=4, class_=f"{kind} lost" if note else kind)
        )
        parts.append(tag("text", _short(shown, 30), x=x + 9, y=y + 16))
        parts.append(tag("text", _short(small, 24), x=x + 322, y=y + 16, class_="small", text_anchor="end"))
        if note:
            parts.append(tag("text", note, x=x + 342, y=y + 16, class_="note"))
    height = 8 + len(at) * 30 + 6
    svg = tag("svg", *parts, viewBox=f"0 0 {WIDTH} {height}", role="img", aria_labelledby="p3o-t p3o-d", class_="p3o-map")
    return Figure(svg=svg, css=MAP_CSS)


def coverage_map(found: Covered, *, most: int = 40, names: Mapping[str, str] = UNNAMED) -> Figure | None:
    """Initiatives as rows, services as columns: given ✓, missing ✗, twice 2, waived w; the rows with most gaps first.

    Args:
        found: the coverage.
        most: rows at most.
        names: what initiatives are called, by id; the ids where left out.
    """
    used = [s for s in found.services if any(found[item, s].state for item in found.initiatives)]
    if not used:
        return None
    rows = sorted(found.initiatives, key=lambda item: (-sum(found[item, s].gap for s in used), -sum(found[item, s].overlap for s in used)))
    shown = [item for item in rows if any(found[item, s].state for s in used)][:most]
    used = used[:36]
    left, top = 200, 96
    side = min(34, (WIDTH - left - 40) // len(used))
    counts = f"{counted(len(found.gaps), 'gap')} and {counted(len(found.overlaps), 'overlap')} in {counted(len(found.initiatives), 'initiative')} and {counted(len(found.services), 'service')}"
    parts: list[Any] = [
        tag("title", "Service coverage", id="p3oh-t"),
        tag("desc", f"{counts}. The same facts stand in the table.", id="p3oh-d"),
    ]
    for n, service in enumerate(used):
        about = CATALOGUE.get(service, (service, ""))[0]
        x = left + n * side + side / 2 + 4
        parts.append(tag("text", tag("title", about), _short(service, 17), transform=f"translate({x:.0f} {top - 8}) rotate(-55)"))
    for m, item in enumerate(shown):
        y = top + m * 24
        parts.append(tag("text", tag("title", item), _short(names.get(item, item), 30), x=10, y=y + 16))
        for n, service in enumerate(used):
            cell = found[item, service]
            about = f"{item}, {service}: {cell.state or 'not required'}" + (f" by {', '.join(cell.providers)}" if cell.providers else "")
            x = left + n * side
            parts.append(tag("rect", tag("title", about), x=x, y=y, width=side, height=24, class_=cell.state or "none"))
            if sign := SIGNS[cell.state]:
                on = " on" if cell.state == "gap" else ""
                parts.append(tag("text", sign, x=x + side / 2, y=y + 16, class_=f"sign{on}"))
    height = top + len(shown) * 24 + 34
    parts.append(
        tag("text", "✓ given · ✗ mandatory and missing · 2 given twice, no split · w waived", x=left, y=height - 10, class_="small")
    )
    svg = tag("svg", *parts, viewBox=f"0 0 {WIDTH} {height}", role="img", aria_labelledby="p3oh-t p3oh-d", class_="p3o-heat")
    return Figure(svg=svg, css=HEAT_CSS)
