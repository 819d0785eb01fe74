"""How fast a joint simulation is: nanoseconds a task-sample, beside drawing as many random numbers, in the same run.

    python benchmarks/simulate.py [--tasks 10000] [--samples 2048] [--rounds 7] [--only triangular,pert]

Every row takes turns with `numpy.random.Generator(Philox).random`; times are processor time of this process, ratios medians over rounds.
Planning (checks, compiling the network) and gathering (sorting samples) are rows of their own: the others are the samples alone.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import time
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Samples, spans_of
from ipmo.model import After, Calendar, Link, Portfolio, Project, Task
from ipmo.network.compiled import available

Kind = Literal["triangular", "pert", "links", "calendars", "constraints"]

WEEKS = ("mon-fri", "mon-sat", "sun-thu", "mon-thu")
HOURS = ("09:00-17:00", "08:00-12:00, 13:00-17:00", "07:00-15:00", "08:00-16:00")


def portfolio(n: int = 10_000, kind: Kind = "triangular", seed: int = 1) -> Portfolio:
    """Projects of 250 tasks with some 1.9 links a task, 3 % of them across projects; every duration is uncertain.

    Args:
        n: tasks.
        kind: `triangular`, finish to start on one calendar; `pert` estimates; `links` of all types, a fifth with lags; `calendars`, one of
            twenty a project, with holidays; `constraints` on a tenth of the tasks.
        seed: of the portfolio.
    """
    r = random.Random(seed)
    size = 250 if n <= 10_000 else 100
    count = -(-n // size)
    start = [r.random() * 3 for _ in range(count)]
    projects, names = [], []
    shape = "pert" if kind == "pert" else "triangular"
    for p in range(count):
        tasks = []
        for i in range(min(size, n - p * size)):
            likely = r.randint(16, 160)
            duration = {"low": f"{likely * 5 // 6} h", "likely": f"{likely} h", "high": f"{likely * 5 // 3} h", "shape": shape}
            back = {max(0, i - r.randint(1, 40)) for _ in range(2)} if i else set()
            after: list[Any] = [f"t{b}" for b in sorted(back)]
            if kind == "links":
                after = [
                    After(source=f"t{b}", type=r.choices(("FS", "SS", "FF", "SF"), (75, 12, 11, 2))[0], lag=r.choice([None] * 4 + ["2 d"]))
                    for b in sorted(back)
                ]
            more: dict[str, Any] = {}
            if kind == "constraints" and r.random() < 0.1:
                more = r.choice(
                    [{"not_before": "2026-06-01"}, {"finish_not_before": "2026-07-01"}, {"constraints": {"finish_no_later": "2030-01-07"}}]
                )
            tasks.append(Task(id=f"t{i}", duration=duration, after=after, **more))
            names.append((start[p] + i / size, p, i))
        calendar = f"c{p % 20}" if kind == "calendars" else None
        projects.append(Project(id=f"p{p:03d}", tasks=tasks, calendar=calendar))
    links: dict[tuple[str, str], Link] = {}
    while len(links) < (n * 6 // 100 if count > 1 else 0):
        one, other = r.choice(names), r.choice(names)
        if one[1] != other[1] and one[0] < other[0] < one[0] + 1:
            ends = f"p{one[1]:03d}/t{one[2]}", f"p{other[1]:03d}/t{other[2]}"
            links.setdefault(ends, Link(source=ends[0], target=ends[1]))
    calendars = [
        Calendar(id=f"c{c}", week=WEEKS[c % 4], hours=HOURS[c // 4 % 4], holidays=["2026-12-25", "2027-01-01", f"2027-05-{c + 1:02d}"])
        for c in range(20)
    ]
    return Portfolio(
        id="all", start="2026-01-05", calendars=calendars if kind == "calendars" else [], projects=projects, links=list(links.values())
    )


def job(kind: Kind, tasks: int, samples: int, *, compiled: bool | None = None) -> tuple[Callable[[], Any], int]:
    """Draws and dates all samples of a portfolio, with how often work is critical; and how many task-samples that is."""
    plan = Plan(portfolio(tasks, kind), samples, 1, "before", None, "beta", ())
    made = Samples(plan.setup, compiled=compiled, plain=None)
    spans = spans_of(plan.setup)

    def run() -> None:
        for first, last in spans:
            made.batch(first, last)

    made.batch(0, 1)  # kernels are compiled, tables are made
    print(f"{kind}: {'compiled' if made.compiled else 'numpy'}", flush=True)
    return run, tasks * samples


def main() -> None:
    """Prints a row a kind: nanoseconds a task-sample, and the ratio to drawing as many numbers in the same round."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--tasks", type=int, default=10_000)
    given.add_argument("--samples", type=int, default=2048)
    given.add_argument("--rounds", type=int, default=7)
    given.add_argument("--only", default="")
    asked = given.parse_args()
    kinds: tuple[Kind, ...] = ("triangular", "pert", "links", "calendars", "constraints")
    rows = {kind: job(kind, asked.tasks, asked.samples) for kind in kinds if not asked.only or kind in asked.only.split(",")}
    if not asked.only or "numpy" in asked.only:
        rows["triangular, numpy"] = job("triangular", asked.tasks, min(asked.samples, 1024), compiled=False)
    generator, room = np.random.Generator(np.random.Philox(1)), np.empty(1 << 16)

    def draw() -> None:
        for _ in range(40):
            generator.random(out=room)

    rows["numpy.random.Generator(Philox).random"] = draw, 40 * room.size
    times: dict[str, list[float]] = {name: [] for name in rows}
    gc.disable()
    for _ in range(asked.rounds):
        for name, (run, size) in rows.items():
            begin = time.process_time()
            run()
            times[name].append((time.process_time() - begin) / size * 1e9)
    peer = times["numpy.random.Generator(Philox).random"]
    print(f"{asked.tasks:,} tasks, {asked.samples:,} samples, {'with' if available() else 'without'} numba; medians of {asked.rounds}")
    for name, found in times.items():
        ratio = statistics.median(one / other for one, other in zip(found, peer, strict=True))
        print(f"{name}: {statistics.median(found):.2f} ns a task-sample (least {min(found):.2f}), {ratio:.2f} times drawing alone")


if __name__ == "__main__":
    main()
