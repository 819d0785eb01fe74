"""The answer of a simulation: the same whatever computes it, sums that hold, bad input refused by name, readiness."""

from __future__ import annotations

import json
import pickle
import zipfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from statistics import NormalDist
from typing import Any

import attrs
import numpy as np
import pytest
from click.testing import CliRunner

import ipmo
from ipmo.analysis.risk import saved
from ipmo.analysis.risk.joint import gathered
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import run
from ipmo.cli import main
from ipmo.model import Driver, Exposure, Impact, Link, Money, Normal, Portfolio, Project, Risk, Task, Triangular
from ipmo.units import DAY, minutes

PLAN: dict[str, Any] = {
    "ipmo": 1,
    "portfolio": {"id": "city", "start": "2026-01-05", "status_date": "2026-02-02", "money": {"currency": "GBP", "discount": "3.5%"}},
    "programmes": [{"id": "transit"}],
    "projects": [
        {
            "id": "tram",
            "programme": "transit",
            "finish": "2026-12-18",
            "tasks": [
                {
                    "id": "design",
                    "duration": {"low": "40 d", "likely": "50 d", "high": "90 d"},
                    "actual_start": "2026-01-05",
                    "progress": 0.25,
                    "budget": {"low": "1.8 M GBP", "likely": "2 M GBP", "high": "3 M GBP"},
                },
                {"id": "track", "after": "design", "duration": {"p10": "90 d", "likely": "100 d", "p90": "140 d"}, "budget": "9 M GBP"},
                {"id": "signals", "after": "design", "duration": {"values": ["0 d", "80 d"], "weights": [0.4, 0.6]}, "budget": "1 M GBP"},
            ],
            "gates": [{"id": "G3", "after": ["track", "signals"], "need_by": "2026-11-30"}],
            "risks": [
                {
                    "id": "pipes",
                    "before": {
                        "probability": 0.3,
                        "impacts": [
                            {"target": "tram/track", "delay": {"low": "10 d", "likely": "20 d", "high": "60 d"}, "cost": "1.2 M GBP"}
                        ],
                    },
                    "after": {"probability": 0.1},
                    "response": "reduce",
                    "response_cost": "150 k GBP",
                },
                {"id": "strike", "before": {"probability": 0.2, "impacts": [{"target": "depot", "delay": "4 w"}]}},
                {"id": "early", "opportunity": True, "before": {"probability": 0.5, "impacts": [{"target": "tram/track", "delay": "5 d"}]}},
            ],
        },
        {
            "id": "depot",
            "programme": "transit",
            "tasks": [
                {"id": "build", "duration": {"low": "120 d", "likely": "150 d", "high": "200 d", "shape": "pert"}, "budget": "6 M GBP"},
                {"id": "open", "milestone": True, "after": "build", "deadline": "2026-10-30"},
            ],
        },
    ],
    "links": [{"from": "tram/track", "to": "depot/open"}],
    "drivers": [
        {"id": "ground", "factor": {"low": 0.95, "likely": 1, "high": 1.2}, "targets": ["tram/track", "depot/build"]},
        {"id": "steel", "probability": 0.5, "factor": {"low": 1, "likely": 1.1, "high": 1.3}, "affects": "cost", "targets": ["transit"]},
    ],
    "benefits": [
        {"id": "riders", "value": "2 M GBP per year", "lasts": "5 years", "enabled_by": ["depot/open"], "probability": 0.8},
    ],
}
SAMPLES = 1_500


@pytest.fixture(scope="module")
def pf() -> Portfolio:
    return ipmo.from_dict(PLAN)


@pytest.fixture(scope="module")
def q(pf: Portfolio) -> ipmo.Simulation:
    return ipmo.simulate(pf, samples=SAMPLES)


def test_the_same_seed_gives_the_same_answer_whatever_computes_it(pf: Portfolio, q: ipmo.Simulation) -> None:
    with ThreadPoolExecutor(3) as threads:
        assert ipmo.simulate(pf, samples=SAMPLES, executor=threads) == q
    with ProcessPoolExecutor(1) as processes:
        assert ipmo.simulate(pf, samples=SAMPLES, executor=processes) == q
    assert ipmo.simulate(pf, samples=SAMPLES, seed=2) != q
    assert pickle.loads(pickle.dumps(q)) == q


