"""What several columns of a row say together: a report, an assessment, an exposure, a decision."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from ipmo.model.estimates import Estimate
from ipmo.model.estimating import as_time
from ipmo.model.governance import SCALES, Confidence, GateDecision, StatusReport
from ipmo.model.people import Assignment, Capacity
from ipmo.model.risks import Exposure, Impact
from ipmo.model.work import Constraints
from ipmo.registers.cells.outcomes import CellError

__all__ = ["GROUPS", "assignment"]

Told = Mapping[str, Any]
UNITS = re.compile(r"(.+?)\[([0-9]{1,5}(?:\.[0-9]{1,3})?) ?(%?)\]")
SINCE = date(2000, 1, 1)
"""Since when a resource has been there, where nothing says so."""


def _dated(told: Told, status_date: date | None, what: str) -> date:
    day: date | None = told.get("date") or status_date
    if day is None:
        raise CellError(f"nothing says of which day {what} is; map a column to its date, or say status_date: in the mapping")
    return day


def _status(told: Told, status_date: date | None) -> tuple[StatusReport, ...]:
    if not told.keys() - {"date"}:
        return ()
    day = _dated(told, status_date, "the report")
    return (StatusReport(date=day, rag=told.get("rag"), by=told.get("by"), note=told.get("note", "")),)


def _confidence(told: Told, status_date: date | None) -> tuple[Confidence, ...]:
    if "rating" not in told:
        if told.keys() <= {"date", "assessor"}:
            return ()
        raise CellError("no rating stands beside it")
    rating = told["rating"]
    three = SCALES["dca-3"]
    scale = "dca-3" if rating in three and told.get("scale", "dca-3") == "dca-3" else "dca-5"
    day = _dated(told, status_date, "the assessment")
    return (Confidence(date=day, assessor=told.get("assessor") or "as reported", scale=scale, rating=rating, note=told.get("note", "")),)


def _exposure(told: Told, _: date | None) -> Exposure:
    impact = Impact(target=told.get("target"), delay=told.get("delay"), cost=told.get("cost"))
    return Exposure(probability=told.get("probability"), impacts=() if told.keys() <= {"probability"} else (impact,))


def _decision(told: Told, status_date: date | None) -> GateDecision:
    if "outcome" not in told:
        raise CellError("no outcome of the decision stands beside it")
    day = _dated(told, status_date, "the decision")
    return GateDecision(outcome=told["outcome"], date=day, decided_by=told.get("decided_by"), note=told.get("note", ""))


def _capacity(told: Told, _: date | None) -> tuple[Capacity, ...]:
    if "value" not in told:
        raise CellError("no number of units stands beside it")
    since, until = told.get("from") or SINCE, told.get("until")
    if until is not None and until < since:
        raise CellError(f"it is there until {until}, before it comes on {since}")
    gone = () if until is None else (Capacity(since=until + timedelta(days=1), value=0),)
    return (Capacity(since=since, value=told["value"]), *gone)


def _estimated(told: Told, _: date | None) -> Estimate:
    if missing := [name for name in ("low", "likely", "high") if name not in told]:
        raise CellError(f"a three-point estimate needs all three; here is no {' and no '.join(missing)}")
    return as_time({name: one.central() for name, one in told.items()})


GROUPS: Final[Mapping[str, Callable[[Told, date | None], Any]]] = {
    "status": _status,
    "confidence": _confidence,
    "before": _exposure,
    "after": _exposure,
    "decision": _decision,
    "capacity": _capacity,
    "duration": _estimated,
    "constraints": lambda told, _: Constraints(**told),
}
"""What makes the noun inside a row, by the field that holds it: of what stands beside it, and the day of which the row is, else the file."""


def assignment(text: str, find: Callable[[str], str]) -> Assignment:
    """A resource at work, as project tools write it: `Crane`, `Anna[50%]`, `Fitter[2]`.

    Args:
        text: what stands in the cell.
        find: the id of a resource by what it is called.
    """
    match = UNITS.fullmatch(text)
    if match is None:
        return Assignment(resource=find(text))
    units = Decimal(match[2]) / (100 if match[3] else 1)
    return Assignment(resource=find(match[1].strip()), units=int(units) if units == int(units) else float(units))
