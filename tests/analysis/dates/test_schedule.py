"""Dates and floats: published oracles, worked numbers, and the truths that hold across projects."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given, settings

import ipmo
from ipmo.errors import OptionError, ScheduleError, UnknownItemError
from ipmo.model import After, Benefit, Calendar, CalendarException, Enabler, Gate, GateDecision, Link, Portfolio, Project, Task
from ipmo.network.states import EFFECTS, Mode
from ipmo.testing.strategies import portfolios
from ipmo.units import moment
from ipmo.words import counted

DAY0 = datetime(2026, 1, 5)
LOOKS_TO_THE_END = {"late_start", "late_finish", "total_float", "critical", "drag"}


def one(durations: dict[str, float], links: list[tuple[Any, ...]], **more: Any) -> ipmo.Schedule:
    """One project around the clock: links are (source, target, type, lag in days)."""
    tasks = [
        Task(id=name, duration=f"{days} d", after=[After(source=a, type=t, lag=f"{lag} d") for a, b, t, lag in links if b == name])
        for name, days in durations.items()
    ]
    return ipmo.schedule(Portfolio(id="x", start="2026-01-05", calendar="continuous", projects=[Project(id="P", tasks=tasks)]), **more)


def day(when: datetime | None) -> float | None:
    return None if when is None else (when - DAY0) / timedelta(days=1)


def row(s: ipmo.Schedule, name: str) -> tuple[Any, ...]:
    i = s[f"P/{name}"]
    return day(i.early_start), day(i.early_finish), day(i.late_start), day(i.late_finish), i.total_float, i.free_float


def expect(s: ipmo.Schedule, table: str) -> None:
    for entry in table.split("|"):
        name, numbers = entry.strip().split(":")
        assert row(s, name) == tuple(map(float, numbers.split())), name


def test_the_golden_network_of_six_tasks() -> None:
    s = one(
        {"A": 4, "B": 5, "C": 3, "D": 6, "E": 4, "F": 2},
        [
            ("A", "B", "FS", 0),
            ("A", "C", "SS", 2),
            ("B", "D", "FF", 1),
            ("C", "D", "FS", -1),
            ("A", "E", "SF", 6),
            ("D", "F", "FS", 0),
            ("E", "F", "FS", 2),
        ],
    )
    dates = {n: row(s, n)[:2] for n in "ABCDEF"}
    assert dates == {"A": (0, 4), "B": (4, 9), "C": (2, 5), "D": (4, 10), "E": (2, 6), "F": (10, 12)}
    assert row(s, "E")[2:4] == (4, 8)


def test_oracle_o01_vanhoucke_cost_information_system() -> None:
    d = dict(zip((f"a{i}" for i in range(1, 18)), (1, 2, 2, 4, 3, 3, 3, 2, 1, 1, 2, 1, 1, 1, 1, 2, 1), strict=True))
    pairs = [
        (1, 2),
        (1, 3),
        (2, 4),
        (2, 5),
        (2, 6),
        (3, 7),
        (3, 8),
        (3, 9),
        (3, 10),
        (4, 11),
        (5, 11),
        (6, 11),
        (7, 12),
        (8, 13),
        (9, 14),
        (10, 15),
    ]
    pairs += [(i, j) for i in range(11, 16) for j in (16, 17)]
    s = one(d, [(f"a{a}", f"a{b}", "FS", 0) for a, b in pairs])
    expect(
        s,
        "a3:1 3 3 5 2 0|a5:3 6 4 7 1 1|a6:3 6 4 7 1 1|a7:3 6 5 8 2 0|a8:3 5 6 8 3 0|a9:3 4 7 8 4 0|a10:3 4 7 8 4 0|a12:6 7 8 9 2 2"
        "|a13:5 6 8 9 3 3|a14:4 5 8 9 4 4|a15:4 5 8 9 4 4|a17:9 10 10 11 1 1",
    )
    assert {n: row(s, n)[:2] for n in ("a1", "a2", "a4", "a11", "a16")} == {
        "a1": (0, 1),
        "a2": (1, 3),
        "a4": (3, 7),
        "a11": (7, 9),
        "a16": (9, 11),
    }
    assert {i.id for i in s.rows if i.critical} == {f"P/a{i}" for i in (1, 2, 4, 11, 16)}


O03 = [
    ("FS", 0, (8, 4), (10, 4), (10, 6)),
    ("FS", 2, (10, 6), (12, 6), (12, 8)),
    ("FS", -2, (6, 2), (8, 2), (8, 4)),
    ("FF", 0, (5, 1), (6, 0), (7, 3)),
    ("FF", 2, (7, 3), (7, 1), (9, 5)),
    ("FF", -2, (4, 0), (6, 0), (6, 1)),
    ("SS", 0, (5, 1), (7, 1), (6, 1)),
    ("SS", 2, (7, 3), (9, 3), (7, 3)),
    ("SS", -2, (4, 0), (6, 0), (6, 0)),
    ("SF", 0, (4, 0), (6, 0), (6, 0)),
    ("SF", 2, (4, 0), (6, 0), (6, 0)),
    ("SF", -2, (4, 0), (6, 0), (6, 0)),
]


@pytest.mark.parametrize(("kind", "lag", "a3b3", "a3b5", "a5b3"), O03)
def test_oracle_o03_every_link_type_and_lag_clipped(kind: str, lag: int, a3b3: Any, a3b5: Any, a5b3: Any) -> None:
    for (a, b), (end, start) in {(3, 3): a3b3, (3, 5): a3b5, (5, 3): a5b3}.items():
        s = one({"begin": 1, "A": a, "B": b, "end": 1}, [("begin", "A", "FS", 0), ("A", "B", kind, lag), ("B", "end", "FS", 0)])
        assert (day(s.finish), row(s, "B")[0]) == (end, start), (a, b)


def test_oracle_o05_all_types_lags_and_a_lead() -> None:
    s = one(
        {"S": 0, "A": 4, "B": 6, "C": 5, "D": 7, "E": 3, "F": 4, "G": 2, "Z": 0},
        [
            ("S", "A", "FS", 0),
            ("A", "B", "SS", 2),
            ("A", "C", "FS", 1),
            ("B", "D", "FF", 3),
            ("C", "D", "SS", 1),
            ("C", "E", "FS", -1),
            ("D", "F", "FS", 0),
            ("E", "F", "FF", 2),
            ("E", "G", "SF", 6),
            ("F", "Z", "FS", 0),
            ("G", "Z", "FS", 0),
        ],
    )
    expect(s, "A:0 4 0 4 0 0|B:2 8 4 10 2 2|C:5 10 5 10 0 0|D:6 13 6 13 0 0|E:9 12 11 14 2 0|F:13 17 13 17 0 0|G:13 15 15 17 2 2")
    assert {i.id: i.drag for i in s.rows if i.drag} == {"P/A": 2, "P/D": 2, "P/F": 2}
    assert s["P/C"].critical
    assert s["P/C"].drag == 0
    links = {(r["source"][2:], r["target"][2:]): r for r in s.links().rows()}
    assert {ends: r["link_float"] for ends, r in links.items() if r["link_float"]} == {("B", "D"): 2, ("E", "F"): 3, ("G", "Z"): 2}
    assert {ends: r["drag"] for ends, r in links.items() if r["drag"]} == {("A", "C"): 2, ("C", "D"): 2, ("D", "F"): 2}


def test_oracle_o06_devaux_drag() -> None:
    d = {"A": 10, "B": 20, "C": 5, "D": 10, "E": 20, "F": 15, "G": 5, "H": 15}
    pairs = ["AB", "AF", "AH", "BC", "CD", "CG", "FG", "DE", "GE", "HE"]
    s = one(d, [(p[0], p[1], "FS", 0) for p in pairs])
    assert day(s.finish) == 65
    assert {n: s[f"P/{n}"].total_float for n in "FGH"} == {"F": 15, "G": 5, "H": 20}
    assert {n: s[f"P/{n}"].drag for n in "ABCDE"} == {"A": 10, "B": 15, "C": 5, "D": 5, "E": 20}
    assert s["P/F"].free_float == 10


def test_oracle_o10_whose_calendar_a_lag_counts_on() -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        calendars=[Calendar(id="seven", week="mon-sun")],
        projects=[
            Project(
                id="P",
                tasks=[
                    Task(id="A", duration="5 d"),
                    Task(id="B", duration="1 d", calendar="seven", after={"source": "A"} and [After(source="A", lag="2 d")]),
                ],
            )
        ],
    )
    assert ipmo.schedule(pf)["P/A"].early_finish == datetime(2026, 1, 9, 17)
    assert ipmo.schedule(pf)["P/B"].early_start == datetime(2026, 1, 14, 9)
    assert ipmo.schedule(pf, dialect="msproject")["P/B"].early_start == datetime(2026, 1, 12, 9)
    elapsed = pf.evolve("P/B", after=[After(source="A", lag="2 ed")])
    assert ipmo.schedule(elapsed)["P/B"].early_start == datetime(2026, 1, 12, 9)


def test_oracle_o38_a_project_graph_would_invent_cascades() -> None:
    d = {"a": (10, 20, 5), "b": (15, 10, 10), "c": (5, 30, 5)}

    def build(**longer: int) -> ipmo.Schedule:
        projects = [
            Project(
                id=p,
                tasks=[
                    Task(id=f"{p}{i}", duration=f"{n + longer.get(f'{p}{i}', 0)} d", after=[f"{p}{i - 1}"] if i > 1 else [])
                    for i, n in enumerate(lengths, 1)
                ],
            )
            for p, lengths in d.items()
        ]
        return ipmo.schedule(
            Portfolio(
                id="x",
                start="2026-01-05",
                calendar="continuous",
                projects=projects,
                links=[Link(source="a/a2", target="b/b3"), Link(source="b/b1", target="c/c2")],
            )
        )

    def ends(s: ipmo.Schedule) -> list[float | None]:
        return [day(s[p].early_finish) for p in "abc"]

    s = build()
    assert ends(s) == [35, 40, 50]
    assert {i.id.partition("/")[2]: i.drag for i in s.rows if i.critical} == {"b1": 10, "c2": 10, "c3": 5}
    assert {n: s[f"{n[0]}/{n}"].total_float for n in ("a1", "a2", "a3", "b2", "b3", "c1")} == {
        "a1": 10,
        "a2": 10,
        "a3": 15,
        "b2": 15,
        "b3": 10,
        "c1": 10,
    }
    assert ends(build(a2=6)) == [41, 46, 50]
    assert ends(build(b1=6)) == [35, 41, 56]
    assert ends(build(c1=6)) == [35, 40, 50]
    links = ipmo.critical_links(s.portfolio)
    assert [(k.source, k.driving, k.downstream_projects) for k in links] == [("b/b1", True, ("c",)), ("a/a2", True, ("b",))]


def crossing(*more: Project) -> ipmo.Schedule:
    """The design page's fixture: a -> b -> c leaves project P1 and comes back."""
    return ipmo.schedule(
        Portfolio(
            id="x",
            start="2026-01-05",
            calendar="continuous",
            projects=[
                Project(id="P1", tasks=[Task(id="a", duration="5 d"), Task(id="c", duration="3 d"), Task(id="x", duration="10 d")]),
                Project(id="P2", tasks=[Task(id="b", duration="4 d")]),
                *more,
            ],
            links=[Link(source="P1/a", target="P2/b"), Link(source="P2/b", target="P1/c")],
        )
    )


