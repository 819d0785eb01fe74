"""Comparable cases, bookings, the question of the portfolio, concentration, the pipeline: MOP-R03, R07, R09, R11, R13, where each is hard."""

from __future__ import annotations

import math
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo import Money, Span
from ipmo.model import (
    Benefit,
    Enabler,
    Gate,
    GateDecision,
    MoneySettings,
    Objective,
    Office,
    Person,
    Portfolio,
    PriceBase,
    Project,
    Risk,
    Task,
)
from ipmo.plugin import CheckContext
from ipmo_mop import MOP, Booking, BusinessCase, ConcentrationLimit, MopFields, concentration, pipeline
from ipmo_mop.pipeline import by_chance


def mop(**fields: Any) -> dict[str, Any]:
    return {"extensions": {"mop": MopFields(**fields)}}


def portfolio(*projects: Project, **more: Any) -> Portfolio:
    fields: dict[str, Any] = {"money": MoneySettings(currency="GBP", price_base=PriceBase(year=2026)), "status_date": "2026-06-01", **more}
    return Portfolio(id="x", start="2025-01-06", projects=projects, **fields)


def heard(slug: str, pf: Portfolio, *scope: str) -> list[str]:
    check = next(c for c in MOP.checks if c.code == f"mop/{slug}")
    return [f.message for f in check.run(CheckContext(portfolio=pf, scope=frozenset(scope)))]


# ------------------------------------------------------------------------------------------------ comparable cases


def cased(name: str, **case: Any) -> Project:
    return Project(id=name, **mop(case=BusinessCase(**case)))


def test_r03_the_same_terms_in_other_words_are_the_same() -> None:
    pf = portfolio(
        cased("A", discount="3.5 %", horizon=Span(10, "year"), optimism="uplift"),
        cased("B", discount="0.035", horizon=Span(120, "month"), optimism="uplift"),
    )
    assert not heard("comparable", pf)


@pytest.mark.parametrize("words", ["1/0", "1e999999999", "1e400 %", "nan", "-inf", "%", "three"])
def test_r03_a_rate_that_is_no_number_is_only_a_name(words: str) -> None:
    two = portfolio(cased("A", discount=words), cased("B", discount=words))
    assert not heard("comparable", two)
    assert len(heard("comparable", portfolio(*(cased(name, discount="0.1") for name in "BC"), cased("A", discount=words)))) == 1


def test_r03_what_most_have_is_the_measure_where_the_portfolio_states_none() -> None:
    two = [cased(name, optimism="uplift", confidence=0.8) for name in ("A", "B")]
    assert heard("comparable", portfolio(*two, cased("C", optimism="none", confidence=0.5), Project(id="D"))) == [
        "the case of project 'C' cannot be held against the others: treatment of optimism none, not uplift; confidence P50, not P80",
        "the case of project 'D' does not say its treatment of optimism, confidence",
    ]
    stated = portfolio(*two, **mop(case=BusinessCase(optimism="none")))
    assert heard("comparable", stated, "A") == [
        "the case of project 'A' cannot be held against the others: treatment of optimism uplift, not none"
    ]


def test_r03_a_project_in_other_prices_and_a_benefit_in_other_prices_are_said() -> None:
    nominal = Project(id="A", price_base=PriceBase(year=2026, terms="nominal"), tasks=[Task(id="t")])
    benefit = Benefit(id="be", value="1 GBP per year", enabled_by=[Enabler(source="A/t")])
    pf = portfolio(nominal, cased("B", optimism="none"), cased("C", optimism="none"), benefits=[benefit])
    assert heard("comparable", pf) == [
        "benefit 'be' is in prices of real 2026, project 'A', which enables it, in prices of nominal 2026",
        "the case of project 'A' cannot be held against the others: price base nominal 2026, not real 2026",
        "the case of project 'A' does not say its treatment of optimism",
    ]
    same = pf.evolve("be", price_base=PriceBase(year=2026, terms="nominal"))
    assert len(heard("comparable", same)) == 2


# ------------------------------------------------------------------------------------------------ booked once

