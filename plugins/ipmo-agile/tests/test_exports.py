"""Exports of trackers: what is refused and where, how a file is known, its dates, words and order."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

import ipmo
from ipmo.model import Portfolio
from ipmo_agile.dates import day_of
from ipmo_agile.jira import sniff_jira
from ipmo_agile.jira_csv import sniff_jira_csv
from ipmo_agile.lifecycle import Move, category_of, gives_up, in_order, is_delivered


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x.json", b'[{"key": "\xff"}]', "not UTF-8 at byte 10"),
        ("x.json", b"[" * 200_000, "nested too deeply"),
        ("x.json", b'{\n "key": }', "x.json:2:9: no JSON: Expecting value"),
        ("x.csv", b'Issue key\n"A-1', ""),
        ("x.csv", b"Issue key\n" + b"A" * 200_000, "no CSV: field larger than field limit"),
    ],
)
def test_an_export_that_is_none_says_where(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    if not words:
        assert ipmo.read(path, format="jira-csv").projects[0].id == "A"
        return
    with pytest.raises(ipmo.FileError) as caught:
        ipmo.read(path, format="jira" if name.endswith("json") else "jira-csv")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("head", "is_jira"),
    [
        (b'{"issues": [{"key": "A-1"}]}', True),
        (b'{"changelog": {}, "key": "A-1"}', True),
        (b'{"fields": {}, "key": "A-1"}', True),
        (b'{"key": "A-1"}', False),
        (b'{"issues": [], "fields": {}, "changelog": {}}', False),
        (b'{"ipmo": 1, "issues": [{"key": "A-1"}]}', False),
    ],
)
def test_an_export_is_known_by_what_it_holds(tmp_path: Path, head: bytes, is_jira: bool) -> None:
    for name, expected in (("x.json", is_jira), ("X.JSON", is_jira), ("x.txt", False)):
        assert sniff_jira(tmp_path / name, head) is expected
    (tmp_path / "folder" / "below").mkdir(parents=True)
    (tmp_path / "folder" / "below" / "x.json").write_bytes(head)
    assert sniff_jira(tmp_path / "folder", b"") is is_jira


@pytest.mark.parametrize(
    ("name", "head", "is_jira"),
    [
        ("x.csv", b"Summary,Issue Key\nA", True),
        ("x.TXT", b"work item key;Summary\nA", True),
        ("x.csv", b"Summary\nIssue key", False),
        ("x.json", b"Issue key\n", False),
    ],
)
def test_a_sheet_is_known_by_its_first_line(name: str, head: bytes, is_jira: bool) -> None:
    assert sniff_jira_csv(Path(name), head) is is_jira


@pytest.mark.parametrize(
    ("status", "category"),
    [
        ("  In\tReview ", "indeterminate"), ("TO  DO", "new"), ("not ready", "new"), ("Ready for development", "new"), ("Nothing", "indeterminate"),
        ("Won't fix", "done"), ("WONT do", "done"), ("Rejected by client", "done"), ("Postponed", "indeterminate"), ("Deployed", "done"),
    ],
)  # fmt: skip
def test_a_status_that_nothing_names_is_known_by_its_words(status: str, category: str) -> None:
    assert category_of(status) == category


def test_a_status_gives_up_by_fewer_words_than_a_resolution() -> None:
    words = ("Cancelled", "won’t do", "Wont do", "Postponed", "We won't stop", "Done")
    assert [gives_up(word) for word in words] == [True, True, True, False, False, False]
    for word in (
        "Never",
        "Ne sera pas fait",
        "Sera pas fait",
        "No",
        "Postponed until autumn",
        "As  designed",
        "By design",
        "Need more information",
    ):
        assert not is_delivered(word), word
    for word in ("Fixed, not tested", "Designed", "123", "Works"):
        assert is_delivered(word), word


def exported(tmp_path: Path, content: str, name: str = "x.csv") -> Portfolio:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return ipmo.read(path, format="jira-csv" if name.endswith("csv") else "jira")


@pytest.mark.parametrize("content", ["", "\n", " , \n"])
def test_a_sheet_without_a_header_lacks_the_column_that_it_is_known_by(tmp_path: Path, content: str) -> None:
    with pytest.raises(ipmo.FileError, match="there is no column 'Issue key'"):
        exported(tmp_path, content)


@pytest.mark.parametrize(
    ("stem", "name"),
    [("my board", "my board"), ("a@b", "a b"), ("  two   spaces ", "two spaces"), ("@:@", "jira"), ("a" * 199 + " b", "a" * 199), ("b" * 230, "b" * 200)],
)  # fmt: skip
def test_a_portfolio_is_named_after_its_file(tmp_path: Path, stem: str, name: str) -> None:
    assert exported(tmp_path, "Issue key,Created\nA-1,2026-01-05\n", f"{stem}.csv").id == name


def test_resolutions_that_nobody_knows_are_counted_wherever_they_come_from(tmp_path: Path) -> None:
    done = {"statusCategory": {"key": "done"}, "name": "Done"}
    words = ["Fixed", "DONE", "", "Shipped", "Shipped", "Merged", "Won't Do"]
    issues = [
        {
            "key": f"A-{n}",
            "fields": {
                "status": done,
                "created": "2026-01-05",
                "resolutiondate": "2026-01-06",
                "resolution": {"name": word} if word else None,
            },
        }
        for n, word in enumerate(words)
    ]
    rest = exported(tmp_path, json.dumps({"issues": issues}), "x.json")
    lines = [f"A-{n},Done,Done,2026-01-05,2026-01-06,{word}" for n, word in enumerate(words)]
    sheet = exported(tmp_path, "\n".join(["Issue key,Status,Status Category,Created,Resolved,Resolution", *lines]))
    for pf in (rest, sheet):
        (told,) = [f for f in pf.source.findings if f.code == "jira/resolution"]
        assert told.message == "3 issues count as delivered by a resolution of your own: 'Shipped' (2), 'Merged' (1)"
        backlog_items = pf["A/backlog"].extensions["agile"].backlog
        assert [item.id for item in backlog_items if item.dropped] == ["A-6"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12/13/2026", date(2026, 12, 13)),  # there is no month 13: the month is first
        ("13/12/2026", date(2026, 12, 13)),
        ("12/12/2026", date(2026, 12, 12)),
        ("01/12/2026 09:00", date(2026, 12, 1)),  # nothing says which; by the clock of 24 hours the day is first
        ("01/12/2026 9:00 AM", date(2026, 1, 12)),
        ("01.12.2026 9:00 AM", date(2026, 12, 1)),  # dots: the day is first, whatever the clock
        ("31.12.69", date(1969, 12, 31)),
        ("31.12.68", date(2068, 12, 31)),
        ("1970-01-01", date(1970, 1, 1)),
        ("2199-12-31", date(2199, 12, 31)),
    ],
)
def test_a_date_of_an_export_is_read_by_what_it_shows(tmp_path: Path, written: str, read: date) -> None:
    if read.year < 1970:
        with pytest.raises(ipmo.FileError, match="1969-12-31 lies outside the years 1970 to 2199"):
            exported(tmp_path, f"Issue key,Created\nA-1,{written}\n")
        return
    pf = exported(tmp_path, f"Issue key,Created\nA-1,{written}\n")
    assert pf["A/backlog"].extensions["agile"].backlog[0].created == read


MONTHS = {
    1: "Jan january Januar janv Ene gennaio januari janeiro", 2: "Feb févr Februar febrero fev", 3: "Mar Mär mrt março marzo mars",
    4: "Apr avr abr aprile", 5: "May Mai mei mag maggio mayo", 6: "Jun juin giu junho", 7: "Jul Juli juil lug julho",
    8: "Aug août ago agosto", 9: "Sep Sept set setembro", 10: "Oct Okt out ottobre", 11: "Nov novembre", 12: "Dec Dez déc dic dezembro",
}  # fmt: skip


@pytest.mark.parametrize("month", MONTHS)
def test_months_have_names_in_seven_languages(month: int) -> None:
    for name in MONTHS[month].split():
        for text in (f"3/{name}/26 3:04 PM", f"3. {name} 2026", f"{name} 3, 2026", f"3-{name}.-2026 15:04"):
            assert day_of(text) == date(2026, month, 3), text


def test_a_log_is_read_forward_whichever_end_it_tells_first() -> None:
    """Also where it does not say which category was left; what happened at one instant keeps its order."""
    early, late = datetime(2026, 1, 5, 8), datetime(2026, 1, 5, 9)
    told = [Move(early, None, "indeterminate"), Move(late, None, "done"), Move(late, None, "indeterminate"), Move(late, None, "done")]
    assert in_order(told) == in_order(told[::-1]) == told
    assert in_order([]) == []
    assert in_order([Move(late, None, "done"), Move(late, None, "new")]) == [Move(late, None, "done"), Move(late, None, "new")]


@pytest.mark.parametrize("when", [None, "", 0.5, {}])
def test_a_change_in_a_log_needs_its_instant(tmp_path: Path, when: object) -> None:
    log = {"histories": [{"created": when, "items": [{"field": "status", "toString": "Done"}]}]}
    words = "a change in its log has no date" if not when else "'0.5' is not a date as Jira writes it"
    with pytest.raises(ipmo.FileError, match=f"A-1: {words}"):
        exported(tmp_path, json.dumps([{"key": "A-1", "fields": {"created": "2026-01-05"}, "changelog": log}]), "x.json")


@pytest.mark.parametrize(
    ("name", "content", "shown", "words"),
    [
        ("x.json", '[{{"key": "{0}", "fields": {{}}}}]', 40, "is no issue key"),
        ("x.json", '[{{"key": "A-1", "fields": {{"created": "{0}"}}}}]', 40, "is not a date as Jira writes it"),
        ("x.json", '[{{"key": "A-1", "fields": {{"summary": "\\u0000{0}"}}}}]', 39, "holds a NUL character"),
        ("x.csv", "Issue key,Summary\n{0},x\n", 40, "is no issue key"),
        ("x.csv", "Issue key,Created\nA-1,{0}\n", 40, "is not a date as Jira writes it"),
        ("x.csv", "Issue key,Story points\nA-1,{0}\n", 20, "is no number of points"),
    ],
)
def test_of_a_long_text_that_is_wrong_its_beginning_is_shown(tmp_path: Path, name: str, content: str, shown: int, words: str) -> None:
    long = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
    with pytest.raises(ipmo.FileError) as caught:
        exported(tmp_path, content.format(long), name)
    assert f"{long[:shown]}' {words}" in str(caught.value)


@pytest.mark.parametrize("resolutions", [("Won't Do", "Duplicate"), ("Won't Do", "Done")])
def test_a_project_of_which_every_issue_was_given_up_has_no_work_left_and_delivered_nothing(
    tmp_path: Path, resolutions: tuple[str, str]
) -> None:
    """Work of unknown length that nobody will do would leave the end of everything unknown."""
    fields = {
        "summary": "x",
        "status": {"name": "Done", "statusCategory": {"key": "done"}},
        "resolutiondate": "2026-03-02T10:00:00.000+0000",
    }
    issues = [
        {"key": f"A-{n}", "fields": {**fields, "created": "2026-03-01T10:00:00.000+0000", "resolution": {"name": text}}}
        for n, text in enumerate(resolutions, 1)
    ]
    (tmp_path / "a.json").write_text(json.dumps({"issues": issues}), encoding="utf-8")
    pf = ipmo.read(tmp_path / "a.json")
    (task,) = pf.projects[0].tasks
    nothing = "Done" not in resolutions
    said = [one.message for one in pf.source.findings if one.code == "jira/nothing-delivered"]
    assert task.finished is not nothing
    assert said == (
        ["every issue of A was given up (won't do, duplicate, ...): nothing was delivered, and no work is left"] if nothing else []
    )
    assert ("not known" in str(ipmo.schedule(pf).finish_text)) is False
    assert not nothing or ipmo.schedule(pf).finish is not None


NO_CATEGORY = [  # status, resolved, resolution: what it is read as
    ("Shipped", "2026-02-05", "Done", "finished"),
    ("Live", "2026-02-05", "", "finished"),
    ("Abgenommen", "", "Fertig", "left out"),
    ("Binned", "2026-02-05", "Won't Do", "dropped"),
    ("Shipped", "", "Unresolved", "open"),
    ("Doing", "", "", "open"),
    ("In Review", "2026-02-05", "Done", "open"),  # reopened
    ("Closed", "", "", "left out"),
    ("Backlog", "", "Unresolved", "open"),
]


def read_as(pf: ipmo.Portfolio) -> dict[str, str]:
    items = pf["A/backlog"].extensions["agile"].backlog
    return {item.id: "finished" if item.finished else "dropped" if item.dropped else "open" for item in items}


@pytest.mark.parametrize("as_json", [False, True])
def test_without_a_category_a_resolution_says_that_work_is_done_and_what_nobody_names_is_said(tmp_path: Path, as_json: bool) -> None:
    right = {f"A-{n}": read for n, (*_, read) in enumerate(NO_CATEGORY) if read != "left out"}
    if as_json:
        issues = [
            {
                "key": f"A-{n}",
                "fields": {
                    "status": {"name": status},
                    "created": "2026-02-01",
                    "resolutiondate": resolved or None,
                    "resolution": {"name": resolution} if resolution else None,
                },
            }
            for n, (status, resolved, resolution, _) in enumerate(NO_CATEGORY)
        ]
        pf = exported(tmp_path, json.dumps({"issues": issues}), "x.json")
    else:
        lines = [f"A-{n},{status},2026-02-01,{resolved},{resolution}" for n, (status, resolved, resolution, _) in enumerate(NO_CATEGORY)]
        pf = exported(tmp_path, "\n".join(["Issue key,Status,Created,Resolved,Resolution", *lines]))
    assert read_as(pf) == right
    said = {finding.code: finding.message for finding in pf.source.findings}
    assert said["jira/status-category"] == (
        "nothing says of which category these statuses are: 'Abgenommen' (1), 'Binned' (1), 'Live' (1), 'Shipped' (1) taken for done, by the resolution;"
        " 'Shipped' (1) taken for in progress"
    )
    assert said["jira/done-without-date"].startswith("2 issues are done, and nothing says since when: A-2, A-7 are left out")


@pytest.mark.parametrize("status", ["Done", "Fertig", "Archived"])
def test_what_is_done_without_a_date_is_no_open_work(tmp_path: Path, status: str) -> None:
    lines = [
        f"A-1,{status},Done,2026-02-01,2026-02-03,,Done",
        f"A-2,{status},Done,2026-02-01,,,Done",
        f"A-3,{status},Done,2026-02-01,,2026-02-09,Done",
    ]
    pf = exported(tmp_path, "\n".join(["Issue key,Status,Status Category,Created,Resolved,Updated,Resolution", *lines]))
    assert read_as(pf) == {"A-1": "finished", "A-3": "finished"}
    (told,) = [finding.message for finding in pf.source.findings if finding.code == "jira/done-without-date"]
    assert "A-2 is left out" in told


def test_statuses_that_trackers_come_with_need_no_word(tmp_path: Path) -> None:
    pf = exported(
        tmp_path,
        "Issue key,Status,Created,Resolved\nA-1,In Progress,2026-02-01,\nA-2,Closed,2026-02-01,2026-02-05\nA-3,To Do,2026-02-01,\n",
    )
    assert not [finding for finding in pf.source.findings if finding.code == "jira/status-category"]


def test_csv_without_a_log_says_whose_beginning_it_takes_and_what_it_does_not_read(tmp_path: Path) -> None:
    path = tmp_path / "jira.csv"
    path.write_text(
        "Summary,Issue key,Status,Status Category,Created,Resolved,Due date,Inward issue link (Blocks)\n"
        "Login,AB-1,Done,Done,3/Apr/26 9:00 AM,5/May/26 4:00 PM,,\nPay,AB-3,In Progress,In Progress,7/Apr/26 9:00 AM,,9/Jun/26 9:00 AM,AB-1\n",
        encoding="utf-8",
    )
    said = {one.code: one.message for one in ipmo.read(path).source.findings}
    assert said["jira/started"].startswith("nothing says when 1 issue in progress was begun (AB-3)")
    assert said["jira/column-ignored"] == "2 columns are not read: 'Due date', 'Inward issue link (Blocks)'"
