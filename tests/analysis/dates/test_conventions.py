"""Progress, constraints, milestones, hammocks, floats and dialects, each worked by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.errors import ModelError, UnitError, UnknownItemError
from ipmo.model import DIALECTS, After, Calendar, Dialect, Link, Portfolio, Project, Task

DAY0 = datetime(2026, 1, 5)


def around_the_clock(tasks: list[Task], **fields: Any) -> Portfolio:
    return Portfolio(**{"id": "x", "start": "2026-01-05", "calendar": "continuous", "projects": [Project(id="P", tasks=tasks)], **fields})


def day(when: datetime | None) -> float | None:
    return None if when is None else (when - DAY0).total_seconds() / 86400


def with_progress(mode: str, **more: Any) -> ipmo.Schedule:
    """Oracle O-11: status date 4; A started at 0, 6 left; B (after A) started at 3, 4 left; C of 3 after B."""
    pf = around_the_clock(
        [
            Task(id="A", duration="10 d", actual_start="2026-01-05", remaining="6 d"),
            Task(id="B", duration="5 d", after="A", actual_start="2026-01-08", remaining="4 d"),
            Task(id="C", duration="3 d", after="B"),
        ],
        status_date="2026-01-09",
        dialect={"name": "ipmo", "progress": mode, **more},
    )
    return ipmo.schedule(pf)


def test_oracle_o11_out_of_sequence_work_under_every_progress_mode() -> None:
    finishes = {mode: [day(with_progress(mode)[f"P/{n}"].early_finish) for n in "ABC"] for mode in ("retained", "override", "actual")}
    assert finishes["retained"] == [10, 14, 17]
    assert finishes["override"] == [10, 8, 11]
    assert with_progress("override")["P/A"].total_float == 1
    assert finishes["actual"] == [10, 8, 11]
    assert with_progress("actual")["P/A"].total_float == -7  # B began on day 3, A should have finished by then
    for mode in ("retained", "override", "actual"):
        s = with_progress(mode)
        assert day(s["P/B"].start) == 3
        assert [f.code for f in ipmo.check(s.portfolio) if f.code == "ipmo/out-of-sequence"] == ["ipmo/out-of-sequence"]


def test_early_dates_of_work_under_way_are_those_of_its_rest_where_the_dialect_says_so() -> None:
    usual, rest = with_progress("retained"), with_progress("retained", remaining_dates=True)
    assert [day(usual["P/A"].early_start), day(rest["P/A"].early_start)] == [0, 4]
    assert [day(usual["P/A"].start), day(rest["P/A"].start)] == [0, 0]
    assert day(rest["P/B"].early_start) == 10
    assert day(rest["P/A"].late_start) == 4


def test_suspended_work_goes_on_when_it_resumes() -> None:
    pf = around_the_clock(
        [Task(id="A", duration="5 d", actual_start="2026-01-05", remaining="3 d", resumes="2026-01-20")], status_date="2026-01-08"
    )
    assert day(ipmo.schedule(pf)["P/A"].early_finish) == 18


def test_a_project_may_have_its_own_data_date() -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        status_date="2026-01-10",
        calendar="continuous",
        projects=[
            Project(id="P", tasks=[Task(id="a", duration="1 d")]),
            Project(id="Q", status_date="2026-01-07", tasks=[Task(id="a", duration="1 d")]),
        ],
    )
    s = ipmo.schedule(pf)
    assert (day(s["P/a"].early_start), day(s["Q/a"].early_start)) == (5, 2)


def tied(constraints: dict[str, Any], **dialect: Any) -> ipmo.Schedule:
    """a of 3 days before b of 3 before c of 3, beside d of 10; b is tied."""
    pf = around_the_clock(
        [
            Task(id="a", duration="3 d"),
            Task(id="b", duration="3 d", after="a", constraints=constraints),
            Task(id="c", duration="3 d", after="b"),
            Task(id="d", duration="10 d"),
        ],
        dialect={"name": "ipmo", **dialect},
    )
    return ipmo.schedule(pf)


def rows(s: ipmo.Schedule) -> dict[str, tuple[Any, ...]]:
    return {n: (day(s[f"P/{n}"].early_start), day(s[f"P/{n}"].late_start), s[f"P/{n}"].total_float) for n in "abcd"}


CASES: list[tuple[dict[str, Any], dict[str, Any], dict[str, tuple[Any, ...]]]] = [
    ({"start_no_later": "2026-01-07"}, {}, {"a": (0, -1, -1), "b": (3, 2, -1), "c": (6, 7, 1)}),
    ({"finish_no_later": "2026-01-09"}, {}, {"a": (0, -1, -1), "b": (3, 2, -1), "c": (6, 7, 1)}),
    ({"start_on": "2026-01-07"}, {}, {"a": (0, -1, -1), "b": (3, 2, -1), "c": (6, 7, 1)}),
    ({"start_on": "2026-01-10"}, {}, {"a": (0, 2, 2), "b": (5, 5, 0), "c": (8, 8, 0)}),  # c ends on day 11 and sets the end
    ({"finish_on": "2026-01-13"}, {}, {"a": (0, 3, 3), "b": (6, 6, 0), "c": (9, 9, 0)}),
    ({"must_start_on": "2026-01-07"}, {}, {"a": (0, -1, -1), "b": (2, 2, 0), "c": (5, 7, 2)}),
    ({"mandatory_finish": "2026-01-09"}, {}, {"a": (0, -1, -1), "b": (2, 2, 0), "c": (5, 7, 2)}),
    ({"start_no_later": "2026-01-07"}, {"hard": ["start_no_later"]}, {"a": (0, -1, -1), "b": (2, 2, 0), "c": (5, 7, 2)}),
    ({"must_start_on": "2026-01-07"}, {"hard": []}, {"a": (0, -1, -1), "b": (3, 2, -1), "c": (6, 7, 1)}),
    ({"as_late_as_possible": True}, {}, {"a": (0, 1, 1), "b": (3, 4, 1), "c": (6, 7, 1)}),
    ({"as_late_as_possible": True}, {"as_late_as_possible": "total float"}, {"a": (0, 1, 1), "b": (3, 4, 0), "c": (7, 7, 0)}),
    ({"expected_finish": "2026-01-12"}, {}, {"a": (0, 0, 0), "b": (3, 3, 0), "c": (8, 8, 0)}),  # b lasts from day 3 to day 8
]


@pytest.mark.parametrize(("constraints", "dialect", "expected"), CASES)
def test_constraints_bound_or_override(constraints: dict[str, Any], dialect: dict[str, Any], expected: dict[str, tuple[Any, ...]]) -> None:
    found = rows(tied(constraints, **dialect))
    assert {n: found[n] for n in expected} == expected


def test_work_as_late_as_possible_uses_up_its_free_float() -> None:
    pf = around_the_clock(
        [
            Task(id="a", duration="3 d", constraints={"as_late_as_possible": True}),
            Task(id="b", duration="8 d"),
            Task(id="c", duration="2 d", after=["a", "b"]),
            Task(id="z", duration="1 d", constraints={"as_late_as_possible": True}),
        ]
    )
    s = ipmo.schedule(pf)
    assert [day(s[f"P/{n}"].early_start) for n in "abcz"] == [5, 0, 8, 9]
    assert s["P/a"].free_float == 0


def test_a_broken_constraint_is_a_finding() -> None:
    hard = tied({"must_start_on": "2026-01-07"})
    soft = tied({"finish_no_later": "2026-01-09"})
    found = {f.code: f for f in ipmo.check(hard.portfolio)}
    assert "overrides" in found["ipmo/constraint-conflict"].message
    assert found["ipmo/constraint-conflict"].item == "P/b"
    assert "ipmo/constraint-missed" in {f.code for f in ipmo.check(soft.portfolio)}
    assert not [f for f in ipmo.check(tied({"start_on": "2026-02-10"}).portfolio) if f.code == "ipmo/constraint-conflict"]


def test_lags_run_on_the_calendar_that_the_dialect_says() -> None:
    starts = {}
    for name in ("predecessor", "successor", "project", "continuous"):
        pf = Portfolio(
            id="x",
            start="2026-01-05",
            calendar="continuous",
            dialect={"lag_calendar": name},
            calendars=[Calendar(id="six", week="mon-sat", hours="09:00-17:00")],
            projects=[
                Project(
                    id="P",
                    calendar="six",
                    tasks=[
                        Task(id="a", duration="5 d", calendar="standard"),
                        Task(id="b", duration="5 d", calendar="continuous", after=[After(source="a", lag="16 h")]),
                    ],
                )
            ],
        )
        starts[name] = ipmo.schedule(pf)["P/b"].early_start
    assert starts == {
        "predecessor": datetime(2026, 1, 13, 17),
        "successor": datetime(2026, 1, 10, 9),
        "project": datetime(2026, 1, 12, 17),
        "continuous": datetime(2026, 1, 10, 9),
    }


def test_milestones_of_a_start_and_of_a_finish_on_their_calendar() -> None:
    pf = Portfolio(
        id="x",
        start="2026-01-05",
        dialect="p6",
        projects=[
            Project(
                id="P",
                tasks=[
                    Task(id="a", duration="5 d"),
                    Task(id="in", milestone=True, milestone_of="start", after="a"),
                    Task(id="out", milestone=True, milestone_of="finish", after="a"),
                    Task(id="b", duration="1 d", after=["in", "out"]),
                ],
            )
        ],
    )
    s = ipmo.schedule(pf)
    assert (s["P/in"].early_start, s["P/in"].early_finish) == (datetime(2026, 1, 12, 9),) * 2
    assert (s["P/out"].early_start, s["P/out"].early_finish) == (datetime(2026, 1, 9, 17),) * 2
    assert (s["P/in"].late_start, s["P/out"].late_finish) == (datetime(2026, 1, 12, 9), datetime(2026, 1, 9, 17))
    assert s["P/b"].early_start == datetime(2026, 1, 12, 9)


def test_a_hammock_spans_what_it_is_linked_to_and_drives_nothing() -> None:
    pf = around_the_clock(
        [
            Task(id="a", duration="4 d"),
            Task(id="b", duration="6 d", after="a"),
            Task(id="c", duration="3 d"),
            Task(id="office", hammock=True, after=[After(source="a", type="SS"), After(source="b", type="FF")]),
            Task(id="z", duration="20 d", hammock=True, after=[After(source="a", type="SS")]),
            Task(id="alone", hammock=True),
        ]
    )
    s = ipmo.schedule(pf)
    office = s["P/office"]
    assert (day(office.early_start), day(office.early_finish), office.critical) == (0, 10, False)
    assert (office.start_float, office.finish_float, office.total_float) == (0, 0, 0)
    assert day(s["P/z"].early_finish) == 20
    assert day(s.finish) == 20  # the last day on which anybody works, which makes nothing critical
    assert s["P/alone"].early_finish is None
    assert "linked to nothing" in s["P/alone"].undated


def test_floats_and_what_they_are_made_of() -> None:
    """a 2 before b 3 before e 1; c 1 before b and before d 4 before e; f 1 after a before e."""
    pf = around_the_clock(
        [
            Task(id="a", duration="2 d"),
            Task(id="b", duration="3 d", after=["a", "c"]),
            Task(id="c", duration="3 d"),
            Task(id="d", duration="4 d", after="c"),
            Task(id="e", duration="1 d", after=["b", "d", "f"]),
            Task(id="f", duration="1 d", after="a"),
        ]
    )
    s = ipmo.schedule(pf)
    rows = {r["id"][2:]: r for r in s.floats().rows()}
    assert [rows[n]["total_float"] for n in "abcdef"] == [2, 1, 0, 0, 0, 4]
    assert [rows[n]["free_float"] for n in "abcdef"] == [0, 1, 0, 0, 0, 4]
    assert [rows[n]["interfering_float"] for n in "abcdef"] == [2, 0, 0, 0, 0, 0]
    assert rows["f"]["independent_float"] == 2  # a may be as late as day 4, e begins on day 7
    assert rows["a"]["independent_float"] == 0
    assert s.near_critical([0, 1]).to_dict() == {
        "id": ["P/c", "P/d", "P/e", "P/b"],
        "total_float": [0, 0, 0, 1],
        "band": [0, 0, 0, 1],
    }
    paths = s.float_paths(3)
    assert [(p.number, p.float, p.items) for p in paths] == [
        (1, 0, ("P/c", "P/d", "P/e")),
        (2, 1, ("P/a", "P/b")),
        (3, 4, ("P/f",)),
    ]
    assert [p.items for p in s.float_paths(2, "P/b")] == [("P/c", "P/b"), ("P/a",)]
    assert s.driving("P/e") == (("P/d", "FS"),)


def test_back_from_a_finish_everything_starts_as_late_as_it_can() -> None:
    pf = around_the_clock([Task(id="a", duration="3 d"), Task(id="b", duration="4 d", after="a"), Task(id="c", duration="2 d")])
    s = ipmo.schedule(pf, back_from="2026-01-14")
    assert {n: (day(s[f"P/{n}"].start), day(s[f"P/{n}"].finish), s[f"P/{n}"].total_float) for n in "abc"} == {
        "a": (3, 6, 3),
        "b": (6, 10, 3),
        "c": (8, 10, 8),
    }
    assert ipmo.schedule(pf, back_from="2026-01-10")["P/a"].total_float == -1
    by_dialect = ipmo.schedule(
        pf.evolve(
            dialect={"name": "msproject", "direction": "back"}, projects=[Project(id="P", finish="2026-01-14", tasks=pf.projects[0].tasks)]
        )
    )
    assert day(by_dialect["P/a"].start) == 3


def test_critical_by_float_and_by_longest_path_are_two_answers() -> None:
    pf = around_the_clock(
        [Task(id="a", duration="5 d", deadline="2026-01-06"), Task(id="b", duration="9 d"), Task(id="c", duration="8 d")],
        dialect={"name": "msproject", "critical_float": "1 d"},
    )
    s = ipmo.schedule(pf)
    assert {n: (s[f"P/{n}"].critical, s[f"P/{n}"].longest_path) for n in "abc"} == {
        "a": (True, False),
        "b": (True, True),
        "c": (True, False),
    }


def test_a_finish_in_a_break_lies_where_the_next_shift_begins_and_costs_no_work() -> None:
    """a works on Saturday; b must not finish before it, and does not work on weekends."""
    calendars = [Calendar(id="six", week="mon-sat", hours="09:00-17:00")]
    tasks = [Task(id="a", duration="6 d", calendar="six"), Task(id="b", duration="3 d", after=[After(source="a", type="FF")])]
    dates = {}
    for name in ("ipmo", "p6", "msproject"):
        s = ipmo.schedule(Portfolio(id="x", start="2026-01-05", dialect=name, calendars=calendars, projects=[Project(id="P", tasks=tasks)]))
        dates[name] = (s["P/b"].early_start, s["P/b"].early_finish)
    assert dates["ipmo"] == dates["p6"] == (datetime(2026, 1, 7, 9), datetime(2026, 1, 12, 9))
    assert dates["msproject"] == (datetime(2026, 1, 7, 9), datetime(2026, 1, 9, 17))


def test_dialects_are_values_and_variants_are_read_and_written() -> None:
    assert {name: d.name for name, d in DIALECTS.items()} == {"ipmo": "ipmo", "msproject": "msproject", "p6": "p6"}
    pf = around_the_clock([Task(id="a", duration="1 d")], dialect={"name": "p6", "progress": "override", "critical_float": "2 d"})
    assert ipmo.to_dict(pf)["portfolio"]["dialect"] == {"name": "p6", "progress": "override", "critical_float": "2 d"}
    assert ipmo.from_dict(ipmo.to_dict(pf)) == pf
    assert ipmo.to_dict(pf.evolve(dialect="p6"))["portfolio"]["dialect"] == "p6"
    assert ipmo.schedule(pf, dialect=Dialect(name="ipmo"))["P/a"].critical
    for bad, message in (
        ("excel", "not one of ipmo"),
        ({"name": "p6", "progres": "x"}, "did you mean 'progress'"),
        ({"progress": "x"}, "not one of"),
    ):
        with pytest.raises((UnitError, ModelError), match=message):
            around_the_clock([], dialect=bad)


def test_a_link_into_a_summary_holds_back_what_of_it_has_not_begun() -> None:
    pf = around_the_clock(
        [
            Task(id="gift", duration="9 d"),
            Task(id="phase", after="gift"),
            Task(id="begun", parent="phase", duration="4 d", actual_start="2026-01-05", remaining="2 d"),
            Task(id="rest", parent="phase", duration="1 d"),
        ],
        status_date="2026-01-07",
    )
    s = ipmo.schedule(pf)
    assert day(s["P/rest"].early_start) == 11
    assert day(s["P/begun"].early_finish) == 4


def test_the_network_of_links_has_one_row_a_link() -> None:
    pf = around_the_clock(
        [Task(id="a", duration="2 d"), Task(id="b", duration="1 d", after="a")],
        projects=[
            Project(id="P", tasks=[Task(id="a", duration="2 d"), Task(id="b", duration="1 d", after="a")]),
            Project(id="Q", tasks=[Task(id="c", duration="5 d")]),
        ],
        links=[Link(source="P/b", target="Q/c", type="SS", lag="1 d")],
    )
    table = ipmo.schedule(pf).links()
    assert table.columns == ("source", "target", "type", "link_float", "drives", "drag")
    assert list(table.rows())[1] == {"source": "P/b", "target": "Q/c", "type": "SS", "link_float": 0, "drives": True, "drag": 3}


def test_a_data_date_binds_whatever_a_lead_asks_for() -> None:
    tasks = [Task(id="a", duration="1 d"), Task(id="b", duration="5 d", after=[After(source="a", lag="-4 d")])]
    starts = {}
    for status in (None, "2026-01-07"):
        pf = around_the_clock(tasks, dialect="msproject", status_date=status)
        starts[status] = day(ipmo.schedule(pf)["P/b"].early_start)
    assert starts == {None: -3, "2026-01-07": 2}


@pytest.mark.parametrize("dialect", ["ipmo", "msproject", "p6"])
@pytest.mark.parametrize(
    ("start", "kind", "lag", "floats"),
    [
        (
            "2024-01-05",
            "FF",
            "1 ed",
            [0, 0],
        ),  # over the weekend: the receiver is done on Friday, whether the lag ends on Saturday or on Sunday
        ("2024-01-05", "FF", "2 ed", [0, 0]),
        ("2024-01-03", "FF", "1 ed", [0, 0]),
        ("2024-01-05", "FS", "1 ed", [0, 0]),
        ("2024-01-05", "SF", "30 eh", [0, 0]),
    ],
)
def test_a_lag_around_the_clock_makes_no_negative_float(start: str, kind: str, lag: str, floats: list[float], dialect: str) -> None:
    tasks = [Task(id="a", duration="1 d"), Task(id="b", duration="1 d", after=[After(source="a", type=kind, lag=lag)])]
    s = ipmo.schedule(Portfolio(id="x", start=start, projects=[Project(id="p", tasks=tasks)]), dialect=dialect)
    assert [s[f"p/{name}"].total_float for name in "ab"] == floats


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["4 h", "1 d", "2 d", "3 d"]),
            st.lists(
                st.tuples(
                    st.integers(0, 3),
                    st.sampled_from(["FS", "SS", "FF", "SF"]),
                    st.sampled_from(["1 ed", "0.5 ed", "-1 ed", "5 eh", "-5 eh"]),
                ),
                max_size=3,
                unique_by=lambda link: link[:2],
            ),
        ),
        min_size=2,
        max_size=4,
    ),
    st.integers(1, 7),
    st.sampled_from(["ipmo", "msproject", "p6"]),
)
def test_without_a_constraint_no_lag_around_the_clock_makes_a_negative_float(rows: list[Any], day: int, dialect: str) -> None:
    """On one calendar, over weekends and by every kind of link: late dates never lie before early ones."""
    tasks = [
        Task(id=f"t{n}", duration=length, after=[After(source=f"t{m}", type=kind, lag=lag) for m, kind, lag in links if m < n])
        for n, (length, links) in enumerate(rows)
    ]
    s = ipmo.schedule(Portfolio(id="x", start=f"2024-01-0{day}", projects=[Project(id="p", tasks=tasks)]), dialect=dialect)
    assert all((s[item].total_float or 0) >= 0 for item in s.ids)


@pytest.mark.parametrize("dialect", ["ipmo", "msproject", "p6"])
@pytest.mark.parametrize(
    "tie",
    [
        {"finish_not_before": "2026-02-06"},
        *({"constraints": {name: "2026-02-06"}} for name in ("finish_on", "must_finish_on", "mandatory_finish")),
    ],
)
def test_work_that_may_not_finish_before_a_working_day_finishes_on_it(tie: dict[str, Any], dialect: str) -> None:
    """On Friday evening, not on Monday morning: the day that is stated is the day that the work ends on."""
    task, after = Task(id="a", duration="2 d", **tie), Task(id="b", duration="1 d", after="a")
    s = ipmo.schedule(Portfolio(id="x", start="2026-01-05", dialect=dialect, projects=[Project(id="P", tasks=[task, after])]))
    assert (str(s["P/a"].early_start), str(s["P/a"].early_finish)) == ("2026-02-05 09:00:00", "2026-02-06 17:00:00")
    assert (s["P/a"].finish_text, str(s["P/b"].early_start)) == ("2026-02-06", "2026-02-09 09:00:00")


@pytest.mark.parametrize(
    ("when", "finish"),
    [("2026-02-07", "2026-02-09 09:00"), ("2026-02-06T20:00", "2026-02-09 09:00"), ("2026-02-06T12:00", "2026-02-06 12:00")],
)
def test_a_finish_not_before_a_day_off_or_a_time_after_work_waits_for_the_next_shift(when: str, finish: str) -> None:
    task = Task(id="a", duration="2 d", finish_not_before=when)
    s = ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=[task])]))
    assert f"{s['P/a'].early_finish:%Y-%m-%d %H:%M}" == finish


@pytest.mark.parametrize("held", ["finish_on", "must_finish_on", "mandatory_finish"])
@pytest.mark.parametrize(
    ("dialect", "early", "late"),
    [("ipmo", "01-19 09:00", "01-19 09:00"), ("p6", "01-19 09:00", "01-16 17:00"), ("msproject", "01-16 17:00", "01-16 17:00")],
)
def test_work_held_to_a_finish_on_a_day_off(held: str, dialect: str, early: str, late: str) -> None:
    """P6 moves the early date to the next worktime and the late one back (Oracle's help on constraints on nonworktime); what follows is alike."""
    tasks = [Task(id="a", duration="2 d", constraints={held: "2026-01-17"}), Task(id="b", duration="1 d", after="a")]
    s = ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)]), dialect=dialect)
    a = s["P/a"]
    assert (f"{a.early_finish:%m-%d %H:%M}", f"{a.late_finish:%m-%d %H:%M}", a.total_float) == (early, late, 0)
    assert f"{s['P/b'].early_start:%m-%d %H:%M}" == "01-19 09:00"


