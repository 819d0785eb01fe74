"""Who asks one portfolio again and again holds no more in the end than in the beginning."""

from __future__ import annotations

import gc
from pathlib import Path

import ipmo
from ipmo.model import Benefit, Enabler, Link, MoneySettings, Portfolio, Project, Task


def asked(pf: Portfolio, number: int, folder: Path) -> None:
    """A what-if, a check of a changed portfolio, and now and then its report."""
    item, days = f"p{number % 3}/t{number % 5}", f"{number % 40 + 1} d"
    ipmo.what_if(pf, ipmo.changes.Delay(item, days)).table()
    changed = pf.evolve(item, duration=days)
    ipmo.check(changed)
    if number % 10 == 0:
        ipmo.report(changed, folder / "report.html")


def held(pf: Portfolio, folder: Path, times: range) -> int:
    """How many objects the collector knows after so many questions."""
    for number in times:
        asked(pf, number, folder)
    gc.collect()
    return len(gc.get_objects())


def test_what_ifs_checks_and_reports_leave_nothing_behind(tmp_path: Path) -> None:
    projects = [
        Project(id=f"p{p}", tasks=[Task(id=f"t{t}", duration=f"{t + p + 1} d", after=f"t{t - 1}" if t else ()) for t in range(6)])
        for p in range(3)
    ]
    links = [Link(source=f"p{p}/t2", target=f"p{p + 1}/t4") for p in range(2)]
    benefits = [Benefit(id="b", enabled_by=[Enabler(source="p2/t5")], value="100 k GBP per year", lasts="5 years")]
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-02-02",
        money=MoneySettings(currency="GBP"),
        projects=projects,
        links=links,
        benefits=benefits,
    )
    first = held(pf, tmp_path, range(40))  # every answer of the kind has been there once
    assert held(pf, tmp_path, range(40, 80)) - first < 20, "a question leaves objects behind"
