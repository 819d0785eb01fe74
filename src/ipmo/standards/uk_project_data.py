"""The UK government's programme and project data standard: its clauses as far as their text could be had, and a check of each.

The standard (GovS 1002, version 1) was published by Government Project Delivery on 11 December 2025 and is on trial until
31 December 2026. Of its text, the overview, 1.1, 1.2 and the list of contents were seen, and of the handbook that comes with it,
the checks and remedies of 3.2. The tables of attributes (3.1 to 3.7), the metadata (4) and the list of validation rules (5)
were not; what rests on them is said to be unseen, and no clause is made up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

import attrs

from ipmo.errors import OptionError
from ipmo.findings import Finding, Severity
from ipmo.model.estimates import Estimate
from ipmo.model.portfolio import Portfolio
from ipmo.standards.entities import ENTITIES, Entity, Record, in_order, records
from ipmo.words import counted

__all__ = ["CLAUSES", "NAME", "SOURCE", "Clause", "Standing", "check_standard", "standings"]

NAME = "uk-project-data"
SOURCE = "Programme and project data standard (GovS 1002), version 1, Government Project Delivery, 11 December 2025"
HANDBOOK = "Adopting the programme and project data standard (handbook), 3.2"
MET, MISSING, FORMAT, NO_DATA, UNSEEN = "met", "missing", "wrong format", "no data", "text not seen"
Records = dict[str, list[Record]]


@attrs.frozen(kw_only=True)
class Clause:
    """A clause of the standard.

    Args:
        number: the standard's; letters tell apart what this check looks at under one number.
        title: the standard's heading, or what the handbook says of it.
        seen: which part of the text was seen.
        look: finds the records that do not meet it, each with a sentence; None where its text was not seen.
        fault: what a record that it finds is: missing or wrong format.
        of: the entities that it is about; without any record of them there is no data to hold against it.
    """

    number: str
    title: str
    seen: str
    look: Callable[[Records], Iterator[tuple[Record, str]]] | None = None
    fault: str = FORMAT
    of: tuple[str, ...] = tuple(entity.name for entity in ENTITIES)

    @property
    def code(self) -> str:
        """The code of its findings."""
        return f"{NAME}/{self.number}"


@attrs.frozen
class Standing:
    """How a portfolio stands to one clause: `met`, `missing`, `wrong format`, `no data` or `text not seen`, with what was found."""

    clause: Clause
    standing: str
    looked_at: int = 0
    found: tuple[tuple[Record, str], ...] = ()


def _each(held: Records) -> Iterator[tuple[Entity, Record]]:
    for entity in ENTITIES:
        for record in held[entity.name]:
            yield entity, record


def _known(entity: str) -> Callable[[Records], Iterator[tuple[Record, str]]]:
    """Records of an entity that nothing tells apart from an empty one: they have no name, and a cost has no amount."""
    said = "amount" if entity == "cost" else "name"

    def look(held: Records) -> Iterator[tuple[Record, str]]:
        for record in held[entity]:
            if record.values.get(said) in (None, ""):
                yield record, f"{entity} of {record.item!r} has no {said}"

    return look


def _date_formats(held: Records) -> Iterator[tuple[Record, str]]:
    for entity, record in _each(held):
        for attribute in entity.attributes:
            value = record.values.get(attribute.name)
            if attribute.format == "Date" and isinstance(value, datetime):
                yield record, f"{attribute.name} of {entity.name} {record.item!r} has a time of day ({value:%Y-%m-%dT%H:%M})"


def _number_formats(held: Records) -> Iterator[tuple[Record, str]]:
    for entity, record in _each(held):
        for attribute in entity.attributes:
            if attribute.format == "Numeric" and isinstance(record.values.get(attribute.name), Estimate):
                yield record, f"{attribute.name} of {entity.name} {record.item!r} is a range, no number"


def _date_logic(held: Records) -> Iterator[tuple[Record, str]]:
    for entity, record in _each(held):
        for since, until in entity.periods:
            first, last = record.values.get(since), record.values.get(until)
            if not in_order(first, last):
                yield record, f"{since} of {entity.name} {record.item!r} ({first}) lies after its {until} ({last})"


def _positive(held: Records) -> Iterator[tuple[Record, str]]:
    for entity, record in _each(held):
        for name in entity.positive:
            value = record.values.get(name)
            if isinstance(value, Decimal) and value < 0:
                yield record, f"{name} of {entity.name} {record.item!r} is negative ({value})"


HEADING = "its heading; its table of attributes was not, so only whether records have a name is looked at (of a cost: an amount)"
CLAUSES = (
    *(
        Clause(
            number=entity.clause,
            title=entity.name[:1].upper() + entity.name[1:],
            seen=HEADING,
            look=_known(entity.name),
            fault=MISSING,
            of=(entity.name,),
        )
        for entity in ENTITIES
    ),
    Clause(number="3-date", title="Attributes of format Date: YYYY-MM-DD", seen=HANDBOOK, look=_date_formats),
    Clause(number="3-numeric", title="Attributes of format Numeric: numeric data only", seen=HANDBOOK, look=_number_formats),
    Clause(number="3-category", title="Category values from the approved lists", seen=f"{HANDBOOK}; the lists were not seen"),
    Clause(number="3-frequency", title="Minimum update frequency", seen=f"{HANDBOOK}; the frequencies were not seen"),
    Clause(number="4", title="Metadata", seen="its heading only"),
    Clause(number="5-dates", title="Data validation rules: start date precedes end date", seen=HANDBOOK, look=_date_logic),
    Clause(
        number="5-positive",
        title="Data validation rules: numeric values positive",
        seen=f"{HANDBOOK}, where the sentence is cut",
        look=_positive,
        of=("risk", "benefit", "cost"),
    ),
    Clause(number="5-other", title="Data validation rules: all others", seen="its heading only"),
)
"""What of the standard is about data, in its order. 1.1 to 1.4 and 2 bind organisations and are no matter of a portfolio."""


def standings(portfolio: Portfolio) -> tuple[Standing, ...]:
    """How a portfolio stands to each clause, in order. What is met is met as far as the clause's text was seen."""
    held = records(portfolio)
    out = []
    for clause in CLAUSES:
        looked_at = sum(len(held[name]) for name in clause.of)
        if clause.look is None:
            out.append(Standing(clause, UNSEEN))
        elif not looked_at:
            out.append(Standing(clause, NO_DATA))
        else:
            found = tuple(clause.look(held))
            out.append(Standing(clause, clause.fault if found else MET, looked_at, found))
    return tuple(out)


