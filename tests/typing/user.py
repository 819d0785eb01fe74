"""What a user writes, for type checkers only: types that must be known, and mistakes that must be found.

`tests/check_types.py` runs mypy and pyright over this file with ipmo installed from its wheel. Nothing here is run.
A comment that ignores an error fails the check when there is no error to ignore: so each of them is a mistake that is found.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import assert_type

import ipmo
from ipmo import Money, Portfolio, Project, Span, Table, Task
from ipmo.changes import Delay


def answers() -> None:
    """Each verb says what it answers with."""
    pf = ipmo.read("portfolio.yaml")
    assert_type(pf, Portfolio)
    assert_type(ipmo.read(Path("portfolio.yaml"), format="xer"), Portfolio)
    assert_type(ipmo.schedule(pf), ipmo.Schedule)
    assert_type(ipmo.schedule(pf)["tram/build"], ipmo.ScheduledItem)
    assert_type(ipmo.schedule("portfolio.yaml"), ipmo.Schedule)
    assert_type(ipmo.schedule(Path("portfolio.yaml")), ipmo.Schedule)
    assert_type(ipmo.schedule(pf).table(), Table)
    assert_type(ipmo.schedule(pf).critical_path(), tuple[str, ...])
    assert_type(ipmo.critical_links(pf), ipmo.CriticalLinks)
    assert_type(ipmo.critical_links(pf)[0], ipmo.CriticalLink)
    assert_type(ipmo.critical_links(pf)[0].reason, str)
    assert_type(ipmo.roll_up(pf, "budget"), ipmo.RollUp)
    assert_type(ipmo.what_if(pf, Delay("tram/design", "10 d")), ipmo.Comparison)
    assert_type(ipmo.compare(pf, "later.yaml"), ipmo.Comparison)
    assert_type(ipmo.check(pf), ipmo.Findings)
    assert_type(ipmo.status(pf), ipmo.StatusView)
    assert_type(ipmo.earned_value(pf), ipmo.EarnedValue)
    assert_type(ipmo.benefits(pf), ipmo.Benefits)
    assert_type(ipmo.gates(pf), ipmo.Gates)
    assert_type(pf.evolve("tram/design", duration="50 d"), Portfolio)


def nouns() -> None:
    """Nouns take what files would hold, and give what answers need."""
    task = Task(id="build", duration="3 mo", budget="2 M GBP", not_before="2026-03-02")
    assert_type(task.id, str)
    assert_type(task.parent, str | None)
    project = Project(id="tram", tasks=[task], status_date=date(2026, 2, 1))
    as_ever: tuple[Task, ...] = project.tasks
    assert_type(as_ever[0], Task)
    assert_type(project.tasks[0], Task)
    assert_type(project.tasks.ids, tuple[str, ...])
    assert_type(project.tasks.where(milestone=True)[0], Task)
    assert_type(Span(10, "d").unit, str)
    assert_type(Money("2.5", "GBP").currency, str)


def mistakes(pf: Portfolio) -> None:
    """Each line holds one mistake."""
    ipmo.shedule(pf)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    ipmo.schedule(pf)["a"].total_flaot  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]
    ipmo.schedule(pf, kindd="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    ipmo.schedule(42)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ipmo.critical_links(pf)[0].reasons  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]
    Task(id="a", durration="3 d")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Task("a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Delay("tram/design")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    pf.projects[0].name = "x"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    from ipmo import Scheduel  # type: ignore[attr-defined]  # noqa: F401  # pyright: ignore[reportAttributeAccessIssue, reportUnusedImport]
