"""The question that only the portfolio can answer, at each gate: MOP-R09."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import ipmo
from ipmo.model import Gate, Portfolio
from ipmo.model.held import gates_of
from ipmo.plugin import CheckContext, Finding, Severity
from ipmo_mop.catalogue import OPEN
from ipmo_mop.wording import day_of, finding

__all__ = ["QUESTIONS", "questions"]

QUESTIONS = {"strategic": "still strategic", "affordable": "still affordable", "best-use": "still the best use of the constraint"}
"""Evidence of a gate that answers for the portfolio, by name."""
GO = ("go", "conditional go")
SOON = timedelta(days=31)
"""How long before the day of an open gate its papers should be there."""


def _answered(gate: Gate) -> set[str]:
    """Which of the questions the papers of a gate answer."""
    names = {*gate.evidence, *(gate.decision.evidence if gate.decision is not None else ())}
    return {name for name in QUESTIONS if name in names and gate.evidence.get(name, name).strip()}


def questions(context: CheckContext) -> Iterable[Finding]:
    """MOP-R09: a gate answers whether the initiative is still strategic, still affordable, and still the best use of the constraint.

    Held against gates that let work go on, and against open ones that are due within a month. Where the papers say that it is strategic and
    no objective is served, that is an error.
    """
    pf = context.portfolio
    today = None if pf.status_date is None else day_of(pf.status_date)
    for one in gates_of(pf):
        if (one.project is not None and one.project.counted_as not in OPEN) or not context.covers(one.where):
            continue
        gate, full_id = one.noun, one.id
        answered = _answered(gate)
        lacks = [words for name, words in QUESTIONS.items() if name not in answered]
        went = gate.decision is not None and gate.decision.outcome in GO
        due = gate.decision is None and gate.need_by is not None and today is not None and day_of(gate.need_by) <= today + SOON
        if lacks and (went or due):
            front = f"gate {gate.id!r} of {one.owner!r} {'went through' if went else f'is due by {gate.need_by}'}"
            message = f"{front} and says nothing of whether it is {', '.join(lacks)}"
            hint = f"write evidence: {{{', '.join(f'{name}: the paper' for name in QUESTIONS if name not in answered)}}}"
            yield finding("portfolio-question", full_id, message, hint, Severity.WARNING if went else Severity.INFO, part="unsaid")
        if went and "strategic" in answered and _serves_nothing(context, one.owner):
            message = f"gate {gate.id!r} of {one.owner!r} says that it is still strategic, and it serves no objective"
            yield finding(
                "portfolio-question", full_id, message, "say which objective it serves, or stop it", Severity.ERROR, part="strategic"
            )


def _serves_nothing(context: CheckContext, project: str) -> bool:
    return bool(context.portfolio.objectives) and project in context.once(_orphans)


def _orphans(context: CheckContext) -> frozenset[str]:
    pf: Portfolio = context.portfolio
    return frozenset(ipmo.line_of_sight(pf, include=("proposed",)).orphans)
