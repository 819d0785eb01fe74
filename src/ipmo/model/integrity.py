"""What makes a portfolio impossible: bad ids, ids used twice, references to nothing. All problems in one pass."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import cast

import attrs

from ipmo.errors import SHOWN, Problem
from ipmo.model.at_once import are_ids, holding, is_plain, telling, with_odd_budgets
from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.contents import TOP, Contents
from ipmo.model.estimates import Fixed, Referenced, number, stated
from ipmo.model.fields import Noun, PlainData
from ipmo.model.governance import After, Gate
from ipmo.model.items import INSIDE, class_of
from ipmo.model.later import is_being_made, left_out
from ipmo.model.money import Budget
from ipmo.model.reference import REFERENCE_CLASSES
from ipmo.model.references import ID, Reference
from ipmo.model.risks import Risk
from ipmo.model.shape import shape
from ipmo.model.work import ALIGNMENT, Project, Task
from ipmo.spelling import Speller
from ipmo.units import Money, minutes
from ipmo.words import class_word, counted

__all__ = ["problems_of"]

DEPTH = 100
"""How deep summaries and programmes may lie within each other."""
SCOPES = ("portfolio", "offices", "programme", "project")
KINDS: Mapping[str, tuple[str, ...]] = {
    "owner": ("people", "bodies", "offices"),
    "person": ("people",),
    "body": ("bodies",),
    "office": ("offices",),
    "office or body": ("offices", "bodies"),
    "programme": ("programmes",),
    "project": ("projects",),
    "resource": ("resources",),
    "objective": ("objectives",),
    "outcome": ("outcomes",),
    "driver": ("drivers",),
    "standard": ("standards",),
}
NAMED = {
    "owner": "person, board or office",
    "person": "person",
    "node": "task, gate, outcome or benefit",
    "item": "item",
    "task": "task of the same project",
}
JOINED, HELD = frozenset((Task, Gate)), frozenset(INSIDE)
"""What work may come after in its own project, found without a search."""
Path = tuple[str | int, ...]


def problems_of(portfolio: Contents, beside: Contents | None = None) -> list[Problem]:
    """Everything that makes this portfolio impossible, in file order.

    Args:
        portfolio: the portfolio.
        beside: one that is possible: what both share is not looked at again, where the rest can be told apart from it.
    """
    inspection = _Inspection(portfolio)
    changed = None if beside is None else _changed_projects(portfolio, beside)
    return list(inspection.run() if changed is None else inspection.run_on(changed))


def _changed_projects(pf: Contents, beside: Contents) -> list[tuple[int, Project, Project]] | None:
    """(place, project, as it was) of those that are other than they were; None where more than the contents of projects is.

    Everything is compared by identity: what was carried over is the same object.
    """
    for one in attrs.fields(type(pf)):
        if one.name in ("projects", "source"):
            continue
        now, was = getattr(pf, one.name), getattr(beside, one.name)
        if not (now is was or (_alike(now, was) if isinstance(now, tuple) and isinstance(was, tuple) else now == was)):
            return None
    if len(pf.projects) != len(beside.projects):
        return None
    changed = [(place, now, was) for place, (now, was) in enumerate(zip(pf.projects, beside.projects, strict=True)) if now is not was]
    for _, now, was in changed:
        groups = [[one.id for one in getattr(project, group)] for group in INSIDE for project in (now, was)]
        if now.id != was.id or any(groups[2 * at] != groups[2 * at + 1] for at in range(len(INSIDE))):
            return None
    return changed


def _alike(now: tuple[object, ...], was: tuple[object, ...]) -> bool:
    return len(now) == len(was) and all(map(operator.is_, now, was))


@functools.cache
def _plan(cls: type) -> tuple[tuple[tuple[str, str, str], ...], tuple[tuple[str, str], ...]]:
    """(name, key in files, what it refers to) of a noun's references, and (name, key in files) of its inner nouns."""
    fields = shape(cls)
    refers = tuple((one.name, one.key, one.refers) for one in fields if one.refers)
    return refers, tuple((one.name, one.key) for one in fields if not one.refers and one.kind.noun is not None)


