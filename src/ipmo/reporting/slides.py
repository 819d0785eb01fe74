"""Slides for a board: at most six, titles that are sentences, charts that can be edited; every number is one of the report."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from ipmo.errors import MissingExtraError
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Scale, few
from ipmo.reporting.money import beyond_total
from ipmo.reporting.questions import Line, Question, questions, subtitle
from ipmo.reporting.tiles import tiles
from ipmo.units import Money
from ipmo.words import counted

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import Slide

__all__ = ["MOST", "slides"]

MOST = 6
"""Slides at most."""
LINES, LARGE, SMALLEST = 5, 20, 9
"""Lines below a question, and the size of their letters in points, at most and at least."""
TILES, ACROSS = 8, 4
"""Key figures on the first slide, and in a row of it, at most."""
GROUPS, RISKS = 12, 8
"""Groups in a chart at most, those with most red first, and risks, the dearest first."""
COLOURS = {"bad": "8C1029", "warn": "A85C00", "good": "0F7B6C", "": "1B1F24"}
INK, QUIET, PLAN, DONE = "1B1F24", "57606A", "1769AA", "8C959F"
Written: TypeAlias = tuple[str, int, bool, str]
"""What is written, its size in points, whether it is bold, and its colour."""
Series: TypeAlias = tuple[str, Sequence[float | None], str]
"""Name, values and colour."""
WIDTH, HEIGHT, EDGE = 13.333, 7.5, 0.6
"""Inches of a slide, and its margin."""


def slides(a: Answers, title: str) -> bytes:
    """A file of slides.

    Args:
        a: the answers that the report shows.
        title: of the first slide.

    Raises:
        MissingExtraError: python-pptx is not installed.
    """
    try:
        import pptx
        from pptx.util import Inches
    except ImportError:
        raise MissingExtraError("a report as slides", "python-pptx", "pip install 'ipmo[slides]'") from None
    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
    asked = {one.id: one for one in questions(a)}
    _first(deck, a, title, asked)
    for id in asked:
        if len(deck.slides) < MOST and (asked[id].lines or _chart_of(a, id) is not None):
            _asked(deck, asked[id], _chart_of(a, id))
    if len(deck.slides) < MOST and (chart := _money(a)) is not None:
        _charted(deck, *chart)
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


# ------------------------------------------------------------------------------------------------------- slides


def _blank(deck: Presentation, title: str, kind: str = "") -> Slide:
    """A slide with its sentence on top; the sentence is the slide's title for screen readers and outlines."""
    from pptx.util import Inches, Pt

    slide = deck.slides.add_slide(deck.slide_layouts[5])
    head = slide.shapes.title
    assert head is not None  # of this layout
    head.left, head.top, head.width, head.height = Inches(EDGE), Inches(0.35), Inches(WIDTH - 2 * EDGE), Inches(1.2)
    _write(head.text_frame, [(title, 26, True, COLOURS[kind] if kind else INK)], WIDTH - 2 * EDGE, 1.2)
    bar = slide.shapes.add_shape(1, Inches(EDGE), Inches(1.6), Inches(WIDTH - 2 * EDGE), Pt(3))
    _paint(bar, COLOURS[kind])
    return slide


def _paint(shape: Any, colour: str) -> None:
    from pptx.dml.color import RGBColor

    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor.from_string(colour)
    shape.line.fill.background()


def _write(frame: Any, lines: Iterable[Written], wide: float, high: float, *, apart: float = 0) -> None:
    """Lines of text: what, size, bold, colour; a little smaller where they would not fit into so many inches.

    What stands before a tab is bold in a line that is not. `apart` is what lies between lines, as a share of their size.
    """
    from pptx.dml.color import RGBColor
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap = True
    shown = list(lines)
    while _high(shown, wide, apart) > high and max(size for _, size, _, _ in shown) > SMALLEST:
        shown = [(text, max(size - 1, SMALLEST), bold, colour) for text, size, bold, colour in shown]
    for number, (text, size, bold, colour) in enumerate(shown):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.space_after = Pt(round(size * apart))
        head, tab, rest = text.partition("\t")
        for part, strong in ((f"{head} " if tab else "", True), (rest if tab else head, bold)):
            if part:
                run = paragraph.add_run()
                run.text = part
                run.font.size, run.font.bold = Pt(size), strong
                run.font.color.rgb = RGBColor.from_string(colour)


