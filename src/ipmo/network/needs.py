"""What needs what in a portfolio: links, what projects require, what enables benefits, and their shares, as one web.

Work needs all that it is linked to. A project needs the projects that it requires, and its work needs the project. An
outcome or a benefit needs all that enables it and one of its alternatives; what has nothing but contributions needs one
of them, and so does an objective. A contribution of a project comes when all its work does.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import attrs

from ipmo.errors import ScheduleError
from ipmo.memory import remember
from ipmo.model.benefits import Benefit, Objective
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import Reference
from ipmo.model.work import Programme, Project
from ipmo.network.assemble import compile_portfolio
from ipmo.network.holds import delivered, runs
from ipmo.network.names import Names
from ipmo.network.network import Network
from ipmo.network.parts import Needed
from ipmo.network.positions import as_array, plain_list
from ipmo.network.states import FROM_FINISH, State
from ipmo.network.without import Web, Without

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipmo.network.kernels.columns import Ints

__all__ = ["same_needs", "web_of", "without"]


def without(portfolio: Portfolio) -> Without:
    """What fails without items of a portfolio, kept with it.

    >>> import ipmo
    >>> found = without(ipmo.examples.load("commitment"))
    >>> lost = {found.web.ids[node] for node in found.fails([found.web.place["training/course"]])}
    >>> "savings" in lost, "goodwill" in lost  # the roll-out would do for goodwill
    (True, False)
    """
    return remember(portfolio, "without", lambda: Without(web_of(portfolio)))


def web_of(portfolio: Portfolio) -> Web:
    """The web of needs of a portfolio. Nodes are those of its network, and projects, summaries, programmes, effects and objectives.

    `P` is the project as such: what requires it and all its open work need it. `P@whole` is all its work.
    """
    return _Weaver(portfolio, _network(portfolio)).web()


def same_needs(one: Portfolio, other: Portfolio) -> bool:
    """Whether two portfolios are known to have the same web of needs but for what is done, gone or waits in it.

    They have where their networks have the same nodes and the same links, kept or not, and nothing else that the web is
    made of differs.
    """
    if one.dialect != other.dialect or len(one.projects) != len(other.projects):
        return False
    for name in ("programmes", "outcomes", "benefits", "contributions", "objectives", "links", "gates", "risks"):
        was, now = getattr(one, name), getattr(other, name)
        if was is not now and was != now:
            return False
    if any(p is not q and _in_web(p) != _in_web(q) for p, q in zip(one.projects, other.projects, strict=True)):
        return False
    first, second = _network(one), _network(other)
    for name in ("ids", "anyone", "starts", "finishes", "summaries", "members", "projects"):
        if getattr(first, name) != getattr(second, name):
            return False
    was, now = first.needed, second.needed
    if was is None or now is None:
        return False
    columns = all(_alike(getattr(was, name), getattr(now, name)) for name in ("src", "dst", "typ"))
    return columns and (was.numbers, was.driveless, was.begun) == (now.numbers, now.driveless, now.begun)


def _in_web(project: Project) -> tuple[object, ...]:
    """What of a project the web is made of, beside its network."""
    inside = [(task.id, task.parent) for task in project.tasks]
    return project.id, project.programme, project.requires, inside, [gate.id for gate in project.gates], [risk.id for risk in project.risks]


def _alike(one: Ints, other: Ints) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return one == other
    return len(one) == len(other) and bool((as_array(one) == as_array(other)).all())


def _network(portfolio: Portfolio) -> Network:
    """The compiled network; what needs what asks for no date, so that one without a start gets any."""
    from datetime import date

    try:
        return compile_portfolio(portfolio, portfolio.dialect)
    except ScheduleError:
        return compile_portfolio(portfolio.evolve(start=date(2000, 1, 1)), portfolio.dialect)


def _in_state(network: Network, wanted: State) -> set[int]:
    """The nodes in a state."""
    if network.arrays:
        return set((network.states == int(wanted)).nonzero()[0].tolist())
    return {node for node, state in enumerate(network.state) if state == wanted}


class _Weaver:
    """Nodes and links of a web while it is being made."""

    def __init__(self, portfolio: Portfolio, network: Network) -> None:
        self.portfolio, self.network = portfolio, network
        self.ids = list(network.ids)
        named = network.named
        self.place: Names | dict[str, int] = named.with_room() if isinstance(named, Names) else dict(named)
        self._added = self.place.rest if isinstance(self.place, Names) else self.place
        self._ended = any("@" in name for name in self._added)
        self.src: list[int] = []
        self.dst: list[int] = []
        self.whole: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        """Links that are columns already, of large networks."""
        self.either = set(network.anyone)
        self.facts = _in_state(network, State.FINISHED)
        self.idle = network.needed.driveless if network.needed is not None else frozenset[int]()
        self.gone = _in_state(network, State.GONE)

    def web(self) -> Web:
        """The whole of it."""
        self._work()
        self._containers()
        wholes = len(self.ids)
        self._wholes()
        self._effects()
        src: Ints = self.src
        dst: Ints = self.dst
        if self.whole:
            import numpy as np

            parts = [*self.whole, (as_array(self.src), as_array(self.dst))]
            src, dst = (np.concatenate(column) for column in zip(*parts, strict=True))
        web = Web(
            self.ids, src, dst, either=self.either, facts=self.facts, gone=self.gone, known=self.place, owners=self._owners(),
            guess=self._guess(wholes),
        )  # fmt: skip
        barred = self._barred(web)
        return attrs.evolve(web, barred=barred) if barred else web

    def _barred(self, web: Web) -> frozenset[int]:
        """Alternatives that only wait (paused, behind a gate that holds) beside one that does not: without that one, all there is waits."""
        held = _in_state(self.network, State.UNDATED) if self.network.anyone else set[int]()
        if held:  # what requires a paused project waits, too
            held.update(self.place[project.id] for project in self.portfolio.projects if project.state == "paused" and runs(project))
        if not held:
            return frozenset()
        engine = Without(web)
        waits = engine.hangs(held | engine.dead)
        heads = set(self.network.anyone) - waits
        ends = zip(plain_list(web.src), plain_list(web.dst), strict=True)
        return frozenset(link for link, (u, v) in enumerate(ends) if v in heads and u in waits)

    def _owners(self) -> Ints:
        """The place of the project of each node, -1 for none."""
        places = {project.id: place for place, project in enumerate(self.portfolio.projects)}
        more = [places.get(name.partition("/")[0].partition("@")[0], -1) for name in self.ids[self.network.n :]]
        if self.network.arrays:
            import numpy as np

            return np.concatenate([self.network.owners, as_array(more)])
        return [*plain_list(self.network.project), *more]

    def _guess(self, wholes: int) -> NDArray[np.int64] | None:
        """A place of each node that comes after those of what it needs, nearly always: containers, work in its order, and the rest."""
        network = self.network
        if not network.arrays or "positions" not in network.__dict__:
            return None
        import numpy as np

        before = wholes - network.n
        return np.concatenate([before + as_array(network.positions.pos), np.arange(before), np.arange(wholes, len(self.ids))])

    def _node(self, name: str) -> int:
        node = self.place.get(name)
        if node is None:
            node = self._added[name] = len(self.ids)
            self.ids.append(name)
        return node

    def _need(self, source: int, target: int) -> None:
        self.src.append(source)
        self.dst.append(target)

    def _work(self) -> None:
        """The links that were found; what a link leaves from the start of is given once that has begun."""
        needed, network = self.network.needed, self.network
        if needed is None:
            return
        begun, idle, project = network.starts, self.idle, network.project
        delivered = {link for link, number in needed.numbers.items() if self.portfolio.links[number].status == "delivered"}
        if network.arrays:
            self._work_arrays(needed, delivered)
            return
        if not begun and not idle and not needed.begun and not delivered:
            self.src, self.dst = list(needed.src), list(needed.dst)
            return
        for link, (u, v, kind) in enumerate(zip(needed.src, needed.dst, needed.typ, strict=True)):
            given = link in delivered or (u in begun and kind not in FROM_FINISH and u not in network.finishes)
            if not given and v not in idle and (u not in idle or project[v] < 0):
                self._need(u, v)
                for member in needed.begun.get(v, ()):
                    if member not in idle:
                        self._need(u, member)

    def _work_arrays(self, needed: Needed, delivered: AbstractSet[int]) -> None:
        """The same links as columns."""
        import numpy as np

        network, idle = self.network, self.idle
        same = needed.src is network.src  # no link was dropped
        src, dst = network.link_ends if same else (as_array(needed.src), as_array(needed.dst))
        if not network.starts and not idle and not needed.begun and not delivered:
            self.whole.append((src, dst))
            return
        begun, idles, ends = np.zeros(network.n, bool), np.zeros(network.n, bool), np.zeros(network.n, bool)
        begun[[node for node in network.starts if node not in network.finishes]] = True
        idles[list(idle)] = True
        ends[list(needed.begun)] = True
        given = begun[src] & ~np.isin(as_array(needed.typ), [int(kind) for kind in FROM_FINISH])
        given[list(delivered)] = True
        kept = ~given & ~idles[dst] & (~idles[src] | (network.owners[dst] < 0))
        self.whole.append((src[kept], dst[kept]))
        for u, v in zip(*(column[kept & ends[dst]].tolist() for column in (src, dst)), strict=True):
            for member in needed.begun[v]:
                if member not in idle:
                    self._need(u, member)

    def _containers(self) -> None:
        """Programmes, projects and summaries: what lies in them needs them; projects need what they require."""
        pf, members = self.portfolio, self.network.members
        held = list[tuple[int, Sequence[int]]]()
        for programme in pf.programmes:
            self._node(programme.id)
        for place, project in enumerate(pf.projects):
            node = self._node(project.id)
            inside = members.get(place, ())
            if not (len(inside) == 1 and inside[0] == node):  # one bar
                held.append((node, inside))
            if project.stopped and not delivered(project):
                self.gone.add(node)
            elif project.actual_finish is not None or (inside and inside[0] in self.facts and all(v in self.facts for v in inside)):
                self.facts.add(node)
            self._ends(project.id)
            if project.programme is not None:
                self._need(self.place[project.programme], node)
            for required in project.requires:
                if required in pf.items:
                    self._need(self._node(required), node)
        self._hold(held)
        for programme in pf.programmes:
            if programme.programme is not None:
                self._need(self.place[programme.programme], self.place[programme.id])
        for (owner, name), leaves in self.network.summaries.items():
            node, above = self._node(f"{owner}/{name}"), pf.items[f"{owner}/{name}"].parent
            self._need(self._node(owner if above is None else f"{owner}/{above}"), node)
            for leaf in leaves:
                self._need(node, leaf)
            self._ends(f"{owner}/{name}")
        places = {project.id: place for place, project in enumerate(pf.projects)} if self.network.project_dependencies else {}
        for number in self.network.project_dependencies:
            link = pf.links[number]
            source, target = (pf.reference(end) for end in (link.source, link.target))
            if link.status != "delivered" and source is not None and target is not None and target.item in self.place:
                whole = members.get(places[source.item], ()) if source.item in places else None
                for giver in self._givers(source, whole, link.type[0] == "S"):
                    self._need(giver, self.place[target.item])

    def _givers(self, source: Reference, inside: Sequence[int] | None, starts: bool) -> Sequence[int]:
        """What a project, or something in it, hands over with: the work that ends it; nothing where it has been handed over.

        Args:
            source: of a link to or from a project as such.
            inside: the nodes of the project that it is; None of what lies in one.
            starts: the link leaves its start.
        """
        net, node = self.network, self.place.get(source.item)
        if node is None or node in self.facts:
            return ()
        some = net.summaries.get((source.project, source.name), ()) if inside is None else inside
        work = [one for one in some if one not in self.idle] or [node]
        if starts:  # which of its work is the first to start is no matter of need
            return () if any(one in net.starts for one in work) else [node]
        return work

    def _hold(self, held: Sequence[tuple[int, Sequence[int]]]) -> None:
        """What lies in wholes needs them."""
        if self.network.arrays and held:
            import numpy as np

            sizes = [len(some) for _, some in held]
            if all(type(some) is range and some.step == 1 for _, some in held):
                ends = np.cumsum(sizes)
                shift = np.array([some.start for _, some in held if isinstance(some, range)], np.int64) - (ends - sizes)
                inside = np.arange(int(ends[-1])) + np.repeat(shift, sizes)
            else:
                inside = np.concatenate([as_array(some) for _, some in held])
            self.whole.append((np.repeat([node for node, _ in held], sizes), inside))
            return
        for node, some in held:
            self.src += [node] * len(some)
            self.dst += some

    def _ends(self, name: str) -> None:
        """What starts and ends a whole needs it."""
        if not self._ended:
            return
        for end in ("start", "finish"):
            node = self._added.get(f"{name}@{end}")
            if node is not None and node not in self.either:  # where one of its tasks is enough, they need the whole themselves
                self._need(self.place[name], node)

    def _wholes(self) -> None:
        """`P@whole`, all the work of a project, and of a programme one of its projects, where something is due to it as a whole."""
        tree, pf = hierarchy(self.portfolio), self.portfolio
        places = {project.id: place for place, project in enumerate(pf.projects)}
        for one in pf.contributions:
            noun = pf.items.get(one.source)
            if not isinstance(noun, Project | Programme) or f"{one.source}@whole" in self.place:
                continue
            whole = self._node(f"{one.source}@whole")
            self._need(self.place[one.source], whole)
            if isinstance(noun, Project):
                for member in self.network.members.get(places[one.source], ()):
                    if member not in self.idle:
                        self._need(member, whole)
                if self.place[one.source] in self.facts:
                    self.facts.add(whole)
            elif projects := tree.projects(noun):
                some = self._node(f"{one.source}@some")
                self.either.add(some)
                self._need(some, whole)
                for project in projects:
                    self._need(self.place[project.id], some)

    def _effects(self) -> None:
        """Outcomes, benefits and objectives: what no date comes from, and what they are due to."""
        pf, known = self.portfolio, self.network.named
        for name in (*(o.id for o in pf.outcomes), *(b.id for b in pf.benefits), *(o.id for o in pf.objectives)):
            self._node(name)
        for benefit in pf.benefits:
            if benefit.outcome is not None and not (benefit.id in known and benefit.outcome in known):
                self._need(self.place[benefit.outcome], self.place[benefit.id])
        linked = {pf.resolve(link.target) for link in pf.links if link.kind == "schedule"} if pf.contributions else set()
        due: dict[str, list[int]] = {}
        stated: dict[str, float] = {}
        for one in pf.contributions:
            source = pf.resolve(one.source) or one.source
            name = f"{source}@whole" if isinstance(pf.items.get(source), Project | Programme) else source
            if name in self.place:
                due.setdefault(pf.resolve(one.target) or one.target, []).append(self.place[name])
            stated[one.target] = stated.get(one.target, 0.0) + (1.0 if one.share is None else one.share)
        for target, sources in due.items():
            noun = pf.items.get(target)
            if getattr(noun, "enabled_by", ()) or getattr(noun, "any_of", ()) or target in linked or target not in self.place:
                continue
            if isinstance(noun, Benefit) and noun.outcome is not None:
                continue
            if not isinstance(noun, Objective) and stated[target] < 1 - 1e-9:  # the rest comes anyway
                continue
            some = self._node(f"{target}@due")
            self.either.add(some)
            self._need(some, self.place[target])
            for node in sources:
                self._need(node, some)
