"""A decision whose date has passed says so everywhere; broken hand-overs stand before what waits for a decision."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

import ipmo
from ipmo.cli import main
from ipmo.model import Portfolio
from ipmo.reporting.answers import Answers
from ipmo.reporting.html import render
from ipmo.reporting.questions import questions


def plan(status_date: str = "2026-03-10", **link: str) -> dict[str, Any]:
    """A decision needed by 1 March, a gate by 20 March that waits for 140 days from January, a decision that blocks 20 days to 20 March."""
    gate = {"id": "G", "after": "a", "body": "board", "need_by": "2026-03-20"}
    header = {"id": "late", "start": "2026-01-01", "status_date": status_date, "calendar": "continuous", "money": {"currency": "GBP"}}
    return {
        "ipmo": 1,
        "portfolio": header,
        "organisation": {"bodies": [{"id": "board"}]},
        "projects": [
            {"id": "p", "state": "active", "tasks": [{"id": "a", "duration": "140 d"}], "gates": [gate]},
            {"id": "q", "state": "active", "tasks": [{"id": "k", "duration": "20 d", "deadline": "2026-03-20"}]},
        ],
        "decisions": [
            {"id": "D", "question": "Which way", "body": "board", "item": "p", "need_by": "2026-03-01"},
            {"id": "E", "question": "Go on", "body": "board", "item": "q", "blocks": ["q/k"]},
            {"id": "F", "question": "Later", "body": "board", "item": "q", "need_by": "2026-03-10"},
        ],
        "links": [{"id": "L", "from": "p/a", "to": "q/k", **link}] if link else [],
    }


def made(**options: str) -> Portfolio:
    return ipmo.from_dict(plan(**options))


def test_what_was_to_be_decided_before_the_status_date_is_overdue_by_its_days() -> None:
    """D was needed by 1 March, nine days before the 10th; E blocks 20 days that are due on 20 March: by 28 February, ten days. F is due today."""
    queue = ipmo.decisions_due(made())
    assert {row.item: row.overdue for row in queue} == {"D": 9, "E": 10, "F": 0, "p/G": 0}
    table = queue.table()
    assert dict(zip(table["item"], table["overdue"], strict=True)) == {"D": 9, "E": 10, "F": 0, "p/G": 0}
    assert queue["D"].reason.startswith("overdue since 2026-03-01, 9 days: ")
    assert queue["E"].reason.startswith("overdue since 2026-02-28, 10 days: ")
    assert "overdue" not in queue["F"].reason + queue["p/G"].reason
    assert repr(queue) == "<DecisionQueue: 4 decisions due, 2 too late for a commitment, 2 overdue>"


@pytest.mark.parametrize(
    ("day", "overdue"), [("2026-02-28", 0), ("2026-03-01", 0), ("2026-03-02", 1), ("2026-03-02T17:00", 1), ("2026-03-01T17:00", 0)]
)
def test_a_day_is_over_when_the_next_one_begins(day: str, overdue: int) -> None:
    assert ipmo.decisions_due(made(status_date=day))["D"].overdue == overdue


def test_without_a_status_date_nothing_is_overdue() -> None:
    data = plan()
    del data["portfolio"]["status_date"]
    assert {row.overdue for row in ipmo.decisions_due(ipmo.from_dict(data))} == {0}


def test_the_command_line_and_the_report_say_so(tmp_path: Any) -> None:
    pf = made()
    path = tmp_path / "late.yaml"
    ipmo.write(pf, path)
    said = CliRunner().invoke(main, ["decisions", str(path)]).output
    assert "overdue since 2026-03-01, 9 days" in said
    assert "overdue since 2026-02-28, 10 days" in said
    text = render(pf, ipmo.check(pf))
    assert "2 are overdue: the day by which they were to be decided lies before the status date." in text
    decide = next(one for one in questions(Answers(pf, ipmo.check(pf), None)) if one.id == "decide")
    assert [line.kind for line in decide.lines] == ["bad", "bad", "bad", ""]
    assert any("needed by 2026-03-01, 9 days ago" in line.text for line in decide.lines)
    assert any("overdue since 2026-02-28" in line.text for line in decide.lines)


@pytest.mark.parametrize(("link", "first"), [({"promised": "2026-04-01"}, "kept"), ({"needed": "2026-12-01"}, "decide"), ({}, "decide")])
def test_a_broken_hand_over_stands_first_in_the_report_whatever_waits(link: dict[str, str], first: str) -> None:
    """p/a ends long after 1 April: promised by then it is broken; needed by December, and without a date, it is not."""
    found = questions(Answers(pf := made(**link), ipmo.check(pf), None))
    assert found[0].id == first
    if first == "kept":
        assert found[0].lines[0].label == "p/a"
        assert "hands over" in found[0].lines[0].text
