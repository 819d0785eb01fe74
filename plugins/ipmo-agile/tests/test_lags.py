"""A waiting time that is a forecast of a team: read, written and drawn as the same estimate of work is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ipmo

FORECAST: dict[str, Any] = {"agile": {"remaining_items": 20, "throughput": [9, 4, 11, 0, 8, 10, 7, 9], "per": "1 w"}}
SAMPLES = 4000


def plan(lag: Any, **portfolio: Any) -> dict[str, Any]:
    """`b` waits for `a` by the lag; `n` follows `m`, which takes as long as the forecast says."""
    tasks = [
        {"id": "a", "duration": "5 d"},
        {"id": "b", "duration": "5 d", "after": [{"from": "a", "lag": lag}]},
        {"id": "m", "duration": FORECAST, "after": "a"},
        {"id": "n", "duration": "5 d", "after": "m"},
    ]
    return {"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": [{"id": "p", "tasks": tasks}]} | portfolio


def test_a_lag_of_a_declared_kind_is_drawn_as_work_of_it_is() -> None:
    pf = ipmo.from_dict(plan(FORECAST))
    assert ipmo.from_dict(ipmo.to_dict(pf)) == pf
    found = ipmo.schedule(pf)
    assert found["p/b"].finish == found["p/n"].finish
    q = ipmo.simulate(pf, samples=SAMPLES)
    waited, worked = (np.asarray(q.finish(item).instants) for item in ("p/b", "p/n"))
    assert not np.array_equal(waited, worked)  # draws of their own
    for end in {*waited.tolist(), *worked.tolist()}:
        shares = (waited == end).mean(), (worked == end).mean()
        assert abs(shares[0] - shares[1]) <= 4 * (2 * max(shares) * (1 - max(shares)) / SAMPLES) ** 0.5 + 1e-9
    assert {row["kind"] for row in q.drivers("p/b").rows()} == {"lag"}


def test_a_lag_of_a_kind_that_nobody_declares_is_refused_at_its_place() -> None:
    with pytest.raises(ipmo.ModelError, match=r"projects\[0\].tasks\[1\].after\[0\].lag: a lag of a kind of estimate cannot be drawn"):
        ipmo.from_dict(plan({"runes": {"stones": 3}}))


def test_a_lag_by_a_reference_class_of_the_file_is_known() -> None:
    classes = [{"id": "own", "ratios": [1.0, 1.2, 1.5]}]
    pf = ipmo.from_dict(plan({"estimate": "10 d", "reference": "own", "certainty": 0.5}, reference_classes=classes))
    assert str(ipmo.to_dict(pf)["projects"][0]["tasks"][1]["after"]["lag"]["reference"]) == "own"  # type: ignore[index,call-overload]
