"""Work under way and work that is done before its predecessors, as the tools count them: each worked by hand, in days from 5 January."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

import ipmo
from ipmo.model import After, Benefit, Calendar, Link, Portfolio, Project, Task
from ipmo.network.parts import LateBound, LateLink
from ipmo.units import minutes

DAY0 = datetime(2026, 1, 5)
TODAY = 10
"""The status date, 15 January."""
A = Task(id="A", duration="10 d", actual_start="2026-01-05", remaining="6 d")
"""Under way until day 16."""


def day(when: datetime | None) -> float | None:
    return None if when is None else (when - DAY0).total_seconds() / 86400


def scheduled(*tasks: Task, dialect: Any = "p6", calendar: str = "continuous", **project: Any) -> ipmo.Schedule:
    plan = Project(id="P", tasks=list(tasks), **project)
    return ipmo.schedule(
        Portfolio(id="x", start="2026-01-05", status_date="2026-01-15", calendar=calendar, dialect=dialect, projects=[plan])
    )


def done(name: str = "B", before: str = "A", finish: str = "2026-01-09", **link: Any) -> Task:
    """Done from day 2 to day 5 behind work that is not."""
    after = [After(source=before, **link)] if before else []
    return Task(id=name, duration="3 d", actual_start="2026-01-07", actual_finish=finish, after=after)


def behind(source: str = "B", **link: Any) -> Task:
    return Task(id="C", duration="3 d", after=[After(source=source, **link)])


PASSED_ON: list[tuple[dict[str, Any], float, float]] = [
    # the link behind the work that is done, the start of what follows as Primavera has it and where that work is a date
    ({}, 16, 10),
    ({"lag": "2 d"}, 16, 10),  # over by the status date
    ({"lag": "5 d"}, 16, 10),
    ({"lag": "7 d"}, 18, 12),  # two of the seven days are still to pass, after what A holds back
    ({"lag": "7 ed"}, 18, 12),
    ({"lag": "-1 d"}, 16, 10),
    ({"type": "SS"}, 16, 10),
    ({"type": "SS", "lag": "8 d"}, 16, 10),  # over on the status date
    ({"type": "SS", "lag": "9 d"}, 11, 11),  # from its start, which is a fact
    ({"type": "FF"}, 10, 10),
    ({"type": "FF", "lag": "20 d"}, 22, 22),
    ({"type": "SF"}, 10, 10),
]


@pytest.mark.parametrize(("link", "p6", "fact"), PASSED_ON)
def test_work_that_is_done_too_soon_passes_on_what_it_should_have_waited_for(link: dict[str, Any], p6: float, fact: float) -> None:
    assert day(scheduled(A, done(), behind(**link))["P/C"].start) == p6
    for dialect in ("ipmo", {"name": "p6", "finished": "date"}, {"name": "p6", "progress": "override"}):
        assert day(scheduled(A, done(), behind(**link), dialect=dialect)["P/C"].start) == fact
    assert day(scheduled(A, done(before=""), behind(**link))["P/C"].start) == fact  # it waited for nothing


@pytest.mark.parametrize(
    ("link", "start"),
    [
        ({}, 16),
        ({"lag": "3 d"}, 19),
        ({"lag": "-2 d"}, 14),
        ({"type": "SS"}, 10),
        ({"type": "FF", "lag": "2 d"}, 18),
        ({"type": "SF", "lag": "1 d"}, 11),
    ],
)
def test_what_holds_work_back_that_is_done_is_what_its_link_asks_of_a_point_in_time(link: dict[str, Any], start: float) -> None:
    assert day(scheduled(A, done(**link), behind())["P/C"].start) == start


@pytest.mark.parametrize(
    ("link", "start"),
    [({}, 16), ({"lag": "7 d"}, 18), ({"lag": "7 ed"}, 18), ({"type": "SS"}, 16), ({"type": "SS", "lag": "9 d"}, 16), ({"type": "FF"}, 16),
     ({"type": "FF", "lag": "9 d"}, 16), ({"type": "SF"}, 10)],
)  # fmt: skip
def test_one_after_another_that_is_done_hands_on(link: dict[str, Any], start: float) -> None:
    s = scheduled(A, done(), done("B2", "B", **link), behind("B2"))
    assert day(s["P/C"].start) == start
    net = s.network
    assert {net.ids[v]: name for v, name in net.stands_for.items()} == {"P/B~rest": "P/B", "P/B2~rest": "P/B2"}
    for name, v in s.passes.nodes.items():
        if name.endswith("~rest"):
            assert (net.kinds[v], net.dur[v], net.running_clock(v).number, net.project[v]) == ("helper", 0, 0, 0)


def test_levels_of_effort_and_work_that_waited_for_nothing_open_pass_nothing_on() -> None:
    office = Task(id="A", duration="10 d", hammock=True, after=[After(source="Z", type="SS")])
    s = scheduled(Task(id="Z", duration="12 d"), office, done(), behind())
    assert day(s["P/C"].start) == TODAY
    assert not s.network.stands_for
    s = scheduled(done("A0", ""), done(before="A0"), behind())
    assert (day(s["P/C"].start), s.network.stands_for) == (TODAY, {})


def test_a_finish_after_the_status_date_is_the_status_date_where_the_dialect_says_so() -> None:
    later = done(before="", finish="2026-01-17")  # at the end of day 12
    for link, p6, ipmo_ in (({}, 10, 13), ({"lag": "1 d"}, 11, 14), ({"type": "SS"}, 10, 10), ({"type": "FF", "lag": "2 d"}, 12, 12)):
        assert day(scheduled(later, behind(**link))["P/C"].start) == p6
        assert day(scheduled(later, behind(**link), dialect="ipmo")["P/C"].start) == ipmo_
    assert day(scheduled(later, behind(), status_date="2026-01-16")["P/C"].start) == 11  # that of its own project
    assert day(scheduled(done(before=""), behind())["P/C"].start) == TODAY


@pytest.mark.parametrize(
    ("lag", "rest", "start"),
    [(None, 14, 10), ("8 d", 14, 10), ("10 d", 14, 10), ("12 d", 16, 12), ("288 eh", 16, 12), ("1 month", 35, 31)],
)
def test_the_lag_from_the_start_of_work_under_way_runs_on_from_its_rest_or_from_its_start(
    lag: str | None, rest: float, start: float
) -> None:
    """A begins on day 0; its rest waits for Z, until day 14. Of the twelve days ten are over on the status date."""
    z = Task(id="Z", duration="9 d", actual_start="2026-01-05", remaining="4 d")
    a = Task(id="A", duration="10 d", actual_start="2026-01-05", remaining="6 d", after=["Z"])
    c = behind("A", type="SS", lag=lag)
    assert day(scheduled(z, a, c)["P/C"].start) == rest
    assert day(scheduled(z, a, c, dialect={"name": "p6", "start_lag": "actual"})["P/C"].start) == start
    assert day(scheduled(z, a, c, dialect="ipmo")["P/C"].start) == start
    undated = [
        ipmo.schedule(scheduled(z, a, c, dialect={"name": "p6", "start_lag": one}).portfolio.evolve(status_date=None))["P/C"].start
        for one in ("actual", "early")
    ]
    assert undated[0] == undated[1]  # without a status date nothing says how much of the lag is over
    net = scheduled(z, a, c).network
    assert [(net.ids[o.source], net.ids[o.target], o.type) for o in net.out_of_sequence] == [("P/Z", "P/A", "FS")]


BEGUN = {"duration": "6 d", "actual_start": "2026-01-08", "remaining": "4 d"}


@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
def test_reported_work_goes_on_where_it_stands_and_binds_what_it_should_have_followed(kind: str) -> None:
    """Two of six days are done from day 3, so that the rest lasts from day 5 to 9, or from where it resumes; a lag of a day before it."""
    for resumes, resumed in ((None, 5), ("2026-01-13", 8), ("2026-01-09", 5)):
        b = Task(id="B", **BEGUN, resumes=resumes, after=[After(source="A", type=kind, lag="1 d")])
        s = scheduled(Task(id="A", duration="5 d"), b, dialect={"name": "ipmo", "data_date": "reported"})
        end = resumed + 4
        assert day(s["P/B"].early_finish) == end
        late = {"FS": resumed - 1 - 5, "SS": resumed - 1, "FF": end - 1 - 5, "SF": end - 5}[kind]
        assert (day(s["P/A"].late_start), s["P/A"].total_float) == (late, late)
        assert s.network.m == (kind in ("FF", "SF"))
        assert len(s.network.out_of_sequence) == (kind in ("FS", "SS"))


@pytest.mark.parametrize(
    ("lag", "length", "clock"), [(None, 0, ""), ("1 d", 480, "standard"), ("-1 d", -480, "standard"), ("1 ed", 1440, "continuous")]
)
def test_under_override_a_link_to_the_finish_of_work_under_way_bounds_late_dates_only(lag: str | None, length: int, clock: str) -> None:
    for kind in ("FS", "SS", "FF", "SF"):
        b = Task(id="B", **BEGUN, after=[After(source="A", type=kind, lag=lag)])
        for dialect in ({"name": "p6", "progress": "override"}, {"name": "ipmo", "progress": "override"}):
            net = scheduled(Task(id="A", duration="2 d"), b, dialect=dialect, calendar="standard").network
            number = net.clocks.index[clock] if net.clocks is not None and clock == "standard" else 0
            bounds = [LateLink(0, 1, kind[0] == "F", length, number)] if kind[1] == "F" and dialect["name"] == "p6" else []
            assert (list(net.late_links), net.m) == (bounds, 0)


def test_under_actual_dates_the_start_of_work_under_way_binds_what_it_should_have_followed() -> None:
    """It began on Thursday, 8 January at midnight; a working day before that begins on Wednesday at 9."""
    instants = {None: datetime(2026, 1, 8), "1 d": datetime(2026, 1, 7, 9), "1 ed": datetime(2026, 1, 7), "-1 d": datetime(2026, 1, 8, 17)}
    for kind in ("FS", "SS", "FF", "SF"):
        for lag, instant in instants.items():
            b = Task(id="B", **BEGUN, after=[After(source="A", type=kind, lag=lag)])
            net = scheduled(Task(id="A", duration="2 d"), b, dialect={"name": "p6", "progress": "actual"}, calendar="standard").network
            bounds = [LateBound(0, minutes(instant), kind[0] == "F")] if kind[1] == "S" else []
            assert (list(net.late_bounds), list(net.late_links), net.m) == (bounds, [], 0)
            retained = scheduled(Task(id="A", duration="2 d"), b, dialect="p6", calendar="standard").network
            assert (list(retained.late_bounds), retained.m) == ([], 1)


@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
def test_what_was_done_or_begun_before_a_link_let_it_is_out_of_sequence(kind: str) -> None:
    """Done from day 2 to day 5: out of sequence before what is open, and before what was done so that the link lets it later."""
    for giver, out in (
        (A, True), (Task(id="A", duration="1 d"), True),
        (Task(id="A", duration="4 d", actual_start="2026-01-05", actual_finish="2026-01-08"), kind == "FS"),  # days 0 to 4
        (Task(id="A", duration="2 d", actual_start="2026-01-05", actual_finish="2026-01-06"), False),
        (Task(id="A", duration="9 d", actual_start="2026-01-08", actual_finish="2026-01-13"), kind != "SF"),  # days 3 to 9
        (Task(id="A", duration="9 d", actual_start="2026-01-07", actual_finish="2026-01-09"), kind == "FS"),  # the same days
    ):  # fmt: skip
        net = scheduled(giver, done(type=kind), dialect="ipmo").network
        assert [(net.ids[o.source], net.ids[o.target], o.type) for o in net.out_of_sequence] == [("P/A", "P/B", kind)] * out


def by_hand(constraints: dict[str, Any], **task: Any) -> ipmo.Schedule:
    """Work that is scheduled by hand, behind five days of other work, on Monday to Friday from 9 to 17."""
    tasks = [Task(id="a", duration="5 d"), Task(**{"id": "b", "duration": "2 d", "after": ["a"], "constraints": constraints, **task})]
    return ipmo.schedule(
        Portfolio(
            id="x",
            start="2026-01-05",
            calendar="standard",
            projects=[Project(id="P", tasks=[*tasks, Task(id="c", duration="1 d", after=["b"])])],
        )
    )


@pytest.mark.parametrize(
    ("start", "finish", "length", "dates"),
    [
        ("2026-01-06 09:00", None, "2 d", ("06 09:00", "07 17:00")),
        ("2026-01-06 13:00", None, "2 d", ("06 13:00", "08 13:00")),
        (None, "2026-01-09 17:00", "2 d", ("08 09:00", "09 17:00")),
        (None, "2026-01-09 12:00", "2 d", ("07 12:00", "09 12:00")),
        ("2026-01-06 09:00", "2026-01-09 17:00", "2 d", ("06 09:00", "09 17:00")),  # the dates hold, not the length
        ("2026-01-10 10:00", "2026-01-10 14:00", "2 d", ("10 10:00", "10 14:00")),  # on Saturday, around the clock
        ("2026-01-06 09:00", "2026-01-06 22:00", "2 d", ("06 09:00", "06 22:00")),
        ("2026-01-08 09:00", "2026-01-06 17:00", "2 d", ("08 09:00", "08 09:00")),
        ("2026-01-10 10:00", None, "1 d", ("10 10:00", "12 17:00")),
        (None, "2026-01-10 12:00", "1 d", ("09 09:00", "10 12:00")),
        ("2026-01-06 09:00", None, None, ("06 09:00", "06 09:00")),
        (None, "2026-01-06 12:00", None, ("06 12:00", "06 12:00")),
    ],
)
def test_work_scheduled_by_hand_lies_where_it_is_put(
    start: str | None, finish: str | None, length: str | None, dates: tuple[str, str]
) -> None:
    put = {"by_hand_start": start, "by_hand_finish": finish}
    s = by_hand({name: when for name, when in put.items() if when}, duration=length)
    row = s["P/b"]
    assert (f"{row.start:%d %H:%M}", f"{row.finish:%d %H:%M}") == dates
    assert s["P/c"].start >= row.finish
    assert list(s.network.unknown) == []
    net, node = s.network, s.passes.nodes["P/b"]
    assert net.low[node] == net.high[node]
    assert node not in net.caps


def test_work_under_way_by_hand_goes_on_from_its_actual_start_unless_its_finish_is_put() -> None:
    begun = {"after": [], "actual_start": "2026-01-05 09:00", "remaining": "1 d"}
    assert str(by_hand({"by_hand_start": "2026-01-12 09:00"}, **begun)["P/b"].finish) == "2026-01-06 17:00:00"  # a day is done
    assert str(by_hand({"by_hand_finish": "2026-01-14 17:00"}, **begun)["P/b"].finish) == "2026-01-14 17:00:00"
    held = by_hand({"by_hand_start": "2026-01-06 09:00", "by_hand_finish": "2026-01-14 17:00"}, **begun)
    assert str(held["P/b"].finish) == "2026-01-14 17:00:00"
    ended = by_hand({"by_hand_start": "2026-02-02"}, actual_start="2026-01-05", actual_finish="2026-01-06", after=[])
    assert str(ended["P/b"].finish) == "2026-01-07 00:00:00"  # when the day ends


def put_on_a_weekend(dialect: str, z: str, after: Any = "1 d", **task: Any) -> Portfolio:
    """Sixteen hours that are put from Saturday, 10 January, at 9 to Sunday at 11:30, on Monday to Friday from 9 to 17, with work before and after it."""
    put = {"by_hand_start": "2026-01-10 09:00", "by_hand_finish": "2026-01-11 11:30"}
    tasks = [
        Task(id="a", duration="1 d"),
        Task(**{"id": "b", "duration": "2 d", "after": ["a"], "constraints": put, **task}),
        Task(id="c", duration=after, after=["b"]),
        Task(id="z", duration=z),
    ]
    return Portfolio(id="x", start="2026-01-05", calendar="standard", dialect=dialect, projects=[Project(id="P", tasks=tasks)])


@pytest.mark.parametrize("dialect", ["ipmo", "msproject", "p6"])
def test_work_put_in_a_break_is_late_where_its_calendar_works(dialect: str) -> None:
    """All ends on Wednesday, 4 February: two days of work before `c` are the Monday and the Tuesday, and `a` ends on the Friday before them.

    Its start may slip over the 15 working days from 12 to 30 January; MPXJ says the same of its late dates.
    """
    s = ipmo.schedule(put_on_a_weekend(dialect, "23 d"))
    b = s["P/b"]
    assert [f"{when:%d.%m %H:%M}" for when in (b.start, b.finish)] == ["10.01 09:00", "11.01 11:30"]
    assert [f"{when:%d.%m %H:%M}" for when in (b.late_start, b.late_finish)] == ["02.02 09:00", "03.02 17:00"]
    assert f"{s['P/a'].late_finish:%d.%m %H:%M}" == "30.01 17:00"
    assert (b.total_float, s["P/a"].total_float, s["P/c"].total_float) == (15, 19, 17)
    assert b.free_float == 0


@pytest.mark.parametrize("dialect", ["ipmo", "msproject", "p6"])
def test_work_put_in_a_break_that_drives_is_late_where_it_is_put(dialect: str) -> None:
    s = ipmo.schedule(put_on_a_weekend(dialect, "1 d"))
    b = s["P/b"]
    assert (b.late_start, b.late_finish) == (b.start, b.finish) == (datetime(2026, 1, 10, 9), datetime(2026, 1, 11, 11, 30))
    assert (b.total_float, b.critical, s["P/a"].total_float) == (0, True, 4)


def test_work_put_in_a_break_keeps_a_constraint_beside_it() -> None:
    """A finish no later than Friday, 16 January, caps what may slip: to Thursday and Friday."""
    put = {"by_hand_start": "2026-01-10 09:00", "by_hand_finish": "2026-01-11 11:30", "finish_no_later": "2026-01-16"}
    s = ipmo.schedule(put_on_a_weekend("msproject", "23 d", constraints=put))
    assert f"{s['P/b'].late_start:%d.%m %H:%M} {s['P/b'].total_float:g}" == "15.01 09:00 3"


LASTING = {"low": "1 d", "likely": "2 d", "high": "3 d"}


def test_samples_hold_work_that_is_put_in_a_break_or_rests() -> None:
    """Their clocks are those of no calendar: what follows them begins on Monday at 9, and on Thursday after a day of work, one of rest and one of work; one to three days."""
    drawn = ipmo.simulate(put_on_a_weekend("ipmo", "1 d", LASTING), samples=200).finish("P/c")
    assert [str(drawn.p(share)) for share in (1, 99)] == ["2026-01-13", "2026-01-14"]
    rests = Task(id="b", duration="2 d", interruptions={"from": "2026-01-06", "until": "2026-01-06"})
    tasks = [rests, Task(id="c", duration=LASTING, after="b")]
    pf = Portfolio(id="x", start="2026-01-05", calendar="standard", projects=[Project(id="P", tasks=tasks)])
    drawn = ipmo.simulate(pf, samples=200).finish("P/c")
    assert [str(drawn.p(share)) for share in (1, 99)] == ["2026-01-09", "2026-01-12"]


OWNERS = {"predecessor": "six", "successor": "standard", "project": "thursdays", "continuous": "continuous"}


@pytest.mark.parametrize("owner", sorted(OWNERS))
def test_lags_from_facts_count_on_the_calendar_that_the_dialect_says(owner: str) -> None:
    """The giver on Monday to Saturday from 8 to 16, the receiver on Monday to Friday from 9 to 17, its project on Thursdays; done by Friday, 9 January."""
    calendars = [Calendar(id="six", week="mon-sat", hours="08:00-16:00"), Calendar(id="thursdays", week="thu", hours="09:00-17:00")]
    usual: dict[str, Any] = {"id": "x", "start": "2026-01-05", "status_date": "2026-01-09", "calendars": calendars}

    def network(giver: dict[str, Any], receiver: dict[str, Any], **dialect: Any) -> ipmo.Schedule:
        tasks = [Task(id="A", duration="9 d", calendar="six", **giver), Task(id="B", duration="1 d", calendar="standard", **receiver)]
        dialect = {"name": "ipmo", "lag_calendar": owner, **dialect}
        return ipmo.schedule(Portfolio(**usual, dialect=dialect, projects=[Project(id="P", calendar="thursdays", tasks=tasks)]))

    done = {"actual_start": "2026-01-05", "actual_finish": "2026-01-09"}
    start = {"six": "12 09:00", "standard": "13 09:00", "thursdays": "16 09:00", "continuous": "12 09:00"}
    s = network(done, {"after": [After(source="A", lag="1 d")]})
    assert f"{s['P/B'].early_start:%d %H:%M}" == start[OWNERS[owner]]
    begun = {"actual_start": "2026-01-09 08:00", "remaining": "2 d"}
    start = {"six": "09 16:00", "standard": "12 09:00", "thursdays": "16 09:00", "continuous": "12 09:00"}
    s = network(begun, {"after": [After(source="A", type="SS", lag="1 d")]})
    assert f"{s['P/B'].early_start:%d %H:%M}" == start[OWNERS[owner]]
    # what is left of the lag, in minutes of that calendar, after the status date: it began on Wednesday at noon, two days before
    early = network(
        {"actual_start": "2026-01-07 12:00", "remaining": "2 d"}, {"after": [After(source="A", type="SS", lag="2 d")]}, start_lag="early"
    ).network
    left = {"six": 240, "standard": 180, "thursdays": 480, "continuous": 720}[OWNERS[owner]]
    assert [(early.lag[k], early.clock(early.lagclk[k]).calendar.id) for k in range(early.m)] == [(left, OWNERS[owner])]
    # the start of the receiver, on Tuesday at 10, binds the giver a day of that calendar before
    bound = network(
        {}, {"actual_start": "2026-01-06 10:00", "remaining": "1 d", "after": [After(source="A", lag="1 d")]}, progress="actual"
    ).network
    instant = {"six": (5, 10), "standard": (5, 10), "thursdays": (1, 9), "continuous": (5, 10)}[OWNERS[owner]]
    assert list(bound.late_bounds) == [LateBound(0, minutes(datetime(2026, 1, *instant)), True)]
    late = network(
        {},
        {"actual_start": "2026-01-06 10:00", "remaining": "1 d", "after": [After(source="A", type="FF", lag="1 d")]},
        progress="override",
        data_date_first=True,
    )
    (link,) = late.network.late_links
    assert late.network.clock(link.clock).calendar.id == OWNERS[owner]
    assert link.lag == (1440 if owner == "continuous" else 480)
    passed = network(done, {"after": [After(source="A", lag="1 d")]}, finished="passes on")
    assert passed["P/B"].early_start == network(done, {"after": [After(source="A", lag="1 d")]})["P/B"].early_start


@pytest.mark.parametrize("state", ["active", "paused", "cancelled"])
@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
@pytest.mark.parametrize("dialect", ["ipmo", "msproject", "p6"])
def test_a_level_of_effort_drives_nothing_and_waits_for_nothing_whatever_its_state(dialect: str, kind: str, state: str) -> None:
    """To come, under way and done, in a project that runs or not, with a lag of twenty days; a benefit comes with it when it is done."""
    link = {"type": kind, "lag": "20 d"}
    for office in ({}, {"actual_start": "2026-01-05"}, {"actual_start": "2026-01-05", "actual_finish": "2026-01-07"}):
        p = Project(
            id="P", state=state,
            tasks=[
                Task(id="z", duration="9 d"), Task(id="office", hammock=True, after=[After(source="z", type="SS"), After(source="z", type="FF")], **office),
                Task(id="after", duration="1 d", after=[After(source="office", **link)]),
            ],
        )  # fmt: skip
        pf = Portfolio(
            id="x", start="2026-01-05", status_date="2026-01-15", calendar="continuous", dialect=dialect,
            projects=[p, Project(id="Q", tasks=[Task(id="v", duration="1 d")])],
            links=[Link(source="P/office", target="Q/v", **link)], benefits=[Benefit(id="B", enabled_by="P/office")],
        )  # fmt: skip
        s = ipmo.schedule(pf)
        assert day(s["Q/v"].early_start) == TODAY
        if state == "active":
            assert day(s["P/after"].early_start) == TODAY
        assert list(s.network.out_of_sequence) == []
        if "actual_finish" in office:
            assert day(s["B"].early_start) == 3
