"""How much of the benefits map is lost without something: against the rule of the map told over the nouns, and numbers worked by hand."""

from __future__ import annotations

import random
from math import fsum
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipmo.model import Benefit, Contribution, Gate, Objective, Outcome, Portfolio, Programme, Project, Task
from ipmo.network.losses import Losses, level_of, losses
from ipmo.network.needs import without

from .test_without import comes, coming, drawn


def shared(seed: int) -> Portfolio:
    """A small portfolio of every kind of need, in which contributions have shares that come to less than the whole."""
    pf = drawn(seed)
    r = random.Random(seed)
    due = [Contribution(source=c.source, target=c.target, share=r.choice([0.1, 0.2, 0.25])) for c in pf.contributions]
    return pf.evolve(contributions=due)


def levels(pf: Portfolio, gone: set[int]) -> dict[str, float]:
    """By the rule: all that is needed, the best of the alternatives, what is not due to anyone and what is due in the measure that it comes.

    What comes of the work is told by taking it away until nothing more fails.
    """
    web = without(pf).web
    there = {web.ids[node] for node in comes(web, gone)}
    stand_in = coming(pf)  # work that only waits stands in for nothing
    place = set(web.ids)
    effects = {e.id: e for e in (*pf.outcomes, *pf.benefits, *pf.objectives)}
    known: dict[str, float] = {}

    def work(name: str, ends: tuple[str, ...]) -> float:
        item = pf.resolve(name) or name
        item = item.partition("@")[0]
        node = next((item + end for end in ends if item + end in place), None)
        return 1.0 if node is None else float(node in there)

    def of(name: str, ends: tuple[str, ...]) -> float:
        return level(name) if name in effects else work(name, ends)

    def level(name: str) -> float:
        if name in known:
            return known[name]
        noun = effects[name]
        if name not in there and not isinstance(noun, Objective):
            known[name] = 0.0
            return 0.0
        done = ("@finish", "")
        needed = [of(e.source, done) for e in getattr(noun, "enabled_by", ())]
        ways = stand_in.get(name)
        either = [of(e.source, done) for e in getattr(noun, "any_of", ()) if ways is None or e.source in ways]
        outcome = getattr(noun, "outcome", None)
        named = {e.source for e in (*getattr(noun, "enabled_by", ()), *getattr(noun, "any_of", ()))}
        if outcome is not None and outcome not in named:  # named among its alternatives it is one of them
            needed.append(level(outcome))
        due = [(c.share or 0.0, of(c.source, ("@whole", ""))) for c in pf.contributions if c.target == name]
        part = 1 - fsum(share for share, _ in due) + fsum(share * degree for share, degree in due)
        known[name] = min([1.0, *needed, *([max(either)] if either else [])]) * part
        return known[name]

    return {name: level(name) for name in effects}


@pytest.mark.parametrize("part", range(4))
@pytest.mark.usefixtures("way")
def test_what_is_lost_is_the_level_of_the_map_with_and_without(part: int) -> None:
    seen = 0
    for seed in range(25 * part, 25 * part + 25):
        pf = shared(seed)
        found = losses(pf)
        web = found.engine.web
        base = levels(pf, set())
        assert found.base == pytest.approx(base), seed
        summaries = {f"{p.id}/{t.parent}" for p in pf.projects for t in p.tasks if t.parent}
        for item in [
            *(p.id for p in pf.projects),
            *(g.id for g in pf.programmes),
            *(f"{p.id}/{t.id}" for p in pf.projects for t in p.tasks),
        ]:
            if item in summaries or item not in web.place:
                continue
            fails = found.engine.fails([web.place[item]])
            after = levels(pf, {web.place[item]}) if fails else base
            lost = {name: base[name] - after[name] for name in base if after[name] != base[name]}
            assert found.without(item) == pytest.approx(lost), (seed, item)
            assert found.levels_without(fails) == pytest.approx(after), (seed, item)
            seen += bool(lost)
    assert seen > 20
    assert losses(pf).without("no such item") == {}


def plan(**more: Any) -> Portfolio:
    """Two projects in a programme and one outside; a benefit due to all in parts, and an objective due to the benefit."""
    projects: list[Any] = [
        Project(id="a", programme="G", tasks=[Task(id="x", duration="1 d")]),
        Project(id="b", programme="G", tasks=[Task(id="x", duration="1 d")]),
        Project(id="c", tasks=[Task(id="x", duration="1 d"), Task(id="y", duration="1 d")]),
    ]
    fields: dict[str, Any] = {
        "id": "pf", "start": "2026-01-05", "programmes": [Programme(id="G")], "projects": projects,
        "benefits": [Benefit(id="ben"), Benefit(id="side", enabled_by="c/y", any_of=["a/x", "b/x"])], "objectives": [Objective(id="O")],
        "contributions": [
            Contribution(source="a", target="ben", share=0.5), Contribution(source="c", target="ben", share=0.25),
            Contribution(source="G", target="ben", share=0.125), Contribution(source="ben", target="O", share=0.5),
            Contribution(source="side", target="O", share=0.25),
        ],
    }  # fmt: skip
    return Portfolio(**{**fields, **more})


