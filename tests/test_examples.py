"""The shipped examples come out as worked by hand; the real ones are what the raw files say."""

from __future__ import annotations

import csv
import importlib.util
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import ipmo
import ipmo.examples
from ipmo import Severity

ROOT = Path(__file__).resolve().parent.parent


def test_extension_as_on_paper() -> None:
    s = ipmo.schedule(ipmo.examples.load("extension"))
    assert s.finish == datetime(2026, 1, 28, 17)
    assert {i.id.partition("/")[2]: (i.total_float, i.free_float, i.drag) for i in s.rows} == {
        "plans": (0, 0, 5),
        "walls": (0, 0, 8),
        "garden": (11, 11, None),
        "roof": (0, 0, 3),
        "glass": (8, 8, None),
        "handover": (0, 0, 0),
    }


def test_handover_as_on_paper() -> None:
    pf = ipmo.examples.load("handover")
    s = ipmo.schedule(pf)
    day0 = datetime(2026, 6, 1)
    dates = {
        i.id: ((i.early_start - day0).days, (i.early_finish - day0) / timedelta(days=1)) for i in s.rows if i.early_start and i.early_finish
    }
    assert dates == {
        "rails/survey": (0, 3),
        "rails/lay": (3, 11),
        "power/design": (0, 4),
        "power/cable": (5, 15),
        "power/test": (15, 18),
        "fleet/order": (0, 6),
        "fleet/train": (14, 19),
        "fleet/service": (19, 21),
    }
    assert {i.id: i.drag for i in s.rows if i.critical} == {
        "rails/survey": 1,
        "rails/lay": 0,
        "power/cable": 8,
        "power/test": 3,
        "fleet/train": 0,
        "fleet/service": 2,
    }
    links = ipmo.critical_links(pf)
    assert [(k.id, k.link_float, k.driving) for k in links] == [
        ("rails-power", 0, True),
        ("power-fleet", 0, True),
        ("lead", 2, False),
        ("rails-fleet", 12, False),
    ]
    assert links[0].downstream_projects == ("power", "fleet")


def test_commitment_as_on_paper() -> None:
    pf = ipmo.examples.load("commitment")
    s = ipmo.schedule(pf)
    wanted = {
        "desk/G1": "2026-02-02T00:00",
        "desk/pilot": "2026-02-13T17:00",
        "desk/G2": "2026-02-13T17:00",
        "desk/rollout": "2026-02-27T17:00",
        "training/course": "2026-03-06T17:00",
        "savings": "2026-04-06T17:00",
        "goodwill": "2026-02-27T17:00",
    }
    assert {name: s[name].early_finish for name in wanted} == {name: datetime.fromisoformat(text) for name, text in wanted.items()}
    assert "put on hold" in s["training/exam"].undated
    assert (s["desk/pilot"].target_float, s["training/course"].target_float) == (0, 0)
    codes = {f.code: f.item for f in ipmo.check(pf)}
    assert {"ipmo/condition-overdue": "desk/G0", "ipmo/decision-overdue": "D1", "ipmo/total-differs": "desk"}.items() <= codes.items()


def test_an_unknown_example_names_those_there_are() -> None:
    with pytest.raises(ipmo.UnknownItemError, match="commitment, extension, handover, library"):
        ipmo.examples.load("bridge")


