"""Why work has no dates, in the words that people read, with the item that is the reason and the links that lack something."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.model import Benefit, Gate, Link, Outcome, Portfolio, Project, Task
from ipmo.network import holds


@pytest.fixture(autouse=True)
def found_when_asked_for(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "arrays":
        monkeypatch.setattr(holds, "SMALL", 0)


def work(name: str, *after: str, **more: Any) -> Task:
    return Task(id=name, duration="10 d", after=after, **more)


def told(
    projects: list[Project], links: list[dict[str, Any]] | None = None, **more: Any
) -> tuple[dict[str, tuple[str, str]], list[tuple[int, str, str, str]]]:
    """Reason and item of everything without dates, and the links across projects that lack what they wait for."""
    pf = Portfolio(
        id="pf", start="2026-01-05", status_date="2026-02-02", calendar="continuous", projects=projects,
        links=[Link(source=one.pop("from"), target=one.pop("to"), **one) for one in links or []], **more,
    )  # fmt: skip
    net = ipmo.schedule(pf).network
    return {net.ids[v]: (hold.reason, hold.item) for v, hold in net.holds.items()}, [
        (u.number, u.source, u.target, u.why.reason) for u in net.unmet
    ]


def decided(outcome: str, day: str = "2026-01-20", **more: Any) -> dict[str, Any]:
    return {"outcome": outcome, "date": day, **more}


def test_of_a_project_that_is_over_rests_or_is_closed() -> None:
    gone, paused = "project 'gone' is cancelled", "project 'rests' is paused"
    shut = "project 'shut' is closed; it has its actual dates only"
    held, unmet = told(
        [
            Project(id="gone", state="cancelled", tasks=[work("a"), work("b", "a")]),
            Project(id="rests", state="paused", tasks=[work("a"), work("b", "a")]),
            Project(id="shut", state="closed", tasks=[work("a")]),
            Project(id="bar", state="paused", start="2026-01-05", finish="2026-03-01"),
            Project(id="none", state="cancelled", start="2026-01-05", finish="2026-03-01"),
            Project(id="p", tasks=[work("x"), work("y", "x"), work("z", "y"), work("q"), work("r"), work("s"), work("t"), work("free")]),
        ],
        [
            {"from": "gone/b", "to": "p/x", "id": "L"}, {"from": "gone/a", "to": "p/q"}, {"from": "rests/b", "to": "p/r"},
            {"from": "shut/a", "to": "p/s", "id": "S"}, {"from": "bar", "to": "p/t"}, {"from": "rests/a", "to": "p/free", "status": "delivered"},
        ],
    )  # fmt: skip
    link = f"link 'L' from 'gone/b' never comes: {gone}"
    assert held == {
        "gone/a": (gone, "gone"), "gone/b": (gone, "gone"), "rests/a": (paused, "rests"), "rests/b": (paused, "rests"),
        "shut/a": (shut, "shut"), "bar": ("project 'bar' is paused", "bar"), "none": ("project 'none' is cancelled", "none"),
        "p/x": (link, "gone"), "p/y": (f"follows 'p/x': {link}", "gone"), "p/z": (f"follows 'p/x': {link}", "gone"),
        "p/q": (f"the hand-over from 'gone/a' never comes: {gone}", "gone"), "p/r": (f"follows 'rests/b': {paused}", "rests"),
        "p/s": (f"follows 'shut/a': {shut}", "shut"), "p/t": ("link 'bar -> p/t' has no date: project 'bar' is paused", "bar"),
    }  # fmt: skip
    assert sorted(unmet) == [
        (0, "gone/b", "p/x", gone), (1, "gone/a", "p/q", gone), (2, "rests/b", "p/r", paused), (3, "shut/a", "p/s", shut),
        (4, "bar", "p/t", "project 'bar' is paused"),
    ]  # fmt: skip


def test_of_gates_that_hold_and_kill() -> None:
    overdue = [{"id": "c1", "due": "2026-01-25"}, {"id": "c2", "due": "2026-01-26"}, {"id": "later", "due": "2026-03-01"}]
    held, unmet = told(
        [
            Project(id="h", tasks=[work("a", "G"), work("b", "a")], gates=[Gate(id="G", decision=decided("hold"))]),
            Project(id="c", tasks=[work("a", "G")], gates=[Gate(id="G", decision=decided("conditional go", conditions=overdue))]),
            Project(
                id="k", tasks=[work("a"), work("b", "G")],
                gates=[Gate(id="G", decision=decided("kill")), Gate(id="H", after=["b"]), Gate(id="E", decision=decided("go", "2026-01-10"))],
            ),
            Project(id="p", tasks=[work("x"), work("y"), work("z"), work("free")]),
        ],
        [{"from": "h/b", "to": "p/x"}, {"from": "k/b", "to": "p/y", "id": "K"}, {"from": "c/G", "to": "p/z"}, {"from": "k/E", "to": "p/free"}],
    )  # fmt: skip
    hold, kill = "gate 'h/G' was put on hold on 2026-01-20", "stopped at gate 'k/G' on 2026-01-20"
    lapsed = "the conditional go of gate 'c/G' has lapsed: condition c1 was due 2026-01-25, c2 was due 2026-01-26"
    assert held == {
        "h/G": (hold, "h/G"), "h/a": (f"follows 'h/G': {hold}", "h/G"), "h/b": (f"follows 'h/G': {hold}", "h/G"),
        "c/G": (lapsed, "c/G"), "c/a": (f"follows 'c/G': {lapsed}", "c/G"),
        "k/G": (kill, "k/G"), "k/a": (kill, "k/G"), "k/b": (kill, "k/G"), "k/H": (kill, "k/G"),
        "p/x": (f"follows 'h/G': {hold}", "h/G"), "p/y": (f"link 'K' from 'k/b' never comes: {kill}", "k/G"),
        "p/z": (f"follows 'c/G': {lapsed}", "c/G"),
    }  # fmt: skip
    assert sorted(unmet) == [(0, "h/b", "p/x", f"follows 'h/G': {hold}"), (1, "k/b", "p/y", kill), (2, "c/G", "p/z", lapsed)]


def test_of_what_effects_need_and_of_alternatives_that_are_gone() -> None:
    gone, paused = "project 'gone' is cancelled", "project 'rests' is paused"
    held, unmet = told(
        [
            Project(id="gone", state="cancelled", tasks=[work("a"), work("b")]),
            Project(id="rests", state="paused", tasks=[work("a")]),
            Project(id="p", tasks=[work("x")]),
        ],
        outcomes=[Outcome(id="out", enabled_by="gone/a")],
        benefits=[
            Benefit(id="of", outcome="out"), Benefit(id="none", any_of=["gone/b", "gone/a"]), Benefit(id="some", any_of=["gone/a", "p/x"]),
            Benefit(id="waits", any_of=["gone/a", "rests/a"]), Benefit(id="all", enabled_by=["p/x", "gone/b"]),
        ],
    )  # fmt: skip
    needs = f"it needs 'gone/a', which never comes: {gone}"
    nothing = "nothing that enables 'none' is planned any more"
    assert {name: hold for name, hold in held.items() if "/" not in name} == {
        "out": (needs, "out"), "of": (f"follows 'out': {needs}", "out"), "none": (nothing, "none"), "none@any": (nothing, "none"),
        "all": (f"it needs 'gone/b', which never comes: {gone}", "all"), "waits": (f"follows 'rests/a': {paused}", "rests"),
        "waits@any": (f"follows 'rests/a': {paused}", "rests"),
    }  # fmt: skip
    assert sorted(unmet) == [(-1, "gone/a", "none", nothing), (-1, "gone/a", "out", gone), (-1, "gone/b", "all", gone)]


def test_of_what_is_required_and_of_whole_projects_that_are_linked() -> None:
    held, unmet = told(
        [
            Project(id="gone", state="cancelled", tasks=[work("a"), work("b")]),
            Project(id="dead", tasks=[work("a")], gates=[Gate(id="G", decision=decided("kill"))]),
            Project(id="one", requires=["gone"], tasks=[work("a")]),
            Project(id="two", requires=["one"], tasks=[work("a")]),
            Project(id="three", requires=["dead"], start="2026-01-05", finish="2026-03-01"),
            Project(id="whole", tasks=[work("a"), work("b")]),
            Project(id="part", tasks=[work("a"), work("b")]),
            Project(id="named", tasks=[work("a")]),
            Project(id="free", tasks=[work("a")]),
        ],
        [
            {"from": "gone", "to": "whole"}, {"from": "dead", "to": "part/b"}, {"from": "gone/a", "to": "named", "id": "N"},
            {"from": "gone", "to": "gone/b"}, {"from": "free", "to": "whole"}, {"from": "gone", "to": "two"},
        ],
    )  # fmt: skip
    one, two = "project 'one' requires 'gone', which is cancelled", "project 'two' requires 'one', which lacks what it requires"
    three = "project 'three' requires 'dead', which was stopped at a gate"
    gone, dead = "project 'gone' is cancelled", "project 'dead' was stopped at a gate"
    assert {name: hold for name, hold in held.items() if name.partition("/")[0] not in ("gone", "dead")} == {
        "one/a": (one, "gone"), "two/a": (two, "one"), "three": (three, "dead"),
        "whole/a": (f"link 'gone -> whole' never comes: {gone}", "gone"), "whole/b": (f"link 'gone -> whole' never comes: {gone}", "gone"),
        "part/b": (f"link 'dead -> part/b' never comes: {dead}", "dead"), "named/a": (f"link 'N' never comes: {gone}", "gone"),
    }  # fmt: skip
    assert sorted(unmet) == [
        (0, "gone", "whole", gone),
        (1, "dead", "part/b", dead),
        (2, "gone/a", "named", gone),
        (5, "gone", "two", gone),
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_reasons_the_nearest_is_told_then_the_first_by_id(order: int) -> None:
    """x waits for a gate one step away and a pause two steps away; of two pauses alike the first by id; whatever the order of the file."""
    projects = [
        Project(id="far", state="paused", tasks=[work("a")]),
        Project(id="b", state="paused", tasks=[work("a")]),
        Project(id="c", state="paused", tasks=[work("a")]),
        Project(id="p", tasks=[work("v"), work("x", "v", "G"), work("y")], gates=[Gate(id="G", decision=decided("hold"))]),
    ]
    links = [{"from": "far/a", "to": "p/v"}, {"from": "c/a", "to": "p/y"}, {"from": "b/a", "to": "p/y"}]
    held, unmet = told(projects[::order], links[::order])
    assert held["p/x"] == ("follows 'p/G': gate 'p/G' was put on hold on 2026-01-20", "p/G")
    assert held["p/y"] == ("follows 'b/a': project 'b' is paused", "b")
    assert {(source, target) for _, source, target, _ in unmet} == {("far/a", "p/v"), ("b/a", "p/y"), ("c/a", "p/y")}
