"""Business cases that can be held against each other (MOP-R03), and benefits that are booked once (MOP-R07)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from ipmo import Money, Span
from ipmo.model import Benefit, Portfolio, Programme, Project
from ipmo.plugin import CheckContext, Finding, Severity
from ipmo_mop.catalogue import OPEN, fields_of
from ipmo_mop.fields import BusinessCase
from ipmo_mop.wording import day_of, finding, in_currency

__all__ = ["booked_once", "comparable"]

PER_YEAR = {"year": 1, "month": 12}
"""How many of a unit a year has; by the day and the week a benefit has no yearly value, as in `ipmo.benefits`."""
NOTHING = BusinessCase()


# ------------------------------------------------------------------------------------------------ comparable cases


def _as_number(words: str) -> str:
    """A rate as a number, whichever way it is written; a name as it stands.

    >>> _as_number("3.5 %"), _as_number("0.035"), _as_number("green-book-2026")
    ('0.035', '0.035', 'green-book-2026')
    """
    text = words.strip()
    try:
        share = float(text.removesuffix("%").strip()) / (100 if text.endswith("%") else 1)
    except ValueError:
        return text
    return f"{share:.6g}"


def _length(span: Span | None) -> str:
    """A horizon in months where it is one of months or years, so that 10 years are 120 months."""
    if span is None:
        return ""
    months = {"year": 12, "month": 1}.get(span.unit)
    return str(span) if months is None else f"{Fraction(span.amount) * months} months"


def _terms(portfolio: Portfolio, project: Project) -> dict[str, str]:
    """On what terms the case of a project stands, by aspect; empty where nothing says it."""
    stated = fields_of(project).case or NOTHING
    common = fields_of(portfolio).case or NOTHING
    money = portfolio.money
    base = project.price_base or (money.price_base if money is not None else None)
    level = stated.confidence if stated.confidence is not None else fields_of(portfolio).confidence
    return {
        "price base": "" if base is None else str(base),
        "discount": _as_number(stated.discount or common.discount or (money.discount if money is not None else "")),
        "horizon": _length(stated.horizon),
        "treatment of optimism": stated.optimism,
        "confidence": "" if level is None else f"P{100 * level:g}",
    }


def _common(portfolio: Portfolio, found: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What all cases should have: as the portfolio states it, else what most have, of equally many the first by name."""
    stated = fields_of(portfolio).case or NOTHING
    money = portfolio.money
    level = stated.confidence
    out = {
        "price base": "" if money is None or money.price_base is None else str(money.price_base),
        "discount": _as_number(stated.discount or (money.discount if money is not None else "")),
        "horizon": _length(stated.horizon),
        "treatment of optimism": stated.optimism,
        "confidence": "" if level is None else f"P{100 * level:g}",
    }
    for aspect, words in out.items():
        counts = Counter(terms[aspect] for terms in found.values() if terms[aspect])
        if not words and counts:
            out[aspect] = min(counts, key=lambda one: (-counts[one], one))
    return out


def comparable(context: CheckContext) -> Iterable[Finding]:
    """MOP-R03: cases have one price base, discount rate, horizon, treatment of optimism and level of confidence.

    Held against the terms that the portfolio states (`case:`), else against those that most projects have. A benefit is valued in the prices
    of the project that enables it.
    """
    pf = context.portfolio
    open_ = [project for project in pf.projects if project.counted_as in OPEN]
    yield from _one_price(context, {project.id: project for project in open_})
    if fields_of(pf).case is None and not any(fields_of(project).case is not None for project in open_):
        return
    found = {project.id: _terms(pf, project) for project in open_}
    common = _common(pf, found)
    for name, terms in found.items():
        if not context.covers(name):
            continue
        other = [f"{aspect} {terms[aspect]}, not {common[aspect]}" for aspect in terms if terms[aspect] and terms[aspect] != common[aspect]]
        lacks = [aspect for aspect in terms if common[aspect] and not terms[aspect]]
        if other:
            message = f"the case of project {name!r} cannot be held against the others: {'; '.join(other)}"
            yield finding("comparable", name, message, "make it on the common terms, or say by how much that changes it", part="terms")
        if lacks:
            message = f"the case of project {name!r} does not say its {', '.join(lacks)}"
            yield finding("comparable", name, message, "write extensions: {mop: {case: ...}}", part="unsaid")


def _one_price(context: CheckContext, projects: Mapping[str, Project]) -> Iterator[Finding]:
    pf = context.portfolio
    default = pf.money.price_base if pf.money is not None else None
    for benefit in pf.benefits:
        base = benefit.price_base or default
        enablers = {pf.project_of(one.source) for one in (*benefit.enabled_by, *benefit.any_of)}
        for name in sorted(enablers & projects.keys()):
            own = projects[name].price_base or default
            if benefit.value is not None and base is not None and own is not None and base != own and context.covers(name):
                message = f"benefit {benefit.id!r} is in prices of {base}, project {name!r}, which enables it, in prices of {own}"
                yield finding("comparable", name, message, "value both in the same prices", part=benefit.id)


