"""What both sides of a what-if share says what two portfolios made anew say, whatever is changed."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import ipmo
from ipmo import changes as ch
from ipmo import model as m
from ipmo.analysis.change.applying import applied
from ipmo.analysis.change.comparison import Comparison
from ipmo.analysis.change.standing import side_by_side
from ipmo.analysis.money.work_tree import share_work, works_of
from ipmo.errors import IpmoError
from ipmo.network import holds
from ipmo.network.assemble import compile_copy, compile_portfolio
from ipmo.network.builder import Builder
from ipmo.network.losses import losses, serving, share_serving
from ipmo.network.network import Network
from ipmo.testing.strategies import portfolios
from ipmo.units import Money

from ...network.conftest import as_large

FIRST = date(2026, 1, 5)
Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def committed(draw: Draw, *, tied: bool = False) -> m.Portfolio:
    """A portfolio whose links are promised, needed or delivered, and whose projects may require, and be paused or closed like, others."""
    pf = draw(portfolios(tied=tied))
    days = st.none() | st.integers(0, 200).map(lambda n: FIRST + timedelta(days=n))
    status = st.sampled_from([None, "agreed", "delivered"])
    links = [attrs.evolve(link, promised=draw(days), needed=draw(days), status=draw(status)) for link in pf.links]
    known: list[m.Project] = []
    for project in pf.projects:
        wanted = [draw(st.sampled_from(known)).id] if known and draw(st.integers(0, 3)) == 0 else []
        known.append(attrs.evolve(project, requires=wanted, exit_cost=draw(st.none() | st.just("3 k GBP"))))
    return pf.evolve(links=links, projects=known)


@st.composite
def a_change(draw: Draw, pf: m.Portfolio) -> Any:
    """A change of any kind to something that there is."""
    tasks = [f"{p.id}/{t.id}" for p in pf.projects for t in p.tasks]
    assume(tasks)
    task, project = draw(st.sampled_from(tasks)), draw(st.sampled_from(pf.projects)).id
    length = draw(st.sampled_from(["0 d", "1 d", "7 d", "40 d", "3 ed", "5 h"]))
    amount = draw(st.sampled_from(["0 GBP", "1.55 GBP", "700 k GBP", "3 M EUR"]))
    day = draw(st.none() | st.integers(0, 300).map(lambda n: str(FIRST + timedelta(days=n))))
    link = draw(st.sampled_from(pf.links)) if pf.links else None
    ends = (link.source, link.target, link.type) if link is not None else (tasks[0], tasks[-1], "FS")
    dated = [(task, name) for name in ("deadline", "not_before", "actual_finish")]
    dated += (
        [(project, name) for name in ("start", "finish")] + [(one.id, "planned_start") for one in pf.benefits] + [(pf.id, "status_date")]
    )
    gone = [task, project, *(one.id for one in (*pf.links, *pf.benefits, *pf.outcomes, *pf.programmes) if one.id is not None)]
    return draw(
        st.sampled_from(
            [
                ch.Stop(project),
                ch.Pause(project),
                *(ch.Stop(one.id) for one in pf.programmes[:1]),
                ch.Delay(draw(st.sampled_from([task, project])), length),
                ch.SetDuration(task, length),
                ch.SetEstimate(task, {"low": "1 d", "likely": "5 d", "high": "60 d"}),
                ch.SetDate(*draw(st.sampled_from(dated)), day),
                ch.SetBudget(draw(st.sampled_from([task, project, *(one.id for one in pf.programmes[:1])])), amount),
                ch.MoveBudget(task, project, amount),
                ch.Fund(draw(st.sampled_from([project, pf.id])), amount),
                *(ch.SetProbability(one.id, 0.3) for one in pf.benefits),
                ch.Add(m.Task(id="new", duration=length, deadline=day), project),
                ch.Add(m.Project(id="new", tasks=[m.Task(id="a", duration="9 d", budget="5 GBP")])),
                ch.Add(m.Benefit(id="new", enabled_by=task, value="9 k GBP per year", lasts="3 years")),
                ch.Remove(draw(st.sampled_from(gone))),
                ch.AddLink(tasks[0], tasks[-1], "FS", length),
                ch.RemoveLink(*ends),
                ch.SetLag(*ends[:2], length, ends[2]),
            ]
        )
    )


def anew(pf: m.Portfolio) -> m.Portfolio:
    """The same portfolio that shares nothing with it."""
    return ipmo.from_dict(ipmo.to_dict(pf))


def tried(pf: m.Portfolio, change: Any) -> m.Portfolio:
    """The portfolio with the change; what is refused is no example."""
    try:
        return applied(pf, [change])
    except IpmoError:
        assume(False)
        raise


def told(found: Comparison) -> dict[str, object]:
    """Everything that a comparison says, and its order."""
    parts = ("commitments", "dates", "floats", "critical", "money", "benefits", "status", "exceptions", "effects", "moved", "rows")
    out: dict[str, object] = {name: getattr(found, name) for name in parts}
    out |= {"unknown": dict(found.unknown), "notes": found.notes, "stayed": found.stayed, "freed": str(found.freed), "text": str(found)}
    return out | {"through": found.table()["through"]}


@settings(deadline=None, max_examples=40)
@given(st.data(), st.booleans())
def test_a_what_if_says_what_two_portfolios_made_anew_say(data: st.DataObject, tied: bool) -> None:
    pf = data.draw(committed(tied=tied))
    change = data.draw(a_change(pf))
    after = tried(pf, change)
    assert told(ipmo.what_if(pf, change)) == told(Comparison(anew(pf), anew(after), changes=[change]))


@settings(deadline=None, max_examples=40)
@given(st.data(), st.booleans(), st.booleans())
def test_what_is_not_looked_at_stands_as_it_stood(data: st.DataObject, tied: bool, large: bool) -> None:
    pf = data.draw(committed(tied=tied))
    after = tried(pf, data.draw(a_change(pf)))
    with pytest.MonkeyPatch.context() as patch:
        if large:
            as_large(patch)
            pf, after = pf.evolve(), after.evolve()
        schedules = [ipmo.schedule(one, on_cycle="cut") for one in (pf, after)]
        found = {name: (was, now) for name, was, now in side_by_side(schedules[0], schedules[1])}
    was, now = (ipmo.schedule(anew(one), on_cycle="cut").commitments for one in (pf, after))
    for name in {*was.ids, *now.ids}:
        stands = was[name] if name in was else None, now[name] if name in now else None
        if name in found:
            assert found[name] == stands
        else:
            assert stands[0] is not None
            assert stands[1] is not None
            assert (stands[0].standing, stands[0].days, stands[0].date) == (stands[1].standing, stands[1].days, stands[1].date)


@settings(deadline=None, max_examples=60)
@given(st.data(), st.booleans())
def test_what_serves_what_is_taken_over_only_where_it_is_the_same(data: st.DataObject, tied: bool) -> None:
    pf = data.draw(committed(tied=tied))
    after = tried(pf, data.draw(a_change(pf)))
    share_serving(after, pf)
    own = losses(anew(after))
    assert serving(after) == (own.served, own.places)


def test_stopping_a_project_changes_nothing_about_what_serves_what() -> None:
    pf = ipmo.examples.load("commitment")
    for project in pf.projects:
        after = applied(pf, [ch.Stop(project.id)])
        share_serving(after, pf)
        assert serving(after) is serving(pf)


def columns(net: Network) -> dict[str, object]:
    """All that a network holds, but for its clocks."""
    found = {field.name: getattr(net, field.name) for field in attrs.fields(Network) if field.name not in ("clocks", "needed")}
    assert net.needed is not None
    found["at_best"] = None if net.at_best is None else columns(net.at_best)
    return found | {field.name: getattr(net.needed, field.name) for field in attrs.fields(type(net.needed))}


@settings(deadline=None, max_examples=40)
@given(st.data(), st.booleans(), st.integers(0, 2))
def test_a_network_that_takes_unchanged_projects_over_is_that_compiled_anew(data: st.DataObject, tied: bool, more: int) -> None:
    pf = data.draw(committed(tied=tied))
    after = tried(pf, data.draw(a_change(pf)))
    for _ in range(more):
        after = tried(after, data.draw(a_change(pf)))
    after = after.evolve()
    shared = compile_copy(after, pf, pf.dialect)
    with pytest.MonkeyPatch.context() as patch:
        if tied:
            patch.setattr(holds, "SMALL", 0)  # what follows a node is found when it is asked for
        assert columns(shared) == columns(compile_portfolio(anew(after), pf.dialect))


def test_what_is_taken_over_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    project = Builder.project

    def counted(self: Builder, place: int, noun: m.Project) -> None:
        compiled.append(noun.id)
        project(self, place, noun)

    monkeypatch.setattr(Builder, "project", counted)
    pf = m.Portfolio(id="x", start="2026-01-05", projects=[m.Project(id=f"p{n}", tasks=[m.Task(id="a", duration="3 d")]) for n in range(4)])
    ipmo.schedule(pf)
    compiled.clear()
    _ = ipmo.what_if(pf, ch.Stop("p1")).effects
    assert compiled == ["p1"]
    compiled.clear()
    _ = ipmo.what_if(pf, ch.Add(m.Task(id="b", duration="1 d"), "p2")).effects
    assert compiled == ["p2", "p3"], "what follows begins at another node"


@settings(deadline=None, max_examples=15)
@given(st.data(), st.booleans(), st.booleans(), st.integers(1, 3))
def test_two_portfolios_that_share_projects_compare_as_two_read_anew(data: st.DataObject, tied: bool, large: bool, more: int) -> None:
    before = data.draw(committed(tied=tied))
    after = before
    for _ in range(more):
        after = tried(after, data.draw(a_change(after)))
    if data.draw(st.booleans()):  # the same projects, at other places and in a plan with another setting
        after = after.evolve(projects=data.draw(st.permutations(after.projects)), start=data.draw(st.sampled_from([after.start, FIRST])))
    with pytest.MonkeyPatch.context() as patch:
        if large:
            as_large(patch)
        before, after = before.evolve(), after.evolve()
        found = answer(before, after)
    assert found == answer(anew(before), anew(after))


def answer(before: m.Portfolio, after: m.Portfolio) -> object:
    """What a comparison says, or why it refuses."""
    try:
        return told(ipmo.compare(before, after))
    except IpmoError as error:
        return type(error), str(error)


def test_a_comparison_compiles_again_only_what_the_two_do_not_share(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    project = Builder.project

    def counted(self: Builder, place: int, noun: m.Project) -> None:
        compiled.append(noun.id)
        project(self, place, noun)

    monkeypatch.setattr(Builder, "project", counted)
    pf = m.Portfolio(id="x", start="2026-01-05", projects=[m.Project(id=f"p{n}", tasks=[m.Task(id="a", duration="3 d")]) for n in range(4)])
    _ = ipmo.compare(pf, pf.evolve("p1/a", duration="5 d")).effects
    assert compiled == ["p0", "p1", "p2", "p3", "p1"]
    compiled.clear()
    _ = ipmo.compare(pf, pf.evolve(start="2026-02-02")).effects
    assert compiled == ["p0", "p1", "p2", "p3"], "all of it starts on another day"
    compiled.clear()
    _ = ipmo.compare(pf, anew(pf)).effects
    assert compiled == ["p0", "p1", "p2", "p3"], "nothing is shared"
    compiled.clear()
    undated, later = pf.evolve(start=None), pf.evolve()
    assert ipmo.compare(undated, later).rows == ()
    assert compiled.count("p0") <= 2, "what has no dates is passed over"


def test_what_projects_hold_is_found_once_along_a_chain_of_changes_and_no_earlier_portfolio_is_kept() -> None:
    """A plan that is changed again and again in one process: each step shares what the one before it found, however many there are."""
    pf = m.Portfolio(id="x", start="2026-01-05", projects=[m.Project(id=name, tasks=[m.Task(id="t", budget="5 GBP")]) for name in "ab"])
    found, earlier = works_of(pf).of(pf.projects[0]), []
    for step in range(sys.getrecursionlimit() + 100):
        earlier.append(weakref.ref(pf.projects[1]))
        after = pf.evolve("b/t", budget=f"{step} GBP")
        share_work(after, pf)
        pf = after
    assert pf.projects[0] is found.project
    assert works_of(pf).of(pf.projects[0]) is found
    assert ipmo.roll_up(pf, "budget").total.value == Money(step + 5, "GBP")
    del after
    gc.collect()
    assert not any(ref() is not None for ref in earlier)


def test_what_is_found_on_either_side_of_a_what_if_holds_on_both() -> None:
    pf = m.Portfolio(id="x", start="2026-01-05", projects=[m.Project(id=name, tasks=[m.Task(id="t", budget="5 GBP")]) for name in "ab"])
    after = pf.evolve("b/t", budget="7 GBP")
    share_work(after, pf)
    assert works_of(pf).of(pf.projects[0]) is works_of(after).of(after.projects[0])
    assert works_of(pf).of(pf.projects[1]) is not works_of(after).of(after.projects[1])
