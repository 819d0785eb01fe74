"""Money at a percentile: by formula, in its own item and period, and never where percentiles would have to add by chance."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.model import Budget, BudgetLine, MoneySettings, Portfolio, Project
from ipmo.model.estimates import Discrete, Empirical, Estimate, Fixed, LogNormal, Pert, Referenced, Triangular, Uniform
from ipmo.model.reference import REFERENCE_CLASSES


def lines(*amounts: Any) -> Portfolio:
    budget = Budget([BudgetLine(amount=a, since=f"{2026 + n}-01-01", until=f"{2026 + n}-12-31") for n, a in enumerate(amounts)])
    return Portfolio(id="x", start="2026-01-01", money=MoneySettings(currency="GBP"), projects=[Project(id="P", budget=budget)])


SPREAD = {"low": "8 GBP", "likely": "9 GBP", "high": "14 GBP"}


def test_each_line_counts_at_its_percentile_in_its_own_year() -> None:
    pf = lines(SPREAD, "1 GBP", SPREAD)
    p80 = 14 - math.sqrt(0.2 * 6 * 5)
    by_year = ipmo.roll_up(pf, "budget", by="year", confidence=0.8)
    assert [float(by_year[y].exact or 0) for y in ("2026", "2027", "2028")] == pytest.approx([p80, 1, p80])
    assert float(by_year.total.exact or 0) == pytest.approx(2 * p80 + 1)  # as if all went badly together
    assert float(ipmo.roll_up(pf, "budget")["P"].exact or 0) == 19
    assert float(ipmo.roll_up(pf, "budget", confidence=0.1)["P"].exact or 0) == pytest.approx(2 * (8 + math.sqrt(0.1 * 6)) + 1)
    assert "P80" in ipmo.roll_up(pf, "budget", confidence=0.8)["P"].note
    for wrong in (0, 1, 80):
        with pytest.raises(ipmo.UnitError, match=r"0\.8 for P80"):
            ipmo.roll_up(pf, "budget", confidence=wrong)


@pytest.mark.parametrize(
    ("estimate", "mean"),
    [
        (Fixed(3.0), 3),
        (Triangular(8.0, 9.0, 14.0), 31 / 3),
        (Triangular(8.0, 9.0, 14.0, centre="p50"), 31 / 3),
        (Pert(2.0, 4.0, 12.0), 5),  # O-30
        (Uniform(2.0, 12.0), 7),
        (LogNormal(1.0, 10.0), math.exp(math.log(10) / 2 + (math.log(10) / 2 / NormalDist().inv_cdf(0.9)) ** 2 / 2)),
        (Discrete((1.0, 10.0), (0.9, 0.1)), 1.9),
        (Empirical((1.0, 1.0, 7.0)), 3),
        (Referenced(100.0, REFERENCE_CLASSES["rail-2004"], 0.5), None),
    ],
)
def test_the_mean_of_an_estimate_is_that_of_its_quantiles(estimate: Estimate, mean: float | None) -> None:
    found = estimate.mean()
    assert isinstance(found, float)
    steps = [float(estimate.quantile((2 * n + 1) / 4000)) for n in range(2000)]  # type: ignore[arg-type]
    assert found == pytest.approx(math.fsum(steps) / len(steps), rel=5e-3)
    if mean is not None:
        assert found == pytest.approx(mean)


@given(st.floats(0.01, 0.98), st.floats(0.01, 0.98))
def test_money_never_falls_as_the_confidence_rises(one: float, other: float) -> None:
    pf = lines(SPREAD, {"low": "1 GBP", "likely": "5 GBP", "high": "5 GBP"})
    low, high = (ipmo.roll_up(pf, "budget", confidence=share).total.exact for share in sorted((one, other)))
    assert low is not None
    assert high is not None
    assert low <= high