def test_float_counts_paths_that_leave_the_project_and_come_back() -> None:
    assert crossing()["P1/a"].project_float == 0


def test_an_enabler_has_float_in_its_own_project_and_none_to_the_one_it_feeds() -> None:
    s = ipmo.schedule(
        Portfolio(
            id="x",
            start="2026-01-05",
            projects=[
                Project(id="P1", tasks=[Task(id="enabler", duration="5 d"), Task(id="other", duration="10 d")]),
                Project(id="P2", tasks=[Task(id="work", duration="20 d")]),
            ],
            links=[Link(source="P1/enabler", target="P2/work")],
        )
    )
    item = s["P1/enabler"]
    assert (item.total_float, item.project_float, item.target_float, item.target) == (0, 5, 0, "P2@finish")
    assert item.critical_for == ("P2@finish",)


def test_an_unrelated_long_project_changes_five_columns_only() -> None:
    before, after = crossing().table(), crossing(Project(id="long", tasks=[Task(id="t", duration="1000 d")])).table()
    changed = set()
    rows = {r["id"]: r for r in after.rows()}
    for old in before.rows():
        changed |= {name for name, value in old.items() if rows[old["id"]][name] != value}
    assert {name.removesuffix("_date") for name in changed} == LOOKS_TO_THE_END


