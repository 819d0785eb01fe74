"""The verbs that take paths or names: they ask the registry, and hand what it knows down."""

from __future__ import annotations

import functools
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from ipmo.analysis.control.history import History, Month
from ipmo.analysis.control.history import trend as _trend
from ipmo.analysis.dates.schedule import as_day, network
from ipmo.analysis.money.rollup import RollUp
from ipmo.analysis.money.rollup import roll_up as _roll_up
from ipmo.errors import FileError, IpmoError, ModelError, PluginError, UnknownItemError, close_matches
from ipmo.files import mpxj, mspdi, mspdi_out, portfolios, xer
from ipmo.files.changes import read_changes_file, write_changes_file
from ipmo.files.places import places
from ipmo.files.snapshots import stamp_of, write_snapshot
from ipmo.files.structure import Declared
from ipmo.findings import Finding, Findings, Severity
from ipmo.methods.contract import Format, Methodology
from ipmo.methods.gates import Gates
from ipmo.methods.gates import gates as _gates
from ipmo.methods.registry import Registry, installed
from ipmo.methods.tailoring import method_for
from ipmo.methods.translation import Translation
from ipmo.methods.translation import translate as _translate
from ipmo.model.changes import Change, as_changes
from ipmo.model.measures import Measure
from ipmo.model.plain import from_table_rows, to_plain_portfolio
from ipmo.model.portfolio import Portfolio
from ipmo.tables import Table

__all__ = [
    "baseline",
    "check",
    "core_formats",
    "from_dict",
    "from_tables",
    "gates",
    "history",
    "plugins",
    "read",
    "report",
    "roll_up",
    "snapshot",
    "to_dict",
    "translate",
    "trend",
    "write",
]


def declared(registry: Registry | None = None) -> Declared:
    """What plugins add to the file format."""
    registry = registry or installed()
    return Declared(estimates=registry.estimates, extensions=registry.extensions)


def core_formats() -> tuple[Format, ...]:
    """The formats that come with ipmo: a folder, JSON, Primavera P6, YAML."""
    return (
        Format(
            name="folder",
            title="folder with portfolio.yaml and projects/*.yaml",
            sniff=lambda path, head: path.is_dir(),
            read=lambda path, name: portfolios.read_folder(path, name, declared()),
            write=portfolios.write_folder,
        ),
        Format(
            name="json",
            title="JSON",
            suffixes=(".json",),
            sniff=lambda path, head: head.lstrip()[:1] == b"{",
            read=lambda path, name: portfolios.read_file(path, name, declared()),
            write=portfolios.write_json,
        ),
        Format(
            name="mpxj",
            title="MPP, PMXML, MPX and others (through MPXJ, extra mpp)",
            suffixes=mpxj.SUFFIXES,
            sniff=mpxj.sniff_mpxj,
            read=mpxj.read_mpxj,
        ),
        Format(
            name="mspdi",
            title="Microsoft Project (XML)",
            suffixes=(".mspdi", ".xml"),
            sniff=mspdi.sniff_mspdi,
            read=mspdi.read_mspdi,
            write=mspdi_out.write_mspdi,
        ),
        Format(name="xer", title="Primavera P6 (XER)", suffixes=(".xer",), sniff=xer.sniff_xer, read=xer.read_xer, encodings=True),
        Format(
            name="yaml",
            title="YAML",
            suffixes=(".yaml", ".yml"),
            sniff=lambda path, head: True,
            read=lambda path, name: portfolios.read_file(path, name, declared()),
            write=portfolios.write_yaml,
        ),
    )


def _format(path: Path, wanted: str | None, *, writing: bool) -> Format:
    known = [*installed().formats, *core_formats()]
    if wanted is not None:
        names = {one.name: one for one in known}
        if wanted not in names:
            raise UnknownItemError(wanted, close_matches(wanted, names), f"the formats {', '.join(sorted(names))}")
        return names[wanted]
    if writing:
        if path.is_dir():
            return next(one for one in known if one.name == "folder")
        fitting = [one for one in known if path.suffix.lower() in one.suffixes]
        if fitting:  # a format that is only read must not stand in the way of one that is written
            return next((one for one in fitting if one.write is not None), fitting[0])
        raise FileError(str(path), f"its ending {path.suffix!r} names no format; use .yaml or .json, or say format=")
    head = b""
    if path.is_file():
        with path.open("rb") as stream:
            head = stream.read(4096)
    readable = [one for one in known if one.read is not None]
    named = [one for one in readable if path.is_file() and path.suffix.lower() in one.suffixes]
    knowing = [one for one in readable if one.name != "yaml" and one.sniff(path, head)]  # yaml takes what nobody else does
    both = [one for one in named if one in knowing or (one.name == "yaml" and one.sniff(path, head))]
    return (*both, *knowing, *named, *(one for one in readable if one.sniff(path, head)))[0]


