"""The whole job on any portfolio: nothing ends in an error that is not ipmo's own, and every answer says the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.money.measures import MEASURES
from ipmo.model import Portfolio
from ipmo.reporting.html import render
from ipmo.testing.strategies import portfolios


@settings(max_examples=60)
@given(portfolios(tied=True))
def test_every_question_has_an_answer(pf: Portfolio) -> None:
    s = ipmo.schedule(pf)
    table = s.table()
    for name in table["id"]:
        assert s.explain(name)
        item = s[name]
        assert (item.start, item.finish) == s.dates(name) or item.undated or item.lower_bound or item.kind == "summary"
    assert set(s.critical_path()) <= set(table["id"])
    for measure in MEASURES:
        r = ipmo.roll_up(pf, measure)
        assert r.explain().lines
        assert 0 <= r.total.known <= r.total.total
        assert r.table().columns
    links = ipmo.critical_links(pf)
    crossing = [k for k in pf.links if pf.project_of(k.source) != pf.project_of(k.target)]
    assert len(links) == len(crossing)
    assert [k.rank for k in links] == list(range(1, len(links) + 1))
    found = ipmo.check(pf)
    assert "ipmo/check-crashed" not in {f.code for f in found}
    for finding in found:
        assert not finding.item or finding.item in pf or finding.item.partition("@")[0] in pf
    html = render(pf, found)
    assert html.count("<h1>") == 1
    assert ipmo.graph(pf).number_of_nodes() >= len(pf.projects)


RANKED = (
    lambda pf: ipmo.critical_links(pf, on_cycle="cut"),
    lambda pf: ipmo.single_points(pf, on_cycle="cut"),
    lambda pf: ipmo.schedule(pf).commitments,
    ipmo.decisions_due,
)
LISTED = (
    *(ipmo.schedule, ipmo.benefits, ipmo.status, ipmo.gates, ipmo.interfaces, ipmo.line_of_sight, ipmo.raid_log, ipmo.schedule_quality),
    *(ipmo.earned_value, ipmo.attribute, ipmo.capacity, ipmo.time_phase, ipmo.worth_going_on, ipmo.risk_exposure, ipmo.check),
    ipmo.delay_sensitivity,
    lambda pf: ipmo.roll_up(pf, "budget"),
)
"""Answers that list what there is in the order of the file; the rows themselves do not depend on it."""


def rows(verb: Callable[[Portfolio], Any], pf: Portfolio) -> list[str]:
    try:
        return [str(row) for row in verb(pf).table().rows()]
    except ipmo.IpmoError as error:
        return [type(error).__name__]


@settings(max_examples=40)
@given(portfolios(tied=True), st.randoms(use_true_random=False))
def test_no_answer_depends_on_where_things_stand_in_the_file(pf: Portfolio, shuffled: random.Random) -> None:
    mixed = {name: shuffled.sample(getattr(pf, name), len(getattr(pf, name))) for name in ("projects", "programmes", "links", "benefits")}
    other = attrs.evolve(pf, **mixed)
    for verb in RANKED:
        assert rows(verb, other) == rows(verb, pf)
    assert ipmo.delay_sensitivity(other).ids == ipmo.delay_sensitivity(pf).ids, "its rows are ranked, the targets in a row are not"
    for verb in LISTED:
        assert sorted(rows(verb, other)) == sorted(rows(verb, pf))
