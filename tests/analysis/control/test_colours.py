"""Colours that are computed only from what they need: unknown figures, empty registers, missing rates, parents of the unknown."""

from __future__ import annotations

import itertools
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.control.policies import BudgetWeighted, Child, Majority, Policy, ThresholdCount, WorstChild, at_least, worst_of
from ipmo.analysis.control.status import ItemStatus, status
from ipmo.model import Benefit, Enabler, Exposure, Impact, MoneySettings, Portfolio, Programme, Project, Risk, StatusReport, Task, Tolerance
from ipmo.model.governance import RAG
from ipmo.testing.strategies import portfolios

OVER: dict[str, Any] = {"budget": "10 M GBP", "forecast": "30 M GBP", "duration": "10 d"}
WELL: dict[str, Any] = {"budget": "10 M GBP", "forecast": "9 M GBP", "duration": "10 d"}
MILD: dict[str, Any] = {"budget": "100 GBP", "forecast": "104 GBP", "duration": "10 d"}
BLANK: dict[str, Any] = {"duration": "300 d"}


def programme(*works: dict[str, Any], tolerance: Tolerance | None = None, **fields: Any) -> Portfolio:
    return Portfolio(
        id="pf",
        start="2026-01-01",
        status_date="2026-06-01",
        programmes=[Programme(id="g", tolerance=tolerance)],
        projects=[Project(id=f"p{n}", programme="g", tasks=[Task(id="x", **work)]) for n, work in enumerate(works)],
        **{"money": MoneySettings(currency="GBP"), **fields},
    )


def colours(pf: Portfolio, item: str = "g") -> tuple[str | None, str | None]:
    row = status(pf)[item]
    return row.computed, row.at_least


COST = Tolerance(cost="5 %")


@pytest.mark.parametrize(
    ("works", "tolerance", "expected"),
    [
        ((OVER, BLANK), Tolerance(cost="5 %", risk="1 M GBP"), ("red", "red")),
        ((OVER, BLANK), COST, ("red", "red")),
        ((WELL, BLANK), COST, (None, "green")),
        ((MILD, BLANK), COST, (None, "amber")),
        ((WELL, BLANK), None, (None, "green")),
        ((OVER, BLANK), None, ("red", "red")),
        ((WELL, WELL), COST, ("green", "green")),
        ((WELL, WELL), Tolerance(cost="5 %", risk="1 M GBP"), (None, "green")),  # no risks are recorded
        ((BLANK, BLANK), COST, (None, None)),
        ((OVER, BLANK), Tolerance(time="5 d"), ("red", "red")),  # its dates are well, its cost is not known
        ((WELL, BLANK), Tolerance(time="5 d"), (None, "green")),
        ((OVER, WELL), Tolerance(cost="100 %"), ("amber", "amber")),  # its own figures are known, and within what it tolerates
    ],
)
def test_a_programme_is_no_better_than_what_it_does_not_know(works: Any, tolerance: Any, expected: tuple[str | None, str | None]) -> None:
    pf = programme(*works, tolerance=tolerance)
    assert colours(pf) == expected
    assert colours(pf, "pf") == expected
    why = status(pf)["g"].why
    if expected[0] is None and expected[1] is not None:
        assert why.startswith("not known; " if expected[1] == "green" else f"not known, at least {expected[1]}; ")
    if expected == ("red", "red"):
        assert "p0 is red" in why


def test_what_only_a_child_is_judged_by_counts_for_its_parent() -> None:
    risky = programme(WELL, WELL, tolerance=COST).evolve("p0", tolerance=Tolerance(risk="1 GBP"), risks=[risk()])
    assert colours(risky, "p0") == ("red", "red")
    assert colours(risky) == ("red", "red")
    assert colours(risky.evolve("p0", tolerance=None)) == ("green", "green")


