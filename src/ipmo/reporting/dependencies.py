"""Dependencies: links across projects, who gives to whom, single points of failure, and what must be decided by when."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime

from ipmo.analysis.dependencies.crossings import ProjectDependency
from ipmo.analysis.dependencies.handed_over import HandedOver
from ipmo.analysis.dependencies.linked import CriticalLink
from ipmo.reporting.answers import Answers, waiting_text
from ipmo.reporting.blocks import Block, Cell, Grid, Head, Heading, Panel, Paragraph, Picture, Row, Scale, capital, few, number, share
from ipmo.units import day_text
from ipmo.words import agree, counted, rounded_text

__all__ = ["decisions", "interfaces", "links", "map_of_portfolio", "single_points"]

LINKS = 15
RECEIVERS = 4
QUEUE = 15
POINTS = 10
NETWORK = 24
"""Projects up to which the network of interfaces is drawn in the page; beyond that the matrix says more."""
MATRIX = 60
"""Projects up to which the matrix is drawn; beyond that there is the table."""


def map_of_portfolio(a: Answers) -> Panel | None:
    """Projects, the few hand-overs that matter, and the benefits and objectives that they serve; None where nothing joins them."""
    found = a.map
    if found is None or not len(found):
        return None
    kinds = {row.kind for row in found.rows}
    note = "Boxes: projects"
    note += ", at their right the benefits and objectives that they serve" if kinds & {"benefit", "objective"} else ""
    if "hand-over" in kinds:
        note += "; numbered arrows at their left: the hand-overs that matter most, in red where a commitment is missed, in grey where they set no date"
        note += ", as thick as what it costs that they come later" if any(row.loss for row in found.rows if row.rank) else ""
    note += ". Bar in a box, and thickness of what leads to the right: value that is lost without it" if any(found.lost.values()) else ""
    note += ". Red edge: late."
    note += " Days of float are working days." if "hand-over" in kinds else ""
    if found.others:
        note += " Signs: ■ red, ▲ amber, ● green, ○ no status."
    heads = [Head(title=title) for title in ("from", "to", "what")]
    heads += [Head(title="date"), Head(title="float to commitment, d", num=True)]
    costs = [row.loss for row in found.rows if row.loss]
    scale = Scale.of(costs, found.currency) if costs else None
    heads += [Head(title=f"lost, {scale.unit}", num=True)] if scale else []
    rows = []
    for row in found.rows:
        what = f"{row.rank}. {a.name(row.item)}" if row.rank else row.kind
        cells = [Cell(text=a.name(row.target)), Cell(text=what), Cell(text=str(row.day or ""), kind="date")]
        cells.append(Cell(text=number(row.float), kind="bad" if (row.float or 0) < 0 else "num"))
        cells += [Cell(text=scale.text(row.loss, ""), kind="num")] if scale else []
        rows.append(Row(name=a.name(row.source), cells=cells))
    blocks: list[Block] = [Picture(label="Map of the portfolio", svg=found.plot().svg, caption=note)]
    blocks.append(Grid(label="The map in numbers", heads=heads, rows=rows, folded=True, charted=True))
    return Panel(id="map", title="Map of the portfolio", short="Map", blocks=blocks)


def links(a: Answers) -> Panel | None:
    """What open work hands over across project boundaries, one row an item with its receivers: commitments at risk first."""
    shown, whole = a.links.hand_overs[:LINKS], a.links.project_dependencies
    blocks: list[Block] = []
    if shown:
        heads = [Head(title="what is handed over"), Head(title="to"), Head(title="given"), Head(title="first taken")]
        heads += [Head(title="float to receiver", num=True), Head(title="float to commitment", num=True)]
        held = any(row.first.drag for row in shown)
        heads += [Head(title="holds back, d", num=True)] if held else []
        costs = [row.loss.amount for row in shown if row.loss is not None]
        scale = Scale.of(costs, a.currency) if any(costs) else None
        heads += [Head(title=f"{a.links.slip} late cost, {scale.unit}", num=True)] if scale else []
        heads += [Head(title="why it ranks here")]
        rows = [_handed_over(a, row, scale, held) for row in shown]
        table = Grid(label="Critical links", wide=True, heads=[Head(title="#", num=True), *heads], rows=rows)
        blocks += [Paragraph(_links_note(a, shown)), table]
    if whole:
        heads = [Head(title="from"), Head(title="to"), Head(title="kind"), Head(title="giver finishes"), Head(title="receiver starts")]
        rows = [_between_projects(a, link) for link in whole]
        blocks.append(Heading("Between whole projects"))
        blocks.append(Paragraph("Where these links attach is not known yet. They move no date and enter no float."))
        blocks.append(Grid(label="Links between whole projects", heads=[*heads, Head(title="gap, days", num=True)], rows=rows))
    return Panel(id="links", title="Hand-overs across projects that matter most", short="Hand-overs", blocks=blocks) if blocks else None


def _links_note(a: Answers, shown: Sequence[HandedOver]) -> str:
    closed, items = len(a.links) - len(a.live), a.links.hand_overs
    text = f"{counted(len(a.live), 'link')} of open work {agree(len(a.live), 'crosses', 'cross')} a project boundary and {agree(len(a.live), 'hands', 'hand')} over"
    text += f" {counted(len(items), 'item')}"
    text += f"; the first {len(shown)} are listed" if len(shown) < len(items) else ""
    text += ": the one with the least float to a stated commitment on top, then what loses most, then what is nearest in time."
    text += " Floats are in working days of the giver; a negative float says how far a commitment is missed along that path."
    marks = sum(row.calendar_date for row in items)
    text += (
        f" {counted(marks, 'milestone')} that only {agree(marks, 'marks', 'mark')} a date in the calendar {agree(marks, 'stands', 'stand')} after what is work."
        if marks
        else ""
    )
    free = sum(row.commitment_float is None for row in items)
    text += (
        f" {counted(free, 'item')} {agree(free, 'leads', 'lead')} to no commitment and {agree(free, 'stands', 'stand')} last."
        if free
        else ""
    )
    silent = [row for row in shown if not any(_terms(link) for link in row.links)]
    if len(silent) == len(shown):
        text += " None of them says who owns it, by when it is committed or needed."
    return text + (f" {closed} more links are settled: one end is done or has no date." if closed else "")


def _terms(link: CriticalLink) -> bool:
    return any((link.committed, link.needed, link.status, link.agreement.giver_owner, link.agreement.receiver_owner))


def _handed_over(a: Answers, row: HandedOver, scale: Scale | None, held: bool) -> Row:
    first, giver = row.first, a.name(row.item)
    missed = row.commitment_float is not None and row.commitment_float < 0
    receivers = [f"{a.placed(link.target)} ({link.target})" if a.name(link.target) != link.target else link.target for link in row.links]
    under = ["a date in the calendar"] if row.calendar_date else []
    under += filter(None, [a.under(row.item)])
    soonest = min(row.links, key=lambda link: link.taken or datetime.max)
    taken = a.schedule.day_of(soonest.target, soonest.taken, finish=soonest.type[1] == "F")
    cells = [
        Cell(text=giver, kind="to", under="; ".join(under)),
        Cell(text=few(receivers, RECEIVERS), kind="to"),
        Cell(text=str(row.given_date or ""), kind="date"),
        Cell(text=str(taken or ""), kind="date"),
        Cell(text=number(min((link.link_float for link in row.links if link.link_float is not None), default=None)), kind="num"),
        Cell(text=number(row.commitment_float), kind="bad" if missed else "num"),
    ]
    if held:
        cells.append(Cell(text=number(first.drag) if first.drag else "", kind="num", under=a.name(first.drag_on)))
    if scale is not None:
        cells.append(Cell(text=scale.text(None if row.loss is None else row.loss.amount), kind="num"))
    issues = dict.fromkeys(issue for link in row.links if _terms(link) for issue in link.agreement.issues)
    cells.append(Cell(text=capital(row.said(a.name)), kind="why", under="; ".join(issues)))
    return Row(name=str(row.rank), cells=cells)


def _between_projects(a: Answers, link: ProjectDependency) -> Row:
    cells = [
        Cell(text=a.name(link.target)),
        Cell(text=link.kind),
        Cell(text=day_text(link.giver_finish, finish=True) or "unknown", kind="date"),
        Cell(text=day_text(link.receiver_start) or "unknown", kind="date"),
        Cell(text=number(link.gap, 0, unknown="unknown"), kind="num"),
    ]
    return Row(name=a.name(link.source), cells=cells)


def interfaces(a: Answers) -> Panel | None:
    """Who gives to whom: the network where it can be read, the matrix, and how much depends on each giver."""
    view = a.interfaces
    if view is None or len(view) < 2:
        return None
    matrix = view.matrix()
    back = matrix.feedback
    text = f"{counted(len(view), 'pair')} of projects give and receive over {counted(len(a.live), 'link')} of open work."
    loops = [block for block in matrix.blocks if len(block) > 1]
    if loops:
        waiting = "; ".join(", ".join(a.name(name) for name in block) for block in loops[:3])
        text += f" Some wait for one another: {waiting}. No order of these projects has everything lead on; {counted(len(back), 'pair')} lead back."
    else:
        text += " There is an order of the projects in which everything leads on: they can be worked through from left to right."
    blocks: list[Block] = [Paragraph(text)]
    if len(matrix.order) <= NETWORK:
        note = "Each arrow is what one project gives another, with the number of links where it is more than one; the thicker, the more."
        note += " Solid: one of them sets a date. Dashed: all have float."
        note += (
            " Red: it leads back. Box with a red edge: it misses a commitment." if back else " Box with a red edge: it misses a commitment."
        )
        blocks.append(Picture(label="Interface network", svg=view.figure().svg, caption=note, printed=False))  # the map says it on paper
    if 3 <= len(matrix.order) <= MATRIX:
        note = "Columns give, rows receive; the number counts links. What leads on lies below the diagonal"
        note += ", what leads back above it in red; projects that wait for one another are framed." if back else "."
        blocks.append(Picture(label="Dependency structure matrix", svg=matrix.figure.svg, caption=note))
    rows = list(view.links.givers().rows())[:POINTS]
    heads = [Head(title="giver")] + [Head(title=t, num=True) for t in ("links", "driving", "receivers")]
    worth = any(row["value"] for row in rows)
    scale = Scale.of([row["value"] for row in rows], a.currency) if worth else None
    heads += (
        [Head(title="benefits behind", num=True), Head(title=f"value, {scale.unit}", num=True), Head(title="of all", num=True)]
        if scale
        else []
    )
    grid = []
    for row in rows:
        cells = [Cell(text=str(row[name]), kind="num") for name in ("links", "driving", "receivers")]
        if scale is not None:
            cells += [Cell(text=str(row["benefits"]), kind="num"), Cell(text=scale.text(row["value"]), kind="num")]
            cells.append(Cell(text=share(row["share"]), kind="num", bar=row["share"]))
        grid.append(Row(name=a.name(row["giver"]), under=row["giver"] if a.name(row["giver"]) != row["giver"] else "", cells=cells))
    blocks += [Heading("How much depends on each giver"), Grid(label="Givers", heads=heads, rows=grid)]
    return Panel(id="interfaces", title="Who gives to whom", short="Interfaces", blocks=blocks)


def single_points(a: Answers) -> Panel | None:
    """Items without which a benefit, an objective or a gate fails."""
    found = a.single_points
    if found is None or not len(found):
        return None
    rows = list(itertools.islice(found, POINTS))
    amounts = [row.value.amount for row in rows if row.value is not None]
    scale = Scale.of(amounts, a.currency) if amounts else None
    heads = [
        Head(title="item"),
        Head(title="project"),
        Head(title="benefits", num=True),
        Head(title="objectives", num=True),
        Head(title="gates", num=True),
    ]
    heads += [Head(title=f"value, {scale.unit}", num=True)] if scale else []
    heads += [Head(title="float to commitment, d", num=True)]
    grid = []
    for row in rows:
        name = a.name(row.item)
        cells = [
            Cell(text=a.name(row.project)),
            Cell(text=str(len(row.benefits)), kind="num"),
            Cell(text=str(len(row.objectives)), kind="num"),
            Cell(text=str(len(row.gates)), kind="num"),
        ]
        cells += [Cell(text=scale.text(None if row.value is None else row.value.amount), kind="num")] if scale else []
        spare = a.schedule[row.item].commitment_float if row.item in a.schedule else None
        cells.append(Cell(text=number(spare), kind="bad" if spare is not None and spare < 0 else "num"))
        grid.append(Row(name=name, under=a.under(row.item), cells=cells))
    text = f"Some benefit, objective or gate fails without {counted(len(found), 'item')} of open work: what loses most stands first."
    text += (
        " Float to commitment: working days that it can slip before something stated downstream is missed; below zero it is missed already."
    )
    more = f"and {len(found) - POINTS} more" if len(found) > POINTS else ""
    blocks: list[Block] = [Paragraph(text), Grid(label="Single points of failure", heads=heads, rows=grid, more=more)]
    return Panel(id="single-points", title="Single points of failure", short="Single points", blocks=blocks)


def decisions(a: Answers) -> Panel | None:
    """Gates, open decisions and unmet conditions, in order of need."""
    queue = a.queue
    if queue is None or not len(queue):
        return None
    rows = list(queue)[:QUEUE]
    costs = [row.day_costs.amount for row in rows if row.day_costs is not None]
    scale = Scale.of(costs, a.currency) if any(costs) else None
    heads = [Head(title="what"), Head(title="kind"), Head(title="who"), Head(title="latest"), Head(title="needed by")]
    heads += [Head(title="working days left", num=True)]
    heads += [Head(title=f"a day later costs, {scale.unit}", num=True)] if scale else []
    heads += [Head(title="why")]
    grid = []
    for row in rows:
        late = row.too_late
        cells = [Cell(text=row.kind), Cell(text=a.name(row.who) if row.who else "nobody is named")]
        cells += [Cell(text=day_text(row.latest, finish=True), kind="date"), Cell(text=day_text(row.stated, finish=True), kind="date")]
        cells.append(Cell(text=number(row.float), kind="bad" if late else "num"))
        cells += [Cell(text=scale.text(None if row.day_costs is None else row.day_costs.amount, ""), kind="num")] if scale else []
        cells.append(Cell(text=rounded_text(row.said(a.placed)), kind="why"))
        grid.append(Row(name=row.name, under=a.under(row.item, row.name), cells=cells))
    late_ones = sum(row.too_late for row in queue)
    text = f"{waiting_text(queue)} {agree(len(queue), 'waits', 'wait')}, what is needed first on top. Latest is the day up to which every commitment downstream still holds; working days left count from the status date."
    past = sum(row.overdue > 0 for row in queue)
    if past:
        text += f" {past:,} {agree(past, 'is', 'are')} overdue: the day by which {agree(past, 'it was', 'they were')} to be decided lies before the status date."
    if late_ones:
        text += f" {late_ones:,} of them {agree(late_ones, 'comes', 'come')} too late for one already."
    more = f"and {len(queue) - QUEUE} more" if len(queue) > QUEUE else ""
    blocks: list[Block] = [Paragraph(text), Grid(label="Decisions in order of need", wide=True, heads=heads, rows=grid, more=more)]
    return Panel(id="decisions", title="What must be decided by when", short="Decisions", blocks=blocks)
