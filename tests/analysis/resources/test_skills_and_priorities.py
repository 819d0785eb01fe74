"""Work that names a role or skill is done by whoever has it, and projects count by what is said of them."""

from __future__ import annotations

import itertools
import pickle
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.changes import Add, Delay, Stop
from ipmo.model import Resource
from ipmo.network import levelling, pooled
from ipmo.network.kernels.columns import FAR
from ipmo.network.levelling import Leveller, Pool, Take
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.network.plans import Score
from ipmo.network.positions import plain
from ipmo.network.solving import improve
from ipmo.units import Money

from .conftest import MONDAY, days, minute, open_minutes, portfolio

ALWAYS_ONE = [{"from": "2026-01-01", "value": 1}]
LARGE = [{"id": "large", "enabled_by": "Q", "value": "900 k GBP/year", "lasts": "5 years"}]
POUNDS = {"currency": "GBP", "discount": "green-book-2026"}
WELD = [{"resource": "welding"}]


def people(**skills: dict[str, float]) -> list[dict[str, Any]]:
    """Welding, which has no capacity of its own, and one of each of these people."""
    return [{"id": "welding"}, *({"id": name, "capacity": ALWAYS_ONE, "skills": has} for name, has in skills.items())]


def test_whoever_has_the_skill_does_the_work_and_who_is_free_first() -> None:
    able = people(ann={"welding": 1}, bob={"welding": 1}, carl={})
    pf = portfolio(*({"id": name, "duration": "2 d", "assignments": WELD} for name in "abc"), resources=able)
    plan = ipmo.level(pf)
    assert plan.feasible
    assert sorted(days(plan).values()) == [("03-02", "03-03"), ("03-02", "03-03"), ("03-04", "03-05")]
    assert sorted(name for item in plan for name, _ in item.needs) in (["ann", "ann", "bob"], ["ann", "bob", "bob"])
    (late,) = plan.moved
    assert late.because.startswith("waits for ")
    busy = portfolio(
        {"id": "own", "duration": "4 d", "assignments": [{"resource": "ann"}]}, {"id": "weld", "duration": "2 d", "assignments": WELD},
        {"id": "after", "duration": "9 d", "after": "own", "assignments": []}, resources=able,
    )  # fmt: skip
    assert ipmo.level(busy)["P/weld"].needs == (("bob", 1),)
    assert not ipmo.level(busy).moved


def test_who_is_half_as_productive_takes_twice_the_units() -> None:
    half = people(ann={"welding": 0.5})
    (item,) = ipmo.level(portfolio({"id": "a", "duration": "2 d", "assignments": [{"resource": "welding", "units": 0.5}]}, resources=half))
    assert item.needs == (("ann", 1),)
    short = ipmo.level(portfolio({"id": "a", "duration": "2 d", "assignments": WELD}, resources=half))
    assert [(one.kind, str(one)) for one in short.shortages] == [
        ("no skill", "P/a needs welding, and of those who have it (ann) there never is enough")
    ]
    both = people(ann={"welding": 0.5}, bob={"welding": 2})
    (item,) = ipmo.level(portfolio({"id": "a", "duration": "2 d", "assignments": WELD}, resources=both))
    assert item.needs == (("bob", 0.5),)  # the most productive first


def test_a_role_with_people_of_its_own_is_filled_by_them_first_and_by_others_who_can() -> None:
    own = [{"id": "welding", "capacity": ALWAYS_ONE}, *people(ann={"welding": 1})[1:]]
    pf = portfolio(*({"id": name, "duration": "2 d", "assignments": WELD} for name in "ab"), resources=own)
    plan = ipmo.level(pf)
    assert not plan.moved
    assert sorted(name for item in plan for name, _ in item.needs) == ["ann", "welding"]
    two = [{"id": "a", "duration": "2 d", "assignments": [{"resource": "welding"}, {"resource": "ann"}]}]
    (item,) = ipmo.level(portfolio(*two, resources=people(ann={"welding": 1}, bob={"welding": 1})))
    assert item.needs == (("ann", 1), ("bob", 1)) or item.needs == (("bob", 1), ("ann", 1))  # nobody does both at once


