"""From Python as from files: every field of every noun takes what a file would have there, and refuses anything else at once.

What is wrong is said with its path: never a raw TypeError, never later than construction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo import changes as ch
from ipmo import model as m
from ipmo.declared import Declared
from ipmo.errors import ModelError
from ipmo.files.documents import parse
from ipmo.files.portfolios import to_yaml
from ipmo.model.plain import plain_noun
from ipmo.model.reading import Reading, noun_of
from ipmo.model.shape import Kind, Shape, keys_of, shape
from ipmo.testing.nouns import noun, wide_portfolios
from ipmo.units import Money, Rate, Span, When

NOUNS = [cls for name in m.__all__ if isinstance(cls := getattr(m, name), type) and issubclass(cls, m.Noun) and cls is not m.Noun]
DRAWN = [cls for cls in NOUNS if cls not in (m.Portfolio, m.Budget)]
REFERRED = ("owner", "person", "body", "office", "office or body", "programme", "project", "resource", "objective", "outcome")
KNOWN = {kind: ["a", "b"] for kind in (*REFERRED, "driver", "standard", "calendar", "item", "node", "leaf", "task")}


def plain_fields(one: m.Noun) -> dict[str, Any]:
    """A noun's fields by their names in Python, each as a file has it."""
    plain = plain_noun(one)
    return {field.name: plain[field.key] for field in shape(type(one)) if field.key in plain}


# ------------------------------------------------------------------------------------------------- what is right


@pytest.mark.parametrize("cls", DRAWN, ids=lambda cls: cls.__name__)
def test_a_noun_of_plain_values_is_the_noun_of_a_file(cls: Any) -> None:
    @settings(max_examples=25)
    @given(noun(cls, KNOWN))
    def inner(one: m.Noun) -> None:
        assert cls(**plain_fields(one)) == one
        assert noun_of(cls, plain_noun(one)) == one
        if cls is not m.Dialect:  # in files it is a name or what differs from one
            text = to_yaml(plain_noun(one))
            assert noun_of(cls, parse(text, "x", is_json=False).data or {}, Reading(Declared())) == one

    inner()


@settings(max_examples=40)
@given(wide_portfolios())
def test_a_portfolio_of_plain_values_is_the_portfolio_of_a_file(pf: m.Portfolio) -> None:
    assert m.Portfolio(**plain_fields(pf)) == pf == ipmo.from_dict(ipmo.to_dict(pf))


def test_every_field_that_failed_late_or_raw_is_read_at_once() -> None:
    pf = m.Portfolio(
        id="x",
        start="2026-01-05",
        money={"currency": "GBP", "price_base": {"year": 2026}},
        tolerance={"time": "5 d", "cost": "10 %"},
        people=[{"id": "ana"}],
        calendars=[{"id": "own", "exceptions": [{"from": "2026-12-24", "hours": "09:00-12:00"}], "holidays": ["2026-12-25"]}],
        objectives=[{"id": "growth"}],
        benefits=[{"id": "b", "enabled_by": ["P/a"], "price_base": {"terms": "nominal"}, "value": "1 M GBP per year"}],
        contributions=[{"from": "b", "to": "growth", "share": "40 %"}],
        resources=[{"id": "dev", "capacity": [{"from": "2026-01-01", "value": 3}]}],
        links=[{"from": "P/a", "to": "Q/c", "lag": "2 d"}],
        projects=[
            {
                "id": "P",
                "status": {"date": "2026-02-01", "rag": "amber"},
                "confidence": [{"date": "2026-02-01", "assessor": "audit", "rating": "green"}],
                "tasks": [
                    {"id": "a", "duration": {"low": "3 d", "likely": "5 d", "high": "9 d"}, "constraints": {"start_on": "2026-01-07"}},
                    {"id": "b", "after": [{"from": "a", "type": "SS"}], "assignments": [{"resource": "dev", "units": 2}]},
                ],
                "gates": [
                    {
                        "id": "G",
                        "after": "b",
                        "decision": {"outcome": "conditional go", "date": "2026-03-01", "conditions": [{"id": "c1", "due": "2026-04-01"}]},
                    }
                ],
                "risks": [{"id": "R", "before": {"probability": 0.3, "impacts": {"cost": "1 M GBP"}}}],
            },
            m.Project(
                id="Q", tasks=[m.Task(id="c", status={"date": "2026-01-06"}, tolerance={"time": "1 w"}, budget=[{"amount": "3 GBP"}])]
            ),
        ],
    )
    assert pf["P/b"].after == (m.After(source="a", type="SS"),)
    assert pf["P/R"].before.impacts[0].cost == m.Fixed(Money(Decimal(1_000_000), "GBP"))
    assert pf["Q/c"].status == (m.StatusReport(date=date(2026, 1, 6)),)
    assert pf["P"].confidence[0].rating == "green"
    assert pf == ipmo.from_dict(ipmo.to_dict(pf))
    assert pf.evolve("Q/c", tolerance={"cost": 0.5})["Q/c"].tolerance == m.Tolerance(cost=0.5)


