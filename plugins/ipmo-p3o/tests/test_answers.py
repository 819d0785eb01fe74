"""The answers of the office adapter say what they are, and refuse what they do not hold with what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

import ipmo
import ipmo_p3o

CITY = Path(__file__).resolve().parents[3] / "examples" / "city.yaml"


def test_each_answer_says_what_it_is_in_a_line() -> None:
    pf = ipmo.read(CITY)
    said = [
        repr(answer) for answer in (ipmo_p3o.assess(pf), ipmo_p3o.blueprint(pf), ipmo_p3o.maturity(pf), ipmo_p3o.lessons_for(pf, "tram"))
    ]
    assert said[1] == "<Blueprint: 0 gaps, none stated>"
    assert said[3] == "<Lessons for 'tram': 0 lessons>"
    assert said[0].startswith("<Assessment: ")
    assert said[2].startswith("<Maturity that the data show, edition ")
    assert all(len(one) < 200 for one in said)


def test_what_they_do_not_hold_is_refused_with_what_there_is() -> None:
    pf = ipmo.read(CITY)
    assert ipmo_p3o.assess(pf)["hops"].unit == "steps"
    for answer, key in ((ipmo_p3o.assess(pf), "hop"), (ipmo_p3o.blueprint(pf), "process"), (ipmo_p3o.maturity(pf), ("portfolio", "x"))):
        with pytest.raises(ipmo.UnknownItemError, match="close: "):
            answer[key]  # type: ignore[index]
