"""How far objectives will be reached: worked by hand, and bounds that hold of any plan."""

from __future__ import annotations

import datetime as dt
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo


def portfolio(share: float = 0.5, probability: float | None = 0.8, duration: str = "20 d", **more: object) -> ipmo.Portfolio:
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "city", "start": "2026-01-05"},
            "people": [{"id": "ann"}],
            "objectives": [
                {"id": "safe", "name": "Safer streets", "owner": "ann", "measure": "accidents a year", "unit": "accidents", "baseline": 200,
                 "target": 100, "target_date": "2027-12-31", "actual": 180, "measured": "2025-12-31"}
            ],
            "projects": [{"id": "roads", "tasks": [{"id": "build", "duration": duration}]}, {"id": "signs", "tasks": [{"id": "put", "duration": "5 d"}]}],
            "outcomes": [{"id": "slower", "enabled_by": "signs/put"}],
            "benefits": [{"id": "fewer", "enabled_by": "roads/build", "ramp": [0.5, 1.0], **({} if probability is None else {"probability": probability})}],
            "contributions": [{"from": "fewer", "to": "safe", "share": share}, {"from": "slower", "to": "safe", "share": 0.2}],
            **more,
        }
    )  # fmt: skip


def test_worked_by_hand() -> None:
    """Half of the way is due to a benefit of 80 %, in its second year at full ramp; a fifth to an outcome that is there."""
    row = ipmo.attainment(portfolio())["safe"]
    assert row.expected == pytest.approx(0.5 * 0.8 * 1.0 + 0.2)
    assert row.forecast == pytest.approx(200 - 60)
    assert (row.now, row.planned, row.late, row.owner) == (pytest.approx(0.2), pytest.approx(0.7), (), "ann")
    assert row.text == "60% of the way by 2027-12-31 (140 accidents); for 30% of it nothing is planned"
    first = ipmo.attainment(portfolio(), by="2026-12-31")["safe"]
    assert first.expected == pytest.approx(0.5 * 0.8 * 0.5 + 0.2)
    assert ipmo.attainment(portfolio(), by=dt.date(2026, 1, 12))["safe"].late == ("fewer",)


def test_what_comes_too_late_or_says_nothing() -> None:
    late = ipmo.attainment(portfolio(duration="600 d"))["safe"]
    assert late.expected == pytest.approx(0.2)
    assert "fewer comes later, or without a date" in late.text
    unknown = portfolio(contributions=[{"from": "fewer", "to": "safe"}])
    assert (ipmo.attainment(unknown)["safe"].expected, ipmo.attainment(unknown)["safe"].unknown) == (None, ("fewer",))
    assert ipmo.attainment(unknown).explain("safe") == "Safer streets: nothing that contributes states its share"
    undated = ipmo.attainment(portfolio().evolve("safe", target_date=None))["safe"]
    assert (undated.expected, undated.text) == (None, "no day is stated by which it is to be reached")


def test_projects_and_what_only_contributes() -> None:
    pf = portfolio(
        outcomes=[{"id": "slower"}, {"id": "known"}],
        contributions=[{"from": "roads", "to": "safe", "share": 0.4}, {"from": "known", "to": "safe", "share": 0.4}, {"from": "signs", "to": "known", "share": 0.5}],
    )  # fmt: skip
    assert ipmo.attainment(pf)["safe"].expected == pytest.approx(0.4 + 0.4 * 0.5)
    assert ipmo.attainment(pf, by="2026-01-20")["safe"].expected == pytest.approx(0.4 * 0.5)


def test_an_answer_like_any_other() -> None:
    found = ipmo.attainment(portfolio())
    assert pickle.loads(pickle.dumps(found))["safe"].expected == found["safe"].expected
    assert repr(found) == "<Attainment: 1 objective, 1 forecast, 0 in full>"
    (row,) = found.table().rows()
    assert (row["objective"], row["target"], row["forecast"]) == ("safe", 100, pytest.approx(140))


@given(st.floats(0, 0.8), st.floats(0, 1), st.integers(1, 500), st.dates(dt.date(2026, 1, 5), dt.date(2029, 1, 1)))
def test_never_more_than_is_planned_and_never_less_later(share: float, chance: float, days: int, day: dt.date) -> None:
    pf = portfolio(share=round(share, 3), probability=round(chance, 3), duration=f"{days} d")
    now, later = ipmo.attainment(pf, by=day)["safe"], ipmo.attainment(pf, by=day + dt.timedelta(days=200))["safe"]
    assert now.expected is not None and later.expected is not None
    assert 0 <= now.expected <= later.expected + 1e-12 <= now.planned + 2e-12
