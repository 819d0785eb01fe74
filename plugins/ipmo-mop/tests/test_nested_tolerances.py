"""GOV-R03 on portfolios worked by hand: tolerances that nest, in amounts, one by one and in sum, on every level."""

from __future__ import annotations

import pytest

NESTED = """
programmes: [{{id: t, owner: lead, tolerance: {{{programme}}}}}]
projects:
  - {{id: a, programme: t, owner: lead, calendar: standard, budget: 10 M GBP, tolerance: {{{a}}}, tasks: [{{id: x, duration: 5 d}}]}}
  - {{id: b, programme: t, owner: lead, budget: 10 M GBP, tolerance: {{{b}}}, tasks: [{{id: y, duration: 5 d}}]}}
benefits: [{{id: v, enabled_by: a/x, value: 1 M GBP per year, lasts: 2 years}}, {{id: w, enabled_by: b/y, value: 3 M GBP per year, lasts: 2 years}}]
"""
FULL = "quality: q, scope: s, sustainability: u"


def nested(programme: str, a: str, b: str = "") -> str:
    whole = {"time": "10 d", "cost": "5 %", "benefits": "5 %", "risk": "500 k GBP"}

    def stated(text: str) -> str:
        own = {**whole, **dict(pair.split(": ") for pair in text.split(", ") if pair)}
        return ", ".join([*(f"{k}: {v}" for k, v in own.items() if v != "-"), FULL])

    return NESTED.format(programme=stated(programme), a=stated(a), b=stated(b))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (nested("risk: 1 M GBP", ""), []),
        # a tenth of less is no more than a twentieth of all, where the rest takes what is left
        (nested("risk: 1 M GBP", "time: 1 w, benefits: 10 %, cost: 10 %", "benefits: 3 %, cost: 0 %"), []),
        (
            nested("risk: 1 M GBP", "cost: 10 %", "cost: 1 %"),  # 1.0 M and 0.1 M each fit into 1.0 M
            ["the cost above budget that 'a', 'b' may have sums to 1,100,000; 't', which holds them, may have 5% of 20 M GBP"],
        ),
        (nested("risk: 1 M GBP", "cost: 9 %", "cost: 1 %"), []),
        (nested("risk: 1 M GBP", "cost: 10 %", "cost: -"), []),  # what states none adds none
        (
            nested("risk: 1 M GBP", "benefits: 10 %", "benefits: 4 %"),  # 0.2 M and 0.24 M each fit into 0.4 M
            ["the benefits that 'a', 'b' may lose sum to 440,000; 't', which holds them, may lose 5% of 8,000,000"],
        ),
        (
            nested("risk: 1 M GBP", "benefits: 10 %, cost: 11 %", "cost: 1 %, benefits: 3 %"),  # one that does not fit is told by itself
            ["tolerance of project 'a' is wider than that of 't': cost 11% of 10 M GBP against 5% of 20 M GBP"],
        ),
        (nested("risk: 1 M GBP", "time: 6 w"), ["tolerance of project 'a' is wider than that of 't': time 6 w against 10 d"]),
        (
            nested("risk: 1 M GBP, time: 20 ed", "time: 15 d"),
            ["tolerance of project 'a' is wider than that of 't': time 15 d against 20 ed"],
        ),
        (nested("risk: 1 M GBP", "time: 13 ed"), ["tolerance of project 'a' is wider than that of 't': time 13 ed against 10 d"]),
        (
            nested("risk: 1 M GBP, time: 1 month", "time: 5 w"),
            ["tolerance of project 'a' is wider than that of 't': time 5 w against 1 month"],
        ),
        (
            nested("risk: 1 M GBP", "benefits: 30 %"),
            ["tolerance of project 'a' is wider than that of 't': benefits 30% of 2,000,000 against 5% of 8,000,000"],
        ),
        (
            nested("", "risk: 300 k GBP", "risk: 300 k GBP"),
            ["the risk that 'a', 'b' may bear sums to 600,000; 't', which holds them, may bear 500 k GBP"],
        ),
        (nested("", "risk: 200 k GBP", "risk: 300 k GBP"), []),
    ],
)
def test_gov_r03_compares_what_tolerances_amount_to(heard, text: str, said: list[str]) -> None:  # type: ignore[no-untyped-def]
    assert [message for message in heard("tolerances", text) if "has no tolerance for" not in message] == said


