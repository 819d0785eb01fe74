"""What late decisions have cost so far: worked by hand, shared as Shapley shares, and conserved."""

from __future__ import annotations

import itertools
import pickle
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo import model as m
from ipmo.analysis.change.decision_register import NOBODY, OTHER, Span, shared


def line(*, raised: str | None = "2026-01-26", other: str = "1 d", who: str | None = "board") -> m.Portfolio:
    """A line due by the end of 31 January; today is the 30th. `build` (20 d) waits for D1, `test` (10 d) for D2, both beside the rest."""
    return m.Portfolio(
        id="city",
        start="2026-01-01",
        status_date="2026-01-30",
        calendar="continuous",
        bodies=[m.DecisionBody(id="board"), m.DecisionBody(id="council")],
        projects=[
            m.Project(
                id="tram",
                finish="2026-01-31",
                tasks=[m.Task(id="build", duration="20 d"), m.Task(id="test", duration="10 d"), m.Task(id="rest", duration=other)],
            )
        ],
        decisions=[
            m.Decision(id="D1", question="Which line?", blocks=["tram/build"], body="council", raised="2026-01-02"),
            m.Decision(id="D2", question="Which test?", blocks=["tram/test"], body=who, raised=raised),
        ],
    )


def test_worked_by_hand() -> None:
    # build ends on 18 February, 18 days late; it should have begun by 12 January. test should have begun by 22 January: 8 days late by itself, 4 of them
    # from before its question was put on the 26th. So the first 4 days are the council's, the next 4 are shared, the last 10 the council's.
    found = ipmo.decisions_due(line()).register()
    assert found.lateness == {"tram@finish": 18}
    assert found["D1"].costs == {"tram@finish": 16}
    assert found["D2"].costs == {"tram@finish": 2}
    assert found.parties == {"tram@finish": {"council": 16, "board": 2}}
    assert found.explain("tram@finish") == "tram@finish is 18 days late: council 16, board 2"
    assert [(row.item, row.waited, row.late) for row in found] == [("D1", 28, 19), ("D2", 4, 9)]
    assert (found["D1"].needed, found["D1"].state) == (date(2026, 1, 11), "open")
    assert found.table()["cost"] == (16.0, 2.0)
    assert found.parties_table()["party"] == ("council", "board")
    assert pickle.loads(pickle.dumps(found)).parties == found.parties


def test_a_question_without_a_day_is_taken_as_put_in_time_and_a_party_without_a_name_has_one() -> None:
    found = ipmo.decisions_due(line(raised=None, who=None)).register()
    assert found.parties == {"tram@finish": {"council": 14, NOBODY: 4}}
    assert found["D2"].waited is None


def test_other_causes_have_their_share_of_every_day() -> None:
    # The rest (30 d) is 28 days late by itself: it shares the first 4 days with D1, the next 4 with both, 10 with D1, and has the last 10 alone.
    found = ipmo.decisions_due(line(other="30 d")).register()
    assert found.lateness == {"tram@finish": 28}
    assert found.parties == {
        "tram@finish": {"council": 2 + Fraction(4, 3) + 5, "board": Fraction(4, 3), OTHER: 2 + Fraction(4, 3) + 5 + 10}
    }


def test_what_could_not_begin_anyway_has_cost_nothing() -> None:
    pf = line()
    pf = pf.evolve("tram/build", after=["rest"])
    found = ipmo.decisions_due(pf).register()
    assert found["D1"].costs == {}
    assert set(found.parties["tram@finish"]) == {"board", OTHER}


def test_decided_ones_say_how_long_they_took() -> None:
    pf = line().evolve(
        decisions=[
            m.Decision(
                id="A", question="?", state="decided", raised="2026-01-02", need_by="2026-01-10", decided="2026-01-14", body="board"
            ),
            m.Decision(id="B", question="?", state="decided", raised="2026-01-02", decided="2026-01-06", decided_by="council"),
            m.Decision(id="C", question="?", state="withdrawn", raised="2026-01-02"),
        ]
    )
    found = ipmo.decisions_due(pf).register()
    assert [(row.item, row.who, row.waited, row.late) for row in found] == [("A", "board", 12, 4), ("B", "council", 4, None)]
    assert found.median_days == 8
    assert found.lateness == {}


def test_a_gate_counts_from_the_day_on_which_its_inputs_were_there() -> None:
    pf = m.Portfolio(
        id="city",
        start="2026-01-01",
        status_date="2026-01-30",
        calendar="continuous",
        bodies=[m.DecisionBody(id="board")],
        projects=[
            m.Project(
                id="tram",
                finish="2026-01-31",
                tasks=[
                    m.Task(id="paper", duration="10 d", actual_start="2026-01-10", actual_finish="2026-01-20"),
                    m.Task(id="build", duration="20 d", after=["G"]),
                ],
                gates=[m.Gate(id="G", after=["paper"], body="board", need_by="2026-01-15")],
            )
        ],
    )
    # The gate was needed by 12 January; its paper came on the 20th. 18 days late: 8 before anybody could decide, 10 since.
    found = ipmo.decisions_due(pf).register()
    (row,) = found
    assert (row.raised, row.waited, row.late) == (date(2026, 1, 20), 10, 19)
    assert found.parties == {"tram@finish": {"board": 10, OTHER: 8}}


@st.composite
def spans(draw: st.DrawFn) -> tuple[Fraction, list[Span]]:
    """Days of lateness that one of the decisions explains whole, and what each explains."""
    highs = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4))
    return Fraction(max(highs)), [Span(str(n), Fraction(draw(st.integers(0, high - 1))), Fraction(high)) for n, high in enumerate(highs)]


@given(spans())
def test_days_are_shapley_shares_of_the_days_that_a_set_of_decisions_brings(given_: tuple[Fraction, list[Span]]) -> None:
    late, some = given_

    def brings(players: tuple[Span, ...]) -> int:
        return len({day for one in players for day in range(int(one.low), int(one.high))})

    orders = list(itertools.permutations(some))
    expected = {
        one.item: Fraction(sum(brings(order[: order.index(one) + 1]) - brings(order[: order.index(one)]) for order in orders), len(orders))
        for one in some
    }
    found = shared(late, some)
    assert {item: days for item, days in found.items() if item != OTHER} == {item: days for item, days in expected.items() if days}
    assert sum(found.values()) == late


@given(st.fractions(min_value=Fraction(1, 100), max_value=50), st.lists(st.tuples(st.fractions(0, 40), st.fractions(0, 60)), max_size=5))
def test_days_by_party_add_up_to_the_lateness_whatever_the_spans(late: Fraction, pairs: list[tuple[Fraction, Fraction]]) -> None:
    found = shared(late, [Span(str(n), low, low + more) for n, (low, more) in enumerate(pairs)])
    assert sum(found.values()) == late
    assert all(days >= 0 for days in found.values())


def test_the_city() -> None:
    found = ipmo.decisions_due(ipmo.read(Path(__file__).parents[3] / "examples" / "city.yaml")).register()
    assert {name: sum(days.values()) for name, days in found.parties.items()} == found.lateness
    with pytest.raises(ipmo.UnknownItemError):
        found.explain("nothing")
