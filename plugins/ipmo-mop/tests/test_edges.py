"""Where the MoP adapter's answers turn: tables with their units, selections at their very limits, words of reasons."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import scipy.optimize

import ipmo
from ipmo import Table
from ipmo.model import Benefit, Enabler, FrozenMap, Link, MoneySettings, Portfolio, Project, RateRow, Task
from ipmo_mop import Candidate, Criterion, Group, MopFields, Scores, SelectionProblem, ahp, optimise, problem_of, ranked, scores, select
from ipmo_mop.selection import Rule


def shape(table: Table) -> list[str]:
    """Columns as `name kind unit`."""
    return [f"{name} {table.kind(name)} {table.unit(name)}".strip() for name in table.columns]


def board(weights: list[float], rows: dict[str, list[float]]) -> Scores:
    criteria = [Criterion(id=f"c{n}", weight=w, scale=FrozenMap({"none": 0.0, "all": 100.0})) for n, w in enumerate(weights)]
    return Scores(criteria, {name: {f"c{n}": v for n, v in enumerate(row)} for name, row in rows.items()}, {"gone": ("c0",)})


def test_scores_are_a_table_with_what_would_swap_neighbours() -> None:
    found = board([0.75, 0.25], {"A": [100, 0], "B": [0, 100], "C": [0, 0]})
    table = found.table()
    assert shape(table) == ["rank int", "project str", "score float", "c0 float", "c1 float", "to_swap float %"]
    assert table["project"] == ("A", "B", "C")
    assert table["score"] == (75, 25, 0)
    assert table["to_swap"] == (25, 25, None)  # half and half is level; B is level with C without weight on c1
    assert repr(found) == "<Scores: 3 projects on 2 criteria, 1 incomplete>"
    swap = found.swap("B", "A")
    assert (swap.above, swap.below, swap.moved, dict(swap.weights)) == ("A", "B", 0.25, {"c0": 0.5, "c1": 0.5})
    with pytest.raises(ipmo.UnknownItemError, match="the projects that are scored on every criterion"):
        found["gone"]


def test_who_is_better_everywhere_stays_above_whatever_the_weights() -> None:
    found = board([0.5, 0.5], {"A": [60, 50], "B": [40, 30]})
    assert found.swap("A", "B").moved is None
    assert found.swap("A", "B").weights == {}
    assert found.table()["to_swap"] == (None, None)


# ------------------------------------------------------------------------------------------------ selection


def problem(budget: object, *rows: tuple[str, float, object], **more: object) -> SelectionProblem:
    candidates = [Candidate(id=name, value=value, costs={"2026": Fraction(str(cost))}) for name, value, cost in rows]
    return SelectionProblem(candidates=candidates, envelopes={"2026": Fraction(str(budget))}, **more)  # type: ignore[arg-type]


def test_an_envelope_may_be_spent_to_the_last_penny_and_not_beyond() -> None:
    rows = (("A", 3.0, "0.1"), ("B", 2.0, "0.2"))
    whole = optimise(problem("0.3", *rows))
    assert whole.chosen == ("A", "B"), "0.1 and 0.2 are 0.3 exactly, whatever floats say"
    assert (whole.spent("2026"), whole.spent("2027")) == (Fraction(3, 10), 0)
    assert optimise(problem("0.2999999999999", *rows)).chosen == ("A",)


def test_a_selection_is_a_table_that_says_why() -> None:
    found = optimise(problem(10, ("A", 12.0, 6), ("B", 9.0, 5), ("C", 9.0, 5), unit="M GBP"))
    assert shape(found.table()) == ["project str", "chosen bool", "value float", "cost float M GBP", "regret float", "why str"]
    assert next(found.table().rows()) == {
        "project": "A",
        "chosen": False,
        "value": 12.0,
        "cost": 6.0,
        "regret": 6.0,
        "why": "A is out: with it the best is worth 6 less (drop B, C)",
    }
    assert (found.status, found.value, found.bound, found.gap) == ("optimal", 18.0, 18.0, 0.0)
    with pytest.raises(ipmo.UnknownItemError, match="the candidates"):
        found.why("Z")


def test_the_empty_problem_has_the_empty_answer() -> None:
    none = optimise(SelectionProblem(candidates=[], envelopes={"2026": Fraction(1)}))
    assert (none.status, none.chosen, none.value, none.bound, none.gap) == ("optimal", (), 0.0, 0.0, 0.0)


def test_the_ranking_ends_at_the_cut_line() -> None:
    assert ranked(problem(11, ("A", 12.0, 6), ("B", 9.0, 5), ("C", 4.0, 5))) == (("A", "B"), 21), "the last penny is spent"
    assert ranked(problem(11, ("A", 12.0, 6), ("B", 9.0, 6), ("C", 4.0, 5))) == (("A",), 12), "C would fit, and stands below the line"
    assert ranked(problem(11, ("A", 12.0, 6), ("free", 0.1, 0))) == (("free", "A"), 12.1)
    assert ranked(problem(5, ("A", 12.0, 6))) == ((), 0)
    later = Candidate(id="later", value=1.0, costs={"2027": Fraction(3)})
    spent = SelectionProblem(candidates=[later], envelopes={"2026": Fraction(0), "2027": Fraction(3)})
    assert ranked(spent) == (("later",), 1.0), "where it costs nothing nothing need be left"


@pytest.mark.parametrize(
    ("low", "high", "chosen", "kept"), [(None, 1, {"a"}, True), (None, 1, {"a", "b"}, False), (1, None, set(), False), (1, 1, {"b"}, True)]
)
def test_a_rule_holds_within_its_bounds_bounds_included(low: int | None, high: int | None, chosen: set[str], kept: bool) -> None:
    rule = Rule(
        kind="group",
        text="x",
        weights={"a": Fraction(1), "b": Fraction(1)},
        low=None if low is None else Fraction(low),
        high=None if high is None else Fraction(high),
    )
    assert rule.holds(frozenset(chosen)) is kept


def test_comparisons_by_pairs_of_equals_give_equal_weights() -> None:
    found = ahp(("a", "b", "c"), {("a", "b"): 1, ("b", "c"): 1, ("a", "c"): 1})
    assert [round(weight, 12) for weight in found.weights.values()] == [round(1 / 3, 12)] * 3
    assert found.ratio == pytest.approx(0, abs=1e-9)
    assert found.consistent
    assert found.doubt is None or found.ratio < 0.1


# ------------------------------------------------------------------------------------------------ what the solver is asked and says


def stopped(monkeypatch: pytest.MonkeyPatch, **answer: Any) -> dict[str, Any]:
    """scipy's solver answers this from now on; what it was asked last."""
    asked: dict[str, Any] = {}

    def milp(worth: Any, **more: Any) -> Any:
        asked.update(more, worth=[float(one) for one in worth])
        return SimpleNamespace(**answer)

    monkeypatch.setattr(scipy.optimize, "milp", milp)
    return asked


