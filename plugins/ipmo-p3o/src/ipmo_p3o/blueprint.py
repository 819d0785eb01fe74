"""The blueprint of the office model, as it is and as it should be: how much of the gap is closed, P3O-R15."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

import attrs

from ipmo.model import Portfolio
from ipmo.plugin import CheckContext, Column, Finding, Severity, Shown, ShownAnswer, Table, UnknownItemError, counted
from ipmo_p3o.fields import SECTIONS, BlueprintElement, answerable, fields_of
from ipmo_p3o.offices import day_of
from ipmo_p3o.wording import finding

__all__ = ["Blueprint", "SectionGap", "blueprint", "gaps_closed"]


@attrs.frozen(kw_only=True)
class SectionGap(Shown):
    """The gaps of one section.

    Args:
        section: processes, organisation, technology or information.
        gaps: how many there are.
        closed: how many of them are closed in full.
        weight: of all gaps together.
        closed_weight: what is closed of it, parts of gaps included.
    """

    section: str
    gaps: int
    closed: int
    weight: Fraction
    closed_weight: Fraction

    @property
    def share(self) -> float | None:
        """Weight closed ÷ weight of all gaps; None where there is no gap."""
        return float(self.closed_weight / self.weight) if self.weight else None


@attrs.frozen(kw_only=True)
class Blueprint(ShownAnswer):
    """How far the office model is from its blueprint, by section.

    Args:
        sections: a row for each of the four, in their order.
        open: elements whose gap is not closed in full, in the order of the file.
    """

    sections: tuple[SectionGap, ...]
    open: tuple[BlueprintElement, ...] = attrs.field(repr=False)

    def __getitem__(self, section: str) -> SectionGap:
        for row in self.sections:
            if row.section == section:
                return row
        raise UnknownItemError(section, [row.section for row in self.sections], "this blueprint")

    def __repr__(self) -> str:
        gaps = sum(row.gaps for row in self.sections)
        return f"<Blueprint: {counted(gaps, 'gap')}, {'none stated' if self.share is None else f'{self.share:.0%} closed by weight'}>"

    @property
    def share(self) -> float | None:
        """Weight closed ÷ weight of all gaps, over all sections: sums first, then divided; None without a gap."""
        whole = sum((row.weight for row in self.sections), Fraction(0))
        return float(sum((row.closed_weight for row in self.sections), Fraction(0)) / whole) if whole else None

    def table(self) -> Table:
        """section, gaps, closed, weight, closed_weight, share."""
        rows = self.sections
        return Table(
            [
                Column("section", "str", [r.section for r in rows]),
                Column("gaps", "int", [r.gaps for r in rows]),
                Column("closed", "int", [r.closed for r in rows]),
                Column("weight", "float", [float(r.weight) for r in rows]),
                Column("closed_weight", "float", [float(r.closed_weight) for r in rows]),
                Column("share", "float", [r.share for r in rows], "share"),
            ]
        )


def blueprint(portfolio: Portfolio) -> Blueprint:
    """How much of the gap between the office model as it is and its blueprint is closed, on the status date.

    Only what is to become different counts. A gap that is closed in part counts by that part; a section's share is weight closed ÷ weight.
    """
    today = None if portfolio.status_date is None else day_of(portfolio.status_date)
    gaps = [one for one in fields_of(portfolio).blueprint if one.gap]
    rows = []
    for section in SECTIONS:
        inside = [one for one in gaps if one.section == section]
        done = [Fraction(one.closed_by(today)) for one in inside]
        rows.append(
            SectionGap(
                section=section,
                gaps=len(inside),
                closed=sum(share == 1 for share in done),
                weight=sum((Fraction(one.weight) for one in inside), Fraction(0)),
                closed_weight=sum((Fraction(one.weight) * share for one, share in zip(inside, done, strict=True)), Fraction(0)),
            )
        )
    return Blueprint(sections=tuple(rows), open=tuple(one for one in gaps if one.closed_by(today) < 1))


def gaps_closed(context: CheckContext) -> Iterable[Finding]:
    """P3O-R15: gaps of the blueprint close by their day, in their order, with evidence, and somebody answers for each."""
    pf = context.portfolio
    stated = fields_of(pf).blueprint
    if not stated:
        return
    found = blueprint(pf)
    by_id = {one.id: one for one in stated}
    today = None if pf.status_date is None else day_of(pf.status_date)
    known = answerable(pf)
    for row in found.sections:
        if not any(one.section == row.section for one in stated):
            message = f"the blueprint says nothing of {row.section}"
            yield finding("blueprint", "", message, "write how it is and how it should be", Severity.INFO, part=row.section)
    for one in stated:
        if not one.gap:
            continue
        if one.owner not in known:
            who = f"is owned by {one.owner!r}, whom nobody knows" if one.owner else "has no owner"
            message = f"gap {one.id!r} of the blueprint ({one.section}) {who}"
            yield finding("blueprint", "", message, "name a person, an office or a board", Severity.WARNING, part=one.id)
        if one.closed_by(today) < 1:
            if one.due is not None and today is not None and one.due < today:
                row = found[one.section]
                message = (
                    f"gap {one.id!r} of the blueprint was to be closed by {one.due}, {counted((today - one.due).days, 'day')} ago;"
                    f" {row.share or 0:.0%} of {one.section} is closed"
                )
                yield finding("blueprint", "", message, "close it, or say by when it will be", Severity.WARNING, part=one.id)
            continue
        if not one.evidence:
            message = f"gap {one.id!r} of the blueprint counts as closed, and nothing shows it"
            yield finding("blueprint", "", message, "write evidence:", Severity.WARNING, part=one.id)
    yield from _order(by_id, {one.id for one in found.open})


def _order(by_id: Mapping[str, BlueprintElement], still: set[str]) -> Iterator[Finding]:
    """What was closed before what it rests on, what rests on nothing known, and circles."""
    for one in by_id.values():
        for name in one.after:
            if name not in by_id:
                message = f"gap {one.id!r} of the blueprint comes after {name!r}, which it does not have"
                yield finding("blueprint", "", message, "correct after:", Severity.WARNING, part=one.id)
            elif name in still and one.id not in still and one.gap:
                message = f"gap {one.id!r} of the blueprint counts as closed, and {name!r}, which it rests on, is open"
                yield finding("blueprint", "", message, "close that first", Severity.WARNING, part=one.id)
    if circle := _circle(by_id):
        message = f"gaps of the blueprint wait for one another: {', '.join(circle)}"
        yield finding("blueprint", "", message, "let one of them come first", Severity.WARNING, part=circle[0])


def _circle(by_id: Mapping[str, BlueprintElement]) -> list[str]:
    """What is left when, again and again, all that waits for nothing left, and all that nothing left waits for, is taken away."""
    left = {name: {n for n in one.after if n in by_id} for name, one in by_id.items()}
    while left:
        waited_for = {n for waits in left.values() for n in waits & left.keys()}
        free = [name for name, waits in left.items() if not waits & left.keys() or name not in waited_for]
        if not free:
            break
        for name in free:
            del left[name]
    return sorted(left)
