"""What has no dates, and why: what follows undated work, and what waits for what never comes."""

from __future__ import annotations

import copy
import heapq
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import attrs

from ipmo.errors import listed
from ipmo.model.governance import GO, Gate
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import Reference, reference
from ipmo.model.work import Project
from ipmo.network.drafts import Draft, Links, Nodes
from ipmo.network.parts import Hold, Unmet
from ipmo.network.positions import plain
from ipmo.network.states import EFFECTS, FROM_FINISH, LIVE, State
from ipmo.units import minutes
from ipmo.words import agree

if TYPE_CHECKING:
    from ipmo.network.network import Network

__all__ = ["delivered", "given", "held_by", "hold_undated", "lacking", "runs", "spread_holds", "waiting_for"]

DAY = 24 * 60
NORMAL, FINISHED, UNDATED, GONE = State.NORMAL, State.FINISHED, State.UNDATED, State.GONE


def lacking(portfolio: Portfolio) -> Mapping[str, Hold]:
    """Projects that require a stopped one, straight or through others, each with the reason."""
    wanted: dict[str, list[str]] = {}
    for project in portfolio.projects:
        for required in project.requires if project.requires and runs(project) else ():
            wanted.setdefault(required, []).append(project.id)
    if not wanted:
        return {}
    gone = {project.id: project for project in portfolio.projects if project.stopped and not delivered(project)}
    out: dict[str, Hold] = {}
    waiting = [name for name in wanted if name in gone]
    while waiting:
        required = waiting.pop()
        for name in wanted.get(required, ()):
            if name not in gone and name not in out:
                why = _how(gone[required]) if required in gone else "lacks what it requires"
                out[name] = Hold(f"project {name!r} requires {required!r}, which {why}", required, never=True)
                waiting.append(name)
    return out


def runs(project: Project) -> bool:
    """It has work that is still to come: what is done lacks nothing any more."""
    return project.state != "closed" and project.actual_finish is None and not _all_done(project)


def _all_done(project: Project) -> bool:
    """Whether it has work, and all of it is done: a summary is when what lies in it is."""
    wholes = {task.parent for task in project.tasks}
    return bool(project.tasks) and all(task.finished for task in project.tasks if task.id not in wholes)


def delivered(project: Project) -> bool:
    """All its work is done and each of its gates got its go: stopped or not since, what it was to bring is there."""
    passed = all(gate.decision is not None and gate.decision.outcome in GO for gate in project.gates)
    return passed and _all_done(project)


def waiting_for(portfolio: Portfolio) -> Mapping[str, Hold]:
    """Projects that are to run and require a paused one, straight or through others, each with the reason: their dates hold, what they bring waits."""
    paused = {project.id for project in portfolio.projects if project.state == "paused" and not project.stopped and runs(project)}
    if not paused:
        return {}
    wanted: dict[str, list[Project]] = {}
    for project in portfolio.projects:
        for required in project.requires if project.id not in paused and not project.stopped and runs(project) else ():
            wanted.setdefault(required, []).append(project)
    roots, level = {name: name for name in paused}, sorted(paused)
    while level:
        found = {project.id: roots[name] for name in reversed(level) for project in wanted.get(name, ()) if project.id not in roots}
        roots |= found
        level = sorted(found)
    return {
        project.id: _waits_for(project, paused, roots) for project in portfolio.projects if project.id in roots and project.id not in paused
    }


def _waits_for(project: Project, paused: AbstractSet[str], roots: Mapping[str, str]) -> Hold:
    """Why what a project brings waits: what it requires is paused, or waits itself; `roots` has what each of these waits for."""
    some = [name for name in project.requires if name in paused]
    if some:
        return Hold(f"project {project.id!r} requires {listed(some)}, which {agree(len(some), 'is', 'are')} paused", some[0])
    some = [name for name in project.requires if name in roots]
    root = roots[project.id]
    return Hold(f"project {project.id!r} requires {listed(some)}, which {agree(len(some), 'waits', 'wait')} for {root!r}, paused", root)


def _how(project: Project) -> str:
    return "is cancelled" if project.state == "cancelled" else "was stopped at a gate"


def given(draft: Draft, source: int, kind: int) -> bool:
    """What leaves the start of work that has begun was handed over, whatever became of that work since."""
    nodes = draft.nodes
    return kind not in FROM_FINISH and source in nodes.starts and source not in nodes.finishes


