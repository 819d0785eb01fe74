"""Two months or years side by side: who came and went, what changed, which scale was converted."""

from __future__ import annotations

import pytest

import ipmo
from ipmo.analysis.change.comparison import compare
from ipmo.analysis.change.stated import confidence_by, variances
from ipmo.changes import Delay
from ipmo.model import Confidence, Link, MoneySettings, Portfolio, Project, Task


def year(*projects: Project) -> Portfolio:
    return Portfolio(id="x", status_date="2026-01-01", money=MoneySettings(currency="GBP"), projects=projects)


def rated(rating: str, scale: str, assessor: str = "IPA") -> list[Confidence]:
    return [Confidence(date="2025-12-01", assessor=assessor, scale=scale, rating=rating)]


BEFORE = year(
    Project(id="gone"),
    Project(id="a", start="2025-01-01", finish="2027-01-01", budget="100 GBP", confidence=rated("amber-red", "dca-5")),
    Project(id="b", finish="2027-01-01", budget="100 GBP", confidence=rated("green", "dca-5")),
    Project(id="c", finish="2027-01-01", budget="100 GBP"),
)
AFTER = year(
    Project(id="a", start="2025-01-01", finish="2027-01-31", budget="150 GBP", confidence=rated("red", "dca-3"), state="paused"),
    Project(id="b", finish="2026-12-31", budget="90 GBP", confidence=rated("green", "dca-3")),
    Project(id="c", budget="100 GBP", confidence=rated("red", "dca-3")),
    Project(id="new", budget="1 GBP"),
)


def test_entrants_leavers_and_changes_each_with_its_count() -> None:
    found = compare(BEFORE, AFTER)
    assert (found.entrants, found.leavers, found.stayed) == (("new",), ("gone",), ("a", "b", "c"))
    assert [(m.project, m.change) for m in found.of("finish")] == [("a", 30.0), ("b", -1.0)]
    assert [(m.project, m.change, m.share) for m in found.of("budget")] == [("a", 50.0, 0.5), ("b", -10.0, -0.1)]
    assert [(m.project, m.before, m.after, m.change) for m in found.of("confidence")] == [("a", "amber", "red", 1.0)]
    assert found.of("confidence")[0].note == "amber-red on dca-5 read as amber on dca-3"
    assert [m.project for m in found.of("state")] == ["a"]
    assert found.notes == ("2 ratings read on dca-3 from dca-5 (2011 to 2021); 1 of them lost something",)
    counts = {row["what"]: row for row in found.counts().rows()}
    assert counts["finish"] == {"what": "finish", "count": 2, "up": 1, "down": 1, "unknown": 1}
    assert counts["confidence (IPA)"]["unknown"] == 1
    assert counts["entrants"]["count"] == 1
    assert str(found).startswith("3 projects in both; 1 came, 1 went, 2 changed finish")
    freed = [(what, item) for what in ("money freed", "people freed") for item in ("a", "gone")]  # one was paused, one removed
    assert [(m.what, m.item) for m in found.effects] == [*freed, ("date", "x"), ("total budget", "x")]
    assert len(found.table()) == 2 + 2 + 6 + len(freed)


def test_nothing_changed_is_empty_and_currencies_do_not_compare() -> None:
    assert not compare(BEFORE, BEFORE)
    dollars = BEFORE.evolve(money=MoneySettings(currency="USD"), projects=[Project(id="a", budget="100 USD")])
    assert compare(BEFORE, dollars).unknown["budget"] == 1


def test_confidence_is_counted_by_any_field_with_those_without() -> None:
    pf = year(
        Project(id="a", category="it", confidence=rated("red", "dca-3")),
        Project(id="b", category="it", confidence=rated("green", "dca-3")),
        Project(id="c", attributes={"department": "MOD"}),
    )
    rows = [tuple(r.values()) for r in confidence_by(pf).rows()]
    assert rows == [("it", "IPA", "dca-3", "green", 1), ("it", "IPA", "dca-3", "red", 1), ("(none)", "IPA", "", "(none)", 1)]
    assert confidence_by(pf, "department")["group"][0] == "MOD"


@pytest.mark.parametrize(("stated", "agrees"), [("10%", True), ("11%", False), ("10.0%", True), ("10.1%", False), ("ten", None)])
def test_stated_variances_are_recomputed_as_they_were_rounded(stated: str, agrees: bool | None) -> None:
    line = {"from": "2025-04-01", "until": "2026-03-31"}
    project = Project(
        id="a",
        attributes={"stated_variance": stated},
        budget=[{**line, "amount": "100 GBP"}, {"amount": "900 GBP"}],
        forecast=[{**line, "amount": "110.04 GBP"}, {"note": "unknown"}],
    )
    table = variances(year(project, Project(id="b")))
    assert (table["agrees"], table["period"]) == ((agrees,), ("2025-04-01 to 2026-03-31",))
    assert table["computed"][0] == pytest.approx(0.1004)
    assert ipmo.compare(BEFORE, AFTER).stayed == ("a", "b", "c")