def test_a_role_is_filled_beside_what_nobody_says_how_much_there_is_of() -> None:
    """What limits nothing has nothing to do with who fills the role; each lack is said of what lacks, and the rest is taken."""
    able = [*people(ann={"welding": 1}), {"id": "carl"}, {"id": "gone", "capacity": [{"from": "2026-01-01", "value": 0}]}]
    for other, said in (("carl", "nobody says how much of it there is"), ("gone", "there never is any of it")):
        both = [*WELD, {"resource": other}]
        plan = ipmo.level(portfolio(*({"id": name, "duration": "2 d", "assignments": both} for name in "ab"), resources=able))
        assert sorted(days(plan).values()) == [("03-02", "03-03"), ("03-04", "03-05")]
        assert [str(one) for one in plan.shortages] == [f"2 tasks, first P/a, need {other}, and {said}"]
    much = [*WELD, {"resource": "ann", "units": 2}]
    plan = ipmo.level(portfolio({"id": "a", "duration": "2 d", "assignments": much}, resources=able))
    assert [str(one) for one in plan.shortages] == ["P/a needs 2 of ann at once, and there never are more than 1"]
    assert plan["P/a"].needs == (("ann", 1),)


@pytest.mark.parametrize(("roles", "welders"), [(4, 5), (6, 6), (12, 12), (12, 14), (13, 12)])
def test_many_roles_of_one_piece_of_work_are_filled_by_as_many_people(roles: int, welders: int) -> None:
    able = people(**{f"w{n}": {"welding": 1.0} for n in range(welders)})
    plan = ipmo.level(portfolio({"id": "a", "duration": "2 d", "assignments": WELD * roles}, resources=able))
    assert plan.feasible == (roles <= welders)
    if plan.feasible:
        needs = plan["P/a"].needs
        assert len({name for name, _ in needs}) == roles
        assert {units for _, units in needs} == {1}
    else:
        assert [one.kind for one in plan.shortages] == ["no skill"]


def test_demand_for_a_skill_is_held_against_those_who_have_it() -> None:
    able = people(ann={"welding": 1}, bob={"welding": 0.5}, carl={})
    pf = portfolio(*({"id": name, "duration": "2 d", "assignments": WELD} for name in "ab"), resources=able)
    (load,) = ipmo.capacity(pf)
    assert (load.name, load.demand, load.over, load.days_over) == ("welding", 4, 1, 2)  # two a day, of one and a half
    assert ipmo.capacity(pf).unstated == ()
    assert ipmo.capacity(pf.evolve(resources=[{"id": "welding"}])).unstated == ("welding",)


def test_skills_are_checked_where_they_are_stated(tmp_path: Any) -> None:
    pf = portfolio({"id": "a", "duration": "2 d", "assignments": WELD}, resources=people(ann={"welding": 0.5}))
    ipmo.write(pf, tmp_path / "p.yaml")
    assert ipmo.read(tmp_path / "p.yaml") == pf
    with pytest.raises(ipmo.ModelError, match="'weldin' is no resource of portfolio"):
        portfolio({"id": "a", "duration": "2 d"}, resources=people(ann={"weldin": 1}))
    with pytest.raises(ipmo.ModelError, match="productivity of 'welding' is 0; write a number above 0"):
        portfolio({"id": "a", "duration": "2 d"}, resources=people(ann={"welding": 0}))


def shortest(lengths: list[int], able: list[list[int]], people: int) -> int:
    """The least end of jobs that one of some people each can do: every division among them."""
    best = sum(lengths)
    for who in itertools.product(*able):
        best = min(best, max(sum(long for long, one in zip(lengths, who, strict=True) if one == p) for p in range(people)))
    return best


def jobs(lengths: list[int], able: list[list[int]], people: int, samples: int) -> Leveller:
    net = Network.from_columns([str(j) for j in range(len(lengths))], lengths, [], [])
    unit = levelling.UNIT
    takes = [Take(j, one, unit, 0, lengths[j], way) for j, some in enumerate(able) for way, one in enumerate(some)]
    return Leveller(Passes(net), [Pool(f"p{p}", ((0, unit),)) for p in range(people)], takes, samples=samples)


