"""A network some of whose projects are stopped or paused is, column by column, that of the changed portfolio compiled from nothing."""

from __future__ import annotations

import random
from typing import Any

import attrs
import numpy as np
import pytest

from ipmo.model import DIALECTS, After, Benefit, Calendar, Gate, Link, Portfolio, Project, Task
from ipmo.network.assemble import compile_copy, compile_portfolio
from ipmo.network.network import Network
from ipmo.network.restated import restated

from .test_copies import anew, columns, rich

IPMO = DIALECTS["ipmo"]


def plainly(net: Network) -> dict[str, object]:
    """Every column of a network as plain lists, sets and mappings; of why something has no dates, what is said of each project in order."""
    found: dict[str, Any] = {}
    for name, value in columns(net).items():
        column = isinstance(value, np.ndarray | list | tuple)
        found[name] = [int(one) if isinstance(one, np.integer) else one for one in value] if column else value
    by_project: dict[int, list[int]] = {}
    for node in net.holds:
        by_project.setdefault(int(net.project[node]), []).append(node)
    return found | {"in order": by_project}


def laid_over(pf: Portfolio, after: Portfolio) -> bool:
    """Whether nothing was compiled for the copy; what was found is that of the copy by itself."""
    net = compile_portfolio(pf, IPMO)
    found = restated(after, pf, net)
    if found is not None:
        new = compile_portfolio(anew(after), IPMO)
        assert plainly(found) == plainly(new)
        if not new.has_loop:
            for name in ("states", "owners", "work", "no_effect", "ending", "clk_used", "all_live"):
                assert np.array_equal(getattr(found, name), getattr(new, name)), name
            assert [list(column) for column in found.positions] == [list(column) for column in new.positions]
    return found is not None


def drawn(seed: int) -> tuple[Portfolio, Portfolio]:
    """A portfolio of every kind, with fewer of what an overlay leaves to the compiler, and a copy in which projects stop or pause."""
    r = random.Random(seed)
    pf = rich(seed)
    drop = r.random() < 0.8
    projects = [
        attrs.evolve(
            project,
            tasks=[attrs.evolve(t, hammock=False, constraints=None, delay=None) if drop else t for t in project.tasks],
            requires=[] if drop else project.requires,
            state=r.choice(["active", "active", "approved", project.state]),
        )
        for project in pf.projects
    ]
    links = [attrs.evolve(link, status=r.choice([None, None, "delivered"])) for link in pf.links]
    tasks = [f"{p.id}/{t.id}" for p in projects for t in p.tasks]
    if tasks:
        links.append(Link(source="external:permit", target=r.choice(tasks), date=r.choice([None, "2026-01-20"])))
    pf = pf.evolve(projects=projects, links=links, dialect="ipmo")
    running = [one.id for one in pf.projects if one.state in ("active", "approved", "proposed")]
    ended = r.sample(running, min(len(running), r.choice((1, 1, 2))))
    after = pf
    for name in ended:
        after = after.evolve(name, state=r.choice(["cancelled", "cancelled", "paused"]))
    return pf, after


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("part", range(4))
def test_what_stops_or_pauses_is_laid_over_and_gives_the_network_compiled_from_nothing(part: int) -> None:
    pairs = [drawn(seed) for seed in range(60 * part, 60 * part + 60)]
    assert (
        sum(laid_over(pf, after) for pf, after in pairs if after is not pf) > 5
    )  # but for what some of several ways enable, of which one is not known


def plan(**more: Any) -> Portfolio:
    """Two projects of which one waits for the other, each with a gate, and a benefit."""
    tasks = [Task(id="a", duration="3 d"), Task(id="b", duration="2 d", after="a"), Task(id="m", milestone=True, after="b")]
    projects = [Project(id=name, tasks=tasks, gates=[Gate(id="g", after="b", need_by="2026-02-02")]) for name in "xyz"]
    fields: dict[str, Any] = {
        "links": [Link(source="x/b", target="y/a"), Link(source="x/a", target="z/b", type="SS")],
        "benefits": [Benefit(id="gain", enabled_by="y/m")], "projects": projects,
    }  # fmt: skip
    return Portfolio(id="pf", **({"start": "2026-01-05"} | fields | more))


def of(pf: Portfolio, item: str, /, **more: Any) -> Portfolio:
    """The portfolio with one project other."""
    return pf.evolve(projects=[attrs.evolve(one, **more) if one.id == item else one for one in pf.projects])