@pytest.mark.data
def test_the_sample_file_worked_by_hand(data: Path) -> None:
    """Dates: weekdays 09:00-12:30, 13:30-18:00 without 25 and 28 December; site Monday to Saturday 07:00-15:00.

    design: 18 d from Monday 2 November 2026 end on Wednesday 25 November, 18:00. G3 follows at once. build: not before
    1 December; 120 d of six a week are 20 weeks: to Monday 19 April 2027, 15:00. open: build FF + 2 w of site (12 d): Monday
    3 May, 15:00; software (power, 15 d, to Friday 20 November; then 18 w, P50 of the throughput) ends on
    Tuesday 13 April 2027 (two holidays between): earlier. Fares start one month after open: 3 June.
    """
    pf = ipmo.read(data.parent / "sample-portfolio.yaml")
    s = ipmo.schedule(pf)
    wanted = {
        "tram/survey": ("2026-01-05T00:00", "2026-02-04T00:00"),
        "tram/design": ("2026-02-04T00:00", "2026-11-25T18:00"),
        "tram/G2": ("2026-02-04T00:00", "2026-02-04T00:00"),
        "tram/G3": ("2026-11-25T18:00", "2026-11-25T18:00"),
        "tram/build": ("2026-12-01T07:00", "2027-04-19T15:00"),
        "tram/open": ("2027-05-03T15:00", "2027-05-03T15:00"),
        "depot/power": ("2026-03-02T00:00", "2026-11-20T18:00"),
        "ridership": ("2027-06-03T15:00", "2027-06-03T15:00"),
        "airport": ("2028-01-03T00:00", "2030-06-29T00:00"),
    }
    assert {n: (s[n].early_start, s[n].early_finish) for n in wanted} == {
        n: tuple(map(datetime.fromisoformat, pair)) for n, pair in wanted.items()
    }
    software = s["depot/software"]
    if software.early_finish is not None:  # with the agile adapter
        begin = datetime(2026, 11, 23, 9)
        assert software.early_start == begin
        worked, day, weeks = 0, begin, pf["depot/software"].duration.central().amount
        while worked < weeks * 5:
            if day.weekday() < 5 and (day.month, day.day) not in ((12, 25), (12, 28)):
                worked, last = worked + 1, day
            day += timedelta(days=1)
        assert software.early_finish == last.replace(hour=18)
    r = ipmo.roll_up(pf, "budget")
    assert (str(r["transit"].value), r["transit"].known, r["transit"].total) == ("17.88 M GBP", 4, 5)  # 0.2 + 1.1 + 14 + 3 x 0.86
    assert r.total.left_out == ("airport (proposed)",)
    assert str(ipmo.roll_up(pf, "actual").total.value) == "214 k GBP"
    between = ipmo.critical_links(pf).project_dependencies[0]
    assert (between.source, between.target, between.kind) == ("tram", "airport", "informs")


def test_rubin_has_the_counts_of_its_source() -> None:
    pf = ipmo.read(ROOT / "examples" / "rubin.yaml")
    inner = sum(len(task.after) for project in pf.projects for task in project.tasks)
    outer = [link for link in pf.links if "external:" in link.source + link.target]
    names = {end for link in outer for end in (link.source, link.target) if end.startswith("external:")}
    assert (len(pf.projects), sum(len(p.tasks) for p in pf.projects)) == (9, 388)
    assert (inner + len(pf.links), inner + len(pf.links) - len(outer), len(pf.links) - len(outer), len(outer), len(names)) == (
        504,
        378,
        205,
        126,
        50,
    )
    assert "CC BY 4.0" in pf.note


def test_rubin_forecasts_are_the_latest_of_due_data_date_and_predecessors() -> None:
    """Recomputed without the engine: by relaxation over the file's own links."""
    pf = ipmo.read(ROOT / "examples" / "rubin.yaml")
    seen_from = datetime(2019, 1, 1)
    dates: dict[str, datetime] = {}
    givers: dict[str, list[str]] = {}
    for project in pf.projects:
        for task in project.tasks:
            name = f"{project.id}/{task.id}"
            due = datetime.fromisoformat(f"{task.deadline}") + timedelta(days=1)
            done = None if task.actual_finish is None else datetime.fromisoformat(f"{task.actual_finish}") + timedelta(days=1)
            dates[name] = done or max(due, seen_from)
            givers[name] = [] if done else [f"{project.id}/{after.source}" for after in task.after]
    for link in pf.links:
        if link.source in dates and link.target in dates and not pf[link.target].finished:
            givers[link.target].append(link.source)
    for _ in range(len(dates)):
        for name, before in givers.items():
            dates[name] = max([dates[name], *(dates[b] for b in before)])
    s = ipmo.schedule(pf)
    assert {name: s.dates(name)[1] for name in dates} == dates
    assert sum(pf[name].finished for name in dates) == 224


def test_rubin_as_it_stood_in_january_2019() -> None:
    """The numbers of the source: who was late already, who was pushed, which links had no slack, and what came of it."""
    pf = ipmo.read(ROOT / "examples" / "rubin.yaml")
    s = ipmo.schedule(pf)
    tasks = {f"{p.id}/{t.id}": t for p in pf.projects for t in p.tasks}
    unfinished = [name for name, task in tasks.items() if not task.finished]
    assert (len(tasks) - len(unfinished), len(unfinished)) == (224, 164)
    late = [name for name in unfinished if s[name].finish_text > str(tasks[name].deadline)]
    overdue = [name for name in late if str(tasks[name].deadline) < "2019-01-01"]
    assert (len(late), len(overdue), len(late) - len(overdue)) == (19, 15, 4)
    live = [k for k in ipmo.critical_links(pf) if k.link_float is not None]
    assert (len(live), sum(k.link_float == 0 for k in live)) == (72, 33)
    assert all(not tasks[k.source].finished and not tasks[k.target].finished for k in live)
    assert sum("outcome" in tasks[name].attributes for name in unfinished) == 132


