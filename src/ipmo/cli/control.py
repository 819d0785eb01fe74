"""The verbs of control: status, the RAID log, snapshots, and how well the months were reported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, get_args

import click

import ipmo
from ipmo.analysis.control.policies import PolicyName
from ipmo.atomic import write_atomically
from ipmo.cli.shell import (
    TableVerb,
    Verb,
    answer,
    as_of_option,
    baseline_option,
    emit,
    json_option,
    level_option,
    main,
    out_option,
    plain_rows,
    portfolio_argument,
    say,
    view_of,
)
from ipmo.words import more

__all__: list[str] = []

MOST = 10
"""Broken commitments that are told one by one."""


@main.command(cls=TableVerb)
@portfolio_argument
@click.option("--policy", type=click.Choice(get_args(PolicyName)), default="tolerance", help="How colours combine.")
@click.option("--of", type=click.Choice(["computed", "reported"]), default="computed", help="Which colours are combined.")
@as_of_option
@baseline_option
@json_option
def status(
    path: str, policy: PolicyName, of: Literal["computed", "reported"], as_of: str | None, baseline: str | None, as_json: bool
) -> None:
    """Broken hand-overs and other missed commitments, computed status beside reported status, and what must be escalated."""
    pf = ipmo.read(path)
    view = ipmo.status(pf, policy=policy, of=of, as_of=as_of, baseline=ipmo.read(baseline) if baseline else None)
    commitments = ipmo.schedule(pf, on_cycle="cut").commitments
    shown = view_of()
    rows = [one for one in commitments.broken if shown.about(one.item, one.project or "")]
    broken = [f"{'overdue' if one.standing == 'overdue' else 'late'}: {one.text}" for one in rows]  # hand-overs first
    if not as_json:
        for line in broken[:MOST]:
            say(line)
        if rest := more(len(broken) - MOST):
            say(rest)
    notes = [f"escalate to {b.escalate_to or 'nobody'}: {b.item}, {b.aspect}: {b.text}" for b in view.breaches if shown.about(b.item)]
    answer(
        view.table(),
        as_json,
        [*notes, repr(view)[1:-1]],
        ("name", "level"),
        exceptions=plain_rows(view.exceptions()),
        commitments=plain_rows(commitments.table()),
    )


@main.command(cls=TableVerb)
@portfolio_argument
@as_of_option
@json_option
def raid_log(path: str, as_of: str | None, as_json: bool) -> None:
    """Count risks, assumptions, issues, dependencies, decisions and changes at every level."""
    answer(ipmo.raid_log(path, as_of=as_of).table(), as_json)


@main.command(cls=TableVerb)
@portfolio_argument
@as_of_option
@level_option
@json_option
def risk_exposure(path: str, as_of: str | None, level: str | None, as_json: bool) -> None:
    """Say what open threats cost on average, before and after their responses."""
    found = ipmo.risk_exposure(path, as_of=as_of)
    answer(found.table(level), as_json, [found.explain(name) for name in found.ids[:1]], ("name", "level"))


@main.command(cls=Verb)
@portfolio_argument
@out_option
@click.option("--baseline", metavar="ID", help="It becomes this baseline: baselines/ID.json.")
@click.option("--reason", default="", help="Why.")
@click.option("--by", default="", metavar="NAME", help="Who writes it: the audit trail names them where there is no git.")
@json_option
def snapshot(path: str, out: str | None, baseline: str | None, reason: str, by: str, as_json: bool) -> None:
    """Write a snapshot of a month, or a baseline: text that is never overwritten, stamped with its digest.

    It goes to history/YEAR-MONTH.json beside the portfolio, unless --out says where.
    """
    pf = ipmo.read(path)
    written = ipmo.snapshot(pf, out, baseline=baseline, reason=reason, by=by)
    if as_json:
        emit([{"file": str(written)}])
        return
    say(f"wrote {written}")
    if baseline:
        where = os.path.relpath(written, Path(path) if Path(path).is_dir() else Path(path).parent).replace(os.sep, "/")
        say(f"name it under baselines: - {{id: {baseline}, date: {pf.status_date}, file: {where}}}")


@main.command(cls=TableVerb)
@click.argument("path", type=click.Path(), metavar="FOLDER")
@click.argument("measure", default="budget")
@click.option("--item", metavar="ITEM", help="One item; the whole portfolio when left out.")
@json_option
def trend(path: str, measure: str, item: str | None, as_json: bool) -> None:
    """A MEASURE over the snapshots in FOLDER."""
    found = ipmo.trend(path, measure, item)
    answer(found.table(), as_json, [repr(found)[1:-1]], ("snapshot",))


@main.command(cls=TableVerb)
@click.argument("path", type=click.Path(), metavar="FOLDER")
@json_option
def reporting_compliance(path: str, as_json: bool) -> None:
    """Who has reported for the last month in FOLDER, and who has not."""
    found = ipmo.reporting_compliance(path)
    answer(found.table(), as_json, [f"{len(found.late)} of {len(found)} have not reported"], ("name",))


@main.command(cls=TableVerb)
@click.argument("path", type=click.Path(), metavar="FOLDER")
@click.option("--stale", is_flag=True, help="Only what stands still where the same field of others moves, beyond chance.")
@json_option
def movement(path: str, stale: bool, as_json: bool) -> None:
    """Which fields move over the snapshots in FOLDER, which never do, and which stand still."""
    found = ipmo.movement(path)
    answer(found.stale_table() if stale else found.table(), as_json, [repr(found)[1:-1]])


@main.command(cls=TableVerb)
@click.argument("path", type=click.Path(), metavar="FOLDER")
@click.argument("item", default="")
@click.argument("field", default="")
@click.option("--total", metavar="FIELD", help="The sum of a field over all projects, month by month.")
@click.option("--kind", default="projects", help="Of which items that sum is: projects, tasks, ...")
@click.option("--at", metavar="MONTH", help="What was stated by the end of a month such as 2025-03, or of a day.")
@click.option("--changes", is_flag=True, help="What changed from each snapshot to the next.")
@out_option
@json_option
def intervals(
    path: str, item: str, field: str, total: str | None, kind: str, at: str | None, changes: bool, out: str | None, as_json: bool
) -> None:
    """From when to when the fields of the snapshots in FOLDER were what: of one ITEM, of one FIELD of it, or of all.

    --out writes Parquet where the name ends in .parquet, else CSV.
    """
    found = ipmo.history(path).intervals
    only = {"item": item or None, "field": field or None}
    if total:
        table = found.total(total, kind=kind).table()
    elif at:
        table = found.as_of(at, **only)
    elif changes:
        table = found.changes(**only).table()
    elif item and field:
        table = found.trend(item, field).table()
    else:
        table = found.table()
        table = table.where(item=item) if item else table
    if out is None:
        answer(table, as_json, [repr(found)[1:-1]])
        return
    if out.lower().endswith(".parquet"):
        table.to_parquet(out)
    else:
        table.to_csv(out)
    if as_json:
        emit([{"file": out}])
        return
    say(f"wrote {out}")


@main.command(cls=TableVerb)
@click.argument("path", type=click.Path(), metavar="PATH")
@click.option("--item", metavar="ITEM", help="Only one item, and what is in it.")
@click.option("--use", type=click.Choice(["git", "snapshots"]), help="Where it is taken from; git where it knows the files.")
@json_option
def audit_trail(path: str, item: str | None, use: Literal["git", "snapshots"] | None, as_json: bool) -> None:
    """Who changed what, when: of the portfolio in PATH, or of the folder of its snapshots, from git where there is one."""
    found = ipmo.audit_trail(path, use=use)
    found = found.of(item) if item else found
    answer(found.table(), as_json, [repr(found)[1:-1]])


@main.command(cls=TableVerb)
@click.argument("path", type=click.Path(), metavar="FOLDER")
@click.argument("lesson")
@click.option("--figure", type=click.Choice(["duration", "cost"]), default="duration", help="Of which estimates.")
@click.option("--by", default="category", help="Groups within which work is compared.")
@json_option
def effect_of(path: str, lesson: str, figure: Literal["duration", "cost"], by: str, as_json: bool) -> None:
    """What a LESSON changed in what became of estimates, by the snapshots in FOLDER, and what else may explain it."""
    found = ipmo.effect_of(path, lesson, figure=figure, by=by)
    answer(found.table(), as_json, found.explain().splitlines())


@main.command(cls=TableVerb)
@click.argument("path", type=click.Path(), metavar="FOLDER")
@out_option
@json_option
def what_we_learn(path: str, out: str | None, as_json: bool) -> None:
    """What the snapshots in FOLDER teach, for the quarter that ends with the last: a page in Markdown."""
    found = ipmo.what_we_learn(path)
    if out is not None:
        write_atomically(Path(out), found.markdown())
    if as_json:
        answer(found.table(), as_json)
        return
    say(f"wrote {out}" if out is not None else found.markdown().rstrip())
