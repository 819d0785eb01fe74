"""Tables filled in columns are those made item by item, cell by cell, whatever the portfolio and the dialect."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ipmo import Portfolio, read, schedule
from ipmo.analysis.dates import columns
from ipmo.cells import Cells, Numbers, Texts
from ipmo.errors import IpmoError
from ipmo.model.dialects import DIALECTS
from ipmo.network import network as engine
from ipmo.network.compiled import available
from ipmo.tables import Table
from ipmo.testing.nouns import wide_portfolios
from ipmo.testing.strategies import portfolios

from ...network.conftest import as_large

ROOT = Path(__file__).parents[3]
EASY = settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)


def item_by_item(pf: Portfolio, **options: object) -> Table:
    """The table made from rows, by plain kernels on lists."""
    s = schedule(pf.evolve(name="item by item"), **options)  # type: ignore[arg-type]
    assert not s.network.compiled
    return columns.table(s.rows)


def in_columns(pf: Portfolio, **options: object) -> Table:
    """The table filled in columns, by compiled kernels; where there are none, by the same ones as they stand."""
    with pytest.MonkeyPatch.context() as patch:
        if available():
            patch.setattr(engine, "SMALL", 0)
        else:
            as_large(patch)
        s = schedule(pf.evolve(name="in columns"), **options)  # type: ignore[arg-type]
        assert s.network.compiled
        table = s.table()
    assert isinstance(next(c.cells for c in columns_of(table) if c.name == "start"), Cells)
    return table


def in_columns_of_lists(pf: Portfolio, **options: object) -> Table:
    """The table filled in columns by plain kernels on lists, as networks of some thousand nodes have it."""
    s = schedule(pf.evolve(name="of lists"), **options)  # type: ignore[arg-type]
    assert not s.network.compiled
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.import_module("ipmo.analysis.dates.schedule"), "IN_COLUMNS", 0)
        return s.table()


def columns_of(table: Table) -> list[object]:
    return list(table._columns.values())  # noqa: SLF001 - whether a buffer is behind it


def same(pf: Portfolio, **options: object) -> None:
    try:
        expected = item_by_item(pf, **options)
    except IpmoError as error:
        with pytest.raises(type(error)):
            in_columns(pf, **options)
        return
    found = in_columns(pf, **options)
    for name in expected.columns:
        assert found[name] == expected[name], name
    assert found == expected
    assert in_columns_of_lists(pf, **options) == expected


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
@pytest.mark.parametrize("name", ["tests/analysis/dates/whole.yaml", "examples/city.yaml"])
def test_tables_in_columns_of_one_portfolio_are_those_item_by_item(name: str, dialect: str) -> None:
    same(read(ROOT / name), dialect=dialect)


@EASY
@given(portfolios(tied=True), st.sampled_from(sorted(DIALECTS)))
def test_tables_in_columns_are_those_item_by_item(pf: Portfolio, dialect: str) -> None:
    same(pf, dialect=dialect)


@EASY
@given(wide_portfolios(), st.sampled_from(sorted(DIALECTS)))
def test_tables_of_everything_a_portfolio_can_state_are_those_item_by_item(pf: Portfolio, dialect: str) -> None:
    same(pf, dialect=dialect, on_cycle="cut")


@settings(EASY, max_examples=25)
@given(portfolios(tied=True))
def test_tables_back_from_a_finish_are_those_item_by_item(pf: Portfolio) -> None:
    same(pf, back_from="2027-03-31")


@settings(EASY, max_examples=25)
@given(wide_portfolios())
def test_frames_of_buffers_are_those_of_values(pf: Portfolio) -> None:
    polars, pandas = pytest.importorskip("polars"), pytest.importorskip("pandas")
    pyarrow = pytest.importorskip("pyarrow")
    try:
        found = in_columns(pf, on_cycle="cut")
    except IpmoError:
        return
    plain = Table(columns.Column(name, found.kind(name), found[name], found.unit(name)) for name in found.columns)
    assert found.to_polars().equals(plain.to_polars()) and found.to_polars().schema == plain.to_polars().schema
    pandas.testing.assert_frame_equal(found.to_pandas(), plain.to_pandas())
    assert found.to_arrow().equals(plain.to_arrow()) and isinstance(found.to_arrow(), pyarrow.Table)
    assert found.to_csv() == plain.to_csv() and repr(found) == repr(plain)
    assert polars.DataFrame(found).equals(plain.to_polars()) or len(found.columns) == 0


def test_frames_take_columns_without_a_python_value_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """polars, pandas and Arrow are given buffers: nobody asks dates, numbers or names that repeat for their Python values."""
    table = in_columns(read(ROOT / "examples/city.yaml"))
    expected = table.to_polars().to_dict(as_series=False), table.to_pandas(), table.to_arrow().to_pydict()

    def refused(self: Cells) -> tuple[object, ...]:
        raise AssertionError(f"{type(self).__name__}.values")

    fresh = in_columns(read(ROOT / "examples/city.yaml"))
    for cls in (Numbers, Texts):
        monkeypatch.setattr(cls, "values", property(refused))
    assert {name for name in fresh.columns if not isinstance(cells_of(fresh, name), Cells)} <= {
        "id",
        "name",
        "kind",
    }  # texts that are there
    assert fresh.to_polars().to_dict(as_series=False) == expected[0]
    assert fresh.to_pandas().equals(expected[1])
    assert fresh.to_arrow().to_pydict() == expected[2]


def cells_of(table: Table, name: str) -> object:
    return table._columns[name].cells  # noqa: SLF001 - whether a buffer is behind it
