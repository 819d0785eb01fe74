"""The verbs on dates: the schedule, and how good it is."""

from __future__ import annotations

from typing import Literal

import click

import ipmo
from ipmo.cli.shell import (
    TableVerb,
    answer,
    emit,
    json_option,
    main,
    on_cycle_option,
    plain_rows,
    portfolio_argument,
    print_table,
    say,
    view_of,
)
from ipmo.model import DIALECTS
from ipmo.words import agree, counted

__all__: list[str] = []


@main.command(cls=TableVerb)
@portfolio_argument
@click.option("--dialect", type=click.Choice(list(DIALECTS)), help="Conventions that tools differ on.")
@click.option("--explain", metavar="ITEM", help="Say why an item is when it is.")
@click.option("--back-from", metavar="DATE", help="Schedule back from this finish.")
@on_cycle_option
@json_option
def schedule(
    path: str, dialect: str | None, explain: str | None, back_from: str | None, on_cycle: Literal["error", "cut"], as_json: bool
) -> None:
    """Dates, floats and the critical path of everything."""
    pf = ipmo.read(path)
    s = ipmo.schedule(pf, dialect=dialect, on_cycle=on_cycle, back_from=back_from)
    if explain is not None:
        text = s.explain(explain)
        emit([{"item": explain, "explanation": line} for line in text.splitlines()]) if as_json else say(text)
        return
    if as_json:
        emit(plain_rows(view_of().of(s.table())), [found for found in ipmo.check(pf) if found.code.startswith("ipmo/")])
        return
    print_table(
        s.overview(),
        ("id", "starts", "finishes", "total_float", "target_float", "target", "commitment_float", "commitment", "critical", "undated"),
    )
    for source, target, kind in s.cuts:
        say(f"cut to break a loop: {source} -{kind}-> {target}")
    critical = len(s.critical_path())
    say(f"finish {s.end_text}; {counted(critical, 'item')} {agree(critical, 'is')} critical")


@main.command(cls=TableVerb)
@portfolio_argument
@click.option("--project", metavar="PROJECT", help="Only the work of one project.")
@json_option
def schedule_quality(path: str, project: str | None, as_json: bool) -> None:
    """The DCMA's 14 points: how good the schedule is as a schedule."""
    found = ipmo.schedule_quality(path, project=project)
    answer(found.table(), as_json, [repr(found)[1:-1]])
