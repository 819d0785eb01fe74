"""Writes examples/rubin.yaml, gmpp-2021.yaml and gmpp-2022.yaml with ipmo itself, from the raw files in the data folder.

    python examples/make_examples.py [DATA]        # DATA: $IPMO_DATA, else ../shared/data

Facts only: ids, names, dates, amounts, ratings, links; no narrative sentences. Both files say what could not be read.
"""

from __future__ import annotations

import csv
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path

import ipmo
from ipmo.model import After, Budget, BudgetLine, Confidence, Link, Money, MoneySettings, Portfolio, Project, Task

HERE = Path(__file__).resolve().parent
RUBIN = "03_lsst_programme/lsst_dm_milestones_2024-02.csv"
GMPP = "01_gmpp/official_GMPP_March_2022.csv"
GMPP_BEFORE = "01_gmpp/rauschgold_uk_2021.csv"
SEEN_FROM = date(2019, 1, 1)
REPORTED = date(2022, 3, 31)
REPORTED_BEFORE = date(2021, 3, 31)


def rubin(data: Path) -> Portfolio:
    """The Rubin Observatory data-management milestones as they stood on 1 January 2019.

    A milestone's forecast is the latest of its due date, the status date and its predecessors. What was completed after the
    status date stands in the attribute `outcome`, so that the forecast can be compared with it.
    """
    with (data / RUBIN).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    known = {row["milestone_id"]: row for row in rows}
    project_of = {name: ".".join(row["wbs"].split(".")[:2]) for name, row in known.items()}
    pairs = {(before, row["milestone_id"]) for row in rows for before in row["predecessors"].split()}
    pairs |= {(row["milestone_id"], after) for row in rows for after in row["successors"].split()}
    tasks: dict[str, list[Task]] = {}
    for row in rows:
        name = row["milestone_id"]
        project = project_of[name]
        done = date.fromisoformat(row["completed"]) if row["completed"] else None
        before = sorted(a for a, b in pairs if b == name and project_of.get(a) == project)
        attributes = {"wbs": row["wbs"]}
        if row["level"].isdigit():
            attributes["level"] = row["level"]
        if done is not None and done >= SEEN_FROM:
            attributes["outcome"] = done.isoformat()
        tasks.setdefault(project, []).append(
            Task(
                id=name,
                name=row["name"],
                milestone=True,
                after=[After(source=a) for a in before],
                finish_not_before=row["due"],
                deadline=row["due"],
                actual_finish=done if done is not None and done < SEEN_FROM else None,
                attributes=attributes,
            )
        )
    links = []
    for before, after in sorted(pairs):
        if before in known and after in known:
            if project_of[before] != project_of[after]:
                links.append(Link(source=f"{project_of[before]}/{before}", target=f"{project_of[after]}/{after}"))
        else:
            ends = [f"{project_of[end]}/{end}" if end in known else f"external:{end}" for end in (before, after)]
            links.append(Link(source=ends[0], target=ends[1]))
    outside = {end for pair in pairs for end in pair if end not in known}
    no_level = sum(1 for row in rows if not row["level"].isdigit())
    stubs = sum(1 for link in links if "external:" in link.source + link.target)
    return Portfolio(
        id="rubin",
        name="Rubin Observatory data management",
        start=min(date.fromisoformat(row["due"]) for row in rows),
        status_date=SEEN_FROM,
        calendar="continuous",
        projects=[Project(id=name, name=f"WBS {name}", tasks=tasks[name]) for name in sorted(tasks)],
        links=links,
        note=(
            f"Facts of {len(rows)} milestones and {len(pairs)} links from DMTN-158 by J. Swinbank and W. O'Mullane (lsst-dm/dmtn-158,"
            " February 2024), (c) 2020 University of Washington, CC BY 4.0; projects are the first two WBS elements; seen from 2019-01-01,"
            " what was completed later stands in the attribute outcome. Not read as they stand: the level of"
            f" {no_level} milestones (Undefined); {len(outside)} ids that {stubs} links name are not in the table and are undated stubs."
        ),
    )


