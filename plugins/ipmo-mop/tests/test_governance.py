"""The rules of governance on portfolios worked by hand: one clean and several offending ones a rule, that differ in what is hard to see."""

from __future__ import annotations

from pathlib import Path

import pytest

import ipmo
from ipmo.plugin import CheckContext
from ipmo_mop import MOP

BOARDS = """
organisation:
  bodies: [{id: board, level: portfolio, authority: 5 M GBP}, {id: vague, level: portfolio}]
"""


# ------------------------------------------------------------------------------------------------ GOV-R03

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


# ------------------------------------------------------------------------------------------------ GOV-R02 and R05

DECIDED = """
projects: [{{id: p, owner: lead, {state}, tasks: [{{id: x, duration: 1 d}}], gates: [{{id: G, decision: {{outcome: conditional go, date: 2026-02-01, conditions: [{conditions}]}}}}{more}]}}]
"""
KILL = ", {id: K, decision: {outcome: kill, date: 2026-05-01}}"


@pytest.mark.parametrize(
    ("conditions", "state", "more", "overdue"),
    [
        ("{id: a, due: 2026-06-01}, {id: b}", "state: active", "", []),  # today, and without a day
        ("{id: a, due: 2026-03-01, met: 2026-04-01}", "state: active", "", []),  # late, and met
        ("{id: a, due: 2026-03-01, met: 2026-06-01}, {id: b, due: 2026-05-31}", "state: active", "", ["b"]),
        ("{id: a, due: 2026-03-01, met: 2026-06-02}", "state: active", "", ["a"]),  # said to be met tomorrow
        ("{id: a, due: 2026-03-01}", "state: active", KILL, []),  # nothing waits for it any more
        ("{id: a, due: 2026-03-01}", "state: closed", "", []),
    ],
)
def test_gov_r02_wants_conditions_met_by_their_day_while_something_waits_for_them(  # type: ignore[no-untyped-def]
    heard, conditions: str, state: str, more: str, overdue: list[str]
) -> None:
    found = heard("conditions", DECIDED.format(conditions=conditions, state=state, more=more))
    assert [message.split("'")[1] for message in found] == overdue


@pytest.mark.parametrize(
    ("owner", "decision", "said"),
    [
        ("lead", "decided_by: board", []),
        ("lead", "decided_by: pair", []),
        ("lead", "decided_by: lead", ["'lead' answers for 'p' and decided its gate 'G'"]),
        ("lead", "decided_by: alone", ["'lead' answers for 'p' and decided its gate 'G', alone on board 'alone'"]),
        ("board", "decided_by: pair", ["project 'p' is answered for by board 'board'; a board decides, one person answers"]),
    ],
)
def test_gov_r05_wants_another_to_decide_also_where_a_board_is_one_person(heard, owner: str, decision: str, said: list[str]) -> None:  # type: ignore[no-untyped-def]
    text = f"""
projects: [{{id: p, owner: {owner}, tasks: [{{id: x, duration: 1 d}}], gates: [{{id: G, decision: {{outcome: go, date: 2026-02-01, {decision}}}}}]}}]
organisation: {{bodies: [{{id: board, level: portfolio, authority: 5 M GBP}}, {{id: alone, members: [lead]}}, {{id: pair, members: [lead, sro]}}]}}
"""
    assert heard("accountable", text) == said


# ------------------------------------------------------------------------------------------------ GOV-R04

LATE = """
projects:
  - {{id: p, owner: lead, finish: 2026-06-30, tolerance: {{time: 5 d}}, tasks: [{{id: x, duration: 100 d}}]}}
  - {{id: q, owner: lead, tasks: [{{id: y, duration: 1 d}}]}}
issues: [{issue}]
"""


