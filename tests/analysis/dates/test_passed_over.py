"""What does not count is passed over, and what stands behind it in the file counts all the same; names that nothing bears get a near one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import ipmo
from ipmo.errors import UnknownItemError
from ipmo.model import After, Gate, Link, Portfolio, Project, Task


def portfolio(*projects: Project, **more: Any) -> Portfolio:
    return Portfolio(**{"id": "x", "start": "2026-01-05", "status_date": "2026-01-05", "projects": projects, **more})


def two_projects(*links: Link, **more: Any) -> Portfolio:
    tasks = [
        Task(id="t", duration="10 d"),
        Task(id="u", duration="5 d"),
        Task(id="over", actual_start="2026-01-01", actual_finish="2026-01-02"),
    ]
    return portfolio(
        Project(id="A", tasks=tasks), Project(id="B", tasks=tasks), Project(id="C", state="closed", tasks=tasks), links=links, **more
    )


COUNTS = Link(id="counts", source="A/t", target="B/t", promised="2026-02-01")


@pytest.mark.parametrize(
    "before",
    [
        Link(id="no", source="A/u", target="B/u"),
        Link(id="no", source="A/u", target="B/u", promised="2026-02-01", status="cancelled"),
        Link(id="no", source="A/u", target="B/u", promised="2026-02-01", kind="information"),
        Link(id="no", source="A/u", target="B/over", promised="2026-02-01"),
        Link(id="no", source="A/u", target="C/u", promised="2026-02-01"),
        Link(id="no", source="A/over", target="B/u", promised="2026-02-01"),
        Link(id="no", source="external:x", target="B/u", promised="2026-02-01", status="delivered"),
    ],
)
def test_behind_a_link_that_hands_nothing_over_one_that_does_counts(before: Link) -> None:
    for links in ((before, COUNTS), (COUNTS, before)):
        assert ipmo.schedule(two_projects(*links)).commitments.ids == ("counts",)


@pytest.mark.parametrize(("source", "target"), [("A", "B/u"), ("A/u", "B"), ("A", "B")])
def test_a_date_on_a_link_of_a_whole_project_counts_beside_another(source: str, target: str) -> None:
    whole = Link(id="whole", source=source, target=target, promised="2026-02-01")
    for links in ((whole, COUNTS), (COUNTS, whole)):
        assert sorted(ipmo.schedule(two_projects(*links)).commitments.ids) == ["counts", "whole"]


def test_behind_a_deadline_of_work_that_is_done_one_of_open_work_counts() -> None:
    done = Task(id="a", actual_start="2026-01-01", actual_finish="2026-01-02", deadline="2026-02-01")
    pf = portfolio(
        Project(id="P", tasks=[done, Task(id="b", duration="5 d", deadline="2026-02-01")], gates=[Gate(id="g", need_by="2026-02-01")])
    )
    assert sorted(ipmo.schedule(pf).commitments.ids) == ["P/b", "P/g"]


def test_behind_a_bar_that_nothing_moves_one_that_waits_for_something_is_a_commitment() -> None:
    bar = {"start": "2026-01-05", "finish": "2026-02-01"}
    pf = portfolio(
        Project(id="W", tasks=[Task(id="t", duration="10 d")]), Project(id="N", start="2026-01-05"), Project(id="A", **bar), Project(id="B", **bar),
        links=[Link(source="W/t", target="B@start")],
    )  # fmt: skip
    assert ipmo.schedule(pf).commitments.ids == ("B@finish",)


def test_behind_links_that_hand_nothing_over_the_quality_of_a_schedule_lists_the_rest() -> None:
    kept = Link(id="kept", source="A/t", target="B/t", promised="2026-02-01")
    for before in (
        Link(source="A/u", target="B/u", kind="information"),
        Link(source="external:x", target="B/u", date="2026-02-01"),
        Link(source="A/u", target="A/t"),
        Link(source="A/u", target="external:x", promised="2026-02-01"),
    ):
        assert [one.target for one in ipmo.schedule_quality(two_projects(before, kept)).hand_overs] == ["B/t"], before
    other = Link(source="A/u", target="C/u")
    pf = two_projects(other, kept)
    assert [one.target for one in ipmo.schedule_quality(pf, project="B").hand_overs] == ["B/t"]
    assert [one.target for one in ipmo.schedule_quality(pf, project="C").hand_overs] == ["C/u"]
    assert [one.target for one in ipmo.schedule_quality(pf, project="A").hand_overs] == ["C/u", "B/t"]


def test_behind_work_that_is_no_task_or_too_short_the_points_count_the_rest() -> None:
    tasks = [
        Task(id="m", milestone=True), Task(id="whole"), Task(id="short", duration="4 h", parent="whole"), Task(id="long", duration="5 d"),
        Task(id="mine", duration="2 d", effort="2 pd"),
    ]  # fmt: skip
    q = ipmo.schedule_quality(portfolio(Project(id="P", tasks=tasks)))
    assert (q[10].numerator, q[10].denominator) == (("P/long",), ("P/long", "P/mine"))
    assert q[1].denominator == ("P/short", "P/long", "P/mine")


def test_what_does_not_drive_is_passed_over_where_it_stands_first() -> None:
    tasks = [
        Task(id="a", duration="1 d"), Task(id="b", duration="5 d"), Task(id="c", duration="5 d"),
        Task(id="z", duration="1 d", after=["a", "b", After(source="c", type="SS"), After(source="c", type="FS", lag="0 d")]),
    ]  # fmt: skip
    s = ipmo.schedule(portfolio(Project(id="P", tasks=tasks)))
    assert [(one.item, one.type) for one in s.driving("P/z")] == [("P/b", "FS"), ("P/c", "FS")]


PLAN = portfolio(
    Project(id="tram", finish="2026-03-01", tasks=[Task(id="build", duration="5 d", deadline="2026-02-01"), Task(id="test", duration="5 d", after="build")])
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "near", "where"),
    [
        (lambda s: s["tram/biuld"], "tram/build", "this schedule"),
        (lambda s: s.driving("tram/biuld"), "tram/build", "this schedule"),
        (lambda s: s.float_paths(2, "tram/biuld"), "tram/build", "this schedule"),
        (lambda s: s.critical_path("trma@finish"), "tram@finish", "the targets of this schedule"),
        (lambda s: s.commitments["tram/biuld"], "tram/build", "the open commitments of this portfolio"),
        (lambda s: ipmo.schedule_quality(PLAN, project="trma", of=s), "tram", "the projects"),
    ],
)
def test_a_name_that_nothing_bears_is_told_with_one_that_is_near(asked: Callable[[ipmo.Schedule], object], near: str, where: str) -> None:
    with pytest.raises(UnknownItemError) as caught:
        asked(ipmo.schedule(PLAN))
    assert str(caught.value).endswith(f" is not in {where}; close: {near!r}")