def test_all_that_is_wrong_inside_is_said_together_with_its_paths() -> None:
    with pytest.raises(ModelError) as caught:
        m.Portfolio(
            id="x",
            projects=[
                {"id": "P", "tasks": [{"id": "a", "duration": "3 x", "durration": "3 d"}, {"name": "b", "after": [{"source": "a"}]}]},
                {"id": "Q", "status": {"date": "soon"}},
            ],
        )
    assert [(problem.where, problem.message.partition(";")[0]) for problem in caught.value.problems] == [
        ("projects[0].tasks[0].duration", "'3 x' is not a length of time"),
        ("projects[0].tasks[0].durration", "unknown field 'durration'"),
        ("projects[0].tasks[1]", "required field 'id' is missing"),
        ("projects[0].tasks[1].after[0]", "required field 'from' is missing"),
        ("projects[0].tasks[1].after[0].source", "unknown field 'source'"),
        ("projects[1].status[0].date", "'soon' is not a date"),
    ]
    assert caught.value.problems[4].hint == "write from:"


# ------------------------------------------------------------------------------------------------- what is wrong

WRONG: list[Any] = [
    None,
    5,
    -1,
    10**400,
    1.5,
    float("nan"),
    float("inf"),
    Decimal("NaN"),
    True,
    "",
    "no such thing",
    "9" * 400,
    "2026-13-01",
    b"bytes",
    object(),
    object,
    len,
    [],
    (),
    {},
    set(),
    [None],
    [5],
    [[]],
    [["a", "b"]],
    ["no such thing", 3],
    [{}],
    [{"no": "field"}],
    [object()],
    [{1: 2}],
    {"no": "field"},
    {"id": []},
    {1: 2},
    {"a": [1]},
    {"a": None},
    {"a": {"b": object()}},
    {"low": "1 d", "likely": [], "high": object()},
    {"samples": 5},
    {"values": 5, "weights": 3},
    {"reference": {}, "estimate": []},
    {"amount": {}},
    [{"amount": []}],
    {"shape": []},
    {"name": [], "rule": {}},
    {"delay": 3},
    {"delay": {"target": [], "by": {}}},
    [{"add": {"task": []}}],
    range(3),
    date(2026, 1, 1),
    datetime(2026, 1, 1, tzinfo=UTC),
    timedelta(1),
    Money(Decimal(1), "GBP"),
    Span(Decimal(1), "d"),
    Rate(Money(Decimal(1), "GBP"), "pd"),
    m.Task(id="t"),
    m.Fixed(Span(Decimal(1), "d")),
    m.Fixed(Decimal(3)),
    ch.Delay("t", "3 d"),
    m.Budget([]),
]
anything = st.recursive(
    st.sampled_from(WRONG) | st.text(max_size=5) | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "from", "a", "amount", "date"]), inner, max_size=3),
    max_leaves=6,
)


def fits(kind: Kind, value: object) -> bool:
    """Whether a value is of a kind, all the way down."""
    if kind.form == "many":
        return isinstance(value, tuple) and all(fits(kind.inner[0], one) for one in value)
    if kind.form == "map":
        return isinstance(value, m.FrozenMap) and all(isinstance(k, str) and fits(kind.inner[0], v) for k, v in value.items())
    if kind.form == "either":
        return any(fits(inner, value) for inner in kind.inner)
    if kind.cls is float:
        return isinstance(value, float | int) and not isinstance(value, bool) and value == value
    if kind.cls is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind.cls)


def try_one(one: m.Noun, field: Shape, value: object) -> None:
    cls = type(one)
    try:
        made = attrs.evolve(one, **{field.name: value})  # type: ignore[misc]
    except ModelError as error:
        # values that are right one by one and do not go together: the path names another field, or the items of a portfolio
        together = cls is m.Portfolio or "a waiver is from one thing" in str(error)
        others = {(key,) for key in keys_of(cls)} if hasattr(cls, "__attrs_post_init__") else set()
        if not all(problem.path[:1] == (field.key,) or problem.path in others or together for problem in error.problems):
            pytest.fail(f"{cls.__name__}.{field.name} of {value!r}: no path in {error!r}")
        return
    stored = getattr(made, field.name)
    assert (stored is None and field.optional) or fits(field.kind, stored), (cls, field.name, value, stored)
    if field.in_files:
        json.dumps(
            plain_noun(made), default=lambda left: pytest.fail(f"{cls.__name__}.{field.name} of {value!r}: {left!r} cannot be written")
        )


