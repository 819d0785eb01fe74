"""The adapter to copy: a house method with one check, one measure and one gate."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from ipmo.model import MeasureContext, Project
from ipmo.plugin import Check, CheckContext, Finding, GateRule, Measure, Methodology, hookimpl

__all__ = ["HOUSE", "ipmo_methodologies"]

GUIDE = "House rules of the example office, first edition, page 1"


def _owner(context: CheckContext) -> Iterable[Finding]:
    for project in context.portfolio.projects:
        if project.owner is None and project.state == "active" and context.covers(project.id):
            yield Finding(code="house/owner", item=project.id, message=f"active project {project.id!r} has no owner", hint="write owner:")


def _is_project(item: Any) -> bool:
    return isinstance(item, Project)


def _tonnes(context: MeasureContext, full_id: str, item: Any) -> Decimal | None:
    """Tonnes of CO2e, from the free attribute `carbon`."""
    text = getattr(item, "attributes", {}).get("carbon")
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None


HOUSE = Methodology(
    name="house",
    title="House rules",
    source=GUIDE,
    checks=(Check(code="house/owner", rule="H-1", title="An active project has an owner", source=GUIDE, run=_owner),),
    measures=(
        Measure(
            name="house-carbon",
            title="Carbon",
            unit="tCO2e",
            combine="sum",
            value=_tonnes,
            own_total=True,
            source=GUIDE,
            applies=_is_project,
        ),
    ),
    gates=(GateRule(name="start", title="May it start?", source=GUIDE, checks=("house/owner",), evidence=("business-case",)),),
)


@hookimpl
def ipmo_methodologies() -> Iterable[Methodology]:
    """The house rules."""
    return [HOUSE]
