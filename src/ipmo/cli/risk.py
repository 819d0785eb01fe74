"""The verb on risk: how sure dates, costs and benefits are."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import click

import ipmo
from ipmo.cli.shell import Verb, answer, emit, json_option, main, plain_rows, portfolio_argument, say
from ipmo.errors import listed
from ipmo.model import DIALECTS
from ipmo.words import counted

if TYPE_CHECKING:  # no verb waits for numpy that does not simulate
    from ipmo.analysis.resources.capacity import Cut
    from ipmo.analysis.risk.causes import RiskView
    from ipmo.analysis.risk.distributions import PertRule

__all__: list[str] = []
SHOWN = ("task", "summary")
"""Kinds that the terminal leaves out."""


@main.command(cls=Verb)
@portfolio_argument
@click.option("--samples", type=int, default=10_000, metavar="N", help="How many samples; 10,000 when left out.")
@click.option("--seed", type=int, default=1, metavar="N", help="Names the random numbers: the same seed, the same answer.")
@click.option(
    "--risks", type=click.Choice(["before", "after", "none"]), default="before", help="Risks before or after their responses, or none."
)
@click.option("--dialect", type=click.Choice(list(DIALECTS)), help="Conventions that tools differ on.")
@click.option("--pert", type=click.Choice(["beta", "classic"]), default="beta", help="The deviation of a PERT estimate.")
@click.option(
    "--threshold", type=float, metavar="PERCENT", help="Stop when no key figure moves by more between two checks; --samples are the most."
)
@click.option("--check-every", type=int, metavar="N", help="Samples between two checks of the threshold; 1024 when left out.")
@click.option("--explain", metavar="ITEM", help="Say how sure an item is.")
@click.option("--criticality", is_flag=True, help="Which work decides the end, and how often.")
@click.option("--drivers", is_flag=True, help="What each driver, risk and estimate adds to the P80 of the end.")
@click.option("--responses", is_flag=True, help="What the response to each risk is worth.")
@click.option("--hand-overs", is_flag=True, help="Links across projects by what their lateness costs.")
@click.option("--merges", is_flag=True, help="Merge bias: where paths join, how much later than each alone says.")
@click.option(
    "--demand", type=click.Choice(("week", "month", "quarter", "year")), help="What is needed of each resource by period, at P50 and P80."
)
@click.option("--errors", is_flag=True, help="The standard error of each figure.")
@click.option("--contingency", is_flag=True, help="What to add to the plan so that it holds with 80 %.")
@json_option
def simulate(
    path: str,
    samples: int,
    seed: int,
    risks: str,
    dialect: str | None,
    pert: str,
    threshold: float | None,
    check_every: int | None,
    explain: str | None,
    criticality: bool,
    drivers: bool,
    responses: bool,
    hand_overs: bool,
    merges: bool,
    demand: str | None,
    errors: bool,
    contingency: bool,
    as_json: bool,
) -> None:
    """How sure dates, costs and benefits are: one joint simulation of the whole portfolio."""
    found = ipmo.simulate(
        path,
        samples=samples,
        seed=seed,
        risks=cast("RiskView", risks),
        dialect=dialect,
        pert=cast("PertRule", pert),
        threshold=threshold,
        check_every=check_every,
        keep=() if explain is None else (explain,),
        progress=not as_json,
    )
    if found.grade == "refused":
        if as_json:
            emit([], found.findings, grade=found.grade, samples=found.samples, seed=found.seed, settings=found.settings)
        for finding in found.findings:
            say(str(finding), err=True)
        say(f"{path}: the simulation is refused: it would answer nothing", err=True)
        sys.exit(1)
    told = [] if explain is None else [{"item": explain, "explanation": found.explain(explain)}]
    choices = (
        ("criticality", found.criticality, criticality),
        ("drivers", found.drivers, drivers),
        ("responses", found.responses, responses),
        ("hand-overs", found.hand_overs, hand_overs),
        ("merges", found.merges, merges),
        ("demand", functools.partial(found.demand, cast("Cut", demand or "month")), demand is not None),
        ("errors", found.errors, errors),
        ("contingency", found.contingency, contingency),
    )
    asked = {name: table_of() for name, table_of, wanted in choices if wanted}
    whole = found.table()
    if as_json:
        named: list[tuple[str, Mapping[str, object]]] = [("explanation", row) for row in told]
        named += [(name, row) for name, table in (asked or ({} if told else {"": whole})).items() for row in plain_rows(table)]
        rows = [{"table": name, **row} if len(asked) + len(told) > 1 else row for name, row in named]
        emit(rows, found.findings, grade=found.grade, samples=found.samples, seed=found.seed, settings=found.settings)
        return
    for row in told:
        say(row["explanation"])
    if told and not asked:
        return
    for name, table in (asked or {"": whole.where([kind not in SHOWN for kind in whole["kind"]])}).items():
        if name and not len(table):
            say(f"{name}: none")
            continue
        if len(asked) + len(told) > 1:
            say(f"{name}:")
        answer(table, as_json=False)
    for note in [*map(str, found.findings), f"seed {found.seed}, {found.settings}", repr(found)[1:-1]]:
        say(note)


@main.command(cls=Verb)
@click.argument("path", type=click.Path(), metavar="FOLDER")
@click.option("--samples", type=int, default=1000, metavar="N", help="Of the simulation of each snapshot; 1,000 when left out.")
@click.option("--seed", type=int, default=1, metavar="N", help="Names the random numbers.")
@click.option("--explain", metavar="ROW", help='Say how a way of forecasting did, as "simulation, all".')
@click.option("--forecasts", is_flag=True, help="Each forecast and what came.")
@json_option
def calibration(path: str, samples: int, seed: int, explain: str | None, forecasts: bool, as_json: bool) -> None:
    """Whether past forecasts held: the P50s, P80s and P90s of the snapshots in FOLDER against what came."""
    found = ipmo.calibration(path, samples=samples, seed=seed, progress=not as_json)
    if explain is not None:
        said = found.explain(explain)
        if as_json:
            emit([{"row": explain, "explanation": said}])
        else:
            say(said)
        return
    notes = [f"{day}: no simulation: {why}" for day, why in found.refused.items()]
    if found.unknown:
        notes.append(f"of {counted(len(found.unknown), 'item')} nobody knows what became of them: {listed(found.unknown)}")
    answer(found.forecast_table() if forecasts else found.table(), as_json, [*notes, repr(found)[1:-1]])
