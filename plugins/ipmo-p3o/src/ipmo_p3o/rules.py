"""The rules: each says what is wrong, about what, and what to do. Ids and severities as in the domain reference, 1.8."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import ipmo
from ipmo.model import Gate, Office, Portfolio, Programme, Project
from ipmo.model.held import Held, by_project, gates_by_owner, risks_of
from ipmo.model.hierarchy import hierarchy
from ipmo.plugin import Check, CheckContext, Finding, Severity, counted
from ipmo_p3o.blueprint import gaps_closed
from ipmo_p3o.catalogue import ASSURANCE, GUIDE, named_service
from ipmo_p3o.fields import fields_of, is_temporary
from ipmo_p3o.flows import nominal_days
from ipmo_p3o.load import offices_in_time
from ipmo_p3o.maturity import again, backed, improving, scored, targets
from ipmo_p3o.offices import OPEN, day_of, office_model
from ipmo_p3o.proportion import proportion
from ipmo_p3o.roles import roles
from ipmo_p3o.services import coverage, kind_of
from ipmo_p3o.value import closing, value
from ipmo_p3o.wording import finding

__all__ = ["CHECKS"]

GRACE = timedelta(days=365)
"""How long a temporary office may outlive its host: a year, for records, lessons and tracking of benefits."""
HUBS = ("hub", "programme", "project")
"""Types of office that are no top: a permanent one of them reports to an office or a board."""
APART = timedelta(days=14)
"""Reports of two people that lie no further apart speak of the same time (P3O-R08)."""
LEVELS = {"project": 0, "programme": 1, "portfolio": 2}


# ------------------------------------------------------------------------------------------------ offices


def _apex(context: CheckContext) -> Iterable[Finding]:
    """P3O-R01: exactly one office at the top, or a virtual one, in which each service has an owner."""
    pf, model = context.portfolio, office_model(context.portfolio)
    apexes = [office.id for office in model.apexes]
    if len(apexes) > 1:
        yield finding(
            "one-apex",
            "",
            f"{len(apexes)} portfolio offices stand at the top: {', '.join(apexes)}",
            "let all but one report to one of them",
        )
    elif not apexes and not fields_of(pf).virtual:
        hint = "declare an office of type portfolio, or extensions: {p3o: {virtual: true}} and an owner for each service"
        yield finding("one-apex", "", "no portfolio office stands at the top", hint)
    elif not apexes:
        for service in sorted(pf.services, key=lambda s: s.id):
            if service.owner is None and service.provider is None:
                message = f"the office is virtual, and nobody answers for service {service.id!r}"
                yield finding("one-apex", service.id, message, "write owner: or provider:")


def _forest(context: CheckContext) -> Iterable[Finding]:
    """P3O-R02: at most one office above each office, no cycle, no spoke without a hub, no hub that reports to nobody."""
    pf = context.portfolio
    offices = {office.id: office for office in pf.offices}
    above = {name: [up for up in office.reports_to if up in offices] for name, office in offices.items()}
    for name, ups in above.items():
        if len(ups) > 1:
            message = f"office {name!r} reports to {len(ups)} offices: {', '.join(map(repr, ups))}"
            yield finding("office-forest", name, message, "keep one as its hub")
        loop = _loop(name, above)
        if loop and min(loop) == name:
            message = f"offices report in a circle: {' -> '.join([*loop, loop[0]])}"
            yield finding("office-forest", name, message, "let one of them report to a board")
        if is_temporary(offices[name]) and not ups and any(not is_temporary(other) for other in offices.values()):
            yield finding("office-forest", name, f"temporary office {name!r} has no office above it", "let it report to its hub")
        elif not is_temporary(offices[name]) and offices[name].type in HUBS and not offices[name].reports_to:
            message = f"permanent {offices[name].type} office {name!r} reports to nobody"
            yield finding("office-forest", name, message, "let it report to the portfolio office, or to a board")


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
    """P3O-R03: a temporary office has a host and ends with it: not before it, and after it within the grace."""
    pf = context.portfolio
    stated = fields_of(pf).grace
    grace = GRACE if stated is None else timedelta(days=float(nominal_days(stated)))
    offices = [office for office in pf.offices if is_temporary(office)]
    if not offices:
        return
    figures = context.roll_up("finish")
    for office in offices:
        if office.host is None:
            message = f"temporary office {office.id!r} has no host"
            yield finding("temporary-office", office.id, message, "write host: the initiative it serves")
            continue
        if office.ends is None:
            yield finding("temporary-office", office.id, f"temporary office {office.id!r} has no end", "write ends:")
            continue
        closes = figures[office.host].day if office.host in figures else None
        if (stopped := _stopped(pf, office.host)) is not None:
            yield from _outlives(pf, office, day_of(office.ends), stopped.day, grace)
        elif closes is None:
            message = f"whether office {office.id!r} ends in time cannot be said: its host {office.host!r} has no finish"
            yield finding("temporary-office", office.id, message, severity=Severity.INFO)
        elif day_of(office.ends) > closes + grace:
            message = (
                f"temporary office {office.id!r} ends {day_of(office.ends)}, more than {grace.days} days after its host"
                f" {office.host!r} finishes ({closes})"
            )
            yield finding("temporary-office", office.id, message, "end it earlier or make it permanent")
        elif day_of(office.ends) < closes:
            days = counted((closes - day_of(office.ends)).days, "day")
            message = (
                f"temporary office {office.id!r} ends {day_of(office.ends)}, {days} before its host {office.host!r} finishes ({closes})"
            )
            yield finding("temporary-office", office.id, message, "let it last until its host is done, or name who takes over")


class _Stopped(NamedTuple):
    """What was stopped, and when: by its gate's decision; None where nothing says."""

    day: date | None


