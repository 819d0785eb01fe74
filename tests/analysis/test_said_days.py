"""One said date everywhere: whatever answer is asked, in tables, words, pictures and files, one instant of one item is one day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest

import ipmo
from ipmo.analysis.dates.pictures import bars_of
from ipmo.analysis.dependencies.handed_over import table
from ipmo.changes import Delay, Stop
from ipmo.figures.timeline import timeline
from ipmo.model import Portfolio
from ipmo.tables import Table

FILE = """
ipmo: 1
portfolio: {id: days, name: Days, start: 2026-01-01, status_date: 2026-03-01, calendar: continuous, money: {currency: GBP}}
people: [{id: lead, kind: role}]
organisation: {bodies: [{id: board}]}
programmes: [{id: all}]
projects:
  - {id: today, programme: all, owner: lead, state: active, tasks: [{id: over, milestone: true, deadline: 2026-02-10}]}
  - {id: april, programme: all, owner: lead, state: active, finish: 2026-03-20, tasks: [{id: first, milestone: true, not_before: 2026-04-01}]}
  - id: gated
    programme: all
    owner: lead
    state: active
    gates: [{id: G, body: board, not_before: 2026-06-01, need_by: 2026-05-20, after: w}]
    tasks: [{id: w, duration: 10 d}]
  - {id: ends, owner: lead, state: active, finish: 2026-04-05, tasks: [{id: x, duration: 41 d}, {id: done, milestone: true, after: x, deadline: 2026-04-02}]}
  - {id: last, owner: lead, state: active, tasks: [{id: end, milestone: true, not_before: 2026-12-01, deadline: 2026-11-20}]}
  - {id: taker, owner: lead, state: active, tasks: [{id: a, duration: 5 d}, {id: b, duration: 5 d}, {id: c, duration: 5 d}, {id: d, duration: 5 d}]}
links:
  - {id: L1, from: today/over, to: taker/a, lag: 10 d, needed: 2026-02-20, promised: 2026-02-15}
  - {id: L2, from: april/first, to: taker/b, lag: 12 d, needed: 2026-03-25}
  - {id: L3, from: ends/done, to: taker/c, lag: 10 d, needed: 2026-04-07}
  - {id: L4, from: gated/G, to: taker/d, lag: 10 d}
"""
SAID = {
    "today/over": date(2026, 3, 1),
    "april/first": date(2026, 4, 1),
    "april": date(2026, 4, 1),
    "gated/G": date(2026, 6, 1),
    "gated": date(2026, 6, 1),
    "ends/x": date(2026, 4, 10),
    "ends/done": date(2026, 4, 10),
    "ends": date(2026, 4, 10),
    "last/end": date(2026, 12, 1),
}
"""By hand: what begins a day is said by it, what ends with a day by that."""
WRONG = ("2026-02-28", "2026-03-31", "2026-05-31", "2026-04-11", "2026-11-30")
"""The other day of each of those midnights; no other date of the portfolio lies there."""


@pytest.fixture(scope="module")
def pf(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    path = tmp_path_factory.mktemp("days") / "days.yaml"
    path.write_text(FILE)
    return ipmo.read(path)


@pytest.fixture(scope="module")
def told(pf: Portfolio, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every answer and file as text, by its name."""
    return dict([*answers(pf), *files(pf, tmp_path_factory.mktemp("files"))])


def in_table(table: Table) -> str:
    """The days and the words of a table; exact instants are left out: there midnight is midnight."""
    plain = [name for name in table.columns if table.kind(name) != "datetime"]
    return "\n".join(f"{name}: {one}" for name in plain for one in table[name])


