"""What the columns of a file mean: a small value, kept as YAML that a person edits."""

from __future__ import annotations

import codecs
import json
import os
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, get_args

import attrs

from ipmo.atomic import write_atomically
from ipmo.errors import FileError, ModelError, Problem, UnitError, close_matches
from ipmo.files.documents import parse, text_of
from ipmo.model.fields import EMPTY, FrozenMap, PlainData, PlainMap, as_map, as_tuple, natural, said, text
from ipmo.model.money import MONTHS
from ipmo.model.references import ID
from ipmo.registers.fields import CATALOGUE, POWERS, RegisterKind, register_named
from ipmo.registers.opening.lettered import number_of
from ipmo.units import as_date, as_money

__all__ = [
    "ATTRIBUTE",
    "IGNORE",
    "MULTIPLIERS",
    "UNKNOWN",
    "ColumnMapping",
    "DateOrder",
    "Decimals",
    "Mapping",
    "SheetMapping",
    "read_mapping",
    "write_mapping",
]

DateOrder = Literal["", "day first", "month first", "year first"]
"""How `03/04/2026` is read; empty where the column itself decides."""
Decimals = Literal["", "point", "comma"]
"""What `1.250` and `1,250` are; empty where the column itself decides."""
Rest = Literal["attributes", "ignore"]
ATTRIBUTE: Final = "attribute"
"""The field of a column that is kept as an attribute, under its header or the name that `attribute:` gives."""
ASSESSED: Final = ("confidence", "status")
"""Where fields go that several people may state of one row."""
CURRENCY: Final = "currency"
"""What a column is mapped to that names the currency of the amounts in each row."""
REPEATED: Final = frozenset(("iteration",))
"""Fields that an export repeats in columns of one heading, as often as a row was given one: the last that says something counts."""
OUTLINE, OUTLINE_LEVEL = "outline", "outline_level"
"""What a column is mapped to that says where rows lie in one another: by numbers such as 1.2.3, and by levels such as 1, 2, 2."""
IGNORE: Final = "ignore"
"""The field of a column that is left out."""
UNKNOWN: Final = (
    "n/a", "n.a.", "na", "#n/a", "tbc", "tbd", "tba", "to be confirmed", "to be determined", "unknown", "not known", "not applicable",
    "not available", "not provided", "not set", "null", "nan", "nat", "-", "--", "–", "—", "?", "exempt under*", "exemption under*",
    "k. a.", "k.a.", "keine angabe", "keine angaben", "unbekannt", "nicht bekannt", "noch offen", "noch festzulegen", "n.n.b.", "à définir", "a définir", "à préciser",
    "à confirmer", "à déterminer", "non défini", "non communiqué", "inconnu", "sans objet", "n.c.", "n.d.", "por definir", "por determinar", "por confirmar", "desconocido", "no disponible",
    "no aplica", "a definir", "a confirmar", "a determinar", "desconhecido", "não aplicável", "não disponível", "da definire", "da confermare", "da determinare", "non disponibile",
    "non applicabile", "sconosciuto", "nog te bepalen", "n.t.b.", "n.v.t.", "nvt", "onbekend",
)  # fmt: skip
"""Texts that say that something is unknown, whatever their case; one that ends in a star stands for all that begin so."""
MULTIPLIERS: Final = {letter: 10**power for letter, power in POWERS.items()}
"""What amounts may be written in, by what a mapping calls it."""
VERSION = 1


