"""What all verbs share: the group, errors as sentences, tables for people and JSON for machines."""

from __future__ import annotations

import contextlib
import gc
import json
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TextIO

import attrs
import click

import ipmo
from ipmo.analysis.money.periods import EVERY
from ipmo.cli.viewing import EVERYTHING, View, clean, none_of, on_terminal, plain, wrapped
from ipmo.errors import FormatWarning, IpmoError, PluginWarning, Problem, listed
from ipmo.files.month_index import snapshot_at
from ipmo.files.places import places
from ipmo.files.reading import text_in
from ipmo.findings import Finding, Findings, Severity
from ipmo.tables import Table

__all__ = [
    "COLOURS",
    "FEW",
    "ROOMS",
    "Row",
    "TableVerb",
    "Verb",
    "answer",
    "as_json_text",
    "as_of_option",
    "baseline_option",
    "emit",
    "ending_of",
    "every_option",
    "json_option",
    "level_option",
    "losses",
    "main",
    "on_cycle_option",
    "out_option",
    "plain_rows",
    "portfolio_argument",
    "print_table",
    "say",
    "say_findings",
    "say_none",
    "view_of",
]

OUTPUT, TAKEN, VIEW, LOSSES = "ipmo.output", "ipmo.standard-input", "ipmo.view", "ipmo.losses"
STANDARD_INPUT, PORTFOLIOS = "-", ("PORTFOLIO", "BEFORE", "AFTER")
FEW = 3
"""Findings of one kind that are printed before the rest are counted."""
COLLECTING = (100_000, 20, 100)
"""How many objects more than were freed there are before cyclic garbage is looked for, and how often in those that are older."""
NUMBER = re.compile(r"[0-9]+")
KEY = re.compile(rb"\s*(?:#|---|[\w-]+\s*:(?:\s|$))")
"""How a YAML file begins: with a comment, a document, or a key."""
VALUE = re.compile(r"'(?:[^'\\]|\\.)*'|\"[^\"]*\"|[0-9][0-9.,:/-]*")
"""What a message quotes or counts: what differs between findings of one kind."""
COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}
Row = dict[str, object]
"""A row as JSON has it."""


def _output() -> TextIO:
    """Standard output as the command found it: while a verb runs, what plugins print goes to standard error."""
    context = click.get_current_context(silent=True)
    kept: TextIO | None = context.meta.get(OUTPUT) if context is not None else None
    return kept or sys.stdout


def say(text: str = "", *, err: bool = False, colour: str | None = None) -> None:
    """Prints for people; on a terminal in a colour, and in lines that break between words."""
    if (sys.stderr if err else _output()).isatty():
        text = wrapped(text, shutil.get_terminal_size().columns)
    click.echo(_seen(click.style(clean(text), fg=colour) if colour else clean(text)), file=None if err else _output(), err=err)


def _seen(text: str) -> str:
    """Text in which what came by standard input has the name that the user gave it."""
    context = click.get_current_context(silent=True)
    taken = context.meta.get(TAKEN) if context is not None else None
    return text.replace(taken, STANDARD_INPUT) if taken else text


def view_of() -> View:
    """Which rows the user wants to see, in which order."""
    context = click.get_current_context(silent=True)
    found: View | None = context.meta.get(VIEW) if context is not None else None
    return attrs.evolve(found, path=_path()) if found is not None and found.project is not None else found or EVERYTHING


