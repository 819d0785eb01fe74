"""The benefits map of a portfolio as a picture: projects and programmes, outcomes, benefits and objectives, from the left to the right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from ipmo.errors import ModelError
from ipmo.figures.benefits_map import MapNode, MapWay, drawn_map
from ipmo.figures.svg import Figure
from ipmo.model.benefits import Outcome
from ipmo.model.benefits_map import BenefitsMap, benefits_map
from ipmo.model.portfolio import Portfolio
from ipmo.words import counted

__all__ = ["Fact", "map_picture"]

DEEP = {"outcome": 3, "benefit": 2}
"""Columns of outcomes, and of benefits that lead to benefits, at most."""
HEADS = {"work": "projects and programmes", "outcome": "outcomes", "benefit": "benefits", "objective": "objectives"}
BOXES = 60
"""Benefits that are drawn, at most; so many projects and programmes too."""
NAMED = 8
"""Projects that lead to nothing which are named."""


@attrs.frozen(kw_only=True)
class Fact:
    """What stands in the box of a benefit.

    Args:
        note: its second line.
        said: a few words at its right end.
        late: it comes later than planned.
        worth: by which the largest are drawn where there are many.
    """

    note: str = ""
    said: str = ""
    late: bool = False
    worth: float = 0.0


def map_picture(
    portfolio: Portfolio,
    facts: Mapping[str, Fact],
    aligned: Mapping[tuple[str, str], str],
    projects: Iterable[str] = (),
    currency: str = "",
) -> Figure:
    """Work at the left, objectives at the right; what is late is red, what is joined on one side only has a dashed edge.

    Args:
        portfolio: the portfolio.
        facts: of benefits.
        aligned: (project, objective) to low, medium or high: stated, and on no map.
        projects: those that are named where they are not on the map.
        currency: of what benefits are worth.

    Raises:
        ModelError: there is neither a benefit nor an objective.
    """
    graph = benefits_map(portfolio)
    if not portfolio.benefits and not portfolio.objectives:
        raise ModelError("there is no benefit and no objective to draw")
    shown, left_out = _shown(graph, facts, aligned)
    ways = _ways(graph, shown, facts, aligned)
    columns, heads = _columns(graph, shown, ways)
    joined_in, joined_out = {way.target for way in ways}, {way.source for way in ways}
    items = portfolio.items

    def node(name: str) -> MapNode:
        kind = _kind(graph, name)
        fact = facts.get(name, Fact())
        noun = items.get(name)
        loose = (kind != "work" and name not in joined_in) or (kind == "outcome" and name not in joined_out)
        note = fact.note
        if kind == "objective":
            weight = getattr(noun, "weight", None)
            note = "nothing leads to it" if name not in joined_in else "" if weight is None else f"weight {weight:.0%}"
        elif isinstance(noun, Outcome) and noun.kind != "outcome":
            note = noun.kind
        return MapNode(
            id=name,
            name=getattr(noun, "name", "") or name,
            column=columns[name],
            note=note,
            said=fact.said,
            kind={"work": "work", "objective": "aim"}.get(kind, ""),
            late=fact.late,
            loose=loose,
        )

    nodes = [node(name) for name in shown]
    orphans = [p for p in projects if p not in shown]
    if orphans:
        lead = "leads" if len(orphans) == 1 else "lead"
        left_out.append(f"{counted(len(orphans), 'project')} that {lead} to no objective or benefit: {_few(orphans, items)}")
    notes = [_legend(nodes, ways)] + ([f"Not drawn: {'; '.join(left_out)}"] if left_out else [])
    if currency and any(node.said for node in nodes):
        heads = [f"{head}, {currency}" if head == HEADS["benefit"] else head for head in heads]
    title = f"Benefits map of {portfolio.name or portfolio.id}"
    return drawn_map(heads, nodes, ways, title=title, note=". ".join(filter(None, notes)))


def _legend(nodes: Sequence[MapNode], ways: Sequence[MapWay]) -> str:
    """What edges and arrows say, of those that are there."""
    kinds = {way.kind for way in ways}
    said = [
        ("red: later than planned", any(node.late for node in nodes)),
        ("dashed edge: joined on one side only", any(node.loose for node in nodes)),
        ("dashed arrow: one of several is enough", "any" in kinds),
        ("green: a share, as wide as it is large", "share" in kinds),
        ("dotted: alignment that is stated, on no map", "aligned" in kinds),
    ]
    text = "; ".join(words for words, there in said if there)
    return text[:1].upper() + text[1:]


def _kind(graph: BenefitsMap, name: str) -> str:
    """`work`, `outcome`, `benefit` or `objective`."""
    kind = graph.kind(name)
    return kind if kind in ("benefit", "objective") else "outcome" if isinstance(graph.portfolio.items.get(name), Outcome) else "work"


def _box(graph: BenefitsMap, name: str) -> str:
    """The box that stands for a node: a piece of work stands in that of its project or programme."""
    return graph.initiative(name) or name if _kind(graph, name) == "work" else name


def _shown(graph: BenefitsMap, facts: Mapping[str, Fact], aligned: Mapping[tuple[str, str], str]) -> tuple[list[str], list[str]]:
    """The boxes, and what is not drawn in words: of many benefits those worth most, with what leads to them."""
    pf, notes = graph.portfolio, []
    benefits = [one.id for one in pf.benefits]
    if len(benefits) > BOXES:
        worth = {name: abs(facts[name].worth) if name in facts else 0.0 for name in benefits}
        kept = set(sorted(benefits, key=lambda name: -worth[name])[:BOXES])
        notes.append(f"{counted(len(benefits) - BOXES, 'benefit')} worth less")
        benefits = [name for name in benefits if name in kept]
    wanted = {*benefits, *(one.id for one in pf.objectives)}
    stack, leading = list(wanted), dict.fromkeys(wanted)
    while stack:
        for way in graph.into.get(stack.pop(), ()):
            if way.source not in leading and (way.source in wanted or graph.kind(way.source) != "benefit"):
                leading[way.source] = None
                stack.append(way.source)
    outcomes = [one.id for one in pf.outcomes if one.id in leading or len(pf.benefits) <= BOXES]
    order = {name: place for place, name in enumerate(pf.items)}
    work = dict.fromkeys(_box(graph, name) for name in leading if _kind(graph, name) == "work")
    work |= dict.fromkeys(project for project, _ in aligned)
    boxes = sorted(work, key=lambda name: order.get(name, len(order)))
    if len(boxes) > BOXES:
        notes.append(f"{counted(len(boxes) - BOXES, 'project and programme', 'projects and programmes')} that lead to them too")
        reach = {name: sum(len(graph.reached_from(node)) for node in graph.work_of(name)) for name in boxes}
        kept = set(sorted(boxes, key=lambda name: -reach[name])[:BOXES])
        boxes = [name for name in boxes if name in kept]
    return [*boxes, *outcomes, *benefits, *(one.id for one in pf.objectives)], notes


def _ways(graph: BenefitsMap, shown: Sequence[str], facts: Mapping[str, Fact], aligned: Mapping[tuple[str, str], str]) -> list[MapWay]:
    """One arrow from a box to another: what is needed before what is one of several, before shares, before what is only stated."""
    there: set[str] = set(shown)
    found: dict[tuple[str, str], MapWay] = {}
    items = graph.portfolio.items

    def called(name: str) -> str:
        return getattr(items.get(name), "name", "") or name

    for target in shown:
        for way in graph.into.get(target, ()):
            source = _box(graph, way.source)
            if source not in there or source == target:
                continue
            words = {"all": "needed for", "any": "one of several for"}.get(way.need, "gives part of")
            share = "" if way.share is None else f" ({way.share:.0%})"
            note = f"{called(way.source)}: {words} {called(target)}{share}"
            late = target in facts and facts[target].late
            known = found.get((source, target))
            if known is not None:
                note = f"{known.note}; {note}"
            kind = way.need if known is None or (known.kind == "share" and way.need != "share") else known.kind
            held = way.share if way.share is not None else None if known is None else known.share
            found[source, target] = MapWay(source=source, target=target, kind=kind, note=note, share=held, late=late)
    for (project, objective), how in aligned.items():
        if project in there and objective in there and (project, objective) not in found:
            note = f"{called(project)}: {how} alignment to {called(objective)}"
            found[project, objective] = MapWay(source=project, target=objective, kind="aligned", note=note)
    return list(found.values())


def _columns(graph: BenefitsMap, shown: Sequence[str], ways: Sequence[MapWay]) -> tuple[dict[str, int], list[str]]:
    """The column of each box: work first, objectives last, outcomes and benefits as deep as they lead to one another."""
    into: dict[str, list[str]] = {}
    for way in ways:
        into.setdefault(way.target, []).append(way.source)
    kinds = {name: _kind(graph, name) for name in shown}
    depth: dict[str, int] = {}
    for name in (one for one in graph.order if one in kinds):
        below = [depth[one] + 1 for one in into.get(name, ()) if kinds.get(one) == kinds[name] and one in depth]
        depth[name] = min(max(below, default=0), DEEP.get(kinds[name], 1) - 1)
    columns: dict[str, int] = {}
    heads: list[str] = []
    for kind, head in HEADS.items():
        mine = [name for name in shown if kinds[name] == kind]
        if not mine:
            continue
        first = len(heads)
        deepest = max(depth.get(name, 0) for name in mine)
        heads += [head] + [""] * deepest
        columns |= {name: first + depth.get(name, 0) for name in mine}
    return columns, heads


def _few(names: Sequence[str], items: Mapping[str, object]) -> str:
    shown = [getattr(items.get(name), "name", "") or name for name in names[:NAMED]]
    return ", ".join(shown) + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")
