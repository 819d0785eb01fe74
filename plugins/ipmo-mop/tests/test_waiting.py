"""Decision trees rolled back: worked by hand, against every policy tried, and what waiting is worth."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo_mop import Chance, Choice, Later, Pay, rolled_back, value_of_waiting
from ipmo_mop.waiting import Tree


def shop(share: float) -> Choice:
    """O-34: build for 120 and get 200 or 90, or upgrade for 50 and get 120 or 60."""

    def market(good: int, poor: int) -> Chance:
        return Chance(outcomes={"good": (share, Pay(amount=good)), "poor": (round(1 - share, 10), Pay(amount=poor))})

    return Choice(options={"build": Pay(amount=-120, then=market(200, 90)), "upgrade": Pay(amount=-50, then=market(120, 60))})


@pytest.mark.parametrize(("share", "build", "upgrade"), [(0.6, "36", "46"), (0.65, "41.5", "49")])
def test_the_oracle_of_the_shop(share: float, build: str, upgrade: str) -> None:
    tree = shop(share)
    assert [rolled_back(tree.options[name]).value for name in ("build", "upgrade")] == [Fraction(build), Fraction(upgrade)]
    found = rolled_back(tree)
    assert (found.value, found.policy, found.least, found.most) == (Fraction(upgrade), {"": "upgrade"}, 10, 70)
    assert found.table()["where"] == ("now",)


def test_the_widget_of_dixit_and_pindyck() -> None:
    # A factory of 1600 makes a widget a year for ever; its price is 200 now and 300 or 100 from the next year on; 10 %.
    # Now: -1600 + 2200 = 600. In a year, at 300 alone: (3300 - 1600) / 2 / 1.1 = 772.73.
    found = value_of_waiting(1600, {"up": (0.5, 3300), "down": (0.5, 1100)}, rate=0.1)
    assert (found.now.value, found.later.value, found.worth) == (600, Fraction(8500, 11), Fraction(1900, 11))
    assert (found.cost, found.known) == (600 - Fraction(6000, 11), Fraction(2500, 11))
    assert found.later.policy == {"up": "commit", "down": "leave it"}
    assert repr(found) == "<WaitOrCommit: wait; worth 172.7272727: 227.2727273 learned, 54.54545455 lost by the delay>"
    assert found.table()["value"][-1] == pytest.approx(172.7272727)
    assert pickle.loads(pickle.dumps(found)) == found


def test_waiting_is_worth_nothing_where_no_news_changes_the_choice_and_costs_what_is_missed() -> None:
    sure = value_of_waiting(10, {"good": (0.5, 40), "better": (0.5, 60)}, missed=3)
    assert (sure.worth, sure.known, sure.cost, sure.waits) == (-3, 0, 3, False)
    later = value_of_waiting(10, {"good": (0.5, 40), "better": (0.5, 60)}, rate=0.25)
    assert (later.worth, later.known) == (-8, 0)
    never = value_of_waiting(100, {"good": (0.5, 40), "better": (0.5, 60)})
    assert (never.worth, never.now.policy[""]) == (0, "leave it")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Chance(outcomes={"a": (0.5, Pay(amount=1))}), "sum to 0.5"),
        (lambda: Chance(outcomes={"a": (1.5, Pay(amount=1)), "b": (-0.5, Pay(amount=1))}), "write shares"),
        (lambda: Choice(options={}), "no option"),
        (lambda: Later(periods=-1, then=Pay(amount=1)), "write 0 or more"),
        (lambda: rolled_back(Pay(amount=1), rate=-1), "more than -1"),
    ],
)
def test_what_is_no_tree_is_refused(make: object, said: str) -> None:
    with pytest.raises(ipmo.UnitError, match=said):
        make()  # type: ignore[operator]


pays = st.builds(Pay, amount=st.integers(-50, 50))


def deeper(below: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    """A node over others."""
    return st.one_of(
        st.builds(lambda amount, then: Pay(amount=amount, then=then), st.integers(-50, 50), below),
        st.builds(lambda a, b: Choice(options={"a": a, "b": b}), below, below),
        st.builds(
            lambda n, a, b: Chance(outcomes={"a": (Fraction(n, 4), a), "b": (1 - Fraction(n, 4), b)}), st.integers(0, 4), below, below
        ),
        st.builds(lambda n, then: Later(periods=n, then=then), st.integers(0, 2), below),
    )


def choices(tree: Tree | None, way: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where something is chosen."""
    if isinstance(tree, Choice):
        yield way
        for name, one in tree.options.items():
            yield from choices(one, (*way, name))
    elif isinstance(tree, Chance):
        for name, (_, one) in tree.outcomes.items():
            yield from choices(one, (*way, name))
    elif isinstance(tree, Pay | Later):
        yield from choices(tree.then, way)


def followed(tree: Tree | None, policy: dict[tuple[str, ...], str], factor: Fraction, way: tuple[str, ...] = ()) -> Fraction:
    """The mean of a policy, forward from the root."""
    if tree is None:
        return Fraction(0)
    if isinstance(tree, Pay):
        return factor * Fraction(tree.amount) + followed(tree.then, policy, factor, way)
    if isinstance(tree, Later):
        return followed(tree.then, policy, factor * Fraction(2, 3) ** tree.periods, way)
    if isinstance(tree, Choice):
        return followed(tree.options[policy[way]], policy, factor, (*way, policy[way]))
    return sum((Fraction(share) * followed(one, policy, factor, (*way, name)) for name, (share, one) in tree.outcomes.items()), Fraction(0))


@given(st.recursive(pays, deeper, max_leaves=8))
def test_no_policy_is_worth_more(tree: Tree) -> None:
    places = list(dict.fromkeys(choices(tree)))
    policies = [dict(zip(places, names, strict=True)) for names in itertools.product("ab", repeat=len(places))][:256]
    found = rolled_back(tree, rate="0.5")
    best = max(followed(tree, policy, Fraction(1)) for policy in policies)
    assert found.value >= best if len(places) > 8 else found.value == best
    assert found.least <= found.value <= found.most


@given(st.integers(0, 90), st.lists(st.integers(0, 120), min_size=1, max_size=4), st.integers(0, 3), st.integers(0, 20))
def test_what_is_learned_is_never_worth_less_than_nothing(invest: int, brings: list[int], periods: int, missed: int) -> None:
    outcomes = {str(n): (Fraction(1, len(brings)), one) for n, one in enumerate(brings)}
    found = value_of_waiting(invest, outcomes, rate="0.1", periods=periods, missed=missed)
    assert found.known >= 0
    assert found.cost >= 0
    assert found.worth == found.later.value - found.now.value == found.known - found.cost
