"""What critical links say of all links together, as columns, is what is said of one link after the other."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dependencies.crossings import Crossings, as_slip
from ipmo.analysis.dependencies.downstream import Downstream
from ipmo.analysis.dependencies.pairs import Pair
from ipmo.analysis.dependencies.ranking import RULES, ranked
from ipmo.model import Benefit, Link, MoneySettings, Portfolio, Project, Task
from ipmo.testing.strategies import portfolios


def one_by_one(behind: Downstream, rank_by: str) -> list[int]:
    """The rule of the order, told of one link after the other."""
    links = behind.crossings

    def key(row: int) -> tuple[Any, ...]:
        spare, link = links.commitment_float[row], links.portfolio.links[links.open[row]]
        days, loss = links.worst_drags[row][0] or 0.0, behind.losses[row] or Decimal(0)
        first = {"float": 0.0, "drag": -days, "loss": -loss, "value": -behind.worths[0][row]}[rank_by]
        forecast = (links.target_float[row] or 0.0) if spare is None else 0.0
        at_risk = (spare is None, links.calendar_dates[row], spare or 0.0, -loss, forecast, links.given[row])
        weight = (not links.driving[row], -len(behind.projects(row)), -len(behind.benefits(row)), -days)
        return (first, *at_risk, *weight, links.names[row], link.source, link.target, link.type, str(link.lag or ""))

    return sorted(range(len(links.open)), key=key)


@pytest.mark.parametrize("slip", ["10 d", "3 ed"])
@given(pf=portfolios(), rank_by=st.sampled_from(RULES))
@settings(deadline=None)
def test_losses_and_order_of_all_links_are_those_of_each_one(pf: Portfolio, slip: str, rank_by: str) -> None:
    links = Crossings(pf, ipmo.schedule(pf, on_cycle="cut"), "project", 5.0, as_slip(slip))
    behind = Downstream(links)
    for row in range(len(links.open)):
        moved = links.slipped([row], links.slip)[0]
        assert behind.moved(row) == moved
        expected = behind.loss(row, moved, links.slip) if behind.stakes.priced else None
        assert behind.losses[row] == expected
    assert ranked(behind, rank_by) == one_by_one(behind, rank_by)


@given(pf=portfolios(tied=True))
@settings(deadline=None)
def test_whether_a_link_holds_something_back_is_what_its_days_say(pf: Portfolio) -> None:
    first, other = (Crossings(pf, ipmo.schedule(pf, on_cycle="cut"), "project", 5.0, as_slip("10 d")) for _ in range(2))
    holds = first.holds
    most = [max(first.drags(row).values(), default=0.0) for row in range(len(first.open))]
    assert holds == [one > 0 for one in most]
    assert [first.worst_drag(row) for row in range(len(first.open))] == other.worst_drags
    assert [one or 0.0 for one, _ in other.worst_drags] == [max(one, 0.0) for one in most]
    assert other.holds == holds


def pairs_link_by_link(links: ipmo.CriticalLinks) -> list[Pair]:
    """What each project gives to another, told of one link as people read it after the other."""
    found: dict[tuple[str, str], list[ipmo.CriticalLink]] = {}
    for link in links:
        if link.link_float is not None:
            found.setdefault((link.giver, link.receiver), []).append(link)
    worth, out = links.stakes.worth, []
    for (giver, receiver), some in found.items():
        behind = {benefit for link in some for benefit in link.downstream_benefits if benefit in worth}
        losses = [loss.amount for link in some if (loss := links.loss(link)) is not None]
        out.append(
            Pair(
                giver=giver,
                receiver=receiver,
                links=tuple(link.id for link in some),
                driving=sum(link.driving for link in some),
                float=min((link.target_float for link in some if link.target_float is not None), default=None),
                drag=max(link.drag or 0.0 for link in some),
                value=float(sum(worth[benefit] for benefit in behind)) if worth else None,
                loss=float(max(losses)) if losses else None,
            )
        )
    return sorted(out, key=lambda pair: (pair.float is None, pair.float or 0.0, pair.giver, pair.receiver))


@given(pf=portfolios(), rank_by=st.sampled_from(RULES))
@settings(deadline=None)
def test_pairs_of_projects_by_columns_are_those_found_link_by_link(pf: Portfolio, rank_by: str) -> None:
    links = ipmo.critical_links(pf, rank_by=rank_by, on_cycle="cut")  # type: ignore[arg-type]
    assert list(links.pairs) == pairs_link_by_link(links)


def test_pairs_of_many_links_share_their_benefits_and_name_each_once() -> None:
    draw = random.Random(7)
    tasks = [Task(id=f"t{place}", duration=f"{draw.randint(1, 9)} d", after=[f"t{place - 1}"] if place else []) for place in range(6)]
    ends = {(draw.randrange(5), draw.randrange(6), draw.randrange(6)) for _ in range(40)}
    pf = Portfolio(
        id="p",
        start="2026-01-05",
        money=MoneySettings(currency="GBP", discount="green-book-2026"),
        projects=[Project(id=f"p{place}", tasks=tasks) for place in range(8)],
        links=[Link(source=f"p{giver}/t{one}", target=f"p{giver + draw.randint(1, 2)}/t{other}") for giver, one, other in sorted(ends)],
        benefits=[
            Benefit(
                id=f"b{place}", enabled_by=[f"p{place % 8}/t{place % 6}"], value=f"{draw.randint(1, 9999)} GBP per year", lasts="7 years"
            )
            for place in range(20)
        ],
    )
    links = ipmo.critical_links(pf)
    assert any(len(pair.links) > 2 and pair.value and pair.loss for pair in links.pairs)
    assert list(links.pairs) == pairs_link_by_link(links)