@pytest.mark.parametrize(
    ("issue", "fires"),
    [
        ("{id: i1, item: p, name: The supplier makes us late}", False),
        ("{id: i1, item: p, name: Exception report 4}", False),
        ("{id: i1, item: p/x, name: x slips, note: told the board}", False),
        ("{id: i1, item: p, name: coffee machine broken}", True),
        ("{id: i1, item: p, name: budget overrun}", True),
        ("{id: i1, item: q, name: q is late}", True),
        ("{id: i1, item: p, name: p is late, closed: 2026-05-01}", True),
        ("{id: i1, name: something is late}", True),
        ("{id: i1, item: p, name: canteen closed for two weeks}", True),
        ("{id: i1, item: p, name: date of the summer party}", True),
        ("{id: i1, item: p, name: cost tolerance exceeded}", True),
        ("{id: i1, item: p, name: data breach at the supplier}", True),
        ("{id: i1, item: p, name: server log is full of an exception}", True),
        ("{id: i1, item: p, name: Ask for money, note: The supplier is late}", False),
        ("{id: i1, item: p, name: needs three weeks longer}", False),
        ("{id: i1, item: p, name: forecast finish exceeds tolerance}", False),
        ("{id: i1, item: p, name: tolerance exceeded}", False),
        ("{id: time-exception, item: p}", False),
    ],
)
def test_gov_r04_counts_an_issue_only_if_it_is_about_that_breach(heard, issue: str, fires: bool) -> None:  # type: ignore[no-untyped-def]
    found = heard("escalated", LATE.format(issue=issue))
    assert bool(found) is fires
    assert all("no open issue says so" in message for message in found)


OVER = """
projects:
  - {{id: p, owner: lead, tolerance: {{cost: 5 %, risk: 1 k GBP, benefits: 5 %}}, tasks: [{{id: x, duration: 10 d, budget: 10 M GBP, forecast: 30 M GBP}}],
     risks: [{{id: r, name: fire, owner: lead, before: {{probability: 50 %, impacts: {{cost: 1 M GBP}}}}}}]}}
issues: [{issue}]
"""


@pytest.mark.parametrize(
    ("issue", "left"),
    [
        ("{id: i1, item: p, name: EAC of 30 M}", ["risk"]),
        ("{id: i1, item: p, name: steel prices rise}", ["risk"]),
        ("{id: i1, item: p, name: risk of fire}", ["cost", "risk"]),
        ("{id: i1, item: p, name: weather forecast was wrong}", ["cost", "risk"]),
        ("{id: i1, item: p, name: exposure above what is tolerated}", ["cost"]),
        ("{id: i1, item: p, name: budget and exposure exceed tolerance}", []),
        ("{id: i1, item: p, name: exception report 2}", []),
        ("{id: i1, item: p, name: late}", ["cost", "risk"]),
    ],
)
def test_gov_r04_lists_each_aspect_that_no_issue_is_about(heard, issue: str, left: list[str]) -> None:  # type: ignore[no-untyped-def]
    assert [message.split(" of ")[0] for message in heard("escalated", OVER.format(issue=issue))] == left


# ------------------------------------------------------------------------------------------------ GOV-R06

RESTING = """
projects: [{{id: p, owner: lead, tasks: [{{id: x, duration: 1 d}}], gates: [{{id: G, decision: {{outcome: go, date: 2026-02-01, evidence: [{evidence}]}}}}]}}]
assumptions: [{{id: A1, text: Rates stay low, state: {state}, item: {item}}}]
decisions: [{{id: D1, question: Buy?, {decision}}}]
"""


@pytest.mark.parametrize(
    ("state", "item", "decision", "evidence", "said"),
    [
        ("confirmed", "null", "state: decided, assumptions: [A1]", "A1", []),
        ("'false'", "null", "state: withdrawn, assumptions: [A1]", "", []),
        ("'false'", "p", "state: decided", "", []),
        (
            "'false'",
            "null",
            "state: decided, decided: 2026-03-01, assumptions: [A1]",
            "",
            ["decision 'D1' was decided on 2026-03-01 on assumption 'A1', which is false: Rates stay low"],
        ),
        ("'false'", "null", "assumptions: [A1]", "", ["decision 'D1' is to be decided on assumption 'A1', which is false: Rates stay low"]),
        ("'false'", "p/G", "state: decided", "", ["gate 'G' of 'p' got 'go' on assumption 'A1', which is false: Rates stay low"]),
        ("'false'", "null", "state: decided", "A1", ["gate 'G' of 'p' got 'go' on assumption 'A1', which is false: Rates stay low"]),
    ],
)
def test_gov_r06_finds_what_was_decided_on_a_false_assumption(  # type: ignore[no-untyped-def]
    heard, state: str, item: str, decision: str, evidence: str, said: list[str]
) -> None:
    assert heard("assumptions", RESTING.format(state=state, item=item, decision=decision, evidence=evidence)) == said


