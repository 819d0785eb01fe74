"""What is stated about open work, found in the network: hand-overs as columns, of which none is made one by one, and all the rest."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, TypeVar

import attrs

from ipmo.analysis.dates.by_day import agreed, at_finish_of, gives_at_finish
from ipmo.analysis.dates.committed import KINDS, PLANNED, Stated
from ipmo.model.later import size_of
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.work import Link, Project, Task
from ipmo.network.passes import Passes
from ipmo.network.positions import as_array
from ipmo.network.states import LIVE, State
from ipmo.units import When, minutes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.int64]

__all__ = ["HandedOver", "Statements"]

STARTS = ("start_on", "start_no_later", "must_start_on", "mandatory_start")
FINISHES = ("finish_on", "finish_no_later", "must_finish_on", "mandatory_finish")
"""Constraints that say when something starts, or finishes, at the latest."""

T = TypeVar("T")
DONE, BEGUN = State.FINISHED, State.STARTED  # a name is found faster than a member of an enumeration
Terms = tuple[int, str]
"""The last instant that keeps it, and how it is stated."""


@attrs.frozen(kw_only=True, eq=False, slots=False)
class HandedOver:
    """Promised and needed hand-overs as columns, one entry each, in the order of the links.

    Args:
        links: the place of its link among those of the portfolio.
        nodes: the node of its giver; -1 where that may be none, or several: those are in `apart`.
        dates: the last instant that keeps it.
        at_finish: whether it is a date for the finish of its giver.
        words: how it is stated.
        apart: those whose giver is no single node, by place.
    """

    links: list[int]
    nodes: list[int]
    dates: list[int]
    at_finish: list[bool]
    words: list[str]
    apart: dict[int, Stated]

    def __len__(self) -> int:
        return len(self.links)

    @functools.cached_property
    def columns(self) -> tuple[Array, Array, Array]:
        """Nodes, dates, and 1 for a date of a finish, as int64 (n)."""
        nodes, dates, ends = (as_array(column) for column in (self.nodes, self.dates, self.at_finish))
        return nodes, dates, ends

    def entry(self, place: int) -> tuple[object, ...]:
        """All that is known of one."""
        return self.nodes[place], self.dates[place], self.at_finish[place], self.words[place], self.apart.get(place)


class Statements:
    """What is stated about open work.

    Args:
        passes: the passes over its network.
        portfolio: the portfolio; None where the network was made from columns.
    """

    def __init__(self, passes: Passes, portfolio: Portfolio | None) -> None:
        self._passes, self._portfolio = passes, portfolio
        self._working: dict[str, bool] = {}

    def of_copy(self, passes: Passes, copy: Portfolio, touched: AbstractSet[str]) -> Statements:
        """The statements of a changed copy in which only projects are other: what touches none of some projects is taken over.

        Args:
            passes: the passes over the network of the copy, which has the same nodes.
            copy: the copy.
            touched: the projects that are other, or of whose work something may be.
        """
        out = Statements(passes, copy)
        untouched = {project.id for project in copy.projects} - touched
        out.__dict__["hand_overs"] = out._hand_overs_beside(self.hand_overs, untouched)
        kept = {one.item: one for one in self.others if one.kind == "project" and one.item in untouched}
        out.__dict__["others"] = (*out._on_items(), *out._finishes(kept), *out._benefits(), *out._constraints())
        return out

    def _hand_overs_beside(self, known: HandedOver, untouched: AbstractSet[str]) -> HandedOver:
        """Hand-overs by the same links as those of another portfolio: those between projects in which nothing is other stand as they stood."""
        assert self._portfolio is not None
        again = [
            number
            for number, link in enumerate(self._portfolio.links)
            if (link.promised is not None or link.needed is not None)
            and not (link.source.partition("/")[0] in untouched and link.target.partition("/")[0] in untouched)
        ]
        fresh, anew, shift = self._entered(again), set(again), len(known.links)
        numbers = known.links + fresh.links
        kept = [place for place, number in enumerate(known.links) if number not in anew]
        order = sorted((*kept, *range(shift, len(numbers))), key=numbers.__getitem__)
        both = known.apart | {place + shift: one for place, one in fresh.apart.items()}

        def merged(one: list[T], other: list[T]) -> list[T]:
            every = one + other
            return [every[place] for place in order]

        return HandedOver(
            links=merged(known.links, fresh.links), nodes=merged(known.nodes, fresh.nodes), dates=merged(known.dates, fresh.dates),
            at_finish=merged(known.at_finish, fresh.at_finish), words=merged(known.words, fresh.words),
            apart={now: both[place] for now, place in enumerate(order) if place in both},
        )  # fmt: skip

    @functools.cached_property
    def all(self) -> tuple[Stated, ...]:
        """Each of them, in the order of the kinds and of the file."""
        given = (self.hand_over(place) for place in range(len(self.hand_overs)))
        return tuple(sorted([*given, *self.others], key=lambda one: KINDS.index(one.kind)))

    @functools.cached_property
    def others(self) -> tuple[Stated, ...]:
        """What is stated but for hand-overs."""
        return (*self._on_items(), *self._finishes(), *self._benefits(), *self._constraints())

    @functools.cached_property
    def apart(self) -> bool:
        """Whether each has a name of its own."""
        names = [self._name(place) for place in range(len(self.hand_overs))] + [one.name for one in self.others]
        return len(set(names)) == len(names)

    def _name(self, place: int) -> str:
        """The name of a hand-over, by its place among them."""
        assert self._portfolio is not None
        link = self._portfolio.links[self.hand_overs.links[place]]
        return link.id or f"{link.source} -> {link.target}"

    # ------------------------------------------------------------------------------------------ hand-overs

    def hand_over(self, place: int) -> Stated:
        """One hand-over, by its place among them."""
        found = self.hand_overs
        if place in found.apart:
            return found.apart[place]
        assert self._portfolio is not None
        link = self._portfolio.links[found.links[place]]
        name = link.id or f"{link.source} -> {link.target}"
        nodes, at_finish = (found.nodes[place],), found.at_finish[place]
        return Stated(name, "hand-over", link.source, found.dates[place], nodes, at_finish, found.words[place], None, found.links[place])

    @functools.cached_property
    def hand_overs(self) -> HandedOver:
        """The hand-overs whose giver is open, and for which somebody waits."""
        return self._entered(range(0 if self._portfolio is None else len(self._portfolio.links)))

    def _entered(self, some: Iterable[int]) -> HandedOver:
        """Those of some links."""
        if self._portfolio is None:
            return HandedOver(links=[], nodes=[], dates=[], at_finish=[], words=[], apart={})
        pf, net, named = self._portfolio, self._passes.network, self._passes.named
        state, kinds, ids, joined = net.state, net.kinds, net.ids, self._joined()
        items, terms = pf.items, dict[tuple[When | None, When | None, bool], Terms]()
        links, nodes, dates = list[int](), list[int](), list[int]()
        finishing, words, apart = list[bool](), list[str](), dict[int, Stated]()
        for number in some:
            link = pf.links[number]
            promised, needed = link.promised, link.needed
            if (promised is None and needed is None) or link.kind != "schedule" or link.status in ("cancelled", "delivered"):
                continue
            node, other = joined.get(number, (-1, -1))
            if node < 0 or ids[node] != link.source:
                node = named.get(link.source, -1)
            if other < 0 or ids[other] != link.target:
                other = named.get(link.target, -1)
            known = node >= 0 and kinds[node] == "task"  # as nearly all are: what it is need not be looked up
            giver = None if known else items.get(link.source)
            if not self._awaited(link, other):
                continue  # nobody waits for it any more
            if known:
                at_finish = link.type[0] == "F"
            else:
                at_finish = at_finish_of(giver, link) if giver is not None else gives_at_finish(pf, link)
            key = promised, needed, at_finish
            if key not in terms:
                terms[key] = agreed(link, at_finish=at_finish)
            if node < 0 or not (known or giver is not None):
                one = self._apart(pf, number, link, terms[key], at_finish, known=giver is not None)
                if one is None:
                    continue
                apart[len(links)], node = one, -1
            elif state[node] is DONE or (state[node] is BEGUN and not at_finish):
                continue
            links.append(number)
            nodes.append(node)
            dates.append(terms[key][0])
            finishing.append(at_finish)
            words.append(terms[key][1])
        return HandedOver(links=links, nodes=nodes, dates=dates, at_finish=finishing, words=words, apart=apart)

    def _joined(self) -> Mapping[int, tuple[int, int]]:
        """The nodes that the network joins, by the place of the link that says so: mostly those that it names."""
        net = self._passes.network
        if not net.arrays:
            return {number: (int(net.src[edge]), int(net.dst[edge])) for edge, number in net.numbers.items()}
        edges = as_array(list(net.numbers))
        return dict(zip(net.numbers.values(), zip(*(ends[edges].tolist() for ends in net.link_ends), strict=True), strict=True))

    def _awaited(self, link: Link, node: int) -> bool:
        """Whether somebody may still wait for what a link hands over: nothing that is done, and nothing that was stopped.

        Args:
            link: the hand-over.
            node: its receiver in the network; -1 where it is none there.
        """
        net, pf, taker, whole = self._passes.network, self._portfolio, None, link.target.partition("/")[0]
        assert pf is not None
        if node >= 0 and net.kinds[node] in ("task", "milestone"):
            return net.state[node] is not DONE and self._at_work(whole)
        taker = pf.items.get(link.target)
        if isinstance(taker, Project):
            done = taker.actual_finish is not None or (node >= 0 and net.state[node] is DONE)
            return self._at_work(whole) and not done
        if taker is None:
            target = reference(pf.resolve(link.target) or link.target)
            taker, whole = pf.items.get(target.item), target.top
        return self._at_work(whole) and not getattr(taker, "finished", False)

    def _at_work(self, whole: str) -> bool:
        """Whether a project is neither stopped nor closed."""
        found = self._working.get(whole)
        if found is None:
            project = None if self._portfolio is None else self._portfolio.items.get(whole)
            found = not (getattr(project, "stopped", False) or getattr(project, "state", "") == "closed")
            self._working[whole] = found
        return found

    def _apart(self, pf: Portfolio, number: int, link: Link, terms: Terms, at_finish: bool, *, known: bool) -> Stated | None:
        """A hand-over by the end of a whole, by a summary, or from outside; None where it is not open."""
        name, source, (date, word) = link.id or f"{link.source} -> {link.target}", link.source, terms
        if not known:
            source = pf.resolve(source) or source
            if source not in pf.items and reference(source).external:
                heard = None if link.date is None else minutes(link.date, end=at_finish)
                return Stated(name, "hand-over", source, date, (), at_finish, word, heard, number)
        item = reference(source).item  # of a project, or an end of it that no link of the network has
        whole = item in self._passes.places_of_projects and source not in self._passes.named
        nodes = self._nodes_of_project(item) if whole else self._nodes_of(source, at_finish)
        state = self._passes.network.state
        if any(state[node] is not DONE and (at_finish or state[node] is not BEGUN) for node in nodes):
            return Stated(name, "hand-over", source, date, nodes, at_finish, word, None, number)
        return None

    def _nodes_of_project(self, project: str) -> tuple[int, ...]:
        """The work of a project that is open, whether it has dates or not; of one that was stopped what it will not do."""
        net, passes = self._passes.network, self._passes
        place = passes.places_of_projects[project]
        found = (*passes.open_work_of(place), *self._beside.get(place, ()))
        return found or tuple(node for node in passes.inside(project) if net.state[node] is State.GONE)

    @functools.cached_property
    def _beside(self) -> Mapping[int, Sequence[int]]:
        """Of each project the work that has no dates, for it waits for what does not come, and the level of effort, which has those of other work."""
        net, held = self._passes.network, dict[int, list[int]]()
        for node in net.hammocks:
            held.setdefault(int(net.project[node]), []).append(node)
        for node in net.holds:
            if net.state[node] is State.UNDATED and net.kinds[node] not in ("helper", "start", "finish"):
                held.setdefault(int(net.project[node]), []).append(node)
        return held

    def _nodes_of(self, source: str, at_finish: bool) -> tuple[int, ...]:
        """What a giver is in the network: its node, that of its end, or what a summary holds."""
        net, known = self._passes.network, self._passes.named
        node = known.get(source)
        if node is None:
            node = known.get(f"{reference(source).item}@{'finish' if at_finish else 'start'}")
        if node is not None:
            return (node,)
        named = reference(source)
        return tuple(net.summaries.get((named.project, named.name), ())) if "/" in named.item else ()

    # -------------------------------------------------------------------------------------------- the rest

    def _open(self, node: int) -> bool:
        """It is not done, whether it has dates or not."""
        return self._passes.network.state[node] is not DONE

    def _on_items(self) -> Iterator[Stated]:
        """Deadlines, and need-by dates of gates."""
        net = self._passes.network
        for one in net.commitments:
            if one.date is None or one.at_start or not any(self._open(node) and net.state[node] is not State.GONE for node in one.nodes):
                continue  # done, or cancelled: nobody waits for it
            gate = net.kinds[one.nodes[0]] == "gate" and not one.is_deadline
            yield Stated(one.name, "gate" if gate else "deadline", one.name, one.date, one.nodes, word="needed by" if gate else "due")

    def _finishes(self, known: Mapping[str, Stated] | None = None) -> Iterator[Stated]:
        """Stated finishes of projects; of a bar only where something else than its own statement sets its date.

        Args:
            known: those of projects in which nothing is other than where they are known from.
        """
        net, passes = self._passes.network, self._passes
        taken, said = {} if known is None else known, set[str]()
        for place, instant in net.stated_finishes.items():
            if (one := taken.get(net.projects[place])) is not None and one.date == instant:
                said.add(one.item)
                yield one
                continue
            work, more = passes.open_work_of(place), self._beside.get(place, ())
            nodes = (*work, *more) if more or not isinstance(work, range) else work  # a range says many nodes in few words
            if nodes:
                said.add(net.projects[place])
                yield Stated(f"{net.projects[place]}@finish", "project", net.projects[place], instant, nodes, word="to finish by")
        yield from self._bars(said)

    def _bars(self, said: AbstractSet[str]) -> Iterator[Stated]:
        """Stated finishes of projects without work, where links or the status date say otherwise than they do themselves.

        Args:
            said: the projects of which there is one already, by their gates.
        """
        net, passes, p = self._passes.network, self._passes, self._passes.positions
        for project in self._portfolio.projects if self._portfolio is not None else ():
            if project.finish is None or size_of(project, "tasks"):
                continue
            date, bar = minutes(project.finish, end=True), passes.named.get(project.id)
            if bar is not None and net.state[bar] in LIVE:
                place = p.pos[bar]
                if p.ptr[place] < p.ptr[place + 1] or passes.finishes[place] > date:
                    yield Stated(f"{project.id}@finish", "project", project.id, date, (bar,), word="to finish by")
            elif bar is None and project.id not in said and self._unclosed(project, date):  # nothing is left that says when it ends
                yield Stated(f"{project.id}@finish", "project", project.id, date, (), word="to finish by")

    def _unclosed(self, project: Project, date: int) -> bool:
        """Whether a project was to end by now and nobody has closed it."""
        today = None if self._portfolio is None else self._portfolio.data_date
        return project.counted_as == "active" and project.actual_finish is None and today is not None and today >= date

    def _benefits(self) -> Iterator[Stated]:
        """When benefits are to start: the earlier of the planned and of the latest acceptable start."""
        net = self._passes.network
        for one in self._portfolio.benefits if self._portfolio is not None else ():
            if one.planned_start is None and one.need_by is None:
                continue
            asked = ((one.planned_start, False, PLANNED), (one.need_by, True, "needed by"))
            dates = [(minutes(when, end=end), word) for when, end, word in asked if when is not None]
            node = self._passes.named.get(one.id)
            if node is not None and net.state[node] is not DONE:
                date, word = min(dates)
                yield Stated(one.id, "benefit", one.id, date, (node,), word=word)

    def _constraints(self) -> Iterator[Stated]:
        """No later than: on its start, on its finish; also of work that has no dates, for it waits for what may never come."""
        net = self._passes.network
        if self._passes.dialect.progress == "actual":
            return  # there they are actual starts of what follows
        bounds = ((bound.node, bound.instant, bound.at_finish) for bound in net.late_bounds if net.state[bound.node] in LIVE)
        for node, instant, at_finish in (*bounds, *self._bounds_of_held()):
            word = "to finish no later than" if at_finish else "to start no later than"
            yield Stated(net.ids[node], "constraint", net.ids[node], instant, (node,), at_finish, word)

    def _bounds_of_held(self) -> Iterator[tuple[int, int, bool]]:
        """(node, latest instant, whether of its finish) that constraints ask of work without dates, for which the network keeps no bounds."""
        net, pf = self._passes.network, self._portfolio
        for node in net.holds if pf is not None else ():
            assert pf is not None
            task = pf.items.get(net.ids[node])
            if net.state[node] is not State.UNDATED or not isinstance(task, Task):
                continue
            for name in (*STARTS, *FINISHES) if task.constraints is not None else ():
                when = getattr(task.constraints, name)
                if when is not None:
                    yield node, minutes(when, end=name in FINISHES), name in FINISHES
            project = reference(net.ids[node]).project
            while task.parent is not None and isinstance(above := pf.items.get(f"{project}/{task.parent}"), Task):
                task = above
                if task.constraints is not None and task.constraints.finish_no_later is not None:
                    yield node, minutes(task.constraints.finish_no_later, end=True), True