@pytest.mark.parametrize("size", [1, 2, 3])
def test_however_samples_are_cut_the_answer_is_the_same(pf: Portfolio, q: ipmo.Simulation, size: int) -> None:
    plan = Plan(pf, SAMPLES, 1, "before", None, "beta", ())
    assert gathered(plan, list(run(plan.setup, batch=size))) == q


def test_the_order_of_the_file_changes_nothing(pf: Portfolio, q: ipmo.Simulation) -> None:
    turned = attrs.evolve(
        pf,
        projects=[attrs.evolve(p, tasks=p.tasks[::-1], risks=p.risks[::-1]) for p in reversed(pf.projects)],
        drivers=pf.drivers[::-1],
        links=pf.links[::-1],
    )
    found = ipmo.simulate(turned, samples=SAMPLES)
    assert set(found.ids) == set(q.ids)
    for name in q.ids:
        assert found[name] == q[name], name
    assert found.criticality() == q.criticality()


def test_fewer_samples_are_the_first_of_more(pf: Portfolio, q: ipmo.Simulation) -> None:
    fewer = ipmo.simulate(pf, samples=700)
    for name in q.ids:
        one, all_ = fewer[name], q[name]
        if one.dates is not None and all_.dates is not None:
            assert (one.dates.instants == all_.dates.instants[:700]).all()
        if one.costs is not None and all_.costs is not None:
            assert (one.costs.minor == all_.costs.minor[:700]).all()


def test_another_estimate_of_one_task_leaves_the_draws_of_the_others(pf: Portfolio, q: ipmo.Simulation) -> None:
    other = ipmo.simulate(pf.evolve("depot/build", duration={"low": "1 d", "likely": "2 d", "high": "3 d"}), samples=SAMPLES)
    assert other.finish("tram/track") == q.finish("tram/track")
    assert other.cost("tram") == q.cost("tram")
    assert other.finish("depot/build") != q.finish("depot/build")


def test_wholes_hold_their_parts_on_every_sample(q: ipmo.Simulation) -> None:
    """A programme ends with the last of its projects, and costs their sum; percentiles do not add up."""
    ends = [q.finish(name).instants for name in ("tram", "depot")]
    assert (np.maximum(*ends) == q.finish("transit").instants).all()
    costs = [q.cost(name) for name in ("tram", "depot")]
    assert (costs[0].minor + costs[1].minor == q.cost("transit").minor).all()
    assert (q.cost("transit").minor == q.cost("city").minor).all()
    assert sum(one.p(80).amount for one in costs) != q.cost("city").p(80).amount
    inside = sum(q.cost(f"tram/{name}").minor for name in ("design", "track", "signals"))
    happened = q.cost("tram").minor - inside
    assert set(happened.tolist()) == {0, 120_000_000}
    assert (q.finish("tram/G3").instants >= q.finish("tram/track").instants).all()


def test_a_risk_moves_what_it_names_and_only_where_it_happens(pf: Portfolio, q: ipmo.Simulation) -> None:
    none, after = (ipmo.simulate(pf, samples=SAMPLES, risks=view) for view in ("none", "after"))
    delay = q.finish("depot/build").instants - none.finish("depot/build").instants
    assert 0.1 < (delay > 0).mean() < 0.3
    assert (delay >= 0).all()
    assert none.finish("tram/design") == q.finish("tram/design")
    sooner = none.finish("tram/track").instants - q.finish("tram/track").instants
    assert (sooner > 0).any()
    assert (sooner < 0).any()
    assert after.cost("tram").mean.amount != none.cost("tram").mean.amount
    least = (after.cost("tram").minor - none.cost("tram").minor).min()
    assert least == 15_000_000


def test_work_that_comes_to_nothing_is_a_point_as_in_the_schedule(pf: Portfolio, q: ipmo.Simulation) -> None:
    gone = (q.finish("tram/signals").instants == q.finish("tram/design").instants).mean()
    nothing = ipmo.schedule(pf.evolve("tram/signals", duration="0 d"))
    assert nothing["tram/signals"].early_start == nothing["tram/signals"].early_finish
    assert 0 <= gone <= 0.5