def test_what_waits_for_work_without_a_duration_is_shown_as_a_lower_bound() -> None:
    tasks = [
        Task(id="long", duration="5 d"), Task(id="dark"), Task(id="m", milestone=True, after=["long", "dark"]), Task(id="sure", milestone=True, after="long"),
    ]  # fmt: skip
    s = ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)]))
    shown = {row["id"]: row["finishes"] for row in s.overview().rows()}
    assert shown == {"P/long": "2026-01-09 17:00", "P/dark": "", "P/m": "2026-01-09 17:00 or later", "P/sure": "2026-01-09 17:00"}


def test_paths_and_drivers_of_wholes_are_those_of_the_part_that_decides() -> None:
    """A summary begins with its first part and ends with its last; so does a project, and what is not there is refused as before."""
    first = [Task(id="t", duration="3 d")]
    tasks = [
        Task(id="S"), Task(id="a", parent="S", duration="1 d"), Task(id="b", parent="S", duration="6 d", after="a"), Task(id="c", parent="S", duration="1 d", after="a"),
        Task(id="done", duration="1 d", after="b"), Task(id="dark"), Task(id="D"), Task(id="d", parent="D"),
    ]  # fmt: skip
    pf = Portfolio(
        id="x", start="2026-01-05", projects=[Project(id="P", tasks=first), Project(id="Q", tasks=tasks)],
        links=[Link(id="L", source="P/t", target="Q/a"), Link(id="M", source="P/t", target="Q/dark"), Link(id="N", source="P/t", target="Q/d")],
    )  # fmt: skip
    s = ipmo.schedule(pf)
    assert s.driving("Q/S") == s.driving("Q/S@start") == s.driving("Q") == s.driving("Q@start") == s.driving("Q/a") == (("P/t", "FS"),)
    assert (s.driving("Q/S@finish"), s.driving("Q@finish"), s.driving("P")) == ((("Q/b", "FF"),), (("Q/done", "FF"),), ())
    assert s.float_paths(3, "Q/S") == s.float_paths(3, "Q/S@finish") == s.float_paths(3, "Q/b")
    assert s.float_paths(1, "Q/S")[0].items == ("P/t", "Q/a", "Q/b")
    assert s.float_paths(3, "Q") == s.float_paths(3, "Q/done")
    assert s.float_paths(3, "Q@start") == s.float_paths(3, "Q/a")
    assert (s.driving("Q/D"), s.float_paths(3, "Q/D"), s.driving("Q/D@finish")) == ((), (), ())  # no part of it has a date
    for wrong in ("Q/T", "Q/T@finish", "R", "R@start"):
        with pytest.raises(UnknownItemError):
            s.driving(wrong)
        with pytest.raises(UnknownItemError):
            s.float_paths(2, wrong)


