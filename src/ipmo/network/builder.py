"""The nodes of a network: tasks, milestones, gates, projects without tasks (one bar), outcomes and benefits."""

from __future__ import annotations

from datetime import date

import attrs

from ipmo.errors import ScheduleError
from ipmo.model.calendars import Calendar
from ipmo.model.estimates import Estimate
from ipmo.model.governance import GO, Gate, GateDecision
from ipmo.model.work import Project, Task
from ipmo.network.bounds import least_finish
from ipmo.network.drafts import Draft
from ipmo.network.holds import lacking
from ipmo.network.parts import Commitment, Hold, LateBound
from ipmo.network.resting import periods_of
from ipmo.network.states import LIVE, State
from ipmo.units import ELAPSED, MAX_INSTANT, Span, minutes

__all__ = ["Builder"]

NORMAL, STARTED, FINISHED, UNDATED, GONE, SPANNED = State
Length = tuple[int, int]
"""Minutes, and the clock that they are counted on."""


@attrs.frozen
class Standing:
    """What holds for everything in a project: its place, calendar and clock, what stops it, the bound on its start."""

    project: Project
    place: int
    calendar: Calendar
    clock: int
    gone: bool
    hold: Hold | None
    start: int | None
    killed: int | None
    """When a gate stopped it: what was decided then or later lets nothing go on."""

    @property
    def state(self) -> State:
        """The state of its open work that has not begun."""
        return GONE if self.gone else UNDATED if self.hold is not None else NORMAL

    @property
    def reason(self) -> Hold:
        """Why its open work has no dates."""
        return self.hold or Hold(f"project {self.project.id!r} is cancelled", self.project.id)


