"""Who may claim what: O-40, and three methods against brute force over all orders."""

from __future__ import annotations

import itertools
import math
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipmo import from_dict
from ipmo.analysis.benefits import attribution
from ipmo.analysis.benefits.attribution import attribute
from ipmo.errors import OptionError, UnitError, UnknownItemError
from ipmo.model import Benefit, Contribution, Enabler, MoneySettings, Objective, Outcome, Portfolio, Project, Task


def share(source: str, target: str, part: float | None) -> Contribution:
    return Contribution(source=source, target=target, share=part)


O40 = Portfolio(
    id="x",
    projects=[Project(id=p) for p in ("P1", "P2", "P3")],
    objectives=[Objective(id="O")],
    outcomes=[Outcome(id="OC1"), Outcome(id="OC2"), Outcome(id="C1", kind="capability"), Outcome(id="C2", kind="capability")],
    benefits=[Benefit(id="B1"), Benefit(id="B2")],
    contributions=[
        share("B1", "O", 0.6), share("B2", "O", 0.4), share("OC1", "B1", 0.7), share("OC2", "B1", 0.3), share("OC2", "B2", 1),
        share("C1", "OC1", 1), share("C1", "OC2", 0.25), share("C2", "OC2", 0.75), share("P1", "C1", 1), share("P2", "C2", 0.5), share("P3", "C2", 0.5),
    ],
)  # fmt: skip


def test_o40_the_flow_conserves_value_and_naive_claims_count_three_times() -> None:
    found = attribute(O40, pool={"O": 100})
    assert {n: round(found.values[n], 9) for n in ("OC1", "OC2", "C1", "C2")} == {"OC1": 42, "OC2": 58, "C1": 56.5, "C2": 43.5}
    assert {c.initiative: round(c.value, 9) for c in found.rows} == {"P1": 56.5, "P2": 21.75, "P3": 21.75}
    assert found.double_count == 3
    assert found.unattributed == pytest.approx(0)
    assert found.table()["initiative"] == ("P1", "P2", "P3", "(unattributed)")


def test_o40_on_a_map_of_shares_all_three_methods_agree() -> None:
    for method in ("leave-one-out", "shapley"):
        found = attribute(O40, pool={"O": 100}, method=method)
        assert {c.initiative: round(c.value, 9) for c in found.rows} == {"P1": 56.5, "P2": 21.75, "P3": 21.75}


def test_what_no_share_covers_is_unattributed_and_alignment_carries_nothing() -> None:
    pf = Portfolio(
        id="x",
        projects=[Project(id="P", alignment={"O": "high"})],
        objectives=[Objective(id="O")],
        benefits=[Benefit(id="B")],
        contributions=[share("P", "B", 0.4), share("B", "O", 0.5)],
    )
    for method in get_args(attribution.Method):
        found = attribute(pf, pool={"B": 10, "O": 100}, method=method)
        assert found["P"].value == pytest.approx(0.4 * 10 + 0.4 * 0.5 * 100)
        assert found.unattributed == pytest.approx(110 - 24)


def needs(all_of: list[str], any_of: list[str]) -> Portfolio:
    return Portfolio(
        id="x",
        start="2026-01-05",
        projects=[Project(id=p, tasks=[Task(id="t", duration="1 d")]) for p in "ABC"],
        benefits=[
            Benefit(id="W", enabled_by=[Enabler(source=f"{p}/t") for p in all_of], any_of=[Enabler(source=f"{p}/t") for p in any_of])
        ],
    )


def test_and_and_or_where_all_are_needed_each_could_stop_it_where_one_is_enough_none_could() -> None:
    both = attribute(needs(["A", "B"], []), pool={"W": 100}, method="leave-one-out")
    assert [c.value for c in both.rows] == [100, 100]  # does not sum to the pool: for stopping only
    either = attribute(needs([], ["A", "B"]), pool={"W": 100}, method="leave-one-out")
    assert [c.value for c in either.rows] == [0, 0]
    for pf in (needs(["A", "B"], []), needs([], ["A", "B"])):
        assert [c.value for c in attribute(pf, pool={"W": 100}, method="shapley").rows] == [50, 50]
        assert [c.value for c in attribute(pf, pool={"W": 100}).rows] == [50, 50]
    mixed = attribute(needs(["A"], ["B", "C"]), pool={"W": 60}, method="shapley")
    assert {c.initiative: round(c.value, 9) for c in mixed.rows} == {"A": 40, "B": 10, "C": 10}


