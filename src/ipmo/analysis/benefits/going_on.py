"""Whether work is worth going on with: the benefit still to come that is lost without it, by the cost still to come."""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Iterable, Iterator, Sequence

import attrs

from ipmo.analysis.benefits.realisation import benefits
from ipmo.analysis.money.amounts import cents
from ipmo.analysis.money.remaining import NO_EXIT, Remaining
from ipmo.analysis.money.unrated import counted_in, own_currency
from ipmo.errors import listed
from ipmo.memory import remember
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project
from ipmo.network.losses import Losses, losses
from ipmo.network.ports import Failing
from ipmo.notebooks import Shown
from ipmo.tables import Column, Rows, Table
from ipmo.units import Money
from ipmo.words import agree, beside, counted

__all__ = ["GoingOn", "Worth", "worth_going_on"]


@attrs.frozen(kw_only=True)
class Worth(Shown):
    """What one project still brings and still costs.

    Args:
        project: its id.
        benefit: present value of the benefits still to come that are lost without it; None where none that it serves is known.
        cost: forecast at completion less what was spent; None where it is not known.
        exit_cost: what ending it now would cost; None where that is not known.
        no_exit: why it is not known.
        enables: other projects that fail without it, in whole or in part.
        shared: other projects without which some of the same benefits are lost too.
        unknown: benefits that may be lost without it and whose value is not known: `benefit` and the ratio are at least what is said.
        instead: benefits that it would bring and that are not lost without it, each with what stands in for it.
        reason: why a figure is not known.
        unrecorded: begun work of which nobody says what it has cost so far: `cost` is at most that, and the ratio at least.
    """

    project: str
    benefit: Money | None = None
    cost: Money | None = None
    exit_cost: Money | None = None
    no_exit: str = NO_EXIT
    enables: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    instead: tuple[tuple[str, tuple[str, ...]], ...] = ()
    reason: str = ""
    unrecorded: tuple[str, ...] = ()

    @property
    def ratio(self) -> float | None:
        """Benefit for each unit of money still to be spent; None where a half is not known, or nothing is still to be spent."""
        if self.benefit is None or self.cost is None or self.cost.amount <= 0:
            return None
        return float(self.benefit.amount / self.cost.amount)

    @property
    def at_least(self) -> bool:
        """The ratio may be more than is said: a benefit has no known value, or nobody says what begun work has cost so far."""
        return bool(self.unknown or self.unrecorded)

    @property
    def freed(self) -> Money | None:
        """What stopping now would free: the cost still to come less what getting out costs; None where either is not known."""
        if self.cost is None or self.exit_cost is None:
            return None
        return Money(self.cost.amount - self.exit_cost.amount, self.cost.currency)

    @property
    def net(self) -> Money | None:
        """What going on brings beyond stopping: the benefit still to come less what stopping would free; None where either is not known."""
        if self.benefit is None or self.freed is None:
            return None
        return Money(self.benefit.amount - self.freed.amount, self.benefit.currency)

    @property
    def pays_to_stop(self) -> bool:
        """The cost still to come is more than the benefit, and getting out does not eat up the difference where its cost is stated.

        Where the ratio is only a least one, it is not known to.
        """
        return self.ratio is not None and self.ratio < 1 and not self.at_least and (self.net is None or self.net.amount < 0)

    def __str__(self) -> str:
        if self.benefit is None or self.cost is None:
            return f"{self.project}: not known: {self.reason}"
        text = f"{self.project}: {'at least ' if self.unknown else ''}{self.benefit:,} of benefit still to come needs {'at most ' if self.unrecorded else ''}{self.cost:,} still to be spent"
        if self.ratio is not None:
            text += f": {'at least ' if self.at_least else ''}{beside(self.ratio, 1)} for each unit"
        return f"{text}; {self.stopping}{self.said}"

    @property
    def stopping(self) -> str:
        """What stopping would free, and what going on brings beyond it."""
        if self.freed is None or self.net is None or self.exit_cost is None:
            return f"stopping would free that at most: {self.no_exit}" if self.cost is not None else self.no_exit
        text = f"stopping would free {'at most ' if self.unrecorded else ''}{self.freed:,} after {self.exit_cost:,} to get out"
        if self.freed.amount <= 0:
            text = f"stopping would free nothing: getting out costs {self.exit_cost:,}"
        if self.at_least:
            return text
        if self.net.amount < 0:
            return f"{text}, {Money(-self.net.amount, self.net.currency):,} more than is lost"
        return f"{text}, {self.net:,} less than is lost" if self.net.amount else f"{text}, as much as is lost"

    @property
    def said(self) -> str:
        """What it enables, who is needed for the same benefits, and who stands in for it, as the end of a sentence."""
        text = f"; what {listed(self.unrecorded)} cost so far is not recorded (actual:)" if self.unrecorded else ""
        text += f"; it enables {listed(self.enables)}" if self.enables else ""
        text += f"; the same benefits need {listed(self.shared)} too" if self.shared else ""
        for benefit, others in self.instead:
            text += f"; {benefit!r} is not lost without it while {listed(others)} {agree(len(others), 'stands', 'stand')} in"
        return text + (f"; at least, for {listed(self.unknown)} is not known" if self.unknown else "")


