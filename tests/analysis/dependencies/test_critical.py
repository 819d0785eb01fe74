"""Links across projects: ranked, explained, and silent about what cannot be said."""

from __future__ import annotations

import pickle
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dependencies.critical import critical_links
from ipmo.analysis.dependencies.crossings import Crossings
from ipmo.analysis.dependencies.targets import targets
from ipmo.errors import UnknownItemError
from ipmo.model import Benefit, Enabler, Link, Portfolio, Project, Task
from ipmo.network.kernels import clocks as kernels
from ipmo.testing.strategies import portfolios
from ipmo.units import as_span, minutes, moment


def build(*links: Link, work: str | None = "5 d", **more: Any) -> Portfolio:
    return Portfolio(
        id="x",
        start="2026-01-05",
        projects=[
            Project(id="A", tasks=[Task(id="a", duration=work), Task(id="long", duration="30 d")]),
            Project(id="B", tasks=[Task(id="b", duration="5 d"), Task(id="end", duration="10 d", after="b")]),
            Project(id="C", tasks=[Task(id="c", duration="20 d")]),
        ],
        links=links,
        **more,
    )


def test_the_link_with_the_least_float_to_a_commitment_ranks_first_and_says_why() -> None:
    pf = build(
        Link(id="tight", source="A/a", target="B/b", needed="2026-01-08", promised="2026-01-07", status="disputed"),
        Link(id="loose", source="A/a", target="C/c", lag="-4 d"),
        benefits=[Benefit(id="be", enabled_by=[Enabler(source="B/end")])],
    )
    links = critical_links(pf)
    assert [(k.id, k.rank, k.driving, k.target_float) for k in links] == [("tight", 1, True, 0), ("loose", 2, True, 0)]
    assert links["tight"].downstream_benefits == ("be",)
    assert links["tight"].reason == (
        "A/a sets the date of B/b; its own date is already missed by 2 working days; without it be would come 7 days earlier; 1 project and 1 benefit downstream; "
        "needed by 2026-01-08, expected 2026-01-09; committed for 2026-01-07, expected 2026-01-09"
    )
    with pytest.raises(UnknownItemError, match="close: 'tight'"):
        links["tihgt"]


def test_a_link_is_a_value_that_asks_nothing_of_the_answer_it_came_from() -> None:
    link = critical_links(build(Link(id="L", source="A/a", target="B/b")))["L"]
    copy = pickle.loads(pickle.dumps(link))
    assert (copy, copy.reason, copy.agreement.issues) == (link, link.reason, link.agreement.issues)
    assert len(pickle.dumps(link)) < 4000, "it holds neither the portfolio nor the schedule"


def test_a_commitment_that_is_missed_already_is_said_in_days() -> None:
    pf = build(Link(id="L", source="A/a", target="B/b")).evolve("B", finish="2026-01-21")
    link = critical_links(pf)[0]
    assert (link.target_float, link.commitment_float, link.at_risk) == (-7, -7, "B@finish")
    assert "B@finish is already missed by 7 working days along this path" in link.reason


def test_a_giver_without_a_duration_has_no_float_and_stands_last_with_the_reason() -> None:
    pf = build(Link(id="dark", source="A/a", target="B/b"), Link(id="clear", source="A/long", target="C/c"), work=None)
    links = critical_links(pf)
    assert [k.id for k in links] == ["clear", "dark"]
    assert (links["dark"].link_float, links["dark"].driving) == (None, False)
    assert links["dark"].reason == "not scheduled: A/a: it has no duration"
    assert links.unscheduled == ("dark",)


def test_links_between_whole_projects_stand_apart_with_their_gap() -> None:
    links = critical_links(build(Link(id="coarse", source="A", target="C"), Link(id="fine", source="A/a", target="B/b")))
    assert [k.id for k in links] == ["fine"]
    whole = links.project_dependencies[0]
    gap = (datetime(2026, 1, 5, 9) - datetime(2026, 2, 13, 17)) / timedelta(days=1)
    assert (whole.id, whole.gap) == ("coarse", pytest.approx(gap))
    assert links.project_dependency_table().columns == ("id", "source", "target", "kind", "giver_finish", "receiver_start", "gap")


