"""What the rows of a list are: what names them, and whether a project stands in several, tell projects from what belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ipmo.registers.fields import CATALOGUE, KINDS_OF_MONEY
from ipmo.registers.mapping import ATTRIBUTE
from ipmo.registers.proposing.assigning import Assigned, assign
from ipmo.registers.proposing.columns import Column
from ipmo.registers.proposing.headings import Heading
from ipmo.registers.proposing.kinds import telling
from ipmo.registers.proposing.synonyms import names_of

__all__ = ["belongs", "is_of", "money_by_row", "repeats", "something_else"]

REPORTED: Final = frozenset(("rag", "confidence_rating", "progress"))
"""What is said of a project as it stands: beside it amounts are those of the whole, not of a period."""
PERIODS: Final = frozenset(("period", "from", "until"))
DIFFERENT: Final = 0.9
"""Share of different names from which on each row is a project of its own."""
OF_PROJECTS: Final = frozenset("project programme scheme investment initiative unique record row serial".split())
NUMBERED: Final = frozenset(("id", "number", "reference", "key", "code"))
CODED: Final = 0.9


def _stating(field: str, assigned: Sequence[Assigned]) -> int | None:
    """The place of the column that states a field."""
    return next((place for place, one in enumerate(assigned) if one.field == field), None)


def repeats(assigned: Sequence[Assigned], columns: Sequence[Column], *fields: str) -> bool:
    """Whether what names the rows of a list names several of them alike.

    Args:
        assigned: what its columns state.
        columns: their cells.
        fields: that name a row, the first of which counts that is stated.
    """
    place = next((found for field in fields if (found := _stating(field, assigned)) is not None), None)
    return place is not None and columns[place].told > 1 and columns[place].distinct < DIFFERENT


def is_of(kind: str, assigned: Sequence[Assigned], reads: Sequence[Heading], columns: Sequence[Column]) -> bool:
    """Whether the rows of a list can be those of a kind of register.

    Args:
        kind: the kind.
        assigned: what its columns state as that kind.
        reads: their headings.
        columns: their cells.
    """
    fields = {one.field for one in assigned}
    if kind == "costs":
        named = fields & {*KINDS_OF_MONEY}
        if not named:
            return "amount" in fields
        if not fields & (PERIODS if repeats(assigned, columns, "project") else {"period"}):
            return False
        return not REPORTED & {one.field for one in assign(reads, columns, CATALOGUE["projects"], {})}
    if kind in ("tasks", "milestones") and "id" not in fields:
        project, name = _stating("project", assigned), _stating("name", assigned)
        if project is None or name is None or columns[project].told < 2 or columns[project].distinct < 1:
            return True
        numbered = NUMBERED & set(reads[project].words) and "project" in reads[project].words
        return not numbered or any(telling(reads[name].words, one) for one in ("tasks", "milestones"))
    return True


def money_by_row(reads: Sequence[Heading]) -> bool:
    """Whether headings name a period, a project and money: rows may be the money of a project and period each."""
    names = names_of("costs")
    found = {field for read in reads for field, _ in names.get(read.words, ())}
    return {"project", "period"} <= found and bool(found & {*KINDS_OF_MONEY})


def belongs(kind: str, assigned: Sequence[Assigned], reads: Sequence[Heading]) -> bool:
    """Whether a heading names the rows of a list as what projects have several of, such as milestones, beside the project of each.

    Args:
        kind: the kind of register.
        assigned: what its columns state as that kind.
        reads: their headings.
    """
    project, name = _stating("project", assigned), _stating("name", assigned)
    if kind == "costs":
        return project is not None and any(one.field in PERIODS for one in assigned)
    return project is not None and name is not None and kind not in ("projects", "programmes") and telling(reads[name].words, kind)


def something_else(assigned: Sequence[Assigned], reads: Sequence[Heading], columns: Sequence[Column]) -> str:
    """The heading that names the rows of what looks like projects as something that projects have, such as contracts; empty where none does.

    Args:
        assigned: what its columns state as a list of projects.
        reads: their headings.
        columns: their cells.
    """
    name = _stating("name", assigned)
    name = _stating("id", assigned) if name is None else name
    if name is None or "project" not in reads[name].words:
        return ""
    coded = columns[name].share("code", "whole") >= CODED
    if not coded and not (columns[name].told > 1 and columns[name].distinct < DIFFERENT):
        return ""
    for place, (one, read, column) in enumerate(zip(assigned, reads, columns, strict=True)):
        noun = set(read.words) - NUMBERED
        if place != name and noun and noun != set(read.words) and not noun & OF_PROJECTS and one.field in ("id", ATTRIBUTE):
            if place < 2 and column.told > 1 and column.distinct == 1 and column.share("code", "whole") >= CODED:
                return read.text
    return ""
