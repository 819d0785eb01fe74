"""Pictures of plans, money, benefits and people say what the tables beside them say, to scale and inside their frame."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import ipmo
import ipmo.examples
from ipmo.analysis.control.history import History
from ipmo.analysis.dates.committed import broken_in
from ipmo.analysis.money.pictures import place_of
from ipmo.errors import ModelError, OptionError
from ipmo.figures.cumulative import Dot, Running, cumulative
from ipmo.figures.load_map import LoadCell, load_map
from ipmo.figures.svg import Figure
from ipmo.figures.timeline import Bar, Hop, timeline

SVG = "{http://www.w3.org/2000/svg}"


def marked(figure: Figure, kind: str) -> list[ET.Element]:
    """The elements of a class."""
    return [one for one in ET.fromstring(figure.to_svg()).iter() if kind in one.get("class", "").split()]


def points(path: ET.Element) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path.get("d", ""))]


@pytest.mark.parametrize(
    "answer", ["schedule", "critical_links", "interfaces", "capacity", "time_phase", "benefits", "status", "level", "earned_value"]
)
def test_answers_draw_themselves_in_one_call(answer: str) -> None:
    pf = ipmo.examples.load("library")
    figure = getattr(ipmo, answer)(pf).plot()
    assert isinstance(figure, Figure)
    root = ET.fromstring(figure.to_svg())
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc") is not None
    assert figure.to_svg() == getattr(ipmo, answer)(ipmo.examples.load("library")).plot().to_svg()


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30), st.integers(0, 29))
def test_a_running_sum_is_to_scale_and_inside_the_picture(amounts: list[float], at: int) -> None:
    line = Running(name="x", points=[(0.0, 0.0), *((n + 1.0, amount) for n, amount in enumerate(amounts))], said="end")
    figure = cumulative([str(n) for n in range(len(amounts))], [line], today=min(at, len(amounts)), title="t")
    (path,) = (one for one in marked(figure, "plan") if one.tag == f"{SVG}path")
    drawn = points(path)
    width, height = figure.size
    assert len(drawn) == len(amounts) + 1
    assert all(0 <= x <= width and 0 <= y <= height for x, y in drawn)
    lowest, highest = min([0.0, *amounts]), max([0.0, *amounts])
    if highest - lowest > 1:
        for (_, y), (_, value) in zip(drawn, line.points, strict=True):
            unit = (
                drawn[line.points.index(min(line.points, key=lambda p: p[1]))][1]
                - drawn[line.points.index(max(line.points, key=lambda p: p[1]))][1]
            ) / (max(p[1] for p in line.points) - min(p[1] for p in line.points))
            assert abs((drawn[0][1] - y) - value * unit) < 0.2


def test_the_label_of_an_end_and_those_of_amounts_beside_it_stand_apart() -> None:
    lines = [Running(name="scope", points=[(0, 0), (10, 35)], style="promise", said="35")]
    figure = cumulative([str(n) for n in range(11)], lines, dots=[Dot(x=9.6, y=35, label="P50"), Dot(x=10, y=35, label="P85")], title="t")
    heights = sorted(float(one.get("y", 0)) for one in marked(figure, "halo"))
    assert len(heights) == 3
    assert min(b - a for a, b in itertools.pairwise(heights)) >= 15


def test_what_is_spent_ends_with_the_status_date_and_what_is_planned_with_the_whole() -> None:
    pf = ipmo.read("examples/city.yaml")
    found = ipmo.time_phase(pf)
    figure = found.plot()
    texts = [one.text for one in ET.fromstring(figure.to_svg()).iter(f"{SVG}text")]
    assert {"18.2 M", "3.12 M"} <= set(texts)  # as ipmo.roll_up says: budget 18.25 M, actual cost 3.124 M
    (done,) = (one for one in marked(figure, "done") if one.tag == f"{SVG}path")
    (today,) = marked(figure, "today")
    assert points(done)[-1][0] == float(today.get("x1", 0))
    with pytest.raises(OptionError):
        found.plot("pie")  # type: ignore[arg-type]
    dated = found.plot(earned=ipmo.earned_value(pf).total.ev)
    assert any((text or "").startswith("earned 2.02 M") for text in (one.text for one in ET.fromstring(dated.to_svg()).iter(f"{SVG}text")))


def test_of_benefits_the_promise_stands_beside_the_forecast() -> None:
    found = ipmo.benefits(ipmo.examples.load("library"))
    curve, bars = found.plot(), found.plot("columns")
    assert len([one for one in marked(curve, "promise") if one.tag == f"{SVG}path"]) == 1
    assert "planned" in curve.to_svg()
    table = found.by_period("year")
    drawn = [one for one in marked(bars, "outline") if one.find(f"{SVG}title") is not None]
    assert len(drawn) == sum(bool(value) for value in table["planned"])
    with pytest.raises(ModelError):
        ipmo.benefits(ipmo.read("examples/gmpp-2022.yaml")).plot()


@given(st.dates(date(2020, 1, 1), date(2029, 12, 31)))
def test_a_day_lies_in_its_period(day: date) -> None:
    starts = [date(year, 1, 1) for year in range(2021, 2025)]
    place = place_of(day, starts, date(2025, 1, 1))
    assert (place is None) == (not 2021 <= day.year <= 2024)
    if place is not None:
        assert int(place) == day.year - 2021


def test_a_trend_is_drawn_month_by_month_and_of_a_date_by_how_far_it_has_moved() -> None:
    pf = ipmo.examples.load("library")
    past = pf.evolve(status_date="2026-05-01").evolve("catalogue/build", actual="31 k GBP")
    months = History.of(past, pf)
    money = ipmo.trend(months, "actual", "catalogue").plot()
    (path,) = (one for one in marked(money, "plan") if one.tag == f"{SVG}path")
    assert len(points(path)) == 2
    assert points(path)[1][1] < points(path)[0][1]  # 31 k to 40 k: upwards
    assert "40 k" in money.to_svg()
    dates = ipmo.trend(months, "finish", "catalogue")
    assert f"{dates.rows[1].change:+,.4g} d" in dates.plot().to_svg().replace("−", "-")
    with pytest.raises(ModelError):
        ipmo.trend(months, "forecast", "hall").plot()


# ------------------------------------------------------------------------------------------------------ timeline


def bar(start: int, finish: int, **more: Any) -> Bar:
    first = datetime(2026, 1, 1)
    return Bar(label=f"{start}", start=first + timedelta(days=start), finish=first + timedelta(days=finish), **more)


def test_far_ends_of_a_few_are_cut_off_with_an_arrow_and_a_date() -> None:
    near = [bar(n, 100 + n) for n in range(20)]
    figure = timeline([*near, bar(0, 9000), bar(-9000, 50)], today=date(2026, 3, 1))
    assert len(marked(figure, "far")) == 1
    assert len(marked(figure, "gone")) == 1
    texts = [one.text for one in ET.fromstring(figure.to_svg()).iter(f"{SVG}text")]
    assert "2050-08" in texts
    assert "2001-05" in texts
    wide = [float(one.get("width", 0)) for one in marked(figure, "plan")]
    assert sorted(wide)[5] > 100  # the others have room
    plain = timeline([*near[:5], bar(0, 9000)], today=date(2026, 3, 1))
    assert marked(plain, "far") == []  # of few, all are drawn whole


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(0, 90), st.integers(0, 60), st.integers(1, 7)), max_size=14))
def test_no_number_of_a_hand_over_lies_over_another(raw: list[tuple[int, int, int, int, int]]) -> None:
    first = datetime(2026, 1, 1)
    givers: dict[int, tuple[int, int]] = {}
    hops = []
    for source, target, given_on, later, rank in raw:
        source, given_on = givers.setdefault(rank, (source, given_on))
        if source != target:
            when = first + timedelta(days=given_on)
            hops.append(
                Hop(
                    source=source,
                    target=target,
                    given=when,
                    taken=when + timedelta(days=later),
                    drives=True,
                    missed=False,
                    rank=rank,
                    label="x",
                )
            )
    figure = timeline([bar(0, 200) for _ in range(9)], hops)
    numbers = [(float(one.get("cx", 0)), float(one.get("cy", 0))) for one in marked(figure, "rank")]
    assert len(numbers) == len({hop.rank for hop in hops})
    for place, (x, y) in enumerate(numbers):
        assert not any(abs(x - a) < 16 and abs(y - b) < 16 for a, b in numbers[place + 1 :])


def test_the_last_days_that_there_are_can_be_drawn() -> None:
    last = datetime(9999, 12, 30)
    figure = timeline([Bar(label="x", start=datetime(9990, 1, 1), finish=last, ghost=(datetime(1, 1, 1), last)) for _ in range(9)])
    assert len(marked(figure, "plan")) == 9


WIDTHS = {False: 6.15, True: 6.85}
"""Of a letter of a note in DejaVu Sans, the widest of the usual fonts, plain and bold, at 11 px."""


def reach(one: ET.Element) -> tuple[float, float]:
    """From where to where a note leads."""
    kinds, x = one.get("class", "").split(), float(one.get("x", 0))
    words = (one.text or "") + "".join(part.tail or "" for part in one)
    long = WIDTHS["bad" in kinds or "todaytext" in kinds] * len(words)
    return (x - long, x) if "end" in kinds else (x, x + long)


@given(
    st.lists(
        st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(-50, 400), st.integers(0, 40), st.booleans()),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 1300),
)
@example([(0, 900, 0, 20, True)], 1300)
def test_words_beside_a_bar_are_never_cut(raw: list[tuple[int, int, int, int, bool]], today: int) -> None:
    """Up to as many words as a count of what is missed and what is overdue needs, and twice as many."""
    bars = []
    for n, (start, long, after, letters, late) in enumerate(raw):
        one = bar(start, start + long, note=f"{n:02}" + "m" * letters, late=late)
        assert one.finish is not None
        bars.append(attrs.evolve(one, commitment=None if after < 0 else one.finish + timedelta(days=after - 200)))
    figure = timeline(bars, today=date(2026, 1, 1) + timedelta(days=today))
    width, _ = figure.size
    notes = {"".join(one.itertext())[:2]: one for one in marked(figure, "note") if not re.match(r"\d{4}-", one.text or "")}
    for n in range(len(bars)):
        mark = notes[f"{n:02}"]
        assert "…" not in "".join(mark.itertext())
        left, right = reach(mark)
        assert left > 250
        assert right < width
    for mark in marked(figure, "todaytext"):
        assert reach(mark)[0] > 0
        assert reach(mark)[1] < width


def test_long_words_beside_a_bar_stand_in_two_lines() -> None:
    words = "+20 d, waits for the engineers of the tunnel section north and of the shafts"
    figure = timeline([bar(0, 100, note=words), bar(0, 40, note="short")])
    first, second, short = (one for one in marked(figure, "note"))
    assert [one.text for one in (first, second)] == [None, None]  # the title is what comes first
    lines = ["".join(part.tail or "" for part in one) for one in (first, second)]
    assert " ".join(lines) == words
    assert float(second.get("y", 0)) - float(first.get("y", 0)) > 11
    assert all(reach(one)[1] < figure.size[0] for one in (first, second, short))


def test_words_behind_a_bar_that_leads_out_of_the_picture_stand_behind_its_date() -> None:
    near = [bar(n, 100 + n) for n in range(20)]
    figure = timeline([*near, bar(0, 9000, note="■ 4 missed, 1 overdue", late=True)], today=date(2026, 3, 1))
    month, note = sorted(marked(figure, "note"), key=lambda one: float(one.get("x", 0)))
    assert (month.text, note.text) == ("2050-08", "■ 4 missed, 1 overdue")
    assert reach(month)[1] < reach(note)[0]
    assert reach(note)[1] < figure.size[0]


def test_where_it_was_to_be_lies_below_the_bar() -> None:
    first = datetime(2026, 1, 1)
    ghost = (first + timedelta(days=10), first + timedelta(days=20))
    figure = timeline([bar(10, 40, ghost=ghost), bar(0, 60)])
    (line,) = marked(figure, "ghost")
    start = min(float(one.get("x", 0)) for one in marked(figure, "plan") if one.get("y") == marked(figure, "plan")[0].get("y"))
    assert line.get("d", "").startswith(f"M{start}")
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "status_date": "2026-01-05"},
            "projects": [
                {
                    "id": "P",
                    "tasks": [
                        {
                            "id": "a",
                            "duration": "10 d",
                            "baseline_start": "2026-01-05",
                            "baseline_finish": "2026-01-09",
                            "deadline": "2026-01-09",
                        }
                    ],
                }
            ],
        }
    )
    drawn = ipmo.schedule(pf).plot()
    assert "was to be 2026-01-05 to 2026-01-09" in drawn.to_svg()
    assert "a: 2026-01-16, late" in drawn.to_svg()


def test_of_one_project_alone_its_work_is_drawn_as_deep_as_there_is_room() -> None:
    def plan(width: int) -> ipmo.Portfolio:
        tasks: list[dict[str, Any]] = [{"id": "all", "name": "All"}]
        for n in range(4):
            tasks.append({"id": f"s{n}", "parent": "all"})
            tasks += [{"id": f"t{n}-{m}", "parent": f"s{n}", "duration": f"{n + 1} d", "deadline": "2026-01-06"} for m in range(width)]
        return ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": [{"id": "P", "tasks": tasks}]})

    for width, rows in ((2, 1 + 1 + 4 + 8), (9, 1 + 1 + 4)):
        figure = ipmo.schedule(plan(width)).plot()
        labels = [one for one in marked(figure, "label") if one.tag == f"{SVG}text"]
        assert len(labels) == rows
    small = ipmo.schedule(plan(2)).plot()
    assert len([one for one in marked(small, "late") if one.tag == f"{SVG}rect"]) == 4  # what lasts three and four days misses its day
    names = {one.text for one in ET.fromstring(small.to_svg()).iter(f"{SVG}title")}
    assert any((name or "").strip().startswith("t3-1: 2026-01-05 to 2026-01-08") for name in names)


def test_with_a_simulation_the_timeline_says_how_often_each_project_is_critical() -> None:
    pf = ipmo.examples.load("library")
    found = ipmo.simulate(pf, samples=300, seed=1)
    rows = list(found.criticality().rows())
    s = ipmo.schedule(pf)
    plain, figure = s.plot(), s.plot(found)
    assert "critical in" not in plain.to_svg()
    most = {p.id: max(float(r["criticality"]) for r in rows if r["id"].partition("/")[0] == p.id) for p in pf.projects}  # type: ignore[arg-type,union-attr]
    drawn = [one.text for one in ET.fromstring(figure.to_svg()).iter(f"{SVG}text") if (one.text or "").endswith(" %")]
    assert drawn == [f"{100 * share:.0f} %" for share in most.values()]
    assert len(marked(figure, "often")) == sum(share >= 0.5 for share in most.values()) > 0
    told = ET.fromstring(figure.to_svg()).find(f"{SVG}desc")
    assert told is not None
    assert "is critical in" in (told.text or "")


def test_the_timeline_and_the_map_count_what_is_missed_and_what_is_overdue_apart() -> None:
    """Two deadlines and what a constraint asks for are missed, one deadline is overdue without a forecast."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "status_date": "2026-01-19"},
            "projects": [
                {
                    "id": "p",
                    "tasks": [
                        {"id": "a", "duration": "10 d", "deadline": "2026-01-20"},
                        {"id": "b", "duration": "10 d", "deadline": "2026-01-21"},
                        {"id": "m", "milestone": True, "deadline": "2026-01-12"},
                        {"id": "c", "duration": "10 d", "constraints": {"finish_no_later": "2026-01-20"}},
                    ],
                },
                {"id": "q", "tasks": [{"id": "t", "duration": "1 d"}]},
            ],
            "links": [{"from": "p/a", "to": "q/t"}],
        }
    )
    assert {one.standing for one in ipmo.schedule(pf).commitments if one.kind == "constraint"} == {"missed"}
    assert broken_in(ipmo.schedule(pf).commitments) == {"p": "3 missed, 1 overdue"}
    found = ipmo.critical_links(pf).map()
    assert found.notes["p"].endswith("; 3 missed, 1 overdue")
    assert found.late == {"p"}
    assert "■ 3 missed, 1 overdue" in ipmo.schedule(pf).plot().to_svg()


