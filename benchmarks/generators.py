"""Seeded portfolios to measure with: the same every time, on every machine."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from ipmo.model import After, Benefit, Calendar, Enabler, Link, MoneySettings, Portfolio, Project, Span, Task


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


def calendars(count: int = 20) -> list[Calendar]:
    """Working calendars that differ in week, hours and holidays."""
    weeks = ("mon-fri", "mon-sat", "sun-thu", "mon-thu")
    hours = ("09:00-17:00", "08:00-12:00, 13:00-17:00", "07:00-15:00", "08:00-16:00", "22:00-06:00")
    days = ("2026-12-25", "2027-01-01", "2027-05-03")
    return [Calendar(id=f"c{i}", week=weeks[i % 4], hours=hours[i % 5], holidays=days) for i in range(count)]


def calendar_columns(given: dict[str, Any], mixed: float = 0.0, count: int = 20, seed: int = 2) -> Any:
    """Which calendar each task of `columns` is worked on: its project's, or with a share of `mixed` any."""
    rng = np.random.default_rng(seed)
    of_project = rng.integers(0, count, len(given["projects"]))[given["project"]]
    return np.where(rng.random(len(of_project)) < mixed, rng.integers(0, count, len(of_project)), of_project)


def activities(n: int = 10_000, seed: int = 7) -> tuple[list[int], list[tuple[int, int, str, int]]]:
    """Durations in hours and 2 n links (giver, receiver, type, lag in hours) of one project, in topological order."""
    rng = random.Random(seed)
    hours = [8 * rng.randint(1, 20) for _ in range(n)]
    links: dict[tuple[int, int], tuple[int, int, str, int]] = {}
    while len(links) < 2 * n:
        v = rng.randint(1, n - 1)
        u = max(0, v - rng.randint(1, 40))
        kind = rng.choices(("FS", "SS", "FF"), (80, 12, 8))[0]
        links.setdefault((u, v), (u, v, kind, 8 * rng.choice((0, 0, 0, 0, 1, 2, -1))))
    return hours, list(links.values())


def xer_text(hours: list[int], links: list[tuple[int, int, str, int]]) -> str:
    """The same project as a Primavera XER file, Monday to Friday, 08:00 to 17:00."""
    shift = "(0||0(s|08:00|f|12:00)())(0||1(s|13:00|f|17:00)())"
    week = "".join(f"(0||{d}()({shift if 1 < d < 7 else ''}))" for d in range(1, 8))
    data = f"(0||CalendarData()((0||DaysOfWeek()({week}))(0||Exceptions()())))"
    lines = ["ERMHDR\t6.0\t2026-01-05\tProject\tadmin\tadmin\tdb\tProject Management\tUSD"]

    def table(name: str, fields: str, rows: list[list[str]]) -> None:
        lines.extend((f"%T\t{name}", "\t".join(["%F", *fields.split()])))
        lines.extend("\t".join(["%R", *row]) for row in rows)

    table(
        "PROJECT",
        "proj_id proj_short_name clndr_id last_recalc_date plan_start_date",
        [["1", "P", "1", "2026-01-05 08:00", "2026-01-05 08:00"]],
    )
    table(
        "CALENDAR",
        "clndr_id clndr_name default_flag day_hr_cnt week_hr_cnt clndr_type clndr_data",
        [["1", "Five", "Y", "8", "40", "CA_Base", data]],
    )
    table("PROJWBS", "wbs_id proj_id proj_node_flag wbs_short_name wbs_name", [["1", "1", "Y", "P", "P"]])
    table(
        "TASK",
        "task_id proj_id wbs_id clndr_id task_code task_name task_type status_code target_drtn_hr_cnt remain_drtn_hr_cnt duration_type complete_pct_type",
        [
            [str(i + 1), "1", "1", "1", f"A{i}", f"A{i}", "TT_Task", "TK_NotStart", str(h), str(h), "DT_FixedDUR2", "CP_Drtn"]
            for i, h in enumerate(hours)
        ],
    )
    table(
        "TASKPRED",
        "task_pred_id task_id pred_task_id proj_id pred_proj_id pred_type lag_hr_cnt",
        [[str(k), str(v + 1), str(u + 1), "1", "1", f"PR_{kind}", str(lag)] for k, (u, v, kind, lag) in enumerate(links, 1)],
    )
    return "\r\n".join([*lines, "%E", ""])


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


def linked_portfolio(projects: int = 1000, tasks: int = 100, cross: int = 3000, benefits: int = 1000, seed: int = 5) -> Portfolio:
    """A portfolio of objects: projects of so many tasks each, about two links a task inside, links across, benefits.

    Tasks follow tasks shortly before them in their project; links across lead on in time, so that there are no loops. Each
    benefit is enabled by one or two of the last tasks of projects; all four link types; 1 d is 24 h.
    """
    rng = random.Random(seed)
    start = [rng.random() * 3 for _ in range(projects)]
    made, names = [], []
    for p in range(projects):
        inside = []
        for i in range(tasks):
            back = {max(0, i - rng.randint(1, 8)) for _ in range(2)} if i else set()
            after = [After(source=f"t{b}", type=rng.choices(("FS", "SS", "FF"), (80, 10, 10))[0]) for b in sorted(back)]
            inside.append(Task(id=f"t{i}", duration=Span(rng.randint(1, 20), "d"), after=after))
        made.append(Project(id=f"p{p}", tasks=inside))
        names += [(start[p] + i / tasks, p, i) for i in range(tasks)]
    links: dict[tuple[str, str], Link] = {}
    while len(links) < cross:
        one, other = rng.choice(names), rng.choice(names)
        if one[1] != other[1] and one[0] < other[0] < one[0] + 1:
            ends = (f"p{one[1]}/t{one[2]}", f"p{other[1]}/t{other[2]}")
            links.setdefault(ends, Link(source=ends[0], target=ends[1], type=rng.choices(("FS", "SS", "FF"), (80, 10, 10))[0]))
    effects = [
        Benefit(
            id=f"b{b}",
            enabled_by=[Enabler(source=f"p{rng.randrange(projects)}/t{tasks - 1 - rng.randrange(5)}") for _ in range(rng.randint(1, 2))],
            value=f"{rng.randint(1, 50)}00 k GBP per year",
            lasts="10 years",
        )
        for b in range(benefits)
    ]
    return Portfolio(
        id="linked",
        start="2026-01-05",
        calendar="continuous",
        money=MoneySettings(currency="GBP", discount="green-book-2026"),
        projects=made,
        links=list(links.values()),
        benefits=effects,
    )


def looping_portfolio(projects: int = 64, tasks: int = 1000, loops: int = 60) -> Portfolio:
    """Chains of 50 tasks; in so many projects the second task of the ninth chain follows one after it too: a loop of ten each."""
    made = []
    for p in range(projects):
        inside = []
        for i in range(tasks):
            after = [f"t{i - 1}"] if i % 50 else []
            inside.append(Task(id=f"t{i}", duration="1 d", after=[*after, *(["t410"] if p < loops and i == 401 else [])]))
        made.append(Project(id=f"p{p}", tasks=inside))
    return Portfolio(id="looping", start="2026-01-05", projects=made)
