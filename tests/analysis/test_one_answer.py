"""What the answers of one portfolio say of one item is one answer: its day, late or kept, known or not, lost or not."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.network.needs import without

FIRST = date(2026, 1, 5)


def day(rng: random.Random, last: int = 30) -> date:
    return FIRST + timedelta(days=rng.randint(-2, last))


def drawn(seed: int) -> ipmo.Portfolio:
    """Projects that run, wait and are stopped, with gates, deadlines, promised hand-overs, stated finishes and benefits."""
    rng = random.Random(seed)
    projects: list[dict[str, Any]] = []
    names: list[str] = []
    for p in range(rng.randint(1, 4)):
        tasks: list[dict[str, Any]] = []
        for t in range(rng.randint(1, 4)):
            milestone = rng.random() < 0.15
            task: dict[str, Any] = {"id": f"t{t}", "after": [f"t{n}" for n in range(t) if rng.random() < 0.5]}
            if milestone:
                task["milestone"] = True
            elif rng.random() < 0.93:
                task["duration"] = f"{rng.randint(1, 8)} d"
            if rng.random() < 0.25:
                task["deadline"] = day(rng)
            if rng.random() < 0.1:
                task["not_before"] = day(rng)
            tasks.append(task)
        one: dict[str, Any] = {"id": f"p{p}", "tasks": tasks, "state": rng.choice(["active"] * 6 + ["paused", "cancelled"])}
        if rng.random() < 0.4:
            one["finish"] = day(rng) + timedelta(days=4)
            one["start"] = FIRST - timedelta(days=3)
        if rng.random() < 0.3:
            gate: dict[str, Any] = {"id": "G", "after": [f"t{rng.randrange(len(tasks))}"]}
            if rng.random() < 0.6:
                gate["need_by"] = day(rng)
            one["gates"] = [gate]
        if p and rng.random() < 0.15:
            one["requires"] = [f"p{rng.randrange(p)}"]
        if rng.random() < 0.4:
            one["programme"] = "prog"
        projects.append(one)
        names += [f"p{p}/{task['id']}" for task in tasks]
    links = []
    for n in range(rng.randint(0, 4)):
        a, b = sorted(rng.sample(range(len(names)), 2)) if len(names) > 1 else (0, 0)
        twice = any((one["from"], one["to"]) == (names[a], names[b]) for one in links)
        if names[a].split("/")[0] != names[b].split("/")[0] and not twice:
            link: dict[str, Any] = {"id": f"L{n}", "from": names[a], "to": names[b]}
            if rng.random() < 0.7:
                link[rng.choice(["promised", "needed"])] = day(rng)
            links.append(link)
    benefits = []
    for n in range(rng.randint(0, 2)):
        some = rng.sample(names, min(len(names), rng.randint(1, 2)))
        benefit: dict[str, Any] = {
            "id": f"b{n}",
            rng.choice(["enabled_by", "any_of"]): some,
            "value": "1 M GBP per year",
            "lasts": "36 months",
        }
        if rng.random() < 0.5:
            benefit["planned_start"] = day(rng, 40)
        benefits.append(benefit)
    head: dict[str, Any] = {"id": "pf", "start": FIRST, "calendar": rng.choice(["continuous", "standard"])}
    if rng.random() < 0.6:
        head["status_date"] = FIRST + timedelta(days=rng.randint(0, 6))
    head["money"] = {"currency": "GBP", "discount": "green-book-2026"}
    return ipmo.from_dict(
        {"ipmo": 1, "portfolio": head, "programmes": [{"id": "prog"}], "projects": projects, "links": links, "benefits": benefits}
    )


def nothing_moves(pf: ipmo.Portfolio) -> None:
    """What changes nothing says that nothing is other."""
    assert not ipmo.compare(pf, pf.evolve()).rows
    assert not ipmo.what_if(pf).rows
    planned, same = ipmo.scenarios(pf, {"same": []}).rows
    assert (same.finish, same.at_least, same.doubt, same.kept, same.missed, same.unknown, same.npv) == (
        planned.finish, planned.at_least, planned.doubt, planned.kept, planned.missed, planned.unknown, planned.npv,
    )  # fmt: skip
    assert not (same.breaks or same.mends)


def ends_agree(pf: ipmo.Portfolio) -> None:
    """Schedule, scenarios, commitments and simulation of certain durations have one end, or know of none."""
    s = ipmo.schedule(pf)
    (planned,) = ipmo.scenarios(pf, {}).rows
    assert bool(planned.doubt) == bool(s.doubt())
    assert (planned.finish or planned.at_least) == s.finish
    assert planned.last_day == s.end_day
    assert (planned.finish is None) == (bool(s.doubt()) or s.finish is None)
    standing = [row.standing for row in s.commitments]
    assert planned.kept == standing.count("kept")
    assert planned.missed == standing.count("missed") + standing.count("overdue")
    assert planned.unknown == standing.count("unknown")
    for row in s.commitments:
        if row.kind == "project":
            doubt = s.doubt(row.item)
            assert not (row.standing == "kept" and doubt), (row, doubt)
            if row.standing == "kept" or (row.standing == "missed" and not doubt):
                assert row.expected == s.ends(row.item)


def status_agrees(pf: ipmo.Portfolio) -> None:
    """Time of a project is green where it keeps all that it is committed to and has an end, and red where it misses something on a known day."""
    s, status = ipmo.schedule(pf), ipmo.status(pf)
    for project in pf.projects:
        if project.id not in status:
            continue
        rows = [row for row in s.commitments if row.project == project.id and row.kind not in ("constraint", "benefit")]
        time = next((aspect for aspect in status[project.id].aspects if aspect.name == "time"), None)
        colour = None if time is None else time.rag
        if any(row.standing == "missed" for row in rows):
            assert colour == "red", (project.id, colour, time, [row.text for row in rows])
        elif any(row.standing == "overdue" for row in rows):
            assert colour in ("red", "amber"), (project.id, colour, time, [row.text for row in rows])
        elif any(row.standing == "unknown" for row in rows) or (rows and s.doubt(project.id)):
            assert colour is None and time is not None, (project.id, colour, time, [row.text for row in rows])
        elif rows:
            assert colour == "green", (project.id, colour, time, [row.text for row in rows])


def links_and_decisions_agree(pf: ipmo.Portfolio) -> None:
    """What a link or a decision says of a commitment is what that commitment says."""
    s = ipmo.schedule(pf)
    for due in ipmo.decisions_due(pf):
        if due.at_risk is not None and due.missed_by is not None:
            row = s.commitments[due.at_risk]
            assert row.broken and row.days == due.missed_by, (due, row)
        if due.kind == "gate" and due.expected is not None and not due.undated and ipmo.gates(pf)[due.item].held == "":
            assert due.expected == s.dates(due.item)[1], (due, s.dates(due.item))


def effects_agree(pf: ipmo.Portfolio) -> None:
    """A benefit starts on the day of the schedule; what never comes is worth nothing, is missed, and no item is a point of failure for it."""
    s, worth, points, gone = ipmo.schedule(pf), ipmo.benefits(pf), ipmo.single_points(pf), without(pf)
    for benefit in pf.benefits:
        row, begins = worth[benefit.id], s.begins(benefit.id)
        lost = gone.web.place[benefit.id] in gone.dead
        assert (row.start is None) == (begins is None), (row, begins)
        assert (row.npv is None or not row.npv.amount) == (lost or begins is None), (row, lost, begins)
        standing = [(one.standing, one.expected) for one in s.commitments if one.item == benefit.id]
        if lost:
            assert standing in ([], [("missed", None)]), (row, standing)
            assert not any(benefit.id in point.benefits for point in points)
        elif begins is None:
            assert ("kept", None) not in standing and ("missed", None) not in standing, (row, standing)
    for gate in ipmo.gates(pf):
        ends = s.dates(gate.item)[1]
        assert (gate.held == "") == (ends is not None), (gate, ends)


def simulation_agrees(pf: ipmo.Portfolio) -> None:
    """Where nothing is uncertain, every sample ends on the day of the schedule."""
    s = ipmo.schedule(pf)
    try:
        found = ipmo.simulate(pf, samples=4, seed=1)
    except ipmo.IpmoError:
        assert s.finish is None or s.doubt()
        return
    for project in pf.projects:
        if project.id in found and s.ends(project.id) is not None and not s.doubt(project.id):
            assert set(found.finish(project.id).samples) == {s.ends(project.id)}, project.id


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_all_answers_of_a_portfolio_say_one_thing_of_one_item(seed: int) -> None:
    pf = drawn(seed)
    for agree in (nothing_moves, ends_agree, status_agrees, links_and_decisions_agree, effects_agree, simulation_agrees):
        agree(pf)