def by_finish(score: Score) -> tuple[int, ...]:
    return (score.end,)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_work_is_divided_among_those_who_can_do_it_as_well_as_can_be(data: st.DataObject) -> None:
    """Against every division, by the passes and by CP-SAT; nobody does two things at once."""
    n = data.draw(st.integers(1, 5))
    lengths = data.draw(st.lists(st.integers(1, 5), min_size=n, max_size=n))
    able = data.draw(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=3, unique=True), min_size=n, max_size=n))
    made = jobs(lengths, able, 3, 1)
    plan, least = made.level(60, 1, by_finish), shortest(lengths, able, 3)
    assert plan.score.end == least
    order, x = plain(made.network.positions.order), plain(plan.early.x)
    busy = [(able[order[v]][plan.chosen[v]], x[v], x[v] + lengths[order[v]]) for v in range(n)]
    assert all(p != q or end <= begin or stop <= start for (p, start, end), (q, begin, stop) in itertools.combinations(busy, 2))
    assert all((made.bound(place) or 0) <= least for place in range(3))
    if data.draw(st.booleans()):
        again = jobs(lengths, able, 3, 1)
        solved, said = improve(again, again.level(1, 1, by_finish), (1, 0, 2), seconds=20, workers=1)
        assert (solved.score.end, said.bound) == (least, least)


