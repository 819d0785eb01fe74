"""Every answer and every row of the shipped adapters shows itself in a notebook: its sentence, a small table, a picture where there is one."""

from __future__ import annotations

import html
import importlib
import inspect
from datetime import date, timedelta
from typing import Any

import pytest

import ipmo
import ipmo.examples
import ipmo_agile
import ipmo_mop
import ipmo_p3o
from ipmo.model.estimates import Estimate
from ipmo.plugin import Shown, ShownAnswer

ADAPTERS = ("ipmo_agile", "ipmo_mop", "ipmo_p3o", "ipmo_govs")
QUESTIONS = {"SelectionProblem"}
"""What is asked, and no answer."""


def city() -> ipmo.Portfolio:
    return ipmo.read("examples/city.yaml")


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_class_that_an_adapter_gives_shows_itself(adapter: str) -> None:
    module = importlib.import_module(adapter)
    bare = []
    for name in module.__all__:
        found = getattr(module, name)
        if not inspect.isclass(found) or issubclass(found, Estimate) or name in QUESTIONS:
            continue
        if not issubclass(found, Shown | ShownAnswer):
            bare.append(name)
        elif hasattr(found, "table"):
            assert issubclass(found, ShownAnswer), name
    assert bare == []


def answers() -> dict[str, Any]:
    pf = city()
    items = [
        ipmo_agile.WorkItem(id=f"i{n}", created=f(1 + n % 3), started=f(3 + n), finished=f(5 + n) if n < 12 else None) for n in range(16)
    ]
    return {
        "agile: backtest": ipmo_agile.backtest({"team": [f(n) for n in range(1, 120)]}),
        "agile: burn-up": ipmo_agile.burn_up(items, as_of=f(30)),
        "agile: flow": ipmo_agile.flow(items),
        "agile: kanban": ipmo_agile.portfolio_kanban(pf),
        "mop: ahp": ipmo_mop.ahp(["a", "b"], {("a", "b"): 3.0}),
        "mop: concentration": ipmo_mop.concentration(pf),
        "mop: frontier": ipmo_mop.frontier(pf),
        "mop: pipeline": ipmo_mop.pipeline(pf),
        "mop: scores": ipmo_mop.scores(pf),
        "mop: selection": ipmo_mop.select(pf),
        "mop: staffing": ipmo_mop.staffing(ipmo.examples.load("library"), ["hall", "catalogue"]),
        "p3o: assessment": ipmo_p3o.assess(pf),
        "p3o: blueprint": ipmo_p3o.blueprint(pf),
        "p3o: coverage": ipmo_p3o.coverage(pf),
        "p3o: lessons": ipmo_p3o.lessons_for(pf, "tram"),
        "p3o: maturity": ipmo_p3o.maturity(pf),
        "p3o: offices": ipmo_p3o.OfficeModel(pf),
        "p3o: raci": ipmo_p3o.raci(pf),
    }


def f(day: int) -> date:

    return date(2026, 1, 1) + timedelta(days=day)


def test_an_answer_says_its_sentence_then_its_table_then_its_picture() -> None:
    for name, answer in answers().items():
        shown = answer._repr_html_()
        assert repr(answer).startswith("<"), name
        assert "object at 0x" not in shown, name
        assert shown.startswith(f"<p>{html.escape(repr(answer)[1:-1])}</p>"), name
        assert ("<table>" in shown) or ("<p>no rows" in shown), name
        assert len(shown) < 100_000, name
        if hasattr(answer, "plot"):
            assert shown.count("<svg") == 1, name


def test_hostile_text_stays_text() -> None:
    item = ipmo_agile.WorkItem(id="<script>alert(1)</script>", started=f(1), finished=f(2))
    assert "<script>" not in item._repr_html_()
    found = ipmo_mop.ahp(["<b>", "c"], {("<b>", "c"): 2.0})
    assert "<b>" not in found._repr_html_()
