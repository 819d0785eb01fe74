"""How good levelled plans are beside the best known, and what one sweep costs beside passes over the same network.

    python benchmarks/levelling.py --data FOLDER [--sets j30,j60,j90,j120,rg300,mplib] [--every 8] [--seconds 1] [--solver 10]
    python benchmarks/levelling.py --sweep [--tasks 5000,10000,20000,50000] [--rounds 5]

FOLDER holds the published instances as `psplib_j30/*.sm`, `rg300/*.rcp`, `mplib1_set3/*.txt` with their indices (PSPLIB: Kolisch and Sprecher,
EJOR 96, 1997; RG300: Debels and Vanhoucke, 2007; MPLIB: Van Eynde and Vanhoucke, 2020). Every n-th instance of each set is taken, sorted by name. The
number of passes is counted, so that plans are the same on every machine: it is chosen by set such that an instance takes at most about
`--seconds` of processor time, measured on the slowest of the first six. `--solver` has CP-SAT improve each plan for so many seconds on two threads. Every plan is checked for precedence and capacity. A gap is the finish by the best known, less 1.

The sweep is one constructive plan (serial generation by latest finish) of a network of 100 tasks a project, 40 roles, three calendars, links across
projects; its cost is given in full schedule passes (forward, and backward to two sets of targets) of the same network, processor time, medians.
"""

from __future__ import annotations

import argparse
import csv
import math
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import attrs
import numpy as np

from ipmo.model import Calendar
from ipmo.network.levelling import UNIT, Leveller, Pool, Score, Take
from ipmo.network.network import Network
from ipmo.network.passes import Passes
from ipmo.network.solving import improve

FOLDERS = {"j30": "psplib_j30", "j60": "psplib_j60", "j90": "psplib_j90", "j120": "psplib_j120", "rg300": "rg300", "mplib": "mplib1_set3"}


@attrs.define
class Instance:
    """A project with limited resources: lengths, needs by resource, what follows each job, how much there is."""

    name: str
    lengths: list[int]
    needs: list[list[int]]
    after: list[list[int]]
    there: list[int]


def patterson(path: Path) -> Instance:
    """The format of Patterson: numbers only."""
    numbers = iter(map(int, path.read_text(encoding="utf-8").split()))
    count, resources = next(numbers), next(numbers)
    out = Instance(path.stem, [], [], [], [next(numbers) for _ in range(resources)])
    for _ in range(count):
        out.lengths.append(next(numbers))
        out.needs.append([next(numbers) for _ in range(resources)])
        out.after.append([next(numbers) - 1 for _ in range(next(numbers))])
    return out


def psplib(path: Path) -> Instance:
    """The format of PSPLIB, one mode a job."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    at = {
        name: next(place for place, line in enumerate(lines) if line.startswith(name))
        for name in ("PRECEDENCE", "REQUESTS", "RESOURCEAVAIL")
    }
    count = int(next(line for line in lines if line.startswith("jobs (incl")).split(":")[1])
    links = [[int(x) - 1 for x in lines[at["PRECEDENCE"] + 2 + j].split()[3:]] for j in range(count)]
    rows = [list(map(int, lines[at["REQUESTS"] + 3 + j].split())) for j in range(count)]
    there = list(map(int, lines[at["RESOURCEAVAIL"] + 2].split()))
    return Instance(path.stem, [row[2] for row in rows], [row[3:] for row in rows], links, there)


def mplib(path: Path) -> Instance:
    """The format of MPLIB: several projects on shared resources."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    projects, resources, row = int(lines[0][0]), int(lines[1][0]), 3
    out = Instance(path.stem, [], [], [], list(map(int, lines[2])))
    for _ in range(projects):
        count, first = int(lines[row][0]), len(out.lengths)
        for job in lines[row + 2 : row + 2 + count]:
            out.lengths.append(int(job[0]))
            out.needs.append(list(map(int, job[1 : 1 + resources])))
            out.after.append([int(x.rpartition(":")[2]) - 1 + first for x in job[2 + resources :]])
        row += 2 + count
    return out


