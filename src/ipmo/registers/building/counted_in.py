"""What the amounts of each row are counted in, where other columns of it say so: a currency, a unit such as `£k`, or what is no money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from ipmo.registers.cells.amounts import CODES, CURRENCY_WORDS, PER, SIGNS, WORDS, Numbers, currency_named, number_text
from ipmo.registers.cells.outcomes import BLANK, Outcome, Refused
from ipmo.registers.cells.reading import Settings, read_cells, read_in_currencies
from ipmo.registers.fields import POWERS, RegisterField
from ipmo.registers.mapping import ATTRIBUTE, ColumnMapping
from ipmo.registers.opening.sheets import Raw, is_blank

__all__ = ["CountedIn", "RowsBeside", "counted_in", "is_unit", "says_units"]

HEADINGS: Final = frozenset(
    ("unit", "units", "unit of measure", "unit of measurement", "uom", "multiplier", "scale", "amounts in", "figures in")
)
"""What a column is called that says what the amounts of its rows count in."""
THOUSANDS: Final = frozenset(("000", "000s", "'000", "'000s", "000's", "\u2019000", "\u2019000s"))
AMBIGUOUS: Final = frozenset(("m", "mm", "mil", "b", "cr", "mill", "miles", "mila"))
"""Multipliers that alone may be a length or something else."""
MEASURED: Final = frozenset(("baseline", "target"))
"""Fields that are counted in the unit of their row."""
MONEY: Final = frozenset(("money", "monetary", "financial", "currency", "cash"))
LETTERS: Final = {power: letter for letter, power in POWERS.items()}
YEARS: Final = frozenset(("year", "yr", "annum", "a", "pa", "p.a.", "p.a"))


@attrs.frozen
class CountedIn:
    """What a unit says of the amounts beside it.

    Args:
        currency: the code that it names; empty where it names none, or a sign of several.
        multiplier: `k`, `M`, `bn`, `lakh`, `crore`; empty for none.
        per: `year` where they are by year; empty where it says nothing of it.
    """

    currency: str = ""
    multiplier: str = ""
    per: str = ""


def counted_in(text: str) -> CountedIn | None:
    """What a unit of money says; None of a unit of something else, or of one that may be.

    >>> counted_in("£k"), counted_in("EUR millions"), counted_in("£ per year"), counted_in("FTE"), counted_in("m")
    (CountedIn(currency='GBP', multiplier='k', per=''), CountedIn(currency='EUR', multiplier='M', per=''), CountedIn(currency='GBP', multiplier='', per='year'), None, None)

    Args:
        text: of a cell.
    """
    plain = number_text(text).casefold().removeprefix("in ")
    if (match := PER.fullmatch(plain)) is not None:
        found = counted_in(match[1])
        return attrs.evolve(found, per="year") if found is not None and match[2].strip() in YEARS else None
    if plain in MONEY:
        return CountedIn()
    if (letter := _multiplier(plain)) is not None:
        return None if plain in AMBIGUOUS else CountedIn("", letter)
    for name in sorted((*SIGNS, *map(str.lower, CODES), *CURRENCY_WORDS), key=len, reverse=True):
        rest = plain.removeprefix(name) if plain.startswith(name) else plain.removesuffix(name) if plain.endswith(name) else plain
        apart = rest != rest.strip() or not name.isalpha()
        if rest != plain and (not rest or (apart and _multiplier(rest.strip()) is not None)):
            return CountedIn(currency_named(name) or "", _multiplier(rest.strip()) or "" if rest else "")
    return None


def _multiplier(word: str) -> str | None:
    """The letters of a multiplier; None where a word is none that amounts can be read by."""
    power = 3 if word in THOUSANDS else WORDS.get(word.removesuffix("."))
    return None if power is None else LETTERS.get(power)


def is_unit(column: ColumnMapping) -> bool:
    """Whether a column may say what the amounts of its rows count in."""
    return column.field == "unit" or (column.field == ATTRIBUTE and " ".join(column.header.casefold().split()) in HEADINGS)


def says_units(column: ColumnMapping, outcomes: Sequence[Outcome], beside: Iterable[str]) -> bool:
    """Whether a column says what the amounts of its rows count in: one that is only called so has to name money in a row at least.

    Args:
        column: the column.
        outcomes: its cells, read.
        beside: the fields that all columns state: where some are measured, the unit is theirs.
    """
    if not is_unit(column) or not MEASURED.isdisjoint(beside):
        return False
    return column.field == "unit" or any(isinstance(one, str) and counted_in(one) is not None for one in dict.fromkeys(outcomes))


@attrs.frozen
class RowsBeside:
    """What other columns say of the amounts in each row.

    Args:
        named: the currencies of the rows; None where no column names them.
        units: their units; None where no column says them.
    """

    named: Sequence[Outcome] | None = None
    units: Sequence[Outcome] | None = None

    def read(self, cells: Sequence[Raw], field: RegisterField, settings: Settings, own: ColumnMapping) -> list[Outcome]:
        """As `read_column`, each amount in what its row says.

        Args:
            cells: the cells below the header.
            field: what the column states.
            settings: how its cells are read.
            own: what the mapping says of the column itself.
        """
        if self.units is None:
            return self._read(cells, field, settings, own, range(len(cells)))
        texts = [cell for cell in cells if isinstance(cell, str) and cell and not settings.unknown(cell)]
        settings = attrs.evolve(settings, decimal=Numbers.of(texts, settings.decimal, settings.currency).decimal)
        out: list[Outcome] = [BLANK] * len(cells)
        by_unit: dict[str, list[int]] = {}
        for place, unit in enumerate(self.units):
            by_unit.setdefault(unit if isinstance(unit, str) else "", []).append(place)
        for unit, places in by_unit.items():
            stated, why = _by_unit(unit, settings, own, field) if unit else (settings, "")
            found = self._read([cells[place] for place in places], field, stated, own, places)
            for place, outcome in zip(places, found, strict=True):
                refused = bool(why) and not is_blank(cells[place]) and not settings.unknown(str(cells[place]))
                out[place] = Refused(why) if refused else self._agreed(place, unit, outcome)
        return out

    def _read(
        self, cells: Sequence[Raw], field: RegisterField, settings: Settings, own: ColumnMapping, places: Sequence[int]
    ) -> list[Outcome]:
        if self.named is None:
            return list(read_cells(cells, field, settings))
        stated = attrs.evolve(settings, currency=own.currency)
        return read_in_currencies(cells, field, stated, settings, [self.named[place] for place in places])

    def _agreed(self, place: int, unit: str, outcome: Outcome) -> Outcome:
        """Refuses an amount whose row names one currency as its own and another in its unit."""
        said = counted_in(unit) if unit and self.named is not None else None
        code = self.named[place] if self.named is not None else None
        if said is not None and said.currency and isinstance(code, str) and code != said.currency:
            return Refused(f"its unit is {unit!r}, and its row says {code}")
        return outcome


def _by_unit(unit: str, settings: Settings, own: ColumnMapping, field: RegisterField) -> tuple[Settings, str]:
    """How amounts of a unit are read, and why they are not; empty where they are."""
    said = counted_in(unit)
    if said is None:
        return settings, f"its row says that it is counted in {unit!r}, which is no money that is known"
    if said.multiplier and own.multiplier and own.multiplier != said.multiplier:
        return settings, f"its row says that it is counted in {unit!r}, and its column counts in {own.multiplier}"
    if said.currency and own.currency and own.currency != said.currency:
        return settings, f"its row says that it is counted in {unit!r}, and its column is in {own.currency}"
    if said.per and field.cell != "worth":
        return settings, f"its row says that it is counted in {unit!r}, and no amount by year fits here"
    return (
        attrs.evolve(
            settings,
            currency=said.currency or settings.currency,
            multiplier=said.multiplier or settings.multiplier,
            in_full=not said.multiplier and settings.in_full,
            per=said.per or settings.per,
        ),
        "",
    )
