"""Whether work is worth going on with, whom it serves, and what is lost without it: worked by hand, and one answer everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import ipmo
from ipmo.analysis.benefits.attribution import attribute
from ipmo.analysis.benefits.going_on import worth_going_on
from ipmo.analysis.change.applying import applied
from ipmo.changes import Stop
from ipmo.cli import main
from ipmo.model import Portfolio

HEAD = {
    "ipmo": 1,
    "portfolio": {
        "id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous", "methodologies": {"portfolio": "mop"},
        "money": {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026, "terms": "real"}},
    },
    "discounts": [{"id": "zero", "bands": [{"rate": 0}]}],
    "objectives": [{"id": "o", "weight": "100 %"}],
}  # fmt: skip


def project(name: str, budget: str = "1 M GBP", **more: Any) -> dict[str, Any]:
    inner = {key: more.pop(key) for key in ("actual", "progress", "actual_start", "forecast") if key in more}
    return {"id": name, "state": "active", "tasks": [{"id": "x", "duration": "50 d", "budget": budget, **inner}], **more}


def benefit(name: str, value: str = "10 M GBP", **more: Any) -> dict[str, Any]:
    return {"id": name, "value": value, "probability": "100 %", **more}


def plan(*projects: dict[str, Any], links: list[tuple[str, str]] = [], benefits: list[dict[str, Any]], **more: Any) -> Portfolio:  # noqa: B006
    due = [{"from": one["id"], "to": "o", "share": f"{100 // len(benefits)} %"} for one in benefits]
    said = {"links": [{"id": f"L{n}", "from": s, "to": t} for n, (s, t) in enumerate(links)]}
    return ipmo.from_dict({**HEAD, "projects": list(projects), **said, "benefits": benefits, "contributions": due, **more})


def enabler(**more: Any) -> Portfolio:
    """A platform of 2 M without which an app of 1 M, and its benefit of 10 M, never come; shares 95 to 5."""
    return plan(
        project("platform", "2 M GBP"),
        project("app", **more),
        links=[("platform/x", "app/x")],
        benefits=[benefit("b", enabled_by="app/x")],
        contributions=[{"from": "app", "to": "b", "share": "95 %"}, {"from": "platform", "to": "b", "share": "5 %"}, {"from": "b", "to": "o", "share": "100 %"}],
    )  # fmt: skip


def stops(pf: Portfolio) -> list[str]:
    return [f.message for f in ipmo.check(pf) if f.code in ("mop/stop-list", "ipmo/benefit-not-worth-it")]


def test_a_missing_exchange_rate_leaves_unknown_what_needs_it_and_nothing_else() -> None:
    """Spent in dollars that nobody converts: what is left is not known, never the whole budget; the others keep their figures."""
    spent = {"id": "spent", "state": "active", "tasks": [{"id": "x", "duration": "5 d", "budget": "9 M GBP", "actual": "5 M USD"}]}
    benefits = [benefit("b", enabled_by=["plain/x", "spent/x"]), benefit("sold", "3 M USD", enabled_by="abroad/x")]
    pf = plan(project("plain"), spent, project("abroad", "1 M USD"), benefits=benefits)
    rows = worth_going_on(pf)
    assert rows["plain"].ratio == 10
    assert (rows["spent"].cost, rows["spent"].ratio) == (None, None)
    assert str(rows["abroad"].cost) == "1 M USD" and rows["abroad"].ratio == 3  # all of it is in dollars: to compare takes no rate
    for name, said in (("spent", "actual of 'spent/x' is 5 M USD"), ("abroad", "budget of 'abroad/x' is 1 M USD")):
        assert rows[name].reason.startswith(said)
        assert "no rate from USD to GBP" in rows[name].reason
    assert [(m.item, m.change) for m in ipmo.what_if(pf, Stop("plain")).of("benefit value")] == [("b", -10e6)]
    assert [row.value for row in ipmo.single_points(pf) if row.item == "plain/x"] == [ipmo.Money(10_000_000, "GBP")]
    assert not [f for f in ipmo.check(pf).of("mop/stop-list") if "no stop list" in f.message]


@pytest.mark.parametrize(("stopped", "left"), [((), 10e6), (("x",), 4e6), (("y",), 6e6), (("x", "y"), None)])
def test_the_share_that_is_due_to_stopped_work_never_comes(stopped: tuple[str, ...], left: float | None) -> None:
    """60 % of 10 M are due to x, 40 % to y: what a stop loses is what the benefits lose, and what leaving one out says."""
    due = [{"from": one, "to": "b", "share": share} for one, share in (("x", "60 %"), ("y", "40 %"))]
    pf = plan(project("x"), project("y"), benefits=[benefit("b", planned_start="2026-03-01")], contributions=due)
    after = applied(pf, [Stop(one) for one in stopped])
    npv, planned = ipmo.benefits(after)["b"].npv, ipmo.benefits(after)["b"].planned_npv
    assert (None if npv is None else float(npv.amount)) == left
    assert planned is not None
    assert float(planned.amount) == 10e6
    lost = [m.change for m in ipmo.what_if(pf, *map(Stop, stopped)).of("benefit value")] if stopped else []
    assert lost == ([] if left == 10e6 else [(left or 0.0) - 10e6])
    still = {row.initiative: row.value for row in attribute(after, method="leave-one-out").rows} if left else {}
    for one, worth in (("x", 6e6), ("y", 4e6)):
        if one not in stopped:
            assert still[one] == pytest.approx(worth)
            found = worth_going_on(after)[one].benefit
            assert found is not None
            assert float(found.amount) == pytest.approx(worth)


def test_an_enabler_is_worth_what_hangs_on_it_and_not_its_share_of_attribution() -> None:
    found = worth_going_on(enabler())
    assert {row.project: row.ratio for row in found.rows} == {"platform": 5, "app": 10}
    assert found["platform"].enables == ("app",)
    assert found["app"].shared == ("platform",)
    assert str(found["platform"]).startswith("platform: 10 M GBP of benefit still to come needs 2 M GBP still to be spent: 5.00")
    assert stops(enabler()) == []


def test_a_chain_of_enablers_and_a_project_that_is_only_required_count_alike() -> None:
    chain = plan(
        project("a"), project("b"), project("c", requires="d"), project("d", "4 M GBP"), project("idle", "5 M GBP"),
        links=[("a/x", "b/x"), ("b/x", "c/x")],
        benefits=[benefit("far", enabled_by="c/x"), benefit("near", "1 M GBP", enabled_by="idle/x")],
    )  # fmt: skip
    found = worth_going_on(chain)
    assert {row.project: row.ratio for row in found.rows} == {"a": 10, "b": 10, "c": 10, "d": 2.5, "idle": 0.2}
    assert found["a"].enables == ("b", "c")
    assert found["a"].shared == ("d",)
    assert [text for text in stops(chain) if "less than it costs" in text and "'idle'" in text]
    assert not [text for text in stops(chain) if "'d' has" in text and "less than" in text]


def test_with_a_substitute_nothing_is_lost_and_with_two_both_are_asked_for_the_whole() -> None:
    either = plan(project("a"), project("b"), benefits=[benefit("w", any_of=["a/x", "b/x"])])
    assert [row.ratio for row in worth_going_on(either).rows] == [0, 0]
    assert {name: row.instead for name, row in zip("ab", worth_going_on(either).rows, strict=True)} == {
        "a": (("w", ("b",)),),
        "b": (("w", ("a",)),),
    }
    assert worth_going_on(either).explain("a").endswith("'w' is not lost without it while 'b' stands in")
    hints = {f.hint for f in ipmo.check(either) if f.code == "mop/stop-list"}
    assert hints == {"keep one of those that stand in for one another, stop the others, or say what else they are for"}
    both = plan(project("a"), project("b"), benefits=[benefit("w", enabled_by=["a/x", "b/x"])])
    assert [row.instead for row in worth_going_on(both).rows] == [(), ()]
    assert [row.ratio for row in worth_going_on(both).rows] == [10, 10]
    assert worth_going_on(both)["a"].shared == ("b",)


def test_what_is_spent_does_not_count_and_an_overspent_project_is_not_dropped() -> None:
    def cost(**more: Any) -> Any:
        pf = plan(project("p", "10 M GBP", actual_start="2025-06-01", **more), benefits=[benefit("w", enabled_by="p/x")])
        return worth_going_on(pf)["p"]

    assert cost(actual="9 M GBP").cost == ipmo.Money(1_000_000, "GBP")
    assert cost(actual="12 M GBP", forecast="32 M GBP").ratio == 0.5
    assert cost(actual="12 M GBP", progress="80 %").cost == ipmo.Money(3_000_000, "GBP")  # EAC 10 / (8 / 12) = 15, less 12
    assert cost(actual="5 M GBP", progress="25 %").cost == ipmo.Money(15_000_000, "GBP")  # EAC 10 / (2.5 / 5) = 20, less 5
    assert cost(actual="12 M GBP", forecast="11 M GBP").cost is None
    assert cost(actual="4 M GBP", progress="0 %").cost == ipmo.Money(6_000_000, "GBP")  # nothing earned: no rate
    over = plan(
        project("p", "10 M GBP", actual_start="2025-06-01", actual="12 M GBP", forecast="32 M GBP"),
        benefits=[benefit("w", enabled_by="p/x")],
    )
    assert any("0.50 of benefit to come" in text for text in stops(over))


def test_only_what_is_still_to_come_counts() -> None:
    running = ipmo.from_dict(
        {
            **HEAD,
            "portfolio": {**HEAD["portfolio"], "start": "2024-01-01", "status_date": "2026-01-01"},  # type: ignore[dict-item]
            "projects": [{"id": "p", "tasks": [
                {"id": "m", "duration": "1 d", "actual_start": "2024-01-01", "actual_finish": "2024-01-01"},
                {"id": "x", "duration": "5 d", "budget": "1 M GBP"},
            ]}],
            "benefits": [benefit("w", "1 M GBP per year", lasts="4 years", enabled_by=["p/m", "p/x"]), benefit("v", enabled_by="p/m")],
        }
    )  # fmt: skip
    assert worth_going_on(running)["p"].benefit == ipmo.Money(4_000_000, "GBP")  # v has come, w waits for p/x


def test_the_city_does_not_stop_its_tram() -> None:
    city = ipmo.read(Path(__file__).parents[3] / "examples" / "city.yaml")
    assert not [text for text in stops(city) if "tram" in text]
    found = worth_going_on(city)
    assert found["tram"].ratio is not None
    assert found["tram"].ratio > 1
    assert found["depot"].enables == ("tram",)  # its power opens the line


@pytest.mark.parametrize("requires", ["", "platform"])
def test_stop_cancel_leave_one_out_sight_claims_and_links_give_one_answer(requires: str) -> None:
    more = {"requires": requires} if requires else {}
    pf = plan(
        project("platform", "2 M GBP"),
        project("app", **more),
        links=[("platform/x", "app/x")],
        benefits=[benefit("b", enabled_by="app/x")],
    )
    lost = attribute(pf, method="leave-one-out")
    assert {row.initiative: (row.value, row.naive) for row in lost.rows} == {"app": (10e6, 10e6), "platform": (10e6, 10e6)}
    assert {row.initiative: row.value for row in attribute(pf, method="shapley").rows} == {"app": 5e6, "platform": 5e6}
    sight = ipmo.line_of_sight(pf)
    assert {row.id: dict(row) for row in sight} == {"platform": {"o": "map"}, "app": {"o": "map"}}
    assert not [f for f in ipmo.check(pf) if f.code == "mop/line-of-sight"]
    assert ipmo.critical_links(pf)["L0"].value == ipmo.Money(10_000_000, "GBP")
    what_if = ipmo.what_if(pf, Stop("platform"))
    assert {m.item: m.change for m in what_if.benefits} == {"b": -10e6}
    assert {m.what: m.change for m in what_if.money}["total budget"] == -2e6
    cancelled = pf.evolve("platform", state="cancelled")
    assert ipmo.schedule(cancelled)["app/x"].undated
    assert attribute(cancelled, method="leave-one-out", pool={"b": 1.0})["app"].value == 0  # nothing is left to lose
    assert any(f.severity.name == "ERROR" and "'L0'" in f.message for f in ipmo.check(cancelled))


def test_one_who_only_is_required_serves_what_requires_it() -> None:
    pf = plan(project("a"), project("b", requires="a"), benefits=[benefit("w", enabled_by="b/x")])
    assert ipmo.line_of_sight(pf)["a"] == {"o": "map"}
    assert not [f for f in ipmo.check(pf) if f.code == "mop/line-of-sight"]
    assert attribute(pf, method="leave-one-out")["a"].value == 10e6


def test_who_stands_in_is_named_through_hand_overs_and_not_once_it_is_gone() -> None:
    pf = plan(
        project("seed"), project("a"), project("b"), project("c"), links=[("seed/x", "a/x")],
        benefits=[benefit("w", any_of=["a/x", "b/x", "c/x"])],
    )  # fmt: skip
    assert worth_going_on(pf)["seed"].instead == (("w", ("b", "c")),)
    found = worth_going_on(pf.evolve("b", state="cancelled"))
    assert found["seed"].instead == (("w", ("c",)),)
    alone = worth_going_on(pf.evolve("b", state="cancelled").evolve("c", state="cancelled"))
    assert alone["seed"].instead == ()
    assert alone["seed"].benefit == ipmo.Money(10_000_000, "GBP")


@pytest.mark.parametrize(
    ("exit_cost", "freed", "net", "pays", "words"),
    [
        (None, None, None, True, "stopping would free that at most: what getting out costs is not stated (exit_cost:)"),
        ("0 GBP", 2e6, -1e6, True, "stopping would free 2 M GBP after 0 GBP to get out, 1 M GBP more than is lost"),
        ("1 M GBP", 1e6, 0, False, "stopping would free 1 M GBP after 1 M GBP to get out, as much as is lost"),
        ("1.5 M GBP", 0.5e6, 0.5e6, False, "stopping would free 500 k GBP after 1.5 M GBP to get out, 500 k GBP less than is lost"),
        ("3 M GBP", -1e6, 2e6, False, "stopping would free nothing: getting out costs 3 M GBP, 2 M GBP less than is lost"),
    ],
)
def test_going_on_costs_what_is_left_and_saves_the_way_out(
    exit_cost: str | None, freed: float | None, net: float | None, pays: bool, words: str
) -> None:
    more = {} if exit_cost is None else {"exit_cost": exit_cost}
    pf = plan(project("p", "2 M GBP", **more), benefits=[benefit("w", "1 M GBP", enabled_by="p/x")])
    row = worth_going_on(pf)["p"]
    assert row.ratio == 0.5  # the way out does not change the ratio of the rule
    assert [None if one is None else float(one.amount) for one in (row.freed, row.net)] == [freed, net]
    assert row.pays_to_stop is pays
    assert words in str(row)
    (found,) = [f for f in ipmo.check(pf) if f.code == "mop/stop-list"]
    assert found.severity.name == ("WARNING" if pays else "INFO")
    assert ("stop it" in found.hint) is pays
    table = worth_going_on(pf).table()
    assert (list(table["freed"]), list(table["net"])) == ([freed], [net])


BEGUN = {"id": "x", "duration": "50 d", "budget": "1 M GBP", "actual_start": "2025-12-01", "remaining": "20 d"}


@pytest.mark.parametrize(
    ("more", "unrecorded"),
    [
        ({"tasks": [BEGUN]}, ("p/x",)),
        ({"tasks": [{**BEGUN, "actual": "0 GBP"}]}, ()),
        ({"tasks": [BEGUN], "actual": "300 k GBP"}, ()),  # said of the whole
        ({"tasks": [{"id": "s", "actual": "1 k GBP"}, {**BEGUN, "parent": "s"}]}, ()),
        ({"tasks": [{**BEGUN, "budget": None}], "budget": "1 M GBP"}, ("p/x",)),
        ({"tasks": [{**BEGUN, "budget": None}, {"id": "y", "duration": "5 d", "budget": "1 M GBP"}]}, ()),  # it costs nothing
        ({"tasks": [{"id": "x", "duration": "50 d", "budget": "1 M GBP", "progress": "40 %"}]}, ("p/x",)),
        ({"tasks": [{"id": "x", "duration": "50 d", "budget": "1 M GBP"}]}, ()),
        ({"tasks": [], "budget": "1 M GBP", "start": "2026-01-01", "finish": "2026-06-30", "actual_start": "2025-12-01"}, ("p",)),
    ],
)
def test_what_begun_work_still_costs_is_at_most_its_forecast_where_nobody_says_what_it_has_cost(
    more: dict[str, Any], unrecorded: tuple[str, ...]
) -> None:
    """A benefit of 0.8 M on a budget of 1 M that is partly spent, nobody says how much: no director can stop it on that."""
    serves = "p/y" if len(more["tasks"]) > 1 and more["tasks"][1]["id"] == "y" else "p/x" if more["tasks"] else "p"
    pf = plan({"id": "p", "state": "active", "exit_cost": "100 k GBP", **more}, benefits=[benefit("b", "800 k GBP", enabled_by=serves)])
    row = worth_going_on(pf)["p"]
    assert row.unrecorded == unrecorded
    assert row.pays_to_stop is (not unrecorded and row.ratio is not None and row.ratio < 0.89)  # 0.8 M against 0.9 M that stopping frees
    (freed,) = ipmo.what_if(pf, Stop("p")).freed
    assert freed.unrecorded == unrecorded
    assert ("at most" in freed.money and "is not recorded (actual:)" in freed.money) is bool(unrecorded)
    if unrecorded:
        assert str(row).startswith(
            "p: 800 k GBP of benefit still to come needs at most 1 M GBP still to be spent: at least 0.80 for each unit"
        )
        (found,) = [f for f in ipmo.check(pf) if f.code == "mop/stop-list"]
        assert found.severity is ipmo.Severity.INFO
        assert "whether that is less than it costs is not known" in found.message


def test_where_a_benefit_is_not_known_the_ratio_is_at_least_what_is_said_and_nothing_is_to_be_stopped() -> None:
    """A paused giver brings 0.5 M that is known, and what the app waits for: 0.5 of its 1 M at least, and no stop list rests on that."""
    pf = plan(
        project("giver", state="paused"), project("app"), project("other", "2 M GBP"),
        links=[("giver/x", "app/x")],
        benefits=[benefit("small", "1 M GBP", enabled_by="other/x"), benefit("big", enabled_by="app/x")],
        contributions=[{"from": "giver", "to": "small", "share": "50 %"}, {"from": "small", "to": "o", "share": "100 %"}],
    )  # fmt: skip
    row = ipmo.worth_going_on(pf)["giver"]
    assert (row.unknown, row.at_least, row.pays_to_stop) == (("big",), True, False)
    assert str(row).startswith("giver: at least ")
    assert ": at least 0.50 for each unit" in str(row)
    (found,) = [f for f in ipmo.check(pf) if f.code == "mop/stop-list" and f.item == "giver"]
    assert (found.severity, found.hint) == (ipmo.Severity.INFO, "find out what 'big' would bring before you stop it")
    assert "at least 0.50" in found.message
    assert "whether that is less than it costs is not known" in found.message
    assert ipmo.worth_going_on(pf).table()["unknown"] == ("big", "big", "")
    both = pf.evolve("big", enabled_by=(), any_of=["app/x", "other/x"])  # `other` brings it whatever becomes of the giver
    assert ipmo.worth_going_on(both)["giver"].unknown == ()


@pytest.mark.parametrize(("state", "instead"), [("active", (("b", ("one",)),)), ("paused", (("b", ("one",)),))])
def test_a_substitute_says_whom_it_stands_beside_paused_or_not(state: str, instead: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    """b needs one of the two: without `two` nothing is lost, as `one` brings it; without `one` all is, where `two` is paused."""
    work = {"tasks": [{"id": "t", "duration": "10 d", "budget": "100 k GBP"}]}
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "pf", "start": "2026-01-01", "status_date": "2026-03-01", "money": {"currency": "GBP", "discount": "zero"}},
            "discounts": [{"id": "zero", "bands": [{"rate": 0}]}],
            "projects": [{"id": "one", "state": "active", **work}, {"id": "two", "state": state, **work}],
            "benefits": [{"id": "b", "any_of": ["one/t", "two/t"], "value": "2 M GBP"}],
        }
    )
    found = ipmo.worth_going_on(pf)
    assert (found["two"].ratio, found["two"].instead) == (0.0, instead)
    assert str(found["two"]).endswith("'b' is not lost without it while 'one' stands in")
    assert (found["one"].ratio, found["one"].instead) == ((0.0, (("b", ("two",)),)) if state == "active" else (20.0, ()))


@pytest.mark.parametrize(
    ("verb", "said"), [("worth-going-on", "no project is under way or proposed"), ("line-of-sight", "there is no project that counts")]
)
def test_an_empty_portfolio_is_answered_in_a_sentence(verb: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "pf.yaml"
    path.write_text("ipmo: 1\nportfolio: {id: pf, start: 2026-01-01}\n", encoding="utf-8")
    assert CliRunner().invoke(main, [verb, str(path)]).output.startswith(said)
