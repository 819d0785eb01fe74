"""Standard errors against theory and against many simulations; the stop rule ends where it says, with the same samples as without it."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import ipmo
from ipmo.analysis.risk import sampling
from ipmo.analysis.risk.precision import of_mean, percentile, sectioned
from ipmo.cli import main
from ipmo.model import Portfolio
from ipmo.units import DAY, minutes

WORK: dict[str, Any] = {
    "ipmo": 1,
    "portfolio": {"id": "all", "start": "2026-01-05", "money": {"currency": "GBP", "discount": "3.5%"}},
    "projects": [
        {
            "id": "a",
            "tasks": [
                {"id": "x", "duration": {"low": "20 ed", "likely": "30 ed", "high": "60 ed"}, "budget": {"low": "1 M GBP", "likely": "2 M GBP", "high": "5 M GBP"}},
                {"id": "y", "after": "x", "duration": {"low": "10 ed", "likely": "15 ed", "high": "40 ed"}, "budget": "1 M GBP"},
            ],
            "risks": [
                {
                    "id": "r",
                    "before": {"probability": 0.3, "impacts": [{"target": "a/y", "delay": {"low": "5 ed", "likely": "10 ed", "high": "30 ed"}, "cost": "500 k GBP"}]},
                    "after": {"probability": 0.1},
                    "response": "reduce",
                    "response_cost": "50 k GBP",
                }
            ],
        },
        {"id": "b", "tasks": [{"id": "z", "duration": {"low": "30 ed", "likely": "45 ed", "high": "70 ed"}, "budget": {"low": "2 M GBP", "likely": "3 M GBP", "high": "5 M GBP"}}]},
    ],
    "links": [{"from": "a/y", "to": "b/z"}],
    "benefits": [{"id": "gain", "value": "1 M GBP per year", "lasts": "3 years", "enabled_by": ["b/z"]}],
}  # fmt: skip


@pytest.fixture(scope="module")
def pf() -> Portfolio:
    return ipmo.from_dict(WORK)


# ------------------------------------------------------------------------------------------------- standard errors


def test_of_a_percentile_of_normal_values_it_is_what_theory_says() -> None:
    """The P80 of n normal values has the standard error sqrt(p (1 - p) / n) / density there: 0.01429 for 10,000."""
    density = NormalDist().pdf(NormalDist().inv_cdf(0.8))
    theory = math.sqrt(0.8 * 0.2 / 10_000) / density
    rng = np.random.default_rng(5)
    found = [
        sectioned(lambda row: percentile(row, 0.8) / 1e6, np.rint(rng.standard_normal(10_000) * 1e6).astype(np.int64)) for _ in range(60)
    ]
    assert all(one is not None for one in found)
    mean = sum(one for one in found if one is not None) / len(found)
    assert mean == pytest.approx(theory, rel=0.1)


def test_of_a_mean_it_is_the_deviation_by_the_root_of_the_count() -> None:
    assert of_mean(np.array([2, 4, 4, 6])) == pytest.approx(math.sqrt(8 / 3) / 2)
    whole = np.arange(1000)
    assert sectioned(lambda row: float(row.mean()), whole % 50) == 0.0  # every run has the same mean


def spread(values: list[float]) -> float:
    return float(np.std(values, ddof=1))


def test_they_say_how_far_other_seeds_are_apart(pf: Portfolio) -> None:
    """Thirty simulations with seeds of their own: their figures spread by the standard error that each of them states, within some two fifths."""
    many = [ipmo.simulate(pf, samples=600, seed=seed) for seed in range(30)]

    def held(figure: list[float], errors: list[float | None]) -> None:
        stated = float(np.mean([one for one in errors if one is not None]))
        assert spread(figure) == pytest.approx(stated, rel=0.4), (spread(figure), stated)

    ends = [q.finish("b") for q in many]
    held([one.instant(80) / DAY for one in ends], [one.p_error(80) for one in ends])
    held([one.sd for one in ends], [one.sd_error for one in ends])
    costs = [q.cost("a") for q in many]
    held([float(one.p(50).amount) for one in costs], [one.p_error(50) for one in costs])
    joints = [q.joint("a") for q in many]
    held([one.correlation or 0 for one in joints], [one.correlation_error for one in joints])
    held([one.within("2026-04-10", "4.5 M GBP") for one in joints], [one.within_error("2026-04-10", "4.5 M GBP") for one in joints])
    some = [{row["cause"]: row for row in q.drivers("b", most=3).rows()} for q in many]
    for cause in ("a/x", "a/r"):
        held([row[cause]["mean_days"] for row in some], [row[cause]["mean_days_error"] for row in some])
        held([row[cause]["days"] for row in some], [row[cause]["days_error"] for row in some])
    answers = [next(q.responses("b").rows()) for q in many]
    held([row["net"] for row in answers], [row["net_error"] for row in answers])
    given = [next(q.hand_overs().rows()) for q in many]
    for name in ("late", "days", "lost"):
        held([row[name] for row in given], [row[f"{name}_error"] for row in given])
    whole = [next(row for row in q.contingency(80).rows() if row["item"] == "all") for q in many]
    held([row["contingency"] for row in whole], [row["amount_error"] for row in whole])
    held([row["diversification"] for row in whole], [row["diversification_error"] for row in whole])


def test_every_figure_of_the_table_has_its_error(pf: Portfolio) -> None:
    q = ipmo.simulate(pf, samples=600)
    errors, figures = q.errors(), q.table()
    assert errors["id"] == figures["id"]
    for name in errors.columns[1:]:
        for figure, error in zip(figures[name], errors[name], strict=True):
            assert (figure is None) == (error is None), name
    few = ipmo.simulate(pf, samples=99)
    assert few.finish("b").p_error(80) is None
    assert few.finish("b").mean_error > 0
    assert set(few.errors()["p80"]) == {None}


# ------------------------------------------------------------------------------------------------- the stop rule


def test_it_ends_at_the_first_check_that_moves_no_key_figure(pf: Portfolio) -> None:
    q = ipmo.simulate(pf, samples=200_000, threshold=2, check_every=1024)
    assert q.samples % 1024 == 0
    assert 2048 <= q.samples < 200_000
    assert f"stopped at {q.samples:,} of at most 200,000" in q.settings
    whole = ipmo.simulate(pf, samples=q.samples)
    for name in q.ids:
        assert q[name] == whole[name]
    assert q.criticality() == whole.criticality()
    assert q.drivers("b") == whole.drivers("b")
    assert q.hand_overs() == whole.hand_overs()

    def steady(count: int) -> bool:
        now, before = (ipmo.simulate(pf, samples=n) for n in (count, count - 1024))
        return all(abs(one - other) <= 0.02 * abs(one) for one, other in zip(key_figures(now), key_figures(before), strict=True))

    assert steady(q.samples)
    assert not any(steady(count) for count in range(2048, q.samples, 1024))


def key_figures(q: ipmo.Simulation) -> list[float]:
    """Found anew by numpy's own inverted distribution function."""
    out: list[float] = []
    for name in ("all", "a", "b"):
        for row in (q.finish(name).instants - minutes(date(2026, 1, 5)), q.cost(name).minor):
            out += [row.mean(), row.std(), *np.percentile(row, [10, 50, 80, 90], method="inverted_cdf")]
    return out