def test_what_is_said_follows_from_the_samples(q: ipmo.Simulation) -> None:
    dates = q.finish("depot/open")
    share = float((dates.instants <= minutes(date(2026, 10, 31))).mean())
    assert dates.sure == dates.by("2026-10-30") == share
    assert dates.p_range(80)[0] <= dates.p(80) <= dates.p_range(80)[1]
    assert dates.p(10) <= dates.p(50) <= dates.p(90)
    assert dates.by(dates.p(80)) >= 0.8
    assert dates.by_error("2026-10-30") == pytest.approx((share * (1 - share) / SAMPLES) ** 0.5)
    assert dates.mean_error == pytest.approx(dates.sd / SAMPLES**0.5)
    cost = q.cost("tram")
    assert cost.within(cost.p(80)) >= 0.8
    assert cost.p_range(50)[0].amount <= cost.p(50).amount <= cost.p_range(50)[1].amount
    assert cost.mean_error == pytest.approx(np.array(cost.samples).std(ddof=1) / SAMPLES**0.5)
    joint = q.joint("tram")
    assert joint.within("2100-01-01", "1 bn GBP") == 1
    assert joint.within("2026-10-30", "12 M GBP") <= min(joint.dates.by("2026-10-30"), cost.within("12 M GBP"))
    frontier = joint.frontier(60)
    assert len(frontier) > 2
    assert all(joint.within(pair.date, pair.cost) >= 0.6 for pair in frontier)
    assert [pair.date for pair in frontier] == sorted({pair.date for pair in frontier})
    assert [pair.cost.amount for pair in frontier] == sorted({pair.cost.amount for pair in frontier}, reverse=True)


def test_a_benefit_comes_later_is_worth_less_or_does_not_come(pf: Portfolio, q: ipmo.Simulation) -> None:
    worth, starts = q.benefit("riders"), q.finish("riders")
    assert starts.begins
    assert 0.75 < (worth.minor > 0).mean() < 0.85
    came = worth.minor > 0
    late = starts.instants[came] > np.median(starts.instants)
    assert worth.minor[came][late].mean() < worth.minor[came][~late].mean()
    assert (q.benefit("city").minor == worth.minor).all()
    assert "present value" in worth.what


def test_criticality_adds_up(q: ipmo.Simulation) -> None:
    shares = dict(zip(q.criticality()["id"], q.criticality()["criticality"], strict=True))
    assert float(str(shares["tram/design"])) >= float(str(shares["tram/track"]))
    assert 0 < float(str(shares["depot/build"])) < 1
    links = q.links()
    assert links["source"][0] == "tram/track" and len(links["source"]) > 1  # those of links: first
    assert float(str(links["criticality"][0])) <= float(str(shares["tram/track"]))
    table = q.criticality()
    assert all(value is None or 0 <= float(str(value)) <= 1 for value in table["cruciality"])


BAD: list[tuple[str, dict[str, Any], type[Exception], str]] = [
    ("one sample", {"samples": 1}, ipmo.OptionError, "samples=1 is not possible; write a whole number from 2 to"),
    ("a billion", {"samples": 10**9}, ipmo.OptionError, "samples=1000000000"),
    ("a seed in words", {"seed": "x"}, ipmo.OptionError, "seed='x'"),
    ("what is no item", {"keep": ["tram/desing"]}, ipmo.UnknownItemError, "tram/design"),
    ("a view", {"risks": "later"}, ipmo.OptionError, "risks='later'"),
    ("an executor", {"executor": 3}, ipmo.OptionError, "executor=3"),
]


@pytest.mark.parametrize(("name", "options", "error", "message"), BAD, ids=[one[0] for one in BAD])
def test_bad_options_are_refused_by_name(pf: Portfolio, name: str, options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        ipmo.simulate(pf, **options)
    assert message in str(caught.value)


def test_a_driver_on_nothing_and_one_without_a_factor_are_refused_by_name(pf: Portfolio) -> None:
    for driver, message in (
        (Driver(id="weather", factor=Triangular(1.0, 1.1, 1.3)), "driver 'weather' touches nothing"),
        (Driver(id="weather", targets=["tram"]), "driver 'weather' has no factor"),
        (Driver(id="weather", factor=Triangular(-1.0, 1.1, 1.3), targets=["tram"]), "driver 'weather' has a factor below zero"),
    ):
        with pytest.raises(ipmo.ModelError, match=message):
            ipmo.simulate(attrs.evolve(pf, drivers=[driver]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"duration": {"low": "9 d", "likely": "5 d", "high": "7 d"}}, "must rise"),
        ({"duration": {"low": "1 d", "high": "7 h", "shape": "uniform"}}, "mixes the units"),
    ],
)
def test_impossible_estimates_are_refused_before(pf: Portfolio, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ipmo.ModelError, match=message):
        pf.evolve("tram/track", **change)
    with pytest.raises((ipmo.ModelError, ipmo.UnitError), match="1.5"):
        Exposure(probability=1.5)


