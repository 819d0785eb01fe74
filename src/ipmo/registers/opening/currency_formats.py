"""The currencies that the number formats of cells show: a bare 900,000 that its sheet shows as € 900,000 is no pound."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from ipmo.registers.opening.lettered import number_of
from ipmo.registers.opening.sheet_xml import walk

__all__ = ["STYLES", "cells_in", "currencies_of", "odd_ones"]

STYLES: Final = "xl/styles.xml"
SHOWN: Final = re.compile(r"\[\$([^\]-]+)(?:-([0-9A-Fa-f]+))?\]")
"""A currency as formats show it: `[$€-407]`; a locale alone, as dates have it, shows none."""
SIGNS: Final = {
    "£": "GBP",
    "€": "EUR",
    "₹": "INR",
    "₩": "KRW",
    "₪": "ILS",
    "₺": "TRY",
    "US$": "USD",
    "zł": "PLN",
    "Kč": "CZK",
    "$": "$",
    "¥": "¥",
    "kr": "kr",
}
DOLLARS: Final = {"409": "USD", "1009": "CAD", "C09": "AUD", "1409": "NZD"}
CODE: Final = re.compile(r"(?<![A-Za-z])(GBP|EUR|USD|CHF|CAD|AUD|NZD|JPY|SEK|NOK|DKK|PLN|CZK|INR|CNY|ZAR)(?![A-Za-z])")
CELL: Final = re.compile(rb"<(?:[A-Za-z]\w*:)?c\b([^>]*[^>/])>")
PLACED: Final = re.compile(rb'\br="([A-Z]{1,3})([1-9][0-9]{0,6})"')
STYLED: Final = re.compile(rb'\bs="([0-9]{1,6})"')
TEXTUAL: Final = re.compile(rb'\bt="(?!n")')


def currency_of(code: str) -> str:
    """The currency that a number format shows: its code, or its sign where that is one of several; empty where it shows none.

    >>> currency_of("[$€-407] #,##0.00"), currency_of('"£"#,##0'), currency_of("[$-409]d mmm"), currency_of("0.0%"), currency_of("[$$-1009]#,##0")
    ('EUR', 'GBP', '', '', 'CAD')

    Args:
        code: the format, as the workbook has it.
    """
    first = code.partition(";")[0]
    if (shown := SHOWN.search(first)) is not None:
        sign, where = shown[1].strip(), (shown[2] or "").upper().lstrip("0")
        return DOLLARS.get(where, "$") if sign == "$" else SIGNS.get(sign, sign.upper() if CODE.fullmatch(sign.upper()) else "")
    first = re.sub(r"\[[^\]]*\]", "", first)  # colours, conditions, locales
    if (named := CODE.search(first)) is not None:
        return named[1]
    return next((meant for sign, meant in SIGNS.items() if sign in first), "")


def currencies_of(styles: bytes) -> dict[bytes, str]:
    """By the number of a cell's style, the currency that it shows; styles without one are left out.

    Args:
        styles: the part that holds them, in UTF-8.

    Raises:
        ValueError: it is not well formed.
    """
    formats: dict[str, str] = {}
    used: list[str] = []
    inside = False

    def start(tag: str, at: dict[str, str]) -> None:
        nonlocal inside
        if tag == "numFmt":
            formats[at.get("numFmtId", "")] = currency_of(at.get("formatCode", ""))
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            used.append(at.get("numFmtId", ""))

    def end(tag: str) -> None:
        nonlocal inside
        inside = inside and tag != "cellXfs"

    walk(styles, start, end)
    return {str(place).encode(): found for place, one in enumerate(used) if (found := formats.get(one, ""))}


def cells_in(sheet: bytes, styles: Mapping[bytes, str]) -> dict[tuple[int, int], str]:
    """The cells with numbers that are shown in a currency, by row and column from 0.

    Args:
        sheet: the part that holds it, in UTF-8.
        styles: the currencies of styles.
    """
    found = {}
    for at in CELL.findall(sheet):
        style, place = STYLED.search(at), PLACED.search(at)
        if style is not None and place is not None and (code := styles.get(style[1])) is not None and TEXTUAL.search(at) is None:
            found[int(place[2]) - 1, number_of(place[1].decode())] = code
    return found


def odd_ones(sheets: Mapping[str, Mapping[tuple[int, int], str]]) -> dict[str, dict[tuple[int, int], str]]:
    """The cells of columns in which some are shown in another currency than most of their workbook; none where there is one alone.

    Args:
        sheets: by part, the currencies of cells.
    """
    counts = Counter(code for cells in sheets.values() for code in cells.values())
    usual = max(counts, key=lambda code: (counts[code], code), default="")
    found = {}
    for part, cells in sheets.items():
        columns = {column for (_, column), code in cells.items() if code != usual}
        if columns:
            found[part] = {place: code for place, code in cells.items() if place[1] in columns}
    return found
