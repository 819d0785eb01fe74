"""What every answer that a director signs costs, in full passes, from the schedule on.

    python benchmarks/answers.py [--projects 300 1000] [--only compare gates] [--write]

A pass is what finds all dates once: forward and backward over the compiled network, and the dates of its projects. The
portfolio is that of `generators.linked_portfolio` with stated finishes, promised hand-overs and gates; before each answer all is
forgotten but its schedule. What an answer needs besides is added: work that has cost and was done for earned value, a second portfolio, of
which one project is other, to compare with, change requests. Times are of the processor, the median of three; the pass is measured after each answer.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import attrs
import generators as make
from links import Passes, committed, processor

import ipmo
from ipmo.model import Gate, Portfolio, Project, Task
from ipmo.model.changes import Change, ChangeRequest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
MARK = "## What answers cost"
BAR = 30
"""Passes that an answer may cost at 100,000 tasks."""
SOME = 40
"""Items of which networkx finds what each leads to; all take alike."""

STOPPED, LATER = ipmo.changes.Stop("p0"), ipmo.changes.Delay("p0", "10 d")
ON = "2026-04-01"
"""Status date of work that has cost and was done."""


def spent(pf: Portfolio) -> tuple[Portfolio]:
    """Work with a budget, its dates in a baseline, and what was done and spent by the status date: every project the same."""

    def task(place: int, one: Task) -> Task:
        begin, end, done = f"2026-0{1 + place // 20}-1{place % 10}", f"2026-0{2 + place // 20}-1{place % 10}", place < 60
        cost = {"progress": 0.5, "actual": "9 k GBP"} if done else {}
        return attrs.evolve(one, budget="20 k GBP", baseline_start=begin, baseline_finish=end, **cost)

    def project(one: Project) -> Project:
        return attrs.evolve(one, tasks=[task(place, each) for place, each in enumerate(one.tasks)])

    return (pf.evolve(projects=map(project, pf.projects), status_date=ON),)


def one_longer(pf: Portfolio) -> tuple[Portfolio, Portfolio]:
    """Itself, and itself with one task that takes longer."""
    longer = [attrs.evolve(one, duration="60 d") if one.id == "t3" else one for one in pf.projects[7].tasks]
    return pf, pf.evolve(projects=[attrs.evolve(one, tasks=longer) if place == 7 else one for place, one in enumerate(pf.projects)])


def requested(*changes: Change) -> Callable[[Portfolio], tuple[Portfolio]]:
    """With a request for each of some changes."""
    return lambda pf: (pf.evolve(changes=[ChangeRequest(id=f"c{place}", effect=[one]) for place, one in enumerate(changes)]),)


ANSWERS: dict[str, Callable[..., object]] = {
    "critical_links": ipmo.critical_links,
    "critical_links, a slip of 11 d": lambda pf: ipmo.critical_links(pf, slip="11 d"),
    "interfaces, every pair": lambda pf: ipmo.interfaces(pf).pairs,
    "commitments, every row": lambda pf: ipmo.schedule(pf).commitments.rows,
    "schedule_quality": ipmo.schedule_quality,
    "single_points": ipmo.single_points,
    "worth_going_on, every row": ipmo.worth_going_on,
    "attribute, leaving each project out": lambda pf: ipmo.attribute(pf, method="leave-one-out"),
    "attribute, by flow": ipmo.attribute,
    "attribute, Shapley": lambda pf: ipmo.attribute(pf, method="shapley"),
    "what_if of stopping a project, every row": lambda pf: ipmo.what_if(pf, STOPPED).rows,
    "what_if of pausing a project, every row": lambda pf: ipmo.what_if(pf, ipmo.changes.Pause("p0")).rows,
    "what_if of a delay, every row": lambda pf: ipmo.what_if(pf, LATER).rows,
    "what_if of stopping a project, in words": lambda pf: str(ipmo.what_if(pf, STOPPED)),
    "compare, every row": lambda one, other: ipmo.compare(one, other).rows,
    "compare, in words": lambda one, other: str(ipmo.compare(one, other)),
    "assess_impact of one request": ipmo.assess_impact,
    "assess_impact of ten requests": ipmo.assess_impact,
    "line_of_sight": lambda pf: ipmo.line_of_sight(pf).ids,
    "risk_exposure": lambda pf: ipmo.risk_exposure(pf).ids,
    "roll_up of budgets": lambda pf: ipmo.roll_up(pf, "budget").total,
    "earned_value": lambda pf: ipmo.earned_value(pf).total,
    "benefits": ipmo.benefits,
    "time_phase": ipmo.time_phase,
    "gates": ipmo.gates,
    "status": ipmo.status,
    "decisions_due": ipmo.decisions_due,
}
"""Each answer on portfolios of which the schedules alone are known."""
ASKED_OF: dict[str, Callable[[Portfolio], tuple[Portfolio, ...]]] = {
    "compare, every row": one_longer,
    "compare, in words": one_longer,
    "assess_impact of one request": requested(LATER),
    "assess_impact of ten requests": requested(*(ipmo.changes.Delay(f"p{place}", "10 d") for place in range(10))),
    "earned_value": spent,
}
"""What an answer is asked of, where it is more than the portfolio."""


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


def measured(projects: int, only: Sequence[str] = ()) -> tuple[dict[str, tuple[float, float]], dict[str, float], dict[str, int]]:
    """((seconds, of a pass) by answer, seconds of the schedule, a pass and what networkx finds of an item, passes an item each).

    Args:
        projects: how many.
        only: parts of the names of the answers that are measured; all when left out.
    """
    import networkx as nx

    pf = portfolio(projects)
    s = ipmo.schedule(pf)
    over = Passes(s)
    over.run()
    found = {}
    for what, ask in ANSWERS.items():
        if only and not any(name in what for name in only):
            continue
        times = []
        of = ASKED_OF.get(what, lambda one: (one,))(pf)
        ask(*of)  # compiled kernels are loaded once
        for _ in range(3):
            for one in of:
                ipmo.forget(one)
            for one in of:
                _ = ipmo.schedule(one).passes.late_starts
            times.append(processor(lambda ask=ask, of=of: ask(*of)))
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
    parser.add_argument(
        "--only", nargs="+", default=[], help="parts of names of answers: these alone, of the larger portfolio, and no page"
    )
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    if given.only:
        measured(given.projects[-1], given.only)
        return
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
