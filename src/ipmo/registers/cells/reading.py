"""What people type into cells, read column by column: each distinct text once, each cell a value, unknown, or refused with a reason."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import attrs

from ipmo.errors import UnitError
from ipmo.model.estimates import Fixed
from ipmo.model.fields import FrozenMap, holdable
from ipmo.model.governance import After
from ipmo.registers.cells.amounts import Amounts, Numbers, Shares, currency_named, plain_number, signed
from ipmo.registers.cells.choice_words import choice_words, plain_word
from ipmo.registers.cells.days import USUAL, Days
from ipmo.registers.cells.outcomes import (
    BLANK,
    UNKNOWN,
    Blank,
    CellError,
    Outcome,
    Read,
    Refused,
    Told,
    Unknown,
    UnknownTexts,
    folded,
    unknown_in,
)
from ipmo.registers.fields import RegisterField
from ipmo.registers.opening.sheet_xml import NoValue
from ipmo.registers.opening.sheets import Raw, said_cell, text_of
from ipmo.units import Effort, Span, as_effort, as_span

__all__ = ["Settings", "flag_words", "length_said", "read_cells", "read_column", "usual_year"]

ERRORS: Final = frozenset(("#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#ERROR!", "########"))
"""What office programs show where a formula failed."""
TRUE: Final = frozenset(("yes", "y", "true", "t", "x", "✓", "✔", "☑", "1", "ja", "oui", "si", "sí", "on"))
FALSE: Final = frozenset(("no", "n", "false", "f", "✗", "✘", "☐", "0", "nein", "non", "off"))
SPANS: Final = {
    "min": "min", "mins": "min", "minute": "min", "minutes": "min", "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "d": "d", "day": "d", "days": "d", "dy": "d", "dys": "d", "working day": "d", "working days": "d", "w": "w", "wk": "w", "wks": "w", "week": "w", "weeks": "w",
    "mo": "month", "mos": "month", "mon": "month", "mons": "month", "mth": "month", "mths": "month", "month": "month", "months": "month",
    "y": "year", "yr": "year", "yrs": "year", "year": "year", "years": "year",
    "ed": "ed", "eday": "ed", "edays": "ed", "elapsed day": "ed", "elapsed days": "ed", "calendar day": "ed", "calendar days": "ed",
    "eh": "eh", "ehr": "eh", "ehrs": "eh", "ehour": "eh", "ehours": "eh", "ew": "ew", "ewk": "ew", "ewks": "ew",
    "eweek": "ew", "eweeks": "ew", "emin": "emin", "emins": "emin",
    "tag": "d", "tage": "d", "j": "d", "jour": "d", "jours": "d", "dia": "d", "dias": "d", "giorno": "d", "giorni": "d", "dag": "d", "dagen": "d",
    "std": "h", "stunde": "h", "stunden": "h", "heure": "h", "heures": "h", "hora": "h", "horas": "h", "ora": "h", "ore": "h", "uur": "h",
    "woche": "w", "wochen": "w", "semaine": "w", "semaines": "w", "semana": "w", "semanas": "w", "settimana": "w", "settimane": "w", "weken": "w",
    "monat": "month", "monate": "month", "mois": "month", "mes": "month", "meses": "month", "mese": "month", "mesi": "month", "maand": "month",
    "maanden": "month", "jahr": "year", "jahre": "year", "ans": "year", "jaar": "year",
}  # fmt: skip
EFFORTS: Final = {
    "ph": "ph", "pd": "pd", "pw": "pw", "h": "ph", "hr": "ph", "hrs": "ph", "hour": "ph", "hours": "ph", "d": "pd", "day": "pd", "days": "pd",
    "w": "pw", "wk": "pw", "wks": "pw", "week": "pw", "weeks": "pw", "person-day": "pd", "person day": "pd", "person-days": "pd", "person days": "pd",
    "man-day": "pd", "man day": "pd", "man-days": "pd", "man days": "pd", "person-hour": "ph", "person hour": "ph", "person-hours": "ph", "person hours": "ph",
    "man-hours": "ph", "man hours": "ph", "fte day": "pd", "fte days": "pd", "md": "pd", "mh": "ph",
}  # fmt: skip
FLAGS: Final[Mapping[str, Mapping[str, bool]]] = {
    "opportunity": {"opportunity": True, "threat": False, "risk": False},
    "disbenefit": {"disbenefit": True, "dis benefit": True, "benefit": False},
    "cashable": {"cashable": True, "non cashable": False, "not cashable": False},
}
"""Other words for yes and no, by field."""
LAG = r" ?(?P<sign{n}>{signs}) ?(?P<amount{n}>[0-9]{{1,6}}(?:\.[0-9]{{1,4}})?) ?(?P<unit{n}>%|[A-Za-z]{{1,7}})"
LINK = re.compile(
    rf"(?P<source>.+?)(?: ?(?P<type>FS|SS|FF|SF)(?:{LAG.format(n='', signs='[-+]')})?|{LAG.format(n='2', signs='[+]')})?", re.IGNORECASE
)
"""A predecessor, its type and its lag; a lead only behind a type, as ids end in `-10` too."""
TYPES: Final = {"EA": "FS", "AA": "SS", "EE": "FF", "AE": "SF", "FD": "FS", "DD": "SS", "DF": "SF", "FC": "FS", "CC": "SS", "CF": "SF"}
"""What Microsoft Project calls types in German (Ende, Anfang), French (fin, début) and Spanish (fin, comienzo)."""
NUMBERED: Final = re.compile(rf"(?P<source>\d+) ?(?P<type>{'|'.join(TYPES)})(?P<rest> ?[-+].*)?")
"""A predecessor by its number, with a type in another language: letters behind other ids may belong to them."""
SPAN = re.compile(r"([-+−]?[0-9][0-9.,' ]*) ?([A-Za-z]+(?:[ -][A-Za-z]+)?)\??", re.ASCII)
SEPARATORS = re.compile(r"[;\n\r]+")
NOTHING: Final = unknown_in(())
MISSING: Final = frozenset((Blank, Refused, Unknown))
"""Classes of what became of a cell that says nothing."""
PLAIN_TEXT: Final = frozenset(("text", "id", "reference"))
"""Cells that are read as they stand, but for the spaces around them."""
ODD: Final = ("  ", "\n ", " \n", "\n\n", "\n#")
"""What stands among texts, a line each, where one is blank, begins with a number sign, or has spaces to be taken out."""
TRIED = 256
"""Cells of a column by which it is guessed whether nearly all differ."""
PROBABLE, PROGRESS = 10, 5
"""Up to which whole number a probability, and how far work has come, may be a score instead of a percentage."""


@attrs.frozen(kw_only=True)
class Settings:
    """How the cells of one column are read: what its mapping states, else what the file's does.

    Args:
        unit: of bare numbers.
        currency: of bare amounts.
        row: the currency that another column names for these rows.
        multiplier: of bare amounts.
        in_full: the mapping states that the column has none: its bare amounts are written in full.
        per: what bare amounts are per.
        dates: how dates are written.
        decimal: how numbers are written.
        year_starts: first month of the financial year, 0 where nothing says so.
        unknown: says of a text whether it means that something is unknown.
        scale: what words and scores stand for.
        separator: between several values; empty for `;` and new lines.
        doubts: what is doubtful of cells that are read all the same, by cell: reading adds to it.
    """

    unit: str = ""
    currency: str = ""
    row: str = ""
    multiplier: str = ""
    in_full: bool = False
    per: str = ""
    dates: str = ""
    decimal: str = ""
    year_starts: int = 0
    unknown: UnknownTexts = NOTHING
    scale: Mapping[str, str] = attrs.field(factory=dict)
    separator: str = ""
    doubts: dict[Raw, str] = attrs.field(factory=dict)


@functools.cache
def flag_words(field: str = "") -> Mapping[str, bool]:
    """What means yes and what means no in the columns of a field, by `plain_word`.

    Args:
        field: its name.
    """
    return {**FLAGS.get(field, {}), **dict.fromkeys(FALSE, False), **dict.fromkeys(TRUE, True)}


def length_said(text: str) -> frozenset[str]:
    """What a text is, if it is a number with a unit of time: a `span`, an `effort`, or both.

    >>> sorted(length_said("10 days")), sorted(length_said("2 person-days")), sorted(length_said("5 m"))
    (['effort', 'span'], ['effort'], [])

    Args:
        text: of a cell.
    """
    match = SPAN.fullmatch(" ".join(text.split()))
    if match is None or plain_number(match[1].strip()) is None:
        return frozenset()
    unit = match[2].casefold()
    return frozenset(kind for kind, units in (("span", SPANS), ("effort", EFFORTS)) if unit in units)


def usual_year(currency: str) -> int:
    """The month in which financial years of a currency's public sector begin; 0 where that is a question."""
    return USUAL.get(currency, 0)


