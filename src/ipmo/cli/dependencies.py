"""The verbs on dependencies: links across projects, interfaces, single points of failure."""

from __future__ import annotations

from typing import Literal

import click

import ipmo
from ipmo.analysis.dependencies.crossings import BOUNDARIES, Boundary, ProjectDependency
from ipmo.analysis.dependencies.handed_over import table as handed_over_table
from ipmo.analysis.dependencies.interfaces import MEASURES, Measured
from ipmo.analysis.dependencies.ranking import EXPECTED, RANKS, RankBy
from ipmo.analysis.risk.expected_loss import ExpectedLoss, expected_losses
from ipmo.cli.shell import (
    Row,
    TableVerb,
    answer,
    emit,
    json_option,
    main,
    on_cycle_option,
    plain_rows,
    portfolio_argument,
    say,
    say_none,
    view_of,
)
from ipmo.errors import listed
from ipmo.words import agree, counted, measured, rounded_text

__all__: list[str] = []


@main.command(cls=TableVerb)
@portfolio_argument
@click.option("--boundary", type=click.Choice(BOUNDARIES), default="project", help="Which boundary they cross.")
@click.option("--slip", default="10 d", metavar="TIME", help="How much later the giver gives, for what that moves and costs.")
@click.option("--rank-by", type=click.Choice(RANKS), default="float", help="What comes first.")
@click.option("--reach", metavar="LINK", help="Every target that one link leads to, and from which slip on.")
@click.option("--agreements", is_flag=True, help="Who owns each hand-over, its dates, and its issues.")
@on_cycle_option
@json_option
def links(
    path: str,
    boundary: Boundary,
    slip: str,
    rank_by: RankBy,
    reach: str | None,
    agreements: bool,
    on_cycle: Literal["error", "cut"],
    as_json: bool,
) -> None:
    """What is handed over across projects, what matters most first, with its receivers and the reason."""
    portfolio = ipmo.read(path)
    found = ipmo.critical_links(portfolio, boundary=boundary, slip=slip, rank_by=rank_by, on_cycle=on_cycle)
    expected = expected_losses(portfolio) if rank_by == EXPECTED else {}
    if reach is not None:
        link = found[reach]
        answer(found.reach_table([reach]), as_json, [link.reason], ("id",))
        return
    if agreements:
        answer(found.agreements(), as_json, leave=("giver", "receiver"))
        return
    view = view_of()
    shown = [row for row in found.hand_overs if view.about(row.item, *row.targets)][: view.top]
    if as_json:
        emit(
            plain_rows(view.of(found.table())),
            hand_overs=plain_rows(handed_over_table(shown, found.stakes.currency)),
            project_dependencies=plain_rows(found.project_dependency_table()),
            cuts=[list(cut) for cut in found.cuts],
            expected=[_expected_row(ends, loss) for ends, loss in expected.items()],
            unscheduled=list(found.unscheduled),
        )
        return
    if view.sort is not None:
        answer(found.table(), as_json)
        return
    if rank_by == EXPECTED and found.unscheduled:
        count = len(found.unscheduled)
        say(
            f"not in this order, as no sample says when {agree(count, 'it comes', 'they come')} and what that loses: {listed(found.unscheduled)}"
        )
    for row in shown:
        cost = f"; {found.slip} later costs {rounded_text(f'{row.loss:,}')}" if row.loss is not None and row.loss.amount else ""
        takers = f"-{row.first.type}-> {', '.join(row.targets)}"
        say(f"{row.rank:>3}. {row.item} {takers}\n     {row.reason}{cost}")
        losses = [loss for link in row.links if (loss := expected.get((link.source, link.target, link.type))) is not None]
        if losses:
            say(f"     {_expected(max(losses))}")
    if view.top is None:
        for link in list(found)[sum(len(row.links) for row in found.hand_overs) :]:
            if view.about(link.source, link.target):
                say(f"  -  {link.source} -{link.type}-> {link.target}: {link.reason}")
    between = [one for one in found.project_dependencies if view.about(one.source, one.target)]
    for one in between:
        gap = "unknown" if one.gap is None else measured(round(one.gap), "day")
        say(f"  -  {one.source} -> {one.target} ({one.kind}, between whole projects, gap {gap}{_own_date(one)})")
    for source, target, kind in found.cuts:
        say(f"cut to break a loop: {source} -{kind}-> {target}")
    if not len(found) and not found.project_dependencies:
        say("no link crosses a project boundary")
    elif view.project is not None and not shown and not between and not any(view.about(one.source, one.target) for one in found):
        say_none()


