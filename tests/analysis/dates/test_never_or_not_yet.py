"""What waits for what was stopped is missed, what waits for what is paused is not known: every answer says the same, and names the link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.changes import Pause, Stop

HEAD = {"id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous"}


def _plan(state: str, wanted: Mapping[str, Any], *, tolerance: bool = True) -> ipmo.Portfolio:
    """plat/x hands over to app/k, which app/G and cust/m wait for, beside app/free of 5 days; something of it is committed to."""
    app = {"id": "app", "programme": "g", **({"tolerance": {"time": "5 d"}} if tolerance else {}), **wanted.get("app", {})}
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": HEAD,
            "programmes": [{"id": "g"}],
            "projects": [
                {"id": "plat", "state": state, "tasks": [{"id": "x", "duration": "30 d"}]},
                {
                    **app,
                    "tasks": [{"id": "k", "duration": "50 d", **wanted.get("k", {})}, {"id": "free", "duration": "5 d"}],
                    "gates": [{"id": "G", "after": ["k"], **wanted.get("G", {})}],
                },
                {"id": "cust", "tasks": [{"id": "m", "duration": "3 d"}]},
            ],
            "links": [{"id": "L", "from": "plat/x", "to": "app/k"}, {"id": "M", "from": "app/k", "to": "cust/m", **wanted.get("M", {})}],
            "benefits": [{"id": "ben", "enabled_by": ["app/k"], **wanted.get("ben", {})}],
        }
    )


WANTED: list[tuple[str, dict[str, Any]]] = [
    ("app@finish", {"app": {"finish": "2026-04-01"}}),
    ("app/k", {"k": {"deadline": "2026-04-02"}}),
    ("M", {"M": {"needed": "2026-04-10"}}),
    ("app/G", {"G": {"need_by": "2026-05-01"}}),
    ("ben", {"ben": {"planned_start": "2026-05-01"}}),
]


@pytest.mark.parametrize(("name", "wanted"), WANTED)
def test_what_waits_for_a_stopped_giver_is_missed_and_names_the_link(name: str, wanted: dict[str, Any]) -> None:
    """The hand-over L never comes, so no day is ever reached; with the giver paused nobody knows; at work it is kept."""
    stopped, paused, running = (ipmo.schedule(_plan(state, wanted)).commitments[name] for state in ("cancelled", "paused", "active"))
    assert (stopped.standing, stopped.expected, stopped.days) == ("missed", None, None)
    assert "link 'L' from 'plat/x' never comes: project 'plat' is cancelled" in stopped.reason
    assert paused.standing == "unknown"
    assert "project 'plat' is paused" in paused.reason
    assert running.standing == "kept"
    for change, row in ((Stop("plat"), stopped), (Pause("plat"), paused)):
        found = ipmo.what_if(_plan("active", wanted), change)
        assert ipmo.schedule(found.after).commitments[name] == row
        assert found.commitments[0].note == row.text


@pytest.mark.parametrize(("name", "wanted"), WANTED[:3])
def test_status_is_red_for_what_is_never_done_and_not_known_for_what_waits(name: str, wanted: dict[str, Any]) -> None:
    """A finish, a deadline inside, a hand-over: red beyond any tolerance where the giver was stopped, and above it; never green where it waits."""
    red = ipmo.status(_plan("cancelled", wanted))
    assert {row: red[row].computed for row in ("app", "g", "pf")} == {"app": "red", "g": "red", "pf": "red"}
    assert "never comes" in red["app"].why
    assert red.exceptions()["item"] == ("app",), name
    waits = ipmo.status(_plan("paused", wanted))
    assert {waits[row].computed for row in ("app", "g", "pf")} == {None}


@pytest.mark.parametrize("wanted", [WANTED[0][1], WANTED[1][1]])
def test_money_in_order_makes_nothing_green_that_nobody_knows(wanted: dict[str, Any]) -> None:
    """Without any tolerance, and with a budget that is kept, a finish or a deadline that waits leaves the project without a colour."""
    for state, colour in (("active", "green"), ("paused", None), ("cancelled", "red")):
        pf = _plan(state, wanted, tolerance=False).evolve("app", budget="100 k GBP", actual="1 k GBP", forecast="100 k GBP")
        assert ipmo.status(pf)["app"].computed == colour


def test_check_names_what_is_never_kept_once() -> None:
    """A missed commitment each, and no second finding for the hand-over whose own giver is gone."""
    for name, wanted in WANTED[:4]:
        found = [f for f in ipmo.check(_plan("cancelled", wanted)) if f.code == "ipmo/commitment-missed"]
        assert [f.item for f in found] == [name.removesuffix("@finish")]
        assert not [f for f in ipmo.check(_plan("paused", wanted)) if f.code == "ipmo/commitment-missed"]
    own = ipmo.to_dict(_plan("cancelled", {}))
    own["links"] = [{"id": "L", "from": "plat/x", "to": "app/k", "needed": "2026-02-01"}]
    codes = [
        f.code for f in ipmo.check(ipmo.from_dict(own)) if f.item in ("L", "plat/x") and ("hand-over" in f.code or "commitment" in f.code)
    ]
    assert codes == ["ipmo/dead-hand-over"]


def test_a_substitute_keeps_a_commitment_alive() -> None:
    """Of two ways to a benefit one never comes and one is paused: it may come yet; with both gone it never does."""
    for states, standing in (
        (("cancelled", "paused"), "unknown"),
        (("cancelled", "cancelled"), "missed"),
        (("cancelled", "active"), "kept"),
    ):
        pf = ipmo.from_dict(
            {
                "ipmo": 1,
                "portfolio": HEAD,
                "projects": [{"id": n, "state": s, "tasks": [{"id": "x", "duration": "5 d"}]} for n, s in zip("ab", states, strict=True)],
                "benefits": [{"id": "ben", "any_of": ["a/x", "b/x"], "planned_start": "2026-05-01"}],
            }
        )
        assert ipmo.schedule(pf).commitments["ben"].standing == standing


def test_what_waits_for_both_says_what_never_comes() -> None:
    """A paused giver may go on, a stopped one not: the commitment is missed and names the stopped one, however near the paused one is."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": HEAD,
            "projects": [
                {"id": "gone", "state": "cancelled", "tasks": [{"id": "x", "duration": "5 d"}]},
                {"id": "rests", "state": "paused", "tasks": [{"id": "x", "duration": "5 d"}]},
                {"id": "p", "tasks": [{"id": n, "duration": "5 d"} for n in "abc"]},
            ],
            "links": [
                {"id": "far", "from": "gone/x", "to": "rests/x"},
                {"id": "near", "from": "rests/x", "to": "p/a"},
                {"from": "p/a", "to": "p/b"},
                {"from": "p/b", "to": "p/c"},
            ],
        }
    ).evolve("p", finish="2026-12-31")
    row = ipmo.schedule(pf).commitments["p@finish"]
    assert row.standing == "missed"
    assert "link 'far' from 'gone/x' never comes" in row.reason


