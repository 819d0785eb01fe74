"""Late dates: put into the forward pass they move nothing, and without a constraint nothing is late before it begins; in every dialect."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.model import After, Benefit, Calendar, Enabler, Link, Portfolio, Project, Task
from ipmo.network.kernels.columns import FAR
from ipmo.network.network import Network
from ipmo.network.overlay import Overlay
from ipmo.network.parts import LateLink
from ipmo.network.passes import Passes
from ipmo.network.states import State
from ipmo.units import minutes, moment

from .conftest import as_large

DIALECTS = ("ipmo", "msproject", "p6")
CALENDARS = (
    Calendar(id="five", week="mon-fri", hours="08:00-12:00, 13:00-17:00"),
    Calendar(id="six", week="mon-sat", hours="08:00-16:00"),
    Calendar(id="night", week="mon-fri", hours="22:00-06:00"),
    Calendar(id="seven", week="mon-sun", hours="08:00-12:00, 13:00-17:00"),
)
LAGS = (None, "1 d", "2 d", "-1 d", "-2 d", "3 h", "-3 h", "1 ed", "-1 ed", "5 eh", "-5 eh", "1 month")
LENGTHS = (0, 4, 8, 10, 16, 24)


def plan(seed: int, dialect: str, most: int = 6, **lengths: int) -> Portfolio:
    """Work on calendars that meet in breaks, by all types of links and lags, without a constraint."""
    r = random.Random(seed)
    calendars = [one.id for one in CALENDARS] if r.random() < 0.8 else ["five"]
    tasks = []
    for j in range(r.randint(2, most)):
        given_by = r.sample(range(j), min(j, r.choice((1, 1, 1, 2, 3))))
        after = [After(source=f"t{i}", type=r.choice(("FS", "SS", "FF", "FF", "SF")), lag=r.choice(LAGS)) for i in given_by]
        hours = r.choice(LENGTHS)
        hours = lengths.get(f"t{j}", hours)
        tasks.append(Task(id=f"t{j}", duration=f"{hours} h", milestone=not hours, after=after, calendar=r.choice(calendars)))
    start = f"2026-01-{r.randint(1, 9):02}"
    return Portfolio(id="x", start=start, calendars=CALENDARS, calendar="five", dialect=dialect, projects=[Project(id="p", tasks=tasks)])


def floats(pf: Portfolio) -> dict[str, list[float]]:
    """Everything that says how far something can slip."""
    s = ipmo.schedule(pf)
    rows = [s[name] for name in s.ids]
    return {
        "total": [row.total_float or 0 for row in rows],
        "free": [row.free_float or 0 for row in rows],
        "target": [row.target_float or 0 for row in rows],
        "links": [float(x) for x in s.passes.link_floats],
    }


class Minutes:
    """A working clock, counted minute by minute from the shifts of a calendar."""

    def __init__(self, calendar: Calendar, first: int, last: int) -> None:
        at_work = np.zeros(last - first, bool)
        for day in range(first // 1440 - 1, last // 1440 + 1):
            for begin, end in calendar.week_shifts()[day % 7]:
                at_work[max(0, day * 1440 + begin - first) : max(0, day * 1440 + end - first)] = True
        self.first, self.worked = first, np.concatenate([[0], np.cumsum(at_work)])

    def work(self, instant: int) -> int:
        return int(self.worked[instant - self.first])

    def earliest(self, worked: int) -> int:
        return self.first + int(np.searchsorted(self.worked, worked, "left"))

    def latest(self, worked: int) -> int:
        return self.first + int(np.searchsorted(self.worked, worked, "right")) - 1


def rich(seed: int, dialect: str) -> Portfolio:
    """Two such plans with links between them, summaries, levels of effort, a benefit that any of some work brings, and progress."""
    r = random.Random(seed)
    begun = {"actual_start": "2026-01-05", "remaining": f"{r.choice((2, 8, 20))} h"}
    projects, work = [], list[list[str]]()
    for name in ("p", "q"):
        tasks = list(plan(r.randrange(10**6), dialect).projects[0].tasks)
        if r.random() < 0.5 and not tasks[0].milestone:
            tasks[0] = attrs.evolve(tasks[0], **begun)
        plain = [task.id for task in tasks]
        work.append([f"{name}/{one}" for one in plain])
        if r.random() < 0.5:
            tasks = [attrs.evolve(task, parent="s") if r.random() < 0.6 or not n else task for n, task in enumerate(tasks)]
            tasks.append(Task(id="s"))
            follows = After(source="s", type=r.choice(("FS", "SS", "FF")), lag=r.choice(LAGS))
            tasks.append(Task(id="z", duration="8 h", calendar=r.choice(CALENDARS).id, after=[follows]))
        spans = [After(source=r.choice(plain), type=kind) for kind in r.sample(("SS", "FF"), r.randint(1, 2))]
        tasks.append(Task(id="office", hammock=True, after=spans, calendar=r.choice(CALENDARS).id))
        projects.append(Project(id=name, tasks=tasks))
    links = [Link(source=r.choice(work[0]), target=r.choice(work[1]), type=r.choice(("FS", "SS", "FF", "SF")), lag=r.choice(LAGS))]
    ways = [Enabler(source=r.choice(some), lag=r.choice(LAGS)) for some in work]
    more = {"links": links, "benefits": [Benefit(id="b", any_of=ways)], "status_date": r.choice((None, "2026-01-08"))}
    return Portfolio(id="x", start="2026-01-05", calendars=CALENDARS, calendar="five", dialect=dialect, projects=projects, **more)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("ways", ["lists", "arrays"])
@settings(max_examples=40)
@given(seed=st.integers(0, 10**6))
def test_without_a_constraint_nothing_has_a_negative_float(dialect: str, ways: str, seed: int) -> None:
    """Of plain work, links too: where one of several is enough, or a summary starts with the first, a link is broken and costs nothing."""
    with pytest.MonkeyPatch.context() as patch:
        if ways == "arrays":
            as_large(patch)
        found, more = floats(plan(seed, dialect)), floats(rich(seed, dialect))
    assert {name: min(some) for name, some in found.items() if some and min(some) < 0} == {}
    assert {name: min(some) for name, some in more.items() if min(some, default=0) < 0 and name != "links"} == {}


@pytest.mark.parametrize(("dialect", "end"), [("ipmo", "2026-01-12 08:00"), ("msproject", "2026-01-09 17:00"), ("p6", "2026-01-12 08:00")])
def test_a_hammock_up_to_what_finishes_with_the_next_shift_has_no_float(dialect: str, end: str) -> None:
    """Saturday's work ends at 16:00, what finishes with it on Monday at 08:00: the office that works at weekends too is not two days late."""
    tasks = [
        Task(id="a", duration="48 h", calendar="six"),
        Task(id="b", duration="8 h", calendar="five", after=[After(source="a", type="FF")]),
        Task(id="office", hammock=True, calendar="seven", after=[After(source="a", type="SS"), After(source="b", type="FF")]),
    ]
    pf = Portfolio(
        id="x", start="2026-01-05", calendars=CALENDARS, calendar="five", dialect=dialect, projects=[Project(id="p", tasks=tasks)]
    )
    row = ipmo.schedule(pf)["p/office"]
    assert (str(row.early_finish)[:16], row.late_finish) == (end, row.early_finish)
    assert (row.start_float, row.finish_float, row.total_float) == (0, 0, 0)


