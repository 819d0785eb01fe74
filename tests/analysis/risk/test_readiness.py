"""Whether a plan is fit to be simulated: dates that no delay moves, dates that a file has otherwise, costs alone that are uncertain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
import pytest

import ipmo
from ipmo.model.portfolio import Portfolio
from ipmo.model.stored import StoredDates

WIDE = {"low": "10 d", "likely": "12 d", "high": "20 d"}


def plan(*tasks: dict[str, Any], **more: Any) -> Portfolio:
    project = {"id": "p", "tasks": list(tasks)} | more
    return ipmo.from_dict(
        {"ipmo": 1, "portfolio": {"id": "all", "start": "2026-01-05", "money": {"currency": "GBP"}}, "projects": [project]}
    )


def codes(q: ipmo.Simulation) -> dict[str, str]:
    return {one.code.removeprefix("ipmo/"): one.message for one in q.findings}


@pytest.mark.parametrize("tied", [{"by_hand_start": "2026-01-12", "by_hand_finish": "2026-01-16"}, {"expected_finish": "2026-01-16"}])
def test_stated_dates_that_no_delay_moves_make_a_plan_diagnostic(tied: dict[str, str]) -> None:
    """The work before it ends on 16 January at the earliest, and yet it is said to be kept in every sample."""
    after = {"id": "b", "duration": {"low": "2 d", "likely": "3 d", "high": "9 d"}, "after": "a", "deadline": "2026-01-16"}
    q = ipmo.simulate(plan({"id": "a", "duration": WIDE}, {**after, "constraints": tied}), samples=100)
    assert q.grade == "diagnostic"
    assert "p/b" in codes(q)["dates-stated"]
    free = ipmo.simulate(plan({"id": "a", "duration": WIDE}, after), samples=100)
    assert "dates-stated" not in codes(free)
    done = {**after, "constraints": {"by_hand_start": "2026-01-05"}, "actual_start": "2026-01-05", "actual_finish": "2026-01-06"}
    assert "dates-stated" not in codes(ipmo.simulate(plan({"id": "a", "duration": WIDE}, {**done, "after": []}), samples=100))


def test_costs_alone_that_are_uncertain_are_simulated_and_dates_said_to_be_certain() -> None:
    q = ipmo.simulate(
        plan({"id": "a", "duration": "5 d", "budget": {"low": "10 k GBP", "likely": "12 k GBP", "high": "20 k GBP"}}), samples=500
    )
    assert q.grade == "diagnostic"
    assert "p/a" in codes(q)["dates-certain"]
    assert q.cost("p").sd > 1500
    assert q.finish("p").sd == 0
    worth = {"id": "ben", "enabled_by": ["p/a"], "value": "10 k GBP per year", "lasts": "2 years", "probability": 0.5}
    certain = plan({"id": "a", "duration": "5 d"})
    valued = ipmo.from_dict({**ipmo.to_dict(certain), "benefits": [worth]})
    assert "ben" in codes(ipmo.simulate(valued, samples=50))["dates-certain"]
    assert ipmo.simulate(certain, samples=50).grade == "refused"
    assert "nothing-uncertain" in codes(ipmo.simulate(certain, samples=50))
    assert not {"dates-certain", "nothing-uncertain"} & codes(ipmo.simulate(plan({"id": "a", "duration": WIDE}), samples=50)).keys()


def test_dates_that_the_file_has_otherwise_are_said() -> None:
    pf = plan({"id": "a", "duration": WIDE}, {"id": "b", "duration": "3 d", "after": "a"})
    s = ipmo.schedule(pf)
    stored = {name: StoredDates(early_start=s[name].early_start, early_finish=s[name].early_finish) for name in ("p/a", "p/b")}

    def kept(found: dict[str, StoredDates]) -> ipmo.Simulation:
        return ipmo.simulate(attrs.evolve(pf, source=attrs.evolve(pf.source, stored=found)), samples=50)

    assert "dates-not-reproduced" not in codes(kept(stored))
    other = kept(stored | {"p/b": attrs.evolve(stored["p/b"], early_finish=datetime(2026, 3, 2, 17))})
    assert codes(other)["dates-not-reproduced"].startswith("1 of 2 pieces of open work has other dates here than the file stores ('p/b')")
    assert other.grade == "diagnostic"
    floats = kept(stored | {"p/b": attrs.evolve(stored["p/b"], total_float=99.0)})
    assert "dates-not-reproduced" not in codes(floats)
