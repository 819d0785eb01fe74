"""Lags that are estimated: exact answers by hand, every sample against the schedule that has its lags, and the ways in and out of files."""

from __future__ import annotations

import itertools
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Samples, run
from ipmo.analysis.risk.uncertain import with_lengths
from ipmo.analysis.risk.waiting import with_lags
from ipmo.model import After, Dialect, Empirical, Portfolio, Project, Triangular, Uniform
from ipmo.model.estimates import UncertainLag
from ipmo.testing.strategies import dialects, portfolios
from ipmo.units import DAY, Span, minutes

SAMPLES = 20_000


def cured(lag: object, kind: str = "FS", **more: Any) -> dict[str, Any]:
    """Concrete of ten days, which dries before ten days of walls; all around the clock, from 4 January 2027 on."""
    walls = {"id": "walls", "duration": "10 ed", "after": {"from": "pour", "type": kind, "lag": lag}}
    project = {"id": "p", "tasks": [{"id": "pour", "duration": "10 ed"}, walls]}
    return {"ipmo": 1, "portfolio": {"id": "x", "start": "2027-01-04"}, "projects": [project]} | more


def days(found: Any) -> np.ndarray[Any, Any]:
    return np.asarray((found.instants - minutes(ipmo.from_dict(cured("1 ed")).start)) / DAY)


# ------------------------------------------------------------------------------------------------- by hand


@pytest.mark.parametrize(("kind", "rest"), [("FS", 20), ("SS", 10), ("FF", 10), ("SF", 0)])
def test_every_type_of_link_waits_for_its_lag(kind: str, rest: int) -> None:
    """Triangular between 12 and 24 days with 15: the finish is the lag and what is before and after it; the mean 17, the variance 6.5."""
    q = ipmo.simulate(ipmo.from_dict(cured({"low": "12 ed", "likely": "15 ed", "high": "24 ed"}, kind)), samples=SAMPLES, seed=4)
    found = days(q.finish("p/walls"))
    assert abs(found.mean() - (17 + rest)) <= 4 * math.sqrt(6.5 / SAMPLES)
    assert abs(found.var() - 6.5) <= 4 * math.sqrt(2.4 * 6.5**2 / SAMPLES)  # the kurtosis of any triangle is 2.4
    assert 12 + rest <= found.min() <= found.max() <= 24 + rest


def test_a_lag_that_may_be_none_is_dated_with_all_others() -> None:
    """No sample is a plan of its own then: what is late is still valued."""
    projects = [{"id": "a", "tasks": [{"id": "t", "duration": "3 ed"}]}, {"id": "c", "tasks": [{"id": "t", "duration": "1 ed"}]}]
    links = [{"from": "a/t", "to": "c/t", "lag": {"low": "-1 ed", "likely": "0 ed", "high": "4 ed"}}]
    q = ipmo.simulate(ipmo.from_dict(cured("1 ed") | {"projects": projects, "links": links}), samples=SAMPLES, seed=4)
    [row] = q.hand_overs().rows()
    assert row["late"] == 0  # the giver never is, but the wait is longer by 16 / 15 of a day where it is no lead
    assert abs(float(row["days"]) - 16 / 15) <= 4 * float(row["days_error"])
    assert abs(days(q.finish("c/t")).mean() - (4 + 1)) <= 4 * math.sqrt((1 + 0 + 16 - 0 + 4 - 0) / 18 / SAMPLES)


@pytest.mark.parametrize("low", ["-6 ed", "0 ed"])
def test_a_lag_that_may_be_a_lead_or_none(low: str) -> None:
    """Uniform up to 6 days: the walls begin earlier by as much as the lead is."""
    data = cured({"low": low, "high": "6 ed", "shape": "uniform"})
    found = days(ipmo.simulate(ipmo.from_dict(data), samples=512, seed=4).finish("p/walls"))
    least = float(low.split()[0])
    assert abs(found.mean() - (20 + (6 + least) / 2)) <= 4 * (6 - least) / math.sqrt(12 * 512)
    assert 20 + least <= found.min() < 20 + least + 0.2


def test_lags_count_on_their_own_calendar() -> None:
    """Five working days after Friday 15 January at five end on Friday 22; three on Wednesday 20; in halves."""
    data = cured({"values": ["3 d", "5 d"], "weights": [0.5, 0.5]})
    for task in data["projects"][0]["tasks"]:
        task["duration"] = "10 d"
    ends = [one.date().isoformat() for one in ipmo.simulate(ipmo.from_dict(data), samples=2000, seed=4).finish("p/walls").samples]
    assert set(ends) == {"2027-02-03", "2027-02-05"}
    assert abs(ends.count("2027-02-03") / 2000 - 0.5) <= 4 * math.sqrt(0.25 / 2000)


