"""Commitments: what is stated and who relies on it; kept, missed because of something, overdue without a forecast; floats to them alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dates.commitments import Commitments
from ipmo.changes import Delay, Stop
from ipmo.errors import UnknownItemError
from ipmo.model import Benefit, Calendar, Enabler, Gate, Link, Portfolio, Project, Task
from ipmo.network.kernels import passes as kernels
from ipmo.network.kernels.columns import FAR, Dates
from ipmo.network.states import State
from ipmo.reporting.html import render
from ipmo.testing.strategies import portfolios

from ...network.conftest import as_large


def plain(*projects: Project, **more: Any) -> Portfolio:
    return Portfolio(
        id="pf",
        start="2026-01-01",
        status_date=more.pop("status_date", "2026-01-01"),
        calendar=more.pop("calendar", "continuous"),
        projects=projects,
        **more,
    )


def stated(pf: Portfolio) -> Commitments:
    return ipmo.schedule(pf).commitments


def test_a_forecast_is_no_commitment_and_is_named_as_one() -> None:
    """The gate comes on 10 April by itself; what is stated is the finish of 30 June, 61 days after what follows the gate."""
    work = [Task(id="a", duration="100 d"), Task(id="b", duration="20 d", after="G")]
    pf = plain(Project(id="p", finish="2026-06-30", tasks=work, gates=[Gate(id="G", after="a")]))
    row = ipmo.schedule(pf)["p/G"]
    assert (row.target, row.target_is, row.target_float, row.target_text) == ("p/G", "forecast", 0, "p/G (forecast)")
    assert (row.commitment, row.commitment_float) == ("p@finish", 61)
    bare = ipmo.schedule(pf.evolve("p", finish=None))
    assert (bare["p/G"].commitment, bare["p/G"].commitment_float, bare["p/G"].target_float) == (None, None, 0)
    assert len(bare.commitments) == 0
    needed = ipmo.schedule(pf.evolve("p/G", need_by="2026-05-01"))["p/G"]
    assert (needed.target, needed.target_is, needed.commitment, needed.commitment_float) == ("p/G", "commitment", "p/G", 21)


@pytest.mark.parametrize(
    ("fields", "date", "word", "days"),
    [
        ({"promised": "2026-01-08"}, "2026-01-08", "committed for", 2),
        ({"needed": "2026-01-07"}, "2026-01-07", "needed by", 3),
        ({"promised": "2026-01-09", "needed": "2026-01-07"}, "2026-01-07", "needed by", 3),
        ({"promised": "2026-01-05", "type": "SS"}, "2026-01-05", "committed for", -5),
        ({"promised": "2026-01-10"}, "2026-01-10", "committed for", 0),
    ],
)
def test_a_hand_over_is_a_commitment_of_its_giver(fields: dict[str, Any], date: str, word: str, days: float) -> None:
    pf = plain(
        Project(id="A", tasks=[Task(id="t", duration="10 d")]),
        Project(id="B", tasks=[Task(id="t", duration="5 d")]),
        links=[Link(id="L", source="A/t", target="B/t", **fields)],
    )
    s = ipmo.schedule(pf)
    (one,) = s.commitments
    assert (one.name, one.kind, one.item, one.project, one.stated_text, one.word) == ("L", "hand-over", "A/t", "A", date, word)
    assert (one.broken, one.standing) == (days > 0, "missed" if days > 0 else "kept")
    minute = 1 / 1440 if fields.get("type") == "SS" else 0  # midnight after the day is a start on the next one
    assert (s["A/t"].commitment, s["A/t"].commitment_float) == ("L", -days - minute)
    assert (s["B/t"].commitment, s["A/t"].target) == (None, "A@finish")
    if days > 0:
        assert one.text.startswith(
            f"L: A/t misses its hand-over by {days} d: {word} {date}, expected 2026-01-10, its own work has not begun"
        )


def test_broken_hand_overs_stand_before_all_that_is_missed_by_more() -> None:
    pf = plain(
        Project(id="A", finish="2026-01-02", tasks=[Task(id="t", duration="30 d")]),
        Project(id="B", tasks=[Task(id="t", duration="1 d"), Task(id="u", duration="5 d", deadline="2026-02-20")]),
        links=[
            Link(id="late", source="A/t", target="B/t", promised="2026-01-29"),
            Link(id="worse", source="A/t", target="B/u", needed="2026-01-20"),
        ],
    )
    assert [(one.name, one.standing) for one in stated(pf)] == [
        ("worse", "missed"), ("late", "missed"), ("A@finish", "missed"), ("B/u", "kept"),
    ]  # fmt: skip
    assert stated(pf)["A"].late == "28 d"
    assert "worse" in stated(pf)
    with pytest.raises(UnknownItemError, match="open commitments"):
        stated(pf)["nothing"]


def test_what_is_overdue_without_a_forecast_stands_apart_from_what_will_be_missed_because_of_something() -> None:
    """Seen on 1 March: M was due in January and nothing says when it comes; T waits for W; N is behind M; U is on hold."""
    tasks = [
        Task(id="M", milestone=True, deadline="2026-01-20"),
        Task(id="N", milestone=True, after="M", deadline="2026-02-01"),
        Task(id="W", duration="40 d", actual_start="2026-02-20", remaining="30 d"),
        Task(id="T", duration="5 d", after="W", deadline="2026-03-20"),
        Task(id="fine", duration="5 d", deadline="2026-04-20"),
        Task(id="late", duration="5 d", deadline="2026-02-10"),
        Task(id="blank", deadline="2026-04-20"),
        Task(id="gone", deadline="2026-02-20"),
    ]
    pf = plain(Project(id="p", tasks=tasks), status_date="2026-03-01")
    found = {one.item: (one.standing, one.because) for one in stated(pf)}
    assert found == {
        "p/M": ("overdue", "p/M"),
        "p/N": ("overdue", "p/M"),
        "p/T": ("missed", "p/W"),
        "p/fine": ("kept", ""),
        "p/late": ("missed", "p/late"),
        "p/blank": ("unknown", "p/blank"),
        "p/gone": ("overdue", "p/gone"),
    }
    assert stated(pf)["p/T"].text == (
        "p/T misses its deadline by 15 d: due 2026-03-20, expected 2026-04-04, because of p/W (under way, expected 2026-03-30)"
    )
    assert stated(pf)["p/N"].text == (
        "p/N: due 2026-02-01, overdue and without a forecast, because of p/M (nothing says when it will happen)"
    )


def test_a_project_on_hold_has_commitments_of_which_nothing_is_known() -> None:
    pf = plain(Project(id="p", state="paused", finish="2026-06-30", tasks=[Task(id="t", duration="5 d", deadline="2026-03-01")]))
    assert {(one.name, one.standing, one.because) for one in stated(pf)} == {("p/t", "unknown", "p"), ("p@finish", "unknown", "p")}
    assert "paused" in stated(pf)[0].text


def test_a_finish_of_which_part_is_not_known_is_kept_only_when_all_of_it_is() -> None:
    """Two of three tasks have dates: what they miss is missed; where they are in time nothing is said for the whole."""
    tasks = [Task(id="a", duration="10 d"), Task(id="b", duration="20 d"), Task(id="blank")]
    late = stated(plain(Project(id="p", finish="2026-01-15", tasks=tasks)))["p"]
    assert (late.standing, late.late, late.because) == ("missed", "at least 5 d", "p/b")
    early = stated(plain(Project(id="p", finish="2026-03-15", tasks=tasks)))["p"]
    assert (early.standing, early.because, early.days) == ("unknown", "p/blank", None)


def test_what_lies_outside_is_named_where_it_is_late() -> None:
    pf = plain(
        Project(id="B", finish="2026-02-01", tasks=[Task(id="t", duration="5 d")]),
        links=[
            Link(id="grid", source="external:grid", target="B/t", date="2026-02-20", needed="2026-02-01"),
            Link(id="asked", source="external:permit", target="B/t", needed="2026-02-01"),
        ],
    )
    rows = {one.name: (one.standing, one.because, one.project) for one in stated(pf)}
    assert rows == {
        "grid": ("missed", "external:grid", "B"),
        "asked": ("unknown", "external:permit", "B"),
        "B@finish": ("missed", "external:grid", "B"),
    }


def test_a_benefit_is_due_at_its_planned_start() -> None:
    """Ready at the end of 10 January it starts on the 11th, planned from the 5th: missed by six days; a later latest start does not help."""
    pf = plain(
        Project(id="p", tasks=[Task(id="t", duration="10 d")]),
        benefits=[Benefit(id="b", enabled_by=[Enabler(source="p/t")], planned_start="2026-01-05", need_by="2026-03-01")],
    )
    (one,) = stated(pf)
    assert (one.kind, one.standing, one.late) == ("benefit", "missed", "6 d")
    assert ipmo.schedule(pf)["p/t"].commitment_float == -6


@pytest.mark.parametrize("calendar", ["continuous", "weekdays"])
@pytest.mark.parametrize("day", range(12, 25))
def test_the_start_of_a_benefit_is_one_day_everywhere(calendar: str, day: int) -> None:
    """Its first whole day: what `benefits` says, the schedule, its commitment and a comparison say too, and as late as its slip."""
    pf = plain(
        Project(id="p", tasks=[Task(id="t", duration="10 d")]),
        calendar=calendar,
        calendars=[Calendar(id="weekdays", week="mon-fri", hours="08:00-12:00, 13:00-17:00", day="8 h")],
        benefits=[Benefit(id="b", enabled_by=[Enabler(source="p/t")], planned_start=f"2026-01-{day}")],
    )
    row, s = ipmo.benefits(pf)["b"], ipmo.schedule(pf)
    assert row.start is not None
    assert row.slip is not None
    assert s.days("b") == s["b"].days() == (row.start, row.start)
    (one,) = stated(pf)
    assert (one.expected_text, one.stated_text) == (str(row.start), f"2026-01-{day}")
    assert (one.standing == "missed") == (row.slip > 0)
    if row.slip > 0:
        assert one.late == f"{row.slip} d"
    later = ipmo.what_if(pf, Delay("p/t", "7 ed"))
    (moved,) = (m for m in later.dates if m.item == "b")
    assert (moved.before, moved.after) == (str(row.start), str(ipmo.benefits(later.after)["b"].start))


def test_the_latest_acceptable_start_of_a_benefit_is_the_end_of_its_day() -> None:
    pf = plain(
        Project(id="p", tasks=[Task(id="t", duration="10 d")]),
        benefits=[Benefit(id="b", enabled_by=[Enabler(source="p/t")], need_by="2026-01-10")],
    )
    (one,) = stated(pf)
    assert (one.standing, one.text) == ("kept", "b keeps its latest start: needed by 2026-01-10, ready on 2026-01-10")
    (late,) = stated(pf.evolve("b", need_by="2026-01-08"))
    assert late.text.startswith("b misses its latest start by 2 d: needed by 2026-01-08, ready on 2026-01-10")


def test_a_project_without_tasks_commits_to_a_finish_only_where_something_else_sets_its_date() -> None:
    bar = Project(id="B", start="2026-02-01", finish="2026-02-28")
    giver = Project(id="A", tasks=[Task(id="t", duration="60 d")])
    assert len(stated(plain(giver, bar))) == 0
    (one,) = stated(plain(giver, bar, links=[Link(source="A/t", target="B@start")]))
    assert (one.name, one.standing, one.because) == ("B@finish", "missed", "A/t")


def test_the_table_says_each_of_them(examples_gate: Portfolio) -> None:
    rows = list(stated(examples_gate).table().rows())
    assert [(row["name"], row["kind"], row["standing"], row["days"]) for row in rows] == [("p@finish", "project", "kept", -61)]


@pytest.fixture
def examples_gate() -> Portfolio:
    work = [Task(id="a", duration="100 d"), Task(id="b", duration="20 d", after="G")]
    return plain(Project(id="p", finish="2026-06-30", tasks=work, gates=[Gate(id="G", after="a")]))


# ------------------------------------------------------------------------------------------------ by trying


def held(s: ipmo.Schedule, place: int, start: int) -> tuple[list[int], list[int]]:
    """Start and finish of every position when one starts no earlier than given, as instants."""
    q, net = s.passes.lists, s.network
    low, edge = list(q.low), [0] * net.n
    for node in net.floor_edges:
        edge[q.pos[node]] = int(q.low[q.pos[node]] + net.dur[node] == net.finish_floor[node])
    if start > low[place]:
        low[place], edge[place] = start, 0
    nodes = q.nodes._replace(high=q.high if not net.additive else [FAR] * net.n)
    dates = Dates(low, edge)
    kernels.forward_from(0, q.links, nodes, net.clock_tables, dates)
    clocks = [net.clock(c) for c in q.clk]
    starts = [c.start(x) for c, x in zip(clocks, dates.x, strict=True)]
    ends = [c.start(a + d) if e else c.finish(a + d) for c, a, d, e in zip(clocks, dates.x, q.dur, dates.edge, strict=True)]
    return starts, ends


def broken(s: ipmo.Schedule, dates: tuple[list[int], list[int]]) -> set[str]:
    """The commitments that some dates do not keep, by the definition."""
    q, net = s.passes.lists, s.network
    out = set()
    for one in s.commitments.stated:
        for node in one.nodes:
            if net.state[node] not in (0, 1) or node in s.passes.without_duration or (not one.at_finish and len(one.nodes) > 1):
                continue
            clock = net.running_clock(node)
            limit = one.date if one.at_finish else max(one.date, clock.start(clock.work(one.date)))
            if dates[one.at_finish][q.pos[node]] > limit:
                out.add(one.name)
    return out


@settings(max_examples=60, deadline=None)
@given(portfolios())
def test_commitment_float_is_the_slip_up_to_which_every_commitment_holds(pf: Portfolio) -> None:
    """By trying: held back by it an item breaks nothing that was kept; by one minute more it breaks the one that is named."""
    s = ipmo.schedule(pf)
    q = s.passes.lists
    now = broken(s, ([s.network.clock(c).start(x) for c, x in zip(q.clk, q.x, strict=True)], list(q.finish)))
    for place in range(min(s.network.n, 12)):
        late = s.commitments.bound(place)
        if s.network.kinds[q.order[place]] == "helper":
            continue
        if late is None:
            assert broken(s, held(s, place, q.x[place] + 400 * 1440)) == now, "nothing stated lies downstream"
        elif late >= q.x[place]:
            assert broken(s, held(s, place, late)) == now
            name = s.commitments.at_risk(place)
            assert name is not None
            assert name in broken(s, held(s, place, late + 1))


# ------------------------------------------------------------------------------------------------ where it is told


def handed(days: int) -> Portfolio:
    return plain(
        Project(id="A", tasks=[Task(id="t", name="Rails", duration=f"{days} d")]),
        Project(id="B", tasks=[Task(id="t", duration="5 d")]),
        links=[Link(id="L", source="A/t", target="B/t", promised="2026-01-12", needed="2026-01-12")],
    )


def test_a_broken_hand_over_is_the_time_of_its_giver() -> None:
    late, kept = (ipmo.status(handed(days))["A"] for days in (20, 10))
    assert (late.computed, kept.computed) == ("red", "green")
    assert "Rails, handed over, finishes 2026-01-20, committed to 2026-01-12, 8 days beyond the commitment" in late.why


def test_what_is_missed_and_what_is_overdue_are_findings_of_their_own_and_each_fact_is_one() -> None:
    tasks = [
        Task(id="m", milestone=True, deadline="2026-01-15"),
        Task(id="w", duration="40 d", actual_start="2026-01-10", remaining="30 d"),
        Task(id="x", duration="5 d", after="w", deadline="2026-02-20"),
    ]
    pf = plain(
        Project(id="p", tasks=tasks),
        Project(id="q", tasks=[Task(id="t", duration="5 d")]),
        status_date="2026-02-01",
        links=[
            Link(id="L", source="p/x", target="q/t", promised="2026-02-10"),
            Link(id="M", source="p/m", target="q/t", needed="2026-01-20"),
        ],
    )
    found = {
        code: [(f.item, f.message) for f in ipmo.check(pf).of(f"ipmo/{code}")]
        for code in ("commitment-missed", "commitment-overdue", "hand-over")
    }
    assert found == {
        "commitment-missed": [
            ("p/x", "'p/x' is due 2026-02-20, the schedule says 2026-03-07: 15 d late, because of p/w (under way, expected 2026-03-02)")
        ],
        "commitment-overdue": [
            ("M", "'M' was needed by 2026-01-20 and has no forecast but the status date"),
            ("p/m", "'p/m' was due 2026-01-15 and has no forecast but the status date"),
        ],
        "hand-over": [
            (
                "L",
                "'p/x' hands over to 'q/t': expected 25 days after it is committed (expected 2026-03-07, committed 2026-02-10); "
                "because of p/w (under way, expected 2026-03-02)",
            )
        ],
    }
    page = re.sub(r"<[^>]+>|\s+", " ", re.sub(r'<span class="day">(.*?)</span>', r"\1", render(pf, ipmo.check(pf))))
    assert "2 of 4 commitments are missed in this forecast; 2 are overdue and have no forecast." in page
    said = [
        "p/x hands over to q/t: committed for 2026-02-10, expected 2026-03-07, 25 d late",
        "p/x due 2026-02-20, expected 2026-03-07, 15 d late",
        "p/m due 2026-01-15, overdue: nothing says when it will come",
        "p/m hands over to q/t: needed by 2026-01-20, overdue: nothing says when it will come",
    ]
    places = [re.sub(" +", " ", page).index(line) for line in said]
    assert places[0] < places[3] < places[1] < places[2]  # hand-overs first, what is missed before what is overdue
    assert re.search(r"commitments missed in this forecast +2 of 4 +■ +late +1 broken hand-over", page)
    assert re.search(r"overdue, without a forecast +2 ", page)


def test_what_is_not_known_is_not_counted_as_kept() -> None:
    pf = plain(Project(id="p", finish="2026-06-01", tasks=[Task(id="t")]))
    page = re.sub(r"<[^>]+>|\s+", " ", re.sub(r'<span class="day">(.*?)</span>', r"\1", render(pf, ipmo.check(pf))))
    assert re.search(r"commitments missed in this forecast +0 of 1 +as far as is known +of 1 it is not known", page)


@pytest.mark.parametrize(("state", "standing"), [("cancelled", "missed"), ("paused", "unknown"), ("active", "kept")])
def test_a_hand_over_whose_giver_is_cancelled_never_comes_and_cancelled_work_commits_to_nothing_else(state: str, standing: str) -> None:
    pf = plain(
        Project(id="A", state=state, finish="2026-02-01", tasks=[Task(id="t", duration="5 d", deadline="2026-02-01")]),
        Project(id="B", tasks=[Task(id="t", duration="5 d")]),
        links=[Link(id="L", source="A/t", target="B/t", promised="2026-03-01")],
    )
    found = stated(pf)
    assert found["L"].standing == standing
    assert ("A/t" in found, "A@finish" in found) == (state != "cancelled", state != "cancelled")
    if state == "cancelled":
        assert (found["L"].expected, found["L"].broken) == (None, True)
        assert found["L"].text.startswith("L: A/t misses its hand-over: committed for 2026-03-01, it never comes")
        assert "never comes" in render(pf, ipmo.check(pf))
    stop = ipmo.what_if(pf, Stop("A")) if state == "active" else None
    assert stop is None or (stop.commitments[0].kind, stop.commitments[0].after) == ("hand-over", "missed")


@pytest.mark.parametrize("calendar", ["standard", "continuous"])
def test_a_start_that_a_constraint_allows_no_later_is_told_by_the_day_on_which_it_is_to_begin(calendar: str) -> None:
    """Two days before it last from 5 January; a day that begins at midnight is not the day before."""
    tasks = [
        Task(id="first", duration="2 d"),
        Task(id="kept", duration="1 d", after="first", constraints={"start_no_later": "2026-01-07"}),
        Task(id="late", duration="1 d", after="first", constraints={"start_no_later": "2026-01-06"}),
    ]
    pf = Portfolio(id="pf", start="2026-01-05", calendar=calendar, projects=[Project(id="p", tasks=tasks)])
    assert [(one.name, one.standing, one.stated_text, one.expected_text, one.late) for one in stated(pf)] == [
        ("p/late", "missed", "2026-01-06", "2026-01-07", "1 d"),
        ("p/kept", "kept", "2026-01-07", "2026-01-07", "0 h" if calendar == "continuous" else "9 h"),
    ]
    assert stated(pf)[1].text == "p/kept keeps its constraint: to start no later than 2026-01-07, expected 2026-01-07"


@pytest.mark.parametrize(
    ("receiver", "told"),
    [
        ({}, True),
        ({"state": "paused"}, True),
        ({"state": "closed"}, False),
        ({"state": "cancelled"}, False),
        ({"actual_start": "2026-01-01", "actual_finish": "2026-01-01"}, False),
    ],
)
def test_a_hand_over_is_due_to_somebody_who_still_waits_for_it(receiver: dict[str, Any], told: bool) -> None:
    state = receiver.get("state", "active")
    actual = {key: value for key, value in receiver.items() if key != "state"}
    taker = [Task(id="t", duration="1 d", **actual), Task(id="u", duration="1 d")]
    pf = plain(
        Project(id="A", tasks=[Task(id="t", duration="5 d")]),
        Project(id="B", state=state, tasks=taker),
        links=[Link(id="L", source="A/t", target="B/t", promised="2026-03-01")],
        status_date="2026-01-02",
    )
    assert ("L" in stated(pf)) is told


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"promised": "2026-03-01"}, True),
        ({"needed": "2026-03-01"}, True),
        ({}, False),
        ({"promised": "2026-03-01", "status": "cancelled"}, False),
        ({"promised": "2026-03-01", "status": "delivered"}, False),
        ({"promised": "2026-03-01", "kind": "resource"}, False),
        ({"promised": "2026-03-01", "source": "A"}, True),
        ({"promised": "2026-03-01", "target": "B"}, True),
        ({"promised": "2026-03-01", "target": "B@start"}, True),
        ({"promised": "2026-03-01", "source": "A@finish"}, True),
        ({"promised": "2026-03-01", "source": "A/sum"}, True),
    ],
)
def test_what_links_commit_to(fields: dict[str, Any], told: bool) -> None:
    giver = [Task(id="sum"), Task(id="t", parent="sum", duration="5 d"), Task(id="u", parent="sum", duration="7 d")]
    link = Link(**{"id": "L", "source": "A/t", "target": "B/t", **fields})
    pf = plain(Project(id="A", tasks=giver), Project(id="B", tasks=[Task(id="t", duration="1 d")]), links=[link])
    found = stated(pf)
    assert ("L" in found) is told
    if told:
        days = 7 if link.source in ("A", "A@finish", "A/sum") else 5
        assert found["L"].days == days - 60 + 0, "work from 1 January, stated for the end of 1 March: 60 days"


def test_what_comes_from_outside_is_what_was_heard_of_it() -> None:
    """Its project is that which takes it; a date that is past and of which nothing is heard is overdue."""

    def outside(**fields: Any) -> Portfolio:
        link = Link(**{"id": "L", "source": "external:grid", "target": "B/t", "promised": "2026-03-01", **fields})
        return plain(Project(id="B", tasks=[Task(id="t", duration="1 d")]), links=[link], status_date=fields.pop("today", "2026-02-01"))

    (unknown,) = stated(outside())
    assert (unknown.standing, unknown.project, unknown.days, unknown.expected) == ("unknown", "B", None, None)
    assert unknown.reason == "nobody says when external:grid comes"
    late = stated(outside(date="2026-03-04"))["L"]
    assert (late.standing, late.days, late.because, late.reason) == ("missed", 3, "external:grid", "because of external:grid")
    assert late.text == (
        "L: external:grid misses its hand-over by 3 d: committed for 2026-03-01, expected 2026-03-04, because of external:grid"
    )
    kept = stated(outside(date="2026-03-01"))["L"]
    assert (kept.standing, kept.days, kept.because, kept.reason) == ("kept", 0, "", "")
    assert "L" not in stated(outside(status="delivered"))
    (gone,) = stated(outside().evolve("pf", status_date="2026-03-02"))
    assert (gone.standing, gone.text) == (
        "overdue",
        "L: committed for 2026-03-01, overdue and without a forecast, nobody says when external:grid comes",
    )


@pytest.mark.parametrize("calendar", ["standard", "continuous"])
def test_what_is_due_by_the_end_of_yesterday_and_is_not_there_this_morning_is_overdue(calendar: str) -> None:
    """A status date is the beginning of its day: nothing that is open is kept by a date before it, and none is expected before it."""
    tasks = [
        Task(id="m", milestone=True, deadline="2026-03-01"),
        Task(id="n", milestone=True, after="m", deadline="2026-03-01"),
        Task(id="o", milestone=True, after="n", deadline="2026-03-02"),
        Task(id="k", duration="1 d", constraints={"start_no_later": "2026-03-02"}),
    ]
    gate = Gate(id="G", need_by="2026-03-01")
    pf = plain(
        Project(id="p", finish="2026-03-31", tasks=tasks, gates=[gate]),
        Project(id="q", finish="2026-03-01", tasks=[Task(id="end", milestone=True)]),
        status_date="2026-03-02",
        calendar=calendar,
    )
    found = stated(pf)
    overdue = "overdue and without a forecast"
    assert {one.name: one.text for one in found if one.name not in ("p/k", "p@finish")} == {
        "p/m": f"p/m: due 2026-03-01, {overdue}, nothing says when it will happen",
        "p/n": f"p/n: due 2026-03-01, {overdue}, because of p/m (nothing says when it will happen)",
        "p/G": f"p/G: needed by 2026-03-01, {overdue}, nothing says when it will happen",
        "q@finish": f"q@finish: to finish by 2026-03-01, {overdue}, because of q/end (nothing says when it will happen)",
        "p/o": "p/o keeps its deadline: due 2026-03-02, expected 2026-03-02",
    }
    assert found["p/k"].standing == "kept", "what is to start today may still do so"
    s = ipmo.schedule(pf)
    assert {str(s.days(name)[1]) for name in ("p/m", "p/n", "p/o", "p/G", "q")} == {"2026-03-02"}


def test_a_point_held_at_the_beginning_of_a_day_is_said_by_that_day_and_so_is_what_waits_for_it_alone() -> None:
    """Held on 2 February; what follows at once comes on that day, not on the evening before; what follows work, when the work ends."""
    tasks = [
        Task(id="held", milestone=True, not_before="2026-02-02", deadline="2026-03-01"),
        Task(id="next", milestone=True, after="held", deadline="2026-03-01"),
        Task(id="work", duration="3 d", after="next"),
        Task(id="begun", milestone=True, after=[{"from": "work", "type": "SS"}], deadline="2026-03-01"),
        Task(id="done", milestone=True, after="work", deadline="2026-03-01"),
        Task(id="last", milestone=True, after=["done", "begun"], deadline="2026-03-01"),
        Task(id="later", milestone=True, after=[{"from": "held", "lag": "2 ed"}], deadline="2026-03-01"),
    ]
    pf = plain(Project(id="p", finish="2026-03-31", tasks=tasks), Project(id="q", tasks=[Task(id="t", milestone=True)]), links=[
        Link(id="L", source="p/next", target="q/t", promised="2026-03-01")
    ])  # fmt: skip
    days = {"held": 2, "next": 2, "begun": 2, "done": 4, "last": 4, "later": 4}
    s = ipmo.schedule(pf)
    for name, day in days.items():
        assert s.finish_text(f"p/{name}") == s[f"p/{name}"].finish_text == f"2026-02-0{day}", name
        assert s.commitments[f"p/{name}"].text == f"p/{name} keeps its deadline: due 2026-03-01, expected 2026-02-0{day}", name
    assert s.commitments["L"].expected_text == s["q/t"].start_text == "2026-02-02"
    late = ipmo.schedule(pf.evolve("p/last", deadline="2026-02-01").evolve("p/begun", deadline="2026-02-01"))
    assert late.commitments["p/begun"].text == (
        "p/begun misses its deadline by 1 d: due 2026-02-01, expected 2026-02-02, because of p/held (may not start before 2026-02-02,"
        " expected 2026-02-02)"
    )


@settings(max_examples=40)
@given(portfolios())
def test_no_day_of_open_work_lies_before_the_status_date_nor_before_that_of_what_it_waits_for(pf: Portfolio) -> None:
    s = ipmo.schedule(pf)
    net, first = s.network, s.first_day
    for row in s:
        begins, ends = row.start_date, row.finish_date
        if row.kind not in ("task", "milestone", "gate") or not begins or not ends or net.state[s.passes.nodes[row.id]] is not State.NORMAL:
            continue
        assert first <= begins <= ends, row.id
    for link in s.links().rows():
        giver, taker = s[link["source"]], s[link["target"]]
        free = link["type"] == "FS" and giver.kind == taker.kind == "milestone" and giver.finish_date and taker.start_date
        if free and net.state[s.passes.nodes[taker.id]] is State.NORMAL and taker.start >= giver.finish:
            assert giver.finish_date <= taker.start_date, (giver.id, taker.id)


def test_what_is_to_start_today_may_still_do_so() -> None:
    """A milestone that is to come no later than today is kept this morning, and overdue tomorrow."""
    pf = plain(
        Project(id="p", tasks=[Task(id="go", milestone=True, constraints={"start_no_later": "2026-03-02"})]), status_date="2026-03-02"
    )
    assert stated(pf)["p/go"].standing == "kept"
    assert stated(pf.evolve("pf", status_date="2026-03-03"))["p/go"].standing == "overdue"


def test_a_point_that_may_not_finish_before_a_day_is_said_by_that_day() -> None:
    tasks = [Task(id="k", milestone=True, finish_not_before="2026-04-01"), Task(id="l", milestone=True, after="k")]
    s = ipmo.schedule(plain(Project(id="p", tasks=tasks)))
    assert [s.finish_text(f"p/{name}") for name in "kl"] == ["2026-04-01", "2026-04-01"]


BLANK = Task(id="blank")


@pytest.mark.parametrize(
    ("after", "standing"),
    [
        ([Task(id="t", duration="2 d", after="blank", deadline="2026-03-01")], "unknown"),
        ([Task(id="s", duration="2 d", after="blank"), Task(id="t", duration="2 d", after="s", deadline="2026-03-01")], "unknown"),
        ([Task(id="t", duration="2 d", after=[{"from": "blank", "type": "FF"}], deadline="2026-03-01")], "unknown"),
        ([Task(id="t", milestone=True, after="blank", constraints={"finish_no_later": "2026-03-01"})], "unknown"),
        ([Task(id="t", duration="2 d", after=[{"from": "blank", "type": "SS"}], deadline="2026-03-01")], "kept"),
        ([Task(id="t", duration="2 d", after="blank", not_before="2026-04-01", deadline="2026-03-01")], "missed"),
        ([Task(id="t", duration="2 d", after="blank", deadline="2026-01-01")], "missed"),
    ],
)
def test_a_date_behind_work_without_a_duration_is_a_lower_bound_that_may_be_missed_and_never_kept(after: list[Task], standing: str) -> None:
    """The forecast of T can only grow: late already, it is missed; in time, nobody knows. What waits for a start alone is not touched."""
    found = stated(plain(Project(id="p", tasks=[BLANK, *after])))["p/t"]
    assert found.standing == standing
    if standing == "unknown":
        assert (found.because, found.reason, found.expected, found.days) == ("p/blank", "p/blank has no duration", None, None)


def test_what_hangs_on_work_without_a_duration_is_not_known_for_hand_overs_benefits_and_whole_projects() -> None:
    """B only has what A gives, and A does not say how long that takes; C has all it needs."""
    pf = plain(
        Project(id="A", tasks=[BLANK, Task(id="t", duration="2 d", after="blank"), Task(id="u", duration="2 d")]),
        Project(id="B", finish="2026-06-30", tasks=[Task(id="v", duration="2 d")]),
        Project(id="C", finish="2026-06-30", tasks=[Task(id="w", duration="2 d")]),
        links=[
            Link(id="L", source="A/t", target="B/v", promised="2026-06-01"),
            Link(id="M", source="A/u", target="C/w", promised="2026-06-01"),
        ],
        benefits=[
            Benefit(id="b", enabled_by=["B/v"], value="1 GBP", planned_start="2026-09-01"),
            Benefit(id="c", enabled_by=["C/w"], value="1 GBP", planned_start="2026-09-01"),
            Benefit(id="first", any_of=["C/w", "B/v"], value="1 GBP", planned_start="2026-09-01"),
        ],
    )
    found = {one.name: (one.standing, one.because) for one in stated(pf)}
    blank = ("unknown", "A/blank")
    assert found == {
        "L": blank,
        "M": ("kept", ""),
        "B@finish": blank,
        "C@finish": ("kept", ""),
        "b": blank,
        "c": ("kept", ""),
        "first": ("kept", ""),
    }


@pytest.mark.parametrize("point", [Task(id="m", milestone=True, deadline="2026-03-10"), Gate(id="m", need_by="2026-03-10")])
def test_a_point_that_waits_for_something_from_outside_is_said_by_the_day_on_which_that_comes(point: Task | Gate) -> None:
    """The grid comes by the end of 10 March, so the point is there on 10 March; what starts with something starts on that day."""
    work = {"gates": [point]} if isinstance(point, Gate) else {"tasks": [point]}
    pf = plain(Project(id="p", **work), links=[Link(id="L", source="external:grid", target="p/m", date="2026-03-10")])  # type: ignore[arg-type]
    s = ipmo.schedule(pf)
    assert s["p/m"].finish_text == s.finish_text("p/m") == "2026-03-10"
    assert (s.commitments["p/m"].standing, s.commitments["p/m"].expected_text) == ("kept", "2026-03-10")
    late = ipmo.schedule(pf.evolve("L", date="2026-03-11"))
    assert late.commitments["p/m"].text.endswith("expected 2026-03-11, because of external:grid")
    begun = ipmo.schedule(pf.evolve("L", type="SS"))
    assert begun.finish_text("p/m") == "2026-03-10"
    today = ipmo.schedule(pf.evolve("pf", status_date="2026-03-11"))
    assert today.finish_text("p/m") == "2026-03-11", "no day of open work lies before the status date"


@settings(max_examples=60)
@given(portfolios(), st.sampled_from(["0 d", "7 d", "2000 d"]))
def test_what_is_kept_stays_kept_however_long_work_without_a_duration_takes(pf: Portfolio, duration: str) -> None:
    s = ipmo.schedule(pf)
    kept = {(one.name, one.kind, one.date) for one in s.commitments if one.standing == "kept"}
    unsized = {s.network.ids[node] for node in s.passes.without_duration}
    for name in (one for one in unsized if isinstance(pf.items.get(one), Task)):
        pf = pf.evolve(name, duration=duration)
    assert kept <= {(one.name, one.kind, one.date) for one in ipmo.schedule(pf).commitments if one.standing == "kept"}


@settings(max_examples=60)
@given(portfolios(tied=True))
def test_what_large_networks_find_in_columns_is_what_small_ones_find_link_by_link(pf: Portfolio) -> None:
    one_by_one = ipmo.schedule(pf, on_cycle="cut").commitments.rows
    ipmo.forget(pf)
    with pytest.MonkeyPatch.context() as patch:
        as_large(patch)
        assert ipmo.schedule(pf, on_cycle="cut").commitments.rows == one_by_one
    ipmo.forget(pf)


@pytest.mark.parametrize(("length", "text", "least"), [("3 d", "by 42 d", False), (None, "by at least 37 d", True)])
def test_what_is_late_by_a_lower_bound_alone_is_late_by_at_least_that(length: str | None, text: str, least: bool) -> None:
    tasks = [Task(id="a", duration="30 d"), Task(id="b", duration=length, after=["a"])]
    benefit = Benefit(id="v", enabled_by=["p/b"], planned_start="2026-01-08")
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="p", tasks=tasks)], benefits=[benefit])
    (row,) = ipmo.schedule(pf).commitments
    assert text in row.text
    assert row.at_least is least
    assert row.forecast.endswith("or later") is least
    assert (ipmo.benefits(pf)["v"].start is None) is least


def test_the_first_of_several_starts_is_exact_where_what_may_come_later_still_is_another() -> None:
    known, unknown = (
        Project(id=name, tasks=[Task(id="a", duration=f"{days} d"), Task(id="b", duration=length, after=["a"])])
        for name, days, length in (("p", 10, "3 d"), ("q", 20, None))
    )
    benefit = Benefit(id="v", any_of=["p/b", "q/b"], planned_start="2026-01-08")
    pf = Portfolio(id="x", start="2026-01-05", projects=[known, unknown], benefits=[benefit])
    (row,) = ipmo.schedule(pf).commitments
    assert not row.at_least