@attrs.frozen(kw_only=True)
class ColumnMapping:
    """What one column means.

    Args:
        header: its header, spaces as one; empty where it has none.
        at: its letters (of a transposed sheet, as if it were turned), where the header alone does not say which.
        field: the field of the register; `currency` for that of the amounts in each row, `outline` (numbers such as 1.2.3) or `outline_level` for
            where tasks lie in one another, `attribute`, or `ignore`.
        attribute: the name of the attribute; the header when empty.
        assessor: of a rating or a report and what belongs to it, whose it is, where a row has those of several.
        level: of the name of a task, how deep it lies: each row has its name in the column of its level, and belongs to the row above of a lower one.
        unit: what bare numbers are: of shares `percent` or `share`, of time `d`, `w`, `h`, `months`, of effort `pd`; of dates `serial`,
            for the day numbers of office programs.
        currency: of bare amounts; the file's when empty.
        multiplier: of bare amounts, `k`, `M`, `bn`, `lakh`, `crore`; None for the file's.
        per: of rates and yearly benefits, what bare amounts are per: `pd`, `year`.
        period: the month, quarter or financial year that the column's money belongs to, as `2026-27`.
        money: `capex` or `opex` where a column holds one of them only, of a period or of all.
        dates: how its dates are written; the file's when empty.
        decimal: `point` or `comma`; the file's when empty.
        unknown: more texts that say that it is unknown.
        scale: what its words or scores stand for: `{1: 10 %, 2: 30 %}`, `{Open: open}`.
        separator: what lies between several values in a cell; found from `;` and new lines when empty.
        where_blank: the header of another column, whose cells hold where its own are blank: the planned finish, where none was revised.
        doubt: what whoever proposed it was not sure of; a comment in the file.
    """

    header: str
    at: str = ""
    field: str
    attribute: str = ""
    assessor: str = ""
    level: int = 0
    unit: str = ""
    currency: str = ""
    multiplier: str | None = None
    per: str = ""
    period: str = ""
    money: str = ""
    dates: DateOrder = ""
    decimal: Decimals = ""
    unknown: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    scale: FrozenMap[str, str] = attrs.field(default=EMPTY, converter=as_map)
    separator: str = ""
    where_blank: str = ""
    doubt: str = ""

    @property
    def is_part(self) -> bool:
        """Whether it holds a part of its money: that of a period, or capital or running cost alone."""
        return bool(self.period or self.money)


@attrs.frozen(kw_only=True)
class SheetMapping:
    """What one sheet holds.

    Args:
        sheet: its name; empty for the only table of a text file.
        register: a kind of register: `projects`, `risks`, `milestones`, ...
        header: the rows of the header, from 1; of several, their texts are joined.
        transposed: fields stand in rows, and every column is one row of the register.
        columns: what its columns mean.
        rest: what becomes of columns that are not named: `attributes`, or `ignore`.
        project: the project that all its rows belong to, where no column says it.
        new_projects: projects that only this sheet names are made; else a row that names an unknown project is refused.
        last: the last row that is read, from 1; 0 for all.
        range: the columns that are read, as `H:M`, where tables stand side by side; empty for all.
        doubt: what whoever proposed it was not sure of.
    """

    sheet: str = ""
    register: str
    header: tuple[int, ...] = attrs.field(default=(1,), converter=as_tuple)
    transposed: bool = False
    columns: tuple[ColumnMapping, ...] = attrs.field(default=(), converter=as_tuple)
    rest: Rest = "attributes"
    project: str = ""
    new_projects: bool = False
    last: int = 0
    range: str = ""
    doubt: str = ""

    @property
    def kind(self) -> RegisterKind:
        """The kind of its register.

        Raises:
            UnitError: there is none of that name.
        """
        found = register_named(self.register)
        if found is None:
            raise UnitError(f"{self.register!r} is no register{_near(self.register, CATALOGUE)}")
        return found


