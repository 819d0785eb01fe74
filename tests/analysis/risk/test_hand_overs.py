"""What late hand-overs cost, against portfolios rebuilt sample by sample, in which a late link is a bound on its receiver."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

import ipmo
from ipmo.analysis.risk.plan import Plan
from ipmo.analysis.risk.sampling import Samples
from ipmo.units import DAY, minutes

SAMPLES = 120


def either(*days: int) -> dict[str, Any]:
    return {"values": [f"{one} ed" for one in days], "weights": [0.5, 0.3, 0.2]}


LINKS: tuple[dict[str, str], ...] = (
    {"from": "a/y", "to": "b/z"},
    {"from": "a/y", "to": "b/z", "type": "SS", "lag": "12 ed", "needed": "2026-01-16"},  # a second one between the same two
    {"from": "a/m", "to": "c/t"},
    {"from": "b/z", "to": "c/u", "type": "FF", "lag": "2 ed"},
    {"from": "b@finish", "to": "d/q", "lag": "-20 ed"},
    {"from": "d@start", "to": "c/t", "type": "SS"},
)
DATA: dict[str, Any] = {
    "ipmo": 1,
    "portfolio": {"id": "all", "start": "2026-01-05", "calendar": "always"},
    "calendars": [{"id": "always", "week": "mon-sun", "hours": "00:00-24:00"}],
    "projects": [
        {
            "id": "a",
            "tasks": [
                {"id": "x", "duration": either(10, 20, 40)},
                {"id": "y", "after": "x", "duration": either(5, 8, 30)},
                {"id": "m", "milestone": True, "after": "y"},
                {"id": "alt", "after": "x", "duration": "25 ed"},
            ],
            "risks": [
                {"id": "r", "before": {"probability": 0.4, "impacts": [{"target": "a/m", "delay": "7 ed"}]}},
                {"id": "s", "before": {"probability": 0.3, "impacts": [{"target": "b", "delay": "9 ed"}]}},
            ],
        },
        {"id": "b", "tasks": [{"id": "z", "duration": either(10, 12, 15)}, {"id": "w", "duration": either(20, 30, 35)}]},
        {"id": "c", "tasks": [{"id": "t", "duration": either(3, 5, 6)}, {"id": "u", "after": "t", "duration": "4 ed"}]},
        {"id": "d", "tasks": [{"id": "p", "duration": "6 ed"}, {"id": "q", "duration": either(2, 3, 30)}]},
    ],
    "branches": [{"id": "fork", "ways": [{"probability": 0.5, "items": ["a/alt"]}]}],
    "links": list(LINKS),
}


def rebuilt() -> list[dict[str, Any]]:
    """Each sample as a plan: its lengths are durations; a milestone that a risk delays is work that lasts so long."""
    setup = Plan(ipmo.from_dict(DATA), SAMPLES, 1, "before", None, "beta", ()).setup
    lengths, later = Samples(setup, compiled=False).lengths(0, 1)
    out = []
    for sample in range(SAMPLES):
        data = {name: copy.deepcopy(value) for name, value in DATA.items() if name != "branches"}
        for project in data["projects"]:
            project.pop("risks", None)
            for task in project["tasks"]:
                name = f"{project['id']}/{task['id']}"
                if name in lengths:
                    task["duration"] = f"{lengths[name][sample]} emin"
                delay = int(later[name][sample]) if name in later else 0
                if delay and task.pop("milestone", False):
                    task["duration"] = f"{delay} emin"
                elif delay:
                    task["delay"] = f"{delay} emin"
        out.append(data)
    return out


def handed(s: ipmo.Schedule, source: str, kind: str) -> datetime:
    ends = {"b@finish": s["b"].finish, "d@start": min(s["d/p"].start or datetime.max, s["d/q"].start or datetime.max)}
    found = ends[source] if source in ends else s[source].finish if kind[0] == "F" else s[source].start
    assert isinstance(found, datetime)
    return found


def end(s: ipmo.Schedule, name: str) -> int:
    found = s.finish if name == "all" else s[name].finish
    assert found is not None
    return minutes(found)


def without(data: dict[str, Any], place: int, lag: timedelta, most: datetime) -> ipmo.Schedule:
    """The plan in which a link is a bound instead: what it asks for in the schedule."""
    data = copy.deepcopy(data)
    link = data["links"].pop(place)
    owner, name = link["to"].split("/")
    (task,) = (task for project in data["projects"] if project["id"] == owner for task in project["tasks"] if task["id"] == name)
    task["finish_not_before" if link.get("type", "FS")[1] == "F" else "not_before"] = (most + lag).isoformat(timespec="minutes")
    return ipmo.schedule(ipmo.from_dict(data))


@pytest.mark.parametrize("place", range(len(LINKS)))
def test_each_link_costs_what_rebuilt_portfolios_are_earlier_without_its_lateness(place: int) -> None:
    q = ipmo.simulate(ipmo.from_dict(DATA), samples=SAMPLES)
    link = LINKS[place]
    kind, lag = link.get("type", "FS"), timedelta(days=float(link.get("lag", "0 ed").split()[0]))
    planned = handed(ipmo.schedule(ipmo.from_dict(DATA)), link["from"], kind)
    late: list[bool] = []
    gained: dict[str, list[int]] = {link["to"].split("/")[0]: [], "all": []}
    for sample, data in enumerate(rebuilt()):
        s = ipmo.schedule(ipmo.from_dict(data))
        late.append(handed(s, link["from"], kind) > planned)
        in_time = without(data, place, lag, planned) if late[-1] else s
        for name, found in gained.items():
            assert end(s, name) == int(q.finish(name).instants[sample])
            found.append(end(s, name) - end(in_time, name))
    (row,) = (row for row in q.hand_overs().rows() if (row["source"], row["target"], row["type"]) == (link["from"], link["to"], kind))
    assert row["late"] == pytest.approx(np.mean(late))
    assert (row["days"], row["end_days"]) == pytest.approx([np.mean(found) / DAY for found in gained.values()])
    if "needed" in link:
        starts = q.finish("a/x").instants
        assert row["missed"] == pytest.approx((starts > minutes(datetime(2026, 1, 17))).mean())


def test_a_link_between_whole_projects_is_late_as_its_giver_is_and_moves_no_date() -> None:
    """The giver ends on day 10 or, in three of ten samples, day 30; it is needed on day 15. What has no one date has no chance."""
    tasks = [{"id": "t", "duration": {"values": ["10 ed", "30 ed"], "weights": [0.7, 0.3]}}]
    projects = [
        {"id": "a", "tasks": tasks},
        {"id": "b", "tasks": [{"id": "t", "duration": "50 ed"}]},
        {"id": "c", "tasks": [{"id": "t", "duration": "1 ed"}]},
        {"id": "d", "tasks": [{"id": "t", "duration": "1 ed"}]},
        {"id": "gone", "state": "cancelled", "tasks": [{"id": "t", "duration": "1 ed"}]},
    ]
    links = [
        {"from": "a", "to": "b", "needed": "2026-01-19"},
        {"from": "a/t", "to": "c/t"},
        {"from": "a", "to": "b", "type": "SS"},
        {"from": "gone", "to": "d"},
    ]
    data = {"ipmo": 1, "portfolio": {"id": "x", "start": "2026-01-05"}, "projects": projects, "links": links}
    q = ipmo.simulate(ipmo.from_dict(data), samples=2000)
    rows = [(row["source"], row["target"], row["type"]) for row in q.hand_overs().rows()]
    assert rows == [("gone", "d", "FS"), ("a/t", "c/t", "FS"), ("a", "b", "FS"), ("a", "b", "SS")]  # never comes, loses, moves no date
    never, _, whole, start = q.hand_overs().rows()
    assert never["late"] == 1.0 and "was stopped" in str(never["not_known"])
    for name in ("late", "missed"):
        assert abs(float(str(whole[name])) - 0.3) <= 4 * (0.3 * 0.7 / 2000) ** 0.5
    assert {whole[name] for name in ("days", "end_days", "lost", "days_error")} == {None}
    assert (start["late"], start["missed"]) == (None, None)
    assert {str(row["not_known"]) for row in (whole, start)} == {"it names a project as a whole, and moves no date"}
    assert {str(end)[:10] for end in q.finish("b").samples} == {"2026-02-24"}  # at midnight
