"""GOV-R01: gates are decided in order, and no work begins or costs money behind a gate that has no go, on whatever path it lies behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from ipmo.model import Gate, Portfolio, Project, Task, reference
from ipmo.model.held import Held, gates_by_owner, gates_of
from ipmo.plugin import CheckContext, Finding, Severity
from ipmo_mop.catalogue import GATES
from ipmo_mop.wording import day_of, finding

__all__ = ["sequence"]

GO = ("go", "conditional go")


def sequence(context: CheckContext) -> Iterable[Finding]:
    """GOV-R01: gates are decided in order, and no work begins behind a gate that has no go, nor before it has one, nor after a kill.

    Behind a gate lies what follows it by links, through summaries and their parts, into other projects, also as a whole, and through later
    gates. Asked is how the gate stood on the day that the work began, and of work that is not done, how it stands today.
    """
    pf = context.portfolio
    gates = {one.id: one.noun for one in gates_of(pf) if context.covers(one.where)}
    if not gates:
        return
    before = _Before(pf, gates)
    for owner, held in gates_by_owner(pf).items():
        own = [one for one in held if one.id in gates]
        yield from _order(owner, own, gates, before)
        yield from _after_kill(owner, own)
    today = None if pf.status_date is None else day_of(pf.status_date)
    found: dict[str, dict[str, list[str]]] = {}
    holding = _Before(pf, {name: gate for name, gate in gates.items() if gate.decision is not None and _closed(gate, today)}, held=True)
    for full_id, noun in _begun(pf):
        for gate in dict.fromkeys((*before(full_id), *holding(full_id))):
            why = _why(gates[gate], noun, today)
            if why:
                found.setdefault(gate, {}).setdefault(why, []).append(full_id)
    for gate in gates:
        for why, names in sorted(found.get(gate, {}).items()):
            yield finding("gate-sequence", gate, f"{_named(names, gate)}, which {why}", "stop the work, or decide the gate", Severity.ERROR)


def _named(names: list[str], gate: str) -> str:
    """What began behind a gate; by its own id where it is of the same project."""
    owner, own = reference(gate).project, reference(gate).inner
    if owner and all(name.startswith(f"{owner}/") for name in names):
        local = sorted(reference(name).inner for name in names)
        return f"{', '.join(map(repr, local))} of {owner!r} began or cost money behind gate {own!r}"
    return f"{', '.join(map(repr, sorted(names)))} began or cost money behind gate {gate!r}"


# ------------------------------------------------------------------------------------------------ how a gate stood


def _closed(gate: Gate, day: date | None) -> str:
    """Why a gate lets nothing go on, seen on a day; empty when it had a go that held."""
    decision = gate.decision
    if decision is None:
        return "has no decision"
    if decision.outcome not in GO:
        return f"stands at {decision.outcome!r}"
    if day is None:
        return ""
    if day_of(decision.date) > day:
        return f"got its go later, on {day_of(decision.date)}"
    late = [c for c in decision.conditions if c.due is not None and day_of(c.due) < day and (c.met is None or c.met > day)]
    return "stands at 'hold'" if decision.outcome == "conditional go" and late else ""


def _why(gate: Gate, noun: Task | Project, today: date | None) -> str:
    """Why work should not have begun behind a gate, or not go on; empty when it may."""
    days = [line.since for line in (noun.actual.lines if noun.actual is not None else ()) if line.since is not None]
    first = min((day_of(when) for when in (noun.actual_start, noun.actual_finish, *days) if when is not None), default=None)
    began = _closed(gate, first)
    return began if began or noun.actual_finish is not None else _closed(gate, today)


def _begun(pf: Portfolio) -> Iterator[tuple[str, Task | Project]]:
    """Work that has begun, or that money was spent on: tasks, and projects without any."""
    for project in pf.projects:
        if not project.tasks and (project.actual_start or project.actual_finish or project.progress or project.actual is not None):
            yield project.id, project
        wholes = {task.parent for task in project.tasks}
        for task in project.tasks:
            if not task.milestone and task.id not in wholes and (task.started or task.progress or task.actual is not None):
                yield f"{project.id}/{task.id}", task


# ------------------------------------------------------------------------------------------------ the order of gates


def _order(owner: str, held: Sequence[Held[Gate]], gates: Mapping[str, Gate], before: _Before) -> Iterator[Finding]:
    """A gate that got its go while one before it, by its number or by links, had none."""
    order = {name.casefold(): n for n, rule in enumerate(GATES) for name in (rule.name, f"g{rule.name}", f"gate {rule.name}", rule.title)}
    numbered = {one.id: n for one in held if (n := _number(one.noun, order)) is not None}
    own = {one.id for one in held}
    for one in held:
        gate, decision, full_id = one.noun, one.noun.decision, one.id
        if decision is None or decision.outcome not in GO:
            continue
        earlier = [other for other, n in numbered.items() if full_id in numbered and n < numbered[full_id]]
        for name in dict.fromkeys((*earlier, *before(full_id))):
            other, day = gates[name], day_of(decision.date)
            killed = other.decision is not None and other.decision.outcome == "kill" and name in own
            if killed or not _closed(other, day):  # a kill is said by itself
                continue
            late = other.decision is not None and day_of(other.decision.date) > day
            when = (
                "is not decided"
                if other.decision is None
                else f"was decided later, on {day_of(other.decision.date)}"
                if late
                else _closed(other, day)
            )
            shown = other.id if name in own else name
            message = f"gate {gate.id!r} of {owner!r} got {decision.outcome!r}, and gate {shown!r} before it {when}"
            yield finding("gate-sequence", full_id, message, "decide the gates in order", Severity.ERROR)


def _after_kill(owner: str, held: Sequence[Held[Gate]]) -> Iterator[Finding]:
    """What was decided or begun in a project after a gate had stopped it; of a programme, what its own gates decided."""
    kills = [(day_of(one.noun.decision.date), one) for one in held if one.noun.decision is not None and one.noun.decision.outcome == "kill"]
    if not kills:
        return
    day, first = min(kills, key=lambda kill: kill[0])
    level = first.level
    for one in held:
        decision = one.noun.decision
        if decision is not None and decision.outcome in GO and day_of(decision.date) >= day:
            message = f"gate {one.noun.id!r} of {owner!r} got {decision.outcome!r} on {day_of(decision.date)}, after gate {first.noun.id!r} had stopped the {level} on {day}"
            hint = f"decide the stopped gate anew, or let the {level} rest"
            yield finding("gate-sequence", one.id, message, hint, Severity.ERROR)
    tasks = () if first.project is None else first.project.tasks
    begun = sorted(t.id for t in tasks if t.actual_start is not None and day_of(t.actual_start) > day)
    if begun:
        message = f"{', '.join(map(repr, begun))} of {owner!r} began after gate {first.noun.id!r} had stopped the project on {day}"
        yield finding("gate-sequence", first.id, message, "stop the work, or decide the gate anew", Severity.ERROR, part="kill")


def _number(gate: Gate, order: Mapping[str, int]) -> int | None:
    for text in (gate.attributes.get("gate", ""), gate.id, gate.name):
        if text.casefold() in order:
            return order[text.casefold()]
    return None


# ------------------------------------------------------------------------------------------------ what lies behind a gate


def _work(pf: Portfolio) -> tuple[frozenset[str], frozenset[str]]:
    """The work that has dates of its own, not those of what it holds; and what of it has begun."""
    plain, begun = set[str](), set[str]()
    for project in pf.projects:
        wholes = {task.parent for task in project.tasks}
        own: dict[str, Task | Project] = {f"{project.id}/{task.id}": task for task in project.tasks if task.id not in wholes}
        for full_id, noun in (own if project.tasks else {project.id: project}).items():
            plain.add(full_id)
            if noun.actual_start is not None or noun.actual_finish is not None:
                begun.add(full_id)
    return frozenset(plain), frozenset(begun)


class _Before:
    """The gates that lie before each start and finish, over links of all types, summaries and project boundaries.

    Args:
        pf: the portfolio.
        gates: those that are looked for, by full id.
        held: these hold: work, and a project that waits as a whole, has no dates behind one, whatever the type of the link; what left the
            start of work that has begun was handed over.
    """

    def __init__(self, pf: Portfolio, gates: Mapping[str, Gate], *, held: bool = False) -> None:
        self._held = held
        self._plain, self._given = _work(pf) if held else (frozenset[str](), frozenset[str]())
        self._ends: dict[str, tuple[int, int]] = {}
        """The nodes of the start and the finish of each item; of a point in time they are one."""
        self._follows: list[list[int]] = []
        for project in pf.projects:
            self._number(project.id)
            for task in project.tasks:
                self._number(f"{project.id}/{task.id}", point=task.milestone)
            for gate in project.gates:
                self._number(f"{project.id}/{gate.id}", point=True)
        for one in gates_of(pf):
            self._number(one.id, point=True)
        for project in pf.projects:
            self._inside(pf, project)
        for gate in pf.gates:
            for after in gate.after:
                self._link(pf.resolve(after.source), gate.id, after.type)
        for link in pf.links:
            ends = [pf.resolve(end) for end in (link.source, link.target)]
            if link.kind != "schedule":
                continue
            if any(isinstance(pf.items.get(end or ""), Project) for end in ends):
                self._as_whole(pf, ends[0], ends[1], link.type)
            else:
                self._link(ends[0], ends[1], link.type)
        self._names = list(gates)
        self._seen = self._spread({self._number(name)[0]: 1 << place for place, name in enumerate(self._names)})

    def __call__(self, item: str) -> list[str]:
        """The gates before an item's start, itself left out."""
        ends = self._ends.get(item)
        mask = 0 if ends is None else self._seen[ends[0]]
        return [name for place, name in enumerate(self._names) if mask >> place & 1 and name != item] if mask else []

    def _number(self, item: str, *, point: bool = False) -> tuple[int, int]:
        """The nodes of an item, made where it is met first."""
        found = self._ends.get(item)
        if found is None:
            first = len(self._follows)
            found = self._ends[item] = (first, first) if point else (first, first + 1)
            self._follows += [[]] if point else [[], []]
        return found

    def _inside(self, pf: Portfolio, project: Project) -> None:
        """A whole begins before its parts and ends after them; work ends after it begins."""
        ends, follows = self._ends, self._follows
        within = f"{project.id}/"
        nouns: tuple[Task | Gate, ...] = (*project.tasks, *project.gates)
        own = {noun.id: ends[within + noun.id] for noun in nouns}
        whole = ends[project.id]
        follows[whole[0]].append(whole[1])
        for noun in nouns:
            start, finish = own[noun.id]
            parent = noun.parent if isinstance(noun, Task) else None
            begins, done = whole if parent is None else own.get(parent) or self._number(within + parent)
            if start != finish:
                follows[start].append(finish)
            if begins != start:
                follows[begins].append(start)
            if finish != done:
                follows[finish].append(done)
            for after in noun.after:
                source = own.get(after.source)
                if source is None or self._held:
                    self._link(pf.resolve(after.source, project.id), within + noun.id, after.type)
                else:
                    self._lead(source["SF".index(after.type[0])], (start, finish)["SF".index(after.type[1])])

    def _as_whole(self, pf: Portfolio, source: str | None, target: str | None, kind: str) -> None:
        """A link of which an end is a project as a whole: that ends with its work, whatever gates stand in it, and waits with all of it."""
        giver = pf.items.get(source or "")
        begins = "S" if self._held and isinstance(pf.items.get(target or ""), Project) else kind[1]
        if isinstance(giver, Project) and giver.tasks and kind[0] == "F":
            for task in giver.tasks:
                self._link(f"{giver.id}/{task.id}", target, f"F{begins}")
        else:
            self._link(source, target, f"{kind[0]}{begins}")

    def _link(self, source: str | None, target: str | None, kind: str) -> None:
        if source is None or target is None:
            return
        one, other = reference(source), reference(target)
        sides = {"start": 0, "finish": 1}
        begin, end = sides.get(one.end, "SF".index(kind[0])), sides.get(other.end, "SF".index(kind[1]))
        if not begin and one.item in self._given:
            return
        end = 0 if other.item in self._plain else end
        self._lead(self._number(one.item)[begin], self._number(other.item)[end])

    def _lead(self, source: int, target: int) -> None:
        if source != target:
            self._follows[source].append(target)

    def _spread(self, marks: Mapping[int, int]) -> list[int]:
        """Along the links in their order; what lies on a loop or behind one comes again until nothing changes."""
        follows = self._follows
        seen, waits = [0] * len(follows), [0] * len(follows)
        for node, mark in marks.items():
            seen[node] = mark
        for heads in follows:
            for node in heads:
                waits[node] += 1
        ready = [node for node, count in enumerate(waits) if not count]
        for here in ready:
            mask = seen[here]
            for node in follows[here]:
                if mask:
                    seen[node] |= mask
                waits[node] -= 1
                if not waits[node]:
                    ready.append(node)
        again = [node for node, count in enumerate(waits) if count > 0]
        while again:
            here = again.pop()
            for node in follows[here]:
                if seen[here] & ~seen[node]:
                    seen[node] |= seen[here]
                    again.append(node)
        return seen