@functools.cache
def _bearing(cls: type) -> Callable[[object], tuple[object, ...]]:
    """The values of a noun's fields that refer to something or hold nouns that do, `after` left out."""
    refers, inner = _plan(cls)
    return operator.attrgetter(*[name for name, *_ in (*refers, *inner) if name != "after"])


@functools.cache
def _bearers(cls: type) -> frozenset[str]:
    """The fields of a noun that refer to something or hold nouns that may."""
    return frozenset(name for part in _plan(cls) for name, *_ in part)


def label(noun: Noun, full_id: str) -> str:
    """`task 'tram/build'`, for messages."""
    word = class_word(type(noun))
    return f"{word} {full_id!r}" if full_id else word


class _Inspection:
    def __init__(self, portfolio: Contents) -> None:
        self.portfolio = portfolio
        self.known: dict[str, set[str]] = {
            kind: {noun.id for name in names for noun in getattr(portfolio, name)} for kind, names in KINDS.items()
        }
        self.known["calendar"] = set(portfolio.calendar_table)
        self._spellers: dict[str, Speller] = {}
        self._hinted = 0
        self._fine: set[int] = set()
        """Lengths of work that are possible, by identity: the same few stand in many tasks."""
        self.used_up = frozenset(one.id for one in portfolio.resources if one.used_up)
        self.classes = {**REFERENCE_CLASSES, **{one.id: one for one in portfolio.reference_classes}}

    def run(self) -> Iterator[Problem]:
        pf = self.portfolio
        yield from self._ids()
        yield from self._references(pf, "", "", (), skip=set(TOP) | {"contributions", "flows", "waivers"})
        for scope in pf.methodologies:
            if scope not in SCOPES:
                yield Problem(message=f"{scope!r} is not a scope", hint=f"write one of {', '.join(SCOPES)}", path=("methodologies", scope))
        for name in (*TOP, "contributions", "flows", "waivers"):
            if name == "projects":
                continue
            for place, noun in enumerate(getattr(pf, name)):
                yield from self._references(noun, getattr(noun, "id", None) or "", "", (name, place), skip=("after",))
                if isinstance(noun, Gate):
                    yield from self._after(noun, noun.id, "", (name, place))
        settled = self._settled(pf.projects)
        shared = is_being_made() or not settled.issuperset(_bearers(Project))
        for place, project in enumerate(pf.projects) if shared else telling(pf.projects):
            yield from self._project(project, ("projects", place), settled)
        yield from self._programme_loops()
        yield from self._money(list(enumerate(pf.projects)))
        yield from self._effects()
        yield from self._links()

    def run_on(self, changed: Sequence[tuple[int, Project, Project]]) -> Iterator[Problem]:
        """What makes it impossible where it is possible but for some projects: (place, project, as it was); ids are as they were."""
        for place, project, was in changed:
            yield from self._project(project, ("projects", place), was=was)
        yield from self._money([(place, project) for place, project, _ in changed], whole=False)
        if any(_waits(now) != _waits(was) for _, now, was in changed):
            yield from self._links()

    # ------------------------------------------------------------------------------------------- ids

    def _ids(self) -> Iterator[Problem]:
        pf = self.portfolio
        yield from _bad_id(pf.id, ("id",), "portfolio")
        seen: dict[str, Noun] = {}
        at_top = [noun.id for name in TOP for noun in getattr(pf, name) if noun.id is not None]
        for name in () if are_ids(at_top) else TOP:
            for place, noun in enumerate(getattr(pf, name)):
                if noun.id is not None and (noun.id in seen or not ID.fullmatch(noun.id) or len(noun.id) > 200):
                    yield from self._id(noun, noun.id, (name, place, "id"), seen, "at the top")
                elif noun.id is not None:
                    seen[noun.id] = noun
        for place, project in enumerate(pf.projects) if is_being_made() else holding(enumerate(pf.projects)):
            inside: dict[str, Noun] = {}
            for group in INSIDE:
                for row, noun in enumerate(_read(project, group)):
                    if noun.id in inside or not ID.fullmatch(noun.id) or len(noun.id) > 200:
                        path: Path = ("projects", place, group, row, "id")
                        yield from self._id(noun, noun.id, path, inside, f"in project {project.id!r}")
                    inside[noun.id] = noun

    def _id(self, noun: Noun, name: str, path: Path, seen: dict[str, Noun], where: str) -> Iterator[Problem]:
        yield from _bad_id(name, path, class_word(type(noun)))
        if name in seen:
            yield Problem(
                message=f"id {name!r} is used twice {where}; the first is {label(seen[name], name)}",
                hint="give one of them another id",
                path=path,
            )
        seen.setdefault(name, noun)

    # ------------------------------------------------------------------------------------ references

    def _settled(self, projects: Sequence[Project]) -> frozenset[str]:
        """The fields of projects that name only what there is, in all of them, and those that hold nothing: looked at as columns."""
        refers, inner = _plan(Project)
        found = set(INSIDE)
        for name, _, kind in refers:
            known = self.known.get(kind, set())
            values = set(map(operator.attrgetter(name), projects)) - {None, ()}
            if all(one in known for value in values for one in ((value,) if isinstance(value, str) else value)):
                found.add(name)
        found.update(name for name, _ in inner if name not in found and not any(map(operator.attrgetter(name), projects)))
        return frozenset(found)

    def _references(self, noun: Noun, full_id: str, within: str, path: Path, skip: Iterable[str] = ()) -> Iterator[Problem]:
        refers, inner = _plan(cast(type, noun.__class__))
        for name, key, kind in refers:
            value = getattr(noun, name)
            if (not value and value != "") or name in skip:  # an empty text refers to something that is not there
                continue
            if isinstance(value, str):
                if not self._exists(value, kind, within):
                    yield self._unknown(noun, full_id, key, value, kind, within, (*path, key))
            else:
                for place, one in enumerate(value):
                    if not self._exists(one, kind, within):
                        yield self._unknown(noun, full_id, key, one, kind, within, (*path, key, place))
        for name, key in inner:
            value = None if name in skip else getattr(noun, name)
            if not value:
                continue
            if isinstance(value, tuple):
                for place, one in enumerate(value):
                    if attrs.has(type(one)):
                        yield from self._references(one, full_id, within, (*path, key, place))
            elif attrs.has(type(value)):
                yield from self._references(value, full_id, within, (*path, key))

    def _exists(self, reference: str, kind: str, within: str) -> bool:
        known = self.known.get(kind)
        if known is not None:
            return reference in known
        if kind == "task":
            return class_of(self.portfolio.items, f"{within}/{reference}") is Task
        full = self.portfolio.reference(reference, within)
        if full is None or full.external:
            return False
        if kind == "node":
            return self._joinable(full)
        return True

    def _joinable(self, full: Reference) -> bool:
        found = class_of(self.portfolio.items, full.item)
        return found is not None and issubclass(found, Task | Gate | Outcome | Benefit | Project)

    def _unknown(self, noun: Noun, full_id: str, key: str, reference: str, kind: str, within: str, path: Path) -> Problem:
        near = self._near(reference, kind) or self._near(f"{within}/{reference}", kind)
        whole = reference == self.portfolio.id and kind in ("item", "node")
        other = f"what names no item is the portfolio's: leave {key}: out" if whole else f"declare it, or correct {key}:"
        hint = f"close: {', '.join(map(repr, near))}" if near and not whole else other
        message = f"{label(noun, full_id)}: {key} {reference!r} is no {NAMED.get(kind, kind)} of portfolio {self.portfolio.id!r}"
        return Problem(message=message, hint=hint, path=path)

    def _near(self, reference: str, kind: str) -> list[str]:
        """Names like one that names nothing, for as many problems as a message lists."""
        self._hinted += 1
        if self._hinted > 2 * SHOWN:
            return []
        if kind not in self._spellers:
            self._spellers[kind] = Speller(self.known.get(kind, self.portfolio.items))
        return self._spellers[kind].near(reference)

    # -------------------------------------------------------------------------------------- projects

    def _project(self, project: Project, path: Path, settled: frozenset[str] = HELD, was: Project | None = None) -> Iterator[Problem]:
        if not settled.issuperset(_bearers(Project)):
            yield from self._references(project, project.id, "", path, skip=settled)
        for objective, how in project.alignment.items() if project.alignment else ():
            if how not in ALIGNMENT:
                yield Problem(
                    message=f"the alignment of project {project.id!r} to {objective!r} is {how!r}",
                    hint=f"write one of {', '.join(ALIGNMENT)}",
                    path=(*path, "alignment", objective),
                )
            if objective not in self.known["objective"]:
                yield self._unknown(project, project.id, "alignment", objective, "objective", "", (*path, "alignment", objective))
        if project.id in project.requires:
            yield Problem(message=f"project {project.id!r} requires itself", path=(*path, "requires", project.requires.index(project.id)))
        if project.actual_start:
            yield from _span_of(project, project.id, path)
        if not left_out(project, "tasks") and not project.tasks and not project.gates and project.start and project.finish:
            if minutes(project.finish, end=True) < minutes(project.start):
                yield Problem(
                    message=f"project {project.id!r}: finish {project.finish} lies before start {project.start}", path=(*path, "finish")
                )
        bearing = {"tasks": _bearing(Task), "gates": _bearing(Gate), "risks": _bearing(Risk)}
        for group in INSIDE:
            for place, noun in enumerate(_read(project, group)):
                if was is not None and noun is getattr(was, group)[place]:
                    continue  # it was possible, and refers to the same ids
                here, full_id = (*path, group, place), f"{project.id}/{noun.id}"
                if type(noun) is Task:
                    yield from self._task(noun, full_id, project, here)
                elif isinstance(noun, Gate):
                    yield from self._after(noun, full_id, project.id, here)
                    if noun.programme is not None:
                        message = f"gate {full_id!r} stands in a project, and names programme {noun.programme!r}"
                        yield Problem(
                            message=message, hint="write gates of programmes under gates: of the portfolio", path=(*here, "programme")
                        )
                values = bearing[group](noun)
                if any(values) or "" in values:  # most tasks refer to nothing but what they come after
                    yield from self._references(noun, full_id, project.id, here, skip=("after",))
        if not left_out(project, "tasks"):
            yield from _parent_loops(project, path)

    def _task(self, task: Task, full_id: str, project: Project, path: Path) -> Iterator[Problem]:
        if task.after:
            yield from self._after(task, full_id, project.id, path)
        if task.actual_start or task.actual_finish:
            yield from _span_of(task, full_id, path)
        for where, one in task.at_work_with(self.used_up) if self.used_up else ():
            message = f"task {full_id!r}: {one.resource!r} is used up, so that nobody is at work with it"
            yield Problem(
                message=message, hint="write units: with how much it takes in all, and no effort, least or most", path=(*path, *where)
            )
        for key, estimate in (("duration", task.duration), ("remaining", task.remaining)):
            if estimate is None:
                continue
            if estimate.__class__ is Fixed and not task.milestone and id(estimate) in self._fine:
                continue
            if isinstance(estimate, Referenced) and self.classes.get(estimate.reference.id) != estimate.reference:
                yield Problem(
                    message=f"task {full_id!r}: {key} names reference class {estimate.reference.id!r}, which the portfolio does not hold",
                    hint="add it to reference_classes:",
                    path=(*path, key, "reference"),
                )
            central = estimate.central()
            if central is not None:
                if number(central) >= 0 and getattr(central, "dimension", "") != "step":
                    self._fine.add(id(estimate))
                least = min(stated(estimate), key=number, default=central)
                if number(least) < 0:
                    yield Problem(message=f"task {full_id!r}: {key} must not be negative (got {least})", path=(*path, key))
                if task.milestone and number(central):
                    yield Problem(
                        message=f"milestone {full_id!r}: a milestone has no {key} (got {central})",
                        hint="take away milestone: or the duration",
                        path=(*path, key),
                    )
                if getattr(central, "dimension", "") == "step":
                    yield Problem(
                        message=f"task {full_id!r}: {key} {central} has no fixed length",
                        hint="write working time (20 d) or elapsed time (30 ed)",
                        path=(*path, key),
                    )

    def _after(self, noun: Task | Gate, full_id: str, project: str, path: Path) -> Iterator[Problem]:
        """What an item waits for, in its own project; a gate in none may wait for anything with dates."""
        items, several = self.portfolio.items, len(noun.after) > 1
        seen: set[tuple[str, str]] = set()
        for place, after in enumerate(noun.after):
            reference = after.source
            full = f"{project}/{reference}"
            if items.get(full).__class__ not in JOINED:
                meant = self.portfolio.reference(reference, project)
                if meant is None or meant.external or not self._joinable(meant):
                    yield self._unknown(noun, full_id, "after", reference, "node", project, (*path, "after", place))
                    continue
                full = str(meant)
                if project and self.portfolio.project_of(full) != project:
                    yield Problem(
                        message=f"{label(noun, full_id)}: after {reference!r} crosses the boundary of project {project!r}",
                        hint="write it under links:, where links across projects stand",
                        path=(*path, "after", place),
                    )
                    continue
            if full == full_id:
                yield Problem(message=f"{label(noun, full_id)} comes after itself", path=(*path, "after", place))
            if several:
                link = (full, after.type)
                if link in seen:
                    message = f"{label(noun, full_id)}: the link from {reference!r} ({after.type}) stands twice"
                    yield Problem(message=message, path=(*path, "after", place))
                seen.add(link)

    # --------------------------------------------------------------------------------- money and effects

    def _money(self, projects: Iterable[tuple[int, Project]], *, whole: bool = True) -> Iterator[Problem]:
        """Budgets below zero: a credit may be a line, never the whole."""
        pf = self.portfolio
        rows: list[tuple[str, Noun, Path]] = []
        if whole:
            rows += [(pf.id, pf, ()), *((p.id, p, ("programmes", place)) for place, p in enumerate(pf.programmes))]
        projects = list(projects)
        odd: list[tuple[int, int, str, Noun]] = [(place, -1, project.id, project) for place, project in with_odd_budgets(projects)]
        for place, project in projects if is_being_made() else holding(projects):
            for row, task in enumerate(_read(project, "tasks")):
                if not (is_plain(task.budget) and is_plain(task.forecast)):
                    odd.append((place, row, f"{project.id}/{task.id}", task))
        for place, row, name, noun in sorted(odd, key=operator.itemgetter(0, 1)):
            rows.append((name, noun, ("projects", place) if row < 0 else ("projects", place, "tasks", row)))
        for full_id, noun, path in rows:
            for key in ("budget", "forecast", "funding", "exit_cost"):
                budget: Budget | None = getattr(noun, key, None)
                if budget is None:
                    continue
                totals: dict[str, Decimal] = {}
                for line in budget.lines:
                    amount = None if line.amount is None else line.amount.central()
                    if isinstance(amount, Money):
                        totals[amount.currency] = totals.get(amount.currency, Decimal(0)) + amount.amount
                for row, line in enumerate(budget.lines):
                    if line.since is not None and line.until is not None and minutes(line.until, end=True) < minutes(line.since):
                        yield Problem(
                            message=f"{label(noun, full_id)}: line {row + 1} of {key} ends on {line.until}, before it starts on {line.since}",
                            path=(*path, key, row, "until"),
                        )
                for currency, total in totals.items():
                    if total < 0 and len(totals) == 1:
                        yield Problem(
                            message=f"{label(noun, full_id)}: {key} must not be negative (got {Money(total, currency)})",
                            hint="a credit may be one line of it; write income under benefits:",
                            path=(*path, key),
                        )

    def _effects(self) -> Iterator[Problem]:
        """The benefits map: no loop, shares of at most 1, ramps that fit, benefits that outlive projects."""
        pf = self.portfolio
        for place, benefit in enumerate(pf.benefits):
            path: Path = ("benefits", place)
            owner = benefit.belongs_to
            if owner is not None and owner not in (pf.id, "business") and owner not in self.known["programme"]:
                what = "is a project, which ends before its benefits do" if owner in self.known["project"] else "is no programme"
                yield Problem(
                    message=f"benefit {benefit.id!r}: belongs_to {owner!r} {what}",
                    hint=f"write a programme, {pf.id} or business",
                    path=(*path, "belongs_to"),
                )
            if benefit.ramp and benefit.lasts is not None and benefit.lasts.dimension == "step":
                years = -(-benefit.lasts.months // 12)
                if len(benefit.ramp) > years:
                    yield Problem(
                        message=f"benefit {benefit.id!r}: its ramp has {counted(len(benefit.ramp), 'year')}, its life only {benefit.lasts}",
                        hint="shorten ramp: or lengthen lasts:",
                        path=(*path, "ramp"),
                    )
            if benefit.lasts is not None and (benefit.lasts.amount <= 0):
                yield Problem(message=f"benefit {benefit.id!r}: its life must be above 0 (got {benefit.lasts})", path=(*path, "lasts"))
        for place, contribution in enumerate(pf.contributions):
            if contribution.source == contribution.target:
                yield Problem(message=f"{contribution.source!r} contributes to itself", path=("contributions", place))
        yield from self._map_loops()

    def _map_loops(self) -> Iterator[Problem]:
        pf = self.portfolio
        after: dict[str, list[str]] = {}
        for outcome in pf.outcomes:
            after[outcome.id] = [e.source for e in (*outcome.enabled_by, *outcome.any_of)]
        for benefit in pf.benefits:
            after[benefit.id] = [e.source for e in (*benefit.enabled_by, *benefit.any_of)] + ([benefit.outcome] if benefit.outcome else [])
        for contribution in pf.contributions:
            if contribution.source != contribution.target:
                after.setdefault(contribution.target, []).append(contribution.source)
        done: set[str] = set()
        places: dict[str, Path] = {
            noun.id: (name, place) for name in ("outcomes", "benefits") for place, noun in enumerate(getattr(pf, name))
        }
        for first in after:
            if first in done:
                continue
            trail: list[str] = []
            on_trail: set[str] = set()
            stack: list[tuple[str, Iterator[str]]] = [(first, iter(after[first]))]
            trail.append(first)
            on_trail.add(first)
            while stack:
                node, sources_left = stack[-1]
                following = next((s for s in sources_left if s in after and s not in done), None)
                if following is None:
                    stack.pop()
                    trail.pop()
                    on_trail.discard(node)
                    done.add(node)
                elif following in on_trail:
                    loop = [*trail[trail.index(following) :]][::-1]
                    chain = " -> ".join(map(repr, [*loop, loop[0]]))
                    named = next((one for one in loop if one in places), loop[0])
                    what = f"benefit {loop[0]!r} enables itself" if len(loop) == 1 else f"the benefits map leads back to itself: {chain}"
                    yield Problem(message=what, hint="take one of them out", path=places.get(named, ("contributions",)))
                    return
                else:
                    stack.append((following, iter(after[following])))
                    trail.append(following)
                    on_trail.add(following)

    # ----------------------------------------------------------------------------------------- links

    def _links(self) -> Iterator[Problem]:
        pf = self.portfolio
        seen: dict[tuple[str, str, str, str], int] = {}
        for place, link in enumerate(pf.links):
            path: Path = ("links", place)
            name = f"link {link.id!r}" if link.id else f"link {link.source!r} -> {link.target!r}"
            ends: list[Reference] = []
            for key, reference in (("from", link.source), ("to", link.target)):
                full = pf.reference(reference)
                if full is None or not (full.external or self._joinable(full)):
                    near = self._near(reference, "node")
                    hint = f"close: {', '.join(map(repr, near))}" if near else "write external:NAME for what lies outside"
                    yield Problem(
                        message=f"{name}: {key} {reference!r} is no task, gate, outcome, benefit or project of portfolio {pf.id!r}",
                        hint=hint,
                        path=(*path, key),
                    )
                elif full.external and not ID.fullmatch(full.name):
                    yield Problem(message=f"{name}: {reference!r} does not name what lies outside", path=(*path, key))
                else:
                    ends.append(full)
            if len(ends) < 2:
                continue
            if ends[0] == ends[1]:
                yield Problem(message=f"{name} joins {str(ends[0])!r} with itself", path=path)
            elif all(end.external for end in ends):
                yield Problem(message=f"{name}: both ends lie outside the portfolio", path=path)
            source, target = str(ends[0]), str(ends[1])
            key4 = (source, target, link.type, link.kind)
            if key4 in seen:
                yield Problem(
                    message=f"{name} ({link.type}) stands twice; the first is links[{seen[key4]}]", hint="keep one of them", path=path
                )
            seen.setdefault(key4, place)
            inner = pf.items.get(ends[1].item)
            if isinstance(inner, Task | Gate) and pf.project_of(source) == pf.project_of(target) and link.kind == "schedule":
                project = pf.project_of(target)
                if any(pf.resolve(a.source, project) == source and a.type == link.type for a in inner.after):
                    yield Problem(message=f"{name} ({link.type}) stands under after: of {target!r} too", hint="keep one of them", path=path)

    def _programme_loops(self) -> Iterator[Problem]:
        above = {p.id: p.programme for p in self.portfolio.programmes}
        for place, programme in enumerate(self.portfolio.programmes):
            seen, current = {programme.id}, programme.programme
            while current in above and current not in seen and len(seen) <= DEPTH:
                seen.add(current)
                current = above[current]
            if len(seen) > DEPTH:
                message = f"programme {programme.id!r} lies deeper than {DEPTH} levels"
                yield Problem(message=message, hint="flatten the tree", path=("programmes", place, "programme"))
                return
            if current == programme.id:
                yield Problem(message=f"programme {programme.id!r} lies within itself", path=("programmes", place, "programme"))


def _read(project: Project, group: str) -> Sequence[PlainData]:
    """What lies in a project; nothing of what was left out: it was looked at as columns before it was."""
    found: Sequence[PlainData] = () if left_out(project, group) else getattr(project, group)
    return found


def _waits(project: Project) -> list[tuple[After, ...]]:
    """What the work and the gates of a project come after, in order."""
    nouns: list[Task | Gate] = [*project.tasks, *project.gates]
    return [noun.after for noun in nouns]


def _bad_id(name: str, path: Path, kind: str) -> Iterator[Problem]:
    if not ID.fullmatch(name) or len(name) > 200:
        yield Problem(
            message=f"{kind} id {name[:80]!r} is not an id",
            hint="an id has 1 to 200 characters, no /, : or @, and single spaces only between words",
            path=path,
        )


def _span_of(noun: Project | Task, full_id: str, path: Path) -> Iterator[Problem]:
    if noun.actual_start and noun.actual_finish and minutes(noun.actual_finish, end=True) < minutes(noun.actual_start):
        yield Problem(
            message=f"{label(noun, full_id)}: actual_finish {noun.actual_finish} lies before actual_start {noun.actual_start}",
            path=(*path, "actual_finish"),
        )


def _parent_loops(project: Project, path: Path) -> Iterator[Problem]:
    above = {task.id: task.parent for task in project.tasks if task.parent}
    for place, task in enumerate(project.tasks):
        if not task.parent:
            continue
        seen, current = {task.id}, task.parent
        while current in above and current not in seen and len(seen) <= DEPTH:
            seen.add(current)
            current = above[current]
        if len(seen) > DEPTH:
            message = f"task {project.id + '/' + task.id!r} lies deeper than {DEPTH} levels"
            yield Problem(message=message, hint="flatten the summaries", path=(*path, "tasks", place, "parent"))
            return
        if current == task.id:
            yield Problem(message=f"task {project.id + '/' + task.id!r} lies within itself", path=(*path, "tasks", place, "parent"))
