"""Columns by their letters, as spreadsheets name them."""

from __future__ import annotations

__all__ = ["letters", "number_of"]


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
