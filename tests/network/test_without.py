"""What fails without an item: against evaluating the network anew for each item, made-up, random and condensed."""

from __future__ import annotations

import random
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.model import After, Benefit, Contribution, Gate, Link, Objective, Outcome, Portfolio, Programme, Project, Task
from ipmo.model.hierarchy import hierarchy
from ipmo.network import early
from ipmo.network import without as engine
from ipmo.network.needs import without
from ipmo.network.states import State
from ipmo.network.without import Web, Without
from ipmo.testing.strategies import portfolios
from ipmo.units import minutes

from .conftest import as_large


def comes(web: Web, removed: set[int]) -> set[int]:
    """What comes without some nodes: all of it, taken away until nothing more fails."""
    n = len(web.ids)
    there = set(range(n)) - ((removed | set(web.gone)) - set(web.facts))
    changed = True
    while changed:
        changed = False
        for v in sorted(there):
            if v in web.facts:
                continue
            sources = [u for u, w in zip(web.src, web.dst, strict=True) if w == v]
            if v in web.either:
                fails = bool(sources) and not any(u in there for u in sources)
            else:
                fails = any(u not in there for u in sources)
            if fails:
                there.discard(v)
                changed = True
    return there


def made_up(seed: int) -> Web:
    """A web of up to 14 nodes, one in two with loops, some done, some gone, some for which one of several is enough."""
    r = random.Random(seed)
    n = r.randint(1, 14)
    loops = r.random() < 0.5
    links = set()
    for _ in range(r.randint(0, 3 * n)):
        u, v = r.randrange(n), r.randrange(n)
        if u != v and (loops or u < v):
            links.add((u, v))
    some = [{v for v in range(n) if r.random() < share} for share in (0.3, 0.1, 0.1)]
    src, dst = ([link[i] for link in sorted(links)] for i in (0, 1))
    return Web([f"n{v}" for v in range(n)], src, dst, either=some[0], facts=some[1], gone=some[2] - some[1])


