"""What any set of projects brings: the benefits that come with exactly these, by the one network of needs, and how that is shared among them.

A sum of what projects are worth one by one funds half of a pair and both of two substitutes; here a set is worth what comes
with it: benefits whose enablers (all of them, or one of several), outcomes, hand-overs and `requires` hold with it.
"""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import attrs

from ipmo.analysis.shapley import shapley, shapley_over
from ipmo.model.fields import as_tuple
from ipmo.model.portfolio import Portfolio
from ipmo.network.formulas import formulas
from ipmo.network.losses import Losses, Part, losses
from ipmo.notebooks import Shown

__all__ = ["Brought", "SetValue", "set_value"]

EXACT_PLAYERS, ORDERS = 8, 400
"""Up to so many projects behind one benefit shares are exact; beyond, so many orders are drawn."""


@attrs.frozen(kw_only=True)
class Brought(Shown):
    """Something that projects bring, or a step towards it. Its level, between 0 and 1, is the least of what it needs, times its shares.

    Args:
        id: its name.
        value: of all of it; 0 of a step.
        all_of: projects and steps that it needs.
        any_of: alternatives, each of projects and steps that are all needed for it; the best of them counts. Empty: nothing of the kind is needed.
        shares: (share, projects and steps that are all needed for it): what comes of it with them.
        rest: the share of it that comes without them.
    """

    id: str
    value: float = 0.0
    all_of: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    any_of: tuple[tuple[str, ...], ...] = attrs.field(default=(), converter=as_tuple)
    shares: tuple[tuple[float, tuple[str, ...]], ...] = attrs.field(default=(), converter=as_tuple)
    rest: float = 1.0

    def level(self, of: Callable[[str], float]) -> float:
        """How far it comes, from how far what it needs does."""
        least = min(map(of, self.all_of), default=1.0)
        if self.any_of:
            least = min(least, max(min(map(of, some), default=1.0) for some in self.any_of))
        return least * (self.rest + math.fsum(share * min(map(of, some), default=1.0) for share, some in self.shares))

    @property
    def needs(self) -> frozenset[str]:
        """All projects and steps that it names."""
        return frozenset(self.all_of).union(*self.any_of, *(some for _, some in self.shares))


@attrs.frozen(kw_only=True)
class SetValue(Shown):
    """What any set of some projects brings, beyond what comes without any of them.

    Args:
        projects: between which is chosen.
        parts: what they bring, and the steps towards it.

    >>> both = SetValue(projects=["a", "b"], parts=[Brought(id="saving", value=10.0, all_of=["a", "b"])])
    >>> both.worth(["a"]), both.worth(["a", "b"]), both.shares(["a", "b"])
    (0.0, 10.0, {'a': 5.0, 'b': 5.0})
    """

    projects: tuple[str, ...] = attrs.field(converter=as_tuple)
    parts: tuple[Brought, ...] = attrs.field(converter=as_tuple)

    @functools.cached_property
    def place(self) -> Mapping[str, int]:
        """The place of each part."""
        return {part.id: number for number, part in enumerate(self.parts)}

    def levels(self, chosen: Collection[str]) -> dict[str, float]:
        """How far each part comes with some projects alone; parts that need one another hold one another up."""
        return self._levels(frozenset(chosen), self.parts)

    def _levels(self, chosen: frozenset[str], parts: Sequence[Brought]) -> dict[str, float]:
        level = dict.fromkeys((part.id for part in parts), 1.0)

        def of(name: str) -> float:
            found = level.get(name)
            return float(name in chosen) if found is None else found

        changed = True
        while changed:  # levels only fall, so that this ends; one sweep, where each part comes after what it needs
            changed = False
            for part in parts:
                now = part.level(of)
                if now != level[part.id]:
                    level[part.id], changed = now, True
        return level

    @functools.cached_property
    def nothing(self) -> Mapping[str, float]:
        """How far each part comes without any project."""
        return self.levels(())

    def worth(self, chosen: Collection[str]) -> float:
        """What some projects bring together, beyond what comes without any."""
        level = self.levels(chosen)
        return math.fsum(part.value * (level[part.id] - self.nothing[part.id]) for part in self.parts if part.value)

    @functools.cached_property
    def _steps(self) -> Mapping[str, tuple[Brought, ...]]:
        """The parts behind each one of value, itself included, in their order."""
        out = {}
        for part in self.parts:
            if part.value:
                seen, waiting = {part.id}, [part]
                while waiting:
                    for name in waiting.pop().needs:
                        if name in self.place and name not in seen:
                            seen.add(name)
                            waiting.append(self.parts[self.place[name]])
                out[part.id] = tuple(self.parts[number] for number in sorted(self.place[name] for name in seen))
        return out

    def behind(self, part: str) -> frozenset[str]:
        """The projects that a part needs by any way."""
        seen, waiting = {part}, [part]
        while waiting:
            name = waiting.pop()
            if name in self.place:
                new = self.parts[self.place[name]].needs - seen
                seen |= new
                waiting += new
        return frozenset(seen) - self.place.keys()

    def shares(self, chosen: Collection[str]) -> dict[str, float]:
        """What each of some projects is worth among them: Shapley values of each benefit over those that bring it, which sum to what they bring.

        Source: L. Shapley, "A value for n-person games" (1953). Exact for up to 8 projects behind a benefit, and where all are
        needed; else the mean over 400 orders.
        """
        there = frozenset(chosen)
        out = {name: list[float]() for name in self.projects if name in there}
        for name, steps in self._steps.items():
            part = self.parts[self.place[name]]
            players = [one for one in self.projects if one in there and one in self.behind(name)]
            if not players:
                continue
            if not any(one.any_of or one.shares for one in steps):
                got = self._levels(there, steps)[name] - self.nothing[name]
                parts = dict.fromkeys(players, got / len(players))
            else:
                parts = _played(players, functools.partial(self._level, steps, name), name)
            for player, level in parts.items():
                out[player].append(part.value * level)
        return {name: math.fsum(some) for name, some in out.items()}

    def _level(self, steps: Sequence[Brought], name: str, chosen: frozenset[str]) -> float:
        return self._levels(chosen, steps)[name]

    def __repr__(self) -> str:
        return f"<SetValue: {len(self.projects)} projects, worth {self.worth(self.projects):,.10g} together>"


