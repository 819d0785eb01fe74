"""The work itself: programmes, projects, tasks, links."""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection, Iterator
from decimal import Decimal
from fractions import Fraction

import attrs
from attrs.converters import optional

from ipmo.errors import ModelError
from ipmo.model.carbon import Carbon
from ipmo.model.earning import Earning, as_earning
from ipmo.model.estimates import Estimate, Fixed
from ipmo.model.estimating import as_lag, as_time
from ipmo.model.fields import EMPTY, Extensions, FrozenMap, Noun, as_extensions, as_map, as_noun, as_nouns, doc, text, texts
from ipmo.model.governance import (
    LINK_TYPES,
    After,
    Confidence,
    Gate,
    StatusReport,
    Tolerance,
)
from ipmo.model.later import Later, unread
from ipmo.model.money import Budget, PriceBase, Spread, as_budget, as_spread
from ipmo.model.people import Assignment
from ipmo.model.reading import named
from ipmo.model.risks import Risk
from ipmo.model.several import Several, as_several
from ipmo.model.splitting import Interruption, Splitting, as_splitting, in_order
from ipmo.units import ELAPSED, Effort, Span, When, as_effort, as_number, as_share, as_span, as_when

__all__ = ["Constraints", "Link", "Programme", "Project", "Task", "WorkMode"]
CARBON = operator.attrgetter("carbon")
"""What a piece of work states of it; a noun is true, None is not."""
ALIGNMENT = ("low", "medium", "high")
"""How far a project may be aligned to an objective."""
STATES = ("proposed", "approved", "active", "paused", "closed", "cancelled")


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Constraints(Noun):
    """Dates that a task is tied to. `not_before` and `finish_not_before` (no earlier) are fields of the task itself.

    The dialect says which of them are hard: they then override the logic. The others bound the late dates, and float
    is negative where the logic breaks them.
    """

    as_late_as_possible: bool = attrs.field(default=False, metadata=doc("it uses up its float instead of starting at once"))
    start_on: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("starts no earlier and no later"))
    finish_on: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("finishes no earlier and no later", end=True)
    )
    start_no_later: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("starts no later"))
    finish_no_later: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("finishes no later", end=True))
    must_start_on: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("starts then, whatever comes before", source="Microsoft Project: MSO")
    )
    must_finish_on: When | None = attrs.field(
        default=None,
        converter=optional(as_when),
        metadata=doc("finishes then, whatever comes before", end=True, source="Microsoft Project: MFO"),
    )
    mandatory_start: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("starts then, whatever comes before and after", source="Primavera P6")
    )
    mandatory_finish: When | None = attrs.field(
        default=None,
        converter=optional(as_when),
        metadata=doc("finishes then, whatever comes before and after", end=True, source="Primavera P6"),
    )
    expected_finish: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("its remaining work lasts until then", end=True, source="Primavera P6")
    )
    by_hand_start: When | None = attrs.field(
        default=None,
        converter=optional(as_when),
        metadata=doc(
            "it is scheduled by hand and starts then, whatever calendar, logic or status date; late dates stay free",
            source="Microsoft Project: manually scheduled",
        ),
    )
    by_hand_finish: When | None = attrs.field(
        default=None,
        converter=optional(as_when),
        metadata=doc(
            "it is scheduled by hand and finishes then, whatever its duration; late dates stay free",
            end=True,
            source="Microsoft Project: manually scheduled",
        ),
    )


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class WorkMode(Noun):
    """Another way to do a piece of work: with other resources, in another time. Levelling chooses among them."""

    name: str = attrs.field(default="", metadata=doc("title"))
    duration: Span = attrs.field(converter=as_span, metadata=doc("how long it takes in this way", unit="time"))
    assignments: tuple[Assignment, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("resources at work in this way"))

    def __attrs_post_init__(self) -> None:
        if self.duration.amount <= 0 or self.duration.dimension == "step":
            raise ModelError.of("duration", f"work takes some working or elapsed time (got {self.duration}); write for example 4 d")
        for one in self.assignments:
            if one.ranged:
                raise ModelError.of("assignments", f"a mode has one team; take least and most of {one.resource!r} away")


