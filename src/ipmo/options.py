"""Options of verbs: each is held against what its annotation says that it takes, before the verb begins.

One rule for all verbs of the front door: what an option cannot be is an `OptionError` that names the option, what was given and
what it takes. Text that stands for a date, a time or an amount is read here, so that a wrong one names its option too; empty text is no answer to anything.
"""

from __future__ import annotations

import functools
import inspect
import math
import numbers
import os
import sys
import types
import typing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ParamSpec, TypeVar

from ipmo.errors import OptionError, UnitError
from ipmo.units import Money, Span, as_money, as_span, as_when
from ipmo.words import class_word

__all__ = ["Options", "a", "checked"]

P = ParamSpec("P")
Answer = TypeVar("Answer")
MANY = (Iterable, Iterator, Collection, Sequence, tuple, list, frozenset)
"""What annotations call several things."""
SAID: Mapping[object, str] = {
    str: "text",
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    date: "a date such as '2026-03-31'",
    datetime: "a date with a time",
    Span: "a time such as '10 d'",
    Money: "an amount such as '1200 GBP'",
    os.PathLike: "a path",
}
READ: Mapping[object, Callable[[str], object]] = {date: as_when, Span: as_span, Money: as_money}
"""What text is read as, where an option takes text for it."""


def a(word: str) -> str:
    """A noun with its article.

    >>> a("measure"), a("approver")
    ('a measure', 'an approver')
    """
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"


def _parts(annotation: object) -> tuple[object, ...]:
    """The members of a union, in order; an annotation that is none by itself."""
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        return tuple(inner for part in typing.get_args(annotation) for inner in _parts(part))
    return (annotation,)


def _kind(annotation: object) -> object:
    """The class behind an annotation; the annotation itself where there is none."""
    return typing.get_origin(annotation) or annotation


def _words(annotation: object) -> tuple[str, ...]:
    """The words that an annotation names, in order."""
    return tuple(word for part in _parts(annotation) if _kind(part) is typing.Literal for word in typing.get_args(part))


def said(annotation: object) -> str:
    """What an annotation lets in, in words.

    >>> said(float | None), said(tuple[str, ...])
    ('a number or None', 'several of: text')
    """
    words = _words(annotation)
    out = [f"one of {', '.join(map(repr, words))}"] if words else []
    every = _parts(annotation)
    for part in every:
        kind, inner = _kind(part), typing.get_args(part)
        if part is None or part is type(None):
            out.append("None")
        elif kind is Any or kind is object:
            out.append("anything")
        elif kind is typing.Literal or (kind is str and any(_kind(other) in (os.PathLike, *READ) for other in every)):
            continue  # said already, and text that is read as something is said by that
        elif kind is Callable:
            out.append("a function")
        elif kind is Mapping:
            out.append(f"a mapping of {said(inner[0])} to {said(inner[1])}" if inner else "a mapping")
        elif kind in MANY:
            out.append(f"several of: {said(inner[0])}" if inner else "several")
        else:
            out.append(SAID.get(kind) or a(class_word(kind) if isinstance(kind, type) else str(kind)))
    return " or ".join(dict.fromkeys(out))


def _finite(value: numbers.Real | Decimal) -> bool:
    """Whether a number is one that a float can hold."""
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number or a fraction beyond all floats
        return False


def _is(value: object, annotation: object) -> bool:
    """Whether a value is what one annotation that is no union says; words are for the verb to know."""
    kind, inner = _kind(annotation), typing.get_args(annotation)
    if annotation is None or annotation is type(None):
        return value is None
    if kind is typing.Literal:
        return isinstance(value, str)
    if kind is Callable:
        return callable(value)
    if kind is str:
        return isinstance(value, str) and bool(value.strip())
    if kind is float:
        return not isinstance(value, bool) and isinstance(value, numbers.Real | Decimal) and _finite(value)
    if kind is int:
        return isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if kind is Mapping:
        return isinstance(value, Mapping) and (not inner or all(_fits(k, inner[0]) and _fits(_held(v), inner[1]) for k, v in value.items()))
    if kind in MANY:
        return isinstance(value, tuple) and (not inner or all(_fits(one, inner[0]) for one in value))
    try:
        return not isinstance(kind, type) or isinstance(value, kind)
    except TypeError:  # a protocol that nothing can be held against
        return True


def _held(value: object) -> object:
    """What stands in a mapping: a list is several values there too."""
    return tuple(value) if isinstance(value, list) else value


def _fits(value: object, annotation: object) -> bool:
    return any(_is(value, part) for part in _parts(annotation))


def _several(value: object, annotation: object) -> object:
    """A value as a tuple where several are wanted: one text is one of them, and what can be gone through once is kept."""
    wanted = [part for part in _parts(annotation) if _kind(part) in MANY]
    if not wanted or value is None or isinstance(value, Mapping | bytes):
        return value
    if isinstance(value, str):
        return value if any(part is str for part in _parts(annotation)) else (value,)
    if not isinstance(value, Iterable) or _fits(value, annotation):
        return value
    try:
        return tuple(value)
    except TypeError:  # a portfolio, which says what to iterate
        return value


class Options:
    """What the parameters of a verb take.

    Args:
        verb: the function, with annotations that can be resolved in its module.
        but: parameters that something else looks after.
        say: what some of them take, where their annotation does not say it all.
    """

    def __init__(self, verb: Callable[..., object], but: Collection[str] = (), say: Mapping[str, str] | None = None) -> None:
        self._verb, self._but, self._say = verb, but, say or {}
        self._signature = inspect.signature(verb)

    @functools.cached_property
    def _annotations(self) -> dict[str, object]:
        """The annotations as objects; those that only type checkers can resolve are left out."""
        known = vars(sys.modules[self._verb.__module__])
        out: dict[str, object] = {}
        for name, one in self._signature.parameters.items():
            if name in self._but or one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD) or one.annotation is one.empty:
                continue
            out[name] = eval(one.annotation, known) if isinstance(one.annotation, str) else one.annotation
        return out

    def held(self, given: tuple[object, ...], named: Mapping[str, object]) -> tuple[tuple[object, ...], dict[str, object]]:
        """The arguments of a call, each as the verb takes it.

        Raises:
            OptionError: one of them is not what its option takes.
            UnitError: text is no such date, time or amount.
        """
        names = [name for name, one in self._signature.parameters.items() if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
        places = [self.option(name, value) if name in self._annotations else value for name, value in zip(names, given, strict=False)]
        rest = given[len(places) :]
        return (*places, *rest), {name: self.option(name, value) if name in self._annotations else value for name, value in named.items()}

    def option(self, name: str, value: object) -> object:
        """One argument, as the verb takes it.

        Raises:
            OptionError: it is not what the option takes.
            UnitError: text is no such date, time or amount.
        """
        annotation = self._annotations[name]
        value = _several(value, annotation)
        if not _fits(value, annotation) and not (value == "" == self._signature.parameters[name].default):
            raise OptionError(name, value, _words(annotation), takes=self._say.get(name) or said(annotation))
        if isinstance(value, str):
            for kind, read in READ.items():
                if kind in _parts(annotation):
                    try:
                        return read(value)
                    except UnitError as error:
                        raise UnitError(f"{name}={value!r}: {error}") from None
        return value


def checked(verb: Callable[P, Answer]) -> Callable[P, Answer]:
    """A verb whose options are held against what their annotations say."""
    options = Options(verb)

    @functools.wraps(verb)
    def holding(*given: P.args, **named: P.kwargs) -> Answer:
        places, names = options.held(given, named)
        return verb(*places, **names)  # type: ignore[arg-type]

    return holding
