"""How far work can slip, by trying: a network computed anew with a later start moves nothing at the float, and something a minute beyond."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import attrs
import pytest

import ipmo
from ipmo.model import After, Calendar, Portfolio, Project, Task
from ipmo.network.kernels.columns import FAR
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.network.states import LIVE
from ipmo.units import minutes, moment

from .conftest import additive, dense

pytestmark = pytest.mark.usefixtures("way")


def later(net: Network, lows: dict[int, int]) -> Passes:
    """The passes of a network in which some nodes start no earlier than given."""
    low = [int(x) for x in net.low]
    for node, start in lows.items():
        low[node] = max(low[node], start)
    return Passes(attrs.evolve(net, low=low))


def dates(passes: Passes, place: int) -> tuple[int, int]:
    return passes.lists.x[place], passes.lists.finish[place]


@pytest.mark.parametrize("made", [dense, additive])
@pytest.mark.parametrize("seed", range(5))
def test_every_float_is_the_last_slip_that_leaves_what_it_is_measured_to(seed: int, made: Any) -> None:
    net = made(seed, 10)
    passes = Passes(net)
    q, count = passes.lists, len(net.projects)
    whole = [int(x) for x in passes.project_ends]
    open_work = [v for v in range(net.n) if net.state[q.order[v]] in LIVE and q.order[v] not in net.finish_floor]

    def moves(place: int, start: int) -> dict[str, bool]:
        """What moves when the work at a position starts no earlier than that: the end, an end of a project, its own, another start."""
        found = later(net, {q.order[place]: start})
        ends = [int(x) for x in found.project_ends]
        own = net.project[q.order[place]]
        follows = {v for v in passes.successors[place] if v != place}
        return {
            "end": found.end != passes.end,
            "target": ends != whole,
            "own": ends[own] != whole[own] if own >= 0 else False,
            "free": any(dates(found, v) != dates(passes, v) for v in follows),
            **{f"to {v}": dates(found, v) != dates(passes, v) for v in (net.n - 1, net.n // 2)},
        }

    to = {v: passes.late_to(v) for v in (net.n - 1, net.n // 2)}
    for place in open_work:
        late = {
            "end": passes.late_starts.to_end[place],
            "target": passes.late_starts.to_target[place],
            "own": passes.project_late_starts[place],
        }
        if passes.successors[place]:
            late["free"] = passes.free_starts[place]
        late |= {f"to {v}": some[place] for v, some in to.items() if v != place}
        for name, start in late.items():
            if start >= FAR // 2:
                assert not moves(place, q.x[place] + 10**6)[name], (name, place)
            else:
                assert not moves(place, int(start))[name], (name, place)
                assert moves(place, int(start) + 1)[name], (name, place)
    assert count == 3


@pytest.mark.parametrize("seed", range(6))
def test_work_is_pressed_by_all_before_it_that_is_as_late_as_it_may_be(seed: int) -> None:
    net = dense(seed, 10)
    passes = Passes(net)
    q, late = passes.lists, passes.late_starts.to_end
    for place in range(net.n):
        before = {q.order[u]: int(late[u]) for u in q.src[q.ptr[place] : q.ptr[place + 1]]}
        pressed = later(net, before).lists.x[place]
        # a finish that then waits for a shift where it did not may hold what follows back to that, by a number of the same clock
        assert passes.pressed_starts[place] == pressed, place


STANDARD = {"id": "x", "start": "2026-01-05", "calendar": "standard"}


def spanned(*links: Any, dialect: str = "ipmo", **office: Any) -> tuple[str, str, str, str]:
    """Early and late start and finish of a level of effort beside a of 2 days, b of 3 after it and 10 days of other work."""
    tasks = [Task(id="a", duration="2 d"), Task(id="b", duration="3 d", after=["a"]), Task(id="z", duration="10 d"),
             Task(id="done", duration="1 d", actual_start="2026-01-05", actual_finish="2026-01-05"),
             Task(id="off", duration="1 d")]  # fmt: skip
    follows = [one for one in links if isinstance(one, dict)]
    back = {one["to"]: one for one in follows if "to" in one}
    tasks = [attrs.evolve(t, after=[*t.after, After(source="office", type=back[t.id]["type"])]) if t.id in back else t for t in tasks]
    after = [After(source=one["from"], type=one["type"], lag=one.get("lag")) for one in follows if "from" in one]
    pf = Portfolio(
        **STANDARD, dialect=dialect, projects=[Project(id="P", tasks=[*tasks, Task(id="office", hammock=True, after=after, **office)])]
    )
    row = ipmo.schedule(pf)["P/office"]
    return tuple(
        f"{when:%d %H:%M}" if when is not None else "-" for when in (row.early_start, row.early_finish, row.late_start, row.late_finish)
    )  # type: ignore[return-value]


def test_a_level_of_effort_lasts_from_the_first_to_the_last_date_that_it_is_linked_to() -> None:
    """a: Monday 5th to Tuesday, late from Monday 12th to the 13th; b: Wednesday to Friday 9th, late from the 14th to Friday 16th."""
    ss, ff = {"from": "a", "type": "SS"}, {"from": "b", "type": "FF"}
    assert spanned(ss, ff) == ("05 09:00", "09 17:00", "12 09:00", "16 17:00")
    assert spanned(ss, ff, {"from": "z", "type": "FF"}) == ("05 09:00", "16 17:00", "12 09:00", "16 17:00")
    assert spanned({"from": "b", "type": "SS"}, ss, ff)[0] == "05 09:00"
    assert spanned({"from": "a", "type": "FS"}, ff)[:2] == ("06 17:00", "09 17:00")
    assert spanned({"from": "a", "type": "SS"}, {"from": "b", "type": "SF"})[:2] == ("05 09:00", "07 09:00")
    assert spanned({**ss, "lag": "1 ed"}, ff)[:2] == ("06 09:00", "09 17:00")
    assert spanned(ss, {**ff, "lag": "-1 ed"})[:2] == ("05 09:00", "08 17:00")
    assert spanned({"to": "a", "type": "SS"}, {"to": "b", "type": "FF"})[:2] == ("05 09:00", "09 17:00")
    assert spanned({"to": "b", "type": "FS"}, ss)[:2] == ("05 09:00", "07 09:00")
    assert spanned({"to": "b", "type": "SF"}, {"from": "z", "type": "FF"})[:2] == ("09 17:00", "16 17:00")
    assert spanned({"from": "done", "type": "SS"}, ff)[:2] == ("05 00:00", "09 17:00")
    assert spanned({"from": "done", "type": "FS"}, ff)[:2] == ("06 00:00", "09 17:00")
    assert spanned({"from": "b", "type": "FS"}, {"from": "a", "type": "FF"})[:2] == (
        "09 17:00",
        "09 17:00",
    )  # it ends no sooner than it begins


def test_a_level_of_effort_with_one_end_lasts_as_long_as_it_says() -> None:
    assert spanned({"from": "b", "type": "SS"}, duration="2 d")[:2] == ("07 09:00", "08 17:00")
    assert spanned({"from": "b", "type": "FF"}, duration="2 d")[:2] == ("08 09:00", "09 17:00")
    assert spanned({"from": "b", "type": "SS"})[:2] == ("07 09:00", "07 09:00")
    assert spanned({"from": "b", "type": "FF"}, actual_start="2026-01-05 12:00")[:2] == ("05 12:00", "09 17:00")
    assert spanned({"from": "b", "type": "SS"}, duration="2 d", actual_start="2026-01-05 09:00")[:2] == ("05 09:00", "06 17:00")


@pytest.mark.parametrize("seed", range(6))
def test_days_between_starts_are_those_of_the_calendar_of_the_item(seed: int) -> None:
    """Minutes of the own clock where that is the calendar's; else worked minutes of the calendar between the two instants."""
    r = random.Random(seed)
    calendars = [Calendar(id="six", week="mon-sat", hours="08:00-16:00"), Calendar(id="night", week="mon-fri", hours="22:00-06:00")]
    task = Task(id="a", duration="2 d", calendar="six", resource_calendar=r.choice([None, "night"]), milestone=False)
    around = Task(id="e", duration="2 ed", calendar="six")
    pf = Portfolio(**STANDARD, calendars=calendars, projects=[Project(id="P", tasks=[task, around])])
    passes = ipmo.schedule(pf).passes
    net = passes.network
    for name in ("P/a", "P/e"):
        node = passes.nodes[name]
        place = passes.lists.pos[node]
        begin = passes.lists.x[place]
        for more in (-700, 0, 480, 3000):
            clock, calendar = net.running_clock(node), net.clock_of(node)
            assert calendar.calendar.id == "six"
            between = calendar.work(clock.start(begin + more)) - calendar.work(clock.start(begin))
            assert passes.days(place, begin, begin + more) == (more if clock is calendar else between) / 480


def test_what_is_linked_to_nothing_has_its_first_date() -> None:
    pf = Portfolio(**STANDARD, projects=[Project(id="P", tasks=[Task(id="a", duration="2 d")])])
    row = ipmo.schedule(pf)["P/a"]
    assert (row.early_start, moment(minutes(datetime(2026, 1, 5, 9)))) == (datetime(2026, 1, 5, 9),) * 2
