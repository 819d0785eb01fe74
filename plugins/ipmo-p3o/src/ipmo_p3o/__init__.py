"""P3O (Portfolio, Programme and Project Offices) as an ipmo methodology: who supports whom, and who reports to whom.

Inspired by the guidance; the rule texts are ours. P3O is a trade mark of its owner; nothing here is certified.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from ipmo import Check, CheckContext, Finding, Methodology, Role, Severity, hookimpl
from ipmo.model import Office, Portfolio, Programme, Project

__all__ = ["P3O", "ipmo_methodologies"]

GUIDE = "P3O, office models and reporting lines; rules as in the ipmo domain reference, 1.8"
GRACE = timedelta(days=365)
"""How long a temporary office may outlive its host: a year, for records, lessons and tracking of benefits."""
TEMPORARY = ("programme", "project")
OPEN = ("proposed", "approved", "active", "paused")


def _finding(slug: str, item: str, message: str, hint: str = "", severity: Severity = Severity.ERROR) -> Finding:
    return Finding(code=f"p3o/{slug}", item=item, message=message, hint=hint, severity=severity)


def _temporary(office: Office) -> bool:
    return office.permanent is False or (office.permanent is None and office.type in TEMPORARY)


def _forest(context: CheckContext) -> Iterable[Finding]:
    """P3O-R02: at most one office above each office, no cycle, no spoke without a hub."""
    pf = context.portfolio
    offices = {office.id: office for office in pf.offices}
    above = {name: [up for up in office.reports_to if up in offices] for name, office in offices.items()}
    for name, ups in above.items():
        if len(ups) > 1:
            yield _finding(
                "office-forest", name, f"office {name!r} reports to {len(ups)} offices: {', '.join(map(repr, ups))}", "keep one as its hub"
            )
        loop = _loop(name, above)
        if loop and min(loop) == name:
            yield _finding(
                "office-forest", name, f"offices report in a circle: {' -> '.join([*loop, loop[0]])}", "let one of them report to a body"
            )
        if _temporary(offices[name]) and not ups and any(not _temporary(other) for other in offices.values()):
            yield _finding("office-forest", name, f"temporary office {name!r} has no office above it", "let it report to its hub")


def _loop(start: str, above: dict[str, list[str]]) -> list[str]:
    path, seen, current = [start], {start}, start
    while above.get(current):
        current = above[current][0]
        if current == start:
            return path
        if current in seen:
            return []
        seen.add(current)
        path.append(current)
    return []


def _temporary_end(context: CheckContext) -> Iterable[Finding]:
    """P3O-R03: a temporary office has a host and ends with it, give or take the grace."""
    pf = context.portfolio
    for office in pf.offices:
        if not _temporary(office):
            continue
        if office.host is None:
            yield _finding(
                "temporary-office", office.id, f"temporary office {office.id!r} has no host", "write host: the initiative it serves"
            )
            continue
        if office.ends is None:
            yield _finding("temporary-office", office.id, f"temporary office {office.id!r} has no end", "write ends:")
            continue
        figures = context.roll_up("finish")
        closes = figures[office.host].value if office.host in figures else None
        if closes is None:
            yield _finding(
                "temporary-office",
                office.id,
                f"whether office {office.id!r} ends in time cannot be said: its host {office.host!r} has no finish",
                severity=Severity.INFO,
            )
        elif _day(office.ends) > _day(closes) + GRACE:
            yield _finding(
                "temporary-office",
                office.id,
                f"temporary office {office.id!r} ends {_day(office.ends)}, more than {GRACE.days} days after its host"
                f" {office.host!r} finishes ({_day(closes)})",
                "end it earlier or make it permanent",
            )


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


def _reach(context: CheckContext) -> Iterable[Finding]:
    """P3O-R09: from every initiative a line of offices and bodies leads to the top decision body."""
    pf = context.portfolio
    if not pf.bodies:
        yield _finding(
            "reach-the-top", "", "the portfolio has no decision body, so no initiative reaches one", "declare organisation: bodies:"
        )
        return
    for project in pf.projects:
        if project.state not in OPEN or not context.covers(project.id):
            continue
        path = list(_line(pf, project))
        last = path[-1]
        body = next((b for b in pf.bodies if b.id == last), None)
        if body is None:
            yield _finding(
                "reach-the-top",
                project.id,
                f"project {project.id!r} does not reach a decision body: its reporting line ends at {' -> '.join(path)}",
                "give the last office a reports_to:",
            )
        elif body.level not in (None, "portfolio"):
            yield _finding(
                "reach-the-top",
                project.id,
                f"the reporting line of project {project.id!r} ends at {body.level} level: {' -> '.join(path)}",
                f"let body {body.id!r} report to the portfolio's",
            )


def _line(pf: Portfolio, project: Project) -> Iterator[str]:
    """The ids from a project to where its reporting line ends."""
    yield project.id
    office = _office_of(pf, project)
    if office is None:
        return
    ups = {o.id: sorted(o.reports_to) for o in pf.offices} | {b.id: [b.reports_to] if b.reports_to else [] for b in pf.bodies}
    seen, current = {project.id}, office.id
    while current not in seen:
        seen.add(current)
        yield current
        if not ups.get(current):
            return
        current = ups[current][0]


def _office_of(pf: Portfolio, project: Project) -> Office | None:
    """The office that serves a project: its own, its programme's, else a portfolio office."""
    hosts: list[str] = [project.id]
    above: str | None = project.programme
    while above is not None and above not in hosts:
        hosts.append(above)
        programme = pf[above]
        above = programme.programme if isinstance(programme, Programme) else None
    offices = sorted(pf.offices, key=lambda office: office.id)
    for host in hosts:
        for office in offices:
            if office.host == host:
                return office
    return next((office for office in offices if office.type in ("portfolio", "hub")), None)


P3O = Methodology(
    name="p3o",
    title="P3O: portfolio, programme and project offices",
    source=GUIDE,
    edition="2013, renamed since",
    aliases=("prince2-p3o",),
    applies_to=("portfolio", "offices"),
    vocabulary={"office": "P3O", "service": "function", "body": "board"},
    stages=("identify", "define", "deliver", "close"),
    roles=(
        Role(name="sponsor", title="P3O sponsor", source=GUIDE, mandatory=True),
        Role(name="head", title="Head of the permanent office", source=GUIDE, mandatory=True),
    ),
    checks=(
        Check(
            code="p3o/office-forest",
            rule="P3O-R02",
            title="Offices form a forest: one hub above each spoke, no circle",
            source=GUIDE,
            run=_forest,
        ),
        Check(
            code="p3o/temporary-office",
            rule="P3O-R03",
            title="A temporary office has a host and ends with it",
            source=GUIDE,
            run=_temporary_end,
        ),
        Check(code="p3o/reach-the-top", rule="P3O-R09", title="Every initiative reaches the top decision body", source=GUIDE, run=_reach),
    ),
)


@hookimpl
def ipmo_methodologies() -> Iterable[Methodology]:
    """P3O."""
    return [P3O]
