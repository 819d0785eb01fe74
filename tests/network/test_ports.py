"""What fails without a few items, found by way of the ports of projects: against evaluating the web anew, and the whole sweep."""

from __future__ import annotations

import random

import attrs
import pytest

from ipmo.network import without as engine
from ipmo.network.ports import Failing
from ipmo.network.without import Web, Without

from .conftest import as_large
from .test_without import comes, made_up


def owned(seed: int, *, either: bool = False) -> Web:
    """A made-up web whose nodes lie in up to four projects or in none."""
    r = random.Random(seed)
    web = made_up(seed)
    count = r.randint(1, 4)
    owners = [r.randrange(-1, count) for _ in web.ids]
    return attrs.evolve(web, owners=owners, either=web.either if either else frozenset())


@pytest.mark.parametrize("way", ["lists", "arrays", "compiled"])
@pytest.mark.parametrize("either", [False, True])
def test_what_fails_without_a_few_is_what_evaluating_the_web_without_each_says(
    way: str, either: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "arrays":
        as_large(monkeypatch)
    monkeypatch.setattr(engine, "LARGE", 10**9 if way == "lists" else 0)
    for seed in range(60):
        web, r = owned(seed, either=either), random.Random(seed)
        n = len(web.ids)
        base, found = comes(web, set()), Without(web)
        lost = [base - comes(web, {v}) for v in range(n)]
        asked = r.sample(range(n), r.randint(1, n))
        targets = r.sample(range(n), r.randint(0, n))
        alone = found.failing(asked, targets)
        numbers = [r.randrange(70) for _ in targets]
        together = found.failing(asked, targets, numbers, 71)
        projects = [2, 0, 3, 1]
        parts = found.failing_owners(asked, projects)
        first, places = alone.each
        for row, v in enumerate(asked):
            wanted = [place for place, target in enumerate(targets) if target in lost[v]]
            assert places[first[row] : first[row + 1]].tolist() == wanted, (seed, v)
            assert alone.row(row) == sum(1 << place for place in wanted)
            assert together.row(row) == sum(1 << one for one in {numbers[place] for place in wanted}), (seed, v)
            owners = {web.owners[u] for u in lost[v]} - {-1}
            assert parts.row(row) == sum(1 << projects[owner] for owner in owners), (seed, v)
        assert len(alone) == len(asked)
        assert together.count == 71


@pytest.mark.parametrize("compiled", [False, True])
def test_rows_joined_with_more(compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LARGE", 0 if compiled else 10**9)
    web = Web(["a", "b", "c"], [0], [1], owners=[0, 0, 1])
    found = Without(web).failing([0, 2], [0, 1, 2], [0, 65, 3], 130)
    assert found.rows() == [1 | 1 << 65, 8]
    more = found.joined([1, 0], [128, 3])
    assert more.rows() == [1 | 8 | 1 << 65, 8 | 1 << 128]
    assert found.rows() == [1 | 1 << 65, 8]
    assert more.each[1].tolist() == [0, 3, 65, 3, 128]
    assert Failing([], 0).each[0].tolist() == [0]


def test_a_project_with_more_ports_than_a_word_has_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain of 200 in one project, each of which something outside needs."""
    as_large(monkeypatch)
    n = 200
    web = Web(
        [str(v) for v in range(2 * n)],
        [*range(n - 1), *range(n)],
        [*range(1, n), *range(n, 2 * n)],
        owners=[*([0] * n), *([-1] * n)],
    )
    found = Without(web).failing(range(n), range(n, 2 * n))
    assert found.rows() == [((1 << n) - 1) ^ ((1 << v) - 1) for v in range(n)]
