"""Why a link ranks where it does, in one sentence."""

from __future__ import annotations

from datetime import datetime

from ipmo.units import day_text
from ipmo.words import agree, counted

__all__ = ["reason"]


def reason(
    *,
    source: str,
    target: str,
    driving: bool,
    link_float: float,
    target_float: float | None,
    at_risk: str | None,
    drag: float | None,
    drag_on: str | None,
    projects: int,
    benefits: int,
    given: datetime | None,
    needed: datetime | None,
    committed: datetime | None,
) -> str:
    """Whether it drives, what it puts at risk by how much, how long it holds what back, what lies behind it, what is late."""
    if driving:
        first = f"{source} sets the date of {target}"
    else:
        first = f"{source} can slip {_days(link_float)} before it moves {target}"
    text = f"{first}; {_spare(target_float, at_risk)}"
    if drag and drag_on:
        text += f"; without it {drag_on} would come {_days(drag).replace('working ', '')} earlier"
    behind = [counted(n, word) for n, word in ((projects, "project"), (benefits, "benefit")) if n]
    if behind:
        text += f"; {' and '.join(behind)} downstream"
    for word, when in (("needed by", needed), ("committed for", committed)):
        if when is not None and given is not None and given > when:
            text += f"; {word} {day_text(when, finish=True)}, expected {day_text(given, finish=True)}"
    return text


def _spare(target_float: float | None, at_risk: str | None) -> str:
    if target_float is None or at_risk is None:
        return "no commitment lies downstream"
    if target_float < 0:
        return f"{at_risk} is already missed by {_days(-target_float)} along this path"
    if target_float == 0:
        return f"any slip moves {at_risk}"
    return f"{_days(target_float)} are left before {at_risk} moves"


def _days(days: float) -> str:
    text = f"{days:,.1f}".removesuffix(".0")
    return f"{text} working {agree(text == '1', 'day')}"
