"""Registers: risks, issues, assumptions and changes that are open, with owner, age and exposure, how many of each, and lessons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import attrs

from ipmo.analysis.control.exposure import Threat
from ipmo.model.changes import ChangeRequest
from ipmo.model.governance import Lesson
from ipmo.model.held import risks_of
from ipmo.model.risks import Assumption, Issue, Risk
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Block, Cell, Grid, Head, Heading, Panel, Paragraph, Picture, Row, Scale, mark, number, share
from ipmo.units import When, as_day
from ipmo.words import counted, rounded_text

__all__ = ["lessons", "raid_log"]

SHOWN = 10
MAPPED = 3
"""Risks with a chance and a cost from which on there is something to see in a map of them."""
SEVERITIES = ("critical", "high", "medium", "low")


def raid_log(a: Answers) -> Panel | None:
    """What stands in the registers and is open, then how much of everything there is, how old, how much of it overdue.

    Decisions and hand-overs stand in their own sections.
    """
    counts = _counts(a)
    if counts is None:
        return None
    blocks = [*_risks(a), *_issues(a), *_assumptions(a), *_changes(a)]
    blocks += [Heading("How many, and how old")] if blocks else []
    text = "Counted over everything below; a dependency is a link across a project boundary or to something outside, open while somebody waits for it. Ages count from the day an entry was raised."
    return Panel(id="raid", title="RAID log", blocks=[*blocks, Paragraph(text), counts])


def lessons(a: Answers) -> Panel | None:
    """What was learned, where, and where it has been used since; the newest first."""
    found = sorted(a.portfolio.lessons, key=lambda one: (one.date is not None, str(one.date or ""), one.id), reverse=True)
    if not found:
        return None
    used = sum(bool(one.applied_in) for one in found)
    text = f"{counted(len(found), 'lesson')}, {used} {'of them ' if len(found) > 1 else ''}used since."
    heads = [Head(title=title) for title in ("lesson", "learned on", "noted", "used in")]
    grid = Grid(label="Lessons", heads=heads, rows=[_lesson(a, one) for one in found[:SHOWN]], more=_more(found))
    return Panel(id="lessons", title="Lessons", blocks=[Paragraph(text), grid])


def _lesson(a: Answers, one: Lesson) -> Row:
    under = "; ".join(part for part in (one.id if one.text else "", ", ".join(one.tags)) if part)
    cells = [Cell(text=a.name(one.source)), Cell(text="" if one.date is None else str(as_day(one.date)), kind="date")]
    cells.append(Cell(text=", ".join(a.name(item) for item in one.applied_in) or "nowhere yet", kind="why"))
    return Row(name=one.text or one.id, under=under, cells=cells)


def _more(everything: Sequence[object]) -> str:
    return f"and {len(everything) - SHOWN} more" if len(everything) > SHOWN else ""


def _entry(a: Answers, id: str, title: str, item: str | None, *cells: Cell) -> Row:
    """A row of a register: its title, its id below it, what it is about, and the rest."""
    return Row(name=title or id, under=id if title else "", cells=[Cell(text=a.name(item)), *cells])


def _owner(a: Answers, owner: str | None) -> Cell:
    return Cell(text=a.name(owner)) if owner else Cell(text="nobody", kind="warn")


def _due(a: Answers, due: When | None) -> Cell:
    """The day, with how long ago it was."""
    if due is None:
        return Cell(kind="date")
    ago = (a.today - as_day(due)).days if a.today is not None else 0
    return Cell(text=str(as_day(due)), kind="date", under=f"{counted(ago, 'day')} ago" if ago > 0 else "")


def _until(a: Answers, risk: Risk) -> Cell:
    """The last day that a risk can happen; under it how long ago that was, or what triggers it and for how long it can happen then."""
    cell = _due(a, risk.ends)
    if risk.triggered_by is None:
        return cell
    after = f"for {risk.within} after" if risk.within is not None else "after"
    return attrs.evolve(cell, under="; ".join(filter(None, (f"{after} {a.name(risk.triggered_by)}", cell.under))))


def _age(a: Answers, raised: date | None) -> Cell:
    return Cell(text="" if raised is None or a.today is None else number((a.today - raised).days, 0), kind="num")


# ---------------------------------------------------------------------------------------------------- by kind


def _risks(a: Answers) -> Iterator[Block]:
    """Open threats, the dearest on average first."""
    found = a.exposure
    if found is None or not found.threats:
        return
    amounts = [amount for one in found.threats for amount in (one.before, one.after) if amount is not None]
    scale = Scale.of(amounts, found.currency) if amounts else None
    heads = [Head(title="risk"), Head(title="of"), Head(title="owner"), Head(title="chance", num=True)]
    heads += [Head(title=f"on average, {scale.unit}", num=True), Head(title="after response", num=True)] if scale else []
    heads += [Head(title="response"), Head(title="can happen until"), Head(title="age, days", num=True)]
    rows = [_risk(a, one, scale) for one in found.threats[:SHOWN]]
    yield Heading(f"{counted(len(found.threats), 'open risk')}, the dearest first")
    text = "On average: probability times mean cost, no reserve. What nobody has put a cost to stands last."
    closed, late = found[a.portfolio.id].closed, found[a.portfolio.id].not_triggered
    chances = sum(one.noun.opportunity and one.noun.state == "open" for one in risks_of(a.portfolio))
    left = [f"{counted(len(closed), 'risk')} whose window has closed"] if closed else []
    left += [f"{counted(len(late), 'risk')} whose trigger does not come in time"] if late else []
    left += [counted(chances, "opportunity")] if chances else []
    text += f" Not counted: {', '.join(left)}." if left else ""
    yield Paragraph(text)
    if sum(1 for one in found.threats if one.before and one.probability) >= MAPPED:
        note = "For triage only: which of them come first is said by what they cost on average, below."
        yield Picture(label="Heat map of risks", svg=found.plot().svg, caption=note, printed=False)
        yield Picture(label="Risks before and after their responses", svg=found.plot("ranking").svg, printed=False)
    yield Grid(label="Risks", heads=heads, rows=rows, more=_more(found.threats))


def _risk(a: Answers, one: Threat, scale: Scale | None) -> Row:
    cells = [Cell(text=a.name(one.project)), _owner(a, one.noun.owner), Cell(text=share(one.probability), kind="num")]
    if scale is not None:
        cells += [Cell(text=scale.text(one.before), kind="num"), Cell(text=scale.text(one.after), kind="num")]
    cells += [Cell(text=one.noun.response or "none"), _until(a, one.noun), _age(a, one.noun.raised)]
    return Row(name=one.name, under=one.item if one.item != one.name else "", cells=cells)


def _issues(a: Answers) -> Iterator[Block]:
    """Open issues, the gravest first, then those due first."""

    def rank(one: Issue) -> tuple[int, bool, date, str]:
        grave = SEVERITIES.index(one.severity) if one.severity in SEVERITIES else len(SEVERITIES)
        return grave, one.due is None, date.max if one.due is None else as_day(one.due), one.id

    found = sorted((one for one in a.portfolio.issues if one.closed is None), key=rank)
    if not found:
        return
    heads = [*(Head(title=title) for title in ("issue", "about", "severity", "owner", "due")), Head(title="age, days", num=True)]
    rows = [
        _entry(
            a,
            one.id,
            one.name,
            one.item,
            Cell(text=one.severity or "not said"),
            _owner(a, one.owner),
            _due(a, one.due),
            _age(a, one.raised),
        )
        for one in found[:SHOWN]
    ]
    yield Heading(counted(len(found), "open issue"))
    yield Grid(label="Issues", heads=heads, rows=rows, more=_more(found))


def _assumptions(a: Answers) -> Iterator[Block]:
    """Assumptions that are neither confirmed nor false, the least likely to hold first."""

    def rank(one: Assumption) -> tuple[float, bool, date, str]:
        return 2 if one.probability is None else one.probability, one.review is None, one.review or date.max, one.id

    found = sorted((one for one in a.portfolio.assumptions if one.state == "open"), key=rank)
    if not found:
        return
    heads = [
        Head(title="assumption"),
        Head(title="what rests on it"),
        Head(title="holds", num=True),
        Head(title="owner"),
        Head(title="next look"),
    ]
    rows = [
        _entry(
            a,
            one.id,
            one.text,
            one.item,
            Cell(text=share(one.probability) or "not said", kind="num"),
            _owner(a, one.owner),
            _due(a, one.review),
        )
        for one in found[:SHOWN]
    ]
    yield Heading(counted(len(found), "open assumption"))
    yield Grid(label="Assumptions", heads=heads, rows=rows, more=_more(found))


def _changes(a: Answers) -> Iterator[Block]:
    """Change requests that nobody has decided, the oldest first."""

    def rank(one: ChangeRequest) -> tuple[date, str]:
        return one.raised or date.max, one.id

    found = sorted((one for one in a.portfolio.changes if one.state == "raised"), key=rank)
    if not found:
        return
    heads = [Head(title="change request"), Head(title="about"), Head(title="would cost", num=True), Head(title="owner")]
    heads += [Head(title="age, days", num=True)]
    costs = ["not known" if one.cost is None else rounded_text(f"{one.cost:,}") for one in found[:SHOWN]]
    rows = [
        _entry(a, one.id, one.name, one.item, Cell(text=cost, kind="num"), _owner(a, one.owner), _age(a, one.raised))
        for one, cost in zip(found[:SHOWN], costs, strict=True)
    ]
    yield Heading(counted(len(found), "undecided change request"))
    yield Grid(label="Change requests", heads=heads, rows=rows, more=_more(found))


# ----------------------------------------------------------------------------------------------------- counts


def _counts(a: Answers) -> Grid | None:
    table = a.raid_log.table() if a.raid_log is not None else None
    rows = [row for row in table.rows() if row["level"] != "project"] if table is not None else []
    if not rows:
        return None
    shown, last = [], None
    for row in rows:
        if row["item"] != last:
            last = row["item"]
            shown.append(Row(name=f"{a.name(last)}, {row['level']}", cells=[Cell() for _ in range(7)], group=True))
        cells = [
            Cell(text=str(row["total"]), kind="num"),
            Cell(text=str(row["open"]), kind="num"),
            mark(row["overdue"], bool(row["overdue"]), 0),
        ]
        cells += [mark(row["unowned"], row["unowned"] > 0, 0), Cell(text=str(row["undated"]), kind="num")]
        cells += [Cell(text=number(row["oldest"], 0), kind="num"), Cell(text=number(row["mean_age"]), kind="num")]
        shown.append(Row(name=f"{row['kind']}s".replace("ys", "ies"), cells=cells))
    titles = ("all", "open", "overdue", "without owner", "without a date", "oldest, days", "mean age, days")
    heads = [Head(title="entry"), *(Head(title=title, num=True) for title in titles)]
    return Grid(label="RAID log", heads=heads, rows=shown)