# -------------------------------------------------------------------------------------------------------- people


def test_the_heat_map_frames_what_can_miss_a_commitment() -> None:
    found = ipmo.capacity(ipmo.examples.load("library"))
    assert found.bites == {
        ("team", "2026-06"): ("catalogue/build", "hall/fit-out"),
        ("team", "2026-07"): ("catalogue/build", "hall/fit-out"),
    }
    s = ipmo.schedule(ipmo.examples.load("library"))
    for (name, period), items in found.bites.items():
        for item in items:
            spare = s[item].commitment_float
            assert spare is not None
            assert spare < found[name, period].days_over
    figure = found.plot()
    assert len(marked(figure, "bites")) == 2
    assert len(marked(figure, "over")) == len(found.over_allocated)
    assert ipmo.capacity(ipmo.examples.load("library"), by="project").bites == {}


@given(st.lists(st.lists(st.one_of(st.none(), st.floats(0, 20)), min_size=4, max_size=4), min_size=1, max_size=8))
def test_a_cell_for_each_load(loads: list[list[float | None]]) -> None:
    rows = [(f"r{n}", [None if one is None else LoadCell(load=one, over=one > 1) for one in line], "") for n, line in enumerate(loads)]
    figure = load_map(rows, ["a", "b", "c", "d"], title="t")
    assert len(marked(figure, "cell")) == sum(one is not None for line in loads for one in line)
    assert len(marked(figure, "over")) == sum(one is not None and one > 1 for line in loads for one in line)


