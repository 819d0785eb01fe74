"""The whole job on any portfolio: nothing ends in an error that is not ipmo's own, and every answer says the same."""

from __future__ import annotations

from hypothesis import given, settings

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
        assert (item.start, item.finish) == s.dates(name) or item.undated or item.bound or item.kind == "summary"
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
