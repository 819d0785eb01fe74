"""The report in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import ipmo
import ipmo.examples
from ipmo.model import Benefit, Enabler, Gate, Link, Person, Portfolio, Programme, Project, StatusReport, Task

ROOT = Path(__file__).resolve().parent.parent
EVIL = "</script><img src=x onerror=alert(1)>\"'&<b>"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    made = {name: ipmo.report(ROOT / "examples" / f"{name}.yaml", folder / f"{name}.html") for name in ("rubin", "gmpp-2022")}
    made["promise"] = ipmo.report(ipmo.examples.load("promise"), folder / "promise.html")
    hostile = Portfolio(
        id="x",
        name=EVIL,
        start="2026-01-05",
        status_date="2026-02-02",
        note=EVIL,
        people=[Person(id="p", name=EVIL)],
        programmes=[Programme(id="T", name=EVIL)],
        projects=[
            Project(
                id="P",
                name=EVIL,
                programme="T",
                category=EVIL,
                status=[StatusReport(date="2026-02-01", rag="red", note=EVIL)],
                tasks=[Task(id="a", name=EVIL, duration="5 d", deadline="2026-02-03", attributes={"x": EVIL})],
                gates=[Gate(id="g", name=EVIL)],
            ),
            Project(id="Q", name="a" * 300, tasks=[Task(id="b", name=EVIL, duration="5 d")]),
        ],
        links=[Link(source="P/a", target="Q/b", note=EVIL)],
        benefits=[Benefit(id="be", name=EVIL, enabled_by=[Enabler(source="Q/b")])],
    )
    made["hostile"] = ipmo.report(hostile, folder / "hostile.html")
    made["empty"] = ipmo.report(Portfolio(id="empty"), folder / "empty.html")
    return made


NAMES = ["rubin", "gmpp-2022", "promise", "hostile", "empty"]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_leaves_the_page_and_nothing_is_said_on_the_console(name: str, reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports[name])
    page.wait_for_timeout(50)
    assert [url for url in page.requests if not url.startswith("file:")] == []
    assert page.problems == []
    assert page.get_by_role("img", name="Portfolio timeline").count() == 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(name: str, scheme: str, reports: dict[str, Path], open_page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(reports[name], scheme=scheme, bypass_csp=True)
    violations = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in violations] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_sideways_scroll_at_380_pixels(name: str, reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports[name], width=380)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_hostile_names_are_text(reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports["hostile"])
    assert page.locator("h1").inner_text() == EVIL
    assert page.locator("img, script, b[onerror]").count() == 0
    text = reports["hostile"].read_text(encoding="utf-8")
    assert "<img src=x" not in text
    assert "<script" not in text


def test_the_policy_is_strict_and_the_style_is_the_one_it_allows(reports: dict[str, Path], open_page: Any) -> None:
    text = reports["rubin"].read_text(encoding="utf-8")
    assert re.search(r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'", text)
    assert " style=" not in text
    page = open_page(reports["rubin"])
    assert page.evaluate("getComputedStyle(document.querySelector('.tiles')).display") == "grid"


def test_it_prints_on_a4_and_follows_the_colour_scheme(reports: dict[str, Path], open_page: Any) -> None:
    light, dark = (
        open_page(reports["rubin"], scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    )
    assert light != dark
    page = open_page(reports["rubin"], scheme="dark")
    page.emulate_media(media="print", color_scheme="light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf[:4] == b"%PDF"
    widths = {round(float(a)) for a in re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([0-9.]+)", pdf)}
    assert widths == {842}  # A4 landscape in points


def test_decisions_come_first_and_every_picture_has_its_table(reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports["promise"])
    assert page.locator("h2").first.inner_text() == "Decisions and exceptions"
    calls = page.locator(".calls li").all_inner_texts()
    assert calls[0].startswith("Decide: decision 'D1' was needed by 2026-01-23")
    assert any("gate Roll out (desk/G2), reached 2026-02-13 by the logic, needed by 2026-02-20" in call for call in calls)
    rows = page.locator("section[aria-labelledby=status] tbody tr").all_inner_texts()
    assert any("New desk" in row and "▲ amber" in row for row in rows)
    assert any("Training" in row and "● green" in row for row in rows)


def test_the_gmpp_report_says_what_is_known(reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports["gmpp-2022"])
    assert "191 of 235 known" in page.locator(".tiles").inner_text()
    assert page.locator("section[aria-labelledby=status] tbody tr").count() == 235 + 18
