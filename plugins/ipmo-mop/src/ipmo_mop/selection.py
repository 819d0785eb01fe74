"""Which projects to fund: the exact optimum under budgets per period and rules between projects, and why.

Ranking by value for money is the optimum only where projects are independent and money can be split; here the problem is
solved as a mixed-integer programme (scipy `milp`, HiGHS), each answer checked in exact arithmetic. scipy is loaded when the
first selection is made: reading a file must not wait for it.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from ipmo.plugin import Column, Shown, ShownAnswer, Table, UnitError, UnknownItemError, close_matches
from ipmo_mop.linear import Row
from ipmo_mop.problem import Candidate, Rule, SelectionProblem
from ipmo_mop.staffing import Staffing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.optimize import OptimizeResult

__all__ = ["Candidate", "Choice", "Reason", "Rule", "Selection", "SelectionProblem", "best_under", "cheapest_of", "optimise", "ranked"]

FAR = float("inf")
ROUNDING, CLOSE = 1e-9, 1e-6
"""Shares of the largest value: what rounding may take off, and what the solver may leave."""
ROUNDS = 400
"""Of cuts; where these do not suffice the best that was found is said with its bound."""


@attrs.frozen(kw_only=True)
class Choice:
    """What the solver found.

    Args:
        status: optimal, feasible (stopped early), infeasible or unknown.
        chosen: the selection; None when none was found.
        value: of the selection.
        bound: no selection is worth more than this.
    """

    status: str
    chosen: frozenset[str] | None
    value: float | None
    bound: float | None

    @property
    def gap(self) -> float | None:
        """(bound - value) ÷ value: how much better a selection could be at most; 0 when it is the optimum."""
        if self.value is None or self.bound is None:
            return None
        return 0.0 if self.status == "optimal" else max(0.0, self.bound - self.value) / abs(self.value) if self.value else None


def _solve(
    problem: SelectionProblem,
    rules: Sequence[Rule],
    fixed: Mapping[str, bool],
    seconds: float | None,
    *,
    prices: Mapping[str, float] | None = None,
    least: float | None = None,
) -> Choice:
    """The best selection under some of the rules, checked exactly; what only floats or a bound of what comes let through is cut off.

    Args:
        problem: candidates and what they are worth.
        rules: to be kept.
        fixed: candidates that are in or out.
        seconds: the most that this may take.
        prices: the least of these is looked for instead of the most worth.
        least: that a selection is worth, where the least of prices is looked for.
    """
    import numpy as np

    names, programme = [c.id for c in problem.candidates], problem.programme
    count, size = len(names), len(programme.worth)
    if count == 0:
        kept = all(rule.holds(frozenset()) for rule in rules)
        return Choice(
            status="optimal" if kept else "infeasible", chosen=frozenset() if kept else None, value=0.0 if kept else None, bound=0.0
        )
    low, high = np.zeros(size), np.ones(size)
    for name, wanted in fixed.items():
        low[programme.place[name]] = high[programme.place[name]] = float(wanted)
    rows = list(programme.rows)
    for rule in rules:
        scale = max((abs(w) for w in rule.weights.values()), default=Fraction(0))
        if scale:
            weights = {programme.place[name]: float(weight / scale) for name, weight in rule.weights.items()}
            rows.append(
                (
                    weights,
                    -FAR if rule.low is None else float(rule.low / scale),
                    FAR if rule.high is None else float(rule.high / scale),
                )
            )
        elif not rule.holds(frozenset()):
            return Choice(status="infeasible", chosen=None, value=None, bound=None)
    worth = np.array(programme.worth)
    aim = worth if prices is None else -np.array([prices.get(name, 0.0) for name in names] + [0.0] * (size - count))
    unit, sizes = float(np.abs(aim).max()) or 1.0, float(np.abs(worth).max()) or 1.0
    if least is not None:
        rows.append(({n: w / sizes for n, w in enumerate(programme.worth) if w}, (least + programme.constant) / sizes - ROUNDING, FAR))
    off = programme.constant if prices is None else 0.0
    began, best = time.monotonic(), None
    for turn in range(ROUNDS):
        left = None if seconds is None else seconds if not turn else max(seconds - (time.monotonic() - began), 0.01)
        found = _solved(aim / unit, rows, low, high, count, left)
        if found.status == 2:
            return Choice(status="infeasible", chosen=None, value=None, bound=None)
        if found.x is None:
            return best or Choice(status="unknown", chosen=None, value=None, bound=None)
        chosen = frozenset(name for n, name in enumerate(names) if found.x[n] > 0.5)
        cuts = programme.cuts(chosen, found.x)
        kept = all(rule.holds(chosen) for rule in rules)
        true = problem.worth(chosen) if kept else 0.0
        enough = kept and (least is None or true >= least - ROUNDING * sizes)
        if enough:
            value = true if prices is None else -float(sum(prices.get(name, 0.0) for name in chosen))
            dual = getattr(found, "mip_dual_bound", None)
            over = float(aim @ found.x) - off - value > CLOSE * unit  # what is thought to come with it is more than does
            if found.status == 0 and (not over or not cuts):
                return Choice(status="optimal", chosen=chosen, value=value, bound=value)
            bound = None if dual is None else max(value, -float(dual) * unit - off)
            if best is None or best.value is None or value >= best.value:
                best = Choice(status="feasible", chosen=chosen, value=value, bound=bound)
            best = attrs.evolve(best, bound=bound)
            if found.status != 0:
                return best
        if not cuts or not kept:  # the solver's tolerance let it through: cut it off
            rows.append(({n: 1.0 if name in chosen else -1.0 for n, name in enumerate(names)}, -FAR, len(chosen) - 1.0))
        rows += cuts
    return best or Choice(status="unknown", chosen=None, value=None, bound=None)


def _solved(
    aim: NDArray[np.float64],
    rows: Sequence[Row],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    count: int,
    seconds: float | None,
) -> OptimizeResult:
    """What scipy's mixed-integer solver says; the first columns are whole numbers."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    starts = np.cumsum([0, *(len(weights) for weights, _, _ in rows)])
    columns = np.array([column for weights, _, _ in rows for column in weights], np.int64)
    numbers = np.array([weight for weights, _, _ in rows for weight in weights.values()], float)
    table = csr_array((numbers, columns, starts), shape=(len(rows), len(aim)))
    limits = LinearConstraint(table, [least for _, least, _ in rows], [most for _, _, most in rows]) if rows else ()
    options = {"mip_rel_gap": 0.0} | ({} if seconds is None else {"time_limit": seconds})
    whole = np.array([1] * count + [0] * (len(aim) - count))
    return milp(-aim, constraints=limits, integrality=whole, bounds=Bounds(low, high), options=options)


