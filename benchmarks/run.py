"""How fast, as ratios against named peers measured in the same run; prints a table, `--write` keeps it in the docs.

    python benchmarks/run.py [--write] [--only links|schedules|spreadsheets|trees]

Each time is the median of several; peers and ipmo take turns, so that a busy machine slows both.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import generators as make
import links
import schedules
import spreadsheets
import trees

import ipmo
import rules
from ipmo.analysis.dates.schedule import network as compiled_network
from ipmo.analysis.dates.schedule import schedule
from ipmo.memory import forget
from ipmo.network.compiled import available
from ipmo.network.network import Network

ROOT = Path(__file__).resolve().parent.parent
ROWS: list[tuple[str, str, str, str, str, str]] = []


def turns(one: Callable[[], Any], other: Callable[[], Any], repeats: int = 5) -> tuple[float, float]:
    """Median seconds of two jobs that take turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for job, found in zip((one, other), times, strict=True):
            gc.collect()
            begin = time.perf_counter()
            job()
            found.append(time.perf_counter() - begin)
    return statistics.median(times[0]), statistics.median(times[1])


def bar(what: str, ours: float, peer_name: str, peer: float, bound: float | None, *, faster: bool) -> None:
    """A row: with `faster`, ipmo must be at least `bound` times faster; else it may take at most `bound` times as long."""
    if bound is None:
        ROWS.append(
            (what, f"{ours * 1e3:.1f} ms", peer_name, f"{peer * 1e3:.1f} ms", f"{ours / peer:.2f} times its time", "for comparison")
        )
        print(f"    {what}: {ours / peer:.2f} times its time, {ours * 1e3:.1f} ms against {peer * 1e3:.1f} ms", flush=True)
        return
    ratio = peer / ours if faster else ours / peer
    good = ratio >= bound if faster else ratio <= bound
    wanted = f"at least {bound:g} times faster" if faster else f"at most {bound:g} times its time"
    measured = f"{ratio:.1f} times faster" if faster else f"{ratio:.2f} times its time"
    ROWS.append((what, f"{ours * 1e3:.1f} ms", peer_name, f"{peer * 1e3:.1f} ms", measured, f"{wanted}: {'met' if good else 'MISSED'}"))
    print(f"{'ok ' if good else 'LOW'} {what}: {measured} ({wanted}), {ours * 1e3:.1f} ms against {peer * 1e3:.1f} ms", flush=True)


def passes(network: Network) -> None:
    """Early dates, total float and target float of everything."""
    s = schedule(network)
    total, target = s.passes.late_starts
    _ = total - s.passes.early_starts, target - s.passes.early_starts


def networkx_passes(graph: Any, order: list[int], owner: list[int], duration: list[int], count: int) -> None:
    """The same passes written over networkx's dictionaries."""
    early: dict[int, int] = {}
    pred, succ = graph.pred, graph.succ
    for v in order:
        early[v] = max((early[u] + data["weight"] for u, data in pred[v].items()), default=0)
        early[v] = max(early[v], 0)
    end = max(early[v] + duration[v] for v in order)
    ends = [0] * count
    for v in order:
        ends[owner[v]] = max(ends[owner[v]], early[v] + duration[v])
    late: dict[int, int] = {}
    aim: dict[int, int] = {}
    for v in reversed(order):
        a, b = end - duration[v], ends[owner[v]] - duration[v]
        for w, data in succ[v].items():
            a, b = min(a, late[w] - data["weight"]), min(b, aim[w] - data["weight"])
        late[v], aim[v] = a, b


def engine_rows() -> None:
    """The passes at 100,000 tasks."""
    import networkx as nx
    import rustworkx as rx

    given = make.columns()
    n, m = len(given["ids"]), len(given["source"])
    network = Network.from_columns(**given)
    p = network.positions
    order = [int(v) for v in p.order]
    weight: dict[int, int] = dict(zip((int(e) for e in p.perm), (int(w) for w in p.w), strict=True))
    links = [(int(u), int(v), weight[e]) for e, (u, v) in enumerate(zip(given["source"], given["target"], strict=True))]
    graph: Any = nx.DiGraph()
    graph.add_nodes_from(range(n))
    graph.add_weighted_edges_from(links)
    owner, duration = given["project"].tolist(), given["duration"].tolist()
    rust: Any = rx.PyDiGraph()
    rust.add_nodes_from(range(n))
    rust.add_edges_from(links)
    size = f"{n:,} tasks, {m:,} links"
    passes(network)
    peer = lambda: networkx_passes(graph, order, owner, duration, len(given["projects"]))  # noqa: E731
    if available():
        ours, theirs = turns(lambda: passes(network), peer, 5)
        bar(f"early dates, total and target float; {size}; with `fast`", ours, "networkx dictionaries", theirs, 80, faster=True)
        ours, theirs = turns(
            lambda: passes(network), lambda: rx.dag_weighted_longest_path_length(rust, lambda a, b, w: float(max(w, 0))), 9
        )
        bar("the same", ours, "rustworkx, length of the longest path alone", theirs, 3, faster=True)
    plain = Network.from_columns(**given)
    plain.__dict__["compiled"] = False
    passes(plain)
    ours, theirs = turns(lambda: passes(plain), peer, 5)
    bar("the same, numpy only, without `fast`", ours, "networkx dictionaries", theirs, 12, faster=True)


