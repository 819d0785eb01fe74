"""The verb on people and machines that makes a plan: levelling."""

from __future__ import annotations

from typing import get_args

import click

import ipmo
from ipmo.analysis.resources.levelling import Objective, Solver, Within
from ipmo.analysis.resources.weighing import Priority
from ipmo.cli.shell import TableVerb, answer, emit, json_option, main, out_option, portfolio_argument, say
from ipmo.units import as_number

__all__: list[str] = []


@main.command(cls=TableVerb)
@portfolio_argument
@click.option(
    "--within", type=click.Choice(get_args(Within)), default="capacity", help="Keep every capacity, or move nothing beyond its float."
)
@click.option("--objective", type=click.Choice(get_args(Objective)), default="commitments", help="What counts first.")
@click.option("--passes", type=click.IntRange(min=1), default=50, help="How many plans are made; the best is kept.")
@click.option("--seed", type=int, default=1, help="Of the noise in priorities.")
@click.option("--priority", type=click.Choice(get_args(Priority)), default="stated", help="What a day of each project counts.")
@click.option("--frozen", multiple=True, metavar="ITEM", help="A task or project that stays where it is too; may be repeated.")
@click.option("--proposed", is_flag=True, help="Work of proposed projects takes its share too.")
@click.option(
    "--price",
    multiple=True,
    metavar="ROLE",
    help="Say what one more of a resource or role brings and costs; ROLE=2 for two; may be repeated.",
)
@click.option("--since", metavar="DAY", help="The first day on which those of --price are there.")
@click.option("--until", metavar="DAY", help="The first day on which they are there no more.")
@click.option("--with", "changes", metavar="FILE", help="Say what changes would bring (hire, shift, stop, add), levelled in the same way.")
@click.option("--solver", type=click.Choice(get_args(Solver)), default="own", help="Have CP-SAT improve the plan (needs ipmo[level]).")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), default=10.0, help="How long CP-SAT may take.")
@click.option("--explain", metavar="ITEM", help="Say what an item waits for.")
@click.option("--delays", is_flag=True, help="Write levelling delays, as Microsoft Project does, instead of starts not before a date.")
@out_option
@json_option
def level(
    path: str,
    within: Within,
    objective: Objective,
    passes: int,
    seed: int,
    priority: Priority,
    frozen: tuple[str, ...],
    proposed: bool,
    price: tuple[str, ...],
    since: str | None,
    until: str | None,
    changes: str | None,
    solver: Solver,
    seconds: float,
    explain: str | None,
    delays: bool,
    out: str | None,
    as_json: bool,
) -> None:
    """Put work off where people and machines do not suffice; say what waits for whom, and write the levelled plan."""
    plan = ipmo.level(
        path, within=within, objective=objective, passes=passes, seed=seed, frozen=frozen, include=["proposed"] if proposed else [],
        priority=priority, solver=solver, seconds=seconds,
    )  # fmt: skip
    if out is not None:
        dialect = "msproject" if out.lower().endswith(".xml") else None
        ipmo.write(plan.with_delays(dialect) if delays else plan.portfolio, out)
    if explain is not None:
        text = plan.explain(explain)
        emit([{"item": explain, "explanation": line} for line in text.splitlines()]) if as_json else say(text)
        return
    asked = [one.rpartition("=") if "=" in one else (one, "=", "1") for one in price]
    prices = [plan.price(name, as_number(more), since=since, until=until) for name, _, more in asked]
    beside = [] if changes is None else [plan.beside(ipmo.what_if(plan.before, *ipmo.read_changes(changes)).after)]
    notes = [
        *plan.reasons,
        *map(str, prices),
        *map(str, beside),
        *map(str, plan.shortages),
        *map(str, plan.conflicts),
        *(f"takes nothing: {item}: {why}" for item, why in plan.left_out),
        repr(plan)[1:-1],
    ]
    answer(plan.table(), as_json, notes if out is None else [*notes, f"wrote {out}"])
