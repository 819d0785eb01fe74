"""Rules RSK-R01 to RSK-R07: each is silent on a clean portfolio and fires on two offending ones, for what it is for and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import ipmo
from ipmo.analysis.risk.reserve import Reserve, reserve
from ipmo.model import Portfolio
from ipmo.plugin import CheckContext
from ipmo.rules.risks import RISK_CHECKS

FULL = {
    "id": "R", "name": "The pump fails", "cause": "it is old", "effect": "work stops", "owner": "ann", "actionee": "ann", "response": "reduce",
    "response_cost": "5 k GBP", "starts": "2026-03-01", "ends": "2026-12-31", "raised": "2026-01-12", "reviewed": "2026-02-20",
    "before": {"probability": 0.3, "impacts": [{"target": "P/b", "delay": "5 d", "cost": "40 k GBP"}]}, "after": {"probability": 0.1},
}  # fmt: skip
TASKS = [
    {"id": "a", "duration": {"low": "8 d", "likely": "10 d", "high": "15 d"}},
    {"id": "b", "duration": "20 d", "after": "a"},
    {"id": "c", "duration": "3 d", "after": "a"},
]


def plan(*risks: Mapping[str, Any], others: Mapping[str, Any] | None = None, day: str = "2026-03-02", **more: Any) -> Portfolio:
    first = {"id": "P", "budget": "100 k GBP", "funding": "150 k GBP", "tasks": TASKS, "risks": list(risks)} | more
    second = {"id": "Q", "tasks": [{"id": "t", "duration": "2 d"}], "risks": [others] if others else []}
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-02-02", "status_date": day, "money": {"currency": "GBP"}},
            "people": [{"id": "ann"}],
            "drivers": [{"id": "ground", "factor": {"low": 0.9, "likely": 1, "high": 1.3}, "targets": ["P"]}],
            "projects": [first, second],
            "links": [{"id": "L", "from": "P/b", "to": "Q/t"}],
        }
    )


def risk(**changed: Any) -> dict[str, Any]:
    """The full risk, changed; what is None is left out."""
    return {key: value for key, value in (FULL | changed).items() if value is not None}


def hit(target: str = "P/b", **impact: Any) -> dict[str, Any]:
    return {"probability": 0.3, "impacts": [{"target": target, **impact}]}


def codes(pf: Portfolio, *history: Portfolio) -> set[str]:
    context = CheckContext(portfolio=pf, history=history)
    return {f"{check.rule} {one.code.removeprefix('ipmo/')}" for check in RISK_CHECKS for one in check.run(context)}


CLEAN = plan(risk())
TWO = {"probability": 0.3, "impacts": [{"target": "P/a", "delay": "5 d"}, {"target": "P/b", "delay": "2 d"}]}
UNANSWERED = {"response": None, "response_cost": None, "actionee": None, "after": None}
RAISED = {"estimate": "100 k GBP", "reference": "rail-2004", "certainty": 0.8}
LONGER = [{"id": "b", "duration": {"estimate": "20 d", "reference": "rail-2004"}}]


def test_a_register_that_is_looked_after_is_silent() -> None:
    assert codes(CLEAN) == set()
    assert codes(CLEAN, plan(risk(), day="2026-02-02")) == set()


@pytest.mark.parametrize(
    ("pf", "expected"),
    [
        (plan(risk(cause=None)), {"RSK-R01 risk-incomplete"}),
        (plan(risk(owner=None, starts=None, ends=None)), {"RSK-R01 risk-incomplete"}),
        (plan(risk(reviewed=None, raised="2025-11-29")), {"RSK-R01 risk-stale"}),
        (plan(risk(raised="2025-01-01", reviewed="2025-06-01")), {"RSK-R01 risk-stale"}),
        (plan(risk(ends="2026-02-27", starts="2026-01-05")), {"RSK-R01 risk-window-closed"}),
        (plan(risk(driver="ground"), others=risk(driver="ground", before=hit("Q/t", cost="1 GBP"))), {"RSK-R02 risk-shared-driver"}),
        (plan(risk(driver="ground"), risk(id="S", driver="ground"), others=risk(driver="ground", before=hit("Q/t", delay="1 d"))), {"RSK-R02 risk-shared-driver"}),
        (plan(risk(response="accept")), {"RSK-R03 response-not-planned"}),
        (plan(risk(response_cost=None, after={"impacts": [{"target": "P/b", "cost": "10 k GBP"}]})), {"RSK-R03 response-not-planned"}),
        (plan(risk(actionee=None)), {"RSK-R03 response-not-planned"}),
        (plan(risk(actionee=None, after={"impacts": [{"target": "P/b", "delay": "5 d"}]})), {"RSK-R03 response-not-planned"}),
        (plan(risk(actionee=None, before=TWO, after={"impacts": [{"target": "P/a", "delay": "5 d"}]})), {"RSK-R03 response-not-planned"}),
        (plan(risk(), funding="110 k GBP"), {"RSK-R04 reserve-below-exposure"}),
        (plan(risk(before=hit(cost="90 k GBP") | {"probability": 0.6})), {"RSK-R04 reserve-below-exposure"}),
        (plan(risk(**UNANSWERED)), {"RSK-R01 risk-incomplete", "RSK-R06 risk-unanswered"}),
        (plan(risk(**UNANSWERED | {"before": hit("P/a", delay="1 d")})), {"RSK-R01 risk-incomplete", "RSK-R06 risk-unanswered"}),
        (plan(risk(), tasks=[{**TASKS[0], "duration": {"low": "8 d", "likely": "10 d", "high": "10 d"}}, *TASKS[1:]]), {"RSK-R07 estimate-padded"}),
        (plan(risk(), budget={"low": "50 k GBP", "likely": "100 k GBP", "high": "101 k GBP"}), {"RSK-R07 estimate-padded"}),
        (plan(risk(), budget=RAISED, funding="300 k GBP"), {"RSK-R07 risk-counted-twice"}),
        (plan(risk(before=hit(delay="5 d")), tasks=LONGER), {"RSK-R07 risk-counted-twice"}),
    ],
)  # fmt: skip
def test_each_rule_fires_on_its_own_offence_only(pf: Portfolio, expected: set[str]) -> None:
    assert codes(pf) == expected


def test_a_threat_is_to_critical_work_however_it_is_named() -> None:
    """The name of a task in its own project, the whole project, or nothing (which is the project): all delay work on the critical path."""
    for target in ("P/a", "a", "P", None):
        threat = risk(
            **UNANSWERED | {"before": {"probability": 0.3, "impacts": [{"delay": "5 d"} | ({"target": target} if target else {})]}}
        )
        assert "RSK-R06 risk-unanswered" in codes(plan(threat)), target
    cost_alone = risk(**UNANSWERED | {"before": hit(cost="1 GBP")})
    assert "RSK-R06 risk-unanswered" not in codes(plan(cost_alone)), "money delays nothing"


def test_an_only_task_is_critical_and_what_a_short_name_hits_is_simulated_too() -> None:
    rows = {
        "ipmo": 1,
        "portfolio": {"id": "x", "start": "2026-01-05"},
        "projects": [
            {"id": "p", "tasks": [{"id": "a", "duration": "5 d"}], "risks": [{"id": "R", "before": {"probability": 1, "impacts": [{"target": "a", "delay": "2 d"}]}}]}
        ],
    }  # fmt: skip
    pf = ipmo.from_dict(rows)
    (found,) = ipmo.check(pf).of("ipmo/risk-unanswered")
    assert (found.item, "'p/a' is on the critical path" in found.message) == ("p/R", True)
    sure = ipmo.simulate(pf, samples=100)
    assert not [one.message for one in sure.findings if "not counted" in one.message]
    assert "P50 2026-01-13" in repr(sure), "seven working days from Monday: Tuesday week"


def test_a_reserve_that_goes_faster_than_the_exposure_is_said() -> None:
    """50 k GBP of reserve became 25 k while the exposure stayed; and where the exposure halved, 15 k are left."""
    before = plan(risk(), day="2026-02-02")
    assert codes(plan(risk(), forecast="125 k GBP"), before) == {"RSK-R04 reserve-below-exposure", "RSK-R05 reserve-burns-faster"}
    halved = risk(before=hit(cost="20 k GBP", delay="5 d"))
    assert codes(plan(halved, forecast="124 k GBP"), before) == set()
    assert codes(plan(halved, forecast="130 k GBP"), before) == {"RSK-R05 reserve-burns-faster"}


def test_a_reserve_that_is_there_still_is_not_said_to_be_gone_where_the_exposure_grew() -> None:
    before, grown = plan(risk(), day="2026-02-02"), risk(before=hit(cost="45 k GBP", delay="5 d"))
    assert codes(plan(grown), before) == codes(plan(grown, funding="155 k GBP"), before) == set()
    assert codes(plan(grown, forecast="104 k GBP"), before) == {"RSK-R05 reserve-burns-faster"}
    (found,) = [
        one for check in RISK_CHECKS for one in check.run(CheckContext(portfolio=plan(grown, forecast="104 k GBP"), history=(before,)))
    ]
    assert found.message == "8% of the reserve of 'P' went since 2026-02-02, and 0% of its exposure"


@pytest.mark.parametrize(("rates", "said"), [([], False), ([{"from": "2026-01-01", "per": {"EUR": 0.8}}], True)])
def test_a_reserve_is_held_against_the_earlier_one_in_one_currency(rates: list[Any], said: bool) -> None:
    """50 k EUR were 40 k GBP: 30 k GBP of them are left, while the exposure of 15 k EUR is 12 k GBP as before. Without a rate nobody knows."""
    euros = ipmo.to_dict(plan(risk(before=hit(cost="50 k GBP", delay="5 d")), day="2026-02-02"))
    before = ipmo.from_dict(json.loads(json.dumps(euros).replace("GBP", "EUR")))
    now = ipmo.to_dict(plan(risk(before=hit(cost="40 k GBP", delay="5 d")), funding="130 k GBP"))
    assert ("RSK-R05 reserve-burns-faster" in codes(ipmo.from_dict({**now, "rates": rates}), before)) is said
    same = ipmo.to_dict(plan(risk(before=hit(cost="40 k GBP", delay="5 d")), funding="140 k GBP"))
    assert "RSK-R05 reserve-burns-faster" not in codes(ipmo.from_dict({**same, "rates": rates}), before)


def test_a_share_just_below_the_limit_is_not_printed_as_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reserve, "enough", 0.796)
    (found,) = [one for check in RISK_CHECKS for one in check.run(CheckContext(portfolio=plan(risk())))]
    assert "enough in 79.6% of the samples" in found.message


@pytest.mark.parametrize(
    ("before", "after", "lower"),
    [
        ("5 d", "1 w", False),
        ("1 w", "3 d", True),
        ("2 d", "17 h", False),
        ("2 d", "15 h", True),
        ("1 d", "1 ed", False),  # how long each lasts depends on the day
    ],
)
def test_delays_are_compared_by_how_long_they_last_whatever_their_unit(before: str, after: str, lower: bool) -> None:
    pf = plan(risk(actionee=None, before=hit(delay=before), after={"impacts": [{"target": "P/b", "delay": after}]}))
    assert codes(pf) == ({"RSK-R03 response-not-planned"} if lower else set())


def test_what_an_after_lists_as_it_was_lowers_nothing() -> None:
    assert codes(plan(risk(actionee=None, before=TWO, after={"impacts": TWO["impacts"][::-1]}))) == set()


def test_one_risk_that_reaches_all_projects_covers_a_shared_driver() -> None:
    both = {"probability": 0.3, "impacts": [{"target": "P/b", "cost": "1 k GBP"}, {"target": "Q/t", "cost": "1 k GBP"}]}
    assert codes(plan(risk(driver="ground", before=both), others=risk(driver="ground", before=hit("Q/t", cost="1 GBP")))) == set()


def test_what_threats_cost_together_is_their_exact_distribution() -> None:
    """Three risks of certain size, enumerated: P(0), and every sum of them, within four standard errors."""
    threats = ((0.2, 100), (0.1, 230), (0.4, 50))
    rows = [{"id": f"R{n}", "before": {"probability": p, "impacts": [{"cost": f"{amount} GBP"}]}} for n, (p, amount) in enumerate(threats)]
    pf = plan(*rows)
    found = reserve(pf, pf.projects[0])
    assert found is not None
    assert found.money == 50_000
    exact: dict[int, float] = {}
    for which in range(8):
        amount = sum(size for n, (_, size) in enumerate(threats) if which >> n & 1)
        chance = float(np.prod([p if which >> n & 1 else 1 - p for n, (p, _) in enumerate(threats)]))
        exact[amount] = exact.get(amount, 0.0) + chance
    for amount, chance in exact.items():
        share = float((found.costs == amount).mean())
        assert abs(share - chance) <= 4 * (chance * (1 - chance) / len(found.costs)) ** 0.5, amount
    assert abs(found.mean - 63) <= 4 * found.costs.std() / len(found.costs) ** 0.5
