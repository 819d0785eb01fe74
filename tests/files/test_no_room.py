"""What a file has no room for, in words: of one alone in the singular, with what it concerns."""

from __future__ import annotations

from pathlib import Path

import pytest

from ipmo.errors import FormatWarning
from ipmo.files.no_room import NoRoom, single


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("waits for the status date, written as dates before which", "wait for the status date, written as a date before which"),
        ("limits of finishes that give way to the logic", "limit of finishes that gives way to the logic"),
        ("expected finishes", "expected finish"),
        ("dependencies", "dependency"),
        ("people", "person"),
        ("smaller and larger teams", "smaller and larger team"),
        ("statuses that are none of its own, left out", "status that is none of its own, left out"),
        ("fields 'needs' of tasks", "field 'needs' of tasks"),
        ("progress of work that has not begun", "progress of work that has not begun"),
        ("id of the portfolio beside its `uri`", "id of the portfolio beside its `uri`"),
        ("package without the publisher that it asks for", "package without the publisher that it asks for"),
    ],
)
def test_one_alone_is_said_in_the_singular(many: str, one: str) -> None:
    assert single(many) == one


def test_each_loss_names_what_it_concerns_once() -> None:
    lost = NoRoom("Paper")
    for number in range(7):
        lost.at = f"P/{number}"
        lost.lose("lags of months")
        lost.lose("lags of months")
    lost.at = ""
    lost.lose("gates", 2)
    lost.lose("risks", of=["P/r"])
    with pytest.warns(FormatWarning) as caught:
        lost.warn(Path("x.paper"))
    message = caught[0].message
    assert isinstance(message, FormatWarning)
    shown = "'P/0', 'P/1', 'P/2', 'P/3', 'P/4' and 2 more"
    assert str(message) == f"x.paper: Paper has no room for 14 lags of months: {shown}; 2 gates; 1 risk: 'P/r'"
    assert message.losses == {"lags of months": 14, "gates": 2, "risks": 1}
    assert message.named["lags of months"] == tuple(f"P/{number}" for number in range(7))
    assert not message.named.get("gates")
