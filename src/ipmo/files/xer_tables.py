"""The tables of Primavera P6's exchange file (XER), as they stand in it.

A row `%T` names a table, `%F` its fields, `%R` holds values, `%E` ends the file. Each row keeps its line.
"""

from __future__ import annotations

import re
from pathlib import Path

from ipmo.errors import FileError, Problem
from ipmo.files.foreign import Intake
from ipmo.files.opening import bytes_of
from ipmo.findings import Severity
from ipmo.words import agree, counted

__all__ = ["Row", "made_by_mpxj", "sniff_xer", "xer_tables"]

Row = dict[str, str]
KEYS = {
    "PROJECT": ("proj_id",),
    "CALENDAR": ("clndr_id",),
    "PROJWBS": ("wbs_id", "proj_id"),
    "TASK": ("task_id", "proj_id", "task_code"),
    "TASKPRED": ("task_id", "pred_task_id", "pred_type"),
    "TASKRSRC": ("task_id",),
    "RSRC": ("rsrc_id",),
    "TASKACTV": ("task_id", "actv_code_id"),
}
"""Fields that a row cannot do without."""


MARKS = ("%T", "%F", "%R", "%E")
TEXTS = ("_data", "_memo", "_notes", "_descr", "_text")
"""How names of fields end that hold text of any length."""
BLOCK = 256
"""Lines of values that are taken at once."""
_NULL = re.compile(r"\tNULL(?=\t|$)")
"""What exports of databases write where there is no value."""
UNUSED = b"\x81\x8d\x8f\x90\x9d"
"""Bytes that are no character of Windows-1252."""
HIGH_ONLY = bytes(byte if byte >= 128 else 32 for byte in range(256))
"""Puts a space for every character of ASCII."""


def sniff_xer(path: Path, head: bytes) -> bool:
    """Whether a file begins as XER files do."""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ").replace(b"\0", b"").startswith(b"ERMHDR")


def xer_tables(path: Path, name: str, intake: Intake, encoding: str | None = None) -> tuple[list[str], dict[str, list[tuple[int, Row]]]]:
    """The header's fields, and each table's rows with their lines.

    Args:
        path: the file.
        name: the file as the user named it.
        intake: takes the findings.
        encoding: the code page; found from the text when left out (UTF-8, UTF-16, else Windows-1252).

    Raises:
        FileError: it cannot be read, or is no XER file.
    """
    text = _text(bytes_of(path, name), name, intake, encoding)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    header = lines[0].lstrip("\ufeff").split("\t")
    if nulls := sum(len(_NULL.findall(line)) for line in lines if "\tNULL" in line) if "\tNULL" in text else 0:
        lines = [_NULL.sub("\t", line) if "\tNULL" in line else line for line in lines]
        intake.note(
            "null", f"{counted(nulls, 'value')} NULL {agree(nulls, 'is', 'are')} no value, as databases write it", severity=Severity.INFO
        )
    if header[0].strip() != "ERMHDR":
        raise FileError(name, [Problem(message="this is no XER file: it does not begin with ERMHDR", file=name, line=1)])
    reading = _Tables(intake)
    others = [place for place, line in enumerate(lines) if not line.startswith("%R\t")]
    for place, following in zip(others, [*others[1:], len(lines)], strict=True):
        if place:
            reading.other(place + 1, lines[place])
        for first in range(place + 1, following, BLOCK):
            reading.block(first + 1, lines[first : min(first + BLOCK, following)])
    reading.settle()
    if not reading.ended:
        intake.note(
            "truncated",
            "the file does not end with %E: it may have been cut off",
            "export it again",
            line=len(lines),
            severity=Severity.ERROR,
        )
    return header, reading.tables


