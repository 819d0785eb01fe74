"""The report, with a summary for the terminal."""

from __future__ import annotations

from pathlib import Path

import click

import ipmo
from ipmo.cli.shell import Verb, emit, json_option, main, out_option, portfolio_argument, say
from ipmo.units import day_text
from ipmo.words import agree, counted, more

__all__: list[str] = []


@main.command(cls=Verb)
@portfolio_argument
@out_option
@click.option("--title", help="Its heading; the portfolio's name when left out.")
@click.option("--before", metavar="FILE", help="An earlier state of it: the report says what changed since.")
@json_option
def report(path: str, out: str | None, title: str | None, before: str | None, as_json: bool) -> None:
    """Write the report: one offline HTML file for a director; out/NAME.html unless --out says where. Prints a summary."""
    pf = ipmo.read(path)
    where = Path(out) if out else Path("out") / f"{Path(path.rstrip('/')).stem}.html"
    written = ipmo.report(pf, where, title=title, before=before)
    found = ipmo.check(pf)
    if as_json:
        emit([{"file": str(written)}], found)
        return
    _summary(pf, found)
    say(f"\nwrote {written}: open it in a browser, it needs no network")


def _summary(pf: ipmo.Portfolio, found: ipmo.Findings) -> None:
    """What the report says, in a dozen lines."""
    s = ipmo.schedule(pf, on_cycle="cut")
    say(f"{pf.name or pf.id}" + (f", seen from {pf.status_date}" if pf.status_date else ""))
    rows = [item for item in s.rows if item.kind in ("task", "milestone", "gate", "project")]
    open_rows = [item for item in rows if item.total_float is not None]
    done = [item for item in rows if item.early_finish is not None and item.total_float is None and not item.undated]
    late = sum(item.target_float is not None and item.target_float < 0 for item in open_rows)
    missed = sorted(found.of("ipmo/commitment-missed"), key=lambda f: f.item)
    end = day_text(s.finish, finish=True) if s.finish else "reached"
    items = f"{counted(len(rows), 'item')}: {len(done)} done, {len(open_rows)} open"
    say(f"{counted(len(pf.projects), 'project')}, {items}; the last finishes {end}")
    count = f"{counted(len(missed), 'commitment')} {agree(len(missed), 'is')} missed in this forecast"
    say(f"{count}; {counted(late, 'open item')} {agree(late, 'leads', 'lead')} to {agree(len(missed), 'it', 'one of them')}")
    for finding in missed[:5]:
        say(f"  {finding.message}")
    if rest := more(len(missed) - 5):
        say(f"  {rest}")
    links_found = ipmo.critical_links(pf, on_cycle="cut")
    live = [link for link in links_found if link.link_float is not None]
    if live:
        top = min(5, len(live))
        shown = f"the {counted(top, 'link')} across projects that {agree(top, 'matters', 'matter')} most"
        say(f"{shown}, of {counted(len(live), 'open one')}:")
        for link in live[:5]:
            say(f"  {link.rank}. {link.source} -{link.type}-> {link.target}\n     {link.reason}")
