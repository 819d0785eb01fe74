"""The Government Major Projects Portfolio, two years: what ipmo says of it equals a plain count over the raw files."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import ipmo
from ipmo.analysis.change.stated import confidence_by, variances
from ipmo.model import Portfolio

ROOT = Path(__file__).resolve().parent.parent
Rows = dict[str, dict[str, str]]
WHOLE = "TOTAL Baseline Whole Life Costs (£m) (including Non-Government Costs)"
YEAR, FORECAST = (
    "Financial Year Baseline (£m) (including Non-Government Costs)",
    "Financial Year Forecast (£m) (including Non-Government Costs)",
)


@pytest.fixture(scope="module")
def now() -> Portfolio:
    return ipmo.read(ROOT / "examples" / "gmpp-2022.yaml")


@pytest.fixture(scope="module")
def then() -> Portfolio:
    return ipmo.read(ROOT / "examples" / "gmpp-2021.yaml")


@pytest.fixture(scope="module")
def raw(data: Path) -> tuple[Rows, Rows]:
    """The raw rows of 2021 and 2022 by project number, nothing but text."""
    with (data / "01_gmpp" / "official_GMPP_March_2022.csv").open(encoding="utf-8-sig", newline="") as stream:
        head, *rows = csv.reader(stream)
    names = [title.split("\n")[0].strip() for title in head]
    later = {row[names.index("GMPP ID Number")].strip(): {n: c.strip() for n, c in zip(names, row, strict=True)} for row in rows}
    with (data / "01_gmpp" / "rauschgold_uk_2021.csv").open(encoding="latin-1", newline="") as stream:
        earlier = {
            row["project_number"].strip(): {n: (c or "").strip() for n, c in row.items()} for row in csv.DictReader(stream, delimiter=";")
        }
    return earlier, later


def pounds(cell: str) -> Decimal | None:
    return Decimal(cell[1:].replace(",", "")) if re.fullmatch(r"£-?[0-9][0-9,]*(\.[0-9]+)?", cell) else None


def day(cell: str) -> date | None:
    return date.fromisoformat(cell) if re.fullmatch(r"\d{4}-\d\d-\d\d", cell) else None


def test_whole_life_cost_by_department_and_category_with_how_many_are_known(now: Portfolio) -> None:
    total = ipmo.roll_up(now, "budget").total
    assert (str(total.value), total.known, total.total) == ("494.181 bn GBP", 191, 235)
    by_category = {f.item: (str(f.value), f.known, f.total) for f in ipmo.roll_up(now, "budget", by="category").groups}
    assert by_category == {
        "Government Transformation and Service Delivery": ("128.94 bn GBP", 83, 89),
        "ICT": ("17.777 bn GBP", 25, 31),
        "Infrastructure and Construction": ("261.836 bn GBP", 58, 70),
        "Military Capability": ("85.628 bn GBP", 25, 45),
    }
    by_department = {f.item: (f.known, f.total) for f in ipmo.roll_up(now, "budget", by="department").groups}
    assert by_department["MOD"] == (26, 52)
    assert len(by_department) == 18


@pytest.mark.data
@pytest.mark.parametrize(("by", "column"), [("department", "Department"), ("category", "Annual Report Category")])
def test_each_group_is_the_plain_sum_of_its_raw_cells(now: Portfolio, raw: tuple[Rows, Rows], by: str, column: str) -> None:
    sums: dict[str, list[Decimal | None]] = defaultdict(list)
    for row in raw[1].values():
        sums[row[column]].append(pounds(row[WHOLE]))
    figures = {f.item: f for f in ipmo.roll_up(now, "budget", by=by).groups}
    assert set(figures) == set(sums)
    for group, cells in sums.items():
        known = [cell for cell in cells if cell is not None]
        figure = figures[group]
        assert (figure.value and figure.value.amount, figure.known, figure.total) == (sum(known) * 1_000_000, len(known), len(cells))


@pytest.mark.data
def test_stated_variances_agree_or_are_listed(now: Portfolio, raw: tuple[Rows, Rows]) -> None:
    differ = set()
    stated = 0
    for name, row in raw[1].items():
        cell = row["Financial Year Variance (%)"]
        if not re.fullmatch(r"-?[0-9]+%", cell):
            continue
        stated += 1
        budget, forecast = pounds(row[YEAR]), pounds(row[FORECAST])
        assert budget is not None
        assert forecast is not None
        apart = 100 * (forecast - budget) / budget - Decimal(cell[:-1])
        if abs(apart) > Decimal("0.5"):
            differ.add(name)
    table = variances(now)
    assert len(table) == stated == 198
    found = {p for p, agrees in zip(table["project"], table["agrees"], strict=True) if agrees is False}
    assert found == differ
    assert len(found) == 35
    worst = next(row for row in table.rows() if row["project"] == "BEIS_0001_2122-Q2")
    assert (worst["budget"], worst["forecast"], worst["computed"], worst["stated"]) == (8e6, 16.4e6, pytest.approx(1.05), 0)


@pytest.mark.data
def test_confidence_by_department_is_the_plain_count(now: Portfolio, raw: tuple[Rows, Rows]) -> None:
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in raw[1].values():
        for assessor in ("IPA", "SRO"):
            cell = row[f"{assessor} Delivery Confidence Assessment"]
            counts[row["Department"], assessor, cell.lower() if cell in ("Red", "Amber", "Green") else "(none)"] += 1
    table = confidence_by(now, "department")
    assert dict(counts) == {(r["group"], r["assessor"], r["rating"]): r["count"] for r in table.rows()}
    total = Counter(
        {r: sum(n for (_, a, rating), n in counts.items() if a == "IPA" and rating == r) for r in ("red", "amber", "green", "(none)")}
    )
    assert total == {"red": 24, "amber": 118, "green": 11, "(none)": 82}


def test_a_year_later(now: Portfolio, then: Portfolio) -> None:
    found = ipmo.compare(then, now)
    newly, *_, counts = str(found).splitlines()
    assert newly.startswith("DCMS_0010_1718-Q3@finish: to finish by 2021-12-31, overdue and without a forecast")
    assert (
        counts == "159 projects in both; 76 came, 25 went, 11 changed start, 50 changed finish, 125 changed budget, 26 changed confidence"
    )
    assert found.notes == ("105 ratings read on dca-3 from dca-5 (2011 to 2021); 97 of them lost something",)
    rows = {row["what"]: (row["count"], row["up"], row["down"], row["unknown"]) for row in found.counts().rows()}
    assert rows["finish"] == (50, 42, 8, 7)
    assert rows["budget"] == (125, 86, 39, 17)
    assert rows["confidence (IPA)"] == (26, 14, 12, 51)


@pytest.mark.data
def test_a_year_later_is_the_plain_difference_of_the_raw_files(now: Portfolio, then: Portfolio, raw: tuple[Rows, Rows]) -> None:
    before, after = raw
    found = ipmo.compare(then, now)
    assert set(found.entrants) == set(after) - set(before)
    assert set(found.leavers) == set(before) - set(after)
    both = set(before) & set(after)
    for what, old, new in (("start", "start_date", "Project - Start Date"), ("finish", "end_date", "Project - End Date")):
        moved = {p: (b - a).days for p in both if (a := day(before[p][old])) and (b := day(after[p][new])) and a != b}
        assert {m.project: m.change for m in found.of(what)} == moved
    dearer = {
        p: float(b - a) * 1e6
        for p in both
        if (a := pounds(before[p]["wlc_baseline_incl_NCG"])) is not None and (b := pounds(after[p][WHOLE])) is not None and a != b
    }
    assert {m.project: m.change for m in found.of("budget")} == pytest.approx(dearer)
    three = {"red": 2, "amber/red": 1, "amber": 1, "amber/green": 1, "green": 0}  # the five-point scale read on three points
    words = {
        p: three[b] - three[a]
        for p in both
        if (a := before[p]["colour_rating"].lower()) in three
        and (b := after[p]["IPA Delivery Confidence Assessment"].lower()) in ("red", "amber", "green")
    }
    assert {m.project: m.change for m in found.of("confidence")} == {p: steps for p, steps in words.items() if steps}
