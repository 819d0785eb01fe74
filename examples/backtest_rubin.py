"""Holds the ranking of links of the Rubin milestones, seen from 1 January 2019, against what happened by February 2024.

    python examples/backtest_rubin.py [DATA]        # DATA: $IPMO_DATA, else ../shared/data

The portfolio is made from the raw file as it stood in 2019; what was completed later is looked at only to keep score.
"""

from __future__ import annotations

import csv
import math
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from make_examples import HERE, RUBIN, rubin

import ipmo
from ipmo.model import Portfolio

FIRST = 20


class Score(NamedTuple):
    """How many of the first links, and of all, had a giver and a receiver that were both late.

    Args:
        first: how many stand first.
        hits: how many of these were both late.
        links: open links across projects of which both ends were completed by the time the source was written.
        late: how many of those were both late.
        chance: how likely so few hits, or fewer, are where the order says nothing.
    """

    first: int
    hits: int
    links: int
    late: int
    chance: float


def late(outcome: str, due: str) -> bool:
    """Completed after its due date."""
    return date.fromisoformat(outcome) > date.fromisoformat(due)


def scored(pairs: Sequence[tuple[str, str]], dates: Mapping[str, tuple[str, str]], first: int = FIRST) -> Score:
    """The score of links in their order.

    Args:
        pairs: giver and receiver of each link.
        dates: what was completed and when it was due, of each item that was completed.
        first: how many stand first.
    """
    known = [(giver, receiver) for giver, receiver in pairs if giver in dates and receiver in dates]
    both = [late(*dates[giver]) and late(*dates[receiver]) for giver, receiver in known]
    n, k, hits = len(both), sum(both), sum(both[:first])
    ways = sum(math.comb(k, i) * math.comb(n - k, first - i) for i in range(hits + 1))
    return Score(min(first, n), hits, n, k, ways / math.comb(n, first))


def backtest(portfolio: Portfolio, dates: Mapping[str, tuple[str, str]]) -> Score:
    """The score of the library's own order of the links of a portfolio.

    Args:
        portfolio: as it stood.
        dates: by full id, when an item was completed and when it was due.
    """
    live = [link for link in ipmo.critical_links(portfolio) if link.link_float is not None]
    return scored([(link.source, link.target) for link in live], dates)


def outcomes(data: Path) -> dict[str, tuple[str, str]]:
    """By full id, when each milestone was completed and when it was due, from the raw file."""
    with (data / RUBIN).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    project = {row["milestone_id"]: ".".join(row["wbs"].split(".")[:2]) for row in rows}
    return {f"{project[row['milestone_id']]}/{row['milestone_id']}": (row["completed"], row["due"]) for row in rows if row["completed"]}


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("IPMO_DATA") or HERE.parent.parent / "shared" / "data")
    score = backtest(rubin(folder), outcomes(folder))
    print(f"giver and receiver both late: {score.hits} of the first {score.first}, {score.late} of all {score.links} links")
    print(f"base rate {score.late / score.links:.0%}; so few by chance: {score.chance:.1%}")
