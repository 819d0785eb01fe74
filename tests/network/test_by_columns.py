"""A network of plain columns is the one that the nouns of the same portfolio compile to, column by column."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

import ipmo
from ipmo.files import by_columns as reading
from ipmo.files.portfolios import read_plain
from ipmo.model import After, Benefit, Calendar, Link, Portfolio, Project, Task
from ipmo.model.columns import columns_of
from ipmo.model.dialects import DIALECTS
from ipmo.model.later import unread
from ipmo.network.by_columns import network_by_columns
from ipmo.network.columns import Same
from ipmo.network.network import Network
from ipmo.network.states import Mode

from .conftest import as_large

LATE = Calendar(id="late", hours="14:00-22:00")
AROUND = Calendar(id="around", week="mon-sun", hours="00:00-24:00")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small plans go by columns too."""
    monkeypatch.setattr(reading, "LEAST", 1)


def plan(seed: int, calendars: tuple[str | None, ...]) -> Portfolio:
    """Projects on calendars of their own, with all kinds of lengths and lags, and links between them, some delivered."""
    r = random.Random(seed)
    lengths = ("3 d", "5 h", "1 w", "2 ed", "7 eh", "0 d", "0 eh", None)
    lags = (None, "0 d", "2 d", "-3 h", "30 h", "5 eh", "-6 eh", "0 eh", "2 months", "-1 month")
    kinds = ("FS", "SS", "FF", "SF")
    projects = []
    for p in range(r.randint(2, 4)):
        tasks = []
        for i in range(r.randint(1, 5)):
            after = [After(source=f"t{a}", type=r.choice(kinds), lag=r.choice(lags)) for a in r.sample(range(i), min(i, r.randint(0, 2)))]
            milestone = r.random() < 0.2
            tasks.append(Task(id=f"t{i}", milestone=milestone, duration=None if milestone else r.choice(lengths), after=after))
        start, finish = r.choice((None, "2026-02-02", "2026-01-03")), r.choice((None, "2026-06-01"))
        state = r.choice(("active", "proposed", "approved"))
        projects.append(Project(id=f"P{p}", tasks=tasks, calendar=r.choice(calendars), start=start, finish=finish, state=state))
    ids = [[f"{project.id}/{task.id}" for task in project.tasks] for project in projects]
    links = []
    for _ in range(r.randint(0, 7)):
        one, other = sorted(r.sample(range(len(ids)), 2))
        status = r.choice((None, "agreed", "delivered"))
        links.append(Link(source=r.choice(ids[one]), target=r.choice(ids[other]), type=r.choice(kinds), lag=r.choice(lags), status=status))
    links = list({(link.source, link.target, link.type): link for link in links}.values())
    status_date = r.choice((None, "2026-01-21", "2025-12-01"))
    tasks_of_all = list(itertools.chain(*ids))
    benefits = [
        Benefit(
            id=f"b{b}", enabled_by=r.sample(tasks_of_all, min(r.randint(0, 2), len(tasks_of_all))), need_by=r.choice((None, "2026-05-01"))
        )
        for b in range(r.choice((0, 0, 2)))
    ]
    held: dict[str, Any] = {"calendars": [LATE, AROUND], "projects": projects, "links": links, "benefits": benefits}
    return Portfolio(id="x", start="2026-01-05", status_date=status_date, calendar=r.choice((None, "late")), **held)


def columns(net: Network) -> Iterator[tuple[str, Any]]:
    """All that a network holds as plain values; what is empty is so in one way."""
    for field in attrs.fields(Network):
        value = getattr(net, field.name)
        if field.name == "clocks":
            value = value.packed
        elif field.name == "needed":
            value = [
                plainly(value.src), plainly(value.dst), plainly(value.typ), dict(value.numbers), set(value.driveless), dict(value.begun),
            ]  # fmt: skip
        yield field.name, plainly(value) or None


