"""What is simulated of a portfolio: its uncertain work, causes and costs, and the items whose samples are kept."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import attrs

from ipmo.analysis.benefits.realisation import BenefitValue, benefits
from ipmo.analysis.dates.committed import PLANNED, Stated
from ipmo.analysis.risk.causes import Event, RiskView, Shared, Targets, always, events, not_counted, shared, unsure_triggers
from ipmo.analysis.risk.correlation import correlated
from ipmo.analysis.risk.costs import Bearer, Costs
from ipmo.analysis.risk.distributions import PertRule, endless, random
from ipmo.analysis.risk.forks import forks
from ipmo.analysis.risk.lost_days import too_many
from ipmo.analysis.risk.readiness import readiness
from ipmo.analysis.risk.setup import Kept, Setup
from ipmo.analysis.risk.uncertain import Piece, Structures, open_work
from ipmo.errors import ModelError, listed
from ipmo.findings import Finding, Severity
from ipmo.model.calendars import Calendar
from ipmo.model.dialects import Dialect
from ipmo.model.estimates import OpaqueEstimate
from ipmo.model.fields import FrozenMap
from ipmo.model.held import in_no_project, risks_of
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.work import Project, Task
from ipmo.network.states import EFFECTS, LIVE, State
from ipmo.units import DAY, as_day, first_day, minutes, moment, said_day
from ipmo.words import counted

if TYPE_CHECKING:
    from ipmo.analysis.dates.schedule import Schedule
    from ipmo.network.network import Network

__all__ = ["Plan"]

BYTES = 8
"""Bytes of one date of one sample."""

WHOLES = ("portfolio", "programme", "project")
"""Kinds of items that have key figures."""


class Plan:
    """What is simulated of one portfolio."""

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
        memory: float = 16,
        *,
        sketches: bool = False,
    ) -> None:
        self.portfolio = portfolio
        self.view: RiskView = risks
        start = Structures(portfolio, dialect, {})
        self.schedule: Schedule = start.base
        net = self.schedule.network
        work = open_work(portfolio, net)
        _refuse_endless(work)
        costs = Costs(portfolio)
        beyond = costs.with_work(net, {name: piece.minutes for name, piece in work.items()})
        targets = self.targets = Targets(portfolio, net, work)
        drivers = shared(portfolio, targets, costs.bearers)
        found, self.findings = events(portfolio, targets, risks)
        found = tuple(self.rated(event, costs) for event in found)
        self.findings += [_overspent(one, costs) for one in beyond]
        self.findings += [_idle(one) for one in drivers if not one.tasks]
        self.findings += _without_adapter(portfolio, net)
        branches, told = forks(portfolio, targets, costs.bearers)
        self.findings += told
        uncertain = frozenset(name for name, piece in work.items() if piece.uncertain)
        touched = set(uncertain)
        touched |= {name for fork in branches for way in fork.ways for name in way.tasks} | _driven(drivers)
        touched |= {name for event in found for delayed in event.delays for name, _ in delayed.longer}
        self._price_responses(costs)
        structures = Structures(portfolio, dialect, {name: work[name] for name in touched})
        if structures.one_by_one:
            self.findings += [always(event.full_id) for event in found if event.windowed]
            found = tuple(attrs.evolve(self._without_points(event), window=None, trigger=None) for event in found)
        self.findings += unsure_triggers(found, self.schedule.passes)
        worth = {one.id: one for one in benefits(portfolio, unrated="unknown")} if portfolio.benefits else {}
        self.worth: Mapping[str, BenefitValue] = worth
        kept, others = self._budgeted(keep, int(memory * 1e6 / BYTES / samples), linked=sketches)
        self.left_out = frozenset() if sketches else frozenset(one.full_id for one in others)
        """Items whose dates are not kept."""
        priced, self.unpriced = self._priced(costs, keep, int(memory * 1e6 / BYTES / samples))
        together, repaired = correlated(correlations, uncertain)
        self.findings += repaired
        self.setup = Setup(
            structures=structures,
            kept=tuple(kept),
            sketched=tuple(others) if sketches else (),
            shared=drivers,
            events=found,
            costs=costs,
            likely=self._likely(drivers),
            factors={one.id: one.noun.factor for one in worth.values() if one.noun.factor is not None},
            seed=seed,
            samples=samples,
            pert=pert,
            together=together,
            forks=branches,
            lost=self._losing(structures),
            priced=priced,
        )
        self.settings = f"risks {risks}" + (f", dialect {net.dialect.name}" if net.dialect is not None else "")
        self.settings += (f", {len(correlations)} correlations" if correlations else "") + (", classic PERT" if pert == "classic" else "")
        if others:
            what = "sketched" if sketches else "left out"
            self.settings += f", samples of {counted(len(kept), 'item')} kept in {memory:g} MB, the dates of {len(others)} {what}"
        self.settings += f", the costs of {counted(len(self.unpriced), 'item')} left out" if self.unpriced else ""
        causes = [*(event for event in found if event.delays), *branches, *self.setup.lost, *structures.lags]
        lags, money = [*structures.lags.values()], self._money(found, drivers)
        self.findings += readiness(portfolio, self.schedule, [*work.values()], drivers, causes, lags, money)

    def _money(self, found: Sequence[Event], drivers: Sequence[Shared]) -> list[str]:
        """What makes costs and values differ from sample to sample, and no date: estimates of costs, risks, drivers and benefits."""
        uncertain = [name for name, one in self.setup.costs.bearers.items() if any(random(line.estimate) for line in one.lines)]
        uncertain += [event.full_id for event in found if event.costs and not event.delays]
        uncertain += [one.driver.id for one in drivers if one.driver.affects != "duration" and one.tasks]
        return list(dict.fromkeys([*uncertain, *self.setup.likely]))

    def _likely(self, drivers: Sequence[Shared]) -> dict[str, float]:
        """The benefits of which nobody knows how much of them comes, and the probability that they come at all.

        Raises:
            ModelError: the factor of one may lie below zero.
        """
        driven = {name for one in drivers if one.driver.affects == "value" for name in one.tasks}
        out = {}
        for one in self.worth.values():
            low = None if one.noun.factor is None else one.noun.factor.quantile(0.0)
            if isinstance(low, int | float) and low < 0:
                raise ModelError.of("factor", f"{one.id!r} has a factor below zero ({low:g}); what makes things worse is a disbenefit").at(
                    one.id
                )
            if one.noun.probability not in (None, 1.0) or one.noun.factor is not None or one.id in driven:
                out[one.id] = 1.0 if one.noun.probability is None else float(one.noun.probability)
        return out

    def _losing(self, structures: Structures) -> dict[str, Calendar]:
        """The calendars whose days are lost to what is open on them, and what of that is not counted."""
        table, net = self.portfolio.calendar_table, self.schedule.network
        if not any(one.lost for one in table.values()):
            return {}
        used = {net.running_clock(v).calendar.id for v in range(net.n) if net.state[v] in LIVE and net.running_clock(v).number}
        used |= {piece.calendar.id for piece in structures.pieces.values() if not piece.elapsed}
        found = {name: one for name, one in sorted(table.items()) if one.lost and name in used}
        self.findings += too_many(found.values())
        if not structures.one_by_one:
            return found
        for name in found:
            message = f"days that calendar {name!r} loses are not counted beside work as late as possible or until an expected finish"
            self.findings.append(Finding(code="ipmo/lost-days-not-simulated", item=name, severity=Severity.WARNING, message=message))
        return {}

    def _price_responses(self, costs: Costs) -> None:
        """Says of responses to open risks that nobody knows what they cost in the portfolio's currency, where that is asked of them later."""
        for held in risks_of(self.portfolio) if self.view == "before" else ():
            risk, price = held.noun, held.noun.response_cost
            if risk.state == "open" and risk.after is not None and price is not None and costs.rate(held.id, price.currency) is None:
                message = f"the response of {held.id!r} has no exchange rate"
                self.findings.append(not_counted(held.id, message, "add a rate under rates:"))

    def rated(self, event: Event, costs: Costs) -> Event:
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

    @property
    def since(self) -> int:
        """The instant from which the time to a finish counts: the status date, or the start of the portfolio."""
        status = self.portfolio.status_date
        return self.schedule.network.base if status is None else max(self.schedule.network.base, minutes(status))

    # --------------------------------------------------------------------------------------------- items

    @functools.cached_property
    def parts(self) -> dict[str, tuple[str, Sequence[int]]]:
        """Kind and nodes of everything that can have dates, in order of the file."""
        net, pf = self.schedule.network, self.portfolio
        nodes = self.schedule.passes.nodes
        out: dict[str, tuple[str, Sequence[int]]] = {}
        members: dict[str, Sequence[int]] = {}
        for place, name in enumerate(net.projects):
            members[name] = [*net.members.get(place, [nodes[name]] if name in nodes else []), *net.ends.get(name, ())]
        tree = hierarchy(pf)
        if pf.id not in pf.items:
            out[pf.id] = "portfolio", [*(v for found in members.values() for v in found), *(nodes[gate.id] for gate in pf.gates)]
        for programme in pf.programmes:
            out[programme.id] = "programme", [v for project in tree.projects(programme) for v in members[project.id]]
        for project in pf.projects:
            out[project.id] = "project", members[project.id]
            for task in project.tasks:
                full_id = f"{project.id}/{task.id}"
                if full_id in nodes:
                    out[full_id] = net.kinds[nodes[full_id]], [nodes[full_id]]
                elif (project.id, task.id) in net.summaries:
                    out[full_id] = "summary", [*net.summaries[project.id, task.id], *net.ends.get(full_id, ())]
            for gate in project.gates:
                full_id = f"{project.id}/{gate.id}"
                out[full_id] = "gate", [nodes[full_id]]
        for name in (one.id for one in in_no_project(pf)):
            if name in nodes:
                out[name] = net.kinds[nodes[name]], [nodes[name]]
        return out

    @property
    def wholes(self) -> list[str]:
        """The portfolio, its programmes and its projects."""
        return [name for name, (kind, _) in self.parts.items() if kind in WHOLES]

    def _budgeted(self, keep: Sequence[str], most: int, *, linked: bool) -> tuple[list[Kept], list[Kept]]:
        """The items whose samples are kept, and the others.

        Kept are all, where there are no more than the budget has room for. Else what is asked for, is committed or is no task or summary;
        then, as far as there is room, work that links of the file lead from or to, in the order of the file.

        Args:
            keep: what is asked for.
            most: how many items there is room for.
            linked: work at links is kept too.
        """
        every = list(self.dated())
        if len(self.parts) <= most:
            return every, []
        asked = frozenset(keep)
        first = {
            one.full_id
            for one in every
            if one.full_id in asked or self.parts[one.full_id][0] not in ("task", "summary") or self.committed(one.full_id) is not None
        }
        ends = {end for link in self.portfolio.links for end in (link.source, link.target)}
        more = [one.full_id for one in every if linked and one.full_id in ends and one.full_id not in first]
        chosen = first | set(more[: max(most - len(first), 0)])
        return [one for one in every if one.full_id in chosen], [one for one in every if one.full_id not in chosen]

    def _priced(self, costs: Costs, keep: Sequence[str], most: int) -> tuple[tuple[tuple[str, ...], ...] | None, frozenset[str]]:
        """What costs are summed to a row each, and the items whose costs are left out: none, where there is room for a row of all that costs money.

        Else kept are the costs of the portfolio, programmes, projects and of what is in `keep`.
        """
        if len(costs.bearers) <= most:
            return None, frozenset()
        wanted = frozenset((*keep, *self.wholes))
        groups = dict.fromkeys(parts for name, parts in costs.made_of.items() if name in wanted)
        return tuple(groups), frozenset(costs.made_of).difference(wanted)

    def dated(self) -> Iterable[Kept]:
        """The items that have dates in each sample."""
        net, passes = self.schedule.network, self.schedule.passes
        unsized = passes.without_duration
        for name, (kind, nodes) in self.parts.items():
            if kind in EFFECTS:
                if net.state[nodes[0]] in LIVE and passes.lists.pos[nodes[0]] not in passes.lower_bounded:
                    yield Kept(full_id=name, nodes=(nodes[0],), done=-1, begins=True)
                continue
            live = tuple(v for v in nodes if net.state[v] in LIVE and v not in unsized)
            facts = (net.finishes[v] for v in nodes if net.state[v] is not State.GONE and v in net.finishes and v not in live)
            done = max(facts, default=-1)
            spans = tuple(v for v in nodes if v in net.hammocks and passes.hammocks_early[v][1] is not None)
            if live or spans:
                whole = {net.project[v] for v in live} if kind in WHOLES else None
                places = None if whole is None else tuple(sorted(map(int, whole)))
                yield Kept(full_id=name, nodes=live, done=done, begins=False, projects=places, spans=spans)

    def waits_unsized(self, effect: str) -> bool:
        """Whether an outcome or benefit waits for work without a duration, so that nothing says when it starts."""
        node, passes = self.schedule.passes.nodes.get(effect), self.schedule.passes
        return node is not None and self.schedule.network.state[node] in LIVE and passes.lists.pos[node] in passes.lower_bounded

    def done(self) -> Iterator[tuple[Kept, bool]]:
        """What is done wholly, with its date, and whether that is a decision, which begins the day that it is dated by."""
        net = self.schedule.network
        for name, (kind, nodes) in self.parts.items():
            facts = [net.finishes[v] for v in nodes if v in net.finishes and net.state[v] is not State.GONE]
            if facts and kind not in EFFECTS and len(facts) == len(nodes) and not any(net.state[v] in LIVE for v in nodes):
                yield Kept(full_id=name, nodes=(), done=max(facts), begins=False), kind == "gate"

    def planned(self, kept: Kept) -> int | None:
        """The instant of the schedule as it stands."""
        net, passes, q = self.schedule.network, self.schedule.passes, self.schedule.passes.lists
        if kept.begins:
            node = kept.nodes[0]
            v = q.pos[node]
            return q.finish[v] if node in net.points else net.running_clock(node).start(q.x[v])
        spanned = (passes.hammocks_early[node][1] or -1 for node in kept.spans)
        return max([kept.done, *(q.finish[q.pos[node]] for node in kept.nodes), *spanned])

    @functools.cached_property
    def _held_points(self) -> Mapping[int, int]:
        """By node, of points in time, the midnight before which a status date or a not-before lets none of them come."""
        net, p, found = self.schedule.network, self.schedule.passes.positions, dict[int, int]()
        for node, state in enumerate(net.state):
            if state in LIVE and not p.dur[p.pos[node]] and not p.clk[p.pos[node]]:
                first = int(net.running_clock(node).start(int(net.low[node])))
                if not first % DAY:
                    found[node] = first
        return found

    def mornings(self, kept: Kept) -> frozenset[int]:
        """The midnights at which an item begins a day, if it falls on them; see `Dates`."""
        if kept.begins:
            return frozenset()
        found = {self._held_points[node] for node in kept.nodes if node in self._held_points} if self._held_points else set[int]()
        planned = self.planned(kept)
        if planned is not None and not planned % DAY and self.schedule.commitments.from_morning(kept.nodes, planned):
            found.add(planned)  # also where it follows what is held
        return frozenset(found)

    @functools.cached_property
    def stated(self) -> Mapping[str, Stated]:
        """What is committed to of each item's finish, as a deadline or to who takes it over, of a benefit of its start; of several the earliest."""
        out: dict[str, Stated] = {}
        for one in self.schedule.commitments.statements.all:
            if (one.at_finish or one.kind == "benefit") and (one.item not in out or one.date < out[one.item].date):
                out[one.item] = one
        return out

    @functools.cached_property
    def handed_over_by(self) -> Mapping[int, int]:
        """The last instant that keeps each hand-over for which a day is stated, by the place of its link in the portfolio."""
        found = self.schedule.commitments.statements.hand_overs
        return dict(zip(found.links, found.dates, strict=True))

    def committed(self, full_id: str) -> date | None:
        """The day that somebody relies on: what `schedule` has among its commitments, and of what never comes what is stated of it."""
        if (one := self.stated.get(full_id)) is not None:
            return first_day(moment(one.date)) if one.word == PLANNED else said_day(moment(one.date), finish=True)
        noun = self.portfolio.items.get(full_id)
        days = [when for field in ("planned_start", "deadline", "need_by") if (when := getattr(noun, field, None)) is not None]
        if days:
            return min(map(as_day, days))
        return as_day(noun.finish) if isinstance(noun, Project) and noun.finish is not None and (noun.tasks or noun.gates) else None


