"""The audit trail of a portfolio's files: from git where they are in one, else from the snapshots."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ipmo.analysis.control.audit import AuditEntry, AuditTrail, by_months, differences
from ipmo.declared import Declared
from ipmo.errors import FileError, IpmoError
from ipmo.files.documents import parse
from ipmo.files.git_log import Blobs, Commit, Touched, commits
from ipmo.files.month_index import HISTORY, history_of, months_in
from ipmo.files.portfolios import ROOTS, read_plain
from ipmo.model.fields import PlainMap
from ipmo.model.plain import to_plain_portfolio

__all__ = ["trail_of"]

TEXTS = (".yaml", ".yml", ".json")
FEW = 8
"""Versions that are kept: a commit begins where the one before it ended."""


def trail_of(path: Path, name: str, use: str | None, declared: Declared) -> AuditTrail:
    """Who changed what, when.

    Args:
        path: of the portfolio's file or folder, or of the folder of its snapshots.
        name: what the caller calls it.
        use: `git` or `snapshots`; git where it knows the files when None.
        declared: what plugins add to the model.

    Raises:
        FileError: there is no such file; there are neither commits nor snapshots, or a snapshot cannot be read.
    """
    if not os.path.exists(path):
        raise FileError(name, "there is no such file or folder")
    folder = path if os.path.isdir(path) else path.parent
    snapshots = history_of(path)
    files = [path.name, "projects", HISTORY] if folder != path else ["."] if snapshots == path else [*ROOTS, "projects", HISTORY]
    if use != "snapshots":
        found = commits(folder, files)
        if found:
            with Blobs(folder) as blobs:
                texts = _Texts(blobs, declared)
                return AuditTrail([entry for commit in found for entry in _entries(commit, texts, snapshots == path)], "git")
        if use == "git":
            raise FileError(name, "no git is installed that knows it; commit it, or leave use='git' out")
    if not os.path.isdir(snapshots):
        raise FileError(name, "nobody knows who changed it: it is in no git repository, and has no snapshots; `ipmo snapshot` makes one")
    return by_months(months_in(snapshots))


def _entries(commit: Commit, texts: _Texts, all_snapshots: bool) -> Iterator[AuditEntry]:
    for file in commit.files:
        for kind, item, field, before, after in _changes(file, texts, all_snapshots):
            yield AuditEntry(
                when=commit.when, who=commit.who, kind=kind, item=item, field=field, before=before, after=after, reason=commit.subject,
                source=f"commit {commit.id[:10]}",
            )  # fmt: skip


def _changes(file: Touched, texts: _Texts, all_snapshots: bool) -> Iterator[tuple[str, str, str, str | None, str | None]]:
    """What a commit changed in a file, field by field where both versions can be read."""
    parts = file.path.split("/")
    snapshot = all_snapshots or HISTORY in parts[:-1]
    kind = "snapshot" if snapshot else "file"
    if not (file.before and file.after):
        yield kind, file.path, "id", file.path if file.before else None, file.path if file.after else None
        return
    before, after = (None, None) if snapshot else texts.both(file)
    if before is None or after is None:  # a snapshot that somebody wrote over, a spreadsheet, a text that is broken
        yield kind, file.path, "content", file.before[:10], file.after[:10]
        return
    yield from differences(before, after)


class _Texts:
    """The documents of contents that git keeps, as they are written and as the model writes them; the last few are kept."""

    def __init__(self, blobs: Blobs, declared: Declared) -> None:
        self._blobs, self._declared = blobs, declared
        self._written: dict[tuple[str, str], PlainMap | None] = {}
        self._canonical: dict[tuple[str, str], PlainMap | None] = {}

    def both(self, file: Touched) -> tuple[PlainMap | None, PlainMap | None]:
        """Both versions of a file: as the model writes them, so that what is only spelled otherwise is no change, where it takes both."""
        written = self._document(file.before, file.path), self._document(file.after, file.path)
        if None in written:
            return written
        canonical = self._model(file.before, file.path), self._model(file.after, file.path)
        return written if None in canonical else canonical

    def _document(self, blob: str, path: str) -> PlainMap | None:
        if (blob, path) not in self._written:
            self._written = dict(list(self._written.items())[-FEW:])
            self._written[blob, path] = self._parsed(blob, path)
        return self._written[blob, path]

    def _parsed(self, blob: str, path: str) -> PlainMap | None:
        if not path.lower().endswith(TEXTS):
            return None
        raw = self._blobs.content(blob)
        try:
            found = None if raw is None else parse(raw.decode("utf-8-sig"), path).data
        except (FileError, UnicodeDecodeError):
            return None
        if not isinstance(found, dict):
            return None
        of_a_project = "id" in found and not {"portfolio", "projects"} & set(found)
        return (
            {"ipmo": 1, "portfolio": {"id": "portfolio"}, "projects": [{key: value for key, value in found.items() if key != "ipmo"}]}
            if of_a_project
            else found
        )

    def _model(self, blob: str, path: str) -> PlainMap | None:
        if (blob, path) not in self._canonical:
            self._canonical = dict(list(self._canonical.items())[-FEW:])
            try:
                self._canonical[blob, path] = to_plain_portfolio(read_plain(self._document(blob, path), self._declared))
            except IpmoError:  # it never could be read, or names what stands in another file
                self._canonical[blob, path] = None
        return self._canonical[blob, path]