@functools.cache  # the engine knows an estimate by its identity: the same length is one object
def _lasting(amount: Decimal, unit: str) -> Estimate:
    return Fixed(Span(amount, unit))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Task(Noun):
    """A piece of work, a milestone, or a summary (a task that others name as their parent)."""

    id: str = attrs.field(metadata=doc("id within the project"))
    name: str = attrs.field(default="", metadata=doc("title"))
    parent: str | None = attrs.field(default=None, metadata=doc("the summary it belongs to", refers="task"))
    after: tuple[After, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("links from inside the project", one_or_many=True))
    milestone: bool = attrs.field(default=False, metadata=doc("a point in time without work"))
    milestone_of: str | None = attrs.field(
        default=None, metadata=doc("of a milestone: it marks a start of work, or a finish (the default)", choices=("start", "finish"))
    )
    hammock: bool = attrs.field(
        default=False, metadata=doc("level of effort: it lasts as long as what it is linked to, and drives nothing")
    )
    duration: Estimate | None = attrs.field(default=None, converter=optional(as_time), metadata=doc("working or elapsed time", unit="time"))
    remaining: Estimate | None = attrs.field(
        default=None, converter=optional(as_time), metadata=doc("time left from the status date on", unit="time")
    )
    actual_start: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("when it began"))
    actual_finish: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("when it was done", end=True))
    progress: float | None = attrs.field(
        default=None, converter=optional(as_share), metadata=doc("share of the work that is done", unit="share")
    )
    not_before: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("start no earlier than"))
    resumes: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("of work under way: its rest starts no earlier")
    )
    finish_not_before: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("finish no earlier than", end=True)
    )
    delay: Span | None = attrs.field(
        default=None,
        converter=optional(as_span),
        metadata=doc(
            "it starts so much later than its links and the start of all let it", unit="time", source="Microsoft Project: levelling delay"
        ),
    )
    deadline: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("committed finish; moves nothing, bounds the float", end=True)
    )
    constraints: Constraints | None = attrs.field(
        default=None, converter=optional(as_noun), metadata=doc("dates that it is tied to beyond its links")
    )
    baseline_start: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("start in the approved plan"))
    baseline_finish: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("finish in the approved plan", end=True)
    )
    calendar: str | None = attrs.field(default=None, metadata=doc("when it is worked on; else the project's", refers="calendar"))
    resource_calendar: str | None = attrs.field(
        default=None,
        metadata=doc(
            "when those who do it work, where that is not its calendar; lags and floats still count on its calendar", refers="calendar"
        ),
    )
    budget: Budget | None = attrs.field(default=None, converter=optional(as_budget), metadata=doc("planned cost", unit="money"))
    actual: Budget | None = attrs.field(default=None, converter=optional(as_budget), metadata=doc("cost so far", unit="money"))
    forecast: Budget | None = attrs.field(
        default=None, converter=optional(as_budget), metadata=doc("expected cost at completion", unit="money")
    )
    spread: Spread | None = attrs.field(
        default=None, converter=optional(as_spread), metadata=doc("how its money and effort lie over its time; evenly when left out")
    )
    earning: Earning | None = attrs.field(
        default=None, converter=optional(as_earning), metadata=doc("how it earns value; by percent when left out")
    )
    plus_resources: bool = attrs.field(default=False, metadata=doc("assignments cost extra, on top of the budget"))
    carbon: Carbon | None = attrs.field(default=None, converter=optional(as_noun), metadata=doc("carbon dioxide equivalent that it emits"))
    effort: Effort | None = attrs.field(default=None, converter=optional(as_effort), metadata=doc("planned work", unit="effort"))
    assignments: tuple[Assignment, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("resources at work"))
    effort_driven: bool = attrs.field(
        default=False,
        metadata=doc(
            "its work is fixed, units times duration: with more people it is shorter. Without a duration it lasts as long as its efforts need",
            source="Microsoft Project: effort driven",
        ),
    )
    modes: tuple[WorkMode, ...] = attrs.field(
        default=(), converter=as_nouns, metadata=doc("other ways to do it, with other resources in another time: levelling chooses")
    )
    split: Splitting | None = attrs.field(
        default=None,
        converter=optional(as_splitting),
        metadata=doc("whether levelling may interrupt it: true, or by how much; not when left out", source="preemption"),
    )
    interruptions: tuple[Interruption, ...] = attrs.field(
        default=(),
        converter=as_nouns,
        metadata=doc("times in which it rests once it has begun", one_or_many=True, source="Microsoft Project: split task"),
    )
    owner: str | None = attrs.field(default=None, metadata=doc("who answers for it", refers="owner"))
    category: str = attrs.field(default="", metadata=doc("free name"))
    status: tuple[StatusReport, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("what was reported", one_or_many=True))
    tolerance: Tolerance | None = attrs.field(default=None, converter=optional(as_noun), metadata=doc("how far it may stray"))
    methodology: str | None = attrs.field(default=None, metadata=doc("overrides the project's"))
    attributes: FrozenMap[str, str] = attrs.field(default=EMPTY, converter=as_map, metadata=doc("free text to group by"))
    extensions: Extensions = attrs.field(default=EMPTY, converter=as_extensions, metadata=doc("what methodologies add"))

    def __attrs_post_init__(self) -> None:
        if self.split is not None or self.interruptions:
            self._check_pieces()
        if self.modes:
            self._check_modes()
        if self.effort_driven:
            if not self.assignments:
                raise ModelError.of("effort_driven", "fixed work needs somebody who does it; write assignments:")
            if self.duration is None and len({one.effort.unit for one in self.assignments if one.effort is not None}) > 1:
                raise ModelError.of("assignments", "its time comes from its efforts; write all efforts in one unit, or a duration")
            if self.milestone or self.hammock:
                raise ModelError.of("effort_driven", "a milestone or level of effort has no work of its own; take it away")
        else:
            for one in self.assignments:
                if one.ranged:
                    raise ModelError.of("assignments", f"least and most of {one.resource!r} need effort_driven: true")

    def _check_pieces(self) -> None:
        if self.milestone or self.hammock:
            field = "split" if self.split is not None else "interruptions"
            raise ModelError.of(field, "a milestone or level of effort has no work of its own to interrupt; take it away")
        object.__setattr__(self, "interruptions", in_order(self.interruptions))

    def _check_modes(self) -> None:
        if self.milestone or self.hammock:
            raise ModelError.of("modes", "a milestone or level of effort has no work of its own; take the modes away")
        if self.effort_driven:
            raise ModelError.of("modes", "effort-driven work has its teams by least and most; write one of both")
        stated = self.duration.central() if self.duration is not None else None
        if not isinstance(stated, Span) or any((one.duration.unit in ELAPSED) != (stated.unit in ELAPSED) for one in self.modes):
            raise ModelError.of("modes", "other ways need the duration of the usual one, all in working time or all in elapsed time")

    def at_work_with(self, resources: Collection[str]) -> Iterator[tuple[tuple[str | int, ...], Assignment]]:
        """(path, assignment) of those that state an effort or a team of some resources, in any of its ways."""
        ways: tuple[tuple[tuple[str | int, ...], tuple[Assignment, ...]], ...] = (
            ((), self.assignments),
            *((("modes", at), one.assignments) for at, one in enumerate(self.modes)),
        )
        for path, some in ways:
            for row, one in enumerate(some):
                if one.resource in resources and (one.effort is not None or one.ranged):
                    yield (*path, "assignments", row), one

    @property
    def length(self) -> Estimate | None:
        """Its duration; of effort-driven work without one the time that the efforts of its people need."""
        if self.duration is not None or not self.effort_driven or self.milestone:
            return self.duration
        efforts = [(one.effort, Fraction(str(one.units))) for one in self.assignments if one.effort is not None and one.units > 0]
        if not efforts:
            return None
        longest = max(Fraction(effort.amount) / number for effort, number in efforts)
        return _lasting(Decimal(longest.numerator) / Decimal(longest.denominator), efforts[0][0].unit[1:])

    @property
    def finished(self) -> bool:
        """It has an actual finish."""
        return self.actual_finish is not None

    @property
    def started(self) -> bool:
        """It has an actual start, or an actual finish."""
        return self.actual_start is not None or self.actual_finish is not None


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Project(Later):
    """A temporary organisation that delivers outputs; without tasks it is one bar from start to finish."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    programme: str | None = attrs.field(default=None, metadata=doc("the programme it belongs to", refers="programme"))
    category: str = attrs.field(default="", metadata=doc("free name, for example infrastructure"))
    state: str = attrs.field(default="active", metadata=doc("where it stands", choices=STATES))
    owner: str | None = attrs.field(default=None, metadata=doc("who answers for it", refers="owner"))
    priority: float | None = attrs.field(
        default=None,
        converter=optional(as_number),
        metadata=doc("how much it counts beside others where people do not suffice: 500 is usual, 1000 twice as much", unit="number"),
    )
    methodology: str | None = attrs.field(default=None, metadata=doc("overrides the portfolio's"))
    calendar: str | None = attrs.field(default=None, metadata=doc("else the portfolio's", refers="calendar"))
    start: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("starts no earlier than"))
    finish: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("committed finish; of a project without tasks, its end", end=True)
    )
    actual_start: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("when it began"))
    actual_finish: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("when it was done", end=True))
    status_date: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("its own status date, where it differs from the portfolio's")
    )
    budget: Budget | None = attrs.field(default=None, converter=optional(as_budget), metadata=doc("planned cost", unit="money"))
    actual: Budget | None = attrs.field(default=None, converter=optional(as_budget), metadata=doc("cost so far", unit="money"))
    forecast: Budget | None = attrs.field(
        default=None, converter=optional(as_budget), metadata=doc("expected cost at completion", unit="money")
    )
    funding: Budget | None = attrs.field(default=None, converter=optional(as_budget), metadata=doc("money granted to it", unit="money"))
    exit_cost: Budget | None = attrs.field(
        default=None, converter=optional(as_budget), metadata=doc("what ending it before it is done would cost", unit="money")
    )
    carbon: Carbon | None = attrs.field(
        default=None, converter=optional(as_noun), metadata=doc("carbon dioxide equivalent that it emits, all that is in it included")
    )
    spread: Spread | None = attrs.field(
        default=None, converter=optional(as_spread), metadata=doc("how its own money lies over its time; evenly when left out")
    )
    earning: Earning | None = attrs.field(
        default=None, converter=optional(as_earning), metadata=doc("how its work earns value where the task does not say")
    )
    price_base: PriceBase | None = attrs.field(
        default=None, converter=optional(as_noun), metadata=doc("in whose prices its money is; else the portfolio's")
    )
    progress: float | None = attrs.field(
        default=None, converter=optional(as_share), metadata=doc("share of the work that is done", unit="share")
    )
    alignment: FrozenMap[str, str] = attrs.field(
        default=EMPTY, converter=as_map, metadata=doc("objective to low, medium or high: for scoring, never for value", choices=ALIGNMENT)
    )
    requires: tuple[str, ...] = attrs.field(
        default=(), converter=texts, metadata=doc("projects that must be selected with it", one_or_many=True, refers="project")
    )
    tolerance: Tolerance | None = attrs.field(default=None, converter=optional(as_noun), metadata=doc("how far it may stray"))
    status: tuple[StatusReport, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("what was reported", one_or_many=True))
    confidence: tuple[Confidence, ...] = attrs.field(
        default=(), converter=as_nouns, metadata=doc("what assessors expect", one_or_many=True)
    )
    tasks: Several[Task] = attrs.field(default=Several(), converter=as_several, metadata=doc("its work"))
    gates: Several[Gate] = attrs.field(default=Several(), converter=as_several, metadata=doc("its decision points"))
    risks: Several[Risk] = attrs.field(default=Several(), converter=as_several, metadata=doc("its risks"))
    attributes: FrozenMap[str, str] = attrs.field(default=EMPTY, converter=as_map, metadata=doc("free text to group by"))
    extensions: Extensions = attrs.field(default=EMPTY, converter=as_extensions, metadata=doc("what methodologies add"))

    @property
    def states_carbon(self) -> bool:
        """Whether it or its work states carbon; tasks that nobody has looked at yet are columns, which hold none."""
        return self.carbon is not None or (not unread(self, "tasks") and any(map(CARBON, self.tasks)))

    @property
    def stopped(self) -> bool:
        """It was cancelled, or stopped at one of its gates."""
        return self.state == "cancelled" or (len(self.gates) > 0 and self._killed)

    @property
    def _killed(self) -> bool:
        return any(g.decision is not None and g.decision.outcome == "kill" for g in self.gates)

    @property
    def counted_as(self) -> str:
        """Its state as totals count it: what was stopped at a gate is cancelled, whatever its state still says."""
        return "cancelled" if self.stopped else self.state


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Programme(Noun):
    """Projects that together bring about outcomes."""

    id: str = attrs.field(metadata=doc("id"))
    name: str = attrs.field(default="", metadata=doc("title"))
    programme: str | None = attrs.field(default=None, metadata=doc("the programme above it", refers="programme"))
    owner: str | None = attrs.field(default=None, metadata=doc("who answers for it", refers="owner"))
    methodology: str | None = attrs.field(default=None, metadata=doc("overrides the portfolio's"))
    budget: Budget | None = attrs.field(default=None, converter=optional(as_budget), metadata=doc("planned cost", unit="money"))
    actual: Budget | None = attrs.field(default=None, converter=optional(as_budget), metadata=doc("cost so far", unit="money"))
    forecast: Budget | None = attrs.field(
        default=None, converter=optional(as_budget), metadata=doc("expected cost at completion", unit="money")
    )
    funding: Budget | None = attrs.field(default=None, converter=optional(as_budget), metadata=doc("money granted to it", unit="money"))
    exit_cost: Budget | None = attrs.field(
        default=None, converter=optional(as_budget), metadata=doc("what ending it before it is done would cost", unit="money")
    )
    carbon: Carbon | None = attrs.field(
        default=None, converter=optional(as_noun), metadata=doc("carbon dioxide equivalent that it emits, all that is in it included")
    )
    tolerance: Tolerance | None = attrs.field(default=None, converter=optional(as_noun), metadata=doc("how far it may stray"))
    status: tuple[StatusReport, ...] = attrs.field(default=(), converter=as_nouns, metadata=doc("what was reported", one_or_many=True))
    attributes: FrozenMap[str, str] = attrs.field(default=EMPTY, converter=as_map, metadata=doc("free text to group by"))
    extensions: Extensions = attrs.field(default=EMPTY, converter=as_extensions, metadata=doc("what methodologies add"))


@attrs.frozen(kw_only=True, field_transformer=named, unsafe_hash=False)
class Link(Noun):
    """A dependency between two items; across a project boundary it is an interface agreement with owners and dates."""

    id: str | None = attrs.field(default=None, metadata=doc("id"))
    source: str = attrs.field(converter=text, metadata=doc("what comes first: item, `external:NAME`, or a whole project", key="from"))
    target: str = attrs.field(converter=text, metadata=doc("what follows", key="to"))
    type: str = attrs.field(default="FS", metadata=doc("finish or start to finish or start", choices=LINK_TYPES))
    lag: Span | None = attrs.field(
        default=None, converter=as_lag, metadata=doc("waiting time, or an estimate of it; negative for a lead", unit="time")
    )
    kind: str = attrs.field(default="schedule", metadata=doc("only `schedule` moves dates; others are labels"))
    giver_owner: str | None = attrs.field(default=None, metadata=doc("who commits to it", refers="owner"))
    receiver_owner: str | None = attrs.field(default=None, metadata=doc("who needs it", refers="owner"))
    needed: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("the receiver needs it by then; compared, moves nothing", end=True)
    )
    promised: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("the giver commits to it by then; compared, moves nothing", end=True)
    )
    status: str | None = attrs.field(
        default=None, metadata=doc("of the contract", choices=("proposed", "agreed", "disputed", "delivered", "cancelled"))
    )
    date: When | None = attrs.field(
        default=None, converter=optional(as_when), metadata=doc("when the end outside the portfolio happens, as far as known")
    )
    as_of: When | None = attrs.field(default=None, converter=optional(as_when), metadata=doc("how old that knowledge is"))
    note: str = attrs.field(default="", metadata=doc("what is handed over"))
    attributes: FrozenMap[str, str] = attrs.field(default=EMPTY, converter=as_map, metadata=doc("free text to group by"))