@attrs.frozen(kw_only=True)
class Mapping:
    """What a file of registers means.

    Args:
        sheets: what is read, in the order of the file; sheets that it does not name are left out.
        id: of the portfolio; made of the file's name when empty.
        name: of the portfolio.
        currency: of bare amounts, and of the portfolio's totals.
        multiplier: of bare amounts: `k`, `M`, `bn`, `lakh`, `crore`.
        dates: how dates are written, where a column does not say.
        decimal: how numbers are written, where a column does not say.
        financial_year: the first month of the financial year: `apr`.
        status_date: the day of the data.
        unknown: texts that say that something is unknown, besides the usual ones.
        encoding: of text; found from its bytes when empty.
        delimiter: of text; found from its rows when empty.
        doubt: what whoever proposed it was not sure of, of the file as a whole.
    """

    sheets: tuple[SheetMapping, ...] = attrs.field(default=(), converter=as_tuple)
    id: str = ""
    name: str = ""
    currency: str = ""
    multiplier: str = ""
    dates: DateOrder = ""
    decimal: Decimals = ""
    financial_year: str = ""
    status_date: date | None = None
    unknown: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    encoding: str = ""
    delimiter: str = ""
    doubt: str = ""

    @property
    def doubts(self) -> tuple[str, ...]:
        """Everything that whoever proposed it was not sure of, each with its sheet and column."""
        found = self.doubt.splitlines()
        for sheet in self.sheets:
            front = f"sheet {sheet.sheet!r}: " if sheet.sheet else ""
            found += [front + doubt for doubt in sheet.doubt.splitlines()]
            found += [f"{front}column {column.header or column.at!r}: {column.doubt}" for column in sheet.columns if column.doubt]
        return tuple(found)


# ------------------------------------------------------------------------------------------------ writing

FILE_KEYS = (
    "id", "name", "encoding", "delimiter", "currency", "multiplier", "dates", "decimal", "financial_year", "status_date", "unknown",
)  # fmt: skip
COLUMN_KEYS = (
    "attribute",
    "assessor",
    "level",
    "unit",
    "currency",
    "multiplier",
    "per",
    "period",
    "money",
    "dates",
    "decimal",
    "separator",
    "where_blank",
    "unknown",
    "scale",
)
BARE = re.compile(r"[A-Za-z£€$][\w £€$().%/&+-]*[\w£€$().%/&+]|[A-Za-z]", re.ASCII)
WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan"))


