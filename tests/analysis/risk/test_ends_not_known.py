"""What a simulation says of wholes that do not end, or of which nothing says when: work of them waits for what does not come."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import pytest

import ipmo

LENGTH = {"low": "4 d", "likely": "5 d", "high": "9 d"}


def made(giver: str | None = "cancelled", gate: dict[str, Any] | None = None) -> ipmo.Portfolio:
    """A project of which 50 days wait for a giver (or a gate), beside five that do not."""
    blocked: dict[str, Any] = {"id": "k", "duration": "50 d", "deadline": "2026-05-31"}
    app: dict[str, Any] = {"id": "app", "finish": "2026-04-30", "tasks": [blocked, {"id": "free", "duration": LENGTH, "budget": "1 M GBP"}]}
    giving: dict[str, Any] = {"id": "plat", "tasks": [{"id": "x", "duration": "30 d"}]} | ({} if giver is None else {"state": giver})
    if gate is not None:
        app["gates"] = [{"id": "G", "after": "free", "body": "bd", "decision": gate}]
        blocked["after"] = "G"
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "cb", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous"},
            "programmes": [{"id": "prog"}],
            "projects": [giving, app | {"budget": "2 M GBP", "programme": "prog"}],
            "links": [] if gate is not None else [{"id": "L", "from": "plat/x", "to": "app/k"}],
            "organisation": {"bodies": [{"id": "bd"}]},
        }
    )


NEVER = made("cancelled")
PAUSED = made("paused")
HELD = made(None, {"outcome": "hold", "date": "2026-01-01", "decided_by": "bd"})


@pytest.mark.parametrize(
    ("pf", "sure", "why"),
    [(NEVER, 0.0, "link 'L' from 'plat/x' never comes"), (PAUSED, None, "'plat' is paused"), (HELD, None, "put on hold")],
)
def test_the_finish_of_a_whole_is_not_known_where_work_of_it_has_no_date(pf: ipmo.Portfolio, sure: float | None, why: str) -> None:
    q = ipmo.simulate(pf, samples=200)
    table = {str(row["id"]): row for row in q.table().rows()}
    for whole in ("cb", "prog", "app"):
        row, dates = table[whole], q.finish(whole)
        blank = ("schedule", "on_schedule", "mean", "sd", "p10", "p50", "p80", "p90")
        assert [row[name] for name in blank] == [None] * len(blank), whole
        assert str(row["not_known"]), whole
        assert dates.by("2026-04-30") == sure
        assert q.joint(whole).within("2026-04-30", "2 M GBP") == sure
        assert q.joint(whole).frontier() == ()
        assert "not known" in q.explain(whole)
    assert why in str(table["app"]["not_known"])
    assert (table["app"]["sure"], table["app"]["both_sure"]) == (sure, sure)
    assert (table["app/k"]["committed"], table["app/k"]["sure"]) == (q["app/k"].committed, sure)
    assert table["app/free"]["p80"] is not None
    assert "finish not known" in repr(q)
    assert set(q.criticality()["criticality"]) == {None}
    assert {"cb", "prog", "app"}.isdisjoint(q.merges()["id"])
    found = [one for one in q.findings if one.code == "ipmo/end-not-known"]
    assert [why in one.message for one in found] == [True]
    assert q.grade == "diagnostic"


def test_a_whole_all_of_whose_work_has_dates_is_known_beside_one_that_has_not() -> None:
    q = ipmo.simulate(HELD, samples=200)
    assert q.finish("plat").p(80) is not None
    assert q["plat"].doubt == ""
    with pytest.raises(ipmo.ModelError, match="put on hold"):
        q.finish("app/k")


def test_a_simulation_read_back_knows_why_an_end_is_not_known(tmp_path: Path) -> None:
    q = ipmo.simulate(NEVER, samples=200)
    ipmo.save_simulation(q, tmp_path / "q.npz")
    again = ipmo.load_simulation(tmp_path / "q.npz")
    assert again == q
    assert again["app"].doubt == q["app"].doubt != ""
    assert (again["app"].sure, again["app/k"].sure) == (0.0, 0.0)


def test_the_first_screen_says_that_the_finish_is_not_known(tmp_path: Path) -> None:
    page = ipmo.report(NEVER, tmp_path / "page.html")
    text = Path(page).read_text(encoding="utf-8")
    assert "Four of five samples finish" not in text
    text = text.replace('<span class="day">', "").replace("</span>", "")
    assert "When all of it is done is not known, at least 2026-01-05" in text
    assert "Not known because app/k has no date, link 'L' from 'plat/x' never comes: project plat is cancelled." in html.unescape(text)
    assert "of samples" not in text.split("critical in")[1][:40] if "critical in" in text else True
