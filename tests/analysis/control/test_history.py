"""Months in order: snapshots that cannot be changed in silence, trends, returns, classes from finished work."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.analysis.control.finished_work import reference_classes
from ipmo.analysis.control.history import History, reporting_compliance, trend
from ipmo.errors import FileError, ModelError, OptionError, UnknownItemError
from ipmo.findings import Severity
from ipmo.model import Baseline, Calendar, MoneySettings, Portfolio, Project, ReferenceClass, Referenced, StatusReport, Task
from ipmo.units import as_span

ALWAYS = Calendar(id="c", week="mon-fri", hours="09:00-17:00")


def month(day: str, *tasks: Task, reports: Any = (), **fields: Any) -> Portfolio:
    return Portfolio(
        id="x",
        start="2026-01-05",
        status_date=day,
        calendar="c",
        calendars=[ALWAYS],
        money=MoneySettings(currency="GBP"),
        projects=[Project(id="P", name="Pilot", tasks=tasks, status=[StatusReport(date=d, rag=r) for d, r in reports], **fields)],
    )


def test_a_snapshot_reads_as_a_portfolio_is_stamped_and_never_overwritten(tmp_path: Path) -> None:
    pf = month("2026-02-27", Task(id="t", duration="5 d", budget="10 GBP"))
    ipmo.write(pf, tmp_path / "portfolio.yaml")
    read = ipmo.read(tmp_path / "portfolio.yaml")
    path = ipmo.snapshot(read, reason="month end")
    assert path == tmp_path / "history" / "2026-02.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["snapshot"]["date"] == "2026-02-27"
    assert document["snapshot"]["reason"] == "month end"
    assert ipmo.read(path) == read
    before = path.read_bytes()
    assert ipmo.snapshot(read) == path  # the same content again is no news
    assert path.read_bytes() == before
    with pytest.raises(FileError, match="is a snapshot of 2026-02-27 with another content and is never overwritten"):
        ipmo.snapshot(read.evolve("P/t", budget="11 GBP"))
    with pytest.raises(ModelError, match="nothing says which month it is"):
        ipmo.snapshot(read.evolve(status_date=None))


def test_what_was_changed_after_it_was_frozen_is_refused(tmp_path: Path) -> None:
    path = ipmo.snapshot(month("2026-02-27", Task(id="t", duration="5 d")), tmp_path / "h" / "one.json")
    path.write_text(path.read_text(encoding="utf-8").replace("5 d", "4 d"), encoding="utf-8")
    with pytest.raises(FileError, match="it was changed after it was frozen"):
        ipmo.history(tmp_path / "h")
    (tmp_path / "h" / "one.json").write_text("{}", encoding="utf-8")
    with pytest.raises(FileError, match="it is no snapshot; `ipmo snapshot` writes them"):
        ipmo.history(tmp_path / "h")
    (tmp_path / "h" / "one.json").write_text("{", encoding="utf-8")
    with pytest.raises(FileError, match="one.json:1:2: not JSON"):
        ipmo.history(tmp_path / "h")
    with pytest.raises(FileError, match="there is no such folder; `ipmo snapshot` makes one"):
        ipmo.history(tmp_path / "none")


def test_a_layout_of_one_s_own_does_not_break_the_digest(tmp_path: Path) -> None:
    path = ipmo.snapshot(month("2026-02-27"), tmp_path / "h" / "one.json")
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")), indent=4), encoding="utf-8")
    assert len(ipmo.history(tmp_path / "h")) == 1


def test_a_history_is_in_order_and_read_when_looked_at(tmp_path: Path) -> None:
    for day in ("2026-03-31", "2026-01-30", "2026-02-27"):
        ipmo.snapshot(month(day, Task(id="t", duration="5 d")), tmp_path / f"{day}.json")
    found = ipmo.history(tmp_path)
    assert found.dates == (date(2026, 1, 30), date(2026, 2, 27), date(2026, 3, 31))
    assert found[-1].portfolio.status_date == date(2026, 3, 31)
    assert (len(found.before(date(2026, 3, 1))), repr(found)) == (2, "<History: 3 snapshots, 2026-01-30 to 2026-03-31>")
    with pytest.raises(ModelError, match="are both of 2026-01-30"):
        History.of(month("2026-01-30"), month("2026-01-30"))
    with pytest.raises(ModelError, match="nothing says which month"):
        History.of(month("2026-01-30").evolve(status_date=None))


def test_a_trend_follows_a_figure_and_says_what_changed(tmp_path: Path) -> None:
    months = History.of(
        month("2026-01-30", Task(id="t", duration="30 d", budget="10 GBP"), reports=[("2026-01-30", "green")]),
        month("2026-02-27", Task(id="t", duration="40 d", budget="12.50 GBP"), Task(id="new", duration="1 d"), reports=[("2026-02-20", "red")]),
    )  # fmt: skip
    found = trend(months, "budget")
    table = found.table()
    assert table.columns == ("date", "snapshot", "value", "text", "known", "total", "change")
    assert (table["value"], table["change"], table["total"]) == ((10.0, 12.5), (None, 2.5), (1, 2))
    finish = trend(months, "finish", "P").table()
    assert finish["value"][0] == datetime(2026, 3, 12, 17)  # the status date holds back what has not begun
    assert finish["change"][1] == 42
    assert trend(months, "status", "P").table()["change"] == (None, 2.0)
    assert trend(months, "budget", "P/new").table()["value"] == (None, None)
    with pytest.raises(UnknownItemError, match="'P/old' is not in any month of this history"):
        trend(months, "budget", "P/old")
    with pytest.raises(UnknownItemError, match="close: 'budget'"):
        trend(months, "bugdet")
    assert list(found.ids) == [date(2026, 1, 30), date(2026, 2, 27)]
    assert found["2026-02-27"] is found[date(2026, 2, 27)] is found[-1]
    assert (found[-1].change, found[-1].text) == (2.5, "12.50 GBP")
    assert found.explain(-1).splitlines()[:2] == ["2026-02-27: 12.50 GBP, +2.5 GBP against the month before", "x: 12.50 GBP, 1 of 2 known"]
    assert "P/new has no budget in" in trend(months, "budget", "P/new").explain(0)
    assert repr(found) == "<Trend of budget, 2 months: 10 GBP to 12.50 GBP>"
    assert trend(History([]), "budget").rows == ()
    with pytest.raises(UnknownItemError, match="'2026-02-28' is not in this trend of budget; close: '2026-02-27'"):
        _ = found["2026-02-28"]
    with pytest.raises(UnknownItemError):
        _ = found["value"]
    ipmo.snapshot(months[0].portfolio, tmp_path / "a.json")
    assert ipmo.trend(tmp_path, "budget").table()["value"] == (10.0,)


def test_reporting_compliance_says_who_has_not_reported_and_for_how_long() -> None:
    def both(day: str, one: list[str], other: list[str]) -> Portfolio:
        pf = month(day, reports=[(d, "green") for d in one])
        q = Project(id="Q", status=[StatusReport(date=d, rag="green") for d in other])
        return pf.evolve(projects=[*pf.projects, q, Project(id="R", state="closed"), Project(id="S", state="proposed")])

    months = History.of(
        both("2026-01-30", ["2026-01-29"], ["2026-01-28"]),
        both("2026-02-27", ["2026-01-29", "2026-02-26"], ["2026-01-28"]),
        both("2026-03-31", ["2026-01-29", "2026-02-26", "2026-03-31"], ["2026-01-28"]),
    )
    found = reporting_compliance(months)
    table = found.table()
    assert (list(found.ids), [row.project for row in found.late], found["Q"].missed) == (["P", "Q"], ["Q"], 2)
    assert found.explain("P").startswith("P: has reported, seen from 2026-03-31; its latest report is of 2026-03-31")
    assert "has not reported for 2 months" in found.explain("Q")
    assert repr(found) == "<ReportingCompliance: 1 of 2 projects has not reported>"
    assert (table["reported"], table["missed"], table["days"], table["expected"]) == ((True, False), (0, 2), (0, 62), (3, 3))
    assert len(reporting_compliance(History([]))) == 0
    late = History.of(both("2026-01-30", ["2026-01-30"], []), both("2026-02-27", ["2026-01-30"], []))
    assert reporting_compliance(late).table()["missed"] == (1, 2)  # a report of the last month's day was for the last month


def finished(day: str, done: bool) -> Portfolio:
    tasks = []
    for n, actual in enumerate((4, 5, 6, 8, 10)):
        fields: dict[str, Any] = {"duration": "5 d", "budget": "100 GBP"}
        if done:
            last = date(2026, 2, 2).toordinal() + (actual - 1) + 2 * ((actual - 1) // 5)
            fields |= {"actual_start": "2026-02-02", "actual_finish": date.fromordinal(last), "actual": f"{100 + 10 * n} GBP"}
        tasks.append(Task(id=f"t{n}", category="it", **fields))
    tasks.append(Task(id="other", category="build", duration="5 d"))
    return month(day, *tasks)


def test_reference_classes_come_from_finished_work_and_later_estimates_name_them(tmp_path: Path) -> None:
    months = History.of(finished("2026-01-30", False), finished("2026-03-31", True))
    found = reference_classes(months)
    (one,) = found.rows
    assert found["own-it-duration"] is one
    assert (list(found.ids), dict(found.few)) == (["own-it-duration"], {})
    assert found.explain("own-it-duration").endswith("actual by estimate from 0.80 to 2.00; on top of an estimate +20% at P50, +60% at P80")
    assert found.table()["p80"] == (1.6,)
    assert (one.id, one.category, one.edition) == ("own-it-duration", "it", "2026-01 to 2026-03, n = 5")
    assert one.ratios == (0.8, 1.0, 1.2, 1.6, 2.0)
    (cost,) = reference_classes(months, figure="cost").rows
    assert cost.ratios == (1.0, 1.1, 1.2, 1.3, 1.4)
    assert (reference_classes(months, least=6).rows, dict(reference_classes(months, least=6).few)) == ((), {"it": 5})
    assert reference_classes(months, by="colour", least=5).rows[0].category == "(none)"
    with pytest.raises(OptionError, match="figure=.scope. is not known; write one of .duration., .cost."):
        reference_classes(months, figure="scope")
    with pytest.raises(ModelError, match="has no snapshot"):
        reference_classes(History([]))

    pf = month("2026-03-31").evolve(reference_classes=[one])
    data = ipmo.to_dict(pf)
    data["projects"] = [{"id": "N", "tasks": [{"id": "t", "duration": {"estimate": "10 d", "reference": one.id, "certainty": "80 %"}}]}]
    named = ipmo.from_dict(data)
    task = named["N/t"]
    assert str(task.duration.central()) == "16 d"
    assert (task.duration.rule, str(task.duration.quantile(0.5))) == ("own-it-duration at 80%", "12 d")
    ipmo.write(named, tmp_path / "named.yaml")
    assert ipmo.read(tmp_path / "named.yaml") == named
    assert ipmo.schedule(named)["N/t"].rule == "own-it-duration at 80%"


def test_an_estimate_that_names_no_class_is_refused_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    lines = ["ipmo: 1", "portfolio: {id: x}", "projects:", "  - id: P", "    tasks:"]
    path.write_text("\n".join([*lines, "      - {id: t, duration: {estimate: 10 d, reference: rail-2005}}"]), encoding="utf-8")
    with pytest.raises(FileError, match=r"p.yaml:6:.*there is no reference class 'rail-2005'; close: 'rail-2004'"):
        ipmo.read(path)
    own = ReferenceClass(id="own", ratios=[1.0, 2.0])
    task = Task(id="t", duration=Referenced(as_span("1 d"), own))
    with pytest.raises(ModelError, match="duration names reference class 'own', which the portfolio does not hold"):
        month("2026-01-30", task)


def test_a_named_baseline_is_found_and_checks_compare_with_it(tmp_path: Path) -> None:
    plan = month("2026-01-05", Task(id="t", duration="10 d"), finish="2027-01-01")
    ipmo.write(plan, tmp_path / "portfolio.yaml")
    frozen = ipmo.snapshot(tmp_path / "portfolio.yaml", baseline="B1")
    assert frozen == tmp_path / "baselines" / "B1.json"
    now = plan.evolve(baselines=[Baseline(id="B1", date="2026-01-05", file="baselines/B1.json")])
    ipmo.write(now, tmp_path / "portfolio.yaml")
    read = ipmo.read(tmp_path / "portfolio.yaml")
    assert ipmo.baseline(read) == plan
    with pytest.raises(UnknownItemError, match="'B2' is not in the baselines with a file"):
        ipmo.baseline(read, "B2")
    assert ipmo.check(read).worst in (None, Severity.INFO, Severity.WARNING)