def read(path: str | os.PathLike[str], *, format: str | None = None, encoding: str | None = None, strict: bool = False) -> Portfolio:
    """A portfolio from a file or folder; the format is sniffed.

    Args:
        path: a YAML or JSON file, a folder with `portfolio.yaml`, or what an installed format reads.
        format: forces the format by name.
        encoding: the code page of text that does not say it itself (Primavera's); found from the text when left out.
        strict: any finding of the reading is an error.

    Returns:
        The portfolio; `.source` says what was understood, refused and noticed.

    Raises:
        FileError: with all problems, each with file, line, column, path and hint.
        UnknownItemError: there is no format of that name.
        PluginError: a plugin's reader failed.
    """
    where = Path(path)
    name = os.fspath(path)
    if not where.exists():
        near = close_matches(where.name, [p.name for p in where.parent.iterdir()] if where.parent.is_dir() else [])
        raise FileError(name, "there is no such file" + (f"; close: {', '.join(map(repr, near))}" if near else ""))
    chosen = _format(where, format, writing=False)
    if chosen.read is None:
        raise FileError(name, f"format {chosen.name!r} can be written, not read")
    if encoding is not None and not chosen.encodings:
        raise FileError(name, f"format {chosen.name!r} says its encoding itself; leave encoding= out")
    try:
        portfolio = chosen.read(where, name, encoding) if chosen.encodings else chosen.read(where, name)
    except IpmoError:
        raise
    except Exception as error:
        raise PluginError(chosen.name, "format", f"reading {name}", f"{type(error).__name__}: {error}") from error
    portfolio = _with_findings(portfolio, [*_loops(portfolio), *_missing_files(portfolio, where)])
    if strict and portfolio.source.findings:
        raise FileError(name, [_problem(found, name) for found in portfolio.source.findings])
    return portfolio


def _problem(found: Finding, name: str) -> Any:
    from ipmo.errors import Problem

    return Problem(message=found.message, hint=found.hint, file=found.file or name, line=found.line, column=found.column)


def _with_findings(portfolio: Portfolio, found: list[Finding]) -> Portfolio:
    if not found:
        return portfolio
    source = attrs.evolve(portfolio.source, findings=(*portfolio.source.findings, *found))
    object.__setattr__(portfolio, "source", source)  # still being read: nobody has seen it yet, and checking again costs time
    return portfolio


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


def _loops(portfolio: Portfolio) -> list[Finding]:
    """A loop, as a finding with its position."""
    if not _may_loop(portfolio):
        return []
    try:
        compiled = network(portfolio)
    except IpmoError:  # without a start there is no schedule; that is said when one is asked for
        return []
    if not compiled.has_loop:
        return []
    error = compiled.loop()
    item = error.cycle[0]
    file, line, column = places(portfolio, [item]).get(item, ("", 0, 0))
    return [
        Finding(
            code="ipmo/loop",
            item=item,
            severity=Severity.ERROR,
            message=str(error).partition("; remove")[0],
            hint="take one of them out; schedule(..., on_cycle='cut') goes on without",
            file=file,
            line=line,
            column=column,
        )
    ]


def _missing_files(portfolio: Portfolio, where: Path) -> list[Finding]:
    """Baseline files: one that is not there is a finding, one outside the folder an error."""
    folder = where if where.is_dir() else where.parent
    found = []
    for baseline in portfolio.baselines:
        if not baseline.file:
            continue
        target = folder / baseline.file
        if os.path.isabs(baseline.file) or ".." in Path(baseline.file).parts or not target.resolve().is_relative_to(folder.resolve()):
            raise FileError(
                str(where), f"baseline {baseline.id!r}: {baseline.file!r} leads out of the portfolio's folder; name a file inside it"
            )
        if not target.exists():
            found.append(
                Finding(
                    code="ipmo/baseline-missing",
                    item=baseline.id,
                    severity=Severity.WARNING,
                    message=f"baseline {baseline.id!r}: there is no file {baseline.file!r}",
                )
            )
    return found


