"""What-if: what moves, what is refused, why a date moved, what every slip does, what must be decided by when."""

from __future__ import annotations

import gc
import itertools
import tracemalloc
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo import changes as ch
from ipmo import model as m
from ipmo.analysis.change.applying import applied
from ipmo.analysis.change.comparison import Comparison
from ipmo.analysis.dependencies.targets import targets
from ipmo.errors import CycleError, IpmoError, ModelError, OptionError, ScheduleError, UnknownItemError
from ipmo.model.changes import as_change
from ipmo.model.plain import change_to_plain
from ipmo.testing.strategies import portfolios


def plan(**more: Any) -> m.Portfolio:
    """rails -> power -> fleet, a gate before fleet's service, a benefit a month after it; depot apart."""
    fields: dict[str, Any] = {
        "id": "city",
        "name": "City",
        "start": "2026-01-05",
        "status_date": "2026-01-05",
        "calendar": "continuous",
        "money": m.MoneySettings(currency="GBP", discount="green-book-2026"),
        "tolerance": m.Tolerance(time="2 d"),
        "programmes": [m.Programme(id="transit")],
        "people": [m.Person(id="ann")],
        "bodies": [m.DecisionBody(id="board", level="portfolio", authority="20 M GBP")],
        "projects": [
            m.Project(id="rails", programme="transit", budget="5 M GBP", tasks=[m.Task(id="lay", duration="20 d"), m.Task(id="tidy", duration="5 d", after="lay")]),
            m.Project(id="power", programme="transit", budget="3 M GBP", tasks=[m.Task(id="cable", duration="10 d"), m.Task(id="test", duration="5 d", after="cable")]),
            m.Project(
                id="fleet",
                programme="transit",
                tasks=[m.Task(id="train", duration="8 d"), m.Task(id="service", duration="4 d", after=["train", "G"])],
                gates=[m.Gate(id="G", name="Go live", after="train", body="board")],
                finish="2026-02-20",
            ),
            m.Project(id="depot", state="proposed", tasks=[m.Task(id="build", duration="10 d")], risks=[m.Risk(id="R", before=m.Exposure(probability=0.3))]),
        ],
        "links": [m.Link(id="rp", source="rails/lay", target="power/test"), m.Link(id="pf", source="power/test", target="fleet/train")],
        "benefits": [m.Benefit(id="fares", enabled_by=[m.Enabler(source="fleet/service", lag="1 month")], value="2 M GBP per year", lasts="5 years")],
    }  # fmt: skip
    return m.Portfolio(**(fields | more))


# ------------------------------------------------------------------------------------------- changes


CHANGES: list[tuple[Any, str]] = [
    (ch.Delay("rails/lay", "3 d"), "delay rails/lay by 3 d"),
    (ch.Delay("rails/lay", "-3 d"), "bring rails/lay forward by 3 d"),
    (ch.SetDuration("rails/lay", "25 d"), "let rails/lay take 25 d"),
    (ch.SetEstimate("rails/lay", {"low": "10 d", "likely": "20 d", "high": "40 d"}), "estimate the duration of rails/lay at low 10 d, likely 20 d, high 40 d"),
    (ch.SetEstimate("rails", {"low": "4 M GBP", "likely": "5 M GBP", "high": "9 M GBP"}, "budget"), "estimate the budget of rails at low 4 M GBP, likely 5 M GBP, high 9 M GBP"),
    (ch.SetDate("fleet", "finish", "2026-03-01"), "set the finish of fleet to 2026-03-01"),
    (ch.SetDate("fleet", "finish", None), "take the finish of fleet away"),
    (ch.SetBudget("rails", "6 M GBP"), "set the budget of rails to 6 M GBP"),
    (ch.MoveBudget("rails", "power", "1 M GBP"), "move 1 M GBP of budget from rails to power"),
    (ch.Fund("depot", "2 M GBP"), "grant 2 M GBP to depot"),
    (ch.SetProbability("depot/R", "60 %"), "set the probability of depot/R to 60 %"),
    (ch.Stop("power"), "stop power"),
    (ch.Add(m.Task(id="survey", duration="2 d", after=[m.After(source="tidy", type="SS")]), "rails"), "add task survey to rails"),
    (ch.Add(m.Benefit(id="air", enabled_by="rails/tidy")), "add benefit air"),
    (ch.Remove("rails/tidy"), "remove rails/tidy"),
    (ch.AddLink("power/test", "rails/tidy", "SS", "2 d"), "link power/test to rails/tidy (SS + 2 d)"),
    (ch.RemoveLink("rails/lay", "power/test"), "take away the link from rails/lay to power/test (FS)"),
    (ch.SetLag("rails/lay", "power/test", "-4 d"), "set the lag from rails/lay to power/test (FS) to -4 d"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), CHANGES, ids=[s for _, s in CHANGES])