def object_rows() -> None:
    """From nouns to arrays."""
    import networkx as nx

    given = make.columns()
    pf = make.objects(given)
    gc.collect()
    gc.freeze()

    def compiled() -> None:
        forget(pf)
        _ = compiled_network(pf).positions

    def peer() -> None:
        graph: Any = nx.DiGraph()
        for project in pf.projects:
            graph.add_nodes_from((f"{project.id}/{task.id}", {"task": task}) for task in project.tasks)
            graph.add_edges_from(
                (f"{project.id}/{after.source}", f"{project.id}/{task.id}", {"link": after})
                for task in project.tasks
                for after in task.after
            )
        graph.add_edges_from((link.source, link.target, {"link": link}) for link in pf.links)

    compiled()
    ours, theirs = turns(compiled, peer, 7)
    bar(
        "portfolio objects to compiled arrays; 100,000 tasks",
        ours,
        "networkx, building its graph from the same objects",
        theirs,
        1 / 3,
        faster=False,
    )
    gc.unfreeze()


def loading_rows(folder: Path) -> None:
    """Files of 50,000 tasks, all checks on."""
    import yaml

    for lean in (False, True):
        text = make.yaml_text(lean=lean)
        path = folder / "big.yaml"
        path.write_text(text, encoding="utf-8")

        def events(text: str = text) -> None:
            for _ in yaml.parse(text, Loader=yaml.CSafeLoader):
                pass

        ipmo.read(path)
        ours, theirs = turns(lambda path=path: ipmo.read(path), events, 7)  # type: ignore[misc]
        kind = "lean YAML (id and duration)" if lean else "YAML (name, duration, two predecessors, budget)"
        bar(f"reading {kind}; 50,000 tasks", ours, "PyYAML's C events alone", theirs, None if lean else 2, faster=False)
        ipmo.write(ipmo.read(path), folder / "big.json")
        raw = (folder / "big.json").read_text(encoding="utf-8")
        ours, theirs = turns(lambda: ipmo.read(folder / "big.json"), lambda raw=raw: json.loads(raw), 7)  # type: ignore[misc]
        bar(f"reading {'lean ' if lean else ''}JSON; 50,000 tasks", ours, "json.loads", theirs, None if lean else 3, faster=False)


def process_rows(folder: Path) -> None:
    """Fresh processes, bytecode compiled, taking turns."""

    def fresh(code: str) -> Callable[[], Any]:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        return lambda: subprocess.run([sys.executable, "-c", code], check=True, env=environment)

    lines = ["ipmo: 1", "portfolio: {id: x, start: 2026-01-05}", "projects:"]
    for p in range(3):
        lines += [f"  - id: p{p}", "    tasks:"]
        lines += [f"      - {{id: t{i}, duration: {i % 9 + 1} d{f', after: t{i - 1}' if i else ''}}}" for i in range(100)]
    path = folder / "small.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    first = f"import ipmo; s = ipmo.schedule(ipmo.read({str(path)!r})); s['p1/t50'].target_float"
    for code in ("import ipmo", first, "import networkx", "import numpy"):
        fresh(code)()
    ours, theirs = turns(fresh("import ipmo"), fresh("import networkx"), 11)
    bar("import ipmo, fresh process", ours, "import networkx", theirs, 1, faster=False)
    ours, theirs = turns(fresh(first), fresh("import numpy"), 11)
    bar("a first answer on a file of 300 tasks, fresh process", ours, "python -c 'import numpy'", theirs, 4, faster=False)


def main() -> int:
    """Runs everything; 1 when a bar is missed."""
    with tempfile.TemporaryDirectory() as name:
        if "--only" not in sys.argv:
            engine_rows()
            object_rows()
            loading_rows(Path(name))
            process_rows(Path(name))
        if "--only" not in sys.argv or "trees" in sys.argv:
            trees.rows(turns, bar)
        if "--only" not in sys.argv or "links" in sys.argv:
            links.run(bar)
        if "--only" not in sys.argv or "rules" in sys.argv:
            rules.run(bar)
        if "--only" not in sys.argv or "schedules" in sys.argv:
            schedules.rows(Path(name), turns, bar)
        if "--only" not in sys.argv or "spreadsheets" in sys.argv:
            spreadsheets.spreadsheets(turns, bar)
    if "--write" in sys.argv:
        head = "| what | ipmo | against | takes | measured | wanted |\n| --- | ---: | --- | ---: | --- | --- |\n"
        body = "".join(f"| {' | '.join(row)} |\n" for row in ROWS)
        intro = (
            "# Benchmarks\n\nRatios measured in one run by `benchmarks/run.py`, ipmo and its peer taking turns, medians of several; "
            f"Python {platform.python_version()}, {os.cpu_count()} cores. Absolute times move with the machine, ratios hardly.\n\n"
        )
        page = ROOT / "docs" / "benchmarks.md"
        _, mark, others = page.read_text(encoding="utf-8").partition("\n## ")  # the sections that other benchmarks write stay
        page.write_text(intro + head + body + mark + others, encoding="utf-8")
    return 0 if all("MISSED" not in row[-1] for row in ROWS) else 1


if __name__ == "__main__":
    sys.exit(main())
