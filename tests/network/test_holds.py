"""What stopping, cancelling and pausing do to what waits: blocked with the reason, named in an error, alive where there is a substitute."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import ipmo
from ipmo.changes import Stop
from ipmo.findings import Severity
from ipmo.model import Benefit, Condition, DecisionBody, Gate, GateDecision, Link, Portfolio, Project, Task
from ipmo.network.holds import lacking


def task(name: str, **more: Any) -> Task:
    return Task(id=name, duration="10 d", **more)


def plan(state: str = "cancelled", link: dict[str, Any] | None = None, giver: dict[str, Any] | None = None, **more: Any) -> Portfolio:
    """a gives to c, in which y follows x; a benefit waits for y."""
    return Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-01-01",
        calendar="continuous",
        projects=[
            Project(id="a", state=state, tasks=[task("x", **(giver or {}))]),
            Project(id="c", tasks=[task("x"), task("y", after="x")], **more),
        ],
        links=[Link(id="L", source="a/x", target="c/x", **(link or {}))],
        benefits=[Benefit(id="ben", enabled_by="c/y", value="1 M GBP")],
    )


def errors(pf: Portfolio) -> dict[str | None, str]:
    return {
        f.item: f.message
        for f in ipmo.check(pf)
        if f.code in ("ipmo/dead-hand-over", "ipmo/paused-hand-over") and f.severity is Severity.ERROR
    }


@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
@pytest.mark.parametrize("state", ["cancelled", "paused"])
def test_what_waits_for_a_stopped_or_paused_giver_is_blocked_and_the_link_is_named(state: str, kind: str) -> None:
    pf = plan(state, {"type": kind})
    s = ipmo.schedule(pf)
    assert all(s[item].early_start is None and f"project 'a' is {state}" in s[item].undated for item in ("c/x", "c/y", "ben"))
    assert "2 items and benefit 'ben' wait for it" in errors(pf)["L"]
    assert f"project 'a' is {state}" in errors(pf)["L"]


def test_what_was_handed_over_before_stays_handed_over() -> None:
    done = {"actual_start": "2025-12-01", "actual_finish": "2025-12-20"}
    for pf in (
        plan(giver=done),
        plan(link={"status": "delivered"}),
        plan(link={"type": "SS"}, giver={"actual_start": "2025-12-01"}),
        plan("paused", {"type": "SS"}, {"actual_start": "2025-12-01"}),
        plan(giver={"hammock": True}),
    ):
        assert ipmo.schedule(pf)["c/x"].early_start is not None
        assert errors(pf) == {}
    begun = plan(giver={"actual_start": "2025-12-01"})
    assert ipmo.schedule(begun)["c/x"].early_start is None  # its finish never comes


@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
def test_what_was_delivered_waits_for_nothing_that_its_giver_still_does(kind: str) -> None:
    """Stopping the giver of what was delivered moved the receiver earlier: its dates are those without the link, whatever the giver does."""
    link = {"type": kind, "status": "delivered"}
    waits = {item: ipmo.schedule(plan("active", {"type": kind}))[item].start for item in ("c/x", "c/y")}
    active, stopped, paused = (ipmo.schedule(plan(state, link)) for state in ("active", "cancelled", "paused"))
    for item in ("c/x", "c/y"):
        assert active[item].start == stopped[item].start == paused[item].start
    assert waits["c/x"] is not None
    assert active["c/x"].start is not None
    assert active["c/x"].start <= waits["c/x"]
    moved = ipmo.what_if(plan("active", link), ipmo.changes.Stop("a"))
    assert not [row for row in moved.table().rows() if row["item"].startswith("c") and row["what"] in ("start", "finish")]


@pytest.mark.parametrize("state", ["active", "paused", "cancelled"])
@pytest.mark.parametrize(("kind", "start"), [("SS", "2026-01-10"), ("SF", "2026-01-01"), ("FS", "2026-01-01"), ("FF", "2026-01-01")])
def test_a_lag_on_what_was_delivered_counts_from_a_fact_only(state: str, kind: str, start: str) -> None:
    """Begun on 1 December: 40 days after that start are a date, whatever becomes of the giver; its finish is none."""
    pf = plan(state, {"type": kind, "lag": "40 d", "status": "delivered"}, {"actual_start": "2025-12-01"})
    assert str(ipmo.schedule(pf)["c/x"].early_start)[:10] == start


def test_what_was_delivered_by_something_in_a_summary_or_at_an_end_waits_for_nothing() -> None:
    for source in ("a/s", "a@finish", "a@start", "a/x"):
        pf = plan().evolve("a", state="active", tasks=[Task(id="s"), task("x", parent="s"), task("y", parent="s", after="x")])
        pf = pf.evolve(links=[Link(id="L", source=source, target="c/x", status="delivered", promised="2026-01-05")])
        assert str(ipmo.schedule(pf)["c/x"].early_start) == "2026-01-01 00:00:00"
        assert "L" not in ipmo.schedule(pf).commitments
        (link,) = ipmo.critical_links(pf)
        assert (link.settled, link.agreement.expected) == ("it was delivered; it holds nothing back any more", None)
        assert "said to be delivered, but its source is open" in link.agreement.issues
        moved = ipmo.what_if(pf, Stop("a"))
        assert not [row for row in moved.table().rows() if row["what"] == "commitment"]
        assert "ipmo/dead-hand-over" not in {f.code for f in ipmo.check(moved.after)}


@pytest.mark.parametrize(
    ("link", "start", "settled"),
    [
        ({"date": "2026-02-10"}, "2026-02-11", False),
        ({"date": "2026-02-10", "status": "delivered"}, "2026-01-01", True),
        ({"status": "delivered"}, "2026-01-01", True),
        ({"date": "2025-12-20", "lag": "20 d", "status": "delivered"}, "2026-01-10", False),
    ],
)
def test_what_was_delivered_from_outside_is_there_whatever_date_was_heard_of_it(link: dict[str, Any], start: str, settled: bool) -> None:
    """A date to come was heard before; one that is past says when it came, and a lag counts from there."""
    pf = plan("active").evolve(links=[Link(id="L", source="external:grid", target="c/x", needed="2026-01-20", **link)])
    assert str(ipmo.schedule(pf)["c/x"].early_start)[:10] == start
    (found,) = ipmo.critical_links(pf)
    assert (found.settled == "it was delivered; it holds nothing back any more") is settled
    assert not settled or not {"no date for what lies outside", "nobody says how old its date is"} & {*found.agreement.issues}
    assert not any(issue.startswith("expected") for issue in found.agreement.issues) or not settled
    assert "ipmo/external-undated" not in {f.code for f in ipmo.check(pf)}


def test_a_lag_on_a_start_that_was_handed_over_still_counts() -> None:
    pf = plan(link={"type": "SS", "lag": "40 d"}, giver={"actual_start": "2025-12-01"})
    assert str(ipmo.schedule(pf)["c/x"].early_start) == "2026-01-10 00:00:00"


def test_removing_the_link_or_another_giver_lifts_the_block() -> None:
    pf = plan()
    assert ipmo.schedule(pf.evolve(links=[]))["ben"].early_start is not None
    other = Project(id="d", tasks=[task("x")])
    assert errors(pf.evolve(projects=[*pf.projects, other], links=[Link(id="L", source="d/x", target="c/x")])) == {}


def test_one_of_several_keeps_a_benefit_alive_and_all_of_them_gone_is_an_error() -> None:
    pf = plan(link={"kind": "label"}).evolve(benefits=[Benefit(id="ben", any_of=["a/x", "c/x"])])
    assert ipmo.schedule(pf)["ben"].early_start is not None
    assert errors(pf) == {}
    none = pf.evolve("c", state="cancelled")
    assert "nothing that enables 'ben' is planned any more" in ipmo.schedule(none)["ben"].undated
    assert "ben" in errors(none)
    needed = pf.evolve(benefits=[Benefit(id="ben", enabled_by=["a/x", "c/x"])])
    assert "benefit 'ben' needs 'a/x', which never comes" in errors(needed)["ben"]


def test_what_requires_a_stopped_project_is_blocked_through_others_too() -> None:
    pf = Portfolio(
        id="pf",
        start="2026-01-01",
        calendar="continuous",
        projects=[
            Project(id="a", tasks=[task("x")], gates=[Gate(id="G", decision={"outcome": "kill", "date": "2026-01-01"})]),
            Project(id="b", requires="a", tasks=[task("x")]),
            Project(id="c", requires="b", tasks=[task("x")]),
            Project(id="d", tasks=[task("x")]),
        ],
    )
    s = ipmo.schedule(pf)
    assert s["b/x"].undated == "project 'b' requires 'a', which was stopped at a gate"
    assert s["c/x"].undated == "project 'c' requires 'b', which lacks what it requires"
    assert s["d/x"].early_start is not None
    assert set(errors(pf)) == {"b", "c"}


def test_a_link_between_whole_projects_blocks_too() -> None:
    pf = plan(link={"kind": "label"})
    for ends in (("a", "c"), ("a/x", "c"), ("a", "c/x")):
        linked = pf.evolve(links=[Link(id="W", source=ends[0], target=ends[1])])
        assert "link 'W' never comes: project 'a' is cancelled" in ipmo.schedule(linked)["c/x"].undated
        assert "W" in errors(linked)


def test_a_stop_is_what_a_cancelled_state_is() -> None:
    pf = plan("active")
    assert ipmo.what_if(pf, Stop("a")).of("date")
    gone = {m.item: m.note for m in ipmo.what_if(pf, Stop("a")).dates if not m.after}
    assert "never comes: project 'a' is cancelled" in gone["ben"]


@pytest.mark.parametrize("order", [("G1", "G2", "G3"), ("G3", "G2", "G1")])
def test_a_project_stops_at_its_first_kill_in_whatever_order_the_gates_stand(order: tuple[str, ...]) -> None:
    decided = {"G1": ("kill", "2026-01-07"), "G2": ("go", "2026-01-10"), "G3": ("kill", "2026-01-20")}
    gates = [Gate(id=name, decision={"outcome": decided[name][0], "date": decided[name][1]}) for name in order]
    pf = Portfolio(
        id="p", start="2026-01-05", status_date="2026-02-01", projects=[Project(id="a", tasks=[Task(id="x", duration="2 d")], gates=gates)]
    )
    s = ipmo.schedule(pf)
    assert s["a/x"].undated == "stopped at gate 'a/G1' on 2026-01-07"
    assert s["a/G2"].finish is None


def required(of: dict[str, Any], **more: Any) -> Portfolio:
    """b requires a and nothing is handed over; c requires b."""
    return Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-01-01",
        calendar="continuous",
        projects=[
            Project(id="a", **{"tasks": [task("x")], **of}),
            Project(id="b", requires="a", **{"tasks": [task("x")], **more}),
            Project(id="c", requires="b", tasks=[task("x")]),
        ],
    )


@pytest.mark.parametrize(
    "of",
    [
        {"state": "closed", "tasks": [task("x", actual_start="2025-12-01", actual_finish="2025-12-20")]},
        {"gates": [Gate(id="G", decision={"outcome": "recycle", "date": "2026-01-01"})]},
        {"gates": [Gate(id="G", decision={"outcome": "hold", "date": "2026-01-01"})]},
        {"tasks": [task("x", not_before="2026-12-01")]},  # late is a matter of dates, which `requires` has none of
        {"state": "proposed"},
    ],
)
def test_a_required_project_that_goes_on_or_is_done_breaks_nothing(of: dict[str, Any]) -> None:
    pf = required(of)
    assert ipmo.schedule(pf)["b/x"].early_start is not None
    assert errors(pf) == {}


def test_a_required_project_that_is_paused_holds_no_date_and_is_a_warning() -> None:
    pf = required({"state": "paused"})
    s = ipmo.schedule(pf)
    assert s["b/x"].early_start is not None
    found = {f.item: f for f in ipmo.check(pf) if f.code == "ipmo/paused-hand-over"}
    assert {name: f.severity for name, f in found.items()} == {"b": Severity.WARNING, "c": Severity.WARNING}
    assert found["c"].message == "project 'c' requires 'b', which waits for 'a', paused: its dates hold, what it brings waits"
    assert found["b"].message == "project 'b' requires 'a', which is paused: its dates hold, what it brings waits"
    assert not [f for f in ipmo.check(required({})) if f.code == "ipmo/paused-hand-over"]


@pytest.mark.parametrize(
    "of",
    [
        {"state": "closed"},
        {"tasks": [task("x", actual_start="2025-12-01", actual_finish="2025-12-20")]},
        {"actual_finish": "2025-12-20", "actual_start": "2025-12-01"},
    ],
)
@pytest.mark.parametrize("state", ["cancelled", "paused"])
def test_what_is_done_lacks_nothing_that_it_required(state: str, of: dict[str, Any]) -> None:
    pf = required({"state": state}, **of)
    assert not [f for f in ipmo.check(pf) if f.code in ("ipmo/dead-hand-over", "ipmo/paused-hand-over")]
    assert ipmo.schedule(pf)["c/x"].early_start is not None


def both_givers(**more: Any) -> Portfolio:
    """A cancelled and a paused giver: each into a chain, a summary, a gate; one benefit has one of the two, one a substitute."""
    return Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-01-01",
        calendar="continuous",
        projects=[
            Project(id="over", state="cancelled", tasks=[task("x")]),
            Project(id="rests", state="paused", tasks=[task("x")]),
            Project(id="runs", tasks=[task("x")]),
            *(
                Project(
                    id=name,
                    tasks=[
                        task("chain"), task("next", after="chain"), Task(id="whole"), task("in1", parent="whole"), task("in2", parent="whole", after="in1"),
                        task("beside"),
                    ],
                    gates=[Gate(id="G", after="beside")],
                )
                for name in ("p", "q")
            ),
        ],
        links=[
            Link(id=f"{giver}-{to}", source=f"{giver}/x", target=f"{name}/{to}")
            for giver, name in (("over", "p"), ("rests", "q"))
            for to in ("chain", "whole", "G")
        ],
        benefits=[
            Benefit(id="either", any_of=["p/next", "q/next"], value="1 M GBP"),
            Benefit(id="saved", any_of=["p/next", "q/next", "runs/x"], value="1 M GBP"),
            Benefit(id="both", enabled_by=["p/beside", "q/in2"], value="1 M GBP"),
        ],
        **more,
    )  # fmt: skip


def test_both_kinds_of_givers_in_one_portfolio_block_chains_summaries_gates_and_benefits_and_each_keeps_its_reason() -> None:
    s = ipmo.schedule(both_givers())
    for name, word in (("p", "project 'over' is cancelled"), ("q", "project 'rests' is paused")):
        for item in ("chain", "next", "in1", "in2", "G"):
            assert s[f"{name}/{item}"].early_start is None
            assert word in s[f"{name}/{item}"].undated
        assert s[f"{name}/beside"].early_start is not None
    assert s["either"].undated
    assert "'rests' is paused" in s["both"].undated
    assert str(s["saved"].start_date) in ("2026-01-10", "2026-01-11")  # the substitute, after 10 days
    found = errors(both_givers())
    assert set(found) == {f"{giver}-{to}" for giver in ("over", "rests") for to in ("chain", "whole", "G")}
    assert all(("never comes" in text) == name.startswith("over") for name, text in found.items())


def test_pausing_is_lifted_by_going_on_and_cancelling_by_taking_the_links_out() -> None:
    pf = both_givers()
    gone_on = ipmo.schedule(pf.evolve("rests", state="active"))
    assert gone_on["q/in2"].early_start is not None
    assert gone_on["p/in2"].early_start is None
    cut = ipmo.schedule(pf.evolve(links=[link for link in pf.links if link.source != "over/x"]))
    assert all(cut[f"p/{item}"].early_start is not None for item in ("chain", "next", "in1", "in2"))
    assert cut["either"].early_start is not None


def test_what_follows_what_is_blocked_says_so_once_however_far_behind_it_lies() -> None:
    s = ipmo.schedule(plan().evolve("c", tasks=[task("x"), task("y", after="x"), task("z", after="y")]))
    why = "link 'L' from 'a/x' never comes: project 'a' is cancelled"
    assert [s[name].undated for name in ("c/x", "c/y", "c/z")] == [why, f"follows 'c/x': {why}", f"follows 'c/x': {why}"]


def test_a_summary_behind_a_held_gate_is_one_item_without_dates() -> None:
    """The gate, the summary, its part and the benefit: four, though a summary has a start and a finish in the network."""
    gate = Gate(id="G", decision={"outcome": "hold", "date": "2026-02-01", "decided_by": "board"})
    project = Project(id="p", tasks=[Task(id="s", after="G"), task("x", parent="s")], gates=[gate])
    pf = Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-06-01",
        calendar="continuous",
        projects=[project],
        bodies=[DecisionBody(id="board")],
        benefits=[Benefit(id="ben", enabled_by="p/x")],
    )
    (found,) = ipmo.check(pf).of("ipmo/undated")
    assert found.message is not None
    assert found.message.startswith("4 items have no dates, because gate 'p/G' was put on hold on 2026-02-01: 'p/G', 'p/s', 'p/x'")
    assert "@" not in found.message


@pytest.mark.parametrize("source", ["a/x", "a/G"])
@pytest.mark.parametrize("outcome", ["hold", "conditional go"])
def test_a_gate_that_holds_what_another_project_waits_for_is_an_error_a_link(outcome: str, source: str) -> None:
    conditions = [Condition(id="c1", due="2026-01-10")] if outcome == "conditional go" else []
    gate = Gate(id="G", decision=GateDecision(outcome=outcome, date="2026-01-05", conditions=conditions))
    pf = plan("active").evolve(status_date="2026-01-20")
    giver = Project(id="a", tasks=[task("x", after=["G"])], gates=[gate])
    held = pf.evolve(projects=[giver, pf["c"]], links=[Link(id="L", source=source, target="c/x")])
    assert "gate 'a/G'" in errors(held)["L"]
    assert "2 items and benefit 'ben' wait for it" in errors(held)["L"] or "ben" in errors(held)["L"]
    free = attrs.evolve(giver, tasks=[task("x")])  # it does not wait for the gate
    assert not errors(held.evolve(projects=[free, pf["c"]], links=[Link(id="L", source="a/x", target="c/x")]))


def sent_back(*, before: list[Task], outcome: str = "recycle", gate: dict[str, Any] | None = None, later: str = "go") -> Portfolio:
    """G after what is before it; behind G a summary with a part that is done and one that is not, G2 with a go, y after G2; q waits for y."""
    gates = [
        Gate(id="G", after=[t.id for t in before if t.parent is None], decision={"outcome": outcome, "date": "2026-02-01"}, **(gate or {})),
        Gate(id="G2", after=["s"], decision={"outcome": later, "date": "2026-03-01"}),
    ]
    tasks = [
        *before,
        Task(id="s", after="G"),
        task("done", parent="s", actual_start="2026-02-10", actual_finish="2026-02-20"),
        task("w", after="done"),
        task("x", parent="s"),
        task("y", after="G2"),
        task("free"),
    ]
    return Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-06-01",
        calendar="continuous",
        projects=[
            Project(id="p", tasks=tasks, gates=gates),
            Project(
                id="q", tasks=[task("z"), task("got")], gates=[Gate(id="H", after="z", decision={"outcome": "go", "date": "2026-03-02"})]
            ),
            Project(id="r", tasks=[task("v")]),
        ],
        links=[Link(source="p/y", target="q/z"), Link(source="p/done", target="q/got"), Link(source="q/H", target="r/v")],
        benefits=[Benefit(id="ben", enabled_by="p/y", value="1 M GBP"), Benefit(id="there", enabled_by="p/done", value="1 M GBP")],
    )


DONE = task("a", actual_start="2026-01-01", actual_finish="2026-01-11")


@pytest.mark.parametrize("outcome", ["hold", "recycle"])
def test_a_gate_that_holds_binds_summaries_later_gates_other_projects_and_what_lies_behind_work_that_is_done(outcome: str) -> None:
    """The go that a later gate got does not count while the gate before it holds; what was handed over to others stays handed over."""
    s = ipmo.schedule(sent_back(before=[DONE], outcome=outcome))
    for name in ("p/G", "p/s", "p/x", "p/w", "p/y", "q/z", "r/v", "ben"):
        assert s[name].early_start is None or name == "p/s", name  # of which a part is done
        assert "gate 'p/G'" in s[name].undated, name
    assert "follows 'p/G'" in s["p/G2"].undated
    assert str(s["p/G2"].finish_date) == "2026-03-01"  # that it was decided remains a fact
    assert str(s["p/done"].finish_date) == "2026-02-20"
    for name in ("p/free", "q/got", "there"):
        assert s[name].early_start is not None, name
    found = ipmo.gates(sent_back(before=[DONE], outcome=outcome).evolve(money={"currency": "GBP"}))["p/G2"]
    assert "follows 'p/G'" in found.held
    assert not found.ready


def test_a_recycled_gate_says_that_nothing_dates_its_new_decision() -> None:
    pf = sent_back(before=[DONE])
    why = "gate 'p/G' sent its stage back on 2026-02-01, and no work before it is planned again, nor a day (not_before:)"
    assert ipmo.schedule(pf)["p/G"].undated == why
    (due,) = [row for row in ipmo.decisions_due(pf) if row.item == "p/G"]
    assert (due.by, due.held) == (None, why)
    assert ipmo.gates(pf)["p/G"].why == f"decided recycle; {why}"


def test_a_recycled_gate_is_dated_by_the_work_that_is_done_again_or_by_the_day_that_it_states() -> None:
    """10 days of work from the status date on; later gates that got their go before need a new decision."""
    s = ipmo.schedule(sent_back(before=[DONE, task("redo")]))
    assert str(s["p/G"].finish_date) in ("2026-06-10", "2026-06-11")
    assert str(s["p/x"].start_date) == "2026-06-11"
    assert s["p/y"].undated == "follows 'p/G2': gate 'p/G' before it was sent back, so its own go needs a new decision"
    assert s["ben"].undated
    due = {row.item: row.held for row in ipmo.decisions_due(sent_back(before=[DONE, task("redo")])) if row.kind == "gate"}
    again = "gate 'p/G' before it was sent back, so its own go needs a new decision"
    assert due == {"p/G": "", "p/G2": again, "q/H": again}
    assert str(ipmo.schedule(sent_back(before=[DONE], gate={"not_before": "2026-07-01"}))["p/x"].start_date) == "2026-07-01"
    assert ipmo.schedule(sent_back(before=[DONE], gate={"not_before": "2026-01-15"}))["p/x"].undated  # the first decision's own day
    whole = [Task(id="stage"), attrs.evolve(DONE, parent="stage")]
    assert ipmo.schedule(sent_back(before=whole))["p/x"].undated
    redone = [*whole, task("redo", parent="stage")]
    assert str(ipmo.schedule(sent_back(before=redone))["p/x"].start_date) == "2026-06-11"


def test_a_kill_binds_the_later_gates_of_other_projects_and_a_go_binds_nothing() -> None:
    killed = ipmo.schedule(sent_back(before=[DONE], outcome="kill"))
    assert "stopped at gate 'p/G'" in killed["q/z"].undated
    assert "stopped at gate 'p/G'" in killed["r/v"].undated  # q/H got its go, and what it waits for never comes
    assert killed["q/got"].early_start is not None
    going = ipmo.schedule(sent_back(before=[DONE], outcome="go"))
    assert all(going[name].early_start is not None for name in going.ids)


@pytest.mark.parametrize(
    ("finish", "went", "free"),
    [
        ("2026-01-20", "2026-03-01", True),  # done before the hold, and decided after it: the board of G2 knew
        ("2026-01-20", "2026-01-25", False),  # decided before the hold, which came later
        ("2026-02-20", "2026-03-01", False),  # done in spite of the hold
        ("2026-02-01", "2026-02-01", True),  # both on the day of the hold
        ("2026-02-01", "2026-01-31", False),
        ("2026-02-02", "2026-02-02", False),
    ],
)
def test_a_later_go_counts_where_what_was_to_be_done_before_it_was_done_before_the_hold(finish: str, went: str, free: bool) -> None:
    """G on hold since 1 February, x behind it done, G2 after x with a go, y after G2; w after x lies behind G alone."""
    gates = [
        Gate(id="G", decision={"outcome": "hold", "date": "2026-02-01"}),
        Gate(id="G2", after=["x"], decision={"outcome": "go", "date": went}),
    ]
    tasks = [task("x", after="G", actual_start="2026-01-10", actual_finish=finish), task("y", after="G2"), task("w", after="x")]
    s = ipmo.schedule(
        Portfolio(id="pf", start="2026-01-01", status_date="2026-06-01", projects=[Project(id="p", tasks=tasks, gates=gates)])
    )
    assert (s["p/y"].early_start is not None) is free
    assert s["p/w"].undated == "follows 'p/G': gate 'p/G' was put on hold on 2026-02-01"


@pytest.mark.parametrize(
    ("finish", "went", "free"),
    [
        ("2026-01-20", "2026-03-01", True),  # done after the conditional go and before its first condition was due
        ("2026-02-05", "2026-03-01", True),
        ("2026-02-06", "2026-03-01", False),
        ("2026-01-20", "2026-02-05", True),  # decided on the day on which it was due
        ("2026-01-20", "2026-02-04", False),
    ],
)
def test_a_conditional_go_holds_from_the_day_on_which_its_first_condition_lapsed(finish: str, went: str, free: bool) -> None:
    """Decided on 10 January; of its conditions one is met, one was due on 5 February, one on the 20th, one has no day."""
    conditions = [
        Condition(id="late", due="2026-02-20"), Condition(id="first", due="2026-02-05"), Condition(id="met", due="2026-01-12", met="2026-01-12"),
        Condition(id="any"),
    ]  # fmt: skip
    gates = [
        Gate(id="G", decision={"outcome": "conditional go", "date": "2026-01-10", "conditions": conditions}),
        Gate(id="G2", after=["x"], decision={"outcome": "go", "date": went}),
    ]
    tasks = [task("x", after="G", actual_start="2026-01-10", actual_finish=finish), task("y", after="G2"), task("w", after="x")]
    s = ipmo.schedule(
        Portfolio(id="pf", start="2026-01-01", status_date="2026-06-01", projects=[Project(id="p", tasks=tasks, gates=gates)])
    )
    assert (s["p/y"].early_start is not None) is free
    assert (
        s["p/w"].undated
        == "follows 'p/G': the conditional go of gate 'p/G' has lapsed: condition late was due 2026-02-20, first was due 2026-02-05"
    )


def test_what_lacks_a_stopped_project_is_told_once_and_is_not_stopped_itself() -> None:
    """Straight, through another, and by two ways; who is stopped too lacks nothing, and what is done neither."""
    done = [task("x", actual_start="2025-12-01", actual_finish="2025-12-10")]
    rows = {"a": [], "gone": ["a"], "b": ["a"], "c": ["b"], "d": ["a", "b"], "e": ["gone"], "over": ["a"], "free": []}
    state = {"a": "cancelled", "gone": "cancelled"}
    projects = [Project(id=name, requires=needs, state=state.get(name, "active"), tasks=done if name == "over" else [task("x")]) for name, needs in rows.items()]  # fmt: skip
    found = lacking(Portfolio(id="pf", start="2026-01-01", projects=projects))
    assert {name: hold.item for name, hold in found.items()} in (
        {"b": "a", "c": "b", "d": "a", "e": "gone"},
        {"b": "a", "c": "b", "d": "b", "e": "gone"},
    )
    assert found["c"].reason == "project 'c' requires 'b', which lacks what it requires"
    assert found["e"].reason == "project 'e' requires 'gone', which is cancelled"
    assert lacking(Portfolio(id="pf", projects=[Project(id="a", state="cancelled")])) == {}


def test_a_project_that_waits_for_the_start_of_work_that_began_before_it_was_stopped_has_what_it_waits_for() -> None:
    for target, kind, free in (("c", "SS", True), ("c", "FS", False), ("c", "SF", True)):
        pf = plan(link={"type": kind}, giver={"actual_start": "2025-12-01"})
        pf = pf.evolve(links=[attrs.evolve(pf.links[0], target=target)])
        assert (ipmo.schedule(pf)["c/y"].early_start is not None) is free, kind
    never = plan(link={"type": "SS"})
    assert ipmo.schedule(never.evolve(links=[attrs.evolve(never.links[0], target="c")]))["c/y"].early_start is None