def spread_holds(draft: Draft) -> None:
    """What follows undated work, or needs what never comes, is undated too, with the reason; where one of several is enough, all must be."""
    nodes, state = draft.nodes, draft.nodes.state
    again = _sent_back(draft)
    waiting = [node for node, one in enumerate(state) if one is UNDATED]
    dead = sorted((node for node, one in enumerate(state) if one is GONE), key=nodes.ids.__getitem__)
    if not (waiting or dead or nodes.anyone or again):
        return  # where a project is paused with work to come, that waits
    follows, into_any = _followers(draft)
    waiting += _overtaken(draft, again, follows)
    waiting += _none_left(draft, into_any)
    barring = _barring(draft)
    for node in dead:
        waiting += _unmet(draft, node, follows, barring)
    named = set[int]()
    waiting += _without_project(draft, named)
    _spread(draft, waiting, follows, into_any, barring)
    while found := _without_project(draft, named):  # what was held by now may give to a whole project, or be one
        _spread(draft, found, follows, into_any, barring)
    _waiting_effects(draft, follows, into_any)
    _paused(draft)


def _waiting_effects(draft: Draft, follows: Followers, into_any: Mapping[int, Sequence[int]]) -> None:
    """What projects bring that require a paused one waits, as if their work did, though that keeps its dates; work of others does so too."""
    waits, nodes = waiting_for(draft.portfolio), draft.nodes
    if not waits:
        return
    seeds = [
        (node, hold) for name, hold in waits.items() for node in nodes.members.get(draft.places[name], ()) if nodes.state[node] in LIVE
    ]
    if not seeds:
        return
    scratch = copy.copy(draft)
    scratch.nodes = attrs.evolve(nodes, state=list(nodes.state), holds=dict(nodes.holds))
    for node, hold in seeds:
        scratch.nodes.hold(node, UNDATED, hold)
    held = [node for node, state in enumerate(scratch.nodes.state) if state is UNDATED]  # with what waits already all of several may
    _spread(scratch, held, follows, into_any, {})
    for node, hold in scratch.nodes.holds.items():
        effect = nodes.kinds[node] in ("benefit", "outcome") or node in nodes.anyone
        if effect and nodes.kinds[node] in EFFECTS and nodes.state[node] in LIVE:
            nodes.hold(node, UNDATED, hold)


def spread_from(draft: Draft, some: Sequence[int], leaving: Callable[[int], Sequence[int]], any_of: Iterable[int]) -> None:
    """What follows some nodes that are held or gone is undated too, with the reason, where nothing follows any other and no gate holds.

    Args:
        draft: states, and links as they were found.
        some: the nodes.
        leaving: tells of a node the links that leave it, in order.
        any_of: the links that lead to what one of several is enough for.
    """
    nodes, links, holds = draft.nodes, draft.links, _holding(draft)
    follows, into_any = _following(draft, leaving), dict[int, list[int]]()
    for link in any_of:
        if holds(link):
            into_any.setdefault(int(links.dst[link]), []).append(int(links.src[link]))
    dead = sorted((node for node in some if nodes.state[node] is GONE), key=nodes.ids.__getitem__)
    ways = set(itertools.chain.from_iterable(into_any.values()))  # what was held before may now be all that is left of several
    waiting = [node for node in {*some, *ways} if nodes.state[node] is UNDATED]
    waiting += _none_left(draft, into_any)
    for node in dead:
        waiting += _unmet(draft, node, follows, {})
    _spread(draft, waiting, follows, into_any, {})
    _paused(draft)


