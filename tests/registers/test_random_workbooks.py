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
from ipmo.registers.cells.reading import NOBODY
from ipmo.registers.mapping import UNKNOWN, ColumnMapping, Mapping, SheetMapping
from ipmo.registers.opening.lettered import letters
from ipmo.units import Money

FIELDS = ("id", "name", "owner", "start", "finish", "budget", "progress", "rag", "state")
MAPPING = Mapping(  # bare budgets are stated to be in full, as a 5 beside `9 k` may be 5 k; `UNSTATED` says nothing
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
        "owner": st.none() | WORDS.filter(lambda word: word not in NOBODY),
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


UNSTATED = Mapping(
    currency="GBP",
    status_date=date(2026, 1, 1),
    sheets=[SheetMapping(sheet="P", register="projects", columns=[ColumnMapping(header=one, field=one) for one in ("id", "budget")])],
)
BARE_FORMS = MONEY_FORMS[:4]
WORD_OF = {"k": 3, "m": 6, "bn": 9}
SOME_MONEY = st.tuples(st.sampled_from(["", "", "k", "m", "bn"]), st.integers(0, 6), st.integers(1, 99), st.sampled_from(BARE_FORMS))


def amount(power, size, digits, form):
    """An amount with a multiplier behind it, or a bare one of any size: what is typed, and what it is in full."""
    number = Decimal(digits).scaleb(-1) if power else Decimal(digits).scaleb(size)
    return (f"£{number}{power}", number.scaleb(WORD_OF[power])) if power else (form(int(number)), number)


def suspected(cells):
    """By the place of each bare amount that is far less than the middle of those with multipliers, and nearer to it with one of these: how many say so.

    Written from what docs/spreadsheets.md says, over the different cells of a column.
    """
    different = dict.fromkeys(cells)
    named = sorted(full for typed, full, power in different if power)
    if not named:
        return {}
    middle = (named[(len(named) - 1) // 2] + named[len(named) // 2]) / 2
    say_so = len(named) + sum(not power and full * 100 > middle for _, full, power in different)
    out = {}
    for place, (_, full, power) in enumerate(cells):
        nearer = any(
            middle / (full * 10 ** WORD_OF[one]) < middle / full and full * 10 ** WORD_OF[one] / middle < middle / full
            for _, _, one in different
            if one
        )
        if not power and full * 100 <= middle and nearer:
            out[place] = say_so
    return out


@pytest.mark.no_cover
@settings(max_examples=60, deadline=None)
@given(drawn=st.lists(SOME_MONEY, min_size=1, max_size=8))
def test_random_amounts_are_read_in_full_refused_or_doubted_by_those_beside_them(drawn, tmp_path_factory):
    cells = [(*amount(*one), one[0]) for one in drawn]
    path = tmp_path_factory.mktemp("books") / "p.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("P")
        sheet.write_row(0, 0, ("id", "budget"))
        for place, (typed, _, _) in enumerate(cells, 1):
            sheet.write_row(place, 0, (f"P{place}", typed))
    pf = ipmo.read(path, mapping=UNSTATED)
    odd = suspected(cells)
    refused = {place for place, say_so in odd.items() if say_so > 1}
    said = {
        code: {f.message.partition(",")[0] for f in pf.source.findings if f.code == f"register/{code}"}
        for code in ("cell-refused", "amount-size")
    }
    assert said == {
        "cell-refused": {f"P!B{place + 2}" for place in refused},
        "amount-size": {f"P!B{place + 2}" for place in odd.keys() - refused},
    }
    for place, (project, (_, full, _)) in enumerate(zip(pf.projects, cells, strict=True)):
        assert (project.budget is None) == (place in refused)
        if project.budget is not None:
            assert project.budget.lines[0].amount.value == Money(full, "GBP")


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