READERS: dict[str, Callable[[Path], Instance]] = {"rg300": patterson, "mplib": mplib}


def best_known(data: Path) -> dict[str, int]:
    """The best known finish of each instance."""
    best = {}
    for row in csv.DictReader((data / "psplib_index.csv").open(encoding="utf-8")):
        best[row["instance"]] = min(int(row["best_known_makespan_psplib"]), int(row["best_known_2024"] or 10**9))
    for row in csv.DictReader((data / "rg300/index.csv").open(encoding="utf-8")):
        best[row["instance"]] = int(row["best_known_2024"])
    for row in csv.DictReader((data / "mplib1_set3/index.csv").open(encoding="utf-8")):
        best[row["instance"].removesuffix(".txt")] = int(row["best_known"])
    return best


def instances(data: Path, which: str, every: int) -> Iterator[Instance]:
    """Every n-th instance of a set."""
    reader = READERS.get(which, psplib)
    yield from map(reader, sorted(path for path in (data / FOLDERS[which]).iterdir() if path.suffix != ".csv")[::every])


def leveller(one: Instance) -> Leveller:
    """An instance as a network and pools, always compiled."""
    links = [(j, k) for j, after in enumerate(one.after) for k in after]
    net = Network.from_columns([str(j) for j in range(len(one.lengths))], one.lengths, [u for u, _ in links], [v for _, v in links])
    takes = [Take(j, r, units * UNIT, 0, one.lengths[j]) for j, row in enumerate(one.needs) for r, units in enumerate(row) if units]
    return Leveller(Passes(net), [Pool(str(r), ((0, units * UNIT),)) for r, units in enumerate(one.there)], takes, samples=10**6)


def checked_end(one: Instance, starts: Sequence[int]) -> int:
    """The finish of a plan; it keeps precedence and capacity, or this fails."""
    end = max(start + length for start, length in zip(starts, one.lengths, strict=True))
    assert all(starts[k] >= starts[j] + one.lengths[j] for j, after in enumerate(one.after) for k in after)
    for r, there in enumerate(one.there):
        use = np.zeros(end + 1, np.int64)
        for j, start in enumerate(starts):
            use[start : start + one.lengths[j]] += one.needs[j][r]
        assert use.max() <= there
    return end


def by_finish(score: Score) -> tuple[int, ...]:
    """The finish of all counts."""
    return (score.end,)


def affordable(some: Sequence[Instance], seconds: float) -> int:
    """So many passes take about that long, to one significant digit: by the slowest of a few that are not solved at once."""
    slowest = 1e-6
    for one in some[:6]:
        leveller(one).level(30, 1, by_finish)  # compiles, and fills caches
        begun = time.process_time()
        plan = leveller(one).level(30, 1, by_finish)
        if plan.passes == 30:
            slowest = max(slowest, (time.process_time() - begun) / 30)
    count = seconds / slowest
    return max(int(round(count, -int(math.log10(max(count, 1))))), 1)


def gaps(data: Path, sets: Sequence[str], every: int, seconds: float, solver: float) -> None:
    """Prints the mean gap of each set."""
    best = best_known(data)
    for which in sets:
        some = list(instances(data, which, every))
        passes, found, before, times = affordable(some, seconds), list[float](), list[float](), list[float]()
        for one in some:
            begun = time.process_time()
            made = leveller(one)
            plan = made.level(passes, 1, by_finish)
            before.append(plan.score.end / best[one.name] - 1)
            if solver:
                plan, _ = improve(made, plan, (1, 0, 2), seconds=solver, workers=2)
            times.append(time.process_time() - begun)
            pos = made.network.positions.pos
            found.append(checked_end(one, [int(plan.early.x[pos[j]]) for j in range(len(one.lengths))]) / best[one.name] - 1)
        gap, worst = 100 * statistics.fmean(found), 100 * max(found)
        print(
            f"{which:6} {len(found):4} instances, {passes:5} passes: gap {gap:5.2f} %, worst {worst:5.2f} %; "
            f"{f'by the heuristic {100 * statistics.fmean(before):.2f} %; ' if solver else ''}"
            f"processor time median {statistics.median(times):.2f} s, most {max(times):.2f} s",
            flush=True,
        )