def test_float_paths_to_an_item_begin_with_nothing_that_does_not_lead_to_it() -> None:
    """`fixed` has its date from a constraint and leads nowhere: it is on no path to `end`."""
    tasks = [
        Task(id="before", duration="1 d"), Task(id="fixed", duration="1 d", after="before", constraints={"must_start_on": "2026-01-07"}),
        Task(id="first", duration="2 d"), Task(id="end", duration="1 d", after="first"),
    ]  # fmt: skip
    s = ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)]))
    assert [path.items for path in s.float_paths(5, "P/end")] == [("P/first", "P/end")]
    assert [path.items for path in s.float_paths(5, "P/fixed")] == [("P/before", "P/fixed")]


def test_the_first_float_path_is_the_driving_one_and_ends_with_what_was_asked_for() -> None:
    """The end takes no time and has the finish of the work before it: both have no float, and the way leads through both."""
    tasks = [
        Task(id="a", duration="2 d"), Task(id="b", duration="1 d", after="a"), Task(id="c", duration="1 d"),
        Task(id="end", milestone=True, after=["b", "c"]),
    ]  # fmt: skip
    s = ipmo.schedule(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)]))
    for target in ("P/end", None):
        assert [(path.items, path.float) for path in s.float_paths(5, target)] == [(("P/a", "P/b", "P/end"), 0.0), (("P/c",), 2.0)]


