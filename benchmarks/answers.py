"""What every answer that a director signs costs, in full passes, from the schedule on.

    python benchmarks/answers.py [--projects 300 1000] [--write]

A pass is what finds all dates once: forward and backward over the compiled network, and the dates of its projects. The
portfolio is that of `generators.linked_portfolio` with stated finishes, promised hand-overs and gates; before each answer all is
forgotten but its schedule. Times are of the processor, the median of three; the pass is measured after each answer.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import generators as make
from links import Passes, committed, processor

import ipmo
from ipmo.model import Gate, Portfolio

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
MARK = "## What answers cost"
BAR = 30
"""Passes that an answer may cost at 100,000 tasks."""
SOME = 40
"""Items of which networkx finds what each leads to; all take alike."""

ANSWERS: dict[str, Callable[[Portfolio], object]] = {
    "critical_links": ipmo.critical_links,
    "critical_links, a slip of 11 d": lambda pf: ipmo.critical_links(pf, slip="11 d"),
    "commitments, every row": lambda pf: ipmo.schedule(pf).commitments.rows,
    "single_points": ipmo.single_points,
    "worth_going_on, every row": ipmo.worth_going_on,
    "attribute, leaving each project out": lambda pf: ipmo.attribute(pf, method="leave-one-out"),
    "what_if of stopping a project, every row": lambda pf: ipmo.what_if(pf, ipmo.changes.Stop("p0")).rows,
    "line_of_sight": lambda pf: ipmo.line_of_sight(pf).ids,
    "risk_exposure": lambda pf: ipmo.risk_exposure(pf).ids,
    "roll_up of budgets": lambda pf: ipmo.roll_up(pf, "budget").total,
    "time_phase": ipmo.time_phase,
    "gates": ipmo.gates,
    "status": ipmo.status,
    "decisions_due": ipmo.decisions_due,
}
"""Each answer on a portfolio of which the schedule alone is known."""


def items(pf: Portfolio) -> dict[str, int]:
    """How many passes an answer would take that ran the network anew for each item that it is about."""
    tasks, projects = sum(len(one.tasks) for one in pf.projects), len(pf.projects)
    links = 2 * len(pf.links)
    return {
        "critical_links": links,
        "critical_links, a slip of 11 d": links,
        "commitments, every row": len(ipmo.schedule(pf).commitments),
        "single_points": tasks,
        "worth_going_on, every row": projects,
        "attribute, leaving each project out": projects,
        "decisions_due": len(ipmo.gates(pf)),
    }


def portfolio(projects: int) -> Portfolio:
    """So many projects of a hundred tasks, three links across and one benefit a project; every fifth with a gate to be decided."""
    pf = committed(make.linked_portfolio(projects, 100, 3 * projects, projects))
    gate = Gate(id="G1", criteria=["business case", "plan"], evidence={"plan": "plan.pdf"}, need_by="2026-12-01", after=["t50"])
    return pf.evolve(projects=[attrs.evolve(one, gates=[gate]) if place % 5 == 0 else one for place, one in enumerate(pf.projects)])


def measured(projects: int) -> tuple[dict[str, tuple[float, float]], dict[str, float], dict[str, int]]:
    """((seconds, of a pass) by answer, seconds of the schedule, a pass and what networkx finds of an item, passes an item each)."""
    import networkx as nx

    pf = portfolio(projects)
    s = ipmo.schedule(pf)
    over = Passes(s)
    over.run()
    found = {}
    for what, ask in ANSWERS.items():
        times = []
        ask(pf)  # compiled kernels are loaded once
        for _ in range(3):
            ipmo.forget(pf)
            _ = ipmo.schedule(pf).passes.late_starts
            times.append(processor(lambda ask=ask: ask(pf)))
        found[what] = statistics.median(times), statistics.median(processor(over.run) for _ in range(9))
        print(
            f"    {projects * 100:,} tasks: {what}: {found[what][0] * 1e3:.0f} ms, {found[what][0] / found[what][1]:.0f} passes", flush=True
        )

    def anew() -> None:
        ipmo.forget(pf)
        _ = ipmo.schedule(pf).passes.late_starts

    graph = _graph(over.net)
    step = max(over.net.n // SOME, 1)
    places = list(range(0, over.net.n, step))
    theirs = processor(lambda: [nx.descendants(graph, place) for place in places]) / len(places)
    known = {
        "schedule": statistics.median(processor(anew) for _ in range(3)),
        "pass": statistics.median(one for _, one in found.values()),
        "networkx": theirs,
    }
    return found, known, items(pf)


def _graph(net: Any) -> Any:
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(range(net.n))
    graph.add_edges_from(zip(list(net.src), list(net.dst), strict=True))
    return graph


def page(sizes: list[int]) -> str:
    """The section of the page of benchmarks."""
    small, large = (measured(projects) for projects in sizes)
    names = [f"{projects * 100:,}" for projects in sizes]
    told = "; ".join(
        f"at {name} tasks a pass takes {known['pass'] * 1e3:.1f} ms, `ipmo.schedule` from objects {known['schedule'] * 1e3:.0f} ms, "
        f"networkx finds what one item leads to in {known['networkx'] * 1e3:.2f} ms"
        for name, (_, known, _) in zip(names, (small, large), strict=True)
    )
    lines = [
        MARK,
        "",
        "`benchmarks/answers.py`: each answer in full passes, its schedule known and nothing else. A full pass finds all dates once: forward and "
        "backward over the compiled network, and the dates of its projects; in the same run "
        + told
        + f". The bar is {BAR} passes at {names[1]} tasks. Beside it: the passes of an answer that ran the network anew for each item that it is "
        "about, and how many times as long networkx takes to find what each of these items leads to.",
        "",
        f"| answer | {names[0]} tasks | passes | {names[1]} tasks | passes | of `ipmo.schedule` | bar | a pass an item | networkx |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: |",
    ]
    for what in ANSWERS:
        few, many = small[0][what], large[0][what]
        passes, count = many[0] / many[1], large[2].get(what)
        anew = f"{count:,} passes" if count else ""
        theirs = f"{count * large[1]['networkx'] / many[0]:,.2g} times as long" if count else ""
        lines.append(
            f"| {what} | {few[0] * 1e3:,.0f} ms | {few[0] / few[1]:,.0f} | {many[0] * 1e3:,.0f} ms | {passes:,.0f} "
            f"| {many[0] / large[1]['schedule']:.2f} | {'met' if passes <= BAR else 'MISSED'} | {anew} | {theirs} |"
        )
    return "\n".join([*lines, ""])


def main(arguments: list[str]) -> None:
    """Measures, prints, and with `--write` keeps the section in the docs; what is said below the table stays."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, nargs=2, default=[300, 1000])
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    text = page(given.projects)
    print(text)
    if given.write:
        before, _, after = PAGE.read_text(encoding="utf-8").partition(MARK)
        own, _, rest = after.partition("\n## ")
        said = own.rpartition("|\n")[2].strip()
        kept = f"\n{said}\n" if said else ""
        PAGE.write_text(before.rstrip() + "\n\n" + text + kept + (f"\n## {rest}" if rest else ""), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
