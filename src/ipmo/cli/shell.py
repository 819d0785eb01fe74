"""What all verbs share: the group, errors as sentences, tables for people and JSON for machines."""

from __future__ import annotations

import contextlib
import gc
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TextIO

import click

import ipmo
from ipmo.analysis.money.periods import EVERY
from ipmo.errors import IpmoError, Problem
from ipmo.files.places import places
from ipmo.files.reading import text_in
from ipmo.findings import Finding, Findings
from ipmo.tables import Table, shown

__all__ = [
    "Row",
    "Verb",
    "answer",
    "as_json_text",
    "as_of_option",
    "baseline_option",
    "clean",
    "emit",
    "every_option",
    "json_option",
    "level_option",
    "main",
    "on_cycle_option",
    "out_option",
    "plain_rows",
    "portfolio_argument",
    "print_table",
    "say",
    "say_findings",
]

OUTPUT = "ipmo.output"
FEW = 3
"""Findings of one kind that are printed before the rest are counted."""
COLLECTING = (100_000, 20, 100)
"""How many objects more than were freed there are before cyclic garbage is looked for, and how often in those that are older."""
NUMBER = re.compile(r"[0-9]+")
VALUE = re.compile(r"'(?:[^'\\]|\\.)*'|\"[^\"]*\"|[0-9][0-9.,:/-]*")
"""What a message quotes or counts: what differs between findings of one kind."""
Row = dict[str, object]
"""A row as JSON has it."""


def clean(text: str) -> str:
    """Text with control characters shown instead of sent to the terminal."""
    return "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else f"\\x{ord(c):02x}" for c in text)


def _output() -> TextIO:
    """Standard output as the command found it: while a verb runs, what plugins print goes to standard error."""
    context = click.get_current_context(silent=True)
    kept: TextIO | None = context.meta.get(OUTPUT) if context is not None else None
    return kept or sys.stdout


def say(text: str = "", *, err: bool = False) -> None:
    """Prints for people."""
    click.echo(clean(text), file=None if err else _output(), err=err)


def say_findings(findings: Iterable[Finding], *, every: bool) -> None:
    """Prints findings for people: of those that differ in their places and values only, the first few, and how many more there are."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for found in findings:
        where, _, why = found.message.partition(": ")
        alike.setdefault((found.code, NUMBER.sub("", where) + VALUE.sub("", why)), []).append(found)
    for group in alike.values():
        for found in group if every else group[:FEW]:
            say(f"  {found}")
        if not every and len(group) > FEW:
            say(f"  ... and {len(group) - FEW} more like it; --all shows them")


def as_json_text(data: object) -> None:
    """One JSON value on standard output."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str), file=_output())


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


class Verb(click.Command):
    """A command whose errors are sentences, and JSON with --json."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its options; a verb that reads a file takes the file's encoding too."""
        found = super().get_params(ctx)
        if any(one.name in ("path", "source") and isinstance(one, click.Argument) for one in found):
            found.insert(-1, encoding_option)
        return found

    def invoke(self, ctx: click.Context) -> object:
        """Runs the verb; an error of ipmo becomes a sentence, and exit code 1."""
        as_json = bool(ctx.params.get("as_json"))
        ctx.meta[OUTPUT] = sys.stdout
        try:
            with contextlib.redirect_stdout(sys.stderr), text_in(ctx.params.pop("encoding", None)), _seldom_collecting():
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
as_of_option = click.option("--as-of", metavar="DATE", help="The date of the figures; the status date when left out.")
baseline_option = click.option("--baseline", metavar="FILE", help="The plan to compare with.")
level_option = click.option("--level", type=click.Choice(["portfolio", "programme", "project", "task"]), help="Only this level.")
every_option = click.option(
    "--every", type=click.Choice(list(EVERY)), default="month", help="The length of a period; a month when left out."
)
out_option = click.option("--out", "-o", metavar="FILE", help="Write it to this file.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(ipmo.__version__, prog_name="ipmo")
def main() -> None:
    """A portfolio office on the command line. PORTFOLIO is a YAML or JSON file, a folder with
    portfolio.yaml, a spreadsheet (.xlsx, .csv), or a file of Primavera P6 (.xer) or Microsoft
    Project (.xml, .mpp)."""


def answer(table: Table, as_json: bool, notes: Iterable[str] = (), leave: Iterable[str] = (), **more: object) -> None:
    """A table for people (columns without any value left out), or as JSON."""
    if as_json:
        emit(plain_rows(table), (), **more)
        return
    names = [n for n in table.columns if n not in set(leave) and any(value not in (None, "") for value in table[n])]
    if len(table):
        print_table(table, tuple(names))
    for note in notes:
        say(note)


def print_table(table: Table, columns: tuple[str, ...]) -> None:
    """A table for the terminal: dates without midnight, floats in days."""
    texts = [[name, *(shown(value) for value in table[name])] for name in columns]
    widths = [max(map(len, column)) for column in texts]
    for row in zip(*texts, strict=True):
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
