"""What ties work beyond its links, by the rules told in a few lines of sums: constraints of all kinds, leads before the start, status dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

import ipmo
from ipmo.model import DIALECTS, After, Portfolio, Project, Task
from ipmo.network.parts import LateBound
from ipmo.units import minutes

from .conftest import as_large

DAY0 = date(2026, 1, 5)
NAMES = (
    "start_on",
    "finish_on",
    "start_no_later",
    "finish_no_later",
    "must_start_on",
    "must_finish_on",
    "mandatory_start",
    "mandatory_finish",
)


def on(day: int) -> str:
    return str(DAY0 + timedelta(days=day))


def day(when: datetime | None) -> float | None:
    return None if when is None else (when - datetime(2026, 1, 5)).total_seconds() / 86400


def tied(dialect: str, status: int | None, own: int | None = None, **b: Any) -> ipmo.Schedule:
    """a, b and c of three days each one after another, beside d of ten, around the clock; b is tied."""
    tasks = [
        Task(id="a", duration="3 d"), Task(**{"id": "b", "duration": "3 d", "after": ["a"], **b}),
        Task(id="c", duration="3 d", after=["b"]), Task(id="d", duration="10 d"),
    ]  # fmt: skip
    project = Project(id="P", tasks=tasks, status_date=None if own is None else on(own))
    return ipmo.schedule(
        Portfolio(
            id="x",
            start=on(0),
            calendar="continuous",
            status_date=None if status is None else on(status),
            dialect=dialect,
            projects=[project],
        )
    )


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize("dialect", sorted(DIALECTS))
@pytest.mark.parametrize("name", NAMES)
def test_a_constraint_bounds_or_overrides_by_the_rule(name: str, dialect: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A date of a start holds from its midnight, one of a finish to its end; a hard one holds against the logic, in P6 from the status date on."""
    if way == "arrays":
        as_large(monkeypatch)
    rules = DIALECTS[dialect]
    hard = name in rules.hard
    for when in (1, 2, 6, 9):
        for status, own in ((None, None), (4, None), (1, 4)):
            base = own or status or 0
            start = when if "start" in name else when + 1 - 3
            early = max(base + 3, base if "no_later" in name else start)
            if hard:
                early = min(early, max(start, base) if rules.data_date_first and base else start)
            after = max(early + 3, base)
            end = max(base + 10, after + 3)
            late = min(end - 6, start)
            if hard and name.startswith("m"):
                late = start
            s = tied(dialect, status, own, constraints={name: on(when)})
            found = [(day(s[f"P/{one}"].early_start), day(s[f"P/{one}"].late_start)) for one in "abc"]
            assert found == [(base, late - 3), (early, late), (after, end - 3)], (when, status, own)
            instant = minutes(DAY0) + 1440 * (when if "start" in name else when + 1)
            assert list(s.network.late_bounds) == [LateBound(1, instant, "finish" in name)]
            assert set(s.network.high) == ({1} if hard else set())
            assert set(s.network.pin) == ({1} if hard and name.startswith("m") else set())
            assert set(s.network.caps) == ({1} if hard and "finish" in name else set())


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_work_that_has_begun_is_held_by_the_dates_of_its_finish_only(dialect: str) -> None:
    """Three days are left from day 4 on; what begun work was to start on is past."""
    for name in NAMES:
        s = tied(dialect, 4, constraints={name: on(5)}, actual_start=on(1), remaining="3 d", after=[])
        hard = name in DIALECTS[dialect].hard
        lower = name in ("finish_on", "must_finish_on", "mandatory_finish")
        rest = 4 if "start" in name or not lower else max(4, 6 - 3)
        if hard and "finish" in name:
            rest = min(rest, max(6 - 3, 4) if DIALECTS[dialect].data_date_first else 3)
        assert day(s["P/b"].early_finish) == rest + 3
        assert len(s.network.late_bounds) == ("finish" in name)


@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
@pytest.mark.parametrize("dialect", ["ipmo", "msproject", "p6"])
def test_a_lead_takes_work_before_the_start_of_all_where_nothing_is_clipped(dialect: str, kind: str) -> None:
    """Where the dialect has it so, no status date binds, and no link from finish to finish leads there; its own bound holds all the same."""
    for lag in (-5, -2, 1):
        for status, own in ((None, None), (1, None), (None, 1)):
            for bound in (None, -3, 2):
                base = status or own or 0
                asked = {"FS": base + 3, "SS": base, "FF": base, "SF": base - 3}[kind] + lag
                free = not DIALECTS[dialect].clip and base == 0 and kind != "FF"
                least = [asked, *([] if free else [base]), *([] if bound is None else [bound])]
                b = {"after": [After(source="a", type=kind, lag=f"{lag} d")], "not_before": None if bound is None else on(bound)}
                assert day(tied(dialect, status, own, **b)["P/b"].early_start) == max(least), (lag, status, bound)


