"""Reports of the examples as pictures: 1280 and 380 px wide, light and dark, and the first A4 page in print.

python docs/pictures/make_pictures.py        # needs playwright, a Chromium and pdftoppm
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

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


def main() -> None:
    """Writes the pictures beside this file."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROME, args=ARGS)
        for name in ("rubin", "gmpp-2022", "library"):
            where = ROOT / "examples" / f"{name}.yaml"
            pf = ipmo.read(where) if where.is_file() else ipmo.examples.load(name)
            before = ROOT / "examples" / "gmpp-2021.yaml" if name == "gmpp-2022" else None
            page_file = ipmo.report(pf, Path(folder) / f"{name}.html", before=before)
            for width, scheme in ((1280, "light"), (1280, "dark"), (380, "light"), (380, "dark")):
                context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=scheme, offline=True)
                page = context.new_page()
                page.goto(page_file.as_uri())
                height = min(page.evaluate("document.documentElement.scrollHeight"), 3600 if name == "library" else 2600)
                page.set_viewport_size({"width": width, "height": height})
                page.screenshot(path=str(HERE / f"{name}-{width}-{scheme}.png"))
                context.close()
            context = browser.new_context(offline=True)
            page = context.new_page()
            page.goto(page_file.as_uri())
            pdf = Path(folder) / f"{name}.pdf"
            page.pdf(path=str(pdf), prefer_css_page_size=True)
            context.close()
            subprocess.run(
                ["pdftoppm", "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile", str(pdf), str(HERE / f"{name}-a4")], check=True
            )
        page_file = ipmo.report(ipmo.read(ROOT / "examples" / "city.yaml"), Path(folder) / "city.html")
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport={"width": 1280, "height": 1000}, color_scheme=scheme, offline=True)
            page = context.new_page()
            page.goto(page_file.as_uri())
            for part, shown in (("map", "map"), ("p3o-p3o", "offices"), ("mop-mop", "selection"), ("agile-agile", "agile")):
                name = f"city-{shown}.png" if scheme == "light" else f"city-{shown}-dark.png"
                page.locator(f"section:has(#{part})").screenshot(path=str(HERE / name))
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
