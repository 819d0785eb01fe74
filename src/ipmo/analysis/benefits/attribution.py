"""Whom a benefit is due to: three named answers that agree where the map is plain and differ where it is not.

`flow` passes each value back along the shares of the map: conserved, so that no pound is counted twice. `leave-one-out`
says what would be lost without one initiative: for stopping, it does not sum to the whole. `shapley` divides what they
bring about together fairly: it sums, also where all are needed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Literal, get_args

import attrs

from ipmo.analysis.benefits.played import dividends, levels, shared_alike
from ipmo.analysis.benefits.realisation import benefits
from ipmo.analysis.money.amounts import rounded
from ipmo.analysis.shapley import shapley, shapley_over
from ipmo.errors import UnitError, UnknownItemError, at_least, close_matches, one_of
from ipmo.model.benefits_map import Way, benefits_map
from ipmo.model.portfolio import Portfolio
from ipmo.model.reference import DiscountSchedule
from ipmo.network.losses import Losses, level_of, losses
from ipmo.network.positions import places_of
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.units import Money
from ipmo.words import agree, counted

__all__ = ["AttributedBenefit", "Attribution", "Method", "attribute"]

Method = Literal["flow", "leave-one-out", "shapley"]
EXACT_PLAYERS = 12
"""Up to so many initiatives behind a value that no short formula says, Shapley values are exact; beyond, orders are sampled."""


@attrs.frozen(kw_only=True)
class AttributedBenefit(Shown):
    """The benefit that is attributed to one project or programme.

    Args:
        initiative: its id.
        value: of the part of the pool that is known, exact for `flow`; None where all that it leads to is unknown.
        share: of the pool; None as the value is.
        naive: the whole of every value it leads to, what it would claim alone; None as the value is.
        error: standard error of a sampled value, 0 for an exact one.
        sources: (item of the map, part of the value that comes through it), for `flow`.
        unknown: benefits that it leads to whose value is not known: its own value is at least what it says.
    """

    initiative: str
    value: float | None
    share: float | None
    naive: float | None
    error: float = 0.0
    sources: tuple[tuple[str, float], ...] = ()
    unknown: tuple[str, ...] = ()


class Attribution(Rows[str, AttributedBenefit]):
    """The answer of `attribute`: by initiative, largest first.

    `table()` has one row more, the unattributed rest, so that its values sum to the pool.

    Args:
        method: flow, leave-one-out or shapley.
        pool: value by benefit or objective that is divided.
        rows: what is attributed to each initiative.
        unattributed: the part of the pool that no initiative is named for: it comes anyway, nobody says why, or it was due to stopped
            work; None of an unknown pool.
        values: for `flow`, the value at every item of the map.
        currency: of money; empty for plain numbers.
        left_out: benefits whose value is not known.
        reasons: why, by benefit, with what to write.
    """

    def __init__(
        self,
        *,
        method: str,
        pool: Mapping[str, float],
        rows: Iterable[AttributedBenefit],
        unattributed: float | None,
        values: Mapping[str, float],
        currency: str = "",
        left_out: tuple[str, ...] = (),
        reasons: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__({row.initiative: row for row in rows}, "this attribution")
        self.method, self.pool, self.unattributed = method, pool, unattributed
        self.values, self.currency, self.left_out = values, currency, left_out
        self.reasons: Mapping[str, str] = reasons or {}

    @property
    def total(self) -> float | None:
        """The whole pool, of what is known; None where no value is."""
        return None if self.left_out and not self.pool else math.fsum(self.pool.values())

    @property
    def reason(self) -> str:
        """Why values are not known, in one line; empty when all are."""
        by: dict[str, list[str]] = {}
        for name in self.left_out:
            by.setdefault(self.reasons.get(name, "not known"), []).append(name)
        return "; ".join(f"{', '.join(names)}: {why}" for why, names in by.items())

    @property
    def double_count(self) -> float | None:
        """Sum of the naive values by the pool: 1 when nobody claims what another does; None of an empty pool."""
        return math.fsum(row.naive for row in self.rows if row.naive is not None) / self.total if self.total else None

    def money(self, value: float) -> Money | None:
        """A value as money, rounded once; None for plain numbers."""
        return rounded(Fraction(value), self.currency) if self.currency else None

    def explain(self, initiative: str) -> str:
        """What is attributed to an initiative and how it was found, in a sentence or two.

        Raises:
            UnknownItemError: nothing is attributed to it.
        """
        row = self[initiative]
        if row.value is None or row.share is None or row.naive is None or self.total is None:
            return f"{initiative}: not known, because nothing that it leads to is: {self.reason}"
        text = f"{initiative}: {self._said(row.value)} of {self._said(self.total)} ({row.share:.1%}) by {self.method}"
        if row.sources:
            text += f", through {', '.join(f'{source} ({self._said(part)})' for source, part in row.sources)}"
        elif self.method == "flow" and row.naive:
            text += "; no share of the map goes to it: it serves by what it hands over, or by being required"
        if row.error:
            text += f", give or take {self._said(row.error)} of sampling"
        text += f"; at least, for {', '.join(row.unknown)} {agree(len(row.unknown), 'is')} not known" if row.unknown else ""
        return f"{text}; alone it would claim {self._said(row.naive)}"

    def _said(self, value: float) -> str:
        money = self.money(value)
        return f"{value:,.4g}" if money is None else f"{money:,}"

    def first(self, count: int = 10) -> Table:
        """The first rows of its table."""
        return self.table().head(count)

    def table(self) -> Table:
        """One row an initiative: initiative, value, share, naive, error; last the unattributed rest."""
        rows = self.rows
        rest = None if self.unattributed is None or self.total is None else self.unattributed / self.total if self.total else 0.0
        return Table(
            [
                Column("initiative", "str", [*self.ids, "(unattributed)"]),
                Column("value", "float", [*(row.value for row in rows), self.unattributed], self.currency),
                Column("share", "float", [*(row.share for row in rows), rest]),
                Column("naive", "float", [*(row.naive for row in rows), None], self.currency),
                Column("error", "float", [*(None if row.value is None else row.error for row in rows), None], self.currency),
            ]
        )

    def __repr__(self) -> str:
        twice = self.double_count
        ratio = f", double-count ratio {twice:.2f}" if twice is not None else ""
        if self.unattributed is None or self.total is None:
            return f"<Attribution by {self.method}: {counted(len(self), 'initiative')}, not known: {self.reason}>"
        rest = f", {counted(len(self.left_out), 'benefit')} not known" if self.left_out else ""
        text = f"{self.unattributed:,.2f} of {self.total:,.2f} unattributed{ratio}{rest}"
        return f"<Attribution by {self.method}: {counted(len(self), 'initiative')}, {text}>"


def attribute(
    portfolio: Portfolio,
    *,
    method: Method = "flow",
    pool: Mapping[str, float] | None = None,
    discount: DiscountSchedule | float | str | None = None,
    samples: int = 4000,
    seed: int = 1,
) -> Attribution:
    """Divides the value of benefits (or objectives) among the projects and programmes behind them.

    An item of the map passes its value back along the shares into it; the rest, to 1, is unattributed. Where no share is
    stated, what it needs (`enabled_by`, `any_of`, its outcome) divides it equally. For the other two methods an item
    comes when all it needs and one of its alternatives are there, and in the measure of its shares; work comes when all
    that hands over to it, and all that its project requires, does. What is done is lost by stopping nobody. To work that was stopped, and
    to what waits for that, nothing goes: it never comes.

    Args:
        portfolio: the portfolio.
        method: flow, leave-one-out or shapley.
        pool: value by benefit, outcome or objective; when left out, the present value of each benefit's forecast.
        discount: for the present values.
        samples: orders drawn where more than 12 initiatives stand behind one value that no short formula says: the least or the best of
            several that come in part by shares, more than ten alternatives.
        seed: of the draws; the same seed gives the same answer.

    Raises:
        OptionError: there is no such method.
        UnknownItemError: a pool names no item of the map.
        UnitError: shares into one item sum to more than 1; money of two price bases would be mixed.
    """
    one_of("method", method, get_args(Method))
    at_least("samples", samples, 1, "a whole number")
    found = benefits_map(portfolio)
    currency = ""
    left_out: tuple[str, ...] = ()
    reasons: dict[str, str] = {}
    if pool is None:
        worth = benefits(portfolio, discount=discount, unrated="unknown")
        worth.one_base()
        present, parts = worth.present_amounts, worth.parts
        left_out = tuple(name for name in worth.ids if name not in present)
        reasons = {name: _what_to_write(worth[name].reason) for name in left_out}
        pool = {name: npv / parts[name] for name, npv in present.items()}
        currency = worth.currency
    on_map = set(found.order)
    for name in pool:
        if name not in on_map:
            raise UnknownItemError(name, close_matches(name, on_map), "the benefits map, whose items pool= is by")
    for target, ways in found.into.items():
        stated = math.fsum(way.share or 0.0 for way in ways if way.need == "share")
        if stated > 1 + 1e-9:
            message = f"the shares into {target!r} sum to {stated:.0%}; together they are at most 100 %: lower them under contributions:"
            raise UnitError(message).about(target)
    known = losses(portfolio)
    naive = known.served_of(pool)
    values, by_source, attributed = _flow(known, pool)
    errors: dict[str, float] = {}
    if method == "flow":
        parts = {name: math.fsum(through.values()) for name, through in by_source.items()}
        rest = math.fsum(pool.values()) - attributed
    elif method == "leave-one-out":
        parts, rest = _lost(known, pool)
    else:
        parts, errors, rest = _played(known, pool, samples, seed)
    total = math.fsum(pool.values())
    rows = _rows(parts, errors, naive, by_source if method == "flow" else {}, _reached(known, left_out), total)
    return Attribution(
        method=method,
        pool=dict(pool),
        rows=rows,
        unattributed=None if left_out and not pool else rest,
        values=values,
        currency=currency,
        left_out=left_out,
        reasons=reasons,
    )


def _rows(
    parts: Mapping[str, float],
    errors: Mapping[str, float],
    naive: Mapping[str, float],
    by_source: Mapping[str, Mapping[str, float]],
    blank: Mapping[str, tuple[str, ...]],
    total: float,
) -> list[AttributedBenefit]:
    """What is attributed, largest first; blank where an initiative leads to unknown benefits only."""
    rows = []
    for name in sorted({*parts, *naive, *blank}):
        known = name in naive or name not in blank
        part = parts.get(name, 0.0)
        rows.append(
            AttributedBenefit(
                initiative=name,
                value=part if known else None,
                share=(part / total if total else 0.0) if known else None,
                naive=naive.get(name, 0.0) if known else None,
                error=errors.get(name, 0.0),
                sources=tuple(sorted(by_source.get(name, {}).items(), key=lambda pair: (-pair[1], pair[0]))),
                unknown=blank.get(name, ()),
            )
        )
    return sorted(rows, key=lambda row: (row.value is None, -(row.value or 0.0), row.initiative))


def _what_to_write(reason: str) -> str:
    """Why a value is not known, and for a missing discount rate what to write."""
    if "discount" in reason:
        return f"{reason}; write money: {{discount: green-book-2026}}, or pass discount="
    return reason or "not known"


def _reached(known: Losses, benefits: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Some benefits by the initiatives that lead to them."""
    wanted = tuple(benefits)
    if not wanted:
        return {}
    served = known.serves()
    out = {name: tuple(one for one in wanted if one in served[name]) for name in known.initiatives}
    return {name: reached for name, reached in out.items() if reached}


