"""The links of a network: what references mean, the ends of projects and summaries as nodes, links from outside as bounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.governance import After, Gate
from ipmo.model.items import class_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Link, Project, Task
from ipmo.network.drafts import Draft
from ipmo.network.first import first_ones
from ipmo.network.parts import DatedExternal, LateBound, WholeLink
from ipmo.network.states import LIVE, TYPES, State
from ipmo.units import Span, minutes

__all__ = ["Linker", "bind_giver", "joins_projects", "lag_clock", "outside_date", "tie"]


class Linker:
    """Finds the nodes that references mean, and joins them; start and finish milestones are made when first asked for."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.nodes, self.links = draft, draft.nodes, draft.links
        self.starts: dict[str, tuple[int, Sequence[int], Sequence[int]]] = {}
        """Starts of projects and summaries that something leaves: the node, what can be the first, all that it holds."""

    # ------------------------------------------------------------------------------------------ what is joined

    def afters(self, project: Project) -> None:
        """What the tasks and gates of a project wait for inside it."""
        links = self.links
        src, dst, typ = links.src, links.dst, links.typ
        local = self.nodes.local[project.id]
        first, as_stated = len(src), True
        work: Sequence[Task | Gate] = (*project.tasks, *project.gates) if project.gates else project.tasks
        for one in work:
            if one.after:
                node = local.get(one.id)
                for after in one.after:
                    source = local.get(after.source)
                    if source is not None and node is not None:
                        if after.lag is not None:
                            links.wait(len(src), after.lag)
                        src.append(source)
                        dst.append(node)
                        typ.append(TYPES[after.type])
                    else:
                        self._after(project, one.id, after)
                        as_stated = False
        if as_stated:
            links.inside[project.id] = first, len(src)

    def _after(self, project: Project, name: str, after: After) -> None:
        source = self._end(after.source, after.type[0], project.id, giver=True)
        target = self._end(f"{project.id}/{name}", after.type[1], project.id)
        self._join(source, target, after.type, after.lag)

    def gates(self) -> None:
        """What the gates of programmes and of the portfolio wait for, in any project."""
        for gate in self.draft.portfolio.gates:
            for after in gate.after:
                self._join(self._end(after.source, after.type[0], giver=True), self.nodes.top[gate.id], after.type, after.lag)

    def enablers(self) -> None:
        """What outcomes and benefits wait for; where one of several is enough, a helper between them."""
        nodes, top, draft = self.nodes, self.nodes.top, self.draft
        clock = draft.clocks.clock(draft.calendar(None))
        for effect in draft.effects:
            if effect.id not in top:
                continue
            for enabler in effect.enabled_by:
                self._join(self._end(enabler.source, "F", giver=True), top[effect.id], "FS", enabler.lag)
            if isinstance(effect, Benefit) and effect.outcome in top:
                if all(enabler.source != effect.outcome for enabler in (*effect.enabled_by, *effect.any_of)):
                    self._join(top[effect.outcome], top[effect.id], "FS", None, derived=True)
            if effect.any_of:
                helper = nodes.add(f"{effect.id}@any", "helper", -1, State.NORMAL, 0, 0, clock)
                nodes.anyone.add(helper)
                nodes.stands_for[helper] = effect.id
                for enabler in effect.any_of:
                    self._join(self._end(enabler.source, "F", giver=True), helper, "FS", enabler.lag)
                self._join(helper, top[effect.id], "FS", None, derived=True)

    def between(self) -> None:
        """The links of the portfolio; those that move no date are counted."""
        links, pf = self.links, self.draft.portfolio
        for number, link in enumerate(pf.links):
            if link.kind != "schedule":
                links.labels.append(number)
            elif joins_projects(pf, link):
                links.project_dependencies.append(number)
                if reference(link.source).external and self._undated(link):  # where it attaches is not known: to any of its work
                    self._waits_outside(link, self._inside(link.target))
                elif link.status != "delivered":
                    self._waits_for_whole(link)
            elif reference(link.source).external or reference(link.target).external:
                self._external(number, link)
            else:
                source = self._end(link.source, link.type[0], giver=True)
                kind = forced(link.source, link.type[0], pf) + forced(link.target, link.type[1], pf)
                if link.status == "delivered" and source is not None and not self._happened(source, kind[0]):
                    continue  # it was handed over: what its giver still does moves its receiver no more
                target = self._end(link.target, link.type[1])
                self._join(source, target, kind, link.lag, number)

    def _happened(self, node: int, side: str) -> bool:
        """Whether an end of a node is a fact."""
        return self.nodes.state[node] is State.FINISHED or (side == "S" and node in self.nodes.starts)

    def _external(self, number: int, link: Link) -> None:
        if reference(link.target).external:
            self.links.undated_externals.append(number)
            return
        target = self._end(link.target, link.type[1])
        if target is None:
            return
        if target in self.nodes.begun and link.type[1] == "S":
            target = self._rest(target)
        bound = outside_date(link, self.draft.portfolio.data_date)
        if bound is None:
            if link.status != "delivered":
                self.links.undated_externals.append(number)
                self._waits_outside(link, (target,))
        else:
            if link.lag is not None:
                bound = self.draft.clocks[self.nodes.nominal[target]].shift(bound, link.lag)
            self.links.dated_externals.append(DatedExternal(target, link.source, bound, link.type[1] == "F"))
            tie(self.draft, target, link.type, bound, None, self.nodes.nominal[target])

    def _undated(self, link: Link) -> bool:
        """Whether a link waits for something outside of which nobody says when it comes."""
        return link.date is None and link.status != "delivered"

    def _waits_outside(self, link: Link, some: Iterable[int]) -> None:
        outside = self.links.outside
        for node in some:
            outside[node] = min(link.source, outside.get(node, link.source))

    def _waits_for_whole(self, link: Link) -> None:
        """What waits for a project, or of one, by a link that moves no date: with what that gives, it has no more than a lower bound."""
        givers, receivers = (tuple(self._inside(end)) for end in (link.source, link.target))
        if givers and receivers and not set(givers) & set(receivers):
            self.links.wholes.append(WholeLink(givers, receivers, forced(link.source, link.type[0], self.draft.portfolio) == "S"))

    def _inside(self, text: str) -> Sequence[int]:
        """The work of a project as a whole or of a summary, or the one node of anything else."""
        named, nodes = self.draft.portfolio.reference(text), self.nodes
        if named is None:
            return ()
        if named.top not in nodes.local:  # a gate of a programme or of the portfolio
            return (nodes.top[named.top],) if named.top in nodes.top else ()
        own = nodes.local[named.top].get(named.inner)
        return nodes.leaves.get((named.top, named.inner)) or nodes.members[self.draft.places[named.top]] if own is None else (own,)

    # ------------------------------------------------------------------------------------------- ends

    def _end(self, text: str, side: str, within: str = "", *, giver: bool = False) -> int | None:
        """The node that a reference means: of a project or a summary, its start or its finish; what leaves its start leaves the first."""
        pf, nodes, places = self.draft.portfolio, self.nodes, self.draft.places
        named = pf.reference(text, within)
        if named is None:
            return None
        item = pf.items[named.item]
        if isinstance(item, Benefit | Outcome) or (isinstance(item, Gate) and not named.project):
            return nodes.top.get(named.item)
        local = nodes.local[named.top]
        if named.inner in local:  # an open item, or the bar of a project without tasks
            return local[named.inner]
        place = places[named.top]
        members = nodes.members[place] if isinstance(item, Project) else nodes.leaves[(named.project, named.name)]
        which = named.end or ("start" if side == "S" else "finish")
        if giver and which == "start":
            return self._first(named.item, members, place)
        return self._milestone(named.item, which, members, place)

    def _first(self, name: str, members: Sequence[int], place: int) -> int:
        """What leaves from the start of a project or a summary: the start of whichever of its tasks is the first; see `firsts`."""
        nodes, draft = self.nodes, self.draft
        full = f"{name}@start"
        if full in self.starts:
            return self.starts[full][0]
        idle = nodes.hammocks.keys() | nodes.driveless
        some = [node for node in members if node not in idle]
        if not some or self._settled(members, "start") is not State.NORMAL:
            return self._milestone(name, "start", members, place)
        clock = draft.clocks.clock(draft.calendar(draft.portfolio.projects[place]))
        node = nodes.add(full, "start", place, State.NORMAL, 0, 0, clock)
        self.starts[full] = node, some, members
        return node

    def firsts(self) -> None:
        """What the starts of projects and summaries, as givers, wait for: whichever of their tasks starts first.

        A task that waits for another one of them is never the first. Where all of them wait for what waits for that very start, it is
        the earliest that they may start.
        """
        nodes, found = self.nodes, [*self.starts.items()]
        if not found:
            return
        ways = first_ones(self.draft, {start: some for _, (start, some, _) in found})
        for full, (start, _, members) in found:
            chosen = ways[start]
            if not chosen:
                self.links.circular_starts.append(full)
                self._join(
                    self._milestone(full.removesuffix("@start"), "start", members, nodes.project[start]), start, "SS", None, derived=True
                )
            for node in chosen:
                self._join(node, start, "SS", None, derived=True)
            if len(chosen) > 1:
                nodes.anyone.add(start)
            if full in nodes.top:  # what waits for the whole and what leaves it are two points in time
                nodes.ids[start] = f"{full}~first"
                nodes.kinds[start] = "helper"
                nodes.stands_for[start] = full

    def _settled(self, members: Sequence[int], which: str) -> State:
        """The state of the start or the finish of some nodes: also what is paused or gone since has begun."""
        nodes = self.nodes
        if which == "start" and any(m in nodes.starts and m not in nodes.finishes for m in members):
            return State.FINISHED
        return _state_of([nodes.state[m] for m in members], which)

    def _milestone(self, name: str, which: str, members: Sequence[int], place: int) -> int:
        """`tram@start` precedes all it holds, `tram@finish` follows all it holds."""
        nodes, draft = self.nodes, self.draft
        full = f"{name}@{which}"
        if full in nodes.top:
            return nodes.top[full]
        project = draft.portfolio.projects[place]
        clock = draft.clocks.clock(draft.calendar(project))
        state = self._settled(members, which)
        node = nodes.add(full, which, place, state, 0, 0, clock)
        nodes.top[full] = node
        if state is State.FINISHED:
            if which == "start":
                nodes.begun[node] = members
                date = min(nodes.starts[m] for m in members if m in nodes.starts)
            else:
                date = max(nodes.finishes[m] for m in members)
            nodes.starts[node] = nodes.finishes[node] = date
        elif state is State.GONE:
            nodes.holds[node] = nodes.holds[members[0]]
        else:
            if project.start is not None:
                draft.bounds.starts.append((node, minutes(project.start)))
            for member in members:
                if which == "start":
                    self._join(node, member, "SS", None, derived=True)
                else:
                    self._join(member, node, "FF", None, derived=True)
        return node

    def _rest(self, milestone: int) -> int:
        """What of a summary that has begun is still to start: a link to the summary's start holds that back."""
        nodes = self.nodes
        members = [node for node in nodes.begun[milestone] if nodes.state[node] is State.NORMAL]
        if not members:
            return milestone
        name = f"{nodes.ids[milestone]}~"
        helper = nodes.top.get(name)
        if helper is None:
            helper = nodes.add(name, "helper", nodes.project[milestone], State.NORMAL, 0, 0, nodes.nominal[milestone])
            nodes.top[name] = helper
            nodes.begun[helper] = nodes.begun[milestone]
            for member in members:
                self._join(helper, member, "SS", None, derived=True)
        return helper

    def _join(self, source: int | None, target: int | None, kind: str, lag: Span | None, number: int = -1, derived: bool = False) -> None:
        if source is None or target is None:
            return
        if target in self.nodes.begun and kind[1] == "S" and not derived:
            if self.draft.dialect.data_date == "reported" and self.nodes.state[source] in LIVE:
                bind_giver(self.draft, source, target, kind, self.nodes.starts[target], lag)
            target = self._rest(target)
        link = self.links.add(source, target, kind, lag)
        if number >= 0:
            self.links.numbers[link] = number
        if derived:
            self.links.derived.add(link)


