"""Two months or years side by side: who came and went, what changed, which scale was converted."""

from __future__ import annotations

import pytest

import ipmo
from ipmo.analysis.change.comparison import compare
from ipmo.analysis.change.stated import confidence_by, variances
from ipmo.model import Confidence, MoneySettings, Portfolio, Project


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
    assert [(m.what, m.item) for m in found.effects] == [("date", "x"), ("total budget", "x")]
    assert len(found.table()) == 2 + 2 + 6


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
