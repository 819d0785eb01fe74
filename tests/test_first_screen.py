"""The first screen of the report: four questions, each answered from what is recorded, and what is not recorded said to be so."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.figures.axes import date_ticks
from ipmo.figures.s_curves import Curve, Mark, s_curves
from ipmo.model import Portfolio
from ipmo.reporting import answers
from ipmo.reporting.answers import Answers
from ipmo.reporting.blocks import Grid, Paragraph
from ipmo.reporting.dependencies import decisions
from ipmo.reporting.questions import Question, questions
from ipmo.reporting.registers import lessons, raid_log
from ipmo.reporting.sureness import chance_text, sureness
from ipmo.reporting.tiles import tiles
from ipmo.units import minutes

EXAMPLES = Path(__file__).parent.parent / "examples"
LASTING = {"low": "10 d", "likely": "10 d", "high": "20 d"}


def portfolio(*projects: dict[str, Any], **more: Any) -> Portfolio:
    header = {"id": "x", "name": "All", "start": "2026-01-05", "status_date": "2026-02-02", "money": {"currency": "GBP"}}
    return ipmo.from_dict({"ipmo": 1, "portfolio": header, "projects": list(projects), **more})


def asked(pf: Portfolio, before: Portfolio | None = None) -> dict[str, Question]:
    return {one.id: one for one in questions(Answers(pf, ipmo.check(pf), before))}


def test_what_is_not_recorded_is_said_and_is_no_green() -> None:
    found = asked(portfolio({"id": "P", "tasks": [{"id": "a", "duration": "5 d"}]}))
    assert [one.kind for one in found.values()] == ["", "warn", "", ""]
    assert [one.answer for one in found.values()] == [
        "No gate and no decision is recorded, so none is known to wait.",
        "No commitment is stated, so none can be missed.",
        "No hand-over across projects and no open risk is recorded, so what could hurt is not known.",
        "Nothing says how sure the dates are: no open work has a range, and no risk or driver has a probability.",
    ]


def test_decisions_stand_with_who_takes_them_the_late_ones_first_then_exceptions() -> None:
    bodies = [{"id": "board", "name": "The board"}]
    decisions = [
        {"id": "later", "question": "Build or buy?", "body": "board", "need_by": "2026-03-02"},
        {"id": "late", "question": "Stay?", "body": "board", "need_by": "2026-01-30"},
        {"id": "open", "question": "Whose logo?"},
    ]
    dear = {"id": "P", "name": "New hall", "budget": "1 M GBP", "forecast": "1234567.89 GBP", "tolerance": {"cost": "10 %"}}
    found = asked(portfolio(dear, decisions=decisions, organisation={"bodies": bodies}))["decide"]
    assert (found.kind, found.answer) == ("bad", "3 decisions wait, 1 of them late; 1 tolerance is forecast to be exceeded.")
    assert [(line.label, line.text, line.kind) for line in found.lines] == [
        ("The board", "Stay? needed by 2026-01-30, 3 days ago", "bad"),
        ("The board", "hears of an exception: New hall, cost: forecast 1.235 M GBP, budget 1 M GBP, 134.6 k GBP beyond tolerance", "bad"),
        ("The board", "Build or buy? needed by 2026-03-02", ""),
        ("Nobody is named", "Whose logo? nothing dated waits for it", ""),
    ]
    taken = {"id": "done", "question": "Go?", "need_by": "2026-01-30", "state": "decided", "decided": "2026-01-29"}
    calm = asked(portfolio({"id": "P"}, decisions=[taken]))["decide"]
    assert (calm.kind, calm.answer) == ("good", "Nothing waits for a decision.")


def test_commitments_are_counted_and_what_is_late_says_because_of_what() -> None:
    tasks = [
        {"id": "a", "name": "Foundations", "duration": "30 d"},
        {"id": "b", "name": "Roof", "duration": "5 d", "after": "a", "deadline": "2026-03-02"},
        {"id": "c", "duration": "5 d", "deadline": "2026-12-31"},
    ]
    found = asked(portfolio({"id": "P", "tasks": tasks}))["kept"]
    assert (found.kind, found.answer) == ("bad", "1 of 2 commitments is missed in this forecast.")
    (line,) = found.lines
    assert (line.label, line.kind) == ("Roof", "bad")
    assert line.text == "due 2026-03-02, expected 2026-03-20, 18 d late"  # 35 working days from the status date, a Monday
    assert "Foundations" in line.hint
    kept = asked(portfolio({"id": "P", "tasks": tasks[2:]}))["kept"]
    assert (kept.kind, kept.answer) == ("good", "The one commitment is kept in this forecast.")


def test_a_name_stands_for_an_id_where_that_is_a_word_of_its_own() -> None:
    """Ids of one letter, ends of projects, and what only holds the letter."""
    echo = {"id": "e", "name": "Echo", "tasks": [{"id": "e", "name": "Track", "duration": "30 d"}]}
    oscar = {"id": "o", "name": "Oscar", "state": "paused", "tasks": [{"id": "y", "duration": "5 d"}]}
    tram = {"id": "a", "name": "Tram", "tasks": [{"id": "x", "name": "Opening", "duration": "5 d"}, {"id": "z", "duration": "5 d"}]}
    links = [{"from": "e@finish", "to": "a/x", "needed": "2026-02-09"}, {"from": "o@finish", "to": "a/z", "needed": "2026-01-30"}]
    found = asked(portfolio(echo, oscar, tram, links=links))["kept"]
    said = {line.label: (line.text, line.hint) for line in found.lines if line.text.startswith("hands over")}
    assert said == {
        "Echo": (
            "hands over to Opening of Tram: needed by 2026-02-09, expected 2026-03-13, 32 d late",
            "e@finish; because of Track (not begun, expected 2026-03-13)",
        ),
        "Oscar": (
            "hands over to a/z: needed by 2026-01-30, overdue: nothing says when it will come",
            "o@finish; o@finish: follows 'o/y': project Oscar is paused",
        ),
    }


def test_of_titles_that_many_projects_have_each_stands_with_its_project() -> None:
    """Each of two projects has a design, a test and an investment decision."""

    def one(id: str, name: str, lasts: str) -> dict[str, Any]:
        work = [{"id": "d", "name": "Design", "duration": lasts}, {"id": "t", "name": "Test", "duration": "5 d", "deadline": "2026-02-13"}]
        gate = {"id": "g", "name": "Go", "after": "d", "need_by": "2026-06-01", "body": "board"}
        risk = {"id": "r", "name": "Supplier fails", "before": {"probability": 0.3, "impacts": [{"delay": "5 d"}]}}
        return {"id": id, "name": name, "tasks": work, "gates": [gate], "risks": [risk]}

    links = [{"from": "p/d", "to": "q/t"}]
    board = {"bodies": [{"id": "board", "name": "The board"}]}
    two = [one("p", "Tram", "10 d"), one("q", "Depot", "5 d")]
    found = asked(portfolio(*two, links=links, organisation=board))
    assert [line.text.partition(", by")[0] for line in found["decide"].lines] == ["decides on Go of Tram", "decides on Go of Depot"]
    assert [(line.label, line.text.partition(", ")[0], line.hint) for line in found["kept"].lines] == [
        ("Test", "of Depot due 2026-02-13", "q/t; because of Design of Tram (not begun, expected 2026-02-13)")
    ]
    assert [(line.label, line.text, line.hint) for line in found["hurt"].lines][:2] == [
        ("Design", "of Tram given 2026-02-13 to Test of Depot, 5 working days too late", "p/d"),
        ("Supplier fails", "30 % likely, what it costs is not known", "risk p/r of Tram; nobody watches it"),
    ]
    alone = asked(portfolio(one("p", "Tram", "10 d"), organisation=board))
    assert [line.text.partition(", by")[0] for line in alone["decide"].lines] == ["decides on Go"]


def test_what_nothing_moves_is_not_said_to_be_sure() -> None:
    """The work and the costs of the library have no range: only what its benefits bring is uncertain."""
    found = asked(ipmo.examples.load("library"))["sure"]
    assert found.answer == "Not known: no open work has a range, and nothing else moves a date or a cost, so every sample says the same."


def test_a_red_report_is_read_with_its_own_note_not_with_that_of_a_later_one() -> None:
    reports = [{"date": "2026-01-10", "rag": "red", "note": "no money"}, {"date": "2026-03-10", "rag": "green", "note": "all is well"}]
    found = asked(portfolio({"id": "P", "name": "Hall", "status": reports}))["kept"]
    assert [(line.label, line.text) for line in found.lines] == [("Hall", "reports red: no money")]


def test_what_may_be_reached_at_once_is_not_reached_the_day_before() -> None:
    """The status date begins at midnight, which as an end of day is the day before."""
    gate = {"id": "g", "name": "Start", "need_by": "2026-02-10", "decision": {"outcome": "hold", "date": "2026-01-20"}}
    pf = portfolio({"id": "P", "tasks": [{"id": "m", "milestone": True}, {"id": "t", "duration": "1 d", "after": "g"}], "gates": [gate]})
    (line,) = asked(pf)["decide"].lines
    assert line.hint.startswith("gate P/g, reached 2026-02-02 by the logic")
    assert ipmo.schedule(pf).end_text == "not known, at least 2026-02-02"  # what follows the gate has no date


def test_days_have_their_noun_in_the_number_and_no_exponent() -> None:
    gives = {"id": "G", "tasks": [{"id": "t", "duration": "20 d"}]}
    takes = {"id": "T", "tasks": [{"id": "u", "duration": "1 d", "deadline": "2026-03-03"}]}
    link = [{"from": "G/t", "to": "T/u"}]
    (line,) = asked(portfolio(gives, takes, links=link))["hurt"].lines
    assert line.text == "given 2026-02-27 to T/u, 1 working day before it misses a commitment"
    takes["tasks"] = [{"id": "u", "duration": "1 d", "deadline": "2096-03-03"}]  # 70 years, of about 261 days each
    (line,) = asked(portfolio(gives, takes, links=link))["hurt"].lines
    assert re.search(r", 18,2\d\d working days before it misses a commitment$", line.text)


def test_links_on_which_no_commitment_rests_have_no_float_to_one() -> None:
    gives, takes = ({"id": one, "tasks": [{"id": "t", "duration": "20 d"}]} for one in "GT")
    pf = portfolio(gives, takes, links=[{"from": "G/t", "to": "T/t"}])
    assert asked(pf)["hurt"].answer == "1 item still to be handed over across projects, none of which leads to a stated commitment."
    tile = next(one for one in tiles(Answers(pf, ipmo.check(pf))) if one["label"] == "open links across projects")
    assert (tile["kind"], tile["word"]) == ("", "no commitment rests on them")
    given = {"id": "G", "tasks": [{"id": "t", "duration": "5 d", "actual_start": "2026-01-05", "actual_finish": "2026-01-09"}]}
    said = "No work with dates is still to be handed over across projects, and no open risk is recorded, so what could hurt is not known."
    assert asked(portfolio(given, takes, links=[{"from": "G/t", "to": "T/t"}]))["hurt"].answer == said


def test_samples_beyond_the_last_year_leave_a_report_without_a_simulation(tmp_path: Path) -> None:
    far = {"id": "x", "start": "9999-12-01", "status_date": "9999-12-02"}
    tasks = [{"id": "a", "duration": {"low": "1 d", "likely": "2 d", "high": "90 d"}}]
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": far, "projects": [{"id": "P", "tasks": tasks}]})
    assert asked(pf)["sure"].answer == "Nothing says how sure the dates are: a date of this plan lies outside the years 1 to 9999."
    assert ipmo.report(pf, tmp_path / "x.html").exists()


OVERDUE = "All 4 commitments are overdue and have no forecast."
"""Of the GMPP in March 2022: four projects past their end that nobody closed."""


def test_what_is_other_than_before_leads_where_no_commitment_has_a_forecast() -> None:
    """Facts of the government's portfolio, March 2021 to March 2022: what changed, not four projects that nobody closed."""
    found = asked(ipmo.read(EXAMPLES / "gmpp-2022.yaml"), ipmo.read(EXAMPLES / "gmpp-2021.yaml"))
    said = "Since 2021-03-31: 14 ratings worse, 12 better; 42 finishes later, 8 earlier; whole-life cost of projects in both +37.48 bn GBP."
    assert found["kept"].answer == said and OVERDUE in found["kept"].besides
    assert found["kept"].lines[0].label == "Geological Disposal Facility Programme (GDF)"
    assert found["sure"].answer == "27 projects are rated red, whole-life cost at least 37.25 bn GBP; 14 have no rating."
    assert "Of 44 of 235 whole-life costs nothing is known." in found["sure"].besides
    assert (found["sure"].kind, found["sure"].lines[0].label) == ("bad", "Rail Passenger Services")


