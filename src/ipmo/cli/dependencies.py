"""The verbs on what hangs on what: links across projects, what-ifs, why something moved, slips, decisions."""

from __future__ import annotations

import click

import ipmo
from ipmo.analysis.change.movement import WHATS
from ipmo.analysis.dates.schedule import day_text
from ipmo.analysis.dependencies.crossings import BOUNDARIES, Boundary
from ipmo.analysis.dependencies.interfaces import MEASURES, Measured
from ipmo.analysis.dependencies.ranking import RULES, RankBy
from ipmo.cli.shell import Verb, answer, emit, json_option, loops_option, main, plain_rows, portfolio_argument, say
from ipmo.model.changes import Change

__all__: list[str] = []


def _loops(cut: bool) -> str:
    return "cut" if cut else "error"


@main.command(cls=Verb)
@portfolio_argument
@click.option("--top", type=click.IntRange(min=1), help="Only the first few.")
@click.option("--boundary", type=click.Choice(BOUNDARIES), default="project", help="Which boundary they cross.")
@click.option("--slip", default="10 d", metavar="TIME", help="How much later the giver gives, for what that moves and costs.")
@click.option("--rank-by", type=click.Choice(RULES), default="float", help="What comes first.")
@click.option("--reach", metavar="LINK", help="Every target that one link leads to, and from which slip on.")
@click.option("--agreements", is_flag=True, help="Who owns each hand-over, its dates, and its issues.")
@loops_option
@json_option
def links(
    path: str,
    top: int | None,
    boundary: Boundary,
    slip: str,
    rank_by: RankBy,
    reach: str | None,
    agreements: bool,
    cut_loops: bool,
    as_json: bool,
) -> None:
    """The links across projects, the one that matters most first, each with its reason."""
    found = ipmo.critical_links(ipmo.read(path), boundary=boundary, slip=slip, rank_by=rank_by, on_cycle=_loops(cut_loops))
    if reach is not None:
        link = found[reach]
        answer(found.reach_table([reach]), as_json, [link.reason], ("id",))
        return
    if agreements:
        answer(found.agreements(), as_json, leave=("giver", "receiver"))
        return
    table = found.table()
    if as_json:
        emit(
            plain_rows(table.head(top) if top else table),
            project_dependencies=plain_rows(found.project_dependency_table()),
            cuts=[list(cut) for cut in found.cuts],
        )
        return
    for link in list(found)[:top]:
        loss = found.loss(link)
        cost = f"; {found.slip} later costs {loss}" if loss is not None and loss.amount else ""
        say(f"{link.rank:>3}. {link.source} -{link.type}-> {link.target}\n     {link.reason}{cost}")
    for one in found.project_dependencies:
        gap = "unknown" if one.gap is None else f"{one.gap:.0f} days"
        say(f"  -  {one.source} -> {one.target} ({one.kind}, between whole projects, gap {gap})")
    for source, target, kind in found.cuts:
        say(f"cut to break a loop: {source} -{kind}-> {target}")
    if not len(found) and not found.project_dependencies:
        say("no link crosses a project boundary")


@main.command(cls=Verb)
@portfolio_argument
@click.option("--matrix", type=click.Choice(MEASURES), help="Receivers by givers, in an order in which as much as can be leads on.")
@click.option("--register", "register", metavar="PROJECT", help="What a project gives and gets.")
@click.option("--waits", metavar="PROJECT", help="Who waits for a project, and for whom it waits.")
@click.option("--around", metavar="PROJECT", help="Draw its neighbourhood only.")
@click.option("--svg", metavar="FILE", help="Write the picture: the network, or the matrix with --matrix.")
@loops_option
@json_option
def interfaces(
    path: str,
    matrix: Measured | None,
    register: str | None,
    waits: str | None,
    around: str | None,
    svg: str | None,
    cut_loops: bool,
    as_json: bool,
) -> None:
    """Who gives to whom: pairs of projects, as a table, a matrix or a picture."""
    view = ipmo.interfaces(ipmo.read(path), on_cycle=_loops(cut_loops))
    if svg is not None:
        figure = view.matrix(matrix).figure if matrix else view.figure(around)
        figure.save(svg)
        emit([{"file": svg}]) if as_json else say(f"wrote {svg}")
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


@main.command(cls=Verb)
@portfolio_argument
@click.option("--of", metavar="EFFECT", help="The chain of one benefit or objective.")
@loops_option
@json_option
def single_points(path: str, of: str | None, cut_loops: bool, as_json: bool) -> None:
    """Single points of failure: what every way to a benefit or an objective passes."""
    found = ipmo.single_points(ipmo.read(path), on_cycle=_loops(cut_loops))
    if of is not None:
        chain = found.of(of)
        emit([{"item": item} for item in chain]) if as_json else say(" -> ".join(chain))
        return
    answer(found.table(), as_json, [repr(found)[1:-1]], ("reason",))


