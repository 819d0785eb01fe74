"""This tree beside an earlier commit, row by row, in the same run: does anything cost more than it did?

    python benchmarks/beside.py da2c3f3 [--rounds 3] [--tasks 20000] [--write]

Both take turns, each time in a fresh process on the same portfolio; a row is the ratio of the medians of processor time. The earlier commit is
checked out under `out/`. Verbs that had another name then are called by it.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLUGINS = ("ipmo-p3o", "ipmo-mop", "ipmo-agile", "ipmo-example")
PAGE = ROOT / "docs" / "benchmarks.md"
MARK = "## Beside an earlier commit"
SMALL = 300
"""Tasks of the small portfolio."""
SHORTEST = 0.05
"""Seconds of one reading: a job of a few milliseconds is done again and again, else the caches that the collector leaves cold decide."""


def jobs(folder: Path, tasks: int) -> Iterator[tuple[str, Callable[[], Any]]]:
    """(what, job) of every row; each job starts from what the one before has left."""
    import ipmo

    def forget(portfolio: Any) -> None:
        try:
            from ipmo.memory import forget as clear
        except ImportError:
            portfolio.memo.clear()
        else:
            clear(portfolio)

    def fresh(portfolio: Any, ask: Callable[[Any], Any]) -> Callable[[], Any]:
        def job() -> Any:
            forget(portfolio)
            return ask(portfolio)

        return job

    ipmo.schedule(ipmo.read(folder / "small.yaml"))  # compiled kernels are loaded once
    small = ipmo.read(folder / "small.yaml")
    yield f"reading YAML, {tasks:,} tasks", lambda: ipmo.read(folder / "big.yaml")
    big = ipmo.read(folder / "big.yaml")
    yield f"schedule, {SMALL} tasks", fresh(small, ipmo.schedule)
    yield f"schedule, {tasks:,} tasks", fresh(big, ipmo.schedule)
    schedule = ipmo.schedule(big)
    yield "schedule and its table", fresh(big, lambda portfolio: ipmo.schedule(portfolio).table())
    ids = schedule.table()["id"]
    yield "every item of the schedule by id, with its floats", lambda: [schedule[one].target_float for one in ids]
    yield "roll_up of budget", fresh(big, lambda pf: ipmo.roll_up(pf, "budget"))
    yield "roll_up of budget, its table", fresh(big, lambda pf: ipmo.roll_up(pf, "budget").table())
    yield "earned_value", fresh(big, ipmo.earned_value)
    yield "earned_value, its table", fresh(big, lambda pf: ipmo.earned_value(pf).table())
    yield "benefits", fresh(big, ipmo.benefits)
    yield "status", fresh(big, ipmo.status)
    yield "critical_links", fresh(big, ipmo.critical_links)
    yield "critical_links, its table", fresh(big, lambda pf: ipmo.critical_links(pf).table())
    yield "critical_links, every row", fresh(big, lambda pf: list(ipmo.critical_links(pf)))
    yield "what_if of one delay", fresh(big, lambda pf: ipmo.what_if(pf, ipmo_changes().Delay("p0/t0", "10 d")))
    yield "check", fresh(big, ipmo.check)


def with_money(portfolio: Any) -> Any:
    """The portfolio with a status date, budgets, and progress and actuals on the first tasks of each project."""
    import attrs

    projects = [
        attrs.evolve(
            project,
            tasks=[
                attrs.evolve(task, budget=f"{1000 + place} GBP", **({"progress": 0.5, "actual": "700 GBP"} if place < 9 else {}))
                for place, task in enumerate(project.tasks)
            ],
        )
        for project in portfolio.projects
    ]
    return attrs.evolve(portfolio, status_date="2026-02-02", projects=projects)


def ipmo_changes() -> Any:
    """Where the what-if changes live."""
    import ipmo

    try:
        import ipmo.changes as changes
    except ImportError:
        return ipmo.model
    return changes


def work(folder: Path, tasks: int, repeats: int) -> None:
    """One process: every row, its median; written as JSON."""
    found = {}
    for what, job in jobs(folder, tasks):
        times = []
        try:
            for _ in range(repeats):
                gc.collect()
                begin, done = time.process_time(), 0
                while not done or time.process_time() - begin < SHORTEST:
                    job()
                    done += 1
                times.append((time.process_time() - begin) / done)
        except Exception as error:
            print(f"{what}: {type(error).__name__}: {error}", file=sys.stderr)
            continue
        found[what] = statistics.median(times)
    print(json.dumps(found))


def process(tree: Path, folder: Path, tasks: int, repeats: int) -> dict[str, float]:
    """The rows of a tree, measured in a process of its own."""
    paths = [tree / "src", *(tree / "plugins" / name / "src" for name in PLUGINS)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    command = [sys.executable, __file__, "--work", str(folder), "--tasks", str(tasks), "--repeats", str(repeats)]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    if done.stderr:
        print(f"{tree.name}: {done.stderr[-500:]}", file=sys.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def earlier(commit: str) -> Path:
    """An earlier commit, checked out under `out/`."""
    then = ROOT / "out" / f"beside-{commit}"
    if not then.exists():
        subprocess.run(["git", "worktree", "add", "-q", "--detach", str(then), commit], cwd=ROOT, check=True)
    return then


def rows(commit: str, rounds: int, tasks: int, repeats: int) -> list[tuple[str, float, float]]:
    """(what, seconds here, seconds then) of every row."""
    then = earlier(commit)
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import generators

    import ipmo

    times: dict[str, tuple[list[float], list[float]]] = {}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        across = max(tasks // 33, 1)
        ipmo.write(with_money(generators.linked_portfolio(tasks // 100, 100, across, max(tasks // 100, 1))), folder / "big.yaml")
        ipmo.write(with_money(generators.linked_portfolio(3, SMALL // 3, 9, 3)), folder / "small.yaml")
        for turn in range(rounds):
            for place, tree in enumerate((ROOT, then) if turn % 2 else (then, ROOT)):
                side = place if turn % 2 else 1 - place
                for what, seconds in process(tree, folder, tasks, repeats).items():
                    times.setdefault(what, ([], []))[side].append(seconds)
            print(f"round {turn + 1} of {rounds} is done", flush=True)
    return [(what, statistics.median(here), statistics.median(before)) for what, (here, before) in times.items() if here and before]


def page(commit: str, found: list[tuple[str, float, float]]) -> str:
    """The rows as a section of the page of benchmarks."""
    lines = [
        MARK,
        "",
        f"`benchmarks/beside.py {commit}`: this tree and that commit took turns, each time in a fresh process on the same portfolio.",
        "",
        "| what | here | then | ratio |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {what} | {here * 1e3:,.1f} ms | {then * 1e3:,.1f} ms | {here / then:.2f} |" for what, here, then in found),
        "",
    ]
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Measures, prints, and with `--write` keeps the rows in the docs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", nargs="?", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tasks", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.work:
        work(Path(given.work), given.tasks, given.repeats)
        return
    found = rows(given.commit, given.rounds, given.tasks, given.repeats)
    text = page(given.commit, found)
    print(text)
    if given.write:
        before, _, after = PAGE.read_text(encoding="utf-8").partition(MARK)
        rest = after.partition("\n## ")[2]
        PAGE.write_text(before.rstrip() + "\n\n" + text + (f"\n## {rest}" if rest else ""), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
