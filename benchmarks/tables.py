"""From Parquet to dates, floats, roll-ups and critical dependencies by columns, from 10,000 tasks to a million: time, growth and memory a task.

    python benchmarks/tables.py [largest]

Each size runs in a process of its own. `polars.read_parquet` of the same files stands beside it; rustworkx and networkx find the
longest path of the same graph, as far as they are installed. Growth is held against n log n between neighbouring sizes.
"""

from __future__ import annotations

import importlib.util
import json
import math
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import ipmo
from ipmo.network.assemble import compile_portfolio
from ipmo.network.tree import Tree, Values

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
TIMES, MEMORY, SLACK = 12.0, 4096.0, 1.5
COMBINES = {"budget": "sum", "actual": "sum", "forecast": "sum", "effort": "sum", "start": "min", "finish": "max", "progress": "mean"}


def written(folder: Path, tasks: int, seed: int = 3) -> None:
    """Projects of a hundred tasks and two links a task, the most under `after` as `portfolio.tables()` writes them, as Parquet."""
    rng = np.random.default_rng(seed)
    number = np.arange(tasks)
    project, place = number // 100, number % 100
    back = np.stack([place - rng.integers(1, 5, tasks), place - rng.integers(5, 9, tasks)])
    kinds = rng.choice(["FS", "SS", "FF"], (2, tasks), p=[0.8, 0.1, 0.1])
    after = []
    for ends, types in zip(back.T.tolist(), kinds.T.tolist(), strict=True):
        waits = [
            f"t{end}" if kind == "FS" else {"from": f"t{end}", "type": kind} for end, kind in zip(ends, types, strict=True) if end >= 0
        ]
        lone = waits[0] if len(waits) == 1 else waits
        after.append(None if not waits else lone if isinstance(lone, str) else json.dumps(lone))
    giver, taker = (rng.integers(0, tasks, tasks // 12) for _ in range(2))
    keep = giver // 100 % 10 < taker // 100 % 10  # from projects of an earlier tenth: no loops, and no path longer than ten projects
    pairs = np.unique(giver[keep] * tasks + taker[keep])
    owner, name = np.char.add("p", project.astype(str)), np.char.add("t", place.astype(str))
    full = np.char.add(np.char.add(owner, "/"), name)
    header = {"id": ["big"], "start": ["2026-01-05"], "calendar": ["continuous"], "money": ['{"currency": "GBP"}']}
    pl.DataFrame(header).write_parquet(folder / "portfolio.parquet")
    pl.DataFrame({"id": [f"p{one}" for one in range(int(project[-1]) + 1)]}).write_parquet(folder / "projects.parquet")
    quantities = {"budget": "k GBP", "actual": "k GBP", "forecast": "k GBP", "effort": "pd", "duration": "d"}
    columns = {
        what: [f"{one} {unit}" for one in rng.integers(1, 20 if unit == "d" else 5000, tasks).tolist()] for what, unit in quantities.items()
    }
    titles = [f"Task {one}" for one in number.tolist()]
    pl.DataFrame({"project": owner, "id": name, "name": titles, "after": after, **columns}).write_parquet(folder / "tasks.parquet")
    pl.DataFrame({"from": full[pairs // tasks], "to": full[pairs % tasks]}).write_parquet(folder / "links.parquet")


def spent(begin: float) -> float:
    return time.process_time() - begin


def peers(network: Any) -> dict[str, float]:
    """Seconds of processor time that others take for the longest path of the same graph."""
    out = {}
    ends = list(zip(network.src.tolist(), network.dst.tolist(), network.dur[network.src].tolist(), strict=True))
    if importlib.util.find_spec("rustworkx") is not None:
        import rustworkx

        graph = rustworkx.PyDiGraph()
        graph.add_nodes_from(range(network.n))
        graph.add_edges_from(ends)
        begin = time.process_time()
        rustworkx.dag_longest_path_length(graph, weight_fn=lambda _, __, weight: weight)
        out["rustworkx"] = spent(begin)
    if network.n <= 300_000:  # a million take it minutes and gigabytes
        import networkx

        other = networkx.DiGraph()
        other.add_weighted_edges_from(ends)
        begin = time.process_time()
        networkx.dag_longest_path_length(other)
        out["networkx"] = spent(begin)
    return out


def steps(folder: Path) -> tuple[dict[str, float], Any]:
    """Seconds of processor time of each step, and the network."""
    took = {}
    begin = time.process_time()
    for path in sorted(folder.glob("*.parquet")):
        pl.read_parquet(path)
    took["polars.read_parquet"] = spent(begin)
    begin = time.process_time()
    portfolio = ipmo.from_tables(folder)
    took["to a checked portfolio"] = spent(begin)
    begin = time.process_time()
    network = compile_portfolio(portfolio, portfolio.dialect)
    took["to the network"] = spent(begin)
    begin = time.process_time()
    passes = ipmo.schedule(portfolio).passes
    (whole, aim), starts = passes.late_starts, np.asarray(passes.early_starts)
    _ = np.asarray(whole) - starts, np.asarray(aim) - starts
    network.link_floats(passes.early)
    took["dates and floats"] = spent(begin)
    begin = time.process_time()
    parent = np.concatenate([[-1], np.zeros(len(network.projects), np.int64), np.asarray(network.project) + 1])
    rng = np.random.default_rng(1)
    columns = {name: rng.integers(0, 10**6, len(parent)) for name in COMBINES}
    weight = np.ones(len(parent), np.int64)
    values = {
        name: Values(value=columns[name], combine=how, weight=weight if how == "mean" else None)  # type: ignore[arg-type]
        for name, how in COMBINES.items()
    }
    Tree.from_columns(parent).roll_up(values)
    took["roll-up of seven measures"] = spent(begin)
    begin = time.process_time()
    ipmo.critical_links(portfolio)
    took["critical dependencies"] = spent(begin)
    return took, network


def measured(folder: Path, small: Path, out: Any) -> None:
    """The steps after those on a small portfolio, for which kernels are loaded; megabytes at the peak, and more than for that."""
    steps(small)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took, network = steps(folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    out.put((took, peak, peak - before, network.m, peers(network)))


def main(largest: int) -> int:
    """Prints a row a size; 1 when one is beyond its limits."""
    spawned = multiprocessing.get_context("spawn")
    good, last = True, None
    for tasks in (size for size in SIZES if size <= largest):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as small:
            written(Path(folder), tasks)
            written(Path(small), 15_000)
            out = spawned.Queue()
            process = spawned.Process(target=measured, args=(Path(folder), Path(small), out))
            process.start()
            took, peak, more, links, others = out.get()
            process.join()
        whole = sum(took.values()) - took["polars.read_parquet"]
        bar = TIMES * took["polars.read_parquet"] + took["dates and floats"]
        growth = ""
        if last is not None:
            allowed = SLACK * tasks * math.log(tasks) / (last[0] * math.log(last[0]))
            growth = f", {whole / last[1]:.1f} times the size before (n log n and half more: {allowed:.1f})"
            good = good and whole / last[1] <= allowed
        fits = peak <= MEMORY and (tasks < 1_000_000 or whole <= bar)
        good, last = good and fits, (tasks, whole)
        each = ", ".join(f"{what} {1000 * seconds:.0f} ms" for what, seconds in {**took, **others}.items())
        print(f"{'ok ' if fits else 'LOW'} {tasks:,} tasks, {links:,} links: {1000 * whole:.0f} ms of {1000 * bar:.0f}{growth}", flush=True)
        print(f"    {each}; peak {peak:.0f} MB, {more * 1024 * 1024 / tasks:.0f} bytes a task", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else SIZES[-1]))
