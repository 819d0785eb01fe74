"""Real registers read whole by their kept mappings: every cell is accounted for, and figures equal an independent reading with pandas."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

import ipmo
from ipmo.model import Portfolio
from ipmo.model.money import as_budget
from ipmo.units import Money

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OFFICE = "09_risk_evm/simulated_federal_office"
FILES = {
    "gmpp-2014": "01_gmpp/rauschgold_uk_2014.csv",
    "gmpp-2018": "01_gmpp/rauschgold_uk_2018.csv",
    "gmpp-2019": "01_gmpp/rauschgold_uk_2019.csv",
    "gmpp-2021": "01_gmpp/rauschgold_uk_2021.csv",
    "gmpp-2022": "01_gmpp/official_GMPP_March_2022.csv",
    "us-it-2012": "02_government_portfolios/us_it_dashboard_2012.csv",
    "canada-2016": "02_government_portfolios/canada_gc-it-projects-2016.csv",
    "canada-2019": "02_government_portfolios/canada_gc-it-projects-2019.csv",
    "melbourne-water": "02_government_portfolios/melbourne_water_capital_delivery.csv",
    "world-bank-2010": "02_government_portfolios/worldbank_projects_FY2010.csv",
    "uk-nsip": "02_government_portfolios/uk_nsip/nsip.csv",
    "nyc-2019": "02_government_portfolios/nyc_capital_projects_20190901.csv",
    "federal-office-change_orders": f"{OFFICE}/change_orders.csv",
    "federal-office-risk_register": f"{OFFICE}/risk_register.csv",
    "federal-office-schedule": f"{OFFICE}/schedule.csv",
    "federal-office-wbs": f"{OFFICE}/wbs.csv",
    "federal-office-project_info": f"{OFFICE}/project_info.csv",
    "eips": "04_change_portfolios/eips.csv",
    "keps": "04_change_portfolios/keps.csv",
}
SEPARATORS = {"gmpp-2021": ";"}
TITLES = {"world-bank-2010": 1}
_READ: dict[str, Portfolio] = {}


def read(data: Path, name: str) -> Portfolio:
    if name not in _READ:
        _READ[name] = ipmo.read(data / FILES[name], mapping=HERE / "mappings" / f"{name}.yaml")
    return _READ[name]


def frame(data: Path, name: str):  # type: ignore[no-untyped-def]
    """The file as pandas has it: text only."""
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    encoding = "cp1252" if "rauschgold" in FILES[name] else "utf-8-sig"
    turned = name in ("gmpp-2014", "federal-office-project_info")
    found = pandas.read_csv(
        data / FILES[name],
        dtype=str,
        keep_default_na=False,
        encoding=encoding,
        sep=SEPARATORS.get(name, ","),
        skiprows=TITLES.get(name, 0),
        header=None if turned else 0,
    )
    if turned:
        found = found.T
        found.columns = [str(cell) for cell in found.iloc[0]]
        found = found.iloc[1:]
    return found


def pounds(text: str) -> Decimal | None:
    plain = text.replace("£", "").replace("$", "").replace(",", "").strip()
    try:
        return Decimal(plain)
    except ArithmeticError:
        return None


@pytest.mark.data
@pytest.mark.parametrize("name", FILES)
def test_every_cell_is_accounted_for(data: Path, name: str) -> None:
    source = read(data, name).source
    cells = frame(data, name)
    rows = [row for row in cells.values.tolist() if any(cell.strip() for cell in row)]
    assert sum(source.cells.values()) == len(cells) * len(cells.columns)
    assert source.cells.get("understood", 0) > 0
    older = 893 if name == "nyc-2019" else 0  # earlier reports of the same projects
    assert source.understood + source.refused == len(rows) - older


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "column", "projects", "known"),
    [
        ("gmpp-2014", "Total budgeted whole life costs (£million)\n(including non-government costs)", 199, 183),
        ("gmpp-2018", "wlc_baseline_incl_NCG", 133, 119),
        ("gmpp-2019", "wlc_baseline_incl_NCG", 133, 118),
        ("gmpp-2021", "wlc_baseline_incl_NCG", 184, 164),
        ("gmpp-2022", "TOTAL Baseline Whole Life Costs (£m) (including Non-Government Costs)", 235, 191),
        ("us-it-2012", "Lifecycle Cost", 1082, 1082),
    ],
)
def test_budgets_in_millions_are_the_plain_sum(data: Path, name: str, column: str, projects: int, known: int) -> None:
    pf = read(data, name)
    amounts = [amount for cell in frame(data, name)[column] if (amount := pounds(cell)) is not None]
    total = ipmo.roll_up(pf, "budget").total
    assert (len(pf.projects), total.known) == (projects, known) == (projects, len(amounts))
    assert total.value is not None
    assert total.value.amount == sum(amounts) * 1_000_000


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "column", "measure", "known"),
    [
        ("canada-2016", "totalBudget", "budget", 392),
        ("canada-2019", "totalBudget", "budget", 456),
        ("world-bank-2010", "Current Project Cost", "budget", 500),
        ("melbourne-water", "FFC", "forecast", 210),
        ("federal-office-wbs", "BAC", "budget", 1),
    ],
)
def test_amounts_in_units_are_the_plain_sum(data: Path, name: str, column: str, measure: str, known: int) -> None:
    total = ipmo.roll_up(read(data, name), measure).total
    amounts = [amount for cell in frame(data, name)[column] if (amount := pounds(cell)) is not None]
    assert total.value is not None
    if name == "federal-office-wbs":  # its first row is the sum of the others
        amounts = amounts[1:]
    assert total.known == known
    assert total.value.amount == pytest.approx(sum(amounts), abs=Decimal("0.01") * len(amounts))


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("gmpp-2014", "MPA RAG rating"),
        ("gmpp-2018", "colour_rating"),
        ("gmpp-2019", "colour_rating"),
        ("gmpp-2021", "colour_rating"),
        ("gmpp-2022", "IPA Delivery Confidence Assessment"),
    ],
)
def test_ratings_are_the_plain_count(data: Path, name: str, column: str) -> None:
    pf = read(data, name)
    cells = frame(data, name)
    title = next(head for head in cells.columns if head.startswith(column))
    colours = {"red", "amber/red", "amber", "amber/green", "green"}
    plain = Counter(
        word.replace("/", "-") for cell in cells[title] if (word := "/".join(part.strip() for part in cell.lower().split("/"))) in colours
    )
    assert Counter(one.rating for project in pf.projects for one in project.confidence) == plain
    assert sum(plain.values()) > 90


@pytest.mark.data
@pytest.mark.parametrize("year", [2021, 2022])
def test_years_of_the_gmpp_agree_with_the_examples(data: Path, year: int) -> None:
    """The examples were made from the same files by a script of their own (examples/make_examples.py)."""
    pf, example = read(data, f"gmpp-{year}"), ipmo.read(ROOT / "examples" / f"gmpp-{year}.yaml")
    mine, theirs = ({project.id: project for project in one.projects} for one in (pf, example))
    assert mine.keys() == theirs.keys()
    assert ipmo.roll_up(pf, "budget").total.value == ipmo.roll_up(example, "budget").total.value
    assert ipmo.roll_up(pf, "budget").total.known == ipmo.roll_up(example, "budget").total.known
    assert {k: (p.start, p.finish, p.category) for k, p in mine.items()} == {k: (p.start, p.finish, p.category) for k, p in theirs.items()}
    rated = {k: p.confidence[0].rating for k, p in mine.items() if p.confidence}
    first = {
        k: next(c.rating for c in p.confidence if c.assessor == "IPA")
        for k, p in theirs.items()
        if any(c.assessor == "IPA" for c in p.confidence)
    }
    assert rated == first  # the mapping of 2022 keeps the owner's rating as an attribute: a row has one assessment


@pytest.mark.data
def test_of_a_history_in_one_sheet_the_latest_report_of_each_project_is_read(data: Path) -> None:
    """New York lists a project once for each report; it was the first that was read, six years old, and all others were errors."""
    pf = read(data, "nyc-2019")
    cells = frame(data, "nyc-2019")
    latest: dict[str, tuple[datetime, str]] = {}
    for own, day, forecast in zip(cells["PID"], cells["Date Reported As Of"], cells["Budget Forecast"], strict=True):
        said = (datetime.strptime(day, "%m/%d/%Y %I:%M:%S %p"), forecast)
        latest[own] = max(latest.get(own, said), said)
    assert len(pf.projects) == len(latest) == 177
    assert {p.id: p.status_date for p in pf.projects} == {own: day.date() for own, (day, _) in latest.items()}
    assert {p.id: p.forecast for p in pf.projects} == {
        own: None if pounds(text) is None else as_budget(Money(pounds(text), "USD")) for own, (_, text) in latest.items()
    }
    assert pf.source.refused == 0
    assert [one.message.partition(", beginning")[0] for one in pf.source.findings] == ["893 rows are older reports of 145 projects"]


@pytest.mark.data
def test_risks_tasks_and_changes(data: Path) -> None:
    risks = read(data, "federal-office-risk_register").projects[0].risks
    assert len(risks) == 10
    assert Counter(risk.state for risk in risks) == Counter(
        word.lower() for word in frame(data, "federal-office-risk_register")["Register_Status"]
    )
    tasks = read(data, "federal-office-schedule").projects[0].tasks
    cells = frame(data, "federal-office-schedule")
    assert len(tasks) == 31
    assert sum(len(task.after) for task in tasks) == sum(
        len([part for part in cell.replace(";", ",").split(",") if part.strip()]) for cell in cells["Predecessor_Act"]
    )
    changes = read(data, "federal-office-change_orders").changes
    assert sum(change.cost.amount for change in changes if change.cost) == sum(
        map(Decimal, frame(data, "federal-office-change_orders")["Cost_Impact_USD"])
    )
