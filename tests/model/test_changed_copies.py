"""A changed copy of a portfolio is refused for the same reasons as the same portfolio made anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo.examples
from ipmo.errors import ModelError, Problem
from ipmo.model import After, Benefit, Gate, Portfolio, Project, Task
from ipmo.model import portfolio as portfolio_module
from ipmo.model.integrity import problems_of
from ipmo.model.items import ItemsOfCopy
from ipmo.testing.strategies import portfolios


def anew(portfolio: Portfolio, **changes: object) -> list[Problem]:
    """What a portfolio made anew of the same parts is refused for."""
    fields: dict[str, Any] = {one.name: getattr(portfolio, one.name) for one in attrs.fields(Portfolio)} | changes
    try:
        Portfolio(**fields)
    except ModelError as error:
        return list(error.problems)
    return []


def copied(portfolio: Portfolio, item: str | None, **changes: object) -> list[Problem]:
    """What a changed copy is refused for."""
    try:
        portfolio.evolve(item, **changes)
    except ModelError as error:
        return list(error.problems)
    return []


def _first(project: Project, **changes: Any) -> dict[str, Any]:
    """The first task of a project with other values."""
    return {"tasks": [attrs.evolve(project.tasks[0], **changes), *project.tasks[1:]]} if project.tasks else {}


CHANGES: dict[str, Callable[[Project], dict[str, Any]]] = {
    "cancelled": lambda project: {"state": "cancelled"},
    "in no programme": lambda project: {"programme": "nowhere"},
    "aligned to nothing": lambda project: {"alignment": {"nothing": "strong"}},
    "owned by nobody": lambda project: {"owner": "nobody at all"},
    "budget below nought": lambda project: {"budget": "-5 GBP"},
    "another id": lambda project: {"id": f"{project.id}-other"},
    "a task less": lambda project: {"tasks": project.tasks[1:]},
    "no gates": lambda project: {"gates": []},
    "a task lasts less than nothing": lambda project: _first(project, duration="-2 d"),
    "a task after nothing": lambda project: _first(project, after=[After(source="not there")]),
    "a task after itself": lambda project: _first(project, after=[After(source=project.tasks[0].id)]) if project.tasks else {},
    "a task of a summary that is not there": lambda project: _first(project, parent="not there"),
    "a task costs less than nothing": lambda project: _first(project, budget="-5 GBP"),
    "ends before it begins": lambda project: {"actual_start": "2026-05-01", "actual_finish": "2026-04-01"},
}


@given(st.data(), portfolios(), st.sampled_from(sorted(CHANGES)))
def test_a_changed_project_is_refused_as_in_a_portfolio_made_anew(data: st.DataObject, portfolio: Portfolio, what: str) -> None:
    """What stays is not looked at again; what is said of the rest is the same, word for word and place by place."""
    if not portfolio.projects:
        return
    project = data.draw(st.sampled_from(portfolio.projects))
    changes = CHANGES[what](project)
    try:
        changed = attrs.evolve(project, **changes)
    except ModelError:
        return
    projects = [changed if one is project else one for one in portfolio.projects]
    assert copied(portfolio, project.id, **changes) == anew(portfolio, projects=projects)


@pytest.mark.parametrize(
    ("what", "refused"),
    [
        ("cancelled", 0),
        ("in no programme", 1),
        ("aligned to nothing", 2),
        ("a task lasts less than nothing", 1),
        ("a task after nothing", 1),
        ("a task after itself", 1),
        ("budget below nought", 1),
        ("ends before it begins", 1),
    ],
)
def test_what_is_wrong_with_a_changed_project_is_found(what: str, refused: int) -> None:
    portfolio = ipmo.examples.load("library")
    project = next(one for one in portfolio.projects if one.tasks)
    found = copied(portfolio, project.id, **CHANGES[what](project))
    assert len(found) == refused
    assert all(problem.path[:1] == ("projects",) for problem in found)


def test_a_link_that_comes_to_stand_twice_is_found_though_no_link_changed() -> None:
    portfolio = ipmo.examples.load("handover")
    project = next(one for one in portfolio.projects if len(one.tasks) > 1)
    first, second = (task.id for task in project.tasks[:2])
    tasks = [attrs.evolve(task, after=[one for one in task.after if one.source != first]) for task in project.tasks]
    loose = portfolio.evolve(project.id, tasks=tasks)
    linked = loose.evolve(links=[*loose.links, {"from": f"{project.id}/{first}", "to": f"{project.id}/{second}"}])
    assert not problems_of(linked)
    assert any("stands under after:" in problem.message for problem in copied(linked, f"{project.id}/{second}", after=[first]))


def test_more_than_a_project_is_looked_at_as_a_whole() -> None:
    portfolio = ipmo.examples.load("library")
    assert any("programme" in problem.message for problem in copied(portfolio, None, programmes=[]))
    assert copied(portfolio, None, calendar="no such calendar")
    assert copied(portfolio, None, projects=portfolio.projects[1:]) == anew(portfolio, projects=portfolio.projects[1:])


def test_items_of_a_large_changed_copy_are_looked_up_where_they_were_found_before(monkeypatch: pytest.MonkeyPatch) -> None:
    projects = [Project(id=name, tasks=[Task(id="a", duration="1 d"), Task(id="b", after="a")], gates=[Gate(id="g")]) for name in "xyz"]
    pf = Portfolio(id="pf", projects=projects, benefits=[Benefit(id="gain", enabled_by="x/b")])
    monkeypatch.setattr(portfolio_module, "MANY", 1)
    named = pf.evolve(name="other")
    renamed = named.evolve("x/a", name="first")
    back = renamed.evolve("x/a", name="")
    bare = renamed.evolve(projects=[renamed.projects[0], Project(id="y")])
    swapped = bare.evolve(projects=[Project(id="new", tasks=[Task(id="a")]), projects[1], renamed.projects[0]])
    for one in (named, renamed, back, bare, swapped):
        whole = Portfolio(**{field.name: getattr(one, field.name) for field in attrs.fields(Portfolio)}).items
        assert isinstance(one.items, ItemsOfCopy)
        assert isinstance(whole, dict)
        assert list(one.items.items()) == list(whole.items())
        assert len(one.items) == len(whole)
        for name in (*pf.items, *swapped.items, "", "/", "x/", "nobody/a", 7):
            assert (name in one.items) == (name in whole)
            assert one.items.get(name) is whole.get(name)
            if name not in whole:
                with pytest.raises(KeyError):
                    one.items[name]
    assert back == named
    assert renamed["x/a"].name == "first"
