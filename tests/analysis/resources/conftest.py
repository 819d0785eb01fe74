"""The verifier of levelled plans, minute by minute from what the file says; portfolios and plain jobs to level."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

import ipmo
from ipmo.model import Calendar
from ipmo.network import levelling
from ipmo.network.levelling import Due, Leveller, Pool, Split, Take
from ipmo.network.network import Network
from ipmo.network.passes import Passes

MONDAY = date(2026, 3, 2)
DAYS = 100
"""Days that the verifier looks at."""
ALWAYS = {"id": "always", "week": "mon-sun", "hours": "00:00-24:00"}
SIX = {"id": "six", "week": "mon-sat", "hours": "08:00-16:00", "holidays": ["2026-03-07"]}
NIGHT = {"id": "night", "week": "mon-fri", "hours": "22:00-06:00"}
HALF = {"id": "half", "week": "mon-wed"}


def open_minutes(calendar: Calendar) -> NDArray[np.bool_]:
    """Whether each minute from the first Monday on is worked, from what the calendar says: for calendars without exceptions."""
    out = np.zeros((DAYS + 1) * 1440, bool)
    for day in range(DAYS):
        when = MONDAY + timedelta(days=day)
        if when not in calendar.holidays:
            for begin, end in calendar.week_shifts()[when.weekday()]:
                out[day * 1440 + begin : day * 1440 + end] = True
    return out


def minute(when: datetime) -> int:
    return int((when - datetime.combine(MONDAY, datetime.min.time())).total_seconds() // 60)


def use_and_room(pf: ipmo.Portfolio, plan: ipmo.Levelled) -> Iterator[tuple[str, NDArray[np.float64], NDArray[np.float64]]]:
    """(resource, units needed, units there) in every minute."""
    masks = {name: open_minutes(calendar) for name, calendar in pf.calendar_table.items()}
    for resource in pf.resources:
        need, there = np.zeros((DAYS + 1) * 1440), np.zeros((DAYS + 1) * 1440)
        for row in resource.capacity:
            there[max(minute(datetime.combine(row.since, datetime.min.time())), 0) :] = row.value
        if resource.calendar is not None:
            there[~masks[resource.calendar]] = 0
        for project in pf.projects:
            for task in project.tasks:
                full_id = f"{project.id}/{task.id}"
                for one in task.assignments:
                    if one.resource == resource.id and full_id in plan:
                        row = plan[full_id]
                        since = max(
                            minute(row.start), minute(datetime.combine(pf.status_date, datetime.min.time())) if pf.status_date else 0
                        )
                        span = slice(since, minute(row.finish))
                        worked = masks[task.calendar or project.calendar or pf.calendar or "standard"][span].copy()
                        for rest in row.rests:
                            worked[max(minute(rest.since) - since, 0) : max(minute(rest.until) - since, 0)] = False
                        units = one.units
                        if one.effort is not None:
                            units = float(one.effort.amount) * {"ph": 60, "pd": 480}[one.effort.unit] / worked.sum()
                        need[span] += units * worked
        yield resource.id, need, there


def verify(pf: ipmo.Portfolio, plan: ipmo.Levelled) -> None:
    """No resource is short in any minute, and the engine finds the same dates in the portfolio that the plan is written back to."""
    for name, need, there in use_and_room(pf, plan):
        short = need > there + 1e-4
        assert not short.any(), (name, plan.table(), int(short.argmax()))
    again = ipmo.schedule(plan.portfolio)
    for item in plan:
        assert (again[item.id].start, again[item.id].finish) == (item.start, item.finish), item
    for full_id in ipmo.schedule(pf).ids:
        if full_id not in plan:
            assert again.dates(full_id)[1] == ipmo.schedule(pf).dates(full_id)[1]


def portfolio(*tasks: dict[str, Any], capacity: Any = 1, **more: Any) -> ipmo.Portfolio:
    """Tasks of one project that need one person, Ann, unless they say otherwise."""
    needing = [{"assignments": [{"resource": "ann"}], **task} for task in tasks]
    rows = capacity if isinstance(capacity, list) else [{"from": "2026-01-01", "value": capacity}]
    plan: dict[str, Any] = {
        "id": "x", "start": MONDAY.isoformat(), "calendars": [ALWAYS, SIX, NIGHT, HALF],
        "resources": [{"id": "ann", "capacity": rows}], "projects": [{"id": "P", "tasks": needing}],
    }  # fmt: skip
    return ipmo.Portfolio(**(plan | more))


def days(plan: ipmo.Levelled) -> dict[str, tuple[str, str]]:
    return {item.id.removeprefix("P/"): (f"{item.start:%m-%d}", str(item.finish_date)[5:]) for item in plan}


links = st.sampled_from(["FS", "SS", "FF", "SF"])


@st.composite
def portfolios(draw: st.DrawFn, split: bool = False) -> ipmo.Portfolio:
    """Two projects on several calendars, links of all types with lags, people with leave and hours, ties, and work under way."""
    status = draw(st.booleans())
    projects: list[dict[str, Any]] = []
    for name in "PQ":
        tasks: list[dict[str, Any]] = []
        for number in range(draw(st.integers(2, 5))):
            task: dict[str, Any] = {"id": f"t{number}", "duration": f"{draw(st.integers(2, 30))} h"}
            task["assignments"] = [
                {"resource": one, "units": draw(st.sampled_from([0.5, 1, 2]))} for one in draw(st.sets(st.sampled_from(["ann", "crew"]), max_size=2))
            ]  # fmt: skip
            if tasks and draw(st.booleans()):
                before = draw(st.sampled_from([one["id"] for one in tasks]))
                task["after"] = [{"from": before, "type": draw(links), "lag": f"{draw(st.integers(-8, 12))} h"}]
            if draw(st.integers(0, 4)) == 0:
                task["calendar"] = draw(st.sampled_from(["six", "night", "always"]))
            if draw(st.integers(0, 5)) == 0:
                task["not_before"] = (MONDAY + timedelta(days=draw(st.integers(0, 9)))).isoformat()
            elif draw(st.integers(0, 7)) == 0:
                task["constraints"] = {"as_late_as_possible": True}
            elif draw(st.integers(0, 3)) == 0:
                day = (MONDAY + timedelta(days=draw(st.integers(2, 14)))).isoformat()
                task |= draw(st.sampled_from([{"deadline": day}, {"constraints": {"start_no_later": day}}]))
            if split and draw(st.booleans()):
                task["split"] = draw(st.sampled_from([True, {"least": "2 h"}, {"most": 1}, {"least": "90 min", "most": 2}]))
            tasks.append(task)
        projects.append({"id": name, "tasks": tasks})
    if status and draw(st.booleans()):
        projects[0]["tasks"][0] |= {"actual_start": "2026-03-02", "progress": "25 %"}
        projects[0]["tasks"][0].pop("not_before", None)
    cross = {
        "from": f"P/{draw(st.sampled_from(projects[0]['tasks']))['id']}",
        "to": f"Q/{draw(st.sampled_from(projects[1]['tasks']))['id']}",
        "type": draw(links),
    }
    leave = [{"from": "2026-01-01", "value": 2}, {"from": "2026-03-12", "value": 0}, {"from": "2026-03-14", "value": 3}]
    return ipmo.Portfolio(
        **{
            "id": "x", "start": MONDAY.isoformat(), "calendars": [ALWAYS, SIX, NIGHT], "projects": projects, "links": [cross],
            "resources": [{"id": "ann", "capacity": leave}, {"id": "crew", "capacity": [{"from": "2026-01-01", "value": 2}]}],
            **({"status_date": "2026-03-04"} if status else {}),
        }
    )  # fmt: skip


def jobs(
    lengths: list[int],
    links: list[tuple[int, int]],
    needs: list[tuple[int, int]],
    room: tuple[int, int],
    samples: int,
    due: Sequence[Due] = (),
    splits: Mapping[int, Split] | None = None,
    steps: Sequence[tuple[int, int]] = (),
) -> Leveller:
    """A leveller of plain jobs on two pools, in minutes around the clock."""
    net = Network.from_columns([str(j) for j in range(len(lengths))], lengths, [u for u, _ in links], [v for _, v in links])
    takes = [Take(j, r, units * levelling.UNIT, 0, lengths[j]) for j, both in enumerate(needs) for r, units in enumerate(both)]
    pools = [Pool(f"r{r}", ((0, units * levelling.UNIT),)) for r, units in enumerate(room)]
    if steps:  # of the first
        pools[0] = Pool("r0", tuple((time, units * levelling.UNIT) for time, units in steps))
    return Leveller(Passes(net), pools, takes, samples=samples, due=due, splits=splits)


def shortest(lengths: list[int], links: list[tuple[int, int]], needs: list[tuple[int, int]], room: tuple[int, int]) -> int:
    """The least makespan: every order of the jobs, each as early as it fits, minute by minute."""
    best = sum(lengths)
    for order in itertools.permutations(range(len(lengths))):
        use, end = np.zeros((2, sum(lengths) + 1), int), dict[int, int]()
        for j in order:
            if any(v == j and u not in end for u, v in links):
                break
            at = max((end[u] for u, v in links if v == j), default=0)
            while any((use[r, at : at + lengths[j]] + needs[j][r] > room[r]).any() for r in (0, 1)):
                at += 1
            for r in (0, 1):
                use[r, at : at + lengths[j]] += needs[j][r]
            end[j] = at + lengths[j]
        else:
            best = min(best, max(end.values()))
    return best