def test_small_networks_against_all_that_can_happen() -> None:
    """Two lags, each of a few values, at a merge: the chance of each end, and of each link to be critical, by going through all pairs."""
    one, two = {"values": ["1 ed", "4 ed", "9 ed"], "weights": [0.2, 0.5, 0.3]}, {"values": ["2 ed", "5 ed"], "weights": [0.6, 0.4]}
    projects = [{"id": name, "tasks": [{"id": "t", "duration": length}]} for name, length in (("a", "3 ed"), ("b", "4 ed"), ("c", "1 ed"))]
    links = [{"from": "a/t", "to": "c/t", "lag": one}, {"from": "b/t", "to": "c/t", "lag": two}]
    q = ipmo.simulate(ipmo.from_dict(cured("1 ed") | {"projects": projects, "links": links}), samples=SAMPLES, seed=4)
    ends: dict[float, float] = {}
    critical = [0.0, 0.0]
    for (first, p), (second, r) in itertools.product(((1, 0.2), (4, 0.5), (9, 0.3)), ((2, 0.6), (5, 0.4))):
        paths = 3 + first, 4 + second
        ends[max(paths) + 1] = ends.get(max(paths) + 1, 0) + p * r
        for place, path in enumerate(paths):
            critical[place] += p * r * (path == max(paths))
    found = days(q.finish("c/t"))
    assert set(found) == set(ends)
    for end, share in ends.items():
        assert abs((found == end).mean() - share) <= 4 * math.sqrt(share * (1 - share) / SAMPLES), end
    for row, share in zip(q.links().rows(), critical, strict=True):
        assert abs(float(row["criticality"]) - share) <= 4 * math.sqrt(share * (1 - share) / SAMPLES)


def test_two_links_between_the_same_work_wait_for_lags_of_their_own() -> None:
    """After both lags, finish to start of 0 or 6 days and start to start of 12 days or 20: by all four combinations, all samples at once."""
    one, two = {"values": ["0 ed", "6 ed"], "weights": [0.25, 0.75]}, {"values": ["12 ed", "20 ed"], "weights": [0.6, 0.4]}
    links = [{"from": "a/t", "to": "c/t", "lag": one}, {"from": "a/t", "to": "c/t", "type": "SS", "lag": two}]
    projects = [{"id": "a", "tasks": [{"id": "t", "duration": "10 ed"}]}, {"id": "c", "tasks": [{"id": "t", "duration": "1 ed"}]}]
    q = ipmo.simulate(ipmo.from_dict(cured("1 ed") | {"projects": projects, "links": links}), samples=SAMPLES, seed=4)
    found = days(q.finish("c/t"))
    for end, share in ((13, 0.25 * 0.6), (17, 0.75 * 0.6), (21, 0.4)):
        assert abs((found == end).mean() - share) <= 4 * math.sqrt(share * (1 - share) / SAMPLES), end
    for row, share in zip(q.links().rows(), (0.75 * 0.6, 0.25 * 0.6 + 0.4), strict=True):
        assert abs(float(row["criticality"]) - share) <= 4 * math.sqrt(share * (1 - share) / SAMPLES)
    assert {row["source"] for row in q.hand_overs().rows()} == {"a/t"}  # no sample is a plan of its own
    assert len(q.drivers("c/t")) == 2


# --------------------------------------------------------------------------------- a sample is a schedule


def uncertain(lag: Span | None, wide: bool) -> Span | None:
    """A lag or lead that may be a third longer or less; or one of nothing, or twice it either way, which may be the plan's."""
    if lag is None or lag.dimension == "step":
        return lag
    if wide:
        values = [Span(times * lag.amount, lag.unit) for times in (-2, 0, 0, 0, 2)]
        return UncertainLag(0, lag.unit, estimate=Empirical(values)) if lag.amount else lag
    low, high = sorted((lag.amount / 2, lag.amount * 4 / 3))
    return UncertainLag(lag.amount, lag.unit, estimate=Triangular(Span(low, lag.unit), Span(lag.amount, lag.unit), Span(high, lag.unit)))


def with_uncertain_lags(pf: Portfolio, wide: bool) -> Portfolio:
    def after(entries: tuple[After, ...]) -> list[After]:
        return [attrs.evolve(one, lag=uncertain(one.lag, wide)) for one in entries]

    def project(one: Project) -> Project:
        tasks = [attrs.evolve(task, after=after(task.after)) for task in one.tasks]
        return attrs.evolve(one, tasks=tasks, gates=[attrs.evolve(gate, after=after(gate.after)) for gate in one.gates])

    links = [attrs.evolve(one, lag=uncertain(one.lag, wide)) for one in pf.links]
    return attrs.evolve(pf, projects=[project(one) for one in pf.projects], links=links)


