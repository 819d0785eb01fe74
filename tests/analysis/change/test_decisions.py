"""What must be decided by when: the first of what waits sets the latest date, and a day of waiting costs what it delays."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ipmo
from ipmo import model as m
from ipmo.units import said_day


def city(*blocks: str, tram: str = "2026-01-19", fares: str | None = "2026-01-19", rent: str | None = "2026-01-21") -> m.Portfolio:
    """Two lines wait for one decision: the tram, done on 14 January, may begin five days late, the bus ten."""
    return m.Portfolio(
        id="city",
        start="2026-01-05",
        status_date="2026-01-05",
        calendar="continuous",
        money=m.MoneySettings(currency="GBP", discount="green-book-2026"),
        bodies=[m.DecisionBody(id="board")],
        projects=[
            m.Project(id="tram", finish=tram, tasks=[m.Task(id="build", duration="10 d")]),
            m.Project(id="bus", finish="2026-01-24", tasks=[m.Task(id="buy", duration="10 d")]),
        ],
        benefits=[
            m.Benefit(id="fares", enabled_by="tram/build", value="2 M GBP per year", lasts="5 years", need_by=fares),
            m.Benefit(id="rent", enabled_by="bus/buy", value="3 M GBP per year", lasts="5 years", need_by=rent),
        ],
        decisions=[m.Decision(id="D", question="Which line?", blocks=list(blocks), body="board")],
    )


def loss(pf: m.Portfolio, benefit: str, days: int) -> ipmo.model.Money:
    found = ipmo.benefits(pf)[benefit].loss_if(days)
    assert found is not None
    return found


@pytest.mark.parametrize("blocks", [("tram", "bus"), ("bus", "tram"), ("bus/buy", "tram/build")])
def test_the_first_of_what_waits_sets_the_latest_date(blocks: tuple[str, ...]) -> None:
    (due,) = ipmo.decisions_due(city(*blocks, rent="2026-02-28"))
    assert (due.latest, due.float) == (datetime(2026, 1, 10), 5)
    (alone,) = ipmo.decisions_due(city("bus", rent="2026-02-28"))
    assert (alone.latest, alone.float, alone.at_risk) == (datetime(2026, 1, 15), 10, "bus@finish")


def test_a_programme_waits_with_every_project_in_it_those_of_its_programmes_too() -> None:
    both = city("tram", "bus")
    nested = both.evolve(
        programmes=[m.Programme(id="lines"), m.Programme(id="rail", programme="lines")],
        decisions=[m.Decision(id="D", question="Which line?", blocks=["lines"], body="board")],
    )
    nested = nested.evolve("tram", programme="rail").evolve("bus", programme="lines")
    (due,), (same,) = ipmo.decisions_due(nested), ipmo.decisions_due(both)
    assert (due.latest, due.float, due.day_costs) == (same.latest, same.float, same.day_costs)


def test_a_day_of_waiting_costs_what_the_day_after_the_float_delays() -> None:
    """The bus may wait seven days until rent is late; what those seven cost is spent then, the eighth is what a day costs."""
    pf = city("bus")
    (due,) = ipmo.decisions_due(pf)
    assert (due.float, due.at_risk) == (7, "rent")
    assert due.day_costs == ipmo.model.Money(loss(pf, "rent", 8).amount - loss(pf, "rent", 7).amount, "GBP")
    (both,) = ipmo.decisions_due(city("tram", "bus"))
    fares = loss(pf, "fares", 6).amount - loss(pf, "fares", 5).amount
    assert due.day_costs is not None
    assert both.day_costs == ipmo.model.Money(due.day_costs.amount + fares, "GBP")


def test_what_is_too_late_already_costs_each_day_from_now() -> None:
    pf = city("tram", tram="2026-01-10", fares=None)
    (due,) = ipmo.decisions_due(pf)
    assert (due.float, due.at_risk, due.day_costs) == (-4, "tram@finish", loss(pf, "fares", 1))


def test_where_no_benefit_of_known_worth_waits_a_day_costs_nothing_that_is_known() -> None:
    (due,) = ipmo.decisions_due(city("bus").evolve(money=m.MoneySettings(currency="GBP")))
    assert due.day_costs is None


def gated(**more: object) -> m.Portfolio:
    """The gate comes on 10 April by itself; after it there are twenty days of work until the stated finish of 30 June."""
    work = [m.Task(id="a", duration="100 d"), m.Task(id="b", duration="20 d", after="G")]
    gate = m.Gate(id="G", after="a", body="bd")
    return m.Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-01-01",
        calendar="continuous",
        bodies=[m.DecisionBody(id="bd")],
        projects=[
            m.Project(id="p", finish="2026-06-30", tasks=work, gates=[gate]),
            m.Project(id="q", tasks=[m.Task(id="t", duration="5 d")]),
        ],
        **more,  # type: ignore[arg-type]
    )


def by(due: ipmo.analysis.change.decisions.Due) -> str:
    assert due.latest is not None
    return (due.latest - timedelta(minutes=1)).date().isoformat()


def test_a_gate_is_due_by_the_day_up_to_which_every_commitment_holds_not_by_its_own_forecast() -> None:
    (due,) = ipmo.decisions_due(gated())
    assert (by(due), due.at_risk, due.margin, due.late_by) == ("2026-06-10", "p@finish", 61, 0)
    assert due.float == 161, "working days left count from the status date"
    assert due.reason == "bd decides by 2026-06-10, in 161 working days, or p@finish is missed"
    for days, missed in ((60, ()), (61, ()), (62, ("p@finish",))):
        after = ipmo.what_if(gated(), ipmo.changes.Delay("p/a", f"{days} d")).after
        assert tuple(one.name for one in ipmo.schedule(after).commitments.broken) == missed
    (later,) = ipmo.decisions_due(gated().evolve(status_date="2026-03-01"))
    assert (by(later), later.float, later.margin) == ("2026-06-10", 102, 2)  # what comes before it began on 1 March


@pytest.mark.parametrize("waits", ["gate", "decision"])
def test_the_latest_day_is_the_last_on_which_deciding_is_in_time_not_the_morning_after(waits: str) -> None:
    """Five days of work to 17 April after Easter: decided by Friday the 10th, 28 working days from 2 March with two holidays."""
    gates = [m.Gate(id="G", body="bd", after="a")] if waits == "gate" else []
    pf = m.Portfolio(
        id="pf",
        start="2026-03-02",
        status_date="2026-03-02",
        calendar="wk",
        calendars=[m.Calendar(id="wk", week="mon-fri", hours="08:00-12:00, 13:00-17:00", day="8 h", holidays=["2026-04-03", "2026-04-06"])],
        projects=[
            m.Project(
                id="p",
                tasks=[
                    m.Task(id="a", duration="5 d"),
                    m.Task(id="b", duration="5 d", after="G" if gates else "a", deadline="2026-04-17"),
                ],
                gates=gates,
            )
        ],
        decisions=[] if gates else [m.Decision(id="D", question="Which?", blocks=["p/b"], body="bd")],
        bodies=[m.DecisionBody(id="bd")],
    )
    (due,) = ipmo.decisions_due(pf)
    assert (due.latest, due.float) == (datetime(2026, 4, 10, 17), 28)
    assert due.reason == "bd decides by 2026-04-10, in 28 working days, or p/b is missed"
    on = {day: ipmo.check(pf.evolve(status_date=day, methodologies={"portfolio": "mop"})) for day in ("2026-04-10", "2026-04-11")}
    assert not on["2026-04-10"].of("mop/late-decision")
    (late,) = on["2026-04-11"].of("mop/late-decision")
    assert "was needed by 2026-04-10, 1 day ago" in late.message


@pytest.mark.parametrize(
    ("link", "promise", "at_risk"),
    [
        ({"promised": "2026-06-01"}, "2026-05-12", "L"),
        ({"needed": "2026-06-01"}, "2026-05-12", "L"),
        ({"promised": "2026-08-01"}, "2026-06-10", "p@finish"),
        ({}, "2026-06-10", "p@finish"),
    ],
)
def test_a_hand_over_downstream_bounds_the_decision(link: dict[str, str], promise: str, at_risk: str) -> None:
    (due,) = ipmo.decisions_due(gated(links=[m.Link(id="L", source="p/b", target="q/t", **link)]))
    assert (by(due), due.at_risk) == (promise, at_risk)


def test_a_gate_that_nobody_promised_is_never_late() -> None:
    pf = m.Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-06-01",
        calendar="continuous",
        methodologies={"portfolio": "mop"},
        projects=[
            m.Project(id="p", state="active", tasks=[m.Task(id="x", duration="10 d", after="G")], gates=[m.Gate(id="G", body="board")])
        ],
        bodies=[m.DecisionBody(id="board", level="portfolio")],
    )
    (due,) = ipmo.decisions_due(pf)
    assert (due.latest, due.float, due.margin, due.at_risk, due.late_by) == (None, None, None, None, 0)
    assert due.reason == "board decides; no commitment waits for it"
    assert not ipmo.check(pf).of("mop/late-decision")
    assert ipmo.check(pf.evolve("p", finish="2026-05-10")).of("mop/late-decision"), "a promise that waits for it was broken in May"
    assert ipmo.check(pf.evolve("p/G", need_by="2026-05-31")).of("mop/late-decision")
    assert not ipmo.check(pf.evolve("p", finish="2026-06-30")).of("mop/late-decision")


def test_a_gate_that_is_reached_too_late_says_so_though_its_day_has_not_passed() -> None:
    (due,) = ipmo.decisions_due(gated().evolve("p", finish="2026-04-20"))
    assert (by(due), due.float, due.margin, due.late_by) == ("2026-03-31", 90, -10, 10)
    assert (
        due.reason == "10 working days too late for p@finish: needed by 2026-03-31; bd decides, and what comes before it ends on 2026-04-10"
    )


def test_waiting_costs_from_the_day_on_which_a_benefit_moves_whatever_is_promised() -> None:
    money = m.MoneySettings(currency="GBP", discount="green-book-2026")
    worth = [m.Benefit(id="fares", enabled_by="p/b", value="2 M GBP per year", lasts="5 years")]
    pf = gated(benefits=worth, money=money)
    (due,) = ipmo.decisions_due(pf)
    assert (by(due), due.costs_from) == ("2026-06-10", datetime(2026, 4, 11))
    assert due.reason.endswith("; waiting loses benefits from 2026-04-10 on")
    (free,) = ipmo.decisions_due(pf.evolve("p", finish=None))
    assert free.day_costs is not None
    assert free.reason == f"bd decides; no commitment waits for it; each day after 2026-04-10 costs {free.day_costs}"


def queued(seed: int) -> m.Portfolio:
    """Projects that promise a finish, with links between them, benefits that they bring, and decisions that hold some of their work."""
    r = random.Random(seed)
    projects, names, links = [], list[str](), list[m.Link]()
    for p in range(r.randint(2, 3)):
        tasks = []
        for t in range(r.randint(1, 3)):
            after = [m.After(source=f"t{r.randrange(t)}", lag=f"{r.randint(0, 3)} d")] if t and r.random() < 0.7 else []
            if names and r.random() < 0.5:
                links.append(m.Link(source=r.choice(names), target=f"p{p}/t{t}", type=r.choice(("FS", "SS"))))
            tasks.append(m.Task(id=f"t{t}", duration=f"{r.randint(1, 9)} d", after=after))
        projects.append(m.Project(id=f"p{p}", finish=f"2026-01-{r.randint(8, 31):02}", tasks=tasks))
        names += [f"p{p}/{task.id}" for task in tasks]
    benefits = [
        m.Benefit(
            id=f"b{n}", enabled_by=r.sample(names, min(2, len(names))), value=f"{r.randint(1, 9)} M GBP per year", lasts="5 years",
            need_by=r.choice((None, f"2026-01-{r.randint(8, 31):02}")), ramp=r.choice(((), (0.5, 1.0))),
        )
        for n in range(3)
    ]  # fmt: skip
    ids = [project.id for project in projects]
    held = [r.sample(names, 1), r.sample(names, 2), [r.choice(ids)]]
    decisions = [m.Decision(id=f"D{n}", question="Which?", blocks=some, body="board") for n, some in enumerate(held)]
    money = m.MoneySettings(currency="GBP", discount="green-book-2026")
    return m.Portfolio(
        id="q", start="2026-01-05", status_date="2026-01-05", calendar="continuous", money=money, bodies=[m.DecisionBody(id="board")],
        projects=projects, links=links, benefits=benefits, decisions=decisions,
    )  # fmt: skip


def lost(pf: m.Portfolio, held: dict[str, datetime]) -> Decimal:
    """What benefits lose where some work starts no earlier than a date, by the portfolio that says so."""
    later = pf
    for name, when in held.items():
        later = later.evolve(name, not_before=when)
    planned, moved = ipmo.benefits(pf), ipmo.benefits(later)
    out = Decimal(0)
    for row in planned.rows:
        start, other = row.start, moved[row.id].start
        assert start is not None and other is not None
        out += loss(pf, row.id, (other - start).days).amount
    return out


@given(st.integers(0, 10**6))
def test_what_a_day_costs_is_what_two_rebuilt_portfolios_say_of_each_decision(seed: int) -> None:
    """All are tried in one batch on the dates that are there; here each by itself, with its work held by hand."""
    pf = queued(seed)
    s = ipmo.schedule(pf)
    rows = ipmo.decisions_due(pf)
    assert len(rows) == 3
    for due in rows:
        floats = {name: s[name].commitment_float for name in due.waits}
        end = {name: s[name].early_start + timedelta(days=max(left, 0)) for name, left in floats.items()}
        a_day_on = {name: when + timedelta(days=1) for name, when in end.items()}
        spent = lost(pf, end)
        assert (due.day_costs.amount if due.day_costs else 0) == lost(pf, a_day_on) - spent, (due.item, due.waits)


BEHIND = """
ipmo: 1
portfolio: {{id: pf, start: 2026-01-01, status_date: 2026-06-01, calendar: continuous}}
projects:
  - id: p
    tasks:
      - {{id: a, duration: 10 d, actual_start: 2026-01-05, actual_finish: 2026-01-20}}
      - {{id: s, {after}}}
      - {{id: x, parent: s, duration: 10 d}}
      - {{id: y, parent: s, duration: 10 d, after: x}}
    gates: [{{id: G, after: a, decision: {decision}}}]
  - id: q
    tasks: [{{id: t}}, {{id: z, parent: t, duration: 5 d, deadline: 2026-08-01}}, {{id: begun, parent: t, duration: 90 d, actual_start: 2026-05-01, deadline: 2026-08-02}}]
