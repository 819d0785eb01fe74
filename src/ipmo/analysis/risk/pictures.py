"""Pictures of a simulation: fans and curves of dates, tornadoes, date and cost together, what responses are worth."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from ipmo.errors import ModelError
from ipmo.figures.axes import date_ticks, number_ticks, scaled
from ipmo.figures.ranges import Range, ranges
from ipmo.figures.s_curves import Curve, Mark, s_curves
from ipmo.figures.scatter import Axis, scatter
from ipmo.figures.tornado import Bar, tornado
from ipmo.units import minutes, moment
from ipmo.words import beside, counted

if TYPE_CHECKING:
    from ipmo.analysis.risk.outcomes import Dates, Joint, Sums
    from ipmo.figures.svg import Figure
    from ipmo.tables import Table

__all__ = ["Drawing", "Kind", "Of", "causes", "curves", "fans", "joint", "responses"]

Kind = Literal["fan", "curve", "tornado", "cost tornado", "joint", "responses"]
Of = Literal["days", "cost"]
Drawn = TypeVar("Drawn", covariant=True)
UNSURE = 0.8
"""Below this chance something stated is drawn as not sure: P80 is the usual level of confidence."""
BANDS = ((5, 95), (10, 90), (25, 75))
TICKS = 7
ROWS, DOTS = 12, 500
"""Rows of a fan, and dots of a scatter, at most."""


class Drawing(Protocol[Drawn]):
    """What draws a simulation: this module as pictures, `charts` as Altair charts."""

    def fans(self, dated: Sequence[tuple[str, Dates]]) -> Drawn:
        """Finishes of items on one axis."""

    def curves(self, name: str, dates: Dates, costs: Sums | None) -> Drawn:
        """The S-curves of an item."""

    def causes(self, found: Table, what: str, *, of: Of = "days") -> Drawn:
        """A tornado."""

    def joint(self, both: Joint, name: str) -> Drawn:
        """Date and cost together."""

    def responses(self, found: Table) -> Drawn:
        """What responses are worth."""


def curves(name: str, dates: Dates, costs: Sums | None) -> Figure:
    """The S-curves of the dates, and of the cost, of an item."""
    found = [_dates_curve(name, dates), *([] if costs is None else [_costs_curve(name, costs)])]
    return s_curves(found, title=f"How sure {name} is")


# ------------------------------------------------------------------------------------------------------ dates


def fans(dated: Sequence[tuple[str, Dates]], *, most: int = ROWS) -> Figure:
    """The finishes of items, by their names, on one axis, the least sure of their commitments first.

    Raises:
        ModelError: none has dates.
    """
    if not dated:
        raise ModelError("nothing in this simulation has dates to draw")
    order = sorted(dated, key=lambda pair: (1.0 if pair[1].sure is None else pair[1].sure, pair[1].instant(50)))
    shown = [_fan(name, dates) for name, dates in order[:most]]
    low, high = min(row.ends[0] for row in shown), max(row.ends[1] for row in shown)
    more = f" {len(order) - most} more are not drawn." if len(order) > most else ""
    note = f"Bands hold 90, 80 and 50 % of the samples; gap: half of them; diamond: schedule; line: committed.{more}"
    return ranges(shown, ticks=_days(low, high), title="Between which days they finish", note=note)


def _fan(name: str, dates: Dates) -> Range:
    committed, sure = dates.committed, dates.sure
    said = f"P50 {dates.p(50)}" + (", or later" if dates.at_least else "")
    mark = None
    if dates.doubt:
        said = f"not known, at least {dates.p(50)}"
    if committed is not None:
        bad = sure is not None and sure < UNSURE
        mark = Mark(at=float(dates.due or 0), label=f"committed {committed}", bad=bad)
        said = f"{committed}: {_chance(sure)}" if sure is not None else f"{committed}: not known"
    bands = [(float(dates.instant(low)), float(dates.instant(high))) for low, high in BANDS]
    planned = None if dates.planned is None else float(dates.planned)
    return Range(name=name, bands=bands, half=float(dates.instant(50)), planned=planned, mark=mark, said=said)


def _chance(share: float) -> str:
    return beside(share, UNSURE, 0, percent=True).replace("%", " %")


def _days(low: float, high: float) -> list[tuple[float, str]]:
    first = moment(max(round(low), 0))
    span = max(timedelta(minutes=high - low).total_seconds(), 86400.0)
    return [(float(minutes(when)), name) for when, name in date_ticks(first, span, TICKS)]


def _dates_curve(name: str, dates: Dates) -> Curve:
    marks = [] if dates.planned is None else [Mark(at=float(dates.planned), label=f"schedule {dates.day(dates.planned)}")]
    if dates.committed is not None:
        sure = dates.sure
        said = "not known" if sure is None else _chance(sure)
        at = float(dates.due or 0)
        marks.append(Mark(at=at, label=f"committed {dates.committed}: {said}", bad=sure is not None and sure < UNSURE))
    curve = Curve(
        name=f"{'Start' if dates.begins else 'Finish'} of {name}",
        values=sorted(map(float, dates.instants.tolist())),
        levels=[(percent, f"P{percent} {dates.p(percent)}") for percent in (50, 80)],
        marks=sorted(marks, key=lambda mark: mark.at),
    )
    return _with_ticks(curve, _days(*curve.ends))


def _with_ticks(curve: Curve, ticks: Sequence[tuple[float, str]]) -> Curve:
    return Curve(name=curve.name, values=curve.values, ticks=ticks, levels=curve.levels, marks=curve.marks)


# ------------------------------------------------------------------------------------------------------ money


def _costs_curve(name: str, costs: Sums) -> Curve:
    amounts = sorted(costs.samples)
    size, word = scaled(amounts[-1])
    marks = []
    if costs.planned is not None:
        plan = costs.money(costs.planned)
        chance = costs.known_within(plan)
        marks.append(
            Mark(at=float(plan.amount) / size, label=f"plan {float(plan.amount) / size:,.2f}: {_chance(chance)}", bad=chance < UNSURE)
        )
    values = [one / size for one in amounts]
    levels = [(float(percent), f"P{percent} {float(costs.p(percent).amount) / size:,.2f}") for percent in (50, 80)]
    curve = Curve(name=f"Cost of {name}, {word} {costs.currency}".replace(",  ", ", "), values=values, levels=levels, marks=marks)
    return _with_ticks(curve, number_ticks(*curve.ends))


def joint(both: Joint, name: str, percent: float = 70) -> Figure:
    """Date and cost of an item: a dot a sample, of many every so many, and the pairs that hold together with a probability."""
    dates, costs = both.dates, both.costs
    size, word = scaled(costs.p(95).amount.__float__())
    amounts = [one / size for one in costs.samples]
    every = max(1, math.ceil(len(amounts) / DOTS))
    points = list(zip(map(float, dates.instants[::every].tolist()), amounts[::every], strict=True))
    front = [(float(minutes(pair.date, end=not dates.begins)), float(pair.cost.amount) / size) for pair in reversed(both.frontier(percent))]
    across_mark = up_mark = None
    if dates.committed is not None:
        said = f"committed {dates.committed}" + ("" if dates.sure is None else f": {_chance(dates.sure)}")
        across_mark = Mark(at=float(minutes(dates.committed, end=not dates.begins)), label=said)
    if costs.planned is not None:
        plan = costs.money(costs.planned)
        up_mark = Mark(at=float(plan.amount) / size, label=f"plan {plan:,}: {_chance(costs.known_within(plan))}")
    x, y = [one for one, _ in (*points, *front)], [one for _, one in (*points, *front)]
    x += [] if across_mark is None else [across_mark.at]
    y += [] if up_mark is None else [up_mark.at]
    ends = [(min(row) - 0.04 * (max(row) - min(row) or 1), max(row) + 0.04 * (max(row) - min(row) or 1)) for row in (x, y)]
    across = Axis(name=f"{'Start' if dates.begins else 'Finish'} of {name}", ends=ends[0], ticks=_days(*ends[0]), mark=across_mark)
    up = Axis(
        name=f"Cost of {name}, {word} {costs.currency}".replace(",  ", ", "), ends=ends[1], ticks=number_ticks(*ends[1], 6), mark=up_mark
    )
    shown = counted(len(points), "sample") if every == 1 else f"every {every}th of {len(amounts):,} samples"
    note = f"Dots: {shown}; line: pairs of a date and an amount that are both kept with {percent:g} %."
    return scatter(points, front, across, up, title=f"Date and cost of {name} together", note=note)


# ----------------------------------------------------------------------------------------------------- causes


def causes(found: Table, what: str, named: Callable[[str], str] = str, *, of: Of = "days") -> Figure:
    """What each cause adds to a date or a cost, by the table of `Simulation.drivers`, in its order.

    Args:
        found: the table.
        what: the date or the cost, in words.
        named: the name of a cause, by its id; the id when left out.
        of: the column that is drawn.

    Raises:
        ModelError: there is none.
    """
    if not len(found):
        raise ModelError("nothing drives it: no cause in this simulation can be taken out")
    size, word = scaled(max(map(abs, found[of]))) if of == "cost" else (1, "")
    unit = f"{word} {found.unit(of)}".strip() if of == "cost" else ""
    bars = [
        Bar(
            name=f"{named(str(cause))} ({kind})",
            value=float(added) / size,
            error=None if error is None else float(error) / size,
            said=f"{float(added) / size:,.2f}" if of == "cost" else f"{float(added):.1f} d",
        )
        for cause, kind, added, error in zip(found["cause"], found["kind"], found[of], found[f"{of}_error"], strict=True)
    ]
    low, high = min(0.0, *(bar.ends[0] for bar in bars)), max(0.0, *(bar.ends[1] for bar in bars))
    note = f"{unit or 'Days'} that each adds, the others at work; fine line: standard error. The parts do not add up."
    return tornado(bars, ticks=number_ticks(low, high), title=f"What drives the {what}", note=note)


def responses(found: Table) -> Figure:
    """What the response to each risk spares, what it costs taken off, by the table of `Simulation.responses`."""
    if not len(found):
        raise ModelError("no risk in this simulation has a response to draw")
    currency = found.unit("net")
    size, word = scaled(max(abs(float(one)) for name in ("net", "spent") for one in found[name]))
    bars = [
        Bar(
            name=f"{risk}: {response}" if response else str(risk),
            value=float(net) / size,
            error=None if error is None else float(error) / size,
            said=f"{float(net) / size:,.2f}, {float(days):.1f} d earlier",
        )
        for risk, response, net, error, days in zip(
            *(found[name] for name in ("risk", "response", "net", "net_error", "days")), strict=True
        )
    ]
    low, high = min(0.0, *(bar.ends[0] for bar in bars)), max(0.0, *(bar.ends[1] for bar in bars))
    note = f"{word} {currency} on average, less what the response costs; fine line: standard error.".strip()
    return tornado(bars, ticks=number_ticks(low, high), title="What each response is worth", note=note, gains=True)
