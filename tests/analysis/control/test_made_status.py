"""Status read off columns, told when somebody looks: the same as item by item, in whatever order, copied or not."""

from __future__ import annotations

import copy
import pickle
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dates import commitments
from ipmo.analysis.dates.commitments import Commitment
from ipmo.model import Link, Portfolio, Project, Task, Tolerance
from ipmo.testing.strategies import portfolios
from ipmo.units import minutes

from ...network.conftest import as_large
from ..dates.stated_by_item import hand_overs

Draw = Callable[[st.SearchStrategy[Any]], Any]
FIRST = date(2026, 1, 5)
TOLERANCES = st.sampled_from([None, None, Tolerance(time="3 d", cost="5 %"), Tolerance(benefits="10 %"), Tolerance(risk="1 k GBP")])


@st.composite
def judged(draw: Draw, *, tied: bool = False) -> Portfolio:
    """A portfolio with promised hand-overs, stated finishes, planned benefits and tolerances."""
    pf = draw(portfolios(tied=tied))
    days = st.none() | st.integers(0, 120).map(lambda n: FIRST + timedelta(days=n))
    links = [attrs.evolve(link, promised=draw(days), needed=draw(days)) for link in pf.links]
    benefits = [attrs.evolve(one, planned_start=draw(days)) for one in pf.benefits]
    projects = []
    for one in pf.projects:
        day = draw(days)
        fits = day is not None and (one.start is None or minutes(one.start) <= minutes(day))
        projects.append(attrs.evolve(one, tolerance=draw(TOLERANCES), finish=day if fits else one.finish))
    programmes = [attrs.evolve(one, tolerance=draw(TOLERANCES)) for one in pf.programmes]
    found: Portfolio = pf.evolve(links=links, benefits=benefits, projects=projects, programmes=programmes, tolerance=draw(TOLERANCES))
    return found


def told(row: Commitment) -> tuple[object, ...]:
    """All of a commitment but what it fails because of."""
    return row.name, row.item, row.date, row.expected, row.days, row.standing, row.stated_day


@settings(deadline=None, max_examples=60)
@given(st.data(), st.booleans(), st.booleans())
def test_status_by_columns_is_status_item_by_item(data: st.DataObject, tied: bool, tasks: bool) -> None:
    pf = data.draw(judged(tied=tied))
    plain = ipmo.status(pf, tasks=tasks)
    with pytest.MonkeyPatch.context() as patch:
        as_large(patch)
        patch.setattr(commitments, "SEVERAL", 1)
        large = ipmo.status(pf.evolve(), tasks=tasks)
        assert large.rows == plain.rows
    assert large.breaches == plain.breaches
    worth = ipmo.benefits(pf, unrated="unknown")
    assert worth.compared == tuple(row.id for row in worth if row.loss is not None)
    assert dict(large.computed) == {row.item: row.computed for row in plain.rows}


def worst(rows: list[Commitment]) -> dict[str, tuple[str, int, int, bool]]:
    """Of each project the first of the rows that are missed by most: item, date, forecast, and whether that begins its day."""
    out: dict[str, tuple[str, int, int, bool]] = {}
    most: dict[str, int] = {}
    for row in rows:
        if row.expected is not None:
            late = minutes(row.expected) - minutes(row.date)
            if row.from_morning and not row.begins and row.date.hour == row.date.minute == 0:
                late += 24 * 60  # by the evening is a day before the morning after
            if late > most.get(row.project, -1):
                most[row.project] = late
                out[row.project] = row.item, minutes(row.date), minutes(row.expected), row.from_morning and not row.begins
    return out


def handing_over(seed: int) -> Portfolio:
    """Work of few lengths that hands over by starting and by finishing, on promises around its forecast: late, on time, and late alike."""
    rng = random.Random(seed)
    projects, names = [], list[str]()
    for p in range(rng.randint(1, 3)):
        tasks: list[Task] = []
        for t in range(rng.randint(1, 5)):
            done, milestone = rng.random() < 0.1, rng.random() < 0.2
            tasks.append(
                Task(
                    id=f"t{t}", milestone=milestone, duration=None if milestone else rng.choice(["1 d", "2 d", "2 ed", "0 d", None]),
                    after=[one.id for one in tasks if rng.random() < 0.3], hammock=rng.random() < 0.05, not_before=rng.choice([None, None, "2026-01-09"]),
                    actual_start="2026-01-02" if done else None, actual_finish="2026-01-03" if done and rng.random() < 0.5 else None,
                )
            )  # fmt: skip
        names += [f"p{p}/{one.id}" for one in tasks]
        projects.append(Project(id=f"p{p}", tasks=tasks, state=rng.choice(["active"] * 5 + ["paused"])))
    projects.append(Project(id="taker", tasks=[{"id": f"w{n}", "duration": "1 d"} for n in range(8)]))
    calendar = None if rng.random() < 0.5 else "standard"
    pf = Portfolio(id="all", start="2026-01-05", status_date=rng.choice([None, "2026-01-08"]), projects=projects, calendar=calendar)
    s = ipmo.schedule(pf)
    links = []
    for n in range(8):
        giver, kind = rng.choice([*names, f"p0@{rng.choice(['start', 'finish'])}", "external:port"]), rng.choice(["FS", "FS", "SS", "FF"])
        when = s.dates(giver)[kind[0] == "F"]
        day = (FIRST if when is None else when.date()) + timedelta(days=rng.choice([-3, -2, -2, -1, 0, 0, 1]))
        links.append(
            Link(
                source=giver,
                target=f"taker/w{n}",
                type=kind,
                lag=rng.choice([None, "1 d"]),
                promised=day,
                date=FIRST if ":" in giver else None,
            )
        )
    return pf.evolve(links=links)