def _own_date(one: ProjectDependency) -> str:
    """How the date that a link between whole projects states for itself stands, in words."""
    if not one.standing:
        return ""
    if one.standing == "missed" and one.late:
        return f", its own date is missed by {counted(round(one.late), 'day')}"
    return ", not known whether its own date is kept" if one.standing == "unknown" else f", its own date is {one.standing}"


def _expected(loss: ExpectedLoss) -> str:
    """What the lateness of a hand-over costs on average, in words."""
    money = f"{loss.lost:,.0f} {loss.currency} of benefits, " if loss.currency else ""
    return f"expected to cost {money}{loss.end_days:.1f} days of the portfolio and {loss.days:.1f} of the receiver"


def _expected_row(ends: tuple[str, str, str], loss: ExpectedLoss) -> Row:
    source, target, kind = ends
    return {"source": source, "target": target, "type": kind, **loss._asdict()}


@main.command(cls=TableVerb)
@portfolio_argument
@click.option("--matrix", type=click.Choice(MEASURES), help="Receivers by givers, in an order in which as much as can be leads on.")
@click.option("--register", "register", metavar="PROJECT", help="The interface register of a project: what it gives and gets.")
@click.option("--waits", metavar="PROJECT", help="Who waits for a project, and for whom it waits.")
@click.option("--around", metavar="PROJECT", help="Draw its neighbourhood only.")
@click.option("--out", "-o", metavar="FILE", help="Write the picture (SVG): the network, or the matrix with --matrix.")
@on_cycle_option
@json_option
def interfaces(
    path: str,
    matrix: Measured | None,
    register: str | None,
    waits: str | None,
    around: str | None,
    out: str | None,
    on_cycle: Literal["error", "cut"],
    as_json: bool,
) -> None:
    """Who gives to whom: pairs of projects, as a table, a matrix or a picture."""
    view = ipmo.interfaces(path, on_cycle=on_cycle)
    if out is not None:
        figure = view.matrix(matrix).figure if matrix else view.figure(around)
        figure.save(out)
        emit([{"file": out}]) if as_json else say(f"wrote {out}")
        return
    if register is not None:
        answer(view.register(register), as_json)
    elif waits is not None:
        answer(view.waits(waits), as_json)
    elif matrix is not None:
        found = view.matrix(matrix)
        back = [f"{giver} to {receiver}" for giver, receiver in found.feedback]
        answer(found.table(), as_json, [f"leads back: {', '.join(back)}"] if back else [])
    else:
        answer(view.table(), as_json, [repr(view)[1:-1]])


@main.command(cls=TableVerb)
@portfolio_argument
@click.option("--of", metavar="EFFECT", help="What one benefit, objective or gate needs.")
@on_cycle_option
@json_option
def single_points(path: str, of: str | None, on_cycle: Literal["error", "cut"], as_json: bool) -> None:
    """Single points of failure: items without which a benefit, an objective or a gate fails."""
    found = ipmo.single_points(path, on_cycle=on_cycle)
    if of is not None:
        chain = found.of(of)
        emit([{"item": item} for item in chain]) if as_json else say(" -> ".join(chain))
        return
    answer(found.table(), as_json, [repr(found)[1:-1]], ("reason",))