def test_of_equally_near_links_the_driving_one_stands_first_whatever_its_id() -> None:
    """Both leave five days and hold nothing back: B/b starts when A/a ends, and not earlier; C/c two days after that."""
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        calendar="continuous",
        projects=[
            Project(id="A", tasks=[Task(id="a", duration="5 d")]),
            Project(id="B", finish="2026-01-19", tasks=[Task(id="b", duration="5 d", not_before="2026-01-10")]),
            Project(id="C", finish="2026-01-19", tasks=[Task(id="c", duration="5 d", not_before="2026-01-12")]),
        ],
        links=[Link(id="a-waits", source="A/a", target="C/c"), Link(id="drives", source="A/a", target="B/b")],
    )
    found = [(k.id, k.driving, k.link_float, k.target_float, k.drag) for k in critical_links(pf)]
    assert found == [("drives", True, 0, 5, 0), ("a-waits", False, 2, 5, 0)]
    links = critical_links(pf)
    assert links.explain(0).startswith("1. A/a -FS-> B/b: A/a sets the date of B/b; 5 working days are left before B@finish is missed")


@settings(max_examples=40)
@given(portfolios(tied=True))
def test_ranks_follow_float_and_reach_agrees_with_networkx(pf: Portfolio) -> None:
    import networkx as nx

    links = [k for k in critical_links(pf) if k.link_float is not None]
    floats = [(k.commitment_float is None, k.calendar_date, k.commitment_float or 0.0) for k in links]
    assert floats == sorted(floats)
    graph = ipmo.graph(pf)
    for link in links:
        reached = {pf.project_of(node) for node in {link.target, *nx.descendants(graph, link.target)}} - {link.giver, ""}
        assert set(link.downstream_projects) <= reached
        # what is done passes its givers' dates on in P6, and waits for nothing itself
        assert link.receiver in link.downstream_projects or getattr(pf.items.get(link.target), "finished", False)


def overruns() -> Portfolio:
    """Worked number O-38: three projects, two links across, a project-level graph that suggests what never happens."""
    work = {"a": (10, 20, 5), "b": (15, 10, 10), "c": (5, 30, 5)}
    return Portfolio(
        id="o38",
        start="2026-01-05",
        calendar="continuous",
        projects=[
            Project(
                id=p, tasks=[Task(id=f"{p}{n}", duration=f"{d} d", after=[f"{p}{n - 1}"] if n > 1 else []) for n, d in enumerate(ds, 1)]
            )
            for p, ds in work.items()
        ],
        links=[Link(id="ab", source="a/a2", target="b/b3"), Link(id="bc", source="b/b1", target="c/c2")],
    )


def test_oracle_o38_link_drags_and_no_false_cascade() -> None:
    links = critical_links(overruns())
    drags = {k.id: {r.target: r.drag for r in links.reach(k)} for k in links}
    assert drags["bc"] == {"o38@finish": 10, "c@finish": 10}
    assert drags["ab"]["b@finish"] == 5
    assert drags["ab"].get("o38@finish") == 0  # it leads there, and holds nothing back
    assert "c@finish" not in drags["ab"], "a project-level graph says that a reaches c"
    assert dict(links.hits("ab", "6 d")) == {"b@finish": 6}
    assert dict(links.hits("bc", "6 d")) == {"o38@finish": 6, "c@finish": 6}
    s = ipmo.schedule(overruns())
    assert {i: s[i].total_float for i in ("a/a1", "a/a2", "a/a3", "b/b2", "b/b3", "c/c1")} == {
        "a/a1": 10, "a/a2": 10, "a/a3": 15, "b/b2": 15, "b/b3": 10, "c/c1": 10,
    }  # fmt: skip
    assert {i: s[i].drag for i in ("b/b1", "c/c2", "c/c3")} == {"b/b1": 10, "c/c2": 10, "c/c3": 5}


def dates_of(pf: Portfolio) -> dict[str, datetime]:
    s = ipmo.schedule(pf)
    rows = targets(s)
    return {row.name: rows.moment(t) for t, row in enumerate(rows)}