def test_levelling_draws_where_work_was_and_where_it_is() -> None:
    pf = ipmo.examples.load("library")
    found = ipmo.level(pf)
    figure = found.plot()
    work = [item for item in found.moved if item.id in {f"{p.id}/{t.id}" for p in pf.projects for t in p.tasks}]
    assert len(marked(figure, "ghost")) == len(work) == 2
    assert "+20 d, waits for team" in figure.to_svg()
    width, _ = figure.size
    for one in marked(figure, "note"):
        long = 6 * len(one.text or "")
        x = float(one.get("x", 0))
        assert x - long > 0 if "end" in one.get("class", "").split() else x + long < width
    with pytest.raises(ModelError, match="no open work takes people"):
        ipmo.level(ipmo.read("examples/gmpp-2022.yaml")).plot()


# -------------------------------------------------------------------------------------------------------- control


def test_status_is_a_cell_for_each_aspect_of_each_item() -> None:
    pf = ipmo.examples.load("library")
    found = ipmo.status(pf)
    figure = found.plot()
    by_colour = {
        colour: sum(
            (row.reported == colour) + (row.computed == colour) + sum(a.rag == colour and a.name != "children" for a in row.aspects)
            for row in found.rows
        )
        for colour in ("red", "amber", "green")
    }
    for colour, count in by_colour.items():
        assert len([one for one in marked(figure, colour) if one.tag == f"{SVG}rect"]) == count
    assert sum(by_colour.values()) > 0
    many = ipmo.status(ipmo.read("examples/gmpp-2022.yaml")).plot("project")
    assert len(marked(many, "band")) == 20  # every other of forty rows
    told = ET.fromstring(many.to_svg()).find(f"{SVG}desc")
    assert told is not None
    assert "The worst 40 of 221 items are drawn; nothing is said of 14 items" in (told.text or "")
    with pytest.raises(OptionError):
        found.plot("department")
    with pytest.raises(ModelError, match="nothing says how any programme stands"):
        ipmo.status(ipmo.read("examples/rubin.yaml")).plot("programme")