# ------------------------------------------------------------------------------------------------ GOV-R09

RELEASED = """
projects:
  - id: p
    owner: lead
    tasks: [{{id: x, duration: 1 d}}]
    gates:
      - {{id: G1, body: board, decision: {{outcome: go, date: 2026-02-01, {one}}}}}
      - {{id: G2, body: board, decision: {{outcome: conditional go, date: {when}, {two}}}}}
"""


@pytest.mark.parametrize(
    ("one", "two", "when", "said"),
    [
        ("decided_by: board, funding: 3 M GBP", "decided_by: board, funding: 2 M GBP", "2026-05-01", []),
        ("decided_by: board, funding: 4 M GBP", "decided_by: board, funding: 4 M GBP", "2027-05-01", []),
        ("decided_by: sro", "decided_by: vague", "2026-05-01", []),
        (
            "decided_by: sro, funding: 90 M GBP",
            "decided_by: board",
            "2026-05-01",
            ["gate 'G1' of 'p' released 90 M GBP; 'sro' is no board that authority was delegated to"],
        ),
        (
            "decided_by: board",
            "decided_by: vague, funding: 1 M GBP",
            "2026-05-01",
            ["gate 'G2' of 'p' released 1 M GBP; board 'vague' states no authority"],
        ),
        (
            "decided_by: board, funding: 6 M GBP",
            "decided_by: board",
            "2026-05-01",
            ["gate 'G1' of 'p' released 6 M GBP; 'board' may release 5 M GBP"],
        ),
        (
            "decided_by: board, funding: 4 M GBP",
            "funding: 4 M GBP",
            "2026-11-01",
            ["gates 'G1', 'G2' of 'p' released 8,000,000 together in 2026; 'board' may release 5 M GBP"],
        ),
    ],
)
def test_gov_r09_asks_for_a_stated_authority_and_adds_tranches_up(heard, one: str, two: str, when: str, said: list[str]) -> None:  # type: ignore[no-untyped-def]
    assert heard("authority", RELEASED.format(one=one, two=two, when=when) + BOARDS) == said


def test_gov_r09_adds_tranches_up_over_the_period_that_the_portfolio_states(heard, head: str) -> None:  # type: ignore[no-untyped-def]
    text = RELEASED.format(one="decided_by: board, funding: 4 M GBP", two="decided_by: board, funding: 4 M GBP", when="2026-05-01") + BOARDS
    month = head.replace("calendar: continuous", "calendar: continuous, extensions: {mop: {every: month}}")
    year = head.replace(
        "calendar: continuous, money: {currency: GBP}",
        "money: {currency: GBP, financial_year: apr}, extensions: {mop: {every: financial year}}",
    )
    assert heard("authority", text, month) == []
    assert heard("authority", text, year) == []  # February and May lie in two financial years that begin in April
    assert "together in 2025/26" in heard("authority", text.replace("2026-05-01", "2026-03-01"), year)[0]
    stated = year.replace("every: financial year", "every: year")  # as with envelopes, a year is the financial year
    assert heard("authority", text, stated) == []
    assert (
        "together in 2026/27" in heard("authority", text.replace("2026-02-01", "2026-04-01").replace("2026-05-01", "2027-01-31"), stated)[0]
    )


# ------------------------------------------------------------------------------------------------ MOP-R14

GRANTED = """
projects:
  - id: p
    owner: lead
    {more}
    tasks: [{{id: x, duration: 1 d, {x}}}]
    gates:
      - {{id: G1, decision: {{outcome: go, date: 2026-02-01, funding: 2 M GBP}}}}
      - {{id: G2, decision: {second}}}
"""
LATER = "{outcome: go, date: 2026-05-01, funding: 3 M GBP}"
LAPSED = "{outcome: conditional go, date: 2026-03-01, funding: 3 M GBP, conditions: [{id: c, due: 2026-05-01}]}"


def dated(*lines: tuple[str, str]) -> str:
    return f"[{', '.join(f'{{from: {day}, amount: {amount}}}' for day, amount in lines)}]"