def answers(pf: Portfolio) -> Iterator[tuple[str, str]]:
    """Every answer that says dates, as texts: its tables without instants, its words, its pictures."""
    before = pf.evolve(status_date="2026-02-01")
    s, links, decisions = ipmo.schedule(pf), ipmo.critical_links(pf), ipmo.decisions_due(pf)
    sampled = ipmo.simulate(pf, samples=20)
    yield "schedule", in_table(s.table().select("id", "start_date", "finish_date", "early_start_date", "early_finish_date")) + s.end_text
    yield "commitments", "\n".join(f"{one.text} {one.stated_day} {one.expected_day}" for one in s.commitments)
    yield "timeline", s.plot().svg
    yield "timeline with a simulation", s.plot(sampled).svg
    for name in ("table", "agreements"):
        yield f"links {name}", in_table(getattr(links, name)())
    yield "hand-overs", in_table(table(links.hand_overs))
    yield "reasons", "\n".join(f"{one.reason} {one.agreement}" for one in links)
    yield "map", links.plot().svg + in_table(links.map().table())
    yield "interfaces", in_table(ipmo.interfaces(pf).table()) + ipmo.interfaces(pf).plot().svg
    yield "decisions", in_table(decisions.table()) + str(decisions)
    yield "gates", in_table(ipmo.gates(pf).table()) + str(ipmo.gates(pf))
    yield "status", in_table(ipmo.status(pf, tasks=True).table()) + str(ipmo.status(pf))
    for measure in ("start", "finish"):
        rolled = ipmo.roll_up(pf, measure)
        yield f"roll-up of {measure}", in_table(rolled.table()) + "".join(str(rolled.explain(one)) for one in rolled.ids)
    yield "compare", in_table(ipmo.compare(before, pf).table()) + str(ipmo.compare(before, pf))
    for change in (
        Delay("ends/x", "3 d"),
        Delay("last/end", "2 d"),
        Stop("last"),
        Stop("april"),
        Delay("april/first", "2 d"),
        Delay("gated/w", "200 d"),
    ):
        found = ipmo.what_if(pf, change)
        yield f"what-if {change}", str(found) + in_table(found.table())
    yield "scenarios", in_table(ipmo.scenarios(pf, {"a": [Delay("ends/x", "3 d")], "b": [Stop("ends")]}).table())
    yield "simulate", in_table(sampled.table()) + str(sampled)
    yield "level", in_table(ipmo.level(pf).table()) + str(ipmo.level(pf))
    yield "findings", "\n".join(map(str, ipmo.check(pf)))
    yield "delays", in_table(ipmo.delay_sensitivity(pf).table())
    yield "single points", in_table(ipmo.single_points(pf).table()) + str(ipmo.single_points(pf))


def files(pf: Portfolio, folder: Path) -> Iterator[tuple[str, str]]:
    """What is written: the report, a trend over months, records for other tools."""
    months = folder / "months"
    for day in ("2026-02-01", "2026-03-01"):
        ipmo.snapshot(pf.evolve(status_date=day), months / f"{day[:7]}.json")
    history = ipmo.history(months)
    yield "trend", "".join(in_table(ipmo.trend(history, "finish", item).table()) for item in (None, "april", "last"))
    for name, past in (("report", False), ("report beside the month before", history[0].portfolio)):
        page = ipmo.report(pf, folder / f"{name}.html", before=past)
        yield name, re.sub(r"<(style|script).*?</\1>", "", unescape(Path(page).read_text()), flags=re.S)
    yield "quality", in_table(ipmo.schedule_quality(pf).table()) + str(ipmo.schedule_quality(pf))


def test_the_schedule_and_the_commitments_say_the_days_worked_by_hand(pf: Portfolio) -> None:
    s = ipmo.schedule(pf)
    assert {name: s.days(name)[1] for name in SAID} == SAID
    assert {name: s[name].days()[1] for name in SAID} == SAID
    assert s.end_day == date(2026, 12, 1)
    stated = {
        one.name: (one.standing, one.expected_day, one.late) for one in s.commitments if one.name in (*SAID, "april@finish", "ends@finish")
    }
    assert stated == {
        "today/over": ("overdue", date(2026, 3, 1), "19 d"),
        "april@finish": ("missed", date(2026, 4, 1), "12 d"),
        "gated/G": ("missed", date(2026, 6, 1), "12 d"),
        "ends/done": ("missed", date(2026, 4, 10), "8 d"),
        "ends@finish": ("missed", date(2026, 4, 10), "5 d"),
        "last/end": ("missed", date(2026, 12, 1), "11 d"),
    }


def test_no_answer_says_the_other_day_of_a_midnight(told: dict[str, str]) -> None:
    other = [
        f"{name}: {text[max(at.start() - 60, 0) : at.end()]}" for name, text in told.items() for at in re.finditer("|".join(WRONG), text)
    ]
    assert other == []


@pytest.mark.parametrize("name", ["timeline", "map", "scenarios", "status", "decisions", "simulate", "report"])
def test_the_days_are_looked_for_where_they_are_said(told: dict[str, str], name: str) -> None:
    assert any(str(day) in told[name] for day in SAID.values()), name


def test_a_bar_says_where_it_was_to_be_by_the_day_that_people_say(pf: Portfolio) -> None:
    was = pf.evolve("april/first", not_before="2026-03-15")
    bars = bars_of(ipmo.schedule(pf), pf, pf.projects, {}, ipmo.schedule(was))
    assert [bar.ghost_days for bar in bars if bar.ghost is not None] == [(date(2026, 3, 15), date(2026, 3, 15))]
    assert "was to be 2026-03-15 to 2026-03-15" in timeline(bars).svg
