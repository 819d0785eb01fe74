"""What the status of a programme or the portfolio says of time names whose finish it speaks of, where the whole ends on another day."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo


def project(project: str, days: int, finish: str | None = None, **more: Any) -> dict[str, Any]:
    stated = {} if finish is None else {"finish": finish}
    return {"id": project, "state": "active", "tasks": [{"id": "t", "duration": f"{days} d"}], **stated, **more}


def read(*projects: dict[str, Any], **more: Any) -> ipmo.Portfolio:
    """Status date 1 February, every day is a working day."""
    header = {"id": "pf", "start": "2026-02-01", "status_date": "2026-02-01", "calendar": "continuous", **more.pop("portfolio", {})}
    return ipmo.from_dict({"ipmo": 1, "portfolio": header, "projects": list(projects), **more})


def time_of(pf: ipmo.Portfolio, item: str = "pf") -> tuple[str | None, str]:
    return next((a.rag, a.text) for a in ipmo.status(pf)[item].aspects if a.name == "time")


def test_the_end_of_what_commits_to_a_finish_is_not_said_to_be_that_of_the_whole() -> None:
    """Thirty days end on 2 March; c, which commits to nothing, ends after 200 days, on 19 August, and so does the portfolio."""
    pf = read(project("a", 10, "2026-02-20"), project("b", 30, "2026-05-31"), project("c", 200))
    assert ipmo.schedule(pf).end_text == "2026-08-19"
    assert time_of(pf) == ("green", "b finishes 2026-03-02, committed to 2026-05-31")
    html = " ".join(pf.report().html.split())
    assert "pf finishes 2026-03-02" not in html


def test_the_whole_finishes_where_that_is_its_end() -> None:
    pf = read(project("a", 10, "2026-02-20"), project("b", 30, "2026-05-31"))
    assert time_of(pf) == ("green", "finishes 2026-03-02, committed to 2026-05-31")


def test_of_two_that_commit_the_last_to_finish_is_named_beside_the_last_day_that_is_committed_to() -> None:
    """b ends on 2 March, later than a, which commits to the later day."""
    pf = read(project("a", 10, "2026-05-31"), project("b", 30, "2026-04-30"), project("c", 200))
    assert time_of(pf) == ("green", "b, the last that commits to a finish, finishes 2026-03-02, committed to 2026-05-31")


@pytest.mark.parametrize(("tolerated", "said"), [(None, "beyond the commitment"), ("5 d", "beyond tolerance")])
def test_a_programme_names_it_too_and_where_it_is_late(tolerated: str | None, said: str) -> None:
    """30 days end on 2 March, ten after 20 February."""
    limit = {} if tolerated is None else {"tolerance": {"time": tolerated}}
    inside = [project("b", 30, "2026-02-20", programme="T", name="Bridge"), project("c", 200, programme="T")]
    pf = read(*inside, programmes=[{"id": "T", **limit}])
    rag, text = time_of(pf, "T")
    days = 10 if tolerated is None else 5
    assert (rag, text) == ("red", f"Bridge finishes 2026-03-02, committed to 2026-02-20, {days} days {said}")


def test_an_hour_later_on_the_same_day_is_no_other_finish() -> None:
    """a ends on the morning of 5 February at 8, c at 16; a day later c is another finish, and a is named."""
    for hours, said in ((112, "finishes 2026-02-05"), (120, "finishes 2026-02-05"), (121, "a finishes 2026-02-05")):
        other = project("c", 1) | {"tasks": [{"id": "t", "duration": f"{hours} h"}]}
        pf = read(project("a", 1, "2026-02-20") | {"tasks": [{"id": "t", "duration": "104 h"}]}, other)
        assert time_of(pf) == ("green", f"{said}, committed to 2026-02-20"), hours


@pytest.mark.parametrize(("first", "second", "named"), [("work", "point", True), ("point", "work", False), ("point", "point", False)])
def test_midnight_is_the_day_that_is_said_of_each(first: str, second: str, named: bool) -> None:
    """Work of four days ends with 4 February; a point that may not come before 5 February is on the 5th, at the same instant."""
    kinds = {"work": {"duration": "4 d"}, "point": {"milestone": True, "not_before": "2026-02-05"}}
    pf = read(
        project("a", 1, "2026-02-20") | {"tasks": [{"id": "t", **kinds[first]}]},
        project("c", 1) | {"tasks": [{"id": "t", **kinds[second]}]},
    )
    day = "2026-02-04" if first == "work" else "2026-02-05"
    assert time_of(pf) == ("green", f"{'a ' if named else ''}finishes {day}, committed to 2026-02-20")
