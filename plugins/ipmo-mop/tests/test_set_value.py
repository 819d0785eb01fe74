"""What a set of projects brings, against every subset by hand: pairs, substitutes, outcomes, shares, hand-overs, `requires`, states, envelopes."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import attrs
import pytest

import ipmo
import ipmo_mop
from ipmo.model import Benefit, Contribution, DiscountSchedule, FrozenMap, Link, MoneySettings, Outcome, Portfolio, Project, Task
from ipmo.network.losses import losses
from ipmo.plugin import Brought, SetValue, set_value
from ipmo_mop import Candidate, MopFields, SelectionProblem, frontier_of, optimise, problem_of, select

MILLION = 1_000_000


def portfolio(projects: list[Project], benefits: list[Benefit], **more: Any) -> Portfolio:
    envelopes = more.pop("envelopes", {})
    return Portfolio(
        id="x",
        start="2026-01-01",
        status_date="2026-01-01",
        calendar="continuous",
        money=MoneySettings(currency="GBP", discount="zero", price_base={"year": 2026, "terms": "real"}),
        discounts=[DiscountSchedule(id="zero", bands=[{"rate": 0}])],
        projects=projects,
        benefits=benefits,
        extensions={
            "mop": MopFields(every="year", envelopes=FrozenMap({name: ipmo.Money(amount, "GBP") for name, amount in envelopes.items()}))
        },
        **more,
    )


def project(name: str, budget: float = 1, **more: Any) -> Project:
    return Project(id=name, tasks=[Task(id="x", duration="10 d", budget=f"{budget} M GBP")], **{"state": "proposed", **more})


def pair() -> Portfolio:
    benefits = [Benefit(id="ab", enabled_by=["A/x", "B/x"], value="10 M GBP"), Benefit(id="c", enabled_by=["C/x"], value="4 M GBP")]
    return portfolio([project(name) for name in "ABC"], benefits, envelopes={"2026": 1_500_000})


def test_half_of_a_pair_brings_nothing() -> None:
    found = select(pair())
    assert (found.status, found.chosen, found.value, found.bound) == ("optimal", ("C",), 4 * MILLION, 4 * MILLION)
    assert dict(found.values) == {"A": 0, "B": 0, "C": 4 * MILLION}
    both = select(pair(), envelopes={"2026": "2 M GBP"})
    assert (both.chosen, both.value) == (("A", "B"), 10 * MILLION)
    assert dict(both.values) == {"A": 5 * MILLION, "B": 5 * MILLION, "C": 4 * MILLION}, "the two share it, and C would add its own"
    bought = ipmo_mop.frontier(pair())
    assert [(int(p.cost), p.value, p.chosen) for p in bought.points] == [
        (0, 0, ()),
        (MILLION, 4 * MILLION, ("C",)),
        (2 * MILLION, 10 * MILLION, ("A", "B")),
        (3 * MILLION, 14 * MILLION, ("A", "B", "C")),
    ]


def test_one_of_two_substitutes_is_enough() -> None:
    benefits = [Benefit(id="de", any_of=["D/x", "E/x"], value="3 M GBP"), Benefit(id="f", enabled_by=["F/x"], value="1.2 M GBP")]
    pf = portfolio([project(name) for name in "DEF"], benefits, envelopes={"2026": 2 * MILLION})
    found = select(pf)
    assert (found.status, found.value, len(found.chosen), "F" in found.chosen) == ("optimal", 4_200_000, 2, True)
    assert sum(found.values[name] for name in found.chosen) == found.value
    rich = select(pf, envelopes={"2026": "9 M GBP"})
    assert (len(rich.chosen), rich.value) == (2, 4_200_000), "nobody pays for what adds nothing"
    assert [point.value for point in ipmo_mop.frontier(pf).points] == [0, 3 * MILLION, 4_200_000]


def test_what_comes_anyway_is_no_merit_of_a_selection() -> None:
    """Done work stands, and so does what an item outside the choice brings; what waits for a cancelled one never comes."""
    done = project("done", state="closed", actual_start="2025-01-01", actual_finish="2025-03-01")
    benefits = [
        Benefit(id="either", any_of=["A/x", "done/x"], value="8 M GBP"),
        Benefit(id="both", enabled_by=["A/x", "done/x"], value="2 M GBP"),
        Benefit(id="never", enabled_by=["B/x", "gone/x"], value="9 M GBP"),
        Benefit(id="b", enabled_by=["B/x"], value="1 M GBP"),
    ]
    done = attrs.evolve(done, tasks=[attrs.evolve(done.tasks[0], actual_start="2025-01-01", actual_finish="2025-03-01")])
    pf = portfolio([project("A"), project("B"), done, project("gone", state="cancelled")], benefits, envelopes={"2026": MILLION})
    gains = problem_of(pf).gains
    assert gains is not None
    assert {some: gains.worth(some) / MILLION for some in ("", "A", "B", "AB")} == {"": 0, "A": 2, "B": 1, "AB": 3}
    assert select(pf).chosen == ("A",)


# ------------------------------------------------------------------------------------------------ every subset, by hand

STATES = ("proposed", "proposed", "proposed", "active", "approved", "cancelled")


@attrs.frozen
class Drawn:
    """A portfolio and what it was made of."""

    pf: Portfolio
    states: dict[str, str]
    requires: dict[str, list[str]]
    gives: list[tuple[str, str]]
    outcomes: dict[str, tuple[list[str], list[str], str | None]]
    benefits: dict[str, tuple[list[str], list[str], str | None, dict[str, float], float]]

    def comes(self, chosen: frozenset[str]) -> float:
        """What a selection brings, read off the drawing."""

        def there(name: str) -> bool:
            return name in chosen and self.states[name] != "cancelled" and all(map(there, self.requires[name]))

        def work(name: str) -> bool:
            return there(name) and all(work(giver) for giver, receiver in self.gives if receiver == name)

        def level(needed: list[str], either: list[str], outcome: str | None) -> float:
            every = all(map(work, needed)) and (not either or any(map(work, either)))
            return every * (1.0 if outcome is None else level(*self.outcomes[outcome]))

        total = 0.0
        for needed, either, outcome, shares, value in self.benefits.values():
            part = level(needed, either, outcome)
            if shares:
                part *= 1 - sum(shares.values()) + sum(share * work(name) for name, share in shares.items())
            total += value * part
        return total


def drawn(seed: int) -> Drawn:
    d = random.Random(seed)
    names = [f"p{n}" for n in range(d.randint(2, 5))]
    states = {name: d.choice(STATES) for name in names}
    before = {name: names[:n] for n, name in enumerate(names)}
    requires = {name: d.sample(before[name], 1) if before[name] and d.random() < 0.2 else [] for name in names}
    gives = [(d.choice(before[name]), name) for name in names[1:] if d.random() < 0.25]

    def enablers() -> tuple[list[str], list[str]]:
        return d.sample(names, d.choice([0, 1, 1, 2])), d.sample(names, d.choice([0, 0, min(2, len(names)), min(3, len(names))]))

    outcomes: dict[str, tuple[list[str], list[str], str | None]] = {}
    for n in range(d.randint(0, 2)):
        needed, either = enablers()
        outcomes[f"o{n}"] = (needed if needed or either else [d.choice(names)], either, None)
    benefits = {}
    for n in range(d.randint(1, 5)):
        needed, either = enablers()
        outcome = d.choice([None, None, *outcomes])
        shares: dict[str, float] = {}
        if d.random() < 0.3:
            shares = {name: d.choice([0.25, 0.5]) for name in d.sample(names, min(2, len(names)))}
        if not needed and not either and outcome is None:  # what nothing enables has no date, and so no present value
            needed = [d.choice(names)]
        benefits[f"b{n}"] = needed, either, outcome, shares, float(d.choice([-2, 1, 2, 3, 5, 8]))
    pf = portfolio(
        [
            Project(
                id=name,
                state=states[name],
                requires=requires[name],
                tasks=[Task(id="x", duration="10 d", budget=f"{d.randint(1, 4)} GBP")],
                extensions={"mop": MopFields(mandatory=states[name] != "cancelled" and d.random() < 0.1)},
            )
            for name in names
        ],
        [
            Benefit(
                id=name, enabled_by=[f"{p}/x" for p in needed], any_of=[f"{p}/x" for p in either], outcome=outcome, value=f"{value} GBP"
            )
            for name, (needed, either, outcome, _, value) in benefits.items()
        ],
        outcomes=[
            Outcome(id=name, enabled_by=[f"{p}/x" for p in needed], any_of=[f"{p}/x" for p in either])
            for name, (needed, either, _) in outcomes.items()
        ],
        contributions=[
            Contribution(source=source, target=name, share=share)
            for name, (_, _, _, shares, _) in benefits.items()
            for source, share in shares.items()
        ],
        links=[Link(id=f"L{n}", source=f"{one}/x", target=f"{other}/x") for n, (one, other) in enumerate(gives)],
        envelopes={"2026": d.randint(2, 10), "2027": 5},
    )
    return Drawn(pf, states, requires, gives, outcomes, benefits)


def subsets(names: list[str]) -> Iterator[frozenset[str]]:
    return (frozenset(some) for size in range(len(names) + 1) for some in itertools.combinations(names, size))


def check(seed: int) -> bool:
    made = drawn(seed)
    if all(row.value is None for row in ipmo.attribute(made.pf).rows):  # nothing leads to a benefit that has a value
        return False
    problem = problem_of(made.pf)
    names = [one.id for one in problem.candidates]
    assert problem.gains is not None
    worth = {some: made.comes(some) - made.comes(frozenset()) for some in subsets(names)}
    for some, value in worth.items():
        assert problem.worth(some) == pytest.approx(value, abs=1e-9), (seed, sorted(some))
        assert sum(problem.shares(some).values()) == pytest.approx(value, abs=1e-9), (seed, sorted(some))
    allowed = [some for some in worth if all(rule.holds(some) for rule in problem.rules)]
    found = optimise(problem)
    if not allowed:
        assert found.status == "infeasible"
        return True
    assert (found.status, found.value) == ("optimal", pytest.approx(max(worth[some] for some in allowed), abs=1e-6)), seed
    assert found.choice.chosen in allowed
    cost = {one.id: sum(one.costs.values(), Fraction(0)) for one in problem.candidates}
    free = [some for some in worth if all(rule.holds(some) for rule in problem.rules if rule.kind != "budget")]
    best: dict[Fraction, float] = {}
    for spent, negative in sorted((sum((cost[name] for name in some), Fraction(0)), -worth[some]) for some in free):
        if not best or -negative > max(best.values()) + 1e-9:
            best[spent] = -negative
    points = {point.cost: point.value for point in frontier_of(problem).points}
    gone = sum(problem.committed.values(), Fraction(0))
    assert points == {spent + gone: pytest.approx(value, abs=1e-6) for spent, value in best.items()}, seed
    return True


def test_the_optimum_is_the_best_of_all_subsets() -> None:
    assert sum(check(seed) for seed in range(70)) > 50


def test_a_set_brings_what_the_portfolio_says_without_the_rest() -> None:
    """The other oracle: the portfolio itself with the rest cancelled, what still comes of each benefit by the engine."""
    for seed in range(1000, 1012):
        pf = drawn(seed).pf
        names = [p.id for p in pf.projects if p.state != "cancelled"]
        pool = ipmo.attribute(pf).pool
        gains = set_value(pf, names, pool)

        def comes(chosen: frozenset[str], pf: Portfolio = pf, names: list[str] = names, pool: Any = pool) -> float:
            rest = [attrs.evolve(p, state="cancelled") if p.id in names and p.id not in chosen else p for p in pf.projects]
            level = losses(pf.evolve(projects=rest)).base
            return sum(value * level[name] for name, value in pool.items())

        for some in subsets(names):
            assert gains.worth(some) == pytest.approx(comes(some) - comes(frozenset()), abs=1e-9), (seed, sorted(some))


# ------------------------------------------------------------------------------------------------ what comes in part, and against


def partly(seed: int) -> SelectionProblem:
    """Steps of steps in part, alternatives of different degrees, parts that need one another, harm, budgets of two years."""
    d = random.Random(f"partly/{seed}")
    names = [f"p{n}" for n in range(d.randint(2, 5))]
    parts, known = list[Brought](), list(names)
    for n in range(d.randint(2, 7)):

        def some(most: int, known: tuple[str, ...] = tuple(known)) -> list[str]:
            return d.sample(known, min(d.randint(0, most), len(known)))

        either = [tuple(some(2)) for _ in range(d.choice([0, 0, 2, 3]))]
        shares = [(d.choice([0.2, 0.3]), tuple(some(2))) for _ in range(d.choice([0, 0, 1, 2]))]
        rest = round(1 - sum(share for share, _ in shares) - d.choice([0, 0, 0.2]), 9)
        value = float(d.choice([0, -3, 2, 4, 7, 9]))
        parts.append(Brought(id=f"s{n}", value=value, all_of=some(1), any_of=either, shares=shares, rest=rest))
        known.append(f"s{n}")
    candidates = [Candidate(id=name, value=0.0, costs={"1": Fraction(d.randint(0, 5)), "2": Fraction(d.randint(0, 5))}) for name in names]
    return SelectionProblem(
        candidates=candidates, envelopes={"1": Fraction(d.randint(3, 15)), "2": Fraction(d.randint(3, 15))}, gains=SetValue(projects=names, parts=parts)
    )  # fmt: skip


def against_all_subsets(problem: SelectionProblem) -> None:
    names = [one.id for one in problem.candidates]
    worth = {some: problem.worth(some) for some in subsets(names) if all(rule.holds(some) for rule in problem.rules)}
    found = optimise(problem)
    assert (found.status, found.value) == ("optimal", pytest.approx(max(worth.values()), abs=1e-6))
    for some in subsets(names):
        assert sum(problem.shares(some).values()) == pytest.approx(problem.worth(some), abs=1e-9)
    cost = {some: sum(sum(one.costs.values()) for one in problem.candidates if one.id in some) for some in subsets(names)}
    best: dict[Fraction, float] = {}
    for spent, negative in sorted((cost[some], -problem.worth(some)) for some in cost):
        if not best or -negative > max(best.values()) + 1e-9:
            best[Fraction(spent)] = -negative
    assert {point.cost: point.value for point in frontier_of(problem).points} == {c: pytest.approx(v, abs=1e-6) for c, v in best.items()}


def test_what_comes_in_part_is_exact_by_cuts() -> None:
    for seed in range(40):
        against_all_subsets(partly(seed))


def test_parts_that_need_one_another_hold_one_another_up() -> None:
    """As in the network: what waits in a loop fails only where something else takes it away."""
    loop = [
        Brought(id="s", any_of=[("t",), ("a",)]),
        Brought(id="t", any_of=[("s",), ("b",)]),
        Brought(id="v", value=5.0, all_of=["t", "a"]),
    ]
    both = SetValue(projects=["a", "b"], parts=loop)
    assert [both.worth(some) for some in ("", "a", "b", "ab")] == [0, 5, 0, 5]


def test_what_is_not_proved_says_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    import scipy.optimize

    whole = scipy.optimize.milp

    def stopped(*given: Any, **more: Any) -> Any:
        found = whole(*given, **more)
        found.status = 1
        return found

    monkeypatch.setattr(scipy.optimize, "milp", stopped)
    found = optimise(problem_of(pair()), seconds=5.0)
    assert (found.status, found.chosen, found.value) == ("feasible", ("C",), 4 * MILLION)
    assert found.bound is not None
    assert found.bound >= found.value


def test_a_hundred_projects_with_three_hundred_benefits_are_proved_optimal() -> None:
    d = random.Random(1)
    names = [f"p{n}" for n in range(100)]
    parts = [
        Brought(
            id=f"b{n}",
            value=float(d.randint(1, 20)),
            all_of=d.sample(names, d.choice([1, 1, 2, 3])),
            any_of=[(name,) for name in d.sample(names, d.choice([0, 0, 2, 3]))],
        )
        for n in range(300)
    ]
    candidates = [Candidate(id=name, value=0.0, costs={"1": Fraction(d.randint(1, 9))}) for name in names]
    found = optimise(SelectionProblem(candidates=candidates, envelopes={"1": Fraction(200)}, gains=SetValue(projects=names, parts=parts)))
    assert (found.status, found.gap) == ("optimal", 0)
    assert sum(found.values[name] for name in found.chosen) == pytest.approx(found.value)
