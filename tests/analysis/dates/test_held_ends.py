"""A link to the finish of a summary or a project: schedule, roll-up, commitments and what lies around it have one end."""

from __future__ import annotations

from datetime import datetime

import pytest

import ipmo
from ipmo import model as m

END = datetime(2026, 1, 16, 17)


def plan(target: str, type: str = "FF", inside: str | None = None) -> m.Portfolio:
    """`give` ends on 16 January; S, with T in it, would end on the 9th and is due on the 12th; a milestone `m` stands where the target is it."""
    tasks = [
        m.Task(id="S", deadline="2026-01-12"),
        m.Task(id="T", parent="S"),
        m.Task(id="a", parent="T", duration="2 d"),
        m.Task(id="b", parent="T", duration="3 d", after="a"),
        *([m.Task(id="m", milestone=True, parent=inside)] if target == "p/m" else []),
    ]
    giver = m.Project(id="g", tasks=[m.Task(id="give", duration="10 d")])
    links = [m.Link(id="L", source="g/give", target=target, type=type)]
    week = m.Calendar(id="c", week="mon-fri", hours="09:00-17:00")
    projects = [giver, m.Project(id="p", finish="2026-01-14", tasks=tasks)]
    return m.Portfolio(id="x", start="2026-01-05", status_date="2026-01-05", calendar="c", calendars=[week], projects=projects, links=links)


def said(pf: m.Portfolio, *names: str) -> dict[str, object]:
    s, roll = ipmo.schedule(pf), ipmo.roll_up(pf, "finish")
    out: dict[str, object] = {f"row {name}": s[name].finish for name in names}
    out |= {f"dates {name}": s.dates(name)[1] for name in names}
    out |= {f"ends {name}": s.ends(name) for name in names}
    table = s.table()
    out |= {f"table {name}": finish for name, finish in zip(table["id"], table["finish"], strict=True) if name in names}
    out |= {f"roll-up {name}": roll[name].value for name in names}
    return out | {f"due {row.name}": (row.standing, row.expected, row.days) for row in s.commitments if row.kind != "hand-over"}


@pytest.mark.parametrize(
    ("target", "inside", "names"), [("p/S", "S", ("p/S", "p")), ("p/T", "T", ("p/T", "p/S", "p")), ("p@finish", None, ("p",))]
)
def test_a_link_to_the_finish_of_a_whole_is_when_it_and_what_holds_it_ends(target: str, inside: str | None, names: tuple[str, ...]) -> None:
    """The oracle is a milestone in the whole that waits for the giver: all answers are the same."""
    found = said(plan(target), *names)
    assert found == said(plan("p/m", "FS", inside), *names)
    assert {found[f"row {name}"] for name in names} == {END}
    assert found["due p@finish"] == ("missed", END, pytest.approx(1.7, abs=0.01))
    assert found["due p/S"][0] == ("missed" if inside else "kept")  # type: ignore[index]


def test_an_end_that_a_link_does_not_hold_is_that_of_its_work() -> None:
    ends = {name: ipmo.schedule(plan("p/S", type="FS")).dates(name)[1] for name in ("p/S", "p/T", "p")}
    assert set(ends.values()) == {datetime(2026, 1, 23, 17)}, "all of it waits"
    outer = ipmo.schedule(plan("p/S"))
    assert outer.dates("p/T")[1] == outer.dates("p/b")[1] == datetime(2026, 1, 9, 17), "what lies in the whole ends when its own work does"


def test_something_outside_with_a_date_holds_an_end_too() -> None:
    given = m.Link(id="L", source="external:grid", target="p/S", type="FF", date="2026-01-16")
    pf = plan("p/S").evolve(links=[given])
    s = ipmo.schedule(pf)
    assert s["p/S"].finish_date == s["p"].finish_date == s.day_of("p", s.dates("p")[1]) == END.date()
    assert s.commitments["p/S"].broken
