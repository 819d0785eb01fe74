"""Change intervals: whatever they answer is what the snapshots say one by one."""

from __future__ import annotations

import copy
import json
import pickle
import sqlite3
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.control.history import History
from ipmo.analysis.control.interval_store import Frozen
from ipmo.analysis.control.intervals import Intervals, last_day, month_at
from ipmo.analysis.control.stated_fields import as_value, plain_text, shown_value, stated
from ipmo.errors import ModelError, UnitError, UnknownItemError

Stated = dict[tuple[str, str], dict[str, str]]


def day(n: int) -> date:
    return date(2020 + n // 12, n % 12 + 1, 28)


def of(documents: list[dict[str, Any]]) -> Intervals:
    return Intervals.of([(Frozen(day=day(n), name=str(n)), one) for n, one in enumerate(documents)])


def project(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, **fields}


def document(*projects: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"ipmo": 1, "portfolio": {"id": "x"}, "projects": list(projects), **more}


names = st.sampled_from(["a", "b", "c"])
values = st.sampled_from(
    ["10 GBP", "1.5 k GBP", "7 EUR", "late", 3, 4.5, 2, None, ["t"], {"low": "1 d", "high": 2}, [{"date": "2020-01-01", "rag": "red"}]]
)
inner = st.lists(
    st.fixed_dictionaries({"id": names}, optional={"duration": values, "owner.of": values}), max_size=2, unique_by=lambda noun: noun["id"]
)
projects = st.lists(
    st.fixed_dictionaries({"id": names}, optional={"budget": values, "forecast": values, "attributes": st.dictionaries(names, values), "tasks": inner}),
    max_size=3,
    unique_by=lambda noun: noun["id"],
)  # fmt: skip
links = st.lists(st.fixed_dictionaries({"from": names, "to": names}, optional={"lag": values}), max_size=3)
documents = st.lists(
    st.builds(lambda some, joined, note: document(*some, links=joined, rates=note), projects, links, values), min_size=1, max_size=7
)


def read(texts: list[Stated], n: int, kind: str | None = None, field: str | None = None) -> list[tuple[object, ...]]:
    """What the text of a month says, and since when without a break."""
    out = []
    for (k, item), fields in texts[n].items():
        for name, text in fields.items():
            since = n
            while since and texts[since - 1].get((k, item), {}).get(name) == text:
                since -= 1
            if kind in (None, k) and field in (None, name):
                out.append((k, item, name, shown_value(text), day(since)))
    return sorted(out)


@given(documents)
def test_as_of_any_month_the_index_says_what_the_text_says(months: list[dict[str, Any]]) -> None:
    found, texts = of(months), [stated(one) for one in months]
    for n in range(len(months)):
        rows = [tuple(row.values()) for row in found.as_of(day(n)).rows()]
        assert rows == read(texts, n)
        some = found.as_of(f"{day(n):%Y-%m}", kind="projects", field="budget")
        assert [tuple(row.values()) for row in some.rows()] == read(texts, n, "projects", "budget")


@given(documents)
def test_a_trend_and_all_intervals_say_what_the_texts_say_one_by_one(months: list[dict[str, Any]]) -> None:
    found, texts = of(months), [stated(one) for one in months]
    cells = {(item, name) for text in texts for (_, item), fields in text.items() for name in fields}
    for item, name in cells:
        if sum(key[1] == item for key in {key for text in texts for key in text}) > 1:
            continue  # a task of another kind of list bears the same name
        trend = found.trend(item, name)
        for n, text in enumerate(texts):
            said = next((fields.get(name) for (_, other), fields in text.items() if other == item), None)
            assert trend.at(day(n)) == shown_value(said)
        assert all(a.value != b.value or a.until != b.since for a, b in pairwise(trend.rows))  # a row only where something changed
        assert sum(row.months for row in trend.rows) == sum(name in f for t in texts for (_, other), f in t.items() if other == item)
    table = found.table()
    spelled = {(r["kind"], r["item"], r["field"], n): r["value"] for r in table.rows() for n in range(len(months))
               if r["since"] <= day(n) and (r["until"] is None or day(n) < r["until"])}  # fmt: skip
    assert spelled == {
        (kind, item, name, n): shown_value(value)
        for n, text in enumerate(texts)
        for (kind, item), fields in text.items()
        for name, value in fields.items()
    }


@given(documents)
def test_totals_are_the_exact_sums_of_what_each_text_states(months: list[dict[str, Any]]) -> None:
    found, texts = of(months), [stated(one) for one in months]
    for unit in ("GBP", "EUR", ""):
        if not any("budget" in fields for text in texts for (kind, _), fields in text.items() if kind == "projects"):
            with pytest.raises(UnknownItemError):
                found.total("budget")
            return
        totals = found.total("budget", unit=unit)
        for n, text in enumerate(texts):
            said = [as_value(fields["budget"]) for (kind, _), fields in text.items() if kind == "projects" and "budget" in fields]
            amounts = []
            for value in said:
                if unit and isinstance(value, str) and value.endswith(unit):
                    amounts.append(Fraction(ipmo.Money(1, unit).amount) * Fraction(value.split()[0]) * (1000 if " k " in value else 1))
                elif not unit and isinstance(value, int | float):
                    amounts.append(Fraction(str(value)))
            row = totals[day(n)]
            assert row.known == len(amounts)
            assert row.total == sum(kind == "projects" for kind, _ in text)
            assert (row.value is None) == (not amounts)
            assert not amounts or Fraction(row.value or 0) == sum(amounts)


@given(documents)
def test_changes_are_what_differs_between_neighbours(months: list[dict[str, Any]]) -> None:
    found, texts = of(months), [stated(one) for one in months]
    wanted = []
    for n, (before, after) in enumerate(pairwise(texts), 1):
        for key in {**before, **after}:
            was, now = before.get(key), after.get(key)
            if was is None or now is None:
                wanted.append((day(n), *key, "id", None if was is None else key[1], None if now is None else key[1]))
                continue
            wanted += [(day(n), *key, name, shown_value(was.get(name)), shown_value(now.get(name)))
                       for name in {**was, **now} if was.get(name) != now.get(name)]  # fmt: skip
    rows = [(row.date, row.kind, row.item, row.field, row.before, row.after) for row in found.changes()]
    assert rows == sorted(wanted, key=lambda row: row[:4])
    within = [row for row in rows if row[2] == "a" or row[2].startswith("a/")]
    assert [row.item for row in found.changes(item="a")] == [row[2] for row in within]


@given(documents)
def test_an_index_survives_its_bytes_and_a_pickle(months: list[dict[str, Any]]) -> None:
    found = of(months)
    again = pickle.loads(pickle.dumps(found))
    assert (again.dates, again.months, again.table()) == (found.dates, found.months, found.table())


def test_worked_numbers() -> None:
    first = document(
        project("P", budget="10 M GBP", forecast="11 M GBP", status=[{"date": "2020-01-20", "rag": "green"}]),
        project("Q", budget="5 M GBP"),
    )
    second = copy.deepcopy(first)
    second["projects"][0]["forecast"] = "12.5 M GBP"
    second["projects"][0]["status"].append({"date": "2020-02-20", "rag": "red"})
    third = document(second["projects"][0])
    found = of([first, second, third])
    trend = found.trend("P", "forecast")
    assert [(row.since, row.until, row.value, row.months) for row in trend] == [
        (date(2020, 1, 28), date(2020, 2, 28), "11 M GBP", 1),
        (date(2020, 2, 28), None, "12.5 M GBP", 2),
    ]
    assert (trend.at("2020-02"), trend.at("2020-02-27"), trend.at("2019-12")) == ("12.5 M GBP", "11 M GBP", None)
    assert trend.explain("2020-02-28") == "2020-02-28: forecast of P is 12.5 M GBP and still is, in 2 snapshots"
    assert trend.explain(0).endswith("is 11 M GBP until before 2020-02-28, in 1 snapshot")
    assert repr(trend) == "<FieldTrend of forecast of 'P': 2 values, last '12.5 M GBP'>"
    total = found.total("budget")
    assert [(row.value, row.known, row.total, row.change) for row in total] == [
        (Decimal(15_000_000), 2, 2, None), (Decimal(15_000_000), 2, 2, Decimal(0)), (Decimal(10_000_000), 1, 1, Decimal(-5_000_000)),
    ]  # fmt: skip
    assert total.table().unit("value") == "GBP"
    assert total.explain("2020-03-28") == "2020-03-28: budget is 10,000,000 GBP, stated by 1 of 1 item"
    assert repr(total) == "<FieldTotals of budget, 3 months: 15,000,000 to 10,000,000 GBP>"
    assert "Trend of budget" in str(total.plot().svg if hasattr(total.plot(), "svg") else total.plot())
    assert [(row.item, row.field, row.after) for row in found.changes(since="2020-03")] == [("Q", "id", None)]
    assert [(r.field, r.after) for r in found.changes(until="2020-02-28", item="P")] == [
        ("forecast", "12.5 M GBP"), ("status[2020-02-20]", '{"date": "2020-02-20", "rag": "red"}'),
    ]  # fmt: skip
    assert len(found.changes(field="forecast")) == 1
    assert repr(found) == f"<Intervals: {len(found)} intervals of 3 snapshots, 2020-01-28 to 2020-03-28>"


def test_what_is_not_there_is_said() -> None:
    found = of([document(project("P", budget="1 GBP")), document(project("P", budget="2 EUR"))])
    with pytest.raises(UnknownItemError, match="'p' is not in any month of this history; close: 'P'"):
        found.trend("p", "budget")
    with pytest.raises(UnknownItemError, match="'bugdet' is not in the fields that 'P' ever stated; close: 'budget'"):
        found.trend("P", "bugdet")
    with pytest.raises(UnknownItemError, match="close: 'budget'"):
        found.total("bugdet")
    with pytest.raises(ModelError, match="budget is stated in EUR, GBP; say which by unit="):
        found.total("budget")
    with pytest.raises(UnknownItemError, match="nothing is known of then; the first snapshot is of 2020-01-28"):
        found.as_of("2019-12")
    for wrong in ("2020-13", "soon", "2020"):
        with pytest.raises(UnitError, match="YYYY-MM"):
            found.as_of(wrong)
    with pytest.raises(sqlite3.Error):
        found.rows("DELETE FROM intervals")
    assert month_at([day(0), day(1)], "2020-02-27") == 0
    assert last_day("2023-02") == date(2023, 2, 28)


def test_values_have_one_text_each() -> None:
    assert plain_text(1.0) == plain_text(1) == "1"
    assert plain_text({"b": 1, "a": [2.0]}) == '{"a":[2],"b":1}'
    for value in ("plain", 'with "quotes" and \\', "Zürich", "", None, True, 2.5, ["a"], {"a": 1}):
        assert as_value(plain_text(value)) == value
        assert json.loads(plain_text(value)) == value
    assert shown_value(plain_text('a "b"')) == 'a "b"'


def test_keys_with_dots_are_told_from_keys_inside() -> None:
    text = stated(document(project("P", attributes={"a.b": "1", "a": {"b": "2"}})))["projects", "P"]
    assert text == {"id": '"P"', "attributes.a\\.b": '"1"', "attributes.a.b": '"2"'}


def test_a_history_in_memory_answers_as_of_any_month_and_every_verb_takes_it() -> None:
    pf = ipmo.examples.load("library")
    later = pf.evolve("catalogue/build", duration="99 d").evolve(status_date="2026-07-31")
    months = History.of(pf, later)
    assert months.as_of("2026-06") is pf
    assert months.as_of("2027-01-01") is later
    assert months.at("2026-07-30").portfolio is pf
    assert ipmo.schedule(months.as_of("2026-07")).finish == ipmo.schedule(later).finish != ipmo.schedule(pf).finish
    with pytest.raises(UnknownItemError, match="nothing is known of then"):
        months.as_of("2025-01")
    assert months.intervals.trend("catalogue/build", "duration").rows[-1].value == "99 d"
    assert [(row.item, row.field) for row in months.intervals.changes()] == [("library", "status_date"), ("catalogue/build", "duration")]
    assert pickle.loads(pickle.dumps(months)).intervals.table() == months.intervals.table()
