"""History: 120 months of 2,000 projects with 10 fields as text, the index made of it, and what it answers; each held against its bar.

    python benchmarks/history.py [months] [projects]

Processor time, medians; every answer of the index is first held against what the text says.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import ipmo
from ipmo.analysis.control.stated_fields import shown_value, stated
from ipmo.files.month_index import months_in
from ipmo.files.snapshots import digest_of

TURNS = 7
BARS = {"as of a month, everything": 0.100, "trend of one field": 0.001, "portfolio trend": 0.150, "made anew from text": 5.0}
SIZE = 6_000_000


def documents(months: int, projects: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Snapshots, seeded: ten fields a project, of which one changes in three months of ten."""
    draw = random.Random(seed)
    now = [
        {"id": f"P{i:05}", "name": f"Project {i}", "state": "active", "category": draw.choice(["it", "rail", "road"]), "start": "2016-01-04",
         "finish": "2030-06-28", "budget": f"{draw.randrange(1, 900)} M GBP", "actual": "0 GBP", "forecast": f"{draw.randrange(1, 900)} M GBP",
         "priority": draw.randrange(1, 9), "progress": 0.0}
        for i in range(projects)
    ]  # fmt: skip
    for n in range(months):
        day = date(2017 + n // 12, n % 12 + 1, 28).isoformat()
        for one in now if n else ():
            if draw.random() < 0.3:
                field = draw.choice(["actual", "forecast", "finish", "progress", "budget"])
                amount = f"{draw.randrange(1, 900_000)} k GBP"
                one[field] = (
                    f"{draw.randrange(2024, 2034)}-0{draw.randrange(1, 10)}-15"
                    if field == "finish"
                    else draw.randrange(100) / 100
                    if field == "progress"
                    else amount
                )
        head = {"id": "x", "start": "2016-01-04", "status_date": day, "money": {"currency": "GBP"}}
        made = {"ipmo": 1, "snapshot": {"date": day}, "portfolio": head, "projects": [dict(one) for one in now]}
        made["snapshot"]["digest"] = digest_of(made)
        yield made


def seconds(ask: Callable[[], object], turns: int = TURNS) -> float:
    """Processor time, the median of some turns."""
    out = []
    for _ in range(turns):
        begin = time.process_time()
        ask()
        out.append(time.process_time() - begin)
    return statistics.median(out)


def held(folder: Path) -> None:
    """Holds the index against the text: every cell of three months, one trend, one total of every month."""
    found = months_in(folder)
    texts = [stated(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json"))]
    for n in (0, len(texts) // 2, len(texts) - 1):
        rows = {(row["kind"], row["item"], row["field"]): row["value"] for row in found.as_of(found.dates[n]).rows()}
        assert rows == {(*key, name): shown_value(text) for key, fields in texts[n].items() for name, text in fields.items()}
    trend = found.trend("P00010", "forecast")
    assert [trend.at(day) for day in found.dates] == [shown_value(text["projects", "P00010"]["forecast"]) for text in texts]
    for row, text in zip(found.total("forecast"), texts, strict=True):
        sums = [shown_value(fields["forecast"]) for (kind, _), fields in text.items() if kind == "projects"]
        wanted = sum((Decimal(str(one).split()[0]) * {"k": 1000, "M": 1_000_000}[str(one).split()[1]] for one in sums), Decimal(0))
        assert row.value == wanted


def main(months: int = 120, projects: int = 2_000) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "history"
        folder.mkdir()
        for made in documents(months, projects):
            (folder / f"{made['snapshot']['date'][:7]}.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
        os.environ["IPMO_CACHE"] = ""
        held(folder)
        anew = seconds(lambda: months_in(folder), 3)
        os.environ["IPMO_CACHE"] = str(Path(name) / "cache")
        found = months_in(folder)
        middle, items = found.dates[len(found.dates) // 2], iter(range(10, projects))
        rows = {
            "made anew from text": anew,
            "taken from the cache, every text's digest compared": seconds(lambda: months_in(folder)),
            "as of a month, everything": seconds(lambda: found.as_of(middle)),
            "trend of one field": seconds(lambda: found.trend(f"P{next(items):05}", "forecast"), 101),
            "portfolio trend": seconds(lambda: found.total("forecast")),
            "the portfolio as of a month, read from its text": seconds(lambda: ipmo.read(folder / f"{middle:%Y-%m}.json").projects),
            "all changes": seconds(found.changes, 3),
            "which fields move, which stand still": seconds(lambda: ipmo.movement(ipmo.history(folder)), 3),
        }
        size = len(found.to_bytes())
        text = sum(path.stat().st_size for path in folder.iterdir())
        print(
            f"{months} months of {projects:,} projects: {text / 1e6:.0f} MB of text, {len(found):,} intervals in {size / 1e6:.1f} MB",
            end="",
        )
        print(f" (bar {SIZE / 1e6:.0f} MB: {'met' if size <= SIZE else 'MISSED'})")
        for what, taken in rows.items():
            bar = BARS.get(what)
            verdict = "" if bar is None else f"  bar {bar * 1000:,.0f} ms: {'met' if taken <= bar else 'MISSED'}"
            print(f"{what:55} {taken * 1000:10,.2f} ms{verdict}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
