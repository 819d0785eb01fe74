"""Open threats as pictures: a heat map of chance and cost for triage, and the dearest before and after their responses."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from ipmo.figures.axes import number_ticks, scaled
from ipmo.figures.heat import heat_map
from ipmo.figures.svg import Figure
from ipmo.figures.tornado import Bar, tornado
from ipmo.words import counted

__all__ = ["exposure_bars", "exposure_map"]

CHANCES = (0.1, 0.3, 0.5, 0.7)
"""Upper ends of the first four bands of chance, in themselves."""
SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2)
"""Upper ends of the first four bands of cost, in themselves, as shares of the dearest."""


def exposure_map(chances: Sequence[float], costs: Sequence[float], currency: str, unknown: int) -> Figure:
    """How many threats lie in each of 5 x 5 cells.

    Args:
        chances: of each threat, 0 to 1.
        costs: what each costs on average if it happens.
        currency: of the costs.
        unknown: how many threats are not among them.
    """
    most = max(costs)
    size, word = scaled(most)
    counts = [[0] * 5 for _ in range(5)]
    for chance, cost in zip(chances, costs, strict=True):
        counts[4 - sum(chance > end for end in CHANCES)][sum(cost > end * most for end in SHARES)] += 1
    ends = [0, *(round(100 * one) for one in CHANCES), 100]
    rows = [f"{low} to {high} %" for low, high in itertools.pairwise(ends)][::-1]
    limits = [one * most / size for one in (*SHARES, 1)]
    columns = [f"up to {limit:,.2f}{f' {word}' if word else ''} {currency}" for limit in limits]
    left = f" {counted(unknown, 'threat')} of unknown chance or cost not counted." if unknown else ""
    note = f"{counted(len(costs), 'open threat')}, for triage: each column is twice as dear as the one before, so a cell says little of one threat.{left}"
    return heat_map(
        counts,
        rows=rows,
        columns=columns,
        up="chance",
        across="cost on average if it happens",
        title="Open threats by chance and cost",
        note=note,
    )


def exposure_bars(threats: Sequence[tuple[str, float, float]], currency: str, of: int) -> Figure:
    """The dearest threats.

    Args:
        threats: the name of each, and what it costs on average before and after its response.
        currency: of the amounts.
        of: how many there are in all.
    """
    size, word = scaled(max(before for _, before, _ in threats))
    bars = [
        Bar(
            name=name,
            value=after / size,
            before=before / size,
            said=f"{before / size:,.2f}" + (f" to {after / size:,.2f}" if after != before else ""),
        )
        for name, before, after in threats
    ]
    more = f", {len(threats)} of {of}" if of > len(threats) else ""
    note = f"{f'{word} ' if word else ''}{currency} on average{more}; grey: before the response, blue: once it works."
    return tornado(
        bars,
        ticks=number_ticks(0.0, max(bar.ends[1] for bar in bars)),
        title="What open threats cost, before and after their responses",
        note=note,
    )