@st.composite
def maps(draw: Any) -> Portfolio:
    """Up to four projects, outcomes that need some, or one of some, or take shares of them."""
    projects = ["A", "B", "C", "D"][: draw(st.integers(1, 4))]
    outcomes, contributions, before = [], [], list(projects)
    for n in range(draw(st.integers(1, 3))):
        ways = draw(
            st.lists(st.tuples(st.sampled_from(before), st.sampled_from(["all", "any", "share"])), max_size=3, unique_by=lambda w: w[0])
        )
        named = {need: [Enabler(source=s) for s, kind in ways if kind == need] for need in ("all", "any")}
        outcomes.append(Outcome(id=f"o{n}", enabled_by=named["all"], any_of=named["any"]))
        contributions += [share(s, f"o{n}", draw(st.sampled_from([0.1, 0.3]))) for s, kind in ways if kind == "share"]
        before.append(f"o{n}")
    return Portfolio(id="x", projects=[Project(id=p) for p in projects], outcomes=outcomes, contributions=contributions)


@settings(max_examples=60)
@given(maps())
def test_shapley_and_leave_one_out_equal_brute_force_over_all_orders(pf: Portfolio) -> None:
    pool = {o.id: 10.0 * n for n, o in enumerate(pf.outcomes, 1)}
    by_id = {o.id: o for o in pf.outcomes}
    players = [p.id for p in pf.projects]

    def degree(node: str, there: set[str]) -> float:
        if node in players:
            return float(node in there)
        noun = by_id[node]
        level = min([1.0, *(degree(e.source, there) for e in noun.enabled_by)])
        if noun.any_of:
            level = min(level, max(degree(e.source, there) for e in noun.any_of))
        parts = [(c.share or 0, degree(c.source, there)) for c in pf.contributions if c.target == node]
        return level * (1 - sum(s for s, _ in parts) + sum(s * d for s, d in parts))

    def worth(there: set[str]) -> float:
        return sum(value * degree(node, there) for node, value in pool.items())

    orders = list(itertools.permutations(players))
    shapley, lost = attribute(pf, pool=pool, method="shapley"), attribute(pf, pool=pool, method="leave-one-out")
    for player in players:
        added = [worth({*order[: order.index(player)], player}) - worth(set(order[: order.index(player)])) for order in orders]
        named = [c for c in shapley.rows if c.initiative == player]
        expected = math.fsum(added) / len(orders)
        assert (named[0].value if named else 0.0) == pytest.approx(expected, abs=1e-9)
        gone = worth(set(players)) - worth(set(players) - {player})
        assert next((c.value for c in lost.rows if c.initiative == player), 0.0) == pytest.approx(gone, abs=1e-9)
    assert math.fsum(c.value for c in shapley.rows) + shapley.unattributed == pytest.approx(worth(set(players)))
    flow = attribute(pf, pool=pool)
    assert math.fsum(c.value for c in flow.rows) + flow.unattributed == pytest.approx(sum(pool.values()))


