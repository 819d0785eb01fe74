"""What the tests share: real data, a real browser, and the rule that CI skips nothing in silence."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ipmo.errors import IpmoError
from ipmo.tables import Table

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("IPMO_DATA", ROOT.parent / "shared" / "data"))
SAMPLE = DATA.parent / "sample-portfolio.yaml"
IN_CI = os.environ.get("IPMO_CI") == "1"
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

collect_ignore_glob = ["adapters/broken/*"]
"""Modules that fail when they are imported, on purpose."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `data` need the folder of real data; what large files, browsers and Java reach is not counted as covered."""
    for item in items:
        if any(item.get_closest_marker(mark) for mark in ("data", "browser", "java", "fuzz")):
            item.add_marker("no_cover")
        if item.get_closest_marker("data") and not DATA.is_dir():
            item.add_marker(pytest.mark.skip(reason="no real data here: set IPMO_DATA to its folder"))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many tests ran on real data, in a browser, against Java, and on broken files."""
    for mark in ("data", "browser", "java", "fuzz"):
        ran = sum(mark in report.keywords for report in terminalreporter.stats.get("passed", ()))
        skipped = sum(mark in report.keywords for report in terminalreporter.stats.get("skipped", ()))
        terminalreporter.write_line(f"tests marked {mark}: {ran} passed, {skipped} skipped")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test fails the run, unless it needs data that this machine does not hold."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter is not None and any("data" not in r.keywords or DATA.is_dir() for r in reporter.stats.get("skipped", ())):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def java() -> Any:
    """MPXJ in this process's Java machine."""
    jpype = pytest.importorskip("jpype", reason="JPype is not installed")
    pytest.importorskip("mpxj", reason="mpxj is not installed")
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        pytest.skip("there is no Java on this machine")
    if not jpype.isJVMStarted():
        jpype.startJVM("-Djava.awt.headless=true", convertStrings=True)
    return jpype


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real portfolios and schedules."""
    return DATA


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium of this machine."""
    from playwright.sync_api import sync_playwright

    if CHROME is None:
        if IN_CI:
            pytest.fail("no Chromium on this machine; CI must install one")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROME, args=ARGS)
        yield found
        found.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Any]:
    """Opens a file in a fresh context and records requests, console messages, errors and dialogs."""
    contexts: list[Any] = []

    def opened(path: Path, *, width: int = 1280, scheme: str = "light", bypass_csp: bool = False) -> Any:
        context = browser.new_context(offline=True, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=bypass_csp)
        contexts.append(context)
        page = context.new_page()
        page.requests, page.problems = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("console", lambda message: page.problems.append(message.text))
        page.on("dialog", lambda dialog: (page.problems.append(dialog.message), dialog.dismiss()))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def reviewed(request: pytest.FixtureRequest) -> Callable[[str, Iterable[object]], None]:
    """Compares what was said with what people reviewed, in `said/NAME.txt` beside the test; `IPMO_WRITE_SAID=1` writes the file anew."""

    def compare(name: str, blocks: Iterable[object]) -> None:
        path = Path(str(request.path)).parent / "said" / f"{name}.txt"
        found = "\n".join(map(as_text, blocks)) + "\n"
        if os.environ.get("IPMO_WRITE_SAID") == "1":
            path.parent.mkdir(exist_ok=True)
            path.write_text(found, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == found, "what is said changed: review it, then write the file with IPMO_WRITE_SAID=1"

    return compare


def as_text(block: object) -> str:
    """A table with kinds and units as lines, a question as it is answered or refused, anything else as it says itself."""
    if callable(block):
        try:
            return str(block())
        except IpmoError as error:
            return f"{type(error).__name__}: {error}"
    if not isinstance(block, Table):
        return str(block)
    heads = [" ".join(filter(None, (name, block.kind(name), block.unit(name)))) for name in block.columns]
    return "\n".join([" | ".join(heads), *(" | ".join(map(_cell, row.values())) for row in block.rows())])


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.9g}" if isinstance(value, float) else str(value)