def test_a_change_reads_as_a_sentence_is_written_and_read_back_and_applies(change: Any, sentence: str) -> None:
    assert str(change) == sentence
    plain = change_to_plain(change)
    if not isinstance(change, ch.Add):
        assert as_change(plain) == change
    request = m.ChangeRequest(id="c", effect=[change])
    pf = plan(changes=[request])
    assert ipmo.from_dict(ipmo.to_dict(pf)) == pf
    before = plan()
    assert applied(before, [change]) != before
    assert before == plan(), "the portfolio stays as it is"
    ipmo.what_if(before, change)


def test_changes_do_what_they_say() -> None:
    pf = plan()
    moved = applied(pf, [ch.MoveBudget("rails", "power", "1 M GBP")])
    assert [str(ipmo.roll_up(moved, "budget")[p].value) for p in ("rails", "power")] == ["4 M GBP", "4 M GBP"]
    funded = applied(pf, [ch.Fund("depot", "2 M GBP"), ch.Fund("depot", "1 M GBP"), ch.Fund("city", "9 M GBP")])
    assert (funded["depot"].state, str(funded["depot"].funding.lines[0].amount.central())) == ("approved", "3 M GBP")
    assert applied(pf, [ch.SetProbability("depot/R", 0.6)])["depot/R"].before.probability == 0.6
    gone = applied(pf, [ch.Remove("power/test")])
    assert [k.id for k in gone.links] == []
    assert applied(pf, [ch.Remove("rails/lay")])["rails/tidy"].after == ()
    assert applied(pf, [ch.SetLag("rails/lay", "rails/tidy", "2 d")])["rails/tidy"].after[0].lag == ipmo.Span(Decimal(2), "d")
    stopped = applied(pf, [ch.Stop("fleet")])
    assert ipmo.schedule(stopped)["fares"].undated == "it needs 'fleet/service', which never comes: project 'fleet' is cancelled"


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (ch.Delay("rails/lya", "1 d"), UnknownItemError, "'rails/lya' is not in portfolio 'city'; close: 'rails/lay'"),
        ({"delay": {"target": "rails/lay", "by": "3 GBP"}}, ModelError, "a delay is a length of time, not money"),
        ({"set_duration": {"target": "rails/lay", "to": "-3 d"}}, ModelError, "a duration of -3 d is negative"),
        ({"set_duration": {"target": "rails/lay"}}, ModelError, "set_duration needs to"),
        ({"delay": {"target": "rails/lay", "by": "3 d", "on": "x"}}, ModelError, "delay has no field 'on'; it has by, target"),
        ({"postpone": {"target": "rails/lay"}}, ModelError, "is not a change; write one of delay, set_duration"),
        (ch.AddLink("fleet/service", "rails/lay"), CycleError, "these links form a cycle: .*'fleet/service' -FS-> 'rails/lay'"),
        (ch.AddLink("fleet/service", "fleet/service"), ModelError, "fleet/service"),
        (ch.RemoveLink("rails/lay", "fleet/train"), ModelError, "there is no link 'rails/lay' -FS-> 'fleet/train'; there are 'power/test -FS-> fleet/train'"),
        (ch.SetLag("rails/lay", "power/test", "1 d", "SS"), ModelError, "there is no link"),
        (ch.MoveBudget("rails", "power", "9 M GBP"), ModelError, "the budget of 'rails' is 5 M GBP, less than that"),
        (ch.MoveBudget("fleet", "power", "1 GBP"), ModelError, "'fleet' has no budget"),
        (ch.MoveBudget("rails", "power", "1 EUR"), ModelError, "not in EUR"),
        (ch.SetDate("rails/lay", "birthday", "2026-01-01"), UnknownItemError, "'birthday' is not in the dates of a task"),
        (ch.SetEstimate("rails/lay", "5 GBP"), ModelError, "the duration is time, not 5 GBP"),
        (ch.SetEstimate("rails/lay", "5 d", "remaining"), ModelError, "has not begun; nothing of it remains to be estimated"),
        (ch.SetProbability("rails/lay", 0.5), UnknownItemError, "'rails/lay' is a task; only a risk or benefit or assumption or driver can be changed so"),
        (ch.Add(m.Task(id="lay", duration="1 d"), "rails"), ModelError, "lay"),
        (ch.Add(m.Task(id="x", duration="1 d")), ModelError, "a task belongs to a project; say to which"),
        (ch.Remove("fleet/service"), ModelError, "other items refer to it: .*fleet/service"),
        (ch.Stop("rails/lay"), UnknownItemError, "'rails/lay' is a task; only a project or programme can be stopped"),
        (ch.Pause("rails/lay"), UnknownItemError, "'rails/lay' is a task; only a project or programme can be paused"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_reason_and_nothing_is_applied(change: Any, error: type[Exception], message: str) -> None:
    pf = plan()
    with pytest.raises(error, match=message):
        ipmo.what_if(pf, ch.SetBudget("depot", "1 GBP"), change)
    assert pf == plan()


def test_stopping_what_is_finished_is_refused() -> None:
    done = m.Project(id="old", tasks=[m.Task(id="t", duration="1 d", actual_start="2025-12-01", actual_finish="2025-12-02")])
    pf = plan(projects=[*plan().projects, done, m.Project(id="shut", state="closed"), m.Project(id="dead", state="cancelled")])
    for name, why in (("old", "is finished; there is nothing to stop"), ("shut", "is closed already"), ("dead", "is cancelled already")):
        with pytest.raises(ModelError, match=why):
            ipmo.what_if(pf, ch.Stop(name))


# --------------------------------------------------------------------------------------- comparisons


def test_a_delay_says_what_moves_who_is_hit_and_through_which_path() -> None:
    found = ipmo.what_if(plan(), ch.Delay("rails/lay", "3 d"))
    assert {(x.item, x.kind): x.change for x in found.dates} == {
        ("city", "portfolio"): 3, ("transit", "programme"): 3, ("rails", "project"): 3, ("power", "project"): 3, ("fleet", "project"): 3,
        ("fleet/G", "gate"): 3, ("fares", "benefit"): 3,
    }  # fmt: skip
    assert found.hit == ("fleet", "power")
    assert found.path("fares") == ("rails/lay", "power/test", "fleet/train", "fleet/G", "fleet/service", "fares")
    table = found.table()
    assert table.columns == ("item", "kind", "name", "what", "before", "after", "change", "unit", "share", "through", "note")
    assert next(r["through"] for r in table.rows() if r["item"] == "fleet/G") == "rails/lay -> power/test -> fleet/train -> fleet/G"
    loss = ipmo.benefits(plan())["fares"].loss_if(3)
    assert loss is not None
    assert found.benefits[0].change == pytest.approx(-float(loss.amount), abs=0.011)
    assert [x.what for x in found.effects][:1] == ["benefit value"]
    assert str(found).splitlines()[0] == "Delay rails/lay by 3 d:"
    assert list(found.items()["id"])[:2] == ["fares", "fleet/G"]


def test_a_missed_commitment_stands_first_then_an_exception_and_its_status() -> None:
    found = ipmo.what_if(plan(), ch.Delay("rails/lay", "20 d"))
    first = [(x.what, x.item) for x in found.effects]
    assert first[0] == ("commitment", "fleet")
    assert (
        str(found)
        .splitlines()[1]
        .startswith("  fleet misses its finish by 10 d: to finish by 2026-02-20, expected 2026-03-02, because of rails/lay")
    )
    assert first[1][0] == "exception"
    assert ("exception", "fleet") in first
    assert {(x.item, x.after, x.note) for x in found.exceptions} == {
        (item, "finishes 2026-03-02, committed to 2026-02-20, 8 days beyond tolerance", "tell board") for item in ("city", "fleet")
    }
    assert {x.item: (x.before, x.after, x.change) for x in found.status} == dict.fromkeys(("city", "transit", "fleet"), ("green", "red", 2))


def test_nothing_that_matters_is_empty() -> None:
    found = ipmo.what_if(plan(), ch.Delay("power/cable", "2 d"))
    assert not found
    assert str(found) == "Delay power/cable by 2 d:\n  nothing that matters moves"
    assert not ipmo.what_if(plan())


def test_stopping_a_project_shows_what_hangs_on_it() -> None:
    found = ipmo.what_if(plan(), ch.Stop("fleet"))
    gone = {x.item: x.note for x in found.dates if not x.after}
    assert gone["fleet"] == "cancelled"
    assert gone["fares"] == "it needs 'fleet/service', which never comes: project 'fleet' is cancelled"
    assert found.of("benefit value")[0].after == ""


def test_money_moves_are_told() -> None:
    found = ipmo.what_if(plan(), ch.SetBudget("rails", "6 M GBP"))
    assert [(x.what, x.change) for x in found.money] == [("total budget", 1_000_000)]
    assert found.dates == ()
    granted = ipmo.what_if(plan(), ch.Fund("rails", "2 M GBP"), ch.Fund("city", "3 M GBP"))
    assert [(x.what, x.before, x.after) for x in granted.money] == [("total funding", "0 GBP", "5 M GBP")]
    assert "comes: new" in str(ipmo.what_if(plan(), ch.Add(m.Project(id="new"))))


def test_changes_compose_and_months_compare() -> None:
    one = ipmo.what_if(plan(), ch.Delay("rails/lay", "3 d"), ch.AddLink("rails/tidy", "fleet/service"))
    assert ipmo.compare(plan(), one.after).effects == one.effects
    assert {x.item: x.change for x in one.dates}["fleet"] == 3


def test_hundreds_of_branches_share_their_memory() -> None:
    tasks = [m.Task(id=f"t{n}", duration="1 d", after=[f"t{n - 1}"] if n else []) for n in range(400)]
    pf = m.Portfolio(id="x", start="2026-01-05", calendar="continuous", projects=[m.Project(id=f"p{k}", tasks=tasks) for k in range(5)])
    ipmo.what_if(pf, ch.Delay("p0/t0", "1 d"))
    gc.collect()
    tracemalloc.start()
    held = [ipmo.what_if(pf, ch.Delay(f"p{n % 5}/t{n}", f"{n % 7 + 1} d")) for n in range(100)]
    held += [ipmo.what_if(pf, ch.Stop(f"p{n % 5}")) for n in range(8)]
    assert all(one.dates for one in held)
    gc.collect()
    each = tracemalloc.get_traced_memory()[0] / len(held)
    tracemalloc.stop()
    assert each < 20_000, "a portfolio of 2,000 tasks is more than a megabyte"


def test_a_later_start_lets_go_of_a_finish_that_waited_for_a_shift() -> None:
    """`b` may not finish before `a` began plus a week; held back further, it ends with its shift, and so does what waits for it."""
    week = m.Calendar(id="c", week="mon-fri", hours="09:00-17:00")
    tasks = [
        m.Task(id="a", milestone=True, actual_start="2026-01-05", actual_finish="2026-01-06", calendar="continuous"),
        m.Task(id="b", duration="1 d", after=[m.After(source="a", type="SF", lag="1 w")], not_before="2026-01-06T17:00"),
    ]
    project = m.Project(id="p", tasks=tasks, gates=[m.Gate(id="h", after="b")])
    pf = m.Portfolio(id="x", start="2026-01-05", status_date="2026-01-05", calendar="c", calendars=[week], projects=[project])
    for by in ("1 h", "8 h", "3 d"):
        change = ch.Delay("p/b", by)
        assert ipmo.what_if(pf, change).effects == ipmo.Comparison(pf, applied(pf, [change]), changes=[change]).effects


@pytest.mark.parametrize("by", ["1 d", "1 h", "3 d"])
def test_a_moved_end_that_begins_its_day_is_said_by_that_day_quickly_too(by: str) -> None:
    """A milestone that may not come before a day is at the beginning of it, so are the ends that it decides; work ends with its day."""
    point = m.Project(id="p", programme="g", tasks=[m.Task(id="go", milestone=True, not_before="2026-01-08")])
    work = m.Project(id="q", programme="g", tasks=[m.Task(id="do", duration="5 d"), m.Task(id="done", milestone=True, after="do")])
    pf = m.Portfolio(id="x", start="2026-01-05", calendar="continuous", programmes=[m.Programme(id="g")], projects=[point, work])
    for change in (ch.Delay("p/go", by), ch.Delay("q/do", by)):
        assert ipmo.what_if(pf, change).effects == ipmo.Comparison(pf, applied(pf, [change]), changes=[change]).effects
    alone = pf.evolve(projects=[point])
    said = {row.item: (row.before, row.after) for row in ipmo.what_if(alone, ch.Delay("p/go", "1 d")).dates}
    assert said == dict.fromkeys(("x", "g", "p"), ("2026-01-08", "2026-01-09"))
    said = {row.item: (row.before, row.after) for row in ipmo.what_if(pf, ch.Delay("q/do", "1 d")).dates}
    assert said == dict.fromkeys(("x", "g", "q"), ("2026-01-09", "2026-01-10"))


def test_an_end_at_the_same_instant_does_not_move_whatever_day_it_is_said_by() -> None:
    """A point is put off to the midnight at which work of a project without a known end ends: no date moved, on neither path."""
    tasks = [m.Task(id="do", duration="3 d"), m.Task(id="go", milestone=True), m.Task(id="open")]
    pf = m.Portfolio(id="x", start="2026-01-05", calendar="continuous", projects=[m.Project(id="p", tasks=tasks)])
    change = ch.Delay("p/go", "3 d")
    found, slowly = ipmo.what_if(pf, change), ipmo.Comparison(pf, applied(pf, [change]), changes=[change])
    assert found.effects == slowly.effects
    assert not found.dates and not slowly.dates


@settings(max_examples=60, deadline=None)
@given(portfolios(), st.data())
def test_what_moves_is_what_two_schedules_say(pf: m.Portfolio, data: st.DataObject) -> None:
    names = [f"{p.id}/{t.id}" for p in pf.projects for t in p.tasks]
    if not names:
        return
    change = ch.Delay(data.draw(st.sampled_from(names)), f"{data.draw(st.integers(1, 60))} d")
    try:
        after = applied(pf, [change])
    except IpmoError:
        return
    found = ipmo.what_if(pf, change)
    rows = [targets(ipmo.schedule(one, on_cycle="cut")) for one in (pf, after)]
    expected = {
        (row.kind, row.item): rows[0].days(t, rows[0].date(t), rows[1].date(rows[1].place[row.name]))
        for t, row in enumerate(rows[0])
        if row.name in rows[1].place and rows[1].date(rows[1].place[row.name]) != rows[0].date(t)
    }
    doubts = [one.schedule.commitments.doubts for one in rows]
    unsure = {row.item for row in rows[0] if doubts[0].since(row.item, doubts[1]) or doubts[1].since(row.item, doubts[0])}
    assert not [x for x in found.dates if x.item in unsure and x.change is not None], "no days between what is known and what is not"
    said = {(x.kind, x.item): x.change for x in found.dates if x.item not in unsure}
    assert said == {key: days for key, days in expected.items() if key[1] not in unsure}
    assert found.effects == Comparison(pf, after, changes=[change]).effects


# --------------------------------------------------------------------------------------- variance_analysis


def shapley(value: Any, count: int) -> list[Fraction]:
    """By the definition: the mean over all orders of what each adds."""
    out = [Fraction(0)] * count
    orders = list(itertools.permutations(range(count)))
    for order in orders:
        chosen: frozenset[int] = frozenset()
        for i in order:
            out[i] += value(chosen | {i}) - value(chosen)
            chosen |= {i}
    return [total / len(orders) for total in out]


def finish(pf: m.Portfolio, item: str) -> Fraction:
    s = ipmo.schedule(pf, on_cycle="cut")
    rows = targets(s)
    t = rows.named(item)
    clock = rows.clock_of(item)
    if isinstance(pf[item], m.Benefit) or s.network.clocks is None or clock == 0:
        return Fraction(rows.date(t), 1440)
    return Fraction(s.network.clock(clock).work(rows.date(t)), s.network.clock(clock).day_minutes)


def test_two_paths_that_hide_one_another_share_what_they_do_together() -> None:
    """x and y both lead to z. Either alone three days later moves z by three; both move it by three: a day and a half each."""
    tasks = [m.Task(id="x", duration="5 d"), m.Task(id="y", duration="5 d"), m.Task(id="z", duration="1 d", after=["x", "y"])]
    pf = m.Portfolio(id="p", start="2026-01-05", calendar="continuous", projects=[m.Project(id="P", tasks=tasks)])
    move = ipmo.variance_analysis(pf, [ch.SetDuration("P/x", "8 d"), ch.SetDuration("P/y", "8 d")], "P")
    assert [(p.amount, p.alone) for p in move.parts] == [(Fraction(3, 2), 3), (Fraction(3, 2), 3)]
    assert move.rule == "they interact: Shapley over 2 changes, all orders"
    assert str(move).splitlines()[0] == "date of P: 2026-01-10 to 2026-01-13, +3 d; they interact: Shapley over 2 changes, all orders"


def test_two_months_are_explained_change_by_change() -> None:
    before = plan()
    after = before.evolve("rails/lay", duration="24 d").evolve("power/test", duration="6 d").evolve("depot/build", duration="50 d")
    after = after.evolve("rails", budget="6 M GBP")
    move = ipmo.variance_analysis(before, after, "fares")
    assert (move.change, move.unit) == (5, "ed")
    assert [(p.change, p.amount, p.on_path) for p in move.parts] == [
        ("rails/lay: duration 20 d to 24 d", 4, True),
        ("power/test: duration 5 d to 6 d", 1, True),
    ]
    assert move.rule == "each change acts on its own"
    cost = ipmo.variance_analysis(before, after, "rails", what="budget")
    assert [(p.change, p.amount) for p in cost.parts] == [("rails: budget 5 M GBP to 6 M GBP", 1_000_000)]
    worth = ipmo.variance_analysis(before, after, "fares", what="value")
    assert sum(p.amount for p in worth.parts) == worth.change < 0
    assert not ipmo.variance_analysis(before, before, "fares")
    with pytest.raises(OptionError, match="what='colour' is not known; write one of 'date', 'budget', 'forecast', 'value'"):
        ipmo.variance_analysis(before, after, "fares", what="colour")  # type: ignore[call-overload]
    with pytest.raises(UnknownItemError):
        ipmo.variance_analysis(before, after, "fairs")


def test_money_of_a_portfolio_is_moved_by_what_its_projects_moved() -> None:
    """Each change has what its project moved, and a project that several changes touch shares by Shapley; exact either way."""
    before = m.Portfolio(
        id="x",
        start="2026-01-05",
        money=m.MoneySettings(currency="GBP"),
        projects=[
            m.Project(
                id=name, tasks=[m.Task(id="a", duration="5 d", budget=f"{k} k GBP"), m.Task(id="b", duration="2 d", budget="7 k GBP")]
            )
            for name, k in (("P", 10), ("Q", 20), ("R", 30))
        ],
    )
    after = before.evolve("P/a", budget="15 k GBP").evolve("Q/a", budget="18 k GBP").evolve("Q/b", budget="1 k GBP")
    move = ipmo.variance_analysis(before, after, "x", what="budget")
    assert (move.change, move.rule) == (-3000, "money adds: each change has what its project moved")
    assert [part.amount for part in move.parts] == [-6000, 5000, -2000]


def test_what_comes_and_goes_together_is_one_change() -> None:
    before = plan()
    after = applied(
        before, [ch.Add(m.Task(id="extra", duration="9 d", after="train"), "fleet"), ch.AddLink("fleet/extra", "fleet/service")]
    )
    move = ipmo.variance_analysis(before, after, "fleet")
    assert move.change == 9
    assert len(move.parts) == 1
    assert "fleet/extra" in move.parts[0].items


def test_a_comparison_explains_itself() -> None:
    found = ipmo.what_if(plan(), ch.Delay("rails/lay", "3 d"), ch.SetDuration("power/cable", "40 d"))
    move = ipmo.variance_analysis(found, "fleet")
    assert sum(p.amount for p in move.parts) == move.change == 20
    assert {p.change for p in move.parts} == {"delay rails/lay by 3 d", "let power/cable take 40 d"}


@settings(max_examples=40, deadline=None)
@given(portfolios(max_projects=3), st.data())
def test_parts_are_shapley_values_by_definition_and_sum_to_the_movement(pf: m.Portfolio, data: st.DataObject) -> None:
    names = [f"{p.id}/{t.id}" for p in pf.projects for t in p.tasks if not t.milestone and not t.finished]
    if not names:
        return
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
    changes: list[Any] = [ch.SetDuration(name, f"{data.draw(st.integers(1, 60))} d") for name in chosen]
    rows = targets(ipmo.schedule(pf, on_cycle="cut"))
    if not len(rows):
        return
    item = rows[data.draw(st.integers(0, len(rows) - 1))].item
    try:
        value = {
            frozenset(c): finish(applied(pf, [changes[i] for i in c]), item)
            for k in range(len(changes) + 1)
            for c in itertools.combinations(range(len(changes)), k)
        }
    except IpmoError:
        return
    move = ipmo.variance_analysis(pf, changes, item)
    assert sum((p.amount for p in move.parts), Fraction(0)) == move.change
    base = value[frozenset()]
    expected = shapley(lambda c: value[frozenset(c)] - base, len(changes))
    found = {p.change: p.amount for p in move.parts}
    for change, amount in zip(changes, expected, strict=True):
        assert found.get(str(change), 0) == amount


# ------------------------------------------------------------------------------------------ slip table


def test_every_project_slipped_in_turn() -> None:
    table = ipmo.delay_sensitivity(plan(), slip="10 d")
    assert [row.item for row in table] == ["rails", "fleet", "depot", "power"]
    assert {row.item: row.moves.get("fares") for row in table} == {"rails": 10, "fleet": 10, "depot": None, "power": None}
    assert table["power"].moves == {}, "cable has the 10 days of float that it needs"
    loss = ipmo.benefits(plan())["fares"].loss_if(10)
    assert table["rails"].loss == loss
    matrix = table.matrix()
    assert matrix.columns == ("item", "fleet/G", "fares", "loss")
    assert table.table().columns == ("item", "target", "kind", "days", "loss")
    with pytest.raises(OptionError, match="by='team' is not known; write one of 'project', 'task'"):
        ipmo.delay_sensitivity(plan(), by="team")  # type: ignore[arg-type]
    with pytest.raises(UnknownItemError):
        ipmo.delay_sensitivity(plan(), items=["tram"])


@settings(max_examples=40, deadline=None)
@given(portfolios(), st.integers(0, 40), st.sampled_from(["project", "task"]))
def test_a_slip_table_is_each_delay_from_scratch(pf: m.Portfolio, days: int, by: str) -> None:
    try:
        table = ipmo.delay_sensitivity(pf, slip=f"{days} d", by=by)
    except ScheduleError:
        return
    rows = targets(ipmo.schedule(pf, on_cycle="cut"))
    refused = []
    for row in [*table, *table.refused]:
        try:
            after = targets(ipmo.schedule(applied(pf, [ch.Delay(row.item, f"{days} d")]), on_cycle="cut"))
        except IpmoError as error:
            refused.append((row.refused, str(error).splitlines()[0]))
            continue
        moved = {
            one.name: rows.days(t, rows.date(t), after.date(after.place[one.name]))
            for t, one in enumerate(rows)
            if one.name in after.place and after.date(after.place[one.name]) != rows.date(t)
        }
        assert dict(row.moves) == moved
        assert not row.refused
    assert all(said == why for said, why in refused)


# ---------------------------------------------------------------------------------------- decisions due


def queue(pf: m.Portfolio) -> Sequence[tuple[str, str, float | None]]:
    return [(row.kind, row.item, row.float) for row in ipmo.decisions_due(pf)]


def test_gates_decisions_and_conditions_stand_in_order_of_need() -> None:
    decided = m.Gate(
        id="S",
        after="lay",
        decision=m.GateDecision(
            outcome="conditional go",
            date="2026-01-04",
            conditions=[m.Condition(id="K", text="Agree utilities", owner="ann", due="2026-03-31")],
        ),
    )
    pf = plan(decisions=[m.Decision(id="D", question="Build the depot?", blocks="depot", body="board", need_by="2026-01-31")])
    rails = pf["rails"]
    pf = pf.evolve("rails", gates=[decided], tasks=[rails.tasks[0], m.Task(id="tidy", duration="5 d", after=["lay", "S"])])
    found = ipmo.decisions_due(pf)
    assert [(r.kind, r.item, r.float) for r in found] == [("decision", "D", None), ("gate", "fleet/G", 43), ("condition", "rails/S", None)]
    gate = found["fleet/G"]
    # fleet is committed for the end of 20 February and four days of service follow; the fares, which nobody committed to, move at once
    assert (gate.expected, gate.latest, gate.margin, gate.at_risk) == (datetime(2026, 2, 7), datetime(2026, 2, 17), 10, "fleet@finish")
    assert gate.waits == ("fleet/service",)
    day, more = (ipmo.benefits(pf)["fares"].loss_if(days) for days in (10, 11))
    assert day is not None
    assert more is not None
    assert gate.day_costs == ipmo.model.Money(more.amount - day.amount, "GBP")
    assert gate.costs_from == datetime(2026, 2, 7)
    assert gate.reason == (
        f"board decides by 2026-02-16, in 43 working days, or fleet@finish is missed; each day after that costs {gate.day_costs}; "
        "waiting loses benefits from 2026-02-06 on"
    )
    condition = found["rails/S"]
    assert (condition.name, condition.who, condition.waits) == ("Agree utilities", "ann", ("rails/tidy",))
    assert found["D"].waits == ("depot/build",)
    assert found.table().columns == (
        "kind", "item", "name", "who", "by", "latest", "stated", "expected", "float", "margin", "at_risk", "day_costs", "waits", "reason",
        "by_date", "latest_date", "stated_date", "expected_date", "overdue",
    )  # fmt: skip


def lateness(pf: m.Portfolio) -> dict[str, int]:
    """By how much each stated commitment is missed, in minutes."""
    s = ipmo.schedule(pf)
    rows = targets(s)
    committed = {t.name: t.date for t in s.network.commitments if t.date is not None}
    committed |= {f"{s.network.projects[p]}@finish": date for p, date in s.network.stated_finishes.items()}
    return {name: max(rows.date(rows.place[name]) - date, 0) for name, date in committed.items() if name in rows.place}


@settings(max_examples=80, deadline=None)
@given(portfolios())
def test_a_gate_decided_on_its_latest_date_makes_no_commitment_later(pf: m.Portfolio) -> None:
    """By scheduling the portfolio with the gate held back until then."""
    before = lateness(pf)
    for row in ipmo.decisions_due(pf):
        if row.kind == "gate" and row.latest is not None and row.float is not None and row.float >= 0:
            after = lateness(pf.evolve(row.item, not_before=row.latest))
            assert {name: after[name] for name in before} == before, row.item
            assert row.held or after == before, row.item  # a day for what was sent back dates what waits for it


NEVER_ENDS: dict[str, Any] = {
    "ipmo": 1,
    "portfolio": {"id": "cb", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous"},
    "projects": [
        {"id": "plat", "state": "cancelled", "tasks": [{"id": "x", "duration": "30 d"}]},
        {
            "id": "app",
            "finish": "2026-04-30",
            "tasks": [{"id": "k", "duration": "50 d", "deadline": "2026-05-31"}, {"id": "free", "duration": "5 d"}],
        },
    ],
    "links": [{"id": "L", "from": "plat/x", "to": "app/k"}],
}


def test_what_never_ends_is_missed_without_a_number_of_days_however_late_the_rest_is() -> None:
    pf = ipmo.from_dict(NEVER_ENDS)
    late = ipmo.what_if(pf, ch.Delay("app/free", "200 d")).after
    row = ipmo.schedule(late).commitments["app@finish"]
    assert (row.standing, row.days, row.because) == ("missed", None, "plat")
    assert "link 'L'" in row.reason
    found = ipmo.what_if(pf, ch.Delay("app/free", "200 d"))
    moved = {m.item: m for m in found.dates if m.what == "date"}
    assert (moved["app"].before, moved["app"].after) == ("not known, at least 2026-01-05", "not known, at least 2026-07-24")
    assert "link 'L'" in moved["app"].note


def test_an_item_that_gets_a_date_is_not_new() -> None:
    found = ipmo.what_if(ipmo.from_dict(NEVER_ENDS), ch.RemoveLink("plat/x", "app/k"))
    (row,) = (m for m in found.dates if m.what == "date" and m.item == "app/k")
    assert row.note.startswith("it had no date before: link 'L' from 'plat/x' never comes")
