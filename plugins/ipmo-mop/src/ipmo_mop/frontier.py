"""The efficient frontier: the most value that each amount of money buys, by exact optimisation, and what one more million would buy.

Every point is a selection that no other beats in value at its cost or less (the constraint method: Haimes, Lasdon and Wismer, 1971). A ranking by
value for money gives these points only where projects are independent and can be cut to size (Merkhofer); its curve stands beside them.
The dual is the shadow price of money in the linear relaxation: right for money in small amounts, and no promise where projects are lumps.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections.abc import Mapping
from fractions import Fraction

import attrs

from ipmo.figures.axes import number_ticks, scaled
from ipmo.figures.scatter import Axis, scatter
from ipmo.model import Portfolio
from ipmo.plugin import Column, Figure, ModelError, Shown, ShownAnswer, Table, UnitError, UnknownItemError, close_matches
from ipmo_mop.choosing import problem_of
from ipmo_mop.selection import Candidate, Rule, SelectionProblem, best_under, cheapest_of, ranked

__all__ = ["Bought", "Frontier", "FrontierPoint", "frontier", "frontier_of"]

FAR = float("inf")


@attrs.frozen(kw_only=True)
class FrontierPoint(Shown):
    """A selection that nothing beats at its cost.

    Args:
        cost: what it costs, with what is committed, exact.
        value: what it is worth.
        chosen: its projects, in the order of the candidates.
        dual: value for one more unit of money there, in the linear relaxation; None where that has none.
        ranked: what the ranking by value for money is worth with that money.
    """

    cost: Fraction
    value: float
    chosen: tuple[str, ...]
    dual: float | None
    ranked: float


@attrs.frozen(kw_only=True)
class Bought(Shown):
    """What more money buys.

    Args:
        budget: the money that there is.
        more: what would be added.
        value: what the best selection gains by it.
        enters, leaves: what that selection takes in and gives up.
        next: the least that must be added for any gain; None where no money buys more.
        text: in one sentence.
    """

    budget: Fraction
    more: Fraction
    value: float
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    next: Fraction | None
    text: str


class Frontier(ShownAnswer):
    """The answer of `frontier`: its points, from the least money to the most.

    Args:
        points: the points.
        unit: of the money.
        axis: what the money is: of all periods, or of one.
        whole: every point was found; else there are more below the first.
        unbound: why envelopes that should hold are not known, so that they bind nothing; empty where all are.
    """

    def __init__(self, points: tuple[FrontierPoint, ...], unit: str, axis: str, *, whole: bool, unbound: tuple[str, ...] = ()) -> None:
        self.points, self.unit, self.axis, self.whole, self.unbound = points, unit, axis, whole, unbound

    def __len__(self) -> int:
        return len(self.points)

    def at(self, budget: Fraction | float) -> FrontierPoint | None:
        """The best selection that an amount of money pays for; None where it pays for none.

        Raises:
            UnitError: the frontier was cut off above that amount.
        """
        place = bisect.bisect_right([point.cost for point in self.points], Fraction(budget))
        if place:
            return self.points[place - 1]
        if not self.whole:
            raise UnitError(f"the frontier begins at {float(self.points[0].cost):,.10g}; ask for more points (most=)")
        return None

    def buys(self, budget: Fraction | float, more: Fraction | float) -> Bought:
        """What more money would buy, by optimising anew with it: one more million is `buys(budget, 1_000_000)`.

        Raises:
            UnitError: the frontier was cut off above that budget.
        """
        budget, more = Fraction(budget), Fraction(more)
        before, after = self.at(budget), self.at(budget + more)
        old = () if before is None else before.chosen
        new = old if after is None else after.chosen
        gain = 0.0 if after is None else after.value - (0.0 if before is None else before.value)
        beyond = next((point.cost for point in self.points if point.cost > budget and (before is None or point.value > before.value)), None)
        enters, leaves = tuple(n for n in new if n not in old), tuple(n for n in old if n not in new)
        amount = f"{float(more):,.10g} {self.unit}".strip()
        if gain > 0:
            change = " and ".join(
                w for w in (f"take {', '.join(enters)}" if enters else "", f"drop {', '.join(leaves)}" if leaves else "") if w
            )
            text = f"{amount} more buys {gain:.6g} ({change})"
        elif beyond is None:
            text = f"{amount} more buys nothing: no money does"
        else:
            text = f"{amount} more buys nothing; {float(beyond - budget):,.10g} {self.unit}".rstrip() + " more would"
        return Bought(
            budget=budget,
            more=more,
            value=gain,
            enters=enters,
            leaves=leaves,
            next=None if beyond is None else beyond - budget,
            text=text,
        )

    def plot(self) -> Figure:
        """A picture of it: money to the right, value upwards, a dot for each selection that no other beats at its cost.

        Raises:
            ModelError: no selection is feasible.
        """
        if not self.points:
            raise ModelError(f"no selection is feasible, so there is no frontier of {self.axis} to draw")
        most = float(self.points[-1].cost)
        size, word = scaled(most)
        pairs = [(float(point.cost) / size, point.value) for point in self.points]
        best = max(value for _, value in pairs)
        across = Axis(
            name=f"{self.axis}, {word} {self.unit}".replace(", ,", ",").strip(),
            ends=(0.0, most / size * 1.05 or 1.0),
            ticks=number_ticks(0, most / size * 1.05),
        )
        up = Axis(name="value", ends=(0.0, best * 1.08 or 1.0), ticks=number_ticks(0, best * 1.08))
        return scatter(pairs, pairs, across, up, title="Efficient frontier", note="no selection is worth more at its cost")

    def table(self) -> Table:
        """One row a point: cost, value, gained (over the point before), gained and dual per million of money, ranked, projects, binds_nothing (envelopes that are not known, and why)."""
        steps = [None, *itertools.pairwise(self.points)][: len(self.points)]
        gained = [None if step is None else step[1].value - step[0].value for step in steps]
        ratio = [None if step is None else 1e6 * (step[1].value - step[0].value) / float(step[1].cost - step[0].cost) for step in steps]
        return Table(
            [
                Column("cost", "float", [float(point.cost) for point in self.points], self.unit),
                Column("value", "float", [point.value for point in self.points]),
                Column("gained", "float", gained),
                Column("gained_per_million", "float", ratio),
                Column("dual_per_million", "float", [None if point.dual is None else 1e6 * point.dual for point in self.points]),
                Column("ranked", "float", [point.ranked for point in self.points]),
                Column("projects", "str", [", ".join(point.chosen) for point in self.points]),
                Column("binds_nothing", "str", ["; ".join(self.unbound) or None] * len(self.points)),
            ]
        )

    def __repr__(self) -> str:
        said = "".join(f"; {why}: it binds nothing" for why in self.unbound)
        if not self.points:
            return f"<Frontier of {self.axis}: no selection is feasible{said}>"
        first, last = self.points[0], self.points[-1]
        return f"<Frontier of {self.axis}: {len(self.points)} selections, {first.value:g} for {float(first.cost):,.10g} to {last.value:g} for {float(last.cost):,.10g} {self.unit}{said}>"


def frontier(
    portfolio: Portfolio, value: str | Mapping[str, float] = "", *, period: str | None = None, most: int = 200, seconds: float | None = None
) -> Frontier:
    """The most value for every amount of money, under all rules of a selection but the budget that varies.

    Args:
        portfolio: the portfolio, with envelopes.
        value: what projects are worth: see `select`.
        period: the envelope that varies, the others hold; when left out the money of all periods together, and no envelope holds.
        most: points at most, from the dearest down.
        seconds: the most that one solve may take.

    Raises:
        UnknownItemError: there is no envelope of that period.
        UnitError: there is nothing to rank by, or a solve was not finished in its time.
    """
    return frontier_of(problem_of(portfolio, value), period=period, most=most, seconds=seconds)


def frontier_of(problem: SelectionProblem, *, period: str | None = None, most: int = 200, seconds: float | None = None) -> Frontier:
    """The frontier of a selection problem: see `frontier`."""
    if period is not None and period not in problem.envelopes and period not in problem.unknown:
        raise UnknownItemError(period, close_matches(period, problem.envelopes), "the envelopes")
    if most < 1:
        raise UnitError(f"most={most} asks for no point; write 1 or more")
    kept = {name: limit for name, limit in problem.envelopes.items() if period is not None and name != period}
    free = attrs.evolve(problem, envelopes=kept)
    costs = {c.id: sum(c.costs.values(), Fraction(0)) if period is None else c.costs.get(period, Fraction(0)) for c in problem.candidates}
    gone = sum((amount for name, amount in problem.committed.items() if period in (None, name)), Fraction(0))
    unbound = tuple(why for name, why in problem.unknown.items() if period is not None and name != period)
    step = _step(costs)
    points: list[FrontierPoint] = []
    limit: Fraction | None = None
    while len(points) < most:
        rules = [] if limit is None else [_money(costs, limit)]
        best = best_under(free, rules, seconds)
        if best is None:
            return Frontier(tuple(reversed(points)), problem.unit, _axis(period), whole=True, unbound=unbound)
        cheapest = _cheapest(free, costs, best, rules, seconds)
        chosen = best if cheapest is None else cheapest
        spent = sum((costs[name] for name in chosen), Fraction(0))
        points.append(_point(problem, free, costs, chosen, spent, gone, period))
        limit = spent - step
    return Frontier(tuple(reversed(points)), problem.unit, _axis(period), whole=limit is not None and limit < 0, unbound=unbound)


def _axis(period: str | None) -> str:
    return "the money of all periods" if period is None else f"the envelope of {period}"


def _step(costs: Mapping[str, Fraction]) -> Fraction:
    """The least by which two selections can differ in cost: the greatest common divisor of all costs."""
    some = [cost for cost in costs.values() if cost]
    if not some:
        return Fraction(1)
    below = math.lcm(*(cost.denominator for cost in some))
    return Fraction(math.gcd(*(int(cost * below) for cost in some)), below)


def _money(costs: Mapping[str, Fraction], limit: Fraction) -> Rule:
    return Rule(
        kind="budget", text=f"at most {float(limit):,.10g}", weights={name: cost for name, cost in costs.items() if cost}, high=limit
    )


def _worth(problem: SelectionProblem, chosen: frozenset[str]) -> Rule:
    """At least as much value as a selection has, exactly."""
    worth = {c.id: Fraction(c.value) for c in problem.candidates}
    low = sum((worth[name] for name in chosen), Fraction(0))
    return Rule(kind="worth", text=f"worth {float(low):g} or more", weights={name: one for name, one in worth.items() if one}, low=low)


def _cheapest(
    problem: SelectionProblem, costs: Mapping[str, Fraction], best: frozenset[str], rules: list[Rule], seconds: float | None
) -> frozenset[str] | None:
    """The cheapest selection that is worth as much as one."""
    if problem.gains is not None:
        prices = {name: float(cost) for name, cost in costs.items()}
        found = cheapest_of(problem, prices, problem.worth(best), rules, seconds)
        return best if found is None or sum(costs[name] for name in found) > sum(costs[name] for name in best) else found
    return best_under(_cheap(problem, costs), [*rules, _worth(problem, best)], seconds)


def _cheap(problem: SelectionProblem, costs: Mapping[str, Fraction]) -> SelectionProblem:
    """The same problem where less money is more value."""
    return attrs.evolve(problem, candidates=[attrs.evolve(c, value=-float(costs[c.id])) for c in problem.candidates])


def _point(
    problem: SelectionProblem,
    free: SelectionProblem,
    costs: Mapping[str, Fraction],
    chosen: frozenset[str],
    spent: Fraction,
    gone: Fraction,
    period: str | None,
) -> FrontierPoint:
    one = "money"
    alone = attrs.evolve(
        problem, candidates=[Candidate(id=c.id, value=c.value, costs={one: costs[c.id]}, mandatory=c.mandatory) for c in problem.candidates],
        envelopes={one: spent}, committed={},
    )  # fmt: skip
    return FrontierPoint(
        cost=spent + gone,
        value=problem.worth(chosen),
        chosen=tuple(c.id for c in problem.candidates if c.id in chosen),
        dual=_dual(free, costs, spent),
        ranked=ranked(alone)[1],
    )


def _dual(problem: SelectionProblem, costs: Mapping[str, Fraction], budget: Fraction) -> float | None:
    """What one more unit of money is worth where projects can be cut to size: the marginal of the budget in the linear relaxation."""
    import numpy as np
    from scipy.optimize import linprog

    programme = problem.programme
    place, size = programme.place, len(programme.worth)
    if not problem.candidates:
        return None
    scale = max((abs(cost) for cost in costs.values()), default=Fraction(0)) or Fraction(1)
    asked = [({place[name]: float(cost / scale) for name, cost in costs.items()}, -FAR, float(budget / scale)), *programme.rows]
    for rule in problem.rules:
        most = max((abs(w) for w in rule.weights.values()), default=Fraction(0))
        if most:
            weights = {place[name]: float(weight / most) for name, weight in rule.weights.items()}
            low, high = (None if limit is None else float(limit / most) for limit in (rule.low, rule.high))
            asked.append((weights, -FAR if low is None else low, FAR if high is None else high))
    rows, limits = [], []
    for given, least, highest in asked:
        for sign, limit in ((1, highest), (-1, -least)):
            if limit < FAR:
                row = np.zeros(size)
                for column, weight in given.items():
                    row[column] = sign * weight
                rows.append(row)
                limits.append(limit)
    found = linprog([-one for one in programme.worth], A_ub=np.array(rows), b_ub=limits, bounds=(0, 1), method="highs")
    return None if found.status else float(-found.ineqlin.marginals[0]) / float(scale) + 0.0