def test_what_moves_over_a_night_drags_no_working_time() -> None:
    """p1 is done with the day; p3 must not end before it, and its hour ends when the next shift begins: nine hours later, no work."""
    done = Task(id="t1", actual_start="2026-01-05", actual_finish="2026-01-05")
    projects = [
        Project(id="p1", tasks=[done, Task(id="t2", milestone=True, after="t1")]),
        Project(id="p3", tasks=[Task(id="t1", duration="1 h")]),
    ]
    pf = Portfolio(id="x", start="2026-01-05", projects=projects, links=[Link(source="p1/t2", target="p3/t1", type="FF")])
    links = critical_links(pf)
    assert [link.driving for link in links] == [True]
    assert {r.target: r.drag for r in links.reach(0)} == {"x@finish": 0, "p3@finish": 0.875}
    without = pf.evolve(links=())
    assert [dates_of(one)["x@finish"].isoformat() for one in (pf, without)] == ["2026-01-06T09:00:00", "2026-01-06T00:00:00"]


@settings(max_examples=60, deadline=None)
@given(portfolios())
def test_drag_is_what_a_portfolio_without_the_link_says(pf: Portfolio) -> None:
    before = dates_of(pf)
    links = critical_links(pf)
    for k in links:
        if k.link_float is None:
            continue
        rest = [one for one in pf.links if (one.source, one.target, one.type) != (k.source, k.target, k.type)]
        after = dates_of(pf.evolve(links=rest))
        moved = {name for name, when in before.items() if after[name] != when}
        rows = targets(ipmo.schedule(pf))
        idle = {name for name in moved if not rows.days(rows.place[name], minutes(after[name]), minutes(before[name]))}
        assert {r.target for r in links.reach(k) if r.drag} == moved - idle
        assert idle <= {r.target for r in links.reach(k) if r.drag == 0}, "from one end of a night to the other is no working time"
        assert not moved or k.driving
        for r in links.reach(k):
            instants = [minutes(found[r.target]) for found in (after, before)]
            assert r.drag == rows.days(rows.place[r.target], *instants)


@settings(max_examples=60, deadline=None)
@given(portfolios(), st.integers(0, 40))
def test_a_slip_moves_what_a_portfolio_with_a_later_twin_of_the_giver_says(pf: Portfolio, days: int) -> None:
    """The twin gives in the place of the giver, for this link alone: so much later, as long, on the same calendar."""
    before = dates_of(pf)
    links = critical_links(pf)
    for k in links:
        giver = pf.items.get(k.source)
        if k.link_float is None or not isinstance(giver, Task) or giver.started or giver.milestone or not giver.duration:
            continue
        s = ipmo.schedule(pf)
        clocks = s.network.clocks
        clock = clocks.clock(pf.calendar_for(k.source))
        length = pf.calendar_for(k.source).minutes(as_span(f"{days} d"))
        start = s[k.source].early_start
        later = kernels.start_at(clocks.packed, clock, kernels.work(clocks.packed, clock, minutes(start)) + length)
        twin = attrs.evolve(giver, id="twin", after=[], not_before=moment(int(later)), deadline=None, parent=None, finish_not_before=None)
        owner = Project(id="twins", tasks=[attrs.evolve(twin, calendar=pf.calendar_for(k.source).id)])
        swapped = [
            attrs.evolve(one, source="twins/twin") if (one.source, one.target, one.type) == (k.source, k.target, k.type) else one
            for one in pf.links
        ]
        if "twins" in pf.items:
            continue
        after = dates_of(pf.evolve(projects=[*pf.projects, owner], links=swapped))
        skip = f"{pf.id}@finish"  # the twin itself ends there too
        moved = {name for name, when in before.items() if after[name] != when and name != skip}
        assert set(links.hits(k, f"{days} d")) - {skip} == moved
        assert {r.target for r in links.reach(k) if r.float < days} - {skip} == moved


@settings(max_examples=150, deadline=None)
@given(portfolios(), st.integers(0, 40))
def test_a_slip_moves_exactly_the_targets_whose_float_it_exceeds(pf: Portfolio, days: int) -> None:
    """Milestones that give lie on wall-clock time, between the shifts of the calendar that their days are counted on."""
    links = critical_links(pf)
    for k in links:
        if k.link_float is not None:
            assert set(links.hits(k, f"{days} d")) == {r.target for r in links.reach(k) if r.float < days}
            assert not links.hits(k, "0 d")