def _into(target: str, kind: str, state: str) -> ipmo.Portfolio:
    """g/a hands over to a summary or to a whole project of 10 days, which is to finish by 28 February."""
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": HEAD,
            "projects": [
                {"id": "g", "state": state, "tasks": [{"id": "a", "duration": "20 d"}]},
                {"id": "r", "finish": "2026-02-28", "tasks": [{"id": "S"}, {"id": "b", "duration": "10 d", "parent": "S"}]},
            ],
            "links": [{"id": "L", "from": "g/a", "to": target, "type": kind}],
            "benefits": [{"id": "ben", "enabled_by": ["r/S"]}],
        }
    )


@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
@pytest.mark.parametrize("target", ["r/S", "r"])
def test_what_a_summary_or_a_whole_project_waits_for_counts_for_its_end(target: str, kind: str) -> None:
    """A link of any type into it from what was stopped or is paused: its end is not known, and its finish missed or not known alike."""
    for state, standing, word in (("cancelled", "missed", "never comes"), ("paused", "unknown", "is paused")):
        s = ipmo.schedule(_into(target, kind, state))
        assert s.commitments["r@finish"].standing == standing
        assert word in s.commitments["r@finish"].reason
        assert word in s.doubt("r")
        assert word in s.doubt("r/S")
        assert s["ben"].start is None
        assert [f.code for f in ipmo.check(s.portfolio) if f.item == "L"] == [
            f"ipmo/{'dead' if state == 'cancelled' else 'paused'}-hand-over"
        ]  # type: ignore[arg-type]
    assert ipmo.schedule(_into(target, kind, "active")).doubt("r") == ""