def test_beyond_twelve_players_the_least_of_what_comes_in_part_is_sampled_with_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two outcomes come in shares, and the lesser of both counts: no sum of what some bring together says it."""
    pf = Portfolio(
        id="x",
        projects=[Project(id=f"p{i}") for i in range(3)],
        outcomes=[Outcome(id="a"), Outcome(id="b"), Outcome(id="o", enabled_by=["a", "b"])],
        contributions=[share("p0", "a", 0.5), share("p1", "a", 0.5), share("p1", "b", 0.2), share("p2", "b", 0.5)],
    )
    exact = attribute(pf, pool={"o": 100}, method="shapley")
    monkeypatch.setattr(attribution, "EXACT_PLAYERS", 2)
    sampled = attribute(pf, pool={"o": 100}, method="shapley", seed=3)
    assert sampled == attribute(pf, pool={"o": 100}, method="shapley", seed=3)
    assert [claim.error for claim in exact.rows] == [0, 0, 0]
    assert any(sampled[claim.initiative].error for claim in exact.rows)
    for claim in exact.rows:
        one = sampled[claim.initiative]
        assert 0 <= one.error < 1
        assert abs(one.value - claim.value) <= 4 * one.error + 1e-9
    assert math.fsum(c.value for c in sampled.rows) + sampled.unattributed == pytest.approx(100)


@settings(max_examples=60)
@given(maps())
def test_values_by_formula_are_those_of_every_set_of_initiatives(pf: Portfolio) -> None:
    pool = {o.id: 10.0 * n for n, o in enumerate(pf.outcomes, 1)}
    by_formula = attribute(pf, pool=pool, method="shapley")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attribution, "levels", lambda known, needs: dict.fromkeys(known.map.order))
        one_by_one = attribute(pf, pool=pool, method="shapley")
    assert sorted(by_formula.ids) == sorted(one_by_one.ids)
    assert by_formula.unattributed == pytest.approx(one_by_one.unattributed)
    for row in one_by_one.rows:
        assert by_formula[row.initiative].value == pytest.approx(row.value, abs=1e-9)
        assert (by_formula[row.initiative].error, by_formula[row.initiative].naive) == (0, row.naive)


def test_a_benefit_that_many_need_is_due_to_each_alike_and_exact() -> None:
    """Thirty projects that a benefit needs, and one of two that stand in for one another: worked by hand.

    All of 30 and one of two: both orders of inclusion and exclusion. The game is u(30 + A) + u(30 + B) - u(30 + A + B), so that each of the
    thirty is due 2/31 - 1/32, and A and B 1/31 - 1/32 each.
    """
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        projects=[Project(id=f"p{n}", tasks=[Task(id="t", duration="1 d")]) for n in range(32)],
        benefits=[
            Benefit(
                id="W",
                enabled_by=[Enabler(source=f"p{n}/t") for n in range(30)],
                any_of=[Enabler(source="p30/t"), Enabler(source="p31/t")],
            )
        ],
    )
    found = attribute(pf, pool={"W": 1000}, method="shapley")
    assert found["p7"].value == pytest.approx(1000 * (2 / 31 - 1 / 32))
    assert found["p31"].value == pytest.approx(1000 * (1 / 31 - 1 / 32))
    assert {row.error for row in found.rows} == {0}
    assert math.fsum(row.value for row in found.rows) == pytest.approx(1000)


def test_the_pool_is_the_present_value_of_the_benefits_in_money() -> None:
    pf = Portfolio(
        id="x",
        status_date="2026-01-05",
        start="2026-01-05",
        money=MoneySettings(currency="GBP", discount="5 %"),
        projects=[Project(id="P", tasks=[Task(id="t", milestone=True)])],
        benefits=[
            Benefit(id="B", value="100 GBP", enabled_by=[Enabler(source="P/t")]),
            Benefit(id="unvalued", enabled_by=[Enabler(source="P/t")]),
        ],
    )
    found = attribute(pf)
    assert (found.money(found["P"].value), found.left_out) == (found.money(found.total), ("unvalued",))
    assert found["P"].sources == (("P/t", found.total),)


def test_what_cannot_be_divided_is_refused() -> None:
    with pytest.raises(OptionError, match="method='flaw' is not known; write one of 'flow', 'leave-one-out', 'shapley'"):
        attribute(O40, method="flaw")  # type: ignore[arg-type]
    with pytest.raises(UnknownItemError, match="'B3' is not in the benefits map"):
        attribute(O40, pool={"B3": 1})
    with pytest.raises(UnitError, match="the shares into 'O' sum to 120%; together they are at most 100 %"):
        attribute(O40.evolve(contributions=[share("B1", "O", 0.6), share("B2", "O", 0.6)]), pool={"O": 1})
    with pytest.raises(UnknownItemError, match="'P4' is not in this attribution"):
        _ = attribute(O40, pool={"O": 1})["P4"]


def claims(**fields: Any) -> Portfolio:
    benefits = [
        Benefit(id="X", value="60 GBP", enabled_by=[Enabler(source="P1/m"), Enabler(source="P2/m")]),
        Benefit(id="Y", enabled_by=[Enabler(source="P2/m"), Enabler(source="P3/m")]),
    ]
    projects = [Project(id=name, tasks=[Task(id="m", milestone=True)]) for name in ("P1", "P2", "P3")]
    return Portfolio(
        id="p",
        start="2026-01-01",
        status_date="2026-01-01",
        projects=projects,
        benefits=benefits,
        **{"money": MoneySettings(currency="GBP"), **fields},
    )


@pytest.mark.parametrize("method", ["flow", "leave-one-out", "shapley"])
def test_claims_without_a_discount_rate_are_not_known_and_say_what_to_write(method: Any) -> None:
    found = attribute(claims(), method=method)
    assert (found.total, found.unattributed, found.double_count, found.left_out) == (None, None, None, ("X", "Y"))
    assert [(row.initiative, row.value, row.share, row.naive) for row in found.rows] == [(p, None, None, None) for p in ("P1", "P2", "P3")]
    assert "write money: {discount: green-book-2026}, or pass discount=" in repr(found)
    assert "0.00" not in repr(found)
    assert found.explain("P1").startswith("P1: not known, because nothing that it leads to is: X")
    assert found.table()["value"] == (None,) * 4


@pytest.mark.parametrize("method", ["flow", "shapley"])
def test_a_claim_on_what_is_partly_known_is_at_least_so_much(method: Any) -> None:
    found = attribute(claims(), method=method, discount="3.5 %")
    assert [(row.initiative, row.value, row.unknown) for row in found.rows] == [("P1", 30, ()), ("P2", 30, ("Y",)), ("P3", None, ("Y",))]
    assert (found.total, found.left_out) == (60, ("Y",))
    assert "at least, for Y is not known" in found.explain("P2")
    assert "1 benefit not known" in repr(found)


STOPPED = {
    "ipmo": 1,
    "portfolio": {"id": "pf", "start": "2026-01-05", "calendar": "continuous"},
    "objectives": [{"id": "o"}],
    "projects": [
        {"id": "gone", "state": "cancelled", "tasks": [{"id": "x", "duration": "30 d"}]},
        {"id": "left", "tasks": [{"id": "x", "duration": "10 d"}]},
        {"id": "waits", "requires": "gone", "tasks": [{"id": "x", "duration": "10 d"}]},
    ],
}


@pytest.mark.parametrize("method", ["flow", "leave-one-out", "shapley"])
@pytest.mark.parametrize(
    ("lead", "left", "rest"),
    [
        ({"any_of": ["gone/x", "left/x", "waits/x"]}, 4.0, 0.0),
        ({"any_of": ["gone/x", "waits/x"]}, 0.0, 4.0),
        ({"enabled_by": ["gone/x", "left/x"]}, 0.0, 4.0),
        ({"shares": ["gone", "left", "waits"]}, 1.0, 3.0),
    ],
)
def test_nothing_goes_to_what_never_comes(method: Any, lead: dict[str, Any], left: float, rest: float) -> None:
    """A stopped giver, and what requires it, brings nothing: of alternatives the one that is left has all, of shares its own."""
    benefit = {"id": "b", **{key: value for key, value in lead.items() if key != "shares"}}
    shares = [{"from": f"{name}/x", "to": "b", "share": 0.25} for name in lead.get("shares", ())]
    pf = from_dict({**STOPPED, "benefits": [benefit], "contributions": [{"from": "b", "to": "o"}, *shares]})
    found = attribute(pf, method=method, pool={"b": 4.0})
    values = {row.initiative: row.value for row in found}
    assert values.get("left", 0.0) == pytest.approx(left)
    assert not values.get("gone") and not values.get("waits")
    if method != "leave-one-out":
        assert found.unattributed == pytest.approx(rest)