# ------------------------------------------------------------------------------------------------ what comes first


def daily(*projects: Project, links: list[Link], **more: Any) -> Portfolio:
    return Portfolio(id="pf", start="2026-01-01", status_date="2026-01-01", calendar="continuous", projects=projects, links=links, **more)


def one(id: str, days: int, finish: str | None = None) -> Project:
    return Project(id=id, finish=finish, tasks=[Task(id="t", duration=f"{days} d")])


def test_a_link_with_a_day_before_a_promise_comes_before_one_that_leads_to_none() -> None:
    pf = daily(
        one("g1", 10), one("r1", 10), one("g2", 100), one("r2", 10, "2026-04-21"),
        links=[Link(id="unpromised", source="g1/t", target="r1/t"), Link(id="promised-1-day-room", source="g2/t", target="r2/t")],
    )  # fmt: skip
    found = [(k.id, k.commitment_float, k.at_risk, k.target_float, k.nearest) for k in critical_links(pf)]
    assert found == [("promised-1-day-room", 1, "r2@finish", 1, "r2@finish"), ("unpromised", None, None, 0, "r1@finish")]
    last = critical_links(pf)["unpromised"]
    assert "no commitment lies downstream; any slip moves the forecast of r1@finish" in last.reason
    assert [(r.target, r.forecast) for r in critical_links(pf).reach("promised-1-day-room")] == [("pf@finish", True), ("r2@finish", False)]


@pytest.mark.parametrize("promise", ["promised", "needed"])
def test_the_promise_of_the_hand_over_itself_is_at_risk_too(promise: str) -> None:
    """The giver comes on 10 January: two days after it was promised; downstream there are nine days of room."""
    pf = daily(one("A", 10), one("B", 5, "2026-01-24"), links=[Link(id="L", source="A/t", target="B/t", **{promise: "2026-01-08"})])
    (link,) = critical_links(pf)
    assert (link.commitment_float, link.at_risk) == (-2, "L")
    assert "its own date is already missed by 2 working days;" in link.reason
    kept = critical_links(pf.evolve("L", **{promise: "2026-02-08"}))["L"]
    assert (kept.commitment_float, kept.at_risk) == (9, "B@finish")


def test_of_equally_tight_links_the_one_that_loses_more_comes_first_and_then_the_nearest_in_time() -> None:
    """All three leave one day to a promise; `rich` moves a benefit, `soon` is handed over before `later`."""
    pf = daily(
        one("g1", 20), one("r1", 10, "2026-01-31"), one("g2", 10), one("r2", 10, "2026-01-21"), one("g3", 30), one("r3", 10, "2026-02-10"),
        links=[
            Link(id="a-later", source="g1/t", target="r1/t"), Link(id="soon", source="g2/t", target="r2/t"),
            Link(id="z-rich", source="g3/t", target="r3/t"),
        ],
        money={"currency": "GBP", "discount": "green-book-2026"},
        benefits=[Benefit(id="b", enabled_by=[Enabler(source="r3/t")], value="2 M GBP per year", lasts="5 years")],
    )  # fmt: skip
    assert [(k.id, k.commitment_float) for k in critical_links(pf)] == [("z-rich", 1), ("soon", 1), ("a-later", 1)]
    free = pf.evolve(projects=[attrs.evolve(p, finish=None) for p in pf.projects])
    assert [k.id for k in critical_links(free)] == ["z-rich", "soon", "a-later"], "without any promise too"


def test_ties_are_settled_by_names_and_not_by_the_order_of_the_file() -> None:
    links = [Link(source="A/t", target=f"B/{name}") for name in ("c", "a", "b")]
    inside = Project(id="B", finish="2026-03-01", tasks=[Task(id=name, duration="5 d") for name in ("a", "b", "c")])
    for order in (links, links[::-1]):
        assert [k.target for k in critical_links(daily(one("A", 10), inside, links=order))] == ["B/a", "B/b", "B/c"]


