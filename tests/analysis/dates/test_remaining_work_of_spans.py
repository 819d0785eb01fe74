"""Level of effort by Primavera's rules: on the data date what is left of it begins, whenever what it spans did."""

from __future__ import annotations

from typing import Any

import pytest

import ipmo
from ipmo.model import Portfolio

OFFICE = {"id": "std", "week": "mon-fri", "hours": "08:00-12:00, 13:00-17:00", "day": "8 h"}
BEGUN = {"id": "b", "duration": "5 d", "actual_start": "2026-01-06T08:00", "remaining": "3 d"}
LONGER = {"id": "a", "duration": "5 d"}
SPAN = {"id": "h", "hammock": True, "after": [{"from": "b", "type": "SS"}, {"from": "b", "type": "FF"}]}


def spans(dialect: str, *tasks: dict[str, Any]) -> list[str]:
    """Early, late and scheduled dates of h on Monday 12 January, of what is planned from Monday the 5th on."""
    project = {"id": "P", "tasks": list(tasks)}
    pf = Portfolio(
        id="x", start="2026-01-05", status_date="2026-01-12", calendar="std", dialect=dialect, calendars=[OFFICE], projects=[project]
    )
    h = ipmo.schedule(pf)["P/h"]
    return [f"{one:%d %H}" for one in (h.early_start, h.early_finish, h.late_start, h.late_finish, h.start, h.finish)]


def test_what_has_not_begun_starts_no_sooner_than_the_data_date() -> None:
    """What is left of b lasts from Monday the 12th to Wednesday the 14th; it may be two days later, as a lasts until Friday the 16th."""
    assert spans("p6", BEGUN, LONGER, SPAN) == ["12 08", "14 17", "14 08", "16 17", "12 08", "14 17"]


def test_what_has_begun_started_when_it_did_and_its_early_dates_are_those_of_what_is_left() -> None:
    assert spans("p6", BEGUN, LONGER, SPAN | {"actual_start": "2026-01-06T08:00"}) == ["12 08", "14 17", "14 08", "16 17", "06 08", "14 17"]


@pytest.mark.parametrize("dialect", ["ipmo", "msproject"])
def test_elsewhere_it_starts_with_the_whole_of_what_it_spans(dialect: str) -> None:
    found = spans(dialect, BEGUN, LONGER, SPAN)
    assert (found[0], found[1]) == ("06 08", "14 17")


def test_what_spans_finished_work_only_lies_where_that_did() -> None:
    done = {"id": "b", "duration": "3 d", "actual_start": "2026-01-06T08:00", "actual_finish": "2026-01-08T17:00"}
    assert spans("p6", done, LONGER, SPAN)[:2] == ["06 08", "08 17"]


def test_what_spans_nothing_that_has_begun_is_as_it_was() -> None:
    early = {"id": "b", "duration": "3 d"}
    assert spans("p6", early, LONGER, SPAN) == ["12 08", "14 17", "14 08", "16 17", "12 08", "14 17"]
