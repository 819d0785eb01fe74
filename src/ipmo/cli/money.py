"""The verbs on money and effort: roll-ups, earned value, money by period, capacity."""

from __future__ import annotations

from typing import Literal

import click

import ipmo
from ipmo.analysis.money.periods import EVERY
from ipmo.analysis.money.unrated import unrated_note
from ipmo.analysis.resources.capacity import Cut
from ipmo.cli.shell import (
    TableVerb,
    Verb,
    answer,
    as_of_option,
    baseline_option,
    emit,
    every_option,
    json_option,
    level_option,
    main,
    plain_rows,
    portfolio_argument,
    say,
)
from ipmo.units import as_share
from ipmo.words import agree

__all__: list[str] = []

confidence_option = click.option("--confidence", metavar="SHARE", help="Count uncertain money at this percentile: 80 % for P80.")
Every = Literal["month", "quarter", "year", "financial year"]
Level = Literal["portfolio", "programme", "project", "task"]


def _share(text: str | None) -> float | None:
    return None if text is None else as_share(text)


@main.command(cls=Verb)
@portfolio_argument
@click.argument("measure", default="budget")
@click.option(
    "--by",
    metavar="FIELD",
    help="Group by category, owner, state, programme, project, objective, office, month, quarter, year or an attribute.",
)
@level_option
@click.option("--as-of", metavar="DATE", help="Reports later than this are left out.")
@click.option("--include", multiple=True, type=click.Choice(["proposed", "cancelled"]), help="Count these projects too.")
@confidence_option
@click.option("--explain", metavar="ITEM", help="Show what a figure was made of.")
@json_option
def roll_up(
    path: str,
    measure: str,
    by: str | None,
    level: Level | None,
    as_of: str | None,
    include: tuple[Literal["proposed", "cancelled"], ...],
    confidence: str | None,
    explain: str | None,
    as_json: bool,
) -> None:
    """Roll a MEASURE up: budget, actual, forecast, funding, exit_cost, spent, effort, start, finish, progress, status."""
    r = ipmo.roll_up(path, measure, by=by, level=level, as_of=as_of, include=include, confidence=_share(confidence))
    if as_json:
        lines = list(r.explain(explain).lines) if explain else []
        emit(plain_rows(r.table()), r.findings, measure=r.measure.name, explanation=lines, unrated=list(r.unrated))
    elif explain:
        say(str(r.explain(explain)))
    else:
        for figure in (r[item] for item in r.table()["item"]):
            indent = {"programme": "  ", "project": "    ", "task": "      "}.get(figure.level, "")
            say(f"{indent}{figure}")
            if figure.left_out:
                say(f"{indent}  left out: {', '.join(figure.left_out)}")
        for note in unrated_note(r.unrated):
            say(note)


@main.command(cls=TableVerb)
@portfolio_argument
@as_of_option
@level_option
@baseline_option
@json_option
def earned_value(path: str, as_of: str | None, level: Level | None, baseline: str | None, as_json: bool) -> None:
    """Earned value and earned schedule on every level."""
    found = ipmo.earned_value(path, as_of=as_of, baseline=ipmo.read(baseline) if baseline else None)
    total = found.total
    noun = agree(total.total, "work package", "work packages")
    notes = [total.counts(f"{noun} known")]
    if total.floating:
        have, their, look = agree(total.floating, "has"), agree(total.floating, "its"), agree(total.floating, "looks", "look")
        plan = agree(total.floating, "plan moves", "plans move")
        notes.append(f"{total.floating} of them {have} no approved dates: {their} {plan} with the status date and never {look} late")
    for scope, items in (("added to the baseline, in no sum", found.added), ("removed from the baseline, still in BAC", found.removed)):
        notes += [f"{scope}: {', '.join(item.item for item in items)}"] if items else []
    answer(found.table(level), as_json, [*notes, *unrated_note(found.unrated)], ("name", "level"), unrated=list(found.unrated))


@main.command(cls=TableVerb)
@portfolio_argument
@every_option
@click.option("--item", metavar="ITEM", help="Only a programme, a project or a summary.")
@as_of_option
@confidence_option
@json_option
def time_phase(path: str, every: Every, item: str | None, as_of: str | None, confidence: str | None, as_json: bool) -> None:
    """Budget against actual against forecast, by period."""
    found = ipmo.time_phase(path, every=every, item=item, as_of=as_of, confidence=_share(confidence))
    notes = found.notes() or (() if found.periods else ["nothing has both an amount and a date"])
    answer(found.table(), as_json, notes, unrated=list(found.unrated))


@main.command(cls=TableVerb)
@portfolio_argument
@click.option("--by", type=click.Choice(["resource", "category", "project"]), default="resource", help="What the rows are.")
@click.option("--every", type=click.Choice(["week", *EVERY]), default="month", help="What a row sums.")
@click.option("--periods", type=click.IntRange(min=1), help="So many from now on, also those in which nothing is needed.")
@click.option("--proposed", is_flag=True, help="With the work of proposed projects on top.")
@json_option
def capacity(
    path: str, by: Literal["resource", "category", "project"], every: Cut, periods: int | None, proposed: bool, as_json: bool
) -> None:
    """What work demands of people and machines, against what there is."""
    found = ipmo.capacity(path, by=by, every=every, periods=periods, include=["proposed"] if proposed else [])
    notes = [f"no date, so in no period: {', '.join(found.undated)}"] if found.undated else []
    answer(found.table(), as_json, [*notes, repr(found)[1:-1]])
