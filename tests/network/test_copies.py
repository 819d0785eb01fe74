"""The network of a changed copy, of which unchanged projects are taken over, is that of the copy compiled anew."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import attrs
import pytest

import ipmo
from ipmo.model import DIALECTS, Gate, Portfolio, Project, Task
from ipmo.network.assemble import compile_copy, compile_portfolio
from ipmo.network.builder import Builder
from ipmo.network.contributions import runs
from ipmo.network.network import Network

from .test_without import drawn


def anew(pf: Portfolio) -> Portfolio:
    """The same portfolio that shares nothing with it."""
    return ipmo.from_dict(ipmo.to_dict(pf))


def columns(net: Network) -> dict[str, object]:
    found = {field.name: getattr(net, field.name) for field in attrs.fields(Network) if field.name not in ("clocks", "needed")}
    assert net.needed is not None
    found["at_best"] = None if net.at_best is None else columns(net.at_best)
    return found | {field.name: getattr(net.needed, field.name) for field in attrs.fields(type(net.needed))}


def rich(seed: int) -> Portfolio:
    """A drawn portfolio with all that projects contribute: constraints, delays, deadlines, progress, own status dates, calendars."""
    r = random.Random(seed)
    pf = drawn(seed)
    projects = []
    for project in pf.projects:
        tasks = []
        for task in project.tasks:
            more: dict[str, Any] = {}
            if not task.hammock and not any(other.parent == task.id for other in project.tasks):
                more = r.choice([
                    {}, {}, {"constraints": r.choice([{"start_no_later": "2026-01-20"}, {"as_late_as_possible": True}, {"mandatory_start": "2026-01-12"}])},
                    {"delay": "2 d"}, {"deadline": "2026-02-02"}, {"finish_not_before": "2026-01-24"}, {"not_before": "2026-01-14"},
                    {"calendar": "six"}, {"actual_start": "2026-01-06", "remaining": "1 d"}, {"constraints": {"expected_finish": "2026-01-30"}},
                    {"constraints": {"by_hand_start": "2026-01-09 09:00"}}, {"duration": None},
                ])  # fmt: skip
            tasks.append(attrs.evolve(task, **more))
        own = r.choice([None, None, "2026-01-08"])
        projects.append(attrs.evolve(project, tasks=tasks, status_date=own, start=r.choice([None, "2026-01-07"])))
    six = {"id": "six", "week": "mon-sat", "hours": "08:00-16:00"}
    return pf.evolve(projects=projects, calendars=[six], dialect=r.choice(sorted(DIALECTS)), status_date=r.choice([None, "2026-01-06"]))


def changed(pf: Portfolio, r: random.Random) -> Portfolio:
    """The portfolio with one thing changed: in a project, about all of them, or which there are."""
    projects = list(pf.projects)
    place = r.randrange(len(projects))
    project = projects[place]
    kind = r.choice(
        ("length", "state", "name", "task", "gate", "swap", "drop", "new", "start", "status", "calendar", "calendars", "requires")
    )
    if kind == "length" and project.tasks:
        tasks = [attrs.evolve(task, duration="9 d") if task.duration is not None else task for task in project.tasks]
        projects[place] = attrs.evolve(project, tasks=tasks)
    elif kind == "state":
        projects[place] = attrs.evolve(project, state=r.choice(["active", "paused", "cancelled"]))
    elif kind == "task":
        projects[place] = attrs.evolve(project, tasks=[*project.tasks, Task(id="zz", duration="3 d", deadline="2026-01-09")])
    elif kind == "gate":
        projects[place] = attrs.evolve(project, gates=[*project.gates, Gate(id="zg", need_by="2026-02-02")])
    elif kind == "swap" and not any(one.requires for one in projects):
        projects[place], projects[-1] = projects[-1], projects[place]
    elif kind == "new":
        projects.insert(r.randrange(len(projects) + 1), Project(id="new", tasks=[Task(id="a", duration="2 d")]))
    elif kind == "requires":
        others = [one.id for one in projects if one.id != project.id and not one.requires]
        projects[place] = attrs.evolve(project, requires=others[:1])
    more: dict[str, Any] = {
        "start": {"start": "2026-01-12"}, "status": {"status_date": "2026-01-13"}, "calendar": {"calendar": "six"},
        "calendars": {"calendars": [{"id": "six", "week": "mon-sat", "hours": "08:00-12:00"}]},
    }.get(kind, {})  # fmt: skip
    return pf.evolve(projects=projects, **more)


@pytest.mark.parametrize("part", range(6))
def test_a_changed_copy_has_the_network_that_it_has_by_itself(part: int) -> None:
    for seed in range(10 * part, 10 * part + 10):
        pf, r = rich(seed), random.Random(seed)
        after = pf
        for _ in range(r.choice((1, 1, 2))):
            after = changed(after, r)
        after = after.evolve()
        for dialect in (pf.dialect, DIALECTS["ipmo"]):
            assert columns(compile_copy(after, pf, dialect)) == columns(compile_portfolio(anew(after), dialect)), seed
            assert columns(compile_portfolio(pf, dialect)) == columns(compile_portfolio(anew(pf), dialect)), seed


def plan(*names: str) -> Portfolio:
    projects = [Project(id=name, tasks=[Task(id="a", duration="3 d"), Task(id="b", duration="1 d", after="a")]) for name in names]
    return Portfolio(id="x", start="2026-01-05", projects=projects)


@pytest.mark.parametrize(
    ("change", "made"),
    [
        ({}, []),
        ({"b": {"name": "another"}}, ["b"]),
        ({"a": {"name": "another"}, "d": {"name": "another"}}, ["a", "d"]),
        ({"b": {"tasks": [Task(id="a", duration="1 d")]}}, ["b", "c", "d"]),  # what follows begins at another place
        ({"": {"start": "2026-01-06"}}, ["a", "b", "c", "d"]),
        ({"": {"status_date": "2026-01-06"}}, ["a", "b", "c", "d"]),
        ({"": {"calendar": "continuous"}}, ["a", "b", "c", "d"]),
        ({"": {"name": "another"}}, []),
        ({"b": {"requires": ["d"]}, "d": {"state": "cancelled"}}, ["b", "d"]),
    ],
)
def test_only_what_changed_is_compiled_and_what_follows_where_that_begins_elsewhere(
    change: dict[str, dict[str, Any]], made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[str] = []
    project = Builder.project

    def counted(self: Builder, place: int, noun: Project) -> None:
        compiled.append(noun.id)
        project(self, place, noun)

    monkeypatch.setattr(Builder, "project", counted)
    pf = plan("a", "b", "c", "d")
    after = pf.evolve()
    for name, fields in change.items():
        after = after.evolve(name or "x", **fields)
    compile_portfolio(pf, pf.dialect)
    assert compiled == ["a", "b", "c", "d"]
    compiled.clear()
    compile_copy(after, pf, pf.dialect)
    compile_copy(after, pf, pf.dialect)  # kept with the copy
    assert compiled == made
    compiled.clear()
    shorter = pf.evolve(projects=pf.projects[:2])
    assert columns(compile_copy(shorter, pf, pf.dialect)) == columns(compile_portfolio(anew(shorter), pf.dialect))
    assert compiled == ["a", "b"]  # those of the portfolio that shares nothing
    longer = pf.evolve(projects=[*pf.projects, Project(id="e", tasks=[Task(id="a", duration="1 d")])])
    compiled.clear()
    compile_copy(longer, pf, pf.dialect)
    assert compiled == ["e"]


def test_projects_alike_in_a_row() -> None:
    def by_hand(shared: Iterable[bool]) -> list[tuple[bool, int, int]]:
        return list(runs(shared))

    assert by_hand([]) == []
    assert by_hand([True]) == [(True, 0, 1)]
    assert by_hand([True, True, False, True, False, False]) == [(True, 0, 2), (False, 2, 3), (True, 3, 4), (False, 4, 6)]