def test_what_has_no_figure_says_so(q: ipmo.Simulation) -> None:
    with pytest.raises(ipmo.ModelError, match="'tram/G3' has no known cost"):
        q.cost("tram/G3")
    with pytest.raises(ipmo.ModelError, match="'tram' has no known value"):
        q.benefit("tram")
    with pytest.raises(ipmo.UnknownItemError):
        q.finish("trom")
    with pytest.raises(ipmo.UnitError, match="is not in GBP"):
        q.cost("tram").within("5 EUR")
    with pytest.raises(ipmo.OptionError, match="above 0 and below 100"):
        q.finish("tram").p(100)


def test_readiness_names_what_is_in_the_way(pf: Portfolio) -> None:
    plain = Portfolio(id="all", start="2026-01-05", projects=[Project(id="p", tasks=[Task(id="t", duration="3 d")])])
    certain = ipmo.simulate(plain, samples=20)
    assert certain.grade == "refused"
    assert "all samples are the same" in certain.explain("all")
    assert ipmo.simulate(ipmo.examples.load("library"), samples=20).grade == "diagnostic"  # whether benefits come at all is not certain
    ready = {one.code for one in ipmo.simulate(pf, samples=20).findings}
    assert "ipmo/nothing-uncertain" not in ready
    narrow = pf.evolve("tram/track", duration={"low": "99 d", "likely": "100 d", "high": "101 d"})
    assert "ipmo/estimates-too-narrow" in {one.code for one in ipmo.simulate(narrow, samples=20).findings}
    risk = Risk(id="vague", before=Exposure(impacts=[Impact(delay="3 d")]))
    vague = attrs.evolve(pf, projects=[attrs.evolve(pf["tram"], risks=[risk]), pf["depot"]])
    found = [one for one in ipmo.simulate(vague, samples=20).findings if one.code == "ipmo/risk-not-simulated"]
    assert [one.item for one in found] == ["tram/vague"]
    many = [Task(id=f"t{n}", duration={"low": "1 d", "likely": "2 d", "high": "5 d"}) for n in range(12)]
    loose = ipmo.simulate(
        attrs.evolve(pf, projects=[attrs.evolve(pf["tram"], tasks=many, gates=(), risks=()), pf["depot"]], links=(), drivers=()), samples=20
    )
    codes = {one.code for one in loose.findings}
    assert {"ipmo/open-ends", "ipmo/independence-assumed"} <= codes
    assert loose.grade == "diagnostic"


def test_progress_is_said_from_beginning_to_end(pf: Portfolio) -> None:
    said: list[tuple[str, int, int]] = []
    ipmo.simulate(pf, samples=10_000, progress=lambda what, done, total: said.append((what, done, total)))
    assert said[0] == ("simulating", 0, said[-1][2])
    assert said[-1][1] == said[-1][2] > 1


def test_a_simulation_is_saved_and_loaded_equal(q: ipmo.Simulation, tmp_path: Path) -> None:
    path = tmp_path / "city.npz"
    ipmo.save_simulation(q, path)
    found = ipmo.load_simulation(path)
    assert found == q
    assert found.table() == q.table()
    assert found.explain("tram") == q.explain("tram")
    assert found.contingency() == q.contingency()
    with pytest.raises(ipmo.ModelError, match="simulate the portfolio again"):
        found.drivers()
    ipmo.save_simulation(found, tmp_path / "again.npz")
    assert ipmo.load_simulation(tmp_path / "again.npz") == q


@pytest.mark.parametrize("damage", ["text", "cut", "pickled", "other", "short", "missing"])
def test_a_file_that_is_no_simulation_is_refused_by_its_name(q: ipmo.Simulation, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "city.npz"
    ipmo.save_simulation(q, path)
    if damage == "text":
        path.write_text("id,finish\n")
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-200])
    elif damage == "pickled":
        np.savez(path, json=np.array([object()], object))
    elif damage == "other":
        np.savez(path, json=np.frombuffer(b'{"format": "another"}', np.uint8))
    elif damage == "short":
        with np.load(path) as found:
            arrays = {name: found[name][:5] if name == "dates0" else found[name] for name in found.files}
        np.savez(path, **arrays)
    else:
        path.unlink()
    with pytest.raises(ipmo.FileError, match=r"city\.npz"):
        ipmo.load_simulation(path)