def test_gov_r03_takes_the_nearest_limit_of_each_aspect_at_every_level(heard, head: str) -> None:  # type: ignore[no-untyped-def]
    stricter = head.replace("calendar: continuous", "calendar: continuous, tolerance: {time: 5 d, risk: 100 k GBP}")
    tail = """
programmes: [{id: t, owner: lead, tolerance: {time: 10 d, cost: 5 %}}]
projects:
  - id: a
    programme: t
    owner: lead
    tolerance: {time: 10 d, risk: 200 k GBP}
    tasks: [{id: x, duration: 5 d, tolerance: {time: 2 w}}, {id: done, actual_finish: 2026-02-01, tolerance: {time: 9 w}}]
"""
    found = [message for message in heard("tolerances", tail, stricter) if "has no tolerance for" not in message]
    assert found == [
        "tolerance of project 'a' is wider than that of 'pf': risk 200 k GBP against 100 k GBP",
        "tolerance of task 'a/x' is wider than that of 'a': time 2 w against 10 d",
        "tolerance of programme 't' is wider than that of 'pf': time 10 d against 5 d",
    ]


SHARED = """
programmes: [{{id: t, owner: lead, tolerance: {{time: 9 w, cost: 50 %, benefits: 10 %, risk: 1 M GBP, {full}}}}}]
projects:
  - {{id: a, programme: t, owner: lead, tolerance: {{time: 9 w, cost: 0 %, benefits: {a}, risk: 1 GBP, {full}}}, tasks: [{{id: x, duration: 5 d}}]}}
  - {{id: b, programme: t, owner: lead, tolerance: {{time: 9 w, cost: 0 %, benefits: {b}, risk: 1 GBP, {full}}}, tasks: [{{id: y, duration: 5 d}}]}}
benefits: [{{id: v, enabled_by: [a/x, b/y], value: 100 GBP per year, lasts: 2 years}}{more}]
"""


def test_gov_r03_counts_a_benefit_that_needs_several_once(heard) -> None:  # type: ignore[no-untyped-def]
    """Two projects that may each lose a tenth of the one benefit that needs both lose a tenth of it together."""
    assert heard("tolerances", SHARED.format(full=FULL, a="10 %", b="10 %", more="")) == []
    more = ", {id: w, enabled_by: a/x, value: 300 GBP per year, lasts: 2 years}"
    assert heard("tolerances", SHARED.format(full=FULL, a="9 %", b="13 %", more=more)) == []  # 26 of v, 54 of w: 80 of 800
    assert heard("tolerances", SHARED.format(full=FULL, a="9 %", b="14 %", more=more)) == [
        "the benefits that 'a', 'b' may lose sum to 82; 't', which holds them, may lose 10% of 800"
    ]


def test_gov_r03_adds_up_work_and_carbon(heard) -> None:  # type: ignore[no-untyped-def]
    """In a project of 100 with 10 %: two tasks of 50 with 12 % and 9 % each fit into 10, together 10.5 do not; carbon alike."""
    text = """
projects:
  - id: a
    owner: lead
    tolerance: {{time: 9 w, cost: 10 %, carbon: 10 %, benefits: 50 %, risk: 1 M GBP, {full}}}
    tasks:
      - {{id: x, duration: 5 d, budget: 50 GBP, carbon: 50 t CO2e, tolerance: {{cost: {x}, carbon: {c}}}}}
      - {{id: y, duration: 5 d, budget: 50 GBP, carbon: 50 t CO2e, tolerance: {{cost: 9 %, carbon: 10 %}}}}
"""
    assert heard("tolerances", text.format(full=FULL, x="11 %", c="10 %")) == []
    assert heard("tolerances", text.format(full=FULL, x="12 %", c="11 %")) == [
        "the cost above budget that 'a/x', 'a/y' may have sums to 10.5; 'a', which holds them, may have 10% of 100 GBP",
        "the carbon above plan that 'a/x', 'a/y' may emit sums to 10.5; 'a', which holds them, may emit 10% of 100 t CO2e",
    ]


RISKED = """
projects:
  - id: a
    owner: lead
    tolerance: {{time: 9 w, cost: 10 %, benefits: 50 %, risk: {a}, {full}}}
    tasks:
      - {{id: s{s}}}
      - {{id: x, parent: s, duration: 5 d, tolerance: {{risk: {x}}}}}
      - {{id: y, parent: s, duration: 5 d, tolerance: {{risk: {y}}}}}
      - {{id: z, duration: 5 d, tolerance: {{risk: {z}}}}}
      - {{id: done, actual_start: 2026-01-02, actual_finish: 2026-01-05, tolerance: {{risk: 90 GBP}}}}
"""