def same_as_schedules(pf: Portfolio, dialect: str | Dialect) -> int:
    """Holds samples against schedules with the lengths and the lags that they drew; how many dates that were."""
    try:
        plan = Plan(pf, 6, 1, "before", dialect, "beta", ())
        samples = Samples(plan.setup)
        found = samples.batch(0, 1)
    except (ipmo.ScheduleError, ipmo.UnitError):
        return 0
    lengths, lags, count = samples.lengths(0, 1)[0], samples.lags(0, 1), 0
    for sample in (0, 3) if lags else ():
        changed = with_lengths(pf, plan.setup.structures.pieces, {name: int(row[sample]) for name, row in lengths.items()})
        s = ipmo.schedule(with_lags(changed, {name: spans[sample] for name, spans in lags.items()}), dialect=dialect, on_cycle="cut")
        for place, kept in enumerate(plan.setup.kept):
            if not kept.begins:
                ends = [s.instants(plan.schedule.network.ids[node])[1] for node in (*kept.nodes, *kept.spans)]
                assert max([kept.done, *(end for end in ends if end is not None)]) == found.dates[place, sample], (kept.full_id, sample)
                count += 1
    return count


@settings(max_examples=50, deadline=None)
@given(portfolios(tied=True), dialects(), st.booleans())
def test_a_sample_is_the_schedule_with_its_lags(pf: Portfolio, dialect: Dialect, wide: bool) -> None:
    same_as_schedules(with_uncertain_lags(pf, wide), dialect)


def chained(kind: str, lag: dict[str, str], more: dict[str, Any]) -> Portfolio:
    """Work on two calendars, some of it a milestone, with a link of one type and one lag between each and the next."""
    tasks = [
        {"id": "a", "duration": {"low": "3 h", "likely": "9 h", "high": "30 h"}} | more,
        {"id": "b", "duration": "11 h", "calendar": "nights", "after": {"from": "a", "type": kind, "lag": lag}},
        {"id": "m", "milestone": True, "after": {"from": "b", "type": kind, "lag": lag}},
        {"id": "c", "duration": "2 d", "after": [{"from": "m", "type": kind, "lag": lag}, {"from": "a", "type": kind, "lag": lag}]},
    ]
    calendars = [{"id": "nights", "week": "mon-sat", "hours": "22:00-06:00"}]
    gates = [{"id": "g", "after": {"from": "c", "lag": lag}}]
    return ipmo.from_dict(cured("1 d") | {"calendars": calendars, "projects": [{"id": "p", "tasks": tasks, "gates": gates}]})


@pytest.mark.parametrize("dialect", ["ipmo", "p6", "msproject"])
@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
def test_every_dialect_type_calendar_and_state(kind: str, dialect: str) -> None:
    spread = [("2 h", "7 h", "30 h"), ("-9 h", "1 h", "20 h"), ("3 eh", "9 eh", "60 eh"), ("-3 eh", "0 eh", "40 eh")]
    begun = {"actual_start": "2027-01-05T10:00", "progress": 0.3}
    done = {"actual_start": "2027-01-05T10:00", "actual_finish": "2027-01-06T10:00"}
    for (low, likely, high), more in itertools.product(spread, ({}, begun, done)):
        pf = chained(kind, {"low": low, "likely": likely, "high": high}, more)
        pf = pf if not more else attrs.evolve(pf, status_date=ipmo.units.as_date("2027-01-07"))
        assert same_as_schedules(pf, dialect) >= 8


# ------------------------------------------------------------------------------------------- one simulation


LAG = {"low": "2 ed", "likely": "5 ed", "high": "14 ed"}


def test_the_same_samples_however_they_are_shared_out() -> None:
    pf = ipmo.from_dict(cured(LAG))
    setup = Plan(pf, 2000, 1, "before", None, "beta", ()).setup
    parts = [np.concatenate([one.dates for one in run(setup, batch=size)], axis=1) for size in (1, 3)]
    assert (parts[0] == parts[1]).all()
    with ThreadPoolExecutor(2) as threads:
        assert ipmo.simulate(pf, samples=2000, executor=threads) == ipmo.simulate(pf, samples=2000)


