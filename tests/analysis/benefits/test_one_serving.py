"""Whom a project serves is one question: line of sight, MOP-R01, roll-ups, attribution, value at stake and stop list answer it alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipmo
from ipmo.analysis.money.grouping import NO_GROUP
from ipmo.model import Portfolio
from ipmo.network.losses import losses

NAMES = ("p0", "p1", "p2", "p3")
SHARES = ("30 %", "50 %")


@st.composite
def plans(draw: st.DrawFn) -> Portfolio:
    """A few projects that hand over to and require one another, benefits behind all, any or outcomes, and objectives."""

    def some(of: list[Any], most: int) -> list[Any]:
        return draw(st.lists(st.sampled_from(of), max_size=most, unique=True)) if of else []

    projects: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    tasks: list[str] = []
    for place, name in enumerate(NAMES):
        own = [{"id": f"t{n}", "duration": "5 d", "budget": "1 M GBP"} for n in range(draw(st.integers(1, 2)))]
        if len(own) > 1 and draw(st.booleans()):
            own[1]["after"] = "t0"
        one = {
            "id": name, "tasks": own, "state": draw(st.sampled_from(["active"] * 5 + ["proposed", "paused", "cancelled"])),
            "requires": some(list(NAMES[:place]), 1), "alignment": dict.fromkeys(some(["o0", "o1"], 1), "high"),
        }  # fmt: skip
        if draw(st.integers(0, 2)) == 0:
            one["programme"] = "g"
        ends = [f"{name}/{task['id']}" for task in own]
        for giver in some(tasks, 2):
            links.append({"id": f"L{len(links)}", "from": giver, "to": draw(st.sampled_from(ends))})
        tasks += ends
        projects.append(one)
    outcomes = [{"id": f"e{n}", "enabled_by": some(tasks, 2), "any_of": some(tasks, 2)} for n in range(draw(st.integers(0, 2)))]
    benefits = []
    for n in range(draw(st.integers(1, 3))):
        one = {"id": f"b{n}", "value": "1 M GBP", "probability": "100 %", "enabled_by": some(tasks, 2), "any_of": some(tasks, 3)}
        if outcomes and draw(st.booleans()):
            one["outcome"] = draw(st.sampled_from(outcomes))["id"]
        benefits.append(one)
    ways = [(e["id"], o) for e in (*outcomes, *benefits) for o in ("o0", "o1")] + [(p, b["id"]) for p in (*NAMES, "g") for b in benefits]
    due = [{"from": source, "to": target, "share": "20 %"} for source, target in some(ways, 5)]
    return ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {
                "id": "pf", "start": "2026-01-01", "status_date": "2026-01-01", "calendar": "continuous", "methodologies": {"portfolio": "mop"},
                "money": {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026, "terms": "real"}},
            },
            "discounts": [{"id": "zero", "bands": [{"rate": 0}]}], "objectives": [{"id": "o0"}, {"id": "o1"}], "programmes": [{"id": "g"}],
            "projects": projects, "links": links, "outcomes": outcomes, "benefits": benefits, "contributions": due,
        }
    )  # fmt: skip


def walked(pf: Portfolio, project: str) -> set[str]:
    """By hand, following every arrow from a project's work: its links, who requires it, the map, the programme that holds it."""
    arrows: dict[str, set[str]] = {}

    def arrow(source: str, target: str) -> None:
        arrows.setdefault(source, set()).add(target)

    for one in pf.projects:
        for task in one.tasks:
            arrow(one.id, f"{one.id}/{task.id}")
            for after in task.after:
                arrow(f"{one.id}/{after.source}", f"{one.id}/{task.id}")
        for required in one.requires:
            arrow(required, one.id)
    for link in pf.links:
        arrow(link.source, link.target)
        arrow(f"{pf.project_of(link.source)}", link.target)
    led = {target for e in (*pf.outcomes, *pf.benefits) for target in ([e.id] if e.enabled_by or e.any_of else [])}
    led |= {contribution.target for contribution in pf.contributions}
    for effect in (*pf.outcomes, *pf.benefits):
        for enabler in (*effect.enabled_by, *effect.any_of):
            arrow(enabler.source, effect.id)
        outcome = getattr(effect, "outcome", None)
        if outcome is not None:
            arrow(outcome, effect.id)
            if outcome not in led:
                arrow(effect.id, outcome)
    for one_share in pf.contributions:
        arrow(one_share.source, one_share.target)
        if one_share.source in NAMES:  # all its work is due to it
            for task in pf[one_share.source].tasks:
                arrow(f"{one_share.source}/{task.id}", one_share.target)
    programme = pf[project].programme
    seen, stack = {project}, [project, *([programme] if programme else [])]
    while stack:
        for target in arrows.get(stack.pop(), ()):
            if target not in seen:
                seen.add(target)
                stack.append(target)
    return seen


