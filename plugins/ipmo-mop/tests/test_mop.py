"""MoP passes the conformance kit, and its rules say what they should."""

from __future__ import annotations

from ipmo import CheckContext
from ipmo.model import Benefit, Contribution, Enabler, Link, Objective, Outcome, Portfolio, Project, Task
from ipmo.testing.conformance import MethodologyConformance
from ipmo_mop import MOP


def portfolio(**more: object) -> Portfolio:
    fields: dict[str, object] = {
        "id": "x",
        "start": "2026-01-05",
        "objectives": [Objective(id="o")],
        "projects": [
            Project(id="P", alignment={"o": "high"}, tasks=[Task(id="a", duration="5 d")]),
            Project(id="Q", alignment={"o": "low"}, tasks=[Task(id="b", duration="5 d")]),
        ],
        "links": [Link(source="P/a", target="Q/b")],
        **more,
    }
    return Portfolio(**fields)  # type: ignore[arg-type]


CLEAN = portfolio()


class TestMoP(MethodologyConformance):
    methodology = MOP
    entry_point = "mop"
    examples = {
        "mop/line-of-sight": (CLEAN, CLEAN.evolve("Q", alignment={})),
        "mop/selection-closed": (CLEAN, CLEAN.evolve("P", state="proposed")),
    }


def heard(code: str, pf: Portfolio) -> list[str]:
    check = next(c for c in MOP.checks if c.code == code)
    return [f.message for f in check.run(CheckContext(portfolio=pf))]


def test_r01_traces_work_through_benefits_and_outcomes_to_objectives() -> None:
    through = portfolio(
        projects=[Project(id="P", tasks=[Task(id="a", duration="5 d")]), Project(id="Q", tasks=[Task(id="b", duration="5 d")])],
        outcomes=[Outcome(id="oc")],
        benefits=[Benefit(id="be", enabled_by=Enabler(source="Q/b") and [Enabler(source="Q/b")], outcome="oc")],
        contributions=[Contribution(source="oc", target="o", share=0.6)],
    )
    assert not heard("mop/line-of-sight", through)  # P reaches the objective through its hand-over to Q
    assert heard("mop/line-of-sight", through.evolve(links=())) == ["project 'P' serves no objective"]
    assert (
        "claim 120% of 'o'"
        in heard(
            "mop/line-of-sight",
            through.evolve(
                contributions=[Contribution(source="oc", target="o", share=0.6), Contribution(source="be", target="o", share=0.6)]
            ),
        )[0]
    )
    assert heard("mop/line-of-sight", CLEAN.evolve(objectives=[Objective(id="o"), Objective(id="p")])) == [
        "objective 'p' is served by no initiative"
    ]


def test_r06_wants_the_selection_closed_and_in_time() -> None:
    assert "'P' is cancelled" in heard("mop/selection-closed", CLEAN.evolve("P", state="cancelled"))[0]
    assert not heard("mop/selection-closed", CLEAN.evolve("P", state="closed"))
    assert "requires 'P', which finishes 2026-01-09" in heard("mop/selection-closed", portfolio(links=()).evolve("Q", requires="P"))[0]