@attrs.frozen(kw_only=True)
class Reason(Shown):
    """Why a project is in the selection or out of it.

    Args:
        id: the project.
        chosen: it is in.
        regret: value that the best selection with the opposite answer loses; None when there is no such selection.
        enters, leaves: what else that selection changes.
        text: in one sentence.
    """

    id: str
    chosen: bool
    regret: float | None
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    text: str


class Selection(ShownAnswer):
    """The answer of `optimise`.

    Args:
        problem: what was asked.
        choice: what the solver found.
        seconds: the most that one solve may take.
    """

    def __init__(self, problem: SelectionProblem, choice: Choice, seconds: float | None = None) -> None:
        self.problem, self.choice, self._seconds = problem, choice, seconds
        self._reasons: dict[str, Reason] = {}
        self.staffing: Staffing | None = None
        """The levelled plan of what is chosen, where that was asked; its clashes are what choosing cannot mend."""

    @property
    def status(self) -> str:
        """optimal, feasible, infeasible or unknown."""
        return self.choice.status

    @property
    def chosen(self) -> tuple[str, ...]:
        """What is funded, in the order of the candidates; nothing when no selection is feasible."""
        found = self.choice.chosen or frozenset()
        return tuple(c.id for c in self.problem.candidates if c.id in found)

    @property
    def value(self) -> float | None:
        """What the selection is worth; None when there is none."""
        return self.choice.value

    @property
    def bound(self) -> float | None:
        """No selection is worth more."""
        return self.choice.bound

    @property
    def gap(self) -> float | None:
        """How much better, as a share, a selection could be at most."""
        return self.choice.gap

    @functools.cached_property
    def values(self) -> Mapping[str, float]:
        """What each candidate is worth: of a chosen one its share of what the selection brings, of another what it would add to that.

        Where benefits are what projects are worth, shares are Shapley values among what is chosen, benefit by benefit; they sum to `value`.
        """
        problem, chosen = self.problem, frozenset(self.chosen)
        if problem.gains is None:
            return {c.id: c.value for c in problem.candidates}
        shares, whole = problem.shares(chosen), problem.worth(chosen)
        return {c.id: shares[c.id] if c.id in chosen else problem.worth({*chosen, c.id}) - whole for c in problem.candidates}

    def spent(self, period: str) -> Fraction:
        """What the selection costs in a period, with what is committed in it."""
        gone = self.problem.committed.get(period, Fraction(0))
        return gone + sum((c.costs.get(period, Fraction(0)) for c in self.problem.candidates if c.id in self.chosen), Fraction(0))

    def why(self, project: str) -> Reason:
        """Why a project is in or out: the best selection with the opposite answer is looked for.

        Raises:
            UnknownItemError: it is no candidate.
        """
        if project not in {c.id for c in self.problem.candidates}:
            raise UnknownItemError(project, close_matches(project, [c.id for c in self.problem.candidates]), "the candidates")
        if project not in self._reasons:
            self._reasons[project] = self._why(project)
        return self._reasons[project]

    def _why(self, project: str) -> Reason:
        into = project in self.chosen
        problem = self.problem
        if self.choice.chosen is None:
            return Reason(
                id=project, chosen=False, regret=None, enters=(), leaves=(), text=f"no selection is feasible, with {project} or without"
            )
        other = _solve(problem, problem.rules, {project: not into}, self._seconds)
        if other.chosen is None or other.value is None or self.value is None:
            wanted = Rule(
                kind="asked",
                text=f"{project} {'left out' if into else 'chosen'}",
                weights={project: Fraction(1)},
                low=None if into else Fraction(1),
                high=Fraction(0) if into else None,
            )
            clash = [rule.text for rule in smallest_conflict(problem, (*problem.rules, wanted)) if rule is not wanted]
            told = "; ".join(clash)
            text = f"{project} must be in: {told}" if into else f"{project} cannot be in: {told}"
            return Reason(id=project, chosen=into, regret=None, enters=(), leaves=(), text=text)
        instead = _cheapest(problem, other, {project: not into}, self._seconds).chosen
        instead = other.chosen if instead is None else instead
        enters = tuple(c.id for c in problem.candidates if c.id in instead and c.id not in self.chosen and c.id != project)
        leaves = tuple(name for name in self.chosen if name not in instead and name != project)
        regret = self.value - other.value
        change = " and ".join(
            words for words in (f"take {', '.join(enters)}" if enters else "", f"drop {', '.join(leaves)}" if leaves else "") if words
        )
        if into:
            text = f"{project} is in: without it the best is worth {regret:.6g} less" + (f" ({change})" if change else "")
        elif regret <= 0:
            text = f"{project} is out, and as good in" + (f" ({change})" if change else "")
        else:
            text = f"{project} is out: with it the best is worth {regret:.6g} less" + (f" ({change})" if change else "")
        return Reason(id=project, chosen=into, regret=regret, enters=enters, leaves=leaves, text=text)

    @functools.cached_property
    def conflict(self) -> tuple[Rule, ...]:
        """The fewest rules that no selection keeps together; empty when a selection is feasible."""
        return smallest_conflict(self.problem, self.problem.rules) if self.status == "infeasible" else ()

    def table(self) -> Table:
        """One row a candidate: project, chosen, value, cost (all periods), regret, why.

        Values of what is chosen sum to what the selection is worth; of what is not, the value is what it would add to it.
        """
        reasons = [self.why(c.id) for c in self.problem.candidates]
        values = self.values
        return Table(
            [
                Column("project", "str", [c.id for c in self.problem.candidates]),
                Column("chosen", "bool", [r.chosen for r in reasons]),
                Column("value", "float", [values[c.id] for c in self.problem.candidates]),
                Column("cost", "float", [float(sum(c.costs.values())) for c in self.problem.candidates], self.problem.unit),
                Column("regret", "float", [r.regret for r in reasons]),
                Column("why", "str", [r.text for r in reasons]),
            ]
        )

    def budgets(self) -> Table:
        """One row a period with an envelope: period, envelope, spent, left; envelope and left are blank where it is not known."""
        periods: dict[str, Fraction | None] = {**self.problem.envelopes, **dict.fromkeys(self.problem.unknown)}
        return Table(
            [
                Column("period", "str", list(periods)),
                Column("envelope", "float", [None if v is None else float(v) for v in periods.values()], self.problem.unit),
                Column("spent", "float", [float(self.spent(p)) for p in periods], self.problem.unit),
                Column("left", "float", [None if v is None else float(v - self.spent(p)) for p, v in periods.items()], self.problem.unit),
            ]
        )

    def __repr__(self) -> str:
        if self.status == "infeasible":
            return f"<Selection: infeasible: {'; '.join(rule.text for rule in self.conflict)}>"
        said = "".join(f"; {why}: it binds nothing" for why in self.problem.unknown.values())
        said += f"; whether the envelopes hold is not known: {'; '.join(self.problem.unsure)}" if self.problem.unsure else ""
        if self.staffing is not None and self.staffing.unknown:
            said += f"; whether people suffice is not known: {'; '.join(one.text for one in self.staffing.unknown)}"
        return (
            f"<Selection: {self.status}, {len(self.chosen)} of {len(self.problem.candidates)} for {self.value}, bound {self.bound}{said}>"
        )