def held_by(net: Network, portfolio: Portfolio) -> Callable[[int, int], Sequence[int]]:
    """Tells of a gate what it alone would take the dates of if it held: also behind gates with a go, and behind work that is done.

    Args:
        net: a network in which these gates do not hold.
        portfolio: what it was made from.

    Returns:
        Takes the node of a gate and the end of the day from which on it would hold, in minutes; gives the nodes, in the order they are
        found. None where the network does not know its links as they were found.
    """
    needed = net.needed
    if needed is None or net.dialect is None:
        return lambda gate, since: ()
    draft = Draft(portfolio, net.dialect)
    nodes = draft.nodes = Nodes(
        ids=list(net.ids), kinds=list(net.kinds), project=plain(net.project), state=list(net.state), starts=dict(net.starts),
        finishes=dict(net.finishes), holds=dict(net.holds), anyone=set(net.anyone), driveless=set(needed.driveless), begun=dict(needed.begun),
    )  # fmt: skip
    draft.links = Links(src=plain(needed.src), dst=plain(needed.dst), typ=plain(needed.typ), numbers=dict(needed.numbers))
    follows, into_any = _followers(draft)
    known = len(nodes.holds)

    def of(gate: int, since: int) -> Sequence[int]:
        name = nodes.ids[gate]
        nodes.hold(gate, UNDATED, Hold("", name))
        _spread(draft, [gate], follows, into_any, {name: (nodes.project[gate], since)})
        found = list(itertools.islice(nodes.holds, known, None))  # what is held joins at the end
        for node in found:
            del nodes.holds[node]
            nodes.state[node] = net.state[node]
        return [node for node in found if node != gate and nodes.state[node] in LIVE]

    return of


def _none_left(draft: Draft, into_any: Mapping[int, Sequence[int]]) -> list[int]:
    """Takes the dates of what one of several is enough for where none of them comes: those nodes."""
    nodes, state, out = draft.nodes, draft.nodes.state, list[int]()
    for helper in nodes.anyone:
        sources = into_any.get(helper, ())
        if all(state[source] is GONE for source in sources):
            effect = nodes.ids[helper].removesuffix("@any")
            why = Hold(f"nothing that enables {effect!r} is planned any more", effect, never=True)
            nodes.hold(helper, UNDATED, why)
            draft.links.unmet += [Unmet(-1, nodes.ids[source], effect, why) for source in sorted(sources, key=nodes.ids.__getitem__)[:1]]
            out.append(helper)
    return out


Followers = Callable[[int], Sequence[tuple[int, int]]]
"""Tells of a node what follows it, and by which link."""
SMALL = 2_000
"""Links up to which all that follows each node is found at once; of more it is found when it is asked for."""


def _spread(
    draft: Draft,
    waiting: Sequence[int],
    follows: Followers,
    into_any: Mapping[int, Sequence[int]],
    barring: Mapping[str, tuple[int, int]],
) -> None:
    """Takes the dates of what follows undated work; a gate that holds also binds later gates, and its project's work behind what is done.

    What waits for something that never comes says so, whatever else it waits for.
    """
    nodes, state = draft.nodes, draft.nodes.state
    reasons = {node: nodes.holds[node] for node in waiting}
    in_time = set[int]()  # work behind a gate that was done by the day from which that holds
    nearest = [
        (not reasons[node].never, 0, nodes.ids[node], node) for node in reasons
    ]  # of several reasons the nearest, then by id: no order of a file
    heapq.heapify(nearest)
    while nearest:
        later, steps, _, node = heapq.heappop(nearest)
        hold = reasons[node]
        if later is hold.never:
            continue  # it was found to never come since
        for target, _ in follows(node):
            if target in nodes.anyone and not all(
                state[s] is GONE or (state[s] is UNDATED and (later or _never(nodes, reasons, s))) for s in into_any[target]
            ):
                continue
            if state[node] is FINISHED and nodes.project[target] != nodes.project[node]:
                continue  # what was handed over stays so
            if state[target] is FINISHED:
                if target in reasons or hold.item not in barring:
                    continue
                place, since = barring[hold.item]
                gate = nodes.kinds[target] == "gate"
                if not gate and nodes.project[target] != place:
                    continue
                if gate and node in in_time and nodes.finishes[target] >= since - DAY:
                    continue  # what was to be done before it was, and its board decided later
                if not gate and (node in in_time or nodes.ids[node] == hold.item) and nodes.finishes[target] <= since:
                    in_time.add(target)
            elif state[target] not in LIVE and not (hold.never and state[target] is UNDATED and _only_waits(nodes, reasons, target)):
                continue
            said = hold.reason.startswith("follows") or node in nodes.anyone  # a helper is nothing that people know
            reasons[target] = Hold(hold.reason if said else f"follows {nodes.ids[node]!r}: {hold.reason}", hold.item, hold.never)
            if state[target] is not FINISHED or nodes.kinds[target] == "gate":  # work that is done stays a fact
                nodes.hold(target, UNDATED, reasons[target])
            heapq.heappush(nearest, (later, steps + 1, nodes.ids[target], target))


