"""When things come: the timeline, people and machines against their capacity."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ipmo.figures.columns import Series, columns
from ipmo.figures.svg import GLYPHS
from ipmo.figures.timeline import Bar, Hop
from ipmo.figures.timeline import timeline as drawn
from ipmo.model.work import Project
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Block, Cell, Grid, Head, Panel, Paragraph, Picture, Row, few, number, share
from ipmo.units import minutes, moment
from ipmo.words import agree, counted

__all__ = ["DRAWN", "people", "timeline"]

ROWS = 40
DRAWN = 7
LOADS = 15
WORST = {"red": 0, "amber-red": 1, "amber": 2}


def timeline(a: Answers) -> Panel:
    """All projects over time, the forty that need looking at first where there are more."""
    order = [p for p in a.portfolio.projects if p.counted_as != "cancelled"]
    chosen = order
    if len(order) > ROWS:
        touched = {name for row in a.links.hand_overs[:DRAWN] for name in (row.giver, *row.receivers)}

        def rank(p: Project) -> tuple[bool, int, float, str]:
            return (p.id not in touched, WORST.get(a.rating(p) or a.reported(p) or "", 3), -a.size(p), p.id)

        keep = {p.id for p in sorted(order, key=rank)[:ROWS]}
        chosen = sorted((p for p in order if p.id in keep), key=lambda p: (a.schedule.dates(p.id)[1] or datetime.max, p.id))
    hops = list(_hops(a, {project.id: place for place, project in enumerate(chosen)}))
    bars = [_bar(a, project) for project in chosen]
    note = "Grey: before the status date. Blue: forecast. Outlined: proposed. Diamond: committed finish; red: past it."
    if any(bar.late for bar in bars):
        note += " The number behind a bar counts the commitments in it that are missed or overdue."
    if hops:
        note += (
            " Numbered arrows: the hand-overs of the table below; solid where the link sets the receiver's date, dashed where it has float."
        )
    if len(order) > ROWS:
        note += f" Shown are {ROWS} of {counted(len(order), 'project')}: those with the lowest confidence, then the largest; all stand in the status table."
    figure = drawn(bars, hops, today=a.today)
    return Panel(id="timeline", title="Timeline", blocks=[Picture(label="Timeline picture", svg=figure.svg, caption=note)])


def _hops(a: Answers, rows: dict[str, int]) -> Iterator[Hop]:
    for row in a.links.hand_overs[:DRAWN]:
        taken: set[str] = set()
        for link in row.links:  # one arrow a receiver
            if link.receiver in taken or link.giver not in rows or link.receiver not in rows or link.given is None or link.taken is None:
                continue
            taken.add(link.receiver)
            yield Hop(
                source=rows[link.giver],
                target=rows[link.receiver],
                given=link.given,
                taken=link.taken,
                drives=link.driving,
                missed=link.commitment_float is not None and link.commitment_float < 0,
                rank=row.rank,
                label=f"{row.rank}. {link.source} to {link.target}",
            )


def _bar(a: Answers, project: Project) -> Bar:
    start, finish = a.schedule.dates(project.id)
    commitment = moment(minutes(project.finish, end=True)) if project.finish is not None and project.tasks else None
    missed = a.missed.get(project.id, 0) + a.overdue.get(project.id, 0)
    note = ""
    if start is None:
        item = a.item(project.id)
        note = "on hold" if item is not None and item.undated and "no duration" not in item.undated else "no dates"
    elif missed:
        note = f"■ {missed} late"
    return Bar(
        label=project.name or project.id,
        glyph=GLYPHS.get(a.reported(project) or a.rating(project) or "", ""),
        start=start,
        finish=finish,
        commitment=commitment,
        late=bool(missed),
        proposed=project.state == "proposed",
        note=note,
    )


def people(a: Answers) -> Panel | None:
    """Demand against capacity: where demand exceeds capacity, and who competes for it."""
    view = a.capacity
    if view is None:
        return None
    over = view.over_allocated
    short = view.constraint
    names = list(dict.fromkeys(load.name for load in view.rows))
    text = f"{counted(len(names), 'resource')} {agree(len(names), 'is')} in demand."
    if over:
        held = {load.name for load in over}
        text += f" {counted(len(held), 'resource')} {agree(len(held), 'has')} months in which demand exceeds capacity"
        text += f"; {a.name(short)} holds the most back." if short else "."
    elif len(view.unstated) < len(names):
        text += " No demand exceeds capacity." if not view.unstated else " No demand exceeds capacity where capacity is stated."
    if view.unstated:
        whom = "any of them" if len(view.unstated) == len(names) > 1 else few(a.name(r) for r in view.unstated)
        text += f" The capacity of {whom} is not stated."
    if view.undated:
        text += f" {counted(len(view.undated), 'assignment')} without dates {agree(len(view.undated), 'is')} in no month."
    blocks: list[Block] = [Paragraph(text)]
    shown = short or max(names, key=lambda name: sum(load.demand for load in view.of(name)))
    loads = view.of(shown)
    series = [Series(name="demand", values=[float(load.demand) for load in loads], style="plan")]
    there = [None if load.capacity is None else float(load.capacity) for load in loads]
    stated = any(value is not None for value in there)
    series += [Series(name="capacity", values=there, style="line")] if stated else []
    today = a.periods_until([load.period.start for load in loads], loads[-1].period.end)
    title = f"Demand and capacity of {a.name(shown)}"
    figure = columns([load.period.name for load in loads], series, unit="person-days", today=today, title=title)
    caption = f"{a.name(shown)}: what open work demands in a month"
    caption += ", and the capacity (the line). A month can be over-allocated although its sum fits: days count." if stated else "."
    blocks.append(Picture(label=title, svg=figure.svg, caption=caption))
    if over:
        heads = [Head(title="resource"), Head(title="month")]
        heads += [Head(title=t, num=True) for t in ("demand, pd", "capacity, pd", "load", "over, pd", "days over", "peak, units")]
        rows = [
            Row(
                name=a.name(load.name),
                cells=[
                    Cell(text=load.period.name, kind="date"),
                    Cell(text=number(float(load.demand)), kind="num"),
                    Cell(text=number(None if load.capacity is None else float(load.capacity), unknown="unknown"), kind="num"),
                    Cell(text=share(load.load), kind="num"),
                    Cell(text=number(float(load.over)), kind="bad"),
                    Cell(text=str(load.days_over), kind="num"),
                    Cell(text=number(float(load.peak)), kind="num"),
                    Cell(text=", ".join(f"{a.name(p)} {number(float(pd))} pd" for p, pd in load.projects[:4]), kind="why"),
                ],
            )
            for load in over[:LOADS]
        ]
        more = f"and {len(over) - LOADS} more" if len(over) > LOADS else ""
        grid = Grid(label="Months in which demand exceeds capacity", heads=[*heads, Head(title="who competes")], rows=rows, more=more)
        blocks.append(grid)
    return Panel(id="people", title="People and machines against capacity", short="Capacity", blocks=blocks)
