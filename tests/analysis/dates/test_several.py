"""What is read off columns for many items at once is what each item says, whatever the portfolio, the dialect and the size."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ipmo
from ipmo import Portfolio, Schedule
from ipmo.analysis.dates.several import commitment_floats, instants, tallied, total_floats
from ipmo.errors import IpmoError
from ipmo.model.dialects import DIALECTS
from ipmo.network import early
from ipmo.network import network as engine
from ipmo.network.compiled import available
from ipmo.testing.nouns import wide_portfolios
from ipmo.testing.strategies import portfolios

from ...network.conftest import as_large

ROOT = Path(__file__).parents[3]
WAYS = ("lists", "compiled", "large")
KINDS = (("task", "milestone"), ("task", "milestone", "gate", "project"), ("benefit",))
EASY = settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)


def says_what_items_say(pf: Portfolio, way: str, **options: object) -> None:
    """The expected figures are those of single items, asked of a schedule on lists."""
    alone = ipmo.schedule(pf.evolve(name="item by item"), on_cycle="cut", **options)  # type: ignore[arg-type]
    assert not alone.network.compiled
    with pytest.MonkeyPatch.context() as patch:
        if way != "lists":
            patch.setattr(engine, "SMALL", 0) if way == "compiled" and available() else as_large(patch)
            patch.setattr(early, "SEVERAL", 1)
        s = ipmo.schedule(pf.evolve(name="at once"), on_cycle="cut", **options)  # type: ignore[arg-type]
        assert s.network.compiled is (way != "lists")
        nodes = [node for node, kind in enumerate(s.network.kinds) if kind in ("task", "milestone", "gate", "benefit")]
        names = [s.network.ids[node] for node in nodes]
        assert total_floats(s, nodes) == [alone.total_float(name) for name in names]
        starts, finishes = instants(s, nodes)
        assert list(zip(starts, finishes, strict=True)) == [alone.instants(name) for name in names]
        projects = {project.id for project in pf.projects if project.id in alone}
        assert commitment_floats(s) == {name: alone[name].commitment_float for name in projects}
        assert [s.days(name) for name in (*sorted(projects), *names)] == [alone.days(name) for name in (*sorted(projects), *names)]
        for kinds in KINDS:
            assert tallied(s, kinds) == counted(alone, kinds)


def counted(s: Schedule, kinds: tuple[str, ...]) -> tuple[int, int, int, int]:
    """Item by item: done is what has an early finish and no float, and is not held."""
    rows = [row for row in s if row.kind in kinds]
    some = [row for row in rows if row.total_float is not None]
    done = [row for row in rows if row.early_finish is not None and row.total_float is None and not row.undated]
    return len(rows), len(done), len(some), sum(row.commitment_float is not None and row.commitment_float < 0 for row in some)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_a_city_at_once_is_the_city_item_by_item(way: str, dialect: str) -> None:
    pf = ipmo.read(ROOT / "examples/city.yaml")
    says_what_items_say(pf, way, dialect=dialect)
    says_what_items_say(pf, way, dialect=dialect, back_from="2030-01-31")


@pytest.mark.parametrize("way", WAYS)
@EASY
@given(portfolios(tied=True), st.sampled_from(sorted(DIALECTS)))
def test_any_portfolio_at_once_is_the_portfolio_item_by_item(way: str, pf: Portfolio, dialect: str) -> None:
    says_what_items_say(pf, way, dialect=dialect)


@pytest.mark.parametrize("way", WAYS)
@EASY
@given(wide_portfolios(), st.sampled_from(sorted(DIALECTS)))
def test_everything_a_portfolio_can_state_at_once_is_what_items_say(way: str, pf: Portfolio, dialect: str) -> None:
    try:
        ipmo.schedule(pf, dialect=dialect, on_cycle="cut")
    except IpmoError:
        return
    says_what_items_say(pf, way, dialect=dialect)