def needed(found: Losses, item: str) -> set[str]:
    """The initiatives that something needs, by name."""
    mask = found.needs()[item]
    return {name for place, name in enumerate(found.initiatives) if mask >> place & 1}


def test_parts_of_a_benefit_by_hand() -> None:
    """Of `ben` an eighth is due to nobody; `O` gets half of it and a quarter of `side`, which needs c/y and one of a and b."""
    found = losses(plan())
    assert found.base == {"ben": 1.0, "side": 1.0, "O": 1.0}
    assert found.without("a") == {"ben": 0.5, "O": 0.25}
    assert found.without("a/x") == {"ben": 0.5, "O": 0.25}
    assert found.without("b") == {}  # the programme still has a, and a does for `side`
    assert found.without("G") == {"ben": 0.625, "side": 1.0, "O": 0.3125 + 0.25}
    assert found.without("c") == {"ben": 0.25, "side": 1.0, "O": 0.125 + 0.25}
    assert found.without("c/x") == {"ben": 0.25, "O": 0.125}
    assert found.instead("a", {"side", "ben", "O"}) == {"side": ("b",), "O": ("b",)}
    assert found.instead("a", {"side"}) == {"side": ("b",)}
    assert found.instead("c", {"side"}) == {}
    assert found.instead("nothing", {"side"}) == found.instead("a", set()) == {}
    assert found.serves() == {
        "a": {"ben", "side", "O"}, "b": {"ben", "side", "O"}, "c": {"ben", "side", "O"}, "G": {"ben", "side", "O"},
    }  # fmt: skip
    assert found.through() == {"a": {"O"}, "b": {"O"}, "c": {"O"}, "G": {"O"}}
    assert found.initiatives == ("a", "b", "c", "G")
    assert needed(found, "a") == {"a"}
    assert needed(found, "c/y") == {"c"}
    assert found.onward(["ben"]) == {"ben", "O"}
    assert found.onward(["a/x"]) == {"side", "O"}
    assert found.onward([]) == frozenset()


def test_what_is_gone_already_is_lost_from_the_start_and_only_the_rest_can_be() -> None:
    pf = plan().evolve("a", state="cancelled")
    found = losses(pf)
    assert found.base == {"ben": 0.5, "side": 1.0, "O": 1 - 0.25}
    assert found.without("a") == {}
    assert found.without("b") == {"ben": 0.125, "side": 1.0, "O": 0.0625 + 0.25}
    assert found.instead("b", {"side"}) == {}


def test_work_that_two_share_needs_both() -> None:
    """What waits for a requires b: without b there is nothing of a, and `needs` names the project, not what lies inside it."""
    pf = plan().evolve("a", requires=["b"])
    found = losses(pf)
    assert found.without("b") == {"ben": 0.625, "side": 1.0, "O": 0.3125 + 0.25}
    assert needed(found, "a") == {"a", "b"}
    assert needed(found, "a/x") == {"a", "b"}
    assert needed(found, "b/x") == {"b"}
    assert needed(found, "G") == {"G"}


def test_an_outcome_comes_with_a_benefit_that_names_it_where_nothing_else_brings_it_about() -> None:
    pf = plan(
        outcomes=[Outcome(id="own"), Outcome(id="made", enabled_by="b/x")],
        benefits=[Benefit(id="ben", enabled_by="a/x", outcome="own"), Benefit(id="side", enabled_by="c/y", outcome="made")],
        contributions=[Contribution(source="own", target="O", share=1.0)],
    )
    found = losses(pf)
    assert found.onward(["a/x"]) == {"ben", "own", "O"}
    assert found.onward(["c/y"]) == {"side"}
    assert {name: set(found.serves()[name]) for name in "abc"} == {"a": {"ben", "own", "O"}, "b": {"made", "side"}, "c": {"side"}}


def test_a_level_is_the_least_of_all_that_is_needed_times_what_comes_of_the_shares() -> None:
    class Way:
        def __init__(self, need: str, level: float, share: float | None = None) -> None:
            self.need, self.level, self.share = need, level, share

    def level(*ways: Way) -> float:
        return level_of(ways, lambda way: way.level)  # type: ignore[arg-type, attr-defined, return-value]

    assert level() == 1.0
    assert level(Way("all", 0.5), Way("all", 0.75)) == 0.5
    assert level(Way("any", 0.25), Way("any", 0.5)) == 0.5
    assert level(Way("all", 0.75), Way("any", 0.25), Way("any", 0.0)) == 0.25
    assert level(Way("share", 0.5, 0.5)) == 0.75
    assert level(Way("share", 0.0, 0.5), Way("share", 0.0, 0.5)) == 0.0
    assert level(Way("all", 0.5), Way("share", 0.0, 0.25)) == 0.375
    assert level(Way("share", 0.0)) == 1.0


