"""The aspects of control: time, cost, benefits, risk and carbon of an item against what was committed to and what is tolerated."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction

from ipmo.analysis.benefits.realisation import Benefits, benefits
from ipmo.analysis.control.aspect import Aspect, Judged, Noun, benefits_told, cost_told, tolerance_of, without_stake
from ipmo.analysis.control.carbon import CarbonFigures, judged
from ipmo.analysis.control.ends import Never, judged_never, never_done
from ipmo.analysis.control.exposure import RiskExposure, exposure, risk_told
from ipmo.analysis.control.in_time import Reached, end_unknown, never_known, time_told
from ipmo.analysis.control.promised import Promises, judged_overdue, judged_unknown, longest, reached_by
from ipmo.analysis.dates.commitments import Commitment, LateHandOver
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.money.amounts import Amounts
from ipmo.analysis.money.earned_value import EarnedValue, earned_value
from ipmo.analysis.money.remaining import at_completion
from ipmo.analysis.money.rollup import LEFT_OUT, RollUp, roll_up
from ipmo.analysis.money.unrated import counted_in, own_currency
from ipmo.analysis.money.work_tree import Works, silent_change, works_of
from ipmo.errors import IpmoError, UnknownItemError
from ipmo.model.benefits import Benefit
from ipmo.model.estimates import exact
from ipmo.model.governance import Tolerance
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.network.clocks import clocks_of
from ipmo.network.losses import Serving, serving, share_serving
from ipmo.network.positions import places_of
from ipmo.units import DAY, MAX_INSTANT, Money, Span, minutes, moment

__all__ = ["Aspect", "Aspects", "Judged", "Noun", "tolerance_of"]


class Aspects:
    """What the items of a portfolio are held against: commitments, budgets, planned benefits and limits of exposure.

    Args:
        portfolio: the portfolio.
        as_of: the date that it is seen from.
        baseline: the plan that commitments and budgets are taken from, where items state none.
    """

    def __init__(self, portfolio: Portfolio, as_of: date | None, baseline: Portfolio | None) -> None:
        self.portfolio, self.as_of, self.baseline = portfolio, as_of, baseline
        self.schedule: Schedule = schedule(portfolio, on_cycle="cut")
        self._origin: Portfolio | None = None
        self._emitted = CarbonFigures(portfolio, baseline)
        self._ends: dict[str, int | None] = {}
        self._apart: dict[str, Aspects] = {}
        self._dates: dict[str, tuple[int | None, int | None]] = {}
        """What projects committed to, and when they are forecast to finish."""
        self._tolerances: dict[str | None, Tolerance | None] = {None: portfolio.tolerance}

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

    @functools.cached_property
    def before(self) -> Schedule | None:
        """The schedule of the plan."""
        return None if self.baseline is None else schedule(self.baseline, on_cycle="cut")

    def _tolerance(self, noun: Noun) -> Tolerance | None:
        """`tolerance_of`, found once for each programme."""
        if noun.tolerance is not None:
            return noun.tolerance
        programme = noun.programme if isinstance(noun, Programme | Project) else None
        if programme not in self._tolerances:
            self._tolerances[programme] = tolerance_of(self.portfolio, noun)
        return self._tolerances[programme]

    def _limit(self, full_id: str, commitment: int, span: Span | None) -> int:
        """The last instant within tolerance."""
        if span is None:
            return commitment
        if span.dimension == "working" and not span.amount:
            return commitment
        clock = clocks_of(self.portfolio).of(self.portfolio.calendar_for(full_id))
        return min(clock.shift(commitment, span), MAX_INSTANT)

    def _commitment(self, full_id: str, noun: Noun) -> int | None:
        """The committed finish: a deadline, a project's finish, an approved finish, the finish in the plan."""
        if isinstance(noun, Task):
            when = noun.deadline or noun.baseline_finish
            if when is not None:
                return minutes(when, end=True)
        elif isinstance(noun, Project) and noun.finish is not None and (noun.tasks or noun.gates or self.baseline is None):
            return minutes(noun.finish, end=True)
        if self.before is not None:
            try:
                finish = None if self.before.doubt(full_id) else self.before.dates(full_id)[1]  # an earliest day commits to nothing
            except UnknownItemError:
                finish = None
            if finish is None:
                return None
            planned = minutes(finish)
            return planned + self.before.begins_day(full_id, planned)  # a minute later it is that day, whichever way it is read
        return None

    def _within(self, noun: Programme | Portfolio) -> list[Project]:
        """The projects of a programme, or of the whole portfolio, that count."""
        return [p for p in hierarchy(self.portfolio).projects(noun) if p.counted_as not in LEFT_OUT]

    def _dated(self, full_id: str, noun: Noun) -> tuple[int | None, int | None]:
        """(committed, forecast finish); of what holds projects, the last of those that commit to one."""
        if isinstance(noun, Task):
            return self._own_dates(full_id, noun)
        if isinstance(noun, Programme | Portfolio):
            both = [pair for p in self._within(noun) if (pair := self._dated(p.id, p))[0] is not None]
            committed = [commitment for commitment, _ in both if commitment is not None]
            finishes = [reached for _, reached in both if reached is not None]
            return max(committed, default=None), max(finishes) if committed and len(finishes) == len(committed) else None
        return self._dates[full_id] if full_id in self._dates else self._dates.setdefault(full_id, self._own_dates(full_id, noun))

    def _own_dates(self, full_id: str, noun: Project | Task) -> tuple[int | None, int | None]:
        """(committed, forecast finish) of a project or a task."""
        commitment = self._commitment(full_id, noun)
        reached = None if commitment is None else self._end(full_id)
        if commitment is None or reached is None:
            return commitment, None
        if isinstance(noun, Project) and not noun.tasks and noun.actual_finish is None and noun.state == "active":
            if self.as_of is not None:
                reached = max(reached, minutes(self.as_of))  # a bar past its finish that nobody has closed
            past = self._until_today(noun, commitment)
            if noun.finish is not None and not past and reached <= commitment == minutes(noun.finish, end=True):
                return commitment, None  # it is held against the same date that it states: that tells nothing
        return commitment, reached

    def _until_today(self, bar: Project, instant: int) -> bool:
        """Whether a bar that nobody has closed was to end by an instant that is past: it ends today at the earliest."""
        return bar.state == "active" and self.as_of is not None and minutes(self.as_of) >= instant

    @functools.cached_property
    def _works(self) -> Works:
        return works_of(self.portfolio)

    def _reached(self, full_id: str, noun: Noun) -> tuple[int | None, Reached | None]:
        """What an item is committed to, and its forecast finish beside that, where both are known."""
        commitment, done = self._dated(full_id, noun)
        if commitment is None or done is None:
            return commitment, None
        return commitment, Reached(commitment, done, done >= commitment and self._begins_day(full_id, noun, done))

    def _begins_day(self, full_id: str, noun: Noun, done: int) -> bool:
        """Whether the finish of an item is the beginning of the day that people say of it."""
        if done % DAY:
            return False
        if isinstance(noun, Programme | Portfolio):
            return any(self._begins_day(p.id, p, done) for p in self._within(noun) if self._dated(p.id, p)[1] == done)
        if isinstance(noun, Project) and not noun.tasks and noun.actual_finish is None and self._until_today(noun, done):
            return True
        if self.schedule.end_of_project(full_id) == done:
            return self.schedule.commitments.whole_from_morning(full_id, done)
        return self.schedule.begins_day(full_id, done)

    def _deadlines(self, project: Project) -> Iterable[tuple[LateHandOver | Task, Reached]]:
        """What a project hands over too late, and the open deadlines inside it."""
        one = self.schedule.commitments.worst_hand_over(project.id)
        if one is not None:
            yield one, Reached(one.committed, one.expected, one.from_morning)
        for task in self._works.of(project).due:
            finish = self._end(full_id := f"{project.id}/{task.id}") if not task.finished else None
            if task.deadline is not None and finish is not None:
                due = minutes(task.deadline, end=True)
                yield task, Reached(due, finish, finish >= due and self._begins_day(full_id, task, finish))

    def _doubt(self, full_id: str, noun: Noun) -> str:
        """Why it is not known whether an item keeps what it is committed to; empty where it is known."""
        found = self.schedule.commitments
        if isinstance(noun, Programme | Portfolio):
            return next((doubt for p in self._within(noun) if self._dated(p.id, p)[0] is not None and (doubt := found.doubt(p.id))), "")
        if isinstance(noun, Task) or self._dated(full_id, noun)[0] is not None:
            return found.doubt(full_id)
        due = (f"{noun.id}/{task.id}" for task in self._works.of(noun).due if not task.finished)
        return next((doubt for name in due if (doubt := found.doubt(name))), "")

    def _never(self, full_id: str, noun: Noun) -> Never | None:
        """What of an item is committed to and waits for what was stopped."""
        found = self.schedule.commitments
        if not found.doubts:
            return None
        if isinstance(noun, Programme | Portfolio):
            return never_done(found, ((p.id, self._dated(p.id, p)[0]) for p in self._within(noun)), (), "")
        tasks = self._works.of(noun).due if isinstance(noun, Project) else ()
        due = [
            (f"{noun.id}/{task.id}", task.name or task.id, minutes(task.deadline, end=True))
            for task in tasks
            if task.deadline is not None and not task.finished
        ]
        if isinstance(noun, Project) and noun.gates:
            due += [(f"{noun.id}/{gate.id}", gate.name or gate.id, minutes(gate.need_by, end=True)) for gate in noun.gates if gate.need_by]
        return never_done(found, [(full_id, self._dated(full_id, noun)[0])], due, noun.id if isinstance(noun, Project) else "")

    @functools.cached_property
    def _promises(self) -> Promises:
        return Promises(self.schedule, self.portfolio)

    def _time(self, full_id: str, noun: Noun) -> Judged | None:
        commitment, reached = self._reached(full_id, noun)
        about: LateHandOver | Task | Commitment | None = None
        overdue = self._promises.overdue(full_id, noun, commitment, self._works)
        late = {row.item for row in overdue}
        if full_id in late:
            reached = None
        for one, other in self._deadlines(noun) if isinstance(noun, Project) else ():
            if (reached is None or other.over > reached.over) and not (isinstance(one, Task) and f"{full_id}/{one.id}" in late):
                commitment, reached, about = other.due, other, one  # of several commitments the one that is missed by most
        kept = self._promises.kept(noun.id) if commitment is None and isinstance(noun, Project) else None
        promised = self._promises.of(noun.id, alone=commitment is None) if isinstance(noun, Project) else []
        for row in promised:
            dates = reached_by(row)
            if dates is not None and (reached is None or dates.over > reached.over):
                commitment, reached, about = dates.due, dates, row
        if kept is not None and (reached is None or kept[1].over > reached.over):
            commitment, reached, about = kept[1].due, kept[1], kept[0]
        tolerance = self._tolerance(noun)
        limited = tolerance is not None and tolerance.time is not None
        if (never := self._never(full_id, noun)) is not None:
            return judged_never(never, limited, self.budget(full_id))
        past = longest([*overdue, *promised])
        span = tolerance.time if tolerance is not None else None
        if past is not None and (reached is None or reached.colour(self._limit(full_id, reached.due, span)) != "red"):
            due = minutes(past.date)
            rag = Reached(due, self._promises.today, True).colour(self._limit(full_id, due, span))
            return judged_overdue(self._promises.about(past) if past.item != full_id else "", due, rag, limited)
        if commitment is None and isinstance(noun, Project) and (doubt := self._doubt(full_id, noun)):
            open_tasks = (task for task in self._works.of(noun).due if not task.finished and self.schedule.doubt(f"{noun.id}/{task.id}"))
            due = min(minutes(task.deadline, end=True) for task in open_tasks if task.deadline is not None)
            told = functools.partial(end_unknown, due, None, True, f"not known when it finishes: {doubt}")
            return Judged("time", None, True, False, told)  # what is committed to is late without any tolerance
        unknown = next((row for row in promised if row.standing == "unknown"), None)
        if unknown is not None and (reached is None or reached.colour(reached.due) == "green"):
            return judged_unknown(self._promises.about(unknown), unknown)
        if commitment is None:
            if noun.tolerance is not None and noun.tolerance.time is not None:
                return Judged.of(Aspect(name="time", rag=None, text="no finish is committed to", withholds=True))
            if isinstance(noun, Project) and (doubt := self._promises.end_in_doubt(noun)):
                return Judged("time", None, True, False, functools.partial(never_known, doubt))
            return None
        if reached is None:
            withheld = limited or bool(self._doubt(full_id, noun))
            told = functools.partial(end_unknown, commitment, None, withheld, "nothing forecasts when it finishes")
            return Judged("time", None, withheld, False, told)
        return self._time_known(full_id, noun, about, reached, span)

    def _time_known(
        self, full_id: str, noun: Noun, about: LateHandOver | Task | Commitment | None, reached: Reached, span: Span | None
    ) -> Judged:
        """The aspect of time of what has a forecast: about the item, or about what of it is late by most, within what is tolerated or beyond."""
        limited, limit = span is not None, self._limit(full_id, reached.due, span)
        rag = reached.colour(limit)
        whole = self._promises.end_in_doubt(noun) if isinstance(noun, Project) else ""
        doubt = "" if rag == "red" else self._doubt(full_id, noun) or whole
        if doubt:  # what has a date is in time; what has none may not be
            known, why = None if rag == "green" else rag, f"not known when it finishes: {doubt}"
            return Judged("time", known, known is None, False, functools.partial(end_unknown, reached.due, known, known is None, why))
        told = functools.partial(self._time_told, full_id, noun, rag, about, reached, limit, limited)
        return Judged("time", rag, False, limited and rag == "red", told)

    def _time_told(
        self, full_id: str, noun: Noun, rag: str, about: LateHandOver | Task | Commitment | None, dates: Reached, limit: int, limited: bool
    ) -> Aspect:
        """The aspect of time in words."""
        if about is None and dates.done < dates.due:  # how its day is read changes nothing but the words
            dates = dates._replace(from_morning=self._begins_day(full_id, noun, dates.done))
        stake = self.budget(full_id) if rag == "red" else None
        first = "" if rag != "red" or about is not None or not self.schedule.doubt(full_id) else "at the earliest "
        return time_told(self._promises.about(about), first, rag, dates, limit, limited, stake)

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

    def _lacks(self, full_id: str, *measures: str) -> str:
        """Why figures of an item are not known, where that was found out, to stand behind a colon."""
        found = [roll for measure in measures if (roll := self.rolls[measure]) is not None and roll.noted]
        reasons = dict.fromkeys(why for roll in found if full_id in roll for why in roll[full_id].reasons)
        return f": {'; '.join(reasons)}" if reasons else ""

    def budget(self, full_id: str) -> Fraction | None:
        """What is known of an item's budget."""
        return self._figure("budget", full_id)[0]

    def _expected(self, full_id: str, noun: Noun) -> tuple[Fraction | None, str]:
        """(cost at completion, how it was found): stated; by CPI; of what holds projects, theirs; what has not begun, as budgeted."""
        forecast, complete = self._figure("forecast", full_id)
        if forecast is not None and complete:
            return forecast, "forecast"
        if isinstance(noun, Programme | Portfolio):
            inner = [(p, self._expected(p.id, p)[0]) for p in self._within(noun)]
            known = [cost for _, cost in inner if cost is not None]
            return (sum(known, Fraction(0)), "its projects expect") if known and len(known) == len(inner) else (None, "")
        if forecast is not None and isinstance(noun, Project):  # some of its work states one
            mixed = at_completion(self.portfolio, noun)
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
        if noun.tolerance is None and (self._silent(noun) or not self._budgeted):
            return None
        budget, whole = self._figure("budget", full_id)
        tolerance = self._tolerance(noun)
        stated = tolerance is not None and tolerance.cost is not None
        if budget is None:
            lacks = self._lacks(full_id, "budget")
            if lacks and (own := self._cost_apart(full_id, noun)) is not None:
                return own
            if lacks or (noun.tolerance is not None and noun.tolerance.cost is not None):
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
            text += (lacks := self._lacks(full_id, *(("forecast", "actual") if whole else ("budget",))))
            if lacks and (own := self._cost_apart(full_id, noun)) is not None:
                return own
            return Judged.of(Aspect(name="cost", rag=None, text=text, withholds=stated))
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
        tolerance = self._tolerance(noun)
        stated = tolerance is not None and tolerance.benefits is not None
        if not stated and not self._lost_known:
            return None  # whom it serves is not asked
        concerned = self._concerned(full_id, noun)
        known = places_of(concerned & self._lost_known) if concerned else []
        if not known:
            if not stated or not (concerned or (self.portfolio.benefits and isinstance(noun, Portfolio))):
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
        tolerance = noun.tolerance  # an amount for that item alone: it is not handed down
        if isinstance(noun, Task) or tolerance is None or tolerance.risk is None:
            return None
        try:
            found, limit = self.exposure(noun), self._converted("tolerance", full_id, tolerance.risk)
        except IpmoError as error:
            return Aspect(name="risk", rag=None, text=str(error), withholds=True)
        if not found.recorded:
            return Aspect(name="risk", rag=None, text=f"no risks are recorded; at most {tolerance.risk:,} is tolerated", withholds=True)
        currency = Amounts(self.portfolio, date.max, "risk").currency
        return risk_told(found, limit, tolerance.risk, currency)

    def exposure(self, noun: Project | Programme | Portfolio) -> RiskExposure:
        """What the open threats of an item's projects cost on average."""
        return exposure(self.portfolio, [noun] if isinstance(noun, Project) else self._within(noun), self.as_of)

    def _carbon(self, full_id: str, noun: Noun) -> Aspect | None:
        tolerance, found = self._tolerance(noun), self._emitted.compared(full_id) if self._emitted.stated else None
        limit = tolerance.carbon if tolerance is not None else None
        if found is None:
            own = noun.tolerance is not None and noun.tolerance.carbon is not None
            return Aspect(name="carbon", rag=None, text="no carbon is planned", withholds=True) if own else None
        rag, text, over = judged(*found, limit)
        return Aspect(name="carbon", rag=rag, text=text, over=over, withholds=rag is None and limit is not None)

    def of(self, full_id: str, noun: Noun) -> tuple[Judged, ...]:
        """Time, cost and carbon, and of all but tasks benefits and risk, where there is something to compare."""
        found = [self._time(full_id, noun), self.cost(full_id, noun)]
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

        @functools.cache
        def apart() -> bool:
            return self._by_place != other._by_place

        def alike(name: str, project: Project) -> bool:
            tolerance = self._tolerance(project)
            if project.tolerance is not None and project.tolerance.risk is not None:
                return False
            if self.worth is None or not (losing or lost or (tolerance is not None and tolerance.benefits is not None)):
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

    def finish(self, full_id: str) -> datetime | None:
        """When an item is forecast to finish; None when nothing says."""
        return None if (end := self._end(full_id)) is None else moment(end)

    def _end(self, full_id: str) -> int | None:
        """The same as an instant."""
        if full_id not in self._ends:
            known = self.schedule.end_of_project(full_id)
            self._ends[full_id] = self._found_end(full_id) if known is None else known
        return self._ends[full_id]

    def _found_end(self, full_id: str) -> int | None:
        noun = self.portfolio.items.get(full_id)
        if isinstance(noun, Programme):
            return max((end for p in self._within(noun) if (end := self._end(p.id)) is not None), default=None)
        try:
            finish = self.schedule.ends(full_id)
        except UnknownItemError:
            return None
        return None if finish is None else minutes(finish)

    def _converted(self, what: str, item: str, money: Money) -> Fraction:
        """An amount in the portfolio's currency."""
        found = Amounts(self.portfolio, self.as_of or date.max, what).lines(item, money)
        return found[0].value if found else exact(money)
