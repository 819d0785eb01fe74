"""The pictures of a simulation as Altair charts, which an analyst restyles, layers and filters further: the extra `charts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import TYPE_CHECKING, TypeAlias

from ipmo.errors import MissingExtraError, ModelError
from ipmo.figures.svg import PALETTE
from ipmo.units import minutes, moment

try:
    import altair as alt
except ImportError:
    raise MissingExtraError("a chart to work on", "Altair", "pip install 'ipmo[charts]'") from None

if TYPE_CHECKING:
    from ipmo.analysis.risk.outcomes import Dates, Joint, Sums
    from ipmo.analysis.risk.pictures import Of
    from ipmo.tables import Table

__all__ = ["Chart", "causes", "curves", "fans", "joint", "responses"]

Chart: TypeAlias = alt.LayerChart | alt.VConcatChart
Row: TypeAlias = Mapping[str, object]

STEPS = 200
"""Steps of a curve at most: each the percentile at its share of the samples."""
DOTS = 2000
"""Dots of a scatter at most: of more samples every so many."""
BANDS = {"90 %": (5, 95), "80 %": (10, 90), "50 %": (25, 75)}
UNSURE = 0.8
"""Below this chance something stated is drawn as not sure, as in the other pictures."""
WIDE, HIGH = 640, 260
PLAN, INK, WARN, BAD = (PALETTE[name][0] for name in ("plan", "ink", "warn", "bad"))
DAYS = alt.Scale(type="utc")
"""No reader's time zone moves an instant to another day."""


def curves(name: str, dates: Dates, costs: Sums | None) -> Chart:
    """The chance of each date, and of each amount, with what the schedule says and what is committed."""
    first = _curve_of_dates(f"{'Start' if dates.begins else 'Finish'} of {name}", dates)
    if costs is None:
        return first
    return alt.vconcat(first, _curve_of_amounts(_unit(f"Cost of {name}", costs), costs))


def fans(dated: Sequence[tuple[str, Dates]]) -> Chart:
    """Between which days items finish, in the order given: bands of 90, 80 and 50 %, the median, the schedule and what is committed.

    Raises:
        ModelError: none has dates.
    """
    if not dated:
        raise ModelError("nothing in this simulation has dates to draw")
    dated = [(f"{name}, or later" if dates.doubt or dates.at_least else name, dates) for name, dates in dated]
    order = [name for name, _ in dated]
    bands = [
        {
            "item": name,
            "samples": share,
            "low": _stamp(dates.instant(low)),
            "high": _stamp(dates.instant(high)),
            "from": str(dates.p(low)),
            "to": str(dates.p(high)),
        }
        for name, dates in dated
        for share, (low, high) in BANDS.items()
    ]
    points = [
        {"item": name, "what": what, "at": _stamp(instant), "day": day}
        for name, dates in dated
        for what, instant, day in (
            ("P50", dates.instant(50), str(dates.p(50))),
            ("schedule", dates.planned, str(dates.planned_day)),
            ("committed", dates.due, str(dates.committed)),
        )
        if instant is not None
    ]
    across = alt.Y("item:N", sort=order, title=None)
    bars = (
        alt.Chart(_data(bands))
        .mark_bar(color=PLAN, height=14)
        .encode(
            y=across,
            x=alt.X("low:T", title="finish", scale=DAYS),
            x2="high:T",
            opacity=alt.Opacity("samples:N", sort=list(BANDS), scale=alt.Scale(domain=list(BANDS), range=[0.25, 0.5, 0.9])),
            tooltip=["item:N", "samples:N", "from:N", "to:N"],
        )
    )
    shapes = {"P50": "circle", "schedule": "diamond", "committed": "triangle-down"}
    marks = (
        alt.Chart(_data(points))
        .mark_point(color=INK, filled=True, size=70)
        .encode(
            y=across,
            x=alt.X("at:T", scale=DAYS),
            shape=alt.Shape("what:N", title=None, scale=alt.Scale(domain=list(shapes), range=list(shapes.values()))),
            tooltip=["item:N", "what:N", "day:N"],
        )
    )
    return _layers(bars, marks, high=26 * len(order))


