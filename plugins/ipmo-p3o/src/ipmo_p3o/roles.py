"""Who holds which role, and what should not meet in one person: P3O-R10."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ipmo.model import Office, Person, Portfolio, Programme, Project
from ipmo.plugin import CheckContext, Column, Finding, Severity, Table
from ipmo_p3o.catalogue import ASSURANCE, ROLE_PROFILES, named_role
from ipmo_p3o.fields import fields_of, is_temporary
from ipmo_p3o.offices import OPEN, OfficeModel, office_model
from ipmo_p3o.services import kind_of
from ipmo_p3o.wording import finding

__all__ = ["roles", "roles_table", "wanted"]

ASSURERS = ("quality", "assurance", "assurer", "independent assurance")
"""Roles whose holder judges what others deliver."""
HEADS = ("head", "head-temporary")


def _held(portfolio: Portfolio) -> dict[str, tuple[str, ...]]:
    """Roles of each person by their short names, each once."""
    return {p.id: tuple(dict.fromkeys(map(named_role, p.roles))) for p in portfolio.people if p.roles}


def _heads(office: Office, portfolio: Portfolio, held: dict[str, tuple[str, ...]], model: OfficeModel) -> tuple[str, ...]:
    """Who leads an office: a head who belongs to it; at the top also one who belongs to none."""
    top = {one.id for one in model.apexes}
    free = not is_temporary(office) and office.id in top
    return tuple(
        person.id
        for person in portfolio.people
        if set(HEADS) & set(held.get(person.id, ())) and (person.office == office.id or (free and person.office is None))
    )


def roles_table(portfolio: Portfolio) -> Table:
    """Roles that somebody must hold: role, where (an office, or empty for the portfolio), held_by (`nobody` where the role is not held)."""
    rows = list(wanted(portfolio))
    return Table(
        [
            Column("role", "str", [title for _, title, _, _ in rows]),
            Column("where", "str", [where for _, _, where, _ in rows]),
            Column("held_by", "str", [", ".join(who) or "nobody" for _, _, _, who in rows]),
        ]
    )


def wanted(portfolio: Portfolio) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Every mandatory role: (name, title, where, who holds it)."""
    model, held = office_model(portfolio), _held(portfolio)

    def holders(name: str) -> tuple[str, ...]:
        return tuple(sorted(who for who, found in held.items() if name in found))

    if model.offices or fields_of(portfolio).virtual:
        paying = tuple(sorted({one.sponsor for one in model.apexes if one.sponsor}))
        yield "sponsor", "Sponsor of the office model", "", paying or holders("sponsor")
    for office in model.offices.values():
        title = "Head of the temporary office" if is_temporary(office) else "Head of the permanent office"
        yield "head", title, office.id, _heads(office, portfolio, held, model)
    profile = fields_of(portfolio).role_profile
    for name, title in ROLE_PROFILES[profile][1].items() if profile else ():
        yield name, title, "", holders(name)


def roles(context: CheckContext) -> Iterable[Finding]:
    """P3O-R10: mandatory roles are held, nobody holds too many, and nobody assures what they own.

    The sponsor is who pays for the office at the top, or who holds that role. An office is led by a head who belongs to it. Who assures is
    who holds a role of assurance, or belongs to an office that gives assurance to the initiative.
    """
    pf = context.portfolio
    for name, title, where, who in wanted(pf):
        if not who:
            message = f"office {where!r} has nobody in the role {title!r}" if where else f"nobody holds the role {title!r}"
            hint = f"give somebody roles: [{name}]{f' and office: {where}' if where else ''}"
            yield finding("roles", where, message, hint, Severity.WARNING, part=name)
    most = fields_of(pf).most_roles
    held = _held(pf)
    for one, found in sorted(held.items()):
        if len(found) > most:
            message = f"{one!r} holds {len(found)} roles, more than {most}: {', '.join(sorted(found))}"
            yield finding("roles", one, message, "share them out", Severity.WARNING, part="many")
    yield from _own_judges(context, held)


def _own_judges(context: CheckContext, held: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    pf, model = context.portfolio, office_model(context.portfolio)
    people: dict[str, Person] = {person.id: person for person in pf.people}
    giving = [s for s in sorted(pf.services, key=lambda s: s.id) if kind_of(s) in ASSURANCE and s.provider is not None]
    nouns: tuple[Programme | Project, ...] = (*pf.programmes, *(p for p in pf.projects if p.counted_as in OPEN))
    for one in nouns:
        owner = people.get(one.owner or "")
        if owner is None or not context.covers(one.id):
            continue
        own = sorted(set(ASSURERS) & set(held.get(owner.id, ())))
        over = set(model.over(one.id))
        by = next((s for s in giving if s.provider == owner.office and (not s.consumers or over & set(s.consumers))), None)
        if own:
            message = f"{owner.id!r} owns {one.id!r} and holds the role {own[0]!r}, which judges it"
        elif by is not None:
            message = f"{owner.id!r} owns {one.id!r} and belongs to office {by.provider!r}, which gives it {by.id!r}"
        else:
            continue
        yield finding("roles", one.id, message, "let somebody else own it, or assure it", Severity.WARNING, part="assurer")
