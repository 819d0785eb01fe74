"""Who may claim a benefit: three named answers that agree where the map is plain and differ where it is not.

`flow` passes each value back along the shares of the map: conserved, so that no pound is claimed twice. `knock-out` says
what would be lost without one initiative: for stopping, it does not sum to the whole. `shapley` divides what they bring
about together fairly: it sums, also where all are needed.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Mapping
from fractions import Fraction

import attrs

from ipmo.analysis.benefits.realisation import benefits
from ipmo.analysis.money.amounts import rounded
from ipmo.errors import UnitError, UnknownItemError, close_matches
from ipmo.model.benefits_map import EffectMap, effect_map
from ipmo.model.portfolio import Portfolio
from ipmo.model.reference import DiscountSchedule
from ipmo.tables import Column, Table
from ipmo.units import Money

__all__ = ["METHODS", "Attribution", "Claim", "attribute"]

METHODS = ("flow", "knock-out", "shapley")
EXACT_PLAYERS = 12
"""Up to so many initiatives behind one value, Shapley values are exact; beyond, orders are sampled."""


@attrs.frozen(kw_only=True)
class Claim:
    """What one project or programme may claim.

    Args:
        initiative: its id.
        value: of the pool, exact for `flow`.
        share: of the pool.
        naive: the whole of every value it leads to, what it would claim alone.
        error: standard error of a sampled value, 0 for an exact one.
        sources: (item of the map, part of the claim that comes through it), for `flow`.
    """

    initiative: str
    value: float
    share: float
    naive: float
    error: float = 0.0
    sources: tuple[tuple[str, float], ...] = ()


@attrs.frozen(kw_only=True)
class Attribution:
    """The answer of `attribute`.

    Args:
        method: flow, knock-out or shapley.
        pool: value by benefit or objective that is divided.
        claims: largest first.
        unattributed: the part of the pool that no initiative is named for: it comes anyway, or nobody says why.
        values: for `flow`, the value at every item of the map.
        currency: of money; empty for plain numbers.
        left_out: benefits whose value is not known.
    """

    method: str
    pool: Mapping[str, float]
    claims: tuple[Claim, ...]
    unattributed: float
    values: Mapping[str, float]
    currency: str = ""
    left_out: tuple[str, ...] = ()

    def __getitem__(self, initiative: str) -> Claim:
        """The claim of a project or programme.

        Raises:
            UnknownItemError: it claims nothing.
        """
        for claim in self.claims:
            if claim.initiative == initiative:
                return claim
        names = [claim.initiative for claim in self.claims]
        raise UnknownItemError(initiative, close_matches(initiative, names), "these claims")

    @property
    def total(self) -> float:
        """The whole pool."""
        return math.fsum(self.pool.values())

    @property
    def double_count(self) -> float | None:
        """Sum of the naive claims by the pool: 1 when nobody claims what another does; None of an empty pool."""
        return math.fsum(claim.naive for claim in self.claims) / self.total if self.total else None

    def money(self, value: float) -> Money | None:
        """A value as money, rounded once; None for plain numbers."""
        return rounded(Fraction(value), self.currency) if self.currency else None

    def table(self) -> Table:
        """One row an initiative: initiative, value, share, naive, error; last the unattributed rest."""
        names = [*(claim.initiative for claim in self.claims), "(unattributed)"]
        rest = self.unattributed / self.total if self.total else 0.0
        return Table(
            [
                Column("initiative", "str", names),
                Column("value", "float", [*(claim.value for claim in self.claims), self.unattributed], self.currency),
                Column("share", "float", [*(claim.share for claim in self.claims), rest]),
                Column("naive", "float", [*(claim.naive for claim in self.claims), None], self.currency),
                Column("error", "float", [*(claim.error for claim in self.claims), None], self.currency),
            ]
        )

    def __repr__(self) -> str:
        twice = self.double_count
        ratio = f", double-count ratio {twice:.2f}" if twice is not None else ""
        return f"<Attribution by {self.method}: {len(self.claims)} initiatives, {self.unattributed:,.2f} of {self.total:,.2f} unattributed{ratio}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def attribute(
    portfolio: Portfolio,
    *,
    method: str = "flow",
    pool: Mapping[str, float] | None = None,
    discount: DiscountSchedule | float | str | None = None,
    samples: int = 4000,
    seed: int = 1,
) -> Attribution:
    """Divides the value of benefits (or objectives) among the projects and programmes behind them.

    An item of the map passes its value back along the shares into it; the rest, to 1, is unattributed. Where no share is
    stated, what it needs (`enabled_by`, `any_of`, its outcome) divides it equally. For the other two methods an item
    comes when all it needs and one of its alternatives are there, and in the measure of its shares.

    Args:
        portfolio: the portfolio.
        method: flow, knock-out or shapley.
        pool: value by benefit, outcome or objective; when left out, the present value of each benefit's forecast.
        discount: for the present values.
        samples: orders drawn where more than 12 initiatives stand behind one value.
        seed: of the draws; the same seed gives the same answer.

    Raises:
        UnknownItemError: there is no such method, or a pool names no item of the map.
        UnitError: shares into one item sum to more than 1; money of two price bases would be mixed.
    """
    if method not in METHODS:
        raise UnknownItemError(method, close_matches(method, METHODS), f"the methods {', '.join(METHODS)}")
    found = effect_map(portfolio)
    currency = ""
    left_out: tuple[str, ...] = ()
    if pool is None:
        worth = benefits(portfolio, discount=discount)
        _ = worth.npv  # refuses two price bases
        left_out = tuple(row.id for row in worth if row.npv is None)
        pool = {row.id: float(row.npv.amount) for row in worth if row.npv is not None}
        currency = next((row.currency for row in worth), "")
    known = set(found.order)
    for name in pool:
        if name not in known:
            raise UnknownItemError(name, close_matches(name, known), "the benefits map")
    for target, ways in found.into.items():
        stated = math.fsum(way.share or 0.0 for way in ways if way.need == "share")
        if stated > 1 + 1e-9:
            message = f"the shares into {target!r} sum to {stated:.0%}; together they are at most 100 %: lower them under contributions:"
            raise UnitError(message).about(target)
    naive = _naive(found, pool)
    values, by_source, claimed = _flow(found, pool)
    errors: dict[str, float] = {}
    if method == "flow":
        claims = {name: math.fsum(parts.values()) for name, parts in by_source.items()}
        rest = math.fsum(pool.values()) - claimed
    else:
        claims, errors, rest = _played(found, pool, method, samples, seed)
    total = math.fsum(pool.values())
    names = sorted(set(claims) | set(naive))
    rows = [
        Claim(
            initiative=name,
            value=claims.get(name, 0.0),
            share=claims.get(name, 0.0) / total if total else 0.0,
            naive=naive.get(name, 0.0),
            error=errors.get(name, 0.0),
            sources=tuple(sorted(by_source.get(name, {}).items(), key=lambda pair: (-pair[1], pair[0]))) if method == "flow" else (),
        )
        for name in names
    ]
    rows.sort(key=lambda claim: (-claim.value, claim.initiative))
    return Attribution(
        method=method, pool=dict(pool), claims=tuple(rows), unattributed=rest, values=values, currency=currency, left_out=left_out
    )


def _naive(found: EffectMap, pool: Mapping[str, float]) -> dict[str, float]:
    out: dict[str, set[str]] = {}
    for node in found.out:
        initiative = found.initiative(node)
        if initiative:
            out.setdefault(initiative, set()).update(found.reached_from(node) & set(pool))
    return {name: math.fsum(pool[node] for node in reached) for name, reached in out.items() if reached}


def _flow(found: EffectMap, pool: Mapping[str, float]) -> tuple[dict[str, float], dict[str, dict[str, float]], float]:
    """(value at every item, claims by initiative and item, what is claimed in all)."""
    values = {node: pool.get(node, 0.0) for node in found.order}
    by_source: dict[str, dict[str, float]] = {}
    claimed = []
    for node in reversed(found.order):
        ways = found.into.get(node, ())
        shared = [(way.source, way.share or 0.0) for way in ways if way.need == "share"]
        if not shared:
            shared = [(way.source, 1 / len(ways)) for way in ways]
        for source, share in shared:
            part = values[node] * share
            initiative = found.initiative(source)
            if initiative:
                parts = by_source.setdefault(initiative, {})
                parts[source] = parts.get(source, 0.0) + part
                claimed.append(part)
            elif source in values:
                values[source] += part
    return values, by_source, math.fsum(claimed)


def _degrees(found: EffectMap, node: str) -> Callable[[frozenset[str]], float]:
    """How far an item of the map comes about with some initiatives only, between 0 and 1."""
    upstream: list[str] = []
    seen = {node}
    stack = [node]
    while stack:
        here = stack.pop()
        for way in found.into.get(here, ()):
            if way.source not in seen and not found.initiative(way.source):
                seen.add(way.source)
                stack.append(way.source)
    upstream = [one for one in found.order if one in seen]

    def degree(there: frozenset[str]) -> float:
        level: dict[str, float] = {}

        def of(source: str) -> float:
            initiative = found.initiative(source)
            return float(initiative in there) if initiative else level.get(source, 1.0)

        for one in upstream:
            ways = found.into.get(one, ())
            needed = [of(way.source) for way in ways if way.need == "all"]
            either = [of(way.source) for way in ways if way.need == "any"]
            shared = [(way.share or 0.0, of(way.source)) for way in ways if way.need == "share"]
            part = 1 - math.fsum(s for s, _ in shared) + math.fsum(s * d for s, d in shared)
            level[one] = min([1.0, *needed, *([max(either)] if either else [])]) * part
        return level[node]

    return degree


def _played(
    found: EffectMap, pool: Mapping[str, float], method: str, samples: int, seed: int
) -> tuple[dict[str, float], dict[str, float], float]:
    """(claims, standard errors, what comes anyway). Both methods add over the values of the pool."""
    claims: dict[str, float] = {}
    squares: dict[str, float] = {}
    anyway = []
    for node in sorted(pool):
        players = sorted(found.sources_of([node]))
        degree = _degrees(found, node)
        everyone = frozenset(players)
        anyway.append(pool[node] * degree(frozenset()))
        if method == "knock-out":
            parts = {p: degree(everyone) - degree(everyone - {p}) for p in players}
            errors = dict.fromkeys(players, 0.0)
        else:
            parts, errors = _shapley(players, degree, samples, random.Random(f"{seed}/{node}"))
        for player in players:
            claims[player] = claims.get(player, 0.0) + pool[node] * parts[player]
            squares[player] = squares.get(player, 0.0) + (pool[node] * errors[player]) ** 2
    return claims, {player: math.sqrt(square) for player, square in squares.items()}, math.fsum(anyway)


def _shapley(
    players: list[str], worth: Callable[[frozenset[str]], float], samples: int, draws: random.Random
) -> tuple[dict[str, float], dict[str, float]]:
    """Shapley values of a game, and their standard errors (0 where they are exact).

    Source: L. Shapley, "A value for n-person games" (1953): the mean of what a player adds over all orders.
    """
    n = len(players)
    if n <= EXACT_PLAYERS:
        value = {}
        for size in range(n + 1):
            for some in map(frozenset, itertools.combinations(players, size)):
                value[some] = worth(some)
        out = {}
        for player in players:
            parts = []
            for others, without in value.items():
                if player not in others:
                    weight = math.factorial(len(others)) * math.factorial(n - len(others) - 1) / math.factorial(n)
                    parts.append(weight * (value[others | {player}] - without))
            out[player] = math.fsum(parts)
        return out, dict.fromkeys(players, 0.0)
    sums, squares = dict.fromkeys(players, 0.0), dict.fromkeys(players, 0.0)
    for _ in range(samples):
        order = players[:]
        draws.shuffle(order)
        there: frozenset[str] = frozenset()
        before = worth(there)
        for player in order:
            there = there | {player}
            after = worth(there)
            sums[player] += after - before
            squares[player] += (after - before) ** 2
            before = after
    means = {player: total / samples for player, total in sums.items()}
    spread = {player: max(squares[player] / samples - means[player] ** 2, 0.0) for player in players}
    return means, {player: math.sqrt(v / max(samples - 1, 1)) for player, v in spread.items()}
