"""The verbs on change: what if, what changed and why, delays in turn, change requests, decisions."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import click

import ipmo
from ipmo.analysis.change.quantity import What
from ipmo.analysis.change.sensitivity import By
from ipmo.analysis.dates.schedule import OnCycle
from ipmo.cli.shell import (
    TableVerb,
    Verb,
    answer,
    emit,
    json_option,
    main,
    on_cycle_option,
    out_option,
    plain_rows,
    portfolio_argument,
    say,
    say_none,
    view_of,
)
from ipmo.model.changes import Change
from ipmo.units import day_text
from ipmo.words import more

__all__: list[str] = []

MOST = 12
"""Lines on what follows from a change; the rest is counted."""
Pairs = tuple[tuple[str, str], ...]


def _changes(
    file: str | None, delay: Pairs, duration: Pairs, stop: Iterable[str], pause: Iterable[str], link: Pairs, unlink: Pairs
) -> list[Change]:
    """The changes that the options name, those of the file first."""
    found: list[Change] = list(ipmo.read_changes(file)) if file is not None else []
    found += [ipmo.changes.Delay(item, by) for item, by in delay]
    found += [ipmo.changes.SetDuration(item, to) for item, to in duration]
    found += [ipmo.changes.Stop(item) for item in stop]
    found += [ipmo.changes.Pause(item) for item in pause]
    found += [ipmo.changes.AddLink(source, target) for source, target in link]
    found += [ipmo.changes.RemoveLink(source, target) for source, target in unlink]
    return found


@main.command("what-if", cls=Verb)
@portfolio_argument
@click.option("--changes", "file", metavar="FILE", help="A file of changes: `ipmo: 1` and `changes:` with a list.")
@click.option("--delay", multiple=True, nargs=2, metavar="ITEM TIME", help="It starts, or ends, that much later.")
@click.option("--duration", multiple=True, nargs=2, metavar="ITEM TIME", help="It takes that long.")
@click.option("--stop", multiple=True, metavar="ITEM", help="A project or programme ends here: with the money and people that are freed.")
@click.option("--pause", multiple=True, metavar="ITEM", help="A project or programme waits.")
@click.option("--link", multiple=True, nargs=2, metavar="FROM TO", help="A new link, finish to start.")
@click.option("--unlink", multiple=True, nargs=2, metavar="FROM TO", help="A link falls away, finish to start.")
@click.option("--items", is_flag=True, help="Every item whose dates or float move.")
@click.option("--why", metavar="ITEM", help="Why one item moves, in parts that sum to it.")
@on_cycle_option
@out_option
@json_option
def what_if(
    path: str,
    file: str | None,
    delay: Pairs,
    duration: Pairs,
    stop: tuple[str, ...],
    pause: tuple[str, ...],
    link: Pairs,
    unlink: Pairs,
    items: bool,
    why: str | None,
    on_cycle: OnCycle,
    out: str | None,
    as_json: bool,
) -> None:
    """What would follow from changes: dates, money, benefits, status, exceptions. PORTFOLIO stays as it is.

    --out writes the changed portfolio.
    """
    changes = _changes(file, delay, duration, stop, pause, link, unlink)
    if not changes:
        raise click.UsageError(
            "say what changes: --changes FILE, --delay ITEM TIME, --duration ITEM TIME, --stop ITEM, --pause ITEM, --link FROM TO"
        )
    found = ipmo.what_if(path, *changes, on_cycle=on_cycle)
    if out is not None:
        ipmo.write(found.after, out)
    notes = [f"wrote {out}"] if out is not None else []
    if why is not None:
        movement = ipmo.variance_analysis(found, why, on_cycle=on_cycle)
        emit(plain_rows(movement.table()), text=str(movement)) if as_json else say("\n".join([str(movement), *notes]))
    elif items:
        answer(found.items(), as_json, notes)
    elif as_json:
        emit(plain_rows(found.table()), changes=[str(change) for change in found.changes], freed=plain_rows(found.freed.table()))
    else:
        say("\n".join([str(found), *(f"  hit: {name}" for name in found.hit), *notes]))


@main.command(cls=TableVerb)
@portfolio_argument
@click.argument("files", nargs=-1, type=click.Path(), metavar="[CHANGES]...")
@click.option("--stop", multiple=True, metavar="ITEM", help="A scenario in which this project or programme ends here.")
@click.option("--pause", multiple=True, metavar="ITEM", help="A scenario in which it waits.")
@click.option("--delay", multiple=True, nargs=2, metavar="ITEM TIME", help="A scenario in which it comes that much later.")
@on_cycle_option
@json_option
def scenarios(
    path: str,
    files: tuple[str, ...],
    stop: tuple[str, ...],
    pause: tuple[str, ...],
    delay: Pairs,
    on_cycle: OnCycle,
    as_json: bool,
) -> None:
    """Several what-ifs side by side, one row each: when all ends, what breaks, what it costs, what benefits are worth.

    Each CHANGES file is one scenario, and so is each --stop, --pause and --delay.
    """
    stems = [Path(file).stem for file in files]
    tried: dict[str, list[Change]] = {
        stem if stems.count(stem) == 1 else file: list(ipmo.read_changes(file)) for stem, file in zip(stems, files, strict=True)
    }
    for change in _changes(None, delay, (), stop, pause, (), ()):
        tried[str(change)] = [change]
    if not tried:
        raise click.UsageError("say what to try: files of changes, --stop ITEM, --pause ITEM, --delay ITEM TIME")
    found = ipmo.scenarios(path, tried, on_cycle=on_cycle)
    answer(found.table(), as_json, () if as_json else (repr(found)[1:-1],), () if files else ("changes",))


@main.command(cls=TableVerb)
@click.argument("source", type=click.Path(), metavar="BEFORE")
@click.argument("target", type=click.Path(), metavar="AFTER")
@click.option("--all", "everything", is_flag=True, help="Every change, not only their counts.")
@on_cycle_option
@json_option
def compare(source: str, target: str, everything: bool, on_cycle: OnCycle, as_json: bool) -> None:
    """What changed between two months or years: missed commitments, who came, who went, dates, money, confidence."""
    found = ipmo.compare(source, target, on_cycle=on_cycle)
    if not as_json:  # what follows first, missed commitments on top
        lines = [str(found), *(f"  {line}" for line in found.lines if line not in str(found).splitlines())]
        say("\n".join([*lines[:MOST], *([rest] if (rest := more(len(lines) - MOST)) else [])]))
    table = found.table() if everything or as_json else found.counts()
    answer(table, as_json, found.notes, counts=plain_rows(found.counts()))


@main.command(cls=Verb)
@click.argument("source", type=click.Path(), metavar="BEFORE")
@click.argument("target", type=click.Path(), metavar="AFTER")
@click.argument("item", metavar="ITEM")
@click.option(
    "--what", type=click.Choice(get_args(What)), default="date", help="Its finish, its budget, its forecast, or the value of a benefit."
)
@on_cycle_option
@json_option
def variance(source: str, target: str, item: str, what: What, on_cycle: OnCycle, as_json: bool) -> None:
    """Why an item is other in AFTER than in BEFORE, in parts that sum to the movement."""
    movement = ipmo.variance_analysis(source, target, item, what=what, on_cycle=on_cycle)
    if as_json:
        emit(plain_rows(movement.table()), change=float(movement.change), unit=movement.unit, rule=movement.rule)
        return
    say(str(movement))


@main.command(cls=Verb)
@portfolio_argument
@click.option("--by", type=click.Choice(get_args(By)), default="project", help="What is delayed in turn.")
@click.option("--slip", default="10 d", metavar="TIME", help="By how much.")
@click.option("--top", type=click.IntRange(min=1), default=20, help="How many rows; 20 when left out.")
@on_cycle_option
@json_option
def delay_sensitivity(path: str, by: By, slip: str, top: int, on_cycle: OnCycle, as_json: bool) -> None:
    """Every project or task delayed in turn: what that does to each gate and benefit."""
    found = ipmo.delay_sensitivity(path, slip=slip, by=by, on_cycle=on_cycle)
    notes = [f"{row.item}: {row.refused}" for row in found.refused[:5]]
    if as_json:
        emit(plain_rows(found.table()))
        return
    answer(found.matrix().head(top), False, [repr(found)[1:-1], *notes])


@main.command(cls=Verb)
@portfolio_argument
@on_cycle_option
@json_option
def assess_impact(path: str, on_cycle: OnCycle, as_json: bool) -> None:
    """What each open change request would do to dates and budget."""
    found = ipmo.assess_impact(path, on_cycle=on_cycle)
    if as_json:
        emit(plain_rows(found.table()))
        return
    for impact in found:
        say(str(impact))
    if not len(found):
        say("no change request waits for a decision")


@main.command(cls=TableVerb)
@portfolio_argument
@on_cycle_option
@click.option("--register", is_flag=True, help="How long each took, and what late ones have cost so far, by who decides.")
@json_option
def decisions(path: str, on_cycle: OnCycle, register: bool, as_json: bool) -> None:
    """Gates, open decisions and unmet conditions in order of need, with what waiting costs."""
    queue, view = ipmo.decisions_due(path, on_cycle=on_cycle), view_of()
    if register:
        found = queue.register()
        answer(found.table(), as_json)
        for name in () if as_json else found.lateness:
            say(found.explain(name))
        return
    if as_json or view.sort is not None:
        answer(queue.table(), as_json)
        return
    shown = [row for row in queue if view.about(row.item)][: view.top]
    if len(queue) and not shown:
        say_none()
    for row in shown:
        by = day_text(row.by, finish=True) or "no date"
        say(f"{by}  {row.kind} {row.item}: {row.name}\n            {row.reason}")
    if not len(queue):
        say("nothing waits for a decision")