def joint(both: Joint, name: str, percent: float = 70) -> Chart:
    """Date and cost of an item: a dot a sample, of many every so many, and the pairs that are kept together with a probability."""
    dates, costs = both.dates, both.costs
    amounts = costs.samples
    every = -(-len(amounts) // DOTS)
    dots = [
        {"date": _stamp(instant), "day": str(dates.day(instant)), "cost": amount}
        for instant, amount in zip(dates.instants[::every].tolist(), amounts[::every], strict=True)
    ]
    line = [
        {"date": _stamp(minutes(pair.date, end=not dates.begins)), "day": str(pair.date), "cost": float(pair.cost.amount)}
        for pair in both.frontier(percent)
    ]
    x = alt.X("date:T", title=f"{'Start' if dates.begins else 'Finish'} of {name}", scale=DAYS)
    y = alt.Y("cost:Q", title=_unit(f"Cost of {name}", costs), scale=alt.Scale(zero=False), axis=alt.Axis(format="~s"))
    tips = [alt.Tooltip("day:N"), alt.Tooltip("cost:Q", format=",.0f")]
    samples = alt.Chart(_data(dots)).mark_circle(color=PLAN, opacity=0.3).encode(x=x, y=y, tooltip=tips)
    front = alt.Chart(_data(line)).mark_line(point=True, color=WARN).encode(x=x, y=y, tooltip=tips)
    layers: list[alt.Chart] = [samples, front]
    if dates.due is not None:
        layers.append(alt.Chart(_data([{"date": _stamp(dates.due)}])).mark_rule(strokeDash=[5, 4], color=INK).encode(x=x))
    if costs.planned is not None:
        plan = float(costs.money(costs.planned).amount)
        layers.append(alt.Chart(_data([{"cost": plan}])).mark_rule(strokeDash=[5, 4], color=INK).encode(y=y))
    return _layers(*layers, high=360)


def causes(found: Table, what: str, *, of: Of = "days") -> Chart:
    """What each cause adds to a date in days, or to a cost, with its standard error, by the table of `Simulation.drivers`.

    Raises:
        ModelError: there is none.
    """
    if not len(found):
        raise ModelError("nothing drives it: no cause in this simulation can be taken out")
    return _bars(found, ("cause", "kind"), of, f"{found.unit(of) if of == 'cost' else 'days'} that each adds to the {what}")


def responses(found: Table) -> Chart:
    """What the response to each risk spares, what it costs taken off, by the table of `Simulation.responses`.

    Raises:
        ModelError: there is none.
    """
    if not len(found):
        raise ModelError("no risk in this simulation has a response to draw")
    return _bars(found, ("risk", "response"), "net", f"worth of each response, {found.unit('net')}")


# ------------------------------------------------------------------------------------------------------ parts


def _stamp(instant: float) -> str:
    return moment(round(instant)).replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _data(rows: Sequence[Row]) -> alt.InlineData:
    return alt.InlineData(values=[dict(row) for row in rows])


def _unit(title: str, costs: Sums) -> str:
    return f"{title}, {costs.currency}" if costs.currency else title


def _layers(*layers: alt.Chart, high: int = HIGH) -> alt.LayerChart:
    return alt.LayerChart(layer=list(layers)).properties(width=WIDE, height=high)


def _steps(count: int) -> list[float]:
    """Shares of the samples in per cent, each a whole number of samples."""
    every = -(-count // STEPS)
    return [100 * at / count for at in range(every, count, every)]


def _curve_of_dates(title: str, dates: Dates) -> alt.LayerChart:
    steps = _steps(len(dates.instants))
    rows: list[Row] = [{"x": _stamp(dates.instant(step)), "said": str(dates.p(step)), "chance": step / 100} for step in steps]
    marks = [] if dates.planned is None else [_mark(_stamp(dates.planned), f"schedule {dates.planned_day}", None)]
    if dates.due is not None:
        said = f"committed {dates.committed}: " + ("not known" if dates.sure is None else f"{dates.sure:.0%}")
        marks.append(_mark(_stamp(dates.due), said, dates.sure))
    return _curve(rows, marks, alt.X("x:T", title=title, scale=DAYS))


def _curve_of_amounts(title: str, costs: Sums) -> alt.LayerChart:
    steps = _steps(len(costs.minor))
    rows: list[Row] = [{"x": float(costs.p(step).amount), "said": f"{costs.p(step):,}", "chance": step / 100} for step in steps]
    marks = []
    if costs.planned is not None:
        plan = costs.money(costs.planned)
        marks = [_mark(float(plan.amount), f"plan {plan:,}: {costs.known_within(plan):.0%}", costs.known_within(plan))]
    return _curve(rows, marks, alt.X("x:Q", title=title, scale=alt.Scale(zero=False), axis=alt.Axis(format="~s")))


def _mark(x: str | float, what: str, sure: float | None) -> Row:
    return {"x": x, "what": what, "bad": sure is not None and sure < UNSURE}


def _curve(rows: Sequence[Row], marks: Sequence[Row], x: alt.X) -> alt.LayerChart:
    y = alt.Y("chance:Q", axis=alt.Axis(format="%"))
    tips = [alt.Tooltip("said:N", title="at most"), alt.Tooltip("chance:Q", format=".0%")]
    line = alt.Chart(_data(rows)).mark_line(interpolate="step-after", color=PLAN).encode(x=x, y=y, tooltip=tips)
    stated = alt.Chart(_data(marks)).encode(x=x, color=alt.condition("datum.bad", alt.value(BAD), alt.value(INK)))
    rules = stated.mark_rule(strokeDash=[5, 4]).encode(tooltip="what:N")
    words = stated.mark_text(align="left", dx=5, baseline="top").encode(text="what:N", y=alt.value(4))
    return _layers(line, rules, words)


def _bars(found: Table, names: tuple[str, str], value: str, title: str) -> alt.LayerChart:
    rows: list[Row] = [
        {
            "name": f"{name} ({what})" if what else str(name),
            "value": float(amount),
            "low": None if error is None else float(amount - error),
            "high": None if error is None else float(amount + error),
        }
        for name, what, amount, error in zip(found[names[0]], found[names[1]], found[value], found[f"{value}_error"], strict=True)
    ]
    order = [str(row["name"]) for row in rows]
    y = alt.Y("name:N", sort=order, title=None)
    base = alt.Chart(_data(rows)).encode(y=y)
    bars = base.mark_bar(color=PLAN).encode(x=alt.X("value:Q", title=title), tooltip=["name:N", alt.Tooltip("value:Q", format=",.1f")])
    errors = base.mark_rule(color=INK).encode(x="low:Q", x2="high:Q")
    return _layers(bars, errors, high=24 * len(order))
