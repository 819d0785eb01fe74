"""What holds of every network: relabelling, more links, the reversed network, and all paths by brute force."""

from __future__ import annotations

from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dates.schedule import schedule
from ipmo.model import Link, Portfolio
from ipmo.network.network import Network
from ipmo.testing.strategies import portfolios

Draw = Any


@st.composite
def networks(draw: Draw, most: int = 8) -> dict[str, Any]:
    """Columns of a small network of all link types, lags and leads."""
    n = draw(st.integers(1, most))
    pairs = [(i, j) for j in range(n) for i in range(j)]
    chosen = sorted(draw(st.sets(st.sampled_from(pairs), max_size=12))) if pairs else []
    return {
        "ids": [f"t{i}" for i in range(n)],
        "duration": draw(st.lists(st.integers(0, 9), min_size=n, max_size=n)),
        "source": [i for i, _ in chosen],
        "target": [j for _, j in chosen],
        "type": [draw(st.integers(0, 3)) for _ in chosen],
        "lag": [draw(st.integers(-6, 6)) for _ in chosen],
        "start": 100,
    }


def weights(data: dict[str, Any]) -> list[int]:
    """What each link asks of starts: start of the target less start of the source."""
    d = data["duration"]
    return [
        lag + (d[u] if t in (0, 2) else 0) - (d[v] if t >= 2 else 0)
        for u, v, t, lag in zip(data["source"], data["target"], data["type"], data["lag"], strict=True)
    ]


def answer(data: dict[str, Any]) -> dict[str, Any]:
    s = schedule(Network.from_columns(**data))
    pos = [int(v) for v in s.passes.positions.pos]
    return {
        "early": [int(s.passes.early_starts[v]) for v in pos],
        "late": [int(s.passes.late_starts.to_end[v]) for v in pos],
        "end": s.passes.end,
    }


@settings(max_examples=150)
@given(networks())
def test_dates_are_those_of_all_paths_by_brute_force(data: dict[str, Any]) -> None:
    n, w = len(data["ids"]), weights(data)
    out = {u: [(v, w[k]) for k, (a, v) in enumerate(zip(data["source"], data["target"], strict=True)) if a == u] for u in range(n)}
    early = [data["start"]] * n
    paths: list[list[tuple[int, int]]] = []

    def walk(path: list[tuple[int, int]]) -> None:
        paths.append(path)
        for v, weight in out[path[-1][0]]:
            walk([*path, (v, path[-1][1] + weight)])

    for u in range(n):
        walk([(u, data["start"])])
    for path in paths:
        last, at = path[-1]
        early[last] = max(early[last], at)
    end = max(a + d for a, d in zip(early, data["duration"], strict=True))
    late = [end - d for d in data["duration"]]
    for path in paths:
        (first, begun), (last, at) = path[0], path[-1]
        late[first] = min(late[first], end - data["duration"][last] - (at - begun))
    assert answer(data) == {"early": early, "late": late, "end": end}


@settings(max_examples=100)
@given(networks(12), st.randoms(use_true_random=False))
def test_names_and_order_of_the_file_change_nothing(data: dict[str, Any], r: Any) -> None:
    n = len(data["ids"])
    places = list(range(n))
    r.shuffle(places)
    links = list(range(len(data["source"])))
    r.shuffle(links)
    moved = {
        "ids": [f"other{i}" for i in range(n)],
        "duration": [data["duration"][places.index(i)] for i in range(n)],
        "source": [places[data["source"][k]] for k in links],
        "target": [places[data["target"][k]] for k in links],
        "type": [data["type"][k] for k in links],
        "lag": [data["lag"][k] for k in links],
        "start": 100,
    }
    one, other = answer(data), answer(moved)
    assert one["end"] == other["end"]
    for name in ("early", "late"):
        assert [other[name][places[i]] for i in range(n)] == one[name]


@settings(max_examples=100)
@given(networks(10), st.data())
def test_one_more_link_never_shortens(data: dict[str, Any], more: st.DataObject) -> None:
    n = len(data["ids"])
    if n < 2:
        return
    before = answer(data)
    v = more.draw(st.integers(1, n - 1))
    u = more.draw(st.integers(0, v - 1))
    longer = {
        name: [*data[name], value] for name, value in (("source", u), ("target", v), ("type", more.draw(st.integers(0, 3))), ("lag", 1))
    }
    after = answer({**data, **longer})
    assert after["end"] >= before["end"]
    assert all(a >= b for a, b in zip(after["early"], before["early"], strict=True))


@settings(max_examples=100)
@given(networks(10))
def test_the_backward_pass_is_the_forward_pass_of_the_reversed_network(data: dict[str, Any]) -> None:
    """Time runs backwards from the end: starts become finishes, links turn round and change their types' ends."""
    one = answer(data)
    turned = {0: 0, 1: 2, 2: 1, 3: 3}  # FS stays, SS becomes FF, FF becomes SS, SF stays
    back = answer({**data, "source": data["target"], "target": data["source"], "type": [turned[t] for t in data["type"]], "start": 0})
    end = one["end"]
    assert [end - (early + d) for early, d in zip(back["early"], data["duration"], strict=True)] == one["late"]


@settings(max_examples=30)
@given(portfolios(), st.data())
def test_a_link_between_projects_never_makes_an_end_earlier_whatever_the_calendars(pf: Portfolio, data: st.DataObject) -> None:
    leaves = [(p.id, t.id) for p in pf.projects for t in p.tasks]
    if len({p for p, _ in leaves}) < 2:
        return
    (a, source), (b, target) = data.draw(st.sampled_from(leaves)), data.draw(st.sampled_from(leaves))
    ids = [p.id for p in pf.projects]
    if ids.index(a) >= ids.index(b) or any((x.source, x.target) == (f"{a}/{source}", f"{b}/{target}") for x in pf.links):
        return
    more = attrs.evolve(pf, links=[*pf.links, Link(source=f"{a}/{source}", target=f"{b}/{target}", type="FS")])
    before, after = ipmo.schedule(pf), ipmo.schedule(more)
    for item in before.rows:
        other = after[item.id] if item.id in after else None
        if other is not None and item.early_finish is not None and other.early_finish is not None and not item.lower_bound:
            assert other.early_finish >= item.early_finish