@pytest.mark.parametrize("name", ["city", "library"])
def test_the_plan_runs_through_planned_value_at_the_status_date(name: str) -> None:
    pf = ipmo.examples.load("library") if name == "library" else ipmo.read("examples/city.yaml")
    found = ipmo.earned_value(pf)
    for item in found.rows:
        if not item.planned or item.pv is None or not item.known:
            continue
        values = [value for _, value in item.planned]
        assert values == sorted(values)
        assert values[0] == 0
        assert values[-1] == pytest.approx(float(item.indices.bac))
        now = datetime(found.as_of.year, found.as_of.month, found.as_of.day)
        if item.planned[0][0] < now < item.planned[-1][0]:
            assert dict(item.planned)[now] == pytest.approx(float(item.pv.amount), abs=0.01)
    figure = found.plot()
    assert len(marked(figure, "dot")) == 2
    assert f"CPI {found.total.indices.cpi:.2f}" in figure.to_svg()
    (plan,) = (one for one in marked(figure, "promise") if one.tag == f"{SVG}path")
    assert len(points(plan)) == len(found.total.planned)


def test_of_what_nobody_plans_no_curve_is_drawn() -> None:
    with pytest.raises(ModelError, match="budget, dates and progress known"):
        ipmo.earned_value(ipmo.read("examples/gmpp-2022.yaml")).plot()


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12))
@example([0.0, 0.0, 0.0, 0.0, 0.0, 95.0])
@example([100.0] * 12)
def test_labels_of_amounts_of_one_day_stand_apart_and_inside(amounts: list[float]) -> None:
    dots = [Dot(x=1.0, y=amount, label=f"d{n}") for n, amount in enumerate(amounts)]
    figure = cumulative(["a", "b", "c"], [Running(name="x", points=[(0.0, 0.0), (3.0, 100.0)])], dots=dots, title="t")
    texts = {one.text: float(one.get("y", 0)) for one in ET.fromstring(figure.to_svg()).iter(f"{SVG}text") if (one.text or "")[:1] == "d"}
    heights = [texts[dot.label] for dot in sorted(dots, key=lambda one: -one.y)]
    assert all(b - a > 14 for a, b in itertools.pairwise(heights))
    assert all(46 < y < figure.size[1] - 30 for y in heights)  # below the words at the status date, above the names of periods


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 2.9]), st.floats(0, 100)), min_size=1, max_size=60))
@example([(0.0, 0.0)] * 40)
def test_of_more_labels_than_there_is_room_for_the_last_says_how_many_more(places: list[tuple[float, float]]) -> None:
    dots = [Dot(x=x, y=amount, label=f"d{n}") for n, (x, amount) in enumerate(places)]
    figure = cumulative(["a", "b", "c"], [Running(name="x", points=[(0.0, 0.0), (3.0, 100.0)])], dots=dots, title="t")
    said: dict[float, list[str]] = {}
    heights: dict[float, list[float]] = {}
    for one in ET.fromstring(figure.to_svg()).iter(f"{SVG}text"):
        words, x = "".join(one.itertext()), float(one.get("x", 0))
        if words[:1] == "d":
            heights.setdefault(x, []).append(float(one.get("y", 0)))
            kept = re.search(r"and (\d+) more$", words)
            if kept is None:
                said.setdefault(x, []).append(words)
                continue
            hidden = words.removesuffix(kept[0]).split("; ")
            assert len(hidden) == int(kept[1]) > 1
            said.setdefault(x, []).extend(hidden)
    assert sorted(one for some in said.values() for one in some) == sorted(dot.label for dot in dots)  # none is lost
    for some in heights.values():
        assert all(b - a > 14 for a, b in itertools.pairwise(sorted(some)))
        assert all(46 < y < figure.size[1] - 30 for y in some)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12))
@example([0.0] * 6)
def test_amounts_at_the_ends_of_lines_stand_apart_and_inside(amounts: list[float]) -> None:
    lines = [Running(name=f"n{n}", points=[(0.0, 0.0), (3.0, amount)], said=f"d{n}") for n, amount in enumerate(amounts)]
    figure = cumulative(["a", "b", "c"], lines, title="t")
    texts = {one.text: float(one.get("y", 0)) for one in ET.fromstring(figure.to_svg()).iter(f"{SVG}text") if (one.text or "")[:1] == "d"}
    heights = [texts[line.said] for line in sorted(lines, key=lambda one: -one.points[-1][1])]
    assert all(b - a > 13 for a, b in itertools.pairwise(heights))
    assert all(46 < y < figure.size[1] - 20 for y in heights)