def test_what_is_handed_over_to_many_is_one_row_with_its_receivers() -> None:
    pf = daily(
        one("A", 10), one("B", 5, "2026-01-16"), one("C", 5, "2026-01-18"), one("D", 5, "2026-01-17"), one("E", 12),
        links=[
            Link(id="ab", source="A/t", target="B/t"), Link(id="ac", source="A/t", target="C/t"),
            Link(id="ed", source="E/t", target="D/t"), Link(id="start", source="A/t", target="E/t", type="SS"),
        ],
    )  # fmt: skip
    links = critical_links(pf)
    rows = [(row.rank, row.item, row.receivers, [k.id for k in row.links], row.commitment_float) for row in links.hand_overs]
    assert rows == [
        (1, "A/t", ("E",), ["start"], 0),
        (2, "E/t", ("D",), ["ed"], 0),
        (3, "A/t", ("B", "C"), ["ab", "ac"], 1),
    ]
    assert links.hand_overs[2].reason.endswith("; 1 more item waits for it")
    assert sum(len(row.links) for row in links.hand_overs) == len(links)


def test_what_one_late_giver_costs_over_all_its_links_counts_each_benefit_once() -> None:
    pf = daily(
        one("A", 10), one("B", 5), one("C", 5),
        links=[Link(id="ab", source="A/t", target="B/t"), Link(id="ac", source="A/t", target="C/t")],
        money={"currency": "GBP", "discount": "green-book-2026"},
        benefits=[
            Benefit(id="both", enabled_by=[Enabler(source="B/t"), Enabler(source="C/t")], value="2 M GBP per year", lasts="5 years"),
            Benefit(id="c", enabled_by=[Enabler(source="C/t")], value="1 M GBP per year", lasts="5 years"),
        ],
    )  # fmt: skip
    links = critical_links(pf)
    (row,) = links.hand_overs
    later = pf.evolve("A/t", duration="20 d")
    was, now = (ipmo.benefits(one).npv for one in (pf, later))
    assert (row.loss, was, now) != (None, None, None)
    assert row.loss is not None
    assert was is not None
    assert now is not None
    assert abs(row.loss.amount - (was.amount - now.amount)) < 1
    assert row.loss.amount < sum(loss.amount for k in links if (loss := links.loss(k)) is not None)


def test_a_milestone_that_only_marks_a_date_is_shown_as_such_after_what_is_work() -> None:
    """Both leave no day to a promise; the first of June cannot slip, the delivery can. What has a predecessor is no mere date."""
    mark = Task(id="june", milestone=True, not_before="2026-06-01")
    after = Task(id="ready", milestone=True, not_before="2026-06-01", after="w")
    passed = Task(id="passed", milestone=True, not_before="2025-06-01")
    pf = daily(
        Project(id="A", tasks=[mark, Task(id="w", duration="5 d"), after, passed]),
        Project(id="B", finish="2026-06-10", tasks=[Task(id="t", duration="10 d"), Task(id="u", duration="9 d"), Task(id="v", duration="9 d")]),
        links=[
            Link(id="date", source="A/june", target="B/t"), Link(id="work", source="A/ready", target="B/u"),
            Link(id="gone", source="A/passed", target="B/v"),
        ],
    )  # fmt: skip
    links = critical_links(pf)
    assert [(k.id, k.calendar_date) for k in links] == [("work", False), ("gone", False), ("date", True)]
    assert links.hand_overs[-1].reason.startswith("only marks a date in the calendar; ")
    none = critical_links(pf.evolve("B", finish=None))
    assert [k.id for k in none][-1] == "date"


@settings(max_examples=60, deadline=None)
@given(portfolios(tied=True))
def test_hand_overs_are_the_open_links_by_what_is_handed_over(pf: Portfolio) -> None:
    links = critical_links(pf)
    live = [k for k in links if k.link_float is not None]
    rows = links.hand_overs
    assert sorted(k.rank for row in rows for k in row.links) == [k.rank for k in live]
    assert len({(row.item, row.first.type[0]) for row in rows}) == len(rows)
    assert [row.first.rank for row in rows] == sorted(row.first.rank for row in rows)
    for row in rows:
        assert row.commitment_float == min((k.commitment_float for k in row.links if k.commitment_float is not None), default=None)


