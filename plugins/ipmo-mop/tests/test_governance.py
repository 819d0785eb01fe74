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
