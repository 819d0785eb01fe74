"""Writes examples/rubin.yaml and examples/gmpp-2022.yaml with ipmo itself, from the raw files in the data folder.

    python examples/make_examples.py [DATA]        # DATA: $IPMO_DATA, else ../shared/data

Facts only: ids, names, dates, amounts, ratings, links; no narrative sentences. Both files say what could not be read.
"""

from __future__ import annotations

import csv
import os
import re
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import ipmo
from ipmo.model import After, Budget, BudgetLine, Confidence, Link, Money, MoneySettings, Portfolio, Project, Task

HERE = Path(__file__).resolve().parent
RUBIN = "03_lsst_programme/lsst_dm_milestones_2024-02.csv"
GMPP = "01_gmpp/official_GMPP_March_2022.csv"
SEEN_FROM = date(2019, 1, 1)
REPORTED = date(2022, 3, 31)


def rubin(data: Path) -> Portfolio:
    """The Rubin Observatory data-management milestones as they stood on 1 January 2019.

    A milestone's forecast is the latest of its due date, the data date and its predecessors. What was completed after the
    data date stands in the attribute `outcome`, so that the forecast can be compared with it.
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


def gmpp(data: Path) -> Portfolio:
    """The UK Government Major Projects Portfolio of March 2022.

    `budget` is the baseline of whole-life costs; the line of the financial year 2021/22 stands in it where both are known.
    `forecast` holds the forecast of that one year; the rest of the life is unknown, and so is the total.
    """
    with (data / GMPP).open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = csv.reader(stream)
    place = {title.split("\n")[0].strip(): column for column, title in enumerate(header)}
    columns = {
        "name": "Project Name",
        "department": "Department",
        "category": "Annual Report Category",
        "IPA": "IPA Delivery Confidence Assessment",
        "SRO": "SRO Delivery Confidence Assessment",
        "start": "Project - Start Date",
        "finish": "Project - End Date",
        "year baseline": "Financial Year Baseline (£m) (including Non-Government Costs)",
        "year forecast": "Financial Year Forecast (£m) (including Non-Government Costs)",
        "whole-life baseline": "TOTAL Baseline Whole Life Costs (£m) (including Non-Government Costs)",
    }
    refused: dict[str, Counter[str]] = {name: Counter() for name in columns}

    def cell(row: list[str], name: str, pattern: str) -> str | None:
        """The cell when it is what its column should hold; else the reason is counted."""
        text = row[place[columns[name]]].strip()
        if re.fullmatch(pattern, text):
            return text
        word = text.lower()
        reason = (
            "blank"
            if not text
            else "exempt"
            if word.startswith("exempt")
            else "early planning"
            if word.startswith("early")
            else "other text"
        )
        refused[name][reason] += 1
        return None

    def amount(row: list[str], name: str) -> Money | None:
        text = cell(row, name, r"£-?[0-9][0-9,]*(\.[0-9]+)?")
        return None if text is None else Money(Decimal(text[1:].replace(",", "")) * 1_000_000, "GBP")

    projects = []
    year = {"since": "2021-04-01", "until": "2022-03-31", "note": "2021/22"}
    for row in rows:
        ratings = []
        for assessor in ("IPA", "SRO"):
            rating = cell(row, assessor, "Red|Amber|Green")
            if rating is not None:
                ratings.append(Confidence(date=REPORTED, assessor=assessor, scale="dca-3", rating=rating.lower()))
        baseline, forecast, whole = (amount(row, name) for name in ("year baseline", "year forecast", "whole-life baseline"))
        budget = None
        if whole is not None and baseline is not None:
            rest = Money(whole.amount - baseline.amount, "GBP")
            budget = Budget([BudgetLine(amount=baseline, **year), BudgetLine(amount=rest, note="rest of the whole life")])
        elif whole is not None:
            budget = Budget([BudgetLine(amount=whole)])
        elif baseline is not None:
            budget = Budget([BudgetLine(amount=baseline, **year), BudgetLine(note="rest of the whole life, not published")])
        outlook = None if forecast is None else Budget([BudgetLine(amount=forecast, **year), BudgetLine(note="rest of the whole life")])
        start, finish = (cell(row, name, r"[0-9]{4}-[0-9]{2}-[0-9]{2}") for name in ("start", "finish"))
        projects.append(
            Project(
                id=row[place["GMPP ID Number"]].strip(),
                name=row[place[columns["name"]]].strip(),
                category=row[place[columns["category"]]].strip(),
                attributes={"department": row[place[columns["department"]]].strip()},
                start=start,
                finish=finish,
                budget=budget,
                forecast=outlook,
                confidence=ratings,
            )
        )
    counts = "; ".join(
        f"{name} {sum(found.values())} ({', '.join(f'{n} {why}' for why, n in sorted(found.items()))})"
        for name, found in refused.items()
        if found
    )
    return Portfolio(
        id="gmpp-2022",
        name="Government Major Projects Portfolio, March 2022",
        status_date=REPORTED,
        money=MoneySettings(currency="GBP", financial_year="apr"),
        projects=projects,
        note=(
            f"Facts of {len(projects)} projects from the Infrastructure and Projects Authority's GMPP data of March 2022. Contains public sector"
            " information licensed under the Open Government Licence v3.0. budget is the baseline of whole-life costs, with the line of"
            " 2021/22 in it where both are published; forecast is that year's only. Cells that could not be read as a date, an amount or a"
            f" rating: {counts}."
        ),
    )


def main() -> None:
    """Writes both files."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("IPMO_DATA", HERE.parent.parent / "shared" / "data"))
    for name, make in (("rubin", rubin), ("gmpp-2022", gmpp)):
        target = HERE / f"{name}.yaml"
        ipmo.write(make(data), target)
        print(f"wrote {target.name}: {ipmo.read(target)!r}")


if __name__ == "__main__":
    main()
