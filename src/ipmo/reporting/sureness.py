"""How sure dates and costs are: what the simulation says, as curves and as a table."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import attrs

from ipmo.analysis.dates.doubts import end_not_known
from ipmo.analysis.risk.outcomes import Dates, Sums
from ipmo.analysis.risk.pictures import causes, fans, joint
from ipmo.analysis.risk.removal import COST
from ipmo.analysis.risk.simulation import Simulated, Simulation
from ipmo.figures.axes import date_ticks, nice_step
from ipmo.figures.ranges import Strip, strips
from ipmo.figures.s_curves import Curve, Mark, s_curves
from ipmo.figures.svg import Figure
from ipmo.model.held import risks_of
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Block, Cell, Grid, Head, Panel, Paragraph, Picture, Row, Scale, number, share
from ipmo.units import minutes, moment
from ipmo.words import beside, counted

__all__ = ["UNSURE", "all_kept_said", "chance_of", "chance_text", "fan", "simulated_said", "sureness", "unsure_costs", "unsure_dates"]

ROWS = 15
UNSURE = 0.8
"""Below this chance something stated is said not to be sure (P80 is the usual level of confidence)."""
TICKS = 7
CAUSES, BARS = 6, 10
"""Estimates that are tried as what drives the end, and bars that are drawn."""
TASK_SAMPLES = 5_000_000
"""Samples of tasks up to which a page asks what drives its end: a second, about."""
LEVELS = (50, 80)
KINDS = ("portfolio", "programme", "project")
BANDS = ((5, 95), (10, 90), (25, 75))
"""From and to of the bands of the fan, in per cent of the samples."""
LETTERS = 30
"""Of a name that has room beside how sure it is."""


def _beside(a: Answers, item: str) -> str:
    """The title of an item where there is little room: with that of its project, or else with its id, where it has the room."""
    placed, title = a.placed(item), a.name(item)
    return next((text for text in (placed, f"{title}, {item}") if len(text) <= LETTERS), title) if placed != title else title


def fan(a: Answers) -> Figure | None:
    """The finish that is least sure and the cost of all, small, for the first screen; None where the simulation has no range of either."""
    q = a.simulation
    if q is None:
        return None
    rows = []
    dated = sorted((row for row in q.rows if row.kind in KINDS or _stated(row)), key=_first_shown)
    for row in [row for row in dated if _spread(row)][:1]:
        placed = a.placed(row.id)
        rows.append(_finish_strip(placed if len(placed) <= LETTERS else a.name(row.id), row.dates))
    costs = q[q.portfolio].costs
    if costs is not None and _moves(costs):
        rows.append(_cost_strip(costs))
    found = [row for row in rows if row is not None]
    return strips(found, title="How sure finish and cost are") if found else None


def _stated(row: Simulated) -> bool:
    """A date of it was committed."""
    return row.committed is not None


def _unsure(row: Simulated) -> bool:
    """The samples say more of it than its date in the schedule: a range, a doubt, or what it costs."""
    return _spread(row) or bool(row.not_known) or row.costs is not None or row.undated is not None


def _first_shown(row: Simulated) -> tuple[float, int]:
    """The least sure commitment first, then wholes from the top down."""
    return chance_of(row), KINDS.index(row.kind) if row.kind in KINDS else 9


def _finish_strip(name: str, dates: Dates | None) -> Strip | None:
    if dates is None:
        return None
    mark, said = None, f"P80 {dates.p(80)}"
    if dates.due is not None and dates.sure is not None:
        said = f"committed {dates.committed}: {chance_text(dates.sure)}"
        mark = Mark(at=float(dates.due), label=said, bad=dates.sure < UNSURE)
    return Strip(
        name=f"{'Start' if dates.begins else 'Finish'} of {name}" if len(name) <= LETTERS else f"{'Start' if dates.begins else 'Finish'}",
        said=said,
        bands=[(float(dates.instant(low)), float(dates.instant(high))) for low, high in BANDS],
        half=float(dates.instant(50)),
        mark=mark,
        below=(str(dates.p(BANDS[0][0])), f"half by {dates.p(50)}", str(dates.p(BANDS[0][1]))),
    )


def _cost_strip(costs: Sums) -> Strip:
    scale, unit = Scale.of([costs.p(99)], costs.currency), float(10**costs.digits)
    mark, said = None, f"P80 {scale.text(costs.p(80))}"
    if costs.planned is not None and not costs.missing:
        plan = costs.money(costs.planned)
        sure = costs.known_within(plan)
        said = f"plan {scale.text(plan)}: {chance_text(sure)}"
        mark = Mark(at=costs.planned / unit, label=said, bad=sure < UNSURE)
    low, high = BANDS[0]
    return Strip(
        name=f"Cost of all, {scale.unit}",
        said=said,
        bands=[(costs.at(first) / unit, costs.at(last) / unit) for first, last in BANDS],
        half=costs.at(50) / unit,
        mark=mark,
        below=(scale.text(costs.p(low)), f"half at most {scale.text(costs.p(50))}", scale.text(costs.p(high))),
    )


def sureness(a: Answers) -> Panel | None:
    """S-curves of a finish and of the cost, and the chance of every commitment and budget."""
    q = a.simulation
    if q is None:
        return None
    rows = [row for row in q.rows if _stated(row) or (row.kind in KINDS and _unsure(row))]
    dated = sorted((row for row in rows if _spread(row)), key=_first_shown)
    whole = q[q.portfolio]
    curves = [_dates_curve(a.name(row.id), row.dates) for row in dated[:1] if row.dates is not None]
    if whole.costs is not None and whole.costs.samples and int(whole.costs.minor.min()) < int(whole.costs.minor.max()):
        curves.append(_costs_curve(whole.costs))
    text = f"{counted(q.samples, 'sample')} of the whole portfolio, dates and costs on the same ones; seed {q.seed}, risks before their responses."
    text += " P80 is kept in four of five samples; P80s of parts do not add up to that of the whole."
    blocks: list[Block] = [Paragraph(text)]
    if curves:
        note = "Height: the share of samples that come by that day, or cost at most so much. Upright lines: what was planned and committed; red: kept in less than four of five samples."
        blocks.append(Picture(label="S-curves", svg=s_curves(curves, title="How sure dates and costs are").svg, caption=note))
    blocks += _pictures(a, q, rows)
    blocks.append(_table(a, rows))
    return Panel(id="sureness", title="How sure dates and costs are", short="How sure", blocks=blocks)


def _pictures(a: Answers, q: Simulation, rows: Sequence[Simulated]) -> Iterator[Block]:
    """Fans of what is shown in the table, what drives the end, and date and cost of the whole together; each where there is something to see."""
    fanned = [(_beside(a, row.id), row.dates) for row in rows if row.dates is not None and _spread(row)]
    if len(fanned) > 1:
        note = "The wider a bar, the less sure; the darker, the likelier. Red: committed, and kept in less than four of five samples."
        yield Picture(label="Fans of finishes", svg=fans(fanned).svg, caption=note, printed=False)
    whole = q[q.portfolio]
    if whole.dates is None or not _spread(whole):
        return
    drivers = len(a.portfolio.drivers) + len(a.portfolio.branches) + len(risks_of(a.portfolio))
    if (drivers + CAUSES) * q.samples * a.schedule.network.n <= TASK_SAMPLES and len(
        found := q.drivers(most=CAUSES).where(lambda row: row["kind"] != COST)
    ):
        note = f"How much earlier the P80 of the whole is without each of them, on the same samples: the risks, branches and drivers, and the {CAUSES} estimates that it goes with most."
        yield Picture(
            label="What drives the finish",
            svg=causes(found.head(BARS), "P80 of the finish of all", a.name).svg,
            caption=note,
            printed=False,
        )
    costs = whole.costs
    if costs is not None and int(costs.minor.min()) < int(costs.minor.max()):
        note = "P80 of the date and P80 of the cost are not both kept in four of five samples: to the left of the line and below it more of either is needed."
        yield Picture(label="Date and cost together", svg=joint(q.joint(q.portfolio), a.name(q.portfolio)).svg, caption=note, printed=False)


def chance_text(chance: float) -> str:
    """A chance in percent, with more digits where it would be rounded to the level of confidence that it misses.

    >>> chance_text(0.27), chance_text(0.7998), chance_text(0.8)
    ('27 %', '79.98 %', '80 %')
    """
    return beside(chance, UNSURE, 0, percent=True).replace("%", " %")


def simulated_said(q: Simulation, named: Callable[[str], str]) -> list[str]:
    """Finish and cost that four of five samples keep, each for itself; how many keep both; and how many keep the plan; `named` says titles for ids."""
    whole, out = q[q.portfolio], list[str]()
    dates, costs = whole.dates, whole.costs
    certain = costs is None or (costs.planned is not None and not costs.missing and not _moves(costs))
    if dates is not None and not dates.doubt and not _spread(whole) and certain:
        return ["Not known: no open work has a range, and nothing else moves a date or a cost, so every sample says the same"]
    if dates is not None and dates.doubt:
        out.append(f"When all of it is done is {end_not_known('' if dates.planned is None else str(dates.planned_day))}")
    elif dates is not None:
        out.append(f"Four of five samples finish by {dates.p(80)}{' or later' if dates.at_least else ''}")
    if costs is not None and costs.planned is None:
        scale = Scale.of([costs.p(80)], costs.currency)
        out.append(f"What happens costs at most {scale.said(costs.p(80))} {scale.unit} in four of five; no other cost is known")
    elif costs is not None:
        scale = Scale.of([costs.p(80)], costs.currency)
        short = dates is not None and not dates.doubt
        said = f"our of five {'cost' if short else 'samples cost'} at most {scale.said(costs.p(80))} {scale.unit}"
        said += " as far as costs are known" if costs.missing else ""
        out = [f"{out[0]}; f{said}"] if out else [f"F{said}"]
        if dates is not None and not dates.unsure and not costs.missing:
            out[0] += f"; {share(q.joint(q.portfolio).within(dates.p(80), costs.p(80)))} keep that date and that cost together"
        if costs.planned is not None and not costs.missing:
            plan = costs.money(costs.planned)
            scale = Scale.of([plan], costs.currency)
            out.append(f"{share(costs.known_within(plan))} of all samples keep the planned {scale.said(plan)} {scale.unit}")
    if dates is not None and dates.doubt:
        out.insert(1, f"Not known because {named(dates.doubt)}")
    return out


def all_kept_said(q: Simulation) -> list[str]:
    """In how many samples every commitment is kept at once; nothing where there is only one."""
    rows = [row for row in q.rows if row.committed is not None and row.sure is not None]
    if len(rows) < 2:
        return []
    chance = 0.0
    if all(row.dates is not None and not row.doubt for row in rows):  # else one of them never comes
        found = [row.dates for row in rows if row.dates is not None]
        kept = [one.instants <= one.due for one in found if one.due is not None]
        chance = float(sum(all(sample) for sample in zip(*kept, strict=True))) / q.samples
    return [f"all {len(rows):,} commitments with a date are kept together in {chance_text(chance)} of all samples"]


def unsure_dates(rows: Sequence[Simulated]) -> list[Simulated]:
    """Items whose commitment is kept in too few samples, the least sure first."""
    found = [row for row in rows if row.sure is not None and row.sure < UNSURE]
    return sorted(found, key=lambda row: (chance_of(row), row.id))


def unsure_costs(rows: Sequence[Simulated]) -> list[Simulated]:
    """Projects whose plan holds the cost in too few samples, the largest gap to the P80 first."""
    found = []
    for row in rows:
        if row.kind == "project" and row.costs is not None and row.costs.planned is not None and not row.costs.missing:
            plan = row.costs.money(row.costs.planned)
            if row.costs.known_within(plan) < UNSURE:
                found.append((plan.amount - row.costs.p(80).amount, row.id, row))
    return [row for _, _, row in sorted(found, key=lambda one: one[:2])]


def chance_of(row: Simulated) -> float:
    """The chance that an item keeps its commitment; 1 where none is known."""
    return 1.0 if row.sure is None else row.sure


def _moves(costs: Sums) -> bool:
    """Costs differ between samples."""
    return bool(costs.samples) and int(costs.minor.min()) < int(costs.minor.max())


def _spread(row: Simulated) -> bool:
    """Its dates differ between samples."""
    return row.dates is not None and not row.dates.at_least and int(row.dates.instants.min()) < int(row.dates.instants.max())


def _dates_curve(name: str, dates: Dates) -> Curve:
    values = sorted(float(one) for one in dates.instants)
    committed = None if dates.due is None else float(dates.due)
    sure = dates.sure
    marks = (
        []
        if dates.planned is None
        else [Mark(at=float(dates.planned), label=f"schedule {dates.day(dates.planned)}: {share(dates.on_plan)}")]
    )
    if committed is not None and sure is not None:
        marks.append(Mark(at=committed, label=f"committed {dates.committed}: {chance_text(sure)}", bad=sure < UNSURE))
    curve = Curve(
        name=f"{'Start' if dates.begins else 'Finish'} of {name}",
        values=values,
        levels=[(percent, f"P{percent} {dates.p(percent)}") for percent in LEVELS],
        marks=sorted(marks, key=lambda mark: mark.at),
    )
    low, high = curve.ends
    first = moment(max(round(low), 0))
    ticks = [(float(minutes(when)), name) for when, name in date_ticks(first, timedelta(minutes=high - low).total_seconds(), TICKS)]
    return attrs.evolve(curve, ticks=ticks)


def _costs_curve(costs: Sums) -> Curve:
    scale = Scale.of([costs.p(99)], costs.currency)
    unit = float(10**costs.digits) * scale.divisor
    values = sorted(float(one) / unit for one in costs.minor)
    marks = []
    if costs.planned is not None and not costs.missing:
        plan = costs.money(costs.planned)
        sure = costs.known_within(plan)
        marks.append(Mark(at=costs.planned / unit, label=f"plan {scale.text(plan)}: {chance_text(sure)}", bad=sure < UNSURE))
    levels = [(float(percent), f"P{percent} {scale.text(costs.p(percent))}") for percent in LEVELS]
    curve = Curve(name=f"Cost of all of it, {scale.unit}", values=values, levels=levels, marks=marks)
    low, high = curve.ends
    step = nice_step(high - low, TICKS)
    digits = max(2 - math.floor(math.log10(step)), 0)  # two ticks beside each other never read the same
    first = -int(-low // step)
    numbers = itertools.takewhile(lambda value: value <= high, (step * place for place in itertools.count(first)))
    return attrs.evolve(curve, ticks=[(value, number(value, digits)) for value in numbers])


def _table(a: Answers, rows: Sequence[Simulated]) -> Grid:
    """Every commitment with its chance, the least sure first; then wholes without one, from the top down."""
    order = sorted(rows, key=lambda row: (row.sure is None, chance_of(row)))
    sums = [one for row in rows if row.costs is not None for one in (row.costs.p(80), row.costs.mean)]
    scale = Scale.of(sums, sums[0].currency) if sums else None
    heads = [Head(title="item"), Head(title="schedule"), Head(title="P50"), Head(title="P80"), Head(title="committed")]
    heads += [Head(title="chance", num=True)]
    if scale is not None:
        heads += [Head(title=f"plan, {scale.unit}", num=True), Head(title="chance", num=True), Head(title=f"P80, {scale.unit}", num=True)]
    grid = []
    for row in order[:ROWS]:
        cells = _date_cells(row)
        if scale is not None:
            cells += _cost_cells(row.costs, scale)
        name = a.name(row.id)
        grid.append(Row(name=name, under=a.under(row.id), cells=cells))
    more = f"and {len(order) - ROWS} more" if len(order) > ROWS else ""
    return Grid(label="Chances of dates and costs", heads=heads, rows=grid, more=more)


def _date_cells(row: Simulated) -> list[Cell]:
    dates = row.dates
    if dates is None and not row.doubt:
        return [Cell(kind="date")] * 4 + [Cell(kind="num")]
    if dates is None or row.doubt:
        cells = [Cell(text="not known", kind="date") for _ in (None, *LEVELS)]
    else:
        later = " or later" if dates.at_least else ""
        cells = [Cell(text="" if dates.planned is None else str(dates.day(dates.planned)), kind="date")]
        cells += [Cell(text=f"{dates.p(percent)}{later}", kind="date") for percent in LEVELS]
    cells.append(Cell(text="" if row.committed is None else str(row.committed), kind="date"))
    return [*cells, _chance_cell(row.sure, row.committed is not None)]


def _cost_cells(costs: Sums | None, scale: Scale) -> list[Cell]:
    if costs is None:
        return [Cell(kind="num")] * 3
    plan = None if costs.planned is None else costs.money(costs.planned)
    sure = None if plan is None or costs.missing else costs.known_within(plan)  # what is not known is in neither
    return [
        Cell(text=scale.text(plan, ""), kind="num"),
        _chance_cell(sure, plan is not None),
        Cell(text=scale.text(costs.p(80)), kind="num"),
    ]


def _chance_cell(sure: float | None, stated: bool) -> Cell:
    text = chance_text(sure) if sure is not None else "not known" if stated else ""
    return Cell(text=text, kind="bad" if sure is not None and sure < UNSURE else "num")
