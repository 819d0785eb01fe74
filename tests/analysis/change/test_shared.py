"""What both sides of a what-if share says what two portfolios made anew say, whatever is changed."""

from __future__ import annotations

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
from ipmo.errors import IpmoError
from ipmo.testing.strategies import portfolios

from ...network.conftest import as_large

FIRST = date(2026, 1, 5)
Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def committed(draw: Draw, *, tied: bool = False) -> m.Portfolio:
    """A portfolio whose links are promised or needed, and whose projects may require, and be paused or closed like, others."""
    pf = draw(portfolios(tied=tied))
    days = st.none() | st.integers(0, 200).map(lambda n: FIRST + timedelta(days=n))
    links = [attrs.evolve(link, promised=draw(days), needed=draw(days)) for link in pf.links]
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
                ch.Stop(pf.programmes[0].id),
                ch.Delay(draw(st.sampled_from([task, project])), length),
                ch.SetDuration(task, length),
                ch.SetEstimate(task, {"low": "1 d", "likely": "5 d", "high": "60 d"}),
                ch.SetDate(*draw(st.sampled_from(dated)), day),
                ch.SetBudget(draw(st.sampled_from([task, project, pf.programmes[0].id])), amount),
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


@settings(deadline=None)
@given(st.data(), st.booleans())
def test_a_what_if_says_what_two_portfolios_made_anew_say(data: st.DataObject, tied: bool) -> None:
    pf = data.draw(committed(tied=tied))
    change = data.draw(a_change(pf))
    after = tried(pf, change)
    assert told(ipmo.what_if(pf, change)) == told(Comparison(anew(pf), anew(after), changes=[change]))


@settings(deadline=None)
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
