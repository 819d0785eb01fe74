"""What is not as it was: who came, who went, and whose dates, money and confidence changed."""

from __future__ import annotations

from collections.abc import Iterator

from ipmo.analysis.change.comparison import Comparison
from ipmo.analysis.change.stated import Moved
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Block, Cell, Grid, Head, Heading, Panel, Paragraph, Row, Scale, capital, number, share
from ipmo.words import counted

__all__ = ["changed"]

MOST = 12
KINDS = 20
"""Kinds of change with a table each: confidence is a kind for every assessor."""
WORDS = {
    "start": ("Start", "later", "earlier"),
    "finish": ("Finish", "later", "earlier"),
    "budget": ("Budget", "dearer", "cheaper"),
    "forecast": ("Forecast", "dearer", "cheaper"),
    "confidence": ("Confidence", "worse", "better"),
}


def changed(a: Answers) -> Panel | None:
    """Year on year, or month on month: counts of each kind of change, then the largest of each."""
    found, before = a.changed, a.before
    if found is None or before is None:
        return None
    since = f"{before.name or before.id}" + (f", {before.status_date}" if before.status_date is not None else "")
    text = f"Against {since}: {counted(len(found.stayed), 'project')} in both, {len(found.entrants)} came, {len(found.leavers)} went."
    blocks: list[Block] = [
        *_commitments(a, found),
        Paragraph(text),
        *(Paragraph(f"Scales: {note}.") for note in found.notes),
        _counts(found),
        *_totals(a, found),
    ]
    moved: dict[str, list[Moved]] = {}
    for one in found.moved:
        moved.setdefault(one.what, []).append(one)
    kinds = sorted(moved, key=lambda what: -len(moved[what])) if len(moved) > KINDS else list(moved)
    for what in kinds[:KINDS]:
        blocks += _largest(a, what, moved[what])
    if len(kinds) > KINDS:
        blocks.append(
            Paragraph(f"Shown are the {KINDS} kinds of change with the most projects, of {len(kinds):,}; the counts above have all.")
        )
    blocks += _names(a, found)
    return Panel(id="changed", title="What changed", blocks=blocks)


def _commitments(a: Answers, found: Comparison) -> list[Block]:
    """Commitments whose keeping changed, those newly missed first."""
    rows = [
        Row(
            name=m.name or m.item,
            under=a.under(m.item, m.name or m.item),
            cells=[Cell(text=m.before), Cell(text=m.after, kind="bad" if "missed" in m.after else ""), Cell(text=m.note, kind="why")],
        )
        for m in found.commitments[:MOST]
    ]
    if not rows:
        return []
    missed = sum("missed" in m.after and "missed" not in m.before for m in found.commitments)
    heading = f"Commitments: {missed} newly missed, {len(found.commitments) - missed} otherwise changed"
    heads = [Head(title="commitment of"), Head(title="before"), Head(title="now"), Head(title="why")]
    rest = len(found.commitments) - MOST
    return [Heading(heading), Grid(label=heading, heads=heads, rows=rows, more=f"and {rest} more" if rest > 0 else "")]


def _counts(found: Comparison) -> Grid:
    heads = [Head(title="change")]
    heads += [Head(title=title, num=True) for title in ("projects", "later, dearer or worse", "earlier, cheaper or better", "not known")]
    rows = []
    for row in found.counts().rows():
        numbers = [row["count"], row["up"], row["down"], row["unknown"]]
        cells = [Cell(text="" if value is None else str(value), kind="num") for value in numbers]
        rows.append(Row(name=row["what"], cells=cells))
    return Grid(label="Changes, counted", heads=heads, rows=rows)


def _totals(a: Answers, found: Comparison) -> Iterator[Paragraph]:
    """How the budgets of those in both add up, so that entrants and leavers do not hide in a total."""
    moved = found.of("budget")
    if not moved:
        return
    up = sum(m.change for m in moved if m.change is not None and m.change > 0)
    down = sum(m.change for m in moved if m.change is not None and m.change < 0)
    scale = Scale.of([up, down], a.currency)
    yield Paragraph(
        f"Budgets of projects in both: {scale.text(up)} {scale.unit} more, {scale.text(-down)} {scale.unit} less,"
        f" together {scale.text(up + down)} {scale.unit}."
    )


def _largest(a: Answers, what: str, rows: list[Moved]) -> list[Block]:
    kind = "confidence" if what.startswith("confidence") else what
    title, worse, better = WORDS.get(kind, (what.capitalize(), "", ""))
    title = title if kind not in a.portfolio.attributes else capital(a.word(kind))
    assessor = what.partition("(")[2].rstrip(")")
    heading = f"{title}{f', {assessor}' if assessor else ''}: {counted(len(rows), 'project')}"
    if worse:
        up = sum(1 for m in rows if (m.change or 0) > 0)
        heading += f", {up} {worse}, {len(rows) - up} {better}"
    money = kind in ("budget", "forecast")
    rated = kind == "confidence"
    scale = Scale.of((m.change for m in rows), a.currency) if money else None
    heads = [Head(title="project"), Head(title="before"), Head(title="after")]
    heads += [Head(title=f"change, {scale.unit if scale else 'steps' if rated else 'days'}", num=True)] if worse else []
    heads += [Head(title="share", num=True)] if money else []
    heads += [Head(title="conversion")] if any(m.note for m in rows) else []
    shown = []
    for m in rows[:MOST]:
        bad = (m.change or 0) > 0
        cells = [Cell(rag=m.before), Cell(rag=m.after)] if rated else [Cell(text=m.before, kind="date"), Cell(text=m.after, kind="date")]
        if worse:
            text = scale.text(m.change, "") if scale else number(m.change)
            cells.append(Cell(text=text, kind="bad" if bad else "num"))
        if money:
            cells.append(Cell(text=share(m.share), kind="num"))
        if any(other.note for other in rows):
            cells.append(Cell(text=m.note, kind="why"))
        shown.append(Row(name=m.name or m.project, under=m.project if m.name else "", cells=cells))
    rest = len(rows) - MOST
    return [Heading(heading), Grid(label=heading, heads=heads, rows=shown, more=f"and {rest} more" if rest > 0 else "")]


def _names(a: Answers, found: Comparison) -> list[Block]:
    out: list[Block] = []
    before = a.before.items if a.before is not None else {}
    for title, ids, items in (("Came", found.entrants, a.portfolio.items), ("Went", found.leavers, before)):
        if ids:
            names = "; ".join(getattr(items.get(i), "name", "") or i for i in ids)
            out += [Heading(f"{title}: {counted(len(ids), 'project')}"), Paragraph(names + ".")]
    return out
