"""What it brings: benefits with their dates, value and loss by delay, by year, and which project serves which objective."""

from __future__ import annotations

import attrs

from ipmo.analysis.benefits.pictures import compared
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Block, Cell, Grid, Head, Heading, Panel, Paragraph, Picture, Row, Scale, few, mark, number, share
from ipmo.tables import Table
from ipmo.words import agree, counted, rounded_text

__all__ = ["benefits", "line_of_sight"]

ATTRIBUTED = 15
MOST_OBJECTIVES = 10


def benefits(a: Answers) -> Panel | None:
    """Every benefit: planned and forecast start, present value, what its delay costs, what is realised; then by year, and to whom it is attributed."""
    view = a.benefits
    if view is None:
        return None
    rows = view.rows
    scale = Scale.of((m for r in rows for m in (r.planned_npv, r.npv)), rows[0].currency)
    losses = Scale.of((r.loss for r in rows), rows[0].currency)
    realised = any(r.actual is not None and r.actual.amount for r in rows)
    heads = [Head(title="benefit"), Head(title="owner"), Head(title="planned"), Head(title="forecast")]
    later, planned, lose = (any(getattr(r, name) is not None for r in rows) for name in ("slip", "planned_npv", "loss"))
    heads += [Head(title="later, days", num=True)] if later else []
    heads += [Head(title=f"planned value, {scale.unit}", num=True)] if planned else []
    heads += [Head(title=f"value, {scale.unit}", num=True), *([Head(title=f"lost, {losses.unit}", num=True)] if lose else [])]
    heads += [Head(title=f"realised, {scale.unit}", num=True), Head(title="of plan to date", num=True)] if realised else []
    reasons = any(r.reason for r in rows)
    heads += [Head(title="why unknown")] if reasons else []
    table = []
    for r in rows:
        lost = r.loss is not None and r.loss.amount > 0
        cells = [Cell(text=a.name(r.owner) if r.owner else "nobody"), Cell(text=str(r.planned_start or "not planned"), kind="date")]
        cells += [Cell(text=str(r.start or "unknown"), kind="date"), *([mark(r.slip, (r.slip or 0) > 0, 0)] if later else [])]
        cells += [Cell(text=scale.text(r.planned_npv, ""), kind="num")] if planned else []
        cells.append(Cell(text=scale.text(r.npv), kind="num"))
        cells += [Cell(text=losses.text(r.loss, ""), kind="bad" if lost else "num")] if lose else []
        if realised:
            cells += [Cell(text=scale.text(r.actual, ""), kind="num"), Cell(text=share(r.realisation), kind="num")]
        if reasons:
            cells.append(Cell(text=r.reason, kind="why"))
        noun = r.noun
        name = f"{r.name or r.id}{' (dis-benefit)' if noun.disbenefit else ''}"
        table.append(Row(name=name, under=r.id if r.name else "", cells=cells))
    gained = view.loss is not None and view.loss.amount < 0
    changed = attrs.evolve(view.loss, amount=-view.loss.amount) if gained and view.loss is not None else view.loss
    total = [("planned", view.planned_npv), ("forecast", view.npv), ("gained" if gained else "lost", changed)]
    text = "; ".join(f"{words} {value:,}" for words, value in total if value is not None)
    text = (
        f"Present value as of {view.as_of}: {rounded_text(text)}; {view.known} of {len(view)} known."
        if text
        else "No benefit has a known value yet."
    )
    text += " A benefit starts when what enables it is there; what a delay costs is its planned value less what is left of it; of what never comes, all of it."
    blocks: list[Block] = [Paragraph(text), Grid(label="Benefits", heads=heads, rows=table)]
    blocks += _by_year(a)
    blocks += _attributed(a)
    return Panel(id="benefits", title="Benefits", blocks=blocks)


