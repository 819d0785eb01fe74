"""Why a date, a cost or a benefit moved: the movement shared out over what was changed, in parts that sum to it exactly.

Where changes act on their own each part is what the change alone does. Where they interact (two paths to one finish, a
delay that another hides) the parts are Shapley values: what a change adds on average over all orders in which the changes
could have come. Source: Shapley, A Value for n-Person Games (1953), the one rule that is symmetric, additive and leaves
nothing over.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs

from ipmo.analysis.benefits.realisation import benefits
from ipmo.analysis.change.applying import applied
from ipmo.analysis.change.comparison import Comparison, ends_of
from ipmo.analysis.dates.schedule import Schedule, schedule
from ipmo.analysis.dependencies.targets import targets
from ipmo.analysis.money.rollup import roll_up
from ipmo.analysis.shapley import shapley, shapley_over
from ipmo.errors import IpmoError, ScheduleError
from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.changes import Change, as_changes
from ipmo.model.hierarchy import hierarchy
from ipmo.model.plain import plain_value
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import EXTERNAL
from ipmo.model.work import Programme, Project, Task
from ipmo.network.states import LIVE
from ipmo.tables import Column, Table
from ipmo.units import day_text, minutes, moment

__all__ = ["Part", "VarianceAnalysis", "variance_analysis"]

FEW = 5
"""Changes up to which every order is counted even where first and last agree."""
EXACT = 8
"""Changes up to which every order is counted."""
OWN = "each change acts on its own"
BUDGET = 600
"""Schedules that may be made where the orders are too many to count."""
WHATS = ("date", "budget", "forecast", "value")


@attrs.frozen(kw_only=True)
class Part:
    """What one change did to the movement.

    Args:
        change: what was changed, in words.
        items: full ids that it touches.
        amount: its part, exact: days on the item's calendar, or money.
        alone: what it would have done alone.
        on_path: it touches an item on the driving path to the item, before or after.
    """

    change: str
    items: tuple[str, ...]
    amount: Fraction
    alone: Fraction
    on_path: bool


@attrs.frozen(kw_only=True)
class VarianceAnalysis:
    """The answer of `variance_analysis`.

    Args:
        item: what moved.
        what: date, budget, forecast or value.
        before: as it was, in words.
        after: as it is.
        change: the movement, exact: the sum of the parts.
        unit: `d`, `ed`, or a currency.
        rule: how it was shared out.
        parts: the largest first; those that did nothing are left out.
    """

    item: str
    what: str
    before: str
    after: str
    change: Fraction
    unit: str
    rule: str
    parts: tuple[Part, ...]

    def __bool__(self) -> bool:
        return bool(self.change or self.parts)

    def table(self) -> Table:
        """One row a part: change, items, amount, alone, on_path."""
        return Table(
            [
                Column("change", "str", [p.change for p in self.parts]),
                Column("items", "str", [", ".join(p.items) for p in self.parts]),
                Column("amount", "float", [float(p.amount) for p in self.parts], self.unit),
                Column("alone", "float", [float(p.alone) for p in self.parts], self.unit),
                Column("on_path", "bool", [p.on_path for p in self.parts]),
            ]
        )

    def __str__(self) -> str:
        if not self:
            return f"{self.item} did not move"
        lines = [f"{self.what} of {self.item}: {self.before} to {self.after}, {_signed(self.change)} {self.unit}; {self.rule}"]
        lines += [f"  {_signed(p.amount)} {self.unit}  {p.change}" for p in self.parts]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def _signed(amount: Fraction) -> str:
    text = f"{float(amount):+,.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("+0", "-0") else text


def variance_analysis(
    before: Portfolio | Comparison, after: Portfolio | Sequence[Change] | str, item: str | None = None, *, what: str = "date"
) -> VarianceAnalysis:
    """Why something is other than it was, in parts that sum to the movement.

    Args:
        before: the earlier portfolio; or a comparison, then the item follows it: `variance_analysis(what_if(...), "transit")`.
        after: the later portfolio, or the changes that were made.
        item: a project, programme or the portfolio, a task, gate or benefit.
        what: `date` (its finish; of a benefit its start), `budget`, `forecast`, or `value` (of a benefit).

    Raises:
        UnknownItemError: there is no such item.
        ScheduleError: it has no such figure before or after, or `what` is not known.
    """
    if what not in WHATS:
        raise ScheduleError(f"what={what!r} is not known; write one of {', '.join(WHATS)}")
    if isinstance(before, Comparison):
        item = str(after) if item is None else item
        after = before.changes or before.after
        before = before.before
    if not isinstance(after, Portfolio):
        asked = as_changes(after)
        atoms: list[_Atom] = [_asked(before, change) for change in asked]
        later = applied(before, asked)

        def made(chosen: frozenset[int]) -> Portfolio:
            return applied(before, [asked[i] for i in sorted(chosen)])

    else:
        later = after
        atoms = _differences(before, after)

        def made(chosen: frozenset[int]) -> Portfolio:
            return _mixed(before, later, [atoms[i] for i in chosen])

    assert item is not None
    figure = _Figure(before, later, item, what)
    return _shared(figure, atoms, made)


def _shared(figure: _Figure, atoms: list[_Atom], made: Callable[[frozenset[int]], Portfolio]) -> VarianceAnalysis:
    start, end = figure.of(figure.before), figure.of(figure.after)
    if start is None or end is None:
        side = "before" if start is None else "after"
        raise ScheduleError(f"{figure.item!r} has no {figure.what} {side}; nothing can be said of how it moved")
    relevant = figure.relevant(atoms)
    game = _Game(figure, made, start)
    try:
        rule, amounts, alone = _by_project(figure, atoms, made, end - start) or game.play(relevant, end)
    except _NoFigureError:
        rule, amounts, alone = "all changes together: on the way between them it has no figure", {}, {}
        groups = [tuple(relevant)]
        amounts, alone = dict.fromkeys(groups, end - start), dict.fromkeys(groups, end - start)
    path = figure.path
    parts = []
    for key, amount in amounts.items():
        touched = [atoms[i] for i in (key if isinstance(key, tuple) else (key,))]
        items = tuple(dict.fromkeys(name for atom in touched for name in atom.items))
        words = "; ".join(atom.words for atom in touched)
        if amount or alone[key]:
            parts.append(Part(change=words, items=items, amount=amount, alone=alone[key], on_path=any(name in path for name in items)))
    parts.sort(key=lambda p: (-abs(p.amount), not p.on_path, p.change))
    return VarianceAnalysis(
        item=figure.item,
        what=figure.what,
        before=figure.words(figure.before),
        after=figure.words(figure.after),
        change=end - start,
        unit=figure.unit,
        rule=rule,
        parts=tuple(parts),
    )


def _by_project(
    figure: _Figure, atoms: Sequence[_Atom], made: Callable[[frozenset[int]], Portfolio], change: Fraction
) -> tuple[str, dict[Any, Fraction], dict[Any, Fraction]] | None:
    """Money of a portfolio or programme adds: what changed in each project has that project's movement.

    None where that does not make up the whole: a rate is other, or a figure is stated above the projects.
    """
    if figure.what not in ("budget", "forecast") or isinstance(figure.noun, Project | Task):
        return None
    values = [figure.of_projects(pf) for pf in (figure.before, figure.after)]
    moved = {name: values[1].get(name, Fraction(0)) - values[0].get(name, Fraction(0)) for name in dict.fromkeys([*values[0], *values[1]])}
    moved = {name: amount for name, amount in moved.items() if amount}
    if sum(moved.values(), Fraction(0)) != change or any(atom.everywhere and "portfolio" not in atom.words for atom in atoms):
        return None
    of: dict[str, list[int]] = {}
    for i, atom in enumerate(atoms):
        for name in dict.fromkeys(full_id.partition("/")[0].partition("@")[0] for full_id in atom.items):
            of.setdefault(name, []).append(i)
    amounts: dict[Any, Fraction] = {}
    for name, amount in moved.items():
        touching = of.get(name, [])
        if not touching:
            return None
        if len(touching) == 1:
            amounts[touching[0]] = amounts.get(touching[0], Fraction(0)) + amount
        elif name in values[0] and name in values[1]:
            sub = _Figure(figure.before, figure.after, name, figure.what)
            _, parts, _ = _Game(sub, made, values[0][name]).play(touching, values[1][name])
            for i, part in parts.items():
                amounts[i] = amounts.get(i, Fraction(0)) + part
        else:
            amounts[tuple(touching)] = amount
    return "money adds: each change has what its project moved", amounts, dict(amounts)


# --------------------------------------------------------------------------------------------- sharing out


class _NoFigureError(Exception):
    """Somewhere between before and after the item has no figure."""


class _Game:
    """What each set of changes does to the figure; each set is worked out once."""

    def __init__(self, figure: _Figure, made: Callable[[frozenset[int]], Portfolio], start: Fraction) -> None:
        self.figure, self.made = figure, made
        self.known: dict[frozenset[int], Fraction] = {frozenset(): start}

    def value(self, chosen: Iterable[int]) -> Fraction:
        """The figure when some of the changes are made."""
        key = frozenset(chosen)
        if key not in self.known:
            try:
                found = self.figure.of(self.made(key))
            except IpmoError:
                found = None
            if found is None:
                raise _NoFigureError
            self.known[key] = found
        return self.known[key]

    def play(self, players: Sequence[int], end: Fraction) -> tuple[str, dict[Any, Fraction], dict[Any, Fraction]]:
        """(rule, part of each change, what each does alone)."""
        start, everyone = self.known[frozenset()], frozenset(players)
        self.known[everyone] = end
        alone = {i: self.value([i]) - start for i in players}
        if len(players) == 1:
            return "one change", dict(alone), alone
        last = {i: end - self.value(everyone - {i}) for i in players}
        still = [i for i in players if alone[i] or last[i]] if len(players) > EXACT else list(players)
        amounts: dict[int, Fraction] = dict.fromkeys(players, Fraction(0))
        if len(players) > FEW and sum(alone.values(), Fraction(0)) == end - start and alone == last:
            return OWN, dict(alone), alone
        if len(still) < len(players):
            self.known[frozenset(still)] = self.value(still)
        rest = end - self.value(still)
        if len(still) <= EXACT:
            amounts |= shapley(still, self.value)
            rule = OWN if amounts == alone else f"they interact: Shapley over {len(still)} changes, all orders"
        else:
            orders = max(2, BUDGET // len(still)) // 2
            amounts |= self._some_orders(still, orders)
            rule = f"they interact: Shapley over {len(still)} changes, averaged over {2 * orders} orders drawn from their names"
        if rest:  # what only several of those that do nothing alone bring about
            quiet = [i for i in players if i not in still]
            for i in quiet:
                amounts[i] += rest / len(quiet)
        return rule, dict(amounts), alone

    def _some_orders(self, players: Sequence[int], pairs: int) -> dict[int, Fraction]:
        rng = random.Random("\n".join(map(str, sorted(players))))
        orders: list[list[int]] = []
        for _ in range(pairs):
            order = list(players)
            rng.shuffle(order)
            orders += [order, order[::-1]]
        return shapley_over(players, self.value, orders)[0]


# ------------------------------------------------------------------------------------------------ figures


class _Figure:
    """One figure of one item: how it is read off a portfolio, and what can have moved it."""

    def __init__(self, before: Portfolio, after: Portfolio, item: str, what: str) -> None:
        self.before, self.after, self.what = before, after, what
        bare = item.partition("@")[0]
        for pf in (before, after):
            if bare != pf.id and bare not in pf.items:
                pf[bare]  # raises, with the closest names
        self.item = bare
        self.noun = after if bare == after.id and bare not in after.items else after[bare]
        if what == "value" and not isinstance(self.noun, Benefit):
            raise ScheduleError(f"{bare!r} is no benefit; it has no value of its own")
        self.unit = self._unit()

    def _unit(self) -> str:
        if self.what == "date":
            return "ed" if isinstance(self.noun, Benefit) else "d"
        return self.after.money.currency if self.after.money is not None else ""

    def of(self, pf: Portfolio) -> Fraction | None:
        """The figure; None where it is not known. Dates are days from the beginning of the calendar of the portfolio before."""
        if self.what == "date":
            instant = self._instant(pf)
            return None if instant is None else self._days(instant)
        if self.what == "value":
            found = benefits(pf)
            npv = found[self.item].npv if self.item in found else None
            return None if npv is None else Fraction(npv.amount)
        roll = roll_up(pf, self.what, include=("proposed",))
        value = roll[self.item].value if self.item in roll else None
        return None if value is None else Fraction(value.amount)

    def of_projects(self, pf: Portfolio) -> dict[str, Fraction]:
        """What each project below the item costs, where that is known."""
        noun = pf if self.item == pf.id else pf.items.get(self.item)
        held = hierarchy(pf).projects(noun) if isinstance(noun, Portfolio | Programme) else ()
        roll = roll_up(pf, self.what, include=("proposed",))
        out = {}
        for project in held:
            if project.id in roll:
                value = roll[project.id].value
                if value is not None and project.state != "cancelled":
                    out[project.id] = Fraction(value.amount)
        return out

    def _days(self, instant: int) -> Fraction:
        if self.unit == "ed":
            return Fraction(instant, 1440)
        s = schedule(self.before, on_cycle="cut")
        clock = s.network.clock(targets(s).clock_of(self.item))
        return Fraction(clock.work(instant), clock.day_minutes)

    def _instant(self, pf: Portfolio) -> int | None:
        s = schedule(pf, on_cycle="cut")
        rows = targets(s)
        for name in (self.item, f"{self.item}@finish"):
            if name in rows.place:
                return rows.date(rows.place[name])
        if self.item in s:
            return _minutes(s, self.item)
        return None

    def words(self, pf: Portfolio) -> str:
        """The figure as people read it."""
        if self.what == "date":
            instant = self._instant(pf)
            return "" if instant is None else day_text(moment(instant), finish=True)
        value = self.of(pf)
        return "" if value is None else f"{float(value):,.2f} {self.unit}"

    @functools.cached_property
    def path(self) -> frozenset[str]:
        """Items on the driving path to the item, before or after."""
        out: set[str] = set()
        for pf in (self.before, self.after):
            s = schedule(pf, on_cycle="cut")
            rows = targets(s)
            name = next((n for n in (self.item, f"{self.item}@finish") if n in rows.place), None)
            if name is not None:
                ends = ends_of(s, rows, rows.place[name])
            elif self.item in s.passes.nodes and s.network.state[s.passes.nodes[self.item]] in LIVE:
                ends = [int(s.passes.positions.pos[s.passes.nodes[self.item]])]
            else:
                continue
            out |= {s.network.ids[int(s.passes.positions.order[v])] for v in s.passes.driving_to(ends)}
        return frozenset(out)

    def relevant(self, atoms: Sequence[_Atom]) -> list[int]:
        """The changes that can have moved it: those of its own, and of every project that leads to it by any links."""
        if self.what in ("budget", "forecast"):
            if not isinstance(self.noun, Project | Task):
                return list(range(len(atoms)))
            inside = {self.item.partition("/")[0]}  # what a project costs, no other project changes
        else:
            inside = self._projects()
        return [
            i for i, atom in enumerate(atoms) if atom.everywhere or any(n.partition("/")[0].partition("@")[0] in inside for n in atom.items)
        ]

    def _projects(self) -> set[str]:
        """Projects, benefits and outcomes that lead to the item, by the links of both portfolios."""
        into: dict[str, set[str]] = {}
        for pf in (self.before, self.after):
            for link in pf.links:
                ends = [(pf.resolve(end) or end).partition("/")[0].partition("@")[0] for end in (link.source, link.target)]
                into.setdefault(ends[1], set()).add(ends[0])
            effects: list[Outcome | Benefit] = [*pf.outcomes, *pf.benefits]
            for effect in effects:
                sources = [enabler.source for enabler in (*effect.enabled_by, *effect.any_of)]
                sources += [effect.outcome] if isinstance(effect, Benefit) and effect.outcome else []
                for source in sources:
                    into.setdefault(effect.id, set()).add((pf.resolve(source) or source).partition("/")[0].partition("@")[0])
        top = self.item.partition("/")[0]
        found = {top}
        for pf in (self.before, self.after):
            if top == pf.id:
                found |= {p.id for p in pf.projects}
            else:
                noun = pf.items.get(top)
                found |= {one.id for one in hierarchy(pf).below(noun)} if isinstance(noun, Programme) else set()
        waiting = list(found)
        while waiting:
            for source in into.get(waiting.pop(), ()):
                if source not in found:
                    found.add(source)
                    waiting.append(source)
        return found


def _minutes(s: Schedule, item: str) -> int | None:
    end = s.dates(item)[1]
    return None if end is None else minutes(end)


# ---------------------------------------------------------------------------------------------- differences


@attrs.frozen(kw_only=True)
class _Atom:
    """One thing that is other: what it is in words, the items that it touches, and where it stands in the portfolio."""

    words: str
    items: tuple[str, ...]
    keys: tuple[Hashable, ...] = ()
    everywhere: bool = False


def _asked(pf: Portfolio, change: Change) -> _Atom:
    names = [getattr(change, name) for name in ("target", "source", "to") if isinstance(getattr(change, name, None), str)]
    item = getattr(change, "item", None)
    if item is not None:
        names.append(f"{change.to}/{item.id}" if getattr(change, "to", None) and change.kind in ("task", "gate", "risk") else item.id)  # type: ignore[union-attr]
    full = tuple(dict.fromkeys(pf.resolve(name) or name for name in names))
    programmes = {p.id for p in pf.programmes}
    return _Atom(words=str(change), items=full, everywhere=any(name in programmes or name == pf.id for name in full))


INNER = ("tasks", "gates", "risks")


def _pieces(pf: Portfolio) -> dict[Hashable, Any]:
    """A portfolio in pieces that can be exchanged: its own fields, each project without what is in it, each item."""
    out: dict[Hashable, Any] = {}
    for field in attrs.fields(Portfolio):
        if field.name == "source":
            continue
        value = getattr(pf, field.name)
        if field.name == "projects":
            for project in value:
                out["project", project.id] = attrs.evolve(project, tasks=(), gates=(), risks=())
                for name in INNER:
                    for noun in getattr(project, name):
                        out[name, project.id, noun.id] = noun
        elif field.name == "links":
            for link in value:
                out["links", link.source, link.target, link.type, link.kind] = link
        elif isinstance(value, tuple) and value and all(getattr(noun, "id", None) for noun in value):
            for noun in value:
                out[field.name, noun.id] = noun
        else:
            out["portfolio", field.name] = value
    return out


def _differences(before: Portfolio, after: Portfolio) -> list[_Atom]:
    """What is other, as things that can be exchanged one by one; what comes and goes together stays together."""
    old, new = _pieces(before), _pieces(after)
    keys = [key for key in dict.fromkeys([*old, *new]) if old.get(key) != new.get(key)]
    group = {key: key for key in keys}

    def root(key: Hashable) -> Hashable:
        while group[key] != key:
            key = group[key]
        return key

    appeared = {_full(key): key for key in keys if (key in old) != (key in new) and _full(key)}
    for key in keys:
        for noun, pf in ((old.get(key), before), (new.get(key), after)):
            for name in _refers(noun, key, pf):
                if name in appeared and root(appeared[name]) != root(key):
                    group[root(key)] = root(appeared[name])
    together: dict[Hashable, list[Hashable]] = {}
    for key in keys:
        together.setdefault(root(key), []).append(key)
    out = []
    for members in together.values():
        items = tuple(dict.fromkeys(name for key in members for name in _touched(key, old.get(key, new.get(key)), before, after)))
        words = "; ".join(_words(key, old.get(key), new.get(key)) for key in members[:3])
        words += f" and {len(members) - 3} more that belong to it" if len(members) > 3 else ""
        everywhere = any(isinstance(key, tuple) and key[0] not in ("project", *INNER, "links", "benefits", "outcomes") for key in members)
        out.append(_Atom(words=words, items=items, keys=tuple(members), everywhere=everywhere))
    return out


def _full(key: Hashable) -> str:
    parts = key if isinstance(key, tuple) else ()
    if parts[:1] == ("project",) or (len(parts) == 2 and parts[0] != "portfolio"):
        return str(parts[1])
    return f"{parts[1]}/{parts[2]}" if parts and parts[0] in INNER else ""


def _refers(noun: Any, key: Hashable, pf: Portfolio) -> Iterator[str]:
    """Full ids that a piece refers to, and the project that it stands in."""
    if noun is None or not isinstance(key, tuple):
        return
    within = str(key[1]) if key[0] in INNER else ""
    if within:
        yield within
        parent = getattr(noun, "parent", None)
        if parent:
            yield f"{within}/{parent}"
    references = [getattr(noun, name, None) for name in ("source", "target", "outcome", "programme", "item")]
    references += [one.source for name in ("after", "enabled_by", "any_of") for one in getattr(noun, name, ())]
    references += [*getattr(noun, "blocks", ()), *getattr(noun, "requires", ())]
    for reference in references:
        if isinstance(reference, str) and not reference.startswith(EXTERNAL):
            yield (pf.resolve(reference, within) or reference).partition("@")[0]


def _touched(key: Hashable, noun: Any, before: Portfolio, after: Portfolio) -> Iterator[str]:
    full = _full(key)
    if full:
        yield full
    elif isinstance(key, tuple) and key[0] == "links":
        for end in (noun.target, noun.source):
            yield after.resolve(end) or before.resolve(end) or end


def _words(key: Hashable, old: Any, new: Any) -> str:
    """What is other about a piece, field by field."""
    assert isinstance(key, tuple)
    name = _full(key) or " -> ".join(map(str, key[1:3])) if key[0] != "portfolio" else f"the portfolio's {key[1]}"
    if key[0] == "links":
        name = f"link {key[1]} to {key[2]} ({key[3]})"
    if key[0] == "portfolio":
        return f"{name}: {_short(old)} to {_short(new)}"
    if old is None:
        return f"{name} added"
    if new is None:
        return f"{name} removed"
    fields = [f.name for f in attrs.fields(type(new)) if getattr(old, f.name) != getattr(new, f.name)]
    told = [f"{field} {_short(getattr(old, field))} to {_short(getattr(new, field))}" for field in fields[:3]]
    more = f" and {len(fields) - 3} more" if len(fields) > 3 else ""
    return f"{name}: {', '.join(told)}{more}"


def _short(value: Any) -> str:
    if value in (None, (), ""):
        return "nothing"
    plain = plain_value(value)
    text = ", ".join(map(_short, plain)) if isinstance(plain, list) else str(plain)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _mixed(before: Portfolio, after: Portfolio, atoms: Sequence[_Atom]) -> Portfolio:
    """The portfolio before, with some pieces as they are after."""
    pieces, new = dict(_pieces(before)), _pieces(after)
    for atom in atoms:
        for key in atom.keys:
            if key in new:
                pieces[key] = new[key]
            else:
                pieces.pop(key, None)
    return _built(before, after, pieces)


def _built(before: Portfolio, after: Portfolio, pieces: Mapping[Hashable, Any]) -> Portfolio:
    """A portfolio from pieces, in the order of the one after, then of the one before."""
    rank = {key: place for place, key in enumerate(dict.fromkeys([*_pieces(after), *_pieces(before)]))}
    ordered = sorted(pieces, key=rank.__getitem__)
    fields: dict[str, Any] = {f.name: () for f in attrs.fields(Portfolio) if isinstance(getattr(before, f.name), tuple)}
    inner: dict[tuple[str, str], list[Any]] = {}
    projects: list[Project] = []
    for key in ordered:
        assert isinstance(key, tuple)
        noun = pieces[key]
        if key[0] == "portfolio":
            fields[key[1]] = noun
        elif key[0] == "project":
            projects.append(noun)
        elif key[0] in INNER:
            inner.setdefault((key[0], key[1]), []).append(noun)
        else:
            fields[key[0]] = (*fields[key[0]], noun)
    owned: list[dict[str, Any]] = [{name: inner.get((name, p.id), ()) for name in INNER} for p in projects]
    fields["projects"] = [attrs.evolve(p, **own) for p, own in zip(projects, owned, strict=True)]
    return attrs.evolve(before, **fields)
