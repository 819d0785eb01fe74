"""How many digits a quantity may have is one rule: what a noun takes is written and read back equal, all else is refused before anything is."""

import tempfile
from decimal import Decimal, localcontext
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.errors import ModelError, UnitError
from ipmo.files.documents import parse
from ipmo.files.portfolios import read_plain, to_json, to_yaml
from ipmo.files.schema import json_schema
from ipmo.model.estimates import Discrete, Fixed, Triangular
from ipmo.model.money import Budget, BudgetLine
from ipmo.model.people import Assignment, Resource
from ipmo.model.portfolio import Portfolio
from ipmo.model.risks import Risk
from ipmo.model.work import Project, Task
from ipmo.registers.mapping import ColumnMapping, Mapping, SheetMapping
from ipmo.units import Effort, Money, Rate, Span, as_effort, as_money, as_rate, as_span

MONEY, TIME, BEHIND = 28, 15, 60
"""Digits before the point, of money and of time, and behind it."""


def digits(before: int, behind: int) -> st.SearchStrategy[Decimal]:
    """Amounts of at most so many digits on each side, some with noughts that say nothing."""
    whole = st.integers(0, before).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))
    rest = st.integers(0, behind).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))
    return st.builds(lambda sign, a, b: Decimal(f"{sign}{a or 0}.{b or 0}"), st.sampled_from(["", "-"]), whole, rest)


def portfolio(amount: Decimal, length: Decimal) -> Portfolio:
    """One with quantities wherever they may stand."""
    money = Money(amount.copy_abs(), "GBP")
    spread = Triangular(money, money, money)
    return Portfolio(
        id="pf",
        resources=[Resource(id="r", rate=Rate(money, "pd"))],
        projects=[
            Project(
                id="P",
                budget=Budget((BudgetLine(amount=Fixed(money)), BudgetLine(amount=spread), BudgetLine(amount=Discrete((money,), (1.0,))))),
                tasks=[Task(id="t", duration=Fixed(Span(length.copy_abs(), "d")), effort=Effort(length.copy_abs(), "pd"))],
                risks=[Risk(id="k", response_cost=money)],
            )
        ],
    )


@settings(max_examples=60)
@given(digits(MONEY, BEHIND), digits(TIME, BEHIND))
@example(Decimal("9" * 28 + "." + "1" * 60), Decimal(1) / Decimal(3))
@example(Decimal(100) / Decimal(3), Decimal("1e14"))
@example(Decimal("1E+27"), Decimal("0.1"))
def test_quantities_that_nouns_take_are_written_and_read_back_equal(amount: Decimal, length: Decimal) -> None:
    pf = portfolio(amount, length)
    for text in (to_yaml(ipmo.to_dict(pf)), to_json(pf)):
        assert read_plain(parse(text, "x").data) == pf


@pytest.mark.no_cover
@settings(max_examples=8, deadline=None)
@given(digits(MONEY, BEHIND), digits(TIME, BEHIND))
@example(Decimal("9" * 28 + "." + "1" * 60), Decimal(1) / Decimal(3))
@example(Decimal("1E-45"), Decimal("1E-7"))
@example(Decimal("1970326963994232155118335"), Decimal("45.19"))
@example(Decimal(2**60), Decimal(2**49))
def test_so_are_they_in_tables_of_every_kind(amount: Decimal, length: Decimal) -> None:
    pf = portfolio(amount, length)
    with tempfile.TemporaryDirectory() as folder:
        for name, to in (("pf.xlsx", None), ("csv", "csv-folder"), ("parquet", "parquet-folder")):
            ipmo.write(pf, Path(folder) / name, format=to)
            assert ipmo.read(Path(folder) / name) == pf, name


LONG = [Decimal("1e-61"), Decimal("0." + "3" * 61), Decimal("1e28"), Decimal("1e99")]


@pytest.mark.parametrize("amount", [*LONG, 1e99, 10**28, 1e-70])
def test_what_no_file_holds_is_refused_with_its_place(amount: Decimal) -> None:
    ways = {
        "budget": lambda money: Project(id="P", budget=money),
        "response_cost": lambda money: Risk(id="k", response_cost=money),
        "amount": lambda money: BudgetLine(amount=Triangular(money, money, money)),
    }
    for field, way in ways.items():
        with pytest.raises((ModelError, UnitError)) as refused:
            way(Money(amount, "GBP"))
        assert "digits" in str(refused.value)
        if isinstance(refused.value, ModelError):
            assert refused.value.problems[0].path[0] == field


