"""When things come: the timeline, people and machines against their capacity."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ipmo.analysis.dates.pictures import bars_of, work_of
from ipmo.analysis.resources.capacity import CapacityView
from ipmo.figures.timeline import Hop
from ipmo.figures.timeline import timeline as drawn
from ipmo.model.unseen import kinds_of_work
from ipmo.model.work import Project
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Block, Cell, Grid, Head, Panel, Paragraph, Picture, Row, few, number, share
from ipmo.words import agree, counted

__all__ = ["DRAWN", "people", "timeline"]

ROWS = 40
DRAWN = 7
LOADS = 15
SETS = 5
"""So many sets of demands that no plan meets are said."""
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
    colours = {project.id: a.reported(project) or a.rating(project) for project in chosen}
    bars = bars_of(a.schedule, a.portfolio, chosen, colours, None if a.then is None else a.then.schedule, a.simulation)
    note = "Grey: before the status date. Blue: forecast. Outlined: proposed. Diamond: committed finish; red: past it."
    ghosts = any(bar.ghost is not None for bar in bars)
    baseline = any(task.baseline_finish is not None for project in chosen for task in kinds_of_work(project))
    note += f" Line below a bar: {'its baseline' if baseline else f'as on {a.since}'}." if ghosts else ""
    note += " Small diamonds: commitments on the way; red: late." if any(bar.milestones for bar in bars) else ""
    if any(bar.late for bar in bars):
        note += " The number behind a bar counts the commitments in it that are missed or overdue."
    if any(bar.critical is not None for bar in bars):
        note += " Critical in: the share of samples in which its most critical work lies on a driving path to the end."
    if hops:
        note += (
            " Numbered arrows: the hand-overs of the table below; solid where the link sets the receiver's date, dashed where it has float."
        )
    if len(order) > ROWS:
        note += f" Shown are {ROWS} of {counted(len(order), 'project')}: those with the lowest confidence, then the largest; all stand in the status table."
    if len(order) == 1:
        below, more = work_of(a.schedule, order[0])
        bars += below
        rest = f"; {counted(more, 'piece')} of it not drawn" if more > 0 else ""
        note += f" Below the project its work{rest}." if below else ""
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


def people(a: Answers) -> Panel | None:
    """Demand against capacity, where demand exceeds capacity, and who competes for it; what is used up."""
    blocks = [*([] if a.capacity is None else _loads(a, a.capacity)), *_used_up(a)]
    return Panel(id="people", title="People and machines against capacity", short="Capacity", blocks=blocks) if blocks else None


def _used_up(a: Answers) -> list[Block]:
    """What the plan takes of what does not come back, against how much there ever is."""
    if not a.used_up:
        return []
    over = [one for one in a.used_up if one.over]
    text = f"{counted(len(a.used_up), 'resource')} {agree(len(a.used_up), 'is', 'are')} used up: what work takes of {agree(len(a.used_up), 'it', 'them')} does not come back."
    if over:
        text += f" The plan takes more than there ever is of {few(a.name(one.resource) for one in over)}."
        ways = [one for one in over if one.there is not None and one.least <= one.there]
        text += f" Other ways to do its work would leave enough of {few(a.name(one.resource) for one in ways)}." if ways else ""
    heads = [
        Head(title="resource"),
        *(Head(title=t, num=True) for t in ("used up", "there ever is", "left", "at least")),
        Head(title="by what work"),
    ]
    rows = [
        Row(
            name=a.name(one.resource) + (f" ({one.unit})" if one.unit != "person" else ""),
            cells=[
                Cell(text=number(float(one.needed)), kind="num"),
                Cell(text=number(None if one.there is None else float(one.there), unknown="unknown"), kind="num"),
                Cell(
                    text=number(None if one.there is None else float(one.there - one.needed), unknown="unknown"),
                    kind="bad" if one.over else "num",
                ),
                Cell(text=number(float(one.least)), kind="num"),
                Cell(text=", ".join(f"{a.name(item)} {number(float(units))}" for item, units in one.items[:4]), kind="why"),
            ],
        )
        for one in sorted(a.used_up, key=lambda one: -one.over)
    ]
    return [Paragraph(text), Grid(label="What is used up", heads=heads, rows=rows)]


def _loads(a: Answers, view: CapacityView) -> list[Block]:
    """Demand against capacity by month."""
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
    if view.bites:
        hit = {item for items in view.bites.values() for item in items}
        text += f" {counted(len(hit), 'piece')} of work {agree(len(hit), 'has', 'have')} less float to a commitment than days on which the resource is short: {few(a.name(item) for item in sorted(hit))}; leave that follows is not counted in that."
    if over:
        text += " The forecast counts no people: its dates are as if there were enough of them; `ipmo level` plans with those there are."
        found = [*a.ordered("ipmo/no-plan-fits"), *a.ordered("ipmo/commitments-conflict")]
        text += "".join(f" {one.message}." for one in found[:SETS])
    blocks: list[Block] = [Paragraph(text)]
    caption = "Each cell is a month: how much of the capacity open work demands, in percent. A month can be over-allocated although its sum fits: days count."
    blocks.append(Picture(label="Demand against capacity by month", svg=view.plot().svg, caption=caption))
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
    return blocks
