from __future__ import annotations

import pickle
from typing import Any

import attrs
import pytest

import ipmo
import ipmo.model as model
from ipmo import from_dict
from ipmo.errors import ModelError, UnknownItemError
from ipmo.model import (
    After,
    Benefit,
    Calendar,
    Contribution,
    Enabler,
    FrozenMap,
    Gate,
    Link,
    Person,
    Portfolio,
    Programme,
    Project,
    Task,
)

NOUNS = [c for n in model.__all__ if isinstance(c := getattr(model, n), type) and issubclass(c, model.Noun) and c is not model.Noun]
WANTED = [
    "Portfolio",
    "Programme",
    "Project",
    "Task",
    "Link",
    "Calendar",
    "Money",
    "ExchangeRates",
    "Objective",
    "Outcome",
    "Contribution",
    "Benefit",
    "Risk",
    "Driver",
    "Issue",
    "Assumption",
    "ChangeRequest",
    "Gate",
    "Decision",
    "Condition",
    "Tolerance",
    "Baseline",
    "StatusReport",
    "Confidence",
    "Person",
    "Stakeholder",
    "Office",
    "Service",
    "DecisionBody",
    "DataFlow",
    "Resource",
    "Assignment",
    "Standard",
    "Waiver",
    "Lesson",
    "Fixed",
    "Triangular",
    "Pert",
    "Uniform",
    "LogNormal",
    "Normal",
    "Discrete",
    "Empirical",
]


def small(**more: Any) -> Portfolio:
    return Portfolio(
        id="x", projects=[Project(id="P", tasks=[Task(id="a", duration="5 d"), Task(id="b", duration="1 d", after="a")])], **more
    )


def test_every_noun_of_the_design_is_there() -> None:
    assert set(WANTED) <= set(model.__all__)


@pytest.mark.parametrize("noun", NOUNS, ids=lambda c: c.__name__)
def test_nouns_are_frozen_slotted_unhashable_and_documented(noun: type) -> None:
    assert noun.__hash__ is None
    assert "__dict__" not in dir(noun)
    assert (noun.__doc__ or "").strip()
    for field in attrs.fields(noun):
        if noun is not model.Budget:
            assert field.kw_only
            assert field.metadata["help"], field.name


def test_nouns_compare_by_value_and_survive_pickling() -> None:
    pf = small()
    _ = pf.items, pf.memory, pf.digest
    again = pickle.loads(pickle.dumps(pf))
    assert again == pf == small()
    assert again.digest == pf.digest
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        pf.id = "y"  # type: ignore[misc]
    with pytest.raises(TypeError):
        hash(pf)


def test_an_item_is_found_by_its_full_id_and_a_wrong_one_names_the_closest_three() -> None:
    pf = small()
    assert pf["P/a"].duration == Task(id="a", duration="5 d").duration
    assert pf["x"] is pf
    with pytest.raises(UnknownItemError) as caught:
        pf["P/c"]
    assert caught.value.close == ("P/b", "P/a")
    assert str(caught.value) == "'P/c' is not in portfolio 'x'; close: 'P/b', 'P/a'"


def test_evolve_gives_a_changed_copy_and_leaves_the_original() -> None:
    pf = small()
    longer = pf.evolve("P/a", duration="50 d")
    assert longer["P/a"] == Task(id="a", duration="50 d")
    assert pf["P/a"] == Task(id="a", duration="5 d")
    assert pf.evolve(name="New").name == "New"
    assert pf.evolve("P", state="paused")["P"].state == "paused"
    with pytest.raises(UnknownItemError, match="close: 'duration'"):
        pf.evolve("P/a", duratoin="5 d")
    with pytest.raises(ModelError):
        pf.evolve("P/b", after="nobody")


def test_a_reference_is_looked_up_in_its_project_first_then_at_the_top() -> None:
    pf = Portfolio(id="x", projects=[Project(id="a", tasks=[Task(id="b")]), Project(id="b", tasks=[Task(id="c")])])
    assert pf.resolve("b", "a") == "a/b"
    assert pf.resolve("b", "b") == "b"
    assert pf.resolve("a/b", "b") == "a/b"
    assert pf.resolve("b@start") == "b@start"
    assert pf.resolve("b@middle") is None
    assert pf.resolve("nobody") is None


