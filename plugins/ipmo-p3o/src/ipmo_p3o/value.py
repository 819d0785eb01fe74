"""What an office is worth, measured (P3O-R18), and what a temporary one leaves behind when it closes (P3O-R19)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from ipmo.model import Office, Person, Portfolio
from ipmo.model.held import risks_of
from ipmo.plugin import CheckContext, Column, Finding, Severity, Table
from ipmo_p3o.fields import Measured, ValueKpi, answerable, fields_of, is_temporary
from ipmo_p3o.figures import figure
from ipmo_p3o.offices import OPEN, day_of, office_model
from ipmo_p3o.wording import finding, later

__all__ = ["closing", "kpi_table", "latest", "value"]


def _today(portfolio: Portfolio) -> date | None:
    return None if portfolio.status_date is None else day_of(portfolio.status_date)


def latest(portfolio: Portfolio, kpi: ValueKpi) -> Measured | None:
    """What a KPI is on the status date: computed where it names a figure, else the last value measured by then.

    Of two values of one day the one that stands later in the file.
    """
    today = _today(portfolio)
    if kpi.figure:
        found = figure(portfolio, kpi.figure).value
        return None if found is None or today is None else Measured(date=today, value=found)
    known = [(row.date, place) for place, row in enumerate(kpi.measured) if today is None or row.date <= today]
    return kpi.measured[max(known)[1]] if known else None


def kpi_table(portfolio: Portfolio) -> Table:
    """What offices are worth: office, kpi, baseline, target, latest, measured, reached (share of the way from baseline to target)."""
    rows = [
        (office.id, kpi, latest(portfolio, kpi)) for office in office_model(portfolio).offices.values() for kpi in fields_of(office).kpis
    ]
    return Table(
        [
            Column("office", "str", [office for office, _, _ in rows]),
            Column("kpi", "str", [kpi.name or kpi.id for _, kpi, _ in rows]),
            Column("unit", "str", [kpi.unit for _, kpi, _ in rows]),
            Column("baseline", "float", [kpi.baseline for _, kpi, _ in rows]),
            Column("target", "float", [kpi.target for _, kpi, _ in rows]),
            Column("latest", "float", [None if last is None else last.value for _, _, last in rows]),
            Column("measured", "date", [None if last is None else last.date for _, _, last in rows]),
            Column("reached", "float", [_reached(kpi, last) for _, kpi, last in rows], "share"),
        ]
    )


def _reached(kpi: ValueKpi, last: Measured | None) -> float | None:
    if last is None or kpi.baseline is None or kpi.target is None or kpi.target == kpi.baseline:
        return None
    return (last.value - kpi.baseline) / (kpi.target - kpi.baseline)


def value(context: CheckContext) -> Iterable[Finding]:
    """P3O-R18: each office has a KPI of its value with baseline, target, owner and a measurement that is not older than its period."""
    pf = context.portfolio
    known = answerable(pf)
    for office in office_model(pf).offices.values():
        kpis = fields_of(office).kpis
        if not kpis:
            message = f"nothing measures what office {office.id!r} is worth"
            hint = "write kpis: under its extensions: p3o, each with baseline, target, owner, every and measured"
            yield finding("value", office.id, message, hint, Severity.WARNING)
            continue
        faults = [(kpi, _lacks(pf, kpi, known)) for kpi in kpis]
        if any(not lacks for _, lacks in faults):  # one that holds is enough
            continue
        for kpi, lacks in faults:
            message = f"KPI {kpi.id!r} of office {office.id!r} {' and '.join(lacks)}"
            yield finding("value", office.id, message, "one KPI that is whole and fresh is enough", Severity.WARNING, part=kpi.id)


def _lacks(pf: Portfolio, kpi: ValueKpi, known: frozenset[str]) -> list[str]:
    out = [f"has no {word}" for word in ("baseline", "target") if getattr(kpi, word) is None]
    if kpi.every is None and not kpi.figure:
        out.append("does not say how often it is measured")
    if kpi.baseline is not None and kpi.baseline == kpi.target:
        out.append("aims at what it was")
    if not kpi.owner:
        out.append("has no owner")
    elif kpi.owner not in known:
        out.append(f"is owned by {kpi.owner!r}, whom nobody knows")
    last, today = latest(pf, kpi), _today(pf)
    if last is None:
        out.append("cannot be computed from the data" if kpi.figure else "was never measured")
    elif kpi.every is not None and today is not None and later(last.date, kpi.every) < today:
        out.append(f"was last measured on {last.date}, more than {kpi.every} ago")
    return out


# ------------------------------------------------------------------------------------------------ the end of an office


def closing(context: CheckContext) -> Iterable[Finding]:
    """P3O-R19: a temporary office that closes hands records, lessons, open risks and the tracking of benefits to somebody who stays.

    Risks count where its host has an open one, benefits where its host enables one. Who stays is a board, an office that is open, or a
    person who is permanent or whose office is open; nobody who goes with the office.
    """
    pf = context.portfolio
    today = _today(pf)
    if today is None:
        return
    closed = {o.id for o in pf.offices if o.ends is not None and day_of(o.ends) <= today}
    left, risks = _served(pf), _open_risks(pf)
    people = {person.id: person for person in pf.people}
    staff: dict[str, list[Person]] = {}
    for person in pf.people:
        staff.setdefault(person.office or "", []).append(person)
    for office in sorted(pf.offices, key=lambda o: o.id):
        if office.id not in closed or not is_temporary(office):
            continue
        given = fields_of(office).handed_over
        for what in ("records", "lessons", *left.get(office.host or "", ())):
            who = given.get(what, "")
            why = _gone(pf, who, people.get(who), office, closed) if who else "to nobody"
            if why:
                message = f"office {office.id!r} closed on {day_of(office.ends or today)} and handed its {what} {why}"
                hint = f"write extensions: {{p3o: {{handed_over: {{{what}: somebody who stays}}}}}}"
                yield finding("office-closing", office.id, message, hint, part=what)
        yield from _owned(office, risks, staff)


def _served(pf: Portfolio) -> dict[str, tuple[str, ...]]:
    """What there is to hand over of each project, and of each programme that holds one, beside records and lessons."""
    model = office_model(pf)
    enabling = {pf.project_of(e.source) for benefit in pf.benefits for e in (*benefit.enabled_by, *benefit.any_of)}
    risky = {one.owner for one in risks_of(pf) if one.noun.state == "open"}
    found: dict[str, set[str]] = {programme.id: {"risks"} for programme in pf.programmes if programme.id in risky}
    for project in pf.projects:
        here = {"risks"} if project.id in risky else set()
        here |= {"benefits"} if project.id in enabling else set()
        for name in model.over(project.id):
            found.setdefault(name, set()).update(here)
    return {name: tuple(what for what in ("risks", "benefits") if what in there) for name, there in found.items()}


def _open_risks(pf: Portfolio) -> dict[str, list[tuple[int, str]]]:
    """Open risks of open projects, of programmes and the portfolio, by owner: (place, full id), in order of the file."""
    found: dict[str, list[tuple[int, str]]] = {}
    for place, one in enumerate(risks_of(pf)):
        if one.noun.state == "open" and one.noun.owner is not None and (one.project is None or one.project.counted_as in OPEN):
            found.setdefault(one.noun.owner, []).append((place, one.id))
    return found


def _gone(pf: Portfolio, who: str, person: Person | None, office: Office, closed: set[str]) -> str:
    """Why somebody cannot take over; empty where they can."""
    if who == office.id:
        return "to itself"
    if who not in answerable(pf):
        return f"to {who!r}, who is no person, office or board"
    if who in closed:
        return f"to office {who!r}, which has closed"
    if person is None or person.permanent is True:
        return ""
    if person.office in closed:
        return f"to {who!r} of office {person.office!r}, which has closed"
    return f"to {who!r}, who is not permanent" if person.permanent is False and person.office is None else ""


def _owned(office: Office, risks: Mapping[str, list[tuple[int, str]]], staff: Mapping[str, list[Person]]) -> Iterator[Finding]:
    """Open risks that still belong to an office that has closed, or to somebody who goes with it."""
    goes = {office.id} | {p.id for p in staff.get(office.id, ()) if p.permanent is not True}
    for _, full_id, owner in sorted((*row, who) for who in goes for row in risks.get(who, ())):
        message = f"open risk {full_id!r} is still owned by {owner!r} of office {office.id!r}, which has closed"
        yield finding("office-closing", full_id, message, "name an owner who stays", part=office.id)
