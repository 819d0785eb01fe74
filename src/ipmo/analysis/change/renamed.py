"""Nouns under other ids: every reference in them is rewritten, by what their fields say that they refer to."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import cast, get_args

import attrs

from ipmo.model.changes import NAMES, Add
from ipmo.model.fields import FrozenMap, Noun, PlainData, Short
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.model.shape import shape
from ipmo.model.work import Link, Project

__all__ = ["Renaming"]

CHANGES = tuple(NAMES.values())
LEADING = ("item", "node", "task")
"""What a reference may find in its own project first; all others stand at the top."""


@functools.cache
def _fields(cls: type) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """(name, what it refers to) of a class's references, and its fields that may hold nouns."""
    fields = shape(cls)
    refers = tuple((one.name, one.refers) for one in fields if one.refers)
    named = {name for name, _ in refers}
    return refers, tuple(one.name for one in fields if one.name not in named and _holds(one.kind))


def _holds(kind: PlainData) -> bool:
    """Whether a value may be a noun, hold some, or hold anything."""
    if kind.form in ("many", "either"):
        return any(map(_holds, kind.inner))
    if kind.form == "map":
        return any(_holds(one) for one in kind.inner) or not kind.inner
    return any(
        cls is object or cls in CHANGES or (isinstance(cls, type) and issubclass(cls, Noun) and not issubclass(cls, Short))
        for cls in get_args(kind.cls) or (kind.cls,)  # a change is one of several classes
    )


def _each(value: PlainData, rename: Callable[[str], str], *, values: bool = False) -> PlainData:
    """A reference, several, or what is said of each by its name, renamed; of a map where `values` refer, its values."""
    if isinstance(value, FrozenMap):
        if values:
            return FrozenMap({key: _each(told, rename) for key, told in value.items()})
        return FrozenMap({rename(one): told for one, told in value.items()})
    return rename(value) if isinstance(value, str) else tuple(map(rename, value))


class Renaming:
    """Makes nouns of a portfolio anew with other ids at the top.

    Args:
        portfolio: where the references lead.
        names: the new id of what stands at the top, by its old one; what is not there keeps its own.
        whole: what stands for the portfolio itself where something names it.
    """

    def __init__(self, portfolio: Portfolio, names: Mapping[str, str], whole: str) -> None:
        self.portfolio, self.names, self.whole = portfolio, names, whole

    def noun(self, noun: PlainData, within: str = "") -> PlainData:
        """A noun with new references; one that stands at the top with its new id.

        Args:
            noun: the noun.
            within: the project that it stands in.
        """
        made = self._inner(noun, within, noun.id if isinstance(noun, Project) and not within else within)
        if not within and isinstance(getattr(noun, "id", None), str) and noun.id in self.names:
            made = attrs.evolve(made, id=self.names[noun.id])
        if isinstance(noun, Project) and noun.alignment:
            made = attrs.evolve(made, alignment=FrozenMap({self.names.get(one, one): how for one, how in noun.alignment.items()}))
        return made

    def _references(self, noun: PlainData, within: str) -> dict[str, PlainData]:
        out: dict[str, PlainData] = {}
        named = _fields(cast(type, noun.__class__))[0]
        if isinstance(noun, CHANGES):
            named = tuple((name, "item") for name in ("target", "source", "to") if isinstance(getattr(noun, name, None), str))
        if isinstance(noun, Link):
            named = (*named, ("source", "node"), ("target", "node"))
        for name, kind in named:
            value = getattr(noun, name)
            if not value:
                continue
            made = _each(value, functools.partial(self.text if kind in LEADING else self._top, within=within))
            if made != value:
                out[name] = made
        return out

    def _top(self, text: str, within: str = "") -> str:
        """The id of what stands at the top, whatever the project that names it calls its own."""
        return self.names.get(text, text)

    def _value(self, value: PlainData, within: str) -> PlainData:
        """A value with the nouns in it renamed; itself where nothing changes."""
        if isinstance(value, tuple):
            made = tuple(self._value(one, within) for one in value)
            return value if all(map(lambda one, other: one is other, made, value)) else made
        if isinstance(value, FrozenMap):
            entries = {key: self._value(one, within) for key, one in value.items()}
            return value if all(entries[key] is value[key] for key in entries) else FrozenMap(entries)
        if (isinstance(value, Noun) and not isinstance(value, Short)) or isinstance(value, CHANGES):
            return self._inner(value, within)
        return value

    def _inner(self, noun: PlainData, within: str, inside: str | None = None) -> PlainData:
        """A noun with new references, under its own id; those of what it holds are looked up `inside`."""
        changes = self._references(noun, within)
        if isinstance(noun, Add) and noun.to is not None:
            inside = noun.to
        for name in _fields(cast(type, noun.__class__))[1]:
            value = getattr(noun, name)
            made = self.extensions(value) if name == "extensions" else self._value(value, within if inside is None else inside)
            if made is not value:
                changes[name] = made
        return attrs.evolve(noun, **changes) if changes else noun

    def extensions(self, held: FrozenMap[str, PlainData]) -> FrozenMap[str, PlainData]:
        """What methodologies add, with the fields renamed, at any depth, that say that they refer to something."""
        return cast("FrozenMap[str, PlainData]", self._added(held))

    def _added(self, value: PlainData) -> PlainData:
        if isinstance(value, tuple):
            made = tuple(map(self._added, value))
            return value if all(map(lambda one, other: one is other, made, value)) else made
        if isinstance(value, FrozenMap):
            entries = {key: self._added(one) for key, one in value.items()}
            return value if all(entries[key] is value[key] for key in entries) else FrozenMap(entries)
        if not attrs.has(value.__class__):
            return value
        changes = {}
        for one in attrs.fields(value.__class__):
            told, said = getattr(value, one.name), one.metadata
            refers = said.get("refers") and told
            renamed = _each(told, self.text, values=bool(said.get("values_refer"))) if refers else self._added(told)
            if renamed is not told and renamed != told:
                changes[one.alias] = renamed
        return attrs.evolve(value, **changes) if changes else value

    def text(self, text: str, within: str = "") -> str:
        """A reference as it is written in the whole; what an item calls by its own project stays as it is."""
        if text == self.portfolio.id and text not in self.portfolio.items:
            return self.whole
        meant = self.portfolio.reference(text, within)
        if meant is None:
            return self.names.get(text, text)  # a calendar, or a name that nothing bears
        if meant.external or (within and meant.project == within and not reference(text).project):
            return text
        top = self.names.get(meant.top, meant.top)
        return f"{top}{'/' + meant.inner if meant.inner else ''}{'@' + meant.end if meant.end else ''}"