@settings(max_examples=60, deadline=None)
@given(portfolios())
def test_commitment_float_of_a_link_is_that_of_the_giver_where_it_has_no_other_way(pf: Portfolio) -> None:
    """A giver whose only follower is this link, and that states nothing itself, has the float of the link."""
    s = ipmo.schedule(pf)
    stated = {node for one in s.commitments.stated for node in one.nodes}
    for k in critical_links(pf):
        node = s.passes.nodes.get(k.source)
        if k.link_float is None or node is None:
            continue
        place = s.passes.lists.pos[node]
        least = s[k.source].commitment_float
        if k.commitment_float is not None:
            assert least is not None
            assert least <= k.commitment_float + 1e-9
        alone = node not in stated or k.at_risk == k.id == s[k.source].commitment  # else a deadline of its own may be nearer
        if len(s.passes.successors[place]) == 1 and alone:
            assert least == pytest.approx(k.commitment_float) if k.commitment_float is not None else least is None


@settings(max_examples=40, deadline=None)
@given(portfolios(tied=True))
def test_the_worst_drag_of_each_link_found_in_columns_is_the_most_that_it_holds_back_one_by_one(pf: Portfolio) -> None:
    s = ipmo.schedule(pf)
    links = Crossings(pf, s, "project", 5.0, as_span("10 d"))
    for row, told in enumerate(links.worst_drags):
        most = max(links.drags(row).items(), key=lambda entry: (entry[1], -entry[0]), default=(0, 0.0))
        assert told == ((most[1], links.targets[most[0]].name) if most[1] > 0 else (0.0, None))


def test_each_link_of_a_chain_through_projects_holds_all_behind_it_back() -> None:
    count = 300
    projects = [Project(id=f"A{number}", tasks=[Task(id="t", duration="1 d")]) for number in range(count)]
    chain = [Link(id=f"L{number}", source=f"A{number}/t", target=f"A{number + 1}/t") for number in range(count - 1)]
    found = critical_links(Portfolio(id="x", start="2026-01-05", projects=projects, links=chain))
    assert {(link.id, link.drag) for link in found} == {(f"L{number}", number + 1) for number in range(count - 1)}
    assert found["L7"].drag_on == "x@finish" and found["L298"].drag_on == "A299@finish"


@pytest.mark.parametrize("order", [1, -1])
def test_two_links_with_the_same_ends_are_two_agreements(order: int) -> None:
    links = [{"from": "p/a", "to": "q/a", "needed": "2026-01-05"}, {"from": "p/a", "to": "q/a", "type": "SS", "needed": "2026-01-06"}]
    projects = [{"id": name, "tasks": [{"id": "a", "milestone": True}]} for name in "pq"]
    pf = ipmo.Portfolio(id="pf", start="2026-01-05", projects=projects, links=links[::order])
    found = {row.type: (row.commitment_float, row.at_risk) for row in ipmo.critical_links(pf)}
    assert found == {"FS": (1.0, "p/a -> q/a"), "SS": (2.0, "p/a -> q/a")}


@pytest.mark.parametrize("order", [1, -1])
def test_each_of_two_links_with_the_same_ends_is_asked_for_by_its_row(order: int) -> None:
    tasks = [Task(id="a", duration="10 d"), Task(id="b", duration="1 d")]
    projects = [Project(id=name, tasks=tasks[place : place + 1]) for place, name in enumerate("pq")]
    links = [Link(source="p/a", target="q/b", type=kind) for kind in ("FS", "SS", "FF")][::order]
    found = critical_links(Portfolio(id="pf", start="2026-01-05", projects=projects, links=links))
    floats = {row.type: {r.target: r.float for r in found.reach(row)} for row in found}
    assert floats == {kind: {"pf@finish": left, "q@finish": left} for kind, left in (("FS", 0), ("SS", 10), ("FF", 1))}
    again = critical_links(found.portfolio, rank_by="drag")
    hits = [{"pf@finish": days, "q@finish": days} for days in (3, 2)] + [{}]
    assert [found.hits(row, "3 d") for row in found] == [again.hits(row, "3 d") for row in found] == hits