def test_gmpp_says_how_many_of_how_many() -> None:
    pf = ipmo.read(ROOT / "examples" / "gmpp-2022.yaml")
    total = ipmo.roll_up(pf, "budget").total
    assert (len(pf.projects), total.known, total.total) == (235, 191, 235)
    by = ipmo.roll_up(pf, "budget", by="department")
    assert sum(f.total for f in by.total.parts) == 235
    assert {c.assessor for p in pf.projects for c in p.confidence} == {"IPA", "SRO"}
    assert "Open Government Licence v3.0" in pf.note


def examples_script() -> Any:
    spec = importlib.util.spec_from_file_location("make_examples", ROOT / "examples" / "make_examples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.data
@pytest.mark.parametrize(("make", "name"), [("rubin", "rubin"), ("gmpp_before", "gmpp-2021"), ("gmpp", "gmpp-2022")])
def test_the_committed_examples_are_what_the_script_writes(make: str, name: str, data: Path, tmp_path: Path) -> None:
    ipmo.write(getattr(examples_script(), make)(data), tmp_path / f"{name}.yaml")
    assert (tmp_path / f"{name}.yaml").read_bytes() == (ROOT / "examples" / f"{name}.yaml").read_bytes()


@pytest.mark.data
def test_gmpp_amounts_add_up_as_in_the_raw_file(data: Path) -> None:
    with (data / "01_gmpp" / "official_GMPP_March_2022.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    cells = [row[15].strip().replace(",", "") for row in rows]
    total = sum(int(cell[1:]) for cell in cells if cell[:1] == "£")
    pf = ipmo.read(ROOT / "examples" / "gmpp-2022.yaml")
    assert ipmo.roll_up(pf, "budget").total.value.amount == total * 1_000_000


def test_the_library_comes_out_as_worked_in_its_file() -> None:
    pf = ipmo.examples.load("library")
    earned = ipmo.earned_value(pf)["catalogue"]
    assert (str(earned.bac), str(earned.pv), str(earned.ev), str(earned.ac)) == ("70 k GBP", "60 k GBP", "30 k GBP", "40 k GBP")
    assert (earned.indices.cpi, earned.indices.spi, round(earned.indices.eac() or 0, 2)) == (0.75, 0.5, 93333.33)
    row = ipmo.status(pf)["catalogue"]
    assert (row.computed, row.reported, row.gap) == ("red", "green", 2)
    (breach,) = ipmo.status(pf).breaches
    assert (breach.body, breach.covered, str(breach.stake)) == ("board", True, "23333.33 GBP")
    assert ipmo.schedule(pf)["catalogue/live"].finish_text == "2026-07-24"
    lending = ipmo.benefits(pf)["lending"]
    assert (lending.start, lending.slip) == (date(2026, 8, 25), 24)
    assert ipmo.capacity(pf).of("team")[0].peak == 3
    assert ipmo.assess_impact(pf).table()["text"] == ("C1: catalogue +7 days, budget +4 k GBP",)
    assert not [f for f in ipmo.check(pf) if f.severity is Severity.ERROR]


def test_city_stands_under_three_methods_in_one_report(tmp_path: Path) -> None:
    pf = ipmo.read(ROOT / "examples" / "city.yaml")
    found = ipmo.check(pf)
    assert {f.code.partition("/")[0] for f in found} == {"ipmo", "mop", "p3o", "agile"}
    assert not found.of("ipmo/check-crashed")
    html = ipmo.report(pf, tmp_path / "city.html").read_text(encoding="utf-8")
    for id in ("p3o-p3o", "mop-mop", "agile-agile"):
        assert f'id="{id}"' in html
    committed = ipmo.critical_links(pf)[0]
    assert (committed.source, committed.driving) == ("ticketing/validators", True)
    without = ipmo.schedule(pf.evolve("ticketing/validators", remaining="20 w"))
    assert without["tram/open"].early_finish < ipmo.schedule(pf)["tram/open"].early_finish
