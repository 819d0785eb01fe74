"""Pictures of the office model: the office map, and the heat map of services."""

from __future__ import annotations

from typing import Any

from ipmo.figures.svg import Figure, tag
from ipmo.model import Portfolio
from ipmo_p3o.catalogue import CATALOGUE
from ipmo_p3o.offices import OfficeModel, is_temporary, office_model
from ipmo_p3o.services import Coverage

__all__ = ["coverage_map", "office_map"]

WIDTH = 1160
BOX, HIGH, GAP, ROW = 172, 46, 14, 86
MOST = 60
"""More boxes than that make no picture: the table of reporting lines says it then."""

MAP_CSS = """
.p3o-map text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.p3o-map .small{fill:var(--quiet);font-size:10.5px}.p3o-map .level{fill:var(--quiet);font-size:11px}
.p3o-map rect{fill:var(--paper);stroke:var(--ink);stroke-width:1.2}.p3o-map .body{fill:var(--band);stroke:var(--plan);stroke-width:2}
.p3o-map .temporary{stroke-dasharray:6 4}.p3o-map .initiative{fill:none;stroke:var(--line)}
.p3o-map .edge{fill:none;stroke:var(--done);stroke-width:1.4}.p3o-map .serves{stroke:var(--line)}
.p3o-map .dead{stroke:var(--bad);stroke-width:2}
"""
HEAT_CSS = """
.p3o-heat text{font:11.5px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.p3o-heat .small{fill:var(--quiet);font-size:11px}.p3o-heat rect{stroke:var(--line);fill:none}
.p3o-heat .given{fill:var(--good);fill-opacity:.22}.p3o-heat .gap{fill:var(--bad)}.p3o-heat .overlap{fill:var(--warn);fill-opacity:.35}
.p3o-heat .waived{fill:var(--band)}.p3o-heat .sign{text-anchor:middle;font-weight:600}.p3o-heat .sign.on{fill:var(--paper)}
"""
SIGNS = {"given": "✓", "gap": "✗", "overlap": "2", "waived": "w", "": ""}


def _short(text: str, most: int = 24) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _levels(model: OfficeModel) -> dict[str, int]:
    """How many steps each office and body is below the top, at most; circles end where they close."""
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


def office_map(portfolio: Portfolio) -> Figure | None:
    """Bodies and offices in layers under the board, with the initiatives that each office hosts; None when there are too many.

    Solid boxes are permanent, dashed ones end with what they serve; a red line ends where nobody decides.
    """
    model = office_model(portfolio)
    if not model.offices or len(model.offices) + len(model.bodies) > MOST:
        return None
    depth = _levels(model)
    layers: dict[int, list[str]] = {}
    for name, level in depth.items():
        layers.setdefault(level, []).append(name)
    order: dict[str, float] = {}
    rows: list[list[str]] = []
    for level in sorted(layers):
        names = sorted(layers[level], key=lambda name: (min((order[up] for up in model.ups(name) if up in order), default=0.0), name))
        fits = (WIDTH + GAP) // (BOX + GAP)
        for first in range(0, len(names), fits):
            rows.append(names[first : first + fits])
        order |= {name: place / max(len(names), 1) for place, name in enumerate(names)}
    at: dict[str, tuple[float, float]] = {}
    for row, names in enumerate(rows):
        left = (WIDTH - len(names) * (BOX + GAP) + GAP) / 2
        for place, name in enumerate(names):
            at[name] = (left + place * (BOX + GAP), 10 + row * ROW)
    told = f"{len(model.bodies)} bodies, {len(model.offices)} offices, {sum(map(is_temporary, model.offices.values()))} of them temporary"
    parts: list[Any] = [tag("title", "Office map", id="p3o-t"), tag("desc", f"{told}. The same facts stand in the table.", id="p3o-d")]
    for name, (x, y) in at.items():
        for up in model.ups(name):
            xu, yu = at[up]
            middle = y - (ROW - HIGH) / 2
            parts.append(
                tag("path", d=f"M{x + BOX / 2:.0f} {y:.0f}V{middle:.0f}H{xu + BOX / 2:.0f}V{yu + HIGH:.0f}", class_="edge")
                if yu < y
                else tag(
                    "path",
                    d=f"M{x + BOX / 2:.0f} {y:.0f}C{x + BOX / 2:.0f} {y - 30:.0f} {xu + BOX / 2:.0f} {yu - 30:.0f} {xu + BOX / 2:.0f} {yu:.0f}",
                    class_="edge dead",
                )
            )
        if not model.ups(name) and name not in model.tops:
            parts.append(tag("path", d=f"M{x + BOX / 2:.0f} {y:.0f}v-10m-9 0h18", class_="edge dead"))
    for name, (x, y) in at.items():
        body, office = model.bodies.get(name), model.offices.get(name)
        shown = (body or office).name or name  # type: ignore[union-attr]
        if office is not None:
            small = office.type + (f" · {office.host}" if office.host else "")
            kind = "office temporary" if is_temporary(office) else "office"
        else:
            assert body is not None
            small = f"body · {body.authority}" if body.authority is not None else "body"
            kind = "body"
        parts.append(tag("rect", tag("title", f"{shown}: {small}"), x=f"{x:.0f}", y=f"{y:.0f}", width=BOX, height=HIGH, rx=4, class_=kind))
        parts.append(tag("text", _short(shown), x=f"{x + 10:.0f}", y=f"{y + 19:.0f}"))
        parts.append(tag("text", _short(small, 28), x=f"{x + 10:.0f}", y=f"{y + 35:.0f}", class_="small"))
    height = 10 + len(rows) * ROW - (ROW - HIGH) + 10
    svg = tag("svg", *parts, viewBox=f"0 0 {WIDTH} {height}", role="img", aria_labelledby="p3o-t p3o-d", class_="p3o-map")
    return Figure(svg=svg, css=MAP_CSS)


def coverage_map(found: Coverage, *, most: int = 40) -> Figure | None:
    """Initiatives as rows, services as columns: given ✓, missing ✗, twice 2, waived w; the rows with most gaps first."""
    used = [s for s in found.services if any(found[item, s].state for item in found.initiatives)]
    if not used:
        return None
    rows = sorted(found.initiatives, key=lambda item: (-sum(found[item, s].gap for s in used), -sum(found[item, s].overlap for s in used)))
    shown = [item for item in rows if any(found[item, s].state for s in used)][:most]
    used = used[:36]
    left, top = 200, 96
    side = min(34, (WIDTH - left - 40) // len(used))
    told = f"{len(found.gaps)} gaps and {len(found.overlaps)} overlaps in {len(found.initiatives)} initiatives and {len(found.services)} services"
    parts: list[Any] = [
        tag("title", "Service coverage", id="p3oh-t"),
        tag("desc", f"{told}. The same facts stand in the table.", id="p3oh-d"),
    ]
    for n, service in enumerate(used):
        about = CATALOGUE.get(service, (service, ""))[0]
        x = left + n * side + side / 2 + 4
        parts.append(tag("text", tag("title", about), _short(service, 17), transform=f"translate({x:.0f} {top - 8}) rotate(-55)"))
    for m, item in enumerate(shown):
        y = top + m * 24
        parts.append(tag("text", tag("title", item), _short(item), x=10, y=y + 16))
        for n, service in enumerate(used):
            cell = found[item, service]
            about = f"{item}, {service}: {cell.state or 'not asked for'}" + (f" by {', '.join(cell.providers)}" if cell.providers else "")
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