def sweep_network(tasks: int) -> tuple[Network, list[Pool], list[Take]]:
    """Projects of 100 tasks on three calendars, links inside and across, 40 roles of one calendar each for most of their work."""
    rng = np.random.default_rng(tasks)
    calendars = [
        Calendar(id="five", week="mon-fri"),
        Calendar(id="six", week="mon-sat", hours="07:00-15:00"),
        Calendar(id="four", week="mon-thu"),
    ]
    projects = tasks // 100
    own = rng.integers(0, 3, projects)
    source, target = list[int](), list[int]()
    for v in range(tasks):
        for u in {v - int(rng.integers(1, 12)) for _ in range(2)}:
            if u >= v // 100 * 100:
                source.append(u)
                target.append(v)
        if rng.random() < 0.02 and v >= 200:
            source.append(int(rng.integers(0, v // 100 * 100)))
            target.append(v)
    lengths = rng.integers(1, 11, tasks) * 480
    net = Network.from_columns(
        [str(v) for v in range(tasks)], lengths, source, target,
        project=np.repeat(np.arange(projects), 100), projects=[f"p{p}" for p in range(projects)], start=1_065_100_000,
        calendar=np.repeat(own, 100), calendars=calendars,
    )  # fmt: skip
    roles = rng.integers(0, 40, tasks)
    length = ((Passes(net).end or 0) - net.base) * 8 * 5 // (24 * 7)  # working minutes of the plan without limits
    there = [max(round(float(lengths[roles == r].sum()) / length), 1) for r in range(40)]  # all of it is needed
    takes = [Take(v, int(roles[v]), UNIT, 0, int(lengths[v])) for v in range(tasks)]
    return net, [Pool(f"role {r}", ((0, units * UNIT),)) for r, units in enumerate(there)], takes


def sweep(sizes: Sequence[int], rounds: int) -> None:
    """Prints what one constructive plan costs, in full schedule passes of the same network."""
    for tasks in sizes:
        net, pools, takes = sweep_network(tasks)
        passes = Passes(net)
        made = Leveller(passes, pools, takes, samples=10**6)
        key = made.priorities["late finish"]
        column = key if made.compiled else key.tolist()
        made.generated(0, column)
        ways: dict[str, Callable[[], object]] = {
            "pass": lambda passes=passes: Passes(passes.network).late,  # type: ignore[misc]
            "serial": lambda made=made, column=column: made.generated(0, column),  # type: ignore[misc]
            "parallel": lambda made=made, column=column: made.generated(1, column),  # type: ignore[misc]
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for way in ways.values():
            way()
        for _ in range(rounds):
            for name, way in ways.items():
                begun = time.process_time()
                way()
                times[name].append(time.process_time() - begun)
        mid = {name: statistics.median(values) for name, values in times.items()}
        early, over, *_ = made.generated(0, column)
        end, today = made.score(early).end, made.score(made.today).end
        print(
            f"{tasks:6} tasks, {net.m:6} links: pass {1e3 * mid['pass']:.1f} ms; serial sweep {mid['serial'] / mid['pass']:.1f} passes, "
            f"{1e6 * mid['serial'] / tasks:.1f} us a task; parallel {mid['parallel'] / mid['pass']:.1f} passes; "
            f"{len(over)} do not fit, the end {(end - net.base) / (today - net.base):.2f} times that without limits",
            flush=True,
        )


def main() -> None:
    """What the first lines say."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--sets", default=",".join(FOLDERS))
    parser.add_argument("--every", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--solver", type=float, default=0.0)
    parser.add_argument("--sweep", action="store_true")
    parser.add_argument("--tasks", default="5000,10000,20000,50000")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if given.sweep:
        sweep([int(n) for n in given.tasks.split(",")], given.rounds)
    if given.data is not None:
        gaps(given.data, given.sets.split(","), given.every, given.seconds, given.solver)


if __name__ == "__main__":
    main()