# ------------------------------------------------------------------------------------------------ what was committed to


def planned(
    days: int = 10, *, deadline: str | None = "2026-01-10", promised: str | None = "2026-01-12", seen: str = "2026-01-01"
) -> Portfolio:
    return Portfolio(
        id="pf",
        start="2026-01-01",
        status_date=seen,
        calendar="continuous",
        projects=[
            Project(id="a", tasks=[Task(id="t", duration=f"{days} d", deadline=deadline)]),
            Project(id="b", finish="2026-02-01", tasks=[Task(id="t", duration="10 d")]),
        ],
        links=[Link(id="L", source="a/t", target="b/t", promised=promised)],
    )


def test_what_is_newly_missed_stands_first_however_little_its_date_moved() -> None:
    """One day later misses the deadline; the date of everything else moves by that day too."""
    for found in (ipmo.what_if(planned(), Delay("a/t", "1 d")), compare(planned(10), planned(11))):
        assert next((m.what, m.item, m.before, m.after, m.change) for m in found.effects) == (
            "commitment",
            "a/t",
            "kept",
            "missed by 1 d",
            1,
        )
        assert found.lines[0].startswith("a/t misses its deadline by 1 d: due 2026-01-10, expected 2026-01-11")
        assert len(found.commitments) == 1
        assert found


def test_broken_hand_overs_stand_before_deadlines_and_these_before_what_is_missed_by_more() -> None:
    found = compare(planned(11), planned(90))
    assert [(m.kind, m.item, m.before, m.after) for m in found.commitments] == [
        ("hand-over", "a/t", "kept", "missed by 78 d"),
        ("project", "b", "kept", "missed by 68 d"),
        ("deadline", "a/t", "missed by 1 d", "missed by 80 d"),
    ]
    assert found.commitments[2].note.endswith("; missed by 1 d before")
    back = compare(planned(90), planned(10))
    assert [m.after for m in back.commitments] == ["kept", "kept", "kept"]
    assert "a/t keeps its deadline: due 2026-01-10, expected 2026-01-10; missed by 80 d before" in back.lines


def test_a_commitment_that_is_taken_back_or_restated_does_not_vanish() -> None:
    gone = compare(planned(20, promised=None), planned(20, promised=None, deadline=None))
    assert gone.lines[0] == "a/t: due 2026-01-10, missed by 10 d before, no longer stated"
    moved = compare(planned(20, promised=None), planned(20, promised=None, deadline="2026-03-01"))
    assert moved.lines[0].endswith("; missed by 10 d before; it was stated for 2026-01-10 before")
    assert not compare(planned(20), planned(20))
    assert not compare(planned(5, promised=None), planned(5, promised=None, deadline="2026-03-01")).commitments


def test_a_comparison_does_not_say_that_nothing_came_while_a_project_moved() -> None:
    found = compare(planned(10, promised=None, deadline=None), planned(90, promised=None, deadline=None))
    text = str(found)
    assert "0 came" not in text
    assert text.splitlines()[-1] == "2 projects in both; 3 dates move, a by most: +80 d"
    assert text.startswith("b misses its finish by 68 d")
    rows = {row["what"]: (row["count"], row["up"], row["down"]) for row in found.counts().rows()}
    assert (rows["commitment"], rows["date"], rows["entrants"][0]) == ((1, 1, 0), (3, 3, 0), 0)
    free = compare(
        planned(20, deadline=None, promised=None).evolve("b", finish=None),
        planned(10, deadline=None, promised=None).evolve("b", finish=None),
    )
    assert str(free) == "2 projects in both; 3 dates move, a by most: -10 d"
    assert str(compare(BEFORE, BEFORE)) == "3 projects in both; 0 came, 0 went".replace("3", str(len(BEFORE.projects)))


def test_what_was_overdue_in_both_months_is_not_told_again() -> None:
    pf = Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-02-01",
        projects=[
            Project(
                id="p", tasks=[Task(id="m", milestone=True, deadline="2026-01-15"), Task(id="x", deadline="2026-03-01", duration="5 d")]
            )
        ],
    )
    later = pf.evolve(status_date="2026-03-01")
    assert [(m.item, m.before, m.after) for m in compare(pf, later).commitments] == [("p/x", "kept", "missed by 5 d")]
    dark = compare(pf, pf.evolve("p/x", duration=None))
    assert [(m.item, m.before, m.after) for m in dark.commitments] == [("p/x", "kept", "not known")]
