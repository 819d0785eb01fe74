"""A hub and its spokes as one portfolio; a spoke that hands up only its interface gives the hub the same answers, exactly."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.change.applying import applied
from ipmo.analysis.change.handed_up import END
from ipmo.cli import main
from ipmo.errors import CycleError

WEEKS = {"five": "mon-fri", "six": "mon-sat"}
FIGURES = (
    "early_start",
    "early_finish",
    "late_start",
    "late_finish",
    "total_float",
    "project_float",
    "target_float",
    "commitment_float",
    "critical",
)


@st.composite
def spokes(draw, name: str, gives: tuple[str, ...], takes: tuple[str, ...]) -> ipmo.Portfolio:
    """A portfolio on its own calendar that gives and takes what some names stand for."""
    week = draw(st.sampled_from(sorted(WEEKS)))
    links, projects = [], []
    lag = st.one_of(st.none(), st.integers(-2, 4).map(lambda n: f"{n} d"), st.integers(-90, 300).map(lambda n: f"{n} min"))
    kinds = st.sampled_from(["FS", "FS", "SS", "FF", "SF"])
    for project in range(draw(st.integers(1, 2))):
        tasks = []
        count = draw(st.integers(2, 7))
        for number in range(count):
            after = [
                {"from": f"t{source}", "type": draw(kinds), **({"lag": one} if (one := draw(lag)) else {})}
                for source in sorted(draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else ())
            ]
            task = {"id": f"t{number}", "after": after}
            kind = draw(st.integers(0, 11))
            if kind == 0:
                task["milestone"] = True
            else:
                task["duration"] = f"{draw(st.integers(1, 9))} d" if kind > 2 else f"{draw(st.integers(1, 2000))} min"
            if draw(st.integers(0, 7)) == 0:
                task["not_before"] = f"2026-02-{draw(st.integers(1, 25)):02}"
            if draw(st.integers(0, 7)) == 0:
                task["deadline"] = f"2026-03-{draw(st.integers(1, 28)):02}"
            tasks.append(task)
        gates = (
            [{"id": "g", "after": f"t{draw(st.integers(0, count - 1))}", "need_by": "2026-03-20"}] if draw(st.integers(0, 4)) == 0 else []
        )
        projects.append({"id": f"p{project}", "tasks": tasks, "gates": gates})

    def any_task() -> str:
        project = draw(st.sampled_from(projects))
        return f"{project['id']}/{draw(st.sampled_from(project['tasks']))['id']}"

    links += [{"from": any_task(), "to": f"external:{one}", "type": draw(kinds), "promised": "2026-03-01"} for one in gives]
    links += [{"from": f"external:{one}", "to": any_task(), "type": draw(kinds), "date": "2026-06-01"} for one in takes]
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {
                "id": name,
                "start": "2026-01-05",
                "calendar": week,
                **({"status_date": "2026-01-14"} if draw(st.booleans()) else {}),
            },
            "calendars": [{"id": week, "week": WEEKS[week]}],
            "projects": projects,
            "links": links,
        }
    )


def rows(found: ipmo.Schedule, items: list[str]) -> dict[str, tuple[object, ...]]:
    return {item: tuple(getattr(found[item], name) for name in FIGURES) for item in items}


@settings(deadline=None)
@given(spokes("hub", ("a",), ("b", "c")), spokes("water", ("b",), ("a", "d")), spokes("rail", ("c", "d"), ()))
def test_interfaces_give_the_answers_of_the_whole(hub: ipmo.Portfolio, water: ipmo.Portfolio, rail: ipmo.Portfolio) -> None:
    try:
        whole = ipmo.merge(hub, [water, rail]).portfolio
        full = ipmo.schedule(whole)
    except CycleError:
        assume(False)
    small = ipmo.merge(hub, [ipmo.hand_up(water), ipmo.hand_up(rail)]).portfolio
    found = ipmo.schedule(small)
    items = [item for item in small.items if "/" in item and not item.endswith(END)]
    assert rows(found, items) == rows(full, items)
    assert [found[one.id].early_finish for one in whole.projects] == [full[one.id].early_finish for one in whole.projects]
    figures = ("link_float", "target_float", "commitment_float", "drag", "driving")
    ours, theirs = (
        {(one.source, one.target): tuple(getattr(one, name) for name in figures) for one in ipmo.critical_links(pf)}
        for pf in (small, whole)
    )
    assert ours == theirs
    stated = [{one.item: (one.standing, one.date) for one in plan.commitments} for plan in (found, full)]
    assert stated[0] == stated[1]


def test_a_long_chain_is_one_way() -> None:
    """Four hundred pieces of work between what is taken and what is given become one link, as long as they are."""
    work = [{"id": f"t{n}", "duration": "2 d", **({"after": f"t{n - 1}"} if n else {})} for n in range(400)]
    links = [{"from": "external:in", "to": "p/t0"}, {"from": "p/t399", "to": "external:out"}]
    spoke = ipmo.from_dict(
        {"ipmo": 1, "portfolio": {"id": "s", "start": "2026-01-05"}, "projects": [{"id": "p", "tasks": work}], "links": links}
    )
    small = ipmo.hand_up(spoke)
    assert [task.id for task in small["p"].tasks] == ["t0", "t399", END]
    assert [(one.source, str(one.lag)) for one in small["p/t399"].after] == [("t0", f"{398 * 2 * 480} min")]
    assert ipmo.schedule(small)["p"].early_finish == ipmo.schedule(spoke)["p"].early_finish


def test_what_is_tied_otherwise_stays() -> None:
    tasks = [
        {"id": "a", "duration": "2 d"},
        {"id": "night", "duration": "2 d", "after": "a", "calendar": "continuous"},
        {"id": "b", "duration": "3 d", "after": "night"},
        {"id": "begun", "duration": "3 d", "actual_start": "2026-01-06"},
        {"id": "due", "duration": "3 d", "deadline": "2026-02-01"},
        {"id": "wait", "duration": "3 d", "after": {"from": "due", "lag": "5 ed"}},
        {"id": "free", "duration": "3 d", "after": "due", "budget": "5 k GBP"},
        {"id": "cost", "duration": "1 d", "budget": "7 k GBP", "deadline": "2026-03-01"},
    ]
    header = {"id": "s", "start": "2026-01-05", "status_date": "2026-01-07", "money": {"currency": "GBP"}}
    spoke = ipmo.from_dict({"ipmo": 1, "portfolio": header, "projects": [{"id": "p", "tasks": tasks}]})
    small = ipmo.hand_up(spoke)
    assert [task.id for task in small["p"].tasks] == ["a", "night", "b", "begun", "due", "wait", "cost", END]
    assert str(ipmo.roll_up(small, "budget")["p"].value) == str(ipmo.roll_up(spoke, "budget")["p"].value) == "12 k GBP"
    paused = spoke.evolve("p", state="paused")
    assert ipmo.hand_up(paused) == paused


HUB = {
    "ipmo": 1,
    "portfolio": {"id": "group", "name": "Group", "start": "2026-01-05", "status_date": "2026-02-02", "money": {"currency": "GBP"}},
    "people": [{"id": "ann", "name": "Ann"}, {"id": "bo", "name": "Bo"}],
    "objectives": [{"id": "growth", "name": "Growth", "owner": "ann"}],
    "projects": [{"id": "hq", "tasks": [{"id": "plan", "duration": "10 d"}]}],
    "links": [{"from": "external:power", "to": "hq/plan", "date": "2026-05-01", "needed": "2026-03-01"}],
}
WATER = {
    "ipmo": 1,
    "portfolio": {"id": "water", "name": "Water", "start": "2026-01-12", "status_date": "2026-01-26", "calendar": "six", "funding": "9 M GBP",
                  "money": {"currency": "GBP"}},
    "calendars": [{"id": "six", "week": "mon-sat"}],
    "people": [{"id": "ann", "name": "Ann"}, {"id": "bo", "name": "Boris"}],
    "objectives": [{"id": "growth", "name": "Growth", "owner": "ann"}],
    "projects": [
        {"id": "plant", "owner": "bo", "alignment": {"growth": "high"}, "requires": ["pipe"],
         "tasks": [{"id": "pump", "duration": "5 d"}, {"id": "test", "duration": "2 d", "after": "pump"}],
         "risks": [{"id": "flood", "owner": "ann", "before": {"probability": 0.1, "impacts": {"target": "test", "delay": "5 d"}}}]},
        {"id": "pipe", "tasks": [{"id": "lay", "duration": "4 d"}]},
    ],
    "links": [{"from": "plant/test", "to": "external:power", "promised": "2026-02-20", "lag": "1 d"}, {"from": "pipe/lay", "to": "plant/pump"}],
    "risks": [{"id": "strike", "owner": "bo"}],
    "benefits": [{"id": "clean", "enabled_by": "plant/test", "belongs_to": "water", "outcome": None, "owner": "ann"}],
    "contributions": [{"from": "clean", "to": "growth", "share": 1}],
    "lessons": [{"id": "l1", "from": "plant", "applied_in": ["pipe/lay"], "text": "dig early"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def federated() -> ipmo.Merged:
    return ipmo.merge(ipmo.from_dict(HUB), [ipmo.from_dict(WATER)])


def test_who_said_what(federated: ipmo.Merged) -> None:
    pf = federated.portfolio
    assert (federated["growth"].by, federated["growth"].also_by) == ("group", ("water",))
    assert (federated.who("water.plant/pump").by, federated["water.plant"].was) == ("water", "plant")
    assert str(federated["water.plant"].as_of) == "2026-01-26" and federated["hq"].digest == ipmo.from_dict(HUB).digest
    assert "bo" in pf and pf["water.bo"].name == "Boris"
    assert [(one.code, one.item) for one in federated.findings] == [("ipmo/said-twice", "water.bo")]
    assert (
        federated.explain("growth")
        == "growth: said by 'group', where the objective is called 'growth', as of 2026-02-02; water says the same"
    )
    assert len(federated.table()) == len(federated) == len(federated.ids)
    assert pickle.loads(pickle.dumps(federated)).portfolio == pf


def test_references_follow(federated: ipmo.Merged) -> None:
    pf = federated.portfolio
    plant = pf["water.plant"]
    assert (plant.owner, plant.requires, dict(plant.alignment), plant.programme) == (
        "water.bo",
        ("water.pipe",),
        {"growth": "high"},
        "water",
    )
    assert (plant.calendar, str(plant.status_date), str(plant.start)[:10]) == ("water.six", "2026-01-26", "2026-01-12")
    assert pf["water.plant/flood"].before.impacts[0].target == "test" and pf["water.plant/flood"].owner == "ann"
    assert (pf["water.strike"].item, pf["water.strike"].owner) == ("water", "water.bo")
    assert (pf["water.clean"].belongs_to, pf["water.clean"].enabled_by[0].source) == ("water", "water.plant/test")
    assert [(one.source, one.target) for one in pf.contributions] == [("water.clean", "growth")]
    assert (pf["water.l1"].source, pf["water.l1"].applied_in) == ("water.plant", ("water.pipe/lay",))
    assert str(pf["water"].funding.to_plain()) == "9 M GBP" and pf["water"].name == "Water"


def test_references_that_are_keys_or_lie_deep_in_what_a_method_adds_follow_too() -> None:
    """Skills are named by the keys of a map; exclusions, reviews, lessons and groups stand in what methods add."""
    data = WATER | {
        "resources": [{"id": "welding"}, {"id": "crew", "skills": {"welding": 0.5}}],
        "standards": [{"id": "std", "version": "2"}],
        "projects": [
            {"id": "plant", "extensions": {
                "mop": {"excludes": ["pipe"]},
                "govs": {"manager": "bo", "reviews": [{"name": "gate 2", "line": 2, "by": "bo"}, {"name": "gate 3", "line": 3, "by": "somebody"}]},
                "p3o": {"cites": ["l1"], "standards": {"std": "2"}}},
             "tasks": [{"id": "pump", "duration": "5 d", "assignments": [{"resource": "welding"}]}, {"id": "test", "duration": "2 d"}]},
            WATER["projects"][1],
        ],
    }  # fmt: skip
    data["portfolio"] = WATER["portfolio"] | {
        "extensions": {
            "govs": {"senior_officer": "bo"},
            "mop": {"groups": [{"id": "one", "members": ["plant", "pipe"]}]},
            "p3o": {"improvements": [{"id": "i", "owner": "bo"}]},
        }
    }
    pf = ipmo.merge(ipmo.from_dict(HUB), [ipmo.from_dict(data)]).portfolio
    assert dict(pf["water.crew"].skills) == {"water.welding": 0.5}
    assert pf["water.plant/pump"].assignments[0].resource == "water.welding"
    added = pf["water.plant"].extensions
    assert added["mop"].excludes == ("water.pipe",)
    assert [(one.name, one.by) for one in added["govs"].reviews] == [("gate 2", "water.bo"), ("gate 3", "somebody")]
    assert (added["govs"].manager, added["p3o"].cites, dict(added["p3o"].standards)) == ("water.bo", ("water.l1",), {"water.std": "2"})
    whole = pf["water"].extensions
    assert (whole["govs"].senior_officer, whole["p3o"].improvements[0].owner) == ("water.bo", "water.bo")
    assert whole["mop"].groups[0].members == ("water.plant", "water.pipe")


def test_rates_of_spokes_hold_where_nobody_before_them_says_another() -> None:
    """10 EUR at 0.86 and at 0.9: the first that says the rate of a day is right for the whole, and the other is named."""

    def spoke(name: str, rate: str, currency: str = "GBP") -> ipmo.Portfolio:
        rates = [{"from": "2020-01-01", "per": {"EUR": rate}}]
        return ipmo.Portfolio(id=name, money={"currency": currency}, rates=rates, projects=[{"id": "p", "budget": "10 EUR"}])

    hub = ipmo.Portfolio(id="hub")
    found = ipmo.merge(hub, [spoke("x", "0.86")])
    assert (str(ipmo.roll_up(found.portfolio, "budget").total.value), found.findings) == ("8.6 GBP", ())
    found = ipmo.merge(hub, [spoke("x", "0.86"), spoke("y", "0.9"), spoke("z", "0.86"), spoke("u", "1.1", "USD")])
    assert str(ipmo.roll_up(found.portfolio, "budget").total.value) == "34.4 GBP"
    assert [(one.code, one.item) for one in found.findings] == [("ipmo/said-twice", "y"), ("ipmo/left-out", "u")]
    assert len(found.portfolio.rates) == 1
    assert found.findings[0].message == "the rate of EUR from 2020-01-01 of 'y' is not what was said before it, which stays"


def test_a_change_request_of_a_spoke_changes_the_work_of_that_spoke() -> None:
    effect = [
        {"delay": {"target": "plant/pump", "by": "10 d"}},
        {"add": {"task": {"id": "dry", "duration": "3 d", "after": [{"from": "test"}]}, "to": "plant"}},
        {"remove_link": {"from": "pipe/lay", "to": "plant/pump"}},
        {"set_date": {"target": "plant/test", "field": "deadline", "to": "2026-04-01"}},
    ]
    spoke = ipmo.from_dict(WATER | {"changes": [{"id": "c1", "item": "plant", "effect": effect}]})
    alone = ipmo.schedule(applied(spoke, spoke["c1"].effect))
    hub = ipmo.from_dict(HUB | {"projects": [{"id": "plant", "tasks": [{"id": "pump", "duration": "10 d"}, {"id": "test"}]}], "links": []})
    merged = ipmo.merge(hub, [spoke]).portfolio
    found = ipmo.schedule(applied(merged, merged["water.c1"].effect))
    for item in ("plant/pump", "plant/test", "plant/dry", "pipe/lay"):
        assert found.instants(f"water.{item}") == alone.instants(item), item
    assert found.instants("plant/pump") == ipmo.schedule(merged).instants("plant/pump")


def test_what_both_sides_call_by_one_name_is_one_link(federated: ipmo.Merged) -> None:
    (link,) = [one for one in federated.portfolio.links if one.target == "hq/plan"]
    assert (link.source, str(link.lag), link.date, str(link.promised), str(link.needed)) == (
        "water.plant/test", "1 d", None, "2026-02-20", "2026-03-01",
    )  # fmt: skip
    plan = ipmo.schedule(federated.portfolio)
    assert plan["hq/plan"].early_start > plan["water.plant/test"].early_finish


def test_the_spoke_alone_and_in_the_whole_have_the_same_dates(federated: ipmo.Merged) -> None:
    alone, whole = ipmo.schedule(ipmo.from_dict(WATER)), ipmo.schedule(federated.portfolio)
    for item in ("plant/pump", "plant/test", "pipe/lay"):
        assert (alone[item].early_start, alone[item].early_finish) == (
            whole[f"water.{item}"].early_start,
            whole[f"water.{item}"].early_finish,
        )


@pytest.mark.parametrize(
    ("spokes", "said"),
    [
        ([WATER, WATER | {"lessons": []}], "two spokes are called 'water'"),
        ({"a/b": WATER}, "cannot name a spoke"),
        ({"group": WATER}, "cannot name a spoke"),
        ({"w": WATER | {"portfolio": WATER["portfolio"] | {"dialect": "p6"}}}, "by the conventions 'p6'"),
        ({"w": WATER | {"links": [{"from": "plant/test", "to": "external:power", "lag": "1 ed"}]}, "x": WATER | {"links": [{"from": "external:power", "to": "plant/pump", "lag": "1 d"}]}}, "a lag in ed on one side and in d"),
    ],
)  # fmt: skip
def test_what_cannot_be_merged_is_refused(spokes: object, said: str) -> None:
    made = (
        {name: ipmo.from_dict(one) for name, one in spokes.items()} if isinstance(spokes, dict) else [ipmo.from_dict(one) for one in spokes]
    )
    with pytest.raises(ipmo.ModelError, match=said):
        ipmo.merge(ipmo.from_dict(HUB), made)


def test_a_spoke_with_interfaces_on_the_command_line(tmp_path: Path) -> None:
    for name, data in (("hub", HUB), ("water", WATER)):
        ipmo.write(ipmo.from_dict(data), tmp_path / f"{name}.yaml")
    out = tmp_path / "whole.yaml"
    done = CliRunner().invoke(
        main, ["merge", str(tmp_path / "hub.yaml"), f"w={tmp_path / 'water.yaml'}", "--interfaces", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "w.plant" in ipmo.read(out) and "wrote" in done.output
    small = tmp_path / "small.yaml"
    done = CliRunner().invoke(main, ["hand-up", str(tmp_path / "water.yaml"), str(small)])
    assert done.exit_code == 0 and "3 of 3 tasks" in done.output
    again = CliRunner().invoke(main, ["merge", str(tmp_path / "hub.yaml"), str(small), str(small)])
    assert again.exit_code == 2 and "two spokes are called 'water'" in again.output
