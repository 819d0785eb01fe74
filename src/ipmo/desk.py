"""The verbs that take paths or names: they ask the registry, and hand what it knows down."""

from __future__ import annotations

import functools
import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from ipmo.analysis.control.history import History, Month, Trend
from ipmo.analysis.control.history import trend as _trend
from ipmo.analysis.money.amounts import Unrated
from ipmo.analysis.money.rollup import Level, RollUp
from ipmo.analysis.money.rollup import roll_up as _roll_up
from ipmo.atomic import write_atomically
from ipmo.declared import Declared
from ipmo.errors import CRASHES, FileError, IpmoError, ModelError, OptionError
from ipmo.figures.png import pdf_of
from ipmo.files import portfolios
from ipmo.files.by_columns import frames_by_columns
from ipmo.files.changes import read_changes_file, write_changes_file
from ipmo.files.month_index import before_in, months_in, snapshot_at
from ipmo.files.names import file_name
from ipmo.files.parquet import frames_in
from ipmo.files.paths import Taking
from ipmo.files.reading import placed, read_path, write_path
from ipmo.files.snapshots import baseline_path, folder_of, write_snapshot
from ipmo.files.structure import MAX_DEPTH
from ipmo.findings import Finding, Findings
from ipmo.installation import declared_in, new_registry
from ipmo.methods.contract import Methodology, Scope
from ipmo.methods.gates import Gates
from ipmo.methods.gates import gates as _gates
from ipmo.methods.registry import InstalledPlugins, Registry
from ipmo.methods.tailoring import method_for
from ipmo.methods.translation import Translation
from ipmo.methods.translation import translate as _translate
from ipmo.model.changes import Change, as_changes
from ipmo.model.measures import Measure
from ipmo.model.plain import from_table_rows, in_tables, to_plain_portfolio
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import ID
from ipmo.options import checked
from ipmo.pages import Page
from ipmo.progress import watched
from ipmo.registers.mapping import Mapping as ColumnsOf
from ipmo.standards.uk_project_data import check_standard
from ipmo.tables import rows_of
from ipmo.units import as_day

__all__ = [
    "baseline",
    "check",
    "from_dict",
    "from_tables",
    "gates",
    "history",
    "installed",
    "page",
    "plugins",
    "read",
    "report",
    "roll_up",
    "snapshot",
    "taking_histories",
    "taking_paths",
    "to_dict",
    "translate",
    "trend",
    "write",
]

OTHER_KINDS = (
    ".csv",
    ".doc",
    ".docx",
    ".json",
    ".md",
    ".odp",
    ".odt",
    ".png",
    ".ppt",
    ".svg",
    ".txt",
    ".xls",
    ".xlsx",
    ".xml",
    ".yaml",
    ".yml",
)
"""Ends of names of files in which a report cannot be: a program that opens one would find another kind of file."""


@functools.cache
def installed() -> Registry:
    """The registry of installed plugins, built at first need."""
    return new_registry().discover()


def declared() -> Declared:
    """What plugins add to the model."""
    return declared_in(installed())


@checked
def read(
    path: str | os.PathLike[str],
    *,
    format: str | None = None,
    encoding: str | None = None,
    mapping: ColumnsOf | str | os.PathLike[str] | None = None,
    strict: bool = False,
    as_of: str | None = None,
    progress: bool | Callable[[str, int, int], object] | None = None,
) -> Portfolio:
    """A portfolio from a file or folder; the format is sniffed.

    Args:
        path: a YAML or JSON file, a folder with `portfolio.yaml`, a workbook, CSV or TSV, or what an installed format reads.
        format: forces the format by name.
        encoding: the code page of text that does not say it itself (Primavera's, CSV); found from the text when left out.
        mapping: what the columns of a spreadsheet mean: a mapping of `ipmo map`, or its path.
        strict: any finding of the reading is an error.
        as_of: a month such as `2025-03`, or a day: the portfolio as its latest snapshot by then has it, from `history/` beside the file.
        progress: True shows a bar on standard error where that is a terminal; a function gets what is done, how much of it, of how much.

    Returns:
        The portfolio; `.source` says what was understood, refused and noticed.

    Raises:
        FileError: with all problems, each with file, line, column, path and hint.
        UnknownItemError: there is no format of that name, or no snapshot is as old as `as_of`.
        PluginError: a plugin's reader failed.
        UnitError: `as_of` is neither a month nor a day.
    """
    with watched(progress):
        if as_of is not None:
            return read_path(snapshot_at(path, as_of), installed(), "json", None, strict=strict)
        return read_path(path, installed(), format, encoding, strict=strict, mapping=mapping)