def _never(nodes: Nodes, reasons: Mapping[int, Hold], node: int) -> bool:
    """Whether it is known that a node never comes."""
    hold = reasons.get(node) or nodes.holds.get(node)
    return hold is not None and hold.never


def _only_waits(nodes: Nodes, reasons: Mapping[int, Hold], node: int) -> bool:
    """Whether a node has no dates for a reason that may pass; a gate that holds says so itself, whatever else it waits for."""
    own = nodes.kinds[node] == "gate" and node in nodes.holds and nodes.holds[node].item == nodes.ids[node]
    return not own and not _never(nodes, reasons, node)


def _barring(draft: Draft) -> Mapping[str, tuple[int, int]]:
    """The gates that let nothing go on, by their full id, with the place of their project and since when: on hold, lapsed, sent back, killed."""
    nodes = draft.nodes
    out: dict[str, tuple[int, int]] = {}
    for node, hold in nodes.holds.items():
        if nodes.kinds[node] == "gate" and hold.item == nodes.ids[node]:
            gate = draft.portfolio.items[hold.item]
            decision = gate.decision if isinstance(gate, Gate) else None
            if decision is not None:
                lapsed = [condition.due for condition in decision.overdue(draft.today) if condition.due is not None]
                since = min((minutes(due, end=True) for due in lapsed), default=0) if decision.outcome == "conditional go" else 0
                out[hold.item] = (nodes.project[node], since or minutes(decision.date, end=True))
    return out


def _sent_back(draft: Draft) -> Sequence[int]:
    """A recycled gate is decided anew when the work before it is done again: those gates. Where none is planned and no day is stated, nobody knows when."""
    nodes, links = draft.nodes, draft.links
    every = [(nodes.local[project.id][gate.id], gate) for project in draft.portfolio.projects for gate in project.gates]
    every += [(nodes.top[gate.id], gate) for gate in draft.portfolio.gates]
    found = {node: gate for node, gate in every if gate.decision is not None and gate.decision.outcome == "recycle"}
    planned = (
        {target for source, target in zip(links.src, links.dst, strict=True) if nodes.state[source] is not FINISHED} if found else set()
    )
    out: list[int] = []
    for node, gate in found.items():
        assert gate.decision is not None
        sent = gate.decision.date
        again = gate.not_before is not None and minutes(gate.not_before) > minutes(sent)
        if nodes.state[node] is not NORMAL:
            continue
        if node in planned or again:
            out.append(node)
        else:
            why = f"gate {nodes.ids[node]!r} sent its stage back on {sent}, and no work before it is planned again, nor a day (not_before:)"
            nodes.hold(node, UNDATED, Hold(why, nodes.ids[node]))
    return out


def _overtaken(draft: Draft, again: Sequence[int], follows: Followers) -> list[int]:
    """Gates that got their go behind one that is to be decided anew: it does not count before that has its own."""
    nodes, out = draft.nodes, list[int]()
    for first in sorted(again, key=nodes.ids.__getitem__):
        seen, stack = {first}, [first]
        while stack:
            node = stack.pop()
            for target, _ in follows(node):
                state, gate = nodes.state[target], nodes.kinds[target] == "gate"
                if target in seen or target in nodes.anyone or not (state in LIVE or state is FINISHED):
                    continue
                if nodes.state[node] is FINISHED and nodes.project[target] != nodes.project[node]:
                    continue  # what was handed over stays so
                if state is FINISHED and not gate and nodes.project[target] != nodes.project[first]:
                    continue
                seen.add(target)
                stack.append(target)
                if state is FINISHED and gate:
                    why = f"gate {nodes.ids[first]!r} before it was sent back, so its own go needs a new decision"
                    nodes.hold(target, UNDATED, Hold(why, nodes.ids[target]))
                    out.append(target)
    return out


def _followers(draft: Draft) -> tuple[Followers, Mapping[int, Sequence[int]]]:
    """What follows each node, and the ways to each for which one of several is enough."""
    links, anyone, holds = draft.links, draft.nodes.anyone, _holding(draft)
    into_any: dict[int, list[int]] = {}
    for link, target in enumerate(links.dst) if anyone else ():
        if target in anyone and holds(link):
            into_any.setdefault(target, []).append(links.src[link])
    return _following(draft, _leaving(links.src)), into_any