@settings(max_examples=60, deadline=None)
@given(plans())
def test_whoever_is_asked_a_project_serves_the_same(pf: Portfolio) -> None:
    sight = ipmo.line_of_sight(pf, include=("proposed", "cancelled"))
    objectives = {o.id for o in pf.objectives}
    served = losses(pf).serves()
    by_objective = ipmo.roll_up(pf, "budget", by="objective", include=("proposed", "cancelled"))
    group = {figure.item.partition("/")[0]: row.item for row in by_objective.groups for figure in row.parts}
    for project in pf.projects:
        by_hand = walked(pf, project.id) & objectives
        assert {o for o in objectives if (project.id, o) in sight.through} == by_hand
        wanted = by_hand | set(project.alignment)
        assert set(sight[project.id]) == wanted
        assert group[project.id] == (" + ".join(o.id for o in pf.objectives if o.id in wanted) or NO_GROUP)
    orphans = {f.item for f in ipmo.check(pf) if f.code == "mop/line-of-sight" and f.message.endswith("serves no objective")}
    assert orphans == {p.id for p in pf.projects if p.state not in ("cancelled", "closed") and not sight[p.id]}

    for method in ("flow", "leave-one-out", "shapley"):
        found = ipmo.attribute(pf, method=method)
        benefits = {b.id for b in pf.benefits}
        for name in NAMES:
            mine = served[name] & benefits
            assert (name in found) == bool(mine) or (name in found and not found[name].naive)
            if name in found:
                assert found[name].naive is None or found[name].naive == pytest.approx(sum(found.pool.get(b, 0) for b in mine))
                assert not found[name].value or mine
    worth = ipmo.worth_going_on(pf)
    for name in worth.ids:
        lost = {b for b in losses(pf).without(name) if b in {b.id for b in pf.benefits}}
        assert lost <= served[name]
        assert worth[name].benefit is None or not worth[name].benefit.amount or lost
        assert {benefit for benefit, _ in worth[name].instead} <= served[name] - lost
    for link in ipmo.critical_links(pf):
        giver = pf.project_of(link.source)
        assert not link.value or served[giver] & {b.id for b in pf.benefits}


def test_an_enabler_without_a_share_is_due_nothing_by_flow_and_serves_all_the_same() -> None:
    pf = ipmo.from_dict(
        {
            "ipmo": 1,
            "portfolio": {
                "id": "pf", "start": "2026-01-01", "calendar": "continuous", "money": {"currency": "GBP", "discount": "zero", "price_base": {"year": 2026}},
            },
            "discounts": [{"id": "zero", "bands": [{"rate": 0}]}], "objectives": [{"id": "o"}],
            "projects": [{"id": p, "tasks": [{"id": "x", "duration": "5 d", "budget": "1 M GBP"}]} for p in ("platform", "app")],
            "links": [{"id": "L", "from": "platform/x", "to": "app/x"}],
            "benefits": [{"id": "b", "value": "10 M GBP", "probability": "100 %", "enabled_by": "app/x"}],
            "contributions": [{"from": "b", "to": "o", "share": "100 %"}],
        }
    )  # fmt: skip
    found = ipmo.attribute(pf)
    assert {row.initiative: (row.value, row.naive) for row in found} == {"app": (10e6, 10e6), "platform": (0, 10e6)}
    assert "no share of the map goes to it: it serves by what it hands over, or by being required" in found.explain("platform")
    assert [row.item for row in ipmo.roll_up(pf, "budget", by="objective").groups] == ["o"]


