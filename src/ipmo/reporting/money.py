"""What it costs: by group, by period, earned, and where stated variances do not follow from their figures."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import attrs

from ipmo.analysis.money.earned_value import EarnedItem
from ipmo.analysis.money.phasing import TimePhased
from ipmo.analysis.money.pictures import capital_list, lone
from ipmo.analysis.money.rollup import RollUp, roll_up
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import (
    LONG,
    SHORT,
    Amount,
    Block,
    Cell,
    Grid,
    Head,
    Heading,
    Panel,
    Paragraph,
    Picture,
    Row,
    Scale,
    capital,
    mark,
    number,
    share,
)
from ipmo.units import Money
from ipmo.words import agree, counted, rounded_text

__all__ = ["beyond_total", "cost", "earned", "periods", "variances"]

SHOWN = ("budget", "actual", "forecast", "funding")
GROUPINGS = 3
DISAGREEMENTS = 40


def cost(a: Answers) -> Panel | None:
    """Budget, actual and forecast by every grouping there is, each with how much is known."""
    groupings = [name for name in a.groupings if len(a.groups(name)) > 1][:GROUPINGS]
    if not a.money or not groupings:
        return None
    blocks: list[Block] = []
    texts = []
    for measure, roll in a.money.items():
        total = roll.total
        base = f" in {total.base} prices" if total.base else ""
        texts.append(f"{a.word(measure)} {total.text}{base}, {total.known} of {total.total} known")
    texts += _carbon(a)
    blocks.append(
        Paragraph(
            capital("; ".join(texts)) + ". What is not known is not counted as zero: a group with unknown figures costs more than it says."
        )
    )
    for grouping in groupings:
        rolls = {name: found for name in a.money if (found := a.roll(name, grouping)) is not None}
        if rolls:
            blocks += [Heading(f"By {grouping}"), _by_group(a, grouping, rolls)]
    return Panel(
        id="cost",
        title=f"{capital(a.word('budget')) if 'budget' in a.portfolio.attributes else 'Cost'} by " + " and ".join(groupings),
        short="Cost",
        blocks=blocks,
    )


def _carbon(a: Answers) -> list[str]:
    """Carbon in all, where any is stated: planned, expected and emitted so far."""
    if not a.portfolio.states_carbon:
        return []
    out: list[str] = []
    for name, measure in (("planned", "carbon"), ("expected", "carbon_forecast"), ("emitted so far", "carbon_actual")):
        total = roll_up(a.portfolio, measure).total
        if total.value is not None:
            out.append(f"{'carbon ' if not out else ''}{name} {total.text}, {total.known} of {total.total} known")
    return out


def _by_group(a: Answers, grouping: str, rolls: dict[str, RollUp]) -> Grid:
    first = next(iter(rolls))
    groups = sorted(rolls[first].groups, key=lambda f: (f.item == "(none)", -float(f.value.amount) if f.value is not None else 0.0, f.item))
    sizes = {name or "(none)": len(projects) for name, projects in a.groups(grouping)}
    scales = {name: Scale.of((f.value for f in roll.groups), roll.total.unit) for name, roll in rolls.items()}
    top = max((float(f.value.amount) for f in groups if f.value is not None), default=0.0)
    whole = rolls[first].total
    heads = [Head(title=grouping), Head(title="projects", num=True)]
    for name in rolls:
        heads += [Head(title=f"{a.word(name)}, {scales[name].unit}", num=True), Head(title="known", num=True)]
    heads += [Head(title=f"share of {a.word(first)}", num=True), Head(title="")]
    rows = []
    for figure in [*groups, whole]:
        is_whole = figure is whole
        name = "all" if is_whole else a.name(figure.item) if grouping == "programme" else figure.item
        count = sum(sizes.values()) if is_whole else sizes.get(figure.item)
        cells = [Cell(text="" if count is None else str(count), kind="num")]
        for measure, roll in rolls.items():
            found = roll.total if is_whole else roll[figure.item] if figure.item in roll else None
            text = "" if found is None else scales[measure].text(found.value)
            known = "" if found is None else f"{found.known} of {found.total}"
            cells += [Cell(text=text, kind="num"), Cell(text=known, kind="num")]
        part = figure.share_of(whole)
        fill = float(figure.value.amount) / top if figure.value is not None and top > 0 and not is_whole else None
        cells += [Cell(text=share(part, 1), kind="num"), Cell(bar=fill, kind="bar")]
        rows.append(Row(name=name if name != "(none)" else f"no {grouping}", cells=cells, group=is_whole))
    return Grid(label=f"Cost by {grouping}", heads=heads, rows=rows)


def periods(a: Answers) -> Panel | None:
    """Budget against actual against forecast by period."""
    found = a.phased
    if found is None:
        return None
    shown = [name for name in SHOWN if name in found.rolls]
    table = found.table()
    scale = Scale.of((value for name in shown for value in table[name]), found.rolls[shown[0]].total.unit) if shown else None
    if scale is None:
        return None
    every = "financial year" if found.every == "financial year" else found.every
    title = f"{capital_list([a.word(name) for name in shown])} by {every}"
    words = {name: a.word(name) for name in shown}
    whole = (
        a.earned.total if a.earned is not None and a.earned.total.measured == a.earned.total.total and not a.earned.total.floating else None
    )
    caption = "Running sums: what was planned, what is spent up to the status date, what is forecast from there on."
    caption += _besides(a, found, shown)
    curve = found.plot("curve", names=words, earned=None if whole is None else whole.ev)
    blocks: list[Block] = [Picture(label="Cost over time", svg=curve.svg, caption=caption)]
    caption = "Dated amounts lie at their dates, others over the time of their work."
    blocks.append(Picture(label=title, svg=found.plot("columns", names=words).svg, caption=caption, printed=False))
    blocks.append(_period_grid(a, found, shown, scale))
    return Panel(id="periods", title=title, short="By period", blocks=blocks)


def beyond_total(found: TimePhased, measure: str) -> float:
    """By how much the periods and what has no date come to more than the total: dated lines of work whose whole is not known.

    Args:
        found: money by period.
        measure: one of its measures of money.

    Returns:
        An amount in the currency of the measure; 0 where it is less than one unit.
    """
    total, undated = found.rolls[measure].total, found.undated(measure)
    inside = sum((found.value(measure, period.name) or 0 for period in found.periods), start=Fraction(0))
    whole, outside = (Fraction(one.amount) if isinstance(one, Money) else 0 for one in (total.value, undated))
    more = float(inside + outside - whole)
    return more if total.known < total.total and more >= 1 else 0.0


def _besides(a: Answers, found: TimePhased, shown: list[str]) -> str:
    """What is in no period, what has no line, and what is in periods and not in the total."""
    out, notes = "", [rounded_text(f"{a.word(name)}: {text}") for note in found.notes() for name, _, text in [note.partition(": ")]]
    if notes:
        out += f" In no period: {'; '.join(notes)}."
    for name in shown:
        if more := beyond_total(found, name):
            scale = Scale.of([more], found.rolls[name].total.unit)
            out += f" {capital(a.word(name))} of {scale.text(more)} {scale.unit} is dated and counted here, and not in the total: the whole of that work is not known."
        if lone(found.table(), name) and len(shown) > 1:
            out += f" {capital(a.word(name))} is known for one {found.every} only and has no line."
    return out


def _period_grid(a: Answers, found: TimePhased, shown: list[str], scale: Scale) -> Grid:
    table = found.table()
    heads = [Head(title=found.every)]
    heads += [Head(title=f"{a.word(name)}, {scale.unit}", num=True) for name in shown]
    heads += [Head(title=f"{a.word(name)} so far", num=True) for name in shown]
    rows = []
    for place, name in enumerate(table["period"]):
        values = [table[measure][place] for measure in shown] + [table[f"{measure}_so_far"][place] for measure in shown]
        rows.append(Row(name=name, cells=[Cell(text=scale.text(value, "·"), kind="num") for value in values]))
    return Grid(label=f"Money by {found.every}, in numbers", heads=heads, rows=rows, folded=True, charted=True)


def earned(a: Answers) -> Panel | None:
    """Earned value of the portfolio, its programmes and projects."""
    view = a.earned
    if view is None:
        return None
    items = [item for item in _down(view.total) if item.measured and item.level != "task"]
    single = [item for item in items if item.level == "project"] or items
    scale = Scale.of((m for item in single for m in (item.bac, item.ev)), view.total.bac.currency if view.total.bac else a.currency)
    heads = [Head(title="item")]
    heads += [Head(title=f"{title}, {scale.unit}", num=True) for title in ("budget", "planned", "earned", "actual")]
    titles = ("cost variance", "schedule variance", "CPI", "SPI", "EAC by CPI", "VAC", "TCPI", "SPI(t)", "packages known")
    uncosted = any(item.measured > item.known for item in items)
    heads += [Head(title=title, num=True) for title in (*titles, *(("with actual cost",) if uncosted else ()))]
    rows = []
    projects = [item for item in items if item.level == "project"]
    worst = sorted(projects, key=lambda item: min(item.indices.cv or 0.0, item.indices.sv or 0.0))[:SHORT] if len(items) > LONG else []
    key = {item.item for item in worst}
    for item in items:
        i = item.indices
        spi_t = item.schedule.spi_t if item.schedule is not None else None
        cells = [Cell(text=scale.text(value), kind="num") for value in (item.bac, item.pv, item.ev, item.ac)]
        cells += [_signed(scale, i.cv), _signed(scale, i.sv), _index(i.cpi), _index(i.spi)]
        cells += [Cell(text=scale.text(item.eac, ""), kind="num"), _signed(scale, item.vac)]
        tcpi = i.tcpi()
        cells += [mark(tcpi, tcpi is not None and tcpi > 1.1, 2), _index(spi_t)]
        counts = (item.measured, item.known) if uncosted else (item.known,)
        cells += [Cell(text=f"{count} of {item.total}", kind="num") for count in counts]
        under = item.item if item.name and item.name != item.item else ""
        rows.append(Row(name=item.name or item.item, under=under, cells=cells, group=item.level != "project", key=item.item in key))
    text = f"Seen from {view.as_of}; sums first, divided last. Budget is all that is known of it; a package whose plan or progress is not known is in no other sum."
    if uncosted:
        text += " One whose actual cost is not known is in no figure that needs it: cost variance, CPI, EAC, VAC and TCPI are of the packages with actual cost."
    floating = view.total.floating
    if floating:
        text += f" {counted(floating, 'package')} {agree(floating, 'has')} no baseline of their own: they are planned where the schedule has them now, so they cannot be late."
    blank = [k for k in range(len(heads) - 1) if not any(row.cells[k].text for row in rows)]
    if blank:  # a column of nothing takes the room of one that says something
        text += f" Nothing here has a figure for {', '.join(heads[k + 1].title for k in blank)}."
        heads = [head for k, head in enumerate(heads) if k - 1 not in blank]
        rows = [attrs.evolve(row, cells=[cell for k, cell in enumerate(row.cells) if k not in blank]) for row in rows]
    return Panel(id="earned", title="Earned value", blocks=[Paragraph(text), Grid(label="Earned value", wide=True, heads=heads, rows=rows)])


def _down(item: EarnedItem) -> Iterator[EarnedItem]:
    """From the top down, each before what it was made of."""
    yield item
    for part in item.parts:
        yield from _down(part)


def _signed(scale: Scale, value: Amount | None) -> Cell:
    return Cell(text=scale.text(value, ""), kind="bad" if (scale.number(value) or 0) < 0 else "num")


def _index(value: float | None) -> Cell:
    return Cell(text=number(value, 2, keep=True), kind="bad" if value is not None and value < 0.9 else "num")


def variances(a: Answers) -> Panel | None:
    """Stated variances against recomputed ones: the disagreements."""
    table = a.variances
    if not len(table):
        return None
    rows = list(table.rows())
    agree = sum(1 for row in rows if row["agrees"])
    differ = sorted((row for row in rows if row["agrees"] is False), key=lambda r: (-abs(r["computed"] - r["stated"]), r["project"]))
    unknown = len(rows) - agree - len(differ)
    text = f"{counted(len(rows), 'project')} state a variance of budget and forecast. {agree} agree with their own figures as rounded, {len(differ)} do not"
    text += f", {unknown} cannot be recomputed because a half is not known." if unknown else "."
    blocks: list[Block] = [Paragraph(text)]
    if differ:
        scale = Scale.of((value for row in differ for value in (row["budget"], row["forecast"])), table.unit("budget"))
        heads = [Head(title="project"), Head(title="period")]
        heads += [Head(title=f"{name}, {scale.unit}", num=True) for name in ("budget", "forecast")]
        heads += [Head(title=title, num=True) for title in ("computed", "stated", "apart, percentage points")]
        shown = [
            Row(
                name=row["name"] or row["project"],
                under=row["project"],
                cells=[
                    Cell(text=row["period"].replace(" to ", " – "), kind="date"),
                    *(Cell(text=scale.text(row[name]), kind="num") for name in ("budget", "forecast")),
                    Cell(text=share(row["computed"], 1), kind="num"),
                    Cell(text=share(row["stated"]), kind="num"),
                    Cell(text=number(100 * (row["stated"] - row["computed"])), kind="bad"),
                ],
            )
            for row in differ[:DISAGREEMENTS]
        ]
        more = f"and {len(differ) - DISAGREEMENTS} more" if len(differ) > DISAGREEMENTS else ""
        blocks.append(Grid(label="Variances that disagree", heads=heads, rows=shown, more=more))
    return Panel(id="variances", title="Stated variances, recomputed", short="Variances", blocks=blocks)
