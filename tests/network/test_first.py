"""What leaves the start of a project or a summary leaves whichever of its tasks is the first to start."""

import random
from collections.abc import Mapping
from functools import cache

import attrs
import numpy as np
import pytest

import ipmo
from ipmo.changes import Delay
from ipmo.model import After, Benefit, Link, Portfolio, Project, Task

Days = Mapping[str, int]


def day(number: int) -> np.datetime64:
    """A working day after the first, by number."""
    return np.busday_offset("2026-01-05", number)


class Plan:
    """A plan with summaries as they are written, and its starts found without the engine: in working days."""

    def __init__(self, rng: random.Random) -> None:
        self.length: dict[str, int] = {}
        self.floor: dict[str, int] = {}
        self.owner: dict[str, str] = {}
        self.waits: dict[str, list[tuple[str, int]]] = {}
        """Of each task what it waits for: a task's finish, or `P@start` or `P/s@start`, and a lag."""
        wholes: list[str] = []
        for p in range(rng.randint(2, 4)):
            for s in range(rng.randint(1, 2)):
                whole = f"P{p}/s{s}"
                for n in range(rng.randint(1, 3)):
                    name = f"P{p}/t{s}{n}"
                    self.length[name], self.owner[name] = rng.randint(1, 6), whole
                    self.floor[name] = rng.choice([0, 0, rng.randint(0, 15)])
                    self.waits[name] = []
                    for before in [name for name in self.length if name != f"P{p}/t{s}{n}"]:
                        if rng.random() < 0.25:
                            self.waits[name].append((before, rng.choice([0, 0, 2])))
                    for start in wholes:
                        if rng.random() < 0.4:
                            self.waits[name].append((f"{start}@start", rng.choice([0, 0, 3])))
                wholes.append(whole)
            wholes.append(f"P{p}")

    def inside(self, whole: str) -> list[str]:
        """The tasks of a project or a summary."""
        return [name for name, owner in self.owner.items() if whole in (owner, owner.split("/")[0])]

    def starts(self, floor: Days) -> Days:
        """The start of every task, each found from those before it."""

        @cache
        def start(name: str) -> int:
            found = floor[name]
            for before, lag in self.waits[name]:
                if before.endswith("@start"):
                    at = min(start(task) for task in self.inside(before.removesuffix("@start")))
                else:
                    at = start(before) + self.length[before]
                found = max(found, at + lag)
            return found

        return {name: start(name) for name in self.length}

    def end(self, floor: Days) -> int:
        """When the last task is done."""
        return max(at + self.length[name] for name, at in self.starts(floor).items())

    def portfolio(self) -> Portfolio:
        """The same as a portfolio."""
        projects, links = [], []
        for p in dict.fromkeys(name.split("/")[0] for name in self.length):
            tasks = [Task(id=s.split("/")[1]) for s in dict.fromkeys(o for o in self.owner.values() if o.startswith(f"{p}/"))]
            for name, length in self.length.items():
                if not name.startswith(f"{p}/"):
                    continue
                afters = []
                for before, lag in self.waits[name]:
                    start = before.endswith("@start")
                    if before.startswith(f"{p}/"):
                        source = before.removeprefix(f"{p}/").removesuffix("@start")
                        afters.append(After(source=source, type="SS" if start else "FS", lag=f"{lag} d"))
                    else:
                        links.append(Link(source=before, target=name, type="SS" if start else "FS", lag=f"{lag} d"))
                tasks.append(
                    Task(id=name.split("/")[1], parent=self.owner[name].split("/")[1], duration=f"{length} d", after=afters,
                         not_before=str(day(self.floor[name])))
                )  # fmt: skip
            projects.append(Project(id=p, tasks=tasks))
        return Portfolio(id="x", start="2026-01-05", projects=projects, links=links)


@pytest.mark.parametrize("seed", range(60))
def test_dates_and_floats_are_those_of_the_first_task(seed: int) -> None:
    plan = Plan(random.Random(seed))
    s = ipmo.schedule(plan.portfolio())
    starts, end = plan.starts(plan.floor), plan.end(plan.floor)
    assert {name: np.busday_count("2026-01-05", s[name].start.date()) for name in starts} == starts
    for name, at in starts.items():
        slip = 0
        while slip < 80 and plan.end({**plan.floor, name: at + slip + 1}) <= end:
            slip += 1
        if slip < 80:
            assert s[name].total_float == slip, (seed, name)
        else:
            assert s[name].total_float is None or s[name].total_float > 0


def plan(*tasks: Task, links: list[Link] | None = None, after: list[Task] | None = None) -> Portfolio:
    """A project `a` of two tasks in a summary, and one `b` whose `x` waits for that summary's start."""
    projects = [Project(id="a", tasks=[Task(id="s"), *tasks]), Project(id="b", tasks=after or [Task(id="x", duration="2 d")])]
    return Portfolio(id="p", start="2026-01-05", projects=projects, links=links or [Link(source="a/s", target="b/x", type="SS", id="l")])


ONE = Task(id="t1", parent="s", duration="5 d", not_before="2026-02-05")
OTHER = Task(id="t2", parent="s", duration="5 d", not_before="2026-02-12")


