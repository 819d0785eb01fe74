"""The targets of a portfolio, found as columns, are those found item by item."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings

import ipmo
from ipmo.analysis.dates.schedule import Schedule
from ipmo.analysis.dependencies.targets import Target, targets
from ipmo.model import Gate, Portfolio, Programme, Project, Task
from ipmo.model.hierarchy import hierarchy
from ipmo.network.states import EFFECTS, LIVE, State
from ipmo.testing.strategies import portfolios
from ipmo.units import moment

from ...network.conftest import as_large


def one_by_one(s: Schedule) -> Iterator[tuple[Target, int]]:
    """Each target and its date: of a whole, the last finish of what is open in it with dates and of what is done."""
    pf, net, passes = s.portfolio, s.network, s.passes
    assert pf is not None

    def clock(item: str) -> int:
        return 0 if net.clocks is None else net.clocks.clock(pf.calendar_for(item))

    def dated(node: int) -> bool:
        return net.state[node] in LIVE and node not in passes.without_duration

    def finish(node: int) -> int:
        return int(passes.finishes[int(passes.positions.pos[node])])

    def end(projects: list[str]) -> int | None:
        found = list[int]()
        for name in projects:
            inside = [node for node in range(net.n) if net.project[node] >= 0 and net.projects[net.project[node]] == name]
            if any(dated(node) for node in inside):  # else nothing of it is open, or nobody knows how long that takes
                found += [finish(node) for node in inside if net.state[node] in LIVE and net.kinds[node] not in EFFECTS]
                found += [instant for node, instant in net.finishes.items() if node in inside and net.state[node] is State.FINISHED]
        return max(found, default=None)

    whole = clock(pf.id)
    everything = [project.id for project in pf.projects]
    parts = [("portfolio", pf.id, whole, everything)]
    parts += [("programme", one.id, whole, [project.id for project in hierarchy(pf).projects(one)]) for one in pf.programmes]
    parts += [("project", name, clock(name), [name]) for name in net.projects]
    taken = set[str]()
    for kind, item, own, inside in parts:
        date = end(inside)
        if date is not None:
            taken.add(f"{item}@finish")
            yield Target(f"{item}@finish", kind, item, own), date  # type: ignore[arg-type]
    for node, name in enumerate(net.ids):
        if net.kinds[node] == "gate" and dated(node) and isinstance(pf.items.get(name), Gate) and pf.items[name].open:
            taken.add(name)
            yield Target(name, "gate", name, clock(name)), finish(node)
    for due in net.commitments:
        nodes = [node for node in due.nodes if dated(node)]
        if due.is_deadline and due.name not in taken and nodes:
            taken.add(due.name)
            yield Target(due.name, "deadline", due.name, clock(due.name)), max(finish(node) for node in nodes)
    for benefit in pf.benefits:
        at = passes.nodes.get(benefit.id)
        if at is not None and dated(at):
            yield Target(benefit.id, "benefit", benefit.id, 0), finish(at)


@pytest.mark.parametrize("way", ["lists", "arrays"])
@settings(max_examples=60, deadline=None)
@given(pf=portfolios(tied=True))
def test_the_targets_and_their_dates_are_those_found_item_by_item(way: str, pf: Portfolio) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if way == "arrays":
            as_large(patch)
        ipmo.forget(pf)
        s = ipmo.schedule(pf, on_cycle="cut")
        found, expected = targets(s), [pair for pair in one_by_one(s) if pair[1] >= 0]
        assert list(found) == [row for row, _ in expected]
        assert [found.moment(t) for t in range(len(found))] == [moment(date) for _, date in expected]
        assert [found[t] for t in range(len(found))] == list(found)
        assert found.place == {row.name: place for place, row in enumerate(found)}
        assert [(found.names[t], found.kinds[t], found.items[t]) for t in range(len(found))] == [(r.name, r.kind, r.item) for r in found]
        ipmo.forget(pf)


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize("held", [True, False])
def test_the_end_of_many_projects_begins_its_day_where_a_point_of_one_of_them_does(
    *, held: bool, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twelve projects end as January does; in the last a milestone, which may not come before that midnight, begins February."""
    if way == "arrays":
        as_large(monkeypatch)
    point = Task(id="m", milestone=True, not_before="2026-02-01") if held else Task(id="m", milestone=True, after="t")
    projects = [Project(id=f"p{place:02}", tasks=[Task(id="t", duration="31 d")]) for place in range(12)]
    projects.append(Project(id="q", tasks=[Task(id="t", duration="31 d"), point]))
    pf = Portfolio(id="x", start="2026-01-01", calendar="continuous", projects=projects, programmes=[Programme(id="none")])
    rows = targets(ipmo.schedule(pf))
    place = rows.place["x@finish"]
    commitments, passes = rows.schedule.commitments, rows.schedule.passes
    each = [commitments.from_morning(passes.open_work_of(project), rows.date(place)) for project in range(13)]
    assert (each, rows.begins_day(place, rows.date(place))) == ([False] * 12 + [held], held)
    assert not rows.begins_day(place, rows.date(place) + 60)
