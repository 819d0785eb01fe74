"""What-if changes in files of their own: `ipmo: 1` and `changes:`, a list as it stands in a change request."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from ipmo.atomic import write_atomically
from ipmo.declared import Declared
from ipmo.errors import FileError, ModelError, Problem
from ipmo.files.documents import parse, text_of
from ipmo.files.portfolios import NOTHING, to_yaml
from ipmo.model.changes import Change, as_change
from ipmo.model.fields import PlainData
from ipmo.model.plain import VERSION, change_to_plain
from ipmo.model.reading import Reading

__all__ = ["read_changes_file", "write_changes_file"]


def read_changes_file(path: Path, name: str, declared: Declared = NOTHING) -> tuple[Change, ...]:
    """The changes of one YAML or JSON file.

    Raises:
        FileError: with all problems, each with file, line, column and path.
    """
    text = text_of(path, name, "a file of changes in YAML or JSON", "write `ipmo: 1` and `changes:` with a list")
    document = parse(text, name, is_json=True if path.suffix == ".json" else None)
    data: PlainData = document.data
    if not isinstance(data, dict) or "changes" not in data:
        raise FileError(name, "this is no file of changes: write `ipmo: 1` and `changes:` with a list")
    if str(data.get("ipmo")) != str(VERSION):
        raise FileError(name, document.locate([Problem(message=f"write `ipmo: {VERSION}` as its first line", path=("ipmo",))]))
    problems = [
        Problem(message=f"unknown field {key!r}", hint="a file of changes has ipmo, note and changes", path=(key,))
        for key in data
        if key not in ("ipmo", "note", "changes")
    ]
    values = data["changes"] if isinstance(data["changes"], list) else [data["changes"]]
    reading, found = Reading(declared), list[Change]()
    for place, value in enumerate(values):
        try:
            found.append(as_change(value, reading))
        except ModelError as error:
            problems += error.at("changes", place).problems
    if problems:
        raise FileError(name, document.locate(problems))
    return tuple(found)


def write_changes_file(changes: Iterable[Change], path: Path) -> None:
    """Writes changes as `read_changes_file` reads them; JSON where the ending says so."""
    document = {"ipmo": VERSION, "changes": [change_to_plain(change) for change in changes]}
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n" if path.suffix == ".json" else to_yaml(document)
    write_atomically(path, text)
