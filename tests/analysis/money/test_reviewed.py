"""Everything that the money of one small portfolio says, as it was reviewed: totals by everything, over time, and what is earned of it.

`whole.yaml` holds one of everything; what holds for any portfolio is asked by the properties beside this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

import ipmo
from ipmo.analysis.money import rollup
from ipmo.analysis.money.indices import Indices, earned_schedule
from ipmo.model import MoneySettings, Portfolio, Project, Task

Reviewed = Callable[[str, Iterable[object]], None]
PATH = Path(__file__).parent / "whole.yaml"
MEASURES = ("budget", "actual", "forecast", "funding", "effort", "start", "finish", "progress", "status", "spent")
WAYS = (
    "category",
    "owner",
    "state",
    "programme",
    "project",
    "objective",
    "office",
    "price_base",
    "region",
    "month",
    "quarter",
    "year",
    "financial year",
)


@pytest.fixture
def whole() -> Portfolio:
    return ipmo.read(PATH).evolve("yen", price_base=None)


@pytest.fixture
def mixed() -> Portfolio:
    """The same, with one project in the prices of another year."""
    return ipmo.read(PATH)


@pytest.mark.parametrize("measure", MEASURES)
def test_totals_read_as_they_were_reviewed(whole: Portfolio, reviewed: Reviewed, measure: str) -> None:
    r = ipmo.roll_up(whole, measure)
    reviewed(
        measure.replace(" ", "-"),
        [
            repr(r), r.table(), r.explain(), r.explain("T", depth=1), r.explain().table(), *map(str, r.findings),
            "== in HTML", r.explain(depth=2)._repr_html_().replace("<li>", "\n<li>"),
            "== with what is left out", ipmo.roll_up(whole, measure, include=("proposed", "cancelled")).explain("whole", depth=1),
            "== of one level", ipmo.roll_up(whole, measure, level="project").table(),
            "== in one programme", ipmo.roll_up(whole, measure, within="T").table("task"),
            "== earlier", ipmo.roll_up(whole, measure, as_of="2026-02-20").total,
        ],
    )  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_groups_read_as_they_were_reviewed(whole: Portfolio, mixed: Portfolio, reviewed: Reviewed, way: str) -> None:
    blocks: list[object] = []
    whole = mixed if way == "price_base" else whole
    for measure in MEASURES:
        blocks.append(f"== {measure}")
        try:
            r = ipmo.roll_up(whole, measure, by=way, include=("proposed",))
        except ipmo.UnitError as error:
            blocks.append(str(error))
            continue
        blocks += [r.table("group"), *(r.explain(figure.item, depth=1) for figure in r.groups if measure in ("budget", "forecast"))]
    reviewed(f"by-{way.replace(' ', '-')}", blocks)


@pytest.mark.parametrize("confidence", [0.1, 0.8])
def test_money_at_a_confidence_reads_as_it_was_reviewed(whole: Portfolio, reviewed: Reviewed, confidence: float) -> None:
    blocks = [ipmo.roll_up(whole, name, confidence=confidence).explain() for name in ("budget", "forecast")]
    reviewed(f"p{100 * confidence:g}", [*blocks, ipmo.roll_up(whole, "budget", by="quarter", confidence=confidence).table()])


@pytest.mark.parametrize("every", ["month", "quarter", "year", "financial year"])
def test_money_over_time_reads_as_it_was_reviewed(whole: Portfolio, reviewed: Reviewed, every: str) -> None:
    t = ipmo.time_phase(whole, every=every)
    periods = t.ids
    reviewed(
        f"over-time-{every.replace(' ', '-')}",
        [
            repr(t), t.table(), *t.notes(), *(f"{name}: {t.undated(name)}" for name in ("budget", "actual")),
            *(t.explain(period, "budget") for period in periods[:2]),
            ipmo.time_phase(whole, every=every, item="T").table(),
        ],
    )  # fmt: skip


@pytest.mark.parametrize("seen", [None, "2026-02-05", "2026-04-30", "2027-06-30"])
def test_what_is_earned_reads_as_it_was_reviewed(whole: Portfolio, reviewed: Reviewed, seen: str | None) -> None:
    e = ipmo.earned_value(whole, as_of=seen)
    reviewed(
        f"earned-{seen or 'now'}",
        [repr(e), e.table(), e.table("project"), e.explain(), e.explain("p"), *map(str, e.ids), *(one.line for one in e.rows), e.total],
    )  # fmt: skip


def test_what_scope_was_added_and_removed_reads_as_it_was_reviewed(whole: Portfolio, reviewed: Reviewed) -> None:
    then = whole
    now = then.evolve(
        projects=[
            *(p for p in then.projects if p.id not in ("q", "shut")),
            Project(id="new", budget="25 GBP", tasks=[Task(id="a", duration="5 d", actual_start="2026-02-02", actual_finish="2026-02-06")]),
        ]
    )
    p = next(one for one in now.projects if one.id == "p")
    now = now.evolve("p", tasks=[*(t for t in p.tasks if t.id != "steps"), Task(id="more", duration="2 d", budget="9 GBP", parent="sum")])
    e = ipmo.earned_value(now, baseline=then)
    reviewed("scope", [e.table(), e.explain(), *map(str, e.added), *map(str, e.removed)])


def test_two_price_bases_are_refused_by_the_names_of_what_bears_them(mixed: Portfolio) -> None:
    said = (
        "is in nominal 2020 prices, that of '{}' in real 2026 prices; they do not add: bring them to one base, or roll up by='price_base'"
    )
    for ask, text in (
        (lambda: ipmo.earned_value(mixed), f"money of 'yen' {said.format('p/dated')}"),
        (lambda: ipmo.roll_up(mixed, "budget"), f"budget of 'yen' {said.format('T')}"),
        (lambda: ipmo.time_phase(mixed), f"budget of 'yen' {said.format('T')}"),
    ):
        with pytest.raises(ipmo.UnitError) as caught:
            ask()
        assert str(caught.value) == text


def test_an_attribute_that_nobody_bears_who_costs_anything_is_a_group_of_none() -> None:
    pf = Portfolio(id="x", projects=[Project(id="P", budget="5 GBP", tasks=[Task(id="a", attributes={"region": "north"})])])
    assert [(f.item, str(f.value)) for f in ipmo.roll_up(pf, "budget", by="region").groups] == [("(none)", "5 GBP")]
    with pytest.raises(ipmo.UnknownItemError, match="'regions' is not in the fields and attributes of this portfolio; close: 'region'"):
        ipmo.roll_up(pf, "budget", by="regions")


def test_formulas_read_as_they_were_reviewed(reviewed: Reviewed) -> None:
    rows = [Indices(bac=248, pv=158, ev=148, ac=ac) for ac in (210, None, 0, 248, 148)] + [Indices(bac=0, pv=0, ev=0, ac=0)]
    blocks: list[object] = []
    for one in rows:
        blocks += [one, one.cv, one.sv, one.cpi, one.spi, one.percent_complete, one.tcpi(), one.tcpi("eac"), one.vac("budget"), one.vac()]
        blocks += [
            one.eac("cpi"),
            one.eac("budget"),
            one.eac("cpi-spi"),
            one.eac("last-3", last_3=0.5),
            one.eac("bottom-up", to_complete=30),
        ]
    reviewed("formulas", blocks)


def test_what_is_asked_wrong_is_told_as_it_was_reviewed(whole: Portfolio, reviewed: Reviewed) -> None:
    r, e, t = ipmo.roll_up(whole, "budget"), ipmo.earned_value(whole), ipmo.time_phase(whole)
    foreign = Portfolio(
        id="x", start="2026-01-05", money=MoneySettings(currency="GBP"), projects=[Project(id="P", budget="1 USD", funding="2 USD")]
    )
    asked: list[Callable[[], object]] = [
        lambda: ipmo.roll_up(whole, "cost"), lambda: rollup.roll_up(whole, "budgets"), lambda: ipmo.roll_up(whole, "budget", by="regions"),
        lambda: ipmo.roll_up(whole, "budget", level="tasks"), lambda: ipmo.roll_up(whole, "budget", include=("active",)),  # type: ignore[arg-type]
        lambda: ipmo.roll_up(whole, "budget", within="TT"), lambda: ipmo.roll_up(whole, "budget", unrated="zero"),  # type: ignore[arg-type]
        *(lambda share=share: ipmo.roll_up(whole, "budget", confidence=share) for share in (0.0, 1.0, 1.5)),  # type: ignore[misc]
        lambda: ipmo.roll_up(whole, "status", by="month"), lambda: ipmo.roll_up(whole, "spent", by="price_base"),
        lambda: r["p/lumb"], lambda: r.explain("p/lumb"), lambda: e["p/lumb"], lambda: e.explain("p/lumb"),
        lambda: t["2025-01"], lambda: t.value("budget", "2025-01"), lambda: t.value("budgets", "2026-01"), lambda: t.explain("2026-01", "buget"),
        lambda: ipmo.time_phase(whole, every="week"), lambda: ipmo.time_phase(whole, item="TT"),  # type: ignore[arg-type]
        lambda: ipmo.earned_value(whole.evolve("whole", status_date=None)), lambda: ipmo.earned_value(whole, every="week"),  # type: ignore[arg-type]
        lambda: ipmo.earned_value(Portfolio(id="x", status_date="2026-01-05", projects=[Project(id="P")])),
        lambda: ipmo.earned_value(foreign, as_of="2026-01-06"), lambda: ipmo.earned_value(foreign, as_of="2026-01-06", unrated="unknown").explain(),
        lambda: ipmo.roll_up(foreign, "budget"), lambda: ipmo.roll_up(foreign, "funding", unrated="unknown").explain(),
        lambda: ipmo.roll_up(foreign, "funding", unrated="unknown").total.reasons, lambda: ipmo.time_phase(foreign, unrated="unknown").notes(),
        lambda: Indices(bac=1, pv=1, ev=1, ac=1).eac("last-3"), lambda: Indices(bac=1, pv=1, ev=1, ac=1).eac("bottom-up"),
        lambda: Indices(bac=1, pv=1, ev=1, ac=1).eac("spi"), lambda: Indices(bac=1, pv=1, ev=1, ac=1).tcpi("eacs"),  # type: ignore[arg-type]
        lambda: earned_schedule([], 1, 1), lambda: earned_schedule([2, 1], 1, 1), lambda: earned_schedule([-1, 1], 1, 1), lambda: earned_schedule([1], -1, 1),
    ]  # fmt: skip
    reviewed("wrong", asked)
