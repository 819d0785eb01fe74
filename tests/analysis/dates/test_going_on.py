"""What waits for paused work has no date; what would be missed even were that to go on today is missed, whatever day it goes on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.changes import Pause
from ipmo.model import Portfolio

TODAY = date(2026, 2, 2)


def portfolio(projects: list[dict[str, Any]], links: list[dict[str, Any]]) -> Portfolio:
    header = {"id": "x", "start": "2026-01-05", "status_date": str(TODAY)}
    return ipmo.from_dict({"ipmo": 1, "portfolio": header, "projects": projects, "links": links})


def giver(**more: Any) -> dict[str, Any]:
    return {"id": "g", "name": "Giver", "tasks": [{"id": "a", "duration": "40 d"}], **more}


RECEIVER = {"id": "r", "name": "Receiver", "finish": "2026-03-13", "tasks": [{"id": "b", "duration": "10 d", "deadline": "2026-03-13"}]}
LINK = {"from": "g/a", "to": "r/b", "needed": "2026-03-01"}


def test_pausing_the_giver_of_a_late_hand_over_improves_nothing() -> None:
    """Forty days from 2 February end on 27 March, ten more on 10 April: 26 and 28 days too late, whenever the giver goes on."""
    running, paused = portfolio([giver(), RECEIVER], [LINK]), portfolio([giver(state="paused"), RECEIVER], [LINK])
    for pf, least in ((running, False), (paused, True)):
        found = {one.name: (one.standing, str(one.expected_day), one.at_least) for one in ipmo.schedule(pf).commitments}
        assert found == {
            "g/a -> r/b": ("missed", "2026-03-27", least),
            "r/b": ("missed", "2026-04-10", least),
            "r@finish": ("missed", "2026-04-10", least),
        }
    reasons = [one.reason for one in ipmo.schedule(paused).commitments]
    assert all(reason.endswith("so late even if what is paused goes on today") for reason in reasons)
    status = ipmo.status(paused)
    assert [(status[name].computed, status[name].aspects[0].text) for name in ("g", "r")] == [
        ("red", "g/a, handed over, finishes at the earliest 2026-03-27, committed to 2026-03-01, at least 26 days beyond the commitment"),
        ("red", "finishes at the earliest 2026-04-10, committed to 2026-03-13, at least 28 days beyond the commitment"),
    ]
    assert ipmo.schedule(paused)["r"].finish is None, "the date itself stays unknown"


def test_what_may_yet_be_kept_is_not_known() -> None:
    pf = portfolio([giver(state="paused"), {**RECEIVER, "finish": "2026-04-10", "tasks": [{"id": "b", "duration": "10 d"}]}], [LINK])
    assert ipmo.schedule(pf).commitments["r"].standing == "unknown"
    assert ipmo.status(pf)["r"].computed is None


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Three projects of chained work with a finish each, and links from earlier to later ones with a day on which they are needed."""
    projects, days = [], st.integers(0, 60).map(lambda n: str(TODAY + timedelta(days=n)))
    for name in "abc":
        lasts = draw(st.lists(st.integers(1, 25), min_size=1, max_size=3))
        work = [{"id": f"t{n}", "duration": f"{last} d", **({"after": f"t{n - 1}"} if n else {})} for n, last in enumerate(lasts)]
        work[-1] |= draw(st.sampled_from([{}, {"deadline": draw(days)}]))
        projects.append({"id": name, "tasks": work, **draw(st.sampled_from([{}, {"finish": draw(days)}]))})
    links = []
    for source, target in draw(st.lists(st.sampled_from([(0, 1), (0, 2), (1, 2)]), min_size=1, max_size=3, unique=True)):
        give, take = (f"{projects[n]['id']}/{draw(st.sampled_from(projects[n]['tasks']))['id']}" for n in (source, target))
        links.append({"from": give, "to": take, **draw(st.sampled_from([{}, {"needed": draw(days)}]))})
    return projects, links


@settings(max_examples=25)
@given(plans(), st.sampled_from("abc"), st.integers(0, 40))
def test_a_pause_never_improves_a_commitment_and_what_is_missed_anyhow_is_missed_whenever_it_goes_on(
    plan: tuple[list[dict[str, Any]], list[dict[str, Any]]], one: str, later: int
) -> None:
    projects, links = plan
    running = portfolio(projects, links)
    paused = portfolio([{**p, "state": "paused"} if p["id"] == one else p for p in projects], links)
    begins = {"not_before": str(TODAY + timedelta(days=later))}
    again = portfolio([{**p, "tasks": [{**t, **begins} for t in p["tasks"]]} if p["id"] == one else p for p in projects], links)
    before, after, resumed = ({c.name: c for c in ipmo.schedule(pf).commitments} for pf in (running, paused, again))
    assert before.keys() == after.keys()
    for name, row in after.items():
        if before[name].standing == "missed":
            assert row.standing == "missed"
            assert (row.days or 0) >= (before[name].days or 0)
        if before[name].standing != "kept":
            assert row.standing != "kept"
        if row.standing == "missed":
            assert resumed[name].standing == "missed"
            assert (resumed[name].days or 0) >= (row.days or 0)
    moved = ipmo.what_if(running, Pause(one)).commitments
    for word, standing in (("missed", "missed"), ("not known", "unknown")):
        other = {row.item for name, row in after.items() if row.standing == standing and before[name].standing != standing}
        assert {change.item for change in moved if word in change.after and word not in change.before} == other
