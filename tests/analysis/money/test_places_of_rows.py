"""A figure is found by its id alone as it is among the positions of all."""

from __future__ import annotations

import random

import pytest
from hypothesis import given

from ipmo.analysis.change import effects
from ipmo.analysis.dates.schedule import schedule
from ipmo.analysis.money.amounts import Priced
from ipmo.analysis.money.rollup import roll_up
from ipmo.analysis.money.work_tree import WorkTree, work_tree
from ipmo.model import Portfolio, Project, Task
from ipmo.network import network as engine
from ipmo.testing.strategies import portfolios


@given(portfolios())
def test_an_id_is_found_alone_as_among_all(portfolio: Portfolio) -> None:
    tree = work_tree(portfolio)
    asked = [*tree.ids, *portfolio.items, "nowhere", "nowhere/a", "/", ""]
    assert [tree.find(name) for name in asked] == [tree.places.get(name) for name in asked]
    assert tree.find(3) is None and tree.find(None) is None


def held_in(portfolio: Portfolio, tree: WorkTree, place: int) -> str:
    """The full id of what an item of the tree lies in, as the nouns say; empty for the portfolio itself."""
    noun = tree.nouns[place]
    if isinstance(noun, Task):
        project = tree.id(place).partition("/")[0]
        return project if noun.parent is None else f"{project}/{noun.parent}"
    return "" if isinstance(noun, Portfolio) else noun.programme or portfolio.id


@given(portfolios())
def test_the_tree_as_columns_is_the_tree_that_nouns_say(portfolio: Portfolio) -> None:
    tree = work_tree(portfolio)
    places, above = range(len(tree)), tree.parent.tolist()
    assert list(tree.nouns) == [tree.nouns[place] for place in places] == list(tree.nouns[:])
    assert [tree.id(place) for place in places] == list(tree.ids)
    assert [tree.ids[up] if up >= 0 else "" for up in above] == [held_in(portfolio, tree, place) for place in places]
    assert tree.depth.tolist() == [0 if up < 0 else int(tree.depth[up]) + 1 for up in above]
    last = list(places)
    for place in reversed(places[1:]):
        last[above[place]] = max(last[above[place]], last[place])
    assert (tree.end - 1).tolist() == last
    assert [place for layer in tree.layers for place in layer.tolist()] == sorted(places, key=lambda place: (tree.depth[place], place))
    assert [(place, noun) for place, noun in enumerate(tree.nouns) if not isinstance(noun, Task)] == list(tree.heads)
    assert dict(tree.heads)[0] is portfolio and all(project is tree.nouns[tree.project[place]] for place, project in tree.heads[1:] if isinstance(project, Project))  # fmt: skip


@given(portfolios())
def test_amounts_read_off_columns_are_those_of_figures(portfolio: Portfolio) -> None:
    for measure in ("budget", "actual", "forecast", "funding", "effort"):
        asked, made = (roll_up(pf, measure, unrated="unknown") for pf in (portfolio, portfolio.evolve()))
        for name in (*made.ids, "nowhere"):
            figure = made[name] if name in made else None
            priced = figure.carried if figure is not None and isinstance(figure.carried, Priced) else None
            if figure is None or priced is None:
                assert asked.amount(name) == (None, False)
            else:
                assert asked.amount(name) == (priced.only()[1], figure.known == figure.total and figure.apart is None)
            shown, whole = asked.money(name)
            assert shown == (None if figure is None else figure.money)
            assert whole == (figure is not None and figure.known >= figure.total) or shown is None
        assert asked.states or not any(made[name].money for name in made.ids)
        assert asked.noted or not any(made[name].reasons for name in made.ids)


def test_a_figure_asked_for_alone_is_that_of_the_whole_answer() -> None:
    tasks = [Task(id="a", budget="5 GBP"), Task(id="b", budget="7 GBP"), Task(id="m", milestone=True)]
    portfolio = Portfolio(id="P", start="2026-01-05", money={"currency": "GBP"}, projects=[Project(id="P", tasks=tasks)])
    asked = roll_up(portfolio, "budget")
    assert "P/m" not in asked and "P/a" in asked and "P/x" not in asked
    figures = [str(asked[name].value) for name in ("P", "P/a", "P/b")]
    assert figures == ["12 GBP", "5 GBP", "7 GBP"]
    assert asked.ids == ("P", "P/a", "P/b")
    with pytest.raises(LookupError):
        asked["P/m"]


def test_least_floats_in_columns_are_those_item_by_item(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SMALL", 1)
    drawn = random.Random(5)
    projects = []
    for place in range(6):
        tasks = [
            Task(
                id=f"t{i}",
                duration=f"{drawn.randint(1, 9)} d",
                after=[f"t{j}" for j in range(i) if drawn.random() < 0.3],
                deadline=f"2026-03-{drawn.randint(1, 28):02}" if drawn.random() < 0.3 else None,
            )
            for i in range(9)
        ]
        projects.append(Project(id=f"p{place}", tasks=tasks))
    portfolio = Portfolio(id="P", start="2026-01-05", projects=projects)
    s = schedule(portfolio)
    assert s.network.arrays
    found = {name: effects._days_of(s, least) for name, least in effects._least_floats(s).items()}  # noqa: SLF001
    aim, x = s.commitments.late.x, s.passes.early_starts
    expected = {}
    for owner, nodes in s.passes.open_work.items():
        places = [int(s.passes.positions.pos[v]) for v in nodes]
        slack = min(((int(aim[p]) - int(x[p]), p) for p in places if aim[p] < 1 << 59), default=None)
        if slack is not None:
            expected[s.network.projects[owner]] = s.passes.days(slack[1], int(x[slack[1]]), int(x[slack[1]]) + slack[0])
    assert found == expected and list(found) == list(expected) and found
