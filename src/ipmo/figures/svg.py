"""Scalable pictures made of escaped tags: the only place where markup is made."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import attrs

from ipmo.errors import OptionError, one_of
from ipmo.figures.png import drawn_dots, png_of
from ipmo.options import checked

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["GLYPHS", "PALETTE", "Figure", "Theme", "colour_css", "cut", "tag", "wrapped"]

Theme = Literal["reader", "light", "dark"]

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


NAMED = re.compile(rf"var\(--({'|'.join(PALETTE)})\)")
TAG = re.compile(r"<[^>]*>")


def _theme(place: int, *scopes: str) -> str:
    return f"{','.join(f'{scope} svg' for scope in scopes)}{{{''.join(f'--{name}:{pair[place]};' for name, pair in PALETTE.items())}}}"


THEMES = _theme(0, "[data-jp-theme-light=true]", ".vscode-light") + _theme(1, "[data-jp-theme-light=false]", ".vscode-dark", ".dark")
"""The palette by the theme of Jupyter, VS Code and marimo, which need not be that of the reader's system."""


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

    @checked
    def to_svg(self, *, theme: Theme = "reader") -> str:
        """A file of its own, with its style.

        Args:
            theme: `reader`, light or dark as the reader of a browser has it; `light` or `dark`, with paper and colours that stay, for
                what is no browser: slides, word processors and drawing programs know no colours by name and would draw black on black.

        Raises:
            OptionError: there is no such theme.
        """
        one_of("theme", theme, get_args(Theme))
        head, _, rest = str(self.svg).partition(">")
        if theme == "reader":
            return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{colour_css("svg")}\n{self.css}</style>{rest}\n'
        place = ("light", "dark").index(theme)
        paper = tag("rect", width="100%", height="100%", fill="var(--paper)")

        def said(text: str) -> str:
            return NAMED.sub(lambda name: PALETTE[name[1]][place], text)

        inside = TAG.sub(lambda one: said(one[0]), f"{paper}{rest}")  # what people wrote stays as they wrote it
        return f'{head} xmlns="http://www.w3.org/2000/svg"><style>{said(self.css)}</style>{inside}\n'

    @property
    def size(self) -> tuple[int, int]:
        """Its width and height, in units of the picture."""
        _, _, width, height = str(self.svg).partition('viewBox="')[2].partition('"')[0].split()
        return math.ceil(float(width)), math.ceil(float(height))

    def to_html(self, *, dark: bool = False) -> str:
        """A page of its own, light or dark as the reader has it.

        Args:
            dark: dark whatever the reader has.
        """
        forced = f"svg,body{{{''.join(f'--{name}:{pair[1]};' for name, pair in PALETTE.items())}}}" if dark else ""
        style = f"{colour_css('body')}\n{forced}body{{margin:0;background:var(--paper)}}svg{{display:block;width:100%;min-width:760px;height:auto}}"
        name = str(self.svg).partition("<title")[2].partition(">")[2].partition("</title>")[0]
        head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{name}</title><style>{style}</style>'
        inside = self._repr_html_()
        if forced:
            inside = inside.replace("</style>", f"\n{forced}</style>", 1)
        return f'<!doctype html><html lang="en"><head>{head}</head><body>{inside}</body></html>\n'

    def to_png(self, *, scale: float = 2, dark: bool = False) -> bytes:
        """A picture of dots, drawn by vl-convert where the extra `charts` is installed, else by Chromium.

        Args:
            scale: dots in a unit of the picture.
            dark: light letters on dark paper.

        Raises:
            IpmoError: neither is installed, or it made no picture.
        """
        drawn = drawn_dots(self.to_svg(theme="dark" if dark else "light"), scale)
        return drawn if drawn is not None else png_of(self.to_html(dark=dark), *self.size, scale)

    @checked
    def save(self, path: str | Path, *, theme: Theme = "reader") -> Path:
        """Writes a file, SVG, HTML or PNG by the end of its name, and returns its path.

        Args:
            path: the file.
            theme: as for `to_svg`; a PNG is light unless it is `dark`.

        Raises:
            OptionError: the name ends otherwise, or there is no such theme.
            IpmoError: it is a PNG, and neither the extra `charts` nor a Chromium is installed.
        """
        target = Path(path)
        kind = target.suffix.lower()
        if kind == ".png":
            target.write_bytes(self.to_png(dark=theme == "dark"))
        elif kind in (".svg", ".html", ".htm"):
            target.write_text(self.to_svg(theme=theme) if kind == ".svg" else self.to_html(dark=theme == "dark"), encoding="utf-8")
        else:
            raise OptionError("path", str(path), takes="a name that ends in .svg, .html or .png")
        return target

    def _repr_html_(self) -> str:
        """In a notebook: on paper of its own, so that it can be read whatever theme the notebook and the reader's system have."""
        text = self.to_svg().replace(' xmlns="http://www.w3.org/2000/svg"', ' style="background:var(--paper)"', 1)
        return text.replace("</style>", f"\n{THEMES}</style>", 1)


def cut(text: str, wide: float, letter: float) -> str:
    """A text that fits, with an ellipsis where something is left out.

    Args:
        text: what is said.
        wide: the room, in units of the picture.
        letter: what a letter takes on average, in the same.
    """
    most = max(int(wide / letter), 3)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def wrapped(text: str, wide: float, letter: float) -> tuple[str, str]:
    """A text on two lines, the second empty where one is enough, and cut where it is longer: see `cut`."""
    most = max(int(wide / letter), 3)
    if len(text) <= most:
        return text, ""
    first = text[: most + 1].rpartition(" ")[0] or text[:most]
    return first, cut(text[len(first) :].strip(), wide, letter)
