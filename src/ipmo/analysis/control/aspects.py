"""The aspects of control: time, cost, benefits, risk and carbon of an item against what was committed to and what is tolerated."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from fractions import Fraction

import attrs

from ipmo.analysis.benefits.realisation import Benefits, benefits
from ipmo.analysis.control.aspect import (
    Aspect,
    Judged,
    Noun,
    benefits_told,
    cost_told,
    late_told,
    never_told,
    tolerance_of,
    tolerance_source,
    waiting_told,
    without_stake,
)
from ipmo.analysis.control.carbon import CarbonFigures, judged
from ipmo.analysis.control.exposure import RiskExposure, exposure, exposure_of, risk_told
from ipmo.analysis.control.timed import Timed
from ipmo.analysis.dates.committed import Commitment, in_order
from ipmo.analysis.money.amounts import Amounts
from ipmo.analysis.money.earned_value import EarnedValue, earned_value
from ipmo.analysis.money.explanation import RolledUpValue
from ipmo.analysis.money.remaining import at_completion
from ipmo.analysis.money.rollup import RollUp, roll_up
from ipmo.analysis.money.unrated import counted_in, own_currency
from ipmo.analysis.money.work_tree import silent_change
from ipmo.errors import IpmoError, listed
from ipmo.model.benefits import Benefit
from ipmo.model.estimates import exact
from ipmo.model.governance import RAG, Tolerance
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.network.losses import Serving, serving, share_serving
from ipmo.network.positions import places_of
from ipmo.units import Money
from ipmo.words import counted

__all__ = ["Aspect", "Aspects", "Judged", "Noun", "tolerance_of"]

NAMED = 3
"""So many missing rates are named."""


class Aspects(Timed):
    """What the items of a portfolio are held against: commitments, budgets, planned benefits and limits of exposure.

    Args:
        portfolio: the portfolio.
        as_of: the date that it is seen from.
        baseline: the plan that commitments and budgets are taken from, where items state none.
    """

    def __init__(self, portfolio: Portfolio, as_of: date | None, baseline: Portfolio | None) -> None:
        super().__init__(portfolio, as_of, baseline)
        self._origin: Portfolio | None = None
        self._emitted = CarbonFigures(portfolio, baseline)
        self._apart: dict[str, Aspects] = {}

    rolled = ("budget", "forecast", "actual")
    """The measures that items are judged by."""

    def _roll(self, portfolio: Portfolio, measure: str) -> RollUp | None:
        try:
            return roll_up(portfolio, measure, unrated="unknown")
        except IpmoError:
            return None

    @functools.cached_property
    def rolls(self) -> Mapping[str, RollUp | None]:
        """Budget (of the baseline where there is one), forecast and actual."""
        return {
            "budget": self._roll(self.baseline or self.portfolio, "budget"),
            **{measure: self._roll(self.portfolio, measure) for measure in self.rolled[1:]},
        }

    @functools.cached_property
    def earned(self) -> EarnedValue | None:
        """Earned value, where it can be computed."""
        try:
            return earned_value(self.portfolio, baseline=self.baseline, unrated="unknown")
        except IpmoError:
            return None

    @functools.cached_property
    def worth(self) -> Benefits | None:
        """Benefits, where they can be computed."""
        if not self.portfolio.benefits:
            return None
        try:
            return benefits(self.portfolio, baseline=self.baseline, unrated="unknown")
        except IpmoError:
            return None

    def _figure(self, measure: str, full_id: str) -> tuple[Fraction | None, bool]:
        """(amount, whether all of it is known)."""
        roll = self.rolls[measure]
        if roll is None or not roll.states:
            return None, False
        if full_id not in (known := self._figures[measure]):
            known[full_id] = roll.amount(full_id)
        return known[full_id]

    @functools.cached_property
    def _figures(self) -> Mapping[str, dict[str, tuple[Fraction | None, bool]]]:
        return {measure: {} for measure in self.rolls}

    def _unrated(self, full_id: str, measure: str) -> list[RolledUpValue]:
        """What in an item, or it, states an amount that is not known for a reason that is: a missing exchange rate."""
        roll = self.rolls[measure]
        found = roll[full_id].lacking if roll is not None and roll.noted and full_id in roll else ()
        if measure != "actual":
            return list(found)
        return [
            one for one in found if not self._figure("forecast", one.item)[1]
        ]  # what it costs in all is stated: it takes no actual cost

    def _lacks(self, full_id: str, *measures: str) -> str:
        """Why figures of an item are not known, where that was found out, to stand behind a colon."""
        reasons = list(dict.fromkeys(one.note for measure in measures for one in self._unrated(full_id, measure)))
        rest = f"; and {len(reasons) - NAMED} more" if len(reasons) > NAMED else ""
        return f": {'; '.join(reasons[:NAMED])}{rest}" if reasons else ""

    def budget(self, full_id: str) -> Fraction | None:
        """What is known of an item's budget."""
        return self._figure("budget", full_id)[0]

    def _expected(self, full_id: str, noun: Noun) -> tuple[Fraction | None, str]:
        """(cost at completion, how it was found): stated; by CPI; of what holds projects, theirs; what has not begun, as budgeted.

        It is not known where an amount that it takes is stated and has no exchange rate: nothing else stands for that.
        """
        forecast, complete = self._figure("forecast", full_id)
        if forecast is not None and complete:
            return forecast, "forecast"
        whole = isinstance(noun, Programme | Portfolio)  # what is spent in it is asked of each project
        if self._unrated(full_id, "forecast") or (not whole and self._unrated(full_id, "actual")):
            return None, ""
        if isinstance(noun, Programme | Portfolio):
            inner = [(p, self._expected(p.id, p)[0]) for p in self._within(noun)]
            known = [cost for _, cost in inner if cost is not None]
            return (sum(known, Fraction(0)), "its projects expect") if known and len(known) == len(inner) else (None, "")
        project = noun if isinstance(noun, Project) else self.portfolio.items.get(full_id.partition("/")[0])
        if forecast is not None and isinstance(project, Project):  # some of its work states one
            mixed = at_completion(self.portfolio, project, full_id)
            if mixed is None or self.earned is None or full_id not in self.earned or (self.earned[full_id].eac or 0) <= mixed.amount:
                return (None, "") if mixed is None else (Fraction(mixed.amount), "forecasts, else budgets,")
        if self.earned is not None and full_id in self.earned:
            item = self.earned[full_id]
            if item.total and item.known == item.total:
                if item.eac is not None:
                    return Fraction(item.eac), "EAC by CPI"
                if not item.indices.ac:
                    return self.budget(full_id), "not begun"
        return None, ""

    def _unforecast(self, full_id: str, noun: Noun) -> str:
        """Why the cost at completion is not known though the budget is, to stand behind a colon: scope that is other than in the baseline, or whose it is."""
        if isinstance(noun, Programme | Portfolio):
            some = [p.id for p in self._within(noun) if self._expected(p.id, p)[0] is None]
            return f": that of {listed(some)} is not" if some else ""
        if self.earned is None or full_id not in self.earned:
            return ": no earned value is"
        item = self.earned[full_id]
        inside = [row for row in (self.earned.rows if self.baseline else ()) if row.item == full_id or row.item.startswith(f"{full_id}/")]
        scope = {how: [row.item for row in inside if row.scope == how] for how in ("removed", "added")}
        said = [f"{listed(scope['removed'])} removed from the baseline"] if scope["removed"] else []
        said += (
            [f"{listed(scope['added'])} added to it" if said else f"{listed(scope['added'])} added to the baseline"]
            if scope["added"]
            else []
        )
        lacks = "actual cost" if item.measured == item.total else "earned value"
        rest = f"{lacks} is known of {item.known} of {counted(item.total, 'work package')}" if item.known < item.total else ""
        return f": {', '.join([*said, rest] if rest else said)}" if said or rest else ""

    @property
    def _currency(self) -> str:
        """Of budgets."""
        return self.rolls["budget"].total.unit if self.rolls["budget"] is not None else ""

    @functools.cached_property
    def _budgeted(self) -> bool:
        """Some budget may be known, or is not for a reason that is known."""
        roll = self.rolls["budget"]
        return roll is not None and (roll.states or roll.noted)

    def _silent(self, noun: Noun) -> bool:
        """Whether a project has no budget, nor has any task of it: what is not known of it has then no reason either."""
        return isinstance(noun, Project) and self.baseline is None and self._works.silent(noun, "budget")

    def cost(self, full_id: str, noun: Noun) -> Judged | None:
        """The aspect of cost of an item; None where nothing is budgeted."""
        tolerance = self._tolerance(noun)
        held = noun.tolerance if isinstance(noun, Task) else tolerance  # one from above is for projects
        stated = held is not None and held.cost is not None
        if not stated and noun.tolerance is None and (self._silent(noun) or not self._budgeted):
            return None
        budget, whole = self._figure("budget", full_id)
        if budget is None:
            lacks = self._lacks(full_id, "budget")
            if lacks and (own := self._cost_apart(full_id, noun)) is not None:
                return own
            if lacks or stated:
                return Judged.of(Aspect(name="cost", rag=None, text=f"no budget is known{lacks}", withholds=stated))
            return None
        limit = budget * (1 + Fraction(str(tolerance.cost))) if tolerance is not None and tolerance.cost is not None else budget
        expected, how = self._expected(full_id, noun)
        actual, some = self._figure("actual", full_id)[0], self._figure("forecast", full_id)[0]
        if whole and expected is None and some is not None and some > limit:
            expected, how = some, "at least"
        if whole and actual is not None and actual > limit and (expected is None or actual > expected):
            expected, how = actual, "spent already"
        if expected is None or not whole:
            text = "the forecast is not known" if whole else "the budget is not known in full"
            lacks = self._lacks(full_id, *(("forecast", "actual") if whole else ("budget",)))
            text += lacks or (self._unforecast(full_id, noun) if whole else "")
            if lacks and (own := self._cost_apart(full_id, noun)) is not None:
                return own
            alone = isinstance(noun, Programme) and noun.budget is not None and noun.forecast is not None and lacks != ""
            return Judged.of(Aspect(name="cost", rag=None, text=text, withholds=stated or alone))._replace(own=alone)
        rag = "green" if expected <= budget else "amber" if expected <= limit else "red"
        return Judged(
            "cost",
            rag,
            False,
            stated and rag == "red",
            functools.partial(cost_told, rag, how, (expected, budget, limit), stated, self._currency),
        )

    def _cost_apart(self, full_id: str, noun: Noun) -> Judged | None:
        """The aspect of cost of what is stated in one currency that has no exchange rate: to compare it takes none. None where that is not so."""
        if isinstance(noun, Task):
            return None
        currency = own_currency([noun] if isinstance(noun, Project) else self._within(noun))
        if not currency or currency == self._currency:
            return None
        plan = self.baseline and counted_in(self.baseline, currency)
        if currency not in self._apart:
            self._apart[currency] = Aspects(counted_in(self.portfolio, currency), self.as_of, plan)
        found = self._apart[currency].cost(full_id, noun)
        return None if found is None or found.rag is None else found._replace(told=functools.partial(without_stake, found.told))

    def _concerned(self, full_id: str, noun: Noun) -> int:
        """The benefits that an item is judged by: all, those of the programme, those that it serves, by the map, hand-overs and `requires`.

        They are bits of a number, by their place on the map.
        """
        if self.worth is None:
            return 0
        if isinstance(noun, Portfolio):
            return self._judging
        if isinstance(noun, Programme):
            own = self._owned.get(full_id, 0)
            if own:
                return own
        return self._served.get(full_id, 0) & self._judging

    @functools.cached_property
    def _served(self) -> Mapping[str, int]:
        """What each initiative serves, as in the line of sight: bits by place on the map."""
        return self._serving.served

    @functools.cached_property
    def _serving(self) -> Serving:
        """What serves what; that of the portfolio that this one is a copy of, where the same needs the same."""
        if self._origin is not None:
            share_serving(self.portfolio, self._origin)
        return serving(self.portfolio)

    @functools.cached_property
    def _by_place(self) -> Mapping[int, Benefit]:
        """The benefits by their place on the map."""
        places = self._serving.places
        return {places[benefit.id]: benefit for benefit in self.portfolio.benefits}

    @functools.cached_property
    def _judging(self) -> int:
        """All benefits as bits."""
        return functools.reduce(operator.or_, (1 << place for place in self._by_place), 0)

    @functools.cached_property
    def _owned(self) -> Mapping[str, int]:
        """The benefits that belong to each programme, as bits."""
        out: dict[str, int] = {}
        for place, benefit in self._by_place.items():
            if benefit.belongs_to is not None:
                out[benefit.belongs_to] = out.get(benefit.belongs_to, 0) | 1 << place
        return out

    @functools.cached_property
    def _losing(self) -> Mapping[int, tuple[Fraction, Fraction]]:
        """(planned, lost) of each benefit of which both are known, by its place."""
        out = dict[int, tuple[Fraction, Fraction]]()
        for row in () if self.worth is None else map(self.worth.__getitem__, self.worth.compared):
            if row.loss is not None and row.planned_npv is not None:
                out[self._serving.places[row.id]] = Fraction(row.planned_npv.amount), Fraction(row.loss.amount)
        return out

    @functools.cached_property
    def _lost_known(self) -> int:
        return functools.reduce(operator.or_, (1 << place for place in self._losing), 0)

    def _benefits(self, full_id: str, noun: Noun) -> Judged | None:
        """The aspect of benefits: what is lost of their value, amber at least where one starts later than was stated, never green where one waits."""
        tolerance = self._tolerance(noun)
        stated = tolerance is not None and tolerance.benefits is not None
        if not stated and not self._lost_known and not self._starting_late and not self._never_coming and not self._waiting:
            return None  # whom it serves is not asked
        concerned = self._concerned(full_id, noun)
        found = self._benefits_known(concerned, tolerance, stated, noun)
        waits = [(place, row) for place, row in self._waiting.items() if concerned >> place & 1]
        if not waits or (found is not None and found.rag is not None and found.rag != RAG[0]):
            return found
        return self._benefits_waiting(waits, concerned, tolerance)

    def _benefits_waiting(self, waits: Sequence[tuple[int, Commitment]], concerned: int, tolerance: Tolerance | None) -> Judged:
        """The aspect where it is not known of a benefit whether it starts in time: what is lost by it though it went on today is lost at least."""
        least, too_late = self._at_least
        some = [least[place] for place, _ in waits if place in least]
        some += [self._losing[place] for place in places_of(concerned & self._lost_known)]
        planned, lost = sum((one for one, _ in some), Fraction(0)), sum((one for _, one in some), Fraction(0))
        share = None if tolerance is None or tolerance.benefits is None else abs(planned) * Fraction(str(tolerance.benefits))
        late = lost > 0 or any(place in too_late for place, _ in waits)
        rag = None if not late else RAG[1] if share is None or lost <= share else RAG[-1]
        currency = "" if self.worth is None else self.worth[waits[0][1].item].currency
        told = functools.partial(waiting_told, rag, waits[0][1], (lost, share), currency)
        return Judged("benefits", rag, rag != RAG[-1], rag == RAG[-1], told)

    def _benefits_known(self, concerned: int, tolerance: Tolerance | None, stated: bool, noun: Noun) -> Judged | None:
        found = self._benefits_lost(concerned, tolerance, stated, whole=isinstance(noun, Portfolio))
        gone = concerned & self._never_coming
        if gone and (found is None or found.rag != RAG[-1]):
            covered = found is not None and found.rag is not None and stated and not gone & ~self._lost_known
            return found if covered else self._gone(gone, found)  # somebody said how much may be lost, and it is no more
        if found is not None and found.rag != RAG[0]:
            return found
        late = next((row for place, row in self._starting_late.items() if concerned >> place & 1), None)
        if late is None:
            return found
        rag = RAG[1] if late.expected is not None or late.standing == "overdue" else RAG[-1]
        return Judged("benefits", rag, False, False, functools.partial(late_told, rag, late))

    def _gone(self, gone: int, found: Judged | None) -> Judged:
        """The aspect of benefits of what serves some that never come: red, with what is lost beside it where that is known."""
        stated = next((row for place, row in self._starting_late.items() if gone >> place & 1 and row.standing == "missed"), None)
        first = places_of(gone)[0] if stated is None else self._serving.places[stated.item]
        named = stated or self._by_place[first]
        told = functools.partial(never_told, named, gone.bit_count() - 1, found.told if found is not None else None)
        return Judged("benefits", RAG[-1], False, False, told)

    @functools.cached_property
    def _never_coming(self) -> int:
        """The benefits that never come, as bits; that a dis-benefit does not come harms nobody."""
        if self.worth is None or not self.worth.figures.never:
            return 0
        rows = (self.portfolio.benefits[place] for place in self.worth.figures.never)
        return functools.reduce(operator.or_, (1 << self._serving.places[one.id] for one in rows if not one.disbenefit), 0)

    @functools.cached_property
    def _starts(self) -> Sequence[Commitment]:
        """How the starts stand that were stated of benefits."""
        if not self.portfolio.benefits:
            return ()
        found = self.schedule.commitments
        return [found.of(one, caused=False) for one in found.statements.others if one.kind == "benefit"]

    @functools.cached_property
    def _starting_late(self) -> Mapping[int, Commitment]:
        """The benefits that start later than was stated, by their place, the latest first."""
        late = in_order(row for row in self._starts if row.broken and not self._waits(row))
        return {self._serving.places[row.item]: row for row in late}  # whom each serves is asked only where one is

    @functools.cached_property
    def _waiting(self) -> Mapping[int, Commitment]:
        """The benefits of which it is not known whether they start by the day that was stated, by their place."""
        return {self._serving.places[row.item]: row for row in in_order(row for row in self._starts if self._waits(row))}

    def _waits(self, row: Commitment) -> bool:
        """Whether nobody knows when a benefit starts, though it may be known that it is too late."""
        return row.standing == "unknown" or (row.at_least and self.schedule[row.item].start is None)

    @functools.cached_property
    def _going_on(self) -> Aspects | None:
        """The same with what is paused going on from today; None where nothing is, or where nothing waits for it."""
        projects = self.portfolio.projects
        if not self._waiting or all(project.state != "paused" for project in projects):
            return None
        on = [attrs.evolve(project, state="active") if project.state == "paused" else project for project in projects]
        return Aspects(self.portfolio.evolve(projects=on), self.as_of, self.baseline)

    @functools.cached_property
    def _at_least(self) -> tuple[Mapping[int, tuple[Fraction, Fraction]], AbstractSet[int]]:
        """(planned, lost) of benefits that wait, and those that are late, were what is paused to go on today: later is no better."""
        return ({}, frozenset()) if self._going_on is None else self._at_least_by(self._going_on)

    def _at_least_by(self, other: Aspects) -> tuple[Mapping[int, tuple[Fraction, Fraction]], AbstractSet[int]]:
        waits = self._waiting.keys()
        return {place: both for place, both in other._losing.items() if place in waits}, other._starting_late.keys() & waits

    @property
    def _standing(self) -> Mapping[int, object]:
        """How the starts that are late or not known stand, and what is lost by them at least, by their place."""
        least, too_late = self._at_least
        waits = {place: (row, least.get(place), place in too_late) for place, row in self._waiting.items()}
        return {**self._starting_late, **waits}

    def _benefits_lost(self, concerned: int, tolerance: Tolerance | None, stated: bool, *, whole: bool) -> Judged | None:
        if not stated and not self._lost_known:
            return None
        known = places_of(concerned & self._lost_known) if concerned else []
        if not known:
            if not stated or not (concerned or (self.portfolio.benefits and whole)):
                return None
            return Judged.of(Aspect(name="benefits", rag=None, text="what is lost is not known of any benefit", withholds=True))
        both = [self._losing[place] for place in known]
        planned, lost = sum((one for one, _ in both), Fraction(0)), sum((one for _, one in both), Fraction(0))
        share = None if tolerance is None or tolerance.benefits is None else abs(planned) * Fraction(str(tolerance.benefits))
        many = concerned.bit_count()
        currency = "" if self.worth is None else self.worth[self._by_place[known[0]].id].currency
        told = functools.partial(benefits_told, (planned, lost, share), (len(known), many), currency)
        if len(known) < many and (lost <= 0 or stated) and lost <= (lost if share is None else share):
            return Judged("benefits", None, stated, False, functools.partial(told, None))
        rag = "green" if lost <= 0 else "amber" if share is None or lost <= share else "red"
        return Judged("benefits", rag, False, rag == "red", functools.partial(told, rag))

    def _risk(self, full_id: str, noun: Noun) -> Aspect | None:
        tolerance = None if isinstance(noun, Task) else self._tolerance(noun)
        if isinstance(noun, Task) or tolerance is None or tolerance.risk is None:
            return None
        above = "" if noun.tolerance is not None else tolerance_source(self.portfolio, noun)
        try:
            found, limit = self.exposure(noun), self._converted("tolerance", above or full_id, tolerance.risk)
        except IpmoError as error:
            return Aspect(name="risk", rag=None, text=str(error), withholds=True)
        if not found.recorded:
            if above and not found.silent:
                return None  # it is over: a limit from above asks for no register of it
            whole = f" for all of {above}" if above else ""
            text = f"no risks are recorded; at most {tolerance.risk:,}{whole} is tolerated"
            return Aspect(name="risk", rag=None, text=text, withholds=True)
        currency = Amounts(self.portfolio, date.max, "risk").currency
        return risk_told(found, limit, tolerance.risk, currency, above)

    def exposure(self, noun: Project | Programme | Portfolio) -> RiskExposure:
        """What the open threats of an item cost on average: of its projects, and of the registers above them."""
        if isinstance(noun, Project):
            return exposure(self.portfolio, [noun], self.as_of)
        return exposure_of(self.portfolio, noun, self._within(noun), self.as_of)

    def _carbon(self, full_id: str, noun: Noun) -> Aspect | None:
        tolerance, found = self._tolerance(noun), self._emitted.compared(full_id) if self._emitted.stated else None
        limit = tolerance.carbon if tolerance is not None else None
        if found is None:
            asked = limit is not None and not isinstance(noun, Task)
            return Aspect(name="carbon", rag=None, text="no carbon is planned", withholds=True) if asked else None
        rag, text, over = judged(*found, limit)
        return Aspect(name="carbon", rag=rag, text=text, over=over, withholds=rag is None and limit is not None)

    def of(self, full_id: str, noun: Noun) -> tuple[Judged, ...]:
        """Time, cost and carbon, and of all but tasks benefits and risk, where there is something to compare."""
        found = [self.time(full_id, noun), self.cost(full_id, noun)]
        if not isinstance(noun, Task):
            risk = self._risk(full_id, noun)
            found += [self._benefits(full_id, noun), None if risk is None else Judged.of(risk)]
        carbon = self._carbon(full_id, noun)
        found.append(None if carbon is None else Judged.of(carbon))
        return tuple(one for one in found if one is not None)

    def same_as(self, other: Aspects) -> Callable[[str, Project], bool] | None:
        """Tells of a project, none of whose dates and hand-overs is other, whether it is judged as in another portfolio.

        None where nothing can be told: figures of money or of benefits are known here and not there.

        Args:
            other: of a portfolio that has the same calendars, tolerances, programmes and benefits.
        """
        self._emitted.beside(other._emitted)
        quiet = self.baseline is None and silent_change(other.portfolio, self.portfolio, *self.rolled)
        if (not quiet and not self._figures_like(other)) or (self.worth is None) != (other.worth is None):
            return None
        self._origin = other.portfolio
        losing, lost = (self._losing, other._losing) if self.worth is not None else ({}, {})
        moved = functools.reduce(
            operator.or_, (1 << place for place in losing.keys() | lost.keys() if losing.get(place) != lost.get(place)), 0
        )

        here, there = self._standing, other._standing
        late = bool(here or there or self._never_coming or other._never_coming)
        moved |= self._never_coming ^ other._never_coming
        moved = functools.reduce(
            operator.or_, (1 << place for place in here.keys() | there.keys() if here.get(place) != there.get(place)), moved
        )

        @functools.cache
        def apart() -> bool:
            return self._by_place != other._by_place

        mine, theirs = self._promises.answered_for, other._promises.answered_for

        def alike(name: str, project: Project) -> bool:
            tolerance = self._tolerance(project)
            if mine.get(name) != theirs.get(name):
                return False
            if tolerance is not None and tolerance.risk is not None:
                return False
            if self.worth is None or not (losing or lost or late or (tolerance is not None and tolerance.benefits is not None)):
                return True  # whom it serves is not asked
            bits = self._served.get(name, 0)
            return not apart() and bits == other._served.get(name, 0) and not bits & moved

        return alike

    def _figures_like(self, other: Aspects) -> bool:
        """Whether figures of money are known here and there, or neither here nor there."""
        for mine, theirs in zip(self.rolls.values(), other.rolls.values(), strict=True):
            if mine is None or theirs is None or mine.states != theirs.states:
                return False
        budgets = self.rolls["budget"]
        return budgets is None or not budgets.states or (self.earned is None) == (other.earned is None)

    def _converted(self, what: str, item: str, money: Money) -> Fraction:
        """An amount in the portfolio's currency."""
        found = Amounts(self.portfolio, self.as_of or date.max, what).lines(item, money)
        return found[0].value if found else exact(money)