# ------------------------------------------------------------------------------------- lags into breaks, calendars apart

SHIFTS = {
    "days": Calendar(id="days", week="mon-fri", hours="08:00-12:00, 13:00-17:00", day="8 h"),
    "early": Calendar(id="early", week="mon-sat", hours="07:00-15:00", day="8 h"),
    "nights": Calendar(id="nights", week="sun-thu", hours="20:00-24:00, 00:00-04:00", day="8 h"),
}


def on_shifts(*tasks: Task, dialect: str) -> ipmo.Schedule:
    pf = Portfolio(id="x", start="2026-01-05", calendar="days", calendars=list(SHIFTS.values()), projects=[Project(id="p", tasks=tasks)])
    return ipmo.schedule(pf, dialect=dialect)


def test_a_finish_that_a_lag_moves_into_a_break_leaves_its_giver_where_it_is() -> None:
    """Twelve hours of night work end on Tuesday at 04:00; three more of nights on Tuesday at 23:00, between two shifts of the receiver.

    Its finish lies at 07:00 on Wednesday. The giver may end five hours of work later, on Wednesday at 01:00: three more of nights
    are over at 04:00, and the receiver still finishes at 07:00.
    """
    giver = Task(id="a", duration="12 h", calendar="nights")
    taker = Task(id="b", duration="1 h", calendar="early", after=[After(source="a", type="FF", lag="3 h")])
    s = on_shifts(giver, taker, dialect="p6")
    assert (str(s["p/a"].early_finish), str(s["p/a"].late_finish)) == ("2026-01-06 04:00:00", "2026-01-07 01:00:00")
    assert str(s["p/b"].early_finish) == "2026-01-07 07:00:00"
    assert (s["p/a"].total_float, s["p/a"].free_float, s["p/b"].total_float) == (5 / 8, 5 / 8, 0)