def risked(a: str, x: str, y: str, z: str, s: str | None = None) -> str:
    own = "" if s is None else f", tolerance: {{risk: {s}}}"
    return RISKED.format(full=FULL, a=a, x=x, y=y, z=z, s=own)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (risked("60 GBP", "20 GBP", "20 GBP", "20 GBP"), []),
        (
            risked("59 GBP", "20 GBP", "20 GBP", "20 GBP"),
            ["the risk that 'a/x', 'a/y', 'a/z' may bear sums to 60; 'a', which holds them, may bear 59 GBP"],
        ),
        # of a summary its own limit counts, and what it holds is held against that
        (
            risked("50 GBP", "20 GBP", "20 GBP", "20 GBP", "30 GBP"),
            ["the risk that 'a/x', 'a/y' may bear sums to 40; 'a/s', which holds them, may bear 30 GBP"],
        ),
        (
            risked("49 GBP", "10 GBP", "20 GBP", "20 GBP", "30 GBP"),
            ["the risk that 'a/s', 'a/z' may bear sums to 50; 'a', which holds them, may bear 49 GBP"],
        ),
        (risked("59 GBP", "60 GBP", "1 GBP", "1 GBP"), ["tolerance of task 'a/x' is wider than that of 'a': risk 60 GBP against 59 GBP"]),
        (
            risked("39 GBP", "20 GBP", "20 GBP", "900 USD"),
            ["the risk that 'a/x', 'a/y' may bear sums to 40; 'a', which holds them, may bear 39 GBP"],
        ),
        (risked("40 GBP", "20 GBP", "20 GBP", "900 USD"), []),  # ipmo/no-rate names that one
    ],
)
def test_gov_r03_adds_up_the_risk_that_work_may_bear(heard, text: str, said: list[str]) -> None:  # type: ignore[no-untyped-def]
    assert heard("tolerances", text) == said


def test_gov_r03_adds_up_what_a_programme_bears_through_a_project_that_states_no_risk(heard) -> None:  # type: ignore[no-untyped-def]
    text = (
        risked("1 GBP", "20 GBP", "20 GBP", "20 GBP").replace("risk: 1 GBP, ", "").replace("owner: lead", "owner: lead\n    programme: t")
    )
    top = "programmes: [{id: t, owner: lead, tolerance: {risk: 59 GBP}}]"
    (said,) = [message for message in heard("tolerances", top + text) if "has no tolerance for" not in message]
    assert said == "the risk that 'a/x', 'a/y', 'a/z' may bear sums to 60; 't', which holds them, may bear 59 GBP"


INSIDE = """
projects:
  - id: a
    owner: lead
    budget: 100 GBP
    tolerance: {{time: 9 w, cost: 50 %, benefits: 50 %, risk: 1 M GBP, {full}}}
    tasks:
      - {{id: s, budget: 20 GBP, tolerance: {{cost: 10 %}}}}
      - {{id: x, parent: s, duration: 5 d, budget: {x} GBP, tolerance: {{cost: 20 %}}}}
"""
SMALL = """
programmes: [{{id: t, owner: lead, tolerance: {{time: 9 w, cost: 50 %, benefits: 5 %, risk: 1 M GBP, {full}}}}}]
projects:
  - {{id: a, programme: t, owner: lead, tolerance: {{time: 9 w, cost: 50 %, benefits: {share}, risk: 1 M GBP, {full}}}, tasks: [{{id: x, duration: 5 d}}]}}
benefits: [{{id: v, enabled_by: a/x, value: 1 GBP per year, lasts: 2 years}}]
"""


def test_gov_r03_compares_amounts_of_a_part_with_those_of_its_summary(heard) -> None:  # type: ignore[no-untyped-def]
    assert heard("tolerances", INSIDE.format(full=FULL, x=10)) == []
    assert heard("tolerances", INSIDE.format(full=FULL, x=11)) == [
        "tolerance of task 'a/x' is wider than that of 's': cost 20% of 11 GBP against 10% of 20 GBP"
    ]


def test_gov_r03_compares_small_amounts_too(heard) -> None:  # type: ignore[no-untyped-def]
    assert heard("tolerances", SMALL.format(full=FULL, share="5 %")) == []
    assert heard("tolerances", SMALL.format(full=FULL, share="6 %")) == [
        "tolerance of project 'a' is wider than that of 't': benefits 6% of 2 against 5% of 2"
    ]
