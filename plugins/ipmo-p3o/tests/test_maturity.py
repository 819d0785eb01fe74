"""Maturity as scored and as the data show it: the ladder of attributes, and MAT-R01 to R05 where each is hard."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import ipmo
from ipmo import Span
from ipmo.model import DecisionBody, Gate, GateDecision, Person, Portfolio, Programme, Project, Risk
from ipmo.plugin import CheckContext
from ipmo_p3o import P3O, Improvement, MaturityScore, P3OFields, maturity
from ipmo_p3o.evidence import ATTRIBUTES
from ipmo_p3o.fields import MODELS, PERSPECTIVES

GOVERNANCE, RISK = "organisational governance", "risk management"


def p3o(**fields: Any) -> dict[str, Any]:
    return {"extensions": {"p3o": P3OFields(**fields)}}


def portfolio(*projects: Project, **more: Any) -> Portfolio:
    fields: dict[str, Any] = {
        "people": [Person(id="ann")],
        "bodies": [DecisionBody(id="board", level="project")],
        "status_date": "2026-06-01",
        **more,
    }
    return Portfolio(id="x", start="2026-01-05", projects=projects, **fields)


def score(**more: Any) -> MaturityScore:
    return MaturityScore(
        **{"model": "project", "perspective": GOVERNANCE, "level": 2, "evidence": ("minutes",), "assessed": date(2026, 1, 5), **more}
    )


def heard(slug: str, pf: Portfolio) -> list[str]:
    check = next(c for c in P3O.checks if c.code == f"p3o/{slug}")
    return [f.message for f in check.run(CheckContext(portfolio=pf))]


def owned(count: int, of: int, **more: Any) -> list[Project]:
    return [Project(id=f"P{n}", owner="ann" if n < count else None, **more) for n in range(of)]


def test_four_in_five_are_enough_and_nothing_to_look_at_shows_nothing() -> None:
    gates = [Gate(id="G", body="board")]
    assert maturity(portfolio(*owned(4, 5, gates=gates)))["project", GOVERNANCE].evidenced == 3
    row = maturity(portfolio(*owned(3, 5, gates=gates)))["project", GOVERNANCE]
    assert (row.evidenced, row.lacks) == (1, (("one person answers for each project", 3, 5),))
    assert maturity(portfolio())["project", GOVERNANCE].evidenced == 1
    decided = [Gate(id="G", body="board", decision=GateDecision(outcome="go", date="2026-02-02", evidence="paper 1"))]
    assert maturity(portfolio(*owned(5, 5, gates=decided)))["project", GOVERNANCE].evidenced == 4


def test_a_level_rests_on_those_below_it() -> None:
    """Gates with a board, which is level 3, show nothing where nobody answers for the projects, which is level 2."""
    assert maturity(portfolio(*owned(0, 3, gates=[Gate(id="G", body="board")])))["project", GOVERNANCE].evidenced == 1


def test_a_closed_project_counts_no_longer_and_old_reviews_are_none() -> None:
    risk = Risk(id="R", owner="ann", response="reduce", ends="2026-12-31", reviewed="2026-03-01", before={"probability": 0.1})
    known = [Project(id="P", risks=[risk]), Project(id="Q", state="closed")]
    assert maturity(portfolio(*known))["project", RISK].evidenced == 4
    late = portfolio(*known, status_date="2026-06-02")
    assert maturity(late)["project", RISK].evidenced == 3, "reviewed 93 days ago"


def test_programmes_are_scored_where_there_are_any_and_models_are_kept_apart() -> None:
    assert maturity(portfolio())["programme", GOVERNANCE].evidenced is None
    found = maturity(portfolio(*owned(5, 5), programmes=[Programme(id="T", owner="ann")]))
    assert found["programme", GOVERNANCE].evidenced == 2
    assert (found.floor("project"), found.floor("project", scored=True)) == (1, None)
    assert len(found.rows) == len(MODELS) * len(PERSPECTIVES)
    assert found.table().columns == ("model", "perspective", "scored", "evidenced", "gap", "target", "lacks")


def test_each_attribute_stands_once_on_a_ladder_without_a_missing_rung() -> None:
    rungs = [(one.model, one.perspective, one.level) for one in ATTRIBUTES]
    assert len(set(rungs)) == len(rungs)
    for model in MODELS:
        for perspective in PERSPECTIVES:
            levels = sorted(level for m, p, level in rungs if (m, p) == (model, perspective))
            assert levels == list(range(2, 2 + len(levels)))
    for one in ATTRIBUTES:
        met, whole = one.met(portfolio())
        assert 0 <= met <= whole


# ------------------------------------------------------------------------------------------------ rules


def test_r01_of_several_pieces_of_evidence_one_must_say_something() -> None:
    assert not heard("maturity-evidence", portfolio(**p3o(maturity=(score(evidence=("", "minutes")),))))
    assert heard("maturity-evidence", portfolio(**p3o(maturity=(score(evidence=()),)))) == [
        "level 2 of organisational governance of projects rests on no evidence"
    ]


def test_r02_the_latest_score_is_held_against_the_data() -> None:
    rows = owned(5, 5)
    earlier = score(level=5, assessed=date(2025, 1, 6))
    assert not heard("maturity-score", portfolio(*rows, **p3o(maturity=(score(), earlier))))
    assert heard("maturity-score", portfolio(*rows, **p3o(maturity=(score(level=3),)))) == [
        "organisational governance of projects is scored 3, the data show 2: lacking is that each project has a gate with a board (0 of 5)"
    ]
    whole = [Gate(id="G", body="board", decision=GateDecision(outcome="go", date="2026-02-02", evidence="paper 1"))]
    assert heard("maturity-score", portfolio(*owned(5, 5, gates=whole), **p3o(maturity=(score(level=5),)))) == [
        "organisational governance of projects is scored 5, and data can show 4 at most"
    ]


def test_r03_the_top_for_everything_is_no_goal_even_with_a_reason() -> None:
    two = (score(target=5, why="the minister asks"), score(perspective=RISK, target=5, why="losses"))
    assert heard("maturity-target", portfolio(**p3o(maturity=two))) == ["all 2 targets are level 5"]
    assert not heard("maturity-target", portfolio(**p3o(maturity=(two[0], score(perspective=RISK, target=3, why="losses")))))
    assert heard("maturity-target", portfolio(**p3o(maturity=(score(target=1, why="cheaper"),)))) == [
        "organisational governance of projects is scored 2 and aims at 1"
    ]


def test_r04_an_effect_is_measured_after_the_work_and_may_be_none() -> None:
    one = Improvement(id="i", owner="ann", done=date(2026, 6, 2), due=date(2026, 6, 1))
    assert not heard("improvement", portfolio(**p3o(improvements=(one,)))), "it will be done tomorrow, and was due today"
    later = portfolio(status_date="2026-06-02", **p3o(improvements=(one,)))
    assert heard("improvement", later) == ["improvement 'i' was done on 2026-06-02, and nobody measured what it changed"]
    same = Improvement(id="i", owner="zoe", done=date(2026, 5, 1), measure="late risks", before=4, after=4)
    assert heard("improvement", portfolio(**p3o(improvements=(same,)))) == [
        "improvement 'i' is owned by 'zoe', whom nobody knows",
        "improvement 'i' was done on 2026-05-01 and changed nothing: late risks is 4 as before",
    ]
    due = Improvement(id="i", owner="ann", due=date(2026, 5, 31))
    assert heard("improvement", portfolio(**p3o(improvements=(due,)))) == ["improvement 'i' was due 2026-05-31"]


def test_r05_the_interval_is_the_portfolios_and_a_score_without_a_day_is_said() -> None:
    assert not heard("reassess", portfolio(**p3o(maturity=(score(assessed=date(2025, 6, 1)),))))
    half = p3o(maturity=(score(assessed=date(2025, 11, 30)), score(perspective=RISK, assessed=None)), reassess=Span(6, "month"))
    assert heard("reassess", portfolio(**half)) == [
        "nothing says when risk management of projects was scored",
        "organisational governance of projects was last scored on 2025-11-30, more than 6 months ago",
    ]


@pytest.mark.parametrize("level", [0, 6])
def test_a_level_off_the_scale_is_refused(level: int) -> None:
    row = {"model": "project", "perspective": RISK, "level": level}
    with pytest.raises(ipmo.ModelError, match="levels go from 1 to 5"):
        ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "x", "extensions": {"p3o": {"maturity": [row]}}}})


def test_a_review_that_is_yet_to_come_shows_nothing() -> None:
    def pf(day: str) -> Portfolio:
        risk = Risk(id="R", owner="ann", response="reduce", ends="2026-12-31", reviewed=day, before={"probability": 0.1})
        return portfolio(Project(id="P", risks=[risk]))

    assert [maturity(pf(day))["project", RISK].evidenced for day in ("2026-06-01", "2026-06-02")] == [4, 3]


def test_a_score_that_is_yet_to_be_given_does_not_count() -> None:
    rows = (score(level=2), score(level=5, assessed=date(2026, 6, 2)))
    assert maturity(portfolio(**p3o(maturity=rows)))["project", GOVERNANCE].scored == 2
    assert maturity(portfolio(status_date="2026-06-02", **p3o(maturity=rows)))["project", GOVERNANCE].scored == 5
    assert maturity(portfolio(status_date=None, **p3o(maturity=rows)))["project", GOVERNANCE].scored == 5
    late = portfolio(status_date="2027-01-06", **p3o(maturity=(score(), score(assessed=date(2027, 1, 7)))))
    assert heard("reassess", late) == ["organisational governance of projects was last scored on 2026-01-05, more than 1 year ago"]
