"""Links of whole projects stand by their own dates: what is missed by most first."""

from __future__ import annotations

import ipmo
from ipmo.model import Link, Portfolio, Project, Task


def test_links_of_whole_projects_stand_by_how_their_own_dates_are_kept() -> None:
    """a ends on 10 January, b is of unknown length; c to d states no date."""
    projects = [Project(id=name, tasks=[Task(id="x", **({} if name == "b" else {"duration": "10 d"}))]) for name in "abcd"]
    links = [
        Link(id="none", source="c", target="d"),
        Link(id="kept", source="a", target="external:o", promised="2026-01-20"),
        Link(id="dark", source="b", target="external:o", promised="2026-01-20"),
        Link(id="late", source="a", target="c", needed="2026-01-08"),
        Link(id="later", source="a", target="external:q", needed="2026-01-04"),
    ]
    pf = Portfolio(id="pf", start="2026-01-01", status_date="2026-01-01", calendar="continuous", projects=projects, links=links)
    rows = [(one.id, one.standing, one.late) for one in ipmo.critical_links(pf).project_dependencies]
    assert rows == [
        ("later", "missed", 6.0),
        ("late", "missed", 2.0),
        ("dark", "unknown", None),
        ("kept", "kept", -10.0),
        ("none", "", None),
    ]