DEEP = b"[" * 20_000
SAID: dict[str, Any] = {
    "format": "ipmo simulation 1", "portfolio": "p", "made": [3, 1, {}], "held": {}, "rows": [], "findings": [], "work": [[], []],
}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(DEEP, id="nested beyond reason"),
        pytest.param({**SAID, "work": []}, id="without its tables"),
        pytest.param({**SAID, "portfolio": 5}, id="a portfolio that is no text"),
        pytest.param({**SAID, "made": ["x", 1, {}]}, id="samples that are no number"),
    ],
)
def test_a_simulation_whose_text_was_changed_by_hand_is_refused(tmp_path: Path, text: Any) -> None:
    np.savez(tmp_path / "city.npz", json=np.frombuffer(text if isinstance(text, bytes) else json.dumps(text).encode(), np.uint8))
    with pytest.raises(ipmo.FileError, match=r"city\.npz: it is no simulation that ipmo wrote, or it is damaged .*; save it again"):
        ipmo.load_simulation(tmp_path / "city.npz")


@pytest.mark.parametrize("header", [b"{'descr': '|u1', 'fortran_order': False, 'shape': (10000000000000,), }", b"{(((("])
def test_an_array_that_claims_what_no_machine_holds_is_refused(tmp_path: Path, header: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "city.npz", "w") as archive:
        archive.writestr("json.npy", b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + header.ljust(117) + b"\n")
    with pytest.raises(ipmo.FileError, match="save it again"):
        ipmo.load_simulation(tmp_path / "city.npz")


def test_a_simulation_that_swells_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez_compressed(tmp_path / "city.npz", json=np.zeros(1_000_000, np.uint8))
    monkeypatch.setattr(saved, "MOST_BYTES", 500_000)
    with pytest.raises(ipmo.FileError, match="unpacked it is larger than"):
        ipmo.load_simulation(tmp_path / "city.npz")


def test_what_drives_a_date_is_what_its_removal_saves(pf: Portfolio, q: ipmo.Simulation) -> None:
    table = q.drivers("tram/track")
    saved = dict(zip(table["cause"], table["days"], strict=True))
    assert list(table["days"]) == sorted(table["days"], reverse=True)
    none = attrs.evolve(pf, drivers=pf.drivers[1:])
    exact = q.finish("tram/track").instant(80) - ipmo.simulate(none, samples=SAMPLES).finish("tram/track").instant(80)
    assert saved["ground"] == pytest.approx(exact / DAY)
    assert saved["steel"] == 0
    assert "depot/build" not in saved  # it leads nowhere near
    assert float(str(saved["tram/early"])) < 0
    order = q.drivers("tram/track", in_order=3)
    assert len(order) == 3
    assert order["days"][0] == table["days"][0]
    assert list(order["days"]) == sorted(order["days"])
    costs = dict(zip(q.drivers("tram")["cause"], q.drivers("tram")["cost"], strict=True))
    assert float(str(costs["steel"])) > float(str(costs["ground"]))


def test_a_response_is_worth_what_it_saves_less_what_it_costs(pf: Portfolio, q: ipmo.Simulation) -> None:
    table = q.responses("tram/track")
    assert list(table["risk"]) == ["tram/pipes"]
    after = ipmo.simulate(pf, samples=SAMPLES, risks="after")
    row = next(table.rows())
    saved = (q.cost("city").minor.mean() - after.cost("city").minor.mean()) / 100
    gained = (after.benefit("city").minor.mean() - q.benefit("city").minor.mean()) / 100
    assert row["spent"] == 150_000
    assert row["net"] == pytest.approx(saved + gained)
    assert row["days"] == pytest.approx((q.finish("tram/track").instant(80) - after.finish("tram/track").instant(80)) / DAY)
    with pytest.raises(ipmo.ModelError, match="risks='before'"):
        after.responses()


