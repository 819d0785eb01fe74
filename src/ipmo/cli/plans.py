"""The verbs on a portfolio as it is: read, check, schedule, roll up, status, report, convert."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

import ipmo
from ipmo.analysis.benefits.attribution import Method
from ipmo.analysis.dates.schedule import day_text
from ipmo.cli.shell import Verb, answer, emit, json_option, loops_option, main, plain_rows, portfolio_argument, print_table, say
from ipmo.findings import Findings

EXTRAS = {"numba": "fast", "pandas": "", "polars": "", "pyarrow": "", "hypothesis": "testing", "playwright": ""}


@main.command(cls=Verb)
@portfolio_argument
@click.option("--strict", is_flag=True, help="Any finding of the reading is an error.")
@json_option
def read(path: str, strict: bool, as_json: bool) -> None:
    """Read a portfolio and say what was understood."""
    pf = ipmo.read(path, strict=strict)
    counts = {name: len(table) for name, table in pf.tables().items() if name != "portfolio"}
    if as_json:
        emit(
            [{"noun": noun, "count": count} for noun, count in counts.items()],
            pf.source.findings,
            portfolio=pf.id,
            understood=pf.source.understood,
            refused=pf.source.refused,
            digest=pf.digest,
        )
        return
    say(f"{pf.name or pf.id}: {', '.join(f'{count} {noun}' for noun, count in counts.items())}")
    say(f"{pf.source.understood} rows understood, {pf.source.refused} refused, {len(pf.source.findings)} findings")
    for found in pf.source.findings:
        say(f"  {found}")


@main.command(cls=Verb)
@portfolio_argument
@click.option("--history", metavar="FOLDER", help="Earlier months: what is stuck or slides shows over time only.")
@json_option
def check(path: str, history: str | None, as_json: bool) -> None:
    """List everything that somebody should look at; exit 1 when there is an error among it."""
    found = ipmo.check(path, history=history)
    if as_json:
        emit(plain_rows(found.table()), found)
    else:
        for finding in found:
            say(str(finding))
        say(f"{len(found)} findings, {len(found.errors)} of them errors" if len(found) else "nothing to look at")
    if found.errors:
        sys.exit(1)


@main.command(cls=Verb)
@portfolio_argument
@click.option("--dialect", type=click.Choice(["ipmo", "msproject", "p6"]), help="Conventions that tools differ on.")
@click.option("--explain", metavar="ITEM", help="Say why an item is when it is.")
@click.option("--back-from", metavar="DATE", help="Schedule back from this finish.")
@loops_option
@json_option
def schedule(path: str, dialect: str | None, explain: str | None, back_from: str | None, cut_loops: bool, as_json: bool) -> None:
    """Dates, floats and the critical path of everything."""
    pf = ipmo.read(path)
    s = ipmo.schedule(pf, dialect=dialect, on_cycle="cut" if cut_loops else "error", back_from=back_from)
    if explain is not None:
        text = s.explain(explain)
        emit([{"item": explain, "explanation": line} for line in text.splitlines()]) if as_json else say(text)
        return
    table = s.table()
    if as_json:
        emit(plain_rows(table), [found for found in ipmo.check(pf) if found.code.startswith("ipmo/")])
        return
    columns = ("id", "starts", "finishes", "total_float", "target_float", "target", "critical", "undated")
    print_table(s.overview(), columns)
    for source, target, kind in s.cuts:
        say(f"cut to break a loop: {source} -{kind}-> {target}")
    say(f"finish {day_text(s.finish, finish=True) if s.finish else 'reached'}; {len(s.critical_path())} items are critical")


@main.command(cls=Verb)
@portfolio_argument
@click.argument("measure", default="budget")
@click.option(
    "--by",
    metavar="FIELD",
    help="Group by category, owner, state, programme, project, objective, office, month, quarter, year or an attribute.",
)
@click.option("--level", type=click.Choice(["portfolio", "programme", "project", "task"]), help="Only this level.")
@click.option("--as-of", metavar="DATE", help="Reports later than this are not seen.")
@click.option("--include", multiple=True, type=click.Choice(["proposed", "cancelled"]), help="Count these projects too.")
@click.option("--explain", metavar="ITEM", help="Show what a figure was made of.")
@json_option
def roll_up(
    path: str,
    measure: str,
    by: str | None,
    level: str | None,
    as_of: str | None,
    include: tuple[str, ...],
    explain: str | None,
    as_json: bool,
) -> None:
    """Roll a MEASURE up: budget, actual, forecast, funding, spent, effort, start, finish, progress, status."""
    r = ipmo.roll_up(ipmo.read(path), measure, by=by, level=level, as_of=as_of, include=include)
    if as_json:
        emit(plain_rows(r.table()), r.findings, measure=r.measure.name, explanation=list(r.explain(explain).lines) if explain else [])
    elif explain:
        say(str(r.explain(explain)))
    else:
        for figure in (r[item] for item in r.table()["item"]):
            indent = {"programme": "  ", "project": "    ", "task": "      "}.get(figure.level, "")
            say(f"{indent}{figure}")
            if figure.left_out:
                say(f"{indent}  left out: {', '.join(figure.left_out)}")


def _baseline(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--baseline", metavar="FILE", help="The plan to compare with.")(command)


@main.command(cls=Verb)
@portfolio_argument
@click.option("--policy", default="tolerance", metavar="NAME", help="How colours combine: tolerance, worst child, majority, ...")
@click.option("--reported", is_flag=True, help="Combine reported colours instead of computed ones.")
@_baseline
@json_option
def status(path: str, policy: str, reported: bool, baseline: str | None, as_json: bool) -> None:
    """Computed status beside reported status, and what must be escalated."""
    plan = ipmo.read(baseline) if baseline else None
    view = ipmo.status(ipmo.read(path), policy=policy, of="reported" if reported else "computed", baseline=plan)
    notes = [f"escalate to {b.escalate_to or 'nobody'}: {b.item}, {b.aspect}: {b.text}" for b in view.breaches]
    answer(view.table(), as_json, [*notes, repr(view)[1:-1]], ("name", "level"), exceptions=plain_rows(view.exceptions()))


@main.command(cls=Verb)
@portfolio_argument
@json_option
def raid_log(path: str, as_json: bool) -> None:
    """Count risks, assumptions, issues, dependencies, decisions and changes at every level."""
    answer(ipmo.raid_log(ipmo.read(path)).table(), as_json)


@main.command(cls=Verb)
@portfolio_argument
@click.option("--discount", metavar="RATE", help="A rate (3.5%) or the name of a schedule; the portfolio's own when left out.")
@_baseline
@json_option
def benefits(path: str, discount: str | None, baseline: str | None, as_json: bool) -> None:
    """Benefits: when they start, what they are worth, what their delay costs."""
    found = ipmo.benefits(ipmo.read(path), discount=discount, baseline=ipmo.read(baseline) if baseline else None)
    answer(found.table(), as_json, [repr(found)[1:-1]], ("name",))


@main.command(cls=Verb)
@portfolio_argument
@click.option("--method", default="flow", type=click.Choice(["flow", "leave-one-out", "shapley"]), help="How it is divided.")
@click.option("--discount", metavar="RATE", help="A rate (3.5%) or the name of a schedule.")
@json_option
def attribution(path: str, method: Method, discount: str | None, as_json: bool) -> None:
    """Divide the value of benefits among the projects behind them."""
    found = ipmo.attribute(ipmo.read(path), method=method, discount=discount)
    answer(found.table(), as_json, [repr(found)[1:-1]])


@main.command(cls=Verb)
@portfolio_argument
@json_option
def line_of_sight(path: str, as_json: bool) -> None:
    """Which project serves which objective, and the orphans both ways."""
    found = ipmo.line_of_sight(ipmo.read(path))
    notes = [f"no project serves {name}" for name in found.unserved] + [f"{name} serves no objective" for name in found.orphans]
    answer(found.table(), as_json, notes, unserved=list(found.unserved), orphans=list(found.orphans))


@main.command(cls=Verb)
@portfolio_argument
@click.option("--as-of", metavar="DATE", help="The date of the figures; the status date when left out.")
@click.option("--level", type=click.Choice(["portfolio", "programme", "project", "task"]), help="Only this level.")
@_baseline
@json_option
def earned_value(path: str, as_of: str | None, level: str | None, baseline: str | None, as_json: bool) -> None:
    """Earned value and earned schedule on every level."""
    found = ipmo.earned_value(ipmo.read(path), as_of=as_of, baseline=ipmo.read(baseline) if baseline else None)
    notes = [f"{found.total.known} of {found.total.total} work packages known"]
    if found.total.floating:
        notes.append(f"{found.total.floating} of them have no approved dates: their plan moves with the data date and never looks late")
    answer(found.table(level), as_json, notes, ("name", "level"))


@main.command(cls=Verb)
@portfolio_argument
@click.option("--every", default="month", metavar="PERIOD", help="month, quarter, year or financial year.")
@click.option("--item", metavar="ITEM", help="Only a programme, a project or a summary.")
@json_option
def time_phase(path: str, every: str, item: str | None, as_json: bool) -> None:
    """Budget against actual against forecast, by period."""
    found = ipmo.time_phase(ipmo.read(path), every=every, item=item)
    answer(found.table(), as_json, found.notes() or (() if found.periods else ["nothing has both an amount and a date"]))


@main.command(cls=Verb)
@portfolio_argument
@click.option("--by", default="resource", metavar="FIELD", help="resource, category or project.")
@click.option("--every", default="month", metavar="PERIOD", help="month, quarter, year or financial year.")
@json_option
def capacity(path: str, by: str, every: str, as_json: bool) -> None:
    """What work asks of people and machines, against what there is."""
    found = ipmo.capacity(ipmo.read(path), by=by, period=every)
    notes = [f"no date, so not asked for: {', '.join(found.undated)}"] if found.undated else []
    answer(found.table(), as_json, [*notes, repr(found)[1:-1]])


@main.command(cls=Verb)
@portfolio_argument
@loops_option
@json_option
def changes(path: str, cut_loops: bool, as_json: bool) -> None:
    """Assess every open change request by what it would do."""
    found = ipmo.assess_impact(ipmo.read(path), on_cycle="cut" if cut_loops else "error")
    if as_json:
        emit(plain_rows(found.table()))
        return
    for impact in found:
        say(str(impact))
    if not len(found):
        say("no change request waits for a decision")


@main.command(cls=Verb)
@click.argument("source", type=click.Path(), metavar="BEFORE")
@click.argument("target", type=click.Path(), metavar="AFTER")
@click.option("--all", "everything", is_flag=True, help="Every change, not only their counts.")
@json_option
def compare(source: str, target: str, everything: bool, as_json: bool) -> None:
    """What changed between two months or years: who came, who went, dates, money, confidence."""
    found = ipmo.compare(ipmo.read(source), ipmo.read(target))
    answer(
        found.table() if everything or as_json else found.counts(), as_json, [str(found), *found.notes], counts=plain_rows(found.counts())
    )


@main.command(cls=Verb)
@portfolio_argument
@click.option("--to", metavar="FILE", help="Where; history/YEAR-MONTH.json beside the portfolio when left out.")
@click.option("--baseline", metavar="ID", help="It becomes this baseline: baselines/ID.json.")
@click.option("--reason", default="", help="Why.")
@json_option
def snapshot(path: str, to: str | None, baseline: str | None, reason: str, as_json: bool) -> None:
    """Freeze a month or a baseline: text that is never overwritten, stamped with its digest."""
    pf = ipmo.read(path)
    written = ipmo.snapshot(pf, to, baseline=baseline, reason=reason)
    if as_json:
        emit([{"file": str(written)}])
        return
    say(f"froze {written}")
    if baseline:
        where = os.path.relpath(written, Path(path) if Path(path).is_dir() else Path(path).parent).replace(os.sep, "/")
        say(f"name it under baselines: - {{id: {baseline}, date: {pf.status_date}, file: {where}}}")


@main.command(cls=Verb)
@click.argument("path", type=click.Path(), metavar="FOLDER")
@click.argument("measure", default="budget")
@click.option("--item", metavar="ITEM", help="One item; the whole portfolio when left out.")
@json_option
def trend(path: str, measure: str, item: str | None, as_json: bool) -> None:
    """A MEASURE over the months frozen in FOLDER."""
    answer(ipmo.trend(path, measure, item), as_json, leave=("snapshot",))


@main.command(cls=Verb)
@click.argument("path", type=click.Path(), metavar="FOLDER")
@json_option
def reporting_compliance(path: str, as_json: bool) -> None:
    """Who has reported for the last month frozen in FOLDER, and who has not."""
    table = ipmo.reporting_compliance(ipmo.history(path))
    late = [name for name, reported in zip(table["project"], table["reported"], strict=True) if not reported]
    answer(table, as_json, [f"{len(late)} of {len(table)} have not reported"], ("name",))


@main.command(cls=Verb)
@portfolio_argument
@click.option("--out", "-o", default=None, metavar="FILE", help="Where to write it; out/NAME.html when left out.")
@click.option("--title", help="Its heading; the portfolio's name when left out.")
@click.option("--before", metavar="FILE", help="An earlier state of it: the report says what changed since.")
@json_option
def report(path: str, out: str | None, title: str | None, before: str | None, as_json: bool) -> None:
    """Write the report: one offline HTML file for a director. Prints a summary."""
    pf = ipmo.read(path)
    where = Path(out) if out else Path("out") / f"{Path(path.rstrip('/')).stem}.html"
    written = ipmo.report(pf, where, title=title, before=before)
    found = ipmo.check(pf)
    if as_json:
        emit([{"file": str(written)}], found)
        return
    _summary(pf, found)
    say(f"\nwrote {written}: open it in a browser, it needs no network")


def _summary(pf: ipmo.Portfolio, found: Findings) -> None:
    """What the report says, in a dozen lines."""
    s = ipmo.schedule(pf, on_cycle="cut")
    say(f"{pf.name or pf.id}" + (f", seen from {pf.status_date}" if pf.status_date else ""))
    rows = [item for item in s.items() if item.kind in ("task", "milestone", "gate", "project")]
    open_rows = [item for item in rows if item.total_float is not None]
    done = [item for item in rows if item.early_finish is not None and item.total_float is None and not item.undated]
    late = sorted((i for i in open_rows if i.target_float is not None and i.target_float < 0), key=lambda i: (i.target_float or 0, i.id))
    missed = sorted(found.of("ipmo/promise-missed"), key=lambda f: f.item)
    end = day_text(s.finish, finish=True) if s.finish else "reached"
    say(f"{len(pf.projects)} projects, {len(rows)} items: {len(done)} done, {len(open_rows)} open; the last finishes {end}")
    say(f"{len(missed)} promises are missed in this forecast; {len(late)} open items lead to one of them")
    for finding in missed[:5]:
        say(f"  {finding.message}")
    if len(missed) > 5:
        say(f"  and {len(missed) - 5} more")
    links_found = ipmo.critical_links(pf, on_cycle="cut")
    live = [link for link in links_found if link.link_float is not None]
    if live:
        say(f"the {min(5, len(live))} links across projects that matter most, of {len(live)} open ones:")
        for link in live[:5]:
            say(f"  {link.rank}. {link.source} -{link.type}-> {link.target}\n     {link.reason}")


@main.command(cls=Verb)
@click.argument("source", type=click.Path())
@click.argument("target", type=click.Path())
@click.option("--from", "from_", metavar="FORMAT", help="Format of the source; sniffed when left out.")
@click.option("--to", metavar="FORMAT", help="Format of the target; its ending says it when left out.")
@json_option
def convert(source: str, target: str, from_: str | None, to: str | None, as_json: bool) -> None:
    """Read SOURCE and write TARGET in the format of its ending (.yaml, .json, a folder ending in /)."""
    pf = ipmo.read(source, format=from_)
    ipmo.write(pf, target, format=to)
    if as_json:
        emit([{"source": source, "target": target}], pf.source.findings)
    else:
        say(f"wrote {target}")


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
        click.echo(json.dumps(document, indent=1, ensure_ascii=False))


@main.command(cls=Verb)
@json_option
def doctor(as_json: bool) -> None:
    """Say what is installed and usable: versions, plugins, extras, cache, browser, data."""
    rows = list(_doctor())
    if as_json:
        emit(rows)
        return
    width = max(len(row["what"]) for row in rows)
    for row in rows:
        say(f"{row['what'].ljust(width)}  {row['value']}")


def _doctor() -> Iterable[dict[str, str]]:
    import shutil

    from ipmo.desk import installed

    def of(package: str) -> str:
        try:
            return version(package)
        except PackageNotFoundError:
            return ""

    yield {"what": "ipmo", "value": ipmo.__version__}
    yield {"what": "python", "value": f"{platform.python_version()} on {platform.system()}"}
    for package in ("attrs", "cattrs", "pluggy", "numpy", "networkx", "pint", "PyYAML", "jinja2", "click", "narwhals"):
        yield {"what": package, "value": of(package) or "missing"}
    for package, extra in EXTRAS.items():
        hint = f"not installed; try: pip install '{'ipmo[' + extra + ']' if extra else package}'"
        yield {"what": package, "value": of(package) or hint}
    for plugin in installed().plugins[1:]:  # the first is ipmo itself
        yield {"what": f"plugin {plugin.name}", "value": f"{plugin.distribution}: {plugin.error or 'loaded'}"}
    cache = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(ipmo.__file__).parent / "network" / "__pycache__")
    yield {
        "what": "kernel cache",
        "value": f"{'writable' if os.access(cache if cache.exists() else cache.parent, os.W_OK) else 'not writable: set NUMBA_CACHE_DIR'}",
    }
    names = ("chromium", "chromium-browser", "google-chrome")
    browser = os.environ.get("IPMO_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    yield {"what": "browser", "value": "found" if browser else "none (only the report's tests need one)"}
    data = Path(os.environ.get("IPMO_DATA", "../shared/data"))
    yield {"what": "data", "value": "found" if data.is_dir() else "none (only tests on real files need it): set IPMO_DATA"}