CAT = Person(id="cat", permanent=True)


def with_bookings(*rows: Booking, people: tuple[Person, ...] = (CAT,), value: str = "100 GBP per month", **more: Any) -> Portfolio:
    return portfolio(
        Project(id="P", owner=more.pop("owner", None)),
        people=people,
        benefits=[Benefit(id="be", booked=True, value=value, **mop(booked_in=rows))],
        **more,
    )


@pytest.mark.parametrize("amount", [None, Money(5000, "EUR")])
def test_r07_a_booking_of_no_known_amount_is_said(amount: Money | None) -> None:
    said = "how much of benefit 'be' is booked in 'a' is not known"
    assert heard("booked", with_bookings(Booking(line="a", owner="cat", amount=amount))) == [said]


def test_r07_what_lies_in_a_line_and_does_not_count_as_booked_is_said_once() -> None:
    pf = with_bookings(Booking(line="a", owner="cat", amount=Money(1, "GBP")), methodologies={"portfolio": "mop"})
    assert not ipmo.check(pf.evolve("be", cashable=True)).of("mop/booked")
    odd = ipmo.check(pf.evolve("be", cashable=True, booked=False))
    said = [f.message for f in odd if f.item == "be" and "book" in f"{f.code} {f.message}"]
    assert said == ["benefit 'be' is booked in 'a' and does not count as booked"]


def test_r07_one_line_does_not_make_up_for_another_and_a_loss_is_booked_like_a_gain() -> None:
    both = with_bookings(Booking(line="a", owner="cat", amount=pounds(1600)), Booking(line="b", owner="cat", amount=pounds(-700)))
    assert heard("booked", both) == ["benefit 'be' is worth 1,200 a year and booked with 2,300: in 'a', 'b'"]
    loss = {"value": "-100 GBP per month"}
    assert not heard("booked", with_bookings(Booking(line="a", owner="cat", amount=pounds(-500)), **loss))
    assert heard("booked", with_bookings(Booking(line="a", owner="cat", amount=pounds(-1300)), **loss)) == [
        "benefit 'be' is worth -1,200 a year and booked with -1,300: in 'a'"
    ]


def pounds(amount: int) -> Money:
    return Money(amount, "GBP")


def test_r07_a_benefit_by_the_month_is_held_against_bookings_by_the_year() -> None:
    assert not heard("booked", with_bookings(Booking(line="a", owner="cat", amount=pounds(1200))))
    over = with_bookings(Booking(line="a", owner="cat", amount=pounds(1200)), Booking(line="b", owner="cat", amount=pounds(1)))
    assert heard("booked", over) == ["benefit 'be' is worth 1,200 a year and booked with 1,201: in 'a', 'b'"]
    lump = with_bookings(Booking(line="a", owner="cat", amount=pounds(5000)), value="100 GBP")
    assert not heard("booked", lump), "a lump has no worth a year"
    assert heard("booked", with_bookings()) == ["benefit 'be' counts as booked, and nobody says in which budget or target"]


def test_r07_no_line_gives_more_than_it_holds() -> None:
    rows = [
        Benefit(id=name, value="60 GBP per year", **mop(booked_in=(Booking(line="paper", owner="cat", amount=pounds(60)),)))
        for name in ("b1", "b2")
    ]
    held = ipmo.model.FrozenMap({"paper": pounds(119)})
    pf = portfolio(people=[CAT], benefits=rows, **mop(budget_lines=held))
    assert heard("booked", pf) == ["'b1', 'b2' take 120 a year out of 'paper', which holds 119"]
    assert not heard("booked", pf.evolve("x", **mop(budget_lines=ipmo.model.FrozenMap({"paper": pounds(120)}))))


