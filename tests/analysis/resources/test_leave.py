"""A person's day off: the dates stand, capacity says that the day is over, and levelling waits for the person.

python-gantt 0.6.0 ends the work on 8 January in both cases and says nothing of the day.
"""

from __future__ import annotations

import pytest

import ipmo
from ipmo.errors import ModelError

OFF = {
    "by dated capacity": {
        "capacity": [{"from": "2026-01-01", "value": 1}, {"from": "2026-01-07", "value": 0}, {"from": "2026-01-08", "value": 1}]
    },
    "by a calendar of her own": {"capacity": [{"from": "2026-01-01", "value": 1}], "calendar": "hers"},
}


def portfolio(**ann: object) -> ipmo.Portfolio:
    office = {"week": "mon-fri", "hours": "09:00-17:00"}
    task = {"id": "t", "duration": "4 d", "assignments": [{"resource": "ann"}]}
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "calendar": "office"},
            "calendars": [{"id": "office", **office}, {"id": "hers", **office, "holidays": ["2026-01-07"]}],
            "resources": [{"id": "ann", **ann}],
            "projects": [{"id": "P", "tasks": [task]}],
        }
    )


@pytest.mark.parametrize("way", OFF)
def test_a_day_off_is_said_by_capacity_and_waited_for_by_levelling(way: str) -> None:
    pf = portfolio(**OFF[way])
    assert f"{ipmo.schedule(pf)['P/t'].finish:%Y-%m-%d}" == "2026-01-08"
    (row,) = ipmo.capacity(pf).table().rows()
    assert (row["demand"], row["capacity"], row["over"], row["days_over"]) == (4, 21, 1, 1)
    plan = ipmo.level(pf)
    assert (plan.finish.isoformat()[:10], plan["P/t"].because) == ("2026-01-13", "waits for ann: not there on 2026-01-07")


@pytest.mark.parametrize("word", ["leave", "vacation", "absences", "holidays", "time off"])
def test_other_words_for_it_lead_to_capacity(word: str) -> None:
    with pytest.raises(ModelError, match="write capacity: "):
        portfolio(**{word: [{"from": "2026-01-07"}]})


def test_an_end_of_day_is_said_as_its_day() -> None:
    """Around the clock, work of two days from 5 January ends with the 6th; waiting for what is done then it ends with the 8th."""
    tasks = [{"id": name, "duration": "2 ed", "assignments": [{"resource": "ann"}]} for name in ("a", "b")]
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {"id": "x", "start": "2026-01-05", "calendar": "continuous"},
            "resources": [{"id": "ann", "capacity": [{"from": "2026-01-01", "value": 1}]}],
            "projects": [{"id": "P", "tasks": tasks}],
        }
    )
    plan = ipmo.level(pf)
    assert "ends 2026-01-08 instead of 2026-01-06" in repr(plan)
    assert [(f"{row['start_date']}", f"{row['finish_date']}") for row in plan.table().rows()] == [
        ("2026-01-05", "2026-01-06"), ("2026-01-07", "2026-01-08"),
    ]  # fmt: skip


def test_what_running_sums_come_to_has_its_scale_once() -> None:
    pf = portfolio(**OFF["by a calendar of her own"]).evolve("P/t", budget="2 M GBP").evolve(money={"currency": "GBP"})
    assert "budget comes to 2 M GBP" in ipmo.time_phase(pf).plot().to_svg()


@pytest.mark.parametrize("second", [2, 3])
def test_two_capacities_from_one_day_are_refused_with_what_to_write(second: float) -> None:
    """Whichever stands first would hold by chance: neither the later nor the sum is guessed."""
    first = {"from": "2026-01-01", "value": 2}
    for rows in ([first, {"from": "2026-02-01", "value": 1}, {**first, "value": second}], [{**first, "value": second}, first]):
        with pytest.raises(ipmo.IpmoError, match=r"two capacities from 2026-01-01 on: \d and \d; write one, their sum if both are there"):
            portfolio(capacity=rows)
    assert [row.value for row in portfolio(capacity=[{"from": "2026-02-01", "value": 1}, first]).resources[0].capacity] == [2, 1]
