"""What links mean: whose calendar counts a lag, dates from outside, the ends of projects, and the start of all; each worked by hand."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.errors import ScheduleError
from ipmo.model import After, Benefit, Calendar, Enabler, Gate, Link, Portfolio, Project, Task
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.network.states import TYPE_NAMES, Mode, State
from ipmo.units import MAX_INSTANT, moment

from .conftest import as_large

CALENDARS = [
    Calendar(id="six", week="mon-sat", hours="08:00-12:00, 13:00-16:00"),
    Calendar(id="nine", week="mon-fri", hours="08:00-17:00"),
    Calendar(id="ten", week="mon-fri", hours="08:00-18:00"),
]


def network(pf: Portfolio) -> Network:
    return ipmo.schedule(pf).network


@pytest.mark.parametrize(
    ("owner", "counted"),
    [
        ("predecessor", {"P/b": ("six", 420), "Q/b": ("six", 420), "B": ("six", 420)}),
        ("successor", {"P/b": ("standard", 480), "Q/b": ("nine", 540), "B": ("standard", 480)}),
        ("project", {"P/b": ("standard", 480), "Q/b": ("ten", 600), "B": ("standard", 480)}),
        ("continuous", {"P/b": ("continuous", 1440), "Q/b": ("continuous", 1440), "B": ("continuous", 1440)}),
    ],
)
def test_a_working_lag_is_counted_on_the_calendar_that_the_dialect_says(owner: str, counted: dict[str, tuple[str, int]]) -> None:
    """From work on a calendar of seven hours; its project has the portfolio's of eight, the receiver one of nine in a project of ten."""
    p = Project(
        id="P", tasks=[Task(id="a", duration="1 d", calendar="six"), Task(id="b", duration="1 d", after=[After(source="a", lag="1 d")])]
    )
    q = Project(id="Q", calendar="ten", tasks=[Task(id="b", duration="1 d", calendar="nine")])
    pf = Portfolio(
        id="x", start="2026-01-05", calendars=CALENDARS, dialect={"name": "ipmo", "lag_calendar": owner}, projects=[p, q],
        links=[Link(source="P/a", target="Q/b", lag="1 d")], benefits=[Benefit(id="B", enabled_by=[Enabler(source="P/a", lag="1 d")])],
    )  # fmt: skip
    net = network(pf)
    assert net.lagclk is not None
    assert {net.ids[v]: (net.clock(net.lagclk[k]).calendar.id, net.lag[k]) for k, v in enumerate(net.dst)} == counted
    assert {net.ids[v]: number for number, v in ((net.numbers.get(k), v) for k, v in enumerate(net.dst)) if number is not None} == {
        "Q/b": 0
    }


@pytest.mark.parametrize(
    ("link", "start", "instant", "at_finish"),
    [
        ({}, "12 09:00", "10 00:00", False),  # by the end of Friday
        ({"lag": "1 d"}, "13 09:00", "12 17:00", False),
        ({"lag": "-1 d"}, "09 09:00", "09 09:00", False),
        ({"type": "SS"}, "09 09:00", "09 00:00", False),
        ({"type": "SS", "lag": "1 ed"}, "12 09:00", "10 00:00", False),
        ({"type": "FF"}, "08 09:00", "10 00:00", True),  # two days end on Friday, and the finish waits for Monday
        ({"type": "SF", "lag": "1 d"}, "08 09:00", "09 17:00", True),
        ({"date": None}, "05 09:00", None, False),
        ({"status": "delivered"}, "05 09:00", None, False),
        ({"status": "delivered", "date": None}, "05 09:00", None, False),
    ],
)
def test_a_date_from_outside_bounds_what_waits_for_it(link: dict[str, Any], start: str, instant: str | None, at_finish: bool) -> None:
    one = Link(**{"source": "external:site", "target": "Q/b", "date": "2026-01-09", **link})
    s = ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[Project(id="Q", tasks=[Task(id="b", duration="2 d")])], links=[one]))
    assert f"{s['Q/b'].start:%d %H:%M}" == start
    found = [(one.name, f"{moment(one.instant):%d %H:%M}", one.at_finish, one.node) for one in s.network.dated_externals]
    assert found == ([] if instant is None else [("external:site", instant, at_finish, 0)])
    assert list(s.network.undated_externals) == [0] * (link == {"date": None})
    assert s.network.m == 0