def write(portfolio: Portfolio, path: str | os.PathLike[str], *, format: str | None = None) -> None:
    """Writes a portfolio; the ending names the format. A crash leaves the old file as it was.

    Args:
        portfolio: the portfolio.
        path: `.yaml`, `.json`, an existing folder or a path ending in a slash.
        format: forces the format by name.

    Raises:
        FileError: the ending names no format, or the file cannot be written.
        UnknownItemError: there is no format of that name.
    """
    where, name = Path(path), os.fspath(path)
    if format is None and name.endswith((os.sep, "/")):
        format = "folder"
    chosen = _format(where, format, writing=True)
    if chosen.write is None:
        raise FileError(os.fspath(path), f"format {chosen.name!r} can be read, not written")
    try:
        chosen.write(portfolio, where)
    except IpmoError:
        raise
    except Exception as error:
        raise PluginError(chosen.name, "format", f"writing {os.fspath(path)}", f"{type(error).__name__}: {error}") from error


def from_dict(data: Mapping[str, Any]) -> Portfolio:
    """A portfolio from plain data laid out as a file.

    Raises:
        ModelError: with all problems, each with its path.
    """
    return portfolios.read_plain(_plain(data), declared())


def _plain(value: Any) -> Any:
    """Any mapping as dict, any sequence as list: what the reader takes."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def to_dict(portfolio: Portfolio) -> dict[str, Any]:
    """A portfolio as plain data laid out as a file."""
    return to_plain_portfolio(portfolio)


def from_tables(tables: Mapping[str, Any]) -> Portfolio:
    """A portfolio from data frames, one for each kind of noun, laid out as `portfolio.tables()`.

    Args:
        tables: by name (`portfolio`, `projects`, `tasks`, `links`, ...): pandas, polars or Arrow frames, or Tables.

    Raises:
        ModelError: with all problems, each with its path.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    for name, frame in tables.items():
        if isinstance(frame, Table):
            rows[name] = list(frame.rows())
        else:
            import narwhals as nw

            data: Any = nw.from_native(frame, eager_only=True)
            rows[name] = list(data.iter_rows(named=True))
    return portfolios.read_plain(from_table_rows(rows), declared())


def read_changes(path: str | os.PathLike[str]) -> tuple[Change, ...]:
    """What-if changes from a file: `ipmo: 1` and `changes:` with a list, in YAML or JSON.

    Raises:
        FileError: every problem with its line and column.
    """
    return read_changes_file(Path(path), str(path), declared())


def write_changes(changes: Iterable[Change], path: str | os.PathLike[str]) -> Path:
    """Writes what-if changes to a YAML or JSON file that `read_changes` reads.

    Raises:
        UnitError: one of them is no change.
    """
    write_changes_file(as_changes(changes), Path(path))
    return Path(path)


def check(
    portfolio: Portfolio | str | os.PathLike[str],
    *,
    history: History | str | os.PathLike[str] | None = None,
    baseline: Portfolio | None = None,
) -> Findings:
    """Everything that somebody should look at: reading, model, schedule, and the rules of the chosen methodologies.

    Args:
        portfolio: a portfolio, or the path of one: then findings have the line and column of what they are about.
        history: earlier months, or the folder that holds them: what is stuck or slides shows over time only.
        baseline: the plan to compare with; the latest one that the portfolio names and whose file is there, when left out.

    Raises:
        FileError: a path was given and cannot be read.
    """
    just_read = not isinstance(portfolio, Portfolio)
    if not isinstance(portfolio, Portfolio):
        portfolio = read(portfolio)
    past = _months(history).portfolios if history is not None else ()
    if baseline is None:
        baseline = _latest_baseline(portfolio)
    found = list(portfolio.source.findings)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        found += installed().run(portfolio, history=past, baseline=baseline)
    if just_read or portfolio.source.lines:
        found = _placed(portfolio, found)
    return Findings(dict.fromkeys(found))


