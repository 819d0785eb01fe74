"""Reading and writing with the format that a file is of; what is found on reading beside the content, and where it lies."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path

import attrs

from ipmo.analysis.dates.schedule import network
from ipmo.errors import CRASHES, FileError, IpmoError, PluginError, PluginWarning, Problem, close_matches
from ipmo.files.formats import format_named, format_to_read, format_to_write
from ipmo.files.places import places
from ipmo.files.snapshots import keep_inside
from ipmo.findings import Finding, Severity
from ipmo.methods.contract import Format
from ipmo.methods.registry import Registry
from ipmo.model.at_once import holding
from ipmo.model.columns import columns_of
from ipmo.model.later import unread
from ipmo.model.portfolio import Portfolio

__all__ = ["format_of", "in_order", "placed", "read_path", "said_encoding", "text_in", "write_path"]

_ENCODING: ContextVar[str | None] = ContextVar("encoding", default=None)


def read_path(
    path: str | os.PathLike[str], registry: Registry, format: str | None, encoding: str | None, *, strict: bool, mapping: object = None
) -> Portfolio:
    """A portfolio from a file or folder.

    Args:
        path: as the caller names it.
        registry: where the formats are declared.
        format: forces the format by name.
        encoding: the code page of text that does not say it itself.
        strict: any finding of the reading is an error.
        mapping: what the columns of a spreadsheet mean: a mapping or its path; found from the file when None.

    Raises:
        FileError: with all problems, each with file, line, column, path and hint.
        UnknownItemError: there is no format of that name.
        PluginError: a plugin's reader failed.
    """
    where, name = _named(path)
    if not os.path.exists(where):
        near = close_matches(where.name, [p.name for p in where.parent.iterdir()] if os.path.isdir(where.parent) else [])
        raise FileError(name, "there is no such file" + (f"; close: {', '.join(map(repr, near))}" if near else ""))
    if format is not None:
        chosen = format_named(format, registry.formats)
    else:
        mapped = [
            one
            for one in registry.formats
            if mapping is not None and one.mappings and (os.path.isdir(where) or where.suffix.lower() in one.suffixes)
        ]
        chosen = mapped[0] if mapped else format_to_read(where, registry.formats, _sniffing(registry, name))
    if mapping is not None and not chosen.mappings:
        raise FileError(name, f"format {chosen.name!r} says itself what it holds; leave mapping= out, or say format='csv'")
    if chosen.read is None:
        raise FileError(name, f"format {chosen.name!r} can be written, not read")
    if chosen.encodings and encoding is None:
        encoding = _ENCODING.get()
    if encoding is not None and not chosen.encodings:
        raise FileError(name, f"format {chosen.name!r} says its encoding itself; leave encoding= out")
    try:
        more = (encoding, mapping) if chosen.mappings else (encoding,) if chosen.encodings else ()
        portfolio = chosen.read(where, name, *more)
        if not isinstance(portfolio, Portfolio):
            raise TypeError(f"a format reads a portfolio, this one {portfolio!r:.60}")
    except IpmoError:
        raise
    except CRASHES as error:
        raise _fault(registry, chosen, "reading", name, error) from error
    if found := [*_loops(portfolio), *_missing_files(portfolio, where)]:
        source = attrs.evolve(portfolio.source, findings=(*portfolio.source.findings, *found))
        portfolio = attrs.evolve(portfolio, source=source)  # seldom: checking a portfolio again costs time
    if strict and portfolio.source.findings:
        problems = [
            Problem(message=f.message, hint=f.hint, file=f.file or name, line=f.line, column=f.column) for f in portfolio.source.findings
        ]
        raise FileError(name, problems)
    return portfolio


def format_of(path: Path, registry: Registry) -> Format | None:
    """The format of a file, by its bytes or its ending; None where nothing knows it.

    Args:
        path: the file.
        registry: where the formats are declared.
    """
    try:
        return format_to_read(path, registry.formats, _sniffing(registry, str(path)))
    except IndexError:
        return None


def write_path(portfolio: Portfolio, path: str | os.PathLike[str], registry: Registry, format: str | None) -> None:
    """Writes a portfolio to a file or folder.

    Args:
        portfolio: the portfolio.
        path: as the caller names it; one that ends in a slash is a folder.
        registry: where the formats are declared.
        format: forces the format by name.

    Raises:
        FileError: the ending names no format, or the file cannot be written.
        UnknownItemError: there is no format of that name.
        PluginError: a plugin's writer failed.
    """
    where, name = _named(path)
    if format is None and name.endswith((os.sep, "/")):
        format = "folder"
    chosen = format_to_write(where, registry.formats) if format is None else format_named(format, registry.formats)
    if chosen.write is None:
        raise FileError(name, f"format {chosen.name!r} can be read, not written")
    try:
        chosen.write(portfolio, where)
    except IpmoError:
        raise
    except CRASHES as error:
        raise _fault(registry, chosen, "writing", name, error) from error


@contextlib.contextmanager
def text_in(encoding: str | None) -> Iterator[None]:
    """Whatever is read inside and does not say its code page is read in this one; found from the text where it is None."""
    before = _ENCODING.set(encoding)
    try:
        yield
    finally:
        _ENCODING.reset(before)


def said_encoding() -> str | None:
    """The code page that `text_in` said; None where it said none."""
    return _ENCODING.get()


def _named(path: str | os.PathLike[str]) -> tuple[Path, str]:
    """A path and what the caller calls it.

    Raises:
        FileError: it is empty: the current folder is meant by nobody who passes an empty name.
    """
    name = os.fspath(path)
    if not name.strip():
        raise FileError(name, "the path is empty; name a file, or a folder ('.' is the current one)")
    return Path(path), name


def _fault(registry: Registry, chosen: Format, doing: str, name: str, error: BaseException) -> IpmoError:
    """A fault in a plugin's format names the plugin; one in ipmo's own blames nobody's plugin."""
    cause = f"{type(error).__name__}: {error}"
    own = FileError(name, f"format {chosen.name!r} of ipmo failed on it, please report that: {cause}")
    return registry.blame(chosen, f"format {chosen.name!r}, {doing} {name}", error) or own