def _refuse_endless(work: Mapping[str, Piece]) -> None:
    """Refuses agile work that never ends in some samples."""
    for name, piece in work.items():
        if never := endless(piece.estimate):
            said = f"{name!r} does not end in {never:.1%} of the samples at the pace of its history; fewer items, or what changes the pace"
            raise ModelError.of(piece.field, said).at(name)


def _driven(drivers: Iterable[Shared]) -> set[str]:
    """The work whose duration a driver multiplies."""
    return {name for one in drivers if one.driver.affects == "duration" for name in one.tasks}


def _overspent(one: Bearer, costs: Costs) -> Finding:
    """Says of what has cost more than it was to cost in the end that it is counted with what it has cost."""
    said = (
        f"{one.full_id!r} has cost {costs.money(one.spent):,} so far, more than its {one.source} says of it: no sample costs less than that"
    )
    return Finding(
        code="ipmo/spent-beyond", item=one.full_id, severity=Severity.WARNING, message=said, hint="state what it will cost as forecast:"
    )


def _idle(one: Shared) -> Finding:
    """Says of a driver that nothing of what it names can be multiplied."""
    what = {"duration": "open work of known length", "cost": "known cost", "value": "benefit"}[one.driver.affects]
    message = f"driver {one.driver.id!r} touches no {what} in {listed(one.driver.targets)}; it changes nothing"
    return Finding(
        code="ipmo/driver-idle", item=one.driver.id, severity=Severity.WARNING, message=message, hint="name what it touches under targets:"
    )


def _without_adapter(portfolio: Portfolio, network: Network) -> Iterator[Finding]:
    """Says of open work whose length is of a kind that no installed adapter knows that nothing can be said of it, nor of what follows it."""
    nodes = {name: node for node, name in enumerate(network.ids)}
    for project in portfolio.projects:
        for task in project.tasks:
            length = task.duration if task.remaining is None else task.remaining
            node = nodes.get(f"{project.id}/{task.id}")
            if isinstance(length, OpaqueEstimate) and node is not None and network.state[node] in LIVE:
                message = f"the length of '{project.id}/{task.id}' is an estimate of kind {length.name!r}, and no adapter that is installed knows it"
                item = f"{project.id}/{task.id}"
                hint = "install the adapter that declares it, or estimate the work otherwise"
                yield Finding(code="ipmo/adapter-missing", item=item, severity=Severity.ERROR, message=message, hint=hint)
