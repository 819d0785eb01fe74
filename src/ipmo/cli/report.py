"""The report, with a summary for the terminal."""

from __future__ import annotations

from pathlib import Path

import click

import ipmo
from ipmo.analysis.dates.several import tallied
from ipmo.cli.shell import Verb, emit, json_option, main, out_option, portfolio_argument, say
from ipmo.words import agree, counted, more

__all__: list[str] = []


@main.command(cls=Verb)
@portfolio_argument
@out_option
@click.option("--title", help="Its heading; the portfolio's name when left out.")
@click.option(
    "--before", metavar="FILE", help="An earlier state of it: the report says what changed since. Else its latest snapshot before."
)
@click.option("--no-before", is_flag=True, help="Compare with no earlier state.")
@click.option("--pptx", is_flag=True, help="Also at most six slides for a board beside it, with charts that can be edited.")
@click.option("--pdf", is_flag=True, help="Also as it prints on A4 beside it, by Chromium.")
@click.option("--interactive", is_flag=True, help="Also NAME-interactive.html beside it, which sorts, filters and folds, equally offline.")
@click.option("--open", "opened", is_flag=True, help="Open it in the browser.")
@json_option
def report(
    path: str,
    out: str | None,
    title: str | None,
    before: str | None,
    no_before: bool,
    pptx: bool,
    pdf: bool,
    interactive: bool,
    opened: bool,
    as_json: bool,
) -> None:
    """Write the report: one offline HTML file for a director; out/NAME.html unless --out says where. Prints a summary."""
    pf = ipmo.read(path, progress=True)
    earlier: str | bool | None = False if no_before and before is None else before
    where = Path(out) if out else Path("out") / f"{Path(path.rstrip('/')).stem}.html"
    written = ipmo.report(pf, where, title=title, before=earlier, progress=True)
    more = [where.with_suffix(end) for wanted, end in ((pptx, ".pptx"), (pdf, ".pdf")) if wanted]
    files = [written, *(ipmo.report(pf, one, title=title, before=earlier) for one in more)]
    if interactive:
        live = where.with_name(f"{where.stem}-interactive.html")
        files.append(ipmo.report(pf, live, title=title, before=earlier, interactive=True))
    if opened:
        click.launch(written.resolve().as_uri())
    if as_json:
        emit([{"file": str(one)} for one in files], ipmo.check(pf))
        return
    _summary(pf)
    say(f"\nwrote {written}: open it in a browser, it needs no network")
    for one in files[1:]:
        say(f"wrote {one}")


def _summary(pf: ipmo.Portfolio) -> None:
    """What the report says, in a dozen lines."""
    s = ipmo.schedule(pf, on_cycle="cut")
    say(f"{pf.name or pf.id}" + (f", seen from {pf.status_date}" if pf.status_date else ""))
    work = tallied(s, ("task", "milestone", "gate", "project"))
    missed, overdue = s.commitments.missed, s.commitments.overdue
    end = s.end_text
    items = f"{counted(work.items, 'item')}: {work.done} done, {work.open} open"
    say(f"{counted(len(pf.projects), 'project')}, {items}; the last finish is {end}")
    count = f"{counted(len(missed), 'commitment')} {agree(len(missed), 'is')} missed in this forecast"
    count += f", {len(overdue)} more {agree(len(overdue), 'is')} overdue and without one" if overdue else ""
    say(f"{count}; {counted(work.late, 'open item')} {agree(work.late, 'leads', 'lead')} to one of them" if work.late else count)
    for some in (missed, overdue):
        for one in some[:5]:
            say(f"  {one.text}")
        if rest := more(len(some) - 5):
            say(f"  {rest}")
    links_found = ipmo.critical_links(pf, on_cycle="cut")
    rows = links_found.hand_overs
    if rows:
        top = min(5, len(rows))
        shown = f"the {counted(top, 'hand-over')} across projects that {agree(top, 'matters', 'matter')} most"
        say(f"{shown}, of {counted(len(rows), 'open one')}:")
        for row in rows[:5]:
            say(f"  {row.rank}. {row.item} -{row.first.type}-> {', '.join(row.targets)}\n     {row.reason}")
