"""Where the P3O adapter's answers turn: lengths of time, ages, tables with their units, who gives a service to whom."""

from __future__ import annotations

from fractions import Fraction

import pytest
from attrs import evolve

from ipmo import Span, Table
from ipmo.model import DataFlow, DecisionBody, Office, Person, Portfolio, Programme, Project, Service, Task
from ipmo.plugin import CheckContext
from ipmo_p3o import P3O, coverage, lineage, lineage_table
from ipmo_p3o.flows import nominal_days
from ipmo_p3o.offices import office_model

YEAR = Fraction(36525, 100)
BOARD = DecisionBody(id="board", level="portfolio")
HUB = Office(id="hub", type="portfolio", permanent=True, reports_to="board")
SPOKE = Office(id="spoke", type="programme", permanent=False, host="T", ends="2026-06-30", reports_to="hub")


def portfolio(*services: Service, flows: tuple[DataFlow, ...] = ()) -> Portfolio:
    return Portfolio(
        id="x",
        start="2026-01-05",
        programmes=[Programme(id="T")],
        projects=[Project(id="P", programme="T", tasks=[Task(id="a", duration="20 d")]), Project(id="alone")],
        offices=(HUB, SPOKE),
        bodies=(BOARD,),
        people=(Person(id="ann"),),
        services=services,
        flows=flows,
    )


def shape(table: Table) -> list[str]:
    """Columns as `name kind unit`."""
    return [f"{name} {table.kind(name)} {table.unit(name)}".strip() for name in table.columns]


@pytest.mark.parametrize(
    ("span", "days"),
    [
        (Span(480, "min"), Fraction(7, 5)),
        (Span(8, "h"), Fraction(7, 5)),
        (Span(5, "d"), Fraction(7)),
        (Span(2, "w"), Fraction(14)),
        (Span(36, "eh"), Fraction(3, 2)),
        (Span(3, "ed"), Fraction(3)),
        (Span(2, "ew"), Fraction(14)),
        (Span(3, "month"), YEAR / 4),
        (Span(1, "year"), YEAR),
    ],
)
def test_a_length_of_time_lasts_so_many_elapsed_days_in_the_middle(span: Span, days: Fraction) -> None:
    assert nominal_days(span) == days


def test_tables_have_these_columns_and_units() -> None:
    pf = portfolio(Service(id="risk", provider="hub"))
    assert shape(lineage_table(pf)) == ["field str", "source str", "way str", "freshest float elapsed days", "oldest float elapsed days"]
    assert shape(coverage(pf).table()) == [
        "initiative str",
        "service str",
        "state str",
        "providers str",
        "mandatory bool",
        "split str",
    ]


def test_one_flow_is_as_old_as_its_period_and_its_lead() -> None:
    (one,) = lineage(portfolio(flows=(DataFlow(field="cost", source="hub", target="board", every="1 w", cut_off="1 d before period end"),)))
    assert (one.freshest, one.oldest) == (Fraction(7, 5), 7 + Fraction(7, 5))
    (bare,) = lineage(portfolio(flows=(DataFlow(field="cost", source="hub", target="board", every="1 w"),)))
    assert (bare.freshest, bare.oldest, bare.source_system) == (0, 7, "")


def test_each_field_has_ways_of_its_own_in_the_order_of_the_file() -> None:
    found = lineage(
        portfolio(
            flows=(
                DataFlow(field="risk", source="hub", target="board", every="1 w", source_system="log"),
                DataFlow(field="cost", source="spoke", target="hub", every="1 w", source_system="ledger"),
                DataFlow(field="cost", source="hub", target="board", every="1 w", source_system="a sheet"),
            )
        )
    )
    assert [(one.field, one.source_system, one.steps) for one in found] == [
        ("risk", "log", ("hub", "board")),
        ("cost", "ledger", ("spoke", "hub", "board")),
    ]


def test_a_mandatory_service_is_asked_of_its_level_or_of_its_consumers() -> None:
    asked = coverage(portfolio(Service(id="risk", mode="mandatory", level="project")))
    assert [cell.item for cell in asked.cells if cell.asked] == ["P", "alone"]
    named = coverage(portfolio(Service(id="risk", mode="mandatory", consumers=["T"])))
    assert sorted(cell.item for cell in named.cells if cell.asked) == ["P", "T"]
    assert sorted((cell.item, cell.state) for cell in named.gaps) == [("P", "gap"), ("T", "gap")]
    assert (named.share, asked.share) == (0, 0)