def test_text_is_accepted_wherever_a_value_is_and_an_error_names_the_field() -> None:
    assert Link(source="a", target="b", lag="2 d").lag == model.Span(2, "d")
    assert Task(id="t", progress="30 %").progress == 0.3
    with pytest.raises(ModelError, match="^duration: '5 x' is not a length of time"):
        Task(id="a", duration="5 x")
    with pytest.raises(ModelError, match=r"^state: 'alive' is not one of proposed"):
        Project(id="p", state="alive")


IMPOSSIBLE = [
    ({"projects": [Project(id="P"), Project(id="P")]}, "id 'P' is used twice at the top"),
    ({"projects": [Project(id="P", tasks=[Task(id="a")], gates=[Gate(id="a")])]}, "id 'a' is used twice in project 'P'"),
    ({"projects": [Project(id="a/b")]}, "project id 'a/b' is not an id"),
    ({"projects": [Project(id="P", owner="nobody")]}, "owner 'nobody' is no person, board or office"),
    ({"projects": [Project(id="P", programme="Q")]}, "programme 'Q' is no programme"),
    ({"projects": [Project(id="P", tasks=[Task(id="a", after="a")])]}, "comes after itself"),
    ({"projects": [Project(id="P", tasks=[Task(id="a"), Task(id="b", after=["a", "P/a"])])]}, "stands twice"),
    ({"projects": [Project(id="P", tasks=[Task(id="a", milestone=True, duration="5 d")])]}, "a milestone has no duration"),
    ({"projects": [Project(id="P", tasks=[Task(id="a", duration="-5 d")])]}, "must not be negative"),
    ({"projects": [Project(id="P", tasks=[Task(id="a", duration="2 months")])]}, "has no fixed length"),
    (
        {"projects": [Project(id="P", tasks=[Task(id="a", actual_start="2026-02-01", actual_finish="2026-01-01")])]},
        "lies before actual_start",
    ),
    ({"projects": [Project(id="P", start="2026-02-01", finish="2026-01-01")]}, "lies before start"),
    ({"projects": [Project(id="P", tasks=[Task(id="a", parent="a")])]}, "lies within itself"),
    ({"projects": [Project(id="P", alignment={"o": "high"})]}, "alignment 'o' is no objective"),
    ({"projects": [Project(id="P", tasks=[Task(id="a")]), Project(id="Q", tasks=[Task(id="b", after="P/a")])]}, "crosses the boundary"),
    ({"projects": [Project(id="P", tasks=[Task(id="a")])], "links": [Link(source="P/a", target="P/z")]}, "to 'P/z' is no task"),
    ({"links": [Link(source="external:a", target="external:b")]}, "both ends lie outside"),
    ({"projects": [Project(id="P", tasks=[Task(id="a")])], "links": [Link(source="P/a", target="P/a")]}, "with itself"),
    (
        {"projects": [Project(id="P"), Project(id="Q")], "links": [Link(source="P", target="Q"), Link(source="P", target="Q")]},
        "stands twice",
    ),
    ({"programmes": [Programme(id="a", programme="b"), Programme(id="b", programme="a")]}, "lies within itself"),
    ({"benefits": [Benefit(id="b", enabled_by=[Enabler(source="nobody")])]}, "from 'nobody' is no task, gate, outcome or benefit"),
    ({"contributions": [Contribution(source="a", target="b")]}, "is no item"),
    (
        {"projects": [Project(id="P", tasks=[Task(id=f"t{i}", parent=f"t{i - 1}" if i else None) for i in range(150)])]},
        "lies deeper than 100 levels; flatten the summaries",
    ),
    (
        {"programmes": [Programme(id=f"g{i}", programme=f"g{i - 1}" if i else None) for i in range(150)]},
        "lies deeper than 100 levels; flatten the tree",
    ),
    ({"calendar": "nights"}, "calendar 'nights' is no calendar"),
    ({"methodologies": {"world": "mop"}}, "is not a scope"),
]


@pytest.mark.parametrize(("fields", "said"), IMPOSSIBLE, ids=[said for _, said in IMPOSSIBLE])
def test_what_cannot_be_is_refused_with_the_item_and_what_to_do(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ModelError) as caught:
        Portfolio(id="x", **fields)
    assert said in str(caught.value)


def test_all_problems_are_reported_together() -> None:
    with pytest.raises(ModelError) as caught:
        Portfolio(id="x", projects=[Project(id="P", owner="n", tasks=[Task(id="a", after="q"), Task(id="a")])], calendar="c")
    assert len(caught.value.problems) == 4