def test_green_over_red_says_its_reasons() -> None:
    view = status(programme(OVER, BLANK, tolerance=Tolerance(cost="5 %", risk="1 M GBP")))
    assert view.explain("g").splitlines() == [
        "g: red by tolerance, nothing reported",
        "  cost: unknown: the budget is not known in full",
        "  risk: unknown: no risks are recorded; at most 1 M GBP is tolerated",
        "  children: red: p0 is red; 1 of 2 unknown",
    ]
    assert view.table("programme")["computed"] == ("red",)
    watched = status(programme(MILD, BLANK, tolerance=COST).evolve("g", status=[StatusReport(date="2026-05-01", rag="green")]))["g"]
    assert (watched.computed, watched.gap) == (None, 1)  # green is reported, and it is amber at best


def test_an_aspect_under_tolerance_that_is_not_known_withholds_the_colour_of_a_project() -> None:
    def row(tolerance: Tolerance | None, **fields: Any) -> ItemStatus:
        pf = programme({"duration": "10 d", **fields}).evolve("p0", finish="2027-01-01", tolerance=tolerance)
        return status(pf)["p0"]

    begun = {"budget": "10 GBP", "actual_start": "2026-01-05"}
    assert (row(COST, **begun).computed, row(COST, **begun).at_least) == (None, "green")
    assert row(None, **begun).computed == "green"  # nobody set a tolerance for its cost
    assert row(COST).computed is None  # a tolerance of its own, and no budget
    assert row(COST, budget="10 GBP", forecast="10 GBP").computed == "green"
    assert row(COST, budget="10 GBP", forecast="99 GBP").computed == "red"
    assert row(Tolerance(benefits="5 %"), budget="10 GBP", forecast="10 GBP").computed == "green"  # no benefit leads from it


def risk(**fields: Any) -> Risk:
    return Risk(id="R", **{"before": Exposure(probability=0.5, impacts=[Impact(cost="60 GBP")]), **fields})


@pytest.mark.parametrize(
    ("risks", "rag", "text"),
    [
        ([risk()], "green", "exposure 30 GBP of at most 30 GBP"),
        ([risk(before=Exposure(probability=0.5, impacts=[Impact(cost={"low": "30 GBP", "likely": "60 GBP", "high": "180 GBP"})]))], "red", "exposure 45 GBP of at most 30 GBP"),
        ([risk(before=Exposure(probability=0.5, impacts=[Impact(cost={"low": "0 GBP", "likely": "60 GBP", "high": "60 GBP"})]))], "green", "exposure 20 GBP of at most 30 GBP"),
        ([risk(after=Exposure(probability=0.1))], "green", "exposure 30 GBP of at most 30 GBP, 6 GBP after the responses"),
        ([risk(after=Exposure(impacts=[Impact(cost="10 GBP")]))], "green", "exposure 30 GBP of at most 30 GBP, 5 GBP after the responses"),
        ([risk(ends="2026-05-31", before=Exposure(probability=1, impacts=[Impact(cost="99 GBP")]))], "green", "exposure 0 GBP of at most 30 GBP, 1 risk not counted, whose window has closed"),
        ([risk(ends="2026-06-01", before=Exposure(probability=1, impacts=[Impact(cost="99 GBP")]))], "red", "exposure 99 GBP of at most 30 GBP"),
        ([risk(before=Exposure(impacts=[Impact(cost="60 GBP")]))], None, "exposure at least 0 GBP of at most 30 GBP, 1 risk unknown"),
        ([risk(before=Exposure(probability=0.5, impacts=[Impact(delay="3 d")]))], None, "exposure at least 0 GBP of at most 30 GBP, 1 risk unknown"),
        ([risk(before=Exposure(probability=0.5, impacts=[Impact(cost="60 EUR")]))], None, "exposure at least 0 GBP of at most 30 GBP, 1 risk unknown, risk of 'p0/R' is 60 EUR: no rate from EUR to GBP on 2026-06-01; add one under rates:"),
        ([risk(state="closed")], "green", "exposure 0 GBP of at most 30 GBP"),
        ([risk(opportunity=True)], "green", "exposure 0 GBP of at most 30 GBP"),
        ([], None, "no risks are recorded; at most 30 GBP is tolerated"),
    ],
)  # fmt: skip
def test_exposure_is_of_means_of_what_can_still_happen(risks: list[Risk], rag: str | None, text: str) -> None:
    pf = programme(WELL).evolve("p0", tolerance=Tolerance(risk="30 GBP"), risks=risks)
    (aspect,) = [a for a in status(pf)["p0"].aspects if a.name == "risk"]
    assert (aspect.rag, aspect.text) == (rag, text)