@settings(max_examples=25)
@given(st.integers(100, 10_000))
def test_what_an_item_leads_to_is_all_that_arrows_lead_to(seed: int) -> None:
    """By hand, over the arrows of the map and of the web: what is done or of which one is enough counts like anything else."""
    pf = shared(seed)
    found, web = losses(pf), without(pf).web
    effects = {e.id for e in (*pf.outcomes, *pf.benefits, *pf.objectives)}
    out: dict[str, set[str]] = {}
    for u, v in zip(web.src, web.dst, strict=True):
        out.setdefault(web.ids[u], set()).add(web.ids[v])
    for e in (*pf.outcomes, *pf.benefits):
        for way in (*e.enabled_by, *e.any_of):
            out.setdefault(pf.resolve(way.source) or "", set()).add(e.id)
        if getattr(e, "outcome", None):
            out.setdefault(e.outcome, set()).add(e.id)  # type: ignore[union-attr]
            others = [*(w for o in pf.outcomes if o.id == e.outcome for w in (*o.enabled_by, *o.any_of))]  # type: ignore[union-attr]
            if not others and not any(c.target == e.outcome for c in pf.contributions):  # type: ignore[union-attr]
                out.setdefault(e.id, set()).add(e.outcome)  # type: ignore[union-attr]
    for c in pf.contributions:
        for source in (c.source, f"{c.source}@whole"):
            out.setdefault(source, set()).add(c.target)
    for name, served in found.serves().items():
        seen, waiting = {name}, [name]
        while waiting:
            for target in out.get(waiting.pop(), ()):
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        assert served == seen & effects, (seed, name)


def test_a_gate_stands_for_what_it_decides() -> None:
    pf = plan(
        projects=[Project(id="a", tasks=[Task(id="x", duration="1 d")], gates=[Gate(id="g", after="x")]), Project(id="b"), Project(id="c")],
        programmes=[],
        contributions=[Contribution(source="ben", target="O", share=1.0)],
        benefits=[Benefit(id="ben", enabled_by="a/g")],
    )
    found = losses(pf)
    assert found.without("a/g") == found.without("a/x") == found.without("a") == {"ben": 1.0, "O": 1.0}
    assert found.without("b") == found.without("c") == {}


@pytest.mark.parametrize("part", range(3))
@pytest.mark.usefixtures("way")
def test_what_stands_in_for_an_item_is_what_is_left_of_the_ways_that_it_takes(part: int) -> None:
    """Of heads of which one way goes with the item and another one stays: the projects of what stays, for each effect behind that head."""
    seen = 0
    for seed in range(25 * part, 25 * part + 25):
        pf = shared(seed)
        found = losses(pf)
        web, order = found.engine.web, set(found.map.order)
        onward = nx.DiGraph()
        onward.add_nodes_from(range(len(web.ids)))
        onward.add_edges_from((int(u), int(v)) for u, v in zip(web.src, web.dst, strict=True))
        ways: dict[int, list[int]] = {}
        every: dict[int, set[int]] = {}
        for link, (u, v) in enumerate(zip(web.src, web.dst, strict=True)):
            if v in web.either:
                every.setdefault(int(v), set()).add(int(u))  # what only waits would be a way, were it not held
                if link not in web.barred:
                    ways.setdefault(int(v), []).append(int(u))
        base = comes(web, set())
        for item in [*(p.id for p in pf.projects), *(f"{p.id}/{t.id}" for p in pf.projects for t in p.tasks)]:
            if item not in web.place:
                continue
            node = web.place[item]
            there = comes(web, {node})
            lost = (base - there) | ({node} & base - set(web.facts))
            wanted: dict[str, set[str]] = {}
            for head, sources in ways.items():
                left = [u for u in sources if u in there]
                if head in there and left and every[head] & lost:
                    names = {pf.project_of(web.ids[u].partition("@")[0]) or web.ids[u].partition("@")[0] for u in left}
                    for node_ in nx.descendants(onward, head) | {head}:
                        if web.ids[node_] in order:
                            wanted.setdefault(web.ids[node_], set()).update(names)
            got = found.instead(item, order)
            assert {effect: set(names) for effect, names in got.items()} == wanted, (seed, item)
            assert all(len(names) == len(set(names)) for names in got.values())
            some = set(sorted(order)[::2])
            assert found.instead(item, some) == {effect: names for effect, names in got.items() if effect in some}
            seen += len(wanted)
    assert seen > 20
