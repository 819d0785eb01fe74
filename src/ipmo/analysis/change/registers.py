"""The registers of a part of a portfolio: what is about something outside it is left out, and what merely names it lets go of it."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar, cast

import attrs

from ipmo.errors import ModelError, UnitError
from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.contents import TOP
from ipmo.model.fields import FrozenMap, Noun, PlainData
from ipmo.model.governance import Gate
from ipmo.model.hierarchy import hierarchy
from ipmo.model.later import unread
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.shape import shape
from ipmo.model.work import Programme, Project
from ipmo.words import agree, counted

__all__ = ["Registers"]

N = TypeVar("N", bound=Noun)
LISTED = (*TOP, "contributions", "waivers")
"""What is looked through; links, outcomes, benefits and projects are the part's own matter."""
OWN = ("links", "outcomes", "benefits", "projects", "programmes", "baselines")
MOVED = ("target", "source", "to")
"""What a change names."""
MONEY = ("budget", "actual", "forecast", "funding", "exit_cost")


class Registers:
    """What stands at the top of a portfolio, as far as a part of it needs it.

    Args:
        whole: the portfolio.
        inside: the ids of the projects of the part.
        effects: the outcomes and benefits of the part.
    """

    def __init__(self, whole: Portfolio, inside: set[str], effects: Iterable[Outcome | Benefit]) -> None:
        self.whole, self.inside = whole, inside
        self.effects = {one.id for one in effects}
        self.programmes, self.bare = self._programmes()
        self.gone: Counter[str] = Counter()
        self.kept: dict[str, list[Noun]] = {}
        self._settle()

    # ---------------------------------------------------------------------------------------- what is there

    def _programmes(self) -> tuple[list[Programme], list[str]]:
        """The programmes that hold a project of the part; of one that is not all there, the money of its own is of the whole: left out."""
        tree, found, bare = hierarchy(self.whole), [], []
        for programme in self.whole.programmes:
            projects = {project.id for project in tree.projects(programme)}
            if not projects & self.inside:
                continue
            if not projects <= self.inside and any(getattr(programme, name) is not None for name in MONEY):
                bare.append(programme.id)
                found.append(attrs.evolve(programme, budget=None, actual=None, forecast=None, funding=None, exit_cost=None))
            else:
                found.append(programme)
        return found, bare

    def _there(self, name: str) -> bool:
        """Whether what a text names is in the part."""
        meant = reference(name)
        return meant.top in self.inside or meant.item in self._ids or meant.item == self.whole.id

    def _settle(self) -> None:
        """Lets go of what is outside until nothing names anything that is gone."""
        self.kept = {name: list(getattr(self.whole, name)) for name in LISTED if name not in OWN}
        while True:
            at_top = {name for rows in self.kept.values() for one in rows if (name := getattr(one, "id", None))}
            self._ids = at_top | self.effects | {p.id for p in self.programmes} | set(self.whole.calendar_table)
            settled = {group: [one for row in rows if (one := self._held(row)) is not None] for group, rows in self.kept.items()}
            for group, rows in settled.items():
                self.gone[group] += len(self.kept[group]) - len(rows)
            if all(len(settled[group]) == len(rows) for group, rows in self.kept.items()):
                self.kept = settled
                return
            self.kept = settled

    def _held(self, noun: N) -> N | None:
        """The noun as the part has it; None for one that is about something outside."""
        return self._without(noun, self._there)

    def _without(self, noun: N, there: Callable[[str], bool], *, nested: bool = False) -> N | None:
        """The noun without what it names outside; None where it is about that: what lies in another noun is about all that it names."""
        changes: dict[str, object] = {}
        fields = shape(cast(type, type(noun)))
        for one in fields:
            value = getattr(noun, one.name)
            if not value:
                continue
            if one.refers in ("item", "node", "project", "programme"):
                if isinstance(value, str):
                    if there(value):
                        continue
                    if one.required or nested or one.name == "item" or (isinstance(noun, Gate) and one.name == "programme"):
                        return None
                    changes[one.name] = None
                elif not all(map(there, value)):
                    left = tuple(name for name in value if there(name))
                    if not left and one.name == "items":
                        return None
                    changes[one.name] = left
            elif one.name == "effect" and any(not self._touches(change) for change in value):
                return None
            elif isinstance(value, Noun) and one.kind.noun is not None:
                inside = self._without(value, there, nested=True)
                if inside is not value:
                    changes[one.name] = inside
            elif one.many and one.kind.noun is not None:
                rows = [
                    inner for row in value if not isinstance(row, Noun) or (inner := self._without(row, there, nested=True)) is not None
                ]
                if len(rows) != len(value) or any(a is not b for a, b in zip(rows, value, strict=True)):
                    changes[one.name] = rows
        return type(noun)(**{**{one.name: getattr(noun, one.name) for one in fields}, **changes}) if changes else noun

    def _touches(self, change: object) -> bool:
        """Whether all that a change names is in the part."""
        return all(self._there(name) for name in (getattr(change, field, None) for field in MOVED) if isinstance(name, str))

    # ------------------------------------------------------------------------------------- what methods add

    def extended(self, noun: N, within: str = "") -> N:
        """A noun whose extensions name nothing that is left out; itself where they name nothing of that."""
        held = getattr(noun, "extensions", None)
        if not held:
            return noun
        made = self._extensions(held, within)
        return noun if made is held else cast(N, attrs.evolve(cast(Project, noun), extensions=made))

    def _extensions(self, held: PlainData, within: str) -> PlainData:
        return cast(PlainData, self._added(held, functools.partial(self._named, within=within)))

    def _named(self, name: str, within: str) -> bool:
        """Whether a name is not one of something that is left out; a free name names nothing."""
        full = self.whole.resolve(name, within)
        return full is None or self._there(full)

    def _added(self, value: PlainData, there: Callable[[str], bool]) -> PlainData:
        """A value of an extension without what it names outside; None for what lies in a list or a mapping and is about that."""
        made: PlainData
        if isinstance(value, tuple):
            made = tuple(one for row in value if (one := self._added(row, there)) is not None or row is None)
            return value if len(made) == len(value) and all(a is b for a, b in zip(made, value, strict=True)) else made
        if isinstance(value, FrozenMap):
            entries = {key: made for key, told in value.items() if (made := self._added(told, there)) is not None or told is None}
            return value if len(entries) == len(value) and all(entries[key] is value[key] for key in value) else FrozenMap(entries)
        if not attrs.has(value.__class__):
            return value
        changes: dict[str, object] = {}
        for one in attrs.fields(value.__class__):
            told = getattr(value, one.name)
            if not (one.metadata.get("refers") and told):
                made = self._added(told, there)
            elif isinstance(told, str):
                made = told if there(told) else None
            elif isinstance(told, FrozenMap):
                values = bool(one.metadata.get("values_refer"))
                left = {key: name for key, name in told.items() if there(name if values else key)}
                made = told if len(left) == len(told) else FrozenMap(left)
            else:
                made = told if all(map(there, told)) else tuple(filter(there, told))
            if made is told:
                continue
            if not made and one.default is attrs.NOTHING:
                return None  # it is about nothing else
            changes[one.alias] = _absent(one) if made is None else made
        try:
            return attrs.evolve(value, **changes) if changes else value
        except (UnitError, ModelError):  # without what is left out it cannot be
            return None

    # ------------------------------------------------------------------------------------------------ what it gives

    def fields(self) -> Mapping[str, object]:
        """The portfolio's own fields as the part has them."""
        kept = {group: [self.extended(one) for one in rows] for group, rows in self.kept.items()}
        programmes = [self.extended(one) for one in self.programmes]
        added = self._extensions(self.whole.extensions, "")
        return {**kept, "programmes": programmes, "extensions": added, "baselines": (), "funding": None}

    def project(self, project: Project) -> Project:
        """A project without what it names outside: the projects that it requires, and what its risks hit there."""

        def there(name: str) -> bool:
            full = self.whole.resolve(name, project.id)
            return full is not None and self._there(full)

        risks = [self._without(risk, there) for risk in project.risks]
        requires = [name for name in project.requires if name in self.inside]
        for name in project.requires:
            self.gone[f"{project.id} requires {name}"] += name not in self.inside
        changes: dict[str, PlainData] = {}
        if len(requires) != len(project.requires):
            changes["requires"] = requires
        if any(a is not b for a, b in zip(risks, project.risks, strict=True)):
            changes["risks"] = [risk for risk in risks if risk is not None]
        for group in ("tasks", "gates", "risks"):
            nouns = changes.get(group) or (() if unread(project, group) else getattr(project, group))  # columns hold no extensions
            if any(one.extensions for one in nouns):
                changes[group] = [self.extended(one, project.id) for one in nouns]
        made = self._extensions(project.extensions, "")
        if made is not project.extensions:
            changes["extensions"] = made
        return attrs.evolve(project, **changes) if changes else project

    def said(self) -> Iterator[str]:
        """What was left out of the part, a sentence each."""
        left = [counted(count, group[:-1].replace("_", " ")) for group, count in self.gone.items() if count and " requires " not in group]
        if left:
            yield f"what is about something outside this part is left out: {', '.join(left)}"
        for text, count in self.gone.items():
            if count and " requires " in text:
                yield f"{text}, which lies outside this part: that it is there is not checked here"
        if self.whole.funding is not None:
            yield "the money granted to the whole portfolio is not that of this part: left out"
        for name in self.bare:
            yield f"programme {name!r} is not all in this part: what it states for its own money is left out"
        if self.whole.baselines:
            yield f"{counted(len(self.whole.baselines), 'baseline')} of the whole portfolio {agree(len(self.whole.baselines), 'is', 'are')} left out: select the same part of a baseline to compare with"
        outside = {a.resource for p in self.whole.projects if p.id not in self.inside for t in p.tasks for a in t.assignments}
        shared = sorted({a.resource for p in self.whole.projects if p.id in self.inside for t in p.tasks for a in t.assignments} & outside)
        if shared:
            yield f"{', '.join(shared)} {agree(len(shared), 'works', 'work')} outside this part too: capacity counts this part alone"


def _absent(field: attrs.Attribute[object]) -> object:
    """What a field holds where it names nothing."""
    default = field.default
    return default.factory() if hasattr(default, "factory") else default