class GoingOn(Rows[str, Worth]):
    """The answer of `worth_going_on`: by project, in the order of the file."""

    def __init__(self, rows: Iterable[Worth], currency: str = "") -> None:
        super().__init__({row.project: row for row in rows}, "the projects that are under way or proposed")
        self.currency = currency
        """Of the columns of its table; amounts of work in another one without an exchange rate are blank there."""

    def explain(self, project: str) -> str:
        """What a project still brings and costs, what it enables, and who is needed beside it.

        Raises:
            UnknownItemError: there is no such project here.
        """
        return str(self[project])

    def table(self) -> Table:
        """One row a project: project, benefit, cost, ratio, exit_cost, freed, net, enables, shared, instead, reason, unrecorded, unknown.

        `freed` is what stopping would free, `net` what going on brings beyond that. Where begun work is `unrecorded`, the cost is at most
        what is shown, and the ratio at least; so it is, and the benefit, where `unknown` ones may be lost too.
        """
        rows = self.rows
        amounts = (one.currency for row in rows for one in (row.benefit, row.cost, row.exit_cost) if one is not None)
        currency = self.currency or next(amounts, "")

        def money(name: str) -> Column:
            values = [getattr(row, name) for row in rows]
            return Column(
                name, "float", [None if one is None or one.currency != currency else float(one.amount) for one in values], currency
            )

        return Table(
            [
                Column("project", "str", [row.project for row in rows]),
                money("benefit"),
                money("cost"),
                Column("ratio", "float", [row.ratio for row in rows]),
                money("exit_cost"),
                money("freed"),
                money("net"),
                Column("enables", "str", [", ".join(row.enables) for row in rows]),
                Column("shared", "str", [", ".join(row.shared) for row in rows]),
                Column("instead", "str", [", ".join(dict.fromkeys(one for _, others in row.instead for one in others)) for row in rows]),
                Column("reason", "str", [row.reason for row in rows]),
                Column("unrecorded", "str", [", ".join(row.unrecorded) for row in rows]),
                Column("unknown", "str", [", ".join(row.unknown) for row in rows]),
            ]
        )

    def __repr__(self) -> str:
        less = sum(row.pays_to_stop for row in self.rows)
        blank = sum(row.ratio is None or (row.ratio < 1 and row.at_least) for row in self.rows)
        text = f"{less} {agree(less, 'costs', 'cost')} more than {agree(less, 'it brings', 'they bring')}, {blank} not known"
        return f"<GoingOn: {counted(len(self), 'project')}, {text}>"


def worth_going_on(portfolio: Portfolio) -> GoingOn:
    """What every open project still brings, by what it still costs: sunk cost, and benefits that have come, are left out.

    The benefit is what would be lost without the project, with all that it enables: where two are needed, each is asked
    for the whole, because stopping either loses it. The cost is the stated forecast less what was spent; where none is
    stated the budget stands for it, at the rate at which it is spent where what is earned is known (EAC = BAC / CPI). The ratio is
    benefit by cost; where begun work states no actual cost, what is left is at most that, and the ratio at least. Beside it stands what stopping would free once `exit_cost:` is paid. Where others would bring a benefit
    about in its place, nothing of it is lost: `instead` names them.

    A missing exchange rate leaves what is stated in that currency unknown, with the reason, and nothing else; a project whose money and
    benefits are all in it has its ratio all the same, its amounts in that currency.

    Source: HM Treasury, The Green Book (sunk costs are left out); MoP, MOP-R12; BEN-R10.

    Args:
        portfolio: the portfolio.

    Raises:
        ScheduleError: nothing says when the portfolio starts.
        UnitError: money of two price bases would be mixed.
    """
    return remember(portfolio, "worth going on", lambda: _found(portfolio))


def _found(portfolio: Portfolio) -> GoingOn:
    """Every row; of what is stated in one currency without an exchange rate, in that currency."""
    rows, apart = list[Worth](), dict[str, dict[str, Worth]]()
    whole = _rows(portfolio)
    currency = next((one.currency for row in whole for one in (row.benefit, row.cost, row.exit_cost) if one is not None), "")
    for row in whole:
        project = portfolio.items[row.project] if row.ratio is None and "no rate from" in row.reason else None
        other = own_currency([project]) if isinstance(project, Project) else ""
        if other and other != currency:
            if other not in apart:
                apart[other] = {one.project: one for one in _rows(counted_in(portfolio, other))}
            found = apart[other][row.project]
            row = attrs.evolve(found, reason=row.reason) if found.ratio is not None else row
        rows.append(row)
    return GoingOn(rows, currency)