def _played(players: Sequence[str], level: Callable[[frozenset[str]], float], seed: str) -> dict[str, float]:
    if len(players) <= EXACT_PLAYERS:
        return shapley(players, level)
    draws, orders = random.Random(seed), []
    for _ in range(ORDERS):
        orders.append(draws.sample(players, len(players)))
    return shapley_over(players, level, orders)[0]


def set_value(portfolio: Portfolio, projects: Iterable[str], pool: Mapping[str, float]) -> SetValue:
    """What any set of some projects of a portfolio brings of a pool: a project that is not chosen is stopped, and all others stand as they do.

    Args:
        portfolio: the portfolio.
        projects: ids of projects and programmes between which is chosen.
        pool: value by benefit, outcome or objective.
    """
    known, chosen = losses(portfolio), list(projects)
    wanted = _behind(known, pool)
    place = known.engine.web.place
    objectives = {objective.id for objective in portfolio.objectives}
    nodes = {known.nodes[name] for name in wanted} | {
        part.node for name in wanted for part in known.parts[name] if part.node is not None and not part.source
    }
    found = formulas(known.engine, sorted(nodes), {name: place[name] for name in chosen})
    parts = [
        Brought(id=_choice(name), any_of=[_names(some, found.choices) for some in ways]) for name, ways in sorted(found.choices.items())
    ]
    never, sure = set[str](), set[str]()
    for name in wanted:
        own = frozenset[str]() if name in objectives else found.needed[known.nodes[name]]
        made = None if own is None else _made(name, pool.get(name, 0.0), own, known.parts[name], found.needed, found.choices, never, sure)
        if made is None:
            never.add(name)
        elif not made.needs and made.rest == 1.0:
            sure.add(name)  # it comes anyway, whatever is chosen
        else:
            parts.append(made)
    return SetValue(projects=chosen, parts=parts)


def _choice(name: str) -> str:
    """The name of a choice of the web: no item of a portfolio has it, for a benefit with alternatives is an item as well."""
    return f"{name}@choice"


def _names(some: Iterable[str], choices: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(_choice(name) if name in choices else name for name in some))


def _behind(known: Losses, pool: Iterable[str]) -> list[str]:
    """What of the map has a value or leads to something that has, each after what leads to it."""
    seen = set(pool)
    for name in reversed(known.map.order):
        if name in seen:
            seen.update(part.source for part in known.parts[name] if part.source)
    return [name for name in known.map.order if name in seen]


def _made(
    name: str,
    value: float,
    own: frozenset[str],
    ways: Sequence[Part],
    needed: Mapping[int, frozenset[str] | None],
    choices: Collection[str],
    never: Collection[str],
    sure: Collection[str],
) -> Brought | None:
    """An item of the map as a part; None where it never comes."""
    every, either, shared, rest = set(_names(own, choices)), list[tuple[str, ...]](), list[tuple[float, tuple[str, ...]]](), 1.0
    several = False
    for way in ways:
        some: tuple[str, ...] | None
        if way.source:
            some = None if way.source in never else () if way.source in sure else (way.source,)
        else:
            needs = frozenset[str]() if way.node is None else needed[way.node]
            some = None if needs is None else _names(needs, choices)
        if way.need == "share":
            rest -= 0.0 if some == () else way.share
            shared += [(way.share, some)] if some else []
        elif way.need == "any":
            several = True
            either += [] if some is None else [some]
        elif some is None:
            return None
        else:
            every.update(some)
    if several and not either:
        return None
    return Brought(
        id=name,
        value=value,
        all_of=sorted(every),
        any_of=[] if () in either else either,
        shares=shared,
        rest=max(rest, 0.0) if rest > 1e-12 else 0.0,
    )