DAYS = """
ipmo: 1
portfolio: {id: pf, start: 2026-01-01, status_date: 2026-02-01, calendar: continuous}
projects:
  - id: p
    tasks:
      - {id: work, duration: 10 d, actual_start: 2026-01-01, actual_finish: 2026-01-10}
      - {id: done, milestone: true, actual_finish: 2026-01-31}
      - {id: held, milestone: true, not_before: 2026-03-01}
      - {id: after, duration: 3 d, after: held}
      - {id: reached, milestone: true, after: after}
    gates: [{id: G, decision: {outcome: go, date: 2026-01-20}}]
  - {id: decided, tasks: [{id: t, duration: 5 d, actual_start: 2026-01-01, actual_finish: 2026-01-05}], gates: [{id: G, decision: {outcome: go, date: 2026-01-20}}]}
"""


def test_one_date_is_said_everywhere(tmp_path: Path) -> None:
    """An end of day belongs to its day, in tables, texts and roll-ups; a decision and a beginning of a day are dated by their day."""
    (tmp_path / "pf.yaml").write_text(DAYS, encoding="utf-8")
    pf = ipmo.read(tmp_path / "pf.yaml")
    s = ipmo.schedule(pf)
    right = {
        "p/work": ("2026-01-01", "2026-01-10"),
        "p/done": ("2026-01-31", "2026-01-31"),
        "p/held": ("2026-03-01", "2026-03-01"),
        "p/after": ("2026-03-01", "2026-03-03"),
        "p/reached": ("2026-03-03", "2026-03-03"),
        "p/G": ("2026-01-20", "2026-01-20"),
        "p": ("2026-01-01", "2026-03-03"),
        "decided": ("2026-01-01", "2026-01-20"),
    }
    rolled = [ipmo.roll_up(pf, name) for name in ("start", "finish")]
    for item, days in right.items():
        assert (s[item].start_text, s[item].finish_text) == days, item
        assert tuple(map(str, s.days(item))) == days, item
        assert s.finish_text(item) == days[1]
        for roll, day in zip(rolled, days, strict=True):
            if item in roll:
                assert (roll[item].text, str(roll[item].day)) == (day, day), item
    rows = {row["id"]: row for row in s.table().rows()}
    assert (str(rows["p/done"]["finish"]), str(rows["p/done"]["finish_date"])) == ("2026-02-01 00:00:00", "2026-01-31")
    for item, days in right.items():
        if item in rows:
            assert (str(rows[item]["start_date"]), str(rows[item]["finish_date"])) == days
    assert (str(rows["p/after"]["early_start_date"]), str(rows["p/after"]["late_finish_date"])) == ("2026-03-01", "2026-03-03")
    table = {row["item"]: row for row in rolled[1].table().rows()}
    assert str(table["p"]["date"]) == "2026-03-03"
    assert str(table["pf"]["date"]) == "2026-03-03"


@settings(max_examples=60)
@given(portfolios())
def test_the_days_of_an_item_are_the_same_with_and_without_its_floats(pf: Portfolio) -> None:
    s = ipmo.schedule(pf)
    for item in (*s.ids, *(project.id for project in pf.projects)):
        assert s.days(item) == (s[item].start_date, s[item].finish_date)


@settings(max_examples=40)
@given(portfolios(tied=True))
def test_the_order_of_projects_in_the_file_changes_nothing(pf: Portfolio) -> None:
    projects = list(pf.projects)
    random.Random(1).shuffle(projects)
    other = attrs.evolve(pf, projects=[attrs.evolve(p, tasks=p.tasks[::-1]) for p in projects], links=pf.links[::-1])
    rows = {r["id"]: r for r in ipmo.schedule(pf).table().rows()}
    assert {r["id"]: r for r in ipmo.schedule(other).table().rows()} == rows


def test_what_a_constraint_holds_elsewhere_does_not_bind_the_float_to_the_own_project() -> None:
    held = Project(id="B", tasks=[Task(id="pinned", milestone=True, constraints={"mandatory_finish": "2026-02-16"})])
    giver = Project(
        id="A",
        tasks=[
            Task(id="a", milestone=True),
            Task(id="b", milestone=True, after=After(source="a", type="FF")),
            Task(id="c", milestone=True),
        ],
    )
    for projects in ([giver, held], [held, attrs.evolve(giver, tasks=giver.tasks[::-1])]):
        pf = Portfolio(
            id="x",
            start="2026-01-05",
            status_date="2026-08-22",
            dialect="p6",
            projects=projects,
            links=[Link(source="A/c", target="B/pinned", type="SS")],
        )
        c = ipmo.schedule(pf)["A/c"]
        assert c.project_float == 0  # nothing leads back
        assert (c.target_float or 0) < 0


@settings(max_examples=60)
@given(portfolios())
def test_every_link_is_kept_and_no_float_is_negative_without_commitments(pf: Portfolio) -> None:
    bare = attrs.evolve(
        pf,
        projects=[
            attrs.evolve(
                p,
                finish=None,
                tasks=[attrs.evolve(t, deadline=None) for t in p.tasks],
                gates=[attrs.evolve(g, need_by=None) for g in p.gates],
            )
            for p in pf.projects
        ],
    )
    s = ipmo.schedule(bare)
    q, net = s.passes.lists, s.network
    for v in range(net.n):
        givers = [s.passes.push(k, v, q.x[q.src[k]]) for k in range(q.ptr[v], q.ptr[v + 1])]
        if q.mark[v] & 1:
            assert not givers or q.x[v] >= min(givers)
        else:
            assert all(give <= q.x[v] for give in givers)
        if net.state[q.order[v]] in (0, 1):
            assert s.passes.late_starts.to_end[v] >= q.x[v]
            assert s.passes.late_starts.to_target[v] >= q.x[v]
    for item in s.rows:
        for name in ("total_float", "project_float", "target_float", "free_float"):
            value = getattr(item, name)
            assert value is None or value >= 0, (item.id, name)


@settings(max_examples=30)
@given(portfolios())
def test_float_is_the_slip_that_leaves_the_end_unmoved(pf: Portfolio) -> None:
    """Total float by trying: held back by its float the end stands, by one minute more it moves."""
    s = ipmo.schedule(pf)
    q, net = s.passes.lists, s.network
    for place in range(min(net.n, 12)):
        late = int(s.passes.late_starts.to_end[place])
        if late >= 1 << 50 or net.kinds[q.order[place]] in EFFECTS:
            continue
        assert s.passes.end_after({place: late}, q.dur) == s.passes.end
        assert (s.passes.end_after({place: late + 1}, q.dur) or 0) > (s.passes.end or 0)