def _stopped(pf: Portfolio, host: str) -> _Stopped | None:
    """Whether a project was stopped, or every project of a programme; None where it goes on."""
    noun = pf.items.get(host)
    inside = [noun] if isinstance(noun, Project) else hierarchy(pf).projects(noun) if isinstance(noun, Programme) else ()
    if not inside or not all(project.stopped for project in inside):
        return None
    kills = [
        min((day_of(gate.decision.date) for gate in project.gates if gate.decision and gate.decision.outcome == "kill"), default=None)
        for project in inside
    ]
    known = [day for day in kills if day is not None]
    return _Stopped(max(known) if len(known) == len(kills) else None)


def _outlives(pf: Portfolio, office: Office, ends: date, stopped: date | None, grace: timedelta) -> Iterable[Finding]:
    """An office whose host was stopped has to end within the grace; where nobody says when that was, it was by the status date."""
    today = None if pf.status_date is None else day_of(pf.status_date)
    latest = stopped or today
    hint = "end it, or let it serve another host"
    if latest is not None and ends > latest + grace:
        since = f" on {stopped}" if stopped else ""
        message = (
            f"temporary office {office.id!r} ends {ends}, more than {grace.days} days after its host {office.host!r} was stopped{since}"
        )
        yield finding("temporary-office", office.id, message, hint)
    elif stopped is None and (today is None or ends > today):
        message = f"temporary office {office.id!r} goes on until {ends}, though its host {office.host!r} was cancelled"
        yield finding("temporary-office", office.id, message, hint, Severity.WARNING)


def _permanent(context: CheckContext) -> Iterable[Finding]:
    """P3O-R04: a permanent office has no host, and has a funding line and a sponsor."""
    for office in context.portfolio.offices:
        if is_temporary(office):
            continue
        if office.host is not None:
            message = f"permanent office {office.id!r} is hosted by {office.host!r}, which will end"
            yield finding("permanent-office", office.id, message, "drop host:, or write permanent: false and ends:", Severity.WARNING)
        lacks = [name for name, there in (("sponsor", office.sponsor), ("funding line", fields_of(office).funding_line)) if not there]
        if lacks:
            message = f"permanent office {office.id!r} has no {' and no '.join(lacks)}"
            hint = "write sponsor: and extensions: {p3o: {funding_line: ...}}"
            yield finding("permanent-office", office.id, message, hint, Severity.WARNING)


def _reach(context: CheckContext) -> Iterable[Finding]:
    """P3O-R09: from every initiative a line of offices and boards leads to the top board."""
    pf = context.portfolio
    if not pf.bodies:
        message = "the portfolio has no board, so no initiative reaches one"
        yield finding("reach-the-top", "", message, "declare organisation: bodies:")
        return
    model = office_model(pf)
    for one in model.initiatives:
        if not context.covers(one.id):
            continue
        path = model.path(one.id)
        if path.top:
            continue
        kind = "project" if isinstance(one, Project) else "programme"
        if path.ends in ("", "office"):
            message = f"{kind} {one.id!r} does not reach a board: its reporting line ends at {path}"
            yield finding("reach-the-top", one.id, message, "give the last office a reports_to:")
        else:
            message = f"the reporting line of {kind} {one.id!r} ends at {path.ends} level: {path}"
            yield finding("reach-the-top", one.id, message, f"let board {path.steps[-1]!r} report to the portfolio's")