def _holding(draft: Draft) -> Callable[[int], bool]:
    """Tells of a link whether its source holds back what it leads to; levels of effort hold nothing back."""
    nodes, links, idle = draft.nodes, draft.links, draft.nodes.driveless
    delivered = {link for link, number in links.numbers.items() if draft.portfolio.links[number].status == "delivered"}

    def holds(link: int) -> bool:
        source, target = links.src[link], links.dst[link]
        idly = target in idle or (source in idle and nodes.project[target] >= 0)
        return not (idly or link in delivered or given(draft, source, links.typ[link]))

    return holds


def _following(draft: Draft, leaving: Callable[[int], Sequence[int]]) -> Followers:
    """What follows each node; what holds a summary holds what of it has begun, too.

    Args:
        draft: the network as it was found.
        leaving: tells of a node the links that leave it, in order.
    """
    links, begun, holds = draft.links, draft.nodes.begun, _holding(draft)
    known: dict[int, list[tuple[int, int]]] = {}

    def follows(node: int) -> Sequence[tuple[int, int]]:
        if node not in known:
            out = known[node] = list[tuple[int, int]]()
            for link in leaving(node):
                if holds(link):
                    target = int(links.dst[link])
                    out.append((target, link))
                    out += [(member, link) for member in begun.get(target, ())]
        return known[node]

    return follows


def _leaving(sources: Sequence[int]) -> Callable[[int], Sequence[int]]:
    """Tells of a node the links that leave it, in order."""
    if len(sources) <= SMALL:
        found: dict[int, list[int]] = {}
        for link, source in enumerate(sources):
            found.setdefault(source, []).append(link)
        return lambda node: found.get(node, ())
    import numpy as np

    column = np.array(sources, np.int64)
    order = np.argsort(column, kind="stable")
    column = column[order]

    def of(node: int) -> Sequence[int]:
        out: Sequence[int] = order[np.searchsorted(column, node) : np.searchsorted(column, node, "right")].tolist()
        return out

    return of


def _unmet(draft: Draft, node: int, follows: Followers, barring: Mapping[str, tuple[int, int]]) -> list[int]:
    """What waits for a node that never comes: undated, and each link remembered."""
    nodes, links = draft.nodes, draft.links
    why, out = nodes.holds[node], []
    for target, link in follows(node):
        passed = nodes.state[target] is FINISHED and nodes.kinds[target] == "gate" and why.item in barring  # a kill binds later gates
        if target in nodes.anyone or not (nodes.state[target] in (*LIVE, UNDATED) or passed):
            continue
        number = links.numbers.get(link, -1)
        effect = nodes.kinds[target] in EFFECTS
        if nodes.project[target] != nodes.project[node]:
            links.unmet.append(Unmet(number, nodes.ids[node], nodes.ids[target], why))
        if nodes.state[target] in LIVE or passed or (nodes.state[target] is UNDATED and _only_waits(nodes, {}, target)):
            named = draft.portfolio.links[number].id if number >= 0 else None
            if effect:
                reason = f"it needs {nodes.ids[node]!r}, which never comes: {why.reason}"
            else:
                reason = f"{f'link {named!r}' if named else 'the hand-over'} from {nodes.ids[node]!r} never comes: {why.reason}"
            nodes.hold(target, UNDATED, Hold(reason, nodes.ids[target] if effect else why.item, never=True))
            out.append(target)
    return out


