"""How things stand: reported and computed status, exceptions, confidence, the RAID log, findings, and what all of it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import attrs

from ipmo.analysis.control.status import ItemStatus
from ipmo.figures.signs import ORDER, SignRow, sign_rows
from ipmo.figures.svg import GLYPHS
from ipmo.findings import Finding, Severity
from ipmo.model.later import size_of
from ipmo.model.reference import RATINGS
from ipmo.model.work import Project
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import LONG, SHORT, Block, Cell, Grid, Head, Heading, Panel, Paragraph, Picture, Row, capital, few, mark
from ipmo.version import __version__
from ipmo.words import counted, rounded_text

__all__ = ["confidence", "finding_groups", "findings_note", "method", "status"]

SHOWN = 25
BADNESS = {"green": 0, "amber/green": 1, "amber": 2, "amber/red": 3, "red": 4}
"""Colours and ratings, the worst last."""
EXCEPTIONS = 20
ASSESSORS = 6
"""Assessors with a column each; where there are more, one column has the latest assessment and its assessor."""


# -------------------------------------------------------------------------------------------------- status


def status(a: Answers) -> Panel:
    """Reported status beside computed status, dates and money, by group; then the exceptions."""
    grouping, tasks = a.grouping, any(size_of(project, "tasks") for project in a.portfolio.projects)
    reports = any(project.status for project in a.portfolio.projects) or not a.assessors
    heads = [Head(title="project"), Head(title="state")]
    heads += [Head(title="reported")] if reports else []
    computed = a.status is not None and any(row.computed for row in a.status.items("project"))
    heads += [Head(title="computed")] if computed else []
    heads += (
        [Head(title=f"confidence, {name}") for name in a.assessors] if len(a.assessors) <= ASSESSORS else [Head(title="latest confidence")]
    )
    heads += [Head(title="starts"), Head(title="finishes")]
    heads += [Head(title="late commitments", num=True), Head(title="float to commitment, d", num=True)] if tasks else []
    heads += [Head(title=a.word(name), num=True) for name in a.money]
    rows = []
    many = len(a.portfolio.projects) > LONG
    worst = sorted(a.portfolio.projects, key=lambda project: _worse(a, project)) if many else []
    place = {project.id: number for number, project in enumerate(worst)}
    for group, projects in a.groups(grouping):
        if group is not None:
            rows.append(_group_row(a, grouping or "", group, projects, heads))
        ordered = sorted(projects, key=lambda project: place[project.id]) if many else projects
        rows += [
            attrs.evolve(_project_row(a, project, reports, computed, tasks), key=place.get(project.id, SHORT) < SHORT)
            for project in ordered
        ]
    left = sum(1 for p in a.portfolio.projects if p.counted_as in ("proposed", "cancelled"))
    text = (
        "Reported status stands beside what the figures say; neither overwrites the other."
        if computed
        else "What is stated; no figure of a project says how it stands."
    )
    if left:
        text += f" {counted(left, 'proposed or cancelled project')} listed here, but in no total."
    blocks: list[Block] = [Paragraph(text), Grid(label="Status table", heads=heads, rows=rows)]
    blocks += _exceptions(a)
    return Panel(id="status", title=f"Status by {grouping or 'project'}", short="Status", blocks=blocks)


def _worse(a: Answers, project: Project) -> tuple[int, int, float]:
    """The worst first: by the worst colour that is said of it, by late commitments, by float."""
    row = a.status[project.id] if a.status is not None and project.id in a.status else None
    said = [a.reported(project), None if row is None else row.computed, *(a.rating(project, name) for name in a.assessors)]
    spare = a.spare.get(project.id)
    late = a.broken.get(project.id, 0)
    return -max((BADNESS.get(one or "", -1) for one in said), default=-1), -late, float("inf") if spare is None else spare


def _group_row(a: Answers, grouping: str, group: str, projects: list[Project], heads: list[Head]) -> Row:
    name = a.name(group) if grouping == "programme" else group
    cells = [Cell() for _ in heads[1 : len(heads) - len(a.money)]]
    whole = a.status[group] if grouping == "programme" and a.status is not None and group in a.status else None
    titles = [head.title for head in heads]
    if whole is not None and "computed" in titles:
        cells[titles.index("computed") - 1] = _computed(whole)
    for measure in a.money:
        roll = a.roll(measure, grouping)
        key = group or "(none)"
        figure = roll[key] if roll is not None and key in roll else None
        known = "" if figure is None else f"{figure.known} of {figure.total} known"
        cells.append(Cell(text="" if figure is None else figure.text, kind="num", under=known))
    return Row(name=f"{name or f'no {grouping}'}, {counted(len(projects), 'project')}", cells=cells, group=True)


def _project_row(a: Answers, project: Project, reports: bool, computed: bool, tasks: bool) -> Row:
    start, finish = a.schedule.days(project.id)
    row = a.status[project.id] if a.status is not None and project.id in a.status else None
    cells = [Cell(text=project.state)]
    cells += [Cell(rag=a.reported(project) or "")] if reports else []
    cells += [Cell(text="not known") if row is None else _computed(row)] if computed else []
    cells += _confidences(a, project)
    item = a.item(project.id) if tasks and finish is None else None  # an item is made of all that lies in it
    undated = "on hold" if item is not None and item.undated else "unknown"
    later = "or later" if finish is not None and a.schedule.doubt(project.id) else ""
    cells += [Cell(text=str(start or "unknown"), kind="date"), Cell(text=str(finish or undated), kind="date", under=later)]
    if tasks:
        spare = a.spare.get(project.id)
        late = a.broken.get(project.id, 0)
        cells += [mark(late, late > 0, 0), mark(spare, spare is not None and spare < 0)]
    for roll in a.money.values():
        figure = roll[project.id] if project.id in roll else None
        text = "not counted" if figure is None else "unknown" if figure.value is None else figure.text
        cells.append(Cell(text=text, kind="num"))
    return Row(name=project.name or project.id, under=project.id if project.name else "", cells=cells)


def _confidences(a: Answers, project: Project) -> list[Cell]:
    """A cell an assessor, or one with the latest assessment and its assessor where there are many."""
    if len(a.assessors) <= ASSESSORS:
        return [Cell(rag=a.rating(project, name) or "") for name in a.assessors]
    last = a.last_confidence(project)
    return [Cell() if last is None else Cell(rag=last.rating, under=last.assessor)]


def _computed(row: ItemStatus) -> Cell:
    """The computed colour; what it was computed from stands below where it is worse than green."""
    if row.computed is None:
        worse = row.at_least not in (None, "green")
        return Cell(text=f"at least {row.at_least}" if worse else "not known", kind="warn" if worse else "")
    aspects = ["projects" if aspect.name == "children" else aspect.name for aspect in row.aspects if aspect.rag == row.computed]
    return Cell(rag=row.computed, under="" if row.computed == "green" else ", ".join(aspects))


def _exceptions(a: Answers) -> list[Block]:
    if a.status is None or not a.status.breaches:
        return []
    rows = []
    for breach in a.status.breaches[:EXCEPTIONS]:
        board = a.name(breach.escalate_to) if breach.escalate_to else "nobody is named"
        note = "" if breach.covered or breach.escalate_to is None else "its authority is not known to cover it"
        cells = [Cell(text=breach.level), Cell(text=breach.aspect), Cell(text=rounded_text(breach.text), kind="why")]
        cells += [Cell(text="" if breach.stake is None else rounded_text(f"{breach.stake:,}"), kind="num"), Cell(text=board, under=note)]
        rows.append(Row(name=a.name(breach.item), under=a.under(breach.item), cells=cells))
    heads = [Head(title="item"), Head(title="level"), Head(title="of"), Head(title="forecast against tolerance")]
    heads += [Head(title="at stake", num=True), Head(title="goes to")]
    more = len(a.status.breaches) - EXCEPTIONS
    grid = Grid(label="Exceptions", heads=heads, rows=rows, more=f"and {more} more" if more > 0 else "")
    note = "Each goes to the lowest board above the item whose stated authority covers what is at stake, else to the top one."
    return [Heading("Exceptions"), Paragraph(note), grid]


def confidence(a: Answers) -> Panel | None:
    """Delivery confidence counted by group, one table an assessor: those with the most projects where there are many."""
    grouping = a.grouping
    if not a.assessors or grouping is None:
        return None
    text, chosen = "The latest rating of each project, on the scale it was given on. No scale is converted here.", list(a.assessors)
    if len(chosen) > ASSESSORS:
        chosen = [name for name, _ in a.assessors.most_common(ASSESSORS)]
        text += (
            f" Shown are {ASSESSORS} of {len(a.assessors):,} assessors: those of the most projects; the status table has the latest of all."
        )
    blocks: list[Block] = [_by_sign(a, grouping)]
    used: list[str] = []
    for assessor in chosen:
        scales = {c.scale for p in a.portfolio.projects for c in p.confidence if c.assessor == assessor}
        words = list(dict.fromkeys(word for scale in sorted(scales) for word in reversed(RATINGS[scale].ratings)))
        rows = []
        for group, projects in [*a.groups(grouping), ("", list(a.portfolio.projects))]:
            found = Counter(a.rating(project, assessor) or "" for project in projects)
            whole = group == "" and len(projects) == len(a.portfolio.projects)
            name = "all" if whole else (a.name(group) if grouping == "programme" else group) or f"no {grouping}"
            cells = [Cell(text=str(found[word]) if found[word] else "·", kind="num") for word in words]
            cells += [Cell(text=str(found[""]) if found[""] else "·", kind="num"), Cell(text=str(len(projects)), kind="num")]
            rows.append(Row(name=name, cells=cells, group=whole))
        used.append(f"{assessor} on {', '.join(f'{s} ({RATINGS[s].edition})' for s in sorted(scales))}")
        heads = [
            Head(title=grouping),
            *(Head(title=f"{GLYPHS.get(word, chr(9670))} {word}", num=True) for word in words),
            *(Head(title=title, num=True) for title in ("none", "projects")),
        ]
        blocks.append(Grid(label=f"Confidence by {grouping}, {assessor}", heads=heads, rows=rows, folded=True, charted=True))
    blocks.insert(0, Paragraph(f"{text} {'; '.join(used)}."))
    return Panel(id="confidence", title=f"Delivery confidence by {grouping}", short="Confidence", blocks=blocks)


def _by_sign(a: Answers, grouping: str) -> Picture:
    """A sign for each project by group, those with most reds first."""
    found = []
    for group, projects in a.groups(grouping):
        colours = [a.rating(project) for project in projects]
        by = Counter(colours)
        said = ", ".join(f"{by[word]} {word}" for word in ORDER if word is not None and by[word]) or "none rated"
        name = (a.name(group) if grouping == "programme" else group) or f"no {grouping}"
        found.append((-by["red"], -len(projects), name, SignRow(name=name, colours=colours, said=said)))
    rated = {colour for *_, row in found for colour in row.colours}
    shown = ", ".join(f"{GLYPHS.get(word, '◆')} {word}" for word in ORDER if word is not None and (word in GLYPHS or word in rated))
    note = f"One sign a project, by its latest rating: {shown}, ○ none of these"
    title = f"Delivery confidence by {grouping}"
    return Picture(label=title, svg=sign_rows([row for *_, row in sorted(found, key=lambda one: one[:3])], title=title, note=note).svg)


# ------------------------------------------------------------------------------------------------ evidence


def _heading(code: str, headings: Mapping[str, str]) -> str:
    """What stands over the findings of a code; of what was found while a file was read its words, with the format."""
    form, _, slug = code.partition("/")
    return headings.get(code) or f"{capital(slug.replace('-', ' '))} ({form})"


def finding_groups(a: Answers, headings: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """Findings by kind under the headings of their checks, errors opened; what else the same facts break."""
    for code in dict.fromkeys(f.code for f in a.findings):
        found: list[Finding] = a.ordered(code)
        rules = dict.fromkeys(rule for one in found for rule in one.rules)
        yield {
            "title": _heading(code, headings) + (f" ({', '.join(rules)})" if rules else ""),
            "also": "; ".join(_heading(other, headings) for other in dict.fromkeys(c for one in found for c in one.codes[1:])),
            "count": len(found),
            "shown": found[:SHOWN],
            "more": max(len(found) - SHOWN, 0),
            "open": found[0].severity is Severity.ERROR,
        }


def findings_note(a: Answers) -> str:
    """How many of each severity."""
    by = Counter(f.severity.value for f in a.findings)
    words = [f"{by[s.value]} {s.value}{'s' if by[s.value] != 1 and s is not Severity.INFO else ''}" for s in Severity if by[s.value]]
    return ", ".join(words) + "."


def method(a: Answers) -> Iterator[tuple[str, str]]:
    """What the figures rest on, and what could not be computed."""
    pf, net = a.portfolio, a.schedule.network
    yield "source", pf.source.path.replace("\\", "/").rpartition("/")[2] or "made in Python"
    yield "status date", a.today.isoformat() if a.today else "none stated"
    dialect = net.dialect.name if net.dialect else "ipmo"
    yield (
        "dates and floats",
        "critical path over all projects at once, in whole minutes on each item's calendar; forward and backward pass "
        f"with the conventions of dialect '{dialect}'",
    )
    yield (
        "float to commitment",
        "the least slip that breaks something stated downstream: a hand-over, a deadline, a gate's need-by date, a project's finish, a "
        "benefit's planned start; what is only forecast is none",
    )
    yield (
        "network",
        f"{counted(net.n, 'item')}, {counted(net.m, 'link')} of open work, {counted(len(net.undated_externals), 'link')} to undated items outside, {len(net.project_dependencies)} between whole projects",
    )
    if a.status is not None:
        yield (
            "computed status",
            f"by {a.status.policy}: time, cost, benefits, risk and carbon against stated tolerances; without one, late or over budget is red",
        )
    for name, roll in a.money.items():
        total = roll.total
        left = f"; left out: {few(total.left_out)}" if total.left_out else ""
        base = f", {total.base} prices" if total.base else ""
        yield a.word(name), f"{total.known} of {total.total} figures known{base}; what is unknown is not counted as zero{left}"
    if a.earned is not None:
        yield (
            "earned value",
            "CPI is earned by actual, SPI earned by planned, both 1 or more when all is well; EAC is the budget by CPI, VAC the budget less "
            "EAC; TCPI is what is left to earn by what is left to spend; SPI(t) is the time by which so much should have been earned by the "
            "time that has gone",
        )
    if a.benefits is not None and a.benefits.discount is not None:
        d = a.benefits.discount
        yield "present value", f"as of {a.benefits.as_of}, discounted by {getattr(d, 'name', '') or d}"
    for what, reason in a.refused.items():
        yield f"{what}: not shown", reason
    yield "content", f"sha256 {pf.digest[:16]}…, ipmo {__version__}"