def test_another_lag_leaves_all_other_draws_as_they_were(tmp_path: Path) -> None:
    """The lag of one link moves what follows it by as much, sample by sample; saved and loaded it is the same."""
    pour = {"id": "pour", "duration": {"low": "8 ed", "likely": "10 ed", "high": "15 ed"}}
    found = []
    for lag in (LAG, "5 ed"):
        data = cured(lag)
        data["projects"][0]["tasks"][0] = pour
        found.append(ipmo.simulate(ipmo.from_dict(data), samples=600))
    assert (found[0].finish("p/pour").instants == found[1].finish("p/pour").instants).all()
    moved = days(found[0].finish("p/walls")) - days(found[1].finish("p/walls"))
    assert -3 <= moved.min() < 0 < moved.max() <= 9
    ipmo.save_simulation(found[0], tmp_path / "lags.npz")
    assert ipmo.load_simulation(tmp_path / "lags.npz") == found[0]


def test_a_lag_is_a_cause_of_its_own() -> None:
    """Taken out it leaves its central value: 5 days in place of (2 + 5 + 14) / 3 on average."""
    q = ipmo.simulate(ipmo.from_dict(cured(LAG)), samples=5000)
    assert q.grade == "ready"
    [row] = q.drivers("p/walls").rows()
    assert (row["cause"], row["kind"]) == ("p/pour FS p/walls", "lag")
    assert abs(float(row["mean_days"]) - 2) <= 4 * float(row["mean_days_error"])


def test_a_lag_too_narrow_to_be_true_is_told() -> None:
    lag = {"low": "99 ed", "likely": "100 ed", "high": "101 ed"}
    [one] = [found for found in ipmo.simulate(ipmo.from_dict(cured(lag)), samples=64).findings if found.code == "ipmo/estimates-too-narrow"]
    assert "p/pour FS p/walls" in one.message


# ------------------------------------------------------------------------------------------------ in files


@pytest.mark.parametrize(("name", "program"), [("x.xml", "Microsoft Project"), ("x.xer", "Primavera P6")])
def test_what_has_no_room_for_a_range_of_a_lag_is_told(name: str, program: str, tmp_path: Path) -> None:
    with pytest.warns(ipmo.FormatWarning, match=f"{program} has no room for .*1 range of estimates"):
        ipmo.write(ipmo.from_dict(cured(LAG)), tmp_path / name)
    [after] = ipmo.read(tmp_path / name)["p/walls"].after
    assert after.lag is not None and not isinstance(after.lag, UncertainLag)


@pytest.mark.parametrize("lag", [LAG, {"p10": "2 d", "likely": "4 d", "p90": "9 d", "shape": "pert"}, {"samples": ["1 w", "3 w"]}])
def test_written_and_read_again(lag: dict[str, Any]) -> None:
    data = cured(
        lag,
        links=[{"from": "p/walls", "to": "q/c", "type": "SS", "lag": lag}],
        benefits=[{"id": "b", "enabled_by": {"from": "q/c", "lag": lag}}],
    )
    data["projects"].append({"id": "q", "tasks": [{"id": "c", "duration": "1 d"}]})
    pf = ipmo.from_dict(data)
    out = ipmo.to_dict(pf)
    assert out["links"][0]["lag"] == out["benefits"][0]["enabled_by"]["lag"] == out["projects"][0]["tasks"][1]["after"]["lag"] == lag
    assert ipmo.from_dict(out) == pf
    assert str(pf.links[0].lag) == str(pf.links[0].lag.estimate.central())  # type: ignore[union-attr]
    again = After(source="a", lag=Uniform(Span(1, "d"), Span(3, "d"))).lag
    assert isinstance(again, UncertainLag) and str(again) == "2 d"


def test_a_large_file_with_one() -> None:
    data = cured(LAG)
    data["projects"][0]["tasks"] += [{"id": f"t{n}", "duration": "1 d"} for n in range(1200)]
    data["links"] = [{"from": "p/walls", "to": "q/c", "lag": LAG}]
    data["projects"].append({"id": "q", "tasks": [{"id": "c", "duration": "1 d"}]})
    pf = ipmo.from_dict(data)
    assert isinstance(pf.links[0].lag, UncertainLag)
    assert isinstance(pf["p/walls"].after[0].lag, UncertainLag)


@pytest.mark.parametrize(
    ("lag", "said"),
    [
        ({"low": "9 d", "likely": "5 d", "high": "1 d"}, r"tasks\[1\].after\[0\].lag: low, likely and high must rise"),
        ({"low": "1 months", "likely": "2 months", "high": "3 months"}, "a lag of 2 months cannot be drawn"),
        ({"runes": {"stones": 3}}, "a lag of a kind of estimate cannot be drawn"),
        ({"low": "1 GBP", "likely": "2 GBP", "high": "3 GBP"}, r"after\[0\].lag.low: '1 GBP' is not a length of time"),
    ],
)
def test_what_no_lag_can_be(lag: dict[str, Any], said: str) -> None:
    with pytest.raises(ipmo.ModelError, match=said):
        ipmo.from_dict(cured(lag))