@pytest.mark.parametrize(
    ("more", "x", "second", "said"),
    [
        ("funding: 5 M GBP", "actual: 5 M GBP", LATER, []),
        (f"funding: {dated(('2026-02-01', '2 M GBP'), ('2026-05-01', '3 M GBP'), ('2026-09-01', '9 M GBP'))}", "", LATER, []),
        ("funding: 6 M GBP", "", LATER, ["project 'p' has 6,000,000 of funding; its gates released 5,000,000"]),
        ("", "actual: 2.5 M GBP", "null", ["project 'p' has spent 2,500,000 by 2026-06-01; its gates released 2,000,000"]),
        ("", "actual: 2.5 M GBP", LAPSED, ["project 'p' has spent 2,500,000 by 2026-06-01; its gates released 2,000,000"]),
        (f"actual: {dated(('2026-02-10', '2 M GBP'), ('2026-04-01', '1 M GBP'))}", "", LAPSED, []),  # before it lapsed
        (
            f"actual: {dated(('2026-02-10', '2 M GBP'), ('2026-04-01', '1 M GBP'), ('2026-05-20', '1 M GBP'))}",
            "",
            LAPSED,
            ["project 'p' has spent 4,000,000 by 2026-05-20; its gates released 3,000,000"],
        ),
        (
            "",
            "actual: 2.5 M GBP",
            "{outcome: hold, date: 2026-05-01, funding: 3 M GBP}",
            ["project 'p' has spent 2,500,000 by 2026-06-01; its gates released 2,000,000"],
        ),
        (
            f"funding: {dated(('2026-02-01', '2 M GBP'), ('2026-04-01', '3 M GBP'))}",
            "",
            LATER,
            ["project 'p' has 5,000,000 of funding by 2026-04-01; its gates released 2,000,000"],
        ),
        (
            f"actual: {dated(('2026-02-01', '1 M GBP'), ('2026-04-01', '3 M GBP'))}",
            "",
            LATER,
            ["project 'p' has spent 4,000,000 by 2026-04-01; its gates released 2,000,000"],
        ),
        ("", f"actual: {dated(('2026-02-10', '2 M GBP'), ('2026-04-01', '1 M GBP'))}", LAPSED, []),  # of a task, before it lapsed
        (
            "",
            f"actual: {dated(('2026-02-10', '2 M GBP'), ('2026-04-01', '1 M GBP'), ('2026-05-20', '1 M GBP'))}",
            LAPSED,
            ["project 'p' has spent 4,000,000 by 2026-05-20; its gates released 3,000,000"],
        ),
        (
            "",
            f"actual: {dated(('2026-02-01', '1 M GBP'), ('2026-04-01', '3 M GBP'))}",
            LATER,  # 4 M are released today, and were not when they were spent
            ["project 'p' has spent 4,000,000 by 2026-04-01; its gates released 2,000,000"],
        ),
        ("", "actual: [{from: 2026-04-01, until: 2026-05-31, amount: 5 M GBP}]", LATER, []),  # nobody knows how much of it by May
        (
            "",
            "actual: [{from: 2026-04-01, until: 2026-04-30, amount: 3 M GBP}]",
            LATER,
            ["project 'p' has spent 3,000,000 by 2026-04-30; its gates released 2,000,000"],
        ),
        ("actual: 1 M GBP", f"actual: {dated(('2026-02-10', '9 M GBP'))}", LATER, []),  # what a whole states stands for its parts
        (
            "funding: 9 M GBP",
            "",
            "{outcome: go, date: 2026-05-01, funding: 3 M EUR}",
            ["whether project 'p' has more than its gates released cannot be said, because an exchange rate is missing"],
        ),
    ],
)
def test_mop_r14_holds_grants_and_spending_against_what_was_released_by_then(
    heard, more: str, x: str, second: str, said: list[str]
) -> None:  # type: ignore[no-untyped-def]
    assert heard("funding", GRANTED.format(more=more, x=x, second=second)) == said


