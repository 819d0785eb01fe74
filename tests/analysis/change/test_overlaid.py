"""Of a large portfolio a stop is laid over what is known of the plan as it is; it says what two portfolios made anew say."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

import ipmo
from ipmo import changes as ch
from ipmo import model as m
from ipmo.analysis.change.comparison import Comparison
from ipmo.analysis.control.aspects import Aspects, Noun
from ipmo.errors import IpmoError
from ipmo.model import portfolio as portfolios
from ipmo.network import assemble
from ipmo.network.network import Network
from ipmo.network.restated import restated

from ...network.conftest import as_large
from .test_shared import anew, told

FIRST = date(2026, 1, 5)


def day(r: random.Random, most: int = 90) -> str:
    return str(FIRST + timedelta(days=r.randrange(most)))


def project(r: random.Random, name: str) -> m.Project:
    """Work with and without dates, money and deadlines, some of it begun or done; perhaps a gate, a tolerance, a stated finish."""
    tasks: list[Any] = []
    for n in range(r.randint(1, 5)):
        more: dict[str, Any] = r.choice([
            {}, {}, {"budget": f"{r.randint(1, 9)} k GBP"}, {"deadline": day(r)}, {"not_before": day(r)}, {"duration": None},
            {"actual_start": "2026-01-05"}, {"actual_start": "2026-01-05", "actual_finish": "2026-01-06"}, {"actual": "2 k GBP", "budget": "1 k GBP"},
        ])  # fmt: skip
        after = [m.After(source=t.id, type=r.choice(["FS", "FS", "SS", "FF"])) for t in tasks if r.random() < 0.5]
        tasks.append(m.Task(**({"id": f"t{n}", "duration": f"{r.randint(1, 20)} d", "after": after} | more)))
    if r.random() < 0.3:
        tasks.append(m.Task(id="m", milestone=True, after="t0"))
    gates = [
        m.Gate(
            id="g", after="t0", need_by=r.choice([None, day(r)]), decision=r.choice([None, None, {"outcome": "go", "date": "2026-01-06"}])
        )
    ]
    return m.Project(
        id=name, tasks=tasks, gates=gates if r.random() < 0.5 else [], finish=r.choice([None, day(r)]), start=r.choice([None, None, day(r, 9)]),
        state=r.choice(["active", "active", "active", "approved", "proposed", "cancelled"]), budget=r.choice([None, None, "9 k GBP"]),
        tolerance=r.choice([None, None, {"time": "5 d", "cost": 0.1}]), exit_cost=r.choice([None, "1 k GBP"]), programme=r.choice([None, "G", "H"]),
    )  # fmt: skip


def drawn(seed: int) -> m.Portfolio:
    """A portfolio with hand-overs that are promised, benefits of one and of several ways, programmes, perhaps a calendar and a loop."""
    r = random.Random(seed)
    projects = [project(r, name) for name in "abcdef"[: r.randint(2, 6)]]
    items = [[f"{p.id}/{one.id}" for one in (*p.tasks, *p.gates)] for p in projects]
    links: dict[tuple[str, str], m.Link] = {}
    for _ in range(r.randint(1, 8)):
        one, other = r.sample(range(len(items)), 2) if r.random() < 0.1 else sorted(r.sample(range(len(items)), 2))
        ends = r.choice(items[one]), r.choice(items[other])
        when = {name: day(r) for name in ("promised", "needed") if r.random() < 0.4}
        links[ends] = m.Link(source=ends[0], target=ends[1], type=r.choice(["FS", "FS", "FS", "SS", "FF"]), **when)
    work = [name for inside in items for name in inside]
    benefits = []
    for n in range(r.randint(1, 4)):
        some = {"enabled_by": r.sample(work, 1)} if r.random() < 0.6 else {"any_of": r.sample(work, min(2, len(work)))}
        more = {"planned_start": r.choice([None, day(r)]), "belongs_to": r.choice([None, "G"])}
        benefits.append(m.Benefit(id=f"w{n}", value=f"{r.randint(1, 9)} k GBP per year", lasts="3 years", **some, **more))
    return m.Portfolio(
        id="pf", start="2026-01-05", status_date=r.choice([None, "2026-01-08"]), projects=projects, links=list(links.values()), benefits=benefits,
        programmes=[m.Programme(id="G"), m.Programme(id="H", programme=r.choice([None, "G"]))], money={"currency": "GBP", "discount": "green-book-2026"},
        tolerance=r.choice([None, {"benefits": 0.2, "time": "10 d"}]), calendar=r.choice([None, "six"]),
        calendars=[m.Calendar(id="six", week="mon-sat", hours="08:00-16:00")],
    )  # fmt: skip


def changes(pf: m.Portfolio, r: random.Random) -> list[Any]:
    """A stop or a pause of a project or a programme, or of two."""
    names = [*(one.id for one in pf.projects), "G"]
    return [r.choice([ch.Stop, ch.Stop, ch.Pause])(name) for name in r.sample(names, r.choice((1, 1, 2)))]


def judged(pf: m.Portfolio) -> tuple[object, ...]:
    """Everything that the status of a portfolio says."""
    view = ipmo.status(pf)
    return view.rows, view.breaches, dict(view.computed), [view.explain(row.item) for row in view]


def test_only_projects_that_a_change_can_touch_are_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    names = "abcd"
    projects = [m.Project(id=name, tasks=[m.Task(id="t", duration="3 d")], finish="2026-01-07", budget="1 k GBP") for name in names]
    links = [m.Link(source="a/t", target="b/t"), m.Link(source="c/t", target="a/t", promised="2026-01-06")]
    pf = m.Portfolio(id="pf", start="2026-01-05", projects=projects, links=links, money={"currency": "GBP"})
    asked: list[str] = []

    def noted(self: Aspects, name: str, noun: Noun, made: Callable[..., Any] = Aspects.of) -> Any:
        asked.append(name)
        return made(self, name, noun)

    monkeypatch.setattr(Aspects, "of", noted)
    found = ipmo.what_if(pf, ch.Stop("a"))
    assert found.status
    assert sorted(asked) == ["a", "b", "b", "c", "c"]  # c handed over to what stopped; that it is red on both sides says it of the whole
    assert judged(found.after) == judged(anew(found.after))


@pytest.mark.parametrize("part", range(4))
def test_a_stop_of_a_large_portfolio_says_what_two_portfolios_made_anew_say(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    as_large(monkeypatch)
    monkeypatch.setattr(portfolios, "MANY", 0)
    over: list[bool] = []

    def counted(*given: Any, made: Callable[..., Network | None] = restated) -> Network | None:
        found = made(*given)
        over.append(found is not None)
        return found

    monkeypatch.setattr(assemble, "restated", counted)
    for seed in range(12 * part, 12 * part + 12):
        pf = drawn(seed)
        wanted = changes(pf, random.Random(seed))
        try:
            found = ipmo.what_if(pf, *wanted, on_cycle="cut")
        except IpmoError:
            continue  # what is over already is not stopped
        assert told(found) == told(Comparison(anew(pf), anew(found.after), changes=wanted)), seed
        assert judged(found.after) == judged(anew(found.after)), seed
    assert sum(over) > 3