taking_paths = Taking(read)
"""Makes a verb on a portfolio take the path of one too."""


@taking_paths
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
    write_path(portfolio, path, installed(), format)


@checked
def from_dict(data: Mapping[str, Any]) -> Portfolio:
    """A portfolio from plain data laid out as a file.

    Raises:
        ModelError: with all problems, each with its path.
    """
    return portfolios.read_plain(_plain(data), declared())


def _plain(value: Any, depth: int = 0) -> Any:
    """Any mapping as dict, any sequence as list: what the reader takes; it refuses what lies too deep."""
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner, depth + 1) for key, inner in value.items()}
    return [_plain(inner, depth + 1) for inner in value] if isinstance(value, list | tuple) else value


@taking_paths
def to_dict(portfolio: Portfolio) -> dict[str, Any]:
    """A portfolio as plain data laid out as a file."""
    return to_plain_portfolio(portfolio)


@checked
def from_tables(tables: Mapping[str, Any] | str | os.PathLike[str]) -> Portfolio:
    """A portfolio from data frames, one for each kind of noun, laid out as `portfolio.tables()`.

    Frames of plain tasks and links are checked as columns, and its tasks and links are made when somebody looks at them: a million
    tasks are read in seconds. Whoever uses the portfolio sees no difference.

    Args:
        tables: by name (`portfolio`, `projects`, `tasks`, `links`, ...): pandas, polars or Arrow frames, or Tables; or a folder
            that holds a Parquet file of each, `tasks.parquet` and so on.

    Raises:
        ModelError: with all problems, each with its table, row (from 0) and column: `tasks[7].duration`.
        FileError: the folder holds no Parquet file, or one that cannot be read.
        MissingExtraError: there are Parquet files, and no library that reads them.
    """
    if not isinstance(tables, Mapping):
        tables = frames_in(tables)
    with portfolios.no_collection():
        found = frames_by_columns(tables, declared())
    if found is not None:
        return found
    rows = {name: rows_of(frame, f"tables[{name!r}]") for name, frame in tables.items()}
    try:
        return portfolios.read_plain(from_table_rows(rows), declared())
    except ModelError as error:
        places = in_tables(rows)
        raise ModelError(attrs.evolve(problem, path=places(problem.path)) for problem in error.problems) from None


@checked
def read_changes(path: str | os.PathLike[str]) -> tuple[Change, ...]:
    """What-if changes from a file: `ipmo: 1` and `changes:` with a list, in YAML or JSON.

    Raises:
        FileError: every problem with its line and column.
    """
    return read_changes_file(Path(path), str(path), declared())


@checked
def write_changes(changes: Iterable[Change | Mapping[str, object]], path: str | os.PathLike[str]) -> Path:
    """Writes what-if changes to a YAML or JSON file that `read_changes` reads.

    Raises:
        UnitError: one of them is no change.
    """
    write_changes_file(as_changes(changes), Path(path))
    return Path(path)


