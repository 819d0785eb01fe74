"""Why a date, a cost or a benefit moved: the movement shared out over what was changed, in parts that sum to it exactly.

Where changes act on their own each part is what the change alone does. Where they interact (two paths to one finish, a
delay that another hides) the parts are Shapley values: what a change adds on average over all orders in which the changes
could have come. Source: Shapley, A Value for n-Person Games (1953), the one rule that is symmetric, additive and leaves
nothing over.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import get_args

import attrs

from ipmo.analysis.change.applying import applied, refuse_loops
from ipmo.analysis.change.comparison import Comparison
from ipmo.analysis.change.differences import Difference, carried_over, difference_of, differences
from ipmo.analysis.change.quantity import Quantity, What
from ipmo.analysis.dates.schedule import OnCycle
from ipmo.analysis.shapley import shapley, shapley_over
from ipmo.errors import IpmoError, OptionError, ScheduleError, UnknownItemError, close_matches, one_of
from ipmo.model.changes import Change, as_changes
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.notebooks import Shown
from ipmo.tables import Answer, Column, Table, row_at

__all__ = ["Part", "VarianceAnalysis", "variance_analysis"]

FEW = 5
"""Changes up to which every order is counted even where first and last agree."""
EXACT = 8
"""Changes up to which every order is counted."""
OWN = "each change acts on its own"
BUDGET = 600
"""Schedules that may be made where the orders are too many to count."""
NOTHING = Fraction(0)
Group = tuple[int, ...]
"""Changes that are counted together, by their numbers."""
Made = Callable[[Iterable[int]], Portfolio]
"""Makes the portfolio with some of the changes."""


@attrs.frozen(kw_only=True)
class Part(Shown):
    """What one change did to the movement.

    Args:
        change: what was changed, in words.
        items: full ids that it touches.
        amount: its part, exact: days on the item's calendar, or money.
        alone: what it would have done alone.
        on_path: it touches an item on the driving path to the item, before or after.
    """

    change: str
    items: tuple[str, ...]
    amount: Fraction
    alone: Fraction
    on_path: bool


@attrs.frozen(kw_only=True)
class VarianceAnalysis(Answer[str, Part]):
    """The answer of `variance_analysis`.

    Args:
        item: what moved.
        what: date, budget, forecast or value.
        before: as it was, in words.
        after: as it is.
        change: the movement, exact: the sum of the parts.
        unit: `d`, `ed`, or a currency.
        rule: how it was shared out.
        parts: the largest first; those that did nothing are left out.
    """

    item: str
    what: str
    before: str
    after: str
    change: Fraction
    unit: str
    rule: str
    parts: tuple[Part, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """What was changed, in words, the largest part first."""
        return tuple(part.change for part in self.parts)

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    def __getitem__(self, key: int | str) -> Part:
        """By size from 0, or by what was changed: in words, or the id of an item that only one change touches.

        Raises:
            UnknownItemError: no part, or more than one, bears that name.
        """
        if isinstance(key, int):
            return row_at(self.parts, key, "the parts of this movement")
        found = [part for part in self.parts if part.change == key] or [part for part in self.parts if key in part.items]
        if len(found) != 1:
            names = [part.change for part in self.parts]
            raise UnknownItemError(key, close_matches(key, names), "the parts of this movement, or is touched by several")
        return found[0]

    def __bool__(self) -> bool:
        return bool(self.change or self.parts)

    def table(self) -> Table:
        """One row a part: change, items, amount, alone, on_path."""
        return Table(
            [
                Column("change", "str", [p.change for p in self.parts]),
                Column("items", "str", [", ".join(p.items) for p in self.parts]),
                Column("amount", "float", [float(p.amount) for p in self.parts], self.unit),
                Column("alone", "float", [float(p.alone) for p in self.parts], self.unit),
                Column("on_path", "bool", [p.on_path for p in self.parts]),
            ]
        )

    def explain(self) -> str:
        """The movement and its parts in words, a line each."""
        if not self:
            return f"{self.item} did not move"
        lines = [f"{self.what} of {self.item}: {self.before} to {self.after}, {_signed(self.change)} {self.unit}; {self.rule}"]
        lines += [f"  {_signed(p.amount)} {self.unit}  {p.change}" for p in self.parts]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.explain()


def _signed(amount: Fraction) -> str:
    text = f"{float(amount):+,.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("+0", "-0") else text


def variance_analysis(
    before: Portfolio | Comparison,
    after: Portfolio | Sequence[Change | Mapping[str, object]] | str,
    item: str | None = None,
    *,
    what: What = "date",
    on_cycle: OnCycle = "error",
) -> VarianceAnalysis:
    """Why something is other than it was, in parts that sum to the movement.

    Args:
        before: the earlier portfolio; or a comparison, then the item follows it: `variance_analysis(what_if(...), "transit")`.
        after: the later portfolio, or the changes that were made.
        item: a project, programme or the portfolio, a task, gate or benefit.
        what: `date` (its finish; of a benefit its start), `budget`, `forecast`, or `value` (of a benefit).
        on_cycle: as in `schedule`. On the way from before to after loops are cut, whatever this says.

    Raises:
        CycleError: links form a loop, before or after.
        OptionError: `what` is none of these.
        UnknownItemError: there is no such item.
        ScheduleError: it has no such figure before or after.
    """
    one_of("what", what, get_args(What))
    if isinstance(before, Comparison):
        item = str(after) if item is None else item
        after = before.changes or before.after
        before = before.before
    if item is None:
        raise OptionError("item", None, takes="the id of what moved, after the two portfolios or after a comparison")
    earlier = before
    if isinstance(after, Portfolio):
        later = after
        found = differences(earlier, later)

        def made(chosen: Iterable[int]) -> Portfolio:
            return carried_over(earlier, later, [found[i] for i in chosen])

    else:
        changes = as_changes(after)
        later = applied(earlier, changes)
        found = [difference_of(earlier, change) for change in changes]

        def made(chosen: Iterable[int]) -> Portfolio:
            return applied(earlier, [changes[i] for i in sorted(chosen)])

    refuse_loops(on_cycle, earlier, later)
    return _shared(Quantity(earlier, later, item, what), found, made)


def _shared(quantity: Quantity, found: Sequence[Difference], made: Made) -> VarianceAnalysis:
    """The movement of a quantity over what is other."""
    start, end = quantity.of(quantity.before), quantity.of(quantity.after)
    if start is None or end is None:
        side = "before" if start is None else "after"
        unclear = {name: doubt for name, pf in (("after", quantity.after), ("before", quantity.before)) if (doubt := quantity.doubt(pf))}
        for name, doubt in unclear.items():
            raise ScheduleError(f"the date of {quantity.item!r} is not known {name}: {doubt}; nothing can be said of how it moved")
        raise ScheduleError(f"{quantity.item!r} has no {quantity.what} {side}; nothing can be said of how it moved")
    relevant = quantity.relevant(found)
    try:
        shares = _by_project(quantity, found, made, end - start) or Game(quantity, made, start).play(relevant, end)
    except UnknownOnTheWayError:
        shares = Shares("all changes together: on the way between them it has no figure", {tuple(relevant): end - start})
    parts = []
    for group, amount in shares.amounts.items():
        touched = [found[i] for i in group]
        items = tuple(dict.fromkeys(name for one in touched for name in one.items))
        alone = shares.alone.get(group, amount)
        if amount or alone:
            on_path = any(name in quantity.path for name in items)
            words = "; ".join(one.words for one in touched)
            parts.append(Part(change=words, items=items, amount=amount, alone=alone, on_path=on_path))
    parts.sort(key=lambda p: (-abs(p.amount), not p.on_path, p.change))
    return VarianceAnalysis(
        item=quantity.item,
        what=quantity.what,
        before=quantity.words(quantity.before),
        after=quantity.words(quantity.after),
        change=end - start,
        unit=quantity.unit,
        rule=shares.rule,
        parts=tuple(parts),
    )


@attrs.frozen
class Shares:
    """A movement shared out.

    Args:
        rule: how.
        amounts: the part of each group of changes.
        alone: what a group would have done alone, where that is another amount.
    """

    rule: str
    amounts: Mapping[Group, Fraction]
    alone: Mapping[Group, Fraction] = attrs.field(factory=dict)


def _by_project(quantity: Quantity, found: Sequence[Difference], made: Made, change: Fraction) -> Shares | None:
    """Money of a portfolio or programme adds: what changed in each project has that project's movement.

    None where that does not make up the whole: a rate is other, or a figure is stated above the projects.
    """
    if quantity.what not in ("budget", "forecast") or isinstance(quantity.noun, Project | Task):
        return None
    old, new = (quantity.of_projects(portfolio) for portfolio in (quantity.before, quantity.after))
    moved = {name: new.get(name, NOTHING) - old.get(name, NOTHING) for name in dict.fromkeys([*old, *new])}
    moved = {name: amount for name, amount in moved.items() if amount}
    if sum(moved.values(), NOTHING) != change or any(one.rates for one in found):
        return None
    touching: dict[str, list[int]] = {}
    for i, one in enumerate(found):
        for name in one.tops:
            touching.setdefault(name, []).append(i)
    amounts: dict[Group, Fraction] = {}
    for name, amount in moved.items():
        numbers = touching.get(name, [])
        if not numbers:
            return None
        if len(numbers) > 1 and name in old and name in new:
            within = Quantity(quantity.before, quantity.after, name, quantity.what)
            parts = Game(within, made, old[name]).play(numbers, new[name]).amounts
        else:
            parts = {tuple(numbers): amount}
        for group, part in parts.items():
            amounts[group] = amounts.get(group, NOTHING) + part
    return Shares("money adds: each change has what its project moved", amounts)


class UnknownOnTheWayError(Exception):
    """Somewhere between before and after the item has no such figure."""


class Game:
    """What each set of changes does to a quantity; each set is worked out once."""

    def __init__(self, quantity: Quantity, made: Made, start: Fraction) -> None:
        self.quantity, self.made = quantity, made
        self.known: dict[frozenset[int], Fraction] = {frozenset(): start}

    def value(self, chosen: Iterable[int]) -> Fraction:
        """The quantity when some of the changes are made."""
        key = frozenset(chosen)
        if key not in self.known:
            try:
                found = self.quantity.of(self.made(key))
            except IpmoError:
                found = None
            if found is None:
                raise UnknownOnTheWayError
            self.known[key] = found
        return self.known[key]

    def play(self, players: Sequence[int], end: Fraction) -> Shares:
        """The movement to its end, shared out over some changes."""
        start, everyone = self.known[frozenset()], frozenset(players)
        self.known[everyone] = end
        alone = {i: self.value([i]) - start for i in players}
        if len(players) == 1:
            return _single("one change", alone, alone)
        last = {i: end - self.value(everyone - {i}) for i in players}
        if len(players) > FEW and sum(alone.values(), NOTHING) == end - start and alone == last:
            return _single(OWN, alone, alone)
        still = [i for i in players if alone[i] or last[i]] if len(players) > EXACT else list(players)
        rest = end - self.value(still)
        amounts = dict.fromkeys(players, NOTHING)
        if len(still) <= EXACT:
            amounts |= shapley(still, self.value)
            rule = OWN if amounts == alone else f"they interact: Shapley over {len(still)} changes, all orders"
        else:
            pairs = max(2, BUDGET // len(still)) // 2
            amounts |= shapley_over(still, self.value, _orders(still, pairs))[0]
            rule = f"they interact: Shapley over {len(still)} changes, averaged over {2 * pairs} orders drawn from their names"
        if rest:  # what only several of those that do nothing alone bring about
            quiet = [i for i in players if i not in still]
            for i in quiet:
                amounts[i] += rest / len(quiet)
        return _single(rule, amounts, alone)


def _single(rule: str, amounts: Mapping[int, Fraction], alone: Mapping[int, Fraction]) -> Shares:
    """Shares of changes that are counted one by one."""
    return Shares(rule, {(i,): amount for i, amount in amounts.items()}, {(i,): amount for i, amount in alone.items()})


def _orders(players: Sequence[int], pairs: int) -> list[list[int]]:
    """Orders drawn from the players' numbers, each followed by its reverse."""
    rng = random.Random("\n".join(map(str, sorted(players))))
    orders: list[list[int]] = []
    for _ in range(pairs):
        order = list(players)
        rng.shuffle(order)
        orders += [order, order[::-1]]
    return orders
