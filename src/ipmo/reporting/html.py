"""The report: one offline HTML file that a director reads from the top down and an analyst checks from the bottom up."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from ipmo.figures.columns import CSS as COLUMNS_CSS
from ipmo.figures.cumulative import CSS as CUMULATIVE_CSS
from ipmo.figures.heat import CSS as HEAT_CSS
from ipmo.figures.interfaces import CSS as INTERFACES_CSS
from ipmo.figures.load_map import CSS as LOADS_CSS
from ipmo.figures.matrix import CSS as MATRIX_CSS
from ipmo.figures.portfolio_map import CSS as MAP_CSS
from ipmo.figures.ranges import CSS as RANGES_CSS
from ipmo.figures.s_curves import CSS as S_CURVES_CSS
from ipmo.figures.scatter import CSS as SCATTER_CSS
from ipmo.figures.signs import CSS as SIGNS_CSS
from ipmo.figures.svg import Figure, colour_css
from ipmo.figures.timeline import CSS as TIMELINE_CSS
from ipmo.figures.tornado import CSS as TORNADO_CSS
from ipmo.findings import Findings
from ipmo.model.portfolio import Portfolio
from ipmo.progress import steps
from ipmo.reporting import change, control, delivery, methods, money, registers, sureness, value
from ipmo.reporting import dependencies as interdependencies
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Panel
from ipmo.reporting.questions import questions, subtitle
from ipmo.reporting.tiles import tiles
from ipmo.tables import Table

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["render"]

_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b", re.ASCII)
STYLES = (
    TIMELINE_CSS,
    COLUMNS_CSS,
    MATRIX_CSS,
    INTERFACES_CSS,
    S_CURVES_CSS,
    RANGES_CSS,
    TORNADO_CSS,
    SCATTER_CSS,
    HEAT_CSS,
    MAP_CSS,
    SIGNS_CSS,
    CUMULATIVE_CSS,
    LOADS_CSS,
)
"""The rules of the pictures."""
PANELS: tuple[Callable[[Answers], Panel | None], ...] = (
    interdependencies.map_of_portfolio,
    delivery.timeline,
    change.changed,
    interdependencies.links,
    interdependencies.decisions,
    sureness.sureness,
    control.confidence,
    control.status,
    money.cost,
    money.periods,
    money.earned,
    money.variances,
    value.benefits,
    value.line_of_sight,
    interdependencies.interfaces,
    interdependencies.single_points,
    delivery.people,
    registers.raid_log,
    registers.lessons,
)
"""The panels in the order of the page; one that has nothing to show is None."""

DIRECTIONS: Mapping[int, None] = MappingProxyType(dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
"""Signs that turn all text after them: in a name they would turn the sentence around it. Names from right to left need none."""
EMPTY: Mapping[str, str] = MappingProxyType({})


def render(
    portfolio: Portfolio,
    findings: Findings,
    *,
    title: str | None = None,
    before: Portfolio | None = None,
    added: Iterable[tuple[str, str, Iterable[str | Table | Figure]]] = (),
    headings: Mapping[str, str] = EMPTY,
    interactive: bool = False,
) -> str:
    """The report as HTML text: no request, a strict content security policy, and no script but one that sorts, filters and folds.

    Args:
        portfolio: the portfolio.
        findings: what `check` found.
        title: the heading; the portfolio's name when left out.
        before: an earlier state, for what changed.
        added: sections of methods: id, heading, and texts, Tables and Figures.
        headings: what stands over the findings of each code; the code itself where there is none.
        interactive: with a small script that sorts, filters and folds; without any where it is left out.

    Raises:
        ScheduleError: nothing says when the portfolio starts.
    """
    import jinja2
    from markupsafe import Markup

    answers = Answers(portfolio, findings, before)
    first = questions(answers)
    panels = [panel for make in steps("reporting", PANELS, len(PANELS)) if (panel := make(answers)) is not None]
    extra = [methods.panel(*one, answers.title) for one in added]
    panels += [panel for panel, _ in extra]
    here = files(__package__)
    style = (
        colour_css(":root")
        + "".join(dict.fromkeys((*STYLES, *(css for _, rules in extra for css in rules))))
        + (here / "report.css").read_text(encoding="utf-8")
    )
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    environment.filters["unbroken"] = _unbroken
    template = environment.from_string((here / "report.html.jinja").read_text(encoding="utf-8"))
    script = (here / "report.js").read_text(encoding="utf-8") if interactive else ""
    page = template.render(
        title=title or portfolio.name or portfolio.id,
        subtitle=subtitle(answers),
        style=Markup(style),
        style_hash=_hash(style),
        script=Markup(script),
        script_hash=_hash(script) if script else "",
        questions=first,
        tiles=list(tiles(answers)),
        panels=panels,
        finding_groups=list(control.finding_groups(answers, headings)),
        findings_note=control.findings_note(answers),
        method=list(control.method(answers)),
        footer=portfolio.note or "Made by ipmo from the portfolio named above; every figure can explain how it was made.",
    )
    return page.translate(DIRECTIONS)


def _unbroken(text: str) -> Markup:
    """A text with its days kept whole: a browser breaks lines after their hyphens."""
    import markupsafe

    return markupsafe.Markup(_DAY.sub(r'<span class="day">\g<0></span>', str(markupsafe.escape(text))))


def _hash(text: str) -> str:
    """What the content security policy knows it by."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
