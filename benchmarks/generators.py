"""Seeded portfolios to measure with: the same every time, on every machine."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from ipmo.model import After, Link, Portfolio, Project, Span, Task


def columns(n: int = 100_000, seed: int = 1) -> dict[str, Any]:
    """A portfolio of n tasks as plain columns: projects of 200 to 2,000 tasks, 1.93 links a task, all four link types.

    Ids stand project by project, in topological order inside a project but not across projects. 3 % of the links cross
    a border, a fifth have a lag or a lead, 5 % of the tasks are milestones.
    """
    rng = np.random.default_rng(seed)
    sizes: list[int] = []
    while sum(sizes) < n:
        sizes.append(min(int(rng.integers(200, 2001)), n - sum(sizes)))
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    project = np.repeat(np.arange(len(sizes)), sizes)
    local = np.arange(n) - first[project]
    place = rng.random(len(sizes))[project] * 3 + local / 1000  # where a task lies in time: keeps cross links acyclic
    duration = np.round(rng.gamma(2.0, 4.0, n) + 0.5, 1)
    duration[rng.random(n) < 0.05] = 0
    wanted = int(n * 2.14)  # 1.93 are left when doubles are gone
    target = rng.integers(0, n, wanted * 2)
    back = np.where(rng.random(len(target)) < 0.1, rng.integers(1, 120, len(target)), rng.geometric(0.25, len(target)))
    source = target - back
    inside = source >= first[project[target]]
    source, target = source[inside], target[inside]
    a, b = rng.integers(0, n, wanted), rng.integers(0, n, wanted)
    a, b = np.where(place[a] < place[b], a, b), np.where(place[a] < place[b], b, a)
    across = (project[a] != project[b]) & (place[b] - place[a] < 1) & (place[b] > place[a])
    cross = int(wanted * 0.03)
    source = np.concatenate([source[: wanted - cross], a[across][:cross]])
    target = np.concatenate([target[: wanted - cross], b[across][:cross]])
    _, unique = np.unique(source * n + target, return_index=True)
    source, target = source[np.sort(unique)], target[np.sort(unique)]
    kind = rng.choice(4, len(source), p=[0.75, 0.12, 0.11, 0.02])
    lag = np.where(rng.random(len(source)) < 0.2, rng.integers(-2, 11, len(source)), 0)
    minutes = (duration * 480).astype(np.int64)
    return {
        "ids": [f"P{p:03d}/T{i:06d}" for i, p in enumerate(project.tolist())],
        "duration": minutes,
        "source": source,
        "target": target,
        "type": kind,
        "lag": np.where(kind == 3, minutes[target], 0) + lag * 480,
        "project": project,
        "projects": [f"P{p:03d}" for p in range(len(sizes))],
    }


def objects(given: dict[str, Any]) -> Portfolio:
    """The same portfolio as nouns, around the clock: links inside a project under `after`, the others as links."""
    names = ("FS", "SS", "FF", "SF")
    spans = {minutes: Span(minutes, "min") for minutes in {*given["duration"].tolist(), *given["lag"].tolist()}}
    after: list[list[After]] = [[] for _ in given["ids"]]
    links = []
    owner = given["project"].tolist()
    for u, v, t, lag in zip(given["source"].tolist(), given["target"].tolist(), given["type"].tolist(), given["lag"].tolist(), strict=True):
        span = spans[lag] if lag else None
        if owner[u] == owner[v]:
            after[v].append(After(source=given["ids"][u].partition("/")[2], type=names[t], lag=span))
        else:
            links.append(Link(source=given["ids"][u], target=given["ids"][v], type=names[t], lag=span))
    tasks: dict[int, list[Task]] = {}
    for i, (name, minutes) in enumerate(zip(given["ids"], given["duration"].tolist(), strict=True)):
        milestone = minutes == 0
        task = Task(
            id=name.partition("/")[2],
            duration=None if milestone else str(spans[minutes]),
            milestone=milestone,
            after=after[i],
        )
        tasks.setdefault(owner[i], []).append(task)
    projects = [Project(id=name, tasks=tasks[p]) for p, name in enumerate(given["projects"])]
    return Portfolio(id="big", start="2026-01-05", calendar="continuous", projects=projects, links=links)


def yaml_text(n: int = 50_000, projects: int = 100, seed: int = 1, *, lean: bool = False) -> str:
    """A portfolio file as a user writes it: name, duration, two predecessors, budget; id and duration only when lean."""
    rng = random.Random(seed)
    lines = ["ipmo: 1", "portfolio: {id: big, start: 2026-01-05, money: {currency: GBP}}", "projects:"]
    for p in range(projects):
        lines.append(f"  - id: P{p:03d}\n    tasks:")
        for t in range(n // projects):
            lines.append(f"      - id: T{t:05d}")
            if not lean:
                lines.append(f"        name: Task {t} of project {p}")
            lines.append(f"        duration: {rng.randint(1, 40)} d")
            if not lean:
                if t:
                    before = sorted(rng.sample(range(max(0, t - 20), t), min(2, t)))
                    lines.append(f"        after: [{', '.join(f'T{b:05d}' for b in before)}]")
                lines.append(f"        budget: {rng.randint(1, 400)} k GBP")
    return "\n".join(lines) + "\n"
