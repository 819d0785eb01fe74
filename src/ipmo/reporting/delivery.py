"""When things come: the timeline, the links across projects that matter, people and machines against their capacity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from ipmo.analysis.interdependencies import CriticalLink
from ipmo.analysis.schedule import day_text
from ipmo.figures.columns import Series, columns
from ipmo.figures.svg import GLYPHS
from ipmo.figures.timeline import Bar, Hop
from ipmo.figures.timeline import timeline as drawn
from ipmo.model.work import Project
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Cell, Grid, Head, Heading, Paragraph, Picture, Row, Section, counted, few, number, share
from ipmo.units import minutes, moment

__all__ = ["links", "people", "timeline"]

ROWS = 40
LINKS = 15
DRAWN = 7
LOADS = 15
WORST = {"red": 0, "amber-red": 1, "amber": 2}


def timeline(a: Answers) -> Section:
    """All projects over time, the forty that need looking at first where there are more."""
    order = [p for p in a.portfolio.projects if p.state != "cancelled"]
    chosen = order
    if len(order) > ROWS:
        touched = {name for link in a.live[:DRAWN] for name in (link.giver, link.receiver)}

        def rank(p: Project) -> tuple[Any, ...]:
            return (p.id not in touched, WORST.get(a.rating(p) or a.reported(p) or "", 3), -a.size(p), p.id)

        keep = {p.id for p in sorted(order, key=rank)[:ROWS]}
        chosen = sorted((p for p in order if p.id in keep), key=lambda p: (a.schedule.dates(p.id)[1] or datetime.max, p.id))
    hops = list(_hops(a, {project.id: place for place, project in enumerate(chosen)}))
    bars = [_bar(a, project) for project in chosen]
    note = "Grey: before the data date. Blue: forecast. Outlined: proposed. Diamond: promised finish; dark red: past it."
    if any(bar.late for bar in bars):
        note += " The number behind a bar counts the missed promises in it."
    if hops:
        note += " Numbered arrows: the links of the table below; solid where the link sets the receiver's date, dashed where it has float."
    if len(order) > ROWS:
        note += f" Shown are {ROWS} of {len(order)} projects: those with the lowest confidence, then the largest; all stand in the status table."
    figure = drawn(bars, hops, today=a.today)
    return Section(id="timeline", title="Timeline", blocks=[Picture(label="Timeline picture", svg=figure.svg, caption=note)])


def _hops(a: Answers, rows: dict[str, int]) -> Iterator[Hop]:
    count = 0
    for link in a.live:
        if count < DRAWN and link.giver in rows and link.receiver in rows and link.given is not None and link.taken is not None:
            count += 1
            yield Hop(
                source=rows[link.giver],
                target=rows[link.receiver],
                given=link.given,
                taken=link.taken,
                drives=link.driving,
                missed=link.target_float is not None and link.target_float < 0,
                rank=link.rank,
                label=f"{link.rank}. {link.source} to {link.target}",
            )


def _bar(a: Answers, project: Project) -> Bar:
    start, finish = a.schedule.dates(project.id)
    promise = moment(minutes(project.finish, end=True)) if project.finish is not None and project.tasks else None
    missed = a.missed.get(project.id, 0)
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
        promise=promise,
        late=bool(missed),
        proposed=project.state == "proposed",
        note=note,
    )


def links(a: Answers) -> Section | None:
    """The links of open work across project borders, by how little float they have."""
    shown, coarse = a.live[:LINKS], a.links.coarse
    blocks: list[Any] = []
    if shown:
        heads = [Head(title="from"), Head(title="to"), Head(title="given"), Head(title="taken")]
        heads += [Head(title="float to receiver", num=True), Head(title="float to promise", num=True), Head(title="why it ranks here")]
        table = Grid(label="Critical links", wide=True, heads=[Head(title="#", num=True), *heads], rows=[_link(a, link) for link in shown])
        blocks += [Paragraph(_links_note(a, shown)), table]
    if coarse:
        heads = [Head(title="from"), Head(title="to"), Head(title="kind"), Head(title="giver finishes"), Head(title="receiver starts")]
        rows = [_coarse(a, link) for link in coarse]
        blocks.append(Heading("Between whole projects"))
        blocks.append(Paragraph("Where these links attach is not known yet. They move no date and enter no float."))
        blocks.append(Grid(label="Links between whole projects", heads=[*heads, Head(title="gap, days", num=True)], rows=rows))
    return Section(id="links", title="Links across projects that matter most", short="Links", blocks=blocks) if blocks else None


def _links_note(a: Answers, shown: Sequence[CriticalLink]) -> str:
    closed = len(a.links) - len(a.live)
    text = f"{counted(len(a.live), 'link')} of open work {'crosses' if len(a.live) == 1 else 'cross'} a project border"
    listed = f"; the first {len(shown)} are listed" if len(shown) < len(a.live) else ""
    text += f"{listed}, by how little float they have."
    text += " Floats are in working days of the giver; a negative float says how far a promise is missed along that path."
    return text + (f" {closed} more are settled: one end is done or has no date." if closed else "")


def _link(a: Answers, link: CriticalLink) -> Row:
    names = [a.name(end) for end in (link.source, link.target)]
    missed = link.target_float is not None and link.target_float < 0
    cells = [
        Cell(text=names[0], kind="to", under=link.source if link.source != names[0] else ""),
        Cell(text=names[1], kind="to", under=link.target if link.target != names[1] else ""),
        Cell(text=day_text(link.given, finish=True), kind="date"),
        Cell(text=day_text(link.taken, finish=link.type[1] == "F" or link.given == link.taken), kind="date"),
        Cell(text=number(link.link_float), kind="num"),
        Cell(text=number(link.target_float), kind="bad" if missed else "num"),
        Cell(text=link.reason, kind="why"),
    ]
    return Row(name=str(link.rank), cells=cells)


def _coarse(a: Answers, link: Any) -> Row:
    cells = [
        Cell(text=a.name(link.target)),
        Cell(text=link.kind),
        Cell(text=day_text(link.giver_finish, finish=True) or "unknown", kind="date"),
        Cell(text=day_text(link.receiver_start) or "unknown", kind="date"),
        Cell(text=number(link.gap, 0, unknown="unknown"), kind="num"),
    ]
    return Row(name=a.name(link.source), cells=cells)


def people(a: Answers) -> Section | None:
    """Demand against capacity: where more is asked for than there is, and who competes for it."""
    view = a.capacity
    if view is None:
        return None
    over = view.over_allocated
    short = view.constraint
    names = list(dict.fromkeys(load.name for load in view.loads))
    text = f"{counted(len(names), 'resource')} {'is' if len(names) == 1 else 'are'} asked for."
    if over:
        held = {load.name for load in over}
        text += f" {counted(len(held), 'resource')} {'has' if len(held) == 1 else 'have'} months in which more is asked for than there is"
        text += f"; {a.name(short)} holds the most back." if short else "."
    elif len(view.unstated) < len(names):
        text += (
            " None is asked for more than there is." if not view.unstated else " None of those with a stated capacity is asked for more."
        )
    if view.unstated:
        whom = "any of them" if len(view.unstated) == len(names) > 1 else few(a.name(r) for r in view.unstated)
        text += f" Nobody says how much there is of {whom}."
    if view.undated:
        text += f" {counted(len(view.undated), 'assignment')} without dates {'is' if len(view.undated) == 1 else 'are'} in no month."
    blocks: list[Any] = [Paragraph(text)]
    shown = short or max(names, key=lambda name: sum(load.demand for load in view.of(name)))
    loads = view.of(shown)
    series = [Series(name="asked for", values=[float(load.demand) for load in loads], style="plan")]
    there = [None if load.capacity is None else float(load.capacity) for load in loads]
    stated = any(value is not None for value in there)
    series += [Series(name="there is", values=there, style="line")] if stated else []
    today = a.periods_until([load.period.start for load in loads], loads[-1].period.end)
    title = f"Demand and capacity of {a.name(shown)}"
    figure = columns([load.period.name for load in loads], series, unit="person-days", today=today, title=title)
    caption = f"{a.name(shown)}: what open work asks for in a month"
    caption += ", and what there is (the line). A month can be short although its sum fits: days count." if stated else "."
    blocks.append(Picture(label=title, svg=figure.svg, caption=caption))
    if over:
        heads = [Head(title="resource"), Head(title="month")]
        heads += [Head(title=t, num=True) for t in ("asked for, pd", "there is, pd", "load", "beyond, pd", "days short", "peak, units")]
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
        grid = Grid(
            label="Months in which more is asked for than there is", heads=[*heads, Head(title="who competes")], rows=rows, more=more
        )
        blocks.append(grid)
    return Section(id="people", title="People and machines against capacity", short="Capacity", blocks=blocks)