def test_what_could_hurt_has_hand_overs_the_dearest_risk_and_what_stands_alone() -> None:
    gives = {"id": "G", "tasks": [{"id": "t", "name": "Power", "duration": "20 d"}]}
    risk = {"id": "r", "name": "Flood", "before": {"probability": 0.25, "impacts": [{"target": "T/u", "cost": "1 M GBP"}]}}
    takes = {"id": "T", "tasks": [{"id": "u", "name": "Opening", "duration": "1 d", "deadline": "2026-02-27"}], "risks": [risk]}
    found = asked(portfolio(gives, takes, links=[{"from": "G/t", "to": "T/u"}]))["hurt"]
    assert [line.label for line in found.lines] == ["Power", "Flood"]
    assert found.lines[0].text == "given 2026-02-27 to Opening, 1 working day too late"
    assert found.lines[1].text == "25 % likely, 250 k GBP on average"
    assert found.answer == "1 item still to be handed over across projects, 1 without float to a commitment."
    assert found.besides == ["1 open risk: at least 250 k GBP on average."]  # project G records none


def test_how_sure_is_drawn_on_the_first_screen_with_the_numbers_of_the_simulation() -> None:
    pf = ipmo.read(EXAMPLES / "city.yaml")
    q = ipmo.simulate(pf, samples=2048, risks="before")
    (software, costs) = q["ticketing/validators"].dates, q["city"].costs  # committed to who takes it over, and the least sure of all
    assert software is not None
    assert costs is not None
    picture = asked(pf)["sure"].picture
    texts = re.findall(r"<text[^>]*>([^<]+)</text>", str(picture))
    assert texts == [
        "Finish of Validator software",
        f"committed {software.committed}: {software.sure:.0%}".replace("%", " %"),
        *(str(software.p(percent)) if percent != 50 else f"half by {software.p(50)}" for percent in (5, 95, 50)),
        "Cost of all, M GBP",
        "plan 18.25: 16 %",
        *(f"{float(costs.p(percent).amount) / 1e6:.2f}" for percent in (5, 95)),
        f"half at most {float(costs.p(50).amount) / 1e6:.2f}",
    ]
    certain = {"id": "t", "duration": "5 d"}
    assert asked(portfolio({"id": "P", "tasks": [certain]}))["sure"].picture is None