def test_what_goes_outside_and_what_joins_nothing_is_counted_by_its_number() -> None:
    projects = [
        Project(id="P", tasks=[Task(id="a", duration="1 d")], gates=[Gate(id="g", after="a")]),
        Project(id="Q", tasks=[Task(id="b", duration="1 d")]),
        Project(id="gone", state="cancelled", tasks=[Task(id="c", duration="1 d")]),
    ]
    links = [
        Link(source="P/a", target="external:site"), Link(source="P/a", target="Q/b", kind="information"), Link(source="P", target="Q"),
        Link(source="P/a", target="Q"), Link(source="P", target="Q/b"), Link(source="P/a", target="gone/c"),
        Link(source="P/a", target="Q/b"), Link(source="external:site", target="gone/c"), Link(source="P/g", target="Q/b", status="delivered"),
    ]  # fmt: skip
    net = network(Portfolio(id="x", start="2026-01-05", projects=projects, links=links))
    assert sorted(net.undated_externals) == [0, 5, 7]
    assert (list(net.labels), list(net.project_dependencies)) == ([1], [2, 3, 4])
    assert {(net.ids[net.src[k]], net.ids[net.dst[k]]): number for k, number in net.numbers.items()} == {("P/a", "Q/b"): 6}


@pytest.mark.parametrize("kind", TYPE_NAMES)
@pytest.mark.parametrize(
    ("source", "target"),
    [("P@start", "Q/b"), ("P@finish", "Q/b"), ("P/a", "Q@start"), ("P/a", "Q@finish"), ("P/s@start", "Q/b"), ("P/a", "Q/b")],
)
def test_the_named_end_of_a_project_is_meant_whatever_the_type_says(source: str, target: str, kind: str) -> None:
    """A start is left as a start and reached as one, and so a finish; of a summary the type goes on to say it."""
    p = Project(id="P", tasks=[Task(id="s"), Task(id="a", parent="s", duration="2 d"), Task(id="c", duration="3 d")])
    q = Project(id="Q", tasks=[Task(id="b", duration="2 d")])
    net = network(Portfolio(id="x", start="2026-01-05", projects=[p, q], links=[Link(source=source, target=target, type=kind, lag="1 d")]))
    ((k, _),) = net.numbers.items()
    giver = {"P@start": "S", "P@finish": "F"}.get(source, kind[0])
    taker = {"Q@start": "S", "Q@finish": "F"}.get(target, kind[1])
    assert TYPE_NAMES[net.typ[k]] == giver + taker
    assert (net.shown(net.src[k]).partition("~")[0], net.ids[net.dst[k]]) == (source, target)


def test_where_work_begins_is_what_is_stated_else_the_first_date_else_the_status_date() -> None:
    def base(tasks: list[Task], **more: Any) -> str:
        fields = {name: more.pop(name) for name in ("start", "status_date") if name in more}
        net = network(Portfolio(id="x", projects=[Project(id="P", tasks=tasks, **more)], **fields))
        return f"{moment(net.base):%Y-%m-%d}"

    plain = [Task(id="a", duration="1 d"), Task(id="b", duration="1 d", not_before="2026-02-03")]
    assert base(plain, start="2026-01-05") == "2026-01-05"
    assert base(plain) == "2026-02-03"
    assert base(plain, actual_start="2026-02-01") == base([*plain, Task(id="c", duration="1 d", not_before="2026-02-01")]) == "2026-02-01"
    assert base([*plain, Task(id="c", duration="1 d", actual_start="2026-02-02")]) == "2026-02-02"
    assert base([*plain, Task(id="c", duration="1 d", actual_start="2026-02-02", actual_finish="2026-02-02")]) == "2026-02-02"
    assert base([*plain, Task(id="c", duration="1 d", actual_finish="2026-01-31")]) == "2026-01-31"
    assert base(plain, status_date="2026-03-01") == "2026-03-01"  # nothing lies before it
    assert base(plain[:1], status_date="2026-03-01") == "2026-03-01"
    gone = Project(id="gone", state="cancelled", start="2020-01-01", tasks=[Task(id="a", duration="1 d", not_before="2020-01-01")])
    assert f"{moment(network(Portfolio(id='x', projects=[gone, Project(id='P', tasks=plain)])).base):%Y-%m-%d}" == "2026-02-03"


