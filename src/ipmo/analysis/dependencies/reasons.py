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
    link_float: float | None,
    commitment_float: float | None,
    at_risk: str | None,
    own: bool,
    missed: bool,
    nearest: tuple[float, str] | None,
    drag: float | None,
    drag_on: str | None,
    projects: int,
    benefits: int,
    given: datetime | None,
    needed: datetime | None,
    committed: datetime | None,
    from_morning: bool = False,
) -> str:
    """Whether it drives, what it puts at risk by how much, how long it holds what back, what lies behind it, what is late.

    Args:
        source, target, driving, drag, drag_on, given, needed, committed: of the link.
        link_float: working days until it moves its target; None of what is handed over to outside.
        commitment_float: working days until a commitment is missed.
        at_risk: that commitment.
        own: it is that of the hand-over itself.
        missed: it is missed already, by this path or by another.
        nearest: days until a target moves that is only forecast, and that target.
        projects, benefits: how many lie downstream.
        from_morning: what is given begins its day: it is late for what was said for the day before.
    """
    if link_float is None:
        first = f"{source} goes to {target}, outside the portfolio"
    elif driving:
        first = f"{source} sets the date of {target}"
    else:
        first = f"{source} can slip {_days(link_float)} before it moves {target}"
    late = [w for w in (needed, committed) if w is not None and given is not None and (given > w or (given == w and from_morning))]
    broken = own and commitment_float == 0 and late
    text = f"{first}; {'its own date is missed already' if broken else _spare(commitment_float, at_risk, own, missed, nearest)}"
    if drag and drag_on:
        text += f"; without it {drag_on} would come {_days(drag).replace('working ', '')} earlier"
    behind = [counted(n, word) for n, word in ((projects, "project"), (benefits, "benefit")) if n]
    if behind:
        text += f"; {' and '.join(behind)} downstream"
    for word, when in (("needed by", needed), ("committed for", committed)):
        if when in late:
            text += f"; {word} {day_text(when, finish=True)}, expected {day_text(given, finish=not from_morning)}"
    return text


def _spare(days: float | None, at_risk: str | None, own: bool, missed: bool, nearest: tuple[float, str] | None) -> str:
    if days is None or at_risk is None:
        if nearest is None:
            return "no commitment lies downstream"
        slip = "any slip moves" if nearest[0] <= 0 else f"{_days(nearest[0])} are left before it moves"
        return f"no commitment lies downstream; {slip} the forecast of {nearest[1]}"
    what = "its own date" if own else at_risk
    if days < 0:
        return f"{what} is already missed by {_days(-days)}{'' if own else ' along this path'}"
    if missed and not own:
        room = f"{_days(days)} {'is' if days == 1 else 'are'}" if days else "no day is"
        return f"{what} is missed already by another path; along this one {room} left"
    if days == 0:
        return f"any slip breaks {what}"
    return f"{_days(days)} {'is' if days == 1 else 'are'} left before {what} is missed"


def _days(days: float) -> str:
    text = f"{days:,.1f}".removesuffix(".0")
    return f"{text} working {agree(text == '1', 'day')}"