TOY = (("A", 12.0, 6), ("B", 9.0, 5), ("C", 9.0, 5))


def test_a_solve_that_is_stopped_early_is_feasible_with_the_bound_of_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = stopped(monkeypatch, status=1, x=np.array([1.0, 0.0, 0.0]), mip_dual_bound=-1.5)
    found = optimise(problem(10, *TOY), seconds=0.25)
    assert asked["options"] == {"mip_rel_gap": 0.0, "time_limit": 0.25}
    assert asked["worth"] == [-1.0, -0.75, -0.75]
    assert list(asked["integrality"]) == [1, 1, 1]
    assert (found.status, found.chosen, found.value, found.bound, found.gap) == ("feasible", ("A",), 12.0, 18.0, 0.5)
    assert repr(found) == "<Selection: feasible, 1 of 3 for 12.0, bound 18.0>"


def test_a_solver_that_knows_no_bound_gives_none(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped(monkeypatch, status=1, x=np.array([0.6, 0.5, 0.0]), mip_dual_bound=None)
    found = optimise(problem(10, *TOY))
    assert (found.status, found.chosen, found.bound, found.gap) == ("feasible", ("A",), None, None)


def test_a_solve_that_ends_with_nothing_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = stopped(monkeypatch, status=1, x=None)
    found = optimise(problem(10, *TOY))
    assert asked["options"] == {"mip_rel_gap": 0.0}
    assert (found.status, found.chosen, found.value, found.bound, found.gap) == ("unknown", (), None, None, None)


def test_every_solve_of_a_reason_may_take_as_long_as_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    found = optimise(problem(10, *TOY), seconds=3.0)
    asked = stopped(monkeypatch, status=0, x=np.array([1.0, 0.0, 0.0]))
    assert found.why("A").regret == 6
    assert asked["options"]["time_limit"] == 3.0
    assert (list(asked["bounds"].lb), list(asked["bounds"].ub)) == ([1, 0, 0], [1, 1, 1])


# ------------------------------------------------------------------------------------------------ rules in words and numbers


def test_every_limit_stands_in_words_and_numbers() -> None:
    whole = SelectionProblem(
        candidates=[Candidate(id="A", value=1.0, costs={"2026": Fraction(5, 2)}, mandatory=True), Candidate(id="B", value=1.0)],
        envelopes={"2026": Fraction(12345678), "2027": Fraction(1, 3)},
        committed={"2026": Fraction(9, 2)},
        requires=[("A", "B"), ("B", "B")],
        excludes=[("A", "B"), ("A", "A")],
        groups=[("g", ("A", "B"), True), ("h", ("B",), False)],
        barred=[("B", "B is not wanted")],
        unit="GBP",
    )
    one = Fraction(1)
    assert [(r.kind, r.text, dict(r.weights), r.low, r.high) for r in whole.rules] == [
        ("budget", "budget of 2026: at most 12,345,678 GBP, 4.5 GBP of it committed", {"A": Fraction(5, 2)}, None, Fraction(24691347, 2)),
        ("budget", "budget of 2027: at most 0.3333333333 GBP", {}, None, Fraction(1, 3)),
        ("mandatory", "A is mandatory", {"A": one}, one, None),
        ("requires", "A requires B", {"A": one, "B": -one}, None, 0),
        ("excludes", "A excludes B", {"A": one, "B": one}, None, one),
        ("barred", "B is not wanted", {"B": one}, None, 0),
        ("group", "exactly one of A, B (g)", {"A": one, "B": one}, one, one),
        ("group", "at most one of B (h)", {"B": one}, None, one),
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"candidates": [Candidate(id="A", value=1.0), Candidate(id="B", value=1.0), Candidate(id="B", value=2.0)]},
            "candidate 'B' is given twice",
        ),
        ({"candidates": [Candidate(id="A", value=float("nan"))]}, "the value of 'A' is nan, which is no number"),
        ({"candidates": [Candidate(id="A", value=float("inf"))]}, "the value of 'A' is inf, which is no number"),
        ({"candidates": [Candidate(id="A", value=float("-inf"))]}, "the value of 'A' is -inf, which is no number"),
        (
            {"candidates": [Candidate(id="A", value=1.0, costs={"2026": Fraction(0), "2027": Fraction(-1)})]},
            "'A' costs less than nothing in 2027",
        ),
        ({"candidates": [], "requires": [("Z", "Y")]}, "'Z' is not in the candidates (requires)"),
        ({"candidates": [], "excludes": [("Z", "Y")]}, "'Z' is not in the candidates (excludes)"),
        ({"candidates": [], "groups": [("g", ("Z",), True)]}, "'Z' is not in the candidates (group 'g')"),
    ],
)
def test_a_problem_that_cannot_be_asked_says_what_is_wrong(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ipmo.IpmoError) as caught:
        SelectionProblem(**wrong)
    assert said in str(caught.value)


