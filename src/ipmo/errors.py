"""What ipmo raises.

```text
IpmoError(Exception)
├── ModelError(ValueError)           a portfolio that cannot be; has .problems
├── UnknownItemError(LookupError)    an id that names nothing; has .wanted, .close
├── UnitError(ValueError)            text or a number that is no such quantity
├── MissingRateError(LookupError)    money that cannot be converted on that date
├── CycleError(ValueError)           links that form a loop; has .cycle, .boundaries
├── ScheduleError(ValueError)        a schedule that cannot be computed
├── OptionError(ValueError, TypeError)  an argument that is not what it takes; has .option, .given, .choices, .takes
├── FileError(ValueError)            a file that cannot be read or written; has .path, .problems
├── MissingExtraError(ImportError)   an optional library that is not installed; names the pip command
└── PluginError                      a plugin that failed; has .plugin, .distribution, .doing
PluginWarning(UserWarning)           a plugin was set aside; everything else works
FormatWarning(UserWarning)           a file was written in a format that has no room for something
```

Each class also derives from the built-in that a caller would try. Facts about a portfolio (overdue, no
benefit) are no exceptions but findings: see `ipmo.findings`.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import Self

import attrs

from ipmo.spelling import Speller

__all__ = [
    "CRASHES",
    "SHOWN",
    "CycleError",
    "FileError",
    "FormatWarning",
    "IpmoError",
    "MissingExtraError",
    "MissingRateError",
    "ModelError",
    "OptionError",
    "PluginError",
    "PluginWarning",
    "Problem",
    "ScheduleError",
    "UnitError",
    "UnknownItemError",
    "at_least",
    "close_matches",
    "first_listed",
    "listed",
    "one_of",
]

SHOWN = 100
"""How many problems of one file or model are listed before the rest is only counted."""


CRASHES = (Exception, SystemExit)
"""What code of a plugin may end in: ending the program is a fault of that plugin, and the host goes on."""

LOOP = 20
"""How many items of a loop a message names."""


class IpmoError(Exception):
    """Every error that ipmo raises on purpose.

    `items` are the full ids of what it is about, where it is about something that stands in a file.
    """

    items: tuple[str, ...] = ()

    def about(self, *items: str | None) -> Self:
        """The same error, with what it is about."""
        self.items = tuple(item for item in items if item)
        return self


@attrs.frozen(kw_only=True)
class Problem:
    """One thing that is wrong with an input, and where.

    Args:
        message: what is wrong, what was found.
        hint: what to do about it; empty when there is nothing to add.
        path: keys and indices from the root of the document to the value.
        file: the file as the caller named it; empty for plain data.
        line: 1-based line in that file, 0 when unknown.
        column: 1-based column, 0 when unknown.
    """

    message: str
    hint: str = ""
    path: tuple[str | int, ...] = ()
    file: str = ""
    line: int = 0
    column: int = 0

    def moved(self, path: tuple[str | int, ...]) -> Problem:
        """The same problem at another path: `attrs.evolve` takes ten times as long, and a broken file has a hundred thousand."""
        return Problem(message=self.message, hint=self.hint, path=path, file=self.file, line=self.line, column=self.column)

    @property
    def where(self) -> str:
        """The path in JSON notation, for example `projects[1].tasks[0].duration`."""
        parts: list[str] = []
        for key in self.path:
            name = f"[{key}]" if isinstance(key, int) else key if key.isprintable() else repr(key)[1:-1]
            parts.append(f".{name}" if parts and not isinstance(key, int) else name)
        return "".join(parts)

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        front = ": ".join(part for part in (place, self.where) if part)
        text = f"{front}: {self.message}" if front else self.message
        return f"{text}; {self.hint}" if self.hint else text


def _join(problems: Sequence[Problem]) -> str:
    lines = [str(problem) for problem in problems[:SHOWN]]
    if len(problems) > SHOWN:
        lines.append(f"and {len(problems) - SHOWN} more problems")
    return "\n".join(lines)


class ModelError(IpmoError, ValueError):
    """A portfolio that cannot be: a duplicate id, a reference to nothing, a probability of 1.5."""

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(message=problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(_join(self.problems))

    @classmethod
    def of(cls, field: str, message: str) -> Self:
        """What is wrong with a field of a noun."""
        return cls(Problem(message=message, path=(field,)))

    def at(self, *where: str | int) -> Self:
        """The same problems, of a part of something: their paths begin with where that part is."""
        return type(self)([attrs.evolve(problem, path=(*where, *problem.path)) for problem in self.problems])

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.problems,)


class UnknownItemError(IpmoError, LookupError):
    """An id that names nothing in the portfolio, or nothing of the kind that is wanted, which is `said` then; the closest three are named."""

    def __init__(self, wanted: object, close: Sequence[str] = (), where: str = "this portfolio", said: str = "") -> None:
        self.wanted, self.close, self.place, self.said = wanted, tuple(close), where, said
        hint = f"; close: {', '.join(map(repr, close))}" if close else ""
        super().__init__(f"{said or f'{wanted!r} is not in {where}'}{hint}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.wanted, self.close, self.place, self.said)


class UnitError(IpmoError, ValueError):
    """Text or a number that is no such quantity, or quantities that do not go together.

    `path` leads from the value that was given to the part that is wrong: keys and indices, as in `Problem`.
    """

    path: tuple[str | int, ...] = ()

    def at(self, *where: str | int) -> Self:
        """The same error, of a part of something: its path begins with where that part is."""
        self.path = (*where, *self.path)
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), self.args, {"path": self.path, "items": self.items}


class MissingRateError(IpmoError, LookupError):
    """Money that cannot be converted: no exchange rate on or before that date."""


class CycleError(IpmoError, ValueError):
    """Links that form a loop.

    Args:
        cycle: the items in order, the first one not repeated.
        types: the type of the link that leaves each of them.
        boundaries: the projects that the loop passes through, in order, each once.
    """

    def __init__(self, cycle: Sequence[str], types: Sequence[str], boundaries: Sequence[str] = ()) -> None:
        self.cycle, self.types, self.boundaries = tuple(cycle), tuple(types), tuple(boundaries)
        steps = [f"{item!r} -{kind}->" for item, kind in zip(cycle, types, strict=True)]
        if len(steps) > LOOP:  # the first and the last of a long one; `cycle` has all
            steps[LOOP - 5 : -5] = [f"({len(steps) - LOOP} more) ->"]
        chain = " ".join(steps)
        text = f"these links form a cycle: {chain} {cycle[0]!r}"
        if len(self.boundaries) > 1:
            text += f"; it crosses the boundary of projects {listed(self.boundaries, LOOP)}"
        super().__init__(text + "; remove one of them, or pass on_cycle='cut'")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.cycle, self.types, self.boundaries)


class ScheduleError(IpmoError, ValueError):
    """A schedule that cannot be computed: no start date, or a date past year 9999."""


class OptionError(IpmoError, ValueError, TypeError):
    """An argument of a verb is not what it takes: another word, a number out of range, another kind of thing; what it takes is named.

    Args:
        option: the argument's name.
        given: what was passed.
        choices: the words that it takes, where it takes words.
        takes: what it takes, in words, where those are not all.
    """

    def __init__(self, option: str, given: object, choices: Iterable[str] = (), *, takes: str = "") -> None:
        self.option, self.given, self.choices, self.takes = option, given, tuple(choices), takes
        wrong = f"{given!r:.80}" if takes else repr(given)
        said = "possible; write " + takes if takes else f"known; write one of {', '.join(map(repr, self.choices))}"
        super().__init__(f"{option}={wrong} is not {said}")

    def __reduce__(self) -> tuple[object, ...]:
        return _option_error, (type(self), self.option, self.given, self.choices, self.takes)


def _option_error(kind: type[OptionError], option: str, given: object, choices: tuple[str, ...], takes: str) -> OptionError:
    """The same error in another process."""
    return kind(option, given, choices, takes=takes)


class FileError(IpmoError, ValueError):
    """A file that cannot be read or written; every problem in it is listed at once."""

    def __init__(self, path: str, problems: str | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = [Problem(message=problems, file=path)]
        self.path = path
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(_join(self.problems))

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.path, self.problems)


class MissingExtraError(IpmoError, ImportError):
    """An optional library that is not installed; the message is the command that installs it."""

    def __init__(self, what: str, library: str, command: str) -> None:
        self.what, self.library, self.command = what, library, command
        super().__init__(f"{what} needs {library}; try: {command}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.what, self.library, self.command)


class PluginError(IpmoError):
    """A plugin that failed, named, with what was being done and the cause."""

    def __init__(self, plugin: str, distribution: str, doing: str, cause: str) -> None:
        self.plugin, self.distribution, self.doing, self.cause = plugin, distribution, doing, cause
        super().__init__(f"plugin {plugin!r} ({distribution}): {doing}: {cause}")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.plugin, self.distribution, self.doing, self.cause)


class PluginWarning(UserWarning):
    """A plugin could not be used and was set aside; everything else works."""


class FormatWarning(UserWarning):
    """A file was written in a format that has no room for something; the message names and counts it.

    Args:
        message: all of it, as one sentence.
        losses: each thing that was left out, or written as something else, with how often; by its words.
        named: the full ids of what that concerns, where it is known; by the same words.
    """

    def __init__(self, message: str, losses: Mapping[str, int] | None = None, named: Mapping[str, Collection[str]] | None = None) -> None:
        super().__init__(message)
        self.losses = dict(losses or {})
        self.named = {what: tuple(names) for what, names in (named or {}).items()}


def listed(names: Iterable[str], limit: int = 5) -> str:
    """Names in repr, at most `limit`, then "and 12 more".

    >>> listed(["a", "b", "c"], limit=2)
    "'a', 'b' and 1 more"
    """
    everything = list(names)
    text = ", ".join(map(repr, everything[:limit]))
    return text if len(everything) <= limit else f"{text} and {len(everything) - limit} more"


def first_listed(names: Sequence[str], limit: int = 5) -> str:
    """`listed(sorted(names))`, of which only those that are shown are put in order.

    >>> first_listed(["c", "a", "b"], limit=2)
    "'a', 'b' and 1 more"
    """
    return listed([*heapq.nsmallest(limit, names), *itertools.islice(names, limit, None)], limit)


def close_matches(wanted: object, names: Iterable[str], count: int = 3) -> list[str]:
    """The names most like `wanted`, best first; none is like what is no text.

    >>> close_matches("tram/biuld", ["tram/build", "tram/design", "depot"])
    ['tram/build']
    """
    return Speller(names).near(wanted, count) if isinstance(wanted, str) else []


def one_of(option: str, given: object, choices: Iterable[str]) -> None:
    """Refuses a word that is none of the choices of an option.

    Args:
        option: the argument's name.
        given: what was passed.
        choices: the words that it takes; of a `Literal` alias, `typing.get_args(Alias)`.

    Raises:
        OptionError: it is none of them; they are named.

    >>> one_of("on_cycle", "cut", ("error", "cut"))
    """
    allowed = tuple(choices)
    if not isinstance(given, str) or given not in allowed:
        raise OptionError(option, given, allowed)


def at_least(option: str, given: object, least: float, what: str = "a number") -> None:
    """Refuses a number below the least that an option takes, and what is no number.

    Raises:
        OptionError: it is less, or beyond all floats; the least is named.

    >>> at_least("samples", 1, 1)
    """
    try:
        enough = isinstance(given, Real | Decimal) and float(given) >= least
    except OverflowError:
        raise OptionError(option, given, takes=f"{what} of at least {least:g} that a float can hold") from None
    if not enough:
        raise OptionError(option, given, takes=f"{what} of at least {least:g}")
