"""What critical links say of all links together, as columns, is what is said of one link after the other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dependencies.crossings import Crossings, as_slip
from ipmo.analysis.dependencies.downstream import Downstream
from ipmo.analysis.dependencies.ranking import RULES, ranked
from ipmo.model import Portfolio
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