def test_how_sure_is_what_the_simulation_says() -> None:
    task = {"id": "t", "duration": LASTING, "deadline": "2026-02-20", "budget": {"low": "1 M GBP", "likely": "1 M GBP", "high": "4 M GBP"}}
    pf = portfolio({"id": "P", "name": "Hall", "tasks": [task]})
    found = asked(pf)["sure"]
    q = ipmo.simulate(pf, samples=2048)
    sure, costs = q.finish("P/t").sure, q.cost("x")
    assert sure is not None
    assert 0.55 < sure < 0.85  # by hand: of a triangle falling from 10 to 20 days, 15 hold with 3/4, less what the calendar rounds
    assert found.lines[0].text.startswith(f"{100 * sure:.0f} % sure to come by 2026-02-20; P80 is {q.finish('P/t').p(80)}")
    ends = q.finish("x")
    both = sum(ends.day(when) <= ends.p(80) and cost <= costs.at(80) for when, cost in zip(ends.instants, costs.minor, strict=True))
    said = f"Four of five samples finish by {q.finish('x').p(80)}; four of five cost at most {float(costs.p(80).amount) / 1e6:.2f} M GBP"
    assert found.answer == f"{said}; {100 * both / 2048:.0f} % keep that date and that cost together."
    assert both < 0.75 * 2048
    made = sureness(Answers(pf, ipmo.check(pf)))
    assert made is not None
    table = made.blocks[-1]
    assert [cell.text for cell in table.rows[0].cells][3:5] == ["2026-02-20", f"{100 * sure:.0f} %"]  # type: ignore[union-attr]
    assert sureness(Answers(pf.evolve("P/t", duration="10 d", budget="1 M GBP"), ipmo.check(pf))) is None


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=60), st.integers(1, 100))
def test_a_curve_is_read_as_the_smallest_value_that_so_many_do_not_exceed(values: list[int], percent: int) -> None:
    ordered = sorted(map(float, values))
    found = Curve(name="x", values=ordered, ticks=()).at(percent)
    share = [sum(one <= value for one in ordered) * 100 >= percent * len(ordered) for value in ordered]
    assert found == ordered[share.index(True)]