@checked
def check(
    portfolio: Portfolio | str | os.PathLike[str],
    *,
    history: History | str | os.PathLike[str] | None = None,
    baseline: Portfolio | str | os.PathLike[str] | None = None,
    standard: str | None = None,
    progress: bool | Callable[[str, int, int], object] | None = None,
) -> Findings:
    """Everything that somebody should look at: reading, model, schedule, and the rules of the chosen methodologies.

    Args:
        portfolio: a portfolio, or the path of one: then findings have the line and column of what they are about.
        history: earlier months, or the folder that holds them: what is stuck or slides shows over time only.
        baseline: the plan to compare with, or its path; the latest one that the portfolio names and whose file is there, when left out.
        standard: holds it against a public data standard instead, clause by clause: `uk-project-data`.
        progress: as `ipmo.read` takes it.

    Raises:
        FileError: a path was given and cannot be read.
        OptionError: there is no such standard.
    """
    with watched(progress):
        if standard is not None:
            held = portfolio if isinstance(portfolio, Portfolio) else read(portfolio)
            return Findings(check_standard(held, standard))
        return _checked(portfolio, history, baseline)


def _checked(
    portfolio: Portfolio | str | os.PathLike[str],
    history: History | str | os.PathLike[str] | None,
    baseline: Portfolio | str | os.PathLike[str] | None,
) -> Findings:
    just_read = not isinstance(portfolio, Portfolio)
    if not isinstance(portfolio, Portfolio):
        portfolio = read(portfolio)
    past = _months(history).portfolios if history is not None else ()
    plan = _latest_baseline(portfolio) if baseline is None else baseline if isinstance(baseline, Portfolio) else read(baseline)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        found = list(installed().run(portfolio, history=past, baseline=plan))
    if just_read or portfolio.source.lines:
        found = placed(portfolio, found)
    return Findings(dict.fromkeys(found))


@taking_paths
def snapshot(
    portfolio: Portfolio,
    path: str | os.PathLike[str] | None = None,
    *,
    baseline: str | None = None,
    reason: str = "",
    by: str = "",
) -> Path:
    """Writes an immutable snapshot, stamped with its date and digest: text that is good in git.

    Args:
        portfolio: a portfolio, or the path of one.
        path: the file to write; when left out `history/2026-11.json` by the status date, or `baselines/ID.json`, beside the
            file that the portfolio was read from.
        baseline: the id of a baseline that this becomes.
        reason: why it is written.
        by: who writes it: the audit trail names them where there is no git.

    Returns:
        The file. What is frozen there already with the same content stays as it is.

    Raises:
        FileError: another content is frozen under that name, or the file cannot be written.
        ModelError: nothing says which month it is, or the baseline's id is none.
    """
    if portfolio.status_date is None:
        raise ModelError(f"portfolio {portfolio.id!r} has no status date: nothing says which month it is; write portfolio: status_date:")
    day = as_day(portfolio.status_date)
    if baseline and not ID.fullmatch(baseline):
        raise ModelError(f"baseline {baseline!r:.80} is no id: it holds no slash, colon or at sign, and single spaces between words")
    if path is None:
        inner = f"baselines/{file_name(baseline)}.json" if baseline else f"history/{day:%Y-%m}.json"
        path = folder_of(portfolio) / inner
    elif not os.fspath(path).strip():
        raise FileError("", "the path of the snapshot is empty; name a file")
    write_snapshot(portfolio, Path(path), day, reason, by)
    return Path(path)


@checked
def history(folder: str | os.PathLike[str]) -> History:
    """The snapshots in a folder, in order of their dates; each is read when it is looked at.

    Raises:
        FileError: there is no such folder or no snapshot in it, a file in it is no snapshot, or was changed after it was frozen.
        ModelError: two snapshots are of the same date.
    """
    where = Path(folder)
    found = months_in(where)
    if not found.months:
        raise FileError(str(folder), "the folder holds no snapshot; `ipmo snapshot` makes one")
    months = [Month(one.day, Path(one.name).stem, functools.partial(read, str(where / one.name))) for one in found.months]
    return History(months, found)


def _months(given: History | str | os.PathLike[str]) -> History:
    return given if isinstance(given, History) else history(given)


taking_histories = Taking(history, "a history or the folder of its snapshots")
"""Makes a verb on the months take their folder too."""


