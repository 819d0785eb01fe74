"""A part of a portfolio as a portfolio of its own: what comes from outside it keeps the dates that the whole plan gives it.

Whatever is cut is a finding of the part: a date that is handed in, a hand-over that somebody outside waits for, what was left out.
The part's own schedule is held against the whole plan, so that a date that comes out otherwise is said too.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import attrs

from ipmo.analysis.change.registers import Registers
from ipmo.analysis.dates.by_day import gives_at_finish
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.errors import OptionError, ScheduleError, UnknownItemError, close_matches
from ipmo.findings import Finding, Severity
from ipmo.model.benefits import Benefit, Enabler, Outcome
from ipmo.model.fields import EMPTY
from ipmo.model.held import in_no_project
from ipmo.model.hierarchy import hierarchy
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import EXTERNAL, Reference, reference
from ipmo.model.work import Link, Programme, Project
from ipmo.network.clocks import WALL_CLOCK, Clock, clocks_of
from ipmo.network.drafts import first_instant
from ipmo.network.links import forced, joins_projects
from ipmo.units import Span, day_text, minutes, moment
from ipmo.words import agree, counted

__all__ = ["select"]

NAMED = 5
"""Names that a finding lists."""


def select(portfolio: Portfolio, projects: str | Iterable[str] | None = None, *, programme: str | None = None) -> Portfolio:
    """A part of a portfolio: some of its projects, with what belongs to them, as a portfolio of its own.

    What they wait for outside the part is fixed on the date that the whole plan gives it, and what others wait for is needed by the last
    day on which everything stated outside still holds: dates and commitment floats of the part are those of the whole. Total float,
    the critical path and drag are those to the end of the part. Findings of the part (`ipmo.check` has them) say what was cut and what
    was left out; a date that comes out otherwise than in the whole plan is one too.

    Args:
        portfolio: the whole.
        projects: an id of a project or programme, or several; all when left out.
        programme: those of this programme, at any depth, only.

    Raises:
        UnknownItemError: there is no such project or programme.
        OptionError: no project is left.

    >>> import ipmo.examples
    >>> part = select(ipmo.examples.load("handover"), ["fleet"])
    >>> print(part.source.findings[1].message)
    fleet/train waits for power/test, outside this part: until 2026-06-19 in the whole plan, and fixed there
    """
    chosen = _chosen(portfolio, projects, programme)
    return _Part(portfolio, chosen).portfolio()


def _chosen(pf: Portfolio, projects: str | Iterable[str] | None, programme: str | None) -> list[Project]:
    """The projects that are meant, in the order of the file."""
    tree = hierarchy(pf)
    wanted = {project.id for project in pf.projects}
    if programme is not None:
        wanted = {project.id for project in tree.projects(_initiative(pf, programme, "programmes"))}
    some = None if projects is None else [projects] if isinstance(projects, str) else list(projects)
    if some is not None:
        named = [_initiative(pf, str(getattr(one, "id", one)), "projects and programmes") for one in some]
        wanted &= {project.id for noun in named for project in tree.projects(noun)}
    found = [project for project in pf.projects if project.id in wanted]
    if not found:
        takes = "such that a project of the portfolio is left" if some is not None else "a programme that holds projects"
        raise OptionError(*(("projects", some) if some is not None else ("programme", programme)), takes=takes)
    return found


def _initiative(pf: Portfolio, name: str, of: str) -> Project | Programme:
    noun = pf.items.get(name)
    if isinstance(noun, Programme) or (isinstance(noun, Project) and of != "programmes"):
        return noun
    known = [one.id for one in (*pf.programmes, *(() if of == "programmes" else pf.projects))]
    raise UnknownItemError(name, close_matches(name, known), f"the {of} of portfolio {pf.id!r}")


class _Part:
    """How a part is made: its links, what it brings, its registers, and what is said about them."""

    def __init__(self, whole: Portfolio, chosen: list[Project]) -> None:
        self.whole, self.chosen = whole, chosen
        self.inside = {project.id for project in chosen}
        self.findings: list[Finding] = []
        self.links: list[Link] = []
        self.names: set[str] = set()
        try:
            self.dates: Schedule | None = schedule(whole, on_cycle="cut")
        except ScheduleError:  # nothing says when it starts: there are no dates to keep
            self.dates = None

    def portfolio(self) -> Portfolio:
        """The part."""
        if len(self.chosen) == len(self.whole.projects):
            return self.whole
        outcomes, benefits = self._effects()
        for link in self.whole.links:
            self._link(link)
        registers = Registers(self.whole, self.inside, [*outcomes, *benefits])
        projects = [registers.project(project) for project in self.chosen]
        benefits = [registers.extended(one) for one in benefits]
        fields = registers.fields()
        self._say_left_out(registers)
        begins = None if self.dates is None else first_instant(self.whole)
        said = f"{len(self.chosen)} of {counted(len(self.whole.projects), 'project')}"
        cut = sum(one.code in ("ipmo/part-handed-in", "ipmo/part-undated", "ipmo/part-needed-outside") for one in self.findings)
        head = self._finding("part", f"a part of {self.whole.name or self.whole.id}: {said}, {counted(cut, 'link')} cut")
        kept = [one for one in self.whole.source.findings if not one.item or self._is_inside(one.item)]
        part = self.whole.evolve(
            **fields,
            name=f"{self.whole.name or self.whole.id} ({said})",
            note=f"{self.whole.note}\n{head.message}".strip(),
            projects=projects,
            outcomes=outcomes,
            benefits=benefits,
            links=self.links,
            start=self.whole.start if self.whole.start is not None or begins is None else moment(begins),
            source=attrs.evolve(self.whole.source, stored=EMPTY, findings=kept),
        )
        found = (*part.source.findings, head, *self.findings, *self._differences(part))
        return part.evolve(source=attrs.evolve(part.source, findings=found))

    def _finding(self, code: str, message: str, item: str = "", severity: Severity = Severity.INFO, hint: str = "") -> Finding:
        return Finding(code=f"ipmo/{code}", message=message, item=item, severity=severity, hint=hint)

    def _say(self, code: str, message: str, item: str = "", severity: Severity = Severity.INFO, hint: str = "") -> None:
        self.findings.append(self._finding(code, message, item, severity, hint))

    # ------------------------------------------------------------------------------------- what lies where

    def _is_inside(self, full_id: str) -> bool:
        """Whether an item belongs to a project of the part."""
        return reference(full_id).top in self.inside

    def _end(self, text: str) -> Reference:
        return reference(self.whole.resolve(text) or text)

    @functools.cached_property
    def _kept_effects(self) -> set[str]:
        """Outcomes and benefits that something in the part leads to, or that belong to a programme of which all is in the part."""
        pf = self.whole
        before: dict[str, set[str]] = {}
        for effect in _all_effects(pf):
            before[effect.id] = {self._end(one.source).item for one in (*effect.enabled_by, *effect.any_of)}
            if isinstance(effect, Benefit) and effect.outcome is not None:
                before[effect.id].add(effect.outcome)
        for link in pf.links:
            target = self._end(link.target).item
            if target in before:
                before[target].add(self._end(link.source).item)
        for contribution in pf.contributions:
            if contribution.target in before:
                before[contribution.target].add(contribution.source)
        whole = {p.id for p in pf.programmes if {one.id for one in hierarchy(pf).projects(p)} <= self.inside and hierarchy(pf).projects(p)}
        alternatives = {e.id: {self._end(one.source).item for one in e.any_of} for e in _all_effects(pf) if e.any_of}
        blocked: set[str] = set()
        while True:  # where one of several is enough and one lies outside, nothing fixed says which comes first
            kept = self._led_to(before, {b.id for b in pf.benefits if not before[b.id] and b.belongs_to in whole}, blocked)
            lost = {
                name
                for name, any_of in alternatives.items()
                if name in kept and not all(one in kept or self._is_inside(one) for one in any_of)
            }
            if not lost:
                idle = {b.outcome for b in pf.benefits if b.id in kept and b.outcome is not None and not before[b.outcome]}
                return kept | idle  # an outcome that nothing enables has no date: it says what a benefit is for
            blocked |= lost

    def _led_to(self, before: Mapping[str, set[str]], first: set[str], blocked: set[str]) -> set[str]:
        """What something in the part leads to, step by step."""
        kept = set(first)
        while True:
            found = {
                name
                for name, sources in before.items()
                if name not in kept and name not in blocked and any(one in kept or self._is_inside(one) for one in sources)
            }
            if not found:
                return kept
            kept |= found

    # ------------------------------------------------------------------------------------------- what it brings

    def _effects(self) -> tuple[list[Outcome], list[Benefit]]:
        """What the part leads to; what enables it from outside is handed in."""
        kept = self._kept_effects
        outcomes = [attrs.evolve(one, enabled_by=self._enablers(one)) for one in self.whole.outcomes if one.id in kept]
        benefits = []
        for one in self.whole.benefits:
            if one.id not in kept:
                continue
            enablers, outcome = self._enablers(one), one.outcome
            if outcome is not None and outcome not in kept:
                self._hand_in(outcome, one.id, "FS", None, f"{one.id} comes of it")
                outcome = None
            benefits.append(attrs.evolve(one, enabled_by=enablers, outcome=outcome))
        return outcomes, benefits

    def _enablers(self, effect: Outcome | Benefit) -> list[Enabler]:
        found = []
        for enabler in effect.enabled_by:
            end = self._end(enabler.source)
            if self._is_inside(end.item) or end.item in self._kept_effects:
                found.append(enabler)
            else:
                self._hand_in(str(end), effect.id, "FS", enabler.lag, f"enables {effect.id}")
        return found

    # -------------------------------------------------------------------------------------------------- links

    def _link(self, link: Link) -> None:
        """A link of the whole plan: kept, cut on one side, or left out."""
        ends = self._end(link.source), self._end(link.target)
        here = [self._is_inside(end.item) or end.item in self._kept_effects for end in ends]
        if all(yes or end.external for yes, end in zip(here, ends, strict=True)):
            self.links.append(link)
        elif here[1]:
            if link.kind == "schedule" and not joins_projects(self.whole, link):
                self._hand_in(str(ends[0]), link.target, link.type, link.lag, link.note, link)
            else:
                self._say(
                    "part-left-out",
                    f"the {link.kind} link from {link.source}, which lies outside, moves no date and is left out",
                    link.target,
                )
        elif here[0]:
            self._hand_out(link, ends[0], ends[1])

    def _outside(self, full_id: str, other: str, type: str) -> str:
        """The name of what lies outside; each end, target and type has one of its own."""
        end = reference(full_id)
        plain = " ".join(part for part in (*end.item.removeprefix(EXTERNAL).split("/"), end.end) if part)
        name, count = plain, 1
        while f"{name}|{other}|{type}" in self.names:
            count += 1
            name = f"{plain} {count}"
        self.names.add(f"{name}|{other}|{type}")
        return f"{EXTERNAL}{name}"

    def _hand_in(self, source: str, target: str, type: str, lag: Span | None, note: str, link: Link | None = None) -> None:
        """What the part waits for becomes an end outside the portfolio, on the date that the whole plan gives it."""
        end = reference(source)
        side = forced(source, type[0], self.whole)
        when = self._arrival(end, reference(target), side + type[1], lag)
        plain = Link(source=f"{EXTERNAL}x", target=target)
        known = link if link is not None else plain
        self.links.append(
            attrs.evolve(
                known,
                source=self._outside(source, target, side + type[1]),
                type=side + type[1],
                lag=None,
                date=when,
                as_of=self.whole.status_date,
                note=f"{source}{f': {note}' if note else ''}",
            )
        )
        if when is not None:
            day = day_text(when, finish=side == "F")
            message = f"{target} waits for {source}, outside this part: until {day} in the whole plan, and fixed there"
            self._say("part-handed-in", message, target)
        elif known.status != "delivered" and not self._is_done(end.item):
            self._say(
                "part-undated",
                f"{target} waits for {source}, outside this part, which has no date in the whole plan: here it waits for nothing",
                target,
                Severity.WARNING,
                "look at the whole plan for it",
            )

    def _is_done(self, item: str) -> bool:
        return bool(getattr(self.whole.items.get(item), "finished", False))

    def _arrival(self, giver: Reference, taker: Reference, kind: str, lag: Span | None) -> datetime | None:
        """When what is handed in is there, its lag counted as the whole plan counts it."""
        if self.dates is None:
            return None
        dates = self.dates.dates(giver.item)
        when = dates[1] if kind[0] == "F" else dates[0]
        if when is None or lag is None or not lag.amount:
            return when
        clock = self._lag_clock(giver, taker)
        own = {clocks_of(self.whole).of(self.whole.calendar_for(end.item)) for end in (giver, taker)}
        plain = kind[1] == "F" and lag.dimension == "working" and own == {clock}  # counted in work alone: a finish lies where a shift ends
        return moment(clock.shift(minutes(when), lag, at_start=False if plain else None))

    def _lag_clock(self, giver: Reference, taker: Reference) -> Clock:
        """The clock of the whole plan's dialect for a lag; see `ipmo.network.links.lag_clock`."""
        owner = self.whole.dialect.lag_calendar
        if owner == "continuous":
            return WALL_CLOCK
        item = {"predecessor": giver.item, "successor": taker.item}.get(owner, taker.top)
        return clocks_of(self.whole).of(self.whole.calendar_for(item))

    def _hand_out(self, link: Link, giver: Reference, taker: Reference) -> None:
        """What somebody outside waits for: needed by the last instant at which everything that is stated there still holds."""
        if link.kind != "schedule" or joins_projects(self.whole, link):
            self._say(
                "part-left-out", f"the {link.kind} link to {link.target}, which lies outside, moves no date and is left out", link.source
            )
            return
        if not self._awaited(taker):
            self._say("part-left-out", f"{taker}, outside this part, waits for {link.source} no more", link.source)
            return
        last, keeps = self._last_moment(link, giver)
        outside = self._outside(str(taker), link.source, link.type)
        note = f"{taker}{f': {link.note}' if link.note else ''}"
        if last is None:
            self.links.append(attrs.evolve(link, target=outside, note=note))
            self._say("part-needed-outside", f"{taker}, outside this part, waits for {link.source}", link.source)
            return
        self.links.append(attrs.evolve(link, target=outside, needed=last, note=f"{note}; later breaks {keeps}"))
        message = f"{taker}, outside this part, waits for {link.source}: later than {day_text(last, finish=gives_at_finish(self.whole, link))} breaks {keeps}"
        self._say("part-needed-outside", message, link.source)

    def _awaited(self, taker: Reference) -> bool:
        """Whether somebody outside may still wait: the receiver is not done, and its project neither stopped nor closed."""
        project = self.whole.items.get(taker.top)
        over = isinstance(project, Project) and (project.stopped or project.state == "closed")
        return not over and not self._is_done(taker.item)

    def _last_moment(self, link: Link, giver: Reference) -> tuple[datetime | None, str]:
        """The last instant at which the giver keeps what is stated outside the part, and what breaks first; None where nothing is stated there."""
        if self.dates is None:
            return None, ""
        passes, commitments = self.dates.passes, self.dates.commitments
        node = passes.named.get(giver.item)
        place = -1 if node is None else passes.positions.pos[node]
        latest = None if node is None or place < 0 else commitments.bound(place)
        name = None if latest is None else commitments.at_risk(place)
        if node is None or latest is None or name is None or name not in commitments:
            return None, ""
        row = commitments[name]
        if self._is_inside(row.item) or row.item in self._kept_effects or name == (link.id or f"{link.source} -> {link.target}"):
            return None, ""  # what the part itself states comes first, and stays stated
        clock = self.dates.network.running_clock(node)
        if gives_at_finish(self.whole, link):
            return moment(clock.finish(latest + passes.positions.dur[place])), name
        return moment(clock.start(latest)), name

    # -------------------------------------------------------------------------------------------- what is said

    def _say_left_out(self, registers: Registers) -> None:
        gone = [b for b in self.whole.benefits if b.id not in self._kept_effects]
        if gone:
            self._say(
                "part-left-out",
                f"{counted(len(gone), 'benefit')} that no work of this part alone leads to {agree(len(gone), 'is', 'are')} left out: {_names(b.id for b in gone)}",
            )
        for message in registers.said():
            self._say("part-left-out", message)

    def _differences(self, part: Portfolio) -> Iterator[Finding]:
        """What has another date here than in the whole plan."""
        if self.dates is None:
            return
        try:
            here = schedule(part, on_cycle="cut")
        except ScheduleError:
            return
        other = [one for one in self._items(part) if here.instants(one) != self.dates.instants(one)]
        if other:
            message = (
                f"{counted(len(other), 'item')} {agree(len(other), 'has', 'have')} other dates here than in the whole plan: {_names(other)}"
            )
            yield self._finding("part-differs", message, other[0], Severity.WARNING, "look at the whole plan for these")

    def _items(self, part: Portfolio) -> Iterator[str]:
        for project in part.projects:
            yield from (f"{project.id}/{task.id}" for task in project.tasks)
            yield from (f"{project.id}/{gate.id}" for gate in project.gates)
            yield project.id
        yield from (one.id for one in in_no_project(part))


def _all_effects(pf: Portfolio) -> list[Outcome | Benefit]:
    return [*pf.outcomes, *pf.benefits]


def _names(ids: Iterable[str]) -> str:
    names = list(ids)
    return f"{', '.join(names[:NAMED])}{f' and {len(names) - NAMED} more' if len(names) > NAMED else ''}"