def test_mop_r14_and_gates_agree_on_what_is_released_behind_a_gate_that_holds(heard, tmp_path: Path, head: str) -> None:  # type: ignore[no-untyped-def]
    """On hold since February, or lapsed since May: a go of March before that counts up to the lapse, in the same project and in the next."""
    text = """
projects:
  - id: p
    owner: lead
    {granted}
    tasks: [{{id: a, duration: 5 d}}, {{id: s, after: G}}, {{id: x, parent: s, duration: 5 d}}]
    gates: [{{id: G, decision: {{{decision}}}}}, {{id: H, after: s, decision: {{outcome: go, date: 2026-03-01, funding: 3 M GBP}}}}]
  - {{id: q, owner: lead, funding: 1 M GBP, tasks: [{{id: z, duration: 5 d}}], gates: [{{id: K, after: z, decision: {{outcome: go, date: 2026-03-01, funding: 1 M GBP}}}}]}}
links: [{{from: p/H, to: q/z}}]
"""
    hold, lapse = "outcome: hold, date: 2026-02-01", "outcome: conditional go, date: 2026-02-01, conditions: [{id: c, due: 2026-05-01}]"
    whole = "funding: 3 M GBP"
    for decision, granted, said in [
        ("outcome: go, date: 2026-02-01", whole, []),
        (
            hold,
            whole,
            ["project 'p' has 3,000,000 of funding; its gates released 0", "project 'q' has 1,000,000 of funding; its gates released 0"],
        ),
        (
            lapse,
            whole,
            ["project 'p' has 3,000,000 of funding; its gates released 0", "project 'q' has 1,000,000 of funding; its gates released 0"],
        ),
        (
            lapse,
            f"actual: {dated(('2026-04-01', '3 M GBP'))}",
            ["project 'q' has 1,000,000 of funding; its gates released 0"],
        ),  # spent before
        (
            lapse,
            f"actual: {dated(('2026-05-02', '2 M GBP'))}",
            [
                "project 'p' has spent 2,000,000 by 2026-05-02; its gates released 0",
                "project 'q' has 1,000,000 of funding; its gates released 0",
            ],
        ),
    ]:
        tail = text.format(decision=decision, granted=granted)
        assert heard("funding", tail) == said, (decision, granted)
        (tmp_path / "seen.yaml").write_text(head + tail)
        view = ipmo.gates(tmp_path / "seen.yaml")
        assert [view[name].released is None for name in ("p/H", "q/K")] == [decision in (hold, lapse)] * 2


# ------------------------------------------------------------------------------------------------ days


REQUIRED = """
projects:
  - {{id: p, owner: lead, requires: q, tasks: [{{id: a, duration: 5 d, not_before: {start}}}]}}
  - {{id: q, owner: lead, tasks: [{{id: b, duration: 10 d, not_before: 2026-06-21}}]}}
"""


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("2026-07-01", []),  # the day after the last of June
        ("2026-06-30", ["project 'p' starts 2026-06-30 and requires 'q', which finishes 2026-06-30"]),
        ("2026-06-25", ["project 'p' starts 2026-06-25 and requires 'q', which finishes 2026-06-30"]),
    ],
)
def test_mop_r06_says_the_day_that_ends(heard, start: str, said: list[str]) -> None:  # type: ignore[no-untyped-def]
    assert heard("selection-closed", REQUIRED.format(start=start)) == said


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("10 d", []),
        ("11 d", ["project 'P' finishes 2026-06-11, 1 day after its first baseline said (2026-06-10)"]),
        ("40 d", ["project 'P' finishes 2026-07-10, 30 days after its first baseline said (2026-06-10)"]),
    ],
)
def test_gov_r10_says_the_days_that_end(tmp_path: Path, now: str, said: list[str]) -> None:
    text = "ipmo: 1\nportfolio: {id: x, start: 2026-06-01, status_date: 2026-06-01, calendar: continuous}\nprojects: [{id: P, tasks: [{id: a, duration: 10 d}]}]\n"
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    ipmo.snapshot(path, baseline="B1")
    ipmo.snapshot(path, baseline="B2")
    rows = "".join(f"  - {{id: B{n}, date: 2026-06-0{n}, file: baselines/B{n}.json}}\n" for n in (1, 2))
    path.write_text(f"{text.replace('10 d', now)}baselines:\n{rows}", encoding="utf-8")
    check = next(c for c in MOP.checks if c.code == "mop/rebaselined")
    assert [f.message for f in check.run(CheckContext(portfolio=ipmo.read(path)))] == said
