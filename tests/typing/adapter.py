"""What the author of a methodology plugin writes, for type checkers only; see `user.py` beside this file."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import assert_type

from ipmo.model import Portfolio, Project
from ipmo.plugin import Check, CheckContext, Finding, GateRule, Measure, MeasureContext, Methodology, hookimpl


def owner(context: CheckContext) -> Iterable[Finding]:
    """A check: it reads the portfolio and yields findings."""
    assert_type(context.portfolio, Portfolio)
    for project in context.portfolio.projects:
        assert_type(project, Project)
        assert_type(project.owner, str | None)
        if project.owner is None and context.covers(project.id):
            yield Finding(code="ours/owner", item=project.id, message="no owner")


def tonnes(context: MeasureContext, full_id: str, item: object) -> Decimal | None:
    """A measure of an item; None where it is not known."""
    return Decimal(1) if isinstance(item, Project) else None


def gives_text(context: CheckContext) -> str:
    """No check: findings are wanted."""
    return context.portfolio.id


OURS = Methodology(
    name="ours",
    title="Ours",
    source="Our handbook",
    checks=(Check(code="ours/owner", rule="1", title="Each has an owner", source="page 1", run=owner),),
    measures=(Measure(name="ours-carbon", title="Carbon", unit="t", combine="sum", value=tonnes, source="page 2"),),
    gates=(GateRule(name="start", title="May it start?", source="page 3", checks=("ours/owner",), evidence=("business-case",)),),
)


@hookimpl
def ipmo_methodologies() -> Iterable[Methodology]:
    """The hook keeps its type."""
    return [OURS]


assert_type(ipmo_methodologies(), Iterable[Methodology])


def mistakes(context: CheckContext) -> None:
    """Each line holds one mistake."""
    context.portfolios  # type: ignore[attr-defined]  # noqa: B018  # pyright: ignore[reportAttributeAccessIssue]
    Finding(cod="x", message="y")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Check(code="x", rule="1", title="t", source="s", run=gives_text)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Measure(name="x", title="t", unit="t", combine="sum", value=gives_text, source="s")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Methodology(name="x", tittle="t", source="s")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
