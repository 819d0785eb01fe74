"""Balance panels: shares by hand, unknowns by name, sums that are the whole; the bubble chart is what the numbers say."""

from __future__ import annotations

import math
import pickle
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.figures.bubbles import Bubble, bubbles
from ipmo.model import Portfolio
from ipmo.plugin import ModelError, UnitError, UnknownItemError
from ipmo_mop import balance

CRITERIA = [
    {"id": "worth", "weight": "30 %", "scale": {"low": 0, "high": 10}},
    {"id": "fit", "weight": "30 %", "scale": {"low": 0, "high": 10}},
    {"id": "ease", "weight": "40 %", "axis": "achievability", "scale": {"low": 0, "high": 10}},
]


def project(name: str, finish: str | None, budget: str | None, scores: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    told = {"finish": finish, "budget": budget}
    return {
        "id": name,
        "state": "approved",
        "start": "2026-02-01",
        **{key: value for key, value in told.items() if value is not None},
        **({"extensions": {"mop": {"scores": scores}}} if scores else {}),
        **more,
    }


def plan(*projects: dict[str, Any], **top: Any) -> Portfolio:
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous", "money": {"currency": "GBP"},
                          "extensions": {"mop": {"criteria": CRITERIA}}},
            "objectives": [{"id": "green"}, {"id": "fast"}],
            "projects": list(projects),
            **top,
        }
    )  # fmt: skip


def risk(chance: float, cost: str, **more: Any) -> list[dict[str, Any]]:
    return [{"id": "R", "before": {"probability": chance, "impacts": {"target": "x", "cost": cost}}, **more}]


PF = plan(
    project("a", "2026-12-31", "60 GBP", {"worth": "10", "fit": "5", "ease": "2"}, alignment={"green": "high"}, attributes={"area": "shops"},
            risks=risk(0.5, "6 GBP"), tasks=[{"id": "x", "duration": "300 d"}]),
    project("b", "2027-01-02", "30 GBP", {"worth": "4", "fit": "5", "ease": "high"}, alignment={"green": "low", "fast": "low"},
            tasks=[{"id": "x", "duration": "400 d", "attributes": {"goes_live_in": "web"}}, {"id": "y", "duration": "1 d", "attributes": {"goes_live_in": "shops"}}],
            risks=risk(0.5, "9.1 GBP")),
    project("c", "2029-06-30", None, {"worth": "4", "ease": "high"}, attributes={"horizon": "someday"}),
    project("d", None, "10 GBP", state="proposed", tasks=[{"id": "x"}], risks=risk(0.5, "1.2 GBP")),
    project("over", "2026-12-31", "500 GBP", state="closed", actual_finish="2026-01-01"),
)  # fmt: skip


def groups(panel: str) -> list[tuple[str, tuple[str, ...], float, float | None]]:
    return [(row.group, row.projects, float(row.money), row.money_share) for row in balance(PF).panel(panel)]


def test_each_panel_by_hand() -> None:
    """Closed work is not in it; a hundred pounds are known."""
    assert groups("horizon") == [
        ("within a year", ("a",), 60.0, 0.6),
        ("one to three years", ("b",), 30.0, 0.3),
        ("someday", ("c",), 0.0, 0.0),
        ("not known", ("d",), 10.0, 0.1),
    ]
    assert groups("risk") == [
        ("low", ("a",), 60.0, 0.6),
        ("medium", ("d",), 10.0, 0.1),
        ("high", ("b",), 30.0, 0.3),
        ("not known", ("c",), 0.0, 0.0),
    ]
    assert groups("objective") == [("green", ("a",), 60.0, 0.6), ("green + fast", ("b",), 30.0, 0.3), ("none", ("c", "d"), 10.0, 0.1)]
    assert groups("area") == [("shops", ("a",), 60.0, 0.6), ("shops + web", ("b",), 30.0, 0.3), ("not known", ("c", "d"), 10.0, 0.1)]
    found = balance(PF)
    assert [row.unknown for row in found.panel("horizon")] == [(), (), ("c",), ()]
    assert (
        found.explain("objective", "none")
        == "objective none: 2 projects (c, d), 50% by number, 10 GBP, 10% of the money; the budget of c is not known in full"
    )
    assert list(pickle.loads(pickle.dumps(found))) == list(found)
    assert len(found.table("risk")) == 4
    with pytest.raises(UnitError, match="panel is 'colour'"):
        found.panel("colour")
    with pytest.raises(UnknownItemError):
        found.explain("risk", "none")


