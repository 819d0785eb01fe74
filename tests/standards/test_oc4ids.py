"""Project packages of OC4IDS: what is written is valid, what is read comes back, and what has no room is named on both ways."""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.errors import FileError, FormatWarning
from ipmo.files.no_room import single
from ipmo.model import Benefit, Contribution, Enabler, Link, Objective, Person, Portfolio, Project, Stakeholder, Task
from ipmo.model.money import as_budget
from ipmo.standards.oc4ids_words import CURRENCIES, day_out, when_in
from ipmo.testing.nouns import wide_portfolios
from ipmo.units import Money, minutes

HERE = Path(__file__).parent / "oc4ids"
EXAMPLE = HERE / "example.json"
SCHEMA = jsonschema.Draft4Validator(json.loads((HERE / "package-schema.json").read_text()))
PROPERTY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
DATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def leaves(data: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    elif isinstance(data, list):
        for value in data:
            yield from leaves(value, path)
    else:
        yield path, data


def written(portfolio: Portfolio, path: Path) -> tuple[dict[str, Any], str]:
    """The package that is written, valid, and what the warning names."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ipmo.write(portfolio, path, format="oc4ids")
    package = json.loads(path.read_text())
    assert [error.message for error in SCHEMA.iter_errors(package)] == []
    for place, value in leaves(package):
        if place[-1] in ("publishedDate", "startDate", "endDate", "dueDate", "dateMet", "updated", "requestDate", "approvalDate"):
            assert DATED.fullmatch(value), (place, value)
    said = " ".join(str(one.message) for one in caught if issubclass(one.category, FormatWarning))
    return package, said


def test_the_test_schema_has_all_37_fields_and_its_list_of_currencies() -> None:
    project = SCHEMA.schema["definitions"]["Project"]["properties"]
    assert len(project) == 37
    assert set(SCHEMA.schema["definitions"]["Value"]["properties"]["currency"]["enum"]) == CURRENCIES
    assert [error.message for error in SCHEMA.iter_errors(json.loads(EXAMPLE.read_text()))] == []
    assert list(SCHEMA.iter_errors({"projects": [{"id": "x", "status": "on fire"}]})), "it can refuse"


def test_the_worked_example_is_read(tmp_path: Path) -> None:
    pf = ipmo.read(EXAMPLE)
    assert (pf.source.format, pf.source.understood, pf.source.refused) == ("oc4ids", 1, 0)
    project = pf.projects[0]
    assert (project.name, project.state, project.category) == ("M75 Junctions 4 to 5 upgrade smart motorway", "closed", "transport")
    assert (project.start, project.finish, project.actual_finish) == (date(2016, 1, 1), date(2018, 12, 10), date(2018, 12, 10))
    assert "40 M GBP, 1 of 1 known" in repr(ipmo.roll_up(pf, "budget"))
    assert [line.note for line in project.budget.lines] == ["2016 budget allocation", "2017 budget allocation", "2018 budget allocation"]
    assert "42.1 M GBP, 1 of 1 known" in repr(ipmo.roll_up(pf, "actual"))
    assert project.progress == 1
    assert pf[project.owner].name == "Motorways UK"
    assert [(who.name, who.note) for who in pf.stakeholders] == [
        ("A1 Expert Smart Moto Design", "supplier; tenderer"),
        ("Concrete Motorways Construction", "supplier; tenderer"),
        ("United Nations Development Programme", "payer; funder"),
    ]
    assert [(task.id, task.name, task.deadline, task.actual_finish) for task in project.tasks] == [
        ("1", "Grant disbursement", date(2016, 1, 1), date(2016, 1, 1))
    ]
    assert [(one.name, one.population) for one in pf.benefits] == [("Environmental", "Local population of water plant.")]
    assert [(one.source, one.target) for one in pf.contributions] == [(project.id, "infrastructurePlan")]
    assert [(link.source, link.kind) for link in pf.links] == [("external:oc4ids-bu3kcz-m75-junctions-4-to-5-construction", "informs")]
    assert project.attributes["maintenance period"] == "2018-01-01/2040-07-01"
    assert pf.attributes["publisher"] == "Open Data Services Co-operative Limited"


def test_the_round_trip_of_the_worked_example_loses_only_what_the_report_names(tmp_path: Path) -> None:
    pf = ipmo.read(EXAMPLE)
    named = {
        word.strip()
        for found in pf.source.findings
        if found.code == "oc4ids/no-place"
        for word in re.sub(r"\(\d+\)", "", found.message.removeprefix("a portfolio has no place for ")).split(",")
    }
    assert all(found.line for found in pf.source.findings)
    out, said = written(pf, tmp_path / "out.json")
    before = Counter((path, repr(value)) for path, value in leaves(json.loads(EXAMPLE.read_text())))
    after = Counter((path, repr(value)) for path, value in leaves(out))

    def is_named(path: tuple[str, ...]) -> bool:
        own = path[1:] if path[0] == "projects" else path
        return any(".".join(own[:depth]) in named for depth in range(1, len(own) + 1))

    lost = before - after
    assert lost, "the example says more than a portfolio holds"
    derived = {"measure", "durationInDays"}  # a percentage written as a number; a duration that follows from two dates
    unnamed = [path for path, _ in lost if not is_named(path) and path[-1] not in derived]
    assert unnamed == []
    assert "no room" in said and "1 id of the portfolio beside its `uri`" in said and said.count(";") == 0
    again = ipmo.read(tmp_path / "out.json")
    assert again.projects == pf.projects and again.benefits == pf.benefits and again.links == pf.links
    for field in ("stakeholders", "people", "objectives", "contributions", "attributes", "status_date", "money"):
        assert getattr(again, field) == getattr(pf, field), field


@PROPERTY
@given(wide_portfolios())
def test_whatever_portfolio_is_written_is_valid_and_what_has_a_home_comes_back(tmp_path: Path, pf: Portfolio) -> None:
    if not pf.projects:
        with pytest.raises(FileError, match="at least one project"):
            ipmo.write(pf, tmp_path / "none.json", format="oc4ids")
        return
    _, said = written(pf, tmp_path / "one.json")
    once = ipmo.read(tmp_path / "one.json")
    assert once.source.refused == 0
    assert [p.id for p in once.projects] == [p.id for p in pf.projects]
    for old, new in zip(pf.projects, once.projects, strict=True):
        assert new.name == old.name
        assert new.state == ("active" if old.state == "paused" else old.state)
        assert (old.start and minutes(old.start)) == (new.start and minutes(new.start))
        for end in ("finish", "actual_finish"):
            told, read = getattr(old, end), getattr(new, end)
            assert (told and minutes(told, end=True)) == (read and minutes(read, end=True))
        assert new.progress == old.progress
        assert {t.id for t in new.tasks} - {"delivery"} <= {t.id for t in old.tasks}
        assert {t.id for t in old.tasks if t.milestone} == {t.id for t in new.tasks if t.milestone}
        if any(not t.milestone for t in old.tasks):
            assert " tasks" in said
    _, again = written(once, tmp_path / "two.json")
    twice = ipmo.read(tmp_path / "two.json")
    assert twice.projects == once.projects, "what was read once has a home"
    assert (twice.objectives, twice.contributions, twice.people) == (once.objectives, once.contributions, once.people)
    for what in ("tasks", "gates", "risks", "issues", "resources"):
        assert f" {what}" not in again


def test_every_kind_of_thing_that_has_a_home_comes_back_equal(tmp_path: Path) -> None:
    pf = Portfolio(
        id="works",
        name="Works of the county",
        status_date="2026-03-31",
        money={"currency": "GBP"},
        attributes={"license": "https://example.org/licence", "publisher": "Works of the county"},
        people=[Person(id="county", name="The county", kind="role", roles=["publicAuthority"])],
        stakeholders=[Stakeholder(id="builder", name="Builder", items=["bridge"], note="supplier")],
        objectives=[Objective(id="infrastructurePlan", name="infrastructurePlan")],
        contributions=[Contribution(source="bridge", target="infrastructurePlan")],
        benefits=[Benefit(id="bridge benefit 1", name="Shorter way", description="for all", enabled_by=[Enabler(source="bridge")])],
        links=[Link(source="bridge", target="road", kind="informs", attributes={"relationship": "expansion", "scheme": "oc4ids"})],
        projects=[
            Project(
                id="bridge",
                name="Bridge",
                category="transport",
                owner="county",
                start="2026-01-05",
                finish="2027-12-31",
                budget=[
                    {"from": "2026-01-01", "until": "2026-12-31", "amount": "3 M GBP", "note": "first year"},
                    {"from": "2027-01-01", "until": "2027-12-31", "amount": "4.5 M GBP"},
                ],
                actual="1.25 M GBP",
                forecast="8 M GBP",
                progress=0.15,
                attributes={"purpose": "to cross", "implementation period": "2026-04-01/2027-06-30", "classification COFOG": "04.5.1"},
                tasks=[
                    Task(id="delivery", name="Delivery", constraints={"by_hand_start": "2026-01-05", "by_hand_finish": "2027-12-31"}),
                    Task(
                        id="open",
                        name="Opening",
                        milestone=True,
                        category="delivery",
                        deadline="2027-11-30",
                        finish_not_before="2027-11-30",
                    ),
                    Task(id="go", name="Consent", milestone=True, deadline="2026-02-01", actual_finish="2026-02-03"),
                ],
            ),
            Project(id="road", state="proposed", budget="2 M GBP"),
            Project(id="old", state="closed", actual_finish="2025-06-30", actual="900 k GBP"),
        ],
    )
    _, said = written(pf, tmp_path / "works.json")
    assert "without the address" in said and ";" not in said, said
    assert ipmo.read(tmp_path / "works.json") == pf


def test_what_oc4ids_has_no_room_for_is_named(tmp_path: Path) -> None:
    pf = Portfolio(
        id="P",
        objectives=[Objective(id="O")],
        people=[Person(id="ann", name="Ann")],
        benefits=[Benefit(id="B", name="b", value="1 M GBP", enabled_by=["A/t"])],
        money={"currency": "GBP"},
        projects=[
            Project(
                id="A",
                owner="ann",
                state="paused",
                budget={"low": "1 M GBP", "likely": "2 M GBP", "high": "4 M GBP"},
                actual="3 M GBX" if "GBX" in CURRENCIES else "3 M ABC",
                funding="1 M GBP",
                attributes={"region": "north", "type": "tunnel"},
                tasks=[Task(id="t", duration="5 d"), Task(id="m", milestone=True, after=["t"])],
                gates=[{"id": "G"}],
                risks=[{"id": "R"}],
            ),
            Project(id="B2"),
        ],
        links=[Link(source="A", target="B2")],
    )
    _, said = written(pf, tmp_path / "p.json")
    for part in (
        "ranges of budgets",
        "amounts of actual costs in ABC, which is not on its list of currencies",
        "states 'paused', written as implementation",
        "attributes 'region' of projects",
        "attributes 'type' that are none of its project types",
        "fields 'funding' of projects",
        "fields 'gates' of projects",
        "fields 'risks' of projects",
        "1 task",
        "fields 'after' of milestones",
        "1 link",
        "objectives that no project serves",
        "fields 'value' of benefits",
        "owners who are people, written as public authorities",
        "date of publication",
        "ways in which a benefit is enabled",
    ):
        assert part in said or single(part) in said, part


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"projects": []}, "holds no project"),
        ({"projects": [{"title": "x"}]}, "has no id"),
        ({"projects": [{"id": 7}]}, "'id' must be a text; got 7"),
        ({"projects": "x"}, "no list `projects`"),
        ({"projects": [5]}, "must hold objects; got 5"),
    ],
)
def test_a_package_without_a_project_that_can_be_read_is_an_error(tmp_path: Path, change: dict[str, object], said: str) -> None:
    path = tmp_path / "p.json"
    path.write_text(json.dumps({"publisher": {"name": "x"}, "publishedDate": "2026-01-01T00:00:00Z", **change}))
    with pytest.raises(FileError) as error:
        ipmo.read(path)
    assert said in str(error.value)


def test_what_is_wrong_is_left_out_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(
        """{"publisher": {"name": "x"}, "publishedDate": "soon", "projects": [
 {"id": "a", "period": {"startDate": "2026-13-01T00:00:00Z"},
  "budget": {"amount": {"amount": "much", "currency": "GBP"}},
  "status": "on fire"},
 {"id": "a", "title": "twice"},
 {"id": "b", "sector": [1], "milestones": {"id": "x"}, "period": {"startDate": "2026-02-01T10:30:00+02:00"}}]}"""
    )
    pf = ipmo.read(path)
    found = {(f.line, f.message) for f in pf.source.findings if f.code == "oc4ids/value"}
    assert {line for line, _ in found} == {1, 2, 3, 4, 6}
    assert any("'much'" in message for _, message in found)
    assert [f.line for f in pf.source.findings if f.code == "oc4ids/refused"] == [5]
    assert [f.message for f in pf.source.findings if "status" in f.message] == [
        "'on fire' is no status of OC4IDS: the project is taken for active",
        "1 project without a status: taken for active",
    ]
    assert [p.id for p in pf.projects] == ["a", "b"]
    assert pf["b"].start == datetime(2026, 2, 1, 10, 30)
    assert any(f.code == "oc4ids/zone" for f in pf.source.findings)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=8) | st.just("2026-01-01T00:00:00Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "amount", "currency", "startDate", "title"]), inner),
    max_leaves=8,
)


@PROPERTY
@given(st.data())
def test_any_value_in_any_place_of_the_example_is_read_or_refused_with_a_sentence(tmp_path: Path, data: st.DataObject) -> None:
    package = json.loads(EXAMPLE.read_text())
    for _ in range(data.draw(st.integers(1, 4))):
        here: Any = package
        while True:
            key = data.draw(st.sampled_from(list(here) if isinstance(here, dict) else range(len(here))))
            inner = here[key]
            if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 3)) == 0:
                here[key] = data.draw(JSON)
                break
            here = inner
    path = tmp_path / "p.json"
    path.write_text(json.dumps(package))
    try:
        pf = ipmo.read(path, format="oc4ids")
    except FileError:
        return
    written(pf, tmp_path / "out.json")


def test_a_portfolio_in_json_stays_one_and_a_package_of_any_name_is_found(tmp_path: Path) -> None:
    ipmo.write(Portfolio(id="P", projects=[Project(id="publisher")]), tmp_path / "p.json")
    assert ipmo.read(tmp_path / "p.json").source.format != "oc4ids"
    (tmp_path / "data.txt").write_text(EXAMPLE.read_text())
    assert ipmo.read(tmp_path / "data.txt").source.format == "oc4ids"


def test_dates() -> None:
    assert when_in("2026-03-01T00:00:00+02:00") == date(2026, 3, 1)
    assert when_in("2026-03-01") == date(2026, 3, 1)
    assert when_in("2026-03-01T23:59:59Z") == datetime(2026, 3, 2)
    assert when_in("2026-03-01T23:59:59Z", end=True) == date(2026, 3, 1)
    assert day_out(datetime(2026, 3, 1, 17, 30), end=True) == "2026-03-01T17:30:00Z"
    assert when_in(day_out(datetime(2026, 3, 1), end=True), end=True) == date(2026, 2, 28)


def package(*projects: str) -> str:
    listed = ",\n".join(projects)
    return f'{{"version": "0.9", "uri": "urn:x:1", "publisher": {{"name": "A"}}, "projects": [\n{listed}\n]}}'


def told(pf: Portfolio) -> list[tuple[int, str]]:
    return [(one.line, one.message) for one in pf.source.findings if one.code == "oc4ids/value"] if pf.source else []


@pytest.mark.parametrize("amount", ["12345678901234567", "1234567890123456.78", "1234567890123456789.12", "0.1", "1e3"])
def test_amounts_keep_all_their_digits_both_ways(tmp_path: Path, amount: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(package(f'{{"id": "p", "budget": {{"amount": {{"amount": {amount}, "currency": "GBP"}}}}}}'), encoding="utf-8")
    read = ipmo.read(path)
    assert read.projects[0].budget == as_budget(Money(Decimal(amount), "GBP"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ipmo.write(read, tmp_path / "b.json", format="oc4ids")
    text = (tmp_path / "b.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_float=str, parse_int=str)["projects"][0]["budget"]["amount"]["amount"] in (amount, "1000")
    assert ipmo.read(tmp_path / "b.json").projects == read.projects


@pytest.mark.parametrize("amount", ["0." + "1" * 1_000_000, "1234567890123456789." + "5" * 10, '"0.' + "1" * 100_000 + '"'])
def test_an_amount_of_more_digits_than_sums_keep_is_left_out_by_its_line(tmp_path: Path, amount: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(package(f'{{"id": "p", "budget": {{"amount": {{"amount": {amount}, "currency": "GBP"}}}}}}'), encoding="utf-8")
    pf = ipmo.read(path)
    assert pf.projects[0].budget is None
    ((line, said),) = told(pf)
    assert line == 2 and said.startswith("'amount' must be a number of at most 28 digits; got ") and len(said) < 200
    path.write_text(package(f'{{"id": "p", "budget": {{"amount": {{"amount": {"1" * 5000}, "currency": "GBP"}}}}}}'), encoding="utf-8")
    with pytest.raises(ipmo.FileError, match="a number in it has thousands of digits"):
        ipmo.read(path)


def test_a_title_stays_a_text_whatever_it_holds(tmp_path: Path) -> None:
    """Amounts that a float would cut are marked until the package is written; no text can pass for one."""
    titles = ["\x0112\x01", "12.50", "\x01-1\x01"]
    pf = ipmo.Portfolio(id="x", status_date="2026-01-05", projects=[ipmo.Project(id=f"p{n}", name=title) for n, title in enumerate(titles)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ipmo.write(pf, tmp_path / "t.json", format="oc4ids")
    written = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))["projects"]
    assert [one["title"] for one in written] == titles


def test_one_wrong_project_does_not_cost_the_package(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        package(
            '{"id": "a", "period": {"startDate": "2026-05-01T00:00:00Z", "endDate": "2026-02-01T00:00:00Z"}}',
            '{"id": "b", "budget": {"amount": {"amount": -10, "currency": "GBP"}}}',
            '{"id": "c", "relatedProjects": [{"id": "1", "identifier": "c"}, {"id": "2", "identifier": "a"}]}',
            '{"id": "d", "budget": {"amount": {"amount": 1e-4000000, "currency": "GBP"}}}',
        ),
        encoding="utf-8",
    )
    read = ipmo.read(path)
    assert [(project.start, project.finish, project.budget) for project in read.projects] == [
        (date(2026, 5, 1), None, None),
        (None, None, None),
        (None, None, None),
        (None, None, None),
    ]
    assert [(link.source, link.target) for link in read.links] == [("a", "c")]
    assert told(read) == [
        (2, "endDate 2026-02-01 lies before startDate 2026-05-01; it is left out"),
        (3, "'amount' is below zero: -10 GBP; it is left out"),
        (4, "project 'c' is related to itself; it is left out"),
        (5, "'amount' must be a number; got 1E-4000000; it is left out"),
    ]


@pytest.mark.parametrize(
    ("credit", "kept"),
    [
        ('{"amount": -10, "currency": "GBP"}', False),
        ('{"amount": -2, "currency": "GBP"}', True),
        ('{"amount": -10, "currency": "EUR"}', True),
    ],
    ids=["more than the rest", "less than the rest", "of another currency"],
)
def test_a_credit_is_held_against_amounts_of_its_own_currency(tmp_path: Path, credit: str, kept: bool) -> None:
    lines = f'[{{"id": "1", "amount": {{"amount": 3, "currency": "GBP"}}}}, {{"id": "2", "amount": {credit}}}]'
    path = tmp_path / "a.json"
    path.write_text(
        package(f'{{"id": "a", "budget": {{"budgetBreakdowns": [{{"id": "1", "budgetBreakdown": {lines}}}]}}}}'), encoding="utf-8"
    )
    (read,) = ipmo.read(path).projects
    assert (read.budget is not None and len(read.budget.lines) == 2) is kept


def test_projects_related_in_a_circle_inform_each_other(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        package(
            '{"id": "a", "relatedProjects": [{"id": "1", "identifier": "b"}]}',
            '{"id": "b", "relatedProjects": [{"id": "1", "identifier": "a"}]}',
        ),
        encoding="utf-8",
    )
    read = ipmo.read(path)
    assert {(link.source, link.target, link.kind) for link in read.links} == {("a", "b", "informs"), ("b", "a", "informs")}
    assert not [one for one in ipmo.check(read) if one.severity == "error"]


def test_the_deprecated_status_that_is_written_as_another_is_said(tmp_path: Path) -> None:
    plain = {"state": "closed", "actual_finish": "2024-05-01"}
    for status, said in (("completed", True), ("decommissioned", False)):
        pf = Portfolio(id="x", projects=[{"id": "oc4ids-bu3kcz-1", **plain, "attributes": {"status": status}}])
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            ipmo.write(pf, tmp_path / "x.json", format="oc4ids")
        assert any("'completed', which is deprecated: written as maintenance" in str(one.message) for one in caught) == said
        assert (json.loads((tmp_path / "x.json").read_text())["projects"][0]["status"] == "maintenance") == said


# ------------------------------------------------------------------------------------------ drawn documents

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31)).map(lambda day: f"{day.isoformat()}T00:00:00Z")
WORDS = st.sampled_from(["Sea wall", "north; south", "x", "Gate 1", "=1+1"])
VALUES = st.fixed_dictionaries(
    {}, optional={"amount": st.sampled_from([0, 12, 12.5, "12", "much", -3, 1250000]), "currency": st.sampled_from(["EUR", "USD", "EUR"])}
)
SPANS = st.fixed_dictionaries({}, optional={"startDate": DAYS, "endDate": DAYS, "durationInDays": st.integers(0, 40)})


def things(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(st.fixed_dictionaries({}, optional={"id": st.sampled_from(["1", "2", "a"]), **fields}), max_size=3)


def apart(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(
        st.fixed_dictionaries({"id": st.sampled_from(["1", "2", "a"])}, optional=fields), max_size=3, unique_by=lambda one: one["id"]
    )


def observations(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return things(period=SPANS, notes=WORDS, **fields)


PERCENT = st.sampled_from([{"name": "percent"}, {"id": "P1", "scheme": "UNCEFACT"}, {"name": "metres"}, {"name": "percent", "uri": "x:y"}])
METRICS = st.one_of(
    st.fixed_dictionaries(
        {"id": st.just("physicalProgress")},
        optional={
            "title": st.sampled_from(["Physical progress", "How far"]),
            "description": WORDS,
            "observations": observations(measure=st.sampled_from(["35", 40, 12.5, 140, "half"]), unit=PERCENT),
        },
    ),
    st.fixed_dictionaries({"id": st.just("financialProgress")}, optional={"title": WORDS, "observations": observations(value=VALUES)}),
    st.fixed_dictionaries({"id": st.just("jobs")}, optional={"observations": observations(measure=st.just(7))}),
)
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "title": WORDS,
        "description": WORDS,
        "purpose": WORDS,
        "type": st.sampled_from(["construction", "tunnel"]),
        "language": st.just("en"),
        "updated": st.one_of(DAYS, st.just("soon")),
        "status": st.sampled_from(["implementation", "completion", "completed", "decommissioned", "cancelled", "nonsense", 5]),
        "period": SPANS,
        "completion": st.fixed_dictionaries(
            {}, optional={"endDate": DAYS, "finalValue": VALUES, "finalScope": WORDS, "endDateDetails": WORDS}
        ),
        "maintenancePeriod": SPANS,
        "sector": st.lists(st.sampled_from(["transport", "transport.road", "water"]), max_size=3, unique=True),
        "budget": st.fixed_dictionaries(
            {},
            optional={
                "amount": VALUES,
                "requestDate": DAYS,
                "description": WORDS,
                "budgetBreakdowns": things(
                    budgetBreakdown=things(amount=VALUES, period=SPANS, description=WORDS, sourceParty=st.just({"id": "q"}))
                ),
            },
        ),
        "costMeasurements": things(
            lifeCycleCosting=st.fixed_dictionaries({}, optional={"value": VALUES, "costGroups": things(category=WORDS)})
        ),
        "milestones": things(
            title=WORDS,
            type=WORDS,
            dueDate=DAYS,
            dateMet=DAYS,
            status=st.sampled_from(["met", "notMet", "scheduled", "odd"]),
            value=VALUES,
            code=WORDS,
        ),
        "metrics": st.lists(METRICS, max_size=2),
        "forecasts": st.lists(
            st.fixed_dictionaries(
                {"id": st.just("costAtCompletion")}, optional={"title": WORDS, "observations": observations(value=VALUES)}
            ),
            max_size=2,
        ),
        "benefits": things(title=WORDS, description=WORDS, beneficiaries=things(description=WORDS, numberOfPeople=st.just(4))),
        "policyAlignment": st.fixed_dictionaries({}, optional={"policies": st.lists(WORDS, max_size=3, unique=True), "description": WORDS}),
        "relatedProjects": things(
            identifier=st.sampled_from(["p0", "p1", "other"]),
            scheme=st.just("oc4ids"),
            relationship=st.just("expansion"),
            title=WORDS,
            uri=st.just("no uri"),
        ),
        "parties": apart(
            name=WORDS, roles=st.lists(st.sampled_from(["payer", "supplier"]), max_size=2, unique=True), address=st.just({"locality": "X"})
        ),
        "publicAuthority": st.fixed_dictionaries({}, optional={"id": st.sampled_from(["a", "1"]), "name": WORDS}),
        "identifiers": things(scheme=st.just("internal")),
        "additionalClassifications": things(scheme=st.sampled_from(["COFOG", "CPV"]), description=WORDS),
        "locations": things(description=WORDS, geometry=st.just({"type": "Point"})),
        "transactions": things(value=VALUES),
        "madeUp": st.just(5),
    },
)
DERIVED = frozenset({"durationInDays"})
"""What follows from what else is written."""
USUAL = frozenset(
    {
        ("projects", "budget", "amount", "amount"),
        ("projects", "budget", "amount", "currency"),
        ("projects", "metrics", "title"),
        ("projects", "forecasts", "title"),
        ("projects", "publicAuthority", "name"),
    }
)
"""The sum of a budget's lines, the standard's own titles of metrics, and the name that another project says."""


def plain(value: Any) -> str:
    """A leaf as two packages are compared: numbers by their value, texts as they stand."""
    if isinstance(value, int | float):
        return f"{Decimal(repr(value)).normalize():f}"
    return str(value)


@settings(
    max_examples=40,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(BODIES, min_size=1, max_size=2))
def test_of_any_document_what_was_read_is_written_again_or_the_loss_is_named(tmp_path: Path, bodies: list[dict[str, Any]]) -> None:
    """Every leaf of the document stands in what is written, or a finding names its field, or the warning does; and nothing is made up."""
    projects = [{"id": f"p{n}", **body} for n, body in enumerate(bodies)]
    source = {
        "version": "0.9",
        "uri": "https://example.org/x",
        "publishedDate": "2026-05-04T00:00:00Z",
        "publisher": {"name": "City"},
        "projects": projects,
    }
    path = tmp_path / "p.json"
    path.write_text(json.dumps(source))
    pf = ipmo.read(path)
    findings = [one.message for one in pf.source.findings]
    named = {
        word.strip()
        for message in findings
        if message.startswith("a portfolio has no place for ")
        for word in re.sub(r"\(\d+\)", "", message.removeprefix("a portfolio has no place for ")).split(",")
    }
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ipmo.write(pf, tmp_path / "out.json", format="oc4ids")
    said = " ".join(str(one.message) for one in caught)
    wrong = " ".join(message for message in findings if not message.startswith("a portfolio has no place for "))
    out = json.loads((tmp_path / "out.json").read_text())
    assert [error.message for error in SCHEMA.iter_errors(out)] == []
    before, after = (Counter((place, plain(value)) for place, value in leaves(package)) for package in (source, out))

    def is_named(place: tuple[str, ...], value: str) -> bool:
        own = place[1:] if place[0] == "projects" else place
        return (
            any(".".join(own[:depth]) in named for depth in range(1, len(own) + 1))
            or any(f"{key!r}" in f"{wrong} {said}" or key in wrong for key in own[-2:])
            or f"{value!r}" in said
            or (own[0] in ("relatedProjects", "budget") and own[-1] == "id" and value.isdigit())
        )  # numbers are counted anew

    named |= {"benefits"} if "bear the same title" in said else set()
    lost = [(place, value) for (place, value), _ in (before - after).items() if place[-1] not in DERIVED and not is_named(place, value)]
    assert lost == []
    made = {place for place, _ in after - before} - {place for place, _ in before - after}
    assert {
        place
        for place in made
        if place[-1] not in ("id", "uri", *DERIVED) and "unit" not in place and place[1] != "parties" and place not in USUAL
    } == set(), "nothing is made up"
    again = ipmo.read(tmp_path / "out.json")
    for old, new in zip(pf.projects, again.projects, strict=True):
        if "no room for" not in said or old.attributes.get("oc4ids status", "not stated") == "not stated":
            assert (new.name, new.state, new.budget, new.actual, new.forecast, new.progress) == (
                old.name,
                old.state,
                old.budget,
                old.actual,
                old.forecast,
                old.progress,
            )


def test_when_progress_was_observed_stays_and_nothing_says_a_status_that_nobody_stated(tmp_path: Path) -> None:
    """A project of an unknown status was published as in implementation, and its progress as of the day of publication."""
    path = tmp_path / "p.json"
    seen = '{"id": "1", "measure": "35", "unit": {"name": "percent"}, "period": {"endDate": "2026-04-30T00:00:00Z"}}'
    path.write_text(
        package(
            f'{{"id": "a", "status": "nonsense", "metrics": [{{"id": "physicalProgress", "observations": [{seen}]}}]}}',
            '{"id": "b", "budget": {"amount": {"amount": "12"}}}',
            '{"id": "c", "status": "cancelled", "budget": {"amount": {"amount": "12", "currency": "EUR"}}}',
        ).replace('"version"', '"publishedDate": "2026-05-04T00:00:00Z", "version"')
    )
    pf = ipmo.read(path)
    assert told(pf) == [
        (3, "the amount 12 of 'amount' has no currency; it is left out"),
        (2, "'nonsense' is no status of OC4IDS: the project is taken for active"),
        (4, "'amount' must be a number; got the text '12'"),
    ]
    assert [(one.state, one.attributes.get("oc4ids status")) for one in pf.projects] == [
        ("active", "nonsense"),
        ("active", "not stated"),
        ("cancelled", None),
    ]
    assert pf["a"].attributes["progress as of"] == "../2026-04-30"
    assert pf["c"].budget == as_budget("12 EUR")
    out, said = written(pf, tmp_path / "out.json")
    assert [one.get("status") for one in out["projects"]] == [None, None, "cancelled"]
    assert out["projects"][0]["metrics"][0]["observations"][0]["period"] == {"endDate": "2026-04-30T00:00:00Z"}
    assert "1 status that is none of its own, left out" in said


def test_a_project_related_in_two_ways_does_not_cost_the_package(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(
        package(
            '{"id": "a", "relatedProjects": [{"id": "1", "identifier": "x"}, {"id": "2", "identifier": "x", "relationship": "expansion"}]}'
        )
    )
    pf = ipmo.read(path)
    assert [(link.source, link.target) for link in pf.links] == [("external:x", "a")]
    assert any("no place for relatedProjects" in one.message for one in pf.source.findings)