# ------------------------------------------------------------------------------------------------ services


def _covered(context: CheckContext) -> Iterable[Finding]:
    """P3O-R05: each mandatory service has a provider or a waiver with a date; no service is given by no one."""
    pf = context.portfolio
    known = {named_service(name) for office in pf.offices for name in office.services}
    for service in sorted(pf.services, key=lambda s: s.id):
        if service.provider is None and service.owner is None and kind_of(service) not in known:
            message = f"service {service.id!r} is given by no one"
            yield finding("service-gap", service.id, message, "write provider: an office, or owner: who answers for it")
    for cell in coverage(pf).gaps:
        if cell.item == pf.id or context.covers(cell.item):
            where = "" if cell.item == pf.id else cell.item
            message = f"nobody gives the mandatory service {cell.service!r} to {'the portfolio' if not where else repr(where)}"
            yield finding("service-gap", where, message, "let an office offer it, or waive it with a reason and a date")


def _twice(context: CheckContext) -> Iterable[Finding]:
    """P3O-R06: nobody gets the same service from two offices without a rule for who does what."""
    pf = context.portfolio
    for cell in coverage(pf).overlaps:
        if cell.item == pf.id or context.covers(cell.item):
            where = "" if cell.item == pf.id else cell.item
            message = f"{'the portfolio' if not where else repr(where)} gets service {cell.service!r} from {' and '.join(cell.providers)}"
            yield finding("service-overlap", where, message, "write split: on one of the services, or drop one", Severity.WARNING)


# ------------------------------------------------------------------------------------------------ independence


def _independent(context: CheckContext) -> Iterable[Finding]:
    """P3O-R07: whoever assures or gates an initiative does not deliver it."""
    pf, model = context.portfolio, office_model(context.portfolio)
    members = {body.id: body.members for body in pf.bodies}
    assurers = [s for s in sorted(pf.services, key=lambda s: s.id) if kind_of(s) in ASSURANCE and s.provider is not None]
    gates = gates_by_owner(pf)
    for programme in pf.programmes:
        for held in gates.get(programme.id, ()) if context.covers(programme.id) else ():
            yield from _gated(held, model.in_delivery(programme.id), members)
    for project in pf.projects:
        if project.counted_as not in OPEN or not context.covers(project.id):
            continue
        if not (project.gates or project.confidence or assurers):
            continue
        line = model.in_delivery(project.id)
        for held in gates.get(project.id, ()):
            yield from _gated(held, line, members)
        for assessor in sorted({c.assessor for c in project.confidence} & line):
            message = f"the confidence in {project.id!r} is assessed by {assessor!r}, who delivers it"
            yield finding("independence", project.id, message, "let somebody assess it who stands outside")
        over = set(model.over(project.id))
        for service in assurers:
            taken = not service.consumers or over & set(service.consumers)
            if service.provider in line and taken:
                message = f"{project.id!r} is assured by office {service.provider!r}, which belongs to its delivery"
                yield finding("independence", project.id, message, "let another office assure it")


