"""What is simulated of a portfolio, and the samples gathered into one answer."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, get_args

import attrs
import numpy as np

from ipmo.analysis.benefits.profiles import profile
from ipmo.analysis.benefits.realisation import BenefitValue, benefits
from ipmo.analysis.risk.causes import Event, RiskView, Targets, events, not_counted, shared
from ipmo.analysis.risk.correlation import correlated
from ipmo.analysis.risk.costs import Costs
from ipmo.analysis.risk.distributions import PertRule, endless, random
from ipmo.analysis.risk.forks import forks
from ipmo.analysis.risk.lost_days import too_many
from ipmo.analysis.risk.outcomes import Dates, Sums
from ipmo.analysis.risk.readiness import readiness
from ipmo.analysis.risk.removal import Figures, HandedOver, Removed, Responded, causes, in_order, one_by_one
from ipmo.analysis.risk.sampling import Batch, cost_rows, run
from ipmo.analysis.risk.setup import Kept, Setup
from ipmo.analysis.risk.simulation import Simulated, Simulation
from ipmo.analysis.risk.uncertain import Piece, Structures, open_work
from ipmo.errors import ModelError, OptionError, UnknownItemError, close_matches, one_of
from ipmo.findings import Finding, Severity
from ipmo.model.calendars import Calendar
from ipmo.model.dialects import Dialect
from ipmo.model.fields import FrozenMap
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Programme, Project, Task
from ipmo.network.states import EFFECTS, LIVE, State
from ipmo.progress import unwatched, watched
from ipmo.tables import Column, Table
from ipmo.units import DAY, as_day, minor_digits, minutes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ipmo.analysis.dates.schedule import Schedule

__all__ = ["Plan", "simulate"]

MOST = 10_000_000
"""Samples in one simulation at most."""
NUMBERS = 2_000_000
"""Dates up to which those of all tasks are kept; beyond, of those that are asked for, and of all that is no task."""


def simulate(
    portfolio: Portfolio,
    *,
    samples: int = 10_000,
    seed: int = 1,
    risks: RiskView = "before",
    dialect: str | Dialect | None = None,
    pert: PertRule = "beta",
    keep: Sequence[str] = (),
    correlations: Mapping[tuple[str, str], float] | None = None,
    executor: Executor | None = None,
    progress: bool | Callable[[str, int, int], object] | None = None,
) -> Simulation:
    """How sure dates, costs and benefits are: one joint simulation of the whole portfolio.

    Each sample is one schedule: lengths of open work are drawn from their estimates, shared drivers multiply them, risks happen or not.
    Costs and benefits are drawn and dated on the same samples. The same seed gives the same answer, bit for bit, however the samples
    are shared out. Source: AACE 57R-09; Hulett, Integrated Cost-Schedule Risk Analysis (2011); GAO Schedule Assessment Guide.

    Args:
        portfolio: the portfolio.
        samples: how many, 2 to ten million; the standard error of a share is at most 1 / (2 sqrt(samples)).
        seed: names the streams of random numbers.
        risks: `before` their responses, `after` (their costs are counted too), or `none`.
        dialect: conventions of the schedule; the portfolio's own when left out.
        pert: `beta`, or `classic` with a sixth of the range as deviation.
        keep: tasks and summaries whose dates are kept where items times samples are more than two million; else those of all are.
        correlations: rank correlations of durations by pairs of tasks, from -1 to 1; what cannot hold together is repaired, with a
            finding. Each estimate stays as it is. Shared causes are better recorded as drivers.
        executor: what computes blocks of samples, such as a pool of threads or processes; the calling thread when left out.
        progress: True shows a bar, a function is told how far it has come.

    Raises:
        OptionError: an option is not what it takes.
        ModelError: a driver touches nothing or has no factor; a correlation is of work without an uncertain estimate.
        ScheduleError: nothing says when the portfolio starts, or a date lies past the year 9999.
        UnknownItemError: something in `keep` is no item.
    """
    if not 2 <= samples <= MOST:
        raise OptionError("samples", samples, takes=f"a whole number from 2 to {MOST:,}")
    one_of("risks", risks, get_args(RiskView))
    one_of("pert", pert, get_args(PertRule))
    for name in keep:
        if name not in portfolio.items:
            raise UnknownItemError(name, close_matches(name, portfolio.items), f"portfolio {portfolio.id!r}")
    with watched(progress):
        plan = Plan(portfolio, samples, seed, risks, dialect, pert, keep, correlations or {})
        return plan.answer(list(run(plan.setup, executor)))


class _Figures(NamedTuple):
    """Dates of items, sample by sample, the mean value of all benefits in minor units, and the links that may hold something back."""

    dates: Mapping[str, NDArray[np.int64]]
    worth: float
    holding: frozenset[int]


def _later(one: Mapping[str, NDArray[np.int64]], other: Mapping[str, NDArray[np.int64]], item: str) -> float:
    """How much later an item is in the one than in the other, in days, on average."""
    return float((one[item] - other[item]).mean()) / DAY if item in one else 0.0


class Plan:
    """What is simulated of one portfolio, and how its answer is made."""

    def __init__(
        self,
        portfolio: Portfolio,
        samples: int,
        seed: int,
        risks: RiskView,
        dialect: str | Dialect | None,
        pert: PertRule,
        keep: Sequence[str],
        correlations: Mapping[tuple[str, str], float] = FrozenMap(),
    ) -> None:
        self.portfolio, self.samples = portfolio, samples
        start = Structures(portfolio, dialect, {})
        self.schedule: Schedule = start.base
        net = self.schedule.network
        work = open_work(portfolio, net)
        for name, piece in work.items():
            if never := endless(piece.estimate):
                said = (
                    f"{name!r} does not end in {never:.1%} of the samples at the pace of its history; fewer items, or what changes the pace"
                )
                raise ModelError.of(piece.field, said).at(name)
        costs = Costs(portfolio)
        targets = self._targets = Targets(portfolio, net, work)
        self._view: RiskView = risks
        drivers = shared(portfolio, targets, costs.bearers)
        found, self.findings = events(portfolio, targets, risks)
        found = tuple(self._rated(event, costs) for event in found)
        branches, told = forks(portfolio, targets, costs.bearers)
        self.findings += told
        touched = {name for name, piece in work.items() if random(piece.estimate)}
        touched |= {name for fork in branches for way in fork.ways for name in way.tasks}
        touched |= {name for one in drivers if one.driver.affects == "duration" for name in one.tasks}
        touched |= {name for event in found for delayed in event.delays for name, _ in delayed.longer}
        structures = Structures(portfolio, dialect, {name: work[name] for name in touched})
        if structures.one_by_one:
            found = tuple(self._without_points(event) for event in found)
        worth = {one.id: one for one in benefits(portfolio, unrated="unknown")} if portfolio.benefits else {}
        self.worth: Mapping[str, BenefitValue] = worth
        together, repaired = correlated(correlations, {name for name, piece in work.items() if random(piece.estimate)})
        self.findings += repaired
        self.setup = Setup(
            structures=structures,
            kept=tuple(self._kept(keep)),
            shared=drivers,
            events=found,
            costs=costs,
            likely={one.id: float(one.noun.probability or 0) for one in worth.values() if one.noun.probability not in (None, 1.0)},
            seed=seed,
            samples=samples,
            pert=pert,
            together=together,
            forks=branches,
            lost=self._losing(work, one_by_one=structures.one_by_one),
        )
        self.settings = f"risks {risks}" + (f", dialect {net.dialect.name}" if net.dialect is not None else "")
        self.settings += f", {len(correlations)} correlations" if correlations else ""
        self.settings += ", classic PERT" if pert == "classic" else ""
        self.findings += readiness(portfolio, self.schedule, list(work.values()), drivers, (*found, *branches, *self.setup.lost))

    def _losing(self, work: Mapping[str, Piece], *, one_by_one: bool) -> dict[str, Calendar]:
        """The work that loses days of its calendar, and what of that is not counted."""
        found = {name: piece.calendar for name, piece in work.items() if piece.calendar.lost and not piece.elapsed and piece.minutes}
        calendars = {one.id: one for one in found.values()}
        self.findings += too_many(calendars.values())
        if not one_by_one:
            return found
        for name in calendars:
            message = f"days that calendar {name!r} loses are not counted beside work as late as possible or until an expected finish"
            self.findings.append(Finding(code="ipmo/lost-days-not-simulated", item=name, severity=Severity.WARNING, message=message))
        return {}

    def _rated(self, event: Event, costs: Costs) -> Event:
        """An event with those costs that can be counted in the portfolio's currency."""
        kept = []
        for item, money, role in event.costs:
            if costs.rate(item, getattr(money.central(), "currency", "")) is not None:
                kept.append((item, money, role))
                continue
            message = (
                f"the cost of risk {event.full_id!r} has no exchange rate into {costs.currency or 'a currency that the portfolio states'}"
            )
            hint = "add a rate under rates:" if costs.currency else "add portfolio: money: {currency: GBP}"
            self.findings.append(not_counted(event.full_id, message, hint))
        response = event.response
        if response is not None and costs.rate(event.full_id, response.currency) is None:
            self.findings.append(
                not_counted(event.full_id, f"the response of {event.full_id!r} has no exchange rate", "add a rate under rates:")
            )
            response = None
        return attrs.evolve(event, costs=tuple(kept), response=response)

    def _without_points(self, event: Event) -> Event:
        """An event without delays of what is no task, where each sample is a schedule of its own."""
        delays = []
        for delayed in event.delays:
            later = tuple(pair for pair in delayed.later if isinstance(self.portfolio.items.get(pair[0]), Task))
            if later != delayed.later:
                message = f"risk {event.full_id!r} delays what is no task, beside work as late as possible"
                self.findings.append(not_counted(event.full_id, message, "name a task"))
            delays.append(attrs.evolve(delayed, later=later))
        return attrs.evolve(event, delays=tuple(delays))

    # --------------------------------------------------------------------------------------------- items

    @functools.cached_property
    def _parts(self) -> dict[str, tuple[str, Sequence[int]]]:
        """Kind and nodes of everything that can have dates, in order of the file."""
        net, pf = self.schedule.network, self.portfolio
        nodes = self.schedule.passes.nodes
        out: dict[str, tuple[str, Sequence[int]]] = {}
        members: dict[str, Sequence[int]] = {}
        for place, name in enumerate(net.projects):
            members[name] = net.members.get(place, [nodes[name]] if name in nodes else [])
        tree = hierarchy(pf)
        if pf.id not in pf.items:
            out[pf.id] = "portfolio", [v for found in members.values() for v in found]
        for programme in pf.programmes:
            out[programme.id] = "programme", [v for project in tree.projects(programme) for v in members[project.id]]
        for project in pf.projects:
            out[project.id] = "project", members[project.id]
            for task in project.tasks:
                full_id = f"{project.id}/{task.id}"
                if full_id in nodes:
                    out[full_id] = net.kinds[nodes[full_id]], [nodes[full_id]]
                elif (project.id, task.id) in net.summaries:
                    out[full_id] = "summary", net.summaries[project.id, task.id]
            for gate in project.gates:
                full_id = f"{project.id}/{gate.id}"
                out[full_id] = "gate", [nodes[full_id]]
        for name in (*(outcome.id for outcome in pf.outcomes), *(benefit.id for benefit in pf.benefits)):
            if name in nodes:
                out[name] = net.kinds[nodes[name]], [nodes[name]]
        return out

    def _kept(self, keep: Sequence[str]) -> Iterable[Kept]:
        """The items whose dates are kept: all, or where those are too many all but tasks that nobody asked for."""
        net, passes = self.schedule.network, self.schedule.passes
        every = len(self._parts) * self.samples <= NUMBERS
        asked = frozenset(keep)
        unsized = passes.without_duration
        for name, (kind, nodes) in self._parts.items():
            if kind in ("task", "summary") and not every and name not in asked:
                continue
            if kind in EFFECTS:
                if net.state[nodes[0]] in LIVE and passes.lists.pos[nodes[0]] not in passes.lower_bounded:
                    yield Kept(full_id=name, nodes=(nodes[0],), done=-1, begins=True)
                continue
            live = tuple(v for v in nodes if net.state[v] in LIVE and v not in unsized)
            facts = (net.finishes[v] for v in nodes if net.state[v] is not State.GONE and v in net.finishes and v not in live)
            done = max(facts, default=-1)
            if live:
                whole = {net.project[v] for v in live} if kind in ("portfolio", "programme", "project") else None
                places = None if whole is None else tuple(sorted(map(int, whole)))
                yield Kept(full_id=name, nodes=live, done=done, begins=False, projects=places)

    # --------------------------------------------------------------------------------------------- gathering

    def answer(self, batches: Sequence[Batch]) -> Simulation:
        """All samples as one answer."""
        pf, setup = self.portfolio, self.setup
        dates = np.concatenate([one.dates for one in batches], axis=1)
        money = np.concatenate([one.costs for one in batches], axis=1)
        comes = np.concatenate([one.comes for one in batches], axis=1)
        costs = self._costs(money)
        found = {kept.full_id: self._dates(kept, dates[place]) for place, kept in enumerate(setup.kept)}
        values = self._values(found, comes)
        rows: dict[str, Simulated] = {}
        names = dict.fromkeys([*self._parts, *(benefit.id for benefit in pf.benefits)])
        for name in names:
            kind = self._parts[name][0] if name in self._parts else "benefit"
            if name in found or name in costs or name in values:
                noun = pf.items.get(name, pf)
                rows[name] = Simulated(
                    id=name, name=noun.name, kind=kind, dates=found.get(name), costs=costs.get(name), value=values.get(name)
                )
        self._notice(batches)
        work = self._criticality(batches), self._links(batches)
        tree = hierarchy(pf)
        whole: list[Programme | Portfolio] = [*pf.programmes, pf]
        held = {noun.id: tuple(project.id for project in tree.projects(noun)) for noun in whole if noun.id in rows}
        made = (self.samples, setup.seed, self.settings)
        return Simulation(rows, pf.id, made, self.findings, work, held=held, again=self)

    # --------------------------------------------------------------------------------------------- once more, with a change

    def drivers(self, item: str, percent: float, estimates: Sequence[str], count: int) -> list[Removed]:
        """What each cause adds to a percentile of an item; with a count, the causes that are best taken out in order.

        Raises:
            ModelError: the item has no dates.
        """
        kept = next((one for one in self.setup.kept if one.full_id == item), None)
        if kept is None:
            raise ModelError(f"{item!r} has no dates in this simulation")
        figures = Figures(self.setup, kept, item, percent)
        found = causes(self.setup, estimates)
        return in_order(figures, found, count) if count else one_by_one(figures, found)

    def responses(self, item: str, percent: float) -> list[Responded]:
        """What each response changes, its cost taken off.

        Raises:
            ModelError: the item has no dates; the simulation is not of risks before their responses.
        """
        kept = next((one for one in self.setup.kept if one.full_id == item), None)
        if kept is None:
            raise ModelError(f"{item!r} has no dates in this simulation")
        if self._view != "before":
            raise ModelError("responses are valued against risks before them; simulate with risks='before'")
        answered, _ = events(self.portfolio, self._targets, "after")
        risks = {f"{project.id}/{risk.id}": risk for project in self.portfolio.projects for risk in project.risks}
        after = {event.full_id: self._rated(event, self.setup.costs) for event in answered if risks[event.full_id].after is not None}
        base = self._with(self.setup, kept, percent)
        out = []
        for event in self.setup.events:
            if event.full_id in after:
                changed = tuple(after[one.full_id] if one is event else one for one in self.setup.events)
                found = self._with(attrs.evolve(self.setup, events=changed), kept, percent)
                spent = after[event.full_id].response
                out.append(
                    Responded(
                        risk=event.full_id,
                        response=risks[event.full_id].response or "",
                        before=event.probability,
                        after=after[event.full_id].probability,
                        days=base[0] - found[0],
                        saved=base[1] - found[1] + (0 if spent is None else round(self.setup.costs.minor(spent))),
                        spent=0 if spent is None else round(self.setup.costs.minor(spent)),
                        gained=found[2] - base[2],
                    )
                )
        return sorted(out, key=lambda one: (-one.net, one.risk))

    def hand_overs(self) -> list[HandedOver]:
        """What each link across projects costs by being late: the same draws with it in time.

        Raises:
            ModelError: each sample is a schedule of its own.
        """
        setup, net, pf = self.setup, self.schedule.network, self.portfolio
        if setup.structures.one_by_one:
            raise ModelError("hand-overs are not valued where each sample is a schedule of its own, as beside work as late as possible")
        wanted = [(place, number) for place, number in net.numbers.items() if self._across(place)]
        projects = {pf.id, *(project.id for project in pf.projects)}
        chosen = [one for one in setup.kept if one.begins or one.full_id in projects]
        ends = {net.src[place] for place, _ in wanted}
        chosen += [Kept(full_id=net.ids[v], nodes=(v,), done=-1, begins=False) for v in sorted(ends) if net.kinds[v] not in EFFECTS]
        chosen = list({one.full_id: one for one in chosen}.values())
        kept = {one.full_id: one for one in chosen}
        base = self._figures(attrs.evolve(setup, kept=tuple(chosen)), chosen)
        out = []
        for place, number in wanted:
            link = pf.links[number]
            late = attrs.evolve(setup, kept=tuple(chosen), in_time=frozenset((number,)))
            found = self._figures(late, chosen) if number in base.holding else base  # what never holds back costs nothing
            name, owner = net.ids[net.src[place]], net.project[net.dst[place]]
            giver = base.dates.get(name)
            planned = None if giver is None else self._planned(kept[name])
            by = None if link.needed is None else minutes(link.needed, end=True)
            out.append(
                HandedOver(
                    source=link.source,
                    target=link.target,
                    type=link.type,
                    late=None if giver is None or planned is None else float((giver > planned).mean()),
                    missed=None if by is None or giver is None else float((giver > by).mean()),
                    days=_later(base.dates, found.dates, net.projects[owner] if owner >= 0 else pf.id),
                    end_days=_later(base.dates, found.dates, pf.id),
                    lost=found.worth - base.worth,
                )
            )
        return sorted(out, key=lambda one: (-one.lost, -one.end_days, -one.days, one.source, one.target))

    def _across(self, link: int) -> bool:
        """Whether a link of the network leads from one project to another."""
        net = self.schedule.network
        giver, receiver = net.project[net.src[link]], net.project[net.dst[link]]
        return giver != receiver and giver >= 0

    def _figures(self, setup: Setup, kept: Sequence[Kept]) -> _Figures:
        """The dates of some items, and the mean value of all benefits, of another setup."""
        with unwatched():
            batches = list(run(setup))
        dates = np.concatenate([one.dates for one in batches], axis=1)
        comes = np.concatenate([one.comes for one in batches], axis=1)
        begun = {one.full_id: Dates(id=one.full_id, instants=dates[n], begins=True) for n, one in enumerate(kept) if one.begins}
        values = self._values(begun, comes)
        worth = float(values[self.portfolio.id].minor.mean()) if self.portfolio.id in values else 0.0
        holding = frozenset(number for one in batches for number in one.driving)
        return _Figures({one.full_id: dates[n] for n, one in enumerate(kept)}, worth, holding)

    def _with(self, setup: Setup, kept: Kept, percent: float) -> tuple[float, float, float]:
        """The percentile of an item's finish in days, the mean cost and the mean value of the portfolio, of another setup."""
        with unwatched():
            batches = list(run(setup))
        place = setup.kept.index(kept)
        dates = np.concatenate([one.dates for one in batches], axis=1)
        row = Dates(id=kept.full_id, instants=dates[place])
        money = np.concatenate([one.costs for one in batches], axis=1)[cost_rows(setup, self.portfolio.id)]
        comes = np.concatenate([one.comes for one in batches], axis=1)
        begun = {one.full_id: Dates(id=one.full_id, instants=dates[n], begins=True) for n, one in enumerate(setup.kept) if one.begins}
        values = self._values(begun, comes)
        worth = values[self.portfolio.id].minor.mean() if self.portfolio.id in values else 0.0
        return row.instant(percent) / DAY, float(money.sum(axis=0).mean()), float(worth)

    def _dates(self, kept: Kept, row: NDArray[np.int64]) -> Dates:
        """The dates of one item."""
        row.flags.writeable = False
        net, passes, nodes = self.schedule.network, self.schedule.passes, self._parts[kept.full_id][1]
        bound = any(net.state[v] in LIVE and passes.lists.pos[v] in passes.lower_bounded for v in nodes) if net.unknown else False
        planned, committed = self._planned(kept), self._committed(kept.full_id)
        return Dates(id=kept.full_id, instants=row, begins=kept.begins, planned=planned, committed=committed, at_least=bound)

    def _planned(self, kept: Kept) -> int | None:
        """The instant of the schedule as it stands."""
        net, q = self.schedule.network, self.schedule.passes.lists
        if kept.begins:
            node = kept.nodes[0]
            v = q.pos[node]
            return q.finish[v] if node in net.points else net.running_clock(node).start(q.x[v])
        return max([kept.done, *(q.finish[q.pos[node]] for node in kept.nodes)])

    def _committed(self, full_id: str) -> date | None:
        """The day that somebody relies on."""
        noun = self.portfolio.items.get(full_id)
        for field in ("deadline", "need_by"):
            when: date | None = getattr(noun, field, None)
            if when is not None:
                return as_day(when)
        return as_day(noun.finish) if isinstance(noun, Project) and noun.finish is not None and (noun.tasks or noun.gates) else None

    def _costs(self, money: NDArray[np.int64]) -> dict[str, Sums]:
        """What each item costs: its own, or the sum of what is inside it, and what happens to it."""
        costs = self.setup.costs
        above = {name for event in self.setup.events for item, *_ in event.costs for name in costs.holding(costs.owner_of(item))}
        above |= {name for event in self.setup.events if event.response for name in costs.holding(costs.owner_of(event.full_id))}
        out: dict[str, Sums] = {}
        for name in dict.fromkeys([*costs.made_of, *sorted(above)]):
            parts = costs.made_of.get(name, ())
            whole = money[cost_rows(self.setup, name)].sum(axis=0)
            planned = sum(self._planned_cost(part) for part in parts)
            inside = set(parts)
            lacks = tuple(one for project, some in costs.unknown.items() if inside & set(costs.made_of.get(project, ())) for one in some)
            words = costs.sources.get(name, "")
            if name in above:
                words = f"{words} and what happens to it" if words else "what happens to it alone: no other cost of it is known"
            out[name] = self._money(name, whole, round(planned) if parts else None, words, lacks)
        return out

    def _planned_cost(self, bearer: str) -> float:
        """Minor units that a bearer costs by its central values."""
        found = self.setup.costs.bearers[bearer]
        whole = sum(float(getattr(line.estimate.central(), "amount", 0)) * line.rate for line in found.lines)
        noun = self.portfolio.items.get(bearer)
        if found.per_minute and isinstance(noun, Task) and noun.duration is not None:
            piece = open_work(self.portfolio, self.schedule.network).get(bearer)
            whole += found.per_minute * (0 if piece is None else piece.minutes)
        return float(round(whole))

    def _money(self, name: str, whole: NDArray[np.int64], planned: int | None, what: str, missing: tuple[str, ...] = ()) -> Sums:
        costs = self.setup.costs
        currency = costs.currency or next((one.currency for one in self.worth.values()), "")
        whole.flags.writeable = False
        return Sums(id=name, minor=whole, currency=currency, digits=minor_digits(currency), planned=planned, what=what, missing=missing)

    def _values(self, found: Mapping[str, Dates], comes: NDArray[np.bool_]) -> dict[str, Sums]:
        """What benefits are worth: by their start in each sample, and nothing where they do not come."""
        out: dict[str, Sums] = {}
        order = {name: place for place, name in enumerate(self.setup.likely)}
        total = np.zeros(self.samples, np.int64)
        missing = []
        for name, one in self.worth.items():
            probability = Fraction(str(one.noun.probability)) if one.noun.probability is not None else Fraction(1)
            if one.yearly is None or (name not in found and one.start is None) or one.forecast is None:
                missing.append(name)
                continue
            full = one.yearly / probability if probability else Fraction(0)
            if name in found:
                days, back = np.unique(-(-found[name].instants // DAY), return_inverse=True)  # the first whole day of each
                worths = np.array([self._worth(one, date.fromordinal(int(day) + 1), full) for day in days], np.int64)
                row = worths[back.ravel()]
            else:
                assert one.start is not None
                row = np.full(self.samples, self._worth(one, one.start, full), np.int64)
            if name in order:
                row = np.where(comes[order[name]], row, 0)
            total = total + row
            out[name] = self._money(name, row, None, self._what(one))
        if out and self.portfolio.id not in out:
            first = next(iter(out))
            out[self.portfolio.id] = self._money(self.portfolio.id, total, None, out[first].what, tuple(missing))
        return out

    def _worth(self, one: BenefitValue, start: date, yearly: Fraction) -> int:
        """Minor units that a benefit is worth from a day on."""
        if one.valued is None:
            made = profile(one.noun, start, yearly)
            worth = None if made is None else float(made.total)
        else:
            worth = one.valued.worth(one.noun, start, yearly)
        return 0 if worth is None else round(worth * float(10 ** minor_digits(one.currency)))

    @staticmethod
    def _what(one: BenefitValue) -> str:
        return "the sum of its years, undiscounted" if one.valued is None else f"present value on {one.at}"

    def _notice(self, batches: Sequence[Batch]) -> None:
        """Says of which work draws were below zero."""
        below = sum(one.below for one in batches)
        for piece, count in zip(sorted(self.setup.structures.pieces), np.asarray(below).tolist(), strict=True):
            if count:
                message = f"{count / self.samples:.1%} of the draws of {piece!r} are below zero, and count as no time at all"
                self.findings.append(
                    Finding(code="ipmo/time-below-zero", item=piece, severity=Severity.INFO, message=message, hint="narrow its estimate")
                )

    def _criticality(self, batches: Sequence[Batch]) -> Table:
        """How often open work is critical, and how much the end goes with it."""
        net, pf, n = self.schedule.network, self.portfolio, self.samples
        counts = np.sum([one.critical for one in batches], axis=0)
        pieces = [self.setup.structures.pieces[name] for name in sorted(self.setup.structures.pieces)]
        sums = [[sum(int(one.lengths[place, part]) for one in batches) for part in range(3)] for place in range(len(pieces))]
        ends = [sum(one.ends[part] for one in batches) for part in range(2)]
        spread = {piece.full_id: self._moments(piece, sums[place], ends) for place, piece in enumerate(pieces)}
        shown = [
            (net.ids[node], int(counts[node]) / n)
            for node in range(net.n)
            if net.state[node] in LIVE and net.kinds[node] not in EFFECTS and net.ids[node] in pf.items
        ]
        shown.sort(key=lambda one: (-one[1], one[0]))
        none = (None, None, None)
        figures = [spread.get(name, none) for name, _ in shown]
        return Table(
            [
                Column("id", "str", [name for name, _ in shown]),
                Column("name", "str", [pf.items[name].name for name, _ in shown]),
                Column("criticality", "float", [share for _, share in shown]),
                Column("error", "float", [math.sqrt(share * (1 - share) / n) for _, share in shown]),
                Column("length_sd", "float", [one[0] for one in figures], "days"),
                Column("cruciality", "float", [one[1] for one in figures]),
                Column(
                    "ssi", "float", [None if one[2] is None else share * one[2] for (_, share), one in zip(shown, figures, strict=True)]
                ),
            ]
        )

    def _moments(self, piece: Piece, sums: Sequence[int], ends: Sequence[int]) -> tuple[float, float | None, float | None]:
        """Deviation of a length in days, its correlation with the end without the sign, its deviation by that of the end."""
        n = self.samples
        own, end = n * sums[1] - sums[0] ** 2, n * ends[1] - ends[0] ** 2
        day = piece.calendar.day_minutes if not piece.elapsed else 1440
        deviation = math.sqrt(own / (n * (n - 1)))
        if not own or not end:
            return deviation / day, None, None
        return deviation / day, abs(n * sums[2] - sums[0] * ends[0]) / math.sqrt(own) / math.sqrt(end), math.sqrt(own / end)

    def _links(self, batches: Sequence[Batch]) -> Table:
        """How often each link of the file lies on a driving path to the end."""
        net, n = self.schedule.network, self.samples
        links = self.portfolio.links
        numbers = sorted(set(net.numbers.values()))
        shares = [sum(one.driving.get(number, 0) for one in batches) / n for number in numbers]
        return Table(
            [
                Column("source", "str", [links[number].source for number in numbers]),
                Column("target", "str", [links[number].target for number in numbers]),
                Column("type", "str", [links[number].type for number in numbers]),
                Column("criticality", "float", shares),
                Column("error", "float", [math.sqrt(share * (1 - share) / n) for share in shares]),
            ]
        )