def _placed(portfolio: Portfolio, found: Iterable[Finding]) -> list[Finding]:
    """Findings with the file, line and column of what they are about."""
    where = places(portfolio, {f.item for f in found if not f.line})
    out = []
    for finding in found:
        file, line, column = where.get(finding.item, ("", 0, 0)) if not finding.line else ("", 0, 0)
        out.append(attrs.evolve(finding, file=file, line=line, column=column) if line else finding)
    return out


# ------------------------------------------------------------------------------------- months and baselines


def snapshot(
    portfolio: Portfolio | str | os.PathLike[str],
    path: str | os.PathLike[str] | None = None,
    *,
    baseline: str | None = None,
    reason: str = "",
) -> Path:
    """Writes an immutable snapshot, stamped with its date and digest: text that is good in git.

    Args:
        portfolio: a portfolio, or the path of one.
        path: the file to write; when left out `history/2026-11.json` by the status date, or `baselines/ID.json`, beside the
            file that the portfolio was read from.
        baseline: the id of a baseline that this becomes.
        reason: why it is frozen.

    Returns:
        The file. What is frozen there already with the same content stays as it is.

    Raises:
        FileError: another content is frozen under that name, or the file cannot be written.
        ModelError: nothing says which month it is.
    """
    if not isinstance(portfolio, Portfolio):
        portfolio = read(portfolio)
    if portfolio.status_date is None:
        raise ModelError(f"portfolio {portfolio.id!r} has no status date: nothing says which month it is; write portfolio: status_date:")
    day = as_day(portfolio.status_date)
    if path is None:
        inner = f"baselines/{baseline}.json" if baseline else f"history/{day:%Y-%m}.json"
        path = _folder_of(portfolio) / inner
    write_snapshot(portfolio, Path(path), day, reason)
    return Path(path)


def _folder_of(portfolio: Portfolio) -> Path:
    source = Path(portfolio.source.path) if portfolio.source.path else Path()
    return source if source.is_dir() else source.parent


def history(folder: str | os.PathLike[str]) -> History:
    """The snapshots in a folder, in order of their dates; each is read when it is looked at.

    Raises:
        FileError: there is no such folder, a file in it is no snapshot, or was changed after it was frozen.
        ModelError: two snapshots are of the same date.
    """
    where = Path(folder)
    if not where.is_dir():
        raise FileError(os.fspath(folder), "there is no such folder; `ipmo snapshot` makes one")
    stamps = [stamp_of(path) for path in sorted(where.glob("*.json"))]
    return History([Month(stamp.date, Path(stamp.path).stem, functools.partial(read, stamp.path)) for stamp in stamps])


def _months(given: History | str | os.PathLike[str]) -> History:
    return given if isinstance(given, History) else history(given)


def baseline(portfolio: Portfolio, id: str | None = None) -> Portfolio:
    """A frozen plan that the portfolio names.

    Args:
        portfolio: the portfolio, read from a file.
        id: of the baseline; the latest one when left out.

    Raises:
        UnknownItemError: there is no such baseline, or none has a file.
        FileError: its file is missing, or was changed after it was frozen.
    """
    named = {one.id: one for one in portfolio.baselines if one.file}
    if id is None:
        id = max(named, key=lambda name: as_day(named[name].date), default="")
    if id not in named:
        raise UnknownItemError(id, close_matches(id, named), f"the baselines with a file of portfolio {portfolio.id!r}")
    path = _folder_of(portfolio) / named[id].file
    stamp_of(path)
    return read(path)


def _latest_baseline(portfolio: Portfolio) -> Portfolio | None:
    try:
        return baseline(portfolio)
    except IpmoError:  # a missing file is said when reading
        return None


def trend(history: History | str | os.PathLike[str], measure: str | Measure, item: str | None = None) -> Table:
    """A measure of an item over the months: date, snapshot, value, text, known, total, change.

    See `ipmo.analysis.control.history.trend`.

    Raises:
        UnknownItemError: there is no such measure, or no month has the item.
        FileError: a folder was given and is no history.
    """
    return _trend(_months(history), measure, item, measures=installed().measures)


