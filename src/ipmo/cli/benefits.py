"""The verbs on benefits: what they are worth, whose they are, which objective they serve, and what to go on with."""

from __future__ import annotations

from typing import get_args

import click

import ipmo
from ipmo.analysis.benefits.attribution import Method
from ipmo.analysis.money.unrated import unrated_note
from ipmo.cli.shell import TableVerb, answer, as_of_option, baseline_option, json_option, main, portfolio_argument

__all__: list[str] = []

discount_option = click.option(
    "--discount", metavar="RATE", help="A rate (3.5%) or the name of a schedule; the portfolio's own when left out."
)


@main.command(cls=TableVerb)
@portfolio_argument
@discount_option
@as_of_option
@baseline_option
@json_option
def benefits(path: str, discount: str | None, as_of: str | None, baseline: str | None, as_json: bool) -> None:
    """Benefits: when they start, what they are worth, what their delay costs."""
    found = ipmo.benefits(path, discount=discount, as_of=as_of, baseline=ipmo.read(baseline) if baseline else None)
    answer(found.table(), as_json, [repr(found)[1:-1], *unrated_note(found.unrated)], ("name",), unrated=list(found.unrated))


@main.command(cls=TableVerb)
@portfolio_argument
@click.option(
    "--method",
    type=click.Choice(get_args(Method)),
    default="flow",
    help="Along the shares of the benefits map, by what is lost without a project, or by its average part over all orders.",
)
@discount_option
@json_option
def attribution(path: str, method: Method, discount: str | None, as_json: bool) -> None:
    """Attribute the value of benefits to the projects behind them."""
    found = ipmo.attribute(path, method=method, discount=discount)
    answer(found.table(), as_json, [repr(found)[1:-1]])


@main.command(cls=TableVerb)
@portfolio_argument
@json_option
def line_of_sight(path: str, as_json: bool) -> None:
    """Which project serves which objective, and the orphans both ways."""
    found = ipmo.line_of_sight(path)
    notes = [f"no project serves {name}" for name in found.unserved] + [f"{name} serves no objective" for name in found.orphans]
    if not found.projects and not found.objectives:
        notes.append("there is no project that counts, and no objective that one could serve")
    answer(found.table(), as_json, notes, unserved=list(found.unserved), orphans=list(found.orphans))


@main.command(cls=TableVerb)
@portfolio_argument
@json_option
def worth_going_on(path: str, as_json: bool) -> None:
    """Which projects are worth going on with: the benefit that is lost without each by what it still costs, and what stopping frees."""
    found = ipmo.worth_going_on(path)
    notes = [found.explain(project) for project in found.ids]
    answer(found.table(), as_json, notes or ["no project is under way or proposed: there is nothing to go on with or to stop"])


@main.command(cls=TableVerb)
@portfolio_argument
@click.option("--by", metavar="DATE", help="A day for all objectives; each one's own target date when left out.")
@json_option
def attainment(path: str, by: str | None, as_json: bool) -> None:
    """How far each objective will be reached by its day, from what contributes to it."""
    found = ipmo.attainment(path, by=by)
    answer(found.table(), as_json, [found.explain(objective) for objective in found.ids])
