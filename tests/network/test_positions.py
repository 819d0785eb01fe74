"""Where nodes and links stand, names without a dictionary, and passes in numpy alone, against the plainest way to say the same."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from ipmo.network.kernels import order as kernels
from ipmo.network.kernels import passes
from ipmo.network.kernels.columns import Dates, Sums
from ipmo.network.levels import SHALLOW, Levels
from ipmo.network.names import Names, outside
from ipmo.network.network import Network
from ipmo.network.positions import DatedPositions, arrange, as_array, places_of, plain, plain_list, weights


@pytest.mark.parametrize("seed", range(12))
def test_positions_stand_in_order_and_links_by_the_position_of_their_target(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    r = random.Random(seed)
    n = r.randint(1, 12)
    rank = r.sample(range(n), n)
    pairs = [(u, v) for u in range(n) for v in range(n) if rank[u] < rank[v] and r.random() < 0.3]
    r.shuffle(pairs)
    order = sorted(range(n), key=rank.__getitem__)
    src, dst = [u for u, _ in pairs], [v for _, v in pairs]
    perm = sorted(range(len(pairs)), key=lambda e: (rank[dst[e]], e))
    ptr = [sum(rank[v] < place for v in dst) for place in range(n + 1)]
    wanted = [order, rank, ptr, perm, [rank[src[e]] for e in perm]]
    monkeypatch.setattr("ipmo.network.positions.kernel", lambda function: function)
    for arrays, compiled in ((False, False), (True, False), (True, True)):
        column = np.array if arrays else list
        found = arrange(
            column(order),
            column(src) if src or not arrays else np.zeros(0, np.int64),
            as_array(dst) if arrays else dst,
            arrays=arrays,
            compiled=compiled,
        )
        assert [plain(one) for one in found] == wanted
    typ, lag, dur = [r.randrange(4) for _ in perm], [r.randint(-9, 9) for _ in perm], [r.randint(0, 9) for _ in range(n)]
    heads = [v for v in range(n) for _ in range(ptr[v], ptr[v + 1])]
    least = [lag[k] + (dur[wanted[4][k]] if typ[k] in (0, 2) else 0) - (dur[heads[k]] if typ[k] in (2, 3) else 0) for k in range(len(perm))]
    assert weights(ptr, wanted[4], typ, lag, dur) == least
    columns = [as_array(one) for one in (ptr, wanted[4], typ, lag, dur)]
    assert weights(*columns).tolist() == least
    assert columns[3].tolist() == lag  # what was given stays what it was
    placed = kernels.kahn(n, len(pairs), src, dst)
    room = np.zeros(n + 1, np.int64), np.empty(len(pairs), np.int64), np.zeros(n, np.int64), np.empty(n, np.int64)
    count = kernels.kahn_arrays(n, as_array(src), as_array(dst), *room)
    assert (count, room[3].tolist()) == (n, placed)
    where = {node: place for place, node in enumerate(placed)}
    assert all(where[u] < where[v] for u, v in pairs)
    free = [v for v in range(n) if v not in dst]
    assert placed[: len(free)] == free  # what waits for nothing, in the order of the file


def test_of_a_loop_only_what_lies_before_it_is_placed() -> None:
    src, dst = [0, 1, 2, 3, 2], [1, 2, 3, 2, 4]
    assert kernels.kahn(5, 5, src, dst) == [0, 1]
    order = np.zeros(5, np.int64)
    assert (
        kernels.kahn_arrays(5, as_array(src), as_array(dst), np.zeros(6, np.int64), np.empty(5, np.int64), np.zeros(5, np.int64), order)
        == 2
    )
    assert order[:2].tolist() == [0, 1]


def test_columns_as_lists_are_made_when_they_are_read_and_kept() -> None:
    net = Network.from_columns(["a", "b"], [3, 4], [0], [1])
    asked: list[int] = []
    dated = DatedPositions(net.positions, Dates([5, 6], [0, 1]), lambda: asked.append(1) or [8, 9])  # type: ignore[func-returns-value]
    assert (dated.x, dated.edge, dated.dur, dated.finish) == ([5, 6], [0, 1], [3, 4], [8, 9])
    assert dated.finish is dated.finish
    assert asked == [1]
    assert dated.links.src == [0]
    assert dated.sums.w == [3]
    assert dated.nodes.dur == [3, 4]
    with pytest.raises(AttributeError, match="nothing"):
        dated.nothing  # noqa: B018


def test_lists_stay_what_they_are_and_copies_are_asked_for() -> None:
    some = [1, 2]
    assert plain(some) is some
    assert plain_list(some) == some
    assert plain_list(some) is not some
    assert plain(np.array([1, 2])) == plain_list(range(1, 3)) == some
    column = np.array([1, 2], np.int64)
    assert as_array(column) is column
    assert as_array(some).dtype == np.int64
    assert [places_of(bits) for bits in (0, 1, 0b10110, 1 << 200)] == [[], [0], [1, 2, 4], [200]]


@pytest.mark.parametrize("seed", range(10))
def test_names_found_by_project_are_those_of_a_dictionary(seed: int) -> None:
    """Nodes of projects in rows, with what belongs to none before, between and behind them; one project is a bar, one is empty."""
    r = random.Random(seed)
    ids: list[str] = []
    inside: dict[str, dict[str, int]] = {}
    members: dict[int, Any] = {}
    for place, name in enumerate(r.sample(["p", "q", "r", "s"], 4)):
        ids += [f"{name}@start", f"helper{place}"][: r.randrange(3)]
        local = {"": len(ids)} if place == 1 else {f"t{i}": len(ids) + i for i in range(r.randrange(4))}
        inside[name] = local
        members[place] = r.choice([list, lambda some: some])(range(len(ids), len(ids) + len(local)))
        ids += [f"{name}/{inner}" if inner else name for inner in local]
    ids += ["last", "p/odd"][: r.randrange(3)]
    rest = outside(ids, members)
    within = {v for some in members.values() for v in some}
    assert rest == {name: v for v, name in enumerate(ids) if v not in within}
    found, plainly = Names(inside, rest), {name: v for v, name in enumerate(ids)}
    assert dict(found) == plainly
    assert (len(found), set(found)) == (len(plainly), set(plainly))
    for name in [*ids, "p/", "p", "zz", "zz/t0", "p/t9", "p/t0/x", ""]:
        assert found.get(name) == plainly.get(name)
        assert found.get(name, -5) == plainly.get(name, -5)
        assert (name in found) == (name in plainly)
        if name in plainly:
            assert found[name] == plainly[name]
        else:
            with pytest.raises(KeyError) as error:
                found[name]
            assert error.value.args == (name,)
    assert 3 not in found
    more = found.with_room()
    more.rest["new"] = 99
    assert (more["new"], found.get("new")) == (99, None)
    more.rest[ids[0]] = 77  # what was added goes first
    assert more[ids[0]] == 77
    assert list(more).count(ids[0]) == 1


@pytest.mark.parametrize("seed", range(10))
def test_passes_level_by_level_are_those_position_by_position(seed: int) -> None:
    """Wide networks in steps, deep ones as they stand; bounds that hold, and positions without a link."""
    r = random.Random(seed)
    deep = seed % 2 == 0
    n, first = (90, 1) if deep else (40 * SHALLOW, 160)
    pairs = [(r.randrange(max(0, v - 3), v) if deep else r.randrange(first), v) for v in range(first, n) for _ in range(r.randrange(1, 3))]
    counts = np.bincount([v for _, v in pairs], minlength=n)
    ptr = [0, *np.cumsum(counts).tolist()]
    sums = Sums(ptr, [u for u, _ in pairs], [r.randint(-3, 9) for _ in pairs])
    levels = Levels(Sums(*(np.array(column, np.int64) for column in sums)))
    assert levels.deep is deep
    for kernel, step in ((passes.forward, levels.forward), (passes.backward, levels.backward)):
        start = [r.randint(0, 50) for _ in range(n)]
        wanted = list(start)
        kernel(sums, wanted)
        column = np.array(start, np.int64)
        assert step(column) is column
        assert column.tolist() == wanted
    empty = Levels(Sums(np.zeros(4, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)))
    assert empty.forward(np.array([1, 2, 3])).tolist() == [1, 2, 3]
    assert not empty.deep