def test_a_curve_stands_to_scale_with_what_was_stated_across_it() -> None:
    values = [float(number) for number in range(1, 101)]
    marks = [Mark(at=25, label="budget 25: 25 %", bad=True), Mark(at=90, label="limit 90: 90 %")]
    curve = Curve(name="Cost", values=values, ticks=[(50, "50")], levels=[(80, "P80 80")], marks=marks)
    root = ElementTree.fromstring(str(s_curves([curve], title="How sure").svg))
    stated = {line.get("class"): float(line.get("x1", 0)) for line in root.iter("line") if (line.get("class") or "").startswith("stated")}
    (dot,) = root.iter("circle")
    tick = next(float(text.get("x", 0)) for text in root.iter("text") if text.text == "50")
    per_unit = (stated["stated"] - stated["stated bad"]) / 65
    assert math.isclose(float(dot.get("cx", 0)), stated["stated"] - 10 * per_unit, abs_tol=0.2)
    assert math.isclose(tick, stated["stated bad"] + 25 * per_unit, abs_tol=0.2)
    heights = {text.text: float(text.get("y", 0)) - 4 for text in root.iter("text") if re.fullmatch(r"\d+ %", text.text or "")}
    assert math.isclose(float(dot.get("cy", 0)), heights["0 %"] + 0.8 * (heights["100 %"] - heights["0 %"]), abs_tol=0.2)