def _scalar(value: object) -> str:
    """A value as YAML, quoted only where it must be."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal | date):
        return str(value)
    words = str(value)
    return words if BARE.fullmatch(words) and words.lower() not in WORDS else json.dumps(words, ensure_ascii=False)


def _flow(value: object) -> str:
    if isinstance(value, FrozenMap):
        return "{" + ", ".join(f"{_scalar(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    return "[" + ", ".join(map(_flow, value)) + "]" if isinstance(value, tuple) else _scalar(value)


def _comment(doubt: str, indent: str = "") -> Iterator[str]:
    for line in doubt.splitlines():
        yield f"{indent}# ? {line}".rstrip()


def _sheet_lines(sheet: SheetMapping) -> Iterator[str]:
    yield from _comment(sheet.doubt, "  ")
    yield f"  - {f'sheet: {_scalar(sheet.sheet)}' if sheet.sheet else f'register: {sheet.register}'}"
    if sheet.sheet:
        yield f"    register: {sheet.register}"
    yield f"    header: {sheet.header[0] if len(sheet.header) == 1 else list(sheet.header)}"
    blank = SheetMapping(register="")
    for key in ("transposed", "rest", "project", "new_projects", "last", "range"):
        if (value := getattr(sheet, key)) != getattr(blank, key):
            yield f"    {key}: {_scalar(value)}"
    yield "    columns:" if sheet.columns else "    columns: {}"
    for column in sheet.columns:
        yield from _comment(column.doubt, "      ")
        key = column.header + (f" @{column.at}" if column.at else "")
        told = [(name, getattr(column, name)) for name in COLUMN_KEYS if getattr(column, name) not in ("", None, (), EMPTY, 0)]
        more = "".join(f", {name}: {_flow(value)}" for name, value in told)
        yield f"      {_scalar(key)}: " + (f"{{field: {column.field}{more}}}" if more else column.field)


def to_text(mapping: Mapping, about: str = "") -> str:
    """The mapping as YAML; what was doubted stands as comments that begin with `# ?`."""
    lines = [f"# {about}" if about else "# What the columns of a file mean; edit it, then read the file with it.", "mapping: 1"]
    lines += _comment(mapping.doubt)
    lines += [f"{key}: {_flow(value)}" for key in FILE_KEYS if (value := getattr(mapping, key)) not in ("", None, ())]
    lines.append("sheets:" if mapping.sheets else "sheets: []")
    for sheet in mapping.sheets:
        lines += _sheet_lines(sheet)
    return "\n".join(lines) + "\n"


def write_mapping(mapping: Mapping, path: str | os.PathLike[str], about: str = "") -> None:
    """Writes a mapping to a YAML file that `read_mapping` reads.

    Raises:
        FileError: it cannot be written.
    """
    write_atomically(Path(path), to_text(mapping, about))


# ------------------------------------------------------------------------------------------------ reading


def read_mapping(path: str | os.PathLike[str]) -> Mapping:
    """A mapping from a YAML file.

    Raises:
        FileError: every problem with its line and column.
    """
    name = os.fspath(path)
    document = parse(text_of(Path(path), name, "a mapping of columns in YAML", f"{WHAT}; {ADVICE}"), name)
    try:
        return from_plain(document.data)
    except ModelError as error:
        raise FileError(name, document.locate(error.problems)) from None


def from_plain(data: PlainData) -> Mapping:
    """A mapping from plain data.

    Raises:
        ModelError: with all problems, each with its path.
    """
    return _Reader().mapping(data)


Path_ = tuple[str | int, ...]
WHAT: Final = "a mapping says what the columns of a spreadsheet mean"
ADVICE: Final = "`ipmo map SPREADSHEET -o FILE` writes one to be looked over; it begins with `mapping: 1`"


class _Reader:
    """Reads a mapping and keeps every problem."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, message: str, path: Path_, hint: str = "") -> None:
        """Keeps a problem."""
        self.problems.append(Problem(message=message, hint=hint, path=path))

    def mapping(self, data: PlainData) -> Mapping:
        """The whole file."""
        if not isinstance(data, dict) or "mapping" not in data:
            raise ModelError(Problem(message=f"this is no mapping of columns: {WHAT}", hint=ADVICE))
        if str(data["mapping"]) != str(VERSION):
            self.wrong(f"version {data['mapping']!r} of mappings is not known", ("mapping",), f"this ipmo reads version {VERSION}")
        told = self.part(data, (), {"mapping", "sheets", *FILE_KEYS})
        values = {key: self.value(key, value, (key,)) for key, value in told.items() if key in FILE_KEYS}
        sheets = data.get("sheets")
        if not isinstance(sheets, list) or not sheets:
            self.wrong("`sheets:` lists what is read, at least one sheet", ("sheets",) if "sheets" in data else ())
            sheets = []
        found = [self.sheet(one, ("sheets", place)) for place, one in enumerate(sheets)]
        if self.problems:
            raise ModelError(self.problems)
        return Mapping(sheets=tuple(one for one in found if one is not None), **values)

    def part(self, data: PlainMap, path: Path_, known: set[str]) -> PlainMap:
        """A mapping without the keys that nothing knows, each of which is a problem."""
        for key in data:
            if key not in known:
                self.wrong(f"unknown key {key!r}{_near(key, sorted(known))}", (*path, key))
        return {key: value for key, value in data.items() if key in known and value is not None}

    def sheet(self, data: PlainData, path: Path_) -> SheetMapping | None:
        """One sheet."""
        if not isinstance(data, dict):
            self.wrong(f"expected a mapping with register: and columns:; got {said(data)}", path)
            return None
        told = self.part(
            data, path, {"sheet", "register", "header", "transposed", "columns", "rest", "project", "new_projects", "last", "range"}
        )
        kind = register_named(str(told.get("register", "")))
        if kind is None:
            if "register" in told:
                self.wrong(f"{told['register']!r} is no register{_near(str(told['register']), CATALOGUE)}", (*path, "register"))
            else:
                self.wrong("`register:` says what the rows are", path, f"one of {', '.join(CATALOGUE)}")
        values: dict[str, Any] = {
            key: self.value(key, value, (*path, key)) for key, value in told.items() if key not in ("columns", "register")
        }
        columns = told.get("columns", {})
        if not isinstance(columns, dict):
            self.wrong(f"expected a mapping from headers to fields; got {said(columns)}", (*path, "columns"))
            columns = {}
        found = [self.column(str(key), value, kind, (*path, "columns", key)) for key, value in columns.items()]
        self.once(found, path)
        if kind is None or any(value is None for value in values.values()):
            return None
        return SheetMapping(register=kind.name, columns=tuple(one for one in found if one is not None), **values)

    def once(self, columns: Sequence[ColumnMapping | None], path: Path_) -> None:
        """A field is stated by one column, but for money of several periods, assessments of several people, and what an export repeats."""
        seen: dict[tuple[str, str], str] = {}
        for one in columns:
            if one is None or one.field == IGNORE:
                continue
            key = (
                (one.field, one.attribute or one.header)
                if one.field == ATTRIBUTE
                else (one.field, f"{one.period} {one.money}".strip() or one.assessor or str(one.level))
            )
            if key in seen and one.field != ATTRIBUTE and one.field not in REPEATED:
                self.wrong(
                    f"column {one.header!r} states {one.field!r}, as column {seen[key]!r} does",
                    (*path, "columns", _key(one)),
                    "map one of them to attribute or ignore",
                )
            seen.setdefault(key, one.header)
        points = [one for one in columns if one is not None and one.field.startswith("duration_")]
        if points and (whole := next((one for one in columns if one is not None and one.field == "duration"), None)) is not None:
            self.wrong(
                f"column {points[0].header!r} is a point of an estimate of the duration, which column {whole.header!r} states",
                (*path, "columns", _key(points[0])),
                "map either the duration or its points to attribute or ignore",
            )

    def column(self, key: str, data: PlainData, kind: RegisterKind | None, path: Path_) -> ColumnMapping | None:
        """One column: a field, or a mapping."""
        header, at = key, ""
        if (match := re.fullmatch(r"(.*?) ?@([A-Z]{1,3})", key, re.DOTALL)) is not None and number_of(match[2]) < 16384:
            header, at = match[1], match[2]
        if isinstance(data, str):
            data = {"field": str(data)}
        if not isinstance(data, dict) or "field" not in data:
            self.wrong(f"expected a field, or a mapping with field:; got {said(data)}", path)
            return None
        told = self.part(data, path, {"field", *COLUMN_KEYS})
        field = str(told["field"])
        others = [ATTRIBUTE, CURRENCY, IGNORE, *((OUTLINE, OUTLINE_LEVEL) if kind is not None and "parent" in kind.fields else ())]
        if kind is not None and field not in kind.fields and field not in others:
            near = _near(field, [*kind.fields, *others])
            self.wrong(
                f"{field!r} is no field of register {kind.name!r}{near}",
                path if isinstance(data, dict) and len(data) == 1 else (*path, "field"),
            )
            return None
        if "assessor" in told and kind is not None and (field not in kind.fields or kind.fields[field].path[0] not in ASSESSED):
            self.wrong(f"{field!r} is nothing that an assessor says; leave assessor: out", (*path, "assessor"))
            return None
        if "level" in told and kind is not None and (field != "name" or "parent" not in kind.fields):
            self.wrong(f"{field!r} of register {kind.name!r} has no level; leave level: out", (*path, "level"))
            return None
        values: dict[str, Any] = {name: self.value(name, value, (*path, name)) for name, value in told.items() if name != "field"}
        if any(value is None for value in values.values()):
            return None
        return ColumnMapping(header=" ".join(header.split()), at=at, field=field, **values)

    def value(self, key: str, value: PlainData, path: Path_) -> Any:
        """One value by its key; None after a problem."""
        try:
            return VALUES.get(key, text)(value)
        except UnitError as error:
            self.wrong(str(error), path)
            return None


