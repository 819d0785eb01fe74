"""The commits of a few files, by git where it is installed: read only, and nothing that the repository names is run.

A repository may come from anybody, and its own configuration can name programs: for pagers, hooks, external and textual differences, signatures,
file system monitors, and for fetching what a partial clone lacks. All of these are switched off here, variables of git in the environment are
not handed on, and contents are taken as they are stored, without filters.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import attrs

__all__ = ["Blobs", "Commit", "Touched", "commits"]

SECONDS = 120
MOST_BYTES = 256 * 2**20
"""Of one version of one file: more is not read."""
NOTHING = "0" * 40
SAFE = (
    "--no-pager",
    "--literal-pathspecs",
    "--no-replace-objects",
    *(part for setting in (
        f"core.hooksPath={os.devnull}", "core.fsmonitor=false", "core.pager=cat", f"core.attributesFile={os.devnull}", "diff.external=",
        "log.showSignature=false", "log.showRoot=true", "log.follow=false", "protocol.allow=never", "core.quotePath=false",
    ) for part in ("-c", setting)),
)  # fmt: skip
"""What keeps git from running anything, and its output as it is read here."""


@attrs.frozen
class Touched:
    """A file that a commit changed: where it lies in the repository, and the names of its contents before and after; empty where there is none."""

    path: str
    before: str
    after: str


@attrs.frozen
class Commit:
    """One commit: its name, when in UTC, who, the first line of its message, and the files."""

    id: str
    when: datetime
    who: str
    subject: str
    files: tuple[Touched, ...]


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {
        **kept,
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "LC_ALL": "C",
    }


def _git(folder: Path) -> str | None:
    """Where git is installed; None where it is not, or lies in the very folder that is asked about."""
    found = shutil.which("git")
    if found is None:
        return None
    found = os.path.realpath(found)
    here = (os.path.realpath(folder), os.path.realpath(os.curdir))
    return None if any(os.path.dirname(found) == one for one in here) else found


def commits(folder: Path, files: Sequence[str]) -> list[Commit]:
    """The commits that touched some files or folders, the oldest first; none where there is no git, no repository, or none of them.

    Args:
        folder: where they lie.
        files: their paths from there.
    """
    git = _git(folder)
    if git is None or not os.path.isdir(folder):
        return []
    mark = secrets.token_hex(16)
    command = [
        git, *SAFE, "log", "--first-parent", "-m", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv",
        "--no-color", "--encoding=UTF-8", f"--format={mark}%x00%H%x00%aI%x00%aN%x00%s", "--", *files,
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    if done.returncode:
        return []
    text = done.stdout.decode("utf-8", "replace")
    return [one for part in reversed(text.split(mark)[1:]) if (one := _commit(part)) is not None]


def _commit(part: str) -> Commit | None:
    """A commit from what git prints between two marks."""
    _, id, when, who, subject, *rest = [*part.split("\0"), "", "", "", ""]
    with contextlib.suppress(ValueError):
        instant = datetime.fromisoformat(when).astimezone(UTC).replace(tzinfo=None)
        return Commit(id, instant, who, subject, tuple(_touched(rest)))
    return None


def _touched(parts: Sequence[str]) -> Iterator[Touched]:
    place = 0
    while place + 1 < len(parts):
        words = parts[place].strip("\n").split(" ")
        if not words[0].startswith(":") or len(words) != 5:
            place += 1
            continue
        kept = [
            name if set(name) != {"0"} and mode.startswith("100") else "" for mode, name in ((words[0][1:], words[2]), (words[1], words[3]))
        ]
        yield Touched(parts[place + 1], *kept)
        place += 2


class Blobs:
    """The contents of files as git keeps them, by their names; a context that ends the process that gives them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Blobs:
        git = _git(self._folder)
        if git is not None:
            with contextlib.suppress(OSError):
                self._process = subprocess.Popen(
                    [git, *SAFE, "cat-file", "--batch"],
                    cwd=self._folder,
                    env=_environment(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def content(self, name: str) -> bytes | None:
        """The content of that name; None where there is none, or it is too large."""
        if self._process is None or self._process.stdin is None or self._process.stdout is None or not name:
            return None
        try:
            self._process.stdin.write(f"{name}\n".encode())
            self._process.stdin.flush()
            return self._read(self._process.stdout)
        except OSError:
            return None

    @staticmethod
    def _read(out: IO[bytes]) -> bytes | None:
        head = out.readline().split()
        if len(head) != 3 or not head[2].isdigit():
            return None
        size = int(head[2])
        if size > MOST_BYTES:
            for _ in range(0, size + 1, 2**20):
                out.read(min(2**20, size + 1))
            return None
        content = out.read(size)
        out.read(1)
        return content if head[1] == b"blob" else None
