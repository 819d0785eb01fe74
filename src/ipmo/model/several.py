"""Several nouns of one kind: a tuple from which those are picked of which something is so."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Iterable
from typing import TypeVar, cast

import attrs

from ipmo.errors import ModelError, OptionError, UnitError, UnknownItemError, close_matches
from ipmo.model.fields import Noun, in_brief
from ipmo.notebooks import grid
from ipmo.words import class_word, counted, plural

__all__ = ["Several", "as_several"]

N = TypeVar("N")
NAMED = 6
"""Nouns that are named in a line."""
SHOWN = 10
"""Nouns that a notebook shows."""
FIRST = ("id", "name", "programme", "state", "owner", "start", "finish", "budget", "item", "due", "need_by", "severity")
"""Fields of which a notebook makes columns, where any of the nouns states one."""


class Several(tuple[N, ...]):
    """Nouns in order: a tuple, with `where`.

    >>> from ipmo.model.work import Project
    >>> several = Several([Project(id="tram", attributes={"department": "MOD"}), Project(id="hall", state="closed")])
    >>> several.where(department="MOD").ids, several.where(state=("closed", "cancelled")).ids
    (('tram',), ('hall',))
    >>> several
    <2 projects: tram, hall>
    """

    @property
    def ids(self) -> tuple[str, ...]:
        """Their ids, in order."""
        return tuple(getattr(noun, "id", None) or "" for noun in self)

    def where(self, keep: Callable[[N], object] | None = None, /, **having: object) -> Several[N]:
        """Those of which all this is so.

        Args:
            keep: says of a noun whether it is kept.
            having: values by the name of a field, or of a free attribute. Several values in a tuple, list or set: one of them is enough.
                A value may be written as in files: `budget="5 M GBP"`. Of a field that holds several, one of these is enough too.

        Raises:
            UnknownItemError: the nouns have no such field, and none of them such an attribute.
            OptionError: the field cannot have such a value: one that is none of its choices, text that is no date.
        """
        found: list[N] = [noun for noun in self if keep(noun)] if keep is not None else list(self)
        for name, value in having.items():
            wanted = list(value) if isinstance(value, Collection) and not isinstance(value, str | bytes) else [value]
            cls = next((type(noun) for noun in self), None)
            if cls is None:
                return Several()
            if name in attrs.fields_dict(cast(type, cls)):
                readable = [_read(cast(type, cls), name, one) for one in wanted]
                found = [noun for noun in found if _is_one(getattr(noun, name), readable)]
            else:
                self._bears(cast(type, cls), name)
                texts = [str(one) for one in wanted if one is not None]
                none = None in wanted
                found = [noun for noun in found if _attribute(noun, name) in texts or (none and _attribute(noun, name) is None)]
        return Several(found)

    def _bears(self, cls: type, name: str) -> None:
        """Refuses an attribute that no noun here has."""
        attributes = {key for noun in self for key in getattr(noun, "attributes", ())}
        if name not in attributes:
            known = [*attrs.fields_dict(cls), *attributes]
            raise UnknownItemError(name, close_matches(name, known), f"the fields and attributes of these {plural(class_word(cls))}")

    def __repr__(self) -> str:
        """How many they are, and the first by id; what bears no ids stands as it is."""
        ids = [getattr(noun, "id", None) for noun in self[:NAMED]]
        if not ids or None in ids or not isinstance(self[0], Noun):
            return super().__repr__()
        more = f" and {len(self) - NAMED:,} more" if len(self) > NAMED else ""
        return f"<{counted(len(self), class_word(type(self[0])))}: {', '.join(map(str, ids))}{more}>"

    def _repr_html_(self) -> str:
        """In a notebook: how many they are, then what the first state."""
        if not self or not isinstance(self[0], Noun):
            return f"<p>{html.escape(repr(tuple(self)))}</p>"
        some = self[:SHOWN]
        names = [name for name in FIRST if any(getattr(noun, name, None) not in (None, "", ()) for noun in some)]
        more = f"<p>{len(self):,} in all</p>" if len(self) > SHOWN else ""
        what = html.escape(counted(len(self), class_word(type(self[0]))))
        table = grid(((name.replace("_", " "), "left") for name in names), ((_said(noun, name) for name in names) for noun in some))
        return f"<p>{what}</p>{table}{more}"


def _said(noun: object, name: str) -> str:
    value = getattr(noun, name, None)
    return "" if value is None else in_brief(value)


def as_several(values: Noun | Iterable[object]) -> Several[N]:
    """For type checkers: a field of several nouns takes nouns and mappings as files have them; its class says which."""
    return values if isinstance(values, Several) else Several(cast("Iterable[N]", (values,) if isinstance(values, Noun) else values))


def _attribute(noun: object, name: str) -> str | None:
    found: str | None = getattr(noun, "attributes", {}).get(name)
    return found


def _read(cls: type, name: str, value: object) -> object:
    """A value as the field holds it: read as in files where that is needed."""
    if value is None:
        return None
    convert = attrs.fields_dict(cls)[name].converter
    if convert is None:
        return value
    try:
        return cast("Callable[[object], object]", convert)(value)
    except (UnitError, ModelError) as error:
        said = error.problems[0].message if isinstance(error, ModelError) else str(error)
        raise OptionError(name, value, takes=f"a value of {name} of a {class_word(cls)}: {said}") from None


def _is_one(value: object, wanted: Collection[object]) -> bool:
    """Whether a value of a field, or one of those that it holds, is one of those that are wanted."""
    if any(value == one for one in wanted):
        return True
    inside = value if isinstance(value, tuple) else ()
    alone = [one[0] if isinstance(one, tuple) and len(one) == 1 else one for one in wanted]
    return any(one == other for one in inside for other in alone)