def test_a_closed_window_is_a_finding_and_a_project_without_a_register_is_said() -> None:
    pf = programme(WELL, WELL, tolerance=Tolerance(risk="50 GBP")).evolve("p0", risks=[risk(ends="2026-05-31")])
    (found,) = ipmo.check(pf).of("ipmo/risk-window-closed")
    assert (found.item, found.rule) == ("p0/R", "RSK-R01")
    assert not ipmo.check(pf.evolve("p0/R", ends="2026-06-01")).of("ipmo/risk-window-closed")
    assert not ipmo.check(pf.evolve("p0/R", state="occurred")).of("ipmo/risk-window-closed")
    assert not ipmo.check(pf.evolve(status_date=None)).of("ipmo/risk-window-closed")
    open_ = pf.evolve("p0", risks=[risk()])
    (aspect,) = [a for a in status(open_)["g"].aspects if a.name == "risk"]
    assert (aspect.rag, aspect.text) == (None, "exposure at least 30 GBP of at most 50 GBP, no risk recorded for p1")
    both = open_.evolve("p1", risks=[risk(state="closed")])
    assert next(a for a in status(both)["g"].aspects if a.name == "risk").rag == "green"


def test_exposure_before_and_after_the_responses_at_every_level() -> None:
    risks = [
        [risk(after=Exposure(probability=0.1))],
        [risk(ends="2026-05-31"), Risk(id="S", before=risk().before, after=Exposure(probability=0))],
        [],
    ]
    pf = programme(WELL, WELL, WELL)
    for n, found in enumerate(risks):
        pf = pf.evolve(f"p{n}", risks=found)
    answer = ipmo.risk_exposure(pf)
    assert list(answer.ids) == ["pf", "g", "p0", "p1", "p2"]
    assert answer.table()["before"] == (60, 60, 30, 30, None)
    assert answer.table()["after"] == (6, 6, 6, 0, None)
    assert answer.table("project")["closed"] == (0, 1, 0)
    assert answer.explain("g") == (
        "g: at least 60 GBP on average, 6 GBP after the responses, of 2 of 2 open threats; no risk recorded for p2; "
        "1 risk not counted, whose window has closed"
    )
    assert answer.explain("p2") == "p2: no risks are recorded, so nothing is known of its exposure"
    assert answer["p0"].complete
    assert ipmo.risk_exposure(pf, as_of="2026-01-01")["p1"].before == 60
    assert ipmo.risk_exposure(pf.evolve("p0", state="cancelled"))["pf"].before == 30


def test_a_missing_rate_blanks_what_needs_it_and_says_so() -> None:
    foreign = {"budget": "10 M EUR", "forecast": "30 M GBP", "duration": "10 d"}
    pf = programme(WELL, foreign, OVER)
    view = status(pf)
    assert [view[p].computed for p in ("p0", "p1", "p2", "g")] == ["green", None, "red", "red"]
    assert "no rate from EUR to GBP on 2026-06-01" in view["p1"].why
    only = status(programme(WELL, foreign, tolerance=COST))["g"]
    assert (only.computed, only.at_least) == (None, "green")
    assert "the budget is not known in full: budget of 'p1/x' is 10 M EUR" in only.why
    rolled = ipmo.roll_up(pf, "budget", unrated="unknown")
    assert (str(rolled.total.value), rolled.total.known, rolled.total.total) == ("20 M GBP", 2, 3)
    assert rolled.total.reasons == rolled["p1"].reasons
    with pytest.raises(ipmo.MissingRateError):
        ipmo.roll_up(pf, "budget", unrated="refuse")
    with pytest.raises(ipmo.OptionError, match="write one of 'refuse', 'unknown'"):
        ipmo.roll_up(pf, "budget", unrated="zero")  # type: ignore[arg-type]


