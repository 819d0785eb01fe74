"""How each answer grows with the portfolio: time, the exponent from one size to the next, and memory a task.

    python benchmarks/growth.py [largest] [--limit 600]

Each size is read from YAML in a process of its own: projects of 100 tasks, three links across and one benefit a project, a status date.
A row is held to n log n and a third more; what would not be ready within the limit is left out, and said.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import generators

import ipmo

SIZES = (10_000, 100_000, 1_000_000)
SLACK = 1.33
WARM = 25_000
"""Tasks of the portfolio that kernels are loaded with: small ones are computed without them."""
ROWS: dict[str, Callable[[Any, Path], object]] = {
    "schedule": lambda pf, _: ipmo.schedule(pf),
    "its table, with drag": lambda pf, _: ipmo.schedule(pf).table(),
    "earned_value": lambda pf, _: ipmo.earned_value(pf),
    "status": lambda pf, _: ipmo.status(pf),
    "benefits": lambda pf, _: ipmo.benefits(pf),
    "roll_up of budget": lambda pf, _: ipmo.roll_up(pf, "budget"),
    "check": lambda pf, _: ipmo.check(pf),
    "critical_links and its table": lambda pf, _: ipmo.critical_links(pf).table(),
    "report": lambda pf, folder: ipmo.report(pf, folder / "report.html"),
}


def measured(folder: Path, tasks: int, out: Any) -> None:
    """Seconds of processor time of each row in turn, and megabytes at the peak after it; kernels are loaded before."""
    small = ipmo.read(folder / "small.yaml")
    for ask in ROWS.values():
        ask(small, folder)
    begin = time.process_time()
    pf = ipmo.read(folder / f"{tasks}.yaml")
    out.put(("read", time.process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
    for name, ask in ROWS.items():
        begin = time.process_time()
        ask(pf, folder)
        out.put((name, time.process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
    out.put(None)


def rows_of(folder: Path, tasks: int, limit: float) -> dict[str, tuple[float, float]]:
    """Seconds and megabytes of the rows that are ready within a limit of seconds for all of them."""
    spawned = multiprocessing.get_context("spawn")
    out = spawned.Queue()
    process = spawned.Process(target=measured, args=(folder, tasks, out))
    process.start()
    found, ends = {}, time.monotonic() + limit
    try:
        while (row := out.get(timeout=max(ends - time.monotonic(), 0.1))) is not None:
            found[row[0]] = row[1:]
    except Exception as error:
        print(f"{tasks:,} tasks: stopped after {limit:.0f} s, {len(found)} of {len(ROWS) + 1} rows are ready {error}", flush=True)
        process.kill()
    process.join()
    return found


def main(arguments: list[str]) -> int:
    """Prints a row an answer and size; 1 when one grows faster than it may."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("largest", nargs="?", type=int, default=100_000)
    parser.add_argument("--smallest", type=int, default=SIZES[0])
    parser.add_argument("--limit", type=float, default=600.0)
    given = parser.parse_args(arguments)
    sizes = sorted({given.smallest, *(size for size in SIZES if given.smallest < size <= given.largest), given.largest})
    good, last, before = True, dict[str, tuple[float, float]](), 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name, tasks in (("small", WARM), *((str(size), size) for size in sizes)):
            pf = generators.linked_portfolio(tasks // 100, 100, tasks * 3 // 100, tasks // 100)
            ipmo.write(attrs.evolve(pf, status_date="2026-02-02"), folder / f"{name}.yaml")
        for tasks in sizes:
            found = rows_of(folder, tasks, given.limit)
            for name, (seconds, peak) in found.items():
                text = (
                    f"{tasks:>9,} tasks  {name:30} {seconds:9.3f} s  peak {peak:7,.0f} MB, {peak * 1024 * 1024 / tasks:9,.0f} bytes a task"
                )
                if name in last:
                    ratio = seconds / last[name][0]
                    allowed = SLACK * tasks * math.log(tasks) / (before * math.log(before))
                    fits = ratio <= allowed or seconds < 0.05  # too short to say
                    good = good and fits
                    text += f"  {ratio:6.1f} times, exponent {math.log(ratio) / math.log(tasks / before):.2f}  {'ok' if fits else 'FAST'}"
                print(text, flush=True)
            last, before = found, tasks
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
