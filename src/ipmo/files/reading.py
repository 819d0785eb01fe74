"""What is found on reading a file beside its content: loops, files that are missing; and where in the file a finding lies."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from ipmo.analysis.dates.schedule import network
from ipmo.errors import FileError, IpmoError, Problem
from ipmo.files.places import places
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import Notice
from ipmo.model.portfolio import Portfolio

__all__ = ["NOTICES", "found_on_reading", "placed", "problems_of"]

NOTICES = (
    Notice(code="ipmo/loop", heading="Loops"),
    Notice(code="ipmo/baseline-missing", heading="Baselines whose file is missing"),
    Notice(code="ipmo/unlisted-file", heading="Project files that the portfolio does not list"),
    Notice(code="ipmo/unknown-estimate", heading="Estimates of a kind that no plugin declares"),
    Notice(code="ipmo/seconds", heading="Times of day rounded to the minute"),
    Notice(code="ipmo/unknown-extension", heading="Extensions that no plugin declares"),
)


def found_on_reading(portfolio: Portfolio, where: Path) -> Iterator[Finding]:
    """Loops with their position, and baseline files that are missing.

    Raises:
        FileError: a baseline's file lies outside the portfolio's folder.
    """
    yield from _loops(portfolio)
    yield from _missing_files(portfolio, where)


def _may_loop(portfolio: Portfolio) -> bool:
    """Cheap: whether any link leads back in file order; if none does there is no loop."""
    if portfolio.links:
        return True
    for project in portfolio.projects:
        seen: set[str] = set()
        for task in project.tasks:
            for after in task.after:
                if after.source not in seen:
                    return True
            seen.add(task.id)
        if any(gate.after for gate in project.gates):
            return True
    return False


def _loops(portfolio: Portfolio) -> Iterator[Finding]:
    """A loop, as a finding with its position."""
    if not _may_loop(portfolio):
        return
    try:
        compiled = network(portfolio)
    except IpmoError:  # without a start there is no schedule; that is said when one is asked for
        return
    if not compiled.has_loop:
        return
    error = compiled.loop()
    item = error.cycle[0]
    file, line, column = places(portfolio, [item]).get(item, ("", 0, 0))
    yield Finding(
        code="ipmo/loop",
        item=item,
        severity=Severity.ERROR,
        message=str(error).partition("; remove")[0],
        hint="take one of them out; schedule(..., on_cycle='cut') goes on without",
        file=file,
        line=line,
        column=column,
    )


def _missing_files(portfolio: Portfolio, where: Path) -> Iterator[Finding]:
    """Baseline files: one that is not there is a finding, one outside the folder an error."""
    folder = where if where.is_dir() else where.parent
    for baseline in portfolio.baselines:
        if not baseline.file:
            continue
        target = folder / baseline.file
        if os.path.isabs(baseline.file) or ".." in Path(baseline.file).parts or not target.resolve().is_relative_to(folder.resolve()):
            raise FileError(
                str(where), f"baseline {baseline.id!r}: {baseline.file!r} leads out of the portfolio's folder; name a file inside it"
            )
        if not target.exists():
            yield Finding(
                code="ipmo/baseline-missing",
                item=baseline.id,
                message=f"baseline {baseline.id!r}: there is no file {baseline.file!r}",
            )


def problems_of(found: Iterable[Finding], name: str) -> list[Problem]:
    """Findings of the reading as problems of the file, for those who want none."""
    return [Problem(message=f.message, hint=f.hint, file=f.file or name, line=f.line, column=f.column) for f in found]


def placed(portfolio: Portfolio, found: Iterable[Finding]) -> list[Finding]:
    """Findings with the file, line and column of what they are about."""
    findings = list(found)
    where = places(portfolio, {f.item for f in findings if not f.line})
    out = []
    for finding in findings:
        file, line, column = where.get(finding.item, ("", 0, 0)) if not finding.line else ("", 0, 0)
        out.append(attrs.evolve(finding, file=file, line=line, column=column) if line else finding)
    return out
