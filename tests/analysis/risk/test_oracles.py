"""The simulation against exact answers: O-26 to O-28 and S1 to S9 of the method notes, each within four standard errors."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from datetime import date
from statistics import NormalDist
from typing import Any

import attrs
import numpy as np
import pytest

import ipmo
from ipmo.model import (
    Assignment,
    Discrete,
    Driver,
    Estimate,
    Exposure,
    Fixed,
    Impact,
    Link,
    Money,
    MoneySettings,
    Normal,
    Portfolio,
    Project,
    Resource,
    Risk,
    Span,
    Task,
    Triangular,
    Uniform,
)
from ipmo.units import DAY, minutes

SAMPLES = 20_000
START = date(2026, 1, 5)
Z90 = NormalDist().inv_cdf(0.9)


def days(*amounts: float) -> list[Span]:
    return [Span(amount, "ed") for amount in amounts]


def triangular(low: float, likely: float, high: float) -> Triangular:
    return Triangular(*days(low, likely, high))


def normal(mean: float, sd: float) -> Normal:
    return Normal(*days(mean - Z90 * sd, mean + Z90 * sd))


def plan(*tasks: Task, **more: Any) -> Portfolio:
    """One project around the clock."""
    project = Project(id="p", tasks=tasks, risks=more.pop("risks", ()))
    return Portfolio(id="all", start=START, projects=[project], **more)


def side_by_side(estimates: Sequence[Estimate], **more: Any) -> Portfolio:
    return plan(*(Task(id=f"t{n}", duration=one) for n, one in enumerate(estimates)), **more)


def in_series(estimates: Sequence[Estimate], **more: Any) -> Portfolio:
    return plan(*(Task(id=f"t{n}", duration=one, after=[f"t{n - 1}"] if n else []) for n, one in enumerate(estimates)), **more)


def lengths(q: ipmo.Simulation, item: str = "p") -> np.ndarray[Any, np.dtype[np.float64]]:
    """Days from the start to the finish of an item, sample by sample."""
    return (q.finish(item).instants - minutes(START)) / DAY


def simulate(pf: Portfolio, **more: Any) -> ipmo.Simulation:
    return ipmo.simulate(pf, samples=more.pop("samples", SAMPLES), **more)


def close_mean(found: np.ndarray[Any, Any], exact: float, rounding: float = 1 / DAY) -> None:
    """The mean within four standard errors."""
    assert abs(found.mean() - exact) < 4 * found.std() / math.sqrt(len(found)) + rounding


def close_share(found: float, exact: float, count: int = SAMPLES) -> None:
    assert abs(found - exact) < 4 * math.sqrt(exact * (1 - exact) / count) + 1e-9


def close_percentile(found: np.ndarray[Any, Any], percent: float, exact: float) -> None:
    """The exact percentile is passed by as many samples as it should be, within four standard errors."""
    close_share(float((found <= exact + 1 / DAY).mean()), percent / 100, len(found))


@pytest.mark.parametrize(
    ("paths", "half", "p80", "mean"),
    [(1, 100, 107.351, 100), (2, 104.693, 110.810, 314 / 3), (3, 107.153, 112.427, 107), (4, 108.718, 113.412, 13669 / 126)],
)
def test_o26_merge_bias(paths: int, half: float, p80: float, mean: float) -> None:
    found = lengths(simulate(side_by_side([triangular(80, 100, 120)] * paths)))
    close_mean(found, mean)
    close_share(float((found <= 100).mean()), 0.5**paths)
    close_percentile(found, 50, half)
    close_percentile(found, 80, p80)


def test_o26_discrete_merges() -> None:
    late = plan(
        Task(id="a", duration=Discrete(days(10, 15), (0.75, 0.25))),
        Task(id="b", duration=Discrete(days(10, 15), (0.7, 0.3))),
        Task(id="end", milestone=True, after=["a", "b"]),
    )
    close_share(float((lengths(simulate(late), "p/end") <= 10).mean()), 21 / 40)
    two = plan(
        Task(id="a", duration=Discrete(days(7, 10), (0.5, 0.5))),
        Task(id="b", duration=Discrete(days(9, 13), (0.5, 0.5))),
        Task(id="c", duration=Fixed(Span(4, "ed")), after=["a", "b"]),
    )
    found = lengths(simulate(two))
    close_mean(found, 15.25)
    assert {found.min(), found.max()} == {13, 17}
    three = lengths(simulate(side_by_side([Uniform(*days(0, 1))] * 3)))
    close_mean(three, 0.75)
    assert three.var() == pytest.approx(3 / 80, rel=0.05)


def test_o27_one_driver_at_work_half_of_the_time() -> None:
    driver = Driver(id="soil", probability=0.5, factor=Triangular(1.1, 1.2, 1.5), targets=["p/t0", "p/t1"])
    q = simulate(in_series([Fixed(Span(100, "ed")), Fixed(Span(50, "ed"))], drivers=[driver]))
    found, first = lengths(q), lengths(q, "p/t0")
    close_mean(found, 170)
    assert found.std() == pytest.approx(21.937, rel=0.02)
    close_percentile(found, 80, 192.137)
    assert np.corrcoef(first, found - first)[0, 1] == pytest.approx(1, abs=1e-5)
    assert set(lengths(simulate(in_series([Fixed(Span(100, "ed")), Fixed(Span(50, "ed"))])))) == {150}


def test_o27_a_shared_driver_among_own_ones_correlates_half() -> None:
    shape = Triangular(1.1, 1.2, 1.5)
    own = [Driver(id=f"own{n}", probability=0.5, factor=shape, targets=[f"p/t{n}"]) for n in range(2)]
    common = Driver(id="common", probability=0.5, factor=shape, targets=["p"])
    q = simulate(side_by_side([Fixed(Span(100, "ed"))] * 2, drivers=[common, *own]), samples=60_000)
    found = np.corrcoef(lengths(q, "p/t0"), lengths(q, "p/t1"))[0, 1]
    assert found == pytest.approx(0.49587, abs=4 * (1 - 0.49587**2) / math.sqrt(60_000) * 1.3)


def test_o28_percentiles_do_not_add() -> None:
    apart = [lengths(simulate(side_by_side([normal(100, 20)]), seed=seed)) for seed in range(4)]
    close_percentile(np.concatenate(apart), 80, 467.330 / 4)
    close_percentile(lengths(simulate(in_series([normal(100, 20)] * 4))), 80, 433.665)


def test_expected_value_is_no_reserve() -> None:
    """Risks of 10 %, 200 and 30 %, 150: 65 on average; the chance of more than that is far from one half."""
    risks = [
        Risk(id=name, before=Exposure(probability=p, impacts=[Impact(cost=Fixed(Money(cost, "GBP")))]))
        for name, p, cost in (("a", 0.1, 200), ("b", 0.3, 150))
    ]
    q = simulate(plan(Task(id="t", duration=Fixed(Span(1, "ed")), budget="1000 GBP"), risks=risks))
    cost = np.array(q.cost("p").samples) - 1000
    close_mean(cost, 65, 0.01)
    exact = {0: 0.63, 150: 0.27, 200: 0.07, 350: 0.03}
    for amount, share in exact.items():
        close_share(float((cost == amount).mean()), share)
    assert q.cost("p").within("1065 GBP") == pytest.approx(0.63, abs=0.02)
    assert q.cost("p").p(90) == Money(1150, "GBP")


def test_s1_the_later_of_two_normal_ones() -> None:
    found = lengths(simulate(side_by_side([normal(100, 20)] * 2)))
    close_mean(found, 111.28379)
    assert found.std() == pytest.approx(16.51291, rel=0.03)


def test_s2_both_within_their_medians() -> None:
    q = simulate(side_by_side([normal(100, 20)] * 2))
    one, other = lengths(q, "p/t0") <= 100, lengths(q, "p/t1") <= 100
    close_share(float((one & other).mean()), 0.25)


def rank(normal_correlation: float) -> float:
    """The rank correlation of normal draws with a correlation."""
    return 6 / math.pi * math.asin(normal_correlation / 2)


@pytest.mark.parametrize(("rho", "mean", "sd"), [(0.5, 107.97885, 18.33952), (0.9, 103.56825, 19.67912)])
def test_s1_the_later_of_two_that_go_together(rho: float, mean: float, sd: float) -> None:
    q = simulate(side_by_side([normal(100, 20)] * 2), correlations={("p/t0", "p/t1"): rank(rho)})
    close_mean(lengths(q), mean)
    assert lengths(q).std() == pytest.approx(sd, rel=0.03)


@pytest.mark.parametrize(("rho", "share"), [(0.3, 0.29849), (0.6, 0.35242), (0.8, 0.39758)])
def test_s2_both_within_their_medians_and_s6_rank_correlation(rho: float, share: float) -> None:
    q = simulate(side_by_side([normal(100, 20), triangular(80, 90, 160)]), correlations={("p/t1", "p/t0"): rank(rho)})
    one, other = lengths(q, "p/t0"), lengths(q, "p/t1")
    close_share(float(((one <= np.median(one)) & (other <= np.median(other))).mean()), share)
    ranks = [np.argsort(np.argsort(row)) for row in (one, other)]
    assert np.corrcoef(*ranks)[0, 1] == pytest.approx(rank(rho), abs=4 / math.sqrt(SAMPLES))
    alone = simulate(side_by_side([normal(100, 20), triangular(80, 90, 160)]))
    assert np.percentile(other, [5, 50, 95]) == pytest.approx(np.percentile(lengths(alone, "p/t1"), [5, 50, 95]), abs=1.2)


@pytest.mark.parametrize(("rho", "p80"), [(0.25, 444.534), (0.5, 453.229)])
def test_o28_in_series_with_correlation(rho: float, p80: float) -> None:
    pairs = {(f"p/t{n}", f"p/t{m}"): rank(rho) for n in range(4) for m in range(n)}
    close_percentile(lengths(simulate(in_series([normal(100, 20)] * 4), correlations=pairs)), 80, p80)


def test_correlations_that_cannot_hold_together_are_repaired_and_said() -> None:
    pf = side_by_side([normal(100, 20)] * 3)
    pairs = {("p/t0", "p/t1"): 0.9, ("p/t1", "p/t2"): 0.9, ("p/t0", "p/t2"): -0.9}
    q = simulate(pf, correlations=pairs, samples=2_000)
    assert "ipmo/correlations-repaired" in {one.code for one in q.findings}
    assert np.corrcoef(lengths(q, "p/t0"), lengths(q, "p/t2"))[0, 1] < 0


def test_correlations_of_what_is_not_uncertain_and_beyond_one_are_refused_by_name() -> None:
    pf = side_by_side([normal(100, 20), Fixed(Span(3, "ed")), triangular(1, 2, 3)])
    with pytest.raises(ipmo.OptionError, match=r"correlations=1.2 .* 'p/t0' and 'p/t2'"):
        simulate(pf, correlations={("p/t0", "p/t2"): 1.2})
    with pytest.raises(ipmo.ModelError, match="'p/t1' is no open work with an uncertain estimate"):
        simulate(pf, correlations={("p/t0", "p/t1"): 0.2})
    with pytest.raises(ipmo.ModelError, match="stated twice"):
        simulate(pf, correlations={("p/t0", "p/t2"): 0.2, ("p/t2", "p/t0"): 0.3})


def test_s3_criticality_beside_a_certain_path() -> None:
    q = simulate(side_by_side([triangular(80, 100, 120), Fixed(Span(110, "ed"))]))
    close_mean(lengths(q), 110.41667)
    table = q.criticality()
    shares = dict(zip(table["id"], table["criticality"], strict=True))
    close_share(float(str(shares["p/t0"])), 0.125)
    close_share(float(str(shares["p/t1"])), 0.875)
    assert table.unit("length_sd") == "days"


def test_s4_a_risk_that_delays() -> None:
    risk = Risk(id="r", before=Exposure(probability=0.3, impacts=[Impact(target="p/t0", delay=triangular(10, 20, 60))]))
    q = simulate(in_series([Fixed(Span(100, "ed"))], risks=[risk]))
    found = lengths(q)
    close_mean(found, 109)
    assert found.std() == pytest.approx(14.96663, rel=0.03)
    close_share(float((found == 100).mean()), 0.7)
    close_percentile(found, 80, 123.48516)


def test_s5_a_shared_driver_has_no_merge_bias() -> None:
    driver = Driver(id="d", factor=Triangular(0.8, 1.0, 1.2), targets=["p/t0", "p/t1"])
    close_mean(lengths(simulate(side_by_side([Fixed(Span(100, "ed"))] * 2, drivers=[driver]))), 100)
    apart = [Driver(id=f"d{n}", factor=Triangular(0.8, 1.0, 1.2), targets=[f"p/t{n}"]) for n in range(2)]
    close_mean(lengths(simulate(side_by_side([Fixed(Span(100, "ed"))] * 2, drivers=apart))), 314 / 3)


def test_s7_three_in_series() -> None:
    found = lengths(simulate(in_series([Uniform(*days(0, 1))] * 3)))
    close_share(float((found <= 1).mean()), 1 / 6)
    close_share(float((found <= 1.5).mean()), 0.5)
    close_percentile(found, 80, 3 - 1.2 ** (1 / 3))


def test_s8_cost_goes_with_time() -> None:
    """500 + 10 a day + N(0, 100): the correlation of cost and time is 0.63246."""
    team = Resource(id="team", rate="10 GBP per pd")
    budget = Normal(Money(500 - Z90 * 100, "GBP"), Money(500 + Z90 * 100, "GBP"))
    around = ipmo.Calendar(id="around", week="mon-sun", hours="00:00-24:00", day="24 h")
    task = Task(
        id="t",
        calendar="around",
        duration=triangular(80, 100, 120),
        budget=budget,
        plus_resources=True,
        assignments=[Assignment(resource="team")],
    )
    q = simulate(plan(task, resources=[team], calendars=[around], money=MoneySettings(currency="GBP")))
    cost = np.array(q.cost("p").samples)
    close_mean(cost, 1500, 0.01)
    found = q.joint("p").correlation
    assert found is not None
    assert found == pytest.approx(0.63246, abs=4 * (1 - 0.4) / math.sqrt(SAMPLES))
    assert np.corrcoef(lengths(q), cost)[0, 1] == pytest.approx(found, abs=1e-9)


def test_s9_branches_by_enumeration() -> None:
    q = simulate(side_by_side([Discrete(days(5, 9), (0.6, 0.4)), Discrete(days(6, 8), (0.5, 0.5))]))
    found = lengths(q)
    close_mean(found, 7.8)
    for length, share in ((6, 0.3), (8, 0.3), (9, 0.4)):
        close_share(float((found == length).mean()), share)
    shares = dict(zip(q.criticality()["id"], q.criticality()["criticality"], strict=True))
    close_share(float(str(shares["p/t0"])), 0.4)
    close_share(float(str(shares["p/t1"])), 0.6)


TYPES = ["FS", "SS", "FF", "SF"]


@pytest.mark.parametrize("number", range(8))
def test_small_networks_by_enumeration(number: int) -> None:
    """Every combination of a few durations, each scheduled from scratch, with its probability: the share of every date is right."""
    rng = np.random.default_rng(number)
    kind = lambda: TYPES[rng.integers(4)]  # noqa: E731
    lag = lambda: [None, Span(2, "d"), Span(-1, "d"), Span(1, "ed")][rng.integers(4)]  # noqa: E731
    night = ipmo.Calendar(id="night", week="mon-sat", hours="20:00-24:00", day="4 h")
    values = [(Span(0, "d"), Span(3, "d")), (Span(1, "d"), Span(5, "d")), (Span(2, "ed"), Span(9, "ed")), (Span(8, "h"), Span(70, "h"))]
    weights = [(0.25, 0.75), (0.5, 0.5), (0.1, 0.9), (0.6, 0.4)]
    tied = [None, {"finish_on": "2026-01-20"}, {"must_start_on": "2026-01-14"}, {"mandatory_finish": "2026-01-16"}][number % 4]
    tasks = [
        Task(
            id=f"t{n}",
            duration=Discrete(values[n], weights[n]),
            calendar=[None, "night"][rng.integers(2)],
            constraints=tied if n == 2 else None,
            after=[{"from": f"t{m}", "type": kind(), "lag": lag()} for m in range(n) if rng.random() < 0.7],
        )
        for n in range(4)
    ]
    pf = Portfolio(
        id="all",
        start=START,
        calendars=[night],
        dialect=["ipmo", "p6", "msproject"][number % 3],
        projects=[Project(id="p", tasks=tasks), Project(id="q", tasks=[Task(id="w", duration="2 d")])],
        links=[Link(source="p/t3", target="q/w", type=kind(), lag=lag())],
    )
    q = simulate(pf, samples=4_000)
    for item in ("p", "q", "p/t3"):
        exact: dict[int, float] = {}
        for chosen in itertools.product(range(2), repeat=4):
            fixed = [attrs.evolve(task, duration=Fixed(values[n][chosen[n]])) for n, task in enumerate(tasks)]
            s = ipmo.schedule(pf.evolve("p", tasks=fixed))
            end = s.instants(item)[1]
            assert end is not None
            exact[end] = exact.get(end, 0.0) + math.prod(weights[n][chosen[n]] for n in range(4))
        instants = q.finish(item).instants
        assert set(instants.tolist()) <= set(exact)
        for end, share in exact.items():
            close_share(float((instants == end).mean()), share, 4_000)
