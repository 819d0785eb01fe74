"""Links ranked by expected loss: what their lateness costs on the joint samples, held against the two-point plan that can be counted by hand."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

import ipmo
from ipmo.cli import main
from ipmo.model import Portfolio
from ipmo.units import minutes


def plan(**givers: object) -> Portfolio:
    """Two givers of one receiver each: `often` is late by 10 days half of the time, `rarely` by 60 days once in ten."""
    lengths = {
        "often": {"values": ["10 ed", "20 ed"], "weights": [0.5, 0.5]},
        "rarely": {"values": ["10 ed", "70 ed"], "weights": [0.9, 0.1]},
        "never": "5 ed",
    } | givers
    projects = [{"id": name, "tasks": [{"id": "give", "duration": length}]} for name, length in lengths.items()]
    taking = [{"id": f"to-{name}", "tasks": [{"id": "take", "duration": "10 ed"}]} for name in lengths]
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "all", "start": "2026-01-05", "money": {"currency": "GBP"}},
            "projects": projects + taking,
            "links": [{"id": f"l-{name}", "from": f"{name}/give", "to": f"to-{name}/take"} for name in lengths],
        }
    )


def test_the_days_that_a_link_costs_decide_the_order() -> None:
    """Of the end of all: `often` costs 10 days half of the time, but not where `rarely` is late: 4.5 on average.

    `rarely` itself ends on day 70 then, and its receiver on day 80: its link costs ten of these once in ten, 1 on average. A certain
    giver costs none, and comes last.
    """
    assert [one.id[2:] for one in ipmo.critical_links(plan(), rank_by="expected loss")] == ["often", "rarely", "never"]
    q = ipmo.simulate(plan(), samples=2000)
    days = {row["source"]: float(row["end_days"]) for row in q.hand_overs().rows()}
    assert abs(days["often/give"] - 4.5) < 4 * 5 / 2000**0.5
    assert abs(days["rarely/give"] - 1.0) < 4 * 3 / 2000**0.5
    dearer = plan(often={"values": ["10 ed", "40 ed"], "weights": [0.5, 0.5]}, rarely={"values": ["10 ed", "12 ed"], "weights": [0.9, 0.1]})
    assert [one.id[2:] for one in ipmo.critical_links(dearer, rank_by="expected loss")] == ["often", "rarely", "never"]


def test_what_is_skipped_because_it_never_holds_back_costs_nothing_indeed() -> None:
    """A giver beside a later one of the same receiver: its own lateness moves nothing, whoever computes it."""
    data = ipmo.to_dict(plan())
    data["projects"][3]["tasks"][0]["not_before"] = "2026-12-01"
    q = ipmo.simulate(ipmo.from_dict(data), samples=600)
    rows = {row["source"]: row for row in q.hand_overs().rows()}
    assert rows["often/give"]["days"] == 0
    assert rows["often/give"]["late"] > 0.4
    assert abs(rows["rarely/give"]["days"] - 6) < 4 * 18 / 600**0.5


def test_where_nothing_is_uncertain_there_is_no_expected_loss() -> None:
    certain = plan(often="10 ed", rarely="10 ed")
    with pytest.raises(ipmo.ModelError, match="no expected loss where nothing is uncertain that moves a date"):
        ipmo.critical_links(certain, rank_by="expected loss")
    with pytest.raises(ipmo.OptionError, match="expected loss"):
        ipmo.critical_links(certain, rank_by="luck")  # type: ignore[arg-type]


def test_the_command_line_says_what_it_ranks_by(tmp_path: Path) -> None:
    path = tmp_path / "all.yaml"
    ipmo.write(plan(), path)
    found = CliRunner().invoke(main, ["links", str(path), "--rank-by", "expected loss"])
    assert found.exit_code == 0, found.output
    days = {row["source"]: row for row in ipmo.simulate(plan(), samples=2000).hand_overs().rows()}
    lines = found.output.splitlines()
    assert lines[0].strip().startswith("1. often/give")
    assert f"expected to cost {days['often/give']['end_days']:.1f} days of the portfolio" in lines[2]
    rows = json.loads(CliRunner().invoke(main, ["links", str(path), "--rank-by", "expected loss", "--json"]).output)["expected"]
    assert {row["source"]: row["end_days"] for row in rows} == {name: row["end_days"] for name, row in days.items()}
    assert "expected to cost" not in CliRunner().invoke(main, ["links", str(path)]).output


def test_a_refused_simulation_prints_no_figures(tmp_path: Path) -> None:
    path = tmp_path / "certain.yaml"
    ipmo.write(plan(often="10 ed", rarely="10 ed"), path)
    assert ipmo.simulate(str(path), samples=100).grade == "refused"
    found = CliRunner().invoke(main, ["simulate", str(path), "--samples", "100"])
    assert found.exit_code == 1
    assert found.stdout == ""
    assert "the simulation is refused" in found.stderr
    as_json = CliRunner().invoke(main, ["simulate", str(path), "--samples", "100", "--json"])
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)["rows"] == []
    assert json.loads(as_json.stdout)["grade"] == "refused"


@pytest.mark.parametrize(("lengths", "end", "planned"), [(("5 d", "6 d"), (12, 9), (9, 17)), (("6 d", "7 d"), (12, 17), (12, 9))])
def test_a_finish_in_time_waits_for_a_shift_as_in_the_schedule(
    lengths: tuple[str, str], end: tuple[int, int], planned: tuple[int, int]
) -> None:
    """The giver works on Saturdays, what must not finish before it does not: on Saturday the 10th it waits for Monday at 9.

    Planned for Friday at 17:00 and late by Saturday, the link costs the weekend; planned for Saturday, it costs from Monday at 9 to 17:00.
    """
    data = {
        "ipmo": 1,
        "portfolio": {"id": "all", "start": "2026-01-05"},
        "calendars": [{"id": "week", "week": "mon-fri", "hours": "09:00-17:00"}, {"id": "six", "week": "mon-sat", "hours": "09:00-17:00"}],
        "projects": [
            {"id": "a", "calendar": "six", "tasks": [{"id": "give", "duration": {"values": list(lengths), "weights": [0.6, 0.4]}}]},
            {"id": "b", "calendar": "week", "tasks": [{"id": "take", "duration": "2 d"}]},
        ],
        "links": [{"from": "a/give", "to": "b/take", "type": "FF"}],
    }
    q = ipmo.simulate(ipmo.from_dict(data), samples=600)
    found = q.finish("b/take")
    plan, slow = (datetime(2026, 1, day, hour) for day, hour in (planned, end))
    assert found.planned == minutes(plan)
    assert set(found.samples) == {plan, slow}
    share = sum(one == slow for one in found.samples) / 600
    (row,) = q.hand_overs().rows()
    assert row["days"] == pytest.approx(share * (slow - plan) / timedelta(days=1))


def test_what_never_comes_is_said_before_the_order(tmp_path: Path) -> None:
    """Of a giver that was stopped no sample says what it loses: it stands first among hand-overs, and before the order where links are ranked."""
    data = ipmo.to_dict(plan())
    data["projects"][2]["state"] = "cancelled"
    pf = ipmo.from_dict(data)
    first = next(iter(ipmo.simulate(pf, samples=200).hand_overs().rows()))
    assert (first["source"], first["late"], first["lost"]) == ("never/give", 1.0, None)
    found = ipmo.critical_links(pf, rank_by="expected loss")
    assert found.unscheduled == ("l-never",) and [one.id for one in found][-1] == "l-never"
    ipmo.write(pf, path := tmp_path / "all.yaml")
    lines = CliRunner().invoke(main, ["links", str(path), "--rank-by", "expected loss"]).output.splitlines()
    assert lines[0] == "not in this order, as no sample says when it comes and what that loses: 'l-never'"
    assert "no sample says" not in CliRunner().invoke(main, ["links", str(path)]).output
    said = json.loads(CliRunner().invoke(main, ["links", str(path), "--rank-by", "expected loss", "--json"]).output)
    assert said["unscheduled"] == ["l-never"]