def test_a_successor_of_a_start_waits_for_the_first_task_only() -> None:
    s = ipmo.schedule(plan(ONE, OTHER))
    assert str(s["b/x"].start) == "2026-02-05 09:00:00"
    assert ipmo.schedule(plan(OTHER, ONE))["b/x"].start == s["b/x"].start


@pytest.mark.parametrize(("by", "moved"), [("2 d", "2026-02-09"), ("4 w", "2026-02-12")])
def test_when_the_first_is_late_another_one_is_the_first(by: str, moved: str) -> None:
    pf = plan(ONE, OTHER)
    assert str(ipmo.schedule(ipmo.what_if(pf, Delay("a/t1", by)).after)["b/x"].start.date()) == moved


def test_without_one_of_them_the_other_still_gives_the_start() -> None:
    pf = plan(ONE, OTHER).evolve(benefits=[Benefit(id="gain", enabled_by=["b/x"])])
    assert {p.item for p in ipmo.single_points(pf)} == {"a/s", "b/x"}  # the whole summary is, none of its tasks


def test_a_task_that_waits_for_what_leaves_the_start_is_not_the_first() -> None:
    waits = Task(id="t0", parent="s", duration="1 d")
    s = ipmo.schedule(plan(ONE, waits, links=[Link(source="a/s", target="b/x", type="SS"), Link(source="b/x", target="a/t0")]))
    assert str(s["b/x"].start.date()) == "2026-02-05"
    assert str(s["a/t0"].start.date()) == "2026-02-09"
    assert not [f for f in ipmo.check(s.portfolio) if f.code == "ipmo/circular-start"]


def test_where_all_wait_for_what_leaves_their_start_that_is_said() -> None:
    links = [Link(source="a/s", target="b/x", type="SS"), Link(source="b/x", target="a/t1"), Link(source="b/x", target="a/t2")]
    pf = plan(ONE, OTHER, links=links)
    assert str(ipmo.schedule(pf)["b/x"].start.date()) == "2026-01-05"
    (finding,) = [f for f in ipmo.check(pf) if f.code == "ipmo/circular-start"]
    assert finding.item == "a/s"
    assert "waits for what leaves its start" in finding.message


def test_what_reaches_a_start_and_what_leaves_it_are_two_points() -> None:
    """`c` holds the whole back to 12 January, and its first task may be later still."""
    early = Project(id="c", tasks=[Task(id="e", duration="5 d")])
    links = [Link(source="c/e", target="a@start"), Link(source="a@start", target="b/x")]
    first = plan(Task(id="t1", parent="s", duration="5 d"), attrs.evolve(ONE, id="t3"), links=[links[1]])
    pf = first.evolve(projects=[*first.projects, early], links=links)
    s = ipmo.schedule(pf)
    assert (str(s["a/t1"].start.date()), str(s["b/x"].start.date())) == ("2026-01-12", "2026-01-12")
    later = ipmo.schedule(ipmo.what_if(pf, Delay("a/t1", "3 d")).after)
    assert str(later["b/x"].start.date()) == "2026-01-15"


def test_once_one_of_them_has_begun_the_start_is_that_date() -> None:
    pf = plan(attrs.evolve(ONE, not_before=None, actual_start="2026-01-07"), OTHER).evolve(status_date="2026-01-08")
    assert str(ipmo.schedule(pf)["b/x"].start.date()) >= "2026-01-08"


def givers(pf: Portfolio, start: str) -> set[str]:
    """What a start waits for: the tasks of which the first starts it."""
    net = ipmo.schedule(pf).network
    named = {net.shown(v): v for v in range(net.n)} | {name: v for v, name in enumerate(net.ids)}
    found = {net.ids[u] for u, v in zip(net.src, net.dst, strict=True) if v == named[start]}
    assert (named[start] in net.anyone) == (len(found) > 1)
    return found


@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
@pytest.mark.parametrize("lag", ["-1 d", None, "1 d"])
@pytest.mark.parametrize("tie", [None, {"start_no_later": "2026-02-20"}])
def test_a_task_that_can_not_start_before_another_one_is_not_the_first(kind: str, lag: str | None, tie: dict[str, str] | None) -> None:
    """By FS and SS without a lead, unless a constraint may pull it before the other: FF, SF and leads let it start first."""
    later = attrs.evolve(OTHER, after=[After(source="t1", type=kind, lag=lag)], constraints=tie)
    first = givers(plan(ONE, later), "a/s@start")
    assert first == ({"a/t1"} if kind in ("FS", "SS") and lag != "-1 d" and tie is None else {"a/t1", "a/t2"})


def test_a_level_of_effort_and_work_outside_take_nobody_the_first_place() -> None:
    """What waits for a level of effort waits for nothing; what waits for work outside the summary may be the first in it."""
    office = Task(id="office", parent="s", hammock=True, after=[After(source="t1", type="SS")])
    behind = Task(id="t3", parent="s", duration="1 d", after=["office"])
    assert givers(plan(ONE, office, behind), "a/s@start") == {"a/t1", "a/t3"}
    outside = Task(id="t3", parent="s", duration="1 d", after=["free"])
    assert givers(plan(ONE, Task(id="free", duration="2 d"), outside), "a/s@start") == {"a/t1", "a/t3"}