def _flow(known: Losses, pool: Mapping[str, float]) -> tuple[dict[str, float], dict[str, dict[str, float]], float]:
    """(value at every item, parts by initiative and item, what is attributed in all); nothing goes to what never comes."""
    found = known.map
    values = {node: pool.get(node, 0.0) for node in found.order}
    by_source: dict[str, dict[str, float]] = {}
    attributed = []
    for node in reversed(found.order):
        ways = known.coming.get(node, ()) if known.base[node] else ()
        shared = [(way.source, way.share or 0.0) for way in ways if way.need == "share"]
        if not any(way.need == "share" for way in found.into.get(node, ())):
            shared = [(way.source, 1 / len(ways)) for way in ways]
        for source, share in shared:
            part = values[node] * share
            initiative = found.initiative(source)
            if initiative:
                parts = by_source.setdefault(initiative, {})
                parts[source] = parts.get(source, 0.0) + part
                attributed.append(part)
            elif source in values:
                values[source] += part
    return values, by_source, math.fsum(attributed)


def _degrees(known: Losses, needs: Mapping[str, frozenset[str]], node: str) -> Callable[[frozenset[str]], float]:
    """How far an item of the map comes about with some initiatives only, between 0 and 1."""
    found = known.map
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

        def of(way: Way) -> float:
            if way not in known.coming[way.target]:
                return 0.0
            asked = needs.get(way.source)
            return level.get(way.source, 1.0) if asked is None else float(asked <= there)

        for one in upstream:
            level[one] = level_of(found.into.get(one, ()), of)
        return level[node]

    return degree