@pytest.mark.parametrize(
    ("person", "more", "why"),
    [
        (Person(id="eve", permanent=True), {"owner": "eve"}, "for which 'eve' answers, who leads 'P'"),
        (Person(id="eve", permanent=False), {}, "for which 'eve' answers, who is not permanent"),
        (
            Person(id="eve", office="spoke"),
            {"offices": [Office(id="spoke", type="programme", host="P", ends="2026-12-31")]},
            "for which 'eve' answers, whose office 'spoke' closes on 2026-12-31",
        ),
        (Person(id="ann"), {}, "for which 'eve' answers, who is no person"),
    ],
)
def test_r07_a_line_belongs_to_somebody_who_stays_in_the_business(person: Person, more: dict[str, Any], why: str) -> None:
    pf = with_bookings(Booking(line="a", owner="eve", amount=pounds(1)), people=(person,), **more)
    assert heard("booked", pf) == [f"benefit 'be' is booked in 'a', {why}"]


# ------------------------------------------------------------------------------------------------ the question of the portfolio

ALL = ipmo.model.FrozenMap({"strategic": "paper 1", "affordable": "paper 2", "best-use": "paper 3"})


def gated(gate: Gate, **more: Any) -> Portfolio:
    return portfolio(Project(id="P", gates=[gate], **more), objectives=[Objective(id="o")])


def test_r09_an_empty_paper_answers_nothing_and_a_served_objective_is_needed() -> None:
    go = GateDecision(outcome="go", date="2026-03-02")
    whole = Gate(id="G", evidence=ALL, decision=go)
    assert not heard("portfolio-question", gated(whole, alignment={"o": "low"}))
    assert heard("portfolio-question", gated(whole)) == ["gate 'G' of 'P' says that it is still strategic, and it serves no objective"]
    empty = Gate(id="G", evidence={**ALL, "affordable": " "}, decision=go)
    assert heard("portfolio-question", gated(empty, alignment={"o": "low"})) == [
        "gate 'G' of 'P' went through and says nothing of whether it is still affordable"
    ]


def test_r09_a_hold_and_a_gate_of_next_season_need_no_answer_yet() -> None:
    assert not heard("portfolio-question", gated(Gate(id="G", decision=GateDecision(outcome="hold", date="2026-03-02"))))
    assert not heard("portfolio-question", gated(Gate(id="G", need_by="2026-07-03")))
    assert "is due by 2026-07-02 and says nothing" in heard("portfolio-question", gated(Gate(id="G", need_by="2026-07-02")))[0]


# ------------------------------------------------------------------------------------------------ concentration


def supplied(**more: Any) -> Portfolio:
    tasks = [
        Task(id="a", budget="30 GBP", attributes={"supplier": "acme"}),
        Task(id="b", budget="50 GBP"),
        Task(id="c", budget="20 GBP", attributes={"supplier": "bolt"}),
    ]
    return portfolio(
        Project(id="P", owner="ann", tasks=tasks, attributes={"supplier": "bolt"}),
        Project(id="Q", owner="ann", budget="100 GBP", attributes={"supplier": "acme"}),
        Project(id="R", budget="1000 GBP", state="proposed", attributes={"supplier": "acme"}),
        people=[Person(id="ann")],
        **more,
    )


def test_r11_what_a_task_says_goes_before_what_its_project_says() -> None:
    found = concentration(supplied(), "supplier")
    assert found.holders == (("acme", Fraction(130)), ("bolt", Fraction(70)))
    assert (found.share(), found.share(2), found.index) == (0.65, 1.0, pytest.approx(0.65**2 + 0.35**2))
    assert concentration(supplied(), "person").holders == (("ann", Fraction(200)),)
    assert concentration(supplied(), "technology").holders == ()
    assert concentration(supplied(), "technology").share() == 0.0
    assert found.table()["together"] == (0.65, 1.0)


def test_r11_a_summary_that_names_a_supplier_is_not_counted_beside_its_parts() -> None:
    tasks = [
        Task(id="s", attributes={"supplier": "acme"}),
        Task(id="a", parent="s", budget="30 GBP", attributes={"supplier": "acme"}),
        Task(id="b", parent="s", budget="70 GBP"),
    ]
    found = concentration(portfolio(Project(id="P", tasks=tasks)), "supplier")
    assert found.holders == (("acme", Fraction(30)),)
    assert found.whole == 100