def say_findings(findings: Iterable[Finding], *, every: bool) -> None:
    """Prints findings for people: of those that differ in their places and values only, the first few, and how many more there are."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for found in findings:
        where, _, why = found.message.partition(": ")
        alike.setdefault((found.code, NUMBER.sub("", where) + VALUE.sub("", why)), []).append(found)
    for group in alike.values():
        for found in group if every else group[:FEW]:
            say(f"  {found}", colour=COLOURS.get(found.severity))
        if not every and len(group) > FEW:
            say(f"  ... and {len(group) - FEW} more like it; --all shows them")


def as_json_text(data: object) -> None:
    """One JSON value on standard output."""
    click.echo(_seen(json.dumps(data, ensure_ascii=False, indent=1, default=str)), file=_output())


def plain_rows(table: Table) -> list[Row]:
    """A table as JSON has it: dates as text."""
    return [{k: v.isoformat() if isinstance(v, date) else v for k, v in row.items()} for row in table.rows()]


def emit(rows: Iterable[Mapping[str, object]], findings: Iterable[Finding] = (), **more: object) -> None:
    """One JSON object on standard output."""
    found = plain_rows(Findings(findings).table())
    as_json_text({**more, "rows": list(rows), "findings": found})


def _problem_row(problem: Problem) -> Row:
    return {
        "severity": "error",
        "code": "ipmo/error",
        "rule": "",
        "item": "",
        "message": problem.message,
        "hint": problem.hint,
        "file": problem.file,
        "path": problem.where,
        "line": problem.line or None,
        "column": problem.column or None,
    }


encoding_option = click.Option(
    ["--encoding"],
    metavar="NAME",
    help="The code page of text that does not say it (Primavera, CSV), as cp1251; found from the text when left out.",
)


as_it_was_option = click.Option(
    ["--as-of", "as_it_was"],
    metavar="MONTH",
    help="As it was at the end of a month such as 2025-03, or on a day: by the latest snapshot in history/ beside it.",
)
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
"""What --as-of takes for a month: of verbs for which a day is the date of their figures, the portfolio as it was then."""


class Verb(click.Command):
    """A command whose errors are sentences, and JSON with --json."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its options; a verb that reads a file takes the file's encoding too."""
        found = super().get_params(ctx)
        if any(one.name in ("path", "source") and isinstance(one, click.Argument) for one in found):
            found.insert(-1, encoding_option)
        if self._reads_one(found) and not any(one.name == "as_of" for one in found):
            found.insert(-1, as_it_was_option)
        return found

    @staticmethod
    def _reads_one(params: Iterable[click.Parameter]) -> bool:
        """Whether it reads a portfolio, and only one."""
        return [one.metavar for one in params if isinstance(one, click.Argument) and one.metavar in PORTFOLIOS] == ["PORTFOLIO"]

    def _as_it_was(self, ctx: click.Context) -> None:
        """Where a month is asked for, the portfolio is that of its snapshot."""
        when = ctx.params.pop("as_it_was", None)
        day = ctx.params.get("as_of")
        if when is None and isinstance(day, str) and MONTH.fullmatch(day) and self._reads_one(self.params):
            when, ctx.params["as_of"] = day, None
        if when is not None:
            name = next(one.name for one in self.params if isinstance(one, click.Argument) and one.metavar == "PORTFOLIO" and one.name)
            if ctx.params[name] == STANDARD_INPUT:
                raise click.UsageError("what comes by standard input has no snapshots beside it; name the file", ctx)
            ctx.params[name] = str(snapshot_at(ctx.params[name], when))

    def invoke(self, ctx: click.Context) -> object:
        """Runs the verb; an error of ipmo becomes a sentence, and exit code 1; so do warnings, and the verb goes on."""
        as_json = bool(ctx.params.get("as_json"))
        ctx.meta[OUTPUT] = sys.stdout
        try:
            self._as_it_was(ctx)
            with (
                contextlib.redirect_stdout(sys.stderr),
                text_in(ctx.params.pop("encoding", None)),
                _seldom_collecting(),
                _standard_input(ctx),
                _warnings_as_sentences(ctx),
            ):
                return super().invoke(ctx)
        except IpmoError as error:
            path = str(ctx.params.get("path") or "")
            problems = getattr(error, "problems", None) or _located(error, path) or (Problem(message=str(error), file=path),)
            if as_json:
                findings = [_problem_row(problem) for problem in problems]
                as_json_text({"rows": [], "findings": findings})
            if all(problem.line for problem in problems):
                say("\n".join(str(problem) for problem in problems), err=True)
            elif getattr(error, "problems", None) and all(problem.file for problem in problems):
                say(str(error), err=True)
            else:
                name = ctx.params.get("path") or ctx.params.get("source")
                say(f"{name}: {error}" if name else f"ipmo: {error}", err=True)
            ctx.exit(1)