def roll_up(
    portfolio: Portfolio,
    measure: str | Measure,
    *,
    by: str | None = None,
    level: str | None = None,
    as_of: date | str | None = None,
    include: tuple[str, ...] = (),
    within: str | None = None,
) -> RollUp:
    """A measure over the tree of a portfolio or by any attribute: the core measures and those that plugins declare.

    See `ipmo.analysis.money.rollup.roll_up` for the arguments.

    Raises:
        UnknownItemError: there is no such measure, level or attribute.
        MissingRateError: money in another currency has no exchange rate.
        PluginError: a plugin's measure failed: a total with a missing part is a wrong number.
    """
    registry = installed()
    known = registry.measures
    chosen = known.get(measure, measure) if isinstance(measure, str) else measure
    owner = next(
        (
            p
            for p in registry.plugins
            if any(chosen is m for m in (*p.of("ipmo_measures"), *(m for method in p.of("ipmo_methodologies") for m in method.measures)))
        ),
        None,
    )
    try:
        return _roll_up(portfolio, chosen, by=by, level=level, as_of=as_of, include=include, within=within, measures=known)
    except IpmoError:
        raise
    except Exception as error:
        if owner is None:
            raise
        doing = f"measure {chosen if isinstance(chosen, str) else chosen.name!r}"
        raise PluginError(owner.name, owner.distribution, doing, f"{type(error).__name__}: {error}") from error


def gates(portfolio: Portfolio | str | os.PathLike[str], *, findings: Iterable[Finding] | None = None) -> Gates:
    """Every gate: its evidence, checks, conditions, and who has the authority to decide it.

    A gate stands under a method's gate when its id or name, or `attributes: {gate: NAME}`, is the method's name for it.

    Args:
        portfolio: a portfolio, or the path of one.
        findings: what `check` found, where that is at hand already.

    Raises:
        FileError: a path was given and cannot be read.
    """
    if not isinstance(portfolio, Portfolio):
        portfolio = read(portfolio)
    found = check(portfolio) if findings is None else findings
    registry, pf = installed(), portfolio

    def methods(gate: str) -> Iterator[Methodology]:
        for name in method_for(pf, gate):
            if name in registry.methodologies:
                yield registry.methodologies[name]

    return _gates(portfolio, found, methods)


def translate(portfolio: Portfolio | str | os.PathLike[str], *, to: str, scope: str | None = None) -> Translation:
    """A portfolio in the words of another method, with what was lost.

    See `ipmo.methods.translation.translate`.

    Args:
        portfolio: a portfolio, or the path of one.
        to: name or alias of the method.
        scope: portfolio, offices, programme or project.

    Raises:
        UnknownItemError: no installed method has that name.
        PluginError: its plugin was set aside.
        ModelError: the method does not apply to that scope.
    """
    if not isinstance(portfolio, Portfolio):
        portfolio = read(portfolio)
    return _translate(portfolio, installed().methodology(to), installed().methodologies, scope=scope)


def plugins() -> Table:
    """One row an installed plugin: name, version, status, what it declares."""
    return installed().table()


def report(
    portfolio: Portfolio | str | os.PathLike[str],
    path: str | os.PathLike[str] = "report.html",
    *,
    title: str | None = None,
    before: Portfolio | str | os.PathLike[str] | None = None,
) -> Path:
    """Writes the report: one offline HTML file.

    Args:
        portfolio: a portfolio, or the path of one.
        path: where to write it.
        title: its heading; the portfolio's name when left out.
        before: an earlier state of the portfolio, or its path: the report says what changed since.

    Returns:
        The path that was written.

    Raises:
        FileError: the portfolio cannot be read or the report cannot be written.
        ScheduleError: nothing says when the portfolio starts.
    """
    from ipmo.reporting.html import render

    if not isinstance(portfolio, Portfolio):
        portfolio = read(portfolio)
    if before is not None and not isinstance(before, Portfolio):
        before = read(before)
    where = Path(path)
    added = [(f"{method.name}-{section.name}", section.title, blocks) for method, section, blocks in installed().sections(portfolio)]
    portfolios.write_atomically(where, render(portfolio, check(portfolio), title=title, before=before, added=added))
    return where
