"""Everything that the dates of one small portfolio say, as it was reviewed: tables with their units, reasons, paths, commitments, the DCMA.

`whole.yaml` holds one of everything; what holds for any portfolio is asked by the properties beside this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import pytest

import ipmo
from ipmo.errors import UnknownItemError
from ipmo.model import Project, Task

Reviewed = Callable[[str, Iterable[object]], None]
PATH = Path(__file__).parent / "whole.yaml"


@pytest.fixture
def whole() -> ipmo.Portfolio:
    return ipmo.read(PATH)


def test_the_schedule_of_everything_reads_as_it_was_reviewed(whole: ipmo.Portfolio, reviewed: Reviewed) -> None:
    s = ipmo.schedule(whole)
    reviewed(
        "schedule",
        [
            repr(s), s.first_day, s.finish, s.end_text, len(s),
            "== overview", s.overview(),
            "== table", s.table(),
            "== floats", s.floats(),
            "== links", s.links(),
            "== near critical", s.near_critical(), s.near_critical((3.5, 12)),
        ],
    )  # fmt: skip


def test_reasons_and_paths_of_everything_read_as_they_were_reviewed(whole: ipmo.Portfolio, reviewed: Reviewed) -> None:
    s = ipmo.schedule(whole)
    names = [*s.ids, "p", "q", "p@start", "p@finish", "q@finish", "shut", "shut@start", "rest", "p/sum@start", "p/sum@finish"]
    targets = [None, "p@finish", "q@finish", "fares", "p/G1"]
    reviewed(
        "reasons",
        [
            *(f"== {name}\n{s.explain(name)}\n{s[name].days()} {s[name].days('early')} {s[name].days('late')} {s.days(name)} {s.dates(name)}" for name in names),
            "== driving", *(f"{name}: {s.driving(name)}" for name in s.ids if name in s.passes.nodes),
            "== critical paths", *(f"{target}: {s.critical_path(target)}" for target in targets),
            "== float paths", *s.float_paths(3), *s.float_paths(9, "p/end"),
            "== begins", s.begins("fares"), s.begins("either"),
            "== total floats", *(f"{name}: {s.total_float(name)}" for name in s.ids if name in s.passes.nodes),
        ],
    )  # fmt: skip


def test_wholes_read_as_they_were_reviewed(whole: ipmo.Portfolio, reviewed: Reviewed) -> None:
    s = ipmo.schedule(whole)
    names = ["p", "q", "rest", "gone", "shut", "starved", "p/sum", "p@start", "p@finish", "q@start", "p/sum@finish", "p/sum@start"]
    reviewed("wholes", [str(s[name]).replace(", ", ",\n    ") for name in names if name in s or "@" in name])


def test_commitments_of_everything_read_as_they_were_reviewed(whole: ipmo.Portfolio, reviewed: Reviewed) -> None:
    found = ipmo.schedule(whole).commitments
    reviewed(
        "commitments",
        [
            repr(found), found.table(),
            *(f"{one.text} [{one.standing}, {one.late}, {one.stated_text}, {one.expected_text}]" for one in found),
            *(f"{one.name}: {one.nodes} {one.at_finish} {one.word}" for one in found.stated),
        ],
    )  # fmt: skip
    with pytest.raises(UnknownItemError, match=r"'H2' is not in the open commitments of this portfolio"):
        found["H2"]
    assert (found["p"].name, found[0].name, "p@finish" in found, "p" in found) == ("p@finish", found.rows[0].name, True, False)


def test_the_quality_of_everything_reads_as_it_was_reviewed(whole: ipmo.Portfolio, reviewed: Reviewed) -> None:
    blocks: list[object] = []
    for project in (None, "p", "q"):
        found = ipmo.schedule_quality(whole, project=project)
        blocks += [
            f"== {project}", repr(found), found.table(), *map(str, found), *(found.explain(n) for n in range(1, 15)),
            *found.dangling, *found.out_of_sequence, *found.hand_overs,
        ]  # fmt: skip
    bare = whole.evolve("whole", status_date=None)
    found = ipmo.schedule_quality(bare.evolve("q", status_date=None))
    reviewed("quality", [*blocks, "== without a status date", *map(str, found)])


@pytest.mark.parametrize("dialect", ["msproject", "p6"])
def test_dialects_of_everything_read_as_they_were_reviewed(whole: ipmo.Portfolio, reviewed: Reviewed, dialect: str) -> None:
    s = ipmo.schedule(whole, dialect=dialect)
    reviewed(
        dialect, [repr(s), s.overview(), s.floats(), *(one.text for one in s.commitments), *map(str, ipmo.schedule_quality(whole, of=s))]
    )


def test_dates_from_a_finish_back_read_as_they_were_reviewed(whole: ipmo.Portfolio, reviewed: Reviewed) -> None:
    s = ipmo.schedule(whole, back_from="2026-06-30")
    reviewed(
        "back", [repr(s), s.overview(), s.table(), s.finish, s.day_of("p/night", datetime(2026, 3, 1)), s.day_of("q", s.dates("q")[1])]
    )


def test_what_is_asked_wrong_is_told_as_it_was_reviewed(whole: ipmo.Portfolio, reviewed: Reviewed) -> None:
    s = ipmo.schedule(whole)
    loop = ipmo.Portfolio(
        id="x",
        start="2026-01-05",
        projects=[Project(id="P", tasks=[Task(id="a", duration="1 d", after="b"), Task(id="b", duration="1 d", after="a")])],
    )
    asked: list[Callable[[], object]] = [
        lambda: s["p/buidl"], lambda: s["nothing"], lambda: s["p/sumn@start"], lambda: s.explain("p/buidl"), lambda: s.driving("p/buidl"),
        lambda: s.critical_path("p@finsh"), lambda: s.float_paths(2, "p/ene"), lambda: s.commitments["H3"], lambda: s.day_of("pp", None),
        lambda: ipmo.schedule_quality(whole, project="pp"), lambda: ipmo.schedule_quality(whole)[15], lambda: ipmo.schedule_quality(whole)[0],
        lambda: ipmo.schedule(whole, dialect="p7"), lambda: ipmo.schedule(whole, on_cycle="cuts"), lambda: ipmo.schedule(loop),  # type: ignore[arg-type]
        lambda: ipmo.schedule(loop, on_cycle="cut").cuts, lambda: ipmo.schedule(ipmo.Portfolio(id="x", projects=[Project(id="P", tasks=[Task(id="a", duration="1 d")])])),
    ]  # fmt: skip
    reviewed("wrong", asked)
