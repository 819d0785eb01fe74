"""What a summary hands over when nobody knows when it ends: every answer says so, or says by how much it is late at least."""

from __future__ import annotations

from datetime import datetime

import pytest

import ipmo


def handing(by: str, **link: str) -> ipmo.Portfolio:
    """`g/s` holds `x`, which ends on Friday, 9 January, and `y`, which has no duration; `r/t` waits for it."""
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05"},
            "people": [{"id": "a"}, {"id": "b"}],
            "projects": [
                {"id": "g", "tasks": [{"id": "s"}, {"id": "x", "parent": "s", "duration": "5 d"}, {"id": "y", "parent": "s"}]},
                {"id": "r", "tasks": [{"id": "t", "duration": "2 d"}]},
            ],
            "links": [
                {
                    "id": "L",
                    "from": "g/s",
                    "to": "r/t",
                    "promised": by,
                    "needed": by,
                    "status": "agreed",
                    "giver_owner": "a",
                    "receiver_owner": "b",
                    **link,
                }
            ],
        }
    )


def test_in_time_as_far_as_is_known_is_not_known() -> None:
    pf = handing("2026-03-31")
    (hand_over,) = ipmo.schedule_quality(pf).hand_overs
    assert (hand_over.expected, hand_over.kept) == ("not known, at least 2026-01-09", None)
    (link,) = ipmo.critical_links(pf)
    terms = link.agreement
    assert (link.given, terms.expected, terms.giver_margin, terms.broken) == (None, None, None, False)
    assert terms.issues == ("when it comes is not known: g/y has no duration",)
    assert ipmo.schedule(pf).commitments["L"].standing == "unknown"
    assert [row["given"] for row in ipmo.critical_links(pf).table().rows()] == [None]


def test_late_already_is_late_by_at_least_so_many_days() -> None:
    pf = handing("2026-01-07")
    (hand_over,) = ipmo.schedule_quality(pf).hand_overs
    assert (hand_over.expected, hand_over.kept) == ("not known, at least 2026-01-09", False)
    (link,) = ipmo.critical_links(pf)
    assert link.given is None and link.agreement.broken
    assert link.agreement.issues[:2] == ("expected at least 2 days after it is committed", "expected at least 2 days after it is needed")
    assert ipmo.schedule(pf).commitments["L"].standing == "missed"


@pytest.mark.parametrize("kind", ["SS", "FS"])
def test_a_start_that_is_known_and_an_end_that_is_known_are_said(kind: str) -> None:
    """The summary starts with its first task, on Monday, whenever it ends; without `y` its end is known too."""
    pf = handing("2026-03-31", type=kind)
    if kind == "FS":
        data = ipmo.to_dict(pf)
        del data["projects"][0]["tasks"][2]  # type: ignore[index]
        pf = ipmo.from_dict(data)
    (hand_over,), (link,) = ipmo.schedule_quality(pf).hand_overs, ipmo.critical_links(pf)
    day = "2026-01-05" if kind == "SS" else "2026-01-09"
    assert (hand_over.expected, hand_over.kept) == (day, True)
    assert str(link.given)[:10] == str(link.agreement.expected)[:10] == day and not link.agreement.issues


def test_a_receiver_of_which_the_end_is_not_known_holds_no_number_of_days_back() -> None:
    """`g/s` must end before `r/s` does (finish to finish): when that is nobody knows."""
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05"},
            "projects": [
                {"id": "g", "tasks": [{"id": "t", "duration": "5 d"}]},
                {"id": "r", "tasks": [{"id": "s"}, {"id": "x", "parent": "s", "duration": "5 d"}, {"id": "y", "parent": "s"}]},
            ],
            "links": [{"id": "L", "from": "g/t", "to": "r/s", "type": "FF", "needed": "2026-01-07"}],
        }
    )
    (link,) = ipmo.critical_links(pf)
    assert (link.agreement.used, link.agreement.receiver_margin) == (None, None)
    assert link.agreement.expected == datetime(2026, 1, 9, 17)