def test_a_start_behind_the_shift_of_the_receiver_makes_no_negative_float() -> None:
    """The night shift ends at 04:00, the receiver's last shift at 15:00 of the day before: Project has it finish there."""
    first = Task(id="a", duration="1 d", calendar="early")
    night = Task(id="b", duration="1 d", calendar="nights", after=[After(source="a", type="SS")])
    last = Task(id="c", duration="3 h", calendar="early", after=[After(source="b", type="FF")])
    s = on_shifts(first, night, last, dialect="msproject")
    assert [s[f"p/{name}"].total_float for name in "abc"] == [0, 0, 0]
    assert s["p/b"].late_finish == s["p/b"].early_finish


LAGS = ["0 d", "1 h", "3 h", "13 h", "1 d", "-1 h", "-1 d", "5 eh", "1 ed", "-5 eh", "1 month"]
PLANS = st.lists(
    st.tuples(
        st.sampled_from(["0 d", "1 h", "3 h", "1 d", "12 h", "2 d"]),
        st.sampled_from(sorted(SHIFTS)),
        st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["FS", "SS", "FF", "SF"]), st.sampled_from(LAGS)), max_size=3),
    ),
    min_size=2,
    max_size=4,
)


@settings(max_examples=150)
@given(PLANS, st.sampled_from(sorted(DIALECTS)))
def test_without_a_constraint_no_lag_on_any_calendars_makes_a_negative_float(rows: list[Any], dialect: str) -> None:
    """Late dates are rounded to shifts as the tools do, and never to before the date that keeps everything in time."""
    tasks = []
    for n, (length, calendar, links) in enumerate(rows):
        seen = {(m, kind): After(source=f"t{m}", type=kind, lag=lag) for m, kind, lag in links if m < n}
        tasks.append(Task(id=f"t{n}", duration=length, calendar=calendar, after=list(seen.values())))
    s = on_shifts(*tasks, dialect=dialect)
    for item in s.rows:
        for name in ("total_float", "free_float", "project_float", "target_float"):
            assert (getattr(item, name) or 0) >= 0, (item.id, name)
    assert any(item.critical for item in s.rows if item.kind != "project")


