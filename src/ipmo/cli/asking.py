"""The verb that asks a method: `ipmo ask dashboard PORTFOLIO --against B1`; each question that a plugin declares is a command of it."""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Mapping
from datetime import date

import attrs
import click

import ipmo
from ipmo.cli.shell import TableVerb, answer, json_option, main, portfolio_argument
from ipmo.desk import installed
from ipmo.errors import CRASHES, IpmoError, close_matches
from ipmo.model import Portfolio
from ipmo.plugin import Question
from ipmo.tables import Table
from ipmo.units import as_when

__all__ = ["Taken", "asked_with", "questions"]

KINDS: tuple[tuple[str, object], ...] = (
    ("text", str),
    ("whole", int),
    ("number", float),
    ("portfolio", Portfolio),
    ("day", date),
    ("flag", bool),
)
"""What a command line can give, by what annotations call it; of several the first."""
RESERVED = ("path", "as_json", "encoding", "as_it_was")
"""What the command line hands to every verb."""


@attrs.frozen
class Taken:
    """Something that a question takes besides its portfolio.

    Args:
        name: its parameter.
        kind: `text`, `words`, `whole`, `number`, `portfolio`, `day` or `flag`.
        needed: it has no default.
        words: those that it may be.
        said: what the docstring says of it.
    """

    name: str
    kind: str
    needed: bool
    words: tuple[str, ...] = ()
    said: str = ""


def questions() -> dict[str, Question]:
    """Every question of the installed methods by its name, `method/slug`."""
    return {one.name: one for plugin in installed().plugins for one in plugin.everything(Question)}


def _kinds(annotation: object) -> tuple[object, ...]:
    """The members of a union; an annotation that is none by itself."""
    whole = isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union
    return typing.get_args(annotation) if whole else (annotation,)


def _helps(ask: object) -> dict[str, str]:
    """What the docstring says of each argument, in one line."""
    _, _, said = (inspect.getdoc(ask) or "").partition("Args:\n")
    out: dict[str, str] = {}
    last = ""
    for line in said.partition("\n\n")[0].splitlines():
        name, colon, rest = line.strip().partition(": ")
        if colon and name.isidentifier() and line.startswith("    ") and not line.startswith("     "):
            out[last := name] = rest
        elif last:
            out[last] += f" {line.strip()}"
    return out


@functools.cache
def asked_with(question: Question) -> tuple[Taken, ...]:
    """What a question takes besides the portfolio, on the command line; what is for Python alone and has a default is left out.

    Raises:
        IpmoError: it needs something that no command line can give.
    """
    given = list(inspect.signature(question.ask).parameters.values())[1:]
    try:
        hints = typing.get_type_hints(question.ask)
    except NameError:  # what is imported for type checkers alone says nothing here
        hints = {}
    helps = _helps(question.ask)
    rows = []
    for one in given:
        inside = _kinds(hints.get(one.name, object))
        words = next((tuple(map(str, typing.get_args(kind))) for kind in inside if typing.get_origin(kind) is typing.Literal), ())
        kind = "words" if words else next((name for name, what in KINDS if what in inside), "")
        needed = one.default is one.empty
        if one.name in RESERVED:
            raise IpmoError(f"question {question.name!r} takes {one.name!r}, which every verb has; call it something else")
        if kind:
            rows.append(Taken(one.name, kind, needed, words, helps.get(one.name, "")))
        elif needed:
            raise IpmoError(f"question {question.name!r} needs {one.name!r}, which is for Python alone")
    return tuple(rows)


def _can_be_asked(question: Question) -> bool:
    """Whether a command line can give all that it needs."""
    try:
        asked_with(question)
    except IpmoError:
        return False
    return True


def _value(kind: str, given: object) -> object:
    """What the command line gave, as the question takes it."""
    if given is None or not isinstance(given, str):
        return given
    return ipmo.read(given) if kind == "portfolio" else as_when(given) if kind == "day" else given


def _told(found: object) -> tuple[Table, list[str]]:
    """The table of an answer, and its sentence.

    Raises:
        IpmoError: it has none.
    """
    if isinstance(found, Table):
        return found, []
    ask = getattr(found, "table", None)
    table = ask() if callable(ask) else None
    if not isinstance(table, Table):
        raise TypeError(f"an answer is a Table or has one, this one {found!r:.60}")
    return table, [repr(found)[1:-1]] if repr(found).startswith("<") else []


def _asking(question: Question, path: str, as_json: bool, given: Mapping[str, object]) -> None:
    portfolio = ipmo.read(path)
    kinds = {taken.name: taken.kind for taken in asked_with(question)}
    options = {name: _value(kinds[name], value) for name, value in given.items() if value is not None}
    try:
        table, notes = _told(question.ask(portfolio, **options))
    except IpmoError:
        raise
    except CRASHES as error:
        raise installed().blame(question, f"question {question.name!r} failed", error) or error from error
    answer(table, as_json, notes)


class _Questions(click.Group):
    """The questions of the installed methods as commands; the slug alone is enough where one method has it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every question that a command line can ask, by method."""
        return sorted(name for name, question in questions().items() if _can_be_asked(question))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of a question, made when it is asked for."""
        known = questions()
        meant = [name] if name in known else [one for one in known if one.partition("/")[2] == name]
        if len(meant) > 1:
            ctx.fail(f"several methods answer {name!r}; write {' or '.join(sorted(meant))}")
        try:
            return _command(known[meant[0]]) if meant else None
        except IpmoError as error:
            ctx.fail(str(error))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """As any group does; of an unknown name those that are close are named."""
        if args and self.get_command(ctx, args[0]) is None:
            known = questions()
            close = close_matches(args[0], [*known, *(one.partition("/")[2] for one in known)])
            hint = f"did you mean {' or '.join(close)}?" if close else "`ipmo ask` lists them"
            ctx.fail(f"no installed method answers {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)


def _parameter(taken: Taken) -> click.Parameter:
    """An argument where it is needed, else an option."""
    flag = f"--{taken.name.replace('_', '-')}"
    metavar = {"portfolio": "FILE", "day": "DATE", "words": None}.get(taken.kind, taken.name.upper())
    read = {"whole": click.INT, "number": click.FLOAT, "words": click.Choice(taken.words)}.get(taken.kind)
    if taken.needed:
        return click.Argument([taken.name], type=read, metavar=metavar)
    if taken.kind == "flag":
        return click.Option([flag, taken.name], is_flag=True, default=None, help=taken.said)
    return click.Option([flag, taken.name], type=read, metavar=metavar, help=taken.said)


def _command(question: Question) -> click.Command:
    params = [_parameter(taken) for taken in asked_with(question)]

    def asked(path: str, as_json: bool, **given: object) -> None:
        _asking(question, path, as_json, given)

    asked.__module__ = __name__
    made = TableVerb(question.name, callback=asked, params=params, help=f"{question.title}.", short_help=f"{question.title}.")
    before = len(params)
    json_option(portfolio_argument(made))
    made.params = [*made.params[before:-1], *params[:before], made.params[-1]]  # the portfolio first, --json last
    return made


@main.group(cls=_Questions)
def ask() -> None:
    """Ask an installed method: its dashboard, its assessment of the office, its kanban; `ipmo ask` lists what there is."""