def test_a_service_of_which_only_an_owner_is_known_is_given_by_that_owner() -> None:
    owned = coverage(portfolio(Service(id="risk", mode="mandatory", level="project", owner="ann", consumers=["P"])))
    assert owned["P", "risk"].providers == ("ann",)
    assert owned["alone", "risk"].providers == ()
    assert owned.share == 1, "it is mandatory for its consumers only"
    both = coverage(portfolio(Service(id="risk", owner="ann"), Service(id="risk 2", kind="risk", provider="hub")))
    assert both["P", "risk"].providers == ("hub",), "an office goes before an owner"


def test_an_explicit_consumer_counts_beside_the_closest_office() -> None:
    found = coverage(
        portfolio(
            Service(id="r1", kind="risk", provider="spoke"),
            Service(id="r2", kind="risk", provider="hub"),
            Service(id="r3", kind="risk", provider="hub", consumers=["P"], split="hub: money; spoke: the rest"),
        )
    )
    assert found["P", "risk"].providers == ("hub", "spoke")
    assert found["P", "risk"].split == "hub: money; spoke: the rest"
    assert found["T", "risk"].providers == ("spoke",)
    assert found["x", "risk"].providers == ("hub",)


@pytest.mark.parametrize("every", [None, "0 d"])
def test_a_figure_that_is_sent_at_no_stated_time_has_no_age(every: str | None) -> None:
    found = lineage(
        portfolio(
            flows=(
                DataFlow(field="cost", source="spoke", target="hub", every=every),
                DataFlow(field="cost", source="hub", target="board", every="1 w"),
            )
        )
    )
    assert [(one.freshest, one.oldest) for one in found] == [(None, None)]


def test_coverage_says_in_a_line_what_is_mandatory_and_given() -> None:
    assert repr(coverage(portfolio())) == "<Coverage: 4 initiatives, 0 services, nothing is mandatory, 0 overlaps>"
    asked = coverage(
        portfolio(Service(id="risk", mode="mandatory", level="project"), Service(id="r", kind="risk", provider="hub", consumers=["P"]))
    )
    assert repr(asked) == "<Coverage: 4 initiatives, 1 service, 50% of what is mandatory is given or waived, 0 overlaps>"


def test_where_no_office_is_at_the_top_the_hubs_are_nearest() -> None:
    """Two hubs that report to each other: none is at the top; neither is the spoke between them a hub."""
    rows = [Office(id="one", type="hub", reports_to="two"), Office(id="two", type="hub", reports_to="one"), Office(id="other", type="project", reports_to="one")]  # fmt: skip
    pf = Portfolio(id="x", projects=[Project(id="P")], offices=rows)
    model = office_model(pf)
    assert not model.apexes
    assert model.nearest("P") == ("one", "two")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, False),
        ({"bodies": [BOARD]}, True),
        ({"offices": [HUB], "bodies": [BOARD]}, True),
        ({"services": [Service(id="s", owner="ann", consumers=["P"])]}, True),
    ],
)
def test_the_report_has_a_section_of_offices_where_anything_of_them_is_stated(fields: dict[str, list[object]], said: bool) -> None:
    pf = Portfolio(id="x", projects=[Project(id="P")], people=[Person(id="ann")], **fields)
    (section,) = P3O.sections
    assert bool(list(section.show(CheckContext(portfolio=pf)))) is said


def test_a_centre_of_excellence_serves_from_one_step_beyond_the_farthest_office() -> None:
    """From the spoke of a programme the hub is one step away; a centre above nobody two, and one in the line where it stands."""
    centre, inside = (Office(id=name, type="centre of excellence", permanent=True) for name in ("centre", "inside"))
    pf = portfolio().evolve("x", offices=(HUB, SPOKE, centre))
    model = office_model(pf)
    assert model.line("P") == {"spoke": 0, "hub": 1, "centre": 2}
    assert model.line("alone") == {"hub": 0, "centre": 1}
    assert model.supports("centre", "alone")
    assert not model.supports("spoke", "alone")
    above = office_model(pf.evolve("x", offices=(HUB, evolve(SPOKE, reports_to=["hub", "inside"]), inside)))
    assert above.line("P") == {"spoke": 0, "hub": 1, "inside": 1}
    assert [model.ups(name) for name in ("spoke", "hub", "nobody")] == [("hub",), ("board",), ()]


def test_who_gives_a_service_is_listed_with_commas() -> None:
    pf = portfolio(Service(id="risk", provider="hub"), Service(id="risk 2", kind="risk", provider="spoke", consumers=["P"]))
    assert ("P", "hub, spoke") in [(row["initiative"], row["providers"]) for row in coverage(pf).table().rows()]
