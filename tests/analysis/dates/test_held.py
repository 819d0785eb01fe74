"""What holds an item back that no predecessor drives: each kind by hand, and without what is named the item is earlier."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given, settings

import ipmo
from ipmo.analysis.dates.held import FINISHES, STARTS, held_by
from ipmo.changes import Delay
from ipmo.model import Constraints, Link, Portfolio, Project, Task
from ipmo.testing.strategies import portfolios

FIELDS = {one.name for one in attrs.fields(Constraints)}
CONSTRAINED, OWN = ([name for name in (*STARTS, *FINISHES) if (name in FIELDS) is tied] for tied in (True, False))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"not_before": "2026-01-20"}, "may not start before 2026-01-20"),
        ({"finish_not_before": "2026-01-20"}, "may not finish before 2026-01-20"),
        ({"constraints": {"start_on": "2026-01-20"}}, "is to start on 2026-01-20"),
        ({"constraints": {"finish_on": "2026-01-20"}}, "is to finish on 2026-01-20"),
        ({"constraints": {"mandatory_start": "2026-01-20"}, "not_before": "2026-01-12"}, "must start on 2026-01-20"),
        ({"constraints": {"by_hand_start": "2026-01-20"}}, "is scheduled by hand to start on 2026-01-20"),
        ({"not_before": "2026-01-01"}, "nothing holds it back but the status date"),
        ({"after": "done"}, "held by a date of its own or of finished work"),
        ({"after": "done", "not_before": "2026-01-07"}, "held by a date of its own or of finished work"),
        ({}, "nothing holds it back but the status date"),
    ],
)
def test_the_date_that_an_item_rests_on_is_named(fields: dict[str, Any], said: str) -> None:
    after = fields.pop("after", None)
    done = Task(id="done", duration="1 d", actual_start="2026-01-05", actual_finish="2026-01-05")
    links = [{"from": "done", "lag": "20 ed"}] if after else []
    tasks = [done, Task(id="t", duration="2 d", after=links, **fields), Task(id="u", duration="1 d", after="t", deadline="2026-01-06")]
    pf = Portfolio(id="x", status_date="2026-01-06", calendar="standard", dialect="p6", projects=[Project(id="P", tasks=tasks)])
    assert ipmo.schedule(pf).explain("P/t").endswith(said)
    (missed,) = ipmo.schedule(pf).commitments.missed
    assert (f"because of P/t ({said}, expected " in missed.reason) is said.startswith(("may", "is", "must", "held"))


def test_work_that_waits_for_its_project_says_so() -> None:
    late = Project(id="P", start="2026-02-02", tasks=[Task(id="t", duration="2 d")])
    pf = Portfolio(id="x", start="2026-01-05", projects=[late, Project(id="Q", tasks=[Task(id="t", duration="1 d")])])
    assert ipmo.schedule(pf).explain("P/t").endswith("waits for its project, which starts on 2026-02-02")


def test_what_the_network_puts_beside_work_is_never_named() -> None:
    """Finished work out of sequence hands on what holds it back, delayed work starts later than its links let it, a whole with its first task."""
    done = Task(id="b", duration="1 d", after="a", actual_start="2026-01-05", actual_finish="2026-01-05")
    tasks = [
        Task(id="a", duration="5 d"),
        done,
        Task(id="c", duration="2 d", after="b", delay="3 ed"),
        Task(id="e", duration="1 d", delay="9 ed"),
    ]
    other = Project(
        id="Q", tasks=[Task(id="z", duration="1 d", deadline="2026-01-07"), Task(id="s"), Task(id="t", duration="1 d", parent="s")]
    )
    whole = [Link(source="P/e", target="Q/s", type="SS"), Link(source="Q/s", target="P/f", type="SS")]
    tasks.append(Task(id="f", duration="1 d", deadline="2026-01-07"))
    links = [Link(source="P/b", target="Q/z"), Link(source="P/c", target="Q/z", type="SS"), *whole]
    project = Project(id="P", tasks=tasks)
    pf = Portfolio(id="x", start="2026-01-05", status_date="2026-01-06", dialect="p6", projects=[project, other], links=links)
    s = ipmo.schedule(pf)
    assert s.explain("P/c").splitlines() == [
        "P/c: 2026-01-16 to 2026-01-19, driven by P/a (FS)",
        "P/a: 2026-01-06 to 2026-01-12, nothing holds it back but the status date",
    ]
    assert s.explain("P/e").endswith("is delayed by 9 ed of levelling")
    changed = ipmo.what_if(pf, Delay("P/a", "3 d"))
    answers = [
        s,
        s.commitments,
        s.links(),
        ipmo.critical_links(pf),
        ipmo.check(pf),
        ipmo.single_points(pf),
        changed,
        ipmo.schedule_quality(pf),
    ]
    answers += [ipmo.compare(pf, pf.evolve("P/a", duration="9 d")), ipmo.decisions_due(pf), ipmo.interfaces(pf)]
    shown = [str(one.table().to_dict()) if hasattr(one, "table") else str(one.to_dict()) for one in answers]
    shown += [s.explain(name) for name in s.ids] + [str(changed), *(row.reason for row in ipmo.critical_links(pf))]
    shown += [str(s.driving(name)) for name in s.ids if name in s.passes.nodes]
    assert [text for text in shown if "~" in text] == []


@settings(max_examples=150, deadline=None)
@given(portfolios(tied=True))
def test_without_the_dates_that_it_states_an_item_is_earlier_or_something_else_holds_it(pf: Portfolio) -> None:
    s = ipmo.schedule(pf)
    for item in s:
        node = s.passes.nodes.get(item.id)
        if item.kind != "task" or node is None or item.early_start is None or pf[item.id].actual_start or s.driving(item.id):
            continue
        held = held_by(pf, s.passes, node)
        if held.field not in {*STARTS, *FINISHES} or not s.explain(item.id).endswith(held.clause):
            continue
        task = pf[item.id]
        tied = task.constraints and attrs.evolve(task.constraints, **dict.fromkeys(CONSTRAINED))
        free = ipmo.schedule(pf.evolve(item.id, **dict.fromkeys(OWN), constraints=tied))
        without = free[item.id]
        assert without.early_start is not None
        earlier = without.early_start < item.early_start or without.early_finish < item.early_finish
        assert earlier or free.driving(item.id) or "nothing holds it back" not in free.explain(item.id)


@pytest.mark.parametrize(
    ("outside", "fields", "said"),
    [
        ({"m": "2026-03-01"}, {}, "external:m"),
        ({"m": "2026-03-01", "n": "2026-03-10"}, {}, "external:n"),  # the later one holds
        ({"m": "2026-03-01"}, {"not_before": "2026-03-20"}, "may not start before 2026-03-20"),
        ({"m": "2025-12-01"}, {}, "not begun"),  # it has come
    ],
)
@pytest.mark.parametrize("kind", ["FS", "SS", "FF"])
def test_what_comes_from_outside_is_named_where_it_holds_the_item_back(
    kind: str, outside: dict[str, str], fields: dict[str, Any], said: str
) -> None:
    """And without it the item is earlier; with a lag, by that much later."""
    links = [Link(id=name, source=f"external:{name}", target="p/t", type=kind, date=day, lag="2 d") for name, day in outside.items()]
    task = Task(id="t", duration="2 d", deadline="2026-01-05", **fields)
    pf = Portfolio(id="x", start="2026-01-05", status_date="2026-01-05", projects=[Project(id="p", tasks=[task])], links=links)
    s = ipmo.schedule(pf)
    (one,) = [c for c in s.commitments if c.kind == "deadline"]
    assert said in one.reason.replace("has not begun", "not begun")
    assert (said in s.explain("p/t")) is not said.startswith("not")
    if said.startswith("external"):
        assert one.because == said
        cut = pf.evolve(links=[link for link in links if f"external:{link.id}" != said])
        assert ipmo.schedule(cut)["p/t"].early_finish < s["p/t"].early_finish
