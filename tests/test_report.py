"""The report in a real browser."""

from __future__ import annotations

import os
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
    made = {name: ipmo.report(ROOT / "examples" / f"{name}.yaml", folder / f"{name}.html") for name in ("rubin", "gmpp-2022", "city")}
    for name in ("commitment", "library"):
        made[name] = ipmo.report(ipmo.examples.load(name), folder / f"{name}.html")
    examples = ROOT / "examples"
    made["years"] = ipmo.report(examples / "gmpp-2022.yaml", folder / "years.html", before=examples / "gmpp-2021.yaml")
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


NAMES = ["rubin", "gmpp-2022", "years", "commitment", "library", "city", "hostile", "empty"]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_leaves_the_page_and_nothing_is_said_on_the_console(name: str, reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports[name])
    page.wait_for_timeout(50)
    assert [url for url in page.requests if not url.startswith("file:")] == []
    assert page.problems == []
    assert page.get_by_role("img", name="Portfolio timeline").count() == 1
    targets = page.locator("nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert [target for target in targets if page.locator(target).count() != 1] == []
    pictures = page.locator("figure svg[role=img]")
    names = pictures.evaluate_all(
        "all => all.map(one => one.getAttribute('aria-labelledby').split(' ').map(id => document.getElementById(id)?.textContent ?? ''))"
    )
    assert all(all(words) for words in names)  # each drawing has a title and a description of its own


ALL = {"resultTypes": ["violations"]}
COLOURS = {**ALL, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""In the dark only colours are other than by day."""
LOOKED_AT = {"exclude": [["tbody tr:nth-child(n+31)"]]} if os.environ.get("IPMO_CI") == "1" else None
"""Long tables take half a minute each, and their rows are made alike: the gate looks at the first thirty of each."""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(name: str, scheme: str, reports: dict[str, Path], open_page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(reports[name], scheme=scheme, bypass_csp=True)
    violations = Axe().run(page, context=LOOKED_AT, options=COLOURS if scheme == "dark" else ALL).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in violations] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_sideways_scroll_at_380_pixels(name: str, reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports[name], width=380)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("name", ["city", "library", "years"])
def test_on_a_phone_a_table_has_a_row_below_the_other_and_none_is_cut_off(name: str, reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports[name], width=380)
    wide = "all => all.filter(one => one.querySelector('[data-head]') && one.scrollWidth > one.clientWidth + 1).map(one => one.ariaLabel)"
    assert page.locator(".scroll").evaluate_all(wide) == []


def test_of_a_long_table_the_worst_rows_are_shown_until_all_are_asked_for(reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports["gmpp-2022"])
    table = page.locator("section[aria-labelledby=status] .long")
    first = table.locator("tbody tr:visible")
    assert first.count() == 18 + 25  # each department with its sums, and the projects that are worst
    shown = [text for text in first.all_inner_texts() if "■ red" in text]
    assert len(shown) == 25
    table.locator("label").press("Tab")
    page.get_by_label("show all 253 rows of Status table").press("Space")
    assert table.locator("tbody tr:visible").count() == 253


def large(count: int) -> Portfolio:
    return Portfolio(
        id="estate",
        start="2026-01-05",
        status_date="2026-06-01",
        programmes=[Programme(id=f"G{n}") for n in range(6)],
        projects=[
            Project(
                id=f"P{n:03}",
                programme=f"G{n % 6}",
                status=[StatusReport(date="2026-05-29", rag="red" if n % 40 == 7 else "green")],
                tasks=[
                    Task(
                        id="a",
                        duration=f"{60 + n % 90} d",
                        budget="100 k GBP",
                        actual="40 k GBP",
                        actual_start="2026-01-05",
                        progress="40 %",
                    ),
                    Task(id="b", duration="30 d", after=["a"], deadline="2026-09-30", budget="2 M GBP"),
                ],
            )
            for n in range(count)
        ],
    )


def test_a_thousand_projects_print_on_eight_pages_and_say_what_is_left_out(tmp_path: Path, open_page: Any) -> None:
    page = open_page(ipmo.report(large(1000), tmp_path / "estate.html"))
    page.emulate_media(media="print", color_scheme="light")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True))) <= 8
    status = page.locator("section[aria-labelledby=status] .long")
    assert status.locator("tbody tr:visible").count() == 6 + 25
    assert status.locator("tbody tr:not(.group):visible").filter(has_text="■ red").count() == 25
    assert status.locator("tbody tr.group:visible").filter(has_text="■ red").count() == 6
    told = 'Printed: 31 of 1,006 rows, those to look at first. The file has all, and prints all once "show all" is ticked above this table.'
    assert status.locator(".printed").inner_text() == told
    page.emulate_media(media="screen")
    assert not status.locator(".printed").is_visible()
    status.locator("input").check()
    page.emulate_media(media="print")
    assert status.locator("tbody tr:visible").count() == 1006
    assert not status.locator(".printed").is_visible()


@pytest.mark.parametrize("name", ["city", "rubin"])
def test_no_table_is_cut_off_on_a_page_of_1280_pixels(name: str, reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports[name], width=1280)
    wide = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.getAttribute('aria-label'))"
    assert page.locator(".scroll").evaluate_all(wide) == []


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
    assert widths == {595}  # A4 in points


def test_six_projects_print_on_six_pages_with_every_heading_above_what_it_is_of(reports: dict[str, Path], open_page: Any) -> None:
    """No heading is the last thing on its page, and what a chart shows is not printed again as a table."""
    page = open_page(reports["city"])
    page.emulate_media(media="print", color_scheme="light")
    pdf = page.pdf(prefer_css_page_size=True)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) <= 6
    assert page.locator("h2, h3").evaluate_all("all => all.every(one => getComputedStyle(one).breakAfter === 'avoid')")
    assert not page.locator(".charted").first.is_visible()


def test_decisions_come_first_and_every_picture_has_its_table(reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports["commitment"])
    titles = page.locator("h2").all_inner_texts()
    assert titles[:2] == ["What must be decided, by whom, by when?", "Are we keeping our commitments?"]
    assert titles[2:4] == ["What could hurt most?", "How sure are we?"]
    calls = page.locator("section[aria-labelledby=decide] li").all_inner_texts()
    assert "needed by 2026-01-23" in calls[0]
    assert any(
        "decides on Roll out" in call and "gate desk/G2, reached 2026-02-13 by the logic, needed by 2026-02-20" in call for call in calls
    )
    rows = page.locator("section[aria-labelledby=status] tbody tr").all_inner_texts()
    assert any("New desk" in row and "▲ amber" in row for row in rows)
    assert any("Training" in row and "● green" in row for row in rows)


def rows(page: Any, section: str, table: str = "") -> list[list[str]]:
    """The cells of the body rows of a table."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")  # what is folded has no inner text
    where = f"section[aria-labelledby={section}]" + (f" [aria-label='{table}: table']" if table else "")
    found = page.locator(f"{where} tbody tr").evaluate_all("all => all.map(row => [...row.children].map(cell => cell.innerText))")
    return [[text.strip() for text in row] for row in found]


def test_the_gmpp_report_says_what_is_known(reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports["gmpp-2022"])
    assert "191 of 235 known" in page.locator(".tiles").inner_text()
    assert "CPI" not in page.locator(".tiles").inner_text()  # nobody says what is done
    assert page.locator("section[aria-labelledby=status] tbody tr").count() == 235 + 18
    assert page.locator("h2#cost").inner_text() == "Whole-life cost by department and category"  # the portfolio names its budget so
    by_department = {row[0]: row[1:4] for row in rows(page, "cost", "Cost by department")}
    assert by_department["MOD"] == ["52", "86.1", "26 of 52"]
    assert by_department["all"] == ["235", "494.2", "191 of 235"]
    by_category = {row[0]: row[1:4] for row in rows(page, "cost", "Cost by category")}
    assert by_category["Infrastructure and Construction"] == ["70", "261.8", "58 of 70"]
    assert len(by_category) == 4 + 1
    confidence = {row[0]: row[1:] for row in rows(page, "confidence", "Confidence by department, IPA")}
    assert confidence["MOD"] == ["9", "29", "2", "12", "52"]
    assert confidence["all"] == ["24", "118", "11", "82", "235"]
    assert "163 agree with their own figures as rounded, 35 do not" in page.locator("section[aria-labelledby=variances]").inner_text()
    worst = rows(page, "variances")[0]
    assert worst[0].startswith("Low Cost Nuclear Programme")
    assert worst[2:] == ["8.0", "16.4", "105.0 %", "0 %", "−105"]
    assert page.locator("section[aria-labelledby=changed]").count() == 0


def test_year_on_year_says_who_came_who_went_and_what_moved(reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports["years"])
    text = page.locator("section[aria-labelledby=changed]").inner_text()
    assert "159 projects in both, 76 came, 25 went" in text
    assert "105 ratings read on dca-3 from dca-5" in text
    counts = {row[0]: row[1:] for row in rows(page, "changed", "Changes, counted")}
    assert counts["finish"] == ["50", "42", "8", "7"]
    assert counts["budget"] == ["125", "86", "39", "17"]
    assert counts["confidence (IPA)"] == ["26", "14", "12", "51"]
    assert counts["entrants"][0] == "76"
    assert page.locator("h3", has_text="Finish: 50 projects, 42 later, 8 earlier").count() == 1


def test_the_library_report_answers_for_money_value_people_and_the_raid_log(reports: dict[str, Path], open_page: Any) -> None:
    page = open_page(reports["library"])
    lines = {name: page.locator(f"section[aria-labelledby={name}] li").all_inner_texts() for name in ("decide", "kept", "hurt", "sure")}
    assert lines["kept"][0].startswith("catalogue/live hands over to hall/opening: needed by 2026-07-17, expected 2026-07-24, 7 d late")
    assert lines["decide"][0].startswith(
        "board hears of an exception: New catalogue, cost: EAC by CPI 93.33 k GBP, budget 70 k GBP, 16.33 k GBP beyond tolerance"
    )
    sure = (
        "catalogue/live 0 % sure to come by 2026-07-17",
        "Loans that used to fail 0 % sure to start by 2026-08-01",
        "Quiet study lost 0 % sure to start by 2026-08-03",
        "Check: New catalogue reports green",
    )
    assert [line.startswith(said) for line, said in zip(lines["sure"], sure, strict=True)] == [True] * 4, lines[
        "sure"
    ]  # the least sure date first
    assert lines["sure"][3].startswith("Check: New catalogue reports green, its figures say red")
    assert lines["hurt"][0].startswith("catalogue/live given 2026-07-24 to hall/opening, 5 working days too late")
    status = {row[0].split("\n")[0]: row for row in rows(page, "status", "Status table")}
    assert [cell.split("\n")[0] for cell in status["New catalogue"][2:4]] == ["● green", "■ red"]
    assert rows(page, "status", "Exceptions")[0][3:] == [
        "EAC by CPI 93.33 k GBP, budget 70 k GBP, 16.33 k GBP beyond tolerance",
        "23.33 k GBP",
        "board",
    ]
    months = {row[0]: row[1:] for row in rows(page, "periods")}
    assert months["2026-06"] == ["75.0", "·", "·", "135.0", "40.0", "70.0"]
    earned = {row[0].split("\n")[0]: row[1:] for row in rows(page, "earned")}
    assert earned["New catalogue"][:8] == ["70.0", "60.0", "30.0", "40.0", "−10.0", "−30.0", "0.75", "0.50"]
    assert list(earned) == ["City library", "Open library", "New catalogue", "Reading hall"]  # from the top down
    benefits = {row[0].split("\n")[0]: row[1:] for row in rows(page, "benefits", "Benefits")}
    assert benefits["Loans that used to fail"] == ["head", "2026-08-01", "2026-08-25", "24", "89.62", "89.42", "202"]
    assert rows(page, "people")[0][:8] == ["Library systems team", "2026-06", "56", "44", "127 %", "12", "12", "3"]
    assert ["risks", "1", "1", "1", "0", "0", "77", "77"] in rows(page, "raid")
    assert page.get_by_role("img", name="Demand against capacity by month").count() == 1


def test_what_cannot_be_added_is_said_and_the_page_still_stands(tmp_path: Path, open_page: Any) -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-01-05",
        projects=[
            Project(id="P", tasks=[Task(id="a", duration="5 d", budget={"amount": "5 GBP", "price_base": {"year": 2024}})]),
            Project(id="Q", tasks=[Task(id="b", duration="5 d", budget={"amount": "5 GBP", "price_base": {"terms": "nominal"}})]),
        ],
    )
    page = open_page(ipmo.report(pf, tmp_path / "mixed.html"))
    assert page.locator("section[aria-labelledby=cost]").count() == 0
    method = page.locator("section[aria-labelledby=method]").inner_text()
    assert "budget of 'Q/b' is in nominal prices, that of 'P/a' in real 2024 prices; they do not add" in method


def test_a_programme_has_its_colour_beside_its_sums_and_a_single_point_its_float_to_what_is_stated(
    reports: dict[str, Path], open_page: Any
) -> None:
    page = open_page(reports["city"])
    found = {row[0].split("\n")[0]: row for row in rows(page, "status", "Status table")}
    whole = ipmo.status(pf := ipmo.read(ROOT / "examples" / "city.yaml"))["transit"]
    assert whole.computed == "red"
    assert found["Transit, 3 projects"][3].startswith("■ red")
    assert "projects" in found["Transit, 3 projects"][3]  # one of its projects is red
    assert found["no programme, 3 projects"][3] == ""
    points = {row[0].split("\n")[-1].split("; ")[-1]: row[-1] for row in rows(page, "single-points", "Single points of failure")}
    schedule = ipmo.schedule(pf)
    assert schedule["ticketing/validators"].commitment_float == -40
    assert {name: points[name] for name in ("ticketing/validators", "depot/supply", "tram/design")} == {
        "ticketing/validators": "−40",
        "depot/supply": "170",
        "tram/design": "0",
    }
