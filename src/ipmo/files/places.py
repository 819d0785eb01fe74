"""Where the items of a portfolio stand in the file that it was read from: looked up only when something is to be said of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ipmo.errors import FileError, Problem
from ipmo.files.documents import Document, PathKey, parse, text_of
from ipmo.model.fields import PlainData, PlainMap
from ipmo.model.portfolio import Portfolio
from ipmo.model.references import reference
from ipmo.progress import unwatched

__all__ = ["places"]

Place = tuple[str, int, int]


def places(portfolio: Portfolio, items: Iterable[str]) -> dict[str, Place]:
    """(file, line, column) of each item that can be found; the column is 0 where the format has none.

    Args:
        portfolio: as it was read; a file that was changed since says where things stand now.
        items: full ids. Of `a@b` the place of `a` is given.
    """
    source, wanted = portfolio.source, {item: reference(item).item for item in items if item}
    if source.lines:
        return {item: (source.path, source.lines[name], 0) for item, name in wanted.items() if name in source.lines}
    out: dict[str, Place] = {}
    if source.format not in ("yaml", "json", "folder") or not wanted:
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
    head = data.get("portfolio")
    if isinstance(head, dict) and "id" in head:
        yield str(head["id"]), (("portfolio",), head)
    groups: list[tuple[PathKey, PlainData]] = [((name,), value) for name, value in data.items()]
    groups += [((name, inner), rows) for name, value in data.items() if isinstance(value, dict) for inner, rows in value.items()]
    for keys, rows in groups:
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if not isinstance(row, dict):
                continue
            if keys == ("projects",):
                yield from _of_project(row, (*keys, number))
            elif "id" in row:
                yield str(row["id"]), ((*keys, number), row)


def _of_project(data: PlainMap, keys: PathKey) -> Iterator[tuple[str, tuple[PathKey, PlainMap]]]:
    project = str(data.get("id", ""))
    yield project, (keys, data)
    for name in ("tasks", "gates", "risks"):
        rows = data.get(name)
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict) and "id" in row:
                yield f"{project}/{row['id']}", ((*keys, name, number), row)
