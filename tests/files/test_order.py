"""Whether a file may hold a loop is told cheaply where plain tasks follow one another: never a loop missed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.dates.schedule import network
from ipmo.files import reading
from ipmo.testing.strategies import portfolios

NAMES = [f"t{number}" for number in range(6)]
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(["FS", "SS", "FF", "SF"])), max_size=9)


@settings(max_examples=150, deadline=None)
@given(PAIRS)
def test_a_loop_among_plain_tasks_is_never_missed(pairs: list[tuple[str, str, str]]) -> None:
    after: dict[str, dict[tuple[str, str], dict[str, str]]] = {name: {} for name in NAMES}
    for source, target, kind in pairs:
        if source != target:
            after[target][source, kind] = {"from": source, "type": kind}
    tasks = [{"id": name, "duration": "1 d", "after": list(after[name].values())} for name in NAMES]
    pf = ipmo.from_dict({"ipmo": 1, "portfolio": {"id": "pf", "start": "2026-01-05"}, "projects": [{"id": "a", "tasks": tasks}]})
    in_order = reading.in_order(pf)
    assert not (in_order and network(pf).has_loop)
    assert in_order or {source for source, target, _ in pairs if source != target}  # without a link there is an order


@settings(max_examples=40, deadline=None)
@given(portfolios())
def test_what_can_be_put_in_order_has_no_loop_in_the_network(pf: ipmo.Portfolio) -> None:
    assert not (reading.in_order(pf) and network(pf).has_loop)