@contextlib.contextmanager
def _warnings_as_sentences(ctx: click.Context) -> Iterator[None]:
    """Says what a file has no room for, each in a line, and which plugin was set aside; other warnings are Python's to show."""
    with warnings.catch_warnings():
        shown = warnings.showwarning

        def show(
            message: Warning | str, category: type[Warning], filename: str, lineno: int, file: TextIO | None = None, line: str | None = None
        ) -> None:
            if isinstance(message, FormatWarning) and message.losses:
                ctx.meta.setdefault(LOSSES, []).extend(
                    {"what": what, "count": count, "items": list(message.named.get(what, ()))} for what, count in message.losses.items()
                )
                head = str(message).partition(" has no room for ")[0]
                say(f"{head} has no room for:", err=True, colour=COLOURS.get(Severity.WARNING))
                for what, count in message.losses.items():
                    names = message.named.get(what, ())
                    say(f"  {what}: {count}" + (f" ({listed(names)})" if names else ""), err=True)
            elif isinstance(message, PluginWarning | FormatWarning):
                say(f"warning: {message}", err=True, colour=COLOURS.get(Severity.WARNING))
            else:
                shown(message, category, filename, lineno, file, line)

        warnings.showwarning = show
        yield


def losses() -> list[Row]:
    """What files that were written have no room for, so far."""
    context = click.get_current_context(silent=True)
    return list(context.meta.get(LOSSES, [])) if context is not None else []


class TableVerb(Verb):
    """A verb whose answer is a table: its rows can be picked, ordered and cut short."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its options, and those of every table that it does not have itself."""
        found = super().get_params(ctx)
        own = {one.name for one in found}
        place = next((place for place, one in enumerate(found) if one.name == "as_json"), len(found))
        return [*found[:place], *(one for one in view_options if one.name not in own), *found[place:]]

    def invoke(self, ctx: click.Context) -> object:
        """Runs the verb; what it prints is what the user wants to see."""
        own = {one.name for one in self.params}
        ctx.meta[VIEW] = View(**{one.name: ctx.params.pop(one.name, None) for one in view_options if one.name and one.name not in own})
        return super().invoke(ctx)


view_options = (
    click.Option(["--project"], metavar="PROJECT", help="Only rows about one project, or something in it."),
    click.Option(["--sort"], metavar="COLUMN", help="Order the rows by a column; -COLUMN: the largest first."),
    click.Option(["--top"], type=click.IntRange(min=1), help="Only the first few rows."),
)


@contextlib.contextmanager
def _standard_input(ctx: click.Context) -> Iterator[None]:
    """Where a portfolio is read from `-`, what comes by standard input is kept as a file while the verb runs.

    Raises:
        click.UsageError: two portfolios are to be read from it.
    """
    asked = [one.name for one in ctx.command.params if isinstance(one, click.Argument) and one.metavar in PORTFOLIOS and one.name]
    names = [name for name in asked if ctx.params.get(name) == STANDARD_INPUT]
    if not names:
        yield
        return
    if len(names) > 1:
        raise click.UsageError("only one of them can come by standard input; name the other's file", ctx)
    data = sys.stdin.buffer.read()
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / f"portfolio{ending_of(data)}"
        kept.write_bytes(data)
        ctx.params[names[0]] = ctx.meta[TAKEN] = str(kept)
        yield


def ending_of(data: bytes) -> str:
    """The ending of a file with these contents: what formats are told by, where the contents do not say it themselves."""
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    for begins, ending in ((b"PK", ".xlsx"), (b"ERMHDR", ".xer"), (b"<", ".xml"), (b"[", ".json")):
        if start.startswith(begins):
            return ending
    if start[:1] == b"{":  # keys without quotes are YAML
        return ".json" if start[1:].lstrip()[:1] in (b'"', b"}", b"") else ".yaml"
    first = start.partition(b"\n")[0]
    return ".csv" if not KEY.match(first) and any(mark in first for mark in (b",", b";", b"\t")) else ".yaml"


@contextlib.contextmanager
def _seldom_collecting() -> Iterator[None]:
    """A verb makes many objects that stay until it ends: the collector would look at all of them again and again."""
    before = gc.get_threshold()
    gc.set_threshold(*COLLECTING)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _located(error: IpmoError, path: str) -> tuple[Problem, ...]:
    """What is wrong with an item, at the place where the item stands in the file."""
    if not error.items or not path:
        return ()
    try:
        found = places(ipmo.read(path), error.items[:1])
    except IpmoError:
        return ()
    return tuple(Problem(message=str(error), file=file, line=line, column=column) for file, line, column in found.values())


