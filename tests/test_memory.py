"""What a portfolio keeps of what was computed about it: made once, bounded, cleared, freed with the portfolio."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
import threading
import weakref
from collections import Counter
from pathlib import Path

import pytest

import ipmo
import ipmo.examples
from ipmo.changes import Delay
from ipmo.memory import LIMIT, forget, remember, remembered


def small() -> ipmo.Portfolio:
    return ipmo.Portfolio(id="x", start="2026-01-05", projects=[ipmo.Project(id="P", tasks=[ipmo.Task(id="a", duration="5 d")])])


def test_an_answer_is_made_once_and_kept_under_its_key() -> None:
    pf, made = small(), []

    def make() -> list[int]:
        made.append(1)
        return made

    assert remember(pf, ("answer", 1), make) is remember(pf, ("answer", 1), make)
    remember(pf, ("answer", 2), make)
    assert len(made) == 2
    assert ipmo.schedule(pf) is ipmo.schedule(pf)


def test_critical_links_are_made_once_for_each_way_of_asking() -> None:
    pf = ipmo.examples.load("handover")
    first = ipmo.critical_links(pf)
    assert ipmo.critical_links(pf, slip="10 d", on_cycle="error") is first
    assert ipmo.critical_links(pf, slip="11 d") is not first
    assert ipmo.critical_links(pf, boundary="programme") is not first
    by_name = ipmo.critical_links(pf, rank_by=lambda link: link.id)  # what a function says is not known beforehand
    assert by_name is not ipmo.critical_links(pf, rank_by=lambda link: link.id)
    forget(pf)
    again = ipmo.critical_links(pf)
    assert again is not first
    assert again.table() == first.table()


def test_what_is_kept_is_said_by_name_and_can_be_dropped() -> None:
    pf = small()
    first = ipmo.schedule(pf)
    ipmo.schedule(pf, back_from="2026-06-01")
    kept = remembered(pf)
    assert kept["schedule"].answers == 2
    assert kept["network"].answers == 1
    assert {"network", "schedule"} <= set(kept.ids)
    assert kept.total == sum(one.answers for one in kept)
    assert dict(zip(kept.table()["name"], kept.table()["answers"], strict=True))["schedule"] == 2
    with pytest.raises(ipmo.UnknownItemError, match="close: 'schedule'"):
        kept["scheduled"]
    assert forget(pf, "schedule") == 2
    assert set(remembered(pf).ids) == set(kept.ids) - {"schedule"}
    assert ipmo.schedule(pf) is not first
    assert ipmo.schedule(pf)["P/a"].finish == first["P/a"].finish
    forget(pf)
    assert len(remembered(pf)) == 0
    assert repr(remembered(pf)) == "<Remembered: nothing>"


def test_the_answer_unused_for_longest_goes_first_and_the_number_is_bounded() -> None:
    pf = small()
    remember(pf, ("asked again", 0), lambda: "first")
    for number in range(10 * LIMIT):
        remember(pf, ("asked once", number), lambda: number)  # noqa: B023 - called at once
        assert remember(pf, ("asked again", 0), lambda: "made anew") == "first"
    assert remembered(pf).total == LIMIT
    assert remember(pf, ("asked once", 0), lambda: "made anew") == "made anew"


def test_a_thousand_what_ifs_leave_no_more_behind_than_ten() -> None:
    pf = small()
    sizes = []
    for days in range(1, 301):
        ipmo.what_if(pf, ipmo.changes.Delay("P/a", f"{days} d"))
        sizes.append(remembered(pf).total)
    assert sizes[9] == sizes[-1]


def test_answers_are_freed_with_their_portfolio_though_they_hold_it() -> None:
    pf = small()
    s = ipmo.schedule(pf)
    assert s.portfolio is pf
    gone = weakref.ref(pf)
    del pf, s
    gc.collect()
    assert gone() is None


def test_copies_and_pickles_carry_no_answers_and_equality_does_not_see_them() -> None:
    pf = small()
    ipmo.schedule(pf)
    for other in (pickle.loads(pickle.dumps(pf)), copy.copy(pf), copy.deepcopy(pf), pf.evolve(name="other")):
        assert len(remembered(other)) == 0
    assert small() == pf


def test_threads_that_ask_at_once_get_the_same_answer() -> None:
    pf, barrier, found = small(), threading.Barrier(8), []

    def ask() -> None:
        barrier.wait()
        found.append(remember(pf, "answer", object))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 8
    assert all(one is found[0] for one in found)


def test_an_answer_that_cannot_be_made_is_not_kept() -> None:
    pf = small()
    with pytest.raises(ZeroDivisionError):
        remember(pf, "answer", lambda: 1 // 0)
    assert remember(pf, "answer", lambda: 1) == 1


def counts() -> Counter[str]:
    """How many objects of ipmo's there are, by class."""
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects() if str(type(one).__module__).startswith("ipmo"))


def test_a_service_that_asks_hundreds_of_times_does_not_grow(tmp_path: Path) -> None:
    """What-ifs, checks and reports of one portfolio in turn: after the first hundred nothing more is kept."""
    pf = ipmo.examples.load("handover")
    path = tmp_path / "plan.yaml"
    ipmo.write(pf, path)
    tasks = [f"{project.id}/{task.id}" for project in pf.projects for task in project.tasks if not task.milestone and not task.finished]

    def serve(first: int, last: int) -> None:
        for number in range(first, last):
            found = ipmo.what_if(pf, Delay(tasks[number % len(tasks)], f"{number % 90 + 1} d"))
            found.table()
            if number % 100 == 0:
                ipmo.check(pf)
                ipmo.check(path)
                ipmo.report(pf, tmp_path / "report.html")

    serve(0, 150)
    before = counts()
    start = sys.getallocatedblocks()
    serve(150, 450)
    grown = {name: more for name, more in (counts() - before).items() if more > 20}
    assert not grown
    assert sys.getallocatedblocks() - start < 10_000  # one schedule kept for each question would be some hundred thousand
