"""A benefit that never comes is lost wholly: in its row, in what is tolerated, in status, exceptions and changes; what only waits is not known."""

from __future__ import annotations

import random
from typing import Any

import pytest

import ipmo


def plan(state: str = "active", **more: Any) -> ipmo.Portfolio:
    """31 days of work of p, behind what a platform hands over, bring 10 M from June on; programme g tolerates that a tenth of its benefits is lost."""
    money = {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026, "terms": "real"}}
    header = {"id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous", "money": money}
    kept = {"id": "m", "duration": "3 d", "deadline": "2026-02-01"}
    data = {
        "ipmo": 1,
        "portfolio": header,
        "discounts": [{"id": "zero", "bands": [{"rate": 0}]}],
        "organisation": {"bodies": [{"id": "bd", "authority": "50 M GBP"}]},
        "programmes": [{"id": "g", "tolerance": {"benefits": "10 %"}}],
        "projects": [
            {"id": "plat", "state": state, "tasks": [{"id": "x", "duration": "10 d"}]},
            {"id": "p", "programme": "g", "state": "active", "tasks": [{"id": "k", "duration": "31 d"}, kept]},
        ],
        "links": [{"id": "L", "from": "plat/x", "to": "p/k"}],
        "benefits": [{"id": "b", "enabled_by": "p/k", "value": "10 M GBP", "planned_start": "2026-06-01"}],
        **more,
    }
    return ipmo.from_dict(data)


def beyond(pf: ipmo.Portfolio) -> dict[str, str]:
    return {one.item: one.text for one in ipmo.status(pf).breaches}


LOST = "10 M GBP lost of 10 M GBP planned, 9 M GBP beyond tolerance"


def test_what_never_comes_is_lost_wholly_red_and_escalated() -> None:
    """10 M of 10 M are lost where 1 M is tolerated: 9 M beyond."""
    pf = plan("cancelled")
    row = ipmo.benefits(pf)["b"]
    assert (row.never, row.npv, str(row.loss), str(ipmo.benefits(pf).loss)) == (True, None, "10 M GBP", "10 M GBP")
    found = ipmo.status(pf)
    assert {name: found[name].computed for name in ("pf", "g", "p")} == {"pf": "red", "g": "red", "p": "red"}
    assert {item for item, text in beyond(pf).items() if text.endswith(LOST)} == {"g", "p"}
    assert [one.item for one in ipmo.check(pf).of("ipmo/exception")] == ["g", "p"]
    assert ipmo.benefits(pf).explain("b").startswith("b: planned from 2026-06-01, never comes, all of 10 M GBP lost: ")
    table = ipmo.benefits(pf).table()
    assert (table["loss"][0], table["npv"][0]) == (10e6, None)


def test_stopping_the_giver_says_what_cancelling_it_does() -> None:
    found = ipmo.what_if(plan(), ipmo.changes.Stop("plat"))
    text = str(found)
    for line in (
        f"exception of g: benefits within tolerance to {LOST}",
        "status of g: green to red",
        "benefit value of b: -10,000,000.00 GBP",
    ):
        assert line in text
    assert beyond(found.after) == beyond(plan("cancelled"))


def test_what_only_waits_is_not_known() -> None:
    pf = plan("paused")
    row = ipmo.benefits(pf)["b"]
    assert (row.never, row.loss, ipmo.benefits(pf).loss) == (False, None, None)
    assert ipmo.status(pf)["g"].computed is None
    assert beyond(pf) == {}


def test_a_part_that_is_late_and_a_whole_that_never_comes_add_up() -> None:
    """A tenth of a year's 3.65 M is lost by 36.5 days: k ends on 5 February; planned for 1 January, until the end of the year; and the 10 M."""
    late = {"id": "late", "enabled_by": "p/m", "value": "3.65 M GBP per year", "planned_start": "2026-01-01", "until": "2026-12-31"}
    gone = {"id": "b", "enabled_by": "p/k", "value": "10 M GBP", "planned_start": "2026-06-01"}
    pf = plan("cancelled", benefits=[late, gone])
    assert str(ipmo.benefits(pf)["late"].loss) == "30 k GBP"  # three days of 10 k
    assert beyond(pf)["g"].endswith("10.03 M GBP lost of 13.65 M GBP planned, 8.665 M GBP beyond tolerance")


def test_the_report_says_it_on_its_first_screen() -> None:
    pf = plan("cancelled")
    html = " ".join(pf.report().html.split())
    assert "<span>benefits, present value</span><b>none</b>" in html
    assert "</i> 10 M GBP lost</em>" in html


def tangle(r: random.Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    states = ["active"] * 4 + ["cancelled", "paused"]
    projects = [{"id": f"p{n}", "state": r.choice(states), "tasks": [{"id": "t", "duration": "2 d"}]} for n in range(7)]
    links = [{"from": f"p{r.randrange(n)}/t", "to": f"p{n}/t"} for n in range(1, 7) for _ in range(r.choice((0, 1, 1)))]
    benefits = [
        {
            "id": f"b{n}", "value": f"{r.randint(1, 9)} M GBP", "planned_start": "2026-02-01",
            r.choice(("enabled_by", "any_of")): [f"p{one}/t" for one in r.sample(range(7), 2)],
        }
        for n in range(4)
    ]  # fmt: skip
    return projects, links, benefits


@pytest.mark.parametrize("seed", range(40))
def test_never_and_waiting_are_what_the_logic_says(seed: int) -> None:
    """Brute force: what is cancelled, or needs what never comes, never comes; of several, where any is enough, all must be lost."""
    projects, links, benefits = tangle(random.Random(seed))
    level = {one["id"]: {"active": 0, "paused": 1, "cancelled": 2}[one["state"]] for one in projects}
    for _ in projects:
        for link in links:
            giver, taker = link["from"].split("/")[0], link["to"].split("/")[0]
            level[taker] = max(level[taker], level[giver])
    pf = plan(projects=projects, links=links, benefits=benefits)
    for benefit in benefits:
        how, some = (max, benefit["enabled_by"]) if "enabled_by" in benefit else (min, benefit["any_of"])
        standing = how(level[one.split("/")[0]] for one in some)
        row = ipmo.benefits(pf)[benefit["id"]]
        assert row.never is (standing == 2), (benefit, level)
        assert row.planned_npv is not None
        assert row.loss == (row.planned_npv if standing == 2 else None if standing == 1 else row.loss)
        assert standing or (row.loss is not None and not row.loss.amount)


@pytest.mark.parametrize(("state", "ratio"), [("cancelled", 0.0), ("paused", None), ("active", 2.5)])
def test_going_on_for_a_benefit_that_never_comes_brings_nothing(state: str, ratio: float | None) -> None:
    """4 M still to be spent for 10 M: 2.5 for each unit; for nothing where the platform was cancelled; what waits for a paused one is not known."""
    work = [{"id": "plat", "state": state, "tasks": [{"id": "x", "duration": "10 d", "budget": "2 M GBP"}]}]
    work += [{"id": "p", "state": "active", "tasks": [{"id": "k", "duration": "31 d", "budget": "4 M GBP"}]}]
    pf = plan(projects=work)
    row = ipmo.worth_going_on(pf)["p"]
    assert (row.ratio, row.pays_to_stop) == (ratio, state == "cancelled")
    assert (
        [one.item for one in ipmo.check(pf.evolve(methodologies={"portfolio": "mop"})).of("mop/stop-list") if one.item == "p"] == ["p"]
    ) is (ratio == 0)