def _rows(portfolio: Portfolio) -> list[Worth]:
    worth = benefits(portfolio, unrated="unknown")
    parts = worth.parts
    pool = {name: amount / parts[name] for name, amount in worth.coming.items()}
    blank = {benefit.id for benefit in portfolio.benefits if benefit.id not in pool and benefit.value is not None}
    never = {name for name in blank if worth[name].never}  # nothing of it is still to come, whoever goes on
    pool |= dict.fromkeys(never, 0.0)
    blank -= never
    known, costs, names = losses(portfolio), Remaining(portfolio), Names(portfolio)
    order, served_by = known.map.order, known.serves()
    amounts = [pool.get(name) for name in order]
    lost, valued = _lost_of_pool(known, amounts), [amount or 0.0 for amount in amounts]
    needed_for = [0] * len(order)
    for name, number in names.number.items():
        bit = 1 << number
        for place in lost[name][0]:
            needed_for[place] |= bit
    coming = {one for one, value in pool.items() if value and known.base.get(one)}
    open_ones = [p for p in portfolio.projects if not (p.stopped or p.state == "closed" or p.actual_finish is not None)]
    enabled = names.enabled(known, open_ones)
    beside = (
        functools.reduce(operator.or_, map(needed_for.__getitem__, lost[project.id][0]), 0) & ~fails
        for project, fails in zip(open_ones, enabled, strict=True)
    )
    out = []
    own = (1 << names.number[project.id] for project in open_ones)
    enables = names.of_each(fails & ~one for fails, one in zip(enabled, own, strict=True))
    for project, others, shared in zip(open_ones, enables, names.of_each(beside), strict=True):
        (places, shares), served = lost[project.id], served_by[project.id]
        dark = blank & served if blank else blank
        unknown = tuple(sorted(one for one in dark if not known.base.get(one) or one in known.without(project.id)))
        cost, reason = costs.left(project.id)
        amount = None
        if not served.isdisjoint(pool):
            amount = cents(math.fsum(map(operator.mul, map(valued.__getitem__, places), shares)), worth.currency)
        else:
            why = worth[min(dark)].reason if dark else "it serves no benefit that states a value"
            reason = reason or why
        exit_cost, no_exit = costs.exit_cost(project.id)
        missed = (coming & served).difference(map(order.__getitem__, places))
        out.append(
            Worth(
                project=project.id, benefit=amount, cost=cost, exit_cost=exit_cost, no_exit=no_exit, enables=others,
                shared=shared, unknown=unknown, reason=reason,
                instead=tuple(sorted(known.instead(project.id, missed).items())),
                unrecorded=costs.unrecorded(project.id) if cost is not None else (),
            )
        )  # fmt: skip
    return out


def _lost_of_pool(known: Losses, amounts: Sequence[float | None]) -> dict[str, tuple[Sequence[int], Sequence[float]]]:
    """Of each initiative: the places on the map of valued benefits that are lost without it, and how much of each."""
    lost = known.lost_places()
    if None not in amounts:
        return lost
    some = {name: [pair for pair in zip(*both, strict=True) if amounts[pair[0]] is not None] for name, both in lost.items()}
    return {name: ([place for place, _ in pairs], [share for _, share in pairs]) for name, pairs in some.items()}


SOME = 1024
"""Sets whose names are told at once."""


class Names:
    """Sets of projects as bits of numbers, in the order of their ids.

    Args:
        portfolio: the portfolio.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self._projects = portfolio.projects
        self._ids = sorted(project.id for project in portfolio.projects)
        self.number = {name: number for number, name in enumerate(self._ids)}
        """The bit of each project."""

    def of_each(self, sets: Iterable[int]) -> Iterator[tuple[str, ...]]:
        """The projects of each of many sets."""
        import numpy as np

        names = np.array(self._ids, object)
        width, waiting = (len(self._ids) + 63) // 64 * 8, iter(sets)
        while some := list(itertools.islice(waiting, SOME)):
            rows = np.frombuffer(b"".join(bits.to_bytes(width, "little") for bits in some), np.int64)
            first, places = Failing(rows.reshape(len(some), -1), len(self._ids)).each
            found, ends = names[places].tolist(), first.tolist()
            yield from (tuple(found[begin:end]) for begin, end in itertools.pairwise(ends))

    def enabled(self, known: Losses, projects: Sequence[Project]) -> list[int]:
        """Of each of some projects, the set of those that fail without it, in whole or in part; itself among them."""
        place, numbers = known.engine.web.place, [self.number[project.id] for project in self._projects]
        found = known.engine.failing_owners([place[project.id] for project in projects], numbers).rows()
        return [bits | 1 << self.number[project.id] for project, bits in zip(projects, found, strict=True)]
