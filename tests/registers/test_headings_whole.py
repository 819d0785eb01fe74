"""A heading is understood whole: a bound, an earlier version, a rate, a unit or a multiplier in it is no word to throw away."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest

import ipmo

FIRST = {
    "projects": ("Project ID", "Project name"),
    "tasks": ("Task ID", "Task", "Project"),
    "risks": ("Risk ID", "Risk", "Project"),
    "resources": ("Resource", "Role"),
    "benefits": ("Benefit ID", "Benefit", "Project"),
}
NAMES = ("Tram", "Depot", "Bridge")
CELLS = {
    "money": ("12", "9", "3"),
    "date": ("31/03/2027", "30/04/2027", "15/05/2027"),
    "time": ("12", "15", "20"),
    "share": ("20%", "45%", "80%"),
}


def written(folder: Path, kind: str, heads: Sequence[str], cells: Sequence[Sequence[str]]) -> Path:
    """A register with the columns that are in question behind those that name its rows."""
    path = folder / "register.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow([*FIRST[kind], *heads])
        for place, name in enumerate(NAMES):
            front = [f"X{place}", name, "P1"][: len(FIRST[kind])] if kind != "resources" else [name, "Planner"]
            rows.writerow([*front, *(column[place] for column in cells)])
    return path


def proposed(folder: Path, kind: str, cells: str, *heads: str) -> list[tuple[str, bool]]:
    """The field that each column is proposed for, and whether it is sure."""
    found = ipmo.propose_mapping(written(folder, kind, heads, [CELLS[cells]] * len(heads)))
    return [(column.field, not column.doubt) for column in found.sheets[0].columns[-len(heads) :]]


OTHER = [
    ("projects", "money", "Budget (remaining) £m; Budget (last year) £m; Budget (min) £m; Budget (worst case) £m; Budget (increase) £m; Budget (rejected) £m; Cost (variance) £m"),
    ("projects", "money", "Actual cost (forecast) £m; Budget (£k per annum); Cost (per year) £m; Spend (£ / month); Forecast (optimistic) £m; Cost [remaining] £m; Previous budget £m"),
    ("projects", "date", "Finish (previous); Finish (worst case); Finish (stretch); Start (no later than); Finish (no earlier than); Finish (not before)"),
    ("tasks", "time", "Duration (min); Duration (worst); Duration (max); Duration (elapsed); Duration (last month); Effort (actual); Effort (max); Effort (hrs/week); Effort (hours per day)"),
    ("projects", "share", "Progress (planned); Progress (last month); % complete (target); % complete (baseline)"),
    ("risks", "share", "Probability (max); Probability (previous); Likelihood (worst case); Probability min"),
    ("risks", "money", "Cost impact min (£k); Cost impact max (£k); Impact cost low (£k); Cost impact (£ per week); Cost impact (worst case) £k"),
    ("risks", "time", "Delay (worst case); Schedule impact (min); Delay high; Delay (actual); Delay £k"),
    ("resources", "time", "Capacity (hrs/wk); Capacity (days per month); Availability (days); Capacity (FTE x 10)"),
]  # fmt: skip
"""What is another figure than the field that the rest of its name says."""


@pytest.mark.parametrize(("kind", "cells", "headings"), OTHER)
def test_another_figure_is_not_taken_for_the_field(kind: str, cells: str, headings: str, tmp_path: Path) -> None:
    for one in headings.split("; "):
        assert proposed(tmp_path, kind, cells, one)[0][0] == "attribute", one


@pytest.mark.parametrize(
    ("kind", "cells", "wrong", "right", "field"),
    [
        ("projects", "share", "Progress (planned)", "Progress (actual)", "progress"),
        ("projects", "date", "Finish (previous)", "Finish (current)", "finish"),
        ("tasks", "time", "Effort (actual)", "Effort (planned)", "effort"),
        ("risks", "share", "Probability (max)", "Probability (likely)", "probability"),
        ("projects", "money", "Budget (rejected) £m", "Budget (approved) £m", "budget"),
        ("risks", "money", "Cost impact min (£k)", "Cost impact most likely (£k)", "impact_cost"),
    ],
)
def test_beside_the_right_column_the_other_one_does_not_win(
    kind: str, cells: str, wrong: str, right: str, field: str, tmp_path: Path
) -> None:
    for heads in ((wrong, right), (right, wrong)):
        found = dict(zip(heads, proposed(tmp_path, kind, cells, *heads), strict=True))
        assert found[right][0] == field
        assert found[wrong][0] == "attribute"


@pytest.mark.parametrize(
    ("kind", "cells", "headings"),
    [
        ("projects", "money", "Budget (indicative) £m; Budget (revenue only) £m; Budget (£ thou); Budget (€ mille); Budget (£ K&M); Budget (£ ten thousands); Budget (10 k€)"),
        ("projects", "date", "Finish (design); Finish (of phase 1); Start (latest); Finish (earliest); Latest finish"),
        ("tasks", "time", "Duration (sprints); Duration (half days); Duration (10 days); Duration (shifts); Duration (years); Effort (person months); Effort (k hours); Effort (points)"),
    ],
)  # fmt: skip
def test_what_nobody_understands_is_not_sure(kind: str, cells: str, headings: str, tmp_path: Path) -> None:
    for one in headings.split("; "):
        ((_, sure),) = proposed(tmp_path, kind, cells, one)
        assert not sure, one


@pytest.mark.parametrize(
    ("kind", "cells", "headings", "field"),
    [
        ("projects", "money", "Budget (£m, 2021 prices); Budget £m (note 2); Budget (£m nominal); Total budget (whole life) £m; Budget (£m, excl VAT); Budget (original) £m", "budget"),
        ("projects", "date", "Finish date (dd/mm/yyyy); Finish (planned); Finish (current); End date (contract)", "finish"),
        ("tasks", "time", "Duration (wks); Duration [w]; Duration in working days; Duration (mins); Remaining duration (days)", ""),
        ("risks", "share", "Probability (%); Probability (most likely)", "probability"),
    ],
)  # fmt: skip
def test_what_says_nothing_else_leaves_a_column_sure(kind: str, cells: str, headings: str, field: str, tmp_path: Path) -> None:
    for one in headings.split("; "):
        ((said, sure),) = proposed(tmp_path, kind, cells, one)
        assert (sure, said) == (True, field or said), one
        assert said != "attribute", one


THOUSANDS = (
    "Budget £,000; Budget (£, 000); Budget (£ ,000); Budget (£.000); Budget (£ in 000); Budget (GBP, k); Budget (GBP in k); Budget £ \u2018000; Budget (£ \u00b4000);"
    " Budget £`000; Budget (£1,000); Budget (GBP 1000); Budget (1,000 GBP); Budget (£ 10^3); Budget (£ 10³); Budget (£, thousands); Budget (£000's)"
)  # fmt: skip


@pytest.mark.parametrize(
    ("headings", "amount"),
    [
        (THOUSANDS, "12 k GBP"),
        ("Budget (£ 10^6); Budget (£1m); Budget (£, million); Budget (£ 1,000,000); Budget (GBP, m)", "12 M GBP"),
        ("Budget (€,000); Budget (€ in 000)", "12 k EUR"),
        ("Budget (NOK 1000); Budget (1000 kr NOK)", "12 k NOK"),
    ],
)
def test_amounts_count_what_their_heading_says(headings: str, amount: str, tmp_path: Path) -> None:
    for one in headings.split("; "):
        pf = ipmo.read(written(tmp_path, "projects", [one.strip()], [CELLS["money"]]))
        budget = pf.projects[0].budget
        assert budget is not None
        assert str(budget.lines[0].amount.value) == amount, one


@pytest.mark.parametrize(
    ("heading", "unit"),
    [("Duration (calendar days)", "ed"), ("Duration (elapsed days)", "ed"), ("Duration (cal. weeks)", "ew"), ("Durée (semaines)", "w"), ("Duration (working days)", "d")],
)  # fmt: skip
def test_time_is_in_what_the_heading_says(heading: str, unit: str, tmp_path: Path) -> None:
    pf = ipmo.read(written(tmp_path, "tasks", [heading], [CELLS["time"]]))
    assert str(pf.projects[0].tasks[0].duration.value) == f"12 {unit}"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "heading", ["Duration (sprints)", "Duration (half days)", "Duration (years)", "Effort (person months)", "Effort (k hours)"]
)
def test_in_a_unit_that_nobody_knows_cells_are_refused(heading: str, tmp_path: Path) -> None:
    pf = ipmo.read(written(tmp_path, "tasks", [heading], [CELLS["time"]]))
    assert all(task.duration is None and task.effort is None for task in pf.projects[0].tasks)
    assert sum("is left out" in str(one) for one in pf.source.findings) == 3


@pytest.mark.parametrize(
    ("heading", "rate"), [("Rate (£/day)", "50 GBP per pd"), ("Charge rate (£ per hour)", "50 GBP per ph"), ("Rate (£/h)", "50 GBP per ph")]
)
def test_a_rate_is_per_what_its_heading_says(heading: str, rate: str, tmp_path: Path) -> None:
    pf = ipmo.read(written(tmp_path, "resources", [heading], [("50", "60", "70")]))
    assert str(pf.resources[0].rate) == rate


@pytest.mark.parametrize("heading", ["Value (£k per year)", "Value (£k p.a.)", "Annual benefit (£k)"])
def test_the_value_of_a_benefit_is_by_years_where_its_heading_says_so(heading: str, tmp_path: Path) -> None:
    pf = ipmo.read(written(tmp_path, "benefits", [heading], [("2", "4", "5")]))
    assert str(pf.benefits[0].value) == "2 k GBP per year"


def risks(tmp_path: Path, heading: str, *cells: str) -> list[float | None]:
    pf = ipmo.read(written(tmp_path, "risks", [heading], [cells]))
    return [None if one.before is None else one.before.probability for one in pf.projects[0].risks]


def test_chances_on_two_scales_are_refused_and_percent_beside_words_are_themselves(tmp_path: Path) -> None:
    assert risks(tmp_path, "Probability", "0.2", "20", "3") == [None, None, None]
    assert risks(tmp_path, "Probability", "High", "Low", "65 %") == [0.7, 0.3, 0.65]
    assert risks(tmp_path, "Probability %", "2", "4", "5") == [0.02, 0.04, 0.05]
    assert risks(tmp_path, "Likelihood (out of 10)", "2", "4", "10") == [0.15, 0.35, 0.95]