class _Tables:
    """Lines of a file as rows of its tables."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.tables: dict[str, list[tuple[int, Row]]] = {}
        self.rows: list[tuple[int, Row]] = []
        self.table, self.ended = "", False
        self.fields: list[str] = []
        self.keys: tuple[str, ...] = ()
        self.begun: tuple[int, list[str]] | None = None
        """A row that has too few values: the first line of a text with line breaks, or cut short."""

    def block(self, number: int, lines: list[str]) -> None:
        """Lines of values that follow one another: at once where nothing is wrong with any of them."""
        if not lines:
            return
        self.settle()
        fields = self.fields
        cells = [line[3:].split("\t") for line in lines]
        if fields and set(map(len, cells)) == {len(fields)}:
            rows = [dict(zip(fields, values, strict=False)) for values in cells]
            if all(row.get(key) for key in self.keys for row in rows):
                self.rows += enumerate(rows, number)
                return
        for place, line in enumerate(lines, number):
            self._row(place, line[3:])

    def _row(self, number: int, rest: str) -> None:
        """A line of values."""
        self.settle()
        values = rest.split("\t")
        if not self.table or not self.fields:
            what = f"a row of table {self.table!r}" if self.table else "a row"
            self.intake.refuse(what, "no %F line says what its fields are", number)
        elif len(values) < len(self.fields):
            self.begun = (number, [rest])
        else:
            self._keep(number, values)

    def other(self, number: int, line: str) -> None:
        """A line of anything else."""
        mark, _, rest = line.partition("\t")
        if mark not in MARKS:
            self._open_again(line)
            if self.begun is not None:  # a text with line breaks goes on
                self.begun[1].append(line)
                return
        self.settle()
        if mark == "%T":
            self.table, self.fields = rest.strip().partition("\t")[0].upper(), []
            if self.table in self.tables:
                self.intake.note("same-table", f"table {self.table!r} stands in the file twice; its rows are read together", line=number)
            self.rows = self.tables.setdefault(self.table, [])
            self.keys = KEYS.get(self.table, ())
        elif mark == "%F":
            self.fields = [field.strip().lower() for field in rest.split("\t")]
        elif mark == "%R":
            self._row(number, rest)
        elif mark == "%E":
            self.ended = True
        elif line.strip():
            self.intake.refuse("a line", f"it begins with {mark[:20]!r} instead of %T, %F, %R or %E", number)

    def _open_again(self, line: str) -> None:
        """Takes the row before for one that was only begun, where a line may be the rest of its last value."""
        if self.begun is None and self.rows and self.fields and self.fields[-1].endswith(TEXTS) and line.strip() and "\t" not in line:
            number, row = self.rows.pop()
            self.begun = number, ["\t".join(row.get(field, "") for field in self.fields)]

    def settle(self) -> None:
        """Keeps the row that was begun: with the lines that belong to it, if they are its rest."""
        if self.begun is None:
            return
        number, lines = self.begun
        self.begun = None
        whole = "\n".join(lines).rstrip("\n").split("\t")
        fits = len(whole) == len(self.fields)
        self._keep(number, whole if fits else lines[0].split("\t"))
        for place, line in enumerate(lines[1:], 1) if not fits else ():
            if line.strip():
                mark = line.partition("\t")[0]
                self.intake.refuse("a line", f"it begins with {mark[:20]!r} instead of %T, %F, %R or %E", number + place)

    def _keep(self, number: int, values: list[str]) -> None:
        """A row with values for its fields, or what is wrong with it."""
        table, fields = self.table, self.fields
        told = f"{counted(len(values), 'value')} for {counted(len(fields), 'field')}"
        if len(values) > len(fields) and any(values[len(fields) :]):
            self.intake.refuse(f"a row of table {table!r}", f"it has {told}", number)
            return
        if len(values) < len(fields):
            self.intake.note("short-row", f"a row of table {table!r} has {told}; the rest is taken as empty", line=number)
        row = dict(zip(fields, values, strict=False))
        missing = next((key for key in self.keys if not row.get(key)), None)
        if missing is not None:
            self.intake.refuse(f"a row of table {table!r}", f"it has no {missing}", number)
        else:
            self.rows.append((number, row))


def _text(raw: bytes, name: str, intake: Intake, encoding: str | None) -> str:
    if encoding is not None:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            message = f"byte {raw[error.start]:#04x} is not text in {encoding}"
            raise FileError(name, [Problem(message=message, hint="say encoding= another one", file=name, line=line)]) from None
        except (LookupError, ValueError):  # codecs that read no text have errors of their own
            raise FileError(name, f"there is no encoding {encoding[:40]!r}; write for example cp1251") from None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    if raw.isascii():
        return raw.decode("ascii")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    odd = re.search(rb"[\x81\x8d\x8f\x90\x9d]", raw) if raw.translate(None, UNUSED) != raw else None
    words = raw.translate(HIGH_ONLY).split()
    runs, high = sum(len(run) for run in words if len(run) >= 4), sum(map(len, words))
    if odd or runs * 2 > high > 8:  # words of nothing but high bytes are in no western language
        line = raw[: odd.start()].count(b"\n") + 1 if odd else 1
        intake.note(
            "code-page",
            "the text is read as Windows-1252, but does not look like it: names may be wrong",
            "say which it is: ipmo.read(path, encoding='cp1251')",
            line=line,
        )
    return raw.decode("cp1252", "replace") if not odd else "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in raw)


def made_by_mpxj(intake: Intake) -> None:
    """A finding on what a file of P6 cannot keep that MPXJ made of one of Microsoft Project."""
    intake.note(
        "made-by-mpxj",
        "this file bears the marks of MPXJ: where it made it from a file of Microsoft Project, a lag of 50 % has become 50 minutes and one of 2 "
        "elapsed days 48 working hours",
        "read the file of Microsoft Project itself",
    )