def read_column(cells: Sequence[Raw], field: RegisterField, settings: Settings) -> list[Outcome]:
    """What became of each cell of a column: a value of the model, BLANK, UNKNOWN, or Refused.

    A `budget` is Money, as its period is known to the column; a `reference` is a text.

    Args:
        cells: the cells below the header.
        field: what the column states.
        settings: how its cells are read.
    """
    return list(read_cells(cells, field, settings))


def read_cells(cells: Sequence[Raw], field: RegisterField, settings: Settings, *, texts: bool = False) -> Sequence[Outcome]:
    """As `read_column`; `Told` where every cell is a value.

    Args:
        cells: the cells below the header.
        field: what the column states.
        settings: how its cells are read.
        texts: it is known that all cells are texts.
    """
    kinds: set[type] = {str} if texts and cells else set(map(type, cells))
    tried = cells[:: len(cells) // TRIED + 1]
    plain = field.cell in PLAIN_TEXT and field.refers != "owner"
    if kinds == {str} and plain and not settings.scale and len(set(tried)) * 2 > len(tried):
        if _as_they_stand(cells, None if field.cell == "id" or field.name == "name" else settings.unknown):  # type: ignore[arg-type] # all are texts
            return Told(cells)
    typed = bool in kinds  # True is 1 to a dictionary
    distinct: dict[Any, Raw] = {(cell.__class__, cell): cell for cell in cells} if typed else dict.fromkeys(cells, "")
    if not typed:
        distinct = dict(zip(distinct, distinct, strict=True))
    told = [cell for cell in distinct.values() if cell.__class__ is str and cell] if str in kinds else []
    named = field.cell == "id" or field.name == "name"
    nothing = {text for text in told if text.isspace()}
    unknown = frozenset() if named else frozenset(filter(settings.unknown, told)) - nothing
    if field.refers == "owner" or field.name == "resources":
        unknown |= {text for text in told if folded(text).strip(" ()[]<>-.") in NOBODY}
    left = unknown | nothing | {""} if str in kinds else frozenset()
    present = [cell for cell in distinct.values() if cell.__class__ is not str or cell not in left] if left else list(distinct.values())
    scale = {folded(key): value for key, value in settings.scale.items()}
    held = [scale.get(folded(text_of(cell)), cell) for cell in present] if scale else present
    read = READERS[field.cell](field, settings, held)
    out: dict[Any, Outcome] = {}
    as_they_are = not typed and plain and not scale
    for key, cell in distinct.items():
        if cell.__class__ is str and cell in left:
            out[key] = UNKNOWN if cell in unknown else BLANK
        elif as_they_are and cell.__class__ is str and cell.isprintable() and cell.isascii() and cell[0] != "#" and "  " not in cell:
            out[key] = cell.strip()  # as nearly all texts are
        else:
            out[key] = _outcome(cell, read, scale, field)
    if typed:
        return [out[cell.__class__, cell] for cell in cells]
    return Told(cells, out) if MISSING.isdisjoint(map(type, out.values())) else list(map(out.__getitem__, cells))


def _as_they_stand(texts: Sequence[str], unknown: UnknownTexts | None) -> bool:
    """Whether all texts are read as they stand, as nearly all are: looked at together.

    Args:
        texts: the cells of a column.
        unknown: what says of a text that it means that something is unknown; None where names are names, whatever they say.
    """
    joined = "\n".join(texts)
    bare = joined.replace("\n", "")
    if not (bare.isascii() and bare.isprintable()) or len(joined) - len(bare) != len(texts) - 1:
        return False
    lines = f"\n{joined}\n"
    return not any(odd in lines for odd in ODD) and (unknown is None or not unknown.in_any(texts, joined.lower()))


def read_in_currencies(
    cells: Sequence[Raw], field: RegisterField, settings: Settings, file: Settings, named: Sequence[Outcome]
) -> list[Outcome]:
    """As `read_column` reads amounts, each in the currency that another column names for its row.

    Args:
        cells: the cells below the header.
        field: what the column states.
        settings: how its cells are read, with the currency that the column itself states.
        file: the same, with the file's currency where the column states none: for rows that name none.
        named: what became of the cells that name currencies.
    """
    texts = [cell for cell in cells if isinstance(cell, str) and cell and not settings.unknown(cell)]
    decimal = Numbers.of(texts, settings.decimal).decimal  # the whole column says how its numbers are written, not the rows of one currency
    out: list[Outcome] = [BLANK] * len(cells)
    by_code: dict[object, list[int]] = {}
    for place, code in enumerate(named):
        by_code.setdefault(code if isinstance(code, str) else code.__class__, []).append(place)
    for code, places in by_code.items():
        own = attrs.evolve(settings, row=code) if isinstance(code, str) else settings if code is Refused else file
        found = read_column([cells[place] for place in places], field, attrs.evolve(own, decimal=own.decimal or decimal))
        for place, outcome in zip(places, found, strict=True):
            out[place] = outcome
    return out


def _outcome(cell: Raw, read: Read, scale: Mapping[str, str], field: RegisterField) -> Outcome:
    try:
        if cell.__class__ is NoValue:
            raise CellError(str(cell))
        if cell.__class__ is str and cell[:1] == "#" and cell.strip() in ERRORS:
            raise CellError(f"{cell.strip()} is a formula that failed")
        if scale:
            given = scale.get(folded(text_of(cell)))
            if given is None and not (field.cell == "share" and isinstance(cell, str) and "%" in cell):
                raise CellError(f"{said_cell(cell)} is not on the column's scale of {', '.join(list(scale)[:9])}")
            cell = cell if given is None else given
        return read(cell)
    except CellError as error:
        return Refused(str(error))
    except UnitError as error:
        return Refused(f"{said_cell(cell)}: {error}" if said_cell(cell) not in str(error) else str(error))


# ------------------------------------------------------------------------------------------ kinds of cells

NOBODY: Final = frozenset(
    "vacant; vacancy; vacant post; unassigned; not assigned; not yet assigned; not allocated; unallocated; nobody; no one; none; no owner; to be appointed;"
    " to be assigned; to be recruited; to be hired; to be named; tbh; n/k; post vacant; vakant; unbesetzt; nicht zugewiesen; offen; non attribué; vacante; sin asignar".split(
        "; "
    )
)
"""What stands in a column of people where there is nobody."""
Make = Callable[[RegisterField, Settings, Sequence[Raw]], Read]
"""What makes the reader of a column from its field, how it is read, and its distinct cells."""


def _texts_in(cells: Sequence[Raw]) -> list[str]:
    return [cell for cell in cells if isinstance(cell, str)]


def _numbers(settings: Settings, cells: Sequence[Raw]) -> Numbers:
    return Numbers.of(_texts_in(cells), settings.decimal, settings.currency)


def plain_text(cell: Raw) -> str:
    """A cell as text, its lines kept and its ends trimmed."""
    return holdable(cell.strip()) if isinstance(cell, str) else text_of(cell)


def _text(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    return plain_text


def _word(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    return lambda cell: holdable(text_of(cell))


def _reference(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    if field.refers != "owner":
        return _word(field, settings, cells)

    def read(cell: Raw) -> str:
        parts = cell.split(settings.separator) if settings.separator and isinstance(cell, str) else SEPARATORS.split(str(cell))
        if sum(bool(part.strip()) for part in parts) > 1:
            raise CellError(
                f"{said_cell(cell)} names several people, and an owner is one; of a task, those at work on it are its resources"
            )
        return holdable(text_of(cell))

    return read


def _many(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    def read(cell: Raw) -> tuple[str, ...]:
        if not isinstance(cell, str):
            return (text_of(cell),)
        parts = cell.split(settings.separator) if settings.separator else SEPARATORS.split(cell)
        return tuple(dict.fromkeys(holdable(" ".join(part.split())) for part in parts if part.strip()))

    return read


def _choice(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    known = choice_words(field.choices)

    def read(cell: Raw) -> str:
        word = plain_word(text_of(cell))
        if word not in known:
            more = (
                "; five colours are a confidence_rating"
                if field.name == "rag" and {"amber", *word.split()} > {"amber"} and "amber" in word
                else ""
            )
            raise CellError(f"{said_cell(cell)} is none of {', '.join(field.choices)}{more}; say scale: where it stands for one of them")
        return known[word]

    return read


def _flag(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    words = flag_words(field.name)

    def read(cell: Raw) -> bool:
        if isinstance(cell, bool):
            return cell
        found = words.get(plain_word(text_of(cell)))
        if found is None:
            raise CellError(f"{said_cell(cell)} is neither yes nor no")
        return found

    return read


def _number(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    numbers = _numbers(settings, cells)

    def read(cell: Raw) -> float:
        percent = field.name == "units" and isinstance(cell, str) and cell.rstrip().endswith("%")  # 60 % of somebody
        number = signed(numbers, str(cell).strip()[:-1].rstrip() if percent else cell)
        number = number / 100 if percent or (field.name == "units" and settings.unit == "percent") else number
        return int(number) if number == int(number) else float(number)

    return read


def _whole(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    numbers = _numbers(settings, cells)

    def read(cell: Raw) -> int:
        number = signed(numbers, cell)
        if number != int(number):
            raise CellError(f"{said_cell(cell)} is no whole number")
        return int(number)

    return read


def _share(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    scores = 0 if settings.scale else PROGRESS if field.name == "progress" else PROBABLE
    stated = settings.unit or ("share" if settings.scale else "")
    return Shares.of(cells, _numbers(settings, cells), stated, scores).read


def _amounts(settings: Settings, cells: Sequence[Raw]) -> Amounts:
    numbers = Numbers.of(_texts_in(cells), settings.decimal, settings.row or settings.currency)
    return Amounts(numbers, settings.currency, settings.multiplier, settings.per, settings.row, cells, settings.in_full, settings.doubts)


def _money(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    return _amounts(settings, cells).money


def _worth(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    return _amounts(settings, cells).worth


def _rate(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    return _amounts(settings, cells).rate


def _cost(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    amounts = _amounts(settings, cells)
    return lambda cell: Fixed(amounts.money(cell))


def _days(field: RegisterField, settings: Settings, cells: Sequence[Raw], *, timed: bool) -> Days:
    return Days.of(
        _texts_in(cells), settings.dates, year_starts=settings.year_starts, end=field.end, serial=settings.unit == "serial", timed=timed
    )


def _date(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    return _days(field, settings, cells, timed=False).read


def _when(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    return _days(field, settings, cells, timed=True).read


def _length(cell: Raw, numbers: Numbers, units: Mapping[str, str], unit: str, what: str) -> tuple[Decimal, str]:
    """An amount and its unit: `10 d`, `2 wks`, `10` where the column says of what."""
    if isinstance(cell, str):
        match = SPAN.fullmatch(" ".join(cell.split()))
        if match is not None and match[2].casefold() in units:
            return signed(numbers, match[1].strip()), units[match[2].casefold()]
        if match is not None:
            raise CellError(f"{match[2]!r} in {said_cell(cell)} is no unit of {what}; write {', '.join(dict.fromkeys(units.values()))}")
    if isinstance(cell, date | datetime):
        raise CellError(f"{said_cell(cell)} is a date, no {what}")
    number = signed(numbers, cell)
    if not unit:
        raise CellError(f"{said_cell(cell)} has no unit; say unit: in the mapping, for example {next(iter(units.values()))}")
    return number, units.get(unit, unit)


def _lengths(
    units: Mapping[str, str], what: str, make: Callable[[Decimal, str], object]
) -> Callable[[RegisterField, Settings, Sequence[Raw]], Read]:
    """What reads amounts with a unit: of time, or of effort."""

    def reader(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
        numbers = _numbers(attrs.evolve(settings, currency=settings.currency or "GBP"), cells)
        return lambda cell: make(*_length(cell, numbers, units, settings.unit, what))

    return reader


_span = _lengths(SPANS, "time", lambda amount, unit: as_span(Span(amount, unit)))
_time = _lengths(SPANS, "time", lambda amount, unit: Fixed(as_span(Span(amount, unit))))
_effort = _lengths(EFFORTS, "effort", lambda amount, unit: as_effort(Effort(amount, unit)))


def _links(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    split = re.compile(re.escape(settings.separator)) if settings.separator else re.compile(r"[;,\n\r]+")

    def read(cell: Raw) -> tuple[After, ...]:
        parts = split.split(cell) if isinstance(cell, str) else [text_of(cell)]
        return tuple(_after(" ".join(part.split()), cell) for part in parts if part.strip())

    return read


def _after(text: str, cell: Raw) -> After:
    """A predecessor: `3`, `1FS+2d`, `A-10 SS - 1 wk`."""
    if (numbered := NUMBERED.fullmatch(text)) is not None:
        text = f"{numbered['source']}{TYPES[numbered['type']]}{numbered['rest'] or ''}"
    match = LINK.fullmatch(text)
    if match is None:
        raise CellError(f"{text!r} in {said_cell(cell)} is no predecessor; write for example 1FS+2d")
    lag, amount, named = None, match["amount"] or match["amount2"], match["unit"] or match["unit2"]
    if amount:
        unit = SPANS.get(named.casefold())
        if unit is None:
            raise CellError(f"the lag of {text!r} is in {named!r}; write for example 1FS+2d")
        lag = Span(Decimal(amount) * (-1 if match["sign"] == "-" else 1), unit)
    return After(source=match["source"].strip(), type=(match["type"] or "FS").upper(), lag=lag)


def _data(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    def read(cell: Raw) -> Any:
        text = text_of(cell) if not isinstance(cell, str) else cell.strip()
        if text[:1] not in ("[", "{"):
            return holdable(text)
        try:
            return json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise CellError(f"{said_cell(cell)} is no JSON") from None

    return read


def _currency(field: RegisterField, settings: Settings, cells: Sequence[Raw]) -> Read:
    def read(cell: Raw) -> str:
        found = currency_named(text_of(cell))
        if found is None:
            raise CellError(f"{said_cell(cell)} is no currency, or the sign of several; write a code such as GBP")
        return found

    return read


def _no_number(word: str) -> object:
    raise ValueError(f"{word} is no number")


READERS: Final[Mapping[str, Make]] = FrozenMap(
    {
        "text": _text, "texts": _many, "id": _word, "reference": _reference, "references": _many, "choice": _choice, "flag": _flag, "number": _number,
        "whole": _whole, "share": _share, "money": _money, "worth": _worth, "rate": _rate, "budget": _money, "cost": _cost, "date": _date, "when": _when,
        "span": _span, "time": _time, "effort": _effort, "links": _links, "data": _data,
        "currency": _currency,
    }
)  # fmt: skip
"""What makes the reader of each kind of cell."""
