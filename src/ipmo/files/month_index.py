"""The snapshots of a folder and the index of them: text is the truth, the index is made anew whenever it does not fit the text.

The index lies in the user's own cache, not beside the snapshots: nobody can hand one over with a folder, folders that cannot be written are
answered alike, and no file is locked on a network share. Its name says the SHA-256 of its bytes, and it names that of every text it was made
from: one that was changed, cut off or made elsewhere is not read. Readers take its bytes at once and never open it as a database; writers
write beside it and rename, so that any number of processes can do both.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from ipmo.analysis.control.interval_store import Frozen, fits, stored
from ipmo.analysis.control.intervals import Intervals, last_day, month_at
from ipmo.errors import FileError
from ipmo.files.documents import text_of
from ipmo.files.portfolios import no_collection
from ipmo.files.snapshots import stamped
from ipmo.model.fields import PlainMap

__all__ = ["CACHE", "HISTORY", "before_in", "cache_folder", "history_of", "months_in", "snapshot_at"]

CACHE = "IPMO_CACHE"
"""The environment variable that says where the index is kept; empty: nowhere."""
HISTORY = "history"
"""The folder beside a portfolio that holds its snapshots."""
WORTH = 2**20
"""Characters of text from which the index is kept: of less it is made in a moment."""
MOST_BYTES = 2**30
MOST_FILES = 50
"""Indexes that are kept, those used last."""
ENDING = ".sqlite"
HEAD = 4096
FIRST_DATE = re.compile(r'"snapshot"\s*:\s*\{\s*"date"\s*:\s*"(\d{4}-\d{2}-\d{2})"')
"""The date of a snapshot, where ipmo writes it."""


def cache_folder() -> Path | None:
    """Where the index is kept: what `IPMO_CACHE` says, else the user's cache; None where it says nothing, or there is none."""
    said = os.environ.get(CACHE)
    if said is not None:
        return Path(said) if said.strip() else None
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return Path(base) / "ipmo" / "cache" if base else None
    home = os.path.expanduser("~")
    if not os.path.isabs(home):
        return None
    if sys.platform == "darwin":
        return Path(home) / "Library" / "Caches" / "ipmo"
    said = os.environ.get("XDG_CACHE_HOME", "")
    return Path(said) / "ipmo" if os.path.isabs(said) else Path(home) / ".cache" / "ipmo"


def months_in(folder: Path) -> Intervals:
    """The snapshots of a folder, each checked against its stamp, and what they state, month by month.

    Raises:
        FileError: there is no such folder, a file in it is no snapshot, or was changed after it was written.
    """
    if not os.path.isdir(folder):
        raise FileError(str(folder), "there is no such folder; `ipmo snapshot` makes one")
    with no_collection():
        texts = {path: text_of(path, str(path)) for path in sorted(folder.glob("*.json"))}
        contents = [(path.name, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()) for path, text in texts.items()]
        large = sum(map(len, texts.values())) >= WORTH
        kept = cache_folder() if large else None
        key = hashlib.sha256(os.fsencode(os.path.realpath(folder))).hexdigest()[:32]
        found = _kept(kept, key, contents) if kept is not None else None
        if found is not None:
            return found
        made = Intervals.of(_in_order(texts, dict(contents)))
        if list(made.dates) != sorted(made.dates):  # a stamp stands where ipmo does not write it
            made = Intervals.of(sorted(_in_order(texts, dict(contents)), key=lambda pair: pair[0].day))
    if kept is not None:
        _keep(kept, key, made)
    return made


def snapshot_at(path: str | os.PathLike[str], when: str) -> Path:
    """The file of the latest snapshot of a portfolio that is not after a day, or after the end of a month.

    Args:
        path: of the portfolio, beside which `history/` lies; or of the folder of the snapshots itself.
        when: a day, or a month such as `2025-03`.

    Raises:
        UnitError: it is neither.
        FileError: there are no snapshots, or one cannot be read.
        UnknownItemError: all of them are later.
    """
    last_day(when)
    folder = history_of(Path(path))
    found = months_in(folder)
    if not found.months:
        raise FileError(str(folder), "the folder holds no snapshot; `ipmo snapshot` makes one")
    return folder / found.months[month_at(found.dates, when)].name


