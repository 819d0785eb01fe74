"""A part of a portfolio answers as the whole does about its own work, and says what was cut."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.cli import main
from ipmo.model import Contribution, Decision, Issue, Link, Risk
from ipmo.testing.strategies import portfolios


def said(part: ipmo.Portfolio, code: str = "") -> list[str]:
    return [one.message for one in part.source.findings if code in one.code]


def chain(**more: object) -> ipmo.Portfolio:
    """Track, then trams, then a terminal that must open by 30 January; five working days each from 5 January 2026."""
    plan = {
        "ipmo": 1,
        "portfolio": {"id": "city", "start": "2026-01-05", "status_date": "2026-01-05", "money": {"currency": "GBP"}},
        "programmes": [{"id": "transit", "budget": "9 M GBP"}, {"id": "rail", "programme": "transit"}],
        "projects": [
            {"id": "track", "programme": "rail", "budget": "3 M GBP", "tasks": [{"id": "lay", "duration": "5 d"}]},
            {"id": "tram", "programme": "transit", "budget": "2 M GBP", "tasks": [{"id": "run", "duration": "5 d"}]},
            {"id": "airport", "tasks": [{"id": "open", "duration": "5 d", "deadline": "2026-01-30"}]},
        ],
        "links": [{"from": "track/lay", "to": "tram/run", "lag": "1 d"}, {"from": "tram/run", "to": "airport/open"}],
        **more,
    }
    return ipmo.from_dict(plan)


def test_what_is_handed_in_keeps_the_date_of_the_whole_plan_with_its_lag() -> None:
    part = chain().select(["tram"])
    (into, out) = part.links
    assert (into.source, into.date, into.lag) == ("external:track lay", datetime(2026, 1, 12, 17), None)  # Friday the 9th and a working day
    assert ipmo.schedule(part).dates("tram/run") == ipmo.schedule(chain()).dates("tram/run")
    assert "tram/run waits for track/lay, outside this part: until 2026-01-12 in the whole plan, and fixed there" in said(part)
    assert out.target == "external:airport open"


def test_what_others_wait_for_is_needed_by_the_last_day_that_keeps_what_they_stated() -> None:
    # the terminal takes the five days up to the 30th, so that it starts on the 26th: needed by the end of Friday the 23rd
    part = chain().select(["tram"])
    assert part.links[1].needed == datetime(2026, 1, 23, 17)
    assert said(part, "needed-outside") == [
        "airport/open, outside this part, waits for tram/run: later than 2026-01-23 breaks airport/open"
    ]
    whole = ipmo.schedule(chain())["tram/run"]
    assert ipmo.schedule(part)["tram/run"].commitment_float == whole.commitment_float == 4.0


def test_a_programme_means_what_lies_in_it_at_any_depth() -> None:
    part = chain().select(programme="transit")
    assert part.projects.ids == ("track", "tram")
    assert chain().select(["rail"]).projects.ids == ("track",)


def test_money_of_a_programme_of_which_only_some_is_there_is_left_out_and_that_is_said() -> None:
    part = chain().select(["tram"])
    assert part["transit"].budget is None
    assert ipmo.roll_up(part, "budget").total.value == ipmo.Money(2_000_000, "GBP")
    assert any("'transit' is not all in this part" in one for one in said(part))
    assert chain().select(programme="transit")["transit"].budget is not None


def test_the_start_that_follows_from_a_project_outside_is_kept() -> None:
    pf = chain().evolve(start=None, status_date=None, links=[]).evolve("track/lay", not_before="2026-01-05")
    part = pf.select(["tram"])
    assert part.start == datetime(2026, 1, 5)
    assert ipmo.schedule(part).dates("tram/run") == ipmo.schedule(pf).dates("tram/run")


def test_registers_keep_what_is_about_the_part_and_about_the_whole() -> None:
    pf = chain().evolve(
        issues=[Issue(id="I1", item="track/lay"), Issue(id="I2", item="tram"), Issue(id="I3")],
        decisions=[Decision(id="D1", item="tram", blocks=["airport/open", "tram/run"]), Decision(id="D2", item="airport")],
        funding="20 M GBP",
    )
    pf = pf.evolve("tram", requires=["track"], risks=[Risk(id="R1", before={"probability": 0.5, "impacts": [{"target": "track/lay"}]})])
    part = pf.select(["tram"])
    assert part.issues.ids == ("I2", "I3")
    assert part.decisions.ids == ("D1",)
    assert part["D1"].blocks == ("tram/run",)
    assert part["tram"].requires == ()
    assert part["tram"].risks[0].before.impacts == ()
    assert part.funding is None
    text = "\n".join(said(part, "left-out"))
    for word in ("1 issue, 1 decision", "tram requires track", "the money granted to the whole portfolio"):
        assert word in text


def test_a_change_request_that_adds_work_outside_the_part_is_left_out() -> None:
    more = {"task": {"id": "more", "duration": "1 d"}}
    effects = {"C1": {"add": {**more, "to": "airport"}}, "C2": {"add": {**more, "to": "tram"}}, "C3": {"add": {"project": {"id": "new"}}}}
    pf = ipmo.from_dict(ipmo.to_dict(chain()) | {"changes": [{"id": name, "effect": [effect]} for name, effect in effects.items()]})
    assert pf.select(["tram"]).changes.ids == ("C2", "C3")


def test_a_benefit_comes_when_it_comes_in_the_whole_plan() -> None:
    benefits = [{"id": "fares", "value": "1 M GBP per year", "enabled_by": ["tram/run", {"from": "airport/open", "lag": "1 month"}]}]
    pf = chain(benefits=benefits)
    part = pf.select(["tram"])
    assert ipmo.schedule(part).dates("fares") == ipmo.schedule(pf).dates("fares")
    assert [link.source for link in part.links if link.target == "fares"] == ["external:airport open"]
    assert not pf.select(["track"]).benefits


def test_a_benefit_for_which_one_of_several_is_enough_is_left_out_where_one_lies_outside() -> None:
    pf = chain(benefits=[{"id": "fares", "any_of": ["tram/run", "airport/open"]}, {"id": "rides", "enabled_by": ["fares"]}])
    assert not pf.select(["tram"]).benefits
    assert "2 benefits that no work of this part alone leads to are left out: fares, rides" in said(pf.select(["tram"]))
    assert pf.select(["tram", "airport"]).benefits.ids == ("fares", "rides")


def test_an_outcome_that_nothing_enables_stays_with_its_benefit_and_so_do_contributions() -> None:
    pf = chain(
        objectives=[{"id": "mobility"}],
        outcomes=[{"id": "faster"}],
        benefits=[{"id": "fares", "enabled_by": ["tram/run"], "outcome": "faster"}],
    ).evolve(
        contributions=[
            Contribution(source="fares", target="mobility", share=0.5),
            Contribution(source="airport", target="mobility", share=0.5),
        ]
    )
    part = pf.select(["tram"])
    assert (part.outcomes.ids, part.benefits.ids) == (("faster",), ("fares",))
    assert [one.source for one in part.contributions] == ["fares"]


def test_a_giver_without_a_date_is_a_warning() -> None:
    part = chain().evolve("track", state="paused").select(["tram"])
    (warning,) = [one for one in part.source.findings if one.code == "ipmo/part-undated"]
    assert warning.severity is ipmo.Severity.WARNING
    assert warning.item == "tram/run"
    assert any(one.code == "ipmo/part-differs" for one in part.source.findings)  # in the whole it has no date, here it has one
    assert "ipmo/part-undated" in {one.code for one in ipmo.check(part)}


def test_who_waits_no_more_is_no_commitment() -> None:
    part = chain().evolve("airport", state="cancelled").select(["tram"])
    assert [link.target for link in part.links] == ["tram/run"]


def test_all_of_it_is_the_portfolio_itself() -> None:
    pf = chain()
    assert pf.select() is pf
    assert pf.select(["transit", "airport"]) is pf


def test_one_id_is_one_project_or_programme() -> None:
    pf = chain()
    for part in (pf.select("tram"), ipmo.select(pf, "tram"), pf.select(pf["tram"].id)):
        assert part.projects.ids == ("tram",)
    assert pf.select("rail").projects.ids == ("track",)


def test_what_cannot_be_chosen_says_why() -> None:
    pf = chain()
    with pytest.raises(ipmo.UnknownItemError, match="close: 'tram'"):
        pf.select(["trm"])
    with pytest.raises(ipmo.UnknownItemError, match="the programmes of portfolio 'city'; close: 'transit'"):
        pf.select(programme="transi")
    with pytest.raises(ipmo.OptionError, match="a project of the portfolio is left"):
        pf.select(state="closed")
    with pytest.raises(ipmo.OptionError, match="not one of proposed"):
        pf.select(state="shut")
    with pytest.raises(ipmo.OptionError, match="a project of the portfolio is left"):
        pf.select(["airport"], programme="transit")


def test_a_part_is_written_and_read_as_any_portfolio(tmp_path) -> None:  # type: ignore[no-untyped-def]
    part = chain().select(["tram"])
    ipmo.write(part, tmp_path / "part.yaml")
    assert ipmo.read(tmp_path / "part.yaml") == part


def test_two_outside_ends_of_one_name_stay_two() -> None:
    pf = chain().evolve(
        links=[Link(source="track/lay", target="tram/run"), Link(source="track/lay", target="tram/run", type="SS", lag="9 d")]
    )
    part = pf.select(["tram"])
    assert len(part.links) == 2
    assert ipmo.schedule(part).dates("tram/run") == ipmo.schedule(pf).dates("tram/run")


@given(portfolios(max_projects=4), st.data())
def test_dates_and_commitment_floats_of_a_part_are_those_of_the_whole(pf: ipmo.Portfolio, data: st.DataObject) -> None:
    ids = pf.projects.ids
    some = data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True)) if ids else []
    if not some:
        return
    try:
        whole = ipmo.schedule(pf, on_cycle="cut")
    except ipmo.ScheduleError:
        return
    part = pf.select(some)
    if part is pf:
        return
    codes = Counter(one.code for one in part.source.findings)
    here = ipmo.schedule(part, on_cycle="cut")
    assert part.projects.ids == tuple(one for one in ids if one in some)
    if codes["ipmo/part-undated"]:
        return
    if any(one.type == "SF" and one.source.startswith("external:") for one in part.links):
        # a finish on a start may lie on either edge of a shift: what differs is then said
        assert codes["ipmo/part-differs"] or all(here.dates(item) == whole.dates(item) for item in here.ids if item in whole.ids)
        return
    assert not codes["ipmo/part-differs"], said(part, "differs")
    for item in here.ids:
        if item in whole.ids:
            assert here.dates(item) == whole.dates(item)
            if "/" in item:
                assert here[item].commitment_float == whole[item].commitment_float, (item, part.links)


@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
@pytest.mark.parametrize("owner", ["predecessor", "successor", "project", "continuous"])
@pytest.mark.parametrize("lag", ["10 w", "2 d", "-2 d", "3 h", "5 ed", "1 month"])
def test_a_lag_from_outside_is_counted_as_the_whole_plan_counts_it(kind: str, owner: str, lag: str) -> None:
    short = {"id": "short", "week": "mon, wed, fri", "hours": "10:00-14:00"}
    night = {"id": "night", "week": "mon-fri", "hours": "22:00-06:00", "holidays": ["2026-03-16"]}
    for calendars in itertools.product(["short", "night"], ["short", "continuous"], ["short", "night"]):
        giver, taker, own = calendars
        pf = ipmo.from_dict(
            {
                "ipmo": 1,
                "portfolio": {"id": "x", "start": "2026-01-05", "calendar": "short", "dialect": {"lag_calendar": owner}},
                "calendars": [short, night],
                "projects": [
                    {"id": "p", "tasks": [{"id": "a", "duration": "3 d", "calendar": giver, "not_before": "2026-02-02"}]},
                    {"id": "q", "calendar": own, "tasks": [{"id": "b", "duration": "1 d", "calendar": taker}]},
                ],
                "links": [{"from": "p/a", "to": "q/b", "type": kind, "lag": lag}],
            }
        )
        part = pf.select(["q"])
        same = ipmo.schedule(part).dates("q/b") == ipmo.schedule(pf).dates("q/b")
        assert same == (not said(part, "differs")), calendars
        assert same or kind == "SF", calendars


def test_on_the_command_line(tmp_path: Path) -> None:
    ipmo.write(chain(), tmp_path / "city.yaml")
    plan, out = str(tmp_path / "city.yaml"), str(tmp_path / "part.yaml")
    said = CliRunner().invoke(main, ["select", plan, out, "--project", "tram"])
    assert said.exit_code == 0, said.output
    assert "tram/run waits for track/lay, outside this part: until 2026-01-12" in said.output
    assert ipmo.read(out).projects.ids == ("tram",)
    assert CliRunner().invoke(main, ["select", plan, out, "--where", "programme=transit"]).exit_code == 0
    assert ipmo.read(out).projects.ids == ("track", "tram")
    for wrong, why in (
        (["--where", "programme"], "no NAME=VALUE"),
        ([], "say which part"),
        (["--where", "departmnt=x"], "fields and attributes"),
    ):
        refused = CliRunner().invoke(main, ["select", plan, out, *wrong])
        assert refused.exit_code != 0
        assert why in refused.output


def test_who_waits_for_a_start_needs_it_by_the_last_start_that_keeps_what_is_stated_outside() -> None:
    pf = chain().evolve(links=[Link(source="tram/run", target="airport/open", type="SS", lag="2 d")])
    part = pf.select(["tram"])
    # the terminal starts by the morning of Monday the 26th, two working days after the trams: these start by Thursday the 22nd
    assert part.links[0].needed == datetime(2026, 1, 22, 9)
    assert ipmo.schedule(part)["tram/run"].commitment_float == ipmo.schedule(pf)["tram/run"].commitment_float == 13.0
