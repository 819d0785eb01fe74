"""Columns by their letters and sheets by their names, as spreadsheets write places."""

from __future__ import annotations

__all__ = ["letters", "number_of", "sheet_label"]


def letters(column: int) -> str:
    """The letters of a column, from 0.

    >>> letters(0), letters(25), letters(26), letters(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def number_of(text: str) -> int:
    """The column that letters name, from 0; the inverse of `letters`.

    >>> number_of("XFD")
    16383
    """
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def sheet_label(name: str) -> str:
    """A sheet's name in front of a place: in quotes where it is more than letters and digits.

    >>> sheet_label("Risks"), sheet_label("Pat's plan")
    ('Risks', "'Pat''s plan'")
    """
    return name if name.replace("_", "").isalnum() else "'" + name.replace("'", "''") + "'"
