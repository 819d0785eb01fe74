"""The agile adapter on histories of real trackers: what it finds is counted by hand, or pinned with what it means."""

from __future__ import annotations

import json
import math
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

import ipmo
from ipmo_agile import backtest, bulk_closures, read_jira


def histories(data: Path) -> dict[str, list[date]]:
    folder = data / "08_agile" / "tawos_resolved_dates"
    return {
        path.stem: [date.fromisoformat(line) for line in path.read_text().split() if line[:1].isdigit()]
        for path in sorted(folder.glob("*.csv"))
    }


@pytest.mark.data
def test_bulk_closures_of_real_histories(data: Path) -> None:
    found = {name: bulk_closures(rows) for name, rows in histories(data).items()}
    assert sum(map(len, found.values())) == 63
    assert sum(bool(rows) for rows in found.values()) == 15
    for name, rows in histories(data).items():  # by the definition, day by day
        counts, bulk = Counter(rows), {b.day for b in found[name]}
        for day, count in counts.items():
            around = sorted(n for other, n in counts.items() if abs((other - day).days) <= 182 and other != day and other not in bulk)
            if count >= 20 and len(around) >= 10:
                assert (day in bulk) == (count > 5 * around[math.ceil(0.95 * len(around)) - 1]), (name, day)
            else:
                assert day not in bulk
    assert [(str(b.day), b.items) for b in found["Apache_Mesos"]] == [
        ("2013-05-22", 77),
        ("2013-06-10", 47),
        ("2015-04-06", 63),
        ("2018-11-26", 1000),
        ("2019-01-24", 56),
    ]
    biggest = max((b for rows in found.values() for b in rows), key=lambda b: b.items)
    assert (biggest.day, biggest.items, biggest.usual) == (date(2019, 9, 19), 7175, 7)


@pytest.mark.data
def test_how_often_forecasts_of_the_hidden_third_held(data: Path) -> None:
    """Over years the past is no guide: P85 holds 4 times of 10. Over four weeks it holds 9 times of 10."""
    rows = histories(data)
    years = backtest(rows)
    assert len(years.trials) == 20
    assert (years.held(50), years.held(85)) == (pytest.approx(0.30), pytest.approx(0.40))
    weeks = backtest(rows, horizon=8, clean=False)
    assert len(weeks.trials) == 339
    assert (round(weeks.held(50) or 0, 2), round(weeks.held(85) or 0, 2)) == (0.54, 0.78)
    month = backtest(rows, horizon=4, clean=False)
    assert (round(month.held(50) or 0, 2), round(month.held(85) or 0, 2)) == (0.71, 0.90)


@pytest.mark.data
def test_jira_issues_are_read_with_their_change_logs(data: Path) -> None:
    pf = read_jira(data / "08_agile" / "jira_rest_sample", "jira_rest_sample")
    (project,) = pf.projects
    assert (project.id, project.name, project.methodology) == ("SP", "Sample Project", "agile")
    rows = {item.id: item for item in project.tasks[0].extensions["agile"].backlog}
    assert set(rows) == {"SP-1", "SP-2", "SP-5", "SP-7", "SP-8", "SP-11"}
    first = rows["SP-1"]
    assert (first.name, first.created, first.finished) == ("Create new draft event", date(2021, 6, 18), None)
    assert first.started == _first_in_progress(data, "SP-1")
    assert ipmo.read(data / "08_agile" / "jira_rest_sample") == pf
    assert ipmo.from_dict(ipmo.to_dict(pf)) == pf


def _first_in_progress(data: Path, key: str) -> date:
    """By hand: the first change of status into one of the category in progress."""
    folder = data / "08_agile" / "jira_rest_sample"
    categories = {s["id"]: s["statusCategory"]["key"] for s in json.loads((folder / "sample_statuses.json").read_text())}
    log = json.loads((folder / "sample_issues" / f"{key}.json").read_text())["changelog"]["histories"]
    moves = [(h["created"], i["to"]) for h in log for i in h["items"] if i["field"] == "status"]
    return date.fromisoformat(min(when for when, to in moves if categories.get(to) == "indeterminate")[:10])
