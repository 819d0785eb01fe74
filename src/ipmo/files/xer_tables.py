"""The tables of Primavera P6's exchange file (XER), as they stand in it.

A row `%T` names a table, `%F` its fields, `%R` holds values, `%E` ends the file. Each row keeps its line.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from ipmo.errors import FileError, Problem
from ipmo.files.foreign import Intake
from ipmo.files.opening import bytes_of
from ipmo.findings import Severity
from ipmo.words import counted

__all__ = ["Row", "sniff_xer", "xer_tables"]

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
    if header[0].strip() != "ERMHDR":
        raise FileError(name, [Problem(message="this is no XER file: it does not begin with ERMHDR", file=name, line=1)])
    tables: dict[str, list[tuple[int, Row]]] = {}
    rows: list[tuple[int, Row]] = []
    table, ended = "", False
    fields: list[str] = []
    keys: tuple[str, ...] = ()
    short: Counter[str] = Counter()
    for number, line in enumerate(lines[1:], 2):
        mark, _, rest = line.partition("\t")
        if mark != "%R" and not line.strip():
            continue
        if mark == "%R":
            values = rest.split("\t")
            if not table or not fields:
                intake.refuse(f"a row of table {table!r}" if table else "a row", "no %F line says what its fields are", number)
            elif len(values) > len(fields) and any(values[len(fields) :]):
                intake.refuse(
                    f"a row of table {table!r}", f"it has {counted(len(values), 'value')} for {counted(len(fields), 'field')}", number
                )
            else:
                if len(values) < len(fields):
                    short[table] += 1
                    intake.note(
                        "short-row",
                        f"a row of table {table!r} has {counted(len(values), 'value')} for {counted(len(fields), 'field')}; the rest is taken as empty",
                        line=number,
                    )
                row = dict(zip(fields, values, strict=False))
                if not all(map(row.get, keys)):
                    missing = next(key for key in keys if not row.get(key))
                    intake.refuse(f"a row of table {table!r}", f"it has no {missing}", number)
                else:
                    rows.append((number, row))
        elif mark == "%T":
            table, fields = rest.strip().partition("\t")[0], []
            if table in tables:
                intake.note("same-table", f"table {table!r} stands in the file twice; its rows are read together", line=number)
            rows = tables.setdefault(table, [])
            keys = KEYS.get(table, ())
        elif mark == "%F":
            fields = [field.strip() for field in rest.split("\t")]
        elif mark == "%E":
            ended = True
        else:
            intake.refuse("a line", f"it begins with {mark[:20]!r} instead of %T, %F, %R or %E", number)
    if not ended:
        intake.note(
            "truncated",
            "the file does not end with %E: it may have been cut off",
            "export it again",
            line=len(lines),
            severity=Severity.ERROR,
        )
    return header, tables


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