SMALLEST: list[tuple[str, list[dict[str, Any]], str]] = [
    # (the dialect, the work, its day): a finish that lies in a break of what follows
    ("msproject", [{"hours": 48, "calendar": "six"}, {"hours": 8, "calendar": "five", "type": "FF"}], "2026-01-05"),
    ("msproject", [{"hours": 40, "calendar": "five"}, {"hours": 8, "calendar": "five", "type": "FF", "lag": "1 ed"}], "2026-01-05"),
    ("msproject", [{"hours": 16, "calendar": "night"}, {"hours": 8, "calendar": "six", "type": "FF"}], "2026-01-08"),
    ("msproject", [{"hours": 8, "calendar": "seven"}, {"hours": 8, "calendar": "five", "type": "FF", "lag": "1 month"}], "2026-01-05"),
    ("p6", [{"hours": 8, "calendar": "five"}, {"hours": 0, "calendar": "six", "type": "FS"}], "2026-01-05"),
    ("p6", [{"hours": 48, "calendar": "six"}, {"hours": 8, "calendar": "five", "type": "FF", "lag": "3 h"}], "2026-01-05"),
    ("p6", [{"hours": 8, "calendar": "five"}, {"hours": 8, "calendar": "night", "type": "FF", "lag": "-3 h"}], "2026-01-05"),
]