COLUMNS = {
    "id": "GMPP ID Number",
    "name": "Project Name",
    "department": "Department",
    "category": "Annual Report Category",
    "IPA": "IPA Delivery Confidence Assessment",
    "SRO": "SRO Delivery Confidence Assessment",
    "start": "Project - Start Date",
    "finish": "Project - End Date",
    "year baseline": "Financial Year Baseline (£m) (including Non-Government Costs)",
    "year forecast": "Financial Year Forecast (£m) (including Non-Government Costs)",
    "year variance": "Financial Year Variance (%)",
    "whole-life baseline": "TOTAL Baseline Whole Life Costs (£m) (including Non-Government Costs)",
}
COLUMNS_BEFORE = {
    "id": "project_number",
    "name": "project_name",
    "department": "department",
    "category": "report_category",
    "IPA": "colour_rating",
    "start": "start_date",
    "finish": "end_date",
    "year baseline": "total_baseline",
    "year forecast": "yearly_forecast",
    "whole-life baseline": "wlc_baseline_incl_NCG",
}
AMOUNT = r"£-?[0-9][0-9,]*(\.[0-9]+)?"
PERCENT = r"-?[0-9]+(\.[0-9]+)?%"


class Cells:
    """The cells of a table by the name of their column; what is not as it should be is counted by its reason."""

    def __init__(self, names: Iterable[str]) -> None:
        self.refused: dict[str, Counter[str]] = {name: Counter() for name in names}

    def cell(self, row: dict[str, str], name: str, pattern: str) -> str | None:
        """The cell when it is what its column should hold; else the reason is counted."""
        text = row[name].strip()
        if re.fullmatch(pattern, text):
            return text
        word = text.lower()
        planning = word.startswith("early") or "planning stage" in word or "not in a position" in word
        reason = "blank" if not text else "exempt" if word.startswith("exempt") else "early planning" if planning else "other text"
        self.refused[name][reason] += 1
        return None

    def amount(self, row: dict[str, str], name: str) -> Money | None:
        """Money in millions of pounds."""
        text = self.cell(row, name, AMOUNT)
        return None if text is None else Money(Decimal(text[1:].replace(",", "")) * 1_000_000, "GBP")

    def counts(self) -> str:
        """How many cells of each column were refused, and why."""
        return "; ".join(
            f"{name} {sum(found.values())} ({', '.join(f'{n} {why}' for why, n in sorted(found.items()))})"
            for name, found in self.refused.items()
            if found
        )


def gmpp(data: Path) -> Portfolio:
    """The UK Government Major Projects Portfolio of March 2022.

    `budget` is the baseline of whole-life costs; the line of the financial year 2021/22 stands in it where both are known.
    `forecast` holds the forecast of that one year; the rest of the life is unknown, and so is the total. The variance that
    was published stands in the attribute `stated_variance`.
    """
    with (data / GMPP).open(encoding="utf-8-sig", newline="") as stream:
        header, *lines = csv.reader(stream)
    place = {title.split("\n")[0].strip(): column for column, title in enumerate(header)}
    rows = [{name: line[place[title]] for name, title in COLUMNS.items()} for line in lines]
    projects, counts = _major_projects(rows, COLUMNS, REPORTED, {"IPA": "dca-3", "SRO": "dca-3"})
    return Portfolio(
        id="gmpp-2022",
        name="Government Major Projects Portfolio, March 2022",
        status_date=REPORTED,
        money=MoneySettings(currency="GBP", financial_year="apr"),
        attributes={"budget": "whole-life cost"},
        projects=projects,
        note=(
            f"Facts of {len(projects)} projects from the Infrastructure and Projects Authority's GMPP data of March 2022. Contains public sector"
            " information licensed under the Open Government Licence v3.0. budget is the baseline of whole-life costs, with the line of"
            " 2021/22 in it where both are published; forecast is that year's only. Cells that could not be read as a date, an amount, a"
            f" percentage or a rating: {counts}."
        ),
    )