def test_budgets_by_period_are_a_table_with_what_is_left() -> None:
    found = optimise(
        SelectionProblem(
            candidates=[Candidate(id="A", value=1.0, costs={"2026": Fraction(5, 2)})],
            envelopes={"2026": Fraction(10), "2027": Fraction(3)},
            committed={"2026": Fraction(1)},
            unit="GBP",
        )
    )
    assert shape(found.budgets()) == ["period str", "envelope float GBP", "spent float GBP", "left float GBP"]
    assert [tuple(row.values()) for row in found.budgets().rows()] == [("2026", 10, 3.5, 6.5), ("2027", 3, 0, 3)]


@pytest.mark.parametrize(
    ("budget", "rows", "project", "said"),
    [
        (10, TOY, "B", "B is in: without it the best is worth 6 less (take A and drop C)"),
        (16, TOY, "B", "B is in: without it the best is worth 9 less"),
        (5, (("A", 9.0, 5), ("B", 9.0, 5)), "B", "B is out, and as good in (drop A)"),
        (5, (("A", 9.0, 5), ("B", 0.0, 0)), "B", "B is out, and as good in"),
        (5, (("A", 9.0, 5), ("B", -2.5, 0)), "B", "B is out: with it the best is worth 2.5 less"),
        (5, (("A", 9.0, 5), ("B", 8.5, 5)), "B", "B is out: with it the best is worth 0.5 less (drop A)"),
        (5, (("A", 9.0, 5), ("B", 8.0, 5)), "B", "B is out: with it the best is worth 1 less (drop A)"),
        (5, (("A", 9.0, 5), ("B", 12.0, 6)), "B", "B cannot be in: budget of 2026: at most 5"),
    ],
)
def test_a_reason_says_what_changes_and_what_it_costs(
    budget: int, rows: tuple[tuple[str, float, int], ...], project: str, said: str
) -> None:
    found = optimise(problem(budget, *rows))
    why = found.why(project)
    text = why.text
    if rows[-1][1] == 0.0 and why.chosen:  # worth nothing and free: in or out is the same
        assert text == "B is in: without it the best is worth 0 less"
        return
    assert text == said
    assert why.id == project
    assert found.why(project) is why