def test_a_total_of_ones_own_without_a_rate_is_not_the_sum_of_its_parts() -> None:
    pf = programme(WELL).evolve("p0", budget="10 M EUR")
    rolled = ipmo.roll_up(pf, "budget", unrated="unknown")
    assert (rolled["p0"].value, rolled["p0"].known, rolled["p0"].total) == (None, 0, 1)
    assert "no rate from EUR to GBP" in rolled["p0"].note
    by_year = ipmo.roll_up(pf, "budget", by="year", unrated="unknown")
    assert [(figure.item, figure.value) for figure in by_year.groups] == [("(unknown)", None)]
    assert ipmo.earned_value(pf, unrated="unknown")["p0"].total == 1


def test_benefits_and_what_is_attributed_of_them_miss_only_what_needs_a_rate() -> None:
    benefits = [
        Benefit(id="pound", value="60 GBP", planned_start="2026-07-01", enabled_by=[Enabler(source="p0/x")]),
        Benefit(id="euro", value="60 EUR", planned_start="2026-07-01", enabled_by=[Enabler(source="p1/x")]),
    ]
    money = MoneySettings(currency="GBP", discount="3.5 %")
    pf = programme(WELL, WELL, benefits=benefits, money=money, tolerance=None).evolve("p1", tolerance=Tolerance(benefits="5 %"))
    found = ipmo.benefits(pf, unrated="unknown")
    assert (found["euro"].npv, "no rate from EUR to GBP" in found["euro"].reason, found["pound"].npv is not None) == (None, True, True)
    with pytest.raises(ipmo.MissingRateError):
        ipmo.benefits(pf, unrated="refuse")
    due = ipmo.attribute(pf)
    assert (due["p1"].value, due.left_out, due["p0"].value is not None) == (None, ("euro",), True)
    assert "no rate from EUR to GBP" in due.explain("p1")
    assert status(pf)["p1"].computed is None


POLICY: list[Policy] = [WorstChild(), Majority(), ThresholdCount(), BudgetWeighted()]


@settings(max_examples=150)
@given(st.sampled_from(POLICY), st.lists(st.tuples(st.sampled_from([*RAG, None]), st.integers(1, 9)), max_size=5))
def test_a_policy_gives_a_colour_only_where_the_unknown_cannot_change_it(policy: Policy, rows: list[tuple[str | None, int]]) -> None:
    children = [Child(item=str(n), rag=rag, budget=float(budget)) for n, (rag, budget) in enumerate(rows)]
    known = [child for child in children if child.rag is not None]
    rag, why = policy.combine(children)
    if not known:
        assert rag is None
        return
    unknown = [n for n, child in enumerate(children) if child.rag is None]
    outcomes = set()
    for guess in itertools.product(RAG, repeat=len(unknown)):
        told = dict(zip(unknown, guess, strict=True))
        outcomes.add(policy.combine([Child(item=c.item, rag=c.rag or told[n], budget=c.budget) for n, c in enumerate(children)])[0])
    assert rag == (outcomes.pop() if len(outcomes) == 1 else None)
    if rag is None:
        best = min((c for c in outcomes if c), key=RAG.index)
        assert why.startswith("not known: " if best == "green" else f"not known, at least {best}: ")
        assert at_least(policy, children) == best


def worst_child_by_child(children: list[Child]) -> tuple[str | None, str]:
    """The worst known child, and where some are unknown, what comes out whatever they are."""
    known = [child for child in children if child.rag is not None]
    if not known:
        return None, "no child has a colour"
    worst = min(known, key=lambda child: (-RAG.index(child.rag or ""), child.item))
    missing = len(children) - len(known)
    why = f"{worst.item} is {worst.rag}" + (f"; {missing} of {len(children)} unknown" if missing else "")
    if not missing:
        return worst.rag, why
    outcomes = {worst_child_by_child([child.as_if(colour) for child in children])[0] for colour in RAG}
    best = min((colour for colour in outcomes if colour is not None), key=RAG.index)
    said = "not known" if best == "green" else f"not known, at least {best}"
    return (best, why) if len(outcomes) == 1 else (None, f"{said}: {why}")


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from([*RAG, None]), st.sampled_from([*RAG, None])), max_size=6))
def test_the_worst_child_by_columns_is_that_child_by_child(rows: list[tuple[str, str | None, str | None]]) -> None:
    children = [Child(item=name, rag=rag, at_least=floor) for name, rag, floor in rows]
    told, policy = worst_child_by_child(children), WorstChild()
    least = told[0] if told[0] is not None else at_least(policy, children)
    assert (*policy.combine(children), least) == (*told, least)
    assert worst_of([name for name, _, _ in rows], [rag for _, rag, _ in rows], [floor for _, _, floor in rows]) == (*told, least)


