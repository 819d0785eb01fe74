"""What a tracker's history says was delivered: each life worked out by hand, files of both editions, and the order of days and months."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.model import Portfolio
from ipmo.plugin import FileError, UnitError
from ipmo_agile.dates import day_of, order_of
from ipmo_agile.history import throughput
from ipmo_agile.jira import read_jira
from ipmo_agile.lifecycle import Category, Life, Move, category_of, is_delivered, lived

STATES: dict[str, Category] = {"n": "new", "p": "indeterminate", "d": "done"}


def life(path: str, now: str = "", **more: Any) -> Life:
    """The life of an item that came into these categories on the 1st, 2nd, 3rd ... of January; made on 1 December."""
    moves = [Move(datetime(2026, 1, n, 9, tzinfo=UTC), STATES[a], STATES[b]) for n, (a, b) in enumerate(itertools.pairwise(path), 1)]
    known = {"created": date(2025, 12, 1), "resolved": None, "changed": None, "updated": date(2026, 3, 1), **more}
    return lived(reversed(moves), STATES[now or path[-1]], **known)


def january(day: int) -> date:
    return date(2026, 1, day)


@pytest.mark.parametrize(
    ("path", "started", "finished"),
    [
        ("npd", 1, 2),
        ("nppd", 1, 3),  # a move inside progress begins nothing
        ("npddd", 1, 2),  # resolved, then closed: delivered when it was resolved
        ("nd", None, 1),
        ("npdpd", 1, 4),  # reopened into progress: delivered the second time, begun the first
        ("npnpd", 3, 4),  # back to what is not begun: begun anew
        ("npdnpd", 4, 5),
        ("npdndd", None, 4),
        ("np", 1, None),
        ("npdp", 1, None),  # reopened is open
        ("npn", None, None),  # waits again, is no work in progress
        ("npdn", None, None),
    ],
)
def test_the_life_of_an_item_by_its_moves(path: str, started: int | None, finished: int | None) -> None:
    begun, ended = (None if day is None else january(day) for day in (started, finished))
    for resolved in (None, january(28)):  # the day of a resolution says less than the moves
        assert life(path, resolved=resolved) == Life(started=begun, finished=ended)
    for word in ("Won't Do", "Duplicate"):
        assert life(path, resolution=word) == Life(started=begun, dropped=ended)
    assert life(path, status="Cancelled").finished is None


def test_an_item_made_in_progress_began_when_it_was_made_and_one_without_a_log_by_what_is_stated() -> None:
    assert life("pd") == Life(started=date(2025, 12, 1), finished=january(1))
    assert life("n", now="p", changed=january(9)) == Life(started=january(9))
    assert life("n", now="p") == Life(started=date(2025, 12, 1))
    assert life("n", now="d", resolved=january(7), changed=january(9)) == Life(finished=january(7))
    assert life("n", now="d", changed=january(9)) == Life(finished=january(9))
    assert life("n", now="d") == Life(finished=date(2026, 3, 1))
    assert life("n", resolved=january(7)) == Life(), "an earlier resolution of what waits again"


@pytest.mark.parametrize(
    ("word", "delivered"),
    [
        *(
            (word, True)
            for word in ("Done", "Fixed", "Resolved", "Released", "Erledigt", "Shipped", "Done (no change of code)", "", "Unresolved")
        ),
        *((word, False) for word in ("Won't Do", "Won’t Fix", "WONTFIX", "Duplicate", "Duplicate issue", "Cannot Reproduce", "Incomplete")),
        *(
            (word, False)
            for word in ("Not a Bug", "No longer needed", "Works as designed", "Works for Me", "Cancelled", "Canceled", "Obsolete")
        ),
        *((word, False) for word in ("Declined", "Out of scope", "Wird nicht behoben", "Duplikat", "Doublon", "No se puede reproducir")),
    ],
)
def test_what_was_given_up_is_not_delivered(word: str, delivered: bool) -> None:
    assert is_delivered(word) is delivered


def test_statuses_that_nothing_names() -> None:
    said = {
        "Closed": "done",
        "Done": "done",
        "Cancelled": "done",
        "Won't do": "done",
        "To Do": "new",
        "Not started": "new",
        "Deferred": "indeterminate",
    }
    assert {name: category_of(name) for name in said} == said


# ------------------------------------------------------------------------------------------------ days


@pytest.mark.parametrize(
    "text",
    [
        *(
            "12/Jan/26 3:04 PM",
            "12/Jan/2026 15:04",
            "12/Jan/26",
            "12 Jan 2026",
            "Jan 12, 2026 3:04 PM",
            "12. Januar 2026",
            "12/janv./26 15:04",
            "12/ene/26",
        ),
        *("2026-01-12", "2026-01-12 15:04", "2026-01-12T15:04:05.000+0100", "2026-01-12T15:04:05Z", "2026/01/12 15:04"),
        *("12/01/2026 15:04", "12.01.2026 15:04", "12.1.26", "12-01-2026"),
    ],
)
def test_days_as_trackers_write_them(text: str) -> None:
    assert day_of(text) == date(2026, 1, 12)


@pytest.mark.parametrize("text", ["soon", "31/02/2026", "13/13/2026", "12/Foo/26", "1.2/2026", "12/01/026", "0000-01-01"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(UnitError):
        day_of(text)


@given(st.dates(date(1970, 1, 1), date(2068, 12, 31)), st.sampled_from("/-"))
def test_a_day_reads_back_in_both_orders(day: date, mark: str) -> None:
    for year in (f"{day.year}", f"{day.year % 100:02d}"):
        if year[:2] == "19" or len(year) == 4 or day.year >= 1970:
            assert day_of(f"{day.day}{mark}{day.month:02d}{mark}{year}") == day
            assert day_of(f"{day.month}{mark}{day.day:02d}{mark}{year} 3:04 AM", "month first") == day


@pytest.mark.parametrize(
    ("rows", "order", "doubtful"),
    [
        ([["01/02/2026 9:00", "31/01/2026 9:00"]], "day first", ""),
        ([["01/31/2026 9:00 AM"], ["01/02/2026 9:00 AM"]], "month first", ""),
        ([["02.01.2026"]], "day first", ""),
        ([["03/01/2026", "02/02/2026"]], "day first", ""),  # 3 January before 2 February; else 1 March after 2 February
        ([["02/03/2026", "01/04/2026"]], "day first", ""),
        ([["01/03/2026", "02/02/2026"]], "month first", ""),
        ([["01/02/2026 9:00 AM"]], "month first", "01/02/2026 9:00 AM"),
        ([["01/02/2026 09:00"]], "day first", "01/02/2026 09:00"),
        ([["01/01/2026"], [""], ["12/Jan/26"]], "day first", ""),
    ],
)
def test_the_order_of_day_and_month_is_found_for_a_whole_file(rows: list[list[str]], order: str, doubtful: str) -> None:
    assert order_of(rows) == (order, doubtful)


# ------------------------------------------------------------------------------------------------ files


HEAD = "Issue key,Summary,Issue Type,Status,Status Category,Created,Updated,Resolved,Resolution"
ROWS = [
    ("AB-1", "Done", "Done", "05", "07", "07", "Done"),
    ("AB-2", "Closed", "Done", "05", "14", "14", "Won't Do"),
    ("AB-3", "Closed", "Done", "05", "15", "15", "Duplicate"),
    ("AB-4", "Done", "Done", "05", "21", "21", "Done"),
    ("AB-5", "Done", "Done", "05", "28", "28", "Shipped"),
    ("AB-6", "To Do", "To Do", "05", "28", "", ""),
    ("AB-7", "In Progress", "In Progress", "05", "28", "20", ""),  # reopened: the day of its resolution has stayed
]
WRITTEN = {
    "cloud": lambda day: f"{day}/Jan/26 9:00 AM",
    "data center": lambda day: f"{day}/Jan/26 09:00",
    "german": lambda day: f"{day}.01.26 09:00",
    "european": lambda day: f"{day}/01/2026 09:00",
    "american": lambda day: f"01/{day}/2026 9:00 AM",
    "iso": lambda day: f"2026-01-{day} 09:00",
}


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("separator", [",", ";"])
def test_an_export_counts_what_was_delivered_whatever_its_dates_look_like(how: str, separator: str, tmp_path: Path) -> None:
    lines = [HEAD.replace(",", separator)]
    for key, status, category, *days, resolution in ROWS:
        lines.append(separator.join([key, "x", "Story", status, category, *(WRITTEN[how](day) if day else "" for day in days), resolution]))
    (tmp_path / "export.csv").write_text("\n".join(lines), encoding="utf-8")
    pf = ipmo.read(tmp_path / "export.csv")
    items = {item.id: item for item in pf["AB/backlog"].extensions["agile"].backlog}
    assert {one: items[one].finished for one in items} == {
        **dict.fromkeys(items),
        "AB-1": january(7),
        "AB-4": january(21),
        "AB-5": january(28),
    }
    assert {one: items[one].dropped for one in items if items[one].dropped} == {"AB-2": january(14), "AB-3": january(15)}
    assert [one for one in items if items[one].started and not items[one].finished and not items[one].dropped] == ["AB-7"]
    found = [one for one in ipmo.check(pf) if one.code.startswith("jira/")]
    assert [one.message for one in found if one.code == "jira/resolution"] == [
        "1 issue counts as delivered by a resolution of your own: 'Shipped' (1)"
    ]
    assert ["AB-7" in one.message for one in found if one.code != "jira/resolution"] == [True], "who says when it was begun"
    weekly = throughput([item.finished for item in items.values() if item.finished], start=january(8), end=january(29))
    assert weekly == (0, 1, 1)


def test_an_order_that_nothing_says_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("Issue key,Status Category,Created,Resolved\nA-1,Done,01/02/2026 09:00,01/02/2026 09:00\n")
    pf = ipmo.read(tmp_path / "x.csv")
    (item,) = pf["A/backlog"].extensions["agile"].backlog
    assert item.finished == date(2026, 2, 1)
    assert [one.code for one in pf.source.findings] == ["jira/date-order"]
    with pytest.raises(FileError, match="may be read in two ways"):
        ipmo.read(tmp_path / "x.csv", strict=True)


def issue(
    key: str, status: str, category: str | None, log: list[tuple[str, str, str]], resolution: str | None = None, **more: Any
) -> dict[str, Any]:
    """An issue of the REST interface; the log has (instant, name of the status left, name of that come into)."""
    ids = {"To Do": "1", "In Progress": "3", "Resolved": "5", "Closed": "6"}
    histories = [
        {"created": when, "items": [{"field": "status", "from": ids[a], "fromString": a, "to": ids[b], "toString": b}, {"field": "labels"}]}
        for when, a, b in log
    ]
    state: dict[str, Any] = {"id": ids[status], "name": status}
    if category:
        state["statusCategory"] = {"key": category}
    fields = {
        "summary": {"type": "doc", "version": 1, "content": []} if more.pop("adf", False) else "s",
        "status": state,
        "created": "2026-01-01T08:00:00.000+0000",
    }
    fields |= {"updated": "2026-02-01T08:00:00.000+0000", "resolution": {"name": resolution} if resolution else None, **more}
    return {"key": key, "fields": fields, "changelog": {"histories": histories}}


def test_issues_of_the_rest_interface_with_change_logs(tmp_path: Path) -> None:
    begun, solved, closed = ("2026-01-05T09:00:00.000+0000", "To Do", "In Progress"), ("2026-01-09T23:30:00.000-0500", "In Progress", "Resolved"), (
        "2026-01-20T09:00:00.000+0000", "Resolved", "Closed")  # fmt: skip
    again = ("2026-01-21T09:00:00.000+0000", "Closed", "To Do")
    issues = [
        issue("A-1", "Closed", "done", [closed, begun, solved], "Done", resolutiondate="2026-01-20T09:00:00.000+0000"),
        issue("A-2", "Closed", "done", [begun, solved, closed], "Won't Do"),
        issue("A-3", "To Do", "new", [begun, solved, closed, again], resolutiondate="2026-01-20T09:00:00.000+0000"),
        issue("A-4", "Closed", None, [begun, solved, closed]),
    ]
    (tmp_path / "x.json").write_text(json.dumps({"startAt": 0, "issues": issues}))
    rows = ipmo.read(tmp_path / "x.json")["A/backlog"].extensions["agile"].backlog
    assert [(row.id, row.started, row.finished, row.dropped) for row in rows] == [
        ("A-1", january(5), january(9), None),
        ("A-2", january(5), None, january(9)),
        ("A-3", None, None, None),
        ("A-4", january(5), january(9), None),
    ]


@pytest.mark.parametrize("path", ["npd", "npdn", "pdpd", "npnpd", "npdp"])
def test_moves_of_one_instant_follow_each_other_whichever_a_log_tells_first(path: str) -> None:
    moves = [Move(datetime(2026, 1, 5, 9, tzinfo=UTC), STATES[a], STATES[b]) for a, b in itertools.pairwise(path)]
    known = {"created": date(2025, 12, 1), "resolved": None, "changed": None, "updated": None}
    there, back = (lived(told, STATES[path[-1]], **known) for told in (moves, moves[::-1]))
    assert there == back
    assert (there.finished == january(5)) == (path[-1] == "d")
    later = Move(datetime(2026, 1, 9, 9, tzinfo=UTC), STATES[path[-1]], "done")
    assert lived([*moves, later], "done", **known) == lived([later, *moves[::-1]], "done", **known)


def raw_issue(**fields: Any) -> str:
    usual = {"status": {"name": "Done"}, "created": "2026-01-01", "updated": "2026-02-01", "summary": "s", **fields}
    return json.dumps({"issues": [{"key": "A-1", "fields": usual, "changelog": usual.pop("changelog", {})}]})


def changed(when: object) -> dict[str, Any]:
    return {"histories": [{"created": when, "items": [{"field": "status", "fromString": "To Do", "toString": "Done"}]}]}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (raw_issue(changelog=changed(10**30)), "A-1: 1000000000000000000000000000000 is no instant of a change"),
        (raw_issue(changelog=changed(-(10**18))), "A-1: -1000000000000000000 is no instant of a change"),
        (raw_issue(summary="a\0b"), "A-1: 'a.x00b' holds a NUL character or half a character"),
        (raw_issue(issuetype={"name": "\ud800"}), "A-1: '.ud800' holds a NUL character or half a character"),
        (raw_issue(summary=0).replace('"summary": 0', f'"summary": {"9" * 5000}'), "a number in it has too many digits"),
    ],
    ids=["far", "long ago", "NUL", "half a character", "digits"],
)
def test_the_worst_that_a_tracker_may_hold_is_refused_with_its_issue(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=says):
        ipmo.read(tmp_path / "a.json", format="jira")


@pytest.mark.parametrize("points", ["1e300", "1_000", "٣", "1e400"])
def test_points_that_are_no_number_are_refused_with_their_line(points: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"Issue key,Story Points\nA-1,{points}\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"a\.csv:2: A-1: .* is no number of points"):
        ipmo.read(tmp_path / "a.csv")


def test_names_of_files_and_keys_that_ids_may_not_hold(tmp_path: Path) -> None:
    (tmp_path / "a@b  c.csv").write_text("Issue key,Created,Project key\nA-1,2026-01-05,x/y\n", encoding="utf-8")
    pf = ipmo.read(tmp_path / "a@b  c.csv")
    assert (pf.id, [project.id for project in pf.projects]) == ("a b c", ["A"])
    (tmp_path / "long.csv").write_text(f"Issue key,Created\n{'A' * 300}-1,2026-01-05\n", encoding="utf-8")
    with pytest.raises(FileError, match=r"long\.csv: .*is not an id"):
        ipmo.read(tmp_path / "long.csv")


@pytest.mark.parametrize("encoding", ["undefined", "a\0b", "hex"])
def test_an_encoding_that_reads_no_text_is_refused(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Issue key\nA-1\n", encoding="utf-8")
    with pytest.raises(FileError, match="name its encoding"):
        ipmo.read(tmp_path / "a.csv", encoding=encoding)


def entry(number: int, **log: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": f"WEB-{number}",
        "fields": {"summary": "S", "status": {"name": "Done", "statusCategory": {"key": "done"}}},
    }
    return found | ({"changelog": log} if log else {})


def said(pf: Portfolio) -> list[str]:
    return [one.message for one in pf.source.findings if one.code == "jira/incomplete"] if pf.source else []


def test_a_page_of_a_search_is_not_taken_for_all_of_it(tmp_path: Path) -> None:
    page = {"startAt": 0, "maxResults": 2, "total": 5000, "issues": [entry(1), entry(2)]}
    path = tmp_path / "x.json"
    path.write_text(json.dumps(page), encoding="utf-8")
    assert said(read_jira(path, "x.json")) == [
        "it holds 2 issues of 5,000: pages of the search are missing, and what is said of the backlog leaves them out"
    ]
    path.write_text(json.dumps({"isLast": False, "nextPageToken": "t", "issues": [entry(1)]}), encoding="utf-8")
    assert said(read_jira(path, "x.json")) == [
        "it holds 1 issue: pages of the search are missing, and what is said of the backlog leaves them out"
    ]


def test_all_pages_in_a_folder_are_the_whole_search(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text(json.dumps({"total": 3, "issues": [entry(1), entry(2)]}), encoding="utf-8")
    (tmp_path / "2.json").write_text(json.dumps({"total": 3, "issues": [entry(3)]}), encoding="utf-8")
    assert said(read_jira(tmp_path, "d")) == []
    (tmp_path / "1.json").write_text(json.dumps({"isLast": False, "issues": [entry(1), entry(2)]}), encoding="utf-8")
    (tmp_path / "2.json").write_text(json.dumps({"isLast": True, "issues": [entry(3)]}), encoding="utf-8")
    assert said(read_jira(tmp_path, "d")) == []


def test_change_logs_that_were_cut_off_are_counted(tmp_path: Path) -> None:
    move = {"created": "2026-01-06T09:00:00.000+0000", "items": [{"field": "status", "fromString": "To Do", "toString": "Done"}]}
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"issues": [entry(1, total=200, histories=[move]), entry(2, total=1, histories=[move])]}), encoding="utf-8")
    assert said(read_jira(path, "x.json")) == [
        "the change log of 1 issue is not whole (WEB-1): when their work began and ended may be wrong"
    ]


def test_issues_without_fields_are_counted_or_named(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"issues": [entry(1), {"key": "WEB-2"}, {"fields": {}}]}), encoding="utf-8")
    assert said(read_jira(path, "x.json")) == ["2 issues without a key or without fields are left out"]
    path.write_text(json.dumps({"issues": [{"key": "WEB-2"}]}), encoding="utf-8")
    with pytest.raises(FileError, match="no issue in it has a key and fields; ask Jira for fields"):
        read_jira(path, "x.json")


GREENHOPPER = "com.atlassian.greenhopper.service.sprint.Sprint@1f[id={n},rapidViewId=2,state={state},name={name},startDate=2026-01-05T08:00:00.000Z,goal=x, y]"


@pytest.mark.parametrize(
    ("fields", "sprint"),
    [
        ({"customfield_10020": [{"id": n, "name": f"S{n}", "state": "closed", "boardId": 1} for n in (1, 2)]}, "S2"),
        ({"customfield_10020": [{"id": n, "name": f"S{n}", "state": s, "boardId": 1} for n, s in ((2, "active"), (1, "closed"))]}, "S2"),
        ({"customfield_7": [GREENHOPPER.format(n=n, state=s, name=f"S{n}, b") for n, s in ((3, "ACTIVE"), (4, "FUTURE"))]}, "S3, b"),
        ({"sprint": {"name": "S9", "state": "active"}, "closedSprints": [{"name": "S8"}]}, "S9"),
        ({"sprint": None, "closedSprints": [{"name": "S7"}, {"name": "S8"}]}, "S8"),
        ({"customfield_1": [{"name": "Blue", "id": 3}], "customfield_2": {"name": "high"}, "fixVersions": [{"name": "1.0"}]}, ""),
        ({"customfield_1": [None, 5, "S1"], "customfield_2": "com.atlassian.greenhopper.service.sprint.Sprint@1[id=1]"}, ""),
    ],
)
def test_of_several_sprints_the_active_one_counts_else_the_last(tmp_path: Path, fields: dict[str, Any], sprint: str) -> None:
    issue = {"key": "A-1", "fields": {"created": "2026-01-05T08:00:00.000+0000", "customfield_10016": 3.5, **fields}}
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"issues": [issue], "names": {"customfield_10016": "Story point estimate"}}), "utf-8")
    (item,) = ipmo.read(path)["A/backlog"].extensions["agile"].backlog
    assert (item.iteration, item.points) == (sprint, 3.5)


def test_repeated_columns_of_sprints_say_the_last(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Issue key,Summary,Sprint,Sprint,Sprint,Created\nA-1,x,S1,S2,,2026-01-05\nA-2,y,,,,2026-01-05\nA-3,z,S1,S2,S3,2026-01-05\n", "utf-8"
    )
    assert [item.iteration for item in ipmo.read(path)["A/backlog"].extensions["agile"].backlog] == ["S2", "", "S3"]
    path.write_text(
        "Summary,Key,Sprint,Sprint,Sprint,Story Points,Start date,Due date\nx,A-1,S1,S2,,3,2026-01-05,2026-01-09\ny,A-2,S1,,,3,2026-01-05,2026-01-09\n",
        "utf-8",
    )
    assert not any("iteration" in one for one in ipmo.propose_mapping(path).doubts)
    assert [task.attributes["iteration"] for task in ipmo.read(path).projects[0].tasks] == ["S2", "S1"]


def test_points_that_are_no_number_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        json.dumps({"names": {"customfield_1": "Story Points"}, "issues": [{"key": "A-1", "fields": {"customfield_1": "many"}}]}), "utf-8"
    )
    with pytest.raises(FileError, match="'many' is no number of points"):
        ipmo.read(path)
