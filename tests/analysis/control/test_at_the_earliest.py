"""`At the earliest` stands where what is named may finish later still, and nowhere else."""

from __future__ import annotations

from typing import Any

import ipmo
from ipmo.model import Link, Portfolio, Project, Task

DONE = Task(id="x", duration="9 d", actual_start="2026-02-01", actual_finish="2026-03-01")


def plan(*projects: Project, **more: Any) -> Portfolio:
    return Portfolio(id="pf", start="2026-01-01", status_date="2026-03-02", calendar="continuous", projects=projects, **more)


def test_what_is_done_is_not_at_the_earliest_though_the_end_of_all_is_not_known() -> None:
    pf = plan(
        Project(id="d", state="closed", finish="2026-02-25", tasks=[DONE]),
        Project(id="b", tasks=[Task(id="y")]),
    )
    row = ipmo.status(pf)["pf"]
    assert row.computed == "red"
    assert "d finishes 2026-03-01, committed to 2026-02-25, 4 days beyond the commitment" in row.why
    open_ended = plan(
        Project(id="d", finish="2026-02-25", tasks=[Task(id="x", duration="9 d"), Task(id="y")]), Project(id="b", tasks=[Task(id="y")])
    )
    assert "finishes at the earliest 2026-03-10, committed to 2026-02-25, at least 13 days beyond" in ipmo.status(open_ended)["pf"].why


def test_a_summary_with_work_without_a_duration_is_late_at_least() -> None:
    """s has x of 9 days, until 10 March, and y, of which nobody says how long it takes: 5 days late, or more."""
    tasks = [Task(id="s", deadline="2026-03-05"), Task(id="x", parent="s", duration="9 d"), Task(id="y", parent="s")]
    pf = plan(Project(id="e", tasks=tasks))
    assert "s finishes at the earliest 2026-03-10, committed to 2026-03-05, at least 5 days beyond" in ipmo.status(pf)["e"].why
    row = ipmo.schedule(pf).commitments["e/s"]
    assert (row.days, row.at_least) == (5, True)
    sure = plan(Project(id="e", tasks=tasks[:2]))
    assert "s finishes 2026-03-10, committed to 2026-03-05, 5 days beyond" in ipmo.status(sure)["e"].why


def test_what_is_handed_over_and_what_a_project_commits_to_too() -> None:
    waits = Link(source="external:e", target="a/x")
    receiver = Project(id="b", tasks=[Task(id="y", duration="1 d")])
    given = plan(
        Project(id="a", tasks=[Task(id="x", duration="9 d")]),
        receiver,
        links=[waits, Link(id="L", source="a/x", target="b/y", needed="2026-03-05")],
    )
    assert "a/x, handed over, finishes at the earliest 2026-03-10" in ipmo.status(given)["a"].why
    own = plan(Project(id="a", finish="2026-03-05", tasks=[Task(id="x", duration="9 d")]), links=[waits])
    assert "finishes at the earliest 2026-03-10, committed to 2026-03-05, at least 5 days beyond" in ipmo.status(own)["a"].why