@pytest.mark.parametrize("way", ["lists", "compiled", "arrays"])
def test_each_knock_out_is_what_evaluating_the_network_without_the_item_says(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "arrays":
        as_large(monkeypatch)
    monkeypatch.setattr(engine, "LARGE", 10**9 if way == "lists" else 0)
    for seed in range(500 if way != "arrays" else 150):
        web = made_up(seed)
        n = len(web.ids)
        base = comes(web, set())
        found = Without(web)
        assert found.dead == frozenset(range(n)) - base, seed
        targets = [v for v in range(n) if random.Random(seed).random() < 0.8]
        knocked = found.leave_one_out(targets)
        values = [float(2**place) for place in range(len(targets))]
        sums = knocked.sums(values)
        for v in range(n):
            lost = base - comes(web, {v})
            assert found.fails([v]) == lost, (seed, v)
            places = [place for place, target in enumerate(targets) if target in lost]
            assert knocked.of(v) == places, (seed, v)
            assert sums[v] == sum(values[place] for place in places)
        for place, target in enumerate(targets):
            assert knocked.points(place) == [v for v in range(n) if target in base - comes(web, {v})]
        groups = [random.Random(seed + v).randrange(3) for v in targets]
        some = found.leave_one_out_of(targets, groups)
        for v in range(n):
            lost = base - comes(web, {v})
            assert some.of(v) == sorted({group for target, group in zip(targets, groups, strict=True) if target in lost})
        pair = random.Random(seed).sample(range(n), min(2, n))
        assert found.fails(pair) == base - comes(web, set(pair))


@pytest.mark.parametrize("way", ["compiled", "arrays"])
def test_more_targets_than_a_word_has_bits(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way == "arrays":
        as_large(monkeypatch)
    n = 200
    web = Web([str(v) for v in range(n)], list(range(n - 1)), list(range(1, n)), either={70})
    for limit in (0, 10**9):
        engine.LARGE, kept = limit, engine.LARGE
        try:
            knocked = Without(web).leave_one_out(range(n))
        finally:
            engine.LARGE = kept
        assert all(knocked.of(v) == list(range(v, n)) for v in range(n))
        assert list(knocked.sums([1.0] * n)) == [float(n - v) for v in range(n)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(pf=portfolios(tied=True))
def test_single_points_status_and_what_is_worth_going_on_are_the_same_on_columns(pf: Portfolio) -> None:
    def answers() -> tuple[Any, ...]:
        ipmo.forget(pf)
        points = ipmo.single_points(pf, on_cycle="cut")
        try:
            worth: Any = [attrs.astuple(row) for row in ipmo.worth_going_on(pf)]
        except ipmo.IpmoError as error:
            worth = str(error)
        s = ipmo.schedule(pf, on_cycle="cut")
        ends = [s.ends(p.id) for p in pf.projects], [attrs.astuple(row) for row in ipmo.status(pf)]
        return points.ids, [attrs.astuple(row) for row in points], worth, ends

    expected = answers()
    with pytest.MonkeyPatch.context() as patch:
        as_large(patch)
        patch.setattr(early, "SEVERAL", 0)
        assert answers() == expected


def summaries_of(pf: Any) -> set[str]:
    """The tasks that others lie under."""
    return {f"{p.id}/{t.parent}" for p in pf.projects for t in p.tasks if t.parent}


Ways = dict[str, list[str]]


def coming(pf: Any) -> Ways:
    """Of what needs one of several: those that come as things stand, where some do; what waits (paused, behind a hold) is no way then."""
    plan = ipmo.schedule(pf, on_cycle="cut").network
    held = {plan.ids[node] for node, hold in plan.holds.items() if plan.state[node] == State.UNDATED and hold.item}
    held |= {
        p.id for p in pf.projects if p.state == "paused" and not (p.tasks and all(t.finished for t in p.tasks))
    }  # who requires it waits
    found: Ways = {}
    there(pf, held, into=found)
    return {name: ways for name, ways in found.items() if ways}


def there(pf: Any, removed: set[str], only: Ways | None = None, into: Ways | None = None) -> set[str]:
    """What comes of a portfolio without some items, read off the nouns: what is needed is asked for until nothing more fails.

    Args:
        pf: the portfolio.
        removed: the items that are taken away.
        only: of what needs one of several, the ways that count; all where it says nothing.
        into: filled with the ways that come.
    """
    stopped = {p.id for p in pf.projects if p.state == "cancelled" or any(g.decision and g.decision.outcome == "kill" for g in p.gates)}
    parents = {f"{p.id}/{t.id}": f"{p.id}/{t.parent}" for p in pf.projects for t in p.tasks if t.parent}
    summaries = summaries_of(pf)
    items: dict[str, Any] = {f"{p.id}/{n.id}": n for p in pf.projects for n in (*p.tasks, *p.gates)}
    done = set()
    holds = ipmo.schedule(pf, on_cycle="cut").network  # a go behind a gate that holds or was killed does not count: see test_holds
    held = {holds.ids[node] for node in holds.holds if holds.kinds[node] == "gate"}
    for name, noun in items.items():
        decided = getattr(noun, "decision", None)
        kills = [minutes(g.decision.date) for g in pf[name.split("/")[0]].gates if g.decision and g.decision.outcome == "kill"]
        over = any(decided is not None and minutes(decided.date) >= kill for kill in kills)
        if getattr(noun, "actual_finish", None) or (
            decided and decided.outcome in ("go", "conditional go") and not over and name not in held
        ):
            done.add(name)
    for p in pf.projects:
        mine = [name for name in items if name.startswith(f"{p.id}/") and name not in summaries_of(pf)]
        over = p.actual_finish or (p.state == "closed" and p.finish and not mine)
        wholes = {t.parent for t in p.tasks}
        passed = all(g.decision is not None and g.decision.outcome in ("go", "conditional go") for g in p.gates)
        brought = passed and bool(p.tasks) and all(t.finished for t in p.tasks if t.id not in wholes)  # stopped or not since
        if brought or (p.id not in stopped and (over or (mine and all(name in done for name in mine)))):
            done.add(p.id)
    begun = {name for name, noun in items.items() if getattr(noun, "actual_start", None)}
    work = [name for name in items if name not in summaries]
    idle = {name for name, noun in items.items() if getattr(noun, "hammock", False)}
    effects = [*pf.outcomes, *pf.benefits, *pf.objectives]
    alive = {*work, *(p.id for p in pf.projects), *(g.id for g in pf.programmes), *(e.id for e in effects)}
    alive -= {name for name in removed | stopped if name not in done}

    def inside(name: str) -> list[str]:
        if name in {p.id for p in pf.projects}:
            return [w for w in work if w.startswith(f"{name}/")] or [name]
        return [w for w in work if name in above(w)] if name in summaries else [name]

    def above(name: str) -> list[str]:
        out = []
        while name in parents:
            name = parents[name]
            out.append(name)
        return out

    def given(name: str, kind: str, work: bool = True) -> bool:
        if (name in idle and work) or (kind[0] == "S" and any(w in begun | done for w in inside(name))):
            return True
        if inside(name) == [name] and name not in summaries:
            return name in alive or name in done
        return in_full(name) if kind[0] == "F" else starts(name)

    def starts(name: str) -> bool:
        """A whole starts when it is there and what its start waits for is."""
        first = [w for w in inside(name) if w not in idle]  # what leaves it leaves the first of them, whichever that is
        if first:
            return any(w in alive or w in done for w in first)
        into = [k for k in pf.links if k.type[1] == "S" and pf.resolve(k.target) in (name, *above(name))]
        exists = name not in removed and not any(a in removed for a in above(name)) and name.split("/")[0] in alive
        return exists and all(given(pf.resolve(k.source) or "", k.type) for k in into)

    def in_full(name: str) -> bool:
        if all(w in done for w in inside(name)):
            return True
        into = [k for k in pf.links if k.type[1] == "F" and pf.resolve(k.target) == name and name in summaries]
        there = name not in removed if name in summaries else name in alive
        there = there and all(given(pf.resolve(k.source) or "", k.type) for k in into)
        return there and all(w in alive or w in done for w in inside(name) if w not in idle)

    def fails(name: str) -> bool:
        if name in work:
            project = name.split("/")[0]
            if project not in alive or any(a in removed for a in above(name)):
                return True
            if name in idle:
                return False
            sources = [(pf.resolve(a.source, project) or "", a.type) for a in items[name].after]
            sources += [(pf.resolve(k.source) or "", k.type) for k in pf.links if pf.resolve(k.target) == name]
            sources += [(pf.resolve(k.source) or "", k.type) for k in pf.links if pf.resolve(k.target) in above(name) and k.type[1] == "S"]
            return any(not given(s, kind) for s, kind in sources)
        noun = pf[name]
        if isinstance(noun, Project):
            return (noun.programme is not None and noun.programme not in alive) or any(r not in alive for r in noun.requires)
        if isinstance(noun, Programme):
            return noun.programme is not None and noun.programme not in alive
        needs = [pf.resolve(e.source) or "" for e in getattr(noun, "enabled_by", ())]
        ways = ways_to(noun)
        needs += [noun.outcome] if getattr(noun, "outcome", None) and noun.outcome not in ways else []
        count = ways if only is None else only.get(name, ways)
        if any(not given(s, "FS", False) for s in needs) or (ways and not any(given(s, "FS", False) for s in count)):
            return True
        due = [c.source for c in pf.contributions if c.target == name]
        return not needs and not ways and bool(due) and not any(due_comes(s) for s in due)

    def ways_to(noun: Any) -> list[str]:
        return [pf.resolve(e.source) or "" for e in getattr(noun, "any_of", ())]

    def due_comes(name: str) -> bool:
        if isinstance(pf[name], Programme):
            mine = [p.id for p in hierarchy(pf).projects(pf[name])]
            return name in alive and (not mine or any(p in alive for p in mine))
        return given(name, "FS", False) and (name in alive or name in done)

    changed = True
    while changed:
        gone = {name for name in alive if name not in done and fails(name)}
        alive -= gone
        changed = bool(gone)
    if into is not None:
        into |= {e.id: [s for s in ways_to(e) if given(s, "FS", False)] for e in effects}
    return alive


def drawn(seed: int) -> Portfolio:
    """A small portfolio of every kind of need: links of all types, summaries, gates, states, programmes, alternatives, shares."""
    r = random.Random(seed)
    state = ["active"] * 5 + ["proposed", "paused", "cancelled"]
    programmes = [Programme(id="G"), Programme(id="H", programme=r.choice([None, "G"]))][: r.randint(0, 2)]
    projects: list[Any] = []
    links, items = list[Link](), list[str]()
    for name in "ABCD"[: r.randint(1, 4)]:
        tasks: list[Any] = []
        gates = []
        under = r.random() < 0.3
        for n in range(r.randint(0, 4)):
            sources = [t.id for t in tasks if r.random() < 0.4]
            after = [After(source=s, type=r.choice(["FS", "FS", "SS", "FF", "SF"])) for s in sources]
            begun = r.random() < 0.2
            tasks.append(
                Task(
                    id=f"t{n}", duration="2 d", after=after, hammock=n > 1 and r.random() < 0.2, parent="s" if under and n < 2 else None,
                    actual_start="2026-01-05" if begun else None, actual_finish="2026-01-06" if begun and r.random() < 0.6 else None,
                )
            )  # fmt: skip
        if under and tasks:
            tasks.append(Task(id="s"))
        if tasks and r.random() < 0.4:
            outcome = r.choice([None, "go", "hold", "kill"])
            gates.append(Gate(id="g", after="t0", decision=None if outcome is None else {"outcome": outcome, "date": "2026-01-07"}))
        requires = [p.id for p in projects if r.random() < 0.2]
        programme = r.choice([None, *(p.id for p in programmes)])
        projects.append(Project(id=name, state=r.choice(state), programme=programme, requires=requires, tasks=tasks, gates=gates))
        inner = [f"{name}/{noun.id}" for noun in (*tasks, *gates)]
        for target in inner:
            if items and r.random() < 0.4:
                links.append(Link(source=r.choice(items), target=target, type=r.choice(["FS", "FS", "SS", "FF", "SF"])))
        items += inner
    sources = [*items, *(p.id for p in projects)]
    outcomes: list[Any] = []
    benefits: list[Any] = []
    contributions = []
    for n in range(r.randint(0, 5)):
        needed, some = ([s for s in sources if r.random() < 1.5 / len(sources)] for _ in range(2))
        if r.random() < 0.4:
            outcomes.append(Outcome(id=f"e{n}", enabled_by=needed, any_of=some))
        else:
            outcome = r.choice([None, *(o.id for o in outcomes)])
            benefits.append(Benefit(id=f"e{n}", enabled_by=needed, any_of=some, outcome=outcome))
        givers = [*(p.id for p in projects), *(p.id for p in programmes), *(e.id for e in (*outcomes, *benefits) if e.id != f"e{n}")]
        contributions += [Contribution(source=s, target=f"e{n}") for s in givers if r.random() < 0.15]
        sources.append(f"e{n}")
    contributions += [Contribution(source=e.id, target="O") for e in (*outcomes, *benefits) if r.random() < 0.5]
    return Portfolio(
        id="pf", start="2026-01-05", programmes=programmes, projects=projects, links=links, outcomes=outcomes, benefits=benefits,
        contributions=contributions, objectives=[Objective(id="O")],
    )  # fmt: skip


def agrees(pf: Portfolio) -> None:
    """Each item taken away: the engine says what brute force over the nouns says."""
    found = without(pf)
    web = found.web
    only = coming(pf)
    base = there(pf, set(), only)
    summaries = summaries_of(pf)
    helpers = ("~rest", "~delay")  # what the network puts beside finished and delayed work is no item
    names = [name for name in web.place if "@" not in name and name not in summaries and not name.endswith(helpers)]
    assert {name for name in names if web.place[name] not in found.dead} - {pf.id} == base
    targets = [n for n in names if n in base]
    knocked = found.leave_one_out([web.place[n] for n in targets])
    for item in sorted(base | summaries):
        lost = base - there(pf, {item}, only)
        fails = {web.ids[node] for node in found.fails([web.place[item]])}
        assert {n for n in fails if n in base} == lost, item
        assert {targets[t] for t in knocked.of(web.place[item])} == lost, item


@pytest.mark.parametrize("part", range(5))
def test_on_500_random_portfolios_it_is_what_brute_force_over_the_nouns_says(part: int) -> None:
    for seed in range(100 * part, 100 * part + 100):
        agrees(drawn(seed))


@settings(max_examples=60, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.too_slow])
@given(st.booleans().flatmap(lambda tied: portfolios(tied=tied)))
def test_on_any_portfolio_it_is_what_brute_force_over_the_nouns_says(pf: Portfolio) -> None:
    agrees(pf)


def test_what_if_and_the_state_agree_with_what_fails_without_the_project() -> None:
    """Stopping each project of random portfolios: what has no dates any more is what the engine says fails."""
    seen = 0
    for seed in range(200):
        pf = drawn(seed).evolve(contributions=[])  # they move no date
        found = without(pf)
        web = found.web
        before = ipmo.schedule(pf, on_cycle="cut").network
        for project in pf.projects:
            if project.state == "cancelled" or web.place[project.id] in found.dead or web.place[project.id] in web.facts:
                continue
            fails = {web.ids[node] for node in found.fails([web.place[project.id]])}
            stopped = pf.evolve(project.id, state="cancelled")
            after = ipmo.schedule(stopped, on_cycle="cut").network
            assert not before.has_loop or after.cuts == before.cuts
            blocked = {name for name, state in zip(after.ids, after.state, strict=True) if state in (State.UNDATED, State.GONE)}
            held = {name for name, state in zip(before.ids, before.state, strict=True) if state in (State.UNDATED, State.GONE)}
            assert {name for name in fails if name in after.ids and "@" not in name} <= blocked, (seed, project.id)
            assert {name for name in blocked - held if "@" not in name} <= fails, (seed, project.id)
            seen += bool(fails - {n for n in fails if n.startswith(project.id)})
    assert seen > 50


def stopped_of(pf: Portfolio) -> set[str]:
    """Projects that were cancelled, or stopped at a gate."""
    return {p.id for p in pf.projects if p.state == "cancelled" or any(g.decision and g.decision.outcome == "kill" for g in p.gates)}


def test_the_dcma_counts_the_same_network() -> None:
    """By hand over the nouns: what is stopped is left out, a link from it is a predecessor still, one into it is no successor."""
    seen = lost = 0
    for seed in range(200):
        pf = drawn(seed)
        stopped, summaries = stopped_of(pf), summaries_of(pf)
        tasks = {f"{p.id}/{t.id}": t for p in pf.projects for t in p.tasks}
        leaves = {s: [n for n, t in tasks.items() if f"{n.split('/')[0]}/{t.parent}" == s] for s in summaries}
        planned = {n for n, t in tasks.items() if n not in summaries and not t.hammock}
        unfinished = {n for n in planned if n.split("/")[0] not in stopped and not tasks[n].finished}
        links = [(f"{p.id}/{a.source}", f"{p.id}/{n.id}") for p in pf.projects for n in (*p.tasks, *p.gates) for a in n.after]
        links += [(k.source, k.target) for k in pf.links]
        links += [(e.source, b.id) for b in (*pf.outcomes, *pf.benefits) for e in (*b.enabled_by, *b.any_of)]
        alive = [
            (s, t) for s, t in links if t.split("/")[0] not in stopped or all(tasks[n].finished for n in leaves.get(t, [t]) if n in tasks)
        ]
        before = {n for _, t in alive for n in leaves.get(t, [t])}
        after = {n for s, _ in alive for n in leaves.get(s, [s])}
        loose = {n for n in unfinished if n not in before or n not in after}
        point = next(p for p in ipmo.schedule_quality(pf).points if p.number == 1)
        assert set(point.denominator) == unfinished, seed
        assert set(point.numerator) == loose, seed
        types = next(p for p in ipmo.schedule_quality(pf).points if p.number == 4)
        counted = [name.rpartition(" ")[2] for name in types.denominator]
        into = [
            t for _, t in alive if t in tasks and any(not tasks[n].finished and n.split("/")[0] not in stopped for n in leaves.get(t, [t]))
        ]
        assert sorted(t for t in counted if t in tasks) == sorted(into), seed
        seen += len(loose)
        lost += len(stopped)
    assert seen > 100
    assert lost > 50


def test_givers_that_are_cancelled_and_paused_block_what_needs_them_and_nothing_else() -> None:
    """One project stopped and another paused at once, over chains, summaries, gates and alternatives, as brute force says."""
    seen = 0
    for seed in range(300):
        pf = drawn(seed).evolve(contributions=[])
        # being required moves no date while a project is paused; brute force knows no other pauses
        pf = pf.evolve(projects=[attrs.evolve(p, requires=[], state="active" if p.state == "paused" else p.state) for p in pf.projects])
        running = [p for p in pf.projects if p.state == "active" and p.tasks and p.id not in stopped_of(pf)]
        if len(running) < 2:
            continue
        over, waits = running[0].id, running[1].id
        before = ipmo.schedule(pf, on_cycle="cut").network
        both = pf.evolve(over, state="cancelled").evolve(waits, state="paused")
        after = ipmo.schedule(both, on_cycle="cut").network
        if before.cuts != after.cuts:
            continue
        inside = {f"{waits}/{t.id}" for t in pf[waits].tasks if not t.finished} | {f"{waits}/{g.id}" for g in pf[waits].gates}
        lost = there(pf, set()) - there(pf, {over, *inside})
        held, blocked = (
            {n for n, s in zip(net.ids, net.state, strict=True) if s in (State.UNDATED, State.GONE)} for net in (before, after)
        )
        mine = {n for n in after.ids if n.split("/")[0] in (over, waits) or "@" in n}
        assert {n for n in lost if n in after.ids} - mine - held == blocked - held - mine, seed
        seen += len(blocked - held - mine)
    assert seen > 60


@pytest.mark.parametrize("seed", range(12))
def test_many_ways_to_many_heads_settle_as_brute_force_says(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Targets, heads and ways each fill more than one word of 64 bits."""
    as_large(monkeypatch)
    r = random.Random(seed)
    n = 150
    loops = seed % 3 == 0
    links = {(r.randrange(v), v) for v in range(1, n) for _ in range(r.randint(0, 3))}
    if loops:
        links |= {(r.randrange(n), r.randrange(n)) for _ in range(6)}
    src, dst = ([link[i] for link in sorted(links) if link[0] != link[1]] for i in (0, 1))
    web = Web([str(v) for v in range(n)], src, dst, either={v for v in range(n) if r.random() < 0.6}, facts={3, 70}, gone={140})
    found = Without(web)
    knocked = found.leave_one_out(range(n))
    base = comes(web, set())
    for v in range(n):
        assert knocked.of(v) == (sorted(base - comes(web, {v})) if v in base else []), v
    assert knocked.points(n - 2) == [v for v in range(n) if n - 2 in knocked.of(v)]
    assert knocked.union([1, 2, 99]) == knocked.row(1) | knocked.row(2) | knocked.row(99)
    assert [knocked.row(v) for v in range(n)] == [sum(1 << t for t in knocked.of(v)) for v in range(n)]
    assert list(knocked.sums([1.0] * n)) == [float(len(knocked.of(v))) for v in range(n)]


@pytest.mark.parametrize("way", ["lists", "arrays"])
@pytest.mark.parametrize("loops", [False, True])
@pytest.mark.parametrize("count", [1, 63, 64, 65, 150])
def test_a_whole_has_more_than_its_parts_where_something_fails_without_it_alone(
    count: int, loops: bool, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole, its parts given as a list or a range, none of them or those of other wholes; by the sets of what fails without each."""
    if way == "arrays":
        as_large(monkeypatch)
    r = random.Random(count)
    n = 100 + 50 * (count == 150)
    links = sorted({(r.randrange(max(0, v - 9), v), v) for v in range(1, n) for _ in range(r.choice((1, 1, 2)))})
    links += [(v + 4, v) for v in range(10, n - 5, 11) if v % 3 and loops]  # through those for which one is enough
    web = Web(
        [f"n{v}" for v in range(n)],
        [u for u, _ in links],
        [v for _, v in links],
        either={v for v in range(n) if v % 3},
        facts=set(),
        gone={n - 1},
    )
    targets = sorted(r.sample(range(n), count))
    knocked = Without(web).leave_one_out(targets)
    fails = [set(knocked.of(v)) for v in range(n)]
    assert fails[0] == {t for t, node in enumerate(targets) if node not in comes(web, {0}) and node in comes(web, set())}
    wholes: list[tuple[int, Any]] = [(v, range(v + 1, min(v + r.randint(1, 6), n))) for v in range(n - 1)]
    wholes += [(v, r.sample(range(n), r.randint(0, 3))) for v in range(n)]
    wholes += [(v, [v]) for v in range(0, n, 7)] + [(v, []) for v in range(0, n, 7)] + [(n - 1, [0]), (0, [n - 1])]
    for some in (wholes, wholes[:1], []):
        assert knocked.beyond(some) == [not fails[v] <= set().union(*(fails[u] for u in parts)) for v, parts in some]