def _near(word: str, known: Sequence[str] | FrozenMap[str, Any] | Any) -> str:
    near = close_matches(word, list(known))
    return f"; close: {', '.join(map(repr, near))}" if near else f"; write one of {', '.join(known)}"


def _key(column: ColumnMapping) -> str:
    return column.header + (f" @{column.at}" if column.at else "")


def _one_of(*words: str) -> Any:
    def read(value: object) -> str:
        if str(value) not in words:
            raise UnitError(f"{said(value)} is not one of {', '.join(filter(None, words))}")
        return str(value)

    return read


def _multiplier(value: object) -> str:
    for letter, factor in MULTIPLIERS.items():
        if str(value) in (letter, str(factor)):
            return letter
    raise UnitError(f"{said(value)} is no multiplier; write k, M, bn, lakh, crore or 1")


def _range(value: object) -> str:
    found = re.fullmatch(r"([A-Za-z]{1,3}):([A-Za-z]{1,3})", str(value))
    if found is None or number_of(found[1]) > number_of(found[2]):
        raise UnitError(f"{said(value)} are no columns; write the first and the last of them, for example H:M")
    return str(value).upper()


def _currency(value: object) -> str:
    return as_money(f"1 {text(value)}").currency


def _encoding(value: object) -> str:
    try:
        codecs.lookup(text(value))
    except LookupError:
        raise UnitError(f"there is no encoding {value!r}; write for example utf-8, cp1252 or utf-16") from None
    return text(value)