def check_standard(portfolio: Portfolio, name: str) -> list[Finding]:
    """A finding a clause of a standard, and one for each record that does not meet it.

    Args:
        portfolio: the portfolio.
        name: of the standard: `uk-project-data`.

    Raises:
        OptionError: there is no such standard.
    """
    if name != NAME:
        raise OptionError("standard", name, (NAME,))
    out: list[Finding] = []
    for one in standings(portfolio):
        clause = one.clause
        number = clause.number.partition("-")[0]
        said = one.standing
        if said == MET:
            said = f"met by {counted(one.looked_at, 'record')}, as far as the text was seen"
        elif said in (MISSING, FORMAT):
            said = f"{said} in {len(one.found)} of {counted(one.looked_at, 'record')}"
        elif said == NO_DATA:
            said = "no record, so nothing to hold against it"
        bad = bool(one.found)
        out.append(
            Finding(
                code=clause.code,
                message=f"clause {number}, {clause.title}: {said} (seen: {clause.seen})",
                part="clause",
                rule=number,
                severity=Severity.WARNING if bad else Severity.INFO,
            )
        )
        for record, sentence in one.found:
            out.append(
                Finding(
                    code=clause.code,
                    message=f"clause {number}: {sentence}",
                    item=record.item if record.item in portfolio else "",
                    part=sentence,
                    rule=number,
                )
            )
    return out