@pytest.mark.parametrize("name", ["city", "rubin"])
def test_no_line_is_lost(name: str) -> None:
    """What is not open is folded, and what is not folded is counted."""
    for one in asked(ipmo.read(EXAMPLES / f"{name}.yaml")).values():
        assert len(one.shown) + len(one.folded) + one.more == one.of
        assert list(one.shown) + list(one.folded) == list(one.lines)


def test_registers_are_listed_with_owner_age_and_what_they_cost_and_lessons_with_their_use(tmp_path: Path) -> None:
    """Worked: 0.3 of 800 thousand is 240, after the response 0.1 of it 80; 119 days from 2 February to 1 June."""
    impact = {"target": "P/t", "cost": "800 k GBP"}
    risks = [
        {
            "id": "mud",
            "name": "Mud",
            "owner": "ann",
            "raised": "2026-02-02",
            "before": {"probability": 0.3, "impacts": [impact]},
            "after": {"probability": 0.1},
        },
        {"id": "gone", "ends": "2026-03-01", "before": {"probability": 0.5, "impacts": [impact]}},
    ]
    header = {"id": "x", "start": "2026-01-05", "status_date": "2026-06-01", "money": {"currency": "GBP"}}
    data = {
        "ipmo": 1,
        "portfolio": header,
        "people": [{"id": "ann", "name": "Ann Bell"}],
        "projects": [{"id": "P", "name": "Quay", "tasks": [{"id": "t", "duration": "5 d"}], "risks": risks}],
        "issues": [
            {"id": "mild", "name": "Noise", "item": "P"},
            {"id": "bad", "name": "Broken", "severity": "high", "item": "P/t", "raised": "2026-05-04", "due": "2026-05-25"},
            {"id": "shut", "closed": "2026-05-01"},
        ],
        "assumptions": [{"id": "A", "text": "It stands", "item": "P", "probability": 0.8}, {"id": "B", "state": "false"}],
        "changes": [{"id": "C", "name": "Deeper", "item": "P", "raised": "2026-05-11", "cost": "450 k GBP"}, {"id": "D", "state": "done"}],
        "lessons": [
            {"id": "L", "text": "Ask first", "from": "P/t", "applied_in": ["P"], "date": "2026-04-20"},
            {"id": "M", "text": "Ask twice", "date": "2026-05-20"},
        ],
    }
    pf = ipmo.from_dict(data)
    a = Answers(pf, ipmo.check(pf))
    log, learned = raid_log(a), lessons(a)
    assert log is not None
    assert learned is not None
    tables = {
        block.label: [(row.name, *(cell.text for cell in row.cells)) for row in block.rows]
        for block in (*log.blocks, *learned.blocks)
        if isinstance(block, Grid)
    }
    assert tables["Risks"] == [("Mud", "Quay", "Ann Bell", "30 %", "240.0", "80.0", "none", "", "119")]
    assert tables["Issues"] == [("Broken", "P/t", "high", "nobody", "2026-05-25", "28"), ("Noise", "Quay", "not said", "nobody", "", "")]
    assert tables["Assumptions"] == [("It stands", "Quay", "80 %", "nobody", "")]
    assert tables["Change requests"] == [("Deeper", "Quay", "450 k GBP", "nobody", "21")]
    assert tables["Lessons"] == [("Ask twice", "", "2026-05-20", "nowhere yet"), ("Ask first", "P/t", "2026-04-20", "Quay")]
    text = "; ".join(block.text for block in log.blocks if isinstance(block, Paragraph))
    assert "Not counted: 1 risk whose window has closed" in text


