"""The verbs on a portfolio's file: read, check, convert, and the schema of the format."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import attrs
import click

import ipmo
from ipmo.analysis.dates.reproduced import Reproduced, reproduced
from ipmo.cli.shell import (
    COLOURS,
    FEW,
    Verb,
    answer,
    as_json_text,
    emit,
    json_option,
    losses,
    main,
    plain_rows,
    portfolio_argument,
    say,
    say_findings,
)
from ipmo.cli.viewing import View, none_of
from ipmo.errors import FileError, IpmoError, listed
from ipmo.files.one_project import one_project
from ipmo.findings import Findings
from ipmo.model import Portfolio
from ipmo.words import agree, counted

__all__: list[str] = []

NOUNS = {"bodies": "board", "people": "person"}
"""What one calls a noun whose table has another name."""


@main.command(cls=Verb)
@portfolio_argument
@click.option("--strict", is_flag=True, help="Any finding of the reading is an error.")
@click.option("--mapping", metavar="YAML", type=click.Path(), help="What the columns of a spreadsheet mean: a file of `ipmo map`.")
@click.option("--all", "every", is_flag=True, help="Print every finding, also where many are alike.")
@json_option
def read(path: str, strict: bool, mapping: str | None, every: bool, as_json: bool) -> None:
    """Read a portfolio and say what was understood."""
    pf = ipmo.read(path, strict=strict, mapping=mapping, progress=True)
    counts = {name: len(table) for name, table in pf.tables().items() if name != "portfolio"}
    if as_json:
        compared = _compared(pf)
        emit(
            [{"noun": noun, "count": count} for noun, count in counts.items()],
            pf.source.findings,
            portfolio=pf.id,
            understood=pf.source.understood,
            refused=pf.source.refused,
            cells=dict(pf.source.cells) or None,
            digest=pf.digest,
            dates_reproduced=None
            if compared is None
            else {
                "compared": compared.compared,
                "exact": compared.exact,
                "early": compared.early,
                "start_and_finish": compared.shown,
                "late": compared.late,
                "floats": compared.floats,
                "finished": compared.finished,
                "without_dates": compared.undated,
                "classes": dict(compared.kinds),
            },
        )
        return
    say(f"{pf.name or pf.id}: {', '.join(_counted(count, noun) for noun, count in counts.items()) or 'nothing in it'}")
    understood = f"{counted(pf.source.understood, 'row')} understood"
    say(f"{understood}, {pf.source.refused} refused, {counted(len(pf.source.findings), 'finding')}")
    if pf.source.cells:
        say(f"cells: {', '.join(f'{count:,} {word}' for word, count in pf.source.cells.items())}")
    say_findings(pf.source.findings, every=every)
    if (compared := _compared(pf)) is not None:
        say(str(compared))
        if compared.differences:
            say("ipmo check lists each row that differs, with its cause")


def _compared(pf: Portfolio) -> Reproduced | None:
    """The dates that a file stores beside those of the schedule; None where it stores none, or there is no schedule."""
    if not pf.source.stored:
        return None
    try:
        return reproduced(pf, ipmo.schedule(pf, on_cycle="cut"))
    except IpmoError:
        return None  # check says why there is no schedule


def _counted(count: int, noun: str) -> str:
    """How many of a noun there are, by the name of its table: `programmes`, `data_flows`."""
    words = noun.replace("_", " ")
    one = NOUNS.get(noun) or (f"{words[:-3]}y" if words.endswith("ies") else words.removesuffix("s"))
    return counted(count, one)


@main.command(cls=Verb)
@portfolio_argument
@click.option("--history", metavar="FOLDER", help="Earlier months: what is stuck or slides shows over time only.")
@click.option("--standard", metavar="NAME", help="Hold it against a public data standard, clause by clause: uk-project-data.")
@click.option("--project", metavar="PROJECT", help="Only findings about one project, or something in it.")
@click.option("--top", type=click.IntRange(min=1), help="Only the first few.")
@json_option
def check(path: str, history: str | None, standard: str | None, project: str | None, top: int | None, as_json: bool) -> None:
    """List everything that somebody should look at; exit 1 when there is an error among it."""
    everything = ipmo.check(path, history=history, standard=standard, progress=True)
    view = View(project=project)
    found = Findings(finding for finding in everything if view.about(finding.item))
    if as_json:
        emit(plain_rows(found.table()), list(found)[:top])
    else:
        for finding in list(found)[:top]:
            say(str(finding), colour=COLOURS.get(finding.severity))
        if project is not None and not len(found):
            say(none_of(project, path))
        errors = len(found.errors)
        say(
            f"{counted(len(found), 'finding')}, {errors} of them {agree(errors, 'an error', 'errors')}"
            if len(found)
            else "nothing to look at"
        )
    if found.errors:
        sys.exit(1)


@main.command(cls=Verb)
@click.argument("source", type=click.Path(), metavar="PORTFOLIO")
@click.argument("target", type=click.Path())
@click.option("--from", "from_", metavar="FORMAT", help="Format of the source; found from the file when left out.")
@click.option("--to", metavar="FORMAT", help="Format of the target; its ending says it when left out.")
@click.option("--mapping", metavar="YAML", type=click.Path(), help="What the columns of a spreadsheet mean: a file of `ipmo map`.")
@click.option("--project", metavar="PROJECT", help="Only one project: what it gets from others becomes external, with its day.")
@json_option
def convert(source: str, target: str, from_: str | None, to: str | None, mapping: str | None, project: str | None, as_json: bool) -> None:
    """Read PORTFOLIO and write TARGET in the format of its ending (.yaml, .json, a folder ending in /)."""
    pf = ipmo.read(source, format=from_, mapping=mapping)
    alone = None
    if project is not None:
        if all(one.id != project for one in pf.projects):
            raise click.UsageError(f"there is no project {project!r}; it has {listed([one.id for one in pf.projects])}")
        whole, (pf, alone) = pf, one_project(pf, project)
        pf = attrs.evolve(pf, source=whole.source)
    ipmo.write(pf, target, format=to)
    if alone is not None:
        alone.warn(Path(target))
    if as_json:
        emit([{"source": source, "target": target}], pf.source.findings, losses=losses())
    else:
        say(f"wrote {target}")


@main.command(cls=Verb)
@click.argument("hub", type=click.Path(), metavar="HUB")
@click.argument("spokes", type=click.Path(), nargs=-1, required=True, metavar="SPOKE...")
@click.option("--out", type=click.Path(), metavar="FILE", help="Write the whole there, in the format of its ending.")
@click.option(
    "--interfaces", is_flag=True, help="Of each spoke only what it hands up: hand-ins and hand-outs, milestones, gates, commitments."
)
@json_option
def merge(hub: str, spokes: tuple[str, ...], out: str | None, interfaces: bool, as_json: bool) -> None:
    """HUB and each SPOKE as one portfolio, with ids that say whose an item is, and who said what. NAME=FILE names a spoke."""
    named: dict[str, ipmo.Portfolio] = {}
    if "=" in hub and not os.path.exists(hub):
        raise click.UsageError(f"{hub!r}: the hub keeps its ids, and has no name; write {hub.partition('=')[2]!r} for it")
    for one in spokes:
        name, equals, file = one.partition("=")
        spoke = ipmo.read(file if equals else one)
        if (called := name if equals else spoke.id) in named:
            raise click.UsageError(f"two spokes are called {called!r}; write NAME=FILE for one of them")
        named[called] = ipmo.hand_up(spoke) if interfaces else spoke
    found = ipmo.merge(hub, named)
    if out is not None:
        ipmo.write(found.portfolio, out)
    notes = [str(finding) for finding in found.findings] + ([f"wrote {out}"] if out is not None else [])
    answer(found.table(), as_json, [repr(found)[1:-1], *notes])


@main.command("hand-up", cls=Verb)
@click.argument("source", type=click.Path(), metavar="PORTFOLIO")
@click.argument("target", type=click.Path())
@json_option
def hand_up(source: str, target: str, as_json: bool) -> None:
    """Write to TARGET the interface of PORTFOLIO: what a hub needs of it for the answers of the whole plan, and no other work."""
    pf = ipmo.read(source)
    small = ipmo.hand_up(pf)
    ipmo.write(small, target)
    before, after = (sum(len(project.tasks) for project in one.projects) for one in (pf, small))
    if as_json:
        emit([{"source": source, "target": target, "tasks": before, "handed_up": after}])
    else:
        say(f"wrote {target}: {after} of {before} tasks, with the ends of what is left out")


@main.command(cls=Verb)
@click.argument("source", type=click.Path(), metavar="PORTFOLIO")
@click.argument("target", type=click.Path())
@click.option("--programme", metavar="PROGRAMME", help="The projects of this programme, at any depth.")
@click.option("--project", "projects", multiple=True, metavar="ID", help="This project, or those of this programme; may be given again.")
@click.option("--where", "having", multiple=True, metavar="NAME=VALUE", help="Projects with this value of a field, or of a free attribute.")
@click.option("--all", "every", is_flag=True, help="Say everything that was cut, not the first of each kind only.")
@json_option
def select(
    source: str,
    target: str,
    programme: str | None,
    projects: tuple[str, ...],
    having: tuple[str, ...],
    every: bool,
    as_json: bool,
) -> None:
    """Write a part of PORTFOLIO to TARGET, with the dates that come from outside it, and say what was cut.

    --where state=active --where department=MOD: both are so; of two values of one name, either.
    """
    if not (programme or projects or having):
        raise click.UsageError("say which part: --programme PROGRAMME, --project ID or --where NAME=VALUE")
    values: dict[str, list[str]] = {}
    for text in having:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"--where {text!r} is no NAME=VALUE; write --where state=active")
        values.setdefault(name.strip(), []).append(value.strip())
    if programme is None and len(values.get("programme", ())) == 1:
        programme = values.pop("programme")[0]
    part = ipmo.read(source).select(projects or None, programme=programme, **values)
    ipmo.write(part, target)
    cut = [one for one in part.source.findings if one.code.startswith("ipmo/part")]
    if as_json:
        emit([{"source": source, "target": target}], cut)
        return
    for code in dict.fromkeys(one.code for one in cut):
        some = [one for one in cut if one.code == code]
        for finding in some if every else some[:FEW]:
            say(f"  {finding.message}", colour=COLOURS.get(finding.severity))
        if not every and len(some) > FEW:
            say(f"  ... and {len(some) - FEW} more like it; --all shows them")
    say(f"wrote {target}: {counted(len(part.projects), 'project')}")


@main.command(cls=Verb)
@click.argument("path", type=click.Path())
@click.option(
    "--methods", metavar="NAME[,NAME]", default="", help="Methods that the portfolio follows: filled in, with their gates to pick."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@json_option
def template(path: str, methods: str, force: bool, as_json: bool) -> None:
    """Write an Excel workbook to fill in: lists to pick from, limits on dates, help on every heading."""
    chosen = [name.strip() for name in methods.split(",") if name.strip()]
    if os.path.exists(path) and not force:
        raise FileError(path, "is there already; it may have been filled in: name another file, or say --force")
    ipmo.write_template(path, methods=chosen)
    if as_json:
        emit([{"target": path, "methods": chosen}], ())
    else:
        say(f"wrote {path}: fill in the sheets Portfolio and Projects first, then ipmo check {path}")


@main.command(cls=Verb)
@json_option
def schema(as_json: bool) -> None:
    """Print the JSON schema of the file format, for editors."""
    from ipmo.files.schema import json_schema

    document = json_schema()
    if as_json:
        rows = [{"noun": name, "fields": len(part.get("properties", {}))} for name, part in document["$defs"].items()]
        emit(rows, schema=document)
    else:
        as_json_text(document)
