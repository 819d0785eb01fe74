"""What is settled before the passes: levelling delays, alternatives that have happened, effects of what is done, status dates of projects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

import ipmo
from ipmo.model import After, Benefit, Calendar, Enabler, Portfolio, Project, Task
from ipmo.network.states import TYPE_NAMES, State
from ipmo.units import moment

SIX = Calendar(id="six", week="mon-sat", hours="08:00-16:00")


pytestmark = pytest.mark.usefixtures("way")


def scheduled(*tasks: Task, **more: Any) -> ipmo.Schedule:
    return ipmo.schedule(
        Portfolio(**{"id": "x", "start": "2026-01-05", "calendars": [SIX], "projects": [Project(id="P", tasks=list(tasks))], **more})
    )


def at(when: datetime | None) -> str:
    return "-" if when is None else f"{when:%d %H:%M}"


@pytest.mark.parametrize("dialect", ["ipmo", "msproject", "p6"])
@pytest.mark.parametrize(
    ("link", "fields", "start"),
    [
        ({}, {"delay": "1 d"}, "08 09:00"),  # a ends on Tuesday: on Wednesday without it
        ({}, {"delay": "4 h"}, "07 13:00"),
        ({}, {"delay": "1 ed"}, "08 09:00"),  # a day after Tuesday at 17, or after the shift on Wednesday begins
        ({}, {"delay": "0 d"}, "07 09:00"),
        ({"type": "SS"}, {"delay": "1 d"}, "06 09:00"),
        ({"type": "FF", "lag": "5 d"}, {"delay": "1 d"}, "13 09:00"),  # what bounds its finish is not put off
        ({}, {"delay": "1 d", "not_before": "2026-01-12"}, "12 09:00"),  # nor what it states itself
        ({}, {"delay": "1 d", "calendar": "six"}, "08 08:00"),  # eight hours of Wednesday, from 8 to 16
    ],
)
def test_a_delay_is_added_to_where_links_let_work_start(link: dict[str, Any], fields: dict[str, Any], start: str, dialect: str) -> None:
    s = scheduled(Task(id="a", duration="2 d"), Task(id="b", duration="1 d", after=[After(source="a", **link)], **fields), dialect=dialect)
    net = s.network
    delayed = fields["delay"] != "0 d"
    assert [net.ids[v] for v in range(net.n)] == ["P/a", "P/b", *["P/b~delay"] * delayed]
    if not delayed:
        assert at(s["P/b"].early_start) == start
        return
    assert (net.shown(2), net.kinds[2], net.project[2], net.dur[2], net.state[2]) == ("P/b", "helper", 0, 0, State.NORMAL)
    assert net.clock_of(2).calendar.id == fields.get("calendar", "standard")
    assert net.points == ({2: "start"} if dialect != "ipmo" else {})
    assert net.running_clock(2).calendar.id == ("continuous" if dialect == "ipmo" else fields.get("calendar", "standard"))
    found = {(net.ids[u], net.ids[v], TYPE_NAMES[kind]) for u, v, kind in zip(net.src, net.dst, net.typ, strict=True)}
    to_finish = link.get("type") == "FF"
    assert ("P/a", "P/b" if to_finish else "P/b~delay") in {(u, v) for u, v, _ in found}
    assert [k for k in range(net.m) if net.ids[net.src[k]] == "P/b~delay"] == sorted(net.derived)
    assert at(s["P/b"].early_start) == start


def test_work_under_way_and_done_is_not_put_off() -> None:
    for more in ({"actual_start": "2026-01-06"}, {"actual_start": "2026-01-06", "actual_finish": "2026-01-07"}):
        s = scheduled(Task(id="b", duration="3 d", delay="5 d", **more), status_date="2026-01-08")
        assert s.network.ids == ["P/b"]


@pytest.mark.parametrize(
    ("ways", "begins"),
    [
        ([("done", None), ("open", None)], "07 00:00"),
        ([("done", "2 d"), ("open", None)], "08 17:00"),  # two working days after the end of Tuesday
        ([("done", "2 ed"), ("open", None)], "09 00:00"),
        ([("done", "9 d"), ("open", None)], "19 17:00"),  # the open one comes earlier, but what has happened counts alone
        ([("done", "2 d"), ("early", None)], "06 00:00"),
        ([("early", "5 ed"), ("done", None)], "07 00:00"),
        ([("early", "1 month"), ("done", "1 month")], "06 00:00"),
        ([("open", None), ("open", None)], "09 17:00"),
    ],
)
def test_of_alternatives_that_have_happened_the_earliest_with_its_lag_counts(ways: list[tuple[str, str | None]], begins: str) -> None:
    tasks = [
        Task(id="early", duration="1 d", actual_start="2026-01-05", actual_finish="2026-01-05"),
        Task(id="done", duration="2 d", actual_start="2026-01-05", actual_finish="2026-01-06"), Task(id="open", duration="5 d"),
    ]  # fmt: skip
    any_of = [Enabler(source=f"P/{name}", lag=lag) for name, lag in ways]
    s = scheduled(*tasks, benefits=[Benefit(id="B", any_of=any_of[:1] if any_of[0] == any_of[1] else any_of)])
    assert at(s["B"].early_start) == begins
    net = s.network
    helper = net.node_of["B@any"]
    done = any(name != "open" for name, _ in ways)
    assert State(net.state[helper]) == (State.FINISHED if done else State.NORMAL)
    if done:
        assert at(moment(net.starts[helper])) == at(moment(net.finishes[helper])) == begins


def test_what_is_done_has_brought_about_its_effects_when_it_was_done() -> None:
    """Before the status date; what waits for open work too waits for that, and work does not begin before the status date."""
    tasks = [
        Task(id="a", duration="1 d", actual_start="2026-01-05", actual_finish="2026-01-05"), Task(id="b", duration="1 d", after="a"),
        Task(id="c", duration="1 d"),
    ]  # fmt: skip
    benefits = [Benefit(id="B", enabled_by="P/a"), Benefit(id="C", enabled_by=["P/a", "P/c"])]
    s = scheduled(*tasks, benefits=benefits, status_date="2026-01-19")
    assert [at(s[name].early_start) for name in ("B", "P/b", "P/c", "C")] == ["06 00:00", "19 09:00", "19 09:00", "19 17:00"]


@pytest.mark.parametrize(
    ("status", "own", "start", "begins"),
    [
        (None, None, None, "05"), ("2026-01-12", None, None, "12"), (None, "2026-01-13", None, "13"), ("2026-01-12", "2026-01-07", None, "07"),
        ("2026-01-12", "2026-01-14", None, "14"), (None, "2026-01-02", None, "05"), ("2026-01-02", None, None, "05"),
        ("2026-01-12", "2026-01-07", "2026-01-09", "09"), (None, None, "2026-01-02", "05"),
    ],
)  # fmt: skip
def test_work_begins_with_the_status_date_of_its_project_and_never_before_the_start(
    status: str | None, own: str | None, start: str | None, begins: str
) -> None:
    projects = [
        Project(id="P", status_date=own, start=start, tasks=[Task(id="a", duration="1 d"), Task(id="m", milestone=True)]),
        Project(id="Q", tasks=[Task(id="a", duration="1 d")]),
    ]
    for dialect in ("ipmo", "p6"):
        s = scheduled(projects=projects, status_date=status, dialect=dialect)
        assert at(s["P/a"].early_start) == f"{begins} 09:00"
        assert at(s["Q/a"].early_start) == f"{max(status or '', '2026-01-05')[-2:]} 09:00"
        assert at(s["P/m"].early_start)[:2] == begins
    reported = {"name": "ipmo", "data_date": "reported"}
    s = scheduled(projects=projects, status_date=status, dialect=reported)
    assert at(s["P/a"].early_start)[:2] == max("05", (start or "")[-2:])
