"""Plain columns: each is refused by its name just outside its bounds, and taken on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ipmo.errors import ScheduleError
from ipmo.model import Calendar
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.network.states import LinkType
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
