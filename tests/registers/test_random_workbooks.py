"""Random registers written as workbooks are read back equal; random damage costs the damaged cells, each by its place, and no other."""

from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.model.estimates import Fixed
from ipmo.registers.cells.outcomes import unknown_in
from ipmo.registers.mapping import UNKNOWN, ColumnMapping, Mapping, SheetMapping
from ipmo.registers.opening.lettered import letters
from ipmo.units import Money

FIELDS = ("id", "name", "owner", "start", "finish", "budget", "progress", "rag", "state")
MAPPING = Mapping(  # bare budgets are stated to be in full: beside several of `9 k`, a 5 may be 5 k
    currency="GBP",
    dates="day first",
    status_date=date(2026, 1, 1),
    sheets=[SheetMapping(sheet="P", register="projects", columns=[ColumnMapping(header=one, field=one, unit="percent" if one == "progress" else "", multiplier="" if one == "budget" else None) for one in FIELDS])],
)  # fmt: skip
IS_UNKNOWN = unknown_in(UNKNOWN)
WORDS = st.text("abcdefghijklmnop", min_size=1, max_size=8).filter(lambda word: not IS_UNKNOWN(word))
DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
ROW = st.fixed_dictionaries(
    {
        "name": WORDS,
        "owner": st.none() | WORDS,
        "start": st.none() | DAYS,
        "length": st.integers(0, 400),
        "budget": st.none() | st.integers(0, 10**9),
        "progress": st.none() | st.integers(0, 100),
        "rag": st.none() | st.sampled_from(["green", "amber", "red"]),
        "state": st.sampled_from(["proposed", "approved", "active", "paused", "closed", "cancelled"]),
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=12)
DAY_FORMS = (
    lambda day: day,
    lambda day: f"{day:%d/%m/%Y}",
    lambda day: day.isoformat(),
    lambda day: f"{day:%d %B %Y}",
    lambda day: f"{day:%d-%b-}{day.year}",
)
MONEY_FORMS = (
    lambda n: n,
    lambda n: f"£{n:,}",
    lambda n: f"{n} GBP",
    lambda n: f"GBP {n:,}.00",
    lambda n: f"{Decimal(n) / 1000} k" if n else "0",
)
SHARE_FORMS = (lambda n: n, lambda n: f"{n} %", lambda n: f"{n}%")
WORD_FORMS = (str, str.upper, str.title, lambda word: f" {word} ")
FORMS = {"start": DAY_FORMS, "finish": DAY_FORMS, "budget": MONEY_FORMS, "progress": SHARE_FORMS, "rag": WORD_FORMS, "state": WORD_FORMS}
RUBBISH = {"start": "soon", "finish": "31/02/2026", "budget": "about 5", "progress": "half", "rag": "purple", "state": "??!"}


def last_day(row):
    return None if row["start"] is None else date.fromordinal(row["start"].toordinal() + row["length"])


def written(path, rows, draw, damage=()):
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet("P")
        sheet.write_row(0, 0, FIELDS)
        for place, row in enumerate(rows, 1):
            values = {**row, "id": f"P{place}", "finish": last_day(row)}
            for column, field in enumerate(FIELDS):
                value = values[field]
                if (place, field) in damage:
                    sheet.write(place, column, RUBBISH[field])
                elif value is not None:
                    form = draw(st.sampled_from(FORMS[field])) if field in FORMS else lambda one: one
                    sheet.write(place, column, form(value))


def expected(row, place, damage=()):
    kept = {field: None if (place, field) in damage else value for field, value in {**row, "finish": last_day(row)}.items()}
    return (
        f"P{place}",
        row["name"],
        row["owner"],
        kept["start"],
        kept["finish"],
        None if kept["budget"] is None else Money(Decimal(kept["budget"]), "GBP"),
        None if kept["progress"] is None else kept["progress"] / 100,
        kept["rag"],
        kept["state"] or "active",
    )


def found(project):
    amount = project.budget.lines[0].amount if project.budget else None
    assert amount is None or isinstance(amount, Fixed)
    rag = project.status[0].rag if project.status else None
    return (
        project.id,
        project.name,
        project.owner,
        project.start,
        project.finish,
        amount and amount.value,
        project.progress,
        rag,
        project.state,
    )


@pytest.mark.no_cover
@settings(max_examples=40, deadline=None)
@given(rows=ROWS, data=st.data())
def test_random_registers_are_read_back_equal(rows, data, tmp_path_factory):
    path = tmp_path_factory.mktemp("books") / "p.xlsx"
    written(path, rows, data.draw)
    pf = ipmo.read(path, mapping=MAPPING)
    assert [found(project) for project in pf.projects] == [expected(row, place) for place, row in enumerate(rows, 1)]
    assert pf.source.cells["refused"] == 0
    assert sum(pf.source.cells.values()) == len(rows) * len(FIELDS)


@pytest.mark.no_cover
@settings(max_examples=40, deadline=None)
@given(rows=ROWS, data=st.data())
def test_random_damage_costs_the_damaged_cells_and_no_other(rows, data, tmp_path_factory):
    places = [(place, field) for place in range(1, len(rows) + 1) for field in RUBBISH]
    damage = data.draw(st.sets(st.sampled_from(places), min_size=1, max_size=8))
    path = tmp_path_factory.mktemp("books") / "p.xlsx"
    written(path, rows, data.draw, damage)
    pf = ipmo.read(path, mapping=MAPPING)
    assert [found(project) for project in pf.projects] == [expected(row, place, damage) for place, row in enumerate(rows, 1)]
    refused = [finding.message.partition(",")[0] for finding in pf.source.findings if finding.code == "register/cell-refused"]
    assert sorted(refused) == sorted(f"P!{letters(FIELDS.index(field))}{place + 1}" for place, field in damage)
    assert pf.source.cells["refused"] == len(damage)
    assert sum(pf.source.cells.values()) == len(rows) * len(FIELDS)