def test_threads_stop_at_the_same_sample(pf: Portfolio) -> None:
    alone = ipmo.simulate(pf, samples=20_000, threshold=3, check_every=512)
    with ThreadPoolExecutor(3) as threads:
        assert ipmo.simulate(pf, samples=20_000, threshold=3, check_every=512, executor=threads) == alone
    assert ipmo.simulate(pf, samples=20_000, threshold=3, check_every=500) == alone, "counted in whole groups"


def test_the_cost_of_what_has_no_dates_must_hold_too() -> None:
    """All is done but what it will have cost: with dates alone there would be nothing to hold, and no end."""
    done = {"id": "y", "duration": "3 d", "actual_start": "2026-01-05", "actual_finish": "2026-01-07"}
    spent = {"id": "p", "tasks": [done], "forecast": {"low": "1 M GBP", "likely": "2 M GBP", "high": "90 M GBP"}}
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "all", "start": "2026-01-05"}, "projects": [spent]})
    q = ipmo.simulate(pf, samples=50_000, threshold=2)

    def steady(count: int) -> bool:
        now, before = (ipmo.simulate(pf, samples=n).cost("p").minor for n in (count, count - 1024))
        mine, others = ([row.mean(), row.std(), *np.percentile(row, [10, 50, 80, 90], method="inverted_cdf")] for row in (now, before))
        return all(abs(one - other) <= 0.02 * abs(one) for one, other in zip(mine, others, strict=True))

    assert steady(q.samples)
    assert not any(steady(count) for count in range(2048, q.samples, 1024))


def test_a_large_network_is_simulated_in_batches_no_larger_than_without_the_rule(pf: Portfolio, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ipmo.simulate(pf, samples=4096, threshold=0.001, check_every=2048)
    monkeypatch.setattr(sampling, "ROOM", 1)
    told: list[tuple[int, int]] = []
    plain: list[tuple[int, int]] = []
    for found, options in ((told, {"threshold": 0.001, "check_every": 2048}), (plain, {})):
        same = ipmo.simulate(pf, samples=4096, progress=lambda _what, done, of, found=found: found.append((done, of)), **options)  # type: ignore[misc]
        assert all(same[name] == whole[name] for name in whole.ids)
    assert {of for _, of in told} == {of for _, of in plain} == {8}


def test_what_does_not_converge_says_so(pf: Portfolio) -> None:
    q = ipmo.simulate(pf, samples=3000, threshold=0.001, check_every=1024)
    (found,) = (one for one in q.findings if one.code == "ipmo/not-converged")
    assert q.samples == 3000
    assert q.grade == "diagnostic"
    assert "the last 1,024 moved" in found.message
    (few,) = (one for one in ipmo.simulate(pf, samples=300, threshold=1).findings if one.code == "ipmo/not-converged")
    assert "fewer than two checks" in few.message


@pytest.mark.parametrize(("options", "said"), [({"threshold": 0}, "threshold"), ({"threshold": 101}, "threshold"), ({"threshold": 1, "check_every": 0}, "check_every"), ({"check_every": 1024}, "check_every=1024 .*threshold")])  # fmt: skip
def test_settings_that_are_none_are_refused(pf: Portfolio, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ipmo.OptionError, match=said):
        ipmo.simulate(pf, **options)


def test_the_command_line_knows_both_settings(pf: Portfolio, tmp_path: Any) -> None:
    path = tmp_path / "all.yaml"
    ipmo.write(pf, path)
    found = CliRunner().invoke(main, ["simulate", str(path), "--samples", "50000", "--threshold", "2", "--check-every", "1024", "--errors"])
    assert found.exit_code == 0, found.output
    assert "stopped at" in found.output
    assert "p80" in found.output