def before_in(path: str | os.PathLike[str], day: date) -> Path | None:
    """The file of the latest snapshot of a portfolio before a day; None where there is none.

    Raises:
        FileError: a snapshot cannot be read.
    """
    folder = history_of(Path(path))
    found = months_in(folder).months if os.path.isdir(folder) else ()
    earlier = [month for month in found if month.day < day]
    return folder / earlier[-1].name if earlier else None


def history_of(path: Path) -> Path:
    """Where the snapshots of a portfolio lie, whether there are any or not."""
    here = path if os.path.isdir(path) else path.parent
    is_itself = here.name == HISTORY and not os.path.isdir(here / HISTORY)
    return here if is_itself or (here == path and any(_is_snapshot(one) for one in here.glob("*.json"))) else here / HISTORY


def _is_snapshot(path: Path) -> bool:
    with contextlib.suppress(OSError), path.open(encoding="utf-8", errors="replace") as text:
        return bool(FIRST_DATE.search(text.read(HEAD)))
    return False


def _in_order(texts: dict[Path, str], contents: dict[str, str]) -> Iterator[tuple[Frozen, PlainMap]]:
    """Each snapshot with its document, checked against its stamp, in order of the dates that their first lines say."""
    for path in sorted(texts, key=lambda path: _first_date(texts[path])):
        stamp, document = stamped(texts[path], str(path))
        yield (
            Frozen(day=stamp.date, name=path.name, content=contents[path.name], digest=stamp.digest, reason=stamp.reason, by=stamp.by),
            document,
        )


def _first_date(text: str) -> str:
    found = FIRST_DATE.search(text[:HEAD])
    return found[1] if found else ""


def _kept(folder: Path, key: str, contents: list[tuple[str, str]]) -> Intervals | None:
    """The index that is kept, if it was made by this user of these very texts and is whole."""
    for path in _named(folder, key):
        with contextlib.suppress(OSError, ValueError):
            about = path.stat()
            if not stat.S_ISREG(about.st_mode) or about.st_size > MOST_BYTES:
                continue
            raw = path.read_bytes()
            if path.name != _name(key, raw):
                continue
            database = stored(raw)
            if database is not None and fits(database, contents):
                with contextlib.suppress(OSError):
                    os.utime(path)  # used last: it stays when old ones go
                return Intervals(database)
    return None


def _name(key: str, raw: bytes) -> str:
    return f"{key}-{hashlib.sha256(raw).hexdigest()}{ENDING}"


def _named(folder: Path, key: str) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.name.startswith(f"{key}-") and path.name.endswith(ENDING))
    except OSError:
        return []


def _keep(folder: Path, key: str, made: Intervals) -> None:
    """Keeps an index for the next time; where that cannot be, nothing is lost but time."""
    try:
        raw = made.to_bytes()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = folder / f".{key}-{secrets.token_hex(6)}"
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    except (OSError, AttributeError):  # a folder that cannot be written, or a Python whose SQLite gives no bytes
        return
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(raw)
        target = folder / _name(key, raw)
        os.replace(part, target)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(part)
        return
    _tidy(folder, key, target)


def _tidy(folder: Path, key: str, target: Path) -> None:
    """Takes out what the new index takes the place of, and the oldest of too many."""
    with contextlib.suppress(OSError):
        found = [path for path in folder.iterdir() if path.name.endswith(ENDING) and path != target]
        old = sorted((path for path in found if not path.name.startswith(f"{key}-")), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in [*(path for path in found if path.name.startswith(f"{key}-")), *old[MOST_FILES - 1 :]]:
            with contextlib.suppress(OSError):
                os.unlink(path)
