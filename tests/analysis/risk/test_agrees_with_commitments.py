"""Where nothing is uncertain, how sure a commitment is, is what the schedule says of it: kept is 1, missed is 0, not known is blank."""

from __future__ import annotations

import random
from typing import Any

import pytest

import ipmo


def drawn(seed: int) -> ipmo.Portfolio:
    """Projects of tasks and gates with deadlines, needed dates, holds and states; one project apart is uncertain, so that there is something to sample."""
    r = random.Random(seed)
    projects: list[dict[str, Any]] = []
    for k in range(r.randint(2, 4)):
        tasks: list[dict[str, Any]] = []
        gates: list[dict[str, Any]] = []
        names: list[str] = []
        for j in range(r.randint(1, 4)):
            after = [r.choice(names)] if names and r.random() < 0.6 else []
            if names and r.random() < 0.2:
                gate: dict[str, Any] = {"id": f"G{j}", "after": after or [r.choice(names)], "need_by": f"2026-03-{r.randint(5, 25):02}"}
                if r.random() < 0.3:
                    gate["decision"] = {"outcome": r.choice(["hold", "go", "recycle"]), "date": "2026-02-20"}
                gates.append(gate)
            else:
                task: dict[str, Any] = {"id": f"t{j}", "duration": f"{r.randint(1, 8)} d", "after": after}
                if r.random() < 0.4:
                    task["deadline"] = f"2026-03-{r.randint(2, 28):02}"
                if r.random() < 0.15:
                    task["not_before"] = f"2026-03-{r.randint(2, 15):02}"
                if r.random() < 0.12 and not after:
                    task |= {"actual_start": "2026-02-20", "actual_finish": "2026-02-25"}
                tasks.append(task)
            names.append(f"{'G' if gates and gates[-1]['id'] == f'G{j}' else 't'}{j}")
        finish = {"finish": f"2026-03-{r.randint(5, 28):02}"} if r.random() < 0.6 else {}
        state = r.choice(["active"] * 6 + ["paused", "cancelled"])
        projects.append({"id": f"p{k}", "state": state, "tasks": tasks, "gates": gates, **finish})
        if k and r.random() < 0.15:
            projects[-1]["requires"] = "p0"
    every = [f"{p['id']}/{t['id']}" for p in projects for t in p["tasks"]]
    stated = [{"need_by": f"2026-03-{r.randint(4, 28):02}"}, {"planned_start": f"2026-03-{r.randint(4, 28):02}"}]
    benefits = [{"id": f"B{i}", "enabled_by": [r.choice(every)], **one} for i, one in enumerate(stated)]
    ends = {tuple(sorted(r.sample(every, 2))) for _ in range(3)}
    links = [{"from": a, "to": b} for a, b in sorted(ends) if a.split("/")[0] != b.split("/")[0]]
    for n, link in enumerate(links):  # the second is stated on what may have a deadline of its own
        link |= {"promised": f"2026-03-{r.randint(3, 28):02}"} if n < 2 and r.random() < 0.7 else {}
    projects.append({"id": "apart", "tasks": [{"id": "e", "duration": {"low": "1 d", "likely": "2 d", "high": "3 d"}}]})
    header = {"id": "pf", "start": "2026-03-02", "status_date": "2026-03-02", "calendar": "continuous"}
    return ipmo.from_dict({"ipmo": 1, "portfolio": header, "projects": projects, "links": links, "benefits": benefits})


@pytest.mark.parametrize("seed", range(15))
def test_what_is_certain_is_as_sure_as_the_schedule_says(seed: int) -> None:
    pf = drawn(seed)
    found = {row.id: row.sure for row in ipmo.simulate(pf, samples=20, seed=1)}
    said = {"kept": (1.0,), "missed": (0.0,), "overdue": (0.0, None), "unknown": (None,)}
    rows = [row for row in ipmo.schedule(pf).commitments if row.kind != "constraint"]
    first: dict[str, ipmo.Commitment] = {}  # of several on one item the earliest counts
    for row in sorted(rows, key=lambda one: one.date):
        first.setdefault(row.item, row)
    assert first
    for row in first.values():
        # samples do not say how sure a date is that waits for paused work, though it is known to be late
        assert found[row.item.removesuffix("@finish")] in ((0.0, None) if row.at_least else said[row.standing]), row.text