# ------------------------------------------------------------------------------------------------ booked once


def booked_once(context: CheckContext) -> Iterable[Finding]:
    """MOP-R07: what is booked lies in a budget or target of somebody in the line, once, and no line gives more than it holds.

    In the line is who still has the budget when the work is done: nobody who leads an open initiative, is not permanent, or belongs to an
    office that closes.
    """
    pf = context.portfolio
    taken: dict[str, dict[str, Fraction]] = {}
    for benefit in pf.benefits:
        rows = fields_of(benefit).booked_in
        if not rows:
            if benefit.booked and _of_covered(context, benefit):
                message = f"benefit {benefit.id!r} counts as booked, and nobody says in which budget or target"
                yield finding("booked", benefit.id, message, "write extensions: {mop: {booked_in: [{line:, owner:, amount:}]}}")
            continue
        if benefit.cashable and not benefit.booked and _of_covered(context, benefit):
            lines = ", ".join(repr(row.line) for row in rows)
            message = f"benefit {benefit.id!r} is booked in {lines} and does not count as booked"
            yield finding("booked", benefit.id, message, "write booked: true")
        amounts = [in_currency(pf, row.amount) for row in rows]
        for row, amount in zip(rows, amounts, strict=True):
            if amount is not None:
                taken.setdefault(row.line, {})
                taken[row.line][benefit.id] = taken[row.line].get(benefit.id, Fraction(0)) + amount
        if not _of_covered(context, benefit):
            continue
        for row, amount in zip(rows, amounts, strict=True):
            if amount is None:
                message = f"how much of benefit {benefit.id!r} is booked in {row.line!r} is not known"
                hint = "write amount: in the portfolio's currency, or one with a rate"
                yield finding("booked", benefit.id, message, hint, Severity.INFO, part=f"{row.line}, amount")
            if why := _not_in_line(pf, row.owner):
                message = f"benefit {benefit.id!r} is booked in {row.line!r}, {why}"
                yield finding("booked", benefit.id, message, "book it with somebody in the line", part=row.line)
        worth, known = _a_year(pf, benefit), [amount for amount in amounts if amount is not None]
        booked = sum(map(abs, known), Fraction(0))  # what one line gives is not made up for by what another takes
        if worth is not None and booked > abs(worth):
            lines, sign = ", ".join(repr(row.line) for row in rows), -1 if worth < 0 else 1
            message = f"benefit {benefit.id!r} is worth {float(worth):,.0f} a year and booked with {float(sign * booked):,.0f}: in {lines}"
            yield finding("booked", benefit.id, message, "book each part of it once", Severity.ERROR, part="twice")
    yield from _full(context, taken)


def _full(context: CheckContext, taken: Mapping[str, Mapping[str, Fraction]]) -> Iterator[Finding]:
    pf = context.portfolio
    holds: Mapping[str, Money] = fields_of(pf).budget_lines
    for line, by in sorted(taken.items()):
        limit, whole = in_currency(pf, holds.get(line)), sum(by.values(), Fraction(0))
        if limit is not None and whole > limit:
            message = f"{', '.join(map(repr, by))} take {float(whole):,.0f} a year out of {line!r}, which holds {float(limit):,.0f}"
            yield finding("booked", "", message, "no more can be saved than is spent", Severity.ERROR, part=line)


def _of_covered(context: CheckContext, benefit: Benefit) -> bool:
    """Whether the method holds for anything that enables it; a benefit that nothing enables is the portfolio's."""
    projects = {context.portfolio.project_of(one.source) for one in (*benefit.enabled_by, *benefit.any_of)} - {""}
    return not projects or any(map(context.covers, projects))


def _not_in_line(pf: Portfolio, owner: str) -> str:
    """Why somebody is not in the line; empty where they are."""
    people = {person.id: person for person in pf.people}
    if not owner:
        return "for which nobody answers"
    if owner not in people:
        return f"for which {owner!r} answers, who is no person"
    nouns: tuple[Programme | Project, ...] = (*pf.programmes, *(p for p in pf.projects if p.counted_as in OPEN))
    leads = [one.id for one in nouns if one.owner == owner]
    if leads:
        return f"for which {owner!r} answers, who leads {leads[0]!r}"
    if people[owner].permanent is False:
        return f"for which {owner!r} answers, who is not permanent"
    office = next((one for one in pf.offices if one.id == people[owner].office), None)
    if office is not None and office.ends is not None and people[owner].permanent is not True:
        return f"for which {owner!r} answers, whose office {office.id!r} closes on {day_of(office.ends)}"
    return ""


def _a_year(pf: Portfolio, benefit: Benefit) -> Fraction | None:
    """What a benefit is worth a year in the portfolio's currency; None for a lump, and where it is not known."""
    per, money = getattr(benefit.value, "per", ""), getattr(benefit.value, "money", None)
    amount = in_currency(pf, money)
    return None if amount is None or per not in PER_YEAR else amount * PER_YEAR[per]