@pytest.mark.parametrize(("dialect", "work", "start"), SMALLEST)
def test_a_finish_that_lies_in_a_break_of_what_follows_costs_no_float(dialect: str, work: list[dict[str, Any]], start: str) -> None:
    tasks = []
    for n, one in enumerate(work):
        after = [After(source=f"t{n - 1}", type=one["type"], lag=one.get("lag"))] if n else []
        tasks.append(Task(id=f"t{n}", duration=f"{one['hours']} h", milestone=not one["hours"], calendar=one["calendar"], after=after))
    pf = Portfolio(id="x", start=start, calendars=CALENDARS, calendar="five", dialect=dialect, projects=[Project(id="p", tasks=tasks)])
    found = floats(pf)
    assert (found["total"][0], min(found["total"])) == (0, 0), found  # what the end waits for can not slip, and need not be sooner
    assert ipmo.schedule(pf)["p/t0"].late_start == ipmo.schedule(pf)["p/t0"].early_start


def test_a_lag_that_ends_in_a_break_leaves_its_giver_the_rest_of_the_break() -> None:
    """A day after Friday is Saturday, and a day after Saturday Sunday: what finishes on Monday at 08:00 either way lets the giver slip a day."""
    tasks = [
        Task(id="a", duration="40 h", calendar="seven"),
        Task(id="b", duration="8 h", calendar="five", after=[After(source="a", type="FF", lag="1 d")]),
    ]
    pf = Portfolio(id="x", start="2026-01-05", calendars=CALENDARS, calendar="five", dialect="p6", projects=[Project(id="p", tasks=tasks)])
    s = ipmo.schedule(pf)
    assert (str(s["p/b"].early_finish), str(s["p/a"].late_finish)) == ("2026-01-12 08:00:00", "2026-01-10 17:00:00")
    assert (s["p/a"].total_float, s["p/a"].free_float, s["p/b"].total_float) == (1, 1, 0)


def test_work_that_may_slip_through_a_break_of_what_follows_keeps_the_late_dates_of_a_tool_that_rounds() -> None:
    """Friday's meeting waits for nobody: what Saturday's work may wait for is the end of Friday's shift, as Primavera stores it."""
    tasks = [
        Task(id="a", duration="8 h", calendar="seven"),
        Task(id="b", duration="8 h", calendar="five", after=[After(source="a", type="FF")]),
        Task(id="c", duration="40 h", calendar="five"),
    ]
    pf = Portfolio(id="x", start="2026-01-05", calendars=CALENDARS, calendar="five", projects=[Project(id="p", tasks=tasks)])
    late = {name: str(ipmo.schedule(pf, dialect=name)["p/a"].late_finish)[:16] for name in DIALECTS}
    assert late == {"ipmo": "2026-01-09 17:00", "msproject": "2026-01-09 17:00", "p6": "2026-01-09 17:00"}
    longer = pf.evolve("p", tasks=[*tasks[:2], Task(id="c", duration="41 h", calendar="five")])
    late = {name: str(ipmo.schedule(longer, dialect=name)["p/a"].late_finish)[:16] for name in DIALECTS}
    assert late == {"ipmo": "2026-01-12 09:00", "msproject": "2026-01-12 09:00", "p6": "2026-01-12 09:00"}


def pushed(pf: Portfolio) -> Iterator[tuple[str, int, int]]:
    """What each link asks of its target's late date when its source is as late as it may be, by minutes counted one by one.

    Yields:
        the link, the instant that it leads to, and the latest instant that the target's late date allows.
    """
    s = ipmo.schedule(pf)
    net, q, late = s.network, s.passes.lists, s.passes.late_starts.to_end
    first = int(net.base) - 90 * 1440
    clocks = {one.id: Minutes(one, first, first + 300 * 1440) for one in CALENDARS}
    clock = lambda number: None if number == 0 else clocks[net.clock(number).calendar.id]  # noqa: E731
    for v in range(net.n):
        for k in range(q.ptr[v], q.ptr[v + 1]):
            u, kind = q.src[k], ("FS", "SS", "FF", "SF")[q.typ[k]]
            giver, taker, lags, lag = clock(q.clk[u]), clock(q.clk[v]), clock(q.lagclk[k]), int(q.lag[k])
            if q.mode[k] == 2 or giver is None or taker is None or late[v] >= FAR // 2:
                continue  # calendar months are asked for by the floats above
            offset = giver.work(int(net.clock(q.clk[u]).start(q.x[u]))) - q.x[u]  # both count minutes, from different days on
            worked = int(late[u]) + offset
            instant = giver.latest(worked) if net.exact and kind[0] == "S" else giver.earliest(worked + (q.dur[u] if kind[0] == "F" else 0))
            if lags is None:
                instant += lag
            elif lag > 0:
                instant = lags.earliest(lags.work(instant) + lag)
            elif lag < 0:
                led = lags.work(instant) + lag
                instant = lags.latest(led) if net.exact else lags.earliest(led)
            offset = taker.work(int(net.clock(q.clk[v]).start(q.x[v]))) - q.x[v]
            allowed = int(late[v]) + offset + (q.dur[v] if kind[1] == "F" else 0)
            yield f"{net.ids[q.order[u]]} -{kind} {lag}-> {net.ids[q.order[v]]}", taker.work(instant), allowed