SEVERAL = Benefit(id="gain", any_of=["x/b", "z/s"])
WEEK = Calendar(id="six", week="mon-sat", hours="08:00-16:00")
BEGUN = [Task(id="a", duration="3 d", actual_start="2026-01-05"), Task(id="b", duration="2 d", after="a"), Task(id="m", milestone=True)]
WHOLE = [After(source="s", type="SS"), After(source="s", type="FF")]
SUMMED = [Task(id="s"), Task(id="a", parent="s", duration="3 d"), Task(id="b", duration="2 d", after=WHOLE)]
SENT_BACK = Gate(id="g", after="b", decision={"outcome": "recycle", "date": "2026-01-06"})
AFTER_IT = Gate(id="g", after="b", decision={"outcome": "go", "date": "2026-01-06"})
DONE = [attrs.evolve(BEGUN[0], actual_finish="2026-01-07"), *BEGUN[1:]]


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("state", ["cancelled", "paused"])
@pytest.mark.parametrize(
    "pf",
    [
        plan(),
        plan(calendars=[WEEK], calendar="six", status_date="2026-01-06"),
        of(plan(), "x", tasks=BEGUN, status_date="2026-01-08"),
        of(plan(status_date="2026-01-08"), "x", tasks=DONE),
        of(plan(), "y", tasks=BEGUN),
        of(plan(), "y", calendar="continuous", start="2026-03-01"),
        of(plan(), "z", state="cancelled"),
        of(plan(), "z", state="closed"),
        of(plan(links=[], benefits=[]), "z", tasks=SUMMED, gates=[], state="closed"),
        of(plan(), "y", tasks=[attrs.evolve(task, finish_not_before="2026-02-07") for task in BEGUN]),
        of(plan(), "x", tasks=[*BEGUN, Task(id="s"), Task(id="k", parent="s", duration="2 d", deadline="2026-02-02")]),
        plan(links=[Link(source="x/b", target="y/a", status="delivered"), Link(source="x/b", target="z/a", lag="2 d", id="L")]),
        plan(
            links=[Link(source="external:e", target="x/a"), Link(source="y/a", target="x/b"), Link(source="y/b", target="z/a", type="FF")]
        ),
        plan(links=[Link(source="x/b", target="y/a"), Link(source="y/b", target="x/a")]),  # a loop
        plan(links=[], benefits=[Benefit(id="gain", any_of=["x/b", "z/b"]), Benefit(id="none", any_of=["x/b", "x/a"])]),
        plan(benefits=[Benefit(id="gain", enabled_by="x/b"), Benefit(id="more", enabled_by="y/b", any_of=["z/b"], need_by="2026-03-01")]),
    ],
)
def test_what_it_lays_over(pf: Portfolio, state: str) -> None:
    assert laid_over(pf, pf.evolve("x", state=state))


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("state", ["cancelled", "paused"])
@pytest.mark.parametrize("before", ["paused", "closed"])
@pytest.mark.parametrize("held", ["x", "z"])
def test_where_one_of_several_is_enough_what_was_held_before_holds_it_when_the_others_stop(held: str, before: str, state: str) -> None:
    pf = of(plan(links=[], benefits=[Benefit(id="gain", any_of=["x/b", "y/b", "z/b"])]), held, state=before)
    for name in {"x", "y", "z"} - {held}:
        pf = pf.evolve(name, state=state)
        assert laid_over(of(pf, name, state="active"), pf)
    net = restated(pf, of(pf, "y", state="active"), compile_portfolio(of(pf, "y", state="active"), IPMO))
    assert net is not None
    assert net.holds[net.ids.index("gain")].reason.startswith(f"follows '{held}/b'" if state == "cancelled" else "follows 'x/b'")


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("pf", "change"),
    [
        (plan(), {"state": "cancelled", "name": "other"}),
        (plan(), {"state": "closed"}),
        (plan(), {"state": "cancelled", "start": "2026-02-02"}),
        (plan(dialect="p6"), {"state": "cancelled"}),
        (plan(start=None, status_date="2026-01-05"), {"state": "cancelled"}),
        (of(plan(links=[]), "x", tasks=[], gates=[], finish="2026-03-01"), {"state": "cancelled"}),
        (of(plan(), "x", tasks=[attrs.evolve(BEGUN[0], constraints={"start_no_later": "2026-02-02"}), *BEGUN[1:]]), {"state": "cancelled"}),
        (of(plan(), "y", tasks=[attrs.evolve(BEGUN[0], constraints={"finish_on": "2026-02-02"}), *BEGUN[1:]]), {"state": "cancelled"}),
        (of(plan(), "y", requires=["x"]), {"state": "cancelled"}),
        (of(plan(), "x", tasks=[*BEGUN, Task(id="l", hammock=True, after="a")]), {"state": "cancelled"}),
        (of(plan(), "x", tasks=[*BEGUN, Task(id="s", deadline="2026-02-02"), Task(id="k", parent="s")]), {"state": "cancelled"}),
        (of(plan(), "x", tasks=[Task(id="a", duration="3 d", delay="2 d"), *BEGUN[1:]]), {"state": "cancelled"}),
        (plan(links=[Link(source="x@finish", target="y/a")]), {"state": "cancelled"}),
        (plan(links=[Link(source="x", target="y")]), {"state": "cancelled"}),
        (of(plan(links=[], benefits=[]), "z", tasks=SUMMED, state="paused").evolve(benefits=[SEVERAL]), {"state": "paused"}),
        (of(plan(), "y", gates=[Gate(id="g", after="a", decision={"outcome": "hold", "date": "2026-01-06"})]), {"state": "cancelled"}),
        (  # of two reasons why the end of a paused summary has no date the nearest is said
            of(plan(links=[], benefits=[]), "y", tasks=SUMMED, gates=[], state="paused").evolve(
                links=[Link(source="x/b", target="y/s", type="FF")]
            ),
            {"state": "cancelled"},
        ),
        (  # the go of a gate of a closed project that waited for one that was sent back counts again
            of(
                of(plan(links=[Link(source="x/g", target="y/g")], benefits=[]), "x", gates=[SENT_BACK]),
                "y",
                gates=[AFTER_IT],
                state="closed",
            ),
            {"state": "paused"},
        ),
    ],
)
def test_what_it_leaves_to_the_compiler(pf: Portfolio, change: dict[str, Any]) -> None:
    after = of(pf, "x", **change)
    assert plainly(compile_copy(after, pf, after.dialect)) == plainly(compile_portfolio(anew(after), after.dialect))
    assert restated(after, pf, compile_portfolio(pf, pf.dialect)) is None


def test_a_small_network_is_compiled() -> None:
    pf = plan()
    assert restated(of(pf, "x", state="cancelled"), pf, compile_portfolio(pf, IPMO)) is None
