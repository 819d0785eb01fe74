"""The core's own rules keep the contract of every plugin: one check a code, each with a title, a heading, a source and an offence.

What `ipmo.testing.MethodologyConformance` asks of a method is asked of `ipmo.rules` here; a check may look at earlier months,
so an example is what a check is asked with: a context.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

import ipmo
import ipmo.examples
from ipmo.model import Link, Portfolio, Project, Task
from ipmo.model.contents import Source
from ipmo.model.stored import StoredDates
from ipmo.plugin import CheckContext, Finding
from ipmo.rules.checks import CHECKS
from ipmo.testing.nouns import wide_portfolios

EXAMPLES = Path(__file__).parents[2] / "examples"
ALWAYS = {"portfolio": {"id": "x", "start": "2026-01-05", "status_date": "2026-03-02", "calendar": "c"}}
CALENDAR = [{"id": "c", "week": "mon-fri", "hours": "09:00-17:00"}]


def made(projects: list[dict[str, Any]], portfolio: Mapping[str, Any] | None = None, **more: Any) -> Portfolio:
    head = {**ALWAYS["portfolio"], **(portfolio or {})}
    return ipmo.from_dict({"ipmo": 1, "portfolio": head, "calendars": CALENDAR, "projects": projects} | more)


# ------------------------------------------------------------------------------------------ nothing to look at


def clean() -> Portfolio:
    """Two projects in delivery, an agreed hand-over with room on both sides, a benefit with a full profile, a sound report."""
    agreed = {"giver_owner": "ann", "receiver_owner": "bob", "status": "agreed", "promised": "2026-04-30", "needed": "2026-05-29"}
    ready = {"id": "ready", "duration": "1 d", "actual_start": "2026-02-26", "actual_finish": "2026-02-26", "actual": "1 k GBP"}
    return made(
        [
            {
                "id": "P", "finish": "2026-12-31", "owner": "ann", "tolerance": {"time": "20 d"},
                "status": [{"date": "2026-03-01", "rag": "green"}],
                "tasks": [
                    ready,
                    {"id": "a", "duration": "10 d", "budget": "10 k GBP", "after": "ready"},
                    {"id": "b", "duration": "10 d", "budget": "10 k GBP", "after": "a"},
                ],
            },
            {
                "id": "Q", "finish": "2026-12-31", "owner": "bob",
                "tasks": [
                    ready,
                    {"id": "own", "duration": "40 d", "budget": "1 k GBP", "after": "ready"},
                    {"id": "use", "duration": "20 d", "budget": "1 k GBP", "after": "own"},
                ],
            },
        ],
        {"status_date": "2026-03-02", "money": {"currency": "GBP", "price_base": {"year": 2026}}},
        people=[{"id": "ann", "permanent": True}, {"id": "bob", "permanent": True}],
        objectives=[{"id": "o"}],
        links=[{"id": "L", "from": "P/b", "to": "Q/use", **agreed}],
        benefits=[
            {
                "id": "be", "owner": "ann", "measure": "fares", "unit": "GBP", "baseline": 1, "baseline_date": "2025-01-06", "target": 2,
                "target_date": "2027-06-30", "method": "monthly", "value": "100 k GBP per year", "lasts": "5 years", "probability": 0.9,
                "enabled_by": ["Q/use"], "cashable": True, "booked": True,
            }
        ],
        contributions=[{"from": "be", "to": "o", "share": "50 %"}],
    )  # fmt: skip


# ------------------------------------------------------------------------------------------ everything to look at


def gaps() -> Portfolio:
    """Durations, dates and progress that are missing or contradict one another, on no stated calendar."""
    tasks = [
        {"id": "sum", "duration": "3 d"},
        {"id": "inner", "parent": "sum", "duration": "1 d"},
        {"id": "open"},
        {"id": "after", "after": "open", "duration": "1 d"},
        {"id": "half", "duration": "2 d", "progress": "50 %"},
        {"id": "done", "duration": "2 d", "progress": "100 %", "actual_start": "2026-01-05"},
        {"id": "ahead", "duration": "2 d", "actual_start": "2026-04-01"},
    ]
    return made([{"id": "P", "tasks": tasks}, {"id": "Q"}], {"calendar": None})


def knots() -> Portfolio:
    """A loop, a gate that was decided too early, work that went ahead, links to nowhere and between whole projects, holds, dead givers."""
    tasks = [
        {"id": "a", "duration": "5 d", "after": "b"},
        {"id": "b", "duration": "5 d", "after": "a"},
        {"id": "c", "duration": "20 d"},
        {"id": "d", "duration": "5 d", "after": "c", "actual_start": "2026-02-02"},
        {"id": "e", "duration": "5 d", "after": "G2"},
    ]
    gates = [
        {"id": "G", "after": "c", "decision": {"outcome": "go", "date": "2026-02-02"}},
        {"id": "G2", "after": "c", "decision": {"outcome": "hold", "date": "2026-02-02"}},
    ]
    links = [{"from": "P/c", "to": "external:other"}, {"from": "P", "to": "Q"}, {"from": "R/z", "to": "Q/z"}, {"from": "S/z", "to": "Q/y"}]
    one = [{"id": "z", "duration": "1 d"}, {"id": "y", "duration": "1 d"}]
    kill = [{"id": "X", "decision": {"outcome": "kill", "date": "2026-02-02"}}]
    stopped = [
        {"id": "R", "state": "cancelled", "tasks": one},
        {"id": "S", "state": "paused", "tasks": one},
        {"id": "K", "tasks": one, "gates": kill},
    ]
    return made([{"id": "P", "tasks": tasks, "gates": gates}, {"id": "Q", "tasks": one}, *stopped], links=links)


def tied() -> Portfolio:
    """Constraints against the logic and missed, a finish that cannot be kept, a milestone past its day, much float, long work, leads and lags."""
    tasks = [
        {"id": "a", "duration": "100 d"},
        {"id": "b", "duration": "10 d", "after": [{"from": "a", "type": "SS", "lag": "5 d"}], "constraints": {"must_start_on": "2026-03-03"}},
        {"id": "c", "duration": "10 d", "after": [{"from": "a", "lag": "-2 d"}], "constraints": {"finish_no_later": "2026-04-01"}},
        {"id": "d", "duration": "1 d"},
        {"id": "e", "duration": "1 d", "after": "c", "constraints": {"mandatory_start": "2026-04-01"}},
        {
            "id": "late", "duration": "5 d", "actual_start": "2026-01-05", "remaining": "5 d",
            "baseline_start": "2026-01-05", "baseline_finish": "2026-01-09",
        },
    ]  # fmt: skip
    tasks.append({"id": "when", "milestone": True, "deadline": "2026-02-02"})
    return made([{"id": "P", "finish": "2026-03-31", "tasks": tasks}])


def broken() -> Portfolio:
    """A critical path that does not move with its first task: what follows works on other days."""
    calendars = [*CALENDAR, {"id": "all", "week": "mon-sun", "hours": "00:00-24:00"}]
    tasks = [{"id": "a", "duration": "1 d", "calendar": "all"}, {"id": "b", "duration": "1 d", "after": "a"}]
    return made([{"id": "P", "tasks": tasks}], calendars=calendars)


def effects() -> Portfolio:
    """Benefits without work, objective, share or profile, counted twice, owned by those who leave, late and not booked."""
    full = {
        "owner": "pm", "measure": "fares", "unit": "GBP", "baseline": 1, "baseline_date": "2027-01-01", "target": 2,
        "target_date": "2030-01-01", "method": "monthly", "value": "10 GBP per year", "lasts": "5 years", "population": "riders",
        "enabled_by": ["P/t"], "planned_start": "2026-01-06", "cashable": True,
    }  # fmt: skip
    benefits = [
        {"id": "one", "belongs_to": "T", "category": "revenue", **full},
        {"id": "two", "belongs_to": "U", "category": "avoided cost", **full, "owner": "who"},
        {"id": "bare"},
    ]
    return made(
        [
            {
                "id": "P", "budget": "10 k GBP", "actual": "1 GBP", "gates": [{"id": "G", "after": "t"}],
                "tasks": [{"id": "t", "duration": "40 d", "budget": "1 k GBP"}],
            }
        ],
        {"money": {"currency": "GBP", "discount": "green-book-2022"}},
        people=[{"id": "pm", "permanent": False}, {"id": "who"}],
        objectives=[{"id": "o"}],
        programmes=[{"id": "T"}, {"id": "U"}],
        outcomes=[{"id": "oc", "kind": "business change", "enabled_by": ["P/t"]}],
        benefits=benefits,
        contributions=[
            {"from": "one", "to": "o", "share": "70 %"},
            {"from": "two", "to": "o", "share": "40 %"},
            {"from": "oc", "to": "one"},
        ],
    )  # fmt: skip


def overdue() -> Portfolio:
    """A decision, a condition, an issue, a review and a project past their day."""
    past = "2026-02-02"
    decision = {"outcome": "conditional go", "date": "2026-01-06", "conditions": [{"id": "K", "text": "agree", "due": past}]}
    return made(
        [{"id": "P", "start": "2026-01-05", "finish": past}, {"id": "Q", "start": past, "finish": "2027-01-01", "gates": [{"id": "G", "decision": decision}]}],
        decisions=[{"id": "D", "question": "go on?", "need_by": past}],
        issues=[{"id": "I", "name": "rain", "due": past}],
        assumptions=[{"id": "A", "text": "it is dry", "review": past}],
    )  # fmt: skip


def month(day: str, progress: str = "95 %", actual: str = "10 GBP", reports: Iterable[Mapping[str, str]] = ()) -> Portfolio:
    """A green project that is nearly done, every month, by a report of January; its risks stay as they were."""
    task = {
        "id": "t", "duration": "100 d", "actual_start": "2026-01-05", "progress": progress, "remaining": "30 d", "actual": actual,
        "forecast": f"{20 * int(day[6])} GBP", "budget": "100 GBP", "baseline_start": "2026-01-05", "baseline_finish": "2026-02-06",
    }  # fmt: skip
    return made(
        [
            {
                "id": "P", "finish": "2026-02-27", "tolerance": {"time": "1 d"}, "tasks": [task], "risks": [{"id": "R", "name": "rain"}],
                "status": [{"date": "2026-01-05", "rag": "green"}, *reports],
            }
        ],
        {"status_date": day, "money": {"currency": "GBP"}},
    )  # fmt: skip


def scheduled_elsewhere() -> Portfolio:
    """A file whose tool stored other dates than its own links ask for."""
    early = StoredDates(early_start=datetime(2026, 3, 9, 9), early_finish=datetime(2026, 3, 9, 17))
    pf = made([{"id": "P", "tasks": [{"id": "t", "duration": "1 d"}]}])
    return attrs.evolve(pf, source=Source(path="plan.xer", format="xer", stored={"P/t": early}))


def circular() -> Portfolio:
    """The only task of a summary waits for what starts with the summary, which has a constraint of its own."""
    whole = Project(id="a", tasks=[Task(id="s", constraints={"must_start_on": "2026-01-05"}), Task(id="t", parent="s", duration="1 d")])
    links = [Link(source="a/s", target="b/x", type="SS"), Link(source="b/x", target="a/t")]
    return Portfolio(id="x", start="2026-01-05", projects=[whole, Project(id="b", tasks=[Task(id="x", duration="1 d")])], links=links)


def threatened(forecast: str, uplift: bool = True) -> Portfolio:
    """A register that nobody looks after, with little money left for it, and estimates that hold what may go wrong already."""
    before = {"probability": 0.7, "impacts": [{"target": "P/t", "delay": "5 d", "cost": "60 k GBP"}]}
    risk = {"id": "R", "before": before, "after": {"probability": 0.1}, "driver": "ground", "raised": "2025-01-06"}
    tasks: list[dict[str, Any]] = [{"id": "t", "duration": {"estimate": "9 d", "reference": "rail-2004"} if uplift else "9 d"}]
    tasks.append({"id": "u", "duration": {"low": "1 d", "likely": "4 d", "high": "4 d"}})
    other = {"id": "Q", "risks": [{**risk, "before": {"probability": 0.1, "impacts": [{"cost": "1 GBP"}]}}]}
    return made(
        [{"id": "P", "budget": "10 k GBP", "forecast": forecast, "funding": "50 k GBP", "tasks": tasks, "risks": [risk]}, other],
        {"money": {"currency": "GBP"}},
        drivers=[{"id": "ground", "factor": 1.1, "targets": ["P"]}],
    )


def earned_badly(day: str, rule: str, finish: str) -> Portfolio:
    """A budget that falls, half of it level of effort, dear work, and from month to month another rule and another past."""
    begun = {"actual_start": "2026-01-05", "baseline_start": "2026-01-05", "baseline_finish": finish, "duration": "60 d"}
    lines = [{"amount": "90 GBP", "from": "2026-01-05"}, {"amount": "-10 GBP", "from": "2026-02-02"}]
    tasks = [
        {"id": "t", **begun, "budget": "100 GBP", "actual": "90 GBP", "progress": "30 %", "earning": rule},
        {"id": "u", "parent": "s", **begun, "budget": lines, "actual": "10 GBP", "earning": "level of effort"},
        {"id": "s", "baseline_start": "2026-02-02"},
    ]
    return made([{"id": "P", "tolerance": {"cost": "5 %"}, "tasks": tasks}], {"status_date": day, "money": {"currency": "GBP"}})


def reported(n: int) -> Portfolio:
    """A month in which every project but the first says another forecast."""
    said = [{"id": f"P{i}", "forecast": f"{n + 1 if i else 7} GBP"} for i in range(6)]
    return made(said, {"status_date": f"2026-{n + 1:02}-28", "money": {"currency": "GBP"}})


def used_up() -> Portfolio:
    """Two pieces of work that take more steel than there ever is."""
    tasks = [{"id": name, "duration": "2 d", "assignments": [{"resource": "steel", "units": 40}]} for name in "ab"]
    steel = {"id": "steel", "used_up": True, "unit": "t", "capacity": [{"from": "2026-01-01", "value": 60}]}
    return made([{"id": "P", "tasks": tasks}], {}, resources=[steel])


def overbooked() -> Portfolio:
    """Roles that nobody has or too little of, work under way that is too much, and more than fits before a deadline or before somebody leaves."""
    begun = {"actual_start": "2026-02-27", "duration": "5 d", "progress": "10 %"}
    due = {"duration": "2 d", "deadline": "2026-03-04"}
    short = [{"from": "2026-01-01", "value": 1}, {"from": "2026-03-05", "value": 0}]
    asks = [
        *(("cy", {"id": name, **due}) for name in "ab"), *(("di", {"id": name, "duration": "2 d"}) for name in "cd"),
        *(("ann", {"id": name, **begun}) for name in "ef"), ("nobody", {"id": "g", "duration": "1 d"}), ("untold", {"id": "h", "duration": "1 d"}),
    ]  # fmt: skip
    tasks = [{**task, "assignments": [{"resource": name}]} for name, task in asks]
    there = {"ann": [short[0]], "cy": [short[0]], "di": short, "nobody": [{"from": "2026-01-01", "value": 0}], "untold": []}
    return made([{"id": "P", "tasks": tasks}], {}, resources=[{"id": name, "capacity": rows} for name, rows in there.items()])


def foreign() -> Portfolio:
    """A budget in a currency without an exchange rate."""
    return made([{"id": "P", "budget": "1 k USD", "tasks": [{"id": "a", "duration": "1 d"}]}], {"money": {"currency": "GBP"}})


def required_in_a_circle() -> Portfolio:
    """Two projects that require each other."""
    return made([{"id": one, "requires": other, "tasks": [{"id": "t", "duration": "1 d"}]} for one, other in ("PQ", "QP")])


def offences() -> list[CheckContext]:
    """Contexts in which every rule of the core is broken somewhere."""
    first, second, third = month("2026-03-02", actual="1 GBP"), month("2026-04-01", actual="2 GBP"), month("2026-05-01", actual="3 GBP")
    jumped = month("2026-03-02", "20 %", "90 GBP", [{"date": "2026-03-01", "rag": "red"}])
    dear = month("2026-01-06", "20 %", "90 GBP")
    pool = [
        gaps(),
        knots(),
        tied(),
        broken(),
        effects(),
        overdue(),
        jumped,
        dear,
        scheduled_elsewhere(),
        circular(),
        used_up(),
        overbooked(),
        foreign(),
        required_in_a_circle(),
    ]
    pool += [ipmo.read(EXAMPLES / "city.yaml"), *map(ipmo.examples.load, ("handover", "library", "commitment"))]
    return [
        *(CheckContext(portfolio=pf) for pf in pool),
        CheckContext(portfolio=third, history=(first, second)),
        CheckContext(portfolio=second, history=(first,)),
        CheckContext(
            portfolio=earned_badly("2026-04-01", "percent", "2026-04-10"), history=(earned_badly("2026-03-02", "50/50", "2026-03-27"),)
        ),
        CheckContext(portfolio=threatened("30 k GBP"), history=(threatened("10 k GBP"),)),
        CheckContext(portfolio=reported(9), history=tuple(reported(n) for n in range(9))),
    ]


def found_by(check: Any, context: CheckContext) -> list[Finding] | str:
    try:
        return list(check.run(context))
    except ipmo.IpmoError as error:  # the question has no answer here
        return str(error)


@pytest.fixture(scope="module")
def heard() -> dict[str, list[tuple[CheckContext, list[Finding]]]]:
    """Code to what its check finds wherever it finds anything."""
    out: dict[str, list[tuple[CheckContext, list[Finding]]]] = {check.code: [] for check in CHECKS}
    for context in offences():
        for check in CHECKS:
            found = found_by(check, context)
            if found and not isinstance(found, str):
                out[check.code].append((context, found))
    return out


def test_names_titles_headings_and_sources_are_complete_and_stand_once() -> None:
    assert len(CHECKS) > 65
    assert {check.code.partition("/")[0] for check in CHECKS} == {"ipmo"}
    for what in ("code", "title", "heading"):
        said = Counter(getattr(check, what) for check in CHECKS)
        assert [name for name, times in said.items() if times > 1 or not name.strip()] == [], what
    assert all(check.source.strip() and check.source != "ipmo" for check in CHECKS)
    assert {"SCH-R15", "SCH-R16", "GOV-R04", "GOV-R07", "DCMA-6", *(f"BEN-R{n:02}" for n in range(1, 11))} <= {c.rule for c in CHECKS}


def test_every_rule_is_silent_where_nothing_is_wrong() -> None:
    context = CheckContext(portfolio=clean())
    assert {check.code: [f.message for f in check.run(context)] for check in CHECKS if list(check.run(context))} == {}
    assert not [f for f in ipmo.check(clean()) if f.code.startswith("ipmo/")]


def test_every_rule_can_be_broken(heard: dict[str, list[tuple[CheckContext, list[Finding]]]]) -> None:
    assert [code for code, found in heard.items() if not found] == []


def test_findings_carry_exactly_the_code_of_their_check_and_an_item_that_exists(
    heard: dict[str, list[tuple[CheckContext, list[Finding]]]],
) -> None:
    for code, rows in heard.items():
        for context, found in rows:
            for finding in found:
                assert finding.code == code
                assert finding.message.strip()
                assert not finding.item or finding.item.partition("@")[0] in {context.portfolio.id, *context.portfolio.items}, finding


def test_findings_are_the_same_twice_and_in_any_order() -> None:
    for context in offences():
        again = attrs.evolve(context)
        alone = {check.code: found_by(check, attrs.evolve(context)) for check in CHECKS[::7]}
        forward = {check.code: found_by(check, context) for check in CHECKS}
        backward = {check.code: found_by(check, again) for check in reversed(CHECKS)}
        assert forward == backward
        assert {code: forward[code] for code in alone} == alone


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(wide_portfolios())
def test_checks_run_on_any_portfolio_without_changing_it(portfolio: Portfolio) -> None:
    before, one, two = portfolio.digest, CheckContext(portfolio=portfolio), CheckContext(portfolio=portfolio)
    for check in CHECKS:
        found = found_by(check, one)
        assert found == found_by(check, two)
        assert isinstance(found, str) or all(finding.code == check.code for finding in found)
    assert attrs.evolve(portfolio).digest == before


def test_what_several_checks_share_is_computed_once_and_a_refusal_too() -> None:
    asked: list[str] = []

    def ask(context: CheckContext) -> int:
        asked.append(context.portfolio.id)
        if context.portfolio.id == "y":
            raise ipmo.ScheduleError("no start")
        return len(asked)

    context = CheckContext(portfolio=Portfolio(id="x"))
    assert [context.once(ask) for _ in range(3)] == [1, 1, 1]
    refused = CheckContext(portfolio=Portfolio(id="y"))
    for _ in range(3):
        with pytest.raises(ipmo.ScheduleError, match="no start"):
            refused.once(ask)
    assert asked == ["x", "y"]
    assert attrs.evolve(context).once(ask) == 3, "another context is asked anew"