def test_a_reason_names_what_comes_and_goes() -> None:
    why = optimise(problem(10, *TOY)).why("B")
    assert (why.chosen, why.regret, why.enters, why.leaves) == (True, 6, ("A",), ("C",))
    out = optimise(problem(5, ("A", 9.0, 5), ("B", 8.5, 5))).why("B")
    assert (out.chosen, out.regret, out.enters, out.leaves) == (False, 0.5, (), ("A",))
    barred = optimise(problem(5, ("A", 9.0, 5), ("B", 12.0, 6))).why("B")
    assert (barred.regret, barred.enters, barred.leaves) == (None, (), ())


def test_where_nothing_is_feasible_the_answer_says_which_rules_clash() -> None:
    must = [Candidate(id=name, value=1.0, costs={"2026": Fraction(6)}, mandatory=name != "C") for name in "ABC"]
    stuck = optimise(SelectionProblem(candidates=must, envelopes={"2026": Fraction(10)}, unit="GBP"))
    assert repr(stuck) == "<Selection: infeasible: budget of 2026: at most 10 GBP; A is mandatory; B is mandatory>"
    why = stuck.why("C")
    assert (why.id, why.chosen, why.regret, why.enters, why.leaves) == ("C", False, None, (), ())
    assert why.text == "no selection is feasible, with C or without"
    assert (stuck.value, stuck.bound, stuck.spent("2026")) == (None, None, 0)


# ------------------------------------------------------------------------------------------------ from a portfolio


def money_of(**more: Any) -> Portfolio:
    fields: dict[str, Any] = {
        "id": "x",
        "start": "2026-01-05",
        "money": MoneySettings(currency="GBP"),
        "projects": [Project(id=name, state="proposed", budget="6 GBP", tasks=[Task(id="t", duration="10 d")]) for name in ("A", "B")],
        **more,
    }
    return Portfolio(**fields)


def test_what_a_project_is_worth_must_be_said() -> None:
    with pytest.raises(ipmo.UnitError) as none:
        select(money_of())
    assert "no project has a value: state criteria and scores, or benefits with a value and a discount rate" in str(none.value)
    with pytest.raises(ipmo.UnitError) as odd:
        select(money_of(), "beauty")
    assert "value 'beauty' is not one of score, benefit, or a mapping of projects to numbers" in str(odd.value)
    with pytest.raises(ipmo.UnitError) as unscored:
        select(money_of(), "score")
    assert "there are no criteria; declare portfolio: extensions: {mop: {criteria: [...]}}" in str(unscored.value)


def test_benefits_are_what_projects_are_worth_where_nothing_is_scored() -> None:
    paying = money_of(
        money=MoneySettings(currency="GBP", discount="0 %"),
        benefits=[Benefit(id="b", enabled_by=[Enabler(source="A/t")], value="100 GBP per year", lasts="2 years")],
    )
    for value in ("", "benefit"):
        asked = problem_of(paying, value)
        assert [(one.id, round(one.value)) for one in asked.candidates] == [("A", 200), ("B", 0)]
        assert asked.barred == (("B", "B has no value to be ranked by"),)
    assert (asked.unit, asked.envelopes, asked.committed) == ("GBP", {}, {})