def optimise(problem: SelectionProblem, *, seconds: float | None = None) -> Selection:
    """The selection of the most value that keeps every rule.

    Args:
        problem: candidates and rules; of selections that bring the same together the cheapest is taken.
        seconds: the most that one solve may take; the best found is then said to be `feasible`, with its bound.
    """
    return Selection(problem, _cheapest(problem, _solve(problem, problem.rules, {}, seconds), {}, seconds), seconds)


def _cheapest(problem: SelectionProblem, found: Choice, fixed: Mapping[str, bool], seconds: float | None) -> Choice:
    """The cheapest selection that brings as much as the best, where sets bring something: nothing is paid for what adds nothing."""
    if problem.gains is None or found.status != "optimal" or not found.chosen or found.value is None:
        return found
    other = _solve(problem, problem.rules, fixed, seconds, prices=_prices(problem), least=found.value)
    return attrs.evolve(found, chosen=other.chosen) if other.status == "optimal" and other.chosen is not None else found


def _prices(problem: SelectionProblem) -> dict[str, float]:
    """What each candidate costs in all; 1 of each where nothing costs anything."""
    prices = {c.id: float(sum(c.costs.values())) for c in problem.candidates}
    return prices if any(prices.values()) else dict.fromkeys(prices, 1.0)