@taking_paths
def baseline(portfolio: Portfolio, id: str | None = None) -> Portfolio:
    """A frozen plan that the portfolio names.

    Args:
        portfolio: the portfolio, read from a file.
        id: of the baseline; the latest one when left out.

    Raises:
        UnknownItemError: there is no such baseline, or none has a file.
        FileError: its file is missing, or was changed after it was frozen.
    """
    return read(baseline_path(portfolio, id))


def _latest_baseline(portfolio: Portfolio) -> Portfolio | None:
    try:
        return baseline(portfolio)
    except IpmoError:  # a missing file is said when reading
        return None


@taking_histories
def trend(history: History, measure: str | Measure, item: str | None = None) -> Trend:
    """A measure of an item over the months, one row a month.

    See `ipmo.analysis.control.history.trend`.

    Raises:
        UnknownItemError: there is no such measure, or no month has the item.
        FileError: a folder was given and is no history.
    """
    return _trend(history, measure, item, measures=installed().measures)


@taking_paths
def roll_up(
    portfolio: Portfolio,
    measure: str | Measure,
    *,
    by: str | None = None,
    level: Level | None = None,
    as_of: date | str | None = None,
    include: tuple[str, ...] = (),
    within: str | None = None,
    unrated: Unrated = "unknown",
    confidence: float | None = None,
) -> RollUp:
    """A measure over the tree of a portfolio or by any attribute: the core measures and those that plugins declare.

    See `ipmo.analysis.money.rollup.roll_up` for the arguments.

    Raises:
        UnknownItemError: there is no such measure, item or attribute.
        OptionError: there is no such level.
        MissingRateError: money in another currency has no exchange rate, and that is to be refused.
        PluginError: a plugin's measure failed: a total with a missing part is a wrong number.
    """
    known = installed().measures
    chosen = known.get(measure, measure) if isinstance(measure, str) else measure
    try:
        return _roll_up(
            portfolio,
            chosen,
            by=by,
            level=level,
            as_of=as_of,
            include=include,
            within=within,
            measures=known,
            unrated=unrated,
            confidence=confidence,
        )
    except IpmoError:
        raise
    except CRASHES as error:
        fault = None if isinstance(chosen, str) else installed().blame(chosen, f"measure {chosen.name!r}", error)
        if fault is None:
            raise
        raise fault from error


@taking_paths
def gates(portfolio: Portfolio, *, findings: Iterable[Finding] | None = None) -> Gates:
    """Every gate: its evidence, checks, conditions, and who has the authority to decide it.

    A gate stands under a method's gate when its id or name, or `attributes: {gate: NAME}`, is the method's name for it.

    Args:
        portfolio: a portfolio, or the path of one.
        findings: what `check` found, where that is at hand already.

    Raises:
        FileError: a path was given and cannot be read.
    """
    registry = installed()

    def methods(gate: str) -> Iterator[Methodology]:
        for name in method_for(portfolio, gate):
            if name in registry.methodologies:
                yield registry.methodologies[name]

    return _gates(portfolio, lambda: check(portfolio) if findings is None else findings, methods)


@taking_paths
def translate(portfolio: Portfolio, *, to: str, scope: Scope | None = None) -> Translation:
    """A portfolio in the words of another method, with what was lost.

    See `ipmo.methods.translation.translate`.

    Args:
        portfolio: a portfolio, or the path of one.
        to: name or alias of the method.
        scope: portfolio, offices, programme or project.

    Raises:
        UnknownItemError: no installed method has that name.
        PluginError: its plugin was set aside.
        OptionError: there is no such scope.
        ModelError: the method does not apply to that scope.
    """
    return _translate(portfolio, installed().methodology(to), installed().methodologies, scope=scope)


def plugins() -> InstalledPlugins:
    """The installed plugins: package, version, status, what each declares, and why one is set aside."""
    return installed().listing()


