"""Levelling beside TaskJuggler: the same plan of four pools, processor time and the end of the plan.

    python benchmarks/taskjuggler.py [--tasks 1000] [--rounds 3]

Needs `tj3` (Debian: tj3) on the path. Projects of 50 tasks of one to ten days, each of which needs one of a pool of five people; links inside
projects and across. In TaskJuggler a task allocates one of the pool, the least loaded, and keeps them. ipmo's time is that of `ipmo.level` on a portfolio
that was read; TaskJuggler's is its own process, without the report, less what an empty plan costs it (start of Ruby, reading).
"""

from __future__ import annotations

import argparse
import csv
import resource
import statistics
import subprocess
import tempfile
import time
from datetime import datetime
from pathlib import Path

import numpy as np

import ipmo

POOLS, PEOPLE, EACH = 4, 5, 50


def plan(tasks: int) -> tuple[list[int], list[int], list[list[int]]]:
    """Days, pool and what comes before, of each task."""
    rng = np.random.default_rng(tasks)
    before: list[list[int]] = []
    for v in range(tasks):
        inside = {v - int(rng.integers(1, 6)) for _ in range(2)}
        some = [u for u in inside if u >= v // EACH * EACH]
        before.append(some + ([int(rng.integers(0, v // EACH * EACH))] if v >= EACH and rng.random() < 0.03 else []))
    return rng.integers(1, 11, tasks).tolist(), rng.integers(0, POOLS, tasks).tolist(), before


def ours(lengths: list[int], pools: list[int], before: list[list[int]]) -> ipmo.Portfolio:
    """The plan as a portfolio."""
    projects = []
    for first in range(0, len(lengths), EACH):
        rows = [
            {"id": f"t{v}", "duration": f"{lengths[v]} d", "assignments": [{"resource": f"pool{pools[v]}"}],
             "after": [f"t{u}" for u in before[v] if u >= first]}
            for v in range(first, min(first + EACH, len(lengths)))
        ]  # fmt: skip
        projects.append({"id": f"p{first // EACH}", "tasks": rows})
    across = [
        {"from": f"p{u // EACH}/t{u}", "to": f"p{v // EACH}/t{v}"} for v, some in enumerate(before) for u in some if u < v // EACH * EACH
    ]
    people = [{"id": f"pool{r}", "capacity": [{"from": "2026-01-01", "value": PEOPLE}]} for r in range(POOLS)]
    return ipmo.Portfolio(id="x", start="2026-01-05", projects=projects, links=across, resources=people)


def theirs(lengths: list[int], pools: list[int], before: list[list[int]]) -> str:
    """The plan for TaskJuggler."""
    lines = ['project x "x" 2026-01-05 +20y {', '  timezone "UTC"', "  timingresolution 60min", "}"]
    for r in range(POOLS):
        lines += [f'resource pool{r}x{k} "pool{r}x{k}" {{}}' for k in range(PEOPLE)]
    for v, (long, r) in enumerate(zip(lengths, pools, strict=True)):
        others = ", ".join(f"pool{r}x{k}" for k in range(1, PEOPLE))
        after = f"  depends {', '.join(f't{u}' for u in before[v])}\n" if before[v] else ""
        lines.append(
            f'task t{v} "t{v}" {{\n  effort {long}d\n{after}  allocate pool{r}x0 {{ alternative {others} select minloaded persistent }}\n}}'
        )
    lines.append('taskreport "ends" { formats csv columns id, end timeformat "%Y-%m-%d %H:%M" hidetask 0 }')
    return "\n".join(lines) + "\n"


def run_theirs(text: str) -> tuple[float, str]:
    """Processor seconds of TaskJuggler, and the last end that it reports."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "x.tjp").write_text(text, encoding="utf-8")
        begun = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(["tj3", "--silent", "x.tjp"], cwd=folder, check=True)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        rows = list(csv.reader(Path(folder, "ends.csv").read_text(encoding="utf-8").splitlines(), delimiter=";"))[1:]
    last = max((row[1] for row in rows if row[1]), default="")
    return ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime, last


def main() -> None:
    """What the first lines say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    some = plan(given.tasks)
    empty = statistics.median(run_theirs(theirs([1], [0], [[]]))[0] for _ in range(given.rounds))
    took, last = run_theirs(theirs(*some))
    for passes in (1, 10, 50):
        times = []
        for _ in range(given.rounds + 1):
            pf = ours(*some)
            ipmo.schedule(pf)
            begun = time.process_time()
            found = ipmo.level(pf, passes=passes, objective="finish")
            times.append(time.process_time() - begun)
        mid = statistics.median(times[1:])
        assert found.finish is not None
        later = (found.finish - datetime.fromisoformat(last)).total_seconds() / 86400
        print(
            f"{given.tasks} tasks, {passes} passes: {mid:.2f} s against {took - empty:.1f} s ({empty:.1f} s of start left out): {(took - empty) / mid:.0f} times; "
            f"the end {found.finish:%Y-%m-%d %H:%M}, TaskJuggler {last}: {later:+.1f} days",
            flush=True,
        )


if __name__ == "__main__":
    main()