def cheapest_of(
    problem: SelectionProblem, prices: Mapping[str, float], least: float, more: Sequence[Rule], seconds: float | None = None
) -> frozenset[str] | None:
    """The selection of the least price that is worth so much, under the rules of a problem and more; None where it was not found."""
    found = _solve(problem, [*problem.rules, *more], {}, seconds, prices=prices, least=least)
    return found.chosen if found.status == "optimal" else None


def best_under(problem: SelectionProblem, more: Sequence[Rule], seconds: float | None = None) -> frozenset[str] | None:
    """The selection of the most value under the rules of a problem and more; None where there is none.

    Raises:
        UnitError: it was not found in its time, or not known to be the best.
    """
    found = _solve(problem, [*problem.rules, *more], {}, seconds)
    if found.status not in ("optimal", "infeasible"):
        raise UnitError(
            f"the best selection was not known within {seconds:g} seconds; give more time" if seconds else "no selection was found"
        )
    return found.chosen


def smallest_conflict(problem: SelectionProblem, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """A conflicting set of rules of the fewest members, in their order.

    Implicit hitting sets (Ignatiev et al. 2015, Smallest MUS extraction with minimal hitting set dualization): a set that hits
    the complement of every feasible set found so far is tried; feasible, it is grown until nothing more can be added, and its
    complement must be hit too; infeasible, it is a smallest conflict.
    """
    everything = range(len(rules))
    must_hit: list[frozenset[int]] = []
    alone = attrs.evolve(problem, gains=None)  # what they are worth has no part in it

    def feasible(kept: Iterable[int]) -> bool:
        return _solve(alone, [rules[n] for n in sorted(kept)], {}, None).status != "infeasible"

    if feasible(everything):
        return ()
    while True:
        tried = _hitting(must_hit, len(rules))
        if not feasible(tried):
            return tuple(rules[n] for n in sorted(tried))
        grown = set(tried)
        for n in everything:
            if n not in grown and feasible(grown | {n}):
                grown.add(n)
        must_hit.append(frozenset(everything) - grown)


def _hitting(sets: Sequence[frozenset[int]], size: int) -> frozenset[int]:
    """The fewest numbers below `size` of which every set holds one."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not sets:
        return frozenset()
    rows = np.zeros((len(sets), size))
    for n, members in enumerate(sets):
        rows[n, sorted(members)] = 1.0
    found = milp(
        np.ones(size),
        constraints=LinearConstraint(rows, 1, FAR),
        integrality=np.ones(size),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0},
    )
    return frozenset(int(n) for n in np.flatnonzero(found.x > 0.5))


def ranked(problem: SelectionProblem) -> tuple[tuple[str, ...], float]:
    """What ranking by value for money funds, down the list while the money lasts, and its value: the usual rule, to compare with.

    Only budgets and must-dos count; other rules are not looked at, as in the usual rule.
    """

    def ratio(one: Candidate) -> float:
        cost = float(sum(one.costs.values()))
        return one.value / cost if cost else FAR

    left = {period: most - problem.committed.get(period, Fraction(0)) for period, most in problem.envelopes.items()}
    chosen = []
    for one in sorted(problem.candidates, key=lambda c: (not c.mandatory, -ratio(c), c.id)):
        if all(one.costs.get(period, Fraction(0)) <= money for period, money in left.items()):
            chosen.append(one)
            left = {period: money - one.costs.get(period, Fraction(0)) for period, money in left.items()}
        elif not one.mandatory:
            break  # the cut-line: what stands below it is not funded
    names = tuple(c.id for c in chosen)
    return names, problem.worth(names)
