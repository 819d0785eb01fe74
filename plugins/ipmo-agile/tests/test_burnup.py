"""Burn-up: scope and done period by period against a count day by day, and the forecast against `AgileForecast`."""

from __future__ import annotations

import pickle
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.plugin import UnitError
from ipmo_agile import AgileForecast, WorkItem, burn_up, throughput

FIRST = date(2026, 1, 5)
SVG = "{http://www.w3.org/2000/svg}"


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def item(name: str, created: int, finished: int | None = None, **more: date | None) -> WorkItem:
    return WorkItem(id=name, created=day(created), started=day(created), finished=None if finished is None else day(finished), **more)


def test_worked_numbers() -> None:
    items = [item(f"a{n}", 0, 7 * n + 3) for n in range(4)]  # one a week for four weeks
    items += [item(f"b{n}", 10) for n in range(5)]  # scope grows on the eleventh day
    items += [WorkItem(id="gone", created=day(0), dropped=day(15))]
    found = burn_up(items, as_of=day(28))
    table = found.table()
    assert table["start"] == tuple(day(n) for n in (0, 7, 14, 21, 28))
    assert table["scope"] == (0, 5, 10, 9, 9)
    assert table["done"] == (0, 1, 2, 3, 4)
    assert found.open == 5
    assert found.later == 4
    # one item a week, always: five items take five weeks at any chance
    assert found.day(0.5) == found.day(0.85) == day(28 + 35)
    assert repr(found) == "<BurnUp of 2026-02-02: 4 of 9 items done, 4 came later, P50 2026-03-09, P85 2026-03-09>"
    assert pickle.loads(pickle.dumps(found)) == found


def test_the_forecast_is_that_of_the_same_throughput() -> None:
    items = [item(f"i{n}", n % 5, n + 6) for n in range(40)] + [item(f"o{n}", 20) for n in range(17)]
    found = burn_up(items, as_of=day(50), recent=4)
    done = [one.finished for one in items if one.finished is not None and one.finished < day(50)]
    past = throughput(done, days=7, start=day(50 - 28), end=day(50))
    left = len(items) - len(done)
    assert found.open == left
    told = AgileForecast(remaining_items=left, throughput=past, per=ipmo.Span(1, "w")).quantile(0.85)
    assert told is not None
    assert found.day(0.85) == day(50) + timedelta(days=7 * int(told.amount))


days = st.integers(0, 80)


@given(
    st.lists(st.tuples(days, st.one_of(st.none(), days), st.one_of(st.none(), days), st.booleans()), min_size=1, max_size=25),
    st.integers(1, 100),
    st.integers(1, 20),
)
def test_each_row_is_a_count_of_what_was_there_that_morning(
    raw: list[tuple[int, int | None, int | None, bool]], seen: int, per: int
) -> None:
    items = []
    for n, (created, lasts, gone, known) in enumerate(raw):
        finished = None if lasts is None else created + lasts
        dropped = None if gone is None or finished is not None else created + gone
        begun = day(created) if known or finished is not None else None
        items.append(
            WorkItem(
                id=f"i{n}",
                created=day(created),
                started=begun,
                finished=None if finished is None else day(finished),
                dropped=None if dropped is None else day(dropped),
            )
        )
    if min(created for created, *_ in raw) >= seen:
        with pytest.raises(UnitError):
            burn_up(items, as_of=day(seen), days=per)
        return
    found = burn_up(items, as_of=day(seen), days=per)
    assert found.rows[-1].start == day(seen)
    for row in found.rows:
        there = [
            one
            for one in items
            if one.created is not None and one.created < row.start and (one.dropped is None or one.dropped >= row.start)
        ]
        assert row.scope == len(there)
        assert row.done == sum(one.finished is not None and one.finished < row.start for one in items)
        assert row.done <= row.started <= row.scope
    assert all(b.done >= a.done and (b.start - a.start).days <= per for a, b in zip(found.rows, found.rows[1:], strict=False))
    found.plot()


def test_the_picture_has_the_numbers_of_the_table() -> None:
    items = [item(f"a{n}", 0, 3 * n + 3) for n in range(12)] + [item(f"b{n}", 1) for n in range(6)]
    found = burn_up(items, as_of=day(40))
    figure = found.plot()
    texts = [one.text or "" for one in ET.fromstring(figure.to_svg()).iter(f"{SVG}text")]
    assert {"18", "12"} <= set(texts)
    assert f"12 of 18 done, P50 {found.day(0.5)}, P85 {found.day(0.85)}" in texts
    assert texts.count("P85") == 1
    finished = burn_up(items[:12], as_of=day(40))
    assert finished.day(0.85) == day(40)
    assert "all done" in repr(finished)
    stuck = burn_up([item("a", 0), item("b", 2)], as_of=day(20))
    assert stuck.day(0.5) is None
    assert "nothing says when the rest is done" in repr(stuck)
    slow = burn_up([item("a", 0, 5), *(item(f"b{n}", 0) for n in range(500))], as_of=day(28))
    told = [one.text or "" for one in ET.fromstring(slow.plot().to_svg()).iter(f"{SVG}text")]
    assert any("beyond the picture" in text for text in told)