def gated(decision: GateDecision | None, **fields: Any) -> ipmo.Schedule:
    return ipmo.schedule(
        Portfolio(
            id="x",
            start="2026-01-05",
            status_date="2026-01-19",
            calendar="continuous",
            projects=[
                Project(
                    id="P",
                    tasks=[
                        Task(id="a", duration="20 d", actual_start="2026-01-05", remaining="6 d"),
                        Task(id="b", duration="5 d", after="G"),
                    ],
                    gates=[Gate(id="G", after="a", decision=decision, **fields)],
                ),
                Project(id="Q", tasks=[Task(id="c", duration="2 d")]),
            ],
            links=[Link(source="P/b", target="Q/c")],
        )
    )


def test_an_undecided_gate_is_dated_by_the_logic_and_is_a_target() -> None:
    s = gated(None, need_by="2026-01-30")
    assert s["P/G"].early_finish == datetime(2026, 1, 25)
    assert s["P/b"].early_start == datetime(2026, 1, 25)
    assert (s["P/a"].target_float, s["P/a"].target) == (0, "P@finish")
    late = gated(None, need_by="2026-01-23")
    assert (late["P/a"].target_float, late["P/a"].target) == (-1, "P/G")


def test_a_decided_gate_has_the_decisions_date_and_one_decided_early_is_a_finding() -> None:
    s = gated(GateDecision(outcome="go", date="2026-01-12"))
    assert s["P/G"].early_finish == datetime(2026, 1, 12)
    assert s["P/b"].early_start == datetime(2026, 1, 19)
    assert [f.item for f in ipmo.check(s.portfolio).of("ipmo/gate-before-inputs")] == ["P/G"]


@pytest.mark.parametrize(("finished", "early"), [("2026-01-08", False), ("2026-01-09", False), ("2026-01-12", True)])
def test_what_is_finished_on_the_day_of_a_decision_was_there_for_it(finished: str, early: bool) -> None:
    project = {
        "id": "p",
        "tasks": [{"id": "a", "duration": "5 d", "actual_start": "2026-01-05", "actual_finish": finished}],
        "gates": [{"id": "g", "after": "a", "decision": {"outcome": "go", "date": "2026-01-09"}}],
    }
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05", "status_date": "2026-01-14"}, "projects": [project]})
    assert bool(ipmo.check(pf).of("ipmo/gate-before-inputs")) is early


def test_hold_makes_what_follows_undated_with_the_reason() -> None:
    s = gated(GateDecision(outcome="hold", date="2026-01-12"))
    assert s["P/b"].early_start is None
    assert s["P/b"].undated == "follows 'P/G': gate 'P/G' was put on hold on 2026-01-12"
    assert "put on hold" in s["Q/c"].undated
    assert s["P/a"].early_finish == datetime(2026, 1, 25)


def test_kill_stops_the_project_and_what_waits_for_it() -> None:
    s = gated(GateDecision(outcome="kill", date="2026-01-12"))
    assert "stopped at gate 'P/G'" in s["P/b"].undated
    assert "never comes: stopped at gate 'P/G'" in s["Q/c"].undated
    assert [(one.source, one.target) for one in s.network.unmet] == [("P/b", "Q/c")]
    assert "P/b" not in s.table()["id"]


HELD = """
ipmo: 1
portfolio: {{id: pf, start: 2026-01-01, status_date: 2026-06-01, calendar: continuous, money: {{currency: GBP}}}}
projects:
  - id: p
    tasks:
      - {{id: s, after: G}}
      - {{id: begun, parent: s, duration: 10 d, actual_start: 2026-03-01, remaining: 3 d}}
      - {{id: inner, parent: s}}
      - {{id: deep, parent: inner, duration: 5 d}}
      - {{id: over, parent: s, duration: 5 d, actual_start: 2026-03-01, actual_finish: 2026-03-05}}
      - {{id: direct, duration: 4 d, after: G, actual_start: 2026-03-01}}
      - {{id: free, duration: 4 d}}
    gates:
      - id: G
        decision: {decision}
      - {{id: G2, after: deep}}
  - {{id: q, tasks: [{{id: t, duration: 5 d}}, {{id: u, duration: 5 d, after: t}}]}}
  - {{id: r, tasks: [{{id: v, duration: 5 d, actual_start: 2026-05-01}}, {{id: w, duration: 5 d}}]}}
links: [{{from: p/G2, to: q/t}}, {{from: p/G, to: r@start}}]
"""
LAPSED = "{outcome: conditional go, date: 2026-03-01, conditions: [{id: c1, due: 2026-05-31}, {id: c2, due: 2026-05-01, met: 2026-05-01}]}"


@pytest.mark.parametrize("decision", ["{outcome: hold, date: 2026-02-01}", LAPSED])
def test_a_hold_binds_what_follows_on_every_path(decision: str, tmp_path: Path) -> None:
    """Children of summaries, begun or not, later gates, other projects, also under way: by a hold, and by a go that has lapsed."""
    (tmp_path / "pf.yaml").write_text(HELD.format(decision=decision), encoding="utf-8")
    pf = ipmo.read(tmp_path / "pf.yaml")
    s = ipmo.schedule(pf)
    held = {name for name in s.ids if s[name].undated and s[name].early_finish is None and s[name].kind not in ("summary", "project")}
    assert held - {"p/G"} == {"p/begun", "p/deep", "p/direct", "p/G2", "q/t", "q/u", "r/v", "r/w"}
    assert (s["p/over"].finish_text, s["p/free"].finish_text) == ("2026-03-05", "2026-06-04")
    found = ipmo.gates(pf)
    assert (found["p/G"].outcome, found["p/G"].released) == ("hold", None)
    assert "follows 'p/G'" in found["p/G2"].held
    assert not found["p/G2"].ready


@pytest.mark.parametrize(
    ("condition", "status", "lapsed"),
    [
        ("{id: c, due: 2026-05-31}", "2026-06-01", True),
        ("{id: c, due: 2026-06-01}", "2026-06-01", False),
        ("{id: c, due: 2026-06-01T12:00}", "2026-06-01T17:00", False),
        ("{id: c, due: 2026-05-31, met: 2026-06-15}", "2026-06-20", False),
        ("{id: c}", "2026-06-01", False),
    ],
)
def test_a_conditional_go_lapses_when_a_condition_is_overdue(condition: str, status: str, lapsed: bool, tmp_path: Path) -> None:
    decision = f"{{outcome: conditional go, date: 2026-03-01, funding: 2 M GBP, conditions: [{condition}]}}"
    text = HELD.format(decision=decision).replace("status_date: 2026-06-01", f"status_date: {status}")
    (tmp_path / "pf.yaml").write_text(text, encoding="utf-8")
    pf = ipmo.read(tmp_path / "pf.yaml")
    s, found = ipmo.schedule(pf), ipmo.gates(pf)["p/G"]
    assert s["p/G"].finish_text == "2026-03-01", "that it was decided remains a fact"
    assert bool(s["p/deep"].undated) is lapsed
    assert (found.outcome, str(found.released)) == (("hold", "None") if lapsed else ("conditional go", "2 M GBP"))
    if lapsed:
        assert s["p/deep"].undated == "follows 'p/G': the conditional go of gate 'p/G' has lapsed: condition c was due 2026-05-31"