def test_compiled_and_plain_kernels_choose_the_same_people(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    lengths = rng.integers(1, 9, 40).tolist()
    able = [sorted(set(rng.integers(0, 4, 3).tolist())) for _ in lengths]
    plans = []
    for least in (0, 10**9):
        monkeypatch.setattr(pooled, "COMPILED_FROM", least)
        plan = jobs(lengths, able, 4, 30).level(30, 3, by_finish)
        plans.append((plain(plan.early.x), plan.chosen, plan.score, plan.found))
    assert plans[0] == plans[1]
    assert max(plans[0][1]) > 0
    assert plans[0][2].end < FAR


# ------------------------------------------------------------------------------------------ priorities


def two_projects(first: float | None, second: float | None, **more: Any) -> ipmo.Portfolio:
    """Two projects of three days for Ann each."""
    work = {"id": "t", "duration": "3 d", "assignments": [{"resource": "ann"}]}
    rows: list[dict[str, Any]] = [{"id": "P", "tasks": [work]}, {"id": "Q", "tasks": [{**work, "duration": "5 d"}]}]
    for row, priority in zip(rows, (first, second), strict=True):
        if priority is not None:
            row["priority"] = priority
    resources = [{"id": "ann", "capacity": ALWAYS_ONE}]
    return ipmo.Portfolio(**{"id": "x", "start": MONDAY.isoformat(), "resources": resources, "projects": rows, **more})


@pytest.mark.parametrize(
    ("first", "second", "late"), [(None, None, "Q/t"), (500, 1000, "P/t"), (None, 1000, "P/t"), (500, 650, "Q/t"), (1000, None, "Q/t")]
)
def test_priorities_weigh_the_finishes_of_projects(first: float | None, second: float | None, late: str) -> None:
    """By hand: P first costs Q five days with a weekend, Q first costs P seven: Q first where it counts more than 1.4 times P."""
    assert [item.id for item in ipmo.level(two_projects(first, second)).moved] == [late]
    assert [item.id for item in ipmo.level(two_projects(first, second), priority="none").moved] == ["Q/t"]


def test_priorities_weigh_commitments_and_lateness_is_still_in_days() -> None:
    due = {"id": "t", "duration": "3 d", "deadline": "2026-03-04", "assignments": [{"resource": "ann"}]}
    pf = two_projects(None, None).evolve(projects=[{"id": "P", "tasks": [due]}, {"id": "Q", "priority": 900, "tasks": [due]}])
    plan = ipmo.level(pf)
    assert [item.id for item in plan.moved] == ["P/t"]
    assert plan.lateness == pytest.approx(4 + 17 / 24)  # to Monday afternoon, of a deadline at midnight after Wednesday


def test_what_delays_cost_decides_where_that_is_asked(tmp_path: Any) -> None:
    rows = [
        {"id": "small", "enabled_by": "P", "value": "1 k GBP/year", "lasts": "5 years"},
        {"id": "large", "enabled_by": "Q", "value": "900 k GBP/year", "lasts": "5 years"},
    ]
    pf = two_projects(1000, None, benefits=rows, money={"currency": "GBP", "discount": "green-book-2026"})
    plan = ipmo.level(pf, objective="cost of delay")
    assert [item.id for item in plan.moved] == ["P/t"]
    other = ipmo.level(pf)
    assert [item.id for item in other.moved] == ["Q/t"]
    assert plan.cost_of_delay is not None
    assert other.cost_of_delay is not None
    assert 0 < plan.cost_of_delay.amount < other.cost_of_delay.amount
    assert [item.id for item in ipmo.level(pf, priority="value").moved] == ["P/t"]
    with pytest.raises(ipmo.OptionError, match="objective='cost of delay'"):
        ipmo.level(two_projects(None, None), objective="cost of delay")
    with pytest.raises(ipmo.OptionError, match="priority='value'"):
        ipmo.level(two_projects(None, None), priority="value")


# ------------------------------------------------------------------------------------- minute by minute


SKILLS = {"ann": {"weld": 1.0, "paint": 0.5}, "bob": {"weld": 2.0}, "carl": {"paint": 1.0, "weld": 0.5}}


@st.composite
def skilled(draw: st.DrawFn) -> ipmo.Portfolio:
    """Two projects of some priority; work names roles, people or both, on two calendars, with a leave of one and hours of another."""
    projects = []
    for name in "PQ":
        tasks: list[dict[str, Any]] = []
        for number in range(draw(st.integers(1, 4))):
            asked = draw(st.lists(st.sampled_from(["weld", "paint", "ann", "bob"]), min_size=1, max_size=3, unique=True))
            task: dict[str, Any] = {"id": f"t{number}", "duration": f"{draw(st.integers(1, 24))} h"}
            task["assignments"] = [{"resource": one, "units": draw(st.sampled_from([0.25, 0.5, 1]))} for one in asked]
            if tasks and draw(st.booleans()):
                task["after"] = [draw(st.sampled_from([one["id"] for one in tasks]))]
            if draw(st.integers(0, 3)) == 0:
                task["deadline"] = draw(st.sampled_from(["2026-03-03", "2026-03-06"]))
            tasks.append(task)
        projects.append({"id": name, "priority": draw(st.sampled_from([1, 500, 1000])), "tasks": tasks})
    leave = [{"from": "2026-01-01", "value": 2}, {"from": "2026-03-04", "value": 0}, {"from": "2026-03-06", "value": 1}]
    able = [{"id": name, "skills": has, "capacity": leave if name == "ann" else ALWAYS_ONE} for name, has in SKILLS.items()]
    able[2]["calendar"] = draw(st.sampled_from(["standard", "always"]))
    return portfolio(resources=[{"id": "weld"}, {"id": "paint"}, *able], projects=projects)


@given(skilled(), st.sampled_from(["stated", "none"]), st.sampled_from(["commitments", "finish", "projects"]))
def test_every_role_is_filled_by_somebody_who_has_it_and_nobody_is_short_in_any_minute(
    pf: ipmo.Portfolio, priority: Any, objective: Any
) -> None:
    plan = ipmo.level(pf, passes=12, priority=priority, objective=objective)
    over, used = {name for one in plan.shortages for name in one.items}, dict[str, Any]()
    masks = {name: open_minutes(calendar) for name, calendar in pf.calendar_table.items()}
    for item in plan:
        task, asked = pf[item.id], list[tuple[str, float]]()
        asked = [(one.resource, one.units) for one in task.assignments]
        if item.id in over:
            continue
        given = dict(item.needs)
        assert any(
            _filled(asked, who) == pytest.approx(given, abs=1e-5)
            for who in itertools.product(SKILLS, repeat=len(asked))
            if _filled(asked, who) is not None
        )
        for name, units in given.items():
            use = used.setdefault(name, np.zeros(len(masks["standard"])))
            span = slice(minute(item.start), minute(item.finish))
            use[span] += units * masks["standard"][span]
    for resource in pf.resources:
        if resource.capacity and resource.id in used:
            there = np.zeros(len(masks["standard"]))
            for row in resource.capacity:
                there[max(minute(datetime.combine(row.since, datetime.min.time())), 0) :] = row.value
            if resource.calendar is not None:
                there[~masks[resource.calendar]] = 0
            assert not (used[resource.id] > there + 1e-4).any(), (resource.id, plan.table())
    after = ipmo.schedule(plan.portfolio)
    for item in plan:
        assert (after[item.id].start, after[item.id].finish) == (item.start, item.finish)


def _filled(asked: list[tuple[str, float]], who: tuple[str, ...]) -> dict[str, float] | None:
    """What each gives where roles are filled by these people; None where one cannot fill its role."""
    out: dict[str, float] = {}
    for (name, units), one in zip(asked, who, strict=True):
        productivity = 1.0 if one == name else SKILLS[one].get(name)
        if productivity is None:
            return None
        out[one] = out.get(one, 0.0) + units / productivity
    return out


def test_a_head_more_is_worth_what_benefits_gain_and_costs_what_it_is_paid() -> None:
    """By hand: Q waits three days for P unless there are two; with two all is done on 6 March, so that one more is paid for five days at 500 GBP."""
    pf = two_projects(1000, None, benefits=LARGE, money=POUNDS)
    (role,) = pf.resources
    plan = ipmo.level(pf.evolve(resources=[attrs.evolve(role, rate="500 GBP per pd")]))
    price = plan.price("ann", since="2026-03-02", until="2026-03-16")
    assert plan.cost_of_delay is not None
    assert price.gained == plan.cost_of_delay  # all that levelling loses
    assert price.gained.amount > 0
    assert price.cost == Money(Decimal(2500), "GBP")
    assert price.net == Money(price.gained.amount - 2500, "GBP")
    assert str(price).endswith(f"benefits {price.gained.amount:,.0f} GBP more, at a cost of 2,500 GBP")
    assert [(name, f"{was:%m-%d}", f"{now:%m-%d}") for name, was, now in price.projects] == [("Q", "03-11", "03-06")]
    assert plan.price("ann", until="2026-03-04").cost == Money(Decimal(1000), "GBP")
    free = ipmo.level(pf).price("ann")
    assert (free.cost, free.net) == (None, None)
    assert plan.price("ann", 0).gained == Money(Decimal(0), "GBP")
    assert ipmo.level(two_projects(1000, None)).price("ann").gained is None  # no benefit, no money


def test_one_more_of_a_role_that_only_people_have_has_a_price() -> None:
    """Ann is the only welder, for two pieces of two days: with another one at 300 GBP a day all is done in two; until then she is paid 600."""
    weld = {"duration": "2 d", "assignments": [{"resource": "weld"}]}
    rows = [{"id": "weld", "rate": "300 GBP per pd"}, {"id": "ann", "skills": {"weld": 1}, "capacity": ALWAYS_ONE}]
    pf = two_projects(None, None, resources=rows, money=POUNDS).evolve(
        projects=[{"id": "P", "tasks": [{"id": name, **weld} for name in "ab"]}]
    )
    plan = ipmo.level(pf)
    price = plan.price("weld")
    by_hand = plan.beside(ipmo.what_if(pf, Add(Resource(id="cyd", skills={"weld": 1}, capacity=ALWAYS_ONE))).after)
    assert (price.days, by_hand.days, price.finish, price.cost) == (2, 2, by_hand.finish, Money(Decimal(600), "GBP"))
    assert (plan.price("weld", since="2026-03-03").days, plan.price("weld", until="2026-03-03").days) == (1, 0)
    assert [one.resource for one in plan.prices()] == ["ann", "weld"]
    with pytest.raises(ipmo.OptionError, match="nobody is this role alone"):
        plan.price("weld", -1)
    with pytest.raises(ipmo.UnknownItemError, match="the roles of those who have one"):
        plan.price("wedl")


def test_hiring_and_shifting_a_project_are_levelled_anew_beside_the_plan() -> None:
    """By hand: somebody hired does Q beside P; a project shifted by two weeks takes nobody, so that the other waits no more."""
    pf = two_projects(1000, None, benefits=LARGE, money=POUNDS)
    plan = ipmo.level(pf)
    cyd = Resource(id="cyd", skills={"ann": 1}, capacity=ALWAYS_ONE)

    def found(change: Any) -> list[tuple[str, str, str]]:
        other = plan.beside(ipmo.what_if(pf, change).after)
        assert pickle.loads(pickle.dumps(other)) == other
        assert other.gained == plan.cost_of_delay  # Q waits no more
        return [(name, f"{was:%m-%d}", "" if now is None else f"{now:%m-%d}") for name, was, now in other.projects if was]

    assert found(Add(cyd)) == [("Q", "03-11", "03-06")]
    assert found(Delay("P", "10 d")) == [("P", "03-04", "03-18"), ("Q", "03-11", "03-06")]
    assert found(Stop("P"))[-1] == ("Q", "03-11", "03-06")
    assert str(plan.beside(ipmo.what_if(pf, Delay("P", "10 d")).after)).startswith("with these changes: all done 7 ed later, ")
