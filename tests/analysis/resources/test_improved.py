"""What a levelled plan improves on today's, and how few commitments it moves; against every order of the work, minute by minute."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.cli import main

from .conftest import days, portfolio

HOURS = 8


def placed(lengths: dict[str, int], order: tuple[str, ...], first: dict[str, int]) -> dict[str, int]:
    """The finish of each piece of work of Ann, in working hours, one after the other in an order, each where it fits first."""
    busy, out = set[int](), dict[str, int]()
    for name in order:
        at = first.get(name, 0)
        while busy & set(range(at, at + lengths[name])):
            at += 1
        busy |= set(range(at, at + lengths[name]))
        out[name] = at + lengths[name]
    return out


# -------------------------------------------------------------------------------------------- improved


def test_what_is_improved_is_said_beside_the_order_of_todays_dates() -> None:
    """Today a begins first: six days, so that b, due on Wednesday, is done on 11 March: 7 elapsed days late. Levelled b goes first."""
    pf = portfolio({"id": "a", "duration": "6 d"}, {"id": "b", "duration": "2 d", "deadline": "2026-03-04"})
    plan = ipmo.level(pf)
    assert days(plan) == {"a": ("03-04", "03-11"), "b": ("03-02", "03-03")}
    better = plan.improved
    assert (better.days, better.less_late, better.lateness) == (
        0,
        pytest.approx(6 + 17 / 24),
        0,
    )  # from the end of 4 March to five on the 11th
    assert better.over == (("ann", 2.0),)
    assert str(better) == (
        "improved over today's plan by: all done 0 ed sooner, commitments 6.708 ed less late (in the order of its dates it ends 2026-03-11); "
        "its dates take 2 pd more than there are (2 of ann)"
    )
    assert f"  {better}" in plan.explain().splitlines()
    assert list(plan.table()["improved"]) == [-2, 6]
    fits = ipmo.level(portfolio({"id": "a", "duration": "6 d"}))
    assert (fits.improved.days, fits.improved.less_late, fits.improved.over) == (0, 0, ())


def test_the_command_line_says_what_is_improved(tmp_path: Any) -> None:
    file = tmp_path / "x.yaml"
    ipmo.write(portfolio({"id": "a", "duration": "6 d"}, {"id": "b", "duration": "2 d", "deadline": "2026-03-04"}), file)
    said = CliRunner().invoke(main, ["level", str(file)], catch_exceptions=False)
    assert "improved over today's plan by: all done 0 ed sooner, commitments 6.708 ed less late" in said.output


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 10), st.sampled_from([None, 1, 2, 3, 4])), min_size=1, max_size=4))
def test_no_plan_is_worse_than_the_order_of_todays_dates(rows: list[tuple[int, int, int | None]]) -> None:
    """Even of one pass; the order is that of the starts without limits, then of the file, counted by hand in hours of one person."""
    lengths = {f"t{i}": long for i, (long, _, _) in enumerate(rows)}
    first = {f"t{i}": at for i, (_, at, _) in enumerate(rows)}
    tasks = [
        {"id": name, "duration": f"{lengths[name]} h",
         **({"not_before": f"2026-03-0{2 + first[name] // HOURS} {9 + first[name] % HOURS:02d}:00"} if first[name] else {}),
         **({"deadline": f"2026-03-0{2 + due}"} if due else {})}
        for name, (_, _, due) in zip(lengths, rows, strict=True)
    ]  # fmt: skip
    finishes = placed(lengths, tuple(sorted(lengths, key=lambda name: first[name])), first)
    plan = ipmo.level(portfolio(*tasks), passes=1)
    assert plan.improved.less_late >= 0
    end = max(finishes.values())
    day, hour = divmod(end - 1, HOURS)
    assert plan.improved.finish_before is not None
    assert f"{plan.improved.finish_before:%d %H}" == f"{2 + day + (2 if day > 4 else 0):02d} {9 + hour + 1:02d}"
    if not any(due for *_, due in rows):
        assert plan.improved.days >= 0


# -------------------------------------------------------------------------------------------- stability


def test_stability_moves_the_fewest_commitments_before_the_least_work() -> None:
    """Three pieces of work that nobody waits for move, not the one that is committed."""
    pf = portfolio(
        {"id": "a", "duration": "2 d"}, {"id": "b", "duration": "1 d", "after": "a"}, {"id": "c", "duration": "2 d", "deadline": "2026-04-20"},
        {"id": "z", "duration": "40 d", "assignments": []},
    )  # fmt: skip
    plan = ipmo.level(pf, objective="stability")
    assert (plan.pays, sorted(item.id for item in plan.moved)) == ((), ["P/a", "P/b"])
    solved = ipmo.level(pf, objective="stability", solver="cp-sat", seconds=1)
    assert solved.pays == ()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10), st.booleans()), min_size=2, max_size=4))
def test_no_order_moves_fewer_commitments(rows: list[tuple[int, bool]]) -> None:
    lengths = {f"t{i}": long for i, (long, _) in enumerate(rows)}
    due = [name for name, (_, one) in zip(lengths, rows, strict=True) if one]
    tasks = [{"id": name, "duration": f"{long} h", **({"deadline": "2026-05-01"} if name in due else {})} for name, long in lengths.items()]
    plan = ipmo.level(portfolio(*tasks, {"id": "z", "duration": "40 d", "assignments": []}), objective="stability")
    least = min(sum(placed(lengths, order, {})[name] != lengths[name] for name in due) for order in itertools.permutations(lengths))
    assert len(plan.pays) == least


# --------------------------------------------------------------------------------------------- priority


def test_projects_count_by_what_a_delay_of_them_costs() -> None:
    """B's benefit ends on a day, so that each day late is lost; A's is worth more and lasts as long whenever it comes."""

    def project(name: str) -> dict[str, Any]:
        return {"id": name, "tasks": [{"id": "t", "duration": "10 d", "assignments": [{"resource": "ann"}]}]}

    benefits = [
        {"id": "a", "enabled_by": "A", "value": "100 k GBP/year", "lasts": "5 years"},
        {"id": "b", "enabled_by": "B", "value": "80 k GBP/year", "until": "2029-01-01"},
    ]
    pf = portfolio(projects=[project("A"), project("B")], benefits=benefits, money={"currency": "GBP", "discount": "green-book-2026"})
    first = {by: ipmo.level(pf, objective="projects", priority=by).rows for by in ("value", "cost of delay")}  # type: ignore[arg-type]
    assert {by: min(rows, key=lambda row: row.start).id for by, rows in first.items()} == {"value": "A/t", "cost of delay": "B/t"}
    with pytest.raises(ipmo.OptionError, match="priority='cost of delay'"):
        ipmo.level(portfolio({"id": "a", "duration": "1 d"}), priority="cost of delay")


# -------------------------------------------------------------------------------------- what is said


NEWCOMER: dict[str, Any] = {
    "ipmo": 1,
    "portfolio": {"id": "n", "start": "2026-03-02", "status_date": "2026-03-02"},
    "resources": [
        {"id": "ann", "rate": "500 EUR per pd", "capacity": [{"from": "2026-01-01", "value": 1}, {"from": "2026-03-09", "value": 0}, {"from": "2026-03-11", "value": 1}]},
        {"id": "dev", "capacity": [{"from": "2026-01-01", "value": 2}]},
    ],
    "projects": [
        {"id": "A", "finish": "2026-03-13", "tasks": [
            {"id": "a1", "duration": "4 d", "assignments": [{"resource": "ann"}]},
            {"id": "a2", "duration": "3 d", "after": "a1", "assignments": [{"resource": "dev", "units": 2}]}]},
        {"id": "B", "finish": "2026-03-12", "tasks": [
            {"id": "b1", "duration": "3 d", "assignments": [{"resource": "ann"}]},
            {"id": "b2", "duration": "4 d", "after": "b1", "assignments": [{"resource": "dev"}]}]},
    ],
}  # fmt: skip


def test_the_command_line_says_how_good_the_plan_is_and_what_others_would_bring(tmp_path: Path) -> None:
    file, hire = tmp_path / "n.yaml", tmp_path / "hire.yaml"
    ipmo.write(ipmo.from_dict(NEWCOMER), file)
    hire.write_text(
        "ipmo: 1\nchanges:\n- add: {resource: {id: cyd, skills: {ann: 1}, capacity: [{from: 2026-01-01, value: 1}]}}\n", "utf-8"
    )

    def said(*more: str) -> list[str]:
        return CliRunner().invoke(main, ["level", str(file), *more], catch_exceptions=False).output.splitlines()

    lines = said("--price", "ann", "--price", "dev=2", "--with", str(hire))
    assert "no plan that fits ends before 2026-03-17 by ann, 2026-03-11 by dev, 2026-03-10 by its links" in lines
    assert "pays: A@finish: 9 ed later, missed by 5.708 ed" in lines
    assert "bites: ann on 2026-03-10: A/a1 waits, and A@finish is missed by 5.708 ed" in lines
    assert "critical chain: A/a1, waits for ann; A/a2" in lines
    assert "+1 of ann: all done 6 ed sooner, commitments 5.708 ed less late, at a cost of 5,000 EUR" in lines  # ten days, until 13 March
    assert "+2 of dev: all done 0 ed sooner, commitments 0 ed less late" in lines
    assert "with these changes: all done 6 ed sooner, commitments 5.708 ed less late" in lines
    kept = said("--frozen", "A/a1")
    assert "pays: B@finish: 9 ed later, missed by 6.708 ed" in kept
    assert CliRunner().invoke(main, ["level", str(file), "--price", "bob"]).exit_code != 0


def test_proposed_work_takes_its_share_where_that_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "n.yaml"
    more = {"id": "N", "state": "proposed", "tasks": [{"id": "n", "duration": "9 d", "assignments": [{"resource": "ann"}]}]}
    ipmo.write(ipmo.from_dict({**NEWCOMER, "projects": [*NEWCOMER["projects"], more]}), file)
    plain, counted = (
        CliRunner().invoke(main, ["level", str(file), *flag], catch_exceptions=False).output for flag in ((), ("--proposed",))
    )
    assert "ends 2026-03-19" in plain
    assert "N/n" not in plain
    assert "N/n" in counted
    with pytest.raises(ipmo.OptionError, match="proposed"):
        ipmo.level(ipmo.from_dict(NEWCOMER), include=["cancelled"])


def test_the_constraint_stands_first_in_the_heat_map() -> None:
    view = ipmo.capacity(ipmo.from_dict(NEWCOMER), every="week")
    svg = view.plot().svg
    assert view.ranked[0] == view.constraint == "ann"
    assert svg.index(">ann<") < svg.index(">dev<")


def test_work_of_which_there_never_is_enough_is_explained_and_nothing_is_proved() -> None:
    plan = ipmo.level(portfolio({"id": "a", "duration": "2 d", "assignments": [{"resource": "ann", "effort": "4 pd"}]}))
    assert (plan.feasible, plan.proved) == (False, False)
    assert plan.explain("P/a").splitlines() == [
        "P/a: 2026-03-02 09:00 to 2026-03-03 17:00, by its links alone",
        "  P/a needs 2 of ann at once, and there never are more than 1",
    ]
    with pytest.raises(ipmo.UnknownItemError):
        plan.explain("P/b")


def test_within_float_says_which_float_it_is() -> None:
    """Three pieces of work until Friday of a project due then: its float is three days, that to the end of all is none."""
    three = [
        {"id": name, "duration": length, "assignments": [{"resource": "ann"}]}
        for name, length in (("a", "2 d"), ("b", "2 d"), ("c", "1 d"))
    ]
    due = {"id": "A", "finish": "2026-03-06", "tasks": three}
    alone = ipmo.level(portfolio(projects=[due]), within="float")
    assert {str(one) for one in alone.shortages} == {
        f"A/{name} does not fit within its float to the end of all: it needs ann" for name in "bc"
    }
    roomy = ipmo.level(portfolio(projects=[due, {"id": "Z", "tasks": [{"id": "z", "duration": "20 d"}]}]), within="float")
    assert (roomy.feasible, max(str(item.finish_date) for item in roomy)) == (True, "2026-03-06")
    tight = ipmo.level(
        portfolio(projects=[{**due, "finish": "2026-03-03"}, {"id": "Z", "tasks": [{"id": "z", "duration": "20 d"}]}]), within="float"
    )
    assert all("to its nearest target" in str(one) for one in tight.shortages)
    assert tight.shortages


def test_an_end_of_which_no_day_is_known_has_none() -> None:
    """Nothing says how long the only work takes: no day stands behind "at least"."""
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "pf", "start": "2026-01-01"}, "projects": [{"id": "a", "tasks": [{"id": "x"}]}]})
    assert repr(ipmo.level(pf)) == "<Levelled: 0 of 0 items later, its end is not known>"
