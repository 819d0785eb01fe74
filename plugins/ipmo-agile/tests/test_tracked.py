"""Tasks of a tracker's export as the items of a backlog."""

from __future__ import annotations

from datetime import date

import ipmo_agile
from ipmo import Portfolio, Project, Task


def board(*tasks: Task, **fields: object) -> Portfolio:
    return Portfolio(**{"id": "x", "start": "2026-01-05", "projects": [Project(id="shop", tasks=tasks)], **fields})


def test_tasks_are_items_with_points_epic_and_team() -> None:
    pf = board(
        Task(id="9", name="Accounts"),
        Task(id="1", name="Sign in", parent="9", category="Story", actual_start="2026-01-06", actual_finish="2026-01-19",
             attributes={"points": "3", "area": "Web", "State": "Closed"}),
        Task(id="2", name="Sign out", parent="9", attributes={"points": "2.5", "State": "Active"}),
        Task(id="3", name="Sign up", attributes={"points": "?"}),
    )  # fmt: skip
    done, begun, open_ = ipmo_agile.tracked(pf)
    assert (done.id, done.points, done.epic, done.team, done.kind) == ("1", 3.0, "9", "Web", "Story")
    assert (done.started, done.finished, done.dropped) == (date(2026, 1, 6), date(2026, 1, 19), None)
    assert (begun.points, begun.finished) == (2.5, None)
    assert (open_.points, open_.epic) == (None, "")


def test_what_was_given_up_is_dropped_and_never_done() -> None:
    tasks = [
        Task(id="1", actual_start="2026-01-06", actual_finish="2026-01-19", attributes={"Resolution": "Won't Do"}),
        Task(id="2", attributes={"State": "Removed"}),
    ]
    dated = ipmo_agile.tracked(board(*tasks, status_date="2026-02-01"))
    assert [(one.id, one.finished, one.dropped) for one in dated] == [("1", None, date(2026, 1, 19)), ("2", None, date(2026, 2, 1))]
    assert [one.id for one in ipmo_agile.tracked(board(*tasks))] == ["1"], "nothing says when: neither open nor dropped"


def test_what_is_finished_is_counted_by_the_flow_of_the_backlog() -> None:
    pf = board(
        *(Task(id=str(n), actual_start=f"2026-01-{5 + n:02}", actual_finish=f"2026-01-{8 + n:02}") for n in range(1, 5)), Task(id="open")
    )
    items = ipmo_agile.tracked(pf)
    found = ipmo_agile.flow(items)
    assert [one.id for one in items if one.finished is not None] == ["1", "2", "3", "4"]
    assert found == ipmo_agile.flow(item for item in items), "a generator will do"


def test_a_story_with_points_is_one_item_with_the_tasks_that_lie_in_it() -> None:
    pf = board(
        Task(id="epic"),
        Task(id="story", parent="epic", actual_finish="2026-01-19", attributes={"points": "5"}),
        Task(id="form", parent="story", actual_finish="2026-01-16"),
        Task(id="field", parent="form"),
        Task(id="bare", parent="epic"),
        Task(id="half", parent="bare", actual_finish="2026-01-20"),
    )
    found = ipmo_agile.tracked(pf)
    assert [(one.id, one.epic, one.points) for one in found] == [("story", "epic", 5.0), ("half", "bare", None)]
    assert [one.id for one in found if one.finished is not None] == ["story", "half"]


def test_points_of_what_lies_in_a_feature_are_not_counted_again_with_it() -> None:
    pf = board(
        Task(id="feature", attributes={"points": "8"}),
        Task(id="a", parent="feature", attributes={"points": "5"}),
        Task(id="b", parent="feature", attributes={"points": "3"}),
        Task(id="c", parent="feature"),
    )
    assert [(one.id, one.points) for one in ipmo_agile.tracked(pf)] == [("a", 5.0), ("b", 3.0), ("c", None)]
