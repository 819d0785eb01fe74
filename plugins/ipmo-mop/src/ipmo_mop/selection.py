"""Which projects to fund: the exact optimum under budgets per period and rules between projects, and why.

Ranking by value for money is the optimum only where projects are independent and money can be split; here the problem is
solved as a mixed-integer programme (scipy `milp`, HiGHS), each answer checked in exact arithmetic. scipy is loaded when the
first selection is made: reading a file must not wait for it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import attrs

from ipmo.model.fields import as_tuple
from ipmo.plugin import Column, ModelError, Shown, ShownAnswer, Table, UnitError, UnknownItemError, close_matches
from ipmo_mop.staffing import Staffing
from ipmo_mop.wording import TONNES

__all__ = ["Candidate", "Choice", "Reason", "Rule", "Selection", "SelectionProblem", "best_under", "optimise", "ranked"]

FAR = float("inf")


@attrs.frozen(kw_only=True)
class Candidate(Shown):
    """A project that may be funded.

    Args:
        id: of the project.
        value: what it is worth, in one unit for all.
        costs: period to what it costs in it, exact.
        mandatory: it must be funded.
        carbon: period to the tonnes of CO2 equivalent that it emits in it, exact.
        expected: period to what it is forecast to cost in it, exact; None where nothing is forecast: then what it costs.
    """

    id: str
    value: float
    costs: Mapping[str, Fraction] = attrs.field(factory=dict)
    carbon: Mapping[str, Fraction] = attrs.field(factory=dict)
    mandatory: bool = False
    expected: Mapping[str, Fraction] | None = None


@attrs.frozen(kw_only=True)
class Rule(Shown):
    """One limit on a selection: `low <= Σ weight · chosen <= high`.

    Args:
        kind: budget, carbon, mandatory, requires, excludes, barred, people, group.
        text: the limit in words.
        weights: project to weight.
        low, high: limits, None for none.
    """

    kind: str
    text: str
    weights: Mapping[str, Fraction]
    low: Fraction | None = None
    high: Fraction | None = None

    def holds(self, chosen: frozenset[str]) -> bool:
        """Whether a selection keeps it, exactly."""
        total = sum((w for name, w in self.weights.items() if name in chosen), Fraction(0))
        return (self.low is None or total >= self.low) and (self.high is None or total <= self.high)


@attrs.frozen(kw_only=True)
class SelectionProblem:
    """Candidates and the rules of a selection.

    Args:
        candidates: what may be funded.
        envelopes: period to the most that may be spent in it.
        committed: period to what of it is spent on what is not chosen between.
        requires: (one, other): one only with the other.
        excludes: (one, other): not both.
        groups: (name, members, exactly): at most one of the members, or exactly one.
        barred: (one, why): it cannot be chosen.
        clashes: (names, why): not all of them together.
        unit: of the costs, for texts.
        carbon_envelopes: period to the most tonnes of CO2 equivalent that may be emitted in it.
        emitted: period to what of it is emitted by what is not chosen between.
        coming: period to what of it is expected to be spent on what is not chosen between; what is committed where left out.
        unknown: period to why its envelope is not known: it binds nothing.
    """

    candidates: tuple[Candidate, ...] = attrs.field(converter=as_tuple)
    envelopes: Mapping[str, Fraction] = attrs.field(factory=dict)
    committed: Mapping[str, Fraction] = attrs.field(factory=dict)
    requires: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=as_tuple)
    excludes: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=as_tuple)
    groups: tuple[tuple[str, tuple[str, ...], bool], ...] = attrs.field(default=(), converter=as_tuple)
    barred: tuple[tuple[str, str], ...] = attrs.field(default=(), converter=as_tuple)
    clashes: tuple[tuple[tuple[str, ...], str], ...] = attrs.field(default=(), converter=as_tuple)
    unit: str = ""
    carbon_envelopes: Mapping[str, Fraction] = attrs.field(factory=dict)
    emitted: Mapping[str, Fraction] = attrs.field(factory=dict)
    coming: Mapping[str, Fraction] | None = None
    unknown: Mapping[str, str] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        names = [c.id for c in self.candidates]
        if len(set(names)) < len(names):
            raise ModelError(f"candidate {next(n for n in names if names.count(n) > 1)!r} is given twice")
        for one in self.candidates:
            if not (-FAR < one.value < FAR):
                raise UnitError(f"the value of {one.id!r} is {one.value}, which is no number")
            if any(cost < 0 for cost in one.costs.values()):
                raise UnitError(f"{one.id!r} costs less than nothing in {next(p for p, c in one.costs.items() if c < 0)}")
        known = set(names)
        for what, pairs in (
            ("requires", self.requires),
            ("excludes", self.excludes),
            ("clashes", [names for names, _ in self.clashes]),
            *((f"group {n!r}", (m,)) for n, m, _ in self.groups),
        ):
            for name in (name for pair in pairs for name in pair):
                if name not in known:
                    raise UnknownItemError(name, close_matches(name, known), f"the candidates ({what})")

    @functools.cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every limit, in words and numbers."""
        out = []
        one = Fraction(1)
        for period, most in self.envelopes.items():
            costs = {c.id: c.costs[period] for c in self.candidates if c.costs.get(period)}
            gone = self.committed.get(period, Fraction(0))
            less = f", {_amount(gone, self.unit)} of it committed" if gone else ""
            text = f"budget of {period}: at most {_amount(most, self.unit)}{less}"
            out.append(Rule(kind="budget", text=text, weights=costs, high=most - gone))
            if (forecast := self._forecast(period, most)) is not None:
                out.append(forecast)
        for period, most in self.carbon_envelopes.items():
            emits = {c.id: c.carbon[period] for c in self.candidates if c.carbon.get(period)}
            gone = self.emitted.get(period, Fraction(0))
            less = f", {_amount(gone, TONNES)} of it by what is closed" if gone else ""
            out.append(
                Rule(kind="carbon", text=f"carbon of {period}: at most {_amount(most, TONNES)}{less}", weights=emits, high=most - gone)
            )
        out += [Rule(kind="mandatory", text=f"{c.id} is mandatory", weights={c.id: one}, low=one) for c in self.candidates if c.mandatory]
        out += [
            Rule(kind="requires", text=f"{a} requires {b}", weights={a: one, b: -one}, high=Fraction(0)) for a, b in self.requires if a != b
        ]
        out += [Rule(kind="excludes", text=f"{a} excludes {b}", weights={a: one, b: one}, high=one) for a, b in self.excludes if a != b]
        out += [Rule(kind="barred", text=why, weights={a: one}, high=Fraction(0)) for a, why in self.barred]
        out += [
            Rule(kind="people", text=why, weights=dict.fromkeys(names, one), high=Fraction(len(names) - 1)) for names, why in self.clashes
        ]
        for name, members, exactly in self.groups:
            text = f"{'exactly' if exactly else 'at most'} one of {', '.join(members)} ({name})"
            out.append(Rule(kind="group", text=text, weights=dict.fromkeys(members, one), low=one if exactly else None, high=one))
        return tuple(out)

    def _forecast(self, period: str, most: Fraction) -> Rule | None:
        """The envelope of a period held against forecasts, and budgets where there is none; None where nothing is forecast."""
        gone = (self.committed if self.coming is None else self.coming).get(period, Fraction(0))
        if self.coming is None and all(c.expected is None for c in self.candidates):
            return None
        costs = {c.id: (c.costs if c.expected is None else c.expected).get(period, Fraction(0)) for c in self.candidates}
        less = f", {_amount(gone, self.unit)} of it on what is not chosen between" if gone else ""
        text = f"forecasts of {period}: at most {_amount(most, self.unit)}{less}"
        return Rule(kind="budget", text=text, weights={name: cost for name, cost in costs.items() if cost}, high=most - gone)


