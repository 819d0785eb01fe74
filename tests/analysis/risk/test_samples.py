"""One sample is one schedule: with its lengths in the plan, the schedule has its dates and its critical work, whatever the rules."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Samples
from ipmo.analysis.risk.uncertain import with_lengths
from ipmo.model import Dialect, Portfolio
from ipmo.testing.strategies import dialects, portfolios
from ipmo.units import minutes


def plan_of(pf: Portfolio, samples: int = 600, **more: object) -> Plan:
    options = {"seed": 1, "risks": "before", "dialect": None, "pert": "beta", "keep": (), **more}
    return Plan(pf, samples, **options)  # type: ignore[arg-type]


def same_as_schedules(pf: Portfolio, dialect: Dialect, chosen: list[int]) -> int:
    """Holds samples against schedules made from scratch; how many dates that were."""
    try:
        plan = plan_of(pf, 6, dialect=dialect)
    except (ipmo.ScheduleError, ipmo.UnitError):
        return 0
    samples = Samples(plan.setup)
    lengths, later = samples.lengths(0, 1)
    assert not later
    try:
        found = samples.batch(0, 1)
    except ipmo.ScheduleError:
        return 0
    counted = 0
    for sample in chosen:
        changed = with_lengths(pf, plan.setup.structures.pieces, {name: int(row[sample]) for name, row in lengths.items()})
        s = ipmo.schedule(changed, dialect=dialect, on_cycle="cut")
        for place, kept in enumerate(plan.setup.kept):
            if kept.begins:
                begins = s.begins(kept.full_id)
                exact = None if begins is None else minutes(begins)
            else:
                ends = [s.instants(plan.schedule.network.ids[node])[1] for node in kept.nodes]
                exact = max([kept.done, *(end for end in ends if end is not None)])
            assert exact == found.dates[place, sample], (kept.full_id, sample)
            counted += 1
    return counted


@settings(max_examples=25, deadline=None)
@given(portfolios(tied=True), dialects(), st.just([0, 3, 5]))
def test_a_sample_is_the_schedule_with_its_lengths(pf: Portfolio, dialect: Dialect, chosen: list[int]) -> None:
    same_as_schedules(pf, dialect, chosen)