@attrs.frozen
class AnotherWorst:
    """The worst child, as a policy of one's own that sees children."""

    name: str = attrs.field(default="worst child", init=False)

    def combine(self, children: Any) -> tuple[str | None, str]:
        return worst_child_by_child(list(children))


@settings(max_examples=30, deadline=None)
@given(portfolios(), st.sampled_from(["computed", "reported"]))
def test_a_status_by_the_worst_child_is_that_of_a_policy_that_sees_children(pf: Portfolio, of: Any) -> None:
    assert status(pf, policy="worst child", of=of).rows == status(pf, policy=AnotherWorst(), of=of).rows


def test_a_child_without_a_budget_weighs_nobody_knows_how_much() -> None:
    policy = BudgetWeighted()
    green, red = Child(item="a", rag="green", budget=5.0), Child(item="b", rag="red", budget=None)
    assert policy.combine([green, red])[0] is None
    assert policy.combine([green, Child(item="b", rag="green")])[0] == "green"
    assert policy.combine([green, Child(item="b", rag="red", budget=0.0)])[0] == "green"


@settings(max_examples=30)
@given(portfolios())
def test_no_parent_is_green_over_an_unknown_or_a_red_without_figures_of_its_own(pf: Portfolio) -> None:
    view = status(pf)
    below: dict[str, list[str]] = {}
    for project in pf.projects:
        if project.id in view and project.programme:
            below.setdefault(project.programme, []).append(project.id)
    for name, children in below.items():
        found = [view[child].computed for child in children]
        if "red" in found and pf.items[name].tolerance is None:
            assert view[name].computed == "red"
        if None in found and pf.items[name].tolerance is None:
            assert view[name].computed in (None, "red")


def test_open_threats_are_ranked_by_what_they_cost_on_average() -> None:
    """0.2 times the mean of (100, 200, 600) is 60 thousand, 0.5 times 100 is 50; what costs nobody knows stands last."""
    cost = {"low": "100 k GBP", "likely": "200 k GBP", "high": "600 k GBP"}

    def exposed(probability: float, cost: object = None) -> dict[str, object]:
        return {"probability": probability, **({} if cost is None else {"impacts": [{"target": "P", "cost": cost}]})}

    risks = [
        {"id": "flood", "owner": "ann", "response": "reduce", "before": exposed(0.5, "100 k GBP"), "after": exposed(0.1)},
        {"id": "strike", "name": "Drivers strike", "before": exposed(0.2, cost)},
        {"id": "law", "before": exposed(0.9)},
        {"id": "gone", "ends": "2026-01-02", "before": exposed(0.9, "9 M GBP")},
        {"id": "luck", "opportunity": True, "before": exposed(0.9, "9 M GBP")},
    ]
    stopped = {"id": "Q", "state": "cancelled", "risks": [{"id": "old", "before": exposed(1, "9 M GBP")}]}
    header = {"id": "x", "status_date": "2026-01-05", "money": {"currency": "GBP"}}
    found = ipmo.risk_exposure(
        ipmo.from_dict({"ipmo": 1, "portfolio": header, "people": [{"id": "ann"}], "projects": [{"id": "P", "risks": risks}, stopped]})
    )
    assert list(found.ranking().select("item", "name", "owner", "probability", "before", "after").rows()) == [
        {"item": "P/strike", "name": "Drivers strike", "owner": None, "probability": 0.2, "before": 60_000, "after": 60_000},
        {"item": "P/flood", "name": "P/flood", "owner": "ann", "probability": 0.5, "before": 50_000, "after": 10_000},
        {"item": "P/law", "name": "P/law", "owner": None, "probability": 0.9, "before": None, "after": None},
    ]
    assert (found["x"].before, found["x"].after, found["x"].known, found["x"].total) == (110_000, 70_000, 2, 3)