links: [{link}]
{more}
"""
CONDITIONAL = "{{outcome: conditional go, date: 2026-02-01, conditions: [{{id: c, due: {due}}}]}}"
WITHIN, ACROSS = {"after": "after: G", "link": "{from: p/s, to: q/z}"}, {"after": "", "link": "{from: p/G, to: q/t}"}


@pytest.mark.parametrize("due", ["2026-07-01", "2026-05-01"])
@pytest.mark.parametrize(
    ("where", "latest", "waits"),
    [(WITHIN, "2026-07-07", ("p/s",)), (ACROSS, "2026-07-27", ("q/t",))],  # 25 days, and 5 days, before the end of 1 August
)
def test_a_condition_holds_back_what_lies_in_summaries_and_other_projects(
    tmp_path: Path, due: str, where: dict[str, str], latest: str, waits: tuple[str, ...]
) -> None:
    """Also once it is overdue and the go has lapsed, so that nothing behind it has a date: by when it must be met is still a fact."""
    path = tmp_path / "pf.yaml"
    path.write_text(BEHIND.format(decision=CONDITIONAL.format(due=due), more="", **where))
    (row,) = ipmo.decisions_due(path)
    assert (row.kind, row.at_risk, row.waits) == ("condition", "q/z", waits)
    assert (str(said_day(row.latest, finish=True)), str(said_day(row.stated, finish=True))) == (latest, due)
    assert row.float == (date.fromisoformat(latest) - date(2026, 5, 31)).days


def test_a_decision_that_blocks_a_summary_is_needed_when_its_work_must_begin(tmp_path: Path) -> None:
    path = tmp_path / "pf.yaml"
    path.write_text(
        BEHIND.format(
            decision="null", more="decisions: [{id: D, question: Buy?, blocks: q/t}]", after="after: G", link="{from: p/s, to: q/z}"
        )
    )
    row = ipmo.decisions_due(path)["D"]
    assert (row.at_risk, str(said_day(row.latest, finish=True))) == ("q/z", "2026-07-27")  # what has begun waits for nothing


@pytest.mark.parametrize(("where", "latest"), [(WITHIN, "2026-07-07"), (ACROSS, "2026-07-27")])
def test_a_gate_on_hold_is_due_like_one_that_nobody_has_decided(tmp_path: Path, where: dict[str, str], latest: str) -> None:
    """Nothing behind it has a date; by when it must be passed, at the latest, is what an open gate there would say."""
    path = tmp_path / "pf.yaml"
    rows = []
    for decision in ("{outcome: hold, date: 2026-02-01}", "null"):
        path.write_text(BEHIND.format(decision=decision, more="", **where))
        rows += ipmo.decisions_due(path)
    assert rows[0] == rows[1]
    assert (rows[0].kind, rows[0].item, rows[0].at_risk) == ("gate", "p/G", "q/z")
    assert str(said_day(rows[0].latest, finish=True)) == latest
    path.write_text(BEHIND.format(decision="{outcome: kill, date: 2026-02-01}", more="", **where))
    assert not [row for row in ipmo.decisions_due(path) if row.kind == "gate"]


def missed_anyway(long: str) -> ipmo.Portfolio:
    tasks = [{"id": "long", "duration": long}, {"id": "use", "duration": "33 d", "after": "long", "deadline": "2026-03-01"}]
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous"},
            "organisation": {"bodies": [{"id": "board"}]},
            "projects": [
                {"id": "a", "tasks": [{"id": "t", "duration": "14 d"}], "gates": [{"id": "G", "after": "t", "body": "board"}]},
                {"id": "b", "tasks": tasks},
            ],
            "links": [{"from": "a/G", "to": "b/use"}],
        }
    )


def test_a_commitment_missed_by_another_path_is_not_said_to_hang_on_the_decision() -> None:
    """36 + 33 days end on 10 March, nine late whatever the board does; with the gate alone 33 days would begin on 28 January at the latest."""
    pf = missed_anyway("36 d")
    (due,) = ipmo.decisions_due(pf)
    assert (due.latest, due.missed_by, due.because) == (datetime(2026, 1, 28), 9, "b/long")
    assert due.reason == (
        "board decides by 2026-01-27, in 27 working days, or b/use, missed already by 9 days because of b/long, cannot be kept any more"
    )
    assert "or b/use, missed already by 9 days because of b/long, cannot be kept any more" in " ".join(pf.report().html.split())
    (link,) = ipmo.critical_links(pf)
    assert link.missed and link.commitment_float == 13
    assert "b/use is missed already by another path; along this one 13 working days are left" in link.reason
    shorter = missed_anyway("20 d")
    (due,), (link,) = ipmo.decisions_due(shorter), ipmo.critical_links(shorter)
    assert (due.missed_by, due.because, link.missed) == (None, None, False)
    assert due.reason == "board decides by 2026-01-27, in 27 working days, or b/use is missed"
    assert "13 working days are left before b/use is missed" in link.reason