def test_r11_what_only_a_summary_states_goes_to_whom_the_summary_names() -> None:
    tasks = [
        Task(id="s", budget="100 GBP", attributes={"supplier": "acme"}),
        Task(id="a", parent="s", duration="5 d"),
        Task(id="b", budget="20 GBP"),
    ]
    assert concentration(portfolio(Project(id="P", tasks=tasks)), "supplier").holders == (("acme", Fraction(100)),)


def test_r11_nothing_is_held_twice_where_the_work_states_more_than_its_project() -> None:
    """100 in all of which the work states 100 and 70: cut down to 100, and nobody holds less than nothing."""
    tasks = [Task(id=name, budget=f"{cost} GBP", attributes={"supplier": name}) for name, cost in (("acme", 100), ("bolt", 70))]
    found = concentration(portfolio(Project(id="P", budget="100 GBP", tasks=tasks, attributes={"supplier": "own"})), "supplier")
    assert found.holders == (("acme", Fraction(1000, 17)), ("bolt", Fraction(700, 17)), ("own", Fraction(0)))
    assert (found.share(3), found.index) == (1.0, pytest.approx((100**2 + 70**2) / 170**2))


def test_r11_what_is_not_known_in_full_is_never_within_the_limit() -> None:
    limit = mop(concentration=(ConcentrationLimit(of="initiative", most=0.6),))
    known = [Project(id=name, budget="10 GBP") for name in ("A", "B")]
    assert not heard("concentration", portfolio(*known, **limit))
    said = "whether the planned cost lies with too few (initiative) cannot be said: of 1 project it is not known in full"
    assert heard("concentration", portfolio(*known, Project(id="C"), **limit)) == [said]
    assert heard("concentration", portfolio(Project(id="C"), **limit)) == [said], "nothing is known at all"
    assert "lies with initiative 'A'" in heard("concentration", portfolio(known[0], Project(id="C"), **limit))[0]


def test_r11_refuses_holders_and_amounts_that_there_are_not() -> None:
    for options, words in ((("colour",), "of is 'colour'; write one of initiative, supplier"), (("supplier", "cost"), "by is 'cost'")):
        with pytest.raises(ipmo.UnitError, match=words):
            concentration(portfolio(), *options)


def test_r11_equal_to_the_limit_is_within_it_and_exposure_counts_too() -> None:
    assert not heard("concentration", supplied(**mop(concentration=(ConcentrationLimit(of="supplier", most=0.65),))))
    assert heard("concentration", supplied(**mop(concentration=(ConcentrationLimit(of="supplier", most=0.649),)))) == [
        "65% of the planned cost lies with supplier 'acme'; agreed is 64.9% at most"
    ]
    risky = portfolio(
        *(
            Project(id=name, risks=[Risk(id="R", before={"probability": 0.5, "impacts": [{"cost": f"{cost} GBP"}]})])
            for name, cost in (("P", 300), ("Q", 100))
        ),
        **mop(concentration=(ConcentrationLimit(of="initiative", most=0.7, by="exposure"),)),
    )
    assert heard("concentration", risky) == ["75% of the exposure lies with initiative 'P'; agreed is 70% at most"]


@given(st.lists(st.integers(1, 100), min_size=1, max_size=8))
def test_r11_shares_grow_to_one_and_the_index_lies_between_equal_and_one(amounts: list[int]) -> None:
    found = concentration(portfolio(*(Project(id=f"P{n}", budget=f"{amount} GBP") for n, amount in enumerate(amounts))))
    shares = [found.share(n) or 0 for n in range(1, len(amounts) + 1)]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert 1 / len(amounts) - 1e-9 <= (found.index or 0) <= 1 + 1e-9


# ------------------------------------------------------------------------------------------------ the pipeline


def test_r13_what_began_on_no_known_day_may_be_in_hand() -> None:
    undated = [Project(id="A", state="active"), Project(id="B", state="paused"), Project(id="N", state="approved")]
    pf = portfolio(Project(id="C", actual_start="2026-01-05"), *undated)
    found = pipeline(pf)
    assert (found.in_hand, found.undated) == (("C",), ("A", "B"))
    assert heard("pipeline", pf.evolve(**mop(most_in_hand=2))) == [
        "whether more than 2 initiatives are in hand cannot be said: 1 is, and of 2 active ones nobody says since when"
    ]
    assert not heard("pipeline", pf.evolve(**mop(most_in_hand=3)))