def test_contingency_shows_the_diversification() -> None:
    """O-28: four normal costs of 100 and 20 need 433.665 at P80 together, and 467.330 one by one."""
    z = NormalDist().inv_cdf(0.9) * 20
    cost = Normal(Money(100 - z, "GBP"), Money(100 + z, "GBP"))
    projects = [Project(id=f"p{n}", tasks=[Task(id="t", duration="1 d", budget=cost)]) for n in range(4)]
    q = ipmo.simulate(Portfolio(id="all", start="2026-01-05", projects=projects), samples=40_000)
    row = q.contingency().where([item == "all" for item in q.contingency()["item"]])
    found = {name: float(str(row[name][0])) for name in ("plan", "contingency", "of_parts", "diversification")}
    assert found["plan"] == pytest.approx(400)
    assert found["contingency"] == pytest.approx(33.665, abs=1.2)
    assert found["of_parts"] == pytest.approx(67.330, abs=1.5)
    assert found["diversification"] == pytest.approx(found["of_parts"] - found["contingency"])


def test_o27_removal_of_the_driver_saves_42_days_at_p80() -> None:
    driver = Driver(id="soil", probability=0.5, factor=Triangular(1.1, 1.2, 1.5), targets=["p"])
    tasks = [Task(id="a", duration="100 ed"), Task(id="b", duration="50 ed", after="a")]
    q = ipmo.simulate(Portfolio(id="all", start="2026-01-05", projects=[Project(id="p", tasks=tasks)], drivers=[driver]), samples=40_000)
    table = q.drivers()
    assert list(table["cause"]) == ["soil"]
    assert table["days"][0] == pytest.approx(42.137, abs=0.6)


def test_hand_overs_are_ranked_by_what_their_lateness_costs(pf: Portfolio, q: ipmo.Simulation) -> None:
    table = q.hand_overs()
    assert [(row["source"], row["target"]) for row in table.rows()] == [("tram/track", "depot/open")]
    row = next(table.rows())
    planned = q.finish("tram/track").planned
    assert planned is not None
    assert row["late"] == pytest.approx((q.finish("tram/track").instants > planned).mean())
    assert row["missed"] is None
    own = q.finish("depot/build").instants
    s = ipmo.schedule(pf)
    handed = minutes(s.dates("tram/track")[1])
    in_time = np.maximum(np.minimum(q.finish("tram/track").instants, handed), own)
    assert row["days"] == pytest.approx((q.finish("depot/open").instants - in_time).mean() / DAY, abs=0.02)
    assert row["end_days"] == 0  # the giver itself ends no sooner
    assert float(str(row["lost"])) > 0


def test_a_hand_over_that_one_of_several_makes_good_costs_nothing() -> None:
    """Two givers of which one is enough: the later one costs nothing, and the sooner one no more than what is between them."""
    work = {"low": "10 d", "likely": "12 d", "high": "30 d"}
    more = {"low": "40 d", "likely": "45 d", "high": "60 d"}
    givers = [Project(id=name, tasks=[Task(id="t", duration=length)]) for name, length in (("a", work), ("b", more))]
    taker = Project(id="c", tasks=[Task(id="t", duration="5 d")])
    links = [Link(source="a/t", target="c/t"), Link(source="b/t", target="c/t")]
    both = ipmo.simulate(Portfolio(id="all", start="2026-01-05", projects=[*givers, taker], links=links), samples=SAMPLES).hand_overs()
    found = {row["source"]: row for row in both.rows()}
    assert found["a/t"]["days"] == 0
    assert float(str(found["b/t"]["days"])) > 2
    assert list(both["source"]) == ["b/t", "a/t"]


@pytest.mark.parametrize("table", ["--drivers", "--responses", "--contingency", "--hand-overs"])
def test_each_table_is_printed_for_people_and_machines(pf: Portfolio, tmp_path: Path, table: str) -> None:
    ipmo.write(pf, tmp_path / "city.yaml")
    said = CliRunner().invoke(main, ["simulate", str(tmp_path / "city.yaml"), "--samples", "60", table])
    assert said.exit_code == 0, said.output
    assert "tram" in said.stdout
    machine = CliRunner().invoke(main, ["simulate", str(tmp_path / "city.yaml"), "--samples", "60", table, "--json"])
    document = json.loads(machine.stdout)
    assert document["rows"]
    assert document["grade"] in ("ready", "diagnostic")


