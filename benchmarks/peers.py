"""3,614 tasks, 1,000 samples: `ipmo.simulate` against trueppm-scheduler and pmcontrols, on the same network, in the same run.

    python benchmarks/peers.py [--tasks 3614] [--samples 1000] [--rounds 3]

Needs the extra `bench`. Processor time, medians; of ipmo everything from the portfolio to the answer, and the samples alone.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pmcontrols
import trueppm_scheduler as trueppm

import ipmo
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Samples, spans_of
from ipmo.memory import forget

START = date(2026, 1, 5)


def network(count: int) -> list[tuple[int, int, int, list[int]]]:
    """Least, likely and greatest days of each task, and the tasks that it follows."""
    r = random.Random(0)
    out = []
    for place in range(count):
        likely = r.randint(2, 30)
        after = {r.randrange(max(0, place - 200), place) for _ in range(r.choice([1, 2, 2, 3]))} if place else set()
        out.append((max(1, likely - 1), likely, 2 * likely, sorted(after)))
    return out


def jobs(count: int, samples: int) -> dict[str, Callable[[], Any]]:
    """What is timed."""
    tasks = network(count)
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "all", "start": f"{START}", "calendar": "continuous"},
            "projects": [
                {
                    "id": "p",
                    "tasks": [
                        {
                            "id": f"t{place}",
                            "duration": {"low": f"{low} ed", "likely": f"{likely} ed", "high": f"{high} ed", "shape": "pert"},
                            "after": [f"t{one}" for one in after],
                        }
                        for place, (low, likely, high, after) in enumerate(tasks)
                    ],
                }
            ],
        }
    )
    made = Samples(Plan(pf, samples, 1, "before", None, "beta", ()).setup, compiled=True)
    spans = spans_of(made.setup)

    def span(days: int) -> timedelta:
        return timedelta(days=days)

    project = trueppm.Project(
        id="p",
        name="p",
        start_date=START,
        calendar=trueppm.Calendar(working_days=127),
        tasks=[
            trueppm.Task(
                id=f"t{place}",
                name=f"t{place}",
                duration=span(likely),
                optimistic_duration=span(low),
                most_likely_duration=span(likely),
                pessimistic_duration=span(high),
            )
            for place, (low, likely, high, _) in enumerate(tasks)
        ],
        dependencies=[
            trueppm.Dependency(predecessor_id=f"t{one}", successor_id=f"t{place}", dep_type=trueppm.DependencyType.FS)
            for place, (*_, after) in enumerate(tasks)
            for one in after
        ],
    )
    activities = [
        {"id": f"t{place}", "predecessors": [f"t{one}" for one in after], "a": low, "m": likely, "b": high}
        for place, (low, likely, high, after) in enumerate(tasks)
    ]

    def whole() -> ipmo.Simulation:
        forget(pf)
        return ipmo.simulate(pf, samples=samples)

    return {
        "ipmo.simulate": whole,
        "its samples alone": lambda: [made.batch(*one) for one in spans],
        "trueppm-scheduler": lambda: trueppm.monte_carlo(project, runs=samples, seed=1, max_runs=10**6, max_tasks=10**6),
        "pmcontrols": lambda: pmcontrols.pert(activities, n_sim=samples),
    }


def main() -> None:
    """Prints a row a job: nanoseconds a task-sample, and how many times the whole of ipmo, and its samples alone, are faster."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--tasks", type=int, default=3614)
    given.add_argument("--samples", type=int, default=1000)
    given.add_argument("--rounds", type=int, default=3)
    asked = given.parse_args()
    found = jobs(asked.tasks, asked.samples)
    times: dict[str, list[float]] = {name: [] for name in found}
    for name in ("ipmo.simulate", "its samples alone"):  # kernels are compiled
        found[name]()
    for _ in range(asked.rounds):
        for name, job in found.items():
            begin = time.process_time()
            job()
            times[name].append((time.process_time() - begin) / asked.tasks / asked.samples * 1e9)
    for name, row in times.items():
        ratios = (statistics.median(one / other for one, other in zip(row, times[own], strict=True)) for own in list(times)[:2])
        print(f"{name}: {statistics.median(row):.1f} ns a task-sample; times those of ipmo: {', '.join(f'{one:.1f}' for one in ratios)}")


if __name__ == "__main__":
    main()
