"""How a project says that it stands: the colour it last reported, or that it was last rated."""

from __future__ import annotations

from collections.abc import Mapping

from ipmo.model.portfolio import Portfolio
from ipmo.units import as_day

__all__ = ["stated_colours"]


def stated_colours(portfolio: Portfolio) -> Mapping[str, str | None]:
    """Of each project the latest reported colour up to the status date, else the latest delivery confidence; None where nobody says."""
    today = as_day(portfolio.status_date) if portfolio.status_date is not None else None
    out: dict[str, str | None] = {}
    for project in portfolio.projects:
        reports = [one for one in project.status if one.rag is not None and (today is None or as_day(one.date) <= today)]
        last = max(reports, key=lambda one: one.date, default=None)
        rated = max(project.confidence, key=lambda one: one.date, default=None)
        out[project.id] = last.rag if last is not None else rated.rating if rated is not None else None
    return out
