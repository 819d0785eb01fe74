"""Where the items of a portfolio stand in the file that it was read from: looked up only when something is to be said of one."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import attrs

from ipmo.errors import FileError, Problem
from ipmo.files.documents import Document, PathKey, Starts, parse, text_of
from ipmo.files.opening import Stamp, stamp_of
from ipmo.model.fields import PlainData, PlainMap
from ipmo.model.items import INSIDE as GROUPS
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.progress import unwatched

__all__ = ["marks_of", "places"]

Place = tuple[str, int, int]
WIDE = 32
"""Bits of a column, in a number whose upper bits are the line: a file may be one line, and is read up to 2**28 bytes."""


@attrs.frozen(eq=False)
class Marks:
    """Where the items of a YAML file begin, each place as one number.

    Args:
        file: the file, as it was named.
        path: where it lies.
        stamp: what it was when it was read.
        top: what stands at the top, and its projects, by id.
        inside: the ids of what lies in each project, and where each begins.
    """

    file: str
    path: str
    stamp: Stamp
    top: Mapping[str, int]
    inside: Mapping[str, tuple[Sequence[str], array[int]]]

    def of(self, names: Iterable[str]) -> dict[str, Place]:
        """The places of those names that stand in this file."""
        out: dict[str, Place] = {}
        opened: dict[str, dict[str, int]] = {}
        for name in names:
            found = self.top.get(name)
            project, _, inner = name.partition("/")
            if found is None and project in self.inside:
                if project not in opened:
                    opened[project] = dict(zip(*self.inside[project], strict=True))
                found = opened[project].get(inner)
            if found is not None:
                out[name] = (self.file, found >> WIDE, found & ((1 << WIDE) - 1))
        return out


def marks_of(documents: Sequence[Document]) -> tuple[Marks, ...]:
    """Where the items of a portfolio begin: of its document, and of those of its projects; nothing where a format does not say."""
    found = [_marks(document, is_project=place > 0) for place, document in enumerate(documents)]
    whole = tuple(one for one in found if one is not None)
    return whole if len(whole) == len(found) else ()


def _marks(document: Document, *, is_project: bool) -> Marks | None:
    data, starts = document.data, document.starts
    if document.is_json or document.path is None or not isinstance(data, dict):
        return None
    top: dict[str, int] = {}
    inside: dict[str, tuple[Sequence[str], array[int]]] = {}
    if not is_project:
        top.update((name, _mark(starts, row)) for name, (_, row) in _beside_projects(data))
    listed = [data] if is_project else data.get("projects")
    for project in listed if isinstance(listed, list) else ():
        if isinstance(project, dict) and id(project) in starts:  # a file of its own has places of its own
            name = str(project.get("id", ""))
            top[name] = _mark(starts, project)
            rows = [row for group in GROUPS for row in _rows(project, group)]
            inside[name] = [str(row["id"]) for row in rows], array("q", [_mark(starts, row) for row in rows])
    return Marks(str(Path(document.file)), str(document.path.absolute()), document.stamp, top, inside)


def _mark(starts: Starts, row: PlainMap) -> int:
    line, column = starts[id(row)]
    return line << WIDE | column


def places(portfolio: Portfolio, items: Iterable[str]) -> dict[str, Place]:
    """(file, line, column) of each item that can be found; the column is 0 where the format has none.

    Args:
        portfolio: as it was read; a file that was changed since says where things stand now.
        items: full ids. Of `a@b` the place of `a` is given.
    """
    source, wanted = portfolio.source, {item: reference(item).item for item in items if item}
    if source.lines:
        return {item: (source.path, source.lines[name], 0) for item, name in wanted.items() if name in source.lines}
    if not wanted:
        return {}
    marks = [one for one in source.marks if isinstance(one, Marks) and one.stamp == stamp_of(one.path)]
    if marks and len(marks) == len(source.marks):  # nobody has written into them since
        kept: dict[str, Place] = {}
        for one in reversed(marks):  # what stands in several is where it stands first
            kept |= one.of(set(wanted.values()))
        return {item: kept[name] for item, name in wanted.items() if name in kept}
    out: dict[str, Place] = {}
    if source.format not in ("yaml", "json", "folder"):
        return out
    with unwatched():  # a second look at what was read already
        documents = list(_documents(Path(source.path)))
    for document, rows in documents:
        here = {item: rows[name] for item, name in wanted.items() if name in rows and item not in out}
        if document.is_json:
            found = [Problem(message=item, path=path) for item, (path, _) in here.items()]
            out |= {p.message: (p.file, p.line, p.column) for p in (document.locate(found) if found else ())}
        else:
            out |= {item: (document.file, *document.starts[id(row)]) for item, (_, row) in here.items()}
    return out


def _documents(path: Path) -> Iterator[tuple[Document, dict[str, tuple[PathKey, PlainMap]]]]:
    """The root file, then each project file, with the path and the mapping of every id in it."""
    try:
        root = parse(text_of(path, str(path)), str(path), is_json=True if path.suffix == ".json" else None)
    except FileError:  # it is not there any more
        return
    data = root.data if isinstance(root.data, dict) else {}
    yield root, dict(_of_portfolio(data))
    listed = data.get("projects")
    names = [entry for entry in listed if isinstance(entry, str)] if isinstance(listed, list) else []
    inside = path.parent / "projects"
    files = [path.parent / name for name in names] or (sorted(inside.glob("*.*")) if listed is None and inside.is_dir() else [])
    for file in files:
        try:
            part = parse(text_of(file, str(file)), str(file), is_json=True if file.suffix == ".json" else None)
        except FileError:
            continue
        if isinstance(part.data, dict):
            yield part, dict(_of_project(part.data, ()))


def _of_portfolio(data: PlainMap) -> Iterator[tuple[str, tuple[PathKey, PlainMap]]]:
    yield from _beside_projects(data)
    projects = data.get("projects")
    for number, row in enumerate(projects if isinstance(projects, list) else ()):
        if isinstance(row, dict):
            yield from _of_project(row, ("projects", number))


def _beside_projects(data: PlainMap) -> Iterator[tuple[str, tuple[PathKey, PlainMap]]]:
    head = data.get("portfolio")
    if isinstance(head, dict) and "id" in head:
        yield str(head["id"]), (("portfolio",), head)
    groups: list[tuple[PathKey, PlainData]] = [((name,), value) for name, value in data.items() if name != "projects"]
    groups += [((name, inner), rows) for name, value in data.items() if isinstance(value, dict) for inner, rows in value.items()]
    for keys, rows in groups:
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict) and "id" in row:
                yield str(row["id"]), ((*keys, number), row)


def _of_project(data: PlainMap, keys: PathKey) -> Iterator[tuple[str, tuple[PathKey, PlainMap]]]:
    project = str(data.get("id", ""))
    yield project, (keys, data)
    for name in GROUPS:
        rows = data.get(name)
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict) and "id" in row:
                yield f"{project}/{row['id']}", ((*keys, name, number), row)


def _rows(project: PlainMap, group: str) -> list[PlainMap]:
    """What lies in a project and has an id."""
    rows = project.get(group)
    return [row for row in rows if isinstance(row, dict) and "id" in row] if isinstance(rows, list) else []