class Builder:
    """Makes the nodes of one project after the other, then gates that stand in none, then those of benefits."""

    def __init__(self, draft: Draft) -> None:
        self.draft, self.nodes, self.bounds = draft, draft.nodes, draft.bounds
        self._lacking = lacking(draft.portfolio)
        self._lengths: dict[tuple[int, int], Length | None] = {}

    def project(self, place: int, project: Project) -> None:
        """The nodes of a project: its work and gates, or one bar."""
        nodes = self.nodes
        standing = self._standing(place, project)
        nodes.local[project.id] = {}
        first = len(nodes.ids)
        if not project.tasks and not project.gates:
            self._bar(standing)
        parents = {task.parent for task in project.tasks if task.parent is not None}
        self._tasks(standing, parents)
        for gate in project.gates:
            self._gate(standing, gate)
        nodes.members[place] = range(first, len(nodes.ids))
        if parents:
            self._summaries(project)

    def _standing(self, place: int, project: Project) -> Standing:
        draft = self.draft
        calendar = draft.calendar(project)
        hold: Hold | None = None
        gone, killed = project.state == "cancelled", None
        if project.id in self._lacking:
            hold = self._lacking[project.id]
        elif project.state == "paused":
            hold = Hold(f"project {project.id!r} is paused", project.id)
        elif project.state == "closed":
            hold = Hold(f"project {project.id!r} is closed; it has its actual dates only", project.id)
        kills = [(gate, gate.decision.date) for gate in project.gates if gate.decision is not None and gate.decision.outcome == "kill"]
        if kills:
            gate, when = min(kills, key=lambda kill: minutes(kill[1]))  # it stops once, whatever was decided later
            gone, killed = True, minutes(when)
            hold = Hold(f"stopped at gate {project.id + '/' + gate.id!r} on {when}", f"{project.id}/{gate.id}")
        if project.status_date is not None and draft.dialect.data_date == "binds":
            draft.bases[place] = max(draft.start, minutes(project.status_date))
        start = minutes(project.start) if project.start is not None else None
        return Standing(project, place, calendar, draft.clocks.clock(calendar), gone, hold, start, killed)

    # ------------------------------------------------------------------------------------------- work

    def _tasks(self, standing: Standing, parents: set[str]) -> None:
        """One node for each task that is no summary: the loop that large portfolios spend their time in."""
        draft, nodes, project = self.draft, self.nodes, standing.project
        table, clocks, lengths, on_calendar = draft.portfolio.calendar_table, draft.clocks, self._lengths, draft.on_calendar
        ids, kinds, state, dur, clk, nominal = nodes.ids, nodes.kinds, nodes.state, nodes.dur, nodes.clk, nodes.nominal
        local, start_bounds, prefix = nodes.local[project.id], self.bounds.starts, project.id + "/"
        own_bounds = self.bounds.own
        start_bound, usual = standing.start, standing.state
        for task in project.tasks:
            name = task.id
            if name in parents:
                nodes.leaves.setdefault((project.id, name), [])
                continue
            if task.calendar is None:
                calendar, own = standing.calendar, standing.clock
            else:
                calendar = table[task.calendar]
                own = clocks.clock(calendar)
            worked = own
            if task.resource_calendar is not None:
                calendar = table[task.resource_calendar]
                worked = clocks.clock(calendar)
                nodes.adjusted.add(len(ids))
            node = len(ids)
            local[name] = node
            ids.append(prefix + name)
            nominal.append(own)
            kinds.append("milestone" if task.milestone else "task")
            estimate = task.length if task.effort_driven else task.duration
            length = lengths.get((id(estimate), worked))
            if length is None and estimate is not None:
                length = self.length(estimate, calendar, worked, prefix + name)
            here = usual
            if task.actual_start is not None or task.actual_finish is not None or task.progress is not None or task.remaining is not None:
                here, length = self._statused(task, node, length, calendar, worked, usual)
            if task.hammock:
                nodes.driveless.add(node)
            if task.hammock and here in LIVE:
                here = SPANNED
                nodes.hammocks[node] = []
                length = length or (0, own)
            if task.milestone:
                length = (0, 0)
                if on_calendar:
                    nodes.points[node] = task.milestone_of or "finish"
            elif length is None:
                if here != FINISHED:
                    nodes.unknown.append(node)
            elif not length[0] and on_calendar:
                nodes.points[node] = "start"
            if task.constraints is not None and here in LIVE:
                length = self._constrained(task, node, length, worked)
            if task.interruptions and length is not None and length[0]:
                length = self._interrupted(task, length, calendar, worked)
            state.append(here)
            if length is None or not length[0]:
                dur.append(0)
                clk.append(worked if on_calendar else 0)
            else:
                dur.append(length[0])
                clk.append(length[1])
            if here is NORMAL:
                if task.not_before is not None:
                    start_bounds.append((node, minutes(task.not_before)))
                    own_bounds.add(node)
                if start_bound is not None:
                    start_bounds.append((node, start_bound))
            elif here is UNDATED or here is GONE:
                nodes.holds[node] = standing.reason
            if task.finish_not_before is not None or task.resumes is not None or task.deadline is not None or task.delay is not None:
                self._dated(task, node, here)
        nodes.project.extend([standing.place] * (len(ids) - len(nodes.project)))

    def length(self, estimate: Estimate | None, calendar: Calendar, clock: int, full_id: str) -> Length | None:
        """Minutes and clock of an estimate's central value; None when it is not known."""
        key = (id(estimate), clock)
        if key in self._lengths:
            return self._lengths[key]
        central = estimate.central() if estimate is not None else None
        out: Length | None = None
        if isinstance(central, Span):
            length = calendar.minutes(central)
            if length > MAX_INSTANT:
                raise ScheduleError(f"{full_id!r} would end past the year 9999: its duration is {central}")
            out = (length, 0 if central.unit in ELAPSED else clock)
        self._lengths[key] = out
        return out

    def _interrupted(self, task: Task, length: Length, calendar: Calendar, clock: int) -> Length:
        """The same length on the clock of the task's own, on which it rests in its interruptions."""
        name = calendar.id if length[1] == clock else ""
        return length[0], self.draft.resting.get((name, periods_of(task)), length[1])

    def _statused(
        self, task: Task, node: int, length: Length | None, calendar: Calendar, clock: int, otherwise: State
    ) -> tuple[State, Length | None]:
        """State and remaining minutes of work whose status is known."""
        nodes = self.nodes
        if task.actual_finish is not None:
            finish = minutes(task.actual_finish, end=True)
            begun = task.actual_start if task.actual_start is not None else task.actual_finish
            nodes.finishes[node] = finish
            nodes.starts[node] = finish if task.milestone else min(minutes(begun), finish)
            return FINISHED, length
        nodes.adjusted.add(node)
        if task.remaining is not None:
            left = self.length(task.remaining, calendar, clock, nodes.ids[node])
        elif length is not None and task.progress is not None:
            left = (round(length[0] * (1 - task.progress)), length[1])
        else:
            left = length
        if task.actual_start is None:
            return otherwise, left
        nodes.starts[node] = minutes(task.actual_start)
        if length is not None and left is not None and left[1] == length[1] and left[0] < length[0]:
            nodes.done[node] = length[0] - left[0]
        return (STARTED if otherwise is NORMAL else otherwise), left

    def _constrained(self, task: Task, node: int, length: Length | None, clock: int) -> Length | None:
        """Remembers constraints; work with an expected finish lasts until that, whatever its length."""
        self.bounds.constrained.append((node, task))
        assert task.constraints is not None
        if task.constraints.expected_finish is None or not self.draft.dialect.expected_finish:
            return length
        self.nodes.expected[node] = minutes(task.constraints.expected_finish, end=True)
        self.nodes.adjusted.add(node)
        return length if length is not None and length[0] else (1, clock)

    def _dated(self, task: Task, node: int, here: State) -> None:
        """The bounds and the commitment that a task states itself."""
        if task.finish_not_before is not None:
            self.bounds.finishes.append((node, least_finish(self.draft.clocks[self.nodes.clk[node]], task.finish_not_before)))
            self.bounds.own.add(node)
        if task.delay is not None and here is NORMAL and task.delay.amount > 0:
            self.nodes.delays[node] = task.delay
        if task.resumes is not None and here is STARTED:
            self.bounds.starts.append((node, minutes(task.resumes)))
        if task.deadline is not None and here is not FINISHED:
            self.nodes.commitments.append(Commitment(self.nodes.ids[node], (node,), minutes(task.deadline, end=True), is_deadline=True))

    def _summaries(self, project: Project) -> None:
        """The leaves below each summary, its deadline as a target of them all, and its own "finish no later" as a bound of each."""
        nodes = self.nodes
        local = nodes.local[project.id]
        above = {task.id: task.parent for task in project.tasks}
        for task in project.tasks:
            if task.id not in local:
                continue
            parent = task.parent
            while parent is not None:
                nodes.leaves[(project.id, parent)].append(local[task.id])
                parent = above[parent]
        for task in project.tasks:
            latest = None if task.constraints is None else task.constraints.finish_no_later
            if task.id in local or (task.deadline is None and latest is None):
                continue
            leaves = tuple(n for n in nodes.leaves[(project.id, task.id)] if nodes.state[n] in (*LIVE, UNDATED))
            if leaves and task.deadline is not None:
                nodes.commitments.append(Commitment(f"{project.id}/{task.id}", leaves, minutes(task.deadline, end=True), is_deadline=True))
            if latest is not None:
                self.bounds.late += [LateBound(leaf, minutes(latest, end=True), True) for leaf in leaves if nodes.state[leaf] in LIVE]

    # ------------------------------------------------------------------------------------- bars and gates

    def _bar(self, standing: Standing) -> None:
        """A project without tasks: one bar between its start and finish, in elapsed time."""
        nodes, project, draft = self.nodes, standing.project, self.draft
        begin = project.actual_start if project.actual_start is not None else project.start
        end = minutes(project.finish, end=True) if project.finish is not None else None
        node = nodes.add(project.id, "project", standing.place, NORMAL, 0, 0, standing.clock)
        nodes.local[project.id][""] = node
        if standing.gone:
            nodes.hold(node, GONE, standing.reason)
            return
        if project.actual_finish is not None or project.state == "closed":
            done = project.actual_finish if project.actual_finish is not None else project.finish
            if done is not None:
                nodes.state[node] = FINISHED
                nodes.finishes[node] = minutes(done, end=True)
                nodes.starts[node] = minutes(begin) if begin is not None else nodes.finishes[node]
                return
        if standing.hold is not None:
            nodes.hold(node, UNDATED, standing.hold)
            return
        begun = minutes(begin) if begin is not None else None
        running = project.actual_start is not None or (
            project.state == "active" and begun is not None and draft.data_date is not None and begun < draft.data_date
        )
        if begun is None or end is None:
            nodes.unknown.append(node)
            if begun is not None:
                self.bounds.starts.append((node, begun))
            if end is not None:
                self.bounds.finishes.append((node, end))
        elif running:
            nodes.state[node] = STARTED
            nodes.starts[node] = begun
            nodes.dur[node] = max(end - max(draft.base, begun), 0)
        else:
            nodes.dur[node] = end - begun
            self.bounds.starts.append((node, begun))

    def gates(self) -> None:
        """The gates of programmes and of the portfolio, which stand in no project."""
        draft, clock = self.draft, self.draft.clocks.clock(self.draft.calendar(None))
        for gate in draft.portfolio.gates:
            node = self._point(gate.id, -1, gate, clock)
            self.nodes.top[gate.id] = node
            decision = gate.decision
            if decision is not None and decision.outcome == "kill":
                self.nodes.hold(node, GONE, Hold(f"stopped at gate {gate.id!r} on {decision.date}", gate.id))
            elif not self._decided(node, gate):
                self._open(node, gate, None)
            self._needed(node, gate)

    def _point(self, full_id: str, place: int, gate: Gate, clock: int) -> int:
        """The node of a gate."""
        draft = self.draft
        own = clock if gate.calendar is None else draft.clocks.clock(draft.portfolio.calendar_table[gate.calendar])
        node = self.nodes.add(full_id, "gate", place, NORMAL, 0, own if draft.on_calendar else 0, own)
        if draft.on_calendar:
            self.nodes.points[node] = "finish"
        return node

    def _gate(self, standing: Standing, gate: Gate) -> None:
        nodes = self.nodes
        node = self._point(f"{standing.project.id}/{gate.id}", standing.place, gate, standing.clock)
        nodes.local[standing.project.id][gate.id] = node
        decision = gate.decision
        if decision is not None and standing.killed is not None and minutes(decision.date) >= standing.killed:
            nodes.hold(node, GONE, standing.reason)
        elif self._decided(node, gate):
            if standing.gone and nodes.state[node] is not FINISHED:
                nodes.hold(node, GONE, standing.reason)  # whatever it waited for: it never comes
        elif standing.gone or standing.hold is not None:
            nodes.hold(node, standing.state, standing.reason)
        else:
            self._open(node, gate, standing.start)
        if standing.project.state != "closed":
            self._needed(node, gate)

    def _decided(self, node: int, gate: Gate) -> bool:
        """A gate that got its go, or that holds: whether it is one of these."""
        nodes, decision, stands = self.nodes, gate.decision, gate.standing(self.draft.today)
        full_id = nodes.ids[node]
        if decision is not None and stands in GO:
            nodes.state[node] = FINISHED
            nodes.starts[node] = nodes.finishes[node] = minutes(decision.date)
        elif decision is not None and stands == "hold":
            nodes.hold(node, UNDATED, Hold(_held(full_id, decision, self.draft.today), full_id))
            if decision.outcome != "hold":  # that it was decided remains a fact
                nodes.starts[node] = nodes.finishes[node] = minutes(decision.date)
        else:
            return False
        return True

    def _open(self, node: int, gate: Gate, start: int | None) -> None:
        """The bounds of an open gate, and what it is committed to."""
        for bound in (start, minutes(gate.not_before) if gate.not_before is not None else None):
            if bound is not None:
                self.bounds.starts.append((node, bound))
        need_by = None if gate.need_by is None else minutes(gate.need_by, end=True)
        self.nodes.commitments.append(Commitment(self.nodes.ids[node], (node,), need_by))

    def _needed(self, node: int, gate: Gate) -> None:
        """A gate without a date is still needed by the day that is stated: on hold, in a paused project, or in one whose work never comes."""
        undecided = gate.decision is None or gate.decision.outcome in ("hold", "recycle")  # what was decided keeps the day of that
        if undecided and gate.need_by is not None and self.nodes.state[node] is UNDATED:
            self.nodes.commitments.append(Commitment(self.nodes.ids[node], (node,), minutes(gate.need_by, end=True)))

    # ------------------------------------------------------------------------------------------ effects

    def effects(self) -> None:
        """Outcomes and benefits that something enables, or that links name."""
        draft, nodes, pf = self.draft, self.nodes, self.draft.portfolio
        clock = draft.clocks.clock(draft.calendar(None))
        linked = {end for link in pf.links for end in (link.source, link.target)}
        linked |= {enabler.source for effect in draft.effects for enabler in (*effect.enabled_by, *effect.any_of)}
        for outcome in pf.outcomes:
            if outcome.enabled_by or outcome.any_of or outcome.id in linked:
                nodes.top[outcome.id] = nodes.add(outcome.id, "outcome", -1, NORMAL, 0, 0, clock)
        for benefit in pf.benefits:
            if benefit.enabled_by or benefit.any_of or benefit.id in linked or benefit.outcome in nodes.top:
                node = nodes.add(benefit.id, "benefit", -1, NORMAL, 0, 0, clock)
                nodes.top[benefit.id] = node
                committed = None if benefit.need_by is None else minutes(benefit.need_by, end=True)
                nodes.commitments.append(Commitment(benefit.id, (node,), committed, at_start=True))


def _held(full_id: str, decision: GateDecision, today: date | None) -> str:
    """Why a gate holds what follows: it was decided, or its conditional go has lapsed."""
    if decision.outcome == "hold":
        return f"gate {full_id!r} was put on hold on {decision.date}"
    late = ", ".join(f"{condition.id} was due {condition.due}" for condition in decision.overdue(today))
    return f"the conditional go of gate {full_id!r} has lapsed: condition {late}"