def _state_of(states: Sequence[State], which: str) -> State:
    """The state of the start or the finish of what has parts in these states."""
    if states and all(state is State.GONE for state in states):
        return State.GONE
    if which == "finish":
        done = bool(states) and all(state is State.FINISHED for state in states)
    else:
        done = any(state in (State.STARTED, State.FINISHED) for state in states)
    return State.FINISHED if done else State.NORMAL


def outside_date(link: Link, today: int | None) -> int | None:
    """When the outer end of a link from outside happens, as far as that holds anything back; None where it does not, or nobody says.

    Args:
        link: a link with an end outside the portfolio.
        today: the status date; what is delivered is there by then, so that a later date of it is only what was heard before.
    """
    if link.date is None:
        return None
    instant = minutes(link.date, end=link.type[0] == "F")
    return None if link.status == "delivered" and (today is None or instant > today) else instant


def joins_projects(portfolio: Portfolio, link: Link) -> bool:
    """Whether an end of a link names a project as a whole: where it attaches is not known yet, and it moves no date."""
    return any(class_of(portfolio.items, end) is Project for end in (link.source, link.target))


def forced(text: str, side: str, portfolio: Portfolio) -> str:
    """The end, S or F, that a reference means: `P@start` means the start whatever the link type says; likewise of a bar."""
    named = reference(text)
    if named.end and class_of(portfolio.items, named.item) is Project:
        return "S" if named.end == "start" else "F"
    return side