def test_what_is_too_large_for_a_page_is_not_simulated_and_its_tasks_are_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    pf = portfolio({"id": "P", "tasks": [{"id": f"t{number}", "duration": LASTING} for number in range(3)]})
    assert Answers(pf, ipmo.check(pf)).simulation is not None
    monkeypatch.setitem(answers.SIMULATED, "at once", 2)
    monkeypatch.setattr(Answers, "_states_ranges", property(lambda a: pytest.fail("looked at every task")))
    assert (
        asked(pf)["sure"].answer
        == "Nothing says how sure the dates are: more than 2 items are not simulated for a page; run ipmo simulate."
    )


def test_where_each_sample_is_a_plan_of_its_own_fewer_are_made_and_of_many_items_none(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = {"id": "P", "tasks": [{"id": f"t{number}", "duration": LASTING} for number in range(3)]}
    late = {
        "id": "Q",
        "tasks": [{"id": "a", "duration": "3 d", "constraints": {"as_late_as_possible": True}}, {"id": "b", "duration": "9 d"}],
    }
    assert "2,048 samples, seed 1" in asked(portfolio(plain))["sure"].notes
    assert "256 samples, seed 1: the standard error of a chance is at most 3 %" in asked(portfolio(plain, late))["sure"].notes
    hand = {"id": "R", "tasks": [{"id": "c", "duration": LASTING, "constraints": {"by_hand_start": "2026-02-02"}}]}
    monkeypatch.setitem(answers.SIMULATED, "compiled", 3)
    assert "256 samples" in asked(portfolio(plain, late))["sure"].notes[0]
    found = asked(portfolio(plain, hand))["sure"]
    assert found.answer.startswith("Nothing says how sure the dates are: work by hand, until an expected finish, or")
    monkeypatch.setitem(answers.SIMULATED, "one by one", 4)
    found = asked(portfolio(plain, late))["sure"]
    assert found.answer.startswith("Nothing says how sure the dates are: work as late as possible")
    assert found.answer.endswith("more than 4 such items are not simulated for a page; run ipmo simulate.")


def test_conditions_are_no_decisions_and_milestones_that_mark_a_date_are_said_apart() -> None:
    city = ipmo.read(EXAMPLES / "city.yaml")
    found = asked(city)
    assert found["decide"].answer == "2 decisions and 2 conditions wait, 2 of them late; 3 tolerances are forecast to be exceeded."
    assert found["sure"].answer.startswith("When all of it is done is not known, at least 2028-11-30; four of five samples cost at most ")
    assert found["sure"].besides[:2] == [
        "Not known because the conditional go of gate Delivery strategy has lapsed: condition noise was due 2026-09-30.",
        "16 % of all samples keep the planned 18.25 M GBP.",
    ]
    further_down = decisions(Answers(city, ipmo.check(city)))
    assert further_down is not None
    assert isinstance(further_down.blocks[0], Paragraph)
    assert further_down.blocks[0].text.startswith("2 decisions and 2 conditions wait, what is needed first on top. ")
    marked = asked(ipmo.read(EXAMPLES / "rubin.yaml"))["hurt"]
    assert marked.answer.startswith("40 items still to be handed over across projects")
    assert marked.besides == ["7 milestones that only mark a date are not counted."]


def test_of_many_lines_only_those_of_the_page_are_written_and_the_rest_is_counted() -> None:
    tasks = [{"id": f"t{number}", "duration": "5 d", "deadline": "2026-01-30"} for number in range(40)]
    found = asked(portfolio({"id": "P", "tasks": tasks}))["kept"]
    assert found.answer == "40 of 40 commitments are missed in this forecast."
    assert (len(found.shown), len(found.folded), found.more, found.of) == (4, 20, 16, 40)


@pytest.mark.parametrize(
    ("deadline", "said"), [(None, "none of which leads to a stated commitment"), ("2026-06-30", "1 leads to a commitment, with float")]
)
def test_a_hand_over_has_float_only_where_something_is_committed(deadline: str | None, said: str) -> None:
    gives = {"id": "G", "tasks": [{"id": "t", "duration": "5 d"}]}
    takes = {"id": "T", "tasks": [{"id": "u", "duration": "1 d", **({} if deadline is None else {"deadline": deadline})}]}
    found = asked(portfolio(gives, takes, links=[{"from": "G/t", "to": "T/u"}]))["hurt"]
    assert found.answer == f"1 item still to be handed over across projects, {said}."


@pytest.mark.parametrize(
    ("tasks", "said"),
    [
        ([{"id": "a"}, {"id": "b", "duration": "1 d", "after": "a", "deadline": "2026-02-03"}], "The one commitment has no forecast, so it is not known whether it is kept."),
        ([{"id": "b", "duration": "20 d", "deadline": "2026-02-03"}], "The one commitment is missed in this forecast."),
        ([{"id": "b", "milestone": True, "deadline": "2026-01-15"}], "The one commitment is overdue and has no forecast."),
        (
            [{"id": "a"}, *({"id": name, "duration": "1 d", "after": "a", "deadline": "2026-02-09"} for name in "bc"), {"id": "d", "duration": "1 d", "deadline": "2026-02-09"}],
            "None of 3 commitments is missed as far as is known; of 2 it is not known, because of P/a.",
        ),
    ],
)  # fmt: skip
def test_how_commitments_stand_is_said_in_a_whole_sentence(tasks: list[dict[str, Any]], said: str) -> None:
    assert asked(portfolio({"id": "P", "tasks": tasks}))["kept"].answer == said


@pytest.mark.parametrize("start", ["0001-01-03", "2026-01-05", "9999-12-01"])
def test_the_curves_of_the_first_and_the_last_years_are_drawn(start: str) -> None:
    data = {"id": "P", "tasks": [{"id": "t", "duration": {"low": "1 d", "likely": "2 d", "high": "20 d"}}]}
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "start": start}, "projects": [data]})
    made = sureness(Answers(pf, ipmo.check(pf)))
    assert made is not None
    assert "S-curves" in [getattr(block, "label", "") for block in made.blocks]


