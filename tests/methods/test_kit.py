"""The kit for authors: what it holds a methodology to is seen to fail."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ipmo.findings import Finding
from ipmo.methods.contract import Check, CheckContext, Methodology
from ipmo.model import Portfolio, Project
from ipmo.testing.conformance import MethodologyConformance

TWO = Portfolio(id="x", projects=[Project(id="P"), Project(id="Q")])


def kit(run: object, **more: object) -> MethodologyConformance:
    check = Check(code="house/rule", title="t", source="s", run=run)  # type: ignore[arg-type]
    method = Methodology(name="house", title="House", source="s", checks=[check])
    examples = {"house/rule": (Portfolio(id="x"), TWO)}
    made: MethodologyConformance = type("Kit", (MethodologyConformance,), {"methodology": method, "examples": examples, **more})()
    return made


def every_project(context: CheckContext) -> Iterable[Finding]:
    return [Finding(code="house/rule", item=p.id, message=p.id) for p in context.portfolio.projects]


def covered_projects(context: CheckContext) -> Iterable[Finding]:
    return [found for found in every_project(context) if context.covers(found.item)]


def counted_projects(context: CheckContext) -> Iterable[Finding]:
    found = list(covered_projects(context))
    return [Finding(code="house/rule", item=one.item, message=f"one of {len(found)}") for one in found]


def test_a_check_of_one_project_that_speaks_of_another_is_seen_unless_a_reason_is_given() -> None:
    kit(covered_projects).test_a_check_of_one_project_says_of_it_what_it_says_where_it_holds_for_all()
    with pytest.raises(AssertionError, match=r"these speak of others: \['house/rule'\]"):
        kit(every_project).test_a_check_of_one_project_says_of_it_what_it_says_where_it_holds_for_all()
    kit(every_project, beside={"house/rule": "it sees all"}).test_a_check_of_one_project_says_of_it_what_it_says_where_it_holds_for_all()


def test_a_check_of_one_project_that_says_something_else_of_it_is_seen_unless_a_reason_is_given() -> None:
    with pytest.raises(AssertionError, match=r"say something else of it: \['house/rule'\]"):
        kit(counted_projects).test_a_check_of_one_project_says_of_it_what_it_says_where_it_holds_for_all()
    kit(counted_projects, relative={"house/rule": "it counts"}).test_a_check_of_one_project_says_of_it_what_it_says_where_it_holds_for_all()
    with pytest.raises(AssertionError, match="name checks that the method does not have"):
        kit(covered_projects, beside={"house/other": "?"}).test_a_check_of_one_project_says_of_it_what_it_says_where_it_holds_for_all()
