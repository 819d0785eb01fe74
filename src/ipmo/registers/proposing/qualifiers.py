"""Words in a heading that make it another figure than the field that the rest of it names: a bound, an earlier version, what is left of it."""

from __future__ import annotations

import functools

import attrs

from ipmo.registers.fields import MONEY_CELLS, RegisterField
from ipmo.registers.proposing.headings import PLAIN_BESIDE, UNITS, Heading, heading
from ipmo.registers.proposing.likeness import KIND_NOUNS, NEUTRAL
from ipmo.registers.proposing.synonyms import SYNONYMS

__all__ = ["NONE", "SAYS_LITTLE", "Qualified", "qualified"]

MEASURED = MONEY_CELLS | {"date", "when", "share", "span", "time", "effort"}
"""Cells that a word more in the heading makes another figure; a name or a choice stays what it is."""
OTHERS = frozenset(
    "min minimum max maximum low lowest lower high highest upper worst best optimistic pessimistic stretch floor ceiling cap"
    " previous prior last former old superseded rejected unapproved requested"
    " remaining left unspent variance variation deviation difference increase decrease reduction avoided saved".split()
)
"""Bounds, earlier versions, and what is left or more of a figure."""
OF_PLANS = frozenset("planned plan scheduled forecast target baseline".split())
"""Words that no figure of what has happened bears."""
HAPPENED = frozenset(("actual", "actual_start", "actual_finish", "progress"))
TIMES = frozenset("years months weeks days hours minutes".split())
LEGENDS = (frozenset(("low", "high")), frozenset(("min", "max")), frozenset(("minimum", "maximum")))
"""Words that together say from where to where a scale goes."""
FEW = 4
"""Words up to which what stands in brackets may be part of the name; more of them explain it."""
SAYS_LITTLE = (
    NEUTRAL
    | PLAIN_BESIDE
    | frozenset(UNITS)
    | frozenset(
        "likely most expected mean project programme portfolio task milestone risk benefit note see required mandatory optional known applicable where if yes no number"
        " date dd mm yy yyyy mmm format text list select choose dropdown drop down one only name whole life prices price calculated formula auto manual read only year years"
        " financial money million thousand of per cent percent working calendar elapsed business person man decimal including excluding excl incl vat tax so far to date"
        " asof estimated planned approx approximate days hours weeks months minutes fte points rag colour score scale words word pm sro".split()
    )
)
"""Words in brackets that leave a figure what it is."""


@attrs.frozen
class Qualified:
    """What the words of a heading besides its name say of a field.

    Args:
        other: the word that makes it another figure; empty where none does.
        beside: what stands in its brackets, which may make it another one; empty where it is understood.
    """

    other: str = ""
    beside: str = ""


NONE = Qualified()


def qualified(read: Heading, kind: str, field: RegisterField) -> Qualified:
    """What the words of a heading besides those of the field's own names say.

    Args:
        read: the heading.
        kind: the kind of register.
        field: what the column may state.
    """
    if field.cell not in MEASURED and field.name != "units":
        return NONE
    said = {*read.words, *read.core, *read.aside}
    legends = frozenset().union(*(legend for legend in LEGENDS if legend <= set(read.aside)))
    against = (
        OTHERS
        | (OF_PLANS if field.name in HAPPENED else frozenset(("actual",)))
        | (frozenset() if field.cell in ("share", "date", "when") else frozenset(("elapsed",)) - set(read.core))
    )
    own = {word for name in _names(kind, field.name) if name <= said for word in name}
    other = next((word for word in (*read.core, *read.aside) if word in against and word not in own and word not in legends), "")
    if not other and read.bound and field.cell in ("date", "when") and not {"earlier", "later", "sooner"} & own:
        other = read.bound
    if (
        not other
        and field.name == "units"
        and (read.per or read.unit in TIMES or read.multiplier > 1 or any(word.isdigit() for word in read.aside))
    ):
        other = f"per {read.per}" if read.per else read.strange or read.unit or "thousands"
    if not other and read.currency is not None and field.cell in ("span", "time", "effort", "share"):
        other = read.currency
    if not other and read.per and (field.cell in ("span", "time", "effort") or (field.cell in MONEY_CELLS and not _rated(field, read))):
        other = f"per {read.per}"
    if other or len(read.aside) > FEW:
        return Qualified(other)
    known = (
        {*read.unread.lower().split()}
        | own
        | KIND_NOUNS.get(kind, frozenset())
        | {word for name in _names(kind, field.name) for word in name}
        | set(read.core)
    )
    if field.cell in ("date", "when") and (
        ends := [word for word in (*read.core, *read.aside) if word in ("latest", "earliest") and word not in own]
    ):
        return Qualified(beside=ends[0])
    strange = [word for word in read.aside if word not in SAYS_LITTLE and word not in known and len(word) > 1 and word.isalpha()]
    return Qualified(beside=" ".join(strange)) if strange else NONE


def _rated(field: RegisterField, read: Heading) -> bool:
    """Whether amounts of the field are counted per unit: rates are, and the value of a benefit by years."""
    return field.cell == "rate" or (field.name == "value" and read.per == "year")


@functools.lru_cache(maxsize=1024)
def _names(kind: str, field: str) -> tuple[frozenset[str], ...]:
    """The words of each name of a field."""
    return tuple(frozenset(heading(name).words) for name in SYNONYMS[kind].get(field, ()))
