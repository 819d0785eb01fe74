"""The tutorials run, end in the findings that the documentation says, and survive as static pages with the network off."""

from __future__ import annotations

import contextlib
import html
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

import ipmo
from ipmo.changes import Delay

TUTORIALS = Path(__file__).resolve().parent.parent / "docs" / "tutorials"
NOTEBOOKS = sorted(TUTORIALS.glob("[0-9]_*.py"))

FRONT = "/npm/@marimo-team/frontend@"
"""Where marimo's exports have their own program from; its package has the same files."""


def executed(path: Path) -> Any:
    """A text notebook with what its cells show."""
    import jupytext
    from nbclient import NotebookClient

    notebook = jupytext.read(path, fmt="py:percent")
    NotebookClient(notebook, kernel_name="python3", timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    return notebook


def from_jupyter(notebook: Any, *, dark: bool = False) -> str:
    """The notebook as one HTML page, as `jupyter nbconvert --to html` writes it."""
    import nbconvert

    text, _ = nbconvert.HTMLExporter(template_name="lab", theme="dark" if dark else "light").from_notebook_node(notebook)
    return str(text)


def from_marimo(path: Path, out: Path) -> str:
    """A marimo app as one HTML page, as `marimo export html` writes it."""
    subprocess.run([sys.executable, "-m", "marimo", "export", "html", str(path), "-o", str(out), "-f"], check=True, capture_output=True)
    return out.read_text(encoding="utf-8")


@pytest.fixture
def offline(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens the text of a page in a Chromium without a network; marimo's own program is read from its package."""
    import marimo

    static, pages, opened = Path(marimo.__file__).parent / "_static", {}, []

    def answer(route: Any) -> None:
        wanted = urlparse(route.request.url)
        inner = wanted.path.partition("/dist/")[2] if FRONT in wanted.path else ""
        if inner and (static / inner).is_file():
            route.fulfill(path=static / inner, headers={"access-control-allow-origin": "*"})
        elif wanted.hostname == "exported.test":
            route.fulfill(body=pages["page"], content_type="text/html; charset=utf-8")
        else:
            route.abort()

    def opening(text: str, *, wait: str = "", dark: bool = False, width: int = 1280) -> Any:
        pages["page"] = text
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
        opened.append(page)
        page.route("**/*", answer)
        page.goto("http://exported.test/", wait_until="domcontentloaded")
        if wait:
            page.locator("body").get_by_text(wait).first.wait_for(timeout=120_000)
        return page

    yield opening
    for page in opened:
        page.close()


def seen(text: str) -> str:
    """What somebody reads, with single spaces."""
    return " ".join(html.unescape(text).split())


def pieces(markup: str) -> list[str]:
    """What a cell shows, piece by piece, pictures left out."""
    bare = re.sub(r"<(style|svg)\b.*?</\1>", " ", markup, flags=re.S)
    return [text for one in re.findall(r">([^<>]+)<", bare) if (text := seen(one))]


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def test_there_are_four() -> None:
    assert len(NOTEBOOKS) == 4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_tutorial_runs_and_ends_in_its_finding(path: Path) -> None:
    out, names = io.StringIO(), {"__name__": "__main__"}
    with inside(path.parent), contextlib.redirect_stdout(out):
        exec(compile(path.read_text(encoding="utf-8"), path.name, "exec"), names)
    finding = names["finding"]
    assert out.getvalue().rstrip().endswith(finding)
    index = (TUTORIALS / "index.md").read_text(encoding="utf-8")
    row = next(line for line in index.splitlines() if path.name in line)
    assert row.split(" | ")[-1].removesuffix(" |") == finding


@pytest.mark.browser
def test_a_notebook_is_whole_as_a_static_page_with_the_network_off(offline: Callable[..., Any]) -> None:
    notebook = executed(TUTORIALS / "2_where_does_it_hurt.py")
    page = offline(from_jupyter(notebook))
    text = seen(page.evaluate("document.body.innerText"))
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    shown = [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    assert len(shown) >= 3
    assert sum("<svg" in one for one in shown) == page.locator(".jp-OutputArea svg[role=img]").count() == 1
    for markup in shown:
        assert [piece for piece in pieces(markup) if piece not in text] == []
    printed = [output.text for output in outputs if output.get("name") == "stdout"]
    assert len(printed) >= 3
    assert [one for one in printed if seen(one) not in text] == []


@pytest.mark.browser
def test_answers_of_adapters_and_new_pictures_are_whole_as_a_static_page_with_the_network_off(offline: Callable[..., Any]) -> None:
    import nbformat
    from nbclient import NotebookClient

    city = str(TUTORIALS.parent.parent / "examples" / "city.yaml")
    asked = [
        f"import ipmo, ipmo_agile, ipmo_mop, ipmo_p3o; pf = ipmo.read({city!r})",
        *(f"ipmo_mop.{name}(pf)" for name in ("frontier", "pipeline", "scores", "select", "concentration")),
        *(f"ipmo_p3o.{name}(pf)" for name in ("OfficeModel", "assess", "blueprint", "coverage", "maturity", "raci")),
        "ipmo_agile.portfolio_kanban(pf)",
        "ipmo.status(pf).plot()",
        "ipmo.earned_value(pf).plot()",
        "ipmo.benefits(pf).plot('map')",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(line) for line in asked])
    NotebookClient(notebook, kernel_name="python3", timeout=300).execute()
    page = offline(from_jupyter(notebook, dark=True), dark=True)
    text = seen(page.evaluate("document.body.innerText"))
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    shown = [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    assert len(shown) == len(asked) - 1
    assert sum("<svg" in one for one in shown) == page.locator(".jp-OutputArea svg[role=img]").count() == 6
    for markup in shown:
        assert [piece for piece in pieces(markup) if piece not in text] == []


@pytest.mark.browser
def test_the_marimo_app_is_whole_as_a_static_page_with_the_network_off(offline: Callable[..., Any], tmp_path: Path) -> None:
    page = offline(from_marimo(TUTORIALS / "what_slips.py", tmp_path / "slips.html"), wait="tram/open breaks.")
    text = seen(page.evaluate("document.body.innerText"))
    city = TUTORIALS.parent.parent / "examples" / "city.yaml"
    found = ipmo.scenarios(city, {"40 days later": [Delay("ticketing/validators", "40 d")]})
    assert found["40 days later"].breaks == ("tram/open",)
    moved = ipmo.what_if(city, Delay("ticketing/validators", "40 d"))
    for answer in (found, moved):
        assert [piece for piece in pieces(answer._repr_html_()) if piece not in text] == []


def test_every_line_of_the_gallery_draws_its_picture() -> None:
    page = (TUTORIALS.parent / "gallery" / "index.md").read_text(encoding="utf-8")
    lines = re.findall(r"```python\n(.*?)\n```\n\n!\[.*?\]\((.*?)\)", page)
    assert len(lines) >= 8
    with inside(TUTORIALS.parent.parent):
        for line, file in lines:
            drawn = eval(line, {"ipmo": ipmo})
            assert drawn.to_svg().startswith("<svg")
            assert (TUTORIALS.parent / "gallery" / file).is_file()
