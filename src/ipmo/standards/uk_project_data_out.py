"""The seven entities of the UK programme and project data standard as a folder of CSV files, with how each clause stands.

Dates are YYYY-MM-DD and numbers plain, as the standard's handbook says; cells that a spreadsheet would take for a formula get a leading
apostrophe. What the entities have no place for is named in a `FormatWarning`, and so is what they ask for and lack.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from ipmo.atomic import write_together
from ipmo.files.no_room import NoRoom
from ipmo.model.estimates import Estimate
from ipmo.model.held import gates_of, risks_of
from ipmo.model.portfolio import Portfolio
from ipmo.standards.entities import ENTITIES, Attribute, Entity, Record, Value, records
from ipmo.standards.uk_project_data import SOURCE, standings
from ipmo.tables import Column, Table
from ipmo.units import said_day

__all__ = ["write_uk_project_data"]

PROJECT = frozenset(
    [
        "id",
        "name",
        "programme",
        "category",
        "state",
        "owner",
        "start",
        "finish",
        "actual_start",
        "actual_finish",
        "progress",
        "budget",
        "actual",
        "forecast",
        "price_base",
        "confidence",
        "tasks",
        "gates",
        "risks",
        "attributes",
    ]
)
PROGRAMME = frozenset(["id", "name", "programme", "owner", "budget", "actual", "forecast", "attributes"])
RISK = frozenset(
    [
        "id",
        "name",
        "cause",
        "effect",
        "category",
        "opportunity",
        "owner",
        "actionee",
        "response",
        "state",
        "before",
        "after",
        "starts",
        "ends",
        "raised",
        "reviewed",
    ]
)
ISSUE = frozenset(["id", "name", "item", "severity", "owner", "raised", "due", "closed", "note"])
BENEFIT = frozenset(
    [
        "id",
        "name",
        "description",
        "category",
        "disbenefit",
        "cashable",
        "owner",
        "value",
        "measure",
        "unit",
        "baseline",
        "baseline_date",
        "target",
        "target_date",
        "planned_start",
        "until",
        "enabled_by",
        "any_of",
    ]
)
MILESTONE = frozenset(["id", "name", "milestone", "category", "owner", "baseline_finish", "deadline", "actual_finish", "after"])
GATE = frozenset(["id", "name", "body", "need_by", "decision", "after"])
PERSON = frozenset(["id", "name", "kind", "permanent", "line", "office", "roles"])
KEPT = frozenset(
    [
        "id",
        "name",
        "start",
        "status_date",
        "calendar",
        "dialect",
        "money",
        "programmes",
        "projects",
        "gates",
        "risks",
        "issues",
        "benefits",
        "people",
        "source",
    ]
)


def write_uk_project_data(portfolio: Portfolio, path: Path) -> None:
    """A folder with a CSV file for each of the seven entities, and `clauses.csv`.

    Warns:
        FormatWarning: what the entities have no place for, and how many records lack a name or an amount.

    Raises:
        FileError: the folder cannot be written.
    """
    held = records(portfolio)
    lost = NoRoom(NAMED)
    _count(portfolio, lost)
    files: dict[str, str | bytes] = {}
    for entity in ENTITIES:
        files[entity.file] = _table(entity, held[entity.name], lost).to_csv()
    files["clauses.csv"] = _clauses(portfolio, lost).to_csv()
    write_together(path, files)
    lost.warn(path)


NAMED = "the UK programme and project data standard"


def _table(entity: Entity, rows: list[Record], lost: NoRoom) -> Table:
    columns = []
    for attribute in entity.attributes:
        cells = [_cell(row.values.get(attribute.name), attribute, entity, lost) for row in rows]
        kind = {"Text": "str", "Date": "date", "Numeric": "float"}[attribute.format]
        columns.append(Column(attribute.name, kind, cells))
    return Table(columns)


def _cell(value: Value, attribute: Attribute, entity: Entity, lost: NoRoom) -> str | float | date | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        lost.lose(f"times of day of {attribute.name!r} of {entity.name}")
        return said_day(value, finish=attribute.end)
    if isinstance(value, Estimate):
        lost.lose(f"ranges of {attribute.name!r} of {entity.name}")
        return None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _clauses(portfolio: Portfolio, lost: NoRoom) -> Table:
    found = standings(portfolio)
    for one in found:
        if one.standing == "missing":
            lost.lose(
                f"records of {one.clause.title.lower()} without {'an amount' if one.clause.number == '3.6' else 'a name'}", len(one.found)
            )
    return Table(
        [
            Column("clause", "str", [one.clause.number for one in found]),
            Column("title", "str", [one.clause.title for one in found]),
            Column("standing", "str", [one.standing for one in found]),
            Column("records", "int", [one.looked_at for one in found]),
            Column("not met by", "int", [len(one.found) for one in found]),
            Column("seen", "str", [one.clause.seen for one in found]),
            Column("source", "str", [SOURCE for _ in found]),
        ]
    )


def _count(portfolio: Portfolio, lost: NoRoom) -> None:
    """Every field that no entity takes up."""
    for programme in portfolio.programmes:
        lost.beside(programme, PROGRAMME, "programmes")
        _attributes(programme.attributes, lost, "programmes")
    for project in portfolio.projects:
        lost.beside(project, PROJECT, "projects")
        _attributes(project.attributes, lost, "projects")
        for task in project.tasks:
            if not task.milestone:
                lost.lose("tasks")
            else:
                lost.beside(task, MILESTONE, "milestones")
                if task.after:
                    lost.lose("links of milestones", len(task.after))
        if len(project.confidence) > 1:
            lost.lose("earlier assessments of confidence", len(project.confidence) - 1)
    for gate in (one.noun for one in gates_of(portfolio)):
        lost.beside(gate, GATE, "gates")
        if gate.after:
            lost.lose("links of gates", len(gate.after))
    for risk in (one.noun for one in risks_of(portfolio)):
        lost.beside(risk, RISK, "risks")
        for exposure, first in ((risk.before, True), (risk.after, False)):
            if exposure is not None and (
                len(exposure.impacts) > 1 or any(not first or one.delay is not None or one.target is not None for one in exposure.impacts)
            ):
                lost.lose("impacts of risks", len(exposure.impacts))
    for issue in portfolio.issues:
        lost.beside(issue, ISSUE, "issues")
    for benefit in portfolio.benefits:
        lost.beside(benefit, BENEFIT, "benefits")
    for person in portfolio.people:
        lost.beside(person, PERSON, "people")
    lost.beside(portfolio, KEPT, "the portfolio")


def _attributes(attributes: Mapping[str, str], lost: NoRoom, of: str) -> None:
    for key in attributes:
        if key != "description":
            lost.lose(f"attributes {key!r} of {of}")