def plainly(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    return list(value) if isinstance(value, Same | tuple | range) else value


def by_columns(pf: Portfolio) -> Network | None:
    """The network of the same portfolio read by columns; None where that has to be made of nouns."""
    found = read_plain(ipmo.to_dict(pf))
    assert columns_of(found) is not None
    return network_by_columns(found, found.dialect)


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize("part", range(5))
def test_columns_compile_to_the_network_of_their_nouns(part: int, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "arrays":
        as_large(monkeypatch)
    for seed in range(10 * part, 10 * part + 10):
        pf = plan(seed, ((None, "continuous", "late", "around"), ("late",), ("around", "continuous"))[seed % 3])
        net = by_columns(pf)
        assert net is not None
        nouns = ipmo.schedule(pf).network
        assert dict(columns(net)) == dict(columns(nouns)), seed
        assert isinstance(net.dur, list) == (way == "lists")
        assert (net.plain_mark, net.additive, net.exact, repr(net)) == (nouns.plain_mark, nouns.additive, nouns.exact, repr(nouns))
        assert [net.named[name] for name in nouns.ids] == list(range(net.n))
        assert net.work.tolist() == nouns.work.tolist()
        assert net.states.tolist() == nouns.states.tolist()
        assert net.all_live == nouns.all_live


@pytest.mark.parametrize(
    "more",
    [
        {"start": None},
        {"dialect": "p6"},
        {"outcomes": [{"id": "o"}]},
        {"benefits": [{"id": "b", "any_of": ["P/a"]}]},
        {"benefits": [{"id": "b", "enabled_by": ["P"]}]},
        {"benefits": [{"id": "b", "enabled_by": ["P/a@start"]}]},
        {"benefits": [{"id": "b", "enabled_by": [{"from": "P/a", "lag": "1 d"}]}]},
    ],
)
def test_what_columns_do_not_say_is_compiled_of_nouns(more: dict[str, Any]) -> None:
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", start="2026-01-06", tasks=[Task(id="a", duration="1 d")])])
    assert by_columns(pf) is not None
    assert by_columns(pf.evolve("x", **more)) is None


@pytest.mark.parametrize(
    "more",
    [
        {"gates": [{"id": "g"}]},
        {"actual_start": "2026-01-06"},
        {"actual_finish": "2026-01-06"},
        {"status_date": "2026-01-06"},
        {"state": "paused"},
        {"state": "cancelled"},
        {"tasks": []},
    ],
)
def test_a_project_of_which_more_is_stated_is_compiled_of_nouns(more: dict[str, Any]) -> None:
    projects = [
        Project(id="P", tasks=[Task(id="a", duration="1 d")]),
        Project(id="Q", start="2026-01-06", tasks=[Task(id="a", duration="1 d")]),
    ]
    pf = Portfolio(id="x", start="2026-01-05", projects=projects)
    assert by_columns(pf) is not None
    assert by_columns(pf.evolve("Q", **more)) is None


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize("first", [{"milestone": True}, {"duration": None}, {"duration": "0 d"}])
def test_a_calendar_on_which_nothing_lasts_leaves_the_lengths_on_others(
    first: dict[str, Any], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "arrays":
        as_large(monkeypatch)
    projects = [
        Project(id="P", calendar="late", tasks=[Task(id="a", **first)]),
        Project(id="Q", tasks=[Task(id="a", duration="3 d"), Task(id="b", duration="1 ed")]),
    ]
    pf = Portfolio(id="x", start="2026-01-05", calendars=[LATE], projects=projects)
    net = by_columns(pf)
    assert net is not None
    assert list(net.dur) == [0, 3 * 480, 1440]
    assert dict(columns(net)) == dict(columns(ipmo.schedule(pf).network))


@pytest.mark.parametrize("way", ["lists", "arrays"])
def test_two_finishes_on_the_only_clock_are_one_number(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for the next shift where no break of another clock lies."""
    if way == "arrays":
        as_large(monkeypatch)
    tasks = [Task(id="a", duration="3 d"), Task(id="b", duration="1 d", after=[After(source="a", type="FF")])]
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)])
    for plan in (pf, pf.evolve("P", tasks=[*tasks, Task(id="c", duration="1 ed")])):
        net = by_columns(plan)
        assert net is not None
        assert [Mode(one) for one in net.mode] == [Mode.PLAIN if plan is pf else Mode.FINISHES]
        assert dict(columns(net)) == dict(columns(ipmo.schedule(plan).network))


def test_no_task_is_made_for_the_network_and_one_that_was_made_changes_nothing() -> None:
    pf = plan(1, (None, "late"))
    found = read_plain(ipmo.to_dict(pf))
    assert network_by_columns(found, found.dialect) is not None
    assert all(unread(project, "tasks") for project in found.projects)
    assert found.projects[0].tasks
    assert not unread(found.projects[0], "tasks")
    net = network_by_columns(found, found.dialect)
    assert net is not None
    assert dict(columns(net)) == dict(columns(ipmo.schedule(pf).network))


@pytest.mark.parametrize(("links", "limit", "arrays"), [(2, 3, True), (2, 4, False), (3, 3, True), (5, 5, True), (5, 6, False)])
def test_columns_are_arrays_from_so_many_tasks_or_links_on(links: int, limit: int, arrays: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("network", "by_columns"):
        monkeypatch.setattr(f"ipmo.network.{module}.SMALL", limit)
    ways = [("a", "FS"), ("b", "FS"), ("a", "FF"), ("a", "SS"), ("b", "SS")][:links]
    after = {name: [After(source=one, type=kind) for one, kind in ways if (one, kind) == ("a", "FS") or name == "c"] for name in "bc"}
    tasks = [
        Task(id="a", duration="3 d"),
        Task(id="b", duration="1 d", after=after["b"]),
        Task(id="c", duration="1 d", after=after["c"][1:]),
    ]
    net = by_columns(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)]))
    assert net is not None
    assert (net.n, net.m, net.large, isinstance(net.dur, list)) == (3, links, arrays, not arrays)


def test_another_convention_is_compiled_of_nouns() -> None:
    pf = Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=[Task(id="a", duration="1 d")])])
    found = read_plain(ipmo.to_dict(pf))
    assert network_by_columns(found, attrs.evolve(DIALECTS["ipmo"], clip=False)) is None
    assert network_by_columns(pf, pf.dialect) is None  # nouns were made already


def test_a_length_past_the_last_year_is_refused_with_its_task() -> None:
    tasks = [Task(id="a", duration="1 d"), Task(id="b", duration="9000000 w"), Task(id="c", duration="9000000 w")]
    found = read_plain(ipmo.to_dict(Portfolio(id="x", start="2026-01-05", projects=[Project(id="P", tasks=tasks)])))
    with pytest.raises(ipmo.IpmoError, match="'P/b' would end past the year 9999: its duration is 9000000 w"):
        network_by_columns(found, found.dialect)
    projects = [Project(id="O", calendar="late", tasks=[tasks[0], Task(id="z", duration="2 d")]), Project(id="P", tasks=tasks)]
    found = read_plain(ipmo.to_dict(Portfolio(id="x", start="2026-01-05", calendars=[LATE], projects=projects)))
    with pytest.raises(ipmo.IpmoError, match="'P/b' would end"):  # not under the first calendar that has any work
        network_by_columns(found, found.dialect)


def same(size: int) -> tuple[Same[str], list[str]]:
    return Same("task", size), ["task"] * size


@pytest.mark.parametrize("size", [0, 1, 5])
def test_one_value_for_all_reads_as_a_list_of_it(size: int) -> None:
    found, plain = same(size)
    assert (len(found), list(found), list(reversed(found))) == (size, plain, plain)
    for place in range(-size, size):
        assert found[place] == plain[place]
    for place in (size, -size - 1):
        with pytest.raises(IndexError):
            found[place]
    for some in (slice(None), slice(1, 4), slice(-2, None), slice(None, None, 2), slice(4, 1, -1), slice(3, 99)):
        assert list(found[some]) == plain[some]
    for bounds in ((), (1,), (0, 3), (2, 2), (4, 99), (-2,), (1, -1), (9,)):
        if "task" in plain[slice(*bounds) if len(bounds) == 2 else slice(*bounds, None)]:
            assert found.index("task", *bounds) == plain.index("task", *bounds)
        else:
            with pytest.raises(ValueError, match="'task' is not there"):
                found.index("task", *bounds)
    with pytest.raises(ValueError, match="'gate' is not there"):
        found.index("gate")