def _sniffing(registry: Registry, name: str) -> Callable[[Format, Path, bytes], bool]:
    """Asks a format whether a file is of it; one of a plugin that fails is passed over, by name."""

    def sniffs(form: Format, path: Path, head: bytes) -> bool:
        try:
            return bool(form.sniff(path, head))
        except CRASHES as error:
            fault = _fault(registry, form, "sniffing", name, error)
            if not isinstance(fault, PluginError):
                raise fault from error
            warnings.warn(f"{fault}; it is passed over", PluginWarning, stacklevel=2)
            return False

    return sniffs


def _may_loop(portfolio: Portfolio) -> bool:
    """Cheap: whether any link leads back in file order, or, where one does, whether the work cannot be put into an order at all."""
    return _leads_back(portfolio) and (columns_of(portfolio) is not None or not in_order(portfolio))


def _leads_back(portfolio: Portfolio) -> bool:
    if unread(portfolio, "projects"):  # they hold no work that could be linked
        return bool(portfolio.links)
    columns = columns_of(portfolio)
    if columns is not None:
        return bool((columns.source > columns.target).any()) or any(gate.after for project in portfolio.projects for gate in project.gates)
    if portfolio.links:
        return True
    for _, project in holding(enumerate(portfolio.projects)):
        seen: set[str] = set()
        for task in project.tasks:
            for after in task.after:
                if after.source not in seen:
                    return True
            seen.add(task.id)
        if any(gate.after for gate in project.gates):
            return True
    return False


def in_order(portfolio: Portfolio) -> bool:
    """Whether plain tasks, linked to plain tasks only, can be put into an order: then no link of any type makes a loop.

    A loop of starts and finishes leads through a loop of the tasks that they are of. What is linked to summaries, projects, gates or
    outcomes is left to the network, and so are hammocks, which depend on what they are linked to.
    """
    if portfolio.outcomes or portfolio.benefits:
        return False
    follows: dict[str, list[str]] = {}
    waits: dict[str, int] = {}
    pairs: list[tuple[str, str]] = []
    for project in portfolio.projects:
        if project.gates or any(task.hammock for task in project.tasks):
            return False
        above = {task.parent for task in project.tasks}
        plain = {task.id for task in project.tasks if task.id not in above}
        waits.update((f"{project.id}/{id}", 0) for id in plain)
        pairs += [(f"{project.id}/{after.source}", f"{project.id}/{task.id}") for task in project.tasks for after in task.after]
    pairs += [(link.source, link.target) for link in portfolio.links if not link.source.startswith("external:")]
    for source, target in pairs:
        if source not in waits or target not in waits:
            return False
        follows.setdefault(source, []).append(target)
        waits[target] += 1
    ready = [id for id, count in waits.items() if not count]
    done = 0
    while ready:
        done += 1
        for target in follows.get(ready.pop(), ()):
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    return done == len(waits)


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
    folder = where if os.path.isdir(where) else where.parent
    keep_inside(portfolio, folder, str(where))
    for baseline in portfolio.baselines:
        if baseline.file and not os.path.isfile(folder / baseline.file):
            yield Finding(
                code="ipmo/baseline-missing",
                item=baseline.id,
                message=f"baseline {baseline.id!r}: there is no file {baseline.file!r}",
            )


def placed(portfolio: Portfolio, found: Iterable[Finding]) -> list[Finding]:
    """Findings with the file, line and column of what they are about."""
    findings = list(found)
    where = places(portfolio, {f.item for f in findings if not f.line})
    out = []
    for finding in findings:
        file, line, column = where.get(finding.item, ("", 0, 0)) if not finding.line else ("", 0, 0)
        out.append(attrs.evolve(finding, file=file, line=line, column=column) if line else finding)
    return out