def _character(value: object) -> str:
    found = {"tab": "\t", "\\t": "\t"}.get(text(value), text(value))
    if len(found) != 1:
        raise UnitError(f"{value!r} is not one character; write for example ';' or tab")
    return found


def _id(value: object) -> str:
    found = text(value)
    if not ID.fullmatch(found):
        raise UnitError(f"{found!r} is no id: it has no slash, colon or at sign, and single spaces only between words")
    return found


def _words(value: object) -> tuple[str, ...]:
    return tuple(text(one) for one in value) if isinstance(value, list) else (text(value),)


def _scale(value: object) -> FrozenMap[str, str]:
    if not isinstance(value, dict):
        raise UnitError(f"expected a mapping from words or scores to values; got {said(value)}")
    return FrozenMap({" ".join(str(key).split()): str(inner) for key, inner in value.items()})


def _rows(value: object) -> tuple[int, ...]:
    found = [natural(one) for one in value] if isinstance(value, list) else [natural(value)]
    if not found or any(not isinstance(one, int) or isinstance(one, bool) or one < 0 for one in found):
        raise UnitError(f"{said(value)} is no row; write 1, or [1, 2] where two rows are the header, or 0 where there is none")
    return tuple(found)


def _level(value: object) -> int:
    found = natural(value)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 < found <= 100:
        raise UnitError(f"{said(value)} is no level; write 1 for the highest, then 2, 3, ...")
    return found


def _truth(value: object) -> bool:
    found = natural(value)
    if not isinstance(found, bool):
        raise UnitError(f"{said(value)} is not true or false")
    return found


VALUES: Final[PlainMap] = {
    "header": _rows,
    "level": _level,
    "money": _one_of("capex", "opex"),
    "last": lambda value: _rows(value)[0],
    "transposed": _truth,
    "new_projects": _truth,
    "rest": _one_of(*get_args(Rest)),
    "dates": _one_of(*get_args(DateOrder)),
    "decimal": _one_of(*get_args(Decimals)),
    "multiplier": _multiplier,
    "currency": _currency,
    "encoding": _encoding,
    "delimiter": _character,
    "id": _id,
    "financial_year": _one_of(*MONTHS),
    "status_date": as_date,
    "unknown": _words,
    "scale": _scale,
}
"""What reads the value of a key; text where it is not named."""