def test_a_go_after_a_kill_lets_nothing_go_on() -> None:
    gates = [
        Gate(id="G", decision=GateDecision(outcome="kill", date="2026-01-12")),
        Gate(id="L", decision=GateDecision(outcome="go", date="2026-01-15")),
    ]
    earlier = Gate(id="E", decision=GateDecision(outcome="go", date="2026-01-06"))
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-01-19",
        projects=[Project(id="P", tasks=[Task(id="a", duration="5 d", after="L")], gates=[*gates, earlier])],
    )
    s = ipmo.schedule(pf)
    assert list(s.ids) == ["P/E"]
    assert "stopped at gate 'P/G' on 2026-01-12" in s["P/a"].undated
    assert "stopped at gate 'P/G' on 2026-01-12" in s["P/L"].undated
    later = pf.evolve("P", gates=[*gates, earlier, Gate(id="N", need_by="2026-01-10")])
    assert len(ipmo.decisions_due(later)) == 0, "a gate of a project that was stopped waits for nobody"
    assert "stopped at gate" in ipmo.gates(later)["P/N"].why


def test_project_states_decide_what_is_scheduled() -> None:
    def state(name: str) -> ipmo.Schedule:
        return ipmo.schedule(
            Portfolio(
                id="x",
                start="2026-01-05",
                projects=[
                    Project(
                        id="P",
                        state=name,
                        tasks=[
                            Task(id="a", duration="5 d"),
                            Task(id="d", duration="1 d", actual_start="2026-01-05", actual_finish="2026-01-05"),
                        ],
                    ),
                    Project(id="Q", tasks=[Task(id="b", duration="1 d")]),
                ],
                links=[Link(source="P/a", target="Q/b")],
            )
        )

    assert state("proposed")["P/a"].early_finish == datetime(2026, 1, 9, 17)
    assert "is paused" in state("paused")["P/a"].undated
    assert "is paused" in state("paused")["Q/b"].undated
    assert "actual dates only" in state("closed")["P/a"].undated
    assert state("closed")["P/d"].early_finish == datetime(2026, 1, 6)
    cancelled = state("cancelled")
    assert "P/a" not in cancelled.table()["id"]
    assert cancelled["Q/b"].undated == "the hand-over from 'P/a' never comes: project 'P' is cancelled"


def test_work_without_a_duration_is_unknown_and_what_follows_has_a_bound() -> None:
    s = ipmo.schedule(
        Portfolio(
            id="x",
            start="2026-01-05",
            projects=[
                Project(id="P", tasks=[Task(id="a", duration="5 d"), Task(id="u", after="a"), Task(id="b", duration="1 d", after="u")])
            ],
        )
    )
    assert s["P/u"].early_start is None
    assert s["P/b"].lower_bound
    assert s["P/b"].early_start == datetime(2026, 1, 12, 9)
    assert not s["P/a"].lower_bound
    assert {row["id"]: row["lower_bound"] for row in s.table().rows()} == {"P/a": False, "P/u": True, "P/b": True}


def test_status_work_never_starts_before_it_did_and_the_rest_lies_after_the_data_date() -> None:
    s = ipmo.schedule(
        Portfolio(
            id="x",
            start="2026-01-05",
            status_date="2026-02-02",
            projects=[
                Project(
                    id="P",
                    tasks=[
                        Task(id="done", duration="5 d", actual_start="2026-01-05", actual_finish="2026-01-09"),
                        Task(id="half", duration="10 d", after="done", actual_start="2026-01-12", progress="50 %"),
                        Task(id="next", duration="2 d", after="half"),
                        Task(id="free", duration="1 d"),
                    ],
                )
            ],
        )
    )
    assert s["P/half"].early_start == datetime(2026, 1, 12)
    assert s["P/half"].early_finish == datetime(2026, 2, 6, 17)
    assert s["P/next"].early_start == datetime(2026, 2, 9, 9)
    assert s["P/free"].early_start == datetime(2026, 2, 2, 9)
    assert s["P/done"].total_float is None


def test_summaries_derive_their_dates_and_pass_links_on() -> None:
    s = ipmo.schedule(
        Portfolio(
            id="x",
            start="2026-01-05",
            calendar="continuous",
            projects=[
                Project(
                    id="P",
                    tasks=[
                        Task(id="first", duration="2 d"),
                        Task(id="sum", after="first", deadline="2026-01-12"),
                        Task(id="a", parent="sum", duration="3 d"),
                        Task(id="b", parent="sum", duration="5 d", after="a"),
                        Task(id="last", duration="1 d", after="sum"),
                    ],
                )
            ],
        )
    )
    assert (day(s["P/sum"].early_start), day(s["P/sum"].early_finish)) == (2, 10)
    assert day(s["P/last"].early_start) == 10
    assert s["P/sum"].kind == "summary"
    assert (s["P/b"].target_float, s["P/b"].target) == (-2, "P/sum")


def test_projects_start_and_finish_are_milestones_that_links_can_name() -> None:
    s = ipmo.schedule(
        Portfolio(
            id="x",
            start="2026-01-05",
            calendar="continuous",
            projects=[
                Project(id="P", tasks=[Task(id="a", duration="3 d"), Task(id="b", duration="5 d")]),
                Project(id="Q", tasks=[Task(id="c", duration="1 d")]),
                Project(id="bar", start="2026-01-06", finish="2026-01-09"),
            ],
            links=[
                Link(source="P@finish", target="Q@start", lag="1 d"),
                Link(source="bar@start", target="Q/c", type="SS"),
                Link(source="P", target="bar"),
            ],
        )
    )
    assert day(s["Q/c"].early_start) == 6
    assert day(s["P@finish"].early_finish) == 5
    assert (day(s["bar"].early_start), day(s["bar"].early_finish)) == (1, 5)
    assert s.network.project_dependencies == [2]