def worst_of_each(s: ipmo.Schedule) -> dict[str, object]:
    """What each project hands over too late by most, of those that do."""
    found = {project: s.commitments.worst_hand_over(project) for project in s.network.projects}
    return {project: row for project, row in found.items() if row is not None}


@given(st.integers(0, 10**9), st.booleans())
def test_hand_overs_by_columns_are_those_of_every_row(seed: int, large: bool) -> None:
    pf = handing_over(seed)
    with pytest.MonkeyPatch.context() as patch:
        if large:
            as_large(patch)
            patch.setattr(commitments, "SEVERAL", 1)
        s = ipmo.schedule(pf)
        found, rows = s.commitments.missed_hand_overs, [row for row in s.commitments.missed if row.kind == "hand-over"]
        assert [told(row) for row in found] == [told(row) for row in rows]
        assert worst_of_each(s) == worst(rows)
        assert [(one, one.link) for one in s.commitments.stated] == [(one, one.link) for one in hand_overs(s)]


@settings(max_examples=100)
@given(st.integers(0, 10**9))
def test_status_of_projects_that_only_hand_over_is_the_same_by_columns(seed: int) -> None:
    """What is in time, missed, overdue or in doubt counts alike whether a row of each hand-over is made or columns say all."""
    pf = handing_over(seed)
    plain = ipmo.status(pf)
    with pytest.MonkeyPatch.context() as patch:
        as_large(patch)
        patch.setattr(commitments, "SEVERAL", 1)
        assert ipmo.status(pf.evolve()).rows == plain.rows


@settings(deadline=None, max_examples=30)
@given(judged())
def test_ends_and_broken_hand_overs_by_columns_are_those_of_every_row(pf: Portfolio) -> None:
    with pytest.MonkeyPatch.context() as patch:
        as_large(patch)
        patch.setattr(commitments, "SEVERAL", 1)
        s = ipmo.schedule(pf, on_cycle="cut")
        found, rows = s.commitments.missed_hand_overs, [row for row in s.commitments.missed if row.kind == "hand-over"]
        assert [told(row) for row in found] == [told(row) for row in rows]
        assert worst_of_each(s) == worst(rows)
        given_by = [one for one in s.commitments.stated if one.kind == "hand-over"]
        assert [(one, one.link) for one in given_by] == [(one, one.link) for one in hand_overs(s)]
        ends = {project.id: s.end_of_project(project.id) for project in pf.projects}
    for name, end in ends.items():
        assert end is None or ipmo.schedule(pf.evolve(), on_cycle="cut").instants(name)[1] == end


@settings(deadline=None, max_examples=20)
@given(judged(), st.randoms())
def test_rows_are_the_same_whichever_is_looked_at_first_and_when_copied(pf: Portfolio, order: Any) -> None:
    view = ipmo.status(pf, tasks=True)
    sent = pickle.loads(pickle.dumps(view))
    names = list(view.ids)
    order.shuffle(names)
    found = {name: view[name] for name in names}
    assert view.rows == tuple(found[name] for name in view.ids)
    for other in (sent, copy.deepcopy(view)):
        assert other == view
        assert (other.breaches, other.policy, other.as_of) == (view.breaches, view.policy, view.as_of)
        assert other.computed == view.computed
        assert str(other.table().to_csv()) == str(view.table().to_csv())
    over = {(row.item, aspect.name, aspect.over) for row in view for aspect in row.aspects if aspect.over}
    assert {(one.item, one.aspect) for one in view.breaches} <= {(item, name) for item, name, _ in over}


def test_a_policy_of_ones_own_sees_budgets_and_finishes() -> None:
    seen: list[Any] = []

    class Own:
        name = "own"

        def combine(self, children: Any) -> tuple[str | None, str]:
            seen.extend(children)
            return "amber", "so it is"

    pf = ipmo.examples.load("handover").evolve(programmes=[])
    view = ipmo.status(pf, policy=Own())
    assert view[pf.id].computed == "amber"
    s = ipmo.schedule(pf)
    assert {child.item: child.finish for child in seen} == {one.id: s.dates(one.id)[1] for one in pf.projects}