def _by_year(a: Answers) -> list[Block]:
    assert a.benefits is not None
    every = "year" if a.portfolio.money is None or a.portfolio.money.financial_year == "jan" else "financial year"
    table = a.benefits.by_period(every)
    names = [n for n in ("planned", "forecast", "actual") if any(v is not None for v in table[n])]
    if not names or len(table) < 2:
        return []
    scale = Scale.of((v for n in names for v in table[n]), table.unit(names[0]))
    caption = "Undiscounted, times their probability; dis-benefits are taken off."
    bars = Picture(
        label=f"Benefits by {every}", svg=a.benefits.plot("columns", every=every).svg, caption=caption, printed=not compared(table)
    )
    curve = []
    if compared(table):
        note = "Running sums: what was planned, what is forecast now, what is realised."
        curve = [Picture(label="Benefits planned and forecast", svg=a.benefits.plot("curve", every=every).svg, caption=note)]
    return [*curve, bars, _year_grid(table, names, scale, every)]


def _year_grid(table: Table, names: list[str], scale: Scale, every: str) -> Grid:
    heads = [Head(title=every), *(Head(title=f"{'realised' if n == 'actual' else n}, {scale.unit}", num=True) for n in names)]
    rows = [
        Row(name=period, cells=[Cell(text=scale.text(table[n][place], "·"), kind="num") for n in names])
        for place, period in enumerate(table["period"])
    ]
    return Grid(label=f"Benefits by {every}, in numbers", heads=heads, rows=rows, folded=True, charted=True)


def _attributed(a: Answers) -> list[Block]:
    """What is attributed to whom: by flow, conserved, beside what each would count alone."""
    found = a.attribution
    if found is None or not found.total or found.unattributed is None:
        return []
    scale = Scale.of([*(c.naive for c in found.rows), found.total], found.currency)
    heads = [Head(title="initiative"), Head(title=f"attributed, {scale.unit}", num=True), Head(title="of all", num=True)]
    heads += [Head(title=f"counted alone, {scale.unit}", num=True)]
    rows = [
        Row(
            name=a.name(c.initiative),
            under=a.under(c.initiative),
            cells=[
                Cell(text=scale.text(c.value), kind="num"),
                Cell(text=share(c.share, 1), kind="num"),
                Cell(text=scale.text(c.naive), kind="num"),
            ],
        )
        for c in found.rows[:ATTRIBUTED]
    ]
    rest = [
        Cell(text=scale.text(found.unattributed), kind="num"),
        Cell(text=share(found.unattributed / found.total, 1), kind="num"),
        Cell(kind="num"),
    ]
    rows.append(Row(name="nobody is named for", cells=rest))
    twice = found.double_count
    left = f" Not in it, because not known: {found.reason}." if found.left_out else ""
    text = "Each value is passed back along the shares of the benefits map, so that no part of it is counted twice."
    if twice is not None:
        text += f" If each counted all that needs it, everything together would be {number(twice, 2, keep=True)} times what there is."
    text += left
    more = f"and {len(found.rows) - ATTRIBUTED} more" if len(found.rows) > ATTRIBUTED else ""
    return [Heading("Benefit attribution"), Paragraph(text), Grid(label="Benefit attribution", heads=heads, rows=rows, more=more)]


def line_of_sight(a: Answers) -> Panel | None:
    """Objectives against projects, and the orphans both ways."""
    found = a.line_of_sight
    if found is None:
        return None
    shown = found.objectives[:MOST_OBJECTIVES]
    heads = [Head(title="project"), *(Head(title=a.name(o)) for o in shown)]
    table = found.table()
    rows = [
        Row(
            name=a.name(project),
            under=project if a.name(project) != project else "",
            cells=[Cell(text=_word(table[o][place])) for o in shown],
        )
        for place, project in enumerate(found.projects)
    ]
    text = "map: the benefits map leads there. low, medium, high: alignment as stated, for scoring; it carries no value."
    if found.unserved:
        text += f" No project serves {few(a.name(o) for o in found.unserved)}."
    if found.orphans:
        text += f" {counted(len(found.orphans), 'project')} {agree(len(found.orphans), 'serves', 'serve')} no objective: {few(a.name(p) for p in found.orphans)}."
    if len(found.objectives) > MOST_OBJECTIVES:
        text += f" The first {MOST_OBJECTIVES} of {len(found.objectives)} objectives are shown."
    return Panel(
        id="line-of-sight",
        title="Line of sight to the objectives",
        short="Objectives",
        blocks=[Paragraph(text), Grid(label="Line of sight", heads=heads, rows=rows)],
    )


def _word(value: str | None) -> str:
    return value or "·"
