"""Whether the schedule is well made: the points of the DCMA assessment, loose ends."""

from __future__ import annotations

from collections.abc import Iterator

from ipmo.analysis.dates.assessed import Assessed
from ipmo.analysis.dates.dcma import SOURCE, points
from ipmo.analysis.dates.quality import dangling
from ipmo.errors import first_listed
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import CheckContext
from ipmo.model.later import size_of
from ipmo.rules.themes import Theme, fact
from ipmo.words import agree, beside, counted

__all__ = ["QUALITY_CHECKS"]


def _find(context: CheckContext) -> Iterator[Finding]:
    """The points that fail, and loose ends."""
    portfolio, s = context.portfolio, context.schedule
    if not any(size_of(project, "tasks") for project in portfolio.projects):
        return
    assessed = Assessed(portfolio, s, None)
    for point in points(assessed):
        if point.passed is False and point.value is not None and point.limit is not None:
            shown = beside(point.value, point.limit, 0 if point.limit == 0 else 2)
            yield fact(
                f"dcma-{point.number:02d}",
                "",
                f"{point.name} is {shown}, should be {'at least' if point.at_least else 'at most'} {point.limit:g} ({point.formula})"
                + (f": {first_listed(point.numerator)}" if point.sizes[0] and not point.at_least else ""),
                f"{point.counted} counted; variant {point.variant}",
                Severity.INFO,
            )
    names = [one.id for one in dangling(assessed)]
    if names:
        yield fact(
            "dangling",
            "",
            f"{counted(len(names), 'unfinished task')} {agree(len(names), 'has')} a loose start or finish: {first_listed(names)}",
            "link the start to what it waits for, the finish to what waits for it",
            Severity.INFO,
        )


_QUALITY = Theme(_find, SOURCE)
_POINTS = {
    1: ("logic", "Open work has a predecessor and a successor, but for one task in twenty"),
    2: ("leads", "No link has a negative lag"),
    3: ("lags", "At most one link in twenty has a lag"),
    4: ("relationship types", "At least nine links in ten are finish to start"),
    5: ("hard constraints", "At most one open task in twenty has a hard constraint"),
    6: ("high float", "At most one open task in twenty has more than 44 working days of float"),
    7: ("negative float", "No open task has negative float"),
    8: ("high duration", "At most one open task in twenty lasts more than 44 working days"),
    9: ("invalid dates", "Forecast dates lie after the status date, actual dates before it"),
    11: ("missed tasks", "At most one task in twenty finishes later than its baseline said"),
    12: ("critical path test", "A delay of the critical path delays the end by as much"),
    13: ("critical path length index", "The critical path leaves a margin before the finish that was stated: the index is at least 0.95"),
    14: ("baseline execution index", "Tasks are completed as the baseline said: the index is at least 0.95"),
}
"""The points that have a limit: point 10, on resources, is counted and never fails."""

QUALITY_CHECKS = (
    *(
        _QUALITY.check(f"dcma-{number:02d}", title, f"Schedule quality, DCMA point {number}: {name}", rule=f"DCMA-{number}")
        for number, (name, title) in _POINTS.items()
    ),
    _QUALITY.check("dangling", "Open work has neither a loose start nor a loose finish", "Tasks with a loose end"),
)
