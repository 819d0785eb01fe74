"""What a selection is made of: candidates, the limits on them, and what sets of them are worth."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from fractions import Fraction

import attrs

from ipmo.model.fields import as_tuple
from ipmo.plugin import ModelError, SetValue, Shown, UnitError, UnknownItemError, close_matches
from ipmo_mop.linear import Programme
from ipmo_mop.wording import TONNES

__all__ = ["Candidate", "Rule", "SelectionProblem"]

FAR = float("inf")


@attrs.frozen(kw_only=True)
class Candidate(Shown):
    """A project that may be funded.

    Args:
        id: of the project.
        value: what it is worth by itself, in one unit for all.
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
        unsure: why it is not known whether the envelopes hold: amounts of what must be done, or is not chosen between, that have no exchange rate.
        gains: what sets of candidates bring; where given, it says what a selection is worth, and their own values only rank them.
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
    unsure: tuple[str, ...] = attrs.field(default=(), converter=as_tuple)
    gains: SetValue | None = None

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
            ("gains", [self.gains.projects if self.gains is not None else ()]),
            *((f"group {n!r}", (m,)) for n, m, _ in self.groups),
        ):
            for name in (name for pair in pairs for name in pair):
                if name not in known:
                    raise UnknownItemError(name, close_matches(name, known), f"the candidates ({what})")

    def worth(self, chosen: Collection[str]) -> float:
        """What a selection is worth: what comes with exactly it where that is known, else the sum of its values."""
        return float(sum(c.value for c in self.candidates if c.id in chosen)) if self.gains is None else self.gains.worth(chosen)

    def shares(self, chosen: Collection[str]) -> dict[str, float]:
        """What each of a selection is worth in it, which sums to what that is worth."""
        return {c.id: c.value for c in self.candidates if c.id in chosen} if self.gains is None else self.gains.shares(chosen)

    @functools.cached_property
    def programme(self) -> Programme:
        """Its columns, and the rows of what sets bring."""
        return Programme([c.id for c in self.candidates], [c.value for c in self.candidates], self.gains)

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
