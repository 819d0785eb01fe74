"""What people write where a field has another name here: the words of planning tools, trackers and registers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["meant"]

START = ("start", "not_before", "starts", "planned_start", "from", "date")
FINISH = ("finish", "deadline", "ends", "until", "to", "need_by", "due", "date")
LEAVE = ("capacity",)
WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "absence": LEAVE,
        "absences": LEAVE,
        "actual_cost": ("actual",),
        "accountable": ("owner",),
        "assigned_to": ("assignments", "owner"),
        "assignee": ("assignments", "owner"),
        "begin": START,
        "budgeted_cost": ("budget",),
        "closes": FINISH,
        "comment": ("note", "attributes"),
        "comments": ("note", "attributes"),
        "completion": ("progress",),
        "complete": ("progress",),
        "cost": ("budget", "amount"),
        "decision_date": ("decided", "date"),
        "dependencies": ("after", "links"),
        "dependency": ("after",),
        "depends": ("after",),
        "depends_on": ("after",),
        "description": ("note", "text", "name"),
        "done": ("progress",),
        "due": FINISH,
        "due_date": FINISH,
        "end": FINISH,
        "end_date": FINISH,
        "estimate": ("duration", "budget"),
        "estimated_cost": ("budget", "forecast"),
        "finish": FINISH,
        "finish_date": FINISH,
        "holidays": LEAVE,
        "impact": ("impacts", "before"),
        "impacts": ("before",),
        "labels": ("category", "attributes"),
        "lead": ("owner",),
        "leave": LEAVE,
        "length": ("duration",),
        "likelihood": ("probability", "before"),
        "manager": ("owner",),
        "mitigation": ("response",),
        "notes": ("note", "attributes"),
        "percent": ("progress",),
        "percent_complete": ("progress",),
        "pm": ("owner",),
        "predecessor": ("after",),
        "predecessors": ("after",),
        "priority": ("attributes",),
        "probability": ("before",),
        "rag": ("status", "confidence"),
        "resource": ("assignments",),
        "resources": ("assignments", "resources"),
        "responsible": ("owner",),
        "score": ("before",),
        "source": ("from",),
        "spent": ("actual",),
        "sponsor": ("owner",),
        "start": START,
        "start_date": START,
        "starts": START,
        "summary": ("name",),
        "tags": ("category", "attributes"),
        "target": ("to", "target"),
        "time_off": LEAVE,
        "title": ("name",),
        "vacation": LEAVE,
        "vacations": LEAVE,
        "work": ("effort",),
    }
)
"""The words with the fields that are meant, the likeliest first: one holds where the noun has the field."""
OFF = "capacity: [{from: 2026-01-01, value: 1}, {from: 2026-07-06, value: 0}, {from: 2026-07-20, value: 1}]"
UNDER: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        **dict.fromkeys([(word, "capacity") for word, fields in WORDS.items() if fields is LEAVE], OFF),
        ("likelihood", "before"): "before: {probability: 30 %}",
        ("probability", "before"): "before: {probability: 30 %}",
        ("score", "before"): "before: {probability: 30 %, impacts: {cost: 20 k GBP}}",
        ("impact", "before"): "before: {impacts: {cost: 20 k GBP, delay: 10 d}}",
        ("impacts", "before"): "before: {impacts: {cost: 20 k GBP, delay: 10 d}}",
        ("rag", "status"): "status: {date: 2026-03-31, rag: amber}",
    }
)
"""How it is written where the field takes more than the word says."""


def meant(word: str, fields: Collection[str]) -> str:
    """How to write what a word of another tool says, in words; empty where no field of these takes it.

    Args:
        word: what stands in place of a field.
        fields: the fields that may stand there.

    >>> meant("Depends on", ["id", "after"])
    'write after:'
    >>> meant("probability", ["id", "before"])
    'write before: {probability: 30 %}'
    """
    word = "_".join(word[:80].replace("-", " ").replace("_", " ").lower().split())
    for field in WORDS.get(word, ()):
        if field in fields and field != word:
            return f"write {UNDER.get((word, field), f'{field}:')}"
    return ""