@st.composite
def _drawn(draw: st.DrawFn) -> dict[str, Any]:
    """Five projects of two tasks, some stopped or paused, with links of every type, `requires`, and benefits with all-of and any-of."""
    names, kinds = [f"p{n}" for n in range(5)], ("FS", "SS", "FF", "SF")
    tasks = [f"{name}/{task}" for name in names for task in "ab"]
    pairs = st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1])
    links = draw(st.lists(st.tuples(pairs, st.sampled_from(kinds)), max_size=9, unique_by=lambda link: link[0]))
    states = draw(st.lists(st.sampled_from(("active", "active", "proposed", "paused", "cancelled")), min_size=5, max_size=5))
    requires = [draw(st.lists(st.sampled_from(names[:n]), max_size=2, unique=True)) if n else [] for n in range(5)]
    some = st.lists(st.sampled_from(tasks), max_size=3, unique=True)
    benefits = [(draw(some), draw(some)) for _ in range(3)]
    return {
        "ipmo": 1,
        "portfolio": HEAD,
        "projects": [
            {"id": name, "state": state, "requires": needs, "tasks": [{"id": t, "duration": "5 d", "deadline": "2030-01-01"} for t in "ab"]}
            for name, state, needs in zip(names, states, requires, strict=True)
        ],
        "links": [{"id": f"L{n}", "from": tasks[a], "to": tasks[b], "type": kind} for n, ((a, b), kind) in enumerate(links)],
        "benefits": [
            {"id": f"b{n}", "planned_start": "2030-01-01", "enabled_by": every, "any_of": [one for one in either if one not in every]}
            for n, (every, either) in enumerate(benefits)
            if every or either
        ],
    }


class _ByHand:
    """What never comes, what has no date, and what waits, from the sentences of the conventions alone."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.state = {p["id"]: p["state"] for p in data["projects"]}
        self.requires = {p["id"]: p["requires"] for p in data["projects"]}
        self.before: dict[str, list[str]] = {}
        for link in data["links"]:
            self.before.setdefault(link["to"], []).append(link["from"])

    def lacks(self, project: str) -> bool:
        return any(self.state[one] == "cancelled" or self.lacks(one) for one in self.requires[project])

    def rests(self, project: str) -> bool:
        """It requires a paused one, straight or through others that run."""
        return any(self.state[one] == "paused" or (self.state[one] != "cancelled" and self.rests(one)) for one in self.requires[project])

    def never(self, task: str) -> bool:
        project = task.partition("/")[0]
        return self.state[project] == "cancelled" or self.lacks(project) or any(map(self.never, self.before.get(task, ())))

    def dark(self, task: str) -> bool:
        project = task.partition("/")[0]
        return self.state[project] == "paused" or self.never(task) or any(map(self.dark, self.before.get(task, ())))

    def waits(self, task: str) -> bool:
        project = task.partition("/")[0]
        return self.dark(task) or self.rests(project) or any(map(self.waits, self.before.get(task, ())))

    def effect(self, benefit: Mapping[str, Any], what: str) -> bool:
        one = {"never": self.never, "waits": self.waits}[what]
        either = benefit["any_of"]
        return any(map(one, benefit["enabled_by"])) or (bool(either) and all(map(one, either)))


@given(_drawn())
@settings(max_examples=150, deadline=None)
def test_schedule_benefits_and_commitments_agree_with_the_conventions_by_hand(data: dict[str, Any]) -> None:
    """Dates, reasons, standings and starts of benefits, of portfolios read anew; and of the same reached by stopping and pausing one by one."""
    pf, hand = ipmo.from_dict(data), _ByHand(data)
    s, worth = ipmo.schedule(pf), ipmo.benefits(pf)
    rows = {row.name: row for row in s.commitments}
    for project, state in hand.state.items():
        for task in (f"{project}/a", f"{project}/b") if state != "cancelled" else ():
            assert (s[task].finish is None) == hand.dark(task), task
            standing = "missed" if hand.never(task) else "unknown" if hand.dark(task) else "kept"
            assert rows[task].standing == standing, task
            assert ("never comes" in rows[task].reason or "requires" in rows[task].reason) == (standing == "missed")
    for benefit in data["benefits"]:
        never, waits = (hand.effect(benefit, what) for what in ("never", "waits"))
        assert (s[benefit["id"]].start is None) == waits, benefit
        assert (worth[benefit["id"]].start is None) == waits
        assert rows[benefit["id"]].standing == ("missed" if never else "unknown" if waits else "kept")
    running = ipmo.from_dict(
        {**data, "projects": [{**p, "state": "active"} if p["state"] in ("paused", "cancelled") else p for p in data["projects"]]}
    )
    changes = [Pause(name) if state == "paused" else Stop(name) for name, state in hand.state.items() if state in ("paused", "cancelled")]
    if changes:
        after = ipmo.schedule(ipmo.what_if(running, *changes).after)
        assert [(i.id, i.finish, i.undated) for i in after] == [(i.id, i.finish, i.undated) for i in s]
        assert [(c.name, c.standing, c.reason) for c in after.commitments] == [(c.name, c.standing, c.reason) for c in s.commitments]