@taking_paths
def report(
    portfolio: Portfolio,
    path: str | os.PathLike[str] = "report.html",
    *,
    title: str | None = None,
    before: Portfolio | str | os.PathLike[str] | bool | None = None,
    interactive: bool = False,
    progress: bool | Callable[[str, int, int], object] | None = None,
) -> Path:
    """Writes the report: one offline HTML file; as slides where the path ends in `.pptx`, as it prints where it ends in `.pdf`.

    Args:
        portfolio: a portfolio, or the path of one.
        path: where to write it.
        title: its heading; the portfolio's name when left out.
        before: an earlier state of the portfolio, or its path: the report says what changed since. When left out the latest snapshot
            before its status date, from `history/` beside its file; False for none.
        interactive: the page sorts, filters and folds, by a small script in it that its policy names; it sends nothing either.
        progress: as `ipmo.read` takes it.

    Returns:
        The path that was written.

    Raises:
        FileError: the portfolio cannot be read or the report cannot be written.
        ScheduleError: nothing says when the portfolio starts.
        OptionError: slides or a PDF are to be interactive.
        MissingExtraError: slides need python-pptx, which is not installed.
        IpmoError: a PDF needs a Chromium, and none is installed.
    """
    if not os.fspath(path).strip():
        raise FileError("", "the path of the report is empty; name a file")
    kind = Path(path).suffix.lower()
    if kind in OTHER_KINDS:
        raise FileError(os.fspath(path), f"a report is written as .html, .pptx or .pdf, and not as {kind}; give it one of these names")
    if interactive and kind in (".pptx", ".pdf"):
        raise OptionError("interactive", True, takes=f"False for a {kind} file: only a page sorts, filters and folds")
    with watched(progress):
        if kind == ".pptx":
            write_atomically(Path(path), _slides(portfolio, title, before))
            return Path(path)
        found = page(portfolio, title=title, before=before, interactive=interactive)
        if kind == ".pdf":
            write_atomically(Path(path), pdf_of(found.html))
            return Path(path)
    return found.save(path)


def _slides(portfolio: Portfolio, title: str | None, before: Portfolio | str | os.PathLike[str] | bool | None) -> bytes:
    from ipmo.reporting.answers import Answers
    from ipmo.reporting.slides import slides

    earlier, noticed = _earlier(portfolio, before)
    return slides(Answers(portfolio, Findings([*check(portfolio), *noticed]), earlier), title or portfolio.name or portfolio.id)


def page(
    portfolio: Portfolio,
    *,
    title: str | None = None,
    before: Portfolio | str | os.PathLike[str] | bool | None = None,
    interactive: bool = False,
) -> Page:
    """The report as a page: what `Portfolio.report` gives, and what `report` writes."""
    from ipmo.reporting.html import render

    earlier, noticed = _earlier(portfolio, before)
    added = [(f"{method.name}-{section.name}", section.title, blocks) for method, section, blocks in installed().sections(portfolio)]
    found = Findings([*check(portfolio), *noticed])
    text = render(portfolio, found, title=title, before=earlier, added=added, headings=installed().headings, interactive=interactive)
    return Page(title or portfolio.name or portfolio.id, text)


def _earlier(portfolio: Portfolio, before: Portfolio | str | os.PathLike[str] | bool | None) -> tuple[Portfolio | None, list[Finding]]:
    """The state that a report looks back to, and what is to be said where there is one that cannot be read."""
    if isinstance(before, Portfolio):
        return before, []
    if not isinstance(before, bool) and before is not None:
        return read(before), []
    if before is not False and portfolio.status_date is not None and portfolio.source.path:
        try:
            path = before_in(portfolio.source.path, as_day(portfolio.status_date))
            return (None, []) if path is None else (read(path), [])
        except IpmoError as error:
            hint = "mend it, or say before=False (--no-before)"
            return None, [Finding(code="ipmo/history-unread", message=f"the snapshots beside it are not compared with: {error}", hint=hint)]
    return None, []