def lag_clock(draft: Draft, source: int, target: int) -> int:
    """The number of the clock that a working lag between two nodes is counted on."""
    owner = draft.dialect.lag_calendar
    if owner == "predecessor":
        return draft.nodes.nominal[source]
    if owner == "successor":
        return draft.nodes.nominal[target]
    if owner == "continuous":
        return 0
    place = draft.nodes.project[target]
    return draft.clocks.clock(draft.calendar(draft.portfolio.projects[place] if place >= 0 else None))


def bind_giver(draft: Draft, source: int, target: int, kind: str, instant: int, lag: Span | None) -> None:
    """A date that stands binds, backwards, what should have come before it."""
    if lag is not None:
        instant = draft.clocks[lag_clock(draft, source, target)].shift(instant, attrs.evolve(lag, amount=-lag.amount))
    draft.bounds.late.append(LateBound(source, instant, kind[0] == "F"))


def tie(draft: Draft, target: int, kind: str, instant: int, lag: Span | None, clock: int) -> None:
    """What a fixed date does to a target: a bound on its start or its finish; a milestone that waits for a finish lies where that ends."""
    if lag is not None:
        instant = draft.clocks[clock].shift(instant, lag)
    nodes = draft.nodes
    ends = kind[0] == "F" and nodes.kinds[target] in ("milestone", "gate") and not nodes.dur[target] and target not in nodes.points
    (draft.bounds.finishes if ends or kind[1] == "F" else draft.bounds.starts).append((target, instant))