def gmpp_before(data: Path) -> Portfolio:
    """The same portfolio a year earlier, in March 2021: confidence still on five ratings."""
    with (data / GMPP_BEFORE).open(encoding="latin-1", newline="") as stream:
        lines = list(csv.DictReader(stream, delimiter=";"))
    rows = [{name: line[title] for name, title in COLUMNS_BEFORE.items()} for line in lines]
    projects, counts = _major_projects(rows, COLUMNS_BEFORE, REPORTED_BEFORE, {"IPA": "dca-5"})
    return Portfolio(
        id="gmpp-2021",
        name="Government Major Projects Portfolio, March 2021",
        status_date=REPORTED_BEFORE,
        money=MoneySettings(currency="GBP", financial_year="apr"),
        attributes={"budget": "whole-life cost"},
        projects=projects,
        note=(
            f"Facts of {len(projects)} projects from the Infrastructure and Projects Authority's GMPP data of March 2021, as collected by"
            " rauschgold/ds-bootcamp-capstone-project. Contains public sector information licensed under the Open Government Licence v3.0."
            " budget is the baseline of whole-life costs, with the line of 2020/21 in it where both are published; forecast is that year's"
            f" only. Cells that could not be read as a date, an amount or a rating: {counts}."
        ),
    )


def _major_projects(
    rows: list[dict[str, str]], columns: Iterable[str], reported: date, scales: dict[str, str]
) -> tuple[list[Project], str]:
    """(projects, what could not be read)."""
    cells = Cells(columns)
    year = {"since": date(reported.year - 1, 4, 1), "until": reported, "note": f"{reported.year - 1}/{reported.year % 100:02}"}
    projects = []
    for row in rows:
        ratings = []
        for assessor, scale in scales.items():
            words = {"dca-3": r"Red|Amber|Green", "dca-5": r"Green|Amber/[Gg]reen|Amber|Amber/[Rr]ed|Red"}[scale]
            rating = cells.cell(row, assessor, words)
            if rating is not None:
                ratings.append(Confidence(date=reported, assessor=assessor, scale=scale, rating=rating.lower().replace("/", "-")))
        baseline, forecast, whole = (cells.amount(row, name) for name in ("year baseline", "year forecast", "whole-life baseline"))
        budget = None
        if whole is not None and baseline is not None:
            rest = Money(whole.amount - baseline.amount, "GBP")
            budget = Budget([BudgetLine(amount=baseline, **year), BudgetLine(amount=rest, note="rest of the whole life")])
        elif whole is not None:
            budget = Budget([BudgetLine(amount=whole)])
        elif baseline is not None:
            budget = Budget([BudgetLine(amount=baseline, **year), BudgetLine(note="rest of the whole life, not published")])
        outlook = None if forecast is None else Budget([BudgetLine(amount=forecast, **year), BudgetLine(note="rest of the whole life")])
        start, finish = (cells.cell(row, name, r"[0-9]{4}-[0-9]{2}-[0-9]{2}") for name in ("start", "finish"))
        attributes = {"department": row["department"].strip()}
        variance = cells.cell(row, "year variance", PERCENT) if "year variance" in row else None
        if variance is not None:
            attributes["stated_variance"] = variance
        projects.append(
            Project(
                id=row["id"].strip(),
                name=row["name"].strip(),
                category=row["category"].strip(),
                attributes=attributes,
                start=start,
                finish=finish,
                budget=budget,
                forecast=outlook,
                confidence=ratings,
            )
        )
    return projects, cells.counts()


def main() -> None:
    """Writes the files."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("IPMO_DATA", HERE.parent.parent / "shared" / "data"))
    for name, make in (("rubin", rubin), ("gmpp-2021", gmpp_before), ("gmpp-2022", gmpp)):
        target = HERE / f"{name}.yaml"
        ipmo.write(make(data), target)
        print(f"wrote {target.name}: {ipmo.read(target)!r}")


if __name__ == "__main__":
    main()
