"""A portfolio as a Primavera P6 exchange file (XER): the tables of `p6_tables` as tab-separated rows.

What P6 has no room for is named in a `FormatWarning`; nothing is dropped in silence.
"""

from __future__ import annotations

import re
from pathlib import Path

from ipmo.atomic import write_atomically
from ipmo.files.p6_tables import P6Tables, columns
from ipmo.model.portfolio import Portfolio

__all__ = ["write_xer"]

ENDS = re.compile("[\\t\\n\\r\\0]")
"""What ends a value, or a row."""
ORDER = ["CURRTYPE", "PROJECT", "CALENDAR", "SCHEDOPTIONS", "PROJWBS", "ACTVTYPE", "RSRC", "ACTVCODE", "TASK", "PROJCOST", "TASKPRED"]
"""Tables in the order in which P6 writes them: what is named stands before what names it."""


def write_xer(portfolio: Portfolio, path: Path) -> None:
    """One XER file; a crash leaves the old one.

    Warns:
        FormatWarning: what the format has no room for.

    Raises:
        FileError: it cannot be written.
    """
    made = P6Tables(portfolio)
    write_atomically(path, _encoded(_text(portfolio, made)))
    made.lost.warn(path)


def _text(portfolio: Portfolio, made: P6Tables) -> str:
    status = portfolio.status_date if portfolio.status_date is not None else portfolio.start
    day = "" if status is None else f"{status:%Y-%m-%d}"
    currency = made.currency
    lines = ["\t".join(["ERMHDR", "20.12", day, "Project", "ipmo", "ipmo", "", "Project Management", currency])]
    if currency:
        made.tables["CURRTYPE"] = [
            {"curr_id": "1", "decimal_digit_cnt": "2", "curr_symbol": currency, "decimal_symbol": ".", "digit_group_symbol": ","}
            | {"pos_curr_fmt_type": "#1.1", "neg_curr_fmt_type": "(#1.1)", "curr_type": currency, "curr_short_name": currency}
            | {"group_digit_cnt": "3", "base_exch_rate": "1"}
        ]
    place = {name: number for number, name in enumerate(ORDER)}
    for name, fields, rows in sorted(columns(made.tables), key=lambda table: place.get(table[0], len(ORDER))):
        lines += [f"%T\t{name}", "\t".join(["%F", *fields])]
        lines += ["\t".join(["%R", *(_cell(row.get(field, "")) for field in fields)]) for row in rows]
    spaced = sum(ENDS.search(text) is not None for table in made.tables.values() for row in table for text in row.values())
    if spaced:
        made.lost.lose("texts with tabs or line breaks, which are spaces there", spaced)
    return "\r\n".join([*lines, "%E", ""])


def _cell(text: str) -> str:
    """A value in one cell: rows end at line breaks and values at tabs, so neither stands in one."""
    return " ".join(text.split("\t")).replace("\r\n", " ").replace("\n", " ").replace("\r", " ").replace("\0", " ")


def _encoded(text: str) -> bytes:
    """Windows-1252, as P6 writes it in the west, where the text has it and no reader can take it for UTF-8; else UTF-8."""
    try:
        raw = text.encode("cp1252")
    except UnicodeEncodeError:
        return text.encode()
    if raw.isascii():
        return raw
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw
    return text.encode()