@given(st.datetimes(max_value=datetime(9999, 12, 31)), st.floats(0, 10**10), st.integers(4, 13))
def test_lines_of_a_time_axis_lie_on_it_in_order_and_are_few(first: datetime, span: float, most: int) -> None:
    days = [when for when, _ in date_ticks(first, span, most)]
    assert days == sorted(days)
    assert all(0 <= (when - first).total_seconds() <= span + 1e-3 for when in days)
    assert len(days) <= most + 2


def test_without_a_status_date_nobody_knows_what_is_late() -> None:
    header = {"id": "x", "start": "2026-01-05"}
    waits = {"id": "D", "question": "Build?", "need_by": "2026-01-02"}
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": header, "projects": [{"id": "P"}], "decisions": [waits]})
    assert asked(pf)["decide"].answer == "1 decision waits, whether it is late is not known without a status date."
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": header, "projects": [{"id": "P"}], "decisions": [waits, {**waits, "id": "E"}]})
    assert asked(pf)["decide"].answer == "2 decisions wait, whether any of them is late is not known without a status date."


def test_a_cost_of_which_a_part_is_not_known_is_no_bound() -> None:
    risk = {"id": "r", "before": {"probability": 1, "impacts": [{"target": "P/a", "cost": "5 GBP"}]}}
    tasks: list[dict[str, Any]] = [{"id": "a", "duration": "5 d"}, {"id": "b", "duration": "3 d"}]
    bare = asked(portfolio({"id": "P", "tasks": tasks, "risks": [risk]}))["sure"]
    assert bare.answer == "Four of five samples finish by 2026-02-06."
    assert bare.besides == ["What happens costs at most 5 GBP in four of five; no other cost is known."]
    tasks[0]["budget"] = "2 GBP"
    part = asked(portfolio({"id": "P", "tasks": tasks, "risks": [risk]}))["sure"]
    assert part.answer == "Four of five samples finish by 2026-02-06; four of five cost at most 7 GBP as far as costs are known."
    assert not any("planned" in said for said in part.besides)  # what is not known is in no plan either


def test_opportunities_are_no_open_risks_and_are_said_to_be_left_out() -> None:
    risks = [{"id": "r", "name": "Flood"}, {"id": "o", "name": "Dry spring", "opportunity": True}]
    panel = raid_log(answered := Answers(pf := portfolio({"id": "P", "risks": risks}), ipmo.check(pf)))
    assert panel is not None
    assert answered.exposure is not None
    assert next(block.text for block in panel.blocks if isinstance(block, Paragraph)).endswith(" Not counted: 1 opportunity.")


def years() -> tuple[Portfolio, Portfolio]:
    """Two years of the government's portfolio."""
    return ipmo.read(EXAMPLES / "gmpp-2021.yaml"), ipmo.read(EXAMPLES / "gmpp-2022.yaml")