def test_where_the_limits_lie() -> None:
    """Five and fifteen per cent are within what they end; 365 days is within a year."""
    for cost, band in (("6 GBP", "low"), ("6.1 GBP", "medium"), ("18 GBP", "medium"), ("18.1 GBP", "high")):
        pf = PF.evolve("a", risks=risk(0.5, cost))
        assert [row.group for row in balance(pf).panel("risk") if "a" in row.projects] == [band]
    silent = PF.evolve("a", risks=[])
    assert [row.projects for row in balance(silent).panel("risk") if row.group == "not known"] == [("a", "c")]


def test_spots_by_hand() -> None:
    """a: (3*100 + 3*50) / 6 = 75 and 20; b: (3*40 + 3*50) / 6 = 45 and 100; the others are not scored on all."""
    found = balance(PF)
    assert [(one.item, one.attractiveness, one.achievability, one.quarter) for one in found.spots] == [
        ("a", pytest.approx(75), pytest.approx(20), "oysters"),
        ("b", pytest.approx(45), pytest.approx(100), "bread and butter"),
    ]
    assert found.unplaced == ("c", "d")
    assert "not scored on both: c, d" in str(found.plot().svg)
    with pytest.raises(ModelError, match="no project is scored on both"):
        balance(PF.evolve("pf", extensions={})).plot()


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2026-05-01", "2028-01-01", "2031-01-01"]),
            st.one_of(st.none(), st.integers(0, 90)),
            st.sampled_from(["", "x", "y"]),
            st.booleans(),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_every_panel_sums_to_the_whole(rows: list[tuple[str, int | None, str, bool]]) -> None:
    pf = plan(
        *(
            project(
                f"p{n}",
                finish,
                None if money is None else f"{money} GBP",
                attributes={"area": area} if area else {},
                alignment={"fast": "low"} if serves else {},
            )
            for n, (finish, money, area, serves) in enumerate(rows)
        )
    )
    found, known = balance(pf), sum(money or 0 for _, money, _, _ in rows)
    for panel in ("horizon", "risk", "objective", "area"):
        some = found.panel(panel)
        assert sorted(name for row in some for name in row.projects) == sorted(f"p{n}" for n in range(len(rows)))
        assert sum(row.money for row in some) == known
        assert math.isclose(sum(row.share for row in some), 1)
        assert known == 0 or math.isclose(sum(row.money_share or 0 for row in some), 1)


def test_areas_are_in_proportion_and_unknown_ones_are_open() -> None:
    rows = [
        Bubble(name="large", across=10, up=90, size=400),
        Bubble(name="small", across=90, up=10, size=100),
        Bubble(name="open", across=50, up=50, size=None),
    ]
    svg = str(bubbles(rows, across="x", up="y", quarters=("1", "2", "3", "4"), title="T", note="n").svg)
    found = {}
    for circle in re.findall(r"<circle[^>]*>.*?<title>(\w+), .*?</circle>", svg):
        found[circle] = True
    radii = [float(one) for one in re.findall(r"<circle[^>]* r=\"([\d.]+)\"", svg)]
    across = [float(one) for one in re.findall(r"<circle[^>]* cx=\"([\d.]+)\"", svg)]
    assert set(found) == {"large", "small", "open"}
    assert (radii[0] / radii[1]) ** 2 == pytest.approx(4, rel=0.02)
    assert svg.count("one open") == 1
    assert across[2] == pytest.approx((across[0] + across[1]) / 2, abs=0.2) or sorted(across)[1] == pytest.approx(
        sum(sorted(across)[::2]) / 2, abs=0.2
    )