def _lost(known: Losses, pool: Mapping[str, float]) -> tuple[dict[str, float], float]:
    """What would be lost of a pool without each initiative, and what none of them can take away."""
    anyway = known.anyway()
    return known.lost_of(pool), math.fsum(value * anyway[node] for node, value in pool.items())


def _played(known: Losses, pool: Mapping[str, float], samples: int, seed: int) -> tuple[dict[str, float], dict[str, float], float]:
    """(parts, standard errors, what no initiative brings) of Shapley values, which add over the values of the pool."""
    needs, names = known.needs(), known.initiatives
    found, behind = levels(known, needs), _behind(known, needs)
    terms: dict[int, float] = {}
    sums: dict[str, float] = {}
    squares: dict[str, float] = {}
    players, rest = 0, []
    for node in sorted(pool):
        level, players = found[node], players | behind[node]
        if level is None:
            rest.append(_sampled(known, node, pool[node], samples, f"{seed}/{node}", sums, squares))
            continue
        for needed, amount in dividends(level).items():
            terms[needed] = terms.get(needed, 0.0) + pool[node] * amount
        rest.append(pool[node] * (1 - math.fsum(amount for ways, amount in level.items() if ways)))
    due = shared_alike(terms, len(names))
    parts = {names[place]: due[place] + sums.get(names[place], 0.0) for place in places_of(players)}
    return parts, {name: math.sqrt(square) for name, square in squares.items()}, math.fsum([*rest, terms.get(0, 0.0)])


