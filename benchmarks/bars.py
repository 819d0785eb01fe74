"""How much faster is this tree than an earlier commit, from file to report, on 100,000 tasks?

    python benchmarks/bars.py da2c3f3 [--tasks 100000] [--money] [--rounds 1] [--only words] [--folder made]

The portfolio is `generators.linked_portfolio` with a status date (and with `--money` budgets, progress and actual costs). Both trees take turns,
a row is the ratio of processor times. Answers of a row are asked of a portfolio of which only what the row names is known.
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

import beside

PROCESSES = {"ipmo check": ["check"], "ipmo report": ["report", "-o", "report.html"]}
BARS = {
    "ipmo report": 10.0,
    "ipmo check": 6.0,
    "table of the schedule": 50.0,
    "earned_value": 30.0,
    "earned_value and its table": 30.0,
    "status": 20.0,
    "roll_up of budget": 15.0,
    "check after those": 8.0,
    "what_if of one delay": 5.0,
    "compare": 10.0,
}
"""How many times faster each is to be; the others are printed for comparison."""


def jobs(folder: Path) -> Iterator[tuple[str, Callable[[], Any], Callable[[Any], Any]]]:
    """(what, what is made before, the question) of every row."""
    import ipmo

    def known(*answers: str, name: str = "big.yaml") -> Any:
        pf = ipmo.read(folder / name)
        for one in answers:
            getattr(ipmo, one)(pf)
        return pf

    def scheduled() -> Any:
        return known("schedule")

    def table() -> Any:
        return ipmo.schedule(scheduled()).table()

    def both() -> Any:
        return scheduled(), known("schedule", name="other.yaml")

    yield "reading", lambda: None, lambda _: ipmo.read(folder / "big.yaml")
    yield "schedule", known, ipmo.schedule
    yield "table of the schedule", scheduled, lambda pf: ipmo.schedule(pf).table()
    yield "that table to polars", table, lambda made: made.to_polars()
    yield "that table to pandas", table, lambda made: made.to_pandas()
    yield "earned_value", scheduled, ipmo.earned_value
    yield "earned_value and its table", scheduled, lambda pf: ipmo.earned_value(pf).table()
    yield "status", scheduled, ipmo.status
    yield "benefits", scheduled, ipmo.benefits
    yield "roll_up of budget", scheduled, lambda pf: ipmo.roll_up(pf, "budget")
    yield "critical_links and its table", scheduled, lambda pf: ipmo.critical_links(pf).table()
    yield "check after those", lambda: known("schedule", "earned_value", "status", "benefits", "critical_links"), ipmo.check
    yield "check, nothing known", known, ipmo.check
    yield "what_if of one delay", scheduled, lambda pf: ipmo.what_if(pf, beside.ipmo_changes().Delay("p0/t0", "10 d"))
    yield "compare", both, lambda pair: str(ipmo.compare(*pair))
    yield "compare and its table", both, lambda pair: ipmo.compare(*pair).table()


def work(folder: Path, only: str) -> None:
    """Every row of this process, as JSON: seconds of processor time."""
    import ipmo

    for what, prepare, ask in jobs(folder / "small"):
        if only in what:
            ask(prepare())  # kernels are loaded
    found = {}
    for what, prepare, ask in jobs(folder):
        if only not in what:
            continue
        given = prepare()
        gc.collect()
        begin = time.process_time()
        ask(given)
        found[what] = (time.process_time() - begin, 0.0)
        del given
    print(ipmo.__version__, json.dumps(found))


def environment(tree: Path) -> dict[str, str]:
    """Where a process finds a tree; its modules are compiled once, as of an installed package."""
    paths = [tree / "src", *(tree / "plugins" / name / "src" for name in beside.PLUGINS)]
    given = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONPYCACHEPREFIX": str(beside.ROOT / "out" / "compiled")}
    return {name: value for name, value in given.items() if name != "PYTHONDONTWRITEBYTECODE"}


def whole(tree: Path, folder: Path, words: list[str]) -> tuple[float, float]:
    """Seconds and megabytes at the peak of a process from file to exit."""
    verb, *more = words
    command = [sys.executable, "-m", "ipmo", verb, str(folder / "big.yaml"), *more]
    process = subprocess.Popen(command, cwd=folder, env=environment(tree), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{tree.name}: {' '.join(command)} ended with {status}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def rows_of(tree: Path, folder: Path, only: str) -> dict[str, tuple[float, float]]:
    """(seconds, megabytes at the peak; 0 where not measured) of each row of a tree."""
    found: dict[str, tuple[float, float]] = {}
    for what, words in PROCESSES.items():
        if only in what:
            whole(tree, folder / "small", words)  # kernels are compiled once
            found[what] = whole(tree, folder, words)
    if not only or any(only in what for what, _, _ in jobs(folder)):
        command = [sys.executable, __file__, "--work", str(folder), "--only", only]
        done = subprocess.run(command, cwd=tree, env=environment(tree), capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr[-3000:])
        found |= json.loads(done.stdout.partition(" ")[2])
    return found


def write(folder: Path, tasks: int, money: bool) -> None:
    """The portfolio, another with one estimate in ten changed, and small ones of both."""
    import attrs
    import generators

    import ipmo

    for where, count in ((folder, tasks), (folder / "small", 25_000)):
        where.mkdir(exist_ok=True)
        pf = generators.linked_portfolio(count // 100, 100, count * 3 // 100, count // 100)
        pf = beside.with_money(pf) if money else attrs.evolve(pf, status_date="2026-02-02")
        ipmo.write(pf, where / "big.yaml")
        changed = [
            attrs.evolve(
                one, tasks=[attrs.evolve(task, duration="9 d") if place % 10 == 3 else task for place, task in enumerate(one.tasks)]
            )
            for one in pf.projects
        ]
        ipmo.write(attrs.evolve(pf, projects=changed), where / "other.yaml")


def main(arguments: list[str]) -> int:
    """Prints a row of the table each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", nargs="?", default="da2c3f3")
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--money", action="store_true")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--folder", help="Where the portfolios are kept from one run to the next.")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.work:
        work(Path(given.work), given.only)
        return 0
    then = beside.earlier(given.commit)
    times: dict[str, tuple[list[tuple[float, float]], list[tuple[float, float]]]] = {}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(given.folder or made)
        if not (folder / "big.yaml").exists():
            folder.mkdir(parents=True, exist_ok=True)
            write(folder, given.tasks, given.money)
        for turn in range(given.rounds):
            for side in (turn % 2, 1 - turn % 2):
                for what, measured in rows_of((beside.ROOT, then)[side], folder, given.only).items():
                    times.setdefault(what, ([], []))[side].append(measured)
    print(
        f"| {given.tasks:,} tasks{', with money' if given.money else ''} | here | then | faster | bar |\n| --- | ---: | ---: | ---: | --- |"
    )
    for what, pair in times.items():
        if not all(pair):
            continue
        (here, now), (before, most) = [tuple(map(statistics.median, zip(*one, strict=True))) for one in pair]
        bar = BARS.get(what)
        said = "" if bar is None else f"{bar:g}: {'met' if before >= bar * here else 'MISSED'}"
        peak = [f", {megabytes:,.0f} MB" if megabytes else "" for megabytes in (now, most)]
        print(f"| {what} | {here:,.3f} s{peak[0]} | {before:,.3f} s{peak[1]} | {before / here:.1f} | {said} |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
