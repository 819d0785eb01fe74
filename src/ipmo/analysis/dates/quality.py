"""How well a schedule is made: the 14 points of the DCMA, each with what it counted, and the lists behind them.

The points follow the 14-Point Assessment of the US Defense Contract Management Agency (2009 to 2012 form). Their
denominators are disputed, so every point names its variant and gives the ids in its numerator and denominator. A point
that lacks data says what it lacks; it never passes for that.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.errors import UnknownItemError, close_matches, listed
from ipmo.model.governance import Gate
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import EXTERNAL
from ipmo.model.work import Link, Project, Task
from ipmo.network.clocks import clocks_of
from ipmo.network.states import LIVE, State
from ipmo.tables import Column, Table
from ipmo.units import minutes

__all__ = ["Dangling", "HandOver", "Point", "ScheduleQuality", "bei", "cpli", "schedule_quality"]

SOURCE = "DCMA 14-Point Assessment (2009 to 2012 form)"
LONG = 44
"""Working days from which a duration or a float is high."""
PUSH = 600
"""Working days that the critical path test adds."""
TIED = (
    "must_start_on",
    "must_finish_on",
    "mandatory_start",
    "mandatory_finish",
    "start_on",
    "finish_on",
    "start_no_later",
    "finish_no_later",
)


def cpli(length: float, total_float: float) -> float:
    """The critical path length index, (CPL + TF) / CPL; both in working days.

    >>> round(cpli(720, -60), 4), cpli(80, 20)
    (0.9167, 1.25)
    """
    return (length + total_float) / length


def bei(completed: int, due: int, without_baseline: int) -> float:
    """The baseline execution index: tasks completed / (tasks due by now + tasks without baseline dates).

    >>> bei(19, 18, 2)
    0.95
    """
    return completed / (due + without_baseline)


@attrs.frozen(kw_only=True)
class Point:
    """One point of the assessment.

    Args:
        number: 1 to 14.
        name: what it is called.
        variant: which of the formulas in use it is.
        formula: the formula in words.
        numerator: ids that count against (for points 4, 13 and 14: for) the schedule; links as `a -FS-> b`.
        denominator: ids that they are measured against.
        value: a share, an index, or a count where the limit is 0; None without data.
        limit: the bound; None where there is no firm one.
        at_least: the value must be no less than the limit, else no more.
        needs: what is missing to answer; empty when nothing is.
    """

    number: int
    name: str
    variant: str
    formula: str
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    value: float | None = None
    limit: float | None = None
    at_least: bool = False
    needs: str = ""

    @property
    def passed(self) -> bool | None:
        """Whether it keeps its limit; None without data or without a limit."""
        if self.value is None or self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        verdict = {True: "passes", False: "fails", None: "has no limit" if self.value is not None else f"needs {self.needs}"}[self.passed]
        shown = "" if self.value is None else f" {self.value:.3f}".rstrip("0").rstrip(".")
        bound = "" if self.limit is None else f" (limit {'at least' if self.at_least else 'at most'} {self.limit:g})"
        return f"{self.number} {self.name}:{shown}{bound}, {verdict} [{self.variant}]"


@attrs.frozen(kw_only=True)
class Dangling:
    """Work with a loose end: nothing says when it may start, or nothing waits for its finish."""

    id: str
    start: bool
    finish: bool


@attrs.frozen(kw_only=True)
class HandOver:
    """What one project gives to another: a pair of dates that both must mean the same by.

    Args:
        source, target: giver and receiver.
        type: of the link.
        expected: when the giver's schedule hands over (ISO day), empty when it has no date.
        promised, needed: what the contract says (ISO day), empty when it says nothing.
        agreed: both are stated and the promise is no later than the need.
        kept: the schedule hands over no later than needed (or promised); None without dates.
    """

    source: str
    target: str
    type: str
    expected: str
    promised: str
    needed: str
    agreed: bool | None
    kept: bool | None


@attrs.frozen(repr=False)
class ScheduleQuality:
    """The answer of `schedule_quality`: points by number, loose ends, work out of sequence, hand-overs."""

    points: tuple[Point, ...]
    dangling: tuple[Dangling, ...]
    out_of_sequence: tuple[tuple[str, str, str], ...]
    hand_overs: tuple[HandOver, ...]

    def __getitem__(self, number: int) -> Point:
        """The first variant of a point, by its number from 1 to 14."""
        found = next((point for point in self.points if point.number == number), None)
        if found is None:
            raise UnknownItemError(str(number), [], "the points 1 to 14")
        return found

    def table(self) -> Table:
        """One row a point: number, name, variant, value, limit, passed, counted, of, needs."""
        p = self.points
        return Table(
            [
                Column("number", "int", [x.number for x in p]),
                Column("name", "str", [x.name for x in p]),
                Column("variant", "str", [x.variant for x in p]),
                Column("value", "float", [x.value for x in p]),
                Column("limit", "float", [x.limit for x in p]),
                Column("passed", "bool", [x.passed for x in p]),
                Column("counted", "int", [len(x.numerator) for x in p]),
                Column("of", "int", [len(x.denominator) for x in p]),
                Column("needs", "str", [x.needs or None for x in p]),
            ]
        )

    def explain(self, number: int) -> str:
        """How a point came out: its formula, its value, and what it counted."""
        point = self[number]
        return f"{point}\n{point.formula}\ncounted {len(point.numerator)} of {len(point.denominator)}: {listed(point.numerator) or 'none'}"

    def __repr__(self) -> str:
        passed = sum(point.passed is True for point in self.points)
        failed = [str(point.number) for point in self.points if point.passed is False]
        return f"<ScheduleQuality: {passed} points pass, {len(failed)} fail{': ' + ', '.join(failed) if failed else ''}>"

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def schedule_quality(portfolio: Portfolio, *, project: str | None = None, of: Schedule | None = None) -> ScheduleQuality:
    """The 14 points of the DCMA over a portfolio or one of its projects, and the lists behind them.

    Args:
        portfolio: the portfolio.
        project: only the work of this project (and the links into it).
        of: its schedule, where one has been made; else it is made, loops cut.

    Raises:
        UnknownItemError: there is no such project.
        ScheduleError: nothing says when the portfolio starts.
    """
    ids = [p.id for p in portfolio.projects]
    if project is not None and project not in ids:
        raise UnknownItemError(project, close_matches(project, ids), "the projects")
    return _Assessment(portfolio, of or schedule(portfolio, on_cycle="cut"), project).quality()


class _Assessment:
    def __init__(self, portfolio: Portfolio, s: Schedule, project: str | None) -> None:
        self.portfolio, self.s, self.net, self.project = portfolio, s, s.network, project

    # ------------------------------------------------------------------------------------- populations

    @functools.cached_property
    def tasks(self) -> dict[str, Task]:
        """Work that is planned: no milestones, summaries, level of effort, or what is stopped."""
        found = {}
        for node, full_id in enumerate(self.net.ids):
            if self.net.kinds[node] != "task" or self.net.state[node] in (State.GONE, State.SPANNED):
                continue
            item = self.portfolio.items.get(full_id)
            if isinstance(item, Task) and (self.project is None or full_id.startswith(f"{self.project}/")):
                found[full_id] = item
        return found

    @functools.cached_property
    def incomplete(self) -> tuple[str, ...]:
        return tuple(full_id for full_id, task in self.tasks.items() if not task.finished)

    @functools.cached_property
    def status(self) -> int | None:
        """The portfolio's data date; that of its one project, where only one is looked at."""
        return self.portfolio.data_date if self.project is None else self._status_of(self.project)

    @functools.cached_property
    def _own_status(self) -> dict[str, int]:
        return {p.id: minutes(p.status_date) for p in self.portfolio.projects if p.status_date is not None}

    def _status_of(self, full_id: str) -> int | None:
        if not self._own_status:
            return self.portfolio.data_date
        return self._own_status.get(self.portfolio.project_of(full_id), self.portfolio.data_date)

    @functools.cached_property
    def links(self) -> list[tuple[str, str, str, float]]:
        """(source, target, type, sign of the lag) of every link that moves dates, as the files state them."""
        out = []
        for project in self.portfolio.projects:
            nouns: list[Task | Gate] = [*project.tasks, *project.gates]
            for noun in nouns:
                for after in noun.after:
                    source = self.portfolio.resolve(after.source, project.id) or after.source
                    out.append((source, f"{project.id}/{noun.id}", after.type, float(after.lag.amount) if after.lag is not None else 0.0))
        for link in self.portfolio.links:
            if link.kind == "schedule" and not self._coarse(link):
                out.append((link.source, link.target, link.type, float(link.lag.amount) if link.lag is not None else 0.0))
        for benefit in self.portfolio.benefits:
            out += [(enabler.source, benefit.id, "FS", 0.0) for enabler in (*benefit.enabled_by, *benefit.any_of)]
        return out

    def _coarse(self, link: Link) -> bool:
        return any("@" not in end and isinstance(self.portfolio.items.get(end), Project) for end in (link.source, link.target))

    @functools.cached_property
    def counted_links(self) -> list[tuple[str, str, str, float]]:
        """Links into what is not finished."""
        done = {full_id for full_id, task in self.tasks.items() if task.finished}
        inside = f"{self.project}/" if self.project is not None else ""
        return [link for link in self.links if link[1] not in done and link[1].startswith(inside)]

    @functools.cached_property
    def ends(self) -> tuple[set[str], set[str], set[str], set[str]]:
        """What has a predecessor, a successor, a link that holds its start, a link from its finish; summaries pass theirs on."""
        has_before, has_after, held, given = set(), set(), set(), set()
        leaves = {f"{project}/{name}": [self.net.ids[v] for v in nodes] for (project, name), nodes in self.net.summaries.items()}
        for source, target, kind, _ in self.links:
            for one in leaves.get(target.partition("@")[0], [target]):
                has_before.add(one)
                if kind[1] == "S":
                    held.add(one)
            for one in leaves.get(source.partition("@")[0], [source]):
                has_after.add(one)
                if kind[0] == "F":
                    given.add(one)
        return has_before, has_after, held, given

    # ------------------------------------------------------------------------------------------ points

    def quality(self) -> ScheduleQuality:
        points = [
            self._logic(),
            *self._relations(),
            *self._hard(),
            *self._floats(),
            self._durations(),
            self._dates(),
            self._resources(),
            self._missed(),
            self._path_test(),
            self._cpli(),
            self._bei(),
        ]
        return ScheduleQuality(
            points=tuple(points),
            dangling=tuple(self._dangling()),
            out_of_sequence=tuple((self.net.ids[u], self.net.ids[v], kind) for u, v, kind in self.net.out_of_sequence),
            hand_overs=tuple(self._hand_overs()),
        )

    def _share(
        self, number: int, name: str, formula: str, counted: Sequence[str], of: Sequence[str], limit: float | None, **more: Any
    ) -> Point:
        more.setdefault("variant", "dcma-2012")
        value = len(counted) / len(of) if of else None
        if limit == 0:
            value = float(len(counted)) if of else None
        needs = "" if of else more.pop("nothing", "unfinished tasks")
        more.pop("nothing", None)
        return Point(
            number=number,
            name=name,
            formula=formula,
            numerator=tuple(counted),
            denominator=tuple(of),
            value=value,
            limit=limit,
            needs=needs,
            **more,
        )

    def _logic(self) -> Point:
        before, after, *_ = self.ends
        loose = [full_id for full_id in self.incomplete if full_id not in before or full_id not in after]
        return self._share(1, "logic", "unfinished tasks without predecessor or successor / unfinished tasks", loose, self.incomplete, 0.05)

    def _relations(self) -> Iterator[Point]:
        named = [(f"{source} -{kind}-> {target}", kind, lag) for source, target, kind, lag in self.counted_links]
        everything = [name for name, _, _ in named]
        leads = [name for name, _, lag in named if lag < 0]
        lags = [name for name, _, lag in named if lag > 0]
        plain = [name for name, kind, _ in named if kind == "FS"]
        nothing = {"nothing": "links into unfinished work"}
        yield self._share(2, "leads", "links with a negative lag", leads, everything, 0, **nothing)
        yield self._share(3, "lags", "links with a positive lag / links into unfinished work", lags, everything, 0.05, **nothing)
        formula = "finish-to-start links / links into unfinished work"
        yield self._share(4, "relationship types", formula, plain, everything, 0.9, at_least=True, **nothing)

    def _hard(self) -> Iterator[Point]:
        tied, hard = [], []
        strict = set(self.s.dialect.hard)
        for full_id in self.incomplete:
            constraints = self.tasks[full_id].constraints
            stated = [name for name in TIED if constraints is not None and getattr(constraints, name) is not None]
            if stated:
                tied.append(full_id)
            if strict & set(stated):
                hard.append(full_id)
        formula = "unfinished tasks with must, mandatory, on or no-later constraints / unfinished tasks"
        yield self._share(5, "hard constraints", formula, tied, self.incomplete, 0.05)
        formula = "unfinished tasks with a constraint that overrides the logic in this dialect / unfinished tasks"
        yield self._share(5, "hard constraints", formula, hard, self.incomplete, 0.05, variant="paseg: blocks movement to the right")

    def _floats(self) -> Iterator[Point]:
        floats = {full_id: self.s._total_float(self.s.nodes[full_id]) for full_id in self.incomplete}
        known = [full_id for full_id, value in floats.items() if value is not None]
        high = [full_id for full_id in known if (floats[full_id] or 0) > LONG]
        negative = [full_id for full_id in known if (floats[full_id] or 0) < 0]
        nothing = {"nothing": "unfinished tasks with dates"}
        yield self._share(6, "high float", f"total float > {LONG} working days / unfinished tasks with dates", high, known, 0.05, **nothing)
        yield self._share(7, "negative float", "total float < 0", negative, known, 0, **nothing)

    def _durations(self) -> Point:
        long, known, planned = [], [], 0
        for full_id in self.incomplete:
            task = self.tasks[full_id]
            calendar = self.portfolio.calendar_for(full_id)
            days: float | None = None
            if task.baseline_start is not None and task.baseline_finish is not None:
                planned += 1
                clock = self.net.clock_of(self.s.nodes[full_id])
                days = clock.between(minutes(task.baseline_start), minutes(task.baseline_finish, end=True)) / calendar.day_minutes
            elif task.duration is not None and (central := task.duration.central()) is not None:
                days = calendar.minutes(central) / calendar.day_minutes  # type: ignore[arg-type]
            if days is not None:
                known.append(full_id)
                if days > LONG:
                    long.append(full_id)
        formula = f"baseline (else current) duration > {LONG} working days / unfinished tasks with a duration"
        variant = "dcma-2012" if planned == len(known) else f"dcma-2012, current duration of {len(known) - planned} without a baseline"
        return self._share(8, "high duration", formula, long, known, 0.05, variant=variant, nothing="unfinished tasks with a duration")

    def _dates(self) -> Point:
        formula = "forecast dates before, or actual dates after, the status date"
        if self.status is None:
            return Point(number=9, name="invalid dates", variant="dcma-2012", formula=formula, limit=0, needs="a status date")
        wrong = []
        for full_id, task in self.tasks.items():
            status = self._status_of(full_id)
            if status is None:
                continue
            actual = [minutes(t, end=e) for t, e in ((task.actual_start, False), (task.actual_finish, True)) if t is not None]
            start, finish = self.s._instants(self.s.nodes[full_id])
            forecast = [t for t, known in ((start, task.started), (finish, task.finished)) if t is not None and not known]
            if any(t > status for t in actual) or any(t < status for t in forecast):
                wrong.append(full_id)
        return self._share(9, "invalid dates", formula, wrong, tuple(self.tasks), 0, nothing="tasks")

    def _resources(self) -> Point:
        bare, long_enough = [], []
        for full_id in self.incomplete:
            task, calendar = self.tasks[full_id], self.portfolio.calendar_for(full_id)
            central = task.duration.central() if task.duration is not None else None
            if central is None or calendar.minutes(central) < calendar.day_minutes:  # type: ignore[arg-type]
                continue
            long_enough.append(full_id)
            if not task.assignments and task.effort is None and task.budget is None:
                bare.append(full_id)
        formula = "unfinished tasks of a day or more without cost, effort or resources / such tasks"
        return self._share(10, "resources", formula, bare, long_enough, None, nothing="unfinished tasks of a day or more")

    def _due(self) -> list[str]:
        """Tasks that the baseline finishes by the status date."""
        out = []
        for full_id, task in self.tasks.items():
            status = self._status_of(full_id)
            if task.baseline_finish is not None and status is not None and minutes(task.baseline_finish, end=True) <= status:
                out.append(full_id)
        return out

    def _lack(self) -> str:
        if self.status is None:
            return "a status date"
        if not any(task.baseline_finish is not None for task in self.tasks.values()):
            return "baseline finishes (baseline_finish:), has none"
        return "tasks that the baseline finishes by the status date"

    def _missed(self) -> Point:
        due = self._due()
        late = []
        for full_id in due:
            finish = self.s.dates(full_id)[1]
            planned = self.tasks[full_id].baseline_finish
            if finish is None or (planned is not None and minutes(finish) > minutes(planned, end=True)):
                late.append(full_id)
        formula = "tasks due by the status date that finished or will finish after their baseline / tasks due by the status date"
        return self._share(11, "missed tasks", formula, late, due, 0.05, nothing=self._lack())

    def _path_test(self) -> Point:
        formula = f"{PUSH} days added to a task on the longest path move the end by as much"
        s, q = self.s, self.s.lists
        last = [v for v in range(self.net.n) if q.finish[v] == s.end and self.net.state[q.order[v]] in LIVE]
        path = sorted(s.driving_to(last), key=lambda v: (q.finish[v], v))
        places = [v for v in path if self.net.ids[q.order[v]] in self.tasks and q.dur[v]]
        if not places or s.end is None:
            return Point(
                number=12, name="critical path test", variant="dcma-2012", formula=formula, limit=1, at_least=True, needs="a critical task"
            )
        place = places[0]
        node = q.order[place]
        clock = self.net.running_clock(node)
        push = PUSH * clock.day_minutes
        dur = list(q.dur)
        dur[place] += push
        end = s.end_after({place: q.low[place]}, dur)
        value = 1.0 if end is not None and clock.between(s.end, end) == push else 0.0
        return Point(
            number=12,
            name="critical path test",
            variant="dcma-2012, first task of the longest path",
            formula=formula,
            numerator=(self.net.ids[node],) if value else (),
            denominator=(self.net.ids[node],),
            value=value,
            limit=1,
            at_least=True,
        )

    def _cpli(self) -> Point:
        formula = "(critical path length + total float to the promised finish) / critical path length, in working days from the status date"
        promised = [(t, place) for place, t in self.net.promises.items() if self.project in (None, self.net.projects[place])]
        lacks = Point(number=13, name="critical path length index", variant="dcma-2012", formula=formula, limit=0.95, at_least=True)
        if self.status is None or not promised:
            return attrs.evolve(lacks, needs="a status date" if self.status is None else "a promised finish (project: finish:)")
        target, place = max(promised)
        status = self._status_of(self.net.projects[place])
        if status is None:
            return attrs.evolve(lacks, needs="a status date")
        project = self.portfolio.projects[place]
        calendar = self.portfolio.calendar_table[project.calendar or self.portfolio.calendar or "standard"]
        clock = clocks_of(self.portfolio).of(calendar)
        reached = int(self.s.project_ends[place])
        length, slack = clock.days(status, reached), clock.days(reached, target)
        if length <= 0:
            return attrs.evolve(lacks, needs="unfinished work after the status date")
        ends = self.s.target_ends().get(f"{project.id}@finish", [])
        path = tuple(sorted(self.net.ids[self.s.lists.order[v]] for v in self.s.driving_to(ends)))
        return attrs.evolve(lacks, value=cpli(length, slack), numerator=path, denominator=(f"{project.id}@finish",))

    def _bei(self) -> Point:
        formula = "tasks completed / (tasks that the baseline finishes by the status date + tasks without baseline dates)"
        due = self._due()
        bare = [full_id for full_id, task in self.tasks.items() if task.baseline_finish is None]
        done = [full_id for full_id, task in self.tasks.items() if task.finished]
        base: dict[str, Any] = {
            "number": 14,
            "name": "baseline execution index",
            "variant": "dcma-2012",
            "formula": formula,
            "limit": 0.95,
            "at_least": True,
        }
        if self.status is None or not due:
            return Point(**base, needs=self._lack())
        return Point(**base, numerator=tuple(done), denominator=(*due, *bare), value=bei(len(done), len(due), len(bare)))

    # ------------------------------------------------------------------------------------------- lists

    def _dangling(self) -> Iterator[Dangling]:
        _, _, held, given = self.ends
        for full_id in self.incomplete:
            loose = (full_id not in held and not self.tasks[full_id].started, full_id not in given)
            if any(loose):
                yield Dangling(id=full_id, start=loose[0], finish=loose[1])

    def _hand_overs(self) -> Iterator[HandOver]:
        for link in self.portfolio.links:
            giver, receiver = (self.portfolio.project_of(end) for end in (link.source, link.target))
            if link.kind != "schedule" or not giver or giver == receiver or link.target.startswith(EXTERNAL) or self._coarse(link):
                continue
            if self.project is not None and self.project not in (giver, receiver):
                continue
            start, finish = self.s.dates(link.source.partition("@")[0])
            expected = finish if link.type[0] == "F" else start
            promised = minutes(link.promised, end=True) if link.promised is not None else None
            needed = minutes(link.needed, end=True) if link.needed is not None else None
            due = needed if needed is not None else promised
            yield HandOver(
                source=link.source,
                target=link.target,
                type=link.type,
                expected=expected.date().isoformat() if expected is not None else "",
                promised="" if link.promised is None else str(link.promised)[:10],
                needed="" if link.needed is None else str(link.needed)[:10],
                agreed=None if promised is None and needed is None else promised is not None and needed is not None and promised <= needed,
                kept=None if expected is None or due is None else minutes(expected) <= due,
            )