def _high(lines: Iterable[Written], wide: float, apart: float = 0) -> float:
    """About how high lines of text are, in inches: a letter is half as wide as it is high, a bold one a little wider."""
    rows = [
        (math.ceil(len(text) * size * (0.6 if bold else 0.53) / (72 * max(wide - 0.2, 0.1)) or 1), size) for text, size, bold, _ in lines
    ]
    return sum((many * 1.25 + apart) * size / 72 for many, size in rows) + 0.1


def _first(deck: Presentation, a: Answers, title: str, asked: dict[str, Question]) -> None:
    """What the portfolio is, its key figures, and the answers to the four questions."""
    from pptx.util import Inches

    worst = next((one for one in asked.values() if one.kind == "bad"), None) or next(iter(asked.values()))
    slide = _blank(
        deck,
        f"{title}: {worst.answer[:1].lower() + worst.answer[1:]}" if worst.answer[:1].isalpha() else f"{title}: {worst.answer}",
        worst.kind,
    )
    every = list(tiles(a))
    shown = every[:TILES]
    rows = -(-len(shown) // ACROSS)
    across = -(-len(shown) // max(rows, 1))
    high, small, large, letters = (1.3, 10, 20, 16) if rows > 1 else (1.9, 13, 30, 20)  # few of them are larger
    wide, gap = (WIDTH - 2 * EDGE - 0.2 * (across - 1)) / max(across, 1), 0.2
    for place, tile in enumerate(shown):
        left, top = EDGE + place % across * (wide + gap), 1.85 + place // across * (high + 0.15)
        mark = slide.shapes.add_shape(1, Inches(left), Inches(top), Inches(0.06), Inches(high))
        _paint(mark, COLOURS[tile["kind"]])
        box = slide.shapes.add_textbox(Inches(left + 0.1), Inches(top), Inches(wide - 0.1), Inches(high))
        lines = [(tile["label"], small, False, QUIET), (tile["value"], large, True, COLOURS[tile["kind"]])]
        lines += [(text, small, True, INK) for text in (tile["word"], tile["trend"]) if text]
        lines += [(tile["note"], small, False, QUIET)] if tile["note"] else []
        _write(box.text_frame, lines, wide - 0.1, high)
    top = 1.85 + rows * (high + 0.15) + 0.1
    box = slide.shapes.add_textbox(Inches(EDGE), Inches(top), Inches(WIDTH - 2 * EDGE), Inches(HEIGHT - top - 0.4))
    lines = [(f"{one.title}\t{one.answer}", letters, False, COLOURS[one.kind]) for one in asked.values()]
    more = len(every) - len(shown)
    below = subtitle(a) + (f"; {counted(more, 'more key figure')} in the report" if more else "")
    _write(box.text_frame, [*lines, (below, 12, False, QUIET)], WIDTH - 2 * EDGE, HEIGHT - top - 0.4, apart=0.4)


def _asked(deck: Presentation, one: Question, chart: Chart | None) -> None:
    """A question, answered by its title, with what the answer rests on."""
    from pptx.util import Inches

    slide = _blank(deck, one.answer, one.kind)
    wide = WIDTH - 2 * EDGE if chart is None else 6.2
    box = slide.shapes.add_textbox(Inches(EDGE), Inches(1.8), Inches(wide), Inches(HEIGHT - 2.3))
    lines: list[Written] = [(one.title, 12, False, QUIET)]
    lines += [(sentence, LARGE, False, INK) for sentence in one.besides]
    for line in one.lines[:LINES]:
        said = f"{_sign(line)}{line.label}\t{line.text}" if line.label else f"{_sign(line)}{line.text}"
        lines.append((said, LARGE, False, COLOURS.get(line.kind, INK)))
    left = one.of - len(one.lines[:LINES])
    lines += [(f"{left} more in the report", 12, False, QUIET)] if left > 0 else []
    _write(box.text_frame, lines, wide, HEIGHT - 2.3, apart=0.6)
    if chart is not None:
        _draw(slide, chart, EDGE + wide + 0.2, 1.8, WIDTH - 2 * EDGE - wide - 0.2, HEIGHT - 2.3)


def _sign(line: Line) -> str:
    return {"bad": "■ ", "warn": "▲ "}.get(line.kind, "")


def _charted(deck: Presentation, title: str, chart: Chart) -> None:
    slide = _blank(deck, title)
    _draw(slide, chart, EDGE, 1.8, WIDTH - 2 * EDGE, HEIGHT - 2.3)


# ------------------------------------------------------------------------------------------------------- charts


class Chart:
    """A chart that its reader can edit.

    Args:
        kind: `bars`, `stacked` for counts that make a whole, or `lines`.
        names: of the categories.
        series: name, values and colour.
        unit: of the values, above the chart.
    """

    def __init__(self, kind: str, names: Sequence[str], series: Sequence[Series], unit: str, digits: int = 1) -> None:
        self.kind, self.names, self.series, self.unit, self.digits = kind, names, series, unit, digits


def _draw(slide: Slide, chart: Chart, left: float, top: float, wide: float, high: float) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Inches, Pt

    data = CategoryChartData(number_format="#,##0." + "0" * chart.digits if chart.digits else "#,##0")
    data.categories = list(chart.names)
    for name, values, _ in chart.series:
        data.add_series(name, list(values))
    kinds = {"bars": XL_CHART_TYPE.BAR_CLUSTERED, "stacked": XL_CHART_TYPE.BAR_STACKED, "lines": XL_CHART_TYPE.LINE}
    made = slide.shapes.add_chart(kinds[chart.kind], Inches(left), Inches(top), Inches(wide), Inches(high), data).chart
    made.has_title = True
    made.chart_title.text_frame.text = chart.unit
    made.chart_title.text_frame.paragraphs[0].runs[0].font.size = Pt(12)
    made.font.size = Pt(11)
    made.has_legend = len(chart.series) > 1
    if made.has_legend and made.legend is not None:
        made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    for one, (_, _, colour) in zip(made.plots[0].series, chart.series, strict=True):
        part = one.format.line if chart.kind == "lines" else one.format
        if chart.kind == "lines":
            one.smooth = False
            part.width = Pt(2.5)
            part.color.rgb = RGBColor.from_string(colour)
        else:
            part.fill.solid()
            part.fill.fore_color.rgb = RGBColor.from_string(colour)
    made.value_axis.has_major_gridlines = False
    if chart.kind != "lines":  # each bar bears its number
        made.category_axis.reverse_order = True
        made.category_axis.tick_labels.font.size = Pt(12)
        made.value_axis.visible = False
        if all((value or 0) >= 0 for _, values, _ in chart.series for value in values):
            made.value_axis.minimum_scale = 0
        made.plots[0].has_data_labels = True
        made.plots[0].gap_width = 60
        if chart.kind == "stacked":
            made.plots[0].overlap = 100
            made.plots[0].data_labels.font.color.rgb = RGBColor.from_string("FFFFFF")
            made.plots[0].data_labels.font.bold = True


def _chart_of(a: Answers, id: str) -> Chart | None:
    """What can be counted beside a question; None where there is nothing to compare."""
    if id == "kept" and any(one.standing != "overdue" for one in a.commitments):
        found = list(a.commitments)
        kinds = list(dict.fromkeys(one.kind for one in found))
        words = (("kept", "0F7B6C"), ("missed", "8C1029"), ("overdue", "A85C00"), ("unknown", DONE))
        series = [
            (word, [_counted(sum(one.kind == kind and one.standing == word for one in found)) for kind in kinds], colour)
            for word, colour in words
        ]
        series = [one for one in series if any(one[1])]
        return Chart("stacked", kinds, series, "commitments", digits=0) if kinds else None
    if id == "hurt" and a.exposure is not None:
        threats = [one for one in a.exposure.threats if one.before is not None][:RISKS]
        if threats:
            scale = Scale.of([one.before for one in threats], a.exposure.currency)
            before = [scale.number(one.before) for one in threats]
            after = [scale.number(one.after) for one in threats]
            pair: list[Series] = [("before the response", before, DONE), ("after", after, PLAN)]
            left = "" if len(threats) == len(a.exposure.threats) else f"; {len(threats)} of {len(a.exposure.threats)} risks"
            names = [one.name if len(one.name) <= 40 else f"{one.name[:39]}…" for one in threats]
            return Chart("bars", names, pair, f"open risks on average, {scale.unit}{left}", scale.digits)
    if id == "sure" and a.assessors:
        every = a.groups(a.grouping)
        groups = sorted(every, key=lambda group: (-sum(a.rating(p) == "red" for p in group[1]), -len(group[1]), group[0]))[:GROUPS]
        shown = "" if len(groups) == len(every) else f", {len(groups)} of {len(every)} groups"
        names = [(a.name(group) if a.grouping == "programme" and group else group) or "all" for group, _ in groups]
        rated: list[Series] = [
            (word, [_counted(sum(a.rating(p) == word for p in projects)) for _, projects in groups], colour)
            for word, colour in (("red", "8C1029"), ("amber", "A85C00"), ("green", "0F7B6C"))
        ]
        return Chart("stacked", names, rated, f"projects by delivery confidence{shown}", digits=0)
    return _sure_cost(a) if id == "sure" else None


def _counted(many: int) -> float | None:
    """A number of things; nothing is no bar and bears no number."""
    return float(many) if many else None


def _sure_cost(a: Answers) -> Chart | None:
    """What is planned beside what half and four of five samples cost; None where cost is certain or not known."""
    costs = None if a.simulation is None else a.simulation[a.simulation.portfolio].costs
    if costs is None or costs.planned is None or not costs.samples or costs.minor.min() == costs.minor.max():
        return None
    shown: list[tuple[str, Money]] = [("plan", costs.money(costs.planned)), ("P50", costs.p(50)), ("P80", costs.p(80))]
    scale = Scale.of([amount for _, amount in shown], costs.currency)
    amounts = [scale.number(amount) for _, amount in shown]
    return Chart("bars", [name for name, _ in shown], [("cost", amounts, PLAN)], f"cost of all of it, {scale.unit}", scale.digits)


def _money(a: Answers) -> tuple[str, Chart] | None:
    """What it costs over time as lines, with a sentence of the whole."""
    found = a.phased
    if found is None:
        return None
    table = found.table()
    shown = [
        (name, colour)
        for name, colour in (("budget", INK), ("actual", DONE), ("forecast", PLAN), ("funding", "0F7B6C"))
        if name in found.rolls and sum(bool(found.value(name, period.name)) for period in found.periods) > 1
    ]
    if not shown:
        return None
    scale = Scale.of([value for name, _ in shown for value in table[f"{name}_so_far"]], found.rolls[shown[0][0]].total.unit)
    past = len(found.periods) if found.today is None else sum(period.start <= found.today for period in found.periods)
    series: list[Series] = [  # what was spent is known up to the status date, and no further
        (
            a.word(name),
            [scale.number(value) if name != "actual" or place < past else None for place, value in enumerate(table[f"{name}_so_far"])],
            colour,
        )
        for name, colour in shown
    ]
    whole = [
        f"{a.word(name)} {part.text(total.value)} {part.unit}, {total.known} of {total.total} known"
        for name, roll in a.money.items()
        if (total := roll.total).value is not None
        for part in [Scale.of([total.value], total.unit)]
    ]
    text = few(whole, 4) if whole else counted(len(found.periods), found.every)
    unit = f"running sums at the end of each {found.every}, {scale.unit}"
    if found.today is not None:
        spent = f"{a.word('actual')} to the" if any(name == "actual" for name, _ in shown) else "seen from the"
        unit += f"; {spent} status date {found.today}"
    for name, _ in shown:  # the whole in the title has it too
        undated = found.undated(name)
        if isinstance(undated, Money):
            part = Scale.of([undated], undated.currency)
            unit += f"; {a.word(name)} of {part.text(undated)} {part.unit} has no date and is not drawn"
        if more := beyond_total(found, name):
            part = Scale.of([more], found.rolls[name].total.unit)
            unit += f"; {part.text(more)} {part.unit} of work whose whole is not known is drawn"
    return f"{text[:1].upper()}{text[1:]}.", Chart("lines", list(table["period"]), series, unit, scale.digits)