def example(cls: Any) -> m.Noun:
    """The plainest noun of a class."""
    given: dict[str, Mapping[str, Any]] = {
        "Waiver": {"rule": "X", "item": "a"},
        "Confidence": {"date": "2026-01-01", "assessor": "x", "rating": "green"},
        "ReferenceClass": {"id": "a", "ratios": [1.2]},
        "DiscountSchedule": {"id": "a", "bands": [{"rate": 0.03}]},
        "Budget": {"lines": [{"amount": "3 GBP"}]},
        "GateDecision": {"outcome": "go", "date": "2026-01-01"},
        "RateRow": {"since": "2026-01-01", "per": {"EUR": 1}},
        "MoneySettings": {"currency": "GBP"},
        "DiscountBand": {"rate": 0.03},
        "Uplift": {"certainty": 0.5, "uplift": 0.2},
        "CalendarException": {"first": "2026-01-01"},
        "LostDays": {"days": 2},
        "Way": {"probability": 0.5},
        "Capacity": {"since": "2026-01-01", "value": 1},
    }
    by_class = {str: "a", date: date(2026, 1, 1), When: date(2026, 1, 1), Span: Span(Decimal(1), "d")}
    values = given.get(cls.__name__) or {one.name: by_class[one.cls] for one in shape(cls) if one.required}
    made: m.Noun = cls(**values)
    return made


@pytest.mark.parametrize("cls", NOUNS, ids=lambda cls: cls.__name__)
def test_every_wrong_value_of_every_field_is_refused_with_its_path_or_read_as_it_should_be(cls: Any) -> None:
    one = example(cls)
    for field in shape(cls):
        for value in WRONG:
            try_one(one, field, value)


@pytest.mark.parametrize("cls", NOUNS, ids=lambda cls: cls.__name__)
def test_whatever_is_drawn_for_a_field_is_refused_with_its_path_or_read_as_it_should_be(cls: Any) -> None:
    one = example(cls)

    @settings(max_examples=60)
    @given(st.sampled_from(shape(cls)), anything)
    def inner(field: Shape, value: object) -> None:
        try_one(one, field, value)

    inner()


NO_LIST: list[Any] = [{"a", "b"}, frozenset({"a"}), pd.DataFrame({"id": ["a"]}), pl.DataFrame({"id": ["a"]})]


@pytest.mark.parametrize("value", NO_LIST, ids=lambda value: type(value).__module__.partition(".")[0])
@pytest.mark.parametrize("field", ["after", "assignments", "status"])
def test_a_set_has_no_order_and_a_frame_gives_its_headings_so_neither_is_a_list(field: str, value: object) -> None:
    with pytest.raises(ModelError, match=f"{field}: expected a list"):
        m.Task(**{"id": "t", field: value})  # type: ignore[arg-type]
    assert m.Task(id="t", after=dict.fromkeys("ba").keys()).after == (m.After(source="b"), m.After(source="a"))  # type: ignore[arg-type]


@pytest.mark.parametrize("year", [2026.5, 0, -1, 10_000, "3.5", "-2026"])
def test_a_price_base_is_of_a_whole_year(year: object) -> None:
    with pytest.raises(ModelError, match="year: .* is not a year"):
        m.PriceBase(year=year)  # type: ignore[arg-type]
    assert m.PriceBase(year=2026.0) == m.PriceBase(year="2026") == m.PriceBase(year=2026)  # type: ignore[arg-type]


PROJECT: dict[str, object] = {"id": "P"}
TASK: dict[str, object] = {"id": "t"}
GATE: dict[str, object] = {"id": "G"}
HOLDERS: dict[str, list[tuple[dict[str, object], str]]] = {
    "Portfolio": [],
    "After": [(TASK, "after"), (PROJECT, "tasks"), ({}, "projects")],
    "Assignment": [(TASK, "assignments"), (PROJECT, "tasks"), ({}, "projects")],
    "Condition": [({"outcome": "go", "date": "2026-01-01"}, "conditions"), (GATE, "decision"), (PROJECT, "gates"), ({}, "projects")],
    "DecisionBody": [({}, "bodies")],
    "Enabler": [({"id": "b"}, "enabled_by"), ({}, "benefits")],
    "Gate": [(PROJECT, "gates"), ({}, "projects")],
    "GateDecision": [(GATE, "decision"), (PROJECT, "gates"), ({}, "projects")],
    "Impact": [({"probability": 0.1}, "impacts"), ({"id": "R"}, "before"), (PROJECT, "risks"), ({}, "projects")],
    "Person": [({}, "people")],
    "Risk": [(PROJECT, "risks"), ({}, "projects")],
    "StatusReport": [(PROJECT, "status"), ({}, "projects")],
    "Task": [(PROJECT, "tasks"), ({}, "projects")],
    "Way": [({"id": "w"}, "ways"), ({}, "branches")],
    "ChangeRequest": [({}, "changes")],
    "DataFlow": [({}, "flows")],
}
ONE = ("decision", "before")
"""Fields of which an item has one."""
REFERRING = [(cls, one) for cls in NOUNS for one in shape(cls) if one.refers]


