"""Scalable pictures made of escaped tags: the only place where markup is made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["GLYPHS", "PALETTE", "Figure", "colour_css", "tag"]

GLYPHS = {"green": "●", "amber": "▲", "red": "■"}
"""A sign for each colour word, for those who do not see the colour."""

PALETTE = {
    "ink": ("#1b1f24", "#e8eaed"),
    "quiet": ("#57606a", "#a6adb5"),
    "line": ("#d5d9de", "#3a4048"),
    "paper": ("#ffffff", "#16191d"),
    "band": ("#f4f6f8", "#1e2227"),
    "done": ("#8c959f", "#6e7781"),
    "plan": ("#1769aa", "#6cb2f0"),
    "good": ("#0f7b6c", "#4cc2ae"),
    "warn": ("#a85c00", "#f0a33f"),
    "bad": ("#8c1029", "#ff8fa0"),
}
"""Colour names to (light, dark); each is at least 4.5 to 1 on its paper, or is never the only cue."""


def tag(name: str, *inside: object, **attributes: object) -> Markup:
    """An element; every attribute and every child that is not markup already is escaped."""
    from markupsafe import Markup, escape

    pairs = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items() if value is not None)
    return Markup("<{}{}>").format(Markup(name), Markup(pairs)) + Markup("").join(escape(one) for one in inside) + Markup(f"</{name}>")


def colour_css(scope: str) -> str:
    """The palette as custom properties, light and dark."""
    light = "".join(f"--{name}:{pair[0]};" for name, pair in PALETTE.items())
    dark = "".join(f"--{name}:{pair[1]};" for name, pair in PALETTE.items())
    return f"{scope}{{{light}}}\n@media screen and (prefers-color-scheme:dark){{{scope}{{{dark}}}}}"


@attrs.frozen(kw_only=True)
class Figure:
    """A picture: an `svg` element with a title and a description, and the style it needs.

    Args:
        svg: the element, without a style block: pages bring the style themselves.
        css: the rules it needs, with colours as custom properties.
    """

    svg: Markup
    css: str

    def to_svg(self) -> str:
        """A file of its own, with its style."""
        head, _, rest = str(self.svg).partition(">")
        return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{colour_css("svg")}\n{self.css}</style>{rest}\n'

    def save(self, path: str | Path) -> Path:
        """Writes the file and returns its path."""
        Path(path).write_text(self.to_svg(), encoding="utf-8")
        return Path(path)

    def _repr_html_(self) -> str:
        return self.to_svg().replace(' xmlns="http://www.w3.org/2000/svg"', "")