def test_a_milestone_on_a_weekend_is_not_pulled_back_to_friday() -> None:
    s = ipmo.schedule(
        Portfolio(
            id="x",
            start="2026-01-05",
            calendars=[Calendar(id="seven", week="mon-sun")],
            projects=[
                Project(
                    id="P",
                    tasks=[
                        Task(id="a", duration="6 d", calendar="seven"),
                        Task(id="m", milestone=True, after="a"),
                        Task(id="c", duration="1 d", calendar="seven", after="m"),
                    ],
                )
            ],
        )
    )
    assert s["P/m"].early_finish == datetime(2026, 1, 10, 17)
    assert s["P/c"].early_start == datetime(2026, 1, 11, 9)


def test_benefits_start_after_adoption_and_one_of_several_is_enough() -> None:
    s = ipmo.schedule(
        Portfolio(
            id="x",
            start="2026-01-05",
            calendar="continuous",
            projects=[Project(id="P", tasks=[Task(id="a", duration="5 d"), Task(id="b", duration="9 d")])],
            benefits=[
                Benefit(id="all", enabled_by=[Enabler(source="P/a", lag="1 month"), Enabler(source="P/b")]),
                Benefit(id="any", any_of=[Enabler(source="P/a"), Enabler(source="P/b")]),
            ],
        )
    )
    assert s["all"].early_start == datetime(2026, 2, 10)
    assert s["any"].early_start == datetime(2026, 1, 10)
    assert (s["P/a"].target_float, s["P/a"].target) == (0, "all")
    assert s["P/b"].free_float == 27  # to the benefit that needs both; the other is early enough without it


def test_a_link_may_lead_to_a_benefit_that_names_no_enabler() -> None:
    s = ipmo.schedule(
        Portfolio(
            id="x",
            start="2026-01-05",
            calendar="continuous",
            projects=[Project(id="P", tasks=[Task(id="a", duration={"low": "1 d", "likely": "5 d", "high": "9 d"})])],
            benefits=[Benefit(id="b", need_by="2026-01-08"), Benefit(id="unlinked")],
            links=[Link(source="P/a", target="b", lag="1 month")],
        )
    )
    assert s["b"].early_start == datetime(2026, 2, 10)
    assert (s["P/a"].target, s["P/a"].rule) == ("b", "likely")
    assert (s["P/a"].target_float or 0) < 0
    assert "unlinked" not in s


def test_external_dependencies_bind_when_dated_and_are_counted_when_not() -> None:
    s = ipmo.schedule(
        Portfolio(
            id="x",
            start="2026-01-05",
            calendar="continuous",
            projects=[Project(id="P", tasks=[Task(id="a", duration="1 d"), Task(id="b", duration="1 d")])],
            links=[
                Link(source="external:grid", target="P/a", date="2026-01-10"),
                Link(source="external:dark", target="P/b"),
                Link(source="P/b", target="external:out"),
            ],
        )
    )
    assert s["P/a"].early_start == datetime(2026, 1, 11)
    assert s["P/b"].early_start == DAY0
    assert s.network.undated_externals == [1, 2]


def test_without_any_date_the_schedule_asks_for_one() -> None:
    with pytest.raises(ScheduleError, match="has no start: add portfolio: start:"):
        ipmo.schedule(Portfolio(id="x", projects=[Project(id="P", tasks=[Task(id="a", duration="1 d")])]))
    assert ipmo.schedule(Portfolio(id="x")).finish is None


def test_a_date_past_year_9999_names_the_task() -> None:
    for tasks in (
        [Task(id="a", duration="99999999 d")],
        [Task(id="a", duration="2900000 ed"), Task(id="b", duration="100000 ed", after="a")],
    ):
        with pytest.raises(ScheduleError, match=r"'P/[ab]' would end past the year 9999"):
            ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)]))


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        (Calendar(id="never", hours={"mon": "none"}), "no working time at all"),
        (
            Calendar(id="never", exceptions=[CalendarException(first="0001-01-01", last="9999-12-31", hours="none")]),
            "no working time at all",
        ),
        (Calendar(id="never", exceptions=[CalendarException(first="2026-01-10", last="9999-12-31", hours="none")]), "after 2026-01-09"),
    ],
)
def test_a_calendar_that_works_no_more_is_named(calendar: Calendar, said: str, large: bool) -> None:
    after = [Task(id=f"t{number}", duration="1 d", after=f"t{number - 1}" if number else "a") for number in range(25_000 if large else 1)]
    tasks = [Task(id="a", duration="6 d", calendar="never"), *after]
    pf = Portfolio(id="x", start="2026-01-05", calendars=[calendar], projects=[Project(id="P", tasks=tasks)])
    with pytest.raises(ScheduleError, match=rf"^'P/a' never ends: calendar 'never' has .*{said}; check its hours and exceptions"):
        ipmo.schedule(pf)


def test_a_calendar_that_a_lag_counts_on_is_named_too() -> None:
    never = Calendar(id="never", hours={"mon": "none"})
    tasks = [
        Task(id="a", milestone=True, calendar="never"),
        Task(id="b", duration="1 d", calendar="continuous", after=[After(source="a", lag="2 d")]),
    ]
    pf = Portfolio(id="x", start="2026-01-05", calendars=[never], projects=[Project(id="P", tasks=tasks)])
    with pytest.raises(ScheduleError, match="'P/b' never ends: calendar 'never' has no working time at all"):
        ipmo.schedule(pf)


def test_the_schedule_explains_itself_and_helps_with_wrong_names() -> None:
    s = crossing()
    assert s.critical_path() == ("P1/a", "P2/b", "P1/c")
    assert s.critical_path("P2") == ("P1/a", "P2/b")
    assert s.driving("P1/c") == (("P2/b", "FS"),)
    assert s.explain("P1").splitlines()[0] == "P1 finishes 2026-01-16, with P1/c"
    assert s.explain("P1").splitlines()[-1].endswith("nothing holds it back but the start of the portfolio")
    assert s.explain("P1@finish").splitlines()[0] == "P1@finish finishes 2026-01-16, with P1/c"
    assert s.explain("P1@start").splitlines()[0] == "P1@start is on 2026-01-05, with P1/a"
    with pytest.raises(UnknownItemError, match="close: 'P1/a'"):
        s["P1/aa"]
    with pytest.raises(UnknownItemError):
        s.explain("P9")
    with pytest.raises(UnknownItemError, match="targets"):
        s.critical_path("P3")


def test_a_schedule_is_iterated_counted_and_indexed_by_id() -> None:
    s = crossing()
    assert list(s.ids) == [row.id for row in s] == list(s.table()["id"])
    assert len(s) == len(s.rows) > 0
    assert all(s[full_id] is row for full_id, row in zip(s.ids, s.rows, strict=True))
    assert "P1" in s
    assert "P1" not in s.ids  # projects with tasks can be looked up; they are no rows of their own
    assert s["P1@finish"].finish == s["P1"].finish
    assert s.total_float("P1/a") == s["P1/a"].total_float


