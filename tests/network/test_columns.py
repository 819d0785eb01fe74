"""Plain columns: each is refused by its name just outside its bounds, and taken on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ipmo.errors import ScheduleError
from ipmo.model import Calendar
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.network.states import LinkType, Mode
from ipmo.units import MAX_INSTANT

DAYS = [Calendar(id="days", hours="09:00-17:00"), Calendar(id="late", hours="14:00-22:00")]
PLAIN: dict[str, Any] = {
    "ids": ["a", "b", "c"], "duration": [1, 2, 3], "source": [0, 1], "target": [1, 2], "type": [0, 0], "lag": [0, 0],
    "project": [0, 1, 1], "projects": ["P", "Q"], "calendar": [0, 1, 0], "calendars": DAYS,
}  # fmt: skip
BOUNDS = [
    ("duration", 0, MAX_INSTANT), ("source", 0, 3), ("target", 0, 3), ("type", 0, len(LinkType)), ("lag", -MAX_INSTANT, MAX_INSTANT),
    ("project", 0, 2), ("calendar", 0, 2),
]  # fmt: skip


@pytest.mark.parametrize(("name", "least", "bound"), BOUNDS)
def test_a_column_holds_its_least_and_its_greatest_value_and_nothing_beyond(name: str, least: int, bound: int) -> None:
    said = f"column '{name}' holds values outside {least} to {bound - 1}"
    for value in (least, bound - 1):
        assert int(getattr(Network.from_columns(**with_one(name, value)), {"source": "src", "target": "dst"}.get(name, "dur"))[-1]) >= 0
    for value in (least - 1, bound):
        for place in (0, -1):
            with pytest.raises(ScheduleError) as error:
                Network.from_columns(**with_one(name, value, place))
            assert str(error.value) == said


def with_one(name: str, value: int, place: int = -1) -> dict[str, Any]:
    values = list(PLAIN[name])
    values[place] = value
    return {**PLAIN, name: values}


@pytest.mark.parametrize("name", [name for name, *_ in BOUNDS if name != "source"])
def test_a_column_of_another_length_is_refused(name: str) -> None:
    needed = len(PLAIN[name])
    for values, said in ((PLAIN[name][:-1], needed - 1), ([*PLAIN[name], 0], needed + 1), ([], 0), (0, 1)):
        with pytest.raises(ScheduleError) as error:
            Network.from_columns(**{**PLAIN, name: values})
        assert str(error.value) == f"column '{name}' has {said} values; {needed} are needed"


@pytest.mark.parametrize("name", [name for name, *_ in BOUNDS])
def test_a_column_of_rows_of_numbers_is_refused(name: str) -> None:
    with pytest.raises(ScheduleError) as error:
        Network.from_columns(**{**PLAIN, name: [PLAIN[name]]})
    assert str(error.value) == f"column '{name}' has 2 dimensions; it is one row of numbers"


def test_what_is_left_out_is_one_project_of_work_around_the_clock_linked_from_finish_to_start() -> None:
    net = Network.from_columns(["a", "b"], [3, 4], [0], [1], start=100)
    assert (net.projects, list(net.project), list(net.typ), list(net.lag), list(net.low), net.base) == (
        ("",),
        [0, 0],
        [0],
        [0],
        [100, 100],
        100,
    )
    assert (net.clocks, net.clk, net.mode, net.nominal, net.points) == (None, None, None, None, {})
    assert [int(x) for x in Passes(net).finishes] == [103, 107]
    assert list(net.kinds) == ["task", "task"]
    empty = Network.from_columns([], [], [], [])
    assert (empty.n, empty.m, empty.projects, empty.has_loop, Passes(empty).end) == (0, 0, ("",), False, None)
    for column in (net.src, net.dst, net.typ, net.lag, net.dur, net.project, net.low):
        assert np.asarray(column).dtype == np.int64


def test_links_are_one_number_on_one_clock_and_two_finishes_of_it_wait_where_there_is_another() -> None:
    """Work on two calendars and what never rests: each type with and without a lag, on one clock and across."""
    always = Calendar(id="always", week="mon-sun", hours="00:00-24:00")
    ends = [(0, 1), (2, 3), (4, 5), (0, 2), (0, 4), (4, 0)]
    rows = [(u, v, kind, lag) for u, v in ends for kind in LinkType for lag in (0, 60)]
    ids, calendar = list("abcdef"), [0, 0, 1, 1, 2, 2]
    columns: dict[str, Any] = {"ids": ids, "duration": [480] * 6, "calendar": calendar, "calendars": [*DAYS, always]}
    net = Network.from_columns(
        source=[u for u, *_ in rows],
        target=[v for _, v, *_ in rows],
        type=[int(kind) for *_, kind, _ in rows],
        lag=[lag for *_, lag in rows],
        **columns,
    )
    clocks = [1, 1, 2, 2, 0, 0]
    assert (list(net.clk), list(net.nominal)) == (clocks, clocks)
    for k, (u, v, kind, lag) in enumerate(rows):
        waits = kind == LinkType.FF and not lag and clocks[u] != 0
        wanted = Mode.CALENDARS if clocks[u] != clocks[v] else Mode.FINISHES if waits else Mode.PLAIN
        assert (Mode(net.mode[k]), net.lagclk[k]) == (wanted, clocks[u]), (u, v, kind, lag)
    alone = Network.from_columns(source=[0, 0], target=[1, 1], type=[2, 0], **{**columns, "calendar": [1] * 6})
    assert [Mode(one) for one in alone.mode] == [Mode.PLAIN, Mode.PLAIN]
    assert alone.points == {}


def test_what_takes_no_time_lies_on_the_calendar_of_all_around_it_or_on_wall_clock_time() -> None:
    """Of points a to f: linked on one calendar, across two, to nothing, on what never rests; work beside them keeps its calendar."""
    always = Calendar(id="always", week="mon-sun", hours="00:00-24:00")
    columns: dict[str, Any] = {
        "ids": list("abcdef"), "duration": [0, 0, 0, 0, 480, 480], "source": [0, 1, 4], "target": [4, 5, 1],
        "calendar": [0, 0, 0, 2, 0, 1], "calendars": [*DAYS, always], "start": 1000 * 1440,
    }  # fmt: skip
    net = Network.from_columns(**columns)
    assert (list(net.clk), list(net.nominal), net.points) == ([1, 0, 1, 0, 1, 2], [1, 0, 1, 0, 1, 2], {0: "finish", 2: "finish"})
    assert [int(x) for x in net.low] == [net.clock(int(c)).work(1000 * 1440) for c in net.clk]
    apart = Network.from_columns(**columns, points=False)
    assert (list(apart.clk), list(apart.nominal), apart.points) == ([0, 0, 0, 0, 1, 2], [1, 1, 1, 0, 1, 2], {})
