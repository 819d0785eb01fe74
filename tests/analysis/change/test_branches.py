"""What a change moves on the overlay is what a schedule of the changed portfolio says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.change.applying import applied
from ipmo.analysis.change.branches import branches
from ipmo.analysis.dependencies.targets import targets
from ipmo.changes import Delay, SetDuration
from ipmo.errors import IpmoError
from ipmo.model import Portfolio, Project, Task
from ipmo.testing.strategies import portfolios
from ipmo.units import as_span, minutes


def dates(pf: Portfolio) -> dict[str, datetime]:
    s = ipmo.schedule(pf, on_cycle="cut")
    rows = targets(s)
    return {row.name: rows.moment(t) for t, row in enumerate(rows)}


def moved_from_scratch(pf: Portfolio, changes: list[Any]) -> dict[str, int]:
    before, after = dates(pf), dates(applied(pf, changes))
    return {name: minutes(after[name]) for name, when in before.items() if after[name] != when}


@settings(max_examples=200, deadline=None)
@given(st.booleans().flatmap(lambda tied: portfolios(tied=tied)), st.data())
def test_an_overlay_moves_what_a_new_schedule_moves(pf: Portfolio, data: st.DataObject) -> None:
    names = [p.id for p in pf.projects] + [f"{p.id}/{t.id}" for p in pf.projects for t in p.tasks]
    if not names:
        return
    name = data.draw(st.sampled_from(names))
    days = data.draw(st.integers(0, 40))
    changes: list[Any] = [Delay(name, data.draw(st.sampled_from([f"{days} d", f"{days} ed", f"{7 * days} h", "2 months"])))]
    if "/" in name and data.draw(st.booleans()):
        changes = [SetDuration(name, f"{days} d")]
    found = branches(pf)
    rows = found.targets
    quick = found.moved(changes)
    try:
        expected = moved_from_scratch(pf, changes)
    except IpmoError:
        assert quick is None
        return
    if quick is not None:
        assert {rows[t].name: date for t, date in quick.items()} == expected
        assert found.moved(changes) == quick, "everything was taken back"


@settings(max_examples=100, deadline=None)
@given(portfolios(), st.integers(0, 40), st.sampled_from(["d", "ed"]))
def test_slips_of_everything_are_delays_of_each(pf: Portfolio, amount: int, unit: str) -> None:
    names = [p.id for p in pf.projects] + [f"{p.id}/{t.id}" for p in pf.projects for t in p.tasks]
    found = branches(pf)
    rows = found.targets
    for name, moved in zip(names, found.slipped(names, as_span(f"{amount} {unit}")), strict=True):
        if moved is not None:
            assert {rows[t].name: date for t, date in moved.items()} == moved_from_scratch(pf, [Delay(name, f"{amount} {unit}")])


@pytest.mark.parametrize(
    ("done", "was", "now"), [({"progress": 0.5}, "2026-01-09", "2026-01-30"), ({"remaining": "5 d"}, "2026-01-09", "2026-02-20")]
)
def test_of_a_new_duration_what_is_done_is_done_also_where_nobody_says_since_when(done: dict[str, Any], was: str, now: str) -> None:
    """10 d become 40 d from Monday 5 January on: half of them are 4 weeks; 5 d that are left and 30 d more are 7 weeks."""
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="p", tasks=[Task(id="a", duration="10 d", **done)])])
    found = ipmo.what_if(pf, SetDuration("p/a", "40 d"))
    assert {(row.before, row.after) for row in found.dates} == {(f"{was} 17:00", f"{now} 17:00")}
    assert str(ipmo.schedule(found.after)["p/a"].finish) == f"{now} 17:00:00"