@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=40)
@given(seed=st.integers(0, 10**6))
def test_late_dates_put_into_the_forward_pass_move_no_late_date_behind_them(dialect: str, seed: int) -> None:
    """By an oracle that counts minutes one by one; to tools that round, the end of a shift and the beginning of the next are one time."""
    assert [one for one in pushed(plan(seed, dialect)) if one[1] > one[2]] == []


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("ways", ["lists", "arrays"])
@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), hours=st.sampled_from(LENGTHS[1:]), place=st.integers(0, 5))
def test_an_overlay_has_the_late_dates_of_the_changed_plan(dialect: str, ways: str, seed: int, hours: int, place: int) -> None:
    """Also where an early date that moved holds a late one."""
    before = plan(seed, dialect)
    tasks = before.projects[0].tasks
    task = tasks[place % len(tasks)]
    if task.milestone:
        return
    after = plan(seed, dialect, **{task.id: hours})
    with pytest.MonkeyPatch.context() as patch:
        if ways == "arrays":
            as_large(patch)
        s, anew = ipmo.schedule(before), ipmo.schedule(after)
        overlay = Overlay(s.passes)
        overlay.set_duration(f"p/{task.id}", hours * 60)
        pos = anew.passes.positions.pos
        late = anew.passes.late_starts
        found = overlay.columns()
        assert found["early"] == [int(anew.passes.early_starts[v]) for v in pos]
        assert found["late"] == [int(late.to_end[v]) for v in pos]
        assert found["aim"] == [int(late.to_target[v]) for v in pos]
        overlay.undo()
        kept = s.passes.late_starts
        assert overlay.columns()["late"] == [int(kept.to_end[v]) for v in s.passes.positions.pos]


@pytest.mark.parametrize("dialect", ["msproject", "p6"])
def test_compiled_and_plain_kernels_give_the_same_late_dates(dialect: str) -> None:
    """One network of many plans, large enough for compiled kernels, against each plan by lists."""
    parts = [plan(seed, dialect) for seed in range(140)]
    projects = [Project(id=f"p{n}", tasks=part.projects[0].tasks) for n, part in enumerate(parts)]
    pf = parts[0].evolve("x", projects=projects, start="2026-01-05")
    s = ipmo.schedule(pf)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ipmo.network.network.SMALL", 10**9)
        plain = ipmo.schedule(pf.evolve("x"))
        assert not plain.network.arrays
        for kind in ("to_end", "to_target"):
            both = [[int(x) for x in getattr(one.passes.late_starts, kind)] for one in (s, plain)]
            assert both[0] == both[1]
        assert [int(x) for x in s.passes.link_floats] == [int(x) for x in plain.passes.link_floats]
        assert s.passes.target_names == plain.passes.target_names
        assert s.passes.project_late_starts == plain.passes.project_late_starts