@pytest.mark.parametrize(("cls", "one"), REFERRING, ids=lambda value: getattr(value, "__name__", getattr(value, "name", "")))
def test_an_empty_reference_names_nothing_whichever_field_has_it(cls: Any, one: Shape) -> None:
    empty: Any = {"": 1} if one.kind.form == "map" else [""] if one.many else ""
    values = plain_noun(example(cls)) | {one.key: empty}
    outer = HOLDERS.get(cls.__name__) or ([] if cls is m.Portfolio else [({}, f"{cls.__name__.lower()}s")])
    for around, name in outer:
        values = {**around, name: values if name in ONE else [values]}
    with pytest.raises(ModelError) as caught:
        m.Portfolio(**({"id": "x"} | values))  # type: ignore[arg-type]
    assert any("'' is no " in problem.message for problem in caught.value.problems), caught.value
    assert any({one.key, "after"} & set(problem.path) for problem in caught.value.problems)


# ------------------------------------------------------------------------------------- what methodologies declare


def test_what_a_methodology_adds_becomes_its_class_at_once_and_what_nobody_declares_is_kept() -> None:
    stated = {"agile": {"team": "red", "epic": {"pivot_by": "2026-06-30"}}, "nobody": {"x": [1, "a"]}}
    in_python = m.Task(id="a", extensions=stated)
    from_file = noun_of(m.Task, {"id": "a", "extensions": stated}, Reading(None))
    assert attrs.has(type(in_python.extensions["agile"]))
    assert in_python == from_file
    assert in_python.extensions["nobody"] == {"x": [1, "a"]}
    assert m.Task(id="a", extensions=in_python.extensions).extensions["agile"] is in_python.extensions["agile"]


def test_what_a_methodology_cannot_read_is_refused_at_its_place() -> None:
    with pytest.raises(ModelError, match="unknown field 'epik'") as caught:
        m.Task(id="a", extensions={"agile": {"epik": {}}})
    assert caught.value.problems[0].path == ("extensions", "agile", "epik")
    with pytest.raises(ModelError) as nested:
        m.Portfolio(id="x", projects=[{"id": "P", "tasks": [{"id": "a", "extensions": {"agile": {"epik": 1}}}]}])
    assert nested.value.problems[0].where == "projects[0].tasks[0].extensions.agile.epik"


def test_a_kind_of_estimate_that_a_methodology_declares_is_read_in_python_too() -> None:
    data = {"remaining_items": 30, "throughput": [3, 5, 4, 6, 2], "per": "1 w"}
    declared = m.Task(id="a", duration={"agile": data}).duration
    assert declared is not None
    assert declared.kind == "agile"
    assert isinstance(m.Task(id="a", duration={"nobody": {"x": 1}}).duration, m.OpaqueEstimate)


def test_an_estimate_of_another_quantity_is_refused() -> None:
    with pytest.raises(ModelError, match=r"^duration: an estimate of 3 GBP is none of time"):
        m.Task(id="a", duration=m.Fixed(Money(Decimal(3), "GBP")))


def test_what_is_nested_deeper_than_a_file_can_hold_is_refused_in_python_too(tmp_path: Path) -> None:
    def nested(levels: int) -> object:
        data: object = "end"
        for _ in range(levels):
            data = {"a": data}
        return data

    deepest = m.Portfolio(id="x", projects=[m.Project(id="P", tasks=[m.Task(id="t", extensions={"nobody": nested(90)})])])
    for name in ("x.yaml", "x.json"):
        ipmo.write(deepest, tmp_path / name)
        assert ipmo.read(tmp_path / name) == deepest
    for levels in (91, 5000):
        with pytest.raises(ModelError, match="nested deeper than 90 levels"):
            m.Task(id="t", extensions={"nobody": nested(levels)})
