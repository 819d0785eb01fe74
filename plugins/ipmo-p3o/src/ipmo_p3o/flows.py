"""Data lineage: on which way a figure reaches the top, and how old it is when it is read there."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction

import attrs

from ipmo import Span
from ipmo.model import DataFlow, Portfolio
from ipmo.plugin import Column, Shown, Table

__all__ = ["Lineage", "lineage", "nominal_days", "wait"]

DAYS = {
    "min": Fraction(7, 2400),
    "h": Fraction(7, 40),  # a working hour of an eight-hour day on a five-day week
    "d": Fraction(7, 5),
    "w": Fraction(7),
    "eh": Fraction(1, 24),
    "ed": Fraction(1),
    "ew": Fraction(7),
    "month": Fraction(36525, 1200),
    "year": Fraction(36525, 100),
}
"""Elapsed days that a unit lasts in the middle: working days on a five-day week, months of a year of 365.25 days."""
PATHS = 1000
"""Ways that are followed for one field before the rest is left out."""


def nominal_days(span: Span) -> Fraction:
    """Elapsed days of a length of time, in the middle.

    >>> nominal_days(Span(5, "d")), nominal_days(Span(12, "month")) == nominal_days(Span(1, "year"))
    (Fraction(7, 1), True)
    """
    return Fraction(span.amount) * DAYS[span.unit]


def wait(child: tuple[Fraction, Fraction], parent: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    """How long what a sender cut off waits for the cut-off of the next one: (least, most), in days.

    The child cuts off at `k * Pc - Lc`, the parent at `j * Pp - Lp`, for whole k and j; the parent takes the child's latest.
    With `g = gcd(Pc, Pp)` the waits are `(Lc - Lp) mod g + n * g` for n = 0 to Pc/g - 1, each as often as the others.

    Args:
        child, parent: (cadence P, lead L of the cut-off before the end of the period), in days.

    >>> [tuple(map(float, wait((Fraction(7), Fraction(2)), (Fraction(28), Fraction(1)))))]
    [(1.0, 1.0)]
    """
    (pc, lc), (pp, lp) = child, parent
    step = Fraction(math.gcd(pc.numerator * pp.denominator, pp.numerator * pc.denominator), pc.denominator * pp.denominator)
    least = (lc - lp) % step
    return least, least + pc - step


@attrs.frozen(kw_only=True)
class Lineage(Shown):
    """One way of a field to where nobody passes it on.

    Args:
        field: the field.
        source_system: its system of record; empty when not stated.
        steps: offices and boards, from the first sender to the last reader.
        hops: the flows between them.
        freshest: age of the newest fact when it is read at the end of the last period, at best, in elapsed days; None when a
            cadence is not stated.
        oldest: age at worst of a fact that just missed the first cut-off, when it is first read, in elapsed days.
    """

    field: str
    source_system: str
    steps: tuple[str, ...]
    hops: tuple[DataFlow, ...] = attrs.field(repr=False)
    freshest: Fraction | None
    oldest: Fraction | None


def _senders(portfolio: Portfolio) -> dict[str, dict[str, list[DataFlow]]]:
    out: dict[str, dict[str, list[DataFlow]]] = {}
    for flow in portfolio.flows:
        out.setdefault(flow.field, {}).setdefault(flow.source, []).append(flow)
    return out


def _ways(by_sender: dict[str, list[DataFlow]]) -> Iterator[tuple[DataFlow, ...]]:
    """Every way from who receives nothing to who sends nothing; in a circle, from its first sender until it closes."""
    receivers = {flow.target for flows in by_sender.values() for flow in flows}
    starts = sorted(set(by_sender) - receivers) or sorted(by_sender)[:1]
    waiting: list[tuple[DataFlow, ...]] = [(flow,) for start in reversed(starts) for flow in reversed(by_sender[start])]
    while waiting:
        way = waiting.pop()
        been = {way[0].source, *(flow.target for flow in way[:-1])}
        onward = by_sender.get(way[-1].target, ())
        if not onward or way[-1].target in been:
            yield way
            continue
        waiting += [(*way, flow) for flow in reversed(onward)]


def aged(way: tuple[DataFlow, ...]) -> tuple[Fraction, Fraction] | None:
    """(freshest, oldest) along a way in elapsed days; None when a cadence is not stated.

    Freshest: least waits at each hand-over, plus the lead of the last cut-off before the period's end. Oldest: a whole first
    cadence, the most waits, and that lead. Both are bounds; exact where each cadence divides the next.
    """
    known = []
    for flow in way:
        if flow.every is None or flow.every.amount <= 0:
            return None
        known.append((nominal_days(flow.every), nominal_days(flow.lead) if flow.lead is not None else Fraction(0)))
    least = most = Fraction(0)
    for child, parent in itertools.pairwise(known):
        low, high = wait(child, parent)
        least, most = least + low, most + high
    last = known[-1][1]
    return least + last, known[0][0] + most + last


def lineage(portfolio: Portfolio) -> tuple[Lineage, ...]:
    """Every way of every field, by field in file order; at most a thousand ways a field."""
    out = []
    for field, by_sender in _senders(portfolio).items():
        for count, way in enumerate(_ways(by_sender)):
            if count == PATHS:
                break
            ages = aged(way)
            out.append(
                Lineage(
                    field=field,
                    source_system=way[0].source_system,
                    steps=(way[0].source, *(flow.target for flow in way)),
                    hops=way,
                    freshest=None if ages is None else ages[0],
                    oldest=None if ages is None else ages[1],
                )
            )
    return tuple(out)


def lineage_table(portfolio: Portfolio) -> Table:
    """field, source, way, freshest and oldest at the top in elapsed days."""
    rows = lineage(portfolio)
    return Table(
        [
            Column("field", "str", [r.field for r in rows]),
            Column("source", "str", [r.source_system for r in rows]),
            Column("way", "str", [" → ".join(r.steps) for r in rows]),
            Column("freshest", "float", [None if r.freshest is None else float(r.freshest) for r in rows], "elapsed days"),
            Column("oldest", "float", [None if r.oldest is None else float(r.oldest) for r in rows], "elapsed days"),
        ]
    )
