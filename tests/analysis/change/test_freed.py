"""What stopping and pausing frees: money, people, and what getting out costs, worked by hand."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings

import ipmo
from ipmo.analysis.change.freed import freed_between
from ipmo.analysis.money.remaining import Remaining, exit_cost_of
from ipmo.changes import Pause, Remove, Stop
from ipmo.cli.shell import main
from ipmo.model import Portfolio, Project
from ipmo.testing.strategies import portfolios


def money(amount: float) -> ipmo.Money:
    return ipmo.Money(Decimal(str(amount)), "GBP")


def plan(*projects: dict[str, Any], **more: Any) -> Portfolio:
    """Four projects over two financial years (April to March), on days of 24 hours without weekends."""
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {
                "id": "pf", "start": "2025-10-01", "status_date": "2026-01-01", "calendar": "continuous",
                "money": {"currency": "GBP", "financial_year": "apr"},
            },
            "resources": [{"id": "dev", "calendar": "continuous"}, {"id": "crane", "calendar": "continuous"}],
            "projects": list(projects),
            **more,
        }
    )  # fmt: skip


DEPOT: dict[str, Any] = {
    "id": "depot", "exit_cost": "1 M GBP",
    "tasks": [
        {"id": "dig", "duration": "192 d", "actual_start": "2025-10-01", "remaining": "100 d", "progress": "40 %", "budget": "9 M GBP",
         "forecast": "10 M GBP", "actual": "4 M GBP", "assignments": [{"resource": "dev", "effort": "50 pd"}]},
        {"id": "lift", "duration": "10 d", "after": "dig", "budget": "0 GBP", "forecast": "0 GBP", "assignments": [{"resource": "crane", "units": 2}]},
    ],
}  # fmt: skip
LINE: dict[str, Any] = {"id": "line", "tasks": [{"id": "lay", "duration": "30 d", "budget": "2 M GBP"}]}
LINKED = {"links": [{"id": "L", "from": "depot/dig", "to": "line/lay"}]}


def test_stopping_frees_what_is_left_less_the_way_out_by_year_with_its_people() -> None:
    found = ipmo.what_if(plan(DEPOT, LINE, **LINKED), Stop("depot"))
    (row,) = found.freed.rows
    assert (row.cost, row.exit_cost, row.net, row.spent) == (money(6e6), money(1e6), money(5e6), money(4e6))
    assert row.years == (("2025/26", money(5.4e6)), ("2026/27", money(0.6e6)))  # 90 of the 100 days left lie before April
    assert [(need.resource, need.effort, str(need.since), str(need.until)) for need in row.people] == [
        ("dev", 30, "2026-01-01", "2026-04-10"),  # 60 % of 50 person-days over 100 days
        ("crane", 20, "2026-04-11", "2026-04-20"),
    ]
    assert [need.units for need in row.people] == [Fraction(3, 10), 2]
    assert found.freed.net == money(5e6)
    assert found.freed.effort == {"dev": 30, "crane": 20}
    assert found.freed.waiting == ("line",)
    lines = found.explain("depot").splitlines()
    assert lines[0] == (
        "stopping depot frees 5 M GBP: 6 M GBP still to be spent (5.4 M GBP in 2025/26, 600 k GBP in 2026/27) less 1 M GBP to get out; "
        "4 M GBP are spent either way"
    )
    assert lines[1] == (
        "stopping depot frees 30 pd of dev from 2026-01-01 to 2026-04-10 (0.3 on average); "
        "20 pd of crane from 2026-04-11 to 2026-04-20 (2 on average)"
    )
    assert [(m.what, m.change, m.unit) for m in found if m.what.endswith("freed")] == [
        ("money freed", 5e6, "GBP"),
        ("people freed", 50, "pd"),
    ]


def test_totals_say_what_stays_spent() -> None:
    (total,) = [m for m in ipmo.what_if(plan(DEPOT, LINE), Stop("depot")).money if m.what == "total budget"]
    assert total.change == -9e6
    assert total.note == "totals leave out depot; 4 M GBP on depot stays spent and is not saved"
    stopped = plan({**DEPOT, "state": "cancelled"}, LINE)
    left = {name: ipmo.roll_up(stopped, name).total.left_out for name in ("budget", "actual")}
    assert set(left.values()) == {("depot (cancelled)",)}
    earned = ipmo.earned_value(stopped)
    assert "depot" not in earned  # earned value leaves out what roll-ups leave out
    assert earned["pf"].bac == ipmo.roll_up(stopped, "budget").total.value == money(2e6)


@pytest.mark.parametrize(
    ("project", "net", "texts"),
    [
        ({**DEPOT, "exit_cost": None}, None, ["frees at most 6 M GBP still to be spent", "what getting out costs is not stated (exit_cost:)"]),
        (
            {"id": "depot", "exit_cost": "1 M GBP", "tasks": [{"id": "dig", "duration": "10 d"}]}, None,
            ["frees is not known: not all of its cost is known", "getting out costs 1 M GBP", "its 1 open task names nobody"],
        ),
        ({**DEPOT, "exit_cost": "8 M GBP"}, -2e6, ["frees nothing", "getting out costs 8 M GBP"]),
        ({**DEPOT, "tasks": [*DEPOT["tasks"], {"id": "paint", "duration": "1 d", "budget": "0 GBP", "forecast": "0 GBP"}]}, 5e6, ["at least, 1 of 3 open tasks names nobody"]),
        ({"id": "depot", "start": "2026-01-01", "finish": "2026-03-01", "budget": "1 M GBP"}, None, ["it has no tasks that name anybody", "at most 1 M GBP"]),
        ({**DEPOT, "exit_cost": "0 GBP"}, 6e6, ["frees 6 M GBP"]),
    ],
)  # fmt: skip
def test_what_is_not_stated_is_not_known(project: dict[str, Any], net: float | None, texts: list[str]) -> None:
    pf = plan({key: value for key, value in project.items() if value is not None}, LINE)
    found = ipmo.what_if(pf, Stop("depot"))
    assert found.freed.net == (None if net is None else money(net))
    for text in texts:
        assert text in str(found)


def test_paused_money_waits_and_its_people_are_free() -> None:
    found = ipmo.what_if(plan(DEPOT, LINE, **LINKED), Pause("depot"))
    row = found.freed["depot"]
    assert (row.how, row.cost, row.net, row.exit_cost) == ("pausing", money(6e6), None, None)
    assert row.money.endswith("waiting; nothing of it is saved")
    assert found.freed.effort == {"dev": 30, "crane": 20}
    assert found.freed.waiting == ("line",)
    assert ipmo.schedule(found.after)["line/lay"].undated
    again = ipmo.what_if(found.after, Stop("depot")).freed["depot"]
    assert (again.how, again.net, again.people, again.undated) == ("stopping", money(5e6), (), 2)
    assert again.staff == "stopping depot frees nobody who is at work by dates; 2 tasks without dates are not counted"
    with pytest.raises(ipmo.ModelError, match="paused already"):
        ipmo.what_if(found.after, Pause("depot"))


def test_the_exit_cost_of_a_programme_stands_for_its_projects_where_all_of_it_ends() -> None:
    more = {"programmes": [{"id": "city", "exit_cost": "0.5 M GBP"}]}
    pf = plan({**DEPOT, "programme": "city"}, {**LINE, "programme": "city"}, **more)
    whole = ipmo.what_if(pf, Stop("city")).freed
    assert list(whole.ids) == ["depot", "line", "city"]
    assert (whole["city"].cost, whole["city"].net) == (money(8e6), money(7.5e6))
    assert whole.net == money(7.5e6)
    assert "what getting out costs is counted with city" in whole.explain("depot")
    one = ipmo.what_if(pf, Stop("depot")).freed
    assert list(one.ids) == ["depot"]
    assert one.net == money(5e6)
    assert ipmo.roll_up(pf, "exit_cost").total.value == money(0.5e6)


def test_what_is_removed_or_stopped_in_another_month_frees_alike() -> None:
    pf = plan(DEPOT, LINE)
    assert ipmo.what_if(pf, Remove("depot")).freed["depot"].how == "removing"
    later = plan({**DEPOT, "state": "cancelled"}, LINE)
    assert ipmo.compare(pf, later).freed.net == money(5e6)
    assert not ipmo.compare(later, later).freed.rows
    killed = plan({**DEPOT, "gates": [{"id": "G", "decision": {"outcome": "kill", "date": "2025-12-20"}}]}, LINE)
    assert ipmo.compare(pf, killed).freed.net == money(5e6)


def test_the_command_line_says_it_in_words_and_in_json(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    ipmo.write(plan(DEPOT, LINE, **LINKED), file)
    assert "exit_cost: 1 M GBP" in file.read_text("utf-8")
    said = CliRunner().invoke(main, ["what-if", str(file), "--stop", "depot"])
    assert said.exit_code == 0, said.output
    assert "stopping depot frees 5 M GBP" in said.output
    assert "30 pd of dev" in said.output
    found = json.loads(CliRunner().invoke(main, ["what-if", str(file), "--stop", "depot", "--json"]).output)
    assert [(row["item"], row["net"], row["effort"]) for row in found["freed"]] == [("depot", 5e6, 50)]
    paused = CliRunner().invoke(main, ["what-if", str(file), "--pause", "depot"])
    assert "pausing depot keeps 6 M GBP still to be spent" in paused.output


@settings(max_examples=40)
@given(portfolios())
def test_people_freed_are_the_demand_that_goes(pf: Portfolio) -> None:
    running = [p for p in pf.projects if p.state in ("approved", "active") and not p.stopped and p.actual_finish is None]
    if not running:
        return
    try:
        demand = ipmo.capacity(pf, by="project")
    except ipmo.IpmoError:
        return
    wanted: Counter[str] = Counter()
    for load in demand.rows:
        wanted[load.name] += load.demand  # type: ignore[assignment]
    for project in running:
        after = pf.evolve(project.id, state="cancelled")
        assert isinstance(after[project.id], Project)
        row = freed_between(pf, after)[project.id]
        assert sum((need.effort for need in row.people), Fraction(0)) == wanted[project.id]
        assert row.net is None or row.net.amount == row.cost.amount - row.exit_cost.amount  # type: ignore[union-attr]


def test_a_way_out_in_a_currency_without_a_rate_is_not_known_which_is_not_unstated() -> None:
    pf = plan({**DEPOT, "exit_cost": "1 M EUR"})
    row = ipmo.what_if(pf, Stop("depot")).freed["depot"]
    assert (row.exit_cost, row.net) == (None, None)
    why = "what getting out costs is not known: exit_cost of 'depot' is 1 M EUR: no rate from EUR to GBP on 2026-01-01"
    assert row.money.startswith(
        f"stopping depot frees at most 6 M GBP still to be spent (5.4 M GBP in 2025/26, 600 k GBP in 2026/27): {why}"
    )
    worth = ipmo.worth_going_on(pf)["depot"]
    assert worth.exit_cost is None
    assert worth.stopping == f"stopping would free that at most: {worth.no_exit}"
    assert worth.no_exit.startswith(why)


IN_2020, IN_2026 = {"year": 2020}, {"year": 2026}


def priced(**bases: Any) -> Portfolio:
    """A project of each name in its own prices, 10 GBP to come, 1 GBP to get out, all in one programme."""
    projects = [
        {"id": name, "price_base": base, "exit_cost": "1 GBP", "programme": "T", "tasks": [{"id": "t", "duration": "9 d", "budget": "10 GBP"}]}
        for name, base in bases.items()
    ]  # fmt: skip
    return plan(*projects, programmes=[{"id": "T"}])


def test_what_others_state_in_other_prices_does_not_matter_to_what_ends() -> None:
    found = ipmo.what_if(priced(a=IN_2020, b=IN_2026), Stop("a")).freed
    assert found["a"].net == found.net == money(9)
    assert found["a"].base == "real 2020"


def test_what_ends_in_several_prices_does_not_add() -> None:
    pf = priced(a=IN_2020, b=IN_2026, c=IN_2020)
    found = ipmo.what_if(pf, Stop("T")).freed
    assert [row.net for row in found.rows] == [money(9)] * 3
    assert found.net is None
    assert ipmo.what_if(pf, Stop("a"), Stop("c")).freed.net == money(18)
    whole = ipmo.what_if(pf.evolve("T", exit_cost="5 GBP"), Stop("T")).freed
    assert (whole["T"].cost, whole["T"].exit_cost, whole.net) == (None, money(5), None)
    assert whole["T"].reason == "its projects are in real 2020 and real 2026 prices, which do not add: bring them to one base"
    alike = ipmo.what_if(priced(a=IN_2020, c=IN_2020).evolve("T", exit_cost="5 GBP"), Stop("T")).freed
    assert (alike["T"].cost, alike.net, alike["T"].base) == (money(20), money(15), "real 2020")


def test_what_was_spent_in_other_prices_does_not_subtract() -> None:
    spent = [{"amount": "4 GBP", "price_base": IN_2026}]
    pf = plan({"id": "a", "price_base": IN_2020, "exit_cost": "1 GBP", "budget": "10 GBP", "actual": spent})
    row = ipmo.what_if(pf, Stop("a")).freed["a"]
    assert (row.cost, row.exit_cost) == (None, money(1))
    assert (
        row.reason
        == "budget of 'a' is in real 2020 prices, what was spent in real 2026 prices; they do not subtract: bring them to one base"
    )


def test_a_project_that_mixes_prices_itself_is_not_known_and_its_way_out_is() -> None:
    lines = [{"amount": "4 GBP", "price_base": IN_2026}, {"amount": "4 GBP", "price_base": IN_2020}]
    pf = plan({"id": "a", "exit_cost": "1 GBP", "budget": lines}, LINE)
    found = ipmo.what_if(pf, Stop("a"), Stop("line")).freed
    assert (found["a"].cost, found["a"].exit_cost) == (None, money(1))
    assert "do not add" in found["a"].reason
    assert found["line"].cost == money(2e6)


@settings(max_examples=60, deadline=None)
@given(portfolios())
def test_what_is_left_of_one_project_is_what_the_whole_says_of_it(pf: Portfolio) -> None:
    """The tree of one project says what the tree of the whole portfolio says of it."""
    whole = Remaining(pf)
    for project in pf.projects:
        if project.stopped:
            continue
        alone, name = Remaining(pf, project), project.id
        for ask in (Remaining.left, Remaining.spent, Remaining.years, Remaining.exit_cost, Remaining.unrecorded, Remaining.base):
            assert ask(alone, name) == ask(whole, name), ask
    for programme in pf.programmes:
        assert exit_cost_of(pf, programme) == whole.exit_cost(programme.id)