def test_r13_a_stage_that_is_yet_to_come_has_lasted_for_no_known_time() -> None:
    limits = mop(stage_limits=ipmo.model.FrozenMap({"understand": Span(3, "month")}))
    waits = {"state": "proposed", "attributes": {"stage": "understand"}}
    pf = portfolio(
        *(Project(id=n, **waits, **mop(stage_since=day)) for n, day in (("A", date(2026, 6, 2)), ("B", date(2026, 6, 1)))), **limits
    )
    assert [(row.item, row.days) for row in pipeline(pf).waiting] == [("B", 0), ("A", None)]
    assert heard("pipeline", pf) == ["nobody says since when project 'A' is in stage 'understand', which lasts 3 months at most"]


def running(begun: int, done: int, **more: Any) -> Portfolio:
    projects = [Project(id=f"b{n}", actual_start="2026-01-05") for n in range(begun)]
    projects += [Project(id=f"d{n}", state="closed", actual_start="2025-01-06", actual_finish="2026-01-30") for n in range(done)]
    return portfolio(*projects, **more)


def test_r13_more_starts_than_chance_are_said() -> None:
    assert not heard("pipeline", running(4, 0)), "4 of 4 come about by chance once in 16"
    assert heard("pipeline", running(5, 0)) == ["5 initiatives were begun since 2025-06-01 and 0 finished; 5 are in hand"]
    assert not heard("pipeline", running(8, 2)), "8 or more of 10: 56 of 1,024"
    assert heard("pipeline", running(9, 2)) == [
        "9 initiatives were begun since 2025-06-01 and 2 finished; 9 are in hand, 4.5 years of work at that pace"
    ]
    assert heard("pipeline", running(3, 3, **mop(most_in_hand=2))) == ["3 initiatives are in hand, 2 at most are agreed"]


@given(st.integers(0, 40), st.integers(0, 40))
def test_r13_the_chance_is_that_of_a_fair_coin(begun: int, done: int) -> None:
    whole = begun + done
    assert by_chance(begun, done) == sum(math.comb(whole, k) for k in range(begun, whole + 1)) / 2**whole


def test_r13_a_start_is_read_off_the_work_where_the_project_records_none() -> None:
    closed = Project(
        id="C",
        state="closed",
        tasks=[Task(id="a", actual_start="2026-02-02", actual_finish="2026-03-02"), Task(id="b", actual_finish="2026-04-01")],
    )
    begun = Project(id="B", tasks=[Task(id="a", actual_start="2025-05-01")])
    found = pipeline(
        portfolio(closed, begun, Project(id="N", state="proposed"), Project(id="X", state="cancelled", actual_start="2026-02-02")),
        as_of=date(2026, 6, 1),
    )
    assert repr(found) == "<Pipeline of the year to 2026-06-01: 1 begun, 1 done, 1 in hand>"
    assert (found.started, found.finished, found.in_hand) == (("C",), ("C",), ("B",))


def test_r13_an_age_that_nobody_knows_is_said_as_such() -> None:
    limits = mop(stage_limits=ipmo.model.FrozenMap({"understand": Span(3, "month")}))
    pf = portfolio(
        Project(id="A", state="proposed", attributes={"stage": "understand"}), Project(id="B", attributes={"stage": "plan"}), **limits
    )
    assert heard("pipeline", pf) == ["nobody says since when project 'A' is in stage 'understand', which lasts 3 months at most"]
    old = pf.evolve("A", **mop(stage_since=date(2026, 2, 28)))
    assert heard("pipeline", old) == ["project 'A' has been in stage 'understand' for 93 days; 3 months at most are agreed"]
    assert [row.days for row in pipeline(old, as_of=date(2026, 6, 1)).waiting] == [93, None]