def _gated(held: Held[Gate], line: frozenset[str], members: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """A gate that is decided by who delivers what it is of."""
    gate = held.noun
    decider = (gate.decision.decided_by if gate.decision else None) or gate.body
    seats = members.get(decider or "", ())
    if decider in line:
        message = f"gate {gate.id!r} of {held.owner!r} is decided by {decider!r}, who delivers it"
    elif seats and all(seat in line for seat in seats):
        message = f"gate {gate.id!r} of {held.owner!r} is decided by {decider!r}, all of whose members deliver it"
    else:
        return
    yield finding("independence", held.id, message, "let a board decide that stands outside")


def _neutral(context: CheckContext) -> Iterable[Finding]:
    """P3O-R17: an office owns no benefit, risk or delivery that it supports."""
    pf, model = context.portfolio, office_model(context.portfolio)
    offices = {office.id: office.id for office in pf.offices} | {p.id: p.office for p in pf.people if p.office is not None}
    if not offices:
        return

    registers = by_project(pf)

    def owned() -> Iterator[tuple[str, str, str, str]]:
        for project in pf.projects:
            if project.counted_as in OPEN:
                if project.owner in offices:
                    yield "project", project.id, project.id, project.owner
                for one in registers.get(project.id, ()):
                    if one.noun.owner in offices:
                        yield "risk", one.id, project.id, one.noun.owner
                for task in project.tasks:
                    if task.owner in offices and not task.finished:
                        yield "work", f"{project.id}/{task.id}", project.id, task.owner
        for one in risks_of(pf):
            if one.project is None and one.noun.owner in offices:
                yield "risk", one.id, one.owner, one.noun.owner
        for programme in pf.programmes:
            if programme.owner in offices:
                yield "programme", programme.id, programme.id, programme.owner
        for benefit in pf.benefits:
            if benefit.owner in offices:
                enablers = [pf.project_of(e.source) for e in (*benefit.enabled_by, *benefit.any_of)]
                for enabler in sorted({e for e in enablers if e and isinstance(pf.items.get(e), Project)}):
                    yield "benefit", benefit.id, enabler, benefit.owner

    told = set()
    for kind, item, initiative, owner in owned():
        office = offices[owner]
        if not (context.covers(office) or context.covers(initiative)):
            continue
        if office in model.offices and model.supports(office, initiative) and (item, owner) not in told:
            told.add((item, owner))
            by = f"office {office!r}" if owner == office else f"{owner!r} of office {office!r}"
            yield finding("neutral-office", item, f"{kind} {item!r} is owned by {by}, which supports it", "let the line own it")


# ------------------------------------------------------------------------------------------------ data and escalation


def _one_source(context: CheckContext) -> Iterable[Finding]:
    """P3O-R08: each reported field has one system of record; reports that contradict each other are shown, not averaged."""
    pf = context.portfolio
    systems: dict[str, set[str]] = {}
    for flow in pf.flows:
        if flow.source_system:
            systems.setdefault(flow.field, set()).add(flow.source_system)
    for field, found in sorted(systems.items()):
        if len(found) > 1:
            message = f"field {field!r} has {len(found)} systems of record: {', '.join(sorted(found))}"
            yield finding("one-source", "", message, "name one of them in every flow of the field")
    reporters: tuple[Programme | Project, ...] = (*pf.programmes, *pf.projects)
    for one in reporters:
        if not context.covers(one.id):
            continue
        said: dict[object, dict[str, str]] = {}
        for report in one.status:
            if report.rag:
                said.setdefault(report.date, {}).setdefault(report.rag, report.by or "somebody")
        for day, colours in sorted(said.items(), key=lambda pair: str(pair[0])):
            if len(colours) > 1:
                words = ", ".join(f"{colour} by {by}" for colour, by in sorted(colours.items()))
                yield finding(
                    "one-source", one.id, f"reports on {one.id!r} of {day} contradict each other: {words}", "keep the one that holds"
                )
        yield from _apart(pf, one)


def _apart(pf: Portfolio, one: Programme | Project) -> Iterator[Finding]:
    """What two people last reported of an item, days apart, in different colours: nobody took it back."""
    today = None if pf.status_date is None else day_of(pf.status_date)
    latest: dict[str, tuple[date, str]] = {}
    for report in one.status:
        day = day_of(report.date)
        if report.rag and report.by and (today is None or day <= today) and day >= latest.get(report.by, (day, ""))[0]:
            latest[report.by] = (day, report.rag)
    for (who, (day, colour)), (other, (when, another)) in itertools.combinations(
        sorted(latest.items(), key=lambda row: (row[1][0], row[0])), 2
    ):
        if colour != another and timedelta(0) < when - day <= APART:
            message = f"reports on {one.id!r} contradict each other: {colour} by {who} on {day}, {another} by {other} on {when}"
            yield finding("one-source", one.id, message, "ask both, and keep the one that holds")


def _escalation(context: CheckContext) -> Iterable[Finding]:
    """P3O-R11: each tolerance has somebody to escalate to, with the authority, and the way ends at the board."""
    pf, model = context.portfolio, office_model(context.portfolio)
    levels = {"portfolio": [pf], "programme": pf.programmes, "project": [p for p in pf.projects if p.counted_as in OPEN]}
    for level, nouns in levels.items():
        stated = [one for one in nouns if one.tolerance is not None and (one is pf or context.covers(one.id))]  # type: ignore[attr-defined]
        able = [body for body in pf.bodies if LEVELS[body.level or "portfolio"] >= LEVELS[level]]
        for one in stated if not able else ():
            item = "" if one is pf else one.id  # type: ignore[attr-defined]
            message = f"{'the portfolio' if not item else repr(item)} has a tolerance, and no board of its level or above hears of a breach"
            yield finding("escalation", item, message, "declare organisation: bodies:")
    if not pf.bodies or not any(one.tolerance for nouns in levels.values() for one in nouns):  # type: ignore[attr-defined]
        return
    for breach in ipmo.status(pf, baseline=context.baseline).breaches:
        if breach.level != "portfolio" and not context.covers(breach.item):
            continue
        item = "" if breach.level == "portfolio" else breach.item
        what = f"the breach of {breach.aspect} of {'the portfolio' if not item else repr(item)}"
        board = breach.escalate_to
        if board is None:
            yield finding("escalation", item, f"{what} goes to nobody", "name a board of its level or above")
            continue
        if not breach.covered and breach.stake is not None:
            message = f"{what} goes to {board!r}, whose authority is not known to cover {breach.stake}"
            yield finding("escalation", item, message, "raise its authority, or let it report to a board that has it")
        last, seen = board, {board}
        while model.ups(last) and model.ups(last)[0] not in seen:
            last = model.ups(last)[0]
            seen.add(last)
        if last not in model.tops:
            message = f"{what} goes to {board!r} and ends at {last!r}, below the portfolio's board"
            yield finding("escalation", item, message, f"let {last!r} report to the board")


def _cadence(context: CheckContext) -> Iterable[Finding]:
    """P3O-R12: who sends cuts off no later than who takes it on, else the data wait a period more."""
    onward: dict[tuple[str, str], list[tuple[str, object]]] = {}
    for flow in context.portfolio.flows:
        onward.setdefault((flow.field, flow.source), []).append((flow.target, flow))
    for flow in context.portfolio.flows:
        if flow.lead is None:
            continue
        for target, parent in onward.get((flow.field, flow.target), ()):
            lead = parent.lead  # type: ignore[attr-defined]
            if lead is None or nominal_days(flow.lead) >= nominal_days(lead):
                continue
            message = (
                f"{flow.field!r} from {flow.source!r} is cut off {flow.cut_off}, after {flow.target!r} cuts off for {target!r}"
                f" ({parent.cut_off}): it waits for the next period"  # type: ignore[attr-defined]
            )
            yield finding("cadence", flow.source, message, "cut off earlier below, or later above", Severity.WARNING)


# ------------------------------------------------------------------------------------------------ standards and lessons


def _adoption(context: CheckContext) -> Iterable[Finding]:
    """P3O-R13: every initiative follows the current version of each standard, or has a waiver that stands."""
    pf = context.portfolio
    known = {standard.id: standard for standard in pf.standards}
    today = None if pf.status_date is None else day_of(pf.status_date)
    waived = {(w.item, w.standard) for w in pf.waivers if w.standard and w.holds(today)}
    for project in pf.projects:
        if project.counted_as not in OPEN or not context.covers(project.id):
            continue
        follows = fields_of(project).standards
        for name in sorted(set(follows) - set(known)):
            message = f"project {project.id!r} follows the unknown standard {name!r}"
            yield finding("standards", project.id, message, f"known: {', '.join(sorted(known)) or 'none'}", Severity.WARNING)
        for name, standard in known.items():
            if standard.applies_to not in ("", "project") or not standard.version:
                continue
            if any((one, name) in waived for one in _over(pf, project)) or follows.get(name) == standard.version:
                continue
            has = f"follows version {follows[name]} of" if name in follows else "does not say which version it follows of"
            message = f"project {project.id!r} {has} standard {name!r}; version {standard.version} is current"
            hint = f"write extensions: {{p3o: {{standards: {{{name}: {standard.version}}}}}}}, or a waiver with a reason and a date"
            yield finding("standards", project.id, message, hint, Severity.WARNING)


def _over(pf: Portfolio, project: Project) -> tuple[str, ...]:
    return (*office_model(pf).over(project.id), pf.id)


def _learning(context: CheckContext) -> Iterable[Finding]:
    """P3O-R14: closed initiatives leave lessons, cancelled ones most of all, new ones cite some, and no lesson is left unused."""
    pf = context.portfolio
    taught = Counter(pf.project_of(lesson.source) or lesson.source for lesson in pf.lessons if lesson.source)
    cited = {lesson for project in pf.projects for lesson in fields_of(project).cites}
    used = {pf.project_of(item) or item for lesson in pf.lessons for item in lesson.applied_in}
    known = {lesson.id for lesson in pf.lessons}
    for project in pf.projects:
        if not context.covers(project.id):
            continue
        for name in sorted(set(fields_of(project).cites) - known):
            yield finding("learning", project.id, f"project {project.id!r} cites the unknown lesson {name!r}", severity=Severity.WARNING)
        if project.counted_as in ("closed", "cancelled") and not taught[project.id]:
            message = f"project {project.id!r} is {project.counted_as} and left no lesson"
            yield finding("learning", project.id, message, "write lessons: with from: its id", Severity.WARNING)
        if project.counted_as in ("proposed", "approved") and known and not fields_of(project).cites and project.id not in used:
            message = f"project {project.id!r} is {project.counted_as} and cites no lesson"
            yield finding("learning", project.id, message, "write extensions: {p3o: {cites: [...]}}", Severity.INFO)
    for lesson in pf.lessons:
        if not lesson.applied_in and lesson.id not in cited:
            yield finding("learning", lesson.id, f"lesson {lesson.id!r} has been used nowhere", "apply it, or withdraw it", Severity.INFO)


CHECKS = tuple(
    Check(code=f"p3o/{slug}", rule=rule, title=title, source=GUIDE, run=run)
    for slug, rule, title, run in (
        ("one-apex", "P3O-R01", "One office at the top, or a virtual one with an owner for each service", _apex),
        ("office-forest", "P3O-R02", "Offices form a forest: one hub above each spoke, no circle, no hub that reports to nobody", _forest),
        ("temporary-office", "P3O-R03", "A temporary office has a host and ends with it", _temporary_end),
        ("permanent-office", "P3O-R04", "A permanent office has no host, and has a funding line and a sponsor", _permanent),
        ("service-gap", "P3O-R05", "Each mandatory service has a provider or a waiver with a date", _covered),
        ("service-overlap", "P3O-R06", "Nobody gets the same service twice without a rule for who does what", _twice),
        ("independence", "P3O-R07", "Whoever assures or gates an initiative does not deliver it", _independent),
        ("one-source", "P3O-R08", "Each reported field has one system of record, and reports do not contradict each other", _one_source),
        ("reach-the-top", "P3O-R09", "Every initiative reaches the top board", _reach),
        ("roles", "P3O-R10", "Mandatory roles are held, nobody holds too many, nobody assures what they own", roles),
        ("escalation", "P3O-R11", "Each tolerance has somebody to escalate to, with the authority, up to the board", _escalation),
        ("cadence", "P3O-R12", "Who sends cuts off no later than who takes it on", _cadence),
        ("standards", "P3O-R13", "Every initiative follows the current version of each standard, or has a waiver", _adoption),
        ("learning", "P3O-R14", "Closed and cancelled initiatives leave lessons, and new ones cite some", _learning),
        ("blueprint", "P3O-R15", "Gaps of the blueprint close by their day, in their order, with evidence", gaps_closed),
        ("office-load", "P3O-R16", "An office has no more to serve than its capacity", offices_in_time),
        ("neutral-office", "P3O-R17", "An office owns no benefit, risk or delivery that it supports", _neutral),
        ("value", "P3O-R18", "Each office has a KPI of its value with baseline, target and a fresh measurement", value),
        ("office-closing", "P3O-R19", "A temporary office that closes hands over to somebody who stays", closing),
        ("proportion", "P3O-R20", "Control is in proportion to the tier of an initiative, both ways", proportion),
        ("maturity-evidence", "MAT-R01", "Each score of maturity has evidence", backed),
        ("maturity-score", "MAT-R02", "A score is not a level or more above what the data show", scored),
        ("maturity-target", "MAT-R03", "A target level says what it is for, and is not the top for everything", targets),
        ("improvement", "MAT-R04", "Improvements have an owner and a measured effect", improving),
        ("reassess", "MAT-R05", "Maturity is scored again within its interval", again),
    )
)
