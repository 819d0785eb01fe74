"""A network some of whose tasks last otherwise or are put off is, column by column, that of the changed portfolio compiled from nothing."""

from __future__ import annotations

import random
from typing import Any

import attrs
import numpy as np
import pytest

from ipmo.model import DIALECTS, Link, Portfolio, Task
from ipmo.network.assemble import compile_copy, compile_portfolio
from ipmo.network.retimed import retimed

from .test_copies import anew, rich
from .test_restated import BEGUN, DONE, SUMMED, WEEK, of, plainly, plan

IPMO = DIALECTS["ipmo"]
FOUND = ("states", "live", "owners", "work", "no_effect", "ending", "clk_used", "all_live")


def laid_over(pf: Portfolio, after: Portfolio) -> bool:
    """Whether nothing was compiled for the copy; its network is that of the copy by itself, and so is the order of its nodes and links."""
    net = compile_portfolio(pf, IPMO)
    if not net.has_loop:
        _ = net.positions, [getattr(net, name) for name in FOUND]
    found, new = retimed(after, pf, net), compile_portfolio(anew(after), IPMO)
    for one in (found, compile_copy(after, pf, IPMO)):
        if one is not None:
            assert plainly(one) == plainly(new)
            if not new.has_loop:
                assert [np.array_equal(getattr(one, name), getattr(new, name)) for name in FOUND] == [True] * len(FOUND)
                assert [list(column) for column in one.positions] == [list(column) for column in new.positions]
    return found is not None


def drawn(seed: int) -> tuple[Portfolio, Portfolio]:
    """A portfolio of every kind, and a copy in which some tasks last otherwise, are put off, or may start sooner."""
    r, pf = random.Random(seed), rich(seed).evolve(dialect="ipmo")
    projects = list(pf.projects)
    for place in r.sample(range(len(projects)), r.randint(1, len(projects))):
        tasks = [
            attrs.evolve(task, **r.choice([{"not_before": r.choice(["2026-01-09", "2026-01-28", None])}, {"duration": r.choice(["9 d", "4 h", "3 ed"])}]))
            if task.duration is not None and r.random() < 0.4
            else task
            for task in projects[place].tasks
        ]  # fmt: skip
        projects[place] = attrs.evolve(projects[place], tasks=tasks)
    return pf, pf.evolve(projects=projects)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("part", range(4))
def test_what_lasts_otherwise_or_is_put_off_is_laid_over_and_gives_the_network_compiled_from_nothing(part: int) -> None:
    assert sum(laid_over(*drawn(seed)) for seed in range(60 * part, 60 * part + 60)) > 4


def with_task(pf: Portfolio, task: str, **more: Any) -> Portfolio:
    """The portfolio with one task of its first project other."""
    return of(pf, "x", tasks=[attrs.evolve(one, **more) if one.id == task else one for one in pf.projects[0].tasks])


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("pf", "task", "change"),
    [
        (plan(), "a", {"not_before": "2026-01-20"}),
        (plan(), "b", {"not_before": "2026-01-20", "duration": "7 d"}),
        (plan(), "a", {"duration": "5 h"}),
        (with_task(plan(), "a", not_before="2026-01-12"), "a", {"not_before": "2026-01-14"}),
        (with_task(plan(), "a", duration="5 ed"), "a", {"duration": "30 eh"}),
        (with_task(plan(calendars=[WEEK]), "a", resource_calendar="six"), "a", {"duration": "9 d"}),
        (with_task(plan(calendars=[WEEK]), "a", finish_not_before="2026-02-04"), "a", {"duration": "9 d"}),
        (plan(calendars=[WEEK], calendar="six", status_date="2026-01-06"), "a", {"not_before": "2026-01-02"}),
        (plan(), "m", {"not_before": "2026-02-20"}),
        (of(plan(), "y", tasks=BEGUN), "b", {"duration": "9 d"}),
        (of(plan(status_date="2026-01-08"), "x", tasks=DONE), "b", {"not_before": "2026-01-15"}),
        (of(plan(), "x", tasks=SUMMED, gates=[], start="2026-01-20").evolve(links=[], benefits=[]), "a", {"not_before": "2026-01-14"}),
        (plan(links=[Link(source="external:e", target="x/a", date="2026-01-20")]), "a", {"not_before": "2026-01-12"}),
    ],
)
def test_what_it_lays_over(pf: Portfolio, task: str, change: dict[str, Any]) -> None:
    assert laid_over(pf, with_task(pf, task, **change))


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("pf", "task", "change"),
    [
        (plan(), "a", {"name": "other", "duration": "9 d"}),
        (plan(), "a", {"duration": None}),
        (plan(), "a", {"duration": "0 d"}),
        (plan(), "a", {"duration": "9 ed"}),
        (plan(start=None, status_date="2026-01-05"), "a", {"not_before": "2026-01-20"}),
        (with_task(plan(), "a", not_before="2026-01-12"), "a", {"not_before": None}),  # what else holds it was not kept
        (with_task(plan(), "a", not_before="2026-01-12"), "a", {"not_before": "2026-01-09"}),
        (of(plan(), "x", tasks=BEGUN), "a", {"duration": "9 d"}),
        (of(plan(), "x", tasks=BEGUN), "a", {"not_before": "2026-01-20"}),
        (of(plan(), "x", state="paused"), "a", {"not_before": "2026-01-20"}),
        (with_task(plan(), "a", progress=0.5), "a", {"duration": "9 d"}),
        (with_task(plan(), "a", constraints={"finish_no_later": "2026-02-02"}), "a", {"duration": "9 d"}),
        (of(plan(), "x", tasks=SUMMED, gates=[]).evolve(links=[], benefits=[]), "s", {"not_before": "2026-01-14"}),
        (of(plan(), "x", tasks=[*BEGUN, Task(id="l", hammock=True, after="a")]), "l", {"not_before": "2026-01-14"}),
    ],
)
def test_what_it_leaves_to_the_compiler(pf: Portfolio, task: str, change: dict[str, Any]) -> None:
    assert not laid_over(pf, with_task(pf, task, **change))


def test_a_small_network_is_compiled() -> None:
    pf = plan()
    assert retimed(with_task(pf, "a", duration="9 d"), pf, compile_portfolio(pf, IPMO)) is None