def _without_project(draft: Draft, named: set[int]) -> list[int]:
    """What waits for what never comes or waits itself, by a link to or from a project as such: newly found nodes.

    Args:
        draft: holds as they are so far.
        named: takes the links that hold something, by place; what stands in it has been said.
    """
    pf, nodes, out = draft.portfolio, draft.nodes, list[int]()
    for number in draft.links.project_dependencies:
        link = pf.links[number]
        source, target = (pf.reference(end) for end in (link.source, link.target))
        if source is None or target is None or target.top not in nodes.local or source.top == target.top or link.status == "delivered":
            continue
        why = _withheld(draft, source, link.type[0] == "S")
        if why is None:
            continue
        inner = nodes.local[target.top].get(target.inner)
        below = nodes.leaves.get((target.top, target.inner)) or nodes.members[draft.places[target.top]]
        inside = below if inner is None else [inner]
        held = [n for n in inside if nodes.state[n] in LIVE or (why.never and nodes.state[n] is UNDATED and _only_waits(nodes, {}, n))]
        for node in held:
            comes = "never comes" if why.never else "has no date"
            reason = f"link {link.id or f'{link.source} -> {link.target}'!r} {comes}: {why.reason}"
            nodes.hold(node, UNDATED, Hold(reason, why.item, never=why.never))
        own = reference(why.item).top == source.top  # what follows what is blocked says so once, however far behind it lies
        if own and number not in named and any(nodes.state[node] in (*LIVE, UNDATED) for node in inside):
            draft.links.unmet.append(Unmet(number, link.source, link.target, why))
            named.add(number)
        out += held
    return out


def _withheld(draft: Draft, source: Reference, starts: bool) -> Hold | None:
    """Why what a project, or something in it or above it, hands over never comes or waits; None where it has come or has a date."""
    nodes, top = draft.nodes, draft.portfolio.items.get(source.top)
    project = top if isinstance(top, Project) else None
    if project is None:
        some: Sequence[int] = [nodes.top[source.top]] if source.top in nodes.top else ()
    elif source.inner in nodes.local[source.top]:
        some = [nodes.local[source.top][source.inner]]
    else:
        some = nodes.leaves.get((source.top, source.inner)) or nodes.members[draft.places[source.top]]
    if project is not None and not source.inner and (delivered(project) if project.stopped else not runs(project)):
        return None
    if any(node in nodes.starts for node in some) if starts else (some and all(nodes.state[node] is FINISHED for node in some)):
        return None  # what was handed over stays so
    if project is not None and (project.stopped or any(nodes.state[node] is GONE for node in some)):
        return Hold(f"project {project.id!r} {_how(project)}", project.id, never=True)
    if project is not None and project.state == "paused" and not any(nodes.state[node] in LIVE for node in some):
        return Hold(f"project {project.id!r} is paused", project.id)
    waits = [node for node in some if nodes.state[node] in (UNDATED, GONE) and node in nodes.holds]
    if not waits or (starts and any(nodes.state[node] in LIVE for node in some)):
        return None
    first = min(waits, key=lambda node: (nodes.state[node] is not GONE, not nodes.holds[node].never, nodes.ids[node]))
    hold = nodes.holds[first]
    never = hold.never or nodes.state[first] is GONE
    own = hold.reason.startswith("follows") or hold.item == nodes.ids[first]
    return Hold(hold.reason if own else f"{nodes.ids[first]!r} waits: {hold.reason}", hold.item, never)


def _paused(draft: Draft) -> None:
    """Remembers the links across projects from work that is paused or behind a gate that holds, or was left undone when its project closed."""
    pf, nodes, links = draft.portfolio, draft.nodes, draft.links
    waiting = {place for place, project in enumerate(pf.projects) if project.state in ("paused", "closed")}
    gates = {node for node in nodes.holds if nodes.kinds[node] == "gate" and nodes.state[node] is UNDATED}
    if not waiting and not gates:
        return
    for link, number in links.numbers.items():
        source, target = links.src[link], links.dst[link]
        here = nodes.state[source] is UNDATED and nodes.project[target] != nodes.project[source]
        if here and nodes.project[source] not in waiting:  # else the gate that holds is one of the giver's own
            held = reference(nodes.holds[source].item)
            if nodes.project[source] < 0:
                here = nodes.top.get(held.item) in gates
            else:
                here = held.project == pf.projects[nodes.project[source]].id and nodes.local[held.project].get(held.name) in gates
        if (
            here
            and nodes.state[target] is UNDATED
            and nodes.project[target] not in waiting
            and not given(draft, source, links.typ[link])
            and pf.links[number].status != "delivered"
        ):
            links.unmet.append(Unmet(number, nodes.ids[source], nodes.ids[target], nodes.holds[source]))


def hold_undated(draft: Draft) -> None:
    """Where nothing says when anything starts, what there is has no dates."""
    nodes = draft.nodes
    for node, state in enumerate(nodes.state) if draft.nothing_dated else ():
        if state in LIVE:
            nodes.hold(node, UNDATED, Hold("nothing says when anything starts (write portfolio: start:)", ""))
