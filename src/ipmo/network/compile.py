"""A portfolio compiled into columns and links: what the passes run on.

Nodes are tasks, milestones, open gates, projects without tasks (one bar) and benefits; the start and finish milestones
of projects and summaries become nodes where a link names them. Finished work is a fixed date: what follows it has a
bound instead of a link. Work that is on hold or paused is undated, and so is what follows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from ipmo.errors import ScheduleError
from ipmo.memory import remember
from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.calendars import Calendar
from ipmo.model.dialects import Dialect
from ipmo.model.estimates import Estimate
from ipmo.model.governance import Gate
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import EXTERNAL
from ipmo.model.work import Link, Project, Task
from ipmo.network import bounds
from ipmo.network.clocks import clocks_of
from ipmo.network.network import Network
from ipmo.network.states import EFFECTS, LIVE, TYPE_NAMES, TYPES, Mode, State
from ipmo.units import ELAPSED, MAX_INSTANT, Span, When, minutes

__all__ = ["Hold", "Target", "compile_portfolio"]

NORMAL, STARTED, FINISHED, UNDATED, GONE, SPANNED = State


@attrs.frozen
class Target:
    """A promise that float is measured to: its name, the nodes it bounds, its date where one is stated."""

    name: str
    nodes: tuple[int, ...]
    date: int | None
    at_start: bool = False
    is_deadline: bool = False


@attrs.frozen
class Hold:
    """Why a node has no dates, and the item that is the reason."""

    reason: str
    item: str


def compile_portfolio(portfolio: Portfolio, dialect: Dialect) -> Network:
    """The network of a portfolio; kept with the portfolio.

    Raises:
        ScheduleError: nothing says when the portfolio starts, or a duration leads past year 9999.
    """
    key = ("network", *attrs.astuple(dialect))
    return remember(portfolio, key, lambda: Builder(portfolio, dialect).build())


class Builder:
    def __init__(self, portfolio: Portfolio, dialect: Dialect) -> None:
        self.portfolio, self.dialect = portfolio, dialect
        self.clocks = clocks_of(portfolio)
        self.ids: list[str] = []
        self.kinds: list[str] = []
        self.project: list[int] = []
        self.state: list[State] = []
        self.dur: list[int] = []
        self.clk: list[int] = []
        self.nominal: list[int] = []
        self.starts: dict[int, int] = {}  # actual start of started and finished nodes, as an instant
        self.finishes: dict[int, int] = {}
        self.start_bounds: list[tuple[int, int]] = []
        self.finish_bounds: list[tuple[int, int]] = []
        self.local: dict[str, dict[str, int]] = {}
        self.top: dict[str, int] = {}
        self.children: dict[tuple[str, str], list[int]] = {}
        self.members: dict[int, list[int]] = {}
        self.unknown: list[int] = []
        self.anyone: set[int] = set()
        self.holds: dict[int, Hold] = {}
        self.targets: list[Target] = []
        self.src: list[int] = []
        self.dst: list[int] = []
        self.typ: list[int] = []
        self.lags: dict[int, Span] = {}
        self.numbers: dict[int, int] = {}
        self.derived: set[int] = set()
        self.stubs: list[tuple[int, str]] = []
        self.coarse: list[int] = []
        self.labels: list[int] = []
        self.undated_stubs: list[int] = []
        self.out_of_sequence: list[tuple[int, int, str]] = []
        self.constrained: list[tuple[int, Task]] = []
        self.late_bounds: list[tuple[int, int, bool]] = []
        self.high: dict[int, int] = {}
        self.pin: dict[int, int] = {}
        self.latest: list[int] = []
        self.hammocks: dict[int, list[tuple[int, int, str, Span | None]]] = {}
        self.points: dict[int, str] = {}
        self.bases: dict[int, int] = {}
        self.finish_floor: dict[int, int] = {}
        self.floor_edges: set[int] = set()
        self.done: dict[int, int] = {}
        self.expected: dict[int, int] = {}
        self.begun: dict[int, Sequence[int]] = {}
        self.cached: dict[tuple[int, int], tuple[int, int] | None] = {}
        self.on_calendar = dialect.milestones == "calendar"
        self.start = self._start()
        data_date = portfolio.data_date if dialect.data_date == "binds" else None
        self.data_date = data_date
        self.base = self.start if data_date is None else max(self.start, data_date)

    # ------------------------------------------------------------------------------------------- dates

    def _start(self) -> int:
        pf = self.portfolio
        if pf.start is not None:
            return minutes(pf.start)
        found = [
            minutes(when)
            for project in pf.projects
            if project.state != "cancelled"
            for when in (project.start, project.actual_start, *_starts(project.tasks))
            if when is not None
        ]
        if found:
            return min(found)
        if pf.data_date is not None:
            return pf.data_date
        if not any(project.tasks or project.gates or project.finish for project in pf.projects):
            return 0
        raise ScheduleError(f"portfolio {pf.id!r} has no start: add portfolio: start: (or a start: to a project, or a status_date:)")

    def _minutes(self, estimate: Estimate | None, calendar: Calendar, clock: int, full_id: str) -> tuple[int, int] | None:
        """(minutes, clock) of an estimate's central value; None when it is not known."""
        key = (id(estimate), clock)
        if key in self.cached:
            return self.cached[key]
        central = estimate.central() if estimate is not None else None
        out: tuple[int, int] | None = None
        if isinstance(central, Span):
            length = calendar.minutes(central)
            if length > MAX_INSTANT:
                raise ScheduleError(f"{full_id!r} would end past the year 9999: its duration is {central}")
            out = (length, 0 if central.unit in ELAPSED else clock)
        self.cached[key] = out
        return out

    # ------------------------------------------------------------------------------------------- nodes

    def _node(self, full_id: str, kind: str, project: int, state: State, dur: int, clk: int, nominal: int) -> int:
        node = len(self.ids)
        self.ids.append(full_id)
        self.kinds.append(kind)
        self.project.append(project)
        self.state.append(state)
        self.dur.append(dur)
        self.clk.append(clk)
        self.nominal.append(nominal)
        return node

    def build(self) -> Network:
        pf = self.portfolio
        for place, project in enumerate(pf.projects):
            self._project(place, project)
        self._benefits()
        self._links()
        for node, (owner, name) in self._summary_bounds():
            task = pf.items[f"{owner}/{name}"]
            if task.not_before is not None:
                self.start_bounds.append((node, minutes(task.not_before)))
        self._settle_helpers()
        self._spread_holds()
        bounds.constrain(self)
        return self._network()

    def _project(self, place: int, project: Project) -> None:
        pf = self.portfolio
        calendar = pf.calendar_table[project.calendar or pf.calendar or "standard"]
        clock = self.clocks.clock(calendar)
        local = self.local[project.id] = {}
        hold: Hold | None = None
        gone = project.state == "cancelled"
        if project.state == "paused":
            hold = Hold(f"project {project.id!r} is paused", project.id)
        elif project.state == "closed":
            hold = Hold(f"project {project.id!r} is closed; it has its actual dates only", project.id)
        for gate in project.gates:
            if gate.decision is not None and gate.decision.outcome == "kill":
                gone = True
                hold = Hold(f"stopped at gate {project.id + '/' + gate.id!r} on {gate.decision.date}", f"{project.id}/{gate.id}")
        first = len(self.ids)
        start_bound = minutes(project.start) if project.start is not None else None
        if project.status_date is not None and self.dialect.data_date == "binds":
            self.bases[place] = max(self.start, minutes(project.status_date))
        if not project.tasks and not project.gates:
            self._bar(place, project, clock, hold, gone)
        parents = {task.parent for task in project.tasks if task.parent is not None}
        prefix = project.id + "/"
        plain_state = GONE if gone else UNDATED if hold else NORMAL
        ids, kinds, state, dur, clk, nominal = self.ids, self.kinds, self.state, self.dur, self.clk, self.nominal
        cached = self.cached
        for task in project.tasks:
            name = task.id
            if name in parents:
                self.children.setdefault((project.id, name), [])
                continue
            if task.calendar is None:
                own_calendar, own = calendar, clock
            else:
                own_calendar = pf.calendar_table[task.calendar]
                own = self.clocks.clock(own_calendar)
            node = len(ids)
            local[name] = node
            ids.append(prefix + name)
            nominal.append(own)
            estimate = task.duration
            length = cached.get((id(estimate), own))
            if length is None and estimate is not None:
                length = self._minutes(estimate, own_calendar, own, prefix + name)
            here = plain_state
            if task.actual_start is not None or task.actual_finish is not None or task.progress is not None or task.remaining is not None:
                here, length = self._statused(task, node, length, own_calendar, own, plain_state)
            if task.hammock and here in LIVE:
                here = SPANNED
                self.hammocks[node] = []
                length = length or (0, own)
            if task.milestone:
                length = (0, 0)
                if self.on_calendar:
                    self.points[node] = task.milestone_of or "finish"
            elif length is None:
                if here != FINISHED:
                    self.unknown.append(node)
            elif not length[0] and self.on_calendar:
                self.points[node] = "start"
            if task.constraints is not None and here in LIVE:
                self.constrained.append((node, task))
                if task.constraints.expected_finish is not None and self.dialect.expected_finish:
                    self.expected[node] = minutes(task.constraints.expected_finish, end=True)
                    length = length if length is not None and length[0] else (1, own)
            state.append(here)
            if length is None or not length[0]:
                dur.append(0)
                clk.append(own if self.on_calendar else 0)
            else:
                dur.append(length[0])
                clk.append(length[1])
            kinds.append("milestone" if task.milestone else "task")
            if here == NORMAL:
                if task.not_before is not None:
                    self.start_bounds.append((node, minutes(task.not_before)))
                if start_bound is not None:
                    self.start_bounds.append((node, start_bound))
            if task.finish_not_before is not None:
                self.finish_bounds.append((node, minutes(task.finish_not_before, end=True)))
            if task.resumes is not None and here == STARTED:
                self.start_bounds.append((node, minutes(task.resumes)))
            if task.deadline is not None and here != FINISHED:
                self.targets.append(Target(prefix + name, (node,), minutes(task.deadline, end=True), is_deadline=True))
            if here == UNDATED and hold is not None:
                self.holds[node] = hold
            elif here == GONE:
                self.holds[node] = hold or Hold(f"project {project.id!r} is cancelled", project.id)
        self.project.extend([place] * (len(ids) - len(self.project)))
        for gate in project.gates:
            self._gate(place, project, gate, clock, hold, gone, start_bound)
        self.members[place] = list(range(first, len(self.ids)))
        if parents:
            self._summaries(project, local)
        self._afters(project, local)

    def _statused(
        self, task: Task, node: int, length: tuple[int, int] | None, calendar: Calendar, clock: int, otherwise: State
    ) -> tuple[State, tuple[int, int] | None]:
        """State and remaining minutes of work whose status is known."""
        if task.actual_finish is not None:
            self.finishes[node] = minutes(task.actual_finish, end=True)
            begun = task.actual_start if task.actual_start is not None else task.actual_finish
            self.starts[node] = min(minutes(begun), self.finishes[node])
            if task.milestone:
                self.starts[node] = self.finishes[node]
            return FINISHED, length
        if task.remaining is not None:
            left = self._minutes(task.remaining, calendar, clock, self.ids[node])
        elif length is not None and task.progress is not None:
            left = (round(length[0] * (1 - task.progress)), length[1])
        else:
            left = length
        if task.actual_start is None:
            return otherwise, left
        self.starts[node] = minutes(task.actual_start)
        if length is not None and left is not None and left[1] == length[1] and left[0] < length[0]:
            self.done[node] = length[0] - left[0]
        return (STARTED if otherwise == NORMAL else otherwise), left

    def _bar(self, place: int, project: Project, clock: int, hold: Hold | None, gone: bool) -> None:
        """A project without tasks: one bar between its start and finish, in elapsed time."""
        begin = project.actual_start if project.actual_start is not None else project.start
        end = minutes(project.finish, end=True) if project.finish is not None else None
        node = self._node(project.id, "project", place, NORMAL, 0, 0, clock)
        self.local[project.id][""] = node
        if gone:
            self.state[node] = GONE
            self.holds[node] = hold or Hold(f"project {project.id!r} is cancelled", project.id)
            return
        if project.actual_finish is not None or project.state == "closed":
            done = project.actual_finish if project.actual_finish is not None else project.finish
            if done is not None:
                self.state[node] = FINISHED
                self.finishes[node] = minutes(done, end=True)
                self.starts[node] = minutes(begin) if begin is not None else self.finishes[node]
                return
        if hold is not None:
            self.state[node], self.holds[node] = UNDATED, hold
            return
        begun = minutes(begin) if begin is not None else None
        running = project.actual_start is not None or (
            project.state == "active" and begun is not None and self.data_date is not None and begun < self.data_date
        )
        if begun is None or end is None:
            self.unknown.append(node)
            if begun is not None:
                self.start_bounds.append((node, begun))
            if end is not None:
                self.finish_bounds.append((node, end))
        elif running:
            self.state[node] = STARTED
            self.starts[node] = begun
            self.dur[node] = max(end - max(self.base, begun), 0)
        else:
            self.dur[node] = end - begun
            self.start_bounds.append((node, begun))

    def _gate(self, place: int, project: Project, gate: Gate, clock: int, hold: Hold | None, gone: bool, start_bound: int | None) -> None:
        full_id = f"{project.id}/{gate.id}"
        own = clock if gate.calendar is None else self.clocks.clock(self.portfolio.calendar_table[gate.calendar])
        node = self._node(full_id, "gate", place, NORMAL, 0, own if self.on_calendar else 0, own)
        if self.on_calendar:
            self.points[node] = "finish"
        self.local[project.id][gate.id] = node
        decision = gate.decision
        if decision is not None and decision.outcome in ("go", "conditional go", "kill"):
            self.state[node] = FINISHED
            self.starts[node] = self.finishes[node] = minutes(decision.date)
        elif decision is not None and decision.outcome == "hold":
            self.state[node] = UNDATED
            self.holds[node] = Hold(f"gate {full_id!r} was put on hold on {decision.date}", full_id)
        elif gone or hold is not None:
            self.state[node] = GONE if gone else UNDATED
            self.holds[node] = hold or Hold(f"project {project.id!r} is cancelled", project.id)
        else:
            for bound in (start_bound, minutes(gate.not_before) if gate.not_before is not None else None):
                if bound is not None:
                    self.start_bounds.append((node, bound))
            self.targets.append(Target(full_id, (node,), None if gate.need_by is None else minutes(gate.need_by, end=True)))

    def _summaries(self, project: Project, local: Mapping[str, int]) -> None:
        """The leaves below each summary, and its deadline as a target of them all."""
        above = {task.id: task.parent for task in project.tasks}
        for task in project.tasks:
            if task.id not in local:
                continue
            parent = task.parent
            while parent is not None:
                self.children[(project.id, parent)].append(local[task.id])
                parent = above[parent]
        for task in project.tasks:
            if task.id not in local and task.deadline is not None:
                leaves = tuple(n for n in self.children[(project.id, task.id)] if self.state[n] in LIVE)
                if leaves:
                    self.targets.append(Target(f"{project.id}/{task.id}", leaves, minutes(task.deadline, end=True), is_deadline=True))

    def _summary_bounds(self) -> Iterator[tuple[int, tuple[str, str]]]:
        for key, leaves in self.children.items():
            for leaf in leaves:
                if self.state[leaf] == NORMAL:
                    yield leaf, key

    def _benefits(self) -> None:
        pf = self.portfolio
        clock = self.clocks.clock(pf.calendar_table[pf.calendar or "standard"])
        linked = {end for link in pf.links for end in (link.source, link.target)}
        effects: tuple[Outcome | Benefit, ...] = (*pf.outcomes, *pf.benefits)
        linked |= {enabler.source for effect in effects for enabler in (*effect.enabled_by, *effect.any_of)}
        for outcome in pf.outcomes:
            if outcome.enabled_by or outcome.any_of or outcome.id in linked:
                self.top[outcome.id] = self._node(outcome.id, "outcome", -1, NORMAL, 0, 0, clock)
        for benefit in pf.benefits:
            if benefit.enabled_by or benefit.any_of or benefit.id in linked or benefit.outcome in self.top:
                node = self._node(benefit.id, "benefit", -1, NORMAL, 0, 0, clock)
                self.top[benefit.id] = node
                promised = None if benefit.need_by is None else minutes(benefit.need_by, end=True)
                self.targets.append(Target(benefit.id, (node,), promised, at_start=True))
        for effect in effects:
            if effect.id not in self.top:
                continue
            for enabler in effect.enabled_by:
                self._join(self._end(enabler.source, "F", ""), self.top[effect.id], "FS", enabler.lag)
            if isinstance(effect, Benefit) and effect.outcome in self.top:
                if all(enabler.source != effect.outcome for enabler in (*effect.enabled_by, *effect.any_of)):
                    self._join(self.top[effect.outcome], self.top[effect.id], "FS", None, derived=True)
            if effect.any_of:
                helper = self._node(f"{effect.id}@any", "helper", -1, NORMAL, 0, 0, clock)
                self.anyone.add(helper)
                for enabler in effect.any_of:
                    self._join(self._end(enabler.source, "F", ""), helper, "FS", enabler.lag)
                self._join(helper, self.top[effect.id], "FS", None, derived=True)

    # ------------------------------------------------------------------------------------------- links

    def _end(self, reference: str, end: str, within: str) -> int | None:
        """The node that a reference means; start and finish milestones are made when first asked for."""
        pf = self.portfolio
        full = pf.resolve(reference, within)
        if full is None:
            return None
        name, _, which = full.partition("@")
        item = pf.items[name]
        if isinstance(item, Project):
            local = self.local[name]
            if "" in local:
                return local[""]
            which = which or ("start" if end == "S" else "finish")
            return self._milestone(name, which, self.members[_place(pf, name)], _place(pf, name))
        if isinstance(item, Benefit | Outcome):
            return self.top.get(name)
        project, _, inner = name.partition("/")
        if inner in self.local[project]:
            return self.local[project][inner]
        which = which or ("start" if end == "S" else "finish")
        return self._milestone(name, which, self.children[(project, inner)], _place(pf, project))

    def _milestone(self, name: str, which: str, members: Sequence[int], place: int) -> int:
        """`tram@start` precedes all it holds, `tram@finish` follows all it holds."""
        full = f"{name}@{which}"
        if full in self.top:
            return self.top[full]
        project = self.portfolio.projects[place]
        clock = self.clocks.clock(self.portfolio.calendar_table[project.calendar or self.portfolio.calendar or "standard"])
        states = [self.state[m] for m in members]
        state = NORMAL
        if states and all(s == GONE for s in states):
            state = GONE
        elif (which == "finish" and states and all(s == FINISHED for s in states)) or (
            which == "start" and any(s in (STARTED, FINISHED) for s in states)
        ):
            state = FINISHED
        node = self._node(full, which, place, state, 0, 0, clock)
        self.top[full] = node
        if state == FINISHED:
            if which == "start":
                self.begun[node] = members
            dates = [self.finishes[m] for m in members] if which == "finish" else [self.starts[m] for m in members if m in self.starts]
            self.starts[node] = self.finishes[node] = max(dates) if which == "finish" else min(dates)
        elif state == GONE:
            self.holds[node] = self.holds[members[0]]
        else:
            if project.start is not None:
                self.start_bounds.append((node, minutes(project.start)))
            for member in members:
                if which == "start":
                    self._join(node, member, "SS", None, derived=True)
                else:
                    self._join(member, node, "FF", None, derived=True)
        return node

    def _rest(self, milestone: int) -> int:
        """What of a summary that has begun is still to start: a link to the summary's start holds that back."""
        members = [node for node in self.begun[milestone] if self.state[node] == NORMAL]
        if not members:
            return milestone
        helper = self.top.get(f"{self.ids[milestone]}~")
        if helper is None:
            helper = self._node(f"{self.ids[milestone]}~", "helper", self.project[milestone], NORMAL, 0, 0, self.nominal[milestone])
            self.top[f"{self.ids[milestone]}~"] = helper
            for member in members:
                self._join(helper, member, "SS", None, derived=True)
        return helper

    def _join(self, source: int | None, target: int | None, kind: str, lag: Span | None, number: int = -1, derived: bool = False) -> None:
        if source is None or target is None:
            return
        if target in self.begun and kind[1] == "S" and not derived:
            target = self._rest(target)
        link = len(self.src)
        self.src.append(source)
        self.dst.append(target)
        self.typ.append(TYPES[kind])
        if lag is not None and lag.amount:
            self.lags[link] = lag
        if number >= 0:
            self.numbers[link] = number
        if derived:
            self.derived.add(link)

    def _afters(self, project: Project, local: Mapping[str, int]) -> None:
        src, dst, typ = self.src, self.dst, self.typ
        for task in project.tasks:
            if task.after:
                node = local.get(task.id)
                for after in task.after:
                    source = local.get(after.source)
                    if source is not None and node is not None:
                        lag = after.lag
                        if lag is not None and lag.amount:
                            self.lags[len(src)] = lag
                        src.append(source)
                        dst.append(node)
                        typ.append(TYPES[after.type])
                    else:
                        self._after(project, task.id, after)
        for gate in project.gates:
            for after in gate.after:
                self._after(project, gate.id, after)

    def _after(self, project: Project, name: str, after: Any) -> None:
        source = self._end(after.source, "F" if after.type[0] == "F" else "S", project.id)
        target = self._end(f"{project.id}/{name}", after.type[1], project.id)
        self._join(source, target, after.type, after.lag)

    def _links(self) -> None:
        pf = self.portfolio
        for number, link in enumerate(pf.links):
            if link.kind != "schedule":
                self.labels.append(number)
            elif self._is_coarse(link):
                self.coarse.append(number)
            elif link.source.startswith(EXTERNAL) or link.target.startswith(EXTERNAL):
                self._stub(number, link)
            else:
                source = self._end(link.source, link.type[0], "")
                target = self._end(link.target, link.type[1], "")
                kind = _forced(link.source, 0, link.type, pf) + _forced(link.target, 1, link.type, pf)
                self._join(source, target, kind, link.lag, number)

    def _is_coarse(self, link: Link) -> bool:
        """An end that names a project as a whole: where it attaches is not known yet."""
        return any("@" not in end and isinstance(self.portfolio.items.get(end), Project) for end in (link.source, link.target))

    def _stub(self, number: int, link: Link) -> None:
        if link.target.startswith(EXTERNAL):
            self.undated_stubs.append(number)
            return
        target = self._end(link.target, link.type[1], "")
        if target is None:
            return
        if link.date is None:
            self.undated_stubs.append(number)
        else:
            self.stubs.append((target, link.source))
            bound = minutes(link.date, end=link.type[0] == "F")
            self._bound(target, link.type, bound, link.lag, self.nominal[target])

    def _bound(self, target: int, kind: str, instant: int, lag: Span | None, clock: int) -> None:
        """What a fixed date does to a target: a bound on its start or its finish."""
        if lag is not None:
            instant = self.clocks[clock].shift(instant, lag)
        (self.start_bounds if kind[1] == "S" else self.finish_bounds).append((target, instant))

    def _spread_holds(self) -> None:
        """What follows undated work is undated too, with the reason; where one of several is enough, all must be."""
        waiting = [node for node, state in enumerate(self.state) if state == UNDATED]
        into_any: dict[int, list[int]] = {}
        follows: dict[int, list[int]] = {}
        if waiting or self.anyone or GONE in self.state:
            for source, target in zip(self.src, self.dst, strict=True):
                follows.setdefault(source, []).append(target)
                if target in self.anyone:
                    into_any.setdefault(target, []).append(source)
        for helper in self.anyone:
            if all(self.state[source] == GONE for source in into_any.get(helper, ())):
                self.state[helper] = UNDATED
                self.holds[helper] = Hold(f"nothing that enables {self.ids[helper].partition('@')[0]!r} is planned any more", "")
                waiting.append(helper)
        if GONE in self.state:
            for source, target in zip(self.src, self.dst, strict=True):
                lost = self.state[source] == GONE and self.kinds[target] in EFFECTS and target not in self.anyone
                if lost and self.state[target] == NORMAL:
                    self.state[target] = UNDATED
                    self.holds[target] = Hold(f"it needs {self.ids[source]!r}, which is cancelled", self.ids[target])
                    waiting.append(target)
        while waiting:
            node = waiting.pop()
            hold = self.holds[node]
            for target in follows.get(node, ()):
                if target in self.anyone and any(self.state[s] not in (UNDATED, GONE) for s in into_any[target]):
                    continue
                if self.state[target] in LIVE:
                    self.state[target] = UNDATED
                    reason = hold.reason if hold.reason.startswith("follows") else f"follows {self.ids[node]!r}: {hold.reason}"
                    self.holds[target] = Hold(reason, hold.item)
                    waiting.append(target)

    def _settle_helpers(self) -> None:
        """Where one of several is enough and some have happened, the earliest of those counts and no other."""
        if not self.anyone:
            return
        done: dict[int, int] = {}
        for link, (u, v) in enumerate(zip(self.src, self.dst, strict=True)):
            if v in self.anyone and self.state[u] == FINISHED:
                lag = self.lags.get(link)
                when = self.finishes[u] if lag is None else self.clocks[self.nominal[u]].shift(self.finishes[u], lag)
                done[v] = min(when, done.get(v, when))
        for helper, when in done.items():
            self.state[helper] = FINISHED
            self.starts[helper] = self.finishes[helper] = when

    # ----------------------------------------------------------------------------------------- network

    def _network(self) -> Network:
        """Live links as they are; links from fixed dates as bounds; the rest counted."""
        state = self.state
        src, dst, typ = self.src, self.dst, self.typ
        kept: Sequence[int] = range(len(src))
        special = {node for node, s in enumerate(state) if s}
        if special:
            chosen = []
            for link, (source, target) in enumerate(zip(src, dst, strict=True)):
                if source in special or target in special:
                    if not self._settled(link):
                        continue
                chosen.append(link)
            if len(chosen) < len(src):
                kept = chosen
        if len(kept) < len(src):
            place = {link: row for row, link in enumerate(kept)}
            src, dst, typ = [src[k] for k in kept], [dst[k] for k in kept], [typ[k] for k in kept]
            self.lags = {place[k]: lag for k, lag in self.lags.items() if k in place}
            self.numbers = {place[k]: number for k, number in self.numbers.items() if k in place}
            self.derived = {place[k] for k in self.derived if k in place}
        count = len(src)
        stated = typ
        if self.points:
            typ = [self._at_points(u, v, t) for u, v, t in zip(src, dst, typ, strict=True)]
        lag, mode, lagclk = [0] * count, [0] * count, [0] * count
        clk = self.clk
        plain, through = int(Mode.PLAIN), int(Mode.CALENDARS if self.dialect.exact_late else Mode.SHIFTS)
        if any(clk):
            finishes = int(Mode.FINISHES) if len(set(clk)) > 1 or self.dialect.lead_waits else plain
            same = (plain, plain, finishes, plain)
            points = self.points
            mode = [
                same[t] if clk[u] == clk[v] and not (t == 3 and v in points) else through for u, v, t in zip(src, dst, typ, strict=True)
            ]
        lengths: dict[tuple[Any, str, int], int] = {}
        for link, span in self.lags.items():
            u, v = src[link], dst[link]
            if span.dimension == "step":
                mode[link], lag[link] = int(Mode.MONTHS), span.months
            elif span.dimension == "elapsed":
                lag[link] = span.elapsed_minutes
                mode[link] = plain if clk[u] == clk[v] == 0 else through
            else:
                owner = self._lag_clock(u, v)
                key = (span.amount, span.unit, owner)
                length = lengths.get(key)
                if length is None:
                    length = lengths[key] = self.clocks[owner].calendar.minutes(span)
                lag[link], lagclk[link] = length, owner
                rounded = (length < 0 and typ[link] >= 2 and self.dialect.lead_waits) or u in self.points
                mode[link] = plain if clk[u] == clk[v] == owner and not rounded else through
        return Network(
            ids=self.ids,
            kinds=self.kinds,
            project=self.project,
            projects=tuple(p.id for p in self.portfolio.projects),
            state=state,
            dur=self.dur,
            clk=clk,
            nominal=self.nominal,
            low=bounds.floors(self, dst, stated),
            finish_floor=self.finish_floor,
            floor_edges=self.floor_edges,
            high=self.high,
            pin=self.pin,
            late_bounds=self.late_bounds,
            latest=self.latest,
            hammocks=self.hammocks,
            points=self.points,
            expected=self.expected,
            anyone=self.anyone,
            src=src,
            dst=dst,
            typ=typ,
            lag=lag,
            mode=mode,
            lagclk=lagclk,
            numbers=self.numbers,
            derived=self.derived,
            clocks=self.clocks,
            starts=self.starts,
            finishes=self.finishes,
            holds=self.holds,
            unknown=self.unknown,
            targets=tuple(self.targets),
            promises=self._promises(),
            summaries=self.children,
            members=self.members,
            base=self.base,
            coarse=self.coarse,
            labels=self.labels,
            stubs=self.undated_stubs,
            dated_stubs=self.stubs,
            out_of_sequence=self.out_of_sequence,
            dialect=self.dialect,
        )

    def _settled(self, link: int) -> bool:
        """Whether a link with an end that is not plain open work stays a link; if not, what becomes of it."""
        u, v, kind = self.src[link], self.dst[link], TYPE_NAMES[self.typ[link]]
        su, sv = self.state[u], self.state[v]
        if self.hammocks and self._spanned(link):
            return False
        if su == GONE or sv == GONE:
            if link in self.numbers:
                self.undated_stubs.append(self.numbers[link])
            return False
        if sv == FINISHED:
            if (
                link not in self.derived
                and v not in self.anyone
                and (su in (NORMAL, STARTED, UNDATED) or self._given(u, kind) > self._taken(v, kind))
            ):
                self.out_of_sequence.append((u, v, kind))
            return False
        early = su == STARTED and kind[0] == "S" and self.dialect.start_lag == "early" and sv in LIVE
        if early:
            self._elapse(link)
        elif su == FINISHED or (su == STARTED and kind[0] == "S"):
            if sv in LIVE:
                self._bound(v, kind, self._given(u, kind), self.lags.get(link), self._lag_clock(u, v))
            return False
        if su == UNDATED or sv == UNDATED:
            return False
        if sv == STARTED and kind[1] == "S" and link not in self.derived:
            self.out_of_sequence.append((u, v, kind))
        if sv == STARTED and link not in self.derived and self.dialect.progress != "retained":
            if self.dialect.progress == "actual" and kind[1] == "S":
                lag = self.lags.get(link)
                bound = self.starts[v]
                if lag is not None:
                    bound = self.clocks[self._lag_clock(u, v)].shift(bound, Span(-lag.amount, lag.unit))
                self.late_bounds.append((u, bound, kind[0] == "F"))
            return False
        return True

    def _elapse(self, link: int) -> None:
        """Takes from the lag of a link from a start what has passed since that start: it runs on from the remaining work."""
        lag = self.lags.pop(link, None)
        if lag is None:
            return
        u, v = self.src[link], self.dst[link]
        clock = self.clocks[self._lag_clock(u, v)]
        base = self.bases.get(self.project[u], self.base)
        due = clock.shift(self.starts[u], lag)
        if lag.dimension == "working":
            left, unit = clock.between(base, due), "min"
        else:
            left, unit = due - base, "emin"
        if left > 0:
            self.lags[link] = Span(left, unit)

    def _spanned(self, link: int) -> bool:
        """Whether a link joins a hammock: it then says what the hammock spans, and moves nothing."""
        u, v, kind = self.src[link], self.dst[link], TYPE_NAMES[self.typ[link]]
        lag = self.lags.get(link)
        for hammock, other in ((u, v), (v, u)):
            if hammock in self.hammocks:
                self.hammocks[hammock].append((other, 1 if hammock == v else -1, kind, lag))
        return u in self.hammocks or v in self.hammocks

    def _lag_clock(self, source: int, target: int) -> int:
        """The clock that a working lag between two nodes is counted on."""
        owner = self.dialect.lag_calendar
        if owner == "predecessor":
            return self.nominal[source]
        if owner == "successor":
            return self.nominal[target]
        if owner == "continuous":
            return 0
        pf, place = self.portfolio, self.project[target]
        project = pf.projects[place] if place >= 0 else None
        return self.clocks.clock(pf.calendar_table[(project.calendar if project else None) or pf.calendar or "standard"])

    def _at_points(self, source: int, target: int, kind: int) -> int:
        """The type of a link whose ends are milestones on their calendar: such a point is a finish; see `kernels` for starts."""
        name = TYPE_NAMES[kind]
        return TYPES[("F" if source in self.points else name[0]) + ("F" if target in self.points else name[1])]

    def _given(self, node: int, kind: str) -> int:
        return self.finishes[node] if kind[0] == "F" else self.starts[node]

    def _taken(self, node: int, kind: str) -> int:
        return self.starts[node] if kind[1] == "S" else self.finishes[node]

    def _promises(self) -> dict[int, int]:
        """The stated finish of projects with tasks, as an instant."""
        return {
            place: minutes(project.finish, end=True)
            for place, project in enumerate(self.portfolio.projects)
            if project.finish is not None and (project.tasks or project.gates)
        }


def _starts(tasks: Sequence[Task]) -> Iterator[When]:
    for task in tasks:
        for when in (task.actual_start, task.not_before, task.actual_finish):
            if when is not None:
                yield when


def _place(portfolio: Portfolio, project: str) -> int:
    return remember(portfolio, "project places", lambda: {p.id: place for place, p in enumerate(portfolio.projects)})[project]


def _forced(reference: str, side: int, kind: str, portfolio: Portfolio) -> str:
    """`P@start` means the start whatever the link type says; likewise `P@finish` of a bar."""
    name, at, which = reference.partition("@")
    if at and isinstance(portfolio.items.get(name), Project):
        return "S" if which == "start" else "F"
    return kind[side]
