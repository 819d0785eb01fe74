"""Histories: what a backtest, a throughput and a tidy-up count, at the day from which they do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ipmo.plugin import UnitError
from ipmo_agile import (
    AgileForecast,
    WorkItem,
    backlog,
    backtest,
    bulk_closures,
    throughput,
    without_bulk,
)

DAY = date(2026, 1, 5)


def day(n: int) -> date:
    return DAY + timedelta(days=n)


def test_a_backtest_speaks_of_its_two_percentiles_only() -> None:
    with pytest.raises(UnitError, match=r"^a backtest says P50 and P85$"):
        backtest({}).held(70)
    assert (backtest({}).held(50), backtest({}).held(85)) == (None, None)


def test_a_backtest_counts_what_held_and_what_did_not() -> None:
    def weeks(*counts: int) -> list[date]:
        return [day(7 * week) for week, count in enumerate(counts) for _ in range(count)]

    # eight whole weeks: six are seen, two hidden; four items at two a week take two; of the second history two came a week late
    found = backtest({"good": weeks(*[2] * 9), "late": [*weeks(*[2] * 6), day(55), day(55)], "short": weeks(1, 1, 1)})
    assert [(t.name, t.seen, t.items, t.actual, t.p50, t.p85, t.held_50, t.held_85) for t in found.trials] == [
        ("good", 6, 4, 2, 2, 2, True, True),
        ("late", 6, 2, 2, 1, 1, False, False),
    ]
    assert (found.held(50), found.held(85)) == (0.5, 0.5)


def test_stretches_of_a_backtest_follow_each_other_each_from_what_lies_before_it() -> None:
    rows = [day(7 * week) for week in range(29) for _ in range(2)]  # 28 whole weeks and a day: 19 seen, 9 hidden
    assert [(t.seen, t.items) for t in backtest({"x": rows}, horizon=3).trials] == [(19, 6), (22, 6), (25, 6)]
    assert [t.seen for t in backtest({"x": rows}, horizon=4).trials] == [19, 23]
    assert [t.seen for t in backtest({"x": rows}, horizon=3, recent=5).trials] == [5, 5, 5]
    assert [t.seen for t in backtest({"x": rows}, recent=None).trials] == [19]
    assert [t.seen for t in backtest({"x": rows}, days=14).trials] == [10]


def test_tidying_up_is_left_out_of_a_backtest_unless_it_is_asked_for() -> None:
    rows = [day(n) for n in range(63)] + [day(10)] * 40
    (clean,), (raw,) = backtest({"x": rows}).trials, backtest({"x": rows}, clean=False).trials
    assert (clean.bulk, raw.bulk) == (1, 0)
    assert clean.items == raw.items == 21
    assert (clean.p50, clean.p85) == (3, 3), "seven a week"
    hidden = [day(n) for n in range(63)] + [day(60)] * 40
    assert [t.items for t in backtest({"x": hidden}).trials] == [21], "what was tidied up later is no work either"
    assert [t.items for t in backtest({"x": hidden}, clean=False).trials] == [61]


def test_what_is_usual_is_asked_of_half_a_year_on_either_side() -> None:
    near = [day(n) for n in range(11)]
    for gap, found in ((182, True), (183, False)):
        # eleven days of work; ten of them are needed within 182 days of the day on which it was tidied up
        rows = [*near[:10], *[day(0 + gap)] * 30]
        assert bool(bulk_closures(rows)) is found, gap
    twice = [day(n) for n in range(30)] + [day(40)] * 60 + [day(41)] * 300
    assert [(b.day, b.items, b.usual) for b in bulk_closures(twice)] == [(day(40), 60, 1), (day(41), 300, 1)], "neither hides the other"
    assert len(without_bulk(twice)) == 32


def test_what_was_given_up_is_not_left() -> None:
    rows = [WorkItem(id=f"d{n}", started=day(n), finished=day(n)) for n in range(14)]
    task = backlog([*rows, WorkItem(id="no", created=day(0), dropped=day(20)), WorkItem(id="yes", created=day(0))], "All")
    assert isinstance(task.remaining, AgileForecast)
    assert (task.remaining.remaining_items, task.remaining.counted_on) == (1, day(20))


def test_throughput_of_nothing_is_nothing_unless_both_ends_are_said() -> None:
    assert throughput([], start=DAY) == throughput([], end=DAY) == ()
    assert throughput([], start=DAY, end=day(14)) == (0, 0)
    assert throughput([day(0), day(20)], start=day(7), end=day(14)) == (0,), "what lies outside counts nowhere"
    assert throughput([day(6), day(7), day(13), day(14)], start=day(7), end=day(21)) == (2, 1)


def test_a_history_without_anything_is_passed_over_and_the_next_one_is_tried() -> None:
    good = [day(7 * week) for week in range(9) for _ in range(2)]
    assert [trial.name for trial in backtest({"none": [], "short": good[:2], "good": good, "empty": []}).trials] == ["good"]


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(("gap", "found"), [(182, True), (183, False)])
def test_what_is_usual_is_asked_of_182_days_before_and_after(side: int, gap: int, found: bool) -> None:
    """Ten days of work, of which the farthest lies as far away as it may; without it they are too few."""
    rows = [day(side * n) for n in range(1, 10)] + [day(side * gap)] + [day(0)] * 30
    assert bool(bulk_closures(rows)) is found