portfolio_argument = click.argument("path", type=click.Path(), metavar="PORTFOLIO")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object with rows and findings.")
on_cycle_option = click.option(
    "--on-cycle",
    type=click.Choice(["error", "cut"]),
    default="error",
    help="Where links form a loop: refuse, or go on without the worst link of it.",
)
as_of_option = click.option(
    "--as-of",
    metavar="DATE",
    help="The date of the figures; the status date when left out. A month such as 2025-03: the portfolio as it was then, by its snapshot.",
)
baseline_option = click.option("--baseline", metavar="FILE", help="The plan to compare with.")
level_option = click.option("--level", type=click.Choice(["portfolio", "programme", "project", "task"]), help="Only this level.")
every_option = click.option(
    "--every", type=click.Choice(list(EVERY)), default="month", help="The length of a period; a month when left out."
)
out_option = click.option("--out", "-o", metavar="FILE", help="Write it to this file.")


class Office(click.Group):
    """The group: its verbs stand under what they are for, each with its whole sentence."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The verbs by the module that they are in."""
        by: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            verb = self.get_command(ctx, name)
            if verb is not None and not verb.hidden:
                room = ELSEWHERE.get(name, getattr(verb.callback, "__module__", "").rpartition(".")[2])
                by.setdefault(ROOMS.get(room, room), []).append((name, verb.get_short_help_str(limit=1000)))
        widest = max((len(name) for rows in by.values() for name, _ in rows), default=0)
        for title in dict.fromkeys([*ROOMS.values(), *by]):
            if title in by:
                with formatter.section(title):
                    formatter.write_dl([(name.ljust(widest), said) for name, said in by[title]])


ROOMS: Mapping[str, str] = {
    "report": "For people who decide",
    "control": "How it stands",
    "dates": "Dates",
    "dependencies": "Who waits for whom",
    "change": "What if, what changed, what must be decided",
    "risk": "How sure",
    "money": "Money",
    "benefits": "Benefits",
    "resources": "People and machines",
    "methods": "Methods and gates",
    "portfolio": "Files",
    "spreadsheets": "Spreadsheets",
    "doctor": "This installation",
}
"""What verbs are for, by the module that they are in."""
ELSEWHERE: Mapping[str, str] = {"ask": "methods", "capacity": "resources", "snapshot": "portfolio"}
"""Verbs that people look for under something else than their module."""


@click.group(
    cls=Office,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with: ipmo report PORTFOLIO --open. Every verb says more with --help.",
)
@click.version_option(ipmo.__version__, prog_name="ipmo")
def main() -> None:
    """A portfolio office on the command line. PORTFOLIO is a YAML or JSON file, a folder with
    portfolio.yaml, a spreadsheet (.xlsx, .csv), or a file of Primavera P6 (.xer) or Microsoft
    Project (.xml, .mpp)."""


def answer(table: Table, as_json: bool, notes: Iterable[str] = (), leave: Iterable[str] = (), **more: object) -> None:
    """A table for people (columns without any value left out), or as JSON: the rows that the user wants to see."""
    view = view_of()
    rows = view.of(table)
    if as_json:
        emit(plain_rows(rows), (), **more)
        return
    names = [n for n in rows.columns if n not in set(leave) and any(value not in (None, "") for value in rows[n])]
    if len(rows):
        _printed(rows, tuple(names))
    elif len(table):
        say_none()
    for note in notes:
        say(note)


def print_table(table: Table, columns: tuple[str, ...]) -> None:
    """A table for people, the rows that they want to see: dates without midnight, floats in days."""
    rows = view_of().of(table)
    if len(rows) or not len(table):
        _printed(rows, columns)
    else:
        say_none()


def say_none() -> None:
    """Where nothing is left of what there is, says that nothing is about the project that was asked for.

    Raises:
        UnknownItemError: there is no such project.
    """
    project = view_of().project
    if project is not None:
        say(none_of(project, _path()))


def _path() -> str:
    """Of the portfolio that the verb is about."""
    context = click.get_current_context(silent=True)
    return str(context.params.get("path") or "") if context is not None else ""


def _printed(table: Table, columns: tuple[str, ...]) -> None:
    stream = _output()
    if stream.isatty():
        on_terminal(table, columns, stream)
        return
    for line in plain(table, columns):
        say(line)