DAYS = Calendar(id="days", week="mon-fri", hours="09:00-17:00")


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize(
    ("from_finish", "lag", "clock", "latest"),
    [
        (True, 0, 0, "2026-01-16 17:00"),
        (True, 1440, 0, "2026-01-15 17:00"),
        (True, 480, 1, "2026-01-15 17:00"),
        (True, 5 * 480, 1, "2026-01-09 17:00"),
        (False, 480, 1, "2026-01-16 17:00"),  # of its start: the finish is two days after that
        (False, 3 * 480, 1, "2026-01-15 17:00"),
        (True, 72 * 60, 0, "2026-01-13 17:00"),
    ],
)
def test_a_link_that_bounds_late_dates_only_is_an_upper_bound_on_its_giver(
    from_finish: bool, lag: int, clock: int, latest: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten days from Monday, 5 January, end on the 16th, and so may the receiver; the giver by so much before, and what is before that too."""
    if way == "arrays":
        as_large(monkeypatch)
    columns = Network.from_columns(
        ["first", "giver", "receiver", "long"], [480, 2 * 480, 480, 4800], [0], [1], start=minutes(date(2026, 1, 5)),
        calendar=[0] * 4, calendars=[DAYS],
    )  # fmt: skip
    net = attrs.evolve(columns, late_links=(LateLink(1, 2, from_finish, lag, clock),))
    passes = Passes(net)
    clock_of = net.clock(1)
    pos = [int(v) for v in passes.positions.pos]
    late = [int(passes.late_starts.to_end[v]) for v in pos]
    finish = [str(moment(clock_of.finish(x + int(d))))[:16] for x, d in zip(late, net.dur, strict=True)]
    end = "2026-01-16 17:00"
    if latest < end:
        assert finish[1:] == [latest, end, end]
    else:
        assert finish[1:] == [end, end, end]
    assert late[0] == late[1] - 480
    assert [int(x) for x in Passes(columns).early_starts] == [int(x) for x in passes.early_starts]


@pytest.mark.parametrize("way", ["lists", "arrays"])
def test_links_that_bound_late_dates_only_follow_one_another(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three in a row, in any order, and one to what has no late date: each by a day and its length before the next."""
    if way == "arrays":
        as_large(monkeypatch)
    columns = Network.from_columns(["a", "b", "c", "long", "done"], [10, 20, 30, 1000, 40], [], [])
    net = attrs.evolve(
        columns,
        state=[State.NORMAL] * 4 + [State.UNDATED],
        late_links=(LateLink(0, 1, True, 100, 0), LateLink(2, 4, True, 5, 0), LateLink(1, 2, True, 100, 0), LateLink(2, 3, True, 100, 0)),
    )
    passes = Passes(net)
    late = [int(passes.late_starts.to_end[int(v)]) for v in passes.positions.pos]
    assert late[:4] == [1000 - 300 - 10, 1000 - 200 - 20, 1000 - 100 - 30, 0]


LEADS = """
ipmo: 1
portfolio: {id: p, start: 2026-01-05, calendar: continuous}
projects:
  - id: P
    tasks:
      - {id: s, name: summary}
      - {id: one, parent: s, duration: FIRST d}
      - {id: two, parent: s, duration: SECOND d, not_before: SHIFT}
      - {id: back, duration: 2 d}
      - {id: last, duration: 9 d, after: back}
      - {id: end, duration: LONG d}
  - {id: X, tasks: [{id: x, duration: 3 d}]}
  - id: held
    tasks: [{id: h, duration: 1 d, constraints: {mandatory_start: 2026-03-02}}]
links: [{from: P/s@start, to: X/x}, {from: X/x, to: P/back}]
"""


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize("first", [1, 4])
@pytest.mark.parametrize("shift", ["2026-01-05", "2026-01-06", "2026-01-07"])
@pytest.mark.parametrize("long", [20, 14])
def test_work_held_elsewhere_leaves_the_floats_to_the_own_project_alone(
    first: int, shift: str, long: int, way: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What leaves the start of a summary comes back to the project; what starts first there binds it, unless another starts as early."""
    if way == "arrays":
        as_large(monkeypatch)
    text = LEADS.replace("FIRST", str(first)).replace("SECOND", "2").replace("SHIFT", shift).replace("LONG", str(long))
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    pf = ipmo.read(tmp_path / "p.yaml")
    with_it, without = ipmo.schedule(pf), ipmo.schedule(pf.evolve("p", projects=pf.projects[:2]))
    assert with_it.network.pin and not without.network.pin
    both = []
    for s in (with_it, without):
        late, q = s.passes.project_late_starts, s.passes.lists
        both.append({s.network.ids[q.order[v]]: x for v, x in late.items() if s.network.project[q.order[v]] == 0})
    assert both[0] == both[1]
    # each against the end of the project after that work alone is later: 20 days, and no more than the float says
    s = without
    for name in ("P/one", "P/two", "P/back"):
        node = s.passes.nodes[name]
        place = s.passes.lists.pos[node]
        slack = both[1][name] - s.passes.lists.x[place]
        ends = []
        for more in (slack, slack + 1):
            low = [int(x) for x in s.network.low]
            low[node] = int(s.passes.lists.x[place]) + more
            ends.append(Passes(attrs.evolve(s.network, low=low)).project_ends[0])
        assert ends[0] == s.passes.project_ends[0] < ends[1]