def test_every_table_that_is_asked_for_is_printed(pf: Portfolio, tmp_path: Path) -> None:
    ipmo.write(pf, tmp_path / "city.yaml")
    asked = ["simulate", str(tmp_path / "city.yaml"), "--samples", "60", "--drivers", "--criticality"]
    said = CliRunner().invoke(main, asked).stdout
    assert said.index("criticality:") < said.index("drivers:")
    rows = json.loads(CliRunner().invoke(main, [*asked, "--json"]).stdout)["rows"]
    assert {row["table"] for row in rows} == {"criticality", "drivers"}
    asked += ["--explain", "depot/open"]
    said = CliRunner().invoke(main, asked).stdout
    assert said.index("depot/open: finishes by") < said.index("criticality:") < said.index("drivers:")
    rows = json.loads(CliRunner().invoke(main, [*asked, "--json"]).stdout)["rows"]
    assert {row["table"] for row in rows} == {"explanation", "criticality", "drivers"}


def test_nothing_is_sure_behind_work_without_a_duration(tmp_path: Path) -> None:
    tasks = [
        Task(id="known", duration={"low": "5 d", "likely": "8 d", "high": "20 d"}),
        Task(id="unknown"),
        Task(id="open", milestone=True, after=["known", "unknown"], deadline="2026-12-18"),
        Task(id="other", milestone=True, after="known", deadline="2026-12-18"),
    ]
    q = ipmo.simulate(Portfolio(id="one", start="2026-01-05", projects=[Project(id="p", tasks=tasks)]), samples=60)
    behind, beside = q.finish("p/open"), q.finish("p/other")
    assert (behind.at_least, behind.sure, behind.on_plan) == (True, None, None)
    assert (beside.at_least, beside.sure) == (False, 1.0)
    assert (q.finish("p").at_least, q.finish("one").at_least) == (True, True)
    sure = dict(zip(q.table()["id"], q.table()["sure"], strict=True))
    assert (sure["p/open"], sure["p/other"]) == (None, 1.0)
    assert "nothing says how sure its commitment of 2026-12-18 is" in q.explain("p/open")
    ipmo.save_simulation(q, tmp_path / "q.npz")
    assert ipmo.load_simulation(tmp_path / "q.npz").finish("p/open") == behind


def test_a_table_without_rows_says_so(tmp_path: Path) -> None:
    work = Task(id="a", duration={"low": "5 d", "likely": "8 d", "high": "20 d"})
    ipmo.write(Portfolio(id="one", start="2026-01-05", projects=[Project(id="p", tasks=[work])]), tmp_path / "one.yaml")
    said = CliRunner().invoke(main, ["simulate", str(tmp_path / "one.yaml"), "--samples", "60", "--responses", "--hand-overs"]).stdout
    assert said.splitlines()[:2] == ["responses: none", "hand-overs: none"]


def test_a_schedule_that_was_looked_through_can_be_sent_to_another_process(pf: Portfolio) -> None:
    s = ipmo.schedule(pf)
    assert s.explain("depot/open")
    assert pickle.loads(pickle.dumps(s)).table() == s.table()


@pytest.mark.parametrize(("target", "threat", "days"), [("p/m", None, 0), ("p", None, 0), ("p/m", "15 ed", 5), ("p", "15 ed", 5)])
def test_an_opportunity_brings_nothing_before_what_it_waits_for(target: str, threat: str | None, days: int) -> None:
    """It takes ten days from what a threat delays a milestone, or the start of a project; without one nothing, and a finding says so."""
    impacts = {"gain": "10 ed", **({} if threat is None else {"loss": threat})}
    risks = [
        {"id": name, "opportunity": name == "gain", "before": {"probability": 1.0, "impacts": [{"target": target, "delay": delay}]}}
        for name, delay in impacts.items()
    ]
    work = {"id": "g", "duration": {"low": "5 ed", "likely": "6 ed", "high": "9 ed"}}
    data = {
        "ipmo": 1,
        "portfolio": {"id": "all", "start": "2026-01-05"},
        "projects": [{"id": "p", "risks": risks, "tasks": [work, {"id": "m", "milestone": True, "after": "g"}]}],
    }
    q = ipmo.simulate(ipmo.from_dict(data), samples=50)
    without = ipmo.simulate(ipmo.from_dict(data), samples=50, risks="none")
    assert (q.finish("p/m").instants - without.finish("p/m").instants == days * DAY).all()
    assert [one.item for one in q.findings if one.code == "ipmo/risk-not-simulated"] == ["p/gain"]
