"""Money on columns is the money of the item-by-item way: to the last digit, with its notes, findings and errors."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.money.amounts import Amounts, Priced
from ipmo.analysis.money.combining import Combining
from ipmo.analysis.money.exact import ExactColumn, exact_column, fitting, half_even
from ipmo.analysis.money.explanation import RolledUpValue
from ipmo.analysis.money.grouping import Grouping
from ipmo.analysis.money.sums import SUMMED, sums
from ipmo.errors import IpmoError
from ipmo.findings import Finding
from ipmo.model import (
    Budget,
    BudgetLine,
    Calendar,
    Measure,
    MoneySettings,
    Portfolio,
    PriceBase,
    Programme,
    Project,
    RateRow,
    Resource,
    Task,
)
from ipmo.testing.strategies import portfolios

MEASURES = st.sampled_from(SUMMED)
CALENDARS = [Calendar(id="short", week="mon-thu", hours="09:00-12:30"), Calendar(id="long", week="mon-sat", hours="07:00-19:00")]
PEOPLE = [Resource(id="r0"), Resource(id="r1")]


def money(rng: random.Random) -> Any:
    """Money as files state it: nothing, a lump, pence, another currency, an estimate, dated lines, an unknown line."""
    amount = rng.randint(0, 90_000)
    lines = [
        BudgetLine(amount=f"{amount} {rng.choice(('GBP', 'EUR'))}", since=f"2026-0{rng.randint(1, 9)}-11"),
        BudgetLine(
            amount=None if rng.random() < 0.2 else f"{amount}.25 GBP", price_base=PriceBase(year=2024) if rng.random() < 0.1 else None
        ),
    ]
    choices: list[Any] = [
        None,
        f"{amount} GBP",
        f"{amount}.17 GBP",
        f"{amount} EUR",
        {"low": f"{abs(amount)} GBP", "likely": f"{abs(amount) + 9} GBP", "high": f"{abs(amount) + 700} GBP"},
        Budget(tuple(lines)),
        Budget(()),
    ]
    return rng.choices(choices, (4, 6, 2, 1, 1, 1, 0.3))[0]


def carbon(rng: random.Random) -> Any:
    """Carbon as files state it: nothing, what is planned, what is expected and emitted beside it."""
    amount = rng.randint(0, 900)
    some = {"planned": f"{amount} t CO2e", "forecast": f"{amount}.5 kt CO2e", "actual": f"{amount // 3} kg CO2e"}
    kept = {name: text for name, text in some.items() if rng.random() < 0.5}
    return rng.choice((None, None, some["planned"], kept or None))


def effort(rng: random.Random) -> dict[str, Any]:
    """Effort as files state it: none, of the task itself, of everybody assigned or of some of them alone; a calendar of its own."""
    some = [f"{rng.randint(0, 30)} pd", f"{rng.randint(0, 30)}.5 pw", "7 ph"]
    people = [{"resource": f"r{place}", "effort": rng.choice((None, *some))} for place in range(rng.randint(0, 2))]
    return {
        "effort": rng.choice((None, *some)),
        "assignments": people,
        "calendar": rng.choice((None, None, "short")),
    }


def plan(seed: int, *, lean: bool = False) -> Portfolio:
    """A random portfolio with programmes in programmes, summaries in summaries, totals stated at every level, and bases of prices."""
    rng, others = random.Random(seed), random.Random(seed + 1)
    programmes = [Programme(id=f"g{i}", programme=f"g{rng.randrange(i)}" if i and rng.random() < 0.5 else None, budget=money(rng) if rng.random() < 0.3 else None, carbon=carbon(rng) if rng.random() < 0.3 else None) for i in range(rng.randint(0, 4))]  # fmt: skip
    projects = []
    for p in range(rng.randint(0, 6)):
        tasks: list[Task] = []
        for t in range(rng.randint(0, 9)):
            over = [one.id for one in tasks if not one.milestone or rng.random() < 0.3]
            tasks.append(
                Task(
                    id=f"t{t}",
                    parent=rng.choice(over) if over and not lean and rng.random() < 0.4 else None,
                    milestone=rng.random() < 0.15,
                    budget=money(rng),
                    actual=money(rng),
                    forecast=money(rng),
                    carbon=carbon(rng),
                    **effort(others),
                )
            )
        tasks = [
            attrs.evolve(t, milestone=False) if t.milestone and any(o.parent == t.id for o in tasks) and rng.random() < 0.7 else t
            for t in tasks
        ]
        state = rng.choice(("active", "active", "active", "proposed", "cancelled"))
        held = rng.choice(programmes).id if programmes and rng.random() < 0.6 else None
        base = PriceBase(year=2025) if rng.random() < 0.2 else None
        projects.append(
            Project(
                id=f"p{p}",
                programme=held,
                state=state,
                calendar=others.choice((None, "long")),
                tasks=tasks,
                price_base=base,
                budget=money(rng) if rng.random() < 0.4 else None,
                carbon=carbon(rng),
            )
        )
    rates = [RateRow(since="2026-03-01", per={"EUR": "0.8567"})] if rng.random() < 0.8 else []
    name = "p0" if len(projects) == 1 else "all"
    return Portfolio(id=name, start="2026-01-05", status_date="2026-06-30", money=MoneySettings(currency="GBP"), rates=rates, programmes=programmes, projects=projects, calendars=CALENDARS, resources=PEOPLE)  # fmt: skip


def shared_out(
    pf: Portfolio, measure: Measure, unrated: str, confidence: float | None, include: frozenset[str], every: str, within: str
) -> None:
    """A measure by period, with columns below it and item by item."""

    def asked(*, columns: bool) -> object:
        amounts = Amounts(pf, date(2026, 6, 30), measure.name, unrated=unrated, confidence=confidence)  # type: ignore[arg-type]
        one = Combining(pf, measure, amounts, include)
        found = sums(one) if columns else None
        rows = one.tree() if found is None else found.rows
        figures = Grouping(one).phased(every, rows[within], rows) if within in rows else {}
        return seen({name: figure for name, figure in figures.items() if name != within}, ()), [
            [(attrs.evolve(part, parts=()), part.carried) for part in figure.parts] for figure in figures.values()
        ]

    assert answered(lambda: asked(columns=True)) == answered(lambda: asked(columns=False))


def answered(ask: Callable[[], object]) -> object:
    """The answer, or what was refused and why."""
    try:
        return ask()
    except IpmoError as error:
        return type(error), str(error)


def seen(figures: Mapping[str, RolledUpValue], findings: tuple[Finding, ...]) -> object:
    """Everything that can be seen of figures."""
    return (
        list(figures),
        [(attrs.evolve(f, carried=None, parts=()), f.carried, [p.item for p in f.parts]) for f in figures.values()],
        findings,
    )


def compared(pf: Portfolio, measure: Measure, unrated: str, confidence: float | None, include: frozenset[str]) -> None:
    """Asks both ways."""

    def engine() -> Combining:
        amounts = Amounts(pf, date(2026, 6, 30), measure.name, unrated=unrated, confidence=confidence)  # type: ignore[arg-type]
        return Combining(pf, measure, amounts, include)

    def by_item() -> object:
        one = engine()
        return seen(one.tree(), tuple(one.findings))

    def by_column() -> object:
        found = sums(engine())
        return by_item() if found is None else seen(found.rows, found.findings)

    assert answered(by_column) == answered(by_item)


@given(st.integers(0, 10**9), st.booleans(), MEASURES, st.sampled_from(["refuse", "unknown"]), st.sampled_from([None, 0.8]), st.sampled_from([frozenset(), frozenset({"proposed"})]))  # fmt: skip
@example(2399, True, SUMMED[1], "refuse", None, frozenset())  # two things are wrong: the first one in the tree's order is said
def test_sums_on_columns_are_those_made_item_by_item(seed: int, lean: bool, measure: Measure, unrated: str, confidence: float | None, include: frozenset[str]) -> None:  # fmt: skip
    compared(plan(seed, lean=lean), measure, unrated, confidence, include)


@given(st.integers(0, 10**9), st.booleans(), MEASURES, st.sampled_from([None, 0.8]), st.sampled_from([frozenset(), frozenset({"proposed"})]), st.sampled_from(["month", "year"]), st.sampled_from(["all", "p0", "p1", "g0", "p2/t1"]))  # fmt: skip
def test_by_period_they_are_those_shared_out_item_by_item(seed: int, lean: bool, measure: Measure, confidence: float | None, include: frozenset[str], every: str, within: str) -> None:  # fmt: skip
    pf = plan(seed, lean=lean)
    shared_out(pf, measure, "unknown", confidence, include, every, pf.id if within == "all" else within)


@given(portfolios(), MEASURES, st.sampled_from([None, 0.8]))
def test_they_are_on_any_valid_portfolio(pf: Portfolio, measure: Measure, confidence: float | None) -> None:
    compared(pf, measure, "unknown", confidence, frozenset())


def test_rows_are_made_when_they_are_looked_at_and_once() -> None:
    pf = plan(7, lean=True)
    roll = ipmo.roll_up(pf, "budget", unrated="unknown")
    assert roll.total is roll.total
    assert all(part is roll[part.item] for part in roll.total.parts if part.item != pf.id)


@given(st.lists(st.one_of(st.decimals(-(10**14), 10**14, places=3), st.fractions(-(10**6), 10**6, max_denominator=60), st.integers(-(10**30), 10**30)), max_size=9))  # fmt: skip
def test_columns_are_exact_where_64_bits_do_not_do(values: list[Decimal | Fraction | int]) -> None:
    made = exact_column(values)
    assert [made.at(place) for place in range(len(values))] == [Fraction(value) for value in values]
    assert Fraction(int(made.numbers.sum()) if values else 0, made.below) == sum(map(Fraction, values), Fraction(0))
    for digits in (1, 100):
        assert half_even(made, digits).tolist() == [round(Fraction(value) * digits) for value in values]


@pytest.mark.parametrize("below", [2**62 - 1, 2**62, 2**62 + 1, 2**63 - 1, 2**63, 10**30])
@pytest.mark.parametrize("scale", [1, 100])
def test_rounding_is_exact_where_the_denominator_leaves_no_room(below: int, scale: int) -> None:
    numbers = [0, 1, 3 * 10**17, 2**61 - 1, -(2**61) + 1]
    made = ExactColumn(fitting(numbers), below)
    assert half_even(made, scale).tolist() == [round(Fraction(number * scale, below)) for number in numbers]


@pytest.mark.parametrize(
    ("numbers", "kind"), [([2**61, 2**61 - 1], "int64"), ([2**61, 2**61], "object"), ([-(2**63)], "object"), ([], "int64")]
)
def test_a_column_has_64_bits_only_where_every_sum_fits(numbers: list[int], kind: str) -> None:
    assert str(fitting(numbers).dtype) == kind


def test_priced_is_compared_by_amount() -> None:
    assert Priced.of(Fraction(1), "", "a") == Priced.of(Fraction(1), "", "b")
