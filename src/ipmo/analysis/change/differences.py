"""What is other between two portfolios, as differences that can be carried over one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from ipmo.model.benefits import Benefit, Outcome
from ipmo.model.changes import Add, Change
from ipmo.model.governance import Gate
from ipmo.model.plain import plain_value
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.risks import Risk
from ipmo.model.work import Link, Project, Task

__all__ = ["Difference", "carried_over", "difference_of", "differences"]

INNER = ("tasks", "gates", "risks")
"""What stands inside a project, by field."""
LOCAL = ("projects", *INNER, "links", "benefits", "outcomes")
"""Fields whose pieces reach no further than their links."""
REFERENCES = ("source", "target", "outcome", "programme", "item")
"""Fields that hold one reference."""


@attrs.frozen
class Place:
    """Where a piece stands in a portfolio.

    Args:
        field: of the portfolio; of a project, for what stands inside one.
        names: ids that tell pieces of a field apart: of a project and what is in it, of a link its ends, type and kind.
        own: it is a plain field of the portfolio itself.
    """

    field: str
    names: tuple[str, ...] = ()
    own: bool = False

    @property
    def full_id(self) -> str:
        """The full id of an item; empty for a link and for a plain field."""
        return "" if self.own or self.field == "links" else "/".join(self.names)

    @property
    def project(self) -> str:
        """The project that a piece stands in; empty where it stands in none."""
        return self.names[0] if self.field in INNER and len(self.names) > 1 else ""


@attrs.frozen(kw_only=True)
class Difference:
    """One thing that is other: what it is in words, the items that it touches, and where it stands in the portfolio.

    Args:
        words: what changed.
        items: full ids.
        places: what is carried over with it; empty for a change that is applied.
        everywhere: it can move anything, not only what its items lead to.
    """

    words: str
    items: tuple[str, ...]
    places: tuple[Place, ...] = ()
    everywhere: bool = False

    @property
    def tops(self) -> tuple[str, ...]:
        """The projects, benefits and whatever else stands at the top among its items, each once."""
        return tuple(dict.fromkeys(reference(item).top for item in self.items))

    @property
    def rates(self) -> bool:
        """It can move anything, and is no plain field of the portfolio: a rate, an exchange rate, a calendar."""
        return self.everywhere and "portfolio" not in self.words


def difference_of(portfolio: Portfolio, change: Change) -> Difference:
    """A change as a difference."""
    names = [name for field in ("target", "source", "to") if isinstance(name := getattr(change, field, None), str)]
    if isinstance(change, Add):
        names.append(f"{change.to}/{change.item.id}" if change.to and change.kind in ("task", "gate", "risk") else change.item.id)
    items = tuple(dict.fromkeys(portfolio.resolve(name) or name for name in names))
    programmes = {programme.id for programme in portfolio.programmes}
    return Difference(words=str(change), items=items, everywhere=any(name in programmes or name == portfolio.id for name in items))


def _pieces(portfolio: Portfolio) -> dict[Place, object]:
    """A portfolio in pieces that can be exchanged: its own fields, each project without what is in it, each item."""
    out: dict[Place, object] = {}
    for field in attrs.fields(Portfolio):
        if field.name == "source":
            continue
        value = getattr(portfolio, field.name)
        if field.name == "projects":
            for project in portfolio.projects:
                out[Place("projects", (project.id,))] = attrs.evolve(project, tasks=(), gates=(), risks=())
                for name in INNER:
                    for noun in getattr(project, name):
                        out[Place(name, (project.id, noun.id))] = noun
        elif field.name == "links":
            for link in portfolio.links:
                out[Place("links", (link.source, link.target, link.type, link.kind))] = link
        elif isinstance(value, tuple) and value and all(getattr(noun, "id", None) for noun in value):
            for noun in value:
                out[Place(field.name, (noun.id,))] = noun
        else:
            out[Place(field.name, own=True)] = value
    return out


def differences(before: Portfolio, after: Portfolio) -> list[Difference]:
    """What is other, as things that can be exchanged one by one; what comes and goes together stays together."""
    old, new = _pieces(before), _pieces(after)
    places = [place for place in dict.fromkeys([*old, *new]) if old.get(place) != new.get(place)]
    out = []
    for members in _together(places, old, new, before, after):
        items = dict.fromkeys(name for place in members for name in _touched(place, old.get(place, new.get(place)), before, after))
        words = "; ".join(_words(place, old.get(place), new.get(place)) for place in members[:3])
        words += f" and {len(members) - 3} more that belong to it" if len(members) > 3 else ""
        everywhere = any(place.own or place.field not in LOCAL for place in members)
        out.append(Difference(words=words, items=tuple(items), places=tuple(members), everywhere=everywhere))
    return out


def _together(
    places: Sequence[Place], old: Mapping[Place, object], new: Mapping[Place, object], before: Portfolio, after: Portfolio
) -> Iterable[list[Place]]:
    """Places that come and go together: what appears, and what refers to it."""
    group = {place: place for place in places}

    def root(place: Place) -> Place:
        while group[place] != place:
            place = group[place]
        return place

    appeared = {place.full_id: place for place in places if (place in old) != (place in new) and place.full_id}
    for place in places:
        for noun, portfolio in ((old.get(place), before), (new.get(place), after)):
            for name in _refers(noun, place, portfolio):
                if name in appeared and root(appeared[name]) != root(place):
                    group[root(place)] = root(appeared[name])
    together: dict[Place, list[Place]] = {}
    for place in places:
        together.setdefault(root(place), []).append(place)
    return together.values()


def _refers(noun: object, place: Place, portfolio: Portfolio) -> Iterator[str]:
    """Full ids that a piece refers to, and the project that it stands in."""
    if noun is None or place.own:
        return
    within = place.project
    if within:
        yield within
    if isinstance(noun, Task) and noun.parent:
        yield f"{within}/{noun.parent}"
    found: list[object] = [getattr(noun, name, None) for name in REFERENCES]
    if isinstance(noun, Task | Gate):
        found += [after.source for after in noun.after]
    if isinstance(noun, Outcome | Benefit):
        found += [enabler.source for enabler in (*noun.enabled_by, *noun.any_of)]
    found += [*getattr(noun, "blocks", ()), *getattr(noun, "requires", ())]
    for one in found:
        if isinstance(one, str) and not reference(one).external:
            yield reference(portfolio.resolve(one, within) or one).item


def _touched(place: Place, noun: object, before: Portfolio, after: Portfolio) -> Iterator[str]:
    if place.full_id:
        yield place.full_id
    elif isinstance(noun, Link):
        for end in (noun.target, noun.source):
            yield after.resolve(end) or before.resolve(end) or end


def _words(place: Place, old: object, new: object) -> str:
    """What is other about a piece, field by field."""
    if place.own:
        return f"the portfolio's {place.field}: {_short(old)} to {_short(new)}"
    name = place.full_id
    if place.field == "links":
        source, target, kind, _ = place.names
        name = f"link {source} to {target} ({kind})"
    if old is None:
        return f"{name} added"
    if new is None:
        return f"{name} removed"
    fields = [field for field in _fields(new) if getattr(old, field) != getattr(new, field)]
    said = [f"{field} {_short(getattr(old, field))} to {_short(getattr(new, field))}" for field in fields[:3]]
    more = f" and {len(fields) - 3} more" if len(fields) > 3 else ""
    return f"{name}: {', '.join(said)}{more}"


def _fields(noun: object) -> list[str]:
    kind = type(noun)
    return [field.name for field in attrs.fields(kind)] if attrs.has(kind) else []


def _short(value: object) -> str:
    if value in (None, (), ""):
        return "nothing"
    plain = plain_value(value)
    text = ", ".join(map(_short, plain)) if isinstance(plain, list) else str(plain)
    return text if len(text) <= 60 else f"{text[:57]}..."


def carried_over(before: Portfolio, after: Portfolio, chosen: Iterable[Difference]) -> Portfolio:
    """The portfolio before, with some differences as they are after; in the order of the one after, then of the one before."""
    old, new = _pieces(before), _pieces(after)
    pieces = dict(old)
    for difference in chosen:
        for place in difference.places:
            if place in new:
                pieces[place] = new[place]
            else:
                pieces.pop(place, None)
    fields: dict[str, object] = {f.name: () for f in attrs.fields(Portfolio) if isinstance(getattr(before, f.name), tuple)}
    listed: dict[str, list[object]] = {}
    inner: dict[str, list[object]] = {}
    projects: list[Project] = []
    for place in dict.fromkeys([*new, *old]):
        if place not in pieces:
            continue
        noun = pieces[place]
        if place.own:
            fields[place.field] = noun
        elif isinstance(noun, Project):
            projects.append(noun)
        elif place.project:
            inner.setdefault(place.project, []).append(noun)
        else:
            listed.setdefault(place.field, []).append(noun)
    whole = [_filled(project, inner.get(project.id, ())) for project in projects]
    return before.evolve(**(fields | listed | {"projects": whole}))


def _filled(project: Project, nouns: Iterable[object]) -> Project:
    """A project with what stands inside it."""
    held = list(nouns)
    return attrs.evolve(
        project,
        tasks=[noun for noun in held if isinstance(noun, Task)],
        gates=[noun for noun in held if isinstance(noun, Gate)],
        risks=[noun for noun in held if isinstance(noun, Risk)],
    )
