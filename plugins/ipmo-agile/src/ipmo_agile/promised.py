"""AGL-R10: what is promised for a date that a forecast sets names the percentile of that date, above P50, and lies where it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

import attrs

import ipmo
from ipmo import Schedule, Span
from ipmo.model import Portfolio, Project, Task, reference
from ipmo.model.held import gates_of
from ipmo.model.hierarchy import subtasks
from ipmo.plugin import CheckContext, Finding, Severity
from ipmo_agile.fields import day_of, forecasts
from ipmo_agile.forecast import AgileForecast

__all__ = ["percentile"]

NEAR = 0.1
"""How far a commitment may lie below the percentile that it names: ten points, since a forecast moves in whole periods."""
SAFE, EVEN = 0.85, 0.5
"""The shares at which dates are said and compared."""
NEVER = 10_000
"""Days that stand for work that is never done, longer the surer: what waits for it moves, and no such date is said."""


@attrs.frozen
class Promise:
    """A date that somebody committed to, and what it is of.

    Args:
        item: full id of what is to be there by then: a task, a milestone or a project.
        what: the commitment in words.
        day: the date as stated.
        percentile: as it was written; None where nothing was.
        named: the item that a finding names: what is promised, or the forecast where that is another project's.
        begins: it is promised that the item begins, not that it is done.
    """

    item: str
    what: str
    day: date
    percentile: str | None
    named: str
    begins: bool = False


def percentile(context: CheckContext) -> Iterable[Finding]:
    """AGL-R10: a date that rests on forecasts says its percentile, lies above P50, and on the date of that percentile or near it."""
    pf = context.portfolio
    if not (open_work := {full_id: forecast for full_id, _, forecast in forecasts(pf)}):
        return
    sure = Shares(pf, open_work)
    for promise in _promises(pf):
        if rests := sure.rests_on(promise.item, promise.begins):
            inside = pf.project_of(promise.item) in map(pf.project_of, rests)
            about = promise if inside else attrs.evolve(promise, named=rests[0])
            if context.covers(promise.item if inside else rests[0]):  # whose forecast it is
                yield from _judged(about, rests, sure)


def _judged(promise: Promise, rests: tuple[str, ...], sure: Shares) -> Iterator[Finding]:
    written, own = promise.percentile, rests == (promise.item,)
    share = None if written is None else _share(written)
    whose = "the forecast" + ("" if len(rests) == 1 else "s") + " of " + ", ".join(map(repr, rests))
    what = promise.what if own or promise.item in promise.what else f"{promise.what} of {promise.item!r}"
    if share is None:
        said = "names no percentile" if written is None else f"names {written!r}, which is no percentile"
        if own:
            safe = f"at P85 the work takes {sure.forecasts[promise.item].quantile(SAFE)}"
        elif len(rests) == 1:
            safe = f"at P85 it is there on {sure.expected(promise, rests, SAFE) or 'no day that can be said'}"
        else:
            safe = "`ipmo simulate` says how sure a date is that rests on several"
        yield _finding(promise, f"{what} rests on {whose} and {said}", f"write attributes: {{percentile: P85}}; {safe}")
    elif share <= EVEN:
        how = "as likely missed as kept" if share == EVEN else "more likely missed than kept"
        of = repr(promise.item) if own else whose
        yield _finding(promise, f"{what} is a P{100 * share:g} of {of}: {how}", "commit to P80 or later")
    elif len(rests) == 1:  # of several, percentiles do not add
        near = sure.expected(promise, rests, share - NEAR)
        if near is not None and promise.day < near:
            of = repr(promise.item) if own else whose
            message = f"{what} says P{100 * share:g} of {of}, and lies before its P{100 * (share - NEAR):g}, {near}"
            stated = sure.expected(promise, rests, share)
            hint = f"{f'commit to {stated}, or ' if stated else ''}say the percentile that the date has"
            yield _finding(promise, message, hint)


def _finding(promise: Promise, message: str, hint: str) -> Finding:
    return Finding(code="agile/percentile", item=promise.named, message=message, hint=hint, severity=Severity.WARNING)


def _promises(pf: Portfolio) -> Iterator[Promise]:
    """Deadlines, stated finishes of projects, the days by which gates are needed and hand-overs were promised, of what is still open."""
    for project in pf.projects:
        if project.state == "closed" or project.stopped:
            continue
        if isinstance(project.finish, date) and project.actual_finish is None:
            said = project.attributes.get("percentile")
            yield Promise(project.id, f"the stated finish {project.finish} of {project.id!r}", day_of(project.finish), said, project.id)
        for task in project.tasks:
            if task.deadline is not None and not task.finished:
                full_id = f"{project.id}/{task.id}"
                yield Promise(full_id, f"the deadline {task.deadline}", day_of(task.deadline), task.attributes.get("percentile"), full_id)
    for held in gates_of(pf):
        gate = held.noun
        if gate.need_by is not None and gate.open and not held.ended and (held.project is None or held.project.state != "closed"):
            yield Promise(
                held.id,
                f"the day {gate.need_by} by which {held.id!r} is needed",
                day_of(gate.need_by),
                gate.attributes.get("percentile"),
                held.id,
            )
    for link in pf.links:
        if link.promised is not None and link.status not in ("cancelled", "delivered"):
            source = reference(pf.resolve(link.source) or link.source)
            noun, name = pf.items.get(source.item), link.id or f"{link.source} -> {link.target}"
            lasts = isinstance(noun, Project) or (isinstance(noun, Task) and not noun.milestone)
            begins = lasts and (source.end == "start" or (not source.end and link.type[0] == "S"))
            what = f"the commitment {link.promised} of link {name!r}"
            yield Promise(source.item, what, day_of(link.promised), link.attributes.get("percentile"), link.id or source.item, begins)


class Shares:
    """The portfolio with every forecast at one of its percentiles, scheduled once for each percentile that is asked about.

    Args:
        portfolio: the portfolio.
        forecasts: open work that is forecast, by full id.
    """

    def __init__(self, portfolio: Portfolio, forecasts: Mapping[str, AgileForecast]) -> None:
        self.portfolio, self.forecasts = portfolio, forecasts
        self._made: dict[tuple[Span, ...], Schedule] = {}

    def rests_on(self, item: str, begins: bool = False) -> tuple[str, ...]:
        """The forecasts that set the date of an item: its own, else those on the path that drives it where its date moves with them."""
        if item in self.forecasts and not begins:
            return (item,)
        even, safe = self.day(item, EVEN, begins), self.day(item, SAFE, begins)
        if even is None or safe is None or safe <= even:
            return ()
        return tuple(one for one in self._path(item, begins) if one in self.forecasts)

    def _path(self, item: str, begins: bool) -> tuple[str, ...]:
        """What drives the finish of an item, or its start, where the forecasts come out late."""
        late = self.at(SAFE)
        if isinstance(self.portfolio.items.get(item), Project) and not begins:
            return late.critical_path(item)
        part = self._part(item, begins)
        return tuple(one for found in late.float_paths(1, part) for one in found.items if not (begins and one == part))

    def _part(self, item: str, begins: bool) -> str:
        """The work that sets an end of a summary or of a project: what ends last in it, or begins first; other items are their own."""
        named, late = reference(item), self.at(SAFE)
        project = self.portfolio.items.get(named.top)
        if not isinstance(project, Project):
            return item
        under, name = subtasks(project), named.inner or None
        while parts := under.get(name):
            dated = [(late.dates(f"{project.id}/{part.id}"), part.id) for part in parts]
            if begins:
                _, name = min((start or datetime.max, one) for (start, _), one in dated)
            else:
                _, name = max((finish or datetime.min, one) for (_, finish), one in dated)
        return f"{project.id}/{name}" if name else item

    def expected(self, promise: Promise, rests: Iterable[str], share: float) -> date | None:
        """The day that is promised at a share of the forecasts that set it; None where one of them never gets there, or other work has no date."""
        there = all(self.forecasts[one].quantile(share) is not None for one in rests)
        there = there and (promise.begins or not self.at(share).doubt(promise.item))
        return self.day(promise.item, share, promise.begins) if there else None

    def day(self, item: str, share: float, begins: bool = False) -> date | None:
        """The day on which an item is there, or begins, when every forecast comes out at a share; None when it has no date."""
        return self.at(share).days(item)[0 if begins else 1]

    def at(self, share: float) -> Schedule:
        """The schedule in which every forecast comes out at a share."""
        spans = {full_id: forecast.quantile(share) or Span(NEVER * (1 + share), "d") for full_id, forecast in self.forecasts.items()}
        key = tuple(spans.values())  # many shares lie in the same periods: a schedule for each would take a minute for a thousand promises
        if key not in self._made:
            self._made[key] = self._scheduled(spans)
        return self._made[key]

    def _scheduled(self, spans: Mapping[str, Span]) -> Schedule:
        def at_share(project: Project, task: Task) -> Task:
            span = spans.get(f"{project.id}/{task.id}")
            if span is None:
                return task
            return attrs.evolve(task, remaining=span) if task.remaining is not None else attrs.evolve(task, duration=span)

        touched = {reference(full_id).project for full_id in spans}
        projects = [
            attrs.evolve(one, tasks=[at_share(one, task) for task in one.tasks]) if one.id in touched else one
            for one in self.portfolio.projects
        ]
        return ipmo.schedule(self.portfolio.evolve(projects=projects), on_cycle="cut")


def _share(written: str) -> float | None:
    """A percentile as a share: `P85`, `85`, `85 %` and `0.85` are the same; None for what is none.

    A bare number with a point, up to 1, is a share, so that `1.0` is all of it and no percentile; one with `%` never is.
    """
    found = re.fullmatch(r"\s*(P?)\s*([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*(%?)\s*", written, re.IGNORECASE | re.ASCII)
    if found is None:
        return None
    number = float(found[2])
    fraction = "." in found[2] and not found[3] and (number < 1 or (number == 1 and not found[1]))
    share = number if fraction else number / 100
    return share if 0 < share < 1 else None