def test_a_link_may_stand_once_only_whether_under_after_or_links() -> None:
    with pytest.raises(ModelError, match="stands under after: of 'P/b' too"):
        small(links=[Link(source="P/a", target="P/b")])


def test_shared_mappings_cannot_be_changed() -> None:
    project = Project(id="P", attributes={"region": "north"})
    assert isinstance(project.attributes, FrozenMap)
    with pytest.raises(TypeError):
        project.attributes["region"] = "south"  # type: ignore[index]
    with pytest.raises(AttributeError):
        project.attributes.x = 1  # type: ignore[attr-defined]


def test_owners_are_declared_people_roles_bodies_or_offices() -> None:
    pf = Portfolio(id="x", people=[Person(id="ann")], projects=[Project(id="P", owner="ann", tasks=[Task(id="a", owner="ann")])])
    assert pf["P"].owner == "ann"


def test_afters_may_name_the_projects_own_milestones() -> None:
    pf = Portfolio(
        id="x", projects=[Project(id="P", tasks=[Task(id="a", duration="1 d"), Task(id="b", after=[After(source="P@start", lag="1 d")])])]
    )
    assert pf["P/b"].after[0].source == "P@start"


def test_calendars_say_how_long_a_day_and_a_week_are() -> None:
    office = Calendar(id="c", hours="09:00-12:30, 13:30-18:00")
    assert (office.day_minutes, office.week_minutes) == (480, 2400)
    mixed = Calendar(id="c", hours={"mon-thu": "08:00-16:30", "fri": "08:00-12:00"})
    assert (mixed.day_minutes, mixed.week_minutes) == (510, 5 * 510)
    assert Calendar(id="c", day="6 h").minutes(model.Span(2, "d")) == 720
    assert Calendar(id="c", days_per_week=4).minutes(model.Span(1, "w")) == 4 * 480
    assert model.CONTINUOUS.minutes(model.Span(1, "d")) == 1440
    for bad in ("9-17", "09:00-25:00", "09:00-12:00, 11:00-13:00", "20:00-08:00, 07:00-09:00"):
        with pytest.raises(ModelError):
            Calendar(id="c", hours=bad)
    with pytest.raises(ModelError, match="not a range of days"):
        Calendar(id="c", week="weekdays")


def test_a_day_of_no_length_and_an_exception_that_runs_backwards_are_refused() -> None:
    for bad in ({"day": "0 h"}, {"day": "-8 h"}, {"days_per_week": 0}):
        with pytest.raises(ModelError, match="longer than nothing"):
            Calendar(id="c", **bad)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="lies before"):
        model.CalendarException(first="2026-02-01", last="2026-01-01")


@pytest.mark.parametrize("how", ["hgih", "High", "3", "90 %", "none", ""])
def test_an_alignment_off_the_scale_is_refused_where_it_stands(how: str) -> None:
    plain = {"ipmo": 1, "portfolio": {"id": "p"}, "objectives": [{"id": "o"}], "projects": [{"id": "a", "alignment": {"o": how}}]}
    with pytest.raises(ModelError, match="alignment") as caught:
        from_dict(plain)
    (problem,) = caught.value.problems
    assert problem.path == ("projects", 0, "alignment", "o")
    assert "write one of low, medium, high" in str(problem)


def test_a_name_of_another_kind_is_not_told_as_close_where_there_is_none_of_its_own() -> None:
    data = {"ipmo": 1, "portfolio": {"id": "x"}, "people": [{"id": "ann"}], "decisions": [{"id": "D", "question": "Go?", "body": "ann"}]}
    with pytest.raises(ipmo.ModelError, match="body 'ann' is no body of portfolio 'x'") as caught:
        ipmo.from_dict(data)
    assert [one.hint for one in caught.value.problems] == ["declare it, or correct body:"]


def test_what_is_said_to_be_about_the_portfolio_needs_no_item() -> None:
    """People write the portfolio's own id for a risk of the portfolio: that names no item, and the hint says what to write instead."""
    rows = {"ipmo": 1, "portfolio": {"id": "council"}, "risks": [{"id": "R", "item": "council"}]}
    with pytest.raises(ipmo.IpmoError) as caught:
        ipmo.from_dict(rows)
    assert "what names no item is the portfolio's: leave item: out" in str(caught.value)