def test_columns_of_the_table_are_pinned() -> None:
    table = crossing().table()
    assert table.columns == (
        "id",
        "name",
        "kind",
        "project",
        "early_start",
        "early_finish",
        "late_start",
        "late_finish",
        "total_float",
        "free_float",
        "project_float",
        "target_float",
        "target",
        "target_is",
        "commitment_float",
        "commitment",
        "critical",
        "critical_for",
        "drag",
        "start",
        "finish",
        "start_date",
        "finish_date",
        "early_start_date",
        "early_finish_date",
        "late_start_date",
        "late_finish_date",
        "lower_bound",
    )
    assert table.unit("total_float") == "d"
    assert moment(crossing().passes.end or 0) == crossing().finish


def held(s: ipmo.Schedule, place: int, start: int) -> list[int]:
    """Finishes of every position when one of them may not start before a time on its own clock; the whole pass anew."""
    from ipmo.network.kernels import passes as kernels
    from ipmo.network.kernels.columns import FAR, Dates

    q, net = s.passes.lists, s.network
    x, edge = list(q.low), [0] * net.n
    for node in net.floor_edges:
        edge[q.pos[node]] = int(q.low[q.pos[node]] + net.dur[node] == net.finish_floor[node])
    if start > x[place]:
        x[place], edge[place] = start, 0
    nodes = q.nodes._replace(high=q.high if not net.additive else [FAR] * net.n)
    kernels.forward_from(0, q.links, nodes, net.clock_tables, Dates(x, edge))
    clocks = [net.clock(c) for c in q.clk]
    return [c.start(a + d) if e else c.finish(a + d) for c, a, d, e in zip(clocks, x, q.dur, edge, strict=True)]


def limits(s: ipmo.Schedule) -> dict[str, tuple[list[int], int]]:
    """Each target: the positions that it bounds, and the instant that none of them may pass."""
    q, net = s.passes.lists, s.network
    out = {t.name: ([q.pos[n] for n in t.nodes], s.passes.target_date(t)) for t in net.commitments if net.state[t.nodes[0]] in (0, 1)}
    for owner, nodes in s.passes.open_work.items():
        out[f"{net.projects[owner]}@finish"] = ([q.pos[n] for n in nodes], int(s.passes.committed_finishes[owner]))
    return out


@settings(max_examples=40)
@given(portfolios())
def test_target_float_is_the_slip_that_leaves_every_commitment_as_it_is(pf: Portfolio) -> None:
    """By trying: held back by its target float an item breaks no commitment; by one minute more it breaks the named one.

    Through a lag in months the float is to the last instant that leaves the benefit's month, and its day in it, as it is: the 29th to
    the 31st of January all lead to the last of February, each at its own time of day.
    """
    holds_its_target_float(pf)


def test_float_through_a_lag_in_months_is_to_the_last_instant_of_the_same_month() -> None:
    """The smallest portfolio that the property above was false for: 2.5 d later the work ends on 30 January, and leads to 28 February too."""
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        projects=[Project(id="P", tasks=[Task(id="a", duration="17.5 d"), Task(id="m", milestone=True, actual_start="2026-03-01")])],
        benefits=[Benefit(id="b", any_of=[Enabler(source="P/a", lag="1 month"), Enabler(source="P/m")])],
    )
    s = ipmo.schedule(pf)
    assert (s["P/a"].target_float, s["P/a"].target, s["P/a"].finish, s["b"].finish_text) == (
        2.5,
        "b",
        datetime(2026, 1, 28, 13),
        "2026-03-01",
    )  # the benefit starts on the first whole day after 28 February 13:00
    assert ipmo.schedule(pf.evolve("P/a", duration="20 d"))["b"].finish_text == "2026-03-01"
    assert ipmo.schedule(pf.evolve("P/a", duration="20.01 d"))["b"].early_finish == datetime(2026, 3, 1)
    holds_its_target_float(pf)


def holds_its_target_float(pf: Portfolio) -> None:
    """Asserts what `target_float` is of every item, by holding it back."""
    s = ipmo.schedule(pf)
    stepped = {name for name in s.ids if s[name].kind in EFFECTS} if any(mode == Mode.MONTHS for mode in s.network.mode or ()) else set()

    def later(name: str, finish: int, limit: int) -> bool:
        return finish > limit and not (name in stepped and moment(finish).date() == moment(limit).date())

    q = s.passes.lists
    bounds = limits(s)
    for place in range(min(s.network.n, 10)):
        late = int(s.passes.late_starts.to_target[place])
        if late >= 1 << 50 or late < q.x[place] or s.network.kinds[q.order[place]] == "helper":
            continue
        before, after = held(s, place, late), held(s, place, late + 1)
        missed = {name for name, (places, date) in bounds.items() if any(later(name, before[p], max(date, q.finish[p])) for p in places)}
        assert not missed
        broken = {name for name, (places, date) in bounds.items() if any(after[p] > max(date, q.finish[p]) for p in places)}
        name = s.passes.target_names[place]
        assert name is not None
        places, date = bounds[name]
        if all(q.finish[p] <= date for p in places):  # one that is missed already by another path shows nothing
            assert name in broken


@settings(max_examples=40)
@given(portfolios())
def test_project_float_is_the_slip_that_leaves_the_own_finish_unmoved(pf: Portfolio) -> None:
    s = ipmo.schedule(pf)
    q, net = s.passes.lists, s.network
    for place, late in list(s.passes.project_late_starts.items())[:10]:
        owner = net.project[q.order[place]]
        own = [q.pos[n] for n in s.passes.open_work[owner]]
        ends = [max(finish[p] for p in own) for finish in (q.finish, held(s, place, late), held(s, place, late + 1))]
        assert ends[0] == ends[1] or max(ends[0], int(s.passes.project_ends[owner])) >= ends[1]
        assert ends[2] > int(s.passes.project_ends[owner])


def written(s: ipmo.Schedule, place: int) -> list[int]:
    """What follows a position on links that somebody wrote: beyond the ends of summaries, delays and what stands for one of several."""
    found: set[int] = set()
    ahead = list(s.passes.successors[place])
    while ahead:
        v = ahead.pop()
        if s.network.kinds[s.passes.lists.order[v]] in ("helper", "start", "finish"):
            ahead += s.passes.successors[v]
        else:
            found.add(v)
    return sorted(found)