def _asked(
    file: str | None,
    delay: tuple[tuple[str, str], ...],
    duration: tuple[tuple[str, str], ...],
    stop: tuple[str, ...],
    link: tuple[tuple[str, str], ...],
    unlink: tuple[tuple[str, str], ...],
) -> list[Change]:
    """The changes that the options ask for, those of the file first."""
    found: list[Change] = list(ipmo.read_changes(file)) if file is not None else []
    found += [ipmo.changes.Delay(item, by) for item, by in delay]
    found += [ipmo.changes.SetDuration(item, to) for item, to in duration]
    found += [ipmo.changes.Stop(item) for item in stop]
    found += [ipmo.changes.AddLink(source, target) for source, target in link]
    found += [ipmo.changes.RemoveLink(source, target) for source, target in unlink]
    return found


@main.command("what-if", cls=Verb)
@portfolio_argument
@click.option("--changes", "file", metavar="FILE", help="A file of changes: `ipmo: 1` and `changes:` with a list.")
@click.option("--delay", multiple=True, nargs=2, metavar="ITEM TIME", help="It starts, or ends, that much later.")
@click.option("--duration", multiple=True, nargs=2, metavar="ITEM TIME", help="It takes that long.")
@click.option("--stop", multiple=True, metavar="ITEM", help="A project or programme ends here.")
@click.option("--link", multiple=True, nargs=2, metavar="FROM TO", help="A new link, finish to start.")
@click.option("--unlink", multiple=True, nargs=2, metavar="FROM TO", help="A link falls away, finish to start.")
@click.option("--items", is_flag=True, help="Every item whose dates or float move.")
@click.option("--why", metavar="ITEM", help="Why one item moves, in parts that sum to it.")
@click.option("--write", metavar="FILE", help="Write the changed portfolio.")
@json_option
def what_if(
    path: str,
    file: str | None,
    delay: tuple[tuple[str, str], ...],
    duration: tuple[tuple[str, str], ...],
    stop: tuple[str, ...],
    link: tuple[tuple[str, str], ...],
    unlink: tuple[tuple[str, str], ...],
    items: bool,
    why: str | None,
    write: str | None,
    as_json: bool,
) -> None:
    """What would follow from changes: dates, money, benefits, status, exceptions. PORTFOLIO stays as it is."""
    asked = _asked(file, delay, duration, stop, link, unlink)
    if not asked:
        raise click.UsageError("say what changes: --changes FILE, --delay ITEM TIME, --duration ITEM TIME, --stop ITEM, --link FROM TO")
    found = ipmo.what_if(ipmo.read(path), *asked)
    if write is not None:
        ipmo.write(found.after, write)
    notes = [f"wrote {write}"] if write is not None else []
    if why is not None:
        move = ipmo.variance_analysis(found, why)
        emit(plain_rows(move.table()), text=str(move)) if as_json else say("\n".join([str(move), *notes]))
    elif items:
        answer(found.items(), as_json, notes)
    elif as_json:
        emit(plain_rows(found.table()), changes=[str(change) for change in found.changes])
    else:
        say("\n".join([str(found), *(f"  hit: {name}" for name in found.hit), *notes]))


@main.command(cls=Verb)
@click.argument("source", type=click.Path(), metavar="BEFORE")
@click.argument("target", type=click.Path(), metavar="AFTER")
@click.argument("item", metavar="ITEM")
@click.option("--what", type=click.Choice(WHATS), default="date", help="Its finish, its budget, its forecast, or the value of a benefit.")
@json_option
def variance(source: str, target: str, item: str, what: str, as_json: bool) -> None:
    """Why an item is other in AFTER than in BEFORE, in parts that sum to the movement."""
    move = ipmo.variance_analysis(ipmo.read(source), ipmo.read(target), item, what=what)
    if as_json:
        emit(plain_rows(move.table()), change=float(move.change), unit=move.unit, rule=move.rule)
        return
    say(str(move))


@main.command(cls=Verb)
@portfolio_argument
@click.option("--by", type=click.Choice(["project", "task"]), default="project", help="What slips in turn.")
@click.option("--slip", default="10 d", metavar="TIME", help="By how much.")
@click.option("--top", type=click.IntRange(min=1), default=20, help="How many rows; 20 when left out.")
@json_option
def delay_sensitivity(path: str, by: str, slip: str, top: int, as_json: bool) -> None:
    """Every project or task slipped in turn: what that does to each gate and benefit."""
    table = ipmo.delay_sensitivity(ipmo.read(path), slip=slip, by=by)
    notes = [f"{row.item}: {row.refused}" for row in table.refused[:5]]
    if as_json:
        emit(plain_rows(table.table()))
        return
    answer(table.matrix().head(top), False, [repr(table)[1:-1], *notes])


@main.command(cls=Verb)
@portfolio_argument
@json_option
def decisions(path: str, as_json: bool) -> None:
    """Gates, open decisions and unmet conditions in order of need, with what waiting costs."""
    queue = ipmo.decisions_due(ipmo.read(path))
    if as_json:
        emit(plain_rows(queue.table()))
        return
    for row in queue:
        by = day_text(row.by, finish=True) or "no date"
        say(f"{by}  {row.kind} {row.item}: {row.name}\n            {row.reason}")
    if not len(queue):
        say("nothing waits for a decision")