@pytest.mark.parametrize("length", [*LONG, Decimal("1e15")])
def test_so_is_a_length_of_time(length: Decimal) -> None:
    with pytest.raises((ModelError, UnitError), match="digits"):
        Task(id="t", duration=Fixed(Span(length, "d")))
    with pytest.raises((ModelError, UnitError), match="digits"):
        Task(id="t", effort=Effort(length, "pd"))
    with pytest.raises((ModelError, UnitError), match="digits"):
        Resource(id="r", rate=Rate(Money(length * Decimal("1e13"), "GBP") if length > 1 else Money(length, "GBP"), "pd"))


@given(digits(MONEY + 2, BEHIND + 2), st.sampled_from(["", "k", "M", "bn"]))
@example(Decimal("9" * 28), "bn")
def test_a_text_is_money_just_where_its_amount_is(amount: Decimal, power: str) -> None:
    text = f"{amount:f} {power} GBP"
    with localcontext(prec=200):
        value = amount * {"": 1, "k": 10**3, "M": 10**6, "bn": 10**9}[power]
    whole, _, behind = f"{amount:f}".lstrip("-").partition(".")
    if value.copy_abs() < Decimal("1e28") and len(whole) <= MONEY and len(behind) <= BEHIND:
        assert as_money(text).amount == value
        assert as_money(str(as_money(text))) == as_money(text)
    else:
        with pytest.raises(UnitError):
            as_money(text)


def test_the_schema_says_the_same() -> None:
    import jsonschema

    schema = json_schema()
    for name, most in (("money", MONEY), ("time", TIME)):
        pf = {"ipmo": 1, "portfolio": {"id": "pf"}, "projects": [{"id": "P"}]}
        for extra in (0, 1):
            text = "1" * (most + extra) + "." + "1" * BEHIND
            project = (
                {"id": "P", "budget": f"{text} GBP"} if name == "money" else {"id": "P", "tasks": [{"id": "t", "duration": f"{text} d"}]}
            )
            good = jsonschema.Draft202012Validator(schema).is_valid({**pf, "projects": [project]})
            assert good is not bool(extra)


def test_the_short_way_of_quantities_stays_what_it_was() -> None:
    assert str(as_money("4.2 M GBP")) == "4.2 M GBP"
    assert str(as_span("10 d")) == "10 d"
    assert str(as_effort("3 pd")) == "3 pd"
    assert str(as_rate("320 GBP per pd")) == "320 GBP per pd"


def test_amounts_of_an_oc4ids_package_are_kept_in_a_portfolio(tmp_path: Path) -> None:
    for amount in ("1234567890123456", "9" * 28, "0.12345678901234567890123456", "12345678901234567890.12345678"):
        path = tmp_path / "package.json"
        path.write_text(
            f'{{"projects": [{{"id": "p", "budget": {{"amount": {{"amount": {amount}, "currency": "GBP"}}}}}}]}}', encoding="utf-8"
        )
        pf = ipmo.read(path, format="oc4ids")
        assert str(pf.projects[0].budget.lines[0].amount.value) == f"{amount} GBP"
        ipmo.write(pf, tmp_path / "pf.yaml")
        assert ipmo.read(tmp_path / "pf.yaml") == pf


@pytest.mark.parametrize(("typed", "kept"), [("123456789012345 bn", True), ("0." + "0" * 44 + "1", True), ("0." + "0" * 70 + "1", False)])
def test_what_a_register_says_is_kept_or_refused_by_its_cell(tmp_path: Path, typed: str, kept: bool) -> None:
    mapping = Mapping(currency="GBP", sheets=[SheetMapping(register="risks", project="P", new_projects=True, columns=[ColumnMapping(header=one, field=one) for one in ("id", "response_cost")])])  # fmt: skip
    (tmp_path / "r.csv").write_text(f"id,response_cost\nR1,{typed}\nR2,5\n", encoding="utf-8")
    pf = ipmo.read(tmp_path / "r.csv", mapping=mapping)
    assert (pf.projects[0].risks[0].response_cost is not None) is kept
    assert [finding.message[:15] for finding in pf.source.findings if finding.code == "register/cell-refused"] == (
        [] if kept else ["row 2, column B"]
    )
    ipmo.write(pf, tmp_path / "pf.yaml")
    assert ipmo.read(tmp_path / "pf.yaml") == pf


@settings(max_examples=60)
@given(st.floats(0, 1e27), st.floats(0, 1))
@example(1 / 3, 2 / 3)
@example(5e-324, 1e-120)
@example(123456789012345678.0, 0.1 + 0.2)
@example(1e27, 0.0)
def test_shares_and_counts_of_any_length_are_written_and_read_back_equal(units: float, share: float) -> None:
    task = Task(id="t", progress=share, assignments=[Assignment(resource="r", units=units)])
    pf = Portfolio(id="pf", resources=[Resource(id="r")], projects=[Project(id="P", tasks=[task])])
    for text in (to_yaml(ipmo.to_dict(pf)), to_json(pf)):
        assert read_plain(parse(text, "x").data) == pf