def _behind(known: Losses, needs: Mapping[str, int]) -> dict[str, int]:
    """The initiatives behind everything on the map that come as things stand, as bits."""
    out: dict[str, int] = {}
    for node in known.map.order:
        bits = 0
        for way in known.coming.get(node, ()):
            bits |= needs[way.source] if way.source in needs else out.get(way.source, 0)
        out[node] = bits
    return out


def _sampled(known: Losses, node: str, value: float, samples: int, seed: str, sums: dict[str, float], squares: dict[str, float]) -> float:
    """Adds to sums, and to squares of errors, what each initiative adds to an item of the map; gives what none of them brings."""
    names, needs = known.initiatives, known.needs()
    asked = {source: frozenset(names[place] for place in places_of(needs[source])) for source in _work_of(known, node)}
    players = sorted(frozenset[str]().union(*asked.values()))
    degree = _degrees(known, asked, node)
    if len(players) <= EXACT_PLAYERS:
        parts, errors = shapley(players, degree), dict.fromkeys(players, 0.0)
    else:
        parts, errors = shapley_over(players, degree, _orders(players, samples, seed))
    for player in players:
        sums[player] = sums.get(player, 0.0) + value * parts[player]
        squares[player] = squares.get(player, 0.0) + (value * errors[player]) ** 2
    return value * (degree(frozenset()) + 1 - degree(frozenset(players)))


def _work_of(known: Losses, node: str) -> set[str]:
    """The pieces of work behind an item of the map that come as things stand."""
    found = known.map
    seen, stack, out = {node}, [node], set[str]()
    while stack:
        for way in known.coming.get(stack.pop(), ()):
            if found.initiative(way.source):
                out.add(way.source)
            elif way.source not in seen:
                seen.add(way.source)
                stack.append(way.source)
    return out


def _orders(players: list[str], count: int, seed: str) -> Iterator[list[str]]:
    draws = random.Random(seed)
    for _ in range(count):
        order = players[:]
        draws.shuffle(order)
        yield order