def test_a_problem_holds_what_the_portfolio_says() -> None:
    pf = money_of(
        projects=[
            Project(id="A", state="proposed", budget="6 GBP", requires=["B"], tasks=[Task(id="t", duration="10 d")]),
            Project(
                id="B",
                state="approved",
                budget="7 GBP",
                tasks=[Task(id="t", duration="10 d")],
                extensions={"mop": MopFields(mandatory=True, excludes=("C", "shut"))},
            ),
            Project(id="C", state="active", budget="8 GBP", tasks=[Task(id="t", duration="10 d")]),
            Project(id="D", state="proposed", budget="9 GBP", requires=["gone"], tasks=[Task(id="t", duration="10 d")]),
            Project(id="gone", state="cancelled", tasks=[Task(id="t", duration="10 d")]),
            Project(id="shut", state="closed", budget="4 GBP", tasks=[Task(id="t", actual_start="2026-01-05", actual_finish="2026-01-09")]),
        ],
        links=[Link(source="A/t", target="C/t"), Link(source="A/t", target="C/t", type="SS")],
        extensions={
            "mop": MopFields(groups=(Group(id="g", members=("A", "shut", "C"), rule="exactly one"), Group(id="h", members=("B",))))
        },
    )
    asked = problem_of(pf, {"A": 3.0, "C": 5.0, "D": 1.0}, envelopes={"2026": "20 GBP"})
    assert [(c.id, c.value, dict(c.costs), c.mandatory) for c in asked.candidates] == [
        ("A", 3.0, {"2026": 6}, False),
        ("B", 0.0, {"2026": 7}, True),
        ("C", 5.0, {"2026": 8}, False),
        ("D", 1.0, {}, False),
    ]
    assert asked.envelopes == {"2026": 20}
    assert asked.committed == {"2026": 4}
    assert asked.requires == (("A", "B"), ("C", "A"))
    assert asked.excludes == (("B", "C"),)
    assert asked.groups == (("g", ("A", "C"), True), ("h", ("B",), False))
    assert asked.barred == (("D", "what D costs is not known"), ("D", "D requires gone, which is cancelled"))
    assert asked.unit == "GBP"
    with pytest.raises(ipmo.IpmoError) as caught:
        problem_of(pf.evolve("x", extensions={"mop": MopFields(groups=(Group(id="g", members=("Z",)),))}), {"A": 3.0})
    assert "'Z' is not in the projects (group 'g')" in str(caught.value)
    foreign = problem_of(pf.evolve("x", extensions={"mop": MopFields(envelopes=FrozenMap({"2026": ipmo.Money(1, "USD")}))}), {"A": 3.0})
    assert dict(foreign.envelopes) == {}
    assert dict(foreign.unknown) == {"2026": "the envelope of 2026 is in USD, which has no exchange rate"}
    with pytest.raises(ipmo.UnknownItemError) as unknown:
        problem_of(pf.evolve("A", extensions={"mop": MopFields(excludes=("Z",))}), {"A": 3.0})
    assert "'Z' is not in the projects (excluded by 'A')" in str(unknown.value)


@pytest.mark.parametrize(("status_date", "envelope"), [(None, 50), ("2026-03-02", 80)])
def test_an_envelope_in_another_currency_counts_at_the_rate_of_the_status_date(status_date: str | None, envelope: int) -> None:
    pf = money_of(
        status_date=status_date,
        rates=[
            RateRow(since="2026-01-01", per={"USD": "0.5"}),
            RateRow(since="2026-03-01", per={"USD": "0.8"}),
        ],
    )
    assert problem_of(pf, {"A": 1.0}, envelopes={"2026": "100 USD"}).envelopes == {"2026": envelope}


# ------------------------------------------------------------------------------------------------ scores and pairs


def test_scores_are_of_open_projects_of_the_category_asked_for() -> None:
    scale = FrozenMap({"low": 1.0, "high": 5.0})
    stated = MopFields(
        criteria=(
            Criterion(id="value", weight=0.6, scale=scale),
            Criterion(id="ease", weight=0.4, scale=scale, categories=("road",)),
            Criterion(id="track", weight=0.4, scale=scale, categories=("rail", "tram")),
        ),
    )
    rows = [
        ("R", "proposed", "rail", {"value": "high", "track": "2"}),
        ("S", "paused", "rail", {"value": "low"}),
        ("T", "closed", "rail", {"value": "high", "track": "high"}),
        ("U", "active", "road", {"value": "high", "ease": "high"}),
    ]
    projects = [Project(id=i, state=s, category=c, extensions={"mop": MopFields(scores=FrozenMap(v))}) for i, s, c, v in rows]
    pf = Portfolio(id="x", start="2026-01-05", projects=projects, extensions={"mop": stated})
    rail = scores(pf, "rail")
    assert [c.id for c in rail.criteria] == ["value", "track"]
    assert rail.points == {"R": {"value": 100, "track": 25}, "S": {"value": 0}}
    assert rail.missing == {"S": ("track",)}
    assert (rail.ranking, rail["R"]) == (("R",), pytest.approx(70))
    assert repr(rail) == "<Scores: 1 project on 2 criteria, 1 incomplete>"
    with pytest.raises(ipmo.UnitError) as uneven:
        scores(pf)
    assert "the weights of value sum to 0.6, not to 100 %" in str(uneven.value)


