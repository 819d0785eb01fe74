"""A link to the finish of a summary or a project: schedule, roll-up, commitments and what lies around it have one end."""

from __future__ import annotations

from datetime import datetime

import pytest

import ipmo
from ipmo import model as m
from ipmo.analysis.dates.several import commitment_floats
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Samples
from ipmo.units import minutes

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


@pytest.mark.parametrize(("compiled", "plain"), [(False, False), (True, False), (False, True)])
@pytest.mark.parametrize(("target", "inside"), [("p/S", "S"), ("p/T", "T"), ("p@finish", None)])
def test_samples_of_an_end_that_a_link_holds_are_schedules(target: str, inside: str | None, compiled: bool, plain: bool) -> None:
    """Of every sample the schedule with its length says the same; so does the milestone that stands for the end; by each of the three ways to sample."""
    found = []
    for pf in (plan(target), plan("p/m", "FS", inside)):
        wide = pf.evolve("p/b", duration={"low": "2 d", "likely": "3 d", "high": "30 d"})
        setup = Plan(wide, 60, seed=1, risks="before", dialect=None, pert="beta", keep=()).setup
        samples = Samples(setup, compiled=compiled, plain=plain)
        lengths, dates = Samples(setup, compiled=False).lengths(0, 1)[0]["p/b"], samples.batch(0, 1).dates
        found.append({one.full_id: [int(x) for x in dates[place]] for place, one in enumerate(setup.kept) if one.full_id != "p/m"})
    assert found[0] == found[1]
    assert max(found[0]["p"]) > min(found[0]["p"]) == minutes(END)
    for sample in range(0, 60, 12):
        s = ipmo.schedule(plan(target).evolve("p/b", duration=f"{int(lengths[sample])} min"))
        assert {name: s.instants(name)[1] for name in found[0] if name != "x"} == {
            n: row[sample] for n, row in found[0].items() if n != "x"
        }


@pytest.mark.parametrize("target", ["p/S", "p/T", "p@finish"])
def test_the_float_to_a_commitment_of_a_project_is_that_of_its_end(target: str) -> None:
    """Its work has three days to its finish of 14 January; the end that the link holds comes two days late."""
    s = ipmo.schedule(plan(target))
    assert commitment_floats(s)["p"] == s["p"].commitment_float
    assert s["p"].commitment_float is not None
    assert s["p"].commitment_float < 0


def test_how_sure_a_finish_is_counts_the_link_that_holds_it() -> None:
    """The work alone is done five days before what is committed, in every sample."""
    wide = plan("p@finish").evolve("p/a", duration={"low": "1 d", "likely": "2 d", "high": "3 d"})
    found = ipmo.simulate(wide, samples=50)
    assert found["p"].sure == 0
    assert {str(one)[:10] for one in found.finish("p").samples} == {"2026-01-16"}
