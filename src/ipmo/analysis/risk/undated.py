"""Items that have no date in any sample, because all of their open work waits for what does not come."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date

import attrs

from ipmo.analysis.risk.outcomes import UNSIZED
from ipmo.analysis.risk.plan import Plan

__all__ = ["Undated", "undated"]


@attrs.frozen(kw_only=True)
class Undated:
    """Why an item has no dates.

    Args:
        doubt: why, in words.
        never: by today's plan it never comes, for what it waits for was stopped.
        committed: the date that somebody relies on; None where nobody stated one.
    """

    doubt: str
    never: bool = False
    committed: date | None = None

    @property
    def sure(self) -> float | None:
        """The probability that it keeps its commitment: 0 of what never comes; None where that is not known, or nobody stated one."""
        return 0.0 if self.never and self.committed is not None else None


def undated(plan: Plan, dated: AbstractSet[str], rows: AbstractSet[str]) -> dict[str, Undated]:
    """The items of a simulation that have no dates because they are blocked.

    Args:
        plan: what is simulated.
        dated: those that have dates.
        rows: those of which something else is known; others are named where somebody relies on a date of theirs, and benefits in any case.
    """
    doubts, out = plan.schedule.commitments.doubts, dict[str, Undated]()
    benefits = {one.id for one in plan.portfolio.benefits if plan.waits_unsized(one.id)}
    gone = dict(_never_handed_over(plan))
    for name in plan.parts if doubts or benefits or gone else ():
        doubt = "" if name in dated else doubts.held(name) or (UNSIZED if name in benefits else gone.get(name, ""))
        if not doubt:
            continue
        committed = plan.committed(name)
        if name in rows or committed is not None or plan.parts[name][0] == "benefit":
            out[name] = Undated(doubt=doubt, never=name in gone or bool(doubts.never(name)), committed=committed)
    return out


def _never_handed_over(plan: Plan) -> Iterator[tuple[str, str]]:
    """Stopped work that somebody waits for by a stated day, and why it never comes: its receivers are blocked, it is not."""
    for name, one in plan.stated.items():
        if one.kind == "hand-over":
            found = plan.schedule.commitments.of(one, caused=False)
            if found.expected is None and found.standing == "missed":
                yield name, found.reason