@pytest.mark.parametrize("work", [{"tasks": [Task(id="a", duration="1 d")]}, {"gates": [Gate(id="g")]}, {"finish": "2026-03-01"}])
def test_work_without_any_date_is_refused_and_nothing_is_not(work: dict[str, Any]) -> None:
    with pytest.raises(ScheduleError) as error:
        network(Portfolio(id="x", projects=[Project(id="P", **work)]))
    assert str(error.value) == "portfolio 'x' has no start: add portfolio: start: (or a start: to a project, or a status_date:)"
    net = network(Portfolio(id="x", projects=[Project(id="P")]))
    assert net.state == [State.UNDATED]
    assert (net.holds[0].reason, net.holds[0].item) == ("nothing says when anything starts (write portfolio: start:)", "")


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize(
    "more", [{}, {"calendar": [0, 0], "calendars": [Calendar(id="always", week="mon-sun", hours="00:00-24:00", holidays=["2026-01-05"])]}]
)
def test_work_may_end_in_the_last_minute_of_the_year_9999_and_no_later(
    way: str, more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "arrays":
        as_large(monkeypatch)
    start = MAX_INSTANT - 100
    for length in (99, 100):
        net = Network.from_columns(["a", "b"], [length, 0], [0], [1], type=[1], start=start, **more)
        if length == 99:
            assert max(int(f) for f in Passes(net).finishes) == MAX_INSTANT - 1
        else:
            with pytest.raises(ScheduleError) as error:
                Passes(net)
            assert str(error.value) == "'a' would end past the year 9999; check its duration and lags"
    late = Network.from_columns(["a", "b"], [1, 1], [0], [1], lag=[100], start=start)
    with pytest.raises(ScheduleError, match="'b' would end"):
        Passes(late)


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize(
    ("until", "said"), [("0001-01-01", " at all"), ("2026-01-10", " after 2026-01-09"), ("2026-01-06", " after 2026-01-05")]
)
def test_work_on_a_calendar_that_works_no_more_never_ends(until: str, said: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine to five until a day; the calendar is that of the work, or the one that its lag waits on."""
    if way == "arrays":
        as_large(monkeypatch)
    never = Calendar(id="never", hours="09:00-17:00", exceptions=[{"from": until, "to": "9999-12-31", "hours": "none"}])
    text = f"never ends: calendar 'never' has no working time{said}; check its hours and exceptions, or give the item another calendar"
    usual = {"id": "x", "start": "2026-01-05", "calendars": [never]}
    with pytest.raises(ScheduleError) as error:
        network(
            Portfolio(
                **usual,
                projects=[Project(id="P", tasks=[Task(id="a", duration="9 d", calendar="never"), Task(id="b", duration="1 d", after="a")])],
            )
        )
    assert str(error.value) == f"'P/a' {text}"
    tasks = [Task(id="a", milestone=True, calendar="never"), Task(id="b", duration="1 d", after=[After(source="a", lag="9 d")])]
    with pytest.raises(ScheduleError) as error:
        network(Portfolio(**usual, projects=[Project(id="P", tasks=tasks)]))
    assert str(error.value) == f"'P/b' {text}"


def test_two_finishes_at_one_instant_are_joined_by_a_number_that_waits_where_clocks_differ() -> None:
    tasks = [Task(id="a", duration="2 d"), Task(id="b", duration="1 d", after=[After(source="a", type="FF")])]
    for more, mode in (([], Mode.PLAIN), ([Task(id="c", duration="1 d", calendar="six")], Mode.FINISHES)):
        net = network(Portfolio(id="x", start="2026-01-05", calendars=CALENDARS, projects=[Project(id="P", tasks=[*tasks, *more])]))
        assert net.mode is not None
        assert [Mode(one) for one in net.mode] == [mode]


@pytest.mark.parametrize("kind", TYPE_NAMES)
@pytest.mark.parametrize("lag", ["0.2 min", "-0.2 min", "1 min", "-1 min"])
def test_a_lead_to_a_finish_leads_to_a_shift_in_p6_and_what_rounds_to_no_minute_is_none(lag: str, kind: str) -> None:
    tasks = [Task(id="a", duration="2 d"), Task(id="b", duration="1 d", after=[After(source="a", type=kind, lag=lag)])]
    net = network(Portfolio(id="x", start="2026-01-05", dialect="p6", projects=[Project(id="P", tasks=tasks)]))
    assert net.mode is not None
    lead = lag == "-1 min" and kind in ("FF", "SF")
    assert (Mode(net.mode[0]), net.lag[0]) == (Mode.SHIFTS if lead else Mode.PLAIN, {"1 min": 1, "-1 min": -1}.get(lag, 0))