@pytest.mark.parametrize("dialect", ["ipmo", "msproject"])
def test_work_with_a_bound_of_its_own_may_lie_before_the_start_of_all_where_nothing_is_clipped(dialect: str) -> None:
    clip = DIALECTS[dialect].clip
    for fields, start in (({"not_before": on(-3)}, -3), ({"finish_not_before": on(-1)}, -3), ({"not_before": on(2)}, 2), ({}, 0)):
        for status in (None, 1):
            base = status or 0
            least = max(start, base) if clip or status or not fields else start
            assert day(tied(dialect, status, after=[], **fields)["P/b"].early_start) == least
    project = Project(id="P", start=on(-2), tasks=[Task(id="a", duration="1 d"), Task(id="s"), Task(id="b", parent="s", duration="1 d")])
    pf = Portfolio(id="x", start=on(0), calendar="continuous", dialect=dialect, projects=[project])
    assert [day(ipmo.schedule(pf)[f"P/{name}"].early_start) for name in "ab"] == [0, 0]
    below = pf.evolve("P/s", not_before=on(-1))
    assert day(ipmo.schedule(below)["P/b"].early_start) == (0 if clip else -1)
    assert day(ipmo.schedule(pf.evolve("P/s", not_before=on(4)))["P/b"].early_start) == 4


def test_of_two_hard_dates_the_earlier_one_holds() -> None:
    for one, other in ((1, 6), (6, 1), (4, 4)):
        s = tied("ipmo", None, constraints={"mandatory_start": on(one), "must_finish_on": on(other + 2)})
        assert day(s["P/b"].early_start) == min(one, other)
        ends = tied("ipmo", None, constraints={"must_finish_on": on(one + 2), "mandatory_finish": on(other + 2)})
        assert day(ends["P/b"].early_start) == min(one, other)
        assert ends.network.caps[1][1] == minutes(DAY0) + 1440 * (min(one, other) + 3)


@pytest.mark.parametrize("way", ["lists", "arrays"])
def test_the_bounds_of_work_that_lasts_longer_or_shorter(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A floor and a cap of the finish move the start with the length; those of the start stay."""
    if way == "arrays":
        as_large(monkeypatch)
    first = minutes(DAY0)
    net = tied("ipmo", None, finish_not_before=on(8)).network
    for days in (0, 3, 12):
        low, waits, high = net.bounds_lasting(1, days * 1440)
        assert (low, waits, high > 1 << 59) == (first + 1440 * max(0, 9 - days), 0, True)
    net = tied("ipmo", None, constraints={"mandatory_finish": on(8)}).network
    for days in (0, 3, 12):
        assert net.highest(1, days * 1440) == first + 1440 * (9 - days)
    net = tied("ipmo", None, constraints={"mandatory_start": on(2), "mandatory_finish": on(8)}).network
    for days in (0, 6, 7, 8, 12):
        assert net.highest(1, days * 1440) == first + 1440 * min(2, 9 - days)
    net = tied("p6", 4, constraints={"mandatory_finish": on(8)}).network
    for days in (0, 3, 5, 6):
        assert net.highest(1, days * 1440) == first + 1440 * max(9 - days, 4)
    net = tied("ipmo", None, constraints={"mandatory_start": on(2)}).network
    assert [net.highest(1, days * 1440) for days in (0, 9)] == [first + 2 * 1440] * 2
    assert net.highest(0, 0) == 1 << 60


def test_a_least_finish_in_a_break_waits_for_the_next_shift_unless_a_later_one_lies_at_work() -> None:
    """On a calendar: Saturday noon is a break; of bounds in the same break, or one after it, the latest holds."""

    def held(*days: str) -> tuple[bool, str]:
        fields = dict(zip(("finish_not_before", "constraints"), (days[0], {"finish_on": days[1]} if len(days) > 1 else None), strict=True))
        s = ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=[Task(id="a", duration="2 d", **fields)])]))
        return 0 in s.network.floor_edges, f"{s['P/a'].early_finish:%d %H:%M}"

    assert held("2026-01-10") == held("2026-01-10 12:00") == (True, "12 09:00")
    assert held("2026-01-09") == held("2026-01-09 17:00") == (False, "09 17:00")
    assert held("2026-01-09 16:00") == (False, "09 16:00")
    assert held("2026-01-09 18:00") == (True, "12 09:00")
    assert held("2026-01-12 09:00") == (True, "12 09:00")
    assert held("2026-01-10", "2026-01-13 12:00") == held("2026-01-13 12:00", "2026-01-10") == (False, "13 12:00")
    assert held("2026-01-10", "2026-01-09") == held("2026-01-09", "2026-01-10") == (True, "12 09:00")
    assert held("2026-01-08", "2026-01-10") == (True, "12 09:00")
