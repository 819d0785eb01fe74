"""A page of HTML that a notebook shows in place: a report is looked at where its verb is called."""

from __future__ import annotations

import html
import os
from pathlib import Path

import attrs

from ipmo.atomic import write_atomically
from ipmo.errors import FileError

__all__ = ["Page"]

HEIGHT = 640
"""Pixels of a notebook that a page takes; it scrolls inside."""


@attrs.frozen(repr=False)
class Page:
    """One HTML page that needs no network.

    In a notebook it is shown in a frame of its own, where its style and its links stay; a static export holds it whole.

    Args:
        title: its title.
        html: its text.

    >>> Page("Library", "<!doctype html><p>Library</p>")
    <Page 'Library': 29 characters; .save(path) writes it>
    """

    title: str
    html: str

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes it as one file.

        Raises:
            FileError: it cannot be written, or the path is empty.
        """
        if not os.fspath(path).strip():
            raise FileError("", "the path of the page is empty; name a file")
        write_atomically(Path(path), self.html)
        return Path(path)

    def __repr__(self) -> str:
        return f"<Page {self.title!r}: {len(self.html):,} characters; .save(path) writes it>"

    def _repr_html_(self) -> str:
        name, text = html.escape(self.title, quote=True), html.escape(self.html, quote=True)
        style = f"width: 100%; height: {HEIGHT}px; outline: 1px solid #8886"
        return f'<iframe sandbox="" title="{name}" style="{style}" srcdoc="{text}"></iframe>'
