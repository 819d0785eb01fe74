"""Benefits of two portfolios side by side: whose present value is another, and what was planned of those that never come now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from ipmo.analysis.benefits.realisation import Benefits
from ipmo.analysis.change.stated import Moved
from ipmo.analysis.dates.schedule import Schedule
from ipmo.units import Money

__all__ = ["worth_moved"]

EXACT = 1e12
"""Amounts below it are told apart to the last minor unit by their floats."""


def worth_moved(was: Benefits, now: Benefits, schedules: tuple[Schedule, Schedule] | None) -> Iterator[Moved]:
    """Benefits that have another present value, have one no more, or are new, and those that waited and now never come.

    Args:
        was: the benefits of the earlier portfolio.
        now: those of the later one.
        schedules: both schedules; None where a portfolio has none.
    """
    yield from _other(was, now)
    if schedules is None:
        return
    waiting, lost = (
        {net.ids[node] for node, hold in net.holds.items() if hold.never and net.kinds[node] == "benefit"}
        for net in (one.network for one in schedules)
    )
    for name in sorted(lost - waiting):
        one = was[name] if name in was else None
        if one is None or one.npv is not None:
            continue
        row = _benefit(name, one.name, one.planned_npv or Money(0, was.currency), None, f"as planned, not known before; {now[name].reason}")
        yield attrs.evolve(row, before="not known", change=None if one.planned_npv is None else row.change)


def _other(was: Benefits, now: Benefits) -> Iterator[Moved]:
    """Benefits that have another present value, have one no more, or are new; of all others no row is made."""
    others = now.figures.worths.others_than(was.figures.worths)
    if others is None:
        before, after = was.present_amounts, now.present_amounts
        names: Iterable[str] = dict.fromkeys([*before, *after])
    else:
        before, after, names = {}, {}, [one.id for one in map(was.portfolio.benefits.__getitem__, others)]
    for name in names:
        amount = before.get(name)
        if amount is not None and amount == after.get(name) and abs(amount) < EXACT and was.currency == now.currency:
            continue
        one, other = (side[name] if name in side else None for side in (was, now))
        if one is None or one.npv is None:
            if one is None and other is not None and other.npv is not None:
                yield _benefit(name, other.name, None, other.npv, "")
        elif other is None or other.npv is None:
            yield _benefit(name, one.name, one.npv, None, "it is no longer planned" if other is None else other.reason)
        elif other.npv != one.npv:
            yield _benefit(name, one.name, one.npv, other.npv, "")


def _benefit(item: str, name: str, was: Money | None, now: Money | None, note: str) -> Moved:
    amounts = [0 if one is None else one.amount for one in (was, now)]
    known = was or now
    assert known is not None
    return Moved(
        item=item, kind="benefit", name=name, what="benefit value", before="" if was is None else f"{was:,}",
        after="" if now is None else f"{now:,}", change=float(amounts[1] - amounts[0]), unit=known.currency, note=note,
    )  # fmt: skip