def test_where_nothing_is_decided_or_handed_over_the_report_leads_with_what_is_rated_red_and_not_with_what_nobody_closed() -> None:
    before, now = years()
    found = asked(now, before)
    assert list(found) == ["sure", "decide", "kept", "hurt"]
    assert found["sure"].answer == "27 projects are rated red, whole-life cost at least 37.25 bn GBP; 14 have no rating."
    assert OVERDUE in found["kept"].besides
    shown = {one["label"]: one for one in tiles(Answers(now, ipmo.check(now), before))}
    assert list(shown) == [
        "commitments missed in this forecast",
        "overdue, without a forecast",
        "delivery confidence",
        "whole-life cost",
    ]  # no last finish of plain bars
    rated, cost = shown["delivery confidence"], shown["whole-life cost"]
    assert (rated["kind"], rated["trend"], rated["toward"]) == ("bad", "↓ 14 worse, 12 better since 2021-03-31", "bad")
    assert (cost["word"], cost["trend"]) == ("▲ 44 not known", "↑ 37.48 bn GBP like for like since 2021-03-31")


def test_a_tile_says_what_is_other_since_the_earlier_state_and_whether_that_is_good() -> None:
    def of(done: int, finish: str) -> Portfolio:
        tasks = [
            {"id": f"t{n}", "duration": "5 d"} | ({"actual_start": "2026-01-05", "actual_finish": "2026-01-09"} if n < done else {})
            for n in range(4)
        ]
        return portfolio({"id": "P", "finish": finish, "tasks": tasks})

    def shown(pf: Portfolio, before: Portfolio) -> dict[str, tuple[str, str]]:
        return {one["label"]: (one["trend"], one["toward"]) for one in tiles(Answers(pf, ipmo.check(pf), before))}

    first, later = of(1, "2026-02-27"), of(3, "2026-01-30")
    assert shown(later, first)["tasks and milestones done"] == ("↑ 2 since 2026-02-02", "good")
    assert shown(first, later)["tasks and milestones done"] == ("↓ 2 since 2026-02-02", "bad")
    assert shown(first, first)["tasks and milestones done"] == ("→ as on 2026-02-02", "")
    assert shown(later, first)["commitments missed in this forecast"] == ("↑ 1 since 2026-02-02", "bad")
    assert shown(first, later)["commitments missed in this forecast"] == ("↓ 1 since 2026-02-02", "good")
    assert all(one["trend"] == "" for one in tiles(Answers(first, ipmo.check(first))))


def test_all_commitments_together_are_kept_in_no_more_samples_than_any_of_them() -> None:
    projects = [
        {
            "id": name,
            "finish": "2026-02-23",
            "tasks": [{"id": "a", "duration": LASTING, "actual_start": "2026-02-02", "remaining": LASTING}],
        }
        for name in ("P", "Q")
    ]
    a = Answers(pf := portfolio(*projects), ipmo.check(pf))
    said = next(text for text in questions(a)[3].besides if "together" in text)
    q = a.simulation
    assert q is not None
    dated = [row.dates for row in q.rows if row.dates is not None and row.dates.committed is not None]
    assert len(dated) == 2
    kept = sum(
        all(int(one.instants[sample]) <= minutes(one.committed, end=True) for one in dated if one.committed is not None)
        for sample in range(q.samples)
    )
    assert said == f"All 2 commitments with a date are kept together in {chance_text(kept / q.samples)} of all samples."
    assert kept / q.samples <= min(one.sure or 0.0 for one in dated)


def test_a_hand_over_by_a_committed_day_is_one_of_the_commitments_kept_together() -> None:
    """It is kept in one of five samples, and so are all together, however sure the others are."""
    give = {"id": "give", "tasks": [{"id": "a", "duration": LASTING}]}
    take = {"id": "take", "finish": "2026-12-31", "tasks": [{"id": "b", "duration": "2 d"}]}
    pf = portfolio(give, take, links=[{"from": "give/a", "to": "take/b", "promised": "2026-02-16"}])
    a = Answers(pf, ipmo.check(pf))
    q = a.simulation
    assert q is not None
    sure = sum(int(one) <= minutes(date(2026, 2, 16), end=True) for one in q.finish("give/a").instants) / q.samples
    assert 0.16 < sure < 0.22  # by hand: eleven of a triangle that falls from 10 to 20 days hold with 1 - 0.9 x 0.9
    found = next(one for one in questions(a) if one.id == "sure")
    assert f"All 2 commitments with a date are kept together in {chance_text(sure)} of all samples." in [f"{found.answer}", *found.besides]
    assert found.lines[0].label == "give/a"
    assert found.lines[0].text.startswith(f"{chance_text(sure)} sure to come by 2026-02-16")