def _amount(value: Fraction, unit: str) -> str:
    return f"{float(value):,.10g} {unit}".strip()


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


def _solve(problem: SelectionProblem, rules: Sequence[Rule], fixed: Mapping[str, bool], seconds: float | None) -> Choice:
    """The best selection under some of the rules, checked exactly; a selection that only floats let through is cut off."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    place = {c.id: n for n, c in enumerate(problem.candidates)}
    worth = np.array([c.value for c in problem.candidates])
    size = len(worth)
    if size == 0:
        kept = all(rule.holds(frozenset()) for rule in rules)
        return Choice(
            status="optimal" if kept else "infeasible", chosen=frozenset() if kept else None, value=0.0 if kept else None, bound=0.0
        )
    low, high = np.zeros(size), np.ones(size)
    for name, wanted in fixed.items():
        low[place[name]] = high[place[name]] = float(wanted)
    rows, least, most = [], [], []
    for rule in rules:
        scale = max((abs(w) for w in rule.weights.values()), default=Fraction(0))
        if not scale:
            if not rule.holds(frozenset()):
                return Choice(status="infeasible", chosen=None, value=None, bound=None)
            continue
        row = np.zeros(size)
        for name, weight in rule.weights.items():
            row[place[name]] = float(weight / scale)
        rows.append(row)
        least.append(-FAR if rule.low is None else float(rule.low / scale))
        most.append(FAR if rule.high is None else float(rule.high / scale))
    size_of_worth = float(np.abs(worth).max()) or 1.0
    while True:
        limits = LinearConstraint(np.array(rows), least, most) if rows else ()
        options = {"mip_rel_gap": 0.0} | ({} if seconds is None else {"time_limit": seconds})
        found = milp(-worth / size_of_worth, constraints=limits, integrality=np.ones(size), bounds=Bounds(low, high), options=options)
        if found.status == 2:
            return Choice(status="infeasible", chosen=None, value=None, bound=None)
        if found.x is None:
            return Choice(status="unknown", chosen=None, value=None, bound=None)
        chosen = frozenset(name for name, n in place.items() if found.x[n] > 0.5)
        broken = [rule for rule in rules if not rule.holds(chosen)]
        if not broken:
            break
        rows.append(np.array([1.0 if name in chosen else -1.0 for name in place]))  # the solver's tolerance let it through: cut it off
        least.append(-FAR)
        most.append(len(chosen) - 1.0)
    value = float(sum(c.value for c in problem.candidates if c.id in chosen))
    if found.status == 0:
        return Choice(status="optimal", chosen=chosen, value=value, bound=value)
    dual = getattr(found, "mip_dual_bound", None)
    return Choice(status="feasible", chosen=chosen, value=value, bound=None if dual is None else -float(dual) * size_of_worth)


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
        enters = tuple(c.id for c in problem.candidates if c.id in other.chosen and c.id not in self.chosen and c.id != project)
        leaves = tuple(name for name in self.chosen if name not in other.chosen and name != project)
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
        """One row a candidate: project, chosen, value, cost (all periods), regret, why."""
        reasons = [self.why(c.id) for c in self.problem.candidates]
        return Table(
            [
                Column("project", "str", [c.id for c in self.problem.candidates]),
                Column("chosen", "bool", [r.chosen for r in reasons]),
                Column("value", "float", [c.value for c in self.problem.candidates]),
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
        return (
            f"<Selection: {self.status}, {len(self.chosen)} of {len(self.problem.candidates)} for {self.value}, bound {self.bound}{said}>"
        )


def optimise(problem: SelectionProblem, *, seconds: float | None = None) -> Selection:
    """The selection of the most value that keeps every rule.

    Args:
        problem: candidates and rules.
        seconds: the most that one solve may take; the best found is then said to be `feasible`, with its bound.
    """
    return Selection(problem, _solve(problem, problem.rules, {}, seconds), seconds)


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

    def feasible(kept: Iterable[int]) -> bool:
        return _solve(problem, [rules[n] for n in sorted(kept)], {}, None).status != "infeasible"

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
    return tuple(c.id for c in chosen), float(sum(c.value for c in chosen))