@pytest.mark.parametrize("dialect", ["ipmo", "msproject", "p6"])
def test_a_summary_that_finishes_no_later_bounds_all_that_lies_in_it(dialect: str) -> None:
    """As Microsoft Project has it: b may slip two days, c misses the day by two; what is outside keeps its float."""
    inner = [Task(id="m", parent="s"), Task(id="b", parent="m", duration="1 d"), Task(id="c", parent="s", duration="5 d")]
    tasks = [
        Task(id="s", constraints={"finish_no_later": "2026-01-07"}),
        *inner,
        Task(id="d", duration="10 d"),
        Task(id="e", duration="9 d"),
    ]
    pf = Portfolio(id="x", start="2026-01-05", dialect=dialect, projects=[Project(id="P", tasks=tasks)])
    s = ipmo.schedule(pf)
    assert [s[f"P/{id}"].total_float for id in "bcde"] == [2.0, -2.0, 0.0, 1.0]
    assert {one.item for one in s.commitments} == {"P/b", "P/c"}
    assert [f.item for f in ipmo.check(pf) if f.code == "ipmo/constraint-missed"] == ["P/c"]


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"constraints": {"must_start_on": "2026-01-08", "start_no_later": "2026-01-06"}}, "'start no later', 'must start on'"),
        ({"constraints": {"as_late_as_possible": True}}, "'as late as possible'"),
        ({"finish_not_before": "2026-01-14"}, "'finish not before'"),
        ({"constraints": {"finish_no_later": "2026-01-20"}, "not_before": "2026-01-06"}, ""),
    ],
)
def test_a_constraint_of_a_summary_that_moves_nothing_is_said(fields: dict[str, Any], names: str) -> None:
    pf = Portfolio(
        id="x", projects=[Project(id="P", start="2026-01-05", tasks=[Task(id="s", **fields), Task(id="a", parent="s", duration="1 d")])]
    )
    found = [f.message for f in ipmo.check(pf) if f.code == "ipmo/summary-constraint"]
    assert len(found) == bool(names)
    assert all(one.endswith(f"nothing: {names}") for one in found)
