"""Distributions: every kind of estimate against its own quantile function, and the conventions that are easily mixed up."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipmo.analysis.risk.distributions import (
    Draws,
    PertRule,
    beta_of,
    beta_table,
    deviation,
    from_table,
    normal_quantile,
    quantiles,
    random,
)
from ipmo.errors import UnitError
from ipmo.model import (
    Discrete,
    Empirical,
    Estimate,
    Fixed,
    LogNormal,
    Normal,
    OpaqueEstimate,
    Pert,
    Span,
    Triangular,
    Uniform,
)
from ipmo.model.beta import beta_quantile
from ipmo.network.streams import stream
from ipmo.testing.strategies import estimates

SHARES = np.array([0.0003, 0.01, 0.1, 0.25, 0.4999, 0.5, 0.75, 0.9, 0.99, 0.9997])


def of(quantity: object) -> float:
    return float(getattr(quantity, "amount", quantity))  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(estimates(), st.lists(st.floats(0.0005, 0.9995), min_size=1, max_size=4))
def test_rows_of_draws_are_the_quantiles_of_every_kind(estimate: Estimate, more: list[float]) -> None:
    u = np.array([*SHARES, *more])
    exact = [of(estimate.quantile(share)) for share in u.tolist()]
    scale = max(map(abs, exact)) + 1
    assert quantiles(estimate, u) == pytest.approx(exact, abs=1e-5 * scale)
    assert random(estimate) == (len({of(estimate.quantile(share)) for share in (0.0005, 0.9995)}) > 1)


@pytest.mark.parametrize("rule", ["beta", "classic"])
@pytest.mark.parametrize("mode", [0.0, 0.03, 0.2, 0.5, 0.9, 1.0])
def test_tables_of_beta_distributions_are_near_and_never_fall(rule: PertRule, mode: float) -> None:
    """Within 2e-5 of the range in the middle, at the borders between middle and tails, and in the farthest draw there is; no step back."""
    alpha, beta = beta_of((0.0, mode, 1.0, 0.0), rule)
    table = beta_table(alpha, beta)
    edges = [edge * near for edge in (1 / 128, 2.0**-13, 2.0**-19) for near in (1 - 1e-9, 1.0, 1 + 1e-9, 1.05)]
    few = np.array([*edges, *(1 - np.array(edges)), 2.0**-33, 1 - 2.0**-33, *(np.arange(16) + 0.3) / 16])
    exact = [beta_quantile(alpha, beta, share) for share in few.tolist()]
    assert from_table(few, table) == pytest.approx(exact, abs=2e-5)
    many = np.unique(
        np.concatenate([few, (np.arange(65536) + 0.5) / 65536, 2.0 ** -np.linspace(1, 33, 4000), 1 - 2.0 ** -np.linspace(1, 33, 4000)])
    )
    found = from_table(many, table)
    assert np.diff(found).min() >= -(2.0**-52)
    assert 0 <= found[0] <= found[-1] <= 1


def test_the_normal_quantile_is_that_of_the_standard_library() -> None:
    u = np.concatenate([np.linspace(1e-9, 1 - 1e-9, 4001), [1e-13, 2.0**-33, 1 - 2.0**-33]])
    assert normal_quantile(u) == pytest.approx([NormalDist().inv_cdf(one) for one in u.tolist()], rel=1e-13, abs=1e-15)


def test_pert_has_one_mean_and_two_variances_and_triangular_others() -> None:
    """O-30 of the domain page: PERT(2, 4, 12): mean 5, classic variance 2.7778, beta 3.0; triangular: mean 6, variance 4.6667."""
    pert, triangular = Pert(2.0, 4.0, 12.0), Triangular(2.0, 4.0, 12.0)
    u = (np.arange(100_000) + 0.5) / 100_000
    for rule, variance in (("beta", 3.0), ("classic", 25 / 9)):
        drawn = quantiles(pert, u, rule)  # type: ignore[arg-type]
        assert drawn.mean() == pytest.approx(5, abs=1e-4)
        assert drawn.var() == pytest.approx(variance, rel=1e-4)
        assert deviation(pert, rule) ** 2 == pytest.approx(variance, rel=1e-9)  # type: ignore[arg-type]
    assert quantiles(triangular, u).mean() == pytest.approx(6, abs=1e-4)
    assert deviation(triangular) ** 2 == pytest.approx(14 / 3)


def test_percentiles_are_no_bounds() -> None:
    """O-30: a symmetric triangular estimate with P10 80 and P90 120 reaches from 63.820 to 136.180."""
    trigen = Triangular(80.0, 100.0, 120.0, percentiles=True)
    assert trigen.bounds == pytest.approx((63.820, 136.180), abs=5e-4)
    assert quantiles(trigen, np.array([0.1, 0.5, 0.9])) == pytest.approx([80, 100, 120])
    assert quantiles(Triangular(80.0, 100.0, 120.0), np.array([1e-12, 1 - 1e-12])) == pytest.approx([80, 120], abs=1e-3)


@pytest.mark.parametrize(
    "estimate",
    [LogNormal(3.0, 30.0), Normal(-1.0, 5.0), Discrete((1.0, 2.0, 9.0), (0.2, 0.0, 0.8)), Empirical((4.0, 1.0, 7.0)), Fixed(2.0)],
)
def test_deviations_are_those_of_many_draws(estimate: Estimate) -> None:
    drawn = quantiles(estimate, (np.arange(400_000) + 0.5) / 400_000)
    assert deviation(estimate) == pytest.approx(drawn.std(), rel=0.01)
    if isinstance(estimate, Normal):
        assert drawn.std() == pytest.approx(6 / 2 / NormalDist().inv_cdf(0.9), rel=1e-3)


def test_an_estimate_of_an_unknown_kind_is_refused_by_its_name() -> None:
    with pytest.raises(UnitError, match="install the plugin"):
        quantiles(OpaqueEstimate("points", 5), SHARES)


def test_draws_of_one_estimate_do_not_depend_on_the_others() -> None:
    kinds = [Triangular(Span(1, "d"), Span(2, "d"), Span(4, "d")), Pert(1.0, 2.0, 4.0), Uniform(1.0, 4.0), Normal(1.0, 2.0)]
    wanted = [(stream(1, f"t{n}", "duration"), kinds[n % 4]) for n in range(12)]
    together = Draws(wanted).values(3)
    for place, one in enumerate(wanted):
        assert (Draws([one]).values(3, compiled=True)[0] == together[place]).all()