@settings(max_examples=60)
@given(portfolios())
def test_free_float_is_the_slip_that_moves_no_successor(pf: Portfolio) -> None:
    s = ipmo.schedule(pf)
    q, net = s.passes.lists, s.network
    own_ends = ("helper", "start", "finish")
    for place, free in list(s.passes.free_starts.items())[:20]:
        follows = written(s, place)
        if net.kinds[q.order[place]] in own_ends or not follows:
            continue
        before, after = held(s, place, free), held(s, place, free + 1)
        assert [v for v in follows if before[v] > q.finish[v]] == []
        owner = net.project[q.order[place]]
        own = [q.pos[n] for n in s.passes.open_work.get(owner, [])]  # whose end counts where nothing but milestones of the project follows
        assert any(after[v] > q.finish[v] for v in (*follows, *own))


def test_what_follows_a_summary_follows_what_lies_in_it() -> None:
    """By hand, in days: b (6 and 7) ends the summary that d follows; c (day 2) may slip until day 7; a to the start of c, or of b alone."""
    tasks = [
        Task(id="a", duration="1 d"),
        Task(id="l", duration="5 d"),
        Task(id="s", after=["a"]),
        Task(id="b", parent="s", duration="2 d", after=["l"]),
        Task(id="c", parent="s", duration="1 d"),
        Task(id="d", duration="1 d", after=["s"]),
        Task(id="e", duration="20 d"),
    ]
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)])
    free = {i.id.partition("/")[2]: i.free_float for i in ipmo.schedule(pf).rows}
    assert free == {"a": 0, "l": 0, "b": 0, "c": 5, "d": 12, "e": 0, "s": None}
    alone = ipmo.schedule(pf.evolve("P", tasks=[task for task in tasks if task.id != "c"]))
    assert (alone["P/a"].free_float, alone["P/b"].free_float) == (4, 0)
    within = ipmo.schedule(
        pf.evolve(
            "P",
            tasks=[
                *(attrs.evolve(t, parent="o") if t.id == "s" else t for t in tasks if t.id != "d"),
                Task(id="o"),
                Task(id="d", duration="1 d", after=["o"]),
            ],
        )
    )
    assert (within["P/b"].free_float, within["P/c"].free_float) == (0, 5)


def test_a_committed_finish_bounds_the_target_float_and_no_other() -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        calendar="continuous",
        projects=[Project(id="P", finish="2026-01-11", tasks=[Task(id="a", duration="5 d"), Task(id="b", duration="3 d")])],
    )
    s = ipmo.schedule(pf)
    rows = {i.id: (i.total_float, i.free_float, i.project_float, i.target_float, i.target) for i in s.rows}
    assert rows == {"P/a": (0, 0, 0, 2, "P@finish"), "P/b": (2, 2, 2, 4, "P@finish")}
    assert s["P/a"].critical_for == ("P@finish",)
    late = ipmo.schedule(pf.evolve("P", finish="2026-01-07"))["P/a"]
    assert (late.target_float, late.project_float) == (-2, 0)


def test_dialects_differ_where_they_say_they_do() -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        calendar="continuous",
        projects=[Project(id="P", tasks=[Task(id="a", duration="5 d", deadline="2026-01-07"), Task(id="b", duration="9 d")])],
    )
    assert ipmo.schedule(pf)["P/a"].total_float == 4
    assert ipmo.schedule(pf)["P/a"].target_float == -2
    assert ipmo.schedule(pf, dialect="msproject")["P/a"].total_float == -2
    with pytest.raises(OptionError, match="write one of 'ipmo', 'msproject', 'p6'"):
        ipmo.schedule(pf, dialect="spreadsheet")


@settings(max_examples=60, deadline=None)
@given(portfolios(tied=True))
def test_dates_and_floats_alone_are_those_of_the_whole_item(pf: Portfolio) -> None:
    """What checks ask for in haste is what the item says in full."""
    s = ipmo.schedule(pf, on_cycle="cut")
    for full_id in s.passes.nodes:
        item = s[full_id]
        assert s.dates(full_id) == (item.start, item.finish), full_id
        assert s.total_float(full_id) == item.total_float, full_id
        if item.kind in ("outcome", "benefit"):
            known = item.early_start if not item.undated and not item.lower_bound else None
            assert s.begins(full_id) in (known, None), full_id
            assert known is None or s.begins(full_id) == known or s.network.points, full_id


UNDATED = """
ipmo: 1
portfolio: {id: pf, money: {currency: GBP}}
programmes: [{id: G}]
projects: [{id: P, programme: G, budget: 5 GBP}, {id: Q}]
outcomes: [{id: oc, enabled_by: P}]
benefits:
  - {id: b, any_of: [{from: P, lag: 1 month}, {from: Q}], value: 3 GBP per year, lasts: 3 years}
  - {id: c, enabled_by: Q@finish, value: 3 GBP per year, lasts: 3 years, need_by: 2027-01-01}
links: [{from: P@finish, to: Q@start, lag: 1 month}]
"""


@pytest.mark.parametrize("text", ["ipmo: 1\nportfolio: {id: pf}\n", "ipmo: 1\nportfolio: {id: pf}\nprojects: [{id: P}]\n", UNDATED])
def test_a_portfolio_in_which_nothing_is_dated_gets_a_clear_answer(text: str, tmp_path: Path) -> None:
    """No tasks and no dates: everything is undated with the reason, and no answer fails."""
    path = tmp_path / "pf.yaml"
    path.write_text(text, encoding="utf-8")
    pf = ipmo.read(path)
    s = ipmo.schedule(pf)
    assert all(s[item].undated == "nothing says when anything starts (write portfolio: start:)" for item in s.ids)
    assert repr(s) == f"<Schedule: {counted(s.network.n, 'item')}, finish {'unknown' if s.network.n else 'none'}, 0 critical>"
    assert all(row[name] is None for row in s.table().rows() for name in ("start", "finish", "early_finish_date", "total_float"))
    for verb in (
        ipmo.status,
        ipmo.check,
        ipmo.critical_links,
        ipmo.benefits,
        ipmo.gates,
        ipmo.decisions_due,
        ipmo.delay_sensitivity,
        ipmo.single_points,
    ):
        repr(verb(pf))
    if pf.projects:
        assert s.explain("P") == "P has no date: nothing says when anything starts (write portfolio: start:)"
        repr(ipmo.what_if(pf, ipmo.changes.Stop("P")).table())
    ipmo.report(pf, tmp_path / "r.html")
    (tmp_path / "soon.yaml").write_text(text.replace("id: pf", "id: pf, start: 0001-01-01", 1), encoding="utf-8")
    repr(ipmo.schedule(ipmo.read(tmp_path / "soon.yaml")).overview())
