"""What the agile adapter refuses, in the words that a user reads, and at the edge from which it does; every field of an export."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import ipmo
from ipmo import Span
from ipmo.model import FrozenMap
from ipmo.units import as_rate
from ipmo_agile import AgileFields, AgileForecast, Guardrails, Inputs, Iteration, Scope, Team, WorkItem, parse_forecast

DAY, NEXT = date(2026, 1, 5), date(2026, 1, 6)


def iteration(**more: Any) -> Iteration:
    return Iteration(**{"id": "i1", "team": "red", "start": DAY, "finish": DAY, **more})


def forecast(**more: Any) -> AgileForecast:
    return AgileForecast(**{"remaining_items": 10, "throughput": (1, 2), "per": Span(1, "w"), **more})


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: iteration(start=NEXT), "iteration 'i1' ends on 2026-01-05, before it starts on 2026-01-06"),
        (lambda: WorkItem(id="a", started=NEXT, finished=DAY), "item 'a' is finished on 2026-01-05, before it starts on 2026-01-06"),
        (lambda: Scope(initial=0, current=1), "a scope base needs an initial and a current scope above 0, and nothing negative done"),
        (lambda: Scope(initial=1, current=0), "a scope base needs an initial and a current scope above 0, and nothing negative done"),
        (
            lambda: Scope(initial=1, current=1, done=-0.5),
            "a scope base needs an initial and a current scope above 0, and nothing negative done",
        ),
        (lambda: Scope(initial=1, current=2, done=2.5, unit="points"), "2.5 points are done of 2"),
        (lambda: Inputs(value=-1, urgency=0, risk=0, size=1), "wsjf: no score is negative, and the size is above 0"),
        (lambda: Inputs(value=0, urgency=-1, risk=0, size=1), "wsjf: no score is negative, and the size is above 0"),
        (lambda: Inputs(value=0, urgency=0, risk=-1, size=1), "wsjf: no score is negative, and the size is above 0"),
        (lambda: Inputs(value=0, urgency=0, risk=0, size=0), "wsjf: no score is negative, and the size is above 0"),
        (lambda: Guardrails(horizons=FrozenMap({"h1": 0.5, "h2": 0.25})), "horizons: the shares sum to 0.75, not to 100 %"),
        (lambda: Guardrails(work=FrozenMap({"new": 1.25})), "work: the shares sum to 1.25, not to 100 %"),
        (lambda: AgileFields(teams=(Team(id="a"), Team(id="b"), Team(id="b"))), "team 'b' is given twice"),
        (lambda: AgileFields(iterations=(iteration(), iteration())), "iteration 'i1' is given twice"),
        (lambda: AgileFields(backlog=(WorkItem(id="x"), WorkItem(id="y"), WorkItem(id="y"))), "item 'y' is given twice"),
        (
            lambda: AgileFields(cost_of_delay=as_rate("5 GBP/pd")),
            "a cost of delay is money per d, w, month, year; 5 GBP per pd is not",
        ),
        (lambda: forecast(remaining_items=-1), "a throughput forecast needs at least one period and no negative numbers"),
        (lambda: forecast(throughput=()), "a throughput forecast needs at least one period and no negative numbers"),
        (lambda: forecast(throughput=(1, -1)), "a throughput forecast needs at least one period and no negative numbers"),
        (lambda: forecast(split=0.99), "split is at least 1: items do not merge"),
        (lambda: forecast(growth=-0.01), "growth is at least 0: write 0.2 for a fifth more"),
        (lambda: forecast(remaining_items=50_001), "50,001 items are more than a forecast takes (50,000)"),
        (lambda: forecast(remaining_items=25_001, split=2), "50,002 items are more than a forecast takes (50,000)"),
        (lambda: forecast(growth=True), "True is no number; write for example 1.2"),
        (lambda: forecast().how_many(3, 0.0), "0.0 is no share; write 0.85 for P85"),
        (lambda: forecast().how_many(0, 1.5), "1.5 is no share; write 0.85 for P85"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_write(make: Callable[[], object], said: str) -> None:
    with pytest.raises(ipmo.UnitError) as caught:
        make()
    assert str(caught.value) == said


def test_what_lies_at_the_edge_is_taken() -> None:
    assert iteration().finish == DAY
    assert WorkItem(id="a", started=DAY, finished=DAY).finished == DAY
    assert Scope(initial=1, current=2, done=2, base="initial").share == 1.0
    assert Scope(initial=4, current=8, done=2, base="current").share == 0.25
    assert Scope(initial=4, current=8, done=2).share is None
    assert Inputs(value=0, urgency=0, risk=0, size=0.5).size == 0.5
    assert Guardrails(horizons=FrozenMap({"h1": 0.1, "h2": 0.2, "h3": 0.7})).within == 0.05
    assert AgileFields(cost_of_delay=as_rate("5 GBP/w")).earned_share is None
    assert forecast(split=1, growth=0).central() == Span(7, "w")
    assert forecast(remaining_items=50_000, throughput=(50_000,)).central() == Span(1, "w")
    assert forecast(throughput=[1, 2]).throughput == (1, 2)
    assert (forecast().how_many(0, 1.0), forecast().how_many(-1, 0.5), forecast().how_many(3, 1.0)) == (0, 0, 3)


DATA: dict[str, Any] = {"remaining_items": "4", "throughput": [1], "per": "1 w"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ([], "an agile estimate needs remaining_items, throughput and per"),
        (
            {**DATA, "speed": 1},
            "an agile estimate has no field 'speed'; it has counted_on, growth, per, remaining_items, split, throughput",
        ),
        ({**DATA, "throughput": "1"}, "throughput must be a list of whole numbers, one a period"),
        ({**DATA, "throughput": [1.5]}, "'1.5' is not a whole number of items, 0 or more"),
        ({**DATA, "remaining_items": "1000000000"}, "'1000000000' is not a whole number of items, 0 or more"),
        ({**DATA, "remaining_items": "x" * 50}, f"'{'x' * 40}' is not a whole number of items, 0 or more"),
        ({**DATA, "counted_on": "yesterday"}, "'yesterday' is not a date; write YYYY-MM-DD"),
        ({**DATA, "split": "many"}, "split: 'many' is no number; write for example 1.2 or {low: 1, likely: 1.2, high: 1.5}"),
        ({**DATA, "growth": True}, "growth: True is no number; write for example 1.2 or {low: 1, likely: 1.2, high: 1.5}"),
        ({**DATA, "per": "0 w"}, "'0 w' is not the length of a period; write for example 1 w"),
    ],
)
def test_an_estimate_that_a_file_states_wrong_is_refused_with_what_to_write(data: Any, said: str) -> None:
    with pytest.raises(ipmo.IpmoError) as caught:
        parse_forecast(data)
    assert str(caught.value) == said


def test_an_estimate_is_read_field_by_field() -> None:
    read = parse_forecast({**DATA, "throughput": ["3", 0], "counted_on": "2026-01-30", "split": 1.5, "growth": 0.25})
    assert (read.remaining_items, read.throughput, read.per, read.counted_on) == (4, (3, 0), Span(1, "w"), date(2026, 1, 30))
    assert (read.split.central(), read.growth.central()) == (1.5, 0.25)
    assert read.plain() == {
        "remaining_items": 4, "throughput": [3, 0], "per": "1 w", "counted_on": "2026-01-30", "split": 1.5, "growth": 0.25,
    }  # fmt: skip
    assert parse_forecast({**DATA, "remaining_items": 0}).plain() == {
        "remaining_items": 0, "throughput": [1], "per": "1 w",
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------ Jira


def issue(key: str, **fields: Any) -> dict[str, Any]:
    return {"key": key, "fields": fields}


def categorised(key: str) -> dict[str, Any]:
    return {"id": "9", "statusCategory": {"key": key}}


def read_items(path: Path, content: object) -> dict[str, WorkItem]:
    path.write_text(json.dumps(content), encoding="utf-8")
    pf = ipmo.read(path, format="jira")
    return {one.id: one for p in pf.projects for t in p.tasks for one in t.extensions["agile"].backlog}


def test_every_field_of_an_issue_is_read(tmp_path: Path) -> None:
    found = read_items(
        tmp_path / "x.json",
        {
            "issues": [
                {
                    **issue(
                        "AB-1",
                        summary="Sell tickets",
                        issuetype={"name": "Story"},
                        parent={"key": "AB-9"},
                        project={"key": "AB", "name": "Tickets"},
                        created="2026-01-02T10:00:00.000+0000",
                        updated="2026-02-20T10:00:00.000+0000",
                        status=categorised("done"),
                    ),
                    "changelog": {
                        "histories": [
                            {"created": "2026-01-12T09:00:00.000+0000", "items": [{"field": "status", "to": "7", "toString": "Doing"}]},
                            {"created": "2026-01-09T09:00:00.000+0000", "items": [{"field": "status", "to": "1", "toString": "To Do"}]},
                            {"created": "2026-01-30T09:00:00.000+0000", "items": [{"field": "status", "to": "9", "toString": "Shipped"}]},
                            {"created": "2026-02-02T09:00:00.000+0000", "items": [{"field": "rank", "to": "9", "toString": "Done"}]},
                        ]
                    },
                },
                issue("AB-2", created="2026-01-03", status=categorised("indeterminate"), statuscategorychangedate="2026-01-20"),
                issue("AB-3", created="2026-01-04", status=categorised("indeterminate")),
                issue("AB-4", created="2026-01-05", resolutiondate="2026-01-25"),
                issue("AB-5", created="2026-01-06", status=categorised("new"), resolutiondate="2026-01-25"),
                issue("AB-6", updated="2026-01-28", status=categorised("done")),
                issue("CD_E-7", project={"key": "no key"}),
                issue("CD_E-8", project={"key": "ZZ"}),
            ]
        },
    )
    assert found["AB-1"] == WorkItem(
        id="AB-1",
        name="Sell tickets",
        kind="Story",
        epic="AB-9",
        created=date(2026, 1, 2),
        started=date(2026, 1, 12),
        finished=date(2026, 1, 30),
    )
    assert (found["AB-2"].started, found["AB-2"].finished) == (date(2026, 1, 20), None)
    assert (found["AB-3"].started, found["AB-3"].finished) == (date(2026, 1, 4), None)
    assert (found["AB-4"].started, found["AB-4"].finished) == (None, date(2026, 1, 25))
    assert (found["AB-5"].started, found["AB-5"].finished) == (None, None)
    assert found["AB-6"].finished == date(2026, 1, 28)
    pf = ipmo.read(tmp_path / "x.json", format="jira")
    assert [(p.id, p.name, p.state, p.methodology) for p in pf.projects] == [
        ("AB", "Tickets", "active", "agile"), ("CD_E", "", "active", "agile"), ("ZZ", "", "active", "agile"),
    ]  # fmt: skip
    assert (pf.id, pf.start, pf.status_date) == ("x", date(2026, 1, 4), date(2026, 2, 20))


def test_a_list_of_statuses_says_which_category_a_status_is_of(tmp_path: Path) -> None:
    moved = {
        **issue("AB-1", status={"id": "9"}, resolutiondate="2026-01-30"),
        "changelog": {
            "histories": [
                {"created": "2026-01-12", "items": [{"field": "status", "to": "5", "toString": "Resolved"}]},
                {"created": "2026-01-20", "items": [{"field": "status", "to": "6", "toString": "Whatever"}]},
            ]
        },
    }
    statuses = [{"id": "5", "statusCategory": {"key": "indeterminate"}}, {"id": "6", "statusCategory": {"key": "done"}}]
    (one,) = read_items(tmp_path / "x.json", [*statuses, moved]).values()
    assert (one.started, one.finished) == (date(2026, 1, 12), date(2026, 1, 20))
    (plain,) = read_items(tmp_path / "y.json", [moved]).values()
    assert (plain.started, plain.finished) == (date(2026, 1, 20), date(2026, 1, 30)), (
        "resolved on the 12th, taken up again, resolved on the 30th"
    )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.json", '{"issues": []}', "there are no issues in it"),
        ("x.json", "{", "no JSON: Expecting property name enclosed in double quotes"),
        ("x.json", '[{"key": "ab-1", "fields": {}}]', "'ab-1' is no issue key"),
        ("x.json", '[{"key": "A-1", "fields": {}}, {"key": "A-1", "fields": {}}]', "issue A-1 is there twice; the first is in"),
        ("x.json", '[{"key": "A-1", "fields": {"created": "soon"}}]', "A-1: 'soon' is not a date as Jira writes it"),
        ("x.json", '[{"key": "A-1", "fields": {"created": "1969-12-31"}}]', "A-1: 1969-12-31 lies outside the years 1970 to 2199"),
        ("x.json", '[{"key": "A-1", "fields": {"created": "2200-01-01"}}]', "A-1: 2200-01-01 lies outside the years 1970 to 2199"),
        ("x.csv", "Key,Summary\nA-1,x\n", "there is no column 'Issue key'"),
        ("x.csv", "Issue key,Summary\na-1,x\n", "'a-1' is no issue key"),
        ("x.csv", "Issue key,Summary\nA-1,x\nA-1,y\n", "issue A-1 is there twice; the first is in line 2"),
        ("x.csv", "Issue key,Created\nA-1,soon\n", "A-1: 'soon' is not a date as Jira writes it, for example 12/Jan/26 3:04 PM"),
        ("x.csv", "Issue key,Story points\nA-1,many\n", "A-1: 'many' is no number of points"),
        ("x.csv", "Issue key,Story points\nA-1,inf\n", "A-1: 'inf' is no number of points"),
        ("x.csv", "Issue key\n", "there are no issues in it"),
    ],
)
def test_an_export_that_cannot_be_read_says_where_and_why(tmp_path: Path, name: str, content: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ipmo.FileError) as caught:
        ipmo.read(path, format="jira" if name.endswith("json") else "jira-csv")
    assert said in str(caught.value)
    assert name in str(caught.value)


def test_a_sheet_in_another_encoding_is_read_when_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("Issue key;Summary;Summary;Story points;Project key;Project name\nA-1;;Züge;2,5;BB;Bahn\n".encode("latin-1"))
    with pytest.raises(ipmo.FileError, match=r"cannot be read as UTF-8: .*; name its encoding, for example latin-1"):
        ipmo.read(path, format="jira-csv")
    pf = ipmo.read(path, format="jira-csv", encoding="latin-1")
    (project,) = pf.projects
    (item,) = project.tasks[0].extensions["agile"].backlog
    assert (project.id, project.name, item.name, item.points) == ("BB", "Bahn", "Züge", 2.5)


def test_every_column_of_a_sheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "Issue key,Issue Type,Summary,Parent key,Status Category,Created,Resolved,Updated,Actual start\n"
        "A-1,Bug,Fix it,A-9,Done,05/Jan/26 3:04 PM,,20/Jan/26 9:00 AM,06/Jan/26 9:00 AM\n"
        "A-2,,,,Done,2026-01-05,2026-01-12,2026-01-20,2026-01-13\n"
        "A-3,,,,To Do,2026-01-05,,2026-01-21,\n",
        encoding="utf-8",
    )
    pf = ipmo.read(path, format="jira-csv")
    one, two, three = pf.projects[0].tasks[0].extensions["agile"].backlog
    assert one == WorkItem(
        id="A-1", name="Fix it", kind="Bug", epic="A-9", created=date(2026, 1, 5), started=date(2026, 1, 6), finished=date(2026, 1, 20)
    )
    assert (two.started, two.finished) == (date(2026, 1, 12), date(2026, 1, 12)), "it is not finished before it starts"
    assert (three.started, three.finished) == (None, None)
    assert (pf.status_date, pf.start) == (date(2026, 1, 21), date(2026, 1, 6))
