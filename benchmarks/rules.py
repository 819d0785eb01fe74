"""Every rule of every adapter on 100,000 tasks under three methods: each in a second at most."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import attrs
import generators as make

from ipmo import Money, Span
from ipmo.desk import installed
from ipmo.model import (
    DataFlow,
    DecisionBody,
    Emissions,
    Gate,
    GateDecision,
    Lesson,
    Objective,
    Office,
    Person,
    Portfolio,
    Programme,
    Service,
    Standard,
    Tolerance,
)
from ipmo.plugin import Check, CheckContext
from ipmo.rules.checks import CHECKS
from ipmo_agile import AgileFields, AgileForecast, Inputs, WorkItem
from ipmo_mop import Criterion, MopFields, Tranche
from ipmo_p3o import P3OFields


def governed(projects: int = 1000, tasks: int = 100, seed: int = 9) -> Portfolio:
    """The linked portfolio with programmes, offices, services, flows, gates, scores, forecasts and backlogs."""
    rng = random.Random(seed)
    pf = make.linked_portfolio(projects, tasks)
    programmes = [Programme(id=f"T{n}", owner="boss", tolerance=Tolerance(time="20 d", cost=0.1)) for n in range(projects // 20)]
    offices = [Office(id="hub", type="portfolio", permanent=True, reports_to="board", sponsor="boss", services=["reporting", "risk"])]
    offices += [
        Office(
            id=f"office-{p.id}", type="programme", permanent=False, host=p.id, ends="2030-01-01", reports_to="hub", services=["planning"]
        )
        for p in programmes
    ]
    scale = {"low": 1.0, "high": 5.0}
    rows = []
    for n, project in enumerate(pf.projects):
        work = list(project.tasks)
        forecast = AgileForecast(remaining_items=rng.randint(5, 60), throughput=[rng.randint(0, 9) for _ in range(10)], per=Span(1, "w"))
        work[0] = attrs.evolve(work[0], duration=forecast)
        day = date(2025, 6, 1)
        items = [WorkItem(id=f"i{k}", started=day + timedelta(days=k), finished=day + timedelta(days=k + 4)) for k in range(20)]
        rows.append(
            attrs.evolve(
                project,
                tasks=work,
                programme=programmes[n % len(programmes)].id,
                owner="boss",
                budget=f"{rng.randint(1, 90)} M GBP",
                carbon=f"{rng.randint(10, 900)} t CO2e",
                tolerance=Tolerance(time="10 d", cost=0.1),
                state=rng.choice(["active", "active", "proposed"]),
                alignment={"o": "high"},
                gates=[
                    Gate(id="1", after="t50", decision=GateDecision(outcome="go", date="2026-01-05", decided_by="board", funding="1 M GBP"))
                ],
                extensions={
                    "mop": _mop(n),
                    "p3o": P3OFields(standards={"risk-standard": "3"}),
                    "agile": AgileFields(backlog=items, wsjf=Inputs(value=1, urgency=1, risk=1, size=rng.choice([1, 2, 3]))),
                },
            )
        )
    criteria = (Criterion(id="a", weight=0.5, scale=scale), Criterion(id="b", weight=0.5, scale=scale))
    return attrs.evolve(
        pf,
        projects=rows,
        programmes=programmes,
        offices=offices,
        people=[Person(id="boss")],
        status_date="2026-01-05",
        bodies=[DecisionBody(id="board", level="portfolio", authority="100 M GBP")],
        services=[Service(id=name, mode="mandatory", level="project", provider="hub") for name in ("risk", "quality", "assurance")],
        flows=[DataFlow(field="cost", source=f"office-{p.id}", target="hub", every="1 month") for p in programmes],
        standards=[Standard(id="risk-standard", version="3")],
        lessons=[Lesson(id=f"L{n}", source=f"p{n}") for n in range(100)],
        objectives=[Objective(id="o")],
        extensions={
            "mop": MopFields(
                criteria=criteria, envelopes={"2026": Money(10**12, "GBP")}, carbon_envelopes={"2026": Emissions(10, "t")}, confidence=0.8
            )
        },
    )


def _mop(n: int) -> MopFields:
    """Scores, and money in two tranches: one released by the gate, one on a day."""
    tranches = [Tranche(id="a", amount=Money(10**6, "GBP"), gate="1"), Tranche(id="b", amount=Money(10**7, "GBP"), on=date(2026, 9, 1))]
    return MopFields(scores={"a": "high", "b": "low"}, tranches=tranches if n % 2 else [])


def _seconds(check: Check, context: CheckContext) -> float:
    gc.collect()
    begin = time.process_time()
    list(check.run(context))
    return time.process_time() - begin


def run(bar: Callable[..., None]) -> None:
    """A row a method: its slowest rule against a second; `bar` as in `run.py`."""
    context = CheckContext(portfolio=governed())
    core = {check.code: _seconds(check, context) for check in CHECKS}  # they run first, and leave the schedule and totals behind
    print("    core:", ", ".join(f"{code} {1e3 * seconds:.0f} ms" for code, seconds in core.items()))
    for method in {method.name: method for method in installed().methodologies.values()}.values():
        if len(method.checks) < 2:
            continue
        times = {check.code: _seconds(check, context) for check in method.checks}
        worst = max(times, key=lambda code: times[code])
        what = f"100,000 tasks: slowest of {len(times)} rules of {method.name}, {worst}"
        bar(what, times[worst], "a second", 1.0, 1.0, faster=False)
        for code, seconds in sorted(times.items(), key=lambda pair: -pair[1]):
            print(f"    {code}: {seconds * 1e3:.0f} ms")


def _rows() -> list[Any]:
    """Rows alone: `python benchmarks/rules.py`."""
    out: list[Any] = []
    run(lambda *row, **more: out.append(row))
    return out


if __name__ == "__main__":
    for row in _rows():
        print(row[0], f"{row[1]:.2f} s")