@settings(max_examples=100, deadline=None)
@given(plans())
def test_what_is_lost_without_a_project_is_what_has_no_date_once_it_is_stopped(pf: Portfolio) -> None:
    """Also where what is left only waits, for work that is paused: with a rebuilt schedule as the oracle, for benefits without shares."""
    shared = {one.target for one in pf.contributions}
    plain = [b for b in pf.benefits if b.id not in shared and b.outcome is None and (b.enabled_by or b.any_of)]
    before, known = ipmo.schedule(pf), losses(pf)
    for project in pf.projects:
        if project.state == "cancelled":
            continue
        after, lost = ipmo.schedule(pf.evolve(project.id, state="cancelled")), known.without(project.id)
        for benefit in plain:
            if before.days(benefit.id)[0] is not None:
                assert (benefit.id in lost) == (after.days(benefit.id)[0] is None), (project.id, benefit.id)


STANDS_IN = """
ipmo: 1
portfolio: {{id: pf, start: 2026-01-01, status_date: 2026-03-01, calendar: continuous, methodologies: {{portfolio: mop}}, money: {{currency: GBP, discount: zero, price_base: {{year: 2026, terms: real}}}}}}
discounts: [{{id: zero, bands: [{{rate: 0}}]}}]
objectives: [{{id: o}}]
projects:
  - {{id: a, state: {state}, tasks: [{{id: t, duration: 50 d, budget: 1 M GBP{after}}}]{gates}}}
  - {{id: s, state: active, tasks: [{{id: t, duration: 80 d, budget: 3 M GBP}}]}}
outcomes: [{{id: e, enabled_by: a/t}}]
benefits: [{{id: b, any_of: [{way}, s/t], value: 4 M GBP, probability: 100 %}}]
contributions: [{{from: b, to: o, share: 100 %}}]
"""
HELD = {"after": ", after: G", "gates": ", gates: [{id: G, decision: {outcome: hold, date: 2026-02-01}}]"}


@pytest.mark.parametrize("way", ["a/t", "e"])
@pytest.mark.parametrize("more", [{"state": "paused"}, {"state": "active", **HELD}, {"state": "active"}])
def test_work_that_waits_stands_in_for_nothing_as_things_stand(tmp_path: Any, way: str, more: dict[str, str]) -> None:
    """`b` rides on `s` alone while `a` is paused or behind a gate that holds: stopping `s` leaves it without a date, so 4 M hang on 3 M."""
    path = tmp_path / "pf.yaml"
    path.write_text(STANDS_IN.format(**{"after": "", "gates": "", "way": way, **more}))
    pf, waits = ipmo.read(path), more != {"state": "active"}
    stopped = ipmo.what_if(pf, ipmo.changes.Stop("s"))
    worth, alone = ipmo.worth_going_on(pf), ipmo.attribute(pf, method="leave-one-out")
    assert ("benefit value of b: -4,000,000.00 GBP" in str(stopped)) is waits
    assert (worth["s"].ratio, worth["s"].instead) == ((4 / 3, ()) if waits else (0.0, (("b", (way.partition("/")[0],)),)))
    assert (alone["s"].value, alone["a"].value) == ((4e6, 0) if waits else (0, 0))
    assert [one.item for one in ipmo.single_points(pf) if "b" in one.benefits] == (["s/t"] if waits else [])
    assert [f.item for f in ipmo.check(pf) if f.code == "mop/stop-list" and f.item == "s"] == ([] if waits else ["s"])
    assert ipmo.line_of_sight(pf).orphans == ()
