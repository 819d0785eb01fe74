"""Portfolios in files: one YAML or JSON file, or a folder with `portfolio.yaml` and `projects/*.yaml`."""

from __future__ import annotations

import gc
import json
import os
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from ipmo import progress
from ipmo.atomic import present, reading, stale, write_atomically, write_together
from ipmo.declared import Declared
from ipmo.errors import FileError, ModelError, Problem
from ipmo.files.by_columns import document_by_columns
from ipmo.files.documents import Document, parse, text_of
from ipmo.files.names import file_names, is_inside, same_file
from ipmo.files.opening import stamp_of
from ipmo.files.places import marks_of
from ipmo.files.snapshots import keep_inside
from ipmo.files.structure import structure
from ipmo.findings import Finding, Severity
from ipmo.model.contents import Source
from ipmo.model.fields import PlainData
from ipmo.model.plain import to_plain_portfolio
from ipmo.model.portfolio import Portfolio

if TYPE_CHECKING:
    import yaml

NOTHING = Declared()
__all__ = ["no_collection", "read_file", "read_folder", "read_plain", "write_folder", "write_json", "write_yaml"]

ROOTS = ("portfolio.yaml", "portfolio.yml", "portfolio.json")
SHEETS = (".csv", ".tsv", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
NAMES = {".yaml", ".yml", ".json"}


@contextmanager
def no_collection() -> Iterator[None]:
    """Loading makes many objects that all stay: the collector would look at them again and again."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            if not gc.get_freeze_count():  # what was read counts as old at once, as it stays; nothing of the caller's is frozen
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def read_plain(data: PlainData, declared: Declared = NOTHING, *, source: Source | None = None) -> Portfolio:
    """A portfolio from plain data laid out as a file.

    Raises:
        ModelError: with all problems, each with its path.
    """
    with no_collection():
        source = source or Source(format="plain", understood=_mappings(data))
        return document_by_columns(data, source, declared) or structure(data, source, declared)


def _mappings(data: PlainData) -> int:
    count, left = 0, [data]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            count += 1
            left += value.values()
        elif isinstance(value, list):
            left += value
    return count


def read_file(path: Path, name: str, declared: Declared = NOTHING) -> Portfolio:
    """A portfolio from one YAML or JSON file; project files that it names are read too.

    Raises:
        FileError: with all problems, each with file, line, column, path and hint.
    """
    with no_collection(), reading(path.parent) if path.name in ROOTS else nullcontext():
        document = _parsed(path, name)
        return _read(document, path.parent, declared)


def _parsed(path: Path, name: str) -> Document:
    """The document of the file that a portfolio begins in; how far it has come is said on the way."""
    stamp = stamp_of(path)
    text = text_of(path, name)
    progress.step("reading", 0, len(text))
    document = parse(text, name, is_json=True if path.suffix == ".json" else None)
    progress.step("reading", len(text), len(text))
    return attrs.evolve(document, path=path, stamp=stamp)


def read_folder(path: Path, name: str, declared: Declared = NOTHING) -> Portfolio:
    """A portfolio from a folder: `portfolio.yaml` and, unless it lists them itself, all of `projects/`.

    Raises:
        FileError: with all problems, each with file, line, column, path and hint.
    """
    root = next((path / root for root in ROOTS if present(path / root).is_file()), None)
    if root is None:
        sheets = sorted(one.name for one in path.iterdir() if one.suffix.lower() in SHEETS and not one.name.startswith((".", "~$")))
        hint = f"; to read a spreadsheet in it, name the file, for example {os.path.join(name, sheets[0])}" if sheets else ""
        if any(one.lower().endswith(".csv") for one in sheets):
            hint += f"; all CSV files of it together are read by a mapping: `ipmo map {name} -o mapping.yaml`"
        raise FileError(name, f"the folder holds no portfolio; it needs one of {', '.join(ROOTS)}{hint}")
    with no_collection(), reading(path):
        shown = os.path.join(name, root.name)
        document = _parsed(root, shown)
        taken_out = stale(path)
        found = sorted(p for p in (path / "projects").glob("*") if p.suffix in NAMES and f"projects/{p.name}" not in taken_out)
        data = document.data
        if found and isinstance(data, dict):
            listed = data.get("projects")
            if listed is None:
                data["projects"] = [f"projects/{p.name}" for p in found]
            elif isinstance(listed, list):
                unlisted = [p.name for p in found if f"projects/{p.name}" not in listed]
                if unlisted and (not listed or any(isinstance(entry, str) for entry in listed)):
                    note = Finding(
                        code="ipmo/unlisted-file",
                        severity=Severity.WARNING,
                        message=f"projects/{unlisted[0]} is not listed in {root.name} and was not read"
                        + (f" (and {len(unlisted) - 1} more)" if len(unlisted) > 1 else ""),
                    )
                    return _read(document, path, declared, (note,))
                if unlisted:
                    data["projects"] = [*listed, *(f"projects/{name}" for name in unlisted)]
        return _read(document, path, declared)


def _read(document: Document, folder: Path, declared: Declared, notes: tuple[Finding, ...] = ()) -> Portfolio:
    parts: dict[int, Document] = {}
    data = document.data
    problems: list[Problem] = []
    if isinstance(data, dict) and isinstance(data.get("projects"), list):
        for place, entry in enumerate(data["projects"]):
            if not isinstance(entry, str):
                continue
            progress.step("reading files", place, len(data["projects"]))
            try:
                with progress.unwatched():
                    parts[place] = _project_file(entry, folder, document.file)
                data["projects"][place] = parts[place].data
            except FileError as error:
                for problem in error.problems:
                    if not problem.line:  # the file as a whole: the fault lies where it is named
                        said = problem.message if repr(entry) in problem.message else f"{entry!r}: {problem.message}"
                        problem = document.locate([attrs.evolve(problem, message=said, path=("projects", place))])[0]
                    problems.append(problem)
    if parts:
        progress.step("reading files", len(data["projects"]), len(data["projects"]))
    if problems:
        raise FileError(document.file, problems)
    source = Source(
        path=document.file,
        format="json" if document.is_json else "yaml",
        understood=document.mappings + sum(part.mappings for part in parts.values()),
        findings=notes,
        marks=marks_of((document, *parts.values())),
    )
    try:
        return document_by_columns(data, source, declared) or structure(data, source, declared)
    except ModelError as error:
        raise FileError(document.file, _located(error.problems, document, parts)) from None


def _located(problems: tuple[Problem, ...], document: Document, parts: dict[int, Document]) -> list[Problem]:
    """Each problem with its place; those of project files in their own file."""
    owner: dict[int, list[int]] = {}
    for number, problem in enumerate(problems):
        inside = problem.path[:1] == ("projects",) and len(problem.path) > 1 and problem.path[1] in parts
        owner.setdefault(int(problem.path[1]) if inside else -1, []).append(number)
    out: dict[int, Problem] = {}
    for place, numbers in owner.items():
        if place < 0:
            found = document.locate(problems[n] for n in numbers)
        else:
            found = parts[place].locate(problems[n].moved(problems[n].path[2:]) for n in numbers)
        out.update(zip(numbers, found, strict=True))
    return sorted(out.values(), key=lambda p: (p.file != document.file, p.file, p.line, p.column))


def _project_file(entry: str, folder: Path, root: str) -> Document:
    if not is_inside(entry, folder):
        raise FileError(root, f"{entry!r:.100} leads out of the portfolio's folder; name a file inside it")
    target = folder / entry
    name = os.path.join(os.path.dirname(root), entry)
    stamp = stamp_of(target)
    document = parse(text_of(target, name), name, is_json=True if target.suffix == ".json" else None)
    if not isinstance(document.data, dict):
        raise FileError(name, "a project file holds one project: a mapping with at least an id")
    document.data.pop("ipmo", None)
    return attrs.evolve(document, path=target, stamp=stamp)


# ------------------------------------------------------------------------------------------------- writing


def to_json(portfolio: Portfolio) -> str:
    """The portfolio as JSON text."""
    return json.dumps(to_plain_portfolio(portfolio), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def to_yaml(data: PlainData, comment: str = "") -> str:
    """Plain data as YAML in block style; short lists of plain values on one line."""
    import yaml

    lines = "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines())
    body: str = yaml.dump(data, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=120, default_flow_style=False)
    return lines + body


def write_json(portfolio: Portfolio, path: Path) -> None:
    """One JSON file."""
    keep_inside(portfolio, path.parent, str(path))
    write_atomically(path, to_json(portfolio))


def write_yaml(portfolio: Portfolio, path: Path, comment: str = "") -> None:
    """One YAML file."""
    keep_inside(portfolio, path.parent, str(path))
    write_atomically(path, to_yaml(to_plain_portfolio(portfolio), comment))


def write_folder(portfolio: Portfolio, path: Path) -> None:
    """A folder: `portfolio.yaml` and one file for each project, old or new as a whole.

    What the old `portfolio.yaml` listed and the new one does not is deleted; nothing else is.
    """
    keep_inside(portfolio, path, str(path))
    data = to_plain_portfolio(portfolio)
    projects = data.pop("projects", [])
    data["projects"] = [f"projects/{name}.yaml" for name in file_names([project["id"] for project in projects])]
    files = {name: to_yaml(project) for name, project in zip(data["projects"], projects, strict=True)}
    files[ROOTS[0]] = to_yaml(data)
    write_together(path, files, lambda: _left(path, files))


def _left(folder: Path, files: Collection[str]) -> list[str]:
    """The project files that an older portfolio in the folder listed and that are not written now."""
    root = folder / ROOTS[0]
    try:
        data = parse(text_of(root, str(root)), str(root)).data
    except FileError:
        return []
    listed = data.get("projects") if isinstance(data, dict) and "ipmo" in data else None
    inside = folder.resolve()
    out = []
    for entry in listed if isinstance(listed, list) else ():
        if not isinstance(entry, str) or entry in files or not entry.isprintable() or not is_inside(entry, folder):
            continue
        place = (inside / entry).resolve()
        if place.suffix in NAMES and place.is_file() and not any(same_file(place, inside / name) for name in files):
            out.append(place.relative_to(inside).as_posix())
    return out


def _dumper() -> type[yaml.SafeDumper]:
    """A dumper that quotes what YAML 1.2 or an older reader would not take for text, and no more."""
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[str | None, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own class attribute

        def ignore_aliases(self, data: PlainData) -> bool:
            return True

    number = re.compile(
        r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z|0[xo][0-9a-fA-F]+\Z|[-+]?\.(?:inf|nan)\Z", re.I
    )
    words = re.compile(r"(?:true|false|null|~|yes|no|on|off|y|n|=|)\Z", re.IGNORECASE)
    Dumper.add_implicit_resolver("tag:yaml.org,2002:float", number, list("-+0123456789."))
    Dumper.add_implicit_resolver("tag:yaml.org,2002:bool", words, [*"tTfFnN~yYoO=", ""])
    Dumper.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"<<\Z"), ["<"])

    def scalar(tag: str, text: Callable[[PlainData], str]) -> Callable[[yaml.SafeDumper, PlainData], yaml.ScalarNode]:
        return lambda dumper, value: yaml.ScalarNode(tag, text(value))

    def lists(dumper: yaml.SafeDumper, value: list[PlainData]) -> yaml.Node:
        flat = len(value) <= 8 and all(isinstance(one, str | int | float) and len(str(one)) < 30 for one in value)
        return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=flat)

    def numbers(dumper: yaml.SafeDumper, value: float) -> yaml.Node:
        return yaml.ScalarNode("tag:yaml.org,2002:float", repr(value))

    Dumper.add_representer(list, lists)
    Dumper.add_representer(float, numbers)
    Dumper.add_representer(int, numbers)
    Dumper.add_representer(bool, scalar("tag:yaml.org,2002:bool", lambda value: "true" if value else "false"))
    Dumper.add_representer(type(None), scalar("tag:yaml.org,2002:bool", lambda _: "null"))
    return Dumper
