from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipmo.errors import UnitError
from ipmo.model import Discrete, Empirical, Fixed, LogNormal, OpaqueEstimate, Pert, Span, Triangular, Uniform
from ipmo.model.estimates import number
from ipmo.model.estimating import as_estimate, to_plain
from ipmo.testing.strategies import estimates
from ipmo.units import as_span


def test_oracle_o30_symmetric_percentiles_give_the_published_bounds() -> None:
    one = Triangular(80.0, 100.0, 120.0, True)
    low, high = number(one.quantile(0.0)), number(one.quantile(1.0))
    assert (round(low, 3), round(high, 3)) == (63.820, 136.180)


def test_oracle_o30_means_of_two_four_twelve() -> None:
    assert Pert(2.0, 4.0, 12.0, False, "mean").central() == 5
    assert Triangular(2.0, 4.0, 12.0, False, "mean").central() == 6


def test_pert_quantiles_agree_with_numerical_integration_of_the_beta_density() -> None:
    steps, low, high = 200_000, 2.0, 12.0
    alpha, beta = 1.8, 4.2
    weights = [((i + 0.5) / steps) ** (alpha - 1) * (1 - (i + 0.5) / steps) ** (beta - 1) for i in range(steps)]
    total, running = sum(weights), 0.0
    pert = Pert(low, 4.0, high)
    wanted = iter((0.1, 0.5, 0.9))
    share = next(wanted)
    for i, weight in enumerate(weights):
        running += weight
        if running >= share * total:
            assert pert.quantile(share) == pytest.approx(low + (high - low) * (i + 1) / steps, abs=2e-4)
            share = next(wanted, 2.0)


@given(estimates(), st.floats(0, 1), st.floats(0, 1))
def test_quantiles_never_fall_and_keep_their_unit(estimate: Any, one: float, other: float) -> None:
    low, high = (estimate.quantile(share) for share in sorted((one, other)))
    assert number(low) <= number(high) + 1e-9
    assert low.unit == estimate.central().unit


@given(estimates())
def test_estimates_read_as_they_are_written(estimate: Any) -> None:
    assert as_estimate(to_plain(estimate), as_span) == estimate


@pytest.mark.parametrize(
    ("value", "kind", "central"),
    [
        ("10 d", Fixed, "10 d"),
        ({"low": "1 d", "likely": "2 d", "high": "9 d"}, Triangular, "2 d"),
        ({"p10": "1 d", "likely": "2 d", "p90": "4 d", "shape": "pert"}, Pert, "2 d"),
        ({"low": "1 d", "high": "3 d", "shape": "uniform"}, Uniform, "2 d"),
        ({"p10": "1 d", "p90": "4 d", "shape": "lognormal"}, LogNormal, "2 d"),
        ({"samples": ["3 d", "1 d", "2 d"]}, Empirical, "2 d"),
        ({"values": ["1 d", "5 d"], "weights": [0.4, 0.6]}, Discrete, "5 d"),
        ({"low": "1 d", "likely": "2 d", "high": "9 d", "central": "mean"}, Triangular, "4 d"),
    ],
)
def test_each_way_of_writing_an_estimate(value: Any, kind: type, central: str) -> None:
    estimate = as_estimate(value, as_span)
    assert type(estimate) is kind
    assert estimate.central() == as_span(central)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"low": "3 d", "likely": "2 d", "high": "9 d"}, "must rise"),
        ({"low": "1 d", "likely": "2 w", "high": "9 d"}, "mixes the units"),
        ({"low": "1 d", "high": "9 d"}, "needs low, likely and high"),
        ({"low": "1 d", "likely": "2 d", "high": "3 d", "shape": "bell"}, "not one of"),
        ({"low": "1 d", "likely": "2 d", "high": "3 d", "shape": "lognormal"}, "no absolute bounds"),
        ({"values": ["1 d"], "weights": [0.5]}, "sum to 1"),
        ({"samples": []}, "at least one sample"),
        ({}, "nothing"),
    ],
)
def test_impossible_estimates_say_what_is_needed(value: Any, said: str) -> None:
    with pytest.raises(UnitError, match=said):
        as_estimate(value, as_span)


@pytest.mark.parametrize("kind", [Triangular, Pert])
@given(values=st.lists(st.integers(1, 200), min_size=3, max_size=3, unique=True).map(sorted))
def test_named_percentiles_come_out_again(kind: type, values: list[int]) -> None:
    low, likely, high = map(float, values)
    estimate = kind(low, likely, high, True)
    assert estimate.quantile(0.1) == pytest.approx(low, abs=1e-6 * (high - low))
    assert estimate.quantile(0.9) == pytest.approx(high, abs=1e-6 * (high - low))


def test_a_kind_that_nobody_declares_is_kept_and_unknown() -> None:
    estimate = as_estimate({"oracle": {"depth": 3}}, as_span)
    assert estimate == OpaqueEstimate("oracle", {"depth": 3})
    assert estimate.central() is None
    assert to_plain(estimate) == {"oracle": {"depth": 3}}


def test_symmetric_shapes_have_their_likely_value_in_the_middle() -> None:
    assert Triangular(80.0, 100.0, 120.0).quantile(0.5) == 100
    assert Pert(80.0, 100.0, 120.0).quantile(0.5) == pytest.approx(100)
    assert Fixed(Span(3, "d")).quantile(0.1) == Span(3, "d")