def test_a_swap_is_told_in_one_sentence() -> None:
    found = board([0.75, 0.25], {"A": [100, 0], "B": [0, 100], "C": [0, 100], "D": [0, 50]})
    assert found.swap("A", "B").text == "A and B change places when 25.0% of the weight moves"
    assert found.swap("B", "C").text == "B and C are level"
    assert found.swap("B", "A").moved == 0.25
    above = board([0.5, 0.5], {"A": [60, 50], "B": [40, 30]}).swap("A", "B")
    assert above.text == "A stays above B under any weights: it is better on every criterion"
    assert [(s.above, s.below) for s in found.swaps()] == [("A", "B"), ("B", "C"), ("C", "D")]


@pytest.mark.parametrize(
    ("comparisons", "said"),
    [
        ({("a", "z"): 1.0}, "the pair 'a', 'z' is not of two of a, b"),
        ({("z", "a"): 1.0}, "the pair 'z', 'a' is not of two of a, b"),
        ({("a", "a"): 1.0}, "the pair 'a', 'a' is not of two of a, b"),
        ({("a", "b"): 0.0}, "'a' against 'b' is 0.0; write a positive number, a fraction when it matters less"),
        ({("a", "b"): -1.0}, "'a' against 'b' is -1.0; write a positive number, a fraction when it matters less"),
        ({("a", "b"): float("inf")}, "'a' against 'b' is inf; write a positive number, a fraction when it matters less"),
        ({("a", "b"): float("nan")}, "'a' against 'b' is nan; write a positive number, a fraction when it matters less"),
        ({("a", "b"): 2.0, ("b", "a"): 0.5}, "'a' against 'b' is given twice"),
        ({}, "'a' is not compared with 'b'"),
    ],
)
def test_a_comparison_that_says_nothing_is_refused(comparisons: dict[tuple[str, str], float], said: str) -> None:
    with pytest.raises(ipmo.UnitError) as caught:
        ahp(("a", "b"), comparisons)
    assert said in str(caught.value)
    with pytest.raises(ipmo.UnitError, match="there is nothing to compare"):
        ahp((), {})


def test_the_doubtful_pair_is_the_one_farthest_from_the_weights() -> None:
    """Rows of 1, 9 and 1/9 in turn have λmax = 1 + 9 + 1/9; the ratio is (λmax - 3) / 2 by Saaty's index of three, 0.58."""
    found = ahp(("a", "b", "c"), {("a", "b"): 9, ("b", "c"): 9, ("a", "c"): 1 / 9})
    assert found.ratio == pytest.approx((9 + 1 / 9 + 1 - 3) / 2 / 0.58, rel=1e-9)
    assert found.names == ("a", "b", "c")
    assert [round(weight, 9) for weight in found.weights.values()] == [round(1 / 3, 9)] * 3
    near = ahp(("a", "b", "c"), {("a", "b"): 2, ("b", "c"): 2, ("c", "a"): 3})
    assert near.doubt is not None
    one, other, said, weighed = near.doubt
    assert (one, other, said) == ("c", "a", 3)
    assert weighed == pytest.approx(near.weights["c"] / near.weights["a"])
    for cycle in (
        ("a", "b", "c"),
        ("b", "c", "a"),
        ("c", "b", "a"),
    ):  # three in a ring are equally far, to rounding: the one that says most is named
        x, y, z = cycle
        ring = ahp(("a", "b", "c"), {(x, y): 2, (z, x): 3, (y, z): 2}).doubt
        assert ring is not None
        assert ring[:3] == (z, x, 3)
    assert ahp(("a",), {}).weights == {"a": 1.0}
    two = ahp(("a", "b"), {("b", "a"): 4})
    assert (two.weights["a"], two.ratio, two.doubt) == (pytest.approx(0.2), 0.0, None)
    names = [f"n{n}" for n in range(11)]
    many = ahp(names, {(a, b): 1.0 for n, a in enumerate(names) for b in names[n + 1 :]})
    assert (many.ratio, many.consistent, many.doubt) == (None, None, None)
    ten = ahp(names[:10], {(a, b): 1.0 for n, a in enumerate(names[:10]) for b in names[n + 1 : 10]})
    assert ten.ratio == pytest.approx(0, abs=1e-9)
