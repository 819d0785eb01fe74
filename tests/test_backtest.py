"""The backtest of the ranking: its score by another way of counting, and that what the page says is what comes out."""

from __future__ import annotations

import importlib
import itertools
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    for name in ("backtest_rubin", "make_examples"):
        sys.modules.pop(name, None)
    return importlib.import_module("backtest_rubin")


def test_the_score_counts_known_outcomes_only_and_says_what_chance_would_do(script: ModuleType) -> None:
    on_time, late = ("2020-01-01", "2020-01-01"), ("2020-01-02", "2020-01-01")
    dates = {"a": on_time, "b": late, "c": late, "d": late}
    pairs = [("a", "b"), ("b", "never"), ("b", "c"), ("a", "c"), ("c", "d")]
    score = script.scored(pairs, dates, first=2)
    assert score[:4] == (2, 1, 4, 2)
    orders = [sum(order[:2]) for order in itertools.permutations([False, True, False, True])]
    assert score.chance == pytest.approx(sum(hits <= 1 for hits in orders) / len(orders))


@pytest.mark.data
def test_the_page_says_what_comes_out_of_the_raw_file(script: ModuleType, data: Path) -> None:
    score = script.backtest(script.rubin(data), script.outcomes(data))
    page = (ROOT / "docs" / "backtest.md").read_text(encoding="utf-8")
    assert f"({score.hits}, {score.late}, {score.links})" in page
    first, base = (re.search(rf"\| {name}[^|]*\| (\d+) \| (\d+) \|", page) for name in ("the first", "all"))
    assert first is not None
    assert base is not None
    assert [int(text) for text in (*first.groups(), *base.groups())] == [score.hits, score.first, score.late, score.links]
    assert f"one case of {1 / score.chance:.0f}" in page.replace("\n", " ")
