"""Reports of every example as pictures: 1280 and 380 px wide, light and dark, and the first A4 page in print; sections of one at the end.

python docs/pictures/make_pictures.py        # needs playwright, Pillow, a Chromium and pdftoppm
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

import ipmo

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CHROME = os.environ.get("IPMO_CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


EXAMPLES = {
    "rubin": "Rubin Observatory, milestones of 2019",
    "gmpp-2022": "Government Major Projects Portfolio, March 2022 beside March 2021",
    "gmpp-2021": "Government Major Projects Portfolio, March 2021",
    "city": "A city, under three methods",
    "library": "A library",
    "handover": "A tram line: hand-overs alone",
    "commitment": "A service desk: what is committed and what waits for a gate",
    "extension": "What a plugin may add",
}
SHAPES = tuple((width, scheme) for width in (1280, 380) for scheme in ("light", "dark"))
SECTIONS = {"map": "map", "p3o-p3o": "offices", "mop-mop": "selection", "agile-agile": "agile"}
"""Of the city: what each is called in the page, and in the name of its picture."""
TALLEST = 3600
BEFORE = ("rubin", "gmpp-2022", "library")
"""Reports of 28 November 2026, before the first screen; kept in `before/`."""


def main() -> None:
    """Writes the pictures, and the page that shows them, beside this file."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROME, args=ARGS)
        for name in EXAMPLES:
            report = written(name, Path(folder))
            for width, scheme in SHAPES:
                page = opened(browser, report, width, scheme)
                page.set_viewport_size({"width": width, "height": min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)})
                page.screenshot(path=str(HERE / f"{name}-{width}-{scheme}.png"))
                page.context.close()
            first_on_paper(browser, report, HERE / f"{name}-a4")
        for scheme, ending in (("light", ""), ("dark", "-dark")):
            page = opened(browser, Path(folder) / "city.html", 1280, scheme)
            for part, shown in SECTIONS.items():
                page.locator(f"section:has(#{part})").screenshot(path=str(HERE / f"city-{shown}{ending}.png"))
            page.context.close()
        browser.close()
    for path in HERE.glob("*.png"):  # few colours: a third of the space, and the eye sees no difference
        Image.open(path).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
    (HERE / "index.md").write_text("\n".join(said()) + "\n", encoding="utf-8")


def written(name: str, folder: Path) -> Path:
    """The report of an example; that of the later of two years beside the earlier one."""
    where = ROOT / "examples" / f"{name}.yaml"
    portfolio = ipmo.read(where) if where.is_file() else ipmo.examples.load(name)
    before = ROOT / "examples" / "gmpp-2021.yaml" if name == "gmpp-2022" else None
    return ipmo.report(portfolio, folder / f"{name}.html", before=before)


def opened(browser: Any, report: Path, width: int, scheme: str) -> Any:
    """The report in a window of a width, in a context of its own."""
    page = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=scheme, offline=True).new_page()
    page.goto(report.as_uri())
    return page


def first_on_paper(browser: Any, report: Path, picture: Path) -> None:
    """The first page of the report as it is printed."""
    page = opened(browser, report, 1280, "light")
    pdf = report.with_suffix(".pdf")
    page.pdf(path=str(pdf), prefer_css_page_size=True)
    page.context.close()
    subprocess.run(["pdftoppm", "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile", str(pdf), str(picture)], check=True)


def said() -> Iterator[str]:
    """The page that shows them."""
    yield "# Pictures\n"
    yield "Reports of every example, taken by `docs/pictures/make_pictures.py` in Chromium; tall ones are cut.\n"
    for name, words in EXAMPLES.items():
        yield f"## {words}\n"
        yield f"`{name}`, 1280 and 380 pixels wide, light and dark, and the first page on A4.\n"
        for width, scheme in SHAPES:
            yield f"![{name}, {width} pixels, {scheme}]({name}-{width}-{scheme}.png)"
        yield f"![{name}, A4]({name}-a4.png)"
        if name == "city":
            for shown in SECTIONS.values():
                yield f"![city, {shown}](city-{shown}.png)"
                yield f"![city, {shown}, dark](city-{shown}-dark.png)"
        yield ""
    yield "## Before\n"
    yield "The same on 28 November 2026, before the report had a first screen, a map and registers.\n"
    for name in BEFORE:
        yield f"![{name} before](before/{name}.png)"


if __name__ == "__main__":
    main()
