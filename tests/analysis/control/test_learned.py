"""What an office learns from its months: the page, with what it says where there is nothing to say."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo.analysis.control.history import History
from ipmo.analysis.control.learned import what_we_learn
from ipmo.errors import ModelError
from ipmo.model import Calendar, Lesson, Portfolio, Project, StatusReport, Task


def month(day: date, done: bool, place: int) -> Portfolio:
    projects = []
    for n, (id, days) in enumerate(
        (("tram", [8, 8, 9, 10, 8, 8]), ("depot", [10, 12, 11, 10, 13, 10]), ("hall", []), ("quay", []), ("lock", []))
    ):
        tasks = []
        for t, took in enumerate(days):
            ended: dict[str, Any] = {"actual_start": date(2025, 7, 1), "actual_finish": date(2025, 6, 30) + timedelta(took)} if done else {}
            tasks.append(Task(id=f"t{t}", duration="14400 min", category="rail", **ended))
        said = [StatusReport(date=day, rag="green")] if id != "depot" else []
        forecast = "7 k GBP" if id == "lock" else f"{place + n + 1} k GBP"
        projects.append(Project(id=id, tasks=tasks, status=said, forecast=forecast))
    lessons = [
        Lesson(id="L1", text="Survey cables first", date="2025-07-01", applied_in=["tram"]),
        Lesson(id="L2", advice="Ask twice", date="2025-11-20"),
        Lesson(id="L3", date="2025-02-01"),
        Lesson(id="L4", text="Hold stock", date="2025-02-01", applied_in=["hall"]),
    ]
    calendars = [Calendar(id="c", week="mon-sun", hours="00:00-24:00")]
    return Portfolio(id="city", name="City works", start="2025-01-06", status_date=day, projects=projects, lessons=lessons, calendar="c",
                     calendars=calendars)  # fmt: skip


def months() -> History:
    return History.of(*(month(date(2025, n, 28), n > 6, n) for n in range(1, 13)))


def test_the_page_says_what_was_learned_and_what_it_rests_on() -> None:
    found = what_we_learn(months())
    assert (found.first_day, found.last_day) == (date(2025, 10, 1), date(2025, 12, 28))
    assert found.ids == (
        "estimates: own-rail-duration", "lessons: L1", "lessons: L2", "lessons: L3", "lessons: L4", "reports: depot", "data: forecast of lock",
    )  # fmt: skip
    page = found.markdown()
    assert page.startswith("# What we learn: City works, 2025-10-01 to 2025-12-28\n\nFrom 12 snapshots, by `ipmo what-we-learn`.")
    assert "* L1 (Survey cables first), used in 1 item: after: actual by estimate -20% against comparable work (95 %: -33% to -10%" in page
    assert "  * nobody drew lots" in page
    assert "* L2 (Ask twice): new this quarter, not used anywhere yet" in page
    assert "* L3: not used anywhere yet" in page
    assert (
        "* L4 (Hold stock), used in 1 item: after: too little finished work to say anything (0 with it and 0 without; at least 5 each)"
        in page
    )
    assert "* depot: has not reported for 12 months" in page
    assert "* forecast of lock has been '7 k GBP' since 2025-01-28" in page
    assert found.explain("lessons: L1").splitlines()[1].strip().startswith("nobody drew lots")
    assert repr(found) == "<Learned from 12 snapshots: 1 of estimates, 4 of lessons, 1 of reports, 1 of data>"
    assert found.table().columns == ("topic", "about", "text", "notes")


def test_where_there_is_nothing_to_say_that_is_said(tmp_path: Path) -> None:
    alone = Portfolio(id="x", start="2025-01-06", status_date="2025-01-31")
    page = what_we_learn(History.of(alone)).markdown()
    assert "2024-11-01 to 2025-01-31" in page
    for line in (
        "Too little work is finished",
        "No lesson was noted.",
        "Everybody who should has reported.",
        "Nothing stands still beyond chance.",
    ):
        assert line in page
    ipmo.snapshot(alone, tmp_path / "one.json")
    assert ipmo.what_we_learn(tmp_path).markdown() == page
    with pytest.raises(ModelError, match="nothing is learned from a history without a snapshot"):
        what_we_learn(History([]))


def test_only_so_many_sentences_stand_under_a_heading() -> None:
    lessons = [Lesson(id=f"L{n}") for n in range(13)]
    page = what_we_learn(History.of(Portfolio(id="x", start="2025-01-06", status_date="2025-01-31", lessons=lessons))).markdown()
    assert "* L9: not used" in page
    assert "* L10" not in page
    assert "* and 3 more" in page
