"""Why work takes longer than estimated: shared drivers, and the events of the risk register, each with what it touches.

A driver multiplies the durations or the costs of all that it touches by one factor, so that they correlate (Hulett, Practical Schedule
Risk Analysis, 2009). A risk happens or not; where it does, its impacts are drawn and added. Opportunities take away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import attrs

from ipmo.analysis.dates.triggers import Trigger, no_date, nodes_in, trigger_of, window_of
from ipmo.analysis.risk.uncertain import Piece, minutes_per
from ipmo.errors import ModelError
from ipmo.findings import Finding, Severity
from ipmo.model.estimates import Estimate, number
from ipmo.model.fields import FrozenMap
from ipmo.model.held import risks_of
from ipmo.model.hierarchy import hierarchy, summaries
from ipmo.model.portfolio import Portfolio
from ipmo.model.risks import Driver, Exposure, Impact, Risk
from ipmo.model.work import Programme, Project, Task
from ipmo.network.states import EFFECTS, LIVE, State
from ipmo.units import Money, Span, moment, said_day

if TYPE_CHECKING:
    from ipmo.network.network import Network
    from ipmo.network.passes import Passes

__all__ = ["Delayed", "Event", "RiskView", "Shared", "Targets", "always", "events", "not_counted", "shared", "unsure_triggers"]

RiskView = Literal["before", "after", "none"]
"""Risks as they stand now, once their responses work, or no risks at all."""


@attrs.frozen(kw_only=True)
class Shared:
    """A driver at work.

    Args:
        driver: the driver.
        tasks: the work that it touches, by full id; of one of costs the items whose costs it multiplies, of one of values the benefits.
    """

    driver: Driver
    tasks: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Delayed:
    """What a delay moves.

    Args:
        estimate: the time lost, or gained by an opportunity.
        longer: work that lasts longer, and minutes of its clock in one unit of the estimate.
        later: nodes that start later, and minutes alike.
        role: what its draws are called.
    """

    estimate: Estimate
    longer: tuple[tuple[str, float], ...]
    later: tuple[tuple[str, float], ...]
    role: str


@attrs.frozen(kw_only=True)
class Event:
    """A risk that may happen.

    Args:
        full_id: of the risk.
        owner: the project, programme or portfolio that bears its response.
        probability: that it happens.
        sign: 1 of a threat, -1 of an opportunity.
        delays: what it does to dates.
        costs: the item that bears it, the money, and what its draws are called.
        response: what its response costs, whether it happens or not; None where no response is counted.
        window: from which instant to which it can happen; None of one that always can.
        running: the open nodes of what it costs money at, by item.
        after: the item that triggers it; empty where nothing does.
        trigger: when that happens, where it is still to come.
    """

    full_id: str
    owner: str
    probability: float
    sign: int
    delays: tuple[Delayed, ...]
    costs: tuple[tuple[str, Estimate, str], ...]
    response: Money | None = None
    window: tuple[int, int] | None = None
    running: Mapping[str, tuple[int, ...]] = FrozenMap()
    after: str = ""
    trigger: Trigger | None = None

    @property
    def windowed(self) -> bool:
        """It can happen at some time only."""
        return self.window is not None or self.trigger is not None


class Targets:
    """What an item that a risk or driver names means in the network.

    Args:
        portfolio: the portfolio.
        network: its network.
        work: its open work of known length.
    """

    def __init__(self, portfolio: Portfolio, network: Network, work: Mapping[str, Piece]) -> None:
        self.portfolio, self.network, self.work = portfolio, network, work
        self.nodes = {name: node for node, name in enumerate(network.ids)}
        self._before: dict[int, list[int]] = {}
        for source, target in zip(network.src, network.dst, strict=True):
            self._before.setdefault(int(target), []).append(int(source))

    def work_in(self, item: str) -> tuple[str, ...]:
        """The open work of known length in an item, at any depth; in all of them where it is the portfolio."""
        inside = self.nodes_in(item)
        return tuple(name for name in (self.network.ids[node] for node in inside) if name in self.work)

    def nodes_in(self, item: str) -> list[int]:
        """The nodes of an item, in order."""
        return nodes_in(self.portfolio, self.network, self.nodes, item)

    def running(self, item: str) -> tuple[int, ...]:
        """The nodes of an item that are open."""
        net = self.network
        return tuple(node for node in self.nodes_in(item) if net.state[node] in LIVE and net.kinds[node] not in (*EFFECTS, "helper"))

    def first_in(self, item: str) -> list[int]:
        """The nodes of an item that are open and wait for nothing else open in it: what a delay of the whole moves."""
        net = self.network
        inside = [node for node in self.nodes_in(item) if net.state[node] in LIVE]
        held, seen = set(inside), set[int]()
        first = []
        for node in inside:
            waiting, found = list(self._before.get(node, ())), False
            seen = set(waiting)
            while waiting and not found:
                one = waiting.pop()
                found = one in held and one != node
                if net.kinds[one] == "helper" and not found:  # what the network puts beside work is seen through
                    more = [v for v in self._before.get(one, ()) if v not in seen]
                    seen.update(more)
                    waiting += more
            if not found:
                first.append(node)
        return first

    def delayed(self, item: str, unit: str) -> tuple[tuple[tuple[str, float], ...], tuple[tuple[str, float], ...]]:
        """What a delay of an item makes longer, and what it makes later, with the minutes in one unit of it.

        Work takes longer; a milestone, gate or benefit comes later; a project or summary starts later with what is first in it.
        """
        net = self.network
        if item in self.work:
            piece = self.work[item]
            return ((item, minutes_per(piece.calendar, unit, elapsed=piece.elapsed)),), ()
        longer, later = [], []
        for node in self.first_in(item):
            name = net.ids[node]
            if net.state[node] is State.STARTED and name in self.work:
                piece = self.work[name]
                longer.append((name, minutes_per(piece.calendar, unit, elapsed=piece.elapsed)))
                continue
            number = 0 if net.clk is None else int(net.clk[node])
            calendar = net.clock_of(node).calendar
            later.append((name, minutes_per(calendar, unit, elapsed=number == 0)))
        return tuple(longer), tuple(later)


def shared(portfolio: Portfolio, targets: Targets, bearers: Iterable[str]) -> tuple[Shared, ...]:
    """The drivers of a portfolio with what they touch.

    Raises:
        ModelError: one touches nothing, or has no factor.
    """
    known = frozenset(bearers)
    out = []
    for driver in portfolio.drivers:
        if driver.factor is None:
            raise ModelError(f"driver {driver.id!r} has no factor; add one, for example factor: {{low: 0.9, likely: 1, high: 1.3}}")
        if not driver.targets:
            raise ModelError(f"driver {driver.id!r} touches nothing; name what it touches under targets:")
        low = driver.factor.quantile(0.0)
        if isinstance(low, int | float) and low < 0:
            raise ModelError(f"driver {driver.id!r} has a factor below zero ({low:g}); a factor of 0.9 makes things a tenth less")
        if driver.affects == "value":
            named = [name for item in driver.targets for name in _benefits_of(portfolio, item)]
        elif driver.affects == "cost":
            named = [name for item in driver.targets for name in bearers_in(portfolio, item) if name in known]
        else:
            named = [name for item in driver.targets for name in targets.work_in(item)]
        out.append(Shared(driver=driver, tasks=tuple(dict.fromkeys(named))))
    return tuple(out)


def _benefits_of(portfolio: Portfolio, item: str) -> list[str]:
    """The benefits that an item is, or that belong to it or a programme in it."""
    noun = portfolio.items.get(item)
    inside = {item}
    if isinstance(noun, Programme):
        inside |= {one.id for one in hierarchy(portfolio).below(noun)}
    return [benefit.id for benefit in portfolio.benefits if benefit.id == item or benefit.belongs_to in inside]


def bearers_in(portfolio: Portfolio, item: str) -> list[str]:
    """The full ids of all that can cost money in an item, itself included."""
    noun = portfolio.items.get(item)
    tree = hierarchy(portfolio)
    if item == portfolio.id and noun is None:
        return [portfolio.id, *(name for one in tree.below(portfolio) for name in _within(one))]
    if isinstance(noun, Programme):
        return [item, *(name for one in tree.below(noun) for name in _within(one))]
    if isinstance(noun, Project):
        return _within(noun)
    if isinstance(noun, Task):
        owner = portfolio.items[item.partition("/")[0]]
        assert isinstance(owner, Project)
        found, names = [noun.id], {noun.id}
        for _ in range(len(owner.tasks) if noun.id in summaries(owner) else 0):
            more = [task.id for task in owner.tasks if task.parent in names and task.id not in names]
            if not more:
                break
            names.update(more)
            found += more
        return [f"{owner.id}/{name}" for name in found]
    return [item]


def _within(noun: Programme | Project) -> list[str]:
    if isinstance(noun, Programme):
        return [noun.id]
    return [noun.id, *(f"{noun.id}/{task.id}" for task in noun.tasks)]


def events(portfolio: Portfolio, targets: Targets, view: RiskView) -> tuple[tuple[Event, ...], list[Finding]]:
    """The open risks that may still happen, and what of the register cannot be counted."""
    out: list[Event] = []
    findings: list[Finding] = []
    if view == "none":
        return (), []
    today = portfolio.data_date
    for held in risks_of(portfolio):
        full_id, risk = held.id, held.noun
        if held.project is not None and held.project.state in ("closed", "cancelled"):
            continue
        if risk.state != "open" or (today is not None and window_of(risk)[1] <= today):
            continue
        probability, impacts = _stated(risk, view)
        known = [impact for impact in impacts if impact.delay is not None or impact.cost is not None]
        if probability is None or not known:
            lacks = "probability" if probability is None else "impact on dates or money"
            findings.append(not_counted(full_id, f"risk {full_id!r} has no {lacks}", f"state its {lacks}"))
            continue
        event, left_out = _event(targets, full_id, held.owner, risk, probability, known)
        never, event = _triggered(targets, event, risk)
        if never:
            findings.append(
                not_counted(full_id, f"risk {full_id!r} cannot happen by today's plan: {never}", "close it, or correct its trigger")
            )
            continue
        response = risk.response_cost if view == "after" and risk.after is not None else None
        out.append(attrs.evolve(event, response=response))
        findings += left_out
    return tuple(out), findings


def _stated(risk: Risk, view: RiskView) -> tuple[float | None, Sequence[Impact]]:
    """Probability and impacts as they stand; what the exposure after the response leaves out is as before."""
    before = risk.before or Exposure()
    after = risk.after if view == "after" and risk.after is not None else before
    return (before.probability if after.probability is None else after.probability), after.impacts or before.impacts


def _event(
    targets: Targets, full_id: str, owner: str, risk: Risk, probability: float, impacts: Sequence[Impact]
) -> tuple[Event, list[Finding]]:
    """One risk with what its impacts touch."""
    delays: list[Delayed] = []
    costs: list[tuple[str, Estimate, str]] = []
    findings: list[Finding] = []
    for place, impact in enumerate(impacts):
        item = impact.target or owner
        findings += _below_zero(full_id, impact)
        if impact.delay is not None:
            unit = impact.delay.central()
            longer, later = targets.delayed(item, unit.unit) if isinstance(unit, Span) and unit.dimension != "step" else ((), ())
            if longer or later:
                delays.append(Delayed(estimate=impact.delay, longer=longer, later=later, role=f"delay {place}"))
            else:
                said = f"risk {full_id!r} delays {item!r}, which has no open work with dates"
                findings.append(not_counted(full_id, said, "name an open item, or close the risk"))
            if later and risk.opportunity:
                said = f"what opportunity {full_id!r} gains of {item!r} beyond what threats delay it makes no work shorter"
                findings.append(not_counted(full_id, said, "name the work that takes less time"))
        if impact.cost is not None:
            if isinstance(impact.cost.central(), Money):
                costs.append((item, impact.cost, f"cost {place}"))
            else:
                findings.append(not_counted(full_id, f"the cost of risk {full_id!r} is not known", "state it as money"))
    sign, window = -1 if risk.opportunity else 1, None if risk.starts is None and risk.ends is None else window_of(risk)
    running = {item: targets.running(item) for item, *_ in costs} if window is not None or risk.triggered_by is not None else {}
    event = Event(full_id=full_id, owner=owner, probability=probability, sign=sign, delays=tuple(delays), costs=tuple(costs))
    return attrs.evolve(event, window=window, running=running), findings


def _triggered(targets: Targets, event: Event, risk: Risk) -> tuple[str, Event]:
    """A risk with what triggers it: why that never lets it happen, empty where it may; and its window, where that has happened already."""
    if risk.triggered_by is None:
        return "", event
    net, trigger = targets.network, trigger_of(targets.portfolio, targets.network, targets.nodes, risk)
    if trigger is None:
        return no_date(risk), event
    if trigger.nodes:
        return "", attrs.evolve(event, after=trigger.item, trigger=trigger)
    at, (first, last) = trigger.done, window_of(risk)
    window, today = (max(first, at), min(last, trigger.closes(net, at))), targets.portfolio.data_date
    said = f"{trigger.item!r} came on {said_day(moment(at), finish=True)}, and its window has closed by now"
    closed = window[0] >= window[1] or (today is not None and window[1] <= today)
    return said if closed else "", attrs.evolve(event, window=window)


def unsure_triggers(found: Iterable[Event], passes: Passes) -> Iterator[Finding]:
    """That nobody knows when what triggers a risk comes: work without a duration lies before it, and samples have it as early as can be.

    Args:
        found: the risks.
        passes: of the schedule.
    """
    for event in found:
        held = [node for node in event.trigger.nodes if passes.lists.pos[node] in passes.lower_bounded] if event.trigger is not None else []
        if held:
            message = (
                f"when what triggers risk {event.full_id!r} comes, {event.after!r}, is not known: work of it or before it has no duration"
            )
            message += "; the risk is counted as if it came at the earliest that it can"
            hint = "estimate the work that has no duration"
            yield Finding(code="ipmo/trigger-not-known", item=event.full_id, severity=Severity.WARNING, message=message, hint=hint)


def always(risk: str) -> Finding:
    """That a risk may strike outside its window too, where samples are dated otherwise."""
    message = f"the window of risk {risk!r} is not held: it may strike whenever its work is done"
    hint = "windows and triggers hold where no work is as late as possible, until an expected finish or scheduled by hand"
    return Finding(code="ipmo/window-not-simulated", item=risk, severity=Severity.INFO, message=message, hint=hint)


def _below_zero(risk: str, impact: Impact) -> Iterator[Finding]:
    """That what an impact takes may be less than nothing, in one of a hundred samples or more."""
    for word, estimate in (("delay", impact.delay), ("cost", impact.cost)):
        low = None if estimate is None else estimate.quantile(0.01)
        if low is not None and number(low) < 0:
            message = f"the {word} of risk {risk!r} reaches below zero ({low} in one of a hundred samples): it is counted as it is drawn"
            hint = "write what may be gained as a risk of its own, with opportunity: true"
            yield Finding(code="ipmo/impact-below-zero", item=risk, severity=Severity.INFO, message=message, hint=hint)


def not_counted(item: str, message: str, hint: str) -> Finding:
    """That a risk, or a part of one, is not in the figures, and why."""
    return Finding(code="ipmo/risk-not-simulated", item=item, severity=Severity.WARNING, message=f"{message}; it is not counted", hint=hint)
